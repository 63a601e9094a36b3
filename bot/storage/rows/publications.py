"""Versions of schedules, and which of them are live."""

from __future__ import annotations

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from bot.storage.rows.base import AUTOINCREMENT, Id, Row


class PublicationRow(Row, table=True):
    """One version of one schedule. The unique number is what lets two who publish at once never both succeed."""

    __tablename__ = "schedule_version"
    __table_args__ = (UniqueConstraint("schedule", "number"), AUTOINCREMENT)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    schedule: str
    version: str
    file: str
    text: str
    questions: str
    at: int = Field(sa_type=BigInteger)
    by: str
    state: str
    number: int | None = Field(sa_type=BigInteger)
    moves: str
    extra: str
