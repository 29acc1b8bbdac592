"""The commands that answer on the map: map, corridor, footprint, boundaries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from valuma_graph.cli import console
from valuma_graph.cli.arguments import (
    CHOICE,
    FLAG,
    OUTPUT,
    VOICE,
    YEAR,
    Choice,
    Count,
    Data,
    Measure,
    Output,
    Rows,
    UsageError,
    Voice,
    check_paths,
    check_year,
    form_of,
    load,
    path_text,
    said,
    whole,
    working,
)
from valuma_graph.cli.program import DONE, answered, app, command, told_by
from valuma_graph.text import t

Outlines = Annotated[Path | None, Parameter(name="--boundaries", show_default=False)]
Target = Annotated[Path | None, Parameter(name=("--output", "-o"), show_default=False)]
Name = Annotated[str | None, Parameter(show_default=False)]
Width = Annotated[float, Parameter(validator=Number(gt=0, lte=2000))]
Alpha = Annotated[float, Parameter(validator=Number(gt=0, lt=1))]
Length = Annotated[int, Parameter(validator=Number(gte=2), converter=whole)]


def draw(  # noqa: PLR0913  one for each option
    network: Name = None,
    data: Data = None,
    /,
    *,
    measure: Measure | Literal["networks"] | None = None,
    isolated: Annotated[bool, FLAG] = False,
    ties: Annotated[bool, FLAG] = False,
    compare: Annotated[tuple[str, str] | None, Parameter(show_default=False)] = None,
    difference: Annotated[bool, FLAG] = False,
    every: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
    output: Target = None,
    size: Literal["a4", "slide"] = "a4",
    outlines: Outlines = None,
    choice: Choice = CHOICE,
    voice: Voice = VOICE,
) -> int:
    """
    Draw a network, a measure or what else is asked for on the map of Finland.

    The file is PNG, SVG or PDF, as its ending says; by default a PNG named after what is drawn.

    Parameters
    ----------
    network
        Name in any language, or id. Left out where an option says what to draw.
    data
        Your own tables.
    measure
        Colour municipalities by a measure, or by their number of networks.
    isolated
        Colour municipalities by how they are connected.
    ties
        Draw the strongest ties between municipalities that share networks.
    compare
        Draw two networks side by side.
    difference
        With --compare: on one map, who is in one, the other or both.
    every
        Draw all networks on one page, small.
    output
        The file.
    size
        Upright sheet, or screen of 16:9.
    outlines
        Official boundaries (GeoPackage, GeoJSON, Shapefile or TopoJSON) of the year, in place
        of those drawn from the bundled lattice.

    Examples
    --------
    $ valuma-graph map hinku --lang fi -o hinku.svg
    """
    from valuma_graph.cli import pictures

    lang = voice.lang
    options = (measure is not None, isolated, ties, compare is not None, every)
    if sum(options) + (network is not None and not any(options)) != 1:
        raise UsageError(t("cli.map.one", lang))
    network, data = _only_data(network, data, lang, by_option=any(options))
    if difference and compare is None:
        raise UsageError(t("cli.map.difference", lang))
    if output is not None:
        pictures.check_target(output, lang)
    aff = load("map", data, choice, voice)
    what = pictures.What(
        network=network,
        measure=measure,
        isolated=isolated,
        ties=ties,
        compare=compare,
        difference=difference,
    ).found_in(aff, lang)
    areas = pictures.areas_of(outlines, aff, lang)
    path = output or Path(f"{what.file_name}.png")
    pictures.check_target(path, lang)
    with working("cli.working.drawing", voice):
        words = pictures.draw(aff, what, path, size=size, areas=areas, lang=lang)
    _told(path, [*words], voice)
    return DONE


command(draw, name="map")


@command
def corridor(  # noqa: PLR0913  one for each option
    name: Name = None,
    data: Data = None,
    /,
    *,
    axis: Annotated[str | None, Parameter(show_default=False)] = None,
    width: Width = 30.0,
    network: Annotated[str | None, Parameter(show_default=False)] = None,
    find: Annotated[bool, FLAG] = False,
    alpha: Alpha = 0.05,
    min_length: Length = 3,
    permutations: Count = 999,
    seed: Rows = 0,
    size: Literal["a4", "slide"] = "a4",
    outlines: Outlines = None,
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    List the municipalities of a corridor in their order, and draw it.

    With -o and .png, .svg or .pdf the picture is written there, and the table to stdout.

    Parameters
    ----------
    name
        main_line, northern_growth_zone or e18, or its name.
    data
        Your own tables.
    axis
        Municipalities that the axis goes through, in order, with commas between them.
    width
        Kilometres across: half of it on either side of the axis.
    network
        Whose members are looked for along the corridor.
    find
        Find chains of municipalities that share more networks than chance gives instead: along
        the axis, or without one from neighbour to neighbour.
    alpha
        With --find: false discovery rate of ties.
    min_length
        With --find: municipalities that a chain has at least.
    permutations
        With --find: how many deals chance is judged by.
    seed
        With --find: seed of the deals.
    size
        Of the picture: upright sheet, or screen of 16:9.
    outlines
        Official boundaries of the municipalities of the year.

    Examples
    --------
    $ valuma-graph corridor --axis "Helsinki, Hämeenlinna, Tampere" --width 20 -o axis.png
    """
    from valuma_graph.cli import geography, pictures
    from valuma_graph.geography.corridors import corridor_profile

    lang = output.lang
    name, data = _only_data(name, data, lang, by_option=axis is not None)
    if name is None and axis is None and not find:
        raise UsageError(t("cli.corridor.which", lang))
    target = output.output
    drawn = target is not None and target.suffix.lower() in pictures.SUFFIXES
    if drawn and find:
        raise UsageError(t("cli.corridor.no_picture", lang))
    told = replace(output, output=None) if drawn else output
    form = form_of(told)
    if target is not None and drawn:
        pictures.check_target(target, lang)
    line = geography.axis_of(name, axis, lang)
    aff = load("corridor", data, choice, output)
    geography.check_axis(line, aff)
    own: dict[str, object] = {
        "axis": list(line) if isinstance(line, tuple) else line,
        "width_km": width,
        "network": network,
        "find": find,
        "boundaries": path_text(outlines),
    }
    if find:
        chance = {
            "alpha": alpha, "min_length": min_length, "permutations": permutations, "seed": seed
        }  # fmt: skip
        with working("cli.working.computing", output):
            answer = geography.chains(
                aff,
                line,
                width_km=width,
                alpha=alpha,
                min_length=min_length,
                permutations=permutations,
                seed=seed,
                told_by=told_by(data, choice),
                lang=lang,
            )
        return answered(answer, form, told, own | chance | said(data, choice))
    node = None if network is None else geography.network_of(aff, network, lang)
    areas = pictures.areas_of(outlines, aff, lang)
    with working("cli.working.computing", output):
        zone = geography.corridor_of(line, width, lang)
        found = corridor_profile(aff, zone, network=node, areas=areas, lang=lang)
        answer = geography.corridor(
            aff, found, network=node, told_by=told_by(data, choice), lang=lang
        )
    if target is not None and drawn:
        with working("cli.working.drawing", output):
            pictures.draw_corridor(
                aff, found, target, network=node, size=size, areas=areas, lang=lang
            )
    code = answered(answer, form, told, own | {"network": node} | said(data, choice))
    if drawn:
        console.say(t("cli.about.wrote", lang, file=target), quiet=output.quiet)
    return code


