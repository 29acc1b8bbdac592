"""
Walks over the wedges of a 0/1 matrix: from a row over each of its columns to the rows after it.

Every loop takes the rows of one block, so that blocks can run beside each other, and the matrix as
four arrays: `begins` (where the stored cells of each row begin) and, for each stored cell, from
`after` to `ends` the later rows of its column in `rows`.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numba import njit
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

Result = TypeVar("Result")

_BLOCK = 1 << 21


def walk(
    incidence: sparse.csr_array,
    order: NDArray[np.int32],
    loop: Callable[..., Result],
    *others: object,
) -> Iterator[Result]:
    """
    Run a loop over blocks of rows on all processors.

    Parameters
    ----------
    incidence
        0/1, indices sorted.
    order
        All rows, in the order in which they are walked.
    loop
        Called with the rows of a block, the matrix as four arrays, as above, and the `others`.

    Yields
    ------
    result
        What the loop returns, block by block; the blocks depend on the matrix and the order alone.
    """
    n, stored = incidence.shape[0], incidence.nnz
    begins = incidence.indptr.astype(np.int64)
    number = np.arange(stored, dtype=np.int64)
    by_row = sparse.csr_array((number, incidence.indices, incidence.indptr), incidence.shape)
    by_column = by_row.tocsc()
    after = np.empty(stored, dtype=np.int64)
    after[by_column.data] = number + 1
    ends = by_column.indptr.astype(np.int64)[1:][incidence.indices]
    matrix = begins, after, ends, by_column.indices.astype(np.int32)
    done = np.concatenate([[0], np.cumsum(ends - after)])
    steps = np.cumsum((done[begins[1:]] - done[begins[:-1]])[order])
    cuts = np.arange(_BLOCK, steps[-1] if n else 0, _BLOCK)
    parts = np.split(order, np.unique(np.searchsorted(steps, cuts)))
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        ahead: deque[Future[Result]] = deque()
        for part in parts:
            if len(ahead) == 2 * workers:  # results that wait take memory
                yield ahead.popleft().result()
            ahead.append(pool.submit(loop, part, *matrix, *others))
        while ahead:
            yield ahead.popleft().result()


@njit(cache=True, nogil=True)
def _meet(row, begins, after, ends, rows, count, met):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count in `count` what the row shares with later rows; list these in `met`."""
    n = 0
    for cell in range(begins[row], begins[row + 1]):
        for at in range(after[cell], ends[cell]):
            other = rows[at]
            met[n] = other
            n += count[other] == 0
            count[other] += 1
    return n


