"""What the commands on the report's frameworks answer: profile, compare, risks, timeline, place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from valuma_graph.cli.answers import INFO, about
from valuma_graph.cli.console import FLAGGED, WRAP, Answer, Section
from valuma_graph.cli.parts import PLACE, parts_of, rows_of, titled
from valuma_graph.errors import UnknownNodeError
from valuma_graph.report.standing import TECHNICAL, measure_words
from valuma_graph.text import catalogue, number, t

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers


def nodes_of(
    aff: Affiliation, names: Sequence[str], *, answers: Answers | None = None, lang: str = "en"
) -> list[str]:
    """
    Return the ids of networks by name or id, each once; also of those that only a form names.

    Raises
    ------
    UnknownNodeError
        If none or several are called so; with suggestions.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> nodes_of(vg.datasets.finland(), ["Hinku-verkosto", "hinku", "fisu"])
    ['hinku', 'fisu']
    """
    from valuma_graph.policy.statements import resolve

    found = []
    for name in names:
        try:
            found.append(resolve(aff, name, answers=answers))
        except UnknownNodeError as error:
            words = t("cli.map.no_network", lang, name=name)
            raise UnknownNodeError(words, error.suggestions) from None
    return [*dict.fromkeys(found)]


def profile(
    aff: Affiliation,
    network: str,
    *,
    answers: Answers | None = None,
    for_people: bool = False,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer what is known of a network.

    Parameters
    ----------
    aff
        The affiliation network.
    network
        Its id.
    answers
        What forms say.
    for_people
        Whether what is not known is told in a sentence, and not row by row.
    told_by
        The command that says why rows of the same data are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        One section for each part of a `Profile`, with its columns, and `impact_gaps`; as CSV the
        rows of `parts.rows_of`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> profile(vg.datasets.finland(), "fisu").summary["network_id"]
    'fisu'
    """
    from valuma_graph.policy.impacts import impact_gaps
    from valuma_graph.policy.portraits import profile as described

    one = described(aff, network, answers=answers, lang=lang)
    unknown = one.statements["basis"].eq("unknown")
    lacks = impact_gaps(aff, network, answers=answers, lang=lang)
    lacks.insert(1, "label", [t(f"impact_check.{check}", lang) for check in lacks["check"]])
    among = len(aff.networks)
    sections = [
        s for s in parts_of(one, lacks, lang, among=among, for_people=for_people) if len(s.frame)
    ]
    gaps = [*dict.fromkeys(one.statements["label"][unknown])]
    met = one.scorecard["answer"].value_counts()
    there = one.risks["answer"].value_counts()
    summary: dict[str, object] = {
        "network_id": one.network_id,
        "name": one.name,
        "in_set": one.network_id in aff.networks.index,
        "statements": int((~unknown).sum()),
        "not_known": len(gaps),
        "checks_met": int(met.get("met", 0)),
        "checks_not_met": int(met.get("not_met", 0)),
        "checks_unknown": int(met.get("unknown", 0)),
        "risks_present": int(there.get("present", 0)),
        "risks_absent": int(there.get("absent", 0)),
        "risks_unknown": int(there.get("unknown", 0)),
    }
    told = {k: number(v, lang) for k, v in summary.items() if isinstance(v, int)}
    words = [
        *about(aff, lang, told_by),
        t("cli.profile.about", lang, name=one.name, **_only(told, "statements", "not_known")),
        t("cli.profile.checks", lang, **_only(told, *(k for k in told if "_" in k))),
    ]
    if not summary["in_set"]:
        words.append(t("cli.profile.elsewhere", lang, name=one.name))
    if for_people and gaps:
        words.append(t("cli.profile.gaps", lang, labels=", ".join(gaps)))
    return Answer("profile", summary, sections, words, listed=rows_of(one, lacks, lang))


