"""The command line: answers, forms, exit codes, and what stays off stdout."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import openpyxl
import pandas as pd
import pytest

import valuma_graph as vg
from valuma_graph import exports, measures, text
from valuma_graph.cli import answers, app, commands, console
from valuma_graph.measures import isolates

COMMANDS = (
    "report", "info", "check", "measure", "overlap", "backbone", "isolated", "portfolio", "map",
    "corridor", "footprint", "boundaries", "export", "profile", "compare", "risks", "timeline",
    "quadrant", "roles", "template",
)  # fmt: skip
ANSWERS = {
    "info": ["info"],
    "check": ["check"],
    "measure": ["measure", "--top", "5"],
    "overlap": ["overlap", "--top", "5"],
    "backbone": ["backbone", "--top", "5"],
    "isolated": ["isolated"],
    "portfolio": ["portfolio", "Kainuu"],
}
SUMMARY = {
    "info": {
        "year", "members", "networks", "memberships", "set_aside", "networks_stating",
        "declared", "known_of_declared", "lists_complete", "lists_partial", "lists_unknown",
    },
    "check": {"errors", "warnings"},
    "measure": {
        "rows", "listed", "elsewhere", "members", "networks", "memberships", "lists_complete",
        "lists_partial", "lists_unknown",
    },
    "overlap": {
        "pairs", "listed", "elsewhere", "members", "networks", "memberships", "lists_complete",
        "lists_partial", "lists_unknown",
    },
    "backbone": {
        "kept", "listed", "elsewhere", "tests_possible", "tests_overlapping", "members", "networks",
        "memberships", "lists_complete", "lists_partial", "lists_unknown",
    },
    "isolated": {
        "judged", "elsewhere", *isolates.STATUSES, "listed", "failed", "members", "networks",
        "memberships", "lists_complete", "lists_partial", "lists_unknown",
    },
    "portfolio": {
        "member_id", "name", "kind", "former_member_id", "status", "networks",
        "networks_possible", "depends_on", "peers", "lacks", "compared_by", "lists_complete",
        "lists_partial", "lists_unknown",
    },
}  # fmt: skip
ROWS = {
    "info": {"section", "item", "label", "count"},
    "measure": {
        "member_id", "name", "kind", "country", *measures.CENTRALITIES, "constraint",
        "effective_size", "efficiency", "hierarchy", "regions_bridged",
    },
    "overlap": {
        "a", "name_a", "b", "name_b", "size_a", "size_b", "shared", "jaccard",
        "overlap_coefficient", "list_status_a", "list_status_b",
    },
    "backbone": {"a", "name_a", "b", "name_b", "shared", "expected", "p", "q", "sign"},
    "isolated": {
        "member_id", "kind", "name", "country", "status", "networks", "networks_possible",
        "peers", "component", "depends_on", "depends_on_name", "expected_networks",
        "neighbours_in",
    },
}  # fmt: skip
CHOSEN = {
    "data", "data_folder", "only", "year", "evidence", "snapshot_gap", "undated", "statutory",
    "network_kinds", "lang",
}  # fmt: skip


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "kunta,verkosto\nKuhmo,Oma verkosto\nValtimo,Oma verkosto\nTampere,Hinku-verkosto\n"
    )
    return path


@pytest.fixture
def faulty(tmp_path):
    path = tmp_path / "faulty.csv"
    path.write_text(
        "kunta,verkosto\nTamprere,Hinku-verkosto\nKuhmo,Hinku-verkosto\nTamprere,Fisu-verkosto\n"
    )
    return path


def rows_of(out):
    return list(csv.DictReader(io.StringIO(out)))


# -- help, version, wrong usage -------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_can_be_run(run, command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    example = out.partition("Example\n")[2].strip()
    assert example.startswith(f"valuma-graph {command}")
    app.parse_args(example.split()[1:], exit_on_error=False, print_error=False)


def test_help_lists_the_commands_and_no_others(run):
    code, out, _ = run("--help")
    assert code == 0
    listed = re.findall(r"^│ (\w+) +\S", out, flags=re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_version(run):
    assert run("--version") == (0, f"{vg.__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nope"], "isolated"),
        (["isolated", "--yaer", "2019"], "--year"),
        (["isolated", "--year", "soon"], "soon"),
        (["isolated", "--year", "1999"], "2013–2026"),
        (["isolated", "--status", "lonely"], "no_known_membership"),
        (["isolated", "--min-networks", "0"], "1"),
        (["isolated", "--snapshot-gap", "-1"], "0"),
        (["isolated", "--evidence", "strong"], "composite"),
        (["isolated", "--statutory", "county"], "region"),
        (["isolated", "--network-kinds", "club"], "programme"),
        (["isolated", "--only"], "FILE --only"),
        (["isolated", "no-such-file.csv"], "no-such-file.csv"),
        (["isolated", "--data", "no-such-folder"], "no-such-folder"),
        (["isolated", "-o", "list.pdf"], ".json"),
        (["isolated", "--format", "xlsx"], "-o file.xlsx"),
        (["isolated", "-o", "."], "folder"),
        (["measure", "--level", "village"], "municipality"),
        (["measure", "--measures", "fame"], "betweenness"),
        (["overlap", "--mode", "pairs"], "networks"),
        (["overlap", "--lang", "no"], "sv"),
        (["portfolio"], "PLACE"),
        (["portfolio", "Tamprere"], "Tampere (837)"),
        (["portfolio", "Koski"], "Koski Tl (284)"),
        (["portfolio", "hinku"], "valuma-graph report --about hinku"),
        (["portfolio", "Hinku-verkosto"], "valuma-graph report --about hinku"),
        (["report", "--about", "Fisu-verkostot", "-o", "x"], "Fisu-verkosto"),
        (["export"], "FILE"),
        (["export", "graph.bmp"], ".graphml"),
    ],
)
def test_wrong_usage_says_what_would_be_right(run, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("lang", "word"), [("fi", "Tarkoititko"), ("sv", "Menade du"), ("en", "Did you mean")]
)
def test_what_is_wrong_is_said_in_the_language_asked_for(run, lang, word):
    code, _, err = run("portfolio", "Tamprere", "--lang", lang)
    assert code == 2
    assert f"{word}: Tampere (837)?" in err


def test_an_interrupt_ends_quietly(run, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(isolates, "isolation", stop)
    assert run("isolated") == (130, "", "Stopped.\n")


# -- isolated -------------------------------------------------------------------------------------


def test_isolated_lists_whoever_is_not_connected(run):
    code, out, err = run("isolated", "--format", "csv", "--quiet")
    rows = rows_of(out)
    assert (code, err) == (0, "")
    found = vg.isolation(vg.datasets.finland(year=2019), level="municipality", lang="en")
    found = found[found.index.str.startswith("municipality:FI-")]
    flagged = found[found["status"] != "connected"]
    assert {r["member_id"]: r["status"] for r in rows} == flagged["status"].to_dict()
    order = [isolates.STATUSES.index(r["status"]) for r in rows]
    assert order == sorted(order)


def test_isolated_says_how_much_is_unknown(run):
    _, out, err = run("isolated", "--format", "json")
    summary = json.loads(out)["summary"]
    assert f"partial {summary['lists_partial']}, unknown {summary['lists_unknown']}" in err
    assert summary["judged"] == sum(summary[s] for s in isolates.STATUSES) == 311
    assert summary["lists_partial"] > 0


def test_isolated_judges_places_abroad_only_when_asked(run):
    at_home = rows_of(run("isolated", "--level", "region", "--all-rows", "--format", "csv")[1])
    assert len(at_home) == 19
    assert {r["country"] for r in at_home} == {"FI"}
    words = ("isolated", "--level", "region", "--all-rows", "--abroad", "--format", "csv")
    assert {"SE", "NO"} <= {r["country"] for r in rows_of(run(*words)[1])}


def test_every_command_that_lists_a_level_leaves_out_the_same_places(run):
    judged = json.loads(run("isolated", "--format", "json")[1])["summary"]
    left_out = f"{judged['elsewhere']} places of other countries or times are left out"
    words = ("measure", "--level", "municipality", "--format", "json")
    _, out, err = run(*words)
    measured = json.loads(out)
    assert measured["summary"]["rows"] == judged["judged"] == 311
    assert measured["summary"]["elsewhere"] == judged["elsewhere"] > 0
    assert {row["country"] for row in measured["rows"]} == {"FI"}
    assert left_out in err
    everywhere = json.loads(run(*words, "--abroad")[1])
    assert everywhere["summary"]["rows"] == judged["judged"] + judged["elsewhere"]
    assert left_out not in run(*words, "--abroad")[2]

    words = ("overlap", "--mode", "members", "--level", "municipality", "--format", "json")
    _, out, err = run(*words)
    at_home = {row["member_id"] for row in measured["rows"]}
    assert all({row["a"], row["b"]} <= at_home for row in json.loads(out)["rows"])
    assert left_out in err
    assert len(json.loads(run(*words, "--abroad")[1])["rows"]) > len(json.loads(out)["rows"])


def test_nothing_to_list_is_a_sentence_and_not_a_table(run):
    words = ("isolated", "--status", "separate_component", "--level", "region")
    code, out, err = run(*words)
    assert (code, out) == (0, "")
    assert "Nobody is flagged: all (19) are connected." in err
    assert json.loads(run(*words, "--format", "json")[1])["rows"] == []
    assert run(*words, "--format", "csv")[1].startswith("member_id,kind,name,")
    assert len(run(*words, "--format", "csv")[1].splitlines()) == 1
    for words in (("isolated", "--status", "isolated"), ("overlap", "--min-shared", "999")):
        assert run(*words)[1] == ""
        assert "Nothing to list." in run(*words)[2]


@pytest.mark.parametrize(
    ("lang", "word"), [("fi", "”Enintään”:"), ("sv", "”Högst”:"), ("en", "“At most”:")]
)
def test_at_most_is_explained_where_it_is_shown(run, lang, word):
    assert word in run("isolated", "--lang", lang)[2]
    assert word in run("portfolio", "Kainuu", "--lang", lang)[2]
    assert word not in run("measure", "--top", "1", "--lang", lang)[2]


def test_isolated_puts_own_municipalities_into_their_regions(run, own):
    words = ("isolated", own, "--only", "--level", "sub_region", "--format", "csv", "--all-rows")
    rows = rows_of(run(*words)[1])
    assert [(r["name"], r["country"]) for r in rows] == [
        ("Kehys-Kainuu", "FI"),
        ("Pielisen Karjala", "FI"),
        ("Tampere", "FI"),
    ]


def test_isolated_fails_on_what_it_was_told_to(run):
    code, out, err = run("isolated", "--fail-on", "no_known_membership", "isolated")
    assert code == 3
    assert "Brändö" in out
    assert "--fail-on" in err
    assert run("isolated", "--fail-on", "isolated", "--fail-on", "separate_component")[0] == 0


def test_isolated_takes_statutory_networks_and_kinds(run):
    words = ("isolated", "--statutory", "region", "--network-kinds", "statutory")
    code, out, _ = run(*words, "--format", "json", "--all-rows")
    document = json.loads(out)
    assert code == 0
    assert document["summary"]["networks"] == 19
    assert {row["networks"] for row in document["rows"]} == {1}


def test_the_statuses_and_measures_of_the_command_line_are_those_of_the_library():
    assert get_args(commands.Status) == isolates.STATUSES == answers.STATUSES
    scores = vg.brokerage(vg.datasets.southern_women())
    assert get_args(commands.Measure) == (*measures.CENTRALITIES, *scores.columns)


def test_all_endings_that_export_can_write_are_offered():
    assert {".graphml", ".gexf", ".csv", ".xlsx", ""} <= set(exports.SUFFIXES)


# -- the other commands ---------------------------------------------------------------------------


def test_measure_orders_by_the_first_measure(run):
    words = ("measure", "--measures", "betweenness", "degree", "--format", "csv")
    rows = rows_of(run(*words)[1])
    scores = [float(r["betweenness"]) for r in rows]
    assert scores == sorted(scores, reverse=True)
    assert list(rows[0]) == ["member_id", "name", "kind", "country", "betweenness", "degree"]


def test_measure_of_regions_counts_their_municipalities(run):
    words = ("measure", "--level", "region", "--measures", "degree", "--format", "csv")
    degree = {r["member_id"]: int(r["degree"]) for r in rows_of(run(*words)[1])}
    found = vg.isolation(vg.datasets.finland(year=2019), level="region")
    assert degree == found["networks"].to_dict()


def test_a_long_table_is_cut_and_says_so(run):
    code, out, err = run("measure")
    assert code == 0
    assert len(out.splitlines()) == answers.SHOWN + 2
    assert "30 of 682" in err
    assert len(run("measure", "--top", "0")[1].splitlines()) == 682 + 2
    assert len(rows_of(run("measure", "--format", "csv")[1])) == 682


def test_overlap_equals_the_library(run):
    rows = rows_of(run("overlap", "--min-shared", "4", "--format", "csv")[1])
    pairs = vg.overlap(vg.datasets.finland(year=2019), min_shared=4)
    assert [(r["a"], r["b"], int(r["shared"])) for r in rows] == list(
        pairs[["a", "b", "shared"]].itertuples(index=False, name=None)
    )


def test_portfolio_knows_a_place_by_any_name(run):
    ids = set()
    for name in ("Åbo", "Turku", "853", "municipality:FI-853", "Turun kaupunki"):
        code, out, _ = run("portfolio", name, "--format", "json")
        assert code == 0
        ids.add(json.loads(out)["summary"]["member_id"])
    assert ids == {"municipality:FI-853"}


def test_portfolio_of_a_former_municipality_is_that_of_its_successor(run):
    code, out, err = run("portfolio", "Valtimo", "--year", "2020", "--format", "json")
    summary = json.loads(out)["summary"]
    assert code == 0
    assert summary["member_id"] == "municipality:FI-541"
    assert summary["former_member_id"] == "municipality:FI-911"
    assert "Valtimo has merged: its area now belongs to Nurmes." in err
    assert json.loads(run("portfolio", "Valtimo", "--format", "json")[1])["summary"][
        "member_id"
    ] == ("municipality:FI-911")


def test_portfolio_tells_the_possible_from_what_is_known_not_to_be(run):
    _, out, _ = run("portfolio", "Helsinki", "--format", "json", "--top", "0")
    rows = json.loads(out)["rows"]
    parts = {s: [r for r in rows if r["section"] == s] for s in ("networks", "peers", "lacks")}
    mine = {r["network_id"] for r in parts["networks"] if r["counted"]}
    assert not mine & {r["network_id"] for r in parts["lacks"]}
    for row in parts["lacks"]:
        if row["list_status"] == "complete":
            assert row["standing"] == "not_member"
    assert {r["standing"] for r in parts["lacks"]} == {"possible", "not_member"}
    kinds = [r["kind"] == "municipality" for r in parts["peers"]]
    assert kinds == sorted(kinds, reverse=True)


def test_portfolio_of_a_region_counts_its_municipalities(run):
    _, out, _ = run("portfolio", "Kainuu", "--format", "json")
    document = json.loads(out)
    found = vg.isolation(vg.datasets.finland(year=2019), level="region").loc["region:FI-18"]
    rows = [r for r in document["rows"] if r["section"] == "networks" and r["counted"]]
    assert len({r["network_id"] for r in rows}) == found["networks"]
    through = [r["through"] for r in rows if r["through"]]
    assert through
    assert all(i.startswith("municipality:FI-") for ids in through for i in ids.split(";"))


def test_portfolio_says_that_its_lists_are_cut(run):
    document = json.loads(run("portfolio", "Kainuu", "--format", "json")[1])
    peers, lacks = (document["summary"][name] for name in ("peers", "lacks"))
    err = run("portfolio", "Kainuu", "--top", "3")[2]
    assert f"Lists are cut: peers 3 of {peers}, networks 3 of {lacks}; “--top 0”" in err
    assert "--top" not in run("portfolio", "Kainuu", "--top", "0")[2]


@pytest.mark.parametrize("place", ["Kainuu", "Uusimaa"])
@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_portfolio_is_narrow_enough_to_read(asked, place, lang):
    _, out, _ = asked("portfolio", place, "--lang", lang)
    assert max(map(len, out.splitlines())) <= 115
    columns = rows_of(asked("portfolio", place, "--format", "csv")[1])[0]
    assert {"kind", "as_of", "evidence", "through", "through_names", "municipalities"} <= {*columns}


def test_portfolio_of_someone_in_no_network_compares_with_the_region(run):
    _, out, err = run("portfolio", "Brändö", "--format", "json")
    document = json.loads(out)
    assert document["summary"]["networks"] == 0
    assert document["summary"]["compared_by"] == "region"
    assert "same region" in err or "its region" in err or not document["summary"]["lacks"]


def test_info_counts_everything_once(run):
    code, out, _ = run("info", "--format", "json")
    document = json.loads(out)
    summary = document["summary"]
    total = {}
    for row in document["rows"]:
        if row["count"] is not None:
            total[row["section"]] = total.get(row["section"], 0) + row["count"]
    assert code == 0
    assert total["member_kind"] == summary["members"]
    assert total["network_kind"] == total["list_status"] == total["list_year"]
    assert total["network_kind"] == summary["networks"]
    assert total["set_aside"] == summary["set_aside"]
    titles = [r["label"] for r in document["rows"] if r["section"] == "source"]
    assert any("Creative Commons" in title for title in titles)


def test_info_says_itself_why_rows_are_not_used(run):
    _, out, err = run("info")
    assert "valuma-graph info" not in err
    assert "rows are not used: the table “Rows not used” says why." in err
    assert "Rows not used" in out
    assert "“valuma-graph info” says why" in run("isolated")[2]


def test_one_is_not_several(run, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("kunta,verkosto,alkaen\nKuhmo,Oma,2015\nKuhmo,Oma,2015-03\n")
    _, _, err = run("isolated", path, "--only", "--level", "all")
    assert "1 member, 1 network, 1 membership." in err
    assert "1 member judged: " in err
    one = re.compile(r"\b1 (?!member|network|membership|row|place)\w+s\b")
    for command in ("isolated", "info", "measure", "overlap"):
        assert not one.search(run(command, path, "--only")[2])
    assert text.t("cli.about.aside", "en", n=1, command="x").startswith("1 row is not used")
    assert text.t("cli.about.aside", "fi", n=1, command="x").startswith("1 rivi jäi")
    assert text.t("cli.about.aside", "sv", n=2, command="x").startswith("2 rader")
    assert text.t("cli.about.aside", "en", n=1350, command="x").startswith("1,350 rows are")


def test_check_of_the_bundled_tables_finds_no_error(run):
    code, _, err = run("check")
    assert code == 0
    assert "Traceback" not in err


def test_check_lists_every_problem_and_exits_with_1(run, faulty):
    code, out, err = run("check", faulty)
    assert code == 1
    lines = out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"{faulty}, rows 2, 4, column kunta: error: ")
    assert "Tampere (837)" in lines[0]
    assert err.startswith("Errors: 2, warnings: 0.\nThe list of members of the network Hinku")
    assert "is not taken as complete" in err  # the bundled list of it is partial
    code, out, _ = run("check", faulty, "--format", "csv")
    assert code == 1
    assert [r["row"] for r in rows_of(out)] == ["2", "4"]
    assert "rivit 2, 4, sarake kunta: virhe: " in run("check", faulty, "--lang", "fi")[1]


def test_check_passes_what_is_well(run, own):
    assert run("check", own)[:2] == (0, "")
    assert json.loads(run("check", own, "--format", "json")[1])["rows"] == []


def test_tables_with_errors_are_refused_by_every_command(run, faulty):
    for command in ("info", "measure", "overlap", "isolated"):
        code, out, err = run(command, faulty)
        assert (code, out) == (1, "")
        assert "Tamprere" in err


def test_another_folder_that_is_no_data_folder_is_refused(run, tmp_path):
    code, out, err = run("info", "--data", tmp_path)
    assert (code, out) == (1, "")
    assert "valuma-graph check --data" in err


def test_export_writes_what_the_ending_says_and_names_it(run, tmp_path):
    path = tmp_path / "graph.graphml"
    code, out, err = run("export", path, "--year", "2016")
    assert (code, out, err) == (0, f"{path}\n", "")
    assert path.stat().st_size > 0
    code, out, _ = run("export", tmp_path / "tables")
    assert code == 0
    assert sorted(p.name for p in (tmp_path / "tables").iterdir()) == [
        "members.csv",
        "memberships.csv",
        "networks.csv",
    ]


def test_report_writes_a_folder(run, tmp_path, own):
    folder = tmp_path / "out"
    code, out, err = run("report", own, "--only", "--about", "Kuhmo", "-o", folder, "--lang", "sv")
    assert code == 0
    assert out == f"{folder / 'index.html'}\n"
    assert "webbläsare" in err
    page = (folder / "index.html").read_text("utf-8")
    assert str(tmp_path) not in page
    assert "valuma-graph report own.csv" in page


# -- a user's own tables --------------------------------------------------------------------------


def test_own_rows_are_added_to_the_bundled_data(run, own):
    alone = json.loads(run("info", "--format", "json")[1])["summary"]
    both = json.loads(run("info", own, "--format", "json")[1])["summary"]
    assert both["networks"] == alone["networks"] + 1
    # That Tampere is in Hinku was known.
    assert both["memberships"] == alone["memberships"] + 2
    assert both["set_aside"] == alone["set_aside"] + 1


def test_own_rows_stand_in_every_year_and_never_displace_a_list(own):
    from valuma_graph import datasets, intake, reading
    from valuma_graph.places import gazetteer

    found = intake.prepare(own, known=datasets.register())
    beside = reading.accept(found, known=gazetteer())
    for year in (2014, 2019, 2026):
        plain, both = (datasets.finland(year=year, beside=b) for b in (None, beside))
        edges = [
            set(a.memberships[["member_id", "network_id"]].itertuples(index=False, name=None))
            for a in (plain, both)
        ]
        assert edges[0] <= edges[1]
        added = {("municipality:FI-290", "oma_verkosto"), ("municipality:FI-837", "hinku")}
        assert added <= edges[1]
        assert both.at(2019).memberships.equals(datasets.finland(beside=beside).memberships)


def test_own_tables_can_stand_alone(run, own):
    code, out, _ = run("isolated", own, "--only", "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert document["parameters"]["year"] is None
    assert {r["member_id"] for r in document["rows"]} == {
        "municipality:FI-290", "municipality:FI-541", "municipality:FI-837",
    }  # fmt: skip


def test_warnings_in_own_tables_are_counted(run, tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("kunta,verkosto\nKuhmo,Oma\nKuhmo,Oma\nPori,Oma\n")
    code, _, err = run("info", path)
    assert code == 0
    assert "Warnings in" in err
    assert "Warnings in" not in run("info", path, "--quiet")[2]


# -- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ANSWERS)
def test_json_has_the_promised_keys(asked, command):
    _, out, _ = asked(*ANSWERS[command], "--format", "json")
    document = json.loads(out, parse_constant=pytest.fail)
    assert list(document) == [
        "schema_version",
        "command",
        "version",
        "parameters",
        "summary",
        "rows",
    ]
    assert document["schema_version"] == console.SCHEMA_VERSION == 1
    assert document["command"] == command
    assert set(document["summary"]) == SUMMARY[command]
    if command != "check":
        assert set(document["parameters"]) >= CHOSEN
    if command in ROWS:
        assert all(set(row) == ROWS[command] for row in document["rows"])


@pytest.mark.parametrize(
    ("command", "form"),
    # every command as a table, and in one of the forms for machines
    [(c, f) for k, c in enumerate(ANSWERS) for f in ("table", ("csv", "json")[k % 2])],
)
def test_the_same_command_gives_the_same_bytes_and_words_stay_on_stderr(asked, run, command, form):
    words = [*ANSWERS[command], "--lang", "en"] if form == "table" else [*ANSWERS[command]]
    words += [] if form == "table" else ["--format", form]
    first, second = asked(*words), run(*words, "--quiet")
    assert first[:2] == second[:2]
    assert first[2]
    assert second[2] == ""
    assert not set(first[2].splitlines()) & set(first[1].splitlines())


@pytest.mark.parametrize("command", ANSWERS)
@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_tables_speak_three_languages(asked, command, lang):
    code, _, err = asked(*ANSWERS[command], "--lang", lang)
    assert code == 0
    assert "{" not in err


@pytest.mark.parametrize("command", ["info", "measure", "overlap", "isolated", "portfolio"])
def test_csv_and_json_hold_the_same_rows(asked, command):
    table = rows_of(asked(*ANSWERS[command], "--format", "csv")[1])
    rows = json.loads(asked(*ANSWERS[command], "--format", "json")[1])["rows"]
    assert len(table) == len(rows)
    for flat, row in zip(table, rows, strict=True):
        for key, value in row.items():
            assert (flat[key] == "") == (value is None)
            if isinstance(value, str):
                assert flat[key].removeprefix("'") == value.removeprefix("'")
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                assert float(flat[key]) == pytest.approx(value)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", column) for column in table[0])


@pytest.mark.parametrize("suffix", [".csv", ".json", ".txt", ".xlsx"])
def test_output_goes_to_a_file_in_the_form_of_its_ending(run, tmp_path, suffix):
    path = tmp_path / f"new/list{suffix}"
    code, out, err = run("isolated", "-o", path, "--status", "no_known_membership")
    assert (code, out) == (0, "")
    assert f"Written: {path}" in err
    if suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path)["members"]
        assert next(sheet.iter_rows(values_only=True))[0] == "member_id"
    elif suffix == ".json":
        rows = json.loads(path.read_text("utf-8"))["rows"]
        assert {row["status"] for row in rows} == {"no_known_membership"}
    else:
        assert "Brändö" in path.read_text("utf-8")
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_format_goes_before_the_ending(run, tmp_path):
    path = tmp_path / "list.dat"
    assert run("isolated", "-o", path, "--format", "json")[0] == 0
    assert json.loads(path.read_text("utf-8"))["command"] == "isolated"


def test_a_failure_leaves_the_old_file_and_nothing_else(run, tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    path.write_text("old")
    assert run("isolated", "-o", path, "--year", "1999")[0] == 2

    def full(*_, **__):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(console, "render", full)
    code, _, err = run("isolated", "-o", path)
    assert code == 2
    assert "No space left on device" in err
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["list.csv"]


# -- hostile names --------------------------------------------------------------------------------

HOSTILE = "=cmd|'/C calc'!A0 [bold red]x[/] \x1b[2J\u202ecod.exe \x9b31m <b>"


@pytest.fixture
def hostile():
    frame = pd.DataFrame(
        {"name": [HOSTILE, "Pori"], "kind": ["municipality", None], "shared": [3, 2]}
    )
    section = console.Section("peers", frame, ["name", "kind", "shared"])
    return console.Answer("portfolio", {"name": HOSTILE}, [section])


@pytest.mark.parametrize("on_terminal", [False, True])
def test_hostile_names_are_text_in_a_table(hostile, on_terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    made = console.render(hostile, "table", "en", on_terminal=on_terminal)
    assert "[bold red]x[/]" in made
    assert not set(made) & {"\x9b", "\u202e"}
    assert "\x1b[2J" not in made
    assert r"\x1b[2J\u202ecod.exe" in made
    assert "municipality" in made
    assert "–" in made


def test_hostile_names_in_json_are_escaped_and_come_back(hostile):
    made = console.render(hostile, "json", "en")
    assert not set(made) & {"\x9b", "\u202e", "\x1b"}
    assert json.loads(made)["rows"][0]["name"] == HOSTILE


def test_formulas_in_csv_are_guarded(hostile):
    made = console.render(hostile, "csv", "en")
    assert rows_of(made)[0]["name"] == f"'{HOSTILE}"
    assert not set(console.render(hostile, "csv", "en", on_terminal=True)) & {"\x1b", "\u202e"}


def test_hostile_words_on_stderr_are_written_out(run):
    code, _, err = run("portfolio", "\x1b[2J\u202eoba")
    assert code == 2
    assert not set(err) & {"\x1b", "\u202e"}


def test_a_surrogate_from_a_file_name_does_not_break_the_output(run):
    code, _, err = run("info", "bad\udcff.csv")
    assert code == 2
    assert "bad\\udcff.csv" in err


def test_wide_and_combining_characters_keep_the_columns_aligned():
    frame = pd.DataFrame({"name": ["京都", "A\u030abo", "Pori"], "shared": [1, 2, 3]})
    answer = console.Answer("portfolio", {}, [console.Section("peers", frame, ["name", "shared"])])
    lines = console.render(answer, "table", "en").splitlines()
    assert lines[2:] == ["京都       1", "A\u030abo        2", "Pori       3"]


# -- as a process ---------------------------------------------------------------------------------


def process(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "valuma_graph", *words],
        capture_output=True,
        check=False,
        encoding="utf-8",
        **options,
    )


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from valuma_graph.cli import main; main(['isolated', '--help']); "
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )
    for heavy in ("pandas", "numpy", "scipy", "igraph", "networkx", "geopandas", "matplotlib"):
        assert repr(heavy) not in done.stderr


def test_isolated_needs_neither_maps_nor_geometry():
    code = (
        "import sys; from valuma_graph.cli import main; main(['isolated', '--quiet']); "
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )
    for heavy in ("geopandas", "networkx", "shapely", "rich", "openpyxl", "jinja2"):
        assert repr(heavy) not in done.stderr


def test_the_exit_codes_reach_the_shell(faulty):
    assert process("isolated", "--quiet").returncode == 0
    assert process("check", str(faulty)).returncode == 1
    assert process("isolated", "--nope").returncode == 2
    assert process("isolated", "--fail-on", "no_known_membership").returncode == 3


def test_it_speaks_utf_8_whatever_the_locale_says():
    plain = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "valuma_graph", "isolated", "--format", "csv", "--lang", "fi"],
        capture_output=True,
        check=True,
        env=plain,
    )
    assert "Brändö" in done.stdout.decode("utf-8")


@pytest.fixture
def closed_pipe():
    """Return a pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


