"""A part whose real server is missing is skipped by name; AFTERCARE_REQUIRE_ALL=1 turns each such skip into a failure."""

from __future__ import annotations

import os

import pytest


def require_or_skip(condition: bool, name: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    """Goes on where ``condition`` holds; otherwise skips, or fails where everything is required."""
    if condition:
        return
    if os.environ.get("AFTERCARE_REQUIRE_ALL") == "1":
        pytest.fail(f"{name} is missing, and AFTERCARE_REQUIRE_ALL=1 requires it", pytrace=False)
    pytest.skip(f"{name} is missing")
