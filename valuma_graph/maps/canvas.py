"""The sheet that every map is drawn on: areas, title, legend, scale bar, notes and sources."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.errors import GeometryError
from valuma_graph.geography import boundaries
from valuma_graph.text import number, t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.text import Text

    from valuma_graph.affiliation import Affiliation

    Entry = tuple[str, str, str | None]
    Box = tuple[float, float, float, float]

PALETTE: Final = {
    "member": "#0072B2",
    "host": "#D55E00",
    "unknown": "#F4F4F4",
    "other": "#D9D9D9",
    "land": "#EFEFEF",
    "border": "#8C8C8C",
    "region": "#333333",
    "axis": "#000000",
    "corridor": "#E69F00",
    "missing": "#FFFFFF",
    "tint": "#9CCBE8",
    "hatch": "////",
}
"""Colours after Okabe and Ito, told apart by the colour-blind and in grey; `hatch` of unknown."""

SIZES: Final = {"a4": (8.27, 11.69), "slide": (13.33, 7.5)}
"""Width and height of a sheet, inches."""

_CAPITAL: Final = (357_000.0, 6_655_000.0, 417_000.0, 6_705_000.0)
_LONGEST: Final = 60  # letters of an entry of the legend
_SPARE: Final = 0.95  # of the width of a line: letters are broader at other resolutions
_STEPS: Final = 24  # places tried across and down the sheet for the legend and the like


@dataclass
class _Sheet:
    """What has been drawn on an Axes."""

    shapes: list[Any] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    """Taken by the legend and the like, pixels: x0, y0, x1, y1."""
    room: Box = (0.0, 0.0, 0.0, 0.0)
    """Left for the map between title and notes, pixels."""


_SHEETS: WeakKeyDictionary[Axes, _Sheet] = WeakKeyDictionary()


def sheet(ax: Axes) -> _Sheet:
    """Return what has been drawn on an Axes by this package."""
    return _SHEETS.setdefault(ax, _Sheet())


def new_axes(ax: Axes | None, *, size: str | tuple[float, float] = "a4") -> Axes:
    """
    Return the given Axes made ready for a map, or those of a new figure.

    Parameters
    ----------
    ax
        Axes of the caller, or None.
    size
        Of a new figure: `a4` (upright), `slide`, or width and height in inches.

    Returns
    -------
    ax
        Without frame and ticks.

    Raises
    ------
    ValueError
        If there is no such size.

    Examples
    --------
    >>> [float(n) for n in new_axes(None).figure.get_size_inches()]
    [8.27, 11.69]
    """
    if ax is None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        if isinstance(size, str) and size not in SIZES:
            raise ValueError(f"size must be one of {', '.join(SIZES)} or two numbers, not {size!r}")
        figure = Figure(figsize=SIZES[size] if isinstance(size, str) else size)
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.03, 0.02, 0.94, 0.96))
    ax.set_axis_off()
    ax.set_aspect("equal", adjustable="datalim")
    return ax


def country(aff: Affiliation, areas: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Return the municipalities of the division of a set, as `boundaries` does."""
    return boundaries(division_of(aff.year), areas=areas)


def draw_areas(
    ax: Axes,
    shapes: gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    color: str,
    edge: str = PALETTE["border"],
    width: float = 0.3,
    hatch: str | None = None,
    zorder: float = 1,
) -> None:
    """
    Fill areas, as one collection.

    Parameters
    ----------
    ax
        Axes of a map.
    shapes
        Polygons, EPSG:3067.
    color, edge, width, hatch, zorder
        Fill (`none` for none), outline, its width in points, pattern, and order.
    """
    import shapely
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    paths = []
    filled = [one for one in shapes.geometry if one is not None and not one.is_empty]
    for one in filled:
        rings = shapely.get_rings(shapely.get_parts(one))
        paths.append(Path.make_compound_path(*[_ring(shapely.get_coordinates(r)) for r in rings]))
    if not paths:
        return
    look = PathCollection(paths, facecolor=color, edgecolor=edge, linewidth=width, zorder=zorder)
    if hatch is not None:
        look.set_hatch(hatch)
    ax.add_collection(look, autolim=False)
    sheet(ax).shapes.extend(filled)


