"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# Shared machines stall now and then: a slow example is no fault of the code.
settings.register_profile("valuma", deadline=None, print_blob=True)
settings.load_profile("valuma")
