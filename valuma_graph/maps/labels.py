"""Names of places on a map that never lie on one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from valuma_graph.maps.canvas import clean, renderer_of, sheet, text_size

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.text import Text


_LONGEST: Final = 30  # letters of a name


class _Place(NamedTuple):
    name: str
    x: float
    y: float


_SIDES: Final = (
    (1, 0, "left", "center"),
    (-1, 0, "right", "center"),
    (0, 1, "center", "bottom"),
    (0, -1, "center", "top"),
    (0.7, 0.7, "left", "bottom"),
    (-0.7, 0.7, "right", "bottom"),
    (0.7, -0.7, "left", "top"),
    (-0.7, -0.7, "right", "top"),
)


def place_labels(
    ax: Axes, places: pd.DataFrame, *, most: int = 40, size: float | None = None, dots: bool = True
) -> list[Text]:
    """
    Write names beside their points, the largest first, and leave out what does not fit.

    Parameters
    ----------
    ax
        A finished map.
    places
        Columns `name`, `x`, `y` (metres) and `weight` (population; missing counts as none).
    most
        The most names.
    size
        Of the text in points; by the size of the Axes when None.
    dots
        Whether to mark the points of the names written.

    Returns
    -------
    texts
        Those written. Their extents overlap neither each other nor the legend, the scale bar or
        an inset.
    """
    from matplotlib.patheffects import withStroke

    size = 0.8 * text_size(ax) if size is None else size
    here, renderer = sheet(ax), renderer_of(ax)
    written: list[Text] = []
    away = size * 0.45 * ax.figure.dpi / 72
    halo = [withStroke(linewidth=size * 0.28, foreground="white")]
    x0, y0, x1, y1 = here.room
    ranked = places.assign(weight=places["weight"].astype("float64").fillna(0.0))
    ranked = ranked.sort_values(["weight", "name"], ascending=[False, True])
    for place in map(_Place._make, ranked[["name", "x", "y"]].to_numpy()):
        if len(written) == most:
            break
        x, y = ax.transData.transform((place.x, place.y))
        name = clean(str(place.name))
        name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
        text = ax.text(
            0, 0, name, fontsize=size, family="DejaVu Sans", parse_math=False, zorder=5,
            path_effects=halo,
        )  # fmt: skip
        for dx, dy, ha, va in _SIDES:
            at = ax.transData.inverted().transform((x + dx * away, y + dy * away))
            text.set(position=at, ha=ha, va=va)
            box = text.get_window_extent(renderer)
            inside = box.x0 >= x0 and box.x1 <= x1 and box.y0 >= y0 and box.y1 <= y1
            if inside and not any(
                box.x0 < c + 1 and box.x1 > a - 1 and box.y0 < d + 1 and box.y1 > b - 1
                for a, b, c, d in here.boxes
            ):
                break
        else:
            text.remove()
            continue
        here.boxes.append((box.x0, box.y0, box.x1, box.y1))
        written.append(text)
        if dots:
            ax.plot(
                place.x, place.y, "o", ms=size * 0.25, mfc="black", mec="white", mew=0.4, zorder=4
            )
    return written
