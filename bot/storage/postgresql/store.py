"""The store over PostgreSQL: a few threads, each with a connection of its own."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar

from bot.core.errors import AftercareError, StorageBusy, StorageFailed
from bot.ports import UnitOfWork as UnitOfWorkPort
from bot.storage.cipher import Cipher
from bot.storage.postgresql.database import PostgresDatabase
from bot.storage.postgresql.failures import TransactionLost
from bot.storage.unit_of_work import UnitOfWork

T = TypeVar("T")
Work = Callable[[UnitOfWorkPort], T]
PATIENCE: Final = 5.0
"""Seconds during which a conflict or a lost connection is tried again."""
_WORKERS: Final = 8


class PostgresStore:
    """``bot.ports.Store``: one transaction a piece of work, run again after a conflict or a lost connection."""

    def __init__(self, url: str, cipher: Cipher, *, workers: int = _WORKERS) -> None:
        self._url = url
        self._cipher = cipher
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="aftercare-postgres")
        self._mine = threading.local()
        self._databases: list[PostgresDatabase] = []
        self._closed = False

    def transact(self, work: Work[T]) -> T:
        """Runs it in one transaction, committed before this returns. Raises what it raises, StorageBusy or StorageFailed."""
        self._refuse_if_closed()
        if getattr(self._mine, "database", None) is not None:
            raise RuntimeError("a piece of work waits for another one: use the unit of work that it was given")
        return self._pool.submit(self._until_done, work).result()

    async def run(self, work: Work[T], *, background: bool = False) -> T:  # noqa: ARG002 - connections do not wait for each other
        """The same from the event loop."""
        self._refuse_if_closed()
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._until_done, work)

    def close(self) -> None:
        """Finishes what is queued and closes the connections. Calling it again does nothing."""
        self._closed = True
        self._pool.shutdown()
        while self._databases:
            self._databases.pop().disconnect()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StorageFailed("the store is closed")

    def _until_done(self, work: Work[T]) -> T:
        database, uow = self._own()
        end = time.monotonic() + PATIENCE
        pause = 0.005
        while True:
            try:
                return self._once(database, uow, work)
            except TransactionLost as lost:
                if time.monotonic() + pause > end:
                    raise StorageBusy(str(lost)) from lost
                time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the tries, guards nothing
                pause = min(2 * pause, 0.5)
            except StopIteration as stopped:  # no future takes it, and who waits would wait for ever
                raise RuntimeError("the work raised StopIteration") from stopped

    def _own(self) -> tuple[PostgresDatabase, UnitOfWork]:
        if getattr(self._mine, "database", None) is None:
            database = PostgresDatabase(self._url)
            self._mine.uow = UnitOfWork(database, self._cipher)
            self._mine.database = database
            self._databases.append(database)
        return self._mine.database, self._mine.uow

    def _once(self, database: PostgresDatabase, uow: UnitOfWork, work: Work[T]) -> T:
        try:
            database.begin()
            uow.begin()
            result = work(uow)
            uow.finish()
            transaction = database.transaction_id()
        except BaseException:
            database.roll_back()
            raise
        self._commit(database, transaction)
        return result

    def _commit(self, database: PostgresDatabase, transaction: str | None) -> None:
        """A COMMIT that got no answer may have happened: PostgreSQL itself is asked before the work is run again."""
        try:
            database.commit()
        except TransactionLost:
            if transaction is None or not _committed(database, transaction):
                database.roll_back()
                raise
        except AftercareError:
            database.roll_back()
            raise


def _committed(database: PostgresDatabase, transaction: str) -> bool:
    end = time.monotonic() + PATIENCE
    status: Any = None
    while status in {None, "in progress"}:
        if time.monotonic() > end:
            raise StorageBusy("PostgreSQL went away during a commit, and does not say what became of it")
        with suppress(TransactionLost):
            status = database.status_of(transaction)
        if status in {None, "in progress"}:
            time.sleep(0.05)
    return bool(status == "committed")
