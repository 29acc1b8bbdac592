"""
Who is isolated?

Which municipalities and regions no known network reaches, and which hang on a single one.
A missing row is not taken for absence: as long as some lists are incomplete, the answer is
"no known membership", not "isolated".

    python examples/who_is_isolated.py
"""

from __future__ import annotations

import valuma_graph as vg

YEAR = 2019


def main() -> None:
    """Print who is outside, once with all networks and once without Leader groups."""
    aff = vg.datasets.finland(year=YEAR)
    # A municipality is in a Leader group because it lies in its area, not because it joined.
    kinds = sorted(set(aff.networks["kind"]) - {"leader_group"})
    narrow = aff.select(network_kinds=kinds)
    complete = int(aff.networks["list_status"].eq("complete").sum())
    print(f"Finland in {aff.year}: {len(aff.networks)} networks, {complete} with a complete list.")

    for part, title in ((aff, "All networks"), (narrow, "Without Leader groups")):
        print(f"\n{title}")
        for level, word in (("municipality", "municipalities"), ("region", "regions")):
            counts = vg.isolation(part, level=level)["status"].value_counts()
            shares = ", ".join(f"{status} {n}" for status, n in counts.items())
            print(f"  {counts.sum()} {word}: {shares}")

    towns = vg.isolation(aff, level="municipality", lang="fi")
    outside = towns.index[towns["status"].isin(["isolated", "no_known_membership"])]
    region = aff.members["region"][outside].map(aff.names())
    print(f"\nMunicipalities that no known list reaches ({len(outside)}), by region")
    for name, group in towns.loc[outside, "name"].groupby(region):
        print(f"  {name}: {', '.join(sorted(group))}")

    alone = vg.isolation(narrow, level="municipality")
    hang = alone.loc[alone["status"].eq("single_network"), "depends_on"].value_counts()
    print("\nWithout Leader groups, what municipalities of one network hang on")
    for network, n in hang.head(5).items():
        print(f"  {aff.names('networks')[network]}: {n}")


if __name__ == "__main__":
    main()
