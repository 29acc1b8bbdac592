"""
Who is in Hinku?
================

The Hinku network of carbon-neutral municipalities as it was known in 2019. Its list is not
complete, so those not on it are hatched: they may be members or not.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
ax = vg.plot_network(aff, "hinku")

# %%
# The same page in Finnish, to be put in a memo: ``lang="fi"``, or ``"sv"``. ``save_picture``
# writes PNG, SVG or PDF, and ``vg.datasets.finland(year=2026)`` shows who has joined since.
