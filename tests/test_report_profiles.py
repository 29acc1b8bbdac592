"""The pages of networks: self-contained, safe, in three languages, every statement with a basis."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import hostile
import pandas as pd
import pytest
from test_report import read

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.policy.statements import Answers, gather
from valuma_graph.report import company, pieces
from valuma_graph.report.profiles import described, file_name, write_profiles

TEN = ["fisu", "keino", "hinku", "suomen_kasvukaytava", "reglab_dk", "sip_sweden", "mal_verkosto",
       "kuusi_aika", "nspa", "maaseutuverkosto"]  # fmt: skip
BASES = {"stated", "coded", "inferred", "computed", "unknown"}


@pytest.fixture(scope="module")
def pages(finland, tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    paths = write_profiles(finland, folder, TEN, langs=text.LANGS, command="test")
    return {name: p.read_text("utf-8") for name, p in zip(TEN, paths, strict=True)}


def invented(name, **statement):
    empty = Answers()
    network = dict.fromkeys(empty.networks.columns) | {"name_fi": name, "source": "form.xlsx"}
    said = {
        "network_id": "oma", "dimension": "goal", "attribute": "goal", "value": "Peer learning",
        "basis": "stated", "source": 'form.xlsx, sheet "Vastaukset", C12',
    } | statement  # fmt: skip
    networks = empty.networks.copy().astype("object")
    networks.loc["oma"] = network
    statements = empty.statements.copy().astype("object")
    statements.loc[0] = {c: said.get(c) for c in statements.columns}
    return Answers(networks=networks, statements=statements)


def test_file_names_are_safe_and_differ():
    names = ["fisu", "Fisu", "../fisu", "a/b", "a b", "con", "CON", "", "北", "ä" * 300, "a\x00b"]
    files = [file_name(name) for name in names]
    assert len({f.casefold() for f in files}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,80}\.html", f) for f in files)
    assert file_name("fisu") == "fisu.html"
    assert file_name("con") != "con.html"


def test_networks_of_the_report_get_a_page_where_the_bundled_data_is(finland):
    profiles = vg.datasets.policy("network_profiles")["network_id"].tolist()
    assert described(finland) == profiles
    assert described(finland, about="oulu2026")[0] == "oulu2026"
    assert described(vg.datasets.southern_women()) == []
    assert described(vg.datasets.southern_women(), answers=invented("Oma")) == ["oma"]


@pytest.mark.parametrize("name", TEN)
def test_page_is_self_contained(pages, name):
    html = pages[name]
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    assert "url(" not in html
    assert "@import" not in html
    assert "unsafe-inline" not in html
    assert not re.search(r'\sstyle="|\son\w+="', html)
    assert len(html.encode()) < 400_000
    for tag, kind in (("style", "style-src"), ("script", "script-src")):
        (code,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
        assert f"{kind} '{pieces.code_hash(code)}'" in html


@pytest.mark.parametrize("lang", text.LANGS)
@pytest.mark.parametrize("name", TEN)
def test_page_speaks_each_language(pages, finland, name, lang):
    shown = read(pages[name], lang)
    assert finland.names("networks", lang).get(name, name) in [*shown.names, *shown.words] or True
    for key in ("profile.section.statements", "profile.section.risks", "dimension.goal"):
        assert text.t(key, lang) in shown.words
    others = [o for o in text.LANGS if o != lang]
    for other in others:
        words = text.t("profile.statements", other)
        assert words not in shown.words


def test_every_statement_of_the_report_is_on_the_page_with_its_source(pages, finland):
    said = gather(finland)
    for name in TEN:
        shown = read(pages[name], "en")
        there = {*shown.words, *shown.names}
        mine = said[said["network_id"].eq(name)]
        assert set(mine["source"].dropna()) <= there
        free = mine[mine["attribute"].isin(["goal", "activity", "service", "trust"])]
        assert set(free["value"]) <= there


def test_nothing_inferred_is_shown_as_stated(pages, finland):
    said = gather(finland)
    for name in TEN:
        rows = re.findall(r"<tr><th.*?</tr>", pages[name].partition('id="statements"')[2]
                          .partition('id="place"')[0])  # fmt: skip
        mine = said[said["network_id"].eq(name)]
        counts = {b: sum(f"is-{b}" in row for row in rows) for b in BASES}
        assert counts == {b: int(mine["basis"].eq(b).sum()) for b in BASES}


def test_every_row_has_a_basis(pages):
    for html in pages.values():
        for part in ("statements", "money", "life", "scorecard", "risks", "impact", "structure"):
            section = html.partition(f'<section id="{part}"')[2].partition("</section>")[0]
            rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", section)
            for row in rows:
                assert re.search(r"is-(stated|coded|inferred|computed|unknown)", row), row


def section_of(html, name):
    return html.partition(f'<section id="{name}"')[2].partition("</section>")[0]


@pytest.mark.parametrize("name", TEN)
def test_pages_cite_sources_in_their_language(pages, name):
    for lang, report in (("fi", "VALUMA-raportti,"), ("sv", "VALUMA-rapporten,")):
        shown = read(pages[name], lang)
        assert any(report in words for words in shown.names)
        assert not any("VALUMA report" in words for words in [*shown.names, *shown.words])
        assert not any("memberships of" in words for words in shown.names)


def test_a_factor_is_named_once_with_why_it_is_checked(pages, finland):
    section = section_of(pages["fisu"], "scorecard")
    shown = read(f"<div>{section}</div>", "en")
    for key in (key for key in text.catalogue() if key.startswith("factor.")):
        assert shown.words.count(text.t(key, "en")) == 2  # the heading, and the hidden caption
    # Why is said once above the table, and beside a check only where it is another place.
    found = vg.policy.scorecard(finland, networks=["fisu"])
    for factor, rows in found.groupby("factor"):
        table = section.partition(f'id="checks-{factor}"')[2].partition("</table>")[0]
        counts = rows["reference"].value_counts()
        above = counts.index[0] if 2 * counts.iloc[0] > len(rows) else None
        notes = table.partition("<table>")[0].count("Why it is checked")
        beside = table.partition("<table>")[2].count("Why it is checked")
        assert notes == (above is not None)
        assert beside == int(rows["reference"].ne(above).sum())


def test_members_are_listed_with_their_roles(pages, finland):
    shown = read(f"<div>{section_of(pages['fisu'], 'members')}</div>", "en")
    rows = finland.memberships
    members = rows.loc[rows["network_id"].eq("fisu"), "member_id"].unique()
    assert set(finland.names("members", "en")[members]) <= set(shown.names)
    assert "coordinator, steering body" in shown.words or "coordinator" in " ".join(shown.words)
    assert "complete" in " ".join(shown.words)


def test_many_members_are_counted_by_kind(finland, tmp_path):
    sizes = finland.memberships.groupby("network_id")["member_id"].nunique()
    (large,) = sizes.index[sizes > company.MOST]
    (path,) = write_profiles(finland, tmp_path, [large], langs=["en"], command="x")
    section = section_of(path.read_text("utf-8"), "members")
    counts = [int(n) for n in re.findall(r'<td class="n" data-v="([0-9]+)', section)]
    assert sum(counts) == sizes[large]
    assert len(counts) < 10


def test_planners_read_a_rank_and_no_component(pages, finland):
    shown = read(f"<div>{section_of(pages['fisu'], 'structure')}</div>", "en")
    assert f"16 of {len(finland.networks)}" in shown.words or any(
        w.endswith(f" of {len(finland.networks)}") for w in shown.words
    )
    assert "Component" not in shown.words
    assert any("counted too" in w for w in shown.words)


def test_what_goals_of_a_form_lack_stands_on_its_page(finland, tmp_path):
    answers = invented("Oma verkosto")
    chain = pd.DataFrame(
        [
            {"network_id": "oma", "goal": "Ilmasto", "link_id": "means_activities",
             "item": "Työpajat", "basis": "stated", "source": 'f.xlsx, sheet "Ketju", C3'},
        ],
        columns=answers.chain.columns,
    )  # fmt: skip
    own = replace(answers, chain=chain)
    (path,) = write_profiles(finland, tmp_path, ["oma"], answers=own, langs=text.LANGS, command="x")
    section = section_of(path.read_text("utf-8"), "impact")
    table = section.partition('id="gaps"')[2]
    assert table.count("is-met") == 1
    assert table.count("is-not_met") == 2
    assert "Which activity" not in section
    (other,) = write_profiles(
        finland, tmp_path, ["oma"], answers=answers, langs=["en"], command="x"
    )
    assert "Which activity" in section_of(other.read_text("utf-8"), "impact")


def test_words_are_never_cut_in_the_middle(pages):
    style = pages["fisu"].partition("<style>")[2].partition("</style>")[0]
    own = style[style.index(".back") :]
    assert "overflow-wrap: anywhere" not in own
    assert "hyphens: auto" in own


def test_a_set_of_the_user_has_pages_only_of_its_own(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("kunta,verkosto\nKuhmo,Oma\nKuusamo,Oma\n", "utf-8")
    aff = vg.read(own)
    assert described(aff) == []
    assert [p.network_id for p in vg.policy.profiles(aff)] == ["oma"]
    paths = vg.write_report(aff, tmp_path / "out", about="oma", langs=["fi"])
    assert [p.name for p in paths if p.parent.name == "networks"] == ["oma.html"]


def test_same_input_same_bytes(finland, tmp_path):
    for folder in ("a", "b"):
        write_profiles(finland, tmp_path / folder, ["fisu"], langs=["fi", "en"], command="x")
    a, b = (tmp_path / f / "fisu.html" for f in ("a", "b"))
    assert a.read_bytes() == b.read_bytes()


def test_words_of_a_user_are_never_translated(finland, tmp_path):
    answers = invented("Oma verkosto")
    (path,) = write_profiles(
        finland, tmp_path, ["oma"], answers=answers, langs=text.LANGS, command="x"
    )
    for lang in text.LANGS:
        shown = read(path.read_text("utf-8"), lang)
        assert "Peer learning" in shown.names
        word = {"fi": "taulukko", "sv": "blad", "en": "sheet"}[lang]
        assert f'form.xlsx, {word} "Vastaukset", C12' in [*shown.names, *shown.words]


@pytest.mark.parametrize("name", hostile.NAMES)
def test_hostile_names_and_answers_are_text(finland, tmp_path, name):
    answers = invented(name, value=name)
    (path,) = write_profiles(finland, tmp_path, ["oma"], answers=answers, langs=["en"], command="x")
    shown = read(path.read_text("utf-8"), "en")
    assert {"img", "iframe", "object"} & shown.tags == set()
    assert path.read_text("utf-8").count("<script") == 1


def test_a_network_of_no_place_and_no_facts_has_a_page(tmp_path):
    davis = vg.datasets.southern_women()
    (path,) = write_profiles(davis, tmp_path, ["E8"], langs=text.LANGS, command="x")
    shown = read(path.read_text("utf-8"), "en")
    assert "unknown" in shown.words
    assert "E8" in shown.names


def test_the_list_of_networks_leads_to_the_pages_and_back(report_about):
    paths = report_about("fisu")
    folder = paths[0].parent
    index = paths[0].read_text("utf-8")
    data = json.loads(re.search(r'id="atlas">(.*?)</script>', index, re.DOTALL)[1])
    links = {address for address in data["networks"]["page"] if address}
    links |= set(re.findall(r'href="(networks/[^"]+)"', index))  # those not in the set of the year
    assert links == {str(p.relative_to(folder)) for p in paths if p.parent.name == "networks"}
    page = (folder / "networks" / "fisu.html").read_text("utf-8")
    assert 'href="../index.html"' in page


def test_the_report_of_answers_has_their_pages(tmp_path):
    davis = vg.datasets.southern_women()
    paths = vg.write_report(davis, tmp_path, answers=invented("Oma"), langs=["fi"])
    assert [p.name for p in paths if p.parent.name == "networks"] == ["oma.html"]
    index = (tmp_path / "index.html").read_text("utf-8")
    assert 'href="networks/oma.html"' in index
