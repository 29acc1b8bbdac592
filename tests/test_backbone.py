"""Backbones against scipy, networkx and examples worked by hand."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from scipy.stats import false_discovery_control, hypergeom
from strategies import affiliations, from_matrix, random_affiliation, shuffled, tiny

import valuma_graph as vg
from valuma_graph import kernels
from valuma_graph.chance import overlap
from valuma_graph.chance.backbones import backbone, disparity

EDGES = ["a", "b", "shared", "expected", "p", "q", "sign"]
NULLS = ["hypergeometric", "sdsm", "fdsm"]


def two_camps(members=16, networks=40, seed=0):
    """Two halves of the members that hardly meet."""
    rng = np.random.default_rng(seed)
    near = np.add.outer(np.arange(members) % 2, np.arange(networks) % 2) != 1
    return from_matrix(rng.random((members, networks)) < np.where(near, 0.7, 0.05))


def pairs_of(edges):
    return list(zip(edges["a"], edges["b"], strict=True))


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("mode", ["members", "networks"])
@pytest.mark.parametrize("over", ["possible", "overlapping"])
def test_backbone_is_what_overlap_finds(null, mode, over):
    correction = "none" if null == "fdsm" or mode == "networks" else "fdr_bh"
    how = {"mode": mode, "null": null, "over": over, "draws": 60, "correction": correction}
    aff = two_camps(members=40, networks=60)
    pairs = overlap(aff, **how)
    found = backbone(aff, alpha=0.1, **how)
    wanted = pairs[pairs["q"] <= 0.1]
    by = ["p_upper", "shared", "a", "b"]
    wanted = wanted.sort_values(by, ascending=[True, False, True, True], ignore_index=True)
    assert found.edges.columns.tolist() == EDGES
    assert len(wanted) > 0
    wanted = wanted.rename(columns={"p_upper": "p"}).assign(sign=1)
    assert_frame_equal(found.edges, wanted[EDGES])
    summary = {name: pairs.attrs[name] for name in ("tests_possible", "tests_overlapping")}
    summary["kept"] = summary[f"kept_over_{over}"] = len(wanted)
    summary["kept_uncorrected"] = int((pairs["p_upper"] <= 0.1).sum())
    assert found.summary[list(summary)].to_dict() == summary
    assert found.summary["kept_over_overlapping"] >= found.summary["kept_over_possible"]
    assert found.summary["nodes"] == len(set(wanted["a"]) | set(wanted["b"]))
    assert (found.null, found.alpha, found.correction, found.mode) == (null, 0.1, correction, mode)


@pytest.mark.parametrize("over", ["possible", "overlapping"])
def test_signed_backbone_equals_scipy_on_all_pairs(over):
    aff = two_camps()
    matrix = aff.incidence.toarray().astype(int)
    size, ids = matrix.sum(axis=1), aff.members.index
    rows = []
    for i, j in combinations(np.argsort(ids), 2):
        chance, x = hypergeom(matrix.shape[1], size[i], size[j]), int(matrix[i] @ matrix[j])
        upper, lower = chance.sf(x - 1), chance.cdf(x)
        sign = 1 if upper <= lower else -1
        rows.append((ids[i], ids[j], x, min(1, 2 * min(upper, lower)), sign))
    rows = [row for row in rows if row[2] or over == "possible"]
    q = false_discovery_control([row[3] for row in rows])
    wanted = {row[:3] + row[4:]: p for row, p in zip(rows, q, strict=True) if p <= 0.05}
    found = backbone(aff, null="hypergeometric", over=over, signed=True)
    table = found.edges[["a", "b", "shared", "sign"]].itertuples(index=False, name=None)
    assert dict(zip(table, found.edges["q"], strict=True)) == pytest.approx(wanted, rel=1e-9)
    nothing = found.edges[found.edges["shared"].eq(0)]
    assert nothing.empty == (over == "overlapping")
    assert nothing["sign"].eq(-1).all()
    assert set(found.edges["sign"]) == {1, -1}
    assert found.edges["p"].is_monotonic_increasing
    assert found.summary["kept"] == len(found.edges) == found.summary[f"kept_over_{over}"]


@pytest.mark.parametrize("null", ["sdsm", "fdsm"])
def test_camps_that_avoid_each_other(null):
    how = {"null": null, "signed": True, "correction": "none", "draws": 100}
    edges = backbone(two_camps(), **how).edges
    side = {f"m{i}": i % 2 for i in range(16)}
    same = edges["a"].astype("str").map(side).eq(edges["b"].astype("str").map(side))
    assert edges["sign"].eq(np.where(same, 1, -1)).mean() > 0.95
    assert edges.loc[edges["shared"].eq(0), "expected"].gt(1).all()
    assert edges["shared"].eq(0).any()


@pytest.mark.parametrize("null", NULLS)
def test_order_of_rows_changes_nothing(null):
    aff = two_camps(seed=3)
    how = {"null": null, "signed": True, "draws": 50, "alpha": 0.2}
    found, again = backbone(aff, **how), backbone(shuffled(aff, 5), **how)
    assert_frame_equal(again.edges, found.edges, rtol=1e-9)
    assert_series_equal(again.summary, found.summary)


@settings(max_examples=30, deadline=None)
@given(affiliations(), st.integers(0, 99), st.sampled_from(["members", "networks"]))
def test_order_of_rows_changes_nothing_of_any(aff, seed, mode):
    how = {"mode": mode, "signed": True, "correction": "none", "alpha": 0.9}
    found, again = backbone(aff, **how), backbone(shuffled(aff, seed), **how)
    assert found.summary.to_dict() == again.summary.to_dict()
    assert sorted(pairs_of(found.edges)) == sorted(pairs_of(again.edges))
    one, other = disparity(aff, mode=mode), disparity(shuffled(aff, seed), mode=mode)
    assert_frame_equal(one.edges, other.edges)


def test_compiled_loops_change_nothing(monkeypatch):
    found = []
    for worth in (0, float("inf")):
        monkeypatch.setattr(kernels, "WORTH", worth)
        aff = two_camps(members=40, networks=60)
        found.append((backbone(aff, signed=True), disparity(aff, alpha=0.4)))
    for one, other in zip(*found, strict=True):
        assert len(one.edges) > 0
        assert_frame_equal(one.edges, other.edges, rtol=1e-10)


DEGENERATE = [
    [[1, 1, 1], [1, 0, 0], [0, 1, 0]],
    [[0, 0, 0], [1, 1, 0], [0, 1, 1]],
    [[1], [1], [0]],
    np.ones((3, 4)),
    [[1, 1, 0], [0, 1, 1]],
    np.zeros((3, 2)),
    np.zeros((0, 0)),
]


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("matrix", DEGENERATE)
def test_degenerate_networks_have_no_surprises(null, matrix):
    matrix = np.asarray(matrix)
    for mode in ("members", "networks"):
        found = backbone(from_matrix(matrix), mode=mode, null=null, signed=True, draws=9)
        assert found.edges.columns.tolist() == EDGES
        assert len(found.edges) == 0
        assert len(found.nodes) == len(matrix if mode == "members" else matrix.T)


# -- disparity ------------------------------------------------------------------------------------


def test_disparity_by_hand():
    """b shares 3 of a's 4: (1 - 3/4)^(2-1); at its own end b has one neighbour, hence 1."""
    aff = tiny(["ab X", "ab Y", "ab Z", "ac W"])
    found = disparity(aff, alpha=0.8)
    assert pairs_of(found.edges) == [("a", "b"), ("a", "c")]
    np.testing.assert_allclose(found.edges["p"], [1 / 4, 3 / 4])
    assert found.edges["expected"].isna().all()
    assert pairs_of(disparity(aff, alpha=0.25).edges) == [("a", "b")]
    assert found.summary.to_dict() == {
        "tests_possible": 2,
        "tests_overlapping": 2,
        "kept": 2,
        "kept_over_possible": 2,
        "kept_over_overlapping": 2,
        "kept_uncorrected": 2,
        "nodes": 3,
    }


