"""Every word that people read, in Finnish, Swedish and English; numbers and alphabetical order."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Lang = Literal["fi", "sv", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)

_NBSP = "\u00a0"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Å Ä Ö close the alphabet in Finnish and Swedish; plain code point order would put Ä before Å.
_ORDER = str.maketrans(
    {"å": "z\uf001", "ä": "z\uf002", "æ": "z\uf002", "ö": "z\uf003", "ø": "z\uf003"}
)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """
    Return every text by its key: `{"report.title": {"fi": …, "sv": …, "en": …}, …}`.

    Returns
    -------
    texts
        Flat keys, in the order of `catalogue.toml`.

    Examples
    --------
    >>> sorted(catalogue()["kind.region"])
    ['en', 'fi', 'sv']
    """
    raw = tomllib.loads(files("valuma_graph").joinpath("catalogue.toml").read_text("utf-8"))
    flat: dict[str, dict[str, str]] = {}

    def walk(prefix: str, node: dict[str, Any]) -> None:
        if set(node) == set(LANGS):
            flat[prefix] = node
            return
        for key, child in node.items():
            if not isinstance(child, dict):
                raise ValueError(f"catalogue.toml: {prefix}.{key} needs fi, sv and en")  # noqa: TRY004
            walk(f"{prefix}.{key}" if prefix else key, child)

    walk("", raw)
    return flat


def check_lang(lang: str) -> Lang:
    """
    Return `lang` if it is one of the three languages.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> check_lang("sv")
    'sv'
    """
    if lang not in LANGS:
        raise ValueError(f"lang must be one of {', '.join(LANGS)}, not {lang!r}")
    return lang


def t(key: str, lang: str, **values: object) -> str:
    """
    Return the text of a key in a language, with its placeholders filled.

    Parameters
    ----------
    key
        Key of `catalogue.toml`, such as `"report.title"`.
    lang
        `"fi"`, `"sv"` or `"en"`.
    values
        What stands for each `{placeholder}` of the text. A whole number `n` is written as the
        language writes it, and 1 takes the text `key_one` where there is one.

    Returns
    -------
    text
        Plain text: escaping is the business of whoever puts it into markup.

    Examples
    --------
    >>> t("kind.region", "fi")
    'maakunta'
    >>> t("page.figure.networks", "en", n=1), t("page.figure.networks", "en", n=2)
    ('network', 'networks')
    """
    n = values.get("n")
    if isinstance(n, int):
        key = f"{key}_one" if n == 1 and f"{key}_one" in catalogue() else key
        values["n"] = number(n, lang)
    text = catalogue()[key][check_lang(lang)]
    return text.format(**values) if values else text


def number(value: float | None, lang: str, decimals: int = 0) -> str:
    """
    Write a number as the language writes it; an unknown one is a dash.

    Finnish and Swedish group thousands by a non-breaking space and have a decimal comma.

    Examples
    --------
    >>> number(5525292, "en"), number(0.25, "fi", 2), number(None, "sv")
    ('5,525,292', '0,25', '–')
    """
    if value is None or value != value:  # noqa: PLR0124  NaN is the one value that differs from itself
        return "–"
    text = f"{value:,.{decimals}f}"
    if check_lang(lang) == "en":
        return text.replace("-", "−")
    return text.replace(",", _NBSP).replace(".", ",").replace("-", "−")


def percent(share: float | None, lang: str, decimals: int = 0) -> str:
    """
    Write a share (0 to 1) as a percentage.

    Examples
    --------
    >>> percent(0.5, "en"), percent(0.123, "fi", 1).replace(chr(160), "_")
    ('50%', '12,3_%')
    """
    if share is None or share != share:  # noqa: PLR0124
        return "–"
    digits = number(100 * share, lang, decimals)
    return f"{digits}%" if lang == "en" else f"{digits}{_NBSP}%"


def chance(p: float | None, lang: str) -> str:
    r"""
    Write a p-value for people: as decimals from 0.0001 on, a smaller one with a power of ten.

    Parameters
    ----------
    p
        The p-value; None and NaN are not known.
    lang
        Language of the marks.

    Returns
    -------
    text
        With spaces that do not break, as in all numbers.

    Examples
    --------
    >>> chance(0.5, "en"), chance(0.0312, "fi"), chance(0.00042, "fi"), chance(None, "sv")
    ('0.50', '0,031', '0,0004', '–')
    >>> chance(4.2e-17, "en").replace("\u00a0", " ")
    '4.2 · 10⁻¹⁷'
    """
    if p is None or p != p:  # noqa: PLR0124
        return "–"
    if not p:  # smaller than a number of the machine can be
        return "0"
    for least, decimals in ((0.1, 2), (0.001, 3), (0.0001, 4)):
        if p >= least:
            return number(p, lang, decimals)
    figures, power = f"{p:.1e}".split("e")
    raised = str(int(power)).translate(_RAISED)
    return f"{number(float(figures), lang, 1)}{_NBSP}·{_NBSP}10{raised}"


def sort_key(name: str) -> str:
    """
    Return a key that sorts names alphabetically as Finnish and Swedish do.

    Examples
    --------
    >>> sorted(["Öja", "Ähtäri", "Åland", "Zürich", "Espoo"], key=sort_key)
    ['Espoo', 'Zürich', 'Åland', 'Ähtäri', 'Öja']
    """
    lowered = unicodedata.normalize("NFC", name).casefold().translate(_ORDER)
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))
