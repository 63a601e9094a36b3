"""Sending works and nothing comes in: the patients may be answering all the while, so nobody is called silent for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.careplan.enrolment import CheckInState
from bot.core.clinical.patient import Risk
from bot.core.delivery import Lane
from bot.services import hearing
from tests.support.course import PATIENT, Course

MINUTES = timedelta(minutes=1)


class Deaf:
    """A course of somebody with a clot history (their silence becomes an alert within hours), on a bot that polls."""

    def __init__(self, channel: str = "telegram") -> None:
        self.channel = channel
        self.course = Course(risks=frozenset({Risk.PREVIOUS_CLOT}))
        self.course.read(lambda uow: hearing.begin(uow, channel, self.course.now, polled=True))
        self.last = self.course.now

    def hears(self, *, hours: float) -> None:
        """So long every poll gets an answer."""
        end = self.course.now + timedelta(hours=hours)
        while self.course.now < end:
            self.course.later(minutes=5)
            self.polls()

    def polls(self) -> None:
        course, gap = self.course, self.course.now - self.last
        course.read(lambda uow: hearing.heard(uow, course.world, self.channel, course.now, gap))
        self.last = course.now

    @property
    def kinds(self) -> list[str]:
        return [task.kind for task in self.course.tasks]


def test_while_nothing_comes_in_nobody_is_reminded_called_silent_or_alerted() -> None:
    deaf = Deaf()
    deaf.hears(hours=1.9)
    deaf.course.later(hours=26)
    assert deaf.course.alerts == []
    assert "silence" not in deaf.kinds
    reminders = [m.text for m in deaf.course.sent if m.lane is Lane.ROUTINE and m.text.startswith("I have not heard")]
    assert reminders == []


def test_once_they_come_again_the_clock_starts_anew_and_the_clinic_has_a_task() -> None:
    deaf = Deaf()
    deaf.hears(hours=1.9)
    deaf.course.later(hours=3)
    deaf.polls()
    assert deaf.kinds == ["offline"]
    [task] = deaf.course.tasks
    assert "12:0" in task.detail
    before = len(deaf.course.sent)
    deaf.hears(hours=0.4)
    assert [m for m in deaf.course.sent[before:] if m.address == str(PATIENT)] == []
    deaf.hears(hours=14)
    assert "silence" in deaf.kinds
    assert [alert.disposition.word for alert in deaf.course.alerts] == ["urgent"]
    assert any(m.text.startswith("This system was out of order") for m in deaf.course.sent)


def test_an_answer_that_comes_late_for_our_sake_is_an_answer() -> None:
    deaf = Deaf()
    deaf.hears(hours=1.9)
    deaf.course.later(hours=3)
    deaf.polls()
    deaf.course.all_well()
    assert [row.state for row in deaf.course.planned if row.check_in == "h2"] == [CheckInState.ANSWERED]


@pytest.mark.parametrize("minutes", [1, 14])
def test_a_short_gap_is_none(minutes: int) -> None:
    deaf = Deaf()
    deaf.hears(hours=1)
    deaf.course.later(minutes=minutes)
    deaf.polls()
    assert deaf.kinds == []


def test_where_nothing_is_polled_nothing_is_missing() -> None:
    """A webhook: whether anything should have come nobody can tell."""
    deaf = Deaf()
    course = deaf.course
    course.read(lambda uow: hearing.begin(uow, "telegram", course.now, polled=False))
    course.at(hours=12)
    assert "silence" in deaf.kinds


def test_a_patient_of_another_channel_is_silent_as_ever() -> None:
    deaf = Deaf(channel="pigeons")
    deaf.course.at(hours=12)
    assert "silence" in deaf.kinds


def test_a_process_that_starts_has_been_out_of_order_once_and_not_twice() -> None:
    deaf = Deaf()
    deaf.hears(hours=1)
    course = deaf.course
    course.sleeps(hours=2)
    course.read(lambda uow: hearing.begin(uow, "telegram", course.now, polled=True))
    deaf.last = course.now
    deaf.polls()
    assert deaf.kinds == []


def test_a_poll_of_tomorrow_is_no_outage_of_today() -> None:
    """The clock was ahead by a day, for a moment: nothing was missing."""
    deaf = Deaf()
    course = deaf.course
    tomorrow = course.now + timedelta(days=1)
    course.read(lambda uow: hearing.heard(uow, course.world, "telegram", tomorrow, timedelta(seconds=30)))
    tasks = len(deaf.kinds)
    deaf.polls()
    assert len(deaf.kinds) == tasks
    deaf.hears(hours=14)
    assert "silence" in deaf.kinds


def test_a_long_one_is_a_task_too() -> None:
    """offline.py tells of a long gap in which nobody looked; here somebody did look, and heard nothing."""
    deaf = Deaf()
    deaf.hears(hours=1)
    deaf.course.later(hours=40)
    deaf.polls()
    assert "offline" in deaf.kinds
