"""Random networks with the observed degrees: uniform, within bounds, the same on every path."""

from __future__ import annotations

import os
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import chi2

import valuma_graph as vg
from valuma_graph import kernels
from valuma_graph.chance import trades
from valuma_graph.chance.constraints import Constraints
from valuma_graph.measures import projection

BARE = Constraints()
COMPILED, PLAIN = 0, float("inf")


def matrix(rows) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=np.int8))


def mask(rows) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=bool))


def everything(start: sparse.csr_array, constraints: Constraints = BARE) -> list[np.ndarray]:
    """List all matrices that have the sums of the first, and obey."""
    dense = start.toarray()
    n, m = dense.shape
    closed = np.zeros((n, m), bool) if constraints.forbidden is None else constraints.forbidden
    wanted = np.zeros((n, m), bool) if constraints.required is None else constraints.required
    closed, wanted = (one.toarray() if sparse.issparse(one) else one for one in (closed, wanted))
    strata = np.zeros(n, int) if constraints.strata is None else constraints.strata
    choices = []
    for i in range(n):
        rows = [np.isin(np.arange(m), c) for c in combinations(range(m), int(dense[i].sum()))]
        choices.append([r for r in rows if not (r & closed[i]).any() and (r >= wanted[i]).all()])
    found = []
    for rows in product(*choices):
        one = np.array(rows, dtype=np.int8)
        if all((one[strata == s].sum(0) == dense[strata == s].sum(0)).all() for s in set(strata)):
            found.append(one)
    return found


def women() -> sparse.csr_array:
    return vg.datasets.southern_women().incidence


def planted(n: int = 60, m: int = 25, seed: int = 3) -> sparse.csr_array:
    rng = np.random.default_rng(seed)
    chance = np.outer(rng.random(n), rng.random(m))
    return matrix(rng.random((n, m)) < chance)


def all_pairs(incidence, mode):
    rows = incidence if mode == "members" else incidence.T.tocsr()
    a, b = np.triu_indices(rows.shape[0], 1)
    return a, b, (rows.astype(int) @ rows.T).toarray()[a, b]


# -- uniform --------------------------------------------------------------------------------------

SMALL = {
    "permutations": (matrix(np.eye(4)), BARE),
    "two of four": (matrix([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]), BARE),
    "uneven": (
        matrix([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [1, 0, 0, 1]]),
        BARE,
    ),
    "more networks": (matrix([[1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [0, 0, 1, 0, 1]]), BARE),
    "strata": (
        matrix([[1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 0, 1], [0, 1, 0]]),
        Constraints(strata=np.array([3, 3, 3, 8, 8, 8])),
    ),
    "none on the diagonal": (
        matrix([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]),
        Constraints(forbidden=mask(np.eye(4))),
    ),
    "forbidden, members trade": (
        matrix([[1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 0, 0, 1]]),
        Constraints(
            forbidden=mask(np.eye(4, 5, k=3)),
            required=mask(np.eye(4, 5, k=1) * [[0], [1], [0], [0]]),
        ),
    ),
    "required": (
        matrix([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 0, 0], [0, 1, 0]]),
        Constraints(required=mask([[1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]])),
    ),
}


@pytest.mark.parametrize("case", SMALL)
def test_all_matrices_are_alike(case, monkeypatch):
    monkeypatch.setattr(kernels, "WORTH", COMPILED)
    start, constraints = SMALL[case]
    found = {one.tobytes(): 0 for one in everything(start, constraints)}
    assert len(found) > 5
    draws = 80 * len(found)
    for drawn in trades.draw_matrices(start, constraints, draws=draws, seed=11):
        found[drawn.toarray().tobytes()] += 1
    expected = draws / len(found)
    statistic = sum((count - expected) ** 2 for count in found.values()) / expected
    assert chi2.sf(statistic, len(found) - 1) > 0.001


def test_some_forbidden_cells_keep_matrices_apart():
    """As the docstring says: trades alone cannot turn a cycle of three."""
    start = matrix(np.roll(np.eye(3), 1, axis=1))
    constraints = Constraints(forbidden=mask(np.eye(3)))
    assert len(everything(start, constraints)) == 2
    for drawn in trades.draw_matrices(start, constraints, draws=20):
        assert (drawn != start).nnz == 0


