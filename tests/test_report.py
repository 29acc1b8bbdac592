from __future__ import annotations

import re
from html.parser import HTMLParser

import hostile
import pandas as pd
import pytest
from openpyxl import load_workbook
from strategies import tiny

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.affiliation.snapshots import REASONS
from valuma_graph.measures import STATUSES as MEASURED
from valuma_graph.portfolio import portfolio
from valuma_graph.report import pieces
from valuma_graph.report import results as report
from valuma_graph.report.listings import LIST_STATUSES, LONGEST, STATUSES, Listing
from valuma_graph.report.voice import Voice


@pytest.fixture(scope="module")
def finland():
    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="module")
def folder(finland, tmp_path_factory):
    path = tmp_path_factory.mktemp("report")
    vg.write_report(finland, path)
    return path


@pytest.fixture(scope="module")
def html(folder):
    return (folder / "index.html").read_text("utf-8")


class Reader(HTMLParser):
    """Collect the text that the page shows in one language, and the tags."""

    VOID = frozenset({"meta", "link", "input"})

    def __init__(self, lang):
        super().__init__()
        self.lang, self.stack, self.words, self.tags, self.names = lang, [], [], set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in self.VOID:
            self.stack.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):  # noqa: ARG002  the name is the parser's
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag, tag

    def handle_data(self, data):
        if any(tag in {"style", "script", "title"} for tag, _ in self.stack) or not data.strip():
            return
        if all(self.lang in a["data-l"].split() for _, a in self.stack if "data-l" in a):
            in_name = any(tag == "bdi" for tag, _ in self.stack)
            (self.names if in_name else self.words).append(data.strip())


def read(html, lang):
    reader = Reader(lang)
    reader.feed(html)
    assert not reader.stack
    return reader


def test_every_promised_file_is_written(folder):
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    tables = [
        "networks", "members", "memberships", "coverage", "centrality_members",
        "centrality_networks", "brokerage_members", "structure", "structure_networks",
        "overlap_networks", "overlap_members", "isolation_municipalities", "isolation_regions",
        "isolation_members", "set_aside",
    ]  # fmt: skip
    assert there == {
        "index.html", "valuma-graph.xlsx", "network.graphml", "network.gexf",
        *(f"tables/{name}.csv" for name in tables),
        "maps/networks.png", "maps/isolation.png",
        *(f"networks/{name}.html" for name in vg.datasets.policy("network_profiles")["network_id"]),
    }  # fmt: skip
    assert load_workbook(folder / "valuma-graph.xlsx", read_only=True).sheetnames == [
        "about",
        *tables,
    ]


def test_paths_are_returned_with_the_page_first(tmp_path):
    paths = vg.write_report(vg.datasets.southern_women(), tmp_path)
    assert paths[0] == tmp_path / "index.html"
    assert set(paths) == {p for p in tmp_path.rglob("*") if p.is_file()}


def test_same_input_same_bytes(tmp_path):
    aff = hostile.affiliation()
    for name in ("a", "b"):
        vg.write_report(aff, tmp_path / name)
    for path in (tmp_path / "a").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_tables_hold_what_the_measures_return(finland, folder):
    table = pd.read_csv(folder / "tables" / "coverage.csv", index_col="network_id")
    assert table["known"].tolist() == vg.coverage(finland)["known"].tolist()
    regions = pd.read_csv(folder / "tables" / "isolation_regions.csv", index_col="member_id")
    assert regions["status"].equals(vg.isolation(finland, level="region")["status"])


def test_page_is_self_contained_and_small(html):
    assert len(html.encode()) < 1_000_000
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    assert "url(" not in html
    assert "@import" not in html
    assert "unsafe-inline" not in html
    assert not re.search(r'\sstyle="|\son\w+="', html)