@pytest.mark.parametrize("mode", ["members", "networks"])
@pytest.mark.parametrize("worth", [0, float("inf")])
def test_disparity_equals_a_loop_over_networkx(monkeypatch, mode, worth):
    monkeypatch.setattr(kernels, "WORTH", worth)
    aff = random_affiliation(6, members=30, networks=20, density=0.2)
    nodes = aff.members.index if mode == "members" else aff.networks.index
    graph = nx.bipartite.weighted_projected_graph(aff.to_networkx(), nodes)
    wanted = {}
    for a, b, weight in graph.edges(data="weight"):
        ends = [
            (1 - weight / graph.degree(v, weight="weight")) ** (graph.degree(v) - 1) for v in (a, b)
        ]
        if min(ends) <= 0.3:
            wanted[tuple(sorted((a, b)))] = min(ends)
    found = disparity(aff, mode=mode, alpha=0.3)
    assert dict(zip(pairs_of(found.edges), found.edges["p"], strict=True)) == pytest.approx(wanted)


# -- graphs ---------------------------------------------------------------------------------------


def test_graphs_of_a_backbone():
    found = backbone(two_camps(), signed=True)
    graph, other = found.to_networkx(), found.to_igraph()
    assert list(graph) == found.nodes.index.tolist() == other.vs["name"]
    about = {"mode": "members", "null": "sdsm", "alpha": 0.05, "correction": "fdr_bh"}
    assert graph.graph == about
    assert {name: other[name] for name in other.attributes()} == about
    assert graph.nodes["m0"] == {"kind": "organisation"}
    assert set(other.vs["kind"]) == {"organisation"}
    assert graph.number_of_edges() == other.ecount() == len(found.edges)
    for row, edge in zip(found.edges.itertuples(), other.es, strict=True):
        ends = {other.vs[edge.source]["name"], other.vs[edge.target]["name"]}
        assert ends == {row.a, row.b}
        assert edge.attributes() == graph.edges[row.a, row.b]
        assert edge["p"] == row.p
        assert isinstance(edge["shared"], int)


