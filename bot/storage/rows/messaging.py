"""Outgoing messages, their buttons, and the clinicians who get some of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from bot.storage.rows.base import AUTOINCREMENT, Id, Row, partial


class OutboxRow(Row, table=True):
    """One outgoing message. ``due_at`` 0 stands for "at once", so that one index range holds all that is due."""

    __tablename__ = "outbox"
    __table_args__ = (
        partial("outbox_pending", "lane", "due_at", "id", where="state = 'pending'"),
        partial("outbox_sending", "due_at", where="state = 'sending'"),
        partial("outbox_of_purpose", "purpose", where="purpose <> ''"),
        partial("outbox_choices", "address", "id", where="channel = 'sms' AND buttons <> '[]'"),
        partial("outbox_to_clinician", "clinician", "provider_id", where="clinician IS NOT NULL AND provider_id IS NOT NULL"),
        partial("outbox_of_patient", "patient_id", where="patient_id IS NOT NULL"),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    channel: str
    address: str
    text: str
    lane: int
    kind: str
    buttons: str
    edits: str | None
    purpose: str
    patient_id: int | None = Field(foreign_key="patient.id", sa_type=Id)
    clinician: str | None
    state: str
    attempt: int
    due_at: int = Field(sa_type=BigInteger)
    provider_id: str | None
    as_plain_text: bool
    repeats: int
    expires_at: int | None = Field(sa_type=BigInteger)
    extra: str


class ButtonRow(Row, table=True):
    """What a button does when its owner presses it."""

    __tablename__ = "button"
    id: str = Field(primary_key=True)
    owner: str = Field(index=True)
    action: str
    payload: str
    expires_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(sa_type=BigInteger)
    extra: str


class ClinicianRow(Row, table=True):
    """Somebody who can be on call."""

    __tablename__ = "clinician"
    __table_args__ = (Index("clinician_address", "channel", "address"),)
    id: str = Field(primary_key=True)
    name: str
    language: str
    channel: str
    address: str | None
    active: bool
    reachable: bool
    extra: str
