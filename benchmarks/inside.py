"""The real runtime inside the benchmark's own process, its channel's calls timed. The other end of the wire is the Bot API of load.py."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.load import SECRET, BotApi
from benchmarks.subjects import TOKEN, free_port
from bot.app.bootstrap import Parts, build
from bot.app.runtime.runtime import Role, Runtime
from bot.app.settings import Settings
from bot.channels.pacing import Pacer
from bot.channels.telegram import TelegramChannel
from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.delivery import OutgoingMessage, Receipt
from bot.core.escalation.clinician import Clinician
from bot.ports import UnitOfWork


class TimedChannel(TelegramChannel):
    """The real channel; notes when it was handed which message."""

    handed: list[tuple[float, str, str]]
    """(perf_counter, purpose, address)"""
    news: asyncio.Event
    """Set with each; whoever waits clears it."""

    async def send(self, message: OutgoingMessage) -> Receipt:
        """As the real one."""
        self.handed.append((time.perf_counter(), message.purpose, message.address))
        self.news.set()
        return await super().send(message)


@asynccontextmanager
async def running(folder: Path, *, rate: int | None, url: str) -> AsyncIterator[tuple[Runtime, Parts, TimedChannel]]:
    """The runtime of one process on a database in ``folder``, already open; jobs run by the clock."""
    values = {
        "AFTERCARE_DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "AFTERCARE_TELEGRAM_TOKEN": TOKEN,
        "AFTERCARE_TELEGRAM_API_URL": url,
        "AFTERCARE_TELEGRAM_MODE": "webhook",
        "AFTERCARE_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "AFTERCARE_PUBLIC_URL": "https://127.0.0.1",
        "AFTERCARE_HTTP_PORT": str(free_port()),
    }
    parts = build(Settings.load(values), pacer=Pacer(rate=rate))
    channel = TimedChannel(TOKEN, url)
    channel.handed, channel.news = [], asyncio.Event()
    parts.telegram = channel
    parts.settings = replace(parts.settings, telegram_messages_per_second=rate or 1000)
    runtime = Runtime(parts, Role.ALL)
    await runtime.start()
    try:
        yield runtime, parts, channel
    finally:
        await runtime.stop()


class Wire:
    """The Bot API at the other end; ``arrived`` notes when a message for a chat was accepted."""

    def __init__(self) -> None:
        self.arrived: list[tuple[float, int]] = []
        self.news = asyncio.Event()
        """Set with each; whoever waits clears it."""

    async def open(self) -> str:
        """Starts it; its address."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: BotApi(self._accept), "127.0.0.1", 0)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def _accept(self, chat: int) -> None:
        self.arrived.append((time.perf_counter(), chat))
        self.news.set()


def plan_due(uow: UnitOfWork, count: int, now: datetime) -> None:
    """One check-in of each of the first ``count`` patients is due now."""
    uow.check_ins.plan(
        PlannedCheckIn(
            id=0,
            enrolment_id=n,
            patient_id=n,
            check_in="d3",
            occurrence=0,
            due_at=now - timedelta(seconds=1),
            state=CheckInState.PLANNED,
        )
        for n in range(1, count + 1)
    )


def add_clinicians(uow: UnitOfWork, first_chat: int) -> None:
    """The demo clinic's three, in chats of their own."""
    for number, name in enumerate(("dr-ada", "dr-bora", "nurse-cem")):
        uow.clinicians.put(Clinician(id=name, name=name, address=str(first_chat + number)))


def moment() -> datetime:
    """Now, as the product counts."""
    return datetime.now(UTC)
