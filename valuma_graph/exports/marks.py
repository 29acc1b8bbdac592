"""A copy of a user's workbook in which the faulty cells are coloured and explained."""

from __future__ import annotations

import warnings
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from valuma_graph.exports import copies
from valuma_graph.exports.extensions import keep_rules
from valuma_graph.exports.faults import Fault, write_faults
from valuma_graph.exports.formats import atomic
from valuma_graph.exports.lettering import put, safe
from valuma_graph.exports.workbook import sheet_name
from valuma_graph.tables.findings import shown
from valuma_graph.tables.headers import sheets_as_text
from valuma_graph.text import LANGS, t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from valuma_graph.tables.sheets import Grid

AUTHOR: Final = "valuma-graph"
"""Author of the comments, and what stands before the explanations."""

FILLS: Final = {"error": "F8B5AC", "warning": "FFE38A"}
"""Colours of cells with an error, and with something to check."""

# Not every spreadsheet keeps the author of a comment, so its first line tells whose it is.
_SIGNED: Final = f"{AUTHOR}:\n"
_NO_COLOURS: Final = {("rgb", "00000000"), ("indexed", 64), ("indexed", 65)}
_SEARCHED: Final = 60
_LONGEST: Final = 3000

Key = tuple[str, str | None]


class _Place(NamedTuple):
    """A sheet of the copy, and where its columns are by the heading that problems name."""

    sheet: Worksheet
    top: int
    columns: Mapping[str, int]


def mark(source: Path, problems: pd.DataFrame, target: Path, *, lang: str = "en") -> int | None:
    r"""
    Write a copy of a file with its problems marked; the file itself is only read.

    The copy of an Excel workbook keeps its sheets, formats, formulas and lists. Of any other
    file, and of a workbook that cannot be opened for writing, the copy holds the cells as text.
    A first sheet lists all problems, each with a link to its cell.

    Parameters
    ----------
    source
        The file or folder that was checked.
    problems
        What is wrong with it, as `problems` lists it.
    target
        The copy, ending in `.xlsx`; overwritten, whole or not at all.
    lang
        Language of the first sheet.

    Returns
    -------
    cells
        How many cells are marked; None where the source cannot be read, and nothing is written.

    Examples
    --------
    >>> import tempfile
    >>> import valuma_graph as vg
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.csv").write_text("kunta,verkosto\nTamprere,Hinku\n")
    >>> mark(folder / "a.csv", vg.problems(folder / "a.csv"), folder / "b.xlsx")
    1
    """
    grids = sheets_as_text(source)
    if not grids:
        return None
    book = _opened(source)
    if book is None:
        book, places = _as_text(grids)
    else:
        keep_rules(source, book)
        _unmark(book)
        places = _places(book, grids)
    faults = _faults(problems, places)
    marked = _colour(faults)
    taken = {name.casefold() for name in book.sheetnames}
    first = book.create_sheet(sheet_name(t("listform.found.sheet", lang), taken), 0)
    write_faults(first, faults, file=source.name, fills=FILLS, lang=lang)
    for sheet in book.worksheets:  # two chosen sheets would be edited together
        sheet.sheet_view.tabSelected = sheet is first
    book.active = 0
    buffer = BytesIO()
    copies.stamp(book)
    book.save(buffer)
    with atomic(target) as temporary:
        copies.finish(buffer, temporary)
    return marked


# -- inside ---------------------------------------------------------------------------------------


def _opened(source: Path) -> Workbook | None:
    """Open an Excel workbook for writing; None where it is none, or is not what Excel writes."""
    from openpyxl import load_workbook

    if source.suffix.lower() not in {".xlsx", ".xlsm"}:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of Excel that it does not know
            return load_workbook(source)
    except Exception:  # noqa: BLE001  it is stricter than what has read the values
        return None


def _as_text(grids: Sequence[Grid]) -> tuple[Workbook, dict[Key, _Place]]:
    """Return the rows as a new workbook, each where the file has it."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    taken: set[str] = set()
    places: dict[Key, _Place] = {}
    for grid in grids:
        title = sheet_name(grid.sheet or Path(grid.file).stem, taken)
        taken.add(title.casefold())
        sheet = book.create_sheet(title)
        for column, words in enumerate(grid.header, start=1):
            put(sheet, grid.header_row, column, words, style="head")
        cells = grid.cells.astype(object).where(grid.cells.notna(), None)
        for row, values in zip(grid.rows.tolist(), cells.itertuples(index=False), strict=True):
            for column, value in enumerate(values, start=1):
                if value is not None:
                    put(sheet, row, column, value, text=True)
        sheet.freeze_panes = sheet.cell(grid.header_row + 1, 1).coordinate
        places[grid.file, grid.sheet] = _place(sheet, grid)
    return book, places


def _unmark(book: Workbook) -> None:
    """Take off the marks of an earlier check, if the workbook is a copy that was worked on."""
    if copies.stamp_of(book) is None:
        return
    titles = {t("listform.found.sheet", lang) for lang in LANGS}
    for sheet in [s for s in book.worksheets if s.title in titles]:
        book.remove(sheet)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and _SIGNED in cell.comment.text:
                    _unmark_cell(cell)


def _unmark_cell(cell: Any) -> None:  # noqa: ANN401  openpyxl's cells have several classes
    """Give a cell the comment and the colour back that it had; a colour given since stays."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    before = cell.comment.text.partition(_SIGNED)[0].strip()
    cell.comment = Comment(before, cell.comment.author) if before else None
    if str(cell.fill.fgColor.rgb).endswith(tuple(FILLS.values())):
        kept = cell.fill.bgColor
        none = (kept.type, kept.value) in _NO_COLOURS
        cell.fill = PatternFill() if none else PatternFill("solid", fgColor=copy(kept))


