"""How results move when the lists of members are not complete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

import numpy as np
import pandas as pd

from valuma_graph.affiliation import Affiliation, Mode
from valuma_graph.chance.measured import numbers
from valuma_graph.chance.pairwise import check
from valuma_graph.measures import (
    CENTRALITIES,
    HOLES,
    brokerage,
    brokers,
    centrality,
    cohesion,
    could_hold,
    nodes,
)
from valuma_graph.measures.isolates import COUNT_OF_KIND, at_home

if TYPE_CHECKING:
    from collections.abc import Callable

    Measuring = Callable[[Affiliation], pd.Series]

ASSUMPTIONS: Final = ("size", "equal", "region")
"""How the members that are not known may be spread."""

MEASURES: Final = (*CENTRALITIES, *HOLES, "isolation")
"""What `robustness` knows by name."""

_OUTSIDE: Final = ("none", "outside", "main")
_STATUSES: Final = ("known", "filled", "short", "beyond", "undeclared", "not_comparable")
_DIGITS: Final = 10
"""Decimals, of the largest value, below which two values are of one rank."""


@dataclass(frozen=True, eq=False)
class Robustness:
    """
    What a measure is in the lists as they are known, and in lists filled up at random.

    Parameters
    ----------
    scores
        One row for each node; see `robustness`.
    networks
        One row for each network: what is known, and what was filled in.
    summary
        Counts of memberships and networks.
    measure, mode, assumption, draws, seed, level
        What was asked for.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = robustness(vg.datasets.southern_women(), "degree", draws=10)
    >>> float(found.scores.rank_stability.min()), int(found.summary["unknown"])
    (1.0, 0)
    """

    scores: pd.DataFrame
    networks: pd.DataFrame
    summary: pd.Series
    measure: str
    mode: str
    assumption: str
    draws: int
    seed: int
    level: float


class _Gap(NamedTuple):
    """Members of one kind that a network has and that are not known; who they could be."""

    network: int
    candidates: np.ndarray
    weight: np.ndarray
    size: int


def robustness(
    aff: Affiliation,
    measure: str | Callable[[Affiliation], pd.Series | float],
    *,
    mode: Mode = "members",
    assumption: str = "size",
    draws: int = 200,
    seed: int = 0,
    level: float = 0.95,
    progress: Callable[[int, int], None] | None = None,
) -> Robustness:
    """
    Say how far a measure can be trusted where the lists of members are not complete.

    A network that says it has 30 members, of whom 10 are known, lacks 20. Each draw fills these
    places with members of the set and measures the network so filled. What comes out the same in
    every draw does not hang on what is not known; what moves, does.

    **What is assumed**, and nothing else:

    - *The known is right.* No known membership is ever taken away, and each network has as many
      members, of each kind that it counts, as it declares.
    - *The unknown members are among the members of the set* that could be in the network: of the
      kind that the declared count is about, of its countries where these are known, not of a
      kind or country for which the list is complete (see `could_hold`), and, for Finland, places
      of the division of the year.
    - *Who they are is chance*, each place by itself: `"size"`: members of many known networks
      are more likely to be in yet another, in proportion to the networks known + 1; `"equal"`:
      all are alike; `"region"`: in proportion to the members that the network is known to have
      in the region of the member + 1, so that networks stay where they are known to be.

    None of these is known to be true. Try all three: a result that holds under each of them is
    safe against gaps in the lists; the interval under one of them is not the whole doubt.

    Networks that declare no number (`undeclared`), or one that cannot be compared with the list
    (`not_comparable`: another time), and networks of the whole EU, most of whose members are in
    no set (`beyond`), stay as they are known: there the results are still lower bounds. Where
    fewer members could be in a network than it lacks (`short`), all of them are put in, in every
    draw: they look certain, and are not. So it is, less visibly, with organisations: the set
    holds those that some network names, and the unknown are drawn among them. For what is said
    of municipalities, `aff.select("municipality")` leaves both out.

    Parameters
    ----------
    aff
        The affiliation network. Take whole kinds of member: in a set cut down to some members,
        those taken away look unknown.
    measure
        One of `centrality` (`"degree"`, `"degree_share"`, `"closeness"`, `"betweenness"`,
        `"eigenvector"`), of `brokerage` (`"constraint"` to `"hierarchy"`), or
        `"isolation"`: whether a node has no tie, lies outside the main component, or in it. Or
        a function of an `Affiliation` that returns a Series, or a number.
    mode
        Whose measure it is.
    assumption
        `"size"`, `"equal"` or `"region"`.
    draws
        How often the lists are filled.
    seed
        Same seed, same result; the order of the rows of the tables does not matter.
    level
        Share of the draws that lie from `low` to `high`.
    progress
        Called with the number of draws measured, and `draws`.

    Returns
    -------
    robustness
        `scores`, indexed like `aff.members` (or `aff.networks`), or as the Series of the
        function is; `["value"]` for a number:

        - `observed` (float): of the known memberships; `mean`, `low`, `high` (float): of the
          draws; `defined` (int): draws in which the measure has a value;
        - `rank` (Int64): 1 for the highest observed value, the same for equal ones; `rank_low`,
          `rank_high` (Int64): from which to which rank the share `level` of the draws lies;
        - `rank_stability` (float, 0 to 1): of the nodes that this one stands above or below in
          what is known, the share that it still stands above or below in a draw, on average.
          1: whatever the unknown is, its place among the others holds; 0.5 or less: what is
          known says little of its place.

        With `"isolation"` instead: `observed` (`none`, `outside` or `main`: no tie, outside the
        main component, in it; see `components`), and the share of draws with each: `none`,
        `outside`, `main` (float).

        `networks`, indexed like `aff.networks`: `known` (int), `declared` (Int64), `unknown`
        (Int64: places to fill, see `unknown_members`; missing where that cannot be known),
        `filled`, `short` (int; together they are `unknown`), `status`: `known` (nothing to
        fill), `filled`, `short`, `beyond`, `undeclared`, `not_comparable`.

        `summary` (int): `memberships` (known), `declared`, `unknown`, `filled`, `short`,
        `networks_unknown` (beyond, undeclared or not comparable), and `networks_` with each
        status.

    Raises
    ------
    ValueError
        If a measure, mode or assumption does not exist, `draws` is below 1, `level` is not
        between 0 and 1, or a function returns something else.

    Notes
    -----
    Places of a network are filled one after the other, each in proportion to the weights of the
    members left, by the keys of Efraimidis & Spirakis: with E exponential, those with the
    least E / weight.

    References
    ----------
    Efraimidis, P. S. & Spirakis, P. G. (2006). Weighted random sampling with a reservoir.
    Information Processing Letters 97, 181–185. https://doi.org/10.1016/j.ipl.2005.11.003

    Kossinets, G. (2006). Effects of missing data in social networks. Social Networks 28,
    247–268. https://doi.org/10.1016/j.socnet.2005.07.002

    Smith, J. A. & Moody, J. (2013). Structural effects of network sampling coverage I: nodes
    missing at random. Social Networks 35, 652–668.
    https://doi.org/10.1016/j.socnet.2013.09.003

    Examples
    --------
    >>> import valuma_graph as vg
    >>> davis = vg.datasets.southern_women()
    >>> about = davis.networks.assign(declared_total=14, list_status="partial").astype(
    ...     {"declared_total": "Int64"}
    ... )
    >>> part = vg.Affiliation(davis.members, about, davis.memberships)
    >>> found = robustness(part, "degree", draws=50)
    >>> found.summary[["memberships", "declared", "unknown", "filled"]].tolist()
    [89, 196, 107, 107]
    """
    for name, value, allowed in (
        ("mode", mode, get_args(Mode)),
        ("assumption", assumption, ASSUMPTIONS),
    ):
        if value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    check(draws=draws, seed=seed, level=level)
    measuring = _measuring(measure, mode)
    # In the order of the ids: a draw belongs to the nodes, not to the rows that they stand in.
    ordered = replace(aff, members=aff.members.sort_index(), networks=aff.networks.sort_index())
    about, gaps = _gaps(ordered, assumption)
    observed = measuring(ordered)
    values = np.repeat(observed.to_numpy()[:, None], draws, axis=1)
    fill = _filling(ordered, gaps, np.random.default_rng(seed)) if gaps else None
    for draw in range(draws):
        if fill is not None:  # else every draw is what is known
            values[:, draw] = measuring(fill()).reindex(observed.index)
        if progress is not None:
            progress(draw + 1, draws)
    scores = (_outside if measure == "isolation" else _scores)(observed, values, level)
    side = aff.members.index if mode == "members" else aff.networks.index
    if len(side) == len(scores) and side.isin(scores.index).all():
        scores = scores.reindex(side)
    called = measure if isinstance(measure, str) else getattr(measure, "__name__", "function")
    return Robustness(
        scores=scores,
        networks=about.reindex(aff.networks.index),
        summary=_summary(about, ordered.incidence.nnz),
        measure=called,
        mode=mode,
        assumption=assumption,
        draws=draws,
        seed=seed,
        level=level,
    )


def _measuring(measure: str | Callable[[Affiliation], pd.Series | float], mode: Mode) -> Measuring:
    if callable(measure):
        return lambda aff: numbers(measure(aff))
    if measure in CENTRALITIES:
        return lambda aff: centrality(aff, mode=mode, measures=[measure])[measure].astype(float)
    if measure in HOLES:
        return lambda aff: brokerage(aff, mode=mode)[measure]
    if measure == "isolation":
        part = get_args(Mode).index(mode)
        # 0 without a tie, 1 outside the main component, 2 in it: the places of _OUTSIDE.
        return lambda aff: _place(cohesion.components(aff)[part])
    raise ValueError(
        f"measure must be one of {', '.join(MEASURES)}, or a function, not {measure!r}"
    )


def _place(component: pd.Series) -> pd.Series:
    return component.eq(1).astype("Int64").add(1).fillna(0).astype("int64")


def _gaps(aff: Affiliation, assumption: str) -> tuple[pd.DataFrame, list[_Gap]]:
    """Return what is known of each network, and the gaps that can be filled."""
    unknown = nodes.unknown_members(aff)
    coverage = nodes.coverage(aff)
    lacking = unknown.sum(axis=1, min_count=1)
    beyond = _names_eu(aff.networks) & _true(lacking.gt(0))
    lacking = lacking.mask(beyond)
    eligible, weigh = _eligible(aff), _weights(aff, assumption)
    filled = np.zeros(len(lacking), dtype=np.int64)
    gaps = []
    for network in np.flatnonzero(_true(lacking.gt(0))).tolist():
        there = eligible(network)
        for count, size in unknown.iloc[network].items():
            candidates = np.flatnonzero(there[str(count)]) if size else np.empty(0, np.int64)
            if len(candidates):
                taken = min(int(size), len(candidates))
                gaps.append(_Gap(network, candidates, weigh(network)[candidates], taken))
                filled[network] += taken
    short = lacking.fillna(0).to_numpy(np.int64) - filled
    stays = lacking.isna().to_numpy(bool) & could_hold(aff).to_numpy(dtype=bool).any(axis=0)
    undeclared = stays & coverage["declared"].isna().to_numpy(bool)
    status = np.select(
        [short > 0, filled > 0, beyond, undeclared, stays],
        ["short", "filled", "beyond", "undeclared", "not_comparable"],
        "known",
    )
    about = {
        "known": coverage["compared"],
        "declared": coverage["declared"],
        "unknown": lacking,
        "filled": filled,
        "short": short,
        "status": pd.Series(status, index=lacking.index, dtype="str"),
    }
    return pd.DataFrame(about, index=lacking.index), gaps


def _true(answers: pd.Series) -> np.ndarray:
    return answers.fillna(value=False).to_numpy(dtype=bool)


def _names_eu(networks: pd.DataFrame) -> np.ndarray:
    if "countries" not in networks:
        return np.zeros(len(networks), dtype=bool)
    return _true(networks["countries"].str.contains(r"\bEU\b"))


def _eligible(aff: Affiliation) -> Callable[[int], dict[str, np.ndarray]]:
    """
    Return the function that says who could be in a network and is not, by declared count.

    The `rest` are the members that fall under no count that the network states.
    """
    could = could_hold(aff)
    kinds, countries = aff.members["kind"].fillna(""), aff.members["country"].fillna("")
    group = could.index.get_indexer(pd.MultiIndex.from_arrays([kinds, countries]))
    table = could.to_numpy(dtype=bool)
    alive = countries.ne("FI").to_numpy(dtype=bool, copy=True)
    for kind in kinds.unique():
        alive |= at_home(aff, kind).reindex(kinds.index).eq(other=True).to_numpy(dtype=bool)
    columns = aff.incidence.tocsc()
    under = kinds.map(COUNT_OF_KIND)
    falls = {c: under.eq(c).to_numpy(dtype=bool) for c in sorted(set(COUNT_OF_KIND.values()))}
    stated = {c: aff.networks[c].notna().to_numpy(bool) for c in falls if c in aff.networks}

    def there(network: int) -> dict[str, np.ndarray]:
        free = table[group, network] & alive
        free[columns.indices[columns.indptr[network] : columns.indptr[network + 1]]] = False
        rest = free.copy()
        for count in stated:
            rest &= ~(falls[count] & stated[count][network])
        return {**{count: free & falls[count] for count in falls}, "rest": rest}

    return there


def _weights(aff: Affiliation, assumption: str) -> Callable[[int], np.ndarray]:
    """Return the weight of each member as an unknown member of a network."""
    incidence = aff.incidence.astype(np.int64)
    if assumption == "region":
        code, names = pd.factorize(brokers.regions_of(aff))
        lies_in = brokers.indicator(code, len(names))
        met = (incidence.T @ lies_in).toarray()
        return lambda network: np.append(met[network], 0)[code] + 1.0
    weight = np.ones(len(aff.members))
    if assumption == "size":
        weight += np.diff(incidence.indptr)
    return lambda _: weight


def _filling(
    aff: Affiliation, gaps: list[_Gap], rng: np.random.Generator
) -> Callable[[], Affiliation]:
    """Return the function that fills the gaps at random, anew each time."""
    known = aff.memberships
    places = np.repeat([gap.network for gap in gaps], [gap.size for gap in gaps])
    rows = pd.DataFrame(
        {"network_id": aff.networks.index[places], "role": "member", "evidence": "candidate"}
    )
    rows = pd.concat([known, rows.assign(member_id="", counted=True)], ignore_index=True)
    ids = pd.Index(known["member_id"]).append(aff.members.index)

    def fill() -> Affiliation:
        chosen = [np.arange(len(known))]
        for gap in gaps:
            keys = rng.exponential(size=len(gap.candidates)) / gap.weight
            least = np.argsort(keys, kind="stable")[: gap.size]
            chosen.append(gap.candidates[least] + len(known))
        return replace(aff, memberships=rows.assign(member_id=ids.take(np.concatenate(chosen))))

    return fill


def _scores(observed: pd.Series, values: np.ndarray, level: float) -> pd.DataFrame:
    """Say where each node stands in what is known, and in the draws."""
    own = observed.astype("float64")
    drawn = pd.DataFrame(values, index=own.index, dtype="float64")
    # Sums in another order are still the same value.
    scale = np.where(np.isfinite(values), np.abs(values), 0).max(initial=0) or 1.0
    place = (own / scale).round(_DIGITS).rank(ascending=False, method="min")
    places = (drawn / scale).round(_DIGITS).rank(ascending=False, method="min")
    less, more = (1 - level) / 2, (1 + level) / 2
    return pd.DataFrame(
        {
            "observed": own,
            "mean": drawn.mean(axis=1).clip(drawn.min(axis=1), drawn.max(axis=1)),
            "low": drawn.quantile(less, axis=1),
            "high": drawn.quantile(more, axis=1),
            "defined": drawn.notna().sum(axis=1),
            "rank": place.astype("Int64"),
            "rank_low": places.quantile(less, axis=1, interpolation="lower").astype("Int64"),
            "rank_high": places.quantile(more, axis=1, interpolation="higher").astype("Int64"),
            "rank_stability": _stability(place.to_numpy(), places.to_numpy()),
        },
        index=own.index,
    )


def _outside(observed: pd.Series, values: np.ndarray, _: float) -> pd.DataFrame:
    """Count the draws in which each node has no tie, and lies outside the main component."""
    words = pd.Series(_OUTSIDE, dtype="str")
    own = words.take(observed.to_numpy(np.int64)).set_axis(observed.index)
    shares = {word: (values == k).mean(axis=1) for k, word in enumerate(_OUTSIDE)}
    return pd.DataFrame({"observed": own, **shares}, index=observed.index)


def _stability(place: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the share of the others that each node keeps its place to; see `robustness`."""
    kept, pairs = np.zeros(len(place)), np.zeros(len(place))
    for drawn in places.T:
        here = np.flatnonzero(~np.isnan(place) & ~np.isnan(drawn))
        a, b = place[here], drawn[here]
        kept[here] += _both_less(a, b) + _both_less(-a, -b)
        ranked = np.sort(a)
        above = np.searchsorted(ranked, a, side="left")
        pairs[here] += above + len(a) - np.searchsorted(ranked, a, side="right")
    share = np.where(np.isnan(place), np.nan, 1.0)
    return np.divide(kept, pairs, out=share, where=pairs > 0)


