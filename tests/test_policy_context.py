"""The report's own tables, against its figures typed in by hand: nothing is lost or changed."""

from __future__ import annotations

import pandas as pd
import pytest

from valuma_graph import datasets
from valuma_graph.policy.contexts import CONTEXTS, context
from valuma_graph.text import LANGS, catalogue

# fmt: off
FIGURE7 = [
    ("A", "no", 11),
    ("A", "cannot say", 32),
    ("A", "yes, in which theme", 57),
    ("B", "no", 20),
    ("B", "cannot say", 42),
    ("B", "yes, in which theme", 39),
    ("C", "no", 32),
    ("C", "cannot say", 43),
    ("C", "yes, in which theme", 25),
    ("D", "no", 31),
    ("D", "cannot say", 43),
    ("D", "yes, in which theme", 26),
    ("E", "no", 40),
    ("E", "cannot say", 42),
    ("E", "yes, in which theme", 18),
    ("all", "no", 30),
    ("all", "cannot say", 42),
    ("all", "yes, in which theme", 28),
]

TABLE3 = [
    ("A", "Employment services / change of work / skilled labour"),
    ("A", "Climate change"),
    ("A", "Sustainable mobility, urban transport policy, MAL"),
    ("A", "City as a platform (City as a Service, CaaS)"),
    ("A", "Social and health care"),
    ("B", "Employment services"),
    ("B", "Carbon neutrality, climate change and circular economy, energy"),
    ("B", "(International) tourism"),
    ("C", "Tourism"),
    ("C", "Entrepreneurship"),
    ("C", "Health and wellbeing, ageing"),
    ("C", "Circular economy"),
    ("D+E", "Bioeconomy"),
    ("D+E", "Inclusion and wellbeing"),
]

SIX_AIKA = [
    ("6Aika cities", "respondents", 55),
    ("C21 cities", "respondents", 154),
    ("neighbour municipalities of 6Aika cities", "respondents", 220),
    ("6Aika cities", "yes", 80),
    ("6Aika cities", "in favour", 50),
    ("neighbour municipalities and C21 cities", "interesting", 50),
    ("6Aika cities", "agile pilot and experiment projects", 1),
    ("6Aika cities", "user-driven development of services", 2),
    ("6Aika cities", "co-development models of the public and private sector", 3),
    ("all 6Aika groups", "university cities", 1),
    ("all 6Aika groups", "cities over 100,000 inhabitants", 2),
    ("all 6Aika groups", "important sub-regional centre cities", 3),
    ("all 6Aika groups", "digitalisation", 1),
    ("all 6Aika groups", "challenges of urbanisation", 2),
    ("all 6Aika groups", "sustainable development", 3),
    ("all 6Aika groups", "transport solutions", 4),
    ("neighbour municipalities and C21 cities", "6Aika cities take the agreements with the state for themselves", None),  # noqa: E501
]

STATEMENTS = [
    ("figure7_text", "A", 50),
    ("figure7_text", "B", 40),
    ("figure7_text", "C", 25),
    ("figure7_text", "D", 25),
    ("figure7_text", "E", 25),
    ("figure4", "all", 1),
    ("figure4", "all", 33),
    ("figure4", "all", 2),
    ("figure4", "A+B", None),
    ("figure4", "all", None),
    ("figure4", "all", 5),
    ("figure5", "all", 1),
    ("figure5", "B", None),
    ("figure5", "A", None),
    ("figure6", "E", None),
    ("figure6", "A", None),
    ("figure6", "A+E", None),
    ("figure6", "A", None),
    ("figure6", "all", None),
]

