"""Shortest paths of the two-mode graph: who is near all others, and who lies between them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph import kernels
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from scipy import sparse

_BATCHES = 4
_COLUMNS = 16


def closeness(incidence: sparse.csr_array) -> np.ndarray:
    """
    Score how near the rows are to all nodes that they reach, as `networkx.bipartite` does.

    (m + 2(n − 1)) / Σ d(i, v), times the share of the other n + m − 1 nodes that are in reach.
    The distances are whole numbers, exact on either path: compiled, the search goes out from
    512 nodes at once with a bit for each, and nodes with the same neighbours are one node.

    Parameters
    ----------
    incidence
        n rows × m columns, 0/1.

    Returns
    -------
    scores
        Float, 0 for a row without a tie.

    References
    ----------
    Then, M., Kaufmann, M., Chirigati, F., Hoang-Vu, T.-A., Pham, K., Kemper, A., Neumann, T. &
    Vo, H. T. (2014). The more the merrier: efficient multi-source graph traversal. Proceedings
    of the VLDB Endowment 8, 449–460. https://doi.org/10.14778/2735496.2735507

    Examples
    --------
    >>> from scipy import sparse
    >>> closeness(sparse.csr_array([[1, 0], [1, 1]])).round(3).tolist()
    [0.667, 1.0]
    """
    n, m = incidence.shape
    if not incidence.nnz:
        return np.zeros(n)
    total = _compiled(incidence) if kernels.compiled(n * incidence.nnz) else _walked(incidence)
    score = np.divide(m + 2 * (n - 1), total, out=np.zeros(n), where=total > 0)
    label = projection.parts(incidence)
    in_reach = np.bincount(label)[label[:n]] - 1
    return np.asarray(score * in_reach / (n + m - 1))


def _walked(incidence: sparse.csr_array) -> np.ndarray:
    """Add up the distances of each row from all that it reaches, by igraph."""
    inverse = projection.graph(incidence).closeness(range(incidence.shape[0]), normalized=False)
    score = np.nan_to_num(np.array(inverse, dtype=np.float64))
    return np.rint(np.divide(1.0, score, out=np.zeros(len(score)), where=score > 0))


def _compiled(incidence: sparse.csr_array) -> np.ndarray:
    """Add up the distances of each row from all that it reaches, by the compiled search."""
    across = incidence.T.tocsr()
    row, column = _twins(incidence), _twins(across)
    first, many = (np.unique(k, return_index=True, return_counts=True)[1:] for k in (row, column))
    (rows, row_weight), (columns, column_weight) = first, many
    small = incidence[rows][:, columns]
    back = small.T.tocsr()
    total = np.zeros(len(rows), dtype=np.int64)
    for one, other, weight in ((small, back, row_weight), (back, small, column_weight)):
        near, far = _searched(one, other, weight)
        total += near if one is small else far
    # Rows with the same columns are two steps apart.
    total += 2 * (row_weight - 1)
    total[np.diff(small.indptr) == 0] = 0
    return np.asarray(total[row])


def _twins(incidence: sparse.csr_array) -> np.ndarray:
    """Give a number to each row, the same to rows of the same columns."""
    matrix = incidence.sorted_indices()
    whole, size = matrix.indices.tobytes(), matrix.indices.itemsize
    ends = (matrix.indptr * size).tolist()
    keys = [whole[start:stop] for start, stop in pairwise(ends)]
    return pd.factorize(np.array(keys, dtype=object))[0]


def _searched(
    one: sparse.csr_array, other: sparse.csr_array, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add up, for rows and columns of `one`, the distances from its rows times their weight."""
    from valuma_graph.kernels import paths

    sources, weights = _words(one, weight, paths.WORDS)
    there, back = (
        (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)) for matrix in (one, other)
    )

    def search(start: int) -> tuple[np.ndarray, np.ndarray]:
        near, far = (np.zeros(size, dtype=np.int64) for size in one.shape)
        here = slice(start, start + _BATCHES)
        paths.distances(*there, *back, sources[here], weights[here], near, far)
        return near, far

    near, far = (np.zeros(size, dtype=np.int64) for size in one.shape)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for added in pool.map(search, range(0, len(sources), _BATCHES)):
            near += added[0]
            far += added[1]
    return near, far


