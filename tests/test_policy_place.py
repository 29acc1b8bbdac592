"""Where networks stand in the quadrant: the report's positions, the rules, and the picture."""

from __future__ import annotations

from itertools import combinations, pairwise

import pandas as pd
import pytest

import valuma_graph as vg
from valuma_graph.errors import UnknownNodeError
from valuma_graph.maps import save_picture
from valuma_graph.maps.entries import Entry, Setter, capped, laid
from valuma_graph.maps.quadrants import plot_quadrant
from valuma_graph.policy.placing import FIRMNESS, MODELS, PLACES, quadrant
from valuma_graph.policy.statements import COLUMNS, Answers
from valuma_graph.text import LANGS, catalogue, t

LEAST = {"slide": 8.0, "a4": 6.0}
HOSTILE = "$\\frac{1}{0}$ <script>\x07=SUM(A1) \u202e"

# direction, focus, model of the report's text, typed in from data/report/quadrant.csv
REPORT = {
    "forum_sweden": ("top_down", "stated", "general", "inferred", "C", "stated"),
    "euniver_cities": ("bottom_up", "stated", "targeted", "inferred", "B", "stated"),
    "reglab_dk": ("bottom_up", "stated", "general", "inferred", "D", "stated"),
    "reglab_se": ("bottom_up", "stated", "general", "inferred", "D", "stated"),
    "maaseutuverkosto": ("unknown", "unknown", "general", "stated", "D", "stated"),
    "seutukaupunkiverkosto": ("bottom_up", "stated", "general", "stated", "B", "inferred"),
    "kehyskuntaverkosto": ("bottom_up", "inferred", "general", "stated", "D", "inferred"),
    "keino": ("top_down", "inferred", "targeted", "stated", "A", "inferred"),
    "mal_verkosto": ("mixed", "inferred", "targeted", "stated", "B", "inferred"),
    "suomen_kasvukaytava": ("mixed", "stated", "targeted", "inferred", "A", "stated"),
    "pohjoinen_kasvuvyohyke": ("top_down", "inferred", "targeted", "inferred", "A", "stated"),
    "sip_sweden": ("mixed", "stated", "targeted", "inferred", "A", "stated"),
    "oske": ("top_down", "inferred", "targeted", "inferred", "A", "stated"),
    "inka": ("top_down", "inferred", "targeted", "inferred", "A", "stated"),
    "kasvusopimukset": ("top_down", "inferred", "targeted", "inferred", "A", "stated"),
    "kompetanseforum_hordaland": ("mixed", "inferred", "unknown", "unknown", "B;C", "stated"),
    "kompetanseforum_ostfold": ("mixed", "inferred", "unknown", "unknown", "B;C", "stated"),
    "kuusi_aika": ("bottom_up", "inferred", "targeted", "inferred", "B", "stated"),
    "crosscare": ("bottom_up", "stated", "targeted", "inferred", "B", "stated"),
    "allied_ict_finland": ("bottom_up", "inferred", "targeted", "inferred", "B", "stated"),
    "fisu": ("bottom_up", "inferred", "targeted", "inferred", "B", "inferred"),
    "sekes": ("bottom_up", "inferred", "targeted", "inferred", "B", "inferred"),
    "sisp": ("bottom_up", "inferred", "targeted", "inferred", "B", "inferred"),
    "osaava_tyovoima_2019": ("mixed", "inferred", "targeted", "inferred", "A;B", "stated"),
    "nspa": ("bottom_up", "inferred", "general", "inferred", "D", "inferred"),
    "ris3_verkosto": ("bottom_up", "inferred", "general", "inferred", "D", "stated"),
    "maakuntien_tilastoverkosto": ("bottom_up", "inferred", "general", "inferred", "D", "stated"),
    "dream": ("mixed", "stated", "targeted", "inferred", "A", "inferred"),
    "denmark_growth_forums": ("top_down", "inferred", "targeted", "inferred", "A", "inferred"),
    "drive_sweden": ("mixed", "inferred", "targeted", "inferred", "A", "inferred"),
    "regional_omstilling": ("top_down", "stated", "unknown", "unknown", "unknown", "unknown"),
    "scottish_islands_federation": (
        "bottom_up", "stated", "unknown", "unknown", "unknown", "unknown",
    ),
    "ildn": ("bottom_up", "stated", "unknown", "unknown", "unknown", "unknown"),
}  # fmt: skip


