"""The first sheet of a list of networks: how to get from the list to a report, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from valuma_graph.exports.lettering import height, page, put
from valuma_graph.exports.listsheets import TABLES, about
from valuma_graph.text import LANGS, t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

_WIDTHS: Final = (5, 32, 30, 18, 14, 14, 32)
_LAST: Final = len(_WIDTHS)
_STEPS: Final = ("fill", "describe", "others", "check", "report", "open")
_KNOW: Final = ("lists", "languages", "known", "unknown", "sheets")
_EXAMPLE: Final = ("member", "network", "role", "since", "until", "source")


def write_guide(
    sheet: Worksheet, lang: str, file: str, places: Mapping[str, Sequence[str]]
) -> None:
    """
    Write the instructions in all three languages, the chosen one first, each on its own page.

    Parameters
    ----------
    sheet
        An empty sheet.
    lang
        The language that comes first.
    file
        Name of the workbook, as commands name it.
    places
        Names of two members of the example, by language.

    Examples
    --------
    >>> from openpyxl import Workbook
    >>> sheet = Workbook().active
    >>> names = dict.fromkeys(LANGS, ("Kuhmo", "Kainuu"))
    >>> write_guide(sheet, "sv", "lista.xlsx", names)
    >>> sheet["A1"].value
    'Förteckning över egna nätverk'
    """
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.pagebreak import Break

    for i, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    row = 1
    for one in (lang, *(other for other in LANGS if other != lang)):
        if row > 1:
            sheet.row_breaks.append(Break(id=row - 1))
        row = _language(sheet, row, one, file, places[one]) + 2
    sheet.sheet_view.showGridLines = False
    page(sheet, landscape=True)


def _language(sheet: Worksheet, row: int, lang: str, file: str, places: Sequence[str]) -> int:
    """Write one language from a row on; return the first row below it."""
    titles = {name: t(f"listform.sheet.{name}", lang) for name in TABLES}
    put(sheet, row, 1, t("listform.title", lang), style="title")
    sheet.row_dimensions[row].height = 30
    _wide(sheet, row + 1, 1, t("listform.purpose", lang))
    row = _part(sheet, row + 2, t("listform.part.steps", lang))
    commands = _commands(lang, file)
    told = titles | {"copy": _copy_of(file), "folder": t("listform.folder", lang)}
    for number, step in enumerate(_STEPS, start=1):
        put(sheet, row, 1, f"{number}.", style="bold")
        _wide(sheet, row, 2, t(f"listform.step.{step}", lang, **told))
        row += 1
        if step in commands:
            _wide(sheet, row, 2, commands[step], style="command")
            row += 1
    row = _example(sheet, _part(sheet, row, _of(titles, "example", lang)), lang, places)
    row = _columns(sheet, _part(sheet, row, t("listform.part.columns", lang)), lang, titles)
    row = _part(sheet, row, t("listform.part.know", lang))
    for one in _KNOW:
        put(sheet, row, 1, "•", style="bold")
        _wide(sheet, row, 2, t(f"listform.know.{one}", lang))
        row += 1
    return row


def _of(titles: Mapping[str, str], part: str, lang: str) -> str:
    return t(f"listform.part.{part}", lang, memberships=titles["memberships"])


def _commands(lang: str, file: str) -> dict[str, str]:
    named = f'"{file}"' if " " in file else file
    folder = t("listform.folder", lang)
    return {
        "check": f"valuma-graph check {named} --lang {lang}",
        "report": f"valuma-graph report {named} --lang {lang} -o {folder}",
    }


def _copy_of(file: str) -> str:
    return f"{file.removesuffix('.xlsx')}.checked.xlsx"


def _part(sheet: Worksheet, row: int, words: str) -> int:
    """Write a heading below an empty row; return the row below it."""
    put(sheet, row + 1, 1, words, style="part")
    sheet.row_dimensions[row + 1].height = 22
    return row + 2


def _wide(sheet: Worksheet, row: int, column: int, words: str, *, style: str = "wrap") -> None:
    """Write a text over all columns that are left, and make the row as high as it needs."""
    put(sheet, row, column, words, style=style)
    sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=_LAST)
    needed = height(words, sum(_WIDTHS[column - 1 :]))
    sheet.row_dimensions[row].height = max(sheet.row_dimensions[row].height or 0, needed)


def _example(sheet: Worksheet, row: int, lang: str, places: Sequence[str]) -> int:
    role = {r: t(f"role.{r}", lang) for r in ("coordinator", "member", "partner")}
    network = t("listform.example.network", lang)
    source = t("listform.example.source", lang)
    firm = t("listform.example.organisation", lang)
    rows: list[tuple[str | int | None, ...]] = [
        tuple(t(f"listform.head.memberships.{c}", lang) for c in _EXAMPLE),
        (places[0], network, role["coordinator"], 2018, None, source),
        (places[1], network, role["member"], 2018, 2022, source),
        (firm, network, role["partner"], None, None, source),
    ]
    for i, cells in enumerate(rows):
        for column, value in enumerate(cells, start=2):
            put(sheet, row + i, column, value, style="open" if i else "head")
        sheet.row_dimensions[row + i].height = 19
    return row + len(rows)


def _columns(sheet: Worksheet, row: int, lang: str, titles: Mapping[str, str]) -> int:
    """Write what each column of each sheet takes."""
    put(sheet, row, 2, t("listform.word.sheet", lang), style="head")
    put(sheet, row, 3, t("listform.word.column", lang), style="head")
    _wide(sheet, row, 4, t("listform.word.what", lang), style="head")
    row += 1
    for name, columns in TABLES.items():
        for column in columns:
            words = about(name, column, lang)
            first = titles[name] if column == columns[0] else None
            put(sheet, row, 2, first, style="bold")
            put(sheet, row, 3, t(f"listform.head.{name}.{column}", lang), style="wrap")
            _wide(sheet, row, 4, words)
            row += 1
    return row
