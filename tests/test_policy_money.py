"""Sources of money, payers as a graph, dependence and fees, against the report's own figures."""

from __future__ import annotations

from functools import cache

import networkx as nx
import pandas as pd
import pytest

import valuma_graph as vg
from valuma_graph.errors import UnknownNodeError
from valuma_graph.policy.dues import FEES, fee_totals, fees
from valuma_graph.policy.feeding import endings, feeding, firmest
from valuma_graph.policy.money import DEPENDENCE, FUNDING, KINDS, dependence, funders, funding
from valuma_graph.policy.payers import payer_of_user, programme_called
from valuma_graph.policy.payments import models_of, payments
from valuma_graph.policy.reliance import relied
from valuma_graph.policy.statements import COLUMNS, FUNDING_COLUMNS, Answers
from valuma_graph.text import LANGS, catalogue

BASES = {"stated", "coded", "inferred", "computed", "unknown"}


@cache
def finland():
    return vg.datasets.finland(year=2019)


@cache
def known(lang="en"):
    return funding(finland(), lang=lang)


def answered(*rows, members_pay=None, model=None, memberships=()):
    """Return what a coordinator says of an invented network, Savon ilmastoverkosto."""
    networks = pd.DataFrame(
        {"name_fi": ["Savon ilmastoverkosto"], "name_sv": None, "name_en": None},
        index=pd.Index(["savo"], name="network_id"),
    )
    money = [
        {
            "network_id": "savo",
            "basis": "stated",
            "source": f'hub.xlsx, sheet "Rahoitus", A{k}',
            **row,
        }
        for k, row in enumerate(rows, 5)
    ]
    said = [("members_pay", members_pay), ("funding_model", model)]
    statements = [
        {
            "network_id": "savo",
            "attribute": attribute,
            "value": value,
            "basis": "stated",
            "source": 'hub.xlsx, sheet "Vastaukset", C40',
        }
        for attribute, value in said
        if value
    ]
    return Answers(
        networks=networks,
        statements=pd.DataFrame(statements, columns=list(COLUMNS)),
        funding=pd.DataFrame(money, columns=list(FUNDING_COLUMNS)),
        memberships=pd.DataFrame(
            list(memberships), columns=["network", "member", "role", "since", "until"]
        ),
    )


def one(answers, **options):
    return dependence(finland(), networks=["savo"], answers=answers, **options).iloc[0]


# -- every figure of the report ------------------------------------------------------------------

AMOUNTS = [
    ("maaseutuverkosto", 1500, "EUR", "per package"),
    ("maaseutuverkosto", 4000, "EUR", "per package"),
    ("nspa", 0, "EUR", None),
    ("suomen_kasvukaytava", 220_000, "EUR", "per year"),
    ("suomen_kasvukaytava", 5000, "EUR", "per year"),
    ("suomen_kasvukaytava", 15_000, "EUR", "per year"),
    ("suomen_kasvukaytava", 3_000_000, "EUR", "total"),
    ("pohjoinen_kasvuvyohyke", 810_000, "EUR", "total"),
    ("pohjoinen_kasvuvyohyke", 1_800_000, "EUR", "total"),
    ("pohjoinen_kasvuvyohyke", 10_000, "EUR", "per year"),
    ("mal_verkosto", 190_600, "EUR", "per year"),
    ("seutukaupunkiverkosto", 3_000_000, "EUR", "total"),
    ("crosscare", 10_400_000, "EUR", "total"),
    ("crosscare", 8_700_000, "EUR", "total"),
    ("reglab_se", 24, None, "members"),
    ("reglab_se", 25_000, "SEK", "per year"),
    ("reglab_se", 5000, "SEK", "per year"),
    ("reglab_dk", 50_000, "DKK", "per year"),
    ("reglab_dk", 125_000, "DKK", "per year"),
    ("reglab_dk", 30_000, "DKK", "per year"),
    ("reglab_dk", 35_000, "DKK", "per year"),
    ("reglab_dk", 20_000, "DKK", "per year"),
    ("reglab_dk", 15_000, "DKK", "per year"),
    ("reglab_dk", 10_000, "DKK", "per year"),
    ("reglab_dk", 3_350_000, "DKK", "per year"),
    ("reglab_dk", 2_170_000, "DKK", "per year"),
    ("euniver_cities", 50_000, "EUR", "per year"),
    ("euniver_cities", 1250, "EUR", "per area per year"),
    ("euniver_cities", 1750, "EUR", "per area per year"),
    ("mittnorden", 1_000_000, "SEK", "per year"),
    ("mittnorden", 440_000, "SEK", "per year"),
    ("mittnorden", 140_000, "SEK", "per year"),
    ("mittnorden", 250_000, "SEK", "per year"),
    ("mittnorden", 186_000, "SEK", "per year"),
    ("sweden_bioeconomy_network", 5000, "EUR", "per year"),
    ("vanguard_initiative", 10_000, "EUR", "per year"),
]
SHARES = [  # of the network's funding, or as `share_of` says
    ("sip_sweden", 0.5, "projects", None),
    ("suomen_kasvukaytava", 0.5, "projects", "maximum"),
    ("mal_verkosto", 0.5, "basic", None),
    ("mal_verkosto", 0.5, "basic", None),
    ("seutu_ohjelma", 0.5, "funding", None),
    ("seutu_ohjelma", 0.5, "funding", None),
    ("crosscare", 0.5, "funding", None),
    ("paper_province", 0.05, "funding", "minimum"),
    ("paper_province", 0.06, "funding", "maximum"),
    ("mittnorden", 0.5, "funding", None),
]


