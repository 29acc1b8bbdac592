"""The commands, thin."""

from __future__ import annotations

from valuma_graph.cli import commands, onmap  # noqa: F401  both fill the program, in this order
from valuma_graph.cli.commands import main
from valuma_graph.cli.program import app

__all__ = [
    "app",
    "main",
]
