"""Maps of members: of one network, of a value, of who is left outside."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.errors import GeometryError
from valuma_graph.geography import boundaries
from valuma_graph.maps.canvas import (
    PALETTE,
    country,
    draw_areas,
    draw_regions,
    finish,
    helsinki_inset,
    new_axes,
    sheet,
)
from valuma_graph.maps.labels import place_labels
from valuma_graph.measures import CENTRALITIES, centrality, coverage, isolation
from valuma_graph.measures.isolates import STATUSES
from valuma_graph.measures.standing import is_in
from valuma_graph.measures.standing import standing as membership
from valuma_graph.text import number, t

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation

# Light to dark, told apart in grey.
_RAMP: Final = ("#F1EEF6", "#BDC9E1", "#74A9CF", "#2B8CBE", "#045A8D", "#023858", "#011C2C")
_LONGEST: Final = 90  # letters of a title
_THIN: Final = 0.2  # points, borders of small maps
_DIGITS: Final = 8  # decimals at most
_FEWEST: Final = 2  # classes
AROUND: Final = 500
"""Kilometres around Finland within which members abroad are drawn."""

_DOT: Final = 15_000.0  # metres around a point that are kept free of the legend and the inset

_LEADS: Final = ("host", "coordinator")
_STATUS_LOOK: Final = {
    "isolated": ("#D55E00", None),
    "no_known_membership": (PALETTE["unknown"], PALETTE["hatch"]),
    "single_network": ("#F0E442", None),
    "bridge_dependent": ("#E69F00", None),
    "separate_component": ("#CC79A7", None),
    "connected": ("#56B4E9", None),
}


def standing(aff: Affiliation, network: str, shapes: pd.Index) -> pd.Series:
    """
    Say how each municipality of a map stands to a network.

    Parameters
    ----------
    aff
        The affiliation network.
    network
        Its id.
    shapes
        Ids of the municipalities.

    Returns
    -------
    standing
        `host` (hosts or coordinates it), `member`, `unknown` (the list is open) or `other`.
    """
    found = membership(aff, network, shapes).replace({"not_member": "other"})
    rows = aff.memberships[aff.memberships["network_id"].eq(network)]
    leads = rows.loc[rows["role"].isin(_LEADS), "member_id"]
    return found.mask(shapes.isin(leads), "host")


def plot_network(
    aff: Affiliation,
    network: str,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    areas: gpd.GeoDataFrame | None = None,
    labels: bool = True,
) -> Axes:
    """
    Map the members of a network.

    Municipalities are members, hosts or coordinators, not members, or, where the list of members
    is not complete, not known. A region that is a member is tinted and outlined. Members abroad are
    points where the table of members has their `lon` and `lat` (the bundled one has none: no source
    of ours states them) and they lie within `AROUND` km of Finland; the others are counted below
    the map.

    Parameters
    ----------
    aff
        The affiliation network.
    network
        Its id, or its name in any language.
    ax
        Axes to draw on; a new A4 sheet when None.
    lang
        `fi`, `sv` or `en`.
    areas
        Official boundaries of the municipalities, as for `boundaries`.
    labels
        Whether to name the largest members.

    Returns
    -------
    ax
        The Axes.

    Raises
    ------
    GeometryError
        If no member of the network is a place of the map.
    UnknownNodeError
        If there is no such network.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> len(plot_network(aff, "fisu", lang="fi").get_legend().get_texts())
    2
    """
    import geopandas as gpd

    name = aff.find(network, mode="networks")
    shapes = country(aff, areas)
    found = standing(aff, name, shapes.index)
    members = aff.members[is_in(aff, name)]
    groups = group_shapes(aff, members, areas)
    points = points_around(members.drop(members.index.intersection(shapes.index)), shapes)
    points = points.drop(points.index.intersection(groups.index))
    located = int(members.index.isin(shapes.index).sum()) + len(groups) + len(points)
    if not located and not found.eq("host").any():
        raise GeometryError(f"network {name!r} has no member that lies on the map of Finland")
    ax = new_axes(ax)
    draw_standing(ax, shapes, found, groups)
    draw_regions(ax, aff.year, areas)
    legend = standing_legend(found, groups, lang)
    if len(points):
        legend.append((t("map_standing.point", lang), PALETTE["member"], "marker:o"))
        dots = gpd.points_from_xy(points["x"], points["y"]).buffer(_DOT)
        sheet(ax).shapes.extend(dots)  # nothing is to be laid over them
    finish(
        ax,
        title=title_of(aff, name, lang),
        lang=lang,
        notes=coverage_notes(aff, name, located, len(members) - located, lang),
        extent=_extent(shapes, points),
        legend=legend,
    )
    if len(points):
        drawn = ax.scatter(points["x"], points["y"], s=36, color=PALETTE["member"], zorder=4)
        drawn.set(edgecolors="white", gid="abroad")
    helsinki_inset(ax, lambda inset: draw_standing(inset, shapes, found, groups))
    if labels:
        named = shapes[found.isin(["member", "host"])]
        write_names(ax, aff, named, lang, points)
    return ax


def points_around(members: pd.DataFrame, shapes: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Return members that have coordinates as points, as far as they lie around some areas.

    Parameters
    ----------
    members
        Rows of `aff.members`.
    shapes
        The areas, EPSG:3067.

    Returns
    -------
    points
        Index `member_id`; `x`, `y` (EPSG:3067, metres).

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"lon": [22.15, -74.0], "lat": [65.58, 40.7]}, index=["lulea", "far"])
    >>> list(points_around(table, boundaries(2020)).index)
    ['lulea']
    """
    import geopandas as gpd

    rows = members.reindex(columns=["lon", "lat"]).astype("float64").dropna()
    points = gpd.points_from_xy(rows["lon"], rows["lat"], crs="EPSG:4326").to_crs("EPSG:3067")
    west, south, east, north = shapes.total_bounds
    m = AROUND * 1000
    there = pd.DataFrame({"x": points.x, "y": points.y}, index=rows.index)
    return there[there["x"].between(west - m, east + m) & there["y"].between(south - m, north + m)]


