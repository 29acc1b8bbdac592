"""
valuma-graph: collaboration between regions as an affiliation network.

Members (municipalities, regions, organisations) and the networks that they belong to: who is in
what, with whom, where networks overlap, who is left outside, and how much of it is known.

>>> import valuma_graph as vg
>>> vg.datasets.southern_women()
Affiliation: 18 members, 14 networks, 89 memberships
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from valuma_graph import datasets, policy
    from valuma_graph.affiliation import Affiliation
    from valuma_graph.chance import (
        Backbone,
        Regression,
        Robustness,
        backbone,
        comembership,
        disparity,
        mrqap,
        overlap,
        robustness,
        significance,
    )
    from valuma_graph.errors import (
        ConvergenceError,
        FormatError,
        GeometryError,
        TableError,
        UnknownNodeError,
        ValumaError,
    )
    from valuma_graph.exports import export, list_template
    from valuma_graph.geography import (
        BoundaryError,
        Corridor,
        CorridorProfile,
        boundaries,
        boundary_error,
        cached_boundaries,
        contiguity,
        corridor_profile,
        distance_to,
        distances,
        fetch_boundaries,
        find_corridors,
        footprint,
        read_boundaries,
        to_libpysal,
    )
    from valuma_graph.maps import (
        plot_comparison,
        plot_corridor,
        plot_impact,
        plot_isolation,
        plot_lifecycle,
        plot_members,
        plot_network,
        plot_networks,
        plot_overlap,
        plot_quadrant,
        plot_scorecard,
        plot_survey,
        plot_ties,
        plot_timeline,
        save_picture,
    )
    from valuma_graph.measures import (
        brokerage,
        brokerage_roles,
        centrality,
        communities,
        coverage,
        isolation,
        structure,
    )
    from valuma_graph.reading import problems, read
    from valuma_graph.report import write_report

# Each public name and the module that holds it. Modules are imported at the first use of a name,
# so that `import valuma_graph` and `valuma-graph --help` answer at once.
_HOME = {
    "Affiliation": "affiliation",
    "Backbone": "chance",
    "BoundaryError": "geography",
    "ConvergenceError": "errors",
    "Corridor": "geography",
    "CorridorProfile": "geography",
    "FormatError": "errors",
    "GeometryError": "errors",
    "Regression": "chance",
    "Robustness": "chance",
    "TableError": "errors",
    "UnknownNodeError": "errors",
    "ValumaError": "errors",
    "backbone": "chance",
    "boundaries": "geography",
    "boundary_error": "geography",
    "brokerage": "measures",
    "brokerage_roles": "measures",
    "cached_boundaries": "geography",
    "centrality": "measures",
    "comembership": "chance",
    "communities": "measures",
    "contiguity": "geography",
    "corridor_profile": "geography",
    "coverage": "measures",
    "datasets": "",
    "disparity": "chance",
    "distance_to": "geography",
    "distances": "geography",
    "export": "exports",
    "fetch_boundaries": "geography",
    "find_corridors": "geography",
    "footprint": "geography",
    "isolation": "measures",
    "list_template": "exports",
    "mrqap": "chance",
    "overlap": "chance",
    "plot_comparison": "maps",
    "plot_corridor": "maps",
    "plot_impact": "maps",
    "plot_isolation": "maps",
    "plot_lifecycle": "maps",
    "plot_members": "maps",
    "plot_network": "maps",
    "plot_networks": "maps",
    "plot_overlap": "maps",
    "plot_quadrant": "maps",
    "plot_scorecard": "maps",
    "plot_survey": "maps",
    "plot_ties": "maps",
    "plot_timeline": "maps",
    "policy": "",
    "problems": "reading",
    "read": "reading",
    "read_boundaries": "geography",
    "robustness": "chance",
    "save_picture": "maps",
    "significance": "chance",
    "structure": "measures",
    "to_libpysal": "geography",
    "write_report": "report",
}

__all__ = [
    "Affiliation",
    "Backbone",
    "BoundaryError",
    "ConvergenceError",
    "Corridor",
    "CorridorProfile",
    "FormatError",
    "GeometryError",
    "Regression",
    "Robustness",
    "TableError",
    "UnknownNodeError",
    "ValumaError",
    "backbone",
    "boundaries",
    "boundary_error",
    "brokerage",
    "brokerage_roles",
    "cached_boundaries",
    "centrality",
    "comembership",
    "communities",
    "contiguity",
    "corridor_profile",
    "coverage",
    "datasets",
    "disparity",
    "distance_to",
    "distances",
    "export",
    "fetch_boundaries",
    "find_corridors",
    "footprint",
    "isolation",
    "list_template",
    "mrqap",
    "overlap",
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
    "policy",
    "problems",
    "read",
    "read_boundaries",
    "robustness",
    "save_picture",
    "significance",
    "structure",
    "to_libpysal",
    "write_report",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("valuma-graph")
    if name not in _HOME:
        raise AttributeError(f"module 'valuma_graph' has no attribute {name!r}")
    home = _HOME[name]
    module = import_module(f"valuma_graph.{home or name}")
    value = module if not home else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__all__, "__version__"])
