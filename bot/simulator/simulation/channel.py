"""A channel in memory: everything arrives, in order, at once. What goes out is noted for the people and for the verdict."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.delivery import Button, Outcome, OutgoingMessage, Receipt
from bot.core.events import Inbound, InboundKind
from bot.simulator.simulation.network import Attempt, Network

KEPT_FOR = timedelta(hours=24)
"""So long Telegram keeps what nobody has fetched."""


@dataclass(slots=True)
class MemoryChannel:
    """``bot.ports.Channel`` under the name that patients and clinicians are stored with. ``told`` hears of every message."""

    told: Callable[[OutgoingMessage], None]
    name: str = "telegram"
    sent: int = 0
    trace: hashlib._Hash = field(default_factory=hashlib.sha256)
    """Over everything that went out: equal traces are equal runs."""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def parse(self, raw: bytes) -> Inbound:
        """What ``text_update`` and ``press_update`` wrote."""
        update = json.loads(raw)
        return Inbound(
            channel=self.name,
            external_id=update["id"],
            address=update["address"],
            kind=InboundKind(update["kind"]),
            text=update.get("text", ""),
            button=update.get("button"),
            callback_id=update.get("callback"),
        )

    async def send(self, message: OutgoingMessage) -> Receipt:
        """Delivered at once; the simulation itself calls ``deliver``."""
        raise AssertionError(f"the simulation delivers message {message.id} itself")

    def deliver(self, message: OutgoingMessage, now: datetime) -> Receipt:
        """The same without an event loop."""
        self.sent += 1
        self.trace.update(f"{now.isoformat()} {message.address} {message.kind} {message.text}\n".encode())
        self.told(message)
        return Receipt(outcome=Outcome.SENT, provider_id=str(message.id))

    def text_update(self, address: str, text: str) -> bytes:
        """Somebody writes."""
        return self._update(address, kind="text", text=text)

    def press_update(self, address: str, button: Button) -> bytes:
        """Somebody presses."""
        return self._update(address, kind="button", button=button.id, callback=f"c{next(self._numbers)}")

    def _update(self, address: str, **fields: str) -> bytes:
        return json.dumps({"id": str(next(self._numbers)), "address": address, **fields}).encode()


@dataclass(frozen=True, slots=True)
class Update:
    """What somebody did, at a true moment."""

    id: str
    address: str
    raw: bytes
    at: datetime


@dataclass(slots=True)
class TroubledChannel(MemoryChannel):
    """The same with a network before it: what people do waits until the bot has fetched and confirmed it, and what the bot sends
    comes to what the network makes of it."""

    network: Network = field(kw_only=True)
    waiting: list[Update] = field(default_factory=list)
    """What the bot has not confirmed."""
    expired: set[str] = field(default_factory=set)
    """Ids of updates that the channel gave up."""

    def attempt(self, message: OutgoingMessage, now: datetime) -> Attempt:
        """One attempt without an event loop; whoever it reaches hears of it at once."""
        attempt = self.network.attempt(message, now)
        if attempt.arrived:
            self.deliver(message, now)
        return attempt

    def update(self, address: str, kind: InboundKind, at: datetime, **fields: str) -> Update:
        """What somebody does; it is not with the bot yet."""
        number = str(next(self._numbers))
        callback = {"callback": f"c{number}"} if kind is InboundKind.BUTTON else {}
        raw = json.dumps({"id": number, "address": address, "kind": kind.value, **callback, **fields}).encode()
        return Update(number, address, raw, at)

    def fetch(self, now: datetime) -> list[Update]:
        """What waits, oldest first; what waited too long is gone."""
        gone = [update for update in self.waiting if now - update.at > KEPT_FOR]
        self.expired.update(update.id for update in gone)
        self.waiting = [update for update in self.waiting if update not in gone] if gone else self.waiting
        return list(self.waiting) if self.network.reachable else []

    def confirm(self, updates: list[Update]) -> None:
        """The bot has them."""
        self.waiting = [update for update in self.waiting if update not in updates]