def _extent(
    shapes: gpd.GeoDataFrame, points: pd.DataFrame
) -> tuple[float, float, float, float] | None:
    if points.empty:
        return None
    west, south, east, north = (float(edge) for edge in shapes.total_bounds)
    x, y, margin = points["x"], points["y"], 20_000.0
    return (
        min(west, float(x.min())) - margin,
        min(south, float(y.min())) - margin,
        max(east, float(x.max())) + margin,
        max(north, float(y.max())) + margin,
    )


def title_of(aff: Affiliation, network: str, lang: str) -> str:
    """Return the name of a network and the year of the set."""
    name = str(aff.names("networks", lang)[network])
    name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return name if aff.year is None else f"{name}, {aff.year}"


def coverage_notes(
    aff: Affiliation, network: str, located: int, elsewhere: int, lang: str
) -> list[str]:
    """Say how many members are on the map and how far the list is known."""
    state, pair = list_state(coverage(aff), network, lang)
    notes = [t("map_sheet.coverage", lang, n=located, status=state)]
    if pair:
        known, declared = pair
        notes[0] += " " + t("map_sheet.declared", lang, known=known, declared=declared)
    return notes + ([t("map_sheet.elsewhere", lang, n=elsewhere)] if elsewhere else [])


def list_state(known: pd.DataFrame, network: str, lang: str) -> tuple[str, tuple[str, str] | None]:
    """Return the state of the list of a network, and known and declared where comparable."""
    status = known["list_status"].fillna("unknown")[network]
    state = t(f"list_status.{status}", lang)
    if pd.isna(known["coverage"][network]):
        return state, None
    one, two = (number(int(known[name][network]), lang) for name in ("compared", "declared"))
    return state, (one, two)


