"""The part that a place plays in each of its networks: engine, follower or learner."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from valuma_graph.measures import brokerage
from valuma_graph.policy import ages, keeping
from valuma_graph.policy.dues import called_as, roles_in
from valuma_graph.policy.payments import holding, is_paid, payments
from valuma_graph.policy.statements import NONE, memberships_of, names_of, strangers
from valuma_graph.portfolio import locate, named
from valuma_graph.text import check_lang, percent, t

if TYPE_CHECKING:
    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

PARTS: Final = ("engine", "follower", "learner", "unknown")
"""The parts in a network; the word for each is `network_part.<part>`."""

TOP: Final = 0.75
"""Share of the others of its kind that a member outdoes where its position is strong."""

FEWEST: Final = 4
"""Members of one kind that must be there for positions to be compared."""

_ROLLED: Final = ("region", "sub_region")
_LEADS: Final = ("coordinator", "host")
_COLUMNS: Final = (
    "name", "role", "role_label", "coordinates", "hosts", "funds", "steers", "brokerage",
    "size_rank", "of_members", "reasons", "basis", "rule", "source",
)  # fmt: skip


def roles(
    aff: Affiliation, place: str, *, answers: Answers | None = None, lang: str = "en"
) -> pd.DataFrame:
    """
    Tell in which networks a place is the engine, a follower or a learner.

    The report asks regional and local actors to choose their networks and their role in each; this
    is where they stand by what is known:

    - `engine`: it coordinates or hosts the network;
    - `follower`: it does not, but pays for the network in the year of the set (fees aside) or sits
      in its steering body, or its position is strong;
    - `learner`: it is a member, and no more is known;
    - `unknown`: a member whose position cannot be judged, or no member at all.

    The position is strong where it brokers more (has a lower constraint, see `brokerage`) than
    `TOP` of the other members of its kind in the network, or is in the largest quarter of them by
    population. It is judged only where the list of members of its kind is complete and has
    `FEWEST` of them, and by population only where that of all of them is known; else a member is
    neither called a follower for it nor a learner.
    A region or sub-region stands with its municipalities, and is compared with regions.

    Parameters
    ----------
    aff
        The affiliation network.
    place
        Id or name of a member of any kind.
    answers
        Those of users: who coordinates and hosts their networks, who pays, who is a member.
    lang
        Language of names and reasons.

    Returns
    -------
    roles
        Index `network_id`, engines first: `name`, `role`, `role_label`, `coordinates`, `hosts`,
        `funds`, `steers` (bool: known to), `brokerage` (share of the other members of its kind that
        broker less, 0 to 1), `size_rank` (Int64, 1 for the most populous), `of_members` (Int64,
        members of its kind with a known population), `reasons`, `basis` (`computed` or
        `unknown`), `rule`, `source` (of what is stated, and the memberships that the position is
        counted from).

    Raises
    ------
    UnknownNodeError
        If there is no such member; with suggestions.

    Source: the report, ch. 6.2, recommendation 6.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = roles(vg.datasets.finland(year=2019), "Turku")
    >>> found.loc["pohjoinen_kasvuvyohyke", ["role", "rule"]].tolist()
    ['engine', 'role_engine']
    """
    check_lang(lang)
    answers = answers or NONE
    member, _ = locate(aff, place, lang=lang)
    kind = str(aff.members.loc[member, "kind"])
    rolled = kind in _ROLLED and kind in aff.members and bool(aff.members[kind].eq(member).any())
    whole = aff.roll_up(kind) if rolled else aff
    parts = _parts(aff, whole, member, answers, lang)
    positions = _positions(whole, member, [*parts])
    led = _led(aff, answers)
    names = names_of(aff, [*parts], answers=answers, lang=lang)
    made = [
        {"name": names[n], **_judged(part, positions.get(n), aff, led=n in led, lang=lang)}
        for n, part in parts.items()
    ]
    frame = pd.DataFrame(
        made, index=pd.Index([*parts], name="network_id", dtype="str"), columns=list(_COLUMNS)
    )
    flags, counts = ["coordinates", "hosts", "funds", "steers"], ["size_rank", "of_members"]
    frame[flags] = frame[flags].astype(bool)
    frame["brokerage"] = frame["brokerage"].astype("float64")
    for column in counts:
        frame[column] = frame[column].astype("Int64")
    frame["role_label"] = [t(f"network_part.{part}", lang) for part in frame["role"]]
    texts = ["name", "role", "role_label", "reasons", "basis", "rule", "source"]
    frame = frame.astype(dict.fromkeys(texts, "str"))
    order = frame["role"].map({part: k for k, part in enumerate(PARTS)})
    return frame.loc[order.sort_values(kind="stable").index]


@dataclass
class _Part:
    """What is known of a place in one network."""

    own: set[str] = field(default_factory=set)
    via: dict[str, list[str]] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    complete: bool = False

    @property
    def roles(self) -> set[str]:
        return {*self.own, *self.via}

    def rests_on(self, source: object, *, first: bool = False) -> None:
        """Keep a source; those of who leads stand first."""
        if isinstance(source, str) and source not in self.sources:
            self.sources.insert(0 if first else len(self.sources), source)


@dataclass(frozen=True)
class _Position:
    """How a member stands among those of its kind in one network."""

    peers: int
    brokers: float | None
    rank: int | None
    ranked: int

    @property
    def is_strong(self) -> bool:
        large = self.rank is not None and self.rank <= math.ceil(self.ranked * (1 - TOP))
        return (large and self.ranked == self.peers) or (self.brokers or 0) >= TOP

    @property
    def is_known(self) -> bool:
        """Say whether it is known not to be strong: sizes of none, or of all, are known."""
        return self.ranked in (0, self.peers) and (self.brokers is not None or self.ranked > 0)


def _parts(
    aff: Affiliation, whole: Affiliation, member: str, answers: Answers, lang: str
) -> dict[str, _Part]:
    """Return the networks that a member has any part in."""
    found: dict[str, _Part] = {}
    rows = whole.memberships
    rows = rows[rows["member_id"].eq(member) & rows["role"].ne("former_member")]
    names = aff.names(lang=lang)
    for row in rows.to_dict("records"):
        part, role = found.setdefault(str(row["network_id"]), _Part()), str(row["role"])
        part.rests_on(row["source"], first=role in _LEADS)
        # Of a region it is the municipality; of a municipality, one that has merged into it.
        town = str(row["listed_id"]) if isinstance(row["listed_id"], str) else ""
        if town and whole is not aff:
            part.via.setdefault(role, []).append(str(names.get(town, town)))
        else:
            part.own.add(role)
    for network, own in roles_in(aff, member, answers=answers).items():
        if own != {"former_member"}:
            found.setdefault(network, _Part()).own |= own - {"former_member"}
    _add_statements(found, answers, called_as(aff, member))
    now = holding(payments(aff, answers=answers), ages.year_of(aff, None))
    paid = cast("list[dict[str, Any]]", now.to_dict("records"))
    for payment in paid:
        money = is_paid(payment) and payment["funding_kind"] not in ("fee", "in_kind")
        if money and any(p.id == member for p in payment["payers"]):
            part = found.setdefault(payment["network_id"], _Part())
            part.own.add("funder")
            part.rests_on(payment["source"])
    for network, part in found.items():
        part.complete = _is_complete(whole, network, str(aff.members.loc[member, "kind"]))
    return found


def _add_statements(found: dict[str, _Part], answers: Answers, called: set[str]) -> None:
    """Add what forms say of who coordinates and hosts."""
    rows = answers.statements
    rows = rows[rows["attribute"].isin(_LEADS)]
    for row in rows.to_dict("records"):
        if str(row["value"]).strip().casefold() in called:
            part = found.setdefault(str(row["network_id"]), _Part())
            part.own.add(str(row["attribute"]))
            part.rests_on(row["source"], first=True)


_PLURAL: Final = {
    "municipality": "municipalities", "region": "regions", "organisation": "organisations",
}  # fmt: skip


def _is_complete(aff: Affiliation, network: str, kind: str) -> bool:
    if network not in aff.networks.index:
        return False
    status, whole_for = aff.networks.loc[network, ["list_status", "complete_for"]]
    return status == "complete" or (
        isinstance(whole_for, str) and _PLURAL.get(kind, kind) in whole_for.split(";")
    )


def _led(aff: Affiliation, answers: Answers) -> set[str]:
    """Return the networks of which it is known who coordinates or hosts them."""
    rows = aff.memberships
    profiles = keeping.policy("network_profiles")
    told = profiles["coordinator"].notna() | profiles["host_organisation"].notna()
    told &= ~profiles["network_id"].isin(strangers(aff, answers=answers))
    said = answers.statements
    return {
        *rows["network_id"][rows["role"].isin(_LEADS)],
        *profiles["network_id"][told],
        *said["network_id"][said["attribute"].isin(_LEADS)],
    }


def _positions(aff: Affiliation, member: str, networks: list[str]) -> dict[str, _Position]:
    """Return how a member stands among those of its kind in each network that it belongs to."""
    row = int(cast("int", aff.members.index.get_loc(member)))
    mine = set(aff.networks.index[aff.incidence[[row]].toarray().ravel() > 0])
    if not mine & set(networks):
        return {}
    constraint = brokerage(aff)["constraint"].to_numpy()
    population = aff.members["population"].to_numpy(dtype=np.float64, na_value=np.nan)
    alike = aff.members["kind"].eq(aff.members["kind"].iloc[row]).to_numpy()
    across = aff.incidence.T.tocsr()
    found = {}
    for network in networks:
        if network not in mine:
            continue
        column = (
            across[[int(cast("int", aff.networks.index.get_loc(network)))]].toarray().ravel() > 0
        )
        peers = np.flatnonzero(column & alike)
        others = constraint[peers[peers != row]]
        others = others[~np.isnan(others)]
        known = peers[~np.isnan(population[peers])]
        found[network] = _Position(
            peers=len(peers),
            brokers=float(np.mean(others > constraint[row]))
            if len(others) and not np.isnan(constraint[row])
            else None,
            rank=1 + int((population[known] > population[row]).sum()) if row in known else None,
            ranked=len(known),
        )
    return found


def _judged(
    part: _Part, position: _Position | None, aff: Affiliation, *, led: bool, lang: str
) -> dict[str, Any]:
    """Return the part of a place in one network, with the reasons."""
    leads = bool(part.roles & set(_LEADS))
    takes_part = bool(part.roles & {"funder", "steering"})
    judged = part.complete and position is not None and position.peers >= FEWEST
    strong = judged and position is not None and position.is_strong
    weak = judged and position is not None and not strong and position.is_known
    role, rule = "unknown", None
    if leads:
        role, rule = "engine", "role_engine"
    elif takes_part:
        role, rule = "follower", "role_follower_part"
    elif strong:
        role, rule = "follower", "role_follower_position"
    elif weak:
        role, rule = "learner", "role_learner"
    said = _Said(part, position, lang)
    counted = not leads and not takes_part and position is not None
    sources = [*([memberships_of(aff)] if counted else []), *part.sources]
    return {
        "role": role,
        "coordinates": "coordinator" in part.roles,
        "hosts": "host" in part.roles,
        "funds": "funder" in part.roles,
        "steers": "steering" in part.roles,
        "brokerage": None if position is None else position.brokers,
        "size_rank": None if position is None else position.rank,
        "of_members": None if position is None or position.rank is None else position.ranked,
        "reasons": said.reasons(role, judged=judged, led=led),
        "basis": "unknown" if rule is None else "computed",
        "rule": rule,
        "source": " | ".join(sources) or None,
    }


@dataclass(frozen=True)
class _Said:
    """The reasons in words."""

    part: _Part
    position: _Position | None
    lang: str

    def reasons(self, role: str, *, judged: bool, led: bool) -> str:
        """Return what is known, and what is not, in sentences."""
        lang, part, position = self.lang, self.part, self.position
        order = ("coordinator", "host", "funder", "steering", "member", "partner")
        words = [t(f"part.because_{known}", lang) for known in order if known in part.own]
        if part.via:
            towns = [
                f"{t(f'role.{known}', lang)}: {named(list(dict.fromkeys(part.via[known])))}"
                for known in order
                if known in part.via
            ]
            words.append(t("part.because_through", lang, places="; ".join(towns)))
        if position is not None and position.rank is not None and position.ranked > 1:
            words.append(t("part.because_size", lang, rank=position.rank, members=position.ranked))
        if position is not None and position.brokers is not None:
            words.append(t("part.because_broker", lang, share=percent(position.brokers, lang)))
        if role == "unknown":
            few = part.complete and position is not None and not judged
            gap = "sizes" if judged else "few" if few else "open_list"
            words.append(t(f"part.because_{gap}", lang))
        if role != "engine" and not led:
            words.append(t("part.because_no_leader", lang))
        return " ".join(words)
