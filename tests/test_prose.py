"""The report in prose: what it says is what the results say, in three languages."""

from __future__ import annotations

import itertools
import json
import re
import string
from collections import Counter

import hostile
import numpy as np
import pandas as pd
import pytest
from strategies import tiny

import valuma_graph as vg
from valuma_graph import text
from valuma_graph.geography import contiguity
from valuma_graph.geography.footprints import POPULATION_CLASSES
from valuma_graph.measures import STATUSES
from valuma_graph.measures.isolates import could_hold
from valuma_graph.policy import risks
from valuma_graph.policy.wording import cited
from valuma_graph.portfolio import of_register, portfolio
from valuma_graph.report import positions
from valuma_graph.report.prose import judged, of_members, of_networks, of_set, reach_of
from valuma_graph.report.results import analyse
from valuma_graph.report.sentences import Sentence, address, cited_as, link, networks, share
from valuma_graph.report.voice import Voice

TAMPERE, MIKKELI, ALAJARVI = (f"municipality:FI-{code}" for code in ("837", "491", "005"))
RAISIO = "municipality:FI-680"
TAG = re.compile(r"<[^>]+>")
FOREIGN = {
    "fi": r"the|of|and|is|are|in|its|with|for|to|that|networks?|members?|lists?|there|no|not|one"
    r"|och|är|av|med|för|nätverk|medlemmar|inte",
    "sv": r"the|of|and|is|are|in|its|with|for|to|that|networks?|members?|lists?|there|no|not|one"
    r"|ja|on|ei|ovat|kuntia|verkosto|jäseniä",
}


class Said:
    """All that is said of a set."""

    def __init__(self, aff):
        self.aff, self.results = aff, analyse(aff)
        self.reach, self.risks = reach_of(aff), judged(aff, None)
        self.members = of_members(aff, self.results)
        self.networks = of_networks(aff, self.results, footprint=self.reach, risks=self.risks)
        self.parts = dict(of_set(aff, self.results, risks=self.risks))

    def all(self):
        groups = [*self.members.values(), *self.networks.values(), *self.parts.values()]
        return list(itertools.chain.from_iterable(groups))

    def names(self, langs=text.LANGS):
        return {m: Voice(langs).names(self.aff, m) for m in ("members", "networks")}

    def shown(self, sentence, lang):
        """Return the plain text of the markup."""
        return TAG.sub("", str(sentence.to_markup(Voice([lang]), self.names([lang]))))


@pytest.fixture(scope="module")
def finland():
    return Said(vg.datasets.finland(year=2019))


def values(sentences, key):
    """Return the values of the one sentence of a key, links taken off; None where there is none."""
    found = [one for one in sentences if one.key == key]
    assert len(found) <= 1, key
    return {name: bare(v) for name, v in found[0].given.items()} if found else None


def bare(value):
    return bare(value[2]) if isinstance(value, tuple) and value[0] == "a" else value


def keys(sentences):
    return [one.key for one in sentences]


# -- single places --------------------------------------------------------------------------------


def test_tampere(finland):
    said = finland.members[TAMPERE]
    # Counted by hand in the table of memberships of 2019: 8 networks; Turku alone has more of the
    # nine municipalities of 100,000 or more.
    assert values(said, "prose.in") == {"n": 8, "year": ("y", 2019), "most": 44}
    assert values(said, "prose.rank.A") == {"rank": 2, "of": 9}
    assert values(said, "prose.levels") == {"local": 1, "national": 5, "abroad": 2}
    assert values(said, "prose.axis") == {"axis": ("t", "cli.axis.main_line")}
    assert "prose.firm" in keys(said)
    assert "prose.size_above" in keys(said)


def test_mikkeli_hangs_on_a_bridge(finland):
    said = finland.members[MIKKELI]
    assert values(said, "prose.in")["n"] == 2
    assert values(said, "prose.bridge") == {"network": ("w", ("c21",))}
    assert values(said, "prose.size_below") is not None
    assert "prose.firm" not in keys(said)


def test_alajarvi_has_one_network_apart_from_the_main_part(finland):
    said = finland.members[ALAJARVI]
    single = {"network": ("w", ("lag_aisapari",)), "year": ("y", 2019), "most": 40}
    assert values(said, "prose.in_single") == single
    assert "prose.apart" in keys(said)
    assert "prose.in" not in keys(said)


