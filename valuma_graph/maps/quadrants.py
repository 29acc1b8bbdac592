"""Networks in the four fields of figures 8, 11 and 13."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final, cast

import pandas as pd

from valuma_graph.maps.canvas import clean, text_size
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
    legend_rows,
    sizes,
)
from valuma_graph.policy.placing import FIRMNESS, MODELS, quadrant
from valuma_graph.text import sort_key, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.maps.canvas import Box
    from valuma_graph.policy.statements import Answers

_WAYS: Final = ("top_down", "mixed", "bottom_up")
_ROWS: Final = ("targeted", "general")
_CELLS: Final = tuple(product(_ROWS, _WAYS))
_TINTS: Final = {"A": "#EAF2F8", "B": "#F3F7E9", "C": "#F6F0F7", "D": "#FBF3E6"}
_SHAPES: Final = {"home": "o", "abroad": "^", "nowhere": "s"}
_PAD: Final = 0.6  # inside a field, in sizes of the text
_ASIDE: Final = 0.2  # of the width, for those that have no place
_NARROWEST: Final = 0.2  # of the width of the fields, of one of them
_LONGEST: Final = 6  # lines of a name
_SQUARE: Final = 1.1  # width to height from which the sheet is wide

_Lists = dict[tuple[str, str], list[Entry]]


@dataclass(frozen=True)
class _Layout:
    """A size of the text, the columns and rows, and the list of each field."""

    size: float
    columns: list[float]
    rows: list[float]
    heads: dict[tuple[str, str], list[str]]
    lists: dict[tuple[str, str], list[Line]]
    aside: list[Line]


def plot_quadrant(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    ax: Axes | None = None,
    size: str | tuple[float, float] = "slide",
    lang: str = "en",
) -> Axes:
    """
    Draw networks by direction and focus, in the fields of the models A to D.

    Top-down is on the left, targeted at the top, as in figure 11 of the report. Positions are
    classes: the names of a field are listed in it, those of both directions between two fields,
    and those whose direction or focus is not known beside the fields. The text is as large as fits.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; None for all whose direction, focus or model is known.
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
        If there is no such network.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> ax = plot_quadrant(vg.datasets.finland(year=2019), networks=["fisu", "keino"])
    >>> any(text.get_text().startswith("KEINO") for text in ax.texts)
    True
    """
    table = quadrant(aff, networks=networks, answers=answers, lang=lang)
    ax = chart_axes(ax, size=size)
    setter = Setter(ax)
    notes = [t("map_quadrant.note", lang), t("map_quadrant.source", lang)]
    room = frame(ax, t("map_quadrant.title", lang), notes)
    room = legend_rows(setter, _legend(table, lang), room, text_size(ax) * 0.9)
    placed, aside = _listed(table, lang)
    x0, y0, x1, y1 = room
    task = _Task(setter, placed, aside, (x0, y0, x1 - 1, y1), lang)  # the line of its frame is seen
    _draw(ax, _layout(task), task)
    return ax


def _legend(table: pd.DataFrame, lang: str) -> list[Entry]:
    """Return what shapes and fills mean, those that are drawn."""
    shapes = [_shape(home) for home in table["domestic"]]
    entries = [
        Entry(t(f"map_quadrant.{one}", lang), Mark(shape, "full", INK["soft"]))
        for one, shape in _SHAPES.items()
        if one in shapes
    ]
    for basis in FIRMNESS:
        if table["position_basis"].eq(basis).any():
            words = t("map_quadrant.basis", lang, basis=t(f"basis.{basis}", lang))
            entries.append(Entry(words, Mark("o", *BASES[basis])))
    return entries


def _shape(home: object) -> str:
    if home is pd.NA:
        return "nowhere"
    return "home" if home else "abroad"


def _listed(table: pd.DataFrame, lang: str) -> tuple[_Lists, list[Entry]]:
    """Sort networks into fields by name; those without a place into a list of their own."""
    placed: _Lists = {cell: [] for cell in _CELLS}
    aside = []
    order = table["name"].map(sort_key).sort_values(kind="stable").index
    for row in table.loc[order].itertuples():
        mark = Mark(_SHAPES[_shape(row.domestic)], *BASES[str(row.position_basis)])
        cell, model = (str(row.focus), str(row.direction)), str(row.model)
        if cell in placed:
            field = MODELS[cell[1], cell[0]]
            words = f"{row.name} ({model.replace(';', ', ')})" if model != field else str(row.name)
            placed[cell].append(Entry(words, mark))
            continue
        known = [
            t(f"code_{axis}.{value}", lang)
            for axis, value in (("direction", row.direction), ("focus", row.focus))
            if value != "unknown"
        ]
        known += [model.replace(";", ", ")] if model != "unknown" else []
        words = f"{row.name}: {', '.join(known)}" if known else str(row.name)
        aside.append(Entry(words, mark))
    return placed, aside


def _head(cell: tuple[str, str], lang: str) -> str:
    """Return the heading of a field: its model, or those of both sides."""
    models = MODELS[cell[1], cell[0]].split(";")
    if len(models) == 1:
        return t(f"code_model.{models[0]}", lang)
    return t("map_quadrant.either", lang, a=models[0], b=models[1])


# -- how large ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Task:
    """What has to fit where."""

    setter: Setter
    placed: _Lists
    aside: list[Entry]
    room: Box
    lang: str

    @property
    def wide(self) -> bool:
        """Whether those without a place stand on the right, not below."""
        return self.room[2] - self.room[0] > _SQUARE * (self.room[3] - self.room[1])

    def capped(self, most: int) -> _Task:
        """Return it with the first of every list, and how many more there are."""
        more = t("map_quadrant.more", self.lang, n="{n}")
        placed = {cell: capped(one, most, more) for cell, one in self.placed.items()}
        return replace(self, placed=placed, aside=capped(self.aside, most, more))


def _layout(task: _Task) -> _Layout:
    """Return the largest layout that fits, with fewer lines and then fewer names if none does."""
    tried = sizes(task.setter.ax, text_size(task.setter.ax))
    for columns in range(1, 5):  # in narrow columns words break: rather smaller than narrower
        for size in tried:
            if (found := _fitted(task, size, most=_LONGEST, columns=columns)) is not None:
                return found
    for most in (2, 1):
        if (found := _fitted(task, tried[-1], most=most)) is not None:
            return found
    few, many = 0, max(len(one) for one in (*task.placed.values(), task.aside))
    best = _fitted(task.capped(0), tried[-1], most=1, force=True)
    while many - few > 1:
        middle = (few + many) // 2
        if (found := _fitted(task.capped(middle), tried[-1], most=1)) is not None:
            few, best = middle, found
        else:
            many = middle
    return cast("_Layout", best)


def _fitted(
    task: _Task, size: float, *, most: int, columns: int = 4, force: bool = False
) -> _Layout | None:
    """Lay everything out in a size, or return None if it does not fit."""
    x0, y0, x1, y1 = task.room
    pad = _PAD * size
    across, down = x1 - x0 - 2 * size, y1 - y0 - 2 * size * LEADING
    beside: list[Line] = []
    if task.aside:
        broad = (_ASIDE if task.wide else 1.0) * (x1 - x0) - 2 * pad
        head = task.setter.lines(t("map_quadrant.aside", task.lang), size, broad, weight="bold")
        tall, beside = laid(task.setter, task.aside, size, broad, most=most)
        tall += len(head) * LEADING * size + 2.5 * pad
        if task.wide and tall > down and not force:
            return None
        across -= broad + 2 * pad + size if task.wide else 0
        down -= 0 if task.wide else tall + size
    counts = [max(len(task.placed[row, way]) for row in _ROWS) for way in _WAYS]
    for weights in ([n + 3.0 for n in counts], [(n + 1) ** 0.5 for n in counts], [1.0, 1.0, 1.0]):
        shares = [max(w / sum(weights), _NARROWEST) for w in weights]
        broads = [w / sum(shares) * across for w in shares]
        heads, needs, lists = _cells(task, broads, size, most, columns)
        spare = down - sum(needs)
        if spare >= 0 or (force and weights == [1.0, 1.0, 1.0]):
            rows = [need + spare * (need / sum(needs)) for need in needs]
            return _Layout(size, broads, rows, heads, lists, beside)
    return None


def _cells(
    task: _Task, broads: list[float], size: float, most: int, columns: int
) -> tuple[dict[tuple[str, str], list[str]], list[float], dict[tuple[str, str], list[Line]]]:
    """Lay out the six lists; return headings, the height that each row needs, and the lists."""
    heads, lists, needs, pad = {}, {}, [], _PAD * size
    for row in _ROWS:
        need = 0.0
        for way, column in zip(_WAYS, broads, strict=True):
            cell, broad, setter = (row, way), column - 2 * pad, task.setter
            heads[cell] = setter.lines(_head(cell, task.lang), size, broad, weight="bold")
            tall, lists[cell] = laid(
                setter, task.placed[cell], size, broad, most=most, columns=columns
            )
            need = max(need, tall + len(heads[cell]) * LEADING * size + 2.5 * pad)
        needs.append(need)
    return heads, needs, lists


# -- drawing --------------------------------------------------------------------------------------


def _draw(ax: Axes, layout: _Layout, task: _Task) -> None:
    x0, y0, x1, y1 = task.room
    size, lang = layout.size, task.lang
    left, top = x0 + 2 * size, y1 - 2 * size * LEADING
    x = left
    for k, (way, column) in enumerate(zip(_WAYS, layout.columns, strict=True)):
        words = t(f"code_direction.{way}", lang)
        words = f"{t('attribute.direction', lang)}: {words}" if k == 0 else words
        write(ax, x + column / 2, top + 0.4 * size, words, size=size, ha="center", va="bottom")
        x += column
    right, y = x, top
    for row, height in zip(_ROWS, layout.rows, strict=True):
        words = f"{t('attribute.focus', lang)}: {t(f'code_focus.{row}', lang)}"
        _upright(ax, x0 + 0.8 * size, y - height / 2, words, size)
        x = left
        for way, column in zip(_WAYS, layout.columns, strict=True):
            _field(ax, (x, y - height, x + column, y), (row, way), layout)
            x += column
        y -= height
    if task.aside:
        box = (right + size, y0, x1, top) if task.wide else (x0, y0, x1, y - size)
        _panel(ax, box, layout, task)


def _upright(ax: Axes, x: float, y: float, words: str, size: float) -> None:
    ax.text(
        x, y, clean(words), rotation=90, ha="center", va="center", fontsize=size, parse_math=False,
        family="DejaVu Sans", color=INK["text"], zorder=5,
    )  # fmt: skip


def _box(ax: Axes, box: Box, fill: str, *, dashed: bool = False) -> None:
    from matplotlib.patches import Rectangle

    x0, y0, x1, y1 = box
    line = "--" if dashed else "-"
    ax.add_patch(
        Rectangle((x0, y0), x1 - x0, y1 - y0, fc=fill, ec=INK["line"], lw=0.8, ls=line, zorder=1)
    )


def _field(ax: Axes, box: Box, cell: tuple[str, str], layout: _Layout) -> None:
    size, pad = layout.size, _PAD * layout.size
    _box(ax, box, _TINTS.get(MODELS[cell[1], cell[0]], "white"), dashed=cell[1] == "mixed")
    head = layout.heads[cell]
    top = box[3] - pad
    write(ax, box[0] + pad, top, "\n".join(head), size=size, weight="bold")
    top -= len(head) * LEADING * size + 0.5 * pad
    draw_list(ax, layout.lists[cell], box[0] + pad, top, size)


def _panel(ax: Axes, box: Box, layout: _Layout, task: _Task) -> None:
    size, pad = layout.size, _PAD * layout.size
    _box(ax, box, INK["paper"])
    words, broad = t("map_quadrant.aside", task.lang), box[2] - box[0] - 2 * pad
    head = task.setter.lines(words, size, broad, weight="bold")
    write(ax, box[0] + pad, box[3] - pad, "\n".join(head), size=size, weight="bold")
    top = box[3] - pad - len(head) * LEADING * size - 0.5 * pad
    draw_list(ax, layout.aside, box[0] + pad, top, size)
