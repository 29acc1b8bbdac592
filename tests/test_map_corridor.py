"""The picture of a corridor, by its artists."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import valuma_graph as vg
from valuma_graph.errors import UnknownNodeError
from valuma_graph.geography.corridors import Corridor, corridor_profile
from valuma_graph.maps.stretch import COLORS, plot_corridor, spread
from valuma_graph.text import LANGS, t

CASES = [
    ("main_line", "suomi_rata_oy", 2021),
    ("main_line", "suomen_kasvukaytava", 2019),
    ("northern_growth_zone", "pohjoinen_kasvuvyohyke", 2019),
    ("e18", None, 2019),
]


def parts(chart):
    frame = next(a for a in chart.figure.axes if chart in a.child_axes)
    return frame, {a.get_label(): a for a in frame.child_axes}


@pytest.mark.parametrize(
    ("axis", "network", "year", "lang"),
    # every case in two languages, and every language in two cases or more
    [(*case, lang) for k, case in enumerate(CASES) for lang in sorted({LANGS[k % 3], "fi"})],
)
def test_picture(axis, network, year, lang):
    aff = vg.datasets.finland(year=year)
    corridor = Corridor(axis, axis, 30)
    chart = plot_corridor(aff, corridor, network=network, lang=lang)
    frame, axes = parts(chart)
    profile = corridor_profile(aff, corridor, network=network)
    on = profile.places[profile.places["axis_km"] > 0]
    circles = {c.get_label(): c for c in axes["strip"].collections}
    assert sum(len(c.get_offsets()) for c in circles.values()) == len(on)
    for kind, c in circles.items():
        assert np.allclose(c.get_facecolor()[0][:3], to_rgb(COLORS[kind]))
        if network is not None:
            rows = on[on["membership"].eq(kind)]
            assert sorted(c.get_offsets()[:, 0]) == pytest.approx(sorted(rows["position_km"]))
    chart.figure.canvas.draw()
    for owner, gid in [(axes["strip"], "name"), (axes["strip"], "gap"), (chart, "city")]:
        boxes = [x.get_window_extent() for x in owner.texts if x.get_gid() == gid]
        assert gid == "gap" or boxes
        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2)), gid
        page = chart.figure.bbox
        assert all(b.x0 >= 0 and b.x1 <= page.x1 and b.y1 <= page.y1 for b in boxes)
    assert t("map_corridor_source", lang) in {x.get_text() for x in frame.texts}


def test_given_axes_are_kept():
    figure = Figure(figsize=(13.33, 7.5))
    ax = figure.add_axes((0.02, 0.03, 0.96, 0.94))
    aff = vg.datasets.finland(year=2021)
    chart = plot_corridor(aff, Corridor("x", "main_line", 30), network="suomi_rata_oy", ax=ax)
    assert chart.figure is figure
    assert chart in ax.child_axes
    assert figure.axes == [ax]


def test_errors():
    aff = vg.datasets.finland(year=2021)
    with pytest.raises(UnknownNodeError):
        plot_corridor(aff, Corridor("x", "main_line", 30), network="none_such")
    with pytest.raises(ValueError, match="lang"):
        plot_corridor(aff, Corridor("x", "main_line", 30), lang="de")


def test_spread_keeps_order_and_distance():
    placed = spread(np.array([0.0, 0.1, 0.2, 9.9, 10.0]), 1.0, 0.0, 10.0)
    assert (np.diff(placed) >= 1 - 1e-9).all()
    assert placed[0] >= 0
    assert placed[-1] <= 10


@pytest.mark.mpl_image_compare(baseline_dir="baseline", tolerance=8, style="default")
def test_corridor_image():
    aff = vg.datasets.finland(year=2021)
    corridor = Corridor("Main line", "main_line", 30)
    return plot_corridor(aff, corridor, network="suomi_rata_oy").figure


def test_a_sheet_of_equal_scale_is_taken_without_a_word(caplog):
    from valuma_graph.maps.canvas import new_axes

    corridor = vg.Corridor("Main line", "main_line", 30)
    ax = vg.plot_corridor(vg.datasets.finland(year=2021), corridor, ax=new_axes(None, size="a4"))
    ax.get_figure(root=True).canvas.draw()
    assert not caplog.records
