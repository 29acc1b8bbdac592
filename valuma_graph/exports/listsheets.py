"""The sheets that a list of networks is kept in: columns, offered words, what may be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from valuma_graph.affiliation.assembly import ROLES
from valuma_graph.exports.lettering import height, page, put
from valuma_graph.text import sort_key, t

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

TABLES: Final[dict[str, tuple[str, ...]]] = {
    "memberships": ("member", "network", "role", "since", "until", "source", "note"),
    "networks": (
        "name", "level", "themes", "founded_year", "ended_year", "list_status", "declared_total",
        "source", "note",
    ),
    "members": ("name", "kind", "country", "note"),
}  # fmt: skip
"""Columns of each sheet; its headings are the texts `listform.head.<sheet>.<column>`."""

_LISTS: Final = "lists"
_WORDS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "role": ("role", ROLES),
    "level": (
        "code_level",
        ("local", "regional", "national", "cross_border", "european", "global"),
    ),
    "list_status": ("list_status", ("complete", "partial", "unknown")),
    "kind": ("kind", ("organisation", "municipality", "region", "country")),
    "country": (
        "country",
        ("FI", "SE", "NO", "DK", "EE", "IS", "LV", "LT", "DE", "PL", "RU", "FO", "GL"),
    ),
}
_FREE: Final = {"member", "network", "country"}
_YEARS: Final = {"since", "until", "founded_year", "ended_year"}
_SPANS: Final = {
    "since": "until", "until": "since", "founded_year": "ended_year", "ended_year": "founded_year",
}  # fmt: skip
_WIDTHS: Final = {
    "member": 34, "network": 40, "name": 40, "role": 20, "since": 13, "until": 13, "source": 40,
    "note": 34, "level": 20, "themes": 36, "founded_year": 13, "ended_year": 13,
    "list_status": 22, "declared_total": 15, "kind": 20, "country": 18,
}  # fmt: skip
_STYLED: Final = {"memberships": 300, "networks": 60, "members": 60}
_MOST: Final = 5000


def offered(
    lang: str, *, towns: pd.DataFrame, regions: pd.DataFrame, networks: pd.DataFrame
) -> dict[str, list[str]]:
    """
    Return the words of each list, in the order in which they are offered.

    Parameters
    ----------
    lang
        Language of the words.
    towns, regions, networks
        Names by language, `name_fi` and so on: municipalities in order of the alphabet come
        before regions.

    Returns
    -------
    words
        By the name of the list.

    Examples
    --------
    >>> import pandas as pd
    >>> names = pd.DataFrame({"name_fi": ["Turku", "Espoo"], "name_sv": ["Åbo", "Esbo"]})
    >>> none = names.iloc[:0]
    >>> offered("sv", towns=names, regions=none, networks=none)["member"]
    ['Esbo', 'Åbo']
    """
    lists = {"member": [*_names(towns, lang), *_names(regions, lang)]}
    lists["network"] = _names(networks, lang)
    for name, (group, codes) in _WORDS.items():
        lists[name] = [t(f"{group}.{code}", lang) for code in codes]
    return lists


def fill_sheets(book: Workbook, lists: Mapping[str, Sequence[str]], lang: str) -> None:
    """
    Add the sheets of the list, and the hidden one with the words that they offer.

    Parameters
    ----------
    book
        The workbook.
    lists
        As `offered` returns them.
    lang
        Language of headings and messages.

    Examples
    --------
    >>> from openpyxl import Workbook
    >>> book = Workbook()
    >>> fill_sheets(book, {"member": ["Espoo"], "network": ["Hinku"]}, "en")
    >>> book.sheetnames[1:], book["Memberships"]["A1"].value
    (['Memberships', 'Networks', 'Members', 'lists'], 'Member')
    """
    sheets = {name: book.create_sheet(t(f"listform.sheet.{name}", lang)) for name in TABLES}
    named = _hidden_lists(book, lists)
    for name, sheet in sheets.items():
        _write(sheet, name, named, lang)


def about(name: str, column: str, lang: str) -> str:
    """
    Say what a column takes.

    Examples
    --------
    >>> about("networks", "name", "en")
    'The name of the network, written as on the sheet “Memberships”.'
    """
    memberships = t("listform.sheet.memberships", lang)
    return t(f"listform.about.{name}.{column}", lang, memberships=memberships)


# -- inside ---------------------------------------------------------------------------------------


def _names(frame: pd.DataFrame, lang: str) -> list[str]:
    others = [c for c in ("name_fi", "name_en", "name_sv") if c in frame]
    names = frame[f"name_{lang}"]
    for column in others:
        names = names.fillna(frame[column])
    return sorted(set(names.dropna()), key=sort_key)


def _hidden_lists(book: Workbook, lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """
    Write the hidden sheet; return a name for the words of each list.

    A rule that named the other sheet would be moved by Excel to a place few programs read.
    """
    from openpyxl.utils import get_column_letter
    from openpyxl.workbook.defined_name import DefinedName

    sheet = book.create_sheet(_LISTS)
    sheet.sheet_state = "hidden"
    named = {}
    for column, (name, words) in enumerate(lists.items(), start=1):
        put(sheet, 1, column, name)
        row = 1
        for row, word in enumerate(words, start=2):
            put(sheet, row, column, word)
        letter = get_column_letter(column)
        place = f"{_LISTS}!${letter}$2:${letter}${max(row, 2)}"
        named[name] = f"{_LISTS}_{name}"
        book.defined_names[named[name]] = DefinedName(named[name], attr_text=place)
    return named


def _write(sheet: Worksheet, name: str, named: Mapping[str, str], lang: str) -> None:
    from openpyxl.utils import get_column_letter

    columns = TABLES[name]
    letters = {c: get_column_letter(i) for i, c in enumerate(columns, start=1)}
    tallest = 0.0
    for i, column in enumerate(columns, start=1):
        words = t(f"listform.head.{name}.{column}", lang)
        put(sheet, 1, i, words, style="head")
        tallest = max(tallest, height(words, _WIDTHS[column] - 5))
        sheet.column_dimensions[letters[column]].width = _WIDTHS[column]
        number = column in _YEARS or column == "declared_total"
        for row in range(2, _STYLED[name] + 2):
            made = put(sheet, row, i, style="open", text=not number)
            if number:
                made.number_format = "0"
        _allow(sheet, name, column, letters, named, lang)
    sheet.row_dimensions[1].height = tallest
    sheet.freeze_panes = "B2"
    last = letters[columns[-1]]
    sheet.auto_filter.ref = f"A1:{last}{_STYLED[name] + 1}"
    sheet.print_title_rows = "1:1"
    page(sheet, landscape=True)


def _allow(
    sheet: Worksheet,
    name: str,
    column: str,
    letters: Mapping[str, str],
    named: Mapping[str, str],
    lang: str,
) -> None:
    """Say what a column takes when a cell is chosen, and mind what is typed into it."""
    from openpyxl.worksheet.datavalidation import DataValidation

    which = "network" if (name, column) == ("networks", "name") else column
    rule = DataValidation(allow_blank=True, showInputMessage=True)
    rule.promptTitle = t(f"listform.head.{name}.{column}", lang)[:32]
    rule.prompt = about(name, column, lang)
    rule.errorTitle = t("listform.wrong.title", lang)
    if which in named:
        rule.type, rule.formula1 = "list", named[which]
        rule.errorStyle = "warning" if which in _FREE else "stop"
        rule.error = t(f"listform.wrong.{'free' if which in _FREE else 'choose'}", lang)
        rule.showErrorMessage = True
    elif column in _YEARS:
        other = f"${letters[_SPANS[column]]}2"
        first = column in {"since", "founded_year"}
        rule.type, rule.operator = "whole", "between"
        rule.formula1 = "1900" if first else f"MAX(1900,N({other}))"
        rule.formula2 = f"IF(N({other})=0,2100,N({other}))" if first else "2100"
        rule.error, rule.showErrorMessage = t("listform.wrong.year", lang), True
    elif column == "declared_total":
        rule.type, rule.operator, rule.formula1 = "whole", "greaterThanOrEqual", "0"
        rule.error, rule.showErrorMessage = t("listform.wrong.count", lang), True
    rule.add(f"{letters[column]}2:{letters[column]}{_MOST}")
    sheet.add_data_validation(rule)
