"""The options that commands share: checked before any work is done, and the data they choose."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from valuma_graph.cli import console
from valuma_graph.errors import TableError, ValumaError
from valuma_graph.text import Lang, number, t

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager

    import pandas as pd
    from cyclopts import Token

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.affiliation.assembly import Origin
    from valuma_graph.intake import Intake
    from valuma_graph.policy.statements import Answers

YEAR: Final = 2019
"""The year of the bundled data that is meant when none is given."""

FORMS: Final = (".xlsx", ".xlsm", ".xls", ".ods")
"""Endings of files that may be forms."""

ERRORS: Final = 10
"""Lines of problems that a command shows before it sends to `check`."""

Status = Literal[
    "isolated",
    "no_known_membership",
    "single_network",
    "bridge_dependent",
    "separate_component",
    "connected",
]
Level = Literal["municipality", "sub_region", "region", "all"]
Measure = Literal[
    "degree",
    "degree_share",
    "closeness",
    "betweenness",
    "eigenvector",
    "constraint",
    "effective_size",
    "efficiency",
    "hierarchy",
    "regions_bridged",
]
Mode = Literal["members", "networks"]
Data = Annotated[Path | None, Parameter(show_default=False)]


def whole(type_: object, tokens: Sequence[Token]) -> int | str:
    """
    Return a whole number as it was written, or "all"; never round, unlike cyclopts.

    Examples
    --------
    >>> from cyclopts import Token
    >>> whole(int, [Token(value="12")])
    12
    """
    (token,) = tokens
    if re.fullmatch(r"[+-]?[0-9]+", token.value):
        return int(token.value)
    everything = "all" in str(type_)
    if everything and token.value == "all":
        return token.value
    raise ValueError(f'"{token.value}" is not a whole number{" or all" * everything}.')


Count = Annotated[int, Parameter(validator=Number(gte=1), converter=whole)]
Rows = Annotated[int, Parameter(validator=Number(gte=0), converter=whole)]
Year = Annotated[int | None, Parameter(converter=whole)]
SEVERAL: Final = Parameter(consume_multiple=True, negative=(), show_default=False)
"""Several values after one option, or the option several times."""
FLAG: Final = Parameter(negative=(), show_default=False)


class CheckedError(TableError):
    """A table has errors, which the message tells line by line in the words of `check`."""


class UsageError(Exception):
    """The command line cannot be carried out as it was written."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Choice:
    """
    Which data, and what of it.

    Parameters
    ----------
    root
        Folder with tables of the form of the bundled ones, to use in place of them.
    only
        Take DATA alone, not together with the bundled data.
    year
        The year to describe; "all" for all years together. By default 2019, with --only all.
    evidence
        The lowest grade of evidence that counts.
    snapshot_gap
        The most years between a list of members and the year.
    undated
        Let lists that bear no year stand in where there is no dated one.
    statutory
        Groupings by law that join as networks, such as region or employment_area.
    network_kinds
        Kinds of network to keep, such as network or programme.
    """

    root: Annotated[Path | None, Parameter(name="--data")] = None
    only: Annotated[bool, FLAG] = False
    year: Annotated[int | Literal["all"] | None, Parameter(converter=whole)] = None
    evidence: Literal["explicit", "composite", "implied", "candidate", "draft"] = "composite"
    snapshot_gap: Rows = 5
    undated: Annotated[bool, FLAG] = False
    statutory: Annotated[tuple[str, ...], SEVERAL] = ()
    network_kinds: Annotated[tuple[str, ...], SEVERAL] = ()


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Voice:
    """
    How to speak.

    Parameters
    ----------
    lang
        Language of names and words.
    quiet
        Print results and errors only.
    """

    lang: Lang = "en"
    quiet: Annotated[bool, FLAG] = False


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Output(Voice):
    """
    Where the result goes.

    Parameters
    ----------
    output
        File to write to, in place of stdout.
    form
        Form of the result. By default that of the file's ending, else a table.
    lang
        Language of names and words.
    quiet
        Print results and errors only.
    """

    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None
    form: Annotated[console.Format | None, Parameter(name="--format")] = None


CHOICE: Final = Choice()
VOICE: Final = Voice()
OUTPUT: Final = Output()
"""The options when none is given."""


