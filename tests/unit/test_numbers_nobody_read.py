"""A number that no reader takes is asked about; what only looks like one never stops triage."""

from __future__ import annotations

import pytest

from tests.support.reading import ask


@pytest.mark.parametrize("text", ["3.2.3", "version 3.2.3 today", "1.2.3.4", "²", "² x", "5..5", "1" * 5_000, "٣.٢.٣"])
def test_no_odd_number_makes_triage_fail(text: str) -> None:
    assert ask(text).unclear


def test_a_bare_reading_that_nobody_read_is_asked_about() -> None:
    assert ask("390 and I feel fine").unclear
