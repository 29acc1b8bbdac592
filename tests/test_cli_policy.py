"""The commands on the report's frameworks: what they say, what they refuse, what they read."""

from __future__ import annotations

import csv
import io
import json
from typing import get_args

import openpyxl
import pandas as pd
import pytest
from filled import Form

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.cli import frameworks
from valuma_graph.cli.console import Answer, Section, render
from valuma_graph.policy import dues, hazards, parts, placing, scorecards
from valuma_graph.policy.hazards import risk_rules
from valuma_graph.policy.wording import cited

ROWS = {
    "compare": {
        "dimension", "attribute", "label", "network_id", "name", "value", "basis", "source",
    },
    "risks": {
        "network_id", "name", "rule", "title", "answer", "evidence", "basis", "source",
        "reference",
    },
}  # fmt: skip
SUMMARY = {
    "profile": {
        "network_id", "name", "in_set", "statements", "not_known", "checks_met",
        "checks_not_met", "checks_unknown", "risks_present", "risks_absent", "risks_unknown",
    },
    "compare": {"networks", "compared", "known_of_all"},
    "risks": {"networks", "rules", "present", "absent", "unknown", "listed", "failed"},
    "timeline": {"programmes", "networks", "without_start", "outlived"},
    "quadrant": {"networks", "stated", "coded", "inferred", "computed", "unknown"},
}  # fmt: skip
ASKED = {
    "profile": ["profile", "keino"],
    "compare": ["compare", "fisu", "keino"],
    "risks": ["risks", "fisu", "keino"],
    "timeline": ["timeline"],
    "quadrant": ["quadrant"],
}


@pytest.fixture(scope="module")
def finland():
    return vg.datasets.finland(year=2019)


@pytest.fixture
def run(asked):
    """Return what was answered before, where the same was asked of the bundled data alone."""
    return asked


@pytest.fixture
def form(run, tmp_path):
    path = tmp_path / "form.xlsx"
    code, _, _ = run("template", "--network", "Oma verkosto", "-o", path, "--quiet")
    assert code == 0
    return path


def rows_of(out):
    return list(csv.DictReader(io.StringIO(out)))


# -- what they say --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ASKED)
def test_json_has_the_promised_keys(run, command):
    code, out, err = run(*ASKED[command], "--format", "json", "--quiet")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["command"], found["schema_version"]) == (command, 1)
    assert set(found["summary"]) == SUMMARY[command]
    if command in ROWS:
        assert set(found["rows"][0]) == ROWS[command]
    assert found["parameters"]["forms"] == []
    assert found["parameters"]["year"] == 2019


@pytest.mark.parametrize("command", ASKED)
def test_csv_and_json_hold_the_same_rows(run, command):
    rows = json.loads(run(*ASKED[command], "--format", "json", "--quiet")[1])["rows"]
    listed = rows_of(run(*ASKED[command], "--format", "csv", "--quiet")[1])
    if command == "profile":  # one long table; JSON keeps the sections
        assert {r["section"] for r in rows} <= {r["section"] for r in listed}
        return
    assert len(rows) == len(listed)
    for column in ("section", "network_id", "basis", "answer"):
        if column in listed[0]:
            assert [r.get(column) or "" for r in rows] == [r[column] for r in listed]


@pytest.mark.parametrize("lang", text.LANGS)
@pytest.mark.parametrize("command", ASKED)
def test_tables_speak_three_languages(run, command, lang):
    code, out, err = run(*ASKED[command], "--lang", lang)
    assert code == 0
    assert out
    assert "Traceback" not in err
    if lang != "en":
        assert out != run(*ASKED[command])[1]
    assert max(map(len, out.splitlines())) < 250


def test_a_profile_tells_what_the_report_says_and_what_is_not_known(run):
    _, out, err = run("profile", "KEINO competence centre for sustainable and innovative public "
                      "procurement")  # fmt: skip
    assert "VALUMA report, ch. 4.2, Table 5" in out
    assert "state-funded activity" in out
    assert "Not known: " in err
    assert "Goal is shared and recognised" in err


def test_unknown_stands_as_unknown_in_the_rows_for_machines(run):
    rows = json.loads(run("profile", "keino", "--format", "json", "--quiet")[1])["rows"]
    said = [r for r in rows if r["section"] == "statements"]
    unknown = [r for r in said if r["basis"] == "unknown"]
    assert unknown
    assert all(r["value"] is None and r["value_label"] is None for r in unknown)
    assert all(r["source"] for r in said if r["basis"] != "unknown")


