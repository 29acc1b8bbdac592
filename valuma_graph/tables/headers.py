"""Read a file or frame as text, understand its headers, list every problem."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import pandas as pd

from valuma_graph.tables import cells, margins, matrix
from valuma_graph.tables.cells import Column, key, vocabulary
from valuma_graph.tables.findings import Findings, Problem, problems_frame
from valuma_graph.tables.sheets import SUFFIXES, Grid, Source, read_grids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "ROLES",
    "SUFFIXES",
    "Column",
    "Findings",
    "Problem",
    "RawTable",
    "Role",
    "Source",
    "key",
    "problems_frame",
    "read_table",
    "read_workbook",
    "vocabulary",
]

Role = Literal["memberships", "members", "networks"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

_NAMES = ("name", "name_fi", "name_sv", "name_en")
_REQUIRED: Final[Mapping[Role, tuple[tuple[str, ...], ...]]] = {
    "memberships": (("network", "network_id"), ("member", "member_id")),
    "networks": (("network_id", *_NAMES),),
    "members": (("member_id", *_NAMES),),
}
_FITTING: Final = {
    "network": "verkosto, nätverk, network",
    "member": "jäsen, kunta, kuntakoodi, medlem, kommun, member, municipality",
    "networks": "nimi, verkosto, namn, nätverk, name, network_id",
    "members": "nimi, kuntakoodi, namn, kommunkod, name, member_id",
}
# In these columns, what cannot be seen can make two names differ.
_NAMING = {"network", "network_id", "member", "member_id"}
_IDENTIFYING = {*_NAMING, "role", *_NAMES}
_FREE_TEXT = {"note", "source", "themes", "declared_members", "list_coverage_note"}
_LONGEST_HEADER = 200
_PARTS = re.compile(r"[/|\n]| [-–—] ")
_REMARK = re.compile(r"[(\[].*$", re.DOTALL)
_NARROWEST = ("municipality", "organisation", "city_region", "sub_region", "region")


@dataclass(frozen=True, eq=False)
class RawTable:
    """
    A table as text, with its headers understood.

    Parameters
    ----------
    role
        What the table is: memberships, members or networks.
    frame
        `str` columns by the project's names (`network`, `network_id`, `member`, `member_id`,
        `member_kind`, `role`, `since`…); columns that are not known keep their own header.
        Empty cells are missing; rows without any text are left out.
    rows
        Row number of each row, as a spreadsheet numbers them.
    headers
        The user's own header of each column.
    file, sheet
        Where the table is from.
    encoding
        How a text file was read.
    hints
        Kind of member that the header of a column speaks of, as "kunta" does.
    beside
        Sheets of the same workbook that take other tables, also while they are empty.
    """

    role: Role
    frame: pd.DataFrame
    rows: np.ndarray
    headers: Mapping[str, str]
    file: str
    sheet: str | None = None
    encoding: str | None = None
    hints: Mapping[str, str] | None = None
    beside: Mapping[Role, str] = field(default_factory=dict)

    def findings(self) -> Findings:
        """Return a collector for further problems of this table."""
        return Findings(self.file, self.sheet)

    def column(self, name: str, found: Findings) -> Column:
        """Return a column with its place in the file; one that is not there has no text."""
        if name in self.frame:
            text = self.frame[name]
        else:
            text = pd.Series(np.nan, index=self.frame.index, dtype="str")
        return Column(text, self.rows, self.headers.get(name, name), found)


@cache
def _headers(role: Role) -> dict[str, str]:
    known = {}
    for column, synonyms in vocabulary()["headers"][role].items():
        for word in (column, *synonyms):
            known[key(word)] = column
    return known


@cache
def _header_kinds() -> dict[str, str]:
    return {key(w): kind for kind, words in vocabulary()["header_kinds"].items() for w in words}


def _recognise(roles: Sequence[Role]) -> Callable[[Sequence[str]], int]:
    def count(cells: Sequence[str]) -> int:
        titles = {cell for cell in cells if len(cell) < _LONGEST_HEADER}
        meanings = [{_meaning(t, _headers(role)) for t in titles} - {None} for role in roles]
        return max(map(len, meanings))

    return count


def _meaning(title: str, known: Mapping[str, str]) -> str | None:
    """Return what a header means; it may have a remark in brackets, or say it in two languages."""
    if name := known.get(key(title)):
        return name
    parts = [key(part) for part in _PARTS.split(_REMARK.sub("", title))]
    names = {known[part] for part in parts if part in known}
    return names.pop() if len(names) == 1 else None


def read_table(
    source: Source, role: Role, *, sheet: str | None = None
) -> tuple[RawTable | None, list[Problem]]:
    """
    Read one table.

    Parameters
    ----------
    source
        Path to CSV (any common encoding and separator), XLSX, XLS, ODS or Parquet; or a
        DataFrame.
    role
        What the table is.
    sheet
        Sheet of a workbook; by default the one whose name or headers fit.

    Returns
    -------
    table, problems
        None where the file cannot be read or a column that must be there is missing.

    Examples
    --------
    >>> table, problems = read_table(
    ...     pd.DataFrame({"Kunta": ["Åbo "], "Verkosto": ["Hinku"]}), "memberships"
    ... )
    >>> table.frame.to_dict("list"), problems
    ({'member': ['Åbo'], 'network': ['Hinku']}, [])
    """
    grids, problems = read_grids(source, _recognise([role]), sheet=sheet)
    if not grids:
        return None, problems
    grids = grids if sheet else _with_data(grids)
    grid = grids[0] if len(grids) == 1 else _sheet_for(grids, role)
    # What is wrong with other sheets is no concern of this table.
    problems = [p for p in problems if p.sheet in (None, grid.sheet)]
    problems += _unread(grids, {role: grid})
    table, more = _understood(grid, role)
    return table, problems + more


def read_workbook(source: Source) -> tuple[dict[Role, RawTable], list[Problem]]:
    """
    Read every table of a workbook; a file with one table has the memberships.

    Parameters
    ----------
    source
        As in `read_table`; or a folder with a file for each table (`memberships.csv`,
        `networks.csv`, `members.csv`, or their Finnish or Swedish names).

    Returns
    -------
    tables, problems
        By role. Sheets are told by their name in three languages, else by their headers.
        A sheet of members or networks without rows is passed over.

    Examples
    --------
    >>> tables, problems = read_workbook(pd.DataFrame({"kommun": ["Åbo"], "nätverk": ["Hinku"]}))
    >>> list(tables), problems
    (['memberships'], [])
    """
    if not isinstance(source, pd.DataFrame) and os.path.isdir(source):  # noqa: PTH112  no name too odd
        return _read_folder(Path(source))
    grids, problems = read_grids(source, _recognise(ROLES))
    if not grids:
        return {}, problems
    grids = _with_data(grids)
    chosen: dict[Role, Grid] = {}
    if len(grids) == 1:
        chosen["memberships"] = grids[0]
    else:
        chosen = _sheets_by_role(grids)
        chosen.setdefault("memberships", _sheet_for(grids, "memberships"))
    tables: dict[Role, RawTable] = {}
    used = {grid.sheet for grid in chosen.values()}
    problems = [p for p in problems if p.sheet is None or p.sheet in used]
    problems += _unread(grids, chosen)
    for role, grid in chosen.items():
        if role != "memberships" and not len(grid.rows):
            continue
        table, more = _understood(grid, role)
        problems += more
        if table is not None:
            tables[role] = table
    if "memberships" in tables:
        beside = {role: grid.sheet for role, grid in chosen.items() if grid.sheet}
        tables["memberships"] = replace(tables["memberships"], beside=beside)
    return tables, problems


def _read_folder(folder: Path) -> tuple[dict[Role, RawTable], list[Problem]]:
    tables: dict[Role, RawTable] = {}
    problems: list[Problem] = []
    listed = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    for role in ROLES:
        names = {key(name) for name in vocabulary()["sheets"][role]}
        path = next((p for p in listed if key(p.stem) in names), None)
        if path is None:
            continue
        table, more = read_table(path, role)
        problems += more
        if table is not None:
            tables[role] = table
    if not tables and not problems:
        found = Findings(str(folder))
        found.note("folder_without_tables", suggestion="memberships.csv")
        problems = found.problems
    return tables, problems


def _sheets_by_role(grids: Sequence[Grid]) -> dict[Role, Grid]:
    """Tell sheets apart by their name, unless their headers speak against it, else by these."""
    chosen: dict[Role, Grid] = {}
    left = [g for g in grids if not _explains(g)]
    lists = [g for g in left if _best_role(g) == "memberships"]
    expected = [g for g in lists if _named_role(g) in {None, "memberships"}]
    for grid in grids:
        role = _named_role(grid)
        if role is None or (role == "memberships" and lists and grid not in lists):
            continue
        if grid in lists and not (expected and _has_required(grid, role)):
            role = "memberships"
        chosen.setdefault(role, grid)
    left = [g for g in left if g not in chosen.values()]
    for role in ROLES:
        # A second list is no table of members, although it has a name and a source.
        fits = [g for g in left if _best_role(g) == role]
        if role not in chosen and fits:
            chosen[role] = fits[0]
            left.remove(fits[0])
    return chosen


def _named_role(grid: Grid) -> Role | None:
    names = {key(n): role for role in ROLES for n in vocabulary()["sheets"][role]}
    return names.get(key(grid.sheet or ""))


def _with_data(grids: list[Grid]) -> list[Grid]:
    """Leave out sheets that explain, unless there are no others."""
    return [grid for grid in grids if not _explains(grid)] or grids


def sheets_as_text(source: Source) -> list[Grid]:
    """
    Return every sheet of a file, or every file of a folder, as text below its header.

    Parameters
    ----------
    source
        As in `read_workbook`.

    Returns
    -------
    grids
        None of them where nothing can be read; `read_workbook` says why.

    Examples
    --------
    >>> grids = sheets_as_text(pd.DataFrame({"kunta": ["Åbo"], "verkosto": ["Hinku"]}))
    >>> grids[0].header, grids[0].header_row
    (('kunta', 'verkosto'), 1)
    """
    if isinstance(source, pd.DataFrame) or not Path(source).is_dir():
        return read_grids(source, _recognise(ROLES))[0]
    listed = sorted(p for p in Path(source).iterdir() if p.suffix.lower() in SUFFIXES)
    return [grid for path in listed for grid in read_grids(path, _recognise(ROLES))[0]]


def _explains(grid: Grid) -> bool:
    return key(grid.sheet or "") in {key(n) for n in vocabulary()["sheets"]["other"]}


def _best_role(grid: Grid) -> Role | None:
    """Return the role that the headers of a sheet fit, of several the one that knows most."""
    if matrix.folded_side(grid, _meanings(grid, "memberships")):
        return "memberships"
    fits = [role for role in ROLES if _has_required(grid, role)]
    return max(fits, key=lambda r: len(set(_meanings(grid, r).values())), default=None)


def _unread(grids: Sequence[Grid], chosen: Mapping[Role, Grid]) -> list[Problem]:
    """Name the sheets that have data of a role for which another sheet is read."""
    problems: list[Problem] = []
    for grid in grids:
        if _explains(grid) or any(grid is g for g in chosen.values()) or not len(grid.rows):
            continue
        role = _best_role(grid)
        if role and role in chosen:
            found = Findings(grid.file, grid.sheet, problems)
            found.note("sheet_unread", "warning", value=grid.sheet, read=chosen[role].sheet or "")
    return problems


def _has_required(grid: Grid, role: Role) -> bool:
    meanings = _meanings(grid, role)
    there = set(meanings.values())
    if role == "memberships" and matrix.folded_side(grid, meanings):
        return True
    # A bare name or id is too little to tell what a sheet is.
    enough = 2 if role == "memberships" else 3
    return all(there & set(need) for need in _REQUIRED[role]) and len(there) >= enough


def _meanings(grid: Grid, role: Role) -> dict[int, str]:
    """Return the project's name of each column whose header is known, by position."""
    given = ((i, _meaning(title, _headers(role))) for i, title in enumerate(grid.header))
    return {i: name for i, name in given if name}