def _both_less(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """
    Count for each entry those that are less in both, in n log² n steps.

    Sorted by the first, blocks of 2ᵏ are merged in pairs: an entry of a right half counts those
    of its left half whose second is less.
    """
    n = len(first)
    order = np.lexsort((-second, first))  # of equal firsts, none comes after a lesser second
    value = np.unique(second[order], return_inverse=True)[1]
    at = np.arange(n)
    count = np.zeros(n, dtype=np.int64)
    half = 1
    while half < n:
        block, right = at // (2 * half), at // half % 2 == 1
        key = block * n + value
        less = np.searchsorted(np.sort(key[~right]), key[right])
        count[right] += less - block[right] * half
        half *= 2
    found = np.empty(n, dtype=np.int64)
    found[order] = count
    return found


def _summary(about: pd.DataFrame, memberships: int) -> pd.Series:
    status = about["status"].value_counts().reindex(_STATUSES, fill_value=0)
    comparable = about["unknown"].notna()
    numbers = {
        "memberships": memberships,
        "declared": about["declared"][comparable].sum(),
        "unknown": about["unknown"].sum(),
        "filled": about["filled"].sum(),
        "short": about["short"].sum(),
        "networks_unknown": status[["beyond", "undeclared", "not_comparable"]].sum(),
    }
    return pd.Series({**numbers, **status.add_prefix("networks_")}, dtype="int64")
