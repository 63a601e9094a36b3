"""Enrolments and their check-ins."""

from __future__ import annotations

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from bot.storage.rows.base import AUTOINCREMENT, Id, Row, partial

OPEN = "state IN ('planned', 'sent', 'reminded')"


class EnrolmentRow(Row, table=True):
    """One course of one patient."""

    __tablename__ = "enrolment"
    __table_args__ = (AUTOINCREMENT,)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id, index=True)
    schedule: str
    schedule_version: str
    role: str
    route: str | None
    risks: str
    treated_at: int = Field(sa_type=BigInteger)
    enrolled_at: int | None = Field(sa_type=BigInteger)
    active: bool
    extra: str


class CheckInRow(Row, table=True):
    """One occurrence of a check-in: the unique key is what makes it happen once.

    ``patient_id`` repeats the enrolment's, for STOP; a foreign key of its own would need a whole index.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "check_in", "occurrence"),
        partial("check_in_due", "due_at", "id", where=OPEN),
        partial("check_in_open_of_patient", "patient_id", where=OPEN),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    enrolment_id: int = Field(foreign_key="enrolment.id", sa_type=Id)
    patient_id: int = Field(sa_type=Id)
    check_in: str
    occurrence: int
    due_at: int = Field(sa_type=BigInteger)
    state: str
    questions: str
    sent_at: int | None = Field(sa_type=BigInteger)
    extra: str
