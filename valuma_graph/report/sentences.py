"""A sentence with its values, the same in the page's data and in its markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import quote

from valuma_graph import text

if TYPE_CHECKING:
    from markupsafe import Markup

    from valuma_graph.report.voice import Voice

Value = int | tuple[Any, ...]
"""A whole number, or what one of the functions below returns."""

Names = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Mode → id → language → name."""

_WEB = re.compile(r"https?://(?:www\.)?([^\s/]+)\S*")
_HEADED = re.compile(r"VALUMA report, (?:ch\. [\d.]+|Annex \d+),? ([^;]+)(?:; .*)?")
"""A heading of the report, which is in Finnish."""

_IN_ENGLISH = re.compile(r"(?:Table|Figure|Annex|p\.) ?\d")

_SHOWN = {"m": ("members", "place"), "w": ("networks", "network")}


def share(part: float) -> Value:
    """
    Return a share (0 to 1) that is written as a percentage.

    Examples
    --------
    >>> share(1 / 3)
    ('%', 0.3333)
    """
    return "%", round(float(part), 4)


def year(number: int | None) -> Value:
    """
    Return a year; words for all years together where there is none.

    Examples
    --------
    >>> year(2019), year(None)
    (('y', 2019), ('t', 'prose.any_year'))
    """
    return word("prose.any_year") if number is None else ("y", int(number))


def chance(p: float) -> Value:
    """
    Return a p-value or q-value, with three figures.

    Examples
    --------
    >>> chance(0.0123456)
    ('p', 0.0123)
    """
    return "p", float(f"{p:.3g}")


def decimal(number: float, decimals: int = 1) -> Value:
    """
    Return a number that is written with decimals.

    Examples
    --------
    >>> decimal(2.345)
    ('d', 2.3, 1)
    """
    return "d", round(float(number), decimals), decimals


def members(ids: Iterable[str]) -> Value:
    """
    Return members that are named, each with a link to it.

    Examples
    --------
    >>> members(["a", "b"])
    ('m', ('a', 'b'))
    """
    return "m", tuple(str(one) for one in ids)


def networks(ids: Iterable[str]) -> Value:
    """
    Return networks that are named, each with a link to it.

    Examples
    --------
    >>> networks(["hinku"])
    ('w', ('hinku',))
    """
    return "w", tuple(str(one) for one in ids)


def word(key: str) -> Value:
    """
    Return a text of the catalogue as a part of a sentence.

    Examples
    --------
    >>> word("kind.region")
    ('t', 'kind.region')
    """
    return "t", key


def link(target: str, value: Value) -> Value:
    """
    Return a value that leads to the row it comes from.

    Examples
    --------
    >>> link(address(table="networks", row="a b"), 3)
    ('a', '#table=networks&row=a%20b', 3)
    """
    return "a", target, value


def address(**state: str) -> str:
    """
    Return the address of a state of the page.

    Examples
    --------
    >>> address(place="municipality:FI-091")
    '#place=municipality:FI-091'
    """
    return "#" + "&".join(f"{name}={quote(value, safe=':')}" for name, value in state.items())


@dataclass(frozen=True)
class Sentence:
    r"""
    One sentence: a text of the catalogue and what stands in its places.

    Parameters
    ----------
    key
        Key of the text. Where a value named `n` is 1, the text `key_one` is used if there is one.
    given
        What stands for each placeholder.
    source
        Where it is stated; empty where it is computed from the memberships.

    Examples
    --------
    >>> said = Sentence("prose.leads", {"networks": networks(["hinku"])})
    >>> said.to_json({}, {"hinku": 4}, source=lambda words: 0)
    ['prose.leads', {'networks': ['w', [4]]}]
    """

    key: str
    given: Mapping[str, Value] = field(default_factory=dict)
    source: str = ""

    def to_json(
        self,
        members: Mapping[str, int],
        networks: Mapping[str, int],
        *,
        source: Callable[[str], int],
    ) -> list[Any]:
        """
        Return the sentence as the page's data hold it.

        Parameters
        ----------
        members, networks
            Positions by id.
        source
            Returns the position of a source.

        Returns
        -------
        sentence
            Key, values by name, and position of the source where there is one.

        Examples
        --------
        >>> Sentence("prose.risk", {"n": 2}, "a").to_json({}, {}, source=lambda words: 7)
        ['prose.risk', {'n': 2}, 7]
        """
        at = {"m": members, "w": networks}

        def plain(value: Value) -> Any:  # noqa: ANN401  JSON
            if isinstance(value, int):
                return value
            if value[0] in at:
                return [value[0], [at[value[0]][one] for one in value[1]]]
            if value[0] == "a":
                return ["a", value[1], plain(value[2])]
            return list(value)

        values = {name: plain(value) for name, value in self.given.items()}
        return [self.key, values, *([source(self.source)] if self.source else [])]

    def to_markup(self, voice: Voice, names: Names) -> Markup:
        """
        Return the sentence as markup in every language of a page, numbers and names as links.

        Parameters
        ----------
        voice
            The languages.
        names
            Names of members and networks.

        Returns
        -------
        markup
            Escaped.

        Examples
        --------
        >>> from valuma_graph.report.voice import Voice
        >>> names = {"networks": {"E1": {"en": "E1"}}}
        >>> said = Sentence("prose.leads", {"networks": networks(["E1"])})
        >>> str(said.to_markup(Voice(["en"]), names))
        'Networks that it hosts or coordinates: <a href="#network=E1"><bdi>E1</bdi></a>.'
        """
        return voice.each({lang: self._in(lang, names) for lang in voice.langs})

    def keys(self) -> set[str]:
        """
        Return the keys of the catalogue that the sentence asks for.

        Examples
        --------
        >>> sorted(Sentence("prose.in", {"n": 1, "year": word("prose.any_year")}).keys())
        ['prose.any_year', 'prose.in', 'prose.in_one']
        """
        asked = {self.key, f"{self.key}_one"} & set(text.catalogue())
        return asked | {one[1] for one in map(_bare, self.given.values()) if _is(one, "t")}

    def _in(self, lang: str, names: Names) -> Markup:
        """Write it in one language."""
        from markupsafe import Markup, escape

        one = f"{self.key}_one"
        single = _bare(self.given.get("n", 0)) == 1 and one in text.catalogue()
        template = text.catalogue()[one if single else self.key][text.check_lang(lang)]
        parts = []
        for words, name, _, _ in Formatter().parse(template):
            parts.append(escape(words))
            if name is not None:
                parts.append(_written(self.given[name], lang, names))
        return Markup("").join(parts)


