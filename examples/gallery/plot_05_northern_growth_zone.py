"""
Is the northern growth zone a zone?
===================================

From Turku along the south coast to the east. Members are cities and regions; the strip below the
map lays the axis out as a line.
"""

import valuma_graph as vg

aff = vg.datasets.finland(year=2019)
corridor = vg.Corridor("Åbo–Kotka", "northern_growth_zone", 30)
ax = vg.plot_corridor(aff, corridor, network="pohjoinen_kasvuvyohyke", lang="sv")
