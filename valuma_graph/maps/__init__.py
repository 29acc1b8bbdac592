"""Pictures: networks, measures, ties and corridors on the map; charts of the policy frameworks."""

from __future__ import annotations

from valuma_graph.maps.cards import plot_scorecard
from valuma_graph.maps.impacts import plot_impact
from valuma_graph.maps.members import plot_isolation, plot_members, plot_network
from valuma_graph.maps.phases import plot_lifecycle
from valuma_graph.maps.pictures import save_picture
from valuma_graph.maps.quadrants import plot_quadrant
from valuma_graph.maps.several import plot_comparison, plot_networks
from valuma_graph.maps.stretch import plot_corridor
from valuma_graph.maps.surveys import plot_survey
from valuma_graph.maps.ties import plot_overlap, plot_ties
from valuma_graph.maps.times import plot_timeline

__all__ = [
    "plot_comparison",
    "plot_corridor",
    "plot_impact",
    "plot_isolation",
    "plot_lifecycle",
    "plot_members",
    "plot_network",
    "plot_networks",
    "plot_overlap",
    "plot_quadrant",
    "plot_scorecard",
    "plot_survey",
    "plot_ties",
    "plot_timeline",
    "save_picture",
]