def test_no_known_membership_is_not_called_isolation(finland):
    said = finland.members[RAISIO]
    assert (
        values(said, "prose.none_known")["n"]
        == (finland.results.isolation_municipalities.networks_possible[RAISIO])
    )
    assert "prose.none_isolated" not in keys(finland.all())
    assert "Se ei tarkoita eristyneisyyttä" in finland.shown(said[0], "fi")


def test_pirkanmaa_and_its_municipalities(finland):
    said = finland.members["region:FI-06"]
    aff = finland.aff
    inside = aff.members.index[aff.members["region"].eq("region:FI-06")]
    degree = pd.Series(np.diff(aff.incidence.tocsr().indptr), aff.members.index)[inside]
    assert values(said, "prose.towns") == {
        "n": 22,
        "inside": int(degree.gt(0).sum()),
        "single": int(degree.eq(1).sum()),
        "outside": int(degree.eq(0).sum()),
    }
    assert values(said, "prose.ways") == {"own": 4, "via": 12}
    assert values(said, "prose.rank.region") == {"rank": 4, "of": 19}


def test_aland_names_the_largest_of_its_municipalities_without_networks(finland):
    said = values(finland.members["region:FI-21"], "prose.towns_out_most")
    names = finland.aff.names("members", "sv")[list(said["members"][1])].tolist()
    assert names == ["Mariehamn", "Jomala", "Finström", "Lemland", "Saltvik"]


# -- every number is one of the results -----------------------------------------------------------


def test_every_place_is_told_of_with_the_numbers_of_isolation(finland):
    for frame in (finland.results.isolation_municipalities, finland.results.isolation_regions):
        for row in frame.itertuples():
            said = finland.members[row.Index]
            first = bare(said[0].given.get("n", 1))
            if row.status == "single_network":
                assert said[0].key == "prose.in_single"
                assert said[0].given["network"] == ("w", (row.depends_on,))
                assert bare(said[0].given["most"]) == row.networks_possible
            elif row.networks:
                assert (said[0].key, first) == ("prose.in", row.networks)
                assert said[0].given["most"] == row.networks_possible
            else:
                assert (said[0].key, first) == ("prose.none_known", row.networks_possible)
            assert ("prose.bridge" in keys(said)) == (row.status == "bridge_dependent")
            assert ("prose.firm" in keys(said)) == (row.status == "connected")
            for way in ("above", "below", "as"):
                found = values(said, f"prose.size_{way}")
                if found:
                    assert found["expected"] == ("d", round(row.expected_networks, 1), 1)
                    gap = row.networks - row.expected_networks
                    assert way == (
                        "as"
                        if abs(gap) < max(0.5, row.expected_networks / 10)
                        else "above"
                        if gap > 0
                        else "below"
                    )
            found = values(said, "prose.peers")
            assert found is None or found["n"] == row.peers


def test_ranks_are_counted_among_municipalities_of_the_same_size(finland):
    frame = finland.results.isolation_municipalities
    people = finland.aff.members["population"].reindex(frame.index)
    between = finland.results.centrality_members["betweenness"]
    checked = 0
    for name, least in POPULATION_CLASSES.items():
        above = [limit for limit in POPULATION_CLASSES.values() if limit > least]
        alike = frame.index[(people >= least) & (people < min(above, default=np.inf))]
        for member in alike[:40]:
            found = values(finland.members[member], f"prose.rank.{name}")
            if not frame.networks[member]:
                assert found is None
                continue
            ahead = sum(frame.networks[other] > frame.networks[member] for other in alike)
            assert found == {"rank": 1 + ahead, "of": len(alike)}
            link_rank = values(finland.members[member], "prose.between_rank")
            assert (link_rank is None) == (between[member] == 0)
            if link_rank:
                ahead = sum(between[other] > between[member] for other in alike)
                assert link_rank == {"rank": 1 + ahead}
            checked += 1
    assert checked > 100


@pytest.mark.parametrize("member", [TAMPERE, MIKKELI, ALAJARVI, "region:FI-06", "region:FI-21"])
def test_closest_peers_are_those_of_the_portfolio(finland, member):
    peers = portfolio(finland.aff, member, lang="fi").peers
    alike = peers[peers["kind"].eq(finland.aff.members["kind"][member])]
    most = alike["shared"].max()
    closest = int(alike["shared"].eq(most).sum())
    found = values(finland.members[member], "prose.peers")
    if closest > 5:
        assert found is None
        tied = values(finland.members[member], "prose.peers_tied")
        assert tied == {"n": len(peers), "tied": closest, "shared": most}
        return
    named = found["members"][1]
    assert found["shared"] == most
    assert named == tuple(alike["member_id"].head(len(named)))
    # Nobody who shares as many as the last of them is left out.
    assert alike["shared"].ge(alike["shared"].iloc[len(named) - 1]).sum() == len(named) <= 5


