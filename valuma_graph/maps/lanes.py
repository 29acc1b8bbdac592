"""The lanes of a timeline: in which order, under which programme, with what money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Lane:
    """A programme or network: its row, its number, those of what fed it, and its money."""

    row: Any
    inner: bool
    number: str
    fed: str
    money: list[tuple[int, int, bool, bool]]
    """First and last year, whether they are those of the programme, and whether it went on."""


def lanes_of(table: pd.DataFrame, links: pd.DataFrame) -> list[Lane]:
    """
    Order rows of a timeline: as they are, but under each programme those that it is first to feed.

    Parameters
    ----------
    table
        As `timeline` returns it.
    links
        As `firmest` returns them.

    Returns
    -------
    lanes
        One for each row.
    """
    links = links[links["fed"].isin(table.index)]
    known = links[links["feeder"].isin(table.index)]
    feeders = set(known["feeder"])
    order = _order([str(one) for one in table.index], known)
    numbers = {one: k for k, one in enumerate((n for n, _ in order if n in feeders), 1)}
    rows = {str(row.Index): row for row in table.itertuples()}
    by_fed = {str(fed): mine for fed, mine in links.groupby("fed")}
    lanes = []
    for one, inner in order:
        mine = by_fed.get(one, links.iloc[:0])
        fed = sorted(numbers[str(f)] for f in mine["feeder"].dropna() if f in numbers)
        words = f"← {', '.join(map(str, fed))}" if fed else ""
        money = _money(mine, rows[one], rows)
        lanes.append(Lane(rows[one], inner, str(numbers.get(one, "")), words, money))
    return lanes


def _order(ids: list[str], links: pd.DataFrame) -> list[tuple[str, bool]]:
    """Return the ids in order, and whether each stands under what fed it."""
    place = {one: k for k, one in enumerate(ids)}
    parent = {
        str(fed): min((str(f) for f in rows["feeder"]), key=lambda one: place[one])
        for fed, rows in links.groupby("fed")
    }
    order: dict[str, bool] = {}

    def put(one: str, *, inner: bool) -> None:
        if one not in order:
            order[one] = inner
            for child in ids:
                if parent.get(child) == one:
                    put(child, inner=True)

    tops = [one for one in ids if one not in parent]
    for one in [*tops, *ids]:  # a ring has no top
        put(one, inner=False)
    return list(order.items())


def _money(
    links: pd.DataFrame,
    row: Any,  # noqa: ANN401
    rows: Mapping[str, Any],
) -> list[tuple[int, int, bool, bool]]:
    """Return the years of each programme's money for a network, where they are known."""
    lasted = set() if pd.isna(row.outlasted) else set(str(row.outlasted).split(";"))
    found = []
    link: Any
    for link in links.itertuples(index=False):
        of = rows.get(link.feeder)
        borrowed = bool(pd.isna(link.until))
        end = link.until if of is None or not borrowed else of.end
        start = link.since if of is None or not pd.isna(link.since) else of.start
        went_on = link.feeder in lasted
        if pd.isna(start) and not pd.isna(row.start):
            start = row.start
        elif borrowed and not pd.isna(row.start) and not pd.isna(start):
            start = max(start, row.start)
        if pd.isna(end) or pd.isna(start) or (start > end and not went_on):
            continue
        found.append((int(min(start, end)), int(end), borrowed, went_on))
    return sorted(found)