@pytest.fixture(scope="module")
def aff():
    return vg.datasets.finland(year=2019)


def told(*rows, name="Oma verkosto", countries="FI"):
    """Return the answers of forms: (network, attribute, value) rows."""
    ids = list(dict.fromkeys(row[0] for row in rows)) or ["own"]
    known = vg.datasets.register()[1].index
    networks = pd.DataFrame(
        {"name_fi": name, "countries": countries, "source": "own.xlsx"},
        index=pd.Index([i for i in ids if i not in known], name="network_id"),
    )
    statements = pd.DataFrame(
        [
            {
                "network_id": network,
                "attribute": attribute,
                "value": value,
                "basis": "stated",
                "as_of": "2026",
                "source": f'own.xlsx, sheet "Vastaukset", C{k}',
            }
            for k, (network, attribute, value) in enumerate(rows, 1)
        ],
        columns=list(COLUMNS),
    )
    return Answers(networks=networks, statements=statements)


def own(aff, *answers):
    return quadrant(aff, answers=told(*(("own", *one) for one in answers)), networks=["own"]).loc[
        "own"
    ]


# -- the report -----------------------------------------------------------------------------------


def test_all_33_positions_of_the_report_are_there_to_the_letter(aff):
    found = quadrant(aff)
    columns = [c for axis in PLACES for c in (axis, f"{axis}_basis")]
    assert {i: tuple(found.loc[i, columns]) for i in REPORT} == REPORT
    assert len(REPORT) == 33
    assert set(found.index) - set(REPORT) == {"paper_province"}  # a direction that Annex 2 implies


def test_positions_need_no_memberships_of_their_year():
    for aff in (vg.datasets.finland(year=2013), vg.datasets.southern_women()):
        found = quadrant(aff, networks=list(REPORT))
        assert found["direction"].tolist() == [row[0] for row in REPORT.values()]


def test_what_is_known_has_a_source_and_what_is_not_stated_a_rule(aff):
    found = quadrant(aff, answers=told(("own", "theme", "vesi"), ("own", "model", "D")))
    for axis in PLACES:
        known = found[f"{axis}_basis"].ne("unknown")
        assert found.loc[known, f"{axis}_source"].notna().all()
        assert found.loc[~known, axis].eq("unknown").all()
        assert found.loc[~known, f"{axis}_source"].isna().all()
        stated = found[f"{axis}_basis"].eq("stated")
        assert (
            found.loc[known & ~stated & found.index.isin(list(REPORT)), f"{axis}_rule"]
            .notna()
            .all()
        )
        assert found[f"{axis}_basis"].isin(FIRMNESS).all()


def test_a_network_is_domestic_only_where_finland_is_its_only_country(aff):
    found = quadrant(aff)["domestic"]
    assert found[["fisu", "oske", "osaava_tyovoima_2019"]].all()
    assert not found[["nspa", "reglab_se", "euniver_cities", "crosscare"]].any()
    assert quadrant(aff, networks=["own"], answers=told(countries=None))["domestic"].isna().all()


def test_the_weaker_axis_tells_how_firm_a_position_is(aff):
    found = quadrant(aff)["position_basis"]
    assert found["seutukaupunkiverkosto"] == "stated"
    assert found["forum_sweden"] == "inferred"
    assert found["ildn"] == "unknown"


