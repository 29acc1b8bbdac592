"""The report's frameworks over networks: profiles, quadrant, funding, life cycle, risks, impact."""

from __future__ import annotations

from valuma_graph.policy.checklist import checks
from valuma_graph.policy.contexts import CONTEXTS, context
from valuma_graph.policy.dues import fee_totals, fees
from valuma_graph.policy.forms import form_problems, is_form, origin, read, template
from valuma_graph.policy.hazards import risk_rules, risks
from valuma_graph.policy.history import lifecycle, timeline
from valuma_graph.policy.impacts import impact, impact_gaps
from valuma_graph.policy.money import dependence, funders, funding
from valuma_graph.policy.parts import roles
from valuma_graph.policy.placing import quadrant
from valuma_graph.policy.portraits import Profile, compare, profile, profiles
from valuma_graph.policy.schema import framework
from valuma_graph.policy.scorecards import scorecard
from valuma_graph.policy.statements import Answers

__all__ = [
    "CONTEXTS",
    "Answers",
    "Profile",
    "checks",
    "compare",
    "context",
    "dependence",
    "fee_totals",
    "fees",
    "form_problems",
    "framework",
    "funders",
    "funding",
    "impact",
    "impact_gaps",
    "is_form",
    "lifecycle",
    "origin",
    "profile",
    "profiles",
    "quadrant",
    "read",
    "risk_rules",
    "risks",
    "roles",
    "scorecard",
    "template",
    "timeline",
]
