"""The map of the report page: paths that fit together, and classes that say what is known."""

from __future__ import annotations

import json
import re

import pytest
import shapely

import valuma_graph as vg
from valuma_graph.maps.vector import outlines
from valuma_graph.report.plates import shared_with
from valuma_graph.report.shapes import drawn_in, neighbours_of, outlines_of, sheet
from valuma_graph.report.years import through


@pytest.fixture(scope="module")
def finland():
    return vg.datasets.finland(year=2019)


def rings(path):
    """Return the points of each move of a path, worked out anew."""
    for start, steps, _ in re.findall(r"M(-?\d+ -?\d+)l([^Mz]*)(z?)", path):
        points = [tuple(map(int, start.split()))]
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            points.append((points[-1][0] + dx, points[-1][1] + dy))
        yield points


@pytest.mark.parametrize("year", [2013, 2019, 2026])
def test_paths_are_the_boundaries_in_whole_kilometres(year):
    drawn, areas = outlines(year), vg.boundaries(year)
    assert list(drawn.municipalities.index) == list(areas.index)
    west, _, _, north = areas.total_bounds
    for path, area in zip(drawn.municipalities, areas.geometry, strict=True):
        points = [p for ring in rings(path) for p in ring]
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in points)
        there = shapely.MultiPoint([(west + 1000 * x, north - 1000 * y) for x, y in points])
        assert there.hausdorff_distance(area) < 30_000
        assert all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings(path))
    assert shapely.coverage_is_valid(areas.geometry.to_numpy())


def test_the_country_is_small_enough_for_a_page():
    drawn = outlines(2026)
    assert sum(map(len, drawn.municipalities)) + len(drawn.regions) < 60_000


def test_years_of_one_division_are_drawn_once():
    assert outlines_of(2019) is outlines_of(2017)
    assert outlines_of(2016) is not outlines_of(2017)
    assert outlines_of(None) is outlines_of(2026)
    assert neighbours_of(2019) is neighbours_of(2018)
    assert neighbours_of(2020) is not neighbours_of(2019)
    for year in range(2013, 2027):
        there = outlines(year).municipalities
        assert outlines_of(year).municipalities.equals(there)
        assert neighbours_of(year).equals(vg.contiguity(year))


def test_a_sheet_holds_each_path_once_and_says_when_it_holds():
    drawn = [outlines(2019), outlines(2020)]
    towns = drawn[0].municipalities.index.union(drawn[1].municipalities.index)
    at = {town: k for k, town in enumerate(towns)}
    made = sheet(drawn, 1, at)
    shapes = [(towns[town], path) for town, path, _ in made["shapes"]]
    assert len(shapes) == len(set(shapes))
    (valtimo,) = [mask for town, _, mask in made["shapes"] if towns[town] == "municipality:FI-911"]
    nurmes = [mask for town, _, mask in made["shapes"] if towns[town] == "municipality:FI-541"]
    assert valtimo == 0b01  # in 2019 only: part of Nurmes since 2020
    assert sorted(nurmes) == [0b01, 0b10]
    same = [mask for town, _, mask in made["shapes"] if towns[town] == "municipality:FI-091"]
    assert same == [0b11]
    assert (made["width"], made["height"]) == (drawn[1].width, drawn[1].height)


def test_lines_between_regions_are_kept_whole():
    drawn = outlines(2020)
    at = {town: k for k, town in enumerate(drawn.municipalities.index)}
    made = sheet([drawn], 0, at)
    assert "".join(path for path, _ in made["lines"]) == drawn.regions


def test_sets_that_are_not_of_finland_have_no_map():
    assert drawn_in(through(vg.datasets.southern_women())) == []


def test_what_members_share_with_one():
    davis = vg.datasets.southern_women()
    table = davis.incidence.toarray().astype(int)
    flora = [*davis.members.index].index("Flora Price")
    assert shared_with(davis, "Flora Price").tolist() == (table @ table[flora]).tolist()


def test_the_page_holds_the_map_with_its_words(finland, tmp_path):
    page, *_ = vg.write_report(finland, tmp_path, about="Hinku", langs=["fi", "en"])
    html = page.read_text("utf-8")
    data = json.loads(re.search(r'id="atlas">(.*?)</script>', html, re.DOTALL)[1])
    assert data["start"] == {"network": "hinku"}
    there = [
        town for town, _, mask in data["map"]["shapes"] if mask >> data["years"].index(2019) & 1
    ]
    assert len(there) == 311
    assert '<figure id="map"' in html
