"""What a planner does with the page, by mouse, finger and keyboard, and what it must answer."""

from __future__ import annotations

import csv
import io
import struct
from xml.etree import ElementTree as ET

import pytest

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.portfolio import portfolio

pytestmark = pytest.mark.browser

TAMPERE = "municipality:FI-837"
VALTIMO = "municipality:FI-911"  # a municipality until the end of 2019, then of Nurmes
NURMES = "municipality:FI-541"
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@pytest.fixture
def page(open_page, report_page):
    page = open_page(report_page, **DESKTOP)
    page.evaluate("globalThis.valumaStrict = true")
    return page


def title(page):
    return page.locator("#panel-title").inner_text()


def facts(page, at=0):
    """Return the figures of a list of them, by their labels."""
    items = page.locator("#panel .facts").nth(at).locator("li")
    return {one.locator(".label").inner_text(): one.locator(".number").inner_text()
            for one in items.all()}  # fmt: skip


def table(page, caption):
    """Return the rows of a table of the panel: its cells by their heads."""
    box = page.locator("#panel .grid", has=page.get_by_role("heading", name=caption, exact=True))
    more = box.locator(".grid-more")
    if more.is_visible():
        more.click()
    return box.locator("table").evaluate(
        "table => { const heads = [...table.tHead.rows[0].cells].map((one) => one.innerText);"
        " return [...table.tBodies[0].rows].map((row) => Object.fromEntries("
        "[...row.cells].map((cell, k) => [heads[k], cell.innerText.trim()]))); }"
    )


def go_to(page, hash_):
    """Follow an address that someone has sent."""
    page.evaluate(
        "hash => new Promise((done) => { addEventListener('hashchange', done, { once: true });"
        " location.hash = hash; })",
        hash_,
    )


def middle(page, member):
    """Return where on the screen a place of the map is surely itself."""
    return page.evaluate(
        """id => {
          const path = document.getElementById(
            `plan-place-${valuma.atlas.members.id.indexOf(id)}`);
          path.scrollIntoView({ block: "center" });
          const box = path.getBoundingClientRect();
          for (let k = 1; k < 400; k += 1) {
            const [x, y] = [(k % 20) / 20, Math.floor(k / 20) / 20];
            const at = [box.left + x * box.width, box.top + y * box.height];
            if (document.elementFromPoint(...at) === path) return at;
          }
          return null;
        }""",
        member,
    )


# -- the map ----------------------------------------------------------------------------------


def test_a_click_on_the_map_opens_the_place(page):
    page.mouse.click(*middle(page, "municipality:FI-148"))
    assert title(page) == "Inari"
    page.locator("label[for=level-region]").click()
    page.mouse.click(*middle(page, "region:FI-06"))
    assert title(page) == "Pirkanmaa"


def test_a_phone_is_enough(open_page, report_page):
    page = open_page(report_page, **PHONE)
    page.touchscreen.tap(*middle(page, "municipality:FI-148"))
    assert title(page) == "Inari"
    assert page.locator("#panel-title").is_visible()
    page.locator("#search").tap()
    page.locator("#search").press_sequentially("tampe")
    page.locator("#search-list [role=option]").first.tap()
    assert title(page) == "Tampere"
    top = page.locator("#panel-title").bounding_box()["y"]
    assert 0 <= top < 844
    page.locator("#panel tbody th a").first.tap()
    assert page.evaluate("location.hash").startswith("#network=")
    page.get_by_role("button", name="Svenska").tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    small = page.locator("button:visible, select:visible, summary:visible").evaluate_all(
        "all => all.filter(one => one.isConnected && !one.closest('thead')).filter((one) => {"
        " const { width, height } = one.getBoundingClientRect();"
        " return Math.min(width, height) < 24; }).map(one => one.outerHTML)"
    )
    assert small == []


# -- answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", text.LANGS)
def test_a_place_is_told_as_the_package_measures_it(page, finland, lang):
    page.evaluate("lang => valuma.explorer.speak(lang)", lang)
    alone = vg.isolation(finland, level="municipality")
    for status, of in alone.groupby("status"):
        go_to(page, f"#place={of.index[-1]}&lang={lang}")
        said = page.locator("#panel .standing .tone").first.inner_text()
        assert said == text.t(f"status.{status}", lang)
    go_to(page, f"#place={TAMPERE}&lang={lang}")
    found = portfolio(finland, TAMPERE, lang=lang)
    closest = table(page, text.t("explorer.place.peers", lang))
    head = {key: text.t(f"explorer.col.{key}", lang) for key in ("shared", "jaccard")}
    rows = zip(closest, found.peers.head(10).itertuples(), strict=False)
    for shown, row in rows:
        assert shown[head["shared"]] == text.number(row.shared, lang)
        assert shown[head["jaccard"]] == text.percent(row.jaccard, lang)


