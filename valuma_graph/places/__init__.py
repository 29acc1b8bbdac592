"""Which place is this, in which year: names and codes, divisions, mergers, groupings."""

from __future__ import annotations

from valuma_graph.places.finland import DIVISIONS, KINDS, LATEST, Gazetteer, data_path, gazetteer

__all__ = [
    "DIVISIONS",
    "KINDS",
    "LATEST",
    "Gazetteer",
    "data_path",
    "gazetteer",
]
