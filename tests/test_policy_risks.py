"""Risks of networks: each rule by hand, and what is unknown."""

from __future__ import annotations

import time

import pandas as pd
import pytest

import valuma_graph as vg
from valuma_graph import datasets
from valuma_graph.errors import UnknownNodeError
from valuma_graph.policy import money
from valuma_graph.policy.forms import origin
from valuma_graph.policy.hazards import RULES, risk_rules, risks
from valuma_graph.policy.patterns import departures
from valuma_graph.policy.schema import ATTRIBUTES
from valuma_graph.policy.scorecards import scorecard
from valuma_graph.policy.statements import COLUMNS, FUNDING_COLUMNS, NONE, Answers
from valuma_graph.text import LANGS

COLUMNS_OUT = [
    "network_id", "name", "rule", "answer", "evidence", "basis", "source", "reference",
]  # fmt: skip
GRAPH = ("duplicate", "members_meet_nowhere_else", "dependence_on_one_member")


@pytest.fixture(scope="module")
def aff() -> vg.Affiliation:
    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="module")
def found(aff: vg.Affiliation) -> pd.DataFrame:
    return risks(aff)


def form(said: dict[str, str], members: list[tuple[object, ...]] = ()) -> Answers:
    networks = pd.DataFrame(
        {"network_id": ["hub"], "name_fi": ["Hubi"], "kind": ["network"], "source": ["hub.xlsx"]}
    ).set_index("network_id")
    rows = [
        {
            "network_id": "hub", "dimension": ATTRIBUTES[k].dimension, "attribute": k, "value": v,
            "basis": "stated", "source": f"hub.xlsx, C{i}",
        }
        for i, (k, v) in enumerate(said.items(), 5)
    ]  # fmt: skip
    listed = pd.DataFrame(members, columns=["member", "role", "since", "until"], dtype="str")
    return Answers(
        networks=networks,
        statements=pd.DataFrame(rows, columns=list(COLUMNS)),
        memberships=listed.assign(network="Hubi"),
    )


def small(lists: dict[str, str], **status: str) -> vg.Affiliation:
    """Networks by name, their members as letters."""
    rows = [(f"organisation:{m}", n) for n, members in lists.items() for m in members]
    memberships = pd.DataFrame(rows, columns=["member", "network"])
    table = pd.DataFrame({"network_id": list(lists), "name_en": list(lists)})
    table["list_status"] = [status.get(n, "complete") for n in lists]
    return vg.read(memberships, networks=table)


def answer(found: pd.DataFrame, network: str, rule: str) -> str:
    row = found[found["network_id"].eq(network) & found["rule"].eq(rule)]
    return str(row["answer"].item())


def test_every_network_gets_every_rule_once(aff, found) -> None:
    assert list(found.columns) == COLUMNS_OUT
    assert (found.groupby("network_id")["rule"].agg(list).map(tuple) == tuple(RULES)).all()
    assert set(aff.networks.index) <= set(found["network_id"])


def test_rules_have_words_and_references() -> None:
    assert len(RULES) == 9
    for lang in LANGS:
        table = risk_rules(lang=lang)
        assert table.index.tolist() == list(RULES)
        assert table["title"].is_unique
    assert table["reference"].str.contains("VALUMA report|https://doi.org/").all()


def test_nothing_is_stated_that_is_not(found) -> None:
    unknown = found["answer"].eq("unknown")
    assert (found.loc[unknown, "basis"] == "unknown").all()
    assert found.loc[~unknown, ["source", "evidence"]].notna().all(axis=None)
    # What the report states is only coded when it is put into a class, or computed from.
    assert found.loc[~unknown, "basis"].isin(["coded", "inferred", "computed"]).all()
    graph = found["rule"].isin(GRAPH) & ~unknown
    assert (found.loc[graph, "basis"] == "computed").all()


def test_rules_on_lists_are_judged_on_complete_lists_only(aff, found) -> None:
    open_lists = aff.networks.index[aff.networks["list_status"].ne("complete")]
    rows = found[found["network_id"].isin(open_lists) & found["rule"].isin(GRAPH)]
    strict = rows[rows["rule"].ne("duplicate")]
    assert (strict["answer"] == "unknown").all()
    assert (rows.loc[rows["rule"].eq("duplicate"), "answer"] != "absent").all()
    away = found[~found["network_id"].isin(aff.networks.index) & found["rule"].isin(GRAPH)]
    assert len(away)
    assert (away["answer"] == "unknown").all()