@command
def footprint(
    *networks: str,
    own: Annotated[Path | None, Parameter(name="--add", show_default=False)] = None,
    permutations: Count = 999,
    seed: Rows = 0,
    strata: Annotated[Literal["population"] | None, Parameter(show_default=False)] = None,
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    Say how networks lie on the map: scattered, in one piece or along a line.

    Parameters
    ----------
    networks
        Names in any language, or ids. By default all.
    own
        Your own tables: the DATA of other commands.
    permutations
        How many draws of as many municipalities chance is judged by.
    seed
        Seed of the draws.
    strata
        Draw as many of each class of population as the network has.

    Examples
    --------
    $ valuma-graph footprint hinku "Northern Growth Zone" --permutations 199
    """
    from valuma_graph.cli import geography

    form = form_of(output)
    aff = load("footprint --add", own, choice, output)
    nodes = [geography.network_of(aff, one, output.lang) for one in dict.fromkeys(networks)]
    nodes = list(dict.fromkeys(nodes))
    with working("cli.working.computing", output):
        answer = geography.footprints(
            aff,
            nodes or None,
            permutations=permutations,
            seed=seed,
            strata=strata,
            told_by=told_by(own, choice),
            lang=output.lang,
        )
    asked = {"networks": nodes, "permutations": permutations, "seed": seed, "strata": strata}
    return answered(answer, form, output, asked | said(own, choice))


outlines_of = App(
    name="boundaries",
    help="Fetch official boundaries, or build those of the bundled lattice and measure them.",
    help_epilogue="Example\n  valuma-graph boundaries build --year 2020",
    help_format="plaintext",
)
app.command(outlines_of)


def fetch(
    *,
    year: Annotated[int, Parameter(converter=whole)],
    scale: Literal["1000k", "4500k"] = "4500k",
    url: Annotated[str | None, Parameter(show_default=False)] = None,
    timeout: Annotated[float, Parameter(validator=Number(gt=0, lte=3600))] = 30.0,
    voice: Voice = VOICE,
) -> int:
    """
    Fetch the boundaries of municipalities from Statistics Finland into the cache.

    The only command that asks anything of the network. Prints the file, for --boundaries.

    Parameters
    ----------
    year
        The division.
    scale
        How fine: 1:4,500,000 or 1:1,000,000.
    url
        Another service that answers as theirs does.
    timeout
        Seconds to wait for an answer.

    Examples
    --------
    $ valuma-graph boundaries fetch --year 2020
    """
    from valuma_graph.cli import geography

    check_year(year, voice.lang)
    with working("cli.working.fetching", voice):
        path, count = geography.fetched(
            year, scale=scale, url=url, timeout=timeout, lang=voice.lang
        )
    _told(path, [t("cli.boundaries.fetched", voice.lang, n=count)], voice)
    return DONE


def build(
    *,
    year: Annotated[int, Parameter(converter=whole)] = YEAR,
    by: str = "municipality",
    save: Annotated[Path | None, Parameter(name=("--output", "-o"), show_default=False)] = None,
    form: Annotated[Literal["table", "csv", "json"], Parameter(name="--format")] = "table",
    root: Annotated[Path | None, Parameter(name="--data", show_default=False)] = None,
    voice: Voice = VOICE,
) -> int:
    """
    Build boundaries from the bundled lattice, and say how far off they are.

    Parameters
    ----------
    year
        The division.
    by
        With -o: areas to save, such as municipality, region or sub_region.
    save
        Save the boundaries: .gpkg, .geojson or .parquet.
    form
        Form of the figures.
    root
        Folder with tables of the form of the bundled ones, to use in place of them.

    Examples
    --------
    $ valuma-graph boundaries build --year 2020 --by region -o regions.gpkg
    """
    from valuma_graph.cli import geography

    check_paths(None, root, voice.lang)
    check_year(year, voice.lang)
    geography.check_scheme(by, year, root, voice.lang)
    if save is not None:
        geography.check_saved(save, voice.lang)
    with working("cli.working.computing", voice):
        answer = geography.accuracy(year, root=root, lang=voice.lang)
        if save is not None:
            geography.saved(save, year, by=by, root=root)
    asked = {"year": year, "by": by, "data_folder": path_text(root)}
    speaking = Output(lang=voice.lang, quiet=voice.quiet)
    code = answered(answer, form, speaking, asked)
    if save is not None:
        console.say(t("cli.about.wrote", voice.lang, file=save), quiet=voice.quiet)
    return code


command(fetch, to=outlines_of)
command(build, to=outlines_of)


# -- inside ---------------------------------------------------------------------------------------


def _only_data(
    name: str | None, data: Path | None, lang: str, *, by_option: bool
) -> tuple[str | None, Path | None]:
    """Where an option says what is meant, the only word is DATA."""
    if not by_option or name is None:
        return name, data
    if data is not None:
        raise UsageError(t("cli.map.two", lang, name=name))
    return None, Path(name)


def _told(path: Path, words: list[str], voice: Voice) -> None:
    console.put(f"{console.visible(str(path))}\n")
    for sentence in words:
        console.say(sentence, quiet=voice.quiet)
