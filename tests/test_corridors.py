"""Axes and corridors: worked by hand on squares, invariances, and the bundled data."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import valuma_graph as vg
from valuma_graph.errors import GeometryError, UnknownNodeError
from valuma_graph.geography import corridors
from valuma_graph.geography.axes import line_of
from valuma_graph.geography.corridors import Corridor, corridor_profile

# In the network of 2021: 091 and 092 are members, 245 and 505 are not.
ROW = [f"municipality:FI-{code}" for code in ("091", "245", "092", "505")]
A, B, C, D = ROW


@pytest.fixture(scope="module")
def aff():
    return vg.datasets.finland(year=2021)


@pytest.fixture
def squares(monkeypatch):
    boxes = [shapely.box(x, 0, x + 10_000, 10_000) for x in range(0, 40_000, 10_000)]
    areas = gpd.GeoDataFrame(geometry=boxes, index=ROW, crs="EPSG:3067")
    monkeypatch.setattr(corridors, "localities", lambda *_, **__: areas.geometry.centroid)
    return areas


def along(*points, width=4.0):
    return Corridor("test", shapely.LineString([(x * 1000, y * 1000) for x, y in points]), width)


def test_a_straight_axis_through_squares(aff, squares):
    found = corridor_profile(aff, along((-10, 3), (60, 3)), areas=squares, network="suomi_rata_oy")
    places = found.places
    assert places.index.tolist() == ROW
    np.testing.assert_allclose(places["position_km"], [15, 25, 35, 45])
    np.testing.assert_allclose(places["area_share"], 0.4)
    np.testing.assert_allclose(places["axis_km"], 10)
    np.testing.assert_allclose(places["locality_km"], 2)
    assert places["distance_km"].eq(0).all()
    assert places["passes"].eq(1).all()
    assert places["membership"].tolist() == ["member", "not_member"] * 2
    people = places["population"]
    np.testing.assert_allclose(found.summary["population_inside"], round(0.4 * people.sum()), 1e-6)
    assert found.summary["population_localities"] == people.sum()
    assert found.summary["axis_outside_km"] == pytest.approx(30)
    gaps = found.gaps
    assert gaps["kind"].tolist() == ["outside", "not_member", "not_member", "outside"]
    np.testing.assert_allclose(gaps["from_km"], [0, 20, 40, 50])
    np.testing.assert_allclose(gaps["to_km"], [10, 30, 50, 70])
    np.testing.assert_allclose(gaps["joins_km"][1:3], [30, 20])
    assert gaps["between"].tolist() == [False, True, False, False]
    assert gaps["rank"].tolist() == [pd.NA, 1, 2, pd.NA]
    assert gaps["inhabitants"][1] == people[B]
    assert found.summary["longest_stretch_km"] == pytest.approx(10)
    assert found.summary["members_inside"] == 2
    assert found.summary["members_outside"] == 18


def test_an_axis_that_turns_back_is_measured_both_ways(aff, squares):
    found = corridor_profile(aff, along((-5, 5), (25, 5), (-5, 5)), areas=squares)
    assert found.places.loc[C, "passes"] == 1
    assert found.places.loc[C, "axis_km"] == pytest.approx(10)
    assert found.places.loc[A, "passes"] == 2
    assert found.places.loc[A, "axis_km"] == pytest.approx(20)
    assert found.places.loc[A, "position_km"] == pytest.approx(10)


def test_a_place_passed_twice_and_a_stay_abroad(aff, squares):
    corridor = along((5, 5), (5, 25), (15, 25), (15, 8), (5, 8))
    found = corridor_profile(aff, corridor, areas=squares, network="suomi_rata_oy")
    assert found.places.loc[A, "passes"] == 2
    assert found.summary["axis_outside_km"] == pytest.approx(40)
    assert found.gaps["kind"].tolist() == ["outside", "not_member"]
    assert found.gaps["between"].tolist() == [False, False]


def bays(*between):
    """Put 10 km squares with water between them: 2021's members are A and C."""
    west = np.cumsum([0, *(10 + one for one in between)]) * 1000.0
    return [shapely.box(x, 0, x + 10_000, 10_000) for x in west]


def test_a_bay_within_one_municipality_is_bridged(aff, squares):
    one, two, three, four = bays(5, 3, 4)
    areas = squares.loc[[A, B]].set_geometry(
        [shapely.MultiPolygon([one, two]), shapely.MultiPolygon([three, four])], crs=3067
    )
    found = corridor_profile(aff, along((-2, 5), (60, 5)), areas=areas, network="suomi_rata_oy")
    # A 2-12, sea, A 17-27, sea 3 km, B 30-40, sea, B 44-54, sea to the end
    gaps = found.gaps
    assert gaps["kind"].tolist() == ["outside", "outside", "not_member", "outside"]
    np.testing.assert_allclose(gaps["from_km"], [0, 27, 30, 54])
    np.testing.assert_allclose(gaps["km"], [2, 3, 24, 8])
    assert gaps["municipalities"].tolist() == ["", "", B, ""]
    summary = found.summary
    assert summary["longest_stretch_km"] == pytest.approx(25)
    assert summary["longest_from_km"] == pytest.approx(2)
    assert summary["axis_outside_km"] == pytest.approx(2 + 5 + 3 + 4 + 8)
    assert found.places["passes"].tolist() == [2, 2]
    np.testing.assert_allclose(found.places["axis_km"], 20)


