"""
Where do Hinku and Fisu meet?
=============================

Two networks of forerunners in climate and resource use: who is in both, and who in one only.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
axes = vg.plot_comparison(aff, "hinku", "fisu")

# %%
# The same on one map. The list of Hinku is open, so that nobody is said to be in Fisu only.

on_one_map = vg.plot_comparison(aff, "hinku", "fisu", difference=True)
