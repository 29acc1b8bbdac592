"""
How much does distance explain?
===============================

Of all pairs of municipalities, those that lie nearer to each other share a network more often.
The share of pairs with at least one network in common, by the distance of their centres; and the
same without the largest network, which ties places all over the country. Only known members count.
"""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import valuma_graph as vg

aff = vg.datasets.finland(year=2019).select(kinds=["municipality"])
places = aff.members[aff.members["country"] == "FI"]
kilometres = vg.distances(2019).loc[places.index, places.index]
largest = vg.coverage(aff)["known"].idxmax()
networks = {
    "all networks": aff,
    f"without {aff.names('networks')[largest]}": aff.without(networks=[largest]),
}

pair = np.triu_indices(len(places), 1)
edges = [0, 25, 50, 100, 150, 200, 300, 500, 1200]
labels = [f"{low}–{high}" for low, high in pairwise(edges)]
band = pd.cut(kilometres.to_numpy()[pair], edges, labels=labels)
ax = Figure(figsize=(7, 4), layout="constrained").subplots()
for label, chosen in networks.items():
    shared = pd.Series(vg.comembership(chosen, ids=places.index).to_numpy()[pair] > 0)
    (100 * shared.groupby(band, observed=True).mean()).plot(ax=ax, marker="o", label=label)
ax.set(xlabel="Distance, km", ylabel="Pairs that share a network, %", ylim=(0, None))
legend = ax.legend(frameon=False)

# %%
# Near places also lie in the same region and often border on each other. A regression over all
# pairs tells these apart; its p-values come from relabelling the municipalities, because pairs
# with a municipality in common are not independent. ``r_squared_drop`` is what the model loses
# without the term.

predictors = {
    "log_distance": np.log(kilometres.where(kilometres > 0)),
    "same_region": places["region"],
    "contiguous": vg.contiguity(2019),
    "log_size_difference": np.log(places["population"]),
}
shared = vg.comembership(aff, ids=places.index)
found = vg.mrqap(shared, predictors, permutations=499)
found.coefficients[["estimate", "p", "r_squared_drop"]].round(3)

# %%
# How much of the variance do all four explain, and how much distance alone?

alone = vg.mrqap(shared, {"log_distance": predictors["log_distance"]}, permutations=99)
print(f"all four {found.r_squared:.1%}, distance alone {alone.r_squared:.1%}")

# %%
# Whether they share any network at all, as a logit, without the largest network: the odds when
# the distance doubles, in the same region, across a common border, and when one is twice as large.

any_network = (vg.comembership(networks[label], ids=places.index) > 0).astype(float)
odds = vg.mrqap(any_network, predictors, model="logit", permutations=99).coefficients
step = pd.Series({"log_distance": np.log(2), "log_size_difference": np.log(2)})
times = np.exp(odds["estimate"] * step.reindex(odds.index, fill_value=1))
pd.DataFrame({"odds_times": times, "p": odds["p"]}).drop(index="intercept").round(2)
