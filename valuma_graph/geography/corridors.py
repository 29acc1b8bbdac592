"""Corridors: which places a strip of land along an axis holds, and which are in a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from valuma_graph.affiliation.assembly import division_of, with_totals
from valuma_graph.errors import GeometryError
from valuma_graph.geography.axes import joined, line_of, localities, pieces, stretches
from valuma_graph.geography.outlines import boundaries
from valuma_graph.measures.projection import degrees
from valuma_graph.measures.standing import is_in, standing
from valuma_graph.places import DIVISIONS, Gazetteer, gazetteer

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import LineString, Polygon

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.geography.axes import AxisLike

_KM: Final = 1000.0
_HAIR: Final = 1e-3
"""Metres: an area that only touches the edge of the corridor does not reach into it."""

_ROUND: Final = 64
"""Corners that a quarter of a round end is drawn with."""


@dataclass(frozen=True)
class Corridor:
    """
    A strip of land: all points at most half the width from an axis (the ends are round).

    Parameters
    ----------
    name
        What it is called.
    axis
        As for `line_of`: a bundled axis, a chain of municipalities, or a `shapely.LineString`
        in EPSG:3067.
    width_km
        The whole width, both sides together.

    Raises
    ------
    ValueError
        If the name is empty, the width is not a positive number, or there is no such axis.
    UnknownNodeError
        If places of the axis are not municipalities of Finland.
    GeometryError
        If the axis is of fewer than two places, or the line cannot be used.

    Examples
    --------
    >>> Corridor("Suomen kasvukäytävä", "main_line", 40).width_km
    40.0
    """

    name: str
    axis: AxisLike
    width_km: float

    def __post_init__(self) -> None:
        """Check all there is to check without a year."""
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError(f"a corridor needs a name, not {self.name!r}")
        width = self.width_km
        number = isinstance(width, Real) and not isinstance(width, bool | np.bool_)
        if not number or not 0 < width < np.inf:
            raise ValueError(f"width_km must be a number above 0, in km, not {width!r}")
        object.__setattr__(self, "width_km", float(width))
        axis = self.axis
        if not isinstance(axis, str) and not hasattr(axis, "geom_type"):
            if isinstance(axis, Iterable):
                axis = tuple(axis)
            object.__setattr__(self, "axis", axis)
        line_of(axis, year=DIVISIONS[0])  # before all mergers, so that no place is missed


@dataclass(frozen=True, eq=False)
class CorridorProfile:
    """
    What `corridor_profile` finds.

    Parameters
    ----------
    corridor
        The corridor.
    places
        One row for each municipality that the corridor reaches into, by `position_km`, the
        nearest first where it is equal; what holds the start of the axis comes before what lies
        beyond the start. Index `member_id`; columns

        - `name` (text), `region` (its id);
        - `position_km`: along the axis, the middle of its first stretch, or the point of the
          axis nearest to it; `distance_km`: of its area from the axis, 0 where the axis crosses;
          `locality_km`: of its central locality; `axis_km`: of the axis inside it (float);
        - `passes` (int64): separate stretches of the axis in it;
        - `area_share` (float, 0 to 1): of its area, in the corridor;
        - `population` (Int64, missing where unknown); `population_inside` (float):
          `area_share` × population, as if people lived evenly over the area, which they do not;
        - `membership` (`member`, `not_member`, or `unknown` where the list could hold more;
          missing without a network); `region_member` (boolean): its region is a member itself;
        - `networks` (Int64): networks that it is in, without the chosen one.
    gaps
        One row for each stretch of the axis without a member, by `from_km`: `kind`
        (`not_member`, `unknown`, `mixed` of these two, or `outside`: abroad or at sea),
        `from_km`, `to_km`, `km`, `municipalities` (ids joined by ";"), `inhabitants` (Int64, of
        these as a whole, missing where not known of one), `joins_km` (length of the unbroken
        stretch of members if these joined), `between` (bool: members on both sides), `rank`
        (Int64, 1 = the largest `joins_km`, then inhabitants; missing for `outside`, where nobody
        can join). Empty without a network. An outside stretch between two stretches of the same
        municipality (a bay), or shorter than 2 km (a cell of the lattice that boundaries are
        drawn on) between any two, is no gap of its own and ends no stretch of members; between
        a member and another it falls to the gap.
    summary
        `length_km`, `width_km`, `municipalities`; `population` (whole municipalities),
        `population_inside` (by area), `population_localities` (whole municipalities whose central
        locality lies in the corridor), `population_regions` (whole regions that the axis runs
        through), each with `…_share` of the country's; `population_unknown` (municipalities left
        out of these for want of a figure); `regions`, `regions_crossed` (number and ids, in
        order); `members_inside`, `members_outside`, `unknown_inside` (municipalities);
        `longest_stretch_km`, `longest_from_km`, `longest_to_km` (of members, unbroken);
        `axis_outside_km` (bays and short stretches too); `list_status` (of the network's list).
    line, area
        The axis and the corridor, EPSG:3067.
    """

    corridor: Corridor
    places: pd.DataFrame
    gaps: pd.DataFrame
    summary: pd.Series
    line: LineString
    area: Polygon


def corridor_profile(
    aff: Affiliation,
    corridor: Corridor,
    *,
    network: str | None = None,
    areas: gpd.GeoDataFrame | None = None,
    lang: str = "en",
) -> CorridorProfile:
    """
    Say which municipalities lie in a corridor, and which of them a network holds.

    Regions in the network do not make their municipalities members. Where the axis runs along
    a border, both sides count.

    Parameters
    ----------
    aff
        The affiliation network; the division is that of its year.
    corridor
        The corridor.
    network
        A network, by id or name; without it, only geography and population are told.
    areas
        Official boundaries, as for `boundaries`; None for the drawn ones. Municipalities that
        they lack are not there.
    lang
        Language of the names.

    Returns
    -------
    profile
        See `CorridorProfile`.

    Raises
    ------
    UnknownNodeError
        If there is no such network, or a place of the axis is unknown.
    GeometryError
        If the axis or the areas cannot be used; or no member of the network (of the set, if it
        has no gazetteer and no network is given) is a municipality or region of the division.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2021)
    >>> corridor = Corridor("Suomi-rata", "main_line", 20)
    >>> profile = corridor_profile(aff, corridor, network="suomi_rata_oy")
    >>> profile.places["membership"].value_counts().to_dict()
    {'not_member': 23, 'member': 13}
    """
    chosen = None if network is None else aff.find(network, mode="networks")
    finland = aff.gazetteer or gazetteer()
    root = None if finland is gazetteer() else finland.root
    year = division_of(aff.year)
    division = finland.division(year)
    _check_located(aff, division, chosen)
    line = line_of(corridor.axis, year=year, root=root).line
    shapes = _usable(boundaries(year, areas=areas, root=root))
    half = corridor.width_km / 2
    area = line.buffer(half * _KM, quad_segs=_ROUND)
    runs = stretches(line, shapes)
    places = _geometry(line, area, shapes, runs, half * _KM)
    away = localities(year, root=root).distance(line) / _KM
    places.insert(2, "locality_km", away.reindex(places.index))
    stand = _standing(aff, division, chosen)
    places = _described(places, division, lang).join(stand)
    cut = pieces(runs, line.length, stand["membership"])
    gaps = _gaps(cut, division["population"]) if chosen is not None else _no_gaps()
    summary = {
        "length_km": line.length / _KM,
        "width_km": corridor.width_km,
        "municipalities": len(places),
        **_inhabitants(places, runs, division, finland, year, half),
        **_members(places, stand, cut),
        "axis_outside_km": float(cut.loc[cut["state"].eq("outside"), "km"].sum()),
        "list_status": None if chosen is None else aff.networks.loc[chosen, "list_status"],
    }
    told = pd.Series(summary, dtype="object", name=corridor.name)
    return CorridorProfile(corridor, places, gaps, told, line, area)


def _check_located(aff: Affiliation, division: pd.DataFrame, chosen: str | None) -> None:
    """Refuse a network, or a set without a gazetteer, of which no member is a place here."""
    located = aff.members.index.isin([*division.index, *division["region"].dropna()])
    if chosen is None:
        if aff.gazetteer is None and not located.any():
            raise GeometryError("no member of the set is a municipality or region of Finland")
    elif not (located & is_in(aff, chosen)).any():
        raise GeometryError(
            f"{chosen!r} has no member that is a municipality or region of Finland; a corridor "
            "needs a network that has one, or network=None for geography and population only"
        )


def _described(places: pd.DataFrame, division: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Add the names, regions and inhabitants."""
    ids = places.index
    population = division["population"].reindex(ids)
    inside = (places["area_share"] * population.astype("Float64")).astype("float64")
    names = division[f"name_{lang}"].fillna(division["name_fi"]).reindex(ids).astype("str")
    places = places.assign(population=population, population_inside=inside)
    places.insert(0, "region", division["region"].reindex(ids).astype("str"))
    places.insert(0, "name", names)
    return places


