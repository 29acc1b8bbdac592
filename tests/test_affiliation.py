"""The affiliation network itself: choosing, time, mergers, rolling up, and the graph formats."""

from __future__ import annotations

import shutil

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import valuma_graph as vg
from valuma_graph import intake
from valuma_graph.affiliation import build
from valuma_graph.affiliation.assembly import Options, Origin
from valuma_graph.places import DIVISIONS, data_path, gazetteer
from valuma_graph.reading import accept

WIDE = {"snapshot_gap": None, "undated": True, "evidence": "draft"}


@pytest.fixture(scope="module")
def finland():
    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="module")
def tables(finland):
    whole = finland._whole()
    return whole.memberships, whole.networks


def edges(aff):
    rows = aff.memberships[aff.memberships["counted"]]
    return set(zip(rows["member_id"], rows["network_id"], strict=True))


def same(one, other):
    """Compare two networks by content, whatever the order of rows and columns."""
    for name in ("members", "networks"):
        a, b = getattr(one, name), getattr(other, name)
        a, b = a.dropna(axis=1, how="all"), b.dropna(axis=1, how="all")
        assert_frame_equal(a.sort_index(), b.sort_index(), check_like=True)
    key = ["network_id", "member_id", "role"]
    rows = [x.memberships.sort_values(key).dropna(axis=1, how="all") for x in (one, other)]
    assert_frame_equal(*(r.reset_index(drop=True) for r in rows), check_like=True)
    assert one.year == other.year


# -- the incidence ----------------------------------------------------------------------------


def test_incidence_is_zero_one_in_the_order_of_the_tables(finland):
    matrix = finland.incidence
    assert matrix.shape == (len(finland.members), len(finland.networks))
    assert set(np.unique(matrix.data)) == {1}
    i, j = matrix.nonzero()
    found = set(zip(finland.members.index[i], finland.networks.index[j], strict=True))
    assert found == edges(finland)


def test_a_member_with_two_roles_counts_once():
    table = pd.DataFrame({"member": ["a", "a", "b"], "network": ["n", "n", "n"],
                          "role": ["member", "coordinator", "host"]})  # fmt: skip
    aff = vg.read(table, places=None)
    assert aff.incidence.toarray().tolist() == [[1], [0]]
    assert len(aff.memberships) == 3


def test_every_row_is_used_or_set_aside(finland, tables):
    for year in (2013, 2019, 2026, None):
        aff = finland.at(year)
        assert len(aff.memberships) + len(aff.set_aside) == len(tables[0])
        assert aff.set_aside["reason"].ne("").all()


# -- facts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "count"), [(2013, 320), (2019, 311), (2020, 310), (2021, 309), (2026, 308)]
)
def test_members_hold_every_municipality_of_the_division(finland, year, count):
    members = finland.at(year).members
    assert members.index.str.startswith("municipality:FI-").sum() == count
    assert (members["kind"].eq("region") & members["region"].isna()).sum() >= 19


def test_known_networks_of_2019(finland):
    kinds = finland.members["kind"]

    def held(network):
        rows = finland.memberships.query("counted").groupby("network_id").get_group(network)
        return kinds[rows["member_id"].unique()].value_counts().to_dict()

    assert held("pohjoinen_kasvuvyohyke") == {"municipality": 13, "region": 6}
    assert held("fisu")["municipality"] == 11  # beside two organisations that coordinate
    assert held("nspa") == {"region": 14}
    assert held("reglab_se") == {"region": 21, "organisation": 3}


def test_valtimo_stands_under_nurmes_from_2020_on():
    valtimo, nurmes = "municipality:FI-911", "municipality:FI-541"
    for year in DIVISIONS:
        aff = vg.datasets.finland(year=year, **WIDE)
        assert (valtimo in aff.members.index) is (year < 2020)
        listed = aff.memberships[aff.memberships["listed_id"].eq(valtimo)]
        assert listed["member_id"].isin([nurmes]).all()
    rows = pd.DataFrame({"kunta": ["Valtimo", "Nurmes"], "verkosto": ["a", "b"]})
    assert edges(vg.read(rows, year=2019)) == {(valtimo, "a"), (nurmes, "b")}
    assert edges(vg.read(rows, year=2020)) == {(nurmes, "a"), (nurmes, "b")}


