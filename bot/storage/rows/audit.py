"""The audit's hash chain, and what the store remembers about itself."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from bot.storage.rows.base import Id, Row


class AuditRow(Row, table=True):
    """``hash`` covers the row and the hash before it: a row that is altered or taken out breaks the chain."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    at: int = Field(sa_type=BigInteger)
    actor: str
    action: str
    subject: str
    detail: str
    hash: str


class MetaRow(Row, table=True):
    """A fact about this database: the sealed word that tells whether the key fits."""

    __tablename__ = "store_meta"
    name: str = Field(primary_key=True)
    value: bytes
