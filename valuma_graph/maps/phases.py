"""Networks in the phases of figure 9 and the steps of figure 10."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from valuma_graph.maps.canvas import text_size
from valuma_graph.maps.charts import INK, LEADING, chart_axes, frame, write
from valuma_graph.maps.entries import (
    BASES,
    Entry,
    Line,
    Mark,
    Setter,
    capped,
    draw_list,
    laid,
    least,
    legend_rows,
    sizes,
)
from valuma_graph.policy.ages import year_of
from valuma_graph.policy.history import lifecycle
from valuma_graph.policy.placing import FIRMNESS
from valuma_graph.policy.schema import CODES
from valuma_graph.text import number, sort_key, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.maps.canvas import Box
    from valuma_graph.policy.statements import Answers

_HEIGHTS: Final = (0.0, 0.06, 0.22, 0.72, 0.88, 0.55, 0.95)
"""Height of the curve at the start of each phase and at its end: it rises, dips and rises."""

_TINTS: Final = ("#EAF2F8", "#F3F7E9")
_CURVE: Final = 0.16  # of the height, for the curve
_PANEL: Final = 0.24  # of the width, for those in no phase
_BELOW: Final = 0.26  # of the height, for the same on an upright sheet
_PAD: Final = 0.6  # inside a box, in sizes of the text
_LONGEST: Final = 4  # lines of a name
_MOST: Final = 80  # names of those of which nothing is known


@dataclass(frozen=True)
class _Box:
    """A heading, the list below it, and how high that is."""

    head: list[str]
    lines: list[Line]
    need: float


@dataclass(frozen=True)
class _Layout:
    size: float
    phases: list[_Box]
    stages: list[_Box]


def plot_lifecycle(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    year: int | None = None,
    ax: Axes | None = None,
    size: str | tuple[float, float] = "slide",
    lang: str = "en",
) -> Axes:
    """
    Draw the phases of the life cycle and the steps of maturity with the networks in them.

    As figures 9 and 10 of the report. Most networks are in no phase, since little is known of
    that; they are counted and, as far as there is room, named beside the phases, and so are those
    that ended. Where nothing is known of any, one sentence stands in place of the phases. The mark
    before a name tells what its phase or step rests on.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; None for all that something is said of.
    answers
        What users say of their networks.
    year
        The year to judge in; None for that of the set, else 2019.
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
        If there is no such network.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> ax = plot_lifecycle(vg.datasets.finland(year=2019), networks=["keino"])
    >>> any(text.get_text().startswith("KEINO") for text in ax.texts)
    True
    """
    table = lifecycle(aff, networks=networks, answers=answers, year=year, lang=lang)
    table = table.loc[table["name"].map(sort_key).sort_values(kind="stable").index]
    ax = chart_axes(ax, size=size)
    setter = Setter(ax)
    title = t("map_lifecycle.title", lang, year=year_of(aff, year))
    known = table["phase"].isin(CODES["phase"]) | table["stage"].isin(CODES["stage"])
    notes = [t("map_lifecycle.note", lang)] if known.any() else []
    room = frame(ax, title, [*notes, t("map_lifecycle.source", lang)])
    legend = _legend(table, lang)
    room = legend_rows(setter, legend, room, max(text_size(ax) * 0.9, least(ax)))
    x0, y0, x1, y1 = room
    x1 -= 1  # so that the line of a frame is seen
    wide = x1 - x0 > 1.1 * (y1 - y0)
    gap = text_size(ax)
    if wide:
        main, aside = _split((x0, y0, x1, y1), gap)
    else:
        low = y0 + _BELOW * (y1 - y0)
        main, aside = (x0, low + gap, x1, y1), (x0, y0, x1, low)
    if not known.any():
        words = setter.lines(t("map_lifecycle.nothing", lang), gap, main[2] - main[0])
        write(ax, main[0], main[3], "\n".join(words), size=gap)
        _draw_aside(setter, table, aside, gap, lang)
        return ax
    layout = _layout(setter, table, main, lang)
    _draw_main(ax, layout, main, lang)
    _draw_aside(setter, table, aside, layout.size, lang)
    return ax


def _split(room: Box, gap: float) -> tuple[Box, Box]:
    x0, y0, x1, y1 = room
    right = x1 - _PANEL * (x1 - x0)
    return (x0, y0, right - gap, y1), (right, y0, x1, y1)


def _legend(table: pd.DataFrame, lang: str) -> list[Entry]:
    shown = {*table["phase_basis"], *table["stage_basis"]} - {"unknown"}
    return [
        Entry(t(f"basis.{basis}", lang), Mark("o", *BASES[basis]))
        for basis in FIRMNESS
        if basis in shown
    ]


def _entries(table: pd.DataFrame, column: str, value: str) -> list[Entry]:
    rows = table[table[column].eq(value)]
    bases = rows[f"{column}_basis"]
    return [
        Entry(str(name), Mark("o", *BASES[str(basis)]))
        for name, basis in zip(rows["name"], bases, strict=True)
    ]


# -- how large ------------------------------------------------------------------------------------


def _layout(setter: Setter, table: pd.DataFrame, room: Box, lang: str) -> _Layout:
    """Return the largest layout that fits; with fewer names where none does."""
    phases = {p: _entries(table, "phase", p) for p in CODES["phase"]}
    stages = {s: _entries(table, "stage", s) for s in CODES["stage"]}
    tried = sizes(setter.ax, text_size(setter.ax))
    for size in tried:
        found = _fitted(setter, phases, stages, room, size, lang)
        if found is not None and (size == tried[-1] or not _broken(found)):
            return found
    more = t("map_quadrant.more", lang, n="{n}")
    few, many = 0, max(len(one) for one in (*phases.values(), *stages.values()))
    best = None
    while many - few > 1 or best is None:
        middle = (few + many) // 2 if best is not None else 0
        fewer, less = (
            {k: capped(v, middle, more) for k, v in lists.items()} for lists in (phases, stages)
        )
        found = _fitted(setter, fewer, less, room, tried[-1], lang, force=middle == 0)
        if found is None:
            many = middle
        else:
            few, best = middle, found
    return best


def _broken(layout: _Layout) -> bool:
    """Tell whether a word of a heading is broken."""
    return any(line.endswith("-") for box in layout.phases for line in box.head)


def _fitted(
    setter: Setter,
    phases: dict[str, list[Entry]],
    stages: dict[str, list[Entry]],
    room: Box,
    size: float,
    lang: str,
    *,
    force: bool = False,
) -> _Layout | None:
    across, down = room[2] - room[0], room[3] - room[1]
    upper = [
        _boxed(setter, t(f"code_phase.{one}", lang), entries, size, across / len(phases))
        for one, entries in phases.items()
    ]
    lower = [
        _boxed(setter, t(f"code_stage.{one}", lang), entries, size, across / len(stages))
        for one, entries in stages.items()
    ]
    need = max(box.need for box in upper) + max(box.need for box in lower)
    need += 3.5 * size * LEADING + _CURVE * down
    return _Layout(size, upper, lower) if need <= down or force else None


def _boxed(setter: Setter, head: str, entries: list[Entry], size: float, broad: float) -> _Box:
    inner = broad - 2 * _PAD * size
    title = setter.lines(head, size, inner, weight="bold")
    tall, lines = laid(setter, entries, size, inner, most=_LONGEST)
    return _Box(title, lines, tall + len(title) * LEADING * size + 2.5 * _PAD * size)


# -- drawing --------------------------------------------------------------------------------------


def _draw_main(ax: Axes, layout: _Layout, room: Box, lang: str) -> None:
    """Draw the phases below their curve, and the steps below the phases."""
    x0, y0, x1, y1 = room
    size = layout.size
    top = y1
    write(ax, x0, top, t("map_lifecycle.phases", lang), size=size, weight="bold")
    top -= 1.6 * size * LEADING
    curve = _CURVE * (y1 - y0)
    needs = [max(box.need for box in boxes) for boxes in (layout.phases, layout.stages)]
    spare = top - y0 - curve - 2 * size * LEADING - sum(needs)
    heights = [need + max(spare, 0) * need / sum(needs) for need in needs]
    _curve(ax, (x0, top - curve, x1, top))
    top -= curve
    _row(ax, layout.phases, (x0, top - heights[0], x1, top), size)
    top -= heights[0] + 0.5 * size
    write(ax, x0, top, t("map_lifecycle.stages", lang), size=size, weight="bold")
    top -= 1.4 * size * LEADING
    _row(ax, layout.stages, (x0, y0, x1, top), size)


def _curve(ax: Axes, box: Box) -> None:
    """Draw the wave of figure 9, a smooth line through the heights at the ends of its phases."""
    import numpy as np
    from scipy.interpolate import PchipInterpolator

    x0, y0, x1, y1 = box
    steps = np.linspace(0, len(_HEIGHTS) - 1, 200)
    wave = PchipInterpolator(np.arange(len(_HEIGHTS)), _HEIGHTS)(steps)
    x = x0 + steps / (len(_HEIGHTS) - 1) * (x1 - x0)
    y = y0 + 2 + wave * (y1 - y0 - 6)
    ax.plot(x, y, color=INK["stated"], lw=2.2, zorder=3)
    ax.fill_between(x, y0, y, color=INK["paper"], zorder=1, linewidth=0)


def _row(ax: Axes, boxes: list[_Box], room: Box, size: float) -> None:
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = room
    broad, pad = (x1 - x0) / len(boxes), _PAD * size
    for k, box in enumerate(boxes):
        left = x0 + k * broad
        ax.add_patch(
            Rectangle(
                (left, y0), broad, y1 - y0, fc=_TINTS[k % 2], ec=INK["line"], lw=0.8, zorder=1
            )
        )
        write(ax, left + pad, y1 - pad, "\n".join(box.head), size=size, weight="bold")
        top = y1 - 1.5 * pad - len(box.head) * LEADING * size
        draw_list(ax, box.lines, left + pad, top, size)


def _draw_aside(setter: Setter, table: pd.DataFrame, room: Box, size: float, lang: str) -> None:
    """Count and name those that ended and those of which nothing is known."""
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = room
    ax, pad = setter.ax, _PAD * size
    ax.add_patch(
        Rectangle((x0, y0), x1 - x0, y1 - y0, fc=INK["paper"], ec=INK["line"], lw=0.8, zorder=1)
    )
    ended = table["phase"].eq("ended")
    nothing = table["phase"].eq("unknown") & table["stage"].eq("unknown")
    parts = [
        ("ended", _entries(table[ended], "phase", "ended")),
        ("unknown", _entries(table[nothing], "phase", "unknown")),
    ]
    parts = [part for part in parts if part[1]]
    top = y1 - pad
    for k, (key, entries) in enumerate(parts):
        words = t(f"map_lifecycle.{key}", lang, n=number(len(entries), lang))
        head = setter.lines(words, size, x1 - x0 - 2 * pad, weight="bold")
        left_over = sum(2.6 * size * LEADING for _ in parts[k + 1 :])
        down = top - y0 - len(head) * LEADING * size - pad - left_over
        share = down if k == len(parts) - 1 else down * 0.5
        tall, lines = _as_many(setter, entries, (x1 - x0 - 2 * pad, share), size, lang)
        write(ax, x0 + pad, top, "\n".join(head), size=size, weight="bold")
        top -= len(head) * LEADING * size + 0.5 * pad
        draw_list(ax, lines, x0 + pad, top, size)
        top -= tall + pad


def _as_many(
    setter: Setter, entries: list[Entry], room: tuple[float, float], size: float, lang: str
) -> tuple[float, list[Line]]:
    """Lay out as many names as there is room for."""
    more = t("map_quadrant.more", lang, n="{n}")
    few, many = 0, min(len(entries), _MOST) + 1
    best: tuple[float, list[Line]] = (0.0, [])
    while many - few > 1:
        middle = (few + many) // 2
        found = laid(setter, capped(entries, middle, more), size, room[0], most=2)
        if found[0] <= room[1]:
            few, best = middle, found
        else:
            many = middle
    return best