@pytest.mark.parametrize(
    ("network", "rule", "expected"),
    [
        # Table 5: TEM alone; members and TEM
        ("keino", "single_funder", "present"),
        ("suomen_kasvukaytava", "single_funder", "absent"),
        # AIKO ended in 2018; CrossCare has EU money until 2021; Vinnväxt is ending (Annex 2)
        ("pohjoinen_kasvuvyohyke", "funding_ends", "unknown"),
        ("crosscare", "funding_ends", "present"),
        ("paper_province", "funding_ends", "present"),
        ("keino", "funding_ends", "absent"),
        # Annex 2: an Oulu-centred lead; members lead in turn; 1 and 0 persons
        ("allied_ict_finland", "coordination_in_one_hand", "present"),
        ("north_calotte_council", "coordination_in_one_hand", "absent"),
        ("kehyskuntaverkosto", "coordination_in_one_hand", "present"),
        ("nspa", "coordination_in_one_hand", "unknown"),
        ("fisu", "closed_membership", "present"),
        ("maaseutuverkosto", "closed_membership", "absent"),
        ("terve_kunta", "closed_membership", "absent"),
        # a baseline, an evaluation and a wish for indicators say not that the activity is measured
        ("fisu", "no_measurement", "unknown"),
        ("suomen_kasvukaytava", "no_measurement", "unknown"),
        ("kuusi_aika", "no_measurement", "unknown"),
        ("hinku", "no_measurement", "unknown"),
        # 9 of the 11 Fisu municipalities of 2019 (13 with two others in the list) in Circwaste
        ("fisu", "duplicate", "present"),
        ("circwaste_pioneers", "duplicate", "present"),
        ("hinku", "duplicate", "unknown"),
        # Tampere left EUniverCities in 2017, 1 of 15: under a tenth, and others may have left
        ("euniver_cities", "member_turnover", "unknown"),
    ],
)  # fmt: skip
def test_answers_by_hand(found, network: str, rule: str, expected: str) -> None:
    assert answer(found, network, rule) == expected


def test_known_departures(aff) -> None:
    left = departures(aff, answers=NONE, year=2019)
    assert left.loc["euniver_cities", ["left", "of", "since"]].tolist() == [1, 15, 2015]
    # declared 25 members in 2019, of which 2 are known; VTT left in 2019
    assert left.loc["allied_ict_finland", ["left", "of"]].tolist() == [1, 26]
    # Valtimo merged into Nurmes: no departure, in no year
    for year in (2019, 2021):
        other = vg.datasets.finland(year=year)
        assert "hinku" not in departures(other, answers=NONE, year=year).index


def test_departures_of_an_agreement_that_has_ended_are_none() -> None:
    aff = vg.datasets.finland(year=2016)
    assert "kuntakokeilu_2012_2015" not in departures(aff, answers=NONE, year=2016).index


def test_departures_one_by_one_and_terms_that_are_over() -> None:
    # KEINO: KL-Kuntahankinnat and Sitra are not in the second period, eight others are
    later = vg.datasets.finland(year=2022)
    left = departures(later, answers=NONE, year=2022)
    assert left.loc["keino", ["left", "of"]].tolist() == [2, 10]
    assert answer(risks(later, networks=["keino"]), "keino", "member_turnover") == "present"
    # MAL agreements: the agreements of 2012-2015 ended for all
    then = vg.datasets.finland(year=2016)
    left = departures(then, answers=NONE, year=2016)
    assert not {"mal_agreement_turku", "mal_agreement_oulu"} & set(left.index)


def test_turnover_of_a_form(aff) -> None:
    ten = [(f"M{k}", "member", "2015", None) for k in range(9)]
    gone = form({}, [*ten, ("M9", "member", "2015", "2017")])
    assert answer(risks(aff, networks=["hub"], answers=gone), "hub", "member_turnover") == "present"
    stay = form({}, [*ten, ("M9", "member", "2015", None)])
    assert answer(risks(aff, networks=["hub"], answers=stay), "hub", "member_turnover") == "absent"
    said = form({"turnover": "Two have come and gone"}, [*ten, ("M9", "member", "2015", None)])
    row = risks(aff, networks=["hub"], answers=said).set_index("rule").loc["member_turnover"]
    assert row["answer"] == "unknown"
    assert "Two have come and gone" in row["evidence"]
    vague = form({}, [*ten, ("M9", "member", None, None)])
    assert answer(risks(aff, networks=["hub"], answers=vague), "hub", "member_turnover") == (
        "unknown"
    )
    past = risks(aff, networks=["hub"], answers=gone, year=2030)
    assert answer(past, "hub", "member_turnover") == "absent"


