"""The command line: `valuma-graph` and its commands."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import CycloptsError, Parameter

from valuma_graph.cli import console
from valuma_graph.cli.arguments import (
    CHOICE,
    FLAG,
    OUTPUT,
    SEVERAL,
    VOICE,
    CheckedError,
    Choice,
    Count,
    Data,
    Level,
    Measure,
    Mode,
    Output,
    Rows,
    Status,
    UsageError,
    Voice,
    Year,
    check_level,
    check_paths,
    check_year,
    command_line,
    form_is,
    form_of,
    load,
    load_answers,
    path_text,
    said,
    take_in,
    working,
)
from valuma_graph.cli.console import PROBLEMS
from valuma_graph.cli.program import DONE, answered, app, command, rows_of, told_by
from valuma_graph.errors import FormatError, UnknownNodeError, ValumaError
from valuma_graph.text import LANGS, Lang, t

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE: Final = 2
STOPPED: Final = 130
# Of our own errors, these speak of the command line; the others of the data.
_ASKED_WRONGLY: Final = (FormatError, UnknownNodeError)


@command
def report(
    data: Data = None,
    /,
    *,
    about: str | None = None,
    output: Annotated[Path, Parameter(name=("--output", "-o"))] = Path("valuma-report"),
    choice: Choice = CHOICE,
    voice: Voice = VOICE,
) -> int:
    """
    Write tables, the graph, a page to read and pages of networks into a folder.

    Parameters
    ----------
    data
        Your own tables, or a form that `template` made.
    about
        Name or id of a municipality, region, other member or network to begin with.
    output
        The folder.

    Examples
    --------
    $ valuma-graph report --about Kainuu --lang fi -o kainuu
    """
    from valuma_graph.portfolio import locate
    from valuma_graph.report import write_report

    if output.is_file():
        raise UsageError(t("cli.wrong.not_folder", voice.lang, file=output))
    aff, answers = load_answers("report", () if data is None else (data,), choice, voice)
    node = None if about is None else locate(aff, about, networks=True, lang=voice.lang)[0]
    langs = (voice.lang, *(lang for lang in LANGS if lang != voice.lang))
    with working("cli.working.writing", voice) as step:
        written = write_report(
            aff,
            output,
            about=node,
            answers=answers,
            langs=langs,
            progress=lambda name: step(t(f"step.{name}", voice.lang)),
            command=command_line("report", data, about, choice),
        )
    console.put(f"{console.visible(str(written[0]))}\n")
    told = {"count": len(written), "folder": output, "page": written[0].name}
    console.say(t("cli.about.report", voice.lang, **told), quiet=voice.quiet)
    return DONE


@command
def info(
    data: Data = None,
    /,
    *,
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    Say what is in the data: counts, coverage, years, sources.

    Parameters
    ----------
    data
        Your own tables.

    Examples
    --------
    $ valuma-graph info --year 2016
    """
    from valuma_graph.cli import overview

    form = form_of(output)
    aff = load("info", data, choice, output)
    bundled = not choice.only
    answer = overview.info(aff, root=choice.root, bundled=bundled, lang=output.lang)
    return answered(answer, form, output, said(data, choice))


