"""The impact chain of figure 12: from means to societal impacts, of a model or a network."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from valuma_graph.policy import keeping
from valuma_graph.policy.keeping import remembered
from valuma_graph.policy.schema import ATTRIBUTES
from valuma_graph.policy.statements import NONE, gather, label, memberships_of, resolve
from valuma_graph.policy.wording import said, worded
from valuma_graph.text import check_lang, number, percent, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

Answer = Literal["met", "not_met", "unknown"]

LINKS: Final = ("means_activities", "resources", "results", "societal_impacts")
"""The links of the chain, from the means to the impacts; words: `impact_link.<id>`."""

MODELS: Final = ("framework", "A", "B", "C", "D")
"""What has a chain in the report: the framework itself, and models A to D."""

CHECKS: Final = {"activity": "means_activities", "result": "results", "indicator": ""}
"""What a goal needs, and the link that has it."""

COLUMNS: Final = (
    "order", "link_id", "link", "goal", "item", "indicator", "basis", "rule", "source",
)  # fmt: skip
"""Columns of a chain; see `impact`."""

_Row = dict[str, Any]

_PLACED: Final = {
    "activity": ("means_activities", "impact_activity"),
    "service": ("means_activities", "impact_activity"),
    "joint_work": ("means_activities", "impact_activity"),
    "coordination": ("resources", "impact_resource"),
    "coordination_resourcing": ("resources", "impact_resource"),
    "staff": ("resources", "impact_resource"),
    "funding": ("resources", "impact_resource"),
    "funding_source": ("resources", "impact_resource"),
    "budget": ("resources", "impact_resource"),
    "actors": ("resources", "impact_resource"),
    "goal": ("societal_impacts", "impact_goal"),
}
"""Where a statement stands in the chain of a network that has none of its own, and why."""


def impact(
    aff: Affiliation, subject: str, *, answers: Answers | None = None, lang: str = "en"
) -> pd.DataFrame:
    """
    Return the impact chain of a model or a network: means, resources, results, impacts.

    Parameters
    ----------
    aff
        The affiliation network.
    subject
        A network by id or name, or one of `MODELS`; a network of the set that bears the name of a
        model comes first.
    answers
        What users say of their networks; a chain that a form has is taken as it is.
    lang
        Language of the words; those of users are never translated.

    Returns
    -------
    chain
        One row for each item: `order` (1 to 4 along the chain; 0 definition of a model, 5 its
        challenges, which lie outside of the chain), `link_id`, `link` (its words), `goal` (that it
        serves, where somebody says so), `item`, `indicator`, `basis`, `rule`, `source`. A link
        that nothing is known of has one row of basis `unknown` without item.

    Raises
    ------
    UnknownNodeError
        If it is no model, and there is no such network.
    ValueError
        If a chain of the answers has a link that is none of `LINKS`.

    Notes
    -----
    For a network without a chain of its own, what is said of it is put into the links: activities,
    services and joint work are means; funding, staff, actors and who coordinates are resources,
    with the number of members, which is `computed` (each of these `coded`). A goal is shown as an
    *intended* impact (`inferred`): nothing says that it has been reached. No result is made out of
    anything.

    Source: the report, ch. 5.1, figure 12; ch. 5.2 and 5.3 for the models.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> impact(aff, "C").groupby("link_id", sort=False).size()["means_activities"]
    np.int64(11)
    >>> impact(aff, "fisu").query("link_id == 'results'")["basis"].tolist()
    ['unknown']
    """
    check_lang(lang)
    given = answers or NONE
    if subject in MODELS and subject not in {*aff.networks.index, *given.networks.index}:
        return _of_model(subject, lang)
    return _framed(_chain(aff, resolve(aff, subject, answers=given), given, lang))


def chains(
    aff: Affiliation, networks: Sequence[str], *, answers: Answers | None = None, lang: str = "en"
) -> list[pd.DataFrame]:
    """Return the chains of networks by their ids, in their order, as `impact` returns each."""
    found = [_chain(aff, network, answers or NONE, lang) for network in networks]
    whole = _framed([row for chain in found for row in chain])
    ends = accumulate(map(len, found), initial=0)
    return [whole.iloc[a:b].set_axis(pd.RangeIndex(b - a)) for a, b in pairwise(ends)]


def _chain(aff: Affiliation, network: str, given: Answers, lang: str) -> list[_Row]:
    """Return the chain of a network: of its form, else of what is said of it."""
    chain = given.chain
    chain = chain[chain["network_id"].eq(network)] if len(chain) else chain
    found = _of_form(chain) if len(chain) else _of_statements(aff, network, given, lang)
    return _whole(found, lang)


def _framed(rows: list[_Row]) -> pd.DataFrame:
    types = {"order": "int64"} | dict.fromkeys(COLUMNS[1:], "object")
    return pd.DataFrame({c: pd.Series([r[c] for r in rows], dtype=types[c]) for c in COLUMNS})


def _of_model(model: str, lang: str) -> pd.DataFrame:
    table = keeping.policy("impact_framework")
    table = table[table["model_id"].eq(model)]
    made = pd.DataFrame(
        {
            "order": table["link_order"].astype("int64"),
            "link_id": table["link_id"],
            "link": [t(f"impact_link.{one}", lang) for one in table["link_id"]],
            "goal": None,
            "item": worded(table["item_en"], lang),
            "indicator": None,
            "basis": "stated",
            "rule": None,
            "source": table["source"],
        }
    )
    return made.sort_values("order", kind="stable").reset_index(drop=True)


def _of_form(chain: pd.DataFrame) -> list[_Row]:
    wrong = sorted({str(one) for one in chain["link_id"]} - set(LINKS))
    if wrong:
        raise ValueError(f"link_id must be one of {', '.join(LINKS)}, not {wrong[0]!r}")
    # One goal in capitals here and not there is one goal: the first spelling stands.
    goal = chain["goal"].astype("str").str.strip()
    first = goal.groupby(goal.str.casefold()).transform("first").where(chain["goal"].notna())
    chain = chain.assign(goal=first, basis=chain["basis"].fillna("stated"), rule=None)
    return [{str(c): value for c, value in row.items()} for row in chain.to_dict("records")]


@remembered
def _placed(aff: Affiliation, given: Answers) -> dict[str, list[Any]]:
    """Return by network the statements that have a place in a chain."""
    told = gather(aff, answers=given)
    told = told[told["attribute"].isin(list(_PLACED))]
    better = told["network_id"].isin(told.loc[told["attribute"].eq("funding"), "network_id"])
    # Says it better than single words.
    told = told[~(better & told["attribute"].eq("funding_source"))]
    placed: dict[str, list[Any]] = {}
    for row in told.itertuples(index=False):
        placed.setdefault(str(row.network_id), []).append(row)
    return placed


def _of_statements(aff: Affiliation, network: str, given: Answers, lang: str) -> list[_Row]:
    own = set(given.statements["source"].dropna()) if len(given.statements) else set()
    rows: list[tuple[object, ...]] = []
    for row in _placed(aff, given).get(network, []):
        attribute, value = str(row.attribute), str(row.value)
        link, rule = _PLACED[attribute]
        item = value if row.source in own else label(attribute, value, lang)
        if ATTRIBUTES[attribute].kind != "text":
            item = f"{t(f'attribute.{attribute}', lang)}: {item}"
        # A class that was guessed is not made firmer by where it is put.
        firm = attribute != "goal" and row.basis in {"stated", "coded"}
        basis = row.basis if row.basis == "computed" else "coded" if firm else "inferred"
        goal = item if attribute == "goal" else None
        rows.append((link, goal, item, basis, rule, row.source))
    rows += _paid(given, network, lang) + _members(aff, network, lang)
    columns = ("link_id", "goal", "item", "basis", "rule", "source")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _paid(given: Answers, network: str, lang: str) -> list[tuple[object, ...]]:
    """Return what users say of money, as resources."""
    rows: list[tuple[object, ...]] = []
    if given.funding.empty:
        return rows
    money = given.funding[given.funding["network_id"].eq(network)]
    for row in money.itertuples(index=False):
        words = [str(w) for w in (row.payer, row.item) if isinstance(w, str) and w]
        sum_, share = pd.to_numeric(pd.Series([row.amount, row.share]), errors="coerce")
        if pd.notna(sum_):
            currency = row.currency if isinstance(row.currency, str) else ""
            words.append(f"{number(float(sum_), lang)} {currency}".strip())
        if pd.notna(share):
            words.append(percent(float(share), lang))
        if words:
            item = ", ".join(words)
            rows.append(("resources", None, item, "coded", "impact_resource", row.source))
    return rows


def _members(aff: Affiliation, network: str, lang: str) -> list[tuple[object, ...]]:
    """Return the number of members that are known, as a resource."""
    if network not in aff.networks.index:
        return []
    known, whole = _sizes(aff)[network]
    if not known:
        return []
    item = t("impact.members" if whole == "complete" else "impact.members_known", lang, n=known)
    return [("resources", None, item, "computed", "impact_members", memberships_of(aff))]


@remembered
def _sizes(aff: Affiliation) -> dict[str, tuple[int, object]]:
    """Return the number of members of each network of the set, and whether that is all."""
    status = aff.networks.get("list_status", pd.Series("complete", aff.networks.index))
    rows = zip(aff.networks.index, aff.incidence.sum(axis=0), status, strict=True)
    return {str(network): (int(known), whole) for network, known, whole in rows}


def _whole(found: list[_Row], lang: str) -> list[_Row]:
    """Return the rows in the order of the links, each link with at least one row."""
    known = {row["link_id"] for row in found}
    gaps = [{"link_id": link, "basis": "unknown"} for link in LINKS if link not in known]
    place = {link: n for n, link in enumerate(LINKS, 1)}
    made = []
    for row in sorted([*found, *gaps], key=lambda row: place[row["link_id"]]):
        cells = {c: None if pd.isna(value := row.get(c)) else value for c in COLUMNS}
        link = row["link_id"]
        made.append(cells | {"order": place[link], "link": t(f"impact_link.{link}", lang)})
    return made


def impact_gaps(
    aff: Affiliation, subject: str, *, answers: Answers | None = None, lang: str = "en"
) -> pd.DataFrame:
    """
    Return whether each goal has an activity, a result and an indicator.

    Parameters
    ----------
    aff
        The affiliation network.
    subject
        One of `MODELS`, or a network by id or name.
    answers
        What users say of their networks.
    lang
        Language of the words.

    Returns
    -------
    gaps
        Three rows for each goal: `goal` (missing where none is known), `check` (activity, result,
        indicator), `answer` (met, not_met, unknown), `evidence` (words), `basis`, `rule`, `source`.

    Raises
    ------
    UnknownNodeError
        If it is no model, and there is no such network.

    Notes
    -----
    Only who ties items to goals can be said to lack one: `not_met` is given for the goals of a
    chain that a form has. The report names goals, activities and results of networks and models,
    but not which of them serves which goal: there the answer is `unknown`, and the evidence is
    what it names. The goals of a model are its intended societal impacts.

    Source: the report, ch. 5.1, figure 12.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> set(impact_gaps(aff, "fisu")["answer"])
    {'unknown'}
    """
    chain = impact(aff, subject, answers=answers, lang=lang)
    says = chain[["item", "indicator"]].notna().any(axis=1)
    chain = chain[chain["order"].between(1, len(LINKS)) & says]
    given = answers or NONE
    network = None if subject in MODELS else resolve(aff, subject, answers=given)
    told = gather(aff, answers=given)
    told = told[told["network_id"].eq(network or "")]
    if given.chain["network_id"].eq(network or "").any():
        rows = _tied(chain, lang)
        goals = {str(row["goal"]).casefold() for row in rows}
        told = told[told["attribute"].eq("goal")]
        for goal, source in zip(told["value"], told["source"], strict=True):
            if goal.casefold() not in goals:  # may be one of the chain in other words
                shown = goal if source in set(given.statements["source"]) else said(goal, lang)
                evidence = t("impact.not_in_chain", lang)
                rows += [_row(shown, check, "unknown", evidence, source) for check in CHECKS]
    else:
        rows = _loose(chain, int(told["attribute"].eq("measurement").sum()), lang)
    if not rows:
        rows = [_row(None, check, "unknown", t("impact.no_goal", lang), None) for check in CHECKS]
    return pd.DataFrame(rows)


def _row(
    goal: str | None, check: str, answer: Answer, evidence: str, source: str | None
) -> dict[str, str | None]:
    known = answer != "unknown"
    return {
        "goal": goal,
        "check": check,
        "answer": answer,
        "evidence": evidence,
        "basis": "computed" if known else "unknown",
        "rule": "impact_gap",
        "source": source,
    }


def _tied(chain: pd.DataFrame, lang: str) -> list[dict[str, str | None]]:
    """Return the checks of the goals of a form's own chain."""
    rows = []
    for goal in chain["goal"].dropna().unique():
        mine = chain[chain["goal"].eq(goal)]
        for check, link in CHECKS.items():
            has = mine[mine["link_id"].eq(link)] if link else mine.dropna(subset=["indicator"])
            shown = has["item" if link else "indicator"].dropna()
            evidence = "; ".join(dict.fromkeys(shown)) or t(f"impact_gap.{check}", lang)
            where = (has if len(shown) else mine)["source"].dropna()
            source = " | ".join(dict.fromkeys(where)) or None
            rows.append(_row(goal, check, "met" if len(shown) else "not_met", evidence, source))
    return rows


def _loose(chain: pd.DataFrame, measures: int, lang: str) -> list[dict[str, str | None]]:
    """Return the checks of goals that nobody ties to anything; measures are of the network."""
    aims = chain[chain["link_id"].eq("societal_impacts")]
    rows = []
    for goal, source in zip(aims["item"], aims["source"], strict=True):
        for check, link in CHECKS.items():
            n = int(chain["link_id"].eq(link).sum()) if link else measures
            words = "impact.untied" if n else "impact.none_told"
            rows.append(_row(goal, check, "unknown", t(words, lang, n=n), source))
    return rows
