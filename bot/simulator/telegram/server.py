"""The stand-in's HTTP side: ``{url}/bot<token>/<method>``, faults, limits, long polling and the webhook's methods."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from datetime import timedelta
from typing import Any, Self

from aiohttp import web

from bot.channels.aiohttp_request import encode_json
from bot.ports import Clock
from bot.simulator.telegram.answers import BLOCKED, NO_METHOD, UNAUTHORIZED, WEBHOOK_ACTIVE, ApiError, Json, bad_request, too_many
from bot.simulator.telegram.faults import Call, Fault, FaultKind, Faults
from bot.simulator.telegram.fields import BY_LOWER_CASE
from bot.simulator.telegram.limits import Limits
from bot.simulator.telegram.methods import HANDLERS
from bot.simulator.telegram.params import read_params, typed
from bot.simulator.telegram.person import Group, Person
from bot.simulator.telegram.webhook import Webhook
from bot.simulator.telegram.world import World

TEST_TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105 - of the published examples; it opens nothing
_PATH = re.compile(r"/(?P<file>file/)?bot(?P<token>[^/]+)/(?P<rest>.+)")
_TOKEN_FORM = re.compile(r"\d+:[\w-]{20,}")
_LIMITED = frozenset({"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageReplyMarkup"})
_CALLS_KEPT = 200_000


class StandIn:
    """One bot's Telegram on 127.0.0.1. ``async with StandIn() as standin: ...``, or ``start`` and ``stop``.

    ``clock`` dates the messages. ``limits`` None: no flood limits. ``keep_updates`` is how long unconfirmed updates live.
    """

    def __init__(
        self,
        token: str = TEST_TOKEN,
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        keep_updates: timedelta | None = timedelta(hours=24),
        username: str = "aftercare_bot",
        port: int = 0,
    ) -> None:
        self.token = token
        self.world = World(token, username, clock, keep_updates)
        self.faults = Faults()
        self.limits = limits
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        """Every call that carried the right token, oldest first: what the bot really did."""
        self._port = port
        self._runner: web.ServerRunner | None = None
        self._webhook: Webhook | None = None

    @property
    def url(self) -> str:
        """For AFTERCARE_TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def violations(self) -> list[str]:
        """What Telegram silently ignores and the bot should not do."""
        return self.world.violations

    def person(self, name: str = "Ann", language_code: str | None = "en", *, started: bool = False) -> Person:
        """A new person. The bot can not write to them before they have written, or ``started`` says that they did long ago."""
        chat = self.world.new_person(name, language_code)
        chat.open = started
        return Person(self.world, chat)

    def group(self, title: str = "Family") -> Group:
        """A new group, without the bot."""
        return Group(self.world, self.world.new_group(title))

    async def start(self) -> None:
        """Listens; a port of 0 becomes a free one."""
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Closes everything; what is waiting stays known."""
        await self._stop_webhook()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = _PATH.fullmatch(request.path)
        try:
            method = self._method(path)
            if path is not None and path["file"]:
                return self._file(path["rest"])
            params, unknown = typed(method, await read_params(request))
        except ApiError as error:
            return _response(error.status, error.as_json())
        self.violations.extend(f"{method}: unknown field {name}" for name in unknown)
        call = Call(method, params, at=time.monotonic())
        self.calls.append(call)
        return await self._carry_out(request, call, self.faults.for_call(call))

    def _method(self, path: re.Match[str] | None) -> str:
        """The method that the path names, its token checked. Raises ApiError."""
        if path is None or not _TOKEN_FORM.fullmatch(path["token"]):
            raise NO_METHOD
        if path["token"] != self.token:
            raise UNAUTHORIZED
        method = "getFile" if path["file"] else BY_LOWER_CASE.get(path["rest"].lower())
        if method is None:
            raise NO_METHOD
        return method

    async def _carry_out(self, request: web.BaseRequest, call: Call, fault: Fault) -> web.StreamResponse:
        call.fault = fault.kind
        if fault.kind is FaultKind.DROP_BEFORE:
            return _hang_up(request)
        if fault.kind is FaultKind.SERVER_ERROR:
            call.status = fault.status
            return web.Response(status=fault.status, text="<html><body>Bad Gateway</body></html>", content_type="text/html")
        body = await self._apply(call, fault)
        if fault.kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        if fault.kind is FaultKind.DROP_AFTER:
            return _hang_up(request)
        if fault.kind is FaultKind.TRUNCATED:
            return await _half(request, body)
        return _response(call.status, body)

    async def _apply(self, call: Call, fault: Fault) -> Json:
        try:
            if fault.kind is FaultKind.TOO_MANY:
                raise too_many(int(fault.seconds))
            if fault.kind is FaultKind.FORBIDDEN:
                raise BLOCKED
            self._check_limits(call)
            result = await self._result(call, fault)
        except ApiError as error:
            call.status = error.status
            return error.as_json()
        call.status, call.applied = 200, True
        return {"ok": True, "result": result}

    def _check_limits(self, call: Call) -> None:
        if self.limits is not None and call.method in _LIMITED and call.chat_id is not None:
            seconds = self.limits.retry_after(call.chat_id, call.at)
            if seconds:
                raise too_many(seconds)

    async def _result(self, call: Call, fault: Fault) -> Any:  # noqa: ANN401 - JSON
        handler = HANDLERS.get(call.method)
        if handler is not None:
            return handler(self.world, call.params)
        if call.method == "getUpdates":
            return await self._get_updates(call.params, fault)
        if call.method == "getWebhookInfo":
            return self._webhook_info()
        return await self._set_webhook(call.params)

    async def _get_updates(self, params: Json, fault: Fault) -> list[Json]:
        if self.world.webhook["url"]:
            raise WEBHOOK_ACTIVE
        self._allow(params)
        updates = self.world.updates
        updates.forget(self.world.clock.now())
        limit = min(max(params.get("limit", 100), 1), 100)
        found = await updates.poll(params.get("offset", 0), limit, min(params.get("timeout", 0), 50))
        if fault.kind is FaultKind.DUPLICATE:
            return [*found, *found]
        return found[::-1] if fault.kind is FaultKind.REORDER else found

    def _allow(self, params: Json) -> None:
        if params.get("allowed_updates"):
            self.world.updates.allowed = frozenset(params["allowed_updates"])

    async def _set_webhook(self, params: Json) -> bool:
        """Both setWebhook and deleteWebhook: the latter has no url."""
        url, secret = params.get("url", ""), params.get("secret_token")
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        await self._stop_webhook()
        self._allow(params)
        if params.get("drop_pending_updates"):
            self.world.updates.clear()
        self.world.webhook = {"url": url}
        if url:
            connections = min(max(params.get("max_connections", 40), 1), 100)
            self._webhook = Webhook(self.world.updates, self.faults, url, secret, connections)
            self._webhook.start()
        return True

    def _webhook_info(self) -> Json:
        waiting = len(self.world.updates)
        info: Json = {**self.world.webhook, "has_custom_certificate": False, "pending_update_count": waiting}
        if self._webhook is not None:
            info["max_connections"] = self._webhook.max_connections
            if self._webhook.last_error is not None:
                info["last_error_date"] = int(self.world.clock.now().timestamp())
                info["last_error_message"] = self._webhook.last_error
        return info

    async def _stop_webhook(self) -> None:
        if self._webhook is not None:
            await self._webhook.stop()
            self._webhook = None

    def _file(self, path: str) -> web.Response:
        upload = self.world.files.get(path.removeprefix("files/"))
        if upload is None:
            raise NO_METHOD
        return web.Response(body=upload.content, content_type="application/octet-stream")


def _response(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=encode_json(body), content_type="application/json")


def _hang_up(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.BaseRequest, body: Json) -> web.StreamResponse:
    whole = encode_json(body)
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
