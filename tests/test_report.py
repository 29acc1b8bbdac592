from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

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
from valuma_graph.report import atlas, page, pieces
from valuma_graph.report import folder as written
from valuma_graph.report import results as report
from valuma_graph.report.listings import LIST_STATUSES, STATUSES
from valuma_graph.report.voice import Voice


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


def atlas_in(html):
    """Return the data of a page."""
    return json.loads(re.search(r'id="atlas">(.*?)</script>', html, re.DOTALL)[1])


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
        "columns",
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
    assert not re.search(r"url\((?!#)", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))
    assert "@import" not in html
    assert "unsafe-inline" not in html
    assert not re.search(
        r'<[^>]*\s(?:style|on\w+)="', re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    )


def test_content_security_policy_lets_run_what_is_there_and_nothing_else(html):
    for tag, kind in (("style", "style-src"), ("script", "script-src")):
        (code,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
        assert f"{kind} '{pieces.code_hash(code)}'" in html
    assert "default-src 'none'" in html
    assert html.count("<script") == 2


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


def test_the_page_holds_every_member_and_network(html, finland):
    atlas = atlas_in(html)
    assert set(finland.members.index) <= set(atlas["members"]["id"])
    assert set(finland.networks.index) <= set(atlas["networks"]["id"])
    assert atlas["langs"] == [*text.LANGS]
    assert set(atlas["prose"]["networks"]) <= {str(k) for k in range(len(atlas["networks"]["id"]))}


def test_what_a_script_asks_for_is_in_the_page(html):
    """Every text that a script names by its whole key, and every group that it puts keys of."""
    atlas, known = atlas_in(html), text.catalogue()
    (script,) = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    named = {key for key in re.findall(r"[\"'`]([a-z_]+\.[\w.]+)[\"'`]", script) if key in known}
    assert named
    assert named <= set(atlas["text"])
    starts = set(re.findall(r"[\"'`]([a-z_]+\.(?:[a-z_]+[._])*)(?:[\"'`]|\$)", script))
    for start in starts:
        wanted = {key for key in known if key.startswith(start)}
        assert wanted <= set(atlas["text"]), start


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
    wanted += [f"step.{s}" for s in written.STEPS]
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
    assert tuple(said) == written.STEPS


def test_results_are_not_computed_twice(tmp_path, monkeypatch):
    aff = vg.datasets.southern_women()
    results = report.analyse(aff)
    monkeypatch.setattr(written, "analyse", None)
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


@pytest.fixture(scope="module")
def swedish(finland, tmp_path_factory):
    path = tmp_path_factory.mktemp("swedish")
    vg.write_report(finland, path, langs=["sv", "fi"], about="Tammerfors")
    return path


def test_names_in_the_tables_are_in_the_first_language(swedish):
    for table in ("isolation_municipalities", "about_peers"):
        names = pd.read_csv(swedish / "tables" / f"{table}.csv")["name"].tolist()
        assert "Helsingfors" in names
        assert "Helsinki" not in names


def test_no_finnish_attribution_where_no_finnish_data_is(tmp_path):
    vg.write_report(vg.datasets.southern_women(), tmp_path)
    shown = read((tmp_path / "index.html").read_text("utf-8"), "en").words
    assert "GeoNames" not in " ".join(shown)


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


def test_page_about_a_place(finland, swedish):
    html = (swedish / "index.html").read_text("utf-8")
    assert "<title>Tammerfors: nätverk 2019</title>" in html
    assert 'data-title-fi="Tampere: verkostot 2019"' in html
    networks = pd.read_csv(swedish / "tables" / "about_networks.csv")
    tampere = finland.members.index.get_loc("municipality:FI-837")
    counted = networks[networks["counted"]]
    assert set(counted["network_id"]) == set(
        finland.networks.index[finland.incidence[[tampere]].indices]
    )
    peers = pd.read_csv(swedish / "tables" / "about_peers.csv")
    row = vg.isolation(finland).loc["municipality:FI-837"]
    assert len(peers) == row["peers"]
    assert peers.loc[peers["kind"].eq("municipality"), "shared"].is_monotonic_decreasing


def test_tables_and_portfolio_say_the_same(finland, report_about):
    index, *_ = report_about("Kainuu")
    found = portfolio(finland, "region:FI-18", lang="fi")
    for table in ("networks", "peers", "lacks"):
        written = pd.read_csv(index.parent / "tables" / f"about_{table}.csv", dtype=str)
        frame = getattr(found, table)
        assert written[frame.columns[0]].tolist() == frame.iloc[:, 0].tolist()
        assert set(written.columns) == set(frame.columns)
    standing = pd.read_csv(index.parent / "tables" / "about_member.csv").iloc[0]
    assert standing["networks"] == found.standing["networks"]
    assert standing["status"] == found.standing["status"]


@pytest.mark.parametrize("name", ["Tampere", "Brändö", "Suomen Kuntaliitto ry"])
def test_page_and_portfolio_say_the_same(finland, analysed, name):
    node = finland.find(name, mode="members")
    found = portfolio(finland, node, lang="fi")
    tables = written.about_tables(finland, analysed, ("members", node), lang="fi")
    for table in ("networks", "peers", "lacks"):
        frame = getattr(found, table)
        made = tables[f"about_{table}"].reset_index()[[*frame.columns]]
        pd.testing.assert_frame_equal(made, frame.reset_index(drop=True))
    standing = tables["about_member"].iloc[0]
    assert standing["networks"] == found.standing["networks"]
    assert standing["status"] == found.standing["status"]
    options = {"langs": ["fi"], "files": [], "command": "-", "centre": ("members", node)}
    html = page.render(finland, analysed, **options)
    assert atlas_in(html)["start"] == {"place": node}
    told = html[html.index('<section id="report"') :]
    chapter = re.search(r'<section class="chapter subject".*?</section>', told, re.DOTALL)
    assert finland.names(lang="fi")[node] in read(chapter.group(), "fi").names
    # Its own number of networks is the first number of the report; those of all come after.
    first, _, rest = told.partition(text.t("page.section.whole", "fi"))
    number = re.search(r'<p class="number">(\d+)</p>', first).group(1)
    assert int(number) == found.standing["networks"]
    assert f'<p class="number">{len(finland.networks)}</p>' in rest
    assert f'<p class="number">{len(finland.networks)}</p>' not in first


def test_tables_of_a_region_tell_own_networks_from_those_of_its_municipalities(
    finland, report_about
):
    tables = report_about("Kainuu")[0].parent / "tables"
    rows = pd.read_csv(tables / "about_networks.csv")
    found = portfolio(finland, "region:FI-18").networks
    assert rows["through"].isna().sum() == found["through"].isna().sum() > 0
    assert rows["through"].str.contains("FI-290").sum() > 0
    lacks = pd.read_csv(tables / "about_lacks.csv")
    assert {"possible", "not_member"} == set(lacks["standing"])


def test_page_about_a_network(report_about):
    index, *_ = report_about("fisu")
    assert re.search('data-title-en="[^"]* members 2019"', index.read_text("utf-8"))
    members = pd.read_csv(index.parent / "tables" / "about_members.csv")
    assert len(set(members.loc[members["counted"], "member_id"])) == 11 + 2


def test_all_years_together(tmp_path):
    index, *_ = vg.write_report(vg.datasets.finland(year=None), tmp_path)
    assert "2019</h1>" not in index.read_text("utf-8")


@pytest.mark.parametrize("year", [2013, 2026])
def test_other_years(finland, year):
    aff = finland.at(year)
    html = page.render(aff, report.analyse(aff), langs=["fi"], files=[], command="-")
    assert f"{year}</h1>" in html
    assert "2019</h1>" not in html


def test_nothing_at_all(tmp_path):
    vg.write_report(tiny([]), tmp_path)
    vg.write_report(tiny([], members=["a"], networks=["n"]), tmp_path)
    assert "–" in (tmp_path / "index.html").read_text("utf-8")


def test_hostile_names_are_text(tmp_path):
    vg.write_report(hostile.affiliation(), tmp_path)
    html = (tmp_path / "index.html").read_text("utf-8")
    assert set(hostile.NAMES) <= set(atlas_in(html)["networks"]["name"])
    assert "img" not in read(html, "fi").tags
    assert html.count("<script") == 2


def test_hostile_names_in_sentences_are_text():
    aff = hostile.affiliation()
    results = report.analyse(aff)
    for k, name in enumerate(hostile.NAMES):
        options = {"langs": ["fi"], "files": [], "command": "-", "centre": ("networks", f"n{k}")}
        reader = read(page.render(aff, results, **options), "fi")
        assert name in reader.names
        assert not reader.tags & {"img", "b", "i"}


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
    monkeypatch.setattr(written, "SHEET_ROWS", 50)
    vg.write_report(vg.datasets.southern_women(), tmp_path)
    book = load_workbook(tmp_path / "valuma-graph.xlsx")
    assert "members" in book.sheetnames
    assert "memberships" not in book.sheetnames
    files = {row[1].value: row[0].value for row in book["about"].iter_rows(min_row=2)}
    assert files["tables/memberships.csv"] is None
    assert (tmp_path / "tables" / "memberships.csv").exists()


def test_the_page_tells_how_to_see_one_place_with_the_same_data(finland, analysed):
    command = "valuma-graph report --year 2019"
    html = page.render(finland, analysed, langs=["en"], files=[], command=command)
    assert "valuma-graph report --year 2019 --about Mikkeli" in html
    assert "valuma-graph portfolio Mikkeli --year 2019" in html
    assert "Large cities" in html


def test_the_page_of_a_users_tables_says_that_lists_are_taken_as_complete(tmp_path):
    own = vg.read(pd.DataFrame({"kunta": ["Turku", "Pori"], "verkosto": ["Oma", "Oma"]}))
    html = vg.write_report(own, tmp_path, langs=["en"])[0].read_text("utf-8")
    assert "taken as complete" in html
    assert "said to be complete" not in html
    assert "Large cities" not in html


def test_regions_are_judged_by_their_municipalities_alone(tmp_path):
    own = vg.read(
        pd.DataFrame(
            [("Mikkeli", "A"), ("Juva", "A"), ("Kuopio", "A"), ("Juva", "B")],
            columns=["kunta", "verkosto"],
        )
    )
    found = report.analyse(own, lang="fi")
    # By hand: Mikkeli and Juva are in South Savo, Kuopio is in North Savo.
    regions = found.isolation_regions
    assert regions["networks"].to_dict() == {"region:FI-10": 2, "region:FI-11": 1}
    assert regions.equals(vg.isolation(own, level="region", lang="fi"))
    data = atlas.atlas_of(own, found, langs=["fi"])
    named = data["members"]["id"]
    assert {named[k] for k, _ in data["home"]["region"]} == {"region:FI-10", "region:FI-11"}
    assert {(named[town], named[region]) for town, region, _ in data["inRegion"]} == {
        ("municipality:FI-491", "region:FI-10"),
        ("municipality:FI-178", "region:FI-10"),
        ("municipality:FI-297", "region:FI-11"),
    }
    html = vg.write_report(own, tmp_path, results=found, langs=["fi"])[0].read_text("utf-8")
    assert "Etelä-Savo, Pohjois-Savo" in re.sub("<[^>]+>", "", html)
    assert (tmp_path / "tables" / "isolation_regions.csv").exists()


def test_every_script_and_style_is_in_a_page():
    folder = Path(page.__file__).parent / "templates"
    scripts = {path.name for path in folder.glob("*.js")} - {"static.js"}
    assert sorted(page.SCRIPTS) == sorted(scripts)
    assert page.SCRIPTS[-1] == "page.js"
    styles = {path.name for path in folder.glob("*.css")} - {"profile.css"}
    assert sorted(page.STYLES) == sorted(styles)


@pytest.mark.parametrize("name", page.SCRIPTS)
def test_scripts_lose_nothing_but_comments_and_margins(name):
    """No text of a script may run over lines: its margin would be cut."""
    script = str(pieces.part(name))
    assert all(line.count("`") % 2 == 0 for line in script.splitlines())
    kept = [line.strip() for line in script.splitlines()]
    left = pieces.lean(pieces.part(name)).splitlines()
    assert [line for line in left if line.strip() not in kept] == []
    lost = [line for line in kept if line and line not in left]
    assert all(line.startswith(("//", "/*", "*")) or line.endswith("*/") for line in lost)
    assert "</script" not in script
