"""The data of the page: in every year it says what the set itself says."""

from __future__ import annotations

import json
import re

import hostile
import pandas as pd
import pytest
import shapely
from strategies import tiny

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.errors import ConvergenceError
from valuma_graph.maps.vector import outlines
from valuma_graph.measures import coverage
from valuma_graph.measures.isolates import at_home, could_hold
from valuma_graph.report import holding
from valuma_graph.report.atlas import atlas_of, encode
from valuma_graph.report.profiles import FOLDER, described, file_name
from valuma_graph.report.results import analyse
from valuma_graph.report.sentences import Sentence, link, members, networks, year
from valuma_graph.report.years import overlaps, through

LANGS = ("fi", "sv", "en")
YEARS = range(2013, 2027)


@pytest.fixture(scope="module")
def finland():
    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="module")
def results(finland):
    return analyse(finland)


@pytest.fixture(scope="module")
def atlas(finland, results):
    pages = {network: f"{FOLDER}/{file_name(network)}" for network in described(finland)}
    made = atlas_of(finland, results, langs=LANGS, pages=pages, reach=vg.footprint(finland))
    return json.loads(encode(made))


@pytest.fixture(scope="module")
def sets(finland):
    return {year: finland.at(year) for year in YEARS}


def of(aff, **arguments):
    """Return the data of a set as the page reads it."""
    made = atlas_of(aff, analyse(aff), **({"langs": ["en"]} | arguments))
    return json.loads(encode(made))


def ids(atlas, mode, positions):
    return {atlas[mode]["id"][k] for k in positions}


def holds(mask, year):
    return bool(mask >> (year - YEARS[0]) & 1)


def missing_is_none(value):
    return None if pd.isna(value) else value


# -- years ----------------------------------------------------------------------------------------


def test_the_years_are_those_of_the_divisions(atlas):
    assert atlas["years"] == list(YEARS)
    assert atlas["year"] == 2019


@pytest.mark.parametrize("year", YEARS)
def test_members_and_networks_are_those_of_the_set_in_each_year(atlas, sets, year):
    aff = sets[year]
    mask = atlas["members"]["mask"]
    there = {
        node for node, bits in zip(atlas["members"]["id"], mask, strict=True) if holds(bits, year)
    }
    assert there == set(aff.members.index)
    listed = [row[0] for row in atlas["states"] if holds(row[1], year)]
    assert len(listed) == len(set(listed))
    assert ids(atlas, "networks", listed) == set(aff.networks.index)


@pytest.mark.parametrize("year", YEARS)
def test_memberships_are_those_of_the_set_in_each_year(atlas, sets, year):
    said = sorted(
        (
            atlas["members"]["id"][row[0]],
            atlas["networks"]["id"][row[1]],
            atlas["roles"][row[2]],
            atlas["evidence"][row[3]],
            row[4] or "",
            row[5] or "",
            row[6] or "",
            bool(row[8]),
        )
        for row in atlas["rows"]
        if holds(row[9], year)
    )
    columns = ["member_id", "network_id", "role", "evidence", "since", "until", "as_of"]
    rows = sets[year].memberships
    counted = rows["counted"].tolist()
    wanted = rows[columns].fillna("").itertuples(index=False, name=None)
    assert said == sorted({(*row, one) for row, one in zip(wanted, counted, strict=True)})


