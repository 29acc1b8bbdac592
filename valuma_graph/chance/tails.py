"""Exact tails of what two rows share under a null model, for every pair of classes at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from valuma_graph.chance.ensembles import Ensemble

    Int = NDArray[np.int64]
    Real = NDArray[np.float64]

_TINY = float(np.finfo(np.float64).tiny)
_ROUNDING = 2.0**-52
_CERTAIN = 1e-11
_REST = 1e-17
_DEEP = -600.0
_STEPS, _STEEP = 200, 700.0
_NEAR, _FLAT = 1e-3, 45.0
_BLOCK = 1 << 16


def poisson_binomial(
    ensemble: Ensemble, first: Int, second: Int, shared: Int
) -> tuple[Real, Real, Real]:
    r"""
    Compute tails of what two rows of an ensemble of independent cells share.

    What rows of the classes *f* and *s* share is a sum of independent trials, one for each column:
    with :math:`q_k = p_{fk} p_{sk}` for the :math:`n_k` columns of class *k*,

    .. math:: X = \sum_k \mathrm{Binomial}(n_k, q_k).

    Its probabilities follow from power sums of the odds by Newton's identities, with
    :math:`r_k = q_k / (1 - q_k)`:

    .. math:: m\,P(m) = \sum_{i=1}^{m} (-1)^{i-1} P(m-i) \sum_k n_k r_k^i.

    The terms change sign; a bound on their rounding errors runs along with them. Where it is more
    than 1e-11 of a tail, that tail comes from the characteristic function of X, tilted so that its
    mean is what is shared, where nothing cancels.

    Parameters
    ----------
    ensemble
        The null model.
    first, second
        Classes of the two rows.
    shared
        What they share.

    Returns
    -------
    expected
        The mean of X.
    upper
        P(X ≥ shared), with a relative error below 1e-9 down to 1e-300; never 0.
    lower
        P(X ≤ shared), likewise.

    References
    ----------
    Chen, S. X. & Liu, J. S. (1997). Statistical applications of the Poisson-binomial and
    conditional Bernoulli distributions. Statistica Sinica 7(4), 875–892.

    Hong, Y. (2013). On computing the distribution function for the Poisson binomial distribution.
    Computational Statistics & Data Analysis 59, 41–51. https://doi.org/10.1016/j.csda.2012.10.006

    Examples
    --------
    >>> from valuma_graph.chance.ensembles import Ensemble
    >>> one = np.zeros(2, dtype=np.int64)
    >>> coins = Ensemble(one, one, np.array([[0.5]]))
    >>> [t.round(4).tolist() for t in poisson_binomial(coins, one, one, np.array([1, 2]))]
    [[0.5, 0.5], [0.4375, 0.0625], [0.9375, 1.0]]
    """
    classes = len(ensemble.probability)
    columns = np.bincount(ensemble.column_class).astype(np.float64)
    pair, of = np.unique(first * classes + second, return_inverse=True)
    top = np.zeros(len(pair), dtype=np.int64)
    np.maximum.at(top, of, shared)
    # Pairs that need equally many terms stand in one block.
    order = np.argsort(top, kind="stable")
    rank = np.argsort(order)[of]
    cells = np.argsort(rank, kind="stable")
    width = max(_BLOCK // max(len(columns), 1), 1)
    starts = range(0, len(pair), width)
    ends = np.searchsorted(rank[cells], np.arange(0, len(pair) + width, width))

    def block(begin: int) -> NDArray[np.float64]:
        one, other = np.divmod(pair[order[begin : begin + width]], classes)
        here = cells[ends[begin // width] : ends[begin // width + 1]]
        a, b = ensemble.probability[one], ensemble.probability[other]
        return _tails(a, b, columns, rank[here] - begin, shared[here])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = np.concatenate([np.empty((3, 0)), *pool.map(block, starts)], axis=1)
    result = np.empty_like(found)
    result[:, cells] = found
    return result[0], result[1], result[2]


def hypergeometric(
    first: Int, second: Int, shared: Int, population: int
) -> tuple[Real, Real, Real]:
    """
    Compute tails of what two random sets of given sizes share.

    With the sizes *s* and *t* out of *n* things,
    P(x) = C(s, x) C(n − s, t − x) / C(n, t). Neighbours have the ratio
    P(x + 1) / P(x) = (s − x)(t − x) / ((x + 1)(n − s − t + x + 1)), so that both tails follow in
    units of P(x), which together are 1: no factorials, no cancellation.

    Parameters
    ----------
    first, second
        Sizes of the two sets.
    shared
        What they share.
    population
        Things that both are drawn from, all alike.

    Returns
    -------
    expected, upper, lower
        As for `poisson_binomial`.

    References
    ----------
    Tumminello, M., Miccichè, S., Lillo, F., Piilo, J. & Mantegna, R. N. (2011). Statistically
    validated networks in bipartite complex systems. PLoS ONE 6(3), e17994.
    https://doi.org/10.1371/journal.pone.0017994

    Examples
    --------
    >>> two = np.array([2])
    >>> [tail.round(3).tolist() for tail in hypergeometric(two, two, two, 4)]
    [[1.0], [0.167], [1.0]]
    """
    s, t, n = (np.asarray(one, dtype=np.float64) for one in (first, second, population))
    low, high = np.maximum(s + t - n, 0), np.minimum(s, t)
    x = np.clip(np.asarray(shared, dtype=np.float64), low, high)
    with np.errstate(over="ignore"):
        above, below = _one_side(s, t, n, x, 1), _one_side(s, t, n, x, -1)
    # Both are in units of P(x), and make up 1 with P(x) counted twice.
    upper = np.where(shared > high, 0, 1 / (1 + (below - 1) / above))
    lower = np.where(shared < low, 0, 1 / (1 + (above - 1) / below))
    return s * t / np.maximum(n, 1), np.clip(upper, _TINY, 1), np.clip(lower, _TINY, 1)


# -- inside ---------------------------------------------------------------------------------------


def _one_side(s: Real, t: Real, n: Real, x: Real, way: int) -> Real:
    """Sum the hypergeometric P from x on upwards or downwards, in units of P(x)."""
    total, live = np.ones(len(x)), np.arange(len(x))
    term = np.ones(len(x))
    while len(live):
        if way > 0:
            ratio = (s - x) * (t - x) / ((x + 1) * (n - s - t + x + 1))
        else:
            ratio = x * (n - s - t + x) / ((s - x + 1) * (t - x + 1))
        x, term = x + way, term * ratio
        total[live] += term
        # Ratios only fall, so that what follows is less than a geometric series.
        more = term * ratio > _REST * (1 - ratio) * total[live]
        live, s, t, x, term = live[more], s[more], t[more], x[more], term[more]
    return total


def _summed(values: Real | NDArray[np.bool_], columns: Real) -> Real:
    """Sum over the columns; matrix products would depend on the number of processors."""
    return np.asarray(np.einsum("...k,k->...", values.astype(np.float64, copy=False), columns))


def _tails(a: Real, b: Real, columns: Real, pair: Int, shared: Int) -> Real:
    """Return expectation and tails of cells, given the probabilities of both rows of each pair."""
    q = np.where(a * b < _TINY, 0, a * b)
    # 1 - q without loss where both are close to 1.
    missing = (1 - a) + a * (1 - b)
    expected, sure = _summed(q, columns), missing == 0
    x = shared - _summed(sure, columns).astype(np.int64)[pair]
    q[sure], missing[sure] = 0, 1
    upper, lower, certain = _series(q, missing, columns, pair, x)
    for cell in np.flatnonzero(~certain):
        used = q[pair[cell]] > 0
        row = q[pair[cell], used], missing[pair[cell], used]
        upper[cell], lower[cell] = _tilted(*row, columns[used], int(x[cell]))
    return np.stack([expected[pair], np.clip(upper, _TINY, 1), np.clip(lower, _TINY, 1)])


def _series(
    q: Real, missing: Real, columns: Real, pair: Int, x: Int
) -> tuple[Real, Real, NDArray[np.bool_]]:
    """Return both tails by Newton's identities, and for which cells they are certain."""
    mean = _summed(q, columns)
    none = np.where(q < 1 / 2, np.log1p(-np.minimum(q, 1 / 2)), np.log(missing))
    none = _summed(none, columns)
    top = np.zeros(len(q), dtype=np.int64)
    np.maximum.at(top, pair, x)
    top[none <= _DEEP] = 0
    with np.errstate(all="ignore"):
        size, error = _identities(q / missing, columns, top, mean)
        scale, at = np.exp(none)[pair], np.clip(x, 0, len(size) - 1)
        below, above = np.cumsum(size, axis=0), np.cumsum(size[::-1], axis=0)[::-1]
        wrong, beyond = np.cumsum(error, axis=0), np.cumsum(error[::-1], axis=0)[::-1]
        lower = scale * below[at, pair]
        early = x <= mean[pair]
        upper = np.where(early, 1 - scale * below[at - 1, pair], scale * above[at, pair])
        # What is cut off is no rounding: terms only fall faster than they did at the end.
        ratio = size[-1] / size[-2] if len(size) > 1 else np.zeros(len(q))
        cut = np.where((ratio >= 0) & (ratio < 1), size[-1] * ratio / (1 - ratio), np.inf)
        cut[_summed(q > 0, columns) < len(size)] = 0
        off = np.where(early, wrong[at - 1, pair], beyond[at, pair] + np.abs(cut[pair])) * scale
        certain = (off < _CERTAIN * upper) & (wrong[at, pair] < _CERTAIN * below[at, pair])
    certain &= none[pair] > _DEEP
    upper[x <= 0], lower[x < 0] = 1, 0
    return upper, lower, certain | (x < 0)


