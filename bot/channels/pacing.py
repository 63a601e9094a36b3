"""The sender's pace: waits for a slot of slots.py, with one timer however many wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.channels.slots import Slots, Ticket
from bot.core.delivery import Lane


class Pacer:
    """At most ``rate`` messages a second in all (an alert may be one more) and one per ``per_chat`` seconds to a chat; the most urgent lane goes first.

    ``rate=None`` paces nothing (benchmarks), but still holds. ``clock`` is in seconds and must run like the event loop's.
    """

    def __init__(self, rate: float | None = 30, per_chat: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._slots: Slots[asyncio.Future[None]] = Slots(rate, per_chat if rate else 0.0)
        self._unlimited = rate is None
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = float("inf")

    async def acquire(self, address: str, lane: Lane) -> None:
        """Returns when this message may go. Each return is one departure, used or not."""
        if self._unlimited or self._slots.free(address, lane, self._clock()):
            return
        future = asyncio.get_running_loop().create_future()
        ticket = self._slots.add(address, lane, future)
        self._pump()
        try:
            await future
        except asyncio.CancelledError:
            ticket.cancelled = True
            raise

    def hold(self, address: str, seconds: float) -> None:
        """The provider asked for this pause in this chat; nothing goes there meanwhile, the others flow."""
        self._unlimited = False
        self._slots.hold(address, self._clock() + seconds)

    def _pump(self) -> None:
        now = self._clock()
        while (ticket := self._slots.take(now)) is not None:
            _release(ticket)
        self._set_timer(now)

    def _set_timer(self, now: float) -> None:
        at = self._slots.wake_at()
        if at is None or at >= self._timer_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = asyncio.get_running_loop().call_later(max(0.0, at - now), self._ring)

    def _ring(self) -> None:
        self._timer, self._timer_at = None, float("inf")
        self._pump()


def _release(ticket: Ticket[asyncio.Future[None]]) -> None:
    if not ticket.load.done():
        ticket.load.set_result(None)
