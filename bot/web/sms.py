"""What Twilio brings: incoming SMS and what became of those that we sent. Nothing is read before its signature is right."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bot.web.webhooks import CutOffError, TooLargeError, read_body

SIGNATURE_HEADER = "x-twilio-signature"
NO_REPLY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""TwiML: answers go through the outbox, never in this response."""

Fields = list[tuple[str, str]]
logger = logging.getLogger(__name__)


class SmsWebhooks:
    """``genuine(signature, url, fields)`` checks who asks; ``keep`` commits a raw message; ``settle(message, fields)`` a status."""

    def __init__(
        self,
        *,
        public_url: str,
        genuine: Callable[[str, str, Fields], bool],
        keep: Callable[[bytes], Awaitable[None]],
        settle: Callable[[int, dict[str, str]], Awaitable[None]],
    ) -> None:
        self._public_url = public_url
        self._genuine = genuine
        self._keep = keep
        self._settle = settle

    async def incoming(self, request: Request) -> Response:
        """``POST /sms/webhook``: 200 goes out once the message is committed."""
        return await self._answer(request, lambda body, _: self._keep(body))

    async def status(self, request: Request) -> Response:
        """``POST /sms/status?message=<id>``: in any order, any number of times."""
        return await self._answer(request, lambda _, fields: self._settle(_message_id(request), dict(fields)))

    async def _answer(self, request: Request, work: Callable[[bytes, Fields], Awaitable[None]]) -> Response:
        try:
            body = await read_body(request.scope, request.receive)
            fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=200)
        except TooLargeError:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except (ValueError, CutOffError):
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        if not self._genuine(request.headers.get(SIGNATURE_HEADER, ""), self._url_of(request), fields):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        return await _carried_out(work(body, fields))

    def _url_of(self, request: Request) -> str:
        """The address as Twilio used it: a proxy in front of us may have changed host and scheme."""
        query = request.url.query
        return f"{self._public_url}{request.url.path}{'?' + query if query else ''}"


async def _carried_out(work: Awaitable[None]) -> Response:
    try:
        await work
    except ValueError:
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    except Exception:
        logger.exception("an SMS could not be kept; it was answered with 503")
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    return Response(NO_REPLY, media_type="text/xml")


def _message_id(request: Request) -> int:
    text = request.query_params.get("message", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("which message?")
    return int(text)
