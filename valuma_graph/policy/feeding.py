"""Which programmes fed which networks, with what money, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from valuma_graph.policy import ages, keeping
from valuma_graph.policy.payers import programme_called, purse
from valuma_graph.policy.statements import NONE

if TYPE_CHECKING:
    from collections.abc import Collection

    from valuma_graph.policy.statements import Answers

FEEDING: Final = ("funded_by", "grew_out_of", "part_of")
"""Relations of a network to what feeds it; `umbrella_of` is the same read backwards."""

_ORDER: Final = ("stated", "coded", "inferred")
_YEARS: Final = ("since", "until")


def feeding(*, answers: Answers | None = None, without: Collection[str] = ()) -> pd.DataFrame:
    """
    Return which programme fed which network.

    A programme feeds what the tables of programmes name (`networks_fed`), what is funded by it,
    part of it, has it as umbrella or grew out of it; a user's network is fed by the programme
    that its form calls a payer by its id, name or abbreviation. A network that grew out of another
    network is not fed by it.

    Parameters
    ----------
    answers
        What users say of their networks: their rows of money with a last year count too, with
        `feeder` missing where the payer is no programme.
    without
        Networks that are not those of the tables, as `statements.strangers` returns them.

    Returns
    -------
    links
        One row for each link: `fed`, `feeder` (ids), `relation` (funded_by, grew_out_of,
        part_of, umbrella_of, fed_by), `since`, `until` (Int64, of the money; missing where only
        the years of the programme are known), `basis`, `rule`, `source`.

    Source: the report, ch. 3.1, and the places in `source`.

    Examples
    --------
    >>> links = feeding()
    >>> links.loc[links["fed"].eq("mal_verkosto"), "feeder"].unique().tolist()
    ['koko', 'aiko']
    """
    links = _feeding(answers or NONE).copy(deep=False)
    return links[~links["fed"].isin(list(without))] if without else links


@keeping.remembered
def _feeding(answers: Answers) -> pd.DataFrame:
    programmes, relations = keeping.programmes(), keeping.relations()
    links = [*_told(relations, {*programmes.index}), *_paid(answers)]
    had = {(one["fed"], one["feeder"]) for one in links}
    links += [
        one for one in _named(programmes, relations) if (one["fed"], one["feeder"]) not in had
    ]
    columns = ["fed", "feeder", "relation", "since", "until", "basis", "rule", "source"]
    table = pd.DataFrame(links, columns=columns)
    for column in _YEARS:
        table[column] = pd.array([ages.read_year(v) for v in table[column]], dtype="Int64")
    return table.astype(dict.fromkeys(set(columns) - set(_YEARS), "str"))


def _told(relations: pd.DataFrame, feeders: set[str]) -> list[dict[str, Any]]:
    """Return the links that the table of relations tells."""
    links = []
    for row in relations.itertuples(index=False):
        pair = (str(row.from_id), str(row.to_id))
        if row.relation == "umbrella_of":
            pair = (str(row.to_id), str(row.from_id))
        elif row.relation not in FEEDING:
            continue
        if pair[1] in feeders and pair[0] != pair[1]:
            links.append(_link(*pair, str(row.relation), row))
    return links


def _link(fed: object, feeder: object, relation: str, row: Any) -> dict[str, Any]:  # noqa: ANN401
    guessed = row.basis != "stated"
    return {
        "fed": fed,
        "feeder": feeder,
        "relation": relation,
        "since": row.since,
        "until": row.until,
        "basis": row.basis,
        "rule": row.note if guessed else None,
        "source": row.source,
    }


def _named(programmes: pd.DataFrame, relations: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the networks that a row of a programme names; how firmly, a relation may tell."""
    pairs = {frozenset((row.from_id, row.to_id)): row for row in relations.itertuples(index=False)}
    links = []
    for programme, row in programmes.dropna(subset=["networks_fed"]).iterrows():
        for fed in str(row["networks_fed"]).split(";"):
            if fed == programme:
                continue
            known = pairs.get(frozenset((fed, str(programme))))
            links.append(
                {
                    "fed": fed,
                    "feeder": programme,
                    "relation": "fed_by",
                    "since": None,
                    "until": None,
                    "basis": "coded" if known is None else known.basis,
                    "rule": "networks_fed" if known is None else _rule(known),
                    "source": row["source"] if known is None else known.source,
                }
            )
    return links


def _rule(known: Any) -> str | None:  # noqa: ANN401
    return None if known.basis == "stated" else str(known.note)


def _paid(answers: Answers) -> list[dict[str, Any]]:
    """Return the money of users that is a programme's, or has a last year."""
    links = []
    for row in answers.funding.itertuples(index=False):
        payers = [ages.text(v) for v in (row.payer_id, row.payer)]
        called = [programme_called(payer) for payer in payers if payer is not None]
        feeder = next((programme for programme in called if programme), None)
        if feeder != row.network_id and (feeder or ages.read_year(row.until)):
            links.append(
                {
                    "fed": row.network_id,
                    "feeder": feeder,
                    "relation": "funded_by",
                    "since": row.since,
                    "until": row.until,
                    "basis": ages.text(row.basis) or "stated",
                    "rule": None,
                    "source": row.source,
                }
            )
    return links


def firmest(links: pd.DataFrame) -> pd.DataFrame:
    """
    Return one row for each pair: the firmest link, those that know their years before others.

    Examples
    --------
    >>> len(firmest(feeding())) < len(feeding())
    True
    """
    rank = links["basis"].map({b: k for k, b in enumerate(_ORDER)}).fillna(len(_ORDER))
    order = links.assign(_rank=rank, _dated=links["until"].isna())
    order = order.sort_values(["_dated", "_rank"], kind="stable")
    return order.drop_duplicates(["fed", "feeder"]).drop(columns=["_rank", "_dated"]).sort_index()


class Ending(NamedTuple):
    """The programme that a payer's money comes from, and when that ends."""

    programme: str
    year: int
    basis: str
    source: str | None


def endings(*, answers: Answers | None = None) -> dict[tuple[str, str], Ending]:
    """
    Return until when programmes fund networks: the year of their money, else their own last one.

    Parameters
    ----------
    answers
        What users say of their networks.

    Returns
    -------
    endings
        By network and `purse` of the programme, of those whose end is known; of several the last.

    Examples
    --------
    >>> endings()["maaseutuverkosto", "organisation:rural_programme_technical_assistance"][:3]
    ('rural_2014_2020', 2020, 'inferred')
    """
    return _endings(answers or NONE)


@keeping.remembered
def _endings(answers: Answers) -> dict[tuple[str, str], Ending]:
    ends = {str(p): ages.read_year(end) for p, end in keeping.programmes()["end_year"].items()}
    found: dict[tuple[str, str], Ending] = {}
    links = firmest(feeding(answers=answers))
    paid = links[links["relation"].eq("funded_by")].dropna(subset=["feeder"])
    for row in paid.to_dict("records"):
        feeder = str(row["feeder"])
        year = ages.read_year(row["until"]) or ends.get(feeder)
        key = (str(row["fed"]), purse(feeder))
        if year is not None and (key not in found or found[key].year < year):
            found[key] = Ending(feeder, year, str(row["basis"]), ages.text(row["source"]))
    return found
