"""Two clinics, two red flags at the same moment, through the real runtime and over HTTP: each on its own telephones alone."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.app.demo.stage import enrol_cast, invite_clinicians, set_stage
from bot.core.clinical.patient import Route
from bot.core.escalation.alert import Alert, AlertState
from bot.ports import UnitOfWork
from bot.services import enrolments
from bot.services.world import World
from bot.simulator.telegram import Person
from tests.e2e.test_course_over_http import MONDAY, Course, pages
from tests.support.careplan import MESSAGES, SCHEDULES
from tests.support.two_clinics import NORTH_OF_SHIPPED

SWOLLEN = "my left calf is swollen and sore"
NORTH_STAFF = {"dr-nora", "dr-nils", "nurse-neil"}


class TwoClinics(Course):
    """The course at Cedar, and another patient whom North follows."""

    other: Person

    async def everybody_joins(self) -> None:
        for name in self.stage.parts.content.current.at("north").clinic.clinicians:
            token = await self._work(lambda uow, world, now, n=name: enrolments.invite_clinician(uow, world, now, n))  # type: ignore[misc]
            self.stage.clinicians[name] = self.stage.standin.person(name)
            self.stage.clinicians[name].opens(token)
        token = await self._work(
            lambda uow, world, now: enrolments.enrol(
                uow,
                world,
                now,
                name="Other Person",
                birth_year=1980,
                schedule="msc-recipient",
                treated_at=now,
                route=Route.IV,
                clinic="north",
            )[2]
        )
        self.other = self.stage.standin.person("Other")
        await self.joins()
        self.other.opens(token)
        await self._passing.settle()
        self.other.writes("1980")
        for label in ("English", "I agree"):
            await self._passing.settle()
            self.other.presses(label)
        await self._passing.settle()

    async def _work(self, work: Callable[[UnitOfWork, World, datetime], str]) -> str:
        world, now = self.stage.parts.world(), self.stage.clock.now()
        return await self.stage.work(lambda uow: work(uow, world, now))

    async def settles(self) -> None:
        await self._passing.settle()

    async def alerts(self) -> list[Alert]:
        """Of everybody, oldest first."""
        return await self.stage.work(lambda uow: list(uow.alerts.unresolved()))

    def paged(self) -> dict[str, int]:
        """Who has how many pages on their telephone."""
        return {name: count for name, person in self.stage.clinicians.items() if (count := pages(person))}


@pytest.fixture
async def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwoClinics]:
    schedules = tmp_path / "schedules"
    shutil.copytree(SCHEDULES, schedules)
    text = (schedules / "clinic.yaml").read_text(encoding="utf-8")
    for old, new in NORTH_OF_SHIPPED.items():
        assert old in text
        text = text.replace(old, new)
    (schedules / "clinics").mkdir()
    (schedules / "clinics" / "north.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("AFTERCARE_SCHEDULES", str(schedules))
    monkeypatch.setenv("AFTERCARE_MESSAGES", str(MESSAGES))
    stage = await set_stage(0, today=MONDAY)
    try:
        await invite_clinicians(stage)
        await enrol_cast(stage, only=("you",))
        course = TwoClinics(stage)
        await course.everybody_joins()
        yield course
    finally:
        await stage.close()


async def test_two_red_flags_at_once_each_reach_their_own_clinics_telephones_alone(two: TwoClinics) -> None:
    two.you.person.writes(SWOLLEN)
    two.other.writes(SWOLLEN)
    await two.settles()
    assert two.paged() == {"nurse-cem": 1, "nurse-neil": 1}
    told, said = two.you.person.messages[-1].text, two.other.messages[-1].text
    assert "+90 212 555 01 00" in "".join(seen.text for seen in two.you.person.messages)
    assert "+1 212 555 0100" in "".join(seen.text for seen in two.other.messages)
    assert "+90 212" not in "".join(seen.text for seen in two.other.messages), said
    assert "+1 212" not in "".join(seen.text for seen in two.you.person.messages), told

    # It is 10:00 in Istanbul, where the shift of Dr Ada runs, and 03:00 in New York, where that of Dr Nils does.
    await two.passes(minutes=10, seconds=15)
    assert two.paged() == {"nurse-cem": 1, "nurse-neil": 1, "dr-ada": 1, "dr-nils": 1}
    await two.passes(minutes=60)
    assert {"dr-nora", "dr-bora"} <= two.paged().keys()
    everybody = await two.stage.work(lambda uow: uow.patients.all())
    codes = {patient.clinic: patient.code for patient in everybody}
    for name, person in two.stage.clinicians.items():
        heard = "".join(seen.text for seen in person.messages)
        assert (codes["main"] in heard) == (name in {"dr-ada", "dr-bora", "nurse-cem"}), name
        assert (codes["north"] in heard) == (name in NORTH_STAFF), name
    assert two.stage.standin.violations == []


async def test_the_other_clinics_button_is_refused_and_audited(two: TwoClinics) -> None:
    two.other.writes(SWOLLEN)
    await two.settles()
    data = two.stage.clinicians["nurse-neil"].messages[-1].buttons[0].data
    before = len(two.nurse.messages)
    two.nurse.presses(data, forged=True)
    await two.settles()
    assert [alert.state for alert in await two.alerts()] == [AlertState.OPEN]
    assert len(two.nurse.messages) == before
    assert "Other" not in "".join(seen.text for seen in two.nurse.messages)
    two.nurse.writes("/open")
    await two.settles()
    assert two.nurse.messages[-1].text == "There is no open alert."
    await two.clinician_presses(two.stage.clinicians["nurse-neil"], "Acknowledge")
    [alert] = await two.alerts()
    assert alert.acknowledged_by == "nurse-neil"
    assert "Nurse Neil saw this at" in two.other.messages[-1].text
