"""
Which networks share members?
=============================

The number of members that two networks share, as a matrix with the similar side by side; on the
diagonal, how many members are known.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
ax = vg.plot_overlap(aff)