@pytest.mark.parametrize("mode", ["members", "networks"])
def test_p_values_come_to_those_of_all_matrices(mode, monkeypatch):
    monkeypatch.setattr(kernels, "WORTH", COMPILED)
    start = SMALL["uneven"][0]
    a, b, shared = all_pairs(start, mode)
    every = np.array([all_pairs(matrix(one), mode)[2] for one in everything(start)])
    draws = 4_000
    upper, lower, mean = trades.hits(start, BARE, a, b, shared, mode=mode, draws=draws, seed=4)
    for seen, true in (
        ((upper + 1) / (draws + 1), (every >= shared).mean(axis=0)),
        ((lower + 1) / (draws + 1), (every <= shared).mean(axis=0)),
        (mean, every.mean(axis=0)),
    ):
        np.testing.assert_allclose(seen, true, atol=5 * 0.5 / np.sqrt(draws))


# -- what is kept ---------------------------------------------------------------------------------


@st.composite
def bounded(draw):
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    cells = st.lists(st.integers(0, 9), min_size=n * m, max_size=n * m)
    kind = np.array(draw(cells)).reshape(n, m)
    one, fixed = kind % 2 == 1, kind >= draw(st.integers(5, 10))
    strata = draw(st.none() | st.lists(st.integers(0, 2), min_size=n, max_size=n))
    return matrix(one), Constraints(
        forbidden=draw(st.sampled_from([None, mask(fixed & ~one)])),
        required=draw(st.sampled_from([None, mask(fixed & one)])),
        strata=None if strata is None else np.array(strata),
    )


def same(one: sparse.csr_array, other: sparse.csr_array) -> bool:
    parts = ("indptr", "indices", "data")
    return all(np.array_equal(getattr(one, part), getattr(other, part)) for part in parts)


@settings(max_examples=60, deadline=None)
@given(bounded(), st.integers(0, 2**70))
def test_sums_and_bounds_are_kept_on_both_paths(case, seed):
    start, constraints = case
    drawn = {}
    for worth in (COMPILED, PLAIN):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernels, "WORTH", worth)
            drawn[worth] = list(trades.draw_matrices(start, constraints, draws=9, seed=seed))
    strata = np.zeros(start.shape[0]) if constraints.strata is None else constraints.strata
    for one, other in zip(drawn[COMPILED], drawn[PLAIN], strict=True):
        assert same(one, other)
        assert one.dtype == np.int8
        assert one.has_canonical_format
        assert set(one.data.tolist()) <= {1}
        assert (one.sum(axis=1) == start.sum(axis=1)).all()
        for s in set(strata):
            assert (one[strata == s].sum(axis=0) == start[strata == s].sum(axis=0)).all()
        if constraints.forbidden is not None:
            assert one.multiply(constraints.forbidden).nnz == 0
        if constraints.required is not None:
            assert one.multiply(constraints.required).sum() == constraints.required.sum()


@pytest.mark.parametrize(
    "start",
    [
        np.zeros((3, 2)),
        np.ones((4, 3)),
        [[1], [0], [1]],
        [[1, 0, 1]],
        np.zeros((0, 3)),
        np.zeros((3, 0)),
        [[1, 1, 1], [0, 0, 0], [1, 0, 1]],
    ],
    ids=["empty", "full", "one network", "one member", "no member", "no network", "full row"],
)
@pytest.mark.parametrize("worth", [COMPILED, PLAIN])
def test_where_there_is_nothing_to_trade(start, worth, monkeypatch):
    monkeypatch.setattr(kernels, "WORTH", worth)
    start = matrix(start)
    drawn = list(trades.draw_matrices(start, BARE, draws=9))
    assert len(drawn) == 9
    assert all((one.sum(axis=0) == start.sum(axis=0)).all() for one in drawn)
    assert all((one.sum(axis=1) == start.sum(axis=1)).all() for one in drawn)
    pairs = all_pairs(start, "members")
    upper, lower, mean = trades.hits(start, BARE, *pairs, mode="members", draws=9)
    assert len(upper) == len(lower) == len(mean) == len(pairs[0])
    assert (upper + lower >= 9).all()


def test_a_draw_can_be_changed_without_harm():
    before = [one.toarray() for one in trades.draw_matrices(women(), BARE, draws=18)]
    for one, kept in zip(trades.draw_matrices(women(), BARE, draws=18), before, strict=True):
        assert (one.toarray() == kept).all()
        one.data[:], one.indices[:], one.indptr[:] = 0, 0, 0


# -- seeds, processors, blocks --------------------------------------------------------------------


