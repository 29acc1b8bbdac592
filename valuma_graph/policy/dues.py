"""What a member pays for the networks that it is in, where fees are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd

from valuma_graph.policy import ages
from valuma_graph.policy.payments import holding, payments
from valuma_graph.policy.statements import NONE, names_of
from valuma_graph.policy.wording import said
from valuma_graph.portfolio import locate
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

FEES: Final = (
    "network_id", "name", "role", "fee_low", "fee_high", "currency", "per", "status",
    "status_label", "item", "basis", "rule", "source",
)  # fmt: skip
STATUSES: Final = ("known", "range", "none", "unknown")
"""What is known of a fee; the word for each is `fee_status.<status>`."""

_PAYING: Final = ("member", "coordinator", "partner")
_OF_KIND: Final = {
    "regions": "region",
    "member regions": "region",
    "municipalities": "municipality",
    "member municipalities": "municipality",
    "member cities": "municipality",
    "maakunnat": "region",
    "alueet": "region",
    "regioner": "region",
    "landskap": "region",
    "kunnat": "municipality",
    "kaupungit": "municipality",
    "cities": "municipality",
    "kommuner": "municipality",
    "städer": "municipality",
}
_OF_SUBTYPE: Final = {
    "ministries": "ministry",
    "universities": "university",
    "technology parks": "science_park",
    "clusters": "cluster",
}
_YEAR: Final = re.compile(r"year|annual|vuosi|vuode|vuotta|/v\b|\bår\b|/år|årlig")
_NOT_EACH_YEAR: Final = re.compile(
    r"\d|second|other|two|half|toinen|kahde|kaksi|puoli|vartannat|andra|två|halv|total|koko|hela"
)
_ONE: Final = (
    r"(?:member|area|municipality|city|town|region|organisation|partner|jäsen|kunta|kaupunki|"
    r"maakunta|alue|medlem|kommun|stad|region|landskap|område)"
)
_EACH: Final = re.compile(
    rf"(?:\bper |\beach |\bevery |\bvarje |/ ?|\bjokainen |\bjokaiselta ){_ONE}"
    r"|\b(?:jäsen|jäsenkun|kun|kaupun|maakun|alue)\w*(?:ta|tä|a|ä) kohti"
)
"""What says that a sum is of each payer: per member, /jäsen, kuntaa kohti, varje medlem."""

_TOTAL: Final = re.compile(
    r"\b(?:yhteensä|yht\.|summa\w*|kokonais\w*|kaikkiaan|sammanlagt|totalt?|totala|inalles|"
    r"altogether|in all|sum)(?!\w)"
)


def fees(
    aff: Affiliation,
    place: str,
    *,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Return what a member pays for each of its networks, where fees are known.

    Its own memberships count, and what it is named as the payer of; what municipalities pay is
    not their region's. A fee of one named member is that member's only. A fee of a kind of member
    (regions, ministries, ...) or of all members is taken to be this member's too, and so is
    `inferred`; where it depends on size or development, it is a range. What a form tells of all
    payers together is of each only where it says so (per member, per area). Fees that ended
    before the year, or begin after it, are not known for it.

    Parameters
    ----------
    aff
        The affiliation network.
    place
        Id or name of the member.
    answers
        Those of users: what they say of a network's fees stands in place of the report's.
    year
        The year of the fees; None for that of the set, else 2019.
    lang
        Language of names and items.

    Returns
    -------
    fees
        One row for each network: `network_id`, `name`, `role` (in the memberships, by ";"),
        `fee_low`, `fee_high` (of one payer), `currency`, `per` (`year`, or as its source says),
        `status` (`known`, `range`, `none` where there is no fee, `unknown`), `status_label`, `item`
        (what the
        source calls it, also where it has no sum), `basis`, `rule`, `source`.

    Raises
    ------
    UnknownNodeError
        If there is no such member; with suggestions.

    Source: the report, ch. 4.2, Table 5; Annexes 2 and 3.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = fees(vg.datasets.finland(year=2019), "region:SE-S").set_index("network_id")
    >>> found.loc["vanguard_initiative", ["currency", "status", "basis"]].tolist()
    ['EUR', 'known', 'stated']
    >>> float(found.loc["vanguard_initiative", "fee_low"])
    10000.0
    """
    check_lang(lang)
    answers = answers or NONE
    member, _ = locate(aff, place, lang=lang)
    rows = payments(aff, answers=answers)
    rows = rows[rows["funding_kind"].eq("fee") & ~rows["item"].eq("member fees, total")]
    named = [
        network
        for network, payers in zip(rows["network_id"], rows["payers"], strict=True)
        if any(p.id == member for p in payers)
    ]
    roles = roles_in(aff, member, answers=answers)
    networks = [*dict.fromkeys([*(n for n, r in roles.items() if r & set(_PAYING)), *named])]
    names = names_of(aff, networks, answers=answers, lang=lang)
    parts = dict(iter(rows.groupby("network_id", sort=False)))
    none, at = rows.head(0), ages.year_of(aff, year)
    free = _without_fee(answers)
    kind, subtype = (str(v) for v in aff.members.loc[member, ["kind", "subtype"]])
    made = []
    for network in networks:
        about = _Who(member, kind, subtype, frozenset(roles.get(network, ())))
        entry = _fee(parts.get(network, none), about, free.get(network), at, lang)
        role = ";".join(sorted(roles.get(network, ()))) or None
        made.append({"network_id": network, "name": names[network], "role": role, **entry})
    frame = pd.DataFrame(made, columns=list(FEES))
    frame["status_label"] = [t(f"fee_status.{status}", lang) for status in frame["status"]]
    numbers = ["fee_low", "fee_high"]
    frame[numbers] = frame[numbers].astype("float64")
    return frame.astype({c: "str" for c in FEES if c not in numbers})