@pytest.mark.parametrize(
    "words",
    [["measure", "--top", "0", "--quiet"], ["check", "--quiet"], ["isolated", "--help"]],
)
def test_a_reader_that_goes_away_is_no_fault(closed_pipe, words):
    done = subprocess.run(
        [sys.executable, "-m", "valuma_graph", *words],
        stdout=closed_pipe,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_of_both_streams_that_goes_away_is_no_fault(closed_pipe):
    command = [sys.executable, "-m", "valuma_graph", "isolated"]
    assert (
        subprocess.run(command, stdout=closed_pipe, stderr=closed_pipe, check=False).returncode == 0
    )


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes streams")
@pytest.mark.parametrize("words", ["isolated", "--version"])
def test_closed_streams_are_no_fault(words):
    command = f'"{sys.executable}" -m valuma_graph {words} >&- 2>&-'
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_said_once():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "valuma_graph", "measure", "--quiet"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            encoding="utf-8",
        )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_progress_shows_on_a_terminal_only(capsys, monkeypatch):
    with console.working("Reading") as step:
        step("one")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with console.working("Reading [b]", quiet=True) as step:
        step("one")
    assert capsys.readouterr() == ("", "")
    with console.working("Reading [b]") as step:
        step("one")
    out, err = capsys.readouterr()
    assert out == ""
    assert "Reading [b]" in err