def _identities(odds: Real, columns: Real, top: Int, mean: Real) -> tuple[Real, Real]:
    """
    Return P(m) / P(0) for m = 0, 1, … of each pair, and bounds on their rounding errors.

    It ends where what follows `top` does not matter, or where the bound is too large anyway.
    """
    free, here = _summed(odds > 0, columns), np.arange(len(odds))
    length = int(top.max(initial=0)) + 16
    power = odds.copy()
    sums, signed, size, error = np.zeros((4, length, len(odds)))
    size[0], error[0] = 1, _ROUNDING
    m, over = 0, (top == 0) & (top <= mean)
    while not over.all():
        m += 1
        if m == length:
            longer = np.zeros((4, length, len(odds)))
            sums, signed, size, error = np.concatenate(
                [(sums, signed, size, error), longer], axis=1
            )
            length *= 2
        sums[m] = _summed(power, columns)
        signed[m] = sums[m] if m % 2 else -sums[m]
        power *= odds
        size[m] = np.einsum("ip,ip->p", signed[1 : m + 1], size[:m][::-1]) / m
        error[m] = np.einsum("ip,ip->p", sums[1 : m + 1], error[:m][::-1]) / m
        error[m] += 2 * _ROUNDING * np.abs(size[m])
        last, ratio = size[top, here], size[m] / size[m - 1]
        more = (size[m] * ratio > _REST * (1 - ratio) * last) & (error[m] < _CERTAIN * last)
        over |= (top <= m) & ((top <= mean) | (free <= m) | ~more)
    return size[: m + 1], error[: m + 1]