@pytest.mark.parametrize(("network", "amount", "currency", "unit"), AMOUNTS)
def test_every_sum_of_the_annexes_is_there(network, amount, currency, unit):
    rows = known()
    rows = rows[rows["network_id"].eq(network) & rows["amount"].eq(amount)]
    assert any(
        (row.currency == currency or (currency is None and pd.isna(row.currency)))
        and (row.unit == unit or (unit is None and pd.isna(row.unit)))
        for row in rows.itertuples()
    )


def test_shares_are_of_the_funding_or_say_of_what():
    rows = known().dropna(subset=["share"])
    found = [
        (r.network_id, r.share, r.share_of, None if pd.isna(r.bound) else r.bound)
        for r in rows.itertuples()
    ]
    assert sorted(found, key=str) == sorted(SHARES, key=str)


def test_percentages_of_something_else_are_no_shares():
    rows = known()
    rows = rows[rows["unit"].eq("%")]
    assert sorted(zip(rows["network_id"], rows["amount"], strict=True)) == [
        ("crosscare", 50.0),  # companies' share of support services
        ("euniver_cities", 50.0),  # what the secretariat uses
    ]
    assert rows["share"].isna().all()


def test_all_75_rows_of_the_table_are_found_again():
    table = vg.datasets.policy("funding_models")
    rows = known().head(75)
    assert len(table) == 75
    assert rows["network_id"].tolist() == table["network_id"].tolist()
    assert rows["item"].tolist() == table["item"].tolist()
    assert rows["source"].tolist() == table["source"].tolist()
    assert rows["payer"].str.replace("; ", ";").tolist() == table["payer"].tolist()
    numbers = pd.to_numeric(table["amount"], errors="coerce")
    given = rows["amount"].where(rows["unit"].ne("%"))
    assert given.tolist() == pytest.approx(numbers.tolist(), nan_ok=True)


def test_an_amount_in_words_stays_words():
    rows = known()
    row = rows[rows["item"].eq("coordination, person-years")].iloc[0]
    assert pd.isna(row["amount"])
    assert "1-2" in row["note"]
    assert row["unit"] == "person-years"
    assert row["funding_kind"] == "in_kind"


def test_years_of_money():
    rows = known()
    aiko = rows[rows["item"].eq("project funding") & rows["until"].notna()]
    found = {r.network_id: (r.since, r.until) for r in aiko.itertuples()}
    assert found["suomen_kasvukaytava"] == (2016, 2019)
    assert found["pohjoinen_kasvuvyohyke"] == (2016, 2018)
    crosscare = rows[rows["network_id"].eq("crosscare") & rows["item"].str.contains("programme")]
    assert crosscare[["since", "until"]].to_numpy().tolist() == [[2016, 2021]]


def test_the_five_models_are_those_of_table_5():
    rows = known().dropna(subset=["funding_model"])
    found = {m: set(r["network_id"]) for m, r in rows.groupby("funding_model")}
    assert found == {
        "state_funded": {"forum_sweden", "regional_omstilling", "keino", "maaseutuverkosto"},
        "region_funded": {"nspa", "terve_kunta", "kehyskuntaverkosto"},
        "co_funded": {
            "kompetanseforum_ostfold", "sip_sweden", "suomen_kasvukaytava",
            "pohjoinen_kasvuvyohyke", "mal_verkosto", "seutu_ohjelma", "seutukaupunkiverkosto",
            "allied_ict_finland", "crosscare",
        },
        "project_funded": {"paper_province", "dream"},
        "membership_fee": {
            "reglab_se", "reglab_dk", "fisu", "scottish_islands_federation", "ildn",
            "euniver_cities",
        },
    }  # fmt: skip


