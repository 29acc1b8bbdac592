"""The copy that `check` makes of a workbook: faulty cells marked, everything else as it was."""

from __future__ import annotations

import zipfile

import hostile
import openpyxl
import pandas as pd
import pytest
from filled import Form
from openpyxl.comments import Comment
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from own_list import filled

import valuma_graph as vg
from valuma_graph.exports import copies, marks
from valuma_graph.policy import form_problems
from valuma_graph.text import LANGS, t

RED, YELLOW = "00F8B5AC", "00FFE38A"
FAULTY = [
    {"member": "Kuhmo", "network": "Oma", "role": "member", "since": 2018},
    {"member": "Tamprere", "network": "Oma", "role": "boss", "since": 2020, "until": 2018},
    {"member": "Åbo", "network": "Oma"},
    {"member": "Åbo", "network": "Oma"},
]
# By hand: the second row has an unknown member, an unknown role and years that are turned; the
# fourth repeats the third, which is to be looked at but no error.
MARKED = {"A3": RED, "C3": RED, "E3": RED, "A5": YELLOW}


def coloured(sheet):
    return {
        c.coordinate: c.fill.fgColor.rgb
        for row in sheet.iter_rows()
        for c in row
        if c.fill.fill_type == "solid" and c.fill.fgColor.rgb in {RED, YELLOW}
    }


def explained(sheet):
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


def copied(source, tmp_path, lang="en", **how):
    """Mark the problems of a file; return the opened copy and how many cells are marked."""
    target = tmp_path / "copy.xlsx"
    n = marks.mark(source, vg.problems(source, lang=lang, **how), target, lang=lang)
    return openpyxl.load_workbook(target), n


def simple(path, *rows):
    """Write a workbook of one sheet with the header in its first row."""
    book = openpyxl.Workbook()
    book.active.title = "Taul1"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def listed(book):
    """Return the rows of the list of problems: sheet, cell, severity, message, value, right."""
    return [r for r in book.worksheets[0].iter_rows(6, None, 1, 6, values_only=True) if r[0]]


# -- what is marked -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_faulty_cells_are_coloured_and_explained_in_the_language(tmp_path, lang):
    source = filled(tmp_path / "a.xlsx", "en", memberships=FAULTY)
    before = source.read_bytes()
    book, n = copied(source, tmp_path, lang)
    assert source.read_bytes() == before
    sheet = book["Memberships"]
    assert coloured(sheet) == MARKED
    assert n == len(MARKED)
    said = explained(sheet)
    assert said.keys() == MARKED.keys()
    found = vg.problems(source, lang=lang)
    by_value = dict(zip(found["value"], found["message"], strict=True))
    assert said["A3"] == f"valuma-graph:\n{by_value['Tamprere']}"
    assert said["C3"] == f"valuma-graph:\n{by_value['boss']}"
    assert {c.comment.author for row in sheet.iter_rows() for c in row if c.comment} == {
        "valuma-graph"
    }
    assert book.sheetnames[0] == {"fi": "Ongelmat", "sv": "Problem", "en": "Problems"}[lang]


def test_the_first_sheet_lists_every_problem_with_a_link(tmp_path):
    source = filled(tmp_path / "a.xlsx", "en", memberships=FAULTY)
    book, _ = copied(source, tmp_path)
    first = book.worksheets[0]
    assert first["A1"].value == "Checked: a.xlsx"
    assert first["A2"].value == "Errors: 3, warnings: 1."
    rows = listed(book)
    assert {r[1]: r[2] for r in rows} == {
        "A3": "error", "C3": "error", "E3": "error", "A5": "warning",
    }  # fmt: skip
    assert {r[0] for r in rows} == {"Memberships"}
    right = {r[1]: r[5] for r in rows}
    assert right["A3"] == "Tampere (837)"
    links = {c.value: c.hyperlink.location for c in first["B"] if c.hyperlink}
    assert links == {at: f"'Memberships'!{at}" for at in MARKED}
    assert book.active.title == "Problems"
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == ["Problems"]


