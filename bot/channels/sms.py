"""SMS by Twilio: one request a message part. Source: https://www.twilio.com/docs/messaging/api/message-resource

Twilio has no idempotency key either, so the law is that of aiohttp_request.py: a failure says whether the request can have got
there. What Twilio took may still fail on its way: the status callback says so later (sms_failures.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp
from yarl import URL

from bot.channels.aiohttp_request import BEFORE_SENDING, KEEP_ALIVE, decode_json, proxy_for
from bot.channels.sms_failures import refusal
from bot.channels.sms_parse import CHANNEL, as_form, parse_form
from bot.channels.sms_text import written
from bot.core.delivery import Kind, Outcome, OutgoingMessage, Receipt
from bot.core.errors import TokenRejected
from bot.core.events import Inbound

DEFAULT_URL = "https://api.twilio.com"
STATUS_PATH = "/sms/status"
ATTEMPT_LIMIT = 25.0
"""Seconds for one ``send`` with all its parts: under bot.ports.LEASE."""
LISTED_AT_ONCE = 200

log = logging.getLogger(__name__)


class SmsChannel:
    """Implements ``bot.ports.Channel``. ``sender`` is our number (E.164) or a messaging service's id (``MG...``)."""

    name = CHANNEL

    def __init__(
        self, account: str, auth_token: str, sender: str, *, public_url: str | None = None, url: str = DEFAULT_URL
    ) -> None:
        self._account = URL(f"{url.rstrip('/')}/2010-04-01/Accounts/{account}")
        self._proxy = proxy_for(self._account)
        self._headers = {"Authorization": aiohttp.encode_basic_auth(account, auth_token)}
        self._sender = sender
        self._public_url = public_url
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes the connections; the next call opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def parse(self, raw: bytes) -> Inbound:
        """See sms_parse.py."""
        return parse_form(raw)

    async def send(self, message: OutgoingMessage) -> Receipt:
        """One attempt. An edit sends nothing (an SMS cannot be changed), the answer to a press is a message of its own."""
        if message.kind in {Kind.EDIT, Kind.LEAVE}:
            return Receipt(outcome=Outcome.SENT, detail="SMS has no such thing")
        texts = written(message)
        if not texts:
            empty = Outcome.SENT if message.kind is Kind.BUTTON_ANSWER else Outcome.REJECTED
            return Receipt(outcome=empty, detail="nothing to send")
        try:
            async with asyncio.timeout(ATTEMPT_LIMIT):
                return await self._send_parts(message, texts)
        except TimeoutError:
            return Receipt(outcome=Outcome.AMBIGUOUS, detail="took too long")

    async def check(self) -> None:
        """Raises TokenRejected where Twilio does not know us, ConnectionError where it cannot be reached."""
        status, _ = await self._ask("GET", ".json")
        if status in {401, 403}:
            raise TokenRejected("Twilio does not accept the account and its auth token")
        if status >= 300:
            raise ConnectionError(f"Twilio answered {status}")

    async def received_since(self, since: datetime) -> list[bytes]:
        """What came to our number from that day on, as its webhooks would have brought it. Raises ConnectionError."""
        query = {"To": self._sender, "DateSent>": f"{since:%Y-%m-%d}", "PageSize": str(LISTED_AT_ONCE)}
        status, answer = await self._ask("GET", "/Messages.json", query=query)
        listed = answer.get("messages") if isinstance(answer, dict) else None
        if status != 200 or not isinstance(listed, list):
            raise ConnectionError(f"Twilio answered {status} to a list of messages")
        return [as_form(item) for item in listed if isinstance(item, dict) and item.get("direction") == "inbound"]

    async def _send_parts(self, message: OutgoingMessage, texts: list[str]) -> Receipt:
        receipt = Receipt(outcome=Outcome.REJECTED, detail="nothing to send")
        for number, text in enumerate(texts, start=1):
            receipt = await self._send_one(message, text)
            if receipt.outcome is not Outcome.SENT:
                return receipt if number == 1 else Receipt(outcome=Outcome.AMBIGUOUS, detail=f"part {number}: {receipt.detail}")
        return receipt

    async def _send_one(self, message: OutgoingMessage, text: str) -> Receipt:
        origin = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        form = {"To": message.address, origin: self._sender, "Body": text}
        if self._public_url:
            form["StatusCallback"] = f"{self._public_url}{STATUS_PATH}?message={message.id}"
        try:
            status, answer = await self._ask("POST", "/Messages.json", form=form)
        except ConnectionRefusedError:
            return Receipt(outcome=Outcome.NOT_SENT, detail="no connection")
        except ConnectionError:
            return Receipt(outcome=Outcome.AMBIGUOUS, detail="the answer was lost")
        return _receipt(status, answer)

    async def _ask(
        self, method: str, path: str, *, form: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and JSON. Raises ConnectionRefusedError where the request surely did not leave, else ConnectionError."""
        session = self._open()
        try:
            async with session.request(
                method, URL(f"{self._account}{path}"), data=form, params=query, allow_redirects=False, proxy=self._proxy
            ) as response:
                return response.status, decode_json(await response.read())
        except BEFORE_SENDING as error:
            raise ConnectionRefusedError(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ConnectionError(type(error).__name__) from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=16, keepalive_timeout=KEEP_ALIVE, ttl_dns_cache=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, connect=5.0, sock_read=10.0),
            )
        return self._session


def _receipt(status: int, answer: object) -> Receipt:
    fields = answer if isinstance(answer, dict) else {}
    if status < 300:
        sid = fields.get("sid")
        if isinstance(sid, str):
            return Receipt(outcome=Outcome.SENT, provider_id=sid)
        return Receipt(outcome=Outcome.AMBIGUOUS, detail="the answer was cut off")
    code = fields.get("code")
    return refusal(status, code if isinstance(code, int) else None)