def test_what_the_table_infers_is_not_stated():
    rows = known()
    inferred = rows[rows["basis"].eq("inferred")]
    assert {"suomen_kasvukaytava", "pohjoinen_kasvuvyohyke", "mittnorden"} <= set(
        inferred["network_id"]
    )
    assert inferred["rule"].notna().all()
    assert rows.loc[rows["basis"].eq("stated"), "rule"].isna().all()


@pytest.mark.parametrize("lang", LANGS)
def test_every_row_has_its_basis_and_source(lang):
    rows = known(lang)
    assert list(rows.columns) == list(FUNDING)
    assert set(rows["basis"]) <= BASES
    assert rows["source"].notna().all()
    assert set(rows["funding_kind"].dropna()) <= set(KINDS)
    rules = {rule for cell in rows["rule"].dropna() for rule in cell.split(";")}
    assert all(f"rule.{rule}" in catalogue() for rule in rules)
    assert rows["item"].notna().all()
    assert rows["name"].notna().all()


def test_languages_change_words_only():
    en, fi = known(), known("fi")
    same = [c for c in FUNDING if c not in ("name", "payer", "item", "unit", "note")]
    pd.testing.assert_frame_equal(en[same], fi[same])
    assert not en["item"].equals(fi["item"])


def test_notes_are_said_in_the_language_whole():
    found = known("fi").set_index("item").loc[lambda rows: rows["network_id"].eq("fisu")]
    (note,) = found["note"]
    assert ";" in note  # one statement that has a semicolon of its own
    assert "population" not in note
    assert "väestö" in note


# -- payers as a graph ----------------------------------------------------------------------------


def test_payers_are_a_graph():
    graph = funders(finland())
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.has_edge("organisation:tem", "keino")
    assert graph.has_edge("region:SE-S", "paper_province")
    assert graph.nodes["keino"]["kind"] == "network"
    assert graph.nodes["organisation:tem"]["kind"] == "member"
    assert graph.nodes["koko"]["kind"] == "programme"
    assert {d["kind"] for _, d in graph.nodes(data=True)} == {
        "network", "programme", "member", "payer",
    }  # fmt: skip
    assert all(d["name"] for _, d in graph.nodes(data=True))
    for _, network, edge in graph.edges(data=True):
        assert edge["network_id"] == network
        assert edge["basis"] in BASES
        assert edge["source"]


def test_relations_keep_their_basis():
    graph = funders(finland())
    edges = graph.get_edge_data("structural_funds_2014_2020", "kuusi_aika").values()
    assert [e["basis"] for e in edges] == ["stated"]
    (fed,) = graph.get_edge_data("koko", "mal_verkosto").values()
    assert fed["basis"] == "stated"  # as the relation says: its umbrella


def test_nobody_pays_a_fee_of_nothing_or_a_budget():
    graph = funders(finland())
    assert all(e.get("amount") != 0 for *_, e in graph.edges(data=True))
    assert all(e.get("funding_kind") != "budget" for *_, e in graph.edges(data=True))
    assert not graph.has_edge("maaseutuverkosto", "maaseutuverkosto")


def test_members_of_two_networks_are_not_one_payer():
    graph = funders(finland(), networks=["fisu", "nspa"])
    payers = [n for n, d in graph.nodes(data=True) if d["kind"] == "payer"]
    assert len(payers) == 2
    assert {n for n, d in graph.nodes(data=True) if d["kind"] == "network"} == {"fisu", "nspa"}


def test_the_graph_can_be_written(tmp_path):
    nx.write_graphml(funders(finland()), tmp_path / "payers.graphml")
    assert (tmp_path / "payers.graphml").stat().st_size > 1000


# -- dependence -----------------------------------------------------------------------------------


@cache
def depends():
    return dependence(finland(), year=2019)


def test_dependence_has_a_row_for_every_network():
    found = depends()
    assert list(found.columns) == list(DEPENDENCE)
    assert set(finland().networks.index) <= set(found.index)
    assert found.index.is_unique
    assert set(found["basis"]) <= {"computed", "inferred", "unknown"}
    assert (found["rule"].isna() == found["basis"].eq("unknown")).all()
    assert all(f"rule.{rule}" in catalogue() for rule in found["rule"].dropna())
    assert found.loc[found["basis"].ne("unknown"), "source"].notna().all()


def test_nothing_known_is_unknown_everywhere():
    row = depends().loc["c21"]
    assert row[["single_source", "project_money", "basis"]].tolist() == ["unknown"] * 3
    assert row[["sources", "largest_share", "project_share", "years_left"]].isna().all()
    assert not row["sources_complete"]


@pytest.mark.parametrize("network", ["keino", "forum_sweden", "regional_omstilling"])
def test_one_payer_of_a_state_funded_network_is_inferred(network):
    row = depends().loc[network]
    assert (row["single_source"], row["project_money"]) == ("yes", "no")
    assert row["basis"] == "inferred"
    assert "money_one_payer" in row["rule"]
    assert "Table 5" in row["source"]


