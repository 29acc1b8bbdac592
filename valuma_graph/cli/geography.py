"""What the commands on the map answer: corridors, chains, footprints, the error of boundaries."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from valuma_graph.cli.answers import INFO, about
from valuma_graph.cli.arguments import UsageError
from valuma_graph.cli.console import Answer, Section
from valuma_graph.errors import FormatError, GeometryError, UnknownNodeError
from valuma_graph.text import number, percent, t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.geography.corridors import Corridor, CorridorProfile
    from valuma_graph.text import Lang

SAVED: Final = (".gpkg", ".geojson", ".parquet")
FEWEST: Final = 19
"""Permutations of a footprint: with fewer, (0 + 1) / (n + 1) is never 0.05 or less."""

Line = str | tuple[str, ...]
"""The name of a bundled axis, or places in order."""


def network_of(aff: Affiliation, name: str, lang: Lang) -> str:
    """
    Return the id of a network by its name in any language or its id.

    Raises
    ------
    UnknownNodeError
        If none or several are called so; with suggestions.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> network_of(vg.datasets.finland(), "Hinku-verkosto", "en")
    'hinku'
    """
    try:
        return aff.find(name, mode="networks")
    except UnknownNodeError as error:
        raise UnknownNodeError(
            t("cli.map.no_network", lang, name=name), error.suggestions
        ) from None


def axis_of(name: str | None, axis: str | None, lang: Lang) -> Line | None:
    """
    Return the axis that was asked for; None where none was.

    Raises
    ------
    UsageError
        If both were given, or the name is not one of a bundled axis.

    Examples
    --------
    >>> axis_of("Norra tillväxtzonen", None, "en"), axis_of(None, "Turku, Salo", "en")
    ('northern_growth_zone', ('Turku', 'Salo'))
    """
    if name is not None and axis is not None:
        raise UsageError(t("cli.corridor.which", lang))
    if axis is not None:
        places = tuple(part for part in map(str.strip, axis.split(",")) if part)
        if len(set(places)) < 2:  # noqa: PLR2004
            raise UsageError(t("cli.corridor.two", lang, axis=axis))
        return places
    if name is None:
        return None
    from valuma_graph.geography.axes import bundled_axes

    axes = bundled_axes()
    called = {text.casefold(): one for one in axes for text in (one, *_names(one))}
    wanted = name.strip().casefold()
    if wanted in called:
        return called[wanted]
    near = [called[c] for c in difflib.get_close_matches(wanted, called, n=1)]
    allowed = ", ".join(dict.fromkeys([*near, *axes]))
    raise UsageError(t("cli.corridor.unknown", lang, name=name, allowed=allowed))


def check_axis(line: Line | None, aff: Affiliation) -> None:
    """
    Refuse an axis of unknown places or of one place, as wrong usage.

    Raises
    ------
    UnknownNodeError
        If a place is not a municipality of Finland; with suggestions.
    UsageError
        If the axis is no line.
    """
    if line is None:
        return
    from valuma_graph.affiliation.assembly import division_of
    from valuma_graph.geography.axes import line_of

    try:
        line_of(line, year=division_of(aff.year))
    except GeometryError as error:
        raise UsageError(str(error)) from error


def corridor_of(line: Line | None, width_km: float, lang: Lang) -> Corridor:
    """Return the corridor along an axis, called as the axis is."""
    from valuma_graph.geography.corridors import Corridor

    if isinstance(line, str):
        return Corridor(t(f"cli.axis.{line}", lang), line, width_km)
    places = [*(line or ())]
    return Corridor(f"{places[0]}–{places[-1]}", places, width_km)


def corridor(
    aff: Affiliation,
    found: CorridorProfile,
    *,
    network: str | None = None,
    told_by: str = INFO,
    lang: Lang = "en",
) -> Answer:
    """
    Answer which municipalities a corridor touches, and where its members leave gaps.

    Parameters
    ----------
    aff
        The affiliation network.
    found
        What `corridor_profile` found.
    network
        Id of the network whose members were looked for.
    told_by
        The command that says why rows of the same data are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        Rows in the order of the axis; `gaps` beside them.
    """
    zone = found.corridor
    places = found.places.rename_axis("member_id").reset_index()
    places["name"] = places["member_id"].map(aff.names(lang=lang)).fillna(places["name"])
    told = {str(key): value for key, value in found.summary.items()}
    shown = ["name", "position_km", "distance_km", "area_share", "population", "networks"]
    shown += ["membership"] if network is not None else []
    gaps = found.gaps.reset_index(drop=True).rename(columns={"kind": "gap"})
    return Answer(
        "corridor",
        {"name": zone.name, "network": network, **{str(k): v for k, v in told.items()}},
        [Section("places", places, shown)],
        [
            *about(aff, lang, told_by),
            *_said_of(zone, found.summary, lang),
            *(_gaps_said(aff, network, found.summary, gaps, lang) if network else []),
        ],
        beside=[Section("gaps", gaps, _GAPS)],
    )


def chains(  # noqa: PLR0913  the options of the search
    aff: Affiliation,
    line: Line | None,
    *,
    width_km: float = 30.0,
    alpha: float = 0.05,
    min_length: int = 3,
    permutations: int = 999,
    seed: int = 0,
    told_by: str = INFO,
    lang: Lang = "en",
) -> Answer:
    """
    Answer which chains of municipalities share more networks than chance gives.

    Parameters
    ----------
    aff
        The affiliation network.
    line
        The axis to look along; from neighbour to neighbour when None.
    width_km, alpha, min_length, permutations, seed
        As for `find_corridors`.
    told_by, lang
        As for `corridor`.

    Returns
    -------
    answer
        Rows as `find_corridors` gives them, with names.
    """
    from valuma_graph.geography.chains import find_corridors

    frame = find_corridors(
        aff,
        axis=list(line) if isinstance(line, tuple) else line,
        width_km=width_km,
        alpha=alpha,
        permutations=permutations,
        seed=seed,
        min_length=min_length,
    )
    names = aff.names(lang=lang)
    called = [" – ".join(names[one] for one in ids.split(";")) for ids in frame["places"]]
    frame.insert(0, "chain", pd.Series(called, frame.index, dtype="str"))
    shown = ["chain", "municipalities", "length_km", "shared", "expected", "p"]
    words = [*about(aff, lang, told_by), t("cli.corridor.areas", lang)]
    words += [] if len(frame) else [t("cli.about.empty", lang)]
    return Answer("corridor", {"chains": len(frame)}, [Section("chains", frame, shown)], words)


def footprints(
    aff: Affiliation,
    networks: Sequence[str] | None = None,
    *,
    permutations: int = 999,
    seed: int = 0,
    strata: Literal["population"] | None = None,
    told_by: str = INFO,
    lang: Lang = "en",
) -> Answer:
    """
    Answer how networks lie on the map.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids; all when None.
    permutations, seed, strata
        As for `footprint`.
    told_by, lang
        As for `corridor`.

    Returns
    -------
    answer
        Rows as `footprint` gives them, with names.

    Raises
    ------
    UsageError
        If there are fewer than `FEWEST` permutations.
    """
    if permutations < FEWEST:
        raise UsageError(
            f"--permutations must be {FEWEST} or more: with fewer no p-value could reach 0.05."
        )
    from valuma_graph.geography.footprints import footprint

    frame = footprint(aff, permutations=permutations, seed=seed, strata=strata, networks=networks)
    frame = frame.rename_axis("network_id").reset_index()
    frame.insert(1, "name", frame["network_id"].map(aff.names("networks", lang)))
    counts = frame["logic"].value_counts()
    summary: dict[str, object] = {"networks": len(frame)}
    summary |= {f"logic_{one}": int(counts.get(one, 0)) for one in _LOGICS}
    told = [f"{t(f'cli.logic.{one}', lang)} {number(counts.get(one, 0), lang)}" for one in _LOGICS]
    words = [*about(aff, lang, told_by), t("cli.footprint.counts", lang, counts=", ".join(told))]
    words += [] if len(frame) else [t("cli.about.empty", lang)]
    section = Section("footprints", frame, _FOOTPRINT, "network_kind")
    return Answer("footprint", summary, [section], words)


def accuracy(year: int, *, root: Path | None = None, lang: Lang = "en") -> Answer:
    """
    Answer how far off the boundaries are that are drawn from the lattice.

    Examples
    --------
    >>> answer = accuracy(2020)
    >>> answer.summary["median_area_error"] < 0.025
    True
    """
    from valuma_graph.geography.accuracy import boundary_error

    found = boundary_error(year, root=root)
    told = {str(key): value for key, value in found.summary.items()}
    rows = found.municipalities.rename_axis("member_id").reset_index()
    median, recall, precision = (
        percent(float(str(told[key])), lang, 1)
        for key in ("median_area_error", "recall", "precision")
    )
    words = [
        t(
            "cli.boundaries.error",
            lang,
            median=median,
            recall=recall,
            precision=precision,
            year=year,
        )
    ]
    shown = ["name", "map_km2", "official_km2", "error"]
    return Answer("boundaries", told, [Section("municipalities", rows, shown)], words)


def check_scheme(by: str, year: int, root: Path | None, lang: Lang) -> None:
    """Refuse what municipalities of a year are not grouped by."""
    from valuma_graph.places import gazetteer

    schemes = gazetteer(root).schemes
    there = ["municipality", *(s for s, (first, last) in schemes.items() if first <= year <= last)]
    if by not in there:
        allowed = ", ".join(dict.fromkeys(there))
        raise UsageError(t("cli.wrong.value", lang, option="--by", value=by, allowed=allowed))


def check_saved(path: Path, lang: Lang) -> None:
    """Refuse a file that boundaries cannot be saved to."""
    if path.is_dir():
        raise UsageError(t("cli.wrong.folder", lang, file=path))
    if path.suffix.lower() not in SAVED:
        said = {"option": "-o", "value": path.suffix, "allowed": ", ".join(SAVED)}
        raise UsageError(t("cli.wrong.value", lang, **said))


def saved(path: Path, year: int, *, by: str = "municipality", root: Path | None = None) -> None:
    """Save boundaries in the format of the file's ending, whole or not at all."""
    from valuma_graph.exports import atomic
    from valuma_graph.geography.outlines import boundaries

    shapes = boundaries(year, by=by, root=root).rename_axis("member_id").reset_index()
    with atomic(path) as temporary:
        if path.suffix.lower() == ".parquet":
            shapes.to_parquet(temporary)
        elif path.suffix.lower() == ".geojson":  # degrees, as its standard says
            shapes.to_crs(4326).to_file(temporary, driver="GeoJSON", engine="pyogrio")
        else:
            shapes.to_file(temporary, driver="GPKG", layer=by, engine="pyogrio")


