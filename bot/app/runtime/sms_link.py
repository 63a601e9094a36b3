"""SMS in the running bot: its webhooks, and the look into Twilio's own list for what a webhook did not bring."""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.app.runtime.receiver import Arrival, Receiver
from bot.app.runtime.works import Works
from bot.channels.sms import SmsChannel
from bot.channels.sms_failures import later_receipt
from bot.channels.sms_signature import is_genuine
from bot.ports import Clock
from bot.web.sms import SmsWebhooks

LOOKED_BACK = timedelta(hours=24)
"""How far back Twilio's list is read: a bot that was down that long finds what its patients wrote."""

logger = logging.getLogger(__name__)


class SmsLink:
    """Ties the channel to the inbox and the outbox."""

    def __init__(self, channel: SmsChannel, receiver: Receiver, works: Works, clock: Clock) -> None:
        self._channel = channel
        self._receiver = receiver
        self._works = works
        self._clock = clock

    def webhooks(self, auth_token: str, public_url: str) -> SmsWebhooks:
        """The two endpoints."""
        return SmsWebhooks(
            public_url=public_url,
            genuine=lambda given, url, fields: is_genuine(given, auth_token, url, fields),
            keep=self.keep,
            settle=self.settle,
        )

    async def keep(self, raw: bytes) -> None:
        """One incoming SMS. Raises ValueError for what is none, and what storage raises."""
        inbound = self._channel.parse(raw)
        await self._receiver.keep([Arrival(self._channel.name, inbound.external_id, inbound.address, raw)])

    async def settle(self, message_id: int, fields: dict[str, str]) -> None:
        """A status callback: only "it did not arrive" changes anything."""
        code = fields.get("ErrorCode", "")
        receipt = later_receipt(fields.get("MessageStatus", ""), int(code) if code.isascii() and code.isdigit() else None)
        if receipt is not None:
            await self._works.settle_later(message_id, receipt)

    async def reconcile(self) -> None:
        """Keeps what Twilio has of our patients and no webhook has brought; what is here already is not kept twice."""
        try:
            missed = await self._channel.received_since(self._clock.now() - LOOKED_BACK)
        except ConnectionError as error:
            logger.warning("Twilio's list could not be read: %s", error)
            return
        for raw in missed:
            await self.keep(raw)
