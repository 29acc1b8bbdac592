"""Cells, pairs and corrections against dense counts, with and without compiled loops."""

from __future__ import annotations

from collections import Counter
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from valuma_graph import kernels
from valuma_graph.chance.cells import count_cells, pairs_in, unshared, unshared_pairs
from valuma_graph.chance.corrections import adjusted
from valuma_graph.measures import projection

PATHS = [pytest.param(0, id="compiled"), pytest.param(float("inf"), id="plain")]


@pytest.fixture(params=PATHS)
def path(request, monkeypatch):
    monkeypatch.setattr(kernels, "WORTH", request.param)


@st.composite
def rows(draw):
    """A 0/1 matrix and classes of its rows."""
    n, m = draw(st.integers(0, 9)), draw(st.integers(0, 6))
    cells = draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))
    classes = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    matrix = np.array(cells, dtype=np.int8).reshape(n, m)
    return sparse.csr_array(matrix), np.array(classes, dtype=np.int64)


def dense(incidence, row_class):
    """Return class, class and shared of all pairs a < b, counted in numpy."""
    full = incidence.toarray().astype(int)
    shared = full @ full.T
    pairs = {}
    for a, b in zip(*np.triu_indices(len(full), 1), strict=True):
        first, second = sorted((int(row_class[a]), int(row_class[b])))
        pairs[int(a), int(b)] = first, second, int(shared[a, b])
    return pairs


def listed(cells):
    return [tuple(map(int, row)) for row in zip(cells.first, cells.second, cells.shared)]  # noqa: B905


@pytest.mark.parametrize("worth", PATHS)
@settings(max_examples=60, deadline=None)
@given(rows())
def test_cells_and_pairs_equal_a_dense_count(worth, given_rows):
    incidence, row_class = given_rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "WORTH", worth)
        truth = dense(incidence, row_class)
        counts = Counter(truth.values())
        cells = count_cells(incidence, row_class)
        rest = unshared(cells, row_class)
        for found, wanted in ((cells, lambda x: x > 0), (rest, lambda x: x == 0)):
            expected = {key: n for key, n in counts.items() if wanted(key[2])}
            assert listed(found) == sorted(expected)
            assert found.count.tolist() == [expected[key] for key in sorted(expected)]
            assert all(one.dtype == np.int64 for one in (found.first, found.shared, found.count))
        wanted = np.arange(len(cells)) % 2 == 0
        a, b, cell = pairs_in(incidence, row_class, cells, np.where(wanted, 0, -1))
        assert {one.dtype for one in (a, b, cell)} == {np.dtype(np.int32)}
        chosen = [key for key, kept in zip(listed(cells), wanted, strict=True) if kept]
        found = dict(zip(zip(a.tolist(), b.tolist()), (listed(cells)[c] for c in cell)))  # noqa: B905
        assert found == {pair: key for pair, key in truth.items() if key in chosen}
        assert len(found) == len(a)
        a, b, which = unshared_pairs(incidence, row_class, cells, rest.first[::2], rest.second[::2])
        found = dict(zip(zip(a.tolist(), b.tolist()), (listed(rest)[::2][k] for k in which)))  # noqa: B905
        assert found == {pair: key for pair, key in truth.items() if key in listed(rest)[::2]}
        assert len(found) == len(a)


@pytest.mark.usefixtures("path")
def test_common_and_jaccard_equal_a_dense_count():
    rng = np.random.default_rng(3)
    full = (rng.random((60, 30)) < 0.1).astype(np.int8)
    shared = np.triu(full.astype(int) @ full.T.astype(int), 1)
    size = full.sum(axis=1).astype(int)
    union = size[:, None] + size - shared
    found = projection.common(sparse.csr_array(full))
    assert found.dtype == np.int32
    assert (found.toarray() == shared).all()
    jaccard = projection.jaccard(sparse.csr_array(full)).toarray()
    np.testing.assert_array_equal(jaccard, shared / np.maximum(union, 1))


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3), (1, 1)])
@pytest.mark.usefixtures("path")
def test_nothing_to_pair(shape):
    incidence = sparse.csr_array(np.ones(shape, dtype=np.int8))
    assert projection.common(incidence).nnz == 0
    cells = count_cells(incidence, np.zeros(shape[0], dtype=np.int64))
    assert len(cells) == 0
    assert unshared(cells, np.zeros(shape[0], dtype=np.int64)).count.tolist() == [3] * (
        shape == (3, 0)
    )


