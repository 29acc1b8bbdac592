"""The commands, thin."""

from __future__ import annotations

from valuma_graph.cli.commands import app, main

__all__ = [
    "app",
    "main",
]
