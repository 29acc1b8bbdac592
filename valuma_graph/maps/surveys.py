"""The municipal survey as figures: figure 7, Table 2, and the questions on 6Aika."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from valuma_graph.maps.canvas import text_size
from valuma_graph.maps.charts import INK, LEADING, broken, chart_axes, frame, write
from valuma_graph.maps.impacts import BASIS_MARKS
from valuma_graph.policy.contexts import context
from valuma_graph.policy.wording import cited
from valuma_graph.text import check_lang, number, percent, t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from valuma_graph.maps.canvas import Box

_ANSWERS: Final = (INK["bad"], INK["unknown"], INK["stated"])
_ON: Final = ("#1A1A1A", "#1A1A1A", "#FFFFFF")
_LABEL: Final = 0.3  # of the width of a panel, for the names of bars
_GROW: Final = 1.25  # text of a chart to that of a map, at most
_STEPS: Final = 8
_SMALLEST: Final = {"slide": 8.0, "a4": 6.0}


@dataclass(frozen=True)
class _Row:
    """A bar: its name and value, what stands behind it, and whether its value is a bound."""

    name: str
    value: float
    label: str
    color: str
    bound: bool = False


def plot_survey(
    name: str = "figure7",
    *,
    ax: Axes | None = None,
    size: str | tuple[float, float] = "slide",
    lang: str = "en",
) -> Axes:
    """
    Draw a part of the report's municipal survey of autumn 2019.

    Parameters
    ----------
    name
        `figure7` (should the municipality take the national lead in some theme, by size class),
        `table2` (respondents), or `six_aika` (the questions on 6Aika). Figures 4 to 6 are pictures
        in the report and their shares are not in the text, so that they cannot be drawn.
    ax
        Axes to draw on; those of a new figure when None.
    size
        Of a new figure: `slide`, `a4`, or width and height in inches.
    lang
        `fi`, `sv` or `en`.

    Returns
    -------
    ax
        The Axes, in points. A mark tells values that the report gives in words, and which answers
        are inferred. A share that is only known to be less than a number ("a little under half")
        has a hatched bar and "<" before it.

    Raises
    ------
    ValueError
        If there is no such figure.

    Source: the report, ch. 3.2.

    Examples
    --------
    >>> ax = plot_survey("figure7")
    >>> sum(text.get_text().endswith("%") for text in ax.texts)
    18
    """
    check_lang(lang)
    if name not in _DRAWN:
        raise ValueError(f"name must be one of {', '.join(_DRAWN)}, not {name!r}")
    table = context(name, lang=lang)
    ax = chart_axes(ax, size=size)
    room = frame(ax, t(f"plot_survey.{name}", lang), _notes(name, table, lang))
    _DRAWN[name](ax, table, room, lang)
    return ax


def _notes(name: str, table: pd.DataFrame, lang: str) -> list[str]:
    notes = []
    if name == "figure7":
        sums = table.groupby("name", sort=False)["value"].sum()
        notes += [
            t("plot_survey.rounding", lang, name=one, sum=number(int(n), lang))
            for one, n in sums.items()
            if n != 100  # noqa: PLR2004
        ]
    guessed = table[table["rule"].notna()].drop_duplicates(["basis", "rule"])
    for basis, rule in zip(guessed["basis"], guessed["rule"], strict=True):
        words = f"{t(f'basis.{basis}', lang)}: {t(f'rule.{rule}', lang)}"
        notes.append(f"{BASIS_MARKS[basis][0]} {words}")
    if len(guessed) and table["rule"].isna().any():
        notes.append(f"{BASIS_MARKS['stated'][0]} {t('basis.stated', lang)}")
    if name == "six_aika" and _bounds().any():
        notes.append(t("plot_survey.bound", lang))
    source = " | ".join(cited(one, lang) for one in table["source"].drop_duplicates())
    return [*notes, t("plot_impact.source", lang, source=source)]


def _sizes(ax: Axes, room: Box) -> tuple[float, float]:
    """Return the largest and the smallest text of a chart."""
    wide = room[2] - room[0] > room[3] - room[1]
    largest = text_size(ax) * _GROW
    return largest, min(_SMALLEST["slide" if wide else "a4"], largest)


def _bar(ax: Axes, box: Box, color: str, *, bound: bool = False) -> None:
    """Fill a box of left, low, right and high; that of a bound is hatched."""
    from matplotlib.patches import Rectangle

    left, low, right, high = box
    bar = Rectangle((left, low), right - left, high - low, fc=color, ec="#FFFFFF", lw=0.8, zorder=2)
    if bound:
        bar.set(facecolor="none", edgecolor=color, hatch="////", linestyle="--")
    ax.add_patch(bar)


def _figure7(ax: Axes, table: pd.DataFrame, room: Box, lang: str) -> None:
    size = _sizes(ax, room)[0]
    left, low, right, high = room
    question = broken(str(table["question"].iloc[0]), size, right - left)
    write(ax, left, high, "\n".join(question), size=size)
    high -= size * (LEADING * len(question) + 1)
    answers = [*dict.fromkeys(table["item"])]
    x = left
    # The third answer was followed by a question of its own.
    for words, color in zip([*answers[:2], t("plot_survey.yes", lang)], _ANSWERS, strict=True):
        _bar(ax, (x, high - size, x + size, high), color)
        x = write(ax, x + size * 1.5, high, words, size=size)[2] + size * 2
    high -= size * 2.5
    shares = table.pivot_table(index="size_class", columns="item", values="value", sort=False)
    names = table.drop_duplicates("size_class").set_index("size_class")["name"]
    start, step = left + (right - left) * _LABEL, (high - low) / len(shares)
    point = (right - start) / shares.sum(axis=1).max()
    for n, code in enumerate(shares.index):
        top, bottom = high - n * step, high - (n + 1) * step + min(step * 0.25, size)
        lines = broken(str(names[code]), size, start - left - size)
        write(ax, left, (top + bottom) / 2, "\n".join(lines), size=size, va="center")
        x = start
        for answer, color, ink in zip(answers, _ANSWERS, _ON, strict=True):
            value = float(shares.loc[code, answer])
            _bar(ax, (x, bottom, x + value * point, top), color)
            write(
                ax, x + value * point / 2, (top + bottom) / 2, percent(value / 100, lang),
                size=size, ha="center", va="center", color=ink,
            )  # fmt: skip
            x += value * point


def _bars(
    ax: Axes,
    rows: Sequence[_Row],
    room: Box,
    size: float,
    *,
    whole: float,
    gap: float = 0.7,
    draw: bool = True,
) -> float:
    """Draw a bar for each row from the top; return where they end."""
    left, _, right, high = room
    start = left + (right - left) * 0.42
    width = (right - start) * 0.62
    for row in rows:
        end = start + width * row.value / whole
        lines = broken(row.name, size, start - left - size)
        told = broken(row.label, size, right - end - size)
        height = size * max(LEADING * max(len(lines), len(told)), 1.6)
        if draw:
            middle = high - height / 2
            write(ax, left, middle, "\n".join(lines), size=size, va="center")
            box = (start, middle - size * 0.75, end, middle + size * 0.75)
            _bar(ax, box, row.color, bound=row.bound)
            write(ax, end + size * 0.5, middle, "\n".join(told), size=size, va="center")
        high -= height + size * gap
    return high


def _table2(ax: Axes, table: pd.DataFrame, room: Box, lang: str) -> None:
    size = _sizes(ax, room)[0]
    classes = table[table["size_class"].ne("all")]
    rows = [
        _Row(str(name), float(value), number(int(value), lang), INK["stated"])
        for name, value in zip(classes["name"], classes["value"], strict=True)
    ]
    end = _bars(ax, rows, room, size, whole=max(row.value for row in rows), gap=2.0)
    total = int(table.loc[table["size_class"].eq("all"), "value"].iloc[0])
    words = t("plot_survey.total", lang, n=total)
    lines = broken(words, size, room[2] - room[0], weight="bold")
    write(ax, room[0], end - size * 0.5, "\n".join(lines), size=size, weight="bold")


def _six_aika(ax: Axes, table: pd.DataFrame, room: Box, lang: str) -> None:
    left, low, right, high = room
    wide = right - left > high - low
    largest, smallest = _sizes(ax, room)
    for step in range(_STEPS):
        size = largest - (largest - smallest) * step / (_STEPS - 1)
        middle = (left + right) / 2
        first = (left, low, middle - size if wide else right, high)
        end = _numbers(ax, table, first, size, lang, draw=False)
        second = (middle + size, low, right, high) if wide else (left, low, right, end - size)
        if min(end, _lists(ax, table, second, size, draw=False)) >= low:
            break
    _numbers(ax, table, first, size, lang, draw=True)
    _lists(ax, table, second, size, draw=True)


def _numbers(
    ax: Axes, table: pd.DataFrame, room: Box, size: float, lang: str, *, draw: bool
) -> float:
    """Draw respondents and shares, each question above its bars."""
    left, low, right, high = room
    bounds = set(table.index[_bounds()])
    for chosen, whole in ((_persons(), 0.0), (table["basis"].eq("coded"), 100.0)):
        for question, rows in table[chosen].groupby("question", sort=False):
            asked = str(question) if whole else f"{question}: {rows['item'].iloc[0]}"
            high = _heading(ax, asked, (left, low, right, high), size, draw=draw)
            bars = []
            for row in rows.itertuples():
                value, label = float(str(row.value)), number(int(str(row.value)), lang)
                name, color, bound = str(row.name), INK["stated"], False
                if whole:
                    mark, color = BASIS_MARKS[str(row.basis)]
                    bound = row.Index in bounds
                    told = str(row.unit).partition(", ")[2] or str(row.unit)
                    share = ("<\N{NO-BREAK SPACE}" if bound else "") + percent(value / 100, lang)
                    label = f"{mark} {row.item}: {share} ({told})"
                bars.append(_Row(name, value, label, color, bound))
            full = whole or max(bar.value for bar in bars)
            high = (
                _bars(ax, bars, (left, low, right, high), size, whole=full, draw=draw) - size * 0.5
            )
    return high


def _persons() -> pd.Series:
    """Tell which rows are numbers of respondents."""
    return context("six_aika")["unit"].eq("persons")


def _bounds() -> pd.Series:
    """Tell which shares are known to be less than a number only: "a little under half"."""
    unit = context("six_aika")["unit"]
    return unit.str.startswith("percent, ") & unit.str.contains("under|nearly|less")


def _lists(ax: Axes, table: pd.DataFrame, room: Box, size: float, *, draw: bool) -> float:
    """Draw what was named, in the order of the text."""
    left, low, right, high = room
    named = table[table["basis"].eq("stated") & ~_persons()]
    for (question, group), rows in named.groupby(["question", "name"], sort=False):
        high = _heading(ax, f"{question} ({group})", (left, low, right, high), size, draw=draw)
        for item in rows["item"]:
            lines = broken(str(item), size, right - left - size * 1.4)
            if draw:
                mark, color = BASIS_MARKS["stated"]
                write(ax, left, high, mark, size=size, color=color, weight="bold")
                write(ax, left + size * 1.4, high, "\n".join(lines), size=size)
            high -= size * (LEADING * len(lines) + 0.4)
        high -= size * 0.8
    return high


def _heading(ax: Axes, words: str, room: Box, size: float, *, draw: bool) -> float:
    left, _, right, high = room
    lines = broken(words, size, right - left, weight="bold")
    if draw:
        write(ax, left, high, "\n".join(lines), size=size, weight="bold")
    return high - size * (LEADING * len(lines) + 0.5)


_DRAWN: Final[dict[str, Callable[[Axes, pd.DataFrame, Box, str], None]]] = {
    "figure7": _figure7,
    "table2": _table2,
    "six_aika": _six_aika,
}