@command
def check(
    *data: Annotated[Path, Parameter(show_default=False)],
    root: Annotated[Path | None, Parameter(name="--data")] = None,
    year: Year = None,
    copy: Annotated[Path | None, Parameter(show_default=False)] = None,
    no_copy: Annotated[bool, FLAG] = False,
    output: Output = OUTPUT,
) -> int:
    """
    List every problem of DATA, or of the bundled tables.

    Of an Excel workbook with problems it also writes a copy, NAME.checked.xlsx beside it, with the
    faulty cells coloured and explained; the workbook itself stays as it is. Exit code 1 if there
    are errors; warnings alone leave it at 0.

    Parameters
    ----------
    data
        Your own tables, or forms; several forms are also held against each other.
    root
        Folder with tables of the form of the bundled ones, to use in place of them.
    year
        The division that DATA names its municipalities by; by default the latest.
    copy
        Where the copy goes, an .xlsx file; DATA may then also be CSV, ODS or a folder.
    no_copy
        Write no copy.

    Examples
    --------
    $ valuma-graph check my_networks.xlsx --lang sv
    """
    import pandas as pd

    from valuma_graph.cli import marked, overview
    from valuma_graph.datacheck import check_data
    from valuma_graph.intake import told
    from valuma_graph.policy.forms import form_problems

    form, lang = form_of(output), output.lang
    marked.check_copy(copy, data, without=no_copy, lang=lang)
    for file in data or (None,):
        check_paths(file, root, lang)
    check_year(year, lang)
    with working("cli.working.reading", output):
        forms = [file for file in data if form_is(file)]
        tables = [file for file in data if file not in forms]
        read = [take_in(file, root, year) for file in tables]
        parts = [told(found.problems, lang, root=root) for found in read]
        parts += [form_problems(forms, lang=lang, root=root)] if forms else []
        parts += [] if data else [check_data(root, lang=lang)]
    problems = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    own = [found.networks for found in read]
    answer = overview.check(
        problems,
        taken=bool(tables) and overview.takes_complete(own),
        forms=bool(forms),
        new=overview.new_networks(own, root=root, lang=lang),
        incomplete=overview.open_lists(own, lang=lang),
        lang=lang,
    )
    files = [path_text(file) for file in data]
    named = files if len(files) > 1 else next(iter(files), None)
    asked = {"data": named, "data_folder": path_text(root), "year": year}
    code = answered(answer, form, output, asked)
    if not no_copy:
        marked.write_copies(problems, copy, data, output)
    return code


