"""Read an affiliation network from a user's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from valuma_graph import intake
from valuma_graph.affiliation import Affiliation, build
from valuma_graph.affiliation.assembly import Options, Origin
from valuma_graph.errors import TableError
from valuma_graph.places import gazetteer
from valuma_graph.text import check_lang

if TYPE_CHECKING:
    import os

    from valuma_graph.places import Gazetteer

    Source = str | os.PathLike[str] | pd.DataFrame


def read(
    memberships: Source,
    *,
    members: Source | None = None,
    networks: Source | None = None,
    year: int | None = None,
    places: Literal["finland"] | None = "finland",
    lang: str = "en",
) -> Affiliation:
    """
    Read an affiliation network from tables.

    Two columns are enough, member and network, in Finnish, Swedish or English. Lists are taken
    as complete unless the table of networks says otherwise. Where it tells of some networks, the
    others have to be among the bundled ones if both tables are in one workbook or folder (their
    lists are then of unknown completeness), and else are an error. Tables that `export` wrote are
    those of one year already, and are taken as they stand.

    Parameters
    ----------
    memberships
        CSV, XLSX, ODS or Parquet file, or a DataFrame: one row for each membership. A workbook
        may have the other two tables on sheets of their own; a folder may hold
        `memberships.csv`, `members.csv` and `networks.csv`.
    members
        All members, also those in no network; without it, the members are those of the rows.
    networks
        Names, kinds, years, declared counts, status of the lists.
    year
        The year to describe; None takes all rows together, or the year that tables which
        `export` wrote say they are of (`described_year` in the table of networks).
    places
        `"finland"`: members are Finnish municipalities, regions and so on, by name or code,
        and are checked; None: members are whatever the table says.
    lang
        Language of the error message.

    Returns
    -------
    aff
        The affiliation network.

    Raises
    ------
    TableError
        If anything is wrong; `.problems` lists everything, as `problems` does.
    TypeError
        If a table is neither a path nor a DataFrame, or the year is no whole number.

    Examples
    --------
    >>> import pandas as pd, valuma_graph as vg
    >>> vg.read(pd.DataFrame({"kunta": ["Tampere", "Åbo"], "verkosto": ["Hinku", "Hinku"]}))
    Affiliation: 2 members, 1 network, 2 memberships
    """
    check_lang(lang)
    found = intake.prepare(memberships, members, networks, year=year, places=places)
    if year is None and (described := _described_year(found.networks)) is not None:
        year = described
        found = intake.prepare(memberships, members, networks, year=year, places=places)
    known = gazetteer() if places == "finland" else None
    origin = accept(found, known=known, year=year, lang=lang)
    return build(origin, Options(year=year))


def accept(
    found: intake.Intake, *, known: Gazetteer | None, year: int | None = None, lang: str = "en"
) -> Origin:
    """
    Return the tables that were taken in, or refuse them with everything that is wrong.

    Parameters
    ----------
    found
        What `intake.prepare` returned.
    known
        The places that members are among; None where members are whatever the table says.
    year
        The year that tables of one year, as `export` writes them, are of.
    lang
        Language of the error message.

    Returns
    -------
    origin
        Ready for `affiliation.build`, or for `datasets.finland(beside=…)`.

    Raises
    ------
    TableError
        If anything is wrong; `.problems` lists everything.

    Examples
    --------
    >>> raw = pd.DataFrame({"kunta": ["Tampere"], "verkosto": ["Hinku"]})
    >>> len(accept(intake.prepare(raw), known=gazetteer()).memberships)
    1
    """
    if found.errors:
        frame = intake.told(found.problems, lang)
        wrong = frame[frame["severity"] == "error"]
        shown = [_where(row) for _, row in wrong.head(20).iterrows()]
        more = [f"… {len(wrong) - 20} more"] if len(wrong) > len(shown) else []
        raise TableError("\n".join([*shown, *more]), frame)
    return Origin(
        members=found.members,
        networks=found.networks.drop(columns="described_year", errors="ignore"),
        memberships=found.memberships,
        gazetteer=known,
        settled=(year,) if _settled(found.networks) else (),
    )


def problems(
    memberships: Source,
    *,
    members: Source | None = None,
    networks: Source | None = None,
    year: int | None = None,
    places: Literal["finland"] | None = "finland",
    lang: str = "en",
) -> pd.DataFrame:
    """
    List everything that is wrong with tables, and raise nothing.

    Parameters
    ----------
    memberships, members, networks, year, places
        As in `read`.
    lang
        Language of the messages.

    Returns
    -------
    problems
        One row each: file, sheet, row (as a spreadsheet counts, header = 1), column, code,
        value, suggestion, severity (`error` or `warning`) and message. Empty if all is well.

    Raises
    ------
    TypeError
        If a table is neither a path nor a DataFrame, or the year is no whole number.

    Examples
    --------
    >>> import pandas as pd, valuma_graph as vg
    >>> found = vg.problems(pd.DataFrame({"kunta": ["Tamprere"], "verkosto": ["Hinku"]}))
    >>> found[["row", "column", "value", "severity"]].values.tolist()
    [[2, 'kunta', 'Tamprere', 'error']]
    """
    check_lang(lang)
    found = intake.prepare(memberships, members, networks, year=year, places=places)
    return intake.told(found.problems, lang)


def _settled(networks: pd.DataFrame) -> bool:
    """Tell whether the tables are those of one year already, as `export` writes them."""
    columns = {"selection", "snapshot_as_of"}
    return columns <= {*networks.columns} and bool(networks["selection"].notna().any())


def _described_year(networks: pd.DataFrame) -> int | None:
    """Return the year that exported tables say they are of."""
    if "described_year" not in networks or not _settled(networks):
        return None
    said = pd.to_numeric(networks["described_year"], errors="coerce").dropna().unique()
    return int(said[0]) if len(said) == 1 else None


def _where(row: pd.Series) -> str:
    place = [str(row[c]) for c in ("file", "sheet") if isinstance(row[c], str) and row[c]]
    if not pd.isna(row["row"]):
        place.append(f"row {row['row']}")
    return f"{', '.join(place)}: {row['message']}"
