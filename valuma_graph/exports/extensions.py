"""What Excel keeps in places of a workbook that openpyxl passes over: rules kept, losses named."""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFFICE: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NEWER: Final = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_FORMULA: Final = "{http://schemas.microsoft.com/office/excel/2006/main}"
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_TOLD: Final = (
    "type", "errorStyle", "operator", "allowBlank", "showDropDown", "showInputMessage",
    "showErrorMessage", "errorTitle", "error", "promptTitle", "prompt",
)  # fmt: skip
_PARTS: Final = {
    "drawings": re.compile(r"xl/drawings/drawing\d+\.xml"),
    "macros": re.compile(r"xl/vbaProject\.bin"),
    "slicers": re.compile(r"xl/(?:slicers|timelines)/.+"),
}
_BLOCKS: Final = {"sparklines": b":sparklineGroups", "formats": b":conditionalFormattings"}
_UNREADABLE: Final = (OSError, KeyError, ValueError, zipfile.BadZipFile, ET.ParseError)


def keep_rules(source: Path, book: Workbook) -> int:
    """
    Give a workbook the rules for typing that openpyxl did not read from its file.

    Excel moves a rule that names another sheet to an extension of its own.

    Parameters
    ----------
    source
        The file.
    book
        What openpyxl read from it.

    Returns
    -------
    rules
        How many were added.

    Examples
    --------
    >>> from pathlib import Path
    >>> from openpyxl import Workbook
    >>> keep_rules(Path("no such file.xlsx"), Workbook())
    0
    """
    from openpyxl.worksheet.datavalidation import DataValidation

    added = 0
    for title, xml in _sheets(source):
        if b":dataValidations" not in xml or title not in book.sheetnames:
            continue
        for rule in ET.fromstring(xml).iter(f"{_NEWER}dataValidation"):  # noqa: S314
            place = rule.findtext(f"{_FORMULA}sqref")
            told = {name: rule.get(name) for name in _TOLD if rule.get(name) is not None}
            asked = {
                name: rule.findtext(f"{_NEWER}{name}/{_FORMULA}f")
                for name in ("formula1", "formula2")
            }
            if place:
                with suppress(TypeError, ValueError):  # what no rule can be is no loss
                    book[title].add_data_validation(DataValidation(sqref=place, **told, **asked))
                    added += 1
    return added


def lost(source: Path) -> list[str]:
    """
    Name what a copy of a workbook lacks or shows in another way.

    Parameters
    ----------
    source
        The file.

    Returns
    -------
    parts
        Some of `drawings`, `macros`, `slicers`, `sparklines` and `formats`.

    Examples
    --------
    >>> from pathlib import Path
    >>> lost(Path("no such file.xlsx"))
    []
    """
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except _UNREADABLE:
        return []
    found = [part for part, name in _PARTS.items() if any(map(name.fullmatch, names))]
    sheets = [xml for _, xml in _sheets(source)]
    return found + [part for part, mark in _BLOCKS.items() if any(mark in xml for xml in sheets)]


def _sheets(source: Path) -> list[tuple[str, bytes]]:
    """Return the title and the XML of each sheet that has extensions."""
    try:
        with zipfile.ZipFile(source) as archive:
            links = ET.fromstring(archive.read(_LINKS))  # noqa: S314  as openpyxl does
            parts = {link.get("Id"): link.get("Target", "") for link in links}
            book = ET.fromstring(archive.read(_BOOK))  # noqa: S314  as above
            found = []
            for sheet in book.iter(f"{_MAIN}sheet"):
                target = parts.get(sheet.get(f"{_OFFICE}id"), "")
                path = target.removeprefix("/") if target[:1] == "/" else f"xl/{target}"
                xml = archive.read(path) if path in archive.namelist() else b""
                if b"extLst" in xml:
                    found.append((sheet.get("name", ""), xml))
            return found
    except _UNREADABLE:
        return []
