"""The page's server: static files, the state as server-sent events, and one POST for each thing that a person can do.

It listens on this machine only. POSTs must be JSON, which no foreign page can send here without being asked for first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.simulator.demo.editor import EditorHost, editor_routes
from bot.simulator.demo.state import DemoHost, Who

PAGE = Path(__file__).parent / "page"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
}
_MOST = 4096
_SETTLE = 0.03
"""Seconds that changes are gathered before the page hears of them: one step of the bot changes many things."""


def demo_app(host: DemoHost, editor: EditorHost | None = None) -> Starlette:
    """The page alone, as an ASGI app; with ``editor`` the schedules can be edited on it."""
    return Starlette(routes=[*(editor_routes(editor) if editor else []), *demo_routes(host)])


def demo_routes(host: DemoHost) -> list[BaseRoute]:
    """The page at ``/``, to be put into an app beside other routes."""
    page = _Page(host)
    return [
        Route("/", page.index),
        Route("/demo/state", page.state),
        Route("/demo/events", page.events),
        Route("/demo/{action}", page.act, methods=["POST"]),
        Mount("/demo/page", StaticFiles(directory=PAGE)),
    ]


class _Page:
    def __init__(self, host: DemoHost) -> None:
        self._host = host
        self._actions: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "write": self._write,
            "press": self._press,
            "advance": self._advance,
            "pick": self._pick,
            "fault": self._fault,
        }

    async def index(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        return FileResponse(PAGE / "index.html", headers=_HEADERS)

    async def state(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        return Response(orjson.dumps(self._host.state()), media_type="application/json", headers=_HEADERS)

    async def events(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=_HEADERS)

    async def act(self, request: Request) -> Response:
        """200 when done, 400 with a sentence when it can not be done."""
        action = self._actions.get(request.path_params["action"])
        if action is None:
            return _problem(404, "no such action")
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _problem(415, "send JSON")
        try:
            await action(orjson.loads(await request.body()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _problem(400, "this is not what the action asks for")
        except LookupError as exc:
            return _problem(400, str(exc))
        return Response(b"{}", media_type="application/json", headers=_HEADERS)

    async def _stream(self) -> AsyncIterator[bytes]:
        while True:
            revision = self._host.revision
            yield b"data: " + orjson.dumps(self._host.state()) + b"\n\n"
            await self._host.changed(revision)
            await asyncio.sleep(_SETTLE)

    async def _write(self, asked: dict[str, Any]) -> None:
        text = str(asked["text"]).strip()[:_MOST]
        if text:
            await self._host.write(_who(asked), text)

    async def _press(self, asked: dict[str, Any]) -> None:
        await self._host.press(_who(asked), int(asked["message_id"]), str(asked["data"]))

    async def _advance(self, asked: dict[str, Any]) -> None:
        hours, days = int(asked.get("hours", 0)), int(asked.get("days", 0))
        if not (0 <= hours <= 24 and 0 <= days <= 366):
            raise ValueError("the clock moves forward, a year at most")
        await self._host.advance(hours=hours, days=days, to_next=asked.get("to_next") is True)

    async def _pick(self, asked: dict[str, Any]) -> None:
        await self._host.pick(str(asked["patient"]))

    async def _fault(self, asked: dict[str, Any]) -> None:
        await self._host.fault(str(asked["fault"]))


def _who(asked: dict[str, Any]) -> Who:
    who: Who = asked["who"]
    if who not in get_args(Who):
        raise ValueError("who is patient or clinician")
    return who


def _problem(status: int, text: str) -> Response:
    return Response(orjson.dumps({"problem": text}), status_code=status, media_type="application/json", headers=_HEADERS)
