"""
Who is left outside?
====================

What ``vg.isolation`` says of each municipality. With lists as partial as these nobody can be
called isolated, but there are those of whom no membership is known.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
ax = vg.plot_isolation(aff)

# %%
# Nearly everybody lies in the area of a Leader group. Without these the picture is another.

kinds = set(aff.networks["kind"]) - {"leader_group"}
ax_without = vg.plot_isolation(aff.select(network_kinds=kinds))
