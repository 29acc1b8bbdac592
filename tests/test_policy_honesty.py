"""Every statement shown has its basis and its place, and nothing inferred is shown as stated."""

from __future__ import annotations

import pandas as pd
import pytest
from filled import Form

import valuma_graph as vg
from valuma_graph import policy
from valuma_graph.policy.schema import ATTRIBUTES, CODES
from valuma_graph.policy.statements import gather, label, networks_with

BASES = {"stated", "coded", "inferred", "computed", "unknown"}
# Networks of the report of every model and kind, at home and abroad, and one of the data only.
NETWORKS = [
    "suomen_kasvukaytava", "pohjoinen_kasvuvyohyke", "mal_verkosto", "seutukaupunkiverkosto",
    "maaseutuverkosto", "keino", "terve_kunta", "fisu", "kuusi_aika", "forum_sweden", "reglab_dk",
    "reglab_se", "euniver_cities", "crosscare", "mittnorden", "nspa", "koko_demo", "oske", "ubc",
]  # fmt: skip
INVENTED = "Järvi-Suomen matkailuverkosto"


@pytest.fixture(scope="module")
def aff():
    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Return the path of a form with an answer to everything that it asks."""
    form = Form(tmp_path_factory.mktemp("forms") / "järvi.xlsx", "fi")
    form.put("network", "name_fi", INVENTED)
    form.put("network", "founded_year", 2016)
    form.put("network", "countries", "FI")
    form.put("network", "as_of", 2019)
    chosen = {"direction": "mixed", "focus": "targeted", "model": "B", "deputy": "no"}
    for name, attribute in ATTRIBUTES.items():
        if not attribute.asked or name in {"founded_year", "ended_year"}:
            continue
        if attribute.kind == "code":
            code = chosen.get(name, CODES[attribute.codes][0])
            form.put("answers", name, label(name, code, "fi"))
        else:
            form.put("answers", name, 1 if attribute.kind == "number" else f"Vastaus {name}")
    form.rows(
        "funding",
        {"payer": "Mikkeli", "funding_kind": "perusrahoitus", "amount": 20000, "share": 40,
         "currency": "EUR"},
        {"payer": "EAKR", "funding_kind": "hankerahoitus", "amount": 30000, "share": 60,
         "until": 2020, "currency": "EUR"},
    )  # fmt: skip
    form.rows(
        "chain",
        {"goal": "Vastaus goal", "link": "keinot ja toiminta", "item": "Retket"},
        {"goal": "Vastaus goal", "link": "tulokset", "item": "Yöpymiset",
         "indicator": "yöt"},
    )  # fmt: skip
    form.rows(
        "members",
        *({"member": town, "role": role} for town, role in
          [("Mikkeli", "koordinaattori"), ("Savonlinna", "jäsen"), ("Kuopio", "jäsen")]),
    )  # fmt: skip
    return form.save()


@pytest.fixture(scope="module")
def answers(filled):
    return policy.read(filled)


@pytest.fixture(scope="module")
def joined(answers):
    return vg.datasets.finland(year=2019, beside=policy.origin(answers, year=2019))


@pytest.fixture(scope="module")
def own(answers):
    return answers.networks.index[0]


def outputs(aff, networks, answers=None, lang="en"):
    """Return everything that is said: (what, frame with value, basis, rule, source)."""
    asked = {"networks": networks, "answers": answers, "lang": lang}
    place = policy.quadrant(aff, **asked)
    for x in ("direction", "focus", "model"):
        yield f"quadrant {x}", _of(place, x, f"{x}_")
    life = policy.lifecycle(aff, **asked)
    for x in ("phase", "stage"):
        yield f"lifecycle {x}", _of(life, x, f"{x}_")
    yield "timeline", _of(policy.timeline(aff, **asked), "start", "")
    money = policy.funding(aff, **asked)
    yield "funding", _of(money.set_index("network_id"), "item", "")
    yield "dependence", _of(policy.dependence(aff, **asked), "single_source", "")
    card = policy.scorecard(aff, **asked)
    yield "scorecard", _of(card.set_index("network_id"), "answer", "")
    risks = policy.risks(aff, **asked)
    yield "risks", _of(risks.assign(rule=risks["rule"]).set_index("network_id"), "answer", "")
    for n in networks:
        for name, call in (("impact", policy.impact), ("impact_gaps", policy.impact_gaps)):
            frame = call(aff, n, answers=answers, lang=lang)
            value = "item" if name == "impact" else "answer"
            yield name, _of(frame.set_index(pd.Index([n] * len(frame))), value, "")
        found = policy.profile(aff, n, answers=answers, lang=lang)
        told = found.statements
        yield (
            "statements",
            _of(told.set_index(pd.Index([found.network_id] * len(told))), "value", ""),
        )
        graph = found.structure
        yield "structure", _of(graph.set_index(pd.Index([n] * len(graph))), "value", "")


def _of(frame, value, start):
    return pd.DataFrame(
        {
            "value": frame[value],
            "basis": frame[f"{start}basis"],
            "rule": frame.get(f"{start}rule"),
            "source": frame[f"{start}source"],
        }
    )


def guessed():
    """Return (network, value) of what the report's tables infer or code and never state."""
    table = vg.datasets.policy("network_attributes")
    pairs = [(table["network_id"], table["value"], table["basis"])]
    places = vg.datasets.policy("quadrant")
    pairs += [
        (places["network_id"], places[x], places[f"{x}_basis"])
        for x in ("axis_direction", "axis_focus", "model")
    ]
    whole = pd.concat([pd.DataFrame({"n": n, "v": v, "b": b}) for n, v, b in pairs]).dropna()
    stated = set(map(tuple, whole.loc[whole["b"].eq("stated"), ["n", "v"]].to_numpy()))
    return set(map(tuple, whole.loc[whole["b"].ne("stated"), ["n", "v"]].to_numpy())) - stated