def _ring(points: Any) -> Any:  # noqa: ANN401
    from matplotlib.path import Path

    codes = [Path.MOVETO, *[Path.LINETO] * (len(points) - 2), Path.CLOSEPOLY]
    return Path(points, codes)


def draw_regions(
    ax: Axes, year: int | None, areas: gpd.GeoDataFrame | None = None, *, width: float = 0.8
) -> None:
    """Draw the borders of the regions of a division over the areas."""
    shapes = boundaries(division_of(year), by="region", areas=areas)
    draw_areas(ax, shapes, color="none", edge=PALETTE["region"], width=width, zorder=3)


def finish(
    ax: Axes,
    *,
    title: str,
    lang: str,
    notes: Iterable[str] = (),
    extent: Box | None = None,
    legend: Sequence[Entry] = (),
    scale: bool = True,
) -> None:
    """
    Set the limits, and write title, legend, scale bar, notes and the sources.

    Everything lies inside the Axes: the map is fitted between the title above it and the notes
    below, and the legend where there are no areas.

    Parameters
    ----------
    ax
        Axes on which the areas have been drawn.
    title, notes
        Plain text; broken into lines that fit.
    lang
        `fi`, `sv` or `en`.
    extent
        West, south, east, north in metres; that of all areas drawn when None.
    legend
        Label, colour, and hatch, `outline`, `marker:` with a marker, or None.
    scale
        Whether to draw a scale bar.

    Raises
    ------
    GeometryError
        If nothing has been drawn and there is no extent.
    """
    import shapely

    here, size = sheet(ax), text_size(ax)
    if extent is None:
        if not here.shapes:
            raise GeometryError("there is no area to show: nothing has been drawn on these Axes")
        extent = tuple(shapely.total_bounds(here.shapes))
    write_frame(ax, title, [*notes, t("map_sheet.source", lang)])
    fit(ax, extent)
    if legend:
        drawn, width, height = _legend(ax, legend, size)
        _put(ax, drawn, *free_place(ax, width, height)[:2])
    if scale:
        _scale_bar(ax, lang, size)


def write_frame(ax: Axes, title: str, notes: Sequence[str]) -> None:
    """Write a title above and notes below, and leave the room between them to the map."""
    size, frame, renderer = text_size(ax), ax.get_window_extent(), renderer_of(ax)
    head = paragraph(ax, title, size * 1.45, top=True, weight="bold").get_window_extent(renderer)
    foot = paragraph(ax, "\n".join(notes), size * 0.8, top=False).get_window_extent(renderer)
    gap = size * ax.figure.dpi / 72
    sheet(ax).room = (frame.x0, foot.y1 + gap, frame.x1, head.y0 - gap / 2)


def text_size(ax: Axes) -> float:
    """Return the size of plain text in points: 9 on an A4 sheet, with the size of the Axes."""
    box = ax.get_window_extent()
    points = 72 / ax.figure.dpi
    return float(min(max((box.width * box.height) ** 0.5 * points / 72, 4.5), 16.0))


def clean(text: str) -> str:
    r"""
    Return a text that can be drawn: no control characters, and a box for glyphs not in the font.

    Examples
    --------
    >>> clean("bell\x07 Ähtäri")
    'bell Ähtäri'
    """
    known = _glyphs()
    kept = (c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")
    return "".join(c if c == "\n" or ord(c) in known else "\u25a1" for c in kept)


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib import font_manager

    path = font_manager.findfont("DejaVu Sans")
    return frozenset(font_manager.get_font(path).get_charmap())


def renderer_of(ax: Axes) -> Any:  # noqa: ANN401
    """Return what measures text, without touching the canvas of the figure."""
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(16, 16, ax.figure.dpi)  # type: ignore[no-untyped-call]


def paragraph(
    ax: Axes,
    words: str,
    size: float,
    *,
    top: bool,
    weight: str = "normal",
    most: int = 8,
    down: float = 0.0,
) -> Text:
    r"""
    Write at the top or bottom of the Axes, in lines of its width.

    Parameters
    ----------
    ax
        Axes of a map.
    words
        Plain text; `\\n` begins a new line.
    size, weight
        Of the text, in points.
    top
        Whether at the top.
    most
        The most lines; what is left out is shown by an ellipsis.
    down
        Pixels from the top.

    Returns
    -------
    text
        What has been written.
    """
    frame, renderer = ax.get_window_extent(), renderer_of(ax)
    y = 1.0 - down / max(frame.height, 1) if top else 0.0
    text = ax.text(
        0.0, y, "", transform=ax.transAxes, fontsize=size, weight=weight,
        va="top" if top else "bottom", ha="left", parse_math=False, family="DejaVu Sans", zorder=9,
    )  # fmt: skip

    def fits(line: str) -> bool:
        text.set_text(line)
        return bool(text.get_window_extent(renderer).width <= frame.width * _SPARE)

    lines: list[str] = []
    for part in clean(words).split("\n"):
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}".strip()
            if fits(longer):
                line = longer
                continue
            lines += [line] if line else []
            while not fits(word) and len(lines) < most:
                lines.append(_cut(word, fits, "-"))
                used = len(lines[-1])
                word = word[used if word.startswith(lines[-1]) else used - 1 :]  # noqa: PLW2901
            line = word
        lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1].removesuffix("-") + " ", fits, "…")]
    text.set_text("\n".join(lines))
    return text