def test_everything_else_of_the_workbook_stays(tmp_path):
    source = filled(tmp_path / "a.xlsx", "fi", memberships=FAULTY)
    book = openpyxl.load_workbook(source)
    sheet = book["Jäsenyydet"]
    sheet["I1"], sheet["I2"] = "Summa", "=SUM(D2:D9)"
    sheet["I2"].number_format = "0.00"
    sheet["F3"].font = Font(italic=True)
    sheet["G2"].comment = Comment("kysy Liisalta", "Liisa")
    sheet["C3"].comment = Comment("oma huomautus", "Liisa")
    sheet.column_dimensions["A"].width = 51
    book.create_sheet("Muuta")["B2"] = "=1+1"
    book.defined_names["alue"] = DefinedName("alue", attr_text="Muuta!$B$2")
    book.save(source)
    copy, _ = copied(source, tmp_path, "fi")
    assert copy.sheetnames == ["Ongelmat", *book.sheetnames]
    assert copy["lists"].sheet_state == "hidden"
    made = copy["Jäsenyydet"]
    assert (made["I2"].value, made["I2"].number_format) == ("=SUM(D2:D9)", "0.00")
    assert made["F3"].font.italic
    assert copy["Muuta"]["B2"].value == "=1+1"
    assert made.column_dimensions["A"].width == 51
    assert made.freeze_panes == "B2"
    assert "alue" in copy.defined_names
    rules = [
        [(str(r.sqref), r.type, r.formula1, r.error) for r in b["Jäsenyydet"].data_validations
         .dataValidation] for b in (book, copy)
    ]  # fmt: skip
    assert rules[0] == rules[1]
    said = explained(made)
    assert said["G2"] == "kysy Liisalta"
    assert said["C3"].startswith("oma huomautus\n\nvaluma-graph:\n")
    values = [
        {c.coordinate: c.value for row in b["Jäsenyydet"].iter_rows() for c in row}
        for b in (book, copy)
    ]
    assert values[0] == values[1]
    made["A3"], made["C3"], made["E3"] = "Tampere", "jäsen", None
    copy.save(tmp_path / "copy.xlsx")
    again = tmp_path / "again.xlsx"
    marks.mark(tmp_path / "copy.xlsx", vg.problems(tmp_path / "copy.xlsx"), again)
    left = openpyxl.load_workbook(again)["Jäsenyydet"]
    assert (left["C3"].comment.text, left["C3"].comment.author) == ("oma huomautus", "Liisa")
    assert coloured(left) == {"A5": YELLOW, "I2": RED}  # nobody has computed the sum yet


RULES = (
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft'
    '.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" xmlns:xm="http://schemas'
    '.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" errorStyle="warning" '
    'allowBlank="1" showErrorMessage="1" error="Ei ole listalla"><x14:formula1><xm:f>Sanat!$A$1:'
    "$A$9</xm:f></x14:formula1><xm:sqref>B2:B99</xm:sqref></x14:dataValidation></x14:"
    'dataValidations></ext><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" xmlns:x14="http://'
    'schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:sparklineGroups/></ext></extLst>'
)
"""What Excel writes at the end of a sheet that has a rule naming another sheet, and sparklines."""


