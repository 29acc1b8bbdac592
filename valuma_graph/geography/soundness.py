"""Whether areas are those of a division's municipalities, and nothing is wrong with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pandas as pd

from valuma_graph.errors import GeometryError
from valuma_graph.places import DIVISIONS, gazetteer

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import numpy.typing as npt

CODES: Final = (
    "kunta",
    "natcode",
    "kuntanro",
    "kuntakoodi",
    "kunta_nro",
    "kuntatunnus",
    "municipality_code",
    "nationalcode",
    "national_code",
    "code",
    "koodi",
    "member_id",
)
"""Columns that may hold codes, in any case of letters."""

NAMES: Final = (
    "nimi",
    "namn",
    "name",
    "kunta",
    "kunta_nimi",
    "kuntanimi",
    "nimi_fi",
    "name_fi",
    "kunta_ni1",
    "nimi_sv",
    "name_sv",
    "municipality",
)
"""Columns that may hold names, in any case of letters."""

_CODE = re.compile(r"(?:municipality:FI-|KU|FI-?)?0*(\d{1,3})(?:\.0+)?", re.IGNORECASE)
_SHOWN = 10
_TURN = 180  # degrees
# Finland with its sea areas and some room, EPSG:3067: west, south, east, north.
_FINLAND = (0.0, 6_450_000.0, 850_000.0, 7_900_000.0)
# Borders that were simplified one by one overlap a little; more than both of these is a fault.
_TINY_M2, _TINY_SHARE = 500_000.0, 0.005


def checked(
    shapes: gpd.GeoDataFrame, *, year: int, source: str, swap: bool = False
) -> gpd.GeoDataFrame:
    """
    Return the areas of a division's municipalities if all is well with them.

    Parameters
    ----------
    shapes
        Rows with codes or names, geometries and a coordinate system.
    year
        The division.
    source
        What to call it in messages.
    swap
        Whether coordinates that are evidently north before east may be turned.

    Returns
    -------
    boundaries
        As `read_boundaries` returns them.

    Raises
    ------
    GeometryError
        As for `read_boundaries`.

    Examples
    --------
    >>> from valuma_graph.geography.outlines import boundaries
    >>> checked(boundaries(2021), year=2020, source="drawn")
    Traceback (most recent call last):
    ...
    valuma_graph.errors.GeometryError: drawn cannot be used: 1 municipality of 2020 is missing:
    Honkajoki (099); its municipalities are those of 2021–2024
    """
    import geopandas as gpd

    shapes = shapes.reset_index(drop=True)
    member, problems = _members(shapes, year)
    labels = _labels(member)
    metres, misplaced = _in_metres(shapes.geometry, swap=swap)
    problems = [*misplaced, *problems, *_faults(shapes.geometry, labels)]
    if not problems and metres is not None:
        order = gazetteer().division(year).index
        areas = gpd.GeoSeries(_joined(metres, member).reindex(order), crs=metres.crs)
        problems = _overlaps(areas)
        if not problems:
            return gpd.GeoDataFrame(geometry=areas, crs="EPSG:3067")
    more = [f"… {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    raise GeometryError(f"{source} cannot be used: {'; '.join([*problems[:_SHOWN], *more])}")


def _labels(member: pd.Series) -> list[str]:
    finland = gazetteer()
    return [
        f"row {row + 1}" if pd.isna(one) else finland.label(str(one))
        for row, one in enumerate(member.tolist())
    ]


def _members(shapes: gpd.GeoDataFrame, year: int) -> tuple[pd.Series, list[str]]:
    """Tell which municipality each row is, and what stands in the way."""
    table = pd.DataFrame(shapes.drop(columns=shapes.geometry.name))
    texts = _column(table)
    if texts is None:
        columns = ", ".join(map(str, table.columns)) or "none"
        wanted = f"neither codes ({', '.join(CODES[:4])}, …) nor names ({', '.join(NAMES[:3])}, …)"
        return pd.Series(pd.NA, index=shapes.index), [f"{wanted}; its columns are: {columns}"]
    answers = gazetteer().resolve(texts, year, kind="municipality")
    # A name that a place abroad bears too is certain here, where all are of one division.
    member = answers["member_id"].fillna(texts.map(_own_names(year)))
    problems = []
    for value, answer in zip(
        texts[member.isna()], answers[member.isna()].itertuples(), strict=True
    ):
        row = int(str(answer.Index)) + 1
        if pd.isna(value):
            problems.append(f"row {row} has no {texts.name}")
        else:
            near = cast("tuple[str, ...]", answer.suggestions)
            hint = f" (meant: {near[0]}?)" if near else ""
            problems.append(f"row {row}: {texts.name} {value!r} is no municipality{hint}")
    return member, [*problems, *_of_year(member.dropna().unique(), year)]


def _own_names(year: int) -> dict[object, str]:
    division = gazetteer().division(year)
    pairs = {
        (name, member)
        for column in ("name_fi", "name_sv", "name_en")
        for member, name in division[column].dropna().items()
    }
    names = pd.DataFrame(sorted(pairs), columns=["name", "member"])
    names = names[~names["name"].duplicated(keep=False)]
    return dict(zip(names["name"], names["member"], strict=True))


def _column(table: pd.DataFrame) -> pd.Series | None:
    """Choose the column that tells which municipality: codes before names, most known first."""
    lower = {str(column).lower(): column for column in reversed(table.columns)}
    for wanted, read in ((CODES, _codes), (NAMES, _names)):
        columns = [
            texts
            for one in wanted
            if one in lower and (texts := read(table[lower[one]])) is not None
        ]
        known = [
            gazetteer().resolve(one, kind="municipality")["member_id"].nunique() for one in columns
        ]
        if any(known):
            return columns[int(np.argmax(known))]
    return None


def _codes(values: pd.Series) -> pd.Series | None:
    """Write codes with three digits; None where most values are no codes."""
    texts = values.astype("str").str.strip().where(values.notna())
    found = pd.Series([_code(text) for text in texts], index=texts.index, dtype="str")
    if found.notna().sum() * 2 <= texts.notna().sum():
        return None
    return found.where(found.notna(), texts)


def _code(text: object) -> str | None:
    found = _CODE.fullmatch(text) if isinstance(text, str) else None
    return found[1].zfill(3) if found else None


def _names(values: pd.Series) -> pd.Series | None:
    return None if pd.api.types.is_numeric_dtype(values) else values


def _of_year(found: Iterable[str], year: int) -> list[str]:
    """Compare the municipalities that are there with those of the division."""
    finland, there = gazetteer(), set(found)
    if not there:
        return []
    wanted = set(finland.division(year).index)
    missing, other = sorted(wanted - there), sorted(there - wanted)
    problems = []
    if missing:
        one = "1 municipality of" if len(missing) == 1 else f"{len(missing)} municipalities of"
        verb = "is" if len(missing) == 1 else "are"
        problems.append(f"{one} {year} {verb} missing: {_listed(missing)}")
    if other:
        problems.append(f"of another year than {year}: {_listed(other)}")
    off = {y: len(there ^ set(finland.division(y).index)) for y in DIVISIONS} if problems else {}
    best = [y for y in off if off[y] == min(off.values())]
    if best and year not in best:
        span = f"{best[0]}–{best[-1]}" if len(best) > 1 else str(best[0])
        how = "are those of" if not off[best[0]] else "fit best to"
        problems.append(f"its municipalities {how} {span}")
    return problems


def _listed(ids: list[str]) -> str:
    shown = [gazetteer().label(one) for one in ids[:_SHOWN]]
    return ", ".join(shown) + (f", … {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")


def _in_metres(shapes: gpd.GeoSeries, *, swap: bool) -> tuple[gpd.GeoSeries | None, list[str]]:
    """Return the shapes in EPSG:3067, or what is wrong with their coordinates."""
    import geopandas as gpd
    import shapely

    points = shapely.get_coordinates(shapes.to_numpy())
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None, []  # every geometry is told to be empty
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    bounds = f"x {west:.6g} to {east:.6g}, y {south:.6g} to {north:.6g}"
    degrees = max(abs(west), abs(east), abs(south), abs(north)) <= _TURN
    if wrong := _mislabelled(shapes, bounds, degrees=degrees):
        return None, [wrong]
    stated = _name(shapes)
    metres = shapes.to_crs(3067)
    if _in_finland(metres):
        return metres, []
    turned = gpd.GeoSeries(_turned(shapes.to_numpy()), index=shapes.index, crs=shapes.crs)
    metres = turned.to_crs(3067)
    if not _in_finland(metres):
        return None, [f"lies outside Finland as coordinates of {stated} ({bounds})"]
    return (metres, []) if swap else (None, [f"coordinates are north before east ({bounds})"])


def _mislabelled(shapes: gpd.GeoSeries, bounds: str, *, degrees: bool) -> str | None:
    """Tell if the coordinate system is missing, or evidently another one than is stated."""
    if shapes.crs is None or shapes.crs.name.lower().startswith(("undefined", "unknown")):
        unit = "degrees" if degrees else "metres"
        return f"no coordinate system is given (looks like {unit}: {bounds})"
    if shapes.crs.is_geographic and not degrees:
        return f"coordinates are no degrees as {_name(shapes)} has them ({bounds})"
    if not shapes.crs.is_geographic and degrees:
        return f"coordinates look like degrees, not like those of {_name(shapes)} ({bounds})"
    return None


def _name(shapes: gpd.GeoSeries) -> str:
    crs = shapes.crs
    code = crs.to_authority() if crs else None
    return ":".join(code) if code else str(crs.name if crs else crs)


def _in_finland(shapes: gpd.GeoSeries) -> bool:
    import shapely

    points = shapely.get_coordinates(shapes.to_numpy())
    low, high = points.min(axis=0), points.max(axis=0)
    west, south, east, north = _FINLAND
    return bool((low >= (west, south)).all() and (high <= (east, north)).all())


def _turned(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    import shapely

    turned: npt.NDArray[np.object_] = shapely.transform(shapes, lambda points: points[:, ::-1])
    return turned


def _faults(shapes: gpd.GeoSeries, labels: list[str]) -> list[str]:
    """Name every geometry that is missing, empty, no area, or invalid."""
    import shapely

    geometries = shapes.to_numpy()
    areas = np.isin(shapely.get_type_id(geometries), (3, 6))
    none = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    valid = shapely.is_valid(geometries)
    problems = []
    for row in np.flatnonzero(none | ~areas | ~valid).tolist():
        if none[row]:
            problems.append(f"{labels[row]}: no geometry, an empty one, or a ring that is none")
        elif not areas[row]:
            problems.append(f"{labels[row]}: {geometries[row].geom_type} instead of an area")
        else:
            reason = shapely.is_valid_reason(geometries[row])
            problems.append(f"{labels[row]}: invalid: {reason}")
    return problems


def _joined(shapes: gpd.GeoSeries, member: pd.Series) -> gpd.GeoSeries:
    """Join the rows of each municipality."""
    import geopandas as gpd
    import shapely

    geometries, rows = shapes.to_numpy(), member.reset_index(drop=True).groupby(member.to_numpy())
    ids = [str(one) for one in rows.indices]
    parts = [geometries[at] for at in rows.indices.values()]
    whole = [part[0] if len(part) == 1 else shapely.union_all(part) for part in parts]
    index = pd.Index(ids, name="member_id")
    return gpd.GeoSeries(whole, index=index, crs=shapes.crs)


def _overlaps(areas: gpd.GeoSeries) -> list[str]:
    """Name the pairs that overlap more than borders do that were simplified one by one."""
    import shapely

    geometries = areas.to_numpy()
    valid = shapely.is_valid(geometries)  # one that turned invalid when it was transformed
    if not valid.all():
        wrong = gazetteer().label(str(areas.index[~valid][0]))
        return [f"{wrong}: invalid in EPSG:3067"]
    if shapely.coverage_is_valid(geometries):
        return []
    one, other = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.area(shapely.intersection(geometries[one], geometries[other]))
    smaller = np.minimum(shapely.area(geometries[one]), shapely.area(geometries[other]))
    much = (common > _TINY_M2) & (common > _TINY_SHARE * smaller)
    much |= common > 0.5 * smaller
    label = [gazetteer().label(str(member)) for member in areas.index]
    return [
        f"{label[a]} and {label[b]} overlap by {square / 1e6:.1f} km²"
        for a, b, square in zip(one[much], other[much], common[much], strict=True)
    ]
