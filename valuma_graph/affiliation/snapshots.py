"""Which rows of a membership table hold in a given year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

GRADES: Final = ("explicit", "composite", "implied", "candidate", "draft")
"""Grades of evidence, strongest first."""

COMPLETE_WITHIN: Final = 3
"""A complete list speaks for the years up to this far from its own."""

REASONS: Final = (
    "evidence",  # the grade is lower than asked for
    "former_member",  # the row says that the membership has ended
    "founded_later",  # the network was founded after the year
    "ended",  # the network had ended before the year
    "left_out",  # a choice made by hand leaves the network out of that year
    "other_snapshot",  # the network has a list that is nearer to the year
    "too_far",  # the nearest list is more than `snapshot_gap` years away
    "undated",  # the list bears no year, and undated lists were not asked for
    "outside_interval",  # joined later, or had left by then
    "same_membership",  # another row says the same of this member, network and role
)

_UNDATED = -9999.0
_NEVER: Final = 10


@dataclass(frozen=True)
class Selection:
    """
    What holds in a year.

    Parameters
    ----------
    reason
        One for each row of the memberships: empty where the row holds, else one of `REASONS`.
    networks
        One row for each network: `selection` (`interval`, `union`, `snapshot`, `undated`,
        `all`, or missing where no list can be used or nothing of it holds),
        `snapshot_as_of` (the year of the list used, as text) and `thinned` (some of the list
        is known to lie outside the year, so it no longer says who else was there then).
    """

    reason: pd.Series
    networks: pd.DataFrame


def years(values: pd.Series) -> np.ndarray:
    """
    Return the year of each date (`2019`, `2019-06`, `2019-06-10`) as a float, NaN where unknown.

    Examples
    --------
    >>> years(pd.Series(["2019-06-10", None, "2020"])).tolist()
    [2019.0, nan, 2020.0]
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=float, na_value=np.nan)
    codes, distinct = pd.factorize(values)
    found = pd.to_numeric(pd.Series(distinct, dtype="str").str.slice(0, 4), errors="coerce")
    table = np.append(found.to_numpy(dtype=float), np.nan)
    return table[codes]


