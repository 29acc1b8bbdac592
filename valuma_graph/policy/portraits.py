"""Everything known of a network, by dimension; networks side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from valuma_graph.policy import hazards, history, impacts, money, placing, scorecards
from valuma_graph.policy.keeping import remembered
from valuma_graph.policy.schema import ATTRIBUTES, DIMENSIONS
from valuma_graph.policy.statements import (
    COLUMNS,
    OWN_TABLE,
    chosen,
    gather,
    label,
    memberships_of,
    names_of,
)
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers


@dataclass(frozen=True, eq=False, repr=False)
class Profile:
    """
    What is known of one network, each thing with its basis and its source.

    Parameters
    ----------
    network_id, name
        The network.
    statements
        By dimension of Table 4, and those that are not known at the place where they would
        stand: `dimension`, `attribute`, `label`, `value` (missing where it is not known),
        `value_label` (in words), `basis` (`stated`, `coded`, `inferred`, `computed`, `unknown`),
        `rule`, `note`,
        `as_of`, `source`.
    position
        Its row of `quadrant`.
    funding
        Its rows of `funding`.
    dependence
        Its row of `dependence`.
    lifecycle
        Its row of `lifecycle`.
    scorecard, risks
        Its rows of those.
    impact
        As `impact` returns it.
    structure
        How it stands in the graph: index `measure`: `label`, `value`, `basis`, `rule`, `source`;
        empty where the set does not have it.
    """

    network_id: str
    name: str
    statements: pd.DataFrame
    position: pd.Series
    funding: pd.DataFrame
    dependence: pd.Series
    lifecycle: pd.Series
    scorecard: pd.DataFrame
    risks: pd.DataFrame
    impact: pd.DataFrame
    structure: pd.DataFrame

    def __repr__(self) -> str:
        """Say whose it is, how much is known, and how many risks there are."""
        known = self.statements["basis"].ne("unknown")
        gaps = self.statements.loc[~known, "attribute"].nunique()
        risks = int(self.risks["answer"].eq("present").sum())
        return (
            f"Profile of {self.name}: {int(known.sum())} statements, {gaps} questions not known, "
            f"{risks} risk{'s' * (risks != 1)} present"
        )


def profile(
    aff: Affiliation,
    network: str,
    *,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> Profile:
    """
    Return everything known of a network: by the dimensions of the report, and in the graph.

    Parameters
    ----------
    aff
        The affiliation network.
    network
        Its id or name; also one of the report that has no members in the set, or one that only
        the answers have.
    answers
        What users say of their networks, as `read` returns it; their answers stand before the
        report's.
    year
        The year to judge from; that of the set, else 2019, when None.
    lang
        Language of the words.

    Returns
    -------
    profile
        See `Profile`.

    Raises
    ------
    UnknownNodeError
        If there is no such network; with suggestions.

    Source: the report, ch. 4.1 (Table 4) and the chapters named in each row.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = profile(vg.datasets.finland(year=2019), "fisu")
    >>> found.statements.set_index("attribute").loc["openness", ["value", "basis"]].tolist()
    ['closed', 'coded']
    >>> found.position["model"], found.position["model_basis"]
    ('B', 'inferred')
    """
    return profiles(aff, networks=[network], answers=answers, year=year, lang=lang)[0]


def profiles(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> list[Profile]:
    """
    Return the profiles of several networks; what they have in common is computed once.

    Parameters
    ----------
    aff, answers, year, lang
        As in `profile`.
    networks
        Ids or names; None for all that something is said of.

    Returns
    -------
    profiles
        In the order asked for, each network once.

    Raises
    ------
    UnknownNodeError
        If there is no such network; with suggestions.
    """
    check_lang(lang)
    ids = chosen(aff, networks, answers=answers)
    names = names_of(aff, ids, answers=answers, lang=lang)
    said = _stated(aff, ids, answers, lang)
    places = placing.quadrant(aff, networks=ids, answers=answers, lang=lang)
    sums = money.funding(aff, networks=ids, answers=answers, lang=lang)
    leans = money.dependence(aff, networks=ids, answers=answers, year=year, lang=lang)
    lives = history.lifecycle(aff, networks=ids, answers=answers, year=year, lang=lang)
    cards = scorecards.scorecard(aff, networks=ids, answers=answers, year=year, lang=lang)
    dangers = hazards.risks(aff, networks=ids, answers=answers, year=year, lang=lang)
    parts = zip(
        *(_parted(frame, ids) for frame in (said, sums, cards, dangers)),
        impacts.chains(aff, ids, answers=answers, lang=lang),
        _structures(aff, ids, lang),
        strict=True,
    )
    return [
        Profile(
            network_id=n,
            name=names[n],
            statements=statements,
            position=cast("pd.Series", places.loc[n]),
            funding=funding,
            dependence=cast("pd.Series", leans.loc[n]),
            lifecycle=cast("pd.Series", lives.loc[n]),
            scorecard=card,
            risks=risks,
            impact=chain,
            structure=graph,
        )
        for n, (statements, funding, card, risks, chain, graph) in zip(ids, parts, strict=True)
    ]


def _parted(frame: pd.DataFrame, ids: Sequence[str]) -> list[pd.DataFrame]:
    """Return the rows of each network, in their order."""
    place = frame["network_id"].map({n: k for k, n in enumerate(ids)}).to_numpy()
    sorted_ = frame.drop(columns="network_id").iloc[place.argsort(kind="stable")]
    ends = np.bincount(place.astype("int64"), minlength=len(ids)).cumsum().tolist()
    return [sorted_.iloc[a:b].set_axis(pd.RangeIndex(b - a)) for a, b in pairwise([0, *ends])]


def compare(
    aff: Affiliation,
    networks: Sequence[str],
    *,
    answers: Answers | None = None,
    year: int | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Put networks side by side: dimension by dimension, with the checks, the risks and the graph.

    Parameters
    ----------
    aff, answers, year, lang
        As in `profile`.
    networks
        Ids or names.

    Returns
    -------
    table
        Index (`dimension`, `attribute`): the seven dimensions, then `scorecard`, `risks` and
        `structure`; rows that nothing is known of in any of them are left out. Columns
        (network_id, `value` / `basis` / `source`): several values joined by "; ", several
        sources by " | "; `basis` is `unknown` where nothing is known.

    Raises
    ------
    UnknownNodeError
        If there is no such network; with suggestions.
    ValueError
        If no network is named.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> table = compare(vg.datasets.finland(year=2019), ["fisu", "keino"])
    >>> table.loc[("membership", "openness")].xs("value", level=1).to_dict()
    {'fisu': 'closed', 'keino': 'open'}
    """
    if not len(networks):
        raise ValueError("networks must name one network or more")
    found = profiles(aff, networks=networks, answers=answers, year=year, lang=lang)
    parts = {one.network_id: _column(one) for one in found}
    table = pd.concat(parts, axis=1, names=["network_id", "field"])
    keys = [*dict.fromkeys((str(d), str(a)) for part in parts.values() for d, a in part.index)]
    ranked = {d: k for k, d in enumerate([*DIMENSIONS, "scorecard", "risks", "structure"])}
    place = {a: k for k, a in enumerate(ATTRIBUTES)}
    keys.sort(key=lambda key: (ranked[key[0]], place.get(key[1], 0)))  # stable: the rest as it is
    table = table.reindex(pd.MultiIndex.from_tuples(keys, names=["dimension", "attribute"]))
    known = pd.Series(data=False, index=table.index)
    for one in parts:
        basis = table[one, "basis"].fillna("unknown")
        table[one, "basis"] = basis
        known |= basis.ne("unknown")
    return table.loc[known]


