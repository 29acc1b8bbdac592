"""
Who would take the lead?
========================

Figure 7 of the report: would your municipality take a national coordinating role in a thematic
network? By size class, from the municipal survey of autumn 2019; the shares of one class add up
to 101, as they do in the report.
"""

import valuma_graph as vg

ax = vg.plot_survey("figure7")

# %%
# In which themes, is Table 3; the other tables of the report are in ``vg.policy.CONTEXTS``.

themes = vg.policy.context("table3")
themes[["name", "item"]].head(5)