def _cut(line: str, fits: Callable[[str], bool], end: str) -> str:
    """Return as much of a line as fits with an ending, at least a letter; or up to a hyphen."""
    for n in range(min(len(line) - 2, 200), 1, -1):
        if end == line[n] == "-" and fits(line[: n + 1]):
            return line[: n + 1]
    for n in range(min(len(line) - (3 if end == "-" else 1), 200), 1, -1):
        if fits(short := line[:n].rstrip() + end):
            return short
    return line[:1] + end


def fit(ax: Axes, extent: Box) -> None:
    """Set limits so that the extent fills the room, at equal scale both ways."""
    frame, (x0, y0, x1, y1) = ax.get_window_extent(), sheet(ax).room
    west, south, east, north = extent
    metres = max((east - west) / max(x1 - x0, 1), (north - south) / max(y1 - y0, 1)) * 1.01
    left = (west + east) / 2 - (x0 + x1 - 2 * frame.x0) / 2 * metres
    bottom = (south + north) / 2 - (y0 + y1 - 2 * frame.y0) / 2 * metres
    ax.set_xlim(left, left + frame.width * metres)
    ax.set_ylim(bottom, bottom + frame.height * metres)
    ax.set_aspect("equal", adjustable="box")  # as it is: limits that fill the frame exactly


def free_place(ax: Axes, width: float, height: float, *, corner: tuple[int, int] = (0, 1)) -> Box:
    """
    Return a box of that many pixels where there are no areas and nothing else, and take it.

    Parameters
    ----------
    ax
        Axes with limits.
    width, height
        Pixels.
    corner
        The corner to be nearest to: (0, 1) is the upper left.

    Returns
    -------
    box
        x0, y0, x1, y1 in pixels; where no place is free, the one with the fewest areas.
    """
    import numpy as np
    import shapely

    here = sheet(ax)
    x0, y0, x1, y1 = here.room
    xs = np.linspace(x0, max(x1 - width, x0), _STEPS)
    ys = np.linspace(y0, max(y1 - height, y0), _STEPS)
    corners = np.array([(x, y) for x in xs for y in ys])
    pad = 4.0
    low = ax.transData.inverted().transform(corners - pad)
    high = ax.transData.inverted().transform(corners + np.array([width + pad, height + pad]))
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    hits = shapely.STRtree(here.shapes).query(boxes, predicate="intersects")[0]
    cost = np.bincount(hits, minlength=len(boxes)).astype("float64")
    for a, b, c, d in here.boxes:
        over = (corners[:, 0] < c + pad) & (corners[:, 0] + width > a - pad)
        over &= (corners[:, 1] < d + pad) & (corners[:, 1] + height > b - pad)
        cost += 1000 * over
    aim = np.array([xs[-1 if corner[0] else 0], ys[-1 if corner[1] else 0]])
    cost += 0.5 * np.hypot(*(corners - aim).T) / max(np.hypot(x1 - x0, y1 - y0), 1)
    x, y = corners[int(cost.argmin())]
    box = (float(x), float(y), float(x + width), float(y + height))
    here.boxes.append(box)
    return box