def test_answers_of_a_form(aff) -> None:
    said = form({"openness": "closed", "measured": "no", "staff": "1", "deputy": "no"})
    table = risks(aff, networks=["hub"], answers=said).set_index("rule")
    assert table["answer"].eq("present").to_dict() == {
        rule: rule in {"closed_membership", "no_measurement", "coordination_in_one_hand"}
        for rule in RULES
    }
    assert (table.loc[table["answer"].ne("present"), "answer"] == "unknown").all()
    assert table.loc["closed_membership", ["basis", "source"]].tolist() == [
        "stated",
        "hub.xlsx, C5",
    ]
    other = form(
        {"openness": "partly_open", "measurement": "Survey", "deputy": "yes", "staff": "9"}
    )
    table = risks(aff, networks=["hub"], answers=other).set_index("rule")
    for rule in ("closed_membership", "no_measurement", "coordination_in_one_hand"):
        assert table.loc[rule, "answer"] == "absent"
    two = form({"staff": "1", "deputy": "yes", "measured": "partly", "measurement": "Survey"})
    table = risks(aff, networks=["hub"], answers=two).set_index("rule")
    assert table.loc["coordination_in_one_hand", "answer"] == "absent"
    assert table.loc["no_measurement", "answer"] == "unknown"
    assert "partly" in table.loc["no_measurement", "evidence"]
    alone = form({"staff": "0,5"})
    row = (
        risks(aff, networks=["hub"], answers=alone)
        .set_index("rule")
        .loc["coordination_in_one_hand"]
    )
    assert row[["answer", "basis", "source"]].tolist() == ["present", "inferred", "hub.xlsx, C5"]
    both = form({"staff": "1", "deputy": "no"})
    row = (
        risks(aff, networks=["hub"], answers=both).set_index("rule").loc["coordination_in_one_hand"]
    )
    assert row["source"] == "hub.xlsx, C5 | hub.xlsx, C6"
    nobody = risks(aff, networks=["hub"], answers=form({"staff": "0"}))
    assert answer(nobody, "hub", "coordination_in_one_hand") == "unknown"
    vague = form({"deputy": "no", "measurement": "ei ole"})
    table = risks(aff, networks=["hub"], answers=vague).set_index("rule")
    assert (table["answer"] == "unknown").all()


def test_an_empty_form_is_unknown_everywhere(aff) -> None:
    table = risks(aff, networks=["hub"], answers=form({}))
    assert (table["answer"] == "unknown").all()
    assert table["source"].isna().all()


def test_money_of_the_future_and_of_the_past(aff, monkeypatch) -> None:
    def pretended(*_: object, **__: object) -> pd.DataFrame:
        until = {"fisu": 2021, "keino": 2022, "hinku": 2010, "dream": None}
        return pd.DataFrame(
            {
                "name": "x", "sources": 2, "single_source": "no", "project_money": "yes",
                "project_until": pd.array(list(until.values()), dtype="Int64"),
                "basis": "stated", "rule": None, "evidence": "e", "source": "s",
            },
            index=list(until),
        )  # fmt: skip

    monkeypatch.setattr(money, "dependence", pretended)
    table = risks(aff, networks=["fisu", "keino", "hinku", "dream"], year=2019)
    said = [answer(table, n, "funding_ends") for n in ("fisu", "keino", "hinku")]
    assert said == ["present", "absent", "unknown"]
    for year, expected in (
        (2018, "absent"),
        (2020, "present"),
        (2022, "present"),
        (2023, "unknown"),
    ):
        then = risks(aff, networks=["keino"], year=year)
        assert answer(then, "keino", "funding_ends") == expected
    # Its end is unknown to the table of money; the report says that its project ends in 2020.
    assert answer(table, "dream", "funding_ends") == "present"
    assert answer(risks(aff, networks=["dream"], year=2026), "dream", "funding_ends") == "unknown"
    assert "stated" not in set(table["basis"])


def test_one_member_that_does_everything() -> None:
    rows = pd.DataFrame(
        {
            "network": ["n"] * 5 + ["m"] * 4, "member": [f"organisation:{m}" for m in "aaabcaaba"],
            "role": ["coordinator", "host", "funder", "member", "member",
                     "coordinator", "host", "funder", "funder"],
        }
    )  # fmt: skip
    aff = vg.read(rows)
    table = risks(aff, networks=["n", "m"])
    one = table[table["rule"].eq("coordination_in_one_hand")].set_index("name")
    assert one["answer"].to_dict() == {"n": "present", "m": "unknown"}
    assert one.loc["n", "basis"] == "inferred"