def test_a_network_is_told_as_the_package_measures_it(page, finland):
    go_to(page, "#network=hinku")
    lies = vg.footprint(finland).loc["hinku"]
    expected = [
        text.number(lies["regions"], "fi"),
        text.number(lies["territory"], "fi"),
        text.number(lies["population"], "fi"),
        text.percent(lies["population_share"], "fi"),
    ]
    assert [*facts(page, 1).values()] == expected
    known = vg.coverage(finland).loc["hinku"]
    first = [*facts(page).values()]
    assert first[:2] == [str(known["known"]), str(known["declared"])]
    pairs = vg.overlap(finland, null="sdsm", forbidden="country")
    own = pairs[pairs["a"].eq("hinku") | pairs["b"].eq("hinku")]
    assert first[-1] == str(len(own))
    names = finland.names("networks", "fi")
    other = own["a"].where(own["a"].ne("hinku"), own["b"]).map(names)
    chances = dict(zip(other, zip(own["p_upper"], own["q"], strict=True), strict=True))
    rows = table(page, text.t("explorer.network.overlaps", "fi"))
    assert len(rows) == len(own)
    for row in rows:
        (name, *_), (*_, p, q) = [*row.values()], [*row.values()]
        # The page holds three figures of each.
        assert [p, q] == [text.chance(float(f"{one:.2e}"), "fi") for one in chances[name]]


def test_filters_by_theme_and_evidence_count_what_the_tables_hold(page, finland):
    page.locator("#filters summary").press("Enter")
    strict = finland.select(evidence="explicit")
    page.locator("#filter-evidence-0").press("Space")
    assert page.evaluate("location.hash") == "#evidence=explicit"
    counts = page.evaluate("valuma.engine.at({ k: valuma.explorer.state.k,"
                           " level: 'municipality', evidence: [0] }).counts()")  # fmt: skip
    assert counts["memberships"] == strict.incidence.nnz < finland.incidence.nnz
    page.locator("#filters-clear").press("Enter")
    page.locator("#filter-themes-0").press("Space")
    theme, networks = page.evaluate(
        "[valuma.words.pick(valuma.atlas.themes[0]),"
        " [...document.querySelectorAll('#table-networks .grid-more')].map(one => one.click())"
        " && valuma.atlas.networks.themes.filter((own, n) => own.includes(0)"
        " && [...valuma.engine.at({ k: valuma.explorer.state.k, level: 'municipality' })"
        ".networks].includes(n)).length]"
    )
    line = page.locator("#announce").inner_text()
    assert f"{networks} verkostoa" in line
    assert theme in line


# -- years ------------------------------------------------------------------------------------


def test_a_merged_municipality_is_there_in_its_years(page, finland):
    then, now = finland, finland.at(2020)
    go_to(page, f"#place={VALTIMO}")
    assert title(page) == "Valtimo"
    first = vg.isolation(then, level="municipality")
    assert next(iter(facts(page).values())) == str(first.loc[VALTIMO, "networks"])
    count = page.locator("#table-municipality .grid-count")
    assert count.inner_text().startswith("311")
    page.locator("#year").press("ArrowRight")
    assert page.evaluate("location.hash") == f"#place={VALTIMO}&year=2020"
    said = page.locator("#panel .standing").inner_text()
    assert said == text.t("explorer.absent_merged", "fi", year="2020", name="Nurmes")
    page.wait_for_function(
        "() => document.querySelector('#table-municipality .grid-count')"
        ".innerText.startsWith('310')"
    )
    page.fill("#search", "valtimo")
    options = page.locator("#search-list [role=option]")
    assert "Valtimo" in options.first.inner_text()
    go_to(page, f"#place={NURMES}&year=2020")
    second = vg.isolation(now, level="municipality")
    assert next(iter(facts(page).values())) == str(second.loc[NURMES, "networks"])
    drawn = "id => document.getElementById(`plan-place-${valuma.atlas.members.id.indexOf(id)}`)"
    assert page.evaluate(f"({drawn})('{VALTIMO}')") is None
    page.locator("#year").press("ArrowLeft")
    assert page.evaluate(f"({drawn})('{VALTIMO}') !== null")


# -- keys -------------------------------------------------------------------------------------


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.innerText")


def tab_to(page, wanted, most=60):
    """Press Tab until what is wanted has the focus."""
    for _ in range(most):
        if focused(page) == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(wanted)