def _sheet_for(grids: Sequence[Grid], role: Role) -> Grid:
    names = {key(n) for n in vocabulary()["sheets"][role]}
    by_name = [g for g in grids if key(g.sheet or "") in names]
    by_header = [g for g in grids if _has_required(g, role)]
    return next(iter([*by_name, *by_header, *grids]))


def _understood(grid: Grid, role: Role) -> tuple[RawTable | None, list[Problem]]:
    found = Findings(grid.file, grid.sheet)
    side = None
    if role == "memberships":
        meanings = _meanings(grid, role)
        grid = _without_footer(grid, meanings, found)
        if side := matrix.folded_side(grid, meanings):
            grid = matrix.unfolded(grid, meanings, side, found)
    before = len(found.problems)
    columns, hints = _match_headers(grid, role, found)
    if any(p.severity == "error" for p in found.problems[before:]):
        return None, found.problems
    headers = {name: grid.header[i].strip() for i, name in columns.items()}
    if side:
        headers[side] = ""  # its cells are headers of the sheet
    frame = grid.cells[list(columns)].rename(columns=columns)
    table = RawTable(role, frame, grid.rows, headers, grid.file, grid.sheet, grid.encoding, hints)
    table = _cleaned(table, found)
    if not len(table.rows):
        found.note("no_rows", "error" if role == "memberships" else "warning", row=grid.header_row)
    return table, found.problems


