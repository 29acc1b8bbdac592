"""The tables of a profile: its sections for people and JSON, one long table as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.cli.console import WRAP, Section
from valuma_graph.report.standing import EXPLAINED, TECHNICAL, measure_words
from valuma_graph.text import catalogue, t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from valuma_graph.policy.portraits import Profile

PLACE: Final = ("direction", "direction_basis", "focus", "focus_basis", "model", "model_basis")
"""A place in the quadrant: each part has its own basis."""

COLUMNS: Final = ("section", "key", "label", "value", "basis", "rule", "source", "evidence")
"""Columns of `rows_of`."""

_MONEY: Final = (
    "payer", "payer_id", "funding_kind", "item", "amount", "currency", "unit", "share", "since",
    "until",
)  # fmt: skip
_LEANS: Final = (
    "sources", "sources_complete", "largest_payer", "largest_share", "single_source",
    "project_money", "project_share", "project_until", "years_left",
)  # fmt: skip
_LIFE: Final = ("founded_year", "ended_year", "age", "phase", "stage")
_YEARS: Final = {"founded_year", "ended_year", "age"}


def parts_of(
    one: Profile, lacks: pd.DataFrame, lang: str, *, among: int, for_people: bool
) -> list[Section]:
    """
    Return the tables of a profile, in the order of the report's chapters.

    Parameters
    ----------
    one
        The profile.
    lacks
        What `impact_gaps` returns for it.
    lang
        Language of the words.
    among
        Number of networks of the set.
    for_people
        Whether what is not known, and what only machines read, is left out.
    """
    untold = for_people and lacks["goal"].isna().all()
    graph = _measured(one.structure, lang, among) if for_people else one.structure.reset_index()
    more = ["how"] if "how" in graph else []
    said = one.statements
    said = said[said["basis"].ne("unknown")] if for_people else said
    spending = ["payer", "funding_kind", "item", "amount", "currency", "share", "since", "until"]
    leaning = ["sources", "largest_payer", "largest_share", "single_source", "project_money"]
    shown = {
        "statements": (said, ["dimension", "label", "value_label", "basis", "source"]),
        "position": (_row(one.position), [*PLACE]),
        "funding": (one.funding, [*spending, "basis"]),
        "dependence": (_row(one.dependence), [*leaning, "years_left"]),
        "lifecycle": (
            _row(one.lifecycle),
            ["founded_year", "ended_year", "age", "phase", "phase_basis", "stage", "stage_basis"],
        ),
        "scorecard": (one.scorecard, ["factor", "check", "answer", "evidence", "source"]),
        "risks": (titled(one.risks, lang), ["title", "answer", "evidence", "source"]),
        "impact": (one.impact, ["link", "item", "basis", "source"]),
        "impact_gaps": (lacks[:0] if untold else lacks, ["goal", "label", "answer", "evidence"]),
        "structure": (graph, ["label", "value", *more, "basis", "source"]),
    }
    headings = {
        "item": t("cli.profile.item", lang),
        "goal": t("profile.col.goal", lang),
    }
    return [
        Section(name, frame.reset_index(drop=True), columns, headings=headings, wrap=WRAP)
        for name, (frame, columns) in shown.items()
    ]


def titled(risks: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return risks with the title of each rule beside its id."""
    from valuma_graph.policy.hazards import risk_rules

    titles = risk_rules(lang=lang)["title"]
    made = risks.copy()
    made.insert([*made.columns].index("rule") + 1, "title", made["rule"].map(titles))
    return made


def rows_of(one: Profile, lacks: pd.DataFrame, lang: str) -> pd.DataFrame:
    """
    Return a profile as one long table.

    Parameters
    ----------
    one
        The profile.
    lacks
        What `impact_gaps` returns for it.
    lang
        Language of the words.

    Returns
    -------
    rows
        `section`, `key` (an attribute, a check, a rule, a measure, the field of a row such as
        `1.amount`), `label` (its words), `value` (a code, a number or words; missing where
        nothing is known), `basis`, `rule`, `source`, `evidence` (of checks and risks).
    """
    made = [*_told(one, lang), *_paid(one, lang), *_judged(one, lacks, lang), *_linked(one, lang)]
    order = ("statements", "position", "funding", "dependence", "lifecycle", "scorecard", "risks",
             "impact", "impact_gaps", "structure")  # fmt: skip
    made.sort(key=lambda row: order.index(row["section"]))
    return pd.DataFrame(made, columns=list(COLUMNS))


