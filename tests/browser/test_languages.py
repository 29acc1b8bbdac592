"""Every word that the page shows, in every state, is of the language that was asked for."""

from __future__ import annotations

import re

import pytest

from valuma_graph import text

pytestmark = pytest.mark.browser

TAMPERE = "place=municipality:FI-837"
STATES = [
    "",
    TAMPERE,
    "place=region:FI-06&level=region&year=2020",
    f"{TAMPERE}&year=2015&levels=national",
    "place=municipality:FI-035&map=status",
    "place=organisation:kuntaliitto",
    "network=hinku",
    "network=fisu&year=2016",
    "network=hinku&with=fisu&map=members",
    f"{TAMPERE}&with=municipality:FI-564&map=shared",
    "place=region:FI-06&with=region:FI-01&level=region",
    "table=municipality&status=single_network&year=1066",
    "table=networks&status=partial&lists=partial",
    "table=overlaps&find=fisu&evidence=explicit&themes=0,1",
]
# Words that each language has and no other has as a word of its own.
OF = {
    "en": "the of and with is are was has have not this that which from by for network networks "
    "member members list lists place places municipality municipalities region regions year "
    "years show download close unknown complete partial shared only both where their they "
    "there known declared role source kind status than more all print compare filter search",
    "fi": "ja on ei verkosto verkostot verkostoa verkoston kunta kunnat kuntaa kuntien maakunta "
    "maakunnat vuosi vuonna luettelo luettelon ovat joka jotka sekä kuin tai tieto tiedossa "
    "mukana yhteinen yhteiset yhteistä rooli lähde tila laji jäsen jäsenet jäseniä vertaa "
    "hae tulosta näytä kaikki poista",
    "sv": "och av med inte nätverk nätverket nätverken kommun kommuner kommunen landskap år "
    "lista listan är som där eller endast gemensamma medlem medlemmar okänt roll källa typ "
    "jämför sök visa alla skriv",
}
# The words that are seen or heard, save names, sources and what says its own language.
COLLECT = """
(parts) => {
  const out = "bdi, cite, [lang]:not(html), script, style, .alias, [hidden]";
  const found = [document.title.split(" – ").at(-1)];
  for (const part of document.querySelectorAll(parts)) {
    const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const { parentElement: parent, data } = walk.currentNode;
      if (data.trim() && !parent.closest(out) && parent.checkVisibility()) found.push(data.trim());
    }
    const names = ["aria-label", "aria-description", "title", "placeholder"];
    for (const one of part.querySelectorAll(names.map((name) => `[${name}]:not(path)`).join())) {
      if (one.closest("[lang]:not(html), [hidden]")) continue;
      found.push(...names.map((name) => one.getAttribute(name)).filter(Boolean));
    }
  }
  return found;
}
"""
GO = """
(hash) => new Promise((done) => {
  addEventListener("hashchange", () => done(), { once: true });
  location.hash = hash;
})
"""
OPEN = """
for (const one of document.querySelectorAll('details')) one.open = true;
document.querySelector('.actions button')?.click();
"""
BROKEN = re.compile(
    r"[{}]|\b(?:undefined|NaN|null|Infinity)\b|\[object"
    r"|\b(?:explorer|grid|plan|prose|page|kind|role|status|list_status|basis|standing)\.[a-z_]"
)


def foreign(lines, lang, names):
    """Return the lines with words of other languages, each with the words."""
    words = {word for other, them in OF.items() if other != lang for word in them.split()}
    words -= {word for texts in text.catalogue().values() for word in _words(texts[lang])}
    found = {}
    for line in lines:
        if words.isdisjoint(_words(line)):
            continue
        bare = names.sub(" ", re.sub(r"\b\w+=\S+", " ", line))  # parts of an address
        if left := words & set(_words(bare)):
            found[line] = left
    return found


def _words(line):
    return re.findall(r"[^\W\d_]+", line.casefold())


@pytest.fixture(scope="module")
def said(browser, report_page):
    """Return what the page says in each language in each state, and all names and sources."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # What is drawn later is drawn at once.
    page.add_init_script(
        "globalThis.valumaStrict = true; globalThis.setTimeout = (act) => queueMicrotask(act);"
    )
    found = {}
    page.goto(report_page)
    for state in STATES:
        if state:
            page.evaluate(GO, state)
        for lang in text.LANGS:
            page.evaluate("lang => valuma.explorer.speak(lang)", lang)
            page.evaluate(OPEN)
            parts = "#explorer, #tables" if state else "body"
            found[lang, state] = page.evaluate(COLLECT, parts)
    names = page.evaluate(
        "(({ members, networks, sources }) => [members.name, networks.name, sources].flat(2))"
        "(valuma.atlas)"
    )
    page.close()
    assert errors == []
    longest = sorted(set(names), key=len, reverse=True)
    return found, re.compile("|".join(map(re.escape, longest)))


@pytest.mark.parametrize("lang", text.LANGS)
def test_no_word_of_another_language_is_seen(said, lang):
    lines, names = said
    found = {state: foreign(lines[lang, state], lang, names) for state in STATES}
    assert {state: lines for state, lines in found.items() if lines} == {}


@pytest.mark.parametrize("lang", text.LANGS)
def test_no_placeholder_and_no_key_is_seen(said, lang):
    lines, _ = said
    assert {line for state in STATES for line in lines[lang, state] if BROKEN.search(line)} == set()


def test_the_states_say_much_and_nearly_nothing_twice(said):
    lines, names = said
    of = {lang: {line for state in STATES for line in lines[lang, state]} for lang in text.LANGS}
    for lang in text.LANGS:
        assert len(of[lang]) > 300
        others = set.union(*(of[other] for other in text.LANGS if other != lang))
        same = {names.sub("", line) for line in of[lang] & others}
        worded = {line for line in same if re.search(r"[^\W\d_]{4}", line)}
        assert {line for line in worded if not FILE.fullmatch(line)} <= SAME


# What is the same in two languages for good: files and commands, and words that both have.
FILE = re.compile(r"[\w.\-]+\.(?:csv|xlsx|graphml|gexf|png)|valuma-graph.*")
SAME = {"regional", "global", "organisation · "}