@pytest.mark.parametrize("year", YEARS)
def test_lists_are_as_the_set_has_them_in_each_year(atlas, sets, year):
    aff = sets[year]
    told = coverage(aff)
    could = could_hold(aff)
    classes = [
        (atlas["kinds"][kind], "" if country < 0 else atlas["countries"][country])
        for kind, country in atlas["classes"]
    ]
    for network, mask, status, selection, as_of, declared, opened, share, *_ in atlas["states"]:
        if not holds(mask, year):
            continue
        row = told.loc[atlas["networks"]["id"][network]]
        assert atlas["listStatuses"][status] == row["list_status"]
        chosen = None if selection < 0 else atlas["selections"][selection]
        assert chosen == missing_is_none(row["selection"])
        assert as_of == missing_is_none(row["snapshot_as_of"])
        assert declared == missing_is_none(row["declared"])
        assert share == pytest.approx(row["coverage"], rel=0.005, nan_ok=True) or share is None
        assert (share is None) == pd.isna(row["coverage"])
        column = could[row.name]
        assert {classes[k] for k in opened} & set(could.index) == set(column.index[column])


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("level", ["municipality", "region"])
def test_places_at_home_are_those_that_are_judged(atlas, sets, year, level):
    home = at_home(sets[year], level)
    said = [place for place, mask in atlas["home"][level] if holds(mask, year)]
    assert ids(atlas, "members", said) == set(home.index[home])


@pytest.mark.parametrize("year", YEARS)
def test_municipalities_lie_in_the_regions_of_the_year(atlas, sets, year):
    lies = sets[year].members.query("kind == 'municipality'")["region"].dropna()
    said = {
        atlas["members"]["id"][town]: atlas["members"]["id"][region]
        for town, region, mask in atlas["inRegion"]
        if holds(mask, year)
    }
    assert said == lies.to_dict()


@pytest.mark.parametrize("year", YEARS)
def test_borders_are_those_on_land(atlas, year):
    pairs = vg.contiguity(year)
    said = {
        tuple(sorted(atlas["members"]["id"][k] for k in (a, b)))
        for a, b, mask in atlas["borders"]
        if holds(mask, year)
    }
    assert said == set(zip(pairs["a"], pairs["b"], strict=True))


@pytest.mark.parametrize("year", YEARS)
def test_chance_is_that_of_all_networks_of_the_year(atlas, sets, year):
    said = {}
    for a, b, *told in atlas["chance"]:
        for k, p, q in zip(told[::3], told[1::3], told[2::3], strict=True):
            if atlas["years"][k] == year:
                said[frozenset((atlas["networks"]["id"][a], atlas["networks"]["id"][b]))] = (p, q)
    pairs = overlaps(sets[year])
    assert len(said) == len(pairs) > 0
    for a, b, p, q in zip(pairs["a"], pairs["b"], pairs["p_upper"], pairs["q"], strict=True):
        assert said[frozenset((a, b))] == pytest.approx((p, q), rel=0.005)


def test_chance_of_very_many_pairs_is_cut(finland, monkeypatch):
    years = through(finland)
    at = {network: k for k, network in enumerate(years.whole.networks.index)}
    monkeypatch.setattr(holding, "MOST_CHANCES", 500)
    kept = [(a, b, *told) for a, b, *told in holding.chances(years, at)]
    assert sum(len(row[2::3]) for row in kept) == 500
    told = [k for row in kept for k in row[2::3]]
    assert told.count(years.base) == len(overlaps(finland))  # the year of the report, whole
    assert set(told) == {years.base, years.base - 1}


def test_a_year_too_thin_for_the_model_is_not_judged(monkeypatch):
    def refuse(_):
        raise ConvergenceError("too few")

    monkeypatch.setattr(holding, "overlaps", refuse)
    davis = vg.datasets.southern_women()
    assert holding.chances(through(davis), {}) == []


@pytest.mark.parametrize("year", [2013, 2017, 2026])
def test_the_map_of_each_year_is_that_of_its_division(atlas, year):
    drawn = outlines(year)
    shapes = {
        atlas["members"]["id"][town]: path
        for town, path, mask in atlas["map"]["shapes"]
        if holds(mask, year)
    }
    assert shapes == drawn.municipalities.to_dict()
    lines = [path for path, mask in atlas["map"]["lines"] if holds(mask, year)]
    assert sorted(lines) == sorted(f"M{line}" for line in drawn.regions.split("M")[1:])
    assert (atlas["map"]["width"], atlas["map"]["height"]) == (drawn.width, drawn.height)


