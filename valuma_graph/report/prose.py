"""The report in prose, written from results by rules."""

from __future__ import annotations

from valuma_graph.report.memberlines import of_members
from valuma_graph.report.networklines import judged, of_networks, reach_of
from valuma_graph.report.sentences import Sentence
from valuma_graph.report.setlines import of_set

__all__ = ["Sentence", "judged", "of_members", "of_networks", "of_set", "reach_of"]