def form_of(output: Output) -> console.Format:
    """
    Return the form of the result, and refuse what cannot be written.

    Examples
    --------
    >>> form_of(Output(output=Path("a.json"))), form_of(OUTPUT)
    ('json', 'table')
    """
    suffix = "" if output.output is None else output.output.suffix.lower()
    form = output.form or (console.SUFFIXES.get(suffix) if suffix else "table")
    if form is None:
        allowed = ", ".join(console.SUFFIXES)
        raise UsageError(t("cli.wrong.suffix", output.lang, suffix=suffix, allowed=allowed))
    if output.output is None and form == "xlsx":
        raise UsageError(t("cli.wrong.xlsx", output.lang))
    if output.output is not None and output.output.is_dir():
        raise UsageError(t("cli.wrong.folder", output.lang, file=output.output))
    return form


def working(key: str, voice: Voice) -> AbstractContextManager[Callable[[str], None]]:
    """Show what is being done, by its key of the catalogue, as `console.working` does."""
    return console.working(t(key, voice.lang), quiet=voice.quiet)


def said(data: Path | None, choice: Choice) -> dict[str, object]:
    """
    Return the parameters that chose the data, as JSON has them.

    Examples
    --------
    >>> said(None, Choice())["year"]
    2019
    """
    named = asdict(choice) | {"year": _year(choice)}
    folder = path_text(named.pop("root"))
    return {"data": path_text(data), "data_folder": folder} | named


def path_text(path: Path | None) -> str | None:
    """Return a path as text, for JSON."""
    return None if path is None else str(path)


def command_line(
    command: str,
    data: Path | Sequence[Path] | None,
    about: str | None,
    choice: Choice,
    *,
    folders: bool = False,
) -> str:
    """
    Write a command line again: what changes the result, and unless asked no folder of this machine.

    Examples
    --------
    >>> command_line("report", Path("/tmp/own.csv"), "Åbo", Choice(year=2020, undated=True))
    'valuma-graph report own.csv --about "Åbo" --year 2020 --undated'
    """

    def named(path: Path) -> str:
        words = str(path) if folders else path.name
        return f'"{words}"' if folders and re.search(r"\s", words) else words

    files = [data] if isinstance(data, Path) else data or []
    words = [f"valuma-graph {command}", *map(named, files)]
    words += [f'--about "{about}"'] if about else []
    usual = Choice()
    for field in fields(choice):
        value = getattr(choice, field.name)
        if value == getattr(usual, field.name):
            continue
        option = "--data" if field.name == "root" else f"--{field.name.replace('_', '-')}"
        shown = named(value) if isinstance(value, Path) else value
        shown = " ".join(shown) if isinstance(shown, tuple) else shown
        words.append(option if shown is True else f"{option} {shown}")
    return " ".join(words)


def load(command: str, data: Path | None, choice: Choice, voice: Voice) -> Affiliation:
    """
    Read the data that was chosen.

    Parameters
    ----------
    command
        Name of the command, for messages.
    data
        The user's own tables.
    choice, voice
        The options.

    Returns
    -------
    aff
        The bundled data with the user's beside it, or one of them.

    Raises
    ------
    UsageError
        If something was chosen that there is not.
    TableError
        If the user's tables have errors, or those of `--data` cannot be used.

    Examples
    --------
    >>> load("info", None, Choice(year=2020), Voice(quiet=True)).year
    2020
    """
    return load_answers(command, () if data is None else (data,), choice, voice)[0]


