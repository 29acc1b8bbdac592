"""Risks of networks as named rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.policy import ages, checklist, patterns, statements, verdicts
from valuma_graph.policy.links import by_network
from valuma_graph.policy.patterns import ROLES, Table
from valuma_graph.policy.verdicts import Facts, Verdict
from valuma_graph.text import check_lang, number, t

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

SOON: Final = 2
"""Years within which the end of money is near."""

LEFT: Final = 0.1
"""Share of the members that have left, from which on turnover is a risk."""

_NEAR_REPORT: Final = 2
_RESULTS: Final = "VALUMA report, ch. 6.2 Suositukset, Suositus 4"
_NEAL: Final = (
    "Neal, Z. (2014), The backbone of bipartite projections, Social Networks 39, 84–97, "
    "https://doi.org/10.1016/j.socnet.2014.06.001"
)
_BORGATTI: Final = (
    "Borgatti, S. P. (2006), Identifying sets of key players in a social network, Computational "
    "& Mathematical Organization Theory 12, 21–34, https://doi.org/10.1007/s10588-006-7084-x"
)

RULES: Final[dict[str, tuple[str, ...]]] = {
    "single_funder": ("committing_funding_1",),
    "funding_ends": ("committing_funding_13",),
    "coordination_in_one_hand": ("dynamic_coordination_4",),
    "closed_membership": ("committing_funding_3",),
    "no_measurement": ("VALUMA report, ch. 4.1, Table 4", _RESULTS),
    "member_turnover": ("VALUMA report, ch. 4.1, Table 4",),
    "duplicate": ("VALUMA report, ch. 6.2 Suositukset, Suositus 2", _NEAL),
    "members_meet_nowhere_else": ("trust_vision_7",),
    "dependence_on_one_member": (_BORGATTI,),
}  # fmt: skip
"""The rules, and what each rests on: points of the success factors, places, papers."""


def risk_rules(*, lang: str = "en") -> pd.DataFrame:
    """
    Return the rules by which `risks` judges.

    Parameters
    ----------
    lang
        Language of titles and meanings.

    Returns
    -------
    rules
        Index `rule`: `title`, `means` (when it is present, when absent), `reference` (place in
        the report, or paper).

    Examples
    --------
    >>> risk_rules().index.tolist()[:2], risk_rules().loc["single_funder", "title"]
    (['single_funder', 'funding_ends'], 'A single funder')
    """
    check_lang(lang)
    _, sources = checklist.points(lang)
    return pd.DataFrame(
        {
            "title": [t(f"risk.{r}", lang) for r in RULES],
            "means": [t(f"risk_means.{r}", lang) for r in RULES],
            "reference": [_reference(r, sources) for r in RULES],
        },
        index=pd.Index(RULES, name="rule"),
    )


def _reference(rule: str, sources: dict[str, str]) -> str:
    return ages.places(sources.get(place, place) for place in RULES[rule]) or ""


def risks(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    without: Collection[str] = (),
    answers: Answers | None = None,
    year: int | None = None,
    alpha: float = 0.05,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Judge the risks of networks, rule by rule; unknown where the inputs are.

    - single_funder: as `dependence` says of single sources.
    - funding_ends: project or programme money ends in `year` or the two years after it. Absent
      where there is none, or it lasts longer; unknown where all that is known has ended before.
    - coordination_in_one_hand: a staff of at most 1 (but some), unless there is a deputy; or one
      member alone that coordinates, hosts and, of all sources of money that are known, pays; or
      the report says so. Absent where there is a deputy, or the report says that the lead
      rotates.
    - closed_membership: the membership is closed; absent where it is open or partly open.
    - no_measurement: nothing is measured; absent where it is, or where a form names how. What is
      partly measured is unknown.
    - member_turnover: at least a tenth of those who were members have left in the five years up
      to `year`, as far as departures are known; mergers are none. Absent only where a form says
      since when each member is in, or until when, and nothing in words of who came and left.
    - duplicate: a network shares more with it than chance would (`overlap` with the null model
      `sdsm`, q ≤ `alpha` over all pairs of the set, members only in the countries of a network),
      and at least three quarters of the smaller of both. The smaller decides, because a network
      inside another is what duplicates it; a q alone flags pairs of large networks that share
      little. Only where the list of the smaller is complete; absent only where its own is, and no
      list that is not complete could hold its members (`could_hold`).
      Where the data tie both together (part of, umbrella of ...), the evidence says so.
    - members_meet_nowhere_else: fewer than half of the pairs of members share another network.
    - dependence_on_one_member: without one member it is cut off from a larger part of the graph,
      or all its links to other networks go through that one.

    The last two are judged only where the list of members is complete. Memberships that lists of
    others lack could make them absent, never present: present only where no list that is not
    complete could hold those members, or too few of them.

    A network that was founded after the year has no risks: all is unknown.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; None for all that something is said of, and all of the set.
    without
        Rules that are switched off.
    answers
        What coordinators say.
    year
        Year of the judgement; None for that of the set, else 2019.
    alpha
        Largest q of a duplicate, above 0 and below 1.
    lang
        Language of names and evidence.

    Returns
    -------
    risks
        One row for each network and rule: `network_id`, `name`, `rule`, `answer` (present,
        absent, unknown), `evidence` (words), `basis` (stated, coded, inferred, computed,
        unknown), `source` (of the evidence; missing where there is none), `reference` (place in
        the report, or paper).

    Raises
    ------
    ValueError
        If a rule of `without` does not exist, or `alpha` is not between 0 and 1.
    UnknownNodeError
        If there is no such network; with suggestions.

    Source: the report, ch. 4.1, 4.2, 4.3 and 6.2.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = risks(
    ...     vg.datasets.finland(year=2019),
    ...     networks=["fisu"],
    ...     without=["single_funder", "funding_ends"],
    ... )
    >>> found.set_index("rule")["answer"].to_dict()["members_meet_nowhere_else"]
    'absent'
    """
    check_lang(lang)
    off = [without] if isinstance(without, str) else [*without]
    unknown = sorted(set(off) - set(RULES))
    if unknown:
        raise ValueError(f"without must be of {', '.join(RULES)}, not {', '.join(unknown)}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be above 0 and below 1, not {alpha!r}")
    facts = Facts.of(aff, networks, answers=answers, year=year, lang=lang)
    wanted = facts.networks
    names = statements.names_of(aff, wanted, answers=answers, lang=lang).to_dict()
    _, sources = checklist.points(lang)
    table = Table(aff, facts, by_network(aff, tuple(facts.networks)), alpha)
    rows = []
    for rule in [r for r in RULES if r not in off]:
        judge, reference = _JUDGES[rule], _reference(rule, sources)
        for network in wanted:
            found = (
                facts.not_yet(network)
                or judge(table, network)
                or facts.unknown(network, _WORDS.get(rule, ()))
            )
            answer = "unknown" if found.holds is None else "present" if found.holds else "absent"
            rows.append(
                (
                    network, names[network], rule, answer, found.evidence, found.basis,
                    found.source, reference,
                )
            )  # fmt: skip
    columns = [
        "network_id", "name", "rule", "answer", "evidence", "basis", "source", "reference",
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=columns, dtype="str")
    place = {network: k for k, network in enumerate(wanted)}
    return made.sort_values(
        "network_id", key=lambda c: c.map(place), kind="stable", ignore_index=True
    )


