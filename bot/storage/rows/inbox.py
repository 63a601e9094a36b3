"""Raw updates, and how far each channel has been read."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from bot.storage.rows.base import AUTOINCREMENT, Id, Row, partial

WAITING = "waiting"
DONE = "done"
QUARANTINED = "quarantined"


class InboxRow(Row, table=True):
    """One raw update: waiting, done or quarantined."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        partial("inbox_waiting", "received_at", "id", where="state = 'waiting'"),
        partial("inbox_waiting_of_address", "channel", "address", "id", where="state = 'waiting'"),
        partial("inbox_quarantined", "finished_at", where="state = 'quarantined'"),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    channel: str
    external_id: str
    address: str
    raw: bytes
    received_at: int = Field(sa_type=BigInteger)
    attempts: int
    due_at: int = Field(sa_type=BigInteger)
    state: str
    error: str
    finished_at: int | None = Field(sa_type=BigInteger)


class CursorRow(Row, table=True):
    """How far a channel has been read: Telegram's next update offset."""

    __tablename__ = "channel_cursor"
    __table_args__: ClassVar[tuple[()]] = ()
    channel: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)
