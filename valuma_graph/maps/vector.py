"""Boundaries as short SVG paths, for a page that holds its own map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

_UNIT = 1000.0  # metres: what one step of a path stands for
_TOLERANCE = 1500.0  # metres: points that a map of the whole country does not need


@dataclass(frozen=True, eq=False)
class Outlines:
    """
    A country as SVG paths.

    Parameters
    ----------
    width, height
        Of the `viewBox`, kilometres.
    municipalities
        Path of each municipality (`d`), by member id; neighbours share their points.
    regions
        One path of all lines between regions.
    """

    width: int
    height: int
    municipalities: pd.Series
    regions: str


def outlines(year: int, *, areas: gpd.GeoDataFrame | None = None) -> Outlines:
    """
    Return the municipalities of a division as paths of whole kilometres, north at the top.

    Parameters
    ----------
    year
        The division, 2013 to 2026.
    areas
        Official boundaries, as for `valuma_graph.boundaries`.

    Returns
    -------
    outlines
        Small enough for a page: some 30 kB for Finland.

    Examples
    --------
    >>> drawn = outlines(2020)
    >>> len(drawn.municipalities), drawn.municipalities.iloc[0][0]
    (310, 'M')
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    from valuma_graph.geography import boundaries

    whole = boundaries(year, areas=areas)
    thin = shapely.coverage_simplify(whole.geometry.to_numpy(), _TOLERANCE)
    west, _, east, north = shapely.total_bounds(thin)
    south = shapely.total_bounds(thin)[1]
    region = whole_regions(year, gpd.GeoSeries(thin, index=whole.index, crs=whole.crs))
    paths = [_path(shape, west, north) for shape in thin]
    return Outlines(
        width=round((east - west) / _UNIT) + 1,
        height=round((north - south) / _UNIT) + 1,
        municipalities=pd.Series(paths, index=whole.index, dtype="str", name="d"),
        regions=_path(region, west, north),
    )


def whole_regions(year: int, shapes: gpd.GeoSeries) -> BaseGeometry:
    """Return the lines between regions: the borders of their unions, each line once."""
    import geopandas as gpd
    import shapely

    from valuma_graph.geography import boundaries

    frame = gpd.GeoDataFrame(geometry=shapes)
    united = boundaries(year, by="region", areas=frame).geometry.to_numpy()
    return shapely.line_merge(shapely.union_all(shapely.boundary(united)))


def _path(shape: BaseGeometry, west: float, north: float) -> str:
    """Write rings or lines as moves between whole steps; what falls together is left out."""
    import numpy as np
    import shapely

    parts = shapely.get_parts([shape])
    if shapely.get_dimensions(parts).max(initial=0) == 2:  # noqa: PLR2004  areas
        parts = shapely.get_rings(parts)
    written = []
    for part in parts:
        points = (shapely.get_coordinates(part) - (west, north)) / (_UNIT, -_UNIT)
        steps = np.round(points).astype("int64")
        closed = bool((steps[0] == steps[-1]).all())
        moves = np.diff(steps, axis=0)
        moves = moves[moves.any(axis=1)]
        if not len(moves):  # a very small island: a dot of one step
            moves = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
        body = "".join(f"{x}{'' if y < 0 else ' '}{y}" for x, y in _spaced(moves))
        written.append(f"M{steps[0][0]} {steps[0][1]}l{body}{'z' if closed else ''}")
    return "".join(written)


def _spaced(moves: npt.NDArray[np.int64]) -> list[tuple[str, int]]:
    """Set a space before a number that has no sign to part it from the one before."""
    pairs = moves.tolist()
    return [(f"{'' if x < 0 or not k else ' '}{x}", y) for k, (x, y) in enumerate(pairs)]
