"""Random networks with exactly the observed degrees: the fixed degree sequence model."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.chance.cells import count_cells, unshared
from valuma_graph.chance.rounds import Board, batches, steps
from valuma_graph.kernels import compiled
from valuma_graph.measures import projection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from scipy import sparse

    from valuma_graph.affiliation import Mode
    from valuma_graph.chance.constraints import Constraints

    Int = NDArray[np.int64]

_CELLS = 1 << 22
_PARTS = 8


def draw_matrices(
    incidence: sparse.csr_array,
    constraints: Constraints,
    *,
    draws: int,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[sparse.csr_array]:
    """
    Draw random networks that have exactly the observed degrees, one at a time.

    All 0/1 matrices with the observed row and column sums (and constraints) are alike. A chain
    begins with what was observed. In each round all rows are paired at random, and each pair
    trades: with A and B what the two have, the columns that only one of them has, (A ∪ B) ∖
    (A ∩ B), are dealt anew, |A ∖ B| to the first and |B ∖ A| to the second, all ways being alike.
    Rows are the networks where these are fewer than the members, else the members. Within strata
    members meet members of their own stratum only, so that each network keeps its number of
    members in each. Of a pair of rows, a column stays where it is if the other row cannot have it
    or its own row has to have it.

    Parameters
    ----------
    incidence
        Members × networks, 0/1, int8, indices sorted.
    constraints
        Ties that cannot be or have to be, and strata.
    draws
        How many networks, 1 or more.
    seed
        Same seed, same networks, whatever the number of processors; the first draws are the same
        whatever `draws` is.
    progress
        Called with the number of networks drawn, and `draws`.

    Yields
    ------
    matrix
        Members × networks, int8, indices sorted.

    Notes
    -----
    Eight chains take turns, so draws that follow each other are of different chains. A chain
    makes 100 rounds before its first draw and 10 from draw to draw; a round is a trade for every
    two rows, so 10 rounds are 5 trades per row. That is by evidence. The sum of the squared
    numbers that rows share, followed round by round, has the autocorrelation

    ============================= ======= ======= ======== ======== =========
    ..                            1 round 5       10       20       IAT
    ============================= ======= ======= ======== ======== =========
    Southern Women (18 × 14)      0.58    0.10    0.01     −0.02    4.3
    309 × 60, 1,500 ties          0.61    0.12    0.02     −0.01    4.7
    5,000 × 1,000, 50,000 ties    0.77    0.24    0.04     −0.08    7.7
    ============================= ======= ======= ======== ======== =========

    (IAT: integrated autocorrelation time in rounds; the last row is from four chains of 120
    rounds. With members as rows the figures are much the same.) A chain that begins with a most
    nested matrix of these degrees, 6, 88 and 1,194 standard deviations off, is on average within
    0.1, 0.1 and 1 of the mean after 15, 20 and 40 rounds. Over 200 seeds, the share of 200 draws
    in which a pair of women shares as much as in fact has the variance of independent draws
    (1.00 times; over 60 seeds, networks of the second graph: 1.00 times). Neal (2023) finds that
    5 trades per row are too few to begin with, and that 10 or more are needed. Constraints leave
    less to trade; all these figures are without.

    Without constraints and within strata every such matrix can be reached, and all are drawn with
    the same probability (Carstens 2015; with global trades, Carstens et al. 2018). With ties that
    cannot be or have to be, trades are still as likely one way as the other, but some matrices
    may be out of reach: of the two matrices of three members and three networks, one tie each and
    none on the diagonal, neither leads to the other. Trades suffice where the forbidden cells
    have a special (monotonic) structure (Fout, Fosdick & Hitt 2020), and otherwise longer cycles
    may be needed (Berger & Carstens 2016), which are not made here.

    References
    ----------
    Berger, A. & Carstens, C. J. (2016). Sampling bipartite graphs with given vertex degrees
    and fixed edges and non-edges. https://doi.org/10.48550/arXiv.1608.03177

    Carstens, C. J. (2015). Proof of uniform sampling of binary matrices with fixed row sums and
    column sums for the fast Curveball algorithm. Physical Review E 91, 042812.
    https://doi.org/10.1103/PhysRevE.91.042812

    Carstens, C. J., Hamann, M., Meyer, U., Penschuck, M., Tran, H. & Wagner, D. (2018). Parallel
    and I/O-efficient randomisation of massive networks using global Curveball trades. 26th Annual
    European Symposium on Algorithms, 11:1–11:15. https://doi.org/10.4230/LIPIcs.ESA.2018.11

    Fout, A., Fosdick, B. K. & Hitt, M. P. (2020). Non-uniform sampling of fixed margin binary
    matrices. https://doi.org/10.48550/arXiv.2007.15043

    Neal, Z. P. (2023). Mixing time for uniform sampling of bipartite graphs with fixed degrees
    using the trade algorithm. https://doi.org/10.48550/arXiv.2305.04937

    Strona, G., Nappo, D., Boccacci, F., Fattorini, S. & San-Miguel-Ayanz, J. (2014). A fast and
    unbiased procedure to randomize ecological binary matrices with fixed row and column totals.
    Nature Communications 5, 4114. https://doi.org/10.1038/ncomms5114

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.chance.constraints import Constraints
    >>> women = vg.datasets.southern_women().incidence
    >>> drawn = list(draw_matrices(women, Constraints(), draws=3))
    >>> [(one.sum(axis=0) == women.sum(axis=0)).all().item() for one in drawn]
    [True, True, True]
    """
    board = Board.of(incidence, constraints)
    fast = compiled(steps(board, draws))
    for batch in batches(board, lambda found: found, draws, seed, progress, fast=fast):
        yield from batch


def hits(  # noqa: PLR0913
    incidence: sparse.csr_array,
    constraints: Constraints,
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    shared: NDArray[np.integer],
    *,
    mode: Mode,
    draws: int,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """
    Count the random networks in which pairs share as much as they do in fact, or more, or less.

    Parameters
    ----------
    incidence, constraints, draws, seed
        As for `draw_matrices`, which draws the networks.
    a, b
        Positions of the two nodes of each pair in the mode, `a < b`.
    shared
        What they share in fact.
    mode
        Whether pairs are of members or of networks.
    progress
        Called with the number of networks drawn, and `draws`.

    Returns
    -------
    upper, lower
        int32: of the networks drawn, those in which the pair shares `shared` or more, `shared` or
        less. A p-value is (hits + 1) / (draws + 1), never 0.
    mean
        float64: what they share on average.

    Notes
    -----
    Eight networks are held at a time, and pairs are compared by blocks of first nodes: beyond
    the pairs themselves and the result, memory does not grow with their number.

    References
    ----------
    Zweig, K. A. & Kaufmann, M. (2011). A systematic approach to the one-mode projection of
    bipartite graphs. Social Network Analysis and Mining 1, 187–218.
    https://doi.org/10.1007/s13278-011-0021-0

    Examples
    --------
    Evelyn and Theresa, the first and third women, went to seven events together.

    >>> import valuma_graph as vg
    >>> from valuma_graph.chance.constraints import Constraints
    >>> women = vg.datasets.southern_women().incidence
    >>> pair = np.array([0]), np.array([2]), np.array([7])
    >>> upper, _, mean = hits(women, Constraints(), *pair, mode="members", draws=1000)
    >>> mean.round().tolist(), ((upper + 1) / 1001).round(2).tolist()
    ([5.0], [0.04])
    """
    board = Board.of(incidence, constraints)
    mine = projection.of_mode(incidence, mode)
    order = np.argsort(a, kind="stable")
    begins = np.concatenate([[0], np.cumsum(np.bincount(a, minlength=mine.shape[0]))])
    pairs = begins, b[order].astype(np.int32, copy=False), shared[order].astype(np.int32)
    none = np.zeros(len(a), dtype=np.int32)
    found = none, none.copy(), none.astype(np.int64)
    fast = compiled(steps(board, draws) + draws * projection.steps(mine))

    for batch in batches(
        board, lambda one: projection.of_mode(one, mode), draws, seed, progress, fast=fast
    ):
        (_compare_compiled if fast else _compare)(batch, pairs, found)
    upper, lower, total = found
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return upper[back], lower[back], total[back] / draws


def unshared_hits(
    incidence: sparse.csr_array,
    constraints: Constraints,
    row_class: Int,
    *,
    mode: Mode,
    draws: int,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """
    Estimate how often pairs share nothing in random networks, class by class.

    Pairs of the same two classes are alike to the null model, so they are counted together, and
    so is what was observed, as one network more: with u pairs of the n that share nothing in fact
    and h in all draws together, p = (h + u) / ((draws + 1) n). For a single pair that is the
    usual (hits + 1) / (draws + 1), and as there p ≤ α has probability α at most.

    Parameters
    ----------
    incidence, constraints, draws, seed
        As for `draw_matrices`, which draws the networks.
    row_class
        Class of each node of the mode, 0, 1, …: nodes that the null model cannot tell apart.
    mode
        Whether pairs are of members or of networks.
    progress
        Called with the number of networks drawn, and `draws`.

    Returns
    -------
    classes
        A row for each pair of classes in which some pair shares nothing in fact, sorted:
        `first`, `second`, `pairs` (all of them), `unshared` (those that share nothing in fact),
        `expected` (what a pair shares on average), `p_lower`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.chance.constraints import Constraints
    >>> women = vg.datasets.southern_women().incidence
    >>> _, by_degree = np.unique(women.sum(axis=1), return_inverse=True)
    >>> found = unshared_hits(women, Constraints(), by_degree, mode="members", draws=50)
    >>> found.loc[0, ["first", "second", "pairs", "unshared"]].astype(int).tolist()
    [0, 2, 18, 7]
    >>> found.loc[0, ["expected", "p_lower"]].round(1).tolist()
    [0.9, 0.3]
    """
    mine = projection.of_mode(incidence, mode)
    none = unshared(count_cells(mine, row_class), row_class)
    size = np.bincount(row_class)
    pairs = size[none.first] * (size[none.second] - (none.first == none.second))
    pairs //= 1 + (none.first == none.second)
    hit, total = np.zeros_like(pairs), np.zeros_like(pairs)
    code = none.first * len(size) + none.second
    for drawn in draw_matrices(incidence, constraints, draws=draws, seed=seed, progress=progress):
        cells = count_cells(projection.of_mode(drawn, mode), row_class)
        here = cells.first * len(size) + cells.second
        at = np.searchsorted(code, here)
        known = np.append(code, -1)[at] == here
        at, shared, count = at[known], cells.shared[known], cells.count[known]
        hit += pairs
        np.subtract.at(hit, at, count)
        np.add.at(total, at, shared * count)
    return pd.DataFrame(
        {
            "first": none.first,
            "second": none.second,
            "pairs": pairs,
            "unshared": none.count,
            "expected": total / (draws * pairs),
            "p_lower": (hit + none.count) / ((draws + 1) * pairs),
        }
    )


# -- inside ---------------------------------------------------------------------------------------


def _compare_compiled(
    batch: list[sparse.csr_array],
    pairs: tuple[Int, NDArray[np.int32], NDArray[np.int32]],
    found: tuple[NDArray[np.signedinteger], ...],
) -> None:
    """Compare what pairs share, for some first rows in all matrices at a time."""
    from valuma_graph.kernels import trades

    turned = [matrix.T.tocsr() for matrix in batch]
    begins, tops = (side[0].indptr.astype(np.int64) for side in (batch, turned))
    columns, rows = (np.stack([one.indices for one in side]) for side in (batch, turned))
    cuts = np.linspace(0, len(begins) - 1, _PARTS + 1).astype(int)

    def compare(start: int, stop: int) -> None:
        trades.hits(start, stop, begins, columns, tops, rows, *pairs, *found)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compare, cuts[:-1], cuts[1:]))


def _compare(
    batch: list[sparse.csr_array],
    pairs: tuple[Int, NDArray[np.int32], NDArray[np.int32]],
    found: tuple[NDArray[np.signedinteger], ...],
) -> None:
    """Compare what pairs share in each matrix, for a block of first rows at a time."""
    begins, b, shared = pairs
    upper, lower, total = found
    n = len(begins) - 1
    step = max(1, _CELLS // max(1, n))
    for matrix in batch:
        counts = matrix.astype(np.int32)
        across = counts.T.tocsr()
        for start in range(0, n, step):
            stop = min(start + step, n)
            here = slice(begins[start], begins[stop])
            a = np.repeat(np.arange(stop - start), np.diff(begins[start : stop + 1]))
            x = (counts[start:stop] @ across).toarray()[a, b[here]]
            upper[here] += x >= shared[here]
            lower[here] += x <= shared[here]
            total[here] += x
