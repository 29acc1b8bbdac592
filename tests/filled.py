"""The form of a coordinator, filled in by keys: for tests."""

from __future__ import annotations

from functools import cache
from tempfile import TemporaryDirectory

import openpyxl

from valuma_graph.policy import forms


@cache
def template(lang, network):
    """Return the bytes of a template, which are always the same."""
    with TemporaryDirectory() as folder:
        return forms.template(f"{folder}/a.xlsx", lang=lang, network=network).read_bytes()


class Form:
    """A form that is filled in by the keys of its rows and columns, and saved when read."""

    def __init__(self, path, lang="en", network=None):
        self.path = path
        path.write_bytes(template(lang, network))
        self.book = openpyxl.load_workbook(self.path)
        self.sheets = {
            ws["A1"].value.removeprefix("valuma:"): ws
            for ws in self.book
            if str(ws["A1"].value).startswith("valuma:")
        }

    def put(self, sheet, row, value, column=None, *, percent=False):
        """Write a value in the row of a key, or in a row of that number."""
        ws = self.sheets[sheet]
        if isinstance(row, str):
            column = column or {"network": "value", "answers": "answer_1"}[sheet]
            row = next(c.row for c in ws["A"] if c.value == row)
        at = next(c.column for c in ws[1] if c.value == f"valuma:{sheet}.{column}")
        cell = ws.cell(row, at)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        if percent:
            cell.number_format = "0 %"
        return cell.coordinate

    def rows(self, sheet, *rows):
        """Write rows below the header."""
        for number, row in enumerate(rows, start=4):
            for column, value in row.items():
                self.put(sheet, number, value, column)

    def save(self):
        """Write the file."""
        self.book.save(self.path)
        return self.path
