"""The real bot as a child process, against a stand-in in this one: what a test starts, kills and starts again."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.app.clock import SystemClock
from bot.app.ids import SystemIds
from bot.content.library import Library
from bot.core.careplan.enrolment import PatientState
from bot.core.clinical.patient import Route
from bot.core.conversation.session import Session, SessionState
from bot.core.escalation.clinician import Clinician
from bot.ports import UnitOfWork
from bot.services import enrolments
from bot.services.world import World
from bot.simulator.telegram import Person, StandIn
from bot.storage.store import open_store
from tests.support.stores import KEY

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds that a test waits at most for what normally takes one or two: it may share its machine with others."""
WEBHOOK_SECRET = "a-webhook-secret-of-the-tests"
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def polling(standin: StandIn, database: Path) -> dict[str, str]:
    return {
        "AFTERCARE_DATABASE_URL": f"sqlite:///{database}",
        "AFTERCARE_TELEGRAM_TOKEN": standin.token,
        "AFTERCARE_TELEGRAM_API_URL": standin.url,
        "AFTERCARE_HTTP_PORT": str(free_port()),
    }


def webhook(standin: StandIn, database: Path) -> dict[str, str]:
    port = free_port()
    return {
        **polling(standin, database),
        "AFTERCARE_HTTP_PORT": str(port),
        "AFTERCARE_TELEGRAM_MODE": "webhook",
        "AFTERCARE_TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "AFTERCARE_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


@dataclass
class BotProcess:
    """`aftercare run` with these settings. ``log`` is everything that it wrote to standard error."""

    settings: Mapping[str, str]
    arguments: tuple[str, ...] = ("run",)
    log: str = ""
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def start(self) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *self.arguments,
            cwd=ROOT,
            env={**own, **self.settings},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )

    async def kill(self) -> None:
        """SIGKILL: nothing can be put in order."""
        assert self.process is not None
        self.process.kill()
        await self.ended()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.terminate()
        return await self.ended()

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Waits for its end; the exit code."""
        assert self.process is not None
        async with asyncio.timeout(seconds):
            _, errors = await self.process.communicate()
        self.log += errors.decode()
        return self.process.returncode or 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None


@asynccontextmanager
async def running(settings: Mapping[str, str], *arguments: str) -> AsyncIterator[BotProcess]:
    bot = BotProcess(settings, arguments or ("run",))
    await bot.start()
    try:
        yield bot
    finally:
        if bot.alive:
            await bot.stop()


async def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Waits in real time. Raises AssertionError that says what did not come true."""
    try:
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 - what another process does gives no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"within {seconds:g} s: {what}") from None


def in_database(database: Path | str, work: Callable[[UnitOfWork], T]) -> T:
    """One transaction of the test's own, in a SQLite file or a PostgreSQL database under KEY."""
    store = open_store(database, key=KEY) if isinstance(database, str) else open_store(f"sqlite:///{database}")
    try:
        return store.transact(work)
    finally:
        store.close()


def world() -> World:
    return World(content=Library.load(ROOT / "schedules", ROOT / "messages"), ids=SystemIds())


def enrolled(database: Path | str, people: list[Person], *, treated_before: timedelta = timedelta(hours=30)) -> list[int]:
    """Patients on a course who have consented; their ids in the order of the people."""
    now, known = SystemClock().now(), world()

    def work(uow: UnitOfWork) -> list[int]:
        return [_enrol(uow, known, now, person, now - treated_before) for person in people]

    return in_database(database, work)


def _enrol(uow: UnitOfWork, known: World, now: datetime, person: Person, treated_at: datetime) -> int:
    patient, _, _ = enrolments.enrol(
        uow, known, now, name="Ann Example", birth_year=1970, schedule="msc-recipient", treated_at=treated_at, route=Route.IV
    )
    uow.patients.save(replace(patient, address=person.address, state=PatientState.ACTIVE))
    uow.sessions.put(patient.id, Session(state=SessionState.IDLE))
    return patient.id


def on_call(database: Path | str, phones: Mapping[str, Person]) -> None:
    """Clinicians of the shipped clinic.yaml with these phones."""
    names = world().content.clinic.clinicians

    def work(uow: UnitOfWork) -> None:
        for clinician, person in phones.items():
            uow.clinicians.put(Clinician(id=clinician, name=names[clinician], address=person.address))

    in_database(database, work)


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
