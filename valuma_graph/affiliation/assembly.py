"""From whole tables and a choice of year, evidence and kinds to the tables of one network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from valuma_graph.affiliation import snapshots
from valuma_graph.places import LATEST

if TYPE_CHECKING:
    from valuma_graph.places import Gazetteer

ROLES: Final = ("member", "coordinator", "host", "funder", "partner", "steering", "former_member")
MEMBERSHIP_ROLES: Final = ("member", "coordinator")
LEFT_OUT_KINDS: Final = ("area", "case")
"""Kinds of network that are in the bundled data but are not networks of collaboration."""

_TEXT, _COUNT, _REAL = "str", "Int64", "float64"
MEMBER_COLUMNS: Final = {
    "kind": _TEXT, "name_fi": _TEXT, "name_sv": _TEXT, "name_en": _TEXT, "country": _TEXT,
    "code": _TEXT, "subtype": _TEXT, "region": _TEXT, "sub_region": _TEXT, "lon": _REAL,
    "lat": _REAL, "population": _COUNT, "population_year": _COUNT, "area_km2": _REAL,
    "land_km2": _REAL, "freshwater_km2": _REAL, "sea_km2": _REAL,
    "urban_rural": _TEXT, "language_status": _TEXT,
}  # fmt: skip
NETWORK_COLUMNS: Final = {
    "name_fi": _TEXT, "name_sv": _TEXT, "name_en": _TEXT, "kind": _TEXT, "countries": _TEXT,
    "level": _TEXT, "founded_year": _COUNT, "ended_year": _COUNT, "themes": _TEXT,
    "in_report": _TEXT, "declared_members": _TEXT, "declared_municipalities": _COUNT,
    "declared_regions": _COUNT, "declared_organisations": _COUNT, "declared_other": _COUNT,
    "declared_total": _COUNT, "declared_as_of": _TEXT, "list_as_of": _TEXT,
    "list_status": _TEXT, "complete_for": _TEXT, "source": _TEXT, "selection": _TEXT,
    "snapshot_as_of": _TEXT,
}  # fmt: skip
MEMBERSHIP_COLUMNS: Final = {
    "network_id": _TEXT, "member_id": _TEXT, "role": _TEXT, "since": _TEXT, "until": _TEXT,
    "as_of": _TEXT, "evidence": _TEXT, "source": _TEXT, "note": _TEXT,
}  # fmt: skip
# What is known of the list that is in use.
_LIST: Final = ("list_status", "list_as_of", "complete_for", "selection", "snapshot_as_of")


@dataclass(frozen=True)
class Origin:
    """
    The whole tables that an `Affiliation` is made from, before any choice of year or kind.

    `beside` are further tables, such as a user's own beside the bundled ones: their lists are
    chosen for themselves, so that neither displaces the other.
    """

    members: pd.DataFrame
    networks: pd.DataFrame
    memberships: pd.DataFrame
    choices: pd.DataFrame | None = None
    gazetteer: Gazetteer | None = None
    everyone: bool = False
    settled: tuple[int | None, ...] = ()
    """
    Years for which the rows have been chosen already: they hold as they stand, with the grades
    of evidence, the kinds of network and the `counted` rows that they were chosen by.
    """
    beside: Origin | None = None


@dataclass(frozen=True)
class Options:
    """What is chosen from the whole tables; None for the usual, or for what stands in them."""

    year: int | None = None
    evidence: str | None = None
    snapshot_gap: int | None = 5
    undated: bool = True
    statutory: tuple[str, ...] = ()
    roles: tuple[str, ...] | None = None
    network_kinds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Assembled:
    """The tables of an affiliation network; see `Affiliation` for their columns."""

    members: pd.DataFrame
    networks: pd.DataFrame
    memberships: pd.DataFrame
    set_aside: pd.DataFrame


def assemble(origin: Origin, options: Options) -> Assembled:
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
    tables
        Every row of the memberships is either in `memberships` or in `set_aside`.
    """
    if origin.beside is not None:
        # Who adds a list without a year means the year that is asked for.
        theirs = assemble(origin.beside, replace(options, undated=True, statutory=()))
        return _together(assemble(replace(origin, beside=None), options), theirs)
    networks = typed(origin.networks, NETWORK_COLUMNS, "network_id")
    rows = typed(origin.memberships, MEMBERSHIP_COLUMNS)
    rows["role"] = rows["role"].fillna("member")
    rows["evidence"] = rows["evidence"].fillna("explicit")
    usual = snapshots.GRADES[-1] if origin.settled else "composite"
    held = snapshots.hold(
        rows,
        networks,
        year=None if options.year in origin.settled else options.year,
        choices=origin.choices,
        evidence=options.evidence or usual,
        snapshot_gap=options.snapshot_gap,
        undated=options.undated,
    )
    reason = held.reason.astype(object).to_numpy(copy=True)
    networks = _existing(networks, held.networks, origin, options)
    there = rows["network_id"].isin(networks.index).to_numpy()
    reason[~there & (reason == "")] = "kind"
    used = reason == ""
    aside = rows[~used].assign(reason=reason[~used])
    rows = rows[used].copy()
    if origin.gazetteer is not None:
        networks, rows = _with_statutory(origin.gazetteer, networks, rows, options)
    rows, merged = _in_division(rows, origin.gazetteer, options.year)
    aside = add_aside(aside, merged, "merged") if len(merged) else aside
    rows["counted"] = _counted(rows, origin, options)
    return Assembled(
        members=_members(origin, rows, options.year),
        networks=networks,
        memberships=rows.reset_index(drop=True),
        set_aside=aside.reset_index(drop=True),
    )


