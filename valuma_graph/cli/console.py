"""What the command line says: results as table, CSV or JSON on stdout, words on stderr."""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO, get_args

from valuma_graph import text
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

Format = Literal["table", "csv", "json", "xlsx"]
PROBLEMS: Final = 1
FLAGGED: Final = 3
"""Exit codes of an answer that is not simply done: problems in the data; a flag of `isolated`."""
SCHEMA_VERSION: Final = 1
WRAP: Final = 44
"""Letters that a line of a cell of sentences has at most."""
SUFFIXES: Final[Mapping[str, Format]] = {
    ".csv": "csv",
    ".json": "json",
    ".txt": "table",
    ".xlsx": "xlsx",
}

# Columns whose values are words of the catalogue, and the group that these stand in.
_WORDS: Final = {
    "answer": "verdict",
    "basis": "basis",
    "check": "check",
    "dimension": "dimension",
    "direction": "code_direction",
    "direction_basis": "basis",
    "factor": "factor",
    "focus": "code_focus",
    "focus_basis": "basis",
    "funding_kind": "funding_kind",
    "gap": "cli.gap",
    "list_status": "list_status",
    "logic": "cli.logic",
    "model_basis": "basis",
    "membership": "cli.membership",
    "outlived": "verdict",
    "phase": "code_phase",
    "phase_basis": "basis",
    "position_basis": "basis",
    "project_money": "verdict",
    "role": "role",
    "single_source": "verdict",
    "stage": "code_stage",
    "stage_basis": "basis",
    "standing": "standing",
    "status": "status",
}
_SHARES: Final = {
    "area_share", "coverage", "degree_share", "jaccard", "largest_share", "neighbours_in",
    "overlap_coefficient", "population_share", "project_share", "share",
}  # fmt: skip
# Years have no thousands.
_DATES: Final = {
    "end", "ended_year", "founded_year", "funding_end", "project_until", "since", "start", "until",
}  # fmt: skip
_CHANCES: Final = {"p", "p_lower", "p_upper", "q"}
_SUMS: Final = {"amount", "fee_high", "fee_low"}
_SOURCES: Final = {"reference", "source"}
# Emoji are joined by these; all other invisible marks are shown.
_JOINERS: Final = "\u200c\u200d"
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, eq=False)
class Section:
    """
    One table of an answer.

    Parameters
    ----------
    name
        What it holds: the key `section` of its rows, and `cli.heading.<name>` its heading.
    frame
        The rows, complete; its columns are the keys.
    shown
        The columns that a table for people has.
    kinds
        Group of the catalogue that the column `kind` stands in: `kind` or `network_kind`.
    headings
        Headings of columns that the catalogue cannot know, such as names of networks.
    wrap
        Letters that a line of a cell has at most where no terminal breaks it; 0 for any number.
    """

    name: str
    frame: pd.DataFrame
    shown: Sequence[str]
    kinds: str = "kind"
    headings: Mapping[str, str] = field(default_factory=dict)
    wrap: int = 0


@dataclass(frozen=True, eq=False)
class Answer:
    """
    What a command found.

    Parameters
    ----------
    command
        Name of the command.
    summary
        The figures that the words speak of, by stable keys.
    sections
        The tables; rows say their `section` where there are several.
    words
        Sentences about the result.
    plain
        What stands in for the table, where that is not one.
    code
        The exit code.
    beside
        Tables of another kind of row: in JSON under their own names, not in CSV.
    listed
        What CSV has in place of the sections, where these have too little in common.
    """

    command: str
    summary: Mapping[str, object]
    sections: Sequence[Section]
    words: Sequence[str] = ()
    plain: str | None = None
    code: int = 0
    parameters: Mapping[str, object] = field(default_factory=dict)
    beside: Sequence[Section] = ()
    listed: pd.DataFrame | None = None


def visible(words: str) -> str:
    r"""
    Return a text on one line in which nothing can act on a terminal or hide.

    Control characters and marks that turn the direction of writing are written out.

    Examples
    --------
    >>> visible("Es" + chr(27) + "[2J" + chr(0x202E) + "poo")
    'Es\\x1b[2J\\u202epoo'
    """
    if words.isascii() and words.isprintable():
        return words
    return "".join(
        c.encode("unicode_escape").decode("ascii")
        if unicodedata.category(c) in _UNSEEN and c not in _JOINERS
        else c
        for c in words
    )


