"""Chains of municipalities, along an axis or from neighbour to neighbour, that share networks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.errors import GeometryError
from valuma_graph.geography.axes import line_of, localities, stretches
from valuma_graph.geography.neighbours import contiguity
from valuma_graph.geography.outlines import boundaries
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import igraph
    from scipy import sparse

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.geography.axes import AxisLike

_KM: Final = 1000.0
_WORK: Final = 200_000
"""Pairs that are compared at once."""

_EQUAL: Final = 1e-9
"""Sums of excess that differ by less are equal."""

_COLUMNS: Final = {
    "places": "str", "municipalities": "int64", "length_km": "float64", "axis": "str",
    "from_id": "str", "to_id": "str", "shared": "float64", "expected": "float64",
    "excess": "float64", "straightness": "float64", "p": "float64", "networks": "str",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Ground:
    """The municipalities by id, what they are in, and which pairs of them are compared."""

    ids: pd.Index
    xy: np.ndarray
    rows: sparse.csr_array
    networks: pd.Index
    a: np.ndarray
    b: np.ndarray
    axis: str | None


@dataclass(frozen=True, eq=False)
class _Found:
    """Places of one chain in order (positions of `_Ground.ids`), and its pairs."""

    places: list[int]
    pairs: list[int]
    excess: float


def find_corridors(
    aff: Affiliation,
    *,
    axis: AxisLike | None = None,
    width_km: float = 30,
    alpha: float = 0.05,
    permutations: int = 999,
    seed: int = 0,
    min_length: int = 3,
) -> pd.DataFrame:
    """
    Find chains of municipalities that share more networks, each with the next, than chance gives.

    Compared are municipalities that border on land, or, with an axis, those that it crosses, each
    with the next. Two municipalities in *s* and *t* of the *N* networks that have a municipality
    would share *s t* / *N* if each had drawn its own at random; how seldom they would share as
    many as they do is the upper tail of the hypergeometric distribution. A tie is a pair where
    that is rare enough by Benjamini and Hochberg's procedure over all pairs compared of which
    both are in some network. A chain is, along an axis, an unbroken run of ties; among
    neighbours, in each connected part of the ties, the longest of the shortest paths, taken away
    again and again until what is left is shorter than `min_length`.

    `p` answers for the search as a whole: the rows of the incidence matrix are dealt anew to the
    municipalities, each whole, so that the networks keep their sizes and overlaps; the search is
    repeated, and the largest excess of any chain is noted. `p` is the share of such deals (and
    the data itself) that give a chain of at least this excess.

    **Networks that are areas by design make neighbours meet.** Leader groups, joint authorities
    and statutory groupings consist of neighbours, and chains through them say so and no more.
    Look at the others first: `aff.select(network_kinds=("network",))`. Where lists are partial,
    what is not known counts as not shared: chains may be longer than they show. Where networks
    are few, hardly any pair can pass: two municipalities in one network each, the same, give
    1 / *N*; no chain found is then no proof that there is none. Rows are dealt to all
    municipalities of the set, so that an axis of large cities, which are in many networks of
    large cities, may stand out for their size.

    Parameters
    ----------
    aff
        The affiliation network; its municipalities in Finland are used.
    axis
        None for neighbours; else as for `line_of`: `main_line`, `northern_growth_zone` or `e18`,
        a list of places, or a `shapely.LineString` in EPSG:3067.
    width_km
        With an axis only: a municipality that it crosses is passed over where its central
        locality lies further from the axis than half of this (the axis cuts a corner of it).
    alpha
        The false discovery rate of ties, between 0 and 1.
    permutations
        How many deals; the smallest `p` possible is 1 / (permutations + 1).
    seed
        Of the deals.
    min_length
        Municipalities that a chain has at least, 2 or more.

    Returns
    -------
    chains
        One row for each, largest excess first: `places` (ids in order, joined by ";"),
        `municipalities` (their number, int), `length_km` (from central locality to central
        locality, float), `axis` (its name, its places joined by ";", or `line`; missing among
        neighbours), `from_id`, `to_id`, `shared` and `expected` (networks, mean over its pairs),
        `excess` (sum over its pairs of shared − expected), `straightness` (distance between its
        ends / `length_km`, 0 to 1), `p`, `networks` (ids of those that all of its places are
        in, joined by ";"; empty if none).

    Raises
    ------
    ValueError
        If a number lies outside what is said above, or there is no such axis.
    UnknownNodeError
        If places of the axis are not municipalities of Finland.
    GeometryError
        If no member is a municipality of the division of the year, or the axis is no line.

    References
    ----------
    Benjamini, Y., Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57, 289–300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Tumminello, M., Miccichè, S., Lillo, F., Piilo, J., Mantegna, R. N. (2011). Statistically
    validated networks in bipartite complex systems. PLoS ONE 6, e17994.
    https://doi.org/10.1371/journal.pone.0017994

    Westfall, P. H., Young, S. S. (1993). Resampling-based multiple testing. Wiley. (The largest
    of all as the measure.)

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019).select(network_kinds=("network",))
    >>> len(find_corridors(aff, permutations=99))
    0
    >>> coast = find_corridors(vg.datasets.finland(year=2019), permutations=99).iloc[1]
    >>> coast["from_id"], coast["to_id"], coast["networks"]
    ('municipality:FI-078', 'municipality:FI-257', 'hinku;lag_pomovast')
    """
    _check(width_km, alpha, permutations, min_length)
    ground = _ground(aff, axis, width_km)
    chains = next(_searched(ground, ground.a[None], ground.b[None], alpha, min_length))
    if not chains:
        return _frame([])
    highest = _by_chance(ground, alpha, permutations, seed, min_length)
    chains.sort(key=lambda one: (-round(one.excess, 9), -len(one.places), one.places))
    return _frame([_described(ground, one, highest) for one in chains])


def _check(width_km: float, alpha: float, permutations: int, min_length: int) -> None:
    if not (np.isfinite(width_km) and width_km > 0):
        raise ValueError(f"width_km must be a number above 0, not {width_km}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    if permutations < 1:
        raise ValueError(f"permutations must be 1 or more, not {permutations}")
    if min_length < 2:  # noqa: PLR2004
        raise ValueError(f"min_length must be 2 municipalities or more, not {min_length}")


def _ground(aff: Affiliation, axis: AxisLike | None, width_km: float) -> _Ground:
    year = division_of(aff.year)
    root = None if aff.gazetteer is None else aff.gazetteer.root
    points = localities(year, root=root)
    towns = aff.members.index[aff.members["kind"].eq("municipality")]
    ids = towns.intersection(points.index).sort_values()
    if ids.empty:
        raise GeometryError(f"no member is a municipality of Finland in the division of {year}")
    rows = aff.incidence[aff.members.index.get_indexer(ids)].astype(np.int64)
    _, sizes = projection.degrees(rows)
    # Networks by id, and only those that a municipality is in: others cannot be shared.
    held = aff.networks.index[sizes > 0].sort_values()
    rows = rows[:, aff.networks.index.get_indexer(held)].tocsr()
    xy = np.column_stack([points.x, points.y])[points.index.get_indexer(ids)]
    if axis is None:
        pairs = contiguity(year, root=root)
        ends = np.stack([ids.get_indexer(pd.Index(pairs[side])) for side in ("a", "b")])
        ends = np.unique(np.sort(ends[:, (ends >= 0).all(axis=0)], axis=0), axis=1)
        return _Ground(ids, xy, rows, held, ends[0], ends[1], None)
    axis = axis if isinstance(axis, str) or hasattr(axis, "geom_type") else list(axis)
    order = _along(axis, ids, xy, width_km, year, root)
    return _Ground(ids, xy, rows, held, order[:-1], order[1:], _name(axis))


def _along(
    axis: AxisLike, ids: pd.Index, xy: np.ndarray, width_km: float, year: int, root: Path | None
) -> np.ndarray:
    """Return the municipalities that an axis crosses, by where it first enters them."""
    import shapely

    line = line_of(axis, year=year, root=root).line
    runs = stretches(line, boundaries(year, root=root).loc[ids].geometry)
    order = ids.get_indexer(pd.Index(runs["member_id"].unique()))
    near = shapely.distance(shapely.points(xy[order]), line) <= width_km * _KM / 2
    kept: np.ndarray = order[near]
    return kept


def _name(axis: AxisLike) -> str:
    if isinstance(axis, str):
        return axis
    return "line" if hasattr(axis, "geom_type") else ";".join(str(one) for one in axis)


def _by_chance(
    ground: _Ground, alpha: float, permutations: int, seed: int, min_length: int
) -> np.ndarray:
    """Return the largest excess of any chain for each deal of the rows, 0 without a chain."""
    rng = np.random.default_rng(seed)
    highest: list[float] = []
    at_once = max(1, _WORK // max(1, len(ground.a)))
    while len(highest) < permutations:
        count = min(at_once, permutations - len(highest))
        deals = np.stack([rng.permutation(len(ground.ids)) for _ in range(count)])
        a, b = deals[:, ground.a], deals[:, ground.b]
        highest += [
            max((one.excess for one in chains), default=0.0)
            for chains in _searched(ground, a, b, alpha, min_length)
        ]
    return np.array(highest)


def _searched(
    ground: _Ground, a: np.ndarray, b: np.ndarray, alpha: float, min_length: int
) -> Iterator[list[_Found]]:
    """Yield the chains for each deal: `a`, `b` (deals × pairs) are the rows the pairs get."""
    shared = _shared(ground.rows, a, b)
    size, _ = projection.degrees(ground.rows)
    excess = shared - size[a] * size[b] / max(1, len(ground.networks))
    tied = _significant(_tails(shared, size[a], size[b], len(ground.networks)), alpha)
    for one in range(len(tied)):
        pairs = np.flatnonzero(tied[one])
        if len(pairs) < min_length - 1:
            yield []
        elif ground.axis is not None:
            yield list(_runs(ground, pairs, excess[one], min_length))
        else:
            yield list(_paths(ground, pairs, excess[one], min_length))


def _shared(rows: sparse.csr_array, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if not a.size:
        return np.zeros(a.shape, dtype=np.int64)
    both = rows[a.ravel()].multiply(rows[b.ravel()])
    return np.asarray(both.sum(axis=1), dtype=np.int64).reshape(a.shape)


def _tails(shared: np.ndarray, s: np.ndarray, t: np.ndarray, networks: int) -> np.ndarray:
    """Return P(as many shared or more) of each pair; infinite where one is in no network."""
    from scipy import stats

    tails = np.where((s > 0) & (t > 0), 1.0, np.inf)
    some = shared > 0
    if some.any():
        cases = np.stack([shared[some], np.minimum(s, t)[some], np.maximum(s, t)[some]])
        distinct, which = np.unique(cases, axis=1, return_inverse=True)
        values = stats.hypergeom.sf(distinct[0] - 1, networks, distinct[1], distinct[2])
        tails[some] = np.asarray(values)[which.ravel()]
    return tails


def _significant(tails: np.ndarray, alpha: float) -> np.ndarray:
    """Tell which hold by Benjamini and Hochberg's procedure, row by row; infinite ones are out."""
    compared = np.isfinite(tails).sum(axis=1, keepdims=True)
    rank = np.arange(1, tails.shape[1] + 1)
    ordered = np.sort(tails, axis=1)
    passed = ordered <= alpha * rank / np.maximum(compared, 1)
    limit = np.where(passed, ordered, -1.0).max(axis=1, keepdims=True, initial=-1.0)
    significant: np.ndarray = tails <= limit
    return significant