def _single_funder(table: Table, network: str) -> Verdict | None:
    row = table.facts.money(network)
    if row is None or row["single_source"] not in {"yes", "no"}:
        return None
    return Verdict(
        row["evidence"], _of_dependence(row), "risk_single_funder", row["source"],
        holds=row["single_source"] == "yes",
    )  # fmt: skip


def _of_dependence(row: dict[str, Any]) -> str:
    """Return the basis of what follows from statements: never stated."""
    basis = verdicts.plain(row["basis"])
    return basis if basis in {"coded", "computed"} else "inferred"


def _funding_ends(table: Table, network: str) -> Verdict | None:
    facts = table.facts
    row = facts.money(network)
    if row is not None and row["project_money"] == "no":
        return Verdict(
            table.say("no_project_money"), _of_dependence(row), "risk_funding_ends",
            verdicts.plain(row["source"]) or None, holds=False,
        )  # fmt: skip
    until = None if row is None else verdicts.as_number(row["project_until"])
    if row is not None and row["project_money"] == "yes" and until is not None:
        words = table.say("money_until", until=int(until), year=facts.year)
        source = verdicts.plain(row["source"]) or None
        if until < facts.year:
            return Verdict(verdicts.plain(row["evidence"]) or words, source=source)
        return Verdict(
            words, _of_dependence(row), "risk_funding_ends", source,
            holds=until - facts.year <= SOON,
        )  # fmt: skip
    # What the report says of an end near, it says of its own time.
    if abs(facts.year - ages.REPORT_YEAR) <= _NEAR_REPORT:
        found = verdicts.together(facts.readings(network, "funding_ends"))
        if found is not None:
            return found
    if row is not None and row["project_money"] == "yes":
        return Verdict(table.say("money_open"), source=verdicts.plain(row["source"]) or None)
    return None


