"""The random network that keeps degrees on average: degrees, constraints, draws, calibration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from valuma_graph.chance import ensembles
from valuma_graph.chance.constraints import Constraints
from valuma_graph.chance.ensembles import Ensemble, fit
from valuma_graph.chance.tails import poisson_binomial
from valuma_graph.errors import ConvergenceError

MATRIX = hnp.arrays(
    np.int8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 1)
)


def whole(ensemble):
    """Return the probability of every cell."""
    return ensemble.probability[ensemble.row_class][:, ensemble.column_class]


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-8)


def meets(ensemble, matrix):
    """Check degrees of both sides, and that classes are numbered without gaps."""
    p = whole(ensemble)
    assert p.min(initial=0) >= 0
    assert p.max(initial=0) <= 1
    close(p.sum(axis=1), matrix.sum(axis=1))
    close(p.sum(axis=0), matrix.sum(axis=0))
    for of, size in zip(
        (ensemble.row_class, ensemble.column_class), ensemble.probability.shape, strict=True
    ):
        assert set(of.tolist()) == set(range(size))


@given(MATRIX)
def test_degrees_are_met(matrix):
    ensemble = fit(sparse.csr_array(matrix))
    meets(ensemble, matrix)
    assert len(ensemble.probability) == len(set(matrix.sum(axis=1).tolist()))


@given(MATRIX, st.data())
def test_masks_and_degrees_are_met(matrix, data):
    """Whatever is forbidden where nothing is, and required where something is."""
    held = data.draw(hnp.arrays(bool, matrix.shape))
    forbidden, required = held & (matrix == 0), held & (matrix == 1)
    masks = Constraints(sparse.csr_array(forbidden), sparse.csr_array(required))
    ensemble = fit(sparse.csr_array(matrix), masks)
    meets(ensemble, matrix)
    assert (whole(ensemble)[forbidden] == 0).all()
    assert (whole(ensemble)[required] == 1).all()


@given(MATRIX, st.data())
def test_strata_keep_each_network_in_each(matrix, data):
    strata = data.draw(hnp.arrays(np.int64, len(matrix), elements=st.integers(0, 2)))
    held = data.draw(hnp.arrays(bool, matrix.shape)) & (matrix == 0)
    ensemble = fit(sparse.csr_array(matrix), Constraints(sparse.csr_array(held), None, strata))
    meets(ensemble, matrix)
    p = whole(ensemble)
    assert (p[held] == 0).all()
    for one in range(3):
        close(p[strata == one].sum(axis=0), matrix[strata == one].sum(axis=0))


@given(MATRIX, st.integers(0, 9))
def test_order_of_rows_and_columns_does_not_matter(matrix, seed):
    rng = np.random.default_rng(seed)
    rows, columns = (rng.permutation(n) for n in matrix.shape)
    one, other = fit(sparse.csr_array(matrix)), fit(sparse.csr_array(matrix[rows][:, columns]))
    np.testing.assert_array_equal(one.probability, other.probability)
    np.testing.assert_array_equal(one.row_class[rows], other.row_class)
    np.testing.assert_array_equal(one.column_class[columns], other.column_class)


def test_every_forced_cell_is_found():
    """Cells are 0 or 1 where, and only where, all networks with the same degrees agree."""
    rng = np.random.default_rng(0)
    everything = np.array(list(product((0, 1), repeat=12)), dtype=np.int8).reshape(-1, 3, 4)
    for _ in range(60):
        matrix = everything[rng.integers(len(everything))]
        forbidden = (rng.random(matrix.shape) < 0.2) & (matrix == 0)
        same = everything[
            (everything.sum(axis=1) == matrix.sum(axis=0)).all(axis=1)
            & (everything.sum(axis=2) == matrix.sum(axis=1)).all(axis=1)
            & ~(everything.astype(bool) & forbidden).any(axis=(1, 2))
        ]
        p = whole(fit(sparse.csr_array(matrix), Constraints(sparse.csr_array(forbidden))))
        mean = same.mean(axis=0)
        np.testing.assert_array_equal(p == 0, mean == 0)
        np.testing.assert_array_equal(p == 1, mean == 1)


def test_a_block_that_is_forced_although_no_row_is_full_or_empty():
    matrix = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]])
    p = whole(fit(sparse.csr_array(matrix)))
    np.testing.assert_allclose(p, [[1, 1, 0.5, 0.5]] * 2 + [[0.5, 0.5, 0, 0]] * 2)


def test_odds_are_a_product():
    rng = np.random.default_rng(1)
    matrix = rng.random((30, 20)) < 0.3
    p = whole(fit(sparse.csr_array(matrix.astype(np.int8))))
    odds = np.log(p / (1 - p))
    np.testing.assert_allclose(odds - odds[:1] - odds[:, :1] + odds[0, 0], 0, atol=1e-9)


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((3, 4)), np.ones((3, 4)), np.ones((1, 1)), np.zeros((0, 3)), np.zeros((3, 0)),
        np.zeros((0, 0)), [[1], [0], [1]], [[1, 0, 1]], [[1, 1, 0], [1, 1, 1]], [[0, 0], [1, 0]],
        [[1, 0, 0], [1, 1, 0], [1, 0, 1]], np.eye(6), 1 - np.eye(6), np.tri(7), np.tri(5, k=-1),
    ],
)  # fmt: skip
def test_degenerate(matrix):
    matrix = np.array(matrix, dtype=np.int8)
    ensemble = fit(sparse.csr_array(matrix))
    meets(ensemble, matrix)
    meets(fit(sparse.csr_array(matrix), Constraints(strata=np.arange(len(matrix)) % 2)), matrix)
    drawn = ensemble.draw(np.random.default_rng(0))
    assert drawn.shape == matrix.shape
    assert drawn.dtype == np.int8
    meets(ensemble.transposed(), matrix.T)


def test_known_values():
    np.testing.assert_allclose(whole(fit(sparse.csr_array(np.eye(4, dtype=np.int8)))), 0.25)
    one_network = np.array([[1], [0], [1]], dtype=np.int8)
    np.testing.assert_array_equal(whole(fit(sparse.csr_array(one_network))), one_network)


def test_large_and_skewed():
    rng = np.random.default_rng(2)
    p = np.minimum(np.outer(rng.pareto(1.1, 2000) + 0.1, rng.pareto(1.1, 300) + 0.1) / 30, 0.98)
    matrix = (rng.random(p.shape) < p).astype(np.int8)
    ensemble = fit(sparse.csr_array(matrix))
    np.testing.assert_allclose(whole(ensemble).sum(axis=1), matrix.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(whole(ensemble).sum(axis=0), matrix.sum(axis=0), rtol=1e-10)


def test_conjugate_gradients_and_elimination_agree(monkeypatch):
    rng = np.random.default_rng(3)
    matrix = sparse.csr_array((rng.random((400, 120)) < rng.random(400)[:, None]).astype(np.int8))
    monkeypatch.setattr(ensembles, "_DENSE", 0)
    one = fit(matrix).probability
    monkeypatch.setattr(ensembles, "_DENSE", 10**9)
    np.testing.assert_allclose(one, fit(matrix).probability, rtol=1e-10)


def test_what_breaks_a_constraint_is_named():
    matrix = sparse.csr_array(np.eye(3, dtype=np.int8))
    first = sparse.csr_array(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=bool))
    with pytest.raises(ConvergenceError, match="row 1 has a membership that is forbidden"):
        fit(matrix, Constraints(forbidden=first))
    other = sparse.csr_array(np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0]], dtype=bool))
    with pytest.raises(ConvergenceError, match="row 2 lacks one that is required"):
        fit(matrix, Constraints(required=other))


def test_where_it_does_not_settle_it_says_so(monkeypatch):
    monkeypatch.setattr(ensembles, "_STEPS", 1)
    matrix = np.tri(9, dtype=np.int8) ^ np.eye(9, k=3, dtype=np.int8)
    with pytest.raises(ConvergenceError, match=r"after 1 steps they are off by .* fdsm"):
        fit(sparse.csr_array(matrix))


# -- draws ----------------------------------------------------------------------------------------


def skewed(seed, *, n=60, m=25, steep=1.0):
    rng = np.random.default_rng(seed)
    p = np.outer((1 + np.arange(n)) ** -steep, (1 + np.arange(m)) ** -steep)
    return (rng.random((n, m)) < np.minimum(p * n * m * 0.15 / p.sum(), 0.95)).astype(np.int8)


def test_draws_have_the_probabilities_of_the_cells():
    matrix = skewed(4)
    matrix[0] = 1
    forbidden = (np.add.outer(np.arange(60), np.arange(25)) % 3 == 0) & (matrix == 0)
    ensemble = fit(sparse.csr_array(matrix), Constraints(sparse.csr_array(forbidden)))
    p, rng, draws = whole(ensemble), np.random.default_rng(5), 3000
    total = np.zeros(p.shape)
    for _ in range(draws):
        drawn = ensemble.draw(rng)
        assert drawn.has_canonical_format
        total += drawn.toarray()
    assert (total[forbidden] == 0).all()
    assert (total[0] == draws).all()
    z = (total / draws - p) / np.sqrt(np.maximum(p * (1 - p), 1e-12) / draws)
    assert np.abs(z).max() < 5
    assert np.abs(total.sum(axis=1) / draws - matrix.sum(axis=1)).max() < 0.25
    assert (np.square(z[(p > 0.01) & (p < 0.99)])).mean() == pytest.approx(1, abs=0.15)


def test_cells_are_drawn_independently():
    one, two = np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.int64)
    for p in (0.3, 0.7):
        rng, ensemble = np.random.default_rng(6), Ensemble(two, one, np.array([[p]]))
        drawn = np.array([ensemble.draw(rng).toarray().ravel() for _ in range(4000)])
        both = drawn.all(axis=1).mean()
        assert both == pytest.approx(p * p, abs=4 * np.sqrt(p * p * (1 - p * p) / 4000))


def test_same_seed_same_draw():
    ensemble = fit(sparse.csr_array(skewed(7)))
    one, other = (ensemble.draw(np.random.default_rng(8)) for _ in range(2))
    assert (one != other).nnz == 0


# -- calibration ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "m", "steep"), [(20, 15, 0.0), (60, 25, 0.5), (60, 25, 1.0), (90, 40, 0.7)]
)
def test_p_values_are_calibrated_on_its_own_draws(n, m, steep):
    """The share of p <= 0.05 is at most 0.05, within the error of the mean over draws."""
    truth, rng, shares = (
        fit(sparse.csr_array(skewed(9, n=n, m=m, steep=steep))),
        np.random.default_rng(10),
        [],
    )
    for _ in range(14):
        drawn = truth.draw(rng)
        counts = (drawn.astype(int) @ drawn.T.astype(int)).toarray()
        a, b = np.triu_indices(n, 1)
        for ensemble in (truth, fit(drawn)):
            of = ensemble.row_class
            expected, upper, _ = poisson_binomial(ensemble, of[a], of[b], counts[a, b])
            shares.append((upper[expected > 0] <= 0.05).mean())
    known, fitted = np.array(shares).reshape(-1, 2).T
    for share in (known, fitted):
        assert share.mean() <= 0.05 + 3 * share.std() / np.sqrt(len(share))
    assert known.mean() > 0.001


def test_a_planted_overlap_is_found():
    matrix = skewed(11, n=150, m=60, steep=0.2)
    matrix[100:102] = 0
    matrix[100:102, 45:57] = 1
    ensemble = fit(sparse.csr_array(matrix))
    of = ensemble.row_class
    a, b = np.triu_indices(150, 1)
    shared = (matrix.astype(int) @ matrix.T.astype(int))[a, b]
    _, upper, _ = poisson_binomial(ensemble, of[a], of[b], shared)
    least = np.argmin(upper)
    assert (a[least], b[least]) == (100, 101)
    assert upper[least] < 1e-4