def render(answer: Answer, form: Format, lang: str, *, on_terminal: bool = False) -> str:
    """
    Return an answer as text.

    Parameters
    ----------
    answer
        What a command found.
    form
        `table`, `csv` or `json`.
    lang
        Language of headings and words of a table.
    on_terminal
        Whether it is for the eye: with lines, fitted to the width of the terminal.

    Returns
    -------
    text
        Ends in a line feed, unless it is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> part = Section("peers", pd.DataFrame({"name": ["Pori"], "shared": [2]}), ["name", "shared"])
    >>> print(render(Answer("portfolio", {}, [part]), "table", "en"), end="")
    name  shared
    ----  ------
    Pori       2
    """
    if form == "json":
        return _json(answer)
    if form == "csv":
        made = _csv(answer)
        return "\n".join(map(visible, made.split("\n"))) if on_terminal else made
    if answer.plain is not None:
        return answer.plain
    draw = _drawn if on_terminal else _aligned
    tables = [*answer.sections, *answer.beside]
    many = len(tables) > 1
    parts = [
        (f"{t(f'cli.heading.{s.name}', lang)}\n\n" if many else "") + draw(s, lang)
        for s in tables
        if len(s.frame)
    ]
    return "\n".join(parts)


def deliver(answer: Answer, form: Format, lang: str, *, path: Path | None, quiet: bool) -> int:
    """
    Write an answer to a file or to stdout, its words to stderr, and return the exit code.

    Parameters
    ----------
    answer
        What a command found.
    form
        How to write it.
    lang
        Language of the words.
    path
        The file, written whole or not at all; None for stdout.
    quiet
        Whether to leave the words out.
    """
    if path is not None:
        from valuma_graph.exports import atomic

        with atomic(path) as temporary:
            if form == "xlsx":
                from valuma_graph.exports.workbook import write_workbook

                frames = {s.name: s.frame for s in (*answer.sections, *answer.beside)}
                write_workbook(frames, temporary)
            else:
                made = render(answer, form, lang)
                temporary.write_text(made, encoding="utf-8", errors="replace", newline="\n")
        say(t("cli.about.wrote", lang, file=path), quiet=quiet)
    else:
        on_terminal = sys.stdout is not None and sys.stdout.isatty()
        put(render(answer, form, lang, on_terminal=on_terminal))
    for sentence in answer.words:
        say(sentence, quiet=quiet)
    return answer.code


def put(words: str) -> None:
    """Write results to stdout; a reader that has gone away, such as `head`, is no fault."""
    _write(sys.stdout, words)


def say(words: str, *, quiet: bool = False) -> None:
    """Write words to stderr, line by line, safe for a terminal."""
    if not quiet:
        _write(sys.stderr, "\n".join(map(visible, words.split("\n"))) + "\n")


