"""The page writes the sentences of the report as the package does, in a real Chromium."""

from __future__ import annotations

import html
import re

import hostile
import pytest

import valuma_graph as vg
from valuma_graph.report.atlas import atlas_of, encode
from valuma_graph.report.pieces import part
from valuma_graph.report.prose import of_members, of_networks
from valuma_graph.report.results import analyse
from valuma_graph.report.voice import Voice

pytestmark = pytest.mark.browser

LANGS = ("fi", "sv", "en")
SETS = {
    "women": vg.datasets.southern_women,
    "hostile": hostile.affiliation,
}
WRITE = """
(json) => {
  const atlas = unpacked(JSON.parse(json));
  const words = makeWords(atlas);
  const said = {};
  for (const lang of atlas.langs) {
    words.lang = lang;
    for (const mode of ["members", "networks"]) {
      for (const [at, sentences] of Object.entries(atlas.prose[mode])) {
        said[`${lang} ${mode} ${atlas[mode].id[at]}`] = sentences.map((one) =>
          words.parts(one).map(({ text, href }) => [text, href ?? null]));
      }
    }
  }
  return said;
}
"""


def shown(sentence, voice, names):
    """Return the text of a sentence, and where its links lead."""
    markup = str(sentence.to_markup(voice, names))
    targets = [html.unescape(one) for one in re.findall(r'href="([^"]*)"', markup)]
    return html.unescape(re.sub(r"<[^>]+>", "", markup)), targets


def _small(name):
    aff = SETS[name]()
    return aff, analyse(aff)


@pytest.mark.parametrize("name", ["finland", *SETS])
def test_sentences_of_the_page_are_those_of_the_package(browser, finland, analysed, name):
    aff, results = (finland, analysed) if name == "finland" else _small(name)
    told = {"members": of_members(aff, results), "networks": of_networks(aff, results)}
    page = browser.new_page()
    page.add_script_tag(content=part("words.js") + part("unpack.js"))
    found = page.evaluate(WRITE, encode(atlas_of(aff, results, langs=LANGS, prose=told)))
    page.close()
    checked = 0
    for lang in LANGS:
        voice = Voice([lang])
        names = {mode: voice.names(aff, mode) for mode in told}
        for mode, of_each in told.items():
            for node, sentences in of_each.items():
                written = found[f"{lang} {mode} {node}"]
                assert len(written) == len(sentences)
                for one, pieces in zip(sentences, written, strict=True):
                    words, targets = shown(one, voice, names)
                    assert "".join(text for text, _ in pieces) == words
                    links = [href for _, href in pieces if href]
                    if lang == LANGS[0]:  # in another language links stay in it
                        assert [href.replace("%3A", ":") for href in links] == targets
                    checked += 1
    assert checked > 3 * len(aff.networks)


def test_names_in_another_language_say_which(open_page, report_page):
    page = open_page(report_page)
    tongue = """() => [...document.querySelectorAll("#table-networks tbody th bdi")]
      .map((one) => [one.textContent, one.lang])"""

    def tongues():
        return dict(page.evaluate(tongue))

    # The Hinku network has a Finnish and an English name, and no Swedish one.
    page.evaluate("() => valuma.explorer.go({ table: 'networks', find: 'Hinku-verkosto' })")
    assert tongues()["Hinku-verkosto"] == ""
    page.evaluate("() => valuma.explorer.speak('sv')")
    assert tongues()["Hinku-verkosto"] == "fi"
    found = (
        "() => [...document.querySelectorAll('#report bdi')].map((o) => [o.textContent, o.lang])"
    )
    assert ["Hinku-verkosto", "fi"] in page.evaluate(found)
    page.evaluate("() => valuma.explorer.speak('fi')")
    assert tongues()["Hinku-verkosto"] == ""


def test_the_bridge_of_a_place_is_named_once(open_page, report_page):
    page = open_page(f"{report_page}#place=municipality:FI-491")
    head = page.locator("#panel .dossier-head").inner_text()
    assert "Verkosto: C21-kaupungit." in head
    assert "C21" not in page.locator("#panel .prose").inner_text()
    assert "53\u00a0134" not in head.replace("53\u00a0134 (2019)", "")


@pytest.mark.parametrize(
    ("said", "table"),
    [
        ("#table=overlaps&status=surplus", "overlaps"),
        ("#table=networks&status=partial", "networks"),
        ("#table=networks&status=complete", "networks"),
        ("#table=municipality&status=no_known_membership", "municipality"),
    ],
)
def test_a_number_of_the_report_is_the_number_of_rows_it_leads_to(
    open_page, report_page, said, table
):
    page = open_page(report_page)
    link = page.locator(f'#report a[href="{said}"]:visible').first
    number = int(re.sub(r"\D", "", link.inner_text()))
    link.click()
    counted = """([table, want, n]) => globalThis.location.hash === want
      && document.querySelector(`#table-${table} .grid-count`)?.textContent.replace(/\\D/g, "")
        === String(n)"""
    page.wait_for_function(counted, arg=[table, said, number], timeout=10_000)
    assert page.locator("#spoken").inner_text() == ""
