"""The workbook for a list of one's own networks: what it offers, and that it is read as it is."""

from __future__ import annotations

import re

import hostile
import openpyxl
import pytest
from own_list import COLUMNS, filled, template

import valuma_graph as vg
from valuma_graph import places, text
from valuma_graph.cli.arguments import Choice, Voice, load, take_in
from valuma_graph.exports.lists import list_template
from valuma_graph.report.results import analyse
from valuma_graph.report.sections import Sections
from valuma_graph.report.voice import Voice as Words
from valuma_graph.text import LANGS, t

SAVONLINNA = {"fi": "Savonlinna (740)", "sv": "Nyslott (740)", "en": "Savonlinna (740)"}
SHEETS = {
    "fi": ["Ohje", "Jäsenyydet", "Verkostot", "Jäsenet", "lists"],
    "sv": ["Anvisning", "Medlemskap", "Nätverk", "Medlemmar", "lists"],
    "en": ["Instructions", "Memberships", "Networks", "Members", "lists"],
}
HEADS = {
    "fi": ["Jäsen", "Verkosto", "Rooli", "Alkaen", "Päättynyt", "Lähde", "Huomautus"],
    "sv": ["Medlem", "Nätverk", "Roll", "Från och med", "Till och med", "Källa", "Anmärkning"],
    "en": ["Member", "Network", "Role", "Since", "Until", "Source", "Note"],
}
WORDS = {
    "fi": ("Kuhmo", "Kainuu", "koordinaattori", "ohjausryhmässä", "rajat ylittävä", "osittainen",
           "Ruotsi", "kunta"),
    "sv": ("Kuhmo", "Kajanaland", "koordinator", "i styrgruppen", "gränsöverskridande",
           "ofullständig", "Sverige", "kommun"),
    "en": ("Kuhmo", "Kainuu", "coordinator", "on the steering group", "cross-border", "partial",
           "Sweden", "municipality"),
}  # fmt: skip


def book_of(tmp_path, lang):
    path = tmp_path / f"{lang}.xlsx"
    path.write_bytes(template(lang))
    return openpyxl.load_workbook(path)


def offered(book, column):
    """Return the words of one hidden list."""
    sheet = book["lists"]
    at = next(c.column for c in sheet[1] if c.value == column)
    return [r[0] for r in sheet.iter_rows(2, None, at, at, values_only=True) if r[0]]


# -- what stands in it ----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_sheets_and_headings_are_in_the_language(tmp_path, lang):
    book = book_of(tmp_path, lang)
    assert book.sheetnames == SHEETS[lang]
    assert [c.value for c in book.worksheets[1][1]] == HEADS[lang]
    assert [s.sheet_state for s in book] == ["visible"] * 4 + ["hidden"]
    assert [s.freeze_panes for s in book.worksheets[1:4]] == ["B2"] * 3
    assert book.active.title == SHEETS[lang][0]