def _legend(
    ax: Axes, entries: Sequence[Entry], size: float, columns: int = 1
) -> tuple[Legend, float, float]:
    """Make a legend without a place; return it with its width and height in pixels."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = []
    for label, color, mark in entries:
        words = clean(label)
        words = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
        if mark is not None and mark.startswith("marker:"):
            look: dict[str, Any] = {"marker": mark[7:], "ls": "none", "markeredgecolor": "black"}
            handles.append(Line2D([], [], color=color, label=words, **look))
        elif mark == "outline":
            handles.append(Patch(facecolor="none", edgecolor=color, lw=1.6, label=words))
        else:
            look = {"edgecolor": PALETTE["border"], "hatch": mark, "linewidth": 0.5}
            handles.append(Patch(facecolor=color, label=words, **look))
    font = {"size": size, "family": "DejaVu Sans"}
    legend = ax.legend(
        handles=handles, loc="lower left", prop=font, frameon=False, borderpad=0.2, ncols=columns
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    legend.set_zorder(8)
    legend.borderaxespad = 0.0
    extent = legend.get_window_extent(renderer_of(ax))
    return legend, float(extent.width), float(extent.height)


def _put(ax: Axes, legend: Legend, x: float, y: float) -> None:
    left, low = ax.transAxes.inverted().transform((x, y))
    legend.set_bbox_to_anchor((float(left), float(low)), ax.transAxes)


def legend_row(ax: Axes, entries: Sequence[Entry], size: float) -> None:
    """Write a legend from left to right above the notes, and take its place from the room."""
    x0, y0, x1, y1 = sheet(ax).room
    for columns in range(len(entries), 0, -1):
        legend, width, height = _legend(ax, entries, size, columns)
        if width <= x1 - x0:
            break
    _put(ax, legend, x0, y0)
    sheet(ax).room = (x0, y0 + height + size * ax.figure.dpi / 72 / 2, x1, y1)


def _scale_bar(ax: Axes, lang: str, size: float) -> None:
    """Draw a bar of 1, 2 or 5 times a power of ten kilometres, about a fifth of the width."""
    import math

    x0, _, x1, _ = sheet(ax).room
    (a, _), (b, _) = ax.transData.inverted().transform([(x0, 0), (x1, 0)])
    aim = (b - a) / 1000 / 6
    power = 10 ** math.floor(math.log10(aim))
    km = next(n * power for n in (5, 2, 1) if n * power <= aim)
    long, high = km * 1000 * (x1 - x0) / (b - a), 2.2 * size * ax.figure.dpi / 72
    box = free_place(ax, long, high, corner=(1, 0))
    inverse = ax.transData.inverted()
    (left, low), (right, _) = inverse.transform([(box[0], box[1] + 3), (box[2], box[1] + 3)])
    ax.plot([left, right], [low, low], color="black", lw=2, solid_capstyle="butt", zorder=8)
    ax.text(
        (left + right) / 2, low + (b - a) / (x1 - x0) * 4, f"{number(km, lang)} km", ha="center",
        va="bottom", fontsize=size * 0.9, family="DejaVu Sans", zorder=8,
    )  # fmt: skip


def helsinki_inset(ax: Axes, draw: Callable[[Axes], None]) -> Axes:
    """
    Draw the capital region enlarged where there is room, after `finish`.

    Parameters
    ----------
    ax
        The finished map.
    draw
        Draws the areas of the map on the Axes that it is given.

    Returns
    -------
    inset
        The Axes of the inset.
    """
    from matplotlib.patches import Rectangle

    west, south, east, north = _CAPITAL
    x0, y0, x1, y1 = sheet(ax).room
    width = min(0.27 * (x1 - x0), 0.3 * (y1 - y0))
    box = free_place(ax, width, width * (north - south) / (east - west), corner=(1, 0))
    (a, b), (c, d) = ax.transAxes.inverted().transform([box[:2], box[2:]])
    inset = ax.inset_axes((a, b, c - a, d - b), zorder=7)
    draw(inset)
    inset.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], aspect="auto")
    corner, wide, tall = (west, south), east - west, north - south
    ax.add_patch(Rectangle(corner, wide, tall, fill=False, lw=0.8, ec="black", zorder=4.5))
    return inset