def _marking(cell: Any, colour: str) -> Any:  # noqa: ANN401  as above
    """Return the fill of a mark; behind it, where nobody sees it, the colour that was there."""
    from openpyxl.styles import PatternFill

    if cell.fill.fill_type != "solid":
        return PatternFill("solid", fgColor=colour)
    return PatternFill("solid", fgColor=colour, bgColor=copy(cell.fill.fgColor))


def _places(book: Workbook, grids: Sequence[Grid]) -> dict[Key, _Place]:
    return {
        (grid.file, grid.sheet): _place(book[grid.sheet], grid)
        for grid in grids
        if grid.sheet in book.sheetnames
    }


def _place(sheet: Worksheet, grid: Grid) -> _Place:
    """Find the columns: by the header that was read, else by a cell near the top."""
    columns: dict[str, int] = {}
    for column, words in enumerate(grid.header, start=1):
        columns.setdefault(shown(words.strip() or f"column_{column}"), column)
    for row in sheet.iter_rows(max_row=_SEARCHED):
        for cell in row:
            if isinstance(cell.value, str) and cell.value.strip():
                columns.setdefault(shown(" ".join(cell.value.split())), cell.column)
    return _Place(sheet, grid.header_row, columns)


def _faults(problems: pd.DataFrame, places: Mapping[Key, _Place]) -> list[Fault]:
    """Return the problems, each with its cell where it has one."""
    columns = ("file", "sheet", "row", "column", "severity", "message", "value", "suggestion")
    table = problems[list(columns)].astype(object).where(problems[list(columns)].notna(), None)
    faults = []
    for file, sheet, row, column, *told in table.itertuples(index=False):
        place = places.get((file, sheet))
        if place is None and sheet is None and len(places) == 1 and (row or column):
            place = next(iter(places.values()))
        cell = None if place is None else _cell(place, row, column)
        faults.append(Fault(sheet, cell, *told))
    return faults


def _cell(place: _Place, row: int | None, column: str | None) -> Cell | None:
    """Return the cell of a problem; where it names a row alone, the first that is filled in."""
    from openpyxl.cell import MergedCell

    if row is None and column is None:
        return None
    at, sheet = row or place.top, place.sheet
    number = None if column is None else place.columns.get(column)
    if number is None:
        filled = (c.column for c in sheet[at] if c.value is not None) if at else iter(())
        number = next(filled, 1)
    cell = sheet.cell(at, number)
    if isinstance(cell, MergedCell):
        for area in sheet.merged_cells.ranges:
            if cell.coordinate in area:
                return sheet.cell(area.min_row, area.min_col)
    return cell


def _colour(faults: Sequence[Fault]) -> int:
    """Colour the cells and explain them; what somebody has noted there stays. Return how many."""
    from openpyxl.comments import Comment

    looks: dict[tuple[bytes, str], Any] = {}
    by_cell: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        if fault.cell is not None:
            by_cell.setdefault((fault.cell.parent.title, fault.cell.coordinate), []).append(fault)
    for found in by_cell.values():
        cell = found[0].cell
        worst = "error" if any(f.severity == "error" for f in found) else "warning"
        style = cell._style  # noqa: SLF001  few looks, many cells; a new cell has none
        before = (b"" if style is None else style.tobytes(), worst)
        if before in looks:
            cell._style = copy(looks[before])  # noqa: SLF001
        else:
            cell.fill = _marking(cell, FILLS[worst])
            looks[before] = cell._style  # noqa: SLF001
        noted = f"{cell.comment.text}\n\n" if cell.comment is not None else ""
        author = AUTHOR if cell.comment is None else cell.comment.author
        said = "\n\n".join(dict.fromkeys(f.message for f in found))
        words = safe(f"{noted}{_SIGNED}{said}")[:_LONGEST]
        lines = sum(1 + len(line) // 42 for line in words.split("\n"))
        cell.comment = Comment(words, author, width=320, height=min(24 + 18 * lines, 400))
    return len(by_cell)