def test_meetings_and_dependence_by_hand() -> None:
    # a and b meet in n and o; c, d only in n; o is tied to n by a and b, p by e alone to o
    aff = small({"n": "abcd", "o": "abe", "p": "efg", "q": "xyz"})
    table = risks(aff)
    assert [answer(table, n, "members_meet_nowhere_else") for n in "nopq"] == ["present"] * 4
    assert [answer(table, n, "dependence_on_one_member") for n in "nopq"] == [
        "absent", "absent", "present", "absent",
    ]  # fmt: skip
    twice = small({"n": "abcd", "o": "abcd", "p": "abe"})
    table = risks(twice)
    assert [answer(table, n, "members_meet_nowhere_else") for n in "nop"] == [
        "absent", "absent", "present",
    ]  # fmt: skip
    partial = small({"n": "abcd", "o": "abe", "p": "efg"}, p="partial")
    assert answer(risks(partial), "p", "dependence_on_one_member") == "unknown"


def test_dependence_agrees_with_taking_members_away(aff, found) -> None:
    """Without the member, the network is in a smaller part than before, or alone."""
    import networkx as nx

    graph = nx.Graph()
    held = aff.memberships[aff.memberships["counted"]]
    graph.add_edges_from(
        (("n", n), ("m", m)) for n, m in zip(held["network_id"], held["member_id"], strict=True)
    )
    rows = found[found["rule"].eq("dependence_on_one_member") & found["answer"].ne("unknown")]
    for network, said in zip(rows["network_id"], rows["answer"], strict=True):
        start = ("n", network)
        whole = {k for k in nx.node_connected_component(graph, start) if k[0] == "n"}
        cut = False
        for member in list(graph[start]):
            rest = nx.restricted_view(graph, [member], [])
            left = {k for k in nx.node_connected_component(rest, start) if k[0] == "n"}
            cut |= len(whole) > 1 and len(left) * 2 < len(whole)
            cut |= len(whole) > 1 and left == {start}
        # A member further away may cut it off too: present then without `cut`.
        assert not (cut and said == "absent"), network


def test_duplicates_agree_with_overlap(aff, found) -> None:
    pairs = vg.overlap(aff, null="sdsm", forbidden="country")
    near = pairs[(pairs["q"] <= 0.05) & (pairs["overlap_coefficient"] >= 0.75)]
    complete = set(aff.networks.index[aff.networks["list_status"].eq("complete")])
    expected = set()
    for p in near.astype({"a": "str", "b": "str"}).itertuples():
        smaller = [p.a] if p.size_a < p.size_b else [p.b] if p.size_b < p.size_a else [p.a, p.b]
        if complete & set(smaller):
            expected |= {p.a, p.b}
    rows = found[found["rule"].eq("duplicate")]
    assert set(rows.loc[rows["answer"].eq("present"), "network_id"]) == expected
    strict = risks(aff, alpha=1e-12, without=[r for r in RULES if r != "duplicate"])
    assert "present" not in set(strict["answer"])


def test_networks_that_belong_together_say_so(found) -> None:
    tied = datasets.relations()
    tied = tied[tied["relation"].eq("part_of")]
    assert len(tied)
    row = found[found["network_id"].eq("c21") & found["rule"].eq("duplicate")]
    assert "belong together" in row["evidence"].item()


def test_rules_are_switched_off(aff, monkeypatch) -> None:
    table = risks(aff, networks=["fisu"], without=["duplicate", "single_funder"])
    assert table["rule"].tolist() == [r for r in RULES if r not in {"duplicate", "single_funder"}]
    assert risks(aff, networks=["fisu"], without=list(RULES)).columns.tolist() == COLUMNS_OUT
    from valuma_graph.policy import patterns

    def refuse(*_: object) -> None:
        raise AssertionError("a rule that is off costs nothing")

    monkeypatch.setattr(patterns, "_alike", refuse)
    assert len(risks(aff, networks=["fisu"], without="duplicate")) == len(RULES) - 1


