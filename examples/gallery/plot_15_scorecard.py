"""
What keeps a network alive?
===========================

The critical success factors of the report as checks of five networks. Unknown is not "no": a
check that nothing speaks for or against has a mark of its own.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
some = ["reglab_se", "fisu", "suomen_kasvukaytava", "euniver_cities", "maaseutuverkosto"]
ax = vg.plot_scorecard(aff, networks=some)

# %%
# What one of them rests on: the evidence of each check that is not met, and where it is from.

card = vg.policy.scorecard(aff, networks=["suomen_kasvukaytava"])
card.loc[card["answer"] == "not_met", ["check", "evidence", "basis", "source"]]