def test_every_basis_is_one_of_the_five(run):
    rows = json.loads(run("profile", "fisu", "--format", "json", "--quiet")[1])["rows"]
    bases = {v for r in rows for k, v in r.items() if k == "basis" or k.endswith("_basis")}
    assert bases - {None} <= {"stated", "coded", "inferred", "computed", "unknown"}


def test_compare_has_a_column_for_each_network(run):
    _, out, _ = run("compare", "fisu", "keino", "--quiet")
    head = out.splitlines()[0]
    assert "Finnish Sustainable Communities" in head
    assert "KEINO" in head
    assert "closed" in out


def test_risks_equal_the_library(run, finland):
    listed = rows_of(run("risks", "fisu", "keino", "--format", "csv", "--quiet")[1])
    found = hazards.risks(finland, networks=["fisu", "keino"])
    assert [r["answer"] for r in listed] == found["answer"].tolist()
    assert {r["title"] for r in listed} == set(risk_rules()["title"])


def test_without_names_only_what_is_present_is_listed(run):
    rows = rows_of(run("risks", "--format", "csv", "--quiet")[1])
    assert {r["answer"] for r in rows} == {"present"}
    everything = rows_of(run("risks", "--all-rows", "--format", "csv", "--quiet")[1])
    assert {r["answer"] for r in everything} == {"present", "absent", "unknown"}


def test_risks_fail_on_what_they_were_told_to(run):
    code, _, err = run("risks", "fisu", "--fail-on", "closed_membership")
    assert code == 3
    assert "--fail-on: 1" in err
    assert run("risks", "keino", "--fail-on", "closed_membership")[0] == 0
    assert run("risks", "fisu", "--fail-on", "no_measurement")[0] == 0


def test_a_rule_can_be_switched_off(run):
    rows = rows_of(run("risks", "fisu", "--without", "duplicate", "single_funder",
                       "--format", "csv", "--quiet")[1])  # fmt: skip
    assert len(rows) == 7
    assert not {"duplicate", "single_funder"} & {r["rule"] for r in rows}


def test_the_rules_of_the_command_line_are_those_of_the_library():
    assert get_args(frameworks.Rule) == tuple(risk_rules().index)


def test_years_have_no_thousands(run):
    _, out, _ = run("timeline", "--quiet")
    assert "1994" in out
    assert "1,994" not in out


def test_quadrant_equals_the_library(run, finland):
    rows = rows_of(run("quadrant", "--format", "csv", "--quiet")[1])
    found = placing.quadrant(finland)
    assert [r["network_id"] for r in rows] == found.index.tolist()
    assert [r["model"] or None for r in rows] == found["model"].where(
        found["model"].notna(), None
    ).tolist()


def test_the_csv_of_a_profile_is_one_long_table(run):
    out = run("profile", "reglab_dk", "--format", "csv", "--quiet")[1]
    listed = rows_of(out)
    columns = "section,key,label,value,basis,rule,source,evidence"
    assert out.splitlines()[0] == columns
    rows = json.loads(run("profile", "reglab_dk", "--format", "json", "--quiet")[1])["rows"]
    for section, answer in (("statements", "value"), ("scorecard", "answer"), ("risks", "answer")):
        mine = [r for r in rows if r["section"] == section]
        long = [r for r in listed if r["section"] == section]
        assert [r[answer] or "" for r in mine] == [r["value"] for r in long]
    assert all(r["label"] and r["basis"] for r in listed)
    known = [r for r in listed if r["basis"] != "unknown"]
    assert all(r["value"] for r in known)
    (regions,) = [r for r in listed if (r["key"], r["value"]) == ("1.payer", "regions")]
    assert regions["source"].startswith("VALUMA report")
    amounts = {r["key"]: r["value"] for r in listed if r["section"] == "funding"}
    assert float(amounts["1.amount"]) == 50_000


@pytest.mark.parametrize("words", [["quadrant"], ["profile", "fisu"]])
def test_each_part_of_a_place_has_its_own_basis(run, finland, words):
    _, out, _ = run(*words, "--format", "json", "--quiet")
    rows = json.loads(out)["rows"]
    rows = [r for r in rows if r.get("section", "position") == "position"]
    found = placing.quadrant(finland)
    for row in rows:
        mine = found.loc[row.get("network_id", "fisu")]
        for part in ("direction", "focus", "model"):
            assert row[f"{part}_basis"] == mine[f"{part}_basis"]
    if words == ["quadrant"]:  # a table shows all three, and they differ
        line = next(x for x in run(*words, "--quiet")[1].splitlines() if "sub-regional" in x)
        mine = found.loc["seutukaupunkiverkosto"]
        shown = [mine[f"{part}_basis"] for part in ("direction", "focus", "model")]
        assert [w for w in line.split() if w in {"stated", "coded", "inferred"}] == shown


