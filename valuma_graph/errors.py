"""
Every exception that valuma-graph raises on purpose.

::

    ValumaError
    ├── TableError(ValueError)             a table cannot be used; .problems lists why
    ├── UnknownNodeError(KeyError)         no such member or network; .suggestions
    ├── GeometryError(ValueError)          a shape, axis or coordinate system is unusable
    ├── ConvergenceError(RuntimeError)     an iteration did not settle
    └── FormatError(ValueError)            a file format cannot be read or written

A wrong argument value is a plain `ValueError` that names the allowed values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


class ValumaError(Exception):
    """Base of all errors that valuma-graph raises on purpose."""


class TableError(ValumaError, ValueError):
    """
    A table cannot be used as it is.

    Parameters
    ----------
    message
        What is wrong, ready to be shown.
    problems
        One row for each problem, as `valuma_graph.problems` returns them.
    """

    def __init__(self, message: str, problems: pd.DataFrame) -> None:
        super().__init__(message)
        self.problems = problems


class UnknownNodeError(ValumaError, KeyError):
    """
    A member or network that the affiliation network does not have.

    Parameters
    ----------
    message
        What was asked for.
    suggestions
        Names or ids that look like it, best first.
    """

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.suggestions = tuple(suggestions)

    def __str__(self) -> str:
        """Return the message with the suggestions, without KeyError's quotes."""
        if not self.suggestions:
            return self.message
        return f"{self.message} Did you mean: {', '.join(self.suggestions)}?"


class GeometryError(ValumaError, ValueError):
    """A shape, an axis or a coordinate system is unusable."""


class ConvergenceError(ValumaError, RuntimeError):
    """An iteration did not settle within its limit."""


class FormatError(ValumaError, ValueError):
    """A file format cannot be read or written."""
