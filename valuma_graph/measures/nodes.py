"""Who is central, and how much of the membership is known."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Final, get_args

import numpy as np
import pandas as pd
from scipy.sparse.linalg import svds

from valuma_graph.affiliation import Mode
from valuma_graph.affiliation.snapshots import COMPLETE_WITHIN, years
from valuma_graph.measures import paths, projection
from valuma_graph.measures.isolates import COUNT_OF_KIND

if TYPE_CHECKING:
    from collections.abc import Collection

    from scipy import sparse

    from valuma_graph.affiliation import Affiliation

CENTRALITIES: Final = ("degree", "degree_share", "closeness", "betweenness", "eigenvector")
"""What `centrality` measures."""

_DENSE = 250_000
_SAME = 1e-9


def coverage(aff: Affiliation) -> pd.DataFrame:
    """
    Compare the members known with the members that each network says it has.

    Like is compared with like. Where a network states its members by kind, only members of the
    kinds that it counts are `compared` with the count (a coordinating company is not one of
    the 11 municipalities); and where a kind is not in the set at all, as after
    `aff.select("municipality")`, its declared members are left out too. A network that states
    only a total is compared whole, and so is one whose known members together make up its
    count: sources class members differently. Members that have since merged are compared as
    they were listed. A count and a list of more than three years apart are not compared, nor a
    count of municipalities with the regions that `roll_up` has put them into. `coverage` is not
    cut at 1: above it, more members are known than were declared.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    coverage
        Indexed like `aff.networks`: `known` (int, distinct members in the set), `compared`
        (int, those of them that the declared count is about), `declared` (Int64), `coverage`
        (float, compared / declared, NaN where nothing is declared or the count is of another
        time),
        `list_status`, `complete_for`, `declared_as_of`, `snapshot_as_of`, `selection` (text),
        `known_municipalities`, `declared_municipalities`, `known_regions`, `declared_regions`
        (int and Int64).

    Examples
    --------
    >>> import valuma_graph as vg
    >>> vg.coverage(vg.datasets.finland(year=2019)).loc["fisu", ["compared", "declared"]].tolist()
    [11, 11]
    """
    networks = aff.networks
    kinds = aff.members["kind"]
    known = {
        kind: aff.incidence.astype(np.int64).T @ kinds.eq(kind).to_numpy(dtype=np.int64)
        for kind in kinds.dropna().unique()
    }
    none = np.zeros(len(networks), dtype=np.int64)
    _, size = projection.degrees(aff.incidence)
    declared, counted = _declared(networks, set(known))
    merged = _merged(aff)
    compared = np.where(counted.any(axis=1), 0, size + merged)
    for kind, number in known.items():
        column = COUNT_OF_KIND.get(kind)
        listed = number + merged if kind == "municipality" else number
        compared += np.where(counted[column], listed, 0) if column else none
    goal = declared.where(declared > 0).to_numpy(dtype=np.float64, na_value=np.nan)
    compared = np.where((compared < goal) & (size + merged >= goal), size + merged, compared)
    share = np.where(_of_one_time(aff) & ~_rolled_up(aff), compared / goal, np.nan)
    text = {
        c: networks[c] if c in networks else pd.Series(np.nan, networks.index, dtype="str")
        for c in ("list_status", "complete_for", "declared_as_of", "snapshot_as_of", "selection")
    }
    return pd.DataFrame(
        {
            "known": size,
            "compared": compared,
            "declared": declared,
            "coverage": share,
            **text,
            "known_municipalities": known.get("municipality", none),
            "declared_municipalities": _count(networks, "declared_municipalities"),
            "known_regions": known.get("region", none),
            "declared_regions": _count(networks, "declared_regions"),
        },
        index=networks.index,
    )


def unknown_members(aff: Affiliation) -> pd.DataFrame:
    """
    Count the members that each network says it has and that are not known, by kind.

    All in all they are what `coverage` lacks: declared − compared, if above 0.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    unknown
        Indexed like `aff.networks`, Int64: `declared_municipalities`, `declared_organisations`,
        `declared_other`, `declared_regions` (members that would fall under this count) and
        `rest` (members of the kinds that the network states no count of). Missing where nothing
        is declared, where the count is of another time or of what has been rolled up, and where
        kinds that the rest could be of have been taken from the set.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = unknown_members(vg.datasets.finland(year=2019))
    >>> found.loc["suomen_kasvukaytava"].tolist()
    [20, 8, 0, 3, 0]
    """
    kinds = aff.members["kind"]
    counts, there = _counts(aff.networks, set(kinds.dropna()))
    found = coverage(aff)
    lacking = (found["declared"] - found["compared"]).clip(lower=0)
    of_kind = kinds.map(COUNT_OF_KIND)
    columns: dict[str, pd.Series] = {}
    left = lacking
    for column in map(str, counts):
        known = aff.incidence.T.astype(np.int64) @ of_kind.eq(column).to_numpy(dtype=np.int64)
        known += _merged(aff) if column == "declared_municipalities" else 0
        stated = (counts[column] - known).clip(lower=0).fillna(0) * (column in there)
        # Sources class members differently: never more of all kinds than lack in all.
        columns[column] = stated.where(stated.le(left).fillna(value=False), left)
        left = left - columns[column]
    unknown = pd.DataFrame({**columns, "rest": left}, index=aff.networks.index)
    comparable = found["coverage"].notna() | found["declared"].eq(0).fillna(value=False)
    if aff.narrowed:
        comparable &= ~left.gt(0).fillna(value=False)
    return unknown.where(comparable).astype("Int64")


def _merged(aff: Affiliation) -> np.ndarray:
    """Count the listed members of each network that have merged into another one of its list."""
    rows = aff.set_aside[aff.set_aside["reason"].eq("merged")]
    if rows.empty:
        return np.zeros(len(aff.networks), dtype=np.int64)
    held = aff.memberships.loc[aff.memberships["counted"], "role"].unique()
    rows = rows[rows["member_id"].isin(aff.members.index) & rows["role"].isin(held)]
    listed = rows.groupby("network_id")["listed_id"].nunique()
    return listed.reindex(aff.networks.index).fillna(0).to_numpy(np.int64)


def _rolled_up(aff: Affiliation) -> np.ndarray:
    """Tell of which networks municipalities stand as regions: not what the network counts."""
    rows = aff.memberships
    if "listed_id" not in rows:
        return np.zeros(len(aff.networks), dtype=bool)
    kind = rows["member_id"].map(aff.members["kind"])
    moved = rows["listed_id"].str.startswith("municipality:").fillna(value=False)
    rolled: np.ndarray = aff.networks.index.isin(
        rows.loc[moved.astype(bool) & kind.ne("municipality"), "network_id"]
    )
    return rolled


def _of_one_time(aff: Affiliation) -> np.ndarray:
    """Tell whether the declared count is of about the time of the list, or of the year."""
    networks = aff.networks
    if not {"declared_as_of", "snapshot_as_of", "selection"} <= {*networks.columns}:
        return np.ones(len(networks), dtype=bool)
    listed = years(networks["snapshot_as_of"])
    listed = np.where(np.isnan(listed) & (aff.year is not None), aff.year or np.nan, listed)
    apart = np.abs(years(networks["declared_as_of"]) - listed) > COMPLETE_WITHIN
    same: np.ndarray = ~apart | networks["selection"].eq("union").to_numpy()
    return same


def _count(networks: pd.DataFrame, column: str) -> pd.Series:
    if column in networks:
        return networks[column].astype("Int64")
    return pd.Series(pd.NA, index=networks.index, dtype="Int64")


def _counts(networks: pd.DataFrame, kinds: set[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the declared counts by kind, and which of them the kinds can fall under."""
    columns = sorted(set(COUNT_OF_KIND.values()))
    counts = pd.DataFrame({c: _count(networks, c) for c in columns}, index=networks.index)
    # A kind that no declared count is about can fall under any.
    there = [c for c in columns if any(COUNT_OF_KIND.get(kind, c) == c for kind in kinds)]
    return counts, there


