from __future__ import annotations

import os
import re
import threading

import hostile
import networkx as nx
import pandas as pd
import pyogrio
import pytest
from openpyxl import load_workbook
from strategies import tiny

import valuma_graph as vg
from valuma_graph.errors import FormatError
from valuma_graph.exports import atomic, write_tables
from valuma_graph.exports.glossary import explained
from valuma_graph.exports.workbook import sheet_name, write_workbook

SUFFIXES = ["", ".csv", ".parquet", ".xlsx", ".gpkg", ".graphml", ".gexf", ".net"]
GRAPHS = {".graphml": nx.read_graphml, ".gexf": nx.read_gexf}


@pytest.fixture(scope="module")
def davis():
    return vg.datasets.southern_women()


@pytest.fixture(scope="module")
def finland():
    return vg.datasets.finland(year=2019)


def read_back(path, **how):
    if path.suffix in {".csv", ".parquet"}:
        beside = [path.with_name(f"{path.stem}.{t}{path.suffix}") for t in ("members", "networks")]
        return vg.read(path, members=beside[0], networks=beside[1], **how)
    return vg.read(path, **how)


def assert_same(a, b):
    for table in ("members", "networks"):
        left, right = getattr(a, table), getattr(b, table)
        pd.testing.assert_index_equal(left.index, right.index)
        pd.testing.assert_frame_equal(left, right, check_like=True)  # columns may stand otherwise
    keys = ["network_id", "member_id", "role", "as_of", "source"]
    left, right = (
        x.memberships.sort_values(keys).reset_index(drop=True)[a.memberships.columns]
        for x in (a, b)
    )
    pd.testing.assert_frame_equal(left, right)
    assert (a.incidence != b.incidence).nnz == 0


@pytest.mark.parametrize("suffix", ["", ".csv", ".parquet", ".xlsx"])
def test_tables_are_read_back_the_same(davis, tmp_path, suffix):
    path = tmp_path / f"davis{suffix}"
    vg.export(davis, path)
    assert_same(davis, read_back(path, places=None))


@pytest.mark.parametrize("suffix", GRAPHS)
def test_graphs_are_read_back_the_same(davis, tmp_path, suffix):
    path = tmp_path / f"davis{suffix}"
    vg.export(davis, path)
    assert_same(davis, vg.Affiliation.from_networkx(GRAPHS[suffix](path)))


def test_graphml_carries_finland_whole(finland, tmp_path):
    path = tmp_path / "fi.graphml"
    vg.export(finland, path)
    back = vg.Affiliation.from_networkx(nx.read_graphml(path))
    assert back.year == 2019
    assert_same(finland, back)


def test_gexf_carries_the_edges_of_finland(finland, tmp_path):
    path = tmp_path / "fi.gexf"
    vg.export(finland, path)
    back = vg.Affiliation.from_networkx(nx.read_gexf(path))
    assert (finland.incidence != back.incidence).nnz == 0
    assert back.members.index.equals(finland.members.index)


def test_folder_of_finland_has_the_same_ties_when_read_as_it_is(finland, tmp_path):
    vg.export(finland, tmp_path / "fi")
    back = vg.read(tmp_path / "fi", places=None)
    assert (finland.incidence != back.incidence).nnz == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_same_input_same_bytes(tmp_path, suffix):
    aff = hostile.affiliation()
    first = vg.export(aff, tmp_path / f"one{suffix}")
    second = vg.export(aff, tmp_path / f"two{suffix}")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_network_can_be_written(tmp_path, suffix):
    written = vg.export(tiny([], members=["a"], networks=["n"]), tmp_path / f"e{suffix}")
    assert all(p.stat().st_size for p in written)