def test_sources_are_cited_in_the_language_of_the_table(run):
    words = ("profile", "fisu", "--lang", "fi")
    out = run(*words, "--quiet")[1]
    assert "VALUMA-raportti, luku 5.3, Malli B" in out
    assert "VALUMA report" not in out
    assert "VALUMA report" in run(*words, "--format", "csv", "--quiet")[1]
    assert "VALUMA report" in run(*words, "--format", "json", "--quiet")[1]


@pytest.mark.parametrize(
    ("lang", "source"),
    [
        ("fi", 'f.xlsx, taulukko "Svar", C12'),
        ("sv", 'f.xlsx, blad "Svar", C12'),
        ("en", 'f.xlsx, sheet "Svar", C12'),
    ],
)
def test_a_cell_of_a_form_is_cited_in_words(lang, source):
    assert cited('f.xlsx, sheet "Svar", C12', lang) == source


def test_what_goals_lack_is_told(run):
    rows = json.loads(run("profile", "fisu", "--format", "json", "--quiet")[1])["rows"]
    gaps = [r for r in rows if r["section"] == "impact_gaps"]
    assert {r["check"] for r in gaps} == {"activity", "result", "indicator"}
    out = run("profile", "fisu", "--quiet")[1]
    assert "What is told of the goals" in out


def test_people_read_what_measures_count_and_the_rank_of_how_many(run, finland):
    out = run("profile", "fisu", "--quiet")[1].partition("Place among the networks")[2]
    assert f" of {len(finland.networks)} " in out
    assert "counted too" in out
    assert "Component" not in out
    rows = json.loads(run("profile", "fisu", "--format", "json", "--quiet")[1])["rows"]
    assert {"component", "betweenness"} <= {r.get("measure") for r in rows}


@pytest.mark.parametrize("lang", text.LANGS)
def test_compare_speaks_its_language_in_every_cell(run, lang):
    out = run("compare", "fisu", "keino", "--lang", lang, "--quiet")[1]
    assert text.t("cli.heading.scorecard", lang) in out
    assert not {"scorecard", "structure"} & {line.split("  ")[0] for line in out.splitlines()}
    assert "0.0156" not in out
    line = next(x for x in out.splitlines() if text.t("structure.coverage", lang) in x)
    assert line.count(text.percent(1, lang)) == 2


@pytest.mark.parametrize(
    ("value", "shown"), [(50000.0, "50,000"), (1234.5, "1,234.50"), (0.0, "0")]
)
def test_amounts_have_cents_only_where_there_are_any(value, shown):
    frame = pd.DataFrame({"amount": [value], "fee_low": [value]})
    answer = Answer("x", {}, [Section("funding", frame, ["amount", "fee_low"])])
    assert render(answer, "table", "en").splitlines()[-1].split() == [shown, shown]


# -- the part of a place --------------------------------------------------------------------------


def test_roles_equal_the_library(run, finland):
    code, out, err = run("roles", "Hämeenlinna", "--format", "json", "--quiet")
    found = json.loads(out)
    member = "municipality:FI-109"
    roles = parts.roles(finland, member)
    fees = dues.fees(finland, member).drop_duplicates("network_id").set_index("network_id")
    assert (code, err, found["summary"]["place"]) == (0, "", member)
    assert [r["network_id"] for r in found["rows"]] == roles.index.tolist()
    assert [r["role"] for r in found["rows"]] == roles["role"].tolist()
    assert [r["fee_status"] for r in found["rows"]] == fees["status"].reindex(roles.index).tolist()
    counts = roles["role"].value_counts()
    assert found["summary"]["engine"] == counts["engine"]
    assert found["summary"]["networks"] == len(roles)
    corridor = next(r for r in found["rows"] if r["network_id"] == "suomen_kasvukaytava")
    assert corridor["role"] == "engine"  # the host city, by Annex 3
    assert all(r["source"] for r in found["rows"] if r["basis"] != "unknown")


@pytest.mark.parametrize("lang", text.LANGS)
def test_roles_speak_three_languages(run, lang):
    code, out, err = run("roles", "Hämeenlinna", "--lang", lang)
    assert code == 0
    assert text.t("network_part.engine", lang) in out
    assert "Hämeenlinna" in err or "Tavastehus" in err
    assert "brokers between networks more than 100%" not in out


def test_roles_of_a_place_that_is_none(run):
    code, out, err = run("roles", "Hämenlinna")
    assert (code, out) == (2, "")
    assert "Hämeenlinna" in err


