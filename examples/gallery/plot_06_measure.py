"""
Who is in many networks?
========================

A measure as a map in classes: how many networks each municipality is known to be in. Any column
of ``vg.centrality`` can stand in its place, or a Series of your own.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
ax = vg.plot_members(aff, "networks")

# %%
# And per 10,000 inhabitants, for which size counts the other way round.

networks = vg.centrality(aff, measures=["degree"])["degree"]
per_head = (networks / aff.members["population"] * 10_000).dropna()
ax_per_head = vg.plot_members(
    aff, per_head, title="Networks per 10,000 inhabitants", scheme="quantile"
)