def _usable(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the areas that there are; refuse those that cannot be measured."""
    shapes = frame.geometry
    shapes = cast("gpd.GeoSeries", shapes.loc[shapes.notna() & ~shapes.is_empty])
    bad = shapes.index[~shapes.is_valid]
    if len(bad):
        raise GeometryError(
            f"{len(bad)} areas have invalid rings: {', '.join(bad[:5])}; make_valid repairs them"
        )
    return shapes


def _geometry(
    line: LineString, area: Polygon, shapes: gpd.GeoSeries, runs: pd.DataFrame, half: float
) -> pd.DataFrame:
    """Measure the areas that reach into the corridor, in the order of the axis."""
    import shapely

    distance = shapes.distance(line)
    reached = distance.eq(0) | distance.lt(half - _HAIR)
    shapes = cast("gpd.GeoSeries", shapes.loc[reached])
    first = runs.drop_duplicates("member_id").set_index("member_id")
    middle = (first["from_m"] + first["to_m"]) / 2
    km = (runs["to_m"] - runs["from_m"]).groupby(runs["member_id"]).agg(["sum", "size"])
    km = km.reindex(shapes.index, fill_value=0)
    # Looked for from the same end either way, so that a turned axis mirrors the positions.
    ends = shapely.get_coordinates(line)[[0, -1]].tolist()
    turned = ends[1] < ends[0]
    canonical = shapely.reverse(line) if turned else line
    nearest = shapely.get_point(shapely.shortest_line(canonical, shapes.to_numpy()), 0)
    at = np.clip(shapely.line_locate_point(canonical, nearest), 0.0, line.length)
    at = np.where(shapely.is_missing(nearest), np.nan, line.length - at if turned else at)
    share = shapes.intersection(area).area / shapes.area
    frame = pd.DataFrame(
        {
            "position_km": middle.reindex(shapes.index).fillna(pd.Series(at, shapes.index)) / _KM,
            "distance_km": distance.reindex(shapes.index) / _KM,
            "axis_km": km["sum"].astype("float64") / _KM,
            "passes": km["size"].astype("int64"),
            "area_share": share.clip(0.0, 1.0),
        },
        index=shapes.index.astype("str").rename("member_id"),
    )
    # What holds the start of the axis comes before all that lies beyond it.
    start = frame.index.isin(first.index[first["from_m"] < 1.0])
    key = frame["position_km"].where(~start, 0.0).round(3)  # to the metre, so that ties are ties
    return frame.iloc[np.lexsort((frame.index, frame["distance_km"], key))]


def _standing(aff: Affiliation, division: pd.DataFrame, chosen: str | None) -> pd.DataFrame:
    """Say of every municipality of the division whether it is in the network, and in others."""
    ids = division.index.astype("str")
    degree, _ = degrees(aff.incidence)
    count = pd.Series(degree, index=aff.members.index, dtype="Int64").reindex(ids)
    if chosen is None:
        blank = pd.Series(np.nan, index=ids, dtype="str")
        nothing = pd.Series(pd.NA, index=ids, dtype="boolean")
        return pd.DataFrame({"membership": blank, "region_member": nothing, "networks": count})
    inside = is_in(aff, chosen).astype("boolean")
    membership = standing(aff, chosen, ids)
    return pd.DataFrame(
        {
            "membership": membership,
            "region_member": inside.reindex(division["region"]).set_axis(ids),
            "networks": count - membership.eq("member").to_numpy(),
        },
        index=ids,
    )


def _gaps(cut: pd.DataFrame, population: pd.Series) -> pd.DataFrame:
    runs = joined(cut)
    members = runs["kind"].eq("member")
    before = runs["km"].where(members).shift().fillna(0.0)
    after = runs["km"].where(members).shift(-1).fillna(0.0)
    runs["joins_km"] = before + runs["km"] + after
    runs["between"] = before.gt(0) & after.gt(0)
    runs = runs[~members].reset_index(drop=True)
    people = [population.reindex(ids).sum(skipna=False) for ids in runs["ids"]]
    runs["inhabitants"] = pd.array(people, dtype="Int64")
    runs["municipalities"] = pd.Series([";".join(i) for i in runs["ids"]], dtype="str")
    # To the metre, so that equal lengths are equal; those with unknown inhabitants come last.
    metres, many = (runs["joins_km"] * _KM).round(), runs["inhabitants"].fillna(-1)
    open_rows = np.flatnonzero(runs["kind"].ne("outside"))
    order = sorted(open_rows.tolist(), key=lambda i: (-metres[i], -many[i], i))
    place = {row: number for number, row in enumerate(order, start=1)}
    ranks = [place.get(row, pd.NA) for row in range(len(runs))]
    runs["rank"] = pd.array(ranks, dtype="Int64")
    return _typed(runs)


def _no_gaps() -> pd.DataFrame:
    return _typed(pd.DataFrame(columns=list(_GAP_COLUMNS)))


_GAP_COLUMNS: Final[dict[str, Any]] = {
    "kind": "str",
    "from_km": "float64",
    "to_km": "float64",
    "km": "float64",
    "municipalities": "str",
    "inhabitants": "Int64",
    "joins_km": "float64",
    "between": "bool",
    "rank": "Int64",
}


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[list(_GAP_COLUMNS)].astype(_GAP_COLUMNS)


def _inhabitants(
    places: pd.DataFrame,
    runs: pd.DataFrame,
    division: pd.DataFrame,
    finland: Gazetteer,
    year: int,
    half_km: float,
) -> dict[str, Any]:
    try:
        country = finland.population_total(year)
    except ValueError:  # no figures for that year yet: the latest of each municipality
        country = int(division["population"].sum())
    near = places["locality_km"] <= half_km
    regions = runs["member_id"].map(division["region"]).drop_duplicates().tolist()
    totals = with_totals(finland, "region", year, division)["population"]
    counted = {
        "population": places["population"],
        "population_inside": places["population_inside"].astype("Float64").round(),
        "population_localities": places.loc[near, "population"],
        "population_regions": totals.reindex(regions),
    }
    found: dict[str, Any] = {}
    for name, figures in counted.items():
        known = figures.notna().any() or figures.empty
        found[name] = int(figures.sum()) if known else pd.NA
        found[f"{name}_share"] = found[name] / country if known else np.nan
    found["population_unknown"] = int(places["population"].isna().sum())
    found["regions"] = len(regions)
    found["regions_crossed"] = tuple(regions)
    return found


def _members(places: pd.DataFrame, standing: pd.DataFrame, cut: pd.DataFrame) -> dict[str, Any]:
    names = ("members_inside", "members_outside", "unknown_inside")
    lengths = ("longest_stretch_km", "longest_from_km", "longest_to_km")
    if standing["membership"].isna().all():
        return dict.fromkeys(names, pd.NA) | dict.fromkeys(lengths, np.nan)
    inside = int(places["membership"].eq("member").sum())
    everywhere = int(standing["membership"].eq("member").sum())
    unknown = int(places["membership"].eq("unknown").sum())
    counts = dict(zip(names, (inside, everywhere - inside, unknown), strict=True))
    runs = joined(cut)
    runs = runs[runs["kind"].eq("member")]
    if runs.empty:
        return counts | dict(zip(lengths, (0.0, np.nan, np.nan), strict=True))
    best = runs[["km", "from_km", "to_km"]].to_numpy(dtype="float64")[int(runs["km"].argmax())]
    return counts | dict(zip(lengths, best.tolist(), strict=True))
