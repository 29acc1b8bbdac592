"""What is said of each network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph.errors import GeometryError
from valuma_graph.portfolio import of_register
from valuma_graph.report import positions
from valuma_graph.report.listings import ALPHA, rows_of
from valuma_graph.report.sentences import (
    Sentence,
    address,
    chance,
    link,
    members,
    networks,
    share,
    word,
    year,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers
    from valuma_graph.report.listings import Row
    from valuma_graph.report.results import Results
    from valuma_graph.report.sentences import Value

    Partner = tuple[str, float]
    Danger = tuple[Any, ...]

_ROLES: Final = {"prose.lead": ("host", "coordinator"), "prose.pays": ("funder",)}
"""Who has a role in a network, by the text that names them."""

_SOME: Final = {"prose.lead": "prose.lead_some", "prose.pays": "prose.pays_some"}
"""The texts that name a few of many."""

_JUDGED: Final = ("network_id", "rule", "answer", "source", "reference")
_NAMED = 5
_STRONGEST = 3
_REACH = ("territory", "regions", "population_share", "logic")


def of_networks(
    aff: Affiliation,
    results: Results,
    answers: Answers | None = None,
    *,
    footprint: pd.DataFrame | None = None,
    risks: pd.DataFrame | None = None,
) -> dict[str, list[Sentence]]:
    """
    Say of each network who is in it, where it reaches, how it stands, and what is not known.

    Parameters
    ----------
    aff
        The affiliation network.
    results
        Its results.
    answers
        What forms say of networks.
    footprint
        As `valuma_graph.footprint` returns it, if that is done already.
    risks
        As `judged` returns them, if that is done already.

    Returns
    -------
    said
        Sentences by id.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.results import analyse
    >>> aff = vg.datasets.southern_women()
    >>> said = of_networks(aff, analyse(aff))
    >>> [sentence.key for sentence in said["E1"]]
    ['prose.holds_taken', 'prose.between', 'prose.shares', 'prose.lead_none']
    """
    wide = _wide(aff, results, footprint)
    roles = {name: positions.in_role(aff, named, by="network_id") for name, named in _ROLES.items()}
    found = judged(aff, answers) if risks is None else risks
    dangers: dict[str, list[Danger]] = {}
    for network, *judgement in found[[*_JUDGED]].itertuples(index=False, name=None):
        dangers.setdefault(str(network), []).append(tuple(judgement))
    partners = _partners(results)
    when = year(aff.year)
    steps: tuple[Callable[[Row], Iterator[Sentence]], ...] = (_reach, _place)
    said = {}
    for row in rows_of(wide):
        node = row["id"]
        lines = [*_holds(row, when), *_list(row, aff.year)]
        lines += [line for step in steps for line in step(row)]
        lines += [*_overlaps(node, partners.get(node, ())), *_roles(row, roles)]
        if row.get("ended_year") is not None:
            ended = {"year": year(row["ended_year"])}
            lines.append(Sentence("prose.ends", ended, row.get("source") or ""))
        said[node] = [*lines, *_dangers(dangers.get(node, ()))]
    return said


def judged(aff: Affiliation, answers: Answers | None) -> pd.DataFrame:
    """
    Return the risks of all networks where the report or a form says something; else none.

    Parameters
    ----------
    aff
        The affiliation network.
    answers
        What forms say of networks.

    Returns
    -------
    risks
        Rows of `valuma_graph.policy.risks`: `network_id`, `rule`, `answer`,
        `source`, `reference`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> len(judged(vg.datasets.southern_women(), None))
    0
    """
    from valuma_graph.policy import risks

    if not of_register(aff) and answers is None:
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in _JUDGED})
    return risks(aff, answers=answers)[[*_JUDGED]]


def reach_of(aff: Affiliation) -> pd.DataFrame | None:
    """
    Return how networks lie on the map; None where there is no place of Finland.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> reach_of(vg.datasets.southern_women()) is None
    True
    """
    from valuma_graph.geography import footprint

    if not aff.members.index.str.contains(r"^(?:municipality|region):FI-", na=False).any():
        return None
    try:
        return footprint(aff)
    except GeometryError:
        return None


# -- the numbers --------------------------------------------------------------------------------


def _wide(aff: Affiliation, results: Results, footprint: pd.DataFrame | None) -> pd.DataFrame:
    """Put together what is known of each network."""
    wide = results.coverage.join(results.structure_networks)
    between = results.centrality_networks["betweenness"]
    wide["between"] = between.rank(method="min", ascending=False).where(between.gt(0))
    wide["of"] = int(wide["known"].gt(0).sum())
    wide["taken"] = positions.taken_lists(aff)
    extra = [c for c in ("ended_year", "source") if c in aff.networks]
    wide = wide.join(aff.networks[extra])
    kinds = aff.members["kind"]
    towns, regions = (kinds.eq(k).to_numpy(np.int64) for k in ("municipality", "region"))
    columns = aff.incidence.astype(np.int64).T.tocsr()
    wide["towns"], wide["of_regions"] = columns @ towns, columns @ regions
    found = reach_of(aff) if footprint is None else footprint
    return wide if found is None else wide.join(found[[*_REACH]])


def _partners(results: Results) -> dict[str, list[Partner]]:
    """Return by network those it shares members with and the q, the least by chance first."""
    pairs = results.overlap_networks.sort_values("q", kind="stable")
    found: dict[str, list[Partner]] = {}
    for a, b, q in zip(pairs["a"], pairs["b"], pairs["q"], strict=True):
        found.setdefault(str(a), []).append((str(b), float(q)))
        found.setdefault(str(b), []).append((str(a), float(q)))
    return found


# -- the words ----------------------------------------------------------------------------------


def _declared(row: Row, source: str) -> Sentence:
    """Say how many members the network declares, when, and how many such are known."""
    declared, covered = row["declared"], row["coverage"]
    if declared is None:
        return Sentence("prose.declared_none")
    dated = str(row["declared_as_of"] or "")[:4]
    when = year(int(dated)) if dated.isdigit() else word("prose.undated")
    values: dict[str, Value] = {"n": int(declared), "when": when}
    if row["known"] and covered is not None and covered <= 1:
        like = {"compared": int(row["compared"]), "covered": share(covered)}
        return Sentence("prose.declared_of", values | like, source)
    return Sentence("prose.declared", values, source)


def _holds(row: Row, when: Value) -> Iterator[Sentence]:
    n = row["known"]
    to_row = address(table="networks", row=row["id"])
    values: dict[str, Value] = {"n": link(to_row, n), "year": when}
    source = row.get("source") or ""
    if row["list_status"] == "complete":
        key = "prose.holds_taken" if row["taken"] else "prose.holds_all"
        yield Sentence(key, values, source)
    elif n:
        yield Sentence("prose.holds", values)
    else:
        yield Sentence("prose.holds_none", {"year": when})
    if row["list_status"] != "complete":
        yield _declared(row, source)
    towns, regions = row["towns"], row["of_regions"]
    others = n - towns - regions
    if sum(count > 0 for count in (towns, regions, others)) > 1:
        yield Sentence("prose.kinds", {"towns": towns, "regions": regions, "others": others})


def _list(row: Row, described: int | None) -> Iterator[Sentence]:
    if row["list_status"] == "partial":
        yield Sentence("prose.list_partial")
    elif row["list_status"] != "complete":
        yield Sentence("prose.list_unknown")
    dated = str(row["snapshot_as_of"] or "")[:4]
    if described is not None and dated.isdigit() and int(dated) != described:
        yield Sentence("prose.listed", {"year": year(int(dated))}, row.get("source") or "")


def _reach(row: Row) -> Iterator[Sentence]:
    if not row.get("territory"):
        return
    values: dict[str, Value] = {"n": int(row["territory"]), "regions": int(row["regions"])}
    yield Sentence("prose.reach", values)
    if row["population_share"]:
        yield Sentence("prose.people", {"share": share(row["population_share"])})
    if row["logic"] not in (None, "undetermined"):
        yield Sentence("prose.logic", {"logic": word(f"cli.logic.{row['logic']}")})


def _place(row: Row) -> Iterator[Sentence]:
    if row["between"] is not None:
        yield Sentence("prose.between", {"rank": int(row["between"]), "of": int(row["of"])})
    if row["bridging"] and row["members_cut_off"]:
        yield Sentence("prose.span", {"n": int(row["members_cut_off"])})
    if row["strands"]:
        yield Sentence("prose.only", {"n": int(row["strands"])})


def _overlaps(node: str, partners: Sequence[Partner]) -> Iterator[Sentence]:
    if not partners:
        yield Sentence("prose.shares_none")
        return
    beyond = [one for one in partners if one[1] <= ALPHA]
    count = link(address(network=node), len(beyond) or len(partners))
    if not beyond:
        yield Sentence("prose.shares", {"n": count})
        return
    least = chance(beyond[0][1])
    named = networks(other for other, _ in beyond[:_STRONGEST])
    key = "prose.beyond" if len(beyond) <= _STRONGEST else "prose.beyond_most"
    yield Sentence(key, {"n": count, "networks": named, "q": least})


def _roles(row: Row, roles: dict[str, dict[str, tuple[list[str], str]]]) -> Iterator[Sentence]:
    for name, found in roles.items():
        if row["id"] not in found:
            if name == "prose.lead":
                yield Sentence("prose.lead_none")
            continue
        ids, source = found[row["id"]]
        values: dict[str, Value] = {"members": members(ids[:_NAMED])}
        if len(ids) > _NAMED:
            yield Sentence(_SOME[name], values | {"n": len(ids)}, source)
        else:
            yield Sentence(name, values, source)


def _dangers(found: Sequence[Danger]) -> Iterator[Sentence]:
    for rule, answer, source, _ in found:
        if answer == "present":
            said: str = "" if pd.isna(source) else str(source)
            yield Sentence("prose.risk", {"risk": word(f"risk.{rule}")}, said)
    unknown = sum(answer == "unknown" for _, answer, *_ in found)
    if found and unknown == len(found):
        yield Sentence("prose.risks_none")
    elif unknown:
        yield Sentence("prose.risks_open", {"n": unknown, "of": len(found)})
