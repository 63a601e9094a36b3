"""The store over SQLite."""

from __future__ import annotations

import asyncio
import concurrent.futures
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from bot.ports import UnitOfWork as UnitOfWorkPort
from bot.storage.cipher import Cipher
from bot.storage.sqlite.database import SqliteDatabase
from bot.storage.sqlite.writer import Job, Writer
from bot.storage.unit_of_work import UnitOfWork

T = TypeVar("T")


class SqliteStore:
    """``bot.ports.Store``: everything goes through the writer thread's queue."""

    def __init__(self, connection: sqlite3.Connection, cipher: Cipher) -> None:
        database = SqliteDatabase(connection)
        self._writer = Writer(database, UnitOfWork(database, cipher))

    def transact(self, work: Callable[[UnitOfWorkPort], T]) -> T:
        """Runs it in one transaction, on disk before this returns. Raises what it raises, StorageBusy or StorageFailed."""
        if self._writer.is_current_thread:
            raise RuntimeError("a piece of work waits for another one: use the unit of work that it was given")
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._writer.put(Job(work, future, None))
        return future.result()

    async def run(self, work: Callable[[UnitOfWorkPort], T], *, background: bool = False) -> T:
        """The same from the event loop. A caller who is cancelled meanwhile does not know whether it happened."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._writer.put(Job(work, future, loop), background=background)
        return await future

    @property
    def commits(self) -> int:
        """How many transactions were committed: fewer than pieces of work where they were grouped."""
        return self._writer.commits

    def close(self) -> None:
        """Finishes what is queued and closes the file."""
        self._writer.close()
