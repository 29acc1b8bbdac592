"""The report page in a real Chromium: its languages, its parts, its manners."""

from __future__ import annotations

import hostile
import pytest

import valuma_graph as vg
from valuma_graph.report.page import render
from valuma_graph.report.results import analyse

pytestmark = pytest.mark.browser


def names(page, table):
    page.locator(f"#table-{table} thead th").first.wait_for()  # drawn after all else
    cells = page.locator(f"#table-{table} tbody th[scope=row]")
    return [" ".join(name.split()) for name in cells.all_inner_texts()]


def head(page, table, label):
    return page.locator(f"#table-{table} thead button", has_text=label).first


def lang_of(page):
    return page.locator("html").get_attribute("lang")


def test_opens_without_a_word_or_a_request(open_page, report_page):
    page = open_page(report_page)
    assert page.title() == page.locator("h1").inner_text() == "Yhteistyöverkostot 2019"
    parts = page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    assert parts == ["explorer", "report", "tables", "unknown", "files"]
    assert len(names(page, "municipality")) == 12


def test_names_are_sorted_as_the_language_does(open_page, hostile_page):
    page = open_page(hostile_page)
    head(page, "municipality", "Nimi").click()
    shown = [n for n in names(page, "municipality") if n in {"Espoo", "Åland", "Ähtäri", "Öja"}]
    assert shown == ["Espoo", "Åland", "Ähtäri", "Öja"]


def test_names_are_sorted_again_in_the_new_language(open_page, report_page):
    page = open_page(report_page)
    page.locator("#table-municipality .grid-more").click()
    head(page, "municipality", "Nimi").click()
    assert names(page, "municipality")[0] == "Akaa"
    page.get_by_role("button", name="Svenska").click()
    page.wait_for_function(
        "() => document.querySelector('#table-municipality tbody tr:last-child th')"
        ".innerText[0] === 'Ö'"
    )


def test_filter_keeps_matching_rows(open_page, report_page):
    page = open_page(report_page)
    find = page.locator("#table-municipality input")
    find.fill("tampere")
    assert names(page, "municipality") == ["Tampere"]
    find.fill("olematon kunta")
    assert "Mikään rivi ei vastaa suodatusta." in page.locator("#table-municipality").inner_text()
    find.fill("")
    assert len(names(page, "municipality")) == 12


def test_language_switch_changes_words_names_numbers_and_lang(open_page, report_page, finland):
    page = open_page(report_page)
    assert "Turku" in names(page, "municipality")
    page.get_by_role("button", name="Svenska").click()
    assert lang_of(page) == "sv"
    assert page.title() == page.locator("h1").inner_text() == "Samarbetsnätverk 2019"
    page.wait_for_function(
        "() => document.querySelector('#table-municipality tbody th').innerText.trim() === 'Åbo'"
    )
    assert page.url.endswith("#lang=sv")
    page.get_by_role("button", name="English").click()
    aside = len(finland.set_aside)
    assert f"{aside:,}" in page.locator("#unknown summary").inner_text()
    pressed = page.get_by_role("button", name="English").get_attribute("aria-pressed")
    assert (lang_of(page), pressed) == ("en", "true")


def test_language_is_remembered_in_the_address(open_page, report_page):
    page = open_page(f"{report_page}#lang=sv")
    assert lang_of(page) == "sv"
    page.get_by_role("navigation").get_by_role("link", name="Rapport", exact=True).click()
    assert page.evaluate("location.hash") == "#report&lang=sv"
    assert page.evaluate("document.activeElement.id") == "report"
    assert lang_of(open_page(page.url)) == "sv"
    assert lang_of(open_page(f"{report_page}#lang=xx")) == "fi"


def test_an_english_page_opens_in_the_language_of_the_browser_others_in_their_own(
    open_page, report_page, tmp_path
):
    vg.write_report(vg.datasets.southern_women(), tmp_path, langs=("en", "fi", "sv"))
    english = (tmp_path / "index.html").as_uri()
    found = [lang_of(open_page(english, locale=one)) for one in ("sv-FI", "en-GB", "de-DE")]
    assert found == ["sv", "en", "en"]
    assert lang_of(open_page(f"{english}#lang=fi", locale="sv-FI")) == "fi"
    assert lang_of(open_page(report_page, locale="sv-FI")) == "fi"