def as_excel_saves(path):
    """Put the extensions at the end of the first sheet of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    first = "xl/worksheets/sheet1.xml"
    parts[first] = parts[first].replace(b"</worksheet>", f"{RULES}</worksheet>".encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_rules_that_excel_has_moved_are_kept_and_what_is_not_is_said(run, tmp_path):
    source = simple(tmp_path / "a.xlsx", ["Kunta", "Verkosto"], ["Tamprere", "Oma"])
    assert "may lack" not in run("check", source, "--copy", tmp_path / "b.xlsx")[2]
    as_excel_saves(source)
    _, _, err = run("check", source)
    assert "The copy may lack these, or show them in another way: sparklines." in err
    copy = openpyxl.load_workbook(tmp_path / "a.checked.xlsx")["Taul1"]
    (rule,) = copy.data_validations.dataValidation
    assert (rule.type, str(rule.sqref), rule.formula1) == ("list", "B2:B99", "Sanat!$A$1:$A$9")
    assert (rule.errorStyle, rule.error) == ("warning", "Ei ole listalla")
    assert rule.showErrorMessage


def test_colours_of_the_user_come_back_and_are_never_taken_for_marks(tmp_path):
    rows = [["Kunta", "Verkosto"], ["Tamprere", "Oma"], ["Turku", "Oma"], ["Pori", "Oma"]]
    source = simple(tmp_path / "a.xlsx", *rows)
    book = openpyxl.load_workbook(source)
    sheet = book["Taul1"]
    sheet["A2"].fill = PatternFill("solid", fgColor="0092D050")  # a colour of the user's
    sheet["A3"].fill = PatternFill("solid", fgColor=RED)  # and one like that of the marks
    sheet["A4"].fill = PatternFill("solid", fgColor=Color(theme=4))
    sheet["B4"] = None
    book.save(source)
    copy, _ = copied(source, tmp_path)
    made = copy["Taul1"]
    assert set(coloured(made)) == {"A2", "A3", "B4"}
    made["A2"], made["B4"] = "Tampere", "Oma"
    made["A4"] = "Porri"
    copy.save(tmp_path / "copy.xlsx")
    marks.mark(tmp_path / "copy.xlsx", vg.problems(tmp_path / "copy.xlsx"), tmp_path / "c.xlsx")
    second = openpyxl.load_workbook(tmp_path / "c.xlsx")
    left = second["Taul1"]
    assert set(coloured(left)) == {"A3", "A4"}
    assert (left["A2"].fill.fill_type, left["A2"].fill.fgColor.rgb) == ("solid", "0092D050")
    assert left["B4"].fill.fill_type is None
    left["A4"] = "Pori"
    second["Taul1"]["B3"] = None
    second.save(tmp_path / "c.xlsx")
    marks.mark(tmp_path / "c.xlsx", vg.problems(tmp_path / "c.xlsx"), tmp_path / "d.xlsx")
    last = openpyxl.load_workbook(tmp_path / "d.xlsx")["Taul1"]
    assert last["A4"].fill.fgColor.theme == 4
    assert set(coloured(last)) == {"A3", "B3"}


def test_a_header_that_is_missing_is_said_at_the_header(tmp_path):
    source = simple(tmp_path / "a.xlsx", ["Nimike", "Verkosto"], ["Turku", "Oma"])
    book, n = copied(source, tmp_path)
    assert n == 1
    assert coloured(book["Taul1"]) == {"A1": RED}


def test_titles_above_the_table_and_columns_beside_each_other(tmp_path):
    source = simple(
        tmp_path / "a.xlsx",
        ["Verkostomme"],
        [None],
        ["Huomautus", "Kunta", "Verkosto"],
        ["Kunta", "Turku", "Oma"],
        ["Kunta", "Tamprere", "Oma"],
    )
    book, _ = copied(source, tmp_path)
    assert coloured(book["Taul1"]) == {"B5": RED}


def test_problems_of_a_whole_sheet_are_listed_only(tmp_path):
    source = filled(tmp_path / "a.xlsx", "fi", memberships=[{"member": "Turku", "network": "Oma"}])
    book = openpyxl.load_workbook(source)
    book.copy_worksheet(book["Jäsenyydet"]).title = "Vanhat"
    book.save(source)
    copy, n = copied(source, tmp_path)
    assert n == 0
    assert [r[:3] for r in listed(copy)] == [("Vanhat", "–", "warning")]
    assert not coloured(copy["Vanhat"])


def test_a_problem_in_merged_cells_is_marked_at_their_first(tmp_path):
    source = simple(
        tmp_path / "a.xlsx",
        ["Kunta", "Verkosto"], ["Turku", "Oma"], ["Tamprere", "Oma"], [None, "Toinen"],
    )  # fmt: skip
    book = openpyxl.load_workbook(source)
    book["Taul1"].merge_cells("A3:A4")
    book.save(source)
    copy, n = copied(source, tmp_path)
    assert (n, set(coloured(copy["Taul1"]))) == (1, {"A3"})


def test_a_form_is_marked_at_its_answers(tmp_path):
    form = Form(tmp_path / "form.xlsx", lang="fi")
    form.put("network", "name_fi", "Oma verkosto")
    at = form.put("answers", "openness", "avoinn")
    year = form.put("network", "founded_year", "eilen")
    source = form.save()
    target = tmp_path / "copy.xlsx"
    assert marks.mark(source, form_problems(source, lang="fi"), target, lang="fi") == 2
    book = openpyxl.load_workbook(target)
    assert set(coloured(book["Vastaukset"])) == {at}
    assert set(coloured(book["Verkosto"])) == {year}
    assert vg.policy.is_form(target)
    again = form_problems(target)
    assert again[["row", "code"]].to_numpy().tolist() == (
        form_problems(source)[["row", "code"]].to_numpy().tolist()
    )


def test_many_rows(tmp_path):
    rows = [{"member": f"Virhe {i}" if i % 2 else "Turku", "network": f"V{i}"} for i in range(800)]
    book, n = copied(filled(tmp_path / "a.xlsx", "fi", memberships=rows), tmp_path)
    assert n == 400
    assert len(listed(book)) == 400
    assert set(coloured(book["Jäsenyydet"])) == {f"A{i + 2}" for i in range(1, 800, 2)}


# -- other files than workbooks -------------------------------------------------------------------


def test_rows_of_a_text_file_become_a_workbook_of_text(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("kunta;verkosto;oma numero\n\nTamprere;=1+1;007\nTurku;Oma;008\n")
    book, n = copied(source, tmp_path)
    sheet = book["a"]
    assert n == 2
    assert coloured(sheet) == {"A3": RED, "B3": YELLOW}
    assert [c.value for c in sheet[1]] == ["kunta", "verkosto", "oma numero"]
    assert [c.value for c in sheet[3]] == ["Tamprere", "=1+1", "007"]
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value} == {"s"}


def test_a_cell_that_is_empty_can_be_marked(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("kunta,verkosto\nTurku,\n")
    assert set(coloured(copied(source, tmp_path)[0]["a"])) == {"B2"}
    source = simple(tmp_path / "b.xlsx", ["kunta", "verkosto"], ["Turku"], ["Pori", "Oma"])
    assert set(coloured(copied(source, tmp_path)[0]["Taul1"])) == {"B2"}


def ods(path, *rows, **options):
    """Write the rows as sheet `Jäsenyydet` of an OpenDocument workbook, an empty one before it."""
    with pd.ExcelWriter(path, engine="odf") as writer:
        pd.DataFrame().to_excel(writer, sheet_name="Tyhjä", index=False)
        frame = pd.DataFrame(rows[1:], columns=rows[0])
        frame.to_excel(writer, sheet_name="Jäsenyydet", index=False, **options)
    return path


@pytest.mark.parametrize("lang", LANGS)
def test_an_opendocument_workbook_gets_a_copy_where_it_is_asked_for(run, tmp_path, lang):
    rows = (
        ("kunta", "verkosto", "alkaen"),
        ("Tamprere", "Oma", "2018"),
        ("Turku", "=1+1", "20018"),
        ("Pori", "Oma", "2019"),
    )
    source = ods(tmp_path / "a.ods", *rows, startrow=2)
    before = source.read_bytes()
    assert run("check", source)[0] == 1
    target = tmp_path / "b.xlsx"
    code, _, err = run("check", source, "--copy", target, "--lang", lang)
    assert code == 1
    assert t("cli.copy.wrote", lang, n=3, file=target) in err
    assert source.read_bytes() == before
    sheet = openpyxl.load_workbook(target)["Jäsenyydet"]
    # The table begins in the third row, and every cell stays where it is.
    assert coloured(sheet) == {"A4": RED, "B5": YELLOW, "C5": RED}
    assert [tuple(c.value for c in row) for row in sheet.iter_rows(3)] == [*rows]
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value} == {"s"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ods", "b.xlsx"]


def test_the_tables_of_a_folder_become_sheets(tmp_path, run):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "memberships.csv").write_text("kunta,verkosto\nTamprere,Oma\n")
    (folder / "networks.csv").write_text("nimi,kattavuus\nOma,ehkä\n")
    target = tmp_path / "marked.xlsx"
    code, _, err = run("check", folder, "--copy", target)
    assert code == 1
    assert "2 cells" in err
    book = openpyxl.load_workbook(target)
    assert set(coloured(book["memberships"])) == {"A2"}
    assert set(coloured(book["networks"])) == {"B2"}


# -- hostile --------------------------------------------------------------------------------------


def test_nothing_in_the_copy_becomes_a_formula_or_is_lost(tmp_path):
    names = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", *hostile.NAMES, "x" * 10_000,
             "a\u202eb", "😀", "two\nlines", "<b>bold</b>"]  # fmt: skip
    rows = [{"member": name, "network": name} for name in names]
    source = filled(tmp_path / "a.xlsx", "fi", memberships=rows)
    book, n = copied(source, tmp_path, "fi")
    assert n >= len(names)
    cells = [c for s in book for row in s.iter_rows() for c in row]
    assert "f" not in {c.data_type for c in cells}
    kept = [c.value for c in book["Jäsenyydet"]["A"][1 : len(names) + 1]]
    assert kept == names
    assert all(len(c.comment.text) <= 3000 for c in cells if c.comment)


def test_sheets_with_odd_names_can_be_linked_to(tmp_path):
    source = simple(tmp_path / "a.xlsx", ["Kunta", "Verkosto"], ["Tamprere", "Oma"])
    book = openpyxl.load_workbook(source)
    book["Taul1"].title = "Liisa's =A1!"
    book.save(source)
    copy, _ = copied(source, tmp_path)
    links = [c.hyperlink.location for c in copy.worksheets[0]["B"] if c.hyperlink]
    assert links == ["'Liisa''s =A1!'!A2"]


@pytest.mark.parametrize("fault", ["protected", "torn", "empty"])
def test_what_cannot_be_opened_is_said_and_has_no_copy(run, tmp_path, fault):
    source = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    if fault == "protected":
        names = "EncryptionInfo\0EncryptedPackage".encode("utf-16-le")
        source.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names + bytes(512))
    elif fault == "torn":
        source.write_bytes(source.read_bytes()[:9000])
    else:
        openpyxl.Workbook().save(source)
    code, out, err = run("check", source)
    assert code == 1
    assert "error: " in out
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_workbook_that_is_only_read_is_copied_as_text(tmp_path, monkeypatch):
    def strict(*_):
        raise ValueError("styles")

    source = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    with monkeypatch.context() as patched:
        patched.setattr(openpyxl, "load_workbook", strict)
        n = marks.mark(source, vg.problems(source), tmp_path / "copy.xlsx")
    book = openpyxl.load_workbook(tmp_path / "copy.xlsx")
    assert n == len(MARKED)
    assert coloured(book["Memberships"]) == MARKED


# -- which file it is -----------------------------------------------------------------------------


def test_the_same_problems_give_the_same_bytes(tmp_path):
    source = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    copied(source, tmp_path)
    first = (tmp_path / "copy.xlsx").read_bytes()
    copied(source, tmp_path)
    assert (tmp_path / "copy.xlsx").read_bytes() == first


def test_a_copy_that_was_worked_on_is_kept_and_the_next_is_beside_it(run, tmp_path):
    source = filled(tmp_path / "list.xlsx", memberships=FAULTY)
    code, out, err = run("check", source)
    first = tmp_path / "list.checked.xlsx"
    assert code == 1
    assert "Tamprere" in out
    assert f"4 cells are marked in the copy {first}" in err
    assert copies.untouched(first)
    run("check", source)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.checked.xlsx", "list.xlsx"]
    book = openpyxl.load_workbook(first)
    book["Memberships"]["A3"] = "Tampere"
    book.save(first)
    worked_on = first.read_bytes()
    assert not copies.untouched(first)
    assert str(tmp_path / "list.checked-2.xlsx") in run("check", source)[2]
    assert first.read_bytes() == worked_on


def test_a_copy_can_be_corrected_and_checked_again(run, tmp_path):
    source = filled(tmp_path / "list.xlsx", memberships=FAULTY)
    run("check", source)
    first = tmp_path / "list.checked.xlsx"
    book = openpyxl.load_workbook(first)
    sheet = book["Memberships"]
    sheet["A3"], sheet["C3"] = "Tampere", "host"
    book.save(first)
    code, out, _ = run("check", first, "--lang", "fi")
    assert code == 1
    assert "Tamprere" not in out
    again = openpyxl.load_workbook(tmp_path / "list.checked-2.xlsx")
    assert again.sheetnames[:2] == ["Ongelmat", "Instructions"]
    assert coloured(again["Memberships"]) == {"E3": RED, "A5": YELLOW}
    assert explained(again["Memberships"]).keys() == {"E3", "A5"}
    sheet["E3"] = None
    book.save(first)
    assert run("check", first)[0] == 0  # what is left is to be looked at only


# -- the command ----------------------------------------------------------------------------------


def test_no_problems_no_copy(run, tmp_path):
    source = filled(tmp_path / "a.xlsx", memberships=FAULTY[:1])
    code, out, err = run("check", source, "--copy", tmp_path / "b.xlsx")
    assert (code, out) == (0, "")
    assert "marked" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_copy_that_marks_what_is_right_by_now_is_named(run, tmp_path, lang):
    source = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    run("check", source)
    filled(source, memberships=FAULTY[:1])
    old = tmp_path / "a.checked.xlsx"
    before = old.read_bytes()
    code, _, err = run("check", source, "--lang", lang)
    assert code == 0
    assert t("cli.copy.old", lang, file=old) in err
    assert old.read_bytes() == before
    # Where it was asked for, that copy is meant and no other; and only a copy is.
    assert str(old) not in run("check", source, "--copy", tmp_path / "b.xlsx")[2]
    assert str(old) in run("check", source, "--copy", old)[2]
    filled(old, memberships=FAULTY[:1])
    assert str(old) not in run("check", source)[2]


def test_the_copy_goes_where_it_is_asked_for_or_nowhere(run, tmp_path):
    source = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    assert run("check", source, "--no-copy")[0] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]
    target = tmp_path / "new" / "b.xlsx"
    code, _, err = run("check", source, "--copy", target, "--quiet")
    assert (code, err) == (1, "")
    assert coloured(openpyxl.load_workbook(target)["Memberships"]) == MARKED
    assert run("check", source, "--copy", target)[0] == 1  # an untouched copy is replaced
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "new"]


def test_text_files_are_copied_only_where_it_is_asked_for(run, tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("kunta,verkosto\nTamprere,Oma\n")
    assert run("check", source)[0] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_copy_that_cannot_be_made_is_refused_before_any_work(run, tmp_path, lang):
    source = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    other = filled(tmp_path / "mine.xlsx", memberships=FAULTY[:1])
    before = other.read_bytes()
    for words in (
        ["check", source, "--copy", other],
        ["check", source, "--copy", source],
        ["check", source, "--copy", tmp_path / "b.csv"],
        ["check", source, "--copy", tmp_path / "b.xlsx", "--no-copy"],
        ["check", source, other, "--copy", tmp_path / "b.xlsx"],
        ["check", "--copy", tmp_path / "b.xlsx"],
        ["check", source, "--copy", tmp_path],
    ):
        code, out, err = run(*words, "--lang", lang)
        assert (code, out) == (2, ""), words
        assert err
        assert "Traceback" not in err
    assert other.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "mine.xlsx"]


def test_a_copy_never_replaces_the_file_that_is_checked(run, tmp_path):
    run("check", filled(tmp_path / "a.xlsx", memberships=FAULTY))
    checked = tmp_path / "a.checked.xlsx"
    before = checked.read_bytes()
    assert run("check", checked, "--copy", checked)[0] == 2
    assert run("check", checked)[0] == 1
    assert checked.read_bytes() == before
    assert (tmp_path / "a.checked-2.xlsx").exists()


def test_several_workbooks_get_a_copy_each(run, tmp_path):
    first = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    second = filled(tmp_path / "b.xlsx", memberships=[{"member": "Åbbo", "network": "Oma"}])
    clean = filled(tmp_path / "c.xlsx", memberships=FAULTY[:1])
    run("check", first, second, clean)
    made = {p.name for p in tmp_path.iterdir()} - {"a.xlsx", "b.xlsx", "c.xlsx"}
    assert made == {"a.checked.xlsx", "b.checked.xlsx"}
    book = openpyxl.load_workbook(tmp_path / "b.checked.xlsx")
    assert set(coloured(book["Memberships"])) == {"A2"}


def test_a_folder_that_cannot_be_written_changes_no_exit_code(run, tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(marks, "mark", refused)
    source = filled(tmp_path / "a.xlsx", memberships=FAULTY)
    code, out, err = run("check", source, "--lang", "sv")
    assert code == 1
    assert "Tamprere" in out
    assert t("cli.copy.failed", "sv", file=tmp_path / "a.checked.xlsx", reason="")[:10] in err
    assert "Permission denied" in err
