"""The map of the report page: paths that fit together, and classes that say what is known."""

from __future__ import annotations

import re

import pytest
import shapely

import valuma_graph as vg
from valuma_graph.maps.vector import outlines
from valuma_graph.report.mapping import BREAKS, page_map
from valuma_graph.report.voice import Voice

VOICE = Voice(("fi", "sv", "en"))


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


def test_the_map_of_the_country_counts_networks(finland):
    drawn = page_map(finland, VOICE)
    counts = vg.centrality(finland, measures=["degree"])["degree"]
    for kind, _, words in drawn.shapes:
        shown = int(words.rpartition(": ")[2])
        first = BREAKS[int(kind[1:])]
        assert shown >= first
        assert kind == "c5" or shown < BREAKS[int(kind[1:]) + 1]
    towns = counts[finland.members["kind"].eq("municipality") & finland.members["country"].eq("FI")]
    values = sorted(int(words.rpartition(": ")[2]) for _, _, words in drawn.shapes)
    assert values == sorted(towns.tolist())


def test_a_complete_list_has_others_and_a_partial_one_unknowns(finland):
    hinku = page_map(finland, VOICE, ("networks", "hinku"))
    fisu = page_map(finland, VOICE, ("networks", "fisu"))
    assert {kind for kind, _, _ in hinku.shapes} == {"member", "unknown"}
    assert {kind for kind, _, _ in fisu.shapes} == {"member", "other"}
    assert sum(kind == "member" for kind, _, _ in fisu.shapes) == 11
    assert [kind for kind, _ in hinku.legend] == ["member", "unknown"]


def test_a_member_is_marked_and_drawn_last(finland):
    drawn = page_map(finland, VOICE, ("members", "municipality:FI-837"))
    assert drawn.shapes[-1][0] == "self"
    assert drawn.shapes[-1][2].startswith("Tampere – Tammerfors: ")
    region = page_map(finland, VOICE, ("members", "region:FI-18"))
    assert "self" not in {kind for kind, _, _ in region.shapes}


def test_sets_that_are_not_of_finland_have_no_map():
    assert page_map(vg.datasets.southern_women(), VOICE) is None


def test_the_page_holds_the_map_with_its_words(finland, tmp_path):
    page, *_ = vg.write_report(finland, tmp_path, about="Hinku", langs=["fi", "en"])
    html = page.read_text("utf-8")
    assert html.count("<title>") == 1 + 311
    assert 'role="img"' in html
    assert "jäsenkunnat" in html
    assert "member municipalities" in html
