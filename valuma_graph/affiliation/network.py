"""`Affiliation`: three validated tables and the sparse incidence; select, at, roll up, without."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from valuma_graph.affiliation import graphs, snapshots
from valuma_graph.affiliation.assembly import (
    MEMBER_COLUMNS,
    MEMBERSHIP_COLUMNS,
    MEMBERSHIP_ROLES,
    NETWORK_COLUMNS,
    ROLES,
    Options,
    Origin,
    add_aside,
    assemble,
    division_of,
    no_rows,
    typed,
    with_totals,
)
from valuma_graph.errors import UnknownNodeError
from valuma_graph.text import check_lang

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import igraph
    import networkx as nx

    from valuma_graph.places import Gazetteer

Mode = Literal["members", "networks"]


@dataclass(frozen=True, eq=False, repr=False)
class Affiliation:
    """
    A two-mode network of members and the networks that they belong to.

    Made by `read`, `datasets.finland` or `Affiliation.from_networkx`; every method returns a new
    one. The tables are what they seem: change a copy, not them.

    Parameters
    ----------
    members
        Index `member_id`; kind, name_fi, name_sv, name_en, country, code, and for places lon,
        lat (degrees), population, area_km2. Every place of the set, also those in no network.
    networks
        Index `network_id`; names, kind, founded_year, ended_year, declared counts, list_status
        (of the list in use), selection and snapshot_as_of (which list is in use).
    memberships
        One row each: network_id, member_id, role, since, until, as_of, evidence, source, note,
        `listed_id` (the member as the source names it, where it has since merged) and `counted`
        (the row ties its member to its network; hosts, funders, partners do not).
    year
        The year described, or None for all years together.
    set_aside
        The rows not used, with the `reason` of each.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.southern_women()
    >>> aff
    Affiliation: 18 members, 14 networks, 89 memberships
    >>> aff.incidence.shape
    (18, 14)
    """

    members: pd.DataFrame
    networks: pd.DataFrame
    memberships: pd.DataFrame
    year: int | None = None
    set_aside: pd.DataFrame = field(default_factory=lambda: no_rows().assign(reason=""))
    _origin: Origin | None = None
    _options: Options = field(default_factory=Options)
    _steps: tuple[tuple[str, dict[str, Any]], ...] = ()

    def __repr__(self) -> str:
        """Say how large it is, what year it describes, and how many rows were set aside."""
        sizes = {
            "member": len(self.members),
            "network": len(self.networks),
            "membership": self.incidence.nnz,
        }
        parts = [f"{n:,} {word}{'s' * (n != 1)}" for word, n in sizes.items()]
        text = "Affiliation" + (f" {self.year}" if self.year is not None else "")
        n = len(self.set_aside)
        aside = f" ({n:,} row{'s' * (n != 1)} set aside)" if n else ""
        return f"{text}: {', '.join(parts)}{aside}"

    @cached_property
    def incidence(self) -> sparse.csr_array:
        """
        The biadjacency matrix: members × networks, 1 where a membership counts.

        Rows and columns stand in the order of `members` and `networks`; dtype int8.
        """
        rows = self.memberships[self.memberships["counted"]]
        i = self.members.index.get_indexer(pd.Index(rows["member_id"]))
        j = self.networks.index.get_indexer(pd.Index(rows["network_id"]))
        shape = (len(self.members), len(self.networks))
        matrix = sparse.coo_array((np.ones(len(rows), dtype=np.int8), (i, j)), shape=shape).tocsr()
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix

    @property
    def gazetteer(self) -> Gazetteer | None:
        """The places that members are among; None where members are whatever the tables say."""
        return self._whole().gazetteer

    @property
    def narrowed(self) -> bool:
        """Whether members have been taken from the set: by `select`, `without` or `roll_up`."""
        return any(
            name in ("_only_kinds", "roll_up")
            or (name == "_only" and arguments["members"] is not None)
            or (name == "_all_but" and bool(arguments["members"]))
            for name, arguments in self._steps
        )

    def names(self, mode: Mode = "members", lang: str = "en") -> pd.Series:
        """
        Return the readable name of each node.

        Parameters
        ----------
        mode
            `"members"` or `"networks"`.
        lang
            The language; where a name is not known in it, Finnish, Swedish, English and the id
            stand in, in this order.

        Returns
        -------
        names
            Indexed like the table of the mode.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> vg.datasets.finland().names(lang="sv")["municipality:FI-837"]
        'Tammerfors'
        """
        frame = self._table(mode)
        found = frame[f"name_{check_lang(lang)}"]
        for other in ("name_fi", "name_sv", "name_en"):
            found = found.fillna(frame[other])
        ids = pd.Series(frame.index, index=frame.index, dtype="str")
        return found.fillna(ids).rename("name")

    def find(self, name: str, *, mode: Mode | None = None) -> str:
        """
        Return the id of a member or network, given its id or its name in any language.

        Parameters
        ----------
        name
            Id or name; upper and lower case are the same.
        mode
            Where to look; members before networks when None.

        Raises
        ------
        UnknownNodeError
            If nothing, or more than one node, is called so; with suggestions.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> vg.datasets.finland().find("Helsingfors")
        'municipality:FI-091'
        """
        wanted = name.strip().casefold()
        known: dict[str, str] = {}
        for one in get_args(Mode) if mode is None else (mode,):
            frame = self._table(one)
            if name in frame.index:
                return name
            columns = [frame[c].dropna() for c in ("name_fi", "name_sv", "name_en")]
            called = pd.concat([*columns, pd.Series(frame.index, index=frame.index)])
            hits = called.index[called.str.casefold().eq(wanted)].unique()
            if len(hits) == 1:
                return str(hits[0])
            if len(hits) > 1:
                raise UnknownNodeError(f"{name!r} is the name of several nodes.", tuple(hits))
            known |= dict(zip(called.str.casefold(), called, strict=True))
        if mode != "networks" and self._place(name) in self.members.index:
            return cast("str", self._place(name))
        close = difflib.get_close_matches(wanted, known, n=3, cutoff=0.6)
        raise UnknownNodeError(f"There is no {name!r}.", [known[c] for c in close])

    def select(
        self,
        kinds: str | Collection[str] | None = None,
        *,
        network_kinds: str | Collection[str] | None = None,
        roles: str | Collection[str] | None = None,
        members: Collection[str] | None = None,
        networks: Collection[str] | None = None,
        evidence: str | None = None,
    ) -> Affiliation:
        """
        Keep a part of the set.

        Parameters
        ----------
        kinds
            Kinds of member to keep, such as `"municipality"`.
        network_kinds
            Kinds of network to keep, such as `"network"`; `area` and `case` only when named here.
        roles
            The roles that count as membership instead of member and coordinator.
        members, networks
            Ids, or names, to keep.
        evidence
            The lowest grade that counts: explicit, composite, implied, candidate or draft.

        Network kinds, roles and evidence choose anew from the whole tables: each takes the
        place of what was chosen before.

        Returns
        -------
        part
            With all members of the kinds kept, also those now in no network.

        Raises
        ------
        ValueError
            If a kind, role or grade does not exist; the message names those that do.
        UnknownNodeError
            If a node is not in the set.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> aff = vg.datasets.finland(year=2020)
        >>> len(aff.select("region").networks) == len(aff.networks)
        True
        """
        aff = self
        options: dict[str, Any] = {}
        if network_kinds is not None:
            options["network_kinds"] = _several(network_kinds)
            known = [*self._whole().networks["kind"], *self.networks["kind"]]
            known += ["statutory"] if self._options.statutory else []
            _allow("network_kinds", options["network_kinds"], known)
        if roles is not None:
            options["roles"] = _several(roles)
            _allow("roles", options["roles"], ROLES)
        if evidence is not None:
            snapshots.grades_up_to(evidence)
            options["evidence"] = evidence
        if options:
            aff = aff._rebuilt(**options)
        if kinds is not None:
            wanted = _several(kinds)
            _allow("kinds", wanted, aff.members["kind"])
            aff = aff._only_kinds(wanted)
        if members is not None or networks is not None:
            aff = aff._only(
                members=None if members is None else aff._ids("members", members),
                networks=None if networks is None else aff._ids("networks", networks),
            )
        return aff

    def without(
        self, networks: Collection[str] = (), *, members: Collection[str] = ()
    ) -> Affiliation:
        """
        Take networks or members away.

        Parameters
        ----------
        networks, members
            Ids or names, or one of them.

        Raises
        ------
        UnknownNodeError
            If an id is not in the set.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> vg.datasets.southern_women().without(["E8"])
        Affiliation: 18 members, 13 networks, 75 memberships
        """
        return self._all_but(
            members=self._ids("members", members), networks=self._ids("networks", networks)
        )

    def at(self, year: int | None) -> Affiliation:
        """
        Return the same set in another year: its memberships, its networks and its division.

        Parameters
        ----------
        year
            The year; None for all years together.

        Returns
        -------
        then
            With the same selections made again. Memberships of municipalities abolished by
            then stand under their successors, which are selected where the abolished were.

        Raises
        ------
        ValueError
            If the year is no whole number, or has no division.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> aff = vg.datasets.finland(year=2019)
        >>> towns = [aff.at(year).select("municipality").members for year in (2013, 2020, 2026)]
        >>> [int(frame.country.eq("FI").sum()) for frame in towns]
        [320, 310, 308]
        """
        if year is not None and (isinstance(year, bool) or not isinstance(year, Integral)):
            raise ValueError(f"year must be a whole number or None, not {year!r}")
        return self._rebuilt(year=None if year is None else int(year))

    def roll_up(
        self,
        level: str = "region",
        *,
        rule: Literal["any", "share"] = "any",
        min_share: float = 0.5,
    ) -> Affiliation:
        """
        Put the municipalities together into the regions, or another grouping, that they lie in.

        Parameters
        ----------
        level
            `"region"`, `"sub_region"` or another scheme of the classifications.
        rule
            `"any"`: a region is in a network when one of its municipalities is; `"share"`: when
            at least `min_share` of its municipalities are.
        min_share
            Share of the region's municipalities, 0 to 1, for the rule `"share"`.

        Returns
        -------
        rolled
            Members are the groups, and all members that lie in none (regions, organisations,
            municipalities of other countries). A region's own
            memberships stay. `memberships.listed_id` names the municipality behind each row.

        Raises
        ------
        ValueError
            If the rule or the level does not exist.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> aff = vg.datasets.finland(year=2019).roll_up("region")
        >>> bool(aff.members.index.str.startswith("municipality:FI").any())
        False
        """
        if rule not in ("any", "share"):
            raise ValueError(f"rule must be one of any, share, not {rule!r}")
        if not 0 <= min_share <= 1:
            raise ValueError(f"min_share must lie between 0 and 1, not {min_share!r}")
        group, frame = self._groups(level)
        rest = self.members.drop(group.index)
        members = pd.concat([frame.drop(frame.index.intersection(rest.index)), rest])
        rows = self.memberships.copy()
        moved = rows["member_id"].isin(group.index)
        rows.loc[moved, "listed_id"] = rows["listed_id"].fillna(rows["member_id"])[moved]
        into = rows["member_id"].map(group)
        aside = self.set_aside
        if rule == "share":
            low = moved & (self._share(rows, into, group) < min_share)
            aside = add_aside(aside, rows[low], "below_share")
            rows, into, moved = rows[~low], into[~low], moved[~low]
        rows["member_id"] = into.where(moved, rows["member_id"]).astype("str")
        rolled = replace(
            self, members=members, memberships=rows.reset_index(drop=True), set_aside=aside
        )
        return rolled._remember("roll_up", level=level, rule=rule, min_share=min_share)

    def to_networkx(self) -> nx.Graph[str]:
        """
        Return the network as a two-mode `networkx.Graph`, with all attributes.

        See `graphs.to_networkx` for what nodes, edges and the graph carry.

        Examples
        --------
        >>> import networkx as nx, valuma_graph as vg
        >>> nx.is_bipartite(vg.datasets.southern_women().to_networkx())
        True
        """
        return graphs.to_networkx(self.members, self.networks, self.memberships, self.year)

    def to_igraph(self) -> igraph.Graph:
        """
        Return the network as a two-mode `igraph.Graph`, with all attributes.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> vg.datasets.southern_women().to_igraph().is_bipartite()
        True
        """
        return graphs.to_igraph(self.members, self.networks, self.memberships, self.year)

    @classmethod
    def from_networkx(
        cls, graph: nx.Graph[Any], *, members: Iterable[Any] | None = None
    ) -> Affiliation:
        """
        Make an affiliation network of a two-mode `networkx.Graph`.

        Parameters
        ----------
        graph
            Undirected; every edge joins a member and a network. Attributes become columns.
        members
            The nodes that are members: never guessed, and needed unless the nodes say their
            `mode`, as in a graph of `to_networkx`.

        Raises
        ------
        ValueError
            If the graph cannot be read so.

        Examples
        --------
        >>> import networkx as nx, valuma_graph as vg
        >>> graph = nx.davis_southern_women_graph()
        >>> vg.Affiliation.from_networkx(graph, members=graph.graph["top"])
        Affiliation: 18 members, 14 networks, 89 memberships
        """
        return _from_frames(*graphs.from_networkx(graph, members))

    @classmethod
    def from_igraph(cls, graph: igraph.Graph) -> Affiliation:
        """
        Make an affiliation network of an `igraph.Graph` whose vertices have a boolean `type`.

        Parameters
        ----------
        graph
            Undirected; `type` is False for members and True for networks.

        Raises
        ------
        ValueError
            If the graph cannot be read so.

        Examples
        --------
        >>> import valuma_graph as vg
        >>> vg.Affiliation.from_igraph(vg.datasets.southern_women().to_igraph())
        Affiliation: 18 members, 14 networks, 89 memberships
        """
        return _from_frames(*graphs.from_igraph(graph))

    # -- inside ---------------------------------------------------------------------------------

    def _table(self, mode: Mode) -> pd.DataFrame:
        if mode not in get_args(Mode):
            raise ValueError(f"mode must be one of members, networks, not {mode!r}")
        return self.members if mode == "members" else self.networks

    def _place(self, name: str) -> str | None:
        gazetteer = self.gazetteer
        if gazetteer is None:
            return None
        found = gazetteer.resolve([name], year=division_of(self.year))["member_id"].iloc[0]
        return None if pd.isna(found) else str(found)

    def _ids(self, mode: Mode, ids: Collection[str]) -> list[str]:
        index = self._table(mode).index
        return [one if one in index else self.find(str(one), mode=mode) for one in _several(ids)]

    # The steps that are made again in another year, where some of the nodes may not exist.

    def _only_kinds(self, kinds: Collection[str]) -> Affiliation:
        kept = self._keep(members=self.members["kind"].isin(kinds).to_numpy())
        return kept._remember("_only_kinds", kinds=kinds)

    def _only(self, *, members: list[str] | None, networks: list[str] | None) -> Affiliation:
        kept = self._keep(
            members=None if members is None else self.members.index.isin(self._now(members)),
            networks=None if networks is None else self.networks.index.isin(networks),
        )
        return kept._remember("_only", members=members, networks=networks)

    def _all_but(self, *, members: list[str], networks: list[str]) -> Affiliation:
        kept = self._keep(
            members=~self.members.index.isin(members), networks=~self.networks.index.isin(networks)
        )
        return kept._remember("_all_but", members=members, networks=networks)

    def _remember(self, name: str, **arguments: Any) -> Affiliation:  # noqa: ANN401
        return replace(self, _steps=(*self._steps, (name, arguments)))

    def _now(self, members: list[str]) -> list[str]:
        """Add the successors of the municipalities that do not exist in the year."""
        if self.gazetteer is None:
            return members
        successors = self.gazetteer.successors(division_of(self.year))
        return [*members, *successors.reindex(members).dropna()]

    def _keep(
        self, *, members: np.ndarray | None = None, networks: np.ndarray | None = None
    ) -> Affiliation:
        part_m = self.members if members is None else self.members[members]
        part_n = self.networks if networks is None else self.networks[networks]
        rows = self.memberships
        rows = rows[rows["member_id"].isin(part_m.index) & rows["network_id"].isin(part_n.index)]
        aside = self.set_aside
        if networks is not None:
            aside = aside[aside["network_id"].isin(part_n.index)].reset_index(drop=True)
        return replace(
            self,
            members=part_m,
            networks=part_n,
            memberships=rows.reset_index(drop=True),
            set_aside=aside,
        )

    def _whole(self) -> Origin:
        if self._origin is not None:
            return self._origin
        return Origin(
            self.members, self.networks, self.memberships, everyone=True, settled=(self.year,)
        )

    def _rebuilt(self, **changes: Any) -> Affiliation:  # noqa: ANN401
        aff = build(self._whole(), replace(self._options, **changes))
        for name, arguments in self._steps:
            aff = getattr(aff, name)(**arguments)
        return aff

    def _groups(self, level: str) -> tuple[pd.Series, pd.DataFrame]:
        """Return the group of each municipality, and the table of the groups."""
        towns = self.members[self.members["kind"].eq("municipality")]
        gazetteer = self._whole().gazetteer
        if gazetteer is not None:
            year = division_of(self.year)
            group = gazetteer.group_of(level, year)
            frame = with_totals(gazetteer, level, year, gazetteer.division(year))
        elif level in towns:
            group = towns[level].dropna()
            frame = pd.DataFrame({"kind": level}, index=pd.Index(sorted(set(group))))
        else:
            raise ValueError(f"level must be a grouping of the municipalities, not {level!r}")
        group = group[group.index.isin(towns.index)].dropna()
        return group, typed(frame[frame.index.isin(group)], MEMBER_COLUMNS, "member_id")

    def _share(self, rows: pd.DataFrame, into: pd.Series, group: pd.Series) -> pd.Series:
        pairs = pd.DataFrame(
            {"n": rows["network_id"], "g": into, "m": rows["member_id"].where(rows["counted"])}
        )
        inside = pairs.groupby(["n", "g"])["m"].transform("nunique")
        return inside / into.map(group.value_counts())


def build(origin: Origin, options: Options) -> Affiliation:
    """
    Make the affiliation network of whole tables and a choice of year, evidence and kinds.

    Parameters
    ----------
    origin
        The whole tables.
    options
        What is chosen.

    Returns
    -------
    aff
        Every row of the memberships is either in `memberships` or in `set_aside`.
    """
    made = assemble(origin, options)
    return Affiliation(
        made.members,
        made.networks,
        made.memberships,
        options.year,
        made.set_aside,
        _origin=origin,
        _options=options,
    )


def _from_frames(
    members: pd.DataFrame, networks: pd.DataFrame, memberships: pd.DataFrame, year: int | None
) -> Affiliation:
    members = typed(members, MEMBER_COLUMNS, "member_id")
    members["kind"] = members["kind"].fillna("member")
    networks = typed(networks, NETWORK_COLUMNS, "network_id")
    for column, usual in (("list_status", "complete"), ("selection", "all"), ("kind", "network")):
        if networks[column].isna().all():  # a graph from elsewhere, which does not say
            networks[column] = networks[column].fillna(usual)
    rows = typed(memberships, MEMBERSHIP_COLUMNS)
    rows["role"] = rows["role"].fillna("member")
    rows["evidence"] = rows["evidence"].fillna("explicit")
    if "counted" not in rows:
        rows["counted"] = rows["role"].isin(MEMBERSHIP_ROLES)
    rows["counted"] = rows["counted"].astype(bool)
    if "listed_id" not in rows:
        rows["listed_id"] = pd.Series(np.nan, index=rows.index, dtype="str")
    rows["listed_id"] = rows["listed_id"].astype("str")
    return Affiliation(members, networks, rows, year, _options=Options(year=year))


def _several(values: str | Collection[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def _allow(name: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    known = [k for k in dict.fromkeys(allowed) if not pd.isna(k)]
    wrong = [v for v in values if v not in known]
    if wrong:
        raise ValueError(f"{name} must be among {', '.join(sorted(known))}, not {wrong[0]!r}")