def _write(stream: TextIO | None, words: str) -> None:
    if stream is None:  # closed by whoever started us
        return
    try:
        stream.write(words)
        stream.flush()
    except OSError as error:
        # Python flushes once more at exit, and would complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def ready_streams() -> None:
    """Make stdout UTF-8, and let neither stream fail on a character that it cannot show."""
    for stream, encoding in ((sys.stdout, "utf-8"), (sys.stderr, None)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


@contextmanager
def working(words: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """
    Show that work goes on, on stderr; nothing where that is no terminal.

    Parameters
    ----------
    words
        What is being done.
    quiet
        Whether to show nothing.

    Yields
    ------
    step
        Called with what is done next.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(words)) as status:
        yield lambda step: status.update(Text(f"{words}: {step}"))


# -- inside ---------------------------------------------------------------------------------------


def _rows(section: Section) -> list[dict[str, Any]]:
    frame = section.frame
    columns = [[_plain(value) for value in frame[c].tolist()] for c in frame.columns]
    names = [str(c) for c in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(value: object) -> object:
    """Return a value as JSON has it; a missing one is None."""
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if callable(item := getattr(value, "item", None)):  # a number of numpy
        value = item()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124
    return None  # pd.NA, pd.NaT


def _json(answer: Answer) -> str:
    from importlib.metadata import version

    many = len(answer.sections) > 1
    rows = [
        ({"section": section.name} | row) if many else row
        for section in answer.sections
        for row in _rows(section)
    ]
    document = {
        "schema_version": SCHEMA_VERSION,
        "command": answer.command,
        "version": version("valuma-graph"),
        "parameters": dict(answer.parameters),
        "summary": {key: _plain(value) for key, value in answer.summary.items()},
        **{section.name: _rows(section) for section in answer.beside},
        "rows": rows,
    }
    made = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    # JSON escapes what ASCII counts as control characters; the others can act on a terminal too.
    return "".join(_escaped(c) for c in made) + "\n" if not made.isascii() else made + "\n"


def _escaped(c: str) -> str:
    if c.isascii() or c in _JOINERS or unicodedata.category(c) not in _UNSEEN:
        return c
    units = c.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _csv(answer: Answer) -> str:
    import pandas as pd

    from valuma_graph.exports import csv_text

    if answer.listed is not None:
        return csv_text(answer.listed)
    if len(answer.sections) == 1:
        return csv_text(answer.sections[0].frame.reset_index(drop=True))
    names = list(dict.fromkeys(str(c) for s in answer.sections for c in s.frame.columns))
    parts = [
        s.frame.reset_index(drop=True).reindex(columns=names).astype(object)
        for s in answer.sections
    ]
    whole = pd.concat(parts, keys=[s.name for s in answer.sections], names=["section", None])
    return csv_text(whole.reset_index(level="section").reset_index(drop=True))


def _cells(section: Section, lang: str) -> tuple[list[str], list[list[str]], list[bool]]:
    """Return headings, rows of cells, and which columns are numbers."""
    import pandas as pd

    own = {column: visible(words) for column, words in section.headings.items()}
    headings = [own.get(c) or t(f"cli.col.{c}", lang) for c in section.shown]
    frame = section.frame
    columns = [
        [_cell(value, column, section.kinds, lang) for value in frame[column].tolist()]
        for column in section.shown
    ]
    numbers = [pd.api.types.is_numeric_dtype(frame[column].dtype) for column in section.shown]
    return headings, [list(row) for row in zip(*columns, strict=True)], numbers


def _cell(value: object, column: str, kinds: str, lang: str) -> str:
    value = _plain(value)
    if value is None:
        return "–"
    if isinstance(value, str):
        group = kinds if column == "kind" else _WORDS.get(column)
        key = f"{group}.{value.replace('.', '_') if group == 'check' else value}"
        if group and value == "unknown" and key not in text.catalogue():
            key = "verdict.unknown"
        if column in _SOURCES:
            from valuma_graph.policy.wording import cited

            return visible(cited(value, lang))
        return t(key, lang) if group and key in text.catalogue() else visible(value)
    if isinstance(value, float):
        return _fraction(value, column, lang)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if column in _DATES else text.number(value, lang)
    return str(value)


def _fraction(value: float, column: str, lang: str) -> str:
    if column in _SHARES:
        return text.percent(value, lang)
    if column in _CHANCES:
        return text.chance(value, lang)
    if column in _SUMS:  # cents where there are any
        return text.number(value, lang, 0 if value.is_integer() else 2)
    distance = column == "km" or column.endswith(("_km", "_km2"))
    return text.number(value, lang, 1 if distance else 3)


def _aligned(section: Section, lang: str) -> str:
    headings, rows, numbers = _cells(section, lang)
    if section.wrap:
        headings, *rows = _broken([headings, *rows], section.wrap)
    widths = [max(map(_width, column)) for column in zip(headings, *rows, strict=True)]
    lines = [headings, ["-" * width for width in widths], *rows]
    made = []
    for line in lines:
        cells = []
        for cell, width, number in zip(line, widths, numbers, strict=True):
            pad = " " * (width - _width(cell))
            cells.append(pad + cell if number else cell + pad)
        made.append("  ".join(cells).rstrip() + "\n")
    return "".join(made)


def _broken(rows: Sequence[list[str]], most: int) -> list[list[str]]:
    """Break long cells into several lines; the heading stays one."""
    import textwrap

    made = [rows[0]]
    for row in rows[1:]:
        cells = [textwrap.wrap(cell, most, break_on_hyphens=False) or [""] for cell in row]
        lines = max(map(len, cells))
        made += [[cell[k] if k < len(cell) else "" for cell in cells] for k in range(lines)]
    return made


def _width(words: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if words.isascii():
        return len(words)
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in words
    )


def _drawn(section: Section, lang: str) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headings, rows, numbers = _cells(section, lang)
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    longest = [
        max(len(word) for cell in column for word in (*cell.split(), ""))
        for column in zip(headings, *rows, strict=True)
    ]
    # Words are broken only where there is no room for them.
    fits = sum(longest) + 2 * len(longest) <= console.width
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for heading, number, least in zip(headings, numbers, longest, strict=True):
        side: Literal["left", "right"] = "right" if number else "left"
        width = least if fits else None
        table.add_column(Text(heading), justify=side, overflow="fold", min_width=width)
    for row in rows:
        table.add_row(*map(Text, row))  # Text, not str: names are no markup
    with console.capture() as made:
        console.print(table)
    return made.get()


FORMATS: Final[tuple[Format, ...]] = get_args(Format)
