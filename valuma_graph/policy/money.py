"""Who pays for networks: sources, fees, budgets; payers as a graph; dependence on one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from valuma_graph.policy import ages, keeping
from valuma_graph.policy.feeding import endings, feeding, firmest
from valuma_graph.policy.payers import purse
from valuma_graph.policy.payments import is_paid, member_names, models_of, payer_said, payments
from valuma_graph.policy.reliance import relied
from valuma_graph.policy.statements import NONE, chosen, names_of, strangers
from valuma_graph.policy.wording import said
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import networkx as nx

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

FUNDING: Final = (
    "network_id", "name", "funding_model", "payer", "payer_id", "funding_kind", "item", "amount",
    "currency", "unit", "share", "since", "until", "basis", "rule", "note", "as_of", "source",
    "share_of", "bound",
)  # fmt: skip
_ON_EDGES: Final = [c for c in FUNDING if c != "name"]
KINDS: Final = ("basic", "project", "fee", "budget", "in_kind")
"""Kinds of money; the word for each is `funding_kind.<kind>`."""

_ITEMS: Final = {"funder": "money.item_funder", "funded by the programme": "money.item_programme"}


def funding(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Return every source of money, fee, budget and contribution in kind that is known.

    Of the users' forms, the report's Table 5 and its annexes, programmes that fund (relations)
    and funders among the memberships. Of what several say of one payer, the first stands; a later
    row comes besides where it alone has the years.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; None for all that money is known of.
    answers
        Those of users; they stand first.
    lang
        Language of names, payers, items, units and notes of the report.

    Returns
    -------
    funding
        `network_id`, `name`, `funding_model` (codes of Table 5 by ";"), `payer` (as the source
        calls it, several by ";"), `payer_id` (members, networks or programmes that they are, by
        ";"), `funding_kind` (`KINDS`; missing where the source does not say, or says basic and
        project money in one), `item`, `amount`, `currency`, `unit`, `share` (0 to 1), `since`,
        `until` (years), `basis`, `rule`, `note`, `as_of`, `source`, `share_of` (of what the share
        is: `funding`, the whole; `basic`, the basic funding; `projects`, each project) and `bound`
        (`minimum` or `maximum`, where amount or share is an end of a range). A budget says what
        there is or what it is used for and is no source; a percentage of something else
        stands in `amount` with the unit "%".

    Raises
    ------
    UnknownNodeError
        If a network does not exist.

    Source: the report, ch. 4.2, Table 5; Annexes 2 and 3.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = funding(vg.datasets.finland(year=2019), networks=["mal_verkosto"])
    >>> found.loc[found["share"].notna(), ["payer", "share", "share_of"]].values.tolist()[0]
    ['member municipalities', 0.5, 'basic']
    """
    check_lang(lang)
    rows = _worded(aff, answers or NONE, lang)
    if networks is not None:
        wanted = chosen(aff, networks, answers=answers)
        rows = rows[rows["network_id"].isin(wanted)]
    names = names_of(aff, rows["network_id"].unique().tolist(), answers=answers, lang=lang)
    rows = rows.assign(name=rows["network_id"].map(names).astype("str"))
    return rows.reindex(columns=list(FUNDING)).reset_index(drop=True)


@keeping.remembered
def _worded(aff: Affiliation, answers: Answers, lang: str) -> pd.DataFrame:
    """Return all payments with the report's words in a language; users' stay as they are."""
    rows = payments(aff, answers=answers)
    ours = rows["origin"].ne("answers")
    rows["item"] = [
        t(_ITEMS[item], lang) if item in _ITEMS else said(item, lang) if own else item
        for item, own in zip(rows["item"], ours, strict=True)
    ]
    rows["note"] = [
        "; ".join(said(str(words), lang) for words in notes) if own and notes else note
        for note, notes, own in zip(rows["note"], rows["notes"], ours, strict=True)
    ]
    for column, word in (("payer", payer_said), ("unit", said)):
        rows[column] = [
            "; ".join(word(part.strip(), lang) for part in words.split(";"))
            if own and isinstance(words, str)
            else words
            for words, own in zip(rows[column], ours, strict=True)
        ]
    listed = rows["origin"].isin(["memberships", "relations"])
    ids = rows["payer_id"][listed]
    members = member_names(aff, [i for i in ids if ":" in i], lang=lang)
    programmes = names_of(aff, [i for i in ids if ":" not in i], lang=lang)
    called = {**{str(i): str(name) for i, name in programmes.items()}, **members}
    rows["payer"] = ids.map(called).reindex(rows.index).fillna(rows["payer"])
    for column in ("item", "payer", "note", "unit"):
        rows[column] = rows[column].astype("str")
    return rows


