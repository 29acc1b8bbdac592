"""Neighbours and distances: divisions, mergers, exchange with libpysal, hand-worked spans."""

from __future__ import annotations

import math
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from valuma_graph import datasets, places
from valuma_graph.errors import GeometryError, UnknownNodeError
from valuma_graph.geography.neighbours import contiguity, to_libpysal
from valuma_graph.geography.outlines import boundaries
from valuma_graph.geography.spans import distance_to, distances

FINLAND = places.gazetteer()


def member(code):
    return f"municipality:FI-{code}"


def pairs_of(year, **options):
    table = contiguity(year, **options)
    return set(zip(table["a"], table["b"], strict=True))


def neighbours_of(code, year):
    table = contiguity(year)
    ends = table[(table[["a", "b"]] == member(code)).any(axis="columns")]
    return {str(one)[-3:] for one in ends[["a", "b"]].to_numpy().ravel()} - {code}


def table_of_2020():
    path = places.data_path("municipalities", "adjacency.csv")
    return pd.read_csv(path, dtype="str")


# Neighbours.


@pytest.mark.parametrize("year", places.DIVISIONS)
@pytest.mark.parametrize("sea", [False, True])
def test_pairs_are_of_the_division_each_once_and_sorted(year, sea):
    table = contiguity(year, sea=sea)
    assert list(table.columns) == ["a", "b", "kind", "border_km", "source"]
    assert table.index.equals(pd.RangeIndex(len(table)))
    assert table[["a", "b"]].isin(FINLAND.division(year).index).all(axis=None)
    assert (table["a"] < table["b"]).all()
    assert not table.duplicated(["a", "b"]).any()
    assert table.sort_values(["a", "b"]).index.equals(table.index)
    assert (table["border_km"] > 0).all()
    assert set(table["kind"]) == ({"land", "sea"} if sea else {"land"})
    assert table["source"].ne("").all()


def test_the_division_of_the_table_is_the_table_without_redrawn_lines():
    rows = table_of_2020()
    for kinds, sea in ((["land"], False), (["land", "sea"], True)):
        kept = rows[rows["kind"].isin(kinds)]
        assert pairs_of(2020, sea=sea) == {
            (member(a), member(b)) for a, b in kept[["code_a", "code_b"]].to_numpy()
        }
    artefacts = rows[rows["kind"] == "artefact"]
    assert len(artefacts) == 2
    assert not (contiguity(2020)["source"].str.contains("lattice")).any()


def test_ties_across_the_sea_have_their_length_at_sea():
    rows = table_of_2020().query("kind == 'sea'")
    table = contiguity(2020, sea=True).query("kind == 'sea'")
    assert table["border_km"].tolist() == rows["border_with_sea_km"].astype("float64").tolist()


def test_merged_municipalities_have_the_neighbours_of_both():
    before, after = neighbours_of("214", 2020), neighbours_of("214", 2021)
    assert after == (before | neighbours_of("099", 2020)) - {"099", "214"}
    table = contiguity(2020).set_index(["a", "b"])["border_km"]
    later = contiguity(2021).set_index(["a", "b"])["border_km"]
    both = neighbours_of("099", 2020) & before
    assert both
    for other in both:
        parts = [tuple(sorted([member(one), member(other)])) for one in ("099", "214")]
        joined = tuple(sorted([member("214"), member(other)]))
        assert later[joined] == pytest.approx(sum(table[pair] for pair in parts))
    assert "588" not in neighbours_of("507", 2025)
    assert "588" in neighbours_of("507", 2024)


def test_borders_of_municipalities_abolished_before_come_from_the_lattice():
    assert neighbours_of("911", 2019) == {"541", "687", "765"}  # Nurmes, Rautavaara, Sotkamo
    table = contiguity(2019).set_index(["a", "b"])
    assert table.loc[(member("541"), member("911")), "source"] == "lattice"
    assert table.loc[(member("541"), member("911")), "border_km"] == 70
    # Nurmes keeps its share of the border with Rautavaara.
    whole = contiguity(2020).set_index(["a", "b"]).loc[(member("541"), member("687"))]
    part = table.loc[(member("541"), member("687"))]
    assert 0 < part["border_km"] < whole["border_km"]
    assert part["source"].endswith("| lattice")