def test_technical_assistance_of_a_programme_may_be_project_money():
    row = depends().loc["maaseutuverkosto"]
    assert (row["single_source"], row["project_money"]) == ("yes", "unknown")


def test_halves_of_mittnorden():
    row = depends().loc["mittnorden"]  # 1,000,000 is half; the fees add up to 1,016,000
    assert row["sources"] == 5
    assert row["sources_complete"]
    assert row["largest_payer"] == "Nordic Council of Ministers"
    assert row["largest_share"] == 0.5
    assert row["single_source"] == "no"
    assert row["project_share"] == 0


def test_member_fees_of_reglab_denmark():
    row = depends().loc["reglab_dk"]  # 2,170,000 of 3,350,000
    assert row["largest_share"] == pytest.approx(2.17 / 3.35)
    assert row["largest_payer"] == "members"
    assert row["single_source"] == "no"
    assert not row["sources_complete"]


def test_half_is_certainly_the_largest_and_a_tie_is_nobodys():
    found = depends()
    assert found.loc["crosscare", "largest_share"] == 0.5
    assert "Interreg" in found.loc["crosscare", "largest_payer"]
    assert found.loc["seutu_ohjelma", "largest_share"] == 0.5
    assert pd.isna(found.loc["seutu_ohjelma", "largest_payer"])
    assert pd.isna(found.loc["mal_verkosto", "largest_share"])  # halves of basic funding only


@pytest.mark.parametrize(
    ("network", "until", "left"),
    [
        ("suomen_kasvukaytava", 2019, 0),
        ("pohjoinen_kasvuvyohyke", 2018, -1),
        ("crosscare", 2021, 2),
        ("kuusi_aika", 2020, 1),
    ],
)
def test_project_money_ends(network, until, left):
    row = depends().loc[network]
    assert row["project_money"] == "yes"
    assert (row["project_until"], row["years_left"]) == (until, left)


def test_the_end_of_the_programme_is_inferred():
    row = depends().loc["seutu_ohjelma"]  # AIKO, 2016-2018
    assert row["project_until"] == 2018
    assert row["basis"] == "inferred"
    assert pd.isna(depends().loc["mal_verkosto", "project_until"])  # not all is from programmes


def test_single_source_is_never_yes_with_two():
    found = depends()
    yes = found[found["single_source"].eq("yes")]
    assert yes["sources"].eq(1).all()
    assert found.loc[found["sources"].gt(1).fillna(value=False), "single_source"].eq("no").all()


def test_the_year_counts_down():
    found = dependence(finland(), networks=["crosscare"], year=2023)
    assert found["years_left"].tolist() == [-2]


def mittnorden(amount, *, stated=False):
    """Return what follows where the first member's payment is another one."""
    rows = payments(finland())
    rows = rows[rows["network_id"].eq("mittnorden")].assign(words=rows["payer"])
    rows.loc[rows["payer"].eq("Trøndelag"), "amount"] = amount
    if stated:  # the payers, not what they pay
        told = rows.assign(basis="stated", amount=float("nan"), share=float("nan"))
        rows = pd.concat([rows, told], ignore_index=True)
    found = relied(
        rows,
        ["mittnorden"],
        models=models_of(finland(), Answers()),
        ends=endings(),
        year=2019,
        lang="en",
    )
    return found.loc["mittnorden"]


@pytest.mark.parametrize(
    ("trondelag", "complete"),
    [(404_000, True), (444_000, True), (402_000, False), (446_000, False)],
)
def test_shares_of_rounded_amounts_add_up_within_a_hundredth(trondelag, complete):
    # With 1,000,000 as half and 576,000 of others, 424,000 makes it 1; a hundredth is 20,000.
    assert mittnorden(trondelag)["sources_complete"] == complete


def test_what_is_not_one_by_rounding_says_so():
    assert "add up to 101%" in depends().loc["mittnorden", "evidence"]
    assert "rounding" in depends().loc["mittnorden", "evidence"]
    assert "rounding" not in mittnorden(424_000)["evidence"]
    assert "rounding" not in depends().loc["reglab_dk", "evidence"]  # 65%: not all is known


def test_what_rests_on_inferred_rows_is_not_firmer():
    found = depends()
    assert found.loc["mittnorden", "basis"] == "inferred"  # the yearly unit is
    assert found.loc["suomen_kasvukaytava", "basis"] == "computed"  # its payers are stated
    assert mittnorden(440_000, stated=True)["basis"] == "inferred"  # its shares are not