FACTS = [
    ("first day", "2019-10-30", "date"),
    ("last day", "2019-11-20", "date"),
    ("invited persons", "10934", "persons"),
    ("mainland municipalities covered", "295", "municipalities"),
    ("respondents to the network questions, on average", "1687", "persons"),
    ("background interviews in summer 2019", "24", "interviews"),
    ("workshop of 2019-11-12: participants", "50", "persons"),
    ("workshop of 2019-11-12: regions represented", "15", "regions"),
    ("discussion event in Mikkeli", "2020-01-14", "date"),
    ("discussion event in Hämeenlinna", "2020-01-15", "date"),
    ("discussion event in Rovaniemi", "2020-01-22", "date"),
    ("discussion event in Vaasa", "2020-01-23", "date"),
    ("Howspace workspace: registered persons", "93", "persons"),
    ("web workshop of 2020-01-17: participants", "30", "persons"),
    ("web workshop of 2020-01-17: length", "3", "hours"),
    ("final seminar of 2020-02-13 in Helsinki: participants", "100", "persons, more than"),
    ("start of the work", "2019-05", "month"),
]

COUNTRIES = [
    ("SE", "regional", "count", 21, "regions / counties"),
    ("SE", "local", "count", 290, "municipalities"),
    ("SE", "local", "mean_size", 34217, "inhabitants"),
    ("NO", "regional", "count", 18, "counties"),
    ("NO", "regional", "count_planned", 11, "regions"),
    ("NO", "local", "count", 422, "municipalities"),
    ("NO", "local", "mean_size", 12408, "inhabitants"),
    ("DK", "regional", "count", 5, "regions"),
    ("DK", "local", "count", 98, "municipalities"),
    ("DK", "local", "mean_size", 58449, "inhabitants"),
    ("NL", "regional", "count", 12, "provinces"),
    ("NL", "local", "count", 380, "municipalities"),
    ("NL", "local", "mean_size", 45071, "inhabitants"),
    ("GB", "regional", "count", 35, "regional administrations"),
    ("GB", "regional", "count_part", 26, "districts / counties"),
    ("GB", "regional", "count_part", 1, "Greater London Authority"),
    ("GB", "regional", "count_part", 8, "combined authorities"),
    ("GB", "local", "count", 382, "local authorities"),
    ("GB", "local", "mean_size", 175500, "inhabitants"),
    ("SE", "national", "sip_count", 17, "programmes"),
    ("DK", "local", "count_other", 7, "new local groups supporting the national board"),
    ("NL", "national", "budget", 950000000, "EUR"),
    ("GB", "regional", "lep_count", 39, "local enterprise partnerships in England"),
    ("GB", "local", "savings", 462000000, "GBP"),
]

TABLE5 = {
    "state_funded": ["forum_sweden", "regional_omstilling", "keino", "maaseutuverkosto"],
    "region_funded": ["nspa", "terve_kunta", "kehyskuntaverkosto"],
    "co_funded": ["kompetanseforum_ostfold", "sip_sweden", "suomen_kasvukaytava", "pohjoinen_kasvuvyohyke", "mal_verkosto", "seutu_ohjelma", "seutukaupunkiverkosto", "allied_ict_finland", "crosscare"],  # noqa: E501
    "project_funded": ["paper_province", "dream"],
    "membership_fee": ["reglab_se", "reglab_dk", "fisu", "scottish_islands_federation", "ildn", "euniver_cities"],  # noqa: E501
}

