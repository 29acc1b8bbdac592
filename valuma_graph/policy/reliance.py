"""What follows from the payments of a network: how many sources, the largest, the project money."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.policy import keeping
from valuma_graph.policy.payers import is_programme
from valuma_graph.policy.payments import Models, payer_said
from valuma_graph.text import percent, t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from valuma_graph.policy.feeding import Ending
    from valuma_graph.policy.payers import Coding, Payer

EXACT: Final = 0.005
ROUNDED: Final = 0.01
"""How far from 1 the shares may add up, as given and as computed from rounded amounts."""

_NAMED: Final = 6
_SLACK: Final = 1e-9
_BUDGETS: Final = ("annual budget", "turnover")
_YES, _NO, _UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class _Entry:
    """A payment of one network; None for what is not known."""

    network_id: str
    payers: tuple[Payer, ...]
    words: str | None
    coding: Coding
    item: str | None
    amount: float | None
    currency: str | None
    unit: str | None
    share: float | None
    since: int | None
    until: int | None
    basis: str
    as_of: str | None
    source: str | None
    origin: str

    @property
    def of_whole(self) -> float | None:
        """Return its share of the whole funding."""
        whole = self.coding.share_of == "funding" and not self.coding.bound
        return self.share if whole else None

    @property
    def is_source(self) -> bool:
        """Say whether it is money: not in kind, not a use or a price, nor the fee of nobody."""
        kind = self.coding.kind
        return self.coding.source and kind != "in_kind" and not (kind == "fee" and not self.paid)

    @property
    def paid(self) -> bool:
        """Say whether it is not told to be nothing."""
        return self.amount != 0

    def has_ended(self, year: int) -> bool:
        return self.until is not None and self.until < year

    def holds(self, year: int) -> bool:
        """Say whether it is paid in a year, as far as its years are told."""
        return not self.has_ended(year) and (self.since is None or self.since <= year)


@dataclass
class _Found:
    """What is found of one network, and how."""

    lang: str
    year: int
    ends: Mapping[tuple[str, str], Ending]
    evidence: list[str] = field(default_factory=list)
    used: list[_Entry] = field(default_factory=list)
    sources: list[str | None] = field(default_factory=list)
    guess: str = ""
    inferred: bool = False

    def because(self, key: str, *, guess: str = "", **values: object) -> None:
        """Add a sentence; and the rule, where it is one that infers."""
        self.evidence.append(t(f"money.because_{key}", self.lang, **values))
        self.guess = self.guess or guess


def relied(
    rows: pd.DataFrame,
    networks: Sequence[str],
    *,
    models: Mapping[str, Models],
    ends: Mapping[tuple[str, str], Ending],
    year: int,
    lang: str,
) -> pd.DataFrame:
    """
    Return what follows from payments, one row for each network.

    Parameters
    ----------
    rows
        As `payments` returns them, with `words`, the payers as they are called in the language.
    networks
        Ids.
    models
        Funding models of networks.
    ends
        When the money of programmes ends, as `endings` returns it.
    year
        The year to count from.
    lang
        Language of payers and evidence.

    Returns
    -------
    relied
        See `dependence`, without `name`.
    """
    entries: dict[str, list[_Entry]] = {}
    for row in rows.to_dict("records"):
        known: dict[str, Any] = {
            name: None if row[name] is pd.NA or row[name] != row[name] else row[name]
            for name in _Entry.__dataclass_fields__
        }
        entries.setdefault(str(row["network_id"]), []).append(_Entry(**known))
    made = [
        _one(entries.get(network, []), models.get(network, Models()), _Found(lang, year, ends))
        for network in networks
    ]
    index = pd.Index(list(networks), name="network_id", dtype="str")
    frame = pd.DataFrame(made, index=index, columns=[*_nothing(lang)])
    for column in ("sources", "project_until", "years_left"):
        frame[column] = frame[column].astype("Int64")
    for column in ("largest_share", "project_share"):
        frame[column] = frame[column].astype("float64")
    frame["sources_complete"] = frame["sources_complete"].astype(bool)
    texts = [
        "largest_payer", "single_source", "project_money", "basis", "rule", "evidence", "source",
    ]  # fmt: skip
    return frame.astype(dict.fromkeys(texts, "str"))


def _nothing(lang: str) -> dict[str, Any]:
    return {
        "sources": None,
        "sources_complete": False,
        "largest_payer": None,
        "largest_share": None,
        "single_source": _UNKNOWN,
        "project_money": _UNKNOWN,
        "project_share": None,
        "project_until": None,
        "years_left": None,
        "basis": _UNKNOWN,
        "rule": None,
        "evidence": t("money.because_nothing", lang),
        "source": None,
    }


def _one(every: list[_Entry], models: Models, found: _Found) -> dict[str, Any]:
    # Where a form tells of sources it stands alone: the report's, and its model, are of before.
    own = [e for e in every if e.origin == "answers"]
    alone = any(e.is_source for e in own)
    entries = own if alone else every
    model = (models.of_user or ("" if alone else models.of_report)).split(";")
    # What is inferred elsewhere than in the report's table counts for nothing more.
    told = [e for e in entries if e.is_source and (e.basis != "inferred" or e.origin == "report")]
    now = [e for e in entries if e.holds(found.year)]
    firm = [e for e in told if e in now]
    if not told and "project_funded" not in model:
        return _nothing(found.lang)
    payers = {p.key: p for e in firm for p in e.payers}
    _tell(firm, told, payers, found)
    shares, total, complete = _shares(now, firm, found)
    one = not alone and _one_payer(firm, payers, models, found)
    money = _project_money(firm, model, whole=complete or one)
    if money == _YES and not any(e.coding.project for e in firm):
        found.because("model", guess="money_model")
        found.sources.append(models.cell)
    until = _until(told, money, found)
    if not found.evidence:
        return _nothing(found.lang)
    kinds_known = all(e.coding.kind for e in firm)
    of_projects = [s for s, e in zip(shares, firm, strict=True) if e.coding.project]
    largest, share = _largest(firm, shares, total)
    sources = [*(e.source for e in [*now, *found.used]), *found.sources]
    weak = found.guess or found.inferred or _is_inferred([*firm, *found.used])
    return {
        "sources": len(payers) or None,
        "sources_complete": complete,
        "largest_payer": largest,
        "largest_share": share,
        "single_source": _single(payers, complete=complete, one=one),
        "project_money": money,
        "project_share": sum(s or 0 for s in of_projects) if complete and kinds_known else None,
        "project_until": until,
        "years_left": None if until is None else until - found.year,
        "basis": "inferred" if weak else "computed",
        "rule": found.guess or "money_dependence",
        "evidence": " ".join(found.evidence),
        "source": " | ".join(dict.fromkeys(s for s in sources if s)) or None,
    }


def _tell(firm: list[_Entry], told: list[_Entry], payers: dict[str, Payer], found: _Found) -> None:
    """Tell who pays; where nobody is known to any more, who did."""
    ended = [e for e in told if e.has_ended(found.year)]
    if payers:
        names = _names(firm, found.lang)
        shown = ", ".join([*names[:_NAMED], *["…"][: len(names) > _NAMED]])
        group = len(payers) == 1 and next(iter(payers.values())).several
        found.because("group" if group else "sources", n=len(payers), payers=shown)
    elif ended and not firm:
        found.used += ended
        paid = dict.fromkeys(f"{e.words or '–'} ({e.until})" for e in ended)
        found.because("ended_all", year=found.year, payers=", ".join(paid))


def _is_inferred(used: list[_Entry]) -> bool:
    """Say whether a payer is known from nothing but what is inferred."""
    firm = {p.key for e in used if e.basis != "inferred" for p in e.payers}
    return any(e.basis == "inferred" and any(p.key not in firm for p in e.payers) for e in used)


def _names(firm: list[_Entry], lang: str) -> list[str]:
    """Return each payer once, as the entry that names it first calls it."""
    called: dict[str, str] = {}
    for entry in firm:
        for payer in entry.payers:
            alone = entry.words if len(entry.payers) == 1 else None
            name = payer.name if entry.origin == "answers" else payer_said(payer.name, lang)
            here = alone or name
            if called.setdefault(payer.key, here) != here and payer.several:
                called[payer.key] = payer_said("members", lang)
    return list(called.values())


def _shares(
    entries: list[_Entry], firm: list[_Entry], found: _Found
) -> tuple[list[float | None], float, bool]:
    """Return the share of each source of the whole funding, their sum, and whether that is all."""
    shares = _of_budget(entries, firm)
    computed = any(s is not None and e.of_whole is None for s, e in zip(shares, firm, strict=True))
    total = sum(s for s in shares if s is not None)
    complete = bool(shares) and abs(total - 1) <= (ROUNDED if computed else EXACT) + _SLACK
    # An amount whose unit is inferred gives no share that is firmer.
    counted = [e for s, e in zip(shares, firm, strict=True) if s is not None]
    counted += [e for e in entries if computed and e.item in _BUDGETS]
    found.inferred |= any(e.basis == "inferred" for e in counted)
    if computed:
        found.because("budget", share=percent(total, found.lang))
    elif total:
        found.because("shares", share=percent(total, found.lang))
    if complete and percent(total, found.lang) != percent(1, found.lang):
        found.because("rounded")
    basic = [e.share for e in firm if e.coding.share_of == "basic" and e.share is not None]
    if basic:
        found.because("basic", share=percent(sum(basic), found.lang))
    return shares, total, complete


def _of_budget(entries: list[_Entry], firm: list[_Entry]) -> list[float | None]:
    """Return the shares, with those that a yearly budget gives: amount / budget."""
    budgets = [
        (e.amount / (e.of_whole or 1), e.currency, e.unit, e.as_of)
        for e in entries
        if e.amount
        and e.origin == "report"
        and e.unit == "per year"
        and (e.item in _BUDGETS or (e in firm and e.of_whole))
    ]
    if len(budgets) != 1:
        return [e.of_whole for e in firm]
    budget, *of = budgets[0]
    return [
        e.amount / budget
        if e.of_whole is None
        and e.amount is not None
        and [e.currency, e.unit, e.as_of] == of
        and not e.coding.bound
        and not (e.coding.each and any(p.several for p in e.payers))
        else e.of_whole
        for e in firm
    ]


def _one_payer(firm: list[_Entry], payers: dict[str, Payer], models: Models, found: _Found) -> bool:
    """Say whether the report classes the network as state-funded and names one payer."""
    one = len(payers) == 1 and not next(iter(payers.values())).several
    state = models.of_report == "state_funded" and models.of_user in ("", models.of_report)
    if not (one and state):
        return False
    found.because("one_payer", guess="money_one_payer", payer=firm[0].words)
    return True


def _single(payers: dict[str, Payer], *, complete: bool, one: bool) -> str:
    if len(payers) > 1 or any(p.several for p in payers.values()):
        return _NO
    return _YES if len(payers) == 1 and (complete or one) else _UNKNOWN


def _project_money(firm: list[_Entry], model: list[str], *, whole: bool) -> str:
    if any(e.coding.project for e in firm) or "project_funded" in model:
        return _YES
    steady = all(e.coding.kind and not any(map(is_programme, e.payers)) for e in firm)
    return _NO if whole and steady else _UNKNOWN


def _until(told: list[_Entry], money: str, found: _Found) -> int | None:
    """Return the last year of project money whose years are told, else of its programmes."""
    projects = [e for e in told if e.coding.project or any(map(is_programme, e.payers))]
    dated = [e for e in projects if e.until is not None]
    last = max(dated, key=lambda e: e.until or 0, default=None)
    known = {p.key for e in dated for p in e.payers}
    rest = [e for e in projects if e not in dated and not _is_of(e, known)]
    end = _last_programme(rest, found)
    if end is not None and (last is None or (last.until or 0) < end.year):
        name = _programme_names(found.lang).get(end.programme, end.programme)
        found.because("programme", guess="money_programme_ends", programme=name, until=end.year)
        found.sources.append(end.source)
        until, is_open = end.year, False
    elif last is not None:
        found.because(
            "until" if last.since is None else "years",
            payer=last.words or "–",
            since=last.since,
            until=last.until,
        )
        found.used.append(last)
        until, is_open = last.until or 0, bool(rest) and end is None
    else:
        return None
    if until < found.year:
        found.because("over")
    if is_open:
        found.because("others_open")
    elif until < found.year and money != _NO:
        found.because("no_other")
    return until


def _is_of(entry: _Entry, known: set[str]) -> bool:
    """Say whether money is of payers whose years are told, the members' own share aside."""
    return bool(entry.payers) and all(p.key in known or p.several for p in entry.payers)


