"""
What is it all for?
===================

The impact chain of model B, the areas' own thematic networks, as the report tells it in
figure 12 and chapter 5.3: read it backwards, from the impacts on the right to the means.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
ax = vg.plot_impact(aff, "B")

# %%
# A network of the report has no chain of its own: it is made of what is said of it. Its goals are
# intended impacts, and no result is made out of anything.

fisu = vg.plot_impact(aff, "fisu")

# %%
# And that of a form, of an invented network. One of its goals has neither result nor indicator.

answers = vg.policy.read("../own_form.xlsx")
hub = vg.plot_impact(aff, "Lake Hub", answers=answers, size=(13.3, 3.6))
gaps = vg.policy.impact_gaps(aff, "Lake Hub", answers=answers)
gaps[["goal", "check", "answer", "evidence"]]
