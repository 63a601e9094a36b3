"""Messages written by one transaction go to the sender straight from memory once it is committed.

They are stored as already claimed (SENDING, first attempt, with a deadline), so the claim loop does not see them; after a crash
their deadline passes and they are settled like any attempt that was cut short. Routine prompts are left to the claim loop: they
can still be cancelled, and they wait for their turn anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from bot.core.delivery import DeliveryState, Lane, OutgoingMessage
from bot.ports import LEASE, Outbox, UnitOfWork

T = TypeVar("T")


class _ClaimingOutbox:
    """An outbox whose ``add`` claims what can go at once."""

    def __init__(self, inner: Outbox, claimed: list[OutgoingMessage], now: datetime, room: int) -> None:
        self._inner = inner
        self._claimed = claimed
        self._now = now
        self._room = room

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the rest of the repository, as it is
        return getattr(self._inner, name)

    def add(self, message: OutgoingMessage) -> int:
        """Stores it, claimed where it can go at once and the sender has room."""
        if not self._goes_at_once(message):
            return self._inner.add(message)
        taken = replace(message, state=DeliveryState.SENDING, attempt=message.attempt + 1, due_at=self._now + LEASE)
        stored = replace(taken, id=self._inner.add(taken))
        self._claimed.append(stored)
        return stored.id

    def save(self, message: OutgoingMessage) -> None:
        """Somebody changed it after all: then it is theirs, and the claim loop's."""
        self._claimed[:] = [m for m in self._claimed if m.id != message.id]
        self._inner.save(message)

    def _goes_at_once(self, message: OutgoingMessage) -> bool:
        if message.state is not DeliveryState.PENDING or message.lane is Lane.ROUTINE:
            return False
        if message.due_at is not None and message.due_at > self._now:
            return False
        return message.lane is Lane.ALERT or len(self._claimed) < self._room


class _WatchedUnitOfWork:
    """A unit of work with the claiming outbox; what a savepoint undoes is not handed over."""

    def __init__(self, inner: UnitOfWork, claimed: list[OutgoingMessage], now: datetime, room: int) -> None:
        vars(self).update(vars(inner))  # a look-up that is not found here costs more than copying them all
        self._inner = inner
        self._claimed = claimed
        self.outbox = _ClaimingOutbox(inner.outbox, claimed, now, room)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the rest of the unit of work, as it is
        return getattr(self._inner, name)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """An exception inside undoes what was done inside, and is raised on."""
        mark = len(self._claimed)
        try:
            with self._inner.savepoint():
                yield
        except BaseException:
            del self._claimed[mark:]
            raise


def handing_over(
    work: Callable[[UnitOfWork], T], now: datetime, room: int
) -> Callable[[UnitOfWork], tuple[T, list[OutgoingMessage]]]:
    """The same work; it also returns what it claimed, to be handed to the sender after the commit and never before."""

    def watched(uow: UnitOfWork) -> tuple[T, list[OutgoingMessage]]:
        claimed: list[OutgoingMessage] = []
        return work(cast("UnitOfWork", _WatchedUnitOfWork(uow, claimed, now, room))), claimed

    return watched
