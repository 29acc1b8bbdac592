"""The commands on the frameworks: profile, compare, risks, timeline, quadrant, template."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from valuma_graph.cli import console
from valuma_graph.cli.arguments import (
    CHOICE,
    FLAG,
    OUTPUT,
    SEVERAL,
    VOICE,
    Choice,
    Output,
    UsageError,
    Voice,
    form_of,
    load_answers,
    path_text,
    said,
    working,
)
from valuma_graph.cli.program import DONE, answered, command, told_by
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.cli.console import Answer
    from valuma_graph.policy.statements import Answers


Forms = Annotated[
    tuple[Path, ...],
    Parameter(name=("--form", "--add"), consume_multiple=True, negative=(), show_default=False),
]
Picture = Annotated[Path | None, Parameter(show_default=False)]
Size = Literal["slide", "a4"]
Rule = Literal[
    "single_funder",
    "funding_ends",
    "coordination_in_one_hand",
    "closed_membership",
    "no_measurement",
    "member_turnover",
    "duplicate",
    "members_meet_nowhere_else",
    "dependence_on_one_member",
]


@command
def profile(
    network: str,
    /,
    *,
    forms: Forms = (),
    picture: Picture = None,
    size: Size = "slide",
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    Say everything known of a network, with its basis and source: purpose, money, risks, place.

    Parameters
    ----------
    network
        Name in any language, or id; also of one that only a form names.
    forms
        Forms that `template` made, and tables of members: the DATA of other commands.
    picture
        Draw its impact chain into this file: .png, .svg or .pdf.
    size
        Of the picture: screen of 16:9, or upright sheet.

    Examples
    --------
    $ valuma-graph profile Fisu --lang fi
    """
    from valuma_graph.cli import networks as tell

    form = _ready(output, picture)
    aff, answers = load_answers("profile --form", forms, choice, output)
    (node,) = tell.nodes_of(aff, [network], answers=answers, lang=output.lang)
    with working("cli.working.computing", output):
        answer = tell.profile(
            aff,
            node,
            answers=answers,
            for_people=form == "table",
            told_by=told_by(first(forms), choice),
            lang=output.lang,
        )

    def draw() -> Axes:
        from valuma_graph.maps.impacts import plot_impact

        return plot_impact(aff, node, answers=answers, size=size, lang=output.lang)

    _drawn(draw, picture, output)
    code = answered(answer, form, output, {"network": node} | asked(forms, choice))
    return _wrote(code, picture, output)


