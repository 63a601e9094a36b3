"""What watches over the alerts: taken-over shifts, baselines, canaries and drills."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from bot.storage.rows.base import AUTOINCREMENT, Id, Row, partial


class TakeoverRow(Row, table=True):
    """A shift that somebody took over."""

    __tablename__ = "takeover"
    __table_args__ = (Index("takeover_end", "end"), AUTOINCREMENT)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    rota: str
    clinician: str
    start: int = Field(sa_type=BigInteger)
    end: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(sa_type=BigInteger)
    extra: str


class BaselineRow(Row, table=True):
    """What is usual for a patient. The row holds a clinician's sentence about them, and goes when they are erased."""

    __tablename__ = "baseline"
    __table_args__ = (
        Index("baseline_of_patient", "patient_id"),
        partial("baseline_untold", "until", where="told_end = 0"),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id)
    symptom: str
    level: int
    until: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(sa_type=BigInteger)
    told_end: int
    extra: str


class CanaryRow(Row, table=True):
    """One rehearsal of the whole path of an alert."""

    __tablename__ = "canary"
    __table_args__ = (AUTOINCREMENT,)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    opened_at: int = Field(sa_type=BigInteger)
    alert: str
    button: str
    acknowledged_at: int | None = Field(sa_type=BigInteger)
    extra: str


class DrillPageRow(Row, table=True):
    """One clinician in one drill."""

    __tablename__ = "drill_page"
    __table_args__ = (Index("drill_page_of_drill", "drill"), AUTOINCREMENT)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    drill: int
    clinician: str
    paged_at: int | None = Field(sa_type=BigInteger)
    acknowledged_at: int | None = Field(sa_type=BigInteger)
    extra: str
