"""The demo behind the page: what it shows, and what its buttons do. It drives the real bot and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.demo.cast import NURSE
from bot.app.demo.editing import Editing
from bot.app.demo.passing import Passing
from bot.app.demo.stage import Player, Stage, begin_anew, enrol_cast, invite_clinicians, set_stage
from bot.content.folder import CATALOGUE, Known
from bot.content.messages import load_messages
from bot.content.questions import load_questions
from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.ports import UnitOfWork
from bot.services.performing import CLARIFICATION
from bot.simulator.demo import DemoState, bubbles_of
from bot.simulator.demo.state import TimelineItem, Who
from bot.simulator.telegram import Fault, FaultKind, Person

FAULTS = {
    "none": "nothing goes wrong",
    "slow": "Telegram answers after 3 seconds",
    "lost": "Telegram's answers are lost on the way",
    "busy": "Telegram says: too many requests",
    "down": "Telegram fails (502)",
}
_PLANS = {
    "slow": Fault.delay(3.0),
    "lost": Fault(kind=FaultKind.DROP_AFTER),
    "busy": Fault.too_many(5),
    "down": Fault.server_error(),
}
_TICK = 1.0
"""Real seconds between two looks at the clock while nobody turns it."""


class Demo:
    """Implements ``bot.simulator.demo.DemoHost``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._passing = Passing(stage, watched="well")
        self.editor = Editing(stage, _known(stage), self._refresh)
        self._fault = "none"
        self._own_changes = 0
        self._shown: tuple[TimelineItem, ...] = ()
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, speed: float = 1.0, *, today: datetime | None = None) -> Demo:
        """A demo with its cast enrolled, at ten in the morning of ``today``."""
        stage = await set_stage(speed, today=today or datetime.now(UTC))
        demo = cls(stage)
        try:
            await invite_clinicians(stage)
            await enrol_cast(stage)
            demo._passing.watched = next(iter(stage.players))
            await demo._passing.onboard()
            await demo._refresh()
        except BaseException:
            await stage.close()
            raise
        demo._tasks = [asyncio.create_task(demo._watch()), asyncio.create_task(demo._run())]
        return demo

    async def close(self) -> None:
        """Ends everything; nothing stays on the disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stage.close()

    # --- what the page shows ---------------------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """Rises with each change of ``state``."""
        return self._own_changes + self._stage.standin.world.revision

    async def changed(self, revision: int) -> None:
        """Returns when there is something newer to show."""
        while self.revision <= revision:
            await self._changed.wait()

    def state(self) -> DemoState:
        """Now."""
        player, nurse = self._player, self._nurse
        zone = self._zone
        return {
            "now": self._stage.clock.now().astimezone(zone).isoformat(timespec="seconds"),
            "zone": zone.key,
            "treated_at": player.treated_at.astimezone(zone).isoformat(timespec="seconds"),
            "patients": [{"id": key, "name": p.member.name, "about": p.member.about} for key, p in self._stage.players.items()],
            "current": player.member.id,
            "patient_messages": bubbles_of(player.person, zone),
            "clinician_messages": bubbles_of(nurse, zone),
            "patient_notices": player.person.notices,
            "clinician_notices": nurse.notices,
            "clinician_name": self._stage.parts.content.current.clinic.clinicians[self._nurse_id],
            "suggestions": self._suggestions(player),
            "timeline": list(self._shown),
            "editor": True,
            "faults": [{"id": key, "name": name, "active": key == self._fault} for key, name in FAULTS.items()],
        }

    # --- what its buttons do ---------------------------------------------------------------------------------------------

    async def write(self, who: Who, text: str) -> None:
        """Somebody writes a message."""
        async with self._lock:
            self._phone(who).writes(text)
            await self._settled()

    async def press(self, who: Who, message_id: int, data: str) -> None:
        """Somebody presses a button. Raises LookupError where their phone shows no such button."""
        async with self._lock:
            self._phone(who).presses(data, message_id)
            await self._settled()

    async def advance(self, *, hours: int = 0, days: int = 0, to_next: bool = False) -> None:
        """Moves the clock, living through everything on the way; it stops where the watched patient raises an alert."""
        async with self._lock:
            end = self._stage.clock.now() + timedelta(hours=hours, days=days)
            if to_next:
                end = await self._passing.next_check_in() or end
            await self._passing.pass_until(end)
            await self._refresh()

    async def pick(self, patient: str) -> None:
        """Another patient's phone. Raises LookupError for an unknown one."""
        async with self._lock:
            if patient not in self._stage.players:
                raise LookupError(f"nobody here is called {patient}")
            await begin_anew(self._stage, self._stage.players[patient])
            self._passing.watched = patient
            await self._refresh()

    async def fault(self, name: str) -> None:
        """Switches a fault on, or with ``none`` all off. Raises LookupError for an unknown one."""
        if name not in FAULTS:
            raise LookupError(f"no fault is called {name}")
        self._stage.standin.faults.clear()
        if name in _PLANS:
            self._stage.standin.faults.plan(_PLANS[name], method="sendMessage", times=None)
        self._fault = name
        self._touch()

    # --- inside ----------------------------------------------------------------------------------------------------------

    @property
    def _player(self) -> Player:
        return self._stage.players[self._passing.watched]

    @property
    def _nurse_id(self) -> str:
        return NURSE if NURSE in self._stage.clinicians else next(iter(self._stage.clinicians))

    @property
    def _nurse(self) -> Person:
        return self._stage.clinicians[self._nurse_id]

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._stage.parts.content.current.clinic.timezone)

    def _phone(self, who: Who) -> Person:
        return self._player.person if who == "patient" else self._nurse

    def _suggestions(self, player: Player) -> list[str]:
        if player.waits_with:
            return [f"/start {player.waits_with}"]
        return list(player.member.suggestions)

    async def _settled(self) -> None:
        await self._passing.settle()
        await self._refresh()

    async def _refresh(self) -> None:
        player, zone = self._player, self._zone
        self._shown = await self._stage.work(lambda uow: tuple(self._timeline(uow, player, zone)))
        self._touch()

    def _timeline(self, uow: UnitOfWork, player: Player, zone: ZoneInfo) -> list[TimelineItem]:
        items: list[TimelineItem] = []
        for enrolment in uow.enrolments.of_patient(player.patient_id):
            schedule = self._stage.parts.content.current.schedules.get(enrolment.schedule)
            for row in uow.check_ins.of_enrolment(enrolment.id):
                if row.check_in == CLARIFICATION or schedule is None:
                    continue
                at = _shown_at(row)
                items.append(
                    {
                        "at": at.astimezone(zone).isoformat(timespec="seconds"),
                        "id": row.check_in,
                        "phase": schedule.phase_at(at - enrolment.treated_at).value,
                        "state": row.state.value,
                    }
                )
        return sorted(items, key=lambda item: datetime.fromisoformat(item["at"]))

    def _touch(self) -> None:
        self._own_changes += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def _watch(self) -> None:
        """What changes on a phone is news for the page."""
        world = self._stage.standin.world
        while True:
            await world.until(self._newer_than(world.revision), 3600)
            self._touch()

    def _newer_than(self, revision: int) -> Callable[[], bool]:
        return lambda: self._stage.standin.world.revision != revision

    async def _run(self) -> None:
        """The clock runs by itself too: what falls due is lived through, and the page shows each new minute."""
        minute = self._stage.clock.now().minute
        while True:
            await asyncio.sleep(_TICK)
            async with self._lock:
                with contextlib.suppress(LookupError):
                    await self._passing.settle()
                if (now := self._stage.clock.now()).minute != minute:
                    minute = now.minute
                    await self._refresh()


def _known(stage: Stage) -> Known:
    """What the editor holds files against: the shipped questions, texts and rules, without the clinic's own."""
    settings = stage.parts.settings
    messages = load_messages(settings.messages)
    questions = load_questions(CATALOGUE / "questions.yaml", message_keys=messages.keys)
    return Known(questions=questions, messages=messages, rules=stage.parts.content.current.knowledge.rules)


def _shown_at(row: PlannedCheckIn) -> datetime:
    """When it was or will be asked: after that ``due_at`` holds the reminder's time."""
    return row.sent_at if row.sent_at is not None and row.state is not CheckInState.PLANNED else row.due_at
