"""The report page in a real Chromium."""

from __future__ import annotations

import os
import shutil

import hostile
import pytest

import valuma_graph as vg
from valuma_graph.text import sort_key

pytestmark = pytest.mark.browser

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium():
    named = os.environ.get("CHROMIUM")
    for name in filter(None, (named, "chromium", "chromium-browser", "google-chrome")):
        if found := shutil.which(name):
            return found
    message = "no Chromium found: install one, or name it in the variable CHROMIUM"
    if os.environ.get("VALUMA_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)
    return None


@pytest.fixture(scope="module")
def browser():
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    vg.write_report(hostile.affiliation(), folder)
    return (folder / "index.html").as_uri()


@pytest.fixture(scope="module")
def finland(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finland")
    vg.write_report(vg.datasets.finland(year=2019), folder)
    return (folder / "index.html").as_uri()


@pytest.fixture
def open_page(browser):
    """Open a page, and fail at the end if it said or asked for anything."""
    complaints, requests, contexts = [], [], []

    def opened(address, **options):
        # A page without a language in its address speaks that of the browser.
        context = browser.new_context(**{"locale": "fi-FI"} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        # What the policy stops never becomes a request; the attempt is noted all the same.
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
        )
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert {url.split("#")[0].split("/")[-1] for url in requests} <= {"index.html", "data:,"}


def names(page, table):
    cells = page.locator(f"#{table} tbody tr:not([hidden]) th[scope=row]")
    return [" ".join(name.split()) for name in cells.all_inner_texts()]


def head(page, table, label):
    return page.locator(f"#{table} thead button", has_text=label).first


def test_opens_without_a_word_or_a_request(open_page, finland):
    page = open_page(finland)
    assert page.title() == "Yhteistyöverkostot 2019"
    assert page.locator("section").count() >= 7


def test_names_are_sorted_as_the_language_does(open_page, report):
    page = open_page(report)
    head(page, "municipality", "Nimi").click()
    shown = [n for n in names(page, "municipality") if n in {"Espoo", "Åland", "Ähtäri", "Öja"}]
    assert shown == ["Espoo", "Åland", "Ähtäri", "Öja"]
    assert page.locator("#municipality th[aria-sort]").get_attribute("aria-sort") == "ascending"


def test_numbers_are_sorted_as_numbers_by_mouse_and_by_keyboard(open_page, finland):
    page = open_page(finland)
    column = "#municipality tbody td:nth-child(7)"

    def values():
        found = page.locator(column).evaluate_all("cells => cells.map(c => Number(c.dataset.v))")
        return [v for v in found if v == v]  # noqa: PLR0124

    button = head(page, "municipality", "Väkiluku")
    button.click()
    assert values() == sorted(values(), reverse=True)
    button.focus()
    page.keyboard.press("Enter")
    assert values() == sorted(values())
    page.keyboard.press("Space")
    assert values() == sorted(values(), reverse=True)
    sorted_by = page.locator("#municipality th[aria-sort]")
    assert sorted_by.count() == 1
    assert sorted_by.get_attribute("aria-sort") == "descending"


def test_what_is_not_known_stays_last(open_page, report):
    page = open_page(report)
    button = head(page, "networks-all", "Ilmoitettu")
    for _ in range(2):
        button.click()
        assert (
            page.locator("#networks-all tbody tr").first.locator("td").nth(2).inner_text() == "20"
        )


def test_filter_keeps_matching_rows_in_any_language(open_page, finland):
    page = open_page(finland)
    page.locator("#municipality input").fill("tammerfors")
    assert names(page, "municipality") == ["Tampere"]
    assert page.locator("#municipality output").inner_text() == "1 / 311"
    page.locator("#municipality input").fill("")
    assert page.locator("#municipality output").inner_text() == "311"


def test_long_table_opens_and_closes(open_page, finland):
    page = open_page(finland)
    rows = page.locator("#municipality tbody tr:visible")
    more = page.locator("#municipality .more")
    assert rows.count() == 12
    more.click()
    assert rows.count() == 311
    assert more.get_attribute("aria-expanded") == "true"
    assert more.inner_text() == "Näytä vähemmän"
    more.click()
    assert rows.count() == 12


def test_language_switch_changes_words_names_numbers_and_lang(open_page, finland):
    page = open_page(finland)
    assert "Turku" in names(page, "municipality")
    page.get_by_role("button", name="Svenska").click()
    assert page.locator("html").get_attribute("lang") == "sv"
    assert page.title() == "Samarbetsnätverk 2019"
    assert page.locator("h1").inner_text() == "Samarbetsnätverk 2019"
    assert "Åbo" in names(page, "municipality")
    assert page.url.endswith("#lang=sv")
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    aside = len(vg.datasets.finland(year=2019).set_aside)
    assert f"{aside:,}" in page.locator("#unknown summary").inner_text()
    assert page.get_by_role("button", name="English").get_attribute("aria-pressed") == "true"


def test_language_is_remembered_in_the_address(open_page, finland):
    page = open_page(f"{finland}#lang=sv")
    assert page.locator("html").get_attribute("lang") == "sv"
    page.get_by_role("link", name="Alla nätverk", exact=True).click()
    page.wait_for_function("location.hash === '#networks&lang=sv'")
    again = open_page(page.url)
    assert again.locator("html").get_attribute("lang") == "sv"
    assert open_page(f"{finland}#lang=xx").locator("html").get_attribute("lang") == "fi"


def test_names_are_sorted_again_in_the_new_language(open_page, finland):
    page = open_page(finland)
    page.locator("#municipality .more").click()
    head(page, "municipality", "Nimi").click()
    assert names(page, "municipality")[0] == "Akaa"
    page.get_by_role("button", name="Svenska").click()
    assert names(page, "municipality")[-1].startswith("Ö")


def test_hostile_names_are_shown_and_nothing_runs(open_page, report):
    page = open_page(report)
    shown = page.locator("body").inner_text()
    for name in hostile.NAMES:
        assert name in shown
    page.get_by_role("button", name="Svenska").click()
    page.locator("#municipality input").fill("<script>")
    assert names(page, "municipality") == [f"{hostile.SCRIPT} (sv)"]
    assert page.evaluate("window.hacked === undefined")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("width", [320, 375, 768])
def test_page_never_scrolls_sideways(open_page, finland, report, width):
    for address in (finland, report):
        page = open_page(address, viewport={"width": width, "height": 700})
        for button in page.locator(".languages button").all():
            button.click()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (address, wide)


def test_reachable_by_keyboard(open_page, finland):
    page = open_page(finland)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_prints_to_pdf(open_page, finland):
    page = open_page(finland)
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("h1").is_visible()


def test_print_says_which_rows_it_leaves_out_and_repeats_the_headings(open_page, finland):
    page = open_page(finland)
    paper = page.locator("#municipality .paper")
    assert not paper.is_visible()
    page.emulate_media(media="print")
    assert "12 ensimmäistä riviä, kaikkiaan 311" in paper.inner_text()
    # Chromium repeats a head on the next page only if it holds no boxes of buttons.
    head = page.locator("#municipality thead")
    assert head.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
    assert head.locator("button").first.evaluate("e => getComputedStyle(e).display") == "contents"
    page.emulate_media(media="screen")
    page.locator("#municipality .more").click()
    page.emulate_media(media="print")
    assert not paper.is_visible()


def test_page_about_a_region_shows_networks_peers_and_lacks(open_page, tmp_path):
    vg.write_report(vg.datasets.finland(year=2019), tmp_path, about="Kainuu")
    page = open_page((tmp_path / "index.html").as_uri())
    assert page.locator("#about .table").count() == 3
    through = page.locator("#about-networks tbody td:nth-child(2)").all_inner_texts()
    assert "suoraan" in through
    assert any("Kuhmo" in names for names in through)
    page.get_by_role("button", name="Svenska").click()
    assert "direkt" in page.locator("#about-networks tbody td:nth-child(2)").all_inner_texts()
    shown = names(page, "about-networks")
    assert shown == sorted(shown, key=sort_key)


def test_readable_without_script(browser, finland):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(finland)
    assert page.locator("#municipality tbody tr:visible").count() == 311
    assert page.locator("h1").inner_text() == "Yhteistyöverkostot 2019"
    assert not page.locator(".languages").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page, finland, scheme):
    """WCAG AA: 4.5 to 1 for text."""
    page = open_page(finland, color_scheme=scheme)
    worst = page.evaluate(CONTRAST)
    assert worst >= 4.5


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
  const wanted = "h1, h2, h3, p, a, button, label, summary, li, output, td, th, footer p";
  return Math.min(...[...document.querySelectorAll(wanted)].slice(0, 3000)
    .filter((node) => node.checkVisibility() && node.innerText.trim())
    .map((node) => {
      const [a, b] = [parse(getComputedStyle(node).color), ground(node)].map(light);
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));
}"""


def test_an_english_page_opens_in_the_language_of_the_browser_others_in_their_own(
    open_page, finland, tmp_path
):
    vg.write_report(vg.datasets.southern_women(), tmp_path, langs=("en", "fi", "sv"))
    english = (tmp_path / "index.html").as_uri()

    def lang(address, locale):
        return open_page(address, locale=locale).locator("html").get_attribute("lang")

    assert [lang(english, locale) for locale in ("sv-FI", "en-GB", "de-DE")] == ["sv", "en", "en"]
    assert lang(f"{english}#lang=fi", "sv-FI") == "fi"
    assert lang(finland, "sv-FI") == lang(finland, "en-GB") == "fi"


def test_an_empty_result_of_a_filter_is_said(open_page, finland):
    page = open_page(finland)
    page.locator("#municipality input").fill("olematon kunta")
    assert page.locator("#municipality .nothing").inner_text() == "Ei osumia"
    page.locator("#municipality input").fill("turku")
    assert page.locator("#municipality .nothing").inner_text() == ""
