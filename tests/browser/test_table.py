"""The tables of the page sort, filter, open, print and save themselves, in a real Chromium."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import bare_page
import hostile
import pandas as pd
import pytest

import valuma_graph as vg
from valuma_graph import text

pytestmark = pytest.mark.browser

PLACES = [
    # name, people, share, p, status
    ("Öja", 1200, 0.5, 0.04, "connected"),
    ("Espoo", 283632, 0.125, 4.2e-17, "isolated"),
    ("Åland", None, None, None, "connected"),
    ("Ähtäri", 5, 1, 0.5, "single_network"),
    ("espoo", -3, 0.001, 0.0312, "connected"),
]

START = """
const spec = {
  id: "places", caption: () => "Places", file: "Kunnat 2019 äö", find: true,
  key: (row) => row[0], empty: () => "No places.", sort: ["name", "ascending"],
  columns: [
    { key: "name", label: () => words.t("grid.filter"), type: "name", value: (row) => row[0],
      href: (row) => `#place=${encodeURIComponent(row[0])}` },
    { key: "people", label: () => "People", type: "number", value: (row) => row[1],
      hint: () => "Registered" },
    { key: "share", label: () => "Share", type: "percent", decimals: 1, value: (row) => row[2] },
    { key: "p", label: () => "p", type: "chance", value: (row) => row[3] },
    { key: "status", label: () => "Status", type: "word", value: (row) => row[4],
      tone: (row) => row[4] },
  ],
  rows: atlas.rows,
};
globalThis.spec = spec;
globalThis.table = makeTable(document.getElementById("places"), spec, words);
"""


@pytest.fixture
def show(browser, tmp_path):
    """Open a page with a table of rows; fail at the end if it said or asked for anything."""
    complaints, pages = [], []

    def shown(rows, **options):
        address = bare_page.write(tmp_path / "page.html", {"map": None, "rows": rows}, START)
        pages.append(bare_page.opened(browser, address, complaints, **options))
        return pages[-1]

    yield shown
    for page in pages:
        page.context.close()
    assert complaints == []


def names(page):
    return page.locator("#places tbody th[scope=row]").all_inner_texts()


def many(n):
    return [(f"Place {i:04}", i, i / n, None, "connected") for i in range(n)]


def test_names_are_in_the_order_of_the_language_and_numbers_as_numbers(show):
    page = show(PLACES)
    assert names(page) == ["Espoo", "espoo", "Åland", "Ähtäri", "Öja"]
    head = page.locator("#places thead th").nth(1)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert names(page) == ["Espoo", "Öja", "Ähtäri", "espoo", "Åland"]
    page.keyboard.press("Enter")  # the heading keeps the focus
    assert head.get_attribute("aria-sort") == "ascending"
    assert names(page) == ["espoo", "Ähtäri", "Öja", "Espoo", "Åland"]  # the unknown stays last
    assert page.locator("#places th[aria-sort]").count() == 1


def test_the_smallest_chance_comes_first(show):
    page = show(PLACES)
    page.locator("#places thead button").nth(3).click()
    cells = page.locator("#places tbody tr td:nth-child(4)").all_inner_texts()
    assert cells == ["4,2\xa0·\xa010⁻¹⁷", "0,031", "0,040", "0,50", "–"]


def test_cells_are_written_as_the_language_does_and_change_with_it(show):
    page = show(PLACES)
    row = page.locator("#places tbody tr").first

    def cells():
        return row.locator("td").all_inner_texts()

    assert cells() == ["283\xa0632", "12,5\xa0%", "4,2\xa0·\xa010⁻¹⁷", "isolated"]
    page.evaluate("parts.words.lang = 'en'; table.update()")
    assert cells() == ["283,632", "12.5%", "4.2\xa0·\xa010⁻¹⁷", "isolated"]
    assert page.locator("#places thead button").first.inner_text() == "Filter"


def test_head_cells_tell_what_a_screen_reader_needs(show):
    page = show(PLACES)
    table = page.get_by_role("table", name="Places")
    assert table.get_by_role("columnheader").count() == 5
    assert table.get_by_role("rowheader").count() == 5
    button = table.get_by_role("button", name="People")
    assert button.get_attribute("aria-description") == "Registered"
    assert page.get_by_role("region", name="Places").get_attribute("tabindex") == "0"


def test_filter_finds_words_in_any_column_with_or_without_dots(show):
    page = show(PLACES)
    box = page.locator("#places input[type=search]")
    box.fill("ahtari")
    assert names(page) == ["Ähtäri"]
    assert page.get_by_role("status").inner_text() == "1/5 riviä"
    box.fill("ESPOO isol")
    assert names(page) == ["Espoo"]
    box.fill("ärt")
    assert names(page) == []
    assert "ei vastaa" in page.locator(".grid-nothing").inner_text()
    assert not page.locator("#places table").is_visible()
    box.fill("")
    assert len(names(page)) == 5


def test_filter_takes_words_of_several_columns_and_of_one_alike(show):
    page = show([*PLACES, ("Connected Cove", 1, 0.1, 0.1, "isolated")])
    box = page.locator("#places input[type=search]")
    box.fill("connected")
    assert sorted(names(page)) == ["Connected Cove", "espoo", "Åland", "Öja"]
    box.fill("esp conn")
    assert names(page) == ["espoo"]
    box.fill("283")  # numbers are for sorting
    assert names(page) == []


def test_very_many_rows_are_searched_when_the_typing_pauses(show):
    page = show(many(3000))
    page.clock.install(time=datetime(2026, 1, 1, tzinfo=UTC))
    page.clock.pause_at(datetime(2026, 1, 2, tzinfo=UTC))  # else it ticks on while we look
    box = page.locator("#places input[type=search]")
    box.fill("place 29")
    box.fill("place 2999")
    assert len(names(page)) == 12
    page.clock.run_for(1000)
    assert names(page) == ["Place 2999"]
    assert page.get_by_role("status").inner_text() == "1/3\xa0000 riviä"


def test_ties_stay_as_they_came_in_both_directions(show):
    rows = [(f"Place {i}", (3, None, 1)[i % 3], 0.5, None, "connected") for i in range(9)]
    page = show(rows)
    people = page.locator("#places thead button").nth(1)

    def order():
        return [int(name.split()[1]) for name in names(page)]

    people.click()
    assert order() == [0, 3, 6, 2, 5, 8, 1, 4, 7]
    people.click()
    assert order() == [2, 5, 8, 0, 3, 6, 1, 4, 7]


def test_an_empty_table_says_so_and_offers_nothing(show):
    page = show([])
    assert page.locator(".grid-nothing").inner_text() == "No places."
    assert not page.locator(".grid-save").is_visible()
    assert not page.locator(".grid-more").is_visible()


def test_a_long_table_opens_and_closes_and_a_very_long_one_says_where_it_ends(show):
    page = show(many(1400))
    more = page.locator(".grid-more")
    assert len(names(page)) == 12
    assert more.get_attribute("aria-expanded") == "false"
    more.click()
    assert len(names(page)) == 1000
    assert re.findall(r"\d[\d\xa0]*", page.locator(".grid-rest").inner_text()) == [
        "1\xa0000",
        "1\xa0400",
    ]
    more.click()
    assert len(names(page)) == 12
    assert not page.locator(".grid-rest").is_visible()


def test_a_marked_row_is_brought_into_view_wherever_it_is(show):
    page = show(many(1400))
    assert page.evaluate("table.mark('Place 0700')") is True
    line = page.locator("tr.marked")
    assert line.get_attribute("aria-current") == "true"
    assert line.evaluate("line => line === document.activeElement")
    assert line.evaluate(
        "line => { const box = line.getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight }"
    )
    page.locator("#places input").fill("Place 0001")
    assert page.locator("tr.marked").count() == 0
    assert page.evaluate("table.mark('Place 1399')") is True  # the filter gives way
    assert page.locator("#places input").input_value() == ""
    assert page.evaluate("table.mark('nowhere')") is False


def test_new_rows_keep_the_order_the_filter_and_the_focus(show):
    page = show(many(30))
    page.locator("#places thead button").nth(1).click()
    page.locator("#places input").fill("place 002")
    page.locator("#places tbody a", has_text="Place 0023").focus()
    page.evaluate("table.update(spec.rows.map((row) => [row[0], -row[1], ...row.slice(2)]))")
    assert names(page) == [f"Place {i:04}" for i in (2, *range(20, 30))]
    assert page.evaluate("document.activeElement.textContent") == "Place 0023"
    assert page.locator("#places input").input_value() == "place 002"


def test_hostile_names_stay_text(show):
    evil = [*hostile.NAMES, "", "\N{PILE OF POO}" * 50, "x" * 10_000, hostile.CONTROL]
    page = show([(name, 1, 0.5, 0.5, "connected") for name in evil])
    assert sorted(page.locator("#places tbody th").all_text_contents()) == sorted(
        name or "–" for name in evil
    )
    assert page.locator("#places bdi").first.is_visible()
    assert page.locator("#places tbody img, #places tbody script").count() == 0
    assert page.evaluate("globalThis.hacked") is None
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide)


@pytest.mark.parametrize(("lang", "mark", "comma"), [("fi", ";", ","), ("en", ",", ".")])
def test_csv_opens_in_the_spreadsheet_of_the_language(show, lang, mark, comma):
    rows = [
        ('a "b"; c,\r\nd', 1234567.5, 0.125, 4.2e-17, "connected"),
        ("=1+1", -3, None, None, ""),
        ("''@x", 0, 1, 0.5, "+358"),
        ("\rx\0", 1, 0, 1, "-"),
    ]
    page = show(rows)
    page.evaluate(f"parts.words.lang = '{lang}'; table.update()")
    text = page.evaluate("table.toCSV()")
    assert text.startswith("\ufeff")
    head, *body = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=mark)
    assert head[1:] == ["People", "Share", "p", "Status"]
    assert sorted(body) == sorted(
        [
            ['a "b"; c,\nd', f"1234567{comma}5", f"12{comma}5%", f"4{comma}2E-17", "connected"],
            ["'=1+1", "-3", "", "", ""],
            ["'''@x", "0", "100%", f"0{comma}5", "'+358"],
            ["'\nx\ufffd", "1", "0%", "1", "'-"],
        ]
    )


def test_the_file_holds_the_rows_in_view_in_their_order(show):
    page = show(many(40))
    page.locator("#places thead button").nth(1).click()
    page.locator("#places input").fill("place 003")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Lataa CSV: Places").click()
    assert saving.value.suggested_filename == "kunnat-2019-ao.csv"
    lines = saving.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == [
        f"Place {i:04}" for i in (*range(39, 29, -1), 3)
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "etc-passwd.csv"),
        ("", "valuma-graph.csv"),
        ("Å" * 200, f"{'a' * 80}.csv"),
    ],
)
def test_file_names_are_plain(show, name, expected):
    assert show([]).evaluate("name => parts.fileName(name, 'csv')", name) == expected


def test_paper_gets_forty_rows_and_is_told_how_many_there_are(show):
    page = show(many(100))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 40
    assert re.findall(r"\d+", page.locator(".grid-rest").inner_text()) == ["40", "100"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(names(page)) == 12
    page.locator(".grid-more").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 100  # what the reader opened is printed open
    assert page.pdf(prefer_css_page_size=True)[:4] == b"%PDF"


@pytest.mark.parametrize("width", [320, 375, 1280, 1920])
def test_no_width_scrolls_sideways(show, width):
    page = show(many(40), viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator("#places button, #places input").evaluate_all(
        "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 24)"
        ".map(one => one.outerHTML)"
    )
    assert small == []


@pytest.fixture(scope="module")
def many_networks(tmp_path_factory):
    """Return the page of four members of 320 networks: 51,040 pairs."""
    folder = tmp_path_factory.mktemp("many")
    rows = [(f"organisation:{m}", f"n{n:03}") for m in "abcd" for n in range(320)]
    rows = [row for row in rows if row != ("organisation:d", "n000")]
    names = pd.DataFrame(
        {"member_id": [f"organisation:{m}" for m in "abcd"], "kind": "organisation"}
    )
    aff = vg.read(pd.DataFrame(rows, columns=["member", "network"]), members=names, year=2020)
    return vg.write_report(aff, folder)[0].as_uri()


def test_very_many_pairs_wait_until_somebody_comes_near(open_page, many_networks):
    page = open_page(many_networks, viewport={"width": 1280, "height": 800})
    table = page.locator("#table-overlaps")
    heading = text.t("explorer.tables.overlaps", "fi")
    page.locator("#table-networks tbody tr").first.wait_for(state="attached")
    table.get_by_role("heading", name=heading).wait_for()
    page.evaluate(f"new Promise((done) => {'requestAnimationFrame(() => ' * 3}done(){')' * 3})")
    assert table.locator("table").count() == 0
    table.scroll_into_view_if_needed()
    table.locator("tbody tr").first.wait_for()
    assert table.locator(".grid-count").inner_text().startswith("51\xa0040")
    # In another language it is drawn anew, on paper at the latest.
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("button", name="Svenska").click()
    other = text.t("explorer.tables.overlaps", "sv")
    table.get_by_role("heading", name=other, exact=True).wait_for()
    assert table.locator("table").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert table.get_by_role("rowheader").count() == 40
    assert table.get_by_role("table", name=other).count() == 1


def test_a_link_to_a_table_that_waits_draws_it_at_once(open_page, many_networks):
    page = open_page(f"{many_networks}#table=overlaps&row=n000%2Bn001&lang=en")
    assert page.locator("#table-overlaps tr.marked").evaluate(
        "row => row === document.activeElement"
    )
    page.get_by_role("button", name="Suomi").click()
    assert page.locator("#table-overlaps h3").inner_text() == text.t(
        "explorer.tables.overlaps", "fi"
    )


def test_no_two_scripts_use_one_name():
    top = re.compile(r"^(?:async )?(?:const|let|function|class) +(\w+)", re.MULTILINE)
    found = {}
    for path in bare_page.TEMPLATES.iterdir():
        if path.name.endswith(".js") and path.name != "static.js":
            text = path.read_text("utf-8")
            for name in top.findall(text):
                found.setdefault(name, []).append(path.name)
    assert {name: where for name, where in found.items() if len(where) > 1} == {}
