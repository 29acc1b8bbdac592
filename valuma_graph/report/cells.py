"""Cells of the pages of networks: a value with its words, its basis and its source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph import text
from valuma_graph.policy.wording import cited, said
from valuma_graph.report.listings import Cell, Column, Table
from valuma_graph.report.standing import EXPLAINED, measure_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from valuma_graph.policy.portraits import Profile
    from valuma_graph.report.voice import Voice

    Row = Mapping[str, dict[str, Any]]

_REPORT: Final = "VALUMA report"


class Cells:
    """
    Make cells and tables of the rows of a profile.

    A row holds what it says in each language: `{"fi": {column: value}, "sv": ...}`.

    Parameters
    ----------
    found
        The profile in each language.
    voice
        The languages.
    """

    def __init__(self, found: Mapping[str, Profile], voice: Voice) -> None:
        self.found = found
        self.voice = voice
        self.first = voice.langs[0]

    def row(self, part: str) -> dict[str, dict[str, Any]]:
        """Return the one row of a part in every language; None where missing."""
        found: dict[str, dict[str, Any]] = {}
        for lang in self.voice.langs:
            values = getattr(self.found[lang], part)
            cells = zip(values.index, values.tolist(), strict=True)
            found[lang] = {str(k): None if v is pd.NA or v != v else v for k, v in cells}  # noqa: PLR0124  NaN
        return found

    def texts(self, row: Row, column: str) -> dict[str, str]:
        """Return a column in each language; a dash where it is missing."""
        return {
            lang: "–" if one.get(column) is None else str(one[column]) for lang, one in row.items()
        }

    def table(
        self,
        name: str,
        caption: Markup,
        labels: Sequence[str],
        cells: Sequence[Sequence[Cell]],
        notes: Sequence[Markup] = (),
    ) -> Table:
        """Return a table with all its rows shown."""
        numeric = {"amount", "count", "share", "value"}
        columns = [
            Column(self.voice.t(f"profile.col.{label}"), numeric=label in numeric)
            for label in labels
        ]
        return Table(name, caption, columns, cells, notes)

    def plain(self, row: Row, column: str) -> Cell:
        """Return a text that is said in words of the tables."""
        texts = {
            lang: "–" if one.get(column) is None else said(str(one[column]), lang)
            for lang, one in row.items()
        }
        return Cell(self.voice.each(texts, tag="bdi"))

    def places(self, *sources: object) -> Cell:
        """Return places in sources, each once; a dash where there are none."""
        kept = dict.fromkeys(str(one) for one in sources if one is not None)
        return Cell(self.voice.each(self.cited(" | ".join(kept)), tag="bdi"))

    def source(self, row: Row, column: str = "source") -> Cell:
        """Return where a row comes from."""
        return self.places(row[self.first].get(column))

    def cited(self, source: str) -> dict[str, str]:
        """Return a source in each language."""
        return {lang: cited(source, lang) or "–" for lang in self.voice.langs}

    def common(self, rows: Sequence[Row]) -> str | None:
        """Return the place for which most of some rows are judged, if there is such a one."""
        counts = Counter(row[self.first]["reference"] for row in rows)
        place, n = counts.most_common(1)[0]
        return place if 2 * n > len(rows) else None

    def why(self, place: str) -> dict[str, str]:
        """Return the sentence that names the place for which something is judged."""
        places = self.cited(place)
        return {lang: text.t("profile.why", lang, source=one) for lang, one in places.items()}

    def judged(self, row: Row, column: str, group: str, *, above: str | None = None) -> Cell:
        """Return the words for a check or a rule, with why it is judged if not said above."""
        cell = self.keyed(row, column, group)
        place = row[self.first]["reference"]
        if place is None or place == above:
            return cell
        return Cell(cell.body + self.small(self.why(place)))

    def said(self, row: Row, column: str, other: str = "") -> Cell:
        """Return a text that is in the language already, with how it was come by below it."""
        texts = self.texts(row, column)
        if other and set(texts.values()) == {"–"}:
            texts = self.texts(row, other)
        body = self.voice.each(texts, tag="bdi")
        if column in {"value_label", "item"}:
            for extra in ("rule", "note"):
                if row[self.first].get(extra) is not None:
                    words = self.how(row, extra)
                    if any(words.values()):
                        body += self.small(words)
        return Cell(body)

    def small(self, words: Mapping[str, str]) -> Markup:
        """Return words that stand below others."""
        from markupsafe import Markup

        return Markup(f"<small>{self.voice.each(words)}</small>")  # noqa: S704  escaped by the voice

    def how(self, row: Row, column: str) -> dict[str, str]:
        """Return a rule, or a note; notes of the tables that stand in English only are left out."""
        words: dict[str, str] = {lang: _rule(str(one[column]), lang) for lang, one in row.items()}
        first = row[self.first]
        ours = str(first.get("source") or "").startswith(_REPORT)
        alike = len(words) > 1 and len({*words.values()}) == 1
        if column == "note" and ours and alike:
            words = {la: w if la == "en" else "" for la, w in words.items()}
        return words

    def word(self, row: Row, column: str, group: str) -> Cell:
        """Return the word of the catalogue for a code; a basis or an answer has its mark."""
        value = row[self.first].get(column)
        if value is None:
            return Cell("–")
        tone = f"is-{value}" if group in {"basis", "verdict"} else ""
        return Cell(self.voice.word(group, value), tone=tone)

    def keyed(self, row: Row, column: str, group: str) -> Cell:
        """Return the words for an id, or words as they are."""
        values = {lang: str(one[column]) for lang, one in row.items()}
        keys = {f"{group}.{value.replace('.', '_')}" for value in values.values()}
        if len(keys) == 1 and (key := keys.pop()) in text.catalogue():
            return Cell(self.voice.t(key))
        return Cell(self.voice.each(values))

    def fact(self, key: str, row: Row, column: str, group: str) -> list[Cell]:
        """Return a row of a table of facts: what, the coded answer, its basis, its source."""
        first = row[self.first]
        value = first.get(column)
        parts = [] if value is None or value == "unknown" else str(value).split(";")
        words: dict[str, str] = {
            lang: ", ".join(self.voice.plain_word(group, one)[lang] for one in parts) or "–"
            for lang in self.voice.langs
        }
        body = self.voice.each(words)
        if first.get(f"{column}_rule") is not None:
            rules = {la: _rule(str(one[f"{column}_rule"]), la) for la, one in row.items()}
            body += self.small(rules)
        known = row if first.get(f"{column}_basis") else {la: {"_": "unknown"} for la in row}
        basis = f"{column}_basis" if known is row else "_"
        return [
            Cell(self.voice.t(key)),
            Cell(body),
            self.word(known, basis, "basis"),
            self.source(row, f"{column}_source"),
        ]

    def whole_fact(
        self,
        key: str,
        row: Row,
        column: str,
        cell: Cell,
        *,
        basis: str = "basis",
        source: str = "source",
    ) -> list[Cell]:
        """Return a row of a table of facts that share one basis and one source."""
        value = row[self.first].get(column)
        if value is None or value == "unknown":
            row = {lang: {basis: "unknown"} for lang in row}
        return [
            Cell(self.voice.t(key)),
            cell,
            self.word(row, basis, "basis"),
            self.source(row, source),
        ]

    def evidence(self, row: Row) -> list[Markup]:
        """Return the evidence as a paragraph, if there is any."""
        texts = self.texts(row, "evidence")
        return [] if set(texts.values()) <= {"–", ""} else [self.voice.each(texts, tag="bdi")]

    def count(self, row: Row, column: str) -> Cell:
        """Return a whole number."""
        value = row[self.first].get(column)
        return Cell(self.voice.number(value))

    def year(self, row: Row, column: str) -> Cell:
        """Return a year, which has no thousands."""
        value = row[self.first].get(column)
        return Cell("–" if value is None else str(int(value)))

    def share(self, row: Row, column: str) -> Cell:
        """Return a share as a percentage."""
        value = row[self.first].get(column)
        return Cell(self.voice.percent(value), None if value is None else float(value))

    def amount(self, row: Row) -> Cell:
        """Return a sum of money with its currency."""
        first = row[self.first]
        if first.get("amount") is None:
            return Cell("–")
        value = float(first["amount"])
        digits = 0 if value.is_integer() else 2
        figures: dict[str, str] = {
            lang: f"{text.number(value, lang, digits)} {first.get('currency') or ''}".rstrip()
            for lang in self.voice.langs
        }
        return Cell(self.voice.each(figures), value)

    def years(self, row: Row) -> Cell:
        """Return the years from since to until."""
        first = row[self.first]
        since, until = (
            "" if first.get(column) is None else str(int(first[column]))
            for column in ("since", "until")
        )
        return Cell(f"{since}–{until}" if since != until else since or "–")

    def measured(self, row: Row, among: int) -> list[Cell]:
        """Return a measure of the graph: what it is and counts, its value, basis and source."""
        first = row[self.first]
        name, value = str(first["id"]), float(first["value"])
        label = self.voice.each(self.texts(row, "label"))
        if name in EXPLAINED:
            label += self.small(self.voice.plain(f"profile.how.{name}"))
        langs = self.voice.langs
        words: dict[str, str] = {
            lang: measure_words(name, value, lang, among=among) for lang in langs
        }
        cell = Cell(self.voice.each(words), value)
        return [Cell(label), cell, self.word(row, "basis", "basis"), self.source(row)]


def _rule(rule: str, lang: str) -> str:
    """Return the words for a rule: of the catalogue, or those of the tables."""
    key = f"rule.{rule}"
    return text.t(key, lang) if key in text.catalogue() else said(rule, lang)
