"""A set through the years that it knows: who and what it holds when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from valuma_graph.affiliation.assembly import division_of, no_rows
from valuma_graph.places import DIVISIONS
from valuma_graph.portfolio import of_register

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from valuma_graph.affiliation import Affiliation, Mode


@dataclass(frozen=True, eq=False)
class Years:
    """
    A set in each of its years.

    Parameters
    ----------
    years
        The years in order; None alone where all years are taken together.
    sets
        The set in each of them.
    base
        Position of the year that the report describes.
    """

    years: tuple[int | None, ...]
    sets: tuple[Affiliation, ...]
    base: int

    @property
    def year(self) -> int | None:
        """The year that the report describes."""
        return self.years[self.base]

    @property
    def aff(self) -> Affiliation:
        """The set in that year."""
        return self.sets[self.base]

    @cached_property
    def nearest_first(self) -> list[Affiliation]:
        """The sets, the one of the report first, then those of the nearest years."""
        order = sorted(range(len(self.sets)), key=lambda k: (abs(k - self.base), k))
        return [self.sets[k] for k in order]

    @cached_property
    def whole(self) -> Affiliation:
        """All members and networks of any year, as the nearest year describes them; no rows."""
        aff = self.aff
        return type(aff)(
            self._all("members"), self._all("networks"), no_rows().assign(counted=False), aff.year
        )

    def _all(self, mode: Mode) -> pd.DataFrame:
        seen: set[str] = set()
        parts: list[pd.DataFrame] = []
        for aff in self.nearest_first:
            frame = aff.members if mode == "members" else aff.networks
            fresh = frame[~frame.index.isin(list(seen))]
            if len(fresh) or not parts:
                parts.append(fresh)
                seen.update(fresh.index)
        return pd.concat(parts) if len(parts) > 1 else parts[0]


def through(aff: Affiliation) -> Years:
    """
    Return a set in every year that it can be put into.

    Parameters
    ----------
    aff
        The affiliation network.

    Returns
    -------
    years
        The years of the divisions where something in the set is dated and its members are places
        of the divisions; else its own year alone.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> through(vg.datasets.southern_women()).years
    (None,)
    >>> through(vg.datasets.finland(year=2020)).base
    7
    """
    if aff.year is None or aff.gazetteer is None or not _dated(aff):
        return Years((aff.year,), (aff,), 0)
    years = sorted({*DIVISIONS, aff.year})
    sets = tuple(aff if year == aff.year else aff.at(year) for year in years)
    return Years(tuple(years), sets, years.index(aff.year))


def _dated(aff: Affiliation) -> bool:
    if of_register(aff):
        return True
    tables = (aff.memberships, aff.set_aside)
    columns = ("since", "until", "as_of")
    return any(bool(table[c].notna().any()) for table in tables for c in columns if c in table)


def judges(aff: Affiliation, level: str) -> bool:
    """
    Tell whether a set has places of a level: as members, or as regions that municipalities lie in.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> judges(vg.datasets.finland(year=2020), "region")
    True
    >>> judges(vg.datasets.southern_women(), "region")
    False
    """
    kinds = aff.members["kind"]
    if kinds.eq(level).any():
        return True
    towns = aff.members[kinds.eq("municipality")]
    return level == "region" and level in towns and bool(towns[level].notna().any())


def masks(each: Iterable[Iterable[Hashable]]) -> dict[Any, int]:
    """
    Return in which years each thing is, as bits: bit k stands for the k-th year.

    Examples
    --------
    >>> masks([["a", "b"], ["b"]])
    {'a': 1, 'b': 3}
    """
    found: dict[Any, int] = {}
    for k, things in enumerate(each):
        for thing in things:
            found[thing] = found.get(thing, 0) | 1 << k
    return found


def overlaps(aff: Affiliation) -> pd.DataFrame:
    """
    Return the pairs of networks that share members, against chance.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> len(overlaps(vg.datasets.southern_women()))
    66
    """
    from valuma_graph import chance

    return chance.overlap(aff, null="sdsm", forbidden=_abroad(aff))


def _abroad(aff: Affiliation) -> Literal["country"] | None:
    """Name the rule that members of other countries could not join, where countries are known."""
    stated = "countries" in aff.networks and aff.networks["countries"].notna().any()
    return "country" if stated and aff.members["country"].notna().any() else None


def division(year: int | None) -> int:
    """
    Return the municipal division that a year is drawn in.

    Examples
    --------
    >>> division(None), division(2010)
    (2026, 2013)
    """
    return min(max(division_of(year), DIVISIONS[0]), DIVISIONS[-1])