def _stated(
    aff: Affiliation, ids: Sequence[str], answers: Answers | None, lang: str
) -> pd.DataFrame:
    """Return what is known and what is not, in the order of the framework."""
    known = gather(aff, answers=answers)
    known = known[known["network_id"].isin(list(ids))]
    own = set() if answers is None else set(answers.statements["source"])
    told = set(zip(known["network_id"], known["attribute"], strict=True))
    gaps = pd.DataFrame(
        [
            {"network_id": n, "dimension": a.dimension, "attribute": name, "basis": "unknown"}
            for n in ids
            for name, a in ATTRIBUTES.items()
            if a.asked and (n, name) not in told
        ],
        columns=list(COLUMNS),
        dtype="str",
    )
    whole = pd.concat([known, gaps], ignore_index=True)
    rank = {name: k for k, name in enumerate(ATTRIBUTES)}
    whole = whole.sort_values(
        "attribute", key=lambda column: column.map(rank), kind="stable", ignore_index=True
    )
    whole.insert(3, "label", [t(f"attribute.{name}", lang) for name in whole["attribute"]])
    words = [
        None if pd.isna(value) else label(attribute, value, lang, translate=source not in own)
        for attribute, value, source in zip(
            whole["attribute"], whole["value"], whole["source"], strict=True
        )
    ]
    whole.insert(5, "value_label", pd.Series(words, index=whole.index, dtype="str"))
    return whole


