"""Webhook endpoints, as plain ASGI: the shortest way from the socket to the inbox.

The order is the promise: who asks is checked before the body is read, the body is bounded, and 200 goes out only after the update
is committed. Whoever brought an update that we could not keep is told 503 and brings it again.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.types import Receive, Scope, Send

MAX_BODY = 1_000_000
"""Bytes. Telegram's updates stay far below."""
SECRET_HEADER = b"x-telegram-bot-api-secret-token"

logger = logging.getLogger(__name__)


class TooLargeError(Exception):
    """The body is over the cap."""


class CutOffError(Exception):
    """The connection went away before the whole body had come."""


class TelegramWebhook:
    """``POST /telegram/webhook``. ``keep`` commits a raw update; it raises ValueError for what is no update."""

    def __init__(self, secret: str, keep: Callable[[bytes], Awaitable[None]]) -> None:
        self._secret = secret.encode()
        self._keep = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await answer(send, await self._status(scope, receive))

    async def _status(self, scope: Scope, receive: Receive) -> HTTPStatus:
        if scope["method"] != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        given = _header(scope, SECRET_HEADER)
        if given is None or not hmac.compare_digest(given, self._secret):
            return HTTPStatus.FORBIDDEN
        try:
            await self._keep(await read_body(scope, receive))
        except TooLargeError:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        except (ValueError, CutOffError):
            return HTTPStatus.BAD_REQUEST
        except Exception:  # whatever it was, the update is not kept, and its bringer must hear that
            logger.exception("an update could not be kept; it was answered with 503 and will come again")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises TooLargeError as soon as more than MAX_BODY is announced or has come."""
    announced = _header(scope, b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > MAX_BODY:
        raise TooLargeError
    message = await receive()
    body: bytes = message.get("body", b"")
    while message["type"] == "http.request" and message.get("more_body"):
        if len(body) > MAX_BODY:
            raise TooLargeError
        message = await receive()
        body += message.get("body", b"")
    if message["type"] != "http.request":
        raise CutOffError
    if len(body) > MAX_BODY:
        raise TooLargeError
    return body


async def answer(send: Send, status: HTTPStatus, body: bytes = b"", content_type: bytes = b"text/plain; charset=utf-8") -> None:
    """Sends a whole response."""
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)