def load_answers(
    command: str, files: Sequence[Path], choice: Choice, voice: Voice
) -> tuple[Affiliation, Answers | None]:
    """
    Read the data that was chosen, with any number of the user's own files.

    Parameters
    ----------
    command
        Name of the command, for messages.
    files
        Forms that `template` made, and tables of members.
    choice, voice
        The options.

    Returns
    -------
    aff
        As `load` returns it.
    answers
        What the forms say; None without a form.

    Raises
    ------
    UsageError
        If something was chosen that there is not.
    TableError
        If a file has errors, or the tables of `--data` cannot be used.

    Examples
    --------
    >>> aff, answers = load_answers("risks", [], Choice(year=2020), Voice(quiet=True))
    >>> aff.year, answers is None
    (2020, True)
    """
    lang, year = voice.lang, _year(choice)
    if choice.only and not files:
        raise UsageError(t("cli.wrong.only", lang, command=command))
    for file in files or (None,):
        check_paths(file, choice.root, lang)
    check_year(year, lang)
    answers: Answers | None = None
    with working("cli.working.reading", voice), _of_another_folder(choice, lang):
        _check_statutory(choice, lang)
        forms = [file for file in files if form_is(file)]
        parts = [_accepted(file, choice, voice) for file in files if file not in forms]
        if forms:
            origin, answers = _answered(forms, choice, voice)
            parts.append(origin)
        aff = _built(_chained(parts), choice)
    return _of_kinds(aff, choice, lang), answers


def form_is(file: Path) -> bool:
    """Tell whether a file is a form that `template` made."""
    from valuma_graph.policy.forms import is_form

    return file.suffix.lower() in FORMS and is_form(file)


def _of_kinds(aff: Affiliation, choice: Choice, lang: Lang) -> Affiliation:
    if not choice.network_kinds:
        return aff
    try:
        return aff.select(network_kinds=choice.network_kinds)
    except ValueError as error:  # the one thing that `select` can refuse here
        words = {"option": "--network-kinds", "value": ", ".join(choice.network_kinds)}
        allowed = ", ".join(sorted(set(aff.networks["kind"].dropna())))
        raise UsageError(t("cli.wrong.value", lang, **words, allowed=allowed)) from error


def take_in(data: Path, root: Path | None, year: int | None, *, alone: bool = False) -> Intake:
    """Read the user's tables, with every problem; of bundled networks, alone, only names count."""
    from valuma_graph import datasets, intake

    members, networks = datasets.register(root=root)
    if alone:
        named = [c for c in networks if str(c).startswith("name_")]
        members, networks = members.iloc[:0], networks[named]
    return intake.prepare(data, year=year, root=root, known=(members, networks))


def check_paths(data: Path | None, root: Path | None, lang: Lang) -> None:
    """Refuse files and folders that are not there."""
    if data is not None and not data.exists():
        raise UsageError(t("cli.wrong.no_file", lang, file=data))
    if root is not None and not root.is_dir():
        raise UsageError(t("cli.wrong.no_file", lang, file=root))


def check_year(year: int | None, lang: Lang) -> None:
    """Refuse a year that no division is known for."""
    from valuma_graph.places import DIVISIONS

    if year is not None and year not in DIVISIONS:
        years = {"first": DIVISIONS[0], "last": DIVISIONS[-1]}
        raise UsageError(t("cli.wrong.year", lang, year=year, **years))


def check_level(aff: Affiliation, level: str, lang: Lang) -> None:
    """Refuse a kind of member that the data does not have."""
    kinds = {*aff.members["kind"].dropna()}
    towns = aff.members[aff.members["kind"].eq("municipality")]
    rolled = [c for c in ("region", "sub_region") if c in towns and towns[c].notna().any()]
    _among("--level", level, ["all", *sorted({*kinds, *rolled})], lang)


# -- inside ---------------------------------------------------------------------------------------


def _year(choice: Choice) -> int | None:
    if choice.year is None:
        return None if choice.only else YEAR
    return None if choice.year == "all" else choice.year


def _among(option: str, value: str, allowed: Collection[str], lang: Lang) -> None:
    if value not in allowed:
        names = ", ".join(dict.fromkeys(allowed))
        raise UsageError(t("cli.wrong.value", lang, option=option, value=value, allowed=names))


def _check_statutory(choice: Choice, lang: Lang) -> None:
    from valuma_graph.affiliation.assembly import division_of
    from valuma_graph.places import gazetteer

    if not choice.statutory:
        return
    year = division_of(_year(choice))
    schemes = gazetteer(choice.root).schemes
    there = [s for s, (first, last) in schemes.items() if first <= year <= last]
    for scheme in choice.statutory:
        _among("--statutory", scheme, [s for s in there if s != "municipality"], lang)


