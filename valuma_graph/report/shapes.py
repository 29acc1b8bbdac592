"""The map of the page: outlines of the municipalities of every year, each path once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from valuma_graph.places import gazetteer
from valuma_graph.report.years import division, masks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from valuma_graph.maps.vector import Outlines
    from valuma_graph.report.years import Years


def drawn_in(years: Years) -> list[Outlines]:
    """
    Return the outlines of each year of a set; none where there are no places of Finland in it.

    Parameters
    ----------
    years
        The set in each of its years.

    Returns
    -------
    outlines
        One for each year; years of one division have the same.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.years import through
    >>> drawn_in(through(vg.datasets.southern_women()))
    []
    """
    if years.aff.gazetteer is None:
        return []
    drawn = [outlines_of(year) for year in years.years]
    members = years.whole.members.index
    there = any(one.municipalities.index.isin(members).any() for one in drawn)
    return drawn if there else []


def outlines_of(year: int | None) -> Outlines:
    """
    Return the outlines of a year, drawn once for all years that have the same division.

    Examples
    --------
    >>> outlines_of(2019) is outlines_of(2018)
    True
    """
    return _outlines(_first_alike(division(year)))


def neighbours_of(year: int | None) -> pd.DataFrame:
    """
    Return who borders on whom on land in a year, as `geography.contiguity`.

    Examples
    --------
    >>> len(neighbours_of(2020))
    777
    """
    return _neighbours(_first_alike(division(year)))


@cache
def _outlines(year: int) -> Outlines:
    from valuma_graph.maps.vector import outlines

    return outlines(year)


@cache
def _neighbours(year: int) -> pd.DataFrame:
    from valuma_graph.geography import contiguity

    return contiguity(year)


@cache
def _first_alike(year: int) -> int:
    """Return the first of the years in a row that have the municipalities and regions of one."""
    return _first_alike(year - 1) if _same(year - 1, year) else year


def _same(before: int, year: int) -> bool:
    places = gazetteer()
    try:
        one, other = (places.group_of("region", y).sort_index() for y in (before, year))
    except ValueError:  # the first division
        return False
    return bool(one.equals(other))


def sheet(drawn: Sequence[Outlines], base: int, positions: Mapping[str, int]) -> dict[str, Any]:
    """
    Return the map of all years: what is drawn alike in several years stands once.

    Parameters
    ----------
    drawn
        The outlines of each year, as `drawn_in` returns them.
    base
        Position of the year that gives the size of the sheet.
    positions
        Position of each municipality among the members.

    Returns
    -------
    sheet
        `width`, `height`, `shapes` (member, path, years as bits) and `lines` (path, years).

    Examples
    --------
    >>> one = outlines_of(2020)
    >>> where = {town: k for k, town in enumerate(one.municipalities.index)}
    >>> len(sheet([one, one], 0, where)["shapes"])
    310
    """
    shapes = masks(
        zip(map(positions.__getitem__, one.municipalities.index), one.municipalities, strict=True)
        for one in drawn
    )
    lines = masks([f"M{line}" for line in one.regions.split("M")[1:]] for one in drawn)
    return {
        "width": drawn[base].width,
        "height": drawn[base].height,
        "shapes": [[member, path, mask] for (member, path), mask in shapes.items()],
        "lines": [[path, mask] for path, mask in lines.items()],
    }
