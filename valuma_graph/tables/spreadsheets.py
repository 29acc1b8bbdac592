"""Workbooks as text cells, with what spreadsheets hide: merged cells, failed formulas, errors."""

from __future__ import annotations

import datetime as dt
import html
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
_XLSX_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_XLSX_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
_XLSX_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_XLSX_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
_XLSX_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_XLSX_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
_XLSX_FAR = re.compile(rb'\br="(?:[A-Z]{3,}\d|[A-Z]+\d{6})')
_XLSX_FILLED = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>/]*>')
_XLSX_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_ODS_TABLE = re.compile(
    r'<table:table\b[^>]*\btable:name="([^"]*)"[^>]*>(.*?)</table:table>', re.DOTALL
)
_ODS_TAG = re.compile(
    r'<table:(table-row|table-cell|covered-table-cell)\b((?:[^>"]|"[^"]*")*?)(/?)>'
)
_ERROR_TEXT = re.compile(r"^(?:#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|Err:\d{3})$")
_MOST_REPEATED: Final = 10_000
_MANY_ROWS: Final = 30_000
_LARGEST: Final = 30_000_000
"""Cells of the rectangle from A1 to the last one; beyond, memory runs out before any answer."""

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 1."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """
    One visible sheet.

    Parameters
    ----------
    name
        As the workbook calls it.
    rows
        Text of every cell from A1 on; what has no value is empty.
    merged
        Merged ranges.
    errors
        Row, column and text of cells that show an error such as `#REF!`.
    unvalued
        Row and column of formulas that no program has computed yet.
    hidden
        Rows that the spreadsheet does not show.
    """

    name: str
    rows: list[list[str]]
    merged: list[Range] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    unvalued: list[tuple[int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)


def read_sheets(data: bytes, family: str) -> list[Sheet]:
    """
    Read the visible sheets of a workbook.

    Parameters
    ----------
    data
        Content of the file.
    family
        `"xlsx"`, `"xls"` or `"ods"`.

    Returns
    -------
    sheets
        In the order of the workbook. Merged cells and errors of old `.xls` files are not known.

    Raises
    ------
    python_calamine.CalamineError
        If the file is torn; `PasswordError` if it is protected.
    """
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    sheets = []
    with load_workbook(io.BytesIO(data)) as book:
        for meta in book.sheets_metadata:
            if meta.visible != SheetVisibleEnum.Visible or meta.typ != SheetTypeEnum.WorkSheet:
                continue
            source = book.get_sheet_by_name(meta.name)
            rows = [
                [v if isinstance(v, str) else cell_text(v) for v in row]
                for row in source.to_python(skip_empty_area=False)
            ]
            merged = [
                (top + 1, left + 1, bottom + 1, right + 1)
                for (top, left), (bottom, right) in source.merged_cell_ranges or ()
            ]
            sheets.append(Sheet(meta.name, rows, merged))
    if family in {"xlsx", "ods"}:
        scan = _scan_xlsx if family == "xlsx" else _scan_ods
        scan(data, {sheet.name: sheet for sheet in sheets})
    return sheets


def far_cell(data: bytes, family: str) -> tuple[str, str] | None:
    """
    Find a stray cell so far out that the sheet, as a rectangle, would not fit into memory.

    Parameters
    ----------
    data
        Content of the file.
    family
        `"xlsx"`, `"xls"` or `"ods"`.

    Returns
    -------
    sheet, cell
        Name of the sheet and address of its last cell, or None where all is well.
    """
    if family == "xls":  # cannot be larger
        return None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if family == "xlsx":
            ends = ((name, _xlsx_end(archive.read(m))) for name, m in _xlsx_members(archive))
        else:
            xml = archive.read("content.xml").decode("utf-8", "replace")
            ends = ((html.unescape(n), _ods_end(body)) for n, body in _ODS_TABLE.findall(xml))
        for name, (row, column) in ends:
            if row * column > _LARGEST:
                return name, f"{_letters(min(column, 1 << 20))}{row}"
    return None


def _xlsx_end(xml: bytes) -> tuple[int, int]:
    """Return the last row and column that hold anything, or less where both are harmless."""
    last = max(map(int, _XLSX_ROW.findall(xml)), default=0)
    if last < _MANY_ROWS and not _XLSX_FAR.search(xml):
        return last, 1
    rows, columns = 0, 0
    for letters, digits in _XLSX_FILLED.findall(xml):
        rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
    return rows, columns


def _ods_end(xml: str) -> tuple[int, int]:
    rows, columns, row, column, step = 0, 0, 0, 0, 1
    for tag, attributes, empty in _ODS_TAG.findall(xml):
        if tag == "table-row":
            row, column, step = row + step, 0, _repeated(attributes, "rows")
            continue
        column += _repeated(attributes, "columns")
        if not empty or "office:value" in attributes:
            rows, columns = max(rows, row + step - 1), max(columns, column)
    return rows, columns


def _repeated(attributes: str, what: str) -> int:
    found = re.search(rf'number-{what}-repeated="(\d+)"', attributes) if attributes else None
    return int(found[1]) if found else 1


def fill_merged(sheet: Sheet, *, below: int) -> None:
    """Repeat the value of cells merged downwards in the rows they cover, below a row."""
    for top, left, bottom, right in sheet.merged:
        if top <= below or left != right or top > len(sheet.rows):
            continue
        value = sheet.rows[top - 1][left - 1] if left <= len(sheet.rows[top - 1]) else ""
        for row in sheet.rows[top:bottom]:
            if left <= len(row):
                row[left - 1] = value


def join_header(sheet: Sheet, top: int) -> int:
    """
    Write a header of two rows into the lower one, and return its number.

    So if a cell of the header is merged across columns, and the row below has its cells under
    such merged cells only.

    Parameters
    ----------
    sheet
        The sheet; its rows are changed.
    top
        Row of the header.

    Returns
    -------
    row
        `top` where the header is one row.
    """
    across = [m for m in sheet.merged if m[0] <= top <= m[2] and m[1] < m[3]]
    if not across or top >= len(sheet.rows):
        return top
    upper, lower = sheet.rows[top - 1], sheet.rows[top]
    filled = [j for j, cell in enumerate(lower, start=1) if cell.strip()]
    if not filled or not all(any(m[1] <= j <= m[3] for m in across) for j in filled):
        return top
    width = max(len(upper), len(lower))
    pairs = zip(*([*row, *[""] * (width - len(row))] for row in (upper, lower)), strict=True)
    sheet.rows[top] = [below if below.strip() else above for above, below in pairs]
    return top + 1


def _scan_xlsx(data: bytes, sheets: dict[str, Sheet]) -> None:
    """Find what calamine reads as empty: error values, and formulas without a stored result."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, member in _xlsx_members(archive):
            if name not in sheets:
                continue
            xml = archive.read(member)
            sheet = sheets[name]
            sheet.hidden.extend(int(n) for n in _XLSX_HIDDEN_ROW.findall(xml))
            if b't="e"' not in xml and b"<f" not in xml and b":f" not in xml:
                continue
            for cell in _XLSX_CELL.finditer(xml):
                _scan_cell(sheet, cell[1], cell[2] or b"")


