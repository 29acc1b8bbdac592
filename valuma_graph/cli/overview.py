"""What the commands `info` and `check` answer: what is in the data, and what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from valuma_graph import places
from valuma_graph.cli.answers import described, lists, size
from valuma_graph.cli.console import PROBLEMS, Answer, Section, visible
from valuma_graph.tables.findings import shown
from valuma_graph.text import catalogue, number, sort_key, t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from valuma_graph.affiliation import Affiliation

_MOST_NAMES = 10


def info(
    aff: Affiliation, *, root: Path | None = None, bundled: bool = True, lang: str = "en"
) -> Answer:
    """
    Answer what is in the data.

    Parameters
    ----------
    aff
        The affiliation network.
    root
        The folder of the tables; None for the bundled ones.
    bundled
        Whether these are among the data, so that their sources are named.
    lang
        Language of names and words.

    Returns
    -------
    answer
        One section for each way of counting; rows have `item`, `label` and `count`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> answer = info(vg.datasets.southern_women(), bundled=False)
    >>> answer.summary["memberships"]
    89
    """
    networks, rows = aff.networks, aff.memberships
    used = networks["snapshot_as_of"].fillna(networks["selection"]).fillna("none")
    sections = [
        _counted("member_kind", aff.members["kind"], "kind", lang),
        _counted("network_kind", networks["kind"], "network_kind", lang),
        _counted("list_status", networks["list_status"].fillna("unknown"), "list_status", lang),
        _counted("list_year", used, "list_used", lang, by_item=True),
        _counted("role", rows["role"], "role", lang),
        _counted("evidence", rows["evidence"], "cli.grade", lang),
        _counted("set_aside", aff.set_aside["reason"].astype("str"), "set_aside", lang),
    ]
    if bundled:
        sections.append(_sources(root))
    known = aff.incidence.astype(int).sum(axis=0)
    declared = networks["declared_total"]
    states = declared.notna().to_numpy()
    told = {
        "networks_stating": int(states.sum()),
        "declared": int(declared.sum()),
        "known_of_declared": int(known[states].sum()),
    }
    words = described(aff, lang)
    if len(aff.set_aside):
        words.append(t("cli.info.aside", lang, n=len(aff.set_aside)))
    if told["networks_stating"]:
        words.append(
            t(
                "cli.about.declared",
                lang,
                n=told["networks_stating"],
                declared=number(told["declared"], lang),
                known=number(told["known_of_declared"], lang),
            )
        )
    summary = {"year": aff.year} | size(aff) | {"set_aside": len(aff.set_aside)} | told | lists(aff)
    return Answer("info", summary, sections, words)


def new_networks(
    tables: Sequence[pd.DataFrame], *, root: Path | None = None, lang: str = "en"
) -> list[str]:
    """
    Name the networks that the bundled data do not have, in the order of the alphabet.

    Parameters
    ----------
    tables
        Networks of the user's tables.
    root
        The folder of the tables; None for the bundled ones.
    lang
        Language of names.

    Examples
    --------
    >>> table = pd.DataFrame({"name_fi": ["Oma", "Hinku-verkosto"]}, index=["oma", "hinku"])
    >>> new_networks([table])
    ['Oma']
    """
    from valuma_graph.datasets import register

    known = register(root=root)[1].index
    names: set[str] = set()
    for table in tables:
        names |= _names(table[~table.index.isin(known)], lang)
    return sorted(names, key=sort_key)


def open_lists(tables: Sequence[pd.DataFrame], *, lang: str = "en") -> list[str]:
    """
    Name the networks whose list of members is not taken as complete.

    Parameters
    ----------
    tables
        Networks of the user's tables.
    lang
        Language of names.

    Examples
    --------
    >>> own = {"name_fi": ["Oma", "Toinen"], "list_status": ["complete", "unknown"]}
    >>> open_lists([pd.DataFrame(own, index=["oma", "toinen"])])
    ['Toinen']
    """
    names: set[str] = set()
    for table in tables:
        names |= _names(table[table["list_status"].ne("complete")], lang)
    return sorted(names, key=sort_key)


def takes_complete(tables: Sequence[pd.DataFrame]) -> bool:
    """
    Tell whether any list is taken as complete; so it would be where no network is read at all.

    Examples
    --------
    >>> takes_complete([pd.DataFrame({"list_status": ["partial"]}, index=["oma"])])
    False
    """
    lists = [status for table in tables for status in table["list_status"]]
    return not lists or "complete" in lists


def _names(networks: pd.DataFrame, lang: str) -> set[str]:
    columns = [c for c in (f"name_{lang}", "name_fi", "name_sv", "name_en") if c in networks]
    named = networks[columns].bfill(axis=1).iloc[:, 0].fillna(networks.index.to_series())
    return {str(name) for name in named}


def check(
    problems: pd.DataFrame,
    *,
    taken: bool = False,
    forms: bool = False,
    new: Sequence[str] = (),
    incomplete: Sequence[str] = (),
    lang: str = "en",
) -> Answer:
    """
    Answer what is wrong with tables.

    Parameters
    ----------
    problems
        As `problems` or `check_data` return them.
    taken
        Whether to say that lists are taken as complete, as those of a user's tables are.
    forms
        Whether to say the same of forms.
    new
        Networks that the bundled data do not have, to be said.
    incomplete
        Networks whose list is not taken as complete, to be said.
    lang
        Language of the words.

    Returns
    -------
    answer
        For people, one line for each problem, with the rows that it is in.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> raw = pd.DataFrame({"kunta": ["Tamprere"], "verkosto": ["Hinku"]})
    >>> check(vg.problems(raw)).code
    1
    """
    count = {s: int(problems["severity"].eq(s).sum()) for s in ("error", "warning")}
    summary = {"errors": count["error"], "warnings": count["warning"]}
    if len(problems):
        shown = {k: number(v, lang) for k, v in summary.items()}
        words = t("cli.check.counts", lang, **shown)
    else:
        words = t("cli.check.none", lang)
    return Answer(
        "check",
        summary,
        [Section("problems", problems, [])],
        [
            words,
            *([_naming("new", new, lang)] if new else []),
            *([_naming("open", incomplete, lang)] if incomplete else []),
            *([t(f"cli.check.{'taken_rest' if incomplete else 'taken'}", lang)] if taken else []),
            *([t("cli.check.taken_forms", lang)] if forms else []),
        ],
        plain=problem_lines(problems, lang),
        code=PROBLEMS if count["error"] else 0,
    )


def _naming(key: str, names: Sequence[str], lang: str) -> str:
    named = ", ".join(map(shown, names[:_MOST_NAMES])) + (", …" if len(names) > _MOST_NAMES else "")
    return t(f"cli.check.{key}", lang, n=len(names), names=named)


def problem_lines(problems: pd.DataFrame, lang: str) -> str:
    """
    Write `file, sheet, row, column: message`, a problem of many rows once.

    Examples
    --------
    >>> raw = pd.DataFrame({"kunta": ["Tamprere"], "verkosto": ["Hinku"]})
    >>> import valuma_graph as vg
    >>> print(problem_lines(vg.problems(raw), "en").partition(": error: ")[0])
    DataFrame, row 2, column kunta
    """
    lines: list[str] = []
    last = None
    same = ["file", "sheet", "column", "severity", "message"]
    texts = problems[same].fillna("")
    for key, rows in problems["row"].groupby([texts[c] for c in same], sort=False):
        file, sheet, column, severity, words = map(str, key)
        place = [file, t("cli.check.sheet", lang, sheet=sheet) if sheet else ""]
        at = _spans(sorted({int(r) for r in rows.dropna()}))
        if at:
            place.append(t(f"cli.check.{'row' if at.isdigit() else 'rows'}", lang, row=at))
        place.append(t("cli.check.column", lang, column=column) if column else "")
        if last is not None and (file, sheet) != last:
            lines.append("")
        last = (file, sheet)
        where, kind = ", ".join(filter(None, place)), t(f"cli.check.{severity}", lang)
        lines.append(visible(f"{where}: {kind}: {words}"))
    return "".join(f"{line}\n" for line in lines)


def _spans(rows: list[int]) -> str:
    """Write 3, 5, 6, 7 as `3, 5–7`."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in spans)


def _counted(
    name: str, values: pd.Series, group: str, lang: str, *, by_item: bool = False
) -> Section:
    counts = values.value_counts()
    counts = counts.sort_index() if by_item else counts
    frame = pd.DataFrame(
        {
            "item": counts.index.astype("str"),
            "label": [_word(group, str(item), lang) for item in counts.index],
            "count": counts.to_numpy(),
        }
    )
    if not by_item:
        frame = frame.sort_values(["count", "item"], ascending=[False, True], ignore_index=True)
    return Section(name, frame, ["label", "count"])


def _word(group: str, item: str, lang: str) -> str:
    key = f"{group}.{item}"
    return t(key, lang) if key in catalogue() else item


def _sources(root: Path | None) -> Section:
    package = json.loads(places.data_path("datapackage.json", root=root).read_text("utf-8"))
    named = [*package.get("sources", []), *package.get("licenses", [])]
    frame = pd.DataFrame(
        {
            "item": [entry.get("path") for entry in named],
            "label": [entry.get("title", entry.get("name")) for entry in named],
        },
        dtype="str",
    )
    frame["count"] = pd.Series(pd.NA, frame.index, dtype="Int64")
    return Section("source", frame, ["label", "item"])
