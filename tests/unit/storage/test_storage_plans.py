"""Asking what is due costs what is due: every tick's statement runs on a partial index, and none scans or sorts a table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.delivery import Lane
from bot.storage import migrate
from bot.storage.repositories import alerts, assessments, check_ins, clinic, inbox, outbox, patients
from bot.storage.statements import Prepared

TICK = {
    "inbox.take": (inbox._TAKE, "inbox_waiting"),
    "inbox.waiting": (inbox._WAITING, "inbox_waiting"),
    "inbox.oldest_waiting": (inbox._OLDEST, "inbox_waiting"),
    "inbox.quarantined": (inbox._QUARANTINED, "inbox_quarantined"),
    "check_ins.due": (check_ins._DUE, "check_in_due"),
    "check_ins.next_due": (check_ins._NEXT, "check_in_due"),
    "check_ins.cancel_planned": (check_ins._CANCEL, "check_in_open_of_patient"),
    **{f"outbox.claim {lane.name}": (outbox._DUE[lane], "outbox_pending") for lane in Lane},
    "outbox.overdue": (outbox._OVERDUE, "outbox_sending"),
    **{
        f"outbox.bring_forward {n}": (one, "outbox_sending" if n == 4 else "outbox_pending")
        for n, one in enumerate(outbox._FORWARD)
    },
    "inbox.bring_forward": (inbox._FORWARD, "inbox_waiting"),
    "outbox.next_due": (outbox._NEXT, "outbox_pending"),
    "outbox.of_purpose": (outbox._OF_PURPOSE, "outbox_of_purpose"),
    "outbox.of_purpose newest": (outbox._NEWEST_OF_PURPOSE, "outbox_of_purpose"),
    "outbox.pending_pages": (outbox._PENDING_PAGES, "outbox_pending"),
    "outbox.to_clinician": (outbox._TO_CLINICIAN, "outbox_to_clinician"),
    "outbox.cancel_of_patient": (outbox._CANCEL, "outbox_of_patient"),
    "alerts.due": (alerts._DUE, "alert_next_step"),
    "alerts.unresolved_of": (alerts._UNRESOLVED_OF, "alert_unresolved"),
    "assessments.recent": (assessments._RECENT, "assessment_of_patient"),
    "assessments.newest": (assessments._NEWEST, "assessment_of_patient"),
    "assessments.red_since": (assessments._RED, "assessment_red"),
    "tasks.open_of": (clinic._OPEN_OF, "task_open"),
    "patients.by_address": (patients._BY_ADDRESS, "patient_address"),
}
MAY_SORT = {"alerts.due", "alerts.unresolved_of", "outbox.of_purpose", "outbox.pending_pages"}
"""What is due is few, and comes most urgent first."""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("plans") / "aftercare.db"
    migrate(str(path))
    with closing(sqlite3.connect(path)) as opened:
        yield opened


@pytest.mark.parametrize("name", TICK)
def test_a_tick_runs_on_its_index(connection: sqlite3.Connection, name: str) -> None:
    statement, index = TICK[name]
    assert isinstance(statement, Prepared)
    values = dict.fromkeys(
        (
            "now",
            "limit",
            "patient",
            "since",
            "purpose",
            "patient_id",
            "kind",
            "channel",
            "address",
            "at_least",
            "clinician",
            "provider_id",
            "after",
            "pending_after",
            "sending_after",
        ),
        1,
    )
    plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + statement.sqlite, values)]
    assert any(f"INDEX {index}" in step for step in plan), plan
    tables = [
        step for step in plan if step.startswith("SCAN") and " USING " not in step and "lanes" not in step and "(" not in step
    ]
    assert not tables, plan
    if name not in MAY_SORT:
        assert not [step for step in plan if "TEMP B-TREE" in step], plan
