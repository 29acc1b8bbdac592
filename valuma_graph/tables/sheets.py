"""Files and frames to grids of text cells: encodings, separators, workbooks, every fault noted."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.tables import delimited, spreadsheets
from valuma_graph.tables.findings import MOST, Findings, Problem
from valuma_graph.tables.margins import header_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Source = str | os.PathLike[str] | pd.DataFrame

_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
_FAMILIES = {
    **dict.fromkeys(_TEXT_SUFFIXES, "text"),
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx"),
    ".xls": "xls",
    ".ods": "ods",
    ".parquet": "parquet",
}
_RIGHT_SUFFIX = {
    "text": ".csv",
    "xlsx": ".xlsx",
    "xls": ".xls",
    "ods": ".ods",
    "parquet": ".parquet",
}
SUFFIXES: Final = tuple(_FAMILIES)
"""Suffixes of the files that can be read."""


@dataclass(frozen=True, eq=False)
class Grid:
    """
    A sheet, CSV file or frame as text.

    Parameters
    ----------
    header
        The header cells.
    cells
        `str` columns numbered from 0, as many as `header`; empty cells are missing.
    rows
        Row number of each row of `cells`, as a spreadsheet numbers them.
    file, sheet
        Where it is from.
    encoding, separator
        How a text file was read.
    header_row
        Row of the header.
    """

    header: tuple[str, ...]
    cells: pd.DataFrame
    rows: np.ndarray
    file: str
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header_row: int = 1


def read_grids(
    source: Source, recognise: Callable[[Sequence[str]], int], *, sheet: str | None = None
) -> tuple[list[Grid], list[Problem]]:
    """
    Read every table of a file, or the one of a frame, as text.

    Parameters
    ----------
    source
        A path to CSV (any common encoding and separator), XLSX, XLS, ODS or Parquet, or a
        DataFrame.
    recognise
        Counts the cells of a row that are known headers: tells separators and header rows.
    sheet
        Only this sheet of a workbook.

    Returns
    -------
    grids, problems
        Visible sheets that hold anything, and what is wrong with them or the file.
    """
    if isinstance(source, pd.DataFrame):
        grid = _of_frame(source, "DataFrame", recognise)
        return [grid], []
    path = Path(source)
    found = Findings(str(path))
    data = _bytes_of(path, found)
    if data is None:
        return [], found.problems
    family = _FAMILIES[path.suffix.lower()]
    content = _content(data)
    if content == "encrypted":
        found.note("password")
    elif content == "other":
        found.note("not_a_table", suffixes=", ".join(SUFFIXES))
    elif content != family and not (content == "text" and family != "text" and len(data) == 0):
        right = path.with_suffix(_RIGHT_SUFFIX[content]).name
        found.note("renamed_file", suggestion=right, suffix=path.suffix)
    elif family == "text":
        return _of_text(data, found, recognise), found.problems
    elif family == "parquet":
        return _of_parquet(data, found, recognise), found.problems
    else:
        return _of_workbook(data, family, found, recognise, sheet), found.problems
    return [], found.problems


def _bytes_of(path: Path, found: Findings) -> bytes | None:
    """Return the content of a file, or None with the reason noted."""
    try:
        if path.is_dir():
            found.note("is_a_folder")
        elif not path.exists():
            near = _similar_files(path)
            found.note("no_such_file", suggestion=near)
        elif path.suffix.lower() not in _FAMILIES:
            found.note("unknown_suffix", value=path.suffix, suffixes=", ".join(SUFFIXES))
        else:
            data = path.read_bytes()
            if data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
                return data
            found.note("empty_file")
    except PermissionError:
        found.note("no_permission")
    except (OSError, ValueError) as error:  # too long a name, a NUL in it, a broken disk
        found.note("unreadable_file", reason=type(error).__name__)
    return None


def _similar_files(path: Path) -> str | None:
    from difflib import get_close_matches

    if not path.parent.is_dir():
        return None
    names = [p.name for p in path.parent.iterdir() if p.suffix.lower() in _FAMILIES]
    return next(iter(get_close_matches(path.name, names, 1, 0.7)), None)


def _content(data: bytes) -> str:
    """Say what the bytes are, whatever the file is called."""
    if data.startswith(b"PK\x03\x04"):
        return _zip_content(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "xls"
    if data.startswith(b"PAR1"):
        return "parquet"
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"%pdf", b"<!doctype", b"<html", b"<?xml", b"<table", b"{\\rtf", b"gif8")):
        return "other"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or delimited.utf16_without_mark(data):
        return "text"
    return "other" if b"\x00" in data else "text"


def _zip_content(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "content.xml" in names:
                if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                    return "encrypted"
                return "ods" if b"spreadsheet" in archive.read("mimetype") else "other"
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, ValueError):
        # A torn archive: which kind shows in the bytes that are there.
        return "ods" if b"opendocument" in data[:200] else "xlsx"
    return "other"


def _of_text(data: bytes, found: Findings, recognise: Callable[[Sequence[str]], int]) -> list[Grid]:
    text, encoding = delimited.decode(data)
    if told := re.match(r"sep=(.)\r?\n", text):  # Excel's own first line, which it does not show
        separator, text = told[1], text[told.end() :]
    else:
        separator = delimited.separator_of(text, recognise)
    grid = _grid(delimited.split(text, separator, found), found, recognise, ragged=True)
    if grid is None:
        return []
    header = tuple(map(delimited.unguarded, grid.header))
    return [replace(grid, header=header, encoding=encoding, separator=separator)]


def _grid(
    rows: Sequence[Sequence[str]],
    found: Findings,
    recognise: Callable[[Sequence[str]], int],
    *,
    ragged: bool = False,
    top: int | None = None,
) -> Grid | None:
    """Find the header among the first rows, or at `top`; put what is below it into columns."""
    if not any(any(map(str.strip, row)) for row in rows):
        if not found.problems:
            found.note("empty_file")
        return None
    start = (top or header_row(rows, recognise)) - 1
    header = list(rows[start])
    while header and not header[-1].strip():
        header.pop()
    width, body = len(header), rows[start + 1 :]
    numbers = np.arange(start + 2, start + 2 + len(body))
    lengths = np.fromiter(map(len, body), dtype=np.int64, count=len(body))
    keep = np.ones(len(body), dtype=bool)
    for i in np.flatnonzero(lengths > width).tolist():
        keep[i] = not any(map(str.strip, body[i][width:]))
    blank = lengths == 0
    if ragged:
        long, short = ~keep, (lengths < width) & ~blank
        expected = {"expected": str(width)}
        found.note_rows(
            "long_row", "error", numbers[long], lengths[long].astype(str), values=expected
        )
        short[short] = [any(body[i]) for i in np.flatnonzero(short).tolist()]
        found.note_rows(
            "short_row", "warning", numbers[short], lengths[short].astype(str), values=expected
        )
        keep &= ~blank
    else:
        keep[:] = True  # what stands beside a table in a sheet is not part of it
    used = [
        row if len(row) == width else [*row[:width], *[""] * (width - len(row))]
        for row, kept in zip(body, keep, strict=True)
        if kept
    ]
    columns = zip(*used, strict=True) if used else ((),) * width
    cells = pd.DataFrame({i: _text_array(c) for i, c in enumerate(columns)})
    return Grid(tuple(header), cells, numbers[keep], found.file, found.sheet, header_row=start + 1)


def _text_array(cells: Iterable[str]) -> pd.Series:
    values = list(cells)
    try:
        made = pd.Series(values, dtype="str")
    except UnicodeEncodeError:  # half a surrogate pair is no character
        safe = [v.encode("utf-8", "replace").decode() for v in values]
        made = pd.Series(safe, dtype="str")
    return made.where(made != "")


def _of_workbook(
    data: bytes,
    family: str,
    found: Findings,
    recognise: Callable[[Sequence[str]], int],
    only: str | None,
) -> list[Grid]:
    sheets = _sheets_of(data, family, found)
    if sheets is None:
        return []
    names = [s.name for s in sheets]
    if only is not None and only not in names:
        found.note("no_such_sheet", value=only, suggestion=", ".join(names))
        return []
    grids = [
        _of_sheet(sheet, found, recognise)
        for sheet in sheets
        if only in (None, sheet.name) and any(any(map(str.strip, row)) for row in sheet.rows)
    ]
    if not grids:
        found.note("empty_file")
    return [grid for grid in grids if grid is not None]


def _sheets_of(data: bytes, family: str, found: Findings) -> list[spreadsheets.Sheet] | None:
    """Return the sheets of a workbook, or None with the reason noted."""
    from python_calamine import PasswordError

    try:
        if far := spreadsheets.far_cell(data, family):
            Findings(found.file, far[0], found.problems).note("far_cell", value=far[1])
            return None
        return spreadsheets.read_sheets(data, family)
    except PasswordError:
        found.note("password")
    except Exception:  # noqa: BLE001  a torn file can fail anywhere in what unpacks and reads it
        found.note("broken_file")
    except BaseException as error:
        # The reader is compiled; where it gives up on a file, the error is of no class to name.
        if type(error).__name__ != "PanicException":
            raise
        found.note("broken_file")
    return None


def _of_sheet(
    sheet: spreadsheets.Sheet, found: Findings, recognise: Callable[[Sequence[str]], int]
) -> Grid | None:
    here = Findings(found.file, sheet.name, found.problems)
    top = spreadsheets.join_header(sheet, header_row(sheet.rows, recognise))
    spreadsheets.fill_merged(sheet, below=top)
    grid = _grid(sheet.rows, here, recognise, top=top)
    if grid is None:
        return None
    flaws = spreadsheets.inside(sheet, header_row=grid.header_row, header=grid.header)
    for code, row, column, value in islice(flaws, MOST):
        here.note(code, row=row, column=column, value=value)
    if hidden := [n for n in sheet.hidden if grid.header_row < n <= len(sheet.rows)]:
        here.note("hidden_rows", "warning", row=hidden[0], count=str(len(hidden)))
    return grid


def _of_parquet(
    data: bytes, found: Findings, recognise: Callable[[Sequence[str]], int]
) -> list[Grid]:
    try:
        frame = pd.read_parquet(io.BytesIO(data))
    except (OSError, ValueError, KeyError, TypeError, NotImplementedError):  # as Arrow raises
        found.note("broken_file")
        return []
    return [_of_frame(frame, found.file, recognise)]


def _of_frame(frame: pd.DataFrame, file: str, recognise: Callable[[Sequence[str]], int]) -> Grid:
    """Return a frame as text; an index that bears a known header is a column."""
    names = [str(n) for n in frame.index.names if n is not None]
    if names and recognise(names) and not set(names) & set(map(str, frame.columns)):
        frame = frame.reset_index()
    header = tuple(
        " ".join(str(part) for part in c if str(part)) if isinstance(c, tuple) else str(c)
        for c in frame.columns
    )
    columns = {i: as_text(frame.iloc[:, i]) for i in range(frame.shape[1])}
    cells = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))
    rows = np.arange(2, 2 + len(frame))
    if recognise(header) < 2:  # noqa: PLR2004  a title may have been taken for the header
        first = [header, *cells.head(20).fillna("").to_numpy().tolist()]
        if recognise(first[at := header_row(first, recognise) - 1]) > 1:
            below = cells.iloc[at:].reset_index(drop=True)
            return Grid(tuple(first[at]), below, rows[at:], file, header_row=at + 1)
    return Grid(header, cells, rows, file)


def as_text(column: pd.Series) -> pd.Series:
    """
    Return a column as text: whole numbers without decimals, dates as ISO 8601, missing as missing.

    Parameters
    ----------
    column
        Values of any dtype.

    Returns
    -------
    text
        dtype `str`, index from 0; empty text is missing.

    Examples
    --------
    >>> as_text(pd.Series([5.0, 0.5, None])).tolist()
    ['5', '0.5', nan]
    """
    column = column.reset_index(drop=True)
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = as_text(pd.Series(column.cat.categories))
        made = pd.Series(names.array.take(column.cat.codes.to_numpy(), allow_fill=True))
        return made.astype("str")
    if isinstance(column.dtype, pd.StringDtype):
        made = column.astype("str")
        return made.where(made != "")
    if column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) == "string":
        return _text_array("" if pd.isna(v) else v for v in column)
    try:
        codes, distinct = pd.factorize(column)
    except TypeError:  # lists, dicts and the like in cells
        return _text_array(map(spreadsheets.cell_text, column))
    texts = _text_array(spreadsheets.cell_text(v) for v in distinct)
    return pd.Series(texts.array.take(codes, allow_fill=True))
