"""Lists of marked names in boxes: as large as they fit, never one on another, none lost unsaid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from valuma_graph.maps.canvas import clean
from valuma_graph.maps.charts import INK, LEADING, breadth, broken, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from valuma_graph.maps.canvas import Box

INDENT: Final = 1.4
"""Room for a mark before a name, in sizes of the text."""

GAP: Final = 0.35
"""Room between two entries of a list, in sizes of the text."""

_BETWEEN: Final = 1.0  # columns of a list, in sizes of the text
_NARROWEST: Final = 11.5  # column of a list, in sizes of the text


@dataclass(frozen=True)
class Mark:
    """
    A mark before a name.

    Parameters
    ----------
    shape
        As matplotlib names markers.
    fill
        How much of it is filled: full, left (half) or none.
    color
        Of what is filled.
    """

    shape: str
    fill: str = "full"
    color: str = INK["stated"]


BASES: Final = {
    "stated": ("full", INK["stated"]),
    "coded": ("bottom", INK["stated"]),
    "inferred": ("left", INK["stated"]),
    "computed": ("none", INK["computed"]),
    "unknown": ("none", INK["line"]),
}
"""How much of a mark is filled, and its colour, by what a statement rests on."""


@dataclass(frozen=True)
class Entry:
    """A name, and the mark before it; one without a mark is a note."""

    words: str
    mark: Mark | None = None


@dataclass(frozen=True)
class Line:
    """An entry in its place: points from the upper left corner of its box, and its lines."""

    x: float
    y: float
    lines: list[str]
    entry: Entry


@dataclass(frozen=True, eq=False)
class Setter:
    """Breaks names into lines for an Axes."""

    ax: Axes

    def lines(self, words: str, size: float, width: float, *, weight: str = "normal") -> list[str]:
        """Return the lines of words in a width; a word that is too wide is broken by a hyphen."""
        return broken(_plain(words), size, width, weight=weight)

    def cut(
        self, words: str, size: float, width: float, *, most: int, weight: str = "normal"
    ) -> list[str]:
        """Return at most so many lines, the last as full as it can be and with an ellipsis."""
        lines = self.lines(words, size, width, weight=weight)
        if len(lines) <= most:
            return lines
        rest = _after(_plain(words), lines[: most - 1])
        part = _prefix(rest, "…", width / size, weight)
        return [*lines[: most - 1], f"{part.rstrip()}…"]

    def broad(self, words: str, size: float) -> float:
        """Measure words in one line, points."""
        return breadth(clean(words)) * size


def _plain(words: str) -> str:
    """Return words clean and in one line, a space between each."""
    return " ".join(clean(words).split())


def _prefix(words: str, end: str, room: float, weight: str) -> str:
    """Return as much of words as fits with an ending, at least a letter."""
    few, many = 1, len(words)
    while many - few > 1:
        middle = (few + many) // 2
        fits = breadth(words[:middle].rstrip() + end, weight) <= room
        few, many = (middle, many) if fits else (few, middle)
    return words[:few]


def _after(words: str, lines: list[str]) -> str:
    """Return what is left of words after some lines of them."""
    for line in lines:
        part = line if words.startswith(line) else line.removesuffix("-")
        words = words[len(part) :].strip()
    return words


def least(ax: Axes) -> float:
    """Return the smallest text of a sheet, points: 6 on one that is upright, else 8."""
    box = ax.get_window_extent()
    return 6.0 if box.height > box.width else 8.0


def sizes(ax: Axes, largest: float) -> list[float]:
    """Return the sizes of text to try, the largest first; a tiny sheet goes below `least`."""
    box, points = ax.get_window_extent(), 72 / ax.figure.dpi
    low = min(least(ax), largest, max(box.width, box.height) * points / 60)
    steps = int((largest - low) / 0.5)
    return [*(largest - 0.5 * k for k in range(steps + 1) if largest - 0.5 * k > low), low]


def laid(
    setter: Setter,
    entries: Sequence[Entry],
    size: float,
    width: float,
    *,
    most: int,
    columns: int = 4,
) -> tuple[float, list[Line]]:
    """
    Lay a list out in as many columns, up to a number, as make it lowest.

    Parameters
    ----------
    setter
        Of the Axes.
    entries
        In order.
    size
        Of the text, points.
    width
        Of the box, points.
    most
        The most lines of a name; what is left out is shown by an ellipsis.
    columns
        The most columns.

    Returns
    -------
    height, lines
        Points.
    """
    best: tuple[float, list[Line]] | None = None
    for n in range(1, columns + 1):
        wide = (width - _BETWEEN * size * (n - 1)) / n
        if n > 1 and (wide < _NARROWEST * size or n > len(entries)):
            break
        text = wide - INDENT * size
        tall = [setter.cut(one.words, size, text, most=most) for one in entries]
        found = _columns(entries, tall, size, wide, n)
        if best is None or found[0] < best[0] - 0.1:
            best = found
    return best or (0.0, [])


def _columns(
    entries: Sequence[Entry], tall: list[list[str]], size: float, wide: float, columns: int
) -> tuple[float, list[Line]]:
    """Fill columns from the left, as evenly as their order allows."""
    heights = [(len(lines) * LEADING + GAP) * size for lines in tall]
    limit = max([sum(heights) / columns, *heights], default=0.0)
    while True:
        column, y, found = 0, 0.0, []
        for entry, lines, height in zip(entries, tall, heights, strict=True):
            if y and y + height > limit + 0.01:
                column, y = column + 1, 0.0
            found.append(Line(column * (wide + _BETWEEN * size), y, lines, entry))
            y += height
        if column < columns:
            break
        limit += size / 2
    low = max((line.y + h for line, h in zip(found, heights, strict=True)), default=0.0)
    return low, found


def capped(entries: Sequence[Entry], most: int, more: str) -> list[Entry]:
    """
    Keep the first entries, and say how many more there are.

    Examples
    --------
    >>> [one.words for one in capped([Entry(c) for c in "abcd"], 2, "… and {n} more")]
    ['a', 'b', '… and 2 more']
    """
    left = len(entries) - most
    return [*entries[:most], *([Entry(more.format(n=left))] if left > 0 else [])]


def draw_mark(ax: Axes, x: float, y: float, mark: Mark, size: float) -> None:
    """Draw a mark about a point, as large as text of a size; a line is thick where it is full."""
    broad = {"^": 0.86, "s": 0.66, "_": 1.1, "*": 1.0}.get(mark.shape, 0.76)
    plain = mark.fill == "none" or mark.shape == "_"
    width = {"none": 0.16, "full": 0.07}.get(mark.fill, 0.07)
    if mark.shape == "_":
        width = {"none": 0.1}.get(mark.fill, 0.3)
    ax.plot(
        [x], [y], marker=mark.shape, fillstyle=mark.fill, markersize=broad * size, ls="none",
        markerfacecolor=mark.color, markerfacecoloralt="white", zorder=6,
        markeredgecolor=mark.color if plain else INK["text"], markeredgewidth=width * size,
    )  # fmt: skip


def draw_list(ax: Axes, lines: Sequence[Line], left: float, top: float, size: float) -> None:
    """Draw a list that was laid out, from the upper left corner of its box."""
    for line in lines:
        x, y = left + line.x, top - line.y
        if line.entry.mark is not None:
            draw_mark(ax, x + 0.5 * size, y - 0.58 * size, line.entry.mark, size)
        soft = INK["text"] if line.entry.mark is not None else INK["soft"]
        write(ax, x + INDENT * size, y, "\n".join(line.lines), size=size, color=soft)


def legend_rows(
    setter: Setter, entries: Sequence[Entry], room: Box, size: float, *, gap: float = 1.6
) -> Box:
    """Write entries in rows at the foot of a room; return the room above them."""
    x0, y0, x1, y1 = room
    rows: list[list[tuple[float, Entry]]] = [[]]
    x = 0.0
    for one in entries:
        broad = setter.broad(one.words, size) + INDENT * size
        if x and x + broad > x1 - x0:
            rows.append([])
            x = 0.0
        rows[-1].append((x, one))
        x += broad + gap * size
    pitch = 1.5 * size
    for k, row in enumerate(reversed(rows)):
        top = y0 + (k + 1) * pitch
        for x, one in row:
            lines = [Line(x, 0.0, [one.words], one)]
            draw_list(setter.ax, lines, x0, top, size)
    return x0, y0 + len(rows) * pitch + 0.5 * size, x1, y1