def test_region_totals_add_up_to_the_country():
    for year, total in ((2013, 5_451_270), (2019, 5_525_292)):
        members = vg.datasets.finland(year=year).members
        regions = members[members["region"].isna() & members["population"].notna()]
        assert regions["population"].sum() == total


# -- mergers -----------------------------------------------------------------------------------


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_merging_never_loses_a_membership(data):
    codes = sorted(gazetteer().division(2013).index)
    pairs = st.tuples(st.sampled_from(codes), st.sampled_from(["a", "b", "c"]))
    chosen = data.draw(st.lists(pairs, min_size=1, max_size=40, unique=True))
    year = data.draw(st.sampled_from(list(DIVISIONS)))
    table = pd.DataFrame(chosen, columns=["member", "network"])
    now = gazetteer().successors(year)
    expected = {(now.get(m, m), n) for m, n in chosen}
    aff = vg.read(table, year=year)
    assert edges(aff) == expected
    assert len(aff.memberships) + len(aff.set_aside) == len(chosen)


# -- choosing ----------------------------------------------------------------------------------


def test_select_and_without_are_remembered_in_another_year(finland):
    part = finland.select("municipality").without(["hinku"])
    later = part.at(2021)
    assert set(later.members["kind"]) == {"municipality"}
    assert "hinku" not in later.networks.index
    same(later, finland.at(2021).select("municipality").without(["hinku"]))
    same(part.at(2021).at(2019), part)


def test_roles_kinds_and_evidence(finland):
    hosts = finland.select(roles="host")
    assert set(hosts.memberships.query("counted")["role"]) == {"host"}
    assert "helsinki_region_14" not in finland.networks.index
    assert list(finland.select(network_kinds="area").networks.index) == ["helsinki_region_14"]
    wider = finland.select(evidence="draft")
    assert edges(finland) <= edges(wider)
    assert set(wider.memberships["evidence"]) > {"explicit", "composite"}


@pytest.mark.parametrize(
    "arguments",
    [{"kinds": "town"}, {"network_kinds": ["club"]}, {"roles": "boss"}, {"evidence": "gossip"}],
)
def test_a_wrong_choice_names_the_allowed_ones(finland, arguments):
    with pytest.raises(ValueError, match=r"must be (among|one of) \w+, \w+"):
        finland.select(**arguments)


def test_unknown_ids_come_with_suggestions(finland):
    with pytest.raises(vg.UnknownNodeError) as caught:
        finland.without(["hinkku"])
    assert "hinku" in str(caught.value).casefold()
    with pytest.raises(KeyError, match="Tampere"):
        finland.find("Tamprere")


@pytest.mark.parametrize("name", ["Turku", "ÅBO", "municipality:FI-853", "853", "Turun kaupunki"])
def test_find_by_name_code_or_id(finland, name):
    assert finland.find(name) == "municipality:FI-853"


def test_statutory_groupings_hold_every_municipality():
    aff = vg.datasets.finland(year=2021, statutory=("region", "sub_region"))
    groups = aff.select(network_kinds="statutory")
    towns = groups.members.index.str.startswith("municipality:FI-")
    assert (groups.incidence.sum(axis=1)[towns] == 2).sum() >= 308
    assert len(aff.at(2013).networks) < len(aff.networks)


CHOICES = {
    "towns": lambda a: a.select(held(a, "municipality")),
    "towns and regions": lambda a: a.select(held(a, "municipality", "region")),
    "some": lambda a: a.select(members=[m for m in SOME if m in a.members.index]),
    "less": lambda a: a.without(["hinku"]),
    "networks": lambda a: a.select(network_kinds=["network", "programme"]),
    "roles": lambda a: a.select(roles=["member", "funder"]),
    "evidence": lambda a: a.select(evidence="draft"),
    "roll up": lambda a: a.roll_up("region"),
    "share": lambda a: a.roll_up("region", rule="share", min_share=0.2),
}
SOME = ["municipality:FI-837", "municipality:FI-091", "municipality:FI-541", "region:FI-06"]


