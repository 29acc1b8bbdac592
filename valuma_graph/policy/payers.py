"""Who pays, and what an entry of the report's table of funding is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from valuma_graph.policy import keeping


@dataclass(frozen=True)
class Coding:
    """
    What an entry of the report's table of funding is.

    Parameters
    ----------
    kind
        basic, project, fee, budget or in_kind; empty where the report does not say, or says both
        basic and project.
    source
        Whether it is a source of the network's money, and not a use or a price of something.
    share_of
        What a share is a share of: funding (the whole of it), basic (the basic funding), projects
        (each project), or other, which is no share of the funding at all.
    bound
        minimum or maximum, where it is an end of a range.
    each
        Whether an amount is what each such payer pays.
    project
        Whether there is project money in it.
    """

    kind: str = ""
    source: bool = True
    share_of: str = "funding"
    bound: str = ""
    each: bool = False
    project: bool = False


_PROJECT: Final = Coding("project", project=True)
_FEE: Final = Coding("fee", each=True)
_USE: Final = Coding("budget", source=False, share_of="other")

CODINGS: Final[dict[str, Coding]] = {
    "basic funding": Coding("basic"),
    "programme funding": Coding("basic"),
    "half of the budget": Coding("basic"),
    "basic funding share": Coding("basic", share_of="basic"),
    "basic and project funding": Coding(project=True),
    "project funding": _PROJECT,
    "project funding share": _PROJECT,
    "programme funding share": _PROJECT,
    "co-funding": _PROJECT,
    "co-funding share": Coding("project", share_of="projects", project=True),
    "maximum AIKO share": Coding("project", share_of="projects", bound="maximum", project=True),
    "company share, minimum": Coding(bound="minimum"),
    "company share, maximum": Coding(bound="maximum"),
    "member fee": _FEE,
    "partner fee": _FEE,
    "member contribution": _FEE,
    "member payment": _FEE,
    "contribution": _FEE,
    "member fee, minimum": Coding("fee", bound="minimum", each=True),
    "member fee, maximum": Coding("fee", bound="maximum", each=True),
    "member fees, total": Coding("fee"),
    "number of payers": Coding("fee"),
    "own cost": Coding("in_kind"),
    "coordination": Coding("in_kind"),
    "coordination, person-years": Coding("in_kind"),
    "annual budget": _USE,
    "turnover": _USE,
    "project budget": _USE,
    "innovation work of companies": _USE,
    "secretariat share": _USE,
    "service package, minimum": Coding("budget", source=False, bound="minimum"),
    "service package, maximum": Coding("budget", source=False, bound="maximum"),
    "company share of services": Coding(source=False, share_of="other"),
    "arranges funding": Coding(source=False),
}
"""What the items of the report's table of funding are."""

_IDS: Final = {
    "AIKO": "aiko",
    "ARA": "organisation:ara",
    "Business Finland": "organisation:business_finland",
    "ERDF": "organisation:erdf",
    "EU structural funds": "organisation:eu_structural_funds",
    "Finnish state": "organisation:finnish_state",
    "Horizon 2020": "organisation:horizon_2020",
    "Interreg": "organisation:interreg",
    "Interreg Belgium–Netherlands": "organisation:interreg_be_nl",
    "Interreg Belgium–Netherlands (ERDF)": "organisation:interreg_be_nl",
    "Irish government": "organisation:irish_government",
    "KMD": "organisation:kmd_norway",
    "Maaseutuverkosto": "maaseutuverkosto",
    "Nordic Council of Ministers": "organisation:nordic_council_of_ministers",
    "Pohjanmaa / Österbotten": "region:FI-15",
    "Region Dalarna": "region:SE-W",
    "Region Jämtland Härjedalen": "region:SE-Z",
    "Region Värmland": "region:SE-S",
    "Region Västernorrland": "region:SE-Y",
    "Rural development programme, technical assistance": (
        "organisation:rural_programme_technical_assistance"
    ),
    "Suomen Akatemia": "organisation:suomen_akatemia",
    "Suomen Kuntaliitto": "organisation:kuntaliitto",
    "Swedish state": "organisation:swedish_state",
    "TEM": "organisation:tem",
    "TEM (AIKO)": "organisation:tem",
    "THL": "organisation:thl",
    "Technical Assistance Facility for Danube region projects": "organisation:danube_taf",
    "Tekes": "organisation:tekes",
    "Traficom": "organisation:traficom",
    "Trøndelag": "region:NO-trondelag",
    "VINNOVA": "organisation:vinnova",
    "VN TEAS": "organisation:vn_teas",
    "Vinnova": "organisation:vinnova",
    "Väylä": "organisation:vaylavirasto",
    "YM": "organisation:ym",
    "Østfold county council": "region:NO-ostfold",
}
NOBODY: Final = ("all", "all funders", "not named")
_MEMBERS: Final = (
    "members", "member regions", "member municipalities", "member cities", "member companies",
    "24 members", "24 cities", "areas", "cities and universities", "regions", "ministries",
    "municipalities", "municipal associations", "universities", "technology parks", "clusters",
    "cities, municipalities, regional councils",
)  # fmt: skip
_ALL: Final = ("jäsen", "medlem", "member")
_PLACES: Final = (
    "kunnat", "kaupungit", "maakunnat", "alueet", "kommuner", "kommunerna", "städer", "regioner",
    "landskap", "områden", "municipalities", "cities", "regions", "areas", "all", "kaikki", "alla",
)  # fmt: skip
# Whose money is the same as what the report calls by another name, and agencies renamed.
_SAME: Final = {
    "organisation:erdf": "organisation:eu_structural_funds",
    "organisation:liikennevirasto": "organisation:vaylavirasto",
    "osaava_tyovoima_2019": "organisation:finnish_state",
    "rural_2014_2020": "organisation:rural_programme_technical_assistance",
    "structural_funds_2014_2020": "organisation:eu_structural_funds",
}