def list_years(networks: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the first and the last year that the list of each network is of, NaN where unknown.

    Examples
    --------
    >>> lists = pd.DataFrame({"list_as_of": ["2019", "2019-06-10", "2014-2021", None]})
    >>> [each.tolist() for each in list_years(lists)]
    [[2019.0, 2019.0, 2014.0, nan], [2019.0, 2019.0, 2021.0, nan]]
    """
    if "list_as_of" not in networks:
        return np.full(len(networks), np.nan), np.full(len(networks), np.nan)
    first = years(networks["list_as_of"])
    until = networks["list_as_of"].astype("str").str.extract(r"[-–/]\s*(\d{4})(?!\d)")[0]
    return first, np.where(until.notna(), years(until), first)


def grades_up_to(evidence: str) -> tuple[str, ...]:
    """
    Return a grade of evidence and all stronger ones.

    Raises
    ------
    ValueError
        If there is no such grade.

    Examples
    --------
    >>> grades_up_to("implied")
    ('explicit', 'composite', 'implied')
    """
    if evidence not in GRADES:
        raise ValueError(f"evidence must be one of {', '.join(GRADES)}, not {evidence!r}")
    return GRADES[: GRADES.index(evidence) + 1]


def hold(
    memberships: pd.DataFrame,
    networks: pd.DataFrame,
    *,
    year: int | None,
    choices: pd.DataFrame | None = None,
    evidence: str = "composite",
    snapshot_gap: int | None = 5,
    undated: bool = True,
) -> Selection:
    """
    Decide which rows of a membership table hold in a year, and why the others do not.

    Networks whose join years are known are followed by *interval*: a row holds from `since`
    to `until`, both included; a row without a join year holds once its source is of that
    year or earlier. All other networks are known by *snapshots*, and one is used: a complete
    list within three years of the year; else the fullest list of the year or one beside it;
    else the dated list nearest to it (the earlier of two) within `snapshot_gap` years; else,
    where `undated` allows it, a list without a year. From a snapshot of another year, rows
    known to lie outside the year are dropped. A network that was founded later or had ended
    has no rows. Choices made by hand come first.

    Parameters
    ----------
    memberships
        Columns network_id, member_id, role, since, until, as_of, evidence.
    networks
        Index network_id; founded_year, ended_year, list_status, list_as_of.
    year
        The year, or None: rows of every year hold.
    choices
        Columns network_id, rule (`interval`, `union`, `snapshot`, `undated`, `leave_out`),
        as_of, first_year, last_year: the rule for that network in those years.
    evidence
        The lowest grade that counts.
    snapshot_gap
        The most years between the year and a list that is neither complete nor of a year
        beside it; None for no limit.
    undated
        Whether a list without a year may stand in where there is no dated one.

    Returns
    -------
    selection
        The reason of each row, and the list used for each network.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "network_id": "n",
    ...         "member_id": ["a", "b", "c"],
    ...         "role": "member",
    ...         "since": None,
    ...         "until": None,
    ...         "as_of": ["2016", "2019", "2019"],
    ...         "evidence": "explicit",
    ...     }
    ... )
    >>> networks = pd.DataFrame({"list_status": ["partial"]}, index=["n"])
    >>> hold(rows, networks, year=2020).reason.tolist()
    ['other_snapshot', '', '']
    """
    reason = _Reasons(len(memberships))
    grade = memberships["evidence"].fillna(GRADES[0]).isin(grades_up_to(evidence)).to_numpy()
    reason.give("evidence", ~grade)
    reason.give("former_member", memberships["role"].eq("former_member").to_numpy())
    n = networks.index.get_indexer(pd.Index(memberships["network_id"]))
    label = np.full(len(networks), None, dtype=object)
    used = np.full(len(networks), np.nan)
    if year is None:
        label[np.unique(n[reason.free])] = "all"
    else:
        rows = _Rows(
            network=n,
            as_of=years(memberships["as_of"]),
            since=years(memberships["since"]),
            until=years(memberships["until"]),
            strong=memberships["evidence"].fillna(GRADES[0]).isin(GRADES[:2]).to_numpy(),
        )
        _leave_out_by_life(rows, networks, year, reason)
        rule, fixed = _rules(rows, networks, choices, year, undated=undated, reason=reason)
        _by_interval(rows, rule, year, undated=undated, reason=reason)
        label, used = _by_snapshot(
            rows, rule, fixed, networks, year, gap=snapshot_gap, undated=undated, reason=reason
        )
    _one_row_each(memberships, n, reason)
    text = pd.Series(used).astype("Int64").astype("str").where(~np.isnan(used), np.nan)
    return Selection(
        reason=pd.Series(reason.as_text(), index=memberships.index, name="reason"),
        networks=pd.DataFrame(
            {
                "selection": pd.Series(label, index=networks.index, dtype="str"),
                "snapshot_as_of": pd.Series(text.to_numpy(), index=networks.index, dtype="str"),
                "thinned": _thinned(n, reason, label),
            }
        ),
    )


class _Reasons:
    """The first reason given to a row stands."""

    def __init__(self, n: int) -> None:
        self.code = np.full(n, -1, dtype=np.int8)

    @property
    def free(self) -> np.ndarray:
        return self.code < 0

    def give(self, reason: str, mask: np.ndarray) -> None:
        self.code[mask & self.free] = REASONS.index(reason)

    def as_text(self) -> pd.Categorical[str]:
        names = pd.Index(["", *REASONS])
        return pd.Categorical.from_codes(self.code.astype(np.int64) + 1, categories=names)


@dataclass(frozen=True)
class _Rows:
    network: np.ndarray
    as_of: np.ndarray
    since: np.ndarray
    until: np.ndarray
    strong: np.ndarray


def _thinned(network: np.ndarray, reason: _Reasons, label: np.ndarray) -> np.ndarray:
    outside = reason.code == REASONS.index("outside_interval")
    listed = np.equal(label, "snapshot") | np.equal(label, "undated")
    thinned: np.ndarray = _any_of(outside, network, len(label)) & listed
    return thinned


def _column(networks: pd.DataFrame, name: str) -> np.ndarray:
    if name not in networks:
        return np.full(len(networks), np.nan)
    return years(networks[name])


def _leave_out_by_life(rows: _Rows, networks: pd.DataFrame, year: int, reason: _Reasons) -> None:
    reason.give("founded_later", (_column(networks, "founded_year") > year)[rows.network])
    reason.give("ended", (_column(networks, "ended_year") < year)[rows.network])


def _any_of(mask: np.ndarray, network: np.ndarray, size: int) -> np.ndarray:
    found = np.zeros(size, dtype=bool)
    found[network[mask]] = True
    return found


def _rules(
    rows: _Rows,
    networks: pd.DataFrame,
    choices: pd.DataFrame | None,
    year: int,
    *,
    undated: bool,
    reason: _Reasons,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rule of each network and, where a choice names one, the year of its list."""
    size = len(networks)
    dated = _any_of(reason.free & ~np.isnan(rows.as_of), rows.network, size)
    lasting = _any_of(
        reason.free & ~(np.isnan(rows.since) & np.isnan(rows.until)), rows.network, size
    )
    if not undated:  # a row without a year says nothing, so the list is known by halves only
        blank = np.isnan(rows.since) & np.isnan(rows.until)
        lasting &= ~_any_of(reason.free & blank, rows.network, size)
    rule = np.where(lasting & ~dated, "interval", "snapshot").astype(object)
    fixed = np.full(size, np.nan)
    if choices is not None and len(choices):
        first, last = years(choices["first_year"]), years(choices["last_year"])
        valid = ~(first > year) & ~(last < year)
        at = networks.index.get_indexer(pd.Index(choices["network_id"]))
        valid &= at >= 0
        rule[at[valid]] = choices["rule"].to_numpy()[valid]
        fixed[at[valid]] = years(choices["as_of"])[valid]
    reason.give("left_out", (rule == "leave_out")[rows.network])
    return rule, fixed


