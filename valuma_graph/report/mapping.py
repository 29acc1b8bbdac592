"""The map of the page: what the municipalities of the set show, in a few classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.report.voice import Voice

BREAKS: Final = (0, 1, 2, 3, 5, 9)
"""First count of each class; the last class is open."""


@dataclass(frozen=True)
class PageMap:
    """
    A map ready to be drawn.

    Parameters
    ----------
    caption, note
        Its words, and what to keep in mind.
    width, height
        Of the drawing, kilometres.
    shapes
        Class, path and tooltip of each municipality; the one that the page is about comes last.
    regions
        Path of the lines between regions.
    legend
        Class and words, in order.
    """

    caption: Markup
    note: Markup
    width: int
    height: int
    shapes: Sequence[tuple[str, str, str]]
    regions: str
    legend: Sequence[tuple[str, Markup]]


def page_map(
    aff: Affiliation, voice: Voice, centre: tuple[Mode, str] | None = None
) -> PageMap | None:
    """
    Return the map of a page, or None where the set has no municipality of a Finnish division.

    Without a centre it shows in how many networks each municipality is known to be; about a
    network, who is in it and of whom that is not known; about a member, how many networks each
    municipality shares with it.

    Parameters
    ----------
    aff
        The affiliation network.
    voice
        The languages.
    centre
        Mode and id of what the page is about.

    Returns
    -------
    map
        Classes `c0` to `c5` (counts, see `BREAKS`), `member`, `unknown`, `other`, `self`.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.voice import Voice
    >>> drawn = page_map(vg.datasets.finland(year=2019), Voice(("en",)))
    >>> len(drawn.shapes), str(drawn.caption)
    (311, 'Networks of each municipality')
    >>> page_map(vg.datasets.southern_women(), Voice(("en",))) is None
    True
    """
    from valuma_graph.affiliation.assembly import division_of
    from valuma_graph.maps.vector import outlines
    from valuma_graph.places import DIVISIONS

    year = min(max(division_of(aff.year), DIVISIONS[0]), DIVISIONS[-1])
    if aff.gazetteer is None:
        return None
    drawn = outlines(year)
    towns = aff.members.index.intersection(drawn.municipalities.index)
    if towns.empty:
        return None
    if centre is not None and centre[0] == "networks":
        # All of the division: a municipality that the set never had stands to the network too.
        towns = drawn.municipalities.index
    classes, values, legend, key = _content(aff, voice, centre, towns)
    names = {lang: aff.names("members", lang) for lang in ("fi", "sv")}
    shapes = []
    for town, path in zip(map(str, drawn.municipalities.index), drawn.municipalities, strict=True):
        cls = classes.get(town, "absent")
        words = " – ".join(dict.fromkeys(names[la].get(town, "") for la in names)).strip(" –")
        value = values.get(town)
        shapes.append((str(cls), str(path), f"{words}: {value}" if value is not None else words))
    shapes.sort(key=lambda shape: shape[0] == "self")
    named = {} if centre is None else {"name": voice.names(aff, centre[0])[centre[1]]}
    return PageMap(
        caption=voice.t(f"page.map.{key}", **named),
        note=voice.t(f"page.map.{key}_note"),
        width=drawn.width,
        height=drawn.height,
        shapes=shapes,
        regions=drawn.regions,
        legend=legend,
    )


def _content(
    aff: Affiliation, voice: Voice, centre: tuple[Mode, str] | None, towns: pd.Index
) -> tuple[dict[str, str], dict[str, int], list[tuple[str, Markup]], str]:
    """Return classes and values by municipality, the legend, and the key of the words."""
    if centre is None:
        counts = _as_series(aff, aff.incidence.sum(axis=1)).reindex(towns)
        return _classes(counts), _values(counts), _counts_legend(), "networks"
    mode, node = centre
    if mode == "networks":
        return *_of_network(aff, voice, node, towns), "members"
    shared = shared_with(aff, node).reindex(towns)
    classes = _classes(shared)
    legend = _counts_legend()
    if node in classes:
        classes[node] = "self"
        legend.insert(0, ("self", voice.name(voice.names(aff, "members")[node])))
    return classes, _values(shared), legend, "shared"


def shared_with(aff: Affiliation, node: str) -> pd.Series:
    """
    Return how many networks each member shares with one of them; its own number for itself.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> int(shared_with(vg.datasets.southern_women(), "Flora Price")["Olivia Carleton"])
    2
    """
    row = aff.incidence[[list(aff.members.index).index(node)]]
    return _as_series(aff, (aff.incidence @ row.T).toarray().ravel())


def _of_network(
    aff: Affiliation, voice: Voice, network: str, towns: pd.Index
) -> tuple[dict[str, str], dict[str, int], list[tuple[str, Markup]]]:
    from valuma_graph.measures.standing import standing

    stand = standing(aff, network, towns).replace({"not_member": "other"})
    classes = dict(zip(map(str, towns), stand, strict=True))
    there = [name for name in ("member", "unknown", "other") if name in set(classes.values())]
    return classes, {}, [(name, voice.t(f"page.map.{name}")) for name in there]


def _as_series(aff: Affiliation, values: Any) -> pd.Series:  # noqa: ANN401  an array of scipy
    import pandas as pd

    return pd.Series(values, index=aff.members.index).astype("int64")


def _values(counts: pd.Series) -> dict[str, int]:
    return {str(town): int(count) for town, count in counts.items()}


def _classes(counts: pd.Series) -> dict[str, str]:
    import numpy as np

    at = np.searchsorted(BREAKS, counts.to_numpy(), side="right") - 1
    return {str(town): f"c{k}" for town, k in zip(counts.index, at, strict=True)}


def _counts_legend() -> list[tuple[str, Any]]:
    ends = [*(following - 1 for following in BREAKS[1:]), None]
    words = [
        f"{first}+" if last is None else (str(first) if first == last else f"{first}–{last}")
        for first, last in zip(BREAKS, ends, strict=True)
    ]
    return [(f"c{k}", word) for k, word in enumerate(words)]
