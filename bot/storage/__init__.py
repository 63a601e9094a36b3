"""The store: SQLModel tables, prepared statements on them, one SQLite writer or a pool of PostgreSQL workers."""

from __future__ import annotations

from bot.storage.backup import backup
from bot.storage.cipher import key_from_text
from bot.storage.schema import migrate, schema_version
from bot.storage.store import open_store

__all__ = ["backup", "key_from_text", "migrate", "open_store", "schema_version"]
