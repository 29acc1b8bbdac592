"""Draws of as many municipalities, and how sets of them compare with such draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

STATISTICS: Final = ("joins", "mean_distance_km", "linearity", "size_spread", "same_class")
"""What is compared with chance; the columns of `measure`."""

UPPER: Final = frozenset({"joins", "linearity", "same_class"})
"""Of these, much is remarkable; of the others, little."""

_BLOCK: Final = 500
_TIE: Final = 1e-9
_POINT: Final = 1e-10


@dataclass(frozen=True)
class Ground:
    """
    The municipalities that sets are drawn from; all arrays in the same order.

    Parameters
    ----------
    xy
        Coordinates of the central localities, kilometres.
    neighbours
        Symmetric 0/1 matrix of the land borders.
    size
        log10 of the population, NaN where it is not known.
    classes
        Number of the urban-rural class of each, -1 where it is not known.
    strata
        Number of the stratum of each; all 0 where there are none.
    """

    xy: Reals
    neighbours: Reals
    size: Reals
    classes: NDArray[np.intp]
    strata: NDArray[np.intp]


def moments(sets: Reals, xy: Reals) -> tuple[Reals, Reals, Reals, Reals]:
    """
    Return means, variances and covariance of the coordinates of each set, all divided by n.

    Parameters
    ----------
    sets
        0/1 matrix, sets × municipalities.
    xy
        Coordinates.

    Returns
    -------
    center, var_x, var_y, cov
        Center: sets × 2. NaN for an empty set.

    Examples
    --------
    >>> center, var_x, var_y, cov = moments(np.ones((1, 2)), np.array([[0.0, 0.0], [2.0, 2.0]]))
    >>> center[0].tolist(), float(var_x[0]), float(var_y[0]), float(cov[0])
    ([1.0, 1.0], 1.0, 1.0, 1.0)
    """
    middle = xy.mean(axis=0)
    x, y = (xy - middle).T
    n = _or_nan(sets.sum(axis=1), 1)
    mean = sets @ np.column_stack([x, y]) / n[:, None]
    xx, yy, xy_ = (sets @ np.column_stack([x * x, y * y, x * y]) / n[:, None]).T
    mx, my = mean.T
    return mean + middle, xx - mx * mx, yy - my * my, xy_ - mx * my


def axes(var_x: Reals, var_y: Reals, cov: Reals) -> tuple[Reals, Reals]:
    """
    Return the square roots of both eigenvalues of 2 × 2 covariance matrices, larger first.

    Examples
    --------
    >>> [part.tolist() for part in axes(np.array([4.0]), np.array([9.0]), np.array([0.0]))]
    [[3.0], [2.0]]
    """
    middle, half = (var_x + var_y) / 2, np.hypot((var_x - var_y) / 2, cov)
    low = middle - half
    low = np.where(low <= _POINT * np.maximum(middle, 1), 0.0, low)
    high = np.where(middle <= _POINT, 0.0, middle + half)
    nothing = np.isnan(middle)
    return np.where(nothing, np.nan, np.sqrt(high)), np.where(nothing, np.nan, np.sqrt(low))


def measure(sets: Reals, ground: Ground, distances: Reals) -> dict[str, Reals]:
    """
    Return the statistics of each set.

    Parameters
    ----------
    sets
        0/1 matrix, sets × municipalities.
    ground
        The municipalities.
    distances
        Square, between their central localities, km.

    Returns
    -------
    statistics
        One array for each of `STATISTICS`; NaN where a set has too few members for it (two, and
        three for linearity).
    """
    n = sets.sum(axis=1)
    pairs = _or_nan(n * (n - 1), 2)
    joins = np.einsum("ij,ij->i", sets @ ground.neighbours, sets) / 2
    apart = np.einsum("ij,ij->i", sets @ distances, sets)
    major, minor = axes(*moments(sets, ground.xy)[1:])
    flat = 1 - minor / _or_nan(major, _POINT)
    known = ~np.isnan(ground.size)
    size = np.where(known, ground.size - (ground.size[known].mean() if known.any() else 0), 0.0)
    k, total, squares = (sets @ np.column_stack([known.astype(float), size, size * size])).T
    many = _or_nan(k, 2)
    spread = np.sqrt(np.maximum(squares - total * total / many, 0) / (many - 1))
    kinds = ground.classes[:, None] == np.arange(ground.classes.max(initial=-1) + 1)
    counts = sets @ kinds.astype(float)
    of_known = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1) / _or_nan(of_known * (of_known - 1), 2)
    return {
        "joins": np.where(n < 2, np.nan, joins),  # noqa: PLR2004
        "mean_distance_km": apart / pairs,
        "linearity": np.where(n < 3, np.nan, flat),  # noqa: PLR2004
        "size_spread": spread,
        "same_class": same,
    }


def draws(profile: Reals, strata: NDArray[np.intp], ranks: Reals) -> Reals:
    """
    Return random sets: of each stratum as many as the profile says, those of the lowest rank.

    Parameters
    ----------
    profile
        How many of each stratum.
    strata
        Stratum of each municipality.
    ranks
        Draws × municipalities: a random order within each stratum, from 0.

    Returns
    -------
    sets
        0/1 matrix, draws × municipalities.
    """
    return (ranks < profile[strata]).astype(np.float64)


def against_chance(
    sets: Reals, ground: Ground, *, permutations: int, seed: int
) -> dict[str, pd.DataFrame]:
    """
    Compare sets of municipalities with random sets of the same size, and of the same strata.

    All sets are compared with the same random orders of the municipalities, cut off where their
    own number is reached: the result for one does not depend on the others. A p-value is (draws
    at least as extreme + 1) / (draws + 1), of draws that have the statistic. Memory does not grow
    with the number of permutations.

    Parameters
    ----------
    sets
        0/1 matrix, sets × municipalities.
    ground
        The municipalities.
    permutations
        The number of draws.
    seed
        Of the random numbers.

    Returns
    -------
    observed, expected, p
        Frames, a row for each set and a column for each of `STATISTICS`: the statistic, its mean
        over the draws, and the share of draws with as many or more (`UPPER`) or as little or less.

    References
    ----------
    Phipson, B., Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
    Applications in Genetics and Molecular Biology 9(1), 39.
    https://doi.org/10.2202/1544-6115.1585
    """
    distances = np.hypot(*(ground.xy[:, None, :] - ground.xy[None, :, :]).transpose(2, 0, 1))
    observed = pd.DataFrame(measure(sets, ground, distances), columns=[*STATISTICS])
    levels = np.arange(ground.strata.max(initial=0) + 1)
    quotas = sets @ (ground.strata[:, None] == levels).astype(np.float64)
    profiles, of = np.unique(quotas, axis=0, return_inverse=True)
    rows = [np.flatnonzero(of.ravel() == i) for i in range(len(profiles))]
    seen = np.zeros((3, len(sets), len(STATISTICS)))  # draws with the statistic, their sum, hits
    for ranks in _ranks(ground.strata, permutations, seed):
        for profile, mine in zip(profiles, rows, strict=True):
            if not profile.any():
                continue
            drawn = measure(draws(profile, ground.strata, ranks), ground, distances)
            for j, name in enumerate(STATISTICS):
                there = drawn[name][~np.isnan(drawn[name])]
                seen[0, mine, j] += len(there)
                seen[1, mine, j] += there.sum()
                own = observed[name].to_numpy()[mine, None]
                sign = 1 if name in UPPER else -1
                slack = _TIE * np.maximum(np.abs(own), 1)
                seen[2, mine, j] += (sign * there >= sign * own - slack).sum(axis=1)
    lacking = observed.isna().to_numpy()
    expected = seen[1] / _or_nan(seen[0], 1)
    p = (seen[2] + 1) / (seen[0] + 1)
    tables = {"expected": expected, "p": p}
    return {"observed": observed} | {
        name: pd.DataFrame(np.where(lacking, np.nan, table), columns=[*STATISTICS])
        for name, table in tables.items()
    }


def _ranks(strata: NDArray[np.intp], permutations: int, seed: int) -> Iterator[Reals]:
    """Yield random orders within the strata, a block of draws at a time."""
    rng = np.random.default_rng(seed)
    for start in range(0, permutations, _BLOCK):
        keys = rng.random((min(_BLOCK, permutations - start), len(strata)))
        ranks = np.empty_like(keys)
        for level in np.unique(strata):
            mine = np.flatnonzero(strata == level)
            ranks[:, mine] = keys[:, mine].argsort(axis=1).argsort(axis=1)
        yield ranks


def _or_nan(number: Reals, least: float) -> Reals:
    """Return numbers to divide by: NaN for those below the least."""
    return np.where(number < least, np.nan, number)
