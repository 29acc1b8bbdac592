"""The guides say what is so: outputs are printed by their commands, maps fit the code."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import docblocks
import pytest

import valuma_graph as vg

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "valuma_graph"


def read(*path):
    return ROOT.joinpath(*path).read_text(encoding="utf-8")


# -- what is shown is what is printed -----------------------------------------------------------


# On these pages each chapter stands alone, so that they can be run beside each other.
BY_CHAPTER = {"command-line.md"}


def blocks():
    for page in docblocks.pages():
        for language in ("pycon", "console"):
            for chapter in docblocks.chapters(page, language):
                name = f"{page.relative_to(ROOT)} {language}"
                if page.name in BY_CHAPTER:
                    yield pytest.param(page, language, chapter, id=f"{name} {chapter}")
                else:
                    yield pytest.param(page, language, None, id=name)
                    break


@pytest.mark.parametrize(("page", "language", "chapter"), [*blocks()])
def test_output_shown_is_what_is_printed(page, language, chapter):
    steps = docblocks.run(page, language, chapter)
    assert steps
    wrong = [
        f"{page.name}, line {step.line}: {step.command}\nshown:\n{step.shown}\nis:\n{step.printed}"
        for step in steps
        if not step.agrees
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "line",
    [
        'valuma-graph isolated --fail-on no_known_membership --quiet > list.txt; echo "code $?"',
        'valuma-graph portfolio "Tamperee; x"; echo "code $?"',
        "valuma-graph info --format csv --quiet | head -n 2",
        "valuma-graph --version",
    ],
)
def test_a_line_prints_here_what_it_prints_in_a_shell(tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    monkeypatch.setenv("COLUMNS", "100")
    told = docblocks.here(line)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert told
    assert docblocks.in_shell(line) == told
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_a_page_that_tells_another_output_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "```pycon\n>>> 1 + 1\n3\n>>> 'a' * 3\n'a...'\n```\n\n```console\n$ echo kuu\nmaa\n```\n",
        encoding="utf-8",
    )
    assert [step.agrees for step in docblocks.run(page, "pycon")] == [False, True]
    assert [step.agrees for step in docblocks.run(page, "console")] == [False]
    assert docblocks.rewrite(page) == 2
    text = page.read_text(encoding="utf-8")
    assert text.startswith("```pycon\n>>> 1 + 1\n2\n>>> 'a' * 3\n'a...'\n```")
    assert text.endswith("$ echo kuu\nkuu\n```\n")


# -- the map of the rooms -----------------------------------------------------------------------


def rooms_of_the_map():
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", read("docs", "architecture.md"), re.MULTILINE
    )
    return {name: set(re.findall(r"`(\w+)`", leans_on)) for name, leans_on in rows}


def files_of(room):
    folder = PACKAGE / room
    return sorted(folder.glob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]


def imports_of(room):
    """Return the rooms that a room imports, type checking aside."""
    found = set()
    for path in files_of(room):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
                node.body = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {a.name for a in node.names if a.name.startswith("valuma_graph.")}
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = node.module == "valuma_graph"
                names = [f"{node.module}.{a.name}" for a in node.names] if whole else [node.module]
                found |= {name for name in names if name.startswith("valuma_graph.")}
    return {name.split(".")[1] for name in found} & set(rooms()) - {room}


def rooms():
    inside = [p for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()]
    return {path.stem for path in inside} - {"__init__", "__main__"}


def test_the_map_has_every_room_and_no_other():
    assert set(rooms_of_the_map()) == rooms()


@pytest.mark.parametrize("name", list(rooms_of_the_map()))
def test_a_room_leans_on_what_the_map_says(name):
    assert imports_of(name) == rooms_of_the_map()[name]


def test_arrows_go_one_way():
    above = set()
    for name, leans_on in rooms_of_the_map().items():
        assert leans_on <= above, f"{name} leans on {leans_on - above}, which stand below it"
        above.add(name)


def test_the_map_has_every_file_of_a_room():
    listed = re.findall(
        r"^\| `(\w+\.(?!js`)\w+)` \| [^|]+ \|$", read("docs", "architecture.md"), re.MULTILINE
    )
    files = [
        f"{path.parent.name}.{path.stem}" for path in PACKAGE.glob("*/*.py")
    ]  # fmt: skip
    assert sorted(listed) == sorted(name for name in files if "__init__" not in name)


def test_the_map_has_every_script_of_the_page():
    from valuma_graph.report.page import SCRIPTS

    listed = re.findall(
        r"^\| `(\w+\.js)` \| [^|]+ \|$", read("docs", "architecture.md"), re.MULTILINE
    )
    assert listed == list(SCRIPTS)
    inside = {path.name for path in PACKAGE.joinpath("report", "templates").glob("*.js")}
    assert inside == {*SCRIPTS, "static.js"}


# -- nothing is forgotten -----------------------------------------------------------------------


@pytest.mark.parametrize("name", vg.__all__)
def test_the_reference_has_every_public_name(name):
    page = read("docs", "api.md")
    entry = rf"^\.\. auto(class|function|exception|module):: (valuma_graph\.)?{name}(\(.*\))?$"
    assert re.search(entry, page, re.MULTILINE)
    assert re.search(rf"^   {name}$", page, re.MULTILINE)


def test_every_command_is_on_its_page():
    from valuma_graph.cli import app

    commands = [name for name in app if not name.startswith("-")]
    assert len(commands) >= 8
    page = read("docs", "command-line.md")
    for command in commands:
        assert f"\n## {command}\n" in page
        assert f"$ valuma-graph {command}" in page


def test_every_page_is_in_the_contents():
    docs = ROOT / "docs"
    for page in docs.rglob("*.md"):
        if page.name == "index.md":
            contents, name = docs / "index.md", page.parent.relative_to(docs) / "index"
        else:
            contents, name = page.parent / "index.md", Path(page.stem)
        listed = contents.read_text(encoding="utf-8").partition("{toctree}")[2]
        entry = rf"^(.+ <)?{name.as_posix()}>?$"  # with a title of its own, or without
        assert page == docs / "index.md" or re.search(entry, listed, re.MULTILINE), page


TEXTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "examples/README.md",
    *(p.relative_to(ROOT).as_posix() for p in sorted((ROOT / "docs").rglob("*.md"))),
]


@pytest.mark.parametrize("name", TEXTS)
def test_links_to_files_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read(name)):
        if not re.match(r"https?:", target):
            assert (ROOT / name).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("name", TEXTS)
def test_paths_named_in_the_texts_exist(name):
    for path in re.findall(r"`((?:data|docs|examples|tests|valuma_graph)/[\w./-]+)`", read(name)):
        if not path.startswith("docs/_build"):
            assert (ROOT / path).exists(), path


def test_version_and_name_are_the_same_everywhere():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    citation = read("CITATION.cff")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"\nlicense: {project['license']}\n" in citation
    assert project["authors"][0]["name"] in citation
    headings = re.findall(r"^## \[(.+?)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"


# -- the guide as HTML --------------------------------------------------------------------------


class _Assets(HTMLParser):
    """Collect what a page loads."""

    def __init__(self):
        super().__init__()
        self.loads = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"script", "img", "iframe", "source"}:
            self.loads.append(given.get("src") or "")
        if tag == "link" and given.get("rel") not in {"search", "next", "prev", "index"}:
            self.loads.append(given.get("href") or "")


@pytest.fixture(scope="module")
def guide(tmp_path_factory):
    """Return the folder of the guide, which VALUMA_GUIDE names if it has just been built."""
    if made := os.environ.get("VALUMA_GUIDE"):
        return Path(made)
    if find_spec("sphinx") is None:
        pytest.skip("Sphinx is not installed: make docs")
    folder = tmp_path_factory.mktemp("guide")
    command = ["-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", folder / "trees"]
    built = subprocess.run(
        [sys.executable, *command, ROOT / "docs", folder / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder / "html"


def test_the_guide_builds_without_a_warning_and_loads_nothing_from_outside(guide):
    pages = list(guide.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        parser = _Assets()
        parser.feed(page.read_text(encoding="utf-8"))
        outside = [load for load in parser.loads if re.match(r"(https?:)?//", load)]
        assert not outside, page.name
    for sheet in guide.rglob("*.css"):
        assert not re.search(r"@import\s+url\(['\"]?https?:", sheet.read_text(encoding="utf-8"))
