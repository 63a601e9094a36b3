"""`/livez`, `/readyz` and `/metrics`: what a supervisor, a load balancer and a monitor ask. None of them shows patient data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.web.metrics import Metrics

Checks = Callable[[], Awaitable[Sequence[str]]]
"""Returns what is wrong, in words without secrets; nothing when all is well."""


def health_routes(*, alive: Checks, ready: Checks, metrics: Metrics) -> list[Route]:
    """``alive``: is the process worth keeping (its loops turn)? ``ready``: can it serve (database, content)?"""

    def answering(checks: Checks) -> Callable[[Request], Awaitable[PlainTextResponse]]:
        async def endpoint(_: Request) -> PlainTextResponse:
            problems = await checks()
            return PlainTextResponse("\n".join(problems) or "ok", status_code=503 if problems else 200)

        return endpoint

    async def show_metrics(_: Request) -> PlainTextResponse:
        return PlainTextResponse(metrics.render(), media_type="text/plain; version=0.0.4")

    return [
        Route("/livez", answering(alive)),
        Route("/readyz", answering(ready)),
        Route("/metrics", show_metrics),
    ]
