"""Who may be followed, and how a chat comes to be theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.careplan.enrolment import CheckInState, PatientState
from bot.core.clinical.patient import Risk, Route
from bot.core.conversation.session import SessionState
from bot.core.errors import InvalidValue, NotFound
from bot.services import enrolments
from tests.support.course import FIRST_CLINICIAN, PATIENT, T0, Course

OTHER = 6001


def enrol(course: Course, **changes: Any) -> tuple[int, str]:
    wanted: dict[str, Any] = {
        "name": "Sam",
        "birth_year": 1970,
        "schedule": "msc-recipient",
        "treated_at": T0,
        "route": Route.IV,
    } | changes
    patient, _, token = course.store.transact(lambda uow: enrolments.enrol(uow, course.world, course.now, **wanted))
    return patient.id, token


def test_a_patient_is_planned_only_when_they_have_consented() -> None:
    course = Course(onboarded=False).opens().replies("1961").presses("English")
    assert course.planned == []
    assert course.patient_state() is PatientState.INVITED
    course.presses("I agree")
    assert course.patient_state() is PatientState.ACTIVE
    assert course.enrolment.enrolled_at == course.now
    rows = course.planned
    assert rows[0].check_in == "h2"
    assert rows[0].due_at == T0 + timedelta(hours=2)


def test_nothing_of_the_patient_is_said_before_the_year_of_birth_is_right() -> None:
    course = Course(onboarded=False).opens().says("what is my name?").says("1960")
    assert not any("Alex" in text or "Example" in text for text in course.told())


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"schedule": "none"}, "msc-recipient"),
        ({"birth_year": 2012}, "adults"),
        ({"birth_year": 1850}, "adults"),
        ({"treated_at": T0 + timedelta(days=2)}, "lie ahead"),
        ({"treated_at": T0.replace(tzinfo=None)}, "time zone"),
        ({"route": None}, "how the cells were given"),
        ({"language": "xx"}, "xx"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus"),
    ],
)
def test_an_enrolment_that_cannot_be_is_refused_with_the_reason(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidValue, match=complaint):
        enrol(Course(onboarded=False), **changes)


def test_age_adds_its_risk_by_itself() -> None:
    course = Course(onboarded=False)
    old, _ = enrol(course, birth_year=1950)
    young, _ = enrol(course, birth_year=1990)
    risks = [course.read(lambda uow, p=p: uow.enrolments.of_patient(p)[0].risks) for p in (old, young)]  # type: ignore[misc]
    assert risks == [frozenset({Risk.AGE_65_PLUS}), frozenset()]


def test_whoever_gave_their_own_cells_is_asked_and_read_as_donor_and_recipient() -> None:
    course = Course()
    added = course.store.transact(
        lambda uow: enrolments.add_course(uow, course.world, course.now, course.patient_id, schedule="msc-donor", treated_at=T0)
    )
    assert added.enrolled_at == course.now
    course.at(hours=2)
    asked = course.session.questions
    assert asked[0] == "red_flags"
    assert {"donor_bleeding", "rash"} <= set(asked)
    assert len(asked) == len(set(asked))
    course.all_well().later(minutes=30).says("hip swelling getting bigger and I feel faint")
    assert course.assessments[-1].assessment.disposition.red


def test_a_link_is_good_for_72_hours() -> None:
    course = Course(onboarded=False).later(hours=72).opens()
    assert "too old" in course.last
    assert course.patient.address is None


def test_an_unknown_link_is_refused_kindly() -> None:
    course = Course(onboarded=False).opens(token="abcdefgh12345678")
    assert "do not know this link" in course.last


def test_a_new_invitation_makes_the_old_one_worthless() -> None:
    course = Course(onboarded=False)
    token = course.store.transact(lambda uow: enrolments.invite(uow, course.world, course.now, f"patient:{course.patient_id}"))
    course.opens()
    assert "too old" in course.last
    course.opens(token=token)
    assert course.patient.address == str(PATIENT)


def test_a_second_chat_with_the_same_link_is_refused_and_the_clinic_told() -> None:
    course = Course()
    course.opens(address=OTHER)
    assert "already been used" in course.told(OTHER)[-1]
    assert course.patient.address == str(PATIENT)
    course.expect_task("stolen_link")


def test_the_same_chat_opening_its_link_again_is_where_it_was() -> None:
    course = Course().opens()
    assert course.state() is SessionState.IDLE
    assert "I am here" in course.told()[-1]
    assert course.tasks == []


def test_a_new_phone_confirms_who_they_are_again_and_nothing_is_planned_twice() -> None:
    course = Course()
    before = course.planned
    token = course.store.transact(lambda uow: enrolments.invite(uow, course.world, course.now, f"patient:{course.patient_id}"))
    course.opens(token=token, address=OTHER).later(hours=1)
    course.replies("1961", address=OTHER).presses("English", address=OTHER).presses("I agree", address=OTHER)
    assert course.patient.address == str(OTHER)
    after = course.planned
    assert [row for row in after if row.check_in != "catch_up"] == before


def test_one_chat_follows_one_patient() -> None:
    course = Course()
    other, token = enrol(course)
    course.opens(token=token)
    assert "already belongs" in course.last
    assert course.read(lambda uow: uow.patients.get(other)).address is None
    course.expect_task("chat_in_use")


def test_a_clinicians_invitation_binds_their_chat() -> None:
    course = Course(onboarded=False)
    name = next(iter(course.world.content.clinic.clinicians))
    token = course.store.transact(lambda uow: enrolments.invite_clinician(uow, course.world, course.now, name))
    course.opens(token=token, address=OTHER)
    bound = course.read(lambda uow: uow.clinicians.get(name))
    assert bound is not None
    assert bound.address == str(OTHER)
    with pytest.raises(NotFound):
        course.store.transact(lambda uow: enrolments.invite_clinician(uow, course.world, course.now, "nobody"))
    assert FIRST_CLINICIAN != OTHER


def test_stop_cancels_what_was_planned_and_start_plans_what_is_still_ahead() -> None:
    course = Course().says("please stop texting me")
    assert course.patient_state() is PatientState.STOPPED
    states = {row.state for row in course.planned}
    assert states == {CheckInState.CANCELLED}
    course.expect_task("stopped")
    told = len(course.told())
    course.at(hours=7)
    assert len(course.told()) == told
    course.says("/start")
    rows = course.planned
    assert all((row.state is CheckInState.PLANNED) == (row.due_at > course.now) for row in rows)
    assert course.at(hours=12).session.asked == "red_flags"


def test_erasure_waits_for_an_open_alert_and_then_leaves_nobody_behind() -> None:
    course = Course().at(hours=2).presses("Yes")
    with pytest.raises(InvalidValue, match="alert"):
        course.store.transact(lambda uow: enrolments.erase(uow, course.patient_id, course.now, by="clinician:x"))
    course.clinician_presses("Acknowledge").clinician_presses("Resolve").clinician_presses("False alarm")
    course.store.transact(lambda uow: enrolments.erase(uow, course.patient_id, course.now, by="clinician:x"))
    assert course.read(lambda uow: uow.patients.by_address("telegram", str(PATIENT))) is None
    assert course.read(lambda uow: uow.check_ins.next_due()) is None