AMOUNTS = [
    ("maaseutuverkosto", "Maaseutuverkosto", "service package, minimum", 1500.0, "EUR", None),
    ("maaseutuverkosto", "Maaseutuverkosto", "service package, maximum", 4000.0, "EUR", None),
    ("nspa", "member regions", "member fee", 0.0, "EUR", None),
    ("sip_sweden", "companies", "co-funding share", None, None, 0.5),
    ("suomen_kasvukaytava", "TEM (AIKO)", "maximum AIKO share", None, None, 0.5),
    ("suomen_kasvukaytava", "members", "annual budget", 220000.0, "EUR", None),
    ("suomen_kasvukaytava", "members", "member fee, minimum", 5000.0, "EUR", None),
    ("suomen_kasvukaytava", "members", "member fee, maximum", 15000.0, "EUR", None),
    ("suomen_kasvukaytava", "TEM (AIKO)", "project funding", 3000000.0, "EUR", None),
    ("pohjoinen_kasvuvyohyke", "TEM (AIKO)", "project funding", 810000.0, "EUR", None),
    ("pohjoinen_kasvuvyohyke", "not named", "project funding", 1800000.0, "EUR", None),
    ("pohjoinen_kasvuvyohyke", "members", "member contribution", 10000.0, "EUR", None),
    ("mal_verkosto", "member municipalities", "basic funding share", None, None, 0.5),
    ("mal_verkosto", "Väylä", "basic funding share", None, None, 0.5),
    ("mal_verkosto", "all funders", "annual budget", 190600.0, "EUR", None),
    ("seutu_ohjelma", "TEM (AIKO)", "programme funding share", None, None, 0.5),
    ("seutu_ohjelma", "24 cities", "programme funding share", None, None, 0.5),
    ("seutukaupunkiverkosto", "member cities", "member fee", None, None, None),
    ("seutukaupunkiverkosto", "Finnish state", "project funding", 3000000.0, "EUR", None),
    ("crosscare", "all", "project budget", 10400000.0, "EUR", None),
    ("crosscare", "Interreg Belgium–Netherlands (ERDF)", "project funding share", None, None, 0.5),
    ("crosscare", "all", "innovation work of companies", 8700000.0, "EUR", None),
    ("crosscare", "companies", "company share of services", None, None, 0.5),
    ("paper_province", "member companies", "company share, minimum", None, None, 0.05),
    ("paper_province", "member companies", "company share, maximum", None, None, 0.06),
    ("reglab_se", "regions", "member fee", None, None, None),
    ("reglab_se", "18 partners", "partner fee", 25000.0, "SEK", None),
    ("reglab_se", "3 academic partners", "partner fee", 5000.0, "SEK", None),
    ("reglab_dk", "regions", "member fee", 50000.0, "DKK", None),
    ("reglab_dk", "ministries", "member fee", 125000.0, "DKK", None),
    ("reglab_dk", "municipalities", "member fee", 30000.0, "DKK", None),
    ("reglab_dk", "municipal associations", "member fee", 35000.0, "DKK", None),
    ("reglab_dk", "municipal associations", "member fee", 10000.0, "DKK", None),
    ("reglab_dk", "universities", "member fee", 20000.0, "DKK", None),
    ("reglab_dk", "technology parks", "member fee", 15000.0, "DKK", None),
    ("reglab_dk", "clusters", "member fee", 10000.0, "DKK", None),
    ("reglab_dk", "all", "turnover", 3350000.0, "DKK", None),
    ("reglab_dk", "members", "member fees, total", 2170000.0, "DKK", None),
    ("fisu", "member municipalities", "member fee", None, None, None),
    ("scottish_islands_federation", "members", "member fee", None, None, None),
    ("ildn", "members", "member fee", None, None, None),
    ("euniver_cities", "cities and universities", "member fee", None, None, None),
    ("euniver_cities", "members", "annual budget", 50000.0, "EUR", None),
    ("euniver_cities", "members", "member fee, minimum", 1250.0, "EUR", None),
    ("euniver_cities", "members", "member fee, maximum", 1750.0, "EUR", None),
    ("euniver_cities", "members", "secretariat share", None, None, 0.5),
    ("mittnorden", "Nordic Council of Ministers", "half of the budget", 1000000.0, "SEK", 0.5),
    ("mittnorden", "Trøndelag", "member payment", 440000.0, "SEK", None),
    ("mittnorden", "Region Jämtland Härjedalen", "member payment", 140000.0, "SEK", None),
    ("mittnorden", "Region Västernorrland", "member payment", 250000.0, "SEK", None),
    ("mittnorden", "Pohjanmaa / Österbotten", "member payment", 186000.0, "SEK", None),
    ("sweden_bioeconomy_network", "Region Värmland", "member fee", 5000.0, "EUR", None),
    ("vanguard_initiative", "Region Värmland", "contribution", 10000.0, "EUR", None),
]