def test_wrong_arguments(aff) -> None:
    with pytest.raises(ValueError, match=r"without must be of single_funder, .*, not dupl"):
        risks(aff, without=["dupl"])
    for alpha in (0, 1, -0.1, float("nan")):
        with pytest.raises(ValueError, match="alpha must be above 0 and below 1"):
            risks(aff, alpha=alpha)
    with pytest.raises(UnknownNodeError):
        risks(aff, networks=["nobody"])
    with pytest.raises(ValueError, match="lang"):
        risks(aff, networks=["fisu"], lang="xx")
    with pytest.raises(ValueError, match="lang"):
        risk_rules(lang="xx")


def test_other_sets() -> None:
    women = risks(vg.datasets.southern_women())
    events = women[women["network_id"].str.fullmatch(r"E\d+")]
    judged = events[events["answer"].ne("unknown")]
    assert set(judged["rule"]) == set(GRAPH)
    for lists in ({"n": "abc"}, {"n": "a", "o": "b"}, {"n": "ab", "o": "ab"}):
        table = risks(small(lists))
        assert len(table[table["network_id"].isin(list(lists))]) == len(RULES) * len(lists)
    lone = risks(small({"n": "abc"}), networks=["n"])
    assert (lone["answer"] == "unknown").all()


def test_the_answers_are_the_same_in_every_language(aff) -> None:
    tables = [risks(aff, networks=["fisu", "crosscare", "kuusi_aika"], lang=v) for v in LANGS]
    plain = ["network_id", "rule", "answer", "basis", "source", "reference"]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table[plain], tables[0][plain])


def test_risks_and_scorecard_do_not_contradict(aff, found) -> None:
    card = scorecard(aff)
    for rule, check in (
        ("single_funder", "committing_funding.several_sources"),
        ("closed_membership", "committing_funding.openness"),
        ("members_meet_nowhere_else", "trust_vision.members_meet"),
    ):
        at_risk = found[found["rule"].eq(rule)].set_index("network_id")["answer"]
        held = card[card["check"].eq(check)].set_index("network_id")["answer"]
        words = {"present": "not_met", "absent": "met", "unknown": "unknown"}
        assert at_risk.map(words).equals(held.loc[at_risk.index])


def test_it_is_quick(aff) -> None:
    start = time.process_time()
    scorecard(aff)
    risks(aff)
    assert time.process_time() - start < 6  # about 1 on a free machine; 3 each are asked


def test_the_same_twice(aff, found) -> None:
    pd.testing.assert_frame_equal(risks(aff), found)


def test_a_form_with_a_leaver_that_stands_beside_the_bundled_data() -> None:
    gone = form({}, [("Kuopio", "member", "2015", None), ("Savonlinna", "member", "2015", "2018")])
    names = {"name_sv": None, "name_en": None, "countries": "FI", "level": None}
    networks = gone.networks.assign(**names, founded_year=None, ended_year=None)
    answers = Answers(networks=networks, memberships=gone.memberships)
    beside = vg.datasets.finland(year=2019, beside=origin(answers, year=2019))
    table = risks(beside, networks=["hub"], answers=answers)
    assert answer(table, "hub", "member_turnover") == "present"
    assert pd.isna(beside.networks.loc["hub", "declared_total"])


def test_lists_that_are_not_complete_leave_open_what_they_may_hold() -> None:
    # a and b meet in o; nobody else is known to meet; p lacks members that may be any of them
    lists = {"n": "abcd", "o": "abe", "p": "xy", "q": "yz"}
    sure, open_ = small(lists), small(lists, p="partial")
    for rule in ("members_meet_nowhere_else", "dependence_on_one_member"):
        assert answer(risks(sure), "q", rule) == "present"
        assert answer(risks(open_), "q", rule) == "unknown"
    rows = risks(open_, networks=["n"]).set_index("rule")
    row = rows.loc["members_meet_nowhere_else"]
    assert row["evidence"].startswith("At least 17% of the pairs")
    assert row["evidence"].endswith("may hold members: 1")
    # That a and b link n is enough; what p may hold cannot make them fewer.
    assert rows.loc["dependence_on_one_member", "answer"] == "absent"
    assert rows.loc["duplicate", "answer"] == "unknown"
    assert answer(risks(sure), "n", "duplicate") == "absent"
    card = scorecard(open_, networks=["n", "q"]).set_index(["network_id", "check"])["answer"]
    assert card[("n", "trust_vision.members_meet")] == "unknown"
    # A list that could hold only one of each pair, or none, leaves nothing open.
    told = pd.DataFrame({"network": list(lists), "list_status": "complete", "countries": "FI"})
    told.loc[2, ["list_status", "countries"]] = ["partial", "SE"]
    rows = [(f"organisation:{m}", n) for n, members in lists.items() for m in members]
    country = pd.DataFrame({"member": [f"organisation:{m}" for m in "abcdexyz"], "country": "FI"})
    made = pd.DataFrame(rows, columns=["member", "network"])
    abroad = vg.read(made, networks=told, members=country)
    assert answer(risks(abroad), "q", "members_meet_nowhere_else") == "present"


