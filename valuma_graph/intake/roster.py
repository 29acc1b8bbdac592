"""Who there is: the tables of members and of networks, as a user, a list and the gazetteer say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.intake import identities
from valuma_graph.intake.identities import Identified, Register, register
from valuma_graph.places import DIVISIONS, LATEST, data_path
from valuma_graph.tables import Findings, Problem, RawTable, cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valuma_graph.places import Gazetteer
    from valuma_graph.tables.cells import Column, Dates

_MEMBER_TEXTS = (
    "code", "subtype", "region", "sub_region", "urban_rural", "language_status",
)  # fmt: skip
_NETWORK_TEXTS = (
    "countries", "level", "themes", "declared_members", "list_as_of", "complete_for", "source",
)  # fmt: skip
_NAMES = ("name_fi", "name_sv", "name_en")
_COUNTED_ROLES = ("member", "coordinator")


@dataclass(frozen=True, eq=False)
class Setting:
    """
    What tables are read against, and where their problems go.

    Parameters
    ----------
    gazetteer
        Places, or None where any text is an id.
    year
        The division of the user's data.
    known_members, known_networks
        What exists already.
    problems
        Takes the problems.
    together
        Whether all tables are of one file or folder, as those of the workbook for lists are.
    """

    gazetteer: Gazetteer | None
    year: int | None
    known_members: pd.DataFrame | None
    known_networks: pd.DataFrame | None
    problems: list[Problem]
    together: bool = False

    def findings(self, table: RawTable) -> Findings:
        """Return a collector that fills `problems`."""
        return Findings(table.file, table.sheet, self.problems)

    def bundled_networks(self) -> pd.DataFrame | None:
        """Return names of the bundled networks, where a list may mean them beside its own."""
        if self.gazetteer is None or not self.together or self.known_networks is not None:
            return None
        path = data_path("networks", "networks.csv", root=self.gazetteer.root)
        names = pd.read_csv(path, dtype="str", usecols=["network_id", *_NAMES])
        return names.set_index("network_id")


def no_text() -> pd.Series:
    """Return an empty column of text."""
    return pd.Series([], dtype="str")


def read_members(table: RawTable | None, setting: Setting) -> pd.DataFrame:
    """Read the user's table of members; its index is their ids."""
    if table is None or not len(table.rows):
        return _indexed(
            pd.DataFrame(dict.fromkeys(("kind", *_NAMES, "country"), no_text())), "member_id"
        )
    found = setting.findings(table)
    column = {name: table.column(name, found) for name in (*table.frame.columns, "kind", "name")}
    frame = table.frame.copy()
    frame = _with_name(frame)
    if "country" not in frame:
        frame["country"] = no_text().reindex(frame.index)
    frame["country"] = _codes(frame["country"], "country")
    if setting.gazetteer is None:
        kinds = column["kind"].text
        frame["kind"] = kinds.fillna("member")
    else:
        kinds = cells.terms(column["kind"], "member_kind", code="unknown_kind")
        frame["kind"] = kinds
    names = table.frame["name"] if "name" in table.frame else frame["name_fi"]
    title = "member_id" if "member_id" in table.frame else _first_name(table)
    who = column.get("member_id", table.column(title, found))
    text = who.text.fillna(names) if "member_id" in table.frame else names
    asked = cells.Column(text, table.rows, who.title, found)
    asked.note("empty_member", asked.text.isna().to_numpy())
    if setting.gazetteer is None:
        ids = asked.text
    else:
        ids = _own_ids(asked, kinds, table, setting)
        frame["kind"] = kinds.fillna(ids.str.partition(":")[0])
    _numbers(frame, column, setting, ids)
    doubled = ids.duplicated().to_numpy() & ids.notna().to_numpy()
    asked.note("duplicate_member", doubled)
    frame = frame.drop(columns=["member_id", "name"], errors="ignore")
    keep = ids.notna().to_numpy() & ~doubled
    return _indexed(frame[keep], "member_id", ids[keep])


def _with_name(frame: pd.DataFrame) -> pd.DataFrame:
    for name in _NAMES:
        if name not in frame:
            frame[name] = pd.Series(np.nan, index=frame.index, dtype="str")
    if "name" in frame:
        unnamed = frame[list(_NAMES)].isna().all(axis=1)
        frame["name_fi"] = frame["name_fi"].where(~unnamed, frame["name"])
    return frame