def check(what, frame, *, form=None):
    assert set(frame["basis"]) <= BASES, what
    known = frame[frame["basis"].ne("unknown")]
    assert known["source"].notna().all(), what
    assert known["source"].str.len().gt(3).all(), what
    silent = frame.loc[frame["basis"].eq("unknown"), "value"].dropna()
    assert set(silent) <= {"unknown"}, what
    ruled = known[known["basis"].isin(["inferred", "computed"])]
    assert ruled["rule"].notna().all(), what
    never = guessed()
    for n, value, basis in zip(known.index, known["value"], known["basis"], strict=True):
        if basis == "stated":
            assert (n, value) not in never, (what, n, value)
    stated = known.loc[known["basis"].eq("stated"), "source"]
    places = ("VALUMA report", "http", *([form] if form else []))
    assert all(one.startswith(places) for cell in stated for one in cell.split(" | ")), what


@pytest.mark.parametrize("network", NETWORKS)
def test_of_every_network_each_statement_has_its_place(aff, network):
    for what, frame in outputs(aff, [network]):
        check(what, frame)


def test_all_networks_at_once_are_as_honest_as_one(aff):
    ids = networks_with(aff).index
    assert len(ids) > 150
    for call in (policy.quadrant, policy.lifecycle, policy.dependence):
        assert set(call(aff).index) <= {*ids, *vg.datasets.programmes().index}
    risks = policy.risks(aff)
    assert set(risks.groupby("network_id").size()) == {9}
    assert set(risks["network_id"]) == set(ids)
    check("risks", _of(risks.set_index("network_id"), "answer", ""))


