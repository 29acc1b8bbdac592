"""Tails of what two rows share, against convolution in 50 digits, exact fractions and scipy."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

import valuma_graph as vg
from valuma_graph.chance import tails
from valuma_graph.chance.ensembles import Ensemble, fit
from valuma_graph.chance.tails import hypergeometric, poisson_binomial

TINY = np.finfo(np.float64).tiny


def two_rows(probability, count):
    """Return an ensemble of two rows, whose column classes have `count` columns."""
    probability, count = np.array(probability, dtype=float), np.array(count)
    return Ensemble(np.arange(2), np.repeat(np.arange(len(count)), count), probability)


def tails_of(probability, count, shared):
    zero = np.zeros(len(shared), dtype=np.int64)
    return poisson_binomial(two_rows(probability, count), zero, zero + 1, np.array(shared))


def convolved(probability, count):
    """Return P(X >= x) and P(X <= x) for all x by convolution in 50 digits."""
    with mpmath.workdps(50):
        found = [mpmath.mpf(1)]
        for a, b, n in zip(*probability, count, strict=True):
            q = mpmath.mpf(float(a)) * mpmath.mpf(float(b))
            for _ in range(n):
                found = [x * (1 - q) + y * q for x, y in zip([*found, 0], [0, *found], strict=True)]
        return (
            [mpmath.fsum(found[x:]) for x in range(len(found))],
            [mpmath.fsum(found[: x + 1]) for x in range(len(found))],
        )


def check(probability, count, within=1e-9):
    """Compare both tails at every x; return the smallest of them."""
    x = np.arange(sum(count) + 1)
    _, upper, lower = tails_of(probability, count, x)
    for found, truth in zip((upper, lower), convolved(probability, count), strict=True):
        for p, exact in zip(found, truth, strict=True):
            if exact > 1e-300:
                assert abs(mpmath.mpf(p) / exact - 1) < within
            else:
                assert TINY <= p < 1e-299
    return min(upper.min(), lower.min())


EDGE = [0.0, 1e-90, 1e-17, 1e-9, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-3, 1 - 1e-9, 1 - 1e-15, 1.0]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(EDGE) | st.floats(1e-40, 1),
            st.sampled_from(EDGE) | st.floats(1e-40, 1),
            st.integers(1, 8),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_tails_equal_convolution(columns):
    *probability, count = zip(*columns, strict=True)
    check(probability, count)


@pytest.mark.parametrize("most", [1, 0.5, 0.1, 0.01, 1e-4])
def test_tails_equal_convolution_far_out(most):
    rng = np.random.default_rng(1)
    for _ in range(5):
        smallest = check(most * rng.random((2, 6)), rng.integers(1, 12, 6).tolist(), within=1e-11)
        assert smallest < 1e-15


def test_the_tilted_way_alone_is_exact_as_well(monkeypatch):
    monkeypatch.setattr(tails, "_CERTAIN", 0.0)
    rng = np.random.default_rng(2)
    for most in (1, 0.1, 0.001):
        check(most * rng.random((2, 4)), rng.integers(1, 12, 4).tolist(), within=1e-11)


@pytest.mark.parametrize("q", [0.5, 0.2, 0.03, 1e-3])
@pytest.mark.parametrize("columns", [3000, 20_000])
def test_large_sums_equal_the_binomial(q, columns):
    """All columns alike: the truth is a binomial, here summed in 50 digits."""
    mean = q * columns
    spread = np.sqrt(mean * (1 - q))
    x = np.unique(np.clip(np.rint(mean + spread * np.array([-9, -3, 0, 1, 6, 15])), 0, columns))
    a = np.sqrt(q)
    _, upper, lower = tails_of([[a], [a]], [columns], x.astype(np.int64))
    with mpmath.workdps(50):
        exact = mpmath.mpf(float(a)) ** 2
        term, terms = (1 - exact) ** columns, []
        for j in range(columns + 1):
            terms.append(term)
            term = term * (columns - j) / (j + 1) * exact / (1 - exact)
        for k, at in enumerate(x.astype(int).tolist()):
            assert abs(mpmath.mpf(upper[k]) / mpmath.fsum(terms[at:]) - 1) < 1e-9
            assert abs(mpmath.mpf(lower[k]) / mpmath.fsum(terms[: at + 1]) - 1) < 1e-9


def test_large_heterogeneous_sums():
    """Mean 970 of 3,000 columns of 40 kinds: beyond where the series can begin."""
    rng = np.random.default_rng(3)
    probability, count = rng.beta(1, 1, (2, 40)) ** 0.6, rng.integers(50, 100, 40)
    q = probability[0] * probability[1]
    mean, spread = q @ count, np.sqrt((q * (1 - q)) @ count)
    assert mean > 700
    x = np.rint(mean + spread * np.arange(-12, 13, 3)).astype(np.int64)
    _, upper, lower = tails_of(probability, count, x)
    found = np.array([1.0], dtype=np.longdouble)
    for p in np.repeat(q, count).astype(np.longdouble):
        found = np.append(found * (1 - p), 0) + np.append(0, found * p)
    below = np.cumsum(found)
    above = np.cumsum(found[::-1])[::-1]
    np.testing.assert_allclose(upper, above[x].astype(float), rtol=1e-9)
    np.testing.assert_allclose(lower, below[x].astype(float), rtol=1e-9)


def test_sums_of_both_tails_and_expectation():
    rng = np.random.default_rng(4)
    ensemble = Ensemble(np.arange(5), np.repeat(np.arange(7), 9), rng.random((5, 7)))
    first, second = np.triu_indices(5)
    cell = np.repeat(np.arange(len(first)), 64)
    x = np.tile(np.arange(64), len(first))
    expected, upper, lower = poisson_binomial(ensemble, first[cell], second[cell], x)
    upper, lower = upper.reshape(-1, 64), lower.reshape(-1, 64)
    np.testing.assert_allclose(upper[:, 1:] + lower[:, :-1], 1, rtol=1e-12)
    np.testing.assert_allclose(upper[:, 1:].sum(axis=1), expected[::64], rtol=1e-12)
    assert (np.diff(upper, axis=1) <= 0).all()
    assert (np.diff(lower, axis=1) >= 0).all()


def test_order_and_company_of_the_cells_do_not_matter():
    rng = np.random.default_rng(5)
    ensemble = Ensemble(np.arange(30), np.repeat(np.arange(9), 4), rng.random((30, 9)) ** 3)
    first, second = np.triu_indices(30)
    x = rng.integers(0, 12, len(first))
    whole = np.array(poisson_binomial(ensemble, first, second, x))
    order = rng.permutation(len(first))
    np.testing.assert_array_equal(
        whole[:, order], poisson_binomial(ensemble, first[order], second[order], x[order])
    )
    np.testing.assert_allclose(
        whole[:, :1], poisson_binomial(ensemble, first[:1], second[:1], x[:1]), rtol=1e-12
    )
    swapped = poisson_binomial(ensemble, second, first, x)
    np.testing.assert_allclose(whole, swapped, rtol=1e-12)


@pytest.mark.parametrize("seed", range(60))
def test_a_sum_that_ends_early_is_not_taken_for_the_tail(seed):
    rng = np.random.default_rng(seed)
    classes = int(rng.integers(2, 5))
    probability = rng.random((2, classes)) ** rng.choice([0.3, 0.5, 1])
    count = rng.integers(5, 61, classes)
    mean = probability.prod(axis=0) @ count
    low = int(mean) + 1
    x = np.array([low, low + int(rng.integers(1, 9))])
    x = np.minimum(x, count.sum())
    _, upper, lower = tails_of(probability, count, x)
    found = np.array([1.0], dtype=np.longdouble)
    for p in np.repeat(probability.prod(axis=0), count).astype(np.longdouble):
        found = np.append(found * (1 - p), 0) + np.append(0, found * p)
    np.testing.assert_allclose(upper, np.cumsum(found[::-1])[::-1][x].astype(float), rtol=1e-9)
    np.testing.assert_allclose(lower, np.cumsum(found)[x].astype(float), rtol=1e-9)


def test_each_cell_of_a_small_network_is_what_it_is_alone():
    women = vg.datasets.southern_women().incidence.T.tocsr()
    ensemble = fit(women)
    first, second = np.triu_indices(len(np.unique(ensemble.row_class)))
    first, second = (np.repeat(side, 10) for side in (first, second))
    x = np.tile(np.arange(10), len(first) // 10)
    whole = np.array(poisson_binomial(ensemble, first, second, x))
    alone = np.hstack(
        [
            poisson_binomial(ensemble, first[i : i + 1], second[i : i + 1], x[i : i + 1])
            for i in range(len(x))
        ]
    )
    np.testing.assert_allclose(whole, alone, rtol=1e-9)


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(6)
    ensemble = Ensemble(np.arange(40), np.repeat(np.arange(9), 4), rng.random((40, 9)) ** 3)
    first, second = np.triu_indices(40)
    x = rng.integers(0, 12, len(first))
    whole = poisson_binomial(ensemble, first, second, x)
    monkeypatch.setattr(tails, "_BLOCK", 64)
    np.testing.assert_allclose(whole, poisson_binomial(ensemble, first, second, x), rtol=1e-12)


def test_no_cells():
    nothing = np.empty(0, dtype=np.int64)
    ensemble = two_rows([[0.5], [0.5]], [2])
    for found in (
        *poisson_binomial(ensemble, nothing, nothing, nothing),
        *hypergeometric(nothing, nothing, nothing, 4),
    ):
        assert found.shape == (0,)
        assert found.dtype == np.float64


def test_certain_and_impossible_columns():
    """Three columns that both have, two that none has, one coin: X is 3 or 4."""
    _, upper, lower = tails_of([[1, 0, 0.5], [1, 1, 1]], [3, 2, 1], [0, 2, 3, 4, 5])
    np.testing.assert_array_equal(upper, [1, 1, 1, 0.5, TINY])
    np.testing.assert_array_equal(lower, [TINY, TINY, 0.5, 1, 1])


# -- hypergeometric -------------------------------------------------------------------------------


@given(st.data())
def test_hypergeometric_equals_fractions(data):
    population = data.draw(st.integers(1, 400))
    s, t = (data.draw(st.integers(0, population)) for _ in range(2))
    x = np.arange(min(s, t) + 2)
    one = np.ones_like(x)
    expected, upper, lower = hypergeometric(s * one, t * one, x, population)
    p = [comb(s, k) * comb(population - s, t - k) if k <= t else 0 for k in x.tolist()]
    total = comb(population, t)
    np.testing.assert_allclose(expected, s * t / population)
    for k in x:
        for found, exact in ((upper[k], sum(p[k:])), (lower[k], sum(p[: k + 1]))):
            truth = float(Fraction(exact, total))
            assert found == (pytest.approx(truth, rel=1e-12) if truth > 1e-300 else TINY)


def test_hypergeometric_equals_scipy():
    rng = np.random.default_rng(7)
    s, t = rng.integers(1, 4000, (2, 300))
    x = np.minimum(rng.poisson(1.3 * s * t / 20_000), np.minimum(s, t))
    _, upper, lower = hypergeometric(s, t, x, 20_000)
    np.testing.assert_allclose(upper, stats.hypergeom.sf(x - 1, 20_000, s, t), rtol=1e-9)
    np.testing.assert_allclose(lower, stats.hypergeom.cdf(x, 20_000, s, t), rtol=1e-9)


def test_hypergeometric_far_out():
    """1,000 of 1,000 out of a million, shared whole: far below what a float can hold."""
    big = np.array([1000])
    _, upper, lower = hypergeometric(big, big, big, 1_000_000)
    assert upper == TINY
    assert lower == 1
    two = np.array([60])
    _, upper, _ = hypergeometric(two, two, two, 1_000_000)
    assert upper == pytest.approx(float(Fraction(1, comb(1_000_000, 60))), rel=1e-12)


# -- against another package ----------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")  # what the other package does is not ours to mend
@pytest.mark.parametrize(("which", "rows"), [("southern women", True), ("random", False)])
def test_p_values_equal_bicm(which, rows, southern_women, drawn_network):
    from bicm import BipartiteGraph

    from valuma_graph.chance.ensembles import fit

    matrix = southern_women if which == "southern women" else drawn_network
    graph = BipartiteGraph(matrix)
    graph.solve_tool(method="newton", tol=1e-13, eps=1e-13, max_steps=1000, verbose=False)
    # Without the bar it computes nothing.
    graph.compute_projection(
        rows=rows, alpha=1, approx_method="poibin", threads_num=1, progress_bar=True
    )
    theirs = graph.rows_pvals if rows else graph.cols_pvals
    ensemble = fit(sparse.csr_array(matrix))
    ensemble = ensemble if rows else ensemble.transposed()
    mode = matrix if rows else matrix.T
    pairs = [(a, b) for a in theirs for b in theirs[a]]
    a, b = np.array(pairs).T
    shared = (mode.astype(int) @ mode.T.astype(int))[a, b]
    of = ensemble.row_class
    _, upper, _ = poisson_binomial(ensemble, of[a], of[b], shared)
    assert len(pairs) > 50
    np.testing.assert_allclose(upper, [theirs[i][j] for i, j in pairs], rtol=0, atol=1e-6)


@pytest.fixture
def southern_women():
    import valuma_graph as vg

    return vg.datasets.southern_women().incidence.toarray()


@pytest.fixture
def drawn_network():
    """309 × 60, some 1,500 memberships, both degrees heterogeneous."""
    rng = np.random.default_rng(8)
    p = np.outer(rng.pareto(2.5, 309) + 0.3, rng.pareto(1.5, 60) + 0.3)
    drawn = (rng.random((309, 60)) < np.minimum(1500 * p / p.sum(), 0.9)).astype(np.int8)
    return drawn[drawn.any(axis=1)][:, drawn.any(axis=0)]
