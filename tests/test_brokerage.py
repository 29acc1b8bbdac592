"""Structural holes (Burt 1992) and brokers between groups (Gould & Fernandez 1989)."""

from __future__ import annotations

from itertools import combinations, permutations

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from strategies import affiliations, random_affiliation, shuffled, tiny

from valuma_graph import datasets, kernels, measures
from valuma_graph.measures import brokers

MODES = ("members", "networks")
ROLES = list(measures.ROLES)

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
    pytest.param(tiny(["ab X"]), id="two members"),
    pytest.param(tiny(["a X"]), id="one member"),
    pytest.param(tiny([], members="abc", networks="XY"), id="no edges"),
    pytest.param(tiny([]), id="nothing"),
]


@pytest.fixture(params=[0, float("inf")], ids=["compiled", "plain"])
def path(request, monkeypatch):
    monkeypatch.setattr(kernels, "WORTH", request.param)


def of_graph(edges, nodes=()):
    """Make every tie a network of two members, so that the projection is the graph."""
    return tiny([(one, f"{a}-{b}") for a, b in edges for one in (a, b)], members=nodes)


def projected(aff, mode):
    """Build the weighted projection pair by pair."""
    own, other = ("member_id", "network_id") if mode == "members" else ("network_id", "member_id")
    frame = aff.members if mode == "members" else aff.networks
    of = aff.memberships.groupby(own)[other].agg(set).reindex(frame.index)
    graph = nx.Graph()
    graph.add_nodes_from(frame.index)
    for a, b in combinations(frame.index, 2):
        if isinstance(of[a], set) and isinstance(of[b], set) and of[a] & of[b]:
            graph.add_edge(a, b, weight=len(of[a] & of[b]))
    return graph


# -- structural holes -------------------------------------------------------------------------


