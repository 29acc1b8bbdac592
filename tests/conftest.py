"""What holds for all tests."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

# Shared machines stall now and then: a slow example is no fault of the code.
settings.register_profile("valuma", deadline=None, print_blob=True, max_examples=50)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "valuma"))


def pytest_collection_finish():
    """Set aside what stays until the end, so that nobody who collects garbage walks through it."""
    gc.freeze()
    gc.set_threshold(100_000, 30, 30)  # tables and pictures are many small things


@pytest.fixture(scope="session")
def finland():
    """Return the bundled data in 2019; nobody changes it."""
    import valuma_graph as vg

    return vg.datasets.finland(year=2019)


@pytest.fixture(scope="session")
def analysed(finland):
    """Return the results that the report of it is written from."""
    from valuma_graph.report.results import analyse

    return analyse(finland, lang="fi")


@pytest.fixture(scope="session")
def report_about(finland, analysed, tmp_path_factory):
    """Write the report about a member or network in Finnish and English, once; return its files."""
    import valuma_graph as vg

    made = {}

    def about(name):
        if name not in made:
            folder = tmp_path_factory.mktemp("about")
            options = {"about": name, "langs": ["fi", "en"], "results": analysed}
            made[name] = vg.write_report(finland, folder, **options)
        return made[name]

    return about


@pytest.fixture
def run(capsys):
    """Run a command line; return the exit code, stdout and stderr."""
    from valuma_graph.cli import main

    def _run(*words):
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return _run


_ASKED = {}


@pytest.fixture
def asked(run):
    """Run a command line on the bundled data that writes no file; the same one is run once."""

    def _asked(*words):
        if not all(isinstance(word, str) for word in words) or {"-o", "--picture"} & {*words}:
            return run(*words)  # with files of the test
        if words not in _ASKED:
            _ASKED[words] = run(*words)
        return _ASKED[words]

    return _asked
