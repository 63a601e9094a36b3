"""The one ASGI app: webhooks, health, metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.health import Checks, health_routes
from bot.web.metrics import Metrics
from bot.web.sms import SmsWebhooks
from bot.web.webhooks import TelegramWebhook

SMS_WEBHOOK = "/sms/webhook"
SMS_STATUS = "/sms/status"
TELEGRAM_WEBHOOK = "/telegram/webhook"


def build_app(
    *,
    alive: Checks,
    ready: Checks,
    metrics: Metrics,
    telegram: tuple[str, Callable[[bytes], Awaitable[None]]] | None = None,
    sms: SmsWebhooks | None = None,
) -> ASGIApp:
    """``telegram`` is the webhook's secret and what keeps an update; None: the path does not exist (polling). So with ``sms``."""
    routes = health_routes(alive=alive, ready=ready, metrics=metrics)
    if sms is not None:
        routes += [Route(SMS_WEBHOOK, sms.incoming, methods=["POST"]), Route(SMS_STATUS, sms.status, methods=["POST"])]
    if telegram is None:
        return Starlette(routes=routes)
    webhook = TelegramWebhook(*telegram)
    return _Shortcut(webhook, Starlette(routes=[*routes, Route(TELEGRAM_WEBHOOK, webhook)]))


class _Shortcut:
    """Leads the one busy path past the router and its middleware; everything else goes to the app."""

    def __init__(self, webhook: TelegramWebhook, app: ASGIApp) -> None:
        self._webhook = webhook
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == TELEGRAM_WEBHOOK:
            await self._webhook(scope, receive, send)
        else:
            await self._app(scope, receive, send)