def test_a_short_stretch_outside_is_no_gap_of_its_own(aff, squares):
    areas = squares.loc[[A, C, B, D]].set_geometry(bays(1.9, 1, 0.5), crs=3067)
    found = corridor_profile(aff, along((-1, 5), (43.4, 5)), areas=areas, network="suomi_rata_oy")
    # A 1-11, C 12.9-22.9 are members; B 23.9-33.9 and D 34.4-44.4 are not, and have the km before
    assert found.summary["longest_stretch_km"] == pytest.approx(21.9)
    assert found.gaps["kind"].tolist() == ["outside", "not_member"]
    np.testing.assert_allclose(found.gaps["from_km"], [0, 22.9])
    np.testing.assert_allclose(found.gaps["to_km"], [1, 44.4])
    np.testing.assert_allclose(found.gaps["joins_km"][1], 43.4)
    assert found.gaps["municipalities"][1] == f"{B};{D}"
    assert found.summary["axis_outside_km"] == pytest.approx(1 + 1.9 + 1 + 0.5)


@pytest.mark.parametrize(("width", "longest"), [(1.999, 21.999), (2, 10), (15, 10)])
def test_two_km_outside_between_two_is_a_gap(aff, squares, width, longest):
    areas = squares.loc[[A, C]].set_geometry(bays(width), crs=3067)
    corridor = along((0, 5), (20 + width, 5))
    found = corridor_profile(aff, corridor, areas=areas, network="suomi_rata_oy")
    assert found.summary["longest_stretch_km"] == pytest.approx(longest)
    assert len(found.gaps) == (longest == 10)
    assert found.summary["axis_outside_km"] == pytest.approx(width)


def test_the_place_at_the_end_of_the_axis_comes_first(aff, squares):
    # B holds the start at 15 km; A lies before it, C and D beyond the end at 18 km
    found = corridor_profile(aff, along((15, 5), (18, 5), width=50), areas=squares).places
    assert found.index.tolist() == [B, A, C, D]
    np.testing.assert_allclose(found["position_km"], [1.5, 0, 3, 3])
    np.testing.assert_allclose(found["distance_km"], [0, 5, 2, 12])
    names = corridor_profile(aff, Corridor("m", "main_line", 40)).places["name"].tolist()
    assert names[:3] == ["Helsinki", "Espoo", "Kirkkonummi"]


def test_the_northern_growth_zone_is_whole():
    aff = vg.datasets.finland(year=2019)
    corridor = Corridor("Pohjoinen kasvuvyöhyke", "northern_growth_zone", 40)
    found = corridor_profile(aff, corridor, network="pohjoinen_kasvuvyohyke")
    summary = found.summary
    assert summary["list_status"] == "complete"
    assert summary["members_inside"] + summary["members_outside"] == 13
    assert summary["unknown_inside"] == 0
    assert set(found.places["membership"]) == {"member", "not_member"}
    assert set(found.gaps["kind"]) <= {"not_member", "outside"}
    # The bays of Loviisa and Pyhtää part nothing.
    last = found.gaps.iloc[-1]
    assert last["municipalities"].split(";") == ["municipality:FI-434", "municipality:FI-624"]
    assert last["between"]
    assert found.gaps["kind"].eq("outside").sum() == 0
    assert summary["axis_outside_km"] > 10


def test_areas_given_are_those_measured(aff, squares):
    found = corridor_profile(aff, along((0, 5), (40, 5)), areas=squares.loc[[A, D]])
    assert found.places.index.tolist() == [A, D]
    assert found.summary["axis_outside_km"] == pytest.approx(20)


@pytest.mark.parametrize("named", [True, False])
def test_a_set_without_places_is_refused(named):
    aff = vg.datasets.southern_women()
    network = aff.networks.index[0] if named else None
    with pytest.raises(GeometryError, match="municipality or region of Finland"):
        corridor_profile(aff, Corridor("e", "e18", 40), network=network)


def test_a_network_without_places_is_refused_by_name(aff):
    places = aff.members["kind"].isin(["municipality", "region"])
    held = (aff.incidence > 0).T @ places.to_numpy(dtype="int64")
    nowhere = aff.networks.index[held == 0]
    assert len(nowhere)
    with pytest.raises(GeometryError, match=f"'{nowhere[0]}' has no member.*needs a network"):
        corridor_profile(aff, Corridor("e", "e18", 40), network=nowhere[0])
    assert len(corridor_profile(aff.select("organisation"), Corridor("e", "e18", 40)).places)