def _codes(texts: pd.Series, group: str) -> pd.Series:
    """Return the codes of words that a list knows; any other text stays."""
    known = cells.words(group)
    return texts.map(lambda text: known.get(cells.key(text), text), na_action="ignore")


def _levels(column: Column) -> pd.Series:
    """Return the codes of levels; a word that is none stays, and is noted."""
    made = _codes(column.text, "level")
    known = list(cells.words("level").values())
    column.note("unknown_level", (made.notna() & ~made.isin(known)).to_numpy(), "warning")
    return made


def _first_name(table: RawTable) -> str:
    return next((n for n in ("name", *_NAMES) if n in table.frame), "member_id")


def _indexed(frame: pd.DataFrame, name: str, ids: pd.Series | None = None) -> pd.DataFrame:
    index = frame.index if ids is None else ids.to_numpy()
    return frame.set_axis(pd.Index(index, dtype="str", name=name))


def _own_ids(asked: Column, kinds: pd.Series, table: RawTable, setting: Setting) -> pd.Series:
    """Identify rows of the user's own members: a name with a kind may be new."""
    quiet = Findings(table.file, table.sheet)
    assert setting.gazetteer is not None  # noqa: S101  the caller has looked
    hint = (table.hints or {}).get("member_id") or (table.hints or {}).get("name")
    first = identities.finnish_members(
        cells.Column(asked.text, asked.rows, asked.title, quiet),
        kinds,
        hint=hint,
        own=Register(),
        gazetteer=setting.gazetteer,
        year=setting.year,
    )
    ids = first.ids
    lost = ids.isna() & asked.text.notna() & kinds.notna()
    made = kinds + ":" + asked.text.map(cells.slug, na_action="ignore")
    ids = ids.where(~lost, made)
    # What a row with a kind and a name of its own says needs no place that is known.
    rows_lost = set(asked.rows[lost.to_numpy()].tolist())
    asked.found.problems.extend(
        p for p in quiet.problems if p.row not in rows_lost or not p.code.startswith("unknown")
    )
    return ids


def _numbers(
    frame: pd.DataFrame, column: dict[str, Column], setting: Setting, ids: pd.Series
) -> None:
    if "population" in column:
        frame["population"] = cells.numbers(column["population"], whole=True)
    if "population_year" in column:
        frame["population_year"] = _years(cells.dates(column["population_year"]))
    if "area_km2" in column:
        frame["area_km2"] = cells.numbers(column["area_km2"])
    if "lon" not in column or "lat" not in column:
        return
    finnish = ids.str.contains(":FI", na=False).to_numpy(dtype=bool)
    quiet = Findings("")
    lon, lat = (
        cells.numbers(cells.Column(c.text, c.rows, c.title, quiet), lowest=-np.inf).to_numpy()
        for c in (column["lon"], column["lat"])
    )
    swapped = (lon > 58) & (lon < 72) & (lat > 17) & (lat < 33)  # noqa: PLR2004  Finland, turned
    swapped &= finnish | (setting.gazetteer is not None)
    column["lon"].note("swapped_coordinates", swapped)
    for name, limit in (("lon", 180.0), ("lat", 90.0)):
        given = column[name]
        text = given.text.where(~pd.Series(swapped, index=given.text.index))
        frame[name] = cells.numbers(
            cells.Column(text, given.rows, given.title, given.found), lowest=-limit, highest=limit
        )


def last_years(towns: Iterable[str], gazetteer: Gazetteer) -> dict[str, tuple[int, str]]:
    """Return the last year of each municipality that has ended, and what it became part of."""
    now = gazetteer.division(LATEST).index
    heirs = gazetteer.successors(LATEST)
    found = {}
    for town in sorted(str(town) for town in towns if town not in now and town in heirs.index):
        there = [year for year in DIVISIONS if town in gazetteer.division(year).index]
        if there:
            found[town] = (there[-1], gazetteer.label(str(heirs[town])))
    return found


def _years(dates: Dates) -> pd.Series:
    return pd.Series(dates.year, index=dates.text.index).astype("Int64")


