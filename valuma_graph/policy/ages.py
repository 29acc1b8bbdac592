"""When networks and programmes began and ended, by which source."""

from __future__ import annotations

import re
from numbers import Integral
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from valuma_graph.policy import keeping
from valuma_graph.policy.statements import NONE, gather, strangers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers

REPORT: Final = "VALUMA report"
"""What every place in the report begins with."""

REPORT_YEAR: Final = 2019
"""Time of the interviews and annexes of the report."""

_COLUMNS: Final = {"founded": "founded_year", "ended": "ended_year"}
_DATE: Final = re.compile(r"(?<=^\d{4})-\d{1,2}(-\d{1,2}([ T].*)?)?$")
"""What follows the year in a date."""

_LISTED: Final = ("snapshot_as_of", "list_as_of")  # years in which somebody saw its members

Seen = tuple[int, str | None]
"""A year in which a network was there, and the source that tells so."""


class _Said(NamedTuple):
    """A year that a source gives for a network."""

    network: str
    which: str
    value: object
    basis: str
    rule: object
    source: object


def year_of(aff: Affiliation, year: int | None) -> int:
    """
    Return the year asked for, that of the set, or that of the report.

    Raises
    ------
    ValueError
        If it is no whole number.
    """
    if year is None:
        return aff.year if aff.year is not None else REPORT_YEAR
    if isinstance(year, bool) or not isinstance(year, Integral):
        raise ValueError(f"year must be a whole number, such as 2019, not {year!r}")  # noqa: TRY004
    return int(year)


def years(
    aff: Affiliation, networks: Collection[str], *, answers: Answers | None = None
) -> pd.DataFrame:
    """
    Return when networks and programmes began and ended.

    A user's answer comes before the report, the report before the tables. A year of the tables
    whose source is the report, where the report's own profile of the network or programme
    states none, is `inferred`.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids.
    answers
        What users say of their networks.

    Returns
    -------
    years
        Index `network_id`: `founded`, `ended` (Int64), and for each of them `_basis`, `_rule`
        and `_source`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> aff = vg.datasets.finland(year=2019)
    >>> years(aff, ["oske", "fisu"])[["founded", "ended", "founded_basis"]].values.tolist()
    [[1994, 2013, 'stated'], [<NA>, <NA>, 'unknown']]
    """
    index = pd.Index([*dict.fromkeys(networks)], name="network_id", dtype="str")
    found = _found(aff, answers or NONE)
    table = pd.DataFrame(index=index)
    for which in _COLUMNS:
        rows = [found.get((n, which), (None, "unknown", None, None)) for n in index]
        table[which] = pd.array([row[0] for row in rows], dtype="Int64")
        for k, part in enumerate(("basis", "rule", "source"), start=1):
            table[f"{which}_{part}"] = pd.Series([r[k] for r in rows], index=index, dtype="str")
    return table


_Found = dict[tuple[str, str], tuple[int, str, str | None, str | None]]


@keeping.remembered
def _found(aff: Affiliation, answers: Answers) -> _Found:
    """Return the year that counts: of each network, when it was founded and when it ended."""
    found: _Found = {}
    for one in _sayings(aff, answers):
        key = (one.network, one.which)
        if key in found or (when := read_year(one.value)) is None:
            continue
        found[key] = (when, one.basis, text(one.rule), text(one.source))
    return found


def _sayings(aff: Affiliation, answers: Answers) -> Iterator[_Said]:
    """Yield every year that is known, what counts first."""
    yield from _of_table(answers.networks, basis="stated")
    told = gather(aff, answers=answers)
    for which, attribute in _COLUMNS.items():
        rows = told[told["attribute"].eq(attribute)]
        for row in rows.itertuples(index=False):
            yield _Said(str(row.network_id), which, row.value, str(row.basis), row.rule, row.source)
    started = {"start_year": "founded_year", "end_year": "ended_year"}
    own = strangers(aff, answers=answers)
    programmes = keeping.programmes().rename(columns=started)
    yield from _of_table(programmes[~programmes.index.isin(own)], basis="stated")
    register = keeping.register()[1]
    for table in (aff.networks, register[~register.index.isin(own)]):
        yield from _of_table(table, basis="")


def _of_table(table: pd.DataFrame, *, basis: str) -> Iterator[_Said]:
    """Yield the years of a table of networks; what the report does not state there is inferred."""
    for which, column in _COLUMNS.items():
        if column not in table:
            continue
        rows = table.dropna(subset=[column])
        sources = rows["source"] if "source" in rows else pd.Series(index=rows.index, dtype="str")
        for network, value, source in zip(rows.index, rows[column], sources, strict=True):
            guessed = not basis and str(source).startswith(REPORT)
            rule = "year_of_table" if guessed else None
            yield _Said(
                str(network), which, value, basis or ("inferred" if guessed else "stated"), rule,
                source,
            )  # fmt: skip


def places(parts: Iterable[str | None]) -> str | None:
    """
    Join different sources, or return None where there is none.

    Examples
    --------
    >>> places(["ch. 3", None, "ch. 4 | ch. 3"]), places([])
    ('ch. 3 | ch. 4', None)
    """
    known = [str(part) for part in parts if part is not None and not pd.isna(part)]
    single = (one for part in known for one in part.split(" | ") if one)
    return " | ".join(dict.fromkeys(single)) or None


def seen(aff: Affiliation, now: int, *, answers: Answers | None = None) -> dict[str, Seen]:
    """Return the last year, up to that of the judgement, that a network was there, and by what."""
    profiles = keeping.policy("network_profiles").set_index("network_id")
    own = strangers(aff, answers=answers)
    profiles = profiles[~profiles.index.isin(own)]
    register = keeping.register()[1]
    described = profiles.loc[profiles["case_study"].ne("mentioned"), "as_of"]
    parts = [(described, profiles["source"])]
    for table in (aff.networks, register[~register.index.isin(own)]):
        parts += [(table[c].dropna(), table["source"]) for c in _LISTED if c in table]
    told = answers or NONE
    for table in (told.statements.set_index("network_id"), told.networks):
        parts += [(table["as_of"].dropna(), table["source"])] if "as_of" in table else []
    found: dict[str, Seen] = {}
    for when, source in parts:
        written = when.astype("str").str.findall(r"\b(?:19|20)\d\d\b").explode().dropna()
        known = source.groupby(level=0).first()
        for network, year in written.astype("int64").items():
            # What a later source tells is of its own time, not of the year asked for.
            if year <= now and year > found.get(str(network), (0, None))[0]:
                found[str(network)] = (year, text(known.get(network)))
    return found


def read_year(value: object) -> int | None:
    """
    Read a year, also of a date that begins with it; None where there is none.

    Examples
    --------
    >>> read_year("2019"), read_year(2019.0), read_year("2018-05-01"), read_year("soon")
    (2019, 2019, 2018, None)
    """
    written = str(value).strip()
    try:
        number = float(_DATE.sub("", written))
    except ValueError:
        return None
    return int(number) if 1000 <= number < 3000 and number == int(number) else None  # noqa: PLR2004


def text(value: Any) -> str | None:  # noqa: ANN401
    """
    Return a cell as text, or None where it is missing.

    Examples
    --------
    >>> text("2019"), text(float("nan"))
    ('2019', None)
    """
    return None if pd.isna(value) else str(value)