def test_one_group_of_payers_reads_as_several():
    for lang, word in (("fi", "usea maksaja"), ("sv", "flera betalare"), ("en", "several payers")):
        row = dependence(finland(), networks=["fisu", "keino"], lang=lang)
        assert row.loc["fisu", "single_source"] == "no"
        assert word in row.loc["fisu", "evidence"]
        assert word not in row.loc["keino", "evidence"]


def test_programmes_end_as_in_the_timeline():
    found = depends()  # rural development programme 2014-2020; that it is this one is inferred
    assert found.loc["maaseutuverkosto", "project_until"] == 2020
    assert found.loc["maaseutuverkosto", "basis"] == "inferred"
    line = vg.policy.timeline(finland(), networks=["maaseutuverkosto", "seutu_ohjelma"])
    for network in ("maaseutuverkosto", "seutu_ohjelma"):
        assert line.loc[network, "funding_end"] == found.loc[network, "project_until"]


def test_relations_tell_how_firmly_a_programme_fed():
    links = firmest(feeding()).set_index(["feeder", "fed"])
    fed = [e for e in funders(finland()).edges(data=True) if e[2]["item"] == "fed by the programme"]
    assert len(fed) == 20
    for programme, network, edge in fed:
        assert edge["basis"] == links.loc[(programme, network), "basis"]
    bases = [edge["basis"] for *_, edge in fed]
    assert {basis: bases.count(basis) for basis in bases} == {
        "stated": 18, "coded": 1, "inferred": 1,
    }  # fmt: skip


# -- what users say -------------------------------------------------------------------------------


def test_one_payer_of_all_is_a_single_source():
    row = one(answered({"payer": "Säätiö", "share": 1.0, "funding_kind": "basic"}))
    assert row["name"] == "Savon ilmastoverkosto"
    assert (row["single_source"], row["project_money"]) == ("yes", "no")
    assert row["sources_complete"]
    assert (row["largest_payer"], row["largest_share"]) == ("Säätiö", 1.0)
    assert row["basis"] == "computed"
    assert row["source"] == 'hub.xlsx, sheet "Rahoitus", A5'


def test_one_payer_without_a_share_is_not_known_to_be_the_only_one():
    row = one(answered({"payer": "Säätiö", "funding_kind": "basic"}))
    assert (row["sources"], row["single_source"], row["project_money"]) == (1, "unknown", "unknown")


def test_all_members_are_no_single_source():
    row = one(answered({"payer": "Jäsenkunnat", "share": 1.0, "funding_kind": "basic"}))
    assert row["single_source"] == "no"


def test_project_share_and_end():
    answers = answered(
        {"payer": "TEM", "payer_id": "organisation:tem", "share": "0.6", "since": "2018",
         "until": "2020", "funding_kind": "project"},
        {"payer": "Jäsenet", "share": 0.4, "funding_kind": "fee"},
    )  # fmt: skip
    row = one(answers, year=2019)
    assert row["sources_complete"]
    assert row["project_share"] == pytest.approx(0.6)
    assert (row["project_until"], row["years_left"]) == (2020, 1)
    assert row["largest_payer"] == "TEM"


def test_shares_that_do_not_add_up_are_not_complete():
    answers = answered(
        {"payer": "A", "share": 0.5, "funding_kind": "basic"},
        {"payer": "B", "share": 0.4, "funding_kind": "basic"},
    )
    row = one(answers)
    assert not row["sources_complete"]
    assert row["largest_payer"] == "A"  # what is left, 0.1, is less
    assert pd.isna(row["project_share"])


def test_a_large_rest_leaves_the_largest_unknown():
    row = one(answered({"payer": "A", "share": 0.4, "funding_kind": "basic"}))
    assert row[["largest_payer", "largest_share"]].isna().all()


def test_users_stand_in_place_of_the_report():
    answers = answered(
        {"network_id": "keino", "payer": "X", "share": 1.0, "funding_kind": "project"}
    )
    row = dependence(finland(), networks=["keino"], answers=answers).iloc[0]
    assert (row["largest_payer"], row["project_money"]) == ("X", "yes")
    rows = funding(finland(), networks=["keino"], answers=answers)
    assert rows["payer"].tolist() == ["X", "TEM"]  # both are shown


def test_a_stated_model_of_projects_is_project_money():
    row = one(answered(model="project_funded"))
    assert row["project_money"] == "yes"
    assert row["basis"] == "inferred"
    assert row["single_source"] == "unknown"


def test_hostile_words_stay_words():
    words = '=HYPERLINK("http://x")<script>{n};%s\x07'
    answers = answered({"payer": words, "item": words, "share": 1.0, "amount": "viisi"})
    row = funding(finland(), networks=["savo"], answers=answers, lang="fi").iloc[0]
    assert row["payer"] == words
    assert row["item"] == words
    assert pd.isna(row["amount"])
    assert one(answers)["largest_payer"] == words
    assert any(d["name"] == words for _, d in funders(finland(), answers=answers).nodes(data=True))


