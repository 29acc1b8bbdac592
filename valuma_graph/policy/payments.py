"""Every payment that is known of, from users' forms, Table 5, memberships and relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.policy import ages, keeping
from valuma_graph.policy.payers import (
    CODINGS,
    NOBODY,
    Coding,
    Payer,
    payer_called,
    payer_of_user,
    programme_called,
    purse,
)
from valuma_graph.policy.statements import NONE, memberships_of, strangers
from valuma_graph.policy.wording import said
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers


_OF_PROJECTS: Final = (
    "aiko", "danube_taf", "horizon_2020", "interreg", "interreg_be_nl", "interreg_norway_sweden",
    "kasvusopimukset", "osaava_tyovoima_2019", "structural_funds_2014_2020", "urbact",
)  # fmt: skip
_CORE: Final = ("ssno",)


COLUMNS: Final = (
    "network_id", "funding_model", "payer", "payer_id", "funding_kind", "item", "amount",
    "currency", "unit", "share", "share_of", "bound", "since", "until", "basis", "rule", "note",
    "as_of", "source",
)  # fmt: skip


def payments(aff: Affiliation, *, answers: Answers | None = None) -> pd.DataFrame:
    """
    Return every payment that is known of, in the words of its source.

    Parameters
    ----------
    aff
        The affiliation network; its rows of funders are payments of an unknown sum.
    answers
        Those of users; they stand first.

    Returns
    -------
    payments
        The columns of `COLUMNS`, and `payers` (tuples of `Payer`), `notes` (those that are joined
        in `note`), `coding` (`Coding`), `origin` (answers, report, memberships, relations).

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = payments(vg.datasets.southern_women())
    >>> int(found["origin"].eq("report").sum())
    75
    """
    return _payments(aff, answers or NONE).copy(deep=False)


@keeping.remembered
def _payments(aff: Affiliation, answers: Answers) -> pd.DataFrame:
    other = strangers(aff, answers=answers)
    models = {n: m.of_user or m.of_report for n, m in models_of(aff, answers).items()}
    told = [r for r in _of_report() if r["network_id"] not in other]
    made = [*_of_answers(aff, answers), *told]
    held = {(r["network_id"], p.key) for r in made for p in r["payers"]}
    dated = {(r["network_id"], p.key) for r in made for p in r["payers"] if _dated(r)}
    # The same money is told in several places: once is enough, unless the years are new.
    made += [
        r
        for r in _of_relations()
        if r["network_id"] not in other
        and (r["network_id"], r["payers"][0].key) not in (dated if _dated(r) else held)
    ]
    held = {(r["network_id"], p.key) for r in made for p in r["payers"]}
    made += [r for r in _of_memberships(aff) if (r["network_id"], r["payers"][0].key) not in held]
    frame = pd.DataFrame(made, columns=[*COLUMNS, "payers", "notes", "coding", "origin"])
    frame["funding_model"] = frame["network_id"].map(models)
    for column in ("amount", "share"):
        frame[column] = frame[column].astype("float64")
    for column in ("since", "until"):
        frame[column] = frame[column].astype("Int64")
    rest = [c for c in COLUMNS if c not in ("amount", "share", "since", "until")]
    frame[rest] = frame[rest].astype("str")
    return frame


def _dated(row: dict[str, Any]) -> bool:
    return row["since"] is not None or row["until"] is not None


@dataclass(frozen=True)
class Models:
    """The funding models of a network, by ";": of Table 5, and of a form with its cell."""

    of_report: str = ""
    of_user: str = ""
    cell: str | None = None


def models_of(aff: Affiliation, answers: Answers) -> dict[str, Models]:
    """
    Return the funding models of networks.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> models_of(vg.datasets.finland(year=2019), NONE)["fisu"].of_report
    'membership_fee'
    """
    table = keeping.policy("funding_models")
    table = table[table["funding_model_id"].ne("not_classified")]
    table = table[~table["network_id"].isin(strangers(aff, answers=answers))]
    coded = dict(zip(table["network_id"], table["funding_model_id"], strict=True))
    found = {str(network): Models(str(model)) for network, model in coded.items()}
    said = answers.statements
    said = said[said["attribute"].eq("funding_model") & said["value"].notna()]
    for network, part in said.groupby("network_id", sort=False):
        found[str(network)] = Models(
            str(coded.get(str(network), "")),
            ";".join(dict.fromkeys(part["value"])),
            " | ".join(dict.fromkeys(part["source"].dropna())) or None,
        )
    return found


def _row(
    network: object, payers: tuple[Payer, ...], coding: Coding, **rest: object
) -> dict[str, Any]:
    empty = dict.fromkeys(COLUMNS)
    known = {name: value for name, value in rest.items() if _is_known(value)}
    return {
        **empty,
        "network_id": str(network),
        "payer": ";".join(p.name for p in payers) or None,
        "payer_id": ";".join(p.id for p in payers if p.id) or None,
        "funding_kind": coding.kind or None,
        "bound": coding.bound or None,
        "payers": payers,
        "coding": coding,
        "notes": (known["note"],) if "note" in known else (),
        **known,
    }


def _is_known(value: object) -> bool:
    return value is not None and value == value and value != ""  # noqa: PLR0124  NaN differs from itself


def is_paid(row: Mapping[str, Any] | pd.Series) -> bool:
    """Say whether a row is a source of money: not a use or a price, nor the fee of nobody."""
    no_fee = row["coding"].kind == "fee" and row["amount"] == 0
    return bool(row["coding"].source) and not no_fee


def holding(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """
    Return the payments that are made in a year: begun by then, and not ended before it.

    Parameters
    ----------
    rows
        As `payments` returns them; those that do not say since or until when hold on.
    year
        The year.

    Examples
    --------
    >>> import pandas as pd
    >>> years = {"since": [2010, None], "until": [2015, None]}
    >>> len(holding(pd.DataFrame(years, dtype="Int64"), 2019))
    1
    """
    begun, over = rows["since"].le(year), rows["until"].lt(year)
    return rows[begun.fillna(value=True) & ~over.fillna(value=False)]


def _of_report() -> Iterator[dict[str, Any]]:
    table = keeping.policy("funding_models")
    for row in table.fillna("").to_dict("records"):
        coding = CODINGS[row["item"]]
        amount, words = _amount(row["amount"])
        share = float(row["share_pct"]) / 100 if row["share_pct"] else None
        unit = row["unit"]
        if share is not None and coding.share_of == "other":
            amount, unit, share = 100 * share, "%", None
        since, until = _span(row["year"], of_project=coding.kind == "project")
        guess = "inferred" in row["note"] or "Taken as" in row["note"] or "Years are" in row["note"]
        notes = tuple(dict.fromkeys(p for p in (row["detail"], words, row["note"]) if p))
        yield _row(
            row["network_id"],
            _payers(row["payer"]),
            coding,
            payer=row["payer"],
            item=row["item"],
            amount=amount,
            currency=row["currency"],
            unit=unit,
            share=share,
            share_of=coding.share_of if share is not None else None,
            since=since,
            until=until,
            basis="inferred" if guess else "stated",
            rule="money_as_the_table_reads" if guess else None,
            note="; ".join(notes),
            notes=notes,
            as_of=row["year"] or "2019",
            source=row["source"],
            origin="report",
        )


def _amount(text: str) -> tuple[float | None, str]:
    """Return a number, or none and the words that stand in its place."""
    try:
        return (float(text), "") if text else (None, "")
    except ValueError:
        return None, text


def _span(text: str, *, of_project: bool) -> tuple[int | None, int | None]:
    """Return the years of money; a single year is when a sum was true, save of project money."""
    first, _, last = text.partition("-")
    if last:
        return int(first), int(last)
    return (int(first), None) if first and of_project else (None, None)


def _payers(words: str) -> tuple[Payer, ...]:
    names = [n for part in words.split(";") for n in _both(part.strip())]
    return tuple(payer_called(name) for name in names if name and name not in NOBODY)


def _both(words: str) -> list[str]:
    return ["TEM (AIKO)", "members"] if words == "TEM (AIKO) and members" else [words]


def _of_answers(aff: Affiliation, answers: Answers) -> Iterator[dict[str, Any]]:
    called = _members_called(aff) if len(answers.funding) else {}
    for row in answers.funding.to_dict("records"):
        known = {c: v for c, v in row.items() if _is_known(v)}
        name = str(known.get("payer", known.get("payer_id", "")))
        known_id = str(known.get("payer_id", ""))
        if not known_id and programme_called(name) is None:
            known_id = called.get(name.strip().casefold(), "")
        kind = str(known.get("funding_kind", ""))
        coding = Coding(
            kind, each=kind == "fee" and "share" not in known, project=kind == "project"
        )
        yield _row(
            known["network_id"],
            (payer_of_user(name, known_id),) if name else (),
            coding,
            **{c: known.get(c) for c in ("item", "currency", "unit", "note", "as_of", "source")},
            amount=_number(known.get("amount")),
            share=_number(known.get("share")),
            share_of="funding" if "share" in known else None,
            since=ages.read_year(known.get("since")),
            until=ages.read_year(known.get("until")),
            basis=known.get("basis", "stated"),
            origin="answers",
        )


def _number(value: object) -> float | None:
    try:
        number = float(str(value)) if _is_known(value) else None
    except ValueError:
        return None
    return number if number is None or abs(number) < float("inf") else None


def _members_called(aff: Affiliation) -> dict[str, str]:
    """Return members by each of their names that is of one only."""
    found: dict[str, str] = {}
    twice = set()
    for column in ("name_fi", "name_sv", "name_en"):
        for member, name in aff.members[column].dropna().str.casefold().items():
            if found.setdefault(str(name), str(member)) != member:
                twice.add(name)
    return {name: member for name, member in found.items() if name not in twice}


def _of_memberships(aff: Affiliation) -> Iterator[dict[str, Any]]:
    rows = aff.memberships[aff.memberships["role"].eq("funder")]
    names = member_names(aff, rows["member_id"].tolist(), lang="en")
    for row in rows.drop_duplicates(["network_id", "member_id"]).to_dict("records"):
        member = str(row["member_id"])
        firm = row["evidence"] in ("explicit", "composite") or not _is_known(row["evidence"])
        yield _row(
            row["network_id"],
            (Payer(names[member], member, purse(member)),),
            Coding(),
            item="funder",
            since=ages.read_year(row["since"]),
            until=ages.read_year(row["until"]),
            basis="stated" if firm else "inferred",
            rule=None if firm else "money_weak_evidence",
            note=row["note"],
            as_of=row["as_of"],
            source=row["source"] if _is_known(row["source"]) else memberships_of(aff),
            origin="memberships",
        )


def _of_relations() -> Iterator[dict[str, Any]]:
    table = keeping.relations()
    names = keeping.programmes()["name_en"]
    for row in table[table["relation"].eq("funded_by")].to_dict("records"):
        programme = str(row["to_id"])
        project = programme in _OF_PROJECTS
        kind = "project" if project else "basic" if programme in _CORE else ""
        stated = row["basis"] == "stated"
        yield _row(
            row["from_id"],
            (Payer(str(names.get(programme, programme)), programme, purse(programme)),),
            Coding(kind, project=project),
            item="funded by the programme",
            since=ages.read_year(row["since"]),
            until=ages.read_year(row["until"]),
            basis=row["basis"],
            rule=None if stated else "money_inferred_programme",
            note=row["note"],
            as_of="2019",
            source=row["source"],
            origin="relations",
        )


_WORDS: Final = {"regions": "money.payer_regions", "municipalities": "money.payer_municipalities"}


def payer_said(name: str, lang: str) -> str:
    """
    Return what the report calls a payer, in a language.

    Examples
    --------
    >>> payer_said("municipalities", "sv"), payer_said("members", "en")
    ('kommuner', 'members')
    """
    return t(_WORDS[name], lang) if name in _WORDS else said(name, lang)


def member_names(aff: Affiliation, members: list[str], *, lang: str) -> dict[str, str]:
    """
    Return the readable names of members, of the bundled data too where the set has them not.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> women = vg.datasets.southern_women()
    >>> member_names(women, ["organisation:vinnova"], lang="fi")
    {'organisation:vinnova': 'Vinnova'}
    """
    here = aff.names(lang=lang)
    found = {m: str(here[m]) for m in members if m in here.index}
    rest = [m for m in members if m not in found]
    if rest:
        table = keeping.register()[0]
        best = table[f"name_{lang}"]
        for column in ("name_fi", "name_sv", "name_en"):
            best = best.fillna(table[column])
        found |= {m: str(best.get(m, m)) for m in rest}
    return found
