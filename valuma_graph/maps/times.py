"""Programmes and networks in time, as figure 3: who was fed by which, and what went on after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph import datasets
from valuma_graph.maps.canvas import clean, text_size
from valuma_graph.maps.charts import INK, LEADING, chart_axes, frame, write
from valuma_graph.maps.entries import Entry, Mark, Setter, draw_mark, least, legend_rows, sizes
from valuma_graph.maps.lanes import Lane, lanes_of
from valuma_graph.policy.ages import year_of
from valuma_graph.policy.feeding import feeding, firmest
from valuma_graph.policy.history import timeline
from valuma_graph.policy.statements import NONE, strangers
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.maps.canvas import Box
    from valuma_graph.policy.statements import Answers

FIRST: Final = 1994
"""First year of figure 3; what began earlier is cut there and marked."""

_COLORS: Final = {"programme": "#8A8378", "network": INK["stated"], "money": INK["computed"]}
_PITCH: Final = 1.18  # the least height of a lane, in sizes of the text
_LANE: Final = 2.2  # the most
_NAMES: Final = (0.38, 0.47)  # of the width of the only panel, and of one of two
_YEARS: Final = 6.3  # width of the years, in sizes of the text
_FADE: Final = 8  # steps in which a bar fades
_BEFORE: Final = 4  # years that a bar without a start fades over


@dataclass(frozen=True, eq=False)
class _Scale:
    """What every panel shares."""

    size: float
    pitch: float
    first: int
    last: int
    now: int
    fed: float
    """Width of the numbers of programmes, points."""
    names: float
    """Width of the names, points."""


def plot_timeline(
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
    Draw programmes and networks as bars over the years, as figure 3 of the report.

    Below each programme stand the networks that it fed first; a number after an arrow names every
    programme that fed a network. Thin lines below a bar are the years of that money, and a star
    marks where a network went on after the programme. A bar without a last year is full up to
    the last year that a source saw the network in; what is not known fades or bears a "?".

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names: these, and the programmes that feed them; None for Finnish programmes, the
        Finnish networks that the report describes with a year or a programme, and those of the
        answers.
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
    >>> ax = plot_timeline(vg.datasets.finland(year=2019), networks=["mal_verkosto"])
    >>> any(text.get_text() == "2010–2011" for text in ax.texts)
    True
    """
    table = timeline(aff, networks=networks, answers=answers, year=year, lang=lang)
    now = year_of(aff, year)
    if networks is None:
        table = table[table.index.isin(_usual(answers))]
    ax = chart_axes(ax, size=size)
    own = strangers(aff, answers=answers)
    lanes = lanes_of(table, firmest(feeding(answers=answers, without=own)))
    starts = [int(y) for y in table["start"].dropna()]
    ends = [int(y) for y in table["end"].dropna()]
    first = max(min([*starts, *(y - _BEFORE for y in ends), now - 1]), FIRST)
    last = max([*ends, now])
    notes = [t("map_timeline.note", lang, year=now)]
    if any(y < first for y in starts):
        notes.append(t("map_timeline.earlier", lang, year=first))
    room = frame(
        ax, t("map_timeline.title", lang), [" ".join(notes), t("map_timeline.source", lang)]
    )
    setter = Setter(ax)
    room = legend_rows(setter, _legend(lanes, lang), room, max(text_size(ax) * 0.9, least(ax)))
    _panels(setter, lanes, room, (first, last, now), lang)
    return ax


def _usual(answers: Answers | None) -> set[str]:
    """Return what is drawn where nobody asks for certain networks."""
    programmes, profiles = datasets.programmes(), datasets.policy("network_profiles")
    home = profiles.loc[profiles["country"].eq("FI"), "network_id"]
    told = programmes["start_year"].notna() | programmes["end_year"].notna()
    told |= programmes["networks_fed"].notna()
    own = (answers or NONE).networks.index
    return {*programmes.index[programmes["country"].eq("FI") & told], *home, *own}


def _legend(lanes: list[Lane], lang: str) -> list[Entry]:
    kinds, money = {lane.row.kind for lane in lanes}, [m for lane in lanes for m in lane.money]
    guessed = any(lane.row.basis == "inferred" for lane in lanes)
    shown = {
        "programme": ("programme" in kinds, Mark("s", "full", _COLORS["programme"])),
        "network": ("network" in kinds, Mark("s", "full", _COLORS["network"])),
        "guessed": (guessed, Mark("s", "none", INK["inferred"])),
        "money": (any(not m[2] for m in money), Mark("_", "full", _COLORS["money"])),
        "borrowed": (any(m[2] for m in money), Mark("_", "none", _COLORS["money"])),
        "outlasted": (any(m[3] for m in money), Mark("*", "full", INK["good"])),
    }
    return [Entry(t(f"map_timeline.{key}", lang), mark) for key, (on, mark) in shown.items() if on]


