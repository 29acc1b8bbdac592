"""The statements of the report's tables in three languages: none missing, the figures the same."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from valuma_graph import datasets
from valuma_graph.policy.schema import ATTRIBUTES, CODES, DIMENSIONS, framework
from valuma_graph.policy.statements import gather, label
from valuma_graph.policy.wording import said, worded
from valuma_graph.text import LANGS, catalogue

WORDING = datasets.policy("wording")
# Cells that list several things are worded one by one.
LISTS = {"payer", "lessons", "funding_sources", "activities", "themes"}
WORDED = {
    "framework_table4": ["dimension_en", "question_en"],
    "impact_framework": ["model_en", "link_en", "item_en"],
    "lifecycle": ["phase_en", "item_en"],
    "success_factors": ["factor_en", "subpoint_en", "example_note"],
    "recommendations": ["addressee_en", "item_en"],
    "survey": ["question_en", "item", "unit", "note"],
    "funding_models": ["funding_model_en", "payer", "item", "unit", "detail", "note"],
    "countries": ["country_name_en", "value", "unit", "note", "tier_name"],
    "quadrant": ["basis_detail"],
    "network_profiles": ["description_en", "fee_information", "funding_sources", "activities",
                         "themes", "coordinator", "host_organisation"],
    "network_attributes": ["value", "note"],
    "programmes": ["description_en", "type", "funding_note", "funder", "lessons"],
}  # fmt: skip


def table(name):
    return datasets.programmes() if name == "programmes" else datasets.policy(name)


def texts(name):
    frame = table(name)
    if name == "network_attributes":
        coded = [a for a, d in ATTRIBUTES.items() if d.codes]
        notes = frame["note"].dropna()
        frame = frame[~frame["attribute"].isin(coded)]
        yield from frame["value"]
        yield from notes
        return
    for column in WORDED[name]:
        for cell in frame[column].dropna():
            yield from (p.strip() for p in (cell.split(";") if column in LISTS else [cell]))


@pytest.mark.parametrize("name", WORDED)
def test_every_statement_has_its_words(name):
    known = set(WORDING["en"])
    wanted = {text for text in texts(name) if re.search("[A-Za-z]", text)}
    assert sorted(wanted - known) == []


def test_nothing_is_worded_that_no_table_says():
    there = {text for name in WORDED for text in texts(name)}
    there |= set(datasets.policy("network_profiles")["staff"].dropna())
    assert sorted(set(WORDING["en"]) - there) == []


def figures(text):
    """Return the runs of digits of a text; separators of thousands and decimals set aside."""
    text = re.sub(r"(\d+)\.(\d+)\.(\d{4})", r"\1 / \2 / \3", text)  # a date
    text = re.sub(r"-0(?=\d)", "-", text)  # so is this
    return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[.,\u00a0 ](?=\d)", "", text)))


@pytest.mark.parametrize("lang", ["fi", "sv"])
def test_the_figures_are_the_same(lang):
    own = WORDING[WORDING["source"].eq("valuma-graph")]
    wrong = [
        (en, words)
        for en, words in zip(own["en"], own[lang], strict=True)
        if not set(figures(en)) <= set(figures(words))
    ]
    assert wrong == []


def test_the_finnish_terms_are_the_reports_own():
    terms = WORDING[WORDING["source"].eq("report")].set_index("en")["fi"].to_dict()
    factors = datasets.policy("success_factors").set_index("factor_en")["factor_fi"]
    for en, fi in factors.to_dict().items():
        assert terms[en] == fi


def test_words_of_users_are_left_as_they_are():
    assert said("<b>Peer</b> =1+1", "fi") == "<b>Peer</b> =1+1"
    column = pd.Series(["Peer learning", None, "own words"])
    assert worded(column, "sv").isna().tolist() == [False, True, False]
    with pytest.raises(ValueError, match="fi"):
        said("x", "de")


# -- the framework ---------------------------------------------------------------------------------


def test_table_4_has_seven_dimensions_and_its_questions():
    table4 = framework()
    assert table4["dimension_id"].drop_duplicates().tolist() == [*DIMENSIONS]
    assert table4.groupby("dimension_id", sort=False).size().tolist() == [6, 4, 3, 4, 7, 4, 5]
    assert table4["source"].eq("VALUMA report, ch. 4.1, Table 4").all()


def test_every_question_is_answered_by_something():
    assert framework()["attributes"].notna().all()


@pytest.mark.parametrize("lang", LANGS)
def test_attributes_and_codes_have_words(lang):
    for name, attribute in ATTRIBUTES.items():
        assert catalogue()[f"attribute.{name}"][lang]
        for code in CODES.get(attribute.codes, ()):
            assert label(name, code, lang)


def test_finnish_table_4_is_the_reports_own():
    table4 = framework(lang="fi")
    assert table4.loc["goal_1", "dimension"].startswith("Verkoston olemassa olon tavoite")


# -- statements ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def statements():
    return gather(datasets.finland(year=2019))


def test_every_statement_has_a_basis_and_a_place(statements):
    assert statements["source"].notna().all()
    assert set(statements["basis"]) == {"stated", "coded", "inferred"}
    guessed = statements["basis"].ne("stated")
    assert statements.loc[guessed & statements["basis"].eq("inferred"), "rule"].notna().all()
    assert statements.loc[~guessed, "rule"].isna().all()


def test_coded_answers_are_of_their_list(statements):
    for name, attribute in ATTRIBUTES.items():
        said_of = statements.loc[statements["attribute"].eq(name), "value"]
        if attribute.codes:
            assert set(said_of) <= set(CODES[attribute.codes])


def test_what_the_report_only_infers_is_never_stated(statements):
    quadrant = datasets.policy("quadrant").set_index("network_id")
    for attribute, column in (("direction", "axis_direction"), ("focus", "axis_focus")):
        rows = statements[statements["attribute"].eq(attribute)].set_index("network_id")
        told = quadrant[f"{column}_basis"].dropna()
        assert rows["basis"].reindex(told.index).tolist() == told.tolist()


def test_every_row_of_the_reports_attributes_is_there(statements):
    table = datasets.policy("network_attributes")
    table = table[table["attribute"].ne("direction")]
    keys = ["network_id", "attribute", "value"]
    there = set(map(tuple, statements[keys].to_numpy()))
    assert {*map(tuple, table[keys].to_numpy())} <= there
