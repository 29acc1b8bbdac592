"""Loops over the ties of a projection: structural holes, and brokers between groups.

Positions are unsigned, so that no negative one has to be looked for in the innermost loops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _meet(row, begins, columns, ends, rows, count, met):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Count in `count` what the row shares with every other; list these in `met`."""
    n = 0
    for cell in range(begins[row], begins[row + 1]):
        column = columns[cell]
        for at in range(ends[column], ends[column + 1]):
            other = rows[at]
            if other != row:
                met[n] = other
                n += count[other] == 0
                count[other] += 1
    return n


@njit(cache=True, nogil=True)
def largest(
    start: int,
    stop: int,
    begins: NDArray[np.int64],
    columns: NDArray[np.uint32],
    ends: NDArray[np.int64],
    rows: NDArray[np.uint32],
    most: NDArray[np.float64],
) -> None:
    """
    Write the most that each row of a block shares with any other.

    Parameters
    ----------
    start, stop
        The rows of the block.
    begins, columns
        The matrix by rows.
    ends, rows
        The matrix by columns.
    most
        By row; zeros at first.
    """
    count = np.zeros(len(begins) - 1, np.int32)
    met = np.empty(len(begins), np.uint32)
    for row in range(start, stop):
        for i in range(_meet(row, begins, columns, ends, rows, count, met)):
            most[row] = max(most[row], count[met[i]])
            count[met[i]] = 0


@njit(cache=True, nogil=True)
def scores(  # noqa: PLR0913, PLR0917
    start: int,
    stop: int,
    begins: NDArray[np.int64],
    columns: NDArray[np.uint32],
    ends: NDArray[np.int64],
    rows: NDArray[np.uint32],
    by_strength: NDArray[np.float64],
    by_largest: NDArray[np.float64],
    found: NDArray[np.float64],
) -> None:
    """
    Write contacts, constraint, redundancy and the entropy of the constraint of a block of rows.

    Parameters
    ----------
    start, stop
        The rows of the block.
    begins, columns, ends, rows
        The matrix by rows and by columns.
    by_strength, by_largest
        1 / the sum and 1 / the largest of the weights of each row; 0 without weights.
    found
        Rows × 4; zeros at first.
    """
    n, m = len(begins) - 1, len(ends) - 1
    count, met = np.zeros(n, np.int32), np.empty(n + 1, np.uint32)
    # Two sums in one: what leads on from the contacts, as a share and by the strength of each.
    onward = np.zeros(m, np.complex128)
    share, part = np.empty(n), np.empty(n)
    for row in range(start, stop):
        contacts = _meet(row, begins, columns, ends, rows, count, met)
        steps = 0
        for i in range(contacts):
            other = met[i]
            share[i] = count[other] * by_strength[row]
            count[other] = 0
            both = complex(share[i], share[i] * by_strength[other])
            steps += begins[other + 1] - begins[other]
            for cell in range(begins[other], begins[other + 1]):
                onward[columns[cell]] += both
        total = redundant = entropy = 0.0
        for i in range(contacts):
            other, reach = met[i], 0j
            degree = begins[other + 1] - begins[other]
            for cell in range(begins[other], begins[other + 1]):
                reach += onward[columns[cell]]
            part[i] = (share[i] + reach.imag - share[i] * by_strength[other] * degree) ** 2
            total += part[i]
            redundant += (reach.real - share[i] * degree) * by_largest[other]
        for i in range(contacts):
            relative = part[i] * contacts / total
            entropy += relative * np.log(relative)
        found[row, 0], found[row, 1] = contacts, total
        found[row, 2], found[row, 3] = redundant, entropy
        if steps > m:
            onward[:] = 0
        else:
            for i in range(contacts):
                for cell in range(begins[met[i]], begins[met[i] + 1]):
                    onward[columns[cell]] = 0


@njit(cache=True, nogil=True)
def ones(word: np.uint64) -> np.int64:
    """Count the bits of a word that are set."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    pairs = np.uint64(0x3333333333333333)
    word = (word & pairs) + ((word >> np.uint64(2)) & pairs)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def closed(  # noqa: PLR0913, PLR0917
    start: int,
    stop: int,
    begins: NDArray[np.int64],
    others: NDArray[np.uint32],
    group: NDArray[np.int64],
    bits: NDArray[np.uint64],
    masks: NDArray[np.uint64],
    both: NDArray[np.int32],
    grouped: NDArray[np.int64],
) -> None:
    """
    Count the common neighbours of tied nodes, for a block of nodes.

    Parameters
    ----------
    start, stop
        The nodes of the block.
    begins, others
        Who is tied to whom.
    group
        Of each node; nodes are in the order of their groups.
    bits
        Nodes × words: a bit for every neighbour.
    masks
        Groups × words: a bit for every node of the group.
    both
        By tie: what the two have in common is added here.
    grouped
        Nodes × 3; added are common neighbours in the node's own group with those in the group
        and those outside it, and with those outside it common neighbours in their group.
    """
    words = bits.shape[1]
    first, last = np.full(len(masks), words, np.int64), np.zeros(len(masks), np.int64)
    for g in range(len(masks)):
        for w in range(words):
            if masks[g, w]:
                first[g] = min(first[g], w)
                last[g] = w + 1
    for node in range(start, stop):
        own = group[node]
        for tie in range(begins[node], begins[node + 1]):
            other = others[tie]
            total, mine, theirs = np.int64(0), np.int64(0), np.int64(0)
            for w in range(words):
                total += ones(bits[node, w] & bits[other, w])
            for w in range(first[own], last[own]):
                mine += ones(bits[node, w] & bits[other, w] & masks[own, w])
            both[tie] += total
            their = group[other]
            if their == own:
                grouped[node, 0] += mine
                continue
            for w in range(first[their], last[their]):
                theirs += ones(bits[node, w] & bits[other, w] & masks[their, w])
            grouped[node, 1] += mine
            grouped[node, 2] += theirs
