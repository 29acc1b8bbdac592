"""`Affiliation`: three validated tables and the sparse incidence; select, at, roll up, without."""

from __future__ import annotations

from valuma_graph.affiliation.network import Affiliation, Mode, build

__all__ = [
    "Affiliation",
    "Mode",
    "build",
]
