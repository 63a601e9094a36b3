"""The one writer thread: takes every piece of work that waits, runs each in a savepoint, commits once, then answers.

Nothing polls: the thread sleeps on its queue, and one piece of work alone is committed at once. Under load the time of one
commit (an fsync) gathers the next group by itself. Background work goes piece by piece, each in a commit of its own, and only
while nothing else waits: a patient's red flag waits for one piece of it at most.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from queue import Empty, SimpleQueue
from typing import Any, Final

from bot.core.errors import AftercareError, StorageFailed
from bot.storage.sqlite.database import SqliteDatabase
from bot.storage.unit_of_work import UnitOfWork

GROUP: Final = 256
"""At most that many pieces of work in one commit."""
_CHECKPOINT_RETRY: Final = 0.5
"""Seconds between tries to empty the WAL after an erasure while somebody else reads it."""


class _Mark(Enum):
    """What else may come through the queue."""

    BACKGROUND = 1
    """A piece of background work waits in its own queue."""
    CLOSE = 2


@dataclass(slots=True)
class Job:
    """One piece of work, who waits for it, and what came of it."""

    work: Callable[[Any], Any]
    future: asyncio.Future[Any] | concurrent.futures.Future[Any]
    loop: asyncio.AbstractEventLoop | None
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Tells who waits; on the future's own loop, where it has one."""
        if self.future.done():
            return
        if isinstance(self.error, StopIteration):  # no future takes it, and who waits would wait for ever
            self.error = RuntimeError("the work raised StopIteration")
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """Owns the connection. ``commits`` and ``committed`` count groups and pieces of work, for the metrics."""

    def __init__(self, database: SqliteDatabase, unit_of_work: UnitOfWork) -> None:
        self._database = database
        self._uow = unit_of_work
        self._queue: SimpleQueue[Job | _Mark] = SimpleQueue()
        self._background: deque[Job] = deque()
        self._closing = threading.Lock()
        self._closed = False
        self._wal_dirty = True  # an erasure may have been cut off before its bytes left the WAL
        self._next_try = 0.0
        self.commits = 0
        self.committed = 0
        self._thread = threading.Thread(target=self._serve, name="aftercare-writer", daemon=True)
        self._thread.start()

    def put(self, job: Job, *, background: bool = False) -> None:
        """Queues it. Raises StorageFailed once closed."""
        with self._closing:
            if self._closed:
                raise StorageFailed("the store is closed")
            if background:
                self._background.append(job)
                self._queue.put(_Mark.BACKGROUND)
            else:
                self._queue.put(job)

    @property
    def is_current_thread(self) -> bool:
        """Whether the caller is a piece of work itself: waiting for another one would wait for ever."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Finishes what is queued, then closes the connection. Calling it again does nothing."""
        with self._closing:
            already, self._closed = self._closed, True
            if not already:
                self._queue.put(_Mark.CLOSE)
        self._thread.join()

    def _serve(self) -> None:
        goes_on = True
        while goes_on:
            jobs, goes_on = self._next_group()
            if jobs:
                self._run_group(jobs)
                self._answer(jobs)
        self._database.close()

    def _next_group(self) -> tuple[list[Job], bool]:
        """What waits, and whether more may come."""
        if self._background and self._queue.empty():
            return [self._background.popleft()], True
        try:
            first = self._queue.get(timeout=_CHECKPOINT_RETRY if self._wal_dirty else None)
        except Empty:
            self._empty_wal()
            return [], True
        jobs: list[Job] = []
        while first is not _Mark.CLOSE:
            if isinstance(first, Job):
                jobs.append(first)
            if len(jobs) == GROUP or self._queue.empty():
                return jobs, True
            first = self._queue.get()
        return [*jobs, *self._background], False

    def _run_group(self, jobs: list[Job]) -> None:
        """One transaction for all of them. When it cannot be committed, none of them has happened."""
        try:
            self._database.begin()
            self._uow.begin()
            for job in jobs:
                self._run_job(job)
            self._uow.finish()
            self._database.command("COMMIT")
        except AftercareError as error:
            self._undo(jobs, error)
            return
        except BaseException as error:  # noqa: BLE001 - the thread must live: whoever waits would wait for ever
            self._undo(jobs, StorageFailed(f"the writer met {type(error).__name__}: {error}"))
            return
        self.commits += 1
        self.committed += sum(job.error is None for job in jobs)
        if self._uow.erased:
            self._wal_dirty, self._next_try = True, 0.0
        if self._wal_dirty and time.monotonic() >= self._next_try:
            self._empty_wal()

    def _empty_wal(self) -> None:
        self._wal_dirty = not self._database.empty_wal()
        self._next_try = time.monotonic() + _CHECKPOINT_RETRY

    def _run_job(self, job: Job) -> None:
        """In a savepoint of its own: what it raises is its own affair. A lost transaction shows at the commit."""
        if job.future.cancelled():
            return
        mark = self._uow.mark()
        try:
            with self._database.savepoint():
                job.result = job.work(self._uow)
        except BaseException as error:  # noqa: BLE001 - whatever it raises belongs to who queued it
            job.error = error
            self._uow.back_to(mark)

    def _undo(self, jobs: list[Job], error: AftercareError) -> None:
        """The transaction is gone: each gets an error of its own."""
        try:
            self._database.roll_back()
        except AftercareError as worse:
            error = worse
        for job in jobs:
            job.error = type(error)(*error.args)

    @staticmethod
    def _answer(jobs: list[Job]) -> None:
        """One wake-up per event loop, however many wait there."""
        by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
        for job in jobs:
            if job.loop is None:
                job.settle()
            else:
                by_loop.setdefault(job.loop, []).append(job)
        for loop, theirs in by_loop.items():
            with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits there any more
                loop.call_soon_threadsafe(_settle_all, theirs)


def _settle_all(jobs: list[Job]) -> None:
    for job in jobs:
        job.settle()