def _without_footer(grid: Grid, meanings: Mapping[int, str], found: Findings) -> Grid:
    """Leave out totals and notes below the table; each is noted."""
    named = [i for i, name in meanings.items() if name in _NAMING]
    last = margins.footer(grid.cells, [0, *named])
    for i in last:
        value = str(grid.cells.iloc[i].dropna().iloc[0])
        found.note("row_set_aside", "warning", row=int(grid.rows[i]), value=value)
    left = grid.cells.drop(index=grid.cells.index[last]).reset_index(drop=True)
    return replace(grid, cells=left, rows=np.delete(grid.rows, last))


def _match_headers(
    grid: Grid, role: Role, found: Findings
) -> tuple[dict[int, str], dict[str, str]]:
    """Return the project's name of each column by position, and the kinds headers speak of."""
    known, row = _headers(role), grid.header_row
    by_name: dict[str, list[int]] = {}
    columns: dict[int, str] = {}
    for i, name in _meanings(grid, role).items():
        by_name.setdefault(name, []).append(i)
    for name, places in by_name.items():
        columns[_one_of(grid, name, places, found)] = name
    if role == "memberships":
        _set_wider_aside(grid, columns, found)
    for i, cell in enumerate(grid.header):
        if i not in columns and (cell.strip() or grid.cells[i].notna().any()):
            title = cell.strip() or f"column_{i + 1}"
            while title in {*columns.values(), *known.values()}:
                title += "_"
            columns[i] = title
    missing = [need for need in _REQUIRED[role] if not set(need) & set(columns.values())]
    if missing and len(grid.header) == 1 and role == "memberships":
        found.note("no_separator", row=row, value=grid.header[0])
        missing = []
    for need in missing:
        there = ", ".join(repr(h.strip())[1:-1] for h in grid.header if h.strip()) or "–"
        found.note(
            "missing_column",
            row=row,
            column=need[0],
            value=there,
            suggestion=_near(grid, {w for w, name in known.items() if name in need}),
            fitting=_FITTING[need[0] if role == "memberships" else role],
            hint="matrix" if role == "memberships" else "",
        )
    if not missing:
        _note_misspelt(grid, columns, known, found)
    kinds = {
        name: kind
        for i, name in columns.items()
        if (kind := _meaning(grid.header[i], _header_kinds()))
    }
    return dict(sorted(columns.items())), kinds


