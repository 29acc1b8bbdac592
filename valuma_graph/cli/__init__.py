"""The commands, thin."""

from __future__ import annotations

from valuma_graph.cli import chance, commands, onmap  # noqa: F401  each fills the program
from valuma_graph.cli.commands import main
from valuma_graph.cli.program import app

__all__ = [
    "app",
    "main",
]
