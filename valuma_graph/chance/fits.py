"""Linear and logistic regressions, and the t of what takes the place of a predictor in them."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from valuma_graph.errors import ConvergenceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]
    Used = NDArray[np.bool_] | None

_COLLINEAR: Final = 1e-7
_EXACT: Final = 1e-12

_STEPS: Final = 30
_SAFE: Final = 1.0
"""A step of Newton's method that moves no log-odds further raises the likelihood for certain."""
_ENOUGH: Final = 0.1
_SHORTEST: Final = 1e-6
_NEAR: Final = 1e-7
_NEAREST: Final = 1e-10
_FLAT: Final = 1e10
"""A variance this large: the likelihood is flat, as it is on the way to infinity."""
_MOVING: Final = 0.1


@dataclass(frozen=True, eq=False)
class Fit:
    """
    A fitted model.

    Parameters
    ----------
    estimate, se
        Of the intercept and of each predictor; classical standard errors.
    r_squared
        Share of the variance explained; for a logit McFadden's.
    drop
        For each predictor, what of `r_squared` goes without it.
    residuals
        For each predictor, what a linear regression on the others leaves of it, of length 1.
    tests
        For each predictor, a function of other residuals, one in a row, and of which of their
        cells count (None: all): the t that each has beside the other predictors, NaN where
        there is none. Cells that do not count must be 0.
    """

    estimate: Reals
    se: Reals
    r_squared: float
    drop: list[float]
    residuals: list[Reals]
    tests: list[Callable[[Reals, Used], Reals]]


def _checked(y: Reals, x: Sequence[Reals], names: Sequence[str]) -> None:
    """Raise where nothing can be estimated, saying why."""
    if len(y) < len(x) + 2:
        raise ValueError(
            f"{len(y)} dyads without missing values are too few for {len(x)} predictors"
        )
    if np.ptp(y) == 0:
        raise ValueError("the dependent is the same for all dyads")
    if constant := [name for name, values in zip(names, x, strict=True) if np.ptp(values) == 0]:
        raise ValueError(f"predictors are the same for all dyads: {', '.join(constant)}")
    centred = [values - values.mean() for values in x]
    scaled = np.column_stack([values / np.linalg.norm(values) for values in centred])
    _, size, parts = np.linalg.svd(scaled, full_matrices=False)
    if (together := np.abs(parts[size < _COLLINEAR]).max(axis=0, initial=0) > _COLLINEAR).any():
        raise ValueError(f"predictors are collinear: {', '.join(np.array(names)[together])}")


def _basis(x: Sequence[Reals], size: int) -> tuple[Reals, Reals]:
    """Return an orthonormal basis of the intercept and the predictors, and the inverse of its R."""
    basis, r = np.linalg.qr(np.vstack([np.ones(size), *x]).T)
    return basis, np.linalg.inv(r)


def _parted(x: Sequence[Reals], k: int) -> tuple[Reals, Reals]:
    """Return a basis of all predictors but `k`, and what of `k` it leaves, of length 1."""
    others, _ = _basis([values for i, values in enumerate(x) if i != k], len(x[k]))
    residual = x[k] - others @ (others.T @ x[k])
    return others, residual / np.linalg.norm(residual)


def ols(y: Reals, x: Sequence[Reals], names: Sequence[str]) -> Fit:
    """
    Fit a linear regression with an intercept by least squares.

    Parameters
    ----------
    y
        The dependent.
    x
        The predictors, each as long.
    names
        Theirs, to name what cannot be told apart.

    Returns
    -------
    fit
        See `Fit`.

    Raises
    ------
    ValueError
        If there are too few values, some are constant or collinear, or nothing is left to
        explain.

    Examples
    --------
    >>> fit = ols(np.array([1.0, 3.0, 2.0, 5.0]), [np.arange(4.0)], ["x"])
    >>> fit.estimate.round(2).tolist(), round(fit.r_squared, 2)
    ([1.1, 1.1], 0.69)
    """
    _checked(y, x, names)
    basis, inverse = _basis(x, len(y))
    loading = basis.T @ y
    left = y - basis @ loading
    rest, total = float(left @ left), float(np.square(y - y.mean()).sum())
    if rest < _EXACT * total:
        raise ValueError(
            f"{', '.join(names)} explain the dependent exactly: nothing is left to test"
        )
    estimate = inverse @ loading
    se = np.sqrt(np.square(inverse).sum(axis=1) * rest / (len(y) - len(inverse)))
    fit = Fit(estimate, se, 1 - rest / total, [], [], [])
    for k in range(len(x)):
        others, residual = _parted(x, k)
        outcome = y - others @ (others.T @ y)
        fit.drop.append((float(outcome @ outcome) - rest) / total)
        fit.residuals.append(residual)
        fit.tests.append(partial(_ols_t, np.column_stack([others, outcome])))
    return fit


