"""Table 4 of the report as a schema: what is asked of a network, and the answers that are coded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from valuma_graph.policy import keeping
from valuma_graph.policy.wording import worded
from valuma_graph.text import check_lang

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "code", "number", "year"]

CODES: Final[dict[str, tuple[str, ...]]] = {
    "answer": ("yes", "partly", "no"),
    "area_level": (
        "municipality", "city", "city_region", "region", "national", "country", "island",
    ),
    "direction": ("top_down", "mixed", "bottom_up"),
    "focus": ("general", "targeted"),
    "funding_model": (
        "state_funded", "region_funded", "co_funded", "project_funded", "membership_fee",
    ),
    "initiator": ("state", "both", "areas"),
    "level": ("local", "regional", "national", "cross_border", "european", "global"),
    "model": ("A", "B", "C", "D"),
    "motive": ("policy", "developer", "learning", "other"),
    "openness": ("open", "partly_open", "closed"),
    "owner": ("state", "areas", "members", "host", "other"),
    "phase": ("need", "shaping", "rise", "stabilisation", "dips_crises", "renewal"),
    "stage": ("start", "mature"),
}  # fmt: skip
"""The coded answers by the name of their list; the word for each is `code_<list>.<code>`."""


@dataclass(frozen=True)
class Attribute:
    """
    One thing that is known, or asked, of a network.

    Parameters
    ----------
    dimension
        Dimension of Table 4.
    questions
        The questions of Table 4 that it answers; none for what the scorecard asks besides.
    kind
        What an answer is.
    codes
        Name of the list of `CODES` that an answer is from.
    several
        Whether there may be several answers.
    asked
        Whether the form asks it.
    """

    dimension: str
    questions: tuple[str, ...] = ()
    kind: Kind = "text"
    codes: str = ""
    several: bool = False
    asked: bool = True


def _code(dimension: str, codes: str, *questions: str, several: bool = False) -> Attribute:
    return Attribute(dimension, questions, "code", codes, several=several)


def _words(dimension: str, *questions: str, asked: bool = True) -> Attribute:
    return Attribute(dimension, questions, several=True, asked=asked)


ATTRIBUTES: Final[dict[str, Attribute]] = {
    # Purpose of the network
    "description": _words("goal", asked=False),
    "goal": _words("goal", "goal_1"),
    "shared_aim": _code("goal", "answer", "goal_2"),
    "national_role": _words("goal", "goal_3"),
    "origin": _words("goal", "goal_4"),
    "initiator": _code("goal", "initiator", "goal_4"),
    "founded_year": Attribute("goal", ("goal_5",), "year"),
    "ended_year": Attribute("goal", ("goal_5",), "year"),
    "phase": _words("goal", "goal_5", asked=False),
    "life_phase": _code("goal", "phase", "goal_5"),
    "stage": _code("goal", "stage", "goal_5"),
    "direction": _code("goal", "direction", "goal_6"),
    "focus": _code("goal", "focus"),
    "model": _code("goal", "model", several=True),
    # Primary motive
    "primary_motive": _code("motive", "motive", "motive_1", "motive_2", "motive_3", "motive_4"),
    "secondary_motive": _code("motive", "motive"),
    "focus_clear": _code("motive", "answer"),
    "theme": _words("motive"),
    # Actors and area level
    "actors": _words("actors_area", "actors_area_1"),
    "area_level": _code("actors_area", "area_level", "actors_area_2"),
    "level": _code("actors_area", "level", "actors_area_2"),
    "key_figure": _words("actors_area", asked=False),
    "interregional_support": _words("actors_area", "actors_area_3"),
    # Membership
    "openness": _code("membership", "openness", "membership_1"),
    "establishment": _words("membership", "membership_2"),
    "entry": _words("membership", "membership_3"),
    "turnover": _words("membership", "membership_3"),
    "boundary": _words("membership", "membership_4"),
    # Operating model
    "owner": _code("operating_model", "owner", "operating_model_1"),
    "ownership": _words("operating_model", "operating_model_1"),
    "coordinator": _words("operating_model", "operating_model_2"),
    "host": _words("operating_model", "operating_model_2"),
    "coordination": _words("operating_model", "operating_model_2"),
    "coordination_resourcing": _words("operating_model", "operating_model_2"),
    "staff": Attribute("operating_model", ("operating_model_2",), "number"),
    "deputy": _code("operating_model", "answer", "operating_model_2"),
    "internal_communication": _code("operating_model", "answer"),
    "rules_agreed": _code("operating_model", "answer"),
    "member_requirement": _words("operating_model", "operating_model_3"),
    "fee": _words("operating_model", "operating_model_3"),
    "members_pay": _code("operating_model", "answer", "operating_model_3"),
    "funding_model": _code("operating_model", "funding_model", "operating_model_4"),
    "funding": _words("operating_model", "operating_model_4", asked=False),
    "funding_source": _words("operating_model", "operating_model_4", asked=False),
    "funder": _words("operating_model", "operating_model_4", asked=False),
    "budget": _words("operating_model", "operating_model_4"),
    "measured": _code("operating_model", "answer", "operating_model_5"),
    "measurement": _words("operating_model", "operating_model_5"),
    "evaluated": _code("operating_model", "answer", "operating_model_6"),
    "activity": _words("operating_model", "operating_model_7"),
    "service": _words("operating_model"),
    "products": _code("operating_model", "answer"),
    "brand": _code("operating_model", "answer"),
    # Roles
    "role_state": _words("roles", "roles_1", "roles_2"),
    "role_regional_local": _words("roles", "roles_1", "roles_3"),
    "role_other": _words("roles", "roles_1", "roles_4"),
    "steering": _words("roles", "roles_1", asked=False),
    # Joint activity and interaction
    "joint_work": _words("interaction", "interaction_1"),
    "interaction": _words("interaction", "interaction_2"),
    "formal_structure": _words("interaction", "interaction_3"),
    "trust": _words("interaction", "interaction_4"),
    "lesson": _words("interaction", "interaction_5"),
    "challenge": _words("interaction", "interaction_5"),
    "outlook": _words("interaction"),
}
"""What is known or asked of a network, in the order of Table 4; words: `attribute.<name>`."""

DIMENSIONS: Final = tuple(dict.fromkeys(a.dimension for a in ATTRIBUTES.values()))
"""The seven dimensions of Table 4 in its order."""


def framework(*, lang: str = "en") -> pd.DataFrame:
    """
    Return the analysis framework of the report: seven dimensions and their questions.

    Parameters
    ----------
    lang
        Language of dimensions and questions.

    Returns
    -------
    framework
        Index `question_id` in the order of the table: `dimension_id`, `dimension`, `question`,
        `item_type` (question, option or item), `attributes` (what answers it, as in `profile`,
        separated by ";"), `codes` (the coded answers, likewise; missing where it is answered in
        words), `source`.

    Source: the report, ch. 4.1, Table 4.

    Examples
    --------
    >>> framework()["dimension"].nunique()
    7
    >>> framework().loc["membership_1", ["attributes", "codes"]].tolist()
    ['openness', 'open;partly_open;closed']
    """
    check_lang(lang)
    table = keeping.policy("framework_table4").set_index("question_id")
    answering = {
        question: [name for name, a in ATTRIBUTES.items() if question in a.questions]
        for question in table.index
    }
    coded = {
        question: [c for name in names for c in CODES.get(ATTRIBUTES[name].codes, ())]
        for question, names in answering.items()
    }
    table["dimension"] = worded(table["dimension_en"], lang)
    table["question"] = worded(table["question_en"], lang)
    for column, lists in (("attributes", answering), ("codes", coded)):
        joined = {question: ";".join(dict.fromkeys(names)) for question, names in lists.items()}
        found = table.index.to_series().map(joined)
        table[column] = found.where(found != "")
    columns = ["dimension_id", "dimension", "question", "item_type", "attributes", "codes"]
    return table[[*columns, "source"]]