def test_half_of_the_pairs_is_enough_and_less_is_not() -> None:
    # of n, abc meet in o: three pairs of six; of p, ij in q: one of three
    aff = small({"n": "abcd", "o": "abce", "p": "ijk", "q": "ijl"})
    table, card = risks(aff), scorecard(aff).set_index(["network_id", "check"])["answer"]
    assert answer(table, "n", "members_meet_nowhere_else") == "absent"
    assert card[("n", "trust_vision.members_meet")] == "met"
    assert answer(table, "p", "members_meet_nowhere_else") == "present"
    assert card[("p", "trust_vision.members_meet")] == "not_met"
    # six of eight meet in o: 15 pairs of 28, a little more than half
    more = small({"n": "abcdefgh", "o": "abcdefx", "p": "xyz"})
    assert answer(risks(more), "n", "members_meet_nowhere_else") == "absent"


def test_three_quarters_of_the_smaller_is_a_duplicate_and_two_thirds_are_not() -> None:
    letters = [chr(k) for k in range(0x4E00, 0x4E00 + 120)]
    rest = {f"r{k}": letters[36 + 14 * k : 50 + 14 * k] for k in range(6)}
    for shared, expected in ((18, "present"), (17, "absent"), (16, "absent")):
        pair = small({"n": letters[:24], "o": letters[24 - shared : 48 - shared], **rest})
        row = vg.overlap(pair, null="sdsm").query("a == 'n' and b == 'o'")
        assert (row["shared"].item(), row["q"].item() <= 0.05) == (shared, True)
        assert answer(risks(pair), "n", "duplicate") == expected


def test_who_pays_is_asked_of_all_sources() -> None:
    rows = pd.DataFrame(
        {"network": "own", "member": ["Oulu", "Oulu", "Oulu", "Turku"],
         "role": ["coordinator", "host", "funder", "member"]}
    )  # fmt: skip
    aff = vg.read(rows)
    rule = "coordination_in_one_hand"
    found = risks(aff, networks=["own"]).set_index("rule").loc[rule]
    assert (found["answer"], found["basis"]) == ("present", "inferred")
    money = {"network_id": "own", "basis": "stated", "funding_kind": "basic"}
    for payer, until, expected in (
        ("A foundation", None, "unknown"), ("A foundation", "2010", "present"),
    ):  # fmt: skip
        paid = money | {"payer": payer, "until": until, "source": "own.xlsx, B4"}
        table = pd.DataFrame([paid], columns=list(FUNDING_COLUMNS))
        answers = Answers(funding=table)
        assert answer(risks(aff, networks=["own"], answers=answers), "own", rule) == expected


def test_a_network_that_was_not_there_yet_has_no_risks(aff) -> None:
    said = form({"founded_year": "2018", "measured": "no", "openness": "closed"})
    then = risks(aff, networks=["hub"], answers=said, year=2016)
    assert set(then["answer"]) == {"unknown"}
    assert set(then["evidence"]) == {"Founded in 2018, after 2016"}
    assert set(then["source"]) == {"hub.xlsx, C5"}
    card = scorecard(aff, networks=["hub"], answers=said, year=2016)
    assert set(card["answer"]) == {"unknown"}
    assert set(card["evidence"]) == {"Founded in 2018, after 2016"}
    now = risks(aff, networks=["hub"], answers=said, year=2018)
    assert answer(now, "hub", "closed_membership") == "present"


@pytest.mark.parametrize("year", ["2019", 2019.5, True])
def test_a_year_that_is_none_is_refused(aff, year) -> None:
    for judge in (risks, scorecard):
        with pytest.raises(ValueError, match="year must be a whole number"):
            judge(aff, networks=["fisu"], year=year)


def test_a_text_is_one_name(aff) -> None:
    assert set(risks(aff, networks="fisu")["network_id"]) == {"fisu"}
    assert set(scorecard(aff, networks="fisu")["network_id"]) == {"fisu"}


def test_several_sources_are_told_apart_by_a_bar(aff, found) -> None:
    for table in (found, scorecard(aff)):
        for column in ("source", "reference"):
            assert not table[column].str.contains("; VALUMA|; valuma-graph|; http").any()
