"""Ages, phases and money in time: the report's years, the rules, and the pictures."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from crossing import paired

import valuma_graph as vg
from valuma_graph.errors import UnknownNodeError
from valuma_graph.maps import save_picture
from valuma_graph.maps.lanes import lanes_of
from valuma_graph.maps.phases import plot_lifecycle
from valuma_graph.maps.times import plot_timeline
from valuma_graph.policy.ages import years
from valuma_graph.policy.feeding import feeding, firmest
from valuma_graph.policy.history import lifecycle, timeline
from valuma_graph.policy.statements import COLUMNS, FUNDING_COLUMNS, Answers
from valuma_graph.text import LANGS, catalogue

LEAST = {"slide": 8.0, "a4": 6.0}
HOSTILE = "$\\frac{1}{0}$ <script>\x07=SUM(A1) \u202e"

# Years of ch. 3.1, typed in from its headings.
PROGRAMMES = {
    "oske": (1994, 2013),
    "ako": (2000, 2009),
    "koko": (2010, 2011),
    "aiko": (2016, 2018),
    "inka": (2014, 2017),
    "shok": (2008, 2017),
    "structural_funds_2007_2013": (2007, 2013),
    "structural_funds_2014_2020": (2014, 2020),
    "kuusi_aika": (2014, 2020),
    "rural_2007_2013": (2007, 2013),
    "rural_2014_2020": (2014, 2020),
}
KOKO = ["koko_luovat_alat", "koko_innovaatio", "koko_demo", "koko_hyvinvointi", "koko_matkailu"]


@pytest.fixture(scope="module")
def aff():
    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="module")
def whole(aff):
    return timeline(aff)


def told(answers=(), funding=(), *, network="own", founded=None, ended=None, name="Oma verkosto"):
    """Return what the form of one network says."""
    networks = pd.DataFrame(
        {"name_fi": [name], "countries": ["FI"], "founded_year": [founded], "ended_year": [ended],
         "source": ['own.xlsx, sheet "Verkosto", B2']},
        index=pd.Index([network], name="network_id"),
    )  # fmt: skip
    statements = [
        {"network_id": network, "attribute": attribute, "value": value, "basis": "stated",
         "as_of": "2019", "source": f'own.xlsx, sheet "Vastaukset", C{k}'}
        for k, (attribute, value) in enumerate(answers, 1)
    ]  # fmt: skip
    money = [
        {"network_id": network, "payer": payer, "since": since, "until": until, "basis": "stated",
         "funding_kind": "project", "source": f'own.xlsx, sheet "Rahoitus", A{k}'}
        for k, (payer, since, until) in enumerate(funding, 1)
    ]  # fmt: skip
    return Answers(
        networks=networks,
        statements=pd.DataFrame(statements, columns=list(COLUMNS)),
        funding=pd.DataFrame(money, columns=list(FUNDING_COLUMNS)),
    )


def phase_of(aff, answers, year=2019, **about):
    row = lifecycle(aff, networks=["own"], answers=told(answers, **about), year=year).loc["own"]
    return row["phase"], row["stage"], row["phase_basis"], row["stage_basis"]


# -- years ----------------------------------------------------------------------------------------


def test_years_of_programmes_are_those_of_the_report(whole):
    found = whole.loc[list(PROGRAMMES), ["start", "end"]]
    assert {
        i: tuple(row) for i, row in zip(found.index, found.to_numpy(), strict=True)
    } == PROGRAMMES
    assert whole.loc[list(PROGRAMMES), "kind"].eq("programme").all()
    assert whole.loc[list(PROGRAMMES), "basis"].eq("stated").all()
    assert whole.loc[list(PROGRAMMES), "source"].str.contains("ch. 3.1|6aika").all()


def test_years_that_are_not_known_stay_so(whole):
    assert whole.loc["kasvusopimukset", ["start", "end"]].isna().all()
    assert whole.loc["kasvusopimukset", "basis"] == "unknown"
    assert pd.isna(whole.loc["hilla", "start"])
    assert whole.loc["hilla", "end"] == 2017
    assert not whole.loc["kasvusopimukset", "open_end"]
    assert whole.loc["mal_verkosto", "open_end"]


def test_a_year_that_the_report_does_not_state_is_not_shown_as_stated(aff):
    mine = ["maaseutuverkosto", "keino", "kompetanseforum_ostfold", "allied_ict_finland", "nspa"]
    found = years(aff, [*mine, "seutu_ohjelma", *KOKO])
    assert found["founded_basis"].eq("inferred").all()
    assert found["founded_rule"].notna().all()
    stated = years(aff, ["suomen_kasvukaytava", "mal_verkosto", "reglab_dk"])
    assert stated["founded"].tolist() == [2013, 2010, 2004]
    assert stated["founded_basis"].eq("stated").all()


def test_a_users_year_counts_first(aff):
    found = years(aff, ["fisu"], answers=told(network="fisu", founded="2013"))
    assert found.loc["fisu", "founded"] == 2013
    assert "own.xlsx" in found.loc["fisu", "founded_source"]
    said = years(aff, ["own"], answers=told([("founded_year", "2001")]))
    assert said.loc["own", "founded"] == 2001
    nonsense = years(aff, ["own"], answers=told(founded="soon"))
    assert pd.isna(nonsense.loc["own", "founded"])


# -- phases ---------------------------------------------------------------------------------------


def test_what_a_user_states_is_shown_as_stated(aff):
    assert phase_of(aff, [("life_phase", "renewal"), ("stage", "mature")]) == (
        "renewal", "mature", "stated", "stated",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "founded", "phase", "stage"),
    [
        ([], None, "unknown", "unknown"),
        ([], "2019", "unknown", "start"),
        ([], "2018", "unknown", "start"),
        ([], "2017", "unknown", "unknown"),
        ([], "1996", "unknown", "unknown"),  # age alone makes no network mature
        ([], "2025", "unknown", "unknown"),
        ([("shared_aim", "no"), ("rules_agreed", "no")], "2019", "shaping", "start"),
        ([("shared_aim", "partly"), ("rules_agreed", "no")], "2019", "shaping", "start"),
        ([("shared_aim", "no"), ("rules_agreed", "no")], "2010", "unknown", "unknown"),
        ([("shared_aim", "yes"), ("rules_agreed", "no")], "2018", "rise", "start"),
        ([("shared_aim", "yes"), ("rules_agreed", "yes")], "2018", "unknown", "start"),
        (
            [("rules_agreed", "yes"), ("measured", "yes"), ("evaluated", "yes")],
            "2010", "unknown", "mature",
        ),
        (
            [("rules_agreed", "yes"), ("measured", "partly"), ("evaluated", "yes")],
            "2010", "unknown", "unknown",
        ),
    ],
)  # fmt: skip
def test_few_rules_and_nothing_beyond_them(aff, answers, founded, phase, stage):
    found = phase_of(aff, answers, founded=founded)
    assert found[:2] == (phase, stage)
    for value, basis in zip(found[:2], found[2:], strict=True):
        assert basis == ("unknown" if value == "unknown" else "computed")


def test_what_ended_is_in_no_phase_and_has_its_age_at_the_end(aff):
    found = lifecycle(aff, networks=KOKO)
    assert found["phase"].eq("ended").all()
    assert found["stage"].eq("unknown").all()
    assert found["age"].eq(1).all()
    assert lifecycle(aff, networks=["kuusi_aika"], year=2020)["phase"].tolist() == ["unknown"]
    assert lifecycle(aff, networks=["kuusi_aika"], year=2021)["phase"].tolist() == ["ended"]


def test_a_network_that_grew_out_of_another_is_not_at_its_start(aff):
    found = lifecycle(aff, networks=["allied_ict_finland", "keino"])
    assert found["age"].tolist() == [1, 1]
    assert found["stage"].tolist() == ["unknown", "start"]


def test_the_reports_words_on_phases_are_evidence_and_never_a_phase(aff):
    words = vg.datasets.policy("network_attributes").query("attribute == 'phase'")
    found = lifecycle(aff).reindex(words["network_id"].unique())
    assert not found["phase"].isin(["need", "shaping", "rise", "stabilisation", "renewal"]).any()
    for row in words.itertuples():
        assert row.value in found.loc[row.network_id, "evidence"]
        assert row.source in found.loc[row.network_id, "source"]


def test_every_row_that_says_something_has_basis_and_source(aff):
    found = lifecycle(aff, answers=told([("stage", "start")], founded="2001"))
    for column in ("phase", "stage"):
        known = found[column].ne("unknown")
        assert found.loc[known, f"{column}_source"].notna().all()
        assert found.loc[~known, f"{column}_basis"].eq("unknown").all()
    assert found.loc[found["evidence"].notna(), "source"].notna().all()
    dated = found["founded_year"].notna() | found["ended_year"].notna()
    assert found.loc[dated, "years_source"].notna().all()
    assert found.loc[~dated, "years_basis"].eq("unknown").all()


@pytest.mark.parametrize("lang", LANGS)
def test_evidence_is_in_the_language(aff, lang):
    found = lifecycle(aff, networks=["own"], answers=told([("shared_aim", "no")]), lang=lang)
    assert catalogue()["attribute.shared_aim"][lang] in found.loc["own", "evidence"]


# -- who fed whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "programmes"),
    [
        ("mal_verkosto", {"koko", "aiko"}),
        ("suomen_kasvukaytava", {"aiko", "kasvusopimukset"}),
        ("pohjoinen_kasvuvyohyke", {"aiko", "kasvusopimukset"}),
        ("maaseutuverkosto", {"rural_2007_2013", "rural_2014_2020"}),
        ("allied_ict_finland", {"hilla", "horizon_2020", "structural_funds_2014_2020"}),
        ("kuusi_aika", {"structural_funds_2014_2020"}),
        ("crosscare", {"interreg_be_nl"}),
        ("drive_sweden", {"sip_sweden"}),
        ("reglab_se", set()),  # the idea came from Denmark, not the money
    ],
)
def test_networks_are_fed_by_the_programmes_of_the_report(whole, network, programmes):
    fed = whole.loc[network, "fed_by"]
    assert (set() if pd.isna(fed) else set(fed.split(";"))) == programmes


def test_every_network_fed_that_a_programme_names_is_linked():
    links, programmes = feeding(), vg.datasets.programmes()
    pairs = set(zip(links["fed"], links["feeder"], strict=True))
    for programme, fed in programmes["networks_fed"].dropna().items():
        assert {(n, programme) for n in fed.split(";") if n != programme} <= pairs
    assert links["source"].notna().all()
    assert links["basis"].isin(["stated", "coded", "inferred"]).all()
    assert links.loc[links["basis"].ne("stated"), "rule"].notna().all()
    assert not (links["fed"] == links["feeder"]).any()


def test_fed_by_and_feeds_say_the_same(whole):
    fed = {(i, f) for i, v in whole["fed_by"].dropna().items() for f in v.split(";")}
    feeds = {(n, i) for i, v in whole["feeds"].dropna().items() for n in v.split(";")}
    assert fed == feeds
    assert len(fed) > 40


def test_what_outlived_its_money(whole):
    assert whole.loc["mal_verkosto", "outlasted"] == "koko"
    # founded in 2018, after Hilla had ended
    assert pd.isna(whole.loc["allied_ict_finland", "outlasted"])
    assert whole.loc["pohjoinen_kasvuvyohyke", "outlasted"] == "aiko"
    assert whole.loc[KOKO, "outlived"].eq("no").all()
    assert whole.loc[["kuusi_aika", "crosscare"], "outlived"].eq("running").all()
    assert whole.loc["suomen_kasvukaytava", "funding_end"] == 2019  # AIKO ended in 2018
    # AIKO paid somebody until 2019, and growth agreements have no last year
    assert whole.loc[["mal_verkosto", "suomen_kasvukaytava"], "outlived"].eq("unknown").all()


@pytest.mark.parametrize(
    ("funding", "founded", "ended", "outlived", "end"),
    [
        ([], "2010", None, "unknown", None),
        ([("KOKO money", "2010", "2011")], "2010", None, "yes", 2011),
        ([("koko", "2010", "2011")], "2010", None, "yes", 2011),
        ([("Koheesio- ja kilpailukykyohjelma, KOKO", None, None)], "2010", None, "yes", 2011),
        (
            [("koko", "2010", "2011"), ("A foundation", "2012", "2025")],
            "2010",
            None,
            "running",
            2025,
        ),
        ([("A foundation", "2012", "2025")], "2010", "2015", "no", 2025),
        ([("koko", "2010", "2011")], "2011", None, "yes", 2011),
        ([("koko", "2010", "2011")], "2012", None, "unknown", 2011),
        ([("A foundation", "2012", "2015")], "2010", "2015", "no", 2015),
        ([("A foundation", "2012", "2015")], "2010", "2018", "yes", 2015),
        ([("A foundation", "2012", "soon")], "2010", None, "unknown", None),
        ([("A foundation", 2012.0, 2015.5)], "2010", None, "unknown", None),
        ([("vinnvaxt", None, None), ("koko", "2010", "2011")], "2010", None, "unknown", 2011),
    ],
)
def test_a_users_money_decides_what_outlived(aff, funding, founded, ended, outlived, end):
    answers = told([("goal", "x")], funding, founded=founded, ended=ended)
    row = timeline(aff, networks=["own"], answers=answers).loc["own"]
    assert row["outlived"] == outlived
    assert row["outlived_basis"] == ("unknown" if outlived == "unknown" else "computed")
    assert (None if pd.isna(row["funding_end"]) else row["funding_end"]) == end


def test_what_is_seen_later_is_not_seen_in_the_year(aff):
    then = timeline(aff, year=2008)
    assert not (then["seen"] > 2008).any()
    assert not (then["start"] > then["seen"]).any()
    # the report describes it in 2019, and no source in 2008
    assert pd.isna(then.loc["mal_verkosto", "seen"])
    known = then["seen"].notna()
    assert (then.loc[known, "seen_basis"] == "computed").all()
    answers = told([("goal", "x")], [("A foundation", "2000", "2005")], founded="2000")
    row = timeline(aff, networks=["own"], answers=answers, year=2008).loc["own"]
    assert (row["outlived"], row["seen_basis"]) == ("unknown", "unknown")
    row = timeline(aff, networks=["own"], answers=answers, year=2019).loc["own"]
    assert (row["outlived"], row["seen"]) == ("yes", 2019)


def test_money_that_has_not_begun_does_not_run(aff):
    money = [("A foundation", "2020", "2025")]
    answers = told([("goal", "x")], money, founded="2010")
    found = {
        year: timeline(aff, networks="own", answers=answers, year=year).loc["own", "outlived"]
        for year in (2019, 2020, 2025)
    }
    assert found == {2019: "unknown", 2020: "running", 2025: "running"}


def test_a_text_is_one_name(aff):
    assert lifecycle(aff, networks="fisu").index.tolist() == ["fisu"]
    assert timeline(aff, networks="koko").index.tolist() == ["koko"]


def test_what_outlasted_and_was_seen_has_its_source(whole):
    lasted = whole["outlasted"].notna()
    assert whole.loc[lasted, "outlasted_source"].notna().all()
    assert whole.loc[~lasted, "outlasted_source"].isna().all()
    assert whole.loc[whole["seen"].notna(), "seen_source"].notna().all()
    assert " | " in whole.loc["mal_verkosto", "outlasted_source"]


def test_no_star_for_a_network_that_began_after_the_programme(whole):
    lanes = {lane.row.Index: lane for lane in lanes_of(whole, firmest(feeding()))}
    assert not any(went_on for *_, went_on in lanes["allied_ict_finland"].money)
    assert any(went_on for *_, went_on in lanes["mal_verkosto"].money)


def test_a_network_that_was_not_there_yet_is_in_no_phase(aff):
    answers = told([("life_phase", "renewal"), ("stage", "mature")], founded="2018")
    row = lifecycle(aff, networks=["own"], answers=answers, year=2016).loc["own"]
    assert row[["phase", "stage"]].tolist() == ["unknown", "unknown"]
    assert row["evidence"] == "Founded in 2018, after 2016"
    with pytest.raises(ValueError, match="year must be a whole number"):
        lifecycle(aff, networks=["own"], answers=answers, year="2016")


def test_lanes_without_a_programme_above_them_stand_by_their_first_year(whole):
    lanes = lanes_of(whole, firmest(feeding()))
    starts = [lane.row.start for lane in lanes if not lane.inner and not pd.isna(lane.row.start)]
    assert starts == sorted(starts)


def test_a_network_of_later_years_has_outlived_nothing(aff):
    found = timeline(aff, networks=["bioeconomy_regions_scandinavia"], year=2019)
    assert found["outlived"].tolist() == ["unknown"]


def test_one_network_comes_with_all_that_fed_it(aff):
    found = timeline(aff, networks=["seutukaupunkiverkosto"])
    assert {"aiko", "kasvusopimukset", "seutu_ohjelma", "osaava_tyovoima_2019"} <= set(found.index)
    assert found["start"].dropna().is_monotonic_increasing


def test_nothing_computed_is_stated_and_all_has_a_source(whole):
    for name in ("funding_end", "outlived"):
        assert whole[f"{name}_basis"].isin(["computed", "unknown"]).all()
        known = whole[f"{name}_basis"].ne("unknown")
        assert whole.loc[known, f"{name}_source"].notna().all()
    assert whole.loc[whole["basis"].ne("unknown"), "source"].notna().all()
    assert whole.loc[whole["fed_by"].notna(), "fed_by_source"].notna().all()
    rules = pd.concat([whole["funding_end_rule"], whole["outlived_rule"]]).dropna().unique()
    assert all(f"rule.{rule}" in catalogue() for rule in rules)


def test_sets_without_places_or_years_work():
    davis = vg.datasets.southern_women()
    assert lifecycle(davis, networks=["E1"]).loc["E1", "phase"] == "unknown"
    found = timeline(davis, networks=["E1"])
    assert found.loc["E1", ["fed_by", "start"]].isna().all()
    assert timeline(davis).loc["oske", "start"] == 1994
    assert lifecycle(davis, networks=[]).empty
    assert timeline(davis, networks=[]).empty
    with pytest.raises(UnknownNodeError):
        timeline(davis, networks=["E99"])
    with pytest.raises(ValueError, match="lang"):
        lifecycle(davis, lang="de")


# -- pictures -------------------------------------------------------------------------------------


def assert_readable(ax, size):
    """Check that no text lies on another or beyond the sheet, and that none is too small."""
    renderer = ax.figure.canvas.get_renderer()
    texts = [text for text in ax.texts if text.get_text()]
    assert min(text.get_fontsize() for text in texts) >= LEAST[size] - 1e-6
    boxes = [(text.get_text(), text.get_window_extent(renderer).padded(-0.7)) for text in texts]
    assert not [(a, b) for (a, x), (b, y) in combinations(boxes, 2) if x.overlaps(y)]
    page = ax.figure.bbox
    inside = (
        page.x0 <= b.x0 and b.x1 <= page.x1 and page.y0 <= b.y0 <= b.y1 <= page.y1 for _, b in boxes
    )
    assert all(inside)


def crowd(n):
    """Return n networks of users with long names, in all phases."""
    phases = ("need", "shaping", "rise", "stabilisation", "dips_crises", "renewal")
    parts = [
        told(
            [("life_phase", phases[k % 6]), ("stage", ("start", "mature")[k % 2])],
            network=f"own_{k}", founded=str(1990 + k),
            name=f"Itä-Suomen hyvinvoinnin kehittämisverkosto {k}",
        )
        for k in range(n)
    ]  # fmt: skip
    return Answers(
        networks=pd.concat([part.networks for part in parts]),
        statements=pd.concat([part.statements for part in parts]),
    )


@pytest.mark.parametrize(
    ("plot", "lang", "size"), paired([plot_timeline, plot_lifecycle], LANGS, LEAST)
)
def test_pictures_are_readable(aff, plot, lang, size):
    assert_readable(plot(aff, lang=lang, size=size), size)


@pytest.mark.parametrize("size", LEAST)
@pytest.mark.parametrize("plot", [plot_timeline, plot_lifecycle])
def test_twenty_networks_more_are_readable(aff, plot, size):
    ax = plot(aff, size=size, answers=crowd(20))
    assert_readable(ax, size)
    words = sum(text.get_text().startswith("Itä-") for text in ax.texts)
    assert words >= 20


def test_rows_beyond_the_sheet_are_counted(aff):
    names = [f"own_{k}" for k in range(130)]
    ax = plot_timeline(aff, networks=names, answers=crowd(130))
    assert_readable(ax, "slide")
    drawn = sum(text.get_text().startswith("Itä-") for text in ax.texts)
    said = next(text.get_text() for text in ax.texts if "did not fit" in text.get_text())
    assert int(said.split()[0]) == 130 - drawn
    assert_readable(plot_lifecycle(aff, networks=names, answers=crowd(130)), "slide")


def test_lanes_stand_under_what_fed_them_first_and_name_the_others(whole):
    lanes = {lane.row.Index: lane for lane in lanes_of(whole, firmest(feeding()))}
    order = list(lanes)
    assert len(order) == len(whole)
    assert order.index("mal_verkosto") > order.index("koko")
    assert lanes["mal_verkosto"].inner
    assert lanes["mal_verkosto"].fed == f"← {lanes['koko'].number}, {lanes['aiko'].number}"
    assert (2010, 2011, False, True) in lanes["mal_verkosto"].money
    assert lanes["suomen_kasvukaytava"].money == [(2016, 2019, False, False)]


def test_what_fed_each_other_in_a_ring_is_drawn_once():
    table = pd.DataFrame({"outlasted": None, "start": pd.NA, "kind": "programme"}, index=["a", "b"])
    links = pd.DataFrame({"fed": ["a", "b"], "feeder": ["b", "a"], "since": pd.NA, "until": pd.NA})
    assert [lane.row.Index for lane in lanes_of(table.assign(end=pd.NA), links)] == ["a", "b"]


def test_what_is_not_known_bears_a_question_mark(aff):
    ax = plot_timeline(aff, networks=["kasvusopimukset"])
    assert [text.get_text() for text in ax.texts].count("?") == 2  # in the column and on the lane


def test_hostile_names_and_few_rows_are_drawn(aff, tmp_path):
    answers = told([("life_phase", "need")], [(HOSTILE, "2001", "2003")], name=HOSTILE * 3)
    for plot in (plot_timeline, plot_lifecycle):
        ax = plot(aff, networks=["own"], answers=answers)
        assert_readable(ax, "slide")
        save_picture(ax, tmp_path / "p.svg")
        assert "<script>" not in (tmp_path / "p.svg").read_text("utf-8")
        plot(vg.datasets.southern_women(), networks=["E1"])
        assert_readable(plot(aff, networks=[]), "slide")


@pytest.mark.parametrize("size", LEAST)
def test_one_sentence_stands_where_no_phase_is_known(aff, size):
    ax = plot_lifecycle(aff, networks=["hinku", "fisu"], size=size)
    assert_readable(ax, size)
    words = [text.get_text().replace("\n", " ") for text in ax.texts]
    assert catalogue()["map_lifecycle.nothing"]["en"] in words
    assert catalogue()["map_lifecycle.phases"]["en"] not in words


@pytest.mark.parametrize("plot", [plot_timeline, plot_lifecycle])
def test_the_same_picture_is_the_same_bytes(aff, tmp_path, plot):
    one, two = (save_picture(plot(aff), tmp_path / f"{i}.svg") for i in "ab")
    assert one.read_bytes() == two.read_bytes()
