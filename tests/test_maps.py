"""Maps: what is filled, what is said, and that nothing lies on anything else."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import valuma_graph as vg
from valuma_graph.errors import FormatError, GeometryError, UnknownNodeError
from valuma_graph.maps import (
    plot_comparison,
    plot_isolation,
    plot_members,
    plot_network,
    plot_networks,
    save_picture,
)
from valuma_graph.maps.canvas import SIZES, new_axes, sheet
from valuma_graph.maps.members import standing
from valuma_graph.text import LANGS, t


@pytest.fixture(scope="module")
def aff():
    return vg.datasets.finland(year=2021)


def filled(ax):
    """Return how many areas each collection has."""
    return [len(c.get_paths()) for c in ax.collections]


def words(ax):
    return "\n".join(text.get_text() for text in ax.texts)


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_municipality_is_filled_once_by_its_standing(aff):
    ax = plot_network(aff, "hinku", labels=False)
    found = standing(aff, "hinku", vg.datasets.municipalities(2021).index)
    order = [found.eq(kind).sum() for kind in ("other", "unknown", "member", "host")]
    assert filled(ax)[:-1] == [n for n in order if n]
    assert sum(order) == 309
    assert found.isin(["member", "host"]).sum() == 77
    assert found.eq("other").sum() == 0  # its list is partial: nobody is known not to be in it


def test_a_complete_list_leaves_nothing_unknown(aff):
    found = standing(aff, "fisu", vg.datasets.municipalities(2021).index)
    assert not found.eq("unknown").any()
    assert t("map_standing.unknown", "en") not in legend(plot_network(aff, "fisu"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", SIZES)
def test_sources_and_legend_are_there_and_nothing_overlaps(aff, lang, size):
    ax = plot_network(aff, "hinku", lang=lang, ax=new_axes(None, size=size))
    assert t("map_sheet.source", lang) in words(ax).replace("\n", " ")
    assert t("map_standing.member", lang) in legend(ax)
    renderer = ax.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in ax.texts if text.get_text()]
    boxes.append(ax.get_legend().get_window_extent(renderer))
    assert len(boxes) > 10
    assert not [1 for a, b in combinations(boxes, 2) if a.overlaps(b)]
    page = ax.figure.bbox
    assert all(page.x0 <= b.x0 and b.x1 <= page.x1 and page.y0 <= b.y0 for b in boxes)
    assert sheet(ax).boxes


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_map_is_the_same_bytes(aff, tmp_path, suffix):
    one, two = (
        save_picture(plot_network(aff, "fisu"), tmp_path / f"{i}{suffix}", dpi=50) for i in "ab"
    )
    assert one.read_bytes() == two.read_bytes() != b""
    assert len(list(tmp_path.iterdir())) == 2


def test_errors(aff, tmp_path):
    ax = new_axes(None)
    with pytest.raises(FormatError, match=r"\.png, \.svg, \.pdf"):
        save_picture(ax, tmp_path / "map.gif")
    with pytest.raises(UnknownNodeError):
        plot_network(aff, "hinkuu-x")
    with pytest.raises(GeometryError, match="no member"):
        plot_network(vg.datasets.southern_women(), "E1")
    with pytest.raises(ValueError, match="classes must be 2 to 7"):
        plot_members(aff, "networks", classes=1)
    with pytest.raises(ValueError, match="scheme must be"):
        plot_members(aff, "networks", scheme="equal")
    with pytest.raises(ValueError, match="whole numbers"):
        plot_members(aff, "closeness", scheme="integer")
    with pytest.raises(GeometryError, match="none of the values"):
        plot_members(aff, pd.Series([1.0], index=["nowhere"]))
    with pytest.raises(ValueError, match="size must be"):
        new_axes(None, size="a3")


def test_classes_count_everybody(aff):
    ax = plot_members(aff, "networks")
    assert sum(filled(ax)[:-1]) == 309
    assert sum(int(text.split("(")[1].rstrip(")")) for text in legend(ax)) == 309


def test_constant_and_missing_values(aff):
    ids = vg.datasets.municipalities(2021).index
    constant = plot_members(aff, pd.Series(2, index=ids), title="x")
    assert legend(constant) == ["2  (309)"]
    missing = plot_members(aff, pd.Series(np.nan, index=ids), title="x")
    assert legend(missing) == [t("map_sheet.missing", "en")]
    some = plot_members(aff, pd.Series(np.arange(20) / 7, index=ids[:20]), scheme="quantile")
    assert filled(some)[0] == 289
    assert len(legend(some)) == 6


def test_isolation_shows_every_status(aff):
    status = vg.isolation(aff, level="municipality")["status"]
    ax = plot_isolation(aff, lang="sv")
    assert len(legend(ax)) == status.nunique()
    assert sum(filled(ax)[:-1]) == 309


def test_names_that_are_not_just_text(aff, tmp_path):
    networks, members = aff.networks.copy(), aff.members.copy()
    networks["name_en"] = "$\\frac{1}{0}$ \x07 \u65e5\u672c " + "y" * 400
    members["name_en"] = r"$\frac{x}$ a_b^c"
    ax = plot_network(vg.Affiliation(members, networks, aff.memberships, 2021), "hinku")
    save_picture(ax, tmp_path / "a.svg")
    assert r"$\frac{1}{0}$" in words(ax)
    assert r"$\frac{x}$ a_b^c" in words(ax)


@pytest.mark.mpl_image_compare(baseline_dir="baseline", tolerance=12, savefig_kwargs={"dpi": 50})
def test_picture_of_a_network(aff):
    return plot_network(aff, "fisu").figure


def test_many_networks_on_one_page(aff):
    axes = plot_networks(aff, lang="fi", most=12)
    n = [int(ax.texts[1].get_text().split(" ")[0]) for ax in axes]
    assert len(axes) == 12
    assert n == sorted(n, reverse=True)
    page = axes[0].figure.axes[0]
    total = str(len(aff.networks))
    assert t("map_several.shown", "fi", count="12", total=total) in words(page).replace("\n", " ")
    assert t("map_sheet.source", "fi") in words(page)
    assert t("map_standing.member", "fi") in legend(page)
    assert not any(ax.get_legend() for ax in axes)
    assert all(sum(filled(ax)[:5]) >= 309 for ax in axes)


def test_networks_nowhere_are_left_out_and_counted(aff):
    located = {len(plot_networks(aff, ["fisu", "hinku", "fisu"]))}
    assert located == {2}
    with pytest.raises(GeometryError, match="none of the networks"):
        plot_networks(vg.datasets.southern_women())
    with pytest.raises(ValueError, match="most must be"):
        plot_networks(aff, most=0)
    with pytest.raises(UnknownNodeError):
        plot_networks(aff, ["hinkuu-x"])


@pytest.mark.parametrize("size", SIZES)
def test_two_networks_side_by_side(aff, size):
    page = new_axes(None, size=size)
    left, right = plot_comparison(aff, "hinku", "fisu", ax=page, lang="sv")
    assert left.get_position().x1 <= right.get_position().x0
    assert left.get_ylim() == right.get_ylim()
    assert "77" in left.texts[1].get_text()
    renderer = page.figure.canvas.get_renderer()
    boxes = [x.get_window_extent(renderer) for ax in page.figure.axes for x in ax.texts]
    boxes.append(page.get_legend().get_window_extent(renderer))
    assert not [1 for a, b in combinations(boxes, 2) if a.overlaps(b)]


def test_difference_says_only_what_is_known(aff):
    (ax,) = plot_comparison(aff, "hinku", "fisu", difference=True)
    ids = vg.datasets.municipalities(2021).index
    hinku, fisu = (standing(aff, one, ids).isin(["member", "host"]) for one in ("hinku", "fisu"))
    shown = {text.rsplit(" (", 1)[0]: int(text.rsplit("(", 1)[1][:-1]) for text in legend(ax)}
    assert sum(shown.values()) == 309
    assert shown[t("map_several.both", "en")] == (hinku & fisu).sum()
    assert t("map_several.neither", "en") not in shown  # the list of Hinku is partial
    assert not any(text.startswith("only Finnish") for text in shown)
    with pytest.raises(ValueError, match="the same network"):
        plot_comparison(aff, "hinku", "hinku")


def test_drawing_logs_nothing(aff, tmp_path, caplog):
    save_picture(plot_comparison(aff, "hinku", "fisu", difference=True)[0], tmp_path / "a.png")
    save_picture(plot_networks(aff, ["hinku", "fisu"])[0], tmp_path / "b.png")
    save_picture(plot_members(aff, "betweenness"), tmp_path / "c.png")
    assert not caplog.records


def test_notes_tell_known_of_declared_and_titles_are_words(aff):
    said = t("map_sheet.declared", "en", known="11", declared="11")
    assert said in words(plot_network(aff, "fisu")).replace("\n", " ")
    assert t("map_measure.betweenness", "fi") in words(plot_members(aff, "betweenness", lang="fi"))


def test_member_regions_are_outlined_in_a_difference(aff):
    (ax,) = plot_comparison(aff, "fisu", "pohjoinen_kasvuvyohyke", difference=True, lang="fi")
    name = aff.names("networks", "fi")["pohjoinen_kasvuvyohyke"]
    assert any(t("map_several.regions", "fi", name=name) in text for text in legend(ax))


def test_members_abroad_are_points_where_they_have_coordinates(tmp_path):
    rows = pd.DataFrame({"member": ["Tornio", "Haparanda", "Nordland"], "network": ["Bridge"] * 3})
    members = pd.DataFrame(
        {
            "member": ["Haparanda", "Nordland"],
            "kind": ["municipality", "region"],
            "country": ["SE", "NO"],
            "lon": [24.137, -60.0],
            "lat": [65.836, 10.0],
        }
    )
    aff = vg.read(rows, members=members, year=2020)
    ax = vg.plot_network(aff, aff.networks.index[0])
    (abroad,) = [one for one in ax.collections if one.get_gid() == "abroad"]
    assert len(abroad.get_offsets()) == 1
    x, y = abroad.get_offsets()[0]
    assert (x, y) == pytest.approx((369_600, 7_304_000), abs=3_000)
    assert "member elsewhere" in [text.get_text() for text in ax.get_legend().get_texts()]
    # The list of one's own is complete where nothing says otherwise.
    assert "not a member" in [text.get_text() for text in ax.get_legend().get_texts()]
    vg.save_picture(ax, tmp_path / "bridge.png", dpi=60)