def hierarchy(graph):
    """Return Burt's by the formula, with dense matrices."""
    weight = nx.to_numpy_array(graph)
    strength = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, strength, out=np.zeros_like(weight), where=strength > 0)
    found = {}
    for u, c in zip(graph, (share + share @ share) ** 2, strict=True):
        n = graph.degree(u)
        c = c[[graph.has_edge(u, v) for v in graph]]  # noqa: PLW2901
        relative = c / c.mean() if n else c
        disorder = (relative * np.log(relative)).sum()
        found[u] = disorder / (n * np.log(n)) if n > 1 else [np.nan, 1][n]
    return found


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("aff", GRAPHS)
def test_structural_holes_equal_networkx(aff, mode, monkeypatch):
    monkeypatch.setattr(brokers, "_CELLS", 100)  # several blocks of rows
    graph = projected(aff, mode)
    scores = measures.brokerage(aff, mode=mode)
    # Node by node: for all nodes at once, networkx 3.6 scales effective_size by the largest
    # weight of the wrong node when weights differ.
    size = nx.effective_size(graph, nodes=list(graph), weight="weight")
    expected = pd.DataFrame(
        {
            "constraint": nx.constraint(graph, nodes=list(graph), weight="weight"),
            "effective_size": size,
            "efficiency": {u: size[u] / max(graph.degree(u), 1) for u in graph},
            "hierarchy": hierarchy(graph) if len(graph) else {},
        },
        dtype=float,
    ).reindex(scores.index)
    np.testing.assert_allclose(scores[expected.columns], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mode", MODES)
def test_compiled_equals_plain(mode, monkeypatch):
    aff = random_affiliation(5, members=150, networks=60, density=0.05)
    group = pd.Series(np.arange(150) % 7, [f"m{i}" for i in range(150)])
    group = group if mode == "members" else pd.Series(np.arange(60) % 3, aff.networks.index)
    found = []
    for worth in (0, float("inf")):
        monkeypatch.setattr(kernels, "WORTH", worth)
        monkeypatch.setattr(brokers, "_BITS", 64)  # several chunks of nodes
        found.append(
            (
                measures.brokerage(aff, mode=mode),
                measures.brokerage_roles(aff, mode=mode, groups=group),
            )
        )
    assert_frame_equal(found[0][0], found[1][0], rtol=1e-12, atol=1e-13)
    assert_frame_equal(found[0][1], found[1][1], check_exact=True)


@pytest.mark.usefixtures("path")
def test_hierarchy_and_efficiency_by_hand():
    # A star: each contact of the hub takes a quarter, hence c = 1/16 for all of them.
    star = measures.brokerage(of_graph([("h", x) for x in "abcd"]))
    assert star.loc["h", "constraint"] == pytest.approx(1 / 4)
    assert star.loc["h", "hierarchy"] == pytest.approx(0, abs=1e-12)
    assert star.loc["h", "efficiency"] == pytest.approx(1)
    # A leaf has a single contact: all constraint comes from there.
    assert star.loc["a", ["constraint", "efficiency", "hierarchy"]].tolist() == [1, 1, 1]
    # A triangle a b c, and d at a. By p = 1/3 of a: c_ab = c_ac = (1/3 + 1/3 · 1/2)² = 1/4 and
    # c_ad = 1/9, in all 11/18; relative to the mean 27/22 twice and 12/22.
    kite = measures.brokerage(of_graph(["ab", "ac", "bc", "ad"])).loc["a"]
    assert kite.constraint == pytest.approx(11 / 18)
    by_hand = (2 * 27 / 22 * np.log(27 / 22) + 12 / 22 * np.log(12 / 22)) / (3 * np.log(3))
    assert kite.hierarchy == pytest.approx(by_hand)
    # Of b and c each is redundant by 1/3: b by what a has in c, c by what a has in b.
    assert kite.effective_size == pytest.approx(3 - 2 / 3)
    assert kite.efficiency == pytest.approx(7 / 9)


@settings(max_examples=40, deadline=None)
@given(affiliations(), st.sampled_from(MODES))
def test_bounds(aff, mode):
    scores = measures.brokerage(aff, mode=mode)
    assert scores.hierarchy.dropna().between(0, 1 + 1e-12).all()
    assert scores.efficiency.dropna().between(0, 1 + 1e-12).all()
    alone = scores.constraint.isna()
    assert (scores[["effective_size", "efficiency", "hierarchy"]].isna().eq(alone, axis=0)).all(
        axis=None
    )


def test_constraint_equals_igraph():
    davis = datasets.southern_women()
    graph = igraph.Graph.from_networkx(projected(davis, "members"))
    expected = pd.Series(graph.constraint(weights="weight"), index=graph.vs["_nx_name"])
    found = measures.brokerage(davis).constraint
    np.testing.assert_allclose(found, expected.reindex(found.index), rtol=1e-9)


def test_regions_bridged():
    aff = tiny(
        ["abcR X", "cd Y"],
        members={
            "a": {"region": "R"},
            "b": {"region": "S"},
            "c": {"region": "S"},
            "d": {"region": np.nan},
            "e": {"region": "R"},
            "R": {"kind": "region"},
        },
    )
    members = measures.brokerage(aff).regions_bridged
    # a meets b, c (S) and the region R itself; c meets a, R (R) and b (S), d's is not known.
    assert members.to_dict() == {"a": 2, "b": 2, "c": 2, "R": 2, "d": 1, "e": 0}
    networks = measures.brokerage(aff, mode="networks").regions_bridged
    assert networks.to_dict() == {"X": 2, "Y": 1}


def test_own_region_is_bridged_only_through_others():
    aff = tiny(["ab X"], members={"a": {"region": "R"}, "b": {"region": "S"}})
    assert measures.brokerage(aff).regions_bridged.tolist() == [1, 1]


def test_no_region_known():
    found = measures.brokerage(datasets.southern_women()).regions_bridged
    assert found.isna().all()
    assert found.dtype == "Int64"


# -- brokers between groups -------------------------------------------------------------------


def roles_of(graph, group, b):
    """Count ordered paths a – b – c by role, as R's sna does."""
    found = dict.fromkeys([*ROLES, "total"], 0)
    for a, c in permutations(graph[b], 2):
        if graph.has_edge(a, c):
            continue
        found["total"] += 1
        same = group[a] == group[b], group[b] == group[c], group[a] == group[c]
        found[
            {
                (True, True, True): "coordinator",
                (False, True, False): "gatekeeper",
                (True, False, False): "representative",
                (False, False, True): "consultant",
                (False, False, False): "liaison",
            }[same]
        ] += 1
    return found


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("groups", [1, 3, 8])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("aff", GRAPHS)
def test_roles_equal_a_loop_over_triples(aff, mode, groups):
    index = (aff.members if mode == "members" else aff.networks).index
    rng = np.random.default_rng(groups)
    group = pd.Series(rng.integers(0, groups, len(index)).astype(str), index, dtype="str")
    group[rng.random(len(index)) < 0.1] = np.nan
    known = group.dropna()
    graph = projected(aff, mode).subgraph(known.index)
    expected = pd.DataFrame(
        {b: roles_of(graph, group, b) for b in known.index}, [*ROLES, "total"]
    ).T.reindex(index)
    found = measures.brokerage_roles(aff, mode=mode, groups=group)
    assert_frame_equal(found[[*ROLES, "total"]], expected.astype("Int64"), check_names=False)
    assert found.group.equals(group.rename("group"))
    expectation = found[[f"expected_{r}" for r in ROLES]].sum(axis=1, skipna=False)
    np.testing.assert_allclose(
        expectation[known.index], found.total[known.index].astype(float), rtol=1e-12
    )


def test_roles_by_hand():
    # b ties a1 (of its group), c1, c2 (of another) and d; of these only c1 and d are tied.
    graph = [("b", "a1"), ("b", "c1"), ("b", "c2"), ("b", "d"), ("c1", "d"), ("a1", "a2")]
    group = pd.Series({"a1": "A", "a2": "A", "b": "A", "c1": "C", "c2": "C", "d": "D"})
    found = measures.brokerage_roles(of_graph(graph), groups=group)
    # Open: a1–c1, a1–c2, a1–d (one end in A), c1–c2 (both in C), c2–d (all apart).
    assert found.loc["b", [*ROLES, "total"]].tolist() == [0, 3, 3, 2, 2, 10]
    # a1 stands between a2 and b, both of its group.
    assert found.loc["a1", [*ROLES, "total"]].tolist() == [2, 0, 0, 0, 0, 2]
    # Of the 5 · 4 ways to place the ends of b's paths among the two of A, two of C and one of D:
    expected = found.loc["b", [f"expected_{r}" for r in ROLES]].astype(float)
    np.testing.assert_allclose(expected, 10 * np.array([2, 6, 6, 2, 4]) / 20)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("labels", ["AABBCD", "AAABBB", "ABBBCC", "ABCDEF", "AAAAAB"])
@pytest.mark.parametrize("seed", range(3))
def test_expectation_is_that_of_all_ways_to_deal_out_the_groups(seed, labels):
    graph = nx.gnp_random_graph(6, 0.5, seed=seed)
    graph = nx.relabel_nodes(graph, dict(enumerate("abcdef")))
    group = pd.Series(list(labels), list("abcdef"))
    found = measures.brokerage_roles(of_graph(graph.edges, "abcdef"), groups=group)
    for b in "abcdef":
        others = [x for x in "abcdef" if x != b]
        dealt_out = (
            dict(zip(others, dealt, strict=True)) | {b: group[b]}
            for dealt in permutations(group[others])
        )
        all_ways = pd.DataFrame([roles_of(graph, dealt, b) for dealt in dealt_out])[ROLES]
        expected = found.loc[b, [f"expected_{r}" for r in ROLES]].astype(float)
        np.testing.assert_allclose(expected, all_ways.mean(), atol=1e-12)
        sd = all_ways.std(ddof=0).to_numpy()
        above = (found.loc[b, ROLES].astype(float) - all_ways.mean()).to_numpy()
        z = np.divide(above, sd, out=np.full(5, np.nan), where=sd > 1e-9)
        np.testing.assert_allclose(found.loc[b, [f"z_{r}" for r in ROLES]].astype(float), z, 1e-9)


def test_expectation_against_the_one_of_sna():
    """R's sna expects the same shares, of the total of a random directed graph (its source)."""
    aff = random_affiliation(6, members=30, networks=15, density=0.1)
    group = pd.Series(np.arange(30) % 4, aff.members.index)
    found = measures.brokerage_roles(aff, groups=group)
    graph = projected(aff, "members")
    size, n = group.value_counts(), 30
    d = nx.density(graph)
    chance = d**2 * (1 - d)
    for b in graph:
        own = size[group[b]]
        rest = size.drop(group[b])
        sna = chance * np.array(
            [
                (own - 1) * (own - 2),
                (n - own) * (own - 1),
                (n - own) * (own - 1),
                (rest * (rest - 1)).sum(),
                rest.sum() ** 2 - (rest**2).sum(),
            ]
        )
        ours = found.loc[b, [f"expected_{r}" for r in ROLES]].astype(float)
        total = chance * (n - 1) * (n - 2)
        np.testing.assert_allclose(ours / max(found.total[b], 1), sna / total * (ours.sum() > 0))


@settings(max_examples=40, deadline=None)
@given(affiliations(), st.integers(0, 99), st.sampled_from(MODES))
def test_order_of_rows_changes_nothing(aff, seed, mode):
    index = (aff.members if mode == "members" else aff.networks).index
    group = pd.Series([name[-1] in "024" for name in index], index, dtype="bool")
    other = shuffled(aff, seed)
    found = measures.brokerage_roles(aff, mode=mode, groups=group)
    again = measures.brokerage_roles(other, mode=mode, groups=group).reindex(index)
    assert_frame_equal(again, found, check_exact=True)
    scores = measures.brokerage(aff, mode=mode)
    again = measures.brokerage(other, mode=mode).reindex(index)
    assert_frame_equal(again, scores, rtol=1e-10, atol=1e-12)


def test_regions_lie_in_themselves():
    aff = tiny(
        ["ab X", "bR Y", "bc Z"],
        members={
            "a": {"region": "S"},
            "b": {"region": "R"},
            "c": {"region": np.nan},
            "R": {"kind": "region"},
        },
    )
    found = measures.brokerage_roles(aff)
    assert found.group.dropna().to_dict() == {"a": "S", "b": "R", "R": "R"}
    assert found.loc["b", [*ROLES, "total"]].tolist() == [0, 1, 1, 0, 0, 2]
    assert found.loc["c", [*ROLES, "total"]].isna().all()
    assert found.loc["c", [f"z_{r}" for r in ROLES]].isna().all()


def test_groups_of_networks_and_wrong_arguments():
    aff = tiny(["ab X", "bc Y", "c Z"], networks={"X": {"kind": "programme"}})
    found = measures.brokerage_roles(aff, mode="networks", groups="kind")
    assert found.loc["Y", [*ROLES, "total"]].tolist() == [0, 1, 1, 0, 0, 2]
    with pytest.raises(ValueError, match=r"column of the networks \(.*kind.*\), not 'region'"):
        measures.brokerage_roles(aff, mode="networks")
    with pytest.raises(ValueError, match="members, networks, not 'events'"):
        measures.brokerage_roles(aff, mode="events")
    with pytest.raises(ValueError, match="each id once, not 'a' twice"):
        measures.brokerage_roles(aff, groups=pd.Series(["x", "y"], ["a", "a"]))
    with pytest.raises(ValueError, match="ids of members; 'X' is none"):
        measures.brokerage_roles(aff, groups=pd.Series({"X": "x"}))
    nobody = measures.brokerage_roles(aff, groups=pd.Series(dtype="str"))
    assert nobody.isna().all(axis=None)
    assert nobody.dtypes["total"] == "Int64"


def test_finland():
    found = measures.brokerage_roles(datasets.finland(year=2019))
    pairs = found.dropna(subset="total")
    assert (pairs[ROLES].sum(axis=1) == pairs.total).all()
    assert (pairs.gatekeeper == pairs.representative).all()
