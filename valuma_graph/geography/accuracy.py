"""How far the drawn boundaries are off, measured against official figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.geography.cells import grid_of
from valuma_graph.geography.neighbours import contiguity
from valuma_graph.geography.outlines import boundaries
from valuma_graph.places import gazetteer

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    from shapely import Polygon

    from valuma_graph.geography.cells import Grid

TOUCHING_KM: Final = 1.5
"""Municipalities of a map are neighbours from this length of common border on."""

_KM, _KM2 = 1e3, 1e6


@dataclass(frozen=True, eq=False)
class BoundaryError:
    """
    What `boundary_error` finds.

    Parameters
    ----------
    summary
        One value for each of

        municipalities, measured
            How many there are, and of how many the official area is known.
        median_area_error, mean_area_error, p90_area_error, worst_area_error, worst
            Of the shares by which areas are too large or too small, without sign; `worst` is
            the municipality with the largest.
        total_area_error
            Of all measured areas together, with its sign.
        neighbours_map, neighbours_land, neighbours_sea
            Pairs that share at least 1.5 km of border on the map; pairs of the tables of
            neighbours on land, and across the sea only.
        precision, recall
            The share of the pairs of the map that are neighbours on land; the share of the
            neighbours on land that are pairs of the map.
        precision_with_sea, recall_with_sea
            The same, ties across the sea being neighbours too.
        median_border_error
            Of the lengths of borders on land, against those of the source map at 1:4,500,000,
            share without sign.
        valid
            Every area is valid, and together they are a coverage: borders are shared exactly.
        overlap_km2, gap_km2
            Area that several municipalities have; holes within the country that are no sea on
            the lattice.
        parts_map, parts_lattice
            Separate pieces of municipalities, drawn, and on the lattice (cells that touch at
            corners only are apart).
    municipalities
        Index `member_id`; columns name (Finnish), map_km2, official_km2 (land and fresh water),
        area_basis, error (share, too large is positive), parts_map, parts_lattice (Int64).
    """

    summary: pd.Series
    municipalities: pd.DataFrame


def boundary_error(
    year: int = 2020,
    *,
    areas: gpd.GeoDataFrame | None = None,
    root: str | Path | None = None,
) -> BoundaryError:
    """
    Measure the error of the boundaries of municipalities.

    Areas are held against the official areas of land and fresh water, pairs that touch against
    the tables of neighbours. The source of the lattice, a map of Statistics Finland at
    1:4,500,000, is itself 1.7 % off in the median.

    Parameters
    ----------
    year
        The division, 2013 to 2026. The table of neighbours is of 2020; for earlier divisions
        part of it comes from the lattice itself.
    areas
        Other boundaries of the municipalities of that division, to be judged in place of the
        drawn ones.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    error
        A summary, and one row for each municipality.

    Raises
    ------
    ValueError
        If there is no such division, or `areas` have no area of it.

    Examples
    --------
    >>> found = boundary_error(2020)
    >>> found.summary[["median_area_error", "precision", "recall"]].astype(float).round(3)
    median_area_error    0.022
    precision            0.982
    recall               0.995
    dtype: float64
    """
    import shapely

    shapes = boundaries(year, areas=areas, root=root).geometry
    drawn = np.asarray(shapes, dtype="object")
    if shapely.is_missing(drawn).all():
        raise ValueError(f"areas have none of the municipalities of {year} in their index")
    grid = grid_of(year, root=root)
    places = _judged(year, drawn, root)
    places["parts_map"] = pd.array(shapely.get_num_geometries(drawn), dtype="Int64")
    places["parts_lattice"] = pd.array(_components(grid), dtype="Int64")
    summary = {
        **_area_errors(places),
        **_neighbour_errors(drawn, places.index, year, root),
        **_seams(drawn, grid),
        "parts_map": int(places["parts_map"].sum()),
        "parts_lattice": int(places["parts_lattice"].sum()),
    }
    return BoundaryError(pd.Series(summary, dtype="object"), places)


def _judged(year: int, drawn: npt.NDArray[np.object_], root: str | Path | None) -> pd.DataFrame:
    import shapely

    official = gazetteer(root).division(year)
    places = pd.DataFrame({"name": official["name_fi"]})
    places["map_km2"] = shapely.area(drawn) / _KM2
    places["official_km2"] = official["land_km2"] + official["freshwater_km2"]
    places["area_basis"] = official["area_basis"]
    places["error"] = places["map_km2"] / places["official_km2"] - 1
    return places


def _area_errors(places: pd.DataFrame) -> dict[str, object]:
    known = places[places["error"].notna()]
    off = known["error"].abs()
    return {
        "municipalities": len(places),
        "measured": len(known),
        "median_area_error": float(off.median()),
        "mean_area_error": float(off.mean()),
        "p90_area_error": float(off.quantile(0.9)),
        "worst_area_error": float(off.max()),
        "worst": str(off.idxmax()) if len(off) else None,
        "total_area_error": float(known["map_km2"].sum() / known["official_km2"].sum() - 1),
    }


def _neighbour_errors(
    drawn: npt.NDArray[np.object_], ids: pd.Index, year: int, root: str | Path | None
) -> dict[str, object]:
    found = _touching(drawn, ids)
    table = contiguity(year, sea=True, root=root).set_index(["a", "b"])
    land = table[table["kind"] == "land"]
    right, tied = found.index.intersection(land.index), found.index.intersection(table.index)
    length = land.loc[right, "border_km"]
    return {
        "neighbours_map": len(found),
        "neighbours_land": len(land),
        "neighbours_sea": len(table) - len(land),
        "precision": _share(len(right), len(found)),
        "recall": _share(len(right), len(land)),
        "precision_with_sea": _share(len(tied), len(found)),
        "recall_with_sea": _share(len(tied), len(table)),
        "median_border_error": float((found[right] / length - 1).abs().median()),
    }


def _touching(drawn: npt.NDArray[np.object_], ids: pd.Index) -> pd.Series:
    """Return how much border pairs of areas share, km, from `TOUCHING_KM` on."""
    import shapely

    one, other = shapely.STRtree(drawn).query(drawn, predicate="intersects")
    one, other = one[one < other], other[one < other]
    lines = shapely.boundary(drawn)
    km = shapely.length(shapely.intersection(lines[one], lines[other])) / _KM
    one, other, km = (part[km >= TOUCHING_KM] for part in (one, other, km))
    ends = np.sort(np.column_stack([ids[one], ids[other]]).astype("object"), axis=1)
    return pd.Series(km, index=pd.MultiIndex.from_arrays(list(ends.T), names=["a", "b"]))


def _seams(drawn: npt.NDArray[np.object_], grid: Grid) -> dict[str, object]:
    """Return whether the areas fit together, and what they cover twice or leave open."""
    import shapely

    drawn = drawn[~shapely.is_missing(drawn)]
    sound = bool(shapely.is_valid(drawn).all())
    if not sound:
        drawn = shapely.make_valid(drawn)
    whole = shapely.union_all(drawn)
    solid = shapely.get_parts(whole)
    holes = [shapely.Polygon(ring) for part in solid for ring in getattr(part, "interiors", ())]
    return {
        "valid": sound and bool(shapely.coverage_is_valid(drawn)),
        "overlap_km2": round(float(shapely.area(drawn).sum() - whole.area) / _KM2, 6) + 0.0,
        "gap_km2": float(sum(hole.area for hole in holes if not _has_sea(hole, grid))) / _KM2,
    }


def _has_sea(hole: Polygon, grid: Grid) -> bool:
    """Tell whether the centre of an empty cell of the lattice lies in a hole."""
    import shapely

    west, south, east, north = hole.bounds
    columns = np.arange((west - grid.x) // grid.cell, (east - grid.x) // grid.cell + 1)
    rows = np.arange((grid.y - north) // grid.cell, (grid.y - south) // grid.cell + 1)
    row, column = (part.ravel().astype("int64") for part in np.meshgrid(rows, columns))
    height, width = grid.labels.shape
    within = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    row, column = row[within], column[within]
    x, y = grid.x + (column + 0.5) * grid.cell, grid.y - (row + 0.5) * grid.cell
    return bool((shapely.contains_xy(hole, x, y) & (grid.labels[row, column] == 0)).any())


def _components(grid: Grid) -> npt.NDArray[np.int64]:
    """Count the pieces of each label, cells being joined by their sides."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    labels, size = grid.labels, grid.labels.size
    at = np.arange(size).reshape(labels.shape)
    beside, below = labels[:, :-1] == labels[:, 1:], labels[:-1] == labels[1:]
    one = np.concatenate([at[:, :-1][beside], at[:-1][below]])
    other = np.concatenate([at[:, 1:][beside], at[1:][below]])
    links = sparse.coo_array((np.ones(len(one), dtype="bool"), (one, other)), shape=(size, size))
    _, piece = connected_components(links, directed=False)
    _, first = np.unique(piece, return_index=True)
    counts: npt.NDArray[np.int64] = np.bincount(labels.ravel()[first], minlength=len(grid.ids) + 1)
    return counts[1:]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
