"""A user's tables to the project's tables, with every problem named, all at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from valuma_graph.intake import identities, roster
from valuma_graph.intake.identities import Identified, Register, register
from valuma_graph.places import gazetteer
from valuma_graph.tables import (
    Findings,
    Problem,
    RawTable,
    Role,
    Source,
    cells,
    matrix,
    read_table,
    read_workbook,
)

if TYPE_CHECKING:
    from pathlib import Path

    from valuma_graph.tables.cells import Column, Dates

MEMBERSHIP_COLUMNS: Final = (
    "network_id", "member_id", "role", "since", "until", "as_of", "evidence", "source", "note",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Intake:
    """
    Tables that were taken in.

    Parameters
    ----------
    members
        Index `member_id`: kind, name_fi, name_sv, name_en, country, code and what else the
        user's table or the gazetteer says; every member of the user's table and of the
        memberships.
    networks
        Index `network_id`: names, kind, years, declared counts, list_status; every network of
        the user's table and of the memberships.
    memberships
        One row for each usable row of the user's table, in its order: network_id, member_id,
        role, since, until, as_of, evidence, source, note, then the user's further columns.
    problems
        All that is wrong or doubtful. Rows with an error are not among the memberships.
    """

    members: pd.DataFrame
    networks: pd.DataFrame
    memberships: pd.DataFrame
    problems: list[Problem]

    @property
    def errors(self) -> list[Problem]:
        """Problems for which the tables cannot be used."""
        return [p for p in self.problems if p.severity == "error"]


def prepare(
    memberships: Source | RawTable,
    members: Source | RawTable | None = None,
    networks: Source | RawTable | None = None,
    *,
    year: int | None = None,
    places: Literal["finland"] | None = "finland",
    root: str | Path | None = None,
    known: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> Intake:
    """
    Turn a user's tables into the project's own, and list everything that is wrong with them.

    Parameters
    ----------
    memberships
        File, folder, frame or table read before. A workbook or folder may have the other two
        tables too.
    members, networks
        Tables of the two modes; they come before those of a workbook.
    year
        The division that the user's data is of; None: the latest.
    places
        `"finland"`: members are Finnish places, places abroad by id, and organisations; None:
        any text is the id of a member and of a network.
    root
        Data folder, as for `places.gazetteer`.
    known
        Members and networks that exist already: a network whose name or id is among them is
        that network.

    Returns
    -------
    intake
        Tables and problems.

    Raises
    ------
    ValueError
        If `places` is neither.
    TypeError
        If a table is neither a path nor a DataFrame, or the year is no whole number.

    Examples
    --------
    >>> raw = pd.DataFrame({"Kunta": ["Åbo", "Raumo"], "Verkosto": ["Uusi verkosto"] * 2})
    >>> taken = prepare(raw)
    >>> taken.memberships[["network_id", "member_id", "role"]].values.tolist()
    [['uusi_verkosto', 'municipality:FI-853', 'member'],
     ['uusi_verkosto', 'municipality:FI-684', 'member']]
    >>> taken.networks.loc["uusi_verkosto", "name_fi"], taken.problems
    ('Uusi verkosto', [])
    """
    if places not in {"finland", None}:
        raise ValueError(f"places must be 'finland' or None, not {places!r}")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int | np.integer)):
        raise TypeError(f"year must be a whole number or None, not {year!r}")
    raw, problems = _tables(memberships, members, networks)
    setting = roster.Setting(
        gazetteer=gazetteer(root) if places == "finland" else None,
        year=year,
        known_members=known[0] if known else None,
        known_networks=known[1] if known else None,
        problems=problems,
        together=networks is None and isinstance(memberships, str | os.PathLike),
    )
    own_members = roster.read_members(raw.get("members"), setting)
    own_networks = roster.read_networks(raw.get("networks"), setting)
    table = raw.get("memberships")
    if table is None:
        rows, named_members, named_networks = (
            _no_rows(),
            Identified(roster.no_text()),
            Identified(roster.no_text()),
        )
    else:
        rows, named_members, named_networks = _memberships(
            table, setting, own_members, own_networks
        )
    all_members = roster.all_members(rows, own_members, named_members, setting)
    all_networks = roster.all_networks(rows, own_networks, named_networks, setting)
    all_networks = roster.with_status(all_networks, rows, raw.get("networks"), setting)
    return Intake(all_members, all_networks, rows, setting.problems)


def _checked(name: str, given: object) -> None:
    """Refuse what is no table, such as a dict, an open file or the text of a table."""
    if not isinstance(given, str | os.PathLike | pd.DataFrame | RawTable):
        what = "the path of a file or a pandas DataFrame"
        raise TypeError(f"{name} must be {what}, not {type(given).__name__}")


def _tables(
    memberships: Source | RawTable,
    members: Source | RawTable | None,
    networks: Source | RawTable | None,
) -> tuple[dict[Role, RawTable], list[Problem]]:
    _checked("memberships", memberships)
    for name, source in (("members", members), ("networks", networks)):
        if source is not None:
            _checked(name, source)
    tables: dict[Role, RawTable] = {}
    problems: list[Problem] = []
    if isinstance(memberships, RawTable):
        tables["memberships"] = memberships
    elif members is not None and networks is not None:
        table, problems = read_table(memberships, "memberships")
        tables |= {"memberships": table} if table is not None else {}
    else:
        tables, problems = read_workbook(memberships)
    given: dict[Role, Source | RawTable | None] = {"members": members, "networks": networks}
    for role, source in given.items():
        if isinstance(source, RawTable):
            tables[role] = source
        elif source is not None:
            tables.pop(role, None)
            table, more = read_table(source, role)
            problems = problems + more
            tables |= {role: table} if table is not None else {}
    return tables, problems


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame({c: roster.no_text() for c in MEMBERSHIP_COLUMNS})


def _memberships(
    table: RawTable, setting: roster.Setting, own_members: pd.DataFrame, own_networks: pd.DataFrame
) -> tuple[pd.DataFrame, Identified, Identified]:
    found = setting.findings(table)
    network = _network_ids(table, setting, own_networks, found)
    member = _member_ids(table, setting, own_members, found)
    role = cells.terms(table.column("role", found), "role", code="unknown_role", default="member")
    evidence = cells.terms(
        table.column("evidence", found), "evidence", code="unknown_evidence", default="explicit"
    )
    since = table.column("since", found)
    open_ended = since.text.str.replace(r"^(\d{4})\s*[-–—]$", r"\1", regex=True)
    dates = {
        "since": cells.dates(cells.Column(open_ended, since.rows, since.title, found)),
        "until": cells.dates(table.column("until", found)),
        "as_of": cells.dates(table.column("as_of", found)),
    }
    reversed_ = dates["since"].first > dates["until"].last
    table.column("until", found).note(
        "reversed_dates", reversed_, values={"since": table.headers.get("since", "since")}
    )
    _note_ended(table, member.ids, dates, setting, found)
    frame = pd.DataFrame(
        {
            "network_id": network.ids,
            "member_id": member.ids,
            "role": role,
            **{name: d.text for name, d in dates.items()},
            "evidence": evidence,
            "source": table.column("source", found).text,
            "note": table.column("note", found).text,
        }
    )
    _note_repeated(frame, table, dates, found)
    usable = (frame["network_id"].notna() & frame["member_id"].notna()).to_numpy() & ~reversed_
    taken = {*MEMBERSHIP_COLUMNS, "network", "member", "member_kind"}
    extra = table.frame[[c for c in table.frame if c not in taken]]
    if extra.shape[1]:
        frame = pd.concat([frame, extra], axis=1)
    return (frame if usable.all() else frame[usable].reset_index(drop=True)), member, network


def _either(table: RawTable, name: str, found: Findings) -> Column:
    """Return the column of ids where it has text, else that of names."""
    identity, plain = table.column(f"{name}_id", found), table.column(name, found)
    if f"{name}_id" not in table.frame:
        return plain
    if name not in table.frame:
        return identity
    return cells.Column(identity.text.fillna(plain.text), table.rows, identity.title, found)


def _note_ended(
    table: RawTable,
    members: pd.Series,
    dates: dict[str, Dates],
    setting: roster.Setting,
    found: Findings,
) -> None:
    """Note rows that let a municipality be a member after it was merged into another."""
    towns = members[members.str.startswith("municipality:FI-", na=False)].unique()
    if setting.gazetteer is None:
        return
    for town, (last, heir) in roster.last_years(towns, setting.gazetteer).items():
        here = members.eq(town).to_numpy(dtype=bool)
        for name in ("until", "since"):
            after = here & (dates[name].year > last)
            values = {"member": setting.gazetteer.label(town), "last": str(last), "heir": heir}
            table.column(name, found).note("ended_place", after, "warning", values=values)
            here = here & ~after


def _network_ids(
    table: RawTable, setting: roster.Setting, own: pd.DataFrame, found: Findings
) -> Identified:
    column = _either(table, "network", found)
    column.note("empty_network", column.text.isna().to_numpy())
    if setting.gazetteer is not None and column.title and matrix.only_marks(column.text):
        first = np.arange(len(column.text)) == np.flatnonzero(column.text.notna())[0]
        column.note("marks_for_networks", first, "warning")
    closed = len(own) > 0
    bundled = setting.bundled_networks() if closed else None
    made = identities.networks(
        column,
        registers=[register(own), register(setting.known_networks), register(bundled)],
        closed=closed,
        as_is=setting.gazetteer is None,
        are_ids="network_id" in table.frame,
    )
    if bundled is not None:
        named = bundled["name_fi"].dropna()
        told = dict(zip(named.index, named, strict=True))
        made = Identified(made.ids, told | made.names, made.kinds)
    return _with_names(made, table, "network")


def _with_names(made: Identified, table: RawTable, name: str) -> Identified:
    """Take the names beside a column of ids as the names of those ids."""
    if name not in table.frame or f"{name}_id" not in table.frame:
        return made
    pairs = pd.DataFrame({"id": made.ids, "name": table.frame[name]}).dropna()
    first = pairs.drop_duplicates("id")
    return Identified(
        made.ids, made.names | dict(zip(first["id"], first["name"], strict=True)), made.kinds
    )


def _member_ids(
    table: RawTable,
    setting: roster.Setting,
    own: pd.DataFrame,
    found: Findings,
) -> Identified:
    column = _either(table, "member", found)
    column.note("empty_member", column.text.isna().to_numpy())
    kind = table.column("member_kind", found)
    if setting.gazetteer is None:
        made = identities.plain_members(column, kind.text)
        if len(own):
            made = _among_own(column, register(own))
        return _with_names(made, table, "member")
    kinds = cells.terms(kind, "member_kind", code="unknown_kind")
    hints = table.hints or {}
    quiet = Findings(found.file, found.sheet)
    made = identities.finnish_members(
        cells.Column(column.text, column.rows, column.title, quiet),
        kinds,
        hint=hints.get("member_id") or hints.get("member"),
        own=register(own),
        gazetteer=setting.gazetteer,
        year=setting.year,
        sheet=table.beside.get("members"),
    )
    other = _either(table, "network", found)
    if identities.look_swapped(column.text, other.text, made.ids, setting.gazetteer):
        found.note(
            "swapped_columns",
            column=column.title,
            value=str(column.text.dropna().iloc[0]),
            suggestion=other.title or str(other.text.dropna().iloc[0]),
        )
        return made
    found.problems.extend(quiet.problems)
    if {"member", "member_id"} <= set(table.frame):
        _note_conflicts(table, kinds, made.ids, setting, found)
    return made


def _among_own(column: Column, own: Register) -> Identified:
    codes, distinct = pd.factorize(column.text)
    ids = pd.Series([*(own.find(t) or np.nan for t in distinct), np.nan], dtype="str")
    lost = ids.isna().to_numpy(copy=True)
    lost[-1] = False
    if lost.any():
        finder = own.lookalikes()
        column.note(
            "unlisted_member",
            lost[codes],
            suggest=lambda t: "; ".join(finder.best([t.casefold()], 3)) or None,
        )
    return Identified(pd.Series(ids.array.take(codes), index=column.text.index))


def _note_conflicts(
    table: RawTable, kinds: pd.Series, ids: pd.Series, setting: roster.Setting, found: Findings
) -> None:
    """Note rows whose code means another place than their name does, of whatever kind."""
    assert setting.gazetteer is not None  # noqa: S101  the caller has looked
    names = table.column("member", found)
    named, alike = (
        identities.finnish_members(
            cells.Column(names.text, names.rows, names.title, Findings("")),
            asked,
            hint=(table.hints or {}).get("member"),
            own=Register(),
            gazetteer=setting.gazetteer,
            year=setting.year,
        ).ids
        # Beside the code of a sub-region, "Kuopio" is that sub-region.
        for asked in (kinds, ids.str.partition(":")[0].where(ids.notna()))
    )
    both = (named.notna() & ids.notna() & (named != ids) & (alike != ids)).to_numpy(dtype=bool)
    made_up = named.str.startswith("organisation:", na=False).to_numpy(dtype=bool)
    names.note("code_name_conflict", both & ~made_up)


def _note_repeated(
    frame: pd.DataFrame, table: RawTable, dates: dict[str, Dates], found: Findings
) -> None:
    """Note rows that say the same, and rows that contradict each other."""
    whole = (frame["network_id"].notna() & frame["member_id"].notna()).to_numpy()
    key = np.zeros(len(frame), dtype=np.int64)
    for name in ("network_id", "member_id", "role", "as_of"):
        key = _joined(key, frame[name])
    if "listed_id" in table.frame:  # several municipalities that one region stands for
        key = _joined(key, table.frame["listed_id"])
    membership = key
    for name in ("since", "until", "source"):
        key = _joined(key, frame[name])
    again = pd.Series(key).duplicated().to_numpy() & whole
    who = _either(table, "member", found)
    if again.any():
        at = np.flatnonzero(again)[:1000]
        first = pd.Series(table.rows, index=key)
        first = first[~first.index.duplicated()]
        for i in at.tolist():
            found.note(
                "duplicate_row",
                "warning",
                row=int(table.rows[i]),
                column=who.title,
                value=str(who.text.iloc[i]),
                first=str(first.loc[key[i]]),
            )
        _count_rest(found, table, again, who.title)
    _note_contradictions(membership, whole & ~again, dates, who)


def _count_rest(found: Findings, table: RawTable, mask: np.ndarray, title: str) -> None:
    at = np.flatnonzero(mask)
    if len(at) > 1000:  # noqa: PLR2004
        found.note(
            "more_rows",
            "warning",
            row=int(table.rows[at[1000]]),
            column=title,
            count=str(len(at) - 1000),
            same="duplicate_row",
        )


def _joined(key: np.ndarray, values: pd.Series) -> np.ndarray:
    """Return one number for each pair of a number and a text."""
    codes, distinct = pd.factorize(values)
    joined, _ = pd.factorize(key * (len(distinct) + 1) + codes + 1)
    return joined.astype(np.int64)


def _note_contradictions(
    membership: np.ndarray, among: np.ndarray, dates: dict[str, Dates], who: Column
) -> None:
    """Note memberships of one member, network, role and source year whose years overlap."""
    since, until = dates["since"].year, dates["until"].year
    at = np.flatnonzero(among & ~(np.isnan(since) & np.isnan(until)))
    if len(at) < 2:  # noqa: PLR2004
        return
    start = np.nan_to_num(since[at], nan=-np.inf)
    end = np.nan_to_num(until[at], nan=np.inf)
    order = np.lexsort((end, start, membership[at]))
    key, start, end = membership[at][order], start[order], end[order]
    same = key[1:] == key[:-1]
    differ = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    overlap = same & differ & (start[1:] < end[:-1])
    mask = np.zeros(len(among), dtype=bool)
    mask[at[order[1:][overlap]]] = True
    who.note("contradictory_dates", mask)