def _accepted(data: Path, choice: Choice, voice: Voice) -> Origin:
    from valuma_graph import reading
    from valuma_graph.intake import told
    from valuma_graph.places import gazetteer

    found = take_in(data, choice.root, _year(choice), alone=choice.only)
    if found.errors:
        frame = told(found.problems, voice.lang, root=choice.root)
        raise _refused(frame, data, choice, voice.lang, _year(choice))
    origin = reading.accept(
        found, known=gazetteer(choice.root), year=_year(choice), lang=voice.lang
    )
    if found.problems:
        count = number(len(found.problems), voice.lang)
        words = t("cli.about.warnings", voice.lang, file=data, count=count)
        console.say(words, quiet=voice.quiet)
    return origin


def _answered(files: Sequence[Path], choice: Choice, voice: Voice) -> tuple[Origin, Answers]:
    """Read forms: their members as tables, and what they answer."""
    from valuma_graph.policy import forms

    year = _year(choice)
    try:
        answers, found = forms.read_and_check([*files], lang=voice.lang, root=choice.root)
        origin = forms.origin(answers, year=year, root=choice.root, lang=voice.lang)
    except TableError as error:
        if not len(error.problems):
            raise
        # All of them: what two forms say differently is wrong in neither alone.
        raise _refused(error.problems, files, choice, voice.lang) from error
    for file, count in found["file"].value_counts(sort=False).items():
        shown = number(int(count), voice.lang)
        words = t("cli.about.warnings", voice.lang, file=file, count=shown)
        console.say(words, quiet=voice.quiet)
    return origin, answers


def _chained(parts: Sequence[Origin]) -> Origin | None:
    """Put tables beside each other, so that no list displaces another."""
    whole: Origin | None = None
    for part in reversed(parts):
        whole = part if whole is None else replace(part, beside=whole)
    return whole


def _refused(
    frame: pd.DataFrame,
    data: Path | Sequence[Path] | None,
    choice: Choice,
    lang: Lang,
    year: int | None = None,
) -> CheckedError:
    """Say what is wrong with tables in the words of `check`, and which command says the rest."""
    from valuma_graph.cli.overview import problem_lines

    wrong = frame[frame["severity"].eq("error")]
    lines = [line for line in problem_lines(wrong, lang).splitlines() if line]
    asked = Choice(root=choice.root, year=year)
    again = command_line("check", data, None, asked, folders=True)
    rest = len(lines) - ERRORS
    more = [t("cli.wrong.more", lang, n=rest)] if rest > 0 else []
    last = t("cli.wrong.check", lang, command=again)
    return CheckedError("\n".join([*lines[:ERRORS], *more, last]), frame)


def _built(own: Origin | None, choice: Choice) -> Affiliation:
    if own is not None and choice.only:
        from valuma_graph.affiliation import build
        from valuma_graph.affiliation.assembly import Options

        # Whoever brings lists without a year means them to count.
        return build(
            own,
            Options(
                year=_year(choice),
                evidence=choice.evidence,
                snapshot_gap=choice.snapshot_gap,
                undated=True,
                statutory=choice.statutory,
            ),
        )
    from valuma_graph import datasets

    return datasets.finland(
        year=_year(choice),
        evidence=choice.evidence,
        snapshot_gap=choice.snapshot_gap,
        undated=choice.undated,
        statutory=choice.statutory,
        root=choice.root,
        beside=own,
    )


@contextmanager
def _of_another_folder(choice: Choice, lang: Lang) -> Iterator[None]:
    """Say of tables in another folder that they cannot be used, instead of failing at a column."""
    try:
        yield
    except TableError as error:
        if choice.root is None or isinstance(error, CheckedError):
            raise
        from valuma_graph.datacheck import check_data

        frame = check_data(choice.root, lang=lang)
        if not frame["severity"].eq("error").any():
            raise
        raise _refused(frame, None, choice, lang) from error
    except (KeyError, ValueError, FileNotFoundError) as error:
        if choice.root is None or isinstance(error, ValumaError):
            raise
        from valuma_graph.tables.findings import problems_frame

        why = f"{type(error).__name__}: {error}"
        words = t("cli.wrong.data", lang, folder=choice.root, why=why)
        raise TableError(words, problems_frame([])) from error
