"""The networks of one member: what stands for every place, in years of many kinds."""

from __future__ import annotations

import pytest

import valuma_graph as vg
from valuma_graph.portfolio import portfolio


@pytest.mark.parametrize("year", [2013, 2020, 2026])
def test_networks_of_every_region_are_those_that_isolation_counts(year):
    aff = vg.datasets.finland(year=year)
    judged = vg.isolation(aff, level="region")
    for region, networks in judged["networks"].items():
        found = portfolio(aff, region).networks
        assert found["network_id"].notna().all()
        assert found.loc[found["counted"], "network_id"].nunique() == networks
        through = {one for ids in found["through"].dropna() for one in ids.split(";")}
        assert through <= {*aff.members.index[aff.members["region"].eq(region)]}


def test_a_municipality_that_has_merged_is_called_by_its_successor():
    # Nastola (532) joined Lahti (398) in 2016, and lists still name it in 2020.
    aff = vg.datasets.finland(year=2020)
    rows = aff.memberships[aff.memberships["listed_id"].eq("municipality:FI-532")]
    assert len(rows)
    found = portfolio(aff, "region:FI-07").networks.set_index("network_id")
    for network in rows["network_id"]:
        through = found.loc[[network], "through"].iloc[0].split(";")
        assert through.count("municipality:FI-398") == 1