@dataclass(frozen=True)
class Payer:
    """
    Who pays.

    Parameters
    ----------
    name
        As it is written.
    id
        Of the member, network or programme that it is; empty where it is none of them.
    key
        The same for payers of one network whose money is the same: a programme and the
        ministry behind it, or the members by whatever name.
    several
        Whether it is a group, such as the member municipalities.
    """

    name: str
    id: str
    key: str
    several: bool = False


def payer_called(name: str) -> Payer:
    """
    Return who a word of the report's tables stands for.

    Examples
    --------
    >>> payer_called("TEM (AIKO)").id, payer_called("member cities").several
    ('organisation:tem', True)
    """
    known = _IDS.get(name, "")
    if known:
        return Payer(name, known, purse(known))
    if name in _MEMBERS:
        return Payer(name, "", "members", several=True)
    return Payer(name, "", f"group:{name}", several=True)


@cache
def _purses() -> dict[str, str]:
    """Return the member that pays for each programme: itself as a member, or its one funder."""
    members = keeping.register()[0]["same_as"].dropna()
    found = {
        str(programme).removeprefix("programme:"): str(member)
        for member, programme in members.items()
        if str(programme).startswith("programme:")
    }
    funders = keeping.programmes()["funder"].dropna()
    paid = {str(p): _IDS[f] for p, f in funders.items() if f in _IDS}
    return {**paid, **found}


def purse(payer: str) -> str:
    """
    Return whose money it is that a programme, or another payer, pays.

    Examples
    --------
    >>> purse("aiko"), purse("horizon_2020")
    ('organisation:tem', 'organisation:horizon_2020')
    """
    return _SAME.get(payer, _purses().get(payer, payer))


def is_programme(payer: Payer) -> bool:
    """
    Say whether a payer is a programme, which ends.

    Examples
    --------
    >>> is_programme(payer_called("Horizon 2020")), is_programme(payer_called("KMD"))
    (True, False)
    """
    return payer.id in _programmes()


@cache
def _programmes() -> frozenset[str]:
    members = keeping.register()[0]["subtype"]
    return frozenset([*keeping.programmes().index, *members.index[members.eq("programme")]])


def programme_called(words: str) -> str | None:
    """
    Return the programme that a word stands for: by its id, name or abbreviation.

    Examples
    --------
    >>> programme_called("AIKO"), programme_called("programme:urbact"), programme_called("TEM")
    ('aiko', 'urbact', None)
    """
    return _called().get(words.strip().casefold().removeprefix("programme:"))


_SHORT: Final = re.compile(r", ([A-ZÅÄÖ]{2,})$")


@cache
def _called() -> dict[str, str]:
    """Return programmes by what they are called, where that is the name of one only."""
    table = keeping.programmes()
    found: dict[str, set[str]] = {}
    for column in ("name_fi", "name_en"):
        for programme, name in table[column].dropna().items():
            short = _SHORT.search(str(name))
            for called in [str(name), *([short[1]] if short else [])]:
                found.setdefault(called.casefold(), set()).add(str(programme))
    ids = {str(programme).casefold(): str(programme) for programme in table.index}
    members = keeping.register()[0]
    for member, programme in members.loc[members["subtype"].eq("programme"), "same_as"].items():
        ids[str(member)] = str(programme).removeprefix("programme:")
    named = {name: next(iter(of)) for name, of in found.items() if len(of) == 1}
    return named | {name: programme for name, programme in ids.items() if programme in table.index}


@cache
def _reported() -> dict[str, str]:
    return {name.casefold(): node for name, node in _IDS.items()}


def payer_of_user(name: str, known_id: str = "") -> Payer:
    """
    Return who a user means: a member or programme, the members, or somebody else.

    Examples
    --------
    >>> payer_of_user("Jäsenkunnat").several, payer_of_user("Säätiö").key
    (True, 'name:säätiö')
    >>> payer_of_user("AIKO").id
    'aiko'
    """
    plain = name.strip().casefold()
    if not known_id.startswith("organisation:"):
        programme = programme_called(known_id or name)
        known_id = _reported().get(plain, programme) if programme else known_id
    if known_id:
        return Payer(name, known_id, purse(known_id))
    if plain.startswith(_ALL) or plain in _PLACES:
        return Payer(name, "", "members", several=True)
    return Payer(name, "", f"name:{plain}")
