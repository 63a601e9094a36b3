"""The running bot: starts what its role needs, keeps it turning, and ends in order when it is told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from starlette.types import ASGIApp

from bot.app.bootstrap import Parts
from bot.app.runtime import collector
from bot.app.runtime.backoff import Backoff
from bot.app.runtime.heartbeat import Heartbeat
from bot.app.runtime.jobs import Jobs
from bot.app.runtime.poller import Poller
from bot.app.runtime.receiver import Arrival, Receiver
from bot.app.runtime.sender import Route, Sender
from bot.app.runtime.server import WebServer
from bot.app.runtime.sms_link import SmsLink
from bot.app.runtime.supervise import supervised
from bot.app.runtime.works import Works
from bot.app.settings import TelegramMode
from bot.channels.pacing import Pacer
from bot.core.errors import AftercareError
from bot.web.app import TELEGRAM_WEBHOOK, build_app
from bot.web.sms import SmsWebhooks

DRAIN_LIMIT = 25.0
"""Seconds that the end may take: what is still held then is settled by its lease after the next start."""
MENU = ("report", "help", "language", "stop")
"""The commands that the chat's menu offers."""
UNPACED_WINDOW = 500
"""Messages held in memory where nothing is paced."""
SMS_PER_SECOND = 10
"""What we ask of Twilio, which queues what our number may not send yet."""
LOOK_EVERY = 1.0
"""Seconds after which the sender looks for due messages without being woken."""

logger = logging.getLogger(__name__)