def _words(
    incidence: sparse.csr_array, weight: np.ndarray, words: int
) -> tuple[np.ndarray, np.ndarray]:
    """Put the rows that have a tie into words of 64 of one weight, and these into batches."""
    label = projection.parts(incidence)[: len(weight)]
    lines, heavy = [], []
    for one in np.unique(weight):
        nodes = np.flatnonzero((weight == one) & (np.diff(incidence.indptr) > 0))
        # Component by component, so that a batch does not walk through all of the graph.
        nodes = nodes[np.argsort(label[nodes], kind="stable")]
        lines.append(np.pad(nodes, (0, -len(nodes) % 64), constant_values=-1).reshape(-1, 64))
        heavy.append(np.full(len(lines[-1]), one))
    sources, weights = np.concatenate(lines), np.concatenate(heavy)
    spare = -len(sources) % words
    sources = np.pad(sources, ((0, spare), (0, 0)), constant_values=-1)
    weights = np.pad(weights, (0, spare))
    return sources.reshape(-1, 64 * words), weights.reshape(-1, words)


def betweenness(incidence: sparse.csr_array) -> np.ndarray:
    """
    Count the shortest paths between other nodes that pass through each row, by igraph.

    A pair with several shortest paths counts the share of them that pass.

    Parameters
    ----------
    incidence
        n rows × m columns, 0/1.

    Returns
    -------
    paths
        Float, of each row, each pair of nodes once.

    Examples
    --------
    >>> from scipy import sparse
    >>> betweenness(sparse.csr_array([[1, 0], [1, 1], [1, 1]])).tolist()
    [0.0, 1.0, 1.0]
    """
    graph = projection.graph(incidence)
    found = graph.betweenness(range(incidence.shape[0]), directed=False)
    return np.array(found, dtype=np.float64)


