"""Overlap against sets counted one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from strategies import affiliations, shuffled, tiny

from valuma_graph.measures import projection
from valuma_graph.chance import overlap

COLUMNS = ["a", "b", "size_a", "size_b", "shared", "jaccard", "overlap_coefficient"]


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
    assert found.dtypes.astype(str).tolist() == ["str", "str", *["int64"] * 3, *["float64"] * 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "events"}, "members, networks, not 'events'"),
        ({"min_shared": 0}, "min_shared must be 1 or more, not 0"),
        ({"null": "sdsm"}, "null must be None, not 'sdsm'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        overlap(tiny(["ab X"]), **arguments)