def test_equally_close_peers_are_named_all_or_not_at_all():
    def named(*shared):
        towns = [f"t{k:02}" for k in range(len(shared) + 1)]
        edges = [("t00", f"n{k}") for k in range(max(shared))]
        edges += [
            (town, f"n{k}") for town, n in zip(towns[1:], shared, strict=True) for k in range(n)
        ]
        aff = tiny(edges, members={town: {"kind": "municipality"} for town in towns})
        found = positions.closest(aff, pd.Index(["t00"]), "municipality", lang="fi")
        return found["t00"][0], *found["t00"][1:]

    assert named(3, 2, 1) == (("t01", "t02", "t03"), 3, 1)
    assert named(3, 2, 2, 2, 1) == (("t01", "t02", "t03", "t04"), 3, 1)
    assert named(3, *[1] * 9) == (("t01",), 3, 1)
    assert named(*[2] * 6) == ((), 2, 6)
    assert named(*[2] * 5, 1) == (("t01", "t02", "t03", "t04", "t05"), 2, 5)


def test_what_neighbours_have_is_counted_pair_by_pair(finland):
    aff = finland.aff
    inside = {
        node: set(aff.networks.index[aff.incidence[[k]].indices])
        for k, node in enumerate(aff.members.index)
    }
    near = {}
    for pair in contiguity(2019).itertuples():
        near.setdefault(pair.a, set()).add(pair.b)
        near.setdefault(pair.b, set()).add(pair.a)
    local = set(aff.networks.index[aff.networks["kind"].isin(["leader_group", "statutory"])])
    could = could_hold(aff).loc[("municipality", "FI")]
    told_of = 0
    for town in finland.results.isolation_municipalities.index:
        others = [inside[one] for one in near.get(town, ()) if one in inside]
        lacks = set().union(*others) - inside[town] - local
        found = values(finland.members[town], "prose.lacks")
        closed = values(finland.members[town], "prose.lacks_closed")
        maybe = sum(bool(could[n]) for n in lacks)
        assert found == ({"n": len(lacks), "could": maybe} if maybe else None)
        assert closed == ({"n": len(lacks)} if lacks and not maybe else None)
        if not lacks:
            continue
        told_of += 1
    assert told_of > 50


def test_pairs_of_ones_networks_that_are_no_chance(finland):
    pairs = finland.results.overlap_networks
    pairs = pairs[pairs["q"] <= 0.05]
    mine = finland.aff.incidence[[finland.aff.members.index.get_loc(TAMPERE)]].indices
    mine = set(finland.aff.networks.index[mine])
    wanted = sum(a in mine and b in mine for a, b in zip(pairs["a"], pairs["b"], strict=True))
    assert values(finland.members[TAMPERE], "prose.pairs") == {"n": wanted}


def test_incomplete_lists_among_ones_networks(finland):
    aff = finland.aff
    for member in (TAMPERE, "region:FI-06"):
        whole = aff if member == TAMPERE else aff.roll_up("region")
        mine = whole.incidence[[whole.members.index.get_loc(member)]].indices
        wanted = int(aff.networks["list_status"].iloc[mine].ne("complete").sum())
        assert values(finland.members[member], "prose.open") == {"n": wanted}


def test_networks_say_what_coverage_and_structure_say(finland):
    structure, coverage = finland.results.structure_networks, finland.results.coverage
    for row in coverage.itertuples():
        said = finland.networks[row.Index]
        if row.list_status == "complete":
            assert values(said, "prose.holds_all")["n"] == row.known
        elif row.known:
            assert values(said, "prose.holds")["n"] == row.known
        else:
            assert "prose.holds_none" in keys(said)
        found = values(said, "prose.declared_of")
        if found:
            assert (found["n"], found["compared"]) == (row.declared, row.compared)
            assert found["covered"] == share(row.coverage)
            assert row.coverage == row.compared / row.declared
        dated = found or values(said, "prose.declared")
        if dated:
            when = str(row.declared_as_of)[:4]
            wanted = ("y", int(when)) if when.isdigit() else ("t", "prose.undated")
            assert dated["when"] == wanted
        assert ("prose.list_partial" in keys(said)) == (row.list_status == "partial")
        assert ("prose.list_unknown" in keys(said)) == (row.list_status == "unknown")
        cut = structure.loc[row.Index]
        found = values(said, "prose.span")
        assert (found is not None) == bool(cut.bridging)
        assert found is None or found == {"n": cut.members_cut_off}
        found = values(said, "prose.only")
        assert (found["n"] if found else 0) == cut.strands
        split = values(said, "prose.kinds")
        assert split is None or sum(split.values()) == row.known


