"""
From above or from below?
=========================

The networks that the report places, by who began them and how many things they serve. Firm
positions and inferred ones have marks of their own, and so have Finnish and foreign networks. A
list in a field says in which field a network is, and not how far inside.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
ax = vg.plot_quadrant(aff)

# %%
# Where does a network of your own go? What its coordinator filled in is read and placed beside
# them. The form here is of a network that is invented: ``valuma-graph template`` writes an empty
# one.

answers = vg.policy.read("../own_form.xlsx")
some = ["Lake Hub", "fisu", "keino", "forum_sweden", "reglab_se", "reglab_dk", "kehyskuntaverkosto"]
beside = vg.plot_quadrant(aff, networks=some, answers=answers, size=(13.3, 4.5))