def cited_as(source: str, voice: Voice) -> Markup:
    """
    Return where something stands as markup; an address on the web is a link named by its site.

    Parameters
    ----------
    source
        One place or several, parted by ` | `.
    voice
        The languages.

    Returns
    -------
    markup
        Escaped.

    Examples
    --------
    >>> from valuma_graph.report.voice import Voice
    >>> str(cited_as("https://www.kunta.fi/a?b=1&c", Voice(["fi"])))  # doctest: +ELLIPSIS
    '<cite><a href="https://www.kunta.fi/a?b=1&amp;c" rel="noopener noreferrer"...kunta.fi</bdi>...'
    >>> str(cited_as("VALUMA report, ch. 4.2", Voice(["fi"])))
    '<cite><bdi>VALUMA-raportti, luku 4.2</bdi></cite>'
    """
    from markupsafe import Markup

    from valuma_graph.policy.wording import cited

    shown = []
    for place in source.split(" | "):
        words: dict[str, str] = {lang: cited(place, lang) for lang in voice.langs}
        address_of = words[voice.langs[0]]
        web = _WEB.fullmatch(address_of)
        if web is None:
            shown.append(voice.name(_headed(place, words)))
        else:
            link_to = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
            shown.append(link_to.format(address_of, voice.name(dict.fromkeys(words, web[1]))))
    return Markup("<cite>{}</cite>").format(Markup("; ").join(shown))


def _headed(place: str, words: dict[str, str]) -> dict[str, str]:
    """Say of the Finnish heading in a citation of another language that it is Finnish."""
    from markupsafe import Markup

    found = _HEADED.fullmatch(place)
    if found is None or _IN_ENGLISH.match(found[1]):
        return words
    marked = Markup('{}<span lang="fi">{}</span>{}')
    parts = {lang: said.partition(found[1]) for lang, said in words.items()}
    return {
        lang: marked.format(*parts[lang]) if lang != "fi" and parts[lang][1] else said
        for lang, said in words.items()
    }


def _bare(value: Value) -> Value:
    return value[2] if _is(value, "a") else value


def _is(value: Value, kind: str) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple) and value[0] == kind


def _written(value: Value, lang: str, names: Names) -> Markup:
    from markupsafe import Markup, escape

    if _is(value, "a"):
        _, target, inner = value
        return Markup('<a href="{}">{}</a>').format(target, _written(inner, lang, names))
    if isinstance(value, tuple) and value[0] in _SHOWN:
        mode, part = _SHOWN[value[0]]
        return Markup(", ").join(
            Markup('<a href="{}"><bdi>{}</bdi></a>').format(
                address(**{part: one}), names[mode][one][lang]
            )
            for one in value[1]
        )
    return escape(_plain(value, lang))


def _plain(value: Value, lang: str) -> str:
    if isinstance(value, int):
        return text.number(value, lang)
    kind, content, *more = value
    if kind == "y":
        return str(content)
    if kind == "t":
        return text.t(content, lang)
    if kind == "%":
        return text.percent(content, lang)
    return text.chance(content, lang) if kind == "p" else text.number(content, lang, *more)
