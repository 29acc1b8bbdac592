"""Write the network and results in other formats, chosen by suffix."""

from __future__ import annotations

from valuma_graph.exports.formats import SUFFIXES, atomic, csv_text, export, flat, write_tables

__all__ = [
    "SUFFIXES",
    "atomic",
    "csv_text",
    "export",
    "flat",
    "write_tables",
]
