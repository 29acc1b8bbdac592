"""The scripts that count and speak for the page say what the package says, in a real Chromium."""

from __future__ import annotations

from importlib.resources import files
from string import Formatter

import numpy as np
import pandas as pd
import pytest
from strategies import tiny

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.measures import isolates
from valuma_graph.measures.standing import standing
from valuma_graph.portfolio import portfolio
from valuma_graph.report import atlas
from valuma_graph.report.results import analyse

pytestmark = pytest.mark.browser

LANGS = ("fi", "sv", "en")
SEEDS = range(16)
SCRIPTS = ("words.js", "graph.js", "questions.js", "engine.js")

# What the tests ask of a view, with ids in place of positions.
ASK = """
globalThis.valumaStrict = true;
globalThis.load = (json) => {
  globalThis.atlas = JSON.parse(json);
  globalThis.engine = makeEngine(atlas);
  globalThis.words = makeWords(atlas);
  globalThis.member = (i) => atlas.members.id[i];
  globalThis.network = (i) => (i < 0 ? null : atlas.networks.id[i]);
  globalThis.who = (id) => atlas.members.id.indexOf(id);
  globalThis.which = (id) => atlas.networks.id.indexOf(id);
};
globalThis.judged = (choice, all) => {
  const view = engine.at(choice);
  const everyone = atlas.members.id.map((_, i) => i);
  const there = everyone.filter((i) => inYear(atlas.members.mask[i], choice.k));
  const at = all ? there : view.places;
  return Object.fromEntries(at.map((i) => [member(i), [
    view.status[i], view.degree[i], view.possible[i], view.peers[i], view.component[i],
    network(view.dependsOn[i]), view.own[i], view.via[i],
  ]]));
};
globalThis.about = (choice, id, lang) => {
  const view = engine.at(choice);
  const i = who(id);
  return {
    closest: view.closest(i, lang).map((p) => [member(p.member), p.networks, p.shared, p.jaccard]),
    lacks: view.lacks(i, lang).map((l) => ({ ...l, network: network(l.network) })),
    basis: view.compared(i).basis,
    rows: view.rowsOf(i).map((r) => [network(r.network), r.role, r.since, r.until, r.counted,
      r.through < 0 ? null : member(r.through)]),
    neighbours: Array.from(view.neighbours(i), member),
  };
};
globalThis.pairsAt = (choice) => engine.at(choice).pairs().map((x) => [
  network(x.a), network(x.b), x.shared, x.jaccard, x.coefficient, x.p, x.q]);
globalThis.standingAt = (choice) => {
  const view = engine.at(choice);
  return Object.fromEntries(Array.from(view.networks, (n) => [network(n),
    Object.fromEntries([...view.standing(n)].map(([i, word]) => [member(i), word]))]));
};
"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    templates = files("valuma_graph.report") / "templates"
    joined = "\n".join((templates / name).read_text("utf-8") for name in SCRIPTS)
    page.add_script_tag(content=joined + ASK)
    yield page
    page.close()


def load(page, aff):
    made = atlas.atlas_of(aff, analyse(aff), langs=LANGS)
    page.evaluate("json => load(json)", atlas.encode(made))
    return made


@pytest.fixture(scope="module")
def at_year(finland):
    """Return Finland in a year, made once."""
    made = {}

    def of(year):
        if year not in made:
            made[year] = finland.at(year)
        return made[year]

    return of


@pytest.fixture(scope="module")
def country(page, finland, analysed):
    made = atlas.atlas_of(finland, analysed, langs=LANGS)
    page.evaluate("json => load(json)", atlas.encode(made))
    page.evaluate("globalThis.country = { atlas, engine, words }")
    return made


@pytest.fixture
def finnish(page, country):
    """Take Finland again where another set has been loaded in between."""
    page.evaluate("Object.assign(globalThis, country)")
    return country


def choice(made, year, level="municipality", **filters):
    return {"k": made["years"].index(year), "level": level, **filters}


def judged(frame):
    """Return the rows of `isolation` as the page has them."""
    own = frame["networks_own"] if "networks_own" in frame else frame["networks"]
    via = frame.get("networks_of_municipalities", pd.Series(0, index=frame.index))
    columns = [
        frame["status"], frame["networks"], frame["networks_possible"], frame["peers"],
        frame["component"].fillna(0).astype(int),
        frame["depends_on"].astype(object).where(frame["depends_on"].notna(), None), own, via,
    ]  # fmt: skip
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return dict(zip(frame.index, map(list, rows), strict=True))


# Of each division one, and years in which lists begin: the set itself is checked in all years.
YEARS = [2013, 2016, 2019, 2020, 2024, 2026]


@pytest.mark.parametrize("level", ["municipality", "region"])
@pytest.mark.parametrize("year", YEARS)
def test_who_is_left_outside_is_the_same_in_every_year(page, finnish, at_year, year, level):
    expected = judged(vg.isolation(at_year(year), level=level))
    found = page.evaluate("choice => judged(choice, false)", choice(finnish, year, level))
    assert found == expected
    assert len(found) == len(vg.isolation(at_year(year), level=level)) > 0


@pytest.mark.parametrize("year", [2013, 2019, 2026])
def test_members_of_every_kind_are_judged_alike(page, finnish, at_year, year):
    expected = judged(vg.isolation(at_year(year)))
    found = page.evaluate("choice => judged(choice, true)", choice(finnish, year))
    assert found == expected


TOWNS = [
    "municipality:FI-837", "municipality:FI-091", "municipality:FI-491", "municipality:FI-853",
    "municipality:FI-140", "municipality:FI-478", "municipality:FI-035", "municipality:FI-890",
]  # fmt: skip


def closest(found):
    columns = ["member_id", "networks", "shared", "jaccard"]
    return [[*row] for row in found.peers[columns].itertuples(index=False, name=None)]


def lacking(found):
    rows = found.lacks[["network_id", "peers_in", "compared", "standing"]]
    return {row[0]: row[1:] for row in rows.itertuples(index=False, name=None)}


def compare_portfolio(page, made, aff, member, level, lang="fi"):
    expected = portfolio(aff, member, lang=lang)
    asked = [choice(made, aff.year, level), member, lang]
    found = page.evaluate("([choice, id, lang]) => about(choice, id, lang)", asked)
    assert found["closest"] == closest(expected)
    of_peers = [each for each in found["lacks"] if each["peersIn"]]
    keys = ("peersIn", "compared", "standing")
    assert {each["network"]: tuple(each[k] for k in keys) for each in of_peers} == lacking(expected)
    assert found["basis"] == expected.basis
    rows = expected.networks
    ties = {(row.network_id, row.role, bool(row.counted)) for row in rows.itertuples()}
    assert {(row[0], row[1], row[4]) for row in found["rows"]} == ties
    return expected, found


@pytest.mark.parametrize("year", [2014, 2019, 2026])
@pytest.mark.parametrize("member", TOWNS)
def test_a_town_stands_as_its_portfolio_says(page, finnish, at_year, member, year):
    compare_portfolio(page, finnish, at_year(year), member, "municipality")


@pytest.mark.parametrize(
    ("code", "lang"), [("06", "fi"), ("06", "sv"), ("06", "en"), ("01", "sv"), ("21", "en")]
)
def test_a_region_stands_as_its_portfolio_says(page, finnish, at_year, code, lang):
    region = f"region:FI-{code}"
    expected, found = compare_portfolio(page, finnish, at_year(2019), region, "region", lang)
    through = {}
    for network, role, *_, town in found["rows"]:
        through.setdefault((network, role), set()).add(town)
    for row in expected.networks.itertuples():
        if pd.notna(row.through):
            assert through[row.network_id, row.role] - {None} == set(row.through.split(";"))


def test_members_beyond_the_country_have_portfolios(page, finnish, at_year):
    aff = at_year(2019)
    kinds = aff.members["kind"]
    for kind in ("organisation", "country"):
        compare_portfolio(page, finnish, aff, kinds.index[kinds.eq(kind)][0], "municipality")


def test_one_without_networks_is_compared_with_its_region(page, finnish, at_year):
    outside = vg.isolation(at_year(2013), level="municipality").networks.eq(0)
    member = outside.index[outside][0]
    expected, _ = compare_portfolio(page, finnish, at_year(2013), member, "municipality")
    assert expected.basis == "region"


def test_neighbours_are_those_on_land(page, finnish):
    asked = [choice(finnish, 2019), "municipality:FI-837", "fi"]
    found = page.evaluate("([choice, id, lang]) => about(choice, id, lang)", asked)
    names = vg.datasets.finland(year=2019).names(lang="fi")
    assert {names[i] for i in found["neighbours"]} == {
        "Ylöjärvi", "Ruovesi", "Orivesi", "Kangasala", "Lempäälä", "Pirkkala",
        "Nokia",
    }  # fmt: skip
    lacks = {each["network"]: each for each in found["lacks"]}
    around = page.evaluate(
        """([choice, id]) => {
          const view = engine.at(choice);
          const count = {};
          for (const n of view.neighbours(who(id))) for (const x of view.netsOf(n)) {
            count[network(x)] = (count[network(x)] ?? 0) + 1;
          }
          return count;
        }""",
        asked[:2],
    )
    assert all(each["neighboursIn"] == around.get(each["network"], 0) for each in lacks.values())
    assert all(each["neighbours"] == 7 for each in lacks.values())


def test_regions_border_where_their_towns_do(page, finnish):
    asked = [choice(finnish, 2019, "region"), "region:FI-21", "fi"]
    assert page.evaluate("a => about(...a).neighbours", asked) == []  # Åland lies in the sea
    asked[1] = "region:FI-06"
    found = page.evaluate("a => about(...a).neighbours", asked)
    names = vg.datasets.finland(year=2019).names(lang="fi")
    assert {names[i] for i in found} == {
        "Satakunta", "Varsinais-Suomi", "Kanta-Häme", "Päijät-Häme", "Keski-Suomi",
        "Etelä-Pohjanmaa",
    }  # fmt: skip


@pytest.mark.parametrize("year", [2013, 2019, 2026])
def test_pairs_of_networks_share_what_overlap_finds(page, finnish, at_year, year):
    columns = ["a", "b", "shared", "jaccard", "overlap_coefficient", "p_upper", "q"]
    expected = vg.overlap(at_year(year), null="sdsm", forbidden="country")[columns].astype(
        {"a": str, "b": str}
    )
    found = page.evaluate("choice => pairsAt(choice)", choice(finnish, year))
    assert [row[:5] for row in found] == expected[columns[:5]].to_numpy().tolist()
    chance = [row[5:] for row in found]
    np.testing.assert_allclose(chance, expected[columns[5:]].to_numpy(), rtol=0.006, atol=1e-300)
    rolled = page.evaluate("choice => pairsAt(choice)", choice(finnish, year, "region"))
    assert rolled == found  # members as listed, at every level


def test_overlaps_of_one_network_are_its_pairs(page, finnish):
    found, pairs = page.evaluate(
        """choice => {
          const found = engine.at(choice).overlaps(which("hinku"));
          return [found.map((x) => [network(x.network), x.shared, x.q]), pairsAt(choice)];
        }""",
        choice(finnish, 2019),
    )
    expected = [
        [b if a == "hinku" else a, shared, q] for a, b, shared, *_, q in pairs if "hinku" in (a, b)
    ]
    assert sorted(found) == sorted(expected)
    assert [row[1] for row in found] == sorted((row[1] for row in found), reverse=True)


@pytest.mark.parametrize("year", [2013, 2026])
def test_towns_stand_to_networks_as_measured(page, finnish, at_year, year):
    aff = at_year(year)
    home = isolates.at_home(aff, "municipality")
    found = page.evaluate("choice => standingAt(choice)", choice(finnish, year))
    assert set(found) == set(aff.networks.index)
    for network, words in found.items():
        expected = standing(aff, network, home.index[home]).replace("not_member", "other")
        assert words == expected.to_dict()


# -- filters ----------------------------------------------------------------------------------


def chosen(made, aff, **filters):
    """Return the ids of the networks that pass filters, read from the tables of the set."""
    table = aff.networks
    keep = pd.Series(data=True, index=table.index)
    if levels := filters.get("levels"):
        keep &= table["level"].isin([made["levels"][i] for i in levels])
    if lists := filters.get("lists"):
        keep &= table["list_status"].isin([made["listStatuses"][i] for i in lists])
    if themes := filters.get("themes"):
        at = dict(zip(made["networks"]["id"], made["networks"]["themes"], strict=True))
        keep &= table.index.map(lambda network: not {*at[network]}.isdisjoint(themes))
    return table.index[keep]


@pytest.mark.parametrize("level", ["municipality", "region"])
@pytest.mark.parametrize(
    "filters",
    [
        {"levels": [1]},
        {"levels": [0, 2]},
        {"lists": [0]},
        {"lists": [1, 2]},
        {"themes": [0, 4]},
        {"themes": [1], "levels": [0, 1], "lists": [0, 2]},
        {"themes": []},
    ],
    ids=str,
)
def test_filters_choose_networks(page, finnish, at_year, filters, level):
    for year in (2015, 2019):
        aff = at_year(year)
        kept = [] if filters.get("themes") == [] else chosen(finnish, aff, **filters)
        expected = judged(vg.isolation(aff.select(networks=list(kept)), level=level))
        asked = choice(finnish, year, level, **filters)
        assert page.evaluate("choice => judged(choice, false)", asked) == expected
        assert page.evaluate("c => engine.at(c).filtered", asked)
        assert page.evaluate("c => Array.from(engine.at(c).networks, network)", asked) == sorted(
            kept, key=finnish["networks"]["id"].index
        )


def test_only_rows_of_the_evidence_asked_for_count(page, finnish, at_year):
    asked = choice(finnish, 2019, evidence=[0])
    strong = at_year(2019).select(evidence="explicit")
    expected, found = (
        judged(vg.isolation(strong, level="municipality")),
        page.evaluate("choice => judged(choice, false)", asked),
    )
    for place, row in found.items():
        _, networks, _, peers, component, _, _, _ = row
        assert [networks, peers, component] == [expected[place][i] for i in (1, 3, 4)]
    weak = judged(vg.isolation(at_year(2019), level="municipality"))
    fewer = [place for place in found if found[place][1] < weak[place][1]]
    assert fewer
    # What rests on weaker evidence is not absent: it stays possible.
    assert all(found[place][2] == weak[place][2] for place in found)
    pairs = page.evaluate("choice => pairsAt(choice)", asked)
    assert {(row[5], row[6]) for row in pairs} == {(None, None)}


# -- other sets -------------------------------------------------------------------------------


def compare_all(page, made, aff):
    """Compare everything that is said of a set without places."""
    asked = choice(made, aff.year)
    assert page.evaluate("choice => judged(choice, true)", asked) == judged(vg.isolation(aff))
    columns = ["a", "b", "shared", "jaccard", "overlap_coefficient"]
    pairs = vg.overlap(aff)[columns].astype({"a": str, "b": str})
    found = page.evaluate("choice => pairsAt(choice)", asked)
    assert [row[:5] for row in found] == pairs.to_numpy().tolist()
    for member in aff.members.index[::3]:
        compare_portfolio(page, made, aff, member, "municipality", "en")


def test_the_southern_women_are_the_same(page):
    davis = vg.datasets.southern_women()
    compare_all(page, load(page, davis), davis)


def drawn(seed):
    """Draw a small set: sparse ones fall apart, dense ones hang together; lists of every kind."""
    rng = np.random.default_rng(seed)

    def one_of(*values):
        return values[rng.integers(len(values))]

    members = rng.permutation([f"m{i:02}" for i in range(rng.integers(1, 25))]).tolist()
    networks = [f"n{j:02}" for j in range(rng.integers(1, 17))]
    density = one_of(0.04, 0.08, 0.12, 0.25, 0.6)
    return tiny(
        [(m, n) for m in members for n in networks if rng.random() < density],
        members={
            m: {
                "kind": one_of("organisation", "city_region", "municipality"),
                "name_en": one_of("a", "A", "b", "Ä", "Ö", "z"),
            }
            for m in members
        },
        networks={
            n: {
                "list_status": one_of("complete", "complete", "partial", "unknown"),
                "kind": one_of("network", "network", "statutory"),
            }
            for n in networks
        },
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_any_small_set_is_the_same(page, seed):
    aff = drawn(seed)
    compare_all(page, load(page, aff), aff)


CHAINS = {
    # Taking y away leaves {a} and {c d e}: a is cut off from the larger part.
    "a tail": (["ab x", "bc y", "cdef z", "cdef w"], {"b": "y"}),
    # Two halves of the same size: neither is cut off from a larger part.
    "two halves": (["ab x", "ab y", "bc z", "cd v", "cd w"], {}),
    # Of two networks on the way to the larger part, the nearer.
    "a long tail": (["ab t", "bc u", "cd v", "defg x", "defg y"], {"b": "u", "c": "v"}),
    # Without the hub three parts are left, two of them smaller.
    "a star": (
        ["ab h", "ab i", "cd j", "efg k", "acefg c", "efg l", "cd m"],
        {"a": "c", "b": "c", "c": "c", "d": "c"},
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_single_threads_are_found(page, name):
    edges, expected = CHAINS[name]
    load(page, tiny(edges))
    found = page.evaluate("choice => judged(choice, true)", {"k": 0, "level": "municipality"})
    assert {m: row[5] for m, row in found.items() if row[0] == "bridge_dependent"} == expected


def test_a_set_without_anything_has_views(page):
    made = load(page, tiny([]))
    counts = page.evaluate("c => engine.at(c).counts()", choice(made, None))
    assert counts["networks"] == counts["members"] == counts["memberships"] == 0
    assert page.evaluate("c => pairsAt(c)", choice(made, None)) == []


def test_two_places_and_two_networks_are_compared(page):
    aff = tiny(
        ["abc x", "bc y", "ad z"],
        networks={"y": {"list_status": "partial"}, "x": {}, "z": {}},
    )
    made = load(page, aff)
    places, networks = page.evaluate(
        """choice => {
          const view = engine.at(choice);
          const places = view.comparePlaces(who("a"), who("b"));
          const nets = view.compareNetworks(which("x"), which("y"));
          const keys = ["both", "onlyA", "onlyB"];
          const named = (of, it) => Object.fromEntries(keys.map((k) => [k, it[k].map(of)]));
          return [
            { ...places, ...named(network, places) },
            { ...nets, ...named(member, nets) },
          ];
        }""",
        choice(made, None),
    )
    assert places == {
        "both": ["x"], "onlyA": ["z"], "onlyB": ["y"],
        "shared": 1, "jaccard": 1 / 3, "coefficient": 0.5,
    }  # fmt: skip
    overlap = networks.pop("overlap")
    assert networks == {
        "both": ["b", "c"], "onlyA": ["a"], "onlyB": [],
        "shared": 2, "jaccard": 2 / 3, "coefficient": 1.0,
    }  # fmt: skip
    assert (overlap["shared"], overlap["jaccard"], overlap["coefficient"]) == (2, 2 / 3, 1.0)


def test_headline_figures_count_the_state(page, finnish, at_year):
    aff = at_year(2019)
    found = page.evaluate("c => engine.at(c).counts()", choice(finnish, 2019))
    judged_ = vg.isolation(aff, level="municipality")
    assert found["statuses"] == judged_["status"].value_counts().to_dict()
    assert found["places"] == len(judged_) == 311
    assert found["reached"] == int(judged_["networks"].gt(0).sum())
    assert found["networks"] == len(aff.networks)
    assert found["memberships"] == aff.incidence.nnz
    assert found["members"] == int((np.diff(aff.incidence.indptr) > 0).sum())


def test_all_evidence_and_all_lists_filter_nothing(page, finnish):
    everything = {name: list(range(len(finnish[name]))) for name in ("evidence", "listStatuses")}
    asked = choice(finnish, 2019, evidence=everything["evidence"], lists=everything["listStatuses"])
    assert page.evaluate("c => engine.at(c).filtered", asked) is False
    asked["evidence"] = asked["evidence"][:1]
    assert page.evaluate("c => engine.at(c).filtered", asked) is True


def test_lists_are_described(page, finnish, at_year):
    table = at_year(2019).networks
    known = vg.coverage(at_year(2019))
    found = page.evaluate(
        """choice => {
          const view = engine.at(choice);
          return Object.fromEntries(Array.from(view.networks, (n) =>
            [network(n), { ...view.state(n), ...view.coverage(n) }]));
        }""",
        choice(finnish, 2019),
    )
    for network, row in table.iterrows():
        said = found[network]
        assert said["listStatus"] == row["list_status"]
        assert said["known"] == known.loc[network, "known"]
        for key, column in (("selection", "selection"), ("asOf", "snapshot_as_of")):
            assert said[key] == (None if pd.isna(row[column]) else row[column])
        share = known.loc[network, "coverage"]
        assert said["share"] == (None if pd.isna(share) else pytest.approx(share, rel=0.01))


def test_masks_may_be_wider_than_a_machine_word(page):
    found = page.evaluate(
        "mask => [0, 1, 31, 40, 41].map((k) => inYear(mask, k))", 2**40 + 2**31 + 1
    )
    assert found == [True, False, True, True, False]


# -- words ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def numbers():
    rng = np.random.default_rng(0)
    fixed = [
        0, 1, -1, -0.0, 0.5, 1.5, 2.5, -2.5, 0.125, 0.375, 0.15, 0.25, 1.005, 999.5, 1234.5,
        0.05, 1e6, 5525292, -123456.789, None, -0.4, 0.045, 1e15, 99999.95, 2.675,
    ]  # fmt: skip
    return fixed + (rng.uniform(-1, 1, 500) * 10.0 ** rng.integers(-6, 9, 500)).tolist()


@pytest.mark.usefixtures("finnish")
@pytest.mark.parametrize("lang", LANGS)
def test_numbers_are_written_alike(page, numbers, lang):
    chances = [0.5, 0.1, 0.0999, 0.001, 0.00099, 4.2e-17, 1e-300, 1, 0, None]
    chances += [10 ** -(k / 7) for k in range(200)]
    found = page.evaluate(
        """([lang, numbers, chances]) => {
          words.lang = lang;
          return {
            plain: numbers.map((x) => [0, 1, 2, 3].map((d) => words.number(x, d))),
            shares: numbers.map((x) => [0, 1].map((d) => words.percent(x, d))),
            chances: chances.map((p) => words.chance(p)),
          };
        }""",
        [lang, numbers, chances],
    )
    assert found["plain"] == [[text.number(x, lang, d) for d in range(4)] for x in numbers]
    assert found["shares"] == [[text.percent(x, lang, d) for d in (0, 1)] for x in numbers]
    assert found["chances"] == [text.chance(p, lang) for p in chances]


@pytest.mark.parametrize("lang", LANGS)
def test_texts_are_filled_alike(page, finnish, lang):
    asked = []
    for key in finnish["text"]:
        places = Formatter().parse(text.catalogue()[key][lang])
        names = {name for _, name, _, _ in places if name}
        for n in (1, 2, 12345):
            values = dict.fromkeys(names, "{x} <b>") | ({"n": n} if "n" in names else {})
            asked.append([key, values])
    found = page.evaluate(
        "([lang, asked]) => { words.lang = lang; return asked.map((a) => words.t(...a)); }",
        [lang, asked],
    )
    assert found == [text.t(key, lang, **values) for key, values in asked]
    assert len(asked) > 300


@pytest.mark.usefixtures("finnish")
def test_an_unknown_text_is_an_error(page):
    message = page.evaluate("() => { try { words.t('no.such'); } catch (e) { return e.message; } }")
    assert message == "no text for no.such"


@pytest.mark.usefixtures("finnish")
def test_names_come_in_the_order_of_the_alphabet(page, at_year):
    names = [*at_year(2019).names(lang="fi"), *at_year(2019).names(lang="sv")]
    names += ["Æblø", "Øst", "ß", "SS", "ZÜRICH", "zürich", "Ñ", "\U0001f600", "\uffee", "", "å"]
    names = sorted(set(names))
    names = np.random.default_rng(1).permutation(np.array(names, dtype=object)).tolist()
    found = page.evaluate("names => [...names].sort(words.compare)", names)
    assert found == sorted(names, key=text.sort_key)


@pytest.mark.usefixtures("finnish")
def test_search_finds_names_without_their_dots(page):
    found = page.evaluate(
        """() => [["ÄHT", "Ähtäri"], ["aht", "Ähtäri"], ["äht", "Ahtari"], ["abo", "Åbo"],
          ["salo", "Uusi Salo"], ["alo", "Uusi Salo"], ["x", "Salo"], ["cafe", "Café"],
        ].map((pair) => words.matches(...pair))"""
    )
    assert found == [0, 3, -1, 3, 1, 2, -1, 0]


def test_sentences_become_texts_and_links(page):
    made = load(page, tiny(["ab x"], members={"a": {"name_fi": "Ä <b>"}, "b": {}}))
    made["text"] |= {
        "s": "{who}: {n} in {what}, {share}, {year}, {p}, {d}, {none}.",
        "s_one": "one",
        "w": ["sana", "ord", "word"],
    }
    values = {
        "who": ["m", [0, 1]], "n": ["a", "#table=networks", 2], "what": ["w", [0]],
        "share": ["%", 0.25], "year": ["y", 2019], "p": ["p", 0.031], "d": ["d", 2.345, 1],
        "none": ["t", "w"],
    }  # fmt: skip
    found = page.evaluate(
        """([made, values]) => {
          load(JSON.stringify(made));
          words.lang = "sv";
          return [words.parts(["s", values, -1]), words.parts(["s", { n: ["a", "#x", 1] }, -1]),
            words.source(-1)];
        }""",
        [made, values],
    )
    assert found == [
        [
            {"text": "Ä <b>", "href": "#place=a&lang=sv", "name": True},
            {"text": ", "},
            {"text": "b", "href": "#place=b&lang=sv", "name": True},
            {"text": ": "},
            {"text": "2", "href": "#table=networks&lang=sv"},
            {"text": " in "},
            {"text": "x", "href": "#network=x&lang=sv", "name": True},
            {"text": ", "},
            {"text": "25\u00a0%"},
            {"text": ", "},
            {"text": "2019"},
            {"text": ", "},
            {"text": "0,031"},
            {"text": ", "},
            {"text": "2,3"},
            {"text": ", "},
            {"text": "ord"},
            {"text": "."},
        ],
        [{"text": "one"}],
        "",
    ]
