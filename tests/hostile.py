"""A small affiliation network whose names try to be something else than text."""

from __future__ import annotations

from strategies import tiny

from valuma_graph.affiliation.assembly import Options, Origin
from valuma_graph.affiliation.network import build
from valuma_graph.places import gazetteer

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


# Names and ids of a whole page of them: what breaks markup, scripts, tables, addresses or lines.
WILD_NAMES = (
    "</script><script>window.hacked = 1</script>", "<!-- ", "--><svg onload=window.hacked=1>",
    "javascript:window.hacked=1", "__proto__", "constructor", "{n} {name}", "a&amp;b", "%41",
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", '"quoted"', "a;b,c", "two\nlines", "\u202eabc",
    "\u2067arabic", "\U0001f600\U0001f469\u200d\U0001f33e", "x" * 10_000, "word " * 2_000, "null",
)  # fmt: skip
WILD_IDS = (
    "__proto__", "constructor", "hasOwnProperty", "a&b=c", "#x", "50% off", "a b", "'q'", '"q"',
    "a/b?c", "\u00e4\u00f6", "%E0%A4%A", "a+b", "place=x", "<b>", "null", "-1", "0", "x;y,z",
    "lang",
)  # fmt: skip


def wild(places, year):
    """
    Return a set of these: all places of Finland of a year are in one network, nobody in another.

    The first places and networks have the names, other members and networks the ids; what has an
    id has no name. No list is known to be whole.
    """
    named = dict(zip(places, WILD_NAMES, strict=False))
    members = {one: {"kind": "municipality", "name_fi": named.get(one, one)} for one in places}
    members |= {one: {"kind": "organisation"} for one in WILD_IDS}
    networks = {f"n{k}": {"name_fi": name} for k, name in enumerate(WILD_NAMES)}
    networks |= {"all": {"name_fi": "Kaikki"}, "none": {"name_fi": "Ei ketään"}}
    networks |= {one: {} for one in WILD_IDS}
    edges = [(one, "all") for one in places]
    edges += [(one, f"n{k}") for k in range(len(WILD_NAMES)) for one in places[k : k + 3]]
    around = [*WILD_IDS, *WILD_IDS]
    edges += [(m, n) for k, n in enumerate(WILD_IDS) for m in around[k : k + 3]]
    unknown = {"list_status": "unknown"}
    networks = {one: row | unknown for one, row in networks.items()}
    made = tiny(edges, members=members, networks=networks)
    rows = made.memberships.drop(columns="counted")
    # With the list of places there is a map.
    origin = Origin(made.members, made.networks, rows, gazetteer=gazetteer())
    return build(origin, Options(year=year))