def test_an_invented_network_goes_through_everything(joined, answers, own, filled):
    said = list(outputs(joined, [own], answers))
    for what, frame in said:
        check(what, frame, form=filled.name)
    facts = gather(joined, answers=answers)
    mine = facts[facts["network_id"].eq(own)]
    assert mine["attribute"].nunique() > 40
    assert policy.quadrant(joined, networks=[own], answers=answers).loc[own, "model"] == "B"
    risks = policy.risks(joined, networks=[own], answers=answers).set_index("rule")["answer"]
    assert risks["funding_ends"] == "present"
    assert risks["closed_membership"] == "absent"
    assert risks["coordination_in_one_hand"] == "present"
    part = policy.roles(joined, "municipality:FI-491", answers=answers)
    assert part.loc[own, "role"] == "engine"
    table = policy.compare(joined, [INVENTED, "fisu"], answers=answers)
    assert table.loc[("membership", "openness"), (own, "value")] == "open"


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_an_empty_form_is_unknown_everywhere(tmp_path, lang):
    empty = policy.read(policy.template(tmp_path / "tyhjä.xlsx", lang=lang))
    (name,) = empty.networks.index
    joined = vg.datasets.finland(year=2019, beside=policy.origin(empty, year=2019))
    for what, frame in outputs(joined, [name], empty, lang):
        if what == "structure":
            continue
        check(what, frame)
        known = frame[frame["basis"].ne("unknown")]
        assert len(known) == 0, (what, known.to_dict("records"))


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_nothing_changes_with_the_language_but_the_words(aff, lang):
    one, other = (policy.risks(aff, networks=NETWORKS, lang=x) for x in ("en", lang))
    same = ["network_id", "rule", "answer", "basis", "source"]
    pd.testing.assert_frame_equal(one[same], other[same])
    one, other = (policy.scorecard(aff, networks=NETWORKS, lang=x) for x in ("en", lang))
    same = ["network_id", "check", "answer", "basis"]
    pd.testing.assert_frame_equal(one[same], other[same])


def test_a_set_without_places_years_or_sources_is_no_error():
    davis = vg.datasets.southern_women()
    for what, frame in outputs(davis, ["E8"]):
        assert set(frame["basis"]) <= BASES, what
    assert policy.roles(davis, "Flora Price").index.tolist() == ["E9", "E11"]


def test_a_network_of_ones_own_is_not_the_reports_by_its_name():
    rows = {"network": ["Dream", "Dream", "A", "A"], "member": ["Oulu", "Turku", "Oulu", "Lahti"]}
    own = vg.read(pd.DataFrame(rows))
    dream, a = own.networks.index
    assert gather(own).query("network_id == @dream and basis != 'computed'").empty
    assert list(networks_with(own).index) == [dream, a]
    assert policy.impact(own, a)["basis"].isin(["unknown", "computed"]).all()
    assert policy.impact(own, "B")["basis"].eq("stated").any()  # a model of the report
    for what, frame in outputs(own, [dream]):
        assert set(frame["basis"]) <= {"unknown", "computed"}, what


def test_what_a_network_declares_is_not_computed(aff):
    structure = policy.profile(aff, "fisu").structure
    assert structure.loc["declared", ["value", "basis"]].tolist() == [11, "stated"]
    assert structure.loc["known", ["value", "basis", "rule"]].tolist() == [
        13,
        "computed",
        "measure",
    ]


def test_weak_evidence_is_not_stated():
    weak = vg.datasets.finland(year=2019, evidence="draft")
    rows = weak.memberships
    rows = rows[
        rows["evidence"].isin(["implied", "candidate", "draft"]) & rows["role"].eq("funder")
    ]
    assert len(rows) > 0
    told = gather(weak).set_index(["network_id", "attribute"])
    names = weak.names(lang="fi")
    for network, member in zip(rows["network_id"], rows["member_id"], strict=True):
        said = told.loc[[(network, "funder")]]
        basis = said.loc[said["value"].eq(names[member]), "basis"]
        assert basis.tolist() in (["inferred"], [])


def test_names_that_are_missing_are_no_names(aff):
    for nothing in ("nan", "None", "<NA>"):
        with pytest.raises(vg.UnknownNodeError, match="no network"):
            policy.profile(aff, nothing)


def test_one_name_is_one_network(aff):
    one = policy.profiles(aff, networks="fisu")
    assert [p.network_id for p in one] == ["fisu"]
    assert "Finnish Sustainable Communities" in repr(one[0])
    with pytest.raises(ValueError, match="one network"):
        policy.compare(aff, [])


def test_an_unknown_network_is_named_with_suggestions(aff):
    with pytest.raises(vg.UnknownNodeError, match="Hinkku"):
        policy.profile(aff, "Hinkku")