def _declared(networks: pd.DataFrame, kinds: set[str]) -> tuple[pd.Series, pd.DataFrame]:
    """
    Return the declared count to compare with, and which counts by kind it is the sum of.

    A network that is compared whole has no count by kind in the second.
    """
    counts, there = _counts(networks, kinds)
    columns = counts.columns
    total = _count(networks, "declared_total").fillna(counts.sum(axis=1, min_count=1))
    stated = counts.gt(0).fillna(value=False).astype(bool)
    itemised = (counts.sum(axis=1) >= total).fillna(value=False).astype(bool) & stated.any(axis=1)
    narrowed = stated.any(axis=1) & (len(there) < len(columns))
    by_kind = itemised | narrowed
    counted = stated.loc[:, there].reindex(columns=columns, fill_value=False)
    counted = counted.mul(by_kind, axis=0)
    parts = counts.where(counted).sum(axis=1, min_count=1)
    # Nothing counted of the kinds in the set: none, where those counted make up the total.
    parts = parts.mask(parts.isna() & itemised, 0)
    return total.where(~by_kind, parts).astype("Int64"), counted


def centrality(
    aff: Affiliation,
    *,
    mode: Mode = "members",
    measures: Collection[str] | None = None,
    pivots: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Measure how central each node of one mode is, on the two-mode graph.

    With *n* nodes in the mode and *m* in the other:

    - `degree`: ties; `degree_share`: degree / *m*, 1.0 is "in every network".
    - `closeness`: the least sum of distances possible, *m* + 2(*n* − 1), divided by the sum of
      distances to all nodes that can be reached. In a graph of several components that is
      multiplied by the share of the other nodes that can be reached, as networkx does; then
      small components can be rated above 1, and `closeness` compares nodes only within their
      component. 0 without a tie.
    - `betweenness`: shortest paths between other nodes that pass through the node, divided by
      the most possible in a two-mode graph of this size. With `pivots`, an estimate from the
      shortest paths that start in so many nodes, drawn at random of those with a tie (Brandes &
      Pich 2007), and its standard error as `betweenness_error`.
    - `eigenvector`: entry of the leading singular vector of the incidence, of length 1 within
      the mode: a node is central as its neighbours are. In a graph of several components only
      the one with the largest singular value has scores (all such, if equal); 0 elsewhere.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        Which side to score, `"members"` or `"networks"`.
    measures
        Which columns; all when None.
    pivots
        Estimate the betweenness from this many nodes; exact when None, or when there are no
        more nodes with a tie. 256 do for a network of 100,000 members.
    seed
        Same seed, same pivots; the order of the rows does not matter.

    Returns
    -------
    scores
        Indexed like `aff.members` (or `aff.networks`); `degree` int, the others float, higher =
        more central. `degree_share` is NaN when the other mode has no nodes. With `pivots`,
        `betweenness_error` stands after `betweenness`, in the same unit: the standard error,
        from the variance between the pivots, corrected for their share of all nodes. The
        estimate is right on average and can fall a little below 0. Where few pivots lie behind
        a node the error is uncertain too: of intervals of ±1.96 errors about 9 in 10 hold the
        exact value among the most central tenth, 8 in 10 among all (5,000 members, 256 pivots).

    Raises
    ------
    ValueError
        If a mode or measure does not exist; the message names those that do. If `pivots` is
        below 2.

    References
    ----------
    Borgatti, S. P. & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks
    19, 243–269. https://doi.org/10.1016/S0378-8733(96)00301-2

    Borgatti, S. P. & Halgin, D. S. (2011). Analyzing affiliation networks. In The SAGE Handbook
    of Social Network Analysis, 417–433. https://doi.org/10.4135/9781446294413.n28

    Bonacich, P. (1991). Simultaneous group and individual centralities. Social Networks 13,
    155–168. https://doi.org/10.1016/0378-8733(91)90018-O

    Faust, K. (1997). Centrality in affiliation networks. Social Networks 19, 157–191.
    https://doi.org/10.1016/S0378-8733(96)00300-0

    Brandes, U. & Pich, C. (2007). Centrality estimation in large networks. International
    Journal of Bifurcation and Chaos 17, 2303–2318. https://doi.org/10.1142/S0218127407018403

    Examples
    --------
    >>> import valuma_graph as vg
    >>> scores = vg.centrality(vg.datasets.southern_women(), mode="networks")
    >>> scores.round(2).loc["E8"].to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'degree': 14.0, 'degree_share': 0.78, 'closeness': 0.85, 'betweenness': 0.24,
     'eigenvector': 0.51}
    """
    wanted = _wanted(measures)
    if pivots is not None and (not isinstance(pivots, Integral) or pivots < 2):  # noqa: PLR2004
        raise ValueError(f"pivots must be None or 2 or more, not {pivots!r}")
    incidence, index = side(aff, mode)
    n, m = incidence.shape
    degree, _ = projection.degrees(incidence)
    columns: dict[str, np.ndarray] = {}
    for name in wanted:
        if name == "degree":
            columns[name] = degree
        elif name == "degree_share":
            columns[name] = degree / m if m else np.full(n, np.nan)
        elif name == "eigenvector":
            columns[name] = _eigenvector(incidence)
        elif name == "closeness":
            columns[name] = paths.closeness(incidence)
        elif pivots is None:
            columns[name] = paths.betweenness(incidence) / _most_betweenness(n, m)
        else:
            # In the order of the ids, members first.
            members, networks = aff.members.index.argsort(), aff.networks.index.argsort()
            first, second = (n, 0) if mode == "networks" else (0, n)
            order = np.concatenate([members + first, networks + second])
            found = paths.sampled_betweenness(incidence, order=order, pivots=pivots, seed=seed)
            for column, values in zip((name, "betweenness_error"), found, strict=True):
                columns[column] = values / _most_betweenness(n, m)
    return pd.DataFrame(columns, index=index)


def _wanted(measures: Collection[str] | None) -> list[str]:
    if measures is None:
        return list(CENTRALITIES)
    given = (measures,) if isinstance(measures, str) else tuple(measures)
    for one in given:
        if one not in CENTRALITIES:
            raise ValueError(f"measures must be among {', '.join(CENTRALITIES)}, not {one!r}")
    return [one for one in CENTRALITIES if one in given]


def side(aff: Affiliation, mode: Mode) -> tuple[sparse.csr_array, pd.Index]:
    """Return the incidence with the mode as rows, and the ids of the rows."""
    if mode not in get_args(Mode):
        raise ValueError(f"mode must be one of {', '.join(get_args(Mode))}, not {mode!r}")
    index = aff.members.index if mode == "members" else aff.networks.index
    return projection.of_mode(aff.incidence, mode), index


def _most_betweenness(n: int, m: int) -> float:
    """Return the most that a node of a mode of `n` can have, the other having `m` (B&E 1997)."""
    if not (n and m):
        return 1.0
    s, t = divmod(n - 1, m)
    most = (m**2 * (s + 1) ** 2 + m * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2
    return most or 1.0


def _eigenvector(incidence: sparse.csr_array) -> np.ndarray:
    """Score the rows by the leading left singular vector, component by component."""
    n, _ = incidence.shape
    score = np.zeros(n)
    if not incidence.nnz:
        return score
    label = projection.parts(incidence)
    ties = np.bincount(label[:n], np.diff(incidence.indptr))
    by_row = np.argsort(label[:n], kind="stable")
    ends = np.searchsorted(label[:n][by_row], np.arange(len(ties) + 1))
    best = 0.0
    leading: list[tuple[np.ndarray, np.ndarray]] = []
    # The squared singular value is at most the number of ties: the rest cannot lead.
    for c in np.argsort(-ties, kind="stable"):
        if ties[c] < best**2 * (1 - _SAME) or not ties[c]:
            break
        rows = by_row[ends[c] : ends[c + 1]]
        vector, value = _leading(incidence[rows])
        if value > best * (1 + _SAME):
            leading = []
        if value >= best * (1 - _SAME):
            leading.append((rows, vector))
        best = max(best, value)
    # Where several lead, what repeated averaging from equal scores would come to.
    for rows, vector in leading:
        score[rows] = vector * vector.sum()
    return score / np.linalg.norm(score)


def _leading(rows: sparse.csr_array) -> tuple[np.ndarray, float]:
    """Return the leading left singular vector, not negative, and its singular value."""
    part = rows[:, np.unique(rows.indices)].astype(np.float64)
    if min(part.shape) == 1:
        return np.full(part.shape[0], part.shape[0] ** -0.5), float(np.sqrt(part.nnz))
    if part.shape[0] * part.shape[1] <= _DENSE:
        left, values, _ = np.linalg.svd(part.toarray(), full_matrices=False)
        return np.abs(left[:, 0]), float(values[0])
    start = np.ones(min(part.shape))
    left, values, _ = svds(part, k=1, v0=start, return_singular_vectors="u")
    return np.abs(left[:, 0]), float(values[0])