def held(aff, *kinds):
    return [kind for kind in kinds if kind in set(aff.members["kind"])]


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.sampled_from(sorted(CHOICES)), max_size=4, unique=True),
    st.sampled_from([2013, 2019, 2020, 2026, None]),
    st.sampled_from([2016, 2019, 2022]),
)
def test_choices_of_any_order_are_made_again_in_another_year(names, year, start):
    chosen = other = vg.datasets.finland(year=start)
    other = other.at(year)
    for name in names:
        chosen, other = CHOICES[name](chosen), CHOICES[name](other)
    same(chosen.at(year), other)
    same(chosen.at(year).at(start), chosen)
    # what is chosen from the whole tables may as well be chosen first
    first = vg.datasets.finland(year=start)
    options = {"networks", "roles", "evidence"}
    for name in sorted(names, key=lambda name: name not in options):
        first = CHOICES[name](first)
    same(first, chosen)


def test_nodes_chosen_come_back_with_their_year(finland):
    part = finland.select(members=["Valtimo", "Nurmes", "Tampere"])
    same(part.at(2020).at(2019), part)
    later = vg.datasets.finland(year=2022)
    new = [n for n in later.networks.index if n not in finland.networks.index]
    less = later.without(new)
    assert not less.at(2019).at(2022).networks.index.isin(new).any()


def test_a_municipality_chosen_is_its_successor_later(finland):
    part = finland.select(members=["Valtimo"]).at(2020)
    assert part.members.index.tolist() == ["municipality:FI-541"]
    assert edges(part) == {e for e in edges(finland.at(2020)) if e[0] == "municipality:FI-541"}
    assert "municipality:FI-541" in finland.without(members=["Valtimo"]).at(2020).members.index


def test_a_kind_that_another_year_lacks_is_empty_there(finland):
    assert "country" not in set(finland.at(2026).members["kind"])
    countries = finland.select("country")
    assert len(countries.at(2026).members) == 0
    same(countries.at(2026).at(2019), countries)


def test_statutory_networks_can_be_chosen_after_others():
    aff = vg.datasets.finland(year=2019, statutory=("region",))
    again = aff.select(network_kinds="network").select(network_kinds="statutory")
    assert len(again.networks) == 19


@pytest.mark.parametrize("choice", ["evidence", "roles", "area"])
def test_tables_of_one_year_hold_as_they_were_chosen(finland, choice):
    aff = finland.select(network_kinds="area") if choice == "area" else CHOICES[choice](finland)
    graph = vg.Affiliation.from_networkx(aff.to_networkx())
    assert edges(graph) == edges(aff)
    for again in (graph.at(2019), graph.select(aff.members["kind"].unique()).at(2019)):
        assert edges(again) == edges(aff)
        assert list(again.networks.index) == list(aff.networks.index)
    narrow = graph.select(roles="member", evidence="explicit").memberships.query("counted")
    assert set(narrow["role"]) <= {"member"}
    assert set(narrow["evidence"]) <= {"explicit"}


@pytest.mark.parametrize("how", [{"evidence": "draft"}, {"network_kinds": "area"}])
def test_choices_are_kept_when_written_and_read(finland, tmp_path, how):
    part = finland.select(**how)
    vg.export(part, tmp_path / "part")
    same(vg.read(tmp_path / "part", year=2019), part)


# -- rolling up --------------------------------------------------------------------------------


def test_roll_up_any_and_share():
    table = pd.DataFrame(
        {"kunta": ["Kajaani", "Sotkamo", "Kuhmo", "Kajaani", "Kainuu"],
         "verkosto": ["half", "half", "half", "few", "own"]}
    )  # fmt: skip
    aff = vg.read(table, year=2020)
    rolled = aff.roll_up("region")
    assert edges(rolled) == {("region:FI-18", n) for n in ("half", "few", "own")}
    assert rolled.memberships["listed_id"].notna().sum() == 4
    strict = aff.roll_up("region", rule="share", min_share=0.5)
    assert {n for _, n in edges(strict)} == {"half", "own"}
    assert strict.set_aside["reason"].tolist() == ["below_share"]


def test_roll_up_keeps_members_that_lie_in_no_group(finland):
    rolled = finland.roll_up("region")
    assert not rolled.members.index.str.startswith("municipality:FI-").any()
    abroad = finland.members.index.str.startswith("municipality:SE-").sum()
    assert rolled.members["kind"].eq("municipality").sum() >= abroad > 0
    with pytest.raises(ValueError, match="region"):
        finland.roll_up("parish")
    with pytest.raises(ValueError, match="any, share"):
        finland.roll_up("region", rule="most")


