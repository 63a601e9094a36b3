"""Somebody sets the machine's clock a day ahead: no burst of check-ins, an alarm, and a person's word or the right time to go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.careplan.enrolment import CheckInState
from bot.core.conversation.session import SessionState
from bot.core.delivery import Lane, OutgoingMessage
from bot.core.timekeeping import Anchor
from bot.ports import UnitOfWork
from bot.services import auditor, check_ins, clock_watch, offline
from tests.support.course import PATIENT, Course

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Machine:
    """A course on a machine whose clock can be set, while the time that truly passes is known."""

    def __init__(self) -> None:
        self.course = Course().at(hours=2).all_well().at(hours=6).all_well()
        self.passed = timedelta()
        self.anchor: Anchor | None = None
        self.looks()

    def looks(self) -> None:
        """One tick of the bot."""
        course = self.course

        def work(uow: UnitOfWork) -> None:
            self.anchor = clock_watch.look(uow, course.world, course.now, self.anchor, self.passed)
            check_ins.tick(uow, course.world, course.now, 100)

        course.read(work)
        course._settle()

    def passes(self, time: timedelta) -> None:
        """Time passes and the clock shows it."""
        self.passed += time
        self.course.now += time
        self.looks()

    def set(self, by: timedelta) -> None:
        """Somebody sets the clock."""
        self.course.now += by
        self.passes(SECOND)

    def restarts(self) -> None:
        """The process ends and another begins: what has passed counts from nought."""
        self.passed, self.anchor = timedelta(), None
        self.passes(SECOND)

    @property
    def prompts(self) -> list[OutgoingMessage]:
        return [m for m in self.course.sent if m.lane is Lane.ROUTINE and m.address == str(PATIENT)]

    @property
    def held(self) -> bool:
        return self.course.read(clock_watch.held)

    @property
    def kinds(self) -> list[str]:
        return [task.kind for task in self.course.tasks]

    @property
    def report(self) -> auditor.Report:
        course = self.course
        return course.read(lambda uow: auditor.inspect(uow, course.world, course.now))


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_clock_that_is_set_a_day_ahead_asks_nothing_and_is_an_alarm(machine: Machine) -> None:
    before = len(machine.prompts)
    machine.set(DAY)
    for _ in range(3):
        machine.passes(timedelta(hours=2))
    assert machine.held
    assert len(machine.prompts) == before
    assert machine.kinds == ["clock_jumped"]
    assert not machine.report.heartbeat
    assert [p.kind for p in machine.report.problems if p.kind == "clock_jumped"] == ["clock_jumped"]


def test_it_is_one_task_however_often_the_clock_is_looked_at(machine: Machine) -> None:
    machine.set(DAY)
    machine.restarts()
    machine.passes(SECOND)
    assert machine.kinds == ["clock_jumped"]


def test_when_the_clock_is_right_again_all_goes_on_as_if_nothing_had_been(machine: Machine) -> None:
    before = len(machine.prompts)
    machine.set(DAY)
    machine.set(-DAY)
    assert not machine.held
    assert machine.kinds == []
    machine.passes(timedelta(hours=6))
    assert len(machine.prompts) == before + 1
    assert all(row.state is not CheckInState.MISSED_SYSTEM for row in machine.course.planned)
    assert "clock_jumped" not in [p.kind for p in machine.report.problems]


def test_once_a_person_confirms_the_time_one_current_check_in_goes_out(machine: Machine) -> None:
    """Then the clock was wrong before, or the machine was asleep: a gap like any other."""
    before = len(machine.prompts)
    machine.set(2 * DAY)
    assert machine.course.read(lambda uow: clock_watch.confirm(uow, "operator", machine.course.now))
    machine.passes(SECOND)
    assert not machine.held
    assert "clock_jumped" not in machine.kinds
    assert sum(m.purpose.startswith("check_in:") for m in machine.prompts[before:]) <= 1
    machine.passes(timedelta(hours=6))
    assert not machine.held


def test_without_a_jump_there_is_nothing_to_confirm(machine: Machine) -> None:
    assert not machine.course.read(lambda uow: clock_watch.confirm(uow, "operator", machine.course.now))


def test_a_restart_does_not_forget_it(machine: Machine) -> None:
    machine.set(DAY)
    machine.restarts()
    machine.passes(timedelta(hours=1))
    assert machine.held
    machine.set(-DAY)
    assert not machine.held


def test_a_process_that_starts_when_the_clock_is_right_again_goes_on(machine: Machine) -> None:
    machine.set(DAY)
    machine.course.now -= DAY
    machine.restarts()
    assert not machine.held


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(hours=-1), timedelta(hours=11), -DAY])
def test_a_smaller_correction_or_one_backwards_holds_nothing_up(machine: Machine, by: timedelta) -> None:
    machine.set(by)
    assert not machine.held
    assert machine.kinds == []


def test_a_clock_that_was_set_back_a_day_is_put_right_without_further_ado(machine: Machine) -> None:
    machine.set(-DAY)
    machine.passes(timedelta(hours=1))
    machine.set(DAY)
    assert not machine.held
    machine.set(DAY)
    assert machine.held


def test_a_clock_that_was_set_back_a_day_and_then_two_ahead_is_in_doubt(machine: Machine) -> None:
    machine.set(-DAY)
    machine.set(2 * DAY)
    assert machine.held


def test_a_machine_that_boots_in_the_past_and_then_learns_the_time_is_not_in_doubt(machine: Machine) -> None:
    """Three days later, and without a battery: it begins years ago, until a time server tells."""
    years = timedelta(days=3000)
    machine.course.now -= years
    machine.restarts()
    machine.passes(timedelta(minutes=1))
    machine.set(years + 3 * DAY)
    assert not machine.held
    machine.passes(timedelta(minutes=1))
    machine.set(DAY)
    assert machine.held


def test_time_that_truly_passes_is_no_jump(machine: Machine) -> None:
    machine.passes(3 * DAY)
    assert not machine.held


def test_what_a_patient_writes_and_an_alert_wait_for_no_clock(machine: Machine) -> None:
    machine.set(DAY)
    machine.course.says("I cannot breathe and my chest hurts")
    assert machine.course.last.startswith("Call 112 now")
    assert [alert.disposition.word for alert in machine.course.alerts] == ["emergency"]
    assert any(m.purpose.startswith("alert:") for m in machine.course.sent)


@pytest.mark.parametrize("by", [DAY, timedelta(hours=2)])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_closed_question_of_tomorrow_is_not_open_until_tomorrow(machine: Machine, by: timedelta, *, restarted: bool) -> None:
    """Whether the clock was held for it, and whether the process that finds it right again is the one that asked."""
    machine.set(by)
    machine.passes(timedelta(minutes=6))
    machine.course.says("qwertz uiop")
    assert machine.course.session.state is SessionState.CLARIFYING
    if restarted:
        machine.course.now -= by
        machine.restarts()
    else:
        machine.set(-by)
    machine.passes(SECOND)
    assert machine.course.session.clarifying is None
    assert [alert.disposition.word for alert in machine.course.alerts] == ["same_day"]


def test_a_closed_question_of_now_has_its_time(machine: Machine) -> None:
    machine.course.says("qwertz uiop")
    machine.restarts()
    machine.passes(timedelta(minutes=20))
    assert machine.course.session.state is SessionState.CLARIFYING


def test_an_outage_that_ended_tomorrow_makes_nobody_s_silence_ours(machine: Machine) -> None:
    """The process started while the clock was ahead: the end of that outage has not come yet."""
    course = machine.course
    course.read(lambda uow: check_ins.started(uow, course.world, course.now + DAY))
    course.at(hours=23)
    assert "silence" in machine.kinds


def test_the_gap_of_a_held_clock_is_not_looked_for(machine: Machine) -> None:
    look = machine.course.read(offline.last_look)
    machine.set(DAY)
    machine.passes(timedelta(hours=1))
    assert machine.course.read(offline.last_look) == look
