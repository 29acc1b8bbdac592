"""
Where does the Finland growth corridor run?
===========================================

The corridor along the main line from Helsinki to Seinäjoki, 40 km wide. Of the 33 members that the
network declared for 2019 two are known by name, so nearly all of it is unknown: that is the answer.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
corridor = vg.Corridor("Helsinki–Seinäjoki", "main_line", 40)
ax = vg.plot_corridor(aff, corridor, network="suomen_kasvukaytava")

# %%
# How many live there depends on what is counted as "there".

summary = vg.corridor_profile(aff, corridor, network="suomen_kasvukaytava").summary
summary[summary.index.str.endswith("_share")].astype(float).round(3)
