"""What is said of a whole set: the situation picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph.report import positions
from valuma_graph.report.listings import ALPHA, LIST_STATUSES
from valuma_graph.report.memberlines import AXES_SOURCE
from valuma_graph.report.networklines import judged
from valuma_graph.report.sentences import (
    Sentence,
    address,
    chance,
    decimal,
    link,
    members,
    networks,
    share,
    word,
    year,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers
    from valuma_graph.report.results import Results
    from valuma_graph.report.sentences import Value

_NAMED: Final = 5
_FEW: Final = 3
_TENTH: Final = 10


def of_set(
    aff: Affiliation,
    results: Results,
    answers: Answers | None = None,
    *,
    risks: pd.DataFrame | None = None,
) -> list[tuple[str, list[Sentence]]]:
    """
    Give the situation picture of a set: who is in, who is not, what hangs on what.

    Parameters
    ----------
    aff
        The affiliation network.
    results
        Its results.
    answers
        What forms say of networks.
    risks
        As `judged` returns them, if that is done already.

    Returns
    -------
    parts
        Key of the heading and the sentences below it; no part is empty.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.results import analyse
    >>> aff = vg.datasets.southern_women()
    >>> [heading for heading, _ in of_set(aff, analyse(aff))][:3]
    ['prose.head.reach', 'prose.head.most', 'prose.head.outside']
    """
    levels = _levels(results)
    found = judged(aff, answers) if risks is None else risks
    parts: dict[str, list[Sentence]] = {
        "reach": [*_size(aff), *_each(_reach, levels)],
        "most": _most_of_all(results, levels),
        "outside": [*_each(_outside, levels), *_people(aff, levels)],
        "threads": [*_each(_threads, levels), *_hanging(levels), *_bridges(results)],
        "overlaps": [*_overlaps(results)],
        "whole": [*_whole(results)],
        "axes": [*_axes(aff, levels)],
        "risks": [*_risks(found, results)],
        "unknown": [*_unknown(aff, results)],
        "reading": [*_reading(aff, results, levels)],
    }
    return [(f"prose.head.{name}", said) for name, said in parts.items() if said]


def _levels(results: Results) -> dict[str, pd.DataFrame]:
    """Return the members judged: places where there are some, else everybody."""
    frames = {
        "municipality": results.isolation_municipalities,
        "region": results.isolation_regions,
    }
    there = {level: frame for level, frame in frames.items() if frame is not None and len(frame)}
    if there or results.isolation_members.empty:
        return there
    return {"member": results.isolation_members}


def _each(make: Any, levels: dict[str, pd.DataFrame]) -> Iterator[Sentence]:  # noqa: ANN401
    for level, frame in levels.items():
        yield from make(level, frame)


def _table(level: str, value: Value, **state: str) -> Value:
    """Return a value with a link to the table of a level."""
    return link(address(table="other" if level == "member" else level, **state), value)


# -- who is in, and who most --------------------------------------------------------------------


def _size(aff: Affiliation) -> Iterator[Sentence]:
    n = link(address(table="networks"), len(aff.networks))
    ties = int(aff.incidence.nnz)
    yield Sentence("prose.set.size", {"n": n, "ties": ties, "year": year(aff.year)})


def _reach(level: str, frame: pd.DataFrame) -> Iterator[Sentence]:
    n, inside = len(frame), int(frame["networks"].gt(0).sum())
    values = {"n": n, "inside": _table(level, inside), "share": share(inside / n)}
    yield Sentence(f"prose.set.reach.{level}", values)


def _most_of_all(results: Results, levels: dict[str, pd.DataFrame]) -> list[Sentence]:
    said = [*_each(_most, levels)]
    between = results.centrality_members["betweenness"]
    shown = next(iter(levels.values()), None)
    if shown is not None and said:
        first = between.reindex(shown.index).sort_values(ascending=False, kind="stable")
        named = first[first.gt(0)].index[:_FEW]
        if len(named):
            level = next(iter(levels))
            said.append(Sentence(f"prose.set.between.{level}", {"members": members(named)}))
    return said


def _most(level: str, frame: pd.DataFrame) -> Iterator[Sentence]:
    inside = frame[frame["networks"].gt(0)]
    if inside.empty:
        return
    order = inside.sort_values("networks", ascending=False, kind="stable")  # as the table
    top = order.head(_NAMED)
    least = int(top["networks"].iloc[-1])
    values: dict[str, Value] = {
        "members": members(top.index),
        "most": _table(level, int(top["networks"].iloc[0])),
        "least": _table(level, least),
    }
    above, tied = top.index[top["networks"].gt(least)], int(inside["networks"].eq(least).sum())
    named = len(top) - len(above)
    unnamed = tied - named
    if unnamed > named:  # few are not named for their place in the table alone
        few = {"most": values["most"], "n": _table(level, tied)}
        if len(above):
            few |= {"members": members(above), "least": values["least"]}
        yield Sentence(f"prose.set.most_{'few' if len(above) else 'equal'}.{level}", few)
    elif unnamed:
        yield Sentence(f"prose.set.most_tied.{level}", values | {"n": _table(level, unnamed)})
    else:
        yield Sentence(f"prose.set.most.{level}", values)
    tenth = int(np.ceil(len(frame) / _TENTH))
    if len(frame) >= 2 * _TENTH:
        part = order["networks"].head(tenth).sum() / order["networks"].sum()
        values = {"n": tenth, "share": _table(level, share(part))}
        yield Sentence(f"prose.set.tenth.{level}", values)


# -- who is not, and what hangs on what ---------------------------------------------------------


def _outside(level: str, frame: pd.DataFrame) -> Iterator[Sentence]:
    for status in ("isolated", "no_known_membership"):
        found = frame.index[frame["status"].eq(status)]
        if len(found):
            values = {"n": _table(level, len(found), status=status)}
            yield Sentence(f"prose.status.{status}.{level}", values)
    outside = int(frame["networks"].eq(0).sum())
    if not outside:
        yield Sentence(f"prose.set.all_in.{level}", {"n": _table(level, len(frame))})
    elif not frame["status"].eq("isolated").any():
        yield Sentence(f"prose.set.not_isolated.{level}")


def _people(aff: Affiliation, levels: dict[str, pd.DataFrame]) -> Iterator[Sentence]:
    """Say how many people live where no membership is known, and in the largest such places."""
    towns, people = levels.get("municipality"), aff.members.get("population")
    if towns is None or people is None:
        return
    there = people.reindex(towns.index).astype("Float64").dropna()
    lost = there[towns["networks"].reindex(there.index).eq(0)]
    if lost.empty or not there.sum():
        return
    largest = lost.sort_values(ascending=False, kind="stable").index[:_NAMED]
    part = _table("municipality", share(float(lost.sum() / there.sum())))
    yield Sentence("prose.set.people", {"share": part, "members": members(largest)})


def _threads(level: str, frame: pd.DataFrame) -> Iterator[Sentence]:
    counts = frame["status"].value_counts()
    for status in ("single_network", "bridge_dependent", "separate_component"):
        n = int(counts.get(status, 0))
        if n:
            values = {"n": _table(level, n, status=status), "share": share(n / len(frame))}
            yield Sentence(f"prose.status.{status}.{level}", values)
    if int(counts.get("connected", 0)) == len(frame):
        yield Sentence(f"prose.set.firm.{level}", {"n": _table(level, len(frame))})


def _hanging(levels: dict[str, pd.DataFrame]) -> Iterator[Sentence]:
    for level, frame in levels.items():
        counts = frame["depends_on"].dropna().value_counts(sort=False)
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
        for network, n in counts[counts.gt(1)].head(_FEW).items():
            yield Sentence(f"prose.set.hangs.{level}", _of_one(str(network), int(n)))


def _bridges(results: Results) -> Iterator[Sentence]:
    found = results.structure_networks
    found = found[found["bridging"].astype(bool)]
    if found.empty:
        return
    yield Sentence("prose.set.bridges", {"n": link(address(table="networks"), len(found))})
    found = found.sort_values("members_cut_off", ascending=False, kind="stable")
    for network, n in found["members_cut_off"].head(_FEW).items():
        if n:
            yield Sentence("prose.set.bridge", _of_one(str(network), int(n)))


def _of_one(network: str, n: int) -> dict[str, Value]:
    """Return a network and a number that leads to its row."""
    row = link(address(table="networks", row=network), n)
    return {"network": networks([network]), "n": row}


# -- overlaps, parts, axes ----------------------------------------------------------------------


def _overlaps(results: Results) -> Iterator[Sentence]:
    pairs = results.overlap_networks
    if pairs.empty:
        yield Sentence("prose.set.no_pairs")
        return
    total = int(pairs.attrs.get("tests_overlapping", len(pairs)))
    beyond = int(pairs.attrs.get("beyond", pairs["q"].le(ALPHA).sum()))
    tests = int(pairs.attrs.get("tests_possible", total))
    to_table = address(table="overlaps")
    yield Sentence("prose.set.pairs", {"n": link(to_table, total), "tests": tests})
    alpha = decimal(ALPHA, 2)
    if beyond:
        surplus = link(address(table="overlaps", status="surplus"), beyond)
        yield Sentence("prose.set.beyond", {"n": surplus, "alpha": alpha})
    else:
        yield Sentence("prose.set.none_beyond", {"alpha": alpha})
    strongest = pairs[pairs["q"].le(ALPHA)].sort_values(["q", "p_upper"], kind="stable")
    for row in strongest.head(_FEW).to_dict("records"):
        yield Sentence(
            "prose.set.pair",
            {
                "a": networks([row["a"]]),
                "b": networks([row["b"]]),
                "n": link(address(network=row["a"], **{"with": row["b"]}), int(row["shared"])),
                "expected": decimal(row["expected"]),
                "q": chance(row["q"]),
            },
        )


def _whole(results: Results) -> Iterator[Sentence]:
    part = results.isolation_members["component"].dropna()
    if part.empty:
        return
    n, main = int(part.max()), int(part.eq(1).sum())
    there = results.structure_networks["component"].eq(1).fillna(value=False)
    of_networks = int(there.sum())
    if n == 1:
        yield Sentence("prose.set.one_part", {"n": main, "networks": of_networks})
        return
    values: dict[str, Value] = {"n": n, "members": main, "networks": of_networks}
    yield Sentence("prose.set.parts", values | {"share": share(main / len(part))})


def _axes(aff: Affiliation, levels: dict[str, pd.DataFrame]) -> Iterator[Sentence]:
    towns = levels.get("municipality")
    if towns is None or aff.gazetteer is None:
        return
    axes = positions.on_axes(aff, towns.index)
    axes = {axis: places for axis, places in axes.items() if len(places) > 1}
    people = aff.members.get("population", pd.Series(pd.NA, index=aff.members.index))
    known = people.reindex(towns.index).astype("Float64")
    for axis, places in axes.items():
        values: dict[str, Value] = {"axis": word(f"cli.axis.{axis}"), "n": len(places)}
        values["members"] = members([places[0], places[-1]])
        if known[places].notna().all():
            part = share(float(known[places].sum() / known.sum()))
            yield Sentence("prose.set.axis_people", values | {"share": part}, AXES_SOURCE)
        else:
            yield Sentence("prose.set.axis", values, AXES_SOURCE)
        rows = aff.incidence.astype(np.int64)[aff.members.index.get_indexer(pd.Index(places))]
        held = np.asarray(rows.sum(axis=0)).ravel()
        if held.max(initial=0) > 1:
            most = str(aff.networks.index[int(held.argmax())])
            yield Sentence("prose.set.axis_most", _of_one(most, int(held.max())))
    if axes:
        yield Sentence("map_corridor_note_shapes")


# -- risks, and what is not known ---------------------------------------------------------------


def _risks(found: pd.DataFrame, results: Results) -> Iterator[Sentence]:
    if found.empty:
        return
    known = results.coverage["known"]
    here = found[found["network_id"].isin(known.index)]
    present = here[here["answer"].eq("present")]
    for rule in dict.fromkeys(here["rule"]):
        part = present[present["rule"].eq(rule)]
        if len(part):
            size = known.reindex(part["network_id"]).sort_values(ascending=False, kind="stable")
            key = "prose.set.risk" if len(part) <= _NAMED else "prose.set.risk_some"
            named: Value = networks(size.index[:_NAMED])
            values = {"risk": word(f"risk.{rule}"), "n": len(part), "networks": named}
            yield Sentence(key, values, str(part["reference"].iloc[0]))
    unknown = int(here["answer"].eq("unknown").sum())
    if unknown:
        yield Sentence("prose.set.risks_open", {"n": unknown, "of": len(here)})


def _unknown(aff: Affiliation, results: Results) -> Iterator[Sentence]:
    counts = aff.networks["list_status"].value_counts()
    lists = {status: int(counts.get(status, 0)) for status in LIST_STATUSES}
    to_table = address(table="networks")
    if lists["partial"] or lists["unknown"]:
        linked = {k: link(address(table="networks", status=k), n) for k, n in lists.items()}
        yield Sentence("prose.set.lists", linked)
    elif len(aff.networks):
        key = "lists_taken" if positions.taken_lists(aff).any() else "lists_complete"
        yield Sentence(f"prose.set.{key}", {"n": link(to_table, lists["complete"])})
    empty = int(results.coverage["known"].eq(0).sum())
    if empty:
        yield Sentence("prose.set.empty", {"n": link(to_table, empty)})
    told = results.coverage[
        aff.networks["list_status"].ne("complete") & results.coverage["declared"].notna()
    ]
    if len(told):
        declared = int(told["declared"].sum())
        known = link(to_table, int(told["compared"].sum()))
        yield Sentence("prose.set.declared", {"n": link(to_table, declared), "known": known})


def _reading(
    aff: Affiliation, results: Results, levels: dict[str, pd.DataFrame]
) -> Iterator[Sentence]:
    """Say what the words of the other sentences mean."""
    people = aff.members.get("population")
    if "municipality" in levels:
        yield Sentence("prose.means.alike")
        yield Sentence("prose.means.lacks")
        there = 0 if people is None else int(people.reindex(levels["municipality"].index).count())
        if 0 < there < len(levels["municipality"]):
            values = {"n": there, "of": len(levels["municipality"])}
            yield Sentence("prose.means.population", values)
    yield Sentence("prose.means.rank")
    part = results.isolation_members["component"].dropna()
    if part.gt(1).any():
        yield Sentence("prose.means.main")
    if results.coverage["coverage"].notna().any():
        yield Sentence("prose.means.declared")
    if "expected_networks" in results.isolation_members:
        expected = results.isolation_members["expected_networks"]
        if expected.notna().any():
            yield Sentence("prose.means.expected")
    if len(results.overlap_networks):
        yield Sentence("prose.means.chance", {"alpha": decimal(ALPHA, 2)})
