"""What contradicts itself in a form, and between two forms of one network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from valuma_graph.policy import formcells
from valuma_graph.policy.formsheets import WORDS
from valuma_graph.policy.schema import ATTRIBUTES
from valuma_graph.policy.wording import cited
from valuma_graph.tables import Findings, Problem
from valuma_graph.text import LANGS, t

if TYPE_CHECKING:
    from valuma_graph.policy.formblocks import Block

_FIELD: Final = {  # direction and focus of each model: figure 8
    "A": ("top_down", "targeted"),
    "B": ("bottom_up", "targeted"),
    "C": ("top_down", "general"),
    "D": ("bottom_up", "general"),
}
_EARLY: Final = ("need", "shaping")
"""Phases of figure 9 before cooperation is at work, so that it cannot be mature (figure 10)."""
_LIFE: Final = ("life_phase", "stage")
SHARES_OFF: Final = 0.005
"""How far the sum of shares may be from 1."""


def contradictions(block: Block, rows: list[dict[str, Any]], *, lang: str) -> None:
    """Note single answers given twice, and positions that no network can have together."""
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = row["attribute"]
        before = first.setdefault(name, row)
        if not ATTRIBUTES[name].several and before["value"] != row["value"]:
            block.note(
                "form_two_answers", row["row"], row["column"], _worded(name, row["value"], lang),
                item=t(f"attribute.{name}", lang), other=_worded(name, before["value"], lang),
            )  # fmt: skip
    models = {r["value"]: r for r in rows if r["attribute"] == "model"}
    for k, axis in enumerate(("direction", "focus")):
        said = first.get(axis)
        if said is None or said["value"] == "mixed":
            continue
        for model, row in models.items():
            if _FIELD[model][k] != said["value"]:
                block.note(
                    "form_positions", row["row"], row["column"], model,
                    item=t(f"attribute.{axis}", lang),
                    means=_worded(axis, _FIELD[model][k], lang),
                    other=_worded(axis, said["value"], lang),
                )  # fmt: skip
    for one, other in (("A", "D"), ("B", "C")):
        if {one, other} <= set(models):
            block.note("form_opposite", models[other]["row"], models[other]["column"],
                       f"{one}, {other}")  # fmt: skip
    _note_phase(block, first, lang)


def _note_phase(block: Block, first: dict[str, dict[str, Any]], lang: str) -> None:
    """Note mature cooperation in a network that is only being set up: likely a slip."""
    phase, stage = first.get("life_phase"), first.get("stage")
    if phase and stage and phase["value"] in _EARLY and stage["value"] == "mature":
        words = {n: _worded(n, said["value"], lang) for n, said in first.items() if n in _LIFE}
        block.found.note(
            "form_phase_stage", "warning", row=stage["row"], column=block.titles[stage["column"]],
            value=words["stage"], other=words["life_phase"],
            item=t("attribute.stage", lang), before=t("attribute.life_phase", lang),
        )  # fmt: skip


def _worded(name: str, value: str, lang: str) -> str:
    """Return the words of a value: of its code, where it is one of a closed list."""
    listed = ATTRIBUTES[name].codes if name in ATTRIBUTES else name
    return formcells.word(listed, value, lang) if listed in WORDS else value


def note_sum(block: Block, rows: list[dict[str, Any]], as_of: str | None) -> None:
    """Note shares that are not the whole: only those that hold in the year described."""
    held = [(n, r) for n, r in zip(block.rows.tolist(), rows, strict=True) if _holds(r, as_of)]
    shares = [r["share"] for _, r in held]
    known = [s for s in shares if not np.isnan(s)]
    total = sum(known)
    broken = [p for p in block.found.problems if p.code == "form_bad_share"]
    whole = len(known) == len(shares)
    if not known or broken or not (total > 1 + SHARES_OFF or (whole and total < 1 - SHARES_OFF)):
        return
    last = next(n for n, r in reversed(held) if not np.isnan(r["share"]))
    block.note("form_shares", last, "share", f"{100 * total:.4g} %")


def _holds(row: dict[str, Any], year: str | None) -> bool:
    since, until = row["since"], row["until"]
    late = isinstance(since, str) and year is not None and since > year
    over = isinstance(until, str) and year is not None and until < year
    return not (late or over)


def disagreements(parts: list[dict[str, Any]], *, lang: str) -> list[Problem]:
    """Return a problem for each thing that two forms of one network say differently."""
    first: dict[tuple[str, str], tuple[str, str, int]] = {}
    total: dict[str, set[tuple[Any, ...]]] = {}
    problems: list[Problem] = []
    for k, part in enumerate(parts):
        network, found = part["network"], Findings(part["file"], problems=problems)
        for name, value, label, source in _facts(part, lang):
            mine = (value, source, k)
            before, where, whose = first.setdefault((network["network_id"], name), mine)
            if before != value and whose != k:
                mine_said, other = (_worded(name, v, lang) for v in (value, before))
                found.note(
                    "form_disagree", column=label, value=mine_said, other=other,
                    where=cited(where, lang),
                )  # fmt: skip
        shares = {(r["payer"], r["item"], r["share"]) for r in part["funding"] if r["share"] > 0}
        others = total.setdefault(network["network_id"], set())
        if shares and others and (whole := sum(r[2] for r in shares | others)) > 1 + SHARES_OFF:
            title = t("form_head.share", lang)
            found.note("form_shares", column=title, value=f"{100 * whole:.4g} %")
        others |= shares
    return problems


def _facts(part: dict[str, Any], lang: str) -> list[tuple[str, str, str, str]]:
    """Return what a form says once: name of the fact, value, label and source."""
    network = part["network"]
    names = (*(f"name_{code}" for code in LANGS), "kind", "countries", "list_status")
    facts = [
        (f, network[f], t(f"form_ask.{f}", lang), network["source"]) for f in names if f in network
    ]
    for said in part["statements"]:
        name = said["attribute"]
        if not ATTRIBUTES[name].several:
            facts.append((name, said["value"], t(f"attribute.{name}", lang), said["source"]))
    return facts
