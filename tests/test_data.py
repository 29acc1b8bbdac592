"""The bundled tables: they are sound, they hold the known facts, and faults in them are named."""

from __future__ import annotations

import csv
import json
import re
import shutil

import pandas as pd
import pytest

from valuma_graph import places
from valuma_graph.datacheck import check_data
from valuma_graph.text import LANGS

FOLDER = places.data_path()
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text("utf-8"))
RESOURCES = {r["name"]: r for r in PACKAGE["resources"]}
MUNICIPALITIES = {
    2013: 320,
    2015: 317,
    2016: 313,
    2019: 311,
    2020: 310,
    2021: 309,
    2025: 308,
    2026: 308,
}


def table(name):
    return pd.read_csv(FOLDER / RESOURCES[name]["path"], dtype=str, keep_default_na=False)


def members_of(network, *, as_of, roles=("member", "coordinator")):
    rows = table("memberships")
    rows = rows[rows["network_id"].eq(network) & rows["as_of"].str[:4].eq(as_of)]
    rows = rows[rows["role"].isin(roles) & rows["evidence"].isin(["explicit", "composite"])]
    return rows.drop_duplicates("member_id").assign(kind=rows["member_id"].str.split(":").str[0])


# The tables are sound


def test_bundled_data_checks_clean():
    assert check_data().to_dict("records") == []


@pytest.mark.parametrize("name", RESOURCES)
def test_every_row_has_a_source(name):
    column = "attribution" if name == "sources" else "source"
    assert table(name)[column].ne("").all()


@pytest.mark.parametrize("name", RESOURCES)
def test_every_column_is_described(name):
    assert all(f["description"].endswith((".", ")")) for f in RESOURCES[name]["schema"]["fields"])
    assert [f["name"] for f in RESOURCES[name]["schema"]["fields"]] == list(table(name).columns)


@pytest.mark.parametrize("path", sorted(p.relative_to(FOLDER) for p in FOLDER.rglob("*.csv")))
def test_files_are_plain_utf8_with_newlines(path):
    raw = (FOLDER / path).read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.decode("utf-8").endswith("\n")


@pytest.mark.parametrize("folder", ["municipalities", "networks", "networks/policy"])
def test_each_folder_tells_its_source_and_names_each_table(folder):
    words = (FOLDER / folder / "SOURCE.md").read_text("utf-8")
    assert "CC BY 4.0" in words
    assert "valuma-graph check" in words
    for path in (FOLDER / folder).glob("*.csv"):
        assert f"`{path.name}`" in words


# Facts


@pytest.mark.parametrize(("year", "count"), MUNICIPALITIES.items())
def test_municipalities_of_a_year(year, count):
    rows = table("municipalities")
    last = rows["valid_to_year"].replace("", "2026").astype(int)
    assert ((rows["valid_from_year"].astype(int) <= year) & (last >= year)).sum() == count


def test_population_at_the_end_of_2019():
    rows = table("population")
    of_2020 = rows[rows["division"].eq("2020") & rows["year"].eq("2019")]
    assert len(of_2020) == 310
    assert of_2020["population"].astype(int).sum() == 5_525_292


@pytest.mark.parametrize(
    ("network", "kinds"),
    [
        ("pohjoinen_kasvuvyohyke", {"municipality": 13, "region": 6}),
        ("fisu", {"municipality": 11}),
        ("nspa", {"region": 14}),
        ("reglab_se", {"region": 21, "organisation": 3}),
    ],
)
def test_members_in_2019(network, kinds):
    found = members_of(network, as_of="2019", roles=("member",))
    assert found["kind"].value_counts().to_dict() == kinds


