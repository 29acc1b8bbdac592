"""Words, names and numbers as markup that holds several languages at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuma_graph import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation, Mode

    Value = str | int | Mapping[str, str]


class Voice:
    """
    Write in all languages of a page; the page shows one of them.

    What is the same in all languages is written once; what differs stands in one
    `<span data-l="fi">` for each language, or for several that agree: `<span data-l="fi sv">`.
    Everything is escaped here.

    Parameters
    ----------
    langs
        The languages, the one shown first at the head.

    Examples
    --------
    >>> voice = Voice(("fi", "sv", "en"))
    >>> str(voice.number(0.5, decimals=1))
    '<span data-l="fi sv">0,5</span><span data-l="en">0.5</span>'
    >>> str(voice.number(12))
    '12'
    """

    def __init__(self, langs: Sequence[str]) -> None:
        self.langs = tuple(text.check_lang(lang) for lang in langs)

    def each(self, texts: Mapping[str, str], tag: str = "span") -> Markup:
        """Return the markup of a text given in each language."""
        from markupsafe import Markup, escape

        same: dict[str, list[str]] = {}
        for lang in self.langs:
            same.setdefault(texts[lang], []).append(lang)
        if len(same) == 1:
            only = escape(texts[self.langs[0]])
            return only if tag == "span" else Markup(f"<{tag}>{only}</{tag}>")  # noqa: S704  escaped
        parts = [
            f'<{tag} data-l="{" ".join(langs)}">{escape(words)}</{tag}>'
            for words, langs in same.items()
        ]
        return Markup("".join(parts))  # noqa: S704  escaped just above

    def plain(self, key: str, **values: Value) -> dict[str, str]:
        """Return a text of the catalogue in each language; numbers are written as it writes."""
        return {
            lang: text.t(
                key, lang, **{k: v if k == "n" else _in(v, lang) for k, v in values.items()}
            )
            for lang in self.langs
        }

    def t(self, key: str, **values: Value) -> Markup:
        """Return a text of the catalogue as markup."""
        return self.each(self.plain(key, **values))

    def word(self, group: str, value: object) -> Markup:
        """Return the word for a value such as a status; a value without one stands as it is."""
        return self.each(self.plain_word(group, value))

    def plain_word(self, group: str, value: object) -> dict[str, str]:
        """Return the word for a value in each language; a dash where it is missing."""
        if value is None or value != value:  # noqa: PLR0124  NaN
            return dict.fromkeys(self.langs, "–")
        key = f"{group}.{value}"
        if key in text.catalogue():
            return self.plain(key)
        return dict.fromkeys(self.langs, str(value))

    def number(self, value: float | None, decimals: int = 0) -> Markup:
        """Return a number; a dash where it is missing."""
        return self._figure(lambda lang: text.number(value, lang, decimals))

    def percent(self, share: float | None, decimals: int = 0) -> Markup:
        """Return a share as a percentage; a dash where it is missing."""
        return self._figure(lambda lang: text.percent(share, lang, decimals))

    def name(self, names: Mapping[str, str]) -> Markup:
        """Return a name of the data, kept apart from the direction of the text around it."""
        return self.each(names, tag="bdi")

    def names(self, aff: Affiliation, mode: Mode) -> dict[str, dict[str, str]]:
        """Return the names of all nodes of a mode: id → language → name."""
        columns = {lang: aff.names(mode, lang) for lang in self.langs}
        first = columns[self.langs[0]].index
        rows = zip(*(columns[lang] for lang in self.langs), strict=True)
        return {
            str(node): dict(zip(self.langs, row, strict=True))
            for node, row in zip(first, rows, strict=True)
        }

    def _figure(self, write: Callable[[str], str]) -> Markup:
        return self.each({lang: write(lang) for lang in self.langs})


def _in(value: Value, lang: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return text.number(value, lang)
    return value[lang]
