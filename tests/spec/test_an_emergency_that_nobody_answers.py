"""While an emergency has nobody: what the patient writes is answered with the number to call first, and nothing cheerful is sent.

They are told once that nobody has answered, and once more when the whole chain has been tried; then only what is new is said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.content.messages import LANGUAGES
from bot.core.careplan.enrolment import CheckInState
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import DeliveryState, Kind, Lane, OutgoingMessage
from bot.core.escalation.alert import AlertState
from bot.ports import UnitOfWork
from tests.support.course import PATIENT, Course, library
from tests.support.transcript import plain

EMERGENCY = "I cannot breathe and my chest hurts"


def gasping(text: str = EMERGENCY) -> Course:
    """The day after the infusion, 08:00 in London; a check-in comes at 10:00."""
    return Course().at(hours=2).all_well().at(hours=22).says(text)


def first_line(language: str = "en", key: str = "emergency.still") -> str:
    clinic = library().clinic
    return plain(library().text(language, key, emergency_number=clinic.emergency_number, crisis_number=clinic.crisis_number))


def since(course: Course) -> list[str]:
    """What the patient was told since they last wrote."""
    return [plain(m.text) for m in course.sent[course.sent_before :] if m.address == str(PATIENT) and m.kind is Kind.MESSAGE]


def waits(course: Course) -> list[str]:
    """What they were told of nobody having answered."""
    return [plain(m.text) for m in course.sent if m.purpose.startswith("alert_waits:")]


def routine(course: Course, before: int) -> list[OutgoingMessage]:
    return [m for m in course.sent[before:] if m.lane is Lane.ROUTINE and m.address == str(PATIENT)]


# --- what they write -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_milder_message_is_answered_with_the_number_to_call_first(language: str) -> None:
    course = gasping()
    course.read(lambda uow: uow.patients.save(replace(uow.patients.get(course.patient_id), language=language)))
    course.later(minutes=2).says("I feel ill")
    assert "112" in first_line(language)
    assert since(course)[0].startswith(first_line(language))


@pytest.mark.parametrize(
    "text", ["I feel ill", "I am fine", "qwertz uiop", "/help", "/report", "my left calf is swollen and sore", "STOP"]
)
def test_whatever_they_write_the_number_comes_first(text: str) -> None:
    course = gasping().later(minutes=1).says(text)
    assert since(course)[0].startswith((first_line(), "Call 112 now"))
    assert sum(told.startswith(first_line()) for told in since(course)) <= 1


def test_an_old_button_is_answered_with_the_number_first() -> None:
    course = Course().at(hours=2)
    button = course.button("No, none of these")
    course.all_well().at(hours=22).says(EMERGENCY).later(minutes=1).presses_button(button)
    assert since(course)[0].startswith(first_line())


def test_an_emergency_said_again_has_its_own_first_line_and_not_two() -> None:
    course = gasping().later(minutes=2).says("I still cannot breathe")
    assert since(course)[0].startswith("Call 112 now.")
    assert first_line() not in since(course)[0]


def test_a_crisis_names_the_crisis_line_again() -> None:
    course = gasping("I want to kill myself").later(minutes=2).says("I feel ill")
    assert since(course)[0].startswith(first_line(key="emergency.still_crisis"))


def test_once_somebody_has_it_home_advice_is_home_advice() -> None:
    course = gasping().later(minutes=1).clinician_presses("Acknowledge").later(minutes=1).says("I feel ill")
    assert first_line() not in since(course)[0]


def test_an_urgent_alert_that_nobody_answers_is_no_emergency() -> None:
    course = gasping("my left calf is swollen and sore").later(minutes=2).says("I feel ill")
    assert course.alerts[0].disposition is Disposition.URGENT
    assert first_line() not in since(course)[0]


# --- what we say by ourselves --------------------------------------------------------------------------------------------


def test_that_nobody_answers_is_said_at_the_first_expiry_and_once_more_after_the_whole_chain() -> None:
    course = gasping()
    assert [len(waits(course.later(minutes=m))) for m in (2, 2, 3, 2, 60, 24 * 60)] == [0, 1, 1, 2, 2, 2]
    first, second = waits(course)
    assert first.startswith("Call 112 now")
    assert second.startswith("Call 112 now")
    assert second != first
    assert course.alerts[0].state is AlertState.OPEN


def test_what_is_new_is_said_again() -> None:
    """Somebody took it and did not see to it: nobody has it once more."""
    course = gasping().later(minutes=20)
    assert len(waits(course)) == 2
    course.clinician_presses("Acknowledge").later(hours=1, minutes=31)
    assert course.alerts[0].state is AlertState.OPEN
    assert len(waits(course.later(minutes=4))) == 3
    assert len(waits(course.later(minutes=6))) == 4
    assert len(waits(course.later(hours=6))) == 4


def test_an_urgent_alert_that_becomes_an_emergency_is_said_anew() -> None:
    course = gasping("my left calf is swollen and sore").later(minutes=11)
    assert len(waits(course)) == 1
    course.says(EMERGENCY)
    assert len(waits(course.later(minutes=4))) == 2
    assert waits(course)[-1].startswith("Call 112 now")


def test_an_urgent_alert_is_said_once_more_after_its_whole_chain_too() -> None:
    course = gasping("my left calf is swollen and sore")
    assert [len(waits(course.later(minutes=m))) for m in (11, 23, 2, 300)] == [1, 1, 2, 2]
    assert "emergency department" in waits(course)[-1]


# --- check-ins -----------------------------------------------------------------------------------------------------------


def test_no_check_in_is_asked_while_nobody_has_the_emergency_and_it_is_when_somebody_has() -> None:
    course = gasping()
    before = len(course.sent)
    assert routine(course.at(hours=24, minutes=20), before) == []
    course.clinician_presses("Acknowledge").later(minutes=6)
    assert [m.purpose.partition(":")[0] for m in routine(course, before)] == ["check_in"]


def test_a_check_in_that_waited_too_long_is_not_asked_any_more() -> None:
    """Put off does not mean kept for ever: only what is still worth asking goes out, and once."""
    course = gasping()
    before = len(course.sent)
    course.at(days=6, hours=1)
    assert routine(course, before) == []
    course.clinician_presses("Acknowledge").later(minutes=6)
    asked = routine(course, before)
    assert len(asked) <= 1
    states = {row.check_in: row.state for row in course.planned if row.due_at <= course.now and row.put_off_from}
    assert CheckInState.SKIPPED in states.values()
    assert CheckInState.MISSED_SYSTEM not in states.values()


def test_an_urgent_alert_holds_no_check_in_back() -> None:
    course = gasping("my left calf is swollen and sore")
    before = len(course.sent)
    assert routine(course.at(hours=24, minutes=20), before)


def test_a_prompt_that_was_queued_is_withdrawn_with_the_emergency() -> None:
    course = Course().at(hours=2).all_well()

    def queued(uow: UnitOfWork, at: datetime) -> int:
        return uow.outbox.add(
            OutgoingMessage(
                id=0,
                channel="telegram",
                address=str(PATIENT),
                text="Hello, it is time for a short check-in.",
                lane=Lane.ROUTINE,
                purpose="check_in:1",
                patient_id=course.patient_id,
                due_at=at + timedelta(minutes=5),
            )
        )

    row = course.read(lambda uow: queued(uow, course.now))
    course.says(EMERGENCY).later(minutes=10)
    assert course.read(lambda uow: uow.outbox.get(row)).state is DeliveryState.CANCELLED


# --- the question that was open ------------------------------------------------------------------------------------------


def edits(course: Course) -> list[OutgoingMessage]:
    return [m for m in course.sent if m.kind is Kind.EDIT and m.address == str(PATIENT)]


def asked(course: Course) -> OutgoingMessage:
    return next(m for m in reversed(course.sent) if m.address == str(PATIENT) and m.buttons)


@pytest.mark.parametrize("text", [EMERGENCY, "my left calf is swollen and sore"])
def test_a_typed_red_flag_takes_the_buttons_of_the_open_question_away(text: str) -> None:
    course = Course().at(hours=2)
    question = asked(course)
    course.says(text)
    [edit] = edits(course)
    assert (edit.edits, edit.buttons, edit.text) == (str(70000 + question.id), (), question.text)
    advice = next(m for m in course.sent if m.lane is Lane.SAFETY)
    assert course.sent.index(advice) < course.sent.index(edit)


def test_the_reminder_of_the_question_loses_its_buttons_too() -> None:
    course = Course().at(hours=3, minutes=30)
    shown = [m for m in course.sent if m.address == str(PATIENT) and m.buttons and m.purpose.startswith("check_in:")]
    assert len(shown) == 2
    course.says(EMERGENCY)
    assert {edit.edits for edit in edits(course)} == {str(70000 + m.id) for m in shown}


@pytest.mark.parametrize("opening", ["/report", "qwertz uiop"])
def test_a_question_that_is_no_check_in_s_loses_its_buttons_as_well(opening: str) -> None:
    course = Course().at(hours=2).all_well().at(hours=4).says(opening)
    question = asked(course)
    course.says(EMERGENCY)
    assert [edit.edits for edit in edits(course)] == [str(70000 + question.id)]


@pytest.mark.parametrize("text", [EMERGENCY, "my left calf is swollen and sore"])
def test_a_question_that_has_not_left_yet_is_not_sent_any_more(text: str) -> None:
    course = Course().at(hours=2)
    question = asked(course)
    course.read(
        lambda uow: uow.outbox.save(
            replace(
                uow.outbox.get(question.id),
                state=DeliveryState.PENDING,
                provider_id=None,
                due_at=course.now + timedelta(minutes=5),
            )
        )
    )
    course.says(text).later(minutes=10)
    assert course.read(lambda uow: uow.outbox.get(question.id)).state is DeliveryState.CANCELLED
    assert edits(course) == []


def test_without_a_red_flag_the_question_keeps_its_buttons() -> None:
    course = Course().at(hours=2).says("I have a bit of a headache")
    assert edits(course) == []