@command
def compare(
    *networks: str,
    forms: Forms = (),
    picture: Picture = None,
    size: Size = "slide",
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    Put networks side by side: what is known of each, checks, risks, place in the graph.

    Parameters
    ----------
    networks
        Two or more names in any language, or ids.
    forms
        Forms that `template` made, and tables of members: the DATA of other commands.
    picture
        Draw the checks of the success factors into this file: .png, .svg or .pdf.
    size
        Of the picture: screen of 16:9, or upright sheet.

    Examples
    --------
    $ valuma-graph compare Fisu Hinku --format csv
    """
    from valuma_graph.cli import networks as tell

    def draw(aff: Affiliation, nodes: list[str], answers: Answers | None) -> Axes:
        from valuma_graph.maps.cards import plot_scorecard

        return plot_scorecard(aff, networks=nodes, answers=answers, size=size, lang=output.lang)

    answer = partial(tell.compare, for_people=form_of(output) == "table")
    return _told("compare", networks, forms, picture, answer, draw, choice, output, least=2)


@command
def risks(
    *networks: str,
    forms: Forms = (),
    without: Annotated[tuple[Rule, ...], SEVERAL] = (),
    all_rows: Annotated[bool, FLAG] = False,
    fail_on: Annotated[tuple[Rule, ...], SEVERAL] = (),
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    List the risks that networks run; what is not known is said to be unknown.

    Parameters
    ----------
    networks
        Names in any language, or ids, whose risks are all listed. By default the risks present
        in any network.
    forms
        Forms that `template` made, and tables of members: the DATA of other commands.
    without
        Rules to switch off.
    all_rows
        List what is absent or unknown too.
    fail_on
        Exit with code 3 when one of these is present.

    Examples
    --------
    $ valuma-graph risks Fisu Hinku --without duplicate --fail-on single_funder
    """
    from valuma_graph.cli import networks as tell

    if both := [rule for rule in dict.fromkeys(fail_on) if rule in without]:
        raise UsageError(t("cli.risks.both", output.lang, rules=", ".join(both)))
    form = form_of(output)
    aff, answers = load_answers("risks --form", forms, choice, output)
    nodes = tell.nodes_of(aff, networks, answers=answers, lang=output.lang)
    with working("cli.working.computing", output):
        answer = tell.risks(
            aff,
            nodes,
            without=without,
            fail_on=fail_on,
            every=all_rows or bool(nodes),
            answers=answers,
            told_by=told_by(first(forms), choice),
            lang=output.lang,
        )
    own = {
        "networks": nodes, "without": [*without], "all_rows": all_rows, "fail_on": [*fail_on],
    }  # fmt: skip
    return answered(answer, form, output, own | asked(forms, choice))


@command
def timeline(
    *networks: str,
    forms: Forms = (),
    picture: Picture = None,
    size: Size = "slide",
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    List programmes and networks from 1994 on: who was fed by which, what outlived its money.

    Parameters
    ----------
    networks
        Names of networks in any language, or ids. By default all whose years are known.
    forms
        Forms that `template` made, and tables of members: the DATA of other commands.
    picture
        Draw it into this file: .png, .svg or .pdf.
    size
        Of the picture: screen of 16:9, or upright sheet.

    Examples
    --------
    $ valuma-graph timeline --picture timeline.png --lang sv
    """
    from valuma_graph.cli import networks as tell

    def draw(aff: Affiliation, nodes: list[str], answers: Answers | None) -> Axes:
        from valuma_graph.maps.times import plot_timeline

        lang = output.lang
        return plot_timeline(aff, networks=nodes or None, answers=answers, size=size, lang=lang)

    return _told("timeline", networks, forms, picture, tell.timeline, draw, choice, output)


@command
def quadrant(
    *networks: str,
    forms: Forms = (),
    picture: Picture = None,
    size: Size = "slide",
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    Place networks between top-down and bottom-up, general and targeted: models A to D.

    Parameters
    ----------
    networks
        Names in any language, or ids. By default all whose place is known in part.
    forms
        Forms that `template` made, and tables of members: the DATA of other commands.
    picture
        Draw it into this file: .png, .svg or .pdf.
    size
        Of the picture: screen of 16:9, or upright sheet.

    Examples
    --------
    $ valuma-graph quadrant --picture quadrant.png
    """
    from valuma_graph.cli import networks as tell

    def draw(aff: Affiliation, nodes: list[str], answers: Answers | None) -> Axes:
        from valuma_graph.maps.quadrants import plot_quadrant

        lang = output.lang
        return plot_quadrant(aff, networks=nodes or None, answers=answers, size=size, lang=lang)

    return _told("quadrant", networks, forms, picture, tell.quadrant, draw, choice, output)


@command
def template(
    *,
    network: Annotated[str | None, Parameter(show_default=False)] = None,
    form: Annotated[bool, FLAG] = False,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"), show_default=False)] = None,
    voice: Voice = VOICE,
) -> int:
    """
    Write an empty Excel workbook to fill in: a list of your own networks and members, or a form.

    The list, with instructions and lists to choose from, is DATA of every command. With --form or
    --network it is the form on one network, for its coordinator: what is filled in is read by
    --form of profile, compare, risks, timeline and quadrant, and as DATA of the others. Both are
    checked by check. A file that is there already is never replaced.

    Parameters
    ----------
    network
        Write the form, filled in with this name.
    form
        Write the form on one network.
    output
        The file; by default my_networks.xlsx, of the form network-form.xlsx.

    Examples
    --------
    $ valuma-graph template --lang fi -o my_networks.xlsx
    """
    from valuma_graph.exports.lists import list_template
    from valuma_graph.policy.forms import template as form_template

    lang = voice.lang
    asks = form or network is not None
    target = output or Path("network-form.xlsx" if asks else "my_networks.xlsx")
    if target.is_dir():
        raise UsageError(t("cli.wrong.folder", lang, file=target))
    suffix = target.suffix.lower()
    if suffix != ".xlsx":
        raise UsageError(
            t("cli.wrong.value", lang, option="-o", value=target.suffix, allowed=".xlsx")
        )
    if target.exists():  # it may hold somebody's answers
        raise UsageError(t("cli.template.there", lang, file=target))
    with working("cli.working.writing", voice):
        if asks:
            path = form_template(target, lang=lang, network=network)
        else:
            path = list_template(target, lang=lang)
    console.put(f"{console.visible(str(path))}\n")
    about = "cli.template.about" if asks else "cli.template.list_about"
    console.say(t(about, lang, file=target), quiet=voice.quiet)
    return DONE


def first(forms: Sequence[Path]) -> Path | None:
    """Return the file that `info` can be asked about: of several none says it all."""
    return forms[0] if len(forms) == 1 else None


def asked(forms: Sequence[Path], choice: Choice) -> dict[str, object]:
    """Return the parameters that chose the data, as JSON has them."""
    return {"forms": [path_text(form) for form in forms]} | said(None, choice)


# -- inside ---------------------------------------------------------------------------------------


def _told(  # noqa: PLR0913  what each of the commands on several networks has
    name: str,
    networks: Sequence[str],
    forms: Sequence[Path],
    picture: Path | None,
    tell: Callable[..., Answer],
    draw: Callable[[Affiliation, list[str], Answers | None], Axes],
    choice: Choice,
    output: Output,
    *,
    least: int = 0,
) -> int:
    """Answer what a command asks of networks, and draw it where a picture is wanted."""
    from valuma_graph.cli.networks import nodes_of

    form, lang = _ready(output, picture), output.lang
    if len(networks) < least:
        raise UsageError(t("cli.compare.two", lang))
    aff, answers = load_answers(f"{name} --form", forms, choice, output)
    nodes = nodes_of(aff, networks, answers=answers, lang=lang)
    if len(nodes) < least:  # one network by two names
        raise UsageError(t("cli.compare.two", lang))
    with working("cli.working.computing", output):
        told = told_by(first(forms), choice)
        answer = tell(aff, nodes, answers=answers, told_by=told, lang=lang)
    _drawn(lambda: draw(aff, nodes, answers), picture, output)
    code = answered(answer, form, output, {"networks": nodes} | asked(forms, choice))
    return _wrote(code, picture, output)


def _ready(output: Output, picture: Path | None) -> console.Format:
    """Refuse what cannot be written, before any work is done, and return the form."""
    from valuma_graph.cli import pictures

    if picture is not None:
        pictures.check_target(picture, output.lang, "--picture")
    return form_of(output)


def _drawn(draw: Callable[[], Axes], picture: Path | None, output: Output) -> None:
    if picture is None:
        return
    from valuma_graph.maps.pictures import save_picture

    with working("cli.working.drawing", output):
        save_picture(draw(), picture)


def _wrote(code: int, picture: Path | None, output: Output) -> int:
    if picture is not None:
        console.say(t("cli.about.wrote", output.lang, file=picture), quiet=output.quiet)
    return code
