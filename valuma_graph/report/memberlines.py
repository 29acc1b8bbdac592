"""What is said of each member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.report import positions
from valuma_graph.report.listings import ALPHA, rows_of
from valuma_graph.report.sentences import (
    Sentence,
    address,
    decimal,
    link,
    members,
    networks,
    word,
    year,
)
from valuma_graph.report.years import division

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.report.listings import Row
    from valuma_graph.report.results import Results
    from valuma_graph.report.sentences import Value

AXES_SOURCE: Final = "valuma-graph: axes of growth corridors"
"""Where the axes stand."""

_FINNISH = "municipality:FI-"
_LEADS = ("host", "coordinator")
_NAMED = 5
_NEAR, _NEAR_SHARE = 0.5, 0.1
"""A number of networks as near as this to the expected one, or this share of it, is as expected."""


def of_members(
    aff: Affiliation, results: Results, *, lang: str = "fi"
) -> dict[str, list[Sentence]]:
    """
    Say of each member what its networks are, how it stands, and what is not known.

    Places at home are told of in full, or all members where there are no places; others that
    have a network in short.

    Parameters
    ----------
    aff
        The affiliation network.
    results
        Its results.
    lang
        Its alphabet decides which of several equally close peers are named.

    Returns
    -------
    said
        Sentences by id.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.results import analyse
    >>> aff = vg.datasets.southern_women()
    >>> said = of_members(aff, analyse(aff))
    >>> [sentence.key for sentence in said["Flora Price"]][:3]
    ['prose.in_taken', 'prose.rank.kind', 'prose.between_rank']
    """
    said: dict[str, list[Sentence]] = {}
    towns, regions = results.isolation_municipalities, results.isolation_regions
    leads = positions.in_role(aff, _LEADS, by="member_id")
    if towns is not None:
        wide = _towns(aff, results, towns, lang)
        said |= _told(aff, wide, leads, "municipality")
    if regions is not None:
        wide = _regions(aff, results, regions, towns, lang)
        said |= _told(aff, wide, leads, "region")
    rest = results.isolation_members
    rest = rest[~rest.index.isin(list(said)) & rest["networks"].gt(0)]
    if towns is None and regions is None:
        return said | _told(aff, _others(aff, results, rest, lang), leads, "member")
    return said | _told(aff, rest, leads, "other")


# -- the numbers --------------------------------------------------------------------------------


def _beyond(aff: Affiliation, results: Results) -> pd.Series:
    """Count the pairs of each member's networks that share more than chance would."""
    pairs = results.overlap_networks
    return positions.surplus_pairs(aff, pairs[pairs["q"].le(ALPHA)])


def _near(aff: Affiliation, frame: pd.DataFrame, kind: str, lang: str) -> pd.DataFrame:
    """Return the closest peers, how many networks they share, and how many share so many."""
    found = positions.closest(aff, frame.index, kind, lang=lang)
    names = ("closest", "most_shared", "tied")
    near = {name: {k: v[i] for k, v in found.items()} for i, name in enumerate(names)}
    columns = {name: pd.Series(near[name], dtype=object) for name in names}
    return pd.DataFrame(columns).reindex(frame.index)


def _common(aff: Affiliation, results: Results, frame: pd.DataFrame) -> pd.DataFrame:
    """Add what follows from the networks of each member."""
    counted = positions.levels(aff).assign(
        open=positions.open_lists(aff), pairs=_beyond(aff, results)
    )
    return frame.join(counted)


def _towns(aff: Affiliation, results: Results, towns: pd.DataFrame, lang: str) -> pd.DataFrame:
    wide = _common(aff, results, towns)
    wide = wide.join(_near(aff, wide, "municipality", lang))
    people = aff.members.get("population")
    if people is None or people.reindex(wide.index).isna().all():
        wide["class"] = "municipality"
    else:
        wide["class"] = positions.size_class(people.reindex(wide.index))
    wide = _ranked(wide, results)
    if wide.index.str.startswith(_FINNISH).any() and aff.gazetteer is not None:
        wide = wide.join(positions.beside(aff, wide.index))
        axes: dict[str, list[str]] = {}
        for axis, places in positions.on_axes(aff, wide.index).items():
            for place in places:
                axes.setdefault(place, []).append(axis)
        wide["axes"] = pd.Series(axes, dtype=object).reindex(wide.index)
    return wide