def group_shapes(
    aff: Affiliation, members: pd.DataFrame, areas: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    """Return the areas of those members that are regions or other groupings of the division."""
    year = division_of(aff.year)
    whole = boundaries(year, by="region", areas=areas)
    found = [whole[whole.index.isin(members.index)]]
    if members["kind"].eq("sub_region").any():
        sub = boundaries(year, by="sub_region", areas=areas)
        found.append(sub[sub.index.isin(members.index)])
    joined: gpd.GeoDataFrame = pd.concat(found)
    return joined


def draw_standing(
    ax: Axes,
    shapes: gpd.GeoDataFrame,
    found: pd.Series,
    groups: gpd.GeoDataFrame,
    *,
    width: float = 0.3,
) -> None:
    """Fill municipalities by how they stand to a network, and outline its regions."""
    dense = PALETTE["hatch"] * (2 if width < _THIN else 1)
    for kind in ("other", "unknown", "member", "host"):
        hatch = dense if kind == "unknown" else None
        draw_areas(ax, shapes[found.eq(kind)], color=PALETTE[kind], hatch=hatch, width=width)
    if len(groups):
        inside = shapes[found.isin(["other", "unknown"])]
        inside = inside[inside.representative_point().within(groups.union_all())]
        draw_areas(ax, inside, color=PALETTE["tint"], width=width, zorder=1.5)
        edge = PALETTE["member"]
        draw_areas(ax, groups, color="none", edge=edge, width=min(1.6, 5 * width), zorder=3.5)


def standing_legend(
    found: pd.Series, groups: gpd.GeoDataFrame, lang: str
) -> list[tuple[str, str, str | None]]:
    """Return the entries that a map of a network needs."""
    entries: list[tuple[str, str, str | None]] = []
    for kind in ("host", "member", "unknown", "other"):
        if found.eq(kind).any():
            hatch = PALETTE["hatch"] if kind == "unknown" else None
            entries.append((t(f"map_standing.{kind}", lang), PALETTE[kind], hatch))
    if len(groups):
        entries.insert(0, (t("map_standing.region", lang), PALETTE["tint"], None))
    return entries


def write_names(
    ax: Axes,
    aff: Affiliation,
    shapes: gpd.GeoDataFrame,
    lang: str,
    others: pd.DataFrame | None = None,
) -> None:
    """Name the largest of some municipalities, and other members that are points."""
    points = shapes.representative_point()
    people = aff.members.reindex(shapes.index).get("population")
    frame = pd.DataFrame({"x": points.x, "y": points.y}, index=shapes.index)
    frame["weight"] = np.nan if people is None else people.astype("Float64").astype("float64")
    frame["name"] = aff.names(lang=lang).reindex(shapes.index).fillna(shapes[f"name_{lang}"])
    if others is not None and len(others):
        names = aff.names(lang=lang).reindex(others.index)
        frame = pd.concat([others.assign(weight=1e9, name=names), frame])
    place_labels(ax, frame.dropna(subset=["x", "y", "name"]))


def plot_members(
    aff: Affiliation,
    values: pd.Series | str,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    title: str | None = None,
    scheme: str | None = None,
    classes: int = 5,
    areas: gpd.GeoDataFrame | None = None,
) -> Axes:
    """
    Map a value of each municipality in classes.

    Parameters
    ----------
    aff
        The affiliation network.
    values
        Indexed by member id; or `"networks"` (the number known) or a column of `centrality`.
    ax, lang, areas
        As for `plot_network`.
    title
        By the name of the value when None.
    scheme
        `integer` (classes of whole numbers, zero by itself) or `quantile` (classes with as many
        municipalities each as equal values allow); None chooses by the values.
    classes
        The most classes, 2 to 7.

    Returns
    -------
    ax
        The Axes.

    Raises
    ------
    ValueError
        If there is no such scheme or measure, `classes` is not 2 to 7, or values that are not
        whole are to be put in classes of whole numbers.
    GeometryError
        If the values are about no municipality of the map.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> ax = plot_members(vg.datasets.finland(year=2019), "networks", lang="sv")
    """
    if not _FEWEST <= classes <= len(_RAMP):
        raise ValueError(f"classes must be 2 to {len(_RAMP)}, not {classes!r}")
    if scheme not in (None, "integer", "quantile"):
        raise ValueError(f"scheme must be integer, quantile or None, not {scheme!r}")
    if isinstance(values, str):
        column = "degree" if values == "networks" else values
        title = title or t("map_sheet.value", lang, name=_measure(column, lang))
        values = centrality(aff, measures=[column])[column]
    shapes = country(aff, areas)
    if not values.index.isin(shapes.index).any():
        raise GeometryError("none of the values is about a municipality of the map")
    shown = values.reindex(shapes.index).astype("Float64").astype("float64")
    shown = shown.where(np.isfinite(shown))
    lows, texts = _classes(shown.dropna().to_numpy(), scheme, classes, lang)
    place = np.searchsorted(lows, shown.to_numpy(), side="right") - 1
    ramp = _colours(len(lows))
    missing = shown.isna().to_numpy()

    def draw(on: Axes) -> None:
        draw_areas(on, shapes[missing], color=PALETTE["missing"], hatch=PALETTE["hatch"])
        for i, color in enumerate(ramp):
            draw_areas(on, shapes[~missing & (place == i)], color=color)

    ax = new_axes(ax)
    draw(ax)
    draw_regions(ax, aff.year, areas)
    entries: list[tuple[str, str, str | None]] = [
        (text, color, None) for text, color in zip(texts, ramp, strict=True)
    ]
    if missing.any():
        entries.append((t("map_sheet.missing", lang), PALETTE["missing"], PALETTE["hatch"]))
    words = title or str(values.name or "")
    year = "" if aff.year is None else f", {aff.year}"
    notes = [t("map_sheet.known_only", lang)]
    finish(ax, title=f"{words}{year}", lang=lang, notes=notes, legend=entries)
    helsinki_inset(ax, draw)
    return ax


def _measure(column: str, lang: str) -> str:
    if column == "degree":
        return t("map_sheet.networks", lang)
    return t(f"map_measure.{column}", lang) if column in CENTRALITIES else column


def _colours(n: int) -> list[str]:
    at = np.linspace(0, len(_RAMP) - 2, n).round().astype(int) if n < len(_RAMP) else range(n)
    return [_RAMP[i] for i in at]


def _classes(
    values: np.ndarray, scheme: str | None, classes: int, lang: str
) -> tuple[np.ndarray, list[str]]:
    """Return the lower bounds of the classes and how they are written."""
    if not len(values):
        return np.array([]), []
    whole = bool((values == np.round(values)).all())
    if scheme == "integer" and not whole:
        raise ValueError("scheme='integer' needs whole numbers; use 'quantile' for these values")
    lows = _lows(values, classes, zero=whole and scheme != "quantile")
    place = np.searchsorted(lows, values, side="right") - 1
    digits = 0 if whole else int(max(0, 2 - np.floor(np.log10(np.abs(values).max() or 1))))
    ends_of = [(values[place == i].min(), values[place == i].max()) for i in range(len(lows))]
    while not whole and digits < _DIGITS and _alike(ends_of, digits):
        digits += 1
    texts = []
    for i, (low, high) in enumerate(ends_of):  # what is written is what is in the class
        ends = dict.fromkeys((number(float(low), lang, digits), number(float(high), lang, digits)))
        texts.append(f"{'–'.join(ends)}  ({number(int((place == i).sum()), lang)})")
    return lows, texts


def _alike(ends: list[tuple[float, float]], digits: int) -> bool:
    """Say whether the end of a class and the beginning of the next would be written alike."""
    pairs = pairwise(ends)
    return any(round(one[1], digits) == round(two[0], digits) for one, two in pairs)


def _lows(values: np.ndarray, classes: int, *, zero: bool) -> np.ndarray:
    """Cut values into classes of like size; equal values stay together, zero by itself."""
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) <= classes:
        return distinct
    lows, held, left = [distinct[0]], 0, int(counts.sum())
    aim = left / classes
    for before, value, count in zip(distinct, distinct[1:], counts, strict=False):
        held += int(count)
        if len(lows) < classes and (held >= aim or (zero and before == 0)):
            lows.append(value)
            left, held = left - held, 0
            aim = left / (classes - len(lows) + 1)
    return np.array(lows)