RECOMMENDATIONS = [
    (1, "ministeriöt", "ministries", 1, 8, 4),
    (2, "alue- ja paikallistoimijat sekä ministeriöt", "regional and local actors and ministries", 1, 5, 3),  # noqa: E501
    (3, "ministeriöt sekä alue- ja paikallistoimijat", "ministries and regional and local actors", 1, 7, 3),  # noqa: E501
    (4, "ministeriöt sekä alue- ja paikallistoimijat", "ministries and regional and local actors", 1, 7, 0),  # noqa: E501
    (5, "alue- ja paikallistoimijat", "regional and local actors", 1, 4, 0),
    (6, "alue- ja paikallistoimijat", "regional and local actors", 1, 5, 0),
]

INSTRUMENTS = [
    ("ako", 2000, 2009, 13),
    ("koko", 2010, 2011, 9),
    ("aiko", 2016, 2018, 9),
    ("kasvusopimukset", 0, 0, 2),
    ("oske", 1994, 2013, 10),
    ("inka", 2014, 2017, 7),
    ("shok", 2008, 2017, 8),
    ("structural_funds_2007_2013", 2007, 2013, 1),
    ("etela_suomi_tl5", 2007, 2013, 4),
    ("structural_funds_2014_2020", 2014, 2020, 6),
    ("kuusi_aika", 2014, 2020, 6),
    ("rural_2007_2013", 2007, 2013, 3),
    ("rural_2014_2020", 2014, 2020, 4),
    ("seutu_ohjelma", 0, 0, 0),
    ("osaava_tyovoima_2019", 2019, 0, 4),
    ("hilla", 0, 2017, 1),
    ("kaupunkiohjelmat_sipila", 0, 0, 0),
    ("maaseutuosio", 0, 0, 0),
    ("saaristo_ohjelma", 0, 0, 0),
    ("mal_sopimukset", 0, 0, 1),
    ("sip_sweden", 2012, 0, 3),
    ("regional_omstilling", 0, 0, 0),
    ("norway_labour_market_pilot", 0, 0, 0),
    ("vinnvaxt", 0, 0, 0),
    ("sweden_regional_strategy_2015_2020", 2015, 2020, 0),
    ("denmark_growth_agreements", 0, 0, 2),
    ("interreg_be_nl", 0, 0, 1),
    ("interreg_norway_sweden", 0, 0, 0),
    ("interreg", 0, 0, 0),
    ("danube_strategy", 0, 0, 0),
    ("danube_cooperation_programme", 0, 0, 0),
    ("forsvarsomstallning", 0, 0, 0),
    ("danube_taf", 0, 0, 0),
    ("horizon_2020", 0, 0, 0),
    ("urbact", 0, 0, 0),
    ("ssno", 0, 0, 0),
    ("netherlands_regional_budget", 2018, 2022, 0),
    ("agenda_stad", 0, 0, 0),
    ("uk_local_growth_fund", 0, 0, 0),
]

LIFECYCLE = [
    ("figure 9", "need", 1),
    ("figure 9", "shaping", 3),
    ("figure 9", "rise", 3),
    ("figure 9", "stabilisation", 1),
    ("figure 9", "dips_crises", 2),
    ("figure 9", "renewal", 3),
    ("figure 10", "start", 2),
    ("figure 10", "mature", 3),
    ("figure 10", "background", 1),
]

FACTORS = [
    ("trust_vision", "Pitkäjänteinen luottamuksen ja yhteisen vision rakentaminen", 9),
    ("fit_way_of_working", "Tarkoituksenmukainen toimintatapa yhteistyölle", 8),
    ("dynamic_coordination", "Dynaaminen ja uudistuva koordinaatio", 5),
    ("committing_funding", "Eri toimijoita sitouttava rahoitusmalli", 13),
    ("productisation_brand", "Tuotteistus, konkreettiset verkostotuotteet, verkostobrändi", 6),
]
# fmt: on


def rows(table, *columns):
    """Return the rows of a table as tuples, missing as None."""
    chosen = table[[*columns]].astype("object")
    return [*chosen.where(chosen.notna(), None).itertuples(index=False, name=None)]


# -- the municipal survey -------------------------------------------------------------------------


