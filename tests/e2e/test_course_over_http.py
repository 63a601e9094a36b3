"""A patient's course through the real runtime and python-telegram-bot over HTTP, with a clock that is turned."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.app.demo.passing import Passing
from bot.app.demo.stage import Player, Stage, enrol_cast, invite_clinicians, set_stage
from bot.core.escalation.alert import Alert, AlertState
from bot.simulator.telegram import Person, Seen
from tests.support.bot_process import until

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Course:
    """One stage, and the phones that the test holds in its hands: nobody acts by themselves."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._passing = Passing(stage, "you")

    @property
    def you(self) -> Player:
        return self.stage.players["you"]

    @property
    def nurse(self) -> Person:
        return self.stage.clinicians["nurse-cem"]

    @property
    def doctor(self) -> Person:
        return self.stage.clinicians["dr-ada"]

    async def opens_the_invitation(self) -> None:
        assert self.you.invitation
        self.you.person.opens(self.you.invitation)
        await self._passing.settle()

    async def writes(self, text: str) -> list[Seen]:
        return await self._hears(lambda: self.you.person.writes(text))

    async def presses(self, label: str) -> list[Seen]:
        return await self._hears(lambda: self.you.person.presses(label))

    async def _hears(self, act: Callable[[], object]) -> list[Seen]:
        known = len(self.you.person.messages)
        act()
        await self._passing.settle()
        return self.you.person.messages[known:]

    async def joins(self) -> None:
        await self.opens_the_invitation()
        await self.writes("1980")
        await self.presses("English")
        await self.presses("I agree")

    async def clinician_presses(self, person: Person, label: str) -> None:
        person.presses(label)
        await self._passing.settle()

    async def passes(self, **time: float) -> None:
        """Time goes by in steps, as the ticking jobs would see it."""
        end = self.stage.clock.now() + timedelta(**time)
        while (moment := min(await self._next(), end)) < end:
            self.stage.clock.turn_to(moment)
            await self._passing.settle()
        self.stage.clock.turn_to(end)
        await self._passing.settle()

    async def _next(self) -> datetime:
        now = self.stage.clock.now()
        due = await self.stage.work(
            lambda uow: [uow.check_ins.next_due(), uow.outbox.next_due(), *(a.next_step_at for a in uow.alerts.unresolved())]
        )
        return min((max(d, now + timedelta(seconds=1)) for d in due if d is not None), default=datetime.max.replace(tzinfo=UTC))


@pytest.fixture
async def course() -> AsyncIterator[Course]:
    stage = await set_stage(0, today=MONDAY)
    try:
        await invite_clinicians(stage)
        await enrol_cast(stage, only=("you",))
        yield Course(stage)
    finally:
        await stage.close()


async def test_from_the_invitation_to_a_resolved_alert(course: Course) -> None:
    await course.joins()
    assert "Your follow-up has started" in course.you.person.messages[-1].text

    await course.passes(hours=2)
    asked = course.you.person.messages[-1]
    assert asked.labels == ["No, none of these", "Yes"]
    asked_next = await course.presses("No, none of these")
    assert asked_next[-1].buttons

    told = await course.writes("39.4 and my left calf is swollen and sore")
    assert "+90 212 555 01 00" in told[0].text, "the clinic's number comes first"
    page = course.nurse.messages[-1]
    assert page.text.startswith("URGENT")
    assert "my left calf is swollen and sore" in page.text
    assert "You" not in page.text, "an alert shows a code, never the name"
    assert course.doctor.messages[-1].text.startswith("Welcome"), "the doctor is not yet paged"

    await course.clinician_presses(course.nurse, "Acknowledge")
    assert (await alerts(course))[0].state is AlertState.ACKNOWLEDGED
    assert "Nurse Cem saw this at" in course.you.person.messages[-1].text

    await course.clinician_presses(course.nurse, "Resolve")
    await course.clinician_presses(course.nurse, course.nurse.messages[-1].labels[0])
    assert (await alerts(course))[0].state is AlertState.RESOLVED
    await course.passes(hours=5)
    assert sum(seen.text.startswith("URGENT") for seen in course.nurse.messages) == 1
    assert course.stage.standin.violations == []


async def test_nobody_acknowledges_and_the_alert_climbs_until_somebody_does(course: Course) -> None:
    await course.joins()
    await course.writes("temperature 39.4")
    assert pages(course.nurse) == 1
    assert pages(course.doctor) == 0
    await course.passes(minutes=9, seconds=50)
    assert pages(course.doctor) == 0
    await course.passes(seconds=15)
    assert pages(course.doctor) == 1
    await course.passes(minutes=30)
    climbed = (await alerts(course))[0]
    assert climbed.state is AlertState.OPEN
    assert pages(course.stage.clinicians["dr-bora"]) >= 1, "the whole chain was paged"
    await course.clinician_presses(course.doctor, "Acknowledge")
    assert (await alerts(course))[0].acknowledged_by == "dr-ada"
    before = pages(course.nurse)
    await course.passes(minutes=30)
    assert pages(course.nurse) == before, "an acknowledged alert climbs no further"


async def test_silence_is_reminded_once_and_becomes_a_task(course: Course) -> None:
    await course.joins()
    await course.passes(hours=1, minutes=31)
    asked = len(course.you.person.messages)
    await course.passes(minutes=31)
    assert "I have not heard from you yet" in course.you.person.messages[asked].text
    await course.passes(minutes=65)
    tasks = await course.stage.work(lambda uow: [task.kind for task in uow.tasks.open()])
    assert "silence" in tasks


async def test_the_chat_offers_its_commands(course: Course) -> None:
    await until(lambda: bool(course.stage.standin.world.commands), 5, "the menu is set")
    assert [command["command"] for command in course.stage.standin.world.commands] == ["report", "help", "language", "stop"]


async def test_a_stranger_learns_nothing(course: Course) -> None:
    stranger = course.stage.standin.person("Stranger")
    stranger.writes("is Wilma your patient?")
    await course.passes(seconds=1)
    (seen,) = stranger.messages
    assert "assistant for patients who have a link from their clinic" in seen.text


async def test_stop_ends_the_check_ins_and_is_confirmed_once(course: Course) -> None:
    await course.joins()
    confirmation = await course.writes("STOP")
    assert len(confirmation) == 1
    await course.passes(days=3)
    assert course.you.person.messages[-1].text == confirmation[-1].text


async def alerts(course: Course) -> list[Alert]:
    return await course.stage.work(lambda uow: list(uow.alerts.of_patient(course.you.patient_id)))


def pages(person: Person) -> int:
    return sum("· patient " in seen.text.split("\n")[0] for seen in person.messages)
