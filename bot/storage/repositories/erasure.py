"""Erasing a patient: every row of theirs but the audit skeleton, the inbox's raw updates and what went to clinicians included.

Deletes alone leave bytes behind; the SQLite store keeps secure_delete on and empties the WAL after an erasure.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Delete, Select, delete, select

from bot.core.careplan.enrolment import Patient
from bot.storage.database import Database
from bot.storage.rows import (
    AlertEntryRow,
    AlertRow,
    AssessmentRow,
    BaselineRow,
    ButtonRow,
    CheckInRow,
    EnrolmentRow,
    InboxRow,
    InvitationRow,
    OutboxRow,
    PatientRow,
    SessionRow,
    TaskRow,
    table,
)
from bot.storage.statements import Prepared, param

_ALERT, _ASSESSMENT, _ENROLMENT = table(AlertRow), table(AssessmentRow), table(EnrolmentRow)
_INBOX, _INVITATION, _OUTBOX, _BUTTON = table(InboxRow), table(InvitationRow), table(OutboxRow), table(ButtonRow)


def _of_patient(row: Any) -> Delete:  # noqa: ANN401 - any table with a patient
    rows = table(row)
    return delete(rows).where(rows.c.patient_id == param("patient"))


def _inside(row: Any, column: str, owners: Select[Any]) -> Delete:  # noqa: ANN401 - any table with that column
    rows = table(row)
    return delete(rows).where(rows.c[column].in_(owners))


_alerts = select(_ALERT.c.id).where(_ALERT.c.patient_id == param("patient"))
_enrolments = select(_ENROLMENT.c.id).where(_ENROLMENT.c.patient_id == param("patient"))
_updates = select(_ASSESSMENT.c.inbox_id).where(_ASSESSMENT.c.patient_id == param("patient"), _ASSESSMENT.c.inbox_id.is_not(None))

_USED_BY = Prepared(
    select(_INVITATION.c.used_by).where(_INVITATION.c.subject == param("subject"), _INVITATION.c.used_by.is_not(None))
)
_ADDRESS: Final = (
    Prepared(delete(_INBOX).where(_INBOX.c.channel == param("channel"), _INBOX.c.address == param("address"))),
    Prepared(
        delete(_OUTBOX).where(
            _OUTBOX.c.channel == param("channel"), _OUTBOX.c.address == param("address"), _OUTBOX.c.clinician.is_(None)
        )
    ),
)
_ROWS: Final = tuple(
    Prepared(statement)
    for statement in (
        delete(_INBOX).where(_INBOX.c.id.in_(_updates)),
        _inside(AlertEntryRow, "alert_id", _alerts),
        _of_patient(AlertRow),
        _of_patient(AssessmentRow),
        _inside(CheckInRow, "enrolment_id", _enrolments),
        _of_patient(EnrolmentRow),
        _of_patient(SessionRow),
        _of_patient(BaselineRow),
        _of_patient(TaskRow),
        _of_patient(OutboxRow),
        delete(_INVITATION).where(_INVITATION.c.subject == param("subject")),
        delete(_BUTTON).where(_BUTTON.c.owner == param("subject")),
        delete(table(PatientRow)).where(table(PatientRow).c.id == param("patient")),
    )
)


def erase(database: Database, patient: Patient) -> None:
    """Deletes it all, children before parents."""
    whose = {"patient": patient.id, "subject": f"patient:{patient.id}"}
    addresses = {row[0] for row in database.all(_USED_BY, {"subject": whose["subject"]})}
    if patient.address is not None:
        addresses.add(patient.address)
    for address in sorted(addresses):
        for statement in _ADDRESS:
            database.run(statement, {"channel": patient.channel, "address": address})
    for statement in _ROWS:
        database.run(statement, whose)
