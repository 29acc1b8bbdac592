"""
How many live in the growth corridor?

The report says that 45 % of Finns live in the area of the Finland growth corridor. It does not
say where that area ends; so the share is counted in several ways, and for several widths.

    python examples/how_many_live_in_the_growth_corridor.py
"""

from __future__ import annotations

import valuma_graph as vg
from valuma_graph.geography.corridors import Corridor, corridor_profile

YEAR = 2019
WIDTHS = (20, 40, 60, 100)
OWNERS, OWNERS_YEAR = "suomi_rata_oy", 2021
REPORT = 0.45


def main() -> None:
    """Print the shares side by side."""
    aff = vg.datasets.finland(year=YEAR)
    print(f"Share of the population of Finland in {YEAR}, along the main line Helsinki–Seinäjoki")
    print(f"  {REPORT:6.1%}  the report, of the area of Suomen kasvukäytävä")

    print("\n   width  municipalities touched     centres inside     by area")
    for width in WIDTHS:
        found = corridor_profile(aff, Corridor("main line", "main_line", width)).summary
        print(
            f"  {width:3} km  {found['population_share']:8.1%} ({found['municipalities']:3})"
            f"  {found['population_localities_share']:18.1%}"
            f"  {found['population_inside_share']:16.1%}"
        )
    print(f"\n  {found['population_regions_share']:6.1%}  whole regions that the axis runs through")

    later = vg.datasets.finland(year=OWNERS_YEAR).select("municipality")
    column = later.networks.index.get_loc(OWNERS)
    owners = later.members[later.incidence[:, [column]].toarray().ravel() > 0]
    share = owners["population"].sum() / later.gazetteer.population_total(OWNERS_YEAR)
    status = later.networks.loc[OWNERS, "list_status"]
    print(
        f"  {share:6.1%}  the {len(owners)} municipalities that owned Suomi-rata in {OWNERS_YEAR}"
    )
    print(f"\nThe list of the owners is {status}. By area, people count as spread evenly.")


if __name__ == "__main__":
    main()
