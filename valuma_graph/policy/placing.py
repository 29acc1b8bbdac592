"""Where networks stand between top-down and bottom-up, general and targeted, and as which model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from valuma_graph.policy import ages, keeping
from valuma_graph.policy.schema import ATTRIBUTES, CODES
from valuma_graph.policy.statements import NONE, chosen, gather, names_of
from valuma_graph.text import check_lang

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

AXES: Final = ("direction", "focus")
PLACES: Final = (*AXES, "model")
FIRMNESS: Final = ("stated", "coded", "inferred", "computed", "unknown")
"""Bases from the firmest to none."""

MODELS: Final = {
    ("top_down", "targeted"): "A",
    ("bottom_up", "targeted"): "B",
    ("top_down", "general"): "C",
    ("bottom_up", "general"): "D",
    ("mixed", "targeted"): "A;B",
    ("mixed", "general"): "C;D",
}
"""The model of each field of figure 11; both neighbours where the direction is mixed."""

_VOTES: Final = {
    "initiator": {"state": "top_down", "both": "mixed", "areas": "bottom_up"},
    "owner": {"state": "top_down", "areas": "bottom_up", "members": "bottom_up"},
    "funding_model": {
        "state_funded": "top_down",
        "co_funded": "mixed",
        "region_funded": "bottom_up",
        "membership_fee": "bottom_up",
    },
}
_FEWEST: Final = 2  # known answers that a direction is computed from


@dataclass(frozen=True)
class Place:
    """What is known of a network on one axis, or of its model."""

    value: str = "unknown"
    basis: str = "unknown"
    rule: str | None = None
    source: str | None = None

    @property
    def known(self) -> bool:
        """Whether anything is."""
        return self.basis != "unknown"


_Facts = dict[tuple[str, str], list[Place]]


def quadrant(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """
    Place networks by direction (top-down … bottom-up) and focus (general, targeted), and in models.

    What counts, in this order: what a user states; for an axis that the user does not state, what
    follows from the models that the user states; what the report states, or was inferred from it;
    what follows from answers. A position follows from answers by these rules:

    - `direction`: each of `initiator`, `owner` and `funding_model` points up, down or both ways
      (the state, state funding: top-down; the areas or members, their funding or fees: bottom-up;
      both, co-funding: mixed; a host, another owner or project money: nowhere). With two or
      more of them, the direction that more than half point to; else mixed.
    - `focus`: targeted where the user names one theme; general where the user names several and
      the primary motive is learning, as in the peer networks of the report's lower half. The
      themes in the report's own text do not count: how many they are is a matter of wording.
    - `model`: by the field, A (targeted, top-down), B (targeted, bottom-up), C (general,
      top-down), D (general, bottom-up); where the direction is mixed, both neighbours. A model
      of the report gives way where a user puts the network elsewhere than the report does.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names, of networks or programmes; None for all that have any of the three.
    answers
        What users say of their networks.
    lang
        Language of the names.

    Returns
    -------
    quadrant
        Index `network_id`: `name`; `country` (codes separated by ";"); `domestic` (whether
        Finland is its only country, missing where no country is known); for each of
        `direction`, `focus` and `model` the value (a code, models separated by ";", or unknown),
        `_basis`, `_rule` (the id of a rule, or the words of the report's table) and `_source`;
        `position_basis`, the weaker one of direction and focus.

    Raises
    ------
    UnknownNodeError
        If there is no such network.

    Source: the report, ch. 4.1 and 5.1, figures 8, 11 and 13.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = quadrant(vg.datasets.finland(year=2019))
    >>> found.loc["forum_sweden", ["direction", "focus", "model", "position_basis"]].tolist()
    ['top_down', 'general', 'C', 'inferred']
    """
    check_lang(lang)
    told = answers or NONE
    theirs, ours = _facts(told.statements), _ours(aff)
    if networks is None:
        every = [*told.networks.index, *(n for n, _ in theirs), *(n for n, _ in ours)]
    else:
        every = chosen(aff, networks, answers=answers)
    places = {network: _place(network, theirs, ours) for network in dict.fromkeys(every)}
    if networks is None:
        placed = [n for n, found in places.items() if any(p.known for p in found.values())]
        places = {n: places[n] for n in placed}
    index = pd.Index(list(places), name="network_id", dtype="str")
    table = pd.DataFrame({"name": names_of(aff, index, answers=answers, lang=lang)}, index=index)
    table["country"] = _countries(aff, index, told)
    home = table["country"].eq("FI").astype("boolean")
    table["domestic"] = home.mask(table["country"].isna())
    for axis in PLACES:
        column = [found[axis] for found in places.values()]
        for name, field in ((axis, "value"), *((f"{axis}_{f}", f) for f in _FIELDS)):
            values = [getattr(one, field) for one in column]
            table[name] = pd.Series(values, index=index, dtype="str")
    bases = [[found[axis].basis for axis in AXES] for found in places.values()]
    table["position_basis"] = pd.Series([weakest(b) for b in bases], index=index, dtype="str")
    return table


_FIELDS: Final = ("basis", "rule", "source")


def weakest(bases: Iterable[str]) -> str:
    """
    Return the least firm of several bases.

    Examples
    --------
    >>> weakest(["stated", "inferred"]), weakest([])
    ('inferred', 'unknown')
    """
    return max(bases, key=FIRMNESS.index, default="unknown")


@keeping.remembered
def _ours(aff: Affiliation) -> _Facts:
    """Return what the report and the tables say."""
    return _facts(gather(aff))


def _facts(statements: pd.DataFrame) -> _Facts:
    """Sort statements by network and attribute, without answers that are none of the codes."""
    wanted = statements[statements["attribute"].isin([*PLACES, *_VOTES, "theme", "primary_motive"])]
    facts: _Facts = {}
    for row in wanted.itertuples(index=False):
        codes = CODES.get(ATTRIBUTES[str(row.attribute)].codes)
        value, rule, source = (ages.text(v) for v in (row.value, row.rule, row.source))
        if value is None or (codes and value not in codes):
            continue
        one = Place(value, str(row.basis), rule, source)
        facts.setdefault((str(row.network_id), str(row.attribute)), []).append(one)
    return facts


def _place(network: str, theirs: _Facts, ours: _Facts) -> dict[str, Place]:
    """Decide direction, focus and model of one network."""
    own_models = theirs.get((network, "model"), [])
    found: dict[str, Place] = {}
    moved = False
    for axis in AXES:
        before = next(iter(ours.get((network, axis), [])), Place())
        own = next(iter(theirs.get((network, axis), [])), None) or _of_models(axis, own_models)
        moved = moved or (own is not None and own.value != before.value)
        found[axis] = own or (before if before.known else _computed(axis, network, theirs, ours))
    models, field = own_models or ours.get((network, "model"), []), _of_position(found)
    elsewhere = not set(field.value.split(";")) & {one.value for one in models}
    gives_way = moved and not own_models and field.known and elsewhere
    found["model"] = field if gives_way or not models else _joined(models)
    return found


def _computed(axis: str, network: str, theirs: _Facts, ours: _Facts) -> Place:
    return _direction(network, theirs, ours) if axis == "direction" else _focus(network, theirs)


def _direction(network: str, theirs: _Facts, ours: _Facts) -> Place:
    votes: list[str] = []
    sources: list[str | None] = []
    for attribute, means in _VOTES.items():
        key = (network, attribute)
        answer = next(iter(theirs.get(key) or ours.get(key) or []), None)
        if answer is not None and answer.value in means:
            votes.append(means[answer.value])
            sources.append(answer.source)
    if len(votes) < _FEWEST:
        return Place()
    way, n = Counter(votes).most_common(1)[0]
    value = way if 2 * n > len(votes) else "mixed"
    return Place(value, "computed", "direction_of_answers", ages.places(sources))


def _focus(network: str, theirs: _Facts) -> Place:
    themes = theirs.get((network, "theme"), [])
    names = {one.value.strip().casefold() for one in themes}
    motive = theirs.get((network, "primary_motive"), [])[:1]
    if len(names) == 1:
        return Place("targeted", "computed", "focus_of_theme", ages.places([themes[0].source]))
    if names and motive and motive[0].value == "learning":
        sources = [one.source for one in [*themes, *motive]]
        return Place("general", "computed", "focus_of_peers", ages.places(sources))
    return Place()


def _of_models(axis: str, models: list[Place]) -> Place | None:
    """Read an axis from models that a user states; None where they differ in it."""
    fields = {
        field[AXES.index(axis)] for field, m in MODELS.items() for p in models if p.value == m
    }
    if axis == "direction" and fields == {"top_down", "bottom_up"}:
        fields = {"mixed"}
    if len(fields) != 1:
        return None
    return Place(
        fields.pop(), "inferred", "position_of_model", ages.places(p.source for p in models)
    )


def _of_position(found: dict[str, Place]) -> Place:
    model = MODELS.get((found["direction"].value, found["focus"].value))
    if model is None:
        return Place()
    sources = ages.places(found[axis].source for axis in AXES)
    return Place(model, "computed", "model_of_position", sources)


def _joined(places: list[Place]) -> Place:
    """Join several models of one network."""
    return Place(
        ";".join(sorted({p.value for p in places})),
        weakest(p.basis for p in places),
        joined(p.rule for p in places),
        ages.places(p.source for p in places),
    )


def joined(parts: Iterable[str | None]) -> str | None:
    """
    Join different sources or rules, or return None where there is none.

    Examples
    --------
    >>> joined(["a", None, "b", "a"]), joined([])
    ('a; b', None)
    """
    kept = dict.fromkeys(p for p in parts if p is not None and not pd.isna(p))
    return "; ".join(kept) or None


def _countries(aff: Affiliation, index: pd.Index, told: Answers) -> pd.Series:
    """Return the countries of networks by the nearest table that knows them."""
    found = pd.Series(index=index, dtype="str")
    profiles = keeping.policy("network_profiles").set_index("network_id")
    for table, column in (
        (told.networks, "countries"),
        (aff.networks, "countries"),
        (keeping.register()[1], "countries"),
        (profiles, "country"),
        (keeping.programmes(), "country"),
    ):
        if column in table:
            found = found.fillna(table[column].astype("str").reindex(index))
    return found