def test_users_words_are_not_translated():
    answers = answered({"payer": "members", "item": "basic funding", "note": "About"})
    row = funding(finland(), networks=["savo"], answers=answers, lang="fi").iloc[0]
    assert row[["payer", "item", "note"]].tolist() == ["members", "basic funding", "About"]


def test_a_payer_is_matched_by_its_whole_name_only():
    answers = answered({"payer": "Kuopio", "share": 1.0}, {"payer": "Kuo"})
    rows = funding(finland(), networks=["savo"], answers=answers)
    assert rows["payer_id"].fillna("").tolist() == ["municipality:FI-297", ""]


OLD = {"payer": "Old Fund", "share": 1.0, "funding_kind": "project", "since": 2010, "until": 2015}
NEW = {"payer": "New Fund", "share": 1.0, "funding_kind": "basic", "since": 2016}


def test_only_money_of_the_year_is_a_source():
    row = one(answered(OLD, NEW), year=2019)
    assert (row["sources"], row["single_source"], row["project_money"]) == (1, "yes", "no")
    assert (row["largest_payer"], row["largest_share"], row["project_share"]) == ("New Fund", 1, 0)
    assert (row["project_until"], row["years_left"]) == (2015, -4)
    assert "That money has ended." in row["evidence"]
    before = one(answered(OLD, NEW), year=2012)
    assert (before["sources"], before["largest_payer"]) == (1, "Old Fund")
    assert (before["project_money"], before["project_share"]) == ("yes", 1)


@pytest.mark.parametrize(("year", "sources"), [(2009, 0), (2010, 1), (2015, 1), (2016, 0)])
def test_money_holds_from_its_first_year_to_its_last(year, sources):
    row = one(answered(OLD), year=year)
    assert (0 if pd.isna(row["sources"]) else row["sources"]) == sources
    assert row["project_until"] == 2015
    assert row["single_source"] == ("yes" if sources else "unknown")


def test_money_that_all_ended_says_so():
    row = one(answered(OLD), year=2019)
    assert row["project_money"] == "unknown"
    assert "ended before 2019: Old Fund (2015)" in row["evidence"]
    assert "Of other project money nothing is known." in row["evidence"]
    assert row["source"] == 'hub.xlsx, sheet "Rahoitus", A5'
    later = one(answered({**NEW, "since": 2022}), year=2019)
    assert (later["basis"], later["single_source"]) == ("unknown", "unknown")
    assert later["evidence"] == "No source of money is known."


def test_a_form_stands_alone_and_so_does_its_model():
    row = {"network_id": "paper_province", "payer": "Region A", "share": 1.0}
    answers = answered({**row, "funding_kind": "basic"})
    found = dependence(finland(), networks=["paper_province"], answers=answers).iloc[0]
    assert (found["project_money"], found["project_share"]) == ("no", 0)
    assert (found["basis"], found["source"]) == ("computed", 'hub.xlsx, sheet "Rahoitus", A5')
    assert "funding model" not in found["evidence"]
    own = answered({**row, "payer": "Region A", "funding_kind": "basic"}, model="project_funded")
    own.statements["network_id"] = "paper_province"
    found = dependence(finland(), networks=["paper_province"], answers=own).iloc[0]
    assert found["project_money"] == "yes"  # the form's own model counts, and is cited
    assert "Vastaukset" in found["source"]
    assert depends().loc["paper_province", "project_money"] == "yes"


@pytest.mark.parametrize(("other", "complete"), [(0.495, True), (0.505, True), (0.49, False)])
def test_shares_of_forms_add_up_within_half_a_hundredth(other, complete):
    kind = {"funding_kind": "basic"}
    row = one(
        answered({"payer": "A", "share": 0.5, **kind}, {"payer": "B", "share": other, **kind})
    )
    assert row["sources_complete"] == complete


def test_shares_of_more_than_all_have_no_largest():
    row = one(answered({"payer": "A", "share": 1.0}, {"payer": "B", "share": 0.9}))
    assert pd.isna(row["largest_payer"])
    assert not row["sources_complete"]


