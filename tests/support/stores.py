"""Real stores for tests: a SQLite file, a PostgreSQL server of our own."""

from __future__ import annotations

from pathlib import Path

from bot.ports import Store
from bot.storage import open_store


def sqlite_store(tmp_path: Path, name: str = "aftercare.db") -> Store:
    """A migrated store in a file of its own. The caller closes it."""
    return open_store(str(tmp_path / name))
