"""Assessments, alerts with their history, and tasks."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from bot.storage.rows.base import AUTOINCREMENT, Id, Row, partial


class AssessmentRow(Row, table=True):
    """``assessment`` is the whole of it; ``disposition`` repeats its level for counting."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index("assessment_of_patient", "patient_id", "at"),
        partial("assessment_red", "at", where="disposition >= 3"),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id)
    inbox_id: int | None = Field(sa_type=Id)
    at: int = Field(sa_type=BigInteger)
    text: str
    disposition: int
    assessment: str
    schedule_version: str
    extra: str


class AlertRow(Row, table=True):
    """``policy`` is the snapshot taken when it opened; ``version`` fences stale writers."""

    __tablename__ = "alert"
    __table_args__ = (
        partial("alert_next_step", "next_step_at", where="next_step_at IS NOT NULL"),
        partial("alert_unresolved", "patient_id", where="state <> 'resolved'"),
        Index("alert_of_patient", "patient_id"),
        Index("alert_of_assessment", "assessment_id"),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id)
    assessment_id: int = Field(foreign_key="assessment.id", sa_type=Id)
    disposition: int
    state: str
    policy: str
    opened_at: int = Field(sa_type=BigInteger)
    step: int
    next_step_at: int | None = Field(sa_type=BigInteger)
    version: int
    findings: int
    acknowledged_by: str | None
    outcome: str | None
    fence: int
    acknowledged_at: int | None = Field(sa_type=BigInteger)
    reminded_at: int | None = Field(sa_type=BigInteger)
    resolved_by: str | None
    extra: str


class AlertEntryRow(Row, table=True):
    """One line of an alert's history."""

    __tablename__ = "alert_entry"
    __table_args__ = (AUTOINCREMENT,)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    alert_id: int = Field(foreign_key="alert.id", sa_type=Id, index=True)
    at: int = Field(sa_type=BigInteger)
    event: str
    by: str
    detail: str
    extra: str
    from_state: str | None
    to_state: str | None


class TaskRow(Row, table=True):
    """Work for the clinic that is no page."""

    __tablename__ = "task"
    __table_args__ = (
        partial("task_open", "patient_id", "kind", where="done_at IS NULL"),
        Index("task_of_patient", "patient_id"),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int | None = Field(foreign_key="patient.id", sa_type=Id)
    kind: str
    disposition: int
    at: int = Field(sa_type=BigInteger)
    detail: str
    done_at: int | None = Field(sa_type=BigInteger)
    extra: str
