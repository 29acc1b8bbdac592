"""The impact chain of figure 12 as a diagram: four boxes from the means to the impacts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from valuma_graph.maps.canvas import text_size
from valuma_graph.maps.charts import INK, LEADING, broken, chart_axes, frame, write
from valuma_graph.policy.impacts import LINKS, MODELS, impact
from valuma_graph.policy.statements import names_of, resolve
from valuma_graph.policy.wording import cited
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.maps.canvas import Box
    from valuma_graph.policy.statements import Answers

BASIS_MARKS: Final = {
    "stated": ("●", INK["stated"]),
    "coded": ("◆", INK["good"]),
    "inferred": ("◇", INK["soft"]),
    "computed": ("■", INK["computed"]),
    "unknown": ("?", INK["soft"]),
}
"""Mark and colour of how firm a statement is."""

_SMALLEST: Final = {"slide": 8.0, "a4": 6.0}
_STEPS: Final = 10  # sizes of text that are tried
_GROW: Final = 1.25  # text of a chart to that of a map, at most
_SMALL: Final = (2.0, 1.8, 1.6, 1.4)  # the same where a chain is small
_LONGEST: Final = 5  # lines of an item where room is short
_NAMED: Final = 5  # sources that the note names
_PAD: Final = 0.6  # around and between items, in sizes of the text
_ARROW: Final = 2.4  # between boxes, in sizes of the text
_LOOSE: Final = 1.0  # between items besides where there is room, in sizes of the text
_HEADING: Final = re.compile(r"^(VALUMA report, [^:]*): .*$")
_CELL: Final = re.compile(r"(, [^,]*)?, \$?[A-Z]{1,3}\$?\d+$")


@dataclass(frozen=True)
class _Item:
    basis: str
    words: str


@dataclass(frozen=True)
class _Layout:
    """A size of the text, the lines of every box, and the room between their items."""

    size: float
    heads: list[list[str]]
    bodies: list[list[tuple[str, list[str]]]]
    heights: list[float]
    between: float


def plot_impact(
    aff: Affiliation,
    subject: str,
    *,
    answers: Answers | None = None,
    ax: Axes | None = None,
    size: str | tuple[float, float] = "slide",
    lang: str = "en",
) -> Axes:
    """
    Draw the impact chain of a model or a network, as figure 12 of the report.

    Four boxes from the means to the societal impacts: side by side on a wide sheet, one below the
    other on an upright one. A mark before each item tells how firm it is. The text is as large as
    fits and the boxes fill the sheet; what does not fit at the smallest size is counted in its box.

    Parameters
    ----------
    aff
        The affiliation network.
    subject
        `framework`, `A`, `B`, `C` or `D`, or a network by id or name.
    answers
        What users say of their networks.
    ax
        Axes to draw on; those of a new figure when None.
    size
        Of a new figure: `slide`, `a4`, or width and height in inches.
    lang
        `fi`, `sv` or `en`.

    Returns
    -------
    ax
        The Axes, in points.

    Raises
    ------
    UnknownNodeError
        If it is no model, and there is no such network.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> ax = plot_impact(vg.datasets.finland(year=2019), "A")
    >>> any("New partnerships" in text.get_text() for text in ax.texts)
    True
    """
    chain = impact(aff, subject, answers=answers, lang=lang)
    ax = chart_axes(ax, size=size)
    title = _title(aff, subject, answers, lang)
    room = frame(ax, title, _notes(chain, subject, lang))
    room = _legend(ax, chain, room, lang)
    above, below = _outside(chain, lang)
    _boxes(ax, _sections(chain, lang), room, (above, below), lang)
    return ax


def _title(aff: Affiliation, subject: str, answers: Answers | None, lang: str) -> str:
    if subject == "framework":
        return t("plot_impact.framework", lang)
    if subject in MODELS:
        return t("plot_impact.model", lang, name=t(f"code_model.{subject}", lang))
    network = resolve(aff, subject, answers=answers)
    name = str(names_of(aff, [network], answers=answers, lang=lang).iloc[0])
    return t("plot_impact.title", lang, name=name)


def _notes(chain: pd.DataFrame, subject: str, lang: str) -> list[str]:
    notes = [t("plot_impact.backwards", lang)]
    if subject not in MODELS:
        rules = [rule for rule in ("impact_goal",) if chain["rule"].eq(rule).any()]
        notes += [t(f"rule.{rule}", lang) for rule in rules]
    # A heading within an annex, or a cell of a form, is more than a note has room for.
    places = [_CELL.sub("", _HEADING.sub(r"\1", one)) for one in chain["source"].dropna()]
    named = [*dict.fromkeys(places)]
    if not named:
        return notes
    words = " | ".join(cited(place, lang) for place in named[:_NAMED])
    more = len(named) - _NAMED
    if more > 0:
        words += " " + t("plot_impact.more", lang, n=more)
    return [*notes, t("plot_impact.source", lang, source=words)]


def _legend(ax: Axes, chain: pd.DataFrame, room: Box, lang: str) -> Box:
    """Write which mark means what at the bottom of the room; return what is left."""
    size, (left, low, right, high) = text_size(ax) * 0.9, room
    x, y = left, low
    for basis in [one for one in BASIS_MARKS if chain["basis"].eq(one).any()]:
        mark, color = BASIS_MARKS[basis]
        words = t(f"basis.{basis}", lang)
        if x > left and x + size * (3 + 0.7 * len(words)) > right:
            x, y = left, y + size * 1.5
        box = write(ax, x, y, mark, size=size, color=color, va="bottom", weight="bold")
        x = write(ax, box[2] + size * 0.4, y, words, size=size, va="bottom")[2] + size * 1.5
    return left, y + size * 1.9, right, high


def _outside(chain: pd.DataFrame, lang: str) -> tuple[str, str]:
    """Return what stands above the chain (definition, or goals by number) and what below it."""
    words = {}
    for link in ("definition", "challenges"):
        items = chain.loc[chain["link_id"].eq(link), "item"]
        joined = " · ".join(items)
        words[link] = f"{t(f'impact_link.{link}', lang)}: {joined}" if len(items) else ""
    numbered = _numbers(chain)
    if numbered:
        joined = " · ".join(f"({n}) {goal}" for goal, n in numbered.items())
        words["definition"] = f"{t('plot_impact.goals', lang)}: {joined}"
    return words["definition"], words["challenges"]


def _numbers(chain: pd.DataFrame) -> dict[str, int]:
    """Return the number of each goal that items other than itself serve."""
    tied = chain["goal"].notna() & chain["goal"].ne(chain["item"])
    return {str(goal): n for n, goal in enumerate(dict.fromkeys(chain.loc[tied, "goal"]), 1)}


def _sections(chain: pd.DataFrame, lang: str) -> list[tuple[str, list[_Item]]]:
    """Return heading and items of each link."""
    numbered = _numbers(chain)
    made = []
    for link in LINKS:
        items = []
        for row in chain[chain["link_id"].eq(link)].itertuples(index=False):
            words = str(row.item) if row.item else ""
            if row.goal in numbered:
                words = f"{words} ({numbered[str(row.goal)]})".strip()
            if row.indicator:
                told = t("plot_impact.indicator", lang, indicator=row.indicator)
                words = f"{words}\n{told}".strip()
            items.append(_Item(str(row.basis), words or t("plot_impact.unknown", lang)))
        made.append((t(f"impact_link.{link}", lang), items))
    return made


def _boxes(
    ax: Axes,
    sections: list[tuple[str, list[_Item]]],
    room: Box,
    outside: tuple[str, str],
    lang: str,
) -> None:
    """Draw the boxes with the largest text that fits, and what stands above and below them."""
    left, low, right, high = room[0] + 0.5, room[1], room[2] - 0.5, room[3]
    wide = right - left > high - low
    largest = text_size(ax) * _GROW
    smallest = min(_SMALLEST["slide" if wide else "a4"], largest)
    steps = [largest - (largest - smallest) * step / (_STEPS - 1) for step in range(_STEPS)]
    for size in (*(text_size(ax) * more for more in _SMALL), *steps):
        last, width = size == steps[-1], right - left
        strips = [broken(words, size, width) if words else [] for words in outside]
        strips = [_cut(lines) if last else lines for lines in strips]
        taken = [size * (LEADING * len(lines) + 1) if lines else 0.0 for lines in strips]
        space = high - low - sum(taken)
        if wide:
            width = (width - 3 * _ARROW * size) / 4
        layout = _lay(sections, size, width)
        large = size > largest and (max(map(len, strips)) > 1 or _split(layout))
        if _tall(layout, wide=wide) <= space and not large:
            break
    else:
        layout = _shorten(sections, layout, width, space, wide=wide, lang=lang)
    layout = _filled(layout, space, wide=wide)
    end = _draw(ax, layout, (left, high - taken[0]), width, wide=wide)
    for lines, y in zip(strips, (high, end - size), strict=True):
        if lines:
            write(ax, left, y, "\n".join(lines), size=size)


def _lay(sections: list[tuple[str, list[_Item]]], size: float, width: float) -> _Layout:
    inner = width - 2 * _PAD * size
    heads = [broken(head, size, inner, weight="bold") for head, _ in sections]
    text = width - (2 * _PAD + 1.4) * size
    bodies = [
        [(item.basis, broken(item.words, size, text)) for item in items] for _, items in sections
    ]
    return _measured(size, heads, bodies)


def _measured(
    size: float,
    heads: list[list[str]],
    bodies: list[list[tuple[str, list[str]]]],
    between: float = _PAD,
) -> _Layout:
    heights = [
        size * (2 * _PAD + sum(LEADING * len(lines) + between for _, lines in body))
        for body in bodies
    ]
    return _Layout(size, heads, bodies, heights, between)


def _split(layout: _Layout) -> bool:
    """Tell whether a word of it is broken."""
    blocks = [*layout.heads, *(lines for body in layout.bodies for _, lines in body)]
    return any(line.endswith("-") for lines in blocks for line in lines[:-1])


def _filled(layout: _Layout, space: float, *, wide: bool) -> _Layout:
    """Return a layout that fills its room: items farther apart, and then boxes higher."""
    for step in (1.0, 0.75, 0.5, 0.25, 0.0):
        between = _PAD + _LOOSE * step
        loose = _measured(layout.size, layout.heads, layout.bodies, between)
        spare = space - _tall(loose, wide=wide)
        if spare >= 0:
            break
    spare = max(spare, 0.0)
    if wide:
        heights = [max(loose.heights) + spare] * len(loose.heights)
    else:
        heights = [height + spare / len(loose.heights) for height in loose.heights]
    return replace(loose, heights=heights)


def _cut(lines: list[str]) -> list[str]:
    """Return no more lines than an item may have; an ellipsis stands for the end of the others."""
    if len(lines) <= _LONGEST:
        return lines
    last = lines[_LONGEST - 1]
    return [*lines[: _LONGEST - 1], last[: max(len(last) - 3, 0)] + " …"]


def _head(layout: _Layout, n: int, *, wide: bool) -> float:
    """Return the height of a heading; those side by side are of one height."""
    lines = max(map(len, layout.heads)) if wide else len(layout.heads[n])
    return layout.size * (LEADING * lines + 2 * _PAD)


def _tall(layout: _Layout, *, wide: bool) -> float:
    whole = [h + _head(layout, n, wide=wide) for n, h in enumerate(layout.heights)]
    return max(whole) if wide else sum(whole) + 3 * _ARROW * layout.size


def _shorten(
    sections: Sequence[tuple[str, list[_Item]]],
    layout: _Layout,
    width: float,
    space: float,
    *,
    wide: bool,
    lang: str,
) -> _Layout:
    """Return a layout with fewer lines that fits, each box saying how many items it leaves out."""
    bodies = [[(basis, _cut(lines)) for basis, lines in body] for body in layout.bodies]
    kept = [len(body) for body in bodies]
    inner = width - (2 * _PAD + 1.4) * layout.size

    def shown() -> _Layout:
        made = []
        for body, n, (_, items) in zip(bodies, kept, sections, strict=True):
            rest = len(items) - n
            more = broken(t("plot_impact.more", lang, n=rest), layout.size, inner)
            made.append([*body[:n], *([("", more)] if rest else [])])
        return _measured(layout.size, layout.heads, made)

    tried = shown()
    while _tall(tried, wide=wide) > space and any(kept):
        fullest = max(range(len(kept)), key=lambda n: tried.heights[n] if kept[n] else -1)
        kept[fullest] -= 1
        tried = shown()
    return tried


def _draw(
    ax: Axes, layout: _Layout, corner: tuple[float, float], width: float, *, wide: bool
) -> float:
    """Draw the boxes; return where they end."""
    from matplotlib.patches import FancyArrowPatch, Rectangle

    size, (x, y) = layout.size, corner
    pad, gap = _PAD * size, _ARROW * size
    tallest = max(layout.heights)
    for n, (lines, body) in enumerate(zip(layout.heads, layout.bodies, strict=True)):
        head = _head(layout, n, wide=wide)
        height = tallest if wide else layout.heights[n]
        top = Rectangle(
            (x, y - head), width, head, fc=INK["text"], ec="none", zorder=2, clip_on=False
        )
        under = Rectangle(
            (x, y - head - height),
            width,
            height,
            fc=INK["paper"],
            ec=INK["line"],
            lw=0.6,
            zorder=1,
            clip_on=False,
        )
        ax.add_patch(top)
        ax.add_patch(under)
        write(
            ax, x + pad, y - head / 2, "\n".join(lines), size=size, va="center",
            weight="bold", color="#FFFFFF",
        )  # fmt: skip
        level = y - head - pad
        for basis, words in body:
            mark, color = BASIS_MARKS.get(basis, ("", INK["soft"]))
            if mark:
                write(ax, x + pad, level, mark, size=size, color=color, weight="bold")
            write(ax, x + pad + 1.4 * size, level, "\n".join(words), size=size)
            level -= size * (LEADING * len(words) + layout.between)
        end = y - head - height
        if n < len(layout.heads) - 1:
            ends = (
                (
                    (x + width + 0.3 * size, y - head / 2),
                    (x + width + gap - 0.3 * size, y - head / 2),
                )
                if wide
                else ((x + width / 2, end - 0.3 * size), (x + width / 2, end - gap + 0.3 * size))
            )
            ax.add_patch(
                FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=size * 1.2, lw=1.6,
                                color=INK["text"], shrinkA=0, shrinkB=0, zorder=3)
            )  # fmt: skip
        x, y = (x + width + gap, y) if wide else (x, end - gap)
    return end
