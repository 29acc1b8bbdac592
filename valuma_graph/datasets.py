"""The bundled data: Finland's networks and places, and a classic to check measures against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from valuma_graph.affiliation import Affiliation, build
from valuma_graph.affiliation.assembly import Options, Origin
from valuma_graph.errors import TableError
from valuma_graph.places import data_path, gazetteer

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import geopandas as gpd

CRS = "EPSG:3067"
"""ETRS-TM35FIN, metres: the coordinate system of all areas, lengths and distances."""


def finland(
    *,
    year: int | None = 2019,
    evidence: str = "composite",
    snapshot_gap: int | None = 5,
    undated: bool = False,
    statutory: Collection[str] = (),
    root: str | Path | None = None,
    beside: Origin | None = None,
) -> Affiliation:
    """
    Return the networks of Finnish municipalities and regions in a year.

    Parameters
    ----------
    year
        The year, 2013 to 2026; the data is richest around 2019, when the report's interviews
        were made. None takes all years together, in the latest division.
    evidence
        The lowest grade of evidence that counts: explicit, composite, implied, candidate, draft.
    snapshot_gap
        The most years between the year and a list that is neither complete nor of a year
        beside it; None for no limit.
    undated
        Whether a list that bears no year may stand in where there is no dated one.
    statutory
        Groupings by law that join as networks of kind `statutory`, such as `("region",)`.
    root
        Another folder with tables of the same form; None for the bundled ones.
    beside
        A user's own tables, as `reading.accept` returns them, that are added. Their lists stand
        beside the bundled ones, and rows without a year count.

    Returns
    -------
    aff
        All municipalities and regions of the year's division are members, and the foreign
        regions, countries and organisations that its memberships name.

    Raises
    ------
    TableError
        If the tables of `root` have errors; `.problems` lists them.
    ValueError
        If the year has no division, or a grade or grouping does not exist.

    Examples
    --------
    >>> finland(year=2019).year
    2019
    """
    if root is not None:
        _refuse_faults(root)
    known = gazetteer(root)
    if year is not None:
        known.division(year)  # a year without a division is refused here, by name
    members, networks = register(root=root)
    return build(
        Origin(
            members=members,
            networks=networks,
            memberships=_table("memberships", root),
            choices=_table("selections", root),
            gazetteer=known,
            everyone=True,
            beside=beside,
        ),
        Options(
            year=year,
            evidence=evidence,
            snapshot_gap=snapshot_gap,
            undated=undated,
            statutory=tuple(statutory),
        ),
    )


def _refuse_faults(root: str | Path) -> None:
    """Tables of another folder may be cut short or edited: nothing is computed from such."""
    from valuma_graph.datacheck import check_data

    found = check_data(root)
    errors = found[found["severity"].eq("error")]
    if errors.empty:
        return
    shown = [f"{row.file}, row {row.row}: {row.message}" for row in errors.head(5).itertuples()]
    more = [f"… {len(errors) - 5} more; `valuma-graph check --data {root}` lists them"]
    raise TableError("\n".join([*shown, *more[: len(errors) > len(shown)]]), found)


def register(*, root: str | Path | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the members and networks that have an id of their own in the bundled data.

    Parameters
    ----------
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    members, networks
        Index `member_id`: organisations, and the places that the Finnish divisions do not have.
        Index `network_id`: every network, of any year.

    Examples
    --------
    >>> register()[1].loc["fisu", "name_en"]
    'Finnish Sustainable Communities'
    """
    known = gazetteer(root)
    members = pd.concat([known.other_places(), known.organisations()])
    return members, _table("networks", root).set_index("network_id")


def municipalities(year: int = 2020, *, root: str | Path | None = None) -> gpd.GeoDataFrame:
    """
    Return the municipalities of a division as points at their central localities.

    Parameters
    ----------
    year
        The division, 2013 to 2026.
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    places
        Index `member_id`; names, region, sub_region, classes, areas (km²), population and the
        year it is of; geometry: points in EPSG:3067 (metres).

    Examples
    --------
    >>> len(municipalities(2026))
    308
    """
    import geopandas as gpd

    table = gazetteer(root).division(year)
    points = gpd.points_from_xy(table["lon"], table["lat"], crs="EPSG:4326")
    return gpd.GeoDataFrame(table, geometry=points).to_crs(CRS)


def policy(name: str, *, root: str | Path | None = None) -> pd.DataFrame:
    """
    Return one of the report's own tables as text.

    Parameters
    ----------
    name
        `survey`, `quadrant`, `funding_models`, `network_profiles`, `network_attributes`,
        `framework_table4`, `success_factors`, `lifecycle`, `impact_framework`,
        `recommendations`, `countries`, or `wording` (their statements in Finnish and Swedish).
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    table
        All columns as text, missing where the report says nothing; each row has its source.

    Raises
    ------
    ValueError
        If there is no such table; the message names those that there are.

    Examples
    --------
    >>> len(policy("quadrant"))
    33
    """
    folder = data_path("networks", "policy", root=root)
    known = sorted(path.stem for path in folder.glob("*.csv"))
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}, not {name!r}")
    return _read(folder / f"{name}.csv")


def programmes(*, root: str | Path | None = None) -> pd.DataFrame:
    """
    Return the programmes and instruments that feed networks, as the report describes them.

    Parameters
    ----------
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    programmes
        Index `programme_id`; names, years, funder, networks fed, lessons, source; all text.

    Examples
    --------
    >>> programmes().loc["oske", ["start_year", "end_year"]].tolist()
    ['1994', '2013']
    """
    return _table("programmes", root).set_index("programme_id")


def relations(*, root: str | Path | None = None) -> pd.DataFrame:
    """
    Return the relations between networks and programmes: fed by, grew out of, part of.

    Parameters
    ----------
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    relations
        `from_id`, `relation`, `to_id`, `since`, `until`, `basis`, `source`, `note`; all text.

    Examples
    --------
    >>> relations()["relation"].eq("grew_out_of").sum() > 0
    np.True_
    """
    return _table("relations", root)


def themes(*, root: str | Path | None = None) -> pd.DataFrame:
    """
    Return the themes of the bundled networks, put into a few groups.

    Parameters
    ----------
    root
        Another folder with tables of the same form; None for the bundled ones.

    Returns
    -------
    themes
        `theme` (a word of the column `themes` of the networks), `group` (a code), `source`.

    Examples
    --------
    >>> themes().set_index("theme").loc["carbon neutrality", "group"]
    'climate'
    """
    return _table("themes", root)


def southern_women() -> Affiliation:
    """
    Return Davis's Southern Women: 18 women, 14 social events in a town of the 1930s.

    The standard reference of two-mode analysis.

    Source: Davis, A., Gardner, B. B., Gardner, M. R. (1941), Deep South, University of Chicago
    Press.

    Returns
    -------
    aff
        Members are the women, networks the events.

    Examples
    --------
    >>> southern_women()
    Affiliation: 18 members, 14 networks, 89 memberships
    """
    import networkx as nx

    graph = nx.davis_southern_women_graph()
    return Affiliation.from_networkx(graph, members=graph.graph["top"])


def _table(name: str, root: str | Path | None) -> pd.DataFrame:
    return _read(data_path("networks", f"{name}.csv", root=root))


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
