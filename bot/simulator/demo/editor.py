"""The demo's schedule editor: the same checker as `aftercare check`, the same preview as `aftercare preview`, as one types.

What is saved is the demo's own copy of the files; a flawed one is never saved, so what runs stays as it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypedDict

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.content.preview_page import PAGE as PREVIEW

LARGEST = 2_500_000
"""Bytes of one request; a file may have 2 MB."""
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class EditedFile(TypedDict):
    """One file of the demo's copy."""

    name: str
    text: str


class ShownProblem(TypedDict):
    """One problem as the page shows it: ``excerpt`` is the line and the caret below it."""

    line: int
    col: int
    message: str
    hint: str
    rule: str
    page: str
    severity: str
    excerpt: list[str]
    here: bool
    """Whether it is in the file that is being edited, and not in another one that no longer fits it."""


class Checked(TypedDict):
    """What the checker says of a text, and what it would do. ``preview`` is None where the text has an error."""

    problems: list[ShownProblem]
    preview: dict[str, Any] | None


class Patient(TypedDict):
    """For whom the preview is."""

    route: str | None
    risk: str | None
    late_days: int


class EditorHost(Protocol):
    """The files behind the editor."""

    def files(self) -> list[EditedFile]:
        """Every file that may be edited, schedules first."""
        ...

    async def check(self, name: str, text: str, patient: Patient) -> Checked:
        """Holds the text against everything else. Raises LookupError for an unknown file, ValueError for an unknown patient."""
        ...

    async def save(self, name: str, text: str) -> Checked:
        """Puts the text into the demo's copy and makes it live, where it has no error; else nothing changes."""
        ...


def editor_routes(host: EditorHost) -> list[BaseRoute]:
    """The editor's questions and answers, under ``/demo/editor``."""

    async def files(request: Request) -> Response:  # noqa: ARG001 - an endpoint's signature
        return _answer({"files": host.files()})

    async def check(asked: dict[str, Any]) -> Checked:
        patient: Patient = {
            "route": str(asked["route"]) if asked.get("route") else None,
            "risk": str(asked["risk"]) if asked.get("risk") else None,
            "late_days": max(0, min(3650, int(asked.get("late_days", 0)))),
        }
        return await host.check(str(asked["name"]), str(asked["text"]), patient)

    async def save(asked: dict[str, Any]) -> Checked:
        return await host.save(str(asked["name"]), str(asked["text"]))

    return [
        Route("/demo/editor/files", files),
        Route("/demo/editor/check", _posted(check), methods=["POST"]),
        Route("/demo/editor/save", _posted(save), methods=["POST"]),
        Mount("/demo/preview", StaticFiles(directory=PREVIEW)),
    ]


def _posted(act: Callable[[dict[str, Any]], Awaitable[Checked]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _answer({"problem": "send JSON"}, 415)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return _answer({"problem": "this is larger than any of these files may be"}, 413)
        try:
            return _answer(await act(orjson.loads(body)))
        except LookupError as error:
            return _answer({"problem": str(error)}, 404)
        except (ValueError, TypeError, AttributeError):
            return _answer({"problem": "this is not what the editor sends"}, 400)

    return endpoint


def _answer(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status_code=status, media_type="application/json", headers=_HEADERS)
