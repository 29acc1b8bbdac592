"""A small affiliation network whose names try to be something else than text."""

from __future__ import annotations

from strategies import tiny

SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = '"><img src=x onerror="window.hacked = 1">'
REMOTE = "<img src=https://example.org/a.png>"
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
FORMULA = "=cmd|' /C calc'!A0"
RIGHT_TO_LEFT = "abc\u202edcba"
LONG = "x" * 400
CONTROL = "bell\x07and\x0bmore"
NAMES = (SCRIPT, IMAGE, REMOTE, TEMPLATE, FORMULA, RIGHT_TO_LEFT, LONG)


def affiliation():
    """Return members and networks with these names; some lists are not complete."""
    members = {
        f"municipality:FI-{i:03}": {
            "kind": "municipality",
            "name_fi": name,
            "name_sv": f"{name} (sv)",
            "region": "region:FI-01",
            "population": 1000 + i,
        }
        for i, name in enumerate(NAMES)
    }
    members["region:FI-01"] = {"kind": "region", "name_fi": "Uusimaa", "name_sv": "Nyland"}
    members["municipality:FI-900"] = {"kind": "municipality", "name_fi": "Öja"}
    members["municipality:FI-901"] = {"kind": "municipality", "name_fi": "Åland"}
    members["municipality:FI-902"] = {"kind": "municipality", "name_fi": "Ähtäri"}
    members["municipality:FI-903"] = {"kind": "municipality", "name_fi": "Espoo"}
    networks = {
        f"n{i}": {"name_fi": name, "list_status": "complete" if i % 2 else "partial"}
        for i, name in enumerate(NAMES)
    }
    networks["n0"] |= {"declared_total": 20}
    ids = list(members)
    edges = [(m, f"n{i}") for i in range(len(NAMES)) for m in ids[i : i + 3]]
    return tiny(edges, members=members, networks=networks, year=2019)
