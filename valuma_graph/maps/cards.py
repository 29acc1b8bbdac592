"""The scorecard of the critical success factors as a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from valuma_graph.maps.canvas import text_size
from valuma_graph.maps.charts import INK, LEADING, chart_axes, frame, wrap, write
from valuma_graph.policy.checklist import CHECKS, FACTORS
from valuma_graph.policy.scorecards import ANSWERS, scorecard
from valuma_graph.policy.wording import cited
from valuma_graph.text import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from valuma_graph.affiliation import Affiliation
    from valuma_graph.maps.canvas import Box
    from valuma_graph.policy.statements import Answers

MOST: Final = 30
"""The most networks that one chart holds."""

SHOWN: Final = 12
"""How many are drawn where none are named."""

_MARKS: Final = {"met": "o", "not_met": "X", "unknown": "_"}
_COLOURS: Final = {"met": INK["good"], "not_met": INK["bad"], "unknown": "#8C8C8C"}
_FILLS: Final = {"stated": "full", "coded": "left", "inferred": "none", "computed": "none"}
_HEADS: Final = 4  # the most lines of a name above a column
_SPARE: Final = 0.95  # of a width: letters are broader at other resolutions


@dataclass(frozen=True)
class _Plan:
    """Where columns and rows stand, in points."""

    label: float
    columns: tuple[float, ...]
    column: float
    row: float
    size: float


def plot_scorecard(
    aff: Affiliation,
    *,
    networks: Sequence[str] | None = None,
    answers: Answers | None = None,
    ax: Axes | None = None,
    size: str | tuple[float, float] = "slide",
    lang: str = "en",
) -> Axes:
    """
    Draw the scorecard of networks: a row for each check, a column for each network.

    The shape of a mark and its colour say whether a check is met; how it is filled says whether
    that is stated, coded, or inferred or computed. With one network, the evidence and its source
    stand beside the marks, as far as there is room.

    Parameters
    ----------
    aff
        The affiliation network.
    networks
        Ids or names, at most 30; None for the 12 of which most is known.
    answers
        What coordinators say.
    ax
        Axes to draw on; None for a new figure.
    size
        Of a new figure: `slide`, `a4`, or width and height in inches.
    lang
        Language.

    Returns
    -------
    ax
        The Axes, in points.

    Raises
    ------
    ValueError
        If there are more than 30 networks, or none, or there is no such size.
    UnknownNodeError
        If there is no such network.

    Source: the report, ch. 4.3.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> ax = plot_scorecard(vg.datasets.finland(year=2019), networks=["fisu"])
    >>> ax.texts[0].get_text()
    'Critical success factors: Finnish Sustainable Communities'
    """
    card = scorecard(aff, networks=networks, answers=answers, lang=lang)
    every = card["network_id"].nunique()
    if networks is None:
        card = _best(card)
    ids = [*dict.fromkeys(card["network_id"])]
    if not 1 <= len(ids) <= MOST:
        raise ValueError(f"networks must be 1 to {MOST}, not {len(ids)}")
    names = dict(zip(card["network_id"], card["name"].map(_short), strict=True))
    made = chart_axes(ax, size=size)
    plain = text_size(made) * 0.95
    notes = [t("policy_card.source", lang)]
    if len(ids) < every and networks is None:
        notes.insert(0, t("policy_card.most", lang, shown=len(ids), total=every))
    alone = len(ids) == 1
    title = t("policy_card.title_one" if alone else "policy_card.title", lang, name=names[ids[0]])
    room = frame(made, title, notes)
    top = _legend(made, room, plain * 0.9, lang)
    low = room[1] + plain * 0.4
    heads = [names[n] for n in ids]
    plan = _plan(made, (room[0], low, room[2], top), len(ids), plain, lang)
    if alone:
        _rows(made, plan, (room[0], low, room[2], top), card, lang)
        return made
    if not _fits(plan, heads):
        low = _key(made, (room[0], low, room[2], top), heads, plain * 0.9)
        heads = [str(k + 1) for k in range(len(ids))]
    top = _heads(made, plan, top, heads)
    _rows(made, plan, (room[0], low, room[2], top), card, lang)
    return made


def _short(words: str, most: int = 100) -> str:
    """Cut what no chart has room for, before each line of it is measured."""
    return words if len(words) <= most else words[: most - 1] + "…"


def _best(card: pd.DataFrame) -> pd.DataFrame:
    """Keep the networks of which most is known, in their order."""
    known = card["answer"].ne("unknown").groupby(card["network_id"], sort=False).sum()
    best = known.sort_values(ascending=False, kind="stable").index[:SHOWN]
    return card[card["network_id"].isin(best)]


def _plan(ax: Axes, room: Box, networks: int, size: float, lang: str) -> _Plan:
    x0, _, x1, _ = room
    width = x1 - x0
    widest = max(
        write(ax, 0, 0, t(f"check.{c.key}", lang), size=size)[2] for c in CHECKS
    )  # measured by drawing, and taken away again
    for text in ax.texts[-len(CHECKS) :]:
        text.remove()
    label = min(widest / _SPARE + size * 2.2, width * (0.36 if networks == 1 else 0.46))
    if networks == 1:
        return _Plan(label, (x0 + label + size,), size * 2, 0, size)
    column = min((width - label) / networks, size * 16)
    middles = tuple(x0 + label + column * (k + 0.5) for k in range(networks))
    return _Plan(label, middles, column, 0, size)


def _legend(ax: Axes, room: Box, size: float, lang: str) -> float:
    """Write what marks mean in lines below the title; return where they end."""
    entries = [(_MARKS[a], "full", _COLOURS[a], t(f"check_answer.{a}", lang)) for a in ANSWERS]
    entries += [
        ("o", fill, INK["soft"], t(f"policy_card.{b}", lang))
        for b, fill in (("stated", "full"), ("coded", "left"), ("inferred", "none"))
    ]
    x, y = room[0], room[3] - size * 0.8
    for marker, fill, colour, words in entries:
        box = write(ax, x + size * 1.4, y, words, size=size, va="center")
        if box[2] > room[2] and x > room[0]:
            ax.texts[-1].remove()
            x, y = room[0], y - size * LEADING * 1.2
            box = write(ax, x + size * 1.4, y, words, size=size, va="center")
        _mark(ax, x + size * 0.6, y, marker, fill, colour, size)
        x = box[2] + size * 1.6
    return y - size * 1.3


def _mark(ax: Axes, x: float, y: float, marker: str, fill: str, colour: str, size: float) -> None:
    ax.plot(
        [x], [y], marker=marker, fillstyle=fill, color=colour, markerfacecoloralt="white",
        markersize=size * (0.6 if marker == "_" else 0.85), markeredgewidth=size * 0.12,
        linestyle="none", zorder=6, clip_on=False,
    )  # fmt: skip


def _key(ax: Axes, room: Box, names: Sequence[str], size: float) -> float:
    """Write numbers and names below the rows; return the top of these lines."""
    whole = "; ".join(f"{k} = {n}" for k, n in enumerate(names, 1))
    lines = wrap(whole, size, (room[2] - room[0]) * _SPARE)
    box = write(ax, room[0], room[1], "\n".join(lines), size=size, va="bottom")
    return box[3] + size * 0.6


def _fits(plan: _Plan, names: Sequence[str]) -> bool:
    """Tell whether names fit above their columns without a broken word."""
    size = plan.size * 0.9
    wide = (plan.column - size) * _SPARE
    lines = [wrap(n, size, wide, weight="bold") for n in names]
    whole = all(
        len(wrap(word, size, wide, weight="bold")) == 1 for n in names for word in n.split()
    )
    return whole and max(len(found) for found in lines) <= _HEADS


def _heads(ax: Axes, plan: _Plan, top: float, heads: Sequence[str]) -> float:
    """Write what stands above the columns; return where the rows begin."""
    size = plan.size * 0.9
    wide = (plan.column - size) * _SPARE
    lines = max(len(wrap(h, size, wide, weight="bold")) for h in heads)
    low = top - lines * size * LEADING - size * 0.4
    for x, head in zip(plan.columns, heads, strict=True):
        write(
            ax, x, low + size * 0.3, head, size=size, width=wide, ha="center", va="bottom",
            weight="bold",
        )  # fmt: skip
    return low


def _rows(ax: Axes, plan: _Plan, room: Box, card: pd.DataFrame, lang: str) -> None:
    x0, low, x1, top = room
    height = (top - low) / (len(CHECKS) + len(FACTORS) * 1.15)
    size = min(plan.size, height / LEADING)
    lines = max(1, int(height / (size * LEADING)))
    by = dict(iter(card.groupby("check")))
    y = top
    for factor in FACTORS:
        y -= height * 1.15
        words = t(f"factor.{factor}", lang)
        ax.fill_between([x0, x1], y, y + height * 1.0, color=INK["paper"], linewidth=0, zorder=1)
        write(
            ax, x0 + size * 0.4, y + height * 0.5, words, size=size, va="center", weight="bold",
            width=(x1 - x0 - size) * _SPARE, most=1,
        )  # fmt: skip
        for check in [c for c in CHECKS if c.factor == factor]:
            y -= height
            ax.plot([x0, x1], [y, y], color=INK["line"], linewidth=0.4, zorder=2)
            write(
                ax, x0 + size * 0.4, y + height / 2, t(f"check.{check.key}", lang), size=size,
                width=(plan.label - size * 1.6) * _SPARE, most=lines, va="center",
            )  # fmt: skip
            for x, row in zip(plan.columns, by[check.name].to_dict("records"), strict=True):
                answer = str(row["answer"])
                fill = "full" if answer == "unknown" else _FILLS.get(str(row["basis"]), "none")
                _mark(ax, x, y + height / 2, _MARKS[answer], fill, _COLOURS[answer], size)
                if len(plan.columns) == 1:
                    _evidence(ax, (x + size, y, x1, y + height), row, size * 0.95, lines, lang)


def _evidence(
    ax: Axes, box: Box, row: dict[object, object], size: float, lines: int, lang: str
) -> None:
    """Write evidence, and its place to the right of it."""
    x0, y0, x1, y1 = box
    middle = x0 + (x1 - x0) * 0.6
    source = "" if row["source"] != row["source"] else str(row["source"])
    report = cited("VALUMA report", lang)
    for left, right, words, colour in (
        (x0, middle, str(row["evidence"]), INK["text"]),
        (middle, x1, cited(source, lang).replace(f"{report}, ", ""), INK["soft"]),
    ):
        # More letters than lines of common words hold: what is longer need not be measured.
        room = int(2 * lines * (right - left) / size)
        if words:
            write(
                ax, left, (y0 + y1) / 2, _short(words, room), size=size, most=lines, va="center",
                color=colour, width=(right - left - size * 2.6) * _SPARE,
            )  # fmt: skip
