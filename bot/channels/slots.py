"""Which message may go when: the pacer's plan, without any waiting of its own. All times are seconds of one monotonic clock.

The law of this file, whatever is asked: never more than ``rate`` departures in any second, or one more where an alert is the
last of them; and to one chat one per ``per_chat`` seconds, with a burst of two for everything but routine prompts (Telegram
tolerates short bursts to one chat; an answer of advice and question must not drip). The most urgent lane goes first, and a chat
that must wait delays no other. Alerts do not wait for the even spacing of the others either: each second keeps one place for them.

Why that holds: whatever leaves looks at the second before it. An alert leaves where that holds at most ``rate`` departures,
anything else where it holds fewer; and the fullest second ends with a departure.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar

from bot.core.delivery import Lane

T = TypeVar("T")

BURST = 2
_FORGET_ABOVE = 10_000


@dataclass(order=True, slots=True)
class Ticket(Generic[T]):
    """One message that waits for its slot."""

    lane: int
    number: int
    address: str = field(compare=False)
    load: T = field(compare=False)
    cancelled: bool = field(default=False, compare=False)


class Slots(Generic[T]):
    """Waiting tickets and when the next may leave. ``rate`` is messages per second (None: any), ``per_chat`` seconds between two."""

    def __init__(self, rate: float | None, per_chat: float) -> None:
        self._rate = max(1, int(rate)) if rate else 0
        self._spacing = 1.0 / rate if rate else 0.0
        self._per_chat = per_chat
        self._recent: deque[float] = deque(maxlen=self._rate + 1 if rate else 0)
        self._next_slot = float("-inf")
        self._numbers = count()
        self._waiting: dict[str, list[Ticket[T]]] = {}
        self._heads: list[tuple[int, int, str]] = []
        self._parked: list[tuple[float, int, str]] = []
        self._chats: dict[str, float] = {}
        self._holds: dict[str, float] = {}

    def add(self, address: str, lane: Lane, load: T) -> Ticket[T]:
        """Queues one message; ``take`` gives it back when its time has come."""
        ticket = Ticket(lane=int(lane), number=next(self._numbers), address=address, load=load)
        queue = self._waiting.setdefault(address, [])
        heapq.heappush(queue, ticket)
        if queue[0] is ticket:
            heapq.heappush(self._heads, (ticket.lane, ticket.number, address))
        return ticket

    def hold(self, address: str, until: float) -> None:
        """Nothing goes to this chat before then; the others flow."""
        self._holds[address] = max(until, self._holds.get(address, until))

    def free(self, address: str, lane: Lane, now: float) -> bool:
        """Whether a message could leave at once, with nothing waiting before it; it then counts as departed."""
        if self._waiting or self._slot_at(lane) > now or self._chat_at(address, int(lane)) > now:
            return False
        self._depart(address, now)
        return True

    def take(self, now: float) -> Ticket[T] | None:
        """The ticket that leaves now; None where nothing may (see ``wake_at``)."""
        if self._slot_at(Lane.ALERT) > now:
            return None
        self._unpark(now)
        while self._heads and self._slot_at(self._heads[0][0]) <= now:
            lane, number, address = heapq.heappop(self._heads)
            ticket = self._head(address)
            if ticket is None or (ticket.lane, ticket.number) != (lane, number):
                continue
            at = self._chat_at(address, lane)
            if at > now:
                heapq.heappush(self._parked, (at, lane, address))
                continue
            heapq.heappop(self._waiting[address])
            self._depart(address, now)
            self._queue_head(address)
            return ticket
        return None

    def wake_at(self) -> float | None:
        """When to call ``take`` again; None where nothing waits."""
        slots = [self._slot_at(self._heads[0][0])] if self._heads else []
        if self._parked:
            at, lane, _ = self._parked[0]
            slots.append(max(self._slot_at(lane), at))
        return min(slots, default=None)

    def _slot_at(self, lane: int) -> float:
        """When something of this lane may leave: in time with the others, and only where the second before has room."""
        in_time = float("-inf") if lane == Lane.ALERT else self._next_slot
        room = self._rate + (lane == Lane.ALERT)
        full = self._rate and len(self._recent) >= room
        return max(in_time, self._recent[-room] + 1.0) if full else in_time

    def _chat_at(self, address: str, lane: int) -> float:
        allowance = 0.0 if lane == Lane.ROUTINE else (BURST - 1) * self._per_chat
        return max(self._chats.get(address, float("-inf")) - allowance, self._holds.get(address, float("-inf")))

    def _depart(self, address: str, now: float) -> None:
        self._recent.append(now)
        if self._next_slot <= now:  # an alert that did not wait for its slot leaves it to the next
            following = self._next_slot + self._spacing
            # A little late: the grid stays, or lateness would add up and the rate sink. A slot or more late: nothing is made up for.
            self._next_slot = following if following > now else now + self._spacing
        self._chats[address] = max(self._chats.get(address, now), now) + self._per_chat
        if len(self._chats) > _FORGET_ABOVE:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}
            self._holds = {chat: at for chat, at in self._holds.items() if at > now}

    def _unpark(self, now: float) -> None:
        while self._parked and self._parked[0][0] <= now:
            self._queue_head(heapq.heappop(self._parked)[2])

    def _queue_head(self, address: str) -> None:
        ticket = self._head(address)
        if ticket is not None:
            heapq.heappush(self._heads, (ticket.lane, ticket.number, address))

    def _head(self, address: str) -> Ticket[T] | None:
        queue = self._waiting.get(address)
        if queue is None:
            return None
        while queue and queue[0].cancelled:
            heapq.heappop(queue)
        if queue:
            return queue[0]
        del self._waiting[address]
        return None
