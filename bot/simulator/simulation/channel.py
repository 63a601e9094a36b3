"""A channel in memory: everything arrives, in order, at once. What goes out is noted for the people and for the verdict."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.delivery import Button, Outcome, OutgoingMessage, Receipt
from bot.core.events import Inbound, InboundKind


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
