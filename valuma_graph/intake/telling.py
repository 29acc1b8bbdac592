"""Problems of a user's tables as a table, with places named in the language of the messages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from valuma_graph.places import gazetteer
from valuma_graph.tables.findings import problems_frame

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from valuma_graph.places import Gazetteer
    from valuma_graph.tables.findings import Problem

_BETWEEN: Final = "; "
_LABEL: Final = re.compile(r".+ \((?:(?P<code>\d{3})|(?P<id>[a-z_]+:[^()]+))\)", re.DOTALL)


def told(problems: Iterable[Problem], lang: str, *, root: str | Path | None = None) -> pd.DataFrame:
    """
    List problems as `problems_frame` does, and name the places that they suggest in its language.

    Parameters
    ----------
    problems
        Problems in any order.
    lang
        Language of the messages and of the places: `"fi"`, `"sv"` or `"en"`.
    root
        Data folder, as for `places.gazetteer`.

    Returns
    -------
    frame
        As `problems_frame` returns it.

    Examples
    --------
    >>> from valuma_graph.tables import Problem
    >>> found = Problem("unknown_member", "error", "a.csv", value="Abo", suggestion="Turku (853)")
    >>> told([found], "sv").suggestion.tolist()
    ['Åbo (853)']
    """
    listed = list(problems)
    if any(map(_names_places, listed)):
        known = gazetteer(root)
        listed = [_in(one, lang, known) if _names_places(one) else one for one in listed]
    return problems_frame(listed, lang=lang)


def _names_places(problem: Problem) -> bool:
    texts = (problem.suggestion or "", *problem.values.values())  # noqa: PD011  no frame
    return any(_LABEL.fullmatch(part) for text in texts for part in text.split(_BETWEEN))


def _in(problem: Problem, lang: str, known: Gazetteer) -> Problem:
    items = problem.values.items()  # noqa: PD011  no frame
    values = {k: _named(v, lang, known) for k, v in items}
    suggestion = problem.suggestion and _named(problem.suggestion, lang, known)
    return replace(problem, suggestion=suggestion, values=values)


def _named(text: str, lang: str, known: Gazetteer) -> str:
    """Give each label of a place its name in a language; any other text stays."""
    parts = []
    for part in text.split(_BETWEEN):
        found = _LABEL.fullmatch(part)
        place = found and (found["id"] or f"municipality:FI-{found['code']}")
        same = place and known.label(place) == part
        parts.append(known.label(place, lang) if place and same else part)
    return _BETWEEN.join(parts)
