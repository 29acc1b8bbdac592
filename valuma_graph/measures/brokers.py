"""Who stands between others that are not tied: structural holes, and brokers between groups."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from valuma_graph.kernels import compiled
from valuma_graph.measures import projection
from valuma_graph.measures.nodes import side

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionArray

    from valuma_graph.affiliation import Affiliation, Mode

HOLES: Final = ("constraint", "effective_size", "efficiency", "hierarchy")
"""What `brokerage` says of structural holes."""

ROLES: Final = ("coordinator", "gatekeeper", "representative", "consultant", "liaison")
"""What `brokerage_roles` counts."""

_CELLS = 1_000_000
_BITS = 1 << 15
_NOTHING = 1e-12
_PARTS = 64


def brokerage(aff: Affiliation, *, mode: Mode = "members") -> pd.DataFrame:
    """
    Measure how far each node stands between others that are not tied themselves.

    On the projection, in which two members are tied by the number of networks that they share
    (or two networks by the members). With *w* these weights, *p* a node's weights divided by
    their sum, *m* a node's weights divided by their largest, and *N* a node's contacts:

    - `constraint` of *u* = Σᵥ cᵤᵥ with cᵤᵥ = (pᵤᵥ + Σ_q pᵤ_q p_qᵥ)² over its contacts *v*: low
      for a broker, high where all contacts are tied to each other.
    - `effective_size` = Σᵥ (1 − Σ_q pᵤ_q mᵥ_q): contacts less what is redundant among them.
    - `efficiency` = effective size / *N*: the share of the contacts that is not redundant.
    - `hierarchy` = Σᵥ rᵤᵥ ln rᵤᵥ / (*N* ln *N*) with rᵤᵥ = cᵤᵥ / (constraint / *N*), the
      Coleman–Theil index of disorder: 0 where all contacts constrain alike, towards 1 where the
      constraint comes from one of them; 1 with a single contact, as Burt has it.

    Constraint and effective size are as `networkx.constraint` and `networkx.effective_size`
    define them with `weight`.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        `"members"` or `"networks"`.

    Returns
    -------
    scores
        Indexed like `aff.members` (or `aff.networks`): `constraint`, `effective_size`,
        `efficiency`, `hierarchy` (float, NaN for a node that shares nothing with any other) and
        `regions_bridged` (Int64): in how many regions a member's neighbours lie, or a network's
        members. It goes by the column `region`; a region lies in itself; missing where no
        region is known in the whole set.

    Raises
    ------
    ValueError
        If the mode does not exist.

    References
    ----------
    Burt, R. S. (1992). Structural Holes: The Social Structure of Competition. Harvard.

    Burt, R. S. (2004). Structural holes and good ideas. American Journal of Sociology 110,
    349–399. https://doi.org/10.1086/421787

    Examples
    --------
    >>> import valuma_graph as vg
    >>> scores = vg.brokerage(vg.datasets.southern_women())
    >>> scores.columns.tolist()
    ['constraint', 'effective_size', 'efficiency', 'hierarchy', 'regions_bridged']
    >>> scores.constraint.idxmin(), scores.effective_size.idxmin()
    ('Ruth DeSand', 'Charlotte McDowd')
    """
    incidence, index = side(aff, mode)
    contacts, constraint, redundant, entropy = _structural_holes(incidence).T
    alone = contacts == 0
    effective = np.where(alone, np.nan, contacts - redundant)
    several = contacts > 1
    most = np.where(several, contacts * np.log(np.where(several, contacts, 2)), 1)
    hierarchy = np.where(several, np.maximum(entropy / most, 0), 1)
    return pd.DataFrame(
        {
            "constraint": np.where(alone, np.nan, constraint),
            "effective_size": effective,
            "efficiency": effective / np.where(alone, 1, contacts),
            "hierarchy": np.where(alone, np.nan, hierarchy),
            "regions_bridged": _regions_bridged(aff, mode),
        },
        index=index,
    )


def _structural_holes(incidence: sparse.csr_array) -> NDArray[np.float64]:
    """
    Return contacts, constraint, redundancy and Σ r ln r of the rows, side by side.

    W = B Bᵀ without its diagonal are the weights. Both measures need W T W, for a diagonal T, at
    the tied pairs; as X B Bᵀ − X D, with X = W T and the degrees D, it costs steps along the ties
    of B instead of a product of large matrices, and needs a few rows at a time.
    """
    n, _ = incidence.shape
    degree, size = projection.degrees(incidence)
    met = incidence.astype(np.int64) @ size
    strength = met - degree
    by_strength = np.divide(1.0, strength, out=np.zeros(n), where=strength > 0)
    if not compiled(float(met @ degree)):
        return _holes(incidence, by_strength)
    from valuma_graph.kernels import holes

    across = incidence.T.tocsr()
    matrix = (
        incidence.indptr.astype(np.int64),
        incidence.indices.astype(np.uint32),
        across.indptr.astype(np.int64),
        across.indices.astype(np.uint32),
    )
    largest, found = np.zeros(n), np.zeros((n, 4))
    _in_parts(met, holes.largest, *matrix, largest)
    by_largest = np.divide(1.0, largest, out=np.zeros(n), where=largest > 0)
    _in_parts(met, holes.scores, *matrix, by_strength, by_largest, found)
    return found


def _in_parts(work: NDArray[np.integer], loop: Callable[..., None], *arrays: NDArray[Any]) -> None:
    """Run a loop over parts of the rows, of about the same work, on all processors."""
    done = np.concatenate([[0], np.cumsum(work)])
    cuts = np.searchsorted(done, np.linspace(0, done[-1], _PARTS + 1)[1:-1])
    bounds = np.unique(np.concatenate([[0], cuts, [len(work)]])).tolist()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda start, stop: loop(start, stop, *arrays), bounds[:-1], bounds[1:]))


def _holes(incidence: sparse.csr_array, by_strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same without the compiled loops."""
    n, m = incidence.shape
    counts = incidence.astype(np.float64)
    across = counts.T.tocsr()
    degree, _ = projection.degrees(incidence)
    largest = _largest_shared(incidence)
    by_largest = np.divide(1.0, largest, out=np.zeros(n), where=largest > 0)
    found = np.zeros((n, 4))
    step = max(1, _CELLS // max(n, m, 1))
    for start in range(0, n, step):
        here = np.arange(start, min(start + step, n))
        weight = (counts[here] @ across).toarray()
        weight[here - start, here] = 0
        tied = weight > 0
        share = weight * by_strength[here, None]
        onward = share * by_strength
        reach = (onward @ counts) @ across - onward * degree
        part = np.where(tied, share + reach, 0) ** 2
        both = (share @ counts) @ across - share * degree
        contacts, total = tied.sum(axis=1), part.sum(axis=1)
        relative = part * (contacts / np.where(contacts, total, 1))[:, None]
        entropy = relative * np.log(np.where(tied, relative, 1))
        redundant = np.where(tied, both * by_largest, 0)
        found[here] = np.column_stack([contacts, total, redundant.sum(axis=1), entropy.sum(axis=1)])
    return found


def _largest_shared(incidence: sparse.csr_array) -> NDArray[np.float64]:
    """Return the most that each row shares with any other."""
    largest = np.zeros(incidence.shape[0])
    for a, b, shared in projection.pairs(incidence):
        np.maximum.at(largest, a, shared)
        np.maximum.at(largest, b, shared)
    return largest


def regions_of(aff: Affiliation) -> pd.Series:
    """Return the region that each member lies in; a region lies in itself."""
    members = aff.members
    regions = pd.Series(members.index, index=members.index, dtype="str")
    regions = regions.where(members["kind"].eq("region"))
    return regions.fillna(members["region"]) if "region" in members else regions


def _regions_bridged(aff: Affiliation, mode: Mode) -> ExtensionArray:
    code, names = pd.factorize(regions_of(aff))
    n = len(aff.members)
    if not len(names):
        size = n if mode == "members" else len(aff.networks)
        return pd.array([pd.NA] * size, dtype="Int64")
    lies_in = indicator(code, len(names))
    incidence = aff.incidence.astype(np.int64)
    found = incidence.T @ lies_in
    if mode == "members":
        degree, _ = projection.degrees(aff.incidence)
        found = incidence @ found - lies_in.multiply(degree[:, None]).tocsr()
    bridged = np.asarray((found > 0).sum(axis=1))
    return pd.array(bridged, dtype="Int64")


def indicator(code: NDArray[np.integer], groups: int) -> sparse.csr_array:
    """Return nodes × groups, 1 where the node is in the group; nowhere below 0."""
    known = np.flatnonzero(code >= 0)
    ones = np.ones(len(known), dtype=np.int64)
    return sparse.csr_array((ones, (known, code[known])), shape=(len(code), groups))


def brokerage_roles(
    aff: Affiliation, *, mode: Mode = "members", groups: str | pd.Series = "region"
) -> pd.DataFrame:
    """
    Count in which roles each node stands between two others that are not tied themselves.

    Two members are tied when they share a network (two networks, when they share a member). A
    path *a* – *b* – *c*, with *a* and *c* not tied, makes *b* a broker, of a kind that depends on
    the groups of the three:

    - `coordinator`: all three are of one group;
    - `gatekeeper`: *a* is of another group, *b* and *c* are of one;
    - `representative`: *a* and *b* are of one group, *c* is of another;
    - `consultant` (itinerant): *a* and *c* are of one group, *b* is of another;
    - `liaison`: all three are of different groups.

    Ties have no direction: each path counts both ways, hence `gatekeeper` and `representative`
    are equal and all other counts even. So they add up to `total`, and are what `brokerage` of
    R's `sna` gives. `total` / 2 is the number of pairs that the node alone or with others
    connects.

    What chance expects: the groups of all others are dealt out anew at random, the ties and the
    node's own group stay. With *T* the total, *n* nodes, and *g* nodes of the node's own and *h*
    of each other group, of *M* = (n − 1)(n − 2) ways

        coordinator T (g − 1)(g − 2) / M;  gatekeeper, representative T (g − 1)(n − g) / M;
        consultant T Σₕ h (h − 1) / M;  liaison T (Σₕ h (n − g − h)) / M

    and `z` = (count − expected) / standard deviation, which is exact too: it goes by how many of
    the open pairs have an end in common. The counts are not normally distributed, least of all
    small ones; `z` orders nodes, it is no test. `sna` expects the same shares, of the total that
    a random directed graph of the same density would have, and its z goes by that graph.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        `"members"` or `"networks"`.
    groups
        A column of `aff.members` (or `aff.networks`), or a Series of groups by id. In the column
        `region`, a region lies in itself. A node without a group is left out, as if it was not
        there.

    Returns
    -------
    roles
        Indexed like `aff.members` (or `aff.networks`): `group`, `coordinator`, `gatekeeper`,
        `representative`, `consultant`, `liaison`, `total` (Int64), and for each of the five
        `expected_…` and `z_…` (float; NaN where chance has no choice). Missing for nodes
        without a group.

    Raises
    ------
    ValueError
        If the mode or the column does not exist, or a Series has an id twice or none of the ids.

    References
    ----------
    Gould, R. V. & Fernandez, R. M. (1989). Structures of mediation: a formal approach to
    brokerage in transaction networks. Sociological Methodology 19, 89–126.
    https://doi.org/10.2307/270949

    Examples
    --------
    >>> import valuma_graph as vg
    >>> women = vg.datasets.southern_women()
    >>> circle = pd.Series(["first"] * 9 + ["second"] * 9, index=women.members.index)
    >>> roles = brokerage_roles(women, groups=circle)
    >>> roles.loc["Ruth DeSand", ["coordinator", "gatekeeper", "consultant", "total"]].tolist()
    [2, 13, 0, 28]
    """
    incidence, index = side(aff, mode)
    group = _groups(aff, mode, groups).reindex(index)
    code, names = pd.factorize(group)
    known = np.flatnonzero(code >= 0)
    order = known[np.argsort(code[known], kind="stable")]
    found, expected, z = _roles(incidence[order], code[order], len(names))
    columns: dict[str, pd.Series] = {"group": group}
    ids = index[order]
    for k, name in enumerate((*ROLES, "total")):
        columns[name] = pd.Series(found[:, k], ids, dtype="Int64").reindex(index)
    for label, values in (("expected", expected), ("z", z)):
        for k, name in enumerate(ROLES):
            columns[f"{label}_{name}"] = pd.Series(values[:, k], ids).reindex(index)
    return pd.DataFrame(columns, index=index)


def _groups(aff: Affiliation, mode: Mode, groups: str | pd.Series) -> pd.Series:
    frame = aff.members if mode == "members" else aff.networks
    if isinstance(groups, pd.Series):
        if not groups.index.is_unique:
            twice = groups.index[groups.index.duplicated()][0]
            raise ValueError(f"groups must have each id once, not {twice!r} twice")
        if len(groups) and not groups.index.isin(frame.index).any():
            raise ValueError(f"groups must go by ids of {mode}; {groups.index[0]!r} is none")
        return groups
    if groups not in frame:
        columns = ", ".join(map(str, frame.columns))
        raise ValueError(
            f"groups must be a Series by id or a column of the {mode} ({columns}), not {groups!r}"
        )
    return regions_of(aff) if (mode, groups) == ("members", "region") else frame[groups]


def _roles(
    incidence: sparse.csr_array, group: NDArray[np.integer], groups: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return counts, expectation and z of rows that are in the order of their groups."""
    half = projection.common(incidence)
    tied = (half + half.T).tocsr()
    both, grouped = _closed(tied, group.astype(np.int64), groups)
    lies_in = indicator(group, groups)
    contacts = np.diff(tied.indptr).astype(np.int64)
    near = (tied > 0).astype(np.int64) @ lies_in
    own = np.asarray(near.multiply(lies_in).sum(axis=1))
    squares = np.asarray(near.multiply(near).sum(axis=1)) - own**2
    # A contact ends as many open pairs as it is not tied to of the other contacts.
    common, squared = _by_row(both, tied.indptr), _by_row(both.astype(np.int64) ** 2, tied.indptr)
    total = contacts * (contacts - 1) - common
    square = contacts * (contacts - 1) ** 2 - 2 * (contacts - 1) * common + squared
    coordinator = own * (own - 1) - grouped[:, 0]
    mixed = own * (contacts - own) - grouped[:, 1]
    consultant = squares - (contacts - own) - grouped[:, 2]
    liaison = total - coordinator - 2 * mixed - consultant
    found = np.column_stack([coordinator, mixed, mixed, consultant, liaison, total])
    size = np.bincount(group, minlength=groups)
    share, variance = _moments(size, group, total / 2, (square - total) / 2)
    expected = total[:, None] * share
    sd = np.sqrt(variance) * [2, 1, 1, 2, 2]
    z = np.divide(found[:, :5] - expected, sd, out=np.full(sd.shape, np.nan), where=sd > 0)
    return found, expected, z


def _by_row(values: NDArray[np.integer], begins: NDArray[np.integer]) -> NDArray[np.int64]:
    done = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.asarray(done[begins[1:]] - done[begins[:-1]])


def _closed(
    tied: sparse.csr_array, group: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Count common neighbours: by tie, and by node those in its or the contact's group."""
    n = tied.shape[0]
    both, grouped = np.zeros(tied.nnz, dtype=np.int32), np.zeros((n, 3), dtype=np.int64)
    contacts = np.diff(tied.indptr).astype(np.int64)
    begins, others = tied.indptr.astype(np.int64), tied.indices.astype(np.uint32)
    quick = compiled(tied.nnz * max(1, n // 64))
    for start in range(0, n, _BITS):
        here = slice(start, min(start + _BITS, n))
        bits = _packed(tied[:, here])
        masks = _packed(indicator(group[here], groups).T.tocsr())
        if not quick:
            _common(tied, group, bits, masks, both, grouped)
            continue
        from valuma_graph.kernels import holes

        arrays = begins, others, group, bits, masks, both, grouped
        _in_parts(contacts, holes.closed, *arrays)
    return both, grouped


def _packed(rows: sparse.csr_array) -> NDArray[np.uint64]:
    """Return a bit for every stored cell, in words."""
    n, m = rows.shape
    packed = np.zeros((n, -(-m // 64) * 8), dtype=np.uint8)
    step = max(1, 16 * _CELLS // max(m, 1))
    for start in range(0, n, step):
        some = np.packbits(rows[start : start + step].astype(bool).toarray(), axis=1)
        packed[start : start + step, : some.shape[1]] = some
    return packed.view(np.uint64)


def _common(
    tied: sparse.csr_array,
    group: NDArray[np.int64],
    bits: NDArray[np.uint64],
    masks: NDArray[np.uint64],
    both: NDArray[np.int32],
    grouped: NDArray[np.int64],
) -> None:
    """Do what `kernels.holes.closed` does."""
    for node in range(tied.shape[0]):
        ties = slice(tied.indptr[node], tied.indptr[node + 1])
        other = tied.indices[ties]
        shared = bits[other] & bits[node]
        both[ties] += np.bitwise_count(shared).sum(axis=1, dtype=np.int32)
        outside = group[other] != group[node]
        mine = np.bitwise_count(shared & masks[group[node]]).sum(axis=1, dtype=np.int64)
        theirs = np.bitwise_count(shared[outside] & masks[group[other[outside]]])
        grouped[node] += mine[~outside].sum(), mine[outside].sum(), theirs.sum(dtype=np.int64)


def _moments(
    size: NDArray[np.integer],
    group: NDArray[np.integer],
    pairs: NDArray[np.float64],
    wedges: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return the chance of each role, and the variance of its pairs, when groups are dealt out.

    With T open pairs, S pairs of them with an end in common, D without, and a role's chance of
    one (p), of two with an end in common (q) and of two without (r), the variance is
    T p (1 − p) + 2 S (q − p²) + 2 D (r − p²).
    """

    def falling(x: NDArray[np.float64], k: int) -> NDArray[np.float64]:
        """Count the ways to take k of x in order."""
        return np.asarray(np.prod([np.maximum(x - i, 0) for i in range(k)], axis=0))

    own = size[group] - 1.0
    sizes = np.sort(size).astype(np.float64)
    rest = len(group) - 1 - own
    # Over the groups that are not one's own: two, three, four of one; two and two of one each.
    two, three, four = (falling(sizes, k).sum() - falling(own + 1, k) for k in (2, 3, 4))
    squares = (falling(sizes, 2) ** 2).sum() - falling(own + 1, 2) ** 2
    alike = four + two**2 - squares
    ways = {
        "inside": [falling(own, k) for k in (2, 3, 4)],
        "mixed": [
            2 * own * rest,
            own * falling(rest, 2) + rest * falling(own, 2),
            4 * falling(own, 2) * falling(rest, 2),
        ],
        "alike": [two, three, alike],
        "different": [
            falling(rest, 2) - two,
            falling(rest, 3) - 2 * two * (rest - 2) + three,
            falling(rest, 4) - 2 * two * falling(rest - 2, 2) + alike,
        ],
    }
    every = [np.maximum(falling(own + rest, k), 1) for k in (2, 3, 4)]
    apart = pairs * (pairs - 1) / 2 - wedges
    share, variance = [], []
    for kind, half in (("inside", 1), ("mixed", 2), ("mixed", 2), ("alike", 1), ("different", 1)):
        p, q, r = (a / b for a, b in zip(ways[kind], every, strict=True))
        share.append(p / half)
        spread = pairs * p * (1 - p) + 2 * wedges * (q - p**2) + 2 * apart * (r - p**2)
        square = pairs * p + 2 * wedges * q + 2 * apart * r
        variance.append(np.where(spread > _NOTHING * square, spread, 0))
    return np.column_stack(share), np.column_stack(variance)
