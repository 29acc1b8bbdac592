"""Rounds of trades: a 0/1 matrix walks among all those with the same row and column sums."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from valuma_graph.chance.constraints import Constraints

    Int = NDArray[np.int64]

CHAINS: Final = 8
"""Chains that take turns: draw `i` is of chain `i % CHAINS`."""
BURN_IN: Final = 100
"""Rounds before the first draw of a chain."""
THINNING: Final = 10
"""Rounds from one draw of a chain to its next."""


@dataclass(frozen=True, eq=False)
class Board:
    """
    A matrix as trades see it: rows that meet rows of their own group.

    Parameters
    ----------
    turned
        Whether networks are the rows.
    free
        Ties that can move, rows × columns.
    held
        Ties that have to be, members × networks.
    closed
        Cells that have to stay 0 in `free`.
    rows, group
        Rows that have something to trade, and their groups 0, 1, …, sorted.
    left
        Places in `rows` that meet the place after them, when rows have changed places in groups.
    """

    turned: bool
    free: sparse.csr_array
    held: sparse.csr_array | None
    closed: sparse.csr_array
    rows: Int
    group: Int
    left: Int

    @classmethod
    def of(cls, incidence: sparse.csr_array, constraints: Constraints) -> Board:
        """Set up: networks trade where they are fewer, members where they are or have strata."""
        strata, required = constraints.strata, _ones(constraints.required)
        forbidden, shape = _ones(constraints.forbidden), incidence.shape
        turned = strata is None and shape[1] < shape[0]
        held = None if required is None else _ones(incidence.multiply(required))
        free = incidence if held is None else incidence - held
        closed: Any = sparse.csr_array(shape, dtype=np.int8)
        for mask in (forbidden, required):
            closed = closed if mask is None else closed + mask
        free, closed = (_ones(one.T if turned else one) for one in (free, closed))
        rows = np.flatnonzero(np.diff(free.indptr))
        of = np.zeros(shape[int(turned)]) if strata is None else strata
        _, group = np.unique(of[rows], return_inverse=True)
        order = np.argsort(group, kind="stable")
        size = np.bincount(group)
        place = np.arange(len(rows)) - np.repeat(np.cumsum(size) - size, size)
        left = np.flatnonzero((place % 2 == 0) & (place + 1 < np.repeat(size, size)))
        return cls(turned, free, held, closed, rows[order], group[order], left)

    @cached_property
    def barred(self) -> Int:
        """Cells of `closed`, numbered."""
        row = np.repeat(np.arange(self.closed.shape[0]), np.diff(self.closed.indptr))
        return row * self.closed.shape[1] + self.closed.indices

    def matrix(self, columns: NDArray[np.int32]) -> sparse.csr_array:
        """Return the members × networks of what trades have come to."""
        free = self.free
        drawn = sparse.csr_array((free.data, columns, free.indptr), free.shape, copy=True)
        drawn = drawn.T.tocsr() if self.turned else drawn
        return drawn if self.held is None else _ones(drawn + self.held)

    def meetings(self, rng: np.random.Generator) -> tuple[Int, Int]:
        """Pair rows of the same group at random; in a group of an odd size one stays alone."""
        order = rng.permutation(len(self.rows))
        met = self.rows[order[np.argsort(self.group[order], kind="stable")]]
        return met[self.left], met[self.left + 1]


def _ones(matrix: Any) -> Any:  # noqa: ANN401
    """Return a copy by rows, 0/1 without stored zeros, indices sorted; None stays."""
    if matrix is None:
        return None
    copy = sparse.csr_array(matrix, copy=True).astype(np.int8)
    copy.eliminate_zeros()
    copy.sort_indices()
    copy.data[:] = 1
    return copy


def steps(board: Board, draws: int) -> int:
    """
    Count the steps of all trades: a tie is merged, tossed for and put back, some ten steps.

    Parameters
    ----------
    board
        The matrix.
    draws
        How many networks are drawn.

    Returns
    -------
    steps
        Roughly.
    """
    return 10 * (CHAINS * BURN_IN + draws * THINNING) * board.free.nnz


class _Chain:
    """A matrix that changes by rounds of trades."""

    def __init__(self, board: Board, seed: int, number: int, *, fast: bool) -> None:
        self.board, self.fast = board, fast
        self.rng = np.random.default_rng([number, seed])
        self.columns = board.free.indices.astype(np.int32)

    def advance(self, rounds: int) -> sparse.csr_array:
        """Trade, and return the members × networks that come of it."""
        for _ in range(rounds if len(self.board.left) else 0):
            one, two = self.board.meetings(self.rng)
            random = self.rng.random(len(self.columns))
            (_trade_compiled if self.fast else _trade)(self.board, self.columns, one, two, random)
        return self.board.matrix(self.columns)


def batches(
    board: Board,
    then: Callable[[sparse.csr_array], sparse.csr_array],
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
    *,
    fast: bool,
) -> Iterator[list[sparse.csr_array]]:
    """
    Let all chains go on side by side, each to its next draw.

    Parameters
    ----------
    board
        The matrix that all begin with.
    then
        What is done with each network drawn, members × networks.
    draws, seed, progress
        As for `draw_matrices`.
    fast
        Whether to run the compiled loops.

    Yields
    ------
    batch
        The next draws, one of each chain.
    """
    chains = [_Chain(board, seed, number, fast=fast) for number in range(min(CHAINS, draws))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in range(0, draws, CHAINS):
            rounds = THINNING if done else BURN_IN
            going = chains[: draws - done]
            batch = list(pool.map(lambda chain: then(chain.advance(rounds)), going))  # noqa: B023
            yield batch
            if progress is not None:
                progress(done + len(batch), draws)


def _trade_compiled(
    board: Board, columns: NDArray[np.int32], one: Int, two: Int, random: NDArray[np.float64]
) -> None:
    from valuma_graph.kernels import trades

    begins, closed = board.free.indptr.astype(np.int64), board.closed
    trades.trade(begins, columns, one, two, random, closed.indptr.astype(np.int64), closed.indices)


def _trade(
    board: Board, columns: NDArray[np.int32], one: Int, two: Int, random: NDArray[np.float64]
) -> None:
    """
    Let the pairs of rows trade, in place.

    What only one of the two has and the other may have is dealt anew in the order of columns: of
    what is left in the pool, the next column goes to the first row with probability need / pool.
    """
    (n, m), degree = board.free.shape, np.diff(board.free.indptr)
    number = np.full(n, -1)
    number[one] = number[two] = np.arange(len(one))
    second = np.zeros(n, dtype=bool)
    second[two] = True
    row = np.repeat(np.arange(n), degree)
    cell = np.flatnonzero(number[row] >= 0)
    key = number[row[cell]] * m + columns[cell]
    order = np.argsort(key, kind="stable")
    cell, key = cell[order], key[order]
    twice = np.concatenate([[False], key[1:] == key[:-1], [False]])
    moves = ~(twice[1:] | twice[:-1])
    if board.closed.nnz:
        pair = number[row[cell]]
        other = np.where(second[row[cell]], one[pair], two[pair])
        asked, barred = other * m + columns[cell], board.barred
        at = np.minimum(np.searchsorted(barred, asked), len(barred) - 1)
        moves &= barred[at] != asked
    pool = cell[moves]
    pair = number[row[pool]]
    length = np.bincount(pair, minlength=len(one))
    need = length - np.bincount(pair, weights=second[row[pool]], minlength=len(one)).astype(int)
    size = degree[one] + degree[two]
    mine = np.empty(len(pool), dtype=bool)
    longest = np.argsort(-length, kind="stable")
    at, slot = ((np.cumsum(each) - each)[longest] for each in (length, size))
    need, left = need[longest], length[longest]
    going = np.searchsorted(-left, -np.arange(left.max(initial=0)))
    for t, k in enumerate(going.tolist()):
        taken = random[slot[:k] + t] * left[:k] < need[:k]
        mine[at[:k] + t] = taken
        need[:k] -= taken
        left[:k] -= 1
    row[pool] = np.where(mine, one[pair], two[pair])
    columns[:] = columns[np.lexsort((columns, row))]