def test_only_touching_the_edge_is_not_reaching_into_it(aff, squares):
    found = corridor_profile(aff, along((5, -5), (5, 15), width=10), areas=squares)
    assert found.places.index.tolist() == [A]


def test_an_axis_abroad_is_one_gap_that_nobody_can_close(aff):
    found = corridor_profile(aff, along((1, 1), (50, 1)), network="suomi_rata_oy")
    assert found.places.empty
    assert found.gaps["kind"].tolist() == ["outside"]
    assert found.gaps["rank"].isna().all()
    assert found.summary["longest_stretch_km"] == 0


def test_a_turned_axis_mirrors_the_positions(aff):
    line = line_of("e18", year=2021).line
    one = corridor_profile(aff, Corridor("e", line, 30)).places
    two = corridor_profile(aff, Corridor("e", shapely.reverse(line), 30)).places.loc[one.index]
    once = one["passes"].le(1)
    km = line.length / 1000
    np.testing.assert_allclose((km - two["position_km"])[once], one["position_km"][once], atol=0.01)
    np.testing.assert_allclose(two["axis_km"], one["axis_km"], atol=0.01)


def test_a_wider_corridor_loses_no_municipality(aff):
    before = pd.Series(dtype="float64")
    for width in (1, 5, 20, 20.5, 60, 100):
        share = corridor_profile(aff, Corridor("m", "main_line", width)).places["area_share"]
        assert before.index.isin(share.index).all()
        assert (share[before.index] >= before - 1e-3).all()
        assert share.between(0, 1).all()
        before = share


def test_a_partial_list_leaves_unknown_and_no_network_leaves_nothing():
    aff = vg.datasets.finland(year=2019)
    corridor = Corridor("Suomen kasvukäytävä", "main_line", 20)
    found = corridor_profile(aff, corridor, network="suomen_kasvukaytava")
    assert set(found.places["membership"]) == {"member", "unknown"}
    assert set(found.gaps["kind"]) == {"unknown"}
    bare = corridor_profile(aff, corridor)
    assert bare.gaps.empty
    assert bare.places["membership"].isna().all()
    assert (bare.gaps.dtypes == found.gaps.dtypes).all()


def test_unknown_population_stays_unknown():
    aff = vg.datasets.finland(year=2019)
    found = corridor_profile(aff, Corridor("old", ["Nurmes", "Valtimo"], 10))
    assert found.places["population"].isna().sum() == 2
    assert found.summary["population_unknown"] == 2


@pytest.mark.parametrize("width", [0, -1, float("nan"), float("inf"), "20", None, True])
def test_a_width_must_be_a_positive_number(width):
    with pytest.raises(ValueError, match="width_km must be a number above 0"):
        Corridor("x", "main_line", width)


@pytest.mark.parametrize(
    ("axis", "error", "words"),
    [
        (["Helsinki"], GeometryError, "two different places"),
        (["Helsinki", "091"], GeometryError, "two different places"),
        (["Tamperre", "Turku", "Atlantis"], UnknownNodeError, "'Tamperre', 'Atlantis'.*Tampere"),
        ("main", ValueError, "main_line, northern_growth_zone, e18"),
        (shapely.LineString([(24, 60), (25, 61)]), GeometryError, "degrees"),
        (shapely.LineString([(6.7e6, 3e5), (6.8e6, 3e5)]), GeometryError, "northing first"),
        (shapely.LineString(), GeometryError, "empty"),
        (shapely.LineString([(1e5, 1e5), (1e5, 1e5)]), GeometryError, "no length"),
        (shapely.Point(1, 2), GeometryError, "Point"),
    ],
)
def test_an_axis_that_is_none_is_refused(axis, error, words):
    with pytest.raises(error, match=words):
        Corridor("x", axis, 20)


def test_areas_in_degrees_are_refused(aff, squares):
    with pytest.raises(GeometryError, match="EPSG:3067"):
        corridor_profile(aff, along((0, 5), (9, 5)), areas=squares.set_crs(4326, allow_override=1))


def test_a_list_of_ones_own_is_whole_along_a_corridor():
    rows = pd.DataFrame({"member": ["Turku", "Salo", "Lohja"], "network": ["Food towns"] * 3})
    aff = vg.read(rows, year=2019)
    corridor = Corridor("Turku–Salo", ("Turku", "Salo"), 20)
    own = corridor_profile(aff, corridor, network="Food towns")
    assert set(own.places["membership"]) == {"member", "not_member"}
    assert own.summary["unknown_inside"] == 0
    # What has been taken from a set is not known to be outside the network.
    few = aff.select(members=["Turku", "Salo"])
    cut = corridor_profile(few, corridor, network="Food towns")
    assert set(cut.places["membership"]) == {"member", "unknown"}
