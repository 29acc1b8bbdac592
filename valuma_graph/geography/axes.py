"""Axes that corridors and distances are measured from: bundled ones, chains of places, lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import numpy as np
import pandas as pd

from valuma_graph.errors import GeometryError, UnknownNodeError
from valuma_graph.places import LATEST, data_path, gazetteer

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from shapely import LineString
    from shapely.geometry.base import BaseGeometry

AxisLike: TypeAlias = "str | Iterable[object] | LineString"
"""The name of a bundled axis, a chain of municipalities, or a line in EPSG:3067."""

_CRS: Final = "EPSG:3067"
_KM: Final = 1000.0
_SHORTEST: Final = 1.0
"""Metres: whatever is shorter is no line."""

_CELL_KM: Final = 2.0
"""The cell of the lattice of the drawn boundaries: a shorter stay outside may be in them only."""

_STATES: Final = ("member", "unknown", "not_member", "outside")
"""What a piece of an axis is; of several municipalities beside each other, the first."""

_NORTHING, _EASTING = 6_500_000.0, 1_000_000.0
"""Finland lies north of the first and west of the second, so that swapped axes show."""


@dataclass(frozen=True, eq=False)
class Axis:
    """
    A line to measure from.

    Parameters
    ----------
    line
        `shapely.LineString` in EPSG:3067, metres; it may turn back or cross itself.
    stops
        The places that it was drawn through, in order: `member_id`, `name` (Finnish, of the
        division), `position_km` (float, along the axis from its start). Empty for a given line.
    """

    line: LineString
    stops: pd.DataFrame


def line_of(axis: AxisLike, *, year: int = LATEST, root: str | Path | None = None) -> Axis:
    """
    Return the line of an axis.

    Bundled axes and chains of places are straight from one central locality to the next; they
    are neither surveyed track nor road.

    Parameters
    ----------
    axis
        `main_line`, `northern_growth_zone` or `e18`; or two or more municipalities, in order, by
        name, code or id (one that has merged since stands for its successor; a place twice in a
        row counts once); or a `shapely.LineString` in EPSG:3067.
    year
        The division that the places are of, 2013 to 2026.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    axis
        The line and the places on it.

    Raises
    ------
    ValueError
        If there is no such bundled axis or division.
    UnknownNodeError
        If places are not municipalities of Finland; all of them are named, with suggestions.
    GeometryError
        If the axis is of fewer than two places; or the line is empty, of no length, has
        coordinates that are not finite, or is not in metres of EPSG:3067.

    Examples
    --------
    >>> axis = line_of("main_line", year=2019)
    >>> round(axis.line.length / 1000), axis.stops["name"].iloc[-1]
    (335, 'Seinäjoki')
    >>> line_of(["Turku", "Tammerfors", "297"]).stops["member_id"].tolist()
    ['municipality:FI-853', 'municipality:FI-837', 'municipality:FI-297']
    """
    if isinstance(axis, str):
        return _bundled(axis, year, root)
    if hasattr(axis, "geom_type"):
        return Axis(_checked(cast("BaseGeometry", axis)), _stops([], [], np.zeros(0)))
    if not isinstance(axis, Iterable):
        raise GeometryError(
            "an axis is the name of a bundled one, a list of places or a LineString, "
            f"not {type(axis).__name__}"
        )
    return _through(list(axis), year, root)


def bundled_axes(root: str | Path | None = None) -> tuple[str, ...]:
    """
    Return the names of the bundled axes.

    Examples
    --------
    >>> bundled_axes()
    ('main_line', 'northern_growth_zone', 'e18')
    """
    return tuple(_table(root)["axis"].unique().tolist())


def localities(year: int = LATEST, *, root: str | Path | None = None) -> gpd.GeoSeries:
    """
    Return the central localities of the municipalities of a division.

    Parameters
    ----------
    year
        2013 to 2026.
    root
        As for `line_of`.

    Returns
    -------
    points
        EPSG:3067, index `member_id` in the order of the division.

    Examples
    --------
    >>> helsinki = localities(2020)["municipality:FI-091"]
    >>> round(helsinki.x), round(helsinki.y)
    (386411, 6671910)
    """
    places = gazetteer(root).division(year)
    return _projected(places["lon"], places["lat"])


def stretches(line: LineString, areas: gpd.GeoSeries) -> pd.DataFrame:
    """
    Measure where a line runs through areas.

    Each straight part of the line is cut on its own, so that a line that turns back over itself
    is measured both ways.

    Parameters
    ----------
    line
        In EPSG:3067, metres.
    areas
        Polygons, without missing ones.

    Returns
    -------
    stretches
        One row for each unbroken stretch in one area, by `from_m`: `member_id` (of the index of
        the areas), `from_m`, `to_m` (float, metres along the line). Less than a metre is nothing,
        and stretches less than a metre apart are one.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> areas = gpd.GeoSeries({"a": shapely.box(0, 0, 1000, 1000)})
    >>> stretches(shapely.LineString([(-500, 500), (5000, 500)]), areas)
      member_id  from_m    to_m
    0         a   500.0  1500.0
    """
    import shapely

    points = shapely.get_coordinates(line)
    parts = np.asarray(shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1)))
    start = np.append(0.0, np.cumsum(shapely.length(parts)))
    shapes = areas.to_numpy()
    part, area = shapely.STRtree(shapes).query(parts, predicate="intersects")
    inside, row = shapely.get_parts(
        shapely.intersection(parts[part], shapes[area]), return_index=True
    )
    lines = shapely.get_dimensions(inside) == 1
    inside, row = inside[lines], row[lines]
    ends = np.stack(
        [
            shapely.distance(shapely.points(points[part[row]]), shapely.get_point(inside, i))
            for i in (0, -1)
        ],
        axis=1,
    )
    ends = np.sort(ends, axis=1) + start[part[row]][:, None]
    runs = pd.DataFrame({"area": area[row], "from_m": ends[:, 0], "to_m": ends[:, 1]})
    runs = runs.sort_values(["area", "from_m"], ignore_index=True)
    apart = runs["from_m"] - runs.groupby("area")["to_m"].shift() >= _SHORTEST
    new = apart | runs["area"].ne(runs["area"].shift())
    runs = runs.groupby(new.cumsum()).agg(
        area=("area", "first"), from_m=("from_m", "min"), to_m=("to_m", "max")
    )
    runs = runs[runs["to_m"] - runs["from_m"] >= _SHORTEST]
    runs = runs.sort_values(["from_m", "to_m", "area"], ignore_index=True)
    runs.insert(0, "member_id", areas.index[runs.pop("area")].astype("str"))
    return runs


def pieces(runs: pd.DataFrame, length: float, membership: pd.Series) -> pd.DataFrame:
    """
    Cut an axis where municipalities begin or end.

    Parameters
    ----------
    runs
        As from `stretches`.
    length
        Of the axis, in metres.
    membership
        `member`, `unknown` or `not_member`, or missing, by `member_id`.

    Returns
    -------
    pieces
        One row for each piece, from the start to the end: `state` (as `membership`, or `outside`
        every municipality), `ids` (of the municipalities), `from_km`, `to_km`, `km`, and
        `counts_as`: the state, but an outside piece between two pieces of one municipality, or
        shorter than 2 km between any two, is bridged: it counts as the pieces beside it, and as
        no member if only one of them is a member.

    Examples
    --------
    >>> runs = pd.DataFrame({"member_id": ["a", "a"], "from_m": [0, 8e3], "to_m": [5e3, 9e3]})
    >>> pieces(runs, 20e3, pd.Series({"a": "member"}))[["state", "counts_as", "km"]]
         state counts_as    km
    0   member    member   5.0
    1  outside    member   3.0
    2   member    member   1.0
    3  outside   outside  11.0
    """
    cuts = np.unique(np.concatenate([[0.0, length], runs["from_m"], runs["to_m"]]))
    # Borders that are a hair apart by rounding are one.
    cuts = cuts[np.append(True, np.diff(cuts) >= _SHORTEST)]
    cuts[-1] = length
    middle = (cuts[:-1] + cuts[1:]) / 2
    rows = []
    for at in middle.tolist():
        here = runs.loc[(runs["from_m"] <= at) & (at <= runs["to_m"]), "member_id"].tolist()
        found = {membership.get(one) for one in here} or {"outside"}
        state = next((s for s in _STATES if s in found), None)
        rows.append((state, tuple(here)))
    frame = pd.DataFrame(rows, columns=["state", "ids"]).astype({"state": "str"})
    ends = pd.DataFrame({"from_km": cuts[:-1] / _KM, "to_km": cuts[1:] / _KM})
    frame = frame.join(ends).assign(km=np.diff(cuts) / _KM)
    return frame.assign(counts_as=_bridged(frame))


def joined(cut: pd.DataFrame) -> pd.DataFrame:
    """
    Join neighbouring pieces: stretches of members, of what is no member, and outside.

    Parameters
    ----------
    cut
        As from `pieces`.

    Returns
    -------
    runs
        One row for each stretch: `kind` (as `counts_as`; `mixed` of `unknown` and `not_member`),
        `from_km`, `to_km`, `ids` (list, each municipality once), `km`.
    """
    group = cut["counts_as"].replace({"unknown": "gap", "not_member": "gap"})
    run = group.ne(group.shift()).cumsum()
    rows = []
    for _, part in cut.groupby(run):
        states = sorted(set(part["counts_as"]))
        ids = list(dict.fromkeys(one for several in part["ids"] for one in several))
        kind = states[0] if len(states) == 1 else "mixed"
        rows.append((kind, part["from_km"].iloc[0], part["to_km"].iloc[-1], ids))
    merged = pd.DataFrame(rows, columns=["kind", "from_km", "to_km", "ids"])
    return merged.assign(km=merged["to_km"] - merged["from_km"])


def _bridged(frame: pd.DataFrame) -> pd.Series:
    """Say what each piece counts as: outside pieces that are bridged, as those beside them."""
    states, ids = frame["state"].tolist(), frame["ids"].tolist()
    counts = frame["state"].copy()
    outside = frame["state"].eq("outside")
    for _, block in frame[outside].groupby((~outside).cumsum()[outside]):
        before, after = int(block.index[0]) - 1, int(block.index[-1]) + 1
        if before < 0 or after == len(frame):
            continue
        short = round(float(block["km"].sum()), 3) < _CELL_KM
        beside = {states[before], states[after]}
        known = beside <= set(_STATES)  # without a network there is nothing to count as
        if known and (short or set(ids[before]) & set(ids[after])):
            counts.loc[block.index] = max(beside, key=_STATES.index)
    return counts


def _bundled(name: str, year: int, root: str | Path | None) -> Axis:
    rows = _table(root)
    rows = rows[rows["axis"] == name]
    if rows.empty:
        raise ValueError(
            f"the bundled axes are {', '.join(bundled_axes(root))}, not {name!r}; "
            "an axis of your own is a list of places or a LineString"
        )
    finland = gazetteer(root)
    ids = "municipality:FI-" + rows["code"]
    ids = ids.map(finland.successors(year)).fillna(ids)
    names = ids.map(finland.division(year)["name_fi"])
    points = _projected(rows["lon"].astype("float64"), rows["lat"].astype("float64"))
    return _drawn(ids.tolist(), names.tolist(), points)


def _through(places: list[Any], year: int, root: str | Path | None) -> Axis:
    refusal = "An axis goes through municipalities of Finland; not one of these"
    found = municipality_ids(places, year, root, refusal=refusal)
    found = found[found.ne(found.shift())]
    if len(found) < 2:  # noqa: PLR2004
        given = ", ".join(repr(one) for one in places) or "none"
        raise GeometryError(f"an axis needs two different places or more; given: {given}")
    rows = gazetteer(root).division(year).loc[found]
    points = _projected(rows["lon"], rows["lat"])
    return _drawn(found.tolist(), rows["name_fi"].tolist(), points)


def municipality_ids(
    places: list[Any], year: int, root: str | Path | None, *, refusal: str
) -> pd.Series:
    """
    Return the ids of municipalities by name, code or id, of one that has merged its successor's.

    Raises
    ------
    UnknownNodeError
        If some are none: the refusal, all of them, and suggestions.
    """
    finland = gazetteer(root)
    answers = finland.resolve(places, year, kind="municipality")
    found = answers["member_id"].map(finland.successors(year)).fillna(answers["member_id"])
    bad = ~found.isin(finland.division(year).index)
    if bad.any():
        named = ", ".join(repr(places[i]) for i in np.flatnonzero(bad))
        near = [one for several in answers.loc[bad, "suggestions"] for one in several]
        raise UnknownNodeError(f"{refusal}: {named}.", list(dict.fromkeys(near)))
    return found


def _drawn(ids: list[str], names: list[str], points: gpd.GeoSeries) -> Axis:
    import shapely

    at = np.column_stack([points.x, points.y])
    steps = np.hypot(*np.diff(at, axis=0).T)
    return Axis(shapely.LineString(at), _stops(ids, names, np.append(0.0, np.cumsum(steps))))


def _stops(ids: list[str], names: list[str], metres: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "member_id": pd.Series(ids, dtype="str"),
            "name": pd.Series(names, dtype="str"),
            "position_km": pd.Series(metres / _KM, dtype="float64"),
        }
    )


def _checked(line: BaseGeometry) -> LineString:
    """Refuse what is no line, or not in metres of EPSG:3067."""
    import shapely

    if not isinstance(line, shapely.LineString):
        raise GeometryError(f"an axis is one LineString, not a {line.geom_type}")
    if line.is_empty:
        raise GeometryError("the line of the axis is empty")
    flat: LineString = shapely.force_2d(line)
    points = shapely.get_coordinates(flat)
    if not np.isfinite(points).all():
        raise GeometryError("the line of the axis has coordinates that are not finite numbers")
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    where = f"its points reach from ({west:g}, {south:g}) to ({east:g}, {north:g})"
    if np.abs(points[:, 0]).max() <= 180 and np.abs(points[:, 1]).max() <= 90:  # noqa: PLR2004
        raise GeometryError(
            f"the line of the axis is in degrees ({where}); give metres in {_CRS}, "
            f'as GeoSeries([line], crs="EPSG:4326").to_crs("{_CRS}") does'
        )
    if west > _NORTHING and north < _EASTING:
        raise GeometryError(f"the line of the axis has northing first ({where}); easting is first")
    if flat.length < _SHORTEST:
        raise GeometryError(f"the line of the axis has no length ({where})")
    return flat


def _projected(lon: pd.Series, lat: pd.Series) -> gpd.GeoSeries:
    import geopandas as gpd

    points = gpd.points_from_xy(lon, lat, crs="EPSG:4326")
    return gpd.GeoSeries(points, index=lon.index).to_crs(_CRS)


def _table(root: str | Path | None) -> pd.DataFrame:
    path = data_path("municipalities", "axes.csv", root=root)
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows["order"] = pd.to_numeric(rows["order"])
    parts = [part.sort_values("order") for _, part in rows.groupby("axis", sort=False)]
    return pd.concat(parts, ignore_index=True)
