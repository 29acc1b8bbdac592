"""The sheets of a filled-in form, found by their hidden keys, whatever was moved or renamed."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.policy.formsheets import MARK, SHEETS, TITLE, VERSION
from valuma_graph.tables import Findings, Problem, cells
from valuma_graph.tables.findings import shown
from valuma_graph.tables.sheets import read_grids
from valuma_graph.tables.spreadsheets import Sheet, read_sheets
from valuma_graph.text import t

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_FAMILIES: Final = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods"}
_KEY = re.compile(r"\s*valuma:(?P<sheet>[a-z]+)(?:\.(?P<column>[a-z_0-9]+))?\s*")
_MARGIN = {"title", "head", "group"}
_TOLD_IN: Final = ("xl/workbook.xml", "content.xml", "xl/sharedStrings.xml")
_SEARCHED: Final = 40
_PEEKED: Final = 5_000_000
_TOP: Final = 65_536
"""Bytes of a sheet in which its hidden first row lies."""
_KEYS: Final = tuple(f"valuma:{name}".encode() for name in SHEETS)


@dataclass(frozen=True, eq=False)
class Block:
    """
    A sheet of the form.

    Parameters
    ----------
    name
        Which sheet it is, in `SHEETS`.
    file
        The path, as it was given.
    sheet
        As the workbook calls it.
    frame
        Cells as clean text by column, missing where empty; rows with nothing in them are left out.
    keys
        Text of the hidden column of each row.
    rows
        Row number of each row of `frame`.
    letters
        Letter of each column.
    titles
        The header that the user sees above each column.
    found
        Takes the problems.
    """

    name: str
    file: str
    sheet: str
    frame: pd.DataFrame
    keys: pd.Series
    rows: np.ndarray
    letters: Mapping[str, str]
    titles: Mapping[str, str]
    found: Findings

    def column(self, name: str) -> cells.Column:
        """Return a column with its place in the file."""
        return cells.Column(self.frame[name], self.rows, self.titles.get(name, name), self.found)

    def place(self, row: int, column: str) -> str:
        """Return where a cell is, as sources of statements name it."""
        letter = self.letters.get(column, "")
        return f'{Path(self.file).name}, sheet "{self.sheet}", {letter}{row}'

    def note(
        self,
        code: str,
        row: int,
        column: str,
        value: str,
        *,
        suggestion: str | None = None,
        **more: str,
    ) -> None:
        """Note an error in one cell."""
        title = self.titles.get(column, column)
        self.found.problems.append(
            Problem(
                code,
                "error",
                self.file,
                self.sheet,
                row,
                shown(title),
                shown(value),
                suggestion,
                {k: shown(v) if k != "allowed" else v for k, v in more.items()},
            )
        )


@dataclass(frozen=True, eq=False)
class Filled:
    """
    A form as it was filled in.

    Parameters
    ----------
    file
        The path, as it was given.
    blocks
        Its sheets, by their name in `SHEETS`; those that are there.
    problems
        What is wrong with it so far.
    percents
        Letters and rows of the cells of the funding that are formatted as percentages.
    """

    file: str
    blocks: dict[str, Block] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    percents: frozenset[str] = frozenset()

    def findings(self, sheet: str | None = None) -> Findings:
        """Return a collector that fills `problems`."""
        return Findings(self.file, sheet, self.problems)


def looks_like(path: str | os.PathLike[str]) -> bool:
    """
    Tell whether a file is a form that `template` made, without reading its cells.

    Parameters
    ----------
    path
        Any path, also one that does not exist.
    """
    try:
        place = Path(path)
        if place.suffix.lower() not in _FAMILIES or not place.is_file():
            return False
        if place.suffix.lower() == ".xls":
            held = place.read_bytes()[:_PEEKED]
            return any(mark in held for mark in (MARK.encode(), *_KEYS))
        with zipfile.ZipFile(place) as archive:
            # The keys tell a form whose very hidden sheet has been deleted.
            return any(
                mark in archive.open(member).read(_TOP if sheet else _PEEKED)
                for member in archive.namelist()
                if (sheet := member.startswith("xl/worksheets/sheet")) or member in _TOLD_IN
                for mark in (f'"{MARK}"'.encode(), *_KEYS)
            )
    except Exception:  # noqa: BLE001  whatever is wrong with a file, it is only no form of ours
        return False


def open_form(path: str | os.PathLike[str], *, lang: str) -> Filled:
    """
    Read a form, each sheet by the keys in its hidden row and column.

    Parameters
    ----------
    path
        XLSX, XLS or ODS file.
    lang
        Language in which sheets and columns that are missing are named.

    Returns
    -------
    filled
        Without sheets where the file is no form or cannot be read; its problems say why.
    """
    filled = Filled(str(path))
    grids, problems = read_grids(path, lambda _: 0)
    if not grids and any(p.code != "empty_file" for p in problems):
        filled.problems.extend(p for p in problems if p.severity == "error")
        return filled
    family = _FAMILIES.get(Path(path).suffix.lower())
    data = Path(path).read_bytes() if family is not None and grids else b""
    sheets = read_sheets(data, family) if family is not None and data else []
    try:
        marked = _mark(data) if data else None
    except Exception:  # noqa: BLE001  the hidden sheet alone may be torn, and is read here first
        filled.findings().note("broken_file")
        return filled
    placed = _placed(sheets, filled)
    if not placed and marked is None:
        filled.problems.clear()
        filled.findings().note("form_none", value=Path(path).name)
        return filled
    if marked is None or marked[1] != VERSION:
        code, version = ("form_version", marked[1]) if marked else ("form_no_mark", "")
        filled.findings().note(code, value=version or "–", known=VERSION)
        return filled
    for name in SHEETS:
        if name not in placed:
            title = t(f"form_sheet.{name}", lang)
            filled.findings().note("form_sheet_missing", value=title)
        elif block := _block(name, placed[name], filled, lang):
            filled.blocks[name] = block
    shares = filled.blocks.get("funding")
    if shares is not None and family == "xlsx" and shares.frame["share"].notna().any():
        percents = _percents(data, shares.sheet, shares.letters["share"])
        return Filled(filled.file, filled.blocks, filled.problems, percents)
    return filled


def _placed(sheets: list[Sheet], filled: Filled) -> dict[str, Sheet]:
    """Return the sheets by their name in `SHEETS`; a copy of one is noted."""
    placed: dict[str, Sheet] = {}
    for sheet in sheets:
        if (which := _which(sheet)) and placed.setdefault(which, sheet) is not sheet:
            filled.findings(sheet.name).note("form_sheet_twice", value=placed[which].name)
    return placed


def _mark(data: bytes) -> tuple[str, str] | None:
    """Return title and version of the very hidden sheet, or None where there is none."""
    from python_calamine import load_workbook

    with load_workbook(io.BytesIO(data)) as book:
        if MARK not in book.sheet_names:
            return None
        rows = book.get_sheet_by_name(MARK).to_python(nrows=1)
    texts = [_plain(v) for v in (rows[0] if rows else [])]
    return (texts[0], texts[1]) if len(texts) > 1 and texts[0] == TITLE else ("", "")


def _plain(value: object) -> str:
    """Return a value of a workbook as text: `1.0` and `"1"` are the same version."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _percents(data: bytes, sheet: str, letter: str) -> frozenset[str]:
    """Return the cells of a column that are formatted as percentages."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
    except Exception:  # noqa: BLE001  it is stricter about styles than what has read the values
        return frozenset()
    return frozenset(c.coordinate for c in book[sheet][letter] if "%" in str(c.number_format or ""))


def _which(sheet: Sheet) -> str | None:
    """Return which sheet of the form this is, by any of its keys."""
    for row in sheet.rows[:_SEARCHED]:
        for cell in row[:_SEARCHED]:
            if (match := _KEY.fullmatch(cell)) and match["sheet"] in SHEETS:
                return match["sheet"]
    return None


def _block(name: str, sheet: Sheet, filled: Filled, lang: str) -> Block | None:
    """Put the cells of a sheet into columns, or note what is missing of it."""
    found = filled.findings(sheet.name)
    top, key_at, at = _keys_of(name, sheet)
    if key_at is None:
        found.note("form_key_column")
        return None
    if lost := [column for column in SHEETS[name] if column not in at]:
        titles = ", ".join(t(f"form_head.{column}", lang) for column in lost)
        found.note("form_column_missing", value=titles)
        return None

    def cell(row: list[str], column: int) -> str:
        return row[column].strip() if column < len(row) else ""

    body = sheet.rows[top + 1 :]
    keys = [cell(row, key_at) for row in body]
    margins = [_margin(key) for key in keys]
    heads = {c: t(f"form_head.{c}", lang) for c in at}
    if "head" in margins:
        row = body[margins.index("head")]
        heads |= {c: " ".join(words.split()) for c, k in at.items() if (words := cell(row, k))}
    kept = [
        i
        for i, row in enumerate(body)
        if margins[i] is None and any(cell(row, k) for k in at.values())
    ]
    rows = np.array([top + 2 + i for i in kept], dtype=np.int64)
    _note_flaws(sheet, {k + 1: heads[c] for c, k in at.items()}, top + 1, found)
    for i in kept:
        beside = [k for k, text in enumerate(body[i]) if text.strip() and k not in at.values()]
        if beside := [k for k in beside if k != key_at]:
            where = f"{_letter(beside[0] + 1)}{top + 2 + i}"
            found.note("form_beside", "warning", row=top + 2 + i, value=where)
    frame = pd.DataFrame(index=range(len(kept)))
    for column, k in at.items():
        texts = pd.Series([cell(body[i], k) for i in kept], dtype="str")
        raw = cells.Column(texts.where(texts != ""), rows, heads[column], found)
        frame[column] = cells.clean(
            raw, identifying=column == "member", one_line=name != "answers", guarded=False
        )
    made = pd.Series([keys[i] for i in kept], dtype="str")
    letters = {column: _letter(k + 1) for column, k in at.items()}
    return Block(name, filled.file, sheet.name, frame, made, rows, letters, heads, found)


def _keys_of(name: str, sheet: Sheet) -> tuple[int, int | None, dict[str, int]]:
    """Return the row of the keys, the column of the rows' keys, and the place of each column."""
    top, key_at = 0, None
    at: dict[str, int] = {}
    for r, row in enumerate(sheet.rows[:_SEARCHED]):
        for c, text in enumerate(row[:_SEARCHED]):
            match = _KEY.fullmatch(text)
            if match is None or match["sheet"] != name:
                continue
            if match["column"] is None:
                top, key_at = r, c
            elif match["column"] in SHEETS[name]:
                top = r
                at.setdefault(match["column"], c)
    return top, key_at, at


def _margin(key: str) -> str | None:
    """Return what a row is that is no answer: the title, the header, the name of a group."""
    match = _KEY.fullmatch(key)
    return match["sheet"] if match and match["sheet"] in _MARGIN else None


def _note_flaws(sheet: Sheet, titles: Mapping[int, str], top: int, found: Findings) -> None:
    for row, column, value in sheet.errors:
        if row > top and column in titles:
            found.note("error_cell", row=row, column=titles[column], value=value)
    for row, column in sheet.unvalued:
        if row > top and column in titles:
            where = f"{_letter(column)}{row}"
            found.note("formula_without_value", row=row, column=titles[column], value=where)


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