def _by_interval(
    rows: _Rows, rule: np.ndarray, year: int, *, undated: bool, reason: _Reasons
) -> None:
    mine = (rule == "interval")[rows.network]
    seen = (rows.as_of <= year) | (np.isnan(rows.as_of) & undated)
    begun = np.where(np.isnan(rows.since), seen, rows.since <= year)
    reason.give("outside_interval", mine & ~(begun & ~(rows.until < year)))


def _by_snapshot(
    rows: _Rows,
    rule: np.ndarray,
    fixed: np.ndarray,
    networks: pd.DataFrame,
    year: int,
    *,
    gap: int | None,
    undated: bool,
    reason: _Reasons,
) -> tuple[np.ndarray, np.ndarray]:
    size = len(networks)
    chosen = _choose_list(
        rows, rule, fixed, networks, year, gap=gap, undated=undated, reason=reason
    )
    listed = np.isin(rule, ("snapshot", "undated"))[rows.network]
    mine = np.where(np.isnan(rows.as_of), _UNDATED, rows.as_of)
    target = chosen[rows.network]
    nothing = listed & np.isnan(target)
    reason.give("undated", nothing & np.isnan(rows.as_of))
    reason.give("too_far", nothing)
    reason.give("other_snapshot", listed & (mine != target))
    outside = (rows.since > year) | (rows.until < year)
    reason.give("outside_interval", listed & outside & (rows.as_of != year))
    label = np.full(size, None, dtype=object)
    held = _any_of(reason.free, rows.network, size)
    for name in ("interval", "union"):
        label[held & (rule == name)] = name
    label[held & ~np.isnan(chosen)] = "snapshot"
    label[held & (chosen == _UNDATED)] = "undated"
    used = np.where((chosen == _UNDATED) | ~held, np.nan, chosen)
    used[np.equal(label, "interval")] = year
    return label, used


def _choose_list(
    rows: _Rows,
    rule: np.ndarray,
    fixed: np.ndarray,
    networks: pd.DataFrame,
    year: int,
    *,
    gap: int | None,
    undated: bool,
    reason: _Reasons,
) -> np.ndarray:
    """Return the year of the list used for each network, `_UNDATED`, or NaN for none."""
    free = reason.free & np.isin(rule, ("snapshot", "undated"))[rows.network]
    table = pd.DataFrame(
        {"n": rows.network[free], "a": rows.as_of[free], "strong": rows.strong[free]}
    )
    table["a"] = table["a"].fillna(_UNDATED)
    lists = table.groupby(["n", "a"])["strong"].agg(["sum", "size"]).reset_index()
    n, a, strong = (lists[c].to_numpy() for c in ("n", "a", "sum"))
    away = np.abs(a - year)
    status = networks["list_status"] if "list_status" in networks else pd.Series(dtype="str")
    complete = status.eq("complete").to_numpy() if len(status) else np.zeros(len(networks), bool)
    begins, ends = list_years(networks)
    # Where it is not said which list is complete, each of them is.
    whole = complete[n] & (np.isnan(begins[n]) | ((begins[n] == a) & (ends[n] == a)))
    rank = np.full(len(lists), _NEVER)
    rank[away <= (np.inf if gap is None else gap)] = 3
    rank[away <= 1] = 2
    rank[whole & (away <= COMPLETE_WITHIN)] = 1
    rank[a == _UNDATED] = 4 if undated else _NEVER
    # A list of weak evidence serves only where there is none of strong: asking for weaker
    # grades may add memberships, but never exchanges one list for another.
    rank[(strong == 0) & (rank < _NEVER)] += _NEVER // 2
    by_choice = ~np.isnan(fixed[n]) | (rule[n] == "undated")
    wanted = np.where(rule[n] == "undated", _UNDATED, fixed[n])
    rank[by_choice] = np.where(a == wanted, 0, _NEVER)[by_choice]
    count = np.where(strong > 0, strong, lists["size"].to_numpy())
    fullest = np.where((away <= 1) & ~whole, -count, 0)
    order = np.lexsort((a, away, fullest, rank, n))
    first = order[np.unique(n[order], return_index=True)[1]]
    first = first[rank[first] < _NEVER]
    chosen = np.full(len(networks), np.nan)
    chosen[n[first]] = a[first]
    return chosen


def _one_row_each(memberships: pd.DataFrame, n: np.ndarray, reason: _Reasons) -> None:
    """Keep one row for each member, network and role: a known join year first, then the latest."""
    free = np.flatnonzero(reason.free)
    member, _ = pd.factorize(memberships["member_id"].to_numpy()[free])
    role, names = pd.factorize(memberships["role"].to_numpy()[free])
    key = (n[free].astype(np.int64) * (member.max(initial=0) + 1) + member) * max(
        len(names), 1
    ) + role
    if len(pd.unique(key)) == len(key):
        return
    part = memberships.iloc[free]
    as_of = np.nan_to_num(years(part["as_of"]), nan=_UNDATED)
    order = np.lexsort((-as_of, np.isnan(years(part["since"])), key))
    repeated = np.r_[False, key[order][1:] == key[order][:-1]]
    doubled = np.zeros(len(memberships), dtype=bool)
    doubled[free[order[repeated]]] = True
    reason.give("same_membership", doubled)