def _scan_cell(sheet: Sheet, attributes: bytes, content: bytes) -> None:
    place = _XLSX_PLACE.search(attributes)
    error, formula = b't="e"' in attributes, re.search(rb"<(?:\w+:)?f\b", content)
    if place is None or not (error or formula):
        return
    row, column = int(place[2]), _column_number(place[1])
    value = _XLSX_VALUE.search(content)
    if error:
        sheet.errors.append((row, column, value[1].decode("utf-8", "replace") if value else "#"))
    elif value is None and b't="str"' not in attributes:
        sheet.unvalued.append((row, column))


def _xlsx_members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name of each sheet and the file in the archive that holds it."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in _XLSX_RELATION.findall(relations):
        told = dict(_ATTRIBUTE.findall(tag))
        targets[told.get("Id")] = posixpath.normpath(posixpath.join("/xl", told.get("Target", "")))
    for tag in _XLSX_SHEET.findall(archive.read("xl/workbook.xml").decode("utf-8", "replace")):
        told = dict(_ATTRIBUTE.findall(tag))
        key = next((v for k, v in told.items() if k.endswith(":id")), None)
        member = targets.get(key, "").lstrip("/")
        if member in names:
            yield html.unescape(told.get("name", "")), member


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _scan_ods(data: bytes, sheets: dict[str, Sheet]) -> None:
    """Find merged cells, hidden rows, errors and formulas without a result in an ODS file."""
    for sheet in sheets.values():
        sheet.errors.extend(
            (i, j, cell)
            for i, row in enumerate(sheet.rows, start=1)
            for j, cell in enumerate(row, start=1)
            if cell.startswith(("#", "Err:")) and _ERROR_TEXT.match(cell)
        )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("content.xml").decode("utf-8", "replace")
    if any(mark in xml for mark in ("-spanned=", "table:formula=", "table:visibility=")):
        for name, body in _ODS_TABLE.findall(xml):
            if html.unescape(name) in sheets:
                _scan_ods_rows(sheets[html.unescape(name)], body)


