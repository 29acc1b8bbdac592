"""Every statement about a network, with its basis and its place in the report or a user's form."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from valuma_graph.errors import UnknownNodeError
from valuma_graph.policy import keeping
from valuma_graph.policy.reported import CODED, reported
from valuma_graph.policy.schema import ATTRIBUTES, CODES
from valuma_graph.policy.wording import said
from valuma_graph.portfolio import of_register
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from valuma_graph.affiliation import Affiliation

Basis = Literal["stated", "coded", "inferred", "computed", "unknown"]

COLUMNS: Final = (
    "network_id", "dimension", "attribute", "value", "basis", "rule", "note", "as_of", "source",
)  # fmt: skip
"""Columns of statements; see `gather`."""

FUNDING_COLUMNS: Final = (
    "network_id", "payer", "payer_id", "item", "amount", "currency", "unit", "share", "since",
    "until", "funding_kind", "basis", "note", "as_of", "source",
)  # fmt: skip
"""Columns of money; see `Answers`."""

CHAIN_COLUMNS: Final = (
    "network_id", "goal", "link_id", "item", "indicator", "basis", "as_of", "source",
)  # fmt: skip
"""Columns of an impact chain; see `Answers`."""


def _empty(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="str") for c in columns})


@dataclass(frozen=True, eq=False)
class Answers:
    """
    What coordinators say of their own networks, as `read` takes it from forms.

    The tables are what they seem: results are remembered, so change a copy, not them.

    Parameters
    ----------
    networks
        Index `network_id`: `name_fi`, `name_sv`, `name_en`, `kind`, `countries`, `level`,
        `founded_year`, `ended_year`, `source`; all text.
    statements
        Columns as `COLUMNS`: answers to the questions, their basis `stated`, their source the
        file, sheet and cell.
    funding
        One row for each source of money or fee: `network_id`, `payer` (as written), `payer_id`
        (a member of the bundled or the user's data where it is one), `item` (basic funding,
        project funding, member fee, ...), `amount`, `currency`, `unit`, `share` (0 to 1, of the
        network's funding), `since`, `until` (years), `funding_kind` (basic, project or fee),
        `basis`, `note`, `as_of`, `source`.
    chain
        One row for each item of the impact chain: `network_id`, `goal` (the goal it serves, as
        written), `link_id` (means_activities, resources, results, societal_impacts), `item`,
        `indicator`, `basis`, `as_of`, `source`.
    memberships
        The members that the form lists, as `valuma_graph.read` takes them: `network`, `member`,
        `role`, `since`, `until`.
    """

    networks: pd.DataFrame = field(
        default_factory=lambda: _empty(
            ["network_id", "name_fi", "name_sv", "name_en", "kind", "countries", "level",
             "founded_year", "ended_year", "source"]
        ).set_index("network_id")
    )  # fmt: skip
    statements: pd.DataFrame = field(default_factory=lambda: _empty(COLUMNS))
    funding: pd.DataFrame = field(default_factory=lambda: _empty(FUNDING_COLUMNS))
    chain: pd.DataFrame = field(default_factory=lambda: _empty(CHAIN_COLUMNS))
    memberships: pd.DataFrame = field(
        default_factory=lambda: _empty(["network", "member", "role", "since", "until"])
    )


NONE: Final = Answers()
"""No answers: what functions use where none are given."""


def resolve(aff: Affiliation, name: str, *, answers: Answers | None = None) -> str:
    """
    Return the id of a network by its id or its name in any language.

    Looked for among the answers, the networks of the set, and those of the report, so that a
    network of the report is found also in a year that it has no members in.

    Raises
    ------
    UnknownNodeError
        If there is none; with suggestions.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> resolve(vg.datasets.finland(year=2019), "Finnish Sustainable Communities")
    'fisu'
    """
    wanted = name.strip().casefold()
    hits: list[str] = []
    if name in _ids(aff, answers or NONE):
        return name
    for table in (*_tables(aff, answers or NONE), keeping.programmes()):
        columns = [table[c] for c in ("name_fi", "name_sv", "name_en") if c in table]
        hits = [
            *dict.fromkeys(
                str(node)
                for column in (*columns, table.index)
                for node, called in zip(table.index, column, strict=True)
                if isinstance(called, str) and called.casefold() == wanted
            )
        ]
        if len(hits) == 1:
            return str(hits[0])
        if hits:
            break
    if hits:
        raise UnknownNodeError(f"{name!r} is the name of several networks.", hits)
    try:
        return aff.find(name, mode="networks")
    except UnknownNodeError as error:
        near = list(error.suggestions)
    raise UnknownNodeError(f"There is no network {name!r}.", near)


@keeping.remembered
def _ids(aff: Affiliation, answers: Answers) -> frozenset[str]:
    tables = (*_tables(aff, answers), keeping.programmes())
    return frozenset(str(network) for table in tables for network in table.index)


def names_of(
    aff: Affiliation, networks: Collection[str], *, answers: Answers | None = None, lang: str = "en"
) -> pd.Series:
    """
    Return the readable names of networks and programmes, indexed by id.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> names_of(vg.datasets.finland(year=2019), ["fisu", "oske"], lang="fi").tolist()
    ['Fisu-verkosto', 'Osaamiskeskusohjelma, OSKE']
    """
    check_lang(lang)
    found = _names(aff, answers or NONE, lang)
    index = pd.Index(list(networks), name="network_id")
    return pd.Series([found.get(n, n) for n in index], index=index, name="name", dtype="str")


@keeping.remembered
def _names(aff: Affiliation, answers: Answers, lang: str) -> dict[str, str]:
    """Return the name of every network and programme, as the table nearest to the user has it."""
    found: dict[str, str] = {}
    for table in (keeping.programmes(), *reversed(_tables(aff, answers))):
        order = dict.fromkeys([f"name_{lang}", "name_fi", "name_sv", "name_en"])
        best = _first(table, [*order])
        where = table.get("countries", table.get("country"))
        if lang == "sv" and where is not None:  # Finnish names of what lies abroad tell nothing
            abroad = where.notna() & ~where.fillna("").str.contains("FI")
            best = best.mask(abroad, _first(table, ["name_sv", "name_en", "name_fi"]))
        found |= {str(network): str(name) for network, name in best.dropna().items()}
    return found


def _first(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Return what the first of the columns says that says anything."""
    best, *others = [table[c] for c in columns if c in table]
    for column in others:
        best = best.fillna(column)
    return best


def _tables(aff: Affiliation, answers: Answers) -> list[pd.DataFrame]:
    """Return the tables that may know a network, the nearest to the user first."""
    return [answers.networks, aff.networks, keeping.register()[1]]


def networks_with(
    aff: Affiliation, *, answers: Answers | None = None, lang: str = "en"
) -> pd.Series:
    """
    Return the names of all networks that something is said of, indexed by id.

    They are those of the answers, those that the report describes where the bundled networks are
    in the set, and all others of the set.

    Parameters
    ----------
    aff
        The affiliation network.
    answers
        Those of users.
    lang
        Language of the names.
    """
    described = keeping.policy("network_profiles")["network_id"] if of_register(aff) else ()
    ids = [*(answers or NONE).networks.index, *described, *aff.networks.index]
    return names_of(aff, [*dict.fromkeys(ids)], answers=answers, lang=lang)


def chosen(
    aff: Affiliation, networks: str | Sequence[str] | None, *, answers: Answers | None = None
) -> list[str]:
    """
    Return the ids of the networks that were asked for, each once; all that there are for None.

    Parameters
    ----------
    aff, answers
        Where networks are looked for.
    networks
        Ids or names; a text is one of them.

    Raises
    ------
    UnknownNodeError
        If there is no such network; with suggestions.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> chosen(vg.datasets.finland(year=2019), ["Hinku-verkosto", "fisu", "hinku"])
    ['hinku', 'fisu']
    """
    if networks is None:
        return [str(network) for network in networks_with(aff, answers=answers).index]
    names = [networks] if isinstance(networks, str) else networks
    return [*dict.fromkeys(resolve(aff, name, answers=answers) for name in names)]


def memberships_of(aff: Affiliation) -> str:
    """
    Return what stands as the source of what is computed from the memberships.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> memberships_of(vg.datasets.finland(year=2019))
    'valuma-graph: memberships of 2019'
    """
    return "valuma-graph: memberships" + ("" if aff.year is None else f" of {aff.year}")


def strangers(aff: Affiliation, *, answers: Answers | None = None) -> frozenset[str]:
    """
    Return the networks of a set that only share an id with one of the report.

    Where the bundled networks are not in the set, its networks are its own, whatever they are
    called; what a form answers is of the bundled network that it names.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> sorted(strangers(vg.datasets.southern_women()))[:2]
    ['E1', 'E10']
    """
    if of_register(aff):
        return frozenset()
    return frozenset(aff.networks.index) - frozenset((answers or NONE).networks.index)


def gather(aff: Affiliation, *, answers: Answers | None = None) -> pd.DataFrame:
    """
    Return every statement about every network, of the report, the tables and the users.

    Parameters
    ----------
    aff
        The affiliation network: its table of networks, and its rows of coordinators, hosts,
        funders and steering bodies, are statements too.
    answers
        Those of users; they stand before the report's.

    Returns
    -------
    statements
        `network_id`, `dimension`, `attribute` (as in `ATTRIBUTES`), `value` (text: words in
        English, or a code), `basis`, `rule` (how it was coded, inferred or computed; missing
        where it is stated), `note`, `as_of` (the year or time that it describes), `source` (place
        in the report, address, or cell of the form). `basis` is `stated` (the source says so in
        so many words), `coded` (put into a class from the source's words), `inferred` (from
        something else that the source says), or `computed` (from the tables).
    """
    return _kept(aff, answers or NONE)[0].copy(deep=False)


def about(aff: Affiliation, network: str, *, answers: Answers | None = None) -> pd.DataFrame:
    """
    Return every statement about one network, as `gather` does.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> set(about(vg.datasets.finland(year=2019), "fisu")["network_id"])
    {'fisu'}
    """
    whole, rows = _kept(aff, answers or NONE)
    return whole.iloc[rows.get(network, [])].reset_index(drop=True)


@keeping.remembered
def _kept(aff: Affiliation, answers: Answers) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """Return every statement, and the rows of each network."""
    whole = _gathered(aff, answers)
    rows: dict[str, list[int]] = {}
    for place, network in enumerate(whole["network_id"].tolist()):
        rows.setdefault(network, []).append(place)
    return whole, rows


def _gathered(aff: Affiliation, answers: Answers) -> pd.DataFrame:
    told = reported()
    told = told[~told["network_id"].isin(strangers(aff, answers=answers))]
    parts = [answers.statements, told, _roles(aff), _plain(aff)]
    whole = pd.concat([p for p in parts if len(p)], ignore_index=True)
    whole["dimension"] = whole["attribute"].map({n: a.dimension for n, a in ATTRIBUTES.items()})
    rank = {name: k for k, name in enumerate(ATTRIBUTES)}
    same = whole.duplicated(["network_id", "attribute", "value"])
    whole = whole[~same].copy()
    whole["_rank"] = whole["attribute"].map(rank)
    whole = whole.sort_values("_rank", kind="stable").drop(columns="_rank")
    return whole.reindex(columns=list(COLUMNS)).reset_index(drop=True)


_ROLES: Final = {
    "coordinator": "coordinator",
    "host": "host",
    "funder": "funder",
    "steering": "steering",
}


def _roles(aff: Affiliation) -> pd.DataFrame:
    """Return who coordinates, hosts, pays and steers by the memberships of the set."""
    rows = aff.memberships[aff.memberships["role"].isin(list(_ROLES))]
    if not len(rows):
        return _empty(COLUMNS)
    names = aff.names(lang="fi").reindex(rows["member_id"]).to_numpy()
    grade = rows["evidence"] if "evidence" in rows else pd.Series("explicit", rows.index)
    weak = grade.notna() & ~grade.isin(["explicit", "composite"])
    return pd.DataFrame(
        {
            "network_id": rows["network_id"].to_numpy(),
            "attribute": rows["role"].map(_ROLES).to_numpy(),
            "value": names,
            "basis": weak.map({True: "inferred", False: "stated"}).to_numpy(),
            "rule": weak.map({True: "weak_evidence"}).to_numpy(),
            "note": rows["note"].to_numpy() if "note" in rows else None,
            "as_of": rows["as_of"].to_numpy() if "as_of" in rows else None,
            "source": rows["source"].to_numpy() if "source" in rows else None,
        }
    )


_REPORT: Final = "VALUMA report"
OWN_TABLE: Final = "own table of networks"
"""Source of what a user's table says that names none."""


def _plain(aff: Affiliation) -> pd.DataFrame:
    """Return what the table of networks says where the report's own profile says nothing."""
    profiles = keeping.policy("network_profiles").set_index("network_id")
    register = keeping.register()[1]
    described = register[register.index.isin(profiles.index)]
    columns = {"founded_year": "year_of_table", "ended_year": "year_of_table", "level": "level"}
    tables = [aff.networks, described[~described.index.isin(aff.networks.index)]]
    parts = [_empty(COLUMNS)]
    for table, (column, rule) in product(tables, columns.items()):
        if column not in table:
            continue
        rows = table.dropna(subset=[column])
        rows = rows[~rows.index.isin(profiles.index[profiles[column].notna()])]
        if column == "level":
            rows = rows[rows[column].isin(CODES["level"])]
        source = rows["source"] if "source" in rows else pd.Series(index=rows.index, dtype="str")
        coded = pd.Series(column == "level", rows.index) & source.notna()
        source = source.fillna(OWN_TABLE)
        # The report's profile has no such year: the table took it from something else there.
        guessed = source.str.startswith(_REPORT) & ~coded
        basis = pd.Series("stated", rows.index).mask(guessed, "inferred").mask(coded, "coded")
        told_by = pd.Series(index=rows.index, dtype="str").mask(guessed, rule).mask(coded, CODED)
        parts.append(
            pd.DataFrame(
                {
                    "network_id": rows.index,
                    "attribute": column,
                    "value": rows[column].astype("str").to_numpy(),
                    "basis": basis.to_numpy(),
                    "rule": told_by.to_numpy(),
                    "source": source.to_numpy(),
                }
            )
        )
    return pd.concat(parts)


def single(
    statements: pd.DataFrame, attribute: str, network: str | None = None
) -> pd.Series | None:
    """
    Return the statement that counts for an attribute: the first, users' before the report's.

    Parameters
    ----------
    statements
        As `gather` returns them, or those of one network.
    attribute
        Name of the attribute.
    network
        Only of this network; None where the statements are of one.

    Returns
    -------
    statement
        Its row, or None if nothing is known.
    """
    rows = statements[statements["attribute"].eq(attribute)]
    if network is not None:
        rows = rows[rows["network_id"].eq(network)]
    return None if rows.empty else rows.iloc[0]


def label(attribute: str, value: str, lang: str, *, translate: bool = True) -> str:
    """
    Return the words for an answer: of its list, or of the tables of wording.

    Parameters
    ----------
    attribute
        Its name, as in `ATTRIBUTES`.
    value
        A code, or free text.
    lang
        The language.
    translate
        Whether free text is the report's; what a user wrote is left as it is.

    Examples
    --------
    >>> label("openness", "closed", "en")
    'closed'
    """
    codes = ATTRIBUTES[attribute].codes if attribute in ATTRIBUTES else ""
    if codes:
        return t(f"code_{codes}.{value}", lang)
    return said(value, lang) if translate else value
