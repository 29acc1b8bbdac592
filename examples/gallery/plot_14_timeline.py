"""
What outlives its money?
========================

Programmes and networks from 1994 on, and who was fed by which programme. Years that nobody
gives fade, or bear a question mark; a star marks where a network went on after a programme.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
ax = vg.plot_timeline(aff)

# %%
# The same for a few, with the programmes that fed them: when their money ends as far as that is
# known, and which programmes ended before the network was last seen (``outlasted``).

some = ["mal_verkosto", "kuusi_aika", "allied_ict_finland", "maaseutuverkosto", "keino"]
few = vg.plot_timeline(aff, networks=some, size=(13.3, 5.8))
years = vg.policy.timeline(aff, networks=some)
years[years["kind"] == "network"][["start", "end", "funding_end", "outlasted", "outlived"]]