# -- the rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "direction"),
    [
        ({"initiator": "state"}, "unknown"),  # one answer is too little
        ({"initiator": "state", "owner": "host"}, "unknown"),  # a host points nowhere
        ({"initiator": "state", "owner": "state"}, "top_down"),
        ({"initiator": "areas", "owner": "members"}, "bottom_up"),
        ({"initiator": "state", "owner": "areas"}, "mixed"),
        ({"initiator": "state", "owner": "areas", "funding_model": "state_funded"}, "top_down"),
        ({"initiator": "areas", "owner": "areas", "funding_model": "state_funded"}, "bottom_up"),
        ({"initiator": "both", "funding_model": "co_funded"}, "mixed"),
        ({"initiator": "state", "owner": "areas", "funding_model": "co_funded"}, "mixed"),
        ({"initiator": "areas", "funding_model": "project_funded"}, "unknown"),
        ({"owner": "areas", "funding_model": "membership_fee"}, "bottom_up"),
        ({"owner": "areas", "funding_model": "region_funded"}, "bottom_up"),
    ],
)
def test_direction_follows_from_initiative_owner_and_money(aff, answers, direction):
    row = own(aff, *answers.items())
    assert row["direction"] == direction
    known = direction != "unknown"
    assert row["direction_basis"] == ("computed" if known else "unknown")
    assert not known or row["direction_source"].count("own.xlsx") == len(answers)


@pytest.mark.parametrize(
    ("answers", "focus"),
    [
        ([("theme", "vesi")], "targeted"),
        ([("theme", "vesi"), ("theme", " Vesi ")], "targeted"),
        ([("theme", "vesi"), ("theme", "liikenne")], "unknown"),
        ([("theme", "a"), ("theme", "b"), ("primary_motive", "learning")], "general"),
        ([("theme", "a"), ("theme", "b"), ("primary_motive", "policy")], "unknown"),
        ([("primary_motive", "learning")], "unknown"),
    ],
)
def test_focus_follows_from_themes_and_motive(aff, answers, focus):
    assert own(aff, *answers)["focus"] == focus


@pytest.mark.parametrize(("field", "model"), MODELS.items())
def test_the_model_is_that_of_the_field(aff, field, model):
    row = own(aff, ("direction", field[0]), ("focus", field[1]))
    assert (row["model"], row["model_basis"]) == (model, "computed")
    assert row["position_basis"] == "stated"


@pytest.mark.parametrize(
    ("models", "direction", "focus"),
    [
        ("A", "top_down", "targeted"),
        ("D", "bottom_up", "general"),
        ("AB", "mixed", "targeted"),
        ("BD", "bottom_up", "unknown"),
        ("AD", "mixed", "unknown"),
    ],
)
def test_axes_follow_from_models_that_a_user_states(aff, models, direction, focus):
    row = own(aff, *(("model", one) for one in models))
    assert (row["direction"], row["focus"]) == (direction, focus)
    assert row["direction_basis"] == "inferred"
    assert row["model"] == ";".join(models)
    assert row["model_basis"] == "stated"


def test_a_user_comes_before_the_report_and_the_report_before_rules(aff):
    fisu = quadrant(aff, networks=["fisu"], answers=told(("fisu", "direction", "top_down")))
    assert fisu.loc["fisu", ["direction", "direction_basis", "focus", "model"]].tolist() == [
        "top_down", "stated", "targeted", "A",
    ]  # fmt: skip
    same = quadrant(
        aff,
        networks=["seutukaupunkiverkosto"],
        answers=told(("seutukaupunkiverkosto", "direction", "bottom_up")),
    )
    assert same["model"].tolist() == ["B"]  # who agrees with the report changes nothing
    votes = told(("keino", "initiator", "areas"), ("keino", "owner", "areas"))
    assert quadrant(aff, networks=["keino"], answers=votes)["direction"].tolist() == ["top_down"]


def test_no_rule_says_more_than_the_report_of_its_own_networks(aff):
    found = quadrant(aff)
    for axis in PLACES:
        assert not found[f"{axis}_basis"].eq("computed").any()


