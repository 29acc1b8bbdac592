"""
Who owns the Suomi-rata, and who does not?
==========================================

The list of the owners is complete. A municipality that is not on it is therefore not an owner,
and is drawn as such.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2021)
ax = vg.plot_network(aff, "suomi_rata_oy", lang="fi")

# %%
# The ten largest municipalities that are no owners.

people = aff.members.loc[aff.members["kind"] == "municipality", "population"]
owners = aff.memberships.query("network_id == 'suomi_rata_oy'")["member_id"]
aff.names(lang="fi")[people.drop(owners, errors="ignore").nlargest(10).index].tolist()
