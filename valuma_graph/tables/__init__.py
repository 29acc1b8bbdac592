"""Read a file or frame as text, understand its headers, list every problem."""

from __future__ import annotations

from valuma_graph.tables.findings import Findings, Problem, problems_frame
from valuma_graph.tables.headers import RawTable, Role, Source, read_table, read_workbook

__all__ = [
    "Findings",
    "Problem",
    "RawTable",
    "Role",
    "Source",
    "problems_frame",
    "read_table",
    "read_workbook",
]