def fee_totals(fees: pd.DataFrame) -> pd.DataFrame:
    """
    Add up the yearly fees of a member by currency.

    Parameters
    ----------
    fees
        As `fees` returns them.

    Returns
    -------
    totals
        `currency`, `low`, `high` (per year; `high` is missing where a fee has no known upper
        end), `networks` (whose fees are in the sum, those without a fee included where they name
        a currency), `unknown` (networks whose yearly fee is not known). The networks that are not
        known have a last row of their own, without a currency: what they ask is in no sum.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> totals = fee_totals(fees(vg.datasets.finland(year=2019), "region:SE-S"))
    >>> totals.loc[0, "currency"], float(totals.loc[0, "low"]), int(totals.loc[0, "networks"])
    ('EUR', 15000.0, 2)
    """
    free = fees["status"].eq("none")
    summed = fees["currency"].notna() & (
        free | (fees["status"].ne("unknown") & fees["per"].eq("year"))
    )
    made: list[dict[str, Any]] = [
        {
            "currency": currency,
            "low": rows["fee_low"].sum(),
            "high": rows["fee_high"].sum(skipna=False),
            "networks": len(rows),
            "unknown": 0,
        }
        for currency, rows in fees[summed].groupby("currency", sort=True)
    ]
    rest = int((~summed & ~free).sum())
    if rest:
        made.append({"currency": None, "low": None, "high": None, "networks": 0, "unknown": rest})
    frame = pd.DataFrame(made, columns=["currency", "low", "high", "networks", "unknown"])
    types = {"low": "float64", "high": "float64", "networks": "int64", "unknown": "int64"}
    return frame.astype({"currency": "str", **types})


def roles_in(aff: Affiliation, member: str, *, answers: Answers) -> dict[str, set[str]]:
    """
    Return the roles that a member has in each network, of the set and of users' forms.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> women = vg.datasets.southern_women()
    >>> sorted(roles_in(women, "Flora Price", answers=NONE))
    ['E11', 'E9']
    """
    rows = aff.memberships[aff.memberships["member_id"].eq(member)]
    found: dict[str, set[str]] = {}
    for network, role in zip(rows["network_id"], rows["role"], strict=True):
        found.setdefault(str(network), set()).add(str(role))
    called = called_as(aff, member)
    for row in answers.memberships.to_dict("records"):
        if str(row["member"]).strip().casefold() in called:
            role = row["role"] if isinstance(row["role"], str) and row["role"] else "member"
            found.setdefault(network_called(str(row["network"]), answers), set()).add(role)
    return found


def called_as(aff: Affiliation, member: str) -> set[str]:
    """Return what a member is called in forms: its id, code and names, in lower case."""
    about = aff.members.loc[member, ["name_fi", "name_sv", "name_en"]]
    return {member.casefold(), *(str(n).casefold() for n in about.dropna())}


def network_called(name: str, answers: Answers) -> str:
    """Return the id of a network of the forms by its id or name; else the name."""
    table = answers.networks
    if name in table.index:
        return name
    for column in ("name_fi", "name_sv", "name_en"):
        hit = table.index[table[column].eq(name)]
        if len(hit):
            return str(hit[0])
    return name


