"""A table with a row for each member and a column for each network, as one row for each mark."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.tables.cells import key, vocabulary
from valuma_graph.tables.margins import is_total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valuma_graph.tables.findings import Findings
    from valuma_graph.tables.sheets import Grid

_SIDES: Final = {"member": "network", "network": "member"}
_FEWEST = 2


def folded_side(grid: Grid, meanings: Mapping[int, str]) -> str | None:
    """
    Return what stands in the header of a matrix, `"network"` or `"member"`; None for a list.

    A matrix has a column of one of the two, none of the other, and at least two further columns
    whose cells are marks (`x`, `1`, `kyllä`, `ja`, `yes`…) or say no (`0`, `ei`…), most of those
    with anything else in them marks.

    Parameters
    ----------
    grid
        A table as text.
    meanings
        The project's name of each column whose header is known.
    """
    there = {name.removesuffix("_id") for name in meanings.values()} & set(_SIDES)
    if len(there) != 1:
        return None
    reads = (_read(grid.cells[i]) for i in _candidates(grid, meanings))
    marked = sum(_mostly_marks(yes, no) for yes, no in reads)
    return _SIDES[there.pop()] if marked >= _FEWEST else None


def unfolded(grid: Grid, meanings: Mapping[int, str], side: str, found: Findings) -> Grid:
    """
    Return a matrix as a list: one row for each mark, numbered as the row that it stands in.

    Cells that are neither yes nor no are noted, and so are columns that are not read as one of
    the matrix although nothing tells what else they are, and rows without any mark, which a
    list cannot hold.

    Parameters
    ----------
    grid, meanings
        As in `folded_side`.
    side
        What `folded_side` returned.
    found
        Takes the problems.

    Returns
    -------
    grid
        The columns that are not of the matrix, then one with the header `side`.
    """
    marked: dict[int, np.ndarray] = {}
    empty: set[int] = set()
    for i in _candidates(grid, meanings):
        yes, no = _read(grid.cells[i])
        odd = ~yes & ~no
        if _mostly_marks(yes, no):
            marked[i] = yes
            title, rows, values = grid.header[i].strip(), grid.rows[odd], grid.cells[i][odd]
            found.note_rows("bad_mark", "error", rows, values, column=title)
        elif not odd.any():
            empty.add(i)
    _note_unread(grid, meanings, {*marked, *empty}, found)
    marks = np.column_stack(list(marked.values()))
    row, column = np.nonzero(marks)
    kept = [i for i in range(len(grid.header)) if i not in marked and i not in empty]
    bare = ~marks.any(axis=1) & grid.cells[list(meanings)].notna().any(axis=1).to_numpy()
    if bare.any():
        count = str(int(bare.sum()))
        found.note("no_marks", "warning", row=int(grid.rows[bare][0]), count=count)
    titles = np.array([grid.header[i].strip() for i in marked], dtype=object)
    cells = grid.cells[kept].iloc[row].reset_index(drop=True).set_axis(range(len(kept)), axis=1)
    cells[len(kept)] = pd.Series(titles[column], dtype="str")
    header = (*(grid.header[i] for i in kept), side)
    return replace(grid, header=header, cells=cells, rows=grid.rows[row])


def _note_unread(grid: Grid, meanings: Mapping[int, str], read: set[int], found: Findings) -> None:
    for i, cell in enumerate(grid.header):
        texts, title = grid.cells[i].dropna(), cell.strip()
        if i in meanings or i in read or texts.empty:
            continue
        if is_total(title):
            known = not only_marks(texts)
        else:
            known = key(title.partition("(")[0]) in _other_headers() if title else False
        if not known:
            found.note(
                "column_unread",
                "warning",
                row=grid.header_row,
                column=title or f"column_{i + 1}",
                value=str(texts.iloc[0]),
            )


@cache
def _other_headers() -> frozenset[str]:
    """Return the headers that mean something in any table: ids, counts, remarks."""
    tables = vocabulary()["headers"].values()
    return frozenset(
        key(word) for table in tables for name, words in table.items() for word in (name, *words)
    )


def only_marks(column: pd.Series) -> bool:
    """
    Tell whether nothing but marks that are no numbers stands in a column.

    Examples
    --------
    >>> only_marks(pd.Series(["x", "X", None])), only_marks(pd.Series(["x", "Hinku"]))
    (True, False)
    """
    yes, no = _read(column)
    clean = yes.any() and (yes | no).all()
    return bool(clean and not column.str.contains(r"\d", na=False).any())


def _candidates(grid: Grid, meanings: Mapping[int, str]) -> list[int]:
    titles = {i: title.strip() for i, title in enumerate(grid.header) if i not in meanings}
    return [i for i, title in titles.items() if title and not is_total(title)]


def _mostly_marks(yes: np.ndarray, no: np.ndarray) -> bool:
    return int(yes.sum()) > int((~yes & ~no).sum())


def _read(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells say yes, and which say no or nothing."""
    codes, distinct = pd.factorize(column)
    words = [text.strip().casefold() for text in distinct]
    yes = np.array([word in _marks("yes") for word in words] + [False], dtype=bool)
    no = np.array([word in _marks("no") for word in words] + [True], dtype=bool)
    return yes[codes], no[codes]


@cache
def _marks(group: str) -> frozenset[str]:
    return frozenset(vocabulary()["marks"][group])
