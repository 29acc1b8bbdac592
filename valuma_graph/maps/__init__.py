"""Pictures: networks, measures, ties and corridors on the map."""

from __future__ import annotations

from valuma_graph.maps.members import plot_isolation, plot_members, plot_network
from valuma_graph.maps.pictures import save_picture
from valuma_graph.maps.several import plot_comparison, plot_networks
from valuma_graph.maps.stretch import plot_corridor
from valuma_graph.maps.ties import plot_overlap, plot_ties

__all__ = [
    "plot_comparison",
    "plot_corridor",
    "plot_isolation",
    "plot_members",
    "plot_network",
    "plot_networks",
    "plot_overlap",
    "plot_ties",
    "save_picture",
]