def test_overlaps_of_networks_are_those_beyond_chance(finland):
    pairs = finland.results.overlap_networks
    for node, said in finland.networks.items():
        mine = pairs[pairs["a"].eq(node) | pairs["b"].eq(node)]
        beyond = mine[mine["q"] <= 0.05]
        found = values(said, "prose.beyond") or values(said, "prose.beyond_most")
        if len(beyond):
            assert found["n"] == len(beyond)
            assert found["q"] == ("p", float(f"{beyond['q'].min():.3g}"))
            partners = {*beyond["a"], *beyond["b"]} - {node}
            assert set(found["networks"][1]) <= partners
            assert len(found["networks"][1]) == min(3, len(beyond))
        else:
            assert found is None
            shared = values(said, "prose.shares")
            assert (shared["n"] if shared else 0) == len(mine)


def test_footprints_and_risks_of_networks(finland):
    reach = finland.reach
    judgements = risks(finland.aff)
    for node, said in finland.networks.items():
        found = values(said, "prose.reach")
        territory = reach.loc[node, "territory"] if node in reach.index else 0
        assert (found["n"] if found else 0) == territory
        mine = judgements[judgements["network_id"].eq(node)]
        present = mine.loc[mine["answer"].eq("present"), "rule"]
        told_of = [one.given["risk"] for one in said if one.key == "prose.risk"]
        assert told_of == [("t", f"risk.{rule}") for rule in present]
        rest = values(said, "prose.risks_open")
        if rest:
            assert rest == {"n": mine["answer"].eq("unknown").sum(), "of": len(mine)}


def test_stated_facts_have_a_source(finland):
    stated = {"prose.leads", "prose.lead", "prose.pays", "prose.risk", "prose.axis", "prose.ends"}
    stated |= {"prose.declared", "prose.declared_of", "prose.set.axis_people", "prose.set.risk"}
    found = [one for one in finland.all() if one.key in stated]
    assert {one.key for one in found} == stated
    assert [one for one in found if not one.source] == []


def test_the_funder_of_a_corridor_and_who_says_so(finland):
    (said,) = (one for one in finland.networks["suomen_kasvukaytava"] if one.key == "prose.pays")
    assert said.given == {"members": ("m", ("organisation:tem",))}
    assert said.source.startswith("VALUMA report, Annex 3, Suomen kasvukäytävä")


# -- the whole ------------------------------------------------------------------------------------


def test_the_situation_picture_of_finland(finland):
    parts = finland.parts
    reach = parts["prose.head.reach"]
    assert values(reach, "prose.set.size") == {"n": 157, "ties": 984, "year": ("y", 2019)}
    found = values(reach, "prose.set.reach.municipality")
    assert found == {"n": 311, "inside": 284, "share": ("%", round(284 / 311, 4))}
    assert values(reach, "prose.set.reach.region")["inside"] == 19
    threads = parts["prose.head.threads"]
    counts = Counter(finland.results.isolation_municipalities["status"])
    for status in ("single_network", "bridge_dependent"):
        found = values(threads, f"prose.status.{status}.municipality")
        assert found == {"n": counts[status], "share": share(counts[status] / 311)}
    assert values(threads, "prose.set.firm.region") == {"n": 19}
    assert values(threads, "prose.set.bridges") == {"n": 7}
    outside = parts["prose.head.outside"]
    assert values(outside, "prose.status.no_known_membership.municipality") == {"n": 27}
    assert "prose.set.not_isolated.municipality" in keys(outside)
    whole = values(parts["prose.head.whole"], "prose.set.parts")
    summary = vg.structure(finland.aff).summary
    assert whole["n"] == summary["components"]
    assert whole["members"] == summary["largest_component_members"]
    assert whole["networks"] == summary["largest_component_networks"]


