"""Names and ids that try to be something else than text, everywhere on the page."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import hostile
import pytest

import valuma_graph as vg
from valuma_graph import text

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def wild():
    places = vg.isolation(vg.datasets.finland(year=2020), level="municipality").index
    assert len(places) == 310
    return hostile.wild(places.tolist(), 2020)


@pytest.fixture(scope="module")
def address(wild, tmp_path_factory):
    return vg.write_report(wild, tmp_path_factory.mktemp("wild"))[0].as_uri()


@pytest.fixture
def page(open_page, address):
    page = open_page(address, viewport={"width": 390, "height": 800})
    page.evaluate("globalThis.valumaStrict = true")
    yield page
    assert page.evaluate("globalThis.hacked === undefined && Object.prototype.n === undefined")
    assert page.locator("main img, main script, main b, main i, main [onload]").count() == 0


def title(page):
    return page.locator("#panel-title").text_content()


def width(page):
    return page.evaluate("document.documentElement.scrollWidth")


def test_everything_is_there(page, wild):
    found = page.evaluate("[valuma.atlas.members.id, valuma.atlas.networks.id]")
    assert set(wild.members.index) <= set(found[0])
    assert sorted(found[1]) == sorted(wild.networks.index)
    names = page.evaluate("valuma.atlas.networks.name.map(name => valuma.words.pick(name))")
    assert set(hostile.WILD_NAMES) <= set(names)


@pytest.mark.parametrize("mode", ["place", "network"])
def test_each_is_chosen_by_its_address_and_nothing_gets_wide(page, wild, mode):
    names = wild.names("members" if mode == "place" else "networks", "fi")
    first = wild.members.index[: len(hostile.WILD_NAMES)]
    chosen = [*first, *hostile.WILD_IDS] if mode == "place" else wild.networks.index
    for one in chosen:
        page.evaluate("hash => { location.hash = hash; }", f"#{mode}={quote(one, safe='')}")
        page.wait_for_function(
            "([mode, id]) => { const { state } = valuma.explorer;"
            " const ids = valuma.atlas[mode === 'place' ? 'members' : 'networks'].id;"
            " return ids[state[mode]] === id; }",
            arg=[mode, one],
        )
        assert title(page) == names[one]
        assert width(page) <= 390, one
        written = page.evaluate("valuma.explorer.link[valuma.explorer.state.place === null"
                                " ? 'network' : 'place'](valuma.explorer.state.place"
                                " ?? valuma.explorer.state.network)")  # fmt: skip
        assert unquote(written) == f"#{mode}={one}"
        assert not set(written[1:]) & set('#"<> ;&')
    assert page.locator("#spoken").text_content() == ""


def test_each_is_found_by_search(page):
    for name in (*hostile.WILD_NAMES, *hostile.WILD_IDS):
        typed = name.strip()[:60]
        page.fill("#search", typed)
        shown = page.locator("#search-list [role=option] bdi").all_text_contents()
        assert any(one == name or typed.casefold() in one.casefold() for one in shown), name[:60]
        assert width(page) <= 390


def test_two_are_compared(page):
    count = len(hostile.WILD_NAMES)
    for mode in ("place", "network"):
        for k in range(0, count, 5):
            page.evaluate(
                "([mode, a, b]) => valuma.explorer.go({ place: null, network: null,"
                " [mode]: a, with: b })",
                [mode, k, k + 1],
            )
            assert page.locator("#panel .sides thead th").count() == 2
            assert width(page) <= 390


def cells(page, button):
    with page.expect_download() as caught:
        page.locator(button).click()
    saved = caught.value.path().read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(saved, newline=""), delimiter=";"))


def test_tables_open_and_are_saved_whole_without_formulas(page, wild):
    for table in ("municipality", "other", "networks", "overlaps"):
        page.locator(f"#table-{table} .grid-more").click()
        assert width(page) <= 390
    rows = cells(page, "#table-networks .grid-save")[1:]
    # What begins a formula has a mark before it; all else is as it was.
    names = [re.sub(r"^'('*[=+\-@\t\n])", r"\1", name) for name, *_ in rows]
    assert sorted(names) == sorted(wild.names("networks", "fi"))
    known = {name: row[1] for name, *row in rows}
    assert (known["Kaikki"], known["Ei ketään"]) == ("310", "0")
    for row in rows + cells(page, "#table-municipality .grid-save"):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
        assert {"undefined", "NaN"} & set(row) == set()


def test_no_list_is_taken_as_complete(page):
    page.evaluate("valuma.explorer.go({ network: valuma.atlas.networks.id.indexOf('none') })")
    assert "0" in page.locator("#panel .facts .number").first.inner_text()
    assert page.locator("#map .plan-legend li").all_inner_texts() == [
        text.t("explorer.map.unknown", "fi")
    ]
    statuses = page.evaluate("Object.keys(valuma.engine.at({ k: 0, level: 'municipality' })"
                             ".counts().statuses)")  # fmt: skip
    assert "isolated" not in statuses


def test_the_drawing_is_well_formed(page):
    page.evaluate("valuma.explorer.go({ place: 0 })")
    with page.expect_download() as caught:
        page.get_by_role("button", name="SVG").click()
    drawn = ET.fromstring(caught.value.path().read_bytes())  # noqa: S314  our own file
    tags = {one.tag.rpartition("}")[2] for one in drawn.iter()}
    assert {"script", "image", "foreignObject", "a"} & tags == set()
    assert hostile.WILD_NAMES[0] in "".join(drawn.itertext())
