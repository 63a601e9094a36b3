"""The canary's channel: it takes a message and brings its button back as if somebody had pressed it. Nothing leaves the process."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable

from bot.core.delivery import Outcome, OutgoingMessage, Receipt
from bot.core.events import Inbound, InboundKind

CHANNEL = "canary"

log = logging.getLogger(__name__)


class CanaryChannel:
    """``bot.ports.Channel``. ``brings_back`` is set by whoever receives updates: (external id, raw update)."""

    name = CHANNEL

    def __init__(self) -> None:
        self.brings_back: Callable[[str, bytes], Awaitable[None]] | None = None

    def parse(self, raw: bytes) -> Inbound:
        """Raises ValueError for what this channel has not made."""
        try:
            data = json.loads(raw)
            message, button = str(data["message"]), str(data["button"])
        except (KeyError, TypeError) as error:
            raise ValueError("no canary's update") from error
        return Inbound(channel=CHANNEL, external_id=message, address=CHANNEL, kind=InboundKind.BUTTON, button=button)

    async def send(self, message: OutgoingMessage) -> Receipt:
        """The button comes back at once. Where nobody takes it, it is not sent: the canary is lost, and that is the point of it."""
        button = next((b.id for row in message.buttons for b in row), "")
        raw = json.dumps({"message": str(message.id), "button": button}).encode()
        if self.brings_back is None:
            return Receipt(outcome=Outcome.NOT_SENT, detail="nobody receives")
        try:
            await self.brings_back(str(message.id), raw)
        except Exception as error:  # noqa: BLE001 - a channel never raises; what the inbox does is the receipt
            log.warning("the canary did not come back: %s", type(error).__name__)
            return Receipt(outcome=Outcome.NOT_SENT, detail=type(error).__name__)
        return Receipt(outcome=Outcome.SENT, provider_id=str(message.id))
