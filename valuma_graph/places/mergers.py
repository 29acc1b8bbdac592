"""What mergers and moved boundaries do to ids, areas and population of municipalities."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The official areas are of this year; parts that merged later were summed in the table.
_AREAS_OF = 2023
_AREA_COLUMNS = ["land_km2", "freshwater_km2", "sea_km2"]

Figures = dict[int, tuple[int, dict[str, int]]]
"""Year → (year of the division that the figures are by, code → population)."""


class Event(NamedTuple):
    """A change of 1 January: `merger` of source into target, or `boundary_change` between them."""

    year: int
    kind: str
    source: str
    target: str


def events_of(rows: pd.DataFrame) -> list[Event]:
    """Return the mergers and boundary changes of the table of mergers, in the order of years."""
    rows = rows[rows["event"].isin(["merger", "boundary_change"])].sort_values("year")
    columns = rows[["year", "event", "from_code", "to_code"]].to_numpy()
    return [Event(int(year), str(kind), str(a), str(b)) for year, kind, a, b in columns]


def ends(events: Iterable[Event], year: int) -> dict[str, str]:
    """Return abolished code → code that holds its area in the division, chains followed."""
    step = {
        event.source: event.target
        for event in events
        if event.kind == "merger" and event.year <= year
    }
    found = {}
    for code, target in step.items():
        end = target
        while end in step:
            end = step[end]
        found[code] = end
    return found


def areas(
    official: pd.DataFrame, events: Iterable[Event], codes: Iterable[str], year: int
) -> pd.DataFrame:
    """
    Return the official areas of a division, unknown where they cannot be had.

    Parameters
    ----------
    official
        Index code; land_km2, freshwater_km2, sea_km2 (float) of the latest division.
    events
        What changed.
    codes, year
        The division.

    Returns
    -------
    areas
        Index code; the three columns, area_km2 (land and fresh water) and area_basis.
    """
    found = official[_AREA_COLUMNS].reindex(list(codes))
    basis = pd.Series("official_2023", index=found.index, dtype="str")
    for event in events:
        if event.year > year and event.kind == "merger":
            # The table holds the sum: take the absorbed part off again, if that is known.
            found.loc[found.index == event.target] -= official.loc[event.source, _AREA_COLUMNS]
        elif event.year > year:
            found.loc[found.index.isin([event.source, event.target])] = np.nan
        elif event.year > _AREAS_OF:
            basis.loc[basis.index == event.target] = "official_2023_sum"
    found = found.round(2)
    found["area_km2"] = (found["land_km2"] + found["freshwater_km2"]).round(2)
    found["area_basis"] = basis.where(found["area_km2"].notna())
    return found


def figures_of(rows: pd.DataFrame) -> Figures:
    """Return the table of population by year; the finest division where a year has two."""
    found: Figures = {}
    rows = rows.assign(division=rows["division"].astype("int64"), year=rows["year"].astype("int64"))
    for year, same in rows.groupby("year"):
        part = same[same["division"] == same["division"].min()]
        counts = part["population"].astype("int64")
        division = int(part["division"].iloc[0])
        found[int(str(year))] = division, dict(zip(part["code"], counts, strict=True))
    return found


def populations(
    figures: Figures, events: list[Event], codes: Iterable[str], year: int
) -> pd.DataFrame:
    """
    Return the population of a division on its last day, or on the latest before that is known.

    A figure counts only where it is of the same area: parts of a later merger have none, since
    the series is back-cast and holds their sum.

    Parameters
    ----------
    figures
        Published population.
    events
        What changed.
    codes, year
        The division.

    Returns
    -------
    population
        Index code; population and population_year (Int64).
    """
    known: dict[str, tuple[int, int]] = {}
    for then in sorted(figures, reverse=True):
        if then <= year:
            for code, count in _of_same_area(figures[then], events, year, then).items():
                known.setdefault(code, (count, then))
    codes = list(codes)
    pairs = [known.get(code, (pd.NA, pd.NA)) for code in codes]
    return pd.DataFrame(
        pairs, index=codes, columns=["population", "population_year"], dtype="Int64"
    )


def _of_same_area(
    published: tuple[int, Mapping[str, int]], events: list[Event], year: int, then: int
) -> dict[str, int]:
    """Return the population at the end of `then` of those areas that division `year` has."""
    division, figures = published
    mixed: set[str] = set()
    for event in events:
        # Moved boundaries are not back-cast; 31 December goes by those of the next day.
        moved = min(year, then + 1) < event.year <= max(year, then + 1)
        merged = year < event.year <= division
        if (event.kind == "boundary_change" and moved) or (event.kind == "merger" and merged):
            mixed |= {event.source, event.target}
    into = ends(events, year)
    counts: dict[str, int] = defaultdict(int)
    for code, count in figures.items():
        counts[into.get(code, code)] += count
    return {code: count for code, count in counts.items() if code not in mixed}