def test_reglab_sweden_has_nothing_of_the_growth_corridor():
    found = members_of("reglab_se", as_of="2019")
    assert set(found.loc[found["kind"].eq("organisation"), "member_id"]) == {
        "organisation:skl",
        "organisation:tillvaxtverket",
        "organisation:vinnova",
    }
    network = table("networks").set_index("network_id").loc["reglab_se"]
    assert network["declared_total"] == network["held_members"] == "24"
    assert network["declared_municipalities"] == ""
    # A note may tell that the sentence was left out.
    rows = [
        table(name).query("network_id == 'reglab_se'").drop(columns="note")
        for name in ("memberships", "declared_counts", "network_attributes", "network_profiles")
    ]
    words = " ".join(" ".join(r) for frame in rows for r in frame.to_numpy(dtype=str))
    assert not re.search(r"municipality:FI|chambers? of commerce|Yrittäjät|kauppakamari", words)
    assert not re.search(r"\b(19|21) (cities|municipalities)", words)


def test_table_2_of_the_survey_adds_up():
    rows = table("survey").query("question_id == 'table2'").set_index("size_class")["value"]
    assert rows.drop("all").astype(int).sum() == int(rows["all"]) == 1687


def test_all_networks_of_the_report_are_there():
    networks = table("networks").query("in_report == 'yes'").set_index("network_id")
    assert len(networks) == 65
    assert set(table("network_profiles")["network_id"]) <= set(networks.index)
    unheld = networks[networks["held_members"].eq("0")]
    assert len(unheld) > 0
    assert set(unheld["list_status"]) <= {"unknown", "partial"}


def test_memberships_of_2012_find_the_successors_of_abolished_municipalities():
    merged = table("mergers").query("event == 'merger' and year == '2013'")
    successors = dict(zip(merged["from_code"], merged["to_code"], strict=True))
    assert successors == {"246": "740", "534": "297", "618": "740", "926": "678"}
    named = table("members").set_index("member_id")["name_fi"]
    assert [named[f"municipality:FI-{c}"] for c in successors] == [
        "Kerimäki",
        "Nilsiä",
        "Punkaharju",
        "Vihanti",
    ]


def test_choices_by_hand_give_their_reason():
    chosen = table("selections")
    groups = table("networks").query("kind == 'leader_group'")["network_id"]
    assert set(groups) <= set(chosen["network_id"])
    assert chosen["reason"].str.endswith(".").all()
    by_interval = {"hinku", "hinku_regions", "sip_sweden", "fairtrade_towns_fi"}
    assert set(chosen.query("rule == 'interval'")["network_id"]) == by_interval


# Faults are named


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(FOLDER, folder)
    return folder


def change(folder, name, edit):
    """Rewrite a table of a copy: `edit` gets the header and the rows and changes them."""
    path = folder / RESOURCES[name]["path"]
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    edit(header, rows)
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *rows])


def cell(name, column, value, **where):
    """Change one cell of the first row in which the columns of `where` have these values."""

    def apply(folder):
        found = []

        def edit(header, rows):
            for number, row in enumerate(rows, start=2):
                if all(row[header.index(k)] == v for k, v in where.items()):
                    row[header.index(column)] = value
                    found.append(number)
                    return

        change(folder, name, edit)
        return found[0]

    return apply


def repeated(name, **but):
    """Repeat the first row at the end, with other values in some columns."""

    def apply(folder):
        last = []

        def edit(header, rows):
            again = dict(zip(header, rows[0], strict=True)) | but
            rows.append(list(again.values()))
            last.append(len(rows) + 1)

        change(folder, name, edit)
        return last[0]

    return apply


