"""Engine, follower or learner: the part of a place in each of its networks, with the reasons."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pandas as pd
import pytest

import valuma_graph as vg
from valuma_graph.errors import UnknownNodeError
from valuma_graph.policy.parts import FEWEST, PARTS, _Position, roles
from valuma_graph.policy.statements import COLUMNS, FUNDING_COLUMNS, Answers
from valuma_graph.text import LANGS, catalogue

PLACES = ["Helsinki", "Turku", "Vaasa", "Pelkosenniemi", "region:FI-01", "region:FI-15",
          "sub_region:FI-192", "organisation:tem", "organisation:motiva", "region:SE-S",
         ]  # fmt: skip


@cache
def finland():
    return vg.datasets.finland(year=2019)


@cache
def found(place, lang="en"):
    return roles(finland(), place, lang=lang)


# -- what the report and the lists say ------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "network", "part"),
    [
        ("Turku", "pohjoinen_kasvuvyohyke", "engine"),  # host, coordinator (Annex 3)
        ("Hämeenlinna", "suomen_kasvukaytava", "engine"),  # host city (Annex 3)
        ("organisation:motiva", "keino", "engine"),
        ("organisation:motiva", "fisu", "engine"),
        ("organisation:kuntaliitto", "kehyskuntaverkosto", "engine"),
        ("region:FI-06", "paarata_plus", "engine"),
        ("organisation:tem", "keino", "follower"),  # pays it (Table 5)
        ("organisation:tem", "fisu", "follower"),  # steering group
        ("organisation:vinnova", "paper_province", "follower"),
        ("Vaasa", "kvarken_council", "follower"),  # board
        ("Helsinki", "kuusi_aika", "follower"),  # the largest of six
        ("Vaasa", "fisu", "learner"),
        ("Pelkosenniemi", "lag_pohjoisin_lappi", "learner"),  # the smallest of seven
        ("Helsinki", "eurocities", "unknown"),  # four of many members are known
    ],
)
def test_parts(place, network, part):
    assert found(place).loc[network, "role"] == part


def test_a_municipality_brings_its_region_in():
    row = found("region:FI-02").loc["pohjoinen_kasvuvyohyke"]  # through Turku
    assert row["role"] == "engine"
    assert row["coordinates"]
    assert row["hosts"]
    assert "Turku" in row["reasons"]
    assert "It coordinates the network." not in row["reasons"]


# -- properties -------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("lang", LANGS)
def test_every_network_has_its_reasons(place, lang):
    frame = found(place, lang)
    assert frame.index.is_unique
    assert frame.index.name == "network_id"
    assert frame["reasons"].str.len().gt(5).all()
    assert not frame["reasons"].str.contains(r"[{}]|None|\bnan\b").any()
    assert set(frame["role"]) <= set(PARTS)
    assert (frame["basis"].eq("unknown") == frame["role"].eq("unknown")).all()
    assert set(frame["basis"]) <= {"computed", "unknown"}
    assert (frame["rule"].isna() == frame["role"].eq("unknown")).all()
    assert all(f"rule.{rule}" in catalogue() for rule in frame["rule"].dropna())
    assert frame.loc[frame["role"].ne("unknown"), "source"].notna().all()


@pytest.mark.parametrize("place", PLACES)
def test_parts_follow_their_definitions(place):
    frame = found(place)
    leads = frame["coordinates"] | frame["hosts"]
    assert (frame["role"].eq("engine") == leads).all()
    pays = (frame["funds"] | frame["steers"]) & ~leads
    assert frame.loc[pays, "role"].eq("follower").all()
    learners = frame[frame["role"].eq("learner")]
    assert (learners["brokerage"].fillna(0) < 0.75).all()
    quarter = np.ceil(learners["of_members"] / 4)
    assert not (learners["size_rank"] <= quarter).fillna(value=False).any()
    assert frame["brokerage"].dropna().between(0, 1).all()
    assert (frame["size_rank"] <= frame["of_members"]).fillna(value=True).all()
    order = frame["role"].map(list(PARTS).index)
    assert order.is_monotonic_increasing


def test_no_part_is_read_from_an_open_list():
    aff = finland()
    for place in ("Helsinki", "Turku"):
        frame = found(place)
        judged = frame[frame["rule"].isin(["role_follower_position", "role_learner"])]
        lists = aff.networks.loc[judged.index]
        complete = lists["list_status"].eq("complete")
        complete |= lists["complete_for"].fillna("").str.contains("municipalities")
        assert complete.all()


def test_every_membership_of_the_place_is_there():
    rows = finland().memberships
    rows = rows[rows["member_id"].eq("municipality:FI-853")]
    assert set(rows["network_id"][rows["role"].ne("former_member")]) <= set(found("Turku").index)


def test_brokerage_and_size_by_hand():
    aff = finland()
    column = aff.incidence[:, [aff.networks.index.get_loc("fisu")]].toarray().ravel() > 0
    peers = aff.members[column & aff.members["kind"].eq("municipality").to_numpy()]
    row = found("Vaasa").loc["fisu"]
    assert row["of_members"] == len(peers) == 11
    larger = peers["population"] > peers.loc["municipality:FI-905", "population"]
    assert row["size_rank"] == 1 + larger.sum()
    constraint = vg.brokerage(aff)["constraint"].reindex(peers.index)
    others = constraint.drop("municipality:FI-905")
    assert row["brokerage"] == pytest.approx((others > constraint["municipality:FI-905"]).mean())


def test_population_that_is_not_known_of_all_decides_nothing():
    row = found("Helsinki").loc["open_agile_smart_cities"]  # 6 of 31 cities have a population
    assert (row["size_rank"], row["of_members"]) == (1, 6)
    assert row["rule"] == "role_follower_position"
    assert row["brokerage"] >= 0.75


@pytest.mark.parametrize(
    ("brokers", "rank", "strong"),
    [(0.75, None, True), (0.74, None, False), (None, 2, True), (None, 3, False), (0.0, 1, True)],
)
def test_three_quarters_make_a_position_strong(brokers, rank, strong):
    ranked = 0 if rank is None else 8  # the largest quarter of eight are two
    assert _Position(peers=8, brokers=brokers, rank=rank, ranked=ranked).is_strong == strong


def test_it_is_quick():
    found("Helsinki")
    start = time.process_time()
    roles(finland(), "Helsinki")
    assert time.process_time() - start < 1.5  # 0.2 s where nothing else runs


# -- users' forms -------------------------------------------------------------------------------


def answered(*statements, money=(), memberships=()):
    return Answers(
        networks=pd.DataFrame(
            {"name_fi": ["Savon ilmastoverkosto"], "name_sv": None, "name_en": None},
            index=pd.Index(["savo"], name="network_id"),
        ),
        statements=pd.DataFrame(
            [
                {"network_id": "savo", "attribute": a, "value": v, "basis": "stated",
                 "source": f"hub.xlsx, C{k}"}
                for k, (a, v) in enumerate(statements, 5)
            ],
            columns=list(COLUMNS),
        ),
        funding=pd.DataFrame(list(money), columns=list(FUNDING_COLUMNS)),
        memberships=pd.DataFrame(
            list(memberships), columns=["network", "member", "role", "since", "until"]
        ),
    )  # fmt: skip


def test_a_form_names_the_coordinator():
    answers = answered(("coordinator", " kuopio "), ("host", "Säätiö"))
    row = roles(finland(), "Kuopio", answers=answers).loc["savo"]
    assert (row["role"], row["coordinates"], row["hosts"]) == ("engine", True, False)
    assert row["source"] == "hub.xlsx, C5"
    assert row["name"] == "Savon ilmastoverkosto"


def test_a_form_names_a_funder_and_a_member():
    money = [{"network_id": "savo", "payer": "Kuopio", "share": 0.5, "funding_kind": "basic",
              "basis": "stated", "source": "hub.xlsx, A5"}]  # fmt: skip
    row = roles(finland(), "Kuopio", answers=answered(money=money)).loc["savo"]
    assert (row["role"], row["funds"], row["source"]) == ("follower", True, "hub.xlsx, A5")
    listed = answered(memberships=[("Savon ilmastoverkosto", "Kuopio", "", "", "")])
    row = roles(finland(), "Kuopio", answers=listed).loc["savo"]
    assert (row["role"], row["basis"]) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("years", "funds"),
    [({"until": "2018"}, False), ({"until": "2019"}, True), ({"since": "2020"}, False), ({}, True)],
)
def test_money_of_other_years_makes_no_follower(years, funds):
    money = [{"network_id": "savo", "payer": "Kuopio", "funding_kind": "project", **years,
              "basis": "stated", "source": "hub.xlsx, A5"}]  # fmt: skip
    answers = answered(money=money, memberships=[("savo", "Kuopio", "member", "", "")])
    row = roles(finland(), "Kuopio", answers=answers).loc["savo"]
    assert (row["role"], row["funds"]) == ("follower" if funds else "unknown", funds)


def test_a_fee_makes_no_funder():
    money = [{"network_id": "savo", "payer": "Kuopio", "amount": 5, "funding_kind": "fee",
              "basis": "stated", "source": "hub.xlsx, A5"}]  # fmt: skip
    assert "savo" not in roles(finland(), "Kuopio", answers=answered(money=money)).index
    assert not found("region:FI-15").loc["mittnorden", "funds"]


# -- other sets ---------------------------------------------------------------------------------


def test_a_set_without_places():
    frame = roles(vg.datasets.southern_women(), "Flora Price")
    assert frame["role"].tolist() == ["learner", "learner"]
    assert frame["size_rank"].isna().all()
    assert frame["source"].tolist() == ["valuma-graph: memberships"] * 2


def test_a_member_of_nothing_has_no_rows():
    aff = finland()
    alone = aff.members.index[
        (np.asarray(aff.incidence.sum(axis=1)).ravel() == 0)
        & aff.members["kind"].eq("municipality").to_numpy()
        & ~aff.members.index.isin(aff.memberships["member_id"])
    ]
    frame = roles(aff, alone[0])
    assert frame.empty
    assert frame["coordinates"].dtype == "bool"


def test_too_few_of_a_kind():
    frame = found("Vaasa")
    row = frame.loc["lag_yhyres"]
    assert row["of_members"] < FEWEST
    assert row["role"] == "unknown"
    assert "too few" in row["reasons"]


def test_unknown_places_and_languages():
    with pytest.raises(UnknownNodeError):
        roles(finland(), "Atlantis")
    with pytest.raises(ValueError, match="lang must be one of"):
        roles(finland(), "Turku", lang="de")
