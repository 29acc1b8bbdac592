"""Tables of a data package as text, and their descriptor: fields, types, keys, references."""

from __future__ import annotations

import csv
import difflib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from valuma_graph.tables.findings import MOST, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

DESCRIPTOR = "datapackage.json"
# Looking for what was meant is slow; in a hopeless file the first ones are enough.
_SUGGEST_FOR = 50
_NUMBERS = {"integer": r"-?\d+", "year": r"\d{4}", "number": r"-?\d+(\.\d+)?"}
_SEPARATOR = "\x1f"

Field = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Table:
    """
    One table of a data package, all cells as text.

    Parameters
    ----------
    path
        Its file, relative to the descriptor.
    frame
        Its cells; an empty text is a missing one.
    schema
        Its Table Schema.
    """

    path: str
    frame: pd.DataFrame
    schema: dict[str, Any]

    @property
    def fields(self) -> list[Field]:
        """Return the described fields that the file has."""
        return [f for f in self.schema["fields"] if f["name"] in self.frame]

    @property
    def whole(self) -> bool:
        """Tell whether the file has every column that is described."""
        return len(self.fields) == len(self.schema["fields"])


class Log:
    """Problems as they are found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def file(self, path: str, code: str, *, column: str | None = None, **values: str) -> None:
        """Note a problem of a whole file or column."""
        self.problems.append(Problem(code, "error", path, column=column, values=values))

    def rows(
        self,
        table: Table,
        bad: np.ndarray | pd.Series,
        column: str | Sequence[str],
        code: str,
        *,
        suggest: Callable[[str], str | None] | None = None,
        **values: str | Sequence[str],
    ) -> None:
        """
        Note a problem of each row of a mask; after `MOST` of them one counts the rest.

        Parameters
        ----------
        table
            The table.
        bad
            Rows that are wrong.
        column
            The column that is wrong, or several that are wrong together.
        code
            What is wrong: key of the catalogue below `problem`.
        suggest
            What would be right in place of a value.
        values
            Placeholders of the message, one for all rows or one for each row of the table.
        """
        names = [column] if isinstance(column, str) else list(column)
        at = np.flatnonzero(np.asarray(bad))
        if not len(at):
            return
        cells = table.frame[names].iloc[at[:MOST]].to_numpy()
        known: dict[str, str | None] = {}
        for i, row in zip(at, cells, strict=False):
            value = " / ".join(row)
            if suggest and value not in known and len(known) < _SUGGEST_FOR:
                known[value] = suggest(value)
            more = {k: v if isinstance(v, str) else v[int(i)] for k, v in values.items()}
            self.problems.append(
                Problem(
                    code,
                    "error",
                    table.path,
                    row=int(i) + 2,
                    column=", ".join(names),
                    value=shown(value),
                    suggestion=known.get(value),
                    values=more,
                )
            )
        if len(at) > MOST:
            rest = {"count": str(len(at) - MOST), "same": code}
            row_of = int(at[MOST]) + 2
            self.problems.append(
                Problem(
                    "more_rows",
                    "error",
                    table.path,
                    row=row_of,
                    column=", ".join(names),
                    values=rest,
                )
            )


def read_package(folder: Path, log: Log) -> dict[str, Table]:
    """
    Read every table that the descriptor of a folder names.

    Parameters
    ----------
    folder
        Folder with `datapackage.json`.
    log
        Takes what is wrong with files and headers.

    Returns
    -------
    tables
        Name of the resource → table; those that cannot be read are left out.
    """
    try:
        package = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
        resources = {r["path"]: (r["name"], r["schema"]) for r in package["resources"]}
    except FileNotFoundError:
        log.file(DESCRIPTOR, "file_missing")
        return {}
    except (ValueError, KeyError, TypeError) as error:
        log.file(DESCRIPTOR, "file_unreadable", why=str(error))
        return {}
    tables = {}
    for path, (name, schema) in resources.items():
        frame = _read(folder / path, path, log)
        if frame is not None:
            tables[name] = Table(path, frame, schema)
            _check_header(tables[name], log)
    for file in sorted(folder.rglob("*.csv")):
        path = file.relative_to(folder).as_posix()
        if path not in resources:
            log.file(path, "file_undescribed")
    return tables


def _read(file: Path, path: str, log: Log) -> pd.DataFrame | None:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, strict=True))
    except FileNotFoundError:
        log.file(path, "file_missing")
        return None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        log.file(path, "file_unreadable", why=str(error))
        return None
    if not rows:
        log.file(path, "file_unreadable", why="empty")
        return None
    header, width = rows[0], len(rows[0])
    frame = pd.DataFrame([(r + [""] * width)[:width] for r in rows[1:]], columns=header, dtype=str)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    length = np.array([len(r) for r in rows[1:]], dtype=int)
    if len(header):
        counts = [str(n) for n in length]
        log.rows(
            Table(path, frame, {}),
            length != width,
            header[0],
            "row_length",
            cells=counts,
            expected=str(width),
        )
    return frame


def _check_header(table: Table, log: Log) -> None:
    described = [f["name"] for f in table.schema["fields"]]
    for name in described:
        if name not in table.frame:
            log.file(table.path, "column_missing", column=name)
    for name in table.frame.columns:
        if name not in described:
            log.file(table.path, "column_extra", column=name)


def check_fields(tables: dict[str, Table], log: Log) -> None:
    """
    Check required values, types, allowed values, patterns and ranges of every field.

    Parameters
    ----------
    tables
        What `read_package` returned.
    log
        Takes the problems.
    """
    for table in tables.values():
        for field in table.fields:
            _check_field(table, field, log)


def _check_field(table: Table, field: Field, log: Log) -> None:
    name: str = field["name"]
    rules: dict[str, Any] = field.get("constraints", {})
    codes, values = pd.factorize(table.frame[name])
    distinct: list[str] = list(values)

    def each(bad: Callable[[str], bool]) -> np.ndarray:
        found = np.array([v != "" and bad(v) for v in distinct], dtype=bool)
        return found[codes] if len(distinct) else np.zeros(len(codes), dtype=bool)

    if rules.get("required"):
        log.rows(table, table.frame[name].eq(""), name, "value_missing")
    wrong = each(lambda v: not _is_of_type(v, field))
    log.rows(table, wrong, name, "value_type", type=field["type"])
    if "enum" in rules:
        allowed = rules["enum"]
        log.rows(
            table,
            each(lambda v: v not in allowed),
            name,
            "value_not_allowed",
            suggest=lambda v: _closest(v, allowed),
            allowed=", ".join(allowed),
        )
    if "pattern" in rules:
        form = re.compile(rules["pattern"])
        log.rows(
            table,
            each(lambda v: not form.fullmatch(v)),
            name,
            "value_form",
            suggest=lambda v: _with_zeros(v, form),
            pattern=rules["pattern"],
        )
    if "minimum" in rules or "maximum" in rules:
        low, high = rules.get("minimum", -np.inf), rules.get("maximum", np.inf)
        outside = each(lambda v: _is_of_type(v, field) and not low <= float(v) <= high)
        log.rows(table, outside, name, "value_range", low=str(low), high=str(high))


def _is_of_type(value: str, field: Field) -> bool:
    kind = field["type"]
    if kind in _NUMBERS:
        return re.fullmatch(_NUMBERS[kind], value) is not None
    if kind == "boolean":
        return value in field["trueValues"] or value in field["falseValues"]
    if kind == "list":
        return all(item and item == item.strip() for item in value.split(field["delimiter"]))
    return True


def _with_zeros(value: str, form: re.Pattern[str]) -> str | None:
    if not value.isdigit():
        return None
    wider = (value.zfill(width) for width in range(2, 6))
    return next((v for v in wider if v != value and form.fullmatch(v)), None)


def _closest(value: str, allowed: Iterable[str]) -> str | None:
    found = difflib.get_close_matches(value, list(allowed), n=1, cutoff=0.6)
    return found[0] if found else None


def check_keys(tables: dict[str, Table], log: Log) -> None:
    """
    Check keys, references between tables, and pairs of columns that have an order.

    Parameters
    ----------
    tables
        What `read_package` returned.
    log
        Takes the problems.
    """
    for table in tables.values():
        schema, has = table.schema, set(table.frame.columns)
        keys = [schema["primaryKey"]] if "primaryKey" in schema else []
        for key in [*keys, *schema.get("uniqueKeys", [])]:
            if has.issuperset(key):
                log.rows(table, table.frame.duplicated(key), key, "key_repeated")
        for foreign in schema.get("foreignKeys", []):
            if has.issuperset(foreign["fields"]):
                _check_foreign_key(table, foreign, tables, log)
        for field in table.fields:
            if "references" in field:
                _check_references(table, field, tables, log)
        for first, last in schema.get("ordered", []):
            if has.issuperset((first, last)):
                _check_order(table, first, last, log)


def _check_foreign_key(
    table: Table, foreign: dict[str, Any], tables: dict[str, Table], log: Log
) -> None:
    names, target = foreign["fields"], foreign["reference"]
    other = tables.get(target["resource"])
    if other is None or not set(other.frame.columns).issuperset(target["fields"]):
        return
    known = set(_joined(other.frame, target["fields"]))
    mine = _joined(table.frame, names)
    bad = ~mine.isin(known) & ~table.frame[names].eq("").any(axis=1)

    def suggest(value: str) -> str | None:
        return _closest(value, known) if len(names) == 1 else None

    log.rows(table, bad, names, "reference_unknown", suggest=suggest, where=other.path)


def _joined(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    whole = frame[names[0]]
    for name in names[1:]:
        whole = whole + _SEPARATOR + frame[name]
    return whole


def _check_references(table: Table, field: Field, tables: dict[str, Table], log: Log) -> None:
    known: set[str] = set()
    for target in field["references"]:
        other = tables.get(target["resource"])
        where = target.get("where", {})
        if other is None or not set(other.frame.columns).issuperset({target["field"], *where}):
            return  # what the file would allow is not known
        keep = np.ones(len(other.frame), dtype=bool)
        for column, value in where.items():
            keep &= other.frame[column].eq(value).to_numpy()
        known.update(target.get("prefix", "") + other.frame.loc[keep, target["field"]])
    name: str = field["name"]
    codes, distinct = pd.factorize(table.frame[name])
    delimiter = field.get("delimiter") if field["type"] == "list" else None

    def strange(value: str) -> list[str]:
        items = value.split(delimiter) if delimiter else [value]
        return [item for item in items if item and item not in known]

    def suggest(value: str) -> str | None:
        return _closest(strange(value)[0], known)

    bad = np.array([bool(strange(v)) for v in distinct], dtype=bool)
    files = dict.fromkeys(tables[target["resource"]].path for target in field["references"])
    mask = bad[codes] if len(bad) else np.zeros(len(codes), dtype=bool)
    log.rows(table, mask, name, "reference_unknown", suggest=suggest, where=", ".join(files))


def _check_order(table: Table, first: str, last: str, log: Log) -> None:
    integer = any(f["name"] == first and f["type"] in {"integer", "number"} for f in table.fields)
    pairs = zip(table.frame[first], table.frame[last], strict=True)

    def reversed_(a: str, b: str) -> bool:
        if not a or not b:
            return False
        if integer:
            return bool(re.fullmatch(_NUMBERS["number"], a) and re.fullmatch(_NUMBERS["number"], b)
                        and float(a) > float(b))  # fmt: skip
        # A year and a day of that year are not in conflict: the part they have in common decides.
        common = min(len(a), len(b))
        return a[:common] > b[:common]

    bad = np.array([reversed_(a, b) for a, b in pairs], dtype=bool)
    log.rows(table, bad, (first, last), "order_reversed")