def test_unknown_suffix_names_those_allowed(davis, tmp_path):
    with pytest.raises(FormatError, match=r"'\.docx'.*\.csv.*\.gexf.*\.graphml.*\.xlsx"):
        vg.export(davis, tmp_path / "a.docx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [s for s in SUFFIXES if s])
def test_a_folder_is_not_overwritten_by_a_file(davis, tmp_path, suffix):
    (tmp_path / f"a{suffix}").mkdir()
    with pytest.raises(FormatError, match="folder"):
        vg.export(davis, tmp_path / f"a{suffix}")


def test_a_file_is_not_overwritten_by_a_folder(davis, tmp_path):
    (tmp_path / "a").write_text("mine")
    with pytest.raises(FormatError, match="file"):
        vg.export(davis, tmp_path / "a")


def test_failure_leaves_nothing_and_touches_nothing(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def fail():
        with atomic(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert target.read_text() == "old"


def test_new_files_get_ordinary_permissions(davis, tmp_path):
    (tmp_path / "ordinary").write_text("")
    (written,) = vg.export(davis, tmp_path / "a.xlsx")
    assert written.stat().st_mode == (tmp_path / "ordinary").stat().st_mode


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_written_to_and_never_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    with atomic(pipe) as temporary:
        temporary.write_text("whole")
    reader.join()
    assert got == ["whole"]
    assert pipe.is_fifo()
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "'=1", "''=1"]


def test_csv_guards_every_cell_that_would_be_a_formula(tmp_path):
    texts = [*FORMULAS, "'s-Hertogenbosch", "a=b"]
    frame = pd.DataFrame({"name": texts, "n": range(-5, 5), "=head": "a\r\nb\rc"})
    (path,) = write_tables({"t": frame}, tmp_path)
    assert b"\r" not in path.read_bytes()
    back = pd.read_csv(path, dtype=str)
    assert back.columns.tolist() == ["name", "n", "'=head"]
    assert back["'=head"].unique().tolist() == ["a\nb\nc"]
    assert back["name"].tolist() == [*(f"'{f}" for f in FORMULAS), "'s-Hertogenbosch", "a=b"]
    assert back["n"].tolist() == [str(n) for n in range(-5, 5)]


def test_guarded_names_are_read_back_as_they_were(tmp_path):
    aff = tiny(["ab n"], members={"a": {"name_fi": "=1+1"}, "b": {"name_fi": "@b"}})
    vg.export(aff, tmp_path / "t")
    assert "'=1+1" in (tmp_path / "t" / "members.csv").read_text()
    back = vg.read(tmp_path / "t", places=None)
    assert back.members["name_fi"].tolist() == ["=1+1", "@b"]


def test_workbook_holds_no_formula_but_the_text(tmp_path):
    path = tmp_path / "t.xlsx"
    write_workbook({"t": pd.DataFrame({"=head": FORMULAS[:4]})}, path)
    sheet = load_workbook(path)["t"]
    cells = [row[0] for row in sheet.iter_rows()]
    assert [c.value for c in cells] == ["=head", *FORMULAS[:4]]
    assert {c.data_type for c in cells} == {"s"}
    assert all(c.quotePrefix for c in cells[1:])


def test_workbook_is_pleasant(davis, tmp_path):
    (path,) = vg.export(davis, tmp_path / "d.xlsx", results={"coverage": vg.coverage(davis)})
    book = load_workbook(path)
    assert book.sheetnames == ["memberships", "members", "networks", "coverage"]
    sheet = book["coverage"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet["A1"].font.bold
    assert sheet["A1"].value == "network_id"


def test_workbook_keeps_codes_numbers_and_what_is_missing(tmp_path):
    frame = pd.DataFrame(
        {
            "code": ["005", None],
            "n": pd.array([5525292, None], dtype="Int64"),
            "share": [0.25, float("nan")],
            "year": pd.array([2019, None], dtype="Int64"),
            "flag": [True, False],
        }
    )
    path = tmp_path / "t.xlsx"
    write_workbook({"t": frame}, path)
    sheet = load_workbook(path)["t"]
    assert [c.value for c in sheet[2]] == ["005", 5525292, 0.25, 2019, True]
    assert [c.value for c in sheet[3]] == [None, None, None, None, False]
    assert [c.number_format for c in sheet[2]][:4] == ["General", "#,##0", "0.0%", "0"]


def test_numbers_are_shown_as_what_they_are(tmp_path):
    frame = pd.DataFrame(
        {
            "degree_share": [0.25],
            "p_upper": [1e-12],
            "q": [0.5],
            "founded_year": [2019.0],
            "since": [1999],
            "betweenness": [0.5],
            "constraint": [1.125],
            "area_km2": [1250.5],
            "lon": [24.9],
            "share": ["half"],
            "n": [12345],
        }
    )
    write_workbook({"t": frame}, tmp_path / "t.xlsx")
    sheet = load_workbook(tmp_path / "t.xlsx")["t"]
    small = "[<0.001]0.0E+00;0.000"
    assert [c.number_format for c in sheet[2]] == [
        "0.0%", small, small, "0", "0", "0.000", "0.000", "#,##0.0", "0.0000", "General", "#,##0",
    ]  # fmt: skip
    assert sheet["B2"].value == 1e-12


def test_names_of_sheets_are_links_where_they_are_asked_for(tmp_path):
    cover = pd.DataFrame({"sheet": ["a/b", "it's", "gone", None], "what": ["=1", "a/b", "x", "y"]})
    tables = {"about": cover, "a/b": pd.DataFrame({"n": [1]}), "it's": pd.DataFrame({"n": [2]})}
    path = tmp_path / "t.xlsx"
    write_workbook(tables, path, linked="sheet")
    first = path.read_bytes()
    sheet = load_workbook(path)["about"]
    links = {c.coordinate: c.hyperlink.location for row in sheet for c in row if c.hyperlink}
    assert links == {"A2": "'a_b'!A1", "A3": "'it''s'!A1"}
    assert sheet["B2"].data_type == "s"
    write_workbook(tables, path, linked="sheet")
    assert path.read_bytes() == first


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_every_column_of_the_tables_has_words(finland, lang):
    tables = {"networks": finland.networks.reset_index(), "m": finland.members.reset_index()}
    tables |= {"memberships": finland.memberships, "coverage": vg.coverage(finland).reset_index()}
    words = explained(tables, [lang])
    rows = {(name, str(c)) for name, table in tables.items() for c in table}
    assert set(zip(words["sheet"], words["column"], strict=True)) == rows
    head = {"fi": "Mitä sarake kertoo", "sv": "Vad kolumnen visar", "en": "What the column shows"}
    assert words.columns[-1] == head[lang]
    assert explained({"t": pd.DataFrame({"no such column": [1]})}, [lang]).empty


def test_sheet_names():
    names = set()
    for name in ("a" * 40, "a" * 40, "x[y]:z*?/\\", "'quoted'", "", "A" * 31):
        names.add(sheet_name(name, {n.casefold() for n in names}))
    assert len({n.casefold() for n in names}) == 6
    assert all(0 < len(n) <= 31 and not re.search(r"[\[\]:*?/\\]", n) for n in names)


def test_more_rows_than_a_sheet_holds(tmp_path):
    with pytest.raises(FormatError, match="1048575"):
        write_workbook({"t": pd.DataFrame(index=range(1_048_576))}, tmp_path / "t.xlsx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".xlsx", *GRAPHS])
def test_characters_that_xml_cannot_hold(tmp_path, suffix):
    aff = tiny(["ab n"], members={"a": {"name_fi": hostile.CONTROL}})
    (path,) = vg.export(aff, tmp_path / f"c{suffix}")
    shown = "bell\ufffdand\ufffdmore"
    if suffix == ".xlsx":
        assert shown in [cell.value for cell in load_workbook(path)["members"][2]]
    else:
        assert GRAPHS[suffix](path).nodes["a"]["name_fi"] == shown


def test_two_ids_that_xml_cannot_tell_apart(tmp_path):
    aff = tiny([("a\x01", "n"), ("a\x02", "n")])
    with pytest.raises(FormatError, match="two ids"):
        vg.export(aff, tmp_path / "c.graphml")
    assert not list(tmp_path.iterdir())


def test_hostile_names_pass_through_graphs(tmp_path):
    aff = hostile.affiliation()
    for suffix, read in GRAPHS.items():
        (path,) = vg.export(aff, tmp_path / f"h{suffix}")
        labels = {d["name_fi"] for _, d in read(path).nodes(data=True) if "name_fi" in d}
        assert set(hostile.NAMES) <= labels


def test_graph_nodes_carry_results_and_readable_labels(davis, tmp_path):
    (path,) = vg.export(davis, tmp_path / "d.graphml", results={"c": vg.centrality(davis)})
    graph = nx.read_graphml(path)
    assert graph.nodes["Flora Price"]["degree"] == 2
    assert graph.nodes["E8"]["label"] == "E8"
    with pytest.raises(FormatError, match="'pairs'"):
        vg.export(davis, tmp_path / "d.gexf", results={"pairs": vg.overlap(davis)})


def test_result_cannot_take_the_name_of_a_table(davis, tmp_path):
    with pytest.raises(FormatError, match="members"):
        vg.export(davis, tmp_path / "d.xlsx", results={"members": vg.centrality(davis)})


def test_geopackage_has_points_in_metres(finland, tmp_path):
    (path,) = vg.export(finland, tmp_path / "fi.gpkg")
    layers = dict(pyogrio.list_layers(path))
    assert layers == {"members": "Point", "memberships": None, "networks": None}
    members = pyogrio.read_dataframe(path, layer="members").set_index("member_id")
    assert members.crs.to_epsg() == 3067
    helsinki = members.loc["municipality:FI-091"]
    assert helsinki["code"] == "091"
    assert abs(helsinki.geometry.x - 386_000) < 5_000
    assert members.geometry["organisation:tem"] is None


def test_pajek_lists_members_then_networks(davis, tmp_path):
    (path,) = vg.export(davis, tmp_path / "d.net")
    text = path.read_text("utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = text.splitlines()
    assert lines[1] == "*Vertices 32 18"
    assert lines[2] == '1 "Evelyn Jefferson"'
    ends = [tuple(map(int, line.split()[:2])) for line in lines[lines.index("*Edges") + 1 :]]
    assert len(ends) == 89
    assert all(a <= 18 < b for a, b in ends)
    with pytest.raises(FormatError, match="names and edges"):
        vg.export(davis, path, results={"c": vg.coverage(davis)})


def test_pajek_labels_are_told_apart_and_stay_on_their_line(tmp_path):
    aff = tiny(["ab n"], members={"a": {"name_fi": 'S "q"\nx'}, "b": {"name_fi": "n"}})
    (path,) = vg.export(aff, tmp_path / "t.net")
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines[2:5] == ['1 "S ”q” x"', '2 "n [b]"', '3 "n [n]"']


def test_a_null_character_does_not_make_a_table_unreadable(tmp_path):
    aff = tiny(["ab n"], members={"a": {"name_fi": "nul\0l"}})
    vg.export(aff, tmp_path / "t")
    assert vg.read(tmp_path / "t", places=None).members.loc["a", "name_fi"] == "nul\ufffdl"


@pytest.mark.parametrize("suffix", GRAPHS)
def test_what_a_graph_file_has_no_type_for_becomes_text(tmp_path, suffix):
    graph = nx.Graph()
    graph.add_node("a", tags=["x", "y"], when=pd.Timestamp("2020-01-01"))
    graph.add_edge("a", "n")
    aff = vg.Affiliation.from_networkx(graph, members=["a"])
    (path,) = vg.export(aff, tmp_path / f"t{suffix}")
    node = GRAPHS[suffix](path).nodes["a"]
    assert (node["tags"], node["when"]) == ("['x', 'y']", "2020-01-01 00:00:00")


def test_file_names_stay_in_the_folder(tmp_path):
    (path,) = write_tables({"../../evil": pd.DataFrame({"a": [1]})}, tmp_path / "t")
    assert path == tmp_path / "t" / "evil.csv"
