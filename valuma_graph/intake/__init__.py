"""A user's tables to the project's tables, with every problem named, all at once."""

from __future__ import annotations

from valuma_graph.intake.taking import Intake, prepare

__all__ = [
    "Intake",
    "prepare",
]
