"""How a network stands in the graph, in the words and figures that people read."""

from __future__ import annotations

from typing import Final

from valuma_graph.text import number, percent, t

TECHNICAL: Final = frozenset({"betweenness", "component"})
"""Measures that only machines read: of the first people read the rank."""

EXPLAINED: Final = frozenset({"known", "declared", "coverage", "overlapping", "betweenness_rank"})
"""Measures of which `profile.how.<name>` says what they count."""


def measure_words(name: str, value: float, lang: str, *, among: int) -> str:
    r"""
    Write the value of a measure of `Profile.structure`.

    Parameters
    ----------
    name, value
        The measure.
    lang
        The language.
    among
        Number of networks that a rank is one of.

    Examples
    --------
    >>> measure_words("coverage", 0.5, "fi", among=157)
    '50\xa0%'
    >>> measure_words("betweenness_rank", 16.0, "en", among=157)
    '16 of 157'
    """
    if name == "coverage":
        return percent(value, lang)
    if name == "betweenness_rank":
        ranked = number(value, lang, 0)
        return t("profile.rank", lang, rank=ranked, of=number(among, lang, 0))
    return number(value, lang, 0 if float(value).is_integer() else 3)
