"""How old networks are, in which phase, and what outlived the programme that fed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.policy import ages, keeping, statements
from valuma_graph.policy.ages import places
from valuma_graph.policy.feeding import feeding, firmest
from valuma_graph.policy.placing import joined, weakest
from valuma_graph.policy.schema import CODES
from valuma_graph.policy.statements import NONE, chosen, gather, label, names_of, strangers
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

YOUNG: Final = 1
"""The most years of age at which a network is in its start phase."""

_ASKED: Final = ("life_phase", "stage", "shared_aim", "rules_agreed", "measured", "evaluated")
_Cell = tuple[str, str, str | None, str | None]
_UNKNOWN: Final[_Cell] = ("unknown", "unknown", None, None)
_NOT_SEEN: Final = (None, "unknown", None)


def lifecycle(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Assess in which phase of its life cycle a network is, and how mature.

    What a user states counts. Else these rules do, and nothing where none of them holds:

    - `ended`: the network ended before the year; it is in no phase.
    - `young_shaping`: founded in the year or the year before, and the ways of working are not
      agreed and the aim is not (or only partly) shared: shaping.
    - `young_rise`: as young, with a shared aim and ways of working that are not (or only partly)
      agreed: rise and first enthusiasm.
    - `young_start` (stage): founded in the year or the year before and grown out of nothing
      earlier: birth or start.
    - `answers_mature` (stage): ways of working are agreed, the activity is measured and it is
      evaluated regularly: mature.

    A network that was founded after the year is in no phase yet: unknown, whatever is stated.

    Age alone never makes a network mature: forming one may take very long, says the report. Its
    own words on the stages that a network went through are shown as evidence and not coded.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names, of networks or programmes; None for all that something is said of.
    answers
        What users say of their networks.
    year
        The year to judge in; None for that of the set, else 2019.
    lang
        Language of names and evidence.

    Returns
    -------
    lifecycle
        Index `network_id`: `name`, `founded_year`, `ended_year` (Int64), `age` (full years in the
        year, or at its end; missing where no founding year is known, or it is later), `phase`
        (need, shaping, rise, stabilisation, dips_crises, renewal; ended; unknown), `phase_basis`,
        `phase_rule`, `phase_source`, `stage` (start, mature, unknown), `stage_basis`,
        `stage_rule`, `stage_source`, `evidence` (in words), `source` (of the evidence), and
        `years_basis`, `years_source` (of the founding and ending year).

    Raises
    ------
    UnknownNodeError
        If there is no such network.

    Source: the report, ch. 4.3, figures 9 and 10.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = lifecycle(vg.datasets.finland(year=2019), networks=["keino", "koko_demo"])
    >>> found[["age", "phase", "stage"]].values.tolist()
    [[1, 'unknown', 'start'], [1, 'ended', 'unknown']]
    """
    check_lang(lang)
    now = ages.year_of(aff, year)
    ids = chosen(aff, networks, answers=answers)
    dates, told = ages.years(aff, ids, answers=answers), gather(aff, answers=answers)
    told = told[told["network_id"].isin(ids)]
    firsts = _firsts(told)
    phases = told[told["attribute"].eq("phase")].groupby("network_id")
    words = {str(network): rows for network, rows in phases}
    links = feeding(answers=answers, without=strangers(aff, answers=answers))
    older = set(links.loc[links["relation"].eq("grew_out_of"), "fed"])
    rows = []
    date: Any
    for network, date in zip(dates.index, dates.itertuples(index=False), strict=True):
        asked = {a: firsts.get((network, a)) for a in _ASKED}
        age = _age(date, now)
        young = age is not None and age <= YOUNG and pd.isna(date.ended)
        if not pd.isna(date.founded) and date.founded > now:
            phase = stage = _UNKNOWN
            said = t("check_evidence.not_yet", lang, founded=date.founded, year=now)
            evidence: tuple[str | None, str | None] = (said, places([date.founded_source]))
        else:
            phase = _phase(asked, date, now, young=young)
            stage = _stage(asked, date, now, young=young and network not in older)
            evidence = _evidence(words.get(network), asked, date, lang)
        rows.append((date.founded, date.ended, age, *phase, *stage, *evidence, *_dated(date)))
    columns = [
        "founded_year", "ended_year", "age", *_cells("phase"), *_cells("stage"), "evidence",
        "source", "years_basis", "years_source",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns, index=dates.index)
    table = table.astype({c: "Int64" if c in columns[:3] else "str" for c in columns})
    table.insert(0, "name", names_of(aff, ids, answers=answers, lang=lang))
    return table