def test_roll_up_of_a_part_has_its_regions_whole(finland):
    part = finland.select(members=["Turku", "Tampere"])
    rolled = part.roll_up("region")
    assert sorted(rolled.members.index) == ["region:FI-02", "region:FI-06"]
    for column in ("population", "area_km2"):
        assert rolled.members[column].equals(finland.members.loc[rolled.members.index, column])


# -- graphs ------------------------------------------------------------------------------------


def test_networkx_and_igraph_carry_everything(finland):
    same(vg.Affiliation.from_networkx(finland.to_networkx()), finland)
    same(vg.Affiliation.from_igraph(finland.to_igraph()), finland)


def test_two_modes_are_marked_as_networkx_and_igraph_expect(finland):
    graph = finland.to_networkx()
    tops = {n for n, d in graph.nodes(data=True) if d["bipartite"] == 0}
    assert nx.bipartite.is_bipartite_node_set(graph, tops) or not nx.is_connected(graph)
    assert graph.number_of_edges() == finland.incidence.nnz
    other = finland.to_igraph()
    assert other.is_bipartite()
    assert sum(other.vs["type"]) == len(finland.networks)


def test_a_member_and_a_network_may_share_an_id():
    table = pd.DataFrame({"member": ["a", "b"], "network": ["a", "a"]})
    aff = vg.read(table, places=None)
    graph = aff.to_networkx()
    assert set(graph) == {"a", "b", "network:a"}
    same(vg.Affiliation.from_networkx(graph), aff)
    same(vg.Affiliation.from_igraph(aff.to_igraph()), aff)


def test_the_two_sides_are_never_guessed():
    graph = nx.Graph([("a", "x")])
    with pytest.raises(ValueError, match="never guessed"):
        vg.Affiliation.from_networkx(graph)
    with pytest.raises(ValueError, match="same mode"):
        vg.Affiliation.from_networkx(graph, members=["a", "x"])
    with pytest.raises(ValueError, match="not in the graph"):
        vg.Affiliation.from_networkx(graph, members=["b"])
    with pytest.raises(ValueError, match="undirected"):
        vg.Affiliation.from_networkx(nx.DiGraph(graph), members=["a"])


def test_attributes_of_a_graph_cannot_take_the_place_of_its_ids():
    graph = nx.Graph()
    graph.add_node("a", member_id="x", network_id="y")
    graph.add_edge("a", "n", member_id="x", network_id="y")
    assert edges(vg.Affiliation.from_networkx(graph, members=["a"])) == {("a", "n")}
    graph = nx.Graph([(1, "n"), ("1", "n")])
    with pytest.raises(ValueError, match="the same id"):
        vg.Affiliation.from_networkx(graph, members=[1, "1"])


@settings(max_examples=25)
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=30))
def test_graph_round_trip_of_any_network(pairs):
    graph = nx.Graph()
    graph.add_nodes_from([f"m{i}" for i in range(8)])
    graph.add_nodes_from([f"n{j}" for j in range(6)])
    graph.add_edges_from((f"m{i}", f"n{j}") for i, j in pairs)
    aff = vg.Affiliation.from_networkx(graph, members=[f"m{i}" for i in range(8)])
    assert aff.incidence.nnz == len(pairs)
    same(vg.Affiliation.from_networkx(aff.to_networkx()), aff)
    same(vg.Affiliation.from_igraph(aff.to_igraph()), aff)


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing_but_order(seed):
    whole = vg.datasets.finland(year=2019)._whole()
    rng = np.random.default_rng(seed)
    mixed = Origin(
        members=whole.members.iloc[rng.permutation(len(whole.members))],
        networks=whole.networks.iloc[rng.permutation(len(whole.networks))],
        memberships=whole.memberships.iloc[rng.permutation(len(whole.memberships))],
        choices=whole.choices,
        gazetteer=whole.gazetteer,
        everyone=True,
    )
    options = Options(year=2019, undated=False)
    one, other = build(whole, options), build(mixed, options)
    assert edges(one) == edges(other)
    assert one.networks["snapshot_as_of"].equals(
        other.networks["snapshot_as_of"].reindex(one.networks.index)
    )
    assert sorted(one.members.index) == sorted(other.members.index)