def funders(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    lang: str = "en",
) -> nx.MultiDiGraph[str]:
    """
    Return who pays whom: an edge from payer to network for each known source of money.

    Besides the sources of `funding` the programmes of which the report says that they fed a
    network, with the basis and rule of `feeding`; whether with money it does not say.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; None for all that have a payer.
    answers
        Those of users.
    lang
        Language of the names.

    Returns
    -------
    graph
        Nodes have `kind` (`network`, `programme`, `member`, or `payer` for whom no id is known)
        and `name`. A payer without an id, such as "companies", is a node of its network alone:
        nobody says that two are the same. Edges have what is known of the columns of `funding`.

    Raises
    ------
    UnknownNodeError
        If a network does not exist.

    Source: the report, ch. 4.2, Table 5.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> graph = funders(vg.datasets.finland(year=2019), networks=["keino"])
    >>> [*graph.edges()]
    [('organisation:tem', 'keino')]
    """
    import networkx as nx

    rows = payments(aff, answers=answers)
    sources = rows[rows.apply(is_paid, axis=1)]
    readable = _worded(aff, answers or NONE, lang).reindex(columns=_ON_EDGES).to_dict("index")
    wanted = None if networks is None else {*chosen(aff, networks, answers=answers)}
    edges: list[tuple[str, str, dict[str, Any]]] = []
    words: dict[str, str] = {}
    for index, row in sources.iterrows():
        network = str(row["network_id"])
        known = {str(k): v for k, v in readable[index].items() if not pd.isna(v)}
        for payer in row["payers"]:
            node = payer.id or f"payer:{network}:{payer.name}"
            words[node] = payer.name if row["origin"] == "answers" else payer_said(payer.name, lang)
            edges.append((node, network, known))
    held = {
        (p.key, str(n))
        for n, payers in zip(sources["network_id"], sources["payers"], strict=True)
        for p in payers
    }
    edges += _fed(held, strangers(aff, answers=answers), lang)
    edges = [e for e in edges if wanted is None or e[1] in wanted]
    nodes = [*dict.fromkeys([*sorted(wanted or ()), *(n for a, b, _ in edges for n in (a, b))])]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    networks_of = {*rows["network_id"], *(b for _, b, _ in edges), *(wanted or ())}
    for node, attributes in _nodes(aff, nodes, words, networks_of, answers, lang).items():
        graph.add_node(node, **attributes)
    graph.add_edges_from(edges)
    return graph