# -- what is told of single ones ------------------------------------------------------------------


def test_names_are_in_every_language_of_the_page_and_once_where_they_agree(atlas):
    named = dict(zip(atlas["members"]["id"], atlas["members"]["name"], strict=True))
    assert named["municipality:FI-837"] == ["Tampere", "Tammerfors", "Tampere"]
    assert named["municipality:FI-491"] == ["Mikkeli", "S:t Michel", "Mikkeli"]
    assert named["municipality:FI-143"] == "Ikaalinen" or isinstance(
        named["municipality:FI-143"], list
    )
    assert all(len(set(name)) > 1 for name in named.values() if isinstance(name, list))


def test_ranks_are_those_of_betweenness_among_places_of_the_kind(atlas, finland, results):
    between = results.centrality_members["betweenness"]
    home = at_home(finland, "municipality")
    towns = between[home.index[home]]
    assert atlas["central"]["of"]["municipality"] == len(towns) == 311
    at = {node: k for k, node in enumerate(atlas["members"]["id"])}
    for town in ("municipality:FI-837", "municipality:FI-564", "municipality:FI-005"):
        assert atlas["central"]["rank"][at[town]] == 1 + int((towns > towns[town]).sum())
        assert atlas["central"]["betweenness"][at[town]] == pytest.approx(towns[town], rel=0.005)
    gone = at["municipality:FI-319"]  # Köyliö, merged in 2016
    assert atlas["central"]["rank"][gone] is atlas["central"]["betweenness"][gone] is None


def test_footprints_profiles_and_pages_of_networks(atlas, finland):
    at = {node: k for k, node in enumerate(atlas["networks"]["id"])}
    fisu = at["fisu"]
    lies = vg.footprint(finland, networks=["fisu"]).loc["fisu"]
    assert atlas["networks"]["footprint"][fisu]["territory"] == lies["territory"] == 11
    assert atlas["networks"]["footprint"][fisu]["logic"] == lies["logic"]
    assert atlas["networks"]["page"][fisu] == "networks/fisu.html"
    told = {tuple(atlas["labels"][row[0]]): row for row in atlas["networks"]["profile"][fisu]}
    goal = told["Tavoite", "Mål", "Goal"]
    assert len(set(goal[1])) == 3
    assert goal[2] in {"stated", "coded", "inferred", "computed"}
    assert len(max(filter(None, atlas["networks"]["profile"]), key=len)) <= 10
    leader = at["lag_aisapari"]
    assert atlas["networks"]["page"][leader] is atlas["networks"]["profile"][leader] is None


def test_a_municipality_that_is_no_more_leads_to_the_one_it_is_part_of(atlas):
    at = {node: k for k, node in enumerate(atlas["members"]["id"])}
    valtimo, nurmes = at["municipality:FI-911"], at["municipality:FI-541"]
    masks = {(town, into): mask for town, into, mask in atlas["merged"]}
    known = {year for k, year in enumerate(atlas["years"]) if masks[valtimo, nurmes] >> k & 1}
    assert known == {2020, 2021, 2022, 2023, 2024, 2025, 2026}


def test_themes_are_groups_with_words(atlas, finland):
    at = {node: k for k, node in enumerate(atlas["networks"]["id"])}
    groups = [atlas["themes"][k][2] for k in atlas["networks"]["themes"][at["hinku"]]]
    assert groups == ["Climate and sustainability"]
    stated = finland.networks["themes"].dropna().index
    assert all(atlas["networks"]["themes"][at[network]] for network in stated)
    table = vg.datasets.themes()
    assert {f"theme_group.{group}" for group in table["group"]} <= set(text.catalogue())