def _coordination(table: Table, network: str) -> Verdict | None:
    facts = table.facts
    staff, deputy = facts.first(network, "staff"), facts.first(network, "deputy")
    count = None if staff is None else verdicts.as_number(staff["value"])
    backed = deputy is not None and deputy["value"] == "yes"
    if staff is not None and count is not None and 0 < count <= 1 and not backed:
        used = [staff] if deputy is None else [staff, deputy]
        return Verdict(
            "; ".join(facts.words(row) for row in used), "inferred", "risk_one_person",
            ages.places(facts.source(row) for row in used), holds=True,
        )  # fmt: skip
    alone = _alone(table, network)
    if alone is not None:
        return alone
    if deputy is not None and deputy["value"] == "yes":
        return Verdict(
            facts.words(deputy), str(deputy["basis"]), "risk_deputy", facts.source(deputy),
            holds=False,
        )  # fmt: skip
    return verdicts.together(facts.readings(network, "coordination_in_one_hand"))


def _alone(table: Table, network: str) -> Verdict | None:
    """Return that one member coordinates, hosts and pays, and no other does any of it."""
    rows = table.roles().get(network)
    if rows is None:
        return None
    held = [{row["member_id"] for row in rows if row["role"] == role} for role in ROLES]
    payers, used = table.payers(network)
    if any(len(h) != 1 for h in (*held, payers)) or len(set.union(*held, payers)) != 1:
        return None
    member = held[0].pop()
    named = table.aff.names(lang=table.facts.lang).get(member, member)
    said = [verdicts.plain(row.get("source")) or None for row in rows]
    return Verdict(table.say("one_does_all", member=named), "inferred", "risk_one_member",
                   ages.places([*said, *used]) or table.facts.from_graph(network),
                   holds=True)  # fmt: skip


def _closed(table: Table, network: str) -> Verdict | None:
    return table.facts.coded(network, "openness", met=("closed",), not_met=("open", "partly_open"))


def _no_measurement(table: Table, network: str) -> Verdict | None:
    facts = table.facts
    if (row := facts.first(network, "measured")) is not None and row["value"] == "partly":
        return None
    found = facts.coded(network, "measured", met=("no",), not_met=("yes",))
    if found is not None:
        return found
    # Words of the report may speak of goals, or of an evaluation; a form asks how it is measured.
    rows = [r for r in facts.all(network, "measurement") if r["own"] and verdicts.names(r["value"])]
    if not rows:
        return None
    return Verdict(
        facts.words(rows[0]), "inferred", "risk_measurement", facts.source(rows[0]), holds=False
    )


def _turnover(table: Table, network: str) -> Verdict | None:
    left = table.left()
    if network not in left.index:
        return None
    row = dict(left.loc[[network]].iloc[0])
    share = row["left"] / row["of"]
    words = table.say(
        "left", gone=number(int(row["left"]), table.facts.lang),
        all=number(int(row["of"]), table.facts.lang), since=int(row["since"]),
        until=table.facts.year,
    )  # fmt: skip
    told = [r for r in table.facts.all(network, "turnover") if r["own"]]
    source = ages.places([row["source"], *(table.facts.source(r) for r in told)])
    words = "; ".join([words, *(table.facts.words(r) for r in told)])
    holds = True if share >= LEFT else False if row["tracked"] and not told else None
    if holds is None:
        return Verdict(words, source=source)
    return Verdict(words, "computed", "risk_turnover", source, holds=holds)


_WORDS: Final = {
    "single_funder": ("funding_source",),
    "coordination_in_one_hand": ("staff", "deputy", "coordination_resourcing"),
    "closed_membership": ("entry",),
    "no_measurement": ("measured", "measurement"),
    "member_turnover": ("turnover",),
}
_JUDGES: Final[dict[str, Callable[[Table, str], Verdict | None]]] = {
    "single_funder": _single_funder,
    "funding_ends": _funding_ends,
    "coordination_in_one_hand": _coordination,
    "closed_membership": _closed,
    "no_measurement": _no_measurement,
    "member_turnover": _turnover,
    "duplicate": patterns.duplicate,
    "members_meet_nowhere_else": patterns.nowhere_else,
    "dependence_on_one_member": patterns.one_member,
}