def test_table_2():
    table = context("table2")
    assert rows(table, "size_class", "value") == [
        ("A", 87), ("B", 308), ("C", 429), ("D", 501), ("E", 362), ("all", 1687),
    ]  # fmt: skip
    assert table["value"].iloc[:5].sum() == 1687
    assert set(table["basis"]) == {"stated"}


def test_figure_7():
    table = context("figure7")
    assert rows(table, "size_class", "item", "value") == FIGURE7
    sums = table.groupby("size_class")["value"].sum().to_dict()
    assert sums == {"A": 100, "B": 101, "C": 100, "D": 100, "E": 100, "all": 100}
    assert table.loc[table["size_class"].eq("B"), "note"].str.contains("101").all()


def test_which_answer_a_share_of_figure_7_belongs_to_is_not_shown_as_stated():
    table = context("figure7")
    assert set(table["basis"]) == {"inferred"}
    assert {f"rule.{one}" for one in table["rule"]} <= set(catalogue())
    # The means of the classes, weighted by Table 2, are the report's 30, 42 and 28.
    weight = context("table2").set_index("size_class")["value"].drop("all").astype(float)
    wide = table.pivot_table(index="size_class", columns="item", values="value").astype(float)
    mean = wide.drop("all").mul(weight, axis=0).sum() / weight.sum()
    assert (mean - wide.loc["all"]).abs().max() < 0.6


def test_table_3():
    assert rows(context("table3"), "size_class", "item") == TABLE3
    order = context("table3").groupby("size_class", sort=False)["value"].apply(list).to_dict()
    assert order == {"A": [1, 2, 3, 4, 5], "B": [1, 2, 3], "C": [1, 2, 3, 4], "D+E": [1, 2]}


def test_6aika():
    table = context("six_aika")
    assert rows(table, "size_class", "item", "value") == SIX_AIKA
    assert table["value"].head(3).tolist() == [55, 154, 220]
    # "four of five", "half" and "a little under half" are words: their numbers are coded
    assert rows(table[table["basis"].eq("coded")], "value") == [(80,), (50,), (50,)]


def test_figures_4_to_6_are_pictures_and_only_their_statements_are_there():
    found = [
        row
        for name in ("figure7_text", "figure4", "figure5", "figure6")
        for row in rows(context(name), "question_id", "size_class", "value")
    ]
    assert found == STATEMENTS
    for name in ("figure4", "figure5", "figure6"):
        table = context(name)
        assert table["note"].notna().all()
        assert table["note"].str.contains("picture").any()


def test_facts_of_the_survey():
    assert sorted(rows(context("survey_facts"), "item", "value", "unit")) == sorted(FACTS)


def test_no_row_of_the_survey_is_left_out():
    names = [n for n in CONTEXTS if "question_id" in context(n)]
    assert sum(len(context(name)) for name in names) == len(datasets.policy("survey")) == 91


# -- countries, money, programmes -----------------------------------------------------------------


def test_numbers_of_the_five_countries():
    table = context("countries")
    numbers = table.dropna(subset=["number"])
    assert rows(numbers, "country", "level", "attribute", "number", "unit") == COUNTRIES
    assert len(table) == 125
    parts = table[table["attribute"].eq("count_part")]["number"].sum()
    assert parts == 35  # the sum of the three British tiers


def test_table_5_groups_the_networks():
    table = context("table5")
    found = table.groupby("funding_model", sort=False)["network_id"].unique()
    assert {model: [*ids] for model, ids in found.items()} == {
        model: [*ids] for model, ids in TABLE5.items()
    }
    # Table 5 says only "Reglab": that the Danish one belongs there is not stated
    assert rows(table[table["basis"].ne("stated")], "network_id", "basis") == [
        ("reglab_dk", "coded")
    ]


def test_every_fee_and_budget():
    table = context("amounts")
    of_networks = table[table["row_id"].notna()]
    first = of_networks["payer"].str.partition("; ")[0]
    found = rows(
        of_networks.assign(payer=first),
        "network_id", "payer", "item", "amount", "currency", "share",
    )  # fmt: skip
    assert found == AMOUNTS
    assert rows(table[table["row_id"].isna()], "network_id", "amount", "currency") == [
        ("rural_2007_2013", 8_800_000, "EUR"),
        ("rural_2014_2020", 2_000_000, "EUR"),
        ("netherlands_regional_budget", 950_000_000, "EUR"),
    ]


