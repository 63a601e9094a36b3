"""Somebody who writes without end is read without end and answered a little; a system that was down says so."""

from __future__ import annotations

from datetime import timedelta

from bot.core.careplan.enrolment import CheckInState
from bot.core.clinical.disposition import Disposition
from bot.services import check_ins, offline
from bot.services.flood import MANY, TOLD
from tests.support.course import Course

PAUSED = "I cannot answer so many at once"
OFFLINE = "We were offline"


def write_many(course: Course, text: str, times: int) -> None:
    for _ in range(times):
        course.replies(text)


def test_of_very_many_messages_each_is_read_and_only_some_are_answered() -> None:
    course = Course().at(hours=3)
    before, read = len(course.told()), len(course.assessments)
    write_many(course, "fine, thanks", 60)
    assert len(course.assessments) - read == 60
    assert len(course.told()) - before <= MANY + 1
    assert sum(PAUSED in text for text in course.told()) == 1


def test_a_red_flag_in_the_flood_is_answered_and_paged_and_its_repetition_only_paged() -> None:
    course = Course().at(hours=3)
    write_many(course, "fine, thanks", MANY + 10)
    before = len(course.told())
    write_many(course, "I have crushing chest pain and cannot breathe", TOLD + 10)
    course.expect_alert("chest_pain", Disposition.EMERGENCY)
    urgent = [text for text in course.told()[before:] if "Call" in text]
    assert len(urgent) == TOLD
    assert course.assessments[-1].assessment.disposition is Disposition.EMERGENCY


def test_after_a_minute_of_rest_they_are_answered_again() -> None:
    course = Course().at(hours=3)
    write_many(course, "fine, thanks", MANY + 10)
    course.later(minutes=2)
    before = len(course.told())
    course.replies("37.1 and a bit tired")
    assert len(course.told()) > before
    assert PAUSED not in course.last


def test_after_a_long_gap_patient_and_clinic_are_told_once() -> None:
    course = Course().at(hours=2).all_well().later(minutes=5)
    course.sleeps(hours=30)
    assert sum(OFFLINE in text for text in course.told()) == 1
    course.expect_task("offline", Disposition.SAME_DAY)
    assert len([task for task in course.tasks if task.kind == "offline"]) == 1
    course.later(hours=1)
    assert sum(OFFLINE in text for text in course.told()) == 1


def test_after_a_short_gap_nobody_is_told() -> None:
    course = Course().at(hours=2).all_well().later(minutes=5)
    course.sleeps(hours=12)
    assert not any(OFFLINE in text for text in course.told())
    assert not any(task.kind == "offline" for task in course.tasks)


def test_what_was_missed_is_ours_to_the_last_batch_of_it() -> None:
    course = Course().at(hours=2).all_well().later(minutes=5)
    now = course.now + timedelta(hours=30)
    while course.read(lambda uow: check_ins.tick(uow, course.world, now, limit=1)) == 1:
        pass
    missed = {row.check_in for row in course.planned if row.state is CheckInState.MISSED_SYSTEM}
    assert {"h6", "h12"} <= missed
    assert not course.read(lambda uow: uow.inbox.cursor(offline.BEFORE_GAP))
