"""
Where does my region stand?

Which networks one region is in, itself or through its municipalities, how that compares with the
other regions, with whom it shares most networks, and how much of the picture is not known.

    python examples/where_does_my_region_stand.py
    python examples/where_does_my_region_stand.py "Etelä-Savo"
"""

from __future__ import annotations

import sys

import pandas as pd

import valuma_graph as vg

YEAR = 2019


def main(region: str = "Kainuu") -> None:
    """Answer for one region, given by name or id."""
    aff = vg.datasets.finland(year=YEAR)
    node = aff.find(region, mode="members")
    names = aff.names("networks")

    # All regions of the country, with what they reach themselves and through municipalities.
    everyone = vg.isolation(aff, level="region")
    home = set(aff.members["region"].dropna())
    if node not in home:
        sys.exit(f"{region!r} is not a region of Finland")
    regions = everyone[everyone.index.isin(home)]
    mine = regions.loc[node]
    best = int((regions["networks"] > mine["networks"]).sum()) + 1
    last = int((regions["networks"] >= mine["networks"]).sum())
    place = f"{best}" if best == last else f"{best}–{last}"

    print(f"{mine['name']} in {aff.year}")
    print(
        f"  In {mine['networks']} networks that are known: place {place} of {len(regions)} regions"
    )
    print(f"  (its size alone would give about {mine['expected_networks']:.0f}).")
    print(
        f"  {mine['networks_own']} of them have the region itself, "
        f"{mine['networks_of_municipalities']} have municipalities of it."
    )

    # Which networks, and how full the list of each is.
    rolled = aff.roll_up("region")
    known = vg.coverage(aff)
    rows = rolled.memberships
    rows = rows[rows["member_id"].eq(node) & rows["counted"]]
    print("\nIts networks (members known of members declared; the year of the list)")
    for network in rows["network_id"].unique():
        through = rows.loc[rows["network_id"].eq(network), "listed_id"]
        towns = aff.names()[through.dropna().unique()].tolist()
        who = ", ".join([*(["the region"] if through.isna().any() else []), *towns])
        full = known.loc[network]
        declared = "?" if pd.isna(full["declared"]) else full["declared"]
        dated = isinstance(full["snapshot_as_of"], str)
        when = f"list of {full['snapshot_as_of']}" if dated else "lists of several years"
        print(f"  {names[network]}: {full['known']} of {declared}; {when}; through {who}")

    # Its closest peers: regions that share most networks with it.
    pairs = vg.overlap(rolled.select(members=regions.index), mode="members")
    pairs = pairs[pairs["a"].eq(node) | pairs["b"].eq(node)]
    partner = pairs["a"].where(pairs["a"].ne(node), pairs["b"])
    print("\nShares most networks with")
    for other, shared in list(zip(partner, pairs["shared"], strict=True))[:5]:
        print(f"  {regions.loc[other, 'name']}: {shared}")

    unsure = mine["networks_possible"] - mine["networks"]
    print(f"\nNot known: {unsure} more networks could have it or its municipalities as members,")
    print("but their lists are partial or missing. Read every number above as a lower bound.")


if __name__ == "__main__":
    main(*sys.argv[1:2])