def all_members(
    rows: pd.DataFrame, own: pd.DataFrame, named: Identified, setting: Setting
) -> pd.DataFrame:
    """Describe every member: by the user's table, the known ones, the gazetteer, its id."""
    ids = own.index.union(pd.Index(pd.unique(rows["member_id"])), sort=False).rename("member_id")
    others = [f for f in (setting.known_members, _described(ids, setting)) if f is not None]
    frame = own.reindex(ids)
    for other in others:
        described = other.loc[~other.index.duplicated()].reindex(ids)
        for name in described:
            if name in frame:
                frame[name] = frame[name].where(frame[name].notna(), described[name])
            else:
                frame[name] = described[name]
    if named.kinds or named.names:
        frame["kind"] = frame["kind"].fillna(pd.Series(named.kinds, dtype="str").reindex(ids))
        nameless = frame[list(_NAMES)].isna().all(axis=1)
        given = pd.Series(named.names, dtype="str").reindex(ids)
        frame["name_fi"] = frame["name_fi"].where(~nameless, given)
    frame["kind"] = frame["kind"].fillna("member")
    return frame.astype(dict.fromkeys(("kind", *_NAMES, "country"), "str"))


def _described(ids: pd.Index, setting: Setting) -> pd.DataFrame | None:
    """Return what the gazetteer says of those of its members that are among ids."""
    known = setting.gazetteer
    if known is None:
        return None
    year = LATEST if setting.year is None else min(max(setting.year, DIVISIONS[0]), LATEST)
    parts = [known.other_places(), known.organisations()]
    for kind in sorted({i.partition(":")[0] for i in ids if ":FI-" in i} - {"municipality"}):
        if kind in known.schemes:
            parts.insert(0, known.groups(kind, year))
    towns = {i for i in ids if i.startswith("municipality:FI-")}
    for division in (year, LATEST, *DIVISIONS):
        if not towns:
            break
        table = known.division(division).assign(kind="municipality", country="FI")
        parts.insert(0, table[table.index.isin(towns)])
        towns -= set(table.index)
    frame = pd.concat(parts)
    keep = ["kind", *_NAMES, "country", *_MEMBER_TEXTS, "lon", "lat", "population", "area_km2"]
    frame = frame[[c for c in keep if c in frame]]
    return frame[~frame.index.duplicated()]


def read_networks(table: RawTable | None, setting: Setting) -> pd.DataFrame:
    """Read the user's table of networks; its index is their ids."""
    if table is None or not len(table.rows):
        return _indexed(pd.DataFrame(dict.fromkeys((*_NAMES, "kind"), no_text())), "network_id")
    found = setting.findings(table)
    frame = _with_name(table.frame.copy())
    frame["kind"] = cells.terms(
        table.column("kind", found), "network_kind", code="unknown_network_kind", default="network"
    )
    frame["list_status"] = cells.terms(
        table.column("list_status", found), "list_status", code="unknown_list_status"
    )
    for name in table.frame.columns:
        if name == "level":
            frame[name] = _levels(table.column(name, found))
        elif name in {"founded_year", "ended_year"}:
            frame[name] = _years(cells.dates(table.column(name, found)))
        elif name == "declared_as_of":
            frame[name] = cells.dates(table.column(name, found)).text
        elif name.startswith("declared_") and name != "declared_members":
            frame[name] = cells.numbers(table.column(name, found), whole=True)
    if {"founded_year", "ended_year"} <= set(frame):
        reversed_ = (frame["ended_year"] < frame["founded_year"]).fillna(value=False)
        table.column("ended_year", found).note("reversed_years", reversed_.to_numpy(dtype=bool))
    are_ids = "network_id" in table.frame
    who = table.column("network_id" if are_ids else _first_name(table), found)
    asked = cells.Column(who.text.fillna(frame["name_fi"]), table.rows, who.title, found)
    asked.note("empty_network", asked.text.isna().to_numpy())
    ids = identities.networks(
        asked,
        registers=[register(setting.known_networks)],
        closed=False,
        as_is=setting.gazetteer is None,
        are_ids=are_ids,
    ).ids
    doubled = ids.duplicated().to_numpy() & ids.notna().to_numpy()
    asked.note("duplicate_network", doubled)
    keep = ids.notna().to_numpy() & ~doubled
    frame["_row"] = table.rows
    frame = frame.drop(columns=["network_id", "name"], errors="ignore")
    return _indexed(frame[keep], "network_id", ids[keep])


