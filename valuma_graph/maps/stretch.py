"""A corridor as a picture: the map of it, and the same laid out as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.text import check_lang, number, t

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.geography.corridors import Corridor, CorridorProfile

COLORS: Final = {
    "member": "#0072B2",
    "unknown": "#F0E1B9",
    "not_member": "#D9D9D9",
    "inside": "#A6CEE3",
    "land": "#F4F2EC",
    "border": "#C9C5BA",
    "region": "#7A766C",
    "axis": "#D55E00",
    "corridor": "#E69F00",
    "sea": "#FFFFFF",
}
_HATCH: Final = "////"
_KM: Final = 1000.0
_CITIES: Final = 10
_WIDE: Final = 1.15


def plot_corridor(
    aff: Affiliation,
    corridor: Corridor,
    *,
    network: str | None = None,
    ax: Axes | None = None,
    lang: str = "en",
    areas: gpd.GeoDataFrame | None = None,
) -> Axes:
    """
    Draw a corridor on the map and, below or beside it, laid out as a line.

    On the strip each municipality that the axis crosses is a circle at its kilometre, its area
    by population. Brackets mark the stretches between members where the list tells of them.

    Parameters
    ----------
    aff
        The affiliation network.
    corridor
        The axis and its width.
    network
        Id or name of the network whose members are coloured; None for the geometry alone.
    ax
        Where to draw: map and strip become inset axes of it. None for a new page, upright or
        across as the corridor lies.
    lang
        `"fi"`, `"sv"` or `"en"`.
    areas
        Official boundaries to use instead of the drawn ones.

    Returns
    -------
    ax
        The axes of the map; the strip is the axes labelled `strip` in the same frame.

    Raises
    ------
    ValueError
        If `lang` is none of the three.
    UnknownNodeError
        If there is no such network.
    GeometryError
        If the axis is unusable.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.geography.corridors import Corridor
    >>> aff = vg.datasets.finland(year=2021)
    >>> ax = plot_corridor(aff, Corridor("Main line", "main_line", 30), network="suomi_rata_oy")
    >>> ax.get_label()
    'map'
    """
    from valuma_graph.geography.corridors import corridor_profile

    check_lang(lang)
    if network is not None:
        network = aff.find(network, mode="networks")
    profile = corridor_profile(aff, corridor, network=network, areas=areas)
    return draw_profile(aff, profile, network=network, ax=ax, lang=lang, areas=areas)


def draw_profile(
    aff: Affiliation,
    profile: CorridorProfile,
    *,
    network: str | None = None,
    ax: Axes | None = None,
    lang: str = "en",
    areas: gpd.GeoDataFrame | None = None,
) -> Axes:
    """Draw a corridor that has been measured already; see `plot_corridor`."""
    from valuma_graph.geography.outlines import boundaries

    year = division_of(aff.year)
    shapes = boundaries(year, areas=areas)
    west, south, east, north = profile.area.bounds
    tall = north - south > east - west
    frame = _frame(ax, tall=tall)
    wide, high = _inches(frame)
    title = str(profile.corridor.name)
    if network is not None and (name := aff.names("networks", lang)[network]) != title:
        title += f" – {name}"
    notes = _notes(aff, profile, network, lang)
    top, foot = 0.62 / high, (0.17 * len(notes) + 0.1) / high
    frame.text(0.01, 1 - 0.08 / high, title, size=13, weight="bold", va="top", parse_math=False)
    frame.text(0.01, 1 - 0.36 / high, _size(profile, lang), size=8.5, va="top", color="#444444")
    for k, note in enumerate(reversed(notes)):
        frame.text(
            0.01, (0.05 + 0.17 * k) / high, note, size=6.5, color="#444444", parse_math=False
        )
    across = tall and wide / high > _WIDE
    side = 1.9 / wide
    room = 1 - top - foot
    if across:
        map_box, strip_box = (0.0, foot, 0.4, room), (0.43, foot, 0.56, room * 0.55)
        side_box = (0.43, foot + room * 0.57, 0.57, room * 0.43)
    else:
        low = min(3.1 / high, room * 0.48)
        map_box = (0.0, foot + low, 1 - side - 0.01, room - low)
        side_box = (1 - side, foot + low, side, room - low)
        strip_box = (0.01, foot, 0.98, low)
    chart = _map(frame, map_box, shapes, profile, network, year, lang, areas)
    _locator(frame, side_box, shapes, profile, lang, network, across=across)
    _strip(frame, strip_box, shapes, profile, network, lang)
    return chart


def _frame(ax: Axes | None, *, tall: bool) -> Axes:
    if ax is None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8.27, 11.69) if tall else (11.69, 8.27))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.03, 0.03, 0.94, 0.94))
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="auto")
    ax.set_axis_off()
    return ax


def _inches(ax: Axes) -> tuple[float, float]:
    box = ax.get_window_extent()
    dpi = ax.figure.dpi
    return box.width / dpi, box.height / dpi


def _paint(profile: CorridorProfile, network: str | None) -> pd.Series:
    if network is None:
        return pd.Series("inside", index=profile.places.index)
    return profile.places["membership"].astype("str")


def _classes(network: str | None, profile: CorridorProfile) -> list[str]:
    present = set(_paint(profile, network))
    return [c for c in ("member", "unknown", "not_member", "inside") if c in present]


def _fill(ax: Axes, shapes: gpd.GeoDataFrame, kind: str, zorder: float) -> None:
    shapes.plot(
        ax=ax,
        facecolor=COLORS[kind],
        edgecolor="#8A7A45" if kind == "unknown" else "white",
        hatch=_HATCH if kind == "unknown" else None,
        linewidth=0.4,
        zorder=zorder,
        aspect=None,
    )


def _map(
    frame: Axes,
    box: tuple[float, float, float, float],
    shapes: gpd.GeoDataFrame,
    profile: CorridorProfile,
    network: str | None,
    year: int,
    lang: str,
    areas: gpd.GeoDataFrame | None,
) -> Axes:
    import geopandas as gpd

    from valuma_graph.geography.outlines import boundaries

    chart = frame.inset_axes(box, label="map")
    shapes.plot(
        ax=chart, facecolor=COLORS["land"], edgecolor=COLORS["border"], linewidth=0.4, aspect=None
    )
    paint = _paint(profile, network)
    for kind in _classes(network, profile):
        _fill(chart, shapes.loc[paint.index[paint.eq(kind)]], kind, 2)
    boundaries(year, by="region", areas=areas).boundary.plot(
        ax=chart, color=COLORS["region"], linewidth=0.8, zorder=3, aspect=None
    )
    area = gpd.GeoSeries([profile.area], crs=shapes.crs)
    area.plot(ax=chart, color=COLORS["corridor"], alpha=0.08, zorder=4, aspect=None)
    area.boundary.plot(ax=chart, color=COLORS["corridor"], linewidth=1, zorder=4, aspect=None)
    chart.plot(*profile.line.xy, color=COLORS["axis"], linewidth=2, zorder=5)
    _extent(chart, profile.area.bounds)
    _scale(chart, lang)
    _cities(chart, shapes, profile, year, lang)
    return chart


def _extent(chart: Axes, bounds: tuple[float, float, float, float]) -> None:
    """Show the bounds with a margin, in the proportions of the axes."""
    west, south, east, north = bounds
    wide, high = _inches(chart)
    step = max((east - west) / wide, (north - south) / high) * 1.1 / 2
    x, y = (west + east) / 2, (south + north) / 2
    chart.set(xlim=(x - step * wide, x + step * wide), ylim=(y - step * high, y + step * high))
    chart.set(xticks=[], yticks=[], xlabel="", ylabel="")
    chart.set_aspect("equal")
    for spine in chart.spines.values():
        spine.set_color(COLORS["border"])


def _scale(chart: Axes, lang: str) -> None:
    (west, east), (south, north) = chart.get_xlim(), chart.get_ylim()
    span = (east - west) / _KM
    length = max(k for k in (5, 10, 20, 50, 100, 200) if k <= max(span / 4, 5))
    x, y = west + 0.03 * (east - west), south + 0.03 * (north - south)
    chart.plot([x, x + length * _KM], [y, y], color="black", linewidth=2.5, zorder=8)
    words = t("map_corridor_km", lang, km=number(length, lang))
    halo(chart.text(x, y + 0.012 * (north - south), words, size=7, zorder=8))


def halo(text: Text) -> Text:
    """Give a text a white edge."""
    from matplotlib.patheffects import withStroke

    text.set_path_effects([withStroke(linewidth=2, foreground="white")])
    return text


def _cities(
    chart: Axes, shapes: gpd.GeoDataFrame, profile: CorridorProfile, year: int, lang: str
) -> None:
    """Name the largest cities, each where no other name stands; the largest choose first."""
    from valuma_graph.geography.axes import localities

    points = localities(year)
    order = profile.places["population"].astype("float64").sort_values(ascending=False).index
    taken: list[Any] = []
    inside = chart.get_window_extent()
    offsets = [(5, 0, "left", "center"), (-5, 0, "right", "center"), (0, 5, "center", "bottom"),
               (0, -5, "center", "top"), (6, 7, "left", "bottom"), (-6, 7, "right", "bottom"),
               (6, -7, "left", "top"), (-6, -7, "right", "top")]  # fmt: skip
    for member in order[: 2 * _CITIES]:
        if len(taken) >= _CITIES:
            break
        at = points[member]
        for dx, dy, ha, va in offsets:
            label = chart.annotate(
                shapes.loc[member, f"name_{lang}"], (at.x, at.y), (dx, dy), size=8, zorder=9,
                textcoords="offset points", ha=ha, va=va, parse_math=False, gid="city",
            )  # fmt: skip
            box = label.get_window_extent()
            if not any(box.overlaps(b) for b in taken) and _within(box, inside):
                taken.append(box)
                halo(label)
                chart.plot(at.x, at.y, "o", color="black", markersize=3, zorder=8)
                break
            label.remove()


def _within(box: Bbox, outer: Bbox) -> bool:
    return bool(
        box.x0 >= outer.x0 and box.x1 <= outer.x1 and box.y0 >= outer.y0 and box.y1 <= outer.y1
    )


def _locator(
    frame: Axes,
    box: tuple[float, float, float, float],
    shapes: gpd.GeoDataFrame,
    profile: CorridorProfile,
    lang: str,
    network: str | None,
    *,
    across: bool,
) -> None:
    """Show where in Finland the corridor lies, and what the colours mean."""
    import geopandas as gpd
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    x, y, w, h = box
    country = (x, y, w * 0.4, h) if across else (x, y + h * 0.5, w, h * 0.5)
    inset = frame.inset_axes(country, label="finland")
    shapes.plot(ax=inset, color="#DDDDDD", edgecolor="none", aspect=None)
    area = gpd.GeoSeries([profile.area], crs=shapes.crs)
    area.plot(ax=inset, color=COLORS["axis"], zorder=3, aspect=None)
    inset.set_aspect("equal")
    inset.set_axis_off()
    words = {
        "member": t("map_corridor_member", lang),
        "unknown": t("map_corridor_unknown", lang),
        "not_member": t("map_corridor_not_member", lang),
        "inside": t("map_corridor_inside", lang),
    }
    handles: list[Any] = [
        Patch(facecolor=COLORS[c], hatch=_HATCH if c == "unknown" else None,
              edgecolor="#8A7A45" if c == "unknown" else "white", label=words[c])
        for c in _classes(network, profile)
    ]  # fmt: skip
    handles += [
        Line2D([], [], color=COLORS["axis"], linewidth=2, label=t("map_corridor_axis", lang)),
        Patch(facecolor="#FEF7EA", edgecolor=COLORS["corridor"],
              label=t("map_corridor_area", lang)),
        Line2D([], [], color=COLORS["region"], linewidth=0.8,
               label=t("map_corridor_region", lang)),
    ]  # fmt: skip
    anchor = (x + w * 0.42, y + h) if across else (x, y + h * 0.48)
    frame.legend(
        handles=handles, loc="upper left", bbox_to_anchor=anchor, frameon=False, fontsize=7.5,
        borderaxespad=0,
    )  # fmt: skip


def _strip(
    frame: Axes,
    box: tuple[float, float, float, float],
    shapes: gpd.GeoDataFrame,
    profile: CorridorProfile,
    network: str | None,
    lang: str,
) -> None:
    """Lay the axis out as a line: circles above, kilometres and gaps below."""
    from matplotlib.ticker import FuncFormatter

    strip = frame.inset_axes(box, label="strip")
    wide, high = _inches(strip)
    length = float(profile.summary["length_km"])
    pad = 0.45 * length / wide
    strip.set(xlim=(-pad, length + pad), ylim=(-0.85, high - 0.85), yticks=[])
    strip.patch.set_alpha(0)
    for side in ("left", "right", "top"):
        strip.spines[side].set_visible(False)
    strip.xaxis.set_major_formatter(FuncFormatter(lambda km, _: number(km, lang)))
    strip.set_xticks([k for k in strip.get_xticks() if 0 <= k <= length])
    strip.spines["bottom"].set_visible(False)
    strip.spines["bottom"].set_position(("data", -0.35))
    strip.tick_params(labelsize=7, length=3, pad=1)
    strip.plot([0, length], [0, 0], color=COLORS["axis"], linewidth=2, zorder=1)
    on = profile.places[profile.places["axis_km"] > 0]
    on = on.sort_values("population", ascending=False)
    paint = _paint(profile, network)[on.index]
    people = on["population"].astype("float64").fillna(0).to_numpy()
    diameter = 38 * np.sqrt(people / max(people.max(), 1)) + 2
    for kind in _classes(network, profile):
        those = paint.eq(kind).to_numpy()
        strip.scatter(
            on["position_km"][those], np.zeros(those.sum()), s=diameter[those] ** 2, zorder=3,
            facecolor=COLORS[kind], edgecolor="#444444", linewidth=0.6, label=kind,
            hatch=_HATCH if kind == "unknown" else None,
        )  # fmt: skip
    _names(strip, on, shapes, lang, length / wide)
    _gaps(strip, profile, lang, length / wide)


def _names(
    strip: Axes, on: pd.DataFrame, shapes: gpd.GeoDataFrame, lang: str, per_inch: float
) -> None:
    on = on.sort_values("position_km")
    at = on["position_km"].to_numpy("float64")
    low, high = strip.get_xlim()
    size = min(7.5, 72 * 0.72 * (high - low) / per_inch / max(len(at), 1))
    placed = spread(at, per_inch * size / 72 * 1.35, low, high)
    for member, x, label_x in zip(on.index, at, placed, strict=True):
        strip.plot([x, x, label_x], [0, 0.32, 0.5], color="#999999", linewidth=0.5, zorder=2)
        strip.text(
            label_x, 0.53, shapes.loc[member, f"name_{lang}"], rotation=90, size=size,
            ha="center", va="bottom", parse_math=False, gid="name",
        )  # fmt: skip


def spread(at: np.ndarray, least: float, low: float, high: float) -> np.ndarray:
    """
    Move sorted positions as little as can be until they are `least` apart and within bounds.

    The sum of squared moves is least (isotonic regression of the positions less their rank).

    Examples
    --------
    >>> spread(np.array([1.0, 1.0, 5.0]), 1.0, 0.0, 10.0).tolist()
    [0.5, 1.5, 5.0]
    """
    from scipy.optimize import isotonic_regression

    if not len(at):
        return at
    rank = np.arange(len(at)) * least
    moved = np.asarray(isotonic_regression(at - rank).x)
    upper = max(high - low - rank[-1], 0.0) + low
    result: np.ndarray = np.clip(moved, low, upper) + rank
    return result


def _gaps(strip: Axes, profile: CorridorProfile, lang: str, per_inch: float) -> None:
    known = _known_gaps(profile).sort_values("from_km")
    middle = ((known["from_km"] + known["to_km"]) / 2).to_numpy("float64")
    placed = spread(middle, 0.42 * per_inch, *strip.get_xlim())
    ends = known[["from_km", "to_km"]].to_numpy("float64").tolist()
    for (a, b), x in zip(ends, placed, strict=True):
        strip.plot([a, a, b, b], [-0.62, -0.67, -0.67, -0.62], color="#333333", linewidth=1)
        words = t("map_corridor_km", lang, km=number(b - a, lang))
        strip.text(x, -0.7, words, size=6.5, ha="center", va="top", gid="gap")


def _known_gaps(profile: CorridorProfile) -> pd.DataFrame:
    gaps = profile.gaps
    return gaps[gaps["kind"].eq("not_member") & gaps["between"].astype(bool)]


def _size(profile: CorridorProfile, lang: str) -> str:
    summary = profile.summary
    return t(
        "map_corridor_size",
        lang,
        length=number(float(summary["length_km"]), lang),
        width=number(float(summary["width_km"]), lang),
        count=number(int(summary["municipalities"]), lang),
        people=number(float(summary["population"]), lang),
    )


def _notes(aff: Affiliation, profile: CorridorProfile, network: str | None, lang: str) -> list[str]:
    notes = []
    if network is not None:
        from valuma_graph.measures.nodes import coverage

        row = coverage(aff).loc[network].to_dict()
        declared = row["declared"]
        notes.append(
            t(
                "map_corridor_note_list",
                lang,
                known=number(int(row["known"]), lang),
                declared=number(None if pd.isna(declared) else int(declared), lang),
                status=t(f"list_status.{row['list_status']}", lang),
            )
        )
        found = len(_known_gaps(profile))
        gaps = "map_corridor_note_gaps" if found else "map_corridor_note_no_gaps"
        notes.append(t(gaps, lang))
    return [
        *notes,
        t("map_corridor_note_strip", lang),
        t("map_corridor_note_shapes", lang),
        t("map_corridor_source", lang),
    ]
