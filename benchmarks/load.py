"""A closed-loop load on a Telegram webhook: each of N chats has one update in flight, and sends the next when its reply arrives.

The other side of the wire is a minimal Telegram Bot API (sendMessage, getMe, setWebhook ...) in the same process: hand-written on
httptools, so that it costs as little as can be and the bot under test is what is measured. One update's time runs from the first byte
of its webhook request to the arrival of its reply, so a bot that answers 200 early gains nothing.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import httptools
import orjson

SECRET = "benchmark_secret_0"  # noqa: S105 - a made-up secret of a made-up server
_CHAT = re.compile(rb'chat_id"?\s*[:=]\s*"?(-?\d+)|name="chat_id"\r\n\r\n(-?\d+)')


class BotApi(asyncio.Protocol):
    """One keep-alive connection from the bot under test."""

    def __init__(self, on_reply: Callable[[int], None]) -> None:
        self.on_reply = on_reply
        self.parser = httptools.HttpRequestParser(self)
        self.url = b""
        self.body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url = url

    def on_message_begin(self) -> None:
        self.body = b""

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        method = self.url.split(b"?")[0].rsplit(b"/", 1)[-1].lower()
        chat = 0
        if method == b"sendmessage":
            found = _CHAT.search(self.body)
            chat = int(next(group for group in found.groups() if group)) if found else 0
        answer = orjson.dumps({"ok": True, "result": _result(method, chat)})
        self.transport.write(  # type: ignore[attr-defined]
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer)
        )
        if chat:
            self.on_reply(chat)


def _result(method: bytes, chat: int) -> object:
    if method == b"sendmessage":
        return {"message_id": 1, "date": 1_700_000_000, "chat": {"id": chat, "type": "private"}, "text": "ok"}
    if method == b"getme":
        return {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
    if method == b"getwebhookinfo":
        return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    return True


class Hook(asyncio.Protocol):
    """One keep-alive connection to the bot's webhook."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.free: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self.free and not self.free.done():
            self.free.set_result(self.parser.get_status_code())

    def connection_lost(self, _error: Exception | None) -> None:
        if self.free and not self.free.done():
            self.free.set_exception(ConnectionError("the bot closed the connection"))

    async def post(self, body: bytes) -> None:
        """Deliver one update; raises RuntimeError where the bot does not answer 200."""
        self.free = asyncio.get_running_loop().create_future()
        self.transport.write(  # type: ignore[attr-defined]
            b"POST /telegram/webhook HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            b"X-Telegram-Bot-Api-Secret-Token: %s\r\nContent-Length: %d\r\n\r\n%s" % (SECRET.encode(), len(body), body)
        )
        status = await self.free
        if status != 200:
            raise RuntimeError(f"the webhook answered {status}")


@dataclass
class Load:
    """``chats`` people, from chat ``first_chat`` on, write ``texts`` in turn: nobody writes twice before everybody has written."""

    webhook_port: int
    texts: Sequence[str]
    first_chat: int = 1_000
    chats: int = 2_000
    waiting: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    update_id: int = 0

    async def serve(self) -> int:
        """Start the Bot API; its port."""
        server = await asyncio.get_running_loop().create_server(lambda: BotApi(self._replied), "127.0.0.1", 0)
        self.server = server
        return int(server.sockets[0].getsockname()[1])

    def _replied(self, chat: int) -> None:
        future = self.waiting.get(chat)
        if future and not future.done():
            future.set_result(None)

    async def run(self, in_flight: int, updates: int) -> float:
        """Sends ``updates`` updates with ``in_flight`` chats; the wall time in seconds. Latencies land in ``seconds``."""
        self.seconds.clear()
        left = iter(range(updates))
        began = time.perf_counter()
        await asyncio.gather(*(self._line(left) for _ in range(in_flight)))
        return time.perf_counter() - began

    async def _line(self, left: Iterator[int]) -> None:
        """One of the updates in flight, again and again."""
        loop = asyncio.get_running_loop()
        _, hook = await loop.create_connection(Hook, "127.0.0.1", self.webhook_port)
        for _ in left:
            self.update_id += 1
            chat = self.first_chat + self.update_id % self.chats
            self.waiting[chat] = loop.create_future()
            began = time.perf_counter()
            posted = asyncio.ensure_future(hook.post(self._update(chat)))
            await asyncio.wait_for(self.waiting[chat], 30)
            self.seconds.append(time.perf_counter() - began)
            await posted
        hook.transport.close()

    def _update(self, chat: int) -> bytes:
        text = self.texts[self.update_id % len(self.texts)]
        sender = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "en"}
        message = {
            "message_id": self.update_id,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "P"},
        }
        return orjson.dumps({"update_id": self.update_id, "message": {**message, "from": sender, "text": text}})