@njit(cache=True, nogil=True)
def cells(
    order: NDArray[np.int32],
    begins: NDArray[np.int64],
    after: NDArray[np.int64],
    ends: NDArray[np.int64],
    rows: NDArray[np.int32],
    row_class: NDArray[np.int64],
    base: NDArray[np.int64],
    slots: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Count pairs by class of the row, class of the other row and what they share.

    Parameters
    ----------
    order
        The rows of the block, by class.
    begins, after, ends, rows
        The matrix, as above.
    row_class
        Class of every row.
    base
        For every row, where its class begins in the table of slots, less one.
    slots
        Slots of one class: for each class of the other row, each number that they can share.

    Returns
    -------
    key, count
        `class × slots + slot`, distinct within a class of the block, and the pairs there.
    """
    count = np.zeros(len(begins) - 1, np.int32)
    met = np.empty(len(begins), np.int32)
    table = np.zeros(slots, np.int64)
    used = np.empty(slots, np.int64)
    key, found = np.empty(1024, np.int64), np.empty(1024, np.int64)
    filled = n_used = 0
    for k in range(len(order)):
        row = order[k]
        n = _meet(row, begins, after, ends, rows, count, met)
        for i in range(n):
            other = met[i]
            slot = base[other] + count[other]
            count[other] = 0
            if table[slot] == 0:
                used[n_used] = slot
                n_used += 1
            table[slot] += 1
        if k + 1 == len(order) or row_class[order[k + 1]] != row_class[row]:
            if filled + n_used > len(key):
                more = np.empty(filled + n_used, np.int64)
                key, found = np.concatenate((key, more)), np.concatenate((found, more))
            for i in range(n_used):
                key[filled] = row_class[row] * slots + used[i]
                found[filled] = table[used[i]]
                table[used[i]] = 0
                filled += 1
            n_used = 0
    return key[:filled].copy(), found[:filled].copy()


@njit(cache=True, nogil=True)
def pairs(  # noqa: PLR0913, PLR0917
    order: NDArray[np.int32],
    begins: NDArray[np.int64],
    after: NDArray[np.int64],
    ends: NDArray[np.int64],
    rows: NDArray[np.int32],
    row_class: NDArray[np.int64],
    base: NDArray[np.int64],
    slots: int,
    begin: NDArray[np.int64],
    wanted: NDArray[np.int64],
    rank: NDArray[np.int64],
    width: int,
) -> NDArray[np.int64]:
    """
    List the pairs in wanted slots.

    Parameters
    ----------
    order, begins, after, ends, rows, row_class, base, slots
        As for `cells`.
    begin, wanted, rank
        The wanted slots of class `c` are `wanted[begin[c]:begin[c + 1]]`, each with its rank.
    width
        Bits of a row number.

    Returns
    -------
    keys
        One for each pair: its rank, the earlier row, the later row, from the highest bits down.
    """
    count = np.zeros(len(begins) - 1, np.int32)
    met = np.empty(len(begins), np.int32)
    table = np.full(slots, -1, np.int64)
    keys = np.empty(1024, np.int64)
    filled, here = 0, -1
    for row in order:
        if row_class[row] != here:
            if here >= 0:
                table[wanted[begin[here] : begin[here + 1]]] = -1
            here = row_class[row]
            for i in range(begin[here], begin[here + 1]):
                table[wanted[i]] = rank[i]
        if begin[here] == begin[here + 1]:
            continue
        n = _meet(row, begins, after, ends, rows, count, met)
        if filled + n > len(keys):
            keys = np.concatenate((keys, np.empty(filled + n, np.int64)))
        for i in range(n):
            other = met[i]
            place = table[base[other] + count[other]]
            count[other] = 0
            if place >= 0:
                keys[filled] = (((place << width) | row) << width) | other
                filled += 1
    return keys[:filled]


@njit(cache=True, nogil=True)
def shared(
    order: NDArray[np.int32],
    begins: NDArray[np.int64],
    after: NDArray[np.int64],
    ends: NDArray[np.int64],
    rows: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """
    List for each row of the block the later rows that it shares something with.

    Parameters
    ----------
    order
        The rows of the block.
    begins, after, ends, rows
        The matrix, as above.

    Returns
    -------
    length, other, shared
        Pairs of each row, and in the order of rows the other row and what is shared.
    """
    count = np.zeros(len(begins) - 1, np.int32)
    met = np.empty(len(begins), np.int32)
    length = np.empty(len(order), np.int64)
    other, found = np.empty(1024, np.int32), np.empty(1024, np.int32)
    filled = 0
    for k in range(len(order)):
        n = _meet(order[k], begins, after, ends, rows, count, met)
        length[k] = n
        if filled + n > len(other):
            more = np.empty(filled + n, np.int32)
            other, found = np.concatenate((other, more)), np.concatenate((found, more))
        for i in range(n):
            other[filled] = met[i]
            found[filled] = count[met[i]]
            count[met[i]] = 0
            filled += 1
    return length, other[:filled], found[:filled]


@njit(cache=True, nogil=True)
def jaccard(
    order: NDArray[np.int32],
    begins: NDArray[np.int64],
    after: NDArray[np.int64],
    ends: NDArray[np.int64],
    rows: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """
    List for each row of the block the later rows that it shares something with.

    Parameters
    ----------
    order, begins, after, ends, rows
        As for `shared`.

    Returns
    -------
    length, other, jaccard
        As `shared`, with what is shared as a share of what either of the two has.
    """
    length, other, found = shared(order, begins, after, ends, rows)
    share = np.empty(len(found))
    at = 0
    for k in range(len(order)):
        size = begins[order[k] + 1] - begins[order[k]]
        for _ in range(length[k]):
            union = size + begins[other[at] + 1] - begins[other[at]] - found[at]
            share[at] = found[at] / union
            at += 1
    return length, other, share
