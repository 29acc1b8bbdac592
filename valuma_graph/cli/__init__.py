"""The commands, thin."""

from __future__ import annotations

from valuma_graph.cli import (  # noqa: F401  fill the program
    chance,
    commands,
    duties,
    frameworks,
    onmap,
)
from valuma_graph.cli.commands import main
from valuma_graph.cli.program import app

__all__ = [
    "app",
    "main",
]