def test_many_blocks_are_added_up(monkeypatch):
    from valuma_graph.chance import cells as room
    from valuma_graph.kernels import wedges

    rng = np.random.default_rng(5)
    incidence = sparse.csr_array((rng.random((80, 25)) < 0.2).astype(np.int8))
    row_class = np.unique(np.diff(incidence.indptr), return_inverse=True)[1]
    whole = count_cells(incidence, row_class)
    real = projection.blocks
    monkeypatch.setattr(projection, "blocks", lambda incidence: real(incidence, work=50))
    monkeypatch.setattr(wedges, "_BLOCK", 50)
    monkeypatch.setattr(room, "_PENDING", 20)
    for worth in (0, float("inf")):
        monkeypatch.setattr(kernels, "WORTH", worth)
        found = count_cells(incidence, row_class)
        assert listed(found) == listed(whole)
        assert found.count.tolist() == whole.count.tolist()
        pairs = pairs_in(incidence, row_class, whole, np.zeros(len(whole), dtype=int))
        key = np.sort(pairs[0] * 80 + pairs[1])
        assert len(np.unique(key)) == len(key) == whole.count.sum()
        common = projection.common(incidence)
        assert (common.toarray()[pairs[0], pairs[1]] == whole.shared[pairs[2]]).all()


@pytest.mark.usefixtures("path")
def test_pieces_and_too_many_ranks_change_nothing(monkeypatch):
    from valuma_graph.chance import cells as room

    rng = np.random.default_rng(6)
    incidence = sparse.csr_array((rng.random((70, 30)) < 0.2).astype(np.int8))
    row_class = np.unique(np.diff(incidence.indptr), return_inverse=True)[1]
    cells = count_cells(incidence, row_class)
    rank = rng.integers(-5, 30, len(cells))
    a, b, cell = pairs_in(incidence, row_class, cells, rank)
    order = np.lexsort((b, a, -cells.shared[cell], rank[cell]))
    assert (order == np.arange(len(a))).all()
    monkeypatch.setattr(room, "PIECE", 50)
    monkeypatch.setattr(room, "_BITS", 17)
    again = pairs_in(incidence, row_class, cells, rank)
    assert all((one == other).all() for one, other in zip(again, (a, b, cell), strict=True))
    assert (room.spread(cells.shared, cell) == cells.shared[cell]).all()


# -- corrections ---------------------------------------------------------------------------------

METHODS = ["fdr_bh", "holm", "bonferroni"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([1e-12, 1e-3, 0.01, 0.01, 0.2, 1.0]), st.integers(1, 4)),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 30),
    st.sampled_from(METHODS),
)
def test_corrections_equal_those_of_all_tests_listed(cells, rest, method):
    p, count = (np.array(one) for one in zip(*cells, strict=True))
    every = np.concatenate([np.repeat(p, count), np.ones(rest)])
    first = np.cumsum(count) - count
    found = adjusted(p, count, tests=len(every), method=method)
    with mock.patch("gc.collect"):  # which it calls each time, and which is slow
        expected = multipletests(every, method=method)[1]
    np.testing.assert_allclose(found, expected[first])
    if method == "fdr_bh":
        np.testing.assert_allclose(found, false_discovery_control(every)[first])


def test_no_correction_and_no_test():
    assert adjusted([0.2, 0.1], [1, 5], tests=10, method="none").tolist() == [0.2, 0.1]
    assert adjusted([], [], tests=0).tolist() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tests": 3, "method": "fdr"}, "fdr_bh, holm, bonferroni, none, not 'fdr'"),
        ({"tests": 1}, "tests must be 2 or more, not 1"),
    ],
)
def test_wrong_corrections(arguments, message):
    with pytest.raises(ValueError, match=message):
        adjusted([0.1], [2], **arguments)
