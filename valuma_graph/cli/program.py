"""The program that the commands belong to, and what they have in common."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cyclopts import App

from valuma_graph.cli import console
from valuma_graph.cli.arguments import Choice, Output, command_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from valuma_graph.cli.console import Answer

DONE: Final = 0

app = App(
    name="valuma-graph",
    help=(
        "Who collaborates with whom: municipalities, regions and the networks they belong to.\n\n"
        "Without DATA the bundled Finnish data is used; DATA (CSV, XLSX, ODS, Parquet or a folder) "
        "with the columns member and network is added to it.\n\n"
        "Exit codes: 0 done, 1 problems in the data, 2 wrong usage, 3 flagged (--fail-on)."
    ),
    help_format="plaintext",
    help_epilogue="Example\n  valuma-graph report -o out",
    version_flags=["--version"],
    result_action="return_value",
    suppress_keyboard_interrupt=False,  # `main` answers it
)


def command(
    function: Callable[..., int], *, to: App = app, name: str | None = None
) -> Callable[..., int]:
    """
    Add a command; the example of its docstring closes its help.

    Parameters
    ----------
    function
        What carries it out and returns the exit code.
    to
        The program, or a command that has commands of its own.
    name
        What it is called; by default as the function.
    """
    doc = inspect.cleandoc(function.__doc__ or "")
    example = doc.partition("Examples\n--------\n")[2]
    indented = "\n".join(f"  {line.removeprefix('$ ')}" for line in example.splitlines())
    called = [*(() if to is app else to.name), name or function.__name__]
    listed = [
        one.name.upper()
        for one in inspect.signature(function).parameters.values()
        if one.kind is one.VAR_POSITIONAL
    ]
    # The program would call them ARGS, which the list of arguments does not have.
    usage = " ".join(("Usage: valuma-graph", *called, "[OPTIONS]", *(f"[{n}...]" for n in listed)))
    to.command(
        function,
        name=name,
        help_epilogue=f"Example\n{indented}",
        usage=usage if listed else None,
    )
    return function


def told_by(data: Path | None, choice: Choice) -> str:
    """
    Write the command that says which rows of the same data are not used.

    Examples
    --------
    >>> told_by(None, Choice(year=2020))
    'valuma-graph info --year 2020'
    """
    return command_line("info", data, None, choice, folders=True)


def rows_of(top: int | None, form: console.Format) -> int:
    """
    Return how many rows are listed: as many as asked for, else few in a table and all elsewhere.

    Examples
    --------
    >>> rows_of(None, "table"), rows_of(None, "csv"), rows_of(5, "csv")
    (30, 0, 5)
    """
    from valuma_graph.cli.answers import SHOWN

    if top is None:
        return SHOWN if form == "table" else 0
    return top


def answered(
    answer: Answer, form: console.Format, output: Output, parameters: Mapping[str, object]
) -> int:
    """Deliver an answer with the parameters that it was asked with, and return the exit code."""
    answer = replace(answer, parameters={**parameters, "lang": output.lang})
    return console.deliver(answer, form, output.lang, path=output.output, quiet=output.quiet)
