"""A real Chromium for the tests of the page."""

from __future__ import annotations

import os
import shutil

import hostile
import pytest

import valuma_graph as vg

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """Return the path of a Chromium; skip, or fail where one is required, without it."""
    named = os.environ.get("CHROMIUM")
    for name in filter(None, (named, "chromium", "chromium-browser", "google-chrome")):
        if found := shutil.which(name):
            return found
    message = "no Chromium found: install one, or name it in the variable CHROMIUM"
    if os.environ.get("VALUMA_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    return pytest.skip(message)


# Not for the session: a thread can run one playwright at a time, and modules may have their own.
@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report_page(finland, analysed, tmp_path_factory):
    """Return the address of the page for Finland in 2019."""
    folder = tmp_path_factory.mktemp("report")
    return vg.write_report(finland, folder, results=analysed)[0].as_uri()


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory):
    """Return the address of a page whose names try to be something else than text."""
    folder = tmp_path_factory.mktemp("hostile")
    vg.write_report(hostile.affiliation(), folder)
    return (folder / "index.html").as_uri()


@pytest.fixture
def open_page(browser):
    """Open a page, and fail at the end if it said or asked for anything."""
    complaints, requests, contexts = [], [], []

    def opened(address, **options):
        # A page in English speaks the language of the browser.
        context = browser.new_context(**{"locale": "fi-FI", "reduced_motion": "reduce"} | options)
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
    asked = {url.split("#")[0].split("/")[-1] for url in requests if not url.startswith("blob:")}
    assert asked <= {"index.html", "data:,"}
