"""The tick: due check-ins go out once, are reminded once, and silence reaches the clinic. Nothing stale, never two at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.careplan.occurrences import RECHECK
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.session import SessionState
from bot.core.delivery import Kind, Lane
from bot.services import check_ins, offline
from tests.support.course import PATIENT, T0, Course


def row(course: Course, name: str) -> PlannedCheckIn:
    return next(planned for planned in course.planned if planned.check_in == name)


def prompts(course: Course) -> list[str]:
    """Routine messages that the patient got, by what they are about."""
    return [m.purpose for m in course.sent if m.lane is Lane.ROUTINE and m.address == str(PATIENT) and m.kind is Kind.MESSAGE]


def test_a_check_in_goes_out_at_its_time_once() -> None:
    course = Course().at(hours=2)
    h2 = row(course, "h2")
    assert (h2.state, h2.sent_at) == (CheckInState.SENT, T0 + timedelta(hours=2))
    assert prompts(course) == [f"check_in:{h2.id}"]
    assert course.store.transact(lambda uow: check_ins.tick(uow, course.world, course.now)) == 0


def test_an_answered_check_in_is_never_reminded() -> None:
    course = Course().at(hours=2).all_well().at(hours=5)
    assert row(course, "h2").state is CheckInState.ANSWERED
    assert len(prompts(course)) == 1
    assert course.tasks == []


def test_silence_is_reminded_once_and_then_is_a_task_for_the_clinic() -> None:
    course = Course().at(hours=2)
    course.later(minutes=29)
    assert len(prompts(course)) == 1
    course.later(minutes=2)
    assert len(prompts(course)) == 2
    assert row(course, "h2").state is CheckInState.REMINDED
    course.at(hours=3, minutes=31)
    assert row(course, "h2").state is CheckInState.SILENT
    assert len(prompts(course)) == 2
    course.expect_task("silence", Disposition.SAME_DAY)


def test_a_late_answer_still_answers_the_question_and_is_noted_as_late() -> None:
    course = Course().at(hours=5).all_well()
    assert row(course, "h2").state is CheckInState.ANSWERED
    assert "all for now" in course.last


def test_half_a_day_after_the_silence_a_message_answers_nothing_any_more() -> None:
    course = Course().at(hours=2)
    ahead = [replace(planned, state=CheckInState.SKIPPED) for planned in course.planned if planned.state is CheckInState.PLANNED]
    for planned in ahead:
        course.read(lambda uow, planned=planned: uow.check_ins.save(planned))  # type: ignore[misc]
    course.at(hours=15)
    assert course.session.asked == "red_flags"
    course.at(hours=16).says("/help")
    assert course.state() is SessionState.IDLE


def test_silence_after_a_red_flag_is_urgent() -> None:
    course = Course().at(hours=2).says("my left calf is swollen and sore")
    course.at(hours=11, minutes=50)
    course.expect_task("silence", Disposition.URGENT)


def test_either_copy_of_a_reminded_question_answers_it() -> None:
    course = Course().at(hours=2)
    first = course.button("No, none of these")
    course.later(hours=1, minutes=1).presses_button(first)
    assert course.session.position == 1


def plan_recheck(course: Course, *, at_hours: float) -> None:
    recheck = PlannedCheckIn(
        id=0,
        enrolment_id=course.enrolment.id,
        patient_id=course.patient_id,
        check_in=RECHECK,
        occurrence=1,
        due_at=T0 + timedelta(hours=at_hours),
        questions=("red_flags", "sleep"),
    )
    course.read(lambda uow: uow.check_ins.plan([recheck]))


def test_a_newer_check_in_takes_the_place_of_one_that_was_answered_in_part() -> None:
    course = Course()
    plan_recheck(course, at_hours=2.2)
    course.at(hours=2).presses("No, none of these").at(hours=2.25)
    assert row(course, "h2").state is CheckInState.ANSWERED
    assert course.session.questions == ("red_flags", "sleep")
    assert course.tasks == []


def test_a_newer_check_in_takes_the_place_of_one_that_was_reminded_in_vain_and_the_clinic_knows() -> None:
    course = Course()
    plan_recheck(course, at_hours=3)
    course.at(hours=3)
    assert row(course, "h2").state is CheckInState.SILENT
    assert course.session.check_in_id == row(course, RECHECK).id
    course.expect_task("silence")


def test_after_a_day_down_one_current_check_in_goes_out_and_the_rest_is_recorded_as_missed() -> None:
    course = Course().at(hours=2).all_well().later(minutes=5)
    course.sleeps(hours=23)
    assert row(course, "h6").state is CheckInState.MISSED_SYSTEM
    assert row(course, "h12").state is CheckInState.MISSED_SYSTEM
    assert row(course, "h24").state is CheckInState.SENT
    assert len(prompts(course)) == 2


def test_a_question_still_open_after_a_day_down_goes_to_the_clinic_and_is_not_reminded_stale() -> None:
    course = Course().at(hours=2)
    course.sleeps(hours=20)
    assert row(course, "h2").state is not CheckInState.SENT
    assert len([p for p in prompts(course) if p == f"check_in:{row(course, 'h2').id}"]) == 1


def test_a_batch_takes_no_more_than_its_limit_and_leaves_the_rest_due() -> None:
    course = Course()
    due = T0 + timedelta(days=40)
    served = 0
    while (count := course.store.transact(lambda uow: check_ins.tick(uow, course.world, due, limit=3))) == 3:
        served += count
    assert served > 3
    assert len([r for r in course.planned if r.state is CheckInState.SENT]) <= 1


def test_an_empty_tick_writes_nothing() -> None:
    course = Course()
    now = course.now + timedelta(seconds=30)
    before = course.read(lambda uow: uow.inbox.cursor(offline.LAST_RUN))
    assert course.store.transact(lambda uow: check_ins.tick(uow, course.world, now)) == 0
    assert course.read(lambda uow: uow.inbox.cursor(offline.LAST_RUN)) == before


def test_a_reminder_waits_for_the_morning_where_the_check_in_keeps_quiet_hours() -> None:
    course = Course(treated_at=T0 + timedelta(hours=10)).at(days=1, hours=9)
    while not prompts(course):
        course.to_next_check_in()
    course.all_well()
    course.at(days=2, hours=9).to_next_check_in()
    sent_at = course.now
    course.later(hours=16)
    reminded = [r.sent_at for r in course.planned if r.state in {CheckInState.REMINDED, CheckInState.SILENT}]
    assert reminded
    zone = course.patient.zone()
    quiet = course.world.content.schedules["msc-recipient"].quiet_hours
    assert quiet is not None
    local = sent_at.astimezone(zone).time()
    assert quiet.end <= local or local < quiet.start


def test_a_re_check_comes_four_hours_after_a_fever_that_is_managed_at_home() -> None:
    course = Course().at(hours=2).all_well().at(hours=4).says("temperature 38.2, feeling ok")
    (recheck,) = [r for r in course.planned if r.check_in == RECHECK]
    assert recheck.due_at == T0 + timedelta(hours=8)
    course.at(hours=6).all_well()
    course.at(hours=8)
    assert "Let us see how it is now" in course.last
    assert course.session.questions == ("red_flags", "temperature")


def test_two_findings_share_one_re_check_at_the_earlier_time() -> None:
    course = Course().at(hours=2).all_well().at(hours=3).says("I slept badly, hardly at all").says("temperature 38.2, feeling ok")
    (recheck,) = [r for r in course.planned if r.check_in == RECHECK]
    assert recheck.due_at == T0 + timedelta(hours=7)
    assert {"temperature", "sleep"} <= set(recheck.questions)


def test_an_unanswered_closed_question_is_a_persons_business_after_half_an_hour() -> None:
    course = Course().at(hours=2).all_well().at(hours=3).says("qwertz uiop asdf")
    assert course.state() is SessionState.CLARIFYING
    course.later(minutes=29)
    assert course.state() is SessionState.CLARIFYING
    course.later(minutes=2)
    assert course.state() is SessionState.IDLE
    assert any(alert.disposition is Disposition.SAME_DAY for alert in course.alerts) or course.tasks


def test_a_check_in_waits_while_a_closed_question_is_open() -> None:
    course = Course().at(hours=1, minutes=50).says("qwertz uiop asdf").at(hours=2, minutes=1)
    assert prompts(course) == []
    course.presses("No").later(minutes=10)
    assert course.session.asked == "red_flags"