def test_hostile_names_are_shown_and_nothing_runs(open_page, hostile_page):
    page = open_page(hostile_page)
    page.locator("#table-overlaps .grid").wait_for()
    shown = page.locator("#tables").text_content()
    for name in hostile.NAMES:
        assert name in shown
    page.get_by_role("button", name="Svenska").click()
    page.fill("#search", "<script>")
    options = page.locator("#search-list [role=option]")
    assert hostile.SCRIPT in options.first.text_content()
    options.first.click()
    assert page.locator("#panel-title").text_content() == f"{hostile.SCRIPT} (sv)"
    for at in range(len(hostile.NAMES)):
        page.evaluate("at => valuma.explorer.go({place: null, network: at, with: null})", at)
        assert page.locator("#panel-title").text_content() in hostile.NAMES
    assert page.evaluate("window.hacked === undefined")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("width", [320, 375, 768])
def test_page_never_scrolls_sideways(open_page, report_page, hostile_page, width):
    chosen = "#place=municipality:FI-837", "#network=n0", "#network=hinku"
    for address in (report_page, hostile_page, *(report_page + one for one in chosen)):
        page = open_page(address, viewport={"width": width, "height": 700})
        page.locator("#filters").evaluate("one => { one.open = true; }")
        for button in page.locator(".languages button").all():
            button.click()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (address, wide)


def test_reachable_by_keyboard(open_page, report_page):
    page = open_page(report_page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_static_parts_are_readable_without_script(browser, report_page):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report_page)
    assert page.locator("h1").inner_text() == "Yhteistyöverkostot 2019"
    assert page.locator("#report .figures li:visible").count() == 5
    assert page.locator(".without").is_visible()
    assert page.locator("#unknown li").first.is_visible()
    for gone in (".languages", "#explorer", "#tables"):
        assert not page.locator(gone).is_visible()
    context.close()


def test_a_set_without_places_has_no_map_and_still_answers(open_page, tmp_path):
    vg.write_report(vg.datasets.southern_women(), tmp_path)
    page = open_page(f"{(tmp_path / 'index.html').as_uri()}#lang=en")
    assert not page.locator("#map").is_visible()
    assert not page.locator("#years").is_visible()
    assert page.locator("#announce").inner_text() == "all years · 14 networks · no filters"
    page.fill("#search", "flora")
    page.keyboard.press("Enter")
    assert page.locator("#panel-title").inner_text() == "Flora Price"
    assert page.locator(".facts .number").first.inner_text() == "2"


def test_a_set_without_anything_opens(open_page, finland, tmp_path):
    nothing = finland.select(networks=[])
    index = tmp_path / "index.html"
    html = render(nothing, analyse(nothing), langs=["fi", "en"], files=[], command="-")
    index.write_text(html, "utf-8")
    page = open_page(index.as_uri())
    assert "0 verkostoa" in page.locator("#announce").inner_text()
    page.get_by_text("Ei rivejä valituin rajauksin.").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chosen", ["", "#place=municipality:FI-491", "#network=hinku"])
def test_text_stands_out_from_its_ground(open_page, report_page, scheme, chosen):
    """WCAG AA: 4.5 to 1 for text."""
    page = open_page(report_page + chosen, color_scheme=scheme)
    assert page.evaluate(CONTRAST) >= 4.5


CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const wanted = "h1, h2, h3, h4, p, a, button, label, summary, li, output, td, th, dt, dd, span";
  return Math.min(...[...document.querySelectorAll(wanted)].slice(0, 3000)
    .filter((node) => node.checkVisibility() && node.innerText.trim() && !node.ariaDisabled)
    .map((node) => {
      const [a, b] = [parse(getComputedStyle(node).color), ground(node)].map(light);
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));
}"""
