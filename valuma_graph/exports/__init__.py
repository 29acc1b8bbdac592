"""Write results as files, chosen by suffix; workbooks to fill in, and copies to correct."""

from __future__ import annotations

from valuma_graph.exports.formats import SUFFIXES, atomic, csv_text, export, flat, write_tables
from valuma_graph.exports.lists import list_template

__all__ = [
    "SUFFIXES",
    "atomic",
    "csv_text",
    "export",
    "flat",
    "list_template",
    "write_tables",
]
