"""Messages that the rules alone misread once: each line names what was wrong, and stays right.

``expected`` is the disposition; ``unclear`` whether a question is asked; a line that gives only one of them leaves the other open.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from tests.support.reading import ROOT, ask

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "tests/golden/triage/misread.jsonl").read_text("utf-8").splitlines()
]


def _patient(row: dict[str, Any]) -> PatientContext:
    donor = row.get("role") == "donor"
    return PatientContext(
        role=Role.DONOR if donor else Role.RECIPIENT,
        route=None if donor else Route(row.get("route", "iv")),
        risks=frozenset(Risk(r) for r in row.get("risks", ())),
        hours_since_treatment=row.get("hours", 80),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_message_that_was_misread_is_read_as_it_is_meant(row: dict[str, Any]) -> None:
    found = ask(row["text"], row.get("asked"), _patient(row))
    if "expected" in row:
        assert found.disposition is Disposition.of(row["expected"]), found.reasons
    if "at_most" in row:
        assert found.disposition <= Disposition.of(row["at_most"]), found.reasons
    if "unclear" in row:
        assert found.unclear is row["unclear"]


def test_no_two_lines_share_an_id() -> None:
    ids = [row["id"] for row in ROWS]
    assert len(ids) == len(set(ids))
