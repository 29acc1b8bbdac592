"""Parts of the report page: a frame and its columns become a table in every language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.report.mapping import PageMap
    from valuma_graph.report.voice import Voice

Row = Mapping[str, Any]

STATUSES: Final = (
    "isolated",
    "no_known_membership",
    "single_network",
    "bridge_dependent",
    "separate_component",
    "connected",
)
"""Status of a member, worst first: the order in which the page lists and colours them."""

LIST_STATUSES: Final = ("complete", "partial", "unknown")
"""Status of a network's list, best first."""

ALPHA: Final = 0.05
"""The share of false finds, on average, among overlaps that are called more than chance."""

SHORT: Final = 12
"""Rows that a long table shows before it is opened; the style sheet counts them too."""

LONGEST: Final = 1000
"""Rows that a table of the page holds at most: a page has to open at once."""


@dataclass(frozen=True)
class Cell:
    """
    What a cell shows.

    Parameters
    ----------
    body
        Escaped markup, or text.
    value
        The number it is sorted by; cells without one are sorted by what they show.
    bar
        Share (0 to 1) drawn as a bar.
    tone
        Colour, by the name of a status.
    """

    body: Markup | str
    value: float | None = None
    bar: float | None = None
    tone: str = ""


@dataclass(frozen=True)
class Column:
    """
    A column of a table.

    Parameters
    ----------
    label
        The heading.
    numeric
        Whether it is sorted by numbers, and drawn to the right.
    needs
        The column of the frame that it shows; without it there, the column is left out.
    make
        Makes the cell of a row; None where the cells are made already.
    ranked
        Whether its numbers are only an order of words.
    """

    label: Markup
    numeric: bool
    needs: str
    make: Callable[[Row], Cell] | None = None
    ranked: bool = False


@dataclass(frozen=True)
class Table:
    """
    A table of the page, ready to be drawn.

    Parameters
    ----------
    name, caption
        Its id on the page, and its words.
    columns, rows
        What it shows.
    show_all
        Words on the button that opens a long table.
    on_paper
        What print says of a long table that is not open.
    notes
        Sentences above it.
    ordered_by
        Position of the column that the rows are in order of; -1 for none.
    short
        Rows that a long table shows before it is opened.
    """

    name: str
    caption: Markup
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    show_all: Markup
    on_paper: Markup
    notes: Sequence[Markup] = ()
    ordered_by: int = -1
    short: int = SHORT


@dataclass(frozen=True)
class Figure:
    """A headline number, its words, a note that says what year it is of, and a bar of parts."""

    number: Markup
    label: Markup
    note: Markup
    parts: Sequence[tuple[str, float, float]] = ()


@dataclass(frozen=True)
class Section:
    """A part of the page: its anchor and title, and whatever of the rest it has."""

    anchor: str
    title: Markup
    paragraphs: Sequence[Markup] = ()
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    points: Sequence[Markup] = ()
    reasons: Table | None = None
    meanings: Sequence[tuple[str, Markup, Markup]] = ()
    map: PageMap | None = None