def test_content_security_policy_lets_run_what_is_there_and_nothing_else(html):
    for tag, kind in (("style", "style-src"), ("script", "script-src")):
        (code,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
        assert f"{kind} '{pieces.code_hash(code)}'" in html
    assert "default-src 'none'" in html


@pytest.mark.parametrize("lang", text.LANGS)
def test_headline_numbers_say_their_year(html, finland, lang):
    shown = " ".join(read(html, lang).words)
    assert text.number(len(finland.networks), lang) in shown
    assert text.number(finland.incidence.nnz, lang) in shown
    for note in re.findall(r'<p class="note">(.*?)</p>', html):
        assert "2019" in note


def test_places_of_the_division_are_all_counted(html):
    # 311 municipalities and 19 regions in 2019, although older regions are members too.
    numbers = re.findall(r'<p class="number">(.*?)</p>', html)
    assert numbers[3].endswith("/311")
    assert numbers[4].endswith("/19")


@pytest.mark.parametrize("lang", text.LANGS)
def test_no_words_of_another_language(html, lang):
    """Every word outside names comes from this language's texts, or is a file, code or number."""
    own = {w for texts in text.catalogue().values() for w in re.findall(r"\w+", texts[lang])}
    others = {
        w
        for texts in text.catalogue().values()
        for other in text.LANGS
        if other != lang
        for w in re.findall(r"\w+", texts[other])
    }
    shown = " ".join(read(html, lang).words)
    shown = re.sub(
        r"[\w.\-]+\.(?:csv|xlsx|graphml|gexf|png)|valuma_graph\.write_report", " ", shown
    )
    shown = shown.replace("Suomi Svenska English", " ")
    foreign = {w for w in re.findall(r"\w+", shown) if w in others - own and not w.isdigit()}
    assert foreign == set()


def test_names_are_in_the_language_of_the_page(html):
    assert "Tammerfors" in read(html, "sv").names
    assert "Tampere" in read(html, "fi").names
    assert "Tammerfors" not in read(html, "fi").names


def test_every_status_and_reason_has_a_word():
    known = text.catalogue()
    assert STATUSES == MEASURED
    wanted = [f"status.{s}" for s in STATUSES] + [f"status_means.{s}" for s in STATUSES]
    wanted += [f"list_status.{s}" for s in LIST_STATUSES]
    wanted += [f"set_aside.{r}" for r in (*REASONS, "kind", "merged", "below_share")]
    wanted += [f"step.{s}" for s in report.STEPS]
    assert [key for key in wanted if key not in known] == []


def test_values_of_the_bundled_data_have_words(finland):
    known = text.catalogue()
    used = {
        "kind": finland.members["kind"],
        "network_kind": finland.networks["kind"],
        "list_status": finland.networks["list_status"],
        "role": finland.memberships["role"],
        "set_aside": finland.set_aside["reason"],
    }
    lacking = {f"{g}.{v}" for g, values in used.items() for v in values.dropna().unique()}
    parts = finland.networks["complete_for"].dropna().str.split(";").explode().str.strip()
    keys = parts.str.replace(r"[ \-]", "_", regex=True)
    lacking |= {f"country.{k}" if len(k) == 2 else f"complete_for.{k}" for k in keys}
    assert lacking - set(known) == set()


def test_progress_names_the_steps_in_order(tmp_path):
    said = []
    vg.write_report(vg.datasets.southern_women(), tmp_path, progress=said.append)
    assert tuple(said) == report.STEPS


def test_results_are_not_computed_twice(tmp_path, monkeypatch):
    aff = vg.datasets.southern_women()
    results = report.analyse(aff)
    monkeypatch.setattr(report, "analyse", None)
    assert vg.write_report(aff, tmp_path, results=results)


def test_one_language_only(tmp_path):
    vg.write_report(vg.datasets.southern_women(), tmp_path, langs=["en"])
    html = (tmp_path / "index.html").read_text("utf-8")
    assert '<html lang="en"' in html
    assert "data-l=" not in html.split("<body>")[1].split("<script>")[0]


def test_one_language_may_be_named_as_it_is(tmp_path):
    aff = vg.datasets.southern_women()
    vg.write_report(aff, tmp_path / "a", langs="en")
    vg.write_report(aff, tmp_path / "b", langs=["en"])
    assert (tmp_path / "a/index.html").read_bytes() == (tmp_path / "b/index.html").read_bytes()


def test_names_in_the_tables_are_in_the_first_language(finland, tmp_path):
    vg.write_report(finland, tmp_path, langs=["sv", "en"], about="Helsinki")
    for table in ("isolation_municipalities", "about_peers"):
        names = pd.read_csv(tmp_path / "tables" / f"{table}.csv")["name"].tolist()
        assert "Tammerfors" in names
        assert "Tampere" not in names


def test_no_finnish_attribution_where_no_finnish_data_is(tmp_path):
    vg.write_report(vg.datasets.southern_women(), tmp_path)
    assert "GeoNames" not in (tmp_path / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("langs", "said"), [([], "langs"), ("", "langs"), (["de"], "lang must be"), ("de", "'de'")]
)
def test_wrong_languages(tmp_path, langs, said):
    with pytest.raises(ValueError, match=said):
        vg.write_report(vg.datasets.southern_women(), tmp_path, langs=langs)
    assert not list(tmp_path.iterdir())


def test_unknown_place_writes_nothing(finland, tmp_path):
    with pytest.raises(vg.UnknownNodeError) as caught:
        vg.write_report(finland, tmp_path / "out", about="Tamprere")
    assert "Tampere" in caught.value.suggestions
    assert not (tmp_path / "out").exists()


def test_page_about_a_place(finland, tmp_path):
    vg.write_report(finland, tmp_path, about="Tammerfors", langs=["fi", "sv"])
    html = (tmp_path / "index.html").read_text("utf-8")
    assert "<title>Tampere: verkostot 2019</title>" in html
    networks = pd.read_csv(tmp_path / "tables" / "about_networks.csv")
    tampere = finland.members.index.get_loc("municipality:FI-837")
    counted = networks[networks["counted"]]
    assert set(counted["network_id"]) == set(
        finland.networks.index[finland.incidence[[tampere]].indices]
    )
    peers = pd.read_csv(tmp_path / "tables" / "about_peers.csv")
    row = vg.isolation(finland).loc["municipality:FI-837"]
    assert len(peers) == row["peers"]
    assert peers.loc[peers["kind"].eq("municipality"), "shared"].is_monotonic_decreasing


@pytest.mark.parametrize("name", ["Kainuu", "Tampere", "Brändö", "Suomen Kuntaliitto ry"])
def test_page_and_portfolio_say_the_same(finland, tmp_path, name):
    node = finland.find(name, mode="members")
    found = portfolio(finland, node, lang="fi")
    vg.write_report(finland, tmp_path, about=name, langs=["fi", "en"])
    for table in ("networks", "peers", "lacks"):
        written = pd.read_csv(tmp_path / "tables" / f"about_{table}.csv", dtype=str)
        frame = getattr(found, table)
        assert written[frame.columns[0]].tolist() == frame.iloc[:, 0].tolist()
        assert set(written.columns) == set(frame.columns)
    standing = pd.read_csv(tmp_path / "tables" / "about_member.csv").iloc[0]
    assert standing["networks"] == found.standing["networks"]
    assert standing["status"] == found.standing["status"]
    lead = read((tmp_path / "index.html").read_text("utf-8"), "en").words
    assert any(f"Known networks {found.standing['networks']}, at most" in w for w in lead)


def test_page_of_a_region_tells_own_networks_from_those_of_its_municipalities(finland, tmp_path):
    vg.write_report(finland, tmp_path, about="Kainuu", langs=["en"])
    html = (tmp_path / "index.html").read_text("utf-8")
    networks = re.search(r'id="about-networks".*?</table>', html, re.DOTALL).group()
    rows = re.findall(r"<tr><th.*?</tr>", networks)
    found = portfolio(finland, "region:FI-18").networks
    assert sum("<td>directly</td>" in row for row in rows) == found["through"].isna().sum() > 0
    assert sum("Kuhmo" in row for row in rows) == found["through"].str.contains("FI-290").sum() > 0
    for title in ("Closest peers", "Networks that those like it are in"):
        assert title in html
    lacks = re.search(r'id="about-lacks".*?</table>', html, re.DOTALL).group()
    assert "possible" in lacks
    assert "not a member" in lacks


def test_page_about_a_network(finland, tmp_path):
    vg.write_report(finland, tmp_path, about="fisu", langs=["en"])
    html = (tmp_path / "index.html").read_text("utf-8")
    assert "members 2019</title>" in html
    members = pd.read_csv(tmp_path / "tables" / "about_members.csv")
    assert len(set(members.loc[members["counted"], "member_id"])) == 11 + 2


@pytest.mark.parametrize("year", [None, 2013, 2026])
def test_other_years(tmp_path, year):
    vg.write_report(vg.datasets.finland(year=year), tmp_path)
    html = (tmp_path / "index.html").read_text("utf-8")
    assert ("2019</h1>" not in html) or year is None


def test_nothing_at_all(tmp_path):
    vg.write_report(tiny([]), tmp_path)
    vg.write_report(tiny([], members=["a"], networks=["n"]), tmp_path)
    assert "–" in (tmp_path / "index.html").read_text("utf-8")


@pytest.mark.parametrize("name", hostile.NAMES)
def test_hostile_names_are_text(tmp_path, name):
    vg.write_report(hostile.affiliation(), tmp_path)
    html = (tmp_path / "index.html").read_text("utf-8")
    reader = read(html, "fi")
    assert name in reader.names
    assert "img" not in reader.tags
    assert html.count("<script") == 1


def test_long_tables_are_cut_and_say_so():
    n = LONGEST + 1
    aff = tiny([(f"m{i}", "n") for i in range(n)])
    listing = Listing(aff, Voice(["en"]))
    frame = pd.DataFrame({"networks": range(n)}, index=aff.members.index)
    table = listing.table("t", "T", frame, [listing.member("name"), listing.count("networks")])
    assert len(table.rows) == LONGEST
    assert "1,000 of 1,001" in table.notes[-1]


def test_voice_says_what_differs_once_for_each_language():
    voice = Voice(["sv", "fi", "en"])
    assert str(voice.t("kind.municipality")) == (
        '<span data-l="sv">kommun</span><span data-l="fi">kunta</span>'
        '<span data-l="en">municipality</span>'
    )
    assert str(voice.number(1234)) == (
        '<span data-l="sv fi">1\xa0234</span><span data-l="en">1,234</span>'
    )
    assert str(voice.word("status", None)) == "–"
    assert str(voice.word("status", "<b>")) == "&lt;b&gt;"
    assert str(voice.t("page.figure.networks", n=1)).count("verkosto<") == 1
    assert "1 row of memberships is not" in str(voice.t("page.unknown.set_aside", n=1))
    assert "1,350 rows of memberships are not" in str(voice.t("page.unknown.set_aside", n=1350))


def test_a_table_too_long_for_a_sheet_is_left_to_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "SHEET_ROWS", 50)
    vg.write_report(vg.datasets.southern_women(), tmp_path)
    book = load_workbook(tmp_path / "valuma-graph.xlsx")
    assert "members" in book.sheetnames
    assert "memberships" not in book.sheetnames
    files = {row[1].value: row[0].value for row in book["about"].iter_rows(min_row=2)}
    assert files["tables/memberships.csv"] is None
    assert (tmp_path / "tables" / "memberships.csv").exists()


def test_the_page_tells_how_to_see_one_place_with_the_same_data(tmp_path):
    aff = vg.datasets.finland(year=2020)
    command = "valuma-graph report --year 2020"
    html = vg.write_report(aff, tmp_path, langs=["en"], command=command)[0].read_text("utf-8")
    assert "valuma-graph report --year 2020 --about Mikkeli" in html
    assert "valuma-graph portfolio Mikkeli --year 2020" in html
    assert "Large cities" in html


def test_the_page_of_a_users_tables_says_that_lists_are_taken_as_complete(tmp_path):
    own = vg.read(pd.DataFrame({"kunta": ["Turku", "Pori"], "verkosto": ["Oma", "Oma"]}))
    html = vg.write_report(own, tmp_path, langs=["en"])[0].read_text("utf-8")
    assert "taken as complete" in html
    assert "said to be complete" not in html
    assert "Large cities" not in html