def _fed(
    held: set[tuple[str, str]], without: frozenset[str], lang: str
) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the programmes that fed networks, of which nothing else says that they paid."""
    fed = keeping.programmes()["networks_fed"].dropna()
    named = {(n, str(programme)) for programme, ns in fed.items() for n in ns.split(";")}
    made = []
    for row in firmest(feeding(without=without)).dropna(subset=["feeder"]).to_dict("records"):
        network, programme = str(row["fed"]), str(row["feeder"])
        if (purse(programme), network) in held or (network, programme) not in named:
            continue
        about = {
            "network_id": network,
            "payer_id": programme,
            "item": t("money.item_fed", lang),
            **{c: row[c] for c in ("since", "until", "basis", "rule", "source")},
        }
        known = {str(c): value for c, value in about.items() if not pd.isna(value)}
        made.append((programme, network, known))
    return made


def _nodes(
    aff: Affiliation,
    nodes: list[str],
    words: dict[str, str],
    networks: set[str],
    answers: Answers | None,
    lang: str,
) -> dict[str, dict[str, str]]:
    """Return kind and name of each node; a programme that is paid for is a network here."""
    programmes = set(keeping.programmes().index)
    members = {*aff.members.index, *keeping.register()[0].index}
    names = names_of(aff, nodes, answers=answers, lang=lang)
    called = member_names(aff, [n for n in nodes if n in members], lang=lang)
    made = {}
    for node in nodes:
        kind, name = "payer", words.get(node, node)
        if node in networks:
            kind, name = "network", names[node]
        elif node in programmes:
            kind, name = "programme", names[node]
        elif node in members:
            kind, name = "member", called[node]
        made[node] = {"kind": kind, "name": name}
    return made


DEPENDENCE: Final = (
    "name", "sources", "sources_complete", "largest_payer", "largest_share", "single_source",
    "project_money", "project_share", "project_until", "years_left", "basis", "rule", "evidence",
    "source",
)  # fmt: skip


def dependence(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Tell how far each network depends on one source of money, and on project money.

    Where a form names sources of money, it alone counts, and neither the report's sources nor its
    funding model; else those of the report do. Money that had ended before the year, or begins
    after it, is no source; money whose years are not told is. Strictly: what does not follow from
    what is known is unknown, and no list of sources is taken for whole unless its shares add up
    to 1, or the report classes the network as state-funded and names one payer.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names; None for all.
    answers
        Those of users.
    year
        The year to count from; None for that of the set, else 2019.
    lang
        Language of names, payers and evidence.

    Returns
    -------
    dependence
        Index `network_id`:

        - `name`; `sources` (Int64): payers named, a group such as the members counted as one,
          and a programme as the ministry behind it; contributions in kind are not counted;
          missing where none is known.
        - `sources_complete`: the shares of the whole funding that are known add up to 1 (within
          0.005; within 0.01 where they are computed from rounded amounts and a yearly budget).
        - `largest_payer`, `largest_share` (0 to 1): the payer that certainly has the largest
          share: all that is not known could not have more together. With several of the same
          share there is no payer, and the share is that of each.
        - `single_source`: `no` where two payers are named, or a group of payers; `yes` where the
          sources are complete with one payer, or by the rule `money_one_payer`; else `unknown`.
        - `project_money`: `yes` where a source is project money or the model is project funding;
          `no` where the sources are complete, or one by that rule, and all are of another kind;
          else `unknown`.
        - `project_share` (0 to 1): where the sources are complete and of known kind.
        - `project_until` (Int64): the last year of the project money, or money of programmes,
          whose years are told, also where it has ended; by the end of the programmes, as
          `timeline` has it (rule `money_programme_ends`), only where all the rest comes from
          programmes with an end; what else there may be is in the evidence.
        - `years_left` (Int64): `project_until` less the year, negative once it has ended.
        - `basis` (`computed`; `inferred` where a rule infers, or a payer is known from what is
          inferred only; `unknown`), `rule` (`money_dependence`, or what something is inferred
          by), `evidence`, `source` (of all that it is from).

    Raises
    ------
    UnknownNodeError
        If a network does not exist.

    Source: the report, ch. 4.2, Table 5; ch. 4.3 on committing funding.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = dependence(vg.datasets.finland(year=2019), networks=["keino", "mittnorden"])
    >>> found[["sources", "largest_share", "single_source", "basis"]].values.tolist()
    [[1, nan, 'yes', 'inferred'], [5, 0.5, 'no', 'inferred']]
    """
    check_lang(lang)
    ids = chosen(aff, networks, answers=answers)
    names = names_of(aff, ids, answers=answers, lang=lang)
    at = ages.year_of(aff, year)
    found = _relied(aff, answers or NONE, tuple(names.index), at, lang)
    return found.assign(name=names).reindex(columns=list(DEPENDENCE))


# Kept: the scorecard and the risks of the same networks ask for it again.
@keeping.remembered
def _relied(
    aff: Affiliation, answers: Answers, networks: tuple[str, ...], year: int, lang: str
) -> pd.DataFrame:
    words = _worded(aff, answers, lang)["payer"]
    rows = payments(aff, answers=answers).assign(words=words)
    models, ends = models_of(aff, answers), endings(answers=answers)
    return relied(rows, networks, models=models, ends=ends, year=year, lang=lang)