@pytest.mark.parametrize("lang", LANGS)
def test_the_instructions_come_in_three_languages_the_chosen_one_first(tmp_path, lang):
    sheet = book_of(tmp_path, lang).worksheets[0]
    cells = [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
    titles = {t("listform.title", one): one for one in LANGS}
    assert next(titles[c] for c in cells if c in titles) == lang
    assert sorted(titles[c] for c in cells if c in titles) == sorted(LANGS)
    for one in LANGS:
        folder = {"fi": "raportti", "sv": "rapport", "en": "report"}[one]
        assert f"valuma-graph check a.xlsx --lang {one}" in cells
        assert f"valuma-graph report a.xlsx --lang {one} -o {folder}" in cells
        for column in COLUMNS["networks"]:
            assert t(f"listform.head.networks.{column}", one) in cells
    assert not [c for c in cells if "{" in c]


def test_the_commands_of_the_instructions_are_commands(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    list_template("my list.xlsx", lang="en")
    sheet = openpyxl.load_workbook("my list.xlsx").worksheets[0]
    cells = [str(c.value) for row in sheet.iter_rows() for c in row]
    assert 'valuma-graph check "my list.xlsx" --lang sv' in cells
    filled(tmp_path / "my list.xlsx", memberships=[{"member": "Kuhmo", "network": "Own"}])
    assert run("check", "my list.xlsx", "--lang", "sv")[0] == 0


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_typed_is_minded(tmp_path, lang):
    book = book_of(tmp_path, lang)
    assert len(offered(book, "member")) == 308 + 19
    rules = {
        (sheet.title, str(rule.sqref)): rule
        for sheet in book.worksheets[1:4]
        for rule in sheet.data_validations.dataValidation
    }
    assert len(rules) == sum(map(len, COLUMNS.values()))
    for rule in rules.values():
        assert len(rule.promptTitle) <= 32
        assert len(rule.errorTitle) <= 32
        assert 0 < len(rule.prompt) <= 255
        assert len(rule.error or "") <= 225
    first = book.worksheets[1].title
    member, role = rules[first, "A2:A5000"], rules[first, "C2:C5000"]
    assert (member.type, member.errorStyle) == ("list", "warning")  # organisations are typed
    assert (role.type, role.errorStyle, role.showErrorMessage) == ("list", "stop", True)
    assert role.error == t("listform.wrong.choose", lang)
    since, until = rules[first, "D2:D5000"], rules[first, "E2:E5000"]
    assert (since.type, since.formula1, since.formula2) == (
        "whole", "1900", "IF(N($E2)=0,2100,N($E2))",
    )  # fmt: skip
    assert (until.type, until.formula1, until.formula2) == ("whole", "MAX(1900,N($D2))", "2100")
    for rule in rules.values():
        if rule.type == "list":
            # A name, and not the other sheet itself: Excel would move such a rule out of sight.
            sheet, _, area = book.defined_names[rule.formula1].attr_text.partition("!")
            cells = [c.value for (c,) in book[sheet][area.replace("$", "")]]
            assert all(cells)
            assert len(set(cells)) == len(cells)


def test_lists_are_in_the_order_of_the_alphabet(tmp_path):
    names = offered(book_of(tmp_path, "fi"), "member")[:308]
    assert names == sorted(names, key=text.sort_key)
    assert names[-1] == "Äänekoski"


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    assert list_template(tmp_path / "a.xlsx", lang="sv").read_bytes() == template("sv")
    assert len({template(lang) for lang in LANGS}) == 3


def test_no_cell_begins_a_formula(tmp_path):
    for lang in LANGS:
        cells = [c for s in book_of(tmp_path, lang) for row in s.iter_rows() for c in row]
        assert "f" not in {c.data_type for c in cells}


def test_wrong_arguments_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\.ods"):
        list_template(tmp_path / "a.ods")
    with pytest.raises(ValueError, match="lang"):
        list_template(tmp_path / "a.xlsx", lang="de")
    assert not list(tmp_path.iterdir())


# -- read as it is --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_workbook_lacks_rows_and_nothing_else(tmp_path, lang):
    path = tmp_path / "a.xlsx"
    path.write_bytes(template(lang))
    found = vg.problems(path)
    assert found[["sheet", "code"]].values.tolist() == [[SHEETS[lang][1], "no_rows"]]


@pytest.mark.parametrize("lang", LANGS)
def test_every_municipality_and_region_offered_is_read_as_itself(tmp_path, lang):
    names = offered(book_of(tmp_path, lang), "member")
    rows = [{"member": name, "network": "Oma"} for name in names]
    aff = vg.read(filled(tmp_path / "a.xlsx", lang, memberships=rows))
    known = places.gazetteer()
    towns, regions = known.division(2026).index, known.groups("region", 2026).index
    assert {*aff.members.index} == {*towns, *regions}


@pytest.mark.parametrize("lang", LANGS)
def test_every_network_offered_is_known(tmp_path, lang):
    names = offered(book_of(tmp_path, lang), "network")
    rows = [{"member": "Kuhmo", "network": name} for name in names]
    path = filled(tmp_path / "a.xlsx", lang, memberships=rows)
    found = take_in(path, None, None)
    assert {*found.memberships["network_id"]} == {*vg.datasets.register()[1].index}
    assert found.problems == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("column", "codes"),
    [
        ("role", ["member", "coordinator", "host", "funder", "partner", "steering",
                  "former_member"]),
        ("level", ["local", "regional", "national", "cross_border", "european", "global"]),
        ("list_status", ["complete", "partial", "unknown"]),
        ("kind", ["organisation", "municipality", "region", "country"]),
        ("country", ["FI", "SE", "NO", "DK", "EE", "IS", "LV", "LT", "DE", "PL", "RU", "FO",
                     "GL"]),
    ],
)  # fmt: skip
def test_every_word_offered_is_read_as_its_code(tmp_path, lang, column, codes):
    words = offered(book_of(tmp_path, lang), column)
    names = [f"Testi {'abcdefghijklmnop'[i]}" for i in range(len(words))]
    one = {"memberships": [{"member": "Kuhmo", "network": name} for name in names]}
    if column == "role":
        rows = zip(names, words, strict=True)
        one = {"memberships": [{"member": "Kuhmo", "network": n, "role": w} for n, w in rows]}
    elif column in {"level", "list_status"}:
        one["networks"] = [{"name": n, column: w} for n, w in zip(names, words, strict=True)]
    else:
        one["members"] = [{"name": n, column: w} for n, w in zip(names, words, strict=True)]
    # The other tables are asked too: a word is no less a code in the languages beside it.
    aff = vg.read(filled(tmp_path / "a.xlsx", lang, **one))
    if column == "role":
        assert aff.set_aside["role"].tolist() + aff.memberships["role"].tolist() != []
        read = {r.network_id: r.role for f in (aff.memberships, aff.set_aside) for r in
                f.itertuples()}  # fmt: skip
        assert [read[f"testi_{n[-1]}"] for n in names] == codes
    elif column in {"level", "list_status"}:
        assert aff.networks[column].tolist() == codes
    else:
        own = aff.members[aff.members["name_fi"].isin(names)].set_index("name_fi")
        assert own.loc[names, column].tolist() == codes


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("only", [True, False])
def test_what_is_said_of_a_network_reaches_the_result(tmp_path, lang, only):
    town, region, lead, steers, level, status, country, _ = WORDS[lang]
    path = filled(
        tmp_path / "a.xlsx",
        lang,
        memberships=[
            {"member": town, "network": "Järviverkosto", "role": lead, "since": 2018},
            {"member": region, "network": "Järviverkosto", "role": steers, "until": 2022},
            {"member": "Sjö Ab", "network": "Järviverkosto", "source": "=1+1"},
            {"member": "Sotkamo", "network": "Hinku"},
        ],
        networks=[
            {"name": "Järviverkosto", "level": level, "themes": "vesi;metsä", "founded_year": 2018,
             "list_status": status, "declared_total": 12, "source": "@lähde"},
        ],
        members=[{"name": "Sjö Ab", "country": country}],
    )  # fmt: skip
    aff = load("info", path, Choice(only=only, year=2019), Voice(quiet=True))
    row = aff.networks.loc["jarviverkosto"]
    told = row[["name_fi", "level", "themes", "founded_year", "list_status", "declared_total"]]
    assert told.tolist() == ["Järviverkosto", "cross_border", "vesi;metsä", 2018, "partial", 12]
    assert row["source"] == "@lähde"
    rows = aff.memberships[aff.memberships["network_id"].eq("jarviverkosto")]
    assert dict(zip(rows["member_id"], rows["role"], strict=True)) == {
        "municipality:FI-290": "coordinator",
        "region:FI-18": "steering",
        "organisation:sjo_ab": "member",
    }
    assert rows["source"].dropna().tolist() == ["=1+1"]
    assert aff.members.loc["organisation:sjo_ab", "country"] == "SE"
    hinku = aff.memberships[aff.memberships["network_id"].eq("hinku")]["member_id"]
    assert "municipality:FI-765" in set(hinku)  # it joins the network of that name
    assert (len(hinku) == 1) == only


@pytest.mark.parametrize("lang", LANGS)
def test_what_would_be_right_is_a_word_that_can_be_typed(tmp_path, lang):
    lead = WORDS[lang][2]
    path = filled(
        tmp_path / "a.xlsx",
        lang,
        memberships=[{"member": "Kuhmo", "network": "Järviverksto", "role": f"{lead[:-1]}x"}],
        networks=[{"name": "Järviverkosto"}],
    )
    found = vg.problems(path, lang=lang).set_index("code")["suggestion"]
    assert found["unknown_network"] == "Järviverkosto"
    assert found["unknown_role"] == lead


def test_words_of_three_languages_stand_beside_each_other(tmp_path):
    rows = [
        {"member": WORDS[lang][1], "network": f"Verkosto {lang}", "role": WORDS[lang][2]}
        for lang in LANGS
    ]
    aff = vg.read(filled(tmp_path / "a.xlsx", "sv", memberships=rows))
    assert set(aff.memberships["role"]) == {"coordinator"}
    assert aff.members.index.tolist() == ["region:FI-18"]


def test_names_that_try_to_be_something_else_are_read_as_they_are(tmp_path):
    names = [*hostile.NAMES[:-2], "@SUM(A1)", "+358", "-tunnus", "😀 verkosto", "a'b"]
    rows = [{"member": "Kuhmo", "network": name} for name in names]
    aff = vg.read(filled(tmp_path / "a.xlsx", "fi", memberships=rows))
    assert {*names} <= {*aff.networks["name_fi"]}


def test_the_sheet_that_explains_is_never_read(tmp_path):
    path = filled(tmp_path / "a.xlsx", "fi", memberships=[{"member": "Kuhmo", "network": "Oma"}])
    book = openpyxl.load_workbook(path)
    book["Jäsenyydet"].title = "Taul1"
    book["lists"].sheet_state = "visible"
    del book["Verkostot"], book["Jäsenet"]
    book.save(path)
    assert vg.read(path).memberships["network_id"].tolist() == ["oma"]


# -- what check says of it ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_not_known_is_sent_to_the_sheet_that_takes_it(tmp_path, lang):
    rows = [
        {"member": "Saimaan yrittäjät ry", "network": "Oma"},
        {"member": "Savonlina", "network": "Oma"},  # a slip, no organisation
    ]
    found = vg.problems(filled(tmp_path / "a.xlsx", lang, memberships=rows), lang=lang)
    assert found["code"].tolist() == ["unknown_member"] * 2
    new, slip = found["message"]
    assert new.endswith(t("hint.organisation_sheet", lang, members=SHEETS[lang][3]))
    assert SHEETS[lang][3] in new
    assert slip.endswith(t("hint.perhaps", lang, suggestion=SAVONLINNA[lang]))
    # A list without that sheet has a column for it.
    (tmp_path / "a.csv").write_text("kunta,verkosto\nSaimaan yrittäjät ry,Oma\n", "utf-8")
    (said,) = vg.problems(tmp_path / "a.csv", lang=lang)["message"]
    assert said.endswith(t("hint.organisation_column", lang))


def test_a_level_that_is_none_is_said_and_kept(tmp_path):
    path = filled(
        tmp_path / "a.xlsx",
        "fi",
        memberships=[{"member": "Kuhmo", "network": name} for name in ("Yksi", "Kaksi")],
        networks=[
            {"name": "Yksi", "level": "suuri", "list_status": "osittainen"},
            {"name": "Kaksi", "level": "paikallinen", "list_status": "osittainen"},
        ],
    )
    found = vg.problems(path)
    told = found[["sheet", "row", "column", "code", "severity"]].values.tolist()
    assert told == [["Verkostot", 2, "Taso", "unknown_level", "warning"]]
    assert vg.read(path).networks["level"].to_dict() == {"yksi": "suuri", "kaksi": "local"}


def test_a_municipality_is_no_member_after_its_end(tmp_path):
    rows = [  # Valtimo became part of Nurmes as 2020 began
        {"member": "Valtimo", "network": "A", "since": 2015, "until": 2024},
        {"member": "Valtimo", "network": "B", "since": 2015, "until": 2019},
        {"member": "Valtimo", "network": "C", "since": 2021},
        {"member": "Valtimo", "network": "D", "since": 2015},
        {"member": "Nurmes", "network": "A", "since": 2015, "until": 2024},
    ]
    found = vg.problems(filled(tmp_path / "a.xlsx", "en", memberships=rows))
    assert found[["row", "column", "code", "severity"]].values.tolist() == [
        [2, "Until", "ended_place", "warning"],
        [4, "Since", "ended_place", "warning"],
    ]
    assert all("Nurmes (541)" in m and "2019" in m for m in found["message"])


def test_beside_a_name_that_differs_by_a_letter_no_other_is_suggested(tmp_path):
    path = filled(
        tmp_path / "a.xlsx",
        "fi",
        memberships=[{"member": "Juva", "network": "Saimaan matkailu-verkosto"}],
        networks=[{"name": "Saimaan matkailuverkosto", "list_status": "osittainen"}],
    )
    found = take_in(path, None, None).problems
    assert [(p.code, p.suggestion) for p in found] == [
        ("unknown_network", "Saimaan matkailuverkosto")
    ]


@pytest.mark.parametrize(("lang", "digits"), [("fi", "neljällä"), ("sv", "fyra"), ("en", "four")])
def test_a_year_with_five_digits_is_told_to_have_four(tmp_path, lang, digits):
    rows = [{"member": "Kuhmo", "network": "Oma", "since": 20018}]
    (said,) = vg.problems(filled(tmp_path / "a.xlsx", lang, memberships=rows), lang=lang)["message"]
    assert "20018" in said
    assert digits in said


@pytest.mark.parametrize("lang", LANGS)
def test_a_list_that_nobody_calls_complete_is_noted(tmp_path, lang):
    partial = t("list_status.partial", lang)
    names = ["Blank", "Counted", "Said"]
    path = filled(
        tmp_path / "a.xlsx",
        lang,
        memberships=[{"member": "Kuhmo", "network": n} for n in [*names, "Hinku-verkosto"]],
        networks=[
            {"name": "Blank"},
            {"name": "Counted", "declared_total": 1},
            {"name": "Said", "list_status": partial},
            {"name": "Without members"},
        ],
    )
    found = vg.problems(path, lang=lang)
    column = t("listform.head.networks.list_status", lang)
    told = found[["sheet", "row", "column", "code", "severity"]].values.tolist()
    assert told == [[SHEETS[lang][2], 2, column, "list_taken_complete", "warning"]]
    assert found["value"].isna().all()  # the cell is empty
    assert partial in found["message"].iloc[0]
    status = vg.read(path).networks["list_status"].to_dict()
    # Of the bundled network the list says nothing, so it is not known to be complete.
    assert status == {
        "blank": "complete", "counted": "complete", "said": "partial",
        "without_members": "unknown", "hinku": "unknown",
    }  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_networks_that_are_new_are_named(run, tmp_path, lang):
    rows = [{"member": "Kuhmo", "network": n} for n in ("Oma\u202ex", "Hinku", "Äänet")]
    path = filled(tmp_path / "a.xlsx", lang, memberships=rows)
    _, out, err = run("check", path, "--lang", lang, "--no-copy")
    said = t("cli.check.new", lang, n=2, names="Oma\\u202ex, Äänet").replace("\u202e", "")
    assert "Äänet" not in out
    (named,) = (line for line in err.splitlines() if said.partition("(2)")[0] in line)
    assert "Äänet" in named
    assert "Hinku" not in named
    assert "\u202e" not in err
    many = [{"member": "Kuhmo", "network": f"Verkko {i:02}"} for i in range(12)]
    err = run("check", filled(path, lang, memberships=many), "--lang", lang)[2]
    assert "(12): Verkko 00, Verkko 01" in err
    assert "Verkko 09, …" in err
    assert "Verkko 10" not in err


def test_python_reads_what_the_commands_read(tmp_path, run):
    path = filled(
        tmp_path / "a.xlsx",
        "sv",
        memberships=[
            {"member": "Kuhmo", "network": "Hinku-verkosto"},
            {"member": "Kuhmo", "network": "Eget"},
        ],
        networks=[{"name": "Eget", "list_status": "fullständig"}],
    )
    assert run("check", path)[:2] == (0, "")
    assert vg.problems(path).empty
    aff = vg.read(path)
    assert {*aff.networks.index} == {"hinku", "eget"}
    assert aff.networks.loc["hinku", "name_fi"] == "Hinku-verkosto"
    # A name that is neither on the sheet nor bundled is a slip all the same.
    book = openpyxl.load_workbook(path)
    book["Medlemskap"]["B2"] = "Eget nät"
    book.save(path)
    assert vg.problems(path)["code"].tolist() == ["unknown_network"]


def test_regions_that_are_no_members_have_names_in_the_report(tmp_path):
    rows = [{"member": name, "network": "Oma"} for name in ("Mikkeli", "Imatra", "Etelä-Savo")]
    aff = vg.read(filled(tmp_path / "a.xlsx", "fi", memberships=rows))
    page = Sections(aff, analyse(aff), Words(LANGS), {})
    assert page.names["members"]["region:FI-09"] == {
        "fi": "Etelä-Karjala", "sv": "Södra Karelen", "en": "South Karelia",
    }  # fmt: skip


# -- the command ----------------------------------------------------------------------------------


def test_template_writes_the_list_or_the_form(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("template", "--lang", "sv")
    assert (code, out) == (0, "my_networks.xlsx\n")
    assert "valuma-graph report my_networks.xlsx" in err
    assert openpyxl.load_workbook("my_networks.xlsx").sheetnames == SHEETS["sv"]
    assert run("template", "--form")[1] == "network-form.xlsx\n"
    assert run("template", "--network", "Fisu", "-o", "fisu.xlsx")[1] == "fisu.xlsx\n"
    forms = [vg.policy.is_form(tmp_path / name) for name in ("network-form.xlsx", "fisu.xlsx")]
    assert forms == [True, True]
    assert not vg.policy.is_form(tmp_path / "my_networks.xlsx")


def test_a_list_that_is_there_is_never_replaced(run, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("mine")
    code, out, err = run("template", "-o", path)
    assert (code, out, path.read_text()) == (2, "", "mine")
    assert "there already" in err


@pytest.mark.parametrize("lang", LANGS)
def test_help_and_words_name_both(run, lang):
    out = run("template", "--help")[1]
    assert re.search(r"my_networks\.xlsx", out)
    assert re.search(r"network-form\.xlsx", out)
    assert "{file}" in text.catalogue()["cli.template.list_about"][lang]


@pytest.mark.parametrize(
    ("lang", "turku", "pyhtaa", "savo"),
    [
        ("fi", "Turku (853)", "Pyhtää (624)", "Pohjois-Savo (region:FI-11)"),
        ("sv", "Åbo (853)", "Pyttis (624)", "Norra Savolax (region:FI-11)"),
        ("en", "Turku (853)", "Pyhtää (624)", "North Savo (region:FI-11)"),
    ],
)
def test_places_are_suggested_in_the_language_of_the_words(
    tmp_path, run, lang, turku, pyhtaa, savo
):
    names = ["Turkku", "Pyhtääå", "Pohjois-Savoo"]
    rows = [{"member": name, "network": "Oma"} for name in names]
    source = filled(tmp_path / "a.xlsx", "fi", memberships=rows)
    found = vg.problems(source, lang=lang)
    for suggested, message, place in zip(
        found["suggestion"], found["message"], (turku, pyhtaa, savo), strict=True
    ):
        assert suggested.split("; ")[0] == place
        assert place in message
        # What is suggested can be written into the cell.
        again = filled(tmp_path / "b.xlsx", memberships=[{"member": place, "network": "Oma"}])
        assert vg.problems(again).empty
    assert turku in run("check", source, "--no-copy", "--lang", lang)[1]


@pytest.mark.parametrize("lang", LANGS)
def test_the_last_words_of_a_check_fit_what_is_known_of_the_lists(tmp_path, run, lang):
    rows = [{"member": m, "network": n} for m in ("Turku", "Pori") for n in ("Oma", "Hinku")]
    english = "Hinku network of carbon-neutral municipalities"
    hinku = english if lang == "en" else "Hinku-verkosto"
    known = {"name": "Oma", "list_status": t("list_status.complete", lang)}
    source = filled(tmp_path / "a.xlsx", lang, memberships=[rows[0], rows[2]])
    assert t("cli.check.taken", lang) in run("check", source, "--lang", lang)[2]
    # The bundled list of this network is partial, whatever the sheet of networks says.
    source = filled(tmp_path / "b.xlsx", lang, memberships=rows, networks=[known])
    said = run("check", source, "--lang", lang)[2]
    assert t("cli.check.open", lang, n=1, names=hinku) in said
    assert t("cli.check.taken_rest", lang) in said
    assert t("cli.check.taken", lang) not in said
    open_one = {"name": "Oma", "list_status": t("list_status.unknown", lang)}
    source = filled(tmp_path / "c.xlsx", lang, memberships=rows, networks=[open_one])
    said = run("check", source, "--lang", lang)[2]
    assert t("cli.check.open", lang, n=2, names=f"{hinku}, Oma") in said
    assert t("cli.check.taken_rest", lang) not in said
