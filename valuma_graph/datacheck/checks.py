"""Check the project's own tables: against their descriptor, and against each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph import places
from valuma_graph.datacheck.schema import Log, Table, check_fields, check_keys, read_package
from valuma_graph.tables.findings import problems_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Tables = dict[str, Table]

_COUNTED = ("explicit", "composite")
_UNDATED = "undated"
_PARTS = ("municipalities", "regions", "organisations", "other")
# A table with one of these is not compared with others: its numbers and years cannot be read.
_UNREADABLE = ("file_unreadable", "column_missing", "row_length", "value_missing", "value_type")
# Columns of municipalities.csv that repeat the latest year of a scheme.
_LATEST = ("region", "sub_region", "urban_rural", "language_status")
_TOKEN = re.compile(r"-\d+|\d{3}\d*")


def check_data(root: str | Path | None = None, *, lang: str = "en") -> pd.DataFrame:
    """
    List every problem of the project's own tables.

    First each table is checked against `datapackage.json` (files, columns, types, allowed
    values, keys, references between tables, reversed years), then the tables against each
    other: held counts against memberships, the status of lists against declared counts,
    municipalities per year, groups, mergers, population and lattice against their totals.
    The second part looks only at tables whose cells can be read as what they should be.

    Parameters
    ----------
    root
        A folder with `datapackage.json`; by default the bundled data.
    lang
        Language of the messages: `"fi"`, `"sv"` or `"en"`.

    Returns
    -------
    problems
        One row for each problem, sorted by file, row and column: `file` (relative to the
        folder), `sheet` (empty), `row` (the header is row 1), `column` (several joined by a
        comma), `code`, `value`, `suggestion`, `severity` (error or warning), `message`.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.

    Examples
    --------
    >>> check_data().query("severity == 'error'").empty
    True
    """
    log = Log()
    tables = read_package(places.data_path(root=root), log)
    check_fields(tables, log)
    check_keys(tables, log)
    faulty = {p.file for p in log.problems if p.code in _UNREADABLE}
    sound = {n: t for n, t in tables.items() if t.whole and t.path not in faulty}
    for needs, rule in _RULES:
        if sound.keys() >= set(needs):
            rule(sound, log)
    return problems_frame(log.problems, lang=lang)


def _whole(texts: pd.Series, missing: int) -> np.ndarray:
    return texts.mask(texts.eq(""), str(missing)).to_numpy(dtype=str).astype(int)


def _year_of(dates: pd.Series) -> pd.Series:
    return dates.str.slice(0, 4)


def _kind_of(ids: pd.Series) -> pd.Series:
    return ids.str.partition(":")[0]


# Networks and members


def _one_row_a_year(tables: Tables, log: Log) -> None:
    table = tables["memberships"]
    frame = table.frame.assign(year=_year_of(table.frame["as_of"]))
    again = frame.duplicated(["network_id", "member_id", "role", "year"]) & frame["year"].ne("")
    again &= ~frame.duplicated(["network_id", "member_id", "role", "as_of", "source"])
    log.rows(table, again, ("network_id", "member_id", "role", "as_of"), "same_year")


def _held(tables: Tables, log: Log) -> None:
    networks, rows = tables["networks"], tables["memberships"].frame
    rows = rows[rows["evidence"].isin(_COUNTED)]
    rows = rows.assign(year=_year_of(rows["as_of"]), kind=_kind_of(rows["member_id"]))
    of_network = dict(iter(rows.groupby("network_id", sort=False)))
    columns = ["network_id", "held_as_of", "held_kinds", "held_roles"]
    found = [
        str(_count(of_network[network], as_of, kinds, roles) if network in of_network else 0)
        for network, as_of, kinds, roles in networks.frame[columns].itertuples(index=False)
    ]
    bad = networks.frame["held_members"].to_numpy() != np.array(found, dtype=object)
    log.rows(networks, bad, "held_members", "held_count", found=found)


def _count(rows: pd.DataFrame, as_of: str, kinds: str, roles: str) -> int:
    """Count distinct members in the roles, of the kinds and of the years that a source counts."""
    keep = rows["role"].isin(roles.split(";"))
    if kinds:
        keep &= rows["kind"].isin(kinds.split(";"))
    of_year = pd.Series(data=False, index=rows.index)
    for part in filter(None, as_of.split(";")):
        if part == _UNDATED:
            of_year |= rows["year"].eq("")
        else:
            first, _, last = part.partition("-")
            of_year |= rows["year"].between(first, last or first)
    return int(rows.loc[keep & of_year, "member_id"].nunique())


def _list_status(tables: Tables, log: Log) -> None:
    table = tables["networks"]
    frame, held = table.frame, _whole(table.frame["held_members"], 0)
    declared = _whole(frame["declared_total"], -1)
    reached = (declared >= 0) & (held >= declared)
    status = frame["list_status"]
    bad = (status.eq("complete") & ~reached) | (status.eq("partial") & reached)
    log.rows(
        table,
        bad,
        "list_status",
        "list_status",
        held=[str(n) for n in held],
        declared=["–" if n < 0 else str(n) for n in declared],
    )


def _declared_parts(tables: Tables, log: Log) -> None:
    table = tables["networks"]
    parts = np.stack([_whole(table.frame[f"declared_{p}"], 0) for p in _PARTS])
    total, of_parts = _whole(table.frame["declared_total"], -1), parts.sum(axis=0)
    bad = (total >= 0) & (of_parts > 0) & (of_parts != total)
    log.rows(table, bad, "declared_total", "declared_sum", found=[str(n) for n in of_parts])


def _member_ids(tables: Tables, log: Log) -> None:
    table, municipalities = tables["members"], tables["municipalities"].frame
    frame, prefix = table.frame, _kind_of(table.frame["member_id"])
    fits = prefix.eq(frame["kind"]) | (prefix.eq("region") & frame["kind"].eq("region_group"))
    log.rows(table, ~fits, ("member_id", "kind"), "member_kind")
    lacks = frame["kind"].eq("organisation") & frame["subtype"].eq("")
    log.rows(table, lacks, "subtype", "value_missing")
    twice = frame["member_id"].isin("municipality:FI-" + municipalities["code"])
    log.rows(table, twice, "member_id", "member_twice")


def _also_in_networks(tables: Tables, log: Log) -> None:
    table = tables["programmes"]
    both = table.frame["programme_id"].isin(tables["networks"].frame["network_id"])
    bad = table.frame["also_in_networks"].eq("yes") != both
    log.rows(table, bad, "also_in_networks", "also_in_networks")


def _selections(tables: Tables, log: Log) -> None:
    table, rows = tables["selections"], tables["memberships"].frame
    frame = table.frame
    first, last = _whole(frame["first_year"], 0), _whole(frame["last_year"], 9999)
    order = np.lexsort((first, frame["network_id"].to_numpy()))
    network = frame["network_id"].to_numpy()[order]
    meets = (network[1:] == network[:-1]) & (first[order][1:] <= last[order][:-1])
    overlap = np.zeros(len(frame), dtype=bool)
    overlap[order[1:][meets]] = True
    log.rows(table, overlap, ("network_id", "first_year"), "selection_overlap")
    lists = set(rows["network_id"] + "/" + _year_of(rows["as_of"]))
    year = frame["as_of"].where(frame["rule"].eq("snapshot"), "")
    chosen = frame["rule"].isin(["snapshot", "undated"])
    empty = chosen & ~(frame["network_id"] + "/" + year).isin(lists)
    log.rows(table, empty, ("rule", "as_of"), "selection_empty")


# Municipalities


def _spells(tables: Tables) -> pd.DataFrame:
    """Return code, first and last year of every municipality."""
    frame = tables["municipalities"].frame
    last = _whole(frame["valid_to_year"], places.DIVISIONS[-1])
    return pd.DataFrame(
        {"code": frame["code"], "first": _whole(frame["valid_from_year"], 0), "last": last}
    )


def _by_year(codes: pd.DataFrame, first: np.ndarray, last: np.ndarray) -> pd.DataFrame:
    """Repeat each row for every year of its interval; column `at` keeps its position."""
    length = np.maximum(last - first + 1, 0)
    at = np.repeat(np.arange(len(codes)), length)
    start = np.repeat(length.cumsum() - length, length)
    return codes.iloc[at].assign(at=at, year=first[at] + np.arange(len(at)) - start)


def _totals(tables: Tables, log: Log) -> None:
    table, population = tables["control_totals"], tables["population"].frame
    spells = _spells(tables)
    people = (
        population.assign(n=_whole(population["population"], 0))
        .groupby(["year", "division"])["n"]
        .sum()
    )
    found = []
    for quantity, year, division in table.frame[["quantity", "year", "division"]].itertuples(
        index=False
    ):
        if quantity == "municipalities":
            exists = (spells["first"] <= int(year)) & (spells["last"] >= int(year))
            found.append(str(int(exists.sum())))
        else:
            found.append(str(int(people.get((year, division), 0))))
    bad = table.frame["value"].to_numpy() != np.array(found, dtype=object)
    log.rows(table, bad, "value", "total_differs", found=found)


def _population(tables: Tables, log: Log) -> None:
    table, spells = tables["population"], _spells(tables)
    frame = table.frame
    exists = spells.merge(frame["division"].drop_duplicates().rename("d"), how="cross")
    year = exists["d"].astype(int)
    exists = exists[(exists["first"] <= year) & (exists["last"] >= year)]
    bad = ~(frame["division"] + frame["code"]).isin(exists["d"] + exists["code"])
    log.rows(table, bad, ("code", "division"), "not_in_division", year=frame["division"].tolist())
    for (year_of, division), codes in frame.groupby(["year", "division"])["code"]:
        all_codes = exists["code"][exists["d"].eq(str(division))]
        missing = sorted(set(all_codes) - set(codes))
        if missing:
            log.file(
                table.path,
                "group_gap",
                column="code",
                scheme="population",
                year=str(year_of),
                codes=", ".join(missing),
            )


def _groups(tables: Tables, log: Log) -> None:
    table, schemes = tables["classifications"], tables["schemes"].frame
    frame = table.frame
    first, last = _whole(frame["first_year"], 0), _whole(frame["last_year"], 0)
    years = _by_year(frame[["scheme", "code", "group_code"]], first, last)
    twice = years.duplicated(["scheme", "code", "year"])
    bad = np.isin(np.arange(len(frame)), years.loc[twice, "at"])
    log.rows(table, bad, ("scheme", "code", "first_year"), "group_overlap")

    spells = _spells(tables)
    exists = _by_year(spells, spells["first"].to_numpy(), spells["last"].to_numpy())
    alive = pd.MultiIndex.from_frame(exists[["code", "year"]])
    ghosts = ~pd.MultiIndex.from_frame(years[["code", "year"]]).isin(alive)
    bad = np.isin(np.arange(len(frame)), years.loc[ghosts, "at"])
    log.rows(table, bad, ("code", "first_year", "last_year"), "not_in_years")

    expected = schemes[schemes["complete"].eq("yes") & schemes["scheme"].ne("municipality")]
    expected = expected.astype({"first_year": int, "last_year": int})
    wanted = exists[["code", "year"]].merge(expected, how="cross")
    wanted = wanted[wanted["year"].between(wanted["first_year"], wanted["last_year"])]
    missing = wanted.merge(years, on=["scheme", "code", "year"], how="left")
    missing = missing[missing["at"].isna()]
    for (scheme, year), codes in missing.groupby(["scheme", "year"])["code"]:
        log.file(
            table.path,
            "group_gap",
            column="code",
            scheme=str(scheme),
            year=str(year),
            codes=", ".join(codes),
        )


def _group_names(tables: Tables, log: Log) -> None:
    table, names = tables["classifications"], tables["groups"]
    key = ["scheme", "group_code", "year"]

    def years(of: Table) -> pd.DataFrame:
        frame = of.frame[["scheme", "group_code"]]
        first, last = _whole(of.frame["first_year"], 0), _whole(of.frame["last_year"], 0)
        return _by_year(frame, first, last)

    named, used = years(names), years(table)
    bad = np.isin(np.arange(len(names.frame)), named.loc[named.duplicated(key), "at"])
    log.rows(names, bad, ("scheme", "group_code", "first_year"), "group_overlap")
    unnamed = ~pd.MultiIndex.from_frame(used[key]).isin(pd.MultiIndex.from_frame(named[key]))
    bad = np.isin(np.arange(len(table.frame)), used.loc[unnamed, "at"])
    log.rows(table, bad, ("scheme", "group_code"), "group_unnamed")


def _latest_classes(tables: Tables, log: Log) -> None:
    table, classes = tables["municipalities"], tables["classifications"].frame
    latest = classes.sort_values("last_year", kind="stable").drop_duplicates(
        ["scheme", "code"], keep="last"
    )
    for scheme in _LATEST:
        group = latest[latest["scheme"].eq(scheme)].set_index("code")["group_code"]
        right = table.frame["code"].map(group).fillna("")
        bad = right.ne(table.frame[scheme])
        log.rows(table, bad, scheme, "class_differs", right=right.tolist())


def _mergers(tables: Tables, log: Log) -> None:
    table, merged = tables["municipalities"], tables["mergers"].frame
    merged = merged[merged["event"].eq("merger")].drop_duplicates("from_code")
    year = merged.set_index("from_code")["year"].replace("", "0").astype(int)
    ends = table.frame["valid_to_year"]
    right = table.frame["code"].map(year - 1).fillna(0).astype(int)
    bad = right.to_numpy() != _whole(ends, 0)
    log.rows(table, bad, "valid_to_year", "merger_differs", right=[str(n or "–") for n in right])


def _lattice(tables: Tables, log: Log) -> None:
    table, meta = tables["lattice"], tables["lattice_meta"].frame
    facts = meta.set_index("key")["value"]
    unknown = [k for k in ("n_cols", "division_year") if not facts.get(k, "").isdigit()]
    if unknown:
        log.file(tables["lattice_meta"].path, "lattice_meta", column="value", key=unknown[0])
        return
    width, year = int(facts["n_cols"]), int(facts["division_year"])
    cells = np.zeros((len(table.frame), width), dtype="U3")
    wide = np.zeros(len(table.frame), dtype=bool)
    for i, runs in enumerate(table.frame["runs"]):
        col = 0
        for token in _TOKEN.findall(runs):
            empty = token[0] == "-"
            length = int(token[1:]) if empty else int(token[3:] or 1)
            if not empty:
                cells[i, col : col + length] = token[:3]
            col += length
        wide[i] = col > width
    log.rows(table, wide, "runs", "lattice_wide", width=str(width))

    spells = _spells(tables)
    alive = spells.loc[(spells["first"] <= year) & (spells["last"] >= year), "code"]
    strange = np.asarray(np.isin(cells, ["", *alive], invert=True).any(axis=1))
    log.rows(table, strange, "runs", "not_in_division", year=str(year))
    found = {
        "n_rows": len(cells),
        "n_cells": np.count_nonzero(cells),
        "n_municipalities": len(np.unique(cells[cells != ""])),
    }
    right = meta["key"].map(found)
    given = right.fillna(0).astype(int).astype(str)
    differs = right.notna() & given.ne(meta["value"])
    log.rows(tables["lattice_meta"], differs, "value", "total_differs", found=given.tolist())

    older = tables["lattice_before_2020"]
    columns = ["row", "col_start", "col_end"]
    spans = older.frame[columns].astype(int).itertuples(index=False)
    bad = np.array(
        [
            (cells[row : row + 1, start : end + 1] != code).any() or end >= width
            for code, (row, start, end) in zip(older.frame["code_2020"], spans, strict=True)
        ],
        dtype=bool,
    )
    log.rows(older, bad, ("code_2020", *columns), "lattice_differs")


_RULES: tuple[tuple[tuple[str, ...], Callable[[Tables, Log], None]], ...] = (
    (("memberships",), _one_row_a_year),
    (("networks", "memberships"), _held),
    (("networks",), _list_status),
    (("networks",), _declared_parts),
    (("members", "municipalities"), _member_ids),
    (("programmes", "networks"), _also_in_networks),
    (("selections", "memberships"), _selections),
    (("control_totals", "municipalities", "population"), _totals),
    (("population", "municipalities"), _population),
    (("classifications", "schemes", "municipalities"), _groups),
    (("classifications", "groups"), _group_names),
    (("municipalities", "classifications"), _latest_classes),
    (("municipalities", "mergers"), _mergers),
    (("lattice", "lattice_meta", "lattice_before_2020", "municipalities"), _lattice),
)
