"""Loops that numpy has no words for, compiled where the extra `fast` is installed."""

from __future__ import annotations

from importlib.util import find_spec

WORTH = 5e6
"""Steps from which on a compiled loop pays for the half second that its compiler takes to load."""


def compiled(steps: float) -> bool:
    """
    Tell whether to run the compiled kernels; their callers have the same result without them.

    Parameters
    ----------
    steps
        Roughly how many steps of the inner loop there are.

    Returns
    -------
    compiled
        Whether numba is there and the work is worth loading it.

    Examples
    --------
    >>> compiled(10)
    False
    """
    return steps >= WORTH and find_spec("numba") is not None