def all_networks(
    rows: pd.DataFrame, own: pd.DataFrame, named: Identified, setting: Setting
) -> pd.DataFrame:
    """Describe every network: by the user's table, the known ones, the name in the rows."""
    ids = own.index.union(pd.Index(pd.unique(rows["network_id"])), sort=False)
    frame = own.reindex(ids.rename("network_id"))
    if setting.known_networks is not None:
        known = setting.known_networks.reindex(ids)
        for name in known:
            theirs = known[name]
            mine = frame.get(name, pd.Series(np.nan, index=ids, dtype=theirs.dtype))
            if pd.api.types.is_numeric_dtype(mine.dtype):  # years and counts; all is text there
                theirs = pd.to_numeric(theirs, errors="coerce").astype(mine.dtype)
            frame[name] = mine.where(mine.notna(), theirs)
    if named.names:
        nameless = frame[list(_NAMES)].isna().all(axis=1)
        given = pd.Series(named.names, dtype="str").reindex(ids)
        frame["name_fi"] = frame["name_fi"].where(~nameless, given)
    frame["kind"] = frame["kind"].fillna("network")
    for name in ("founded_year", "ended_year", "declared_total"):
        if name not in frame:
            frame[name] = pd.NA
        frame[name] = pd.to_numeric(frame[name]).astype("Int64")
    for name in _NETWORK_TEXTS:
        if name not in frame:
            frame[name] = np.nan
    return frame.astype(dict.fromkeys(("kind", *_NAMES, *_NETWORK_TEXTS), "str"))


def with_status(
    networks: pd.DataFrame, rows: pd.DataFrame, table: RawTable | None, setting: Setting
) -> pd.DataFrame:
    """
    Say how complete the list of each network is.

    What the user's table says stands; else a list is complete, partial where more members are
    declared than there are members and coordinators, unknown where there are none or where a
    table of networks tells of others. A list said to be complete is noted where even all roles
    together are fewer than declared, and one taken as complete where a column asks for it.

    Parameters
    ----------
    networks
        Networks, with `_row` for those of the user's table.
    rows
        Memberships.
    table
        The user's table of networks.
    setting
        Takes the problems.

    Returns
    -------
    networks
        With `list_status`, without `_row`.
    """

    def distinct(those: pd.DataFrame) -> pd.Series:
        pairs = those[["network_id", "member_id"]].drop_duplicates()
        return pairs["network_id"].value_counts().reindex(networks.index).fillna(0)

    held = distinct(rows[rows["role"].isin(_COUNTED_ROLES)])
    declared = networks["declared_total"]
    said = networks.get("list_status", pd.Series(np.nan, index=networks.index)).astype("str")
    row = networks.get("_row", pd.Series(np.nan, index=networks.index))
    less = (declared > held).fillna(value=False).to_numpy(dtype=bool)
    contradicted = (declared > distinct(rows)).fillna(value=False).to_numpy(dtype=bool)
    contradicted &= said.eq("complete").to_numpy(dtype=bool) & row.notna().to_numpy()
    if table is not None and contradicted.any():
        setting.findings(table).note_rows(
            "declared_more",
            "warning",
            row[contradicted].to_numpy(dtype=np.int64),
            declared[contradicted].astype("str"),
            column=table.headers.get("declared_total", "declared_total"),
        )
    seen = np.where(held == 0, "unknown", np.where(less, "partial", "complete"))
    if setting.together and table is not None and len(table.rows):
        seen = np.where(row.isna(), "unknown", seen)
        asked = table.column("list_status", setting.findings(table))
        blank = row.isin(asked.rows[asked.text.isna()]) & ("list_status" in table.frame)
        taken = (blank & said.isna() & declared.isna()).to_numpy() & (seen == "complete")
        setting.findings(table).note_rows(
            "list_taken_complete",
            "warning",
            row[taken].to_numpy(dtype=np.int64),
            said[taken],  # nothing, as is wrong with it
            column=asked.title,
        )
    status = said.where(said.notna(), pd.Series(seen, index=networks.index, dtype="str"))
    return networks.assign(list_status=status.astype("str")).drop(columns="_row", errors="ignore")
