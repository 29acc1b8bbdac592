"""The pictures of the guide: each is one that the command makes, is shown, and has words."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

import valuma_graph as vg
from valuma_graph.text import t

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LARGEST, MOST = 200_000, 12
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]*pictures/[^)]+)\)")


@pytest.fixture(scope="module")
def command():
    """Return the module that `make pictures` runs."""
    spec = importlib.util.spec_from_file_location("page_pictures", ROOT / "docs/page_pictures.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["page_pictures"] = module  # dataclasses look for it there
    spec.loader.exec_module(module)
    yield module
    del sys.modules["page_pictures"]


def shown():
    for page in PAGES:
        for words, target in PICTURE.findall(page.read_text(encoding="utf-8")):
            yield page, words, (page.parent / target).resolve()


def test_the_pictures_shown_are_those_that_the_command_makes(command):
    made = {FOLDER / f"{name}.png" for name in command.PICTURES}
    assert {path for _, _, path in shown()} == made
    assert set(FOLDER.iterdir()) == made
    assert len(command.PICTURES) == len(made) <= MOST


def test_each_picture_has_a_text_that_says_what_is_on_it():
    for page, words, path in shown():
        assert len(words.split()) > 4, (page.name, path.name)
        assert path.stem not in words


def test_pictures_are_small_pngs():
    for path in FOLDER.iterdir():
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG\r\n"), path.name
        assert len(data) < LARGEST, path.name


# -- the list that they are of ------------------------------------------------------------------


def test_the_list_of_the_pictures_has_the_faults_that_are_corrected(command, tmp_path):
    found = vg.problems(command.LIST)
    cells = {(row.row, row.column) for row in found.itertuples()}
    assert cells == {(4, "Member"), (8, "Until"), (11, "Network")}
    assert sorted(command.CORRECT) == ["A4", "B11", "E8"]
    assert vg.problems(command.corrected(tmp_path / "right.xlsx")).empty


def test_the_list_of_the_pictures_is_the_workbook_that_is_written_now(command, tmp_path):
    from openpyxl import load_workbook

    empty = load_workbook(vg.list_template(tmp_path / command.LIST.name, lang="en"))
    filled = load_workbook(command.LIST)
    assert filled.sheetnames == empty.sheetnames
    for sheet in empty:
        heads = [[cell.value for cell in book[sheet.title][1]] for book in (empty, filled)]
        assert heads[0] == heads[1]


# -- words --------------------------------------------------------------------------------------


def test_what_the_guide_calls_things_is_what_the_page_calls_them():
    text = (ROOT / "docs" / "planner.md").read_text(encoding="utf-8")
    table = text.partition("## What things")[2]
    rows = re.findall(r"^\| (\w.+?) \| (.+?) \| (.+?) \|$", table, re.MULTILINE)
    keys = (
        "explorer.search", "explorer.level", "explorer.year", "explorer.filters",
        "explorer.map.shows", "explorer.act.compare", "explorer.act.print", "explorer.act.link",
        "explorer.act.clear", "grid.save", "explorer.place.networks", "explorer.place.peers",
        "page.section.unknown",
    )  # fmt: skip
    said = [tuple(t(key, lang) for lang in ("en", "fi", "sv")) for key in keys]
    assert rows[1:] == said
    for key in ("act.print", "act.compare", "act.link", "filters", "map.shows"):
        assert f"*{t(f'explorer.{key}', 'en')}*" in text
