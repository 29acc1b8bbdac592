"""Boundaries of municipalities and of every grouping of them, in one division."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.errors import GeometryError
from valuma_graph.geography.cells import grid_of
from valuma_graph.geography.drawing import areas_of
from valuma_graph.places import LATEST, gazetteer

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

_EPSG = 3067


def boundaries(
    year: int = LATEST,
    *,
    by: str = "municipality",
    areas: gpd.GeoDataFrame | None = None,
    root: str | Path | None = None,
) -> gpd.GeoDataFrame:
    """
    Return the boundaries of municipalities, regions or any other grouping of a division.

    They are drawn from the lattice of 2 km that comes with the data: good for maps of the
    country, a region or a corridor, not for measuring a border. How far off they are is measured
    by `valuma-graph boundaries build`.

    Parameters
    ----------
    year
        The division, 2013 to 2026.
    by
        `municipality`, `region`, `sub_region`, or any scheme of the gazetteer.
    areas
        Official boundaries of the municipalities of that division, as `read_boundaries` or
        `fetch_boundaries` return them, to be used instead of the drawn ones.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    boundaries
        Index `member_id`; columns code, name_fi, name_sv, name_en, geometry (EPSG:3067). Areas
        of groups are exact unions of their municipalities.

    Raises
    ------
    GeometryError
        If `areas` are not in EPSG:3067, or hold what is no municipality of the division.
    ValueError
        If there is no such division or scheme, or not the one in the other.

    Examples
    --------
    >>> len(boundaries(2020)), len(boundaries(2020, by="region"))
    (310, 19)
    """
    import geopandas as gpd
    import shapely

    finland = gazetteer(root)
    names = finland.groups(by, year)[["code", "name_fi", "name_sv", "name_en"]]
    drawn = _drawn(year, root) if areas is None else _given(areas, year, root)
    if by == "municipality":
        shapes = drawn.reindex(names.index).copy()  # callers may change what they were given
        return gpd.GeoDataFrame(names, geometry=shapes, crs=drawn.crs)
    group = finland.group_of(by, year)
    parts = np.asarray(drawn.reindex(group.index), dtype="object")
    united = {
        name: shapely.coverage_union_all(parts[rows])
        for name, rows in group.groupby(group).indices.items()
    }
    shapes = gpd.GeoSeries(pd.Series(united, dtype="object").reindex(names.index), crs=drawn.crs)
    return gpd.GeoDataFrame(names, geometry=shapes)


def _given(areas: gpd.GeoDataFrame, year: int, root: str | Path | None) -> gpd.GeoSeries:
    """Return the shapes of areas that were handed in, refused where they are of something else."""
    epsg = None if areas.crs is None else areas.crs.to_epsg()
    if epsg != _EPSG:
        found = "no coordinate system" if areas.crs is None else str(areas.crs.name)
        raise GeometryError(f"areas must be in EPSG:{_EPSG} (metres), not {found}; use to_crs")
    strange = areas.index.difference(gazetteer(root).division(year).index)
    if len(strange):
        raise GeometryError(
            f"areas must be municipalities of {year} by member_id; {len(strange)} are not: "
            f"{', '.join(map(str, strange[:5]))}"
        )
    return areas.geometry


@cache
def _drawn(year: int, root: str | Path | None) -> gpd.GeoSeries:
    """Return the areas of the municipalities; drawing them takes a tenth of a second."""
    return areas_of(grid_of(year, root=root))
