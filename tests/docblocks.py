"""
The blocks of the guides that are run: `pycon` in one Python session, `console` line by line.

A line that begins with `valuma-graph` is carried out here, without a new Python; what comes after
it, such as `| head`, is left to the shell, and so are all other lines.

The output shown below a command must be what it prints; `...` stands for any text. Blocks of
other languages (`sh`, `python`, `text`) are read by people only. To take over what the commands
print now, after reading the change:

    python tests/docblocks.py README.md docs/*.md docs/concepts/*.md
"""

from __future__ import annotations

import contextlib
import doctest
import io
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[1]
CLOSE = 0.6
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_FENCE = re.compile(r"^```(pycon|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)$")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_OURS = re.compile(r"""^valuma-graph(?P<words>(?:[^"|;>]|"[^"]*")*)(?P<rest>.*)$""")


@dataclass
class Step:
    """A command, the output shown below it, and where the two stand in the text."""

    command: str
    shown: str
    line: int
    printed: str | None = None

    @property
    def agrees(self) -> bool:
        """Tell whether the output shown is what was printed."""
        if self.printed is None:
            return False
        pair = [re.sub(r"(?m)[ \t]+$", "", text).strip("\n") for text in (self.shown, self.printed)]
        want, got = (text + "\n" if text else "" for text in pair)
        return doctest.OutputChecker().check_output(want, got, FLAGS)


def pages() -> list[Path]:
    """Return every page that may have blocks to run."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def chapters(page: Path, language: str) -> list[str]:
    """Return the headings below which a page has blocks of a language, in their order."""
    text = page.read_text(encoding="utf-8")
    found = (
        _chapter(text, block.start()) for block in _FENCE.finditer(text) if block[1] == language
    )
    return list(dict.fromkeys(found))


def _chapter(text: str, at: int) -> str:
    return (_HEADING.findall(text, 0, at) or [""])[-1]


def run(page: Path, language: str, chapter: str | None = None) -> list[Step]:
    """Run the blocks of one language on a page, or below a heading, in an empty folder."""
    text = page.read_text(encoding="utf-8")
    steps: list[Step] = []
    for block in _FENCE.finditer(text):
        if block[1] == language and chapter in {None, _chapter(text, block.start())}:
            first = text[: block.start(2)].count("\n") + 1
            split = _python_steps if language == "pycon" else _shell_steps
            steps += split(block[2], first)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder, "examples"))
        if language == "pycon":
            _run_python(steps, folder)
        else:
            _run_shell(steps, folder)
    return steps


def _python_steps(block: str, first: int) -> list[Step]:
    found = doctest.DocTestParser().get_examples(block)
    return [Step(one.source, one.want, first + one.lineno) for one in found]


def _shell_steps(block: str, first: int) -> list[Step]:
    steps: list[Step] = []
    for number, line in enumerate(block.splitlines(keepends=True)):
        command = _COMMAND.match(line)
        if command:
            steps.append(Step(command[1], "", first + number))
        elif steps:
            steps[-1].shown += line
    return steps


def _run_python(steps: list[Step], folder: str) -> None:
    import pandas as pd

    names: dict[str, object] = {"__name__": "__main__"}
    look = ("display.width", 100, "display.max_columns", 20, "display.max_colwidth", 60)
    with pd.option_context(*look), contextlib.chdir(folder):
        for step in steps:
            one = doctest.DocTest(
                [doctest.Example(step.command, step.shown)], names, "page", None, 0, None
            )
            told: list[str] = []
            runner = _Keep(told, optionflags=FLAGS)
            runner.run(one, out=told.append, clear_globs=False)
            names = one.globs
            step.printed = "".join(told)


class _Keep(doctest.DocTestRunner):
    """Keep what an example printed, whether it was expected or not."""

    def __init__(self, told: list[str], optionflags: int) -> None:
        super().__init__(verbose=False, optionflags=optionflags)
        self.told = told

    def report_success(self, out, test, example, got):  # noqa: ARG002
        self.told.append(got)

    def report_failure(self, out, test, example, got):  # noqa: ARG002
        self.told.append(got)

    def report_unexpected_exception(self, out, test, example, exc_info):  # noqa: ARG002
        kind, value, _ = exc_info
        self.told.append(f"Traceback (most recent call last):\n  ...\n{kind.__name__}: {value}\n")


def _run_shell(steps: list[Step], folder: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    fixed = {
        "PATH": path,
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
    }
    with mock.patch.dict(os.environ, fixed), contextlib.chdir(folder):
        for step in steps:
            step.printed = here(step.command)


def here(line: str) -> str:
    """Carry out a line, our own command in this Python, and return what is printed."""
    ours = _OURS.match(line)
    if not ours:
        return in_shell(line)
    from valuma_graph.cli import main

    told: list[tuple[str, str]] = []
    out, err = (_Ear(name, told) for name in ("out", "err"))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(shlex.split(ours["words"]))
    if not ours["rest"]:
        return "".join(words for _, words in told)
    with tempfile.TemporaryDirectory() as folder:
        again = []
        for number, (name, one) in enumerate(itertools.groupby(told, key=lambda pair: pair[0])):
            part = Path(folder, str(number))
            part.write_text("".join(words for _, words in one), encoding="utf-8", newline="")
            again.append(f'cat "{part}"{" >&2" if name == "err" else ""}')
        return in_shell(f"{{ {'; '.join([*again, f'(exit {code})'])}; }} {ours['rest']}")


def in_shell(line: str) -> str:
    """Carry out a line in a shell, and return what is printed."""
    done = subprocess.run(  # noqa: S602  the commands of our own pages
        line,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


class _Ear(io.StringIO):
    """Keep what is written, in the order of both streams."""

    def __init__(self, name: str, told: list[tuple[str, str]]) -> None:
        super().__init__()
        self.name = name
        self.told = told

    def write(self, words: str) -> int:
        self.told.append((self.name, words))
        return len(words)


def elided(shown: str, printed: str) -> str:
    """Leave out of what is printed now what the page left out of what was printed before."""
    if "..." not in shown:
        return printed
    left, kept = printed.splitlines(), []
    for line in shown.splitlines():
        if line.strip() == "...":
            kept.append(line)
            continue
        start = line.removesuffix("...")
        close = [SequenceMatcher(None, start, new[: len(start)]).ratio() for new in left]
        best = max(range(len(left)), key=close.__getitem__, default=None)
        if best is None or close[best] < CLOSE:
            return printed
        new = left[best]
        kept.append(new if start == line else f"{new[: len(start)]}...")
        left = left[best + 1 :]
    return "\n".join(kept)


def rewrite(page: Path) -> int:
    """Put what is printed now in the place of what a page shows; return how many changed."""
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = 0
    steps = [*run(page, "pycon"), *run(page, "console")]
    for step in sorted(steps, key=lambda step: -step.line):
        if step.agrees:
            continue
        changed += 1
        start = step.line - 1 + step.command.rstrip("\n").count("\n") + 1
        stop = start + step.shown.count("\n")
        text = (step.printed or "").strip("\n")
        text = elided(step.shown.strip("\n"), re.sub(r"(?m)[ \t]+$", "", text))
        if step.command.endswith("\n"):  # in a Python block an empty line ends the output
            text = re.sub(r"(?m)^$", "<BLANKLINE>", text) if text else ""
        lines[start:stop] = [f"{text}\n"] if text else []
    page.write_text("".join(lines), encoding="utf-8")
    return changed


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(argument, rewrite(Path(argument)))  # noqa: T201
