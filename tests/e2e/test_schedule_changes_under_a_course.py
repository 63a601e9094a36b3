"""A schedule is published, changed, and taken back while the bot runs and a course is under way."""

from __future__ import annotations

import asyncio
import os
import sys
import urllib.request
from pathlib import Path

import pytest

from bot.app.publishing import Press
from bot.core.careplan.enrolment import CheckInState
from bot.core.escalation.clinician import Clinician
from bot.ports import UnitOfWork
from bot.simulator.telegram import Person, StandIn
from tests.support.bot_process import LONG_AGO, PATIENCE, ROOT, polling, running, until
from tests.support.clinic import TempClinic, new_clinic

TIGHTER = ("at_least: 38.5", "at_least: 38.0")
DAY_4 = ("  - id: d7\n", "  - id: d4\n    at: 4d 10:00\n    asks: [red_flags, sleep]\n  - id: d7\n")


@pytest.fixture
def clinic(tmp_path: Path) -> TempClinic:
    return new_clinic(tmp_path)


async def call(clinic: TempClinic, *words: str) -> tuple[int, str]:
    """`aftercare ...` as a process of its own: the bot is another one."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=ROOT,
        env={**os.environ, **clinic.environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


def on_call(clinic: TempClinic, nurse: Person, doctor: Person) -> None:
    """The first clinician has the nurse's telephone, everybody else the doctor's: nothing is published where somebody has none."""
    names = clinic.content().clinic.clinicians

    def work(uow: UnitOfWork) -> None:
        for number, (name, title) in enumerate(names.items()):
            address = nurse.address if number == 0 else doctor.address
            uow.clinicians.put(Clinician(id=name, name=title, address=address))

    clinic.work(work)


def last_assessed(clinic: TempClinic, patient: int) -> tuple[str, str]:
    """What their newest reply came to, and by which version."""
    found = clinic.work(lambda uow: uow.assessments.recent(patient, LONG_AGO))
    return (found[-1].assessment.disposition.word, found[-1].schedule_version) if found else ("", "")


def count(clinic: TempClinic, patient: int) -> int:
    return len(clinic.work(lambda uow: uow.assessments.recent(patient, LONG_AGO)))


async def says(clinic: TempClinic, patient: int, person: Person, text: str) -> tuple[str, str]:
    """They write it; what it came to, and by which version."""
    before = count(clinic, patient)
    person.writes(text)
    await until(lambda: count(clinic, patient) > before, PATIENCE, f"{text!r} is read")
    return last_assessed(clinic, patient)


async def until_version(clinic: TempClinic, patient: int, person: Person, text: str, version: str) -> str:
    """They write until the bot has taken that version over; what it came to then."""
    async with asyncio.timeout(PATIENCE):
        while True:
            word, by = await says(clinic, patient, person, text)
            if by == version:
                return word
            await asyncio.sleep(2)


def refused(port: str) -> bool:
    """Whether `/metrics` says that a file is not valid."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
            return "aftercare_content_refused 1" in page.read().decode()
    except OSError:
        return False


async def test_a_course_lives_through_publishing_a_broken_file_and_going_back(clinic: TempClinic) -> None:
    first = clinic.data("publish", clinic.schedule)["version"]
    async with StandIn() as standin:
        ann, nurse = standin.person("Ann", started=True), standin.person("Cem", started=True)
        (patient,) = clinic.patients(2, address=ann.address)
        on_call(clinic, nurse, standin.person("Two", started=True))
        settings = {**polling(standin, Path(clinic.url)), **clinic.environment}
        async with running(settings) as bot:
            assert await says(clinic, patient, ann, "my temperature is 38.2") == ("same_day", first)
            good = clinic.file.read_text(encoding="utf-8")
            clinic.file.write_text(good + "  broken: [", encoding="utf-8")
            await until(lambda: refused(settings["AFTERCARE_HTTP_PORT"]), PATIENCE, "the alarm about the broken file")
            assert await says(clinic, patient, ann, "my temperature is 38.1") == ("same_day", first)
            clinic.file.write_text(good, encoding="utf-8")
            clinic.edit(TIGHTER, DAY_4)
            code, said = await call(clinic, "publish", clinic.schedule, "--migrate", "--by", "eva")
            assert code == 0, said
            second = clinic.course(patient).schedule_version
            assert second != first
            assert clinic.rows(patient)["d4"].state is CheckInState.PLANNED
            assert await until_version(clinic, patient, ann, "my temperature is 38.2", second) == "urgent"
            await nurse.receives("38.2", timeout=PATIENCE)
            code, said = await call(clinic, "rollback", clinic.schedule)
            assert code == 0, said
            assert clinic.rows(patient)["d4"].state is CheckInState.CANCELLED
            await until_version(clinic, patient, ann, "all fine", first)
            assert bot.alive


async def test_courses_that_a_killed_publisher_left_are_moved_by_the_running_bot(clinic: TempClinic) -> None:
    clinic.data("publish", clinic.schedule)
    patients = clinic.patients(1, 2, 3)
    clinic.edit(DAY_4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Press, "move", lambda *_: 0)  # as if it had been killed right after the commit
        left = clinic.data("publish", clinic.schedule, "--migrate")
    assert left["staying"] == 3
    async with StandIn() as standin, running({**polling(standin, Path(clinic.url)), **clinic.environment}):
        await until(
            lambda: all(clinic.course(patient).schedule_version == left["version"] for patient in patients),
            PATIENCE,
            "every course has moved",
        )
    assert "d4" in clinic.rows(patients[0])