# -- written and read again ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["folder", "one.xlsx", "one.csv", "one.parquet"])
def test_tables_of_a_year_are_read_back_as_they_were(finland, tmp_path, name):
    vg.export(finland, tmp_path / name)
    suffix = name.partition(".")[2]
    others = {} if name in ("folder", "one.xlsx") else {
        mode: tmp_path / f"one.{mode}.{suffix}" for mode in ("members", "networks")
    }  # fmt: skip
    again = vg.read(tmp_path / name, year=2019, **others)
    same(again, finland)
    assert (again.incidence != finland.incidence[
        finland.members.index.get_indexer(again.members.index)
    ][:, finland.networks.index.get_indexer(again.networks.index)]).nnz == 0  # fmt: skip


# -- time on tables without a gazetteer -----------------------------------------------------------


def test_intervals_of_a_users_table():
    table = pd.DataFrame({"member": ["a", "b"], "network": ["n", "n"], "since": ["2010", "2018"],
                          "until": ["2015", None]})  # fmt: skip
    aff = vg.read(table, places=None)
    assert edges(aff) == {("a", "n"), ("b", "n")}
    assert edges(aff.at(2012)) == {("a", "n")}
    assert edges(aff.at(2019)) == {("b", "n")}
    assert edges(aff.at(2019).at(None)) == edges(aff)


# -- a user's own tables beside the bundled ones ---------------------------------------------------


def test_own_networks_stand_beside_those_that_are_known():
    rows = pd.DataFrame(
        {"kunta": ["Valtimo", "Nurmes", "Espoo"], "verkosto": ["Oma", "Oma", "hinku"]}
    )
    about = pd.DataFrame({"verkosto": ["Oma", "hinku"], "founded_year": ["2015", None]})
    taken = intake.prepare(rows, None, about, known=vg.datasets.register())
    own = accept(taken, known=gazetteer())
    assert own.networks["founded_year"].tolist() == [2015, 2008]
    for year, members in ((2013, set()), (2019, {"911", "541"}), (2020, {"541"})):
        plain, both = vg.datasets.finland(year=year), vg.datasets.finland(year=year, beside=own)
        new = {e for e in edges(both) if e[1] not in plain.networks.index}
        assert {member.removeprefix("municipality:FI-") for member, _ in new} == members
        assert edges(plain) <= edges(both)
        part = both.select("municipality").without(["hinku"])
        same(part.at(2016).at(year), part)


@pytest.mark.parametrize("year", ["2019", 2019.0, True])
def test_a_year_is_a_whole_number(finland, year):
    with pytest.raises(ValueError, match="whole number"):
        finland.at(year)


def test_a_share_lies_between_nothing_and_all(finland):
    with pytest.raises(ValueError, match="between 0 and 1"):
        finland.roll_up("region", rule="share", min_share=2)


def test_chosen_roles_are_read_back(finland, tmp_path):
    hosts = finland.select(roles="host")
    vg.export(hosts, tmp_path / "hosts")
    assert edges(vg.read(tmp_path / "hosts", year=2019)) == edges(hosts)


def test_exported_tables_say_their_year(finland, tmp_path):
    vg.export(finland, tmp_path / "set")
    again = vg.read(tmp_path / "set")
    assert again.year == 2019
    same(again, finland)


def test_counts_of_municipalities_are_not_compared_with_regions(finland):
    before = vg.coverage(finland)["coverage"]
    after = vg.coverage(finland.roll_up("region"))["coverage"]
    assert before["c21"] == before["nspa"] == after["nspa"] == 1
    assert np.isnan(after["c21"])


def test_graphml_tells_igraph_the_modes(finland, tmp_path):
    import igraph

    vg.export(finland, tmp_path / "f.graphml")
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "f.graphml"))
    assert graph.is_bipartite(return_types=False)
    assert sum(graph.vs["type"]) == len(finland.networks)
    assert "CC BY 4.0" in graph["attribution"]
    assert edges(vg.Affiliation.from_igraph(graph)) == edges(finland)


def test_nothing_is_computed_from_tables_cut_short(tmp_path):
    root = tmp_path / "data"
    shutil.copytree(data_path(), root)
    table = root / "networks" / "memberships.csv"
    table.write_bytes(table.read_bytes()[:20_000])
    with pytest.raises(vg.TableError, match=r"memberships\.csv, row \d+") as caught:
        vg.datasets.finland(year=2019, root=root)
    assert len(caught.value.problems)
    (root / "networks" / "networks.csv").write_text("network_id\n", encoding="utf-8")
    with pytest.raises(vg.TableError):
        vg.datasets.finland(year=2019, root=root)
