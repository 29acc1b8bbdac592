"""Tables as an Excel workbook that is pleasant to open, safe, and the same bytes every time."""

from __future__ import annotations

import math
import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from valuma_graph.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML file can hold."""

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its heading among them."""

_CELL, _SHEET_NAME = 32_767, 31
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 48


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """
    Write each table to a sheet: bold header that stays in sight, filters, widths, formats.

    Text is always text: no cell of the data can become a formula. Cells longer than a sheet
    allows (32 767 characters) are cut and end in “…”; characters that XML cannot hold become �.

    Parameters
    ----------
    tables
        Frames by the name of their sheet; the index is not written.
    path
        The file, overwritten. It is not written atomically here.

    Raises
    ------
    FormatError
        If a table has more rows than a sheet can hold.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "a.xlsx"
    >>> write_workbook({"people": pd.DataFrame({"name": ["=1+1"], "n": [3]})}, path)
    >>> pd.read_excel(path, engine="calamine").to_dict("list")
    {'name': ['=1+1'], 'n': [3]}
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    names: set[str] = set()
    for name, table in tables.items():
        if len(table) >= SHEET_ROWS:
            raise FormatError(f"{name}: {len(table)} rows; a sheet holds {SHEET_ROWS - 1}")
        title = sheet_name(name, names)
        names.add(title.casefold())
        _fill(book.create_sheet(title), table)
    book.properties.creator = "valuma-graph"
    buffer = BytesIO()
    book.save(buffer)
    without_clock(buffer, path)


def sheet_name(name: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    r"""
    Return a name that Excel takes: at most 31 characters, none of `[]:*?/\`, not taken.

    Examples
    --------
    >>> sheet_name("centrality/members"), sheet_name("a", {"a"})
    ('centrality_members', 'a_2')
    """
    clean = re.sub(r"[\[\]:*?/\\]", "_", XML_FORBIDDEN.sub("", name)).strip().strip("'")
    clean = clean[:_SHEET_NAME] or "table"
    candidate, n = clean, 1
    while candidate.casefold() in taken:
        n += 1
        candidate = f"{clean[: _SHEET_NAME - len(str(n)) - 1]}_{n}"
    return candidate


def _fill(sheet: WriteOnlyWorksheet, table: pd.DataFrame) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    values = [_plain(table.iloc[:, i]) for i in range(table.shape[1])]
    formats = [_number_format(str(c), table.iloc[:, i]) for i, c in enumerate(table.columns)]
    for i, column in enumerate(table.columns):
        longest = max([len(str(column)) + 3, *(_width(v) for v in values[i][:500])])
        sheet.column_dimensions[get_column_letter(i + 1)].width = min(longest + 1, _WIDEST)
    sheet.freeze_panes = "B2"
    if table.shape[1]:
        sheet.auto_filter.ref = f"A1:{get_column_letter(table.shape[1])}{len(table) + 1}"

    def cell(value: Any, *, number_format: str = "General") -> Any:  # noqa: ANN401  a cell holds any
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"  # openpyxl would take "=1+1" for a formula
            if value.startswith(_FORMULA_LIKE):
                made.quotePrefix = True
        elif value is not None:
            made.number_format = number_format
        return made

    header = []
    for column in table.columns:
        made = cell(_text(str(column)))
        made.font = Font(bold=True, color="FFFFFF")
        made.fill = PatternFill("solid", fgColor="1F4E5F")
        made.alignment = Alignment(vertical="center")
        header.append(made)
    sheet.append(header)
    for row in zip(*values, strict=True):
        sheet.append([cell(v, number_format=f) for v, f in zip(row, formats, strict=True)])


def _plain(column: pd.Series) -> list[Any]:
    """Return plain Python values, None where missing, text safe for XML."""
    values = column.astype(object).where(column.notna(), None).tolist()
    return [_one(v) for v in values]


def _one(value: Any) -> Any:  # noqa: ANN401
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return _text(str(value))


def _text(value: str) -> str:
    safe = XML_FORBIDDEN.sub("\ufffd", value)
    return safe if len(safe) <= _CELL else f"{safe[: _CELL - 1]}…"


def _width(value: object) -> int:
    return 8 if isinstance(value, float) else len(str(value)) if value is not None else 0


def _number_format(name: str, column: pd.Series) -> str:
    if pd.api.types.is_integer_dtype(column.dtype):
        return "0" if "year" in name else "#,##0"
    if name in {"lon", "lat"}:
        return "0.0000"
    if pd.api.types.is_float_dtype(column.dtype):
        return "0.000" if column.abs().max() <= 1 else "#,##0.0"
    return "General"


def without_clock(source: BytesIO, path: Path) -> None:
    """Copy a workbook with every time stamp fixed, so that the same tables give the same bytes."""
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"2000-01-01T00:00:00Z", data)
            fixed = zipfile.ZipInfo(item.filename, date_time=(1980, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o644 << 16
            new.writestr(fixed, data)
