"""What paper shows of the page: the whole report, or one dossier; in a real Chromium."""

from __future__ import annotations

import re

import bare_page
import pytest

pytestmark = pytest.mark.browser

TAMPERE = "#place=municipality:FI-837"
A4 = {"width": 680, "height": 1000}  # what is left of A4 between its margins, in points of CSS


@pytest.fixture
def on_paper(browser, report_page):
    """Open the page as paper shows it; fail at the end if it said or asked for anything."""
    complaints, pages = [], []

    def shown(state="", *, dossier=False, **options):
        page = bare_page.opened(
            browser, report_page + state, complaints, viewport=A4, locale="fi-FI", **options
        )
        page.wait_for_selector("#table-overlaps tbody tr", state="attached")
        if dossier:
            page.evaluate("document.documentElement.classList.add('print-dossier')")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print", color_scheme=options.get("color_scheme", "light"))
        pages.append(page)
        return page

    yield shown
    for page in pages:
        page.context.close()
    assert complaints == []


def sheets(page):
    """Return how many pages the PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_the_whole_report_has_a_cover_contents_and_its_parts_but_no_controls(on_paper):
    page = on_paper()
    for part in (".cover", ".contents", "#map", "#report", "#tables", "#unknown", "#method"):
        assert page.locator(part).is_visible(), part
    for control in ("#toolbar", "#map-tools", "body > nav", ".languages", ".plan-zoom"):
        assert not page.locator(control).is_visible(), control
    shown = page.locator(":is(button, input, select):visible").evaluate_all(
        "all => all.filter(one => !one.closest('thead')).map(one => one.outerHTML)"
    )
    assert shown == []
    assert "Sisältö" in page.locator(".contents").inner_text()
    assert 8 <= sheets(page) <= 16


def test_each_table_of_the_report_says_how_many_rows_paper_has(on_paper):
    page = on_paper()
    for name, rows in (("municipality", 40), ("region", 19)):
        assert page.locator(f"#table-{name} tbody tr").count() == rows
    told = page.locator("#table-municipality .grid-rest").inner_text()
    assert re.findall(r"\d+", told) == ["40", "311"]
    assert not page.locator("#table-region .grid-rest").is_visible()


def test_heads_are_repeated_and_rows_stay_whole(on_paper):
    page = on_paper()
    # Chromium repeats a head on the next page only if it holds no boxes of buttons.
    style = page.locator("#table-municipality").evaluate(
        "host => [[host.querySelector('thead'), 'display'],"
        " [host.querySelector('thead'), 'breakInside'],"
        " [host.querySelector('thead button'), 'display'],"
        " [host.querySelector('tbody tr'), 'breakInside']]"
        ".map(([part, name]) => getComputedStyle(part)[name])"
    )
    assert style == ["table-header-group", "avoid", "contents", "avoid"]


def test_one_dossier_is_printed_alone_on_two_sheets(on_paper):
    page = on_paper(TAMPERE, dossier=True)
    for part in ("#panel", "#map"):
        assert page.locator(part).is_visible(), part
    for part in (".cover", ".contents", "#report", "#tables", "#unknown", "#files", "#method"):
        assert not page.locator(part).is_visible(), part
    assert "Tampere" in page.locator("#panel h3").first.inner_text()
    assert sheets(page) <= 2


def test_the_map_of_a_dossier_covers_no_word(on_paper):
    page = on_paper(TAMPERE, dossier=True)
    covered = page.evaluate(
        """() => {
          const map = document.querySelector("#map").getBoundingClientRect();
          const panel = document.querySelector("#panel");
          const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
          const found = [];
          while (texts.nextNode()) {
            const range = document.createRange();
            range.selectNodeContents(texts.currentNode);
            for (const box of range.getClientRects()) {
              const apart = box.right <= map.left || box.left >= map.right
                || box.bottom <= map.top || box.top >= map.bottom;
              if (!apart && box.width > 1) found.push(texts.currentNode.data);
            }
          }
          return found;
        }"""
    )
    assert covered == []
    map_box = page.locator("#map").bounding_box()
    assert map_box["x"] + map_box["width"] <= A4["width"]
    assert map_box["width"] < A4["width"] / 2


def test_a_network_without_map_places_and_a_comparison_print_too(on_paper):
    for state in ("#network=hinku", f"{TAMPERE}&with=municipality:FI-091", "#place=region:FI-06"):
        page = on_paper(state, dossier=True)
        assert page.locator("#panel h3").first.is_visible()
        assert 1 <= sheets(page) <= 6


def test_paper_is_light_for_a_reader_in_the_dark(on_paper):
    page = on_paper(TAMPERE, dossier=True, color_scheme="dark")
    colours = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor,"
        " getComputedStyle(document.body).color,"
        " getComputedStyle(document.querySelector('#map .c0')).fill]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)", "rgb(243, 246, 246)"]


def test_after_printing_the_page_is_as_it_was(on_paper):
    page = on_paper()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#table-municipality tbody tr").count() == 12
    assert not page.locator(".cover").is_visible()
    assert page.locator("#toolbar").is_visible()
