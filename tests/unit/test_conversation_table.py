from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from bot.core.actions import RecordAssessment, Say, TellClinic
from bot.core.conversation.machine import TABLE, diagram, step
from bot.core.conversation.session import SessionState
from bot.core.delivery import Lane
from bot.core.errors import IllegalTransition
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
from tests.support.conversation import CHEST, CLOT, NOTHING, session, situation

EXAMPLES: tuple[ConversationEvent, ...] = (
    InvitationOpened(),
    MessageReceived(text="hello", assessment=NOTHING),
    MessageEdited(text="hello", assessment=NOTHING),
    UnreadableReceived(kind="voice"),
    *(CommandGiven(command=command) for command in Command),
    OptionChosen(question="red_flags", option="none", round=4, text="No", assessment=NOTHING),
    ClarificationAnswered(round=4, answer=Closed.NO, suspected=CHEST),
    AboutPatientConfirmed(text="chest pain", assessment=CLOT),
    LanguageChosen(language="en"),
    ConsentAnswered(agreed=True),
    CheckInFellDue(check_in_id=8, questions=("temperature",)),
    ReminderFellDue(check_in_id=7),
    SilenceLasted(check_in_id=7, disposition=NOTHING.disposition),
    ClarificationTimedOut(round=4, suspected=CLOT),
)
KNOWN = [s for s in SessionState if s not in {SessionState.CONFIRMING_IDENTITY, SessionState.LOCKED}]


def test_the_table_has_a_row_for_every_state() -> None:
    assert set(TABLE) == set(SessionState)


def test_every_kind_of_event_is_legal_somewhere_and_has_an_example_here() -> None:
    listed = {event for row in TABLE.values() for event in row}
    assert listed == set(get_args(ConversationEvent)) == {type(event) for event in EXAMPLES}


@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("event", EXAMPLES, ids=lambda e: type(e).__name__)
def test_an_event_leads_where_the_table_says_or_raises_and_changes_nothing(state: SessionState, event: ConversationEvent) -> None:
    before = session(state)
    transition = TABLE[state].get(type(event))
    if transition is None:
        with pytest.raises(IllegalTransition, match=state.value):
            step(before, event, situation())
    else:
        after, _ = step(before, event, situation())
        assert after.state in transition.to
    assert before == session(state)


@pytest.mark.parametrize("state", KNOWN)
@pytest.mark.parametrize("kind", ["text", "edit", "caption", "stop", "report", "late button"])
def test_a_red_flag_is_answered_first_and_alerted_in_every_state(state: SessionState, kind: str) -> None:
    events: dict[str, ConversationEvent] = {
        "text": MessageReceived(text="x", assessment=CHEST),
        "edit": MessageEdited(text="x", assessment=CHEST, before=CHEST.disposition),
        "caption": UnreadableReceived(kind="photo", text="x", assessment=CHEST),
        "stop": CommandGiven(command=Command.STOP, text="STOP x", assessment=CHEST),
        "report": CommandGiven(command=Command.REPORT, text="x", assessment=CHEST),
        "late button": OptionChosen(question="heart", option="x", round=1, text="x", assessment=CHEST),
    }
    _, actions = step(session(state), events[kind], situation())
    first = next(action for action in actions if isinstance(action, Say))
    assert first.lane is Lane.SAFETY
    assert first.parts[0].keys == ("emergency.call",)
    record = next(action for action in actions if isinstance(action, RecordAssessment))
    assert record.assessment is CHEST
    assert actions.index(first) < actions.index(record) < actions.index(TellClinic(assessment=CHEST))


def test_before_identity_a_red_flag_shows_the_number_and_is_alerted() -> None:
    event = MessageReceived(text="x", assessment=CHEST)
    after, actions = step(session(SessionState.CONFIRMING_IDENTITY), event, situation())
    assert isinstance(actions[0], Say)
    assert actions[0].parts[0].keys == ("emergency.call",)
    assert TellClinic(assessment=CHEST) in actions
    assert after.state is SessionState.CONFIRMING_IDENTITY


def test_the_diagram_is_the_one_that_was_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("conversation_states.mmd", diagram())


def test_the_diagram_draws_every_arrow_of_the_table() -> None:
    drawn = diagram()
    assert drawn.startswith("stateDiagram-v2\n    [*] --> confirming_identity\n")
    for state, row in TABLE.items():
        for event, transition in row.items():
            for target in transition.to:
                line = next(text for text in drawn.splitlines() if text.startswith(f"    {state.value} --> {target.value}:"))
                assert event.__name__ in line
