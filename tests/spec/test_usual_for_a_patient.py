"""What a clinician sets as usual for one patient: from the alert in Telegram, told to the patient, ended by itself, never over what is urgent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.clinical.baseline import Baseline
from bot.core.clinical.disposition import Disposition
from bot.core.errors import InvalidValue
from bot.services import baselines
from bot.services.baselines import Candidate
from tests.support.course import FIRST_CLINICIAN, Course

PAIN = Candidate(symptom="pain_other", level=Disposition.SAME_DAY, measure="pain", value=6)
REASON = "Known arthritis of both knees"


def usual(course: Course, *, days: int = 7, one: Candidate = PAIN) -> Baseline:
    return course.read(
        lambda uow: baselines.set_baseline(
            uow, course.world, course.now, course.patient_id, one, reason=REASON, days=days, by="clinician:dr-ada", name="dr-ada"
        )
    )


def last(course: Course) -> Disposition:
    return course.assessments[-1].assessment.disposition


def at_rest() -> Course:
    return Course().at(days=4).all_well()


def test_what_is_usual_is_not_raised_again_and_the_patient_hears_that_it_is_known() -> None:
    course = at_rest()
    usual(course)
    before = len(course.alerts)
    course.says("pain in my back 6/10")
    found = course.assessments[-1].assessment
    assert found.disposition is Disposition.NONE
    assert {reason.symptom for reason in found.usual} == {"pain_other"}
    assert len(course.alerts) == before
    assert "this is usual for you at present" in course.last


@pytest.mark.parametrize("text", ["pain in my back 7/10", "pain in my back 6/10 and it is getting worse", "my back hurts badly"])
def test_more_than_usual_or_worse_or_without_a_figure_is_raised_as_ever(text: str) -> None:
    course = at_rest()
    plain = at_rest()
    usual(course)
    course.says(text)
    plain.says(text)
    assert last(course) is last(plain)
    assert course.assessments[-1].assessment.usual == ()


def test_another_symptom_beside_it_is_raised() -> None:
    course = at_rest()
    usual(course)
    course.says("pain in my back 5/10 and my calf is swollen and red on one side")
    assert last(course).red


def test_the_patient_is_told_when_it_is_set_and_when_it_has_ended_by_itself() -> None:
    course = at_rest()
    usual(course, days=3)
    course.later(minutes=1)
    assert any("pain up to 6 is usual for you until" in text for text in course.told())
    course.later(days=3, minutes=5)
    course.says("pain in my back 6/10")
    assert last(course) is Disposition.SAME_DAY, "it has ended before anybody has looked"
    assert course.read(lambda uow: baselines.end_due(uow, course.world, course.now)) == 1
    assert course.read(lambda uow: baselines.end_due(uow, course.world, course.now)) == 0
    course.later(minutes=1)
    assert sum("From now on I tell the clinic about pain up to 6 again" in text for text in course.told()) == 1


@pytest.mark.parametrize("days", [0, 31])
def test_it_lasts_at_most_thirty_days(days: int) -> None:
    course = at_rest()
    with pytest.raises(InvalidValue):
        usual(course, days=days)


@pytest.mark.parametrize("symptom", ["fever", "low_oxygen", "no_such_symptom"])
def test_a_measured_number_and_an_unknown_symptom_have_no_usual(symptom: str) -> None:
    course = at_rest()
    with pytest.raises(InvalidValue):
        usual(course, one=Candidate(symptom=symptom, level=Disposition.SAME_DAY))


def test_a_clinician_sets_it_from_the_alert_with_a_reason() -> None:
    course = at_rest().says("pain in my back 6/10")
    assert last(course) is Disposition.SAME_DAY
    course.clinician_presses("Usual for them")
    course.clinician_presses("7 days")
    assert course.read(lambda uow: baselines.active(uow, course.patient_id, course.now)) == ()
    course.says(REASON, address=course.clinician_address or FIRST_CLINICIAN)
    [made] = course.read(lambda uow: baselines.active(uow, course.patient_id, course.now))
    assert (made.symptom, made.value, made.reason, made.until - made.set_at) == ("pain_other", 6, REASON, timedelta(days=7))
    assert any("is usual for you until" in text for text in course.told())
    assert not any(REASON in text for text in course.told()), "the reason is for colleagues"


def test_an_alert_shows_what_is_usual() -> None:
    course = at_rest()
    usual(course)
    course.says("39.4 and shivering")
    page = next(m.text for m in reversed(course.sent) if m.purpose.startswith("alert:"))
    assert f"usual for them until 2026-03-13: pain 6 ({REASON})" in page
    assert len(page.split("\n")) <= 8