class Role(StrEnum):
    """What one process does: ``web`` keeps what arrives, ``worker`` handles and sends, ``all`` does both."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


class Runtime:
    """One process. ``start``, then ``wait`` until something ends it, then ``stop``."""

    def __init__(self, parts: Parts, role: Role = Role.ALL) -> None:
        self._parts = parts
        self._fatal: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._works = role is not Role.WEB
        self._serves = role is not Role.WORKER
        self.works = Works(parts.store, parts.clock, parts.world, passed=parts.passed)
        self.receiver = Receiver(self.works, parts.metrics, handles=self._works)
        rate = parts.settings.telegram_messages_per_second
        self.sender = Sender(
            routes=_routes(parts),
            ledger=self.works,
            clock=parts.clock,
            metrics=parts.metrics,
            give_up=self._give_up,
            window=2 * rate or UNPACED_WINDOW,
        )
        self.works.sender = self.sender if self._works else None
        self.sms = SmsLink(parts.sms, self.receiver, self.works, parts.clock) if parts.sms else None
        parts.canary.brings_back = self._keep_canary
        url = parts.settings.heartbeat_url
        self.jobs = Jobs(
            works=self.works,
            receiver=self.receiver,
            sender=self.sender,
            content=parts.content,
            clock=parts.clock,
            pulses=parts.pulses,
            metrics=parts.metrics,
            heartbeat=Heartbeat(url.reveal()) if url else None,
            reconcile=self.sms.reconcile if self.sms else None,
        )
        self.web: WebServer | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._loops: list[asyncio.Task[None]] = []
        """Those that end by themselves when we stop: what they hold must be put in order first."""
        self._poller: Poller | None = None
        self._stopping = False

    async def start(self, *, by_clock: bool = True) -> None:
        """Raises TokenRejected, and OSError for a taken port, which a worker does without. ``by_clock=False``: whoever started
        it runs the jobs."""
        collector.calm()
        await self._parts.telegram.open()
        try:
            await self._introduce()
        except ConnectionError:
            logger.warning("Telegram cannot be reached yet; we start all the same")
            self._keep("introduction", lambda: _patiently(self._introduce))
        if (sms := self._parts.sms) is not None:
            self._keep("SMS account", lambda: _patiently(sms.check))
        await self._open_port()
        self._start_arrivals()
        if self._works:
            self._keep("command menu", lambda: _patiently(self._offer_commands))
            await self._start_work(by_clock=by_clock)

    async def _open_port(self) -> None:
        """Webhooks, health and metrics; a worker's port has health and metrics only, and patients do not wait for it."""
        settings = self._parts.settings
        try:
            self.web = WebServer(self._app(), settings.http_host, settings.http_port)
        except OSError as error:
            if self._serves:
                raise
            logger.warning("no health page: cannot listen on %s:%d (%s)", settings.http_host, settings.http_port, error.strerror)
            return
        await self.web.start()
        logger.info("listening on %s:%d", settings.http_host, self.web.port)

    async def wait(self, stopping: asyncio.Event) -> None:
        """Until ``stopping`` is set. Raises what makes going on senseless (TokenRejected)."""
        told = asyncio.ensure_future(stopping.wait())
        ends: list[asyncio.Future[Any]] = [told, self._fatal]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if self._fatal.done():
            await self._fatal

    async def stop(self) -> None:
        """Takes nothing new, ends what is under way, records it, closes."""
        self._stopping = True
        try:
            async with asyncio.timeout(DRAIN_LIMIT):
                await self._wind_down()
        except TimeoutError:
            logger.warning("some work was still under way; its rows settle it after the next start")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._parts.close()
        logger.info("stopped")

    async def _wind_down(self) -> None:
        await self.jobs.stop()
        if self.web is not None:
            await self.web.stop()
        if self._poller is not None:
            self._poller.stop()
        self.sender.wake()
        if self._loops:
            await asyncio.wait(self._loops)
        await self.sender.settle()

    async def keep_telegram(self, raw: bytes) -> None:
        """One update that the webhook brought. Raises ValueError for what is none, StorageFailed and the like otherwise."""
        inbound = self._parts.telegram.parse(raw)
        name = self._parts.telegram.name
        await self.receiver.keep([Arrival(name, inbound.external_id, inbound.address, raw, parsed=inbound)])

    async def _keep_canary(self, external_id: str, raw: bytes) -> None:
        """The canary's press comes in as everybody's does."""
        name = self._parts.canary.name
        await self.receiver.keep([Arrival(name, external_id, name, raw)])

    def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(supervised(name, work))
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        if not self._fatal.done():
            self._fatal.set_exception(error)

    async def _introduce(self) -> None:
        """Who are we? The bot's name makes the invitation links."""
        me = await self._parts.telegram.get_me()
        self._parts.bot_username = str(me.get("username", ""))

    async def _offer_commands(self) -> None:
        """The chat's command menu, in every language that we speak."""
        content = self._parts.content.current
        for code in content.languages:
            menu = {command: content.label(code, f"menu.{command}") for command in MENU}
            await self._parts.telegram.set_commands(menu, None if code == "en" else code)

    def _start_arrivals(self) -> None:
        if self._parts.settings.telegram_mode is TelegramMode.WEBHOOK:
            if self._serves:
                self._keep("webhook registration", self._register_webhook)
        elif self._works:
            self._loops.append(self._keep("poller", self._poll))

    async def _start_work(self, *, by_clock: bool) -> None:
        polled = self._parts.settings.telegram_mode is TelegramMode.POLLING and self._parts.passed is not None
        await self.works.started(self._parts.telegram.name, polled=polled)
        handled = await self.receiver.handle_waiting()
        if handled:
            logger.info("handled %d updates that were waiting", handled)
        self._loops.append(self._keep("sender", self._send))
        if by_clock:
            self.jobs.start()
            self._keep("a first look for what was missed", self.jobs.reconcile)
            self._keep("a first look at the rota", self.jobs.rotas)
            self._keep("the first canary", self.jobs.canary)

    async def _register_webhook(self) -> None:
        settings = self._parts.settings
        secret = settings.telegram_webhook_secret
        address = f"{settings.public_url}{TELEGRAM_WEBHOOK}"
        await _patiently(lambda: self._parts.telegram.set_webhook(address, secret.reveal() if secret else ""))
        logger.info("the webhook is registered")

    async def _poll(self) -> None:
        await _patiently(self._parts.telegram.delete_webhook)
        name = self._parts.telegram.name
        offset = await self._parts.store.run(lambda uow: uow.inbox.cursor(name))
        self._parts.pulses.beat("poller")
        heard = partial(self.works.heard, name) if self._parts.passed is not None else None
        self._poller = Poller(self._parts.telegram, self.receiver, self._parts.pulses, offset, heard)
        if not self._stopping:
            await self._poller.run()

    async def _send(self) -> None:
        while not self._stopping:
            self._parts.pulses.beat("sender")
            if not await self.sender.claim():
                await self.sender.wait_wanted(LOOK_EVERY)

    def _app(self) -> ASGIApp:
        secret = self._parts.settings.telegram_webhook_secret
        hooked = self._parts.settings.telegram_mode is TelegramMode.WEBHOOK and secret is not None
        return build_app(
            alive=self._alive,
            ready=self._ready,
            metrics=self._parts.metrics,
            telegram=(secret.reveal(), self.keep_telegram) if self._serves and hooked and secret else None,
            sms=self._sms_webhooks() if self._serves else None,
        )

    def _sms_webhooks(self) -> SmsWebhooks | None:
        settings = self._parts.settings.for_sms()
        return self.sms.webhooks(settings.auth_token.reveal(), settings.public_url) if self.sms and settings else None

    async def _alive(self) -> Sequence[str]:
        return self._parts.pulses.problems()

    async def _ready(self) -> Sequence[str]:
        try:
            await self._parts.store.run(lambda uow: uow.inbox.cursor("ready"))
        except AftercareError as error:
            return [f"the database cannot be used: {type(error).__name__}"]
        return []


def _routes(parts: Parts) -> dict[str, Route]:
    routes = {
        parts.telegram.name: Route(channel=parts.telegram, pace=parts.pacer),
        parts.canary.name: Route(channel=parts.canary, pace=Pacer(None)),
    }
    if parts.sms is not None:
        routes[parts.sms.name] = Route(channel=parts.sms, pace=Pacer(SMS_PER_SECOND))
    return routes


async def _patiently(call: Callable[[], Awaitable[None]]) -> None:
    """Until it gets through; only the network may fail."""
    backoff = Backoff(longest=30.0)
    while True:
        try:
            return await call()
        except ConnectionError:
            await asyncio.sleep(backoff.next())