@dataclass(frozen=True)
class _Who:
    """The member that pays."""

    member: str
    kind: str
    subtype: str
    roles: frozenset[str]

    def is_among(self, words: str) -> bool:
        """Say whether the member is one of those that a word for payers means."""
        words = words.strip().casefold()
        if words in ("18 partners", "3 academic partners"):
            academic = self.subtype == "university"
            return self.roles == {"partner"} and academic == words.startswith("3")
        if words in _OF_KIND:
            return self.kind == _OF_KIND[words]
        if words in _OF_SUBTYPE:
            return self.subtype == _OF_SUBTYPE[words]
        everyone = words == "members" or words.startswith(("jäsen", "medlem"))
        return everyone and bool(self.roles & {"member", "coordinator"})


def _without_fee(answers: Answers) -> dict[str, dict[str, Any]]:
    """Return the networks of which users say that their members do not pay."""
    rows = answers.statements
    rows = rows[rows["attribute"].eq("members_pay") & rows["value"].eq("no")]
    records = cast("list[dict[str, Any]]", rows.to_dict("records"))
    return {str(r["network_id"]): r for r in records}


def _fee(
    rows: pd.DataFrame, who: _Who, free: dict[str, Any] | None, year: int, lang: str
) -> dict[str, Any]:
    """Return what is known of the fee of one member in one network."""
    own = rows[rows["origin"].eq("answers")]
    rows = holding(own if len(own) else rows, year)
    own = holding(own, year)
    if free is not None and own.empty:
        return _entry("none", low=0.0, high=0.0, basis=str(free["basis"]), source=free["source"])
    records = cast("list[dict[str, Any]]", rows.to_dict("records"))
    named = [r for r in records if any(p.id == who.member for p in r["payers"])]
    records = named or [r for r in records if _applies(r, who)]
    with_sum = [r for r in records if r["amount"] == r["amount"]]
    item = "; ".join(dict.fromkeys(_item(r, lang) for r in records)) or None
    if not with_sum:
        source = " | ".join(dict.fromkeys(_sources(records))) or None
        return _entry("unknown", item=item, source=source)
    units = {(_text(r["currency"]), _text(r["unit"])) for r in with_sum}
    if len(units) > 1:
        return _entry("unknown", item=item, source=" | ".join(dict.fromkeys(_sources(with_sum))))
    low = [r["amount"] for r in with_sum if r["bound"] != "maximum"]
    high = [r["amount"] for r in with_sum if r["bound"] != "minimum"]
    least, most = (min(low) if low else None), (max(high) if high else None)
    currency, unit = units.pop()
    status = "none" if most == 0 else "known" if least == most else "range"
    stated = named and all(r["basis"] == "stated" for r in with_sum)
    rule = "fee_of_member" if named else "fee_of_kind"
    return _entry(
        status,
        item=item,
        low=least,
        high=most,
        currency=currency or None,
        per="year" if _is_yearly(unit) else said(unit, lang) or None,
        basis="stated" if stated else "inferred",
        rule=None if stated else rule,
        source=" | ".join(dict.fromkeys(_sources(with_sum))),
    )


def _is_yearly(unit: str) -> bool:
    words = unit.casefold()
    return bool(_YEAR.search(words)) and not _NOT_EACH_YEAR.search(words)


def _applies(row: dict[str, Any], who: _Who) -> bool:
    """Say whether a row of fees is of a group that the member is in, and of each of them."""
    if any(p.id for p in row["payers"]):
        return False
    if row["origin"] == "answers":
        unit = f"{_text(row['unit'])} {_text(row['item'])}".casefold()
        each = row["coding"].each and _EACH.search(unit) and not _TOTAL.search(unit)
        if not each and row["amount"] == row["amount"]:
            return False
    return not row["payers"] or any(who.is_among(p.name) for p in row["payers"])


def _item(row: dict[str, Any], lang: str) -> str:
    ours = row["origin"] != "answers"
    words = [_text(row["item"]), *row["notes"]]
    first, *rest = [said(w, lang) if ours else w for w in words]
    return ": ".join(w for w in (first, "; ".join(rest)) if w)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _sources(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [r["source"] for r in rows if isinstance(r["source"], str)]


def _entry(
    status: str,
    *,
    low: float | None = None,
    high: float | None = None,
    basis: str = "unknown",
    **rest: object,
) -> dict[str, Any]:
    return {"status": status, "fee_low": low, "fee_high": high, "basis": basis, **rest}