def _ranked(wide: pd.DataFrame, results: Results) -> pd.DataFrame:
    """Add the ranks by networks and by betweenness among those of the same class."""
    by_networks = positions.ranks(wide["networks"], wide["class"])
    between = results.centrality_members["betweenness"].reindex(wide.index)
    wide["rank"], wide["of"] = by_networks["rank"], by_networks["of"]
    wide["between"] = positions.ranks(between, wide["class"])["rank"].where(between.gt(0))
    return wide


def _regions(
    aff: Affiliation,
    results: Results,
    regions: pd.DataFrame,
    towns: pd.DataFrame | None,
    lang: str,
) -> pd.DataFrame:
    rolled = "region" in aff.members and aff.members["kind"].eq("municipality").any()
    whole = aff.roll_up("region") if rolled else aff
    wide = _common(whole, results, regions)
    wide = wide.join(_near(whole, wide, "region", lang))
    wide["class"] = "region"
    ranked = positions.ranks(wide["networks"], wide["class"])
    wide["rank"], wide["of"] = ranked["rank"], ranked["of"]
    if towns is not None and "region" in aff.members:
        region = aff.members["region"].reindex(towns.index)
        wide = wide.join(_inside(towns, region))
        people = aff.members.get("population")
        lost = towns[towns["networks"].eq(0)]
        if people is not None:
            order = people.reindex(lost.index).astype("Float64").fillna(0)
            lost = lost.loc[order.sort_values(ascending=False, kind="stable").index]
        names = lost.index.to_series().groupby(region.reindex(lost.index)).agg(tuple)
        wide["lost"] = names.reindex(wide.index)
        wide["towns_all"] = _all_towns(aff).reindex(wide.index)
    return wide


def _all_towns(aff: Affiliation) -> pd.Series:
    """Count the municipalities of each region of Finland, in the set or not."""
    if aff.gazetteer is None:
        return pd.Series(dtype="Int64")
    return aff.gazetteer.division(division(aff.year))["region"].value_counts()


def _inside(towns: pd.DataFrame, region: pd.Series) -> pd.DataFrame:
    """Count the municipalities of each region by how they stand."""
    marks = pd.DataFrame(
        {
            "towns": 1,
            "towns_in": towns["networks"].gt(0).astype("int64"),
            "towns_single": towns["status"].eq("single_network").astype("int64"),
            "towns_out": towns["networks"].eq(0).astype("int64"),
        },
        index=towns.index,
    )
    return marks.groupby(region).sum()


def _others(aff: Affiliation, results: Results, rest: pd.DataFrame, lang: str) -> pd.DataFrame:
    wide = _common(aff, results, rest)
    parts = [
        _near(aff, wide[wide["kind"].eq(kind)], str(kind), lang)
        for kind in wide["kind"].dropna().unique()
    ]
    wide = wide.join(pd.concat(parts)) if parts else wide.assign(closest=None)
    wide["class"] = wide["kind"]
    return _ranked(wide, results)


# -- the words ----------------------------------------------------------------------------------


def _told(
    aff: Affiliation,
    wide: pd.DataFrame,
    leads: dict[str, tuple[list[str], str]],
    level: str,
) -> dict[str, list[Sentence]]:
    when, taken = year(aff.year), bool(positions.taken_lists(aff).any())
    steps: tuple[Callable[[Row], Iterator[Sentence]], ...] = (
        _size, _ranks, _levels, _peers, _pairs, _lacks, _thread, _axes, _open,
    )  # fmt: skip
    said = {}
    table = "other" if level == "member" else level
    for plain in rows_of(wide):
        row: Row = {"table": table, "short": level == "other", "taken": taken, **plain}
        lines = [*_in(row, when), *_municipalities(row)]
        if row["id"] in leads:
            ids, source = leads[row["id"]]
            lines.append(Sentence("prose.leads", {"networks": networks(ids)}, source))
        lines += [line for step in steps for line in step(row)]
        said[row["id"]] = lines
    return said


def _own(row: Row, value: Value) -> Value:
    """Return a value with a link to the member's row."""
    return link(address(table=row["table"], row=row["id"]), value)


def _in(row: Row, when: Value) -> Iterator[Sentence]:
    n, most = row["networks"], row["networks_possible"]
    alone = "taken" if row["taken"] else "all"
    values: dict[str, Value] = {"year": when}
    if n == 1 and row["depends_on"] is not None:
        values["network"] = networks([row["depends_on"]])
        if most > n:
            upper = most if row["short"] else _own(row, most)
            yield Sentence("prose.in_single", values | {"most": upper})
        else:
            yield Sentence(f"prose.in_single_{alone}", values)
    elif n:
        values["n"] = _own(row, n)
        if most > n:
            yield Sentence("prose.in", values | {"most": most})
        else:
            yield Sentence(f"prose.in_{alone}", values)
    elif most:
        yield Sentence("prose.none_known", {"n": _own(row, most), "year": when})
    else:
        yield Sentence("prose.none_isolated", {"year": when})
    if n and row.get("networks_own") is not None:
        ways = {"own": row["networks_own"], "via": row["networks_of_municipalities"]}
        yield Sentence("prose.ways", ways)


