"""The workbook of a list of networks, filled in by the names of its columns: for tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from valuma_graph.exports.lists import list_template
from valuma_graph.text import t

COLUMNS = {
    "memberships": ["member", "network", "role", "since", "until", "source", "note"],
    "networks": [
        "name", "level", "themes", "founded_year", "ended_year", "list_status", "declared_total",
        "source", "note",
    ],
    "members": ["name", "kind", "country", "note"],
}  # fmt: skip


@cache
def template(lang):
    """Return the bytes of the empty workbook, which are always the same."""
    with TemporaryDirectory() as folder:
        return list_template(Path(folder) / "a.xlsx", lang=lang).read_bytes()


def filled(path, lang="en", **tables):
    """Write the workbook with rows of tables, each a dictionary by column; return the path."""
    path.write_bytes(template(lang))
    book = openpyxl.load_workbook(path)
    for name, rows in tables.items():
        sheet = book[t(f"listform.sheet.{name}", lang)]
        for number, row in enumerate(rows, start=2):
            for column, value in row.items():
                cell = sheet.cell(number, COLUMNS[name].index(column) + 1)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)
    return path