def test_graphs_have_no_missing_values():
    found = disparity(tiny(["ab X", "ab Y", "ac Z"]), alpha=0.9)
    graph = found.to_networkx()
    assert "expected" not in graph.edges["a", "b"]
    assert found.to_igraph().es["expected"] == [None, None]


def test_no_edges_make_a_graph_too():
    found = backbone(tiny(["ab X"]))
    assert found.to_networkx().number_of_nodes() == found.to_igraph().vcount() == 2


def test_backbone_of_the_southern_women():
    women = vg.datasets.southern_women()
    assert backbone(women).summary.to_dict() == {
        "tests_possible": 153,
        "tests_overlapping": 139,
        "kept": 0,
        "kept_over_possible": 0,
        "kept_over_overlapping": 0,
        "kept_uncorrected": 0,
        "nodes": 0,
    }
    found = backbone(women, null="hypergeometric", correction="none")
    assert len(found.edges) == 17
    first = found.edges.iloc[0]
    assert (first["a"], first["b"], first["shared"]) == ("Katherina Rogers", "Sylvia Avondale", 6)
    assert first["p"] == pytest.approx(hypergeom.sf(5, 14, 6, 7))
    events = backbone(women, mode="networks", correction="none")
    assert pairs_of(events.edges) == [("E13", "E14"), ("E10", "E12")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "events"}, "members, networks, not 'events'"),
        ({"null": None}, "null must be one of hypergeometric, sdsm, fdsm, not None"),
        ({"alpha": 0}, "alpha must be between 0 and 1, not 0"),
        ({"alpha": 1.0}, "alpha must be between 0 and 1, not 1.0"),
        ({"correction": "BH"}, "fdr_bh, holm, bonferroni, none, not 'BH'"),
        ({"over": "all"}, "possible, overlapping, not 'all'"),
        ({"draws": 0}, "draws must be a whole number, 1 or more, not 0"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        backbone(tiny(["ab X"]), **arguments)


def test_wrong_arguments_of_disparity():
    with pytest.raises(ValueError, match="alpha must be between 0 and 1, not 2"):
        disparity(tiny(["ab X"]), alpha=2)
