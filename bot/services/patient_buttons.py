"""A pressed button: who owns it, whether it still counts, and the event that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from bot.core.conversation.session import SessionState
from bot.core.delivery import Kind, Lane, OutgoingMessage
from bot.core.events import (
    AboutPatientConfirmed,
    ClarificationAnswered,
    Closed,
    ConsentAnswered,
    ConversationEvent,
    Inbound,
    LanguageChosen,
    OptionChosen,
)
from bot.ports import StoredButton
from bot.services.assessing import assess_findings, assess_present, assess_suspected
from bot.services.talk import Talk

DOUBLE_TAP = timedelta(seconds=10)
"""A second press this soon after the first is a trembling finger, not a new answer."""


class Refusal(StrEnum):
    """Why a press does nothing."""

    UNKNOWN = "unknown"
    OF_ANOTHER = "of another"
    EXPIRED = "expired"
    DOUBLE = "pressed twice"
    USED = "used"


def redeem(talk: Talk, inbound: Inbound) -> StoredButton | Refusal:
    """The stored button, used up by this press; or why it is refused: audited, and nothing else is done."""
    button = talk.uow.buttons.get(inbound.button) if inbound.button else None
    refusal = _refusal(talk, button)
    if refusal is not None or button is None:
        refusal = refusal or Refusal.UNKNOWN
        talk.audit("button.refused", refusal)
        return refusal
    talk.uow.buttons.use(button.id, talk.now)
    return button


def event_of(talk: Talk, button: StoredButton) -> ConversationEvent | None:
    """The event that this button stands for; None for one whose question, option or language is gone."""
    payload = button.payload
    match button.action:
        case "answer":
            return option_chosen(talk, payload["question"], payload["option"], int(payload["round"]))
        case "clarify":
            suspected = assess_suspected(talk, *_asked_about(talk, payload))
            return ClarificationAnswered(round=int(payload["round"]), answer=Closed(payload["answer"]), suspected=suspected)
        case "about_patient":
            symptoms = payload["symptoms"].split(",")
            return AboutPatientConfirmed(text=", ".join(symptoms), assessment=assess_present(talk, *symptoms))
        case "language":
            code = payload["language"]
            return LanguageChosen(language=code) if code in talk.world.content.languages else None
        case "consent":
            return ConsentAnswered(agreed=payload["agreed"] == "yes")
        case _:
            return None


def _asked_about(talk: Talk, payload: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The symptom of a closed question and what is at stake: of the open one the session knows, of one that has passed the button."""
    session = talk.session
    if session.state is SessionState.CLARIFYING and int(payload["round"]) == session.round:
        return session.clarifying, session.at_stake
    return payload.get("symptom"), payload.get("at_stake")


def option_chosen(talk: Talk, question_id: str, option_id: str, question_round: int) -> OptionChosen | None:
    """The option of a question as an event, with what it means; None where the catalogue has it no more."""
    question = talk.world.content.questions.get(question_id)
    option = question.option(option_id) if question else None
    if option is None:
        return None
    return OptionChosen(
        question=question_id,
        option=option_id,
        round=question_round,
        text=talk.world.content.label(talk.patient.language, f"question.{question_id}.option.{option_id}"),
        assessment=assess_findings(talk, option.findings),
        follow_up=option.follow_up,
    )


def stop_spinner(talk: Talk, inbound: Inbound, notice: str = "") -> None:
    """Answers the press itself, with a short notice where there is one."""
    if inbound.callback_id is None:
        return
    talk.uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=inbound.channel,
            address=inbound.address,
            text=notice,
            lane=Lane.REPLY,
            kind=Kind.BUTTON_ANSWER,
            edits=inbound.callback_id,
            purpose=f"press:{talk.inbox_id or 0}",
            patient_id=talk.patient.id,
            due_at=talk.now,
        )
    )


def _refusal(talk: Talk, button: StoredButton | None) -> Refusal | None:
    if button is None:
        return Refusal.UNKNOWN
    if button.owner != talk.subject:
        return Refusal.OF_ANOTHER
    if button.expires_at <= talk.now:
        return Refusal.EXPIRED
    if button.used_at is None:
        return None
    return Refusal.DOUBLE if talk.now - button.used_at < DOUBLE_TAP else Refusal.USED