def fetched(
    year: int, *, scale: Literal["4500k", "1000k"], url: str | None, timeout: float, lang: Lang
) -> tuple[Path, int]:
    """Fetch official boundaries; return the file in the cache, and how many there are."""
    from valuma_graph.geography import wfs

    address = wfs.URL if url is None else url
    if not address.startswith(("http://", "https://")):
        allowed = "http://…, https://…"
        raise UsageError(t("cli.wrong.value", lang, option="--url", value=url, allowed=allowed))
    try:
        shapes = wfs.fetch_boundaries(year, scale=scale, url=address, timeout=timeout)
    except FormatError as error:  # a fault of the service, not of the command line
        raise GeometryError(str(error)) from error
    return wfs.cache_path(year, scale), len(shapes)


# -- inside ---------------------------------------------------------------------------------------

_LOGICS: Final = ("theme", "similarity", "zone", "undetermined")
_GAPS: Final = ("gap", "from_km", "to_km", "km", "inhabitants", "joins_km", "rank")
_FOOTPRINT: Final = (
    "name", "located_members", "coverage", "population_share", "regions", "parts", "logic",
)  # fmt: skip


def _names(axis: str) -> list[str]:
    from valuma_graph.text import LANGS

    return [t(f"cli.axis.{axis}", lang) for lang in LANGS]


