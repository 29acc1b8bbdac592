"""Official boundaries from a file, taken only when everything about them holds."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from valuma_graph.errors import FormatError
from valuma_graph.geography.soundness import checked
from valuma_graph.places import gazetteer

if TYPE_CHECKING:
    import geopandas as gpd

_LAYER = re.compile(r"(?<![a-zåäö])(kunta|kunnat|municipalit|boundaries)", re.IGNORECASE)
_SHAPES: Final = (".gpkg", ".geojson", ".json", ".topojson", ".shp")
_SHOWN = 10


def read_boundaries(path: str | Path, *, year: int, layer: str | None = None) -> gpd.GeoDataFrame:
    """
    Read the boundaries of the municipalities of one division from a file.

    GeoPackage, GeoJSON, Shapefile (a `.zip` too) and TopoJSON are understood, in any coordinate
    system that the file states; GeoJSON and TopoJSON that state none are in degrees (WGS84), as
    their standards say. Municipalities are known by a column of codes (`soundness.CODES`: 91,
    "091", "KU091") or, where there is none, of names (`soundness.NAMES`). Several rows of one
    municipality are joined. Nothing is repaired and nothing guessed: all that is wrong is told
    at once.

    Parameters
    ----------
    path
        The file.
    year
        The division that it has to show, 2013 to 2026.
    layer
        Which layer of a file that has several; None for the only one with areas, or the only
        one that is called after municipalities.

    Returns
    -------
    boundaries
        Index `member_id`, in the order of the division; column geometry (polygons and
        multipolygons, EPSG:3067, metres).

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    FormatError
        If it cannot be read, is empty, or the layer is not there or not certain.
    GeometryError
        If anything is wrong with what it holds: no coordinate system, or not the one that the
        coordinates are in; invalid, empty or overlapping areas; codes or names that are no
        municipality; municipalities that are missing or of another year.
    ValueError
        If `year` is no known division.

    Examples
    --------
    >>> import tempfile
    >>> from valuma_graph.geography.outlines import boundaries
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "municipalities.geojson"
    ...     boundaries(2020).to_crs(4326).to_file(path)
    ...     official = read_boundaries(path, year=2020)
    >>> len(official), official.crs.to_epsg(), official.index[0]
    (310, 3067, 'municipality:FI-005')
    """
    gazetteer().division(year)
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    shapes = read_shapes(path, year=year, layer=layer)
    return checked(shapes, year=year, source=path.name)


def read_shapes(
    source: Path | bytes, *, year: int, layer: str | None = None, name: str | None = None
) -> gpd.GeoDataFrame:
    """
    Read rows and geometries as they stand, with the coordinate system that they are said to have.

    Parameters
    ----------
    source
        A file, or the bytes of GeoJSON.
    year
        Chooses among layers of several years.
    layer
        As for `read_boundaries`.
    name
        What to call the source in messages.

    Returns
    -------
    shapes
        At least one row; a geometry that cannot be read is missing.

    Raises
    ------
    FormatError
        As for `read_boundaries`.

    Examples
    --------
    >>> text = '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", '
    >>> shapes = read_shapes(f'{text}"coordinates": [25, 60]}}}}'.encode(), year=2020)
    >>> len(shapes), shapes.crs.to_epsg()
    (1, 4326)
    """
    import geopandas as gpd
    import pyogrio

    name = name or (source.name if isinstance(source, Path) else "the answer")
    if isinstance(source, Path) and source.is_file() and not source.stat().st_size:
        raise FormatError(f"{name} is empty")
    try:
        target: Any = _inside(source) if isinstance(source, Path) else source
        chosen = _layer(target, layer, year, name)
        # A fresh buffer each time: GDAL reads it to its end.
        driver = pyogrio.read_info(_fresh(target), layer=chosen)["driver"]
        shapes = pyogrio.read_dataframe(
            _fresh(target), layer=chosen, force_2d=True, on_invalid="ignore"
        )
    except (RuntimeError, UnicodeError, OverflowError, zipfile.BadZipFile, OSError) as error:
        raise FormatError(f"{name} cannot be read: {_short(error)}") from error
    if not isinstance(shapes, gpd.GeoDataFrame):
        raise FormatError(f"{name} has rows but no geometries")
    if shapes.empty:
        raise FormatError(f"{name} has no rows")
    if shapes.crs is None and driver == "TopoJSON":
        shapes = shapes.set_crs(4326)
    return shapes


def _fresh(target: str | bytes) -> str | io.BytesIO:
    return io.BytesIO(target) if isinstance(target, bytes) else target


def _short(error: Exception) -> str:
    return " ".join(str(error).split("\n", maxsplit=1)[0].split())[:200].rstrip(";. ")


def _inside(path: Path) -> str:
    """Return what GDAL has to open: of a `.zip`, the one file with shapes in it."""
    if path.suffix.lower() != ".zip":
        return str(path)
    with zipfile.ZipFile(path) as archive:
        broken = archive.testzip()
        found = [
            part
            for part in archive.namelist()
            if part.lower().endswith(_SHAPES) and not part.startswith("__MACOSX")
        ]
    if broken:
        raise FormatError(f"{path.name} is damaged: {broken} in it cannot be read")
    if len(found) != 1:
        what = ", ".join(found[:_SHOWN]) or "none"
        raise FormatError(f"{path.name} has to hold one file with shapes, not {what}")
    return f"/vsizip/{path.resolve()}/{found[0]}"


def _layer(target: str | bytes, layer: str | None, year: int, name: str) -> str | int:
    """Choose the layer; never one of several that could be meant."""
    import pyogrio

    layers = {str(a): str(kind) for a, kind in pyogrio.list_layers(_fresh(target))}
    if layer is not None:
        if layer not in layers:
            raise FormatError(f"{name} has no layer {layer!r}; it has {', '.join(layers)}")
        return layer
    if len(layers) == 1:
        return 0
    shaped = [a for a, kind in layers.items() if "Polygon" in kind or kind == "Unknown"]
    called = [a for a in shaped if _LAYER.search(a)]
    dated = [a for a in called if str(year) in a]
    for choice in (shaped, called, dated):
        if len(choice) == 1:
            return choice[0]
    if not layers:
        raise FormatError(f"{name} has no layers")
    raise FormatError(f"{name} has several layers, say which: {', '.join(shaped or layers)}")
