"""
Who meets whom?
===============

Lines between the municipalities that share most networks. Leader groups are left out: they are
areas by design, and tie neighbours to each other.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
kinds = set(aff.networks["kind"]) - {"leader_group"}
ax = vg.plot_ties(aff.select(network_kinds=kinds), strongest=100)
