from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.actions import AskQuestion, AwaitClarification, PlanRecheck, RecordAssessment, Say, TellClinic
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status
from bot.core.conversation.closed_answers import closed_answer
from bot.core.conversation.machine import step
from bot.core.conversation.session import Session, SessionState
from bot.core.events import (
    ClarificationAnswered,
    ClarificationTimedOut,
    Closed,
    ConversationEvent,
    LanguageChosen,
    MessageReceived,
    UnreadableReceived,
)
from tests.support.conversation import CHEST, CLOT, FEVERISH, NOTHING, NOW, TIRED, UNCLEAR, found, session, situation

ODD = found(Disposition.NONE, unclear=True, question="fever")
CLARIFYING = session(SessionState.CLARIFYING)


def keys(actions: tuple[object, ...]) -> list[str]:
    return [part.keys[0] for action in actions if isinstance(action, Say) for part in action.parts]


def told(actions: tuple[object, ...]) -> list[Disposition]:
    return [action.assessment.disposition for action in actions if isinstance(action, TellClinic)]


def answer(closed: Closed, suspected: Assessment = TIRED) -> ClarificationAnswered:
    return ClarificationAnswered(round=CLARIFYING.round, answer=closed, suspected=suspected)


def test_an_unclear_message_is_met_with_one_closed_question_and_half_an_hour() -> None:
    after, actions = step(session(SessionState.IDLE), MessageReceived(text="hm", assessment=ODD), situation())
    assert (after.state, after.clarifying, after.resume) == (SessionState.CLARIFYING, "fever", SessionState.IDLE)
    (say,) = [action for action in actions if isinstance(action, Say)]
    assert say.parts[0].keys[0] == "clarify.fever"
    assert [choice.payload["answer"] for row in say.choices for choice in row] == ["yes", "no", "other"]
    assert AwaitClarification(round=after.round, until=NOW + timedelta(minutes=30)) in actions
    assert RecordAssessment(text="hm", assessment=ODD) in actions


def test_without_a_suspect_it_asks_whether_it_is_about_health_at_all() -> None:
    _, actions = step(session(SessionState.IDLE), MessageReceived(text="hm", assessment=UNCLEAR), situation())
    assert keys(actions) == ["clarify.general"]


def test_a_grave_symptom_of_somebody_else_asks_whether_they_are_the_patient() -> None:
    other = Finding(symptom="dyspnea", status=Status.OTHER_PERSON)
    heard = Assessment(disposition=Disposition.NONE, findings=(other,), unclear=True)
    after, actions = step(session(SessionState.IDLE), MessageReceived(text="x", assessment=heard), situation())
    assert keys(actions) == ["clarify.other_person"]
    assert after.clarifying == "dyspnea"
    shown_again, actions = step(after, LanguageChosen(language="de"), situation())
    assert keys(actions)[-1] == "clarify.other_person"
    left, _ = step(shown_again, replace(answer(Closed.NO), round=shown_again.round), situation())
    assert (after.about_other, left.about_other) == (True, False)


SECOND_UNREADABLE = MessageReceived(text="hm", assessment=UNCLEAR, suspected=TIRED)


@pytest.mark.parametrize(
    "event",
    [answer(Closed.YES), ClarificationTimedOut(round=4, suspected=TIRED), SECOND_UNREADABLE],
    ids=["yes", "silence", "second unreadable answer"],
)
def test_yes_silence_or_a_second_unreadable_answer_goes_to_a_person_the_same_day(event: ConversationEvent) -> None:
    after, actions = step(CLARIFYING, event, situation())
    assert told(actions) == [Disposition.SAME_DAY]
    assert keys(actions)[0] in {"same_day.told", "not_understood.person"}
    assert after.state is SessionState.IDLE


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (answer(Closed.YES, CHEST), Disposition.EMERGENCY),
        (answer(Closed.YES, CLOT), Disposition.URGENT),
        (ClarificationTimedOut(round=4, suspected=CHEST), Disposition.URGENT),
        (replace(SECOND_UNREADABLE, suspected=CHEST), Disposition.URGENT),
    ],
    ids=["yes to an emergency", "yes to a red flag", "silence", "second unreadable answer"],
)
def test_where_the_suspect_is_red_somebody_is_paged(event: ConversationEvent, level: Disposition) -> None:
    _, actions = step(CLARIFYING, event, situation())
    assert told(actions) == [level]
    assert keys(actions)[0] == ("emergency.call" if level is Disposition.EMERGENCY else "urgent.call")


def test_no_goes_back_to_where_the_conversation_was() -> None:
    after, actions = step(CLARIFYING, answer(Closed.NO), situation())
    assert after.state is SessionState.IDLE
    assert told(actions) == []
    assert keys(actions) == ["clarify.noted", "closing.write_any_time"]


TIRED_AND_ODD = replace(found(Disposition.SELF_MANAGE, "fatigue"), unclear=True, question="chest_pain")


def test_after_a_no_what_they_said_beside_it_gets_its_advice() -> None:
    asking, first = step(session(SessionState.IDLE), MessageReceived(text="hm", assessment=TIRED_AND_ODD), situation())
    assert keys(first) == ["clarify.chest_pain"]
    after, actions = step(asking, replace(answer(Closed.NO), round=asking.round), situation())
    assert keys(actions)[:2] == ["clarify.noted", "advice.fatigue"]
    assert any(isinstance(action, PlanRecheck) for action in actions)
    assert (after.state, after.found, after.worst) == (SessionState.IDLE, (), None)


