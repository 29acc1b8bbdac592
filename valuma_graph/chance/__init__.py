"""What is more than chance: overlaps, backbones, measures against null models, regressions."""

from __future__ import annotations

from valuma_graph.chance.backbones import Backbone, backbone, disparity
from valuma_graph.chance.dyads import comembership
from valuma_graph.chance.incomplete import Robustness, robustness
from valuma_graph.chance.measured import significance
from valuma_graph.chance.overlaps import overlap
from valuma_graph.chance.regressions import Regression, mrqap

__all__ = [
    "Backbone",
    "Regression",
    "Robustness",
    "backbone",
    "comembership",
    "disparity",
    "mrqap",
    "overlap",
    "robustness",
    "significance",
]