@remembered
def _measured(aff: Affiliation) -> dict[str, dict[str, float]]:
    """Return what the graph tells of each network; what is missing is left out."""
    from valuma_graph import measures
    from valuma_graph.measures import projection

    coverage = measures.coverage(aff)
    central = measures.centrality(aff, mode="networks", measures=["betweenness"])
    parts = measures.structure(aff).networks
    met = projection.peers(projection.of_mode(aff.incidence, "networks"))
    shared = pd.Series(met, index=aff.networks.index)
    columns = {
        "known": coverage["known"],
        "declared": coverage["declared"],
        "coverage": coverage["coverage"],
        "overlapping": shared,
        "betweenness": central["betweenness"],
        "betweenness_rank": central["betweenness"].rank(ascending=False, method="min"),
        "component": parts["component"],
    }
    found: dict[str, dict[str, float]] = {}
    for name, column in columns.items():
        for network, value in column.dropna().items():
            found.setdefault(str(network), {})[name] = float(value)
    return found


def _structures(aff: Affiliation, ids: Sequence[str], lang: str) -> list[pd.DataFrame]:
    """Return what the graph tells of each network; no rows where it has none."""
    computed = ("computed", "measure", memberships_of(aff))
    rows = []
    for network in ids:
        for name, value in _measured(aff).get(network, {}).items():
            # What a network declares is no measure: its source says it.
            how = ("stated", None, _source_of(aff, network)) if name == "declared" else computed
            rows.append((name, t(f"structure.{name}", lang), value, *how))
    columns = ["measure", "label", "value", "basis", "rule", "source"]
    whole = pd.DataFrame(rows, columns=columns).set_index("measure")
    whole = whole.astype(dict.fromkeys(["label", "basis", "rule", "source"], "str"))
    whole = whole.astype({"value": "float64"})
    ends = accumulate((len(_measured(aff).get(network, {})) for network in ids), initial=0)
    return [whole.iloc[a:b] for a, b in pairwise(ends)]


def _source_of(aff: Affiliation, network: str) -> str:
    told = aff.networks["source"].get(network) if "source" in aff.networks else None
    return told if isinstance(told, str) else OWN_TABLE


def _column(one: Profile) -> pd.DataFrame:
    """Return all that a profile says as one column of three fields."""
    said = one.statements.rename(columns={"value_label": "words"})[
        ["dimension", "attribute", "words", "basis", "source"]
    ]
    checks = one.scorecard.assign(
        dimension="scorecard", attribute=one.scorecard["check"], words=one.scorecard["answer"]
    )
    dangers = one.risks.assign(
        dimension="risks", attribute=one.risks["rule"], words=one.risks["answer"]
    )
    graph = one.structure.reset_index().assign(dimension="structure")
    graph = graph.assign(attribute=graph["measure"], words=graph["value"].map("{:g}".format))
    columns = ["dimension", "attribute", "words", "basis", "source"]
    whole = pd.concat([said, checks[columns], dangers[columns], graph[columns]])

    def joined(mark: str) -> Callable[[pd.Series], object]:
        return lambda column: mark.join(dict.fromkeys(column.dropna())) or None

    grouped = whole.groupby(["dimension", "attribute"], sort=False)
    return pd.DataFrame(
        {
            "value": grouped["words"].agg(joined("; ")),
            "basis": grouped["basis"].agg(joined("; ")),
            "source": grouped["source"].agg(joined(" | ")),
        }
    ).where(lambda frame: frame.notna())
