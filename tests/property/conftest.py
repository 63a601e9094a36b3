"""`make fuzz` asks for far more examples than a test run does, and is in no hurry."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

TIMES = 20
_HELD_IN = "_hypothesis_internal_use_settings"

settings.register_profile("fuzz", max_examples=100 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that asks for its own number of examples gets that many times more."""
    if config.getoption("--hypothesis-profile") != "fuzz":
        return
    for item in items:
        function = getattr(item, "function", None)
        own = getattr(function, _HELD_IN, None)
        if own is not None:
            more = settings(own, max_examples=own.max_examples * TIMES, suppress_health_check=[HealthCheck.too_slow])
            setattr(function, _HELD_IN, more)
