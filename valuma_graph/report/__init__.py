"""The main job: all results of a network, written into a folder with a page to read."""

from __future__ import annotations

from valuma_graph.report.folder import write_report
from valuma_graph.report.results import Results, analyse

__all__ = [
    "Results",
    "analyse",
    "write_report",
]