def plot_isolation(
    aff: Affiliation,
    *,
    ax: Axes | None = None,
    lang: str = "en",
    areas: gpd.GeoDataFrame | None = None,
) -> Axes:
    """
    Map who is left outside: the status that `isolation` gives each municipality.

    Parameters
    ----------
    aff, ax, lang, areas
        As for `plot_network`.

    Returns
    -------
    ax
        The Axes.

    Raises
    ------
    GeometryError
        If no municipality of the set lies on the map.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> ax = plot_isolation(vg.datasets.finland(year=2019))
    """
    shapes = country(aff, areas)
    if not aff.members.index.isin(shapes.index).any():
        raise GeometryError("no member of the set is a municipality of the map of Finland")
    status = isolation(aff, level="municipality", lang=lang)["status"].reindex(shapes.index)
    counts = status.value_counts()
    kinds = [kind for kind in STATUSES if counts.get(kind, 0)]

    def draw(on: Axes) -> None:
        draw_areas(on, shapes[status.isna()], color=PALETTE["missing"])
        for kind in kinds:
            color, hatch = _STATUS_LOOK[kind]
            draw_areas(on, shapes[status.eq(kind)], color=color, hatch=hatch)

    ax = new_axes(ax)
    draw(ax)
    draw_regions(ax, aff.year, areas)
    entries = [
        (f"{t(f'status.{kind}', lang)} ({number(int(counts[kind]), lang)})", *_STATUS_LOOK[kind])
        for kind in kinds
    ]
    year = "" if aff.year is None else f", {aff.year}"
    finish(
        ax,
        title=t("map_sheet.isolation", lang) + year,
        lang=lang,
        notes=[t("map_sheet.known_only", lang)],
        legend=entries,
    )
    helsinki_inset(ax, draw)
    return ax