def test_the_municipalities_with_most_networks_and_their_share(finland):
    said = finland.parts["prose.head.most"]
    frame = finland.results.isolation_municipalities
    degrees = sorted(frame["networks"], reverse=True)
    found = values(said, "prose.set.most_tied.municipality")
    assert [frame.networks[one] for one in found["members"][1]] == degrees[:5]
    assert (found["most"], found["least"]) == (degrees[0], degrees[4])
    assert found["n"] == sum(n == degrees[4] for n in degrees[5:])
    # Turku 14, Tampere 8, and of the five with 7 those that the table has first.
    codes = [one.removeprefix("municipality:FI-") for one in found["members"][1]]
    assert (codes, found["n"]) == (["853", "837", "049", "091", "092"], 2)
    regions = values(said, "prose.set.most.region")
    assert regions["least"] == sorted(finland.results.isolation_regions["networks"])[-5]
    found = values(said, "prose.set.tenth.municipality")
    assert found == {"n": 32, "share": share(sum(degrees[:32]) / sum(degrees))}


def test_the_strongest_overlaps_come_first(finland):
    said = [one for one in finland.parts["prose.head.overlaps"] if one.key == "prose.set.pair"]
    pairs = finland.results.overlap_networks.sort_values("q").head(3)
    assert [bare(one.given["n"]) for one in said] == pairs["shared"].tolist()
    assert [one.given["q"][1] for one in said] == [float(f"{q:.3g}") for q in pairs["q"]]
    found = values(finland.parts["prose.head.overlaps"], "prose.set.beyond")
    assert found["n"] == int((finland.results.overlap_networks["q"] <= 0.05).sum())


def test_people_along_the_main_line(finland):
    found = next(
        one.given
        for one in finland.parts["prose.head.axes"]
        if one.given.get("axis") == ("t", "cli.axis.main_line")
    )
    towns = finland.results.isolation_municipalities.index
    people = finland.aff.members["population"].reindex(towns).astype("Float64")
    codes = "091|092|245|186|106|694|109|020|418|837|581|743"
    there = people[people.index.str.fullmatch(f"municipality:FI-({codes})")].sum()
    assert found["share"] == share(there / people.sum())
    assert found["n"] == 12


def test_risks_are_counted_by_rule(finland):
    said = finland.parts["prose.head.risks"]
    judgements = risks(finland.aff)
    judgements = judgements[judgements["network_id"].isin(finland.aff.networks.index)]
    present = Counter(judgements.loc[judgements["answer"].eq("present"), "rule"])
    found = {
        one.given["risk"][1].removeprefix("risk."): one.given["n"]
        for one in said
        if "risk" in one.given
    }
    assert found == present
    rest = values(said, "prose.set.risks_open")
    assert rest["of"] == len(judgements)
    assert rest["n"] == judgements["answer"].eq("unknown").sum()


def test_numbers_lead_to_rows(finland):
    (found,) = (
        one
        for one in finland.parts["prose.head.outside"]
        if one.key == "prose.status.no_known_membership.municipality"
    )
    assert found.given["n"][1] == "#table=municipality&status=no_known_membership"
    first = finland.members[TAMPERE][0].given["n"]
    assert first == ("a", f"#table=municipality&row={TAMPERE}", 8)
    linked = {
        one.key: one.given for part in finland.parts.values() for one in part if "n" in one.given
    }
    assert linked["prose.set.beyond"]["n"][1] == "#table=overlaps&status=surplus"
    (lists,) = (o for o in finland.parts["prose.head.unknown"] if o.key == "prose.set.lists")
    for status, value in lists.given.items():
        assert value[1] == f"#table=networks&status={status}"


# -- words ----------------------------------------------------------------------------------------


