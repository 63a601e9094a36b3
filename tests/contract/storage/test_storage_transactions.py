"""One piece of work is one transaction; the audit chain; savepoints."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from bot.core.errors import AftercareError, StorageFailed
from bot.ports import Store, UnitOfWork
from bot.storage import open_store
from tests.support.stores import KEY, dump
from tests.support.storing import MINUTE, T0, patient


def codes(store: Store) -> list[str]:
    return [p.code for p in store.transact(lambda uow: uow.patients.all())]


def raising(uow: UnitOfWork) -> None:
    uow.patients.add(patient("half"))
    uow.audit.append(T0, "system", "half", "patient:1")
    raise ValueError("boom")


def test_work_that_raises_changes_nothing_and_its_error_comes_out(store: Store, url: str) -> None:
    with pytest.raises(ValueError, match="boom"):
        store.transact(raising)
    assert codes(store) == []
    store.transact(lambda uow: uow.audit.append(T0, "system", "next", "patient:1"))
    assert "next" in dump(url)
    assert "half" not in dump(url)
    assert store.transact(lambda uow: uow.audit.verify()) is None


async def test_run_gives_what_the_work_gave(store: Store) -> None:
    added = await store.run(lambda uow: uow.patients.add(patient()))
    assert await store.run(lambda uow: uow.patients.get(added.id)) == added


async def test_work_that_raises_takes_nothing_else_of_its_group_with_it(store: Store) -> None:
    jobs = [
        store.run(raising) if n % 3 == 1 else store.run(lambda uow, n=n: uow.patients.add(patient(f"K7-{n}")))  # type: ignore[misc]
        for n in range(12)
    ]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [isinstance(r, ValueError) for r in results] == [n % 3 == 1 for n in range(12)]
    assert sorted(codes(store)) == sorted(f"K7-{n}" for n in range(12) if n % 3 != 1)


async def test_nobody_waits_for_ever_for_work_that_raises_something_odd(store: Store) -> None:
    def odd(error: BaseException) -> Callable[[UnitOfWork], None]:
        def work(_: UnitOfWork) -> None:
            raise error

        return work

    async with asyncio.timeout(10):
        jobs = [store.run(odd(error)) for error in (StopIteration(), KeyError("k"), asyncio.CancelledError())]
        results = await asyncio.gather(*jobs, store.run(lambda uow: uow.inbox.waiting()), return_exceptions=True)
    assert [type(result) for result in results] == [RuntimeError, KeyError, asyncio.CancelledError, int]


def test_a_loop_that_was_closed_meanwhile_does_not_stop_the_store(store: Store) -> None:
    release = threading.Event()

    async def leave() -> None:
        waiting = asyncio.ensure_future(store.run(lambda _: release.wait(5)))
        await asyncio.sleep(0.05)
        waiting.cancel()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave())
    loop.close()
    release.set()
    assert store.transact(lambda uow: uow.inbox.waiting()) == 0


async def test_a_cancelled_caller_leaves_the_store_in_order(store: Store) -> None:
    task = asyncio.ensure_future(store.run(lambda uow: uow.patients.add(patient("K7-1"))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.run(lambda uow: uow.patients.add(patient("K7-2")))
    assert "K7-2" in codes(store)


def test_a_savepoint_undoes_only_what_was_done_inside(store: Store, url: str) -> None:
    def inside(uow: UnitOfWork) -> None:
        with uow.savepoint():
            uow.patients.add(patient("inside"))
        raising(uow)

    def work(uow: UnitOfWork) -> None:
        uow.patients.add(patient("before"))
        uow.audit.append(T0, "system", "before", "patient:1")
        with pytest.raises(ValueError, match="boom"), uow.savepoint():
            inside(uow)
        with uow.savepoint():
            uow.patients.add(patient("kept"))
        uow.audit.append(T0, "system", "after", "patient:1")

    store.transact(work)
    assert codes(store) == ["before", "kept"]
    assert "before" in dump(url)
    assert "half" not in dump(url)
    assert store.transact(lambda uow: uow.audit.verify()) is None


def test_an_error_of_the_database_inside_a_savepoint_leaves_the_rest_usable(store: Store) -> None:
    def work(uow: UnitOfWork) -> None:
        uow.patients.add(patient("K7-1"))
        with pytest.raises(AftercareError), uow.savepoint():
            uow.patients.add(patient("K7-1"))
        uow.patients.add(patient("K7-2"))

    store.transact(work)
    assert codes(store) == ["K7-1", "K7-2"]


def test_what_another_process_committed_is_seen(store: Store, other: Store) -> None:
    other.transact(lambda uow: uow.patients.add(patient()))
    assert codes(store) == ["K7-42"]


def test_a_piece_of_work_that_waits_for_another_one_is_refused(store: Store) -> None:
    with pytest.raises(RuntimeError):
        store.transact(lambda _: store.transact(lambda uow: uow.inbox.waiting()))


def test_a_closed_store_says_so(url: str) -> None:
    store = open_store(url, key=KEY)
    store.close()
    store.close()
    with pytest.raises(StorageFailed):
        store.transact(lambda uow: uow.inbox.waiting())


def test_the_audit_chain_holds_over_transactions(store: Store) -> None:
    assert store.transact(lambda uow: uow.audit.verify()) is None
    for nth in range(3):
        store.transact(
            lambda uow, nth=nth: [uow.audit.append(T0 + nth * MINUTE, "ann\x00", f"a{i}", "patient:1", "é") for i in range(2)]  # type: ignore[misc]
        )
    assert store.transact(lambda uow: uow.audit.verify()) is None


def test_the_audit_chain_holds_when_many_write_at_once(store: Store, other: Store) -> None:
    def write(mine: Store) -> None:
        for nth in range(15):
            mine.transact(lambda uow, nth=nth: uow.audit.append(T0, "system", f"a{nth}", "patient:1"))  # type: ignore[misc]

    threads = [threading.Thread(target=write, args=(mine,)) for mine in (store, other, store)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert store.transact(lambda uow: uow.audit.verify()) is None


def test_who_locks_an_address_makes_the_next_one_wait(store: Store, other: Store) -> None:
    order: list[str] = []
    locked = threading.Event()

    def first(uow: UnitOfWork) -> None:
        uow.lock_address("telegram", "55")
        locked.set()
        threading.Event().wait(0.2)
        order.append("first")

    def second(uow: UnitOfWork) -> None:
        uow.lock_address("telegram", "55")
        order.append("second")

    thread = threading.Thread(target=store.transact, args=(first,))
    thread.start()
    assert locked.wait(10)
    other.transact(second)
    thread.join(10)
    assert order == ["first", "second"]