def _ols_t(known: Reals, residuals: Reals, used: Used) -> Reals:
    """Return the t of each row of residuals beside the predictors, of which the outcome is last."""
    q = known.shape[1] - 1
    if used is None:
        gram, counted = (known.T @ known)[None], np.array([float(len(known))])
    else:
        products = (known[:, :, None] * known[:, None, :]).reshape(len(known), -1)
        gram = (used.astype(np.float64) @ products).reshape(-1, q + 1, q + 1)
        counted = used.sum(axis=1)
    cross = residuals @ known
    within, outcome = gram[:, :q, :q], gram[:, :q, q]
    lost = np.linalg.eigvalsh(within)[:, 0] < _COLLINEAR
    within = np.where(lost[:, None, None], np.eye(q), within)
    mine = np.linalg.solve(within, cross[:, :q, None])[..., 0]
    its = np.linalg.solve(within, outcome[..., None])[..., 0]
    size = np.einsum("ij,ij->i", residuals, residuals)
    free = size - (cross[:, :q] * mine).sum(axis=1)
    together = cross[:, q] - (cross[:, :q] * its).sum(axis=1)
    freedom = counted - q - 1
    lost = lost | (free <= _COLLINEAR**2 * size) | (freedom < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = gram[:, q, q] - (outcome * its).sum(axis=1) - together**2 / free
        t = together / np.sqrt(free * np.maximum(rest, 0) / freedom)
    return np.where(lost, np.nan, t)


def logit(y: Reals, x: Sequence[Reals], names: Sequence[str]) -> Fit:
    """
    Fit a logistic regression with an intercept by iteratively reweighted least squares.

    Parameters
    ----------
    y
        The dependent, 0 and 1.
    x
        The predictors, each as long.
    names
        Theirs, to name what cannot be told apart.

    Returns
    -------
    fit
        See `Fit`.

    Raises
    ------
    ValueError
        If there are too few values, y is not 0 and 1, or some are constant or collinear.
    ConvergenceError
        If predictors separate the ones from the zeros: the likelihood has no maximum.

    Examples
    --------
    >>> y, x = np.array([0.0, 0, 0, 1, 0, 1, 1, 1]), np.array([0.0, 0, 0, 0, 1, 1, 1, 1])
    >>> fit = logit(y, [x], ["x"])
    >>> fit.estimate.round(2).tolist(), round(fit.r_squared, 2)
    ([-1.1, 2.2], 0.19)
    """
    if not np.isin(y, (0, 1)).all():
        raise ValueError("the dependent of a logit must be 0 and 1")
    _checked(y, x, names)
    basis, inverse = _basis(x, len(y))
    mean = float(y.mean())
    level = np.full(len(y), math.log(mean / (1 - mean)))
    empty = len(y) * (mean * math.log(mean) + (1 - mean) * math.log(1 - mean))
    full = _newton(basis.T.copy(), y, basis.T @ level, None, near=_NEAREST)
    likelihood = _likelihood(y, full.eta, None)
    if not full.settled:
        moving = np.abs(inverse @ full.step)[1:] * np.std(x, axis=1)
        apart = np.array(names)[moving > _MOVING * moving.max()]
        raise ConvergenceError(
            f"the logit has no finite estimate: {', '.join(apart)} separate the dyads with 1 from "
            "those with 0, wholly or in part. Leave one out, make classes coarser, or take "
            "model='ols'"
        )
    se = np.sqrt(np.einsum("ij,jk,ik->i", inverse, full.covariance, inverse))
    fit = Fit(inverse @ full.loading, se, 1 - likelihood / empty, [], [], [])
    for k in range(len(x)):
        others, residual = _parted(x, k)
        alone = _newton(others.T.copy(), y, others.T @ level, None)
        fit.drop.append((_likelihood(y, alone.eta, None) - likelihood) / empty)
        fit.residuals.append(residual)
        fit.tests.append(partial(_logit_t, others.T.copy(), y, alone.loading))
    return fit


class _Newton(NamedTuple):
    """Where Newton's method has come to."""

    loading: Reals
    covariance: Reals
    eta: Reals
    step: Reals
    settled: bool


def _newton(x: Reals, y: Reals, start: Reals, used: Used, *, near: float = _NEAR) -> _Newton:
    """Fit a logit, each row of `x` a term, until the log-odds move by no more than `near`."""
    from scipy.special import expit

    loading, eta, settled = start, start @ x, False
    step, covariance = np.zeros_like(start), np.full((len(x), len(x)), np.nan)
    for _ in range(_STEPS):
        mean = expit(eta)
        weight, wrong = mean * (1 - mean), y - mean
        if used is not None:
            weight, wrong = weight * used, wrong * used
        try:
            covariance = np.linalg.inv((x * weight) @ x.T)
        except np.linalg.LinAlgError:
            break
        score = x @ wrong
        step = covariance @ score
        move, short = step @ x, 1.0
        furthest, far = np.abs(move).max(), np.abs(eta).max()
        if furthest > _SAFE:
            least, at = _ENOUGH * (score @ step), _likelihood(y, eta, used)
            while (
                short > _SHORTEST and _likelihood(y, eta + short * move, used) < at + short * least
            ):
                short /= 2
        loading, eta = loading + short * step, eta + short * move
        if furthest < near * (1 + far):
            variance = np.diag(covariance)
            settled = bool((variance > 0).all() and (variance < _FLAT).all())
            break
    return _Newton(loading, covariance, eta, step, settled)


def _likelihood(y: Reals, eta: Reals, used: Used) -> float:
    """Return the log-likelihood of a logit."""
    from scipy.special import log_expit

    each = log_expit(np.where(y > 0, eta, -eta))
    return float(each.sum() if used is None else each @ used)


def _logit_t(others: Reals, y: Reals, start: Reals, residuals: Reals, used: Used) -> Reals:
    """Return the z of each row of residuals beside the other predictors."""

    def one(i: int) -> float:
        x = np.vstack([others, residuals[i]])
        found = _newton(x, y, np.append(start, 0.0), None if used is None else used[i])
        return found.loading[-1] / found.covariance[-1, -1] ** 0.5 if found.settled else np.nan

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.array(list(pool.map(one, range(len(residuals)))))