def _counted(rows: pd.DataFrame, origin: Origin, options: Options) -> np.ndarray:
    """Tell which rows tie a member to a network."""
    by_role = rows["role"].isin(options.roles or MEMBERSHIP_ROLES)
    if options.roles is None and origin.settled and "counted" in rows:
        said = rows["counted"]
        by_role = said.astype("str").str.casefold().eq("true").where(said.notna(), by_role)
    return by_role.to_numpy(dtype=bool)


def _together(first: Assembled, second: Assembled) -> Assembled:
    """Join two sets; of a network in both, the first says what it is."""
    networks = pd.concat(
        [first.networks, second.networks[~second.networks.index.isin(first.networks.index)]]
    )
    both = first.networks.index.intersection(second.networks.index)
    own, new = first.networks.loc[both], second.networks.loc[both]
    listed = new["selection"].notna()
    alone = both[listed & own["selection"].isna()]
    networks.loc[alone, [*_LIST]] = new.loc[alone, [*_LIST]]
    two = both[listed & own["selection"].notna()]
    networks.loc[two, "selection"] = "union"
    networks.loc[two, "snapshot_as_of"] = np.nan
    whole = two[new.loc[two, "list_status"].eq("complete")]
    networks.loc[whole, "list_status"] = "complete"
    rows = pd.concat([first.memberships, second.memberships], ignore_index=True)
    again = rows.duplicated(["network_id", "member_id", "role"])
    aside = pd.concat([first.set_aside, second.set_aside], ignore_index=True)
    if again.any():
        aside = add_aside(aside, rows[again].drop(columns="counted"), "same_membership")
    strangers = ~second.members.index.isin(first.members.index)
    return Assembled(
        members=pd.concat([first.members, second.members[strangers]]),
        networks=networks,
        memberships=rows[~again].reset_index(drop=True),
        set_aside=aside,
    )


def _existing(
    networks: pd.DataFrame, lists: pd.DataFrame, origin: Origin, options: Options
) -> pd.DataFrame:
    """Return the networks that exist in the year, with the list used and what it is worth."""
    networks = networks.copy()
    settled = options.year in origin.settled
    if not settled or networks["selection"].isna().all():
        networks[["selection", "snapshot_as_of"]] = lists[["selection", "snapshot_as_of"]]
    kind = networks["kind"]
    wanted = options.network_kinds
    left_out = () if origin.settled else LEFT_OUT_KINDS
    keep = ~kind.isin(left_out) if wanted is None else kind.isin(wanted)
    if options.year is not None and not settled:
        year = options.year
        keep &= ~networks["founded_year"].gt(year).fillna(False)  # noqa: FBT003
        keep &= ~networks["ended_year"].lt(year).fillna(False)  # noqa: FBT003
        keep &= ~networks.index.isin(_left_out(origin.choices, year))
        networks["list_status"] = _status_of_list_used(networks, lists["thinned"])
    return networks[keep.to_numpy()]


def _left_out(choices: pd.DataFrame | None, year: int) -> pd.Index:
    if choices is None:
        return pd.Index([])
    first, last = snapshots.years(choices["first_year"]), snapshots.years(choices["last_year"])
    valid = choices["rule"].eq("leave_out") & ~(first > year) & ~(last < year)
    left: pd.Index = pd.Index(choices.loc[valid, "network_id"])
    return left


