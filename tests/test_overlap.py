"""Overlap against sets counted one by one, and its chances against scipy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy.stats import false_discovery_control, hypergeom
from strategies import affiliations, from_matrix, random_affiliation, shuffled, tiny

from valuma_graph import kernels
from valuma_graph.chance import overlap
from valuma_graph.measures import projection

COLUMNS = ["a", "b", "size_a", "size_b", "shared", "jaccard", "overlap_coefficient"]
TESTED = [*COLUMNS, "expected", "p_upper", "p_lower", "q", "null"]


def by_sets(aff, mode, min_shared):
    own, other = ("member_id", "network_id") if mode == "members" else ("network_id", "member_id")
    sets = {i: set(g[other]) for i, g in aff.memberships.groupby(own)}
    rows = []
    for a, b in combinations(sorted(sets), 2):
        x, y = sets[a], sets[b]
        if len(x & y) >= min_shared:
            smaller = min(len(x), len(y))
            shared = len(x & y)
            rows.append((a, b, len(x), len(y), shared, shared / len(x | y), shared / smaller))
    return sorted(rows, key=lambda r: (-r[4], -r[5], r[0], r[1]))


@settings(max_examples=60, deadline=None)
@given(affiliations(), st.sampled_from(["members", "networks"]), st.integers(1, 3))
def test_overlap_equals_sets(aff, mode, min_shared):
    found = overlap(aff, mode=mode, min_shared=min_shared)
    assert found.columns.tolist() == COLUMNS
    assert found.index.tolist() == list(range(len(found)))
    assert list(found.itertuples(index=False, name=None)) == by_sets(aff, mode, min_shared)


@settings(max_examples=30, deadline=None)
@given(affiliations(), st.integers(0, 99))
def test_order_of_rows_changes_nothing(aff, seed):
    assert_frame_equal(overlap(shuffled(aff, seed)), overlap(aff))


def test_blocks_change_nothing(monkeypatch):
    aff = tiny(["abcde X", "abc Y", "cde Z", "ae W"])
    whole = overlap(aff, mode="members")
    real = projection.blocks
    monkeypatch.setattr(projection, "blocks", lambda incidence: real(incidence, work=1))
    assert_frame_equal(overlap(aff, mode="members"), whole)


def test_overlap_by_hand():
    found = overlap(tiny(["abcd X", "cde Y", "a Z"]))
    assert found[["a", "b", "shared"]].to_numpy().tolist() == [["X", "Y", 2], ["X", "Z", 1]]
    np.testing.assert_allclose(found.jaccard, [2 / 5, 1 / 4])
    np.testing.assert_allclose(found.overlap_coefficient, [2 / 3, 1])


def test_nothing_shared_has_the_same_columns():
    found = overlap(tiny(["a X", "b Y"]))
    assert found.columns.tolist() == COLUMNS
    assert len(found) == 0
    assert found.dtypes.astype(str).tolist() == [
        *["category"] * 2,
        *["int64"] * 3,
        *["float64"] * 2,
    ]
    assert found["a"].cat.categories.tolist() == ["X", "Y"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "events"}, "members, networks, not 'events'"),
        ({"min_shared": 0}, "min_shared must be a whole number, 1 or more, not 0"),
        ({"null": "bicm"}, "null must be one of hypergeometric, sdsm, fdsm, not 'bicm'"),
        ({"null": "sdsm", "alternative": "both"}, "greater, less, two-sided, not 'both'"),
        ({"null": "sdsm", "correction": "fdr"}, "fdr_bh, holm, bonferroni, none, not 'fdr'"),
        ({"null": "sdsm", "over": "all"}, "possible, overlapping, not 'all'"),
        ({"null": "fdsm", "draws": 0}, "draws must be a whole number, 1 or more, not 0"),
        ({"null": "hypergeometric", "within": "kind"}, "need null to be sdsm or fdsm"),
        ({"forbidden": "country"}, "need null to be sdsm or fdsm"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        overlap(tiny(["ab X"]), **arguments)


# -- chance ---------------------------------------------------------------------------------------


def by_scipy(aff, mode):
    """Return {(a, b): (shared, mean, upper, lower)} of all pairs that could share something."""
    matrix = aff.incidence.toarray().astype(int)
    rows, ids = (matrix, aff.members.index) if mode == "members" else (matrix.T, aff.networks.index)
    size, shared = rows.sum(axis=1), rows @ rows.T
    pairs = {}
    for i, j in combinations(np.argsort(ids), 2):
        if size[i] and size[j]:
            chance = hypergeom(rows.shape[1], size[i], size[j])
            x = shared[i, j]
            pairs[ids[i], ids[j]] = x, chance.mean(), chance.sf(x - 1), chance.cdf(x)
    return pairs


@pytest.mark.parametrize("mode", ["members", "networks"])
@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
@pytest.mark.parametrize("over", ["possible", "overlapping"])
def test_hypergeometric_equals_scipy(mode, alternative, over):
    aff = random_affiliation(4)
    pairs = by_scipy(aff, mode)
    x, mean, upper, lower = (np.array(one) for one in zip(*pairs.values(), strict=True))
    two = np.minimum(1, 2 * np.minimum(upper, lower))
    p = {"greater": upper, "less": lower, "two-sided": two}[alternative]
    counted = x > 0 if over == "overlapping" else np.full(len(x), True)
    q = np.full(len(x), np.nan)
    q[counted] = false_discovery_control(np.minimum(p[counted], 1))
    found = overlap(aff, mode=mode, null="hypergeometric", alternative=alternative, over=over)
    assert found.columns.tolist() == TESTED
    assert found.attrs == {
        "null": "hypergeometric",
        "alternative": alternative,
        "correction": "fdr_bh",
        "over": over,
        "tests_possible": len(x),
        "tests_overlapping": int((x > 0).sum()),
    }
    assert len(found) == (x > 0).sum()
    order = list(pairs)
    at = [order.index(pair) for pair in zip(found["a"], found["b"], strict=True)]
    assert found["shared"].tolist() == x[at].tolist()
    for column, values in {"expected": mean, "p_upper": upper, "p_lower": lower, "q": q}.items():
        np.testing.assert_allclose(found[column], values[at], rtol=1e-9)


def test_fewer_listed_pairs_are_the_same_tests():
    aff = random_affiliation(1, members=30, networks=10, density=0.3)
    every = overlap(aff, null="sdsm")
    found = overlap(aff, null="sdsm", min_shared=4)
    assert 0 < len(found) < len(every)
    assert_frame_equal(found, every[every["shared"] >= 4])


NULLS = ["hypergeometric", "sdsm", "fdsm"]


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("mode", ["members", "networks"])
def test_order_of_rows_changes_no_chance(null, mode):
    aff = random_affiliation(2, members=20, networks=14, density=0.2)
    how = {"mode": mode, "null": null, "alternative": "two-sided", "draws": 40}
    found = overlap(shuffled(aff, 7), **how)
    assert_frame_equal(found, overlap(aff, **how), rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(affiliations(), st.integers(0, 99), st.sampled_from(["less", "two-sided"]))
def test_order_of_rows_changes_no_chance_of_any(aff, seed, alternative):
    how = {"mode": "members", "null": "sdsm", "alternative": alternative}
    assert_frame_equal(overlap(shuffled(aff, seed), **how), overlap(aff, **how), rtol=1e-9)


@pytest.mark.parametrize("null", ["hypergeometric", "sdsm"])
def test_compiled_loops_change_nothing(monkeypatch, null):
    aff = random_affiliation(3, members=40, networks=20, density=0.25)
    found = []
    for worth in (0, float("inf")):
        monkeypatch.setattr(kernels, "WORTH", worth)
        found.append(overlap(aff, mode="members", null=null, alternative="two-sided"))
    assert_frame_equal(*found, rtol=1e-12)


def test_drawn_chances_are_counts_of_draws():
    aff = random_affiliation(5, members=15, networks=10, density=0.3)
    done = []
    found = overlap(aff, null="fdsm", draws=50, progress=lambda one, of: done.append((one, of)))
    hits = found[["p_upper", "p_lower"]] * 51
    np.testing.assert_allclose(hits, hits.round())
    assert hits.min().min() >= 1
    assert (found["p_upper"] + found["p_lower"] >= 1).all()
    assert found.attrs["draws"], found.attrs["seed"] == (50, 0)
    assert done[-1] == (50, 50)
    assert_frame_equal(found, overlap(aff, null="fdsm", draws=50))


@pytest.mark.parametrize("null", NULLS)
def test_a_planted_overlap_is_found(null):
    rng = np.random.default_rng(8)
    matrix = rng.random((60, 100)) < 0.15
    matrix[:2] = False
    matrix[:2, :25] = True
    found = overlap(from_matrix(matrix), mode="members", null=null, draws=300)
    first = found.loc[found["q"].idxmin()]
    assert (first["a"], first["b"], first["shared"]) == ("m0", "m1", 25)
    assert first["p_upper" if null == "fdsm" else "q"] < 0.01


@pytest.mark.parametrize("null", ["hypergeometric", "sdsm"])
@pytest.mark.parametrize("mode", ["members", "networks"])
def test_chances_are_calibrated(null, mode):
    """
    Of networks drawn from the null itself, few pairs are beyond chance.

    With sdsm far fewer: the degrees that it is fitted to vary in its networks, not in this one.
    """
    rng = np.random.default_rng(12)
    rows = rng.beta(1, 2, 50) if null == "sdsm" or mode == "members" else np.full(50, 0.3)
    columns = rng.beta(1, 2, 60) if null == "sdsm" or mode == "networks" else np.full(60, 0.3)
    shares = []
    for _ in range(20):
        chance = np.minimum(2.5 * np.outer(rows, columns), 0.95)
        found = overlap(from_matrix(rng.random((50, 60)) < chance), mode=mode, null=null)
        shares.append((found["p_upper"] <= 0.05).sum() / found.attrs["tests_possible"])
    assert np.mean(shares) <= 0.05 + 3 * np.std(shares) / np.sqrt(len(shares))
    assert np.mean(shares) > (0 if null == "sdsm" else 0.005)


DEGENERATE = {
    "full row": [[1, 1, 1], [1, 0, 0], [0, 1, 0]],
    "empty row": [[0, 0, 0], [1, 1, 0], [0, 1, 1]],
    "full column": [[1, 1, 0], [1, 0, 1], [1, 0, 0]],
    "one network": [[1], [1], [0]],
    "all ones": np.ones((3, 4)),
    "two members": [[1, 1, 0], [0, 1, 1]],
    "identical degrees": np.eye(4) + np.roll(np.eye(4), 1, axis=0),
    "nothing": np.zeros((3, 2)),
}


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("matrix", DEGENERATE.values(), ids=DEGENERATE)
@pytest.mark.parametrize("alternative", ["greater", "two-sided"])
def test_degenerate_networks(null, matrix, alternative):
    for mode in ("members", "networks"):
        aff = from_matrix(matrix)
        found = overlap(aff, mode=mode, null=null, alternative=alternative, draws=9)
        assert found[["p_upper", "p_lower", "q"]].gt(0).all(axis=None)
        assert found[["p_upper", "p_lower", "q"]].le(1).all(axis=None)
        assert found.attrs["tests_overlapping"] == len(found) <= found.attrs["tests_possible"]


def test_what_had_to_be_is_no_surprise():
    found = overlap(from_matrix(np.ones((3, 4))), null="sdsm")
    assert found[["expected", "p_upper", "p_lower", "q"]].to_numpy().tolist() == [[3, 1, 1, 1]] * 6
    everyone = overlap(from_matrix(DEGENERATE["full column"]), mode="members", null="sdsm")
    assert (everyone["expected"] >= 1).all()
    alone = everyone[everyone["b"].eq("m2")]
    np.testing.assert_allclose(alone["expected"], 1)


@pytest.mark.parametrize("null", ["sdsm", "fdsm"])
def test_pairs_that_could_never_meet_are_not_tested(null):
    half = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 0, 0]])
    matrix = np.kron(np.eye(2, dtype=int), half)
    apart = np.kron(1 - np.eye(2), np.ones(half.shape)) > 0
    how = {"mode": "members", "null": null, "draws": 30}
    free = overlap(from_matrix(matrix), **how)
    assert free.attrs["tests_possible"] == 28
    held = overlap(from_matrix(matrix), forbidden=apart, **how)
    assert held.attrs["tests_possible"] == 12
    assert held.attrs["tests_overlapping"] == free.attrs["tests_overlapping"] == len(held)
    assert held["expected"].sum() > free["expected"].sum()
    signed = {"alternative": "two-sided", **how}
    assert overlap(from_matrix(matrix), forbidden=apart, **signed)["q"].notna().all()


@pytest.mark.parametrize("null", ["sdsm", "fdsm"])
def test_what_a_class_explains_is_no_surprise(null):
    """Members of one class meet in the networks of the class: that is all there is."""
    rng = np.random.default_rng(2)
    camp = np.arange(30) % 2
    near = np.equal.outer(camp, np.arange(40) % 2)
    aff = from_matrix(rng.random((30, 40)) < np.where(near, 0.6, 0.05))
    camp = pd.Series(camp, index=aff.members.index).map({0: "even", 1: "odd"})
    how = {"mode": "members", "null": null, "correction": "none", "draws": 99}
    without, within = (overlap(aff, within=by, **how) for by in (None, camp))
    assert (without["q"] <= 0.05).mean() > 0.15
    assert (within["q"] <= 0.05).mean() < 0.1


def test_progress_of_two_passes_counts_both():
    import valuma_graph as vg

    told = []
    vg.overlap(
        vg.datasets.southern_women(),
        mode="members",
        null="fdsm",
        alternative="less",
        draws=16,
        progress=lambda *one: told.append(one),
    )
    assert told[-1] == (32, 32)
    assert {total for _, total in told} == {32}


@pytest.mark.parametrize("wrong", [{"draws": 1.5}, {"draws": True}, {"seed": -1}, {"seed": 0.5}])
def test_whole_numbers_are_asked_for(wrong):
    import valuma_graph as vg

    with pytest.raises(ValueError, match="must be a whole number"):
        vg.overlap(vg.datasets.southern_women(), null="sdsm", **wrong)
