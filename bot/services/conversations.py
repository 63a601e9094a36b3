"""Advances one patient's session: what they sent becomes an event, the core steps, the actions are carried out, all in one transaction."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.actions import Part
from bot.core.careplan.enrolment import CheckInState, Patient, PatientState
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.check_in import at_rest
from bot.core.conversation.closed_answers import closed_answer
from bot.core.conversation.machine import step
from bot.core.conversation.session import SessionState
from bot.core.delivery import Lane
from bot.core.errors import IllegalTransition
from bot.core.events import (
    Closed,
    Command,
    CommandGiven,
    ConversationEvent,
    Inbound,
    InboundKind,
    MessageEdited,
    MessageReceived,
    OptionChosen,
    UnreadableReceived,
)
from bot.core.reading.commands import command_of
from bot.ports import Task, UnitOfWork
from bot.services import relay
from bot.services.assessing import assess_suspected, assess_text, worst_of_last_day
from bot.services.flood import hush
from bot.services.patient_buttons import Refusal, event_of, option_chosen, redeem, stop_spinner
from bot.services.performing import perform
from bot.services.talk import Talk, open_talk
from bot.services.world import World

LATE_ANSWER = timedelta(hours=12)
"""How long after the clinic was told of the silence an answer still answers the question."""
_SLASH = re.compile(r"\s*/(?P<name>[a-z]+)(?:@\w+)?(?P<rest>.*)", re.DOTALL | re.IGNORECASE)


def receive(
    uow: UnitOfWork, inbound: Inbound, patient: Patient, world: World, now: datetime, *, inbox_id: int | None = None
) -> None:
    """One message, edit, press or voice note of a known patient."""
    talk = open_talk(uow, patient, world, now, inbox_id)
    talk.reachable_again()
    _let_lapse(talk)
    if inbound.kind is InboundKind.BUTTON:
        _pressed(talk, inbound)
        return
    thread = relay.thread_of(talk)
    event = _event(talk, inbound)
    if event is not None:
        if relay.answers_a_person(talk, thread, event):
            perform(talk, relay.kept(event))
        else:
            hush(talk, event)
            advance(talk, event)
    relay.pass_on(talk, thread, inbound)


def advance(talk: Talk, event: ConversationEvent) -> None:
    """Steps the session and carries out what follows. Raises IllegalTransition with nothing changed."""
    session, actions = step(talk.session, event, talk.situation())
    talk.session = session
    perform(talk, actions)
    talk.keep_session(session)


def _let_lapse(talk: Talk) -> None:
    """A check-in that was given up long ago is over: what they write now answers nothing that it asked."""
    check_in_id = talk.session.check_in_id
    if check_in_id is None:
        return
    row = talk.uow.check_ins.get(check_in_id)
    if row.state is not CheckInState.REMINDED and row.state is not CheckInState.SENT and row.due_at + LATE_ANSWER < talk.now:
        talk.session = at_rest(talk.session) if talk.session.state is SessionState.CHECK_IN else talk.session


def _pressed(talk: Talk, inbound: Inbound) -> None:
    button = redeem(talk, inbound)
    if isinstance(button, Refusal):
        _refuse(talk, inbound, button)
        return
    event = event_of(talk, button)
    try:
        if event is not None:
            advance(talk, event)
    except IllegalTransition:
        event = None
    if event is None:
        talk.audit("button.passed", button.action)
        _refuse(talk, inbound, Refusal.USED)
        return
    stop_spinner(talk, inbound)


def _refuse(talk: Talk, inbound: Inbound, refusal: Refusal) -> None:
    """What is not theirs gets a short notice; what was theirs and has passed is said in words, for they meant something by it."""
    notice = "" if refusal is Refusal.DOUBLE else talk.world.content.label(talk.patient.language, "button.refused")
    stop_spinner(talk, inbound, notice)
    if refusal in {Refusal.USED, Refusal.EXPIRED}:
        talk.send((Part(keys=("button.passed",)),), Lane.REPLY)


def _event(talk: Talk, inbound: Inbound) -> ConversationEvent | None:
    match inbound.kind:
        case InboundKind.TEXT:
            return _said(talk, inbound.text)
        case InboundKind.EDITED:
            return MessageEdited(text=inbound.text, assessment=assess_text(talk, inbound.text), before=worst_of_last_day(talk))
        case InboundKind.UNREADABLE:
            caption = inbound.caption.strip()
            assessment = assess_text(talk, caption) if caption else None
            return UnreadableReceived(kind=inbound.text, text=caption, assessment=assessment)
        case _:
            return None


def _said(talk: Talk, text: str) -> ConversationEvent:
    """A command, a typed button label, or words."""
    command = _command(talk, text)
    if command is not None:
        return command
    return _typed_option(talk, text) or _message(talk, text)


def _command(talk: Talk, text: str) -> CommandGiven | None:
    slash = _SLASH.match(text)
    if slash and slash["name"].lower() in set(Command):
        command, rest = Command(slash["name"].lower()), slash["rest"].strip()
    elif (found := command_of(text)) is not None:
        command, rest = Command(found.value), text
    else:
        return None
    suspected = _suspected(talk)
    return CommandGiven(command=command, text=rest, assessment=assess_text(talk, rest) if rest else None, suspected=suspected)


def _typed_option(talk: Talk, text: str) -> OptionChosen | None:
    """Words that are exactly a button of the open question, or a bare yes or no that it takes for one."""
    session = talk.session
    question = talk.world.content.questions.get(session.asked) if session.asked else None
    if question is None or session.state is not SessionState.CHECK_IN:
        return None
    said = text.strip().casefold()
    for option in question.options:
        label = talk.world.content.label(talk.patient.language, f"question.{question.id}.option.{option.id}")
        if said == label.strip().casefold():
            return option_chosen(talk, question.id, option.id, session.round)
    bare = {Closed.YES: question.if_yes, Closed.NO: question.if_no}.get(closed_answer(text) or Closed.OTHER)
    return option_chosen(talk, question.id, bare, session.round) if bare else None


def _suspected(talk: Talk) -> Assessment | None:
    """What a yes to the open closed question would mean; None where none is open. Asked before the words are read, whose reading is stored."""
    session = talk.session
    if session.state is not SessionState.CLARIFYING:
        return None
    return assess_suspected(talk, session.clarifying, session.at_stake)


def _message(talk: Talk, text: str) -> MessageReceived:
    suspected = _suspected(talk)
    return MessageReceived(text=text, assessment=assess_text(talk, text), closed=closed_answer(text), suspected=suspected)


def mark_unreachable(talk: Talk) -> None:
    """They blocked the bot: nothing more is sent, and a person must find another way."""
    talk.save_patient(replace(talk.patient, state=PatientState.UNREACHABLE))
    talk.audit("patient.unreachable")
    talk.uow.outbox.cancel_of_patient(talk.patient.id)
    talk.task(Task(id=0, patient_id=talk.patient.id, kind="unreachable", disposition=Disposition.SAME_DAY, at=talk.now))
