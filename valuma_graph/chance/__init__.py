"""
What is more than chance: overlaps, backbones, null models and regressions.

- `overlaps`: pairs of nodes and what they share
"""

from valuma_graph.chance.overlaps import overlap

__all__ = ["overlap"]
