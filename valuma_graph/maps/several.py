"""Several networks on one sheet: small multiples, and two networks compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.errors import GeometryError
from valuma_graph.maps.canvas import (
    PALETTE,
    country,
    draw_areas,
    draw_regions,
    finish,
    fit,
    helsinki_inset,
    legend_row,
    new_axes,
    paragraph,
    renderer_of,
    sheet,
    text_size,
    write_frame,
)
from valuma_graph.maps.members import (
    coverage_notes,
    draw_standing,
    group_shapes,
    list_state,
    standing,
    standing_legend,
)
from valuma_graph.measures import coverage
from valuma_graph.text import number, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.maps.canvas import Box

_SHORT: Final = 34  # letters of a name within a legend
_TOLERANCE: Final = 2500.0  # metres, of the small maps
_SHAPE: Final = 0.52  # width of Finland to its height
_HELD: Final = ("member", "host")
_LOOK: Final = {
    "a": ("#0072B2", None),
    "a_maybe_b": ("#9CCBE8", "////"),
    "b": ("#E69F00", None),
    "b_maybe_a": ("#F6DDA8", "\\\\\\\\"),
    "both": ("#3D0F4A", None),
    "neither": (PALETTE["other"], None),
    "unknown": (PALETTE["unknown"], "...."),
}


@dataclass(frozen=True)
class _Panel:
    """One of several maps."""

    title: str
    note: str
    found: pd.Series
    groups: gpd.GeoDataFrame


def plot_networks(
    aff: Affiliation,
    networks: Sequence[str] | None = None,
    *,
    lang: str = "en",
    areas: gpd.GeoDataFrame | None = None,
    most: int = 60,
) -> list[Axes]:
    """
    Map many networks, each by itself, on one A4 page.

    The one with most members on the map comes first. Networks without any are left out, and a
    note says how many of how many are shown.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; all when None.
    lang
        `fi`, `sv` or `en`.
    areas
        Official boundaries of the municipalities, as for `boundaries`.
    most
        The most maps on the page.

    Returns
    -------
    axes
        One for each network shown, in order.

    Raises
    ------
    GeometryError
        If none of the networks has a member that lies on the map.
    UnknownNodeError
        If there is no such network.
    ValueError
        If `most` is less than 1.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> axes = plot_networks(aff, ["fisu", "hinku"], lang="fi")
    >>> axes[0].texts[0].get_text()
    'Hinku-verkosto'
    """
    if most < 1:
        raise ValueError(f"most must be at least 1, not {most!r}")
    every = aff.networks.index if networks is None else _found(aff, networks)
    shapes = _plain(country(aff, areas))
    located = _located(aff, shapes.index, areas).reindex(every)
    shown = located[located.gt(0)].sort_values(ascending=False, kind="stable").head(most)
    if not len(shown):
        raise GeometryError("none of the networks has a member that lies on the map of Finland")
    known = coverage(aff)
    panels = [_panel(aff, str(one), int(n), known, shapes, areas, lang) for one, n in shown.items()]
    notes = [
        t(
            "map_several.shown",
            lang,
            count=number(len(shown), lang),
            total=number(len(every), lang),
        ),
        t("map_several.nowhere", lang, n=int(located.eq(0).sum())),
        t("map_several.about", lang),
    ]
    if not located.eq(0).any():
        notes.pop(1)
    year = "" if aff.year is None else f", {aff.year}"
    return _page(new_axes(None), panels, shapes, t("map_several.title", lang) + year, notes, lang)


def plot_comparison(
    aff: Affiliation,
    a: str,
    b: str,
    *,
    difference: bool = False,
    ax: Axes | None = None,
    lang: str = "en",
    areas: gpd.GeoDataFrame | None = None,
) -> list[Axes]:
    """
    Map two networks side by side, or on one map who is in only one of them.

    Parameters
    ----------
    aff
        The affiliation network.
    a, b
        Ids or names of networks.
    difference
        Whether to draw one map: who is in only one, in both, in neither. Where the list of the
        other network is open, a member of one is not said to be in only that one.
    ax
        Axes whose place on its figure is used; a new A4 sheet when None.
    lang, areas
        As for `plot_networks`.

    Returns
    -------
    axes
        Of the two maps, or of the one.

    Raises
    ------
    GeometryError
        If neither network has a member that lies on the map.
    UnknownNodeError
        If there is no such network.
    ValueError
        If both are the same network.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> (
    ...     len(plot_comparison(aff, "hinku", "fisu")),
    ...     len(plot_comparison(aff, "hinku", "fisu", difference=True)),
    ... )
    (2, 1)
    """
    pair = _found(aff, [a, b])
    if len(pair) != 2:  # noqa: PLR2004
        raise ValueError(f"a and b are the same network, {pair[0]!r}: name two")
    shapes = country(aff, areas)
    located = _located(aff, shapes.index, areas)
    if not located[pair].any():
        raise GeometryError(f"neither {pair[0]!r} nor {pair[1]!r} has a member on the map")
    title = t("map_several.pair", lang, a=_name(aff, pair[0], lang), b=_name(aff, pair[1], lang))
    title += "" if aff.year is None else f", {aff.year}"
    ax = new_axes(ax)
    if difference:
        return [_difference(ax, aff, pair, located, shapes, areas, title, lang)]
    known = coverage(aff)
    panels = []
    for one in pair:
        n = int(located[one])
        panel = _panel(aff, one, n, known, shapes, areas, lang)
        notes = coverage_notes(aff, one, n, int(known["known"][one]) - n, lang)
        panels.append(replace(panel, note=" ".join(notes)))
    return _page(ax, panels, shapes, title, [], lang, across=2, lines=5)


# -- inside ---------------------------------------------------------------------------------------


def _found(aff: Affiliation, networks: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(aff.find(one, mode="networks") for one in networks))


def _name(aff: Affiliation, network: str, lang: str) -> str:
    return str(aff.names("networks", lang)[network])


def _located(
    aff: Affiliation, municipalities: pd.Index, areas: gpd.GeoDataFrame | None
) -> pd.Series:
    """Count the members of each network that are on the map, as municipality or as region."""
    members = aff.members.index
    on_map = members.isin(municipalities) | members.isin(
        group_shapes(aff, aff.members, areas).index
    )
    counts = aff.incidence.astype(np.int64).T @ on_map.astype(np.int64)
    return pd.Series(counts, index=aff.networks.index, name="located")


def _plain(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return municipalities with fewer corners, for maps of a few centimetres."""
    import shapely

    fewer = shapely.coverage_simplify(shapes.geometry.to_numpy(), _TOLERANCE)
    plain: gpd.GeoDataFrame = shapes.set_geometry(fewer, crs=shapes.crs)
    return plain


