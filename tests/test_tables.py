"""Reading of good tables: files, encodings, headers, cells, dates, numbers, ids."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from valuma_graph import intake
from valuma_graph.exports import csv_text
from valuma_graph.places import gazetteer
from valuma_graph.tables import cells, margins
from valuma_graph.tables import headers as tables
from valuma_graph.tables.findings import MOST, Findings, Problem, problems_frame
from valuma_graph.tables.sheets import as_text
from valuma_graph.text import LANGS, catalogue

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ["Verkosto", "Kunta", "Vuosi", "Huomautus"],
    ["Ääniverkko", "Jämsä", "2019", "yksi, kaksi; kolme"],
    ["Ääniverkko", "Åbo", "2020", 'sanoo "hei"'],
    ["NA", "091", "2019", "rivi\ntoinen"],
]
EXPECTED = {
    "network": ["Ääniverkko", "Ääniverkko", "NA"],
    "member": ["Jämsä", "Åbo", "091"],
    "as_of": ["2019", "2020", "2019"],
    "note": ["yksi, kaksi; kolme", 'sanoo "hei"', "rivi\ntoinen"],
}
_settings = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(source: Any, role: tables.Role = "memberships", **more: Any) -> tables.RawTable:
    table, problems = tables.read_table(source, role, **more)
    assert problems == []
    assert table is not None
    return table


def as_csv(rows: list[list[str]], separator: str, newline: str = "\n") -> str:
    buffer = io.StringIO()
    # Left to itself, the writer forgets to quote a line feed where lines end otherwise.
    quoting = csv.QUOTE_ALL if newline == "\r" else csv.QUOTE_MINIMAL
    csv.writer(buffer, delimiter=separator, lineterminator=newline, quoting=quoting).writerows(rows)
    return buffer.getvalue()


def as_xlsx(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for i, row in enumerate(rows, start=1):
            for j, value in enumerate(row, start=1):
                cell = sheet.cell(i, j)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def as_ods(path: Path, rows: list[list[str]]) -> Path:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    sheet = Table(name="Taulukko1")
    document.spreadsheet.addElement(sheet)
    for row in rows:
        line = TableRow()
        for value in row:
            cell = TableCell(valuetype="string")
            for part in value.split("\n"):
                cell.addElement(P(text=part))
            line.addElement(cell)
        sheet.addElement(line)
    document.save(str(path))
    return path


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_every_encoding_and_separator(
    tmp_path: Path, encoding: str, separator: str, newline: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(as_csv(ROWS, separator, newline).encode(encoding))
    table = read(path)
    assert table.frame.to_dict("list") == EXPECTED
    assert table.encoding == encoding
    assert table.rows.tolist() == [2, 3, 4]


def test_every_file_format_gives_the_same_table(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS[1:], columns=ROWS[0])
    frame.to_parquet(tmp_path / "t.parquet")
    sources = [
        as_xlsx(tmp_path / "t.xlsx", {"Taulukko1": ROWS}),
        as_xlsx(tmp_path / "t.xlsm", {"Taulukko1": ROWS}),
        as_ods(tmp_path / "t.ods", ROWS),
        tmp_path / "t.parquet",
        str(tmp_path / "t.parquet"),
        frame,
        frame.astype("category"),
    ]
    for source in sources:
        table = read(source)
        assert table.frame.to_dict("list") == EXPECTED, source
        assert (table.frame.dtypes == "str").all()
        assert table.rows.tolist() == [2, 3, 4]


def test_types_of_cells_become_text(tmp_path: Path) -> None:
    row = [5.0, "005", dt.date(2019, 12, 31), dt.datetime(2019, 1, 1, 12, 30), True, 0.25]  # noqa: DTZ001
    header = ["kunta", "verkosto", "alkaen", "asti", "x1", "x2"]
    table = read(as_xlsx(tmp_path / "t.xlsx", {"a": [header, row]}))
    assert table.frame.iloc[0].tolist() == [
        "5", "005", "2019-12-31", "2019-01-01T12:30:00", "true", "0.25",
    ]  # fmt: skip
    frame = pd.DataFrame([row], columns=header)
    frame["alkaen"] = pd.to_datetime(frame["alkaen"])
    assert read(frame).frame.iloc[0].tolist() == table.frame.iloc[0].tolist()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.Series([1, 2]), ["1", "2"]),
        (pd.Series([1, None], dtype="Int64"), ["1", None]),
        (pd.Series([1.0, np.nan, 1.5]), ["1", None, "1.5"]),
        (pd.Series([True, False]), ["true", "false"]),
        (pd.Series(["a", "", None, pd.NA], dtype=object), ["a", None, None, None]),
        (pd.Series(pd.to_datetime(["2019-05-01", None])), ["2019-05-01", None]),
        (
            pd.Series([1.5, "x", None, dt.date(2019, 1, 2)], dtype=object),
            ["1.5", "x", None, "2019-01-02"],
        ),
        (pd.Series(["b", "a", "b", None], dtype="category"), ["b", "a", "b", None]),
        (pd.Series([2019, 2020], dtype="category"), ["2019", "2020"]),
        (pd.Series([], dtype=object), []),
        (pd.Series([None, None], dtype=object), [None, None]),
    ],
)
def test_as_text(values: pd.Series, expected: list[str | None]) -> None:
    made = as_text(values)
    assert made.dtype == "str"
    assert [None if pd.isna(v) else v for v in made] == expected


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('kunta,verkosto,huom\n"Pori",Hinku,"a\nb"\n\n,,\nTurku,Hinku,\n')
    assert read(path).rows.tolist() == [2, 5]


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    rows = [["Verkostot 2019"], [], ["Kunta", "Verkosto"], ["Pori", "Hinku"]]
    table = read(as_xlsx(tmp_path / "t.xlsx", {"a": rows}))
    assert table.frame.to_dict("list") == {"member": ["Pori"], "network": ["Hinku"]}
    assert table.rows.tolist() == [4]


def test_the_separator_told_in_the_first_line_counts(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=|\nkunta|verkosto\nPori|Hinku, Fisu; muut\n")
    assert read(path).frame["network"].tolist() == ["Hinku, Fisu; muut"]


def test_decimal_commas_do_not_confuse_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("kunta;verkosto;osuus\nPori;Hinku;1,5\nTurku;Hinku;2,5\n")
    assert read(path).frame["osuus"].tolist() == ["1,5", "2,5"]


def test_marks_of_an_export_before_formulas_are_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("kunta,verkosto,huom\nPori,Hinku,'=1+1\nTurku,Hinku,'70-luku\n")
    assert read(path).frame["note"].tolist() == ["=1+1", "'70-luku"]


@pytest.mark.parametrize(
    "text",
    [
        "'=x",
        "''=x",
        "=x",
        "-5",
        "+358",
        "@a",
        "\tb",
        "\nb",
        "'\tb",
        "'",
        "''",
        "'a",
        "x'=1",
        "'70-luku",
    ],
)
def test_guarded_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    frame = pd.DataFrame({"kunta": ["Pori"], "verkosto": [text], "huom": [text], text: [text]})
    path = tmp_path / "t.csv"
    path.write_text(csv_text(frame), "utf-8")
    there, _ = tables.read_table(path, "memberships")
    here, _ = tables.read_table(frame, "memberships")
    assert there is not None
    assert here is not None
    assert there.frame.to_dict("list") == here.frame.to_dict("list")
    assert there.headers == here.headers


# --- what stands around a table ------------------------------------------------------------------

LIST = [["Kunta", "Verkosto"], ["Pori", "Hinku"]]
MATRIX = [["Kunta", "Hinku", "Fisu"], ["Pori", "x", ""], ["Turku", "x", "✓"]]


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["Verkostot"]],
        [["Kuntien verkostot 2019", "päivitetty 1.2.2019"], [], []],
        [[], ["Kunta"], ["Verkostot, kunnat ja jäsenet"], []],
        [[f"Ohje {i}"] for i in range(18)],
    ],
)
@pytest.mark.parametrize("rows", [LIST, MATRIX])
def test_header_below_titles(tmp_path: Path, above: list[list[str]], rows: list[list[str]]) -> None:
    path = tmp_path / "t.csv"
    path.write_text(as_csv([*above, *rows], ";"), "utf-8")
    for source in (path, as_xlsx(tmp_path / "t.xlsx", {"a": [*above, *rows]})):
        taken = intake.prepare(source)
        assert taken.problems == []
        assert "municipality:FI-609" in taken.members.index
        assert "hinku" in taken.networks.index


def test_header_below_a_title_that_pandas_took_for_it() -> None:
    raw = pd.DataFrame(LIST, columns=["Verkostot 2019", "Unnamed: 1"])
    table = read(raw)
    assert table.frame.to_dict("list") == {"member": ["Pori"], "network": ["Hinku"]}
    assert table.rows.tolist() == [3]


@pytest.mark.parametrize("rows", [LIST, MATRIX])
def test_totals_and_notes_below_are_no_data(tmp_path: Path, rows: list[list[str]]) -> None:
    below = [["Yhteensä", "12"], [], ["Lähde: Kuntaliitto 2019"], ["* luonnos"]]
    taken = intake.prepare(as_xlsx(tmp_path / "t.xlsx", {"a": [*rows, *below]}))
    n = len(rows)
    assert [(p.code, p.row) for p in taken.problems] == [
        ("row_set_aside", n + i) for i in (1, 3, 4)
    ]
    assert not taken.errors
    assert len(taken.memberships) == (1 if rows is LIST else 3)


def test_a_total_with_a_name_beside_it_is_data() -> None:
    raw = pd.DataFrame({"member": ["Ann", "Total"], "network": ["choir", "choir"]})
    taken = intake.prepare(raw, places=None)
    assert (len(taken.memberships), taken.problems) == (2, [])


# --- matrices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yes", "no"),
    [("x", None), ("X", ""), ("1", "0"), ("kyllä", "ei"), ("ja", "nej"), ("✓", "–"), (1, 0),
     (True, False), (1.0, np.nan)],
)  # fmt: skip
def test_a_matrix_is_a_list(yes: Any, no: Any) -> None:
    raw = pd.DataFrame(
        {"Kunta": ["Pori", "Åbo"], "Hinku": [yes, yes], "Asukkaita": [1, 2], "Fisu": [no, yes]}
    )
    taken = intake.prepare(raw)
    assert taken.problems == []
    assert taken.memberships[["network_id", "member_id"]].to_numpy().tolist() == [
        ["hinku", "municipality:FI-609"],
        ["hinku", "municipality:FI-853"],
        ["fisu", "municipality:FI-853"],
    ]
    assert taken.memberships["Asukkaita"].tolist() == ["1", "2", "2"]


def test_a_matrix_may_have_networks_in_rows() -> None:
    raw = pd.DataFrame({"Verkosto": ["Hinku", "Fisu"], "Pori": ["x", ""], "853": ["x", "x"]})
    taken = intake.prepare(raw)
    assert taken.problems == []
    assert taken.memberships["member_id"].str[-3:].tolist() == ["609", "853", "853"]


def test_crosstab_is_a_matrix() -> None:
    raw = pd.DataFrame({"kunta": ["Pori", "Turku", "Turku"], "verkosto": ["A", "A", "B"]})
    table = pd.crosstab(raw["kunta"], raw["verkosto"])
    assert len(intake.prepare(table).memberships) == 3


def test_header_of_two_rows(tmp_path: Path) -> None:
    rows = [["Kunta", "Verkostot", None], [None, "Hinku", "Fisu"], *MATRIX[1:]]
    path = as_xlsx(tmp_path / "t.xlsx", {"a": rows})
    for merged in (["B1:C1"], ["B1:C1", "A1:A2"]):
        book = openpyxl.load_workbook(path)
        for area in merged:
            book["a"].merge_cells(area)
        book.save(tmp_path / "m.xlsx")
        taken = intake.prepare(tmp_path / "m.xlsx")
        assert taken.problems == []
        assert taken.networks.index.tolist() == ["hinku", "fisu"]
        assert len(taken.memberships) == 3


def test_a_matrix_is_found_among_sheets(tmp_path: Path) -> None:
    sheets = {"Tietoa": [["Täytä taulukko"]], "Taulukko2": MATRIX}
    assert len(intake.prepare(as_xlsx(tmp_path / "t.xlsx", sheets)).memberships) == 3


# --- workbooks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("Jäsenyydet", "Verkostot", "Jäsenet"),
        ("Medlemskap", "Nätverk", "Medlemmar"),
        ("memberships", "networks", "members"),
        ("Taulukko1", "Taulukko2", "Taulukko3"),
    ],
)
def test_sheets_are_told_by_name_or_headers(tmp_path: Path, names: tuple[str, str, str]) -> None:
    sheets = {
        "Ohje": [["Täytä taulukot"]],
        names[1]: [["nimi", "tyyppi", "perustettu"], ["Hinku", "verkosto", 2008]],
        names[2]: [["kuntakoodi", "nimi", "väkiluku"], ["609", "Pori", 83000]],
        names[0]: [["verkosto", "kunta"], ["Hinku", "Pori"]],
        "Tyhjä": [],
    }
    found, problems = tables.read_workbook(as_xlsx(tmp_path / "t.xlsx", sheets))
    assert problems == []
    assert {role: t.sheet for role, t in found.items()} == dict(
        zip(["memberships", "networks", "members"], names, strict=True)
    )
    taken = intake.prepare(tmp_path / "t.xlsx")
    assert taken.problems == []
    assert taken.networks.loc["hinku", "founded_year"] == 2008
    assert taken.members.loc["municipality:FI-609", "population"] == 83000


def test_empty_sheets_of_a_template_are_passed_over(tmp_path: Path) -> None:
    sheets = {
        "memberships": [["network", "member"], ["Hinku", "Pori"]],
        "members": [["member_id", "name"]],
        "networks": [["network_id", "name"]],
    }
    found, problems = tables.read_workbook(as_xlsx(tmp_path / "t.xlsx", sheets))
    assert list(found) == ["memberships"]
    assert problems == []


def test_a_sheet_can_be_asked_for(tmp_path: Path) -> None:
    rows = [["verkosto", "kunta"], ["Hinku", "Pori"]]
    path = as_xlsx(tmp_path / "t.xlsx", {"a": rows, "b": [*rows, ["Hinku", "Turku"]]})
    assert len(read(path, sheet="b").rows) == 2
    _, problems = tables.read_table(path, "memberships", sheet="c")
    assert [(p.code, p.suggestion) for p in problems] == [("no_such_sheet", "a, b")]


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / "t.xlsx", {"a": ROWS, "b": ROWS})
    book = openpyxl.load_workbook(path)
    book["a"].sheet_state = "hidden"
    book.save(path)
    assert read(path).sheet == "b"


def test_merged_cells_are_filled_so_that_one_problem_is_one(tmp_path: Path) -> None:
    path = as_xlsx(
        tmp_path / "t.xlsx", {"a": [["verkosto", "kunta"], ["Hinku", "Pori"], [None, "Turku"]]}
    )
    book = openpyxl.load_workbook(path)
    book["a"].merge_cells("A2:A3")
    book.save(path)
    taken = intake.prepare(path)
    assert [p.code for p in taken.problems] == ["merged_cells"]
    assert len(taken.memberships) == 2


def test_folder_of_tables(tmp_path: Path) -> None:
    (tmp_path / "jäsenyydet.csv").write_text("verkosto,kunta\nHinku,Pori\n")
    (tmp_path / "networks.csv").write_text("name,kind\nHinku,label\n")
    taken = intake.prepare(tmp_path)
    assert taken.problems == []
    assert taken.networks["kind"].tolist() == ["label"]


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "role", "expected"),
    [
        (["VERKOSTO ", "Jäsen"], "memberships", ["network", "member"]),
        (["\ufeffkuntakoodi", "Verkoston nimi"], "memberships", ["member_id", "network"]),
        (
            ["Nätverk", "Kommun", "fr.o.m.", "t.o.m."],
            "memberships",
            ["network", "member", "since", "until"],
        ),
        (
            ["natverk", "kommunkod", "Roll", "Källa"],
            "memberships",
            ["network", "member_id", "role", "source"],
        ),
        (
            ["Network", "Municipality", "Joined", "Year"],
            "memberships",
            ["network", "member", "since", "as_of"],
        ),
        (
            ["network_id", "member-id", "evidence"],
            "memberships",
            ["network_id", "member_id", "evidence"],
        ),
        (
            ["Verkosto", "Organisaatio", "Tyyppi"],
            "memberships",
            ["network", "member", "member_kind"],
        ),
        (["Namn på svenska", "Typ", "Grundad"], "networks", ["name_sv", "kind", "founded_year"]),
        (
            ["Nimi", "Jäsenmäärä", "Kattavuus"],
            "networks",
            ["name", "declared_total", "list_status"],
        ),
        (
            ["Kunta", "Väkiluku", "Longitude", "lat"],
            "members",
            ["name", "population", "lon", "lat"],
        ),
        (["Kunta", "Verkosto", "Lempiväri"], "memberships", ["member", "network", "Lempiväri"]),
    ],
)
def test_headers_in_three_languages(
    header: list[str], role: tables.Role, expected: list[str]
) -> None:
    table = read(pd.DataFrame([["x"] * len(header)], columns=header), role)
    assert list(table.frame) == expected
    assert list(table.headers.values()) == [h.strip() for h in header]


def test_no_word_means_two_columns() -> None:
    for role in tables.ROLES:
        seen: dict[str, str] = {}
        for column, words in tables.vocabulary()["headers"][role].items():
            for word in {tables.key(w) for w in (column, *words)}:
                assert seen.setdefault(word, column) == column, (role, word)
    for group, lists in tables.vocabulary()["terms"].items():
        seen = {}
        for term, words in lists.items():
            for word in {tables.key(w) for w in (term, *words)}:
                assert seen.setdefault(word, term) == term, (group, word)


def test_wider_places_beside_municipalities_are_further_information() -> None:
    raw = pd.DataFrame({"Maakunta": ["Satakunta"], "Kunta": ["Pori"], "Verkosto": ["Hinku"]})
    table, problems = tables.read_table(raw, "memberships")
    assert table is not None
    assert table.frame["member"].tolist() == ["Pori"]
    assert [(p.code, p.severity, p.column) for p in problems] == [
        ("column_set_aside", "warning", "Maakunta")
    ]


def test_a_header_can_say_what_kind_of_place_a_code_is() -> None:
    codes = {"Verkosto": ["Hinku"], "Maakuntakoodi": ["06"]}
    taken = intake.prepare(pd.DataFrame(codes))
    assert taken.memberships["member_id"].tolist() == ["region:FI-06"]


@pytest.mark.parametrize(
    ("header", "value", "member_id", "code"),
    [
        ("seutukunta", "Kuopio", "sub_region:FI-112", None),
        ("Seutukunta", "Salo", "sub_region:FI-022", None),
        ("sub_region", "Kuopio", "sub_region:FI-112", None),
        ("ekonomisk region", "Åbo", "sub_region:FI-023", None),
        ("kunta", "Kuopio", "municipality:FI-297", None),
        ("jäsen", "Kuopio", "municipality:FI-297", None),
        ("kunta", "Pohjois-Savo", "region:FI-11", "other_kind"),
        ("kunta", "region:FI-11", "region:FI-11", None),
        ("maakunta", "Kuopio", "municipality:FI-297", "other_kind"),
        ("landskap", "Norra Savolax", "region:FI-11", None),
        ("region", "KU091", "municipality:FI-091", "other_kind"),
        ("organisaatio", "Porin kaupunki", "municipality:FI-609", None),
        ("maakunta", "05", "region:FI-05", None),
        ("maakunta", "5", "region:FI-05", "padded_code"),
        ("region", "9", "region:FI-09", "padded_code"),
        ("maakuntakoodi", "46", None, "unknown_code"),
        ("seutukunta", "063", "sub_region:FI-063", None),
        ("kunta", "5", "municipality:FI-005", "padded_code"),
    ],
)
def test_the_kind_that_the_header_speaks_of_comes_first(
    header: str, value: str, member_id: str | None, code: str | None
) -> None:
    taken = intake.prepare(pd.DataFrame({header: [value], "verkosto": ["Hinku"]}))
    assert taken.memberships["member_id"].tolist() == [m for m in [member_id] if m]
    assert [(p.code, p.row, p.column, p.value) for p in taken.problems] == [
        (c, 2, header, value) for c in [code] if c
    ]
    for problem in taken.problems:
        if problem.code == "other_kind":
            assert problem.severity == "warning"
            assert problem.suggestion == gazetteer().label(str(member_id))


def test_own_members_of_another_kind_come_later() -> None:
    own = pd.DataFrame({"nimi": ["Kuopio", "Kylä"], "tyyppi": ["kunta", "organisaatio"]})
    raw = pd.DataFrame({"seutukunta": ["Kuopio", "Kylä"], "verkosto": ["Hinku"] * 2})
    taken = intake.prepare(raw, own)
    assert taken.memberships["member_id"].tolist() == ["sub_region:FI-112", "organisation:kyla"]
    assert taken.problems == []


@pytest.mark.parametrize(
    ("header", "row", "member_id"),
    [
        (["maakuntakoodi", "kunta"], ["02", "Turku"], "municipality:FI-853"),
        (["kuntakoodi", "maakunta"], ["853", "Varsinais-Suomi"], "municipality:FI-853"),
    ],
)
def test_a_code_of_a_wider_place_is_further_information(
    header: list[str], row: list[str], member_id: str
) -> None:
    raw = pd.DataFrame([[*row, "Hinku"]], columns=[*header, "verkosto"])
    taken = intake.prepare(raw)
    assert [p.code for p in taken.problems] == ["column_set_aside"]
    assert taken.memberships["member_id"].tolist() == [member_id]


def test_a_name_beside_a_code_is_of_the_kind_of_the_code() -> None:
    raw = pd.DataFrame({"koodi": ["sub_region:FI-112"], "jäsen": ["Kuopio"], "verkosto": ["Hinku"]})
    assert intake.prepare(raw).problems == []


def test_headers_in_two_languages_or_with_a_remark() -> None:
    raw = pd.DataFrame(
        [["Pori", "Hinku", "2019"]],
        columns=["Kunta / Kommun", "Verkosto\n(nätverk)", "Liittynyt (vuosi)"],
    )
    assert list(read(raw).frame) == ["member", "network", "since"]


# --- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", "2019"), ("2019.0", "2019"), ("2019-6", "2019-06"), ("2019/06", "2019-06"),
        ("2019-06-10", "2019-06-10"), ("2019-06-10 00:00:00", "2019-06-10"),
        ("20190610", "2019-06-10"), ("10.6.2019", "2019-06-10"), ("1. 6. 2019", "2019-06-01"),
        ("6/2019", "2019-06"), ("06.2019", "2019-06"), ("31/12/2019", "2019-12-31"),
        ("5/5/2019", "2019-05-05"), ("29.2.2020", "2020-02-29"),
        ("29.2.2019", None), ("3/4/2019", None), ("2019-13", None), ("19", None),
        ("1.1.19", None), ("kesä 2019", None), ("", None), ("2013-2019", None),
    ],
)  # fmt: skip
def test_dates(text: str, expected: str | None) -> None:
    assert cells.parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        ("12", True, 12), ("1 234", True, 1234), ("1\u00a0234\u00a0567", True, 1234567),
        ("1,234", True, 1234), ("1.234.567", True, 1234567), ("12.0", True, 12),
        ("1,5", False, 1.5), ("-23.76", False, -23.76), ("−5", False, -5),
        ("1.5", True, None), ("noin 5", True, None), ("1e5", False, None), ("", False, None),
        ("12%", False, None),
    ],
)  # fmt: skip
def test_numbers(text: str, whole: bool, expected: float | None) -> None:  # noqa: FBT001
    made = cells.parse_number(text, whole=whole)
    assert made == expected or (expected is None and np.isnan(made))


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("Jäsen", "member"), ("koordinaattori", "coordinator"), ("isäntä", "host"),
        ("Finansiär", "funder"), ("kumppani", "partner"), ("ohjausryhmä", "steering"),
        ("entinen jäsen", "former_member"), ("former_member", "former_member"),
        ("Tidigare medlem", "former_member"), (None, "member"),
    ],
)  # fmt: skip
def test_roles(word: str | None, role: str) -> None:
    raw = pd.DataFrame({"kunta": ["Pori"], "verkosto": ["Hinku"], "rooli": [word]})
    taken = intake.prepare(raw)
    assert taken.problems == []
    assert taken.memberships["role"].tolist() == [role]


@given(st.text())
def test_slugs_are_safe_and_stable(name: str) -> None:
    made = cells.slug(name)
    assert made.isascii()
    assert made.replace("_", "a").isalnum()
    assert 0 < len(made) <= 69
    assert cells.slug(made) == made or len(made) > 60


# --- problems ------------------------------------------------------------------------------------


def test_problems_are_sorted_and_typed() -> None:
    found = [
        Problem("empty_member", "error", "b", row=3, column="x"),
        Problem("empty_member", "error", "b", row=3, column="a"),
        Problem("empty_file", "error", "b"),
        Problem("empty_member", "error", "a", sheet="s", row=10),
        Problem("empty_member", "error", "a", sheet="s", row=9),
    ]
    frame = problems_frame(found)
    order = [
        (f, None if pd.isna(r) else r) for f, r in zip(frame["file"], frame["row"], strict=True)
    ]
    assert order == [("a", 9), ("a", 10), ("b", None), ("b", 3), ("b", 3)]
    assert frame["column"].tolist()[-2:] == ["a", "x"]
    assert frame["row"].dtype == "Int64"
    assert list(frame) == [
        "file", "sheet", "row", "column", "code", "value", "suggestion", "severity", "message",
    ]  # fmt: skip


def test_problems_of_one_kind_are_counted_after_a_thousand() -> None:
    found = Findings("f")
    rows = np.arange(2, 2 + MOST + 500)
    found.note_rows("empty_member", "error", rows, [""] * len(rows), column="c")
    assert len(found.problems) == MOST + 1
    last = found.problems[-1]
    assert (last.code, last.row) == ("more_rows", MOST + 2)
    assert "500" in problems_frame([last]).loc[0, "message"]


def test_suggestions_are_in_the_message() -> None:
    raw = pd.DataFrame({"kunta": ["Tamprere", "Pori"], "verkosto": ["Hinku", "Hinku"]})
    found = intake.prepare(raw).problems
    for lang in LANGS:
        assert "Tampere" in problems_frame(found, lang).loc[0, "message"]


HEADERS = ("jäsen", "kunta", "seutukunta", "maakunta", "kaupunkiseutu", "organisaatio")


@pytest.mark.parametrize("header", HEADERS)
def test_every_suggested_member_can_be_pasted_back(header: str) -> None:
    names = [e.name for e in gazetteer()._entries.values()]
    wrong = [n[:-1] if i % 2 else n[:2] + n[3:] for i, n in enumerate(names)][::4]
    doubtful = ["Övertorneå", "Riga", "5", "0911", "91.0", "municipality:FI-91", "Koski"]
    raw = pd.DataFrame({header: [*doubtful, *wrong, *names[::9]]}).assign(verkosto="Hinku")
    told = {s for p in intake.prepare(raw).problems for s in (p.suggestion or "").split("; ") if s}
    assert len(told) > 100
    again = intake.prepare(pd.DataFrame({header: sorted(told)}).assign(verkosto="Hinku"))
    assert again.errors == []


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("rooli", "kordinaattori"), ("tyyppi", "kuntta"), ("näyttö", "varmma"),
        ("alkaen", "43466"), ("alkaen", "1.1.19"), ("alkaen", "kesä 2019"),
        ("alkaen", "1905-07-11"), ("lisä", "JÃ¤msÃ¤"), ("verkosto", "JÃ¤msÃ¤"),
        ("verkosto", "a\u200bb"),
    ],
)  # fmt: skip
def test_every_other_suggestion_can_be_pasted_back(column: str, wrong: str) -> None:
    raw = pd.DataFrame({"kunta": ["Pori"], "verkosto": ["Hinku"], column: [wrong]})
    (problem,) = intake.prepare(raw).problems
    assert intake.prepare(raw.assign(**{column: problem.suggestion})).problems == []


def test_every_problem_has_one_home_in_the_catalogue() -> None:
    assert all(set(entry) == set(LANGS) for key, entry in catalogue().items() if "problem." in key)


# --- members and networks ------------------------------------------------------------------------


def test_organisations_may_have_any_name() -> None:
    raw = pd.DataFrame(
        {
            "verkosto": ["Hinku"] * 3,
            "jäsen": ["organisation:Oma yhdistys ry", "Toinen Säätiö", "Pori"],
            "tyyppi": [None, "organisaatio", None],
        }
    )
    taken = intake.prepare(raw)
    assert taken.problems == []
    assert taken.memberships["member_id"].tolist() == [
        "organisation:oma_yhdistys_ry", "organisation:toinen_saatio", "municipality:FI-609",
    ]  # fmt: skip
    assert taken.members.loc["organisation:toinen_saatio", "name_fi"] == "Toinen Säätiö"
    assert taken.members.loc["organisation:toinen_saatio", "kind"] == "organisation"


def test_former_municipalities_keep_their_id() -> None:
    taken = intake.prepare(pd.DataFrame({"kunta": ["Valtimo"], "verkosto": ["Hinku"]}))
    assert taken.memberships["member_id"].tolist() == ["municipality:FI-911"]
    assert taken.members["name_fi"].tolist() == ["Valtimo"]
    assert taken.problems == []


def test_own_members_come_first() -> None:
    taken = intake.prepare(
        pd.DataFrame({"jäsen": ["Kylä", "Pori"], "verkosto": ["Hinku"] * 2}),
        pd.DataFrame(
            {
                "nimi": ["Kylä", "Pori", "Turku"],
                "tyyppi": ["organisaatio", "kunta", None],
                "väkiluku": [None, "5", None],
            }
        ),
    )
    assert taken.problems == []
    assert taken.memberships["member_id"].tolist() == ["organisation:kyla", "municipality:FI-609"]
    assert taken.members.loc["municipality:FI-609", "population"] == 5
    assert taken.members.loc["municipality:FI-853", "name_sv"] == "Åbo"


def test_known_networks_keep_their_ids() -> None:
    members = pd.DataFrame({"name_fi": []})
    networks = pd.DataFrame(
        {
            "name_fi": ["Suomen kasvukäytävä"],
            "name_sv": [None],
            "kind": ["agreement"],
            "list_status": ["partial"],
        },
        index=["kasvukaytava"],
    )
    raw = pd.DataFrame(
        {"kunta": ["Pori"] * 3, "verkosto": ["SUOMEN kasvukäytävä", "kasvukaytava", "Uusi"]}
    )
    taken = intake.prepare(raw.iloc[[0, 2]], known=(members, networks))
    assert taken.memberships["network_id"].tolist() == ["kasvukaytava", "uusi"]
    assert taken.networks.loc["kasvukaytava", ["kind", "list_status"]].tolist() == [
        "agreement",
        "partial",
    ]
    again = intake.prepare(raw, known=(members, networks))
    assert [p.code for p in again.problems] == ["duplicate_row"]


def test_lists_are_complete_unless_said_or_seen_otherwise() -> None:
    networks = pd.DataFrame(
        {
            "nimi": ["A", "B", "C", "D", "E"],
            "jäsenmäärä": [None, 2, 1, None, None],
            "kattavuus": [None, None, None, "osittainen", None],
        }
    )
    raw = pd.DataFrame({"kunta": ["Pori"] * 4, "verkosto": ["A", "B", "C", "D"]})
    taken = intake.prepare(raw, networks=networks)
    assert taken.problems == []
    assert taken.networks["list_status"].to_dict() == {
        "a": "complete", "b": "partial", "c": "complete", "d": "partial", "e": "unknown",
    }  # fmt: skip


def test_any_text_is_an_id_without_places() -> None:
    raw = pd.DataFrame({"member": ["EVELYN", "Evelyn", "<b>"], "network": ["E1", "e1", "../x"]})
    taken = intake.prepare(raw, places=None)
    assert taken.memberships["member_id"].tolist() == ["EVELYN", "Evelyn", "<b>"]
    assert taken.networks.index.tolist() == ["E1", "e1", "../x"]
    assert taken.members["kind"].unique().tolist() == ["member"]
    assert not taken.errors


def test_order_of_rows_changes_nothing() -> None:
    raw = pd.DataFrame({"kunta": ["Pori"] * 4, "verkosto": ["Åland", "Aland", "ALAND", "Åländ"]})
    there = intake.prepare(raw).memberships["network_id"]
    back = intake.prepare(raw.iloc[::-1]).memberships["network_id"][::-1]
    assert there.tolist() == back.tolist()
    assert there.nunique() == 3


def test_rejoining_is_no_contradiction() -> None:
    raw = pd.DataFrame(
        {
            "kunta": ["Pori"] * 3,
            "verkosto": ["H"] * 3,
            "alkaen": ["2005", "2010", "2015"],
            "asti": ["2008", "2012", None],
        }
    )
    assert intake.prepare(raw).problems == []


def test_two_sources_of_one_membership_are_no_repetition() -> None:
    raw = pd.DataFrame({"kunta": ["Pori"] * 2, "verkosto": ["H"] * 2, "lähde": ["a", "b"]})
    taken = intake.prepare(raw)
    assert taken.problems == []
    assert len(taken.memberships) == 2


def test_wrong_places_are_refused() -> None:
    with pytest.raises(ValueError, match="finland"):
        intake.prepare(pd.DataFrame(), places="sweden")  # type: ignore[arg-type]


# --- properties ----------------------------------------------------------------------------------

_cell = st.text(
    st.characters(
        min_codepoint=33, max_codepoint=0x2FF, exclude_categories=("Cc", "Cf", "Zs", "Cs")
    ),
    min_size=1, max_size=12,
).filter(lambda t: t.isprintable() and "Ã" not in t and not t.startswith("'"))  # fmt: skip
_table = st.lists(st.tuples(_cell, _cell, _cell), min_size=1, max_size=8)


@_settings
@given(
    rows=_table, separator=st.sampled_from(",;\t|"), encoding=st.sampled_from(["utf-8", "utf-16"])
)
def test_any_text_survives_csv(
    tmp_path: Path, rows: list[tuple[str, str, str]], separator: str, encoding: str
) -> None:
    assume(not margins.footer(pd.DataFrame(rows), [0, 1]))  # a last row "0, *, 0" is a note
    path = tmp_path / "t.csv"
    path.write_bytes(
        as_csv([["kunta", "verkosto", "lisä"], *map(list, rows)], separator).encode(encoding)
    )
    table, _ = tables.read_table(path, "memberships")
    assert table is not None
    assert [tuple(r) for r in table.frame.to_numpy().tolist()] == rows


@_settings
@given(rows=_table)
def test_any_text_survives_xlsx(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    path = as_xlsx(tmp_path / "t.xlsx", {"a": [["kunta", "verkosto", "lisä"], *map(list, rows)]})
    table, _ = tables.read_table(path, "memberships")
    assert table is not None
    assert [tuple(r) for r in table.frame.to_numpy().tolist()] == rows


@_settings
@given(data=st.binary(max_size=400), suffix=st.sampled_from(tables.SUFFIXES))
def test_no_bytes_raise(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_bytes(data)
    table, problems = tables.read_table(path, "memberships")
    assert table is not None or problems


@_settings
@given(data=st.data())
def test_no_torn_workbook_raises(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "t.xlsx"
    whole = bytearray(as_xlsx(path, {"a": ROWS}).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, 99_999)) % len(whole)] = data.draw(st.integers(0, 255))
    path.write_bytes(whole)
    table, problems = tables.read_table(path, "memberships")
    assert table is not None or problems


# --- what must not be lost without a word --------------------------------------------------------


def coded(found: Any, lang: str = "fi") -> list[tuple[str, str | None]]:
    assert problems_frame(found, lang)["message"].str.len().gt(20).all()
    return [(p.code, p.value) for p in found]


@pytest.mark.parametrize("lang", LANGS)
def test_a_second_sheet_of_a_kind_is_named(tmp_path: Path, lang: str) -> None:
    extra = [["Kunta", "Verkosto", "Lähde", "Huomautus"], ["Turku", "Hinku", "a", "b"]]
    sheets = {"2019": [["Kunta", "Verkosto"], ["Pori", "Hinku"]], "2018": extra, "Ohje": extra}
    taken = intake.prepare(as_xlsx(tmp_path / "t.xlsx", sheets))
    assert coded(taken.problems) == [("sheet_unread", "2018")]
    (message,) = problems_frame(taken.problems, lang)["message"]
    assert "2018" in message
    assert "2019" in message
    assert len(taken.memberships) == 1
    _, problems = tables.read_table(tmp_path / "t.xlsx", "memberships")
    assert coded(problems) == [("sheet_unread", "2018")]


@pytest.mark.parametrize("other", ["Ohjeet", "Taulukko2"])
def test_headers_beat_the_name_of_a_sheet(tmp_path: Path, other: str) -> None:
    rows = [["Kunta", "Verkosto", "Rooli"], ["Pori", "Hinku", "jäsen"], ["Turku", "Hinku", None]]
    sheets = {"Verkostot": rows, other: [["Täytä taulukko"]]}
    taken = intake.prepare(as_xlsx(tmp_path / "t.xlsx", sheets))
    assert taken.problems == []
    assert len(taken.memberships) == 2


def test_a_column_that_is_no_network_of_a_matrix_is_named() -> None:
    header = ["Kunta", "A", "B", "C", "D", "E", "Yhteensä", "Huom.", "Väkiluku"]
    rows = [
        ["Pori", "x", "x", "jäsen", "2019", "?", "2", "hyvä", "83000"],
        ["Turku", "x", "", None, None, None, "1", None, "190000"],
    ]
    taken = intake.prepare(pd.DataFrame(rows, columns=header))
    assert coded(taken.problems) == [
        ("column_unread", "jäsen"), ("column_unread", "2019"), ("column_unread", "?"),
    ]  # fmt: skip
    assert [p.column for p in taken.problems] == ["C", "D", "E"]
    assert len(taken.memberships) == 3


def test_the_export_of_regions_is_read_back(tmp_path: Path) -> None:
    import valuma_graph as vg

    regions = vg.datasets.finland(year=2019).roll_up("region")
    vg.export(regions, tmp_path)
    back = vg.read(tmp_path, year=2019)

    def ties(aff: Any) -> set[tuple[str, str]]:
        rows, columns = aff.incidence.nonzero()
        pairs = zip(aff.members.index[rows], aff.networks.index[columns], strict=True)
        return set(pairs)

    assert ties(back) == ties(regions)


@pytest.mark.parametrize(
    ("name", "near"),
    [("KULTTUURIKUNTA", None), ("Oma verkosto", None), ("Hinku", "Hinku-verkosto"),
     ("Hinku-verkosto 2", "Hinku-verkosto"), ("Tietoverkko", None),
     ("Kulttuurikunnat", "Kulttuurikunta"), ("Kulttuurikunta Etelä", "Kulttuurikunta")],
)  # fmt: skip
def test_a_network_named_like_a_known_one_is_noted(name: str, near: str | None) -> None:
    named = ["Hinku-verkosto", "Kulttuurikunta", "MAL-verkosto"]
    known = pd.DataFrame({"name_fi": named}, index=pd.Index(["a", "b", "c"], name="network_id"))
    known = known.assign(name_sv=None, name_en=None).astype("str")
    raw = pd.DataFrame({"Kunta": ["Pori", "Turku"], "Verkosto": [name] * 2})
    members = pd.DataFrame({"kind": []}, dtype="str")
    problems = intake.prepare(raw, known=(members, known)).problems
    assert [(p.code, p.suggestion, p.row) for p in problems] == (
        [("network_like", near, 2)] if near else []
    )
    assert intake.prepare(raw).problems == []


@pytest.mark.parametrize(
    "text",
    ["organisaatio:Esedu", "Organisaatio: Esedu", "organisation: Esedu", "organization:Esedu"],
)
def test_organisations_are_named_in_three_languages(text: str) -> None:
    taken = intake.prepare(pd.DataFrame({"Kunta": ["Pori", text], "Verkosto": ["A", "A"]}))
    assert taken.problems == []
    assert taken.memberships["member_id"].tolist()[1] == "organisation:esedu"
    assert taken.members.loc["organisation:esedu", "name_fi"] == "Esedu"


@pytest.mark.parametrize("header", ["Organisaatio", "Organisation"])
def test_free_names_under_a_header_of_organisations(header: str) -> None:
    raw = pd.DataFrame({header: ["Esedu", "Pori", "Tamprere"], "Verkosto": ["A"] * 3})
    taken = intake.prepare(raw)
    assert coded(taken.problems) == [("organisation_like", "Tamprere")]
    ids = ["organisation:esedu", "municipality:FI-609", "organisation:tamprere"]
    assert taken.memberships["member_id"].tolist() == ids


@pytest.mark.parametrize("lang", LANGS)
def test_an_unknown_role_names_the_words_of_its_language(lang: str) -> None:
    raw = pd.DataFrame({"Kunta": ["Pori"], "Verkosto": ["A"], "Rooli": ["pomo"]})
    (message,) = problems_frame(intake.prepare(raw).problems, lang)["message"]
    listed = message.partition(": ")[2].partition(".")[0].split(", ")
    assert [cells.words("role")[cells.key(w)] for w in listed] == list(
        cells.vocabulary()["terms"]["role"]
    )


@pytest.mark.parametrize("text", ["2018-", "2018–", "2018 –"])
def test_an_open_period_has_its_first_year(text: str) -> None:
    raw = pd.DataFrame({"Kunta": ["Pori"], "Verkosto": ["A"], "Alkaen": [text]})
    taken = intake.prepare(raw)
    assert taken.problems == []
    assert taken.memberships["since"].tolist() == ["2018"]
