"""docs/hazards.md: every row names a test that exists, so that the page cannot promise what nothing checks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROWS = [
    line.strip("|").split("|")
    for line in (ROOT / "docs" / "hazards.md").read_text("utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| hazard |"))
]


def test_every_hazard_has_its_mechanism_and_a_test_that_exists() -> None:
    sources = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    known = {name for source in sources for name in re.findall(r"^ *(?:async )?def (test_\w+)", source, re.MULTILINE)}
    assert len(ROWS) > 40
    for row in ROWS:
        hazard, mechanism, tests = (cell.strip() for cell in row)
        assert hazard, row
        assert mechanism, row
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, f"no test for: {hazard}"
        assert set(named) <= known, f"{hazard}: {sorted(set(named) - known)}"


def test_no_hazard_stands_there_twice() -> None:
    hazards = [row[0].strip() for row in ROWS]
    assert len(set(hazards)) == len(hazards)
