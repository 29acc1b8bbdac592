"""Check the tables of the data folder: keys, codes, years, counts, evidence."""

from __future__ import annotations

from valuma_graph.datacheck.checks import check_data

__all__ = [
    "check_data",
]
