"""Random networks whose ties are independent: the bipartite configuration model on classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from valuma_graph.chance.constraints import Constraints
from valuma_graph.errors import ConvergenceError
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]
    Real = NDArray[np.float64]

_STEPS, _SHORTEST, _NOISE = 200, 1e-15, 1e-13
_CLOSE, _ENOUGH, _PATIENCE = 1e-13, 1e-10, 3
_DENSE, _SOLVED = 32, 1e-18


@dataclass(frozen=True, eq=False)
class Ensemble:
    """
    A random 0/1 matrix whose cells are independent; rows and columns of one class are alike.

    Parameters
    ----------
    row_class, column_class
        Class of each row and of each column, 0, 1, …; every class occurs.
    probability
        Row classes × column classes: the probability that a cell is 1.

    Examples
    --------
    >>> one = np.zeros(2, dtype=np.int64)
    >>> coins = Ensemble(one, one, np.array([[0.5]]))
    >>> coins.transposed().draw(np.random.default_rng(0)).shape
    (2, 2)
    """

    row_class: NDArray[np.int64]
    column_class: NDArray[np.int64]
    probability: NDArray[np.float64]

    def transposed(self) -> Ensemble:
        """
        Return the same with rows and columns changed over.

        Returns
        -------
        ensemble
            Of the transposed matrix.
        """
        return Ensemble(self.column_class, self.row_class, self.probability.T.copy())

    def draw(self, rng: np.random.Generator) -> sparse.csr_array:
        """
        Draw a matrix.

        Parameters
        ----------
        rng
            Where the randomness comes from.

        Returns
        -------
        matrix
            0/1, int8, indices sorted.
        """
        n, m = len(self.row_class), len(self.column_class)
        rows, row_begins, row_count = _members(self.row_class)
        columns, column_begins, column_count = _members(self.column_class)
        size = np.outer(row_count, column_count)
        likely = self.probability > 1 / 2
        block, at = _picked(np.where(likely, 0, rng.binomial(size, self.probability)), size, rng)
        every, inside = _numbered(np.where(likely, size, 0).ravel())
        hit = rng.random(len(every)) < self.probability.ravel()[every]
        block, at = np.append(block, every[hit]), np.append(at, inside[hit])
        one, other = np.divmod(block, max(len(column_count), 1))
        row, column = np.divmod(at, column_count[other])
        row, column = rows[row_begins[one] + row], columns[column_begins[other] + column]
        cell = np.sort(row * m + column)
        begins = np.searchsorted(cell, np.arange(n + 1) * m)
        ones = np.ones(len(cell), dtype=np.int8)
        return sparse.csr_array((ones, cell % max(m, 1), begins), shape=(n, m))


def fit(incidence: sparse.csr_array, constraints: Constraints | None = None) -> Ensemble:
    r"""
    Fit the random network that keeps all degrees on average, and is random otherwise.

    Among all distributions over networks whose expected degrees are the observed ones, that of
    largest entropy has independent ties (the bipartite configuration model, BiCM) with

    .. math:: p_{ij} = \frac{x_i y_j}{1 + x_i y_j}, \quad
              \sum_j p_{ij} = k_i, \quad \sum_i p_{ij} = d_j.

    Nodes of equal degree have equal *x*, so that the unknowns are as many as there are distinct
    degrees; Newton's method, damped, finds them. Cells that are the same in every network with
    these degrees (a member of all networks, a network without members, and whatever follows from
    them) are found beforehand and have p = 0 or 1. So have forbidden and required cells; the rest
    meets the degrees without them. With strata, each network keeps its number of members in each
    stratum: there is one such model for each.

    Parameters
    ----------
    incidence
        Members × networks, 0/1.
    constraints
        What cannot be, what has to be, and within what the degrees are kept.

    Returns
    -------
    ensemble
        Expected degrees differ from the observed ones by less than 1e-10 of them.

    Raises
    ------
    ConvergenceError
        If a membership is forbidden, or one that is required is missing, or the iteration does not
        settle.

    References
    ----------
    Saracco, F., Di Clemente, R., Gabrielli, A. & Squartini, T. (2015). Randomizing bipartite
    networks: the case of the World Trade Web. Scientific Reports 5, 10595.
    https://doi.org/10.1038/srep10595

    Vallarano, N. et al. (2021). Fast and scalable likelihood maximization for exponential random
    graph models with local constraints. Scientific Reports 11, 15227.
    https://doi.org/10.1038/s41598-021-93830-4

    Neal, Z. P. & Neal, J. W. (2023). Stochastic degree sequence model with edge constraints
    (SDSM-EC) for backbone extraction. Complex Networks & Their Applications XII.
    https://doi.org/10.1007/978-3-031-53468-3_11

    Examples
    --------
    >>> ensemble = fit(sparse.csr_array(np.array([[1, 1, 0], [1, 0, 1], [1, 0, 0]])))
    >>> ensemble.probability.round(3)[ensemble.row_class][:, ensemble.column_class].tolist()
    [[1.0, 0.5, 0.5], [1.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
    """
    constraints = constraints or Constraints()
    if constraints.strata is None:
        return _fitted(incidence, constraints.forbidden, constraints.required)
    row_class, parts = np.empty(incidence.shape[0], dtype=np.int64), []
    begin = 0
    for stratum in np.unique(constraints.strata):
        rows = np.flatnonzero(constraints.strata == stratum)
        masks = (
            mask if mask is None else mask[rows]
            for mask in (constraints.forbidden, constraints.required)
        )
        parts.append(_fitted(incidence[rows], *masks))
        row_class[rows] = parts[-1].row_class + begin
        begin += len(parts[-1].probability)
    if not parts:
        return _fitted(incidence, None, None)
    column_class, first = _classes([part.column_class for part in parts])
    probability = [part.probability[:, part.column_class[first]] for part in parts]
    return Ensemble(row_class, column_class, np.concatenate(probability))


# -- inside ---------------------------------------------------------------------------------------


def _members(node_class: Int) -> tuple[Int, Int, Int]:
    """Return the nodes class by class, where each class begins, and how many it has."""
    count = np.bincount(node_class)
    return np.argsort(node_class, kind="stable"), np.cumsum(count) - count, count


def _numbered(count: Int) -> tuple[Int, Int]:
    """Return for each of `count` things of each block its block, and its number in it."""
    block = np.repeat(np.arange(len(count)), count)
    return block, np.arange(len(block)) - (np.cumsum(count) - count)[block]


def _picked(count: Int, size: Int, rng: np.random.Generator) -> tuple[Int, Int]:
    """Pick `count` of the `size` cells of each block, all sets alike; what is double again."""
    count, size = count.ravel(), size.ravel()
    begins = np.cumsum(size) - size
    block = again = np.repeat(np.arange(len(count)), count)
    cells = np.empty(0, dtype=np.int64)
    while len(again):
        cells = np.sort(np.append(cells, begins[again] + rng.integers(size[again])))
        double = np.diff(cells, prepend=-1) == 0
        again = np.searchsorted(begins, cells[double], side="right") - 1
        cells = cells[~double]
    return block, cells - begins[block]


def _classes(keys: list[NDArray[np.integer]]) -> tuple[Int, Int]:
    """Class nodes by their keys, in the order of these; return also one node of each class."""
    # Few bits sort faster.
    narrow = [key.astype(np.min_scalar_type(key.max(initial=0))) for key in reversed(keys)]
    order = np.lexsort(narrow)
    begins = np.zeros(len(order), dtype=bool)
    begins[:1] = True
    for key in narrow:
        begins[1:] |= key[order[1:]] != key[order[:-1]]
    of = np.empty(len(order), dtype=np.int64)
    of[order] = np.cumsum(begins) - 1
    return of, order[begins]


def _alike(degree: Int, masks: list[sparse.csr_array]) -> tuple[Int, Int]:
    """Class the rows by degree and by where the masks hold; return also one row of each class."""
    keys: list[NDArray[np.integer]] = [degree]
    for mask in masks:
        # Two sums of random numbers stand for the set of columns: equal sets, equal sums.
        marks = np.random.default_rng(0).integers(1 << 62, size=(mask.shape[1], 2))
        rows = np.repeat(np.arange(mask.shape[0]), np.diff(mask.indptr))
        keys.append(np.bincount(rows, minlength=mask.shape[0]))
        for mark in marks.T:
            total = np.zeros(mask.shape[0], dtype=np.int64)
            np.add.at(total, rows, mark[mask.indices])
            keys.append(total)
    return _classes(keys)


def _fitted(
    incidence: sparse.csr_array,
    forbidden: sparse.csr_array | None,
    required: sparse.csr_array | None,
) -> Ensemble:
    """Fit without strata."""
    rows, columns = projection.degrees(incidence)
    masks = [mask for mask in (forbidden, required) if mask is not None]
    row_class, row = _alike(rows, masks)
    column_class, column = _alike(columns, [mask.T.tocsr() for mask in masks])
    shape = len(row), len(column)
    count = np.bincount(row_class, minlength=shape[0])
    across = np.bincount(column_class, minlength=shape[1])
    size = np.outer(count, across)
    block = np.repeat(row_class, rows) * shape[1] + column_class[incidence.indices]
    ones = np.bincount(block, minlength=size.size).reshape(shape)
    free = np.ones(shape, dtype=bool)
    for mask, value in ((forbidden, 0), (required, 1)):
        if mask is not None:
            held = mask[row][:, column].toarray().astype(bool)
            _agree(ones, size, held, value, row)
            free &= ~held
    probability = (ones == size).astype(np.float64)
    for part, other in _loose(ones, size, free):
        where = np.ix_(part, other)
        probability[where] = np.where(
            free[where],
            _newton(ones[where] * free[where], count[part], across[other], free[where]),
            probability[where],
        )
    return Ensemble(row_class, column_class, probability)


def _agree(ones: Int, size: Int, held: NDArray[np.bool_], value: int, row: Int) -> None:
    """Raise an error where the observed network breaks a constraint."""
    broken = held & (ones != value * size)
    if broken.any():
        where = row[np.flatnonzero(broken.any(axis=1))]
        word = "has a membership that is forbidden" if value == 0 else "lacks one that is required"
        raise ConvergenceError(
            f"No probabilities fit: the member in row {where[0]} {word}; allow it, or take it out"
        )


def _loose(ones: Int, size: Int, free: NDArray[np.bool_]) -> list[tuple[Int, Int]]:
    """
    Return the parts of rows and columns between which cells can change at all.

    A cell can change if an alternating cycle goes through it: from rows over ones to columns, and
    back over zeros. So its row and its column lie in one strongly connected component.
    """
    a, b = ones.shape
    row, column = np.nonzero(free & (ones > 0))
    back, forth = np.nonzero(free & (ones < size))
    tails, heads = np.append(row, forth + a), np.append(column + a, back)
    arrows = sparse.csr_array((np.ones(len(tails)), (tails, heads)), shape=(a + b, a + b))
    _, label = csgraph.connected_components(arrows, connection="strong")
    parts = []
    for one in np.unique(label[:a]):
        part, other = np.flatnonzero(label[:a] == one), np.flatnonzero(label[a:] == one)
        if len(other):
            parts.append((part, other))
    return parts


def _newton(ones: Int, count: Int, across: Int, free: NDArray[np.bool_]) -> Real:
    """Return the probabilities that meet the sums of `ones` over rows and columns of blocks."""
    if len(count) > len(across):
        return _newton(ones.T, across, count, free.T).T
    weight = np.outer(count, across) * free
    rows, columns = ones.sum(axis=1), ones.sum(axis=0)
    scale = np.minimum(rows, weight.sum(axis=1) - rows)
    scale_across = np.minimum(columns, weight.sum(axis=0) - columns)
    x = np.log(rows / count) - np.log(rows.sum())
    y = np.log(columns / across)
    p, excess = _logistic(x[:, None] + y)
    fits = rows @ x + columns @ y - (weight * excess).sum()
    best, since = np.inf, 0
    for _ in range(_STEPS):
        expected = weight * p
        g, h = rows - expected.sum(axis=1), columns - expected.sum(axis=0)
        off = max(np.abs(g / scale).max(), np.abs(h / scale_across).max())
        best, since = (off, 0) if off < best / 2 else (best, since + 1)
        if off < _CLOSE or (since > _PATIENCE and off < _ENOUGH):
            return p
        dx, dy = _step(expected * (1 - p), g, h)
        # Odds change by no more than e^±4 at once: further away, the curvature tells nothing.
        stride = 2 * min(1.0, 4 / np.abs(dx[:, None] + dy)[free].max())
        slope, before = g @ dx + h @ dy, fits
        while stride > _SHORTEST:
            stride /= 2
            new, other = x + stride * dx, y + stride * dy
            p, excess = _logistic(new[:, None] + other)
            fits = rows @ new + columns @ other - (weight * excess).sum()
            if fits >= before + stride * slope / 1000 - _NOISE * abs(before):
                break
        x, y = new, other
    raise ConvergenceError(
        f"No probabilities were found that meet the degrees: after {_STEPS} steps they are off by "
        f"{off:.1e} of them; loosen the constraints, or use the null model fdsm"
    )


def _step(curve: Real, g: Real, h: Real) -> tuple[Real, Real]:
    """Solve Newton's equations; to add to all x what is taken from all y changes nothing."""
    root, across = np.sqrt(curve.sum(axis=1)), np.sqrt(curve.sum(axis=0))
    scaled = curve / root[:, None] / across
    right = g / root - np.einsum("ab,b->a", scaled, h / across)
    right -= root * (root @ right) / (root @ root)
    found = _conjugate(scaled, right) if len(root) > _DENSE else None
    if found is None:
        # The direction without effect is held in place.
        matrix = np.eye(len(root)) - scaled @ scaled.T + np.outer(root, root) / (root @ root)
        found = np.linalg.solve(matrix, right)
    return found / root, (h / across - np.einsum("ab,a->b", scaled, found)) / across


def _conjugate(scaled: Real, right: Real) -> Real | None:
    """Solve (1 - S Sᵀ) x = right by conjugate gradients; None where that takes long."""
    x, left, way = np.zeros_like(right), right, right
    size = goal = float(right @ right)
    for _ in range(len(right)):
        if size <= _SOLVED * goal:
            return x
        there = way - np.einsum("ab,b->a", scaled, np.einsum("ab,a->b", scaled, way))
        far = size / float(way @ there)
        x, left = x + far * way, left - far * there
        size, before = float(left @ left), size
        way = left + size / before * way
    return None


def _logistic(t: Real) -> tuple[Real, Real]:
    """Return 1 / (1 + exp(-t)) and log(1 + exp(t)), however large t is."""
    tail = np.exp(-np.abs(t))
    return np.where(t > 0, 1.0, tail) / (1 + tail), np.maximum(t, 0) + np.log1p(tail)