KEY = "network_id, member_id, role, as_of, source"
FAULTS = {
    "unknown network": (
        cell("memberships", "network_id", "hinkuu", network_id="hinku"),
        ("memberships", "network_id", "reference_unknown", "hinku"),
    ),
    "unknown member": (
        cell("memberships", "member_id", "municipality:FI-999", network_id="fisu"),
        ("memberships", "member_id", "reference_unknown", ...),
    ),
    "policy of an unknown network": (
        cell("quadrant", "network_id", "reglab_sse", network_id="reglab_se"),
        ("quadrant", "network_id", "reference_unknown", "reglab_se"),
    ),
    "relation to an unknown network": (
        cell("relations", "to_id", "mal_verkostoo", to_id="mal_verkosto"),
        ("relations", "to_id", "reference_unknown", "mal_verkosto"),
    ),
    "network of a list unknown": (
        cell("programmes", "networks_fed", "kuusi_aika;oske_x", programme_id="aiko"),
        ("programmes", "networks_fed", "reference_unknown", ...),
    ),
    "theme without a group": (
        cell("networks", "themes", "climate;weather", network_id="hinku"),
        ("networks", "themes", "reference_unknown", ...),
    ),
    "unknown source": (
        cell("axes", "source", "nls_topographic | nls", axis="e18"),
        ("axes", "source", "reference_unknown", ...),
    ),
    "duplicate key": (
        repeated("memberships"),
        ("memberships", KEY, "key_repeated", None),
    ),
    "second row of a year": (
        repeated("memberships", as_of="2013-05", source="https://example.org/"),
        ("memberships", "network_id, member_id, role, as_of", "same_year", None),
    ),
    "two choices for a year": (
        cell("selections", "first_year", "2020", network_id="lag_pohjois_satakunta", as_of="2021"),
        ("selections", "network_id, first_year", "selection_overlap", None),
    ),
    "since after until": (
        cell("memberships", "since", "2099", network_id="kuntakokeilu_2012_2015"),
        ("memberships", "since, until", "order_reversed", None),
    ),
    "founded after the end": (
        cell("networks", "founded_year", "2031", network_id="kuusi_aika"),
        ("networks", "founded_year, ended_year", "order_reversed", None),
    ),
    "unknown evidence": (
        cell("memberships", "evidence", "explicitt", network_id="nspa"),
        ("memberships", "evidence", "value_not_allowed", "explicit"),
    ),
    "unknown role": (
        cell("memberships", "role", "Member", network_id="nspa", role="member"),
        ("memberships", "role", "value_not_allowed", "member"),
    ),
    "impossible date": (
        cell("memberships", "as_of", "2019-13", network_id="nspa"),
        ("memberships", "as_of", "value_form", None),
    ),
    "year out of range": (
        cell("networks", "founded_year", "2999", network_id="nspa"),
        ("networks", "founded_year", "value_range", None),
    ),
    "wrong held count": (
        cell("networks", "held_members", "12", network_id="fisu"),
        ("networks", "held_members", "held_count", None),
    ),
    "status without the members": (
        cell("networks", "list_status", "complete", network_id="mal_verkosto"),
        ("networks", "list_status", "list_status", None),
    ),
    "parts that do not add up": (
        cell("networks", "declared_regions", "7", network_id="pohjoinen_kasvuvyohyke"),
        ("networks", "declared_total", "declared_sum", None),
    ),
    "code without zeros": (
        cell("population", "code", "5", code="005"),
        ("population", "code", "value_form", "005"),
    ),
    "no source": (
        cell("memberships", "source", "", network_id="nspa"),
        ("memberships", "source", "value_missing", None),
    ),
    "not a number": (
        cell("population", "population", "11 503", code="005"),
        ("population", "population", "value_type", None),
    ),
    "population lost": (
        cell("population", "population", "1", code="091", division="2020"),
        ("control_totals", "value", "total_differs", None),
    ),
    "municipality gone early": (
        cell("municipalities", "valid_to_year", "2018", code="911"),
        ("municipalities", "valid_to_year", "merger_differs", None),
    ),
    "region of another year": (
        cell("municipalities", "region", "10", code="090"),
        ("municipalities", "region", "class_differs", None),
    ),
    "gap in a division": (
        cell("classifications", "last_year", "2025", scheme="region", code="005"),
        ("classifications", "code", "group_gap", None),
    ),
    "two regions at once": (
        cell("classifications", "last_year", "2021", scheme="region", code="090"),
        ("classifications", "scheme, code, first_year", "group_overlap", None),
    ),
    "lattice of a ghost": (
        cell("lattice", "runs", "-225 9112", row="1"),
        ("lattice", "runs", "not_in_division", None),
    ),
    "organisation with another id": (
        cell("members", "kind", "region", member_id="organisation:motiva"),
        ("members", "member_id, kind", "member_kind", None),
    ),
    "choice without a list": (
        cell("selections", "as_of", "2001", network_id="barents_regional_council"),
        ("selections", "rule, as_of", "selection_empty", None),
    ),
}


