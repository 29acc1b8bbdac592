"""How members stand among others of their kind: ranks, closest peers, what neighbours have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pandas as pd
from scipy import sparse

from valuma_graph.measures.isolates import could_hold
from valuma_graph.portfolio import OF_AN_AREA, of_register
from valuma_graph.report.shapes import neighbours_of
from valuma_graph.report.years import division
from valuma_graph.text import sort_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valuma_graph.affiliation import Affiliation

CLOSEST: Final = 3
"""Closest peers that are named, and more where some are equally close."""

MOST_CLOSEST: Final = 5
"""Peers that are named at most: equally close ones are named all or not at all."""

ABROAD: Final = ("cross_border", "european", "global")
"""Levels of networks that reach over a border; local and regional ones are put together too."""

_BLOCK: Final = 512
_TOWN: Final = ("municipality", "FI")


def size_class(population: pd.Series) -> pd.Series:
    """
    Return the class of population that members are compared in.

    Parameters
    ----------
    population
        Inhabitants; may be missing.

    Returns
    -------
    classes
        A letter of `POPULATION_CLASSES` of `valuma_graph.geography`; missing where unknown.

    Examples
    --------
    >>> size_class(pd.Series([249000, 4000, None], dtype="Int64")).tolist()
    ['A', 'D', nan]
    """
    from valuma_graph.geography.footprints import POPULATION_CLASSES

    limits = sorted((least, name) for name, least in POPULATION_CLASSES.items())
    people = population.to_numpy(dtype=np.float64, na_value=np.nan)
    at = np.searchsorted([least for least, _ in limits], people, side="right") - 1
    names = np.array([name for _, name in limits], dtype=object)[np.clip(at, 0, None)]
    return pd.Series(names, index=population.index, dtype="str").where(~np.isnan(people))


def ranks(values: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """
    Rank members within groups, the largest first; equal values share the better rank.

    Parameters
    ----------
    values
        What they are ranked by; may be missing.
    groups
        The group of each; may be missing.

    Returns
    -------
    ranks
        `rank` (missing where the value or the group is) and `of` (members of the group).

    Examples
    --------
    >>> found = ranks(pd.Series([3.0, 5.0, 3.0]), pd.Series(["A", "A", "B"]))
    >>> found["rank"].tolist(), found["of"].tolist()
    ([2.0, 1.0, 1.0], [2, 2, 1])
    """
    grouped = values.groupby(groups)
    size = groups.map(groups.value_counts()).fillna(0).astype("int64")
    return pd.DataFrame({"rank": grouped.rank(method="min", ascending=False), "of": size})


def closest(
    aff: Affiliation, chosen: pd.Index, kind: str, *, lang: str
) -> dict[str, tuple[tuple[str, ...], int, int]]:
    """
    Return for members the few of a kind that share most networks with them.

    Those that share equally many are named all or none, so that no name is left to the alphabet.

    Parameters
    ----------
    aff
        The affiliation network; for regions, with their municipalities rolled up.
    chosen
        Ids of the members asked about.
    kind
        Kind of those that they are compared with.
    lang
        Its alphabet orders equals.

    Returns
    -------
    closest
        By id: ids ordered as the peers of `portfolio`, at most `MOST_CLOSEST`; how many networks
        the closest share; how many members share so many. Members that share nothing are left
        out.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.southern_women()
    >>> closest(aff, aff.members.index[-1:], "member", lang="en")["Flora Price"]
    (('Olivia Carleton', 'Nora Fayette'), 2, 2)
    """
    rows = aff.members.index.get_indexer(chosen)
    alike = np.flatnonzero(aff.members["kind"].eq(kind).to_numpy())
    whole = aff.incidence.astype(np.int64)
    degree = np.asarray(whole.sum(axis=1)).ravel()
    others_of = whole[alike].T.tocsr()
    names = [sort_key(name) for name in aff.names(lang=lang)]
    in_order = sorted(range(len(names)), key=lambda k: (names[k], str(aff.members.index[k])))
    alphabet = np.empty(len(names), dtype=np.int64)
    alphabet[in_order] = np.arange(len(names))
    found: dict[str, tuple[tuple[str, ...], int, int]] = {}
    for k, row in enumerate(rows):
        if k % _BLOCK == 0:  # never a row for everybody at once
            shared = (whole[rows[k : k + _BLOCK]] @ others_of).tocsr()
        part = slice(shared.indptr[k % _BLOCK], shared.indptr[k % _BLOCK + 1])
        others, common = alike[shared.indices[part]], shared.data[part]
        others, common = others[others != row], common[others != row]
        if not len(others):
            continue
        jaccard = common / (degree[others] + degree[row] - common)
        order = np.lexsort((alphabet[others], -jaccard, -common))
        first = order[: _whole_groups(common[order])]
        ids = tuple(str(one) for one in aff.members.index[others[first]])
        most = int(common[order[0]])
        found[str(chosen[k])] = ids, most, int((common == most).sum())
    return found


def _whole_groups(counts: np.ndarray) -> int:
    """Return how many of the first can be named without parting equals."""
    ends = [k for k in range(1, len(counts)) if counts[k] != counts[k - 1]] + [len(counts)]
    short = [end for end in ends if end <= MOST_CLOSEST]
    return next((end for end in short if end >= CLOSEST), short[-1] if short else 0)


def beside(aff: Affiliation, towns: pd.Index) -> pd.DataFrame:
    """
    Count for municipalities the networks that neighbours are in and they are not known to be.

    Groupings of one area are left out: who lies outside it cannot join.

    Parameters
    ----------
    aff
        The affiliation network.
    towns
        Municipalities of the division.

    Returns
    -------
    beside
        `lacks`: networks; `could`: those of them that may have the municipality all the same.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> beside(aff, aff.members.index[:2])["lacks"].tolist()
    [0, 0]
    """
    pairs = neighbours_of(aff.year)
    a, b = (towns.get_indexer(pd.Index(pairs[side])) for side in ("a", "b"))
    both = (a >= 0) & (b >= 0)
    a, b = np.concatenate([a[both], b[both]]), np.concatenate([b[both], a[both]])
    n = len(towns)
    near = sparse.csr_array((np.ones(len(a), np.int64), (a, b)), shape=(n, n))
    open_to = could_hold(aff)
    could = np.zeros(len(aff.networks), dtype=bool)
    if _TOWN in open_to.index:
        could = open_to.loc[[_TOWN]].to_numpy(dtype=bool)[0]
    wanted = ~aff.networks["kind"].isin(OF_AN_AREA).to_numpy()
    own = aff.incidence.astype(np.int64)[aff.members.index.get_indexer(towns)]
    reached = (near @ own).toarray() > 0
    lacks = reached & (own.toarray() == 0) & wanted
    return pd.DataFrame(
        {"lacks": lacks.sum(axis=1), "could": (lacks & could).sum(axis=1)}, index=towns
    )


def levels(aff: Affiliation) -> pd.DataFrame:
    """
    Count the networks of each member by how far they reach.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    levels
        `local` (local and regional), `national`, `abroad`, `untold` (level not known).

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> levels(aff).loc["municipality:FI-837"].tolist()
    [1, 5, 2, 0]
    """
    stated = aff.networks.get("level")
    level = pd.Series("", index=aff.networks.index) if stated is None else stated.fillna("")
    groups = {
        "local": level.isin(["local", "regional"]),
        "national": level.eq("national"),
        "abroad": level.isin(ABROAD),
    }
    groups["untold"] = ~(groups["local"] | groups["national"] | groups["abroad"])
    return _counted(aff, groups)


def open_lists(aff: Affiliation) -> pd.Series:
    """
    Count the networks of each member whose list is not complete.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> int(open_lists(vg.datasets.southern_women()).sum())
    0
    """
    not_complete = {"open": aff.networks["list_status"].ne("complete")}
    return _counted(aff, not_complete)["open"]


def taken_lists(aff: Affiliation) -> pd.Series:
    """
    Tell of which networks the list counts as complete only because nobody says otherwise.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    taken
        By network: True for a list of the user's own that is not partial or unknown.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> bool(taken_lists(vg.datasets.finland(year=2019)).any())
    False
    >>> bool(taken_lists(vg.datasets.southern_women()).all())
    True
    """
    complete = aff.networks["list_status"].eq("complete")
    return complete & aff.networks["in_report"].isna() if of_register(aff) else complete


def in_role(aff: Affiliation, roles: Sequence[str], *, by: str) -> dict[str, tuple[list[str], str]]:
    """
    Return who has a role in what, counted as a membership or not, and where that is stated.

    Parameters
    ----------
    aff
        The affiliation network.
    roles
        Roles looked for.
    by
        `member_id` or `network_id`.

    Returns
    -------
    found
        By id: ids of the other mode, in order, and the sources, parted by ` | `.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = in_role(vg.datasets.finland(year=2019), ["funder"], by="network_id")
    >>> found["suomen_kasvukaytava"][0]
    ['organisation:tem']
    """
    rows = aff.memberships
    if "role" not in rows:
        return {}
    there = rows["member_id"].isin(aff.members.index)
    there &= rows["network_id"].isin(aff.networks.index) & rows["role"].isin(roles)
    other = "network_id" if by == "member_id" else "member_id"
    found: dict[str, tuple[list[str], str]] = {}
    for node, part in rows[there].groupby(by, sort=False):
        said = part["source"].dropna() if "source" in part else pd.Series([], dtype="str")
        places = dict.fromkeys(one for cell in said for one in str(cell).split(" | "))
        found[str(node)] = [*dict.fromkeys(part[other])], " | ".join(places)
    return found


def surplus_pairs(aff: Affiliation, pairs: pd.DataFrame) -> pd.Series:
    """
    Count for each member the pairs among its networks that are listed.

    Parameters
    ----------
    aff
        The affiliation network.
    pairs
        Pairs of networks: `a`, `b`.

    Returns
    -------
    pairs
        Number by member.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> pairs = pd.DataFrame({"a": ["E9"], "b": ["E11"]})
    >>> surplus_pairs(vg.datasets.southern_women(), pairs)["Flora Price"]
    np.int64(1)
    """
    columns = aff.incidence.astype(np.int64).tocsc()
    a, b = (aff.networks.index.get_indexer(pd.Index(pairs[side])) for side in ("a", "b"))
    both = columns[:, a].multiply(columns[:, b])
    return pd.Series(np.asarray(both.sum(axis=1)).ravel(), index=aff.members.index)


def on_axes(aff: Affiliation, towns: Sequence[str] | pd.Index) -> dict[str, list[str]]:
    """
    Return for municipalities the axes that are drawn through them.

    Parameters
    ----------
    aff
        The affiliation network.
    towns
        Municipalities of the division.

    Returns
    -------
    axes
        By axis: its places in order, as far as they are among the towns.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> len(on_axes(aff, aff.members.index)["main_line"])
    12
    """
    from valuma_graph.geography.axes import bundled_axes, line_of

    drawn_in = division(aff.year)
    known = set(towns)
    return {
        axis: list(
            dict.fromkeys(
                str(one) for one in line_of(axis, year=drawn_in).stops["member_id"] if one in known
            )
        )
        for axis in bundled_axes()
    }


def _counted(aff: Affiliation, groups: dict[str, pd.Series]) -> pd.DataFrame:
    table = np.column_stack([group.to_numpy(dtype=np.int64) for group in groups.values()])
    counts = cast("np.ndarray", aff.incidence.astype(np.int64) @ table)
    return pd.DataFrame(counts, index=aff.members.index, columns=list(groups))
