"""Who shares networks with whom, on the map; and how far networks share their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from valuma_graph.affiliation.assembly import division_of
from valuma_graph.errors import UnknownNodeError
from valuma_graph.measures.projection import blocks, degrees
from valuma_graph.text import check_lang, number, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

    from valuma_graph.affiliation import Affiliation

_LARGEST = 25


def plot_ties(
    aff: Affiliation,
    *,
    strongest: int = 150,
    backbone: pd.DataFrame | None = None,
    ax: Axes | None = None,
    lang: str = "en",
    areas: gpd.GeoDataFrame | None = None,
) -> Axes:
    """
    Draw which municipalities share most networks, as lines between their central localities.

    Ties as strong as the last one chosen are all drawn or all left out, so that there may be
    fewer than `strongest`; where the strongest alone are more, all of these are drawn.

    Parameters
    ----------
    aff
        The affiliation network.
    strongest
        How many ties at most.
    backbone
        Ties to draw instead: columns `a`, `b` (member ids), and `shared` where there is one.
    ax, lang, areas
        As for other maps.

    Returns
    -------
    ax
        The axes of the map.

    Raises
    ------
    ValueError
        If `strongest` is less than 1, `lang` is none of the three, or `backbone` lacks `a`, `b`.
    """
    from matplotlib.collections import LineCollection

    from valuma_graph.geography.axes import localities
    from valuma_graph.maps import canvas

    check_lang(lang)
    if strongest < 1:
        raise ValueError(f"strongest must be 1 or more, not {strongest}")
    shapes = canvas.country(aff, areas)
    points = localities(division_of(aff.year))
    ties = shared_networks(aff, points.index) if backbone is None else _given(backbone, points)
    drawn = _cut(ties, strongest) if backbone is None else ties
    chart = canvas.new_axes(ax)
    canvas.draw_areas(chart, shapes, color=canvas.PALETTE["land"])
    canvas.draw_regions(chart, aff.year, areas)
    drawn = drawn.sort_values("shared", kind="stable")
    strength = drawn["shared"].to_numpy("float64")
    level = _level(strength)
    at = np.column_stack([points.x, points.y])
    ends = [at[points.index.get_indexer(pd.Index(drawn[side]))] for side in ("a", "b")]
    lines: np.ndarray = np.stack(ends, axis=1)
    colors = _shades()(0.35 + 0.65 * level)
    chart.add_collection(
        LineCollection(
            list(lines), colors=colors, linewidths=0.5 + 2.5 * level, zorder=5, gid="ties"
        ),
        autolim=False,
    )
    shown = {"n": len(drawn), "total": number(len(ties), lang)}
    notes = [t("map_ties_note", lang, **shown)] if len(drawn) else [t("map_ties_none", lang)]
    canvas.finish(
        chart,
        title=t("map_ties_title", lang),
        lang=lang,
        notes=notes,
        legend=_legend(strength, lang),
    )
    return chart


def shared_networks(aff: Affiliation, places: pd.Index) -> pd.DataFrame:
    """Count the networks that pairs of these members share: a, b, shared; strongest first."""
    keep = np.flatnonzero(aff.members.index.isin(places))
    ids = aff.members.index[keep]
    found = []
    for start, _, shared in blocks(aff.incidence[keep]):
        cells = shared.tocoo()
        row, column = cells.row + start, cells.col
        upper = column > row
        found.append(np.column_stack([row[upper], column[upper], cells.data[upper]]))
    table = np.concatenate(found) if found else np.zeros((0, 3), dtype=np.int64)
    ties = pd.DataFrame({"a": ids[table[:, 0]], "b": ids[table[:, 1]], "shared": table[:, 2]})
    return ties.sort_values(["shared", "a", "b"], ascending=[False, True, True], ignore_index=True)


def _cut(ties: pd.DataFrame, strongest: int) -> pd.DataFrame:
    """Keep whole levels of strength only."""
    if len(ties) <= strongest:
        return ties
    first_left_out = ties["shared"].iloc[strongest]
    kept: pd.DataFrame = ties[ties["shared"] > first_left_out]
    if len(kept):
        return kept
    top: pd.DataFrame = ties[ties["shared"] == ties["shared"].max()]
    return top


def _given(backbone: pd.DataFrame, points: gpd.GeoSeries) -> pd.DataFrame:
    if not {"a", "b"} <= {*backbone.columns}:
        raise ValueError(f"backbone needs columns a and b, not {', '.join(map(str, backbone))}")
    ties = backbone[backbone["a"].isin(points.index) & backbone["b"].isin(points.index)]
    weight = ties["shared"] if "shared" in ties else pd.Series(1, index=ties.index)
    return pd.DataFrame({"a": ties["a"], "b": ties["b"], "shared": weight})


def _level(strength: np.ndarray) -> np.ndarray:
    if not len(strength):
        return strength
    low, high = strength.min(), strength.max()
    level: np.ndarray = (strength - low) / (high - low) if high > low else np.ones_like(strength)
    return level


def _shades() -> Colormap:
    from matplotlib import colormaps

    return colormaps["Blues"]


def _legend(strength: np.ndarray, lang: str) -> list[tuple[str, str, str | None]]:
    from matplotlib.colors import to_hex

    if not len(strength):
        return []
    values = np.unique(np.array([strength.max(), np.median(strength), strength.min()]))[::-1]
    low, span = strength.min(), max(np.ptp(strength), 1e-9)
    entries: list[tuple[str, str, str | None]] = []
    for value in values:
        share = (value - low) / span if np.ptp(strength) else 1.0
        words = t("map_ties_shared", lang, count=number(float(value), lang))
        entries.append((words, to_hex(_shades()(0.35 + 0.65 * share)), None))
    return entries


def plot_overlap(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """
    Draw how many members networks share, as a matrix with the similar side by side.

    The diagonal is the number of known members. The order is that of an average-linkage
    clustering by Jaccard distance, optimal leaves first.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids; the 25 with most known members when None.
    ax, lang
        As for other pictures.

    Returns
    -------
    ax
        The axes of the matrix.

    Raises
    ------
    UnknownNodeError
        If a network is not in the set.
    ValueError
        If none are chosen, or `lang` is none of the three.
    """
    check_lang(lang)
    chosen = _chosen(aff, networks)
    at = aff.networks.index.get_indexer(pd.Index(chosen))
    part = aff.incidence[:, at].astype(np.int64)
    shared = (part.T @ part).toarray()
    order = _order(shared)
    shared = shared[np.ix_(order, order)]
    names = [str(aff.names("networks", lang)[chosen[i]]) for i in order]
    names = [n if len(n) <= 38 else n[:37].rstrip() + "…" for n in names]  # noqa: PLR2004
    if ax is None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11.69, 8.27), layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
    elif not ax.axison:  # a whole sheet: the names need room beside the matrix
        ax = ax.inset_axes((0.34, 0.36, 0.6, 0.56))
    return _matrix(ax, shared, names, lang)


def _chosen(aff: Affiliation, networks: Sequence[str] | None) -> list[str]:
    if networks is None:
        _, sizes = degrees(aff.incidence)
        order = np.argsort(-sizes, kind="stable")[:_LARGEST]
        chosen = [str(n) for n in aff.networks.index[order[sizes[order] > 0]]]
    else:
        chosen = list(dict.fromkeys(networks))
    unknown = [n for n in chosen if n not in aff.networks.index]
    if unknown:
        raise UnknownNodeError(f"There is no such network in this set: {', '.join(unknown)}.")
    if not chosen:
        raise ValueError("an overlap needs one network or more; none has been chosen")
    return chosen


def _order(shared: np.ndarray) -> np.ndarray:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    n = len(shared)
    if n < 3:  # noqa: PLR2004
        return np.arange(n)
    sizes = np.diag(shared)
    union = sizes[:, None] + sizes[None, :] - shared
    distance = 1 - shared / np.maximum(union, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
    return np.asarray(leaves_list(tree))


def _matrix(ax: Axes, shared: np.ndarray, names: list[str], lang: str) -> Axes:
    n = len(names)
    off = shared.astype("float64")
    np.fill_diagonal(off, np.nan)
    most = np.nanmax(off) if n > 1 else 1.0
    ax.set_facecolor("#E8E8E8")
    ax.imshow(off, cmap="Blues", vmin=0, vmax=max(most, 1))
    size = min(8.0, 190 / n)
    for i in range(n):
        for j in range(n):
            dark = i != j and shared[i, j] > 0.6 * most
            if shared[i, j] or i == j:
                ax.text(
                    j, i, number(int(shared[i, j]), lang), ha="center", va="center", size=size,
                    color="white" if dark else "black", weight="bold" if i == j else "normal",
                )  # fmt: skip
    ax.set_xticks(range(n), names, rotation=90, size=size, parse_math=False)
    ax.set_yticks(range(n), names, size=size, parse_math=False)
    ax.tick_params(length=0)
    ax.set_title(t("map_overlap_title", lang), loc="left", weight="bold")
    ax.set_xlabel(t("map_overlap_note", lang), size=7)
    return ax