def _said_of(zone: Corridor, summary: pd.Series, lang: Lang) -> list[str]:
    return [
        t(
            "cli.corridor.about",
            lang,
            name=zone.name,
            length=number(float(summary["length_km"]), lang),
            width=number(float(summary["width_km"]), lang),
            n=int(summary["municipalities"]),
            population=number(float(summary["population"]), lang),
            share=percent(float(summary["population_share"]), lang),
        ),
        t(
            "cli.corridor.localities",
            lang,
            population=number(float(summary["population_localities"]), lang),
            share=percent(float(summary["population_localities_share"]), lang),
        ),
    ]


def _gaps_said(
    aff: Affiliation, network: str, summary: pd.Series, gaps: pd.DataFrame, lang: Lang
) -> list[str]:
    words = [
        t(
            "cli.corridor.members",
            lang,
            network=aff.names("networks", lang)[network],
            inside=number(int(summary["members_inside"]), lang),
            outside=number(int(summary["members_outside"]), lang),
            unknown=number(int(summary["unknown_inside"]), lang),
            longest=number(float(summary["longest_stretch_km"]), lang),
        )
    ]
    if len(gaps):
        first = gaps.sort_values("rank").iloc[0]
        words.append(
            t(
                "cli.corridor.gap",
                lang,
                start=number(float(first["from_km"]), lang),
                end=number(float(first["to_km"]), lang),
                joins=number(float(first["joins_km"]), lang),
            )
        )
    return words