def _runs(
    ground: _Ground, pairs: np.ndarray, excess: np.ndarray, min_length: int
) -> Iterator[_Found]:
    for run in np.split(pairs, np.flatnonzero(np.diff(pairs) > 1) + 1):
        if len(run) >= min_length - 1:
            places = [*ground.a[run].tolist(), int(ground.b[run[-1]])]
            yield _Found(places, run.tolist(), float(excess[run].sum()))


def _paths(
    ground: _Ground, pairs: np.ndarray, excess: np.ndarray, min_length: int
) -> Iterator[_Found]:
    """Yield the longest shortest path of each connected part, then of what it leaves."""
    import igraph

    nodes, ends = np.unique(np.stack([ground.a[pairs], ground.b[pairs]]), return_inverse=True)
    graph = igraph.Graph(n=len(nodes), edges=ends.reshape(2, -1).T.tolist())
    graph.vs["place"] = nodes.tolist()
    graph.es["pair"] = pairs.tolist()
    graph.es["excess"] = excess[pairs].tolist()
    waiting = graph.decompose(minelements=min_length)
    while waiting:
        part = waiting.pop()
        vertices = _longest(part, min_length)
        if not vertices:
            continue
        edges = [part.get_eid(u, v) for u, v in pairwise(vertices)]
        yield _Found(
            part.vs[vertices]["place"], part.es[edges]["pair"], sum(part.es[edges]["excess"])
        )
        part.delete_vertices(vertices)
        waiting += part.decompose(minelements=min_length)


