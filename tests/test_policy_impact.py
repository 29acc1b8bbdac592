"""Impact chains: the models to the letter, networks without guesses, and readable diagrams."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pandas as pd
import pytest
from crossing import paired

import valuma_graph as vg
from valuma_graph import datasets
from valuma_graph.errors import UnknownNodeError
from valuma_graph.maps.canvas import SIZES
from valuma_graph.maps.charts import broken
from valuma_graph.maps.impacts import plot_impact
from valuma_graph.maps.surveys import plot_survey
from valuma_graph.policy.impacts import COLUMNS, LINKS, impact, impact_gaps
from valuma_graph.policy.statements import NONE, Answers, networks_with
from valuma_graph.policy.wording import cited
from valuma_graph.text import LANGS, catalogue

CHAINS = {
    "framework": {"means_activities": 3, "resources": 3, "results": 2, "societal_impacts": 2},
    "A": {"means_activities": 10, "resources": 6, "results": 5, "societal_impacts": 4},
    "B": {"means_activities": 8, "resources": 8, "results": 4, "societal_impacts": 3},
    "C": {"means_activities": 11, "resources": 6, "results": 6, "societal_impacts": 4},
    "D": {"means_activities": 8, "resources": 5, "results": 5, "societal_impacts": 3},
}
CHALLENGES = {"A": 5, "B": 7, "C": 5, "D": 5}
OF_THE_REPORT = [
    "fisu", "crosscare", "reglab_dk", "reglab_se", "mal_verkosto", "nspa", "suomen_kasvukaytava",
    "keino", "maaseutuverkosto", "kuusi_aika", "dream", "allied_ict_finland",
]  # fmt: skip
HOSTILE = '=HYPERLINK("x") <script>alert(1)</script> $\\frac{1}{0}$ \x07 \U0001f600'


@pytest.fixture(scope="module")
def aff():
    return vg.datasets.finland(year=2019)


def answers(links=(), statements=(), funding=()):
    """Return what the form of an invented network says: Satakunta Hub."""
    networks = pd.DataFrame(
        {"name_fi": "Satakunta-hubi", "name_sv": "Satakunta hubb", "name_en": "Satakunta Hub",
         "source": 'hub.xlsx, sheet "Network", B2'},
        index=pd.Index(["hub"], name="network_id"),
    )  # fmt: skip
    where = 'hub.xlsx, sheet "Answers", C'
    return Answers(
        networks=networks,
        chain=pd.DataFrame(
            [("hub", goal, link, item, indicator, "stated", "2026", f"{where}{n}")
             for n, (goal, link, item, indicator) in enumerate(links, 20)],
            columns=list(NONE.chain),
        ),
        statements=pd.DataFrame(
            [("hub", "", name, value, "stated", None, None, "2026", f"{where}{n}")
             for n, (name, value) in enumerate(statements, 2)],
            columns=list(NONE.statements),
        ),
        funding=pd.DataFrame(
            [
                {"network_id": "hub", "source": f"{where}{n}", **row}
                for n, row in enumerate(funding)
            ],
            columns=list(NONE.funding),
        ),
    )  # fmt: skip


HUB = answers(
    [
        ("Jobs", "means_activities", "Matching days", None),
        ("Jobs", "results", "Forty apprentices", "apprentices a year"),
        ("Jobs", "societal_impacts", "Fewer vacancies", None),
        ("Calm", "means_activities", "Walks", None),
        (None, "resources", "One coordinator", None),
    ],
    [("goal", "Jobs"), ("goal", "Warm rooms")],
)


# -- the models -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", CHAINS)
def test_the_chains_of_the_report_are_whole(aff, model):
    chain = impact(aff, model)
    inside = chain[chain["order"].between(1, 4)]
    assert inside.groupby("link_id", sort=False).size().to_dict() == CHAINS[model]
    assert list(dict.fromkeys(inside["link_id"])) == list(LINKS)
    assert chain["link_id"].eq("challenges").sum() == CHALLENGES.get(model, 0)
    assert chain["link_id"].eq("definition").sum() == (0 if model == "framework" else 2)
    assert set(chain["basis"]) == {"stated"}
    assert chain["source"].str.startswith("VALUMA report, ch. ").all()


def test_no_row_of_the_table_is_left_out(aff):
    assert sum(len(impact(aff, model)) for model in CHAINS) == 136
    assert len(datasets.policy("impact_framework")) == 136


def test_the_report_does_not_say_which_activity_serves_which_goal(aff):
    for model in CHAINS:
        gaps = impact_gaps(aff, model)
        assert set(gaps["answer"]) == {"unknown"}
        assert len(gaps) == 3 * CHAINS[model]["societal_impacts"]
    told = impact_gaps(aff, "A").query("check == 'activity'")["evidence"]
    assert told.str.startswith("10 named").all()


# -- networks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", OF_THE_REPORT)
def test_a_chain_out_of_statements_is_never_shown_as_stated(aff, network):
    chain = impact(aff, network)
    assert list(chain) == list(COLUMNS)
    assert set(chain["link_id"]) == set(LINKS)
    assert chain["basis"].isin(["coded", "inferred", "computed", "unknown"]).all()
    known = chain[chain["basis"].ne("unknown")]
    assert known[["item", "rule", "source"]].notna().all(axis=None)
    assert {f"rule.{rule}" for rule in known["rule"]} <= set(catalogue())
    # What a network aims at is no result, and no impact that it has had.
    impacts = known[known["link_id"].eq("societal_impacts")]
    assert set(impacts["basis"]) <= {"inferred"}
    assert chain.loc[chain["link_id"].eq("results"), "basis"].tolist() == ["unknown"]


def test_the_chain_of_fisu(aff):
    chain = impact(aff, "Fisu").set_index("link_id")
    assert chain.loc["societal_impacts", "item"].tolist() == [
        "Carbon neutrality, no waste and globally sustainable consumption by 2050",
        "Stronger municipal and regional economy, sustainable wellbeing, jobs",
    ]
    means = chain.loc["means_activities"]
    assert "Peer development" in means["item"].tolist()
    assert set(means["basis"]) == {"coded"}
    members = chain[chain["rule"].eq("impact_members")]
    assert members["basis"].tolist() == ["computed"]
    assert members["source"].tolist() == ["valuma-graph: memberships of 2019"]


def test_a_partial_list_of_members_is_a_lower_bound(aff):
    chain = impact(aff, "hinku")
    assert chain["item"].str.startswith("At least ").sum() == 1
    assert aff.networks.loc["hinku", "list_status"] == "partial"


def test_goals_of_the_report_have_no_answers_made_up(aff):
    gaps = impact_gaps(aff, "fisu")
    assert gaps["goal"].nunique() == 2
    assert gaps["check"].tolist() == ["activity", "result", "indicator"] * 2
    assert set(gaps["answer"]) == set(gaps["basis"]) == {"unknown"}
    assert gaps.query("check == 'indicator'")["evidence"].str.startswith("1 named").all()
    assert gaps["source"].str.startswith("VALUMA report, Annex 3").all()


def test_a_network_of_which_nothing_is_known_is_unknown_everywhere():
    women = vg.datasets.southern_women()
    chain = impact(women, "E1")
    assert chain["basis"].tolist() == ["unknown", "computed", "unknown", "unknown"]
    gaps = impact_gaps(women, "E1")
    assert gaps["answer"].tolist() == ["unknown"] * 3
    assert gaps["goal"].isna().all()


def test_every_network_there_is(aff):
    few = aff.select(network_kinds=["network"])
    for network in [*networks_with(few).index][::6]:
        assert set(impact(few, network)["link_id"]) == set(LINKS)
        assert len(impact_gaps(few, network)) >= 3


def test_a_network_of_the_report_without_members_that_year(aff):
    without = aff.without(networks=["crosscare"])
    chain = impact(without, "crosscare")
    assert chain["basis"].eq("coded").any()
    assert not chain["basis"].eq("computed").any()


def test_what_is_neither_model_nor_network(aff):
    with pytest.raises(UnknownNodeError):
        impact(aff, "E")
    with pytest.raises(UnknownNodeError):
        impact_gaps(aff, "no such network")
    with pytest.raises(ValueError, match="lang"):
        impact(aff, "A", lang="de")


# -- what users say -------------------------------------------------------------------------------


def test_a_chain_of_a_form_is_taken_as_it_is(aff):
    chain = impact(aff, "hub", answers=HUB, lang="fi")
    assert chain["item"].tolist() == [
        "Matching days", "Walks", "One coordinator", "Forty apprentices", "Fewer vacancies",
    ]  # fmt: skip
    assert set(chain["basis"]) == {"stated"}
    assert chain["source"].str.startswith("hub.xlsx, sheet").all()
    assert chain["indicator"].dropna().tolist() == ["apprentices a year"]


def test_gaps_of_a_chain_of_a_form(aff):
    gaps = impact_gaps(aff, "Satakunta Hub", answers=HUB).set_index(["goal", "check"])
    assert gaps["answer"].to_dict() == {
        ("Jobs", "activity"): "met",
        ("Jobs", "result"): "met",
        ("Jobs", "indicator"): "met",
        ("Calm", "activity"): "met",
        ("Calm", "result"): "not_met",
        ("Calm", "indicator"): "not_met",
        # said elsewhere, and maybe one of the others in other words
        ("Warm rooms", "activity"): "unknown",
        ("Warm rooms", "result"): "unknown",
        ("Warm rooms", "indicator"): "unknown",
    }
    assert gaps.loc[("Jobs", "indicator"), "evidence"] == "apprentices a year"
    assert gaps.loc[("Jobs", "result"), "source"].endswith("C21")
    assert gaps.loc[("Calm", "result"), "source"].endswith("C23")


def test_a_goal_written_in_two_ways_is_one_goal(aff):
    given = answers(
        [("Jobs", "means_activities", "Days", None), (" jobs", "results", "Posts", "posts")]
    )
    gaps = impact_gaps(aff, "hub", answers=given)
    assert gaps["goal"].tolist() == ["Jobs"] * 3
    assert gaps["answer"].tolist() == ["met"] * 3


def test_a_form_without_a_chain_is_read_from_its_answers(aff):
    given = answers(
        statements=[("goal", "Peer learning"), ("activity", "Peer learning"), ("staff", "2")],
        funding=[{"payer": "Town", "item": "basic", "amount": "12000", "currency": "EUR",
                  "share": "0.5"}],
    )  # fmt: skip
    chain = impact(aff, "hub", answers=given, lang="fi").set_index("link_id")
    # words of users are not translated, also where the report has the same
    assert chain.loc["means_activities", "item"] == "Peer learning"
    assert chain.loc["societal_impacts", "basis"] == "inferred"
    paid = chain.loc["resources", "item"].tolist()
    assert [one.replace("\xa0", " ") for one in paid][1] == "Town, basic, 12 000 EUR, 50 %"
    assert paid[0].endswith(": 2")


def test_an_empty_form(aff):
    chain = impact(aff, "hub", answers=answers())
    assert chain["basis"].tolist() == ["unknown"] * 4
    assert impact_gaps(aff, "hub", answers=answers())["answer"].tolist() == ["unknown"] * 3


def test_a_link_that_is_none_is_refused(aff):
    wrong = answers([("Jobs", "luck", "Dice", None)])
    with pytest.raises(ValueError, match=r"means_activities.*not 'luck'"):
        impact(aff, "hub", answers=wrong)


def test_a_chain_of_a_network_of_the_report_stands_before_the_report(aff):
    own = replace(HUB, chain=HUB.chain.assign(network_id="fisu"))
    chain = impact(aff, "fisu", answers=own)
    assert set(chain["basis"]) == {"stated"}
    assert "Walks" in chain["item"].tolist()


# -- pictures -------------------------------------------------------------------------------------


def faults(ax, *, smallest):
    """Return what is cut, overlaps or is too small."""
    figure = ax.figure
    renderer = figure.canvas.get_renderer()
    texts = [text for text in ax.texts if text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    found = [("small", text.get_text()) for text in texts if text.get_fontsize() < smallest]
    for words, box in boxes:
        inside = (
            box.x0 >= 0
            and box.y0 >= 0
            and box.x1 <= figure.bbox.width
            and box.y1 <= figure.bbox.height
        )
        found += [] if inside else [("cut", words)]
    for (one, a), (other, b) in combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        tall = min(a.y1, b.y1) - max(a.y0, b.y0)
        found += [("over", one, other)] if wide > 0.5 and tall > 0.5 else []
    return found


def words(ax):
    return " ".join(text.get_text() for text in ax.texts).replace("\n", " ")


@pytest.mark.parametrize(
    ("subject", "lang", "size"),
    # every subject in every language and size, and every language in every size
    paired(["framework", "A", "B", "C", "D", "crosscare", "mal_verkosto"], LANGS, SIZES),
)
def test_diagrams_are_readable_and_whole(aff, subject, lang, size):
    ax = plot_impact(aff, subject, size=size, lang=lang)
    assert faults(ax, smallest=8 if size == "slide" else 6) == []
    shown = words(ax).replace("- ", "-")
    for item in impact(aff, subject, lang=lang)["item"].dropna():
        assert item.replace("- ", "-").split(" ")[0] in shown
        if subject in CHAINS:
            assert item.replace("- ", "-") in shown


def test_how_firm_an_item_is_has_its_own_mark(aff):
    ax = plot_impact(aff, "fisu")
    marks = {text.get_text(): text.get_color() for text in ax.texts if len(text.get_text()) == 1}
    assert set(marks) == {"◆", "◇", "■", "?"}
    assert len({marks[one] for one in "◆◇■"}) == 3
    assert "◇" not in words(plot_impact(aff, "A"))


def test_goals_of_a_form_are_numbered_and_indicators_named(aff):
    shown = words(plot_impact(aff, "hub", answers=HUB))
    assert "(1) Jobs · (2) Calm" in shown
    assert "Matching days (1)" in shown
    assert "Indicator: apprentices a year" in shown
    assert "Source: hub.xlsx" in shown


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_a_small_chain_fills_its_sheet(aff, lang, size):
    given = answers([("Jobs", link, "Kesätyöseteli", None) for link in LINKS])
    ax = plot_impact(aff, "hub", answers=given, size=size, lang=lang)
    assert faults(ax, smallest=8 if size == "slide" else 6) == []
    boxes = [patch for patch in ax.patches if hasattr(patch, "get_height")]
    low = min(box.get_y() for box in boxes)
    assert low < 0.2 * ax.get_ylim()[1]
    texts = [text for text in ax.texts if text.get_text().startswith("Kesätyöseteli")]
    plain = plot_impact(aff, "A", size=size, lang=lang)
    assert texts[0].get_fontsize() >= max(t.get_fontsize() for t in plain.texts[2:])
    assert not any("-\n" in text.get_text() for text in ax.texts)


@pytest.mark.parametrize("size", [*SIZES, (6, 4)])
def test_what_does_not_fit_is_counted(aff, size):
    many = [("Aim", link, f"Item {n} of many, in {'quite ' * 9}a few words", None)
            for link in LINKS for n in range(60)]  # fmt: skip
    ax = plot_impact(aff, "hub", answers=answers(many), size=size)
    assert faults(ax, smallest=8 if size == "slide" else 3.5) == []
    left = [text.get_text().replace("\n", " ") for text in ax.texts]
    counted = sum(int(one.split(" ")[2]) for one in left if one.startswith("… and "))
    assert counted + sum(one.startswith("Item ") for one in left) == 4 * 60


@pytest.mark.parametrize("size", SIZES)
def test_hostile_words_are_drawn_as_they_are(aff, size):
    given = answers(
        [
            (HOSTILE, "results", HOSTILE * 20, "x" * 900),
            (HOSTILE * 9, "resources", "y" * 2000, None),
        ]
    )
    ax = plot_impact(aff, "hub", answers=given, size=size)
    assert faults(ax, smallest=6) == []
    assert "\x07" not in words(ax)
    assert "<script>" in words(ax)


def test_axes_of_the_caller_are_used(aff):
    from matplotlib.figure import Figure

    ax = Figure(figsize=(9, 6)).add_subplot()
    assert plot_impact(aff, "A", ax=ax) is ax


@pytest.mark.parametrize(
    ("name", "lang", "size"), paired(["figure7", "table2", "six_aika"], LANGS, SIZES)
)
def test_figures_of_the_survey_are_readable(name, lang, size):
    ax = plot_survey(name, size=size, lang=lang)
    assert faults(ax, smallest=8 if size == "slide" else 6) == []
    assert cited("VALUMA report, ch. 3.2", lang) in words(ax)


def test_figure_7_shows_its_18_shares_and_the_rounding():
    ax = plot_survey("figure7")
    shares = [text.get_text() for text in ax.texts if text.get_text().endswith("%")]
    assert shares == [
        "11%", "32%", "57%", "20%", "42%", "39%", "32%", "43%", "25%",
        "31%", "43%", "26%", "40%", "42%", "18%", "30%", "42%", "28%",
    ]  # fmt: skip
    assert "25,000–99,999 inhabitants: the shares add up to 101" in words(ax)
    assert "◇ inferred" in words(ax)
    widths = [patch.get_width() for patch in ax.patches[3:]]  # after those of the legend
    assert widths[2] / widths[0] == pytest.approx(57 / 11)


@pytest.mark.parametrize(
    ("lang", "yes"),
    [
        ("fi", "kyllä (ja missä teemassa)"),
        ("sv", "ja (och i vilket tema)"),
        ("en", "yes (and in which theme)"),
    ],
)
def test_the_legend_of_figure_7_is_an_answer_and_not_a_question_cut_short(lang, yes):
    told = [text.get_text() for text in plot_survey("figure7", lang=lang).texts]
    assert yes in told
    assert not any(one in told for one in ("kyllä, missä teemassa", "yes, in which theme"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_a_little_under_half_is_no_bar_of_half(lang, size):
    ax = plot_survey("six_aika", lang=lang, size=size)
    hatched = [bar for bar in ax.patches if bar.get_hatch()]
    assert len(hatched) == 1
    assert hatched[0].get_facecolor()[3] == 0
    told = words(ax)
    assert "<\N{NO-BREAK SPACE}50" in told
    assert told.count("<") == 1
    assert catalogue()["plot_survey.bound"][lang] in told
    plain = [bar for bar in ax.patches if not bar.get_hatch()]
    half = [bar for bar in plain if bar.get_width() == pytest.approx(hatched[0].get_width())]
    assert len(half) == 1  # "half" is a bar of 50; where "< 50" ends is at the same place


def test_figures_that_the_report_has_no_numbers_of_are_not_drawn():
    for name in ("figure4", "figure5", "figure6", "table3"):
        with pytest.raises(ValueError, match="figure7, table2, six_aika"):
            plot_survey(name)


def test_lines_are_as_wide_as_they_say():
    from matplotlib.figure import Figure

    text = "Kaupunkiseutujen yhteinen tilannekuva – maankäyttö, asuminen ja liikenne " * 3
    for size in (6.0, 8.0, 11.5):
        for dpi in (72, 100, 110, 200):
            figure = Figure(dpi=dpi)
            renderer = figure._get_renderer() if hasattr(figure, "_get_renderer") else None
            for line in broken(text, size, 150):
                drawn = figure.text(0, 0, line, fontsize=size, family="DejaVu Sans")
                assert drawn.get_window_extent(renderer).width * 72 / dpi <= 150
    assert " ".join(broken(text, 8, 150)).strip() == text.strip()
    assert "".join(broken("ab" * 40, 8, 30)).replace("-", "") == "ab" * 40


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_no_one_letter_rest_is_left_of_a_word(weight):
    for word in ("Elinkeinoelämänkehittämisverkosto", "Kulttuuriperintökumppanuus 7"):
        for width in range(60, 240):
            lines = broken(word, 9, width, weight=weight)
            for line, after in pairwise(lines):
                assert not line.endswith("-") or len(after.split()[0]) >= 3, (width, lines)
                assert len(line) >= 3
            assert "".join(lines).replace("-", "").replace(" ", "") == word.replace(" ", "")


def test_a_word_with_a_hyphen_of_its_own_is_broken_there():
    assert broken("innovaatio-ohjelmat", 10, 80) == ["innovaatio-", "ohjelmat"]
    assert broken("-ohjelma", 10, 200) == ["-ohjelma"]
