"""SQLite: what was confirmed survives, commits are grouped, and a disk that fails is never silent."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from bot.core.errors import AlreadyThere, SettingsInvalid, StorageBusy, StorageFailed
from bot.ports import Store, UnitOfWork
from bot.storage import backup, open_store
from bot.storage.sqlite.store import SqliteStore
from tests.support.stores import KEY, sqlite_store
from tests.support.storing import T0, patient

CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from bot.storage import open_store

async def main():
    store = open_store(sys.argv[1])
    async def one(n):
        await store.run(lambda uow: uow.inbox.add("telegram", str(n), str(n % 7), b"raw", datetime.now(UTC)))
        print(n, flush=True)
    for start in range(0, 100000, 8):
        await asyncio.gather(*(one(start + n) for n in range(8)))

asyncio.run(main())
"""


def add(uow: UnitOfWork, external_id: str) -> int | None:
    return uow.inbox.add("telegram", external_id, "a", b"raw", T0)


def execute(uow: UnitOfWork, sql: str) -> None:
    """Straight on the store's own connection."""
    cast("Any", uow)._database._connection.execute(sql)


def test_what_run_confirmed_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "aftercare.db"
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        confirmed = [child.stdout.readline().strip() for _ in range(200)]
        os.kill(child.pid, signal.SIGKILL)
        confirmed += [line.strip() for line in child.stdout if line.endswith("\n")]
    store = sqlite_store(tmp_path)
    with closing(sqlite3.connect(path)) as reader:
        held = {row[0] for row in reader.execute("SELECT external_id FROM inbox")}
    assert len(confirmed) >= 200
    assert set(confirmed) <= held
    store.close()


