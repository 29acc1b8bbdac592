"""A user's tables to the project's tables, with every problem named, all at once."""

from __future__ import annotations

from valuma_graph.intake.taking import Intake, prepare
from valuma_graph.intake.telling import told

__all__ = [
    "Intake",
    "prepare",
    "told",
]