def _longest(part: igraph.Graph, min_length: int) -> list[int]:
    """Return the vertices of the longest shortest path; of equals, the one of most excess."""
    far = np.array(part.distances())
    if far.max() < min_length - 1:
        return []
    # Of paths between two places the shortest, and of those the one of most excess: all that is
    # taken off for it is less than one step.
    gain = np.array(part.es["excess"]).clip(min=0)
    weights = (1 - gain / (2 * gain.sum() + 1)).tolist()
    best: tuple[float, list[int]] = (-np.inf, [])
    for start in np.flatnonzero((far == far.max()).any(axis=1)).tolist():
        stops = [v for v in np.flatnonzero(far[start] == far.max()).tolist() if v > start]
        for path in part.get_shortest_paths(start, stops, weights) if stops else []:
            edges = [part.get_eid(u, v) for u, v in pairwise(path)]
            excess = round(sum(part.es[edges]["excess"]), 9)
            if excess > best[0]:
                best = excess, path
    return best[1]


def _described(ground: _Ground, chain: _Found, highest: np.ndarray) -> tuple[object, ...]:
    at = ground.xy[chain.places]
    length = float(np.hypot(*np.diff(at, axis=0).T).sum())
    pairs, places = chain.pairs, ground.ids[chain.places].tolist()
    shared = float(_shared(ground.rows, ground.a[pairs], ground.b[pairs]).mean())
    everywhere = np.asarray(ground.rows[chain.places].sum(axis=0)) == len(places)
    hits = int((highest >= chain.excess - _EQUAL).sum())
    return (
        ";".join(places),
        len(places),
        length / _KM,
        ground.axis,
        places[0],
        places[-1],
        shared,
        shared - chain.excess / len(pairs),
        chain.excess,
        float(np.hypot(*(at[-1] - at[0]))) / length if length else np.nan,
        (hits + 1) / (len(highest) + 1),
        ";".join(ground.networks[everywhere]),
    )


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*_COLUMNS]).astype(_COLUMNS)
