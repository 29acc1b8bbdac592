"""How checks and risks judge: the facts of each network, and what speaks for and against."""

from __future__ import annotations

import contextlib
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.policy import ages, keeping, statements
from valuma_graph.policy.ages import places
from valuma_graph.policy.checklist import READINGS, Reading
from valuma_graph.policy.schema import ATTRIBUTES
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

_NOTHING: Final = {"", "-", "–", "—", "?", "0", "n/a", "unknown", "okänt", "okänd", "tuntematon",
                   "inga"}  # fmt: skip
_NOT: Final = {"none", "no", "nothing", "not", "nobody", "ei", "eivät", "nej", "ingen", "inget"}
"""First words that say that there is nothing."""
_SHOWN: Final = 2


@dataclass(frozen=True)
class Verdict:
    """
    What is found of one check or risk.

    Parameters
    ----------
    evidence
        In words.
    basis
        Stated, coded, inferred, computed or unknown.
    rule
        How it was judged: id of `rule.<id>` of the catalogue; None where unknown.
    source
        Where the evidence stands; None where there is none.
    holds
        Whether it is met (the risk present); None where unknown.
    """

    evidence: str
    basis: str = "unknown"
    rule: str | None = None
    source: str | None = None
    holds: bool | None = field(default=None, kw_only=True)


def plain(value: object) -> str:
    """Return a cell as text; a missing one is empty."""
    return "" if value is None or value is pd.NA or value != value else str(value).strip()  # noqa: PLR0124


def names(value: object) -> bool:
    """
    Tell whether words name something: not those that say there is nothing.

    Examples
    --------
    >>> names("Inga Nilsson"), names("Inga tjänster"), names("Ei ole."), names("none at present")
    (True, False, False, False)
    """
    written = re.sub(r"[.,;:!]", " ", plain(value)).split()
    words = [word.casefold() for word in written]
    if " ".join(words) in _NOTHING or words[0] in _NOT:
        return False
    return words[0] != "inga" or written[1][:1].isupper()  # a name, or "no services" in Swedish


