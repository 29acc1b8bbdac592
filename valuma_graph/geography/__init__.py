"""Where networks lie: boundaries, neighbours, distances, footprints, corridors."""

from __future__ import annotations

from valuma_graph.geography.accuracy import BoundaryError, boundary_error
from valuma_graph.geography.chains import find_corridors
from valuma_graph.geography.corridors import Corridor, CorridorProfile, corridor_profile
from valuma_graph.geography.footprints import footprint
from valuma_graph.geography.neighbours import contiguity, to_libpysal
from valuma_graph.geography.official import read_boundaries
from valuma_graph.geography.outlines import boundaries
from valuma_graph.geography.spans import distance_to, distances
from valuma_graph.geography.wfs import cached_boundaries, fetch_boundaries

__all__ = [
    "BoundaryError",
    "Corridor",
    "CorridorProfile",
    "boundaries",
    "boundary_error",
    "cached_boundaries",
    "contiguity",
    "corridor_profile",
    "distance_to",
    "distances",
    "fetch_boundaries",
    "find_corridors",
    "footprint",
    "read_boundaries",
    "to_libpysal",
]
