"""A grid of labelled cells as smooth areas that share their borders exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from valuma_graph.geography.cells import Grid

# Taubin's pair: a step that smooths, then one that gives back what the first shrank.
_SMOOTH, _REGROW, _ROUNDS = 0.5, -0.53, 20
_STEP = 0.5  # of a cell: how densely borders are set with points before they are smoothed
_TOLERANCE = 0.2  # of a cell: points that a smoothed border does not need are taken out


def areas_of(grid: Grid) -> gpd.GeoSeries:
    """
    Draw the areas of a grid.

    Cells of one label are joined; the points of all borders, each once, are smoothed together
    (Taubin's λ|μ filter, which does not shrink), and points that are not needed are left out of
    both sides of a border at once. Two neighbours therefore share the same line: there is no gap
    and no overlap, and no island is lost.

    Source: Taubin, G. (1995), Curve and surface smoothing without shrinkage, ICCV,
    https://doi.org/10.1109/ICCV.1995.466848.

    Parameters
    ----------
    grid
        Labelled cells.

    Returns
    -------
    areas
        Polygons and multipolygons, index `grid.ids`, EPSG:3067; an empty polygon where a label
        has no cell.

    Examples
    --------
    >>> from valuma_graph.geography.cells import grid_of
    >>> areas = areas_of(grid_of(2020))
    >>> len(areas), bool(areas.is_valid.all())
    (310, True)
    """
    import geopandas as gpd
    import shapely

    labels, joined = _joined(grid)
    joined = shapely.segmentize(joined, grid.cell * _STEP)
    smooth = _smoothed(joined)
    smooth = shapely.coverage_simplify(smooth, grid.cell * _TOLERANCE)
    areas = np.full(len(grid.ids), shapely.Polygon(), dtype="object")
    areas[labels - 1] = smooth
    return gpd.GeoSeries(areas, index=grid.ids, crs="EPSG:3067")


def _joined(grid: Grid) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Join the cells of each label, by way of the runs of each row."""
    import shapely

    labels = grid.labels
    rows, columns = np.nonzero(np.diff(labels, axis=1, prepend=-1, append=-1))
    same = rows[:-1] == rows[1:]
    row, start, end = rows[:-1][same], columns[:-1][same], columns[1:][same]
    label = labels[row, start]
    row, start, end, label = (part[label > 0] for part in (row, start, end, label))
    south = grid.y - grid.cell * (row + 1)
    west, east = grid.x + grid.cell * start, grid.x + grid.cell * end
    # Corners at every cell, so that the runs of two rows meet point by point.
    boxes = shapely.segmentize(shapely.box(west, south, east, south + grid.cell), grid.cell)
    order = np.argsort(label, kind="stable")
    present, first = np.unique(label[order], return_index=True)
    groups = np.split(boxes[order], first[1:])
    return present, np.array([shapely.coverage_union_all(group) for group in groups])


def _smoothed(areas: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Move every distinct point of all borders once, so that shared lines stay shared."""
    import shapely
    from scipy import sparse

    points, place = np.unique(_whole(shapely.get_coordinates(areas)), axis=0, return_inverse=True)
    rings = shapely.get_rings(shapely.get_parts(areas))
    _, ring = shapely.get_coordinates(rings, return_index=True)
    at = place.ravel()  # rings come in the order of the coordinates of the areas
    one, other = at[:-1][ring[:-1] == ring[1:]], at[1:][ring[:-1] == ring[1:]]
    links = sparse.coo_array((np.ones(len(one)), (one, other)), shape=(len(points),) * 2).tocsr()
    links = ((links + links.T) > 0).astype("float64")
    mean = sparse.diags_array(1 / links.sum(axis=1)) @ links
    moved = points.astype("float64")
    for _ in range(_ROUNDS):
        for weight in (_SMOOTH, _REGROW):
            moved += weight * (mean @ moved - moved)
    smooth: npt.NDArray[np.object_] = shapely.set_coordinates(areas.copy(), moved[at])
    return smooth


def _whole(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.round(points).astype("int64")
