"""Boundaries: drawn from the lattice, judged against official figures."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import valuma_graph as vg
from valuma_graph import places
from valuma_graph.geography.accuracy import boundary_error
from valuma_graph.geography.cells import Grid, grid_of
from valuma_graph.geography.drawing import areas_of
from valuma_graph.geography.outlines import boundaries

FINLAND = places.gazetteer()
CELL_KM2 = 4.0
COUNTS = {2013: 320, 2014: 320, 2015: 317, 2016: 313, 2017: 311, 2018: 311, 2019: 311, 2020: 310}
COUNTS |= dict.fromkeys(range(2021, 2025), 309) | {2025: 308, 2026: 308}


def member(code):
    return f"municipality:FI-{code}"


def grid(rows, *, cell=2000.0):
    """Make a grid from text: a letter for each label, a point for nothing."""
    cells = np.array([list(row) for row in rows])
    ids = sorted(set(cells.ravel().tolist()) - {"."})
    labels = np.zeros(cells.shape, dtype="int64")
    for position, letter in enumerate(ids, 1):
        labels[cells == letter] = position
    return Grid(labels, pd.Index(ids), 82000.0, 7778000.0, cell)


def padded(rows):
    empty = "." * (len(rows[0]) + 2)
    return [empty, *(f".{row}." for row in rows), empty]


# Cells.


@pytest.mark.parametrize("year", places.DIVISIONS)
def test_every_municipality_of_a_division_has_cells(year):
    lattice = grid_of(year)
    assert lattice.ids.equals(FINLAND.division(year).index)
    counts = np.bincount(lattice.labels.ravel(), minlength=len(lattice.ids) + 1)
    assert len(counts) == len(lattice.ids) + 1
    assert counts[1:].min() >= 9
    assert counts[1:].sum() == 84492


def test_cells_of_abolished_municipalities_are_put_back_until_they_end():
    def cells(code, year):
        lattice = grid_of(year)
        if member(code) not in lattice.ids:
            return 0
        return int((lattice.labels == lattice.ids.get_loc(member(code)) + 1).sum())

    assert cells("911", 2020) == 0
    assert cells("911", 2019) == pytest.approx(831.1 / CELL_KM2, rel=0.02)  # mergers.csv
    assert cells("541", 2020) == cells("541", 2019) + cells("911", 2019)
    assert cells("413", 2015) == 0
    assert cells("609", 2015) == cells("609", 2014) + cells("413", 2014)
    assert cells("214", 2021) == cells("214", 2020) + cells("099", 2020)
    assert cells("507", 2025) == cells("507", 2024) + cells("588", 2024)


def test_a_cell_lies_where_the_lattice_says():
    lattice = grid_of(2020)
    towns = FINLAND.division(2020).loc[[member("091"), member("837"), member("698")]]
    points = gpd.GeoSeries(gpd.points_from_xy(towns["lon"], towns["lat"]), crs=4326).to_crs(3067)
    rows = ((lattice.y - points.y) // lattice.cell).astype("int64")
    columns = ((points.x - lattice.x) // lattice.cell).astype("int64")
    assert list(lattice.ids[lattice.labels[rows, columns] - 1]) == list(towns.index)


def test_an_unknown_division_is_refused():
    for call in (grid_of, boundaries, boundary_error):
        with pytest.raises(ValueError, match="1999"):
            call(1999)


# Drawing.


@pytest.mark.parametrize(
    "rows",
    [
        ["aaaaaa"] * 6,
        ["aaabbb"] * 6,
        ["aaabbb"] * 3 + ["bbbaaa"] * 3,
        ["aaabbb"] * 3 + ["cccddd"] * 3,
        ["aaaaaa", "aaaaaa", "aabbaa", "aabbaa", "aaaaaa", "aaaaaa"],
        ["aaaaaa", "aaaaaa", "aa..aa", "aa..aa", "aaaaaa", "aaaaaa"],
        ["aaaaaaa", "aaaaaaa", "aaaaaaa", "aaabaaa", "aaaaaaa", "aaaaaaa", "aaaaaaa"],
        ["aaaa..", "aaaa..", "aaaa..", "aaaa.b", "......", "c....."],
    ],
    ids=["block", "two", "checkerboard", "four", "hole", "lake", "one cell", "islands"],
)
def test_drawn_areas_of_constructed_grids_fit_and_keep_their_size(rows):
    given = grid(padded(rows))
    drawn = areas_of(given)
    shapes = drawn.to_numpy()
    assert drawn.crs == 3067
    assert drawn.index.equals(given.ids)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    cells = np.bincount(given.labels.ravel())[1:]
    for area, count in zip(shapely.area(shapes) / 1e6, cells, strict=True):
        # Corners are rounded, of one cell alone more than of a block.
        assert area == pytest.approx(count * CELL_KM2, rel=0.06 if count > 4 else 0.5)
    whole = shapely.union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(whole.area)
    holes = sum(len(part.interiors) for part in shapely.get_parts(whole))
    assert holes == any("a..a" in row for row in rows)
    west, north = given.x, given.y
    height, width = given.labels.shape
    frame = shapely.box(west, north - height * given.cell, west + width * given.cell, north)
    assert frame.contains(whole)


def test_every_separate_cell_stays_an_island():
    drawn = areas_of(grid(padded(["a.a.a", ".....", "b...a"])))
    assert shapely.get_num_geometries(drawn.to_numpy()).tolist() == [4, 1]
    assert (shapely.area(shapely.get_parts(drawn["a"])) > 1e6).all()


def test_cells_that_touch_at_a_corner_are_two_areas_that_do_not_cross():
    drawn = areas_of(grid(padded(["aab", "aab", "bba"])))
    assert drawn.is_valid.all()
    assert drawn["a"].intersection(drawn["b"]).area == 0


def test_a_label_without_cells_has_an_empty_area():
    given = grid(padded(["aa", "aa"]))
    drawn = areas_of(Grid(given.labels, pd.Index(["a", "b"]), given.x, given.y, given.cell))
    assert drawn["b"].is_empty
    assert not drawn["a"].is_empty


def test_size_of_cells_scales_the_areas():
    small, large = areas_of(grid(["ab", "ab"], cell=10.0)), areas_of(grid(["ab", "ab"], cell=20.0))
    assert np.allclose(large.area, 4 * small.area)


def test_drawing_again_gives_the_same_bytes():
    first, second = areas_of(grid_of(2019)), areas_of(grid_of(2019))
    assert (shapely.to_wkb(first.to_numpy()) == shapely.to_wkb(second.to_numpy())).all()


# The country.


@pytest.mark.parametrize("year", places.DIVISIONS)
def test_every_division_is_a_coverage_of_valid_areas(year):
    shapes = boundaries(year)
    assert len(shapes) == COUNTS[year]
    assert shapes.index.equals(FINLAND.groups("municipality", year).index)
    assert shapes.crs == 3067
    areas = shapes.geometry.to_numpy()
    assert shapely.is_valid(areas).all()
    assert not shapely.is_empty(areas).any()
    assert shapely.coverage_is_valid(areas)
    assert set(shapely.get_type_id(areas)) <= {3, 6}


@pytest.mark.parametrize("year", [2013, 2019, 2020, 2026])
@pytest.mark.parametrize("scheme", ["region", "sub_region"])
def test_groups_are_exact_unions_of_their_municipalities(year, scheme):
    municipalities, groups = boundaries(year), boundaries(year, by=scheme)
    of = FINLAND.group_of(scheme, year)
    assert groups.index.equals(FINLAND.groups(scheme, year).index)
    assert shapely.is_valid(groups.geometry.to_numpy()).all()
    assert shapely.coverage_is_valid(groups.geometry.to_numpy())
    for name, shape in groups.geometry.items():
        parts = municipalities.loc[of.index[of == name]].geometry
        assert shape.area == pytest.approx(parts.area.sum(), rel=1e-12)
        assert shape.symmetric_difference(parts.union_all()).area < 1e-3


def test_every_grouping_has_areas():
    for scheme, (first, last) in FINLAND.schemes.items():
        for year in {max(first, 2013), min(last, 2026)}:
            shapes = boundaries(year, by=scheme)
            assert shapes.index.equals(FINLAND.groups(scheme, year).index)
            assert not shapes.geometry.is_empty.any()


def test_merged_municipalities_cover_what_their_parts_did():
    before, after = boundaries(2019).geometry, boundaries(2020).geometry
    parts = before[member("541")].union(before[member("911")])
    # Smoothing may move the ends of a border that is no more.
    assert parts.symmetric_difference(after[member("541")]).area < 0.002 * parts.area


def test_what_a_caller_changes_stays_his_own():
    mine = boundaries(2020)
    before = boundaries(2020).geometry.area.sum()
    mine.geometry.array[0] = shapely.Point(0, 0).buffer(1)
    mine.loc[mine.index[1], "geometry"] = shapely.Point(0, 0).buffer(1)
    mine.loc[mine.index[2], "name_fi"] = "Toinen"
    again = boundaries(2020)
    assert again.geometry.area.sum() == before
    assert again["name_fi"].iloc[2] != "Toinen"


def test_a_scheme_that_is_none_is_refused():
    with pytest.raises(ValueError, match="county"):
        boundaries(2020, by="county")
    with pytest.raises(ValueError, match="employment_area"):
        boundaries(2020, by="employment_area")


def test_given_areas_take_the_place_of_the_drawn_ones():
    squares = squares_of(2020)
    assert boundaries(2020, areas=squares).geometry.area.eq(4e6).all()
    regions = boundaries(2020, areas=squares, by="region")
    sizes = FINLAND.group_of("region", 2020).value_counts()
    assert np.allclose(regions.geometry.area / 4e6, sizes.reindex(regions.index))


def squares_of(year):
    """Make a square of 2 km for each municipality, side by side, in a block."""
    ids = FINLAND.division(year).index
    row, column = np.divmod(np.arange(len(ids)), 20)
    x, y = 300000.0 + 2000 * column, 6700000.0 + 2000 * row
    return gpd.GeoDataFrame(geometry=shapely.box(x, y, x + 2000, y + 2000), index=ids, crs=3067)


# The error.


@pytest.mark.parametrize("year", [2013, 2019, 2020, 2021, 2026])
def test_the_error_stays_below_what_was_promised(year):
    found = boundary_error(year)
    summary, table = found.summary, found.municipalities
    assert summary["median_area_error"] < 0.025
    assert abs(summary["total_area_error"]) < 0.005
    assert summary["precision"] >= 0.98
    assert summary["recall"] >= 0.99
    assert summary["median_border_error"] < 0.06
    assert summary["valid"] is True
    assert summary["overlap_km2"] == 0
    assert summary["gap_km2"] == 0
    assert summary["municipalities"] == COUNTS[year] == len(table)
    assert table["parts_map"].equals(table["parts_lattice"].rename("parts_map"))
    assert summary["parts_map"] == summary["parts_lattice"] == table["parts_map"].sum()


def test_areas_are_held_against_the_official_ones():
    found = boundary_error(2020)
    table, official = found.municipalities, FINLAND.division(2020)
    assert table.index.equals(official.index)
    assert np.allclose(table["official_km2"], official["area_km2"], equal_nan=True)
    assert np.allclose(table["map_km2"], boundaries(2020).area / 1e6)
    # Kankaanpää absorbed Honkajoki in 2021: their areas of before are not known.
    assert table.index[table["error"].isna()].tolist() == [member("099"), member("214")]
    assert found.summary["measured"] == 308
    assert found.summary["worst"] == member("235")  # Kauniainen, 6 km², nine cells
    off = table["error"].abs().dropna().sort_values()
    assert found.summary["median_area_error"] == pytest.approx((off.iloc[153] + off.iloc[154]) / 2)
    assert found.summary["mean_area_error"] == pytest.approx(off.sum() / 308)


def test_pieces_are_counted_as_scipy_counts_them():
    from scipy import ndimage

    lattice = grid_of(2026)
    counted = [
        ndimage.label(lattice.labels == label)[1] for label in range(1, len(lattice.ids) + 1)
    ]
    assert boundary_error(2026).municipalities["parts_lattice"].tolist() == counted


def test_an_overlap_and_a_gap_are_found():
    shapes = boundaries(2020)[["geometry"]]
    inland = [member("005"), member("837")]
    centre = shapes.geometry[inland[0]].representative_point()
    hole = centre.buffer(300, quad_segs=16)
    shapes.loc[inland[0], "geometry"] = shapes.geometry[inland[0]].difference(hole)
    found = boundary_error(2020, areas=shapes).summary
    assert found["gap_km2"] == pytest.approx(hole.area / 1e6)
    shapes.loc[inland[1], "geometry"] = shapes.geometry[inland[1]].union(centre.buffer(2000))
    found = boundary_error(2020, areas=shapes).summary
    assert found["overlap_km2"] == pytest.approx(
        (centre.buffer(2000).area - hole.area) / 1e6, rel=1e-3
    )
    assert not found["valid"]


def test_other_areas_are_judged_the_same_way():
    found = boundary_error(2020, areas=squares_of(2020))
    assert np.allclose(found.municipalities["map_km2"], 4)
    assert found.summary["neighbours_map"] == 15 * 19 + 9 + 14 * 20 + 10
    assert found.summary["precision"] < 0.1
    assert found.summary["valid"] is True


def test_areas_that_cross_themselves_or_are_missing_do_not_stop_the_judge():
    shapes = boundaries(2020)[["geometry"]]
    bow = shapely.Polygon([(0, 0), (4000, 4000), (4000, 0), (0, 4000)])
    shapes.loc[member("005"), "geometry"] = bow
    found = boundary_error(2020, areas=shapes.drop(member("837")))
    assert found.summary["valid"] is False
    assert found.municipalities["error"].isna().sum() == 3
    assert found.municipalities.loc[member("837"), "parts_map"] == 0


def test_areas_of_nothing_are_refused():
    other = squares_of(2020).set_axis([f"x{n}" for n in range(310)])
    with pytest.raises(ValueError, match="2020"):
        boundary_error(2020, areas=other)


def test_areas_of_something_else_are_refused():
    with pytest.raises(vg.GeometryError, match="must be municipalities of 2020"):
        vg.boundaries(2020, areas=vg.boundaries(2015))
    with pytest.raises(vg.GeometryError, match="region:FI-01"):
        vg.boundaries(2021, areas=vg.boundaries(2021, by="region"))
    with pytest.raises(vg.GeometryError, match="EPSG:3067"):
        vg.boundaries(2020, areas=vg.boundaries(2020).to_crs(4326))
    drawn = vg.boundaries(2020)
    bare = gpd.GeoDataFrame(geometry=[*drawn.geometry], index=drawn.index)
    with pytest.raises(vg.GeometryError, match="no coordinate system"):
        vg.boundaries(2020, areas=bare)
