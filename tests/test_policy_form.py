"""The form: what it asks, what is read from it, and every fault that is named."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile

import hostile
import openpyxl
import pandas as pd
import pytest
from filled import Form
from hypothesis import given, settings
from hypothesis import strategies as st

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.errors import TableError
from valuma_graph.policy import forms, formsheets
from valuma_graph.policy.schema import ATTRIBUTES, CODES
from valuma_graph.policy.statements import COLUMNS, gather, resolve

LANGS = ("fi", "sv", "en")


@pytest.fixture
def form(tmp_path):
    """Return an English form of a network called Hub."""
    made = Form(tmp_path / "hub.xlsx")
    made.put("network", "name_fi", "Hub")
    return made


def codes(path, lang="en"):
    return sorted(forms.form_problems(path, lang=lang)["code"])


def only(path, lang="en"):
    found = forms.form_problems(path, lang=lang)
    assert len(found) == 1, found["message"].tolist()
    return found.iloc[0]


# -- the empty form -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_asks_everything_once_in_the_order_of_table_4(tmp_path, lang):
    form = Form(tmp_path / "a.xlsx", lang)
    keys = [c.value for c in form.sheets["answers"]["A"] if c.value in ATTRIBUTES]
    fields = [c.value for c in form.sheets["network"]["A"] if c.value in ATTRIBUTES]
    assert keys == [a for a in ATTRIBUTES if a in keys]
    assert sorted(keys + fields) == sorted(n for n, a in ATTRIBUTES.items() if a.asked)
    labels = {c.value for c in form.sheets["answers"]["C"]}
    assert {text.t(f"attribute.{k}", lang) for k in keys} <= labels
    sheets = ("guide", "network", "answers", "funding", "chain", "members")
    visible = [ws.title for ws in form.book if ws.sheet_state == "visible"]
    assert visible == [text.t(f"form_sheet.{s}", lang) for s in sheets]
    assert form.book[formsheets.MARK].sheet_state == "veryHidden"


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_form_says_nothing_and_is_no_error(tmp_path, lang):
    path = forms.template(tmp_path / "a.xlsx", lang=lang)
    told = forms.read(path)
    assert told.networks.index.tolist() == ["unnamed"]
    assert told.networks.drop(columns="source").isna().all(axis=None)
    for table in (told.statements, told.funding, told.chain, told.memberships):
        assert len(table) == 0
    assert list(told.statements.columns) == list(COLUMNS)
    assert codes(path) == []
    aff = vg.datasets.finland(year=2019)
    assert not gather(aff, answers=told)["network_id"].eq("unnamed").any()


def test_the_same_form_is_the_same_bytes(tmp_path):
    one = forms.template(tmp_path / "a.xlsx", lang="sv", network="Hub")
    other = forms.template(tmp_path / "b.xlsx", lang="sv", network="Hub")
    assert one.read_bytes() == other.read_bytes()


def test_lists_of_answers_are_offered_and_the_words_lie_on_the_hidden_sheet(tmp_path):
    form = Form(tmp_path / "a.xlsx", "fi")
    sheet = form.sheets["answers"]
    offered = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    for row in range(1, sheet.max_row + 1):
        name = sheet.cell(row, 1).value
        if name in ATTRIBUTES and ATTRIBUTES[name].codes:
            place = f"D{row}:F{row}" if ATTRIBUTES[name].several else f"D{row}"
            start, end = offered[place].split("!")[1].replace("$", "").split(":")
            words = [c[0].value for c in form.book[formsheets.MARK][f"{start}:{end}"]]
            listed = ATTRIBUTES[name].codes
            assert words == [text.t(f"code_{listed}.{c}", "fi") for c in CODES[listed]]


def test_only_cells_for_answers_are_unlocked_and_headers_stay_in_sight(form):
    for sheet in form.sheets.values():
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert sheet.freeze_panes.endswith("4")
        assert sheet.row_dimensions[1].hidden
        assert sheet.column_dimensions["A"].hidden
        assert sheet["A4"].protection.locked
        assert sheet["B3"].protection.locked
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
    row = next(c.row for c in form.sheets["answers"]["A"] if c.value == "direction")
    assert not form.sheets["answers"].cell(row, 4).protection.locked
    assert form.sheets["answers"].cell(row, 5).protection.locked  # one answer only


@pytest.mark.parametrize("asked", ["fisu", "Fisu", "FINNISH SUSTAINABLE COMMUNITIES"])
def test_a_bundled_network_gets_all_its_names(tmp_path, asked):
    told = forms.read(forms.template(tmp_path / "a.xlsx", network=asked))
    assert told.networks.index.tolist() == ["fisu"]
    assert told.networks.loc["fisu", "name_en"] == "Finnish Sustainable Communities"


@pytest.mark.parametrize("name", [*hostile.NAMES, hostile.CONTROL, "=1+1", "'quoted"])
def test_a_name_that_tries_to_be_something_else_is_text(tmp_path, name):
    path = forms.template(tmp_path / "a.xlsx", network=name)
    book = openpyxl.load_workbook(path)
    assert not any(c.data_type == "f" for ws in book for row in ws.iter_rows() for c in row)
    told = forms.read(path)
    assert len(told.networks) == 1
    assert told.networks.index[0] != "unnamed"


def test_wrong_arguments_are_refused(tmp_path):
    with pytest.raises(ValueError, match="fi, sv, en"):
        forms.template(tmp_path / "a.xlsx", lang="de")
    with pytest.raises(ValueError, match=r"\.xlsx"):
        forms.template(tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


# -- what is recognised ---------------------------------------------------------------------------


def test_anything_else_is_no_form(tmp_path):
    plain = tmp_path / "plain.xlsx"
    pd.DataFrame({"kunta": ["Turku"], "verkosto": ["Hinku"]}).to_excel(plain, index=False)
    torn = tmp_path / "torn.xlsx"
    whole = forms.template(tmp_path / "a.xlsx").read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    junk = tmp_path / "junk.xlsx"
    with zipfile.ZipFile(junk, "w") as archive:
        archive.writestr("xl/workbook.xml", b"\xff\x00")
    empty = tmp_path / "empty.xlsx"
    empty.touch()
    csv = tmp_path / "a.csv"
    csv.write_text("kunta;verkosto\nTurku;Hinku\n")
    for path in (plain, torn, junk, empty, csv, tmp_path, tmp_path / "none.xlsx"):
        assert not forms.is_form(path)
        found = forms.form_problems(path)
        assert found["severity"].eq("error").any()
        with pytest.raises(TableError):
            forms.read(path)
    for path in (None, 3, b"x", "a\0.xlsx"):
        assert not forms.is_form(path)
    assert forms.is_form(str(tmp_path / "a.xlsx"))
    assert "valuma-graph template" in only(plain)["message"]


def test_every_damage_to_the_archive_is_a_table_error_or_is_read(form, tmp_path):
    form.rows("funding", {"payer": "P", "share": "100 %"})
    path = form.save()
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        starts = [i.header_offset + 70 for i in archive.infolist()]
    broken = tmp_path / "b.xlsx"
    for at in starts:  # once in every file of the archive
        broken.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        forms.is_form(broken)
        forms.form_problems(broken)


def test_a_version_that_is_not_known_is_refused(form):
    form.book[formsheets.MARK]["B1"] = "7"
    found = only(form.save())
    assert (found["code"], found["value"]) == ("form_version", "7")


@pytest.mark.parametrize("sheet", ["network", "answers", "funding", "chain", "members"])
def test_a_sheet_that_is_gone_is_named(form, sheet):
    title = form.sheets[sheet].title
    form.book.remove(form.sheets[sheet])
    found = only(form.save())
    assert (found["code"], found["value"]) == ("form_sheet_missing", title)


@pytest.mark.parametrize("sheet", ["network", "answers", "funding", "chain", "members"])
def test_a_key_column_that_is_gone_is_named(form, sheet):
    form.sheets[sheet].delete_cols(1)
    found = only(form.save())
    assert (found["code"], found["sheet"]) == ("form_key_column", form.sheets[sheet].title)


def test_a_row_of_keys_that_is_gone_is_named(form):
    form.sheets["funding"].delete_rows(1)
    assert codes(form.save()) == ["form_sheet_missing"]


def test_a_column_that_is_gone_is_named(form):
    form.sheets["funding"].delete_cols(8)
    found = only(form.save())
    assert found["code"] == "form_column_missing"
    assert text.t("form_head.share", "en") in found["message"]


def test_a_copy_of_a_sheet_is_not_silently_left_out(form):
    form.book.copy_worksheet(form.sheets["answers"])
    assert codes(form.save()) == ["form_sheet_twice"]


# -- what is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "typed"), [("fi", "sv"), ("sv", "en"), ("en", "fi")])
def test_every_code_is_understood_in_every_language_and_as_a_code(tmp_path, lang, typed):
    form = Form(tmp_path / "a.xlsx", lang)
    form.put("network", "name_en", "Hub")
    coded = {n: a.codes for n, a in ATTRIBUTES.items() if a.codes and n != "model"}
    for name, listed in coded.items():
        code = CODES[listed][-1]
        word = text.t(f"code_{listed}.{code}", typed)
        form.put("answers", name, f"  {word.upper()} " if name != "focus" else code)
    read = forms.read(form.save()).statements.set_index("attribute")["value"]
    assert read.to_dict() == {n: CODES[listed][-1] for n, listed in coded.items()}


def test_no_word_of_a_list_means_two_codes():
    from valuma_graph.tables import cells

    assert set(CODES) <= set(formsheets.WORDS)
    for name, (group, listed) in formsheets.WORDS.items():
        meant = {}
        for code in listed:
            for word in (code, *(text.t(f"{group}.{code}", lang) for lang in LANGS)):
                assert meant.setdefault(cells.key(word), code) == code, (name, word)


def test_no_label_means_two_attributes_in_one_language():
    for lang in LANGS:
        labels = [text.t(f"attribute.{name}", lang).casefold() for name in formsheets.asked()]
        assert len(set(labels)) == len(labels)


def test_statements_carry_basis_year_comment_and_cell(form):
    at = form.put("answers", "trust", "Grows slowly")
    form.put("answers", "trust", "Since 2015", "comment")
    form.put("network", "as_of", 2018)
    row = forms.read(form.save()).statements.iloc[0]
    assert row.drop("rule").to_dict() == {
        "network_id": "hub",
        "dimension": "interaction",
        "attribute": "trust",
        "value": "Grows slowly",
        "basis": "stated",
        "note": "Since 2015",
        "as_of": "2018",
        "source": f'hub.xlsx, sheet "Answers", {at}',
    }
    assert pd.isna(row["rule"])


def test_several_answers_stand_in_cells_and_on_lines(form):
    form.put("answers", "goal", "- One\n• Two\n\n")
    form.put("answers", "goal", "=1+1", "answer_2")
    form.put("answers", "budget", 220000)
    said = forms.read(form.save()).statements
    assert said.loc[said["attribute"].eq("goal"), "value"].tolist() == ["One", "Two", "=1+1"]
    assert said.loc[said["attribute"].eq("budget"), "value"].tolist() == ["220000"]


@pytest.mark.parametrize("nothing", ["?", " – ", "Ei tiedossa", "okänt", "unknown"])
def test_what_is_not_known_is_no_answer(form, nothing):
    for name in ("focus", "staff", "trust"):
        form.put("answers", name, nothing)
    form.put("network", "founded_year", nothing)
    form.rows("funding", {"payer": "Payer", "amount": nothing, "share": nothing, "since": nothing})
    told = forms.read(form.save())
    assert told.statements.empty
    assert told.funding[["amount", "share", "since"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "year",
    [
        2015,
        2015.0,
        "2015",
        " 2015 ",
        dt.datetime.fromisoformat("2015-03-01T00:00:00"),
        dt.date(2015, 1, 1),
    ],
)
def test_years_are_read_from_numbers_text_and_dates(form, year):
    form.put("network", "founded_year", year)
    said = forms.read(form.save())
    assert said.networks.loc["hub", "founded_year"] == "2015"
    assert said.statements[["attribute", "value"]].to_numpy().tolist() == [["founded_year", "2015"]]


@pytest.mark.parametrize(
    ("written", "percent"),
    [(50, False), ("50", False), ("50 %", False), ("50%", False), ("50,0 %", False), (0.5, True)],
)
def test_a_share_may_be_written_in_several_ways(form, written, percent):
    for row in (4, 5):
        form.put("funding", row, "Payer", "payer")
        form.put("funding", row, written, "share", percent=percent)
    form.put("funding", 5, "Other", "payer")
    path = form.save()
    assert forms.read(path).funding["share"].tolist() == [0.5, 0.5]
    assert codes(path) == []


def test_a_bare_fraction_is_read_as_a_share_and_noted(form):
    form.rows("funding", {"payer": "A", "share": 1})
    path = form.save()
    assert forms.read(path).funding["share"].tolist() == [1]
    assert only(path)["severity"] == "warning"


def test_money_is_read_and_a_payer_that_is_a_member_is_found(form):
    form.rows(
        "funding",
        {"payer": "Pirkanmaan liitto", "funding_kind": "Basic  funding", "item": "office",
         "amount": "12 000,50", "currency": "€", "unit": "a year", "since": 2019, "until": "2021",
         "note": "n"},
        {"payer": "The state", "funding_kind": "hankerahoitus", "amount": 7, "currency": "sek"},
        {"payer": "organisation:motiva", "funding_kind": "medlemsavgift"},
    )  # fmt: skip
    money = forms.read(form.save()).funding
    assert money["payer_id"].fillna("-").tolist() == ["region:FI-06", "-", "organisation:motiva"]
    assert money["payer"].tolist()[:2] == ["Pirkanmaan liitto", "The state"]
    assert money["funding_kind"].tolist() == ["basic", "project", "fee"]
    assert money["amount"].fillna(-1).tolist() == [12000.5, 7, -1]
    assert money["currency"].fillna("-").tolist() == ["EUR", "SEK", "-"]
    assert money.loc[0, ["since", "until"]].tolist() == ["2019", "2021"]
    assert set(money["basis"]) == {"stated"}
    assert money["source"].str.fullmatch(r'hub\.xlsx, sheet "Funding", B\d').all()


def test_the_chain_serves_goals_that_are_among_the_answers(form):
    form.put("answers", "goal", "Cleaner air\nMore jobs")
    form.rows(
        "chain",
        {"goal": "cleaner  AIR", "link": "resurssit", "item": "Money", "indicator": "€"},
        {"goal": 2, "link": "results", "item": "Jobs"},
        {"link": "samhälleliga effekter", "item": "Well-being"},
    )
    chain = forms.read(form.save()).chain
    assert chain["goal"].fillna("-").tolist() == ["Cleaner air", "More jobs", "-"]
    assert chain["link_id"].tolist() == ["resources", "results", "societal_impacts"]


def test_a_form_becomes_networks_and_members_beside_the_bundled_ones(form):
    form.rows(
        "members",
        {"member": "Åbo", "role": "jäsen", "since": 2015},
        {"member": "Pirkanmaa", "role": "on the steering group"},
        {"member": "organisation:brand_new"},
    )
    form.put("network", "list_status", "ofullständig")
    told = forms.read(form.save())
    aff = vg.datasets.finland(year=2019, beside=forms.origin(told, year=2019))
    mine = aff.memberships[aff.memberships["network_id"].eq("hub")].set_index("member_id")
    assert mine["role"].to_dict() == {
        "municipality:FI-853": "member",
        "region:FI-06": "steering",
        "organisation:brand_new": "member",
    }
    assert aff.networks.loc["hub", "list_status"] == "partial"
    assert mine["source"].str.startswith('hub.xlsx, sheet "Members", B').all()
    assert resolve(aff, "hub", answers=told) == "hub"


@pytest.mark.parametrize("network", ["Brand new", "Fisu", "Hinku"])
def test_a_form_without_members_has_its_network_and_changes_no_other(tmp_path, network):
    told = forms.read(forms.template(tmp_path / "a.xlsx", network=network))
    before = vg.datasets.finland(year=2019)
    after = vg.datasets.finland(year=2019, beside=forms.origin(told, year=2019))
    assert told.networks.index[0] in after.networks.index
    assert after.networks.loc[before.networks.index].equals(before.networks)
    assert len(after.memberships) == len(before.memberships)
    assert told.networks.index[0] == "fisu" or network != "Fisu"


def test_an_empty_form_and_no_answers_become_an_origin(tmp_path):
    from valuma_graph.policy.statements import Answers

    told = forms.read(forms.template(tmp_path / "a.xlsx"))
    assert forms.origin(told, year=2019).networks.index.tolist() == ["unnamed"]
    assert forms.origin(Answers()).networks.empty


def test_rows_and_columns_may_be_moved_and_sheets_renamed(tmp_path):
    form = Form(tmp_path / "hub.xlsx", "fi")
    form.put("network", "name_fi", "Hub")
    form.put("answers", "trust", "Kasvaa")
    form.put("answers", "level", "alueellinen")
    sheet = form.sheets["answers"]
    last = sheet.max_row
    rows = [[c.value for c in row] for row in sheet.iter_rows(4, last, 1, 7)]
    order = [0, 1, 2, 3, 5, 4, 6]  # the label after the answers
    for row, values in zip(range(1, 4), sheet.iter_rows(1, 3, values_only=True), strict=True):
        for column, at in enumerate(order, start=1):
            sheet.cell(row, column).value = values[at]
    for number, values in enumerate(reversed(rows), start=4):
        for column, at in enumerate(order, start=1):
            sheet.cell(number, column).value = values[at]
    sheet.title = "Renamed"
    said = forms.read(form.save()).statements.set_index("attribute")
    assert said["value"].to_dict() == {"trust": "Kasvaa", "level": "regional"}
    assert said["source"].str.contains('sheet "Renamed"').all()


def test_rows_sorted_without_the_hidden_column_go_by_what_the_user_read(form):
    sheet = form.sheets["answers"]
    form.put("answers", "trust", "It grows")
    row = next(c.row for c in sheet["A"] if c.value == "trust")
    goal = next(c.row for c in sheet["A"] if c.value == "goal")
    for column in range(2, 8):
        one, other = sheet.cell(row, column), sheet.cell(goal, column)
        one.value, other.value = other.value, one.value
    assert forms.read(form.save()).statements["attribute"].tolist() == ["trust"]


# -- several forms --------------------------------------------------------------------------------


def test_forms_of_several_networks_are_read_together(tmp_path):
    paths = [forms.template(tmp_path / f"{n}.xlsx", network=n) for n in ("One", "Two")]
    assert forms.read([*paths, paths[0]]).networks.index.tolist() == ["one", "two"]


def test_two_forms_of_one_network_may_not_disagree(tmp_path):
    made = []
    for n, answer in enumerate(("open", "closed")):
        form = Form(tmp_path / f"{n}.xlsx", network="Hub")
        form.put("answers", "openness", answer)
        form.put("answers", "goal", f"Goal {n}")
        made.append(form.save())
    found = forms.form_problems(made)
    assert found["code"].tolist() == ["form_disagree"]
    assert '0.xlsx, sheet "Answers"' in found["message"][0]
    assert "1.xlsx" in found["file"][0]
    with pytest.raises(TableError, match=r"1\.xlsx"):
        forms.read(made)
    told = forms.read(made[:1])
    assert told.statements["value"].tolist() == ["Goal 0", "open"]


def test_what_two_forms_say_alike_is_there_once(tmp_path):
    form = Form(tmp_path / "a.xlsx", network="Hub")
    form.put("answers", "openness", "open")
    form.rows("funding", {"payer": "A", "share": "100 %"})
    form.rows("members", {"member": "Turku"})
    path = form.save()
    shutil.copy(path, tmp_path / "b.xlsx")
    told = forms.read([path, tmp_path / "b.xlsx"])
    assert [len(x) for x in (told.statements, told.funding, told.memberships)] == [1, 1, 1]


# -- faults ---------------------------------------------------------------------------------------


def test_an_answer_outside_the_list_is_named_with_what_would_be_right(form):
    cell = form.put("answers", "openness", "closd")
    found = only(form.save())
    assert found["code"] == "form_not_listed"
    assert (found["sheet"], found["column"], found["row"]) == ("Answers", "Answer", int(cell[1:]))
    assert (found["value"], found["suggestion"]) == ("closd", "closed")
    assert "open; partly open; closed" in found["message"]


@pytest.mark.parametrize("lang", LANGS)
def test_faults_are_named_in_three_languages(form, lang):
    form.put("answers", "openness", "xyz")
    form.rows("funding", {"payer": "organisation:none", "share": 150, "amount": "1-2"})
    path = form.save()
    found = forms.form_problems(path, lang=lang)
    assert sorted(found["code"]) == [
        "form_bad_amount", "form_bad_share", "form_not_listed", "form_payer",
    ]  # fmt: skip
    assert found["message"].tolist() != forms.form_problems(path, lang="en")[
        "message"
    ].tolist() or (lang == "en")


@pytest.mark.parametrize(
    ("shares", "wrong"),
    [
        ((50, 50), False), ((33.3, 33.3, 33.3), False), ((50, 40), True), ((50, None), False),
        ((60, 60, None), True), ((100,), False), ((50,), True),
    ],
)  # fmt: skip
def test_shares_have_to_be_the_whole(form, shares, wrong):
    form.rows("funding", *({"payer": f"P{n}", "share": s} for n, s in enumerate(shares)))
    assert codes(form.save()) == (["form_shares"] if wrong else [])


def test_shares_of_other_years_are_another_whole(form):
    form.put("network", "as_of", 2019)
    form.rows(
        "funding",
        {"payer": "A", "share": 100, "until": 2018},
        {"payer": "B", "share": 60, "since": 2019},
        {"payer": "C", "share": 40},
    )
    assert codes(form.save()) == []


@pytest.mark.parametrize(
    ("written", "percent"), [(150, False), ("-5 %", False), (1.5, True), ("half", False)]
)
def test_a_share_outside_0_and_1_is_an_error(form, written, percent):
    form.put("funding", 4, "P", "payer")
    form.put("funding", 4, written, "share", percent=percent)
    assert codes(form.save()) == ["form_bad_share"]


@pytest.mark.parametrize("amount", ["1-2", "-5", "much", -1])
def test_an_amount_is_one_number(form, amount):
    form.rows("funding", {"payer": "P", "amount": amount})
    assert codes(form.save()) == ["form_bad_amount"]


def test_an_end_before_a_start_is_an_error_wherever_it_is(form):
    form.put("network", "founded_year", 2019)
    form.put("network", "ended_year", 2018)
    form.rows("funding", {"payer": "P", "since": 2019, "until": 2018})
    form.rows("members", {"member": "Turku", "since": 2019, "until": 2018})
    assert codes(form.save()) == ["reversed_dates", "reversed_dates", "reversed_years"]


@pytest.mark.parametrize(("year", "code"), [("soon", "bad_date"), (3019, "date_range")])
def test_a_year_that_is_none_is_an_error(form, year, code):
    form.put("network", "founded_year", year)
    form.rows("funding", {"payer": "P", "since": year})
    form.rows("members", {"member": "Turku", "since": year})
    assert codes(form.save()) == [code] * 3


def test_a_payer_written_as_an_id_has_to_exist(form):
    form.rows(
        "funding",
        {"payer": "organisation:motva"},
        {"payer": "region:FI-99"},
        {"payer": "https://example.org"},
        {"payer": "Anybody: at all"},
    )
    found = forms.form_problems(form.save())
    assert found["value"].tolist() == ["organisation:motva", "region:FI-99"]
    assert "organisation:motiva" in found["suggestion"][0]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"model": "A", "direction": "bottom_up"}, "form_positions"),
        ({"model": "C", "focus": "targeted"}, "form_positions"),
        ({"model": "A", "direction": "mixed", "focus": "targeted"}, None),
        ({"model": "A", "model_2": "B", "direction": "mixed"}, None),
        ({"model": "A", "model_2": "D"}, "form_opposite"),
        ({"direction": "mixed", "direction_2": "bottom_up"}, "form_two_answers"),
        ({"focus": "general", "focus_2": "targeted"}, "form_two_answers"),
        ({"focus": "general", "focus_2": "yleinen"}, None),
    ],
)
def test_positions_that_contradict_are_named(form, answers, code):
    for key, value in answers.items():
        name, _, second = key.partition("_")
        form.put("answers", name, value, "answer_2" if second else "answer_1")
    assert codes(form.save()) == ([code] if code else [])


def test_references_of_the_chain_have_to_exist(form):
    form.put("answers", "goal", "Cleaner air")
    form.rows(
        "chain",
        {"goal": "Cleaner aire", "link": "results", "item": "x"},
        {"goal": 2, "link": "resultz", "item": "y"},
        {"item": "no link"},
        {"link": "results"},
    )
    found = forms.form_problems(form.save())
    assert found["code"].tolist() == [
        "form_goal", "form_goal", "form_not_listed", "form_no_link", "form_no_item",
    ]  # fmt: skip
    assert found["suggestion"].tolist()[:1] == ["Cleaner air"]


def test_members_go_through_the_intake(form):
    form.rows("members", {"member": "Tamprere"}, {"member": "Turku", "role": "boss"})
    found = forms.form_problems(form.save())
    assert found["code"].tolist() == ["unknown_member", "unknown_role"]
    assert found["sheet"].tolist() == ["Members"] * 2
    assert found["row"].tolist() == [4, 5]
    assert found["column"].tolist() == ["Member", "Role"]
    assert "Tampere" in found["suggestion"][0]


def test_a_name_like_a_bundled_one_is_noted(tmp_path):
    path = forms.template(tmp_path / "a.xlsx", network="Kehyskuntaverkostot", lang="sv")
    found = only(path)
    assert (found["code"], found["severity"]) == ("network_like", "warning")


def test_a_network_may_be_called_unnamed(tmp_path):
    paths = [forms.template(tmp_path / f"{n}.xlsx", network=n) for n in ("Unnamed", "Hub")]
    assert forms.read(paths).networks.index.tolist() == ["unnamed", "hub"]


def test_answers_without_a_name_are_an_error(tmp_path):
    form = Form(tmp_path / "a.xlsx")
    form.put("answers", "trust", "Yes")
    assert only(form.save())["code"] == "form_no_name"


def test_names_of_two_networks_are_an_error(tmp_path):
    form = Form(tmp_path / "a.xlsx")
    form.put("network", "name_fi", "Fisu")
    form.put("network", "name_en", "Hinku")
    assert "form_two_networks" in codes(form.save())


def test_errors_and_formulas_of_a_spreadsheet_are_named(form):
    sheet = form.sheets["network"]
    row = next(c.row for c in sheet["A"] if c.value == "founded_year")
    sheet.cell(row, 3).value = "=1/0"
    assert codes(form.save()) == ["formula_without_value"]


def test_what_is_not_read_is_said(form):
    form.put("answers", "trust", "But", "comment")
    form.sheets["network"]["F4"] = "beside"
    path = form.save()
    assert codes(path) == ["form_beside", "form_comment_alone"]
    forms.read(path)  # warnings only


def test_everything_is_listed_at_once_and_shown_in_the_error(form):
    form.put("network", "countries", "FI; Narnia")
    form.put("answers", "openness", hostile.RIGHT_TO_LEFT)
    form.put("answers", "staff", hostile.SCRIPT)
    path = form.save()
    with pytest.raises(TableError) as caught:
        forms.read(path)
    assert caught.value.problems.equals(forms.form_problems(path))
    assert len(caught.value.problems) == 3
    assert "\u202e" not in str(caught.value)
    assert "hub.xlsx, Answers, row" in str(caught.value)


@settings(max_examples=8)
@given(st.lists(st.text(min_size=1, max_size=40), min_size=6, max_size=6))
def test_any_text_is_read_or_named(tmp_path_factory, words):
    form = Form(tmp_path_factory.mktemp("any") / "a.xlsx")
    from openpyxl.utils.exceptions import IllegalCharacterError

    try:
        form.put("network", "name_sv", words[0])
        form.put("answers", "goal", words[1])
        form.put("answers", "direction", words[2])
        form.rows("funding", {"payer": words[3], "amount": words[4], "share": words[5]})
        form.rows("members", {"member": words[3], "role": words[4], "since": words[5]})
        path = form.save()
    except (IllegalCharacterError, UnicodeEncodeError):
        return
    found = forms.form_problems(path)
    assert found["message"].notna().all()
    if not found["severity"].eq("error").any():
        assert set(forms.read(path).statements["basis"]) <= {"stated"}


def test_a_payer_that_is_nearly_a_known_name_is_noted_and_kept(form):
    form.rows("members", {"member": "organisation:Testi-instituutti"})
    form.rows(
        "funding",
        *({"payer": p} for p in ("Joensu", "Kuopioo", "Business Finlad", "Kuntaliito", "AIKOO",
                                 "Testi-institutti")),
    )  # fmt: skip
    path = form.save()
    found = forms.form_problems(path)
    assert set(found["code"]) == {"form_payer_like"}
    assert set(found["severity"]) == {"warning"}
    assert found["row"].tolist() == [4, 5, 6, 7, 8, 9]
    right = ["Joensuu (167)", "Kuopio (297)", "(organisation:business_finland)",
             "(organisation:kuntaliitto)", "(aiko)", "Testi-instituutti (org"]  # fmt: skip
    for name, hint in zip(right, found["suggestion"], strict=True):
        assert name in hint
    money = forms.read(path).funding
    assert money["payer"].tolist()[0] == "Joensu"
    assert money["payer_id"].isna().all()


def test_a_payer_in_words_that_names_nobody_is_no_mistake(form):
    words = (
        "valtio", "Staten", "the state", "jäsenet", "jäsenkunnat", "alla", "kommunerna", "EU",
        "EAKR", "yritykset", "Säätiö", "lahja", "AIKO", "aiko", "TEM", "Interreg", "Kuopio",
        "Kuntaliitto", "Pohjois-Karjalan maakuntaliitto", "universities", "P", "Testi-instituutti",
    )  # fmt: skip
    form.rows("members", {"member": "organisation:Testi-instituutti"})
    form.rows("funding", *({"payer": p} for p in words))
    path = form.save()
    assert codes(path) == []
    ids = forms.read(path).funding.set_index("payer")["payer_id"]
    assert ids["Testi-instituutti"] == "organisation:testi_instituutti"


def test_ids_are_suggested_by_their_closeness(form):
    asked = {
        "organisation:teem": "organisation:tem",
        "organization:tem": "organisation:tem",
        "region:FI-99": "region:FI-19",
        "municipality:FI-2971": "municipality:FI-297",
        "programme:aikoo": "programme:aiko",
        "organisation:ei_ole": None,
    }
    form.rows("funding", *({"payer": p} for p in asked), {"payer": "programme:aiko"})
    found = forms.form_problems(form.save()).set_index("value")["suggestion"]
    first = found.map(lambda s: s.split("; ")[0], na_action="ignore")
    assert {k: v if isinstance(v, str) else None for k, v in first.items()} == asked


def test_currencies_are_those_of_the_list(form):
    form.rows(
        "funding",
        *({"payer": "P", "currency": c} for c in ("€", "Euroa", "sek", "MARKKA", "XYZ", "EURO?")),
    )
    found = forms.form_problems(form.save())
    assert found["code"].tolist() == ["form_not_listed"] * 3
    assert found["row"].tolist() == [7, 8, 9]
    assert "EUR; SEK; NOK" in found["message"][0]
    assert found["suggestion"].fillna("-").tolist() == ["-", "-", "EUR"]
    assert all(v.showErrorMessage for v in form.sheets["funding"].data_validations.dataValidation)


def test_countries_are_those_of_iso_3166(form):
    form.put("network", "countries", "FI; nl, Ruotsi / XX; ZZ; UK; EU; Suomii; be")
    path = form.save()
    found = forms.form_problems(path)
    assert found["code"].tolist() == ["form_country"] * 5
    hints = dict(zip(found["value"], found["suggestion"].fillna("-"), strict=True))
    assert hints == {"XX": "-", "ZZ": "-", "UK": "GB", "EU": "-", "Suomii": "FI"}
    form.put("network", "countries", "FI; nl, Ruotsi / FI; GL")
    assert forms.read(form.save()).networks.loc["hub", "countries"] == "FI;NL;SE;GL"


def test_one_member_may_have_two_roles_and_a_host_alone_is_no_member(form):
    form.rows(
        "members",
        {"member": "Kuopio", "role": "host"},
        {"member": "297", "role": "jäsen"},
        {"member": "Joensuu", "role": "isäntä"},
        {"member": "Joensuu", "role": "funder"},
        {"member": "Lahti", "role": "partner"},
        {"member": "Turku"},
    )
    path = form.save()
    found = only(path)
    assert (found["code"], found["severity"]) == ("form_host_alone", "warning")
    assert (found["row"], found["value"]) == (6, "Joensuu")
    aff = vg.datasets.finland(year=2019, beside=forms.origin(forms.read(path), year=2019))
    column = aff.incidence[:, [aff.networks.index.get_loc("hub")]].toarray().ravel() > 0
    assert sorted(aff.members.index[column]) == ["municipality:FI-297", "municipality:FI-853"]
    for lang in LANGS:
        guide = Form(path.with_name(f"{lang}.xlsx"), lang).book.worksheets[0]
        word = text.t("role.member", lang)
        assert any(f"”{word}”" in str(c.value) or f"“{word}”" in str(c.value) for c in guide["A"])


@pytest.mark.parametrize("lang", LANGS)
def test_two_forms_that_disagree_are_told_in_words(tmp_path, lang):
    made = []
    for n, (answer, kind) in enumerate((("partly_open", "label"), ("closed", "office"))):
        form = Form(tmp_path / f"{n}.xlsx", network="Hub")
        form.put("answers", "openness", answer)
        form.put("network", "kind", kind)
        made.append(form.save())
    said = " ".join(forms.form_problems(made, lang=lang)["message"])
    for key in ("code_openness.partly_open", "code_openness.closed", "network_kind.label",
                "network_kind.office"):  # fmt: skip
        assert text.t(key, lang) in said
    assert "partly_open" not in said


@pytest.mark.parametrize("ending", [".xlsx", ".xlsm"])
def test_a_form_without_its_very_hidden_sheet_is_still_a_form(form, ending):
    form.put("answers", "openness", "closd")  # not named: the form is not read
    form.book.remove(form.book[formsheets.MARK])
    form.path = form.path.with_suffix(ending)
    path = form.save()
    assert forms.is_form(path)
    found = only(path)
    assert found["code"] == "form_no_mark"
    assert "valuma-graph template" in found["message"]


def test_a_sheet_that_is_gone_brings_no_other_errors(form):
    form.put("answers", "goal", "Cleaner air")
    form.rows(
        "chain", {"goal": "Cleaner air", "link": "results", "item": "x"},
        {"goal": 1, "link": "results", "item": "y"},
    )  # fmt: skip
    form.put("network", "as_of", 2019)
    form.rows(
        "funding",
        {"payer": "organisation:hub_bank", "share": 100, "until": 2018},
        {"payer": "Turku", "share": 100, "since": 2019},
    )
    form.rows("members", {"member": "organisation:Hub bank"})
    assert codes(form.save()) == []
    form.book.remove(form.sheets["answers"])
    assert codes(form.save()) == ["form_sheet_missing"]
    form.book.remove(form.sheets["members"])
    assert codes(form.save()) == ["form_sheet_missing"] * 2
    form.book.remove(form.sheets["network"])
    assert codes(form.save()) == ["form_sheet_missing"] * 3


def test_the_form_offers_the_kinds_that_fill_in_forms(form):
    kinds = ("network", "programme", "project", "agreement", "working_group", "office", "label",
             "joint_authority", "company")  # fmt: skip
    assert formsheets.WORDS["kind"][1] == kinds
    form.put("network", "kind", "samkommun")
    assert forms.read(form.save()).networks.loc["hub", "kind"] == "joint_authority"
    for other in ("statutory", "tapaus", "Leader-ryhmä", "alue"):
        form.put("network", "kind", other)
        found = only(form.save())
        assert found["code"] == "form_not_listed"
        assert "case" not in found["message"]


@pytest.mark.parametrize(
    ("phase", "stage", "noted"),
    [("need", "mature", True), ("shaping", "mature", True), ("rise", "mature", False),
     ("need", "start", False), ("stabilisation", "mature", False), (None, "mature", False)],
)  # fmt: skip
def test_mature_cooperation_that_is_still_taking_shape_is_noted(form, phase, stage, noted):
    if phase:
        form.put("answers", "life_phase", phase)
    at = form.put("answers", "stage", stage)
    path = form.save()
    if not noted:
        assert codes(path) == []
        return
    found = only(path)
    assert (found["code"], found["severity"]) == ("form_phase_stage", "warning")
    assert found["row"] == int(at[1:])
    forms.read(path)


def test_answers_and_doubts_are_read_at_once(form, tmp_path, monkeypatch):
    form.rows("funding", {"payer": "A", "share": 1})
    path = form.save()
    opened = []
    before = forms.formblocks.open_form
    monkeypatch.setattr(
        forms.formblocks, "open_form", lambda p, **o: opened.append(p) or before(p, **o)
    )
    answers, found = forms.read_and_check([path, forms.template(tmp_path / "b.xlsx")])
    assert len(opened) == 2
    assert found["code"].tolist() == ["form_fraction"]
    assert answers.networks.index.tolist() == ["hub"]


# -- on the command line --------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path):
    """Return two forms of one network that disagree."""
    made = []
    for n, answer in enumerate(("partly_open", "closed")):
        form = Form(tmp_path / f"{n}.xlsx", network="Hub")
        form.put("answers", "openness", answer)
        made.append(form.save())
    return made


@pytest.mark.parametrize("lang", ["fi", "sv"])
def test_check_holds_forms_against_each_other(run, two, lang):
    for one in two:
        code, out, err = run("check", one, "--lang", lang)
        assert (code, out) == (0, "")
        assert text.t("cli.check.taken_forms", lang) in err
        assert text.t("cli.check.taken", lang) not in err
    code, out, _ = run("check", *two, "--lang", lang)
    assert code == 1
    assert text.t("code_openness.partly_open", lang) in out
    refused, _, err = run("risks", "--form", *two, "--lang", lang)
    assert refused == 1
    assert f"valuma-graph check {two[0]} {two[1]}" in err


def test_check_takes_forms_and_tables(run, two, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("kunta,verkosto\nTamprere,Hinku\n", encoding="utf-8")
    code, out, err = run("check", table, *two, "--format", "json")
    found = json.loads(out)
    assert code == 1
    assert {"unknown_member", "form_disagree"} <= {r["code"] for r in found["rows"]}
    assert found["parameters"]["data"] == [str(p) for p in (table, *two)]
    assert text.t("cli.check.taken", "en") in err
    assert text.t("cli.check.taken_forms", "en") in err
    alone = json.loads(run("check", two[0], "--format", "json")[1])
    assert alone["parameters"]["data"] == str(two[0])
    assert json.loads(run("check", "--format", "json")[1])["parameters"]["data"] is None
    assert run("check", two[0], tmp_path / "none.xlsx")[0] == 2


def test_a_command_reads_each_form_once_with_the_tables_that_were_chosen(
    run, tmp_path, monkeypatch
):
    root = tmp_path / "data"
    shutil.copytree(vg.places.data_path(), root)
    form = Form(tmp_path / "hub.xlsx", network="Hub")
    form.rows("funding", {"payer": "A", "share": 1})
    path = form.save()
    opened, roots = [], []
    before, gazetteer = forms.formblocks.open_form, forms.gazetteer
    monkeypatch.setattr(
        forms.formblocks, "open_form", lambda p, **o: opened.append(p) or before(p, **o)
    )
    monkeypatch.setattr(forms, "gazetteer", lambda r=None: roots.append(r) or gazetteer(r))
    code, _, err = run("quadrant", "Hub", "--form", path, "--data", root)
    assert code == 0
    assert len(opened) == 1
    assert text.t("cli.about.warnings", "en", file=path, count="1") in err
    run("check", path, "--data", root)
    assert len(opened) == 2
    assert set(roots) == {root}


def test_a_form_may_be_an_old_workbook(tmp_path):
    from valuma_graph.cli import arguments

    old = tmp_path / "hub.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0 " + formsheets.MARK.encode())
    assert arguments.form_is(old)
    old.write_bytes(b"\xd0\xcf\x11\xe0 valuma:answers")
    assert arguments.form_is(old)
    old.write_bytes(b"\xd0\xcf\x11\xe0 valuma")
    assert not arguments.form_is(old)