def _status_of_list_used(networks: pd.DataFrame, thinned: pd.Series) -> pd.Series:
    """
    Say how complete the list in use is: a claim about one list does not speak for another.

    Where the list in use is not the one that the status describes, or where there is none for
    the year, its completeness is unknown; where some of it is known to lie outside the year,
    what is left is a part.
    """
    said = networks["list_status"]
    first, last = snapshots.list_years(networks)
    used = snapshots.years(networks["snapshot_as_of"])
    same = networks["selection"].isin(["interval", "union"]) | networks["list_as_of"].isna()
    # Of a list put together over years, the one of a single year is a part.
    same |= (first <= used) & (used <= last) & ((first == last) | said.ne("complete"))
    status = said.where(~thinned | said.ne("complete"), "partial")
    empty = networks["selection"].isna() & status.ne("unknown")
    return status.where(same & ~empty, "unknown").where(status.notna(), status)


def _with_statutory(
    gazetteer: Gazetteer, networks: pd.DataFrame, rows: pd.DataFrame, options: Options
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the groupings that every municipality belongs to by law as networks."""
    year = division_of(options.year)
    if options.network_kinds is not None and "statutory" not in options.network_kinds:
        return networks, rows
    for scheme in options.statutory:
        groups, of = gazetteer.groups(scheme, year), gazetteer.group_of(scheme, year).dropna()
        names = "statutory_" + groups.index.str.replace(r"[^0-9A-Za-z]+", "_", regex=True)
        ids = dict(zip(groups.index, names.str.lower(), strict=True))
        size = of.value_counts()
        added = pd.DataFrame(
            {
                **{c: groups[c].to_numpy() for c in ("name_fi", "name_sv", "name_en")},
                "kind": "statutory",
                "countries": "FI",
                "declared_municipalities": size.reindex(groups.index).to_numpy(),
                "declared_total": size.reindex(groups.index).to_numpy(),
                "declared_as_of": str(year),
                "list_as_of": str(year),
                "list_status": "complete",
                "selection": "snapshot",
                "snapshot_as_of": str(year),
                "source": "Statistics Finland, classifications",
            },
            index=pd.Index(list(ids.values()), name="network_id"),
        )
        networks = pd.concat([networks, typed(added, NETWORK_COLUMNS, "network_id")])
        ties = pd.DataFrame({"network_id": of.map(ids).to_numpy(), "member_id": of.index})
        ties = ties.assign(role="member", as_of=str(year), evidence="explicit")
        ties["source"] = "Statistics Finland, classifications"
        rows = pd.concat([rows, typed(ties, MEMBERSHIP_COLUMNS)], ignore_index=True)
    return networks, rows


def _in_division(
    rows: pd.DataFrame, gazetteer: Gazetteer | None, year: int | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put memberships of abolished municipalities under their successors, counting each once."""
    if "listed_id" not in rows:
        rows["listed_id"] = pd.Series(np.nan, index=rows.index, dtype="str")
    if gazetteer is None:
        return rows, rows.iloc[:0]
    successor = rows["member_id"].map(gazetteer.successors(division_of(year)))
    moved = successor.notna()
    if not moved.any():
        return rows, rows.iloc[:0]
    rows["listed_id"] = rows["listed_id"].where(~moved, rows["member_id"])
    rows["member_id"] = successor.where(moved, rows["member_id"]).astype("str")
    # A row that names the successor itself stays rather than one that names a merged part.
    order = moved.sort_values(kind="stable").index
    again = rows.loc[order].duplicated(["network_id", "member_id", "role"]).reindex(rows.index)
    return rows[~again].copy(), rows[again]


def _members(origin: Origin, rows: pd.DataFrame, year: int | None) -> pd.DataFrame:
    own = typed(origin.members, MEMBER_COLUMNS, "member_id")
    named: pd.Index[Any] = pd.Index(pd.unique(rows["member_id"]))
    if origin.gazetteer is None:
        extra = named.difference(own.index)
        if len(extra):
            bare = pd.DataFrame({"kind": "member"}, index=extra)
            own = pd.concat([own, typed(bare, MEMBER_COLUMNS, "member_id")])
        return own
    division = division_of(year)
    base = _finland(origin.gazetteer, division)
    listed = own.index if not origin.everyone else own.index.intersection(named)
    wanted = named.union(listed.difference(origin.gazetteer.successors(division).index))
    extra = wanted.difference(base.index)
    known = base if origin.everyone else base[base.index.isin(wanted)]
    found = own.reindex(extra)
    lacking = found["kind"].isna().to_numpy()
    if lacking.any():
        described = _elsewhere(origin.gazetteer, extra[lacking], division)
        found = pd.concat([found[~lacking], described]).reindex(extra)
    members = pd.concat([known, found])
    mine = own.loc[own.index.intersection(known.index)]
    if len(mine) and not origin.everyone:  # what the user says of a place comes first
        members = mine.combine_first(members).reindex(members.index)[[*members.columns]]
    return typed(members, MEMBER_COLUMNS, "member_id")


def _finland(gazetteer: Gazetteer, year: int) -> pd.DataFrame:
    towns = gazetteer.division(year).assign(kind="municipality", country="FI")
    regions = with_totals(gazetteer, "region", year, towns)
    return typed(pd.concat([towns, regions]), MEMBER_COLUMNS, "member_id")


def with_totals(gazetteer: Gazetteer, scheme: str, year: int, towns: pd.DataFrame) -> pd.DataFrame:
    """
    Return the groups of a scheme with the population and area of their municipalities.

    The figure of a merged municipality counts also in a division before the merger, as long as
    all its parts lay in one group; a group with an unknown part has no total.
    """
    groups, of = gazetteer.groups(scheme, year).copy(), gazetteer.group_of(scheme, year)
    mine = towns.index.to_series().map(of)
    groups["area_km2"] = towns["area_km2"].groupby(mine).agg(lambda s: s.sum(skipna=False))
    when = int(towns["population_year"].max()) if towns["population_year"].notna().any() else None
    if when is None:
        return groups
    figures = gazetteer.population(when)
    figures = figures.groupby(_after(gazetteer, figures.index, year)).sum()
    whole = mine.index.to_series()
    whole = whole.where(whole.isin(figures.index), _after(gazetteer, whole, LATEST))
    parts = mine.groupby(whole.to_numpy()).agg(["first", "nunique"])
    figures = figures.reindex(parts.index).where(parts["nunique"] == 1)
    totals = figures.groupby(parts["first"]).agg(lambda s: s.sum(skipna=False))
    groups["population"] = totals.reindex(groups.index).astype("Int64")
    groups["population_year"] = pd.Series(when, index=groups.index, dtype="Int64").where(
        groups["population"].notna()
    )
    return groups


def _after(gazetteer: Gazetteer, ids: pd.Index[Any] | pd.Series[Any], year: int) -> pd.Series[Any]:
    """Return what each municipality is in a later division: itself or its successor."""
    then = pd.Series(ids, index=pd.Index(ids))
    return then.map(gazetteer.successors(year)).fillna(then)


def _elsewhere(gazetteer: Gazetteer, ids: pd.Index, year: int) -> pd.DataFrame:
    """Describe members that are neither of the division nor of the user's own table."""
    known = pd.concat([gazetteer.other_places(), gazetteer.organisations()])
    for scheme in sorted({i.split(":")[0] for i in ids if ":FI-" in i} - {"municipality"}):
        try:
            known = pd.concat([known, gazetteer.groups(scheme, year)])
        except ValueError:
            continue  # not a scheme of groupings: city regions and the like
    known = known[~known.index.duplicated()]
    found = known.reindex(ids)
    prefix = pd.Series([i.split(":")[0] if ":" in i else "member" for i in ids], index=ids)
    found["kind"] = found["kind"].fillna(prefix) if "kind" in found else prefix
    return typed(found, MEMBER_COLUMNS, "member_id")


def typed(frame: pd.DataFrame, columns: dict[str, str], index: str | None = None) -> pd.DataFrame:
    """Give every known column its dtype; the known ones come first, what else there is follows."""
    n = len(frame)
    data: dict[str, Any] = {}
    for name, dtype in columns.items():
        if name not in frame:
            data[name] = _blank(n, dtype, frame.index)
        elif isinstance(frame[name].dtype, pd.CategoricalDtype) or frame[name].dtype == dtype:
            data[name] = frame[name]
        elif dtype == _TEXT:
            data[name] = frame[name].astype("str")
        elif dtype == _COUNT:
            data[name] = pd.to_numeric(frame[name], errors="coerce").astype("Int64")
        else:
            data[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    data |= {str(name): frame[name] for name in frame.columns if name not in columns}
    out = pd.DataFrame(data, index=frame.index)
    if index is not None:
        out.index = out.index.astype("str").rename(index)
    return out


def _blank(n: int, dtype: str, index: pd.Index) -> pd.Series:
    if dtype == _COUNT:
        return pd.Series(pd.array([pd.NA] * n, dtype="Int64"), index=index)
    return pd.Series(np.full(n, np.nan), index=index, dtype=dtype)


def no_rows() -> pd.DataFrame:
    """Return a table of memberships without rows."""
    return typed(pd.DataFrame(index=range(0)), MEMBERSHIP_COLUMNS)


def add_aside(aside: pd.DataFrame, rows: pd.DataFrame, reason: str) -> pd.DataFrame:
    """Add rows to those set aside, with their reason."""
    return pd.concat([aside, rows.assign(reason=reason)], ignore_index=True)


def division_of(year: int | None) -> int:
    """Return the division to place members in: that of the year, or the latest."""
    return LATEST if year is None else year
