"""The commands on the map: pictures, corridors, footprints, boundaries; and how they refuse."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from valuma_graph.cli import app, pictures

COMMANDS = ("map", "corridor", "footprint", "boundaries")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_can_be_run(run, command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    example = out.partition("Example\n")[2].strip()
    assert example.startswith(f"valuma-graph {command}")
    shown = example.removeprefix("valuma-graph ").replace('"', "").split()
    if '"' not in example:
        app.parse_args(shown, exit_on_error=False, print_error=False)


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from valuma_graph.cli import main; main(['--help']); "
        "print([m for m in ('geopandas', 'matplotlib', 'shapely', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["map"], "--compare"),
        (["map", "hinku", "--ties", "--isolated"], "NETWORK"),
        (["map", "hinku", "own.csv", "--ties"], "hinku"),
        (["map", "own.csv", "--ties"], "own.csv"),
        (["map", "hinku", "--difference"], "--compare"),
        (["map", "--compare", "hinku", "fisuu"], "Did you mean"),
        (["map", "Hinku-verkostoo"], "Hinku-verkosto"),
        (["map", "hinku", "-o", "x.bmp"], ".svg"),
        (["map", "hinku", "-o", "x"], ".svg"),
        (["map", "hinku", "-o", "."], "folder"),
        (["map", "hinku", "--size", "a0"], "slide"),
        (["map", "hinku", "--boundaries", "none.gpkg"], "none.gpkg"),
        (["corridor"], "--axis"),
        (["corridor", "nope"], "northern_growth_zone"),
        (["corridor", "--axis", "Helsinki"], "two"),
        (["corridor", "--axis", "Helsinki, Helsingfors"], "two"),
        (["corridor", "--axis", "Helsinki, Tamprere"], "Tampere (837)"),
        (["corridor", "main_line", "--width", "0"], "--width"),
        (["corridor", "main_line", "--width", "-1"], "--width"),
        (["corridor", "main_line", "--width", "nan"], "--width"),
        (["corridor", "main_line", "--find", "-o", "x.png"], ".csv"),
        (["corridor", "main_line", "-o", "x.bmp"], ".bmp"),
        (["corridor", "main_line", "--network", "hinkuu"], "hinku"),
        (["footprint", "hinkuu"], "hinku"),
        (["footprint", "--permutations", "0"], "1"),
        (["boundaries", "build", "--year", "1999"], "2013"),
        (["boundaries", "build", "--by", "village"], "region"),
        (["boundaries", "build", "-o", "x.png"], ".gpkg"),
        (["boundaries", "fetch"], "--year"),
        (["boundaries", "fetch", "--year", "1999"], "2013"),
    ],
)
def test_wrong_usage_says_what_would_be_right(run, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_file_of_boundaries_is_a_problem_of_the_data(run, tmp_path):
    broken = tmp_path / "broken.geojson"
    broken.write_text("{")
    code, out, err = run("map", "hinku", "--boundaries", broken, "-o", tmp_path / "a.png")
    assert (code, out) == (1, "")
    assert "broken.geojson" in err


def test_a_service_that_cannot_be_reached_is_said(run):
    words = ("boundaries", "fetch", "--year", "2020", "--timeout", "2")
    code, out, err = run(*words, "--url", "http://127.0.0.1:9/wfs")
    assert (code, out) == (1, "")
    assert "127.0.0.1" in err
    assert run(*words, "--url", "file:///etc/passwd")[0] == 2


def test_a_folder_that_cannot_be_written_is_said(run, tmp_path):
    (tmp_path / "file").write_text("")
    for words in (("boundaries", "build", "-o", tmp_path / "file" / "a.gpkg"),):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert err.startswith("Error: ")


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/root", "C:\\x", "a\nb", "..", "\u202e", "x" * 500, "CON", "北京"],
)
def test_names_never_become_paths(name):
    made = pictures.What(network=name).file_name
    assert made.startswith("map")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(made) <= 70


# -- what is there ------------------------------------------------------------------------------


def test_build_says_the_error_and_saves(run, tmp_path):
    file = tmp_path / "regions.gpkg"
    words = ("boundaries", "build", "--year", "2020", "--by", "region", "-o", file)
    code, out, err = run(*words, "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert document["schema_version"] == 1
    assert document["summary"]["median_area_error"] < 0.025
    assert len(document["rows"]) == 310
    assert "2020" in err
    import geopandas as gpd

    assert len(gpd.read_file(file)) == 19
    assert [p.name for p in tmp_path.iterdir()] == ["regions.gpkg"]


def test_find_lists_chains(run):
    words = ("corridor", "--find", "--axis", "Turku, Salo, Lohja", "--permutations", "9")
    code, out, _ = run(*words, "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert document["parameters"]["axis"] == ["Turku", "Salo", "Lohja"]
    assert document["summary"] == {"chains": len(document["rows"])}


@pytest.mark.parametrize("name", ["main_line", "Päärata", "Stambanan", "main LINE"])
def test_corridor_by_every_name(run, name):
    code, out, err = run("corridor", name, "--format", "json", "--network", "hinku")
    document = json.loads(out)
    assert code == 0
    assert {"schema_version", "parameters", "summary", "gaps", "rows"} <= set(document)
    assert document["parameters"]["axis"] == "main_line"
    assert "municipality:FI-091" in {row["member_id"] for row in document["rows"]}
    assert document["summary"]["width_km"] == 30
    assert "km" in err


def test_footprint_of_one(run):
    code, out, _ = run("footprint", "hinku", "--permutations", "19", "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert [row["network_id"] for row in document["rows"]] == ["hinku"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["hinku"], "map-hinku.png"),
        (["--measure", "networks"], "map-networks.png"),
        (["--measure", "constraint"], "map-constraint.png"),
        (["--isolated"], "map-isolated.png"),
        (["--ties"], "map-ties.png"),
        (["--compare", "hinku", "fisu"], "map-hinku-fisu.png"),
        (["--compare", "hinku", "fisu", "--difference"], "map-hinku-fisu.png"),
    ],
)
def test_a_picture_of_everything(run, tmp_path, monkeypatch, words, name):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("map", *words, "--size", "slide")
    assert (code, out) == (0, f"{name}\n")
    assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_too_few_permutations_are_wrong_usage(run):
    code, out, err = run("footprint", "hinku", "--permutations", "5")
    assert (code, out) == (2, "")
    assert "19 or more" in err
