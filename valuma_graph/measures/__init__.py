"""Who is central, who bridges, what holds the network together, who is left outside."""

from __future__ import annotations

from valuma_graph.measures.brokers import HOLES, ROLES, brokerage, brokerage_roles
from valuma_graph.measures.cohesion import Structure, components, nodf, structure
from valuma_graph.measures.isolates import STATUSES, could_hold, isolation
from valuma_graph.measures.nodes import CENTRALITIES, centrality, coverage
from valuma_graph.measures.partition import Communities, barber_modularity, communities

__all__ = [
    "CENTRALITIES",
    "HOLES",
    "ROLES",
    "STATUSES",
    "Communities",
    "Structure",
    "barber_modularity",
    "brokerage",
    "brokerage_roles",
    "centrality",
    "communities",
    "components",
    "could_hold",
    "coverage",
    "isolation",
    "nodf",
    "structure",
]
