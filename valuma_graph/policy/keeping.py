"""What is computed or read once: results of a set of networks, and the report's own tables."""

from __future__ import annotations

from functools import cache, wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from valuma_graph import datasets

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

Key = TypeVar("Key")
Made = TypeVar("Made")
Rest = ParamSpec("Rest")

MOST: Final = 9
"""Results that are kept of one function for one set: three languages of three questions."""


def remembered(
    make: Callable[Concatenate[Key, Rest], Made],
) -> Callable[Concatenate[Key, Rest], Made]:
    """
    Keep the last results of a function as long as its first argument is in use.

    Sets of networks and answers never change, and many functions ask the same of them. Nobody
    may write into what is kept: it is returned as it is.

    Parameters
    ----------
    make
        A function of an `Affiliation` (or `Answers`) and of other arguments that can be hashed.
        What it returns must not hold its first argument.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> size = remembered(lambda aff: [len(aff.members)])
    >>> women = vg.datasets.southern_women()
    >>> size(women), size(women) is size(women)
    ([18], True)
    """
    kept: WeakKeyDictionary[Key, dict[object, Made]] = WeakKeyDictionary()

    @wraps(make)
    def found(first: Key, /, *args: Rest.args, **options: Rest.kwargs) -> Made:
        own = kept.setdefault(first, {})
        asked = (args, *sorted(options.items()))
        if asked not in own:
            made = make(first, *args, **options)
            while len(own) >= MOST:
                del own[next(iter(own))]
            own[asked] = made
        return own[asked]

    return found


@cache
def _policy(name: str) -> pd.DataFrame:
    return datasets.policy(name)


@cache
def _programmes() -> pd.DataFrame:
    return datasets.programmes()


@cache
def _relations() -> pd.DataFrame:
    return datasets.relations()


@cache
def _register() -> tuple[pd.DataFrame, pd.DataFrame]:
    return datasets.register()


# Shallow copies: pandas copies what somebody writes into, so that nobody changes what is kept.


def policy(name: str) -> pd.DataFrame:
    """Return a table as `datasets.policy` does, read once."""
    return _policy(name).copy(deep=False)


def programmes() -> pd.DataFrame:
    """Return the table of `datasets.programmes`, read once."""
    return _programmes().copy(deep=False)


def relations() -> pd.DataFrame:
    """Return the table of `datasets.relations`, read once."""
    return _relations().copy(deep=False)


def register() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of `datasets.register`, read once."""
    members, networks = _register()
    return members.copy(deep=False), networks.copy(deep=False)