class Listing:
    """
    Make columns and tables of an affiliation network.

    Parameters
    ----------
    aff
        The affiliation network, for the names.
    voice
        The languages.

    Examples
    --------
    >>> import pandas as pd, valuma_graph as vg
    >>> from valuma_graph.report.voice import Voice
    >>> listing = Listing(vg.datasets.southern_women(), Voice(("en",)))
    >>> frame = pd.DataFrame({"networks": [3]}, index=["Flora Price"])
    >>> table = listing.table("t", "T", frame, [listing.member("name"), listing.count("networks")])
    >>> [str(cell.body) for cell in table.rows[0]]
    ['<bdi>Flora Price</bdi>', '3']
    """

    def __init__(self, aff: Affiliation, voice: Voice) -> None:
        self.aff = aff
        self.voice = voice

    @cached_property
    def names(self) -> dict[Mode, dict[str, dict[str, str]]]:
        """Names of all nodes: mode → id → language → name."""
        return {
            "members": self.voice.names(self.aff, "members"),
            "networks": self.voice.names(self.aff, "networks"),
        }

    def table(
        self,
        name: str,
        caption: Markup,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        *,
        notes: Sequence[Markup] = (),
        ordered_by: int = -1,
    ) -> Table:
        """
        Return a table of the first `LONGEST` rows of a frame, in its order.

        Parameters
        ----------
        name
            Its id on the page.
        caption
            Its words.
        frame
            The rows; the index is the column `id`.
        columns
            What to show; those whose data the frame does not have are left out.
        notes
            Sentences above it.
        ordered_by
            Position of the column that the rows are in order of; -1 for none.
        """
        kept = [c for c in columns if c.needs == "id" or c.needs in frame]
        shown = frame.head(LONGEST)
        rows = [[c.make(row) for c in kept if c.make] for row in rows_of(shown)]
        t, total = self.voice.t, len(rows)
        if len(frame) > len(shown):
            notes = (*notes, t("page.cut", shown=len(shown), total=len(frame)))
        show_all = t("page.show_all", n=total)
        on_paper = t("page.on_paper", shown=SHORT, total=total)
        return Table(name, caption, kept, rows, show_all, on_paper, tuple(notes), ordered_by)

    def member(self, label: str, needs: str = "id") -> Column:
        """Return a column of names of members."""
        return self._column(label, needs, lambda row: self._name("members", row[needs]))

    def network(self, label: str, needs: str = "id") -> Column:
        """Return a column of names of networks."""
        return self._column(label, needs, lambda row: self._name("networks", row[needs]))

    def linked(self, label: str, pages: Mapping[str, str]) -> Column:
        """Return a column of names of networks that lead to their pages, where they have one."""
        from markupsafe import Markup

        def make(row: Row) -> Cell:
            cell = self._name("networks", row["id"])
            address = pages.get(row["id"])
            if address is None:
                return cell
            return Cell(Markup('<a href="{}">{}</a>').format(address, cell.body))

        return self._column(label, "id", make)

    def count(self, label: str, needs: str = "") -> Column:
        """Return a column of whole numbers."""
        key = needs or label

        def make(row: Row) -> Cell:
            value = row[key]
            return Cell(self.voice.number(value), None if value is None else float(value))

        return self._column(label, key, make, numeric=True)

    def decimal(self, label: str, needs: str = "") -> Column:
        """Return a column of numbers with one decimal."""
        key = needs or label

        def make(row: Row) -> Cell:
            value = row[key]
            if value is None:
                return Cell("–")
            return Cell(self.voice.number(value, 1), round(float(value), 6))

        return self._column(label, key, make, numeric=True)

    def share(self, label: str, needs: str = "", *, decimals: int = 0, bar: bool = False) -> Column:
        """Return a column of percentages, with a bar if asked for."""
        key = needs or label

        def make(row: Row) -> Cell:
            value = row[key]
            if value is None:
                return Cell("–")
            drawn = round(min(float(value), 1.0), 4) if bar else None
            return Cell(self.voice.percent(value, decimals), round(float(value), 6), drawn)

        return self._column(label, key, make, numeric=True)

    def word(self, label: str, needs: str, group: str, order: Sequence[str] = ()) -> Column:
        """Return a column of words of the catalogue, sorted in an order if one is given."""

        def make(row: Row) -> Cell:
            value = row[needs]
            if value not in order:
                return Cell(self.voice.word(group, value))
            return Cell(self.voice.word(group, value), float(order.index(value)), tone=value)

        return self._column(label, needs, make, numeric=bool(order), ranked=bool(order))

    def date(self, label: str, needs: str) -> Column:
        """Return a column of years and dates, each on one line."""
        from markupsafe import Markup

        return self.text(label, needs, Markup("<time>{}</time>").format)

    def text(self, label: str, needs: str, say: Callable[[Any], Markup | str]) -> Column:
        """Return a column of other text; a dash where there is none."""

        def make(row: Row) -> Cell:
            return Cell("–" if row[needs] is None else say(row[needs]))

        return self._column(label, needs, make)

    def _column(
        self,
        label: str,
        needs: str,
        make: Callable[[Row], Cell],
        *,
        numeric: bool = False,
        ranked: bool = False,
    ) -> Column:
        return Column(self.voice.t(f"page.col.{label}"), numeric, needs, make, ranked)

    def _name(self, mode: Mode, node: str | None) -> Cell:
        if node is None:
            return Cell("–")
        known = self.names[mode].get(node) or dict.fromkeys(self.voice.langs, node)
        return Cell(self.voice.name(known))


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """
    Return the rows as plain values, None where missing, with the index as `id`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows_of(pd.DataFrame({"n": pd.array([1, None], dtype="Int64")}, index=["a", "b"]))
    [{'id': 'a', 'n': 1}, {'id': 'b', 'n': None}]
    """
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        {"id": str(node), **dict(zip(plain.columns, row, strict=True))}
        for node, row in zip(plain.index, plain.itertuples(index=False, name=None), strict=True)
    ]