def test_in_a_check_in_the_advice_waits_for_its_closing() -> None:
    running = replace(session(SessionState.CHECK_IN), found=("fatigue",), worst="self_manage")
    asking, _ = step(running, MessageReceived(text="hm", assessment=ODD), situation())
    after, actions = step(asking, replace(answer(Closed.NO), round=asking.round), situation())
    assert [action.question for action in actions if isinstance(action, AskQuestion)] == ["red_flags"]
    assert "advice.fatigue" not in keys(actions)
    assert after.found == ("fatigue",)


def test_what_they_said_no_to_gets_none() -> None:
    heard = replace(TIRED_AND_ODD, question="fatigue")
    asking, _ = step(session(SessionState.IDLE), MessageReceived(text="hm", assessment=heard), situation())
    _, actions = step(asking, replace(answer(Closed.NO), round=asking.round), situation())
    assert keys(actions) == ["clarify.noted", "closing.write_any_time"]


@pytest.mark.parametrize(
    "event", [replace(answer(Closed.YES), round=5), ClarificationTimedOut(round=5, suspected=TIRED)], ids=["yes", "silence"]
)
def test_every_other_way_out_forgets_what_was_said_beside_it(event: ConversationEvent) -> None:
    asking, _ = step(session(SessionState.IDLE), MessageReceived(text="hm", assessment=TIRED_AND_ODD), situation())
    assert asking.round == 5
    after, _ = step(asking, event, situation())
    assert (after.state, after.found, after.worst) == (SessionState.IDLE, (), None)


def test_no_in_a_check_in_asks_the_same_question_once_more_under_a_new_round() -> None:
    running = session(SessionState.CHECK_IN)
    asking, _ = step(running, MessageReceived(text="hm", assessment=ODD), situation())
    back, actions = step(asking, replace(answer(Closed.NO), round=asking.round), situation())
    (again,) = [action for action in actions if isinstance(action, AskQuestion)]
    assert (again.question, again.round) == ("red_flags", asking.round + 1)
    assert back.asked == "red_flags"
    # The second time that the question's answer cannot be read, a person takes it and the check-in goes on.
    on, actions = step(back, MessageReceived(text="hm", assessment=ODD), situation())
    assert on.asked == "temperature"
    assert keys(actions)[0] == "not_understood.person"


def test_something_else_asks_for_own_words_once_and_then_a_person_takes_over() -> None:
    after, actions = step(CLARIFYING, answer(Closed.OTHER), situation())
    assert keys(actions) == ["clarify.own_words"]
    _, actions = step(after, answer(Closed.OTHER), situation())
    assert told(actions) == [Disposition.SAME_DAY]


def test_words_that_can_be_read_are_the_answer() -> None:
    after, actions = step(CLARIFYING, MessageReceived(text="it is my temperature", assessment=FEVERISH), situation())
    assert told(actions) == [Disposition.SAME_DAY]
    assert after.state is SessionState.IDLE


def test_words_that_deny_the_suspect_are_a_no() -> None:
    denied = Assessment(disposition=Disposition.NONE, findings=(Finding(symptom="chest_pain", status=Status.NEGATED),))
    after, actions = step(CLARIFYING, MessageReceived(text="no chest pain", assessment=denied), situation())
    assert (after.state, told(actions)) == (SessionState.IDLE, [])


def test_a_late_yes_about_a_red_flag_still_counts() -> None:
    idle = session(SessionState.IDLE)
    _, actions = step(idle, replace(answer(Closed.YES, CHEST), round=1), situation())
    assert told(actions) == [Disposition.EMERGENCY]
    _, actions = step(idle, replace(answer(Closed.NO, CHEST), round=1), situation())
    assert keys(actions) == ["button.passed"]


def test_the_clarification_goes_back_to_a_stopped_patient_without_starting_the_course() -> None:
    asking, _ = step(session(SessionState.STOPPED), MessageReceived(text="hm", assessment=ODD), situation())
    after, _ = step(asking, ClarificationTimedOut(round=asking.round, suspected=NOTHING), situation())
    assert after.state is SessionState.STOPPED


def test_an_unclear_caption_during_a_clarification_keeps_the_way_back() -> None:
    asking = Session(state=SessionState.CLARIFYING, resume=SessionState.STOPPED, clarifying="fever", round=2)
    after, _ = step(asking, UnreadableReceived(kind="photo", text="hm", assessment=ODD), situation())
    assert after.resume is SessionState.STOPPED


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("yes", Closed.YES),
        ("Yes please!", Closed.YES),
        ("evet", Closed.YES),
        ("да", Closed.YES),
        ("نعم", Closed.YES),
        ("no", Closed.NO),
        ("No, thank you", Closed.NO),
        ("nein danke", Closed.NO),
        ("yes and no", None),
        ("no but my leg hurts", None),
        ("yes it has been swollen since monday", None),
        ("", None),
    ],
)
def test_a_bare_answer_is_the_whole_message(text: str, closed: Closed | None) -> None:
    assert closed_answer(text) is closed