@pytest.mark.parametrize("command", ["report", "isolated", "measure"])
@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_faulty_tables_are_refused_in_the_words_of_check(run, faulty, tmp_path, command, lang):
    told = run("check", faulty, "--year", "2019", "--lang", lang)[1].splitlines()
    errors = [line for line in told if f": {text.t('cli.check.error', lang)}: " in line]
    folder = ("-o", tmp_path / "out") if command == "report" else ()
    code, out, err = run(command, faulty, *folder, "--lang", lang)
    assert (code, out) == (1, "")
    *lines, last = err.splitlines()
    assert lines == errors
    assert f"valuma-graph check {faulty} --year 2019" in last


def test_many_errors_are_cut_to_ten_lines(run, tmp_path):
    table = tmp_path / "many errors.csv"
    rows = "".join(f"Olematon{'xyzåäöqwrtpl'[i] * 5},Hinku\n" for i in range(12))
    table.write_text(f"kunta,verkosto\n{rows}", "utf-8")
    code, _, err = run("isolated", table, "--only")
    lines = err.splitlines()
    assert (code, len(lines)) == (1, 12)
    assert lines[-2] == "… and 2 more lines."
    assert f'valuma-graph check "{table}"' in lines[-1]


@pytest.mark.parametrize(
    "words",
    [
        ("isolated", "--year", "2019.5"), ("isolated", "--year", "2_019"),
        ("check", "--year", "2019.5"), ("measure", "--top", "2.5"), ("measure", "--top", "1e1"),
        ("overlap", "--min-shared", "2.5"), ("portfolio", "Turku", "--top", "all"),
        ("info", "--snapshot-gap", "1.5"),
    ],
)  # fmt: skip
def test_numbers_that_are_not_whole_are_refused_not_rounded(run, words):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert words[-1] in err
    assert words[-2] in err


