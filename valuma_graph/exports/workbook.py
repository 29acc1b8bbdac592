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

LONGEST = 32_767
"""Characters that a cell holds."""

_SHEET_NAME = 31
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
_WIDEST, _PAGE_WIDE, _A4 = 48, 12, 9
_SHARES = {
    "coverage", "jaccard", "neighbours_in", "overlap_coefficient", "share",
}  # fmt: skip
_CHANCES = {"p", "p_lower", "p_upper", "p_value", "q"}
_SMALL = 10  # a measure of which one value is above 1 is still told by its decimals
_YEARS = {"end", "funding_end", "project_until", "since", "start", "until"}


def write_workbook(
    tables: Mapping[str, pd.DataFrame], path: Path, *, linked: str | None = None
) -> None:
    """
    Write each table to a sheet: bold header that stays in sight, filters, widths, formats.

    Shares are shown as percentages, small probabilities as powers of ten, years without thousands.
    Text is always text: no cell of the data can become a formula. Cells longer than a sheet
    allows (32 767 characters) are cut and end in “…”; characters that XML cannot hold become �.

    Parameters
    ----------
    tables
        Frames by the name of their sheet; the index is not written.
    path
        The file, overwritten. It is not written atomically here.
    linked
        Name of a column in which the name of a sheet is a link to that sheet.

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
    titles: dict[str, str] = {}
    for name, table in tables.items():
        if len(table) >= SHEET_ROWS:
            raise FormatError(f"{name}: {len(table)} rows; a sheet holds {SHEET_ROWS - 1}")
        titles[name] = sheet_name(name, {title.casefold() for title in titles.values()})
    for name, table in tables.items():
        sheet = book.create_sheet(titles[name])
        links = str(linked) if linked in table.columns else None
        _fill(sheet, table, links)
        if links:
            _link(sheet, table, links, titles)
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


def keep_text(cell: Any, value: str) -> None:  # noqa: ANN401  openpyxl's cells have several classes
    """
    See to it that text in a cell is text, never a formula, also once somebody edits it.

    Examples
    --------
    >>> from openpyxl import Workbook
    >>> cell = Workbook().active["A1"]
    >>> cell.value = "=1+1"
    >>> keep_text(cell, "=1+1")
    >>> cell.data_type, cell.quotePrefix
    ('s', True)
    """
    cell.data_type = "s"  # openpyxl would take "=1+1" for a formula
    if value.startswith(_FORMULA_LIKE):
        cell.quotePrefix = True


def _fill(sheet: WriteOnlyWorksheet, table: pd.DataFrame, links: str | None) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    values = [_plain(table.iloc[:, i]) for i in range(table.shape[1])]
    formats = [_number_format(str(c), table.iloc[:, i]) for i, c in enumerate(table.columns)]
    for i, column in enumerate(table.columns):
        longest = max([len(str(column)) + 3, *(_width(v) for v in values[i][:500])])
        sheet.column_dimensions[get_column_letter(i + 1)].width = min(longest + 1, _WIDEST)
    sheet.freeze_panes = "B2"
    _paper(sheet, table.shape[1])
    if table.shape[1]:
        sheet.auto_filter.ref = f"A1:{get_column_letter(table.shape[1])}{len(table) + 1}"

    def cell(value: Any, *, number_format: str = "General") -> Any:  # noqa: ANN401  a cell holds any
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            keep_text(made, value)
        elif value is not None:
            made.number_format = number_format
        return made

    header = []
    for column in table.columns:
        made = cell(_text(str(column)))
        made.font = Font(name="Calibri", bold=True, color="FFFFFF")
        made.fill = PatternFill("solid", fgColor="1F4E5F")
        made.alignment = Alignment(vertical="center")
        header.append(made)
    sheet.append(header)
    at = None if links is None else [*table.columns].index(links)
    link = Font(name="Calibri", underline="single", color="0563C1")
    for row in zip(*values, strict=True):
        cells: list[Any] = [cell(v, number_format=f) for v, f in zip(row, formats, strict=True)]
        if at is not None:
            cells[at].font = link
        sheet.append(cells)


def _paper(sheet: WriteOnlyWorksheet, columns: int) -> None:
    """Print on A4, the header on each page; a table that is not too wide on one page across."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.paperSize, sheet.page_setup.orientation = _A4, "landscape"
    sheet.print_title_rows = "1:1"
    if columns <= _PAGE_WIDE:
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0


def _link(
    sheet: WriteOnlyWorksheet, table: pd.DataFrame, column: str, titles: Mapping[str, str]
) -> None:
    """Make the names of sheets in a column links to them."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    letter = get_column_letter([*table.columns].index(column) + 1)
    for row, name in enumerate(table[column], start=2):
        if name in titles:
            title = titles[name].replace("'", "''")
            place = Hyperlink(ref=f"{letter}{row}", location=f"'{title}'!A1")
            sheet._hyperlinks.append(place)  # noqa: SLF001  a sheet that streams has no other way


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
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 1]}…"


def _width(value: object) -> int:
    return 8 if isinstance(value, float) else len(str(value)) if value is not None else 0


def _number_format(name: str, column: pd.Series) -> str:  # noqa: PLR0911  one line for each
    """Choose how numbers of a column are shown; the cells keep the whole number."""
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return "General"
    if "year" in name or name in _YEARS:
        return "0"
    if pd.api.types.is_integer_dtype(column.dtype):
        return "#,##0"
    if name in _CHANCES:
        return "[<0.001]0.0E+00;0.000"
    if name in _SHARES or name.endswith("_share"):
        return "0.0%"
    if name in {"lon", "lat"}:
        return "0.0000"
    return "0.000" if column.abs().max() <= _SMALL else "#,##0.0"


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