def fields(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


ODD = {
    "davis": vg.datasets.southern_women,
    "hostile": hostile.affiliation,
    "all years": lambda: vg.datasets.finland(year=None),
    "no networks": lambda: vg.datasets.finland(year=2019).select(networks=[]),
    "no members": lambda: vg.datasets.finland(year=2019).select(members=[]),
    "regions": lambda: vg.datasets.finland(year=2019).select("region"),
    "nobody known": lambda: tiny([], members="ab", networks={"X": {"list_status": "unknown"}}),
}


@pytest.fixture(scope="module", params=["finland", *ODD])
def any_set(request, finland):
    return finland if request.param == "finland" else Said(ODD[request.param]())


def test_every_place_of_a_text_is_filled_and_no_value_is_left_over(any_set):
    known = text.catalogue()
    for one in any_set.all():
        wanted = {frozenset(fields(template)) for template in known[one.key].values()}
        assert wanted == {frozenset(one.given)}, one.key
        assert one.keys() <= set(known)
        for key in one.keys() - {one.key}:
            if key == f"{one.key}_one":
                assert fields(known[key]["fi"]) <= set(one.given)


def plain(sentence, lang, aff, sources):
    """Write the data of a sentence as a page would: independent of how it writes itself."""
    ids = {m: list(getattr(aff, m).index) for m in ("members", "networks")}
    names = {m: aff.names(m, lang) for m in ids}
    key, given = sentence[:2]

    def number(value):
        return bool(value == 1 or (isinstance(value, list) and value[0] == "a" and value[2] == 1))

    def write(value):
        if isinstance(value, int):
            return text.number(value, lang)
        kind, first, *rest = value
        if kind == "a":
            assert first.startswith("#")
            return write(rest[0])
        if kind in "mw":
            mode = "members" if kind == "m" else "networks"
            return ", ".join(str(names[mode].iloc[k]) for k in first)
        made = {
            "%": lambda: text.percent(first, lang),
            "y": lambda: str(first),
            "p": lambda: text.chance(first, lang),
            "d": lambda: text.number(first, lang, *rest),
            "t": lambda: text.catalogue()[first][lang],
        }
        return made[kind]()

    single = f"{key}_one" in text.catalogue() and number(given.get("n"))
    template = text.catalogue()[f"{key}_one" if single else key][lang]
    assert all(0 <= k < len(sources) for k in sentence[2:])
    return template.format(**{name: write(value) for name, value in given.items()})


@pytest.mark.parametrize("lang", text.LANGS)
def test_both_renderings_say_the_same(any_set, lang):
    aff = any_set.aff
    at = {m: {n: k for k, n in enumerate(getattr(aff, m).index)} for m in ("members", "networks")}
    sources = []
    voice, names = Voice([lang]), any_set.names([lang])

    def place(source):
        sources.append(source)
        return len(sources) - 1

    for one in any_set.all()[::3]:
        data = json.loads(json.dumps(one.to_json(at["members"], at["networks"], source=place)))
        markup = str(one.to_markup(voice, names))
        shown = TAG.sub("", markup)
        for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
            shown = shown.replace(mark, sign)
        assert shown.replace("&amp;", "&") == plain(data, lang, aff, sources)


@pytest.mark.parametrize("lang", ["fi", "sv"])
def test_no_word_of_another_language_is_left(finland, lang):
    for key in set().union(*(one.keys() for one in finland.all())):
        if key.startswith("prose."):
            words = re.sub(r"{\w+}", "", text.catalogue()[key][lang])
            assert not re.search(rf"\b(?:{FOREIGN[lang]})\b", words, flags=re.IGNORECASE), key


def test_one_of_a_thing_has_its_own_words():
    sentence = Sentence("prose.span", {"n": link("#x", 1)})
    names = {"members": {}, "networks": {}}
    assert TAG.sub("", str(sentence.to_markup(Voice(["en"]), names))).endswith(
        "without it 1 member would be cut off from the larger part."
    )


# -- statuses, odd sets, hostile names ------------------------------------------------------------


def test_every_status_has_its_words():
    towns = {
        f"municipality:FI-{code}": {"kind": "municipality", "name_fi": code}
        for code in ("111", "112", "113", "114", "115", "116", "117", "118")
    }
    ids = list(towns)
    alone, one, hub, rim, far, *rest = ids
    edges = [(one, "A"), (hub, "A"), (hub, "B"), (rest[0], "A"), (rest[0], "B"), (rest[1], "B")]
    edges += [(rim, "B"), (rim, "C"), (far, "D"), (far, "E"), (rest[1], "A"), (rest[2], "D")]
    said = Said(tiny(edges, members=towns, networks={"C": {}}))
    status = said.results.isolation_municipalities["status"]
    assert {"isolated", "single_network", "separate_component", "connected"} <= set(status)
    assert set(status) <= set(STATUSES)
    words = {
        "isolated": "prose.none_isolated",
        "single_network": "prose.in_single_taken",
        "separate_component": "prose.apart",
        "connected": "prose.firm",
        "bridge_dependent": "prose.bridge",
    }
    for town in ids:
        assert words[status[town]] in keys(said.members[town])
    assert status[alone] == "isolated"
    counts = Counter(status)
    for name in ("isolated", "single_network", "bridge_dependent", "separate_component"):
        found = values(
            [*said.parts["prose.head.outside"], *said.parts["prose.head.threads"]],
            f"prose.status.{name}.municipality",
        )
        assert (found["n"] if found else 0) == counts[name]


def test_lists_of_which_nothing_is_known_are_said_to_be_so(any_set):
    aff = any_set.aff
    for node, status in aff.networks["list_status"].items():
        said = keys(any_set.networks[node])
        stated = of_register(aff)
        assert ("prose.holds_all" in said) == (status == "complete" and stated)
        assert ("prose.holds_taken" in said) == (status == "complete" and not stated)
        assert bool({"prose.list_partial", "prose.list_unknown"} & set(said)) != (
            status == "complete"
        )


TOWNS = {f"municipality:FI-{code}": {"kind": "municipality"} for code in ("491", "740", "593")}


def test_a_list_that_nobody_calls_complete_is_not_called_so():
    """What is only taken as complete is said to be; what is partial is never said to be full."""
    town, *others = TOWNS
    edges = [(town, "A"), (town, "B"), (others[0], "B")]
    taken = Said(tiny(edges, members=TOWNS, networks={"A": {}, "B": {}}))
    assert keys(taken.members[town])[0] == "prose.in_taken"
    assert keys(taken.members[others[0]])[0] == "prose.in_single_taken"
    assert keys(taken.networks["A"])[0] == "prose.holds_taken"
    assert "prose.set.lists_taken" in keys(taken.parts["prose.head.unknown"])
    partial = {name: {"list_status": "partial"} for name in "AB"}
    open_lists = Said(tiny(edges, members=TOWNS, networks=partial))
    assert keys(open_lists.members[town])[0] == "prose.in_all"
    assert values(open_lists.members[town], "prose.open") == {"n": 2}
    for lang, word in {"fi": "täydelli", "sv": "fullständiga", "en": "complete"}.items():
        assert word not in open_lists.shown(open_lists.members[town][0], lang)
    for key in ("prose.none_isolated", "prose.in_taken", "prose.holds_taken"):
        assert "on täydellinen" not in text.catalogue()[key]["fi"]


def test_a_region_has_more_municipalities_than_the_set():
    """South Savo has had 12 municipalities since 2021, 13 before; the set has two of them."""
    chosen = ["municipality:FI-491", "municipality:FI-740", "region:FI-10"]
    said = Said(vg.datasets.finland(year=2021).select(members=chosen))
    found = values(said.members["region:FI-10"], "prose.towns_some")
    assert (found["n"], found["all"]) == (2, 12)
    assert found["inside"] + found["outside"] == 2
    assert "prose.towns" not in keys(said.members["region:FI-10"])


def test_one_part_is_said_of_those_who_are_in_networks():
    said = Said(tiny([("a", "X"), ("b", "X")], members="abcde", networks={"X": {}, "Y": {}}))
    assert values(said.parts["prose.head.whole"], "prose.set.one_part") == {"n": 2, "networks": 1}
    for lang, word in {
        "fi": "verkostoissa mukana",
        "sv": "med i nätverk",
        "en": "in networks",
    }.items():
        assert word in text.catalogue()["prose.set.one_part"][lang]


@pytest.mark.parametrize(
    ("degrees", "key", "wanted"),
    [
        ([3, 2, 2, 1, 1], "most", {"named": 5, "most": 3, "least": 1}),
        ([3, 2, 1, 1, 1, 1], "most_tied", {"named": 5, "most": 3, "least": 1, "n": 1}),
        ([3, 1, 1, 1, 1, 1, 1, 1, 1, 1], "most_few", {"named": 1, "most": 3, "least": 1, "n": 9}),
        ([1] * 11, "most_equal", {"most": 1, "n": 11}),
    ],
)
def test_of_many_equal_ones_a_few_are_not_named_by_alphabet(degrees, key, wanted):
    edges = [(f"m{k:02}", f"N{i}") for k, degree in enumerate(degrees) for i in range(degree)]
    said = Said(tiny(edges, members=[f"m{k:02}" for k in range(len(degrees))]))
    found = values(said.parts["prose.head.most"], f"prose.set.{key}.member")
    named = found.pop("members", None)
    assert found | ({"named": len(named[1])} if named else {}) == wanted


def test_nothing_is_said_of_what_is_not_there():
    empty = Said(vg.datasets.finland(year=2019).select(networks=[], members=[]))
    assert (empty.members, empty.networks) == ({}, {})
    assert "prose.head.most" not in empty.parts
    assert all(empty.parts.values())


def test_all_years_are_said_to_be_together(any_set):
    years = {one.given["year"] for one in any_set.all() if one.key == "prose.set.size"}
    wanted = ("t", "prose.any_year") if any_set.aff.year is None else ("y", any_set.aff.year)
    assert years == {wanted}


def test_hostile_names_are_text():
    said = Said(hostile.affiliation())
    voice, names = Voice(text.LANGS), said.names()
    for one in said.all():
        tags = set(re.findall(r"<(\w+)", str(one.to_markup(voice, names))))
        assert tags <= {"a", "bdi", "span"}


def test_sites_are_links_with_the_letters_of_their_names():
    voice = Voice(["fi", "en"])
    made = str(cited_as("https://www.xn--itrata-cua.fi/omistajat | VALUMA report, ch. 4.2", voice))
    assert 'href="https://www.itärata.fi/omistajat" rel="noopener noreferrer"' in made
    assert TAG.sub("", made) == "itärata.fi; VALUMA-raportti, luku 4.2VALUMA report, ch. 4.2"
    odd = str(cited_as('javascript:alert(1) | https://a.fi/"><b>', voice))
    assert odd.count("<a ") == 1
    assert "<b>" not in odd
    assert cited("https://xn--80ak6aa92e.com/", "fi") == "https://xn--80ak6aa92e.com/"


def test_finnish_headings_in_citations_of_other_languages_are_said_to_be_finnish(finland):
    made = cited_as(
        "VALUMA report, Annex 3, MAL-verkosto: Rahoitus; ch. 4.2, Table 5", Voice(["sv"])
    )
    heading = '<span lang="fi">MAL-verkosto: Rahoitus</span>'
    assert (
        str(made)
        == f"<cite><bdi>VALUMA-rapporten, bilaga 3, {heading}; kap. 4.2, tabell 5</bdi></cite>"
    )
    assert "lang=" not in str(cited_as("VALUMA report, ch. 4.2, Table 5", Voice(["fi", "sv"])))
    assert "lang=" not in str(cited_as("VALUMA report, Annex 1, Ruotsi", Voice(["fi"])))
    sources = {place for one in finland.all() for place in one.source.split(" | ")}
    left = [
        re.sub(r'<span lang="fi">[^<]*</span>', "", str(cited_as(source, Voice(["sv"]))))
        for source in sorted(sources)
        if source.startswith("VALUMA")
    ]
    bare = re.compile(r"VALUMA-rapporten, (?:kap\. [\d.]+|bilaga \d)(?:, tabell \d+)?[;,]? ?")
    assert len(left) > 50
    words = [TAG.sub("", one) for one in left]
    assert [one for one in words if re.search("[Vv]erkost|luku|liite", bare.sub("", one))] == []


def test_addresses_hide_nothing():
    assert address(network='a"&b#c é') == "#network=a%22%26b%23c%20%C3%A9"
    odd = Sentence("prose.leads", {"networks": networks(['"><b>'])})
    names = {"networks": {'"><b>': {"en": "<i>"}}}
    markup = str(odd.to_markup(Voice(["en"]), names))
    assert '<a href="#network=%22%3E%3Cb%3E"><bdi>&lt;i&gt;</bdi></a>' in markup


def test_the_same_twice_and_not_too_much(finland):
    aff = finland.aff
    at = {m: {n: k for k, n in enumerate(getattr(aff, m).index)} for m in ("members", "networks")}

    def written(members, of_each):
        both = [
            [[one.to_json(at["members"], at["networks"], source=len) for one in said] for said in s]
            for s in (members.values(), of_each.values())
        ]
        return json.dumps(both, separators=(",", ":"), ensure_ascii=False)

    first = written(finland.members, finland.networks)
    again = of_networks(aff, finland.results, footprint=finland.reach, risks=finland.risks)
    assert written(of_members(aff, finland.results), again) == first
    assert len(first.encode()) < 250_000


def test_classes_of_population_begin_where_they_say():
    people = pd.Series([0, 3999, 4000, 9999, 10_000, 24_999, 25_000, 99_999, 100_000, None])
    assert positions.size_class(people.astype("Int64")).fillna("-").tolist() == list("EEDDCCBBA-")


def test_equal_members_share_a_rank_and_the_unknown_have_none():
    found = positions.ranks(
        pd.Series([4.0, 4.0, 1.0, np.nan, 9.0]), pd.Series(["A", "A", "A", "A", None])
    )
    assert found["rank"].fillna(-1).tolist() == [1, 1, 3, -1, -1]
