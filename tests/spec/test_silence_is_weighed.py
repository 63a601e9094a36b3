"""Silence, weighed by phase, risks and what was heard last; and the two things that only look like it: unreachable, and our outage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.careplan.schedule import Phase
from bot.core.careplan.silence import silence_for
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk, Route
from bot.core.delivery import DeliveryState, OutgoingMessage
from bot.services import check_ins, offline, silence
from tests.support.course import Course, library

CLOT = frozenset({Risk.PREVIOUS_CLOT})
NOT_HEARD = "I have not heard from you. So that nothing is missed"


def row(course: Course, name: str) -> PlannedCheckIn:
    return next(planned for planned in course.planned if planned.check_in == name)


def told(course: Course, start: str) -> int:
    return sum(text.startswith(start) for text in course.told())


def tasks(course: Course) -> list[str]:
    return [task.kind for task in course.tasks]


def silenced(course: Course) -> Course:
    """Answers everything of the first day but the check-in after 24 hours."""
    for hours in (2, 6, 12.1):
        course.at(hours=hours).all_well()
    return course.at(hours=22)


def test_day_1_of_a_patient_with_a_clot_history_becomes_an_alert_within_hours() -> None:
    course = silenced(Course(risks=CLOT)).at(hours=24, minutes=31)
    assert row(course, "h24").state is CheckInState.REMINDED
    course.at(hours=25, minutes=1)
    assert (tasks(course), course.alerts) == (["silence"], [])
    course.at(hours=26, minutes=1)
    [alert] = course.alerts
    assert alert.disposition is Disposition.URGENT
    assert told(course, NOT_HEARD) == 1
    [page] = [m.text for m in course.sent if m.purpose == f"alert:{alert.id}"][:1]
    assert "(nothing written)" in page
    assert "No answer to the check-in h24 for 2 h, nor to the reminder (silence.h24)" in page
    assert "Do: phone the patient now; nobody has heard from them" in page
    assert "risks: previous clot" in page


def test_the_same_silence_of_somebody_without_that_risk_stays_a_task() -> None:
    course = silenced(Course()).at(hours=30)
    assert "silence" in tasks(course)
    assert course.alerts == []


def test_in_month_5_it_waits_and_stays_a_task() -> None:
    schedule = library().schedules["msc-recipient"]
    month = schedule.check_in("mo5") or schedule.check_ins[-1]
    patient = PatientContext(route=Route.IV, risks=frozenset(Risk), hours_since_treatment=150 * 24)
    means = silence_for(month.silence, schedule.when_silent, phase=Phase.LONG_TERM, patient=patient, last=Disposition.SAME_DAY)
    assert means == month.silence
    assert means.alert_after is None
    assert means.remind_after >= timedelta(days=1)


def test_one_word_before_the_alert_is_enough() -> None:
    course = silenced(Course(risks=CLOT)).at(hours=25, minutes=30).says("I feel well").at(hours=28)
    assert [alert for alert in course.alerts if alert.disposition is Disposition.URGENT] == []
    assert told(course, NOT_HEARD) == 0


def test_whoever_told_something_for_the_same_day_is_missed_sooner() -> None:
    course = silenced(Course()).says("pain 5/10 in my back")
    level = course.assessments[-1].assessment.disposition
    assert level is Disposition.SAME_DAY
    course.at(hours=28, minutes=1)
    assert [a.disposition for a in course.alerts if a.disposition is Disposition.URGENT]


# --- what only looks like silence ----------------------------------------------------------------------------------------


def test_after_an_outage_of_ours_the_clock_of_silence_starts_again() -> None:
    course = silenced(Course(risks=CLOT)).at(hours=24, minutes=5)
    course.sleeps(hours=5)
    assert (tasks(course), course.alerts) == ([], [])
    assert row(course, "h24").state is CheckInState.SENT
    course.later(minutes=31)
    assert row(course, "h24").state is CheckInState.REMINDED


def test_an_outage_that_ended_before_the_reminder_counts_too_and_the_reminder_says_so() -> None:
    course = silenced(Course(risks=CLOT)).at(hours=24)
    course.read(lambda uow: uow.inbox.set_cursor(offline.LAST_RUN, int(course.now.timestamp())))
    course.now += timedelta(minutes=25)
    assert course.read(lambda uow: check_ins.started(uow, course.world, course.now))
    assert "offline" in tasks(course)
    course.at(hours=24, minutes=40)
    assert row(course, "h24").state is CheckInState.SENT
    course.at(hours=24, minutes=56)
    assert row(course, "h24").state is CheckInState.REMINDED
    assert told(course, "This system was out of order for a while") == 1


def test_a_restart_within_minutes_is_no_outage() -> None:
    course = Course().at(hours=2)
    course.read(lambda uow: uow.inbox.set_cursor(offline.LAST_RUN, int(course.now.timestamp())))
    assert not course.read(lambda uow: check_ins.started(uow, course.world, course.now + timedelta(minutes=5)))
    assert tasks(course) == []


def prompt(course: Course, name: str) -> OutgoingMessage:
    purpose = f"check_in:{row(course, name).id}"
    return course.read(lambda uow: uow.outbox.of_purpose(purpose, newest=1))[-1]


def test_a_prompt_that_never_left_us_is_no_silence() -> None:
    course = Course(risks=CLOT).at(hours=2)
    waiting = replace(prompt(course, "h2"), state=DeliveryState.PENDING, due_at=course.now + timedelta(days=9))
    course.read(lambda uow: uow.outbox.save(waiting))
    course.at(hours=5)
    assert row(course, "h2").state is CheckInState.SENT
    assert (tasks(course), course.alerts) == ([], [])


def test_a_prompt_that_failed_for_good_is_somebody_to_phone_and_not_somebody_silent() -> None:
    course = Course().at(hours=2)
    failed = replace(prompt(course, "h2"), state=DeliveryState.DEAD, due_at=None)
    course.read(lambda uow: uow.outbox.save(failed))
    course.at(hours=5)
    assert tasks(course) == ["undelivered"]
    assert row(course, "h2").state is CheckInState.SKIPPED


def test_whoever_blocks_the_bot_is_unreachable_and_where_silence_would_alert_so_does_this() -> None:
    course = silenced(Course(risks=CLOT)).at(hours=23).blocks().at(hours=24, minutes=1)
    [alert] = course.alerts
    stored = course.read(lambda uow: uow.assessments.get(alert.assessment_id))
    assert stored.assessment.reasons[0].rule == "unreachable.h24"
    assert "silence" not in tasks(course)
    calm = silenced(Course()).at(hours=23).blocks().at(hours=40)
    assert calm.alerts == []


def test_the_row_that_waits_for_the_alert_is_no_check_in_of_the_schedule() -> None:
    course = silenced(Course(risks=CLOT)).at(hours=25, minutes=2)
    waking = row(course, silence.SILENCE)
    assert (waking.occurrence, waking.state) == (row(course, "h24").id, CheckInState.PLANNED)


def test_of_a_check_in_at_bedtime_the_alert_waits_for_the_morning() -> None:
    course = Course(risks=CLOT).at(hours=2).all_well().at(hours=6).all_well().at(hours=20.9)
    assert course.alerts == []
    assert row(course, "h12").state is CheckInState.SILENT
    course.at(hours=21.1)
    assert len(course.alerts) == 1