def _cells(name: str) -> list[str]:
    return [name, f"{name}_basis", f"{name}_rule", f"{name}_source"]


def _firsts(told: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """Return the statement that counts for each network and each answer that phases need."""
    rows = told[told["attribute"].isin(_ASKED)].drop_duplicates(["network_id", "attribute"])
    return {(str(r.network_id), str(r.attribute)): r for r in rows.itertuples(index=False)}


def _age(date: Any, now: int) -> int | None:  # noqa: ANN401
    end = now if pd.isna(date.ended) else min(now, int(date.ended))
    if pd.isna(date.founded) or date.founded > end:
        return None
    return end - int(date.founded)


def _is(asked: dict[str, Any], attribute: str, *values: str) -> bool:
    return asked[attribute] is not None and asked[attribute].value in values


def _given(asked: dict[str, Any], attribute: str, codes: tuple[str, ...]) -> _Cell | None:
    row = asked[attribute]
    if row is None or row.value not in codes:
        return None
    return str(row.value), str(row.basis), joined([row.rule]), places([row.source])


def _over(date: Any, now: int) -> bool:  # noqa: ANN401
    return not pd.isna(date.ended) and bool(date.ended < now)


def _from(asked: dict[str, Any], *attributes: str) -> str | None:
    return places(asked[a].source for a in attributes)


def _phase(asked: dict[str, Any], date: Any, now: int, *, young: bool) -> _Cell:  # noqa: ANN401
    if _over(date, now):
        return "ended", "computed", "ended", places([date.ended_source])
    if given := _given(asked, "life_phase", CODES["phase"]):
        return given
    if young and _is(asked, "shared_aim", "no", "partly") and _is(asked, "rules_agreed", "no"):
        rule = "young_shaping", _from(asked, "shared_aim", "rules_agreed")
    elif young and _is(asked, "shared_aim", "yes") and _is(asked, "rules_agreed", "no", "partly"):
        rule = "young_rise", _from(asked, "shared_aim", "rules_agreed")
    else:
        return _UNKNOWN
    return rule[0][6:], "computed", rule[0], places([date.founded_source, rule[1]])


def _stage(asked: dict[str, Any], date: Any, now: int, *, young: bool) -> _Cell:  # noqa: ANN401
    if given := _given(asked, "stage", CODES["stage"]):
        return given
    mature = ("rules_agreed", "measured", "evaluated")
    if not _over(date, now) and all(_is(asked, a, "yes") for a in mature):
        return "mature", "computed", "answers_mature", _from(asked, *mature)
    if young:
        return "start", "computed", "young_start", places([date.founded_source])
    return _UNKNOWN


def _evidence(
    words: pd.DataFrame | None,
    asked: dict[str, Any],
    date: Any,  # noqa: ANN401
    lang: str,
) -> tuple[str | None, str | None]:
    """Return what is known that bears on the phase, in words, and where it stands."""
    parts, sources = [], []
    for which, key in (("founded", "founded_year"), ("ended", "ended_year")):
        if not pd.isna(when := getattr(date, which)):
            parts.append(f"{t(f'attribute.{key}', lang)}: {when}")
            sources.append(getattr(date, f"{which}_source"))
    for attribute, row in asked.items():
        if row is not None and row.value in _codes(attribute):
            value = label(attribute, str(row.value), lang)
            parts.append(f"{t(f'attribute.{attribute}', lang)}: {value}")
            sources.append(row.source)
    if words is not None:
        parts += [label("phase", str(v), lang) for v in words["value"]]
        sources += [*words["source"]]
    return "; ".join(parts) or None, places(sources)


def _codes(attribute: str) -> tuple[str, ...]:
    return CODES[{"life_phase": "phase", "stage": "stage"}.get(attribute, "answer")]


def _dated(date: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """Return how firm the years are, and where they stand."""
    known = [w for w in ("founded", "ended") if not pd.isna(getattr(date, w))]
    bases = [getattr(date, f"{w}_basis") for w in known]
    return weakest(bases), places(getattr(date, f"{w}_source") for w in known)


def timeline(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Put programmes and networks in time: who was fed by which programme, what outlived its funding.

    `outlived` is decided by rules, and unknown where none holds. The money of a network is that
    of all programmes that feed it (`feeding`), and what a user's form gives a last year for;
    where only the years of the programme are known, they stand for those of its money. It is yes
    if every last year is known, none of these programmes paid anybody later, and the network was
    there before it and after it: by its end, or the last year that somebody described it or its
    members in. It is running if money that had begun by the year runs in it or later, and no if the
    network ended with it or before. A network that began after a programme had ended did not
    outlast that one.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names, of networks or programmes: these, and the programmes that feed them; None
        for all programmes, and all networks with a known year or programme.
    answers
        What users say of their networks.
    year
        The year to judge in; None for that of the set, else 2019.
    lang
        Language of the names.

    Returns
    -------
    timeline
        Index `id`, by first year: `name`; `kind` (programme, network); `start`, `end` (Int64);
        `open_end` (a start is known, no end); `fed_by`, `feeds` (ids separated by ";");
        `funding_end` (the last year of its money that is known, Int64); `outlived` (yes,
        running, no, unknown); `outlasted` (programmes that ended while the network was there, and
        before it was last seen) with its `_basis` and `_source`; `seen` (the last year, up to the
        one asked for, in which a source describes the network or lists its members, Int64) with
        its `_basis` and `_source`; `basis`, `rule`, `source` of start and end; and for `fed_by`,
        `funding_end` and `outlived` their own ones.

    Raises
    ------
    UnknownNodeError
        If there is no such network.

    Source: the report, ch. 3.1, figure 3.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = timeline(vg.datasets.finland(year=2019), networks=["mal_verkosto"])
    >>> found.index.tolist(), found.loc["mal_verkosto", ["fed_by", "outlasted"]].tolist()
    (['koko', 'mal_verkosto', 'aiko'], ['koko;aiko', 'koko'])
    """
    check_lang(lang)
    now, programmes = ages.year_of(aff, year), keeping.programmes()
    own = strangers(aff, answers=answers)
    links = firmest(feeding(answers=answers, without=own))
    links = links[~links["feeder"].isin(own)]
    ids = _shown(aff, networks, answers, links)
    dated = ages.years(aff, {*links["feeder"].dropna()}, answers=answers)
    ends = dated.rename(columns={"founded": "start", "ended": "end"})[["start", "end"]]
    paid = links.groupby("feeder")["until"].max().reindex(ends.index)
    ends["latest"] = pd.DataFrame({"end": ends["end"], "paid": paid}).max(axis=1)
    dates, seen = ages.years(aff, ids, answers=answers), ages.seen(aff, now, answers=answers)
    by_fed = {str(fed): rows for fed, rows in links.groupby("fed")}
    by_feeder = {str(feeder): rows for feeder, rows in links.groupby("feeder")}
    none, rows = links.iloc[:0], []
    date: Any
    for one, date in zip(dates.index, dates.itertuples(index=False), strict=True):
        money = by_fed.get(one, none)
        feeds = joined(by_feeder.get(one, none)["fed"])
        known = [w for w in ("founded", "ended") if not pd.isna(getattr(date, w))]
        rule = joined(getattr(date, f"{w}_rule") for w in known)
        rows.append(
            (
                "programme" if one in programmes.index else "network",
                date.founded,
                date.ended,
                pd.isna(date.ended) and not pd.isna(date.founded),
                ";".join(money["feeder"].dropna()) or None,
                feeds and feeds.replace("; ", ";"),
                *_outliving(money, ends, date, seen.get(one), now),
                *((seen[one][0], "computed", seen[one][1]) if one in seen else _NOT_SEEN),
                _dated(date)[0],
                rule,
                _dated(date)[1],
                *(weakest(money["basis"]), joined(money["rule"]), places(money["source"])),
            )
        )
    table = pd.DataFrame(rows, columns=_COLUMNS, index=dates.index.rename("id"))
    text = set(_COLUMNS) - {"start", "end", "open_end", "funding_end", "seen"}
    numbers = dict.fromkeys(("start", "end", "funding_end", "seen"), "Int64")
    table = table.astype({**dict.fromkeys(text, "str"), **numbers, "open_end": "bool"})
    table.insert(0, "name", names_of(aff, ids, answers=answers, lang=lang).rename_axis("id"))
    return table.rename_axis("id").sort_values(["start", "end"], kind="stable")


_COLUMNS: Final = [
    "kind", "start", "end", "open_end", "fed_by", "feeds",
    "funding_end", "funding_end_basis", "funding_end_rule", "funding_end_source",
    "outlived", "outlived_basis", "outlived_rule", "outlived_source", "outlasted",
    "outlasted_basis", "outlasted_source", "seen", "seen_basis", "seen_source",
    "basis", "rule", "source", "fed_by_basis", "fed_by_rule", "fed_by_source",
]  # fmt: skip


def _shown(
    aff: Affiliation,
    networks: Sequence[str] | None,
    answers: Answers | None,
    links: pd.DataFrame,
) -> list[str]:
    """Return the ids of a timeline, before they are sorted by year."""
    if networks is None:
        every = [*keeping.programmes().index, *statements.networks_with(aff, answers=answers).index]
        every += [*links["fed"]]
        dates = ages.years(aff, every, answers=answers)
        dated = set(dates.index[dates["founded"].notna() | dates["ended"].notna()])
        kept = {*keeping.programmes().index, *(answers or NONE).networks.index, *links["fed"]}
        return [n for n in dict.fromkeys(every) if n in dated | kept]
    ids = chosen(aff, networks, answers=answers)
    for one in ids:  # grows while it is walked: those that feed the feeders follow
        ids += [f for f in links.loc[links["fed"].eq(one), "feeder"].dropna() if f not in ids]
    return ids


def _outliving(
    money: pd.DataFrame,
    ends: pd.DataFrame,
    date: Any,  # noqa: ANN401
    seen: ages.Seen | None,
    now: int,
) -> tuple[Any, ...]:
    """Return the last year of the money, whether the network outlived it, and what it outlasted."""
    none = (pd.NA, "unknown", None, None, *_UNKNOWN, *_NOT_SEEN)
    if money.empty:
        return none
    until = money["until"].fillna(money["feeder"].map(ends["end"]).astype("Int64"))
    spent = money["until"].fillna(money["feeder"].map(ends["latest"]).astype("Int64"))
    source = places(money.loc[until.notna(), "source"])
    last = until.max()
    there = (seen[0] if seen else -1) if pd.isna(date.ended) else min(int(date.ended), now)
    gone = spent.lt(there).fillna(value=False)
    if not pd.isna(date.founded):
        gone &= spent.ge(date.founded).fillna(value=False)
    outlasted: tuple[str | None, str, str | None] = _NOT_SEEN
    if over := ";".join(money.loc[gone, "feeder"].dropna()):
        by = date.ended_source if not pd.isna(date.ended) else seen and seen[1]
        outlasted = (over, "computed", places([*money.loc[gone, "source"], by]))
    if pd.isna(last):
        return none
    borrowed = bool((until.eq(last) & money["until"].isna()).fillna(value=False).any())
    end = (last, "computed", "end_of_programme" if borrowed else "end_of_money", source)
    outlived: _Cell = _UNKNOWN
    if until.isna().any() or (not pd.isna(date.founded) and date.founded > now):
        pass
    elif not pd.isna(date.ended) and date.ended <= min(last, now):
        outlived = ("no", "computed", "outlived", source)
    elif last >= now:
        since = money["since"].fillna(money["feeder"].map(ends["start"]).astype("Int64"))
        if (until.ge(now) & ~since.gt(now).fillna(value=False)).any():
            outlived = ("running", "computed", "outlived", source)
    elif gone.all():
        outlived = ("yes", "computed", "outlived", source)
    return (*end, *outlived, *outlasted)
