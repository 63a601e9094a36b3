"""Telegram: raw updates in, messages out, by python-telegram-bot's ``Bot`` on our own transport.

Telegram has no idempotency key, so each attempt says as exactly as it can whether it reached anybody (telegram_failures.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import telegram
from telegram.error import TelegramError

from bot.channels.aiohttp_request import AiohttpRequest, AnswerLost, encode_json
from bot.channels.pacing import Pacer
from bot.channels.telegram_failures import receipt_for, refusal_of_polling
from bot.channels.telegram_parse import ALLOWED_UPDATES, CHANNEL, address_of, parse_update, update_id_of
from bot.channels.telegram_text import split_html, to_plain
from bot.core.clinical.trend import Chart
from bot.core.delivery import Kind, Outcome, OutgoingMessage, Receipt
from bot.core.errors import TokenRejected
from bot.core.events import Inbound

DEFAULT_URL = "https://api.telegram.org"
ATTEMPT_LIMIT = 25.0
"""Seconds for one ``send`` with all its parts: under bot.ports.LEASE, after which it counts as lost in a crash."""
CAPTION_LIMIT = 1024
"""Visible characters under a picture."""
POLL_MARGIN = 10.0
"""Seconds that a long poll's answer may be late before the connection counts as dead."""
_NO_PREVIEW = {"is_disabled": True}
_SURE = frozenset({Outcome.NOT_SENT, Outcome.RATE_LIMITED})

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class RawUpdate:
    """One update as Telegram gave it: ``raw`` is its JSON, for the inbox."""

    update_id: int
    address: str
    raw: bytes


class RawBot(telegram.Bot):
    """python-telegram-bot's ``Bot`` with answers as plain JSON: building a ``Message`` costs more than sending it."""

    __slots__ = ()
    _LOGGER = logging.Logger("closed", level=logging.CRITICAL + 1)  # noqa: LOG001 - see below
    """Its debug lines hold the token and the patient's text. This logger is in no tree, so no configuration can open it
    (uvicorn's, for one, switches every logger on that was switched off)."""

    async def call(self, method: str, data: dict[str, Any], *, read_timeout: float | None = None) -> Any:  # noqa: ANN401 - JSON
        """One API call; its ``result``. Raises TelegramError."""
        try:
            if read_timeout is None:
                return await self._post(method, data)
            return await self._post(method, data, read_timeout=read_timeout)
        except KeyError:  # the library reads "result" from every 2xx without looking
            raise AnswerLost("Answer lost: a 2xx without a result") from None


class TelegramChannel:
    """Implements ``bot.ports.Channel``. The sender paces messages; ``pacer`` is for the further parts of one that must be split.

    ``draw`` makes the PNG of a chart; without it no picture is sent.
    """

    name = CHANNEL

    def __init__(
        self,
        token: str,
        url: str = DEFAULT_URL,
        *,
        pacer: Pacer | None = None,
        draw: Callable[[Chart], bytes] | None = None,
        connect_timeout: float = 5.0,
        read_timeout: float = 10.0,
    ) -> None:
        base = url.rstrip("/")
        self._request = AiohttpRequest(connect_timeout=connect_timeout, read_timeout=read_timeout)
        self._poll_request = AiohttpRequest(pool_size=2, connect_timeout=connect_timeout, read_timeout=read_timeout)
        self._bot = RawBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._request,
            get_updates_request=self._poll_request,
        )
        self._pacer = pacer
        self._draw = draw

    async def open(self) -> None:
        """Opens the connection pools (the first call does so too)."""
        await asyncio.gather(self._request.initialize(), self._poll_request.initialize())

    async def close(self) -> None:
        """Closes the connection pools."""
        await asyncio.gather(self._request.shutdown(), self._poll_request.shutdown())

    def parse(self, raw: bytes) -> Inbound:
        """See telegram_parse.py."""
        return parse_update(raw)

    async def send(self, message: OutgoingMessage) -> Receipt:
        """One attempt. Raises TokenRejected where Telegram does not accept the token, nothing else that the network can cause."""
        try:
            async with asyncio.timeout(ATTEMPT_LIMIT):
                return await self._send(message)
        except TimeoutError as exc:
            return receipt_for(exc)

    async def _send(self, message: OutgoingMessage) -> Receipt:
        if message.kind is Kind.BUTTON_ANSWER:
            return await self._attempt("answerCallbackQuery", _button_answer(message))
        if message.kind is Kind.LEAVE:
            return await self._attempt("leaveChat", {"chat_id": _chat(message.address)})
        if message.kind is Kind.PHOTO:
            return await self._send_photo(message)
        parts = _parts(message)
        if message.kind is Kind.EDIT:
            return await self._attempt("editMessageText", _edit(message, parts[0]))
        return await self._send_parts(message, parts)

    async def _send_photo(self, message: OutgoingMessage) -> Receipt:
        """Drawn here and now, beside the loop: no picture of a patient is ever kept. Health content stays in private chats."""
        if message.chart is None or self._draw is None or message.address.startswith("-"):
            return Receipt(outcome=Outcome.REJECTED, detail="no picture can be sent here")
        png = await asyncio.to_thread(self._draw, message.chart)
        data = {**_new_message(message, "", last=True), "photo": telegram.InputFile(png, filename="trend.png")}
        del data["text"], data["link_preview_options"]
        caption = split_html(message.text, CAPTION_LIMIT)[0]
        return await self._attempt("sendPhoto", {**data, "caption": to_plain(caption) if message.as_plain_text else caption})

    async def _send_parts(self, message: OutgoingMessage, parts: list[str]) -> Receipt:
        receipt = Receipt(outcome=Outcome.REJECTED, detail="nothing to send")
        for number, part in enumerate(parts, start=1):
            if number > 1 and self._pacer is not None:
                await self._pacer.acquire(message.address, message.lane)
            receipt = await self._attempt("sendMessage", _new_message(message, part, last=number == len(parts)))
            if receipt.outcome is not Outcome.SENT:
                return receipt if number == 1 else _cut_short(receipt, number, len(parts))
        return receipt

    async def _attempt(self, method: str, data: dict[str, Any]) -> Receipt:
        try:
            result = await self._bot.call(method, data)
        except TelegramError as exc:
            return receipt_for(exc)
        message_id = result.get("message_id") if isinstance(result, dict) else data.get("message_id")
        return Receipt(outcome=Outcome.SENT, provider_id=None if message_id is None else str(message_id))

    async def updates(self, offset: int | None, timeout: int = 30) -> list[RawUpdate]:  # noqa: ASYNC109 - Telegram's own long-poll time
        """Waits up to ``timeout`` seconds for updates from ``offset`` on; asking with an offset confirms all below it.

        Raises TokenRejected, PollingConflict (another poller, or a webhook is set), and ConnectionError for what may pass.
        """
        data: dict[str, Any] = {"timeout": timeout, "limit": 100, "allowed_updates": list(ALLOWED_UPDATES)}
        if offset is not None:
            data["offset"] = offset
        result = await self._ask("getUpdates", data, read_timeout=timeout + POLL_MARGIN)
        return [update for item in result for update in _raw_update(item)] if isinstance(result, list) else []

    async def get_me(self) -> Mapping[str, Any]:
        """The bot's own account (``username`` makes the invitation link). Raises TokenRejected, ConnectionError."""
        return dict(await self._ask("getMe", {}))

    async def set_webhook(self, url: str, secret: str, *, max_connections: int = 40) -> None:
        """Telegram then posts updates to ``url`` with ``secret`` in X-Telegram-Bot-Api-Secret-Token. Raises as ``updates``."""
        allowed = list(ALLOWED_UPDATES)
        data = {"url": url, "secret_token": secret, "allowed_updates": allowed, "max_connections": max_connections}
        await self._ask("setWebhook", data)

    async def delete_webhook(self) -> None:
        """Polling works again; what waits is kept. Raises as ``updates``."""
        await self._ask("deleteWebhook", {"drop_pending_updates": False})

    async def set_commands(self, commands: Mapping[str, str], language: str | None = None) -> None:
        """The command menu: command without its slash -> description. Raises as ``updates``."""
        listed = [{"command": command, "description": description} for command, description in commands.items()]
        data: dict[str, Any] = {"commands": listed}
        if language is not None:
            data["language_code"] = language
        await self._ask("setMyCommands", data)

    async def _ask(self, method: str, data: dict[str, Any], *, read_timeout: float | None = None) -> Any:  # noqa: ANN401 - JSON
        try:
            return await self._bot.call(method, data, read_timeout=read_timeout)
        except TelegramError as exc:
            refusal = refusal_of_polling(exc)
            raise refusal or ConnectionError(f"{method}: {receipt_for(exc).detail}") from None


