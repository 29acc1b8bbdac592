"""Chains of municipalities on constructed sets, and against searches written out."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from pandas.testing import assert_frame_equal
from scipy import stats
from strategies import shuffled, tiny

import valuma_graph as vg
from valuma_graph.errors import GeometryError, UnknownNodeError
from valuma_graph.geography import chains as room
from valuma_graph.geography.axes import localities
from valuma_graph.geography.chains import find_corridors
from valuma_graph.geography.neighbours import contiguity
from valuma_graph.places import gazetteer

COLUMNS = [
    "places", "municipalities", "length_km", "axis", "from_id", "to_id", "shared", "expected",
    "excess", "straightness", "p", "networks",
]  # fmt: skip
TOWNS = gazetteer().division(2020).index
# Hanko, Raasepori, Inkoo, Siuntio, Kirkkonummi: along the coast, each borders on the next only.
COAST = [f"municipality:FI-{code}" for code in ("078", "710", "149", "755", "257")]


def of(lists):
    """Make a set of all municipalities, and the networks that lists of ids describe."""
    edges = [(place, f"n{k:02}") for k, places in enumerate(lists) for place in places]
    towns = {town: {"kind": "municipality"} for town in TOWNS}
    return tiny(edges, members=towns, networks=[f"n{k:02}" for k in range(len(lists))], year=2020)


def scattered(seed, *, networks=20, size=15):
    rng = np.random.default_rng(seed)
    return [rng.choice(TOWNS, size, replace=False) for _ in range(networks)]


def test_planted_chain_is_found():
    aff = of([*scattered(1, networks=60, size=4), COAST, COAST, COAST])
    first = find_corridors(aff, permutations=199).iloc[0]
    assert set(COAST) <= set(first["places"].split(";"))
    assert {"n60", "n61", "n62"} <= set(first["networks"].split(";"))
    assert first["p"] == pytest.approx(1 / 200)
    assert first["municipalities"] == len(first["places"].split(";"))
    assert first["from_id"] < first["to_id"]
    assert 0.9 < first["straightness"] <= 1


def test_figures_by_hand():
    lists = [*([town] for town in TOWNS[-18:]), COAST, COAST]
    found = find_corridors(of(lists), permutations=19)
    assert found.columns.tolist() == COLUMNS
    assert len(found) == 1
    row = found.iloc[0]
    assert row["places"] == ";".join(COAST)
    assert (row["shared"], row["networks"]) == (2, "n18;n19")
    assert row["expected"] == pytest.approx(2 * 2 / 20)
    assert row["excess"] == pytest.approx(4 * (2 - 0.2))
    points = localities(2020)[COAST]
    legs = [a.distance(b) / 1000 for a, b in pairwise(points)]
    assert row["length_km"] == pytest.approx(sum(legs))
    ends = points.iloc[0].distance(points.iloc[-1]) / 1000
    assert row["straightness"] == pytest.approx(ends / sum(legs))
    assert found["axis"].isna().all()


def test_p_is_right_for_random_sets(monkeypatch):
    # The false discovery rate lets next to nothing of a random set pass; without it there are
    # chains in all of them, and it is up to the permutations to say that they are nothing.
    cautious = find_corridors(of(scattered(0, size=45)), permutations=9)
    assert (cautious["p"] > 0.05).all()
    monkeypatch.setattr(room, "_significant", lambda tails, alpha: tails <= alpha)
    options = {"permutations": 39, "alpha": 0.3}
    found = [find_corridors(of(scattered(s, size=45)), **options)["p"] for s in range(40)]
    assert min(len(p) for p in found) > 0
    lowest = np.array([p.min() for p in found])
    for level in (0.05, 0.25, 0.5):
        assert stats.binomtest(int((lowest <= level).sum()), 40, level).pvalue > 0.01


def test_nothing_known_gives_an_empty_frame():
    for lists in ([], [[TOWNS[0]]], [TOWNS]):
        for axis in (None, "main_line"):
            found = find_corridors(of(lists), axis=axis, permutations=9)
            assert found.columns.tolist() == COLUMNS
            assert len(found) == 0
    full = find_corridors(
        of([*scattered(1, networks=60, size=4), COAST, COAST, COAST]), permutations=9
    )
    assert_frame_equal(full.iloc[:0], find_corridors(of([])))


def test_order_changes_nothing():
    aff = vg.datasets.finland(year=2019)
    whole = find_corridors(aff, permutations=19)
    assert len(whole) > 10
    assert_frame_equal(find_corridors(shuffled(aff, 5), permutations=19), whole)
    assert not whole.duplicated("places").any()
    visited = ";".join(whole["places"]).split(";")
    assert len(visited) == len(set(visited)), "chains have no place in common"
    assert (whole["excess"].diff().dropna() <= 1e-9).all()
    assert (whole["p"].diff().dropna() >= 0).all()


def test_same_seed_same_answer_and_batches_change_nothing(monkeypatch):
    aff = vg.datasets.finland(year=2019)
    whole = find_corridors(aff, permutations=199, seed=4)
    assert len(set(whole["p"])) > 1
    monkeypatch.setattr(room, "_WORK", 1)
    assert_frame_equal(find_corridors(aff, permutations=199, seed=4), whole)


def test_ties_equal_a_search_written_out():
    """Tests, false discovery rate and longest shortest path against other libraries."""
    aff = vg.datasets.finland(year=2019)
    rows = aff.memberships[aff.memberships["counted"]]
    towns = gazetteer().division(2019).index
    rows = rows[rows["member_id"].isin(towns)]
    lists = rows["network_id"].unique()
    sets = {town: set() for town in towns} | {
        town: set(part["network_id"]) for town, part in rows.groupby("member_id")
    }
    pairs, tails = [], []
    for a, b in contiguity(2019)[["a", "b"]].itertuples(index=False):
        s, t, x = len(sets[a]), len(sets[b]), len(sets[a] & sets[b])
        if s and t:
            pairs.append((a, b))
            tails.append(stats.hypergeom.sf(x - 1, len(lists), s, t))
    rate = stats.false_discovery_control(tails)
    graph = nx.Graph([pair for pair, q in zip(pairs, rate, strict=True) if q <= 0.05])
    found = find_corridors(aff, permutations=9)
    expected = []
    for part in nx.connected_components(graph):
        waiting = [graph.subgraph(part).copy()]
        while waiting:
            one = waiting.pop()
            if len(one) < 3 or nx.diameter(one) < 2:
                continue
            hops = dict(nx.all_pairs_shortest_path_length(one))
            far = nx.diameter(one)
            paths = [
                path
                for a in one
                for b in one
                if a < b and hops[a][b] == far
                for path in nx.all_shortest_paths(one, a, b)
            ]

            def gain(path):
                return sum(
                    len(sets[a] & sets[b]) - len(sets[a]) * len(sets[b]) / len(lists)
                    for a, b in pairwise(path)
                )

            best = max(gain(path) for path in paths)
            expected.append((far + 1, round(best, 6)))
            path = min(p for p in paths if gain(p) >= best - 1e-9)
            one.remove_nodes_from(path)
            waiting += [one.subgraph(rest).copy() for rest in nx.connected_components(one)]
    assert len(expected) > 10
    got = [*zip(found["municipalities"], found["excess"].round(6), strict=True)]
    assert sorted(got) == sorted(expected)


def test_run_along_an_axis_broken_in_the_middle_gives_two():
    everyone = find_corridors(of([TOWNS[:0], *[[t] for t in TOWNS]]), axis="main_line")
    assert len(everyone) == 0
    ground = room._ground(of([]), "main_line", 30)
    along = ground.ids[[*ground.a, ground.b[-1]]].tolist()
    assert along[0] == "municipality:FI-091"
    assert along[-1] == "municipality:FI-743"
    run = along[2:11]
    others = [[t] for t in TOWNS if t not in along][:30]
    whole = find_corridors(of([run, run, *others]), axis="main_line", permutations=99)
    assert whole["places"].tolist() == [";".join(run)]
    assert whole["axis"].tolist() == ["main_line"]
    assert whole["p"].tolist() == [0.01]
    broken = [*run[:4], *run[5:]]
    two = find_corridors(of([broken, broken, *others]), axis="main_line", permutations=99)
    assert set(two["places"]) == {";".join(run[:4]), ";".join(run[5:])}
    assert (two["excess"] < whole["excess"].iloc[0]).all()


def test_axis_may_be_places_or_a_line():
    names = ["Hanko", "Raasepori", "Inkoo", "Siuntio", "Kirkkonummi"]
    aff = of([COAST, COAST, *[[t] for t in TOWNS[-30:]]])
    by_places = find_corridors(aff, axis=iter(names), permutations=19)
    assert by_places["places"].tolist() == [";".join(COAST)]
    assert by_places["axis"].tolist() == [";".join(names)]
    line = shapely.LineString([*localities(2020)[COAST]])
    by_line = find_corridors(aff, axis=line, permutations=19)
    assert by_line["axis"].tolist() == ["line"]
    assert_frame_equal(by_line.drop(columns="axis"), by_places.drop(columns="axis"))
    back = find_corridors(aff, axis=line.reverse(), permutations=19)
    assert back["places"].tolist() == [";".join(reversed(COAST))]
    there_and_back = shapely.LineString([*line.coords, *list(line.coords)[:-1][::-1]])
    assert_frame_equal(find_corridors(aff, axis=there_and_back, permutations=19), by_line)


def test_width_passes_over_municipalities_far_from_the_axis():
    counts = [
        len(room._ground(of([]), "northern_growth_zone", width).a) for width in (1, 10, 30, 100)
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_other_members_change_nothing():
    finland = vg.datasets.finland(year=2019)
    alone = find_corridors(finland.select("municipality"), permutations=19)
    assert_frame_equal(find_corridors(finland, permutations=19), alone)
    assert len(alone) > 10, "leader groups are neighbours by design"
    without = finland.select(network_kinds=("network",))
    assert find_corridors(without, permutations=19).columns.tolist() == COLUMNS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width_km": 0}, "width_km"),
        ({"width_km": float("nan")}, "width_km"),
        ({"alpha": 0}, "alpha"),
        ({"alpha": 1}, "alpha"),
        ({"permutations": 0}, "permutations"),
        ({"min_length": 1}, "min_length"),
        ({"axis": "orient_express"}, "orient_express"),
    ],
)
def test_wrong_values_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        find_corridors(of([COAST]), **options)


def test_axes_that_are_none():
    with pytest.raises(UnknownNodeError):
        find_corridors(of([COAST]), axis=["Turku", "Atlantis"])
    with pytest.raises(GeometryError):
        find_corridors(of([COAST]), axis=["Turku"])
    with pytest.raises(GeometryError, match="no member is a municipality of Finland"):
        find_corridors(vg.datasets.southern_women())


def test_nothing_to_compare():
    abroad = shapely.LineString([(1_000_000, 7_000_000), (1_100_000, 7_000_000)])
    assert len(find_corridors(of([COAST, COAST]), axis=abroad, permutations=9)) == 0
    alone = tiny(
        [("municipality:FI-091", "n")],
        members={
            COAST[0]: {"kind": "municipality"},
            "municipality:FI-091": {"kind": "municipality"},
        },
        year=2020,
    )
    assert len(find_corridors(alone, permutations=9)) == 0
    assert len(find_corridors(alone, axis="main_line", permutations=9)) == 0
