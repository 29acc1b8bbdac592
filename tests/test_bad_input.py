"""Broken tables: each gets its own clear problem, in three languages, and never a traceback."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest

from valuma_graph import intake
from valuma_graph.errors import TableError
from valuma_graph.reading import problems, read
from valuma_graph.tables.findings import MOST, problems_frame
from valuma_graph.text import LANGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = "Kunta,Verkosto\nTampere,Hinku\n"
RTL, ZERO_WIDTH = "\u202e", "\u200b"


def text(content: str | bytes, name: str = "t.csv") -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = folder / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path

    return build


def table(*rows: tuple[str, ...], header: str = "Kunta,Verkosto") -> Callable[[Path], Path]:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header.split(","), *rows])
    return text(buffer.getvalue())


def workbook(*steps: Callable[[Any], None]) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Jäsenyydet"
        for row in (["Verkosto", "Kunta"], ["Hinku", "Tampere"], ["Hinku", "Turku"]):
            sheet.append(row)
        for step in steps:
            step(sheet)
        book.save(folder / "t.xlsx")
        return folder / "t.xlsx"

    return build


def put(cell: str, value: object, data_type: str | None = None) -> Callable[[Any], None]:
    def step(sheet: Any) -> None:
        sheet[cell] = value
        if data_type:
            sheet[cell].data_type = data_type

    return step


def hide(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def merge(area: str) -> Callable[[Any], None]:
    return lambda sheet: sheet.merge_cells(area)


def ods(
    *, merged: bool = False, formula: bool = False, error: bool = False, far: bool = False
) -> Any:
    def build(folder: Path) -> Path:
        from odf.opendocument import OpenDocumentSpreadsheet
        from odf.table import CoveredTableCell, Table, TableCell, TableRow
        from odf.text import P

        def cell(value: str, **attributes: Any) -> TableCell:
            made = TableCell(valuetype="string", **attributes)
            made.addElement(P(text=value))
            return made

        second = [cell("Hinku"), cell("#REF!" if error else "Turku")]
        if merged:
            second[0] = CoveredTableCell()
        if formula:
            second[1] = TableCell(formula="of:=[.B2]")
        if far:
            second.append(cell("x", numbercolumnsrepeated=99_999_999))
        rows = [
            [cell("Verkosto"), cell("Kunta")],
            [cell("Hinku", numberrowsspanned=2 if merged else 1), cell("Tampere")],
            second,
        ]
        document = OpenDocumentSpreadsheet()
        sheet = Table(name="Taulukko1")
        document.spreadsheet.addElement(sheet)
        for cells in rows:
            row = TableRow()
            for one in cells:
                row.addElement(one)
            sheet.addElement(row)
        document.save(str(folder / "t.ods"))
        return folder / "t.ods"

    return build


def torn(folder: Path) -> Path:
    whole = workbook()(folder).read_bytes()
    path = folder / "torn.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    return path


def crossed(folder: Path) -> Path:
    """Return a whole archive whose sheet is no XML."""
    source = workbook()(folder)
    path = folder / "crossed.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = b"<worksheet><sheetData><row" if "sheet1" in name else old.read(name)
            new.writestr(name, data)
    return path


def far_row(folder: Path) -> Path:
    source = workbook()(folder)
    path = folder / "far.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="A2"', b'r="A19999999999"'))
    return path


def renamed(suffix: str) -> Callable[[Path], Path]:
    return lambda folder: workbook()(folder).rename(folder / f"t{suffix}")


def protected_xlsx(folder: Path) -> Path:
    """Return what Excel writes: a compound file with the encrypted package inside."""
    path = folder / "t.xlsx"
    names = "EncryptionInfo\0EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names + bytes(512))
    return path


def protected_ods(folder: Path) -> Path:
    path = folder / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", os.urandom(64))
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    return path


def frame(**columns: list[Any]) -> Callable[[Path], pd.DataFrame]:
    return lambda _: pd.DataFrame(columns)


@dataclass(frozen=True)
class Case:
    """What is given, and the problems that must be found: code, row, column, value."""

    memberships: Callable[[Path], Any]
    expected: list[tuple[str, int | None, str | None, str | None]]
    members: Callable[[Path], Any] | None = None
    networks: Callable[[Path], Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)


def one(
    build: Callable[[Path], Any],
    code: str,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    **more: Any,
) -> Case:
    return Case(build, [(code, row, column, value)], **more)


good = text(GOOD)
CASES = {
    # files
    "no such file": one(lambda d: d / "none.csv", "no_such_file"),
    "a folder without tables": one(lambda d: d, "folder_without_tables"),
    "a folder as networks": one(good, "is_a_folder", networks=lambda d: d),
    "a name that no file can have": one(lambda d: d / ("x" * 300 + ".csv"), "unreadable_file"),
    "a name with NUL": one(lambda d: f"{d}/a\0.csv", "no_such_file"),
    "unknown suffix": one(text(GOOD, "t.docx"), "unknown_suffix", value=".docx"),
    "no suffix": one(text(GOOD, "table"), "unknown_suffix", value=""),
    "empty file": one(text(b""), "empty_file"),
    "only blank lines": one(text("\n\n  \n"), "empty_file"),
    "only a byte order mark": one(text(b"\xef\xbb\xbf"), "empty_file"),
    "empty workbook file": one(text(b"", "t.xlsx"), "empty_file"),
    "workbook without cells": one(workbook(lambda sheet: sheet.delete_rows(1, 9)), "empty_file"),
    "header only": one(text("Kunta,Verkosto\n"), "no_rows", 1),
    "header only in a workbook": one(workbook(lambda s: s.delete_rows(2, 9)), "no_rows", 1),
    "empty frame": one(frame(), "missing_column", 1, "network", "–"),
    "a picture called csv": one(text(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "not_a_table"),
    "a PDF called csv": one(text(b"%PDF-1.7\n1 0 obj"), "not_a_table"),
    "a web page called xls": one(text("<html><table><tr><td>", "t.xls"), "not_a_table"),
    "a text document called ods": one(
        lambda d: _zip(d / "t.ods", {"word/document.xml": "x"}), "not_a_table"
    ),
    "a workbook called csv": one(renamed(".csv"), "renamed_file"),
    "a workbook called xls": one(renamed(".xls"), "renamed_file"),
    "CSV called xlsx": one(text(GOOD, "t.xlsx"), "renamed_file"),
    "torn workbook": one(torn, "broken_file"),
    "workbook with broken XML": one(crossed, "broken_file"),
    "torn Parquet": one(text(b"PAR1" + bytes(40), "t.parquet"), "broken_file"),
    "torn xls": one(text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "t.xls"), "broken_file"),
    "protected xlsx": one(protected_xlsx, "password"),
    "protected ods": one(protected_ods, "password"),
    # headers
    "missing column": one(
        text("Kunta,Maa\nTampere,FI\n"), "missing_column", 1, "network", "Kunta, Maa"
    ),
    "both columns missing": Case(
        text("a,b\n1,2\n"),
        [
            ("missing_column", 1, "network", "a, b"),
            ("missing_column", 1, "member", "a, b"),
        ],
    ),
    "no header row": one(
        text("Hinku,Tampere\nFisu,Turku\n"), "missing_column", 1, "member", "Hinku, Tampere"
    ),
    "misspelt header": one(
        text("Kunta,Verksto\nTampere,Hinku\n"), "missing_column", 1, "network", "Kunta, Verksto"
    ),
    "misspelt optional header": one(
        text("Kunta,Verkosto,Liitynyt\nTampere,Hinku,2019\n"),
        "misspelt_header",
        1,
        "Liitynyt",
        "Liitynyt",
    ),
    "two columns that mean the same": one(
        text("Kunta,Jäsen,Verkosto\nTampere,Tampere,Hinku\n"),
        "duplicate_column",
        1,
        "Jäsen",
        "Kunta, Jäsen",
    ),
    "swapped columns": one(
        text("Verkosto,Kunta\nTampere,Uusi verkosto\nTurku,Uusi verkosto\n"),
        "swapped_columns",
        None,
        "Kunta",
        "Uusi verkosto",
    ),
    "wrong separator": one(
        text("Kunta^Verkosto\nTampere^Hinku\n"), "no_separator", 1, None, "Kunta^Verkosto"
    ),
    "networks without names": one(
        good, "missing_column", 1, "network_id", "vuosi", networks=text("vuosi\n2019\n", "n.csv")
    ),
    # rows
    "too many cells": one(table(("Tampere", "Hinku", "x")), "long_row", 2, None, "3"),
    "too few cells": one(text("Kunta,Verkosto,Vuosi\nTampere,Hinku\n"), "short_row", 2, None, "2"),
    "quotation mark not closed": one(
        text('Kunta,Verkosto\nTampere,Hinku\nTurku,"Hinku\nPori,Hinku\n'), "broken_quotes", 3
    ),
    "text after a quotation mark": one(text('Kunta,Verkosto\nPori,"Hin"ku\n'), "broken_quotes", 2),
    "duplicate rows": one(
        table(("Tampere", "Hinku"), ("Turku", "Hinku"), ("Tammerfors", "hinku")),
        "duplicate_row",
        4,
        "Kunta",
        "Tammerfors",
    ),
    "empty member": one(table(("", "Hinku"), ("Turku", "Hinku")), "empty_member", 2, "Kunta"),
    "empty network": one(table(("Turku", " ")), "empty_network", 2, "Verkosto"),
    "all 20,000 rows are wrong": Case(
        frame(Kunta=[f"Kunta {i}" for i in range(20_000)], Verkosto=["Hinku"] * 20_000),
        [
            ("unknown_member", 2, "Kunta", "Kunta 0"),
            ("unknown_member", MOST + 1, "Kunta", f"Kunta {MOST - 1}"),
            ("more_rows", MOST + 2, "Kunta", None),
        ],
    ),
    # members
    "unknown code": one(
        table(("999", "Hinku"), ("091", "Hinku")), "unknown_code", 2, "Kunta", "999"
    ),
    "code without zeros": one(table(("91", "Hinku")), "padded_code", 2, "Kunta", "91"),
    "code without zeros in a workbook": one(workbook(put("B3", 5)), "padded_code", 3, "Kunta", "5"),
    "NA is a name": one(
        table(("NA", "Hinku"), ("Pori", "Hinku")), "unknown_member", 2, "Kunta", "NA"
    ),
    "NULL is a name": one(
        table(("NULL", "Hinku"), ("Pori", "None")), "unknown_member", 2, "Kunta", "NULL"
    ),
    "misspelt member": one(
        table(("Tamprere", "Hinku"), ("Pori", "Hinku")), "unknown_member", 2, "Kunta", "Tamprere"
    ),
    "unknown id": one(
        table(("municipality:FI-999", "Hinku"), ("Pori", "Hinku")),
        "unknown_member",
        2,
        "Kunta",
        "municipality:FI-999",
    ),
    "id of a place abroad that is not listed": one(
        table(("municipality:EE-narva", "Hinku")),
        "unlisted_place",
        2,
        "Kunta",
        "municipality:EE-narva",
    ),
    "code and name disagree": one(
        table(("091", "Espoo", "Hinku"), header="Kuntakoodi,Kunta,Verkosto"),
        "code_name_conflict",
        2,
        "Kunta",
        "Espoo",
    ),
    "unknown kind": one(
        table(("Pori", "Hinku", "planeetta"), header="Jäsen,Verkosto,Tyyppi"),
        "unknown_kind",
        2,
        "Tyyppi",
        "planeetta",
    ),
    "members twice": one(
        good,
        "duplicate_member",
        3,
        "nimi",
        "Tammerfors",
        members=text("nimi\nTampere\nTammerfors\n", "m.csv"),
    ),
    "coordinates swapped": one(
        good,
        "swapped_coordinates",
        2,
        "lon",
        "61.5",
        members=text("nimi,lon,lat\nTampere,61.5,23.8\n", "m.csv"),
    ),
    "coordinates in metres": Case(
        good,
        [("number_range", 2, "lon", "327000"), ("number_range", 2, "lat", "6822000")],
        members=text("nimi,lon,lat\nTampere,327000,6822000\n", "m.csv"),
    ),
    "population is no number": one(
        good,
        "bad_number",
        2,
        "väkiluku",
        "paljon",
        members=text("nimi,väkiluku\nTampere,paljon\n", "m.csv"),
    ),
    "negative population": one(
        good,
        "number_range",
        2,
        "väkiluku",
        "-5",
        members=text("nimi,väkiluku\nTampere,-5\n", "m.csv"),
    ),
    "member not in the table of members": one(
        frame(member=["a", "b"], network=["x", "x"]),
        "unlisted_member",
        3,
        "member",
        "b",
        members=frame(member_id=["a", "c"]),
        options={"places": None},
    ),
    # networks
    "unknown network": one(
        good, "unknown_network", 2, "Verkosto", "Hinku", networks=text("nimi\nHinkku\n", "n.csv")
    ),
    "network twice": one(
        good,
        "duplicate_network",
        3,
        "nimi",
        "HINKU",
        networks=text("nimi\nHinku\nHINKU\n", "n.csv"),
    ),
    "unknown kind of network": one(
        good,
        "unknown_network_kind",
        2,
        "tyyppi",
        "kerho",
        networks=text("nimi,tyyppi\nHinku,kerho\n", "n.csv"),
    ),
    "ended before it was founded": one(
        good,
        "reversed_years",
        2,
        "päättynyt",
        "2010",
        networks=text("nimi,perustettu,päättynyt\nHinku,2015,2010\n", "n.csv"),
    ),
    "unknown status of a list": one(
        good,
        "unknown_list_status",
        2,
        "kattavuus",
        "ehkä",
        networks=text("nimi,kattavuus\nHinku,ehkä\n", "n.csv"),
    ),
    "complete list with fewer members than declared": one(
        good,
        "declared_more",
        2,
        "jäsenmäärä",
        "10",
        networks=text("nimi,kattavuus,jäsenmäärä\nHinku,täydellinen,10\n", "n.csv"),
    ),
    "names that give one id": one(
        table(("Pori", "Åland 2030"), ("Pori", "Aland 2030")),
        "similar_names",
        2,
        "Verkosto",
        "Åland 2030",
    ),
    # words and dates
    "unknown role": one(
        table(("Pori", "Hinku", "pomo"), header="Kunta,Verkosto,Rooli"),
        "unknown_role",
        2,
        "Rooli",
        "pomo",
    ),
    "unknown evidence": one(
        table(("Pori", "Hinku", "huhu"), header="Kunta,Verkosto,Näyttö"),
        "unknown_evidence",
        2,
        "Näyttö",
        "huhu",
    ),
    "dates reversed": one(
        table(("Pori", "Hinku", "2019", "31.12.2015"), header="Kunta,Verkosto,Alkaen,Asti"),
        "reversed_dates",
        2,
        "Asti",
        "31.12.2015",
    ),
    "not a date": one(
        table(("Pori", "Hinku", "keväällä"), header="Kunta,Verkosto,Alkaen"),
        "bad_date",
        2,
        "Alkaen",
        "keväällä",
    ),
    "a day that does not exist": one(
        table(("Pori", "Hinku", "31.2.2019"), header="Kunta,Verkosto,Alkaen"),
        "bad_date",
        2,
        "Alkaen",
        "31.2.2019",
    ),
    "a date of two readings": one(
        table(("Pori", "Hinku", "3/4/2019"), header="Kunta,Verkosto,Alkaen"),
        "bad_date",
        2,
        "Alkaen",
        "3/4/2019",
    ),
    "year out of range": one(
        table(("Pori", "Hinku", "219"), ("Turku", "Hinku", "1019"), header="Kunta,Verkosto,Vuosi"),
        "date_range",
        3,
        "Vuosi",
        "1019",
    ),
    "contradictory years": one(
        table(
            ("Pori", "Hinku", "2010", "2015"),
            ("Pori", "Hinku", "2013", ""),
            header="Kunta,Verkosto,Alkaen,Asti",
        ),
        "contradictory_dates",
        3,
        "Kunta",
        "Pori",
    ),
    "a year in a cell that is formatted as a date": one(
        table(("Pori", "Hinku", "1905-07-11"), header="Kunta,Verkosto,Alkaen"),
        "year_as_date",
        2,
        "Alkaen",
        "1905-07-11",
    ),
    # kinds
    "a region under a header of municipalities": one(
        table(("Pohjois-Savo", "Hinku")), "other_kind", 2, "Kunta", "Pohjois-Savo"
    ),
    "a name of two places": one(
        table(("Övertorneå", "Hinku"), ("Pori", "Hinku")),
        "ambiguous_member",
        2,
        "Kunta",
        "Övertorneå",
    ),
    "a code and a name that mean different kinds": one(
        table(("091", "Motiva Oy", "Hinku"), header="Kuntakoodi,Organisaatio,Verkosto"),
        "duplicate_column",
        1,
        "Organisaatio",
    ),
    # matrices, and what stands around a table
    "no mark in a matrix": one(
        table(("Pori", "x", "x"), ("Turku", "x", "ehkä"), ("Salo", "", "x"), header="Kunta,A,B"),
        "bad_mark",
        3,
        "B",
        "ehkä",
    ),
    "a header of 5,000 characters in a matrix": one(
        table(
            ("Pori", "x", "?"),
            ("Pori", "x", "x"),
            ("Turku", "", "x"),
            header=f"Kunta,A,{'b' * 5000}",
        ),
        "bad_mark",
        2,
        "b" * 79 + "…",
        "?",
    ),
    "a column of years in a matrix": one(
        table(("Pori", "x", "x", "2019"), header="Kunta,A,B,C"), "column_unread", 1, "C", "2019"
    ),
    "two sheets of memberships": one(
        workbook(lambda s: s.parent.copy_worksheet(s)), "sheet_unread", value="Jäsenyydet Copy"
    ),
    "a row without marks": one(
        table(("Pori", "x", "x"), ("Turku", "", ""), header="Kunta,A,B"), "no_marks", 3
    ),
    "unknown member in a matrix": one(
        table(("Porii", "x", "x"), header="Kunta,A,B"), "unknown_member", 2, "Kunta", "Porii"
    ),
    "unknown network in a matrix": one(
        table(("Pori", "x", "x"), header="Kunta,Hinku,Fisu"),
        "unknown_network",
        2,
        "Fisu",
        "Fisu",
        networks=text("nimi\nHinku\n", "n.csv"),
    ),
    "marks in place of networks": one(
        table(("Pori", "x"), ("Turku", "x")), "marks_for_networks", 2, "Verkosto", "x"
    ),
    "a total below the table": one(
        table(("Pori", "Hinku"), ("Yhteensä", "1")), "row_set_aside", 3, None, "Yhteensä"
    ),
    "a cell too large for CSV": one(table(("Pori", "x" * 140_000)), "huge_cell", 2),
    "lists in cells": one(
        frame(Kunta=[["Pori"]], Verkosto=["Hinku"]), "unknown_member", 2, "Kunta", "['Pori']"
    ),
    # encodings and characters
    "UTF-8 read as Windows-1252": one(
        text("Kunta,Verkosto\nJÃ¤msÃ¤,Hinku\nPori,Hinku\n"), "broken_letters", 2, "Kunta", "JÃ¤msÃ¤"
    ),
    "DOS encoding": one(
        text("Kunta,Verkosto\nJämsä,Hinku\nPori,Hinku\n".encode("cp850")),
        "broken_letters",
        2,
        "Kunta",
        "J„ms„",
    ),
    "replacement characters": one(
        table(("J\ufffdms\ufffd", "Hinku"), ("Pori", "Hinku")), "broken_letters", 2, "Kunta"
    ),
    "no encoding fits": one(
        text(b"Kunta,Verkosto\nPori,Hi\x81nku\n"), "broken_letters", 2, "Verkosto", "Hi\\u0081nku"
    ),
    "zero-width space": one(
        table((f"Tam{ZERO_WIDTH}pere", "Hinku")),
        "invisible_characters",
        2,
        "Kunta",
        "Tam\\u200bpere",
    ),
    "right-to-left mark": one(
        table(("Pori", f"Hin{RTL}ku")), "invisible_characters", 2, "Verkosto", "Hin\\u202eku"
    ),
    "non-breaking space": one(
        table(("Pori", "Uusi\u00a0verkosto")),
        "invisible_characters",
        2,
        "Verkosto",
        "Uusi\u00a0verkosto",
    ),
    "control character": one(
        table(("Pori", "Hin\x07ku")), "control_characters", 2, "Verkosto", "Hin\\u0007ku"
    ),
    "line break in a name": one(
        table(("Pori", "Hinku\nFisu")), "line_break", 2, "Verkosto", "Hinku\\u000aFisu"
    ),
    "markup": one(
        table(("Pori", "<script>alert(1)</script>")),
        "markup_in_name",
        2,
        "Verkosto",
        "<script>alert(1)</script>",
    ),
    "formula as text": one(
        table(("Pori", "=cmd|' /C calc'!A0")),
        "formula_in_name",
        2,
        "Verkosto",
        "=cmd|' /C calc'!A0",
    ),
    "path": one(
        table(("Pori", "../../etc/passwd")), "path_in_name", 2, "Verkosto", "../../etc/passwd"
    ),
    "name of 10,000 characters": one(
        table(("Pori", "ä" * 10_000)), "long_text", 2, "Verkosto", "ä" * 79 + "…"
    ),
    "half a surrogate pair": one(
        lambda _: pd.DataFrame({"Kunta": ["\ud800"], "Verkosto": ["x"]}, dtype=object),
        "unknown_member",
        2,
        "Kunta",
        "?",
    ),
    # workbooks
    "merged cells": one(workbook(merge("A2:A3")), "merged_cells", 2, "Verkosto", "A2:A3"),
    "merged across": one(
        workbook(put("A4", "Hinku"), merge("A4:B4")), "merged_cells", 4, "Verkosto", "A4:B4"
    ),
    "formula without a value": one(
        workbook(put("B3", '="Tur"&"ku"')), "formula_without_value", 3, "Kunta", "B3"
    ),
    "error cell": one(workbook(put("B3", "#REF!", "e")), "error_cell", 3, "Kunta", "#REF!"),
    "a stray cell far away": one(
        workbook(put("XFD1048576", "x")), "far_cell", None, None, "XFD1048576"
    ),
    "a row number that no sheet has": one(far_row, "far_cell", None, None, "B19999999999"),
    "a stray cell far away in ODS": one(ods(far=True), "far_cell", None, None),
    "hidden row": one(workbook(hide), "hidden_rows", 3),
    "merged cells in ODS": one(ods(merged=True), "merged_cells", 2, "Verkosto", "A2:A3"),
    "formula without a value in ODS": one(
        ods(formula=True), "formula_without_value", 3, "Kunta", "B3"
    ),
    "error cell in ODS": one(ods(error=True), "error_cell", 3, "Kunta", "#REF!"),
}
WARNINGS = {
    "misspelt_header", "short_row", "duplicate_row", "padded_code", "unlisted_place",
    "declared_more", "similar_names", "broken_letters", "invisible_characters",
    "control_characters", "line_break", "markup_in_name", "formula_in_name", "path_in_name",
    "long_text", "hidden_rows", "year_as_date", "other_kind", "no_marks", "marks_for_networks",
    "row_set_aside", "column_unread", "sheet_unread",
}  # fmt: skip


def _zip(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_broken_input_is_named(case: Case, tmp_path: Path) -> None:
    given = case.memberships(tmp_path)
    tables = {"members": case.members, "networks": case.networks}
    more = {name: build(tmp_path) for name, build in tables.items() if build}
    found = intake.prepare(given, **more, **case.options).problems
    listed = [(p.code, p.row, p.column, p.value) for p in found]
    for wanted in case.expected:
        told = 3 if wanted[3] is None else 4
        assert wanted[:told] in [w[:told] for w in listed], listed
    for problem in found:
        assert problem.file
        either = problem.code in {"more_rows", "no_rows"}
        assert either or (problem.severity == "warning") == (problem.code in WARNINGS)
    for lang in LANGS:
        messages = problems_frame(found[:20], lang)["message"]
        assert messages.str.len().gt(15).all()
        assert not messages.str.contains(r"[{}\x00-\x1f]|\bnan\b|<NA>", regex=True).any()
    if any(p.severity == "error" for p in found):
        with pytest.raises(TableError) as raised:
            read(given, **more, **case.options)
        assert len(raised.value.problems) == len(found)
    else:
        read(given, **more, **case.options)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 45
    assert len({code for case in CASES.values() for code, *_ in case.expected}) >= 45


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    path = table(
        ("Tamprere", "Hinku", "pomo", "2019", "2010"),
        ("", "Hinku", "jäsen", "eilen", ""),
        ("Pori", "", "jäsen", "2019", ""),
        header="Kunta,Verkosto,Rooli,Alkaen,Asti",
    )(tmp_path)
    frame = problems_frame(intake.prepare(path).problems)
    assert set(zip(frame["row"], frame["code"], strict=True)) == {
        (2, "unknown_member"), (2, "unknown_role"), (2, "reversed_dates"),
        (3, "empty_member"), (3, "bad_date"), (4, "empty_network"),
    }  # fmt: skip
    assert frame["row"].is_monotonic_increasing


def test_no_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read anything, so the refusal is played.
    from pathlib import Path as Paths

    def refuse(_: Path) -> bytes:
        raise PermissionError

    path = good(tmp_path)
    monkeypatch.setattr(Paths, "read_bytes", refuse)
    assert [p.code for p in intake.prepare(path).problems] == ["no_permission"]


def test_hostile_names_stay_data(tmp_path: Path) -> None:
    names = ["<script>", "=cmd|'/C calc'!A0", "../../x", 'a "b", c', "🌲🌲", "x" * 10_000, "أهلا"]
    taken = intake.prepare(table(*(("Pori", n) for n in names))(tmp_path))
    assert not taken.errors
    assert taken.networks["name_fi"].tolist() == names
    assert taken.networks.index.str.fullmatch(r"[a-z0-9_]{1,69}").all()
    assert taken.networks.index.is_unique


@pytest.mark.parametrize("given", [None, 3, b"t.csv", {"kunta": ["Pori"]}, [{"kunta": "Pori"}]])
def test_what_is_no_table_is_refused(given: Any) -> None:
    for call in (read, problems):
        with pytest.raises(TypeError, match=r"^memberships must be the path .* DataFrame, not "):
            call(given)
    with pytest.raises(TypeError, match="networks must be the path"):
        read(pd.DataFrame(), networks=given or 0)


def test_an_open_file_is_refused(tmp_path: Path) -> None:
    with good(tmp_path).open() as file, pytest.raises(TypeError, match="not TextIOWrapper"):
        read(file)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["", "none.csv", "kunta,verkosto\nPori,Hinku\n"])
def test_a_path_to_nothing_is_named(path: str) -> None:
    with pytest.raises(TableError, match=r"\w"):
        read(path)


@pytest.mark.parametrize("year", ["2019", 2019.0, True])
def test_a_year_that_is_no_whole_number_is_refused(tmp_path: Path, year: Any) -> None:
    with pytest.raises(TypeError, match="year must be a whole number or None"):
        read(good(tmp_path), year=year)
    with pytest.raises(ValueError, match="lang must be one of"):
        read(good(tmp_path), lang="de")


@pytest.mark.parametrize("year", [None, 2015, 2026])
@pytest.mark.parametrize("lang", LANGS)
def test_ambiguity_shows_every_place_with_its_id(year: int | None, lang: str) -> None:
    raw = pd.DataFrame({"jäsen": ["Övertorneå"], "verkosto": ["Hinku"]})
    (told,) = problems(raw, year=year, lang=lang)["message"]
    assert f"{'Övertorneå' if lang == 'sv' else 'Ylitornio'} (976)" in told
    assert "Övertorneå (municipality:SE-overtornea)" in told


def test_both_forms_of_a_table_are_named() -> None:
    raw = pd.DataFrame({"Kunta": ["Pori"], "Maa": ["FI"]})
    for lang, word in zip(
        LANGS, ("sarakkeiden otsikoissa", "kolumnrubriker", "headers"), strict=True
    ):
        assert word in problems(raw, lang=lang).loc[0, "message"]