# Checking all tables takes long: several faults are looked for at once, none beside its like.
AT_ONCE = 7


@pytest.mark.parametrize("first", range(AT_ONCE))
def test_a_fault_is_named_with_file_row_and_column(first, copy):
    chosen = [*FAULTS.items()][first::AT_ONCE]
    rows = {name: apply(copy) for name, (apply, _) in chosen}
    problems = check_data(copy)
    for fault, (_, (name, column, code, suggestion)) in chosen:
        path = RESOURCES[name]["path"]
        found = problems[
            problems["file"].eq(path) & problems["column"].eq(column) & problems["code"].eq(code)
        ]
        if code not in {"group_gap", "total_differs", "group_overlap"}:
            found = found[found["row"].eq(rows[fault])]
        assert len(found) > 0, (fault, problems.to_string())
        if suggestion is not ...:
            assert found["suggestion"].fillna("").iloc[0] == (suggestion or ""), fault


def test_files_and_columns_that_are_missing_or_not_described(copy):
    (copy / "networks" / "relations.csv").unlink()
    (copy / "networks" / "mine.csv").write_text("a,b\n1,2\n", "utf-8")
    (copy / "networks" / "policy" / "survey.csv").write_bytes("kysymys,å\n".encode("cp1252"))

    def drop_evidence(header, rows):
        at = header.index("evidence")
        for row in [header, *rows]:
            del row[at]

    def add_mood(header, rows):
        header.append("mood")
        for row in rows:
            row.append("good")

    def cut_short(_, rows):
        del rows[3][-1]

    change(copy, "memberships", drop_evidence)
    change(copy, "networks", add_mood)
    change(copy, "axes", cut_short)
    problems = check_data(copy).query("code != 'reference_unknown'")
    found = set(zip(problems["file"], problems["code"], problems["column"].fillna(""), strict=True))
    assert found >= {
        ("networks/relations.csv", "file_missing", ""),
        ("networks/mine.csv", "file_undescribed", ""),
        ("networks/policy/survey.csv", "file_unreadable", ""),
        ("networks/memberships.csv", "column_missing", "evidence"),
        ("networks/networks.csv", "column_extra", "mood"),
        ("municipalities/axes.csv", "row_length", "axis"),
    }
    assert problems.query("code == 'row_length'")["row"].tolist() == [5]


def test_without_a_descriptor(tmp_path):
    assert check_data(tmp_path)["code"].tolist() == ["file_missing"]
    (tmp_path / "datapackage.json").write_text("{", "utf-8")
    assert check_data(tmp_path)["code"].tolist() == ["file_unreadable"]
    with pytest.raises(FileNotFoundError):
        check_data(tmp_path / "nowhere")


@pytest.mark.parametrize("lang", LANGS)
def test_messages_are_in_the_language(lang, copy):
    cell("networks", "held_members", "12", network_id="fisu")(copy)
    (message,) = check_data(copy, lang=lang)["message"]
    assert "12" in message
    assert "held_as_of" in message
    assert {"fi": "mutta", "sv": "men", "en": "but"}[lang] in message.split()


def test_codes_of_the_language_status_mean_what_the_groups_say():
    described = places.data_path("datapackage.json").read_text("utf-8")
    assert "2 Swedish, 3 bilingual with Swedish majority" in described
    table = places.data_path("municipalities", "municipalities.csv")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    aland = [row["language_status"] for row in rows if row["region"] == "21"]
    assert set(aland) == {"2"}  # all municipalities of Åland are monolingual Swedish
