"""A red flag is acted on whatever was asked, whenever it is said, whoever has stopped; what is not understood goes to a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.delivery import Lane
from bot.core.escalation.alert import AlertState
from tests.support.course import PATIENT, T0, Course
from tests.support.transcript import plain


def test_a_red_flag_in_the_middle_of_a_check_in_is_alerted_before_the_next_question() -> None:
    course = Course(schedule="msc-recipient", language="en", treated_at=T0)
    course.at(hours=24).asks("temperature").replies("37.1, but my calf is swollen and sore")
    course.expect_alert("deep_vein_thrombosis", Disposition.URGENT)
    course.expect_patient_told("emergency_number")
    assert course.session.asked is None


def test_the_number_to_call_is_the_first_line_and_goes_before_everything_else_to_the_patient() -> None:
    course = Course().says("I can't breathe and my lips are swelling")
    course.expect_alert("anaphylaxis", Disposition.EMERGENCY)
    first = next(m for m in course.sent[course.sent_before :] if m.address == str(PATIENT))
    assert first.lane is Lane.SAFETY
    assert plain(first.text).startswith(f"Call {course.world.content.clinic.emergency_number} now.")


def test_urgent_gives_the_clinics_phone_first_and_then_when_to_call_the_emergency_number() -> None:
    course = Course().at(hours=2).all_well().at(days=12, hours=3).says("left calf swollen and sore since yesterday")
    clinic = course.world.content.clinic
    text = next(t for t in reversed(course.told()) if "Phone the clinic now" in t)
    assert text.startswith(f"Phone the clinic now: {clinic.phone}")
    assert f"Call {clinic.emergency_number} at once" in text


def test_thoughts_of_suicide_get_both_numbers_at_once() -> None:
    course = Course().says("I want to die, this pain won't stop")
    course.expect_alert("self_harm_crisis", Disposition.EMERGENCY)
    course.expect_patient_told("emergency_number").expect_patient_told("crisis_number")


def test_the_alert_is_in_the_same_transaction_as_its_assessment() -> None:
    course = Course().says("crushing chest pain")
    (alert,) = course.alerts
    stored = course.read(lambda uow: uow.assessments.get(alert.assessment_id))
    assert stored.text == "crushing chest pain"
    assert (stored.assessment.disposition, stored.at) == (Disposition.EMERGENCY, alert.opened_at)
    assert stored.assessment.reasons
    assert stored.assessment.content


@pytest.mark.parametrize("until", ["opens", "identity", "language"])
def test_a_red_flag_counts_before_consent_too(until: str) -> None:
    course = Course(onboarded=False).opens()
    if until != "opens":
        course.replies("1961")
    if until == "language":
        course.presses("English")
    course.says("I have crushing chest pain")
    course.expect_alert("chest_pain", Disposition.EMERGENCY).expect_patient_told("emergency_number")


def test_a_red_flag_of_somebody_who_stopped_is_alerted() -> None:
    course = Course().says("STOP").later(days=2).says("crushing chest pain")
    course.expect_alert("chest_pain", Disposition.EMERGENCY)


def test_stop_with_a_mild_symptom_is_advised_on_and_no_re_check_is_promised() -> None:
    course = Course().says("STOP. the drip site bleeds a little")
    told = course.told()
    assert any("Press firmly" in text for text in told)
    assert not any("ask you again" in text for text in told)
    assert not any(planned.check_in == "recheck" for planned in course.planned)
    course.expect_patient_told("I have stopped")


def test_what_to_watch_for_is_said_once_in_one_message() -> None:
    course = Course().at(hours=2).all_well().later(minutes=30)
    before = len(course.told())
    told = course.says("I found a new lump in my breast").told()[before:]
    assert len(told) == 1
    assert told[0].startswith("Thank you for telling me. I have told the clinic.")
    assert told[0].count("swollen face or tongue") == 1


def test_stop_with_a_red_flag_is_a_stop_and_an_alert() -> None:
    course = Course().says("STOP. My drip site is bleeding and it won't stop")
    course.expect_alert("bleeding_bruising", Disposition.EMERGENCY)
    course.expect_task("stopped")
    course.expect_patient_told("I have stopped")


def test_a_carer_who_writes_of_the_patient_is_heard_after_one_press() -> None:
    course = Course().at(hours=2).all_well().later(minutes=30).says("my wife has a fever")
    assert course.alerts == []
    if course.session.clarifying is None:
        course.presses("Yes, about the one who was treated")
    else:
        course.presses("Yes")
    assert any(f.symptom == "fever" and f.status is Status.PRESENT for a in course.assessments for f in a.assessment.findings)


def test_what_is_not_understood_goes_to_a_person_within_half_an_hour() -> None:
    course = Course().at(hours=2).all_well().later(minutes=30).says("qwertz uiop")
    assert course.alerts == []
    course.later(minutes=31)
    assert [alert.disposition for alert in course.alerts] == [Disposition.SAME_DAY]
    course.expect_patient_told("passing it to a person")


def test_a_second_unreadable_answer_goes_to_a_person_at_once() -> None:
    course = Course().at(hours=2).all_well().later(minutes=30).says("qwertz uiop").says("bla bla blub")
    assert [alert.disposition for alert in course.alerts] == [Disposition.SAME_DAY]


def test_markup_of_a_patient_is_no_markup_of_ours() -> None:
    course = Course().says("<b>crushing chest pain & it is tight </b></b> <i>")
    course.expect_alert("chest_pain", Disposition.EMERGENCY)
    pages = [m for m in course.sent if m.clinician]
    assert pages
    assert all(m.text.count("<b>") == m.text.count("</b>") for m in pages)


def test_a_message_with_nul_and_a_lone_surrogate_is_kept_and_answered() -> None:
    course = Course().says("chest pain \x00 \ud800 very bad")
    course.expect_alert("chest_pain", Disposition.EMERGENCY)


def test_an_edit_is_never_a_silent_downgrade() -> None:
    course = Course().says("crushing chest pain").later(minutes=1).edits("all fine")
    course.expect_patient_told("stays as it is")
    assert course.alerts[0].state is AlertState.OPEN


def test_a_same_day_finding_says_by_when_the_clinic_answers_and_plans_a_look_back() -> None:
    course = Course().at(days=2, hours=2)
    course.all_well().says("38.4 degrees fever, otherwise I feel ok")
    course.expect_patient_told("no later than")
    assert any(row.check_in == "recheck" and row.due_at > course.now + timedelta(hours=3) for row in course.planned)


def test_nobody_is_ever_told_that_they_are_fine() -> None:
    course = Course().at(hours=2).all_well().later(hours=1).says("no fever, no pain, slept well").says("ok thanks")
    words = " ".join(course.told()).lower()
    for forbidden in ("you are fine", "normal", "harmless", "don't worry", "nothing serious", "not a clot"):
        assert forbidden not in words
