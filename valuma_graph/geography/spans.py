"""Distances between places, and of places from an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.geography.axes import line_of, localities, municipality_ids
from valuma_graph.places import LATEST, gazetteer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd

    from valuma_graph.geography.axes import AxisLike

_KM: Final = 1000.0


def distances(
    year: int = LATEST,
    *,
    places: Iterable[object] | None = None,
    root: str | Path | None = None,
) -> pd.DataFrame:
    """
    Return the distances between the central localities of municipalities.

    They are straight lines in EPSG:3067, which differ from those on the ellipsoid by less than
    0.2 % within Finland. The table is dense: name the places where a few are enough.

    Parameters
    ----------
    year
        The division, 2013 to 2026.
    places
        Municipalities by name, code or id, one that has merged since for its successor; None
        for all of the division.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    distances
        Kilometres (float); index and columns `member_id`, in the order asked for.

    Raises
    ------
    UnknownNodeError
        If places are not municipalities of the division or merged into one; all such are
        named, with suggestions.
    ValueError
        If there is no such division, or a place is named twice.

    Examples
    --------
    >>> distances(2020, places=["Helsinki", "Turku", "837"]).loc["municipality:FI-853"].round()
    member_id
    municipality:FI-091    152.0
    municipality:FI-853      0.0
    municipality:FI-837    142.0
    Name: municipality:FI-853, dtype: float64
    """
    points = _points(year, places, root)
    x, y = points.x.to_numpy(), points.y.to_numpy()
    km = np.hypot(x[:, None] - x, y[:, None] - y) / _KM
    return pd.DataFrame(km, index=points.index, columns=points.index)


def distance_to(
    axis: AxisLike,
    *,
    year: int = LATEST,
    places: Iterable[object] | None = None,
    root: str | Path | None = None,
) -> pd.DataFrame:
    """
    Return how far from an axis, and how far along it, municipalities lie.

    Parameters
    ----------
    axis
        The name of a bundled axis, a chain of municipalities, or a line in EPSG:3067, as for
        `Corridor`.
    year
        The division, 2013 to 2026.
    places
        Municipalities by name, code or id, one that has merged since for its successor; None
        for all of the division.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    distances
        Index `member_id`, in the order asked for; columns distance_km (float, of the central
        locality from the nearest point of the axis, in EPSG:3067) and position_km (float, of
        that point along the axis, from its start; the first of several that are as near).

    Raises
    ------
    UnknownNodeError
        If places, or those of the axis, are not municipalities of Finland.
    GeometryError
        If the axis cannot be used.
    ValueError
        If there is no such bundled axis or division, or a place is named twice.

    Examples
    --------
    >>> distance_to("main_line", year=2019, places=["Hämeenlinna", "Turku"]).round().to_numpy()
    array([[  0., 103.],
           [118., 141.]])
    """
    import shapely

    points = _points(year, places, root)
    line, at = line_of(axis, year=year, root=root).line, points.to_numpy()
    return pd.DataFrame(
        {
            "distance_km": shapely.distance(line, at) / _KM,
            "position_km": shapely.line_locate_point(line, at) / _KM,
        },
        index=points.index,
    )


def _points(year: int, places: Iterable[object] | None, root: str | Path | None) -> gpd.GeoSeries:
    """Return the central localities of a division, all or in the order asked for."""
    import geopandas as gpd

    points = localities(year, root=root)
    if places is not None:
        points = gpd.GeoSeries(points.reindex(_ids(year, places, root)), crs=points.crs)
    return points


def _ids(year: int, places: Iterable[object], root: str | Path | None) -> pd.Index:
    if isinstance(places, str):
        raise ValueError(f"places must be a list of municipalities, not one text: {places!r}")  # noqa: TRY004
    refusal = f"No municipality of Finland in {year}"
    found = municipality_ids(list(places), year, root, refusal=refusal)
    ids: pd.Index = pd.Index(found, name="member_id")
    if ids.has_duplicates:
        twice = ", ".join(map(gazetteer(root).label, ids[ids.duplicated()].unique()))
        raise ValueError(f"every place stands once only; named again: {twice}")
    return ids
