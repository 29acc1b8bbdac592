"""Who is left outside: every status on a graph drawn by hand, and every rule of what could be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from strategies import affiliations, shuffled, tiny

from valuma_graph import places
from valuma_graph.measures.isolates import STATUSES, could_hold, isolation

COLUMNS = [
    "kind", "name", "status", "networks", "networks_possible", "peers", "component", "depends_on",
    "expected_networks", "neighbours_in",
]  # fmt: skip

# a–d are held by X and Y, e–g by Z and W, and B joins the two; h has Z only; p–q are apart
DRAWN = ["abcd X", "abcd Y", "de B", "efgh Z", "efg W", "pq P", "pq Q", "r R"]


@pytest.fixture(scope="module")
def drawn():
    return tiny(
        [*DRAWN, "i U"],
        members={"z": {"country": "SE"}, "y": {"country": "FI"}},
        networks={"U": {"list_status": "partial", "countries": "FI"}},
    )


def test_every_status(drawn):
    found = isolation(drawn)
    assert found.index.equals(drawn.members.index)
    assert found.columns.tolist() == COLUMNS
    expected = {
        **dict.fromkeys("abcd", "connected"),
        # Either side has four members: neither is the larger part that the other hangs on.
        **dict.fromkeys("efg", "connected"),
        **dict.fromkeys("hri", "single_network"),
        **dict.fromkeys("pq", "separate_component"),
        "z": "isolated",
        "y": "no_known_membership",
    }
    assert found.status.to_dict() == expected
    assert found.depends_on.dropna().to_dict() == {"h": "Z", "r": "R", "i": "U"}
    # only U may have members not known, and only from FI
    assert found.networks_possible.to_dict() == {
        **dict.fromkeys("abc", 3), "d": 4, "e": 4, **dict.fromkeys("fg", 3), "h": 2,
        **dict.fromkeys("pq", 3), "r": 2, "i": 1, "z": 0, "y": 1,
    }  # fmt: skip
    assert found.peers.to_dict() == {
        **dict.fromkeys("abc", 3), "d": 4, "e": 4, **dict.fromkeys("fg", 3), "h": 3,
        **dict.fromkeys("pq", 1), "r": 0, "i": 0, "z": 0, "y": 0,
    }  # fmt: skip
    assert found.component["a"] == found.component["h"] == 1
    assert found.component["p"] == 2
    assert found.component[["z", "y"]].isna().all()
    assert found.networks.to_dict()["d"] == 3


def test_the_smaller_side_depends_on_the_bridge():
    found = isolation(tiny([e for e in DRAWN if e != "efgh Z"] + ["efg Z"]))
    behind = found[found.status == "bridge_dependent"]
    assert behind.index.tolist() == ["e", "f", "g"]
    assert (behind.depends_on == "B").all()
    assert (found.loc[list("abcd"), "status"] == "connected").all()


def test_the_nearest_of_two_bridges():
    found = isolation(
        tiny(["abcdno X", "abcdno Y", "de B", "efg Z", "efg W", "gk C", "km S", "km T"])
    )
    assert found.depends_on[list("efg")].tolist() == ["B"] * 3
    assert found.depends_on[list("km")].tolist() == ["C"] * 2


def test_statuses_are_all_there(drawn):
    seen = set(isolation(drawn).status) | {"bridge_dependent"}
    assert seen == set(STATUSES)


def test_fewer_than_the_networks_asked_for():
    aff = tiny(["ab X", "a Y", "b Z"], members="c", networks={"Z": {"list_status": "partial"}})
    found = isolation(aff, min_networks=2)
    # a has two. b has two. c could have Z only: never two.
    assert found.status.to_dict() == {"a": "connected", "b": "connected", "c": "isolated"}
    three = isolation(aff, min_networks=3)
    # a could be in Z too; b has X and Z, and all other lists are complete
    assert three.status.to_dict() == {"a": "no_known_membership", "b": "isolated", "c": "isolated"}


def test_level_and_its_rows():
    aff = tiny(["ab X"], members={"a": {"kind": "municipality"}, "c": {"kind": "country"}})
    assert isolation(aff, level="country").index.tolist() == ["c"]
    assert isolation(aff, level="city_region").empty
    # peers and components are those of all members
    assert isolation(aff, level="municipality").peers.tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"level": "village"}, "level must be one of city_region, country, .*not 'village'"),
        ({"min_networks": 0}, "min_networks must be 1 or more, not 0"),
        ({"lang": "de"}, "lang must be one of"),
    ],
)
def test_wrong_arguments(drawn, arguments, message):
    with pytest.raises(ValueError, match=message):
        isolation(drawn, **arguments)


@settings(max_examples=40, deadline=None)
@given(affiliations(), st.integers(0, 99))
def test_order_of_rows_changes_nothing(aff, seed):
    found = isolation(aff)
    assert_frame_equal(isolation(shuffled(aff, seed)).reindex(found.index), found)


@settings(max_examples=60, deadline=None)
@given(affiliations())
def test_statuses_agree_with_the_counts(aff):
    found = isolation(aff)
    assert found.status.isin(STATUSES).all()
    assert (found.status.eq("isolated") == found.networks.eq(0)).all()
    assert (found.status.eq("single_network") == found.networks.eq(1)).all()
    named = found.status.isin(["single_network", "bridge_dependent"])
    assert (found.depends_on.notna() == named).all()
    assert (found.component.isna() == found.networks.eq(0)).all()


# -- what could hold a member -----------------------------------------------------------------

MEMBERS = {
    "m": {"kind": "municipality", "country": "FI"},
    "r": {"kind": "region", "country": "FI"},
    "o": {"kind": "organisation", "country": "SE"},
    "n": {"kind": "municipality", "country": np.nan},
}


@pytest.mark.parametrize(
    ("network", "could"),
    [
        ({"list_status": "complete"}, ""),
        ({"list_status": "partial"}, "mron"),
        ({"list_status": "unknown"}, "mron"),
        ({"list_status": "partial", "complete_for": "municipalities"}, "ro"),
        ({"list_status": "partial", "complete_for": "municipalities;regions"}, "o"),
        ({"list_status": "partial", "complete_for": "organisations"}, "mrn"),
        ({"list_status": "partial", "complete_for": "FI"}, "on"),
        ({"list_status": "partial", "complete_for": "all members"}, ""),
        ({"list_status": "partial", "complete_for": "project partners"}, "mron"),
        # the list in use is another than the one this was said of
        ({"list_status": "unknown", "complete_for": "municipalities"}, "mron"),
        ({"list_status": "partial", "countries": "SE;NO"}, "on"),
        ({"list_status": "partial", "countries": "EU"}, "mron"),
        ({"list_status": "partial", "declared_regions": 5, "declared_total": 5}, "r"),
        ({"list_status": "partial", "declared_regions": 5, "declared_total": 9}, "mron"),
        (
            {
                "list_status": "partial", "declared_municipalities": 0, "declared_regions": 2,
                "declared_organisations": 3, "declared_total": 5,
            },
            "ro",
        ),
        ({"list_status": "partial", "declared_municipalities": 5}, "mron"),
        ({"list_status": "partial", "declared_total": 5}, "mron"),
    ],
)  # fmt: skip
def test_could_hold(network, could):
    aff = tiny([], members=MEMBERS, networks={"X": network})
    table = could_hold(aff)
    members = aff.members.fillna({"country": ""})
    found = [i for i, row in members.iterrows() if table.loc[(row["kind"], row["country"]), "X"]]
    assert found == list(could)
    possible = isolation(aff).networks_possible
    assert possible.to_dict() == {i: int(i in could) for i in MEMBERS}


def test_networks_that_hold_a_member_are_not_counted_twice():
    aff = tiny(["a X", "b Y"], networks={n: {"list_status": "partial"} for n in "XYZ"})
    found = isolation(aff)
    assert found.networks.tolist() == [1, 1]
    assert found.networks_possible.tolist() == [3, 3]


# -- regions with their municipalities --------------------------------------------------------


def town(region, **more):
    return {"kind": "municipality", "region": region, **more}


def test_a_region_is_reached_by_itself_and_by_its_municipalities():
    aff = tiny(
        ["aR X", "ab Y", "c Z", "T W", "o Z", "o Y"],
        members={
            "a": town("R"), "b": town("R"), "c": town("S"), "d": town("U"),
            "R": {"kind": "region", "name_fi": "Ruska"}, "S": {"kind": "region"},
            "T": {"kind": "region"}, "U": {"kind": "region"},
        },
    )  # fmt: skip
    found = isolation(aff, level="region")
    assert found.index.tolist() == ["R", "T", "S", "U"]  # as in aff.members
    found = found.loc[list("RSTU")]
    assert found.networks.tolist() == [2, 1, 1, 0]
    assert found.networks_own.tolist() == [1, 0, 1, 0]
    assert found.networks_of_municipalities.tolist() == [2, 1, 0, 0]
    assert found.status.tolist() == [
        "bridge_dependent",
        "single_network",
        "single_network",
        "isolated",
    ]
    assert found.depends_on.tolist()[:3] == ["Y", "Z", "W"]
    # R meets o (in Y), not its own municipalities
    assert found.peers.tolist() == [1, 1, 0, 0]
    assert found.name["R"] == "Ruska"
    without = [c for c in found if not c.startswith(("networks_own", "networks_of"))]
    assert without == COLUMNS


def test_a_region_could_be_in_what_could_hold_its_municipalities():
    aff = tiny(
        [],
        members={"a": town("R"), "R": {"kind": "region"}},
        networks={
            "X": {"list_status": "partial", "declared_municipalities": 3, "declared_total": 3}
        },
    )
    assert isolation(aff).status.to_dict() == {"a": "no_known_membership", "R": "isolated"}
    assert isolation(aff, level="region").status.to_dict() == {"R": "no_known_membership"}


def test_a_region_that_is_only_named_by_its_municipalities_is_judged_too():
    aff = tiny(["a X", "b X"], members={"a": town("R"), "b": town("S")})
    found = isolation(aff, level="region")
    assert sorted(found.index) == ["R", "S"]
    assert found.peers.tolist() == [1, 1]
    assert found.kind.tolist() == ["region", "region"]


def test_a_region_of_a_set_without_networks_is_isolated():
    aff = tiny([], members={"a": town("R"), "R": {"kind": "region"}})
    assert isolation(aff, level="region").status.to_dict() == {"R": "isolated"}


# -- expected by size -------------------------------------------------------------------------


def sized(kind="municipality", count=14, seed=0):
    rng = np.random.default_rng(seed)
    population = rng.integers(500, 200_000, count)
    degree = rng.poisson(0.4 * np.log(population))
    edges = [(f"m{i}", f"n{j}") for i in range(count) for j in range(degree[i])]
    members = {f"m{i}": {"kind": kind, "population": int(p)} for i, p in enumerate(population)}
    return tiny(edges, members=members), population


def test_expected_networks_solve_the_likelihood_equations():
    aff, _ = sized()
    found = isolation(aff)
    population = aff.members.population.to_numpy(float)
    left = found.networks - found.expected_networks
    assert abs(left.sum()) < 1e-6
    assert abs((left * np.log(population)).sum()) < 1e-6
    # log-linear in the logarithm of the population
    slope, level = np.polyfit(np.log(population), np.log(found.expected_networks), 1)
    np.testing.assert_allclose(
        np.log(found.expected_networks), level + slope * np.log(population), atol=1e-9
    )


def test_expected_networks_need_ten_of_a_kind_and_a_population():
    assert isolation(sized(count=9)[0]).expected_networks.isna().all()
    aff, _ = sized(count=12)
    members = aff.members.copy()
    members.loc["m3", "population"] = pd.NA
    found = isolation(type(aff)(members, aff.networks, aff.memberships)).expected_networks
    assert found.isna().sum() == 1
    assert np.isnan(found["m3"])


def test_expected_networks_where_size_says_nothing():
    members = {f"m{i}": {"population": 1000} for i in range(10)}
    found = isolation(tiny([("m0", "X"), ("m1", "X")], members=members)).expected_networks
    np.testing.assert_allclose(found, 0.2)
    nobody = isolation(tiny([], members=members)).expected_networks
    np.testing.assert_allclose(nobody, 0, atol=1e-9)


# -- neighbours -------------------------------------------------------------------------------


def test_neighbours_given():
    pairs = pd.DataFrame({"a": ["a", "b", "c", "a"], "b": ["b", "c", "a", "elsewhere"]})
    found = isolation(tiny(["a X"], members="bcd"), adjacency=pairs).neighbours_in
    np.testing.assert_allclose(found, [0, 0.5, 0.5, np.nan])


def finnish(year, edges):
    ids = places.gazetteer().division(year).index
    return tiny(edges, members={i: {"kind": "municipality"} for i in ids}, year=year)


def test_borders_pass_to_the_successors():
    # Honkajoki (099) joined Kankaanpää (214) in 2021; Karvia (230) borders both, as Isojoki (151)
    # bordered Honkajoki
    pair = [("municipality:FI-214", "X")]
    before = isolation(finnish(2020, pair)).neighbours_in
    after = isolation(finnish(2021, pair)).neighbours_in
    assert "municipality:FI-099" not in after.index
    assert before["municipality:FI-151"] == 0
    assert after["municipality:FI-151"] > 0
    # one neighbour fewer to share between
    assert after["municipality:FI-230"] > before["municipality:FI-230"] > 0


def test_borders_of_municipalities_abolished_by_2020_are_not_known():
    # Valtimo (911) joined Nurmes (541) in 2020
    found = isolation(finnish(2019, [("municipality:FI-091", "X")])).neighbours_in
    unknown = found.index[found.isna()]
    assert {"municipality:FI-911", "municipality:FI-541"} <= set(unknown)
    assert found["municipality:FI-049"] > 0  # Espoo borders Helsinki
    assert np.isnan(found["municipality:FI-072"])  # Hailuoto, an island
    assert len(unknown) < 40


def test_no_borders_outside_finland():
    assert isolation(tiny(["ab X"], year=1941)).neighbours_in.isna().all()


def test_borders_of_regions():
    division = places.gazetteer().division(2021)
    members = {i: {"kind": "municipality", "region": r} for i, r in division["region"].items()} | {
        r: {"kind": "region"} for r in sorted(set(division["region"]))
    }
    aff = tiny([("municipality:FI-049", "X")], members=members, year=2021)
    found = isolation(aff, level="region").neighbours_in
    # Uusimaa (01) is reached by Espoo: one of the neighbours of Kymenlaakso (08); Lapland's not
    assert 0 < found["region:FI-08"] < 1
    assert found["region:FI-19"] == 0
