"""Trades between rows of a 0/1 matrix, and what pairs of rows share in many matrices at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _merge(one, two, union, owner):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """List the columns of either row; the owner is 1, 2 or 3 where both have it."""
    n = p = q = 0
    while p < len(one) and q < len(two):
        x, y = one[p], two[q]
        union[n] = min(x, y)
        owner[n] = (x <= y) + 2 * (y <= x)
        p += x <= y
        q += y <= x
        n += 1
    for column in one[p:]:
        union[n], owner[n] = column, 1
        n += 1
    for column in two[q:]:
        union[n], owner[n] = column, 2
        n += 1
    return n


@njit(cache=True, nogil=True)
def trade(
    begins: NDArray[np.int64],
    columns: NDArray[np.int32],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    random: NDArray[np.float64],
    closed_begins: NDArray[np.int64],
    closed: NDArray[np.int32],
) -> None:
    """
    Let pairs of rows trade what only one of the two has, in place.

    Parameters
    ----------
    begins, columns
        The matrix: its columns, row by row, sorted.
    one, two
        The pairs; no row is in two of them.
    random
        In [0, 1): for each pair in turn as many as its rows have columns.
    closed_begins, closed
        Cells that have to stay 0, as `begins` and `columns`.
    """
    most = 0
    for k in range(len(one)):
        size = begins[one[k] + 1] - begins[one[k]] + begins[two[k] + 1] - begins[two[k]]
        most = max(most, size)
    union, owner = np.empty(most, np.int32), np.empty(most, np.int8)
    first, second = np.empty(most + 1, np.int32), np.empty(most + 1, np.int32)
    slot = 0
    for k in range(len(one)):
        i, j = one[k], two[k]
        size = begins[i + 1] - begins[i] + begins[j + 1] - begins[j]
        n = _merge(
            columns[begins[i] : begins[i + 1]], columns[begins[j] : begins[j + 1]], union, owner
        )
        for other, whose in ((j, 1), (i, 2)):
            barred = closed[closed_begins[other] : closed_begins[other + 1]]
            if len(barred) > 0:
                for u in range(n):
                    if owner[u] == whose:
                        at = np.searchsorted(barred, union[u])
                        owner[u] += 4 * (at < len(barred) and barred[at] == union[u])
        pool = need = 0
        for u in range(n):
            need += owner[u] == 1
            pool += owner[u] < 3  # noqa: PLR2004
        p = q = 0
        t = slot
        for u in range(n):
            whose = owner[u]
            if whose < 3:  # noqa: PLR2004
                mine = int(random[t] * pool < need)
                t += 1
                pool -= 1
                need -= mine
                whose = 2 - mine
            # The choice is a coin: writing to both costs less than a branch.
            first[p] = second[q] = union[u]
            p += whose & 1
            q += (whose >> 1) & 1
        columns[begins[i] : begins[i + 1]] = first[:p]
        columns[begins[j] : begins[j + 1]] = second[:q]
        slot += size


@njit(cache=True, nogil=True)
def _compare(count, b, shared, upper, lower, total):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add for each pair what the row now shares with its other row."""
    for p in range(len(b)):
        x = count[b[p]]
        upper[p] += x >= shared[p]
        lower[p] += x <= shared[p]
        total[p] += x


@njit(cache=True, nogil=True)
def _count(columns, after, tops, rows, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count what a row of these columns shares with the rows after it."""
    for c in columns:
        for other in rows[after[c] : tops[c + 1]]:
            count[other] += 1


@njit(cache=True, nogil=True)
def _forget(columns, after, tops, rows, count):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take back what `_count` counted."""
    for c in columns:
        for other in rows[after[c] : tops[c + 1]]:
            count[other] = 0


@njit(cache=True, nogil=True)
def hits(  # noqa: PLR0913, PLR0917
    start: int,
    stop: int,
    begins: NDArray[np.int64],
    columns: NDArray[np.int32],
    tops: NDArray[np.int64],
    rows: NDArray[np.int32],
    pair_begins: NDArray[np.int64],
    b: NDArray[np.int32],
    shared: NDArray[np.int32],
    upper: NDArray[np.int32],
    lower: NDArray[np.int32],
    total: NDArray[np.int64],
) -> None:
    """
    Compare what pairs of rows share in each of several matrices with what they share in fact.

    Parameters
    ----------
    start, stop
        Only pairs whose first row is in this range.
    begins, columns
        The matrices, one in each row of `columns`; all have the same degrees.
    tops, rows
        The same by columns.
    pair_begins, b, shared
        Pairs by their first row: those of row `a` are `pair_begins[a]:pair_begins[a + 1]`; the
        second row, after the first, and what they share in fact.
    upper, lower, total
        Added to, by pair: matrices in which they share as much or more, as much or less, and all
        that they share.
    """
    count = np.zeros(len(begins) - 1, np.int32)
    after = np.empty((len(columns), len(tops) - 1), np.int64)
    for d in range(len(columns)):
        after[d] = tops[:-1]
        for c in columns[d, : begins[start]]:
            after[d, c] += 1
    for row in range(start, stop):
        first, last = pair_begins[row], pair_begins[row + 1]
        for d in range(len(columns)):
            mine = columns[d, begins[row] : begins[row + 1]]
            for c in mine:
                after[d, c] += 1
            if first == last:
                continue
            _count(mine, after[d], tops, rows[d], count)
            _compare(
                count,
                b[first:last],
                shared[first:last],
                upper[first:last],
                lower[first:last],
                total[first:last],
            )
            _forget(mine, after[d], tops, rows[d], count)
