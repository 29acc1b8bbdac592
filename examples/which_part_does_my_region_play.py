"""
Which part does my region play in its networks?

The report asks each region to choose where it is the engine, where it follows and where it
learns. Where it stands now, in each network that it or one of its municipalities is in, with the
reasons, and next to the other regions.

    python examples/which_part_does_my_region_play.py
    python examples/which_part_does_my_region_play.py Pirkanmaa
"""

from __future__ import annotations

import sys

import pandas as pd

import valuma_graph as vg

YEAR = 2019
PARTS = ["engine", "follower", "learner", "unknown"]


def main(region: str = "Southwest Finland") -> None:
    """Answer for one region, given by name or id."""
    aff = vg.datasets.finland(year=YEAR)
    node = aff.find(region, mode="members")
    home = sorted(set(aff.members["region"].dropna()))
    if node not in home:
        sys.exit(f"{region!r} is not a region of Finland")

    mine = vg.policy.roles(aff, node)
    print(f"{aff.names(lang='en')[node]} in {YEAR}: {len(mine)} networks that are known")
    for part in PARTS[:3]:
        rows = mine[mine["role"].eq(part)]
        print(f"\n{part.capitalize()} in {len(rows)}")
        for _, row in rows.iterrows():
            print(f"  {row['name']}\n    {row['reasons']}")
    unsure = mine.loc[mine["role"].eq("unknown"), "name"]
    print(f"\nNot judged in {len(unsure)}, where the list of members is not complete or too short")

    # The same for all regions: how many networks of each part.
    parts = {one: vg.policy.roles(aff, one)["role"].value_counts() for one in home}
    table = pd.DataFrame(parts).reindex(PARTS).T.fillna(0).astype(int)
    table.insert(0, "region", aff.names(lang="en")[table.index])
    table = table.sort_values(PARTS, ascending=False)
    print("\nAll regions\n" + table.to_string(index=False))
    print("\nEvery number is a lower bound: who coordinates or pays is not told of most networks.")


if __name__ == "__main__":
    main(*sys.argv[1:2])
