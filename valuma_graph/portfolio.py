"""The networks of one member, its closest peers, and what it lacks that others like it have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

import numpy as np
import pandas as pd

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.errors import UnknownNodeError
from valuma_graph.measures import projection
from valuma_graph.measures.isolates import could_hold, isolation
from valuma_graph.text import sort_key, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valuma_graph.affiliation import Affiliation, Mode

Basis = Literal["peers", "region", "kind"]
COMPARED: Final = 10
"""How many of the closest peers of its kind a member is compared with."""

NAMED: Final = 5
"""Names that a sentence has at most."""

_ROLLED: Final = ("region", "sub_region")
# Whoever lies outside the area cannot join.
OF_AN_AREA: Final = ("statutory", "leader_group")
"""Kinds of networks of one area: who lies outside it cannot join."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """
    What `portfolio` finds of one member.

    Parameters
    ----------
    member_id
        The member.
    standing
        Its row of `isolation`.
    networks
        One row for each network and role: `network_id`, `name`, `kind`, `role`, `since`,
        `until`, `as_of`, `evidence`, `counted` (the role makes a membership), `list_status`,
        `selection`, `snapshot_as_of`, `known`, `declared` (members), `through` (ids of the
        municipalities by which a region is in it, joined by ";", missing where it is so itself),
        `source`, `note`.
    peers
        One row for each member that shares a network with it, those of its kind first, then by
        `shared`, `jaccard` and name: `member_id`, `name`, `kind`, `country`, `networks` (its
        number), `shared`, `jaccard`.
    lacks
        One row for each network that some of those compared are in, and the member is not known
        to be in, save groupings of one area: `network_id`, `name`, `kind`, `peers_in` (how many),
        `compared` (with how many), `standing` (`possible`: the list could hold it, or
        municipalities of it; `not_member`: for its kind the list is complete), and as above
        `list_status`, `snapshot_as_of`, `known`, `declared`.
    basis
        Whom it is compared with: `peers`, the `COMPARED` of its kind that share most with it;
        for a member that shares nothing, the other municipalities of its `region`, else all of
        its `kind`.
    """

    member_id: str
    standing: pd.Series
    networks: pd.DataFrame
    peers: pd.DataFrame
    lacks: pd.DataFrame
    basis: Basis


def locate(
    aff: Affiliation, name: str, *, networks: bool = False, lang: str = "en"
) -> tuple[str, str | None]:
    """
    Return the id of a member by its name in any language, its code or its id.

    Parameters
    ----------
    aff
        The affiliation network.
    name
        What it is called.
    networks
        Whether it may be a network too.
    lang
        Language of the error message.

    Returns
    -------
    member_id, former
        The member; and the id of the municipality that was asked for, where that has merged into
        it since, else None.

    Raises
    ------
    UnknownNodeError
        If nothing or several are called so; with suggestions.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> locate(vg.datasets.finland(year=2020), "Valtimo")
    ('municipality:FI-541', 'municipality:FI-911')
    """
    if name in aff.members.index:
        return name, None
    near: list[str] = []
    several = False
    places = aff.gazetteer
    if places is not None:
        year = division_of(aff.year)
        answer = places.resolve([name], year=year).iloc[0]
        if answer["status"] == "former":
            return str(places.successors(year)[answer["member_id"]]), str(answer["member_id"])
        if answer["member_id"] in aff.members.index:
            return str(answer["member_id"]), None
        near, several = [*answer["suggestions"]], answer["status"] == "ambiguous"
    for mode in ("members", "networks")[: 1 + networks]:
        try:
            return aff.find(name, mode=cast("Mode", mode)), None
        except UnknownNodeError as error:
            near += [s for s in error.suggestions if not any(n.startswith(s) for n in near)]
    if not networks and not several and (network := _network(aff, name)) is not None:
        raise UnknownNodeError(t("cli.wrong.network", lang, name=name, network=network))
    message = "cli.wrong.several" if several else "cli.wrong.node"
    raise UnknownNodeError(t(message, lang, name=name), near)


def of_register(aff: Affiliation) -> bool:
    """
    Tell whether the networks of the bundled data are among those of an affiliation network.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> of_register(vg.datasets.finland(year=2019)), of_register(vg.datasets.southern_women())
    (True, False)
    """
    return "list_coverage_note" in aff.networks


def despite_open_list(lacks: pd.DataFrame) -> pd.DataFrame:
    """
    Return the networks that a member is known not to be in though their list is not complete.

    Parameters
    ----------
    lacks
        As `Portfolio` has it.

    Returns
    -------
    lacks
        The rows whose `standing` is decided by what the list is complete for, or by whom the
        network takes.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = portfolio(vg.datasets.southern_women(), "Flora Price")
    >>> len(despite_open_list(found.lacks))
    0
    """
    return lacks[lacks["standing"].eq("not_member") & lacks["list_status"].ne("complete")]


def named(names: Sequence[str]) -> str:
    """
    Write the first names of many.

    Examples
    --------
    >>> named(["a", "b"]), named(list("abcdefg"))
    ('a, b', 'a, b, c, d, e, …')
    """
    return ", ".join([*names[:NAMED], *(["…"] if len(names) > NAMED else [])])


def _network(aff: Affiliation, name: str) -> str | None:
    try:
        return aff.find(name, mode="networks")
    except UnknownNodeError:
        return None


def portfolio(aff: Affiliation, member: str, *, lang: str = "en") -> Portfolio:
    """
    Return the networks of one member, its closest peers, and what it lacks.

    A region or sub-region stands with the memberships of its municipalities, as in `isolation`.

    Parameters
    ----------
    aff
        The affiliation network.
    member
        Its id.
    lang
        Language of the names.

    Returns
    -------
    portfolio
        See `Portfolio`.

    Raises
    ------
    UnknownNodeError
        If there is no such member.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> found = portfolio(vg.datasets.southern_women(), "Flora Price")
    >>> found.networks.network_id.tolist(), found.basis
    (['E11', 'E9'], 'peers')
    >>> found.peers.head(1)[["name", "shared"]].values.tolist()
    [['Olivia Carleton', 2]]
    """
    if member not in aff.members.index:
        also = " It is a network." if member in aff.networks.index else ""
        raise UnknownNodeError(f"There is no member {member!r}.{also}")
    kind = str(aff.members.loc[member, "kind"])
    rolled = kind in _ROLLED and kind in aff.members and bool(aff.members[kind].eq(member).any())
    whole = aff.roll_up(kind) if rolled else aff
    judged = isolation(aff, level=kind if rolled else None, abroad=True, lang=lang)
    about = _about(aff, lang)
    row = int(cast("int", whole.members.index.get_loc(member)))
    group, basis = _compared(whole, aff, row, kind)
    return Portfolio(
        member_id=member,
        standing=judged.loc[[member]].iloc[0],
        networks=_networks(whole, member, about, towns=rolled),
        peers=_peers(whole, row, lang),
        lacks=_lacks(whole, row, group, about, could=_could_hold(aff, member, rolled=rolled)),
        basis=basis,
    )


def _about(aff: Affiliation, lang: str) -> pd.DataFrame:
    """Describe each network: its name, and how much of its list is known."""
    _, known = projection.degrees(aff.incidence)
    columns = ["kind", "list_status", "selection", "snapshot_as_of", "declared_total"]
    about = aff.networks[columns].rename(columns={"declared_total": "declared"})
    about.insert(0, "name", aff.names("networks", lang))
    about.insert(5, "known", known)
    return about.rename_axis("network_id")


def _networks(aff: Affiliation, member: str, about: pd.DataFrame, *, towns: bool) -> pd.DataFrame:
    rows = aff.memberships[aff.memberships["member_id"].eq(member)]
    # A region is in a network itself, or through municipalities; a merged municipality, of
    # which `listed_id` speaks otherwise, is not told apart here.
    is_via = rows["listed_id"].notna() & towns
    own = rows[~is_via].drop(columns="listed_id")
    own["through"] = pd.Series(np.nan, index=own.index, dtype="str")
    via = rows[is_via]
    if aff.gazetteer is not None:  # as it is called in the year, not as it was listed
        now = via["listed_id"].map(aff.gazetteer.successors(division_of(aff.year)))
        via = via.assign(listed_id=now.fillna(via["listed_id"]).astype("str"))
    via = via.sort_values("listed_id", kind="stable")
    first = via.drop_duplicates(["network_id", "role"]).drop(columns="listed_id")
    via = via.drop_duplicates(["network_id", "role", "listed_id"])
    names = via.groupby(["network_id", "role"])["listed_id"].agg(";".join).rename("through")
    made = pd.concat([own, first.join(names, on=["network_id", "role"])], ignore_index=True)
    made = made.join(about, on="network_id")
    order = [
        "network_id", "name", "kind", "role", "since", "until", "as_of", "evidence", "counted",
        "list_status", "selection", "snapshot_as_of", "known", "declared", "through", "source",
        "note",
    ]  # fmt: skip
    made = made.sort_values(
        ["counted", "name", "network_id", "role"], ascending=[False] + [True] * 3, key=_alphabet
    )
    return made[order].reset_index(drop=True)


def _shared(aff: Affiliation, row: int) -> np.ndarray:
    """Count the networks that each member shares with one of them; 0 for itself."""
    whole = aff.incidence.astype(np.int64)
    shared = np.array((whole @ whole[[row]].T.tocsr()).toarray()).ravel()
    shared[row] = 0
    return shared


def _peers(aff: Affiliation, row: int, lang: str) -> pd.DataFrame:
    shared = _shared(aff, row)
    degree, _ = projection.degrees(aff.incidence)
    met = shared > 0
    peers = pd.DataFrame(
        {
            "name": aff.names(lang=lang)[met],
            "kind": aff.members["kind"][met],
            "country": aff.members["country"][met],
            "networks": degree[met],
            "shared": shared[met],
            "jaccard": shared[met] / (degree[met] + degree[row] - shared[met]),
        },
        index=aff.members.index[met].rename("member_id"),
    )
    peers["_other"] = peers["kind"].ne(aff.members["kind"].iloc[row])
    peers = peers.reset_index().sort_values(
        ["_other", "shared", "jaccard", "name", "member_id"],
        ascending=[True, False, False, True, True],
        key=_alphabet,
    )
    return peers.drop(columns="_other").reset_index(drop=True)


def _compared(
    whole: Affiliation, aff: Affiliation, row: int, kind: str
) -> tuple[np.ndarray, Basis]:
    """Return the positions of those to compare with, and how they were found."""
    members = whole.members
    alike = members["kind"].eq(kind).to_numpy() & (np.arange(len(members)) != row)
    shared = _shared(whole, row)
    degree, _ = projection.degrees(whole.incidence)
    close = np.flatnonzero(alike & (shared > 0))
    if len(close):
        jaccard = shared[close] / (degree[close] + degree[row] - shared[close])
        order = np.lexsort((members.index[close], -jaccard, -shared[close]))
        return close[order[:COMPARED]], "peers"
    if kind == "municipality" and "region" in aff.members:
        beside = alike & members["region"].eq(members["region"].iloc[row]).to_numpy()
        if beside.any():
            return np.flatnonzero(beside), "region"
    return np.flatnonzero(alike), "kind"


def _could_hold(aff: Affiliation, member: str, *, rolled: bool) -> np.ndarray:
    """Say which networks may have the member, or municipalities of it, without it being known."""
    kind, country = aff.members.loc[[member], ["kind", "country"]].fillna("").iloc[0].tolist()
    table = could_hold(aff)
    could = table.loc[[(kind, country)]].to_numpy(dtype=bool)[0]
    town = ("municipality", country)
    if rolled and town in table.index:
        could = could | table.loc[[town]].to_numpy(dtype=bool)[0]
    return cast("np.ndarray", could)


def _lacks(
    aff: Affiliation, row: int, group: np.ndarray, about: pd.DataFrame, *, could: np.ndarray
) -> pd.DataFrame:
    incidence = aff.incidence.astype(np.int64)
    peers_in = np.asarray(incidence[group].sum(axis=0)).ravel()
    mine = incidence[[row]].toarray().ravel() > 0
    wanted = (peers_in > 0) & ~mine & ~aff.networks["kind"].isin(OF_AN_AREA).to_numpy()
    lacks = about.reset_index().assign(
        peers_in=peers_in,
        compared=len(group),
        standing=np.where(could, "possible", "not_member"),
    )[wanted]
    order = [
        "network_id", "name", "kind", "peers_in", "compared", "standing", "list_status",
        "snapshot_as_of", "known", "declared",
    ]  # fmt: skip
    lacks = lacks.sort_values(
        ["peers_in", "name", "network_id"], ascending=[False, True, True], key=_alphabet
    )
    return lacks[order].reset_index(drop=True)


def _alphabet(column: pd.Series) -> pd.Series:
    return column.map(sort_key) if column.name == "name" else column