@command
def measure(
    data: Data = None,
    /,
    *,
    mode: Mode = "members",
    level: str = "all",
    measures: Annotated[tuple[Measure, ...], SEVERAL] = (),
    abroad: Annotated[bool, FLAG] = False,
    top: Rows | None = None,
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    Measure who is central, and who stands between others.

    Parameters
    ----------
    data
        Your own tables.
    mode
        Score members or networks.
    level
        Kind of member to list, such as municipality; region and sub_region stand with the
        memberships of their municipalities.
    measures
        What to measure; the first orders the rows. By default everything.
    abroad
        With --level, list places of other countries too.
    top
        Rows to list, 0 for all. By default 30 in a table, else all.

    Examples
    --------
    $ valuma-graph measure --level municipality --measures betweenness degree --top 10
    """
    from valuma_graph.cli import answers

    form = form_of(output)
    aff = load("measure", data, choice, output)
    check_level(aff, level, output.lang)
    with working("cli.working.computing", output):
        answer = answers.measure(
            aff,
            mode=mode,
            level=level,
            measures=measures,
            abroad=abroad,
            top=rows_of(top, form),
            told_by=told_by(data, choice),
            lang=output.lang,
        )
    own = {"mode": mode, "level": level, "measures": [*measures], "abroad": abroad, "top": top}
    return answered(answer, form, output, own | said(data, choice))


@command
def isolated(  # noqa: PLR0913  one for each option
    data: Data = None,
    /,
    *,
    level: Level = "municipality",
    abroad: Annotated[bool, FLAG] = False,
    min_networks: Count = 1,
    status: Annotated[tuple[Status, ...], SEVERAL] = (),
    all_rows: Annotated[bool, FLAG] = False,
    fail_on: Annotated[tuple[Status, ...], SEVERAL] = (),
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    List who is left outside, or hangs on one network.

    Parameters
    ----------
    data
        Your own tables.
    level
        Kind of member to judge.
    abroad
        Judge places of other countries too, of which only members of something are in the data.
    min_networks
        The fewest networks that count as being reached.
    status
        List these only. By default everything but connected.
    all_rows
        List the connected too.
    fail_on
        Exit with code 3 when a member has one of these.

    Examples
    --------
    $ valuma-graph isolated --level region --fail-on isolated no_known_membership
    """
    from valuma_graph.cli import answers

    form = form_of(output)
    aff = load("isolated", data, choice, output)
    if level != "all":
        check_level(aff, level, output.lang)
    with working("cli.working.computing", output):
        answer = answers.isolated(
            aff,
            level=level,
            abroad=abroad,
            min_networks=min_networks,
            statuses=answers.STATUSES if all_rows else status,
            fail_on=fail_on,
            told_by=told_by(data, choice),
            lang=output.lang,
        )
    own = {
        "level": level,
        "abroad": abroad,
        "min_networks": min_networks,
        "status": [*status],
        "all_rows": all_rows,
        "fail_on": [*fail_on],
    }
    return answered(answer, form, output, own | said(data, choice))


@command
def portfolio(
    place: str,
    data: Data = None,
    /,
    *,
    top: Rows = 10,
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    List the networks of a place, its closest peers, and what it lacks.

    Parameters
    ----------
    place
        Name in any language, code or id; also of an organisation.
    data
        Your own tables.
    top
        Peers and lacking networks to list, 0 for all.

    Examples
    --------
    $ valuma-graph portfolio Åbo --lang sv
    """
    from valuma_graph.cli import answers

    form = form_of(output)
    aff = load("portfolio", data, choice, output)
    with working("cli.working.computing", output):
        answer = answers.portfolio(
            aff, place, top=top, told_by=told_by(data, choice), lang=output.lang
        )
    return answered(answer, form, output, {"place": place, "top": top} | said(data, choice))


@command
def export(
    file: Path,
    data: Data = None,
    /,
    *,
    choice: Choice = CHOICE,
    voice: Voice = VOICE,
) -> int:
    """
    Write the graph or the tables in the format of the file's ending.

    .graphml, .gexf and .net are graphs; .csv, .xlsx, .parquet and .gpkg tables; a name without an
    ending is a folder of CSV files.

    Parameters
    ----------
    file
        What to write.
    data
        Your own tables.

    Examples
    --------
    $ valuma-graph export networks-2019.graphml --year 2019
    """
    from valuma_graph.exports import SUFFIXES
    from valuma_graph.exports import export as write

    if file.suffix.lower() not in SUFFIXES:
        allowed = ", ".join(filter(None, SUFFIXES))
        raise UsageError(
            t("cli.wrong.value", voice.lang, option="FILE", value=file.suffix, allowed=allowed)
        )
    aff = load("export", data, choice, voice)
    with working("cli.working.writing", voice):
        written = write(aff, file)
    console.put("".join(f"{console.visible(str(path))}\n" for path in written))
    return DONE


def main(argv: list[str] | None = None) -> int:
    """
    Carry out a command line.

    Parameters
    ----------
    argv
        The words after the program's name; those of the process when None.

    Returns
    -------
    code
        0 done, 1 problems in the data, 2 wrong usage, 3 flagged, 130 stopped by the user.

    Examples
    --------
    >>> main(["isolated", "--year", "1999"])
    2
    """
    words = sys.argv[1:] if argv is None else argv
    lang = _lang(words)
    console.ready_streams()
    try:
        code = app(words, exit_on_error=False, print_error=False)
        console.put("")  # help is written past us, and waits to be flushed
    except KeyboardInterrupt:
        console.say(t("cli.wrong.stopped", lang))
        return STOPPED
    except (BrokenPipeError, SystemExit):  # the reader of the help has gone away
        console.put("")
        return DONE
    except (CycloptsError, UsageError, OSError, ValumaError) as error:
        return _refuse(error, words, lang)
    return code if isinstance(code, int) else DONE


# -- inside ---------------------------------------------------------------------------------------


def _lang(words: Sequence[str]) -> Lang:
    """Return the language asked for, also where the rest of the command line is wrong."""
    given = [b for a, b in pairwise(words) if a == "--lang"]
    given += [w.partition("=")[2] for w in words if w.startswith("--lang=")]
    return next((lang for lang in LANGS if lang in given), "en")


def _refuse(error: Exception, words: Sequence[str], lang: Lang) -> int:
    """Say what is wrong, and return the exit code."""
    why = str(error)
    if isinstance(error, OSError) and error.strerror and error.filename:
        why = f"{error.filename}: {error.strerror}"
    elif isinstance(error, UnknownNodeError):
        names = ", ".join(error.suggestions)
        hint = f" {t('cli.wrong.suggestions', lang, names=names)}" if names else ""
        why = error.message + hint
    if isinstance(error, CheckedError):
        console.say(why)  # each line says itself that it is an error
        return PROBLEMS
    console.say(f"{t('cli.wrong.error', lang)}: {why}")
    if isinstance(error, CycloptsError):
        asked = f"{words[0]} " if words and words[0] in app else ""
        console.say(t("cli.wrong.usage", lang, command=asked))
    in_data = isinstance(error, ValumaError) and not isinstance(error, _ASKED_WRONGLY)
    return PROBLEMS if in_data else USAGE
