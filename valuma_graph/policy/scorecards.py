"""The five critical success factors of the report as checks of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from valuma_graph.policy import ages, checklist, statements, verdicts
from valuma_graph.policy.checklist import CHECKS, EXAMPLES
from valuma_graph.policy.links import by_network, meetings
from valuma_graph.policy.verdicts import Facts, Verdict
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.checklist import Check
    from valuma_graph.policy.statements import Answers

Answer = Literal["met", "not_met", "unknown"]
ANSWERS: Final[tuple[Answer, ...]] = ("met", "not_met", "unknown")

LASTING: Final = 5
"""Years after which cooperation has outlasted a project; AIKO and KOKO paid for two or three."""


def scorecard(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Check networks against the five critical success factors of the report.

    A check is *met* or *not met* by, in this order: the coded answer that asks for it (`yes` meets
    it; `partly` and `no` do not, but results that are partly measured are neither); the report's
    naming the network as an example, or as a warning, and statements of the report that say it
    plainly, put into a class one by one (`coded`); what follows from other answers by a rule
    (`inferred`) or from the graph (`computed`). Where statements speak for and against, where
    nothing is known, and where there are only words that nobody has put into a class, it is
    *unknown*. So is everything of a network that was founded after the year.

    From the graph and other answers:

    - need: networks that are said to be bottom-up were begun out of the areas' own need.
    - members_meet: at least half of the pairs of members share another network too; only where
      the list of members is complete. Not met only where fewer than half could, since networks
      whose lists are not complete might hold them too (`could_hold`).
    - lasting: a network that lives on project money, or is a project, is not; one that was founded
      at least five years ago is.
    - led: somebody is named who coordinates.
    - resourced: staff of 1 or more.
    - several_sources: as `dependence` says of single sources.
    - members_pay: the funding model is the member fee, or a form names fees of the year that are
      not 0.
    - services: services are named.
    - substance: where there is a brand, aim and rules are shared too.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; None for all that something is said of, and all of the set.
    answers
        What coordinators say; theirs stand before the report's.
    year
        Year of the check; None for that of the set, else 2019.
    lang
        Language of names and evidence.

    Returns
    -------
    scorecard
        One row for each network and check: `network_id`, `name`, `factor`, `check`
        (factor.check), `answer` (met, not_met, unknown), `evidence` (words), `basis` (stated,
        coded, inferred, computed, unknown), `rule` (id; words in the catalogue, `rule.<id>`;
        missing where unknown), `source` (of the evidence; missing where there is none),
        `reference` (place in the report that makes it a success factor).

    Raises
    ------
    UnknownNodeError
        If there is no such network; with suggestions.

    Source: the report, ch. 4.3.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> card = scorecard(vg.datasets.finland(year=2019), networks=["reglab_dk"])
    >>> card.set_index("check").loc["productisation_brand.products", ["answer", "basis"]].tolist()
    ['met', 'stated']
    """
    check_lang(lang)
    facts = Facts.of(aff, networks, answers=answers, year=year, lang=lang)
    wanted = facts.networks
    names = statements.names_of(aff, wanted, answers=answers, lang=lang).to_dict()
    points, sources = checklist.points(lang)
    graph = by_network(aff, tuple(facts.networks))
    references = {check.name: checklist.reference(check, sources) for check in CHECKS}
    rows = []
    for network in wanted:
        for check in CHECKS:
            verdict = (
                facts.not_yet(network)
                or facts.coded(network, check.attribute, met=check.met, not_met=check.not_met)
                or _told(facts, network, check, points, sources)
                or _inferred(facts, network, check, graph)
                or facts.unknown(network, (check.attribute, *check.words))
            )
            rows.append(
                (
                    network, names[network], check.factor, check.name,
                    "met" if verdict.holds else "unknown" if verdict.holds is None else "not_met",
                    verdict.evidence, verdict.basis, verdict.rule, verdict.source,
                    references[check.name],
                )
            )  # fmt: skip
    columns = [
        "network_id", "name", "factor", "check", "answer", "evidence", "basis", "rule", "source",
        "reference",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _told(
    facts: Facts, network: str, check: Check, points: dict[str, str], sources: dict[str, str]
) -> Verdict | None:
    """Judge by the examples that the report names, and by what it says in words."""
    found = [
        Verdict(
            t("check_evidence.example" if e.speaks_for else "check_evidence.warning", facts.lang,
              point=points[e.subpoint]),
            "stated", "check_example", sources[e.subpoint], holds=e.speaks_for,
        )
        for e in EXAMPLES
        if e.check == check.name and e.network == network and network not in facts.strangers
    ]  # fmt: skip
    return verdicts.together([*found, *facts.readings(network, check.name)])


def _inferred(
    facts: Facts, network: str, check: Check, graph: dict[str, dict[str, Any]]
) -> Verdict | None:
    _, _, name = check.name.partition(".")
    if name == "members_meet":
        return _members_meet(facts, network, graph)
    by = _RULES.get(name)
    return by(facts, network) if by else None


def _members_meet(facts: Facts, network: str, graph: dict[str, dict[str, Any]]) -> Verdict | None:
    row = graph.get(network)
    if row is None or not row["complete"] or not row["pairs"]:
        return None
    meet, words = meetings(row, facts.lang)
    if meet is None:
        return Verdict(words, source=facts.from_graph(network))
    source = facts.from_graph(network)
    return Verdict(words, "computed", "check_members_meet", source, holds=meet)


def _need(facts: Facts, network: str) -> Verdict | None:
    row = facts.first(network, "direction")
    if row is None or row["value"] != "bottom_up" or row["basis"] not in {"stated", "coded"}:
        return None
    return Verdict(facts.words(row), "inferred", "check_bottom_up", facts.source(row), holds=True)


def _lasting(facts: Facts, network: str) -> Verdict | None:
    row = facts.first(network, "funding_model")
    if row is not None and row["value"] == "project_funded":
        return Verdict(
            facts.words(row), "inferred", "check_project", facts.source(row), holds=False
        )
    kind, source = facts.kind(network)
    if kind == "project":
        words = t("check_evidence.project", facts.lang)
        return Verdict(words, "inferred", "check_project", source, holds=False)
    founded, ended = facts.year_of(network, "founded_year"), facts.year_of(network, "ended_year")
    if founded is None or kind == "programme" or (ended and ended[0] <= facts.year):
        return None
    age = facts.year - founded[0]
    if age < LASTING:
        return None
    words = t("check_evidence.age", facts.lang, founded=founded[0], age=age)
    return Verdict(words, "computed", "check_age", founded[1], holds=True)


def _named(facts: Facts, network: str, *attributes: str) -> Verdict | None:
    """Take it as met where somebody or something is named."""
    rows = [r for a in attributes for r in facts.all(network, a) if verdicts.names(r["value"])]
    if not rows:
        return None
    row = rows[0]
    inferred = "stated" if row["basis"] == "stated" else "inferred"
    return Verdict(facts.words(row), inferred, "check_named", facts.source(row), holds=True)


def _led(facts: Facts, network: str) -> Verdict | None:
    return _named(facts, network, "coordinator")


def _services(facts: Facts, network: str) -> Verdict | None:
    return _named(facts, network, "service")


def _resourced(facts: Facts, network: str) -> Verdict | None:
    row = facts.first(network, "staff")
    staff = None if row is None else verdicts.as_number(row["value"])
    if row is None or staff is None:
        return None
    return Verdict(
        facts.words(row), row["basis"], "check_staff", facts.source(row), holds=staff >= 1
    )


def _several_sources(facts: Facts, network: str) -> Verdict | None:
    row = facts.money(network)
    if row is None or row["single_source"] not in {"yes", "no"}:
        return None
    basis = "inferred" if row["basis"] in {"stated", "unknown"} else row["basis"]
    return Verdict(
        row["evidence"],
        basis,
        "check_sources",
        row["source"],
        holds=row["single_source"] == "no",
    )


def _members_pay(facts: Facts, network: str) -> Verdict | None:
    row = facts.first(network, "funding_model")
    if row is not None and row["value"] == "membership_fee":
        return Verdict(
            facts.words(row), "inferred", "check_fee_model", facts.source(row), holds=True
        )
    paid = facts.fees(network)
    if not len(paid):
        return None
    fee = dict(paid.iloc[0])
    said = [verdicts.plain(fee[c]) for c in ("payer", "item")]
    words = t("check_evidence.fee", facts.lang, fee=" – ".join([w for w in said if w]))
    return Verdict(
        words, "inferred", "check_fee_row", verdicts.plain(fee["source"]) or None, holds=True
    )


def _substance(facts: Facts, network: str) -> Verdict | None:
    brand = facts.first(network, "brand")
    if brand is None or brand["value"] != "yes":
        return None
    rows = [r for a in ("shared_aim", "rules_agreed") if (r := facts.first(network, a)) is not None]
    lacking = [r for r in rows if r["value"] != "yes"]
    shown = lacking or (rows if len(rows) == 2 else [])  # noqa: PLR2004
    if not shown:
        return None
    words = "; ".join([facts.words(brand), *[facts.words(r) for r in shown]])
    source = ages.places(facts.source(r) for r in (brand, *shown))
    return Verdict(words, "inferred", "check_substance", source, holds=not lacking)


_RULES: Final[dict[str, Callable[[Facts, str], Verdict | None]]] = {
    "need": _need,
    "lasting": _lasting,
    "led": _led,
    "resourced": _resourced,
    "several_sources": _several_sources,
    "members_pay": _members_pay,
    "services": _services,
    "substance": _substance,
}