def _one_of(grid: Grid, name: str, places: list[int], found: Findings) -> int:
    """Choose among columns that mean the same: the narrowest kind of place, else refuse."""
    if len(places) == 1:
        return places[0]
    titles = [grid.header[i].strip() for i in places]
    kinds = [_meaning(t, _header_kinds()) for t in titles]
    ranks = [_NARROWEST.index(k) if k in _NARROWEST else -1 for k in kinds]
    best = min(range(len(places)), key=lambda n: ranks[n])
    others = [t for n, t in enumerate(titles) if n != best]
    geographic = {"municipality", "sub_region", "city_region", "region"}
    if set(kinds) <= geographic and len(set(kinds)) == len(kinds):
        for other in others:
            found.note(
                "column_set_aside",
                "warning",
                row=grid.header_row,
                column=other,
                value=other,
                suggestion=titles[best],
            )
        return places[best]
    found.note(
        "duplicate_column",
        row=grid.header_row,
        column=titles[1],
        value=", ".join(titles),
        meaning=name,
    )
    return places[0]


def _set_wider_aside(grid: Grid, columns: dict[int, str], found: Findings) -> None:
    """Choose between a code and a name of two kinds: of "maakuntakoodi" and "kunta", the second."""
    places = [i for i, name in columns.items() if name in {"member", "member_id"}]
    kinds = {_meaning(grid.header[i], _header_kinds()) for i in places} - {None}
    if len(kinds) > 1:
        best = _one_of(grid, "member", places, found)
        for i in set(places) - {best}:
            del columns[i]


def _near(grid: Grid, words: set[str]) -> str | None:
    from difflib import get_close_matches

    for cell in grid.header:
        if get_close_matches(key(cell)[:100], words, 1, 0.75):
            return cell.strip()
    return None


def _note_misspelt(
    grid: Grid, columns: Mapping[int, str], known: Mapping[str, str], found: Findings
) -> None:
    from difflib import get_close_matches

    free = {word: name for word, name in known.items() if name not in columns.values()}
    for i, title in columns.items():
        word = key(grid.header[i])[:100]
        if word in known or len(word) < 4:  # noqa: PLR2004
            continue
        if near := get_close_matches(word, free, 1, 0.8):
            found.note(
                "misspelt_header",
                "warning",
                row=grid.header_row,
                column=title,
                value=title,
                suggestion=free[near[0]],
            )


def _cleaned(table: RawTable, found: Findings) -> RawTable:
    """Strip every cell, take out what cannot be seen, and note what may be wrong with it."""
    cleaned = {
        name: cells.clean(
            table.column(name, found),
            identifying=name in _IDENTIFYING,
            one_line=name not in _FREE_TEXT,
            guarded=table.encoding is not None,
        )
        for name in table.frame.columns
    }
    frame = pd.DataFrame(cleaned, index=table.frame.index)
    filled = frame.notna().any(axis=1).to_numpy()
    if not filled.all():
        frame = frame[filled].reset_index(drop=True)
    return replace(table, frame=frame, rows=table.rows[filled])
