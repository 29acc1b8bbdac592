"""
Which networks lean on money that ends?

For the networks of one place: which of them live on project money, until when it runs, what
follows for the years after, and of how many nobody has said who pays.

    python examples/which_networks_lean_on_money_that_ends.py
    python examples/which_networks_lean_on_money_that_ends.py Tampere
"""

from __future__ import annotations

import sys

import pandas as pd

import valuma_graph as vg

YEAR = 2019


def main(place: str = "Turku") -> None:
    """Answer for one place, given by name or id."""
    aff = vg.datasets.finland(year=YEAR)
    try:
        node = aff.find(place, mode="members")
    except vg.UnknownNodeError as error:
        sys.exit(str(error))
    rows = aff.memberships
    mine = rows.loc[rows["member_id"].eq(node) & rows["counted"], "network_id"].unique()

    # What is known of their money, by the report and what else names a payer.
    money = vg.policy.dependence(aff, networks=list(mine), year=YEAR)
    project = money["project_money"]
    dated = money[project.eq("yes") & money["years_left"].notna()].sort_values("years_left")

    print(f"{aff.names()[node]} in {YEAR}: {len(money)} networks that are known (a lower bound)")
    print("\nOn project money, as far as the years are told")
    for _, row in dated.iterrows():
        left = int(row["years_left"])
        when = "has ended" if left < 0 else "ends this year" if left == 0 else f"{left} more"
        print(f"  {row['name']}: until {row['project_until']} ({when})")
        print(f"    {row['evidence']}")
        print(f"    Source: {row['source']}")
    if dated.empty:
        print("  none is known")

    undated = money.loc[project.eq("yes") & money["years_left"].isna(), "name"]
    for heading, names in {
        "On project money whose end is not told": undated,
        "Not on project money": money.loc[project.eq("no"), "name"],
        "Paid by a single source": money.loc[money["single_source"].eq("yes"), "name"],
    }.items():
        print(f"\n{heading}: {', '.join(names) or 'none is known'}")

    # Silence is no reassurance: of these nothing is known that would tell.
    unknown = money.loc[project.eq("unknown"), "name"]
    print(f"\nNot known of {len(unknown)}: {', '.join(unknown)}")
    named = int(pd.to_numeric(money["sources"]).gt(0).sum())
    print(f"\nA payer is named for {named} of the {len(money)} networks. Listed is what the report")
    print("of 2020 and the bundled sources say; the rest has to be asked of the networks.")


if __name__ == "__main__":
    main(*sys.argv[1:2])
