"""Matrix regression: what explains the ties of pairs, tested by relabelling the nodes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from itertools import permutations as arrangements
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import pandas as pd

from valuma_graph.chance import fits
from valuma_graph.chance.dyads import aligned, square

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

Model = Literal["ols", "logit"]

_INTERCEPT: Final = "intercept"
_DEPENDENT: Final = "dependent"
_BLOCK: Final = 4_000_000
"""Dyads times relabellings looked at together, which bounds the memory: about 100 MB."""
_TIE: Final = 1e-6
_EXACT: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Regression:
    """
    What `mrqap` finds.

    Parameters
    ----------
    coefficients
        Index `term`: `intercept`, then the predictors as named. Columns `estimate`, `se`
        (classical: right only if dyads were independent), `t` (estimate / se; for a logit
        Wald's z), `p_upper`, `p_lower`, `p` (by relabelling; NaN for the intercept, which no
        relabelling changes), `r_squared_drop` (how much of `r_squared` goes without the term).
    r_squared
        OLS: the share of the variance that the model explains. Logit: McFadden's
        1 − ln L / ln L₀, L₀ the likelihood with an intercept alone.
    model
        `"ols"` or `"logit"`.
    n
        Nodes with a pair that is known in all tables.
    dyads
        Pairs used: unordered if every table is symmetric, else ordered.
    directed
        Whether the pairs are ordered.
    permutations
        Relabellings tried, without the one that changes nothing.
    unsettled
        Of all fits to relabelled predictors, those without a t: the logit did not settle, or
        the predictor was no more told apart from the others. They count as extreme.
    """

    coefficients: pd.DataFrame
    r_squared: float
    model: Model
    n: int
    dyads: int
    directed: bool
    permutations: int
    unsettled: int


def mrqap(
    dependent: pd.DataFrame,
    predictors: Mapping[str, pd.DataFrame | pd.Series],
    *,
    model: Model = "ols",
    permutations: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Regression:
    """
    Regress the ties of pairs on other tables of pairs, and test it by relabelling the nodes.

    The model is Y = β₀ + Σ βₖ Xₖ + ε over the pairs i ≠ j, or logit P(Y = 1) = β₀ + Σ βₖ Xₖ.
    Pairs that have a node in common are not independent, so that the usual p-values are far too
    small. Here they come from double semi-partialling: E, what is left of Xₖ after a linear
    regression on the other predictors, is relabelled, Eπ(i),π(j), which keeps all that goes
    with its rows and columns; Y is regressed on it and the other predictors, which stay; and
    the t of that is compared with the t of Xₖ. In N relabellings of which h have a t at least
    as large, p_upper = (h + 1) / (N + 1); p_lower and, by the size of t, the two-sided p alike.

    Parameters
    ----------
    dependent
        Square; index and columns the same ids, in any order. A table that is not symmetric, this
        or a predictor, makes all pairs ordered. For a logit 0 and 1 only. The diagonal is not
        used. Pairs with a missing value in any table are left out.
    predictors
        By name: a square table of the same ids, such as `distances` gives; or a value for each
        node, of which numbers are compared by the size of xᵢ − xⱼ (take `np.log` of
        populations first) and all else by whether they are the same, 1 or 0; or a list of pairs
        with the columns `a` and `b`, as `contiguity` gives: 1 for those listed, else 0.
    model
        `"ols"`: least squares. `"logit"`: maximum likelihood by iteratively reweighted least
        squares.
    permutations
        Relabellings drawn. Where there are no more in all, each is tried once, and p is exact.
    seed
        Same seed, same result; the order of rows and columns does not matter.
    progress
        Called with the number of relabellings tried and of all.

    Returns
    -------
    regression
        Coefficients with p-values, see `Regression`.

    Raises
    ------
    ValueError
        If the model does not exist, permutations are below 1, tables are not square, have other
        ids than the dependent or hold something else than numbers, a predictor is constant, or
        predictors are collinear (they are named), too few dyads are left, the dependent is
        constant, explained exactly, or, for a logit, not 0 and 1.
    ConvergenceError
        If predictors separate the ones from the zeros, so that a logit has no finite estimate.

    Notes
    -----
    With missing values, a pair counts in a relabelling if it and the pair that lends it its
    residual are both known.

    References
    ----------
    Dekker, D., Krackhardt, D. & Snijders, T. A. B. (2007). Sensitivity of MRQAP tests to
    collinearity and autocorrelation conditions. Psychometrika 72, 563–581.
    https://doi.org/10.1007/s11336-007-9016-1

    Krackhardt, D. (1988). Predicting with networks: nonparametric multiple regression analysis
    of dyadic data. Social Networks 10, 359–381. https://doi.org/10.1016/0378-8733(88)90004-4

    McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In: Zarembka,
    P. (ed.), Frontiers in Econometrics, 105–142. Academic Press.

    Examples
    --------
    Do women who went to about as many events share more of them?

    >>> import valuma_graph as vg
    >>> women = vg.datasets.southern_women()
    >>> events = vg.centrality(women, measures=["degree"])["degree"]
    >>> found = mrqap(vg.comembership(women), {"difference": events})
    >>> found.dyads, found.coefficients["estimate"].round(2).to_dict()
    (153, {'intercept': 2.38, 'difference': -0.11})
    """
    if model not in get_args(Model):
        raise ValueError(f"model must be one of {', '.join(get_args(Model))}, not {model!r}")
    if permutations < 1:
        raise ValueError(f"permutations must be 1 or more, not {permutations}")
    if not predictors or {_INTERCEPT, _DEPENDENT} & set(predictors):
        raise ValueError(
            f"predictors must be one table or more, none called {_INTERCEPT} or {_DEPENDENT}"
        )
    names = list(predictors)
    tables = {name: square(value, ids=dependent.index) for name, value in predictors.items()}
    cube, known, directed = _known(aligned({_DEPENDENT: dependent, **tables}))
    y, *x = cube[:, known if directed else np.triu(known)]
    fit = fits.ols(y, x, names) if model == "ols" else fits.logit(y, x, names)
    t = _relabelled(fit, known, directed, permutations, seed, progress)
    return Regression(
        coefficients=_table(fit, names, t),
        r_squared=fit.r_squared,
        model=model,
        n=len(known),
        dyads=len(y),
        directed=directed,
        permutations=len(t),
        unsettled=int(np.isnan(t).sum()),
    )


def _known(cube: Reals) -> tuple[Reals, NDArray[np.bool_], bool]:
    """Return the nodes with a pair known in all tables, which pairs these are, if ordered ones."""
    known: NDArray[np.bool_] = np.asarray(~np.isnan(cube).any(axis=0))
    some = known.any(axis=0) | known.any(axis=1)
    cube, known = cube[:, some][:, :, some], known[some][:, some]
    scale = np.nanmax(np.abs(cube), axis=(1, 2), keepdims=True, initial=0)
    lopsided = np.abs(cube - cube.transpose(0, 2, 1)) > _EXACT * scale
    return cube, known, bool(lopsided.any() or (known != known.T).any())


def _relabelled(
    fit: fits.Fit,
    known: NDArray[np.bool_],
    directed: bool,  # noqa: FBT001
    permutations: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> Reals:
    """Return the t of each relabelling and predictor."""
    n, k = len(known), len(fit.residuals)
    rows, columns = np.nonzero(known if directed else np.triu(known))
    squares = np.zeros((k, n, n))
    squares[:, rows, columns] = fit.residuals
    if not directed:
        squares[:, columns, rows] = fit.residuals
    whole = known.sum() == n * (n - 1)
    total = min(permutations, math.factorial(n) - 1)
    found = []
    for labels in _relabellings(n, total, max(1, _BLOCK // len(rows)), seed):
        where = labels[:, rows] * n + labels[:, columns]
        used = None if whole else known.ravel()[where]
        lent = (square.ravel()[where] for square in squares)
        found += [[test(residuals, used) for test, residuals in zip(fit.tests, lent, strict=True)]]
        if progress is not None:
            progress(sum(len(t[0]) for t in found), total)
    return np.concatenate(found, axis=1).T


def _relabellings(n: int, total: int, size: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Draw relabellings of n nodes, some at a time; where `total` is all of them, list them."""
    rng = np.random.default_rng(seed)
    every = islice(arrangements(range(n)), 1, None) if total == math.factorial(n) - 1 else None
    for done in range(0, total, size):
        some = min(size, total - done)
        if every is not None:
            yield np.array(list(islice(every, some)), dtype=np.int64)
        else:
            yield rng.permuted(np.tile(np.arange(n), (some, 1)), axis=1)


def _table(fit: fits.Fit, names: list[str], t: Reals) -> pd.DataFrame:
    """Put the coefficients together with their p-values."""
    table = pd.DataFrame(
        {"estimate": fit.estimate, "se": fit.se, "t": fit.estimate / fit.se},
        index=pd.Index([_INTERCEPT, *names], name="term"),
    )
    seen = table["t"].to_numpy()[1:]
    tie = _TIE * np.maximum(1, np.abs(seen))
    extreme = {
        "p_upper": ~(t < seen - tie),
        "p_lower": ~(t > seen + tie),
        "p": ~(np.abs(t) < np.abs(seen) - tie),
    }
    for column, hits in extreme.items():
        table[column] = [np.nan, *(hits.sum(axis=0) + 1) / (len(t) + 1)]
    table["r_squared_drop"] = [np.nan, *fit.drop]
    return table