def test_who_touched_only_the_absorbed_one_is_no_neighbour_of_the_absorber():
    assert "609" in neighbours_of("051", 2017)  # Eurajoki and Pori, since Luvia joined
    assert "609" not in neighbours_of("051", 2016)
    assert {"609", "051", "531"} == neighbours_of("442", 2016)
    assert "743" not in neighbours_of("301", 2015)  # Kurikka and Seinäjoki: Jalasjärvi between
    assert "743" in neighbours_of("164", 2015)


def test_pairs_that_no_merger_touches_stay_in_every_year():
    changed = {member(code) for row in FINLAND._events for code in (row.source, row.target)}
    quiet = [
        {pair for pair in pairs_of(year) if not changed & set(pair)} for year in places.DIVISIONS
    ]
    assert len(quiet[0]) > 600
    assert all(pairs == quiet[0] for pairs in quiet)


@pytest.mark.parametrize("year", [2013, 2014, 2015, 2016, 2019])
def test_joining_the_parts_again_gives_the_pairs_of_2020(year):
    into = FINLAND.successors(2020)
    joined = {tuple(sorted((into.get(a, a), into.get(b, b)))) for a, b in pairs_of(year, sea=True)}
    assert {pair for pair in joined if pair[0] != pair[1]} == pairs_of(2020, sea=True)


def test_a_division_that_is_none_is_refused():
    with pytest.raises(ValueError, match="2030"):
        contiguity(2030)


# libpysal.


def squares(rows, columns):
    row, column = np.divmod(np.arange(rows * columns), columns)
    ids = [f"s{n:02d}" for n in range(rows * columns)]
    return gpd.GeoDataFrame(geometry=shapely.box(column, row, column + 1, row + 1), index=ids)


def test_a_graph_of_squares_equals_the_contiguity_of_libpysal():
    graph = pytest.importorskip("libpysal.graph")
    given = squares(4, 5)
    theirs = graph.Graph.build_contiguity(given, rook=True)
    links = [
        (given.index[n], given.index[n + step])
        for n in range(20)
        for step in (1, 5)
        if (step == 1 and n % 5 < 4) or (step == 5 and n < 15)
    ]
    ours = to_libpysal(pd.DataFrame(links, columns=["a", "b"]), ids=given.index)
    assert ours == theirs
    assert ours.n_edges == 2 * len(links) == 62


def test_a_graph_of_the_drawn_map_equals_the_contiguity_of_libpysal():
    graph = pytest.importorskip("libpysal.graph")
    drawn = boundaries(2020)
    theirs = graph.Graph.build_contiguity(drawn, rook=True, strict=True)
    adjacency = theirs.adjacency[theirs.adjacency > 0].reset_index()
    links = adjacency[adjacency["focal"] < adjacency["neighbor"]]
    pairs = links.rename(columns={"focal": "a", "neighbor": "b"})
    assert to_libpysal(pairs, ids=drawn.index) == theirs
    table = pairs_of(2020)
    found = set(zip(pairs["a"], pairs["b"], strict=True))
    assert len(found & table) / len(table) >= 0.99


def test_islands_stay_in_the_graph_as_isolates():
    pytest.importorskip("libpysal")
    ids = FINLAND.division(2020).index
    made = to_libpysal(contiguity(2020), ids=ids)
    assert made.unique_ids.tolist() == ids.tolist()
    assert made.n_edges == 2 * 777
    assert len(made.isolates) == 11  # the table's own notes count them
    assert to_libpysal(contiguity(2020, sea=True), ids=ids).n_edges == 2 * 820


def test_a_graph_keeps_the_order_and_only_the_nodes_asked_for():
    pytest.importorskip("libpysal")
    ids = [member("837"), member("170"), member("092"), member("091")]
    made = to_libpysal(contiguity(2020, sea=True), ids=ids)
    assert made.unique_ids.tolist() == ids
    assert made.cardinalities.tolist() == [0, 0, 1, 1]
    alone = to_libpysal(contiguity(2020), ids=[member("170")])
    assert alone.isolates.tolist() == [member("170")]


def test_ids_that_repeat_or_are_none_are_refused():
    pytest.importorskip("libpysal")
    with pytest.raises(ValueError, match="FI-091"):
        to_libpysal(contiguity(2020), ids=[member("091"), member("091")])
    with pytest.raises(ValueError, match="none given"):
        to_libpysal(contiguity(2020), ids=[])


def test_without_libpysal_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "libpysal.graph", None)
    with pytest.raises(ImportError, match="pip install libpysal"):
        to_libpysal(contiguity(2020), ids=[member("091")])


