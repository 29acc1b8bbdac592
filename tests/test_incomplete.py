"""How results move when the unknown members of networks are filled in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from strategies import affiliations, random_affiliation, shuffled, tiny

from valuma_graph import datasets, measures
from valuma_graph.chance import incomplete
from valuma_graph.chance.incomplete import ASSUMPTIONS, MEASURES, robustness
from valuma_graph.measures.nodes import unknown_members

OPEN = {"list_status": "partial"}
MODES = ("members", "networks")


def declaring(number, **more):
    """Return the row of a network with a partial list that declares a number of members."""
    return {"n": {**OPEN, "declared_total": number, **more}}


def drawn(aff, *, draws=20, assumption="size", seed=0):
    """Return the incidence of every draw, members × networks in the order of the ids."""
    seen = []
    robustness(
        aff,
        lambda one: seen.append(one.incidence.toarray()) or 0.0,
        draws=draws,
        assumption=assumption,
        seed=seed,
    )
    return seen[0], np.array(seen[1:])


# -- worked by hand ---------------------------------------------------------------------------


def test_one_candidate_is_filled_for_certain():
    aff = tiny(["ab n", "a m"], members="c", networks=declaring(3))
    found = robustness(aff, "degree", draws=7)
    assert found.scores["observed"].to_dict() == {"a": 2, "b": 1, "c": 0}
    for column in ("mean", "low", "high"):
        assert found.scores[column].to_dict() == {"a": 2, "b": 1, "c": 1}
    assert found.scores["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert found.scores["rank_low"].to_dict() == {"a": 1, "b": 2, "c": 2}
    assert found.scores["rank_high"].to_dict() == {"a": 1, "b": 2, "c": 2}
    # b and c no longer differ: each keeps one of two places, a both.
    assert found.scores["rank_stability"].to_dict() == {"a": 1, "b": 0.5, "c": 0.5}
    assert found.networks.loc["n"].tolist() == [2, 3, 1, 1, 0, "filled"]
    assert found.networks.loc["m", "status"] == "known"
    assert found.summary[["memberships", "declared", "unknown", "filled", "short"]].tolist() == [
        3, 3, 1, 1, 0,
    ]  # fmt: skip
    assert found.scores["rank"].dtype == "Int64"


def test_the_networks_are_measured_too():
    aff = tiny(["ab n", "abc m"], members="d", networks=declaring(4))
    scores = robustness(aff, "degree", mode="networks", draws=5).scores
    assert scores.loc["n", ["observed", "mean", "rank", "rank_high"]].tolist() == [2, 4, 2, 1]
    assert scores.loc["m", ["observed", "mean", "rank", "rank_low"]].tolist() == [3, 3, 1, 2]
    assert scores["rank_stability"].tolist() == [0, 0]


def test_isolation():
    aff = tiny(["abc m", "d n"], members="ef", networks=declaring(2))
    found = robustness(aff, "isolation", draws=400, assumption="equal").scores
    assert found["observed"].to_dict() == {
        "a": "main", "b": "main", "c": "main", "d": "outside", "e": "none", "f": "none",
    }  # fmt: skip
    assert found.loc["a", ["none", "outside", "main"]].tolist() == [0, 0, 1]
    # The one unknown member of n is a, b, c, e or f.
    assert found.loc["d", "main"] == pytest.approx(3 / 5, abs=0.1)
    assert found.loc["e", "none"] == pytest.approx(4 / 5, abs=0.1)
    assert found.loc["e", "outside"] + found.loc["e", "none"] == pytest.approx(1)
    both = robustness(aff, "isolation", mode="networks", draws=3).scores
    assert both["observed"].to_dict() == {"m": "main", "n": "outside"}


# -- nothing unknown --------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [m for m in MEASURES if m != "isolation"])
@pytest.mark.parametrize("mode", MODES)
def test_nothing_unknown(measure, mode):
    found = robustness(datasets.southern_women(), measure, mode=mode, draws=5)
    scores = found.scores
    for column in ("mean", "low", "high"):
        assert_series_equal(scores[column], scores["observed"], check_names=False, check_exact=True)
    assert (scores[["rank_low", "rank_high"]].sub(scores["rank"], axis=0) == 0).all(axis=None)
    assert (scores["rank_stability"] == 1).all()
    assert found.summary["unknown"] == 0
    assert found.summary["networks_known"] == 14


def test_a_network_that_declares_nothing_stays_as_it_is_and_is_counted():
    aff = tiny(["ab n", "a m"], members="c", networks={"n": OPEN})
    found = robustness(aff, "degree", draws=3)
    assert found.networks["status"].to_dict() == {"n": "undeclared", "m": "known"}
    assert found.summary["networks_unknown"] == 1
    assert found.networks["unknown"].isna().to_dict() == {"n": True, "m": True}
    assert found.scores["mean"].tolist() == [2, 1, 0]


def test_a_count_of_another_time_is_not_compared():
    then = {"declared_as_of": "2010", "snapshot_as_of": "2019"}
    aff = tiny(["ab n"], members="c", networks=declaring(3, **then))
    found = robustness(aff, "degree", draws=3)
    assert found.networks.loc["n", "status"] == "not_comparable"
    assert found.scores["mean"].tolist() == [1, 1, 0]


def test_most_members_of_a_network_of_the_eu_are_in_no_set():
    aff = tiny(["ab n"], members="c", networks=declaring(3, countries="EU"))
    found = robustness(aff, "degree", draws=3)
    assert found.networks.loc["n", "status"] == "beyond"
    assert found.summary["networks_unknown"] == 1
    assert found.scores["mean"].tolist() == [1, 1, 0]


# -- who is filled in -------------------------------------------------------------------------


@pytest.mark.parametrize("assumption", ASSUMPTIONS)
def test_the_known_stays_and_the_declared_is_reached(assumption):
    aff = random_affiliation(3)
    size = aff.incidence.sum(axis=0)
    goal = np.minimum(size + np.arange(len(size)) % 5, len(aff.members))
    networks = aff.networks.assign(declared_total=goal, list_status="partial")
    aff = replace(aff, networks=networks.astype({"declared_total": "Int64"}))
    known, draws = drawn(aff, assumption=assumption)
    assert (draws >= known).all()
    order = aff.networks.index.argsort()
    assert (draws.sum(axis=1) == goal[order]).all()
    assert len({one.tobytes() for one in draws}) == len(draws)
    found = robustness(aff, "degree", draws=2, assumption=assumption)
    assert (found.networks["filled"] == goal - size).all()
    assert found.summary["short"] == 0


def test_where_too_few_could_be_in_it_all_are():
    aff = tiny(["ab n", "a m"], members="cd", networks=declaring(9))
    found = robustness(aff, "degree", draws=4)
    assert found.networks.loc["n"].tolist() == [2, 9, 7, 2, 5, "short"]
    assert found.summary[["unknown", "filled", "short", "networks_short"]].tolist() == [7, 2, 5, 1]
    assert found.scores["mean"].tolist() == [2, 1, 1, 1]


def test_a_list_called_complete_is_not_filled_but_told():
    aff = tiny(["ab n"], members="c", networks={"n": {"declared_total": 3}})
    found = robustness(aff, "degree", draws=4)
    assert found.networks.loc["n"].tolist() == [2, 3, 1, 0, 1, "short"]
    assert found.scores["mean"].tolist() == [1, 1, 0]


def test_kinds_countries_and_complete_parts_bind():
    kinds = {"T": "municipality", "R": "region", "O": "organisation", "S": "sub_region"}
    members = {
        f"{letter}{k}": {"kind": kind, "country": country}
        for letter, kind in kinds.items()
        for k, country in enumerate(["FI", "FI", "SE", "SE"])
    }
    networks = {
        "towns": {**OPEN, "declared_municipalities": 2},
        "finnish": {**OPEN, "declared_regions": 1, "countries": "FI"},
        "closed": {**OPEN, "declared_total": 3, "complete_for": "organisations;sub-regions;SE"},
        "rest": {**OPEN, "declared_total": 5, "declared_municipalities": 1},
    }
    aff = tiny([("T0", "towns")], members=members, networks=networks)
    unknown = unknown_members(aff)
    assert unknown.loc["towns", "declared_municipalities"] == 1
    assert unknown.loc["rest", ["declared_municipalities", "rest"]].tolist() == [1, 4]
    known, draws = drawn(aff, draws=200)
    ids = sorted(aff.members.index)
    who = {
        n: {ids[i] for i in np.flatnonzero(draws[:, :, j].any(axis=0))}
        for j, n in enumerate(sorted(aff.networks.index))
    }
    assert known.sum() == 1
    assert who["towns"] == {"T0", "T1", "T2", "T3"}
    assert who["finnish"] == {"R0", "R1"}
    assert who["closed"] == {"T0", "T1", "R0", "R1"}
    column = sorted(aff.networks.index).index("rest")
    towns = [i for i, one in enumerate(ids) if one.startswith("T")]
    assert (draws[:, towns, column].sum(axis=1) == 1).all()
    assert (draws[:, :, column].sum(axis=1) == 5).all()
    assert len(who["rest"]) == len(ids)


def test_finnish_places_of_another_division_are_no_candidates():
    aff = datasets.finland(year=2019)
    gone = aff.members.index[
        aff.members["kind"].eq("region")
        & aff.members["country"].eq("FI")
        & ~measures.isolates.at_home(aff, "region").reindex(aff.members.index, fill_value=False)
    ]
    assert list(gone) == ["region:FI-ita_uusimaa"]
    scores = robustness(aff, "degree", draws=30, assumption="equal").scores
    assert scores.loc[gone[0], "high"] == scores.loc[gone[0], "observed"]


# -- the unknown, counted ---------------------------------------------------------------------


@pytest.mark.parametrize("kinds", [None, "municipality", "region"])
def test_what_is_unknown_is_what_coverage_lacks(kinds):
    aff = datasets.finland(year=2019)
    aff = aff if kinds is None else aff.select(kinds)
    unknown, coverage = unknown_members(aff), measures.coverage(aff)
    told = unknown.notna().all(axis=1)
    lacking = (coverage["declared"] - coverage["compared"]).clip(lower=0)
    assert (unknown[told].sum(axis=1) == lacking[told]).all()
    assert (unknown[told] >= 0).all(axis=None)
    compared = coverage["coverage"].notna()
    # Of kinds that have been taken away, none can be filled in.
    assert (told[compared] | aff.narrowed).all()
    assert not told[coverage["declared"].gt(0).fillna(value=False) & ~compared].any()


def test_more_of_one_kind_do_not_make_up_for_another_beyond_the_total():
    members = {"t": {"kind": "municipality"}, "r": {"kind": "region"}, "q": {"kind": "region"}}
    counts = {"declared_municipalities": 3, "declared_regions": 1}
    aff = tiny([("t", "n"), ("r", "n"), ("q", "n")], members=members, networks={"n": counts})
    unknown = unknown_members(aff).loc["n"]
    assert unknown["declared_municipalities"] == unknown.sum() == 1


def test_a_total_says_nothing_of_a_set_without_some_kinds():
    aff = datasets.finland(year=2019)
    networks = aff.networks.copy()
    columns = [c for c in networks if c.startswith("declared_") and networks[c].dtype == "Int64"]
    networks.loc["c23", columns] = pd.NA
    networks.loc["c23", "declared_total"] = 23
    whole = replace(aff, networks=networks)
    assert unknown_members(whole).loc["c23", "rest"] == 23
    towns = whole.select("municipality")
    assert unknown_members(towns).loc["c23"].isna().all()


# -- the assumptions --------------------------------------------------------------------------


def test_the_assumptions_differ_as_they_say():
    members = {m: {"region": "x" if m in "abc" else "y"} for m in "abcdef"}
    others = ["d m1", "d m2", "d m3", "d m4"]
    aff = tiny(["ab n", *others], members=members, networks=declaring(3))
    draws, counts = 600, {}
    for assumption in ASSUMPTIONS:
        found = robustness(aff, "degree", draws=draws, assumption=assumption).scores
        counts[assumption] = (found["mean"] - found["observed"])[list("cdef")].to_numpy()
    expected = {
        "equal": [1 / 4] * 4,
        "size": np.array([1, 5, 1, 1]) / 8,
        "region": np.array([3, 1, 1, 1]) / 6,  # two of x are known
    }
    for assumption, share in expected.items():
        np.testing.assert_allclose(counts[assumption], share, atol=4 * np.sqrt(0.25 / draws))


def test_several_places_are_filled_one_after_the_other():
    aff = tiny(["a n", "b m1", "b m2"], members="c", networks=declaring(3))
    aff = replace(aff, members=pd.concat([aff.members, aff.members.rename(index=str.upper)]))
    # Two of b (3), c, A, B, C (1 each): b is not among them with 4/7 · 3/6.
    found = robustness(aff, "degree", draws=600).scores
    assert found.loc["b", "mean"] - 2 == pytest.approx(1 - 4 / 7 * 3 / 6, abs=0.08)


def test_a_region_is_of_itself():
    members = {"x": {"kind": "region"}, "t": {"kind": "municipality", "region": "x"}}
    aff = tiny([("t", "n")], members={**members, "u": {"kind": "region"}}, networks=declaring(2))
    found = robustness(aff, "degree", draws=600, assumption="region").scores
    assert found.loc["x", "mean"] == pytest.approx(2 / 3, abs=0.08)


# -- ranks ------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=40))
def test_less_in_both(pairs):
    first, second = np.array(pairs, dtype=float).reshape(-1, 2).T
    less = (first < first[:, None]) & (second < second[:, None])
    assert incomplete._both_less(first, second).tolist() == less.sum(axis=1).tolist()


def test_stability_is_the_share_of_pairs_that_keep_their_order():
    rng = np.random.default_rng(1)
    place = rng.integers(0, 6, 30).astype(float)
    places = rng.integers(0, 6, (30, 12)).astype(float)
    place[3] = places[4, 0] = places[5, :] = np.nan
    found = incomplete._stability(place, places)
    for i in range(30):
        kept = [
            np.sign(places[i, d] - places[j, d]) == np.sign(place[i] - place[j])
            for d in range(12)
            for j in range(30)
            if place[i] != place[j] and not np.isnan([place[i], place[j], places[i, d],
                                                      places[j, d]]).any()
        ]  # fmt: skip
        expected = np.nan if np.isnan(place[i]) else np.mean(kept) if kept else 1
        np.testing.assert_allclose(found[i], expected)


# -- seeds, order, functions, faults ----------------------------------------------------------


@pytest.fixture
def part():
    """Return a random network that lacks some members, with isolates and regions."""
    aff = random_affiliation(5)
    networks = aff.networks.assign(declared_total=6, list_status="partial")
    networks = networks.astype({"declared_total": "Int64"})
    region = pd.Series([f"r{i % 4}" for i in range(25)], aff.members.index, dtype="str")
    return replace(aff, networks=networks, members=aff.members.assign(region=region))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("assumption", ASSUMPTIONS)
def test_order_of_rows_does_not_matter(part, measure, assumption):
    one = robustness(part, measure, draws=5, assumption=assumption)
    other = robustness(shuffled(part, 2), measure, draws=5, assumption=assumption)
    for name in ("scores", "networks"):
        frame = getattr(one, name)
        assert_frame_equal(getattr(other, name).reindex(frame.index), frame, check_exact=True)
    assert_series_equal(one.summary, other.summary)
    assert one.scores.index.equals(part.members.index)


def test_seeds(part):
    first, again, other = (robustness(part, "closeness", draws=5, seed=s).scores for s in (1, 1, 2))
    assert_frame_equal(first, again, check_exact=True)
    assert not first["mean"].equals(other["mean"])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_of_every_node(part, measure, mode):
    found = robustness(part, measure, mode=mode, draws=8)
    side = part.members if mode == "members" else part.networks
    assert found.scores.index.equals(side.index)
    assert (found.measure, found.mode, found.draws, found.seed) == (measure, mode, 8, 0)
    if measure == "isolation":
        np.testing.assert_allclose(found.scores[["none", "outside", "main"]].sum(axis=1), 1)
        return
    scores = found.scores
    assert scores["rank_stability"].dropna().between(0, 1).all()
    assert (scores["low"] <= scores["high"])[scores["defined"] > 0].all()
    assert (scores["rank_low"] <= scores["rank_high"]).dropna().all()
    # How large a network is, is declared.
    same = mode == "networks" and measure.startswith("degree")
    assert (scores["high"] > scores["low"]).any() != same


def test_functions(part):
    def reach(aff):
        return measures.centrality(aff, measures=["closeness"])["closeness"]

    one, other = robustness(part, reach, draws=4), robustness(part, "closeness", draws=4)
    assert_frame_equal(one.scores, other.scores)
    assert one.measure == "reach"
    number = robustness(part, lambda aff: int(aff.incidence.nnz), draws=4)
    assert number.scores.index.tolist() == ["value"]
    assert number.scores.loc["value", "mean"] == part.incidence.nnz + number.summary["filled"]
    with pytest.raises(ValueError, match="Series or a number, not str"):
        robustness(part, lambda _: "much")


def test_a_drawn_network_is_whole(part):
    seen = []
    robustness(part, lambda aff: seen.append(aff) or 0.0, draws=1)
    filled = seen[-1]
    assert filled.memberships["counted"].all()
    assert not filled.memberships.duplicated(["member_id", "network_id"]).any()
    assert len(measures.isolation(filled)) == len(part.members)
    assert (measures.coverage(filled)["coverage"] >= 1).all()


def test_what_is_not_defined_is_left_out():
    aff = tiny(["a n", "bc m"], members="d", networks=declaring(2))
    found = robustness(aff, "constraint", draws=300, assumption="equal").scores
    assert np.isnan(found.loc["a", "observed"])
    assert pd.isna(found.loc["a", "rank"])
    assert np.isnan(found.loc["a", "rank_stability"])
    assert found.loc["a", "defined"] == 300  # whoever comes to n
    assert 60 < found.loc["d", "defined"] < 140
    assert found.loc["d", "mean"] == 1
    nothing = robustness(aff, lambda one: one.members["population"], draws=3).scores
    assert (
        nothing[["observed", "mean", "low", "rank", "rank_low", "rank_stability"]]
        .isna()
        .all(axis=None)
    )


@pytest.mark.parametrize("measure", ["degree", "betweenness", "constraint", "isolation"])
@settings(max_examples=10)
@given(aff=affiliations(), more=st.integers(0, 4))
def test_any_network(measure, aff, more):
    goal = pd.array(aff.incidence.sum(axis=0) + more, dtype="Int64")
    aff = replace(aff, networks=aff.networks.assign(declared_total=goal, list_status="partial"))
    for mode in MODES:
        found = robustness(aff, measure, mode=mode, draws=2)
        assert found.summary["unknown"] == found.summary["filled"] + found.summary["short"]


def test_progress(part):
    told = []
    robustness(part, "degree", draws=3, progress=lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measure": "fame"}, "measure must be one of degree, .*isolation.*not 'fame'"),
        ({"mode": "both"}, "mode must be one of members, networks, not 'both'"),
        ({"assumption": "none"}, "assumption must be one of size, equal, region, not 'none'"),
        ({"draws": 0}, "draws must be a whole number, 1 or more, not 0"),
        ({"level": 1}, "level must be between 0 and 1, not 1"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        robustness(datasets.southern_women(), **{"measure": "degree", **arguments})