def as_number(value: object) -> float | None:
    """
    Return a number written in a cell, with decimal point or comma; None where there is none.

    Examples
    --------
    >>> as_number("1,5"), as_number("two"), as_number("nan"), as_number(None)
    (1.5, None, None, None)
    """
    try:
        found = float(plain(value).replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def together(found: Sequence[Verdict]) -> Verdict | None:
    """Return one verdict of several: unknown where some speak for and some against."""
    if not found:
        return None
    if len({v.holds for v in found}) == 1:
        return found[0]
    return Verdict(
        "; ".join(dict.fromkeys(v.evidence for v in found)),
        source=places(v.source for v in found),
    )


_Told = dict[tuple[str, str], list[dict[str, Any]]]


@dataclass(eq=False)
class Facts:
    """
    All that is said of networks, for looking up.

    Parameters
    ----------
    aff
        The affiliation network.
    answers
        Of users.
    year
        Year of the judgement.
    lang
        Language of evidence.
    networks
        Ids of those that are asked for.
    said
        Statements by network and attribute, of all networks.
    strangers
        Networks that only share an id with one of the report.
    """

    aff: Affiliation
    answers: Answers
    year: int
    lang: str
    networks: list[str]
    said: _Told
    strangers: frozenset[str] = frozenset()
    _kinds: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    _all: bool = False
    _dated: bool = True
    _money: dict[str, dict[str, Any]] | None = None
    _founded: dict[str, tuple[int, str | None]] | None = None

    @classmethod
    def of(
        cls, aff: Affiliation, networks: Sequence[str] | None, *, answers: Answers | None,
        year: int | None, lang: str,
    ) -> Facts:  # fmt: skip
        """Gather what is said of the networks that are asked for."""
        wanted, given = (
            statements.chosen(aff, networks, answers=answers),
            answers or statements.NONE,
        )
        when = ages.year_of(aff, year)
        told, kinds = _told(aff, given), _kinds(aff, given)
        dated = year is not None or aff.year is not None
        others = statements.strangers(aff, answers=answers)
        return cls(aff, given, when, lang, wanted, told, others, kinds, networks is None, dated)

    def not_yet(self, network: str) -> Verdict | None:
        """Return that nothing can be judged of a network that was founded after the year."""
        if not self._dated:
            return None
        if self._founded is None:
            table = ages.years(self.aff, self.networks, answers=self.answers)
            later = table[table["founded"].gt(self.year).fillna(value=False)]
            rows = zip(later.index, later["founded"], later["founded_source"], strict=True)
            self._founded = {str(n): (int(y), plain(s) or None) for n, y, s in rows}
        if network not in self._founded:
            return None
        founded, source = self._founded[network]
        words = t("check_evidence.not_yet", self.lang, founded=founded, year=self.year)
        return Verdict(words, source=source)

    def all(self, network: str, attribute: str) -> list[dict[str, Any]]:
        """Return all statements of an attribute."""
        return self.said.get((network, attribute), [])

    def first(self, network: str, attribute: str) -> dict[str, Any] | None:
        """Return the statement that counts: users' before the report's."""
        return next(iter(self.all(network, attribute)), None)

    def words(self, row: dict[str, Any]) -> str:
        """Write a statement: what it is of, and what it says."""
        value = plain(row["value"])
        attribute = row["attribute"]
        # A code that is none: a form has refused it, a table made by hand has not.
        with contextlib.suppress(KeyError):
            value = statements.label(attribute, value, self.lang, translate=not row["own"])
        return f"{t(f'attribute.{attribute}', self.lang)}: {value}"

    def source(self, row: dict[str, Any]) -> str | None:
        """Return where a statement stands."""
        return plain(row["source"]) or None

    def coded(
        self, network: str, attribute: str, *, met: Iterable[str], not_met: Iterable[str]
    ) -> Verdict | None:
        """Judge by the coded answer that counts."""
        row = self.first(network, attribute) if attribute else None
        if row is None:
            return None
        holds = True if row["value"] in met else False if row["value"] in not_met else None
        if holds is None:
            return None
        basis = plain(row["basis"]) or "inferred"
        return Verdict(self.words(row), basis, "check_answer", self.source(row), holds=holds)

    def readings(self, network: str, check: str) -> list[Verdict]:
        """Judge by statements of the report that were put into a class one by one."""
        return [
            Verdict(
                self.words(row), "coded", "check_reading", self.source(row),
                holds=reading.speaks_for,
            )
            for reading in _READ.get((network, check), ())
            for row in self.all(network, reading.attribute)
            if row["value"] == reading.value and not row["own"]
        ]  # fmt: skip

    def unknown(self, network: str, attributes: Iterable[str] = ()) -> Verdict:
        """Return that it is unknown, with words that are not judged."""
        rows = [r for a in attributes if a for r in self.all(network, a)][:_SHOWN]
        if not rows:
            return Verdict(t("check_evidence.nothing", self.lang))
        coded = any(ATTRIBUTES[r["attribute"]].codes for r in rows if r["attribute"] in ATTRIBUTES)
        return Verdict(
            t(
                "check_evidence.open" if coded else "check_evidence.undecided",
                self.lang,
                words="; ".join(self.words(r) for r in rows),
            ),
            source=places(self.source(r) for r in rows),
        )

    def kind(self, network: str) -> tuple[str | None, str | None]:
        """Return the kind of a network, and where it is said."""
        return self._kinds.get(network, (None, None))

    def year_of(self, network: str, attribute: str) -> tuple[int, str | None] | None:
        """Return a year that is stated, and where."""
        row = self.first(network, attribute)
        found = None if row is None else as_number(row["value"])
        return None if row is None or found is None else (int(found), self.source(row))

    def fees(self, network: str) -> pd.DataFrame:
        """Return the fees that forms name and that are paid in the year, without those of 0."""
        money = self.answers.funding
        if money.empty:
            return money
        own = money[money["network_id"].eq(network) & money["funding_kind"].eq("fee")]
        nothing = [as_number(amount) == 0 for amount in own["amount"]]
        since, until = ([ages.read_year(v) for v in own[c]] for c in ("since", "until"))
        paid = [
            not free and (a is None or a <= self.year) and (b is None or b >= self.year)
            for free, a, b in zip(nothing, since, until, strict=True)
        ]
        return own[pd.Series(paid, index=own.index, dtype=bool)]

    def money(self, network: str) -> dict[str, Any] | None:
        """Return the row of `dependence`, asked once for all networks."""
        if self._money is None:
            from valuma_graph.policy.money import dependence

            table = dependence(
                self.aff,
                networks=None if self._all else self.networks,
                answers=self.answers,
                year=self.year,
                lang=self.lang,
            )
            rows = zip(table.index, table.to_dict("records"), strict=True)
            self._money = {str(n): {str(k): v for k, v in row.items()} for n, row in rows}
        return self._money.get(network)

    def from_graph(self, network: str) -> str:
        """Return the source of what is computed from memberships, and of its list."""
        table = self.aff.networks
        own = plain(table.loc[network, "source"]) if "source" in table else ""
        return places([statements.memberships_of(self.aff), own or None]) or ""


_READ: Final[dict[tuple[str, str], list[Reading]]] = {}
for _one in READINGS:
    _READ.setdefault((_one.network, _one.check), []).append(_one)


@keeping.remembered
def _told(aff: Affiliation, answers: Answers) -> _Told:
    own = answers.statements
    users = {*zip(own["network_id"], own["attribute"], own["value"], strict=True)}
    told: _Told = {}
    for row in statements.gather(aff, answers=answers).to_dict("records"):
        fact = {str(k): v for k, v in row.items()}
        fact["own"] = (fact["network_id"], fact["attribute"], fact["value"]) in users
        told.setdefault((fact["network_id"], fact["attribute"]), []).append(fact)
    return told


@keeping.remembered
def _kinds(aff: Affiliation, answers: Answers) -> dict[str, tuple[str, str | None]]:
    """Return the kind of every network, and where it is said, the nearest to the user first."""
    found: dict[str, tuple[str, str | None]] = {}
    for table in (keeping.register()[1], aff.networks, answers.networks):
        if "kind" not in table:
            continue
        source = table["source"] if "source" in table else pd.Series(None, index=table.index)
        rows = zip(table.index, table["kind"], source, strict=True)
        found |= {str(n): (plain(k), plain(s) or None) for n, k, s in rows if plain(k)}
    return found
