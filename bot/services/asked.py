"""The question that was asked last: found again among what was sent, so that its buttons can be taken away."""

from __future__ import annotations

from dataclasses import replace

from bot.core.actions import WithdrawQuestion
from bot.core.delivery import DeliveryState, Kind, Lane, OutgoingMessage
from bot.services.talk import Talk

LOOKED_AT = 4
"""The newest messages of a purpose among which the question is looked for: it, its reminder, and what followed them."""


def asked_purpose(talk: Talk) -> str:
    """The purpose of a question that belongs to no check-in."""
    return f"asked:{talk.patient.id}"


def withdraw(talk: Talk, action: WithdrawQuestion) -> None:
    """Every copy of that question (a reminder asks it again) loses its buttons; one that still waits to be sent is not sent."""
    purposes = [asked_purpose(talk)]
    if action.check_in_id is not None:
        purposes.append(f"check_in:{action.check_in_id}")
    for message in (m for purpose in purposes for m in talk.uow.outbox.of_purpose(purpose, newest=LOOKED_AT)):
        if message.kind is not Kind.MESSAGE or not _asks(talk, message, action.round):
            continue
        if message.state is DeliveryState.PENDING:
            talk.uow.outbox.save(replace(message, state=DeliveryState.CANCELLED, due_at=None))
        elif message.state is DeliveryState.SENT and message.provider_id is not None:
            talk.uow.outbox.add(_without_buttons(talk, message))


def _asks(talk: Talk, message: OutgoingMessage, question_round: int) -> bool:
    first = next((button for row in message.buttons for button in row), None)
    stored = None if first is None else talk.uow.buttons.get(first.id)
    return stored is not None and stored.payload.get("round") == str(question_round)


def _without_buttons(talk: Talk, message: OutgoingMessage) -> OutgoingMessage:
    return OutgoingMessage(
        id=0,
        channel=message.channel,
        address=message.address,
        text=message.text,
        lane=Lane.REPLY,
        kind=Kind.EDIT,
        edits=message.provider_id,
        purpose=f"withdrawn:{message.id}",
        patient_id=message.patient_id,
        due_at=talk.now,
    )
