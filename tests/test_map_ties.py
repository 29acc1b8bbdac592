"""Ties on the map and the matrix of shared members, by their artists."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from matplotlib.figure import Figure

import valuma_graph as vg
from valuma_graph.errors import UnknownNodeError
from valuma_graph.maps.ties import plot_overlap, plot_ties, shared_networks

AFF = vg.datasets.finland(year=2019)


def lines(chart):
    return next(c for c in chart.collections if c.get_gid() == "ties")


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_ties(lang):
    chart = plot_ties(AFF, strongest=40, lang=lang)
    places = AFF.members.index[AFF.members["kind"].eq("municipality")]
    ties = shared_networks(AFF, places)
    n = len(lines(chart).get_segments())
    assert 0 < n <= 40
    assert ties["shared"].iloc[n - 1] > ties["shared"].iloc[n]
    assert any("CC BY" in x.get_text() for x in chart.texts)


def test_shared_as_overlap():
    places = AFF.members.index[AFF.members["kind"].eq("municipality")]
    ties = shared_networks(AFF, places)
    pairs = vg.overlap(AFF, mode="members")
    pairs = pairs[pairs["a"].isin(places) & pairs["b"].isin(places)]
    assert len(ties) == len(pairs)
    assert sorted(ties["shared"]) == sorted(pairs["shared"])


def test_backbone_and_axes():
    ax = Figure(figsize=(8, 10)).add_axes((0, 0, 1, 1))
    edges = pd.DataFrame({"a": ["municipality:FI-091"], "b": ["municipality:FI-837"]})
    assert plot_ties(AFF, backbone=edges, ax=ax) is ax
    assert len(lines(ax).get_segments()) == 1
    assert plot_ties(AFF, backbone=edges[:0]).texts


def test_errors():
    with pytest.raises(ValueError, match="strongest"):
        plot_ties(AFF, strongest=0)
    with pytest.raises(ValueError, match="columns a and b"):
        plot_ties(AFF, backbone=pd.DataFrame({"x": []}))
    with pytest.raises(UnknownNodeError):
        plot_overlap(AFF, networks=["none_such"])
    with pytest.raises(ValueError, match="one network"):
        plot_overlap(AFF, networks=[])


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_overlap(lang):
    ax = plot_overlap(AFF, lang=lang)
    ax.figure.canvas.draw()
    sizes = sorted(AFF.incidence.sum(axis=0))[-25:]
    bold = [int(x.get_text()) for x in ax.texts if x.get_weight() == "bold"]
    assert sorted(bold) == sizes
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        boxes = [x.get_window_extent() for x in labels]
        assert len(boxes) == 25
        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
        assert all(b.x0 >= 0 and b.y0 >= 0 for b in boxes)


@pytest.mark.mpl_image_compare(baseline_dir="baseline", tolerance=8, style="default")
def test_ties_image():
    return plot_ties(AFF).figure


@pytest.mark.parametrize("size", ["a4", "slide"])
def test_names_of_the_matrix_lie_within_a_sheet(size):
    from valuma_graph.maps.canvas import new_axes

    ax = vg.plot_overlap(vg.datasets.finland(year=2019), ax=new_axes(None, size=size))
    figure = ax.get_figure(root=True)
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    names = [*ax.get_xticklabels(), *ax.get_yticklabels(), ax.title]
    for box in (name.get_window_extent() for name in names):
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height