def compare(
    aff: Affiliation,
    networks: Sequence[str],
    *,
    answers: Answers | None = None,
    for_people: bool = False,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer what is known of networks, side by side.

    Parameters
    ----------
    aff, answers, told_by, lang
        As for `profile`.
    networks
        Their ids.
    for_people
        Whether each network has a column; else each has rows of its own.

    Returns
    -------
    answer
        Rows by dimension and attribute: `dimension`, `attribute`, `label`, `network_id`, `name`,
        `value`, `basis`, `source`.
    """
    from valuma_graph.policy.portraits import compare as compared
    from valuma_graph.policy.statements import names_of

    table = compared(aff, networks, answers=answers, lang=lang)
    if for_people:
        table = table[[d != "structure" or a not in TECHNICAL for d, a in table.index]]
    names = names_of(aff, networks, answers=answers, lang=lang)
    keys = table.index.to_frame(index=False)
    keys["label"] = [_label(d, a, lang) for d, a in table.index]
    parts = []
    for k, node in enumerate(networks):
        own = table.xs(node, axis=1, level=0).reset_index(drop=True)
        parts.append(
            keys.assign(network_id=node, name=names[node], **own[["value", "basis", "source"]])
            .assign(_row=range(len(keys)), _network=k)
        )  # fmt: skip
    rows = pd.concat(parts).sort_values(["_row", "_network"], kind="stable", ignore_index=True)
    frame = rows.drop(columns=["_row", "_network"])
    known = frame.assign(there=frame["basis"].ne("unknown"))
    both = int(known.groupby(["dimension", "attribute"])["there"].all().sum())
    shown: list[str] = [*frame.columns]
    headings: dict[str, str] = {}
    if for_people:
        wide = keys[["dimension", "label"]].copy()
        for k, node in enumerate(networks):
            cells = zip(table.index, table[node, "value"], strict=True)
            words = [_in_words(d, a, value, lang, len(aff.networks)) for (d, a), value in cells]
            wide[f"network_{k}"] = pd.Series(words, wide.index, dtype="object")
            headings[f"network_{k}"] = names[node]
        wide["dimension"] = [_heading(d, lang) for d in wide["dimension"]]
        frame, shown = wide, [*wide.columns]
    summary = {"networks": len(networks), "compared": len(keys), "known_of_all": both}
    told = {k: number(v, lang) for k, v in summary.items()}
    return Answer(
        "compare",
        summary,
        [Section("compared", frame, shown, headings=headings, wrap=WRAP)],
        [*about(aff, lang, told_by), t("cli.compare.about", lang, **told)],
    )


def risks(
    aff: Affiliation,
    networks: Sequence[str],
    *,
    without: Collection[str] = (),
    fail_on: Collection[str] = (),
    every: bool = False,
    answers: Answers | None = None,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer which risks networks run.

    Parameters
    ----------
    aff, answers, told_by, lang
        As for `profile`.
    networks
        Their ids; all that something is said of when empty.
    without
        Rules that are switched off.
    fail_on
        Rules for which the exit code is 3 where one is present.
    every
        Whether what is absent or unknown is listed too.

    Returns
    -------
    answer
        Rows of `policy.risks`, with the `title` of each rule.
    """
    from valuma_graph.policy.hazards import risks as judged

    found = judged(
        aff, networks=networks or None, without=tuple(without), answers=answers, lang=lang
    )
    found = titled(found, lang)
    present = found["answer"].eq("present")
    counts = {a: int(found["answer"].eq(a).sum()) for a in ("present", "absent", "unknown")}
    failed = int((present & found["rule"].isin(list(fail_on))).sum())
    listed = found if every else found[present]
    summary = {
        "networks": int(found["network_id"].nunique()),
        "rules": int(found["rule"].nunique()),
        **counts,
        "listed": len(listed),
        "failed": failed,
    }
    told = {k: number(v, lang) for k, v in summary.items()}
    words = [
        *about(aff, lang, told_by),
        t("cli.risks.counts", lang, **_only(told, "networks", "rules", *counts)),
    ]
    if fail_on:
        words.append(t("cli.risks.failed", lang, count=told["failed"]))
    shown = ["name", "title", "answer", "evidence"]
    return Answer(
        "risks",
        summary,
        [Section("risks", listed.reset_index(drop=True), shown, wrap=WRAP)],
        words,
        code=FLAGGED if failed else 0,
    )


def timeline(
    aff: Affiliation,
    networks: Sequence[str],
    *,
    answers: Answers | None = None,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer which programmes and networks there were when, and who was fed by which.

    Parameters
    ----------
    aff, networks, answers, told_by, lang
        As for `risks`.

    Returns
    -------
    answer
        Rows of `policy.timeline`, with the names of what fed each (`fed_by_name`).
    """
    from valuma_graph.policy.history import timeline as lines
    from valuma_graph.policy.statements import names_of

    found = lines(aff, networks=networks or None, answers=answers, lang=lang)
    frame = found.rename_axis("id").reset_index()
    ids = {one for cell in frame["fed_by"].dropna() for one in cell.split(";") if one}
    names = names_of(aff, sorted(ids), answers=answers, lang=lang)
    at = [*frame.columns].index("fed_by") + 1
    frame.insert(at, "fed_by_name", [_named(cell, names) for cell in frame["fed_by"]])
    kinds = frame["kind"].value_counts()
    outlived = int(frame["outlived"].eq("yes").sum())
    summary = {
        "programmes": int(kinds.get("programme", 0)),
        "networks": int(kinds.get("network", 0)),
        "without_start": int(frame["start"].isna().sum()),
        "outlived": outlived,
    }
    told = {k: number(v, lang) for k, v in summary.items()}
    shown = ["name", "kind", "start", "end", "fed_by_name", "funding_end", "outlived", "basis"]
    return Answer(
        "timeline",
        summary,
        [Section("timeline", frame, shown, kinds="network_kind", wrap=WRAP)],
        [*about(aff, lang, told_by), t("cli.timeline.about", lang, **told)],
    )


def quadrant(
    aff: Affiliation,
    networks: Sequence[str],
    *,
    answers: Answers | None = None,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer where networks stand between top-down and bottom-up, general and targeted.

    Parameters
    ----------
    aff, networks, answers, told_by, lang
        As for `risks`.

    Returns
    -------
    answer
        Rows of `policy.quadrant`.
    """
    from valuma_graph.policy.placing import quadrant as placed

    found = placed(aff, networks=networks or None, answers=answers, lang=lang)
    frame = found.rename_axis("network_id").reset_index()
    bases = frame["position_basis"].fillna("unknown").value_counts()
    order = ("stated", "coded", "inferred", "computed", "unknown")
    counts = {basis: int(bases.get(basis, 0)) for basis in order}
    told = ", ".join(f"{t(f'basis.{b}', lang)} {number(n, lang)}" for b, n in counts.items() if n)
    words = [*about(aff, lang, told_by)]
    words += [t("cli.quadrant.about", lang, n=len(frame), counts=told)] if len(frame) else []
    shown = ["name", "country", *PLACE]
    return Answer(
        "quadrant",
        {"networks": len(frame), **counts},
        [Section("quadrant", frame, shown)],
        words,
    )


# -- inside ---------------------------------------------------------------------------------------


def _label(dimension: str, attribute: str, lang: str) -> str:
    """Return the words for a row of a comparison."""
    groups = {"scorecard": "check", "risks": "risk", "structure": "structure"}
    group = groups.get(dimension, "attribute")
    key = f"{group}.{attribute.replace('.', '_')}"
    return t(key, lang) if key in catalogue() else attribute


def _heading(dimension: str, lang: str) -> str:
    """Return the words for a group of rows of a comparison."""
    key = f"dimension.{dimension}"
    return t(key if key in catalogue() else f"cli.heading.{dimension}", lang)


def _in_words(dimension: str, attribute: str, value: object, lang: str, among: int) -> object:
    """Return a cell of a comparison as people read it: verdicts, and numbers of the graph."""
    if not isinstance(value, str):
        return value
    if dimension == "structure":
        return measure_words(attribute, float(value), lang, among=among)
    key = f"verdict.{value}"
    return t(key, lang) if dimension in {"scorecard", "risks"} and key in catalogue() else value


def _named(cell: object, names: pd.Series) -> str | None:
    if not isinstance(cell, str) or not cell:
        return None
    return ", ".join(str(names[one]) for one in cell.split(";") if one)


def _only(told: dict[str, str], *keys: str) -> dict[str, str]:
    return {key: told[key] for key in keys}
