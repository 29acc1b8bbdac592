"""Pairs of rows by what they share, for each pair of classes: never a list of all pairs."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from valuma_graph.kernels import compiled
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    Int = NDArray[np.int64]

_CLASSES = 20_000  # tables have a place for each pair of classes
_PENDING = 1 << 22
_BITS = 63

PIECE: Final = 1 << 18
"""Pairs that are worked on at once."""


@dataclass(frozen=True, eq=False)
class Cells:
    """
    How many pairs of rows of two classes share how much.

    Parameters
    ----------
    first, second
        Classes of the two rows, `first <= second`.
    shared
        What the two rows share.
    count
        Pairs of rows for which that holds, 1 or more.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    shared: NDArray[np.int64]
    count: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.count)


def count_cells(incidence: sparse.csr_array, row_class: NDArray[np.int64]) -> Cells:
    """
    Count the pairs of rows that share something, by the classes of both and what they share.

    Parameters
    ----------
    incidence
        0/1, indices sorted.
    row_class
        Class of each row, 0, 1, …

    Returns
    -------
    cells
        The cells that occur, with `shared` 1 or more, sorted by `first`, `second`, `shared`.

    Examples
    --------
    >>> from scipy import sparse
    >>> rows = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]], dtype=np.int8))
    >>> cells = count_cells(rows, np.zeros(3, dtype=np.int64))
    >>> cells.shared.tolist(), cells.count.tolist()
    ([1, 2], [2, 1])
    """
    classes, most = _extent(incidence, row_class)
    if classes > _CLASSES:
        raise ValueError(
            f"The null model tells {classes:,} classes of rows apart, {_CLASSES:,} are the most: "
            "make the mask coarser, or take fewer members"
        )
    whole, pending, held = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)), [], 0
    for found in _counted(incidence, row_class, classes, most):
        pending.append(found)
        held += len(found[0])
        if held > _PENDING:
            whole, pending, held = _merged([whole, *pending]), [], 0
    code, count = _merged([whole, *pending])
    pair, shared = np.divmod(code, most + 1)
    return Cells(pair // classes, pair % classes, shared, count)


def unshared(cells: Cells, row_class: NDArray[np.int64]) -> Cells:
    """
    Count the pairs of rows that share nothing, by the classes of both.

    Parameters
    ----------
    cells
        As `count_cells` returns them.
    row_class
        As it was given there.

    Returns
    -------
    cells
        With `shared` 0, for the pairs of classes that have such rows.

    Examples
    --------
    >>> from scipy import sparse
    >>> rows = sparse.csr_array(np.eye(3, dtype=np.int8))
    >>> one = np.zeros(3, dtype=np.int64)
    >>> unshared(count_cells(rows, one), one).count.tolist()
    [3]
    """
    size = np.bincount(row_class)
    classes = len(size)
    first, second = np.triu_indices(classes)
    count = size[first] * (size[second] - (first == second)) // (1 + (first == second))
    at = cells.first * classes - cells.first * (cells.first + 1) // 2 + cells.second
    np.subtract.at(count, at, cells.count)
    kept = count > 0
    return Cells(first[kept], second[kept], np.zeros(kept.sum(), dtype=np.int64), count[kept])


def pairs_in(
    incidence: sparse.csr_array,
    row_class: NDArray[np.int64],
    cells: Cells,
    rank: NDArray[np.integer],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """
    List the pairs of rows of chosen cells.

    Parameters
    ----------
    incidence, row_class
        As for `count_cells`.
    cells
        As it returns them.
    rank
        For each cell, where its pairs stand in the list; below 0, they are not listed.

    Returns
    -------
    a, b
        Positions of the two rows, `a < b`; sorted by rank, then by what they share, the most
        first, then by `a` and `b`.
    cell
        The cell that the pair is in.

    Examples
    --------
    >>> from scipy import sparse
    >>> rows = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]], dtype=np.int8))
    >>> one = np.zeros(3, dtype=np.int64)
    >>> cells = count_cells(rows, one)
    >>> pairs_in(rows, one, cells, np.where(cells.shared == 2, 0, -1))
    (array([0], dtype=int32), array([1], dtype=int32), array([1], dtype=int32))
    """
    which = np.flatnonzero(rank >= 0)
    most = int(cells.shared.max(initial=0))
    ranks = rank[which].astype(np.int64) * (most + 1) + most - cells.shared[which]
    places, place = np.unique(ranks, return_inverse=True)
    width = len(row_class).bit_length()
    if len(places).bit_length() + 2 * width > _BITS:  # too many ranks for one number
        later = np.zeros(len(cells), dtype=bool)
        later[which] = place >= len(places) // 2
        halves = (np.where(half & (rank >= 0), rank, -1) for half in (~later, later))
        found = [pairs_in(incidence, row_class, cells, half) for half in halves]
        a, b, cell = (np.concatenate(one) for one in zip(*found, strict=True))
        return a, b, cell
    keys, filled = np.empty(int(cells.count[which].sum()), dtype=np.int64), 0
    if len(keys):
        for some in _emitted(incidence, row_class, cells, which, place, width):
            keys[filled : filled + len(some)] = some
            filled += len(some)
    keys.sort()
    return _read(keys, width, most - places % (most + 1), row_class, cells, which)


def in_pieces(work: Callable[[int], None], length: int) -> None:
    """
    Run some work on pieces of something long, on all processors.

    Parameters
    ----------
    work
        Called with the start of each piece, which ends `PIECE` later.
    length
        Of the whole.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, range(0, length, PIECE)))


def spread(values: NDArray[Any], at: NDArray[np.int32]) -> NDArray[Any]:
    """
    Return `values[at]` for a very long `at`, without a copy of it.

    Parameters
    ----------
    values
        One for each cell or row.
    at
        The cell or row of each pair.

    Returns
    -------
    values
        One for each pair.

    Examples
    --------
    >>> spread(np.array([0.5, 2.0]), np.array([1, 1, 0], dtype=np.int32)).tolist()
    [2.0, 2.0, 0.5]
    """
    found = np.empty(len(at), dtype=values.dtype)

    def fill(start: int) -> None:
        found[start : start + PIECE] = values[at[start : start + PIECE]]

    in_pieces(fill, len(at))
    return found


def unshared_pairs(
    incidence: sparse.csr_array,
    row_class: NDArray[np.int64],
    cells: Cells,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """
    List the pairs of rows of chosen classes that share nothing.

    Parameters
    ----------
    incidence, row_class
        As for `count_cells`.
    cells
        As it returns them.
    first, second
        The pairs of classes, distinct, `first <= second`.

    Returns
    -------
    a, b
        Positions of the two rows, `a < b`.
    which
        Which of the pairs of classes they are of.

    Examples
    --------
    >>> from scipy import sparse
    >>> rows, one = sparse.csr_array(np.eye(2, dtype=np.int8)), np.zeros(2, dtype=np.int64)
    >>> unshared_pairs(rows, one, count_cells(rows, one), one[:1], one[:1])
    (array([0], dtype=int32), array([1], dtype=int32), array([0], dtype=int32))
    """
    n, classes = len(row_class), int(row_class.max(initial=-1)) + 1
    asked = np.isin(cells.first * classes + cells.second, first * classes + second)
    a, b, cell = pairs_in(incidence, row_class, cells, np.where(asked, 0, -1))
    sharing = cells.first[cell] * classes + cells.second[cell]
    order = np.argsort(sharing, kind="stable")
    met, sharing = (a.astype(np.int64) * n + b)[order], sharing[order]
    rows = np.split(np.argsort(row_class, kind="stable"), np.cumsum(np.bincount(row_class))[:-1])
    found = [np.empty((3, 0), dtype=np.int32)]
    for k, (f, s) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        x, y = (grid.ravel() for grid in np.meshgrid(rows[f], rows[s], indexing="ij"))
        both = x < y if f == s else np.ones(len(x), dtype=bool)
        key = np.minimum(x, y)[both] * n + np.maximum(x, y)[both]
        begin, end = np.searchsorted(sharing, [f * classes + s, f * classes + s + 1])
        key = np.setdiff1d(key, met[begin:end], assume_unique=True)
        found.append(np.stack([key // n, key % n, np.full(len(key), k)]).astype(np.int32))
    a, b, which = np.concatenate(found, axis=1)
    return a, b, which


# -- inside ---------------------------------------------------------------------------------------


def _extent(incidence: sparse.csr_array, row_class: NDArray[np.int64]) -> tuple[int, int]:
    """Return the number of classes, and the most that two rows can share."""
    most = int(np.diff(incidence.indptr).max(initial=0))
    return int(row_class.max(initial=-1)) + 1, most


def _merged(found: list[tuple[Int, Int]]) -> tuple[Int, Int]:
    """Add up the counts of equal codes; codes come out sorted."""
    code, count = (np.concatenate(one) for one in zip(*found, strict=True))
    order = np.argsort(code)
    code, count = code[order], count[order]
    begins = np.flatnonzero(np.diff(code, prepend=-1))
    return code[begins], np.add.reduceat(count, begins) if len(begins) else count


def _counted(
    incidence: sparse.csr_array, row_class: NDArray[np.int64], classes: int, most: int
) -> Iterator[tuple[Int, Int]]:
    """Count pairs block by block; the code is (first × classes + second) × (most + 1) + shared."""
    if not compiled(projection.steps(incidence)):
        for _, _, code in _codes(incidence, row_class, classes, most):
            yield np.unique(code, return_counts=True)
        return
    from valuma_graph.kernels import wedges

    order, begins, *slots = _slots(incidence, row_class, classes)
    for key, count in wedges.walk(incidence, order, wedges.cells, row_class, *slots):
        one, slot = np.divmod(key, begins[-1])
        other = np.searchsorted(begins, slot, side="right") - 1
        first, second = np.minimum(one, other), np.maximum(one, other)
        shared = slot - begins[other] + 1
        yield (first * classes + second) * (most + 1) + shared, count


def _emitted(
    incidence: sparse.csr_array,
    row_class: NDArray[np.int64],
    cells: Cells,
    which: Int,
    place: Int,
    width: int,
) -> Iterator[Int]:
    """List the pairs of the cells `which`, block by block: place, a and b in one number."""
    classes, most = _extent(incidence, row_class)
    first, second, shared = cells.first[which], cells.second[which], cells.shared[which]
    if not compiled(projection.steps(incidence)):
        known = (first * classes + second) * (most + 1) + shared
        for a, b, code in _codes(incidence, row_class, classes, most):
            at = np.minimum(np.searchsorted(known, code), len(known) - 1)
            kept = known[at] == code
            yield ((place[at[kept]] << width | a[kept]) << width) | b[kept]
        return
    from valuma_graph.kernels import wedges

    order, begins, *slots = _slots(incidence, row_class, classes)
    apart = first != second
    one, other = np.append(first, second[apart]), np.append(second, first[apart])
    slot = begins[other] + np.append(shared, shared[apart]) - 1
    by_class = np.argsort(one, kind="stable")
    begin = np.searchsorted(one[by_class], np.arange(classes + 1))
    mine = slot[by_class], np.append(place, place[apart])[by_class], width
    yield from wedges.walk(incidence, order, wedges.pairs, row_class, *slots, begin, *mine)


def _read(
    keys: Int, width: int, shared_at: Int, row_class: Int, cells: Cells, which: Int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Take keys apart into a, b and the cell, a piece at a time."""
    classes = int(row_class.max(initial=-1)) + 1
    code, shared = cells.first[which] * classes + cells.second[which], cells.shared[which]
    room = np.zeros(classes * classes + 1, dtype=np.int64)
    np.maximum.at(room, code + 1, shared)
    begin = np.cumsum(room)  # for each pair of classes, one place for each number shared
    number = np.empty(begin[-1] + 1, dtype=np.int32)
    number[begin[code] + shared] = which
    a, b, cell = (np.empty(len(keys), dtype=np.int32) for _ in range(3))

    def read(start: int) -> None:
        here = slice(start, start + PIECE)
        b[here] = keys[here] & ((1 << width) - 1)
        a[here] = (keys[here] >> width) & ((1 << width) - 1)
        one, other = row_class[a[here]], row_class[b[here]]
        pair = np.minimum(one, other) * classes + np.maximum(one, other)
        cell[here] = number[begin[pair] + shared_at[keys[here] >> 2 * width]]

    in_pieces(read, len(keys))
    return a, b, cell


def _codes(
    incidence: sparse.csr_array, row_class: NDArray[np.int64], classes: int, most: int
) -> Iterator[tuple[NDArray[np.integer], NDArray[np.integer], Int]]:
    """List pairs of rows that share something and their codes, block by block, without a kernel."""
    for a, b, shared in projection.pairs(incidence):
        one, other = row_class[a], row_class[b]
        pair = np.minimum(one, other) * classes + np.maximum(one, other)
        yield a, b, pair * (most + 1) + shared


def _slots(
    incidence: sparse.csr_array, row_class: NDArray[np.int64], classes: int
) -> tuple[NDArray[np.int32], Int, Int, int]:
    """
    Lay out a table with a slot for each class and each number that its rows can share.

    Returns the rows by class, where each class begins, the same less one for each row, and the
    number of slots.
    """
    most = np.zeros(classes, dtype=np.int64)
    np.maximum.at(most, row_class, np.diff(incidence.indptr))
    begins = np.concatenate([[0], np.cumsum(most)])
    order = np.argsort(row_class, kind="stable").astype(np.int32)
    return order, begins, begins[row_class] - 1, int(begins[-1])
