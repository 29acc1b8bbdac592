"""Which rows hold in a year: the rule on hand-made lists, and the worked picture of 2019."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from valuma_graph import datasets
from valuma_graph.affiliation import snapshots
from valuma_graph.places import data_path
from valuma_graph.reading import read as read_tables

OTHER = ["other_snapshot"]
WORKED = Path(__file__).parent / "data" / "current_2019.csv"


def rows(*lines: str) -> pd.DataFrame:
    """Read lines of `network member role since until as_of evidence`, a dot for nothing."""
    names = ["network_id", "member_id", "role", "since", "until", "as_of", "evidence"]
    frame = pd.DataFrame([line.split() for line in lines], columns=names, dtype="str")
    return frame.where(frame != ".")


def networks(**columns: list[object]) -> pd.DataFrame:
    index = columns.pop("index", ["n"])
    return pd.DataFrame({"list_status": "partial"} | columns, index=index)


def reasons(table: pd.DataFrame, about: pd.DataFrame | None = None, **options: object) -> list[str]:
    about = networks() if about is None else about
    return snapshots.hold(table, about, **options).reason.tolist()  # type: ignore[arg-type]


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])


def test_the_worked_picture_of_2019_follows_from_the_rule():
    memberships = read(data_path("networks", "memberships.csv"))
    held = snapshots.hold(
        memberships,
        read(data_path("networks", "networks.csv")).set_index("network_id"),
        year=2019,
        choices=read(data_path("networks", "selections.csv")),
        snapshot_gap=None,
        undated=True,
    )
    key = ["network_id", "member_id", "role", "as_of", "since", "until", "evidence"]
    mine = memberships.loc[held.reason == "", key].fillna("")
    worked = read(WORKED)[key].fillna("")
    assert len(worked) == 1271
    assert set(map(tuple, mine.to_numpy())) == set(map(tuple, worked.to_numpy()))
    assert len(mine) == len(worked)


def test_the_bundled_set_of_2019_is_the_worked_picture_but_for_lists_too_far_or_undated():
    aff = datasets.finland(year=2019, snapshot_gap=None, undated=True)
    worked = read(WORKED)
    kinds = aff._whole().networks["kind"]
    worked = worked[~worked["network_id"].map(kinds).isin(["area", "case"])]
    merged = aff.set_aside[aff.set_aside["reason"] == "merged"]
    rows = pd.concat([aff.memberships, merged])
    listed = rows["listed_id"].fillna(rows["member_id"])
    expected = set(zip(worked["network_id"], worked["member_id"], strict=True))
    assert set(zip(rows["network_id"], listed, strict=True)) == expected


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2014, ["outside_interval", "", "outside_interval"]),
        (2015, ["", "", "outside_interval"]),
        (2018, ["", "", "outside_interval"]),
        (2019, ["outside_interval", "", ""]),
    ],
)
def test_interval_includes_both_ends(year, expected):
    table = rows(
        "n a member 2015 2018 . explicit",
        "n b member . . . explicit",
        "n c member 2019-05 . . explicit",
    )
    assert reasons(table, year=year) == expected


def test_interval_without_join_year_needs_a_source_of_the_year_or_earlier():
    table = rows("n a member . . 2018 explicit", "n b member . . 2021 explicit")
    choices = pd.DataFrame(
        {"network_id": ["n"], "rule": "interval", "as_of": None, "first_year": None,
         "last_year": None}
    )  # fmt: skip
    assert reasons(table, year=2019, choices=choices) == ["", "outside_interval"]


def test_complete_list_within_three_years_beats_a_nearer_one():
    table = rows("n a member . . 2016 explicit", "n b member . . 2019 explicit")
    about = networks(list_status=["complete"], list_as_of=["2016"])
    assert reasons(table, about, year=2019) == ["", "other_snapshot"]
    assert reasons(table, about, year=2020) == ["other_snapshot", ""]


def test_the_list_that_is_complete_may_bear_a_day():
    table = rows("n a member . . 2016-06 explicit", "n b member . . 2019 explicit")
    about = networks(list_status=["complete"], list_as_of=["2016-06-10"])
    assert reasons(table, about, year=2019) == ["", "other_snapshot"]
    assert reasons(table, about, year=2020) == ["other_snapshot", ""]


def test_each_list_is_complete_where_it_is_not_said_which():
    table = rows(
        "n a member . . 2018 explicit",
        "n b member . . 2018 explicit",
        "n a member . . 2019 explicit",
        "n a member . . 2022 explicit",
    )
    about = networks(list_status=["complete"])
    assert reasons(table, about, year=2019) == ["other_snapshot", "other_snapshot", "", *OTHER]
    assert reasons(table, about, year=2020) == ["other_snapshot", "other_snapshot", "", *OTHER]
    assert reasons(table, year=2019) == ["", "", "other_snapshot", "other_snapshot"]


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2016", "unknown"),  # the list in use is that of 2019
        ("2016-06-10", "unknown"),
        ("2019-06-10", "complete"),
        ("2016-2018", "unknown"),
        ("2018-2020", "unknown"),  # said of all these years together
        (None, "complete"),
    ],
)
def test_a_claim_about_one_list_does_not_speak_for_another(as_of, status):
    table = pd.DataFrame({"member": ["a"], "network": ["n"], "as_of": ["2019-03"]})
    about = pd.DataFrame({"network": ["n"], "list_status": ["complete"], "list_as_of": [as_of]})
    aff = read_tables(table, networks=about, places=None).at(2020)
    assert aff.networks["list_status"].tolist() == [status]


def test_fullest_list_beside_the_year_then_the_nearest_then_the_earlier():
    table = rows(
        "n a member . . 2018 explicit",
        "n b member . . 2018 explicit",
        "n c member . . 2019 explicit",
        "n d member . . 2022 explicit",
    )
    assert reasons(table, year=2019) == ["", "", "other_snapshot", "other_snapshot"]
    assert reasons(table, year=2021) == ["other_snapshot"] * 3 + [""]
    tie = rows("n a member . . 2016 explicit", "n b member . . 2020 explicit")
    assert reasons(tie, year=2018) == ["", "other_snapshot"]


def test_lists_too_far_and_undated_lists():
    table = rows("n a member . . 2010 explicit", "n b member . . . explicit")
    assert reasons(table, year=2019, undated=False) == ["too_far", "undated"]
    assert reasons(table, year=2019) == ["other_snapshot", ""]
    assert reasons(table, year=2015, undated=False) == ["", "other_snapshot"]
    assert reasons(table, year=2019, snapshot_gap=None) == ["", "other_snapshot"]


def test_a_snapshot_of_another_year_drops_what_is_known_to_lie_outside():
    table = rows(
        "n a member 2020 . 2020 explicit",
        "n b member . . 2020 explicit",
        "n c member . 2018 2020 explicit",
    )
    assert reasons(table, year=2019) == ["outside_interval", "", "outside_interval"]
    assert reasons(table, year=2020) == ["", "", ""]


def test_life_of_the_network_evidence_and_former_members():
    table = rows("n a member . . 2019 explicit")
    assert reasons(table, networks(founded_year=[2020]), year=2019) == ["founded_later"]
    assert reasons(table, networks(ended_year=[2018]), year=2019) == ["ended"]
    assert reasons(table, networks(founded_year=[2019], ended_year=[2019]), year=2019) == [""]
    table = rows(
        "n a member . . 2019 implied",
        "n b former_member . . 2019 explicit",
        "n c member . . 2019 composite",
    )
    assert reasons(table, year=2019) == ["evidence", "former_member", ""]
    assert reasons(table, year=2019, evidence="implied") == ["", "former_member", ""]
    assert reasons(table, year=2019, evidence="explicit") == [
        "evidence",
        "former_member",
        "evidence",
    ]


def test_unknown_grade_is_refused_by_name():
    with pytest.raises(ValueError, match="explicit, composite, implied, candidate, draft"):
        reasons(rows("n a member . . . explicit"), year=None, evidence="gossip")


def test_choices_hold_only_in_their_years():
    table = rows("n a member . . . explicit", "n b member . . 2020 explicit")
    choices = pd.DataFrame(
        {"network_id": ["n"], "rule": "undated", "as_of": None, "first_year": None,
         "last_year": "2020"}
    )  # fmt: skip
    assert reasons(table, year=2020, choices=choices) == ["", "other_snapshot"]
    assert reasons(table, year=2021, choices=choices) == ["other_snapshot", ""]
    choices["rule"] = "leave_out"
    assert reasons(table, year=2020, choices=choices) == ["left_out", "left_out"]


def test_one_row_for_each_member_network_and_role():
    table = rows(
        "n a member . . 2018 explicit",
        "n a member 2015 . 2017 explicit",
        "n a coordinator . . 2018 explicit",
    )
    held = snapshots.hold(table, networks(), year=None)
    assert held.reason.tolist() == ["same_membership", "", ""]
    assert held.networks.selection.tolist() == ["all"]


def test_the_list_used_is_named():
    table = rows("n a member . . 2018-06 explicit", "m b member . . . explicit")
    held = snapshots.hold(table, networks(index=["n", "m"]), year=2019)
    assert held.networks.loc["n"].tolist() == ["snapshot", "2018", False]
    assert held.networks.loc["m", "selection"] == "undated"
    assert pd.isna(held.networks.loc["m", "snapshot_as_of"])


def test_weaker_grades_add_rows_but_never_exchange_the_list():
    table = rows(
        "n a member . . 2019 explicit",
        "n b member . . 2018 candidate",
        "n c member . . 2018 candidate",
        "n d member . . 2019 draft",
        "m e member . . 2018 candidate",
    )
    about = networks(index=["n", "m"])
    strict = reasons(table, about, year=2018)
    assert strict == ["", "evidence", "evidence", "evidence", "evidence"]
    wide = reasons(table, about, year=2018, evidence="draft")
    assert wide == ["", "other_snapshot", "other_snapshot", "", ""]


def test_a_list_that_is_partly_outside_the_year_is_thinned_and_one_wholly_outside_is_none():
    table = rows(
        "n a member 2020 . 2020 explicit",
        "n b member 2015 . 2020 explicit",
        "m c member 2020 . 2020 explicit",
    )
    held = snapshots.hold(table, networks(index=["n", "m"]), year=2019)
    assert held.networks["thinned"].tolist() == [True, False]
    assert held.networks["selection"].fillna("none").tolist() == ["snapshot", "none"]


def test_a_complete_list_is_complete_only_for_the_year_it_speaks_of():
    aff = datasets.finland(year=2019)
    status = aff.networks["list_status"]
    assert status["nspa"] == "complete"  # the list is of 2019
    assert status["mal_agreement_oulu"] == "unknown"  # its nine parties signed in 2020
    assert status["mal_sopimukset"] == "partial"  # three of the seven signed after 2019
    assert status["bothnian_arc"] == "unknown"  # complete in 2024; an older list is in use
    assert aff.at(2021).networks["list_status"]["mal_agreement_oulu"] == "complete"


def test_half_dated_rows_are_no_interval_unless_undated_rows_count():
    table = rows("n a member 2015 . . explicit", "n b member . . . explicit")
    assert reasons(table, year=2019) == ["", ""]
    assert reasons(table, year=2019, undated=False) == ["undated", "undated"]
