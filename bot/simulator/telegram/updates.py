"""Updates that wait for the bot, kept until a higher offset (or a 2xx of the webhook) confirms them."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

from bot.simulator.telegram.answers import OTHER_POLLER, Json

DEFAULT_TYPES = frozenset(
    {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "channel_post",
        "edited_channel_post",
        "inline_query",
        "poll",
    }
)
"""What Telegram sends where ``allowed_updates`` was never said (of the kinds that the stand-in makes)."""


class Updates:
    """The queue. Not confirmed within ``keep`` (Telegram: 24 h), an update is gone; None keeps it for ever."""

    def __init__(self, keep: timedelta | None) -> None:
        self.allowed = DEFAULT_TYPES
        self._keep = keep
        self._queue: deque[tuple[datetime, Json]] = deque()
        self._next_id = 100_001
        self._poll = 0
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, kind: str, content: Json, at: datetime) -> int:
        """Queues one, where its kind is allowed; its update id."""
        update_id = self._next_id
        self._next_id += 1
        if kind in self.allowed:
            self.put({"update_id": update_id, kind: content}, at)
        return update_id

    def put(self, update: Json, at: datetime) -> None:
        """Queues a ready update, whatever it looks like: tests of malformed ones."""
        self._queue.append((at, update))
        self._arrived.set()

    def forget(self, now: datetime) -> None:
        """Drops what is too old."""
        while self._keep is not None and self._queue and self._queue[0][0] < now - self._keep:
            self._queue.popleft()

    def clear(self) -> None:
        """``drop_pending_updates``."""
        self._queue.clear()

    def confirm(self, update_id: int) -> None:
        """One update was delivered by the webhook."""
        self._queue = deque(item for item in self._queue if item[1].get("update_id") != update_id)

    def waiting(self) -> list[Json]:
        """Everything not confirmed, oldest first."""
        return [update for _, update in self._queue]

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """GetUpdates. A newer poll ends an older one with 409. Raises ApiError."""
        self._poll += 1
        mine = self._poll
        self.wake()
        self._confirm_below(offset)
        if not self._queue and seconds > 0:
            await self._wait(seconds, mine)
        if mine != self._poll:
            raise OTHER_POLLER
        return self.waiting()[:limit]

    async def arrival(self) -> None:
        """Returns when something new was queued."""
        self._arrived.clear()
        await self._arrived.wait()

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:
            while len(self._queue) > -offset:
                self._queue.popleft()
        elif offset:
            self._queue = deque(item for item in self._queue if item[1].get("update_id", 0) >= offset)

    async def _wait(self, seconds: float, mine: int) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not self._queue and mine == self._poll:
                    await self.arrival()
        except TimeoutError:
            return

    def wake(self) -> None:
        """Whoever waits looks again."""
        self._arrived.set()
