"""Random lives on the real services and store: whatever is sent and pressed, nothing is lost and nobody is asked two things at once."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.careplan.enrolment import CheckInState
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Button
from bot.ports import UnitOfWork
from tests.support.course import PATIENT, Course

SAYINGS = st.sampled_from(
    [
        "hello",
        "crushing chest pain",
        "38.6",
        "temperature 385",
        "no fever",
        "yes",
        "no",
        "STOP",
        "stop texting me",
        "my wife has a fever",
        "should I worry about clots?",
        "/start",
        "/help",
        "/report I am very tired",
        "/language",
        "1961",
        "ok thanks 👍",
        "",
        "\ud800\x00\u202e",
    ]
)
STEPS = st.one_of(
    st.tuples(st.just("says"), SAYINGS | st.text(max_size=40)),
    st.tuples(st.just("edits"), SAYINGS),
    st.tuples(st.just("voice"), SAYINGS),
    st.tuples(st.just("presses"), st.integers(0, 30)),
    st.tuples(st.just("waits"), st.sampled_from([1, 31, 240, 1500])),
    st.tuples(st.just("blocks"), st.just("")),
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=14), onboarded=st.booleans())
def test_a_random_life_loses_nothing(steps: list[tuple[str, str | int]], onboarded: bool) -> None:  # noqa: FBT001 - given by name
    course = Course(onboarded=onboarded)
    if not onboarded:
        course.opens()
    for kind, what in steps:
        _live(course, kind, what)
        course.read(lambda uow: _every_red_flag_has_an_alert(uow, course))
        _one_question_at_a_time(course)


def _live(course: Course, kind: str, what: str | int) -> None:
    match kind:
        case "says":
            course.says(str(what))
        case "edits":
            course.edits(str(what))
        case "voice":
            course.sends_voice(str(what))
        case "blocks":
            course.blocks()
        case "presses":
            course.presses_button(_some_button(course, int(what)))
        case _:
            course.later(minutes=int(what))


def _some_button(course: Course, nth: int) -> Button:
    """The newest, or one that is older: also the passed, the used, and those of somebody else."""
    buttons = [b for m in reversed(course.sent) if m.address == str(PATIENT) or nth > 25 for row in m.buttons for b in row]
    return buttons[nth % len(buttons)] if buttons else Button(id="none", label="none")


def _every_red_flag_has_an_alert(uow: UnitOfWork, course: Course) -> None:
    stored = uow.assessments.recent(course.patient_id, course.treated_at - timedelta(days=1))
    alerts = uow.alerts.of_patient(course.patient_id)
    for one in stored:
        if one.assessment.disposition.red:
            assert any(a.opened_at <= one.at and a.disposition >= one.assessment.disposition for a in alerts)
    assert all(a.disposition >= Disposition.SELF_MANAGE for a in alerts)


def _one_question_at_a_time(course: Course) -> None:
    running = [row for row in course.planned if row.state in {CheckInState.SENT, CheckInState.REMINDED}]
    assert len([row for row in running if row.check_in != "clarification"]) <= 1
    session = course.session
    if session.check_in_id is not None and running:
        assert session.check_in_id == running[0].id