def test_nothing_said_is_unknown_without_an_error(aff):
    row = quadrant(aff, networks=["own"], answers=told()).loc["own"]
    assert row[list(PLACES)].eq("unknown").all()
    assert row["position_basis"] == "unknown"
    davis = quadrant(vg.datasets.southern_women(), networks=["E1"])
    assert davis.loc["E1", list(PLACES)].eq("unknown").all()
    assert "E1" not in quadrant(vg.datasets.southern_women()).index
    assert quadrant(aff, networks=[]).empty


def test_an_answer_that_is_none_of_the_codes_counts_for_nothing(aff):
    assert own(aff, ("direction", "sideways"), ("model", "Z"))["direction"] == "unknown"


def test_wrong_arguments_are_named(aff):
    with pytest.raises(UnknownNodeError, match="Fisuu"):
        quadrant(aff, networks=["Fisuu"])
    with pytest.raises(ValueError, match="lang"):
        quadrant(aff, lang="de")


def test_names_are_found_and_written_in_the_language(aff):
    found = quadrant(aff, networks=["Finnish Sustainable Communities", "oske"], lang="fi")
    assert found["name"].tolist() == ["Fisu-verkosto", "Osaamiskeskusohjelma, OSKE"]


def test_every_rule_has_words():
    for rule in ("direction_of_answers", "focus_of_theme", "focus_of_peers", "model_of_position",
                 "position_of_model"):  # fmt: skip
        assert f"rule.{rule}" in catalogue()


# -- the picture ----------------------------------------------------------------------------------


def crowd(n, *, same=False):
    """Return n networks of users, with long names, in all fields or in one."""
    rows = []
    for k in range(n):
        rows += [
            (
                f"own_{k}",
                "direction",
                "top_down" if same else ("top_down", "mixed", "bottom_up")[k % 3],
            ),
            (f"own_{k}", "focus", "targeted" if same else ("targeted", "general")[k % 2]),
        ]
    made = told(*rows)
    made.networks["name_fi"] = [f"Itä-Suomen hyvinvoinnin kehittämisverkosto {k}" for k in range(n)]
    return made


def assert_readable(ax, size):
    """Check that no text lies on another or beyond the sheet, and that none is too small."""
    renderer = ax.figure.canvas.get_renderer()
    texts = [text for text in ax.texts if text.get_text()]
    assert min(text.get_fontsize() for text in texts) >= LEAST[size] - 1e-6
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    lying = [
        (a, b)
        for (a, x), (b, y) in combinations(boxes, 2)
        if x.padded(-0.7).overlaps(y.padded(-0.7))
    ]
    assert not lying
    page = ax.figure.bbox
    cut = [
        a for a, b in boxes if b.x0 < page.x0 or b.x1 > page.x1 or b.y0 < page.y0 or b.y1 > page.y1
    ]
    assert not cut
    frame = ax.get_window_extent()
    assert not [a for a, b in boxes if b.x1 > frame.x1 + 2]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("size", LEAST)
def test_all_names_are_readable(aff, lang, size):
    ax = plot_quadrant(aff, lang=lang, size=size, answers=crowd(20))
    assert_readable(ax, size)
    words = " ".join(text.get_text() for text in ax.texts).replace("\n", " ").replace("- ", "-")
    for number in range(20):
        assert f" {number}" in words
    assert "…" not in words.replace("…)", "")


@pytest.mark.parametrize("size", LEAST)
def test_words_of_the_legend_stand_on_one_line(aff, size):
    for lang in LANGS:
        ax = plot_quadrant(aff, lang=lang, size=size)
        shapes = [t(f"map_quadrant.{one}", lang) for one in ("home", "abroad")]
        texts = [text for text in ax.texts if text.get_text() in shapes]
        assert len(texts) == 2
        assert {text.get_va() for text in texts} == {"baseline"}
        assert len({text.get_position()[1] for text in texts}) == 1


