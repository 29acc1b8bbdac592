"""Rows of a 0/1 matrix that move between communities."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def settle(  # noqa: PLR0913, PLR0917
    pointers: np.ndarray,
    others: np.ndarray,
    other: np.ndarray,
    weight: np.ndarray,
    scale: float,
    heat: float,
    noise: np.ndarray,
    offset: np.ndarray,
    own: np.ndarray,
) -> None:
    """
    Put each row into the community where its gain, with the noise, is largest, in place.

    The gain is the ties of the row to the columns of a community (`other` is theirs), less
    `scale` times its degree times the `weight` of the community. To it comes `heat` times an
    entry of `noise`, which row i reads from `offset[i]` on, one for each community.
    """
    count = len(weight)
    ties = np.empty(count)
    for row in range(len(own)):
        ties[:] = 0
        for k in range(pointers[row], pointers[row + 1]):
            ties[other[others[k]]] += 1
        expected = scale * (pointers[row + 1] - pointers[row])
        best, most = 0, -np.inf
        for c in range(count):
            gain = (ties[c] - expected * weight[c]) + heat * noise[offset[row] + c]
            if gain > most:
                best, most = c, gain
        own[row] = best