def test_seeds():
    def drawn(draws, seed):
        return [
            m.toarray().tobytes()
            for m in trades.draw_matrices(women(), BARE, draws=draws, seed=seed)
        ]

    assert drawn(20, 1) == drawn(20, 1)
    assert drawn(20, 1)[:5] == drawn(5, 1)
    assert not set(drawn(20, 1)) & set(drawn(20, 2))
    assert len(set(drawn(60, 1))) == 60


@pytest.mark.parametrize("mode", ["members", "networks"])
@pytest.mark.parametrize("constraints", [BARE, Constraints(strata=np.arange(60) % 4)])
def test_hits_on_every_path(mode, constraints, monkeypatch):
    start = planted()
    pairs = all_pairs(start, mode)
    mixed = np.random.default_rng(0).permutation(len(pairs[0]))
    pairs = [one[mixed] for one in pairs]
    x = np.array(
        [
            all_pairs(one, mode)[2]
            for one in trades.draw_matrices(start, constraints, draws=21, seed=5)
        ]
    )[:, mixed]
    true = (x >= pairs[2]).sum(axis=0), (x <= pairs[2]).sum(axis=0), x.sum(axis=0) / 21
    # every two of these at least once: compiled or not, in how many parts, on how many cores
    for worth, (cells, parts), cores in (
        (COMPILED, (1, 1), 1),
        (COMPILED, (1 << 22, 7), 5),
        (PLAIN, (1, 1), 5),
        (PLAIN, (1 << 22, 7), 1),
    ):
        monkeypatch.setattr(kernels, "WORTH", worth)
        monkeypatch.setattr(trades, "_CELLS", cells)
        monkeypatch.setattr(trades, "_PARTS", parts)
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        found = trades.hits(start, constraints, *pairs, mode=mode, draws=21, seed=5)
        assert [one.dtype for one in found] == [np.int32, np.int32, np.float64]
        for one, other in zip(found, true, strict=True):
            np.testing.assert_array_equal(one, other)


def test_hits_of_chosen_pairs_do_not_depend_on_the_others():
    start = planted()
    a, b, shared = all_pairs(start, "members")
    whole = trades.hits(start, BARE, a, b, shared, mode="members", draws=30)
    some = slice(1000, 1010)
    part = trades.hits(start, BARE, a[some], b[some], shared[some], mode="members", draws=30)
    for one, other in zip(whole, part, strict=True):
        np.testing.assert_array_equal(one[some], other)


@pytest.mark.parametrize("call", [trades.draw_matrices, trades.hits, trades.unshared_hits])
def test_progress(call):
    told, start = [], women()
    others = {
        trades.draw_matrices: (),
        trades.hits: all_pairs(start, "members"),
        trades.unshared_hits: (np.zeros(18, dtype=np.int64),),
    }[call]
    mode = {} if call is trades.draw_matrices else {"mode": "members"}
    found = call(start, BARE, *others, draws=19, progress=lambda *one: told.append(one), **mode)
    list(found)
    assert told == [(8, 19), (16, 19), (19, 19)]


# -- pairs that share nothing ---------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["members", "networks"])
def test_pairs_that_share_nothing(mode):
    start = planted()
    degree = projection.degrees(start)[0 if mode == "members" else 1]
    _, row_class = np.unique(degree, return_inverse=True)
    found = trades.unshared_hits(start, BARE, row_class, mode=mode, draws=17, seed=2)
    drawn = list(trades.draw_matrices(start, BARE, draws=17, seed=2))
    a, b, shared = all_pairs(start, mode)
    x = np.array([all_pairs(one, mode)[2] for one in drawn])
    low, high = np.minimum(row_class[a], row_class[b]), np.maximum(row_class[a], row_class[b])
    assert list(zip(found["first"], found["second"], strict=True)) == sorted(
        set(zip(low[shared == 0].tolist(), high[shared == 0].tolist(), strict=True))
    )
    for row in found.itertuples():
        here = (low == row.first) & (high == row.second)
        none = (shared[here] == 0).sum()
        assert (row.pairs, row.unshared) == (here.sum(), none)
        assert row.expected == pytest.approx(x[:, here].mean())
        assert row.p_lower == pytest.approx(((x[:, here] == 0).sum() + none) / (18 * here.sum()))


def test_a_single_pair_that_shares_nothing_has_the_usual_p():
    start = matrix([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 1, 1, 1, 1]])
    found = trades.unshared_hits(start, BARE, np.arange(3), mode="members", draws=40)
    _, lower, _ = trades.hits(
        start, BARE, np.array([0]), np.array([1]), np.array([0]), mode="members", draws=40
    )
    assert found["p_lower"].tolist() == [(lower[0] + 1) / 41]