def _raw_update(item: object) -> list[RawUpdate]:
    """None or one: an item without a number can not be confirmed, so it can not be kept either."""
    try:
        if not isinstance(item, dict):
            raise ValueError("not an object")  # noqa: TRY004, TRY301 - the same end as an update without a number
        return [RawUpdate(update_id=update_id_of(item), address=address_of(item), raw=encode_json(item))]
    except ValueError:
        log.warning("Telegram sent an update without an update_id; it is skipped")
        return []


def _parts(message: OutgoingMessage) -> list[str]:
    parts = split_html(message.text.replace("\0", ""))
    return [to_plain(part) for part in parts] if message.as_plain_text else parts


def _new_message(message: OutgoingMessage, text: str, *, last: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "chat_id": _chat(message.address),
        "text": text,
        "protect_content": True,
        "link_preview_options": _NO_PREVIEW,
    }
    if not message.as_plain_text:
        data["parse_mode"] = "HTML"
    if last and message.buttons:
        data["reply_markup"] = _keyboard(message)
    return data


def _edit(message: OutgoingMessage, text: str) -> dict[str, Any]:
    """The new text and buttons (none: the old ones go). A text of several parts keeps its first: the rest was sent before."""
    data = _new_message(message, text, last=True)
    del data["protect_content"]
    return {**data, "message_id": _chat(message.edits or "")}


def _button_answer(message: OutgoingMessage) -> dict[str, Any]:
    data: dict[str, Any] = {"callback_query_id": message.edits or ""}
    if message.text:
        data["text"] = to_plain(message.text)[:200]
    return data


def _keyboard(message: OutgoingMessage) -> dict[str, Any]:
    rows = [[{"text": button.label, "callback_data": button.id} for button in row] for row in message.buttons]
    return {"inline_keyboard": rows}


def _chat(address: str) -> int | str:
    """Ids are numbers on the wire."""
    return int(address) if address.lstrip("-").isdecimal() else address


def _cut_short(receipt: Receipt, number: int, total: int) -> Receipt:
    """Earlier parts are delivered, so the whole is never surely unsent."""
    outcome = Outcome.AMBIGUOUS if receipt.outcome in _SURE else receipt.outcome
    return Receipt(
        outcome=outcome,
        retry_after=receipt.retry_after,
        new_address=receipt.new_address,
        detail=f"part {number} of {total}: {receipt.detail}",
    )


__all__ = ["ALLOWED_UPDATES", "DEFAULT_URL", "RawUpdate", "TelegramChannel", "TokenRejected", "address_of", "update_id_of"]
