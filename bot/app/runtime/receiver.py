"""One raw update from arrival to commit, whoever brought it.

It is kept and handled in one transaction, so that one fsync stands before both the confirmation and the reply. Handling has a
savepoint of its own: what fails there takes nothing with it, the update is kept and tried again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.events import Inbound
from bot.web.metrics import Metrics

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as its channel brought it. ``cursor``: what to confirm once it is kept. ``parsed``: what it says, where it has
    been looked into already."""

    channel: str
    external_id: str
    address: str
    raw: bytes
    cursor: int | None = None
    parsed: Inbound | None = None


class Desk(Protocol):
    """The transactions of the intake service."""

    async def accept(self, arrival: Arrival) -> bool:
        """Keeps it, committed; False where it was here already."""
        ...

    async def accept_and_handle(self, arrival: Arrival) -> bool:
        """The same, and the oldest waiting update (this one, or an older one) is handled in the same commit."""
        ...

    async def handle_next(self) -> bool:
        """Handles the oldest waiting update and hands its messages to the sender; False where nothing waits."""
        ...


class Receiver:
    """``handles``: whether this process also handles what it keeps (the web role only keeps)."""

    def __init__(self, desk: Desk, metrics: Metrics, *, handles: bool = True) -> None:
        self._desk = desk
        self._metrics = metrics
        self._handles = handles

    async def keep(self, arrivals: Sequence[Arrival]) -> None:
        """Returns once all are committed. Raises what storage raises: then none may be confirmed."""
        started = time.perf_counter()
        outcomes = await asyncio.gather(*(self._keep(arrival) for arrival in arrivals), return_exceptions=True)
        new = [_raised(outcome) for outcome in outcomes]
        self._metrics.observe("aftercare_commit_seconds", time.perf_counter() - started)
        self._metrics.count("aftercare_updates_total", sum(new), outcome="kept")
        self._metrics.count("aftercare_updates_total", len(new) - sum(new), outcome="repeated")

    async def _keep(self, arrival: Arrival) -> bool:
        if not self._handles:
            return await self._desk.accept(arrival)
        try:
            return await self._desk.accept_and_handle(arrival)
        except Exception:
            logger.exception("handling an update failed as a whole; it is kept by itself, and tried again")
            self._metrics.count("aftercare_handling_failures_total")
            return await self._desk.accept(arrival)

    async def handle_one(self) -> bool:
        """One waiting update; a failure of ours is logged and counted, its update waits to be tried again."""
        try:
            return await self._desk.handle_next()
        except Exception:
            logger.exception("handling an update failed; it waits in the inbox")
            self._metrics.count("aftercare_handling_failures_total")
            return False

    async def handle_waiting(self) -> int:
        """All that wait and are due; how many."""
        handled = 0
        while await self.handle_one():
            handled += 1
        return handled


def _raised(outcome: bool | BaseException) -> bool:  # noqa: FBT001 - what a gathered call came to
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome
