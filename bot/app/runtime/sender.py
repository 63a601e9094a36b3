"""Takes claimed messages to their channels: in order within a chat, side by side between chats, at the channel's pace.

Only as many are held in memory as can leave well within their lease; the rest waits in its rows, most urgent lane first. Results
are recorded in groups: while one group is being committed, the next one gathers.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from bot.core.delivery import DeliveryState, Kind, Lane, OutgoingMessage, Receipt
from bot.core.errors import TokenRejected
from bot.ports import Channel, Clock
from bot.web.metrics import Metrics

PACE_LIMIT = 4.0
"""Seconds that a held message may wait for its slot: with ATTEMPT_LIMIT this stays under the lease."""
CLAIMED_AT_ONCE = 64
"""Messages claimed by one transaction and begun in one turn of the loop: so many take some milliseconds of each."""
ATTEMPT_LIMIT = timedelta(seconds=25)
"""How long one attempt may take: with less than this left of its lease a message is not tried any more."""
RETURNED_FOR = timedelta(seconds=5)
"""How long a message that found no slot in time waits before it is claimed again."""
_UNPACED = frozenset({Kind.BUTTON_ANSWER, Kind.LEAVE})

logger = logging.getLogger(__name__)


class Pace(Protocol):
    """bot/channels/pacing.py."""

    async def acquire(self, address: str, lane: Lane) -> None:
        """Returns when a message of this lane may go to this chat."""
        ...

    def hold(self, address: str, seconds: float) -> None:
        """Nothing goes to this chat for so long."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one held message; no receipt: it was not tried, and is to be claimed again."""

    message: OutgoingMessage
    receipt: Receipt | None


class Ledger(Protocol):
    """Where messages come from and results go: transactions of the outbox service."""

    async def claim(self, limit: int) -> list[OutgoingMessage]:
        """Up to ``limit`` due messages, now ours."""
        ...

    async def record(self, results: list[Result]) -> None:
        """Commits them, and hands over what follows from them."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A channel and its pace."""

    channel: Channel
    pace: Pace


_Key = tuple[str, str, bool]


class Sender:
    """``window`` is how many messages are held in memory at most, alerts not counted.

    ``give_up`` is told when no message can be sent any more: the channel rejects our token.
    """

    def __init__(
        self,
        *,
        routes: Mapping[str, Route],
        ledger: Ledger,
        clock: Clock,
        metrics: Metrics,
        give_up: Callable[[Exception], None],
        window: int,
    ) -> None:
        self._routes = routes
        self._ledger = ledger
        self._clock = clock
        self._metrics = metrics
        self._give_up = give_up
        self._window = window
        self._queues: dict[_Key, list[tuple[int, int, OutgoingMessage]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._held = 0
        self._since: dict[int, float] = {}
        self._results: list[Result] = []
        self._recording: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._more = False
        """Whether rows may be waiting for room in memory."""

    @property
    def room(self) -> int:
        """How many more messages may be held now."""
        return max(0, self._window - self._held)

    @property
    def idle(self) -> bool:
        """Nothing held, nothing to record."""
        return not self._held and not self._results and self._recording is None

    def hand_over(self, messages: Iterable[OutgoingMessage]) -> None:
        """Claimed messages, committed: they go as soon as their chat and the pace allow."""
        for message in messages:
            key = (message.channel, message.address, message.lane is Lane.ALERT)
            self._held += 1
            if message.lane is Lane.ALERT:
                self._since[message.id] = time.perf_counter()
            queue = self._queues.get(key)
            if queue is None:
                self._queues[key] = [(message.lane, message.id, message)]
                self._spawn(key)
            else:
                heapq.heappush(queue, (message.lane, message.id, message))

    def wake(self) -> None:
        """There may be something to claim."""
        self._wanted.set()

    async def claim(self) -> int:
        """Claims what there is room for and hands it over; how many."""
        self._wanted.clear()
        room = self.room
        if room * 2 < self._window:
            self._more = True
            return 0
        limit = min(room, CLAIMED_AT_ONCE)
        claimed = await self._ledger.claim(limit)
        self._more = len(claimed) >= limit
        self.hand_over(claimed)
        return len(claimed)

    async def wait_wanted(self, seconds: float) -> None:
        """Until somebody wakes the sender, or so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            return

    async def settle(self) -> None:
        """Until everything held is sent and recorded."""
        while not self.idle:
            waiting = [*self._tasks, *([self._recording] if self._recording else [])]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)

    def _spawn(self, key: _Key) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, key: _Key) -> None:
        """One chat's messages, one after the other. One that must go back takes those behind it along: the order stays."""
        queue = self._queues[key]
        while queue:
            message = heapq.heappop(queue)[2]
            receipt = await self._try(message)
            self._done(Result(message, receipt))
            while receipt is None and queue:
                self._done(Result(heapq.heappop(queue)[2], None))
        del self._queues[key]

    async def _try(self, message: OutgoingMessage) -> Receipt | None:
        try:
            return await self._attempt(message)
        except TokenRejected as error:
            self._give_up(error)
        except Exception:  # a channel must not raise; if it does, this message goes back and the others go on
            logger.exception("message %s could not be tried", message.id)
        return None

    async def _attempt(self, message: OutgoingMessage) -> Receipt | None:
        route = self._routes[message.channel]
        if message.kind not in _UNPACED:
            try:
                async with asyncio.timeout(PACE_LIMIT):
                    await route.pace.acquire(message.address, message.lane)
            except TimeoutError:
                return None
        if message.due_at is not None and self._clock.now() > message.due_at - ATTEMPT_LIMIT:
            return None
        if message.id in self._since:
            self._metrics.observe("aftercare_page_seconds", time.perf_counter() - self._since[message.id])
        receipt = await route.channel.send(message)
        self._metrics.count("aftercare_messages_total", lane=message.lane.name.lower(), outcome=receipt.outcome.value)
        if receipt.retry_after is not None:
            route.pace.hold(message.address, receipt.retry_after)
        return receipt

    def _done(self, result: Result) -> None:
        self._held -= 1
        self._since.pop(result.message.id, None)
        self._results.append(result)
        if self._recording is None:
            self._recording = asyncio.get_running_loop().create_task(self._record())
        if self._more and self.room * 2 >= self._window:
            self._wanted.set()

    async def _record(self) -> None:
        while self._results:
            group, self._results = self._results, []
            try:
                await self._ledger.record(group)
            except Exception:  # the rows stay SENDING: their deadline settles them
                logger.exception("the results of %d messages could not be recorded", len(group))
        self._recording = None


def returned(message: OutgoingMessage, clock: Clock) -> OutgoingMessage:
    """A held message that was not tried, as it goes back into its row."""
    return replace(message, state=DeliveryState.PENDING, attempt=message.attempt - 1, due_at=clock.now() + RETURNED_FOR)