def _scan_ods_rows(sheet: Sheet, xml: str) -> None:
    row, column, step = 0, 0, 1
    for tag, attributes, empty in _ODS_TAG.findall(xml):
        told = dict(_ATTRIBUTE.findall(attributes))
        if tag == "table-row":
            row, column = row + step, 0
            step = _repeated(attributes, "rows")
            if told.get("table:visibility", "visible") != "visible":
                sheet.hidden.extend(islice(range(row, row + step), _MOST_REPEATED))
        else:
            _scan_ods_cell(sheet, row, column + 1, told, empty=bool(empty))
            column += _repeated(attributes, "columns")


def _scan_ods_cell(
    sheet: Sheet, row: int, column: int, told: dict[str, str], *, empty: bool
) -> None:
    down = int(told.get("table:number-rows-spanned", 1))
    right = int(told.get("table:number-columns-spanned", 1))
    if down > 1 or right > 1:
        sheet.merged.append((row, column, row + down - 1, column + right - 1))
    if "table:formula" in told and empty and "office:value-type" not in told:
        sheet.unvalued.append((row, column))


def inside(
    sheet: Sheet, *, header_row: int, header: Sequence[str]
) -> Iterator[tuple[str, int, str, str]]:
    """
    Yield what is wrong within a table of the sheet.

    Parameters
    ----------
    sheet
        The sheet.
    header_row
        Row of its headers.
    header
        The headers.

    Yields
    ------
    code, row, column, value
        Code of the problem, its row, the header above it, and what stands there.
    """
    width = len(header)
    for top, left, bottom, right in sheet.merged:
        if bottom > header_row and left <= width and top <= len(sheet.rows):
            area = f"{_letters(left)}{top}:{_letters(right)}{bottom}"
            yield "merged_cells", top, header[left - 1], area
    for row, column, value in sheet.errors:
        if row > header_row and column <= width:
            yield "error_cell", row, header[column - 1], value
    for row, column in sheet.unvalued:
        if row > header_row and column <= width:
            yield "formula_without_value", row, header[column - 1], f"{_letters(column)}{row}"


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_text(value: Any) -> str:  # noqa: ANN401  a cell may hold anything
    """
    Return one cell as text.

    Examples
    --------
    >>> import datetime as dt
    >>> cell_text(36.0), cell_text(dt.datetime(2019, 12, 31)), cell_text(True)
    ('36', '2019-12-31', 'true')
    """
    if isinstance(value, (bool, np.bool_)):
        text = "true" if value else "false"
    elif isinstance(value, (float, np.floating)):
        number = float(value)
        text = str(int(number)) if number.is_integer() else "" if number != number else repr(number)  # noqa: PLR0124
    elif value is None or value is pd.NA or value is pd.NaT:
        text = ""
    elif isinstance(value, (dt.date, dt.time)):  # a datetime is a date too
        text = value.isoformat().removesuffix("T00:00:00")
    else:
        text = str(value)
    return text