async def test_what_waits_is_committed_together(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    go, inside = threading.Event(), threading.Event()

    def hold(_: UnitOfWork) -> None:
        inside.set()
        go.wait(10)

    first = asyncio.ensure_future(store.run(hold))
    await asyncio.to_thread(inside.wait, 10)
    before = cast("SqliteStore", store).commits
    rest = [asyncio.ensure_future(store.run(lambda uow, n=n: add(uow, str(n)))) for n in range(100)]  # type: ignore[misc]
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(first, *rest)
    assert cast("SqliteStore", store).commits - before == 2, "the one that held the writer, and all that waited meanwhile"
    store.close()


async def test_one_piece_of_work_alone_is_committed_at_once(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    before = cast("SqliteStore", store).commits
    async with asyncio.timeout(5):
        for n in range(5):
            await store.run(lambda uow, n=n: add(uow, str(n)))  # type: ignore[misc]
    assert cast("SqliteStore", store).commits - before == 5
    store.close()


def test_the_file_is_kept_as_promised(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)

    def settings(uow: UnitOfWork) -> list[Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        connection = cast("Any", uow)._database._connection
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert store.transact(settings) == ["wal", 2, 1, 1, 5000]
    store.close()


def test_a_full_disk_is_told_and_takes_the_whole_group_back(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    store.transact(lambda uow: add(uow, "before"))

    def fill(uow: UnitOfWork) -> None:
        execute(uow, "PRAGMA max_page_count = 1")
        try:
            for n in range(10_000):
                uow.inbox.add("telegram", f"f{n}", "a", bytes(4000), T0)
        finally:
            execute(uow, "PRAGMA max_page_count = 1000000")

    with pytest.raises(StorageFailed):
        store.transact(fill)
    assert store.transact(lambda uow: uow.inbox.waiting()) == 1
    store.transact(lambda uow: add(uow, "after"))
    assert store.transact(lambda uow: uow.inbox.waiting()) == 2
    store.close()


@pytest.mark.parametrize("swallowed", [True, False])
async def test_a_transaction_that_sqlite_ended_itself_confirms_nobody(tmp_path: Path, *, swallowed: bool) -> None:
    store = sqlite_store(tmp_path)
    go = threading.Event()

    def lose(uow: UnitOfWork) -> None:
        with pytest.raises(AlreadyThere):  # SQLite ends the transaction by itself, as it may when the disk is full
            cast("Any", uow)._database.command("INSERT OR ROLLBACK INTO channel_cursor VALUES (NULL, 1)")
        try:
            add(uow, "after the loss")
        except StorageFailed:
            if not swallowed:
                raise

    jobs: list[asyncio.Future[Any]] = [asyncio.ensure_future(store.run(lambda _: go.wait(10)))]
    await asyncio.sleep(0.05)
    jobs += [asyncio.ensure_future(store.run(lambda uow, n=n: add(uow, str(n)))) for n in range(3)]  # type: ignore[misc]
    jobs += [asyncio.ensure_future(store.run(lose)), asyncio.ensure_future(store.run(lambda uow: add(uow, "last")))]
    await asyncio.sleep(0)
    go.set()
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [isinstance(r, StorageFailed) for r in results] == [False, True, True, True, True, True]
    assert await store.run(lambda uow: uow.inbox.waiting()) == 0
    store.close()


def test_a_read_only_database_is_told(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    store.transact(lambda uow: execute(uow, "PRAGMA query_only = ON"))
    with pytest.raises(StorageFailed) as told:
        store.transact(lambda uow: add(uow, "1"))
    assert told.value.operator_must_act
    cast("Any", store)._writer._database._connection.execute("PRAGMA query_only = OFF")
    assert store.transact(lambda uow: uow.inbox.waiting()) == 0
    assert store.transact(lambda uow: add(uow, "1")) is not None
    store.close()


def test_a_locked_database_is_busy_and_works_again_when_it_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.sqlite.database.BUSY_SECONDS", 0.2)
    store = sqlite_store(tmp_path)
    with closing(sqlite3.connect(tmp_path / "aftercare.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy) as told:
            store.transact(lambda uow: add(uow, "1"))
        assert told.value.retryable
        holder.execute("ROLLBACK")
    assert store.transact(lambda uow: add(uow, "1")) is not None
    store.close()


def test_a_damaged_file_is_refused_at_the_start(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    store.transact(lambda uow: [add(uow, str(n)) for n in range(2000)])
    store.close()
    path = tmp_path / "aftercare.db"
    held = bytearray(path.read_bytes())
    for page in range(4, len(held) // 4096, 3):
        held[page * 4096 : page * 4096 + 512] = b"\xa5" * 512
    path.write_bytes(held)
    with pytest.raises(StorageFailed):
        open_store(str(path))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "aftercare.db").write_bytes(b"dear diary, " * 1000)
    with pytest.raises(StorageFailed):
        sqlite_store(tmp_path)


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        open_store(str(tmp_path / "nowhere" / "aftercare.db"), key=KEY)


def test_a_store_in_memory_needs_no_file() -> None:
    store = open_store(":memory:")
    assert store.transact(lambda uow: add(uow, "1")) == 1
    store.close()


def test_jobs_that_were_queued_before_closing_are_finished(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)

    async def queue_and_close() -> list[int | None]:
        jobs = [asyncio.ensure_future(store.run(lambda uow, n=n: add(uow, str(n)))) for n in range(50)]  # type: ignore[misc]
        await asyncio.sleep(0)
        await asyncio.to_thread(store.close)
        return await asyncio.gather(*jobs)

    assert None not in asyncio.run(queue_and_close())


def test_the_key_file_is_for_its_owner_only_and_used_again(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    added = store.transact(lambda uow: uow.patients.add(patient()))
    store.close()
    assert (tmp_path / "aftercare.db.key").stat().st_mode & 0o777 == 0o600
    again: Store = sqlite_store(tmp_path)
    assert again.transact(lambda uow: uow.patients.get(added.id)) == added
    again.close()


def test_a_lost_key_file_is_noticed_at_the_start(tmp_path: Path) -> None:
    sqlite_store(tmp_path).close()
    (tmp_path / "aftercare.db.key").unlink()
    with pytest.raises(SettingsInvalid):
        sqlite_store(tmp_path)


def test_a_backup_of_the_running_store_holds_what_was_confirmed(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "aftercare.db"), key=KEY)
    added = store.transact(lambda uow: uow.patients.add(patient()))
    copy = tmp_path / "copies" / "monday.db"
    copy.parent.mkdir()
    backup(str(tmp_path / "aftercare.db"), copy)
    store.transact(lambda uow: uow.patients.erase(added.id))
    assert [file.name for file in copy.parent.iterdir()] == ["monday.db"]
    assert copy.stat().st_mode & 0o777 == 0o600
    restored = open_store(str(copy), key=KEY)
    assert restored.transact(lambda uow: uow.patients.all()) == [added]
    restored.close()
    store.close()


def test_a_backup_that_cannot_be_made_leaves_the_older_one(tmp_path: Path) -> None:
    older = tmp_path / "copy.db"
    older.write_bytes(b"older")
    (tmp_path / "broken.db").write_bytes(b"not a database" * 999)
    for source in ("missing.db", "broken.db"):
        with pytest.raises(StorageFailed):
            backup(str(tmp_path / source), older)
    with pytest.raises(SettingsInvalid, match="pg_dump"):
        backup("postgresql+psycopg://db/aftercare", older)
    assert older.read_bytes() == b"older"
