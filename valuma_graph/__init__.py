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
    from valuma_graph import datasets
    from valuma_graph.affiliation import Affiliation
    from valuma_graph.errors import (
        ConvergenceError,
        FormatError,
        GeometryError,
        TableError,
        UnknownNodeError,
        ValumaError,
    )
    from valuma_graph.exports import export
    from valuma_graph.measures import (
        brokerage,
        centrality,
        communities,
        coverage,
        isolation,
        structure,
    )
    from valuma_graph.reading import problems, read
    from valuma_graph.report import write_report
    from valuma_graph.significance import overlap

# Each public name and the module that holds it. Modules are imported at the first use of a name,
# so that `import valuma_graph` and `valuma-graph --help` answer at once.
_HOME = {
    "Affiliation": "affiliation",
    "ConvergenceError": "errors",
    "FormatError": "errors",
    "GeometryError": "errors",
    "TableError": "errors",
    "UnknownNodeError": "errors",
    "ValumaError": "errors",
    "brokerage": "measures",
    "centrality": "measures",
    "communities": "measures",
    "coverage": "measures",
    "datasets": "",
    "export": "exports",
    "isolation": "measures",
    "overlap": "significance",
    "problems": "reading",
    "read": "reading",
    "structure": "measures",
    "write_report": "report",
}

__all__ = [
    "Affiliation",
    "ConvergenceError",
    "FormatError",
    "GeometryError",
    "TableError",
    "UnknownNodeError",
    "ValumaError",
    "brokerage",
    "centrality",
    "communities",
    "coverage",
    "datasets",
    "export",
    "isolation",
    "overlap",
    "problems",
    "read",
    "structure",
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