def test_the_command_that_tells_of_unused_rows_names_the_same_data(run, tmp_path):
    table = tmp_path / "own list.csv"
    table.write_text(
        "kunta,verkosto,rooli,luettelo\nTurku,Hinku,jäsen,2019\nPori,Hinku,jäsen,2010\n"
    )
    err = run("isolated", table, "--only", "--year", "2019")[2]
    words = f'“valuma-graph info "{table}" --only --year 2019” says why'
    assert (words in err) == ("not used" in err)
    assert "“valuma-graph info --year 2020” says why" in run("isolated", "--year", "2020")[2]


def test_lists_of_a_users_tables_are_said_to_be_taken_as_complete(run, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("kunta,verkosto\nTurku,Omaverkko\n")
    assert "are taken as complete" in run("info", table, "--only")[2]
    assert "are taken as complete unless" in run("check", table)[2]
    assert "taken as complete" not in run("info")[2]


def test_a_portfolio_says_what_the_standing_means_and_that_nothing_lacks(run, tmp_path):
    table = tmp_path / "own.csv"
    table.write_text("kunta,verkosto\nTurku,Omaverkko\nPori,Omaverkko\n")
    err = run("portfolio", "Turku", table, "--only")[2]
    assert text.t("portfolio.lacks_none", "en") in err
    assert text.t("status_means.single_network", "en") in err
