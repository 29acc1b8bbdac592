"""What holds in which year: memberships, lists, places, neighbours, chance; years as bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.errors import ConvergenceError
from valuma_graph.measures import coverage
from valuma_graph.measures.isolates import at_home, could_hold
from valuma_graph.report.coding import rounded
from valuma_graph.report.shapes import neighbours_of
from valuma_graph.report.years import division, judges, masks, overlaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.report.coding import Codes
    from valuma_graph.report.years import Years

    Positions = Mapping[str, int]

LEVELS: Final = ("municipality", "region")
"""Kinds of place that the page judges."""

MOST_CHANCES: Final = 20_000
"""Pairs of networks whose chance the page holds, the year of the report and the largest first."""

_TOWN: Final = "municipality"


def cells(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """
    Return the rows of some columns as plain values, None where missing or where there is no column.

    Examples
    --------
    >>> list(cells(pd.DataFrame({"a": [1.5, None]}), "a", "b"))
    [(1.5, None), (None, None)]
    """
    lists = [
        frame[c].astype(object).where(frame[c].notna(), None).tolist()
        if c in frame
        else [None] * len(frame)
        for c in columns
    ]
    return zip(*lists, strict=True)


def rows(
    years: Years,
    members: Positions,
    networks: Positions,
    *,
    roles: Codes,
    evidence: Codes,
    sources: Codes,
) -> list[list[Any]]:
    """
    Return every row of memberships that is used in some year.

    Parameters
    ----------
    years
        The set in each of its years.
    members, networks
        Positions by id.
    roles, evidence, sources
        Receive the values that rows refer to.

    Returns
    -------
    rows
        Member, network, role, evidence, since, until, as of, source, whether it counts (0 or 1),
        years.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.coding import Codes
    >>> from valuma_graph.report.years import through
    >>> davis = vg.datasets.southern_women()
    >>> at = [{n: k for k, n in enumerate(f.index)} for f in (davis.members, davis.networks)]
    >>> codes = {"roles": Codes(), "evidence": Codes(), "sources": Codes()}
    >>> len(rows(through(davis), *at, **codes))
    89
    """
    columns = ("member_id", "network_id", "role", "evidence", "since", "until", "as_of", "source")
    found = masks(cells(aff.memberships, *columns, "counted") for aff in years.sets)
    return [
        [
            members[member],
            networks[network],
            roles.of(role),
            evidence.of(grade),
            since,
            until,
            as_of,
            sources.of(source),
            int(bool(counted)),
            mask,
        ]
        for (member, network, role, grade, since, until, as_of, source, counted), mask in (
            found.items()
        )
    ]


def states(
    years: Years,
    networks: Positions,
    *,
    classes: Sequence[tuple[str, str]],
    statuses: Sequence[str],
    selections: Codes,
) -> list[list[Any]]:
    """
    Return what is known of the list of each network, and in which years.

    Parameters
    ----------
    years
        The set in each of its years.
    networks
        Positions by id.
    classes
        Kinds and countries of members, as `could_hold` has them.
    statuses
        Statuses of a list.
    selections
        Receives which list is used.

    Returns
    -------
    states
        Network, years, status, selection, year of the list, declared members, positions of the
        classes that its list could still hold, the share of the declared that is known, how many
        known members that compares, and the year of the declaration.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.coding import Codes
    >>> from valuma_graph.report.years import through
    >>> davis = vg.datasets.southern_women()
    >>> at = {network: k for k, network in enumerate(davis.networks.index)}
    >>> known = {"classes": [("woman", "")], "statuses": ["complete"], "selections": Codes()}
    >>> states(through(davis), at, **known)[0]
    [0, 1, 0, 0, None, None, [], None, None, None]
    """
    found = masks(_lists(aff, classes) for aff in years.sets)
    return [
        [
            networks[network],
            mask,
            statuses.index(status) if status in statuses else -1,
            selections.of(selection),
            as_of,
            declared,
            list(still_open),
            rounded(share, 5),
            compared,
            told_in,
        ]
        for (
            (network, status, selection, as_of, declared, still_open, share, compared, told_in),
            mask,
        ) in found.items()
    ]


def _lists(aff: Affiliation, classes: Sequence[tuple[str, str]]) -> list[tuple[Any, ...]]:
    if aff.networks.empty:
        return []
    asked = pd.DataFrame(classes, columns=["kind", "country"], dtype="str").replace("", None)
    could = could_hold(type(aff)(asked, aff.networks, aff.memberships, aff.year))
    at = could.index.get_indexer(pd.MultiIndex.from_tuples(classes))
    open_to = [tuple(map(int, column.nonzero()[0])) for column in could.to_numpy(dtype=bool)[at].T]
    columns = ("list_status", "selection", "snapshot_as_of", "declared")
    more = ("coverage", "compared", "declared_as_of")
    known = cells(coverage(aff), *columns, *more)
    return [
        (network, *told, opened, share, *_declaration(share, compared, dated))
        for network, (*told, share, compared, dated), opened in zip(
            map(str, aff.networks.index), known, open_to, strict=True
        )
    ]


def _declaration(share: object, compared: int, dated: object) -> tuple[int | None, int | None]:
    """Return how many known members are compared, where they are, and the year declared."""
    told_in = str(dated or "")[:4]
    return None if share is None else int(compared), int(told_in) if told_in.isdigit() else None


def classes_of(members: pd.DataFrame) -> list[tuple[str, str]]:
    """
    Return the kinds and countries of members, and municipalities of each of the countries.

    Groups of municipalities could be in what could hold their municipalities.

    Examples
    --------
    >>> classes_of(pd.DataFrame({"kind": ["region"], "country": ["FI"]}))
    [('region', 'FI'), ('municipality', 'FI')]
    """
    pairs = [(kind or "", country or "") for kind, country in cells(members, "kind", "country")]
    towns = [(_TOWN, country) for _, country in pairs if country]
    return [*dict.fromkeys([*pairs, *towns])]


def at_homes(years: Years) -> dict[str, dict[str, int]]:
    """
    Return the places that are judged at each level, and in which years.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.years import through
    >>> found = at_homes(through(vg.datasets.finland(year=2020)))
    >>> sum(mask >> 7 & 1 for mask in found["region"].values())
    19
    """
    found = {level: masks(_home(aff, level) for aff in years.sets) for level in LEVELS}
    return {level: places for level, places in found.items() if places}


def _home(aff: Affiliation, level: str) -> list[str]:
    if not judges(aff, level):
        return []
    home = at_home(aff, level)
    return [str(place) for place in home.index[home.to_numpy(dtype=bool)]]


def in_regions(years: Years) -> dict[tuple[str, str], int]:
    """
    Return which municipality lies in which region, and in which years.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.years import through
    >>> found = in_regions(through(vg.datasets.finland(year=2020)))
    >>> found["municipality:FI-837", "region:FI-06"] == (1 << 14) - 1
    True
    """
    return masks(_in_region(aff) for aff in years.sets)


def _in_region(aff: Affiliation) -> list[tuple[str, str]]:
    members = aff.members
    towns = members[members["kind"].eq(_TOWN)]
    if "region" not in towns:
        return []
    lies = towns["region"].dropna()
    return [*zip(map(str, lies.index), map(str, lies), strict=True)]


def borders(years: Years) -> dict[tuple[str, str], int]:
    """
    Return the municipalities at home that border on each other on land, and in which years.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.years import through
    >>> len(borders(through(vg.datasets.southern_women())))
    0
    """
    return masks(_borders(aff) for aff in years.sets)


def _borders(aff: Affiliation) -> list[tuple[str, str]]:
    home = set(_home(aff, _TOWN))
    if not any(town.startswith("municipality:FI-") for town in home):
        return []
    pairs = neighbours_of(aff.year)
    return [(a, b) for a, b in zip(pairs["a"], pairs["b"], strict=True) if a in home and b in home]


def merged(years: Years) -> dict[tuple[str, str], int]:
    """
    Return into which municipality each one that is no more has merged, and in which years.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.years import through
    >>> found = merged(through(vg.datasets.finland(year=2020)))
    >>> found["municipality:FI-911", "municipality:FI-541"] >> 7 & 1  # Valtimo, in 2020
    1
    """
    return masks(_merged(aff) for aff in years.sets)


def _merged(aff: Affiliation) -> list[tuple[str, str]]:
    if aff.gazetteer is None or aff.year is None:
        return []
    into = aff.gazetteer.successors(division(aff.year))
    return [*zip(map(str, into.index), map(str, into), strict=True)]


def chances(
    years: Years, networks: Positions, known: pd.DataFrame | None = None
) -> list[list[Any]]:
    """
    Return the pairs of networks that share members in each year, with their p- and q-values.

    Parameters
    ----------
    years
        The set in each of its years.
    networks
        Positions by id.
    known
        The pairs of the year of the report, where they are computed already.

    Returns
    -------
    chances
        Network, network, and for each year in which they share members: its position, p, q; at
        most `MOST_CHANCES` of these three, the year of the report and the largest overlaps first.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.years import through
    >>> davis = vg.datasets.southern_women()
    >>> at = {network: k for k, network in enumerate(davis.networks.index)}
    >>> len(chances(through(davis), at))
    66
    """
    found: dict[tuple[str, str], list[Any]] = {}
    left = MOST_CHANCES
    for k in sorted(range(len(years.sets)), key=lambda k: (abs(k - years.base), k)):
        pairs = known if known is not None and k == years.base else _pairs(years.sets[k])
        shown = pairs.head(left)
        left -= len(shown)
        for a, b, p, q in cells(shown, "a", "b", "p_upper", "q"):
            found.setdefault((str(a), str(b)), []).extend((k, rounded(p), rounded(q)))
    return [[networks[a], networks[b], *told] for (a, b), told in found.items()]


def _pairs(aff: Affiliation) -> pd.DataFrame:
    try:
        return overlaps(aff)
    except ConvergenceError:  # too few memberships for the model: nothing is judged
        return pd.DataFrame()
