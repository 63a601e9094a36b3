"""One table: state -> event -> handler and where it may lead. ``step`` looks up, acts, and returns the new session with its actions.

What the table does not list is illegal: it raises IllegalTransition, and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.actions import Action
from bot.core.conversation import answering, clarifying, commands, onboarding
from bot.core.conversation.session import Session, SessionState
from bot.core.conversation.situation import Situation, Turn
from bot.core.errors import IllegalTransition
from bot.core.events import (
    AboutPatientConfirmed,
    CheckInFellDue,
    ClarificationAnswered,
    ClarificationTimedOut,
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

# Each event is handled by the handler that this table names for its type: the lookup is what makes the argument fit.
Handler = Callable[[Turn, Any, Situation], Turn]

IDENTITY = SessionState.CONFIRMING_IDENTITY
LANGUAGE = SessionState.CHOOSING_LANGUAGE
CONSENT = SessionState.CONSENTING
IDLE = SessionState.IDLE
CHECK_IN = SessionState.CHECK_IN
CLARIFYING = SessionState.CLARIFYING
STOPPED = SessionState.STOPPED
LOCKED = SessionState.LOCKED
DECLINED = SessionState.DECLINED


@dataclass(frozen=True, slots=True)
class Transition:
    """Who handles the event, and the states that it may lead to."""

    handler: Handler
    to: frozenset[SessionState]


def _go(handler: Handler, *to: SessionState) -> Transition:
    return Transition(handler, frozenset(to))


def _common(here: SessionState, *, stop: SessionState) -> dict[type, Transition]:
    """What may happen in every state in which we know who writes: they write, edit, send what we cannot read, press old buttons."""
    return {
        InvitationOpened: _go(onboarding.opened, IDENTITY),
        MessageReceived: _go(answering.wrote, here, CLARIFYING),
        MessageEdited: _go(answering.edited, here, CLARIFYING),
        UnreadableReceived: _go(answering.unreadable, here, CLARIFYING),
        CommandGiven: _go(commands.given, here, CLARIFYING, stop),
        OptionChosen: _go(answering.chose_late, here),
        ClarificationAnswered: _go(clarifying.late, here),
        AboutPatientConfirmed: _go(answering.about_patient, here),
        LanguageChosen: _go(commands.language_changed, here),
    }


TABLE: Mapping[SessionState, Mapping[type, Transition]] = {
    IDENTITY: {
        InvitationOpened: _go(onboarding.opened, IDENTITY),
        MessageReceived: _go(onboarding.identify, IDENTITY, LANGUAGE, LOCKED),
        MessageEdited: _go(onboarding.identify, IDENTITY, LANGUAGE, LOCKED),
        UnreadableReceived: _go(onboarding.identify_unreadable, IDENTITY, LANGUAGE, LOCKED),
        CommandGiven: _go(commands.given, IDENTITY),
        LanguageChosen: _go(onboarding.language_before_identity, IDENTITY),
    },
    LOCKED: {
        InvitationOpened: _go(onboarding.opened, IDENTITY),
        MessageReceived: _go(onboarding.locked, LOCKED),
        MessageEdited: _go(onboarding.locked, LOCKED),
        UnreadableReceived: _go(onboarding.locked, LOCKED),
        CommandGiven: _go(onboarding.locked, LOCKED),
    },
    LANGUAGE: _common(LANGUAGE, stop=DECLINED)
    | {
        MessageReceived: _go(onboarding.language_awaited, LANGUAGE, CLARIFYING),
        LanguageChosen: _go(onboarding.language_chosen, CONSENT),
    },
    CONSENT: _common(CONSENT, stop=DECLINED)
    | {
        MessageReceived: _go(onboarding.consent_awaited, CONSENT, CLARIFYING),
        ConsentAnswered: _go(onboarding.consent_answered, IDLE, DECLINED),
    },
    DECLINED: _common(DECLINED, stop=DECLINED)
    | {
        CommandGiven: _go(commands.given, DECLINED, CLARIFYING, CONSENT),
        ConsentAnswered: _go(onboarding.consent_answered, IDLE, DECLINED),
    },
    IDLE: _common(IDLE, stop=STOPPED)
    | {
        CommandGiven: _go(commands.given, IDLE, CLARIFYING, CHECK_IN, STOPPED),
        CheckInFellDue: _go(answering.fell_due, CHECK_IN),
    },
    CHECK_IN: _common(CHECK_IN, stop=STOPPED)
    | {
        MessageReceived: _go(answering.wrote, CHECK_IN, CLARIFYING, IDLE),
        MessageEdited: _go(answering.edited, CHECK_IN, CLARIFYING, IDLE),
        UnreadableReceived: _go(answering.unreadable, CHECK_IN, CLARIFYING, IDLE),
        CommandGiven: _go(commands.given, CHECK_IN, CLARIFYING, IDLE, STOPPED),
        OptionChosen: _go(answering.chose, CHECK_IN, IDLE),
        ClarificationAnswered: _go(clarifying.late, CHECK_IN, IDLE),
        AboutPatientConfirmed: _go(answering.about_patient, CHECK_IN, IDLE),
        CheckInFellDue: _go(answering.fell_due, CHECK_IN),
        ReminderFellDue: _go(answering.remind, CHECK_IN),
        SilenceLasted: _go(answering.silent, CHECK_IN),
    },
    # A clarification goes back to wherever it was opened.
    CLARIFYING: _common(CLARIFYING, stop=STOPPED)
    | {
        MessageReceived: _go(clarifying.wrote, CLARIFYING, IDLE, CHECK_IN, STOPPED, LANGUAGE, CONSENT, DECLINED),
        MessageEdited: _go(clarifying.edited, CLARIFYING, IDLE, CHECK_IN, STOPPED, LANGUAGE, CONSENT, DECLINED),
        UnreadableReceived: _go(answering.unreadable, CLARIFYING, IDLE, CHECK_IN, STOPPED, LANGUAGE, CONSENT, DECLINED),
        CommandGiven: _go(commands.given, CLARIFYING, IDLE, CHECK_IN, STOPPED, LANGUAGE, CONSENT, DECLINED),
        OptionChosen: _go(answering.chose_late, CLARIFYING, IDLE, STOPPED, LANGUAGE, CONSENT, DECLINED),
        ClarificationAnswered: _go(clarifying.pressed, CLARIFYING, IDLE, CHECK_IN, STOPPED, LANGUAGE, CONSENT, DECLINED),
        AboutPatientConfirmed: _go(answering.about_patient, CLARIFYING, IDLE, STOPPED, LANGUAGE, CONSENT, DECLINED),
        ClarificationTimedOut: _go(clarifying.timed_out, IDLE, CHECK_IN, STOPPED, LANGUAGE, CONSENT, DECLINED),
    },
    STOPPED: _common(STOPPED, stop=STOPPED) | {CommandGiven: _go(commands.given, STOPPED, CLARIFYING, IDLE)},
}


def step(session: Session, event: ConversationEvent, situation: Situation) -> tuple[Session, tuple[Action, ...]]:
    """The session after the event, and what is to be done, in order.

    Raises IllegalTransition where the table has no such event in this state; nothing has changed then.
    """
    transition = TABLE[session.state].get(type(event))
    if transition is None:
        raise IllegalTransition(f"{type(event).__name__} cannot happen while {session.state.value}")
    turn = transition.handler(Turn(session), event, situation)
    if turn.session.state not in transition.to:
        raise IllegalTransition(
            f"{type(event).__name__} led from {session.state.value} to {turn.session.state.value}: not in the table"
        )
    return turn.session, turn.actions


def diagram() -> str:
    """The table as a Mermaid state diagram: one arrow for each pair of states, with the events that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, row in TABLE.items():
        for event, transition in row.items():
            for target in sorted(transition.to):
                arrows.setdefault((state.value, target.value), []).append(event.__name__)
    lines = [f"    {source} --> {target}: {', '.join(events)}" for (source, target), events in arrows.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {IDENTITY.value}", *lines, ""])