def test_a_fee_whose_year_is_inferred_is_not_shown_as_stated():
    table = context("amounts").set_index("row_id")
    assert table.loc[["18", "19", "24", "67"], "basis"].tolist() == ["inferred"] * 4
    assert table.loc[["18", "24"], "rule"].notna().all()
    assert table.loc[["17", "48"], "basis"].tolist() == ["stated"] * 2


def test_recommendations_and_their_addressees():
    fi, en = (context("recommendations", lang=lang) for lang in ("fi", "en"))
    keys = ["recommendation_no", fi["addressee"].rename("fi"), en["addressee"].rename("en")]
    counts = en.assign(recommendation_no=en["recommendation_no"]).groupby(keys, sort=False)["part"]
    found = [
        (*key, *(int(parts.eq(one).sum()) for one in ("recommendation", "content", "effect")))
        for key, parts in counts
    ]
    assert found == RECOMMENDATIONS
    assert len(en) == 52


def test_instruments_and_their_lessons():
    table = context("instruments")
    years = table.drop_duplicates("programme_id").fillna({"start": 0, "end": 0})
    lessons = table.groupby("programme_id")["lesson"].count()
    found = [(*row, lessons[row[0]]) for row in rows(years, "programme_id", "start", "end")]
    assert found == INSTRUMENTS
    told = table.dropna(subset=["lesson"])
    assert told["lesson_order"].tolist() == (told.groupby("programme_id").cumcount() + 1).tolist()


def test_an_instrument_with_a_guess_in_its_note_is_not_shown_as_stated():
    for lang in LANGS:
        table = context("instruments", lang=lang)
        guessed = table[table["basis"].ne("stated")]
        assert {*guessed["programme_id"]} == {"koko", "kaupunkiohjelmat_sipila"}
        assert guessed["basis"].eq("inferred").all()
        assert (guessed["rule"] == guessed["note"]).all()
    koko = context("instruments").query("programme_id == 'koko'")
    assert koko["rule"].str.endswith("the first number is taken as the state share.").all()
    assert context("instruments").query("programme_id == 'aiko'")["basis"].eq("stated").all()


def test_life_cycle_and_success_factors():
    found = context("lifecycle").groupby(["figure", "phase_id"], sort=False).size()
    assert [(*key, n) for key, n in found.items()] == LIFECYCLE
    factors = context("success_factors", lang="fi").groupby(["factor_id", "name"], sort=False)
    assert [(*key, n) for key, n in factors.size().items()] == FACTORS


# -- all of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTEXTS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_row_has_its_basis_and_its_place_in_the_report(name, lang):
    table = context(name, lang=lang)
    assert len(table)
    assert table["basis"].isin(["stated", "coded", "inferred"]).all()
    assert table["source"].str.startswith("VALUMA report, ").all()
    assert (table["rule"].notna() == table["basis"].ne("stated")).all()


@pytest.mark.parametrize("name", CONTEXTS)
def test_languages_differ_in_words_and_in_nothing_else(name):
    tables = {lang: context(name, lang=lang) for lang in LANGS}
    for table in tables.values():
        assert list(table) == list(tables["en"])
        pd.testing.assert_index_equal(table.index, tables["en"].index)
        for column in ("value", "amount", "number", "share", "basis", "source", "network_id"):
            if column in table and table[column].dtype != "str":
                pd.testing.assert_series_equal(table[column], tables["en"][column])
    words = "lesson" if name == "instruments" else "item"
    assert not tables["fi"][words].equals(tables["en"][words])
    assert not tables["sv"][words].equals(tables["fi"][words])


def test_words_without_a_table_are_refused():
    with pytest.raises(ValueError, match=r"table2.*success_factors.*not 'table9'"):
        context("table9")
    with pytest.raises(ValueError, match="lang"):
        context("table2", lang="de")
