"""What is wrong with a table: one record for each problem, and its message in three languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from valuma_graph import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np

Severity = Literal["error", "warning"]

MOST: Final = 1000
"""Problems of one kind that are listed for one column; one more then counts the rest."""

_SHOWN = 80
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc]"
)


@dataclass(frozen=True)
class Problem:
    """
    One thing that is wrong, or doubtful, in a table.

    Parameters
    ----------
    code
        What kind of problem: its message is the text `problem.<code>` of the catalogue.
    severity
        `"error"` (the table cannot be used so) or `"warning"`.
    file
        Name of the file as the user gave it; `"DataFrame"` for a frame.
    sheet
        Sheet of a workbook.
    row
        Row as a spreadsheet numbers it: the header of a plain table is row 1.
    column
        The user's own header, shortened likewise.
    value
        The offending text, shortened, with invisible characters written out.
    suggestion
        What would be right, where that is known.
    values
        Further placeholders of the message; `hint` names a sentence `hint.…` that follows it.
    """

    code: str
    severity: Severity
    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    suggestion: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """
    Collects the problems of one file or sheet.

    Parameters
    ----------
    file, sheet
        Where the problems are.
    problems
        What was found, in the order it was found.
    """

    file: str
    sheet: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def note(
        self,
        code: str,
        severity: Severity = "error",
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        suggestion: str | None = None,
        **values: str,
    ) -> None:
        """Note one problem."""
        self.problems.append(
            Problem(
                code,
                severity,
                self.file,
                self.sheet,
                row,
                None if column is None else shown(column),
                None if value is None else shown(value),
                suggestion,
                values,
            )
        )

    def note_rows(
        self,
        code: str,
        severity: Severity,
        rows: np.ndarray,
        cells: Sequence[Any] | np.ndarray | pd.Series,
        *,
        column: str | None = None,
        suggest: Callable[[str], str | None] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """
        Note the same problem in many rows; after `MOST` of them one problem counts the rest.

        Parameters
        ----------
        code, severity, column, values
            As in `note`; an empty column stands for cells that are headers themselves.
        rows
            Numbers of the rows.
        cells
            The offending text of each row.
        suggest
            Gives what would be right for a text.
        """
        texts = list(cells[:MOST])
        for row, cell in zip(rows[:MOST].tolist(), texts, strict=True):
            value = None if pd.isna(cell) else str(cell)
            self.note(
                code,
                severity,
                row=row,
                column=value if column == "" else column,
                value=value,
                suggestion=suggest(value) if suggest and value is not None else None,
                **(values or {}),
            )
        if len(rows) > MOST:
            self.note(
                "more_rows",
                severity,
                row=int(rows[MOST]),
                column=column or None,
                count=str(len(rows) - MOST),
                same=code,
            )


def shown(value: str) -> str:
    r"""
    Return a text fit for a message: shortened, on one line, invisible characters written out.

    Examples
    --------
    >>> shown("Es" + chr(0x202E) + "poo"), len(shown("x" * 10_000))
    ('Es\\u202epoo', 80)
    """
    cut = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return _visible(cut)


def _visible(value: str) -> str:
    safe = value.encode("utf-8", "replace").decode("utf-8")
    return _INVISIBLE.sub(lambda m: f"\\u{ord(m[0]):04x}", safe)


def problems_frame(problems: Iterable[Problem], lang: str = "en") -> pd.DataFrame:
    """
    List problems as a table, with their messages in one language.

    Parameters
    ----------
    problems
        Problems in any order.
    lang
        Language of the messages: `"fi"`, `"sv"` or `"en"`.

    Returns
    -------
    frame
        One row for each problem, sorted by file, sheet, row and column: `file`, `sheet`,
        `row` (Int64, as a spreadsheet numbers it), `column`, `code`, `value`, `suggestion`,
        `severity` (error or warning), `message` (what is wrong and what would be right).

    Examples
    --------
    >>> problems_frame([]).empty
    True
    """
    listed = list(problems)
    fields = ("file", "sheet", "row", "column", "code", "value", "suggestion", "severity")
    frame = pd.DataFrame({f: [getattr(p, f) for p in listed] for f in fields}, dtype=object)
    frame["message"] = [message(p, lang) for p in listed]
    frame = frame.astype({c: "Int64" if c == "row" else "str" for c in frame.columns})
    order = ["file", "sheet", "row", "column"]
    return frame.sort_values(order, kind="stable", na_position="first", ignore_index=True)


def message(problem: Problem, lang: str) -> str:
    """
    Say what is wrong and what would be right, in one language.

    Parameters
    ----------
    problem
        The problem.
    lang
        Language of the sentence.

    Returns
    -------
    sentence
        Plain text.
    """
    key = f"problem.{problem.code}"
    sentence = text.t(
        key,
        lang,
        **{
            "column": problem.column or "",
            "value": problem.value or "",
            "suggestion": problem.suggestion or "",
            "row": str(problem.row or ""),
            "file": _visible(problem.file),
            "sheet": problem.sheet or "",
            **problem.values,  # noqa: PD011  a problem is no frame
        },
    )
    if problem.suggestion and "{suggestion}" not in text.catalogue()[key]["en"]:
        sentence += " " + text.t("hint.perhaps", lang, suggestion=problem.suggestion)
    if hint := problem.values.get("hint"):  # noqa: PD011  as above
        sentence += " " + text.t(f"hint.{hint}", lang, **problem.values)
    return sentence
