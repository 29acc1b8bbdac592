"""What holds for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

# Shared machines stall now and then: a slow example is no fault of the code.
settings.register_profile("valuma", deadline=None, print_blob=True)
settings.load_profile("valuma")


@pytest.fixture
def run(capsys):
    """Run a command line; return the exit code, stdout and stderr."""
    from valuma_graph.cli import main

    def _run(*words):
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return _run