def test_themes_of_users_stand_for_themselves():
    own = {f"n{k}": {"name_fi": f"n{k}", "themes": f"climate; Oma {k}"} for k in range(40)}
    made = of(tiny([("a", "n0")], networks=own))
    assert made["themes"][:3] == ["Climate and sustainability", "Oma 0", "Oma 1"]
    assert made["themes"][-1] == "Other themes"
    assert len(made["themes"]) == 1 + 30 + 1
    assert made["networks"]["themes"][1] == [0, 2]
    assert made["networks"]["themes"][39] == [0, 31]


def test_sentences_are_packed_and_name_their_words(finland, results):
    said = {
        "members": {
            "municipality:FI-837": [
                Sentence("prose.in", {"n": link("#table=networks", 7), "year": year(2019)}),
                Sentence("prose.in_single", {"network": networks(["fisu"])}, "a place"),
            ],
            "nobody": [Sentence("prose.in")],
        },
        "networks": {"fisu": [Sentence("prose.in_single", {"network": members(["region:FI-01"])})]},
    }
    made = atlas_of(finland, results, langs=["en"], prose=said)
    at = {mode: made[mode]["id"].index for mode in ("members", "networks")}
    told = made["prose"]["members"]
    assert list(told) == [str(at["members"]("municipality:FI-837"))]
    (one, other) = next(iter(told.values()))
    assert made["phrases"][one[0]] == ["prose.in", ["n", "year"]]
    assert made["links"] == ["#table=networks"]
    assert one[1:] == [["a", 0, 7], ["y", 2019]]
    assert other[1] == ["w", [at["networks"]("fisu")]]
    assert made["sources"][other[2]] == "a place"
    region = at["members"]("region:FI-01")
    assert made["prose"]["networks"] == {str(at["networks"]("fisu")): [[other[0], ["m", [region]]]]}
    assert {"prose.in", "prose.in_one", "prose.in_single"} <= set(made["text"])


def test_texts_that_the_scripts_name_are_there(finland, results):
    made = atlas_of(finland, results, langs=LANGS, script='t("page.col.reason") + `status.${x}`')
    assert made["text"]["page.col.reason"] == [text.t("page.col.reason", la) for la in LANGS]
    assert "page.col.rows" not in made["text"]
    assert {f"status.{s}" for s in ("isolated", "connected")} <= set(made["text"])


def test_sources_are_said_in_the_language_of_the_page(atlas):
    told = [source for source in atlas["sources"] if isinstance(source, list)]
    assert told
    assert all(fi.startswith("VALUMA-raportti") or "valuma-graph" in fi for fi, _, _ in told)
    for row in atlas["rows"]:
        assert row[7] < len(atlas["sources"])


# -- the file -------------------------------------------------------------------------------------


def test_it_is_small_and_the_same_each_time(atlas, finland, results):
    again = encode(atlas_of(finland, results, langs=LANGS, reach=vg.footprint(finland)))
    assert again == encode(atlas_of(finland, results, langs=LANGS, reach=vg.footprint(finland)))
    assert len(encode(atlas).encode()) < 560_000
    assert encode(json.loads(encode(atlas))) == encode(atlas)


def test_nothing_in_it_can_close_its_block():
    written = encode(atlas_of(hostile.affiliation(), analyse(hostile.affiliation()), langs=LANGS))
    assert "<" not in written
    assert "\u2028" not in encode({"a": "\u2028\u2029"})
    names = json.loads(written)["members"]["name"]
    assert [hostile.SCRIPT, f"{hostile.SCRIPT} (sv)", hostile.SCRIPT] in names
    assert json.loads(encode({"half": "a\ud800"})) == {"half": "a?"}


# -- other sets -----------------------------------------------------------------------------------


def test_a_set_without_years_or_places():
    made = of(vg.datasets.southern_women())
    assert (made["years"], made["year"], made["map"]) == ([None], None, None)
    assert made["home"] == {}
    assert made["borders"] == made["inRegion"] == []
    assert len(made["rows"]) == 89
    assert {row[9] for row in made["rows"]} == {1}
    assert set(made["members"]["mask"]) == {1}
    assert len(made["chance"]) == len(overlaps(vg.datasets.southern_women()))


