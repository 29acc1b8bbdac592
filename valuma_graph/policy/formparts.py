"""What each sheet of a form says, with everything that is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph import intake
from valuma_graph.affiliation.assembly import MEMBERSHIP_ROLES
from valuma_graph.intake import identities
from valuma_graph.places import DIVISIONS
from valuma_graph.policy import formcells, keeping
from valuma_graph.policy.formsheets import ANSWERS, NETWORK_FIELDS
from valuma_graph.policy.schema import ATTRIBUTES
from valuma_graph.tables import RawTable, cells
from valuma_graph.text import LANGS, t

if TYPE_CHECKING:
    from pathlib import Path

    from valuma_graph.policy.formblocks import Block, Filled

UNNAMED: Final = "unnamed"
"""Id of the network of a form that is empty."""

_BULLET = re.compile(r"^[-–•*]\s+")


def bundled(name: str, known: pd.DataFrame) -> str | None:
    """
    Return the id of the network among those known that a name means, as `valuma_graph.read` does.

    Examples
    --------
    >>> bundled("Fisu", keeping.register()[1]), bundled("Brand new", keeping.register()[1])
    ('fisu', None)
    """
    made = cells.slug(name)
    return identities.register(known).find(name) or (made if made in known.index else None)


def names_of(network: str | None, lang: str) -> dict[str, str]:
    """Return the names that are filled in: all that a bundled network has, else the one given."""
    if network is None or not network.strip():
        return {}
    table = keeping.register()[1]
    if (known := bundled(network.strip(), table)) is not None:
        columns = [f"name_{code}" for code in LANGS]
        return {str(k): str(v) for k, v in table.loc[known, columns].dropna().items()}
    return {f"name_{lang}": network.strip()}


def network(block: Block, *, lang: str) -> tuple[dict[str, str], dict[str, int]]:
    """Return what the form says of the network itself, and the row of each."""
    told, row_of = _told(block, lang)
    for name in ("kind", "list_status"):
        if name in told:
            code = formcells.coded(block, row_of[name], "value", told.pop(name), name, lang=lang)
            told |= {name: code} if code else {}
    if "countries" in told:
        found = formcells.countries(block, row_of["countries"], told.pop("countries"))
        told |= {"countries": found} if found else {}
    timed = {row_of[n]: n for n in ("founded_year", "ended_year", "as_of") if n in row_of}
    read = formcells.years(block, "value", timed)
    for row, year in zip(block.rows.tolist(), read, strict=True):
        if row in timed:
            told.pop(timed[row])
            told |= {timed[row]: year} if isinstance(year, str) else {}
    if "founded_year" in told and told.get("ended_year", "9") < told["founded_year"]:
        block.note("reversed_years", row_of["ended_year"], "value", told["ended_year"])
    return told, row_of


def _told(block: Block, lang: str) -> tuple[dict[str, str], dict[str, int]]:
    told: dict[str, str] = {}
    row_of: dict[str, int] = {}
    for key, text, row in zip(block.keys, block.frame["value"], block.rows.tolist(), strict=True):
        if key not in NETWORK_FIELDS or not isinstance(text, str):
            continue
        if key != "list_status" and formcells.is_unknown(text):
            continue
        if told.setdefault(key, text) != text:
            item = t(f"form_ask.{key}", lang)
            block.note("form_two_answers", row, "value", text, item=item, other=told[key])
        row_of.setdefault(key, row)
    return told, row_of


def identity(
    block: Block, told: dict[str, str], row_of: dict[str, int], known: pd.DataFrame
) -> str | None:
    """Return the id of the network: of the bundled one that is called so, else made of its name."""
    names = [told[f"name_{lang}"] for lang in LANGS if f"name_{lang}" in told]
    if not names:
        return None
    ids = list(dict.fromkeys(i for n in names if (i := bundled(n, known))))
    if len(ids) > 1:
        row = row_of[next(f"name_{lang}" for lang in LANGS if f"name_{lang}" in told)]
        block.note("form_two_networks", row, "value", "; ".join(names), ids=", ".join(ids))
    if ids:
        return ids[0]
    row = row_of[next(f"name_{lang}" for lang in LANGS if f"name_{lang}" in told)]
    name = pd.Series(names[:1], dtype="str")
    asked = cells.Column(name, np.array([row]), block.titles["value"], block.found)
    made = identities.networks(  # notes a name that resembles a known one
        asked, registers=[identities.register(known)], closed=False, as_is=False, are_ids=False
    )
    return str(made.ids.iloc[0])


def answers(block: Block, *, lang: str) -> list[dict[str, Any]]:
    """Return a statement for each answer: attribute, value, note and source."""
    rows = []
    years = _numbers_of(block, "year")
    for at, row in enumerate(block.rows.tolist()):
        name = formcells.attribute_of(block.keys[at], block.frame["label"].iloc[at])
        given = {c: v for c in ANSWERS if isinstance(v := block.frame[c].iloc[at], str)}
        comment = block.frame["comment"].iloc[at]
        if name is None:
            if given:
                first = next(iter(given))
                block.note("form_row_unknown", row, first, given[first])
            continue
        asked = ATTRIBUTES[name]
        if not given and isinstance(comment, str):
            title = block.titles["comment"]
            block.found.note("form_comment_alone", "warning", row=row, column=title, value=comment)
        for column, text in given.items():
            for line in text.splitlines() if asked.several else [text]:
                part = _BULLET.sub("", line.strip()) if asked.kind == "text" else line.strip()
                value = _value(block, row, column, part, name, years, lang=lang)
                if value:
                    rows.append(
                        {
                            "attribute": name,
                            "value": value,
                            "note": comment,
                            "source": block.place(row, column),
                            "row": row,
                            "column": column,
                        }
                    )
    return rows


def _numbers_of(block: Block, kind: str) -> dict[int, str]:
    """Return the years that rows which ask one have, by row."""
    rows = [
        r
        for r, k in zip(block.rows.tolist(), block.keys, strict=True)
        if k in ATTRIBUTES and ATTRIBUTES[k].kind == kind
    ]
    if not rows:
        return {}
    read = formcells.years(block, "answer_1", rows)
    return {r: y for r, y in zip(block.rows.tolist(), read, strict=True) if isinstance(y, str)}


def _value(
    block: Block, row: int, column: str, text: str, name: str, years: dict[int, str], *, lang: str
) -> str | None:
    asked = ATTRIBUTES[name]
    if formcells.is_unknown(text):
        return None
    if asked.kind == "code":
        return formcells.coded(block, row, column, text, asked.codes, lang=lang)
    if asked.kind == "number":
        number = formcells.amount(block, row, column, text)
        return None if np.isnan(number) else f"{number:.10g}"
    return years.get(row) if asked.kind == "year" else " ".join(text.split())


def money(
    block: Block, filled: Filled, *, payers: dict[str, str | None], lang: str
) -> list[dict[str, Any]]:
    """Return a row for each source of money; `payers` gives the id of each payer, where known."""
    since, until = formcells.years(block, "since"), formcells.years(block, "until")
    early = (pd.to_numeric(until) < pd.to_numeric(since)).to_numpy(dtype=bool)
    block.column("until").note("reversed_dates", early, values={"since": block.titles["since"]})
    rows = []
    for at, row in enumerate(block.rows.tolist()):
        text = _texts(block, at)
        kind = text.get("funding_kind")
        if kind is not None:
            kind = formcells.coded(block, row, "funding_kind", kind, "funding_kind", lang=lang)
        share = np.nan
        if "share" in text:
            formatted = f"{block.letters['share']}{row}" in filled.percents
            share = formcells.share(block, row, text["share"], formatted=formatted)
        amount = np.nan
        if "amount" in text:
            amount = formcells.amount(block, row, "amount", text["amount"])
        rows.append(
            {
                "payer": text.get("payer"),
                "payer_id": payers.get(text.get("payer", "")),
                "item": text.get("item"),
                "amount": amount,
                "currency": formcells.currency(block, row, text.get("currency")),
                "unit": text.get("unit"),
                "share": share,
                "since": since.iloc[at],
                "until": until.iloc[at],
                "funding_kind": kind,
                "note": text.get("note"),
                "source": block.place(row, "payer"),
            }
        )
    return rows


def _texts(block: Block, at: int) -> dict[str, str]:
    """Return what the cells of a row say, without those that say that nothing is known."""
    cell = {str(c): block.frame[c].iloc[at] for c in block.frame}
    return {c: v for c, v in cell.items() if isinstance(v, str) and not formcells.is_unknown(v)}


def chain(block: Block, goals: list[str] | None, *, lang: str) -> list[dict[str, Any]]:
    """
    Return a row for each item of the impact chain; its goal has to be one of the answers.

    Where the answers could not be read, `goals` is None: any goal then stands.
    """
    asked, goals = goals is not None, goals or []
    by_key = {cells.key(g): g for g in goals}
    by_key |= {str(k): g for k, g in enumerate(goals, start=1)}
    rows = []
    for at, row in enumerate(block.rows.tolist()):
        text = _texts(block, at)
        goal, link = text.get("goal"), None
        if goal is not None and (goal := by_key.get(cells.key(goal))) is None and asked:
            block.note(
                "form_goal", row, "goal", text["goal"], suggestion=_near(text["goal"], goals)
            )
        if "link" in text:
            link = formcells.coded(block, row, "link", text["link"], "link", lang=lang)
        elif "item" in text:
            block.note("form_no_link", row, "link", text["item"])
        if text and "item" not in text:
            block.note("form_no_item", row, "item", next(iter(text.values())))
        if "item" not in text:
            continue
        rows.append(
            {
                "goal": goal,
                "link_id": link,
                "item": text.get("item"),
                "indicator": text.get("indicator"),
                "source": block.place(row, "item"),
            }
        )
    return rows


def _near(text: str, goals: list[str]) -> str | None:
    from difflib import get_close_matches

    by_key = {cells.key(g)[:100]: g for g in goals}
    close = get_close_matches(cells.key(text)[:100], by_key, 1, 0.5)
    return by_key[close[0]] if close else None


def members(
    block: Block, network_id: str, *, known: tuple[pd.DataFrame, pd.DataFrame],
    year: int | None, root: str | Path | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Return the members as the user wrote them, and who they are; what is wrong is noted."""
    frame = block.frame.copy()
    frame["role"] = [
        (formcells.code_of(r, "role") or r) if isinstance(r, str) else r for r in frame["role"]
    ]
    frame = frame.astype({"role": "str"}).assign(network=network_id)
    table = RawTable("memberships", frame, block.rows, block.titles, block.file, block.sheet)
    division = year if year in DIVISIONS else None
    taken = intake.prepare(table, year=division, root=root, known=known)
    # That the name is like a bundled network's has been said of the name.
    block.found.problems.extend(p for p in taken.problems if p.code != "network_like")
    if len(taken.memberships) == len(frame):  # else rows with errors are to be mended first
        _note_hosts(block, taken.memberships)
    frame["source"] = [block.place(row, "member") for row in block.rows.tolist()]
    return frame[["network", "member", "role", "since", "until", "source"]], taken.members


def _note_hosts(block: Block, rows: pd.DataFrame) -> None:
    """Note those that are hosts and nothing that makes a member, in any of their rows."""
    joined = rows["role"].isin(MEMBERSHIP_ROLES)
    member = joined.groupby(rows["member_id"]).transform("any")
    alone = rows["role"].eq("host") & ~member
    block.column("member").note("form_host_alone", alone.to_numpy(dtype=bool), "warning")
