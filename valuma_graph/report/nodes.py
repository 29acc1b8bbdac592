"""Members and networks of any year, as columns of the page's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from valuma_graph.portfolio import of_register
from valuma_graph.report.coding import each
from valuma_graph.report.holding import cells
from valuma_graph.report.years import division, masks
from valuma_graph.text import LANGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.report.coding import Codes
    from valuma_graph.report.years import Years


def known_places(years: Years, more: Sequence[str]) -> Affiliation:
    """
    Return all members and networks of any year, with further places that only the map shows.

    Parameters
    ----------
    years
        The set in each of its years.
    more
        Ids of municipalities and regions; those that are members already are left out.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.years import through
    >>> davis = through(vg.datasets.southern_women())
    >>> len(known_places(davis, []).members)
    18
    """
    whole = years.whole
    lacking = pd.Index(dict.fromkeys(more)).difference(whole.members.index, sort=False)
    if lacking.empty:
        return whole
    kinds = [str(place).partition(":")[0] for place in lacking]
    parts = [*_described(years), pd.DataFrame({"kind": kinds}, index=lacking)]
    found = pd.concat(parts)
    found = found[~found.index.duplicated()].reindex(lacking)
    added = found.reindex(columns=whole.members.columns).astype(whole.members.dtypes.to_dict())
    members = pd.concat([whole.members, added])
    return type(whole)(members, whole.networks, whole.memberships, whole.year)


def _described(years: Years) -> Iterator[pd.DataFrame]:
    """Return the municipalities and regions of each year, the year of the report first."""
    gazetteer = years.aff.gazetteer
    if gazetteer is None:
        return
    for year in dict.fromkeys(division(aff.year) for aff in years.nearest_first):
        yield gazetteer.division(year).assign(kind="municipality", country="FI")
        yield gazetteer.groups("region", year)


def names_of(aff: Affiliation, mode: Mode, langs: Sequence[str]) -> list[str | list[str]]:
    """
    Return the name of each node, in each language where they differ.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> names_of(vg.datasets.southern_women(), "networks", ["fi", "sv"])[0]
    'E1'
    """
    columns = {lang: aff.names(mode, lang).tolist() for lang in langs}
    return [
        each(dict(zip(langs, names, strict=True)), langs)
        for names in zip(*columns.values(), strict=True)
    ]


def members_of(
    years: Years,
    whole: Affiliation,
    *,
    langs: Sequence[str],
    kinds: Codes,
    countries: Codes,
    classes: Sequence[tuple[str, str]],
) -> dict[str, list[Any]]:
    """
    Return all members of any year, column by column.

    Parameters
    ----------
    years
        The set in each of its years.
    whole
        Everyone, as `known_places` returns them.
    langs
        The languages of the page.
    kinds, countries
        Receive the values that columns refer to.
    classes
        As `holding.classes_of` returns them.

    Returns
    -------
    members
        `id`, `name`, `kind`, `country`, `population`, `class`, and `mask`: the years in which it
        is in the set; 0 for one that only the map shows.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.coding import Codes
    >>> from valuma_graph.report.holding import classes_of
    >>> from valuma_graph.report.years import through
    >>> davis = vg.datasets.southern_women()
    >>> known = {"kinds": Codes(), "countries": Codes(), "classes": classes_of(davis.members)}
    >>> set(members_of(through(davis), davis, langs=["en"], **known)["mask"])
    {1}
    """
    at = {pair: k for k, pair in enumerate(classes)}
    there = masks(aff.members.index for aff in years.sets)
    table = [*cells(whole.members, "kind", "country", "population")]
    ids = [*map(str, whole.members.index)]
    return {
        "id": ids,
        "name": names_of(whole, "members", langs),
        "kind": [kinds.of(kind) for kind, _, _ in table],
        "country": [countries.of(country) for _, country, _ in table],
        "population": [None if n is None else int(n) for _, _, n in table],
        "class": [at[kind or "", country or ""] for kind, country, _ in table],
        "mask": [there.get(node, 0) for node in ids],
    }


def tongues_of(aff: Affiliation, mode: Mode, langs: Sequence[str], tongues: Codes) -> list[int]:
    """
    Return in which languages the names of nodes are that have none of their own in each.

    Only of nodes of the bundled data that are of Finland: elsewhere the column says little about
    the language.

    Parameters
    ----------
    aff, mode
        The nodes.
    langs
        The languages of the page.
    tongues
        Receives the languages: for each one of the page another, or nothing.

    Returns
    -------
    positions
        -1 where every name is in its own language, or it is not known.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.coding import Codes
    >>> tongues = Codes()
    >>> at = tongues_of(vg.datasets.finland(year=2019), "networks", ["fi", "sv", "en"], tongues)
    >>> tongues.listed[:2]
    [('', 'fi', ''), ('sv', '', '')]
    """
    frame = aff.members if mode == "members" else aff.networks
    if not of_register(aff):
        return [-1] * len(frame)
    home = "country" if mode == "members" else "countries"
    stands_in = [
        next((lang for lang, name in zip(LANGS, named, strict=True) if name is not None), None)
        if country == "FI"
        else None
        for country, *named in cells(frame, home, *(f"name_{lang}" for lang in LANGS))
    ]
    own = zip(*(frame[f"name_{lang}"].notna().tolist() for lang in langs), strict=True)
    found = (
        tuple("" if there else other or "" for there in each_of)
        for each_of, other in zip(own, stands_in, strict=True)
    )
    return [tongues.of(one) if any(one) else -1 for one in found]


def population_year(members: pd.DataFrame) -> int | None:
    """
    Return the year that the numbers of inhabitants are of, where it is the same for all.

    Examples
    --------
    >>> import pandas as pd
    >>> population_year(pd.DataFrame({"population_year": [2019, None, 2019]}))
    2019
    """
    if "population_year" not in members:
        return None
    years = members["population_year"].dropna().unique()
    return int(years[0]) if len(years) == 1 else None


def networks_of(
    whole: Affiliation,
    *,
    langs: Sequence[str],
    kinds: Codes,
    levels: Codes,
    pages: Mapping[str, str],
) -> dict[str, list[Any]]:
    """
    Return all networks of any year, column by column.

    Parameters
    ----------
    whole
        Everyone, as `known_places` returns them.
    langs
        The languages of the page.
    kinds, levels
        Receive the values that columns refer to.
    pages
        Addresses of the pages of networks, by id.

    Returns
    -------
    networks
        `id`, `name`, `kind`, `level`, `founded`, `ended`, `page`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.coding import Codes
    >>> codes = {"kinds": Codes(), "levels": Codes()}
    >>> made = networks_of(vg.datasets.southern_women(), langs=["en"], pages={}, **codes)
    >>> made["name"][0], made["page"][0]
    ('E1', None)
    """
    columns = ("kind", "level", "founded_year", "ended_year")
    table = [*cells(whole.networks, *columns)]
    ids = [*map(str, whole.networks.index)]
    return {
        "id": ids,
        "name": names_of(whole, "networks", langs),
        "kind": [kinds.of(row[0]) for row in table],
        "level": [levels.of(row[1]) for row in table],
        "founded": [None if row[2] is None else int(row[2]) for row in table],
        "ended": [None if row[3] is None else int(row[3]) for row in table],
        "page": [pages.get(node) for node in ids],
    }
