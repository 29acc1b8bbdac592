"""
Do these networks lie in the same places?
=========================================

Six networks on one page, each on its own small map: themes are spread over the country, zones are
not.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
chosen = [
    "hinku",
    "fisu",
    "c21",
    "seutukaupunkiverkosto",
    "pohjoinen_kasvuvyohyke",
    "kuuma_seutu",
]
axes = vg.plot_networks(aff, chosen)
