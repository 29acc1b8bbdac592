"""What the page tells of single members and networks: statements, themes, footprint, rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from valuma_graph import datasets
from valuma_graph.measures.isolates import at_home
from valuma_graph.report.coding import each, plain, rounded
from valuma_graph.report.holding import LEVELS, cells
from valuma_graph.text import catalogue, t

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers
    from valuma_graph.report.coding import Codes

ATTRIBUTES: Final = (
    "description",
    "goal",
    "primary_motive",
    "direction",
    "focus",
    "openness",
    "coordinator",
    "funding_model",
    "fee",
    "challenge",
)
"""What the page tells of a network; the page of the network tells all."""

MOST_THEMES: Final = 30
"""Themes of users' own that stand for themselves; further ones are put together."""

OTHER: Final = "theme_group.other"


def statements(
    aff: Affiliation,
    networks: Sequence[str],
    *,
    answers: Answers | None,
    langs: Sequence[str],
    sources: Codes,
) -> tuple[list[Any], dict[str, list[list[Any]]]]:
    """
    Return the first statement on each of `ATTRIBUTES` for each network.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids of the networks that have a page.
    answers
        What forms say.
    langs
        The languages of the page.
    sources
        Receives the sources.

    Returns
    -------
    labels
        What each attribute is called.
    profiles
        By network: label, words, basis, source.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.coding import Codes
    >>> finland = vg.datasets.finland(year=2019)
    >>> told = {"answers": None, "langs": ["en"], "sources": Codes()}
    >>> labels, profiles = statements(finland, ["fisu"], **told)
    >>> [labels[row[0]] for row in profiles["fisu"]][:2]
    ['Description', 'Goal']
    """
    from valuma_graph.policy.statements import gather, label

    labels = [each({la: t(f"attribute.{a}", la) for la in langs}, langs) for a in ATTRIBUTES]
    if not networks:
        return labels, {}
    known = gather(aff, answers=answers)
    known = known[known["network_id"].isin(list(networks)) & known["attribute"].isin(ATTRIBUTES)]
    known = known[known["value"].notna()].drop_duplicates(["network_id", "attribute"])
    own = set() if answers is None else set(answers.statements["source"])
    found: dict[str, list[list[Any]]] = {}
    for network, attribute, value, basis, source in cells(
        known, "network_id", "attribute", "value", "basis", "source"
    ):
        words = {la: label(attribute, value, la, translate=source not in own) for la in langs}
        row = [ATTRIBUTES.index(attribute), each(words, langs), basis, sources.of(source)]
        found.setdefault(network, []).append(row)
    return labels, {network: sorted(rows, key=lambda r: r[0]) for network, rows in found.items()}


def themes(
    networks: pd.DataFrame, langs: Sequence[str]
) -> tuple[list[str | list[str]], list[list[int]]]:
    """
    Return the groups of themes, and those of each network.

    Themes that the bundled table does not know stand for themselves.

    Parameters
    ----------
    networks
        The table of networks.
    langs
        The languages of the page.

    Returns
    -------
    groups, of_each
        The words of each group; positions of the groups of each network.

    Examples
    --------
    >>> import pandas as pd
    >>> themes(pd.DataFrame({"themes": ["climate; Oma", None]}), ["en"])
    (['Climate and sustainability', 'Oma'], [[0, 1], []])
    """
    group = dict(cells(datasets.themes(), "theme", "group"))
    lists: list[list[str]] = [
        [part.strip() for part in (cell or "").split(";") if part.strip()]
        for (cell,) in cells(networks, "themes")
    ]
    named: list[list[str]] = [
        [f"theme_group.{group[theme]}" if theme in group else theme for theme in each_of]
        for each_of in lists
    ]
    keys = [key for key in catalogue() if key.startswith("theme_group.") and key != OTHER]
    there = {theme for each_of in named for theme in each_of}
    own = [*dict.fromkeys(x for each_of in named for x in each_of if x not in {*keys, OTHER})]
    shown = [*(key for key in keys if key in there), *own[:MOST_THEMES]]
    if OTHER in there or len(own) > MOST_THEMES:
        shown.append(OTHER)
    at = {theme: k for k, theme in enumerate(shown)}
    last = len(shown) - 1
    words = [
        each({la: t(x, la) for la in langs}, langs) if x.startswith("theme_group.") else x
        for x in shown
    ]
    return words, [sorted({at.get(theme, last) for theme in each_of}) for each_of in named]


