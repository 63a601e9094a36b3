"""A red flag that is only suspected: asked about once, with the number to call; where nothing can be asked, a person's at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.actions import AskQuestion, AwaitClarification, Say, TellClinic
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status
from bot.core.conversation.machine import step
from bot.core.conversation.session import SessionState
from bot.core.events import ClarificationAnswered, Closed, Command, CommandGiven, LanguageChosen, MessageEdited, MessageReceived
from tests.support.conversation import NOTHING, session, situation

TEXT = "I couldn't breathe, my grandson does such a penguin"
BREATH = Finding(symptom="dyspnea", status=Status.HYPOTHETICAL, text="couldn't breathe")
NO_FEVER = Finding(symptom="fever", status=Status.NEGATED)


def suspected(level: Disposition = Disposition.EMERGENCY, *also: Finding) -> Assessment:
    return Assessment(disposition=Disposition.NONE, findings=(BREATH, *also), unclear=True, question="dyspnea", at_stake=level)


def said(actions: tuple[object, ...]) -> list[str]:
    return [part.keys[0] for action in actions if isinstance(action, Say) for part in action.parts]


def told(actions: tuple[object, ...]) -> list[Assessment]:
    return [action.assessment for action in actions if isinstance(action, TellClinic)]


def test_the_question_about_an_emergency_says_whom_to_call_if_it_is_so() -> None:
    after, actions = step(session(SessionState.IDLE), MessageReceived(text=TEXT, assessment=suspected()), situation())
    assert (after.state, after.clarifying, after.at_stake) == (SessionState.CLARIFYING, "dyspnea", "emergency")
    assert said(actions) == ["clarify.dyspnea", "clarify.call_if_so"]
    assert any(isinstance(action, AwaitClarification) for action in actions)
    assert not told(actions)


def test_the_question_about_something_urgent_does_not() -> None:
    heard = suspected(Disposition.URGENT)
    _, actions = step(session(SessionState.IDLE), MessageReceived(text=TEXT, assessment=heard), situation())
    assert said(actions) == ["clarify.dyspnea"]


def test_the_buttons_know_what_was_asked_about_when_the_session_has_moved_on() -> None:
    after, actions = step(session(SessionState.IDLE), MessageReceived(text=TEXT, assessment=suspected()), situation())
    (question,) = [action for action in actions if isinstance(action, Say)]
    (yes,) = question.choices[0]
    assert yes.payload == {"round": str(after.round), "symptom": "dyspnea", "at_stake": "emergency", "answer": "yes"}


def test_shown_once_more_the_question_still_says_whom_to_call() -> None:
    asking, _ = step(session(SessionState.IDLE), MessageReceived(text=TEXT, assessment=suspected()), situation())
    _, actions = step(asking, LanguageChosen(language="de"), situation())
    assert said(actions)[-2:] == ["clarify.dyspnea", "clarify.call_if_so"]


@pytest.mark.parametrize("closed", [Closed.NO, Closed.YES])
def test_an_answer_takes_what_was_at_stake_from_the_table(closed: Closed) -> None:
    asking, _ = step(session(SessionState.CHECK_IN), MessageReceived(text=TEXT, assessment=suspected()), situation())
    answer = ClarificationAnswered(round=asking.round, answer=closed, suspected=NOTHING)
    after, _ = step(asking, answer, situation())
    assert (asking.at_stake, after.at_stake) == ("emergency", None)


def test_what_is_not_suspected_of_a_red_flag_has_nothing_at_stake() -> None:
    heard = replace(suspected(), at_stake=Disposition.NONE)
    after, _ = step(session(SessionState.IDLE), MessageReceived(text=TEXT, assessment=heard), situation())
    assert after.at_stake is None


@pytest.mark.parametrize("heard", [suspected(), suspected(Disposition.URGENT), suspected(Disposition.EMERGENCY, NO_FEVER)])
def test_one_question_is_enough(heard: Assessment) -> None:
    """The same again, or words that would otherwise answer the open question with a no."""
    asked = replace(session(SessionState.CLARIFYING), clarifying="fever")
    after, actions = step(asked, MessageReceived(text=TEXT, assessment=heard, suspected=NOTHING), situation())
    assert [one.disposition for one in told(actions)] == [Disposition.URGENT]
    assert told(actions)[0].present == ("dyspnea",), "whoever is paged sees what is suspected"
    assert after.state is SessionState.IDLE


def test_in_a_check_in_that_has_asked_once_already_it_is_not_left_until_tomorrow() -> None:
    asking = replace(session(SessionState.CHECK_IN), tries=1)
    _, actions = step(asking, MessageReceived(text=TEXT, assessment=suspected()), situation())
    assert [one.disposition for one in told(actions)] == [Disposition.URGENT]
    assert not any(isinstance(action, AskQuestion) for action in actions)


def test_with_a_stop_nothing_is_asked_and_a_person_looks_at_once() -> None:
    _, actions = step(
        session(SessionState.IDLE), CommandGiven(command=Command.STOP, text=TEXT, assessment=suspected()), situation()
    )
    assert [one.disposition for one in told(actions)] == [Disposition.URGENT]


def test_a_call_for_help_that_holds_it_is_asked_about() -> None:
    event = CommandGiven(command=Command.HELP, text=TEXT, assessment=suspected())
    after, actions = step(session(SessionState.IDLE), event, situation())
    assert after.state is SessionState.CLARIFYING
    assert "clarify.call_if_so" in said(actions)


def test_a_changed_message_that_holds_it_is_asked_about_whatever_stood_there_before() -> None:
    event = MessageEdited(text=TEXT, assessment=suspected(), before=Disposition.SELF_MANAGE)
    after, _ = step(session(SessionState.IDLE), event, situation())
    assert after.state is SessionState.CLARIFYING


def test_before_we_know_who_writes_a_person_is_told() -> None:
    stranger = session(SessionState.CONFIRMING_IDENTITY)
    _, actions = step(stranger, MessageReceived(text=TEXT, assessment=suspected()), situation())
    assert [one.disposition for one in told(actions)] == [Disposition.URGENT]
