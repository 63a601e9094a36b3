"""What a closed question has at stake outlives the question: a yes, silence and a late yes lead to no less than the words that made us ask.

"Have you felt dizzy?" is for the patient to manage; "nearly fainted", the phrase that it stands for here, is urgent.
"""

from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.conversation.session import SessionState
from tests.support.course import Course

RABBIT = "The crowd nearly fainted when the rabbit bit me. The rabbit lives. So do I"


@pytest.fixture
def asked() -> Course:
    course = Course().at(hours=2).all_well().at(hours=3).says(RABBIT)
    assert (course.session.clarifying, course.session.at_stake) == ("dizziness_presyncope", "urgent")
    assert not course.alerts
    return course


def paged(course: Course) -> list[Disposition]:
    return [alert.disposition for alert in course.alerts]


def test_a_yes_is_as_grave_as_the_words_that_were_asked_about(asked: Course) -> None:
    assert paged(asked.presses("Yes")) == [Disposition.URGENT]


def test_so_is_a_written_yes(asked: Course) -> None:
    assert paged(asked.says("yes")) == [Disposition.URGENT]


def test_so_is_silence(asked: Course) -> None:
    assert paged(asked.later(minutes=31)) == [Disposition.URGENT]


def test_so_is_a_yes_when_the_question_has_passed(asked: Course) -> None:
    yes = asked.button("Yes")
    asked.presses("No")
    assert (asked.state(), asked.session.at_stake, paged(asked)) == (SessionState.IDLE, None, [])
    assert paged(asked.later(minutes=1).presses_button(yes)) == [Disposition.URGENT]


def test_so_is_a_yes_to_it_while_another_question_is_open(asked: Course) -> None:
    yes = asked.button("Yes")
    asked.presses("No").says("qwertz uiop asdf")
    assert (asked.session.clarifying, asked.session.at_stake) == (None, None)
    assert paged(asked.presses_button(yes)) == [Disposition.URGENT]


@pytest.mark.parametrize("stop", ["/stop", "STOP"])
def test_so_is_a_stop_instead_of_an_answer(asked: Course, stop: str) -> None:
    assert paged(asked.says(stop)) == [Disposition.URGENT]
    assert asked.state() is SessionState.STOPPED
    asked.later(hours=1)
    assert paged(asked) == [Disposition.URGENT], "and once is enough"


def test_a_stop_while_nothing_red_is_asked_about_pages_nobody() -> None:
    course = Course().at(hours=2).all_well().at(hours=3).says("qwertz uiop asdf").says("/stop")
    assert paged(course) == []


def test_a_no_pages_nobody_and_leaves_nothing_behind(asked: Course) -> None:
    assert paged(asked.presses("No").later(hours=1)) == []
    asked.says("qwertz uiop asdf")
    assert (asked.state(), asked.session.at_stake) == (SessionState.CLARIFYING, None)
    asked.presses("Yes")
    assert paged(asked) == [Disposition.SAME_DAY]
