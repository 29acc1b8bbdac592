"""
Where is the chain of owners along the main line broken?
========================================================

The same line, with the owners of the Suomi-rata in 2021. This list is complete, so a gap is a
gap.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2021)
corridor = vg.Corridor("Helsinki–Seinäjoki", "main_line", 20)
ax = vg.plot_corridor(aff, corridor, network="suomi_rata_oy", lang="fi")

# %%
# Which gap would join the longest stretch, were it closed?

gaps = vg.corridor_profile(aff, corridor, network="suomi_rata_oy").gaps
gaps.sort_values("rank")[["km", "inhabitants", "joins_km", "rank"]].round(1)