_WHOLE: Final = {
    "regions": "regions",
    "territory": "territory",
    "population": "population",
    "parts": "parts",
    "largestPart": "largest_part",
}
_PARTS: Final = {
    "populationShare": "population_share",
    "meanKm": "mean_distance_km",
    "expectedKm": "expected_distance_km",
    "p": "p_distance",
}


def footprints(reach: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """
    Return how each network lies on the map, by id; those without a territory are left out.

    Parameters
    ----------
    reach
        As `valuma_graph.footprint` returns it.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> finland = vg.datasets.finland(year=2019)
    >>> found = footprints(vg.footprint(finland, networks=["fisu"]))
    >>> found["fisu"]["territory"], found["fisu"]["logic"]
    (11, 'similarity')
    """
    keys = [*_WHOLE, *_PARTS, "logic"]
    table = cells(reach, *_WHOLE.values(), *_PARTS.values(), "logic")
    made = {}
    for network, row in zip(map(str, reach.index), table, strict=True):
        if not row[1]:  # no territory
            continue
        pairs = zip(keys, row, strict=True)
        values = [rounded(v, 5) if key in _PARTS else plain(v) for key, v in pairs]
        made[network] = {k: v for k, v in zip(keys, values, strict=True) if v is not None}
    return made


def central(
    aff: Affiliation, betweenness: pd.Series, positions: Mapping[str, int], size: int
) -> dict[str, Any]:
    """
    Return how central each member is, and its rank among those of its kind.

    Parameters
    ----------
    aff
        The affiliation network.
    betweenness
        As `centrality` returns it.
    positions
        Position of each member.
    size
        How many positions there are.

    Returns
    -------
    central
        `betweenness` and `rank` of each position, None where it is not known; `of`: how many of
        each kind are ranked. Equals have the first rank that they share; places are ranked among
        those at home.

    Examples
    --------
    >>> import pandas as pd, valuma_graph as vg
    >>> davis = vg.datasets.southern_women()
    >>> at = {woman: k for k, woman in enumerate(davis.members.index)}
    >>> found = central(davis, pd.Series(0.0, davis.members.index), at, 18)
    >>> found["rank"][0], found["of"]
    (1, {'member': 18})
    """
    shares: list[float | None] = [None] * size
    ranks: list[int | None] = [None] * size
    for node, share in betweenness.items():
        shares[positions[str(node)]] = rounded(share, 5)
    ranked = {}
    for kind in aff.members["kind"].dropna().unique():
        own = betweenness[aff.members["kind"].eq(kind).to_numpy()].dropna()
        if kind in LEVELS:
            home = at_home(aff, kind)
            own = own[own.index.isin(home.index[home.to_numpy(dtype=bool)])]
        if own.empty:
            continue
        ranked[str(kind)] = len(own)
        for node, rank in own.rank(method="min", ascending=False).items():
            ranks[positions[str(node)]] = int(rank)
    return {"betweenness": shares, "rank": ranks, "of": ranked}


def words(
    keys: Collection[str], langs: Sequence[str], *, starts: Sequence[str] = ()
) -> dict[str, Any]:
    """
    Return texts of the catalogue in each language, with those for one.

    Parameters
    ----------
    keys
        Keys of the catalogue.
    langs
        The languages of the page.
    starts
        Beginnings of further keys.

    Examples
    --------
    >>> words(["kind.region"], ["fi", "sv"])
    {'kind.region': ['maakunta', 'landskap']}
    """
    known = catalogue()
    wanted = {*keys, *(f"{key}_one" for key in keys)}
    return {
        key: each(texts, langs)
        for key, texts in known.items()
        if key in wanted or key.startswith(tuple(starts))
    }
