"""What a checker of accessibility says of the pages: WCAG 2.2 AA, and good practice beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import valuma_graph as vg
from valuma_graph.report.profiles import write_profiles

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
TAMPERE = "#place=municipality:FI-837"
RUN = """
async () => {
  const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa",
    "best-practice"];
  const { violations, passes } = await axe.run(document, {
    runOnly: { type: "tag", values },
    resultTypes: ["violations"],
  });
  return {
    passes: passes.length,
    violations: violations.flatMap((rule) => rule.nodes.map((node) =>
      `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`)),
  };
}
"""


@pytest.fixture(scope="session")
def axe():
    """Return the script of the checker; skip, or fail where a browser is required, without it."""
    if AXE.exists():
        return AXE.read_text("utf-8")
    message = "axe-core is not installed: npm install --prefix tests/browser"
    if os.environ.get("VALUMA_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    return pytest.skip(message)


@pytest.fixture
def checked(open_page, axe):
    """Open a page, do something there, and fail if the checker finds anything."""

    def _checked(address, act=None, **options):
        page = open_page(address, **options)
        if act:
            act(page)
        page.wait_for_function("() => !document.getAnimations().length")
        page.evaluate(axe)
        found = page.evaluate(RUN)
        assert found["violations"] == []
        assert found["passes"] > 20
        return page

    return _checked


def with_filters(page):
    page.locator("#filters summary").click()
    page.locator("#filters input").first.check()


def with_list(page):
    page.fill("#search", "sa")
    page.keyboard.press("ArrowDown")
    assert page.locator("#search-list").is_visible()


def with_second_search(page):
    page.locator(".actions button").first.click()
    page.fill("#search-with", "oulu")
    assert page.locator("#search-with-list").is_visible()


def with_all_open(page):
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true;")
    page.locator("#table-region .grid-more").click()


# Each state once; languages, colours and widths are dealt out over them.
STATES = {
    "start": ("", None, "fi", "light", 1280),
    "start on a phone": ("", with_all_open, "sv", "dark", 320),
    "a place": (TAMPERE, None, "sv", "dark", 1280),
    "a place on a phone": (TAMPERE, with_second_search, "fi", "light", 390),
    "a region": ("#place=region:FI-06&level=region", None, "en", "light", 390),
    "a network": ("#network=hinku", None, "fi", "dark", 390),
    "a network at another year": ("#network=fisu&year=2016", None, "en", "dark", 1280),
    "two places": (f"{TAMPERE}&with=municipality:FI-091", None, "en", "light", 320),
    "two networks": ("#network=hinku&with=fisu", None, "sv", "light", 1280),
    "a marked row": ("#table=networks&row=hinku&status=partial", None, "sv", "dark", 390),
    "filters": ("#map=status", with_filters, "fi", "dark", 1280),
    "search": ("#year=2020", with_list, "sv", "light", 390),
}


@pytest.mark.parametrize("name", STATES)
def test_the_checker_finds_nothing_on_the_page(checked, report_page, name):
    state, act, lang, scheme, width = STATES[name]
    checked(
        f"{report_page}{state}{'&' if state else '#'}lang={lang}",
        act,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )


def test_the_checker_finds_nothing_on_a_page_without_places(checked, tmp_path):
    vg.write_report(vg.datasets.southern_women(), tmp_path, langs=["en"])
    page = checked(f"{(tmp_path / 'index.html').as_uri()}#network=E8")
    page.evaluate("document.querySelector('#finder label').remove()")
    faults = page.evaluate(RUN)["violations"]  # it would find something
    assert any("#search" in fault for fault in faults)


def test_the_checker_finds_nothing_on_the_page_of_a_network(browser, axe, tmp_path):
    aff = vg.datasets.finland(year=2019)
    (path,) = write_profiles(aff, tmp_path, ["hinku"], langs=["fi", "sv"], command="x")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.evaluate(axe)
    found = page.evaluate(RUN)
    page.close()
    assert found["violations"] == []