@pytest.mark.parametrize(
    "payer",
    ["AIKO", "aiko", "programme:aiko", "Regional innovations and experiments",
     "Alueellisten innovaatioiden ja kokeilujen käynnistäminen, AIKO"],
)  # fmt: skip
def test_programmes_are_recognised_everywhere(payer):
    answers = answered({"payer": payer, "funding_kind": "project", "until": "2018-12-31"})
    open_end = answered({"payer": payer, "funding_kind": "project"})
    assert one(answers)["project_until"] == one(open_end)["project_until"] == 2018
    assert funding(finland(), networks=["savo"], answers=answers)["payer_id"].tolist() == ["aiko"]
    graph = funders(finland(), networks=["savo"], answers=answers)
    assert graph.nodes["aiko"]["kind"] == "programme"
    links = feeding(answers=answers).set_index("fed")
    assert links.loc["savo", ["feeder", "until"]].tolist() == ["aiko", 2018]


def test_what_is_like_a_programme_is_none():
    assert [programme_called(w) for w in ("", "AIK", "toimintalinja 5", "Oulu", "TEM")] == [
        None
    ] * 5
    assert payer_of_user("Horizon 2020").id == "organisation:horizon_2020"  # as the report's
    assert payer_of_user("Kuopio", "municipality:FI-297").id == "municipality:FI-297"


# -- fees -----------------------------------------------------------------------------------------


def fee(place, network, **options):
    return fees(finland(), place, **options).set_index("network_id").loc[network]


def test_a_fee_of_one_member_is_that_members_only():
    row = fee("region:SE-S", "sweden_bioeconomy_network")
    assert row[["fee_low", "fee_high", "currency", "per", "status", "basis"]].tolist() == [
        5000, 5000, "EUR", "year", "known", "stated",
    ]  # fmt: skip
    other = fee("region:SE-Z", "sweden_bioeconomy_network")
    assert other[["status", "basis"]].tolist() == ["unknown", "unknown"]
    assert other[["fee_low", "fee_high"]].isna().all()


def test_no_fee_is_none_and_not_unknown():
    row = fee("region:FI-19", "nspa")
    assert (row["status"], row["fee_low"], row["fee_high"]) == ("none", 0, 0)


def test_sizes_make_a_range():
    row = fee("Hämeenlinna", "suomen_kasvukaytava")
    assert (row["fee_low"], row["fee_high"], row["status"]) == (5000, 15_000, "range")
    assert (row["basis"], row["rule"]) == ("inferred", "fee_of_kind")
    row = fee("Turku", "euniver_cities")
    assert (row["fee_low"], row["fee_high"], row["status"]) == (1250, 1750, "range")


def test_a_fee_in_words_is_unknown_with_its_words():
    row = fee("Turku", "fisu")
    assert row["status"] == "unknown"
    assert "population" in row["item"]
    assert "Table 5" in row["source"]


def test_fees_by_kind_of_member():
    answers = Answers(
        memberships=pd.DataFrame(
            [("reglab_dk", "Uusimaa", "member", "", ""), ("reglab_dk", "Turku", "member", "", "")],
            columns=["network", "member", "role", "since", "until"],
        )
    )
    assert fee("region:FI-01", "reglab_dk", answers=answers)["fee_low"] == 50_000
    assert fee("Turku", "reglab_dk", answers=answers)["fee_low"] == 30_000


def test_totals_by_currency():
    totals = fee_totals(fees(finland(), "region:SE-Z"))
    assert totals["currency"].fillna("").tolist() == ["EUR", "SEK", ""]
    assert totals["low"].tolist()[:2] == [0, 140_000]
    assert totals["networks"].tolist() == [1, 1, 0]
    assert totals["unknown"].tolist()[-1] == 4
    assert pd.isna(totals["low"].iloc[-1])


def test_an_open_upper_end_stays_open():
    table = pd.DataFrame(
        [["a", "EUR", "year", "range", 10.0, None], ["b", "EUR", "year", "known", 5.0, 5.0],
         ["c", "EUR", "two years", "known", 7.0, 7.0]],
        columns=["network_id", "currency", "per", "status", "fee_low", "fee_high"],
    )  # fmt: skip
    totals = fee_totals(table)
    assert totals["low"].tolist()[0] == 15
    assert pd.isna(totals["high"].iloc[0])
    assert totals["unknown"].tolist() == [0, 1]  # what is not yearly is in no sum
    assert fee_totals(table.head(0)).empty


MEMBER = [("savo", "Kuopio", "member", "", "")]


