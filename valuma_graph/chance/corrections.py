"""What many tests at once do to p-values, where many tests have the same p."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CORRECTIONS: Final = ("fdr_bh", "holm", "bonferroni", "none")
"""What `adjusted` knows."""


def adjusted(
    p: ArrayLike, count: ArrayLike, *, tests: int, method: str = "fdr_bh"
) -> NDArray[np.float64]:
    r"""
    Adjust p-values for the number of tests.

    With *T* tests, of which the *r* smallest have :math:`p_{(1)} \le … \le p_{(r)}`:

    - `fdr_bh` (the share of false finds): :math:`q_{(i)} = \min_{j \ge i} T p_{(j)} / j`
    - `holm` (any false find): :math:`q_{(i)} = \max_{j \le i} (T - j + 1) p_{(j)}`
    - `bonferroni` (the same, cruder): :math:`q_{(i)} = T p_{(i)}`
    - `none`: :math:`q_{(i)} = p_{(i)}`

    and never above 1. Tests that are not given have p = 1.

    Parameters
    ----------
    p
        p-values.
    count
        Tests that have each of them.
    tests
        *T*, all tests; those beyond the sum of `count` have p = 1.
    method
        `"fdr_bh"`, `"holm"`, `"bonferroni"` or `"none"`.

    Returns
    -------
    q
        One for each p.

    Raises
    ------
    ValueError
        If the method does not exist, or there are fewer tests than `count` says.

    References
    ----------
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57(1), 289–300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6(2), 65–70. https://www.jstor.org/stable/4615733

    Examples
    --------
    Two tests have p = 0.01, one has 0.03, and seven have 1:

    >>> adjusted([0.01, 0.03], [2, 1], tests=10).round(3).tolist()
    [0.05, 0.1]
    """
    if method not in CORRECTIONS:
        raise ValueError(f"correction must be one of {', '.join(CORRECTIONS)}, not {method!r}")
    p, count = np.asarray(p, dtype=np.float64), np.asarray(count, dtype=np.int64)
    if count.sum() > tests:
        raise ValueError(f"tests must be {count.sum()} or more, not {tests}")
    if method == "none":
        return p.copy()
    order = np.argsort(p, kind="stable")
    value, upto = p[order], np.cumsum(count[order])
    if method == "fdr_bh":
        ordered = np.minimum.accumulate((value * (tests / np.maximum(upto, 1)))[::-1])[::-1]
    elif method == "holm":
        ordered = np.maximum.accumulate(value * (tests - upto + count[order]))
    else:
        ordered = value * tests
    q = np.empty_like(p)
    q[order] = np.minimum(ordered, 1)
    return q
