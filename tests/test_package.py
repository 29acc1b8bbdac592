"""The package as a whole: what it exports, what imports what, and every word it says."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
import zipfile
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import valuma_graph as vg
from valuma_graph import text

PACKAGE = Path(vg.__file__).parent
# Each room (a module, or a package of them) imports rooms to its left only. A new one needs its
# own place here.
ORDER = [
    "errors",
    "text",
    "kernels",
    "tables",
    "places",
    "datacheck",
    "intake",
    "affiliation",
    "reading",
    "datasets",
    "measures",
    "chance",
    "portfolio",
    "geography",
    "exports",
    "policy",
    "maps",
    "report",
    "cli",
    "__main__",
]
HEAVY = {
    "geopandas", "igraph", "jinja2", "matplotlib", "networkx", "openpyxl", "pyarrow", "pyogrio",
    "python_calamine", "rich", "shapely",
}  # fmt: skip


@cache
def sources():
    """Return the syntax tree of every file, by its dotted name within the package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__") or "__init__"
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


def rooms():
    return {name.partition(".")[0] for name in sources()} - {"__init__"}


def files_of(room):
    return {name: tree for name, tree in sources().items() if name.partition(".")[0] == room}


def for_types_only(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(tree, *, deep=True):
    """Return the modules that are imported at run time; not those inside functions if not deep."""
    for node in ast.iter_child_nodes(tree):
        if for_types_only(node):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            module = module.replace(".", "valuma_graph.", 1) if node.level else module
            module = module.rstrip(".")
            if module == "valuma_graph":
                yield from (f"valuma_graph.{alias.name}" for alias in node.names)
            else:
                yield module
        elif deep or not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield from imports(node, deep=deep)


def own(names):
    return {name.split(".")[1] for name in names if name.startswith("valuma_graph.")}


def run(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


# -- names and imports ----------------------------------------------------------------------------


def test_all_names_are_there_and_no_others():
    assert sorted(set(vg.__all__)) == vg.__all__
    for name in vg.__all__:
        assert getattr(vg, name) is not None
    assert dir(vg) == sorted([*vg.__all__, "__version__"])
    assert set(vg._HOME) == set(vg.__all__)


def test_the_names_for_types_are_the_names_there_are():
    tree = sources()["__init__"]
    guarded = next(node for node in tree.body if for_types_only(node))
    named = {a.name for n in guarded.body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert named == set(vg.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = vg.nope


def test_importing_the_package_imports_nothing_heavy():
    loaded = run("import sys, valuma_graph; print({m.partition('.')[0] for m in sys.modules})")
    for name in ("pandas", "numpy", "scipy", *HEAVY):
        assert repr(name) not in loaded


def test_the_order_names_every_room():
    assert sorted(ORDER) == sorted(rooms())


@pytest.mark.parametrize("room", ORDER)
def test_imports_run_leftwards(room):
    left = ORDER[: ORDER.index(room)]
    for name, tree in files_of(room).items():
        assert own(imports(tree)) <= {*left, room, "__version__"}, name


@pytest.mark.parametrize("room", ORDER)
def test_no_two_files_of_a_room_need_each_other(room):
    needs = {}
    for name, tree in files_of(room).items():
        parts = {n.removeprefix("valuma_graph.") for n in imports(tree)}
        parts |= {
            f"{room}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == f"valuma_graph.{room}"
            for alias in node.names
        }
        needs[name] = parts & set(files_of(room)) - {room, name}
    TopologicalSorter(needs).prepare()  # raises CycleError


@pytest.mark.parametrize("name", sorted(set(sources()) - {"__init__"}))
def test_heavy_libraries_are_imported_where_they_are_used(name):
    at_once = {part.partition(".")[0] for part in imports(sources()[name], deep=False)}
    assert not at_once & HEAVY


# -- words ----------------------------------------------------------------------------------------


def placeholders(words):
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("key", text.catalogue())
def test_every_text_is_there_in_three_languages(key):
    texts = text.catalogue()[key]
    assert tuple(texts) == text.LANGS
    assert all(words.strip() == words != "" for words in texts.values())
    assert len({frozenset(placeholders(words)) for words in texts.values()}) == 1


def test_no_key_stands_twice():
    raw = (PACKAGE / "catalogue.toml").read_text("utf-8")
    keys = re.findall(r"^\[(.+)\]$", raw, flags=re.MULTILINE)
    assert sorted(keys) == sorted(set(keys)) == sorted(text.catalogue())


def calls(tree):
    """Return the first argument of every call of `t`, `.t`, `.plain` and the like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else ""
            name = function.id if isinstance(function, ast.Name) else name
            if name in {"t", "plain"}:
                yield node.args[0]


def test_every_key_in_the_code_exists():
    for module, tree in sources().items():
        for key in calls(tree):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                assert key.value in text.catalogue(), (module, key.value)
            elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                start = str(key.values[0].value)
                assert any(k.startswith(start) for k in text.catalogue()), (module, start)


def test_every_key_is_used():
    words = set()
    for tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
    for path in (PACKAGE / "report" / "templates").glob("*"):
        words |= set(re.findall(r"[\"']([\w.]+)[\"']", path.read_text("utf-8")))

    # The beginning of a key that is put together, as "cli.portfolio.by_".
    starts = tuple(w for w in words if re.fullmatch(r"[a-z_]+\.([a-z_.]*[._])?", w))

    def used(key):
        group = key.rpartition(".")[0]
        return key in words or group in words or key.startswith(starts) or one_of(key)

    def one_of(key):
        return key.endswith("_one") and used(key.removesuffix("_one"))

    assert [key for key in text.catalogue() if not used(key)] == []


# -- the wheel ------------------------------------------------------------------------------------


def test_the_wheel_carries_the_data_and_works_alone(tmp_path):
    root = PACKAGE.parent
    if not (root / "pyproject.toml").exists():
        pytest.skip("no checkout to build from")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, root]
    subprocess.run(build, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside, alone = tmp_path / "inside", tmp_path / "empty"
    alone.mkdir()
    zipfile.ZipFile(wheel).extractall(inside)
    code = (
        f"import sys; sys.path.insert(0, {str(inside)!r}); import valuma_graph as vg; "
        "from valuma_graph.cli import main; assert vg.__file__.startswith(sys.path[0]); "
        "sys.exit(main(['profile', 'fisu', '--quiet', '-o', 'fisu.txt']))"
    )
    subprocess.run([sys.executable, "-I", "-c", code], cwd=alone, check=True, capture_output=True)
    assert "VALUMA report" in (alone / "fisu.txt").read_text("utf-8")
    assert {path.name for path in alone.iterdir()} == {"fisu.txt"}
    # All that a report or a map is made of is there too, byte for byte.
    parts = {"valuma_graph": PACKAGE, "valuma_graph/data": root / "data"}
    for name, folder in parts.items():
        for path in folder.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                packed = inside / name / path.relative_to(folder)
                assert packed.read_bytes() == path.read_bytes(), path