def _line(
    section: str,
    key: str,
    label: str,
    value: Any,  # noqa: ANN401  a cell of any column
    row: Mapping[Any, Any],
    part: str = "",
) -> dict[str, object]:
    """Return a row of the long table; a part of a row may have its own basis and source."""
    known = not pd.isna(value) and value != "unknown"
    how = {c: row.get(f"{part}{c}") for c in ("basis", "rule", "source")}
    if not known:
        how = {"basis": "unknown", "rule": None, "source": None}
    return {
        "section": section,
        "key": key,
        "label": label,
        "value": value if known or value == "unknown" else None,
        **how,
        "evidence": row.get("evidence"),
    }


def _told(one: Profile, lang: str) -> Iterator[dict[str, Any]]:
    """Yield what is said of a network, where it stands, and its life."""
    for row in one.statements.to_dict("records"):
        yield _line("statements", row["attribute"], row["label"], row["value"], row)
    place = one.position.drop(labels="name", errors="ignore").to_dict()
    for part in ("direction", "focus", "model"):
        yield _line("position", part, _words(part, lang), place[part], place, f"{part}_")
    life = one.lifecycle.to_dict()
    for key in _LIFE:
        part = "years_" if key in _YEARS else f"{key}_"
        line = _line("lifecycle", key, _words(key, lang), life[key], life, part)
        counted = key == "age" and line["value"] is not None
        yield line | ({"basis": "computed"} if counted else {})


def _paid(one: Profile, lang: str) -> Iterator[dict[str, Any]]:
    """Yield each known field of the rows of money, and what the network leans on."""
    for k, row in enumerate(one.funding.to_dict("records"), 1):
        for key in _MONEY:
            if not pd.isna(row[key]):
                yield _line("funding", f"{k}.{key}", _words(key, lang), row[key], row)
    leans = one.dependence.to_dict()
    for key in _LEANS:
        yield _line("dependence", key, _words(key, lang), leans[key], leans)


def _judged(one: Profile, lacks: pd.DataFrame, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the checks, the risks, and what goals lack."""
    for row in one.scorecard.to_dict("records"):
        words = t(f"check.{row['check'].replace('.', '_')}", lang)
        yield _line("scorecard", row["check"], words, row["answer"], row)
    for row in titled(one.risks, lang).to_dict("records"):
        yield _line("risks", row["rule"], row["title"], row["answer"], row)
    for row in lacks.to_dict("records"):
        goal = "" if pd.isna(row["goal"]) else f": {row['goal']}"
        yield _line("impact_gaps", row["check"], f"{row['label']}{goal}", row["answer"], row)


def _linked(one: Profile, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the items of the chain with their goals and indicators, and the measures."""
    for k, row in enumerate(one.impact.to_dict("records"), 1):
        yield _line("impact", f"{k}.{row['link_id']}", row["link"], row["item"], row)
        for key in ("goal", "indicator"):
            if not pd.isna(row[key]):
                words = t(f"profile.col.{key}", lang)
                yield _line("impact", f"{k}.{row['link_id']}.{key}", words, row[key], row)
    for measure, row in zip(one.structure.index, one.structure.to_dict("records"), strict=True):
        yield _line("structure", str(measure), row["label"], row["value"], row)


_GROUPS: Final = ("profile.money", "profile.life", "profile.col", "attribute", "cli.col")


def _words(field: str, lang: str) -> str:
    """Return the words for a field, as the page or a table heads it."""
    if field == "phase":  # `attribute.phase` is what the report tells of phases
        return t("attribute.life_phase", lang)
    keys = [key for group in _GROUPS if (key := f"{group}.{field}") in catalogue()]
    return t(keys[0], lang)


def _measured(structure: pd.DataFrame, lang: str, among: int) -> pd.DataFrame:
    """Return the measures as people read them: which rank of how many, and what each counts."""
    frame = structure.reset_index()
    frame = frame[~frame["measure"].isin(list(TECHNICAL))].reset_index(drop=True)
    values = zip(frame["measure"], frame["value"], strict=True)
    words = [measure_words(name, value, lang, among=among) for name, value in values]
    how = [
        t(f"profile.how.{name}", lang) if name in EXPLAINED else None for name in frame["measure"]
    ]
    texts = {"value": words, "how": how}
    return frame.assign(**{c: pd.Series(v, frame.index, dtype="str") for c, v in texts.items()})


def _row(values: pd.Series) -> pd.DataFrame:
    """Return a row of a table as a table, without the name that the profile has once."""
    return values.to_frame().T.infer_objects().drop(columns="name", errors="ignore")