# Distances.


def test_distances_equal_those_of_scipy():
    from scipy.spatial import distance

    points = datasets.municipalities(2020)
    at = np.column_stack([points.geometry.x, points.geometry.y])
    table = distances(2020)
    assert table.index.equals(points.index)
    assert table.columns.equals(points.index)
    assert np.allclose(table, distance.squareform(distance.pdist(at)) / 1000, atol=1e-9)


def test_distances_are_close_to_those_on_the_ellipsoid():
    from pyproj import Geod

    # Helsinki, Utsjoki, Mariehamn and Lieksa: the far corners of the projection.
    far = FINLAND.division(2020).loc[[member(code) for code in ("091", "890", "478", "422")]]
    table = distances(2020, places=far.index)
    geod = Geod(ellps="GRS80")
    for a, one in far.iterrows():
        for b, other in far.iterrows():
            if a != b:
                _, _, metres = geod.inv(one["lon"], one["lat"], other["lon"], other["lat"])
                assert table.loc[a, b] == pytest.approx(metres / 1000, rel=0.005)


def test_distances_are_given_for_the_places_asked_for_in_their_order():
    table = distances(2020, places=["Turku", "091", member("837")])
    assert table.index.tolist() == [member("853"), member("091"), member("837")]
    assert np.allclose(table, table.T)
    assert np.allclose(np.diag(table), 0)
    assert distances(2020, places=[]).shape == (0, 0)
    # One that has merged since stands for its successor.
    assert distances(2020, places=["Valtimo"]).index.tolist() == [member("541")]
    assert distances(2019, places=["Valtimo"]).index.tolist() == [member("911")]


def test_distances_from_a_straight_line_are_worked_by_hand():
    points = datasets.municipalities(2020).geometry
    turku, helsinki = points[member("853")], points[member("091")]
    line = shapely.LineString([(turku.x - 5000, turku.y + 3000), (turku.x + 45000, turku.y + 3000)])
    found = distance_to(line, year=2020, places=["Turku", "Helsinki"])
    assert found.loc[member("853")].tolist() == pytest.approx([3, 5])
    beyond = math.hypot(helsinki.x - turku.x - 45000, helsinki.y - turku.y - 3000) / 1000
    assert found.loc[member("091")].tolist() == pytest.approx([beyond, 50])


def test_distances_from_a_bundled_axis_equal_a_search_of_its_segments():
    from valuma_graph.geography.axes import line_of

    ends = np.asarray(line_of("main_line", year=2019).line.coords)
    found = distance_to("main_line", year=2019)
    points = datasets.municipalities(2019).geometry
    assert found.index.equals(points.index)
    at = np.column_stack([points.x, points.y])
    start, step = ends[:-1], np.diff(ends, axis=0)
    length = np.hypot(*step.T)
    along = (((at[:, None] - start) * step).sum(axis=2) / length**2).clip(0, 1)
    off = np.linalg.norm(start + along[..., None] * step - at[:, None], axis=2)
    best = off.argmin(axis=1)
    rows = np.arange(len(at))
    position = (
        np.concatenate([[0], np.cumsum(length)[:-1]])[best] + along[rows, best] * length[best]
    )
    assert np.allclose(found["distance_km"], off.min(axis=1) / 1000)
    assert np.allclose(found["position_km"], position / 1000)


def test_unknown_places_are_named_with_suggestions():
    with pytest.raises(UnknownNodeError) as caught:
        distances(2020, places=["Turku", "Tampeere", "999"])
    assert "'Tampeere', '999'" in str(caught.value)
    assert "Tampere (837)" in caught.value.suggestions
    with pytest.raises(UnknownNodeError, match="Atlantis"):
        distance_to("main_line", year=2020, places=["Atlantis"])
    with pytest.raises(UnknownNodeError):
        distances(2020, places=["country:DK"])


def test_places_named_twice_or_as_one_text_are_refused():
    with pytest.raises(ValueError, match="Turku \\(853\\)"):
        distances(2020, places=["Turku", "Åbo"])
    with pytest.raises(ValueError, match="list of municipalities"):
        distances(2020, places="Turku")
    with pytest.raises(ValueError, match="1999"):
        distances(1999)


def test_an_axis_in_degrees_is_refused():
    with pytest.raises(GeometryError, match="degrees"):
        distance_to(shapely.LineString([(24.9, 60.2), (23.8, 61.5)]), year=2020)