# -- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["profile", "fisu"],
        ["compare", "fisu", "keino"],
        ["timeline", "keino", "fisu"],
        ["quadrant", "fisu", "keino"],
    ],
)
def test_a_picture_is_written_beside_the_result(run, tmp_path, words):
    path = tmp_path / "picture.svg"
    code, out, err = run(*words, "--picture", path, "--format", "json")
    assert code == 0
    assert json.loads(out)["command"] == words[0]
    assert path.read_text("utf-8").startswith("<?xml")
    assert str(path) in err


def test_a_picture_of_another_kind_is_refused_before_any_work(run, tmp_path):
    code, out, err = run("quadrant", "--picture", tmp_path / "x.gif")
    assert (code, out) == (2, "")
    assert "--picture" in err
    assert ".png" in err


# -- wrong usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["profile"], "NETWORK"),
        (["profile", "Fisuu"], "fisu"),
        (["profile", "fisu", "--form", "no-such.xlsx"], "no-such.xlsx"),
        (["profile", "fisu", "--only"], "profile --form FILE --only"),
        (["compare", "fisu"], "at least two"),
        (["compare", "fisu", "Fisu-verkosto"], "at least two"),
        (["risks", "--fail-on", "duplicate", "--without", "duplicate"], "--without"),
        (["risks", "--without", "bad_luck"], "single_funder"),
        (["risks", "--fail-on", "bad_luck"], "single_funder"),
        (["timeline", "Nowhere"], "Nowhere"),
        (["template", "-o", "form.csv"], ".xlsx"),
        (["template", "-o", "."], "folder"),
    ],
)
def test_wrong_usage_says_what_would_be_right(run, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


# -- forms ----------------------------------------------------------------------------------------


def test_a_form_that_is_there_is_never_replaced(run, form):
    before = form.read_bytes()
    code, _, err = run("template", "-o", form)
    assert code == 2
    assert "there already" in err
    assert form.read_bytes() == before


@pytest.mark.parametrize("lang", text.LANGS)
def test_an_empty_form_gives_unknown_everywhere(run, tmp_path, lang):
    path = tmp_path / "form.xlsx"
    assert run("template", "--lang", lang, "--network", "Uusi", "-o", path)[0] == 0
    code, out, _ = run("profile", "Uusi", "--form", path, "--format", "json", "--quiet")
    found = json.loads(out)
    assert code == 0
    assert found["summary"]["statements"] == 0
    assert found["summary"]["risks_unknown"] == 9
    assert found["summary"]["checks_unknown"] == len(scorecards.CHECKS)
    assert found["parameters"]["forms"] == [str(path)]


def test_a_form_is_data_of_other_commands(run, form):
    assert run("check", form)[0] == 0
    code, out, _ = run("info", form, "--format", "json", "--quiet")
    plain = json.loads(run("info", "--format", "json", "--quiet")[1])["summary"]["networks"]
    assert (code, json.loads(out)["summary"]["networks"]) == (0, plain + 1)


def test_a_form_alone(run, form):
    code, out, err = run("risks", "Oma verkosto", "--form", form, "--only", "--format", "csv")
    assert code == 0
    assert {r["answer"] for r in rows_of(out)} == {"unknown"}
    assert "Traceback" not in err


def test_forms_and_tables_together(run, form, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("kunta,verkosto\nKuhmo,Toinen verkosto\nKuusamo,Toinen verkosto\n")
    code, out, _ = run(
        "compare", "Oma verkosto", "Toinen verkosto", "--form", form, table, "--format", "csv",
        "--quiet",
    )  # fmt: skip
    assert code == 0
    names = {r["name"] for r in rows_of(out)}
    assert names == {"Oma verkosto", "Toinen verkosto"}


def test_a_workbook_that_is_no_form_is_read_as_a_table(run, tmp_path):
    path = tmp_path / "own.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["kunta", "verkosto"])
    book.active.append(["Kuhmo", "Toinen verkosto"])
    book.save(path)
    code, out, _ = run("profile", "Toinen verkosto", "--form", path, "--format", "json", "--quiet")
    assert code == 0
    assert json.loads(out)["summary"]["name"] == "Toinen verkosto"


def test_a_form_with_errors_is_refused_in_the_words_of_check(run, tmp_path):
    wrong = Form(tmp_path / "own.xlsx")
    wrong.put("network", "name_fi", "Oma verkosto")
    wrong.put("answers", "openness", "opennn")
    form = wrong.save()
    code, out, err = run("check", form)
    assert code == 1
    assert "opennn" in out
    code, out, err = run("profile", "Oma verkosto", "--form", form)
    assert (code, out) == (1, "")
    assert "opennn" in err
    assert "valuma-graph check" in err
    assert "Traceback" not in err