@pytest.mark.parametrize(
    ("row", "status", "low"),
    [
        ({"payer": "Jäsenet", "amount": "2000", "unit": "EUR/jäsen/vuosi"}, "known", 2000),
        ({"payer": "Jäsenet", "amount": "2000", "unit": "per year"}, "unknown", None),
        ({"payer": "Jäsenet", "amount": 500, "unit": "vuosi per jäsen"}, "known", 500),
        ({"payer": "Medlemmar", "amount": 500, "unit": "år", "item": "per medlem"}, "known", 500),
        ({"payer": "Kunnat", "amount": 500, "unit": "€ kuntaa kohti vuodessa"}, "known", 500),
        ({"payer": "Jäsenet", "amount": 500, "unit": "v", "item": "Jäsenmaksu"}, "unknown", None),
        ({"payer": "Jäsenet", "amount": 9, "item": "Jäsenmaksut yhteensä"}, "unknown", None),
        ({"payer": "Medlemmar", "amount": 9, "item": "Medlemsavgifter, summa"}, "unknown", None),
        ({"payer": "Members", "amount": 9, "item": "per member, total"}, "unknown", None),
        ({"payer": "Members", "amount": 9, "item": "fees of members in all"}, "unknown", None),
        ({"payer": "Medlemmar", "amount": 9, "item": "per medlem sammanlagt"}, "unknown", None),
        ({"payer": "Kuopio", "amount": "700", "unit": "per year"}, "known", 700),
        ({"payer": "Lahti", "amount": "700", "unit": "per year"}, "unknown", None),
    ],
)
def test_fees_that_users_tell(row, status, low):
    answers = answered({**row, "funding_kind": "fee", "currency": "EUR"}, memberships=MEMBER)
    found = fee("Kuopio", "savo", answers=answers)
    assert found["status"] == status
    assert (found["fee_low"] == low) if low else pd.isna(found["fee_low"])


@pytest.mark.parametrize(
    ("years", "status"),
    [
        ({"until": 2010}, "unknown"),
        ({"until": 2018}, "unknown"),
        ({"until": 2019}, "known"),
        ({"since": 2019}, "known"),
        ({"since": 2020}, "unknown"),
    ],
)
def test_fees_of_other_years_are_not_known_now(years, status):
    row = {"payer": "Jäsenet", "amount": 500, "unit": "per member per year", "currency": "EUR"}
    answers = answered({**row, **years, "funding_kind": "fee"}, memberships=MEMBER)
    assert fee("Kuopio", "savo", answers=answers)["status"] == status
    then = years.get("until", 2020)
    assert fee("Kuopio", "savo", answers=answers, year=then)["status"] == "known"


@pytest.mark.parametrize(
    ("unit", "per"),
    [
        ("vuodessa", "year"),
        ("€/v", "year"),
        ("per år", "year"),
        ("per year", "year"),
        ("€/viikko", "€/viikko"),
        ("joka toinen vuosi", "joka toinen vuosi"),
        ("per 2 år", "per 2 år"),
    ],
)
def test_what_is_yearly(unit, per):
    row = {"payer": "Kuopio", "amount": 1, "unit": unit, "funding_kind": "fee", "currency": "EUR"}
    found = fee("Kuopio", "savo", answers=answered(row, memberships=MEMBER))
    assert found["per"] == per


def test_members_that_do_not_pay():
    row = fee("Kuopio", "savo", answers=answered(members_pay="no", memberships=MEMBER))
    assert (row["status"], row["fee_high"], row["basis"]) == ("none", 0, "stated")
    assert row["source"] == 'hub.xlsx, sheet "Vastaukset", C40'


@pytest.mark.parametrize("place", ["Helsinki", "region:FI-01", "organisation:tem"])
def test_fees_have_basis_and_source_where_known(place):
    found = fees(finland(), place)
    assert list(found.columns) == list(FEES)
    told = found[found["status"].ne("unknown")]
    assert told["source"].notna().all()
    assert set(told["basis"]) <= {"stated", "inferred"}
    assert found.loc[found["status"].eq("unknown"), "basis"].eq("unknown").all()
    assert all(f"rule.{r}" in catalogue() for r in found["rule"].dropna())


# -- other sets, bad input ------------------------------------------------------------------------


def test_a_set_without_places_or_facts():
    women = vg.datasets.southern_women()
    assert fees(women, "Flora Price")["status"].tolist() == ["unknown", "unknown"]
    found = dependence(women, networks=["E8"])
    assert found[["single_source", "basis"]].to_numpy().tolist() == [["unknown", "unknown"]]
    assert funding(women, networks=["E8"]).empty
    assert list(funders(women, networks=["E8"]).nodes) == ["E8"]
    assert len(dependence(women, networks=[])) == 0


def test_empty_answers_change_nothing():
    pd.testing.assert_frame_equal(dependence(finland(), answers=Answers()), dependence(finland()))


def test_unknown_names_and_languages():
    with pytest.raises(UnknownNodeError):
        dependence(finland(), networks=["nope"])
    with pytest.raises(UnknownNodeError):
        funders(finland(), networks=["nope"])
    with pytest.raises(UnknownNodeError):
        fees(finland(), "nope")
    with pytest.raises(ValueError, match="lang must be one of"):
        funding(finland(), lang="de")