@pytest.mark.parametrize("size", LEAST)
@pytest.mark.parametrize("same", [False, True])
def test_no_rest_of_one_or_two_letters_is_left_of_a_name(aff, size, same):
    answers = crowd(20, same=same)
    long = ("Elinkeinoelämänkehittämisyhteistyöverkosto", "Vähähiilisyysosaamiskeskittymäverkosto")
    answers.networks["name_fi"] = [f"{(long[k % 2] * 2)[: 26 + 2 * k]} {k}" for k in range(20)]
    lines = [
        text.get_text().split("\n") for text in plot_quadrant(aff, size=size, answers=answers).texts
    ]
    pairs = [(a, b) for one in lines for a, b in pairwise(one)]
    assert any(a.endswith("-") for a, _ in pairs) or (same and size == "a4")  # a broad field
    assert not [(a, b) for a, b in pairs if a.endswith("-") and len(b.split()[0]) < 3]


@pytest.mark.parametrize("size", LEAST)
def test_twenty_in_one_field_still_fit(aff, size):
    ax = plot_quadrant(aff, size=size, answers=crowd(20, same=True))
    assert_readable(ax, size)
    words = [text.get_text().replace("\n", " ").replace("- ", "") for text in ax.texts]
    assert sum("verkosto" in one and "Itä-Suomen" in one for one in words) == 20


def test_too_many_to_name_are_counted(aff):
    ax = plot_quadrant(
        aff, networks=[f"own_{k}" for k in range(120)], answers=crowd(120, same=True)
    )
    assert_readable(ax, "slide")
    named = sum(text.get_text().startswith("Itä-") for text in ax.texts)
    more = next(text.get_text() for text in ax.texts if text.get_text().startswith("… and"))
    assert int(more.split()[2]) == 120 - named


def test_marks_tell_basis_and_country_apart(aff):
    ax = plot_quadrant(aff, answers=told(("own", "theme", "x"), ("own", "initiator", "state"),
                                         ("own", "owner", "state"), countries=None))  # fmt: skip
    looks = {
        (line.get_marker(), line.get_fillstyle())
        for line in ax.lines
        if line.get_marker() != "None"
    }
    assert {("o", "full"), ("o", "left"), ("^", "left"), ("s", "none")} <= looks


def test_hostile_names_do_not_break_the_picture(aff, tmp_path):
    answers = told(("own", "direction", "mixed"), ("own", "focus", "general"), name=HOSTILE * 3)
    ax = plot_quadrant(aff, answers=answers)
    assert_readable(ax, "slide")
    save_picture(ax, tmp_path / "q.svg")
    assert "<script>" not in (tmp_path / "q.svg").read_text("utf-8")


def test_empty_and_unknown_are_drawn_without_an_error(aff):
    assert_readable(plot_quadrant(aff, networks=[]), "slide")
    ax = plot_quadrant(vg.datasets.southern_women(), networks=["E1"])
    assert any(text.get_text().startswith("E1") for text in ax.texts)


def test_own_axes_are_used(aff):
    from matplotlib.figure import Figure

    ax = Figure(figsize=(6, 4)).add_subplot()
    assert plot_quadrant(aff, ax=ax, networks=["fisu"]) is ax


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_picture_is_the_same_bytes(aff, tmp_path, suffix):
    one, two = (save_picture(plot_quadrant(aff), tmp_path / f"{i}{suffix}", dpi=50) for i in "ab")
    assert one.read_bytes() == two.read_bytes()


def test_a_list_loses_nothing():
    from valuma_graph.maps.charts import chart_axes

    setter = Setter(chart_axes(None, size=(6, 4)))
    entries = [Entry(f"network number {k} of many words") for k in range(13)]
    for columns in range(1, 5):
        height, lines = laid(setter, entries, 8, 300, most=9, columns=columns)
        assert [line.entry for line in lines] == entries
        assert max(line.y for line in lines) < height
    assert len(capped(entries, 5, "{n}")) == 6
