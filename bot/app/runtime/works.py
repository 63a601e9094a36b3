"""The services as transactions: what the poller, the webhook, the jobs and the sender call. Each method commits, or changes nothing.

Messages that a transaction wrote and that can go at once are handed to the sender after the commit, never before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.app.runtime.handoff import handing_over
from bot.app.runtime.receiver import Arrival
from bot.app.runtime.sender import Result, Sender, returned
from bot.core.delivery import DeliveryState, OutgoingMessage, Receipt
from bot.core.errors import NotFound
from bot.core.timekeeping import Anchor
from bot.ports import Clock, Store, UnitOfWork
from bot.services import (
    alert_review,
    auditor,
    baselines,
    canaries,
    check_ins,
    clinicians,
    clock_watch,
    digest_text,
    escalations,
    hearing,
    intake,
    outbox,
    publishing,
    rotas,
)
from bot.services.world import World

T = TypeVar("T")

AT_ONCE = 200
"""Alerts taken by one transaction."""
CHECK_INS_AT_ONCE = 8
"""Check-ins taken by the first transaction of a tick that finds many. A red flag waits for one such transaction, so it must be
over in TICK_SECONDS; a fast machine takes more of them for each commit, a slow one fewer."""
COURSES_AT_ONCE = 4
"""Courses that move to a new version in one transaction."""
FEWEST, MOST = 2, 64
TICK_SECONDS = 0.008


class Works:
    """Binds store, clock and world. ``sender`` is set once there is one; without it everything waits in its row."""

    def __init__(
        self, store: Store, clock: Clock, world: Callable[[], World], *, passed: Callable[[], timedelta] | None = None
    ) -> None:
        """``passed`` tells how much time has truly passed, whatever the clock shows; None: the clock is turned on purpose."""
        self._store = store
        self._passed = passed
        self._anchor: Anchor | None = None
        self._clock = clock
        self._world = world
        self.sender: Sender | None = None
        self._at_once = CHECK_INS_AT_ONCE

    async def accept(self, arrival: Arrival) -> bool:
        """Keeps a raw update; False where it was here already. The cursor moves in the same transaction."""
        return await self._store.run(lambda uow: self._accept(uow, arrival, self._clock.now()))

    async def accept_and_handle(self, arrival: Arrival) -> bool:
        """The same, and handles the oldest waiting update: one commit stands before both the confirmation and the reply."""

        def work(uow: UnitOfWork, now: datetime) -> bool:
            world = self._world()
            channel = world.channels[arrival.channel]
            new = intake.accept_and_handle(uow, channel, arrival.raw, world, now, parsed=arrival.parsed)
            self._confirm(uow, arrival)
            return new

        return await self._run(work)

    def _accept(self, uow: UnitOfWork, arrival: Arrival, now: datetime) -> bool:
        new = intake.accept(uow, self._world().channels[arrival.channel], arrival.raw, now) is not None
        self._confirm(uow, arrival)
        return new

    @staticmethod
    def _confirm(uow: UnitOfWork, arrival: Arrival) -> None:
        if arrival.cursor is not None:
            _advance_cursor(uow, arrival.channel, arrival.cursor)

    async def handle_next(self) -> bool:
        """Handles the oldest waiting update; False where nothing waits."""
        return await self._run(lambda uow, now: intake.drain(uow, self._world(), now, 1)) > 0

    async def tick(self) -> bool:
        """Check-ins whose time has come, as many as one short transaction can take; whether more may be due."""
        limit = self._at_once
        anchor = self._anchor

        def work(uow: UnitOfWork, now: datetime) -> int:
            nonlocal anchor
            if self._passed is not None:
                anchor = clock_watch.look(uow, self._world(), now, self._anchor, self._passed())
            began = time.perf_counter()
            taken = check_ins.tick(uow, self._world(), now, limit)
            if taken:
                each = (time.perf_counter() - began) / taken
                self._at_once = max(FEWEST, min(MOST, 2 * limit, int(TICK_SECONDS / each)))
            return taken

        taken = await self._run(work, background=True)
        self._anchor = anchor
        return taken >= limit

    async def escalate(self) -> int:
        """Alerts whose time has come; how many."""
        return await self._run(lambda uow, now: escalations.tick(uow, self._world(), now, AT_ONCE))

    async def audit(self, heartbeats: dict[str, datetime]) -> auditor.Report:
        """One round of the auditor, who repairs what it can."""
        return await self._run(lambda uow, now: auditor.inspect(uow, self._world(), now, heartbeats))

    async def review(self) -> int:
        """The weekly list of rules that cried wolf, where it is time and nobody has had it; how many were told."""
        return await self._run(lambda uow, now: alert_review.send_weekly(uow, self._world(), now), background=True)

    async def move_courses(self) -> int:
        """Some of the courses that go on by a newly published version; 0: none is left."""
        return await self._run(
            lambda uow, now: publishing.move_courses(uow, self._world().content, now, COURSES_AT_ONCE), background=True
        )

    async def leavers(self) -> int:
        """The files have changed: what waited for people who stand in none any more goes on at once; how many have left."""
        return await self._run(lambda uow, now: clinicians.notice_leavers(uow, self._world(), now))

    async def started(self, channel: str, *, polled: bool) -> bool:
        """Once, before the first tick: whether we were out of order, which is then no patient's silence. ``polled``: whether we fetch
        what ``channel`` has for us."""

        def work(uow: UnitOfWork, now: datetime) -> bool:
            hearing.begin(uow, channel, now, polled=polled)
            return check_ins.started(uow, self._world(), now)

        return await self._run(work)

    async def heard(self, channel: str, gap: timedelta) -> None:
        """The channel was asked what came in, and has answered, for the first time in ``gap``."""
        await self._run(lambda uow, now: hearing.heard(uow, self._world(), channel, now, gap))

    async def watch(self) -> int:
        """What falls due by the minute besides check-ins and alerts: baselines that end, digests of shifts that begin; how many."""

        def work(uow: UnitOfWork, now: datetime) -> int:
            if clock_watch.held(uow):
                return 0
            return baselines.end_due(uow, self._world(), now) + digest_text.send_due(uow, self._world(), now)

        return await self._run(work, background=True)

    async def rotas(self) -> int:
        """Keeps the task about hours without anybody on call who can be reached; how many such stretches there are."""
        return await self._run(lambda uow, now: rotas.watch(uow, self._world(), now), background=True)

    async def canary(self) -> bool:
        """Sends a canary on its way; False where another worker's is."""
        return await self._run(lambda uow, now: canaries.send(uow, self._world(), now))

    async def canary_took(self) -> float | None:
        """Seconds that the newest canary that came back took."""

        def work(uow: UnitOfWork) -> float | None:
            newest = uow.canaries.newest()
            return None if newest is None or newest.took is None else newest.took.total_seconds()

        return await self._store.run(work)

    async def waiting(self) -> dict[str, float]:
        """How much waits, by the name of its gauge."""
        return await self._store.run(
            lambda uow: {
                "aftercare_inbox_waiting": uow.inbox.waiting(),
                "aftercare_outbox_pending": uow.outbox.pending(),
                "aftercare_alerts_unresolved": len(uow.alerts.unresolved()),
            }
        )

    async def claim(self, limit: int) -> list[OutgoingMessage]:
        """Due messages, now ours to send."""
        return await self._store.run(lambda uow: outbox.claim(uow, self._clock.now(), limit, world=self._world()))

    async def record(self, results: list[Result]) -> None:
        """What became of them. A message that was not tried goes back into its row, if it is still ours."""
        tried = [(result.message, result.receipt) for result in results if result.receipt is not None]
        untried = [result.message for result in results if result.receipt is None]

        def work(uow: UnitOfWork, now: datetime) -> None:
            outbox.record(uow, tried, now)
            for message in untried:
                stored = uow.outbox.get(message.id)
                if stored.state is DeliveryState.SENDING and stored.attempt == message.attempt:
                    uow.outbox.save(returned(stored, self._clock))

        await self._run(work)

    async def settle_later(self, message_id: int, receipt: Receipt) -> None:
        """What a provider says, after it had taken a message, of what became of it. An unknown message is ignored."""

        def work(uow: UnitOfWork, now: datetime) -> None:
            try:
                message = uow.outbox.get(message_id)
            except NotFound:
                return
            outbox.record(uow, [(message, receipt)], now)

        await self._run(work)

    async def _run(self, work: Callable[[UnitOfWork, datetime], T], *, background: bool = False) -> T:
        now = self._clock.now()
        room = 0 if self.sender is None else self.sender.room
        result, claimed = await self._store.run(handing_over(lambda uow: work(uow, now), now, room), background=background)
        if self.sender is not None:
            self.sender.hand_over(claimed)
        return result


def _advance_cursor(uow: UnitOfWork, channel: str, value: int) -> None:
    known = uow.inbox.cursor(channel)
    if known is None or known < value:
        uow.inbox.set_cursor(channel, value)
