"""Each example runs, and what it says agrees with the tables read by the csv module alone."""

from __future__ import annotations

import csv
import io
import re
import runpy
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from unittest import mock

import pytest

ROOT = Path(__file__).parents[1]
COUNTED = {"member", "coordinator"}
GRADES = {"explicit", "composite"}


@cache
def answer(name, *arguments):
    """Run an example as a program, in this Python; a warning is an error here anyway."""
    out, err = io.StringIO(), io.StringIO()
    script = ROOT / "examples" / f"{name}.py"
    with (
        mock.patch.object(sys, "argv", [str(script), *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        runpy.run_path(str(script), run_name="__main__")
    assert err.getvalue() == ""
    return out.getvalue()


def table(*path):
    with ROOT.joinpath("data", *path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def municipalities_of(year):
    return {
        f"municipality:FI-{row['code']}": row
        for row in table("municipalities", "municipalities.csv")
        if int(row["valid_from_year"]) <= year <= int(row["valid_to_year"] or 9999)
    }


def memberships():
    kinds = {row["network_id"]: row["kind"] for row in table("networks", "networks.csv")}
    return [
        row
        for row in table("networks", "memberships.csv")
        if row["role"] in COUNTED
        and row["evidence"] in GRADES
        and kinds[row["network_id"]] not in {"area", "case"}
    ]


def members_on_list(network, year):
    """Return the Finnish members that the list of one year names."""
    return {
        row["member_id"]
        for row in memberships()
        if row["network_id"] == network
        and row["as_of"].startswith(year)
        and ":FI-" in row["member_id"]
    }


def every_example():
    return sorted(path.stem for path in (ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("name", every_example())
def test_says_which_year_and_how_much_is_known(name):
    text = answer(name)
    assert "2019" in text
    assert "complete" in text or "lower bound" in text
    assert len(text.splitlines()) < 60


@pytest.mark.parametrize("name", every_example())
def test_is_named_in_the_guide_to_the_examples(name):
    assert f"{name}.py" in (ROOT / "examples" / "README.md").read_text(encoding="utf-8")


def test_kainuu_is_in_the_networks_that_the_table_says():
    text = answer("where_does_my_region_stand")
    kainuu = {i for i, row in municipalities_of(2019).items() if row["region"] == "18"}
    assert len(kainuu) == 8

    own = {
        row["network_id"]
        for row in memberships()
        if row["member_id"] == "region:FI-18" and row["as_of"] == "2019"
    }
    assert {"nspa", "eu_office_enf"} <= own
    nspa = [row for row in memberships() if row["network_id"] == "nspa" and row["as_of"] == "2019"]
    held = len({row["member_id"] for row in nspa})
    assert f"Northern Sparsely Populated Areas: {held} of 14; list of 2019; through the region" in (
        text
    )
    assert held == 14

    group = {
        row["member_id"] for row in memberships() if row["network_id"] == "lag_elava_kainuu"
    } & kainuu
    names = sorted(municipalities_of(2019)[i]["name_fi"] for i in group)
    line = next(line for line in text.splitlines() if "Elävä Kainuu Leader" in line)
    assert sorted(line.split("through ")[1].split(", ")) == names


def test_the_parts_of_a_region_add_up_to_its_list():
    text = answer("where_does_my_region_stand", "Etelä-Savo")
    assert text.startswith("South Savo in 2019")
    networks = int(re.search(r"In (\d+) networks", text)[1])
    own, through = map(int, re.search(r"(\d+) of them .*, (\d+) have", text).groups())
    listed = text.split("year of the list)\n")[1].split("\n\n")[0].splitlines()
    assert len(listed) == networks
    assert max(own, through) <= networks <= own + through


def test_a_name_that_is_no_region_is_refused():
    script = ROOT / "examples" / "where_does_my_region_stand.py"
    done = subprocess.run(
        [sys.executable, script, "Tampere"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is not a region of Finland" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_largest_overlap_is_that_of_the_two_lists():
    text = answer("which_networks_overlap")
    first = next(line for line in text.splitlines() if "shared:" in line)
    c21 = members_on_list("c21", "2020")
    policy = members_on_list("kaupunkipolitiikan_yhteistyoryhma", "2019")
    assert len(c21) == 21
    assert first.startswith(f"  {len(c21 & policy)} shared: C21")
    assert f"({len(c21)}) – Cooperation group for urban policy ({len(policy)})" in first


def test_nobody_without_a_row_is_forgotten_and_nobody_is_called_isolated():
    text = answer("who_is_isolated")
    assert "isolated" not in re.sub("Who is isolated", "", text)
    towns = municipalities_of(2019)
    assert f"{len(towns)} municipalities" in text
    assert len(towns) == 311
    named = {row["member_id"] for row in memberships()}
    named_in_2019 = {row["member_id"] for row in memberships() if row["as_of"][:4] == "2019"}
    name = {i: row["name_fi"] for i, row in towns.items()}
    part = text.split("by region\n")[1].split("\n\n")[0]
    printed = {one for line in part.splitlines() for one in line.split(": ")[1].split(", ")}
    assert {name[i] for i in towns if i not in named} <= printed
    assert not {name[i] for i in towns if i in named_in_2019} & printed
    aland = {row["name_fi"] for row in towns.values() if row["region"] == "21"}
    assert len(aland) == 16
    assert aland <= printed
    assert "Åland: " in part


# -- money that ends ----------------------------------------------------------------------------


def test_the_end_of_the_money_is_that_of_the_tables():
    text = answer("which_networks_lean_on_money_that_ends")
    assert text.startswith("Turku in 2019")
    part = text.split("are told\n")[1].split("\n\n")[0]
    ends = dict(re.findall(r"^  (\S.*): until (\d{4}) \(", part, re.MULTILINE))
    assert ends == {
        network["name_en"] or network["name_fi"]: row["until"]
        for row in table("networks", "relations.csv")
        for network in table("networks", "networks.csv")
        if row["relation"] == "funded_by"
        and row["from_id"] == network["network_id"]
        and row["from_id"] in {"pohjoinen_kasvuvyohyke", "kuusi_aika"}
    }
    assert "Northern Growth Zone: until 2018 (has ended)" in part
    assert "6Aika / Six City Strategy: until 2020 (1 more)" in part
    assert part.count("    Source: VALUMA report, ") == len(ends)


def test_networks_whose_money_is_not_known_are_counted_and_named():
    text = answer("which_networks_lean_on_money_that_ends", "Tampere")
    total = int(re.search(r"2019: (\d+) networks", text)[1])
    unknown = int(re.search(r"Not known of (\d+): ", text)[1])
    named = re.search(r"A payer is named for (\d+) of the (\d+)", text)
    assert int(named[2]) == total
    assert int(named[1]) <= total
    assert unknown < total
    assert "6Aika / Six City Strategy: until 2020" in text
    assert "Fairtrade Towns in Finland" in text.split("Not known of")[1]


# -- engine, follower, learner ------------------------------------------------------------------


def test_engines_are_those_that_coordinate_or_host_by_the_table():
    text = answer("which_part_does_my_region_play")
    home = {i for i, row in municipalities_of(2019).items() if row["region"] == "02"}
    leads = {
        row["network_id"]
        for row in table("networks", "memberships.csv")
        if row["member_id"] in {*home, "region:FI-02"}
        and row["role"] in {"coordinator", "host"}
        and row["as_of"][:4] == "2019"
    }
    assert leads == {"pohjoinen_kasvuvyohyke"}
    part = text.split("Engine in 1\n")[1].split("\n\n")[0]
    assert part.startswith("  Northern Growth Zone\n")
    assert "coordinator: Turku; host: Turku" in part


def test_the_parts_of_each_region_add_up_and_all_regions_are_there():
    text = answer("which_part_does_my_region_play")
    total = int(re.search(r"in 2019: (\d+) networks", text)[1])
    heads = r"^(?:Engine|Follower|Learner|Not judged) in (\d+)"
    told = [int(n) for n in re.findall(heads, text, re.MULTILINE)]
    assert len(told) == 4
    assert sum(told) == total
    rows = text.split("All regions\n")[1].split("\n\n")[0].splitlines()[1:]
    assert len(rows) == 19
    mine = next(row for row in rows if row.strip().startswith("Southwest Finland"))
    assert [int(n) for n in mine.split()[-4:]] == told


# -- a form -------------------------------------------------------------------------------------


def test_the_form_is_of_the_version_that_is_written_now(tmp_path):
    from openpyxl import load_workbook

    import valuma_graph as vg

    form = ROOT / "examples" / "own_form.xlsx"
    assert vg.policy.form_problems(form).empty
    empty = load_workbook(vg.policy.template(tmp_path / "empty.xlsx", lang="en"))
    filled = load_workbook(form)
    assert filled.sheetnames == empty.sheetnames
    for name in empty.sheetnames:
        keys = [[cell.value for cell in book[name]["A"]] for book in (filled, empty)]
        assert keys[0] == keys[1], name


# -- approximate tails --------------------------------------------------------------------------


def test_the_approximation_is_as_far_off_as_it_is_said_to_be():
    drawn, finland = answer("approximate_tails").split("Finland 2019")
    mean, worst = map(float, re.search(r"off by ([\d.]+) on average, ([\d.]+)", drawn).groups())
    assert mean == pytest.approx(0.011, abs=0.002)
    assert worst == pytest.approx(0.09, abs=0.01)
    exact, rough, both = map(int, re.search(r"(\d+) exact, (\d+) appr\w+, (\d+)", finland).groups())
    assert both <= exact < rough