def _tilted(q: Real, missing: Real, columns: Real, x: int) -> tuple[float, float]:
    """
    Return both tails of one cell from the characteristic function of the tilted variable.

    P(j) = T(j) G / θ^j, where T has q θ / (1 - q + q θ) in place of q, and G is the product of the
    denominators. With θ such that x is the mean of T, T is known to 13 digits where it counts.
    """
    free = int(columns.sum())
    if x > free:
        return 0.0, 1.0
    if x in (0, free):
        edge = float(np.exp(_summed(np.log(q if x else missing), columns)))
        return (edge, 1.0) if x else (1.0, edge)
    log = _tilt(q, missing, columns, x)
    growth, t, rest = _tilting(q, missing, log)
    variance = _summed(t * rest, columns)
    half = int(12 * np.sqrt(variance)) + 40
    angle = np.pi * np.arange(half + 1) / half
    # Where the function is surely below e^-45, it counts for nothing.
    angle = angle[2 * variance * np.sin(angle / 2) ** 2 <= _FLAT]
    with np.errstate(divide="ignore"):
        shrink = np.log1p(-4 * np.outer(np.sin(angle / 2) ** 2, np.minimum(t * rest, 1 / 4))) / 2
    turn = np.arctan2(np.outer(np.sin(angle), t), rest + np.outer(np.cos(angle), t))
    wave = np.exp(_summed(shrink, columns) + 1j * (_summed(turn, columns) - x * angle))
    around = np.maximum(np.fft.irfft(wave.conj(), 2 * half), 0)
    beyond = np.arange(half) if log > 0 else -np.arange(half)
    exact = np.exp(_summed(growth, columns) - x * log)
    tail = float(exact * (around[beyond] @ np.exp(-abs(log) * np.arange(half))))
    other = float(1 - tail + exact * around[0])
    return (tail, other) if log > 0 else (other, tail)


def _tilting(q: Real, missing: Real, log: float) -> tuple[Real, Real, Real]:
    """Return log(1 - q + q θ), and the tilted q and 1 - q, given log θ."""
    growth = np.logaddexp(np.log(missing), np.log(q) + log)
    small = np.abs(growth) < 1 / 4
    growth[small] = np.log1p(q[small] * np.expm1(log))
    return growth, np.exp(np.log(q) + log - growth), np.exp(np.log(missing) - growth)


def _tilt(q: Real, missing: Real, columns: Real, x: int) -> float:
    """Return the log θ that makes x the mean, by Newton's method between bounds."""
    low, high, log = -_STEEP, _STEEP, float(np.log(x / _summed(q, columns)))
    for reach in range(1, _STEPS):
        _, t, rest = _tilting(q, missing, log)
        off, slope = x - float(_summed(t, columns)), float(_summed(t * rest, columns))
        if abs(off) < _NEAR * np.sqrt(slope):
            break
        low, high = (log, high) if off > 0 else (low, log)
        log += np.clip(off / slope, -reach, reach) if slope > 0 else reach * np.sign(off)
        if not low < log < high:
            log = (low + high) / 2
    return log
