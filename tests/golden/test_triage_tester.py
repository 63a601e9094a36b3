"""Messages that a tester found answered too mildly, silently or with a needless question."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from tests.support.reading import ROOT, ask

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "tests/golden/triage/tester.jsonl").read_text("utf-8").splitlines()
]


def _patient(context: dict[str, Any]) -> PatientContext:
    return PatientContext(
        role=Role(context["role"]),
        route=Route(context["route"]) if context["route"] else None,
        risks=frozenset(Risk(r) for r in context["risks"]),
        hours_since_treatment=context["hours_since_treatment"],
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_message_that_a_tester_tried_gets_the_disposition_that_is_due(row: dict[str, Any]) -> None:
    found = ask(row["text"], row["asked"], _patient(row["context"]))
    assert found.disposition is Disposition.of(row["expected"]), found.reasons
    assert found.unclear is row.get("unclear", False)
