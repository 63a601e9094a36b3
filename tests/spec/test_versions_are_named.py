"""Every check-in that is sent and every assessment says by which version of the schedule; a running check-in keeps its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.content.library import Library
from bot.content.own_questions import OwnQuestions
from bot.content.versions import Version
from bot.core.careplan.enrolment import CheckInState
from bot.core.careplan.schedule import CheckIn, Schedule, Silence
from bot.ports import UnitOfWork
from tests.support.course import Course, library


def slower(schedule: Schedule) -> Schedule:
    """Another version: whoever is silent is reminded only after nine hours."""

    def wait(check_in: CheckIn) -> CheckIn:
        return replace(check_in, silence=Silence(remind_after=timedelta(hours=9)))

    return replace(schedule, version="another", check_ins=tuple(map(wait, schedule.check_ins)), when_silent=())


def published(live: Schedule, *others: Schedule) -> Library:
    """Content in which ``live`` is live and the others are kept."""
    content = library()
    kept = {(one.id, one.version): Version(schedule=one, own=OwnQuestions(), file="x.yaml", text="") for one in (live, *others)}
    return replace(content, schedules={**content.schedules, live.id: live}, versions=kept)


def rows(course: Course) -> dict[str, tuple[CheckInState, str]]:
    def work(uow: UnitOfWork) -> dict[str, tuple[CheckInState, str]]:
        enrolment = uow.enrolments.of_patient(course.patient_id)[0]
        return {row.check_in: (row.state, row.version) for row in uow.check_ins.of_enrolment(enrolment.id)}

    return course.store.transact(work)


def test_a_check_in_and_an_assessment_name_the_version_they_go_by() -> None:
    course = Course().at(hours=2)
    version = course.world.content.schedules["msc-recipient"].version
    assert rows(course)["h2"] == (CheckInState.SENT, version)
    assert rows(course)["h24"] == (CheckInState.PLANNED, "")
    course.replies("no, none of these")
    question = course.world.content.questions[course.session.asked or ""]
    course.replies("my arm is a bit warm")
    first, second = course.assessments[:2]
    assert {first.schedule_version, second.schedule_version} == {version}
    assert (first.pressed, first.asked) == (True, None)
    assert (second.pressed, second.asked) == (False, question.topic)


def test_a_pinned_course_goes_on_by_its_own_version() -> None:
    course = Course()
    old = course.world.content.schedules["msc-recipient"]
    course.world = replace(course.world, content=published(slower(old), old))
    course.at(hours=2)
    assert rows(course)["h2"] == (CheckInState.SENT, old.version)
    course.later(hours=8)
    assert rows(course)["h2"][0] is not CheckInState.SENT, "reminded by its own version, not after nine hours"


def test_a_running_check_in_is_finished_by_the_version_it_was_sent_by() -> None:
    course = Course().at(hours=2)
    old = course.world.content.schedules["msc-recipient"]
    course.world = replace(course.world, content=published(slower(old), old))

    def move(uow: UnitOfWork) -> None:
        enrolment = uow.enrolments.of_patient(course.patient_id)[0]
        uow.enrolments.save(replace(enrolment, schedule_version="another"))

    course.store.transact(move)
    assert rows(course)["h2"][1] == old.version
    course.later(hours=1)
    assert rows(course)["h2"][0] is CheckInState.REMINDED
    course.at(hours=6)
    assert rows(course)["h6"] == (CheckInState.SENT, "another")
