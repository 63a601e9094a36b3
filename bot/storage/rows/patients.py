"""Patients, their invitations and their sessions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from bot.core.escalation.policy import MAIN
from bot.storage.rows.base import AUTOINCREMENT, Id, Row


class PatientRow(Row, table=True):
    """``identity`` is name and birth year, sealed with the patient's own key; ``wrapped_key`` is that key under the master key."""

    __tablename__ = "patient"
    __table_args__ = (Index("patient_address", "channel", "address"), Index("patient_clinic", "clinic"), AUTOINCREMENT)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    code: str = Field(unique=True)
    identity: bytes
    wrapped_key: bytes
    language: str
    timezone: str
    state: str
    channel: str
    address: str | None
    extra: str
    clinic: str = Field(default=MAIN, sa_column_kwargs={"server_default": MAIN})


class InvitationRow(Row, table=True):
    """A single-use link, by the hash of its token."""

    __tablename__ = "invitation"
    __table_args__ = (AUTOINCREMENT,)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    token_hash: str = Field(unique=True)
    subject: str = Field(index=True)
    expires_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(sa_type=BigInteger)
    used_by: str | None
    tries: int
    extra: str


class SessionRow(Row, table=True):
    """Where the conversation with a patient stands."""

    __tablename__ = "session"
    patient_id: int = Field(primary_key=True, foreign_key="patient.id", sa_type=Id, sa_column_kwargs={"autoincrement": False})
    data: str
