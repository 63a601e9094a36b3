"""The handful of static jobs. The truth is in rows: a job that is late or missed costs nothing, and running one twice does nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app.live_content import LiveContent
from bot.app.runtime.collector import Sweeper
from bot.app.runtime.heartbeat import Heartbeat
from bot.app.runtime.pulses import Pulses
from bot.app.runtime.receiver import Receiver
from bot.app.runtime.sender import Sender
from bot.app.runtime.works import AT_ONCE, Works
from bot.ports import Clock, Content
from bot.web.metrics import Metrics

CONTENT_REFUSED = "content_refused: a changed file is not valid, the last good version stays live; run `aftercare check`"
PERIODS = {
    "tick": 1,
    "drain": 1,
    "escalate": 1,
    "audit": 20,
    "reload": 5,
    "reconcile": 300,
    "review": 600,
    "watch": 60,
    "rotas": 600,
    "canary": 900,
}
"""Seconds between two runs of each job."""

logger = logging.getLogger(__name__)


class Jobs:
    """Each job is a method; ``start`` runs them by the clock, the simulator calls them itself."""

    def __init__(
        self,
        *,
        works: Works,
        receiver: Receiver,
        sender: Sender,
        content: LiveContent,
        clock: Clock,
        pulses: Pulses,
        metrics: Metrics,
        heartbeat: Heartbeat | None = None,
        reconcile: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._works = works
        self._receiver = receiver
        self._sender = sender
        self._content = content
        self._clock = clock
        self._pulses = pulses
        self._metrics = metrics
        self._heartbeat = heartbeat
        self._reconcile = reconcile
        self._sweeper = Sweeper()
        self._scheduler: AsyncIOScheduler | None = None
        self._running: set[asyncio.Future[None]] = set()
        self._moved_to: Content | None = None
        """The content to which every course has moved that should."""
        self.troubles: tuple[str, ...] = ()
        """What the auditor found last, in ids and counts."""

    def start(self) -> None:
        """Runs every job by the clock from now on."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns each time a job is still running: that is the design
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        for name, seconds in PERIODS.items():
            self._scheduler.add_job(self._run, "interval", args=[name], seconds=seconds, id=name)
        self._scheduler.start()

    async def stop(self) -> None:
        """Starts no further run, and returns when those under way are done."""
        if self._scheduler is None:
            return
        self._scheduler.pause()
        while self._running:
            await asyncio.wait(self._running)
        self._scheduler.shutdown(wait=False)
        self._scheduler = None

    async def _run(self, name: str) -> None:
        """A run by the clock: APScheduler would cancel it half-way at the end, we wait for it."""
        run = asyncio.ensure_future(self.guarded(name))
        self._running.add(run)
        run.add_done_callback(self._running.discard)
        await asyncio.shield(run)

    async def guarded(self, name: str) -> None:
        """One run of a job; what it raises is logged and counted, and the next run tries again."""
        jobs: dict[str, Callable[[], Awaitable[None]]] = {
            "tick": self.tick,
            "drain": self.drain,
            "escalate": self.escalate,
            "audit": self.audit,
            "reload": self.reload,
            "review": self.review,
            "watch": self.watch,
            "rotas": self.rotas,
            "canary": self.canary,
            "reconcile": self.reconcile,
        }
        try:
            await jobs[name]()
        except Exception:
            logger.exception("the job %s failed", name)
            self._metrics.count("aftercare_job_failures_total", job=name)

    async def tick(self) -> None:
        """Check-ins whose time has come, all of them, in bounded transactions. Very many take minutes: each batch shows life."""
        more = True
        while more:
            more = await self._works.tick()
            self._pulses.beat("ticker")
            self._sender.wake()

    async def drain(self) -> None:
        """Updates that wait: left by a crash, kept by the web role, or to be tried again."""
        await self._receiver.handle_waiting()
        self._sender.wake()

    async def escalate(self) -> None:
        """Alerts whose time has come."""
        while await self._works.escalate() >= AT_ONCE:
            self._sender.wake()
        self._sender.wake()

    async def audit(self) -> None:
        """Looks for what is overdue; the heartbeat goes out only where nothing stands still."""
        self._sweeper.sweep(quiet=self._sender.idle)
        report = await self._works.audit(self._pulses.last(self._clock.now()))
        self.troubles = tuple(f"{p.kind}: {p.count} {p.detail}".strip() for p in report.problems)
        refused = self._content.problem is not None
        self._metrics.set("aftercare_content_refused", int(refused))
        if refused:
            self.troubles += (CONTENT_REFUSED,)
        for name, value in (await self._works.waiting()).items():
            self._metrics.set(name, value)
        self._metrics.set("aftercare_troubles", len(self.troubles))
        for trouble in self.troubles:
            logger.warning("auditor: %s", trouble)
        for repair in report.repaired:
            logger.warning("auditor repaired: %s", repair)
        if report.heartbeat and self._heartbeat is not None:
            await self._heartbeat.beat()

    async def reconcile(self) -> None:
        """What a channel's webhook did not bring is fetched, where the channel keeps a list (SMS)."""
        if self._reconcile is not None:
            await self._reconcile()

    async def review(self) -> None:
        """Once a week: which rules cried wolf. And courses that were enrolled by an older version meanwhile are looked for again."""
        self._moved_to = None
        if await self._works.review():
            self._sender.wake()

    async def watch(self) -> None:
        """Baselines that end, digests of shifts that begin."""
        if await self._works.watch():
            self._sender.wake()

    async def rotas(self) -> None:
        """Hours to come without anybody on call who can be reached are a task, and a warning here."""
        holes = await self._works.rotas()
        self._metrics.set("aftercare_rota_holes", holes)
        if holes:
            logger.warning("the rota has %d stretches in which nobody can be reached: `aftercare doctor` lists them", holes)

    async def canary(self) -> None:
        """An alert about nobody goes the whole way. What the one before took is on the metrics page."""
        took = await self._works.canary_took()
        if took is not None:
            self._metrics.set("aftercare_canary_seconds", took)
        if await self._works.canary():
            self._sender.wake()

    async def reload(self) -> None:
        """Changed files and new publications become live, whole or not at all; courses that go with them move."""
        await asyncio.to_thread(self._content.reload)
        if self._content.current is not self._moved_to:
            content = self._content.current
            if await self._works.leavers():
                await self.escalate()
            while await self._works.move_courses():
                pass
            self._moved_to = content
