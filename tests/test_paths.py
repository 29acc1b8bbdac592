"""Shortest paths and communities: compiled or not, sampled or exact, the same."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms import bipartite
from pandas.testing import assert_frame_equal, assert_series_equal
from scipy import sparse
from strategies import affiliations, from_matrix, random_affiliation, shuffled, tiny

from valuma_graph import datasets, kernels, measures
from valuma_graph.measures import partition, paths

MODES = ("members", "networks")
PATHS = (0, float("inf"))
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


def chain(length):
    """Members and networks in a row: distances up to 2 * length."""
    matrix = np.zeros((length, length), dtype=int)
    matrix[np.arange(length), np.arange(length)] = 1
    matrix[np.arange(1, length), np.arange(length - 1)] = 1
    return from_matrix(matrix)


def ladder(length):
    """Two members side by side at each step: 2 ** length shortest paths from end to end."""
    return from_matrix(np.repeat(chain(length).incidence.toarray(), 2, axis=0))


CASES = {
    "dense": random_affiliation(1, density=0.4),
    "many components": random_affiliation(3, members=60, networks=40, density=0.03),
    "several words of sources": random_affiliation(7, members=700, networks=90, density=0.02),
    "twins": from_matrix(np.repeat(np.eye(3, 4, dtype=int) | 1 % np.arange(2, 5)[:, None], 70, 0)),
    "one network": tiny(["abc X"], members=["d"]),
    "one member": tiny(["a X", "a Y"], networks=["W"]),
    "a chain": chain(90),
    "a ladder": ladder(20),
    "no ties": tiny([], members="abc", networks="XY"),
    "nothing": tiny([]),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def aff(request):
    return request.param


def graph_of(incidence):
    """Build the networkx graph of rows 0, 1, … and columns from n on, tie by tie."""
    n, m = incidence.shape
    graph = nx.Graph()
    graph.add_nodes_from(range(n + m))
    graph.add_edges_from((int(i), n + int(j)) for i, j in np.argwhere(incidence.toarray()))
    return graph


def side(aff, mode):
    return aff.incidence if mode == "members" else aff.incidence.T.tocsr()


# -- closeness --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("worth", PATHS, ids=["compiled", "not compiled"])
def test_closeness_equals_networkx(aff, mode, worth, monkeypatch):
    monkeypatch.setattr(kernels, "WORTH", worth)
    incidence = side(aff, mode)
    n, m = incidence.shape
    expected = bipartite.closeness_centrality(graph_of(incidence), range(n)) if n and m else {}
    expected = [expected.get(i, 0) for i in range(n)]
    np.testing.assert_allclose(paths.closeness(incidence), expected, **CLOSE)


@settings(max_examples=60, deadline=None)
@given(affiliations(), st.sampled_from(MODES))
def test_closeness_is_bitwise_the_same_on_both_paths(aff, mode):
    found = []
    for worth in PATHS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernels, "WORTH", worth)
            found.append(measures.centrality(aff, mode=mode, measures="closeness"))
    assert_frame_equal(*found, check_exact=True)


def test_closeness_at_the_size_of_several_batches(monkeypatch):
    rng = np.random.default_rng(0)
    matrix = sparse.random_array((3000, 400), density=0.003, rng=rng, format="csr")
    matrix.data[:] = 1
    found = []
    for worth in PATHS:
        monkeypatch.setattr(kernels, "WORTH", worth)
        found.append(paths.closeness(matrix.astype(np.int8)))
    np.testing.assert_array_equal(*found)


def test_members_of_the_same_networks_are_equally_close(monkeypatch):
    monkeypatch.setattr(kernels, "WORTH", 0)
    score = measures.centrality(tiny(["abcd X", "abc Y", "e Z"])).closeness
    assert (score[["b", "c"]] == score["a"]).all()
    # From a: two networks at 1, b, c, d at 2: Σ = 8, 5 of 7 in reach, (3 + 2·4) / 8 · 5/7.
    np.testing.assert_allclose(score["a"], 11 / 8 * 5 / 7)


# -- betweenness ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_all_nodes_as_pivots_are_exact(aff, mode):
    exact = measures.centrality(aff, mode=mode, measures="betweenness")
    found = measures.centrality(aff, mode=mode, measures="betweenness", pivots=10_000)
    assert found.columns.tolist() == ["betweenness", "betweenness_error"]
    np.testing.assert_allclose(found["betweenness"], exact["betweenness"], **CLOSE)
    assert (found["betweenness_error"] == 0).all()


@pytest.mark.parametrize("mode", MODES)
def test_a_sample_is_right_on_average_and_states_its_error(mode):
    aff = random_affiliation(11, members=120, networks=40, density=0.05)
    exact = measures.centrality(aff, mode=mode, measures="betweenness")["betweenness"]
    runs = [
        measures.centrality(aff, mode=mode, measures="betweenness", pivots=50, seed=seed)
        for seed in range(200)
    ]
    estimate = np.array([run["betweenness"] for run in runs])
    error = np.array([run["betweenness_error"] for run in runs])
    spread = estimate.std(axis=0, ddof=1)
    there = exact.to_numpy() > 0
    # The mean of 200 runs lies within its own error (4 of them: there are many nodes).
    assert (np.abs(estimate.mean(axis=0) - exact) <= 4 * spread / np.sqrt(200) + 1e-12).all()
    # The stated variance is the real one, all in all, and covers what it says.
    stated = np.sqrt((error**2).mean(axis=0))
    assert 0.9 < (stated[there] / spread[there]).mean() < 1.1
    # A sample that misses the few nodes behind a row is low in both: less cover than 95 %.
    away = np.abs(estimate - exact.to_numpy())[:, there]
    assert 0.8 < (away <= 1.96 * error[:, there]).mean() < 0.97
    assert (away <= 4 * error[:, there]).mean() > 0.95


def test_more_pivots_less_error_and_none_asked_none_given():
    aff = random_affiliation(11, members=120, networks=40, density=0.05)
    few, many = (
        measures.centrality(aff, measures="betweenness", pivots=k)["betweenness_error"].mean()
        for k in (20, 80)
    )
    assert many < few / 2
    assert measures.centrality(aff, measures="degree", pivots=20).columns.tolist() == ["degree"]
    assert "betweenness_error" not in measures.centrality(aff)
    with pytest.raises(ValueError, match="pivots must be None or 2 or more, not 1"):
        measures.centrality(aff, pivots=1)


@pytest.mark.parametrize("mode", MODES)
def test_pivots_go_by_id_and_seed(mode):
    aff = random_affiliation(12, members=80, networks=30, density=0.06)
    ask = {"mode": mode, "measures": "betweenness", "pivots": 20}
    found = measures.centrality(aff, **ask)
    other = measures.centrality(shuffled(aff, 5), **ask).reindex(found.index)
    assert_frame_equal(other, found, rtol=1e-9)
    assert_frame_equal(measures.centrality(aff, **ask), found, check_exact=True)
    assert not measures.centrality(aff, **ask, seed=1).equals(found)


def test_numbers_of_paths_beyond_floating_point():
    # 4 ** 600 paths from end to end.
    aff = from_matrix(np.repeat(np.repeat(chain(60).incidence.toarray(), 40, 0), 40, 1))
    found = measures.centrality(aff, measures="betweenness", pivots=3)
    assert np.isfinite(found).all(axis=None)


# -- communities ------------------------------------------------------------------------------


@pytest.mark.parametrize("resolution", [0.5, 1.0, 2.0])
def test_communities_are_the_same_on_both_paths(aff, resolution, monkeypatch):
    found = []
    for worth in PATHS:
        monkeypatch.setattr(kernels, "WORTH", worth)
        found.append(measures.communities(aff, resolution=resolution, tries=3))
    one, two = found
    assert_series_equal(one.members, two.members)
    assert_series_equal(one.networks, two.networks)
    np.testing.assert_equal(one.modularity, two.modularity)


def test_rows_settle_alike_in_blocks(monkeypatch):
    aff = CASES["several words of sources"]
    monkeypatch.setattr(kernels, "WORTH", float("inf"))
    whole = measures.communities(aff, tries=2)
    monkeypatch.setattr(partition, "_CELLS", 100)
    assert_series_equal(measures.communities(aff, tries=2).members, whole.members)


def test_communities_of_davis_are_the_best_known():
    assert measures.communities(datasets.southern_women()).modularity > 0.34553


def test_planted_communities_are_found():
    rng = np.random.default_rng(4)
    member, network = rng.integers(0, 6, 200), rng.integers(0, 6, 60)
    chance = np.where(member[:, None] == network, 0.4, 0.02)
    aff = from_matrix((rng.random(chance.shape) < chance).astype(int))
    found = measures.communities(aff)
    assert found.members.nunique() == 6
    largest = found.members.groupby(member).agg(lambda held: held.value_counts().iloc[0])
    assert largest.sum() > 0.97 * len(member)
    planted = measures.barber_modularity(
        aff,
        members=pd.Series(member, index=aff.members.index),
        networks=pd.Series(network, index=aff.networks.index),
    )
    assert found.modularity >= planted


def test_diffuse_ties_divide_better_than_by_a_one_mode_algorithm():
    aff = random_affiliation(21, members=200, networks=80, density=0.05)
    matrix = aff.incidence
    n = matrix.shape[0]
    refined = (
        partition._refine(matrix, start, 1.0) for start in partition._leiden(matrix, 1.0, 20, 0)
    )
    leiden = max(partition._modularity(matrix, a[:n], a[n:], 1.0) for a in refined)
    assert measures.communities(aff).modularity > leiden + 0.005


def test_no_node_gains_by_moving_alone():
    aff = random_affiliation(22, members=60, networks=25, density=0.08)
    found = measures.communities(aff)
    for node in aff.members.index[found.members.notna()]:
        for community in [*range(1, int(found.members.max()) + 1), 99]:
            moved = found.members.copy()
            moved[node] = community
            other = measures.barber_modularity(aff, members=moved, networks=found.networks)
            assert other <= found.modularity + 1e-12


def test_parts_that_do_not_hang_together_are_communities_of_their_own():
    aff = tiny([f"{a}{b} {a}{b}" for a, b in zip("abcdefgh", "ijklmnop", strict=True)])
    found = measures.communities(aff, tries=1)
    assert found.members.nunique() == found.networks.nunique() == 8
    np.testing.assert_allclose(found.modularity, 1 - 1 / 8)