def _municipalities(row: Row) -> Iterator[Sentence]:
    n = row.get("towns")
    if not n:
        return
    counts = {
        "inside": int(row["towns_in"]),
        "single": int(row["towns_single"]),
        "outside": int(row["towns_out"]),
    }
    whole = row.get("towns_all")
    if whole is not None and int(whole) > int(n):  # a set need not have all of them
        yield Sentence("prose.towns_some", {"n": int(n), "all": int(whole), **counts})
    else:
        yield Sentence("prose.towns", {"n": int(n), **counts})
    lost = row.get("lost")
    if lost:
        key = "prose.towns_out" if len(lost) <= _NAMED else "prose.towns_out_most"
        yield Sentence(key, {"members": members(lost[:_NAMED])})


def _levels(row: Row) -> Iterator[Sentence]:
    if row["networks"] < 2 or row.get("local") is None:  # noqa: PLR2004  of one there is no mix
        return
    counts = {name: int(row[name]) for name in ("local", "national", "abroad")}
    untold = int(row["untold"])
    if not any(counts.values()):
        return
    if untold:
        yield Sentence("prose.levels_some", counts | {"untold": untold})
    else:
        yield Sentence("prose.levels", counts)


def _ranks(row: Row) -> Iterator[Sentence]:
    if not row["networks"] or row.get("rank") is None or row["of"] < 2:  # noqa: PLR2004
        return
    among = "kind" if row["table"] == "other" else row["class"]
    values = {"rank": _own(row, int(row["rank"])), "of": int(row["of"])}
    yield Sentence(f"prose.rank.{among}", values)
    if row.get("between") is not None:
        yield Sentence("prose.between_rank", {"rank": int(row["between"])})


def _size(row: Row) -> Iterator[Sentence]:
    expected = row.get("expected_networks")
    if expected is None or not row["networks"] or row["table"] == "other":
        return
    gap = row["networks"] - expected
    way = "as" if abs(gap) < max(_NEAR, _NEAR_SHARE * expected) else "above" if gap > 0 else "below"
    yield Sentence(f"prose.size_{way}", {"expected": decimal(expected)})


def _peers(row: Row) -> Iterator[Sentence]:
    if "closest" not in row or not row["networks"]:
        return
    if not row["peers"]:
        yield Sentence("prose.peers_none")
        return
    if row["closest"] is None:
        yield Sentence("prose.peers_only", {"n": _own(row, row["peers"])})
        return
    values = {"n": _own(row, row["peers"]), "shared": int(row["most_shared"])}
    if row["closest"]:
        yield Sentence("prose.peers", values | {"members": members(row["closest"])})
    else:
        yield Sentence("prose.peers_tied", values | {"tied": int(row["tied"])})


def _pairs(row: Row) -> Iterator[Sentence]:
    if row.get("pairs"):
        n = link(address(table="overlaps", status="surplus"), int(row["pairs"]))
        yield Sentence("prose.pairs", {"n": n})


def _lacks(row: Row) -> Iterator[Sentence]:
    if not row.get("lacks"):
        return
    lacks, could = int(row["lacks"]), int(row["could"])
    if could:
        yield Sentence("prose.lacks", {"n": lacks, "could": could})
    else:
        yield Sentence("prose.lacks_closed", {"n": lacks})


def _thread(row: Row) -> Iterator[Sentence]:
    status, network = row["status"], row["depends_on"]
    if status == "bridge_dependent":
        yield Sentence("prose.bridge", {"network": networks([network])})
    elif status == "connected":
        yield Sentence("prose.firm")
    if (row["component"] or 1) > 1:
        yield Sentence("prose.apart")


def _axes(row: Row) -> Iterator[Sentence]:
    axes: Any = row.get("axes")
    for axis in axes or ():
        yield Sentence("prose.axis", {"axis": word(f"cli.axis.{axis}")}, AXES_SOURCE)


def _open(row: Row) -> Iterator[Sentence]:
    if row.get("open"):
        yield Sentence("prose.open", {"n": int(row["open"])})
