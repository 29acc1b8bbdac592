"""The statements of the report's tables in Finnish and Swedish."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from valuma_graph.policy import keeping
from valuma_graph.text import check_lang

if TYPE_CHECKING:
    import pandas as pd

_REPORT, _OWN = "VALUMA report", "valuma-graph: memberships"
_AXES = "valuma-graph: axes of growth corridors"
# Longer ones first: "ch." is in none of the others.
_PLACES = {
    "fi": {
        _REPORT: "VALUMA-raportti",
        "text on figure": "teksti kuvasta",
        "comparison table": "vertailutaulukko",
        "footnote": "alaviite",
        "ch.": "luku",
        "Annex": "liite",
        "Table": "taulukko",
        "Figure": "kuva",
        "figure": "kuva",
        " and kuva": " ja kuva",
        f"{_OWN} of": "valuma-graph: jäsenyydet",
        _OWN: "valuma-graph: jäsenyydet",
        _AXES: "valuma-graph: kasvukäytävien akselit",
    },
    "sv": {
        _REPORT: "VALUMA-rapporten",
        "text on figure": "texten om figur",
        "comparison table": "jämförelsetabell",
        "footnote": "fotnot",
        "ch.": "kap.",
        "Annex": "bilaga",
        "Table": "tabell",
        "Figure": "figur",
        "figure": "figur",
        " and figur": " och figur",
        f"{_OWN} of": "valuma-graph: medlemskap",
        _OWN: "valuma-graph: medlemskap",
        _AXES: "valuma-graph: tillväxtkorridorernas axlar",
    },
}


_HOST = re.compile(r"(?<=://)[^/\s]*xn--[^/\s]*")
_LETTERS = re.compile(r"[a-z0-9åäöéü.-]+")

_SHEETS = {"fi": "taulukko", "sv": "blad"}
_CELL = re.compile(r'(.*\.xlsx?), sheet (".*", [A-Z]+\d+)', re.DOTALL | re.IGNORECASE)


@cache
def _wording(lang: str) -> dict[str, str]:
    table = keeping.policy("wording")
    return dict(zip(table["en"], table[lang], strict=True))


def said(words: str, lang: str) -> str:
    """
    Return a statement of the report's tables in a language; one that is not among them as it is.

    The tables state facts in English, in own words; `wording.csv` has each in Finnish and
    Swedish. What a user wrote is never translated.

    Examples
    --------
    >>> said("Peer learning", "en"), said("Words of my own", "sv")
    ('Peer learning', 'Words of my own')
    """
    if check_lang(lang) == "en":
        return words
    return _wording(lang).get(words, words)


def worded(column: pd.Series, lang: str) -> pd.Series:
    """Return a column of statements in a language, missing where they are missing."""
    if check_lang(lang) == "en":
        return column
    return column.map(_wording(lang)).fillna(column)


@lru_cache(maxsize=8192)  # many rows have the same source
def cited(source: str, lang: str) -> str:
    """
    Return where something stands in a language; headings of the report stay Finnish.

    Sites are written with the letters of their names, not as machines ask for them.

    Parameters
    ----------
    source
        A cell of a column `source`; places that are not in the report are left as they are.
    lang
        The language.

    Examples
    --------
    >>> cited("VALUMA report, ch. 4.2, Table 5", "fi")
    'VALUMA-raportti, luku 4.2, taulukko 5'
    >>> cited('own.xlsx, sheet "Svar", C12', "sv")
    'own.xlsx, blad "Svar", C12'
    >>> cited("https://example.org/ch.html | own list", "sv")
    'https://example.org/ch.html | own list'
    >>> cited("https://xn--itrata-cua.fi/omistajat", "en")
    'https://itärata.fi/omistajat'
    """
    words = _PLACES.get(check_lang(lang), {})
    sheet = _SHEETS.get(lang)

    def one(place: str) -> str:
        if sheet and (cell := _CELL.fullmatch(place)):
            return f"{cell[1]}, {sheet} {cell[2]}"
        if not place.startswith((_REPORT, _OWN, _AXES)):
            return _HOST.sub(_lettered, place)
        for english, other in words.items():
            place = place.replace(english, other)
        return place

    return " | ".join(one(place) for place in source.split(" | "))


def _lettered(host: re.Match[str]) -> str:
    """Return the name of a site with its å, ä and ö; one in other letters as it is."""
    try:
        name = host[0].encode("ascii").decode("idna")
    except UnicodeError:
        return host[0]
    return name if _LETTERS.fullmatch(name) else host[0]