def test_a_year_of_its_own_where_nothing_is_dated():
    assert of(tiny([("a", "n")], year=2019))["years"] == [2019]
    rows = {"kunta": ["Turku", "Pori"], "verkosto": ["Oma", "Oma"]}
    own = vg.read(pd.DataFrame(rows), year=2020)
    assert of(own)["years"] == [2020]
    dated = vg.read(pd.DataFrame(rows | {"vuosi": ["2019", "2019"]}), year=2020)
    assert of(dated)["years"] == list(YEARS)


def test_all_years_together_are_one(finland):
    made = of(finland.at(None))
    assert made["years"] == [None]
    assert len(made["home"]["municipality"]) == 308


def test_the_map_shows_municipalities_that_are_not_in_a_users_list():
    own = vg.read(pd.DataFrame({"kunta": ["Turku", "Pori"], "verkosto": ["Oma", "Oma"]}), year=2020)
    made = of(own)
    assert len(made["map"]["shapes"]) == 310
    there = [
        name
        for name, mask in zip(made["members"]["name"], made["members"]["mask"], strict=True)
        if mask
    ]
    assert there == ["Turku", "Pori"] or sorted(there) == ["Pori", "Turku"]
    assert len(made["members"]["id"]) >= 310
    assert ids(made, "members", [place for place, _ in made["home"]["municipality"]]) == {
        "municipality:FI-853",
        "municipality:FI-609",
    }


def test_selections_hold_in_every_year(finland):
    part = finland.select("municipality").without(["hinku"])
    made = of(part)
    assert made["narrowed"]
    assert "hinku" not in made["networks"]["id"]
    assert {
        made["kinds"][k]
        for k, mask in zip(made["members"]["kind"], made["members"]["mask"], strict=True)
        if mask
    } == {"municipality"}
    for k, then in enumerate(made["years"]):
        rows = {(row[0], row[1]) for row in made["rows"] if row[8] and row[9] >> k & 1}
        assert len(rows) == part.at(then).incidence.nnz


def test_rolled_up_sets_have_no_municipalities(finland):
    made = of(finland.roll_up("region"))
    there = zip(made["members"]["id"], made["members"]["mask"], strict=True)
    assert not [node for node, mask in there if mask and node.startswith("municipality:FI-")]
    assert len([1 for _, mask in made["home"]["region"] if holds(mask, 2019)]) == 19


@pytest.mark.parametrize("aff", [tiny([]), tiny([], members=["a"], networks=["n"])])
def test_hardly_anything(aff):
    made = of(aff)
    assert made["rows"] == made["chance"] == []
    assert len(made["states"]) == len(aff.networks)


def test_it_begins_with_what_it_is_about(finland, results):
    assert atlas_of(finland, results, langs=["en"])["start"] is None
    for centre, start in (
        (("members", "region:FI-01"), {"place": "region:FI-01"}),
        (("networks", "fisu"), {"network": "fisu"}),
    ):
        assert atlas_of(finland, results, langs=["en"], centre=centre)["start"] == start


def test_paths_of_all_years_fit_together(atlas):
    """Towns of 2013 and of 2026 cover the same land: no municipality is lost or drawn twice."""

    def area(year):
        total = 0.0
        for _, path, mask in atlas["map"]["shapes"]:
            if holds(mask, year):
                rings = [shapely.Polygon(ring) for ring in points(path)]
                total += sum(ring.area * (1 if ring.exterior.is_ccw else -1) for ring in rings)
        return abs(total)

    assert area(2013) == pytest.approx(area(2026), rel=0.01)


def points(path):
    for start, steps in re.findall(r"M(-?\d+ -?\d+)l([^Mz]*)", path):
        ring = [tuple(map(int, start.split()))]
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            ring.append((ring[-1][0] + dx, ring[-1][1] + dy))
        yield ring
