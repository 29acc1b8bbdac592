"""The commands that ask what is more than chance: `overlap --null` and `backbone`."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

import valuma_graph as vg

REGIONS = ["--level", "region"]


@pytest.fixture
def women(tmp_path):
    rows = vg.datasets.southern_women().memberships[["member_id", "network_id"]]
    path = tmp_path / "women.csv"
    rows.set_axis(["organisation", "network"], axis=1).to_csv(path, index=False)
    return path


def table(out):
    return list(csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize("null", ["hypergeometric", "sdsm", "fdsm"])
def test_overlap_against_chance_says_what_the_library_says(run, null):
    words = ["overlap", "--null", null, "--draws", "50", "--seed", "3", "--format", "csv"]
    code, out, _ = run(*words)
    asked = vg.overlap(vg.datasets.finland(year=2019), null=null, draws=50, seed=3)
    assert code == 0
    rows = table(out)
    assert [(row["a"], row["b"]) for row in rows] == list(
        zip(asked["a"].astype("str"), asked["b"].astype("str"), strict=True)
    )
    for column in ("expected", "p_upper", "p_lower", "q"):
        np.testing.assert_allclose([float(row[column]) for row in rows], asked[column], rtol=1e-6)


def test_both_counts_of_tests_are_said(run):
    code, out, err = run("overlap", "--null", "sdsm", "--format", "json")
    document = json.loads(out)
    summary = document["summary"]
    assert code == 0
    assert summary["tests_possible"] > summary["tests_overlapping"] == summary["pairs"]
    assert summary["beyond_chance"] == sum(row["q"] <= 0.05 for row in document["rows"])
    assert f"{summary['tests_possible']:,}" in err
    assert document["parameters"]["null"] == "sdsm"
    assert document["parameters"]["correction"] == "fdr_bh"


def test_settings_without_a_null_model_are_wrong_usage(run):
    code, out, err = run("overlap", "--correction", "holm")
    assert (code, out) == (2, "")
    assert "--null" in err


@pytest.mark.parametrize("command", ["overlap", "backbone"])
@pytest.mark.parametrize("asked", [["--within", "region"], ["--same-country"]])
def test_what_the_hypergeometric_model_does_not_know_is_wrong_usage(run, command, asked):
    code, out, err = run(command, "--null", "hypergeometric", *asked)
    assert (code, out) == (2, "")
    assert "sdsm" in err


def test_pairs_beyond_chance_are_counted_whatever_is_listed(run):
    words = ["overlap", "--mode", "members", "--null", "sdsm", "--correction", "none"]
    _, few, _ = run(*words, "--min-shared", "3", "--format", "json")
    _, all_of_them, _ = run(*words, "--min-shared", "1", "--format", "json")
    few, all_of_them = (json.loads(out)["summary"] for out in (few, all_of_them))
    assert few["pairs"] < all_of_them["pairs"]
    assert few["beyond_chance"] == all_of_them["beyond_chance"] > 0


def test_a_class_that_members_do_not_have_is_wrong_usage(run):
    code, out, err = run("backbone", "--within", "colour")
    assert (code, out) == (2, "")
    assert "colour" in err
    assert "region" in err


def test_a_backbone_of_regions_leaves_other_countries_out(run):
    code, out, _ = run("backbone", *REGIONS, "--correction", "none", "--format", "csv")
    assert code == 0
    ids = {row[side] for row in table(out) for side in "ab"}
    assert ids
    assert all(one.startswith("region:FI-") for one in ids)


def test_a_signed_backbone_has_both_signs(run):
    words = ["backbone", *REGIONS, "--signed", "--correction", "none", "--alpha", "0.2"]
    code, out, _ = run(*words, "--format", "csv")
    assert code == 0
    assert {row["sign"] for row in table(out)} == {"1", "-1"}


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_a_table_writes_small_chances_as_powers(run, lang):
    code, out, err = run("backbone", "--mode", "networks", "--lang", lang, "--top", "5")
    assert code == 0
    assert "\xa0·\xa010⁻" in out
    assert "e−" not in out
    assert "SDSM" in err


def test_own_tables_alone(run, women):
    words = ["overlap", women, "--only", "--null", "sdsm", "--format", "csv"]
    code, out, _ = run(*words)
    assert code == 0
    found = {(row["a"], row["b"]): float(row["p_upper"]) for row in table(out)}
    asked = vg.overlap(vg.datasets.southern_women(), null="sdsm")
    assert sorted(found.values()) == pytest.approx(sorted(asked["p_upper"]))


def test_the_same_country_rule_is_taken(run):
    _, plain, _ = run("overlap", "--null", "sdsm", "--format", "csv")
    code, ruled, _ = run("overlap", "--null", "sdsm", "--same-country", "--format", "csv")
    assert code == 0
    assert plain != ruled
