"""A copy of the running SQLite database, taken without stopping anybody.

The key is not in it: keep the key file, or AFTERCARE_ENCRYPTION_KEY, in another place than the copies.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from bot.core.errors import SettingsInvalid, StorageFailed
from bot.storage.url import parse_url


def backup(url: str, path: Path) -> None:
    """Writes a consistent copy to ``path``, checked and on disk before it gets that name; an older copy there is replaced.

    Raises SettingsInvalid for PostgreSQL, which has tools of its own, and StorageFailed where the copy cannot be made.
    """
    source = parse_url(url).path
    if source is None:
        raise SettingsInvalid("this copies SQLite files only: for PostgreSQL run `pg_dump --format=custom` on a schedule")
    if not source.is_file():
        raise StorageFailed(f"there is no database at {source}")
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _copy(source, unfinished)
        os.replace(unfinished, path)  # noqa: PTH105 - says what it does; Path.replace is the same call
    except (sqlite3.Error, OSError) as error:
        raise StorageFailed(f"the backup failed: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    reader, writer = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = writer.execute("PRAGMA integrity_check(1)").fetchone()
    finally:
        reader.close()
        writer.close()
    if verdict != "ok":
        raise StorageFailed(f"the copy is damaged: {verdict}")
    with target.open("rb") as copied:
        os.fsync(copied.fileno())
