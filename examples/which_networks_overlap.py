"""
Which networks overlap?

The pairs of networks that share most Finnish municipalities and regions: where the same members
meet twice, joint work is near at hand, or one network may do what another does.

    python examples/which_networks_overlap.py
"""

from __future__ import annotations

import valuma_graph as vg

YEAR = 2019
PAIRS = 10
INSIDE = 5


def main() -> None:
    """Print the strongest overlaps, with how much of each network is known."""
    aff = vg.datasets.finland(year=YEAR)

    # Leader groups divide the country among them, so that they do not overlap by design.
    kinds = sorted(set(aff.networks["kind"]) - {"leader_group"})
    aff = aff.select(("municipality", "region"), network_kinds=kinds)
    finnish = aff.members["country"].eq("FI")
    aff = aff.select(members=aff.members.index[finnish])

    names = aff.names("networks")
    known = vg.coverage(aff)
    pairs = vg.overlap(aff)
    print(f"{len(aff.networks)} networks in {aff.year}; {len(pairs)} pairs share a Finnish member.")
    print("\nThe strongest overlaps, by shared members")
    for row in pairs.head(PAIRS).itertuples():
        print(
            f"  {row.shared} shared: {names[row.a]} ({row.size_a}) – {names[row.b]} ({row.size_b})"
        )

    inside = pairs[pairs["overlap_coefficient"].eq(1) & (pairs["shared"] >= INSIDE)]
    print(f"\nNetworks whose Finnish members, {INSIDE} or more, are all in another as well")
    for row in inside.itertuples():
        small, large = (row.a, row.b) if row.size_a <= row.size_b else (row.b, row.a)
        print(f"  {names[small]} in {names[large]}: {row.shared}")

    shown = set(pairs.head(PAIRS)["a"]) | set(pairs.head(PAIRS)["b"])
    gaps = known.loc[sorted(shown)]
    gaps = gaps[gaps["list_status"].ne("complete")]
    empty = int(known["known"].eq(0).sum())
    print(f"\nNot known: {empty} of the networks have no Finnish member on any list in use,")
    print(f"and of those named above {len(gaps)} have lists that are not complete:")
    for network in gaps.index:
        print(f"  {names[network]}")


if __name__ == "__main__":
    main()
