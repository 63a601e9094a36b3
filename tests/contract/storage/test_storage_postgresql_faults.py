"""PostgreSQL: a conflict or a lost connection runs the work again, and never twice what was committed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from typing import Any, cast

import pytest

from bot.core.errors import SettingsInvalid, StorageBusy, StorageFailed
from bot.ports import Store, UnitOfWork
from bot.storage import open_store
from bot.storage.postgresql import store as postgres_store
from bot.storage.postgresql.database import PostgresDatabase
from bot.storage.postgresql.failures import TransactionLost
from tests.support.stores import KEY, PostgresServer
from tests.support.storing import T0, patient


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url, key=KEY)
    yield opened
    opened.close()


def cut_connections(server: PostgresServer, url: str) -> None:
    name = url.split("@/")[1].split("?", maxsplit=1)[0]
    server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - our name


def test_work_whose_connection_is_cut_is_run_again(store: Store, url: str, postgres_server: PostgresServer) -> None:
    runs: list[int] = []

    def work(uow: UnitOfWork) -> None:
        runs.append(1)
        uow.patients.add(patient(f"K7-{len(runs)}"))
        if len(runs) == 1:
            cut_connections(postgres_server, url)
        uow.audit.append(T0, "system", "added", "patient:1")

    store.transact(work)
    assert len(runs) == 2
    assert [p.code for p in store.transact(lambda uow: uow.patients.all())] == ["K7-2"]
    assert store.transact(lambda uow: uow.audit.verify()) is None


def test_an_idle_connection_that_was_cut_is_opened_again(store: Store, url: str, postgres_server: PostgresServer) -> None:
    store.transact(lambda uow: uow.patients.add(patient()))
    cut_connections(postgres_server, url)
    assert len(store.transact(lambda uow: uow.patients.all())) == 1


def test_a_loss_that_the_work_swallows_still_runs_it_again(store: Store, url: str, postgres_server: PostgresServer) -> None:
    runs: list[int] = []

    def work(uow: UnitOfWork) -> None:
        runs.append(1)
        uow.patients.add(patient("K7-1"))
        if len(runs) == 1:
            cut_connections(postgres_server, url)
        with suppress(StorageBusy), uow.savepoint():
            uow.patients.add(patient("K7-2"))

    store.transact(work)
    assert len(runs) == 2
    assert [p.code for p in store.transact(lambda uow: uow.patients.all())] == ["K7-1", "K7-2"]


@pytest.mark.parametrize("swallowed", [True, False])
def test_two_pieces_of_work_in_a_deadlock_are_both_done(store: Store, *, swallowed: bool) -> None:
    first_locks = threading.Barrier(2)
    runs: list[str] = []

    def work(mine: str, yours: str) -> Any:
        def locked(uow: UnitOfWork) -> None:
            uow.lock_address("telegram", mine)
            runs.append(mine)
            if runs.count(mine) == 1:
                first_locks.wait(10)
            with suppress(StorageBusy) if swallowed else nullcontext(), uow.savepoint():
                uow.lock_address("telegram", yours)
                uow.patients.add(patient(mine, mine))

        return locked

    threads = [threading.Thread(target=store.transact, args=(work(*pair),)) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(p.code for p in store.transact(lambda uow: uow.patients.all())) == ["a", "b"]
    assert len(runs) == 3, "one of them was the victim, and was run again"


def test_an_address_that_somebody_locked_is_not_taken_from_the_inbox(store: Store) -> None:
    store.transact(lambda uow: uow.inbox.add("telegram", "1", "locked", b"", T0))
    store.transact(lambda uow: uow.inbox.add("telegram", "2", "free", b"", T0))
    go, inside = threading.Event(), threading.Event()

    def hold(uow: UnitOfWork) -> None:
        uow.lock_address("telegram", "locked")
        inside.set()
        go.wait(20)

    holder = threading.Thread(target=store.transact, args=(hold,))
    holder.start()
    assert inside.wait(10)
    item = store.transact(lambda uow: uow.inbox.take(T0))
    go.set()
    holder.join(20)
    assert item is not None
    assert item.address == "free"
    after = store.transact(lambda uow: uow.inbox.take(T0))
    assert after is not None
    assert after.address == "locked"


def test_a_newer_update_of_an_address_is_not_seen_before_an_older_one_that_is_still_being_stored(store: Store) -> None:
    go, inside = threading.Event(), threading.Event()

    def slow(uow: UnitOfWork) -> None:
        uow.inbox.add("telegram", "older", "55", b"", T0)
        inside.set()
        go.wait(20)

    older = threading.Thread(target=store.transact, args=(slow,))
    older.start()
    assert inside.wait(10)
    newer = threading.Thread(target=store.transact, args=(lambda uow: uow.inbox.add("telegram", "newer", "55", b"", T0),))
    newer.start()
    newer.join(0.3)
    assert store.transact(lambda uow: uow.inbox.take(T0)) is None
    assert store.transact(lambda uow: uow.inbox.add("telegram", "unrelated", "56", b"", T0)) is not None
    go.set()
    for thread in (older, newer):
        thread.join(20)
    item = store.transact(lambda uow: uow.inbox.take(T0))
    assert item is not None
    assert item.external_id == "older"


def test_a_commit_without_an_answer_that_happened_is_not_run_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = PostgresDatabase.commit
    runs: list[int] = []

    def answer_lost(database: PostgresDatabase) -> None:
        real(database)
        if runs == [1]:
            raise TransactionLost("the answer to COMMIT never came")

    monkeypatch.setattr(PostgresDatabase, "commit", answer_lost)

    def work(uow: UnitOfWork) -> None:
        runs.append(1)
        uow.patients.add(patient(f"K7-{len(runs)}"))

    store.transact(work)
    monkeypatch.undo()
    assert runs == [1]
    assert [p.code for p in store.transact(lambda uow: uow.patients.all())] == ["K7-1"]


def test_a_commit_without_an_answer_that_did_not_happen_is_run_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    real = PostgresDatabase.commit
    runs: list[int] = []

    def cut_before(database: PostgresDatabase) -> None:
        if runs == [1]:
            database.disconnect()
            raise TransactionLost("the connection was cut before COMMIT arrived")
        real(database)

    monkeypatch.setattr(PostgresDatabase, "commit", cut_before)

    def work(uow: UnitOfWork) -> None:
        runs.append(1)
        uow.patients.add(patient(f"K7-{len(runs)}"))

    store.transact(work)
    assert runs == [1, 1]
    assert [p.code for p in store.transact(lambda uow: uow.patients.all())] == ["K7-2"]


def test_a_failed_statement_that_the_work_swallowed_is_never_taken_for_a_commit(store: Store) -> None:
    def work(uow: UnitOfWork) -> None:
        uow.patients.add(patient("K7-1"))
        with suppress(Exception):
            uow.patients.add(patient("K7-1"))

    with pytest.raises(StorageFailed, match="aborted"):
        store.transact(work)
    assert store.transact(lambda uow: uow.patients.all()) == []


def test_a_lock_that_is_held_too_long_is_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_store, "PATIENCE", 0.3)
    go, inside = threading.Event(), threading.Event()

    def hold(uow: UnitOfWork) -> None:
        uow.lock_address("telegram", "55")
        inside.set()
        go.wait(20)

    def wait(uow: UnitOfWork) -> None:
        cast("Any", uow)._database._execute("SET LOCAL lock_timeout = '100ms'")
        uow.lock_address("telegram", "55")

    holder = threading.Thread(target=store.transact, args=(hold,))
    holder.start()
    assert inside.wait(10)
    started = time.monotonic()
    with pytest.raises(StorageBusy):
        store.transact(wait)
    assert time.monotonic() - started < 5
    go.set()
    holder.join(20)


def test_a_read_only_server_is_told(store: Store, url: str, postgres_server: PostgresServer) -> None:
    name = url.split("@/")[1].split("?", maxsplit=1)[0]
    postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    cut_connections(postgres_server, url)
    with pytest.raises(StorageFailed) as told:
        store.transact(lambda uow: uow.patients.add(patient()))
    assert told.value.operator_must_act


def test_without_a_key_nothing_is_opened(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="AFTERCARE_ENCRYPTION_KEY"):
        open_store(url)


async def test_many_callers_share_a_few_connections(store: Store) -> None:

    added = await asyncio.gather(
        *(store.run(lambda uow, n=n: uow.inbox.add("telegram", str(n), str(n % 5), b"", T0)) for n in range(60))  # type: ignore[misc]
    )
    assert len(set(added)) == 60
    assert len(cast("Any", store)._databases) <= 8