def _panel(
    aff: Affiliation,
    network: str,
    n: int,
    known: pd.DataFrame,
    shapes: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | None,
    lang: str,
) -> _Panel:
    state, pair = list_state(known, network, lang)
    note = [number(n, lang), *(["/".join(pair)] if pair else []), state]
    found, groups = standing(aff, network, shapes.index), _groups(aff, network, areas)
    return _Panel(_name(aff, network, lang), " · ".join(note), found, groups)


def _groups(aff: Affiliation, network: str, areas: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    rows = aff.memberships["network_id"].eq(network)
    ids = aff.memberships.loc[rows, "member_id"]
    return group_shapes(aff, aff.members[aff.members.index.isin(ids)], areas)


def _page(
    page: Axes,
    panels: list[_Panel],
    shapes: gpd.GeoDataFrame,
    title: str,
    notes: list[str],
    lang: str,
    *,
    across: int | None = None,
    lines: int = 3,
) -> list[Axes]:
    """Draw panels in rows between a title and one legend, notes and the sources."""
    size = text_size(page)
    write_frame(page, title, [*([" ".join(notes)] if notes else []), t("map_sheet.source", lang)])
    found = pd.concat([one.found for one in panels])
    groups = max((one.groups for one in panels), key=len)
    legend_row(page, standing_legend(found, groups, lang), size * 0.9)
    axes = [page.figure.add_axes(box) for box in _cells(page, len(panels), across)]
    broad = axes[0].get_window_extent().width * 72 / page.figure.dpi
    small = min(size, max(4.9, broad / 22))
    for ax, panel in zip(axes, panels, strict=True):
        new_axes(ax)
        _caption(ax, panel, small, lines)
    _draw_panels(axes, panels, shapes)
    return axes


def _cells(page: Axes, n: int, across: int | None) -> list[Box]:
    """Cut the room of a page into cells, in fractions of the figure, for large maps."""
    x0, y0, x1, y1 = sheet(page).room
    width, height, points = x1 - x0, y1 - y0, page.figure.dpi / 72

    def scale(columns: int) -> float:
        rows = -(-n // columns)
        return min(width / columns / _SHAPE, height / rows - 26 * points)

    columns = across or max(range(1, n + 1), key=scale)
    rows = max(-(-n // columns), 1)
    wide, tall, gap = width / columns, height / rows, 4 * points
    inverse = page.figure.transSubfigure.inverted()
    cells = []
    for i in range(n):
        left, top = x0 + (i % columns) * wide, y1 - (i // columns) * tall
        corners = [(left, top - tall + gap), (left + wide - gap, top)]
        (a, b), (c, d) = inverse.transform(corners)
        cells.append((float(a), float(b), float(c - a), float(d - b)))
    return cells


def _caption(ax: Axes, panel: _Panel, size: float, lines: int) -> None:
    """Write the name and the note of a panel, and leave the rest to the map."""
    frame, renderer = ax.get_window_extent(), renderer_of(ax)
    head = paragraph(ax, panel.title, size, top=True, weight="bold", most=lines)
    low = head.get_window_extent(renderer).y0
    step = 0.2 * size * ax.figure.dpi / 72
    note = paragraph(ax, panel.note, size, top=True, most=lines, down=frame.y1 - low + step)
    low = note.get_window_extent(renderer).y0 - step
    sheet(ax).room = (frame.x0, frame.y0, frame.x1, low)


def _draw_panels(axes: list[Axes], panels: list[_Panel], shapes: gpd.GeoDataFrame) -> None:
    """Draw the maps, all at one scale."""
    west, south, east, north = map(float, shapes.total_bounds)
    frames = [ax.get_window_extent() for ax in axes]
    down = max(f.y1 - sheet(ax).room[3] for ax, f in zip(axes, frames, strict=True))
    tall = min(frames[0].height - down, frames[0].width * (north - south) / (east - west))
    for ax, frame, panel in zip(axes, frames, panels, strict=True):
        top, low = frame.y1 - down, sheet(ax).room[3]
        for text in ax.texts:  # names lie right above their maps
            text.set_y(text.get_position()[1] - (low - top) / frame.height)
        sheet(ax).room = (frame.x0, top - tall, frame.x1, top)
        fit(ax, (west, south, east, north))
        draw_standing(ax, shapes, panel.found, panel.groups, width=_line(ax))


def _line(ax: Axes) -> float:
    """Return the width of borders that a map of this size bears, points."""
    return float(min(0.3, ax.get_window_extent().width * 72 / ax.figure.dpi / 900))


def _difference(
    ax: Axes,
    aff: Affiliation,
    pair: list[str],
    located: pd.Series,
    shapes: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | None,
    title: str,
    lang: str,
) -> Axes:
    kinds = _sorted_out(*(standing(aff, one, shapes.index) for one in pair))
    counts = kinds.value_counts()
    names = [_name(aff, one, lang) for one in pair]
    short = [one if len(one) <= _SHORT else one[: _SHORT - 1] + "…" for one in names]
    entries = [
        (
            f"{t(f'map_several.{kind}', lang, a=short[0], b=short[1])} ({number(int(n), lang)})",
            *look,
        )
        for kind, look in _LOOK.items()
        if (n := counts.get(kind, 0))
    ]
    groups = [_groups(aff, one, areas) for one in pair]
    for name, kind, own in zip(short, "ab", groups, strict=True):
        if len(own):
            words = f"{t('map_several.regions', lang, name=name)} ({number(len(own), lang)})"
            entries.append((words, _LOOK[kind][0], "outline"))
    known = coverage(aff)["known"]
    notes = []
    for one, name in zip(pair, names, strict=True):
        n = int(located[one])
        notes.append(f"{name}: " + " ".join(coverage_notes(aff, one, n, int(known[one]) - n, lang)))

    def draw(on: Axes) -> None:
        for kind, (color, hatch) in _LOOK.items():
            draw_areas(on, shapes[kinds.eq(kind)], color=color, hatch=hatch)
        for kind, own, width in zip("ab", groups, (3.2, 1.6), strict=True):
            draw_areas(on, own, color="none", edge=_LOOK[kind][0], width=width, zorder=3.5)

    draw(ax)
    draw_regions(ax, aff.year, areas)
    finish(ax, title=title, lang=lang, notes=notes, legend=entries)
    helsinki_inset(ax, draw)
    return ax


def _sorted_out(a: pd.Series, b: pd.Series) -> pd.Series:
    """Say of each municipality in which of two networks it is, as far as that is known."""
    in_a, in_b = a.isin(_HELD), b.isin(_HELD)
    open_a, open_b = a.eq("unknown"), b.eq("unknown")
    kinds = np.select(
        [in_a & in_b, in_a & open_b, in_a, in_b & open_a, in_b, open_a | open_b],
        ["both", "a_maybe_b", "a", "b_maybe_a", "b", "unknown"],
        "neither",
    )
    return pd.Series(kinds, index=a.index, name="kind", dtype="str")