def sampled_betweenness(
    incidence: sparse.csr_array, *, order: np.ndarray, pivots: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """
    Estimate the betweenness of the rows from the paths that start in a sample of nodes.

    Of the N nodes with a tie, k are drawn without replacement, all alike (Brandes & Pich 2007).
    With δₛ(i) the dependency of pivot s on row i (the paths from s through i, shares of them),
    the sum over all nodes is half of N/k · Σ δₛ(i), but for chance. Chance is large, since δₛ(i)
    is large for the few s beside i. So a guess gₛ(i), which follows from the degrees around s, is
    sampled against: ½ (Σ over all nodes gₛ(i) + N/k · Σ over the pivots (δₛ(i) − gₛ(i))). That is
    right on average whatever the guess (a difference estimator, Särndal et al. 1992), and can
    fall a little below 0. Its standard error is N/2 · √((1 − k/N) s²/k), with the variance s² of
    δₛ(i) − gₛ(i) between the pivots: 0 when all nodes are pivots.

    Parameters
    ----------
    incidence
        n rows × m columns, 0/1.
    order
        All nodes, rows then columns from n on, in an order that does not depend on theirs.
    pivots
        k, 2 or more.
    seed
        Same seed, same pivots.

    Returns
    -------
    estimate, error
        Of each row.

    References
    ----------
    Brandes, U. & Pich, C. (2007). Centrality estimation in large networks. International
    Journal of Bifurcation and Chaos 17, 2303–2318. https://doi.org/10.1142/S0218127407018403

    Särndal, C.-E., Swensson, B. & Wretman, J. (1992). Model Assisted Survey Sampling. Springer.
    https://doi.org/10.1007/978-1-4612-4378-6

    Examples
    --------
    >>> from scipy import sparse
    >>> matrix = sparse.csr_array([[1, 0], [1, 1], [1, 1]])
    >>> sampled_betweenness(matrix, order=np.arange(5), pivots=5, seed=0)[0].tolist()
    [0.0, 1.0, 1.0]
    """
    n, _ = incidence.shape
    ties = np.concatenate(projection.degrees(incidence))
    tied = order[ties[order] > 0]
    count, k = len(tied), min(pivots, len(tied))
    if not count:
        return np.zeros(n), np.zeros(n)
    chosen = tied[np.random.default_rng(seed).choice(count, k, replace=False)]
    there = incidence.astype(np.float64)
    back = there.T.tocsr()
    blocks = [
        (on_rows, nodes[start : start + _COLUMNS])
        for on_rows, nodes in ((True, chosen[chosen < n]), (False, chosen[chosen >= n] - n))
        for start in range(0, len(nodes), _COLUMNS)
    ]

    step, back_step = _steps(there), _steps(back)
    from_rows, from_columns = _beyond(incidence)

    def walk(block: tuple[bool, np.ndarray]) -> np.ndarray:
        on_rows, sources = block
        if on_rows:
            guess = step @ back_step[:, sources].toarray() * from_rows[sources]
            return np.asarray(_dependencies(back, there, sources)[0] - guess)
        guess = step[:, sources].toarray() * from_columns[sources]
        return np.asarray(_dependencies(there, back, sources)[1] - guess)

    total, squares = np.zeros(n), np.zeros(n)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(walk, blocks):
            total += found.sum(axis=1)
            squares += (found**2).sum(axis=1)
    spread = np.maximum(squares - total**2 / k, 0) / (k - 1)
    error = count / 2 * np.sqrt((1 - k / count) * spread / k)
    guessed = step @ (from_columns + back_step @ from_rows)
    return (guessed + total * count / k) / 2, error


def _steps(incidence: sparse.csr_array) -> sparse.csc_array:
    """Guess by which of its rows paths leave a column: as the rows have other columns."""
    degree, size = projection.degrees(incidence)
    share = incidence.multiply((degree - 1.0)[:, None]).tocsc()
    whole = share.sum(axis=0)
    share.data *= np.repeat(np.divide(1.0, whole, out=np.zeros(len(whole)), where=whole > 0), size)
    return share


def _beyond(incidence: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Guess how many nodes rows reach beyond their columns' rows, and columns beyond their rows."""
    degree, size = projection.degrees(incidence)
    label = projection.parts(incidence)
    reach = np.bincount(label)[label] - 1
    near = degree + incidence @ np.maximum(size - 1, 0)
    return np.maximum(reach[: len(degree)] - near, 0), reach[len(degree) :] - size


def _dependencies(
    there: sparse.csr_array, back: sparse.csr_array, sources: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the dependencies of the sources (one per column) on their own side and on the other.

    `there` leads from the side of the sources to the other, `back` the other way. The numbers of
    shortest paths are kept level by level, divided by the largest of their level so that they
    cannot overflow: only their ratios from one level to the next are needed.
    """
    sides = (there, back)
    start = np.zeros((there.shape[1], len(sources)))
    start[sources, np.arange(len(sources))] = 1
    seen = [start > 0, np.zeros((there.shape[0], len(sources)), dtype=bool)]
    levels, scales = [start], [np.ones(len(sources))]
    while True:
        paths = sides[(len(levels) - 1) % 2] @ levels[-1]
        side = len(levels) % 2
        paths[seen[side]] = 0
        largest = paths.max(axis=0)
        if not largest.any():
            break
        largest[largest == 0] = 1
        seen[side] |= paths > 0
        levels.append(paths / largest)
        scales.append(largest)
    passing = [np.zeros_like(start), np.zeros(seen[1].shape)]
    through = np.zeros_like(levels[-1])
    for k in range(len(levels) - 1, 1, -1):
        number = levels[k] * scales[k]
        share = np.divide(1 + through, number, out=np.zeros_like(number), where=number > 0)
        through = levels[k - 1] * (sides[k % 2] @ share)
        passing[(k - 1) % 2] += through
    return passing[0], passing[1]
