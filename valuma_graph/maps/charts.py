"""The sheet of pictures that are no maps: measured in points, words broken into lines that fit."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from valuma_graph.maps.canvas import (
    clean,
    new_axes,
    paragraph,
    renderer_of,
    text_size,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from valuma_graph.maps.canvas import Box

LEADING: Final = 1.25
"""Height of a line, in sizes of the text."""

SPARE: Final = 0.93
"""Of the width of a line: letters are broader at other resolutions."""

_ASCENT: Final = 0.887  # of a line that stands at its top, in sizes of the text
_EM: Final = 100  # points that widths are measured at
_NARROW: Final = 0.2  # sizes of the text: hardly a letter is narrower
_REST: Final = 3  # letters of a broken word, at least, that go on the next line

INK: Final = {
    "text": "#1A1A1A",
    "soft": "#5A5A5A",
    "line": "#B5B0A5",
    "paper": "#F6F4EF",
    "stated": "#0072B2",
    "inferred": "#9CCBE8",
    "computed": "#E69F00",
    "unknown": "#D9D9D9",
    "good": "#009E73",
    "bad": "#D55E00",
}
"""Colours of charts, told apart by the colour-blind; beside a colour there is always a mark."""


def chart_axes(ax: Axes | None, *, size: str | tuple[float, float] = "slide") -> Axes:
    """
    Return Axes whose coordinates are points (1/72 inch) from their lower left corner.

    Parameters
    ----------
    ax
        Axes of the caller, or None for those of a new figure.
    size
        Of a new figure: `a4` (upright), `slide`, or width and height in inches.

    Examples
    --------
    >>> ax = chart_axes(None, size=(10, 5))
    >>> [round(float(n)) for n in ax.get_xlim()]
    [0, 677]
    """
    made = new_axes(ax, size=size)
    made.set_aspect("auto")
    box, points = made.get_window_extent(), 72 / made.figure.dpi
    made.set_xlim(0, box.width * points)
    made.set_ylim(0, box.height * points)
    return made


def frame(ax: Axes, title: str, notes: Sequence[str]) -> Box:
    """Write a title above and notes below; return the room between them, in points."""
    size, points, box = text_size(ax), 72 / ax.figure.dpi, ax.get_window_extent()
    renderer = renderer_of(ax)
    head = paragraph(ax, title, size * 1.45, top=True, weight="bold").get_window_extent(renderer)
    foot = paragraph(ax, "\n".join(notes), size * 0.85, top=False).get_window_extent(renderer)
    low = (foot.y1 - box.y0) * points + size if notes else size * 0.5
    return 0.0, low, box.width * points, (head.y0 - box.y0) * points - size * 0.7


def broken(words: str, size: float, width: float, *, weight: str = "normal") -> list[str]:
    r"""
    Break words into lines that fit a width, by the widths of the font.

    Parameters
    ----------
    words
        Plain text; a line feed begins a new line.
    size
        Of the text, points.
    width
        Points.
    weight
        `normal` or `bold`.

    Returns
    -------
    lines
        Made clean, as `canvas.clean` does. A word that is wider than the line is broken after a
        hyphen of its own or else with one, three letters at least going on the next line.

    Examples
    --------
    >>> broken("one two\nthree", 10, 40)
    ['one', 'two', 'three']
    >>> broken("abcdefghij", 10, 40), broken("well-known", 10, 55)
    (['abcdef-', 'ghij'], ['well-', 'known'])
    """
    room = width / size
    return [line for part in clean(words).split("\n") for line in _lines(part, room, weight)]


@cache
def _font(weight: str) -> Any:  # noqa: ANN401
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    # One of its own: whoever draws sets the size of those that matplotlib keeps.
    found = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight=weight))
    font = FT2Font(found)
    font.set_size(_EM, 72)
    return font


@lru_cache(maxsize=20_000)
def breadth(words: str, weight: str = "normal") -> float:
    """Return the width that words in one line take up, in sizes of the text."""
    from matplotlib.ft2font import LoadFlags

    font = _font(weight)
    font.set_text(words, 0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / _EM / SPARE


def _lines(part: str, room: float, weight: str) -> Iterator[str]:
    space, line, used = breadth("a a", weight) - 2 * breadth("a", weight), "", 0.0
    for word in part.split(" "):
        wide = _wide(word, room, weight)
        if line and used + space + wide <= room:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            yield line
        while wide > room and len(word) > 1:
            cut = _fitting(word, room, weight)
            yield word[:cut] + ("" if word[cut - 1] == "-" else "-")
            word = word[cut:]  # noqa: PLW2901
            wide = _wide(word, room, weight)
        line, used = word, wide
    yield line


def _wide(word: str, room: float, weight: str) -> float:
    """Return the width of a word; one that is far too long for a line is not measured."""
    return room + 1 if len(word) > room / _NARROW + 2 else breadth(word, weight)


def _fitting(word: str, room: float, weight: str) -> int:
    """Return how many letters of a word go on a line that has a hyphen at its end."""
    low, high = 1, min(max(len(word) - _REST, 2), len(word) - 1, int(room / _NARROW) + 2)
    while low < high:
        middle = (low + high + 1) // 2
        if breadth(word[:middle].removesuffix("-") + "-", weight) <= room:
            low = middle
        else:
            high = middle - 1
    own = word.rfind("-", _REST, low) + 1
    return own or low


def wrap(words: str, size: float, width: float, *, weight: str = "normal") -> list[str]:
    """Break words as `write` does, whose lines may be as wide as they are told to be."""
    return broken(words, size, width / SPARE, weight=weight)


def write(  # noqa: PLR0913  a text has that many traits
    ax: Axes,
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    width: float | None = None,
    most: int | None = None,
    ha: Literal["left", "center", "right"] = "left",
    va: Literal["top", "center", "bottom"] = "top",
    weight: str = "normal",
    color: str = INK["text"],
    zorder: float = 5,
) -> Box:
    """
    Write words, broken into lines where a width is given; return where they stand, in points.

    Parameters
    ----------
    ax
        Axes of the chart.
    x, y
        Points.
    words
        Plain text.
    size, weight, color, zorder
        Of the text.
    width
        Of the lines, points; None for one line. Unlike `broken`, it leaves nothing to spare.
    most
        The most lines; what is left out is shown by an ellipsis.
    ha, va
        How it stands to the point.
    """
    lines = clean(words).split("\n")
    if width is not None:
        lines = broken(words, size, width / SPARE, weight=weight)
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip("-") + " …"]
    stand: str = va
    if va == "top" and len(lines) == 1:
        # Else the letters of a line, as Å or g, would move it up or down.
        stand, y = "baseline", y - _ASCENT * size
    text = ax.text(
        x, y, "\n".join(lines), fontsize=size, ha=ha, va=stand, weight=weight, color=color,
        family="DejaVu Sans", parse_math=False, linespacing=LEADING, zorder=zorder,
    )  # fmt: skip
    box = text.get_window_extent(renderer_of(ax)).transformed(ax.transData.inverted())
    return float(box.x0), float(box.y0), float(box.x1), float(box.y1)
