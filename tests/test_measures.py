"""Centrality, structure, nestedness, communities, coverage."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms import bipartite
from pandas.testing import assert_frame_equal, assert_series_equal
from strategies import affiliations, from_matrix, random_affiliation, shuffled, tiny

from valuma_graph import measures, reading
from valuma_graph.affiliation import Affiliation
from valuma_graph.measures import cohesion, nodes, projection

MODES = ("members", "networks")
CLOSE = {"rtol": 1e-9, "atol": 1e-9}

# Degree, closeness and betweenness of Davis, Gardner & Gardner's (1941) women and events with
# the two-mode normalisation of Borgatti & Everett (1997), two decimals, as they stand in
# networkx (algorithms/bipartite/tests/test_centrality.py), written there with the data and the
# measures of Borgatti & Halgin's chapter "Analyzing affiliation networks" (2011).
DAVIS = {
    "E8": (0.78, 0.85, 0.24), "E9": (0.67, 0.79, 0.23), "E7": (0.56, 0.73, 0.13),
    "Nora Fayette": (0.57, 0.80, 0.11), "Evelyn Jefferson": (0.57, 0.80, 0.10),
    "Theresa Anderson": (0.57, 0.80, 0.09), "E6": (0.44, 0.69, 0.07),
    "Sylvia Avondale": (0.50, 0.77, 0.07), "Laura Mandeville": (0.50, 0.73, 0.05),
    "Brenda Rogers": (0.50, 0.73, 0.05), "Katherina Rogers": (0.43, 0.73, 0.05),
    "E5": (0.44, 0.59, 0.04), "Helen Lloyd": (0.36, 0.73, 0.04), "E3": (0.33, 0.56, 0.02),
    "Ruth DeSand": (0.29, 0.71, 0.02), "Verne Sanderson": (0.29, 0.71, 0.02),
    "E12": (0.33, 0.56, 0.02), "Myra Liddel": (0.29, 0.69, 0.02), "E11": (0.22, 0.54, 0.02),
    "Eleanor Nye": (0.29, 0.67, 0.01), "Frances Anderson": (0.29, 0.67, 0.01),
    "Pearl Oglethorpe": (0.21, 0.67, 0.01), "E4": (0.22, 0.54, 0.01),
    "Charlotte McDowd": (0.29, 0.60, 0.01), "E10": (0.28, 0.55, 0.01),
    "Olivia Carleton": (0.14, 0.59, 0.01), "Flora Price": (0.14, 0.59, 0.01),
    "E2": (0.17, 0.52, 0.00), "E1": (0.17, 0.52, 0.00), "Dorothy Murchison": (0.14, 0.65, 0.00),
    "E13": (0.17, 0.52, 0.00), "E14": (0.17, 0.52, 0.00),
}  # fmt: skip


@pytest.fixture(scope="module")
def davis():
    graph = nx.davis_southern_women_graph()
    return Affiliation.from_networkx(graph, members=graph.graph["top"])


def two_mode(aff):
    """Build the networkx graph from the tables, not by way of the incidence."""
    graph = nx.Graph()
    graph.add_nodes_from((("m", i) for i in aff.members.index), bipartite=0)
    graph.add_nodes_from((("n", j) for j in aff.networks.index), bipartite=1)
    rows = aff.memberships[["member_id", "network_id"]].to_numpy()
    graph.add_edges_from((("m", i), ("n", j)) for i, j in rows)
    return graph


def projected(aff, mode):
    """Build the weighted projection pair by pair."""
    key = mode[0]
    graph = two_mode(aff)
    nodes = [node for node in graph if node[0] == key]
    out = nx.Graph()
    out.add_nodes_from(nodes)
    for i, a in enumerate(nodes):
        for b in nodes[i + 1 :]:
            shared = len(set(graph[a]) & set(graph[b]))
            if shared:
                out.add_edge(a, b, weight=shared)
    return out


def by_id(scores, mode):
    """Turn the dict of networkx into a Series by id."""
    return pd.Series({i: v for (key, i), v in scores.items() if key == mode[0]}, dtype=float)


GRAPHS = [
    pytest.param(random_affiliation(1, density=0.4), id="dense"),
    pytest.param(random_affiliation(2), id="sparse"),
    pytest.param(
        random_affiliation(3, members=40, networks=30, density=0.03), id="many components"
    ),
    pytest.param(random_affiliation(4, members=8, networks=30, density=0.1), id="more networks"),
    pytest.param(tiny(["abc X", "cd Y", "ef Z"], members=["g"], networks=["W"]), id="by hand"),
    pytest.param(tiny(["abc X"]), id="star"),
    pytest.param(tiny(["abcd X", "abcd Y", "abcd Z"]), id="complete"),
    pytest.param(tiny([], members="abc", networks="XY"), id="no edges"),
]


# -- centrality -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_davis_as_published(davis, mode):
    scores = measures.centrality(davis, mode=mode)
    for column, k in (("degree_share", 0), ("closeness", 1), ("betweenness", 2)):
        published = pd.Series({i: v[k] for i, v in DAVIS.items()}).reindex(scores.index)
        assert (scores[column] - published).abs().max() < 0.005


def test_davis_eigenvector_is_the_leading_singular_vector(davis):
    women = measures.centrality(davis, measures=["eigenvector"]).eigenvector
    events = measures.centrality(davis, mode="networks", measures=["eigenvector"]).eigenvector
    left, _, right = np.linalg.svd(davis.incidence.toarray().astype(float))
    np.testing.assert_allclose(women, np.abs(left[:, 0]), **CLOSE)
    np.testing.assert_allclose(events, np.abs(right[0]), **CLOSE)
    assert women.idxmax() == "Theresa Anderson"
    assert events.idxmax() == "E8"
    # the eigenvector of the two-mode graph is the same but for scale (Borgatti & Everett 1997)
    graph = nx.eigenvector_centrality_numpy(two_mode(davis))
    both = by_id(graph, "members").reindex(women.index)
    np.testing.assert_allclose(women, both / np.linalg.norm(both), **CLOSE)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("aff", GRAPHS)
def test_centrality_equals_networkx(aff, mode):
    graph = two_mode(aff)
    top = [node for node in graph if node[0] == "m"]
    scores = measures.centrality(aff, mode=mode)
    index = aff.members.index if mode == "members" else aff.networks.index
    assert scores.index.equals(index)
    assert scores.columns.tolist() == list(measures.CENTRALITIES)
    expected = {
        "degree": dict(graph.degree()),
        "degree_share": bipartite.degree_centrality(graph, top),
        "closeness": bipartite.closeness_centrality(graph, top),
    }
    if len(aff.networks) > 1:  # networkx divides by zero where nothing can lie between
        expected["betweenness"] = bipartite.betweenness_centrality(graph, top)
    for column, values in expected.items():
        np.testing.assert_allclose(
            scores[column], by_id(values, mode).reindex(index), err_msg=column, **CLOSE
        )


@pytest.mark.parametrize("aff", GRAPHS)
def test_eigenvector_equals_dense_algebra(aff):
    matrix = aff.incidence.toarray().astype(float)
    score = measures.centrality(aff, measures=["eigenvector"]).eigenvector.to_numpy()
    assert (score >= 0).all()
    if not matrix.any():
        assert (score == 0).all()
        return
    values, vectors = np.linalg.eigh(matrix @ matrix.T)
    space = vectors[:, values > values[-1] - 1e-9]
    from_equal_scores = space @ (space.T @ np.ones(len(matrix)))
    np.testing.assert_allclose(
        score, from_equal_scores / np.linalg.norm(from_equal_scores), **CLOSE
    )


def test_eigenvector_of_large_sparse_component_equals_dense(monkeypatch):
    aff = random_affiliation(5, members=60, networks=30, density=0.2)
    dense = measures.centrality(aff, measures=["eigenvector"])
    monkeypatch.setattr(nodes, "_DENSE", 0)
    assert_frame_equal(measures.centrality(aff, measures=["eigenvector"]), dense, **CLOSE)


def test_two_components_that_lead_alike_both_score():
    score = measures.centrality(tiny(["ab X", "cd Y", "e Z"])).eigenvector
    np.testing.assert_allclose(score, [0.5, 0.5, 0.5, 0.5, 0])


def test_closeness_in_a_disconnected_graph_by_hand():
    # n = 5 members, m = 2: 2 + 2·4 = 10. From a: to X 1, to b 2 → 10/3, 2 of the 6 others: 10/9.
    # From e, no tie: 0.
    scores = measures.centrality(tiny(["ab X", "cd Y"], members=["e"])).closeness
    np.testing.assert_allclose(scores["a"], 10 / 9)
    assert scores["e"] == 0


def test_centrality_of_an_empty_mode():
    scores = measures.centrality(tiny([], members="ab"))
    assert scores.degree.tolist() == [0, 0]
    assert scores.degree_share.isna().all()
    assert (scores[["closeness", "betweenness", "eigenvector"]] == 0).all(axis=None)
    assert measures.centrality(tiny([]), mode="networks").shape == (0, 5)


def test_one_member_and_one_network():
    scores = measures.centrality(tiny(["a X"]))
    assert scores.loc["a"].tolist() == [1, 1, 1, 0, 1]


def test_chosen_measures_and_wrong_ones(davis):
    assert measures.centrality(davis, measures=["betweenness", "degree"]).columns.tolist() == [
        "degree",
        "betweenness",
    ]
    assert measures.centrality(davis, measures="closeness").columns.tolist() == ["closeness"]
    with pytest.raises(ValueError, match=r"degree_share, closeness.*not 'pagerank'"):
        measures.centrality(davis, measures=["pagerank"])
    with pytest.raises(ValueError, match="members, networks, not 'events'"):
        measures.centrality(davis, mode="events")


@settings(max_examples=40, deadline=None)
@given(affiliations(), st.integers(0, 99), st.sampled_from(MODES))
def test_order_of_rows_changes_nothing(aff, seed, mode):
    other = shuffled(aff, seed)
    for measure in (measures.centrality, measures.brokerage):
        found = measure(aff, mode=mode)
        assert_frame_equal(
            measure(other, mode=mode).reindex(found.index), found, rtol=1e-7, atol=1e-9
        )
    assert_frame_equal(measures.coverage(other).reindex(aff.networks.index), measures.coverage(aff))
    one, two = measures.structure(aff), measures.structure(other)
    assert_frame_equal(two.members.reindex(aff.members.index), one.members)
    assert_frame_equal(two.networks.reindex(aff.networks.index), one.networks)
    assert_series_equal(two.summary.astype(float), one.summary.astype(float))


@settings(max_examples=40, deadline=None)
@given(affiliations(), st.data())
def test_one_membership_more_never_lowers_a_degree(aff, data):
    if not (len(aff.members) and len(aff.networks)):
        return
    member = data.draw(st.sampled_from(aff.members.index.tolist()))
    network = data.draw(st.sampled_from(aff.networks.index.tolist()))
    row = {"member_id": member, "network_id": network, "role": "member", "counted": True}
    more = Affiliation(
        aff.members,
        aff.networks,
        pd.concat([aff.memberships, pd.DataFrame([row])], ignore_index=True).astype(
            {"counted": bool}
        ),
    )
    for mode in MODES:
        before, after = (measures.centrality(a, mode=mode).degree for a in (aff, more))
        assert (after >= before).all()
        assert after.sum() - before.sum() in (0, 1)


# -- structure --------------------------------------------------------------------------------


def test_structure_by_hand():
    # X and Y hold a–d together, Z and W e–g, B joins the two; P is a component of its own
    found = measures.structure(
        tiny(["abcd X", "abcd Y", "dei B", "efg Z", "efg W", "p P"], members=["q"], networks=["V"])
    )
    networks = found.networks
    assert networks.component.tolist() == [1, 1, 1, 1, 1, 2, pd.NA]
    assert networks.bridging[networks.bridging].index.tolist() == ["B"]
    assert networks.splits_into.to_dict() == {
        "X": 1,
        "Y": 1,
        "B": 2,
        "Z": 1,
        "W": 1,
        "P": 0,
        "V": 0,
    }
    # without B: a–d | e–g | i
    assert networks.members_cut_off.to_dict() == {
        "X": 0, "Y": 0, "B": 4, "Z": 0, "W": 0, "P": 1, "V": 0,
    }  # fmt: skip
    assert networks.strands.to_dict()["B"] == 1
    assert found.members.component.to_dict()["p"] == 2
    assert found.members.component.isna().to_dict()["q"]
    assert found.summary["components"] == 2
    assert found.summary["bridging_networks"] == 1
    assert found.summary["largest_component_members"] == 8
    assert found.summary["largest_component_share"] == 8 / 10
    assert found.summary["members_without_network"] == 1
    assert found.summary["networks_without_member"] == 1
    assert found.summary["memberships"] == 18


def cuts_by_removal(aff):
    """Take each network away in networkx and look at what is left."""
    graph = two_mode(aff)
    rows, flagged = {}, {i: [] for i in aff.members.index}
    for network in aff.networks.index:
        node = ("n", network)
        part = graph.subgraph(nx.node_connected_component(graph, node)).copy()
        part.remove_node(node)
        left = list(nx.connected_components(part))
        size = [sum(key == "m" for key, _ in piece) for piece in left]
        whole = [any(key == "n" for key, _ in piece) for piece in left]
        largest = max((s for s, w in zip(size, whole, strict=True) if w), default=0)
        rows[network] = (
            sum(whole),
            sum(size) - largest,
            sum(not w for w in whole),
        )
        for piece, s, w in zip(left, size, whole, strict=True):
            if w and s < largest:
                for key, i in piece:
                    if key == "m" and graph.degree(("m", i)) > 1:
                        flagged[i].append(network)
    nearest = {}
    for i, networks in flagged.items():
        distance = nx.single_source_shortest_path_length(graph, ("m", i))
        nearest[i] = min(networks, key=lambda j: distance["n", j], default=None)
    return rows, nearest


@settings(max_examples=150, deadline=None)
@given(affiliations(max_members=12, max_networks=9))
def test_cuts_equal_removal(aff):
    rows, nearest = cuts_by_removal(aff)
    found = cohesion.cuts(aff.incidence)
    table = zip(found.parts, found.cut_off, found.strands, strict=True)
    assert list(table) == [rows[j] for j in aff.networks.index]
    ids = [None if j < 0 else aff.networks.index[j] for j in found.depends_on]
    assert ids == [nearest[i] for i in aff.members.index]


@pytest.mark.parametrize("seed", range(6))
def test_cuts_of_sparse_trees_equal_removal(seed):
    aff = random_affiliation(seed, members=60, networks=40, density=0.028)
    rows, nearest = cuts_by_removal(aff)
    found = cohesion.cuts(aff.incidence)
    assert list(zip(found.parts, found.cut_off, found.strands, strict=True)) == list(rows.values())
    ids = [None if j < 0 else aff.networks.index[j] for j in found.depends_on]
    assert ids == [nearest[i] for i in aff.members.index]


@pytest.mark.parametrize("aff", GRAPHS)
def test_components_and_cores_equal_networkx(aff):
    graph = two_mode(aff)
    found = measures.structure(aff)
    parts = [p for p in nx.connected_components(graph) if len(p) > 1]
    sizes = sorted((sum(k == "m" for k, _ in p) for p in parts), reverse=True)
    assert found.members.component.value_counts().sort_index().tolist() == sizes
    for part in parts:
        numbers = {
            found.members.component[i] if key == "m" else found.networks.component[i]
            for key, i in part
        }
        assert len(numbers) == 1
    core = nx.core_number(graph)
    for mode in MODES:
        table = getattr(found, mode)
        assert table.core.to_dict() == {i: v for (k, i), v in core.items() if k == mode[0]}


def test_structure_of_nothing():
    found = measures.structure(tiny([]))
    assert found.summary["components"] == 0
    assert np.isnan(found.summary["density"])


# -- nestedness -------------------------------------------------------------------------------


def test_nodf_of_the_published_example():
    # The worked example of Almeida-Neto et al. (2008), which gives N columns 63, N rows 53 and
    # NODF 58 (as do the tests of EcologicalNetworks.jl, "Almeida-Neto original example").
    matrix = [
        [1, 0, 1, 1, 1],
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 0],
    ]
    # Rows have 4 3 3 2 2. Pairs 1-2: 2/3, 1-3: 2/3, 1-4: 1/2, 1-5: 1/2, 2-3: 0 (alike),
    # 2-4: 2/2, 2-5: 2/2, 3-4: 1/2, 3-5: 1/2, 4-5: 0 (alike): 16/3 of 10.
    # Columns have 4 4 3 2 1. Pairs 1-2: 0 (alike), 1-3: 2/3, 1-4: 1/2, 1-5: 1, 2-3: 2/3,
    # 2-4: 1/2, 2-5: 0, 3-4: 1, 3-5: 1, 4-5: 1: 19/3 of 10.
    scores = measures.nodf(from_matrix(matrix))
    np.testing.assert_allclose(scores["nodf_members"], 100 * 16 / 30)
    np.testing.assert_allclose(scores["nodf_networks"], 100 * 19 / 30)
    np.testing.assert_allclose(scores["nodf"], 100 * 35 / 60)
    assert scores.round().tolist() == [58, 53, 63]


def test_nodf_of_perfect_nesting_and_of_none():
    triangle = np.tril(np.ones((5, 5), dtype=int))
    assert measures.nodf(from_matrix(triangle)).tolist() == [100, 100, 100]
    assert measures.nodf(from_matrix(np.eye(4, dtype=int))).tolist() == [0, 0, 0]
    assert measures.nodf(tiny(["a X"])).isna().all()


def test_nodf_leaves_out_nodes_without_ties():
    full = np.tril(np.ones((4, 4), dtype=int))
    padded = np.pad(full, ((0, 2), (0, 1)))
    assert measures.nodf(from_matrix(padded)).tolist() == [100, 100, 100]


@settings(max_examples=40, deadline=None)
@given(affiliations())
def test_nodf_equals_its_definition(aff):
    sets = [set(row) for _, row in sorted(aff.memberships.groupby("member_id").network_id)]
    pairs = [
        0 if len(a) == len(b) else len(a & b) / min(len(a), len(b))
        for k, a in enumerate(sets)
        for b in sets[k + 1 :]
    ]
    found = measures.nodf(aff)["nodf_members"]
    np.testing.assert_allclose(found, 100 * np.mean(pairs) if pairs else np.nan, **CLOSE)


# -- communities ------------------------------------------------------------------------------


def barber_by_definition(aff, members, networks):
    matrix = aff.incidence.toarray().astype(float)
    k, d, ties = matrix.sum(axis=1), matrix.sum(axis=0), matrix.sum()
    total = 0.0
    for i, g in enumerate(members):
        for j, h in enumerate(networks):
            if g == h:
                total += matrix[i, j] - k[i] * d[j] / ties
    return total / ties


def test_barber_modularity_equals_its_definition():
    rng = np.random.default_rng(0)
    for seed in range(5):
        aff = random_affiliation(seed)
        members = pd.Series(rng.integers(0, 4, len(aff.members)), index=aff.members.index)
        networks = pd.Series(rng.integers(0, 4, len(aff.networks)), index=aff.networks.index)
        found = measures.barber_modularity(aff, members=members, networks=networks)
        np.testing.assert_allclose(found, barber_by_definition(aff, members, networks), atol=1e-12)


def test_davis_communities(davis):
    found = measures.communities(davis)
    assert found.modularity >= 0.3455
    again = measures.barber_modularity(davis, members=found.members, networks=found.networks)
    np.testing.assert_allclose(again, found.modularity)
    np.testing.assert_allclose(
        barber_by_definition(davis, found.members, found.networks), found.modularity
    )
    sizes = found.members.value_counts().sort_index()
    assert sizes.is_monotonic_decreasing
    assert sizes.index.tolist() == [1, 2, 3, 4]


def test_communities_are_the_same_for_the_same_seed_and_any_order(davis):
    found = measures.communities(davis, seed=3)
    other = measures.communities(shuffled(davis, 1), seed=3)
    assert_series_equal(other.members.reindex(found.members.index), found.members)
    assert_series_equal(other.networks.reindex(found.networks.index), found.networks)


def test_communities_leave_the_global_generator_alone(davis):
    random.seed(1)
    before = random.getstate()
    measures.communities(davis, tries=2)
    assert random.getstate() == before


def test_two_cliques_and_an_isolate_are_three_things():
    aff = tiny(["abc X", "abc Y", "de Z", "de W"], members=["f"])
    found = measures.communities(aff)
    assert found.members.tolist() == [1, 1, 1, 2, 2, pd.NA]
    assert found.networks.tolist() == [1, 1, 2, 2]
    np.testing.assert_allclose(found.modularity, 1 - (6 * 6 + 4 * 4) / 100)


def test_more_resolution_more_communities(davis):
    coarse, fine = (measures.communities(davis, resolution=r).members.max() for r in (0.3, 3))
    assert coarse < fine


def test_communities_of_nothing_and_wrong_arguments(davis):
    assert np.isnan(measures.communities(tiny([], members="ab")).modularity)
    with pytest.raises(ValueError, match="tries must be 1 or more"):
        measures.communities(davis, tries=0)
    with pytest.raises(ValueError, match="resolution must be 0 or more"):
        measures.communities(davis, resolution=-1)
    with pytest.raises(ValueError, match="no community is given for"):
        measures.barber_modularity(
            davis, members=pd.Series(dtype=int), networks=pd.Series(dtype=int)
        )


# -- coverage ---------------------------------------------------------------------------------

KINDS = {
    "a": {"kind": "municipality"},
    "b": {"kind": "municipality"},
    "R": {"kind": "region"},
    "o": {"kind": "organisation"},
    "C": {"kind": "country"},
}


def test_coverage():
    aff = tiny(
        ["abRo X", "ab Y", "a Z"],
        members=KINDS,
        networks={
            "X": {
                "declared_municipalities": 4, "declared_regions": 1, "declared_organisations": 3,
                "declared_total": 8, "list_status": "partial", "complete_for": "regions",
            },
            "Y": {"declared_total": 1},
            "Z": {},
            "V": {"declared_total": 0},
        },
    )  # fmt: skip
    found = measures.coverage(aff)
    assert found.known.tolist() == [4, 2, 1, 0]
    assert found.compared.tolist() == [4, 2, 1, 0]
    assert found.declared.tolist() == [8, 1, pd.NA, 0]
    np.testing.assert_allclose(found["coverage"], [0.5, 2.0, np.nan, np.nan])
    assert found.loc["X", ["known_municipalities", "known_regions"]].tolist() == [2, 1]
    assert found.loc["X", ["declared_municipalities", "declared_regions"]].tolist() == [4, 1]
    assert found.loc["X", "complete_for"] == "regions"
    assert found.declared.dtype == "Int64"


def test_coverage_compares_like_with_like():
    counts = {
        "X": {"declared_municipalities": 4, "declared_regions": 6, "declared_total": 10},
        "Y": {"declared_total": 7},
        "Z": {"declared_regions": 5, "declared_total": 5},
        "W": {"declared_regions": 5, "declared_total": 9},
        "V": {"declared_municipalities": 2, "declared_total": 9},
    }
    edges = ["abRo X", "aR Y", "bR Z", "bR W", "abR V"]
    whole = measures.coverage(tiny(edges, members=KINDS, networks=counts))
    assert whole.known.tolist() == [4, 2, 2, 2, 3]
    # o is not among the municipalities and regions that X counts, nor b among the regions of Z;
    # W and V count others that they do not tell apart
    assert whole.compared.tolist() == [3, 2, 1, 2, 3]
    assert whole.declared.tolist() == [10, 7, 5, 9, 9]
    np.testing.assert_allclose(whole["coverage"], [0.3, 2 / 7, 0.2, 2 / 9, 3 / 9])

    towns = tiny(["ab X", "a Y", "b Z", "b W", "ab V"], members={k: KINDS[k] for k in "ab"},
                 networks=counts)  # fmt: skip
    found = measures.coverage(towns)
    # of X its municipalities; Y states no kinds; Z has regions only; W may have municipalities
    assert found.declared.tolist() == [4, 7, 0, pd.NA, 2]
    assert found.compared.tolist() == [2, 1, 1, 1, 2]
    np.testing.assert_allclose(found["coverage"], [0.5, 1 / 7, np.nan, np.nan, 1])


@pytest.mark.parametrize(
    ("declared", "compared"),
    [
        ({"declared_municipalities": [2], "declared_total": [2]}, 2),
        ({"declared_regions": [1], "declared_total": [1]}, 1),
        ({"declared_municipalities": [2], "declared_regions": [1], "declared_total": [3]}, 3),
        ({"declared_total": [3]}, 3),
    ],
)
def test_coverage_counts_merged_members_as_listed_and_once(declared, compared):
    rows = pd.DataFrame(
        {
            "kunta": ["Valtimo", "Nurmes", "Valtimo", "Nurmes", "region:FI-12"],
            "verkosto": "n",
            "role": ["host", "host", "member", "member", "member"],
        }
    )
    about = pd.DataFrame({"verkosto": ["n"], **declared})
    for year in (2019, 2020):
        found = measures.coverage(reading.read(rows, networks=about, year=year))
        assert found[["compared", "coverage"]].to_numpy().tolist() == [[compared, 1]]


# -- the ties of one mode, in blocks ----------------------------------------------------------


def test_blocks_are_the_whole_product():
    aff = random_affiliation(1, density=0.4)
    parts = list(projection.blocks(aff.incidence, work=50))
    assert len(parts) > 3
    assert parts[0][0] == 0
    assert parts[-1][1] == len(aff.members)
    dense = aff.incidence.toarray().astype(int)
    found = np.vstack([shared.toarray() for *_, shared in parts])
    assert (found == dense @ dense.T).all()


def test_counts_beyond_the_range_of_the_incidence():
    found = projection.blocks(from_matrix(np.ones((2, 300), dtype=int)).incidence)
    assert next(found)[2].toarray().tolist() == [[300, 300], [300, 300]]