def _last_programme(projects: list[_Entry], found: _Found) -> Ending | None:
    """Return the programme that ends last, if all but the members' own share is from such."""
    ends = [
        found.ends.get((entry.network_id, payer.key))
        for entry in projects
        for payer in entry.payers
        if not payer.several
    ]
    ends += [None for entry in projects if not entry.payers]
    known = [end for end in ends if end is not None]
    return max(known, key=lambda end: end.year) if known and len(known) == len(ends) else None


@cache
def _programme_names(lang: str) -> dict[str, str]:
    column = "name_en" if lang == "en" else "name_fi"
    return {str(p): str(name) for p, name in keeping.programmes()[column].items()}


def _largest(
    firm: list[_Entry], shares: list[float | None], total: float
) -> tuple[str | None, float | None]:
    """Return the payer that has the largest share whatever the others have, and the share."""
    held: dict[tuple[str, ...], float] = {}
    words: dict[tuple[str, ...], str | None] = {}
    for entry, share in zip(firm, shares, strict=True):
        keys = tuple(p.key for p in entry.payers)
        if share is not None and keys:
            held[keys] = held.get(keys, 0) + share
            words.setdefault(keys, entry.words)
    if not held:
        return None, None
    best = max(held, key=lambda keys: held[keys])
    if held[best] + _SLACK < 1 - total or total > 1 + ROUNDED + _SLACK:
        return None, None
    tied = sum(share >= held[best] - _SLACK for share in held.values()) > 1
    return None if tied else words[best], held[best]
