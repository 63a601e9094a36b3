from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.actions import Action, AskQuestion, FinishCheckIn, RecordAssessment, Say, TellClinic
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.machine import TABLE, step
from bot.core.conversation.session import Session, SessionState
from bot.core.delivery import Lane
from bot.core.events import (
    AboutPatientConfirmed,
    CheckInFellDue,
    ClarificationAnswered,
    ClarificationTimedOut,
    Closed,
    Command,
    CommandGiven,
    ConsentAnswered,
    ConversationEvent,
    InvitationOpened,
    LanguageChosen,
    MessageEdited,
    MessageReceived,
    OptionChosen,
    ReminderFellDue,
    SilenceLasted,
    UnreadableReceived,
)
from tests.support.conversation import QUESTIONS, found, situation

ASSESSMENTS = st.builds(
    lambda disposition, symptoms, unclear, question: found(
        disposition, *symptoms, unclear=unclear and not disposition.red, question=question
    ),
    st.sampled_from(Disposition),
    st.lists(st.sampled_from(["fever", "chest_pain", "fatigue"]), max_size=2),
    st.booleans(),
    st.sampled_from([None, "fever", "chest_pain"]),
)
CLEAR = ASSESSMENTS.map(lambda assessment: replace(assessment, unclear=False, question=None))
"""What buttons say is never unclear."""
TEXTS = st.sampled_from(["1961", "1999", "hello", ""])
ROUNDS = st.integers(0, 12)
IDS = st.integers(1, 3)
EVENTS: st.SearchStrategy[ConversationEvent] = st.one_of(
    st.builds(InvitationOpened),
    st.builds(
        MessageReceived,
        text=TEXTS,
        assessment=ASSESSMENTS,
        closed=st.sampled_from([None, Closed.YES, Closed.NO]),
        suspected=st.none() | CLEAR,
    ),
    st.builds(MessageEdited, text=TEXTS, assessment=ASSESSMENTS, before=st.sampled_from(Disposition)),
    st.builds(UnreadableReceived, kind=st.just("voice"), text=TEXTS, assessment=st.none() | ASSESSMENTS),
    st.builds(CommandGiven, command=st.sampled_from(Command), text=TEXTS, assessment=st.none() | ASSESSMENTS),
    st.builds(
        OptionChosen,
        question=st.sampled_from(sorted(QUESTIONS)),
        option=st.just("x"),
        round=ROUNDS,
        text=TEXTS,
        assessment=CLEAR,
        follow_up=st.sampled_from([None, "red_flags_which", "gone"]),
    ),
    st.builds(ClarificationAnswered, round=ROUNDS, answer=st.sampled_from(Closed), suspected=CLEAR),
    st.builds(AboutPatientConfirmed, text=TEXTS, assessment=CLEAR),
    st.builds(LanguageChosen, language=st.just("en")),
    st.builds(ConsentAnswered, agreed=st.booleans()),
    st.builds(CheckInFellDue, check_in_id=IDS, questions=st.just(("temperature", "fatigue"))),
    st.builds(ReminderFellDue, check_in_id=IDS),
    st.builds(SilenceLasted, check_in_id=IDS, disposition=st.sampled_from(Disposition)),
    st.builds(ClarificationTimedOut, round=ROUNDS, suspected=CLEAR),
)
HEARD = (MessageReceived, MessageEdited, UnreadableReceived, CommandGiven, OptionChosen, AboutPatientConfirmed)


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=25))
def test_whatever_happens_no_red_flag_is_lost_and_no_question_is_asked_over_it(events: list[ConversationEvent]) -> None:
    current = Session()
    for event in events:
        if type(event) not in TABLE[current.state]:
            continue
        before = current
        current, actions = step(before, event, situation())
        _session_holds(before, current)
        _actions_hold(current, actions)
        assessment: Assessment | None = getattr(event, "assessment", None) if isinstance(event, HEARD) else None
        if assessment is not None and assessment.disposition.red and _must_act(before, event):
            _red_flag_holds(assessment, actions)


def _must_act(before: Session, event: ConversationEvent) -> bool:
    """Before identity a right year of birth is the way in, commands carry nothing; a locked chat is told the number alone."""
    if before.state is SessionState.LOCKED:
        return False
    if before.state is SessionState.CONFIRMING_IDENTITY:
        return not isinstance(event, CommandGiven) and getattr(event, "text", "") != "1961"
    return True


def _session_holds(before: Session, after: Session) -> None:
    assert after.round >= before.round
    assert (after.asked is not None) == (after.state is SessionState.CHECK_IN)
    assert (after.resume is not None) == (after.state is SessionState.CLARIFYING)
    assert after.state is not SessionState.CLARIFYING or after.standing is not SessionState.CLARIFYING


def _actions_hold(after: Session, actions: tuple[Action, ...]) -> None:
    asked = [action for action in actions if isinstance(action, AskQuestion)]
    assert len(asked) <= 1
    assert all((action.question, action.round) == (after.asked, after.round) for action in asked)
    assert len([action for action in actions if isinstance(action, FinishCheckIn)]) <= 1
    recorded = [index for index, action in enumerate(actions) if isinstance(action, RecordAssessment)]
    for index, action in enumerate(actions):
        if isinstance(action, TellClinic):
            assert any(earlier < index for earlier in recorded), "an alert without its assessment"


def _red_flag_holds(assessment: Assessment, actions: tuple[Action, ...]) -> None:
    assert TellClinic(assessment=assessment) in actions
    first = next(action for action in actions if isinstance(action, Say | AskQuestion))
    assert isinstance(first, Say)
    assert first.lane is Lane.SAFETY
    assert first.parts[0].keys[0] in {"emergency.call", "emergency.call_crisis", "urgent.call"}