def test_all_of_it_without_a_mouse(page):
    page.keyboard.press("Tab")  # the way past the head
    page.keyboard.press("Enter")
    tab_to(page, "search")
    page.keyboard.type("turku")
    page.keyboard.press("Enter")
    assert (title(page), focused(page)) == ("Turku", "panel-title")
    tab_to(page, "Vertaa…")
    page.keyboard.press("Enter")
    assert focused(page) == "search-with"
    page.keyboard.type("pori")
    page.keyboard.press("Enter")
    assert title(page) == "Turku ja Pori"
    # Back to the top: the language, the level by arrows, the year, the filters.
    page.evaluate("document.getElementById('search').focus()")
    page.keyboard.press("Tab")
    assert focused(page) == "level-municipality"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("valuma.explorer.state.level") == "region"
    assert focused(page) == "level-region"
    page.keyboard.press("Tab")
    assert focused(page) == "year"
    page.keyboard.press("End")
    assert page.locator("#year-output").inner_text() == "2026"
    assert focused(page) == "year"
    page.evaluate("document.querySelector('[data-lang=sv]').focus()")
    page.keyboard.press("Space")
    assert page.locator("html").get_attribute("lang") == "sv"
    page.locator("#table-networks thead button").first.focus()
    page.keyboard.press("Enter")
    head = page.locator("#table-networks thead th").first
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.evaluate("document.activeElement.closest('th') === document.querySelector("
                         "'#table-networks thead th')")  # fmt: skip


# -- addresses and languages ------------------------------------------------------------------

ADDRESSES = [
    f"#place={TAMPERE}",
    "#place=region:FI-06",
    "#place=organisation:kuntaliitto&year=2020",
    "#network=fisu&year=2016&levels=national&lists=complete,partial&map=status",
    f"#place={TAMPERE}&with=municipality:FI-091&year=2015",
    "#network=hinku&with=fisu&evidence=explicit",
    "#level=region&themes=0,2",
    "#table=networks&find=fisu",
    "#table=municipality&row=municipality:FI-837",
    "#table=networks&status=partial",
    "#table=overlaps&status=surplus",
    "#table=municipality&status=single_network,bridge_dependent",
]


def test_each_address_stands_for_one_state_in_every_language(page):
    states = {}
    for address in ADDRESSES:
        go_to(page, address)
        assert page.evaluate("location.hash") == address
        assert page.locator("#spoken").inner_text() == "", address
        of = []
        for lang in text.LANGS:
            page.evaluate("lang => valuma.explorer.speak(lang)", lang)
            written = page.evaluate("location.hash")
            assert written == (address if lang == "fi" else f"{address}&lang={lang}")
            of.append(page.evaluate("({ ...valuma.explorer.state, lang: null })"))
        assert of[0] == of[1] == of[2]
        states[address] = str(of[0])
        page.evaluate("valuma.explorer.speak('fi')")
    assert len(set(states.values())) == len(ADDRESSES)
    for address in reversed(ADDRESSES[:-1]):
        page.go_back()
        page.wait_for_function("wanted => location.hash === wanted", arg=address)
        shown = page.evaluate("({ ...valuma.explorer.state, lang: null })")
        assert str(shown) == states[address]


# -- files ------------------------------------------------------------------------------------


def saved(page, act):
    with page.expect_download() as caught:
        act()
    return caught.value.suggested_filename, caught.value.path().read_bytes()


def test_files_hold_what_is_shown(page, finland):
    go_to(page, f"#place={TAMPERE}&lang=en")
    box = page.locator("#panel .grid").first
    name, raw = saved(page, box.locator(".grid-save").click)
    assert name.endswith("-tampere-2019.csv")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    found = portfolio(finland, TAMPERE, lang="en").networks
    assert sorted(row[0] for row in rows[1:]) == sorted(found["name"].unique())
    assert {len(row) for row in rows} == {len(rows[0])}

    name, raw = saved(page, page.locator("#map-tools button", has_text="SVG").click)
    assert name == "shared-tampere-2019.svg"
    drawn = ET.fromstring(raw)  # noqa: S314  our own file
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f".//{space}path")) > 311
    words = " ".join(drawn.itertext())
    assert "Tampere" in words
    assert "2019" in words
    assert not [one for one in drawn.iter() if {"class", "style"} & {*one.attrib}]
    size = [float(drawn.get(one)) for one in ("width", "height")]

    name, raw = saved(page, page.locator("#map-tools button", has_text="PNG").click)
    assert name == "shared-tampere-2019.png"
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", raw[16:24]) == tuple(round(2 * one) for one in size)