# -- drawing --------------------------------------------------------------------------------------


def _panels(
    setter: Setter, lanes: list[Lane], room: Box, years: tuple[int, int, int], lang: str
) -> None:
    """Draw the lanes in one panel, or in two beside each other where they are too many for one."""
    x0, y0, x1, y1 = room
    ax = setter.ax
    low, largest = min(least(ax), text_size(ax)), text_size(ax)
    down = y1 - y0 - 2 * largest
    wide = x1 - x0 > y1 - y0
    panels = 1 if len(lanes) * low * _PITCH <= down or not wide else 2
    most = max(int(down / (low * _PITCH)), 1) * panels
    left_out = len(lanes) - most if len(lanes) > most else 0
    if left_out:
        left_out += 1  # the last lane says so
        lanes = lanes[: most - 1]
    each = -(-(len(lanes) + (left_out > 0)) // panels)
    pitch = min(down / max(each, 1), _LANE * largest)
    gap = 1.5 * largest if panels > 1 else 0.0
    broad = (x1 - x0 - gap * (panels - 1)) / panels
    names = _NAMES[panels - 1] * broad
    size = _size(setter, lanes, pitch, names, sizes(ax, min(pitch / _PITCH, largest)))
    fed = max([setter.broad(lane.fed, size) for lane in lanes if lane.fed], default=0.0) + size
    scale = _Scale(size, pitch, *years, fed, names)
    for k in range(panels):
        left = x0 + k * (broad + gap)
        part = lanes[k * each : (k + 1) * each]
        _panel(setter, part, (left, y0, left + broad, y1), scale)
    if left_out:
        top = y1 - 2 * largest - (each - 1) * pitch
        words, x = t("map_timeline.left_out", lang, n=left_out), x0 + (panels - 1) * (broad + gap)
        write(ax, x, top - 0.1 * pitch, words, size=scale.size)


def _size(
    setter: Setter, lanes: list[Lane], pitch: float, names: float, tried: list[float]
) -> float:
    """Return the largest text that cuts no name, or else the fewest."""

    def cut(size: float) -> int:
        most = max(int(pitch / (size * LEADING)), 1)
        rooms = [names - _inset(lane, size) for lane in lanes]
        weights = [_weight(lane) for lane in lanes]
        return sum(
            len(setter.lines(str(lane.row.name), size, room, weight=weight)) > most
            for lane, room, weight in zip(lanes, rooms, weights, strict=True)
        )

    return min(tried, key=lambda size: (cut(size), -size))


def _weight(lane: Lane) -> str:
    return "bold" if lane.row.kind == "programme" else "normal"


def _inset(lane: Lane, size: float) -> float:
    return (3.7 if lane.inner else 2.5) * size


def _panel(setter: Setter, lanes: list[Lane], box: Box, scale: _Scale) -> None:
    x0, _, x1, y1 = box
    ax, size = setter.ax, scale.size
    heading = y1 - 2 * text_size(ax)
    left, right = x0 + scale.names + _YEARS * size + scale.fed, x1 - size
    step = (right - left) / (scale.last + 1 - scale.first)
    foot = heading - len(lanes) * scale.pitch
    _axis(ax, (left, foot, right, heading), step, scale)
    top = heading
    for k, lane in enumerate(lanes):
        if k % 2 == 0:
            _fill(ax, (x0, top - scale.pitch, x1, top), INK["paper"], zorder=0.5)
        _labels(setter, lane, (x0, top, x0 + scale.names), scale)
        _bar(ax, lane, (left, right, step), top, scale)
        top -= scale.pitch


def _axis(ax: Axes, box: Box, step: float, scale: _Scale) -> None:
    """Draw a line and a number for every fifth year, or every tenth where they would touch."""
    left, foot, right, top = box
    every = 5 if 5 * step > 3 * scale.size else 10
    for year in range(scale.first - scale.first % -every, scale.last + 2, every):
        x = left + (year - scale.first) * step
        ax.plot([x, x], [foot, top], color=INK["unknown"], lw=0.6, zorder=0.8)
        if left <= x <= right:
            write(ax, x, top + 0.3 * scale.size, str(year), size=scale.size, ha="center",
                  va="bottom")  # fmt: skip


def _labels(setter: Setter, lane: Lane, place: tuple[float, float, float], scale: _Scale) -> None:
    """Write number, name, years, and the numbers of what fed it."""
    x0, top, right = place
    size, middle = scale.size, top - scale.pitch / 2
    row, ax = lane.row, setter.ax
    weight = _weight(lane)
    if lane.number:
        write(ax, x0 + 1.5 * size, middle, lane.number, size=size, ha="right", va="center")
    inset, most = _inset(lane, size), max(int(scale.pitch / (size * LEADING)), 1)
    lines = setter.cut(str(row.name), size, right - x0 - inset, most=most, weight=weight)
    left = x0 + inset - 0.5 * size
    write(ax, left, middle, "\n".join(lines), size=size, weight=weight, va="center")
    write(ax, right, middle, _span(row), size=size, va="center")
    write(ax, right + _YEARS * size, middle, lane.fed, size=size, va="center")


def _span(row: Any) -> str:  # noqa: ANN401
    """Write first and last year; an open network has no last one."""
    if pd.isna(row.start) and pd.isna(row.end):
        return "?"
    start = "?" if pd.isna(row.start) else str(row.start)
    end = ("?" if row.kind == "programme" else "") if pd.isna(row.end) else str(row.end)
    return f"{start}–{end}"


def _bar(
    ax: Axes, lane: Lane, across: tuple[float, float, float], top: float, scale: _Scale
) -> None:
    """Draw the bar of a lane, and its money below it."""
    left, right, step = across
    row = lane.row
    high = 0.42 * scale.pitch if lane.money else 0.55 * scale.pitch
    y1 = top - 0.14 * scale.pitch if lane.money else top - 0.22 * scale.pitch
    color = _COLORS[str(row.kind)]

    def at(year: float) -> float:
        return min(max(left + (year - scale.first) * step, left), right)

    start, end, seen = (None if pd.isna(y) else int(y) for y in (row.start, row.end, row.seen))
    if start is None and end is None:
        ax.plot([left, right], [y1 - high / 2] * 2, color=INK["line"], lw=0.6, ls=":", zorder=2)
        _query(ax, (left + right) / 2, y1 - high / 2, scale)
    else:
        known = start if start is not None else (end or 0)
        until = (end if end is not None else max(known, seen or known)) + 1
        if start is None:
            _faded(ax, (at(until - _BEFORE), y1 - high, at(until), y1), color, rising=True)
            _query(ax, at(until - _BEFORE) - 0.6 * scale.size, y1 - high / 2, scale)
        else:
            _solid(
                ax, (at(start), y1 - high, at(until), y1), color, guessed=row.basis == "inferred"
            )
        if end is None and at(scale.last + 1) > at(until):
            _faded(ax, (at(until), y1 - high, at(scale.last + 1), y1), color, rising=False)
        if start is not None and start < scale.first:
            mark = Mark("<", "full", color)
            draw_mark(ax, left - 0.6 * scale.size, y1 - high / 2, mark, 0.7 * scale.size)
    _draw_money(ax, lane, (left, right, step), (y1 - high, top - 0.92 * scale.pitch), scale)


def _query(ax: Axes, x: float, y: float, scale: _Scale) -> None:
    ax.text(
        x, y, clean("?"), fontsize=scale.size, ha="center", va="center", family="DejaVu Sans",
        parse_math=False, color=INK["soft"], zorder=5,
    )  # fmt: skip


def _draw_money(
    ax: Axes,
    lane: Lane,
    across: tuple[float, float, float],
    between: tuple[float, float],
    scale: _Scale,
) -> None:
    left, right, step = across
    rows = min(len(lane.money), 3)
    for k, (first, last, borrowed, went_on) in enumerate(lane.money):
        y = between[0] - (k % rows + 0.6) * (between[0] - between[1]) / (rows + 0.2)
        x0, x1 = (
            min(max(left + (year - scale.first) * step, left), right) for year in (first, last + 1)
        )
        thick = (0.07 if borrowed else 0.2) * min(scale.size, 10)
        ax.plot([x0, x1], [y, y], color=_COLORS["money"], lw=thick, solid_capstyle="butt", zorder=4)
        if went_on and right - x1 > 0:
            draw_mark(ax, x1, y, Mark("*", "full", INK["good"]), 0.8 * scale.size)


def _fill(ax: Axes, box: Box, color: str, *, zorder: float, alpha: float = 1.0) -> None:
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = box
    ax.add_patch(
        Rectangle((x0, y0), x1 - x0, y1 - y0, fc=color, ec="none", alpha=alpha, zorder=zorder)
    )


def _solid(ax: Axes, box: Box, color: str, *, guessed: bool) -> None:
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = box
    look: dict[str, Any] = {"fc": color, "ec": "none"}
    if guessed:
        look = {"fc": "white", "ec": color, "ls": "--", "lw": 0.9}
    ax.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, zorder=3, **look))


def _faded(ax: Axes, box: Box, color: str, *, rising: bool) -> None:
    """Fill a box ever paler, away from what is known."""
    x0, y0, x1, y1 = box
    broad = (x1 - x0) / _FADE
    for k in range(_FADE):
        alpha = 0.55 * ((k + 1 if rising else _FADE - k) / _FADE)
        _fill(ax, (x0 + k * broad, y0, x0 + (k + 1) * broad, y1), color, zorder=3, alpha=alpha)
