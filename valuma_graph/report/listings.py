"""Parts of the pages: sections, figures, tables, and what their cells show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

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
    """

    label: Markup
    numeric: bool


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
    notes
        Sentences above it.
    ordered_by
        Position of the column that the rows are in order of; -1 for none.
    """

    name: str
    caption: Markup
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[Markup] = ()
    ordered_by: int = -1


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
