"""Breadth-first search from many sources at once, one bit for each."""

from __future__ import annotations

import numpy as np
from numba import njit

from valuma_graph.kernels.holes import ones

WORDS = 8
"""Words of 64 sources that are searched from together: a node's fill one line of the cache."""

_AT_ONCE = 4
_FEW = 4


@njit(cache=True, nogil=True)
def _asked(pointers: np.ndarray, others: np.ndarray, reached: np.ndarray, size: int) -> np.ndarray:
    """Tell who is beside the nodes `reached`; all may be, where there are many ties to ask."""
    steps = 0
    for node in reached:
        steps += pointers[node + 1] - pointers[node]
    asked = np.full(size, steps * _FEW >= len(others))
    if not asked[0]:
        for node in reached:
            for k in range(pointers[node], pointers[node + 1]):
                asked[others[k]] = True
    return asked


@njit(cache=True, nogil=True)
def _differ(one: np.ndarray, two: np.ndarray) -> bool:
    bits = np.uint64(0)
    for w in range(WORDS):
        bits |= one[w] ^ two[w]
    return bool(bits)


@njit(cache=True, nogil=True)
def _spread(
    weight: np.ndarray,
    full: np.ndarray,
    asked: np.ndarray,
    back: np.ndarray,
    ties: np.ndarray,
    mine: np.ndarray,
    theirs: np.ndarray,
    total: np.ndarray,
) -> np.ndarray:
    """
    Take one step to those who are `asked` on the other side, and return who is new there.

    `mine` and `theirs` are the sources that have come to each node so far, at any even or odd
    distance; they only grow, so that a node has to ask only where it is not full already.
    """
    new = np.empty(len(theirs), dtype=np.int64)
    count = 0
    found = np.empty(WORDS, dtype=np.uint64)
    for node in range(len(theirs)):
        if not asked[node]:
            continue
        for w in range(WORDS):
            found[w] = theirs[node, w]
        start, stop = back[node], back[node + 1]
        while start < stop and _differ(found, full):
            end = min(start + _AT_ONCE, stop)
            for k in range(start, end):
                near = ties[k]
                for w in range(WORDS):
                    found[w] |= mine[near, w]
            start = end
        added = 0
        for w in range(WORDS):
            added += weight[w] * ones(found[w] ^ theirs[node, w])
            theirs[node, w] = found[w]
        if added:
            total[node] += added
            new[count] = node
            count += 1
    return new[:count]


@njit(cache=True, nogil=True)
def distances(
    pointers: np.ndarray,
    others: np.ndarray,
    back: np.ndarray,
    ties: np.ndarray,
    sources: np.ndarray,
    weights: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
) -> None:
    """
    Add to every node of both sides its distances from the sources, times their weights.

    `pointers`, `others` lead from the side of the sources to the other side, `back`, `ties` the
    other way. `sources` has a line of 64 * WORDS slots for each batch (-1: empty), `weights` a
    weight for each word of it. `near` and `far` are the sums, of the side of the sources and of
    the other.
    """
    for batch in range(len(sources)):
        mine = np.zeros((len(near), WORDS), dtype=np.uint64)
        theirs = np.zeros((len(far), WORDS), dtype=np.uint64)
        full = np.zeros(WORDS, dtype=np.uint64)
        for slot in range(64 * WORDS):
            node = sources[batch, slot]
            if node >= 0:
                bit = np.uint64(1) << np.uint64(slot % 64)
                mine[node, slot // 64] |= bit
                full[slot // 64] |= bit
        reached = sources[batch][sources[batch] >= 0]
        distance = 0
        while len(reached):
            distance += 1
            weight = distance * weights[batch]
            if distance % 2:
                asked = _asked(pointers, others, reached, len(far))
                reached = _spread(weight, full, asked, back, ties, mine, theirs, far)
            else:
                asked = _asked(back, ties, reached, len(near))
                reached = _spread(weight, full, asked, pointers, others, theirs, mine, near)
