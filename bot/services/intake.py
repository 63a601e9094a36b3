"""What arrives: kept first, then handled once. What cannot be handled is tried again, then quarantined, and a person is told."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import Patient
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import DeliveryState, Kind, Lane, OutgoingMessage
from bot.core.errors import AftercareError
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.drill import CANARY
from bot.core.events import Inbound, InboundKind
from bot.core.reading.commands import Command, command_of
from bot.ports import Channel, InboxItem, Task, UnitOfWork
from bot.services import canaries, clinicians, conversations, invitations, sms_invitations, strangers, written_choices
from bot.services.talk import open_talk
from bot.services.world import World

WAITS = (timedelta(0), timedelta(seconds=5))
"""How long a failed item waits before its second and third attempt; after the third it is quarantined."""


def accept(uow: UnitOfWork, channel: Channel, raw: bytes, now: datetime) -> int | None:
    """Keeps a raw update; its id, or None where it is here already. What is no update at all is quarantined, never lost."""
    inbound = _parsed(channel, raw)
    if inbound is not None:
        return uow.inbox.add(channel.name, inbound.external_id, inbound.address, raw, now)
    inbox_id = uow.inbox.add(channel.name, f"unparsed:{hashlib.sha256(raw).hexdigest()}", "", raw, now)
    if inbox_id is not None:
        uow.inbox.quarantine(inbox_id, ValueError.__name__, now)
    return inbox_id


def accept_and_handle(
    uow: UnitOfWork, channel: Channel, raw: bytes, world: World, now: datetime, *, parsed: Inbound | None = None
) -> bool:
    """Keeps a raw update and handles the oldest that waits, which is nearly always this one. False where it is here already.

    ``parsed``: the update, where it has been parsed already.
    """
    inbound = parsed or _parsed(channel, raw)
    if inbound is None or not uow.inbox.free(channel.name, inbound.address):
        new = accept(uow, channel, raw, now) is not None
        if new:
            drain(uow, world, now, 1)
        return new
    inbox_id = uow.inbox.add(channel.name, inbound.external_id, inbound.address, raw, now, handled=True)
    if inbox_id is not None:
        item = InboxItem(
            id=inbox_id,
            channel=channel.name,
            external_id=inbound.external_id,
            address=inbound.address,
            raw=raw,
            received_at=now,
        )
        _try(uow, item, inbound, world, now)
    return inbox_id is not None


def _parsed(channel: Channel, raw: bytes) -> Inbound | None:
    try:
        return channel.parse(raw)
    except ValueError:
        return None


def drain(uow: UnitOfWork, world: World, now: datetime, limit: int) -> int:
    """Handles up to ``limit`` waiting items, oldest first; how many attempts were made."""
    attempts = 0
    while attempts < limit and (item := uow.inbox.take(now)) is not None:
        process(uow, item, world, now)
        attempts += 1
    return attempts


def process(uow: UnitOfWork, item: InboxItem, world: World, now: datetime) -> None:
    """Handles one item in a savepoint. Its failure leaves nothing behind but a further attempt, or the quarantine.

    Raises only what the whole transaction should be run again for (a retryable error of the store).
    """
    if _try(uow, item, None, world, now):
        uow.inbox.done(item.id, now)


def _try(uow: UnitOfWork, item: InboxItem, inbound: Inbound | None, world: World, now: datetime) -> bool:
    """Whether it worked. ``inbound``: the item's raw update where it has been parsed already."""
    try:
        with uow.savepoint():
            parsed = inbound or world.channels[item.channel].parse(item.raw)
            handle(uow, written_choices.as_press(uow, parsed), world, now, item.id)
    except AftercareError as error:
        if error.retryable:
            raise
        _failed(uow, item, error, now)
    except Exception as error:  # noqa: BLE001 - whatever one message breaks must stop no other message
        _failed(uow, item, error, now)
    else:
        return True
    return False


def handle(uow: UnitOfWork, inbound: Inbound, world: World, now: datetime, inbox_id: int | None = None) -> None:
    """Who is this address, and whose business is the message?"""
    if inbound.kind is InboundKind.IGNORED:
        return
    if inbound.kind is InboundKind.GROUP:
        _leave(uow, inbound, now)
        return
    token = invitations.token_in(inbound)
    if token is not None:
        invitations.open_invitation(uow, inbound, token, world, now, inbox_id=inbox_id)
        return
    if sms_invitations.is_answer(uow, inbound, now):
        _answered_by_sms(uow, inbound, world, now, inbox_id)
        return
    _route(uow, inbound, world, now, inbox_id)


def _answered_by_sms(uow: UnitOfWork, inbound: Inbound, world: World, now: datetime, inbox_id: int | None) -> None:
    """The first answer opens the invitation, or declines it with STOP; a red flag in it counts as in any other message."""
    level = strangers.level_of(inbound, world)
    if command_of(inbound.text) is Command.STOP and not level.red:
        sms_invitations.decline(uow, inbound, now)
        strangers.tell(uow, inbound, world, now, "stop.done_stranger", "stranger.emergency")
        return
    invitations.open_invitation(uow, inbound, sms_invitations.token_of(inbound.address), world, now, inbox_id=inbox_id)
    patient = uow.patients.by_address(inbound.channel, inbound.address)
    if patient is not None and level.red:
        conversations.receive(uow, inbound, patient, world, now, inbox_id=inbox_id)


def _route(uow: UnitOfWork, inbound: Inbound, world: World, now: datetime, inbox_id: int | None) -> None:
    if inbound.channel == CANARY:
        canaries.returned(uow, inbound, now)
        return
    clinician = uow.clinicians.by_address(inbound.channel, inbound.address)
    patient = uow.patients.by_address(inbound.channel, inbound.address)
    if inbound.kind is InboundKind.MIGRATED:
        _migrated(uow, inbound, patient, clinician, now)
        return
    if clinician is not None and (patient is None or _for_clinician(uow, inbound, clinician, now)):
        clinicians.handle(uow, inbound, clinician, world, now)
    elif patient is None:
        strangers.answer(uow, inbound, world, now)
    elif inbound.kind is InboundKind.BLOCKED:
        conversations.mark_unreachable(open_talk(uow, patient, world, now, inbox_id))
    elif inbound.kind is InboundKind.UNBLOCKED:
        open_talk(uow, patient, world, now, inbox_id).reachable_again()
    elif written_choices.is_no_answer(inbound):
        written_choices.explain(open_talk(uow, patient, world, now, inbox_id))
    else:
        conversations.receive(uow, inbound, patient, world, now, inbox_id=inbox_id)


def _for_clinician(uow: UnitOfWork, inbound: Inbound, clinician: Clinician, now: datetime) -> bool:
    """Somebody who is both: a press belongs to its button's owner, an answer to whom the message was for; all else is read as the
    patient's."""
    if inbound.button:
        button = uow.buttons.get(inbound.button)
        return button is not None and button.owner.startswith("clinician:")
    if inbound.reply_to and uow.outbox.to_clinician(clinician.id, inbound.reply_to) is not None:
        return True
    drafts = (clinician.writing, clinician.usual)
    return any(draft is not None and draft.until > now for draft in drafts)


def _migrated(uow: UnitOfWork, inbound: Inbound, patient: Patient | None, clinician: Clinician | None, now: datetime) -> None:
    """The chat has another id from now on, whoever reads there. Nobody is answered: the update is of the old one."""
    if not inbound.text:
        return
    if patient is not None:
        uow.patients.save(replace(patient, address=inbound.text))
        uow.audit.append(now, "system", "address.migrated", f"patient:{patient.id}")
    if clinician is not None:
        uow.clinicians.put(replace(clinician, address=inbound.text))
        uow.audit.append(now, "system", "address.migrated", f"clinician:{clinician.id}")


def _leave(uow: UnitOfWork, inbound: Inbound, now: datetime) -> None:
    """Health content stays in private chats: the bot leaves a group that it was added to, once."""
    purpose = f"leave:{inbound.channel}:{inbound.address}"
    if any(m.state in {DeliveryState.PENDING, DeliveryState.SENDING} for m in uow.outbox.of_purpose(purpose)):
        return
    uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=inbound.channel,
            address=inbound.address,
            text="",
            lane=Lane.REPLY,
            kind=Kind.LEAVE,
            purpose=purpose,
            due_at=now,
        )
    )


def _failed(uow: UnitOfWork, item: InboxItem, error: Exception, now: datetime) -> None:
    what = type(error).__name__  # its text may quote the patient
    if item.attempts < len(WAITS):
        uow.inbox.retry(item.id, what, now + WAITS[item.attempts])
        return
    uow.inbox.quarantine(item.id, what, now)
    patient = uow.patients.by_address(item.channel, item.address)
    uow.audit.append(now, "system", "inbox.quarantined", f"inbox:{item.id}", what)
    if patient is not None:
        detail = f"a person must read this: inbox {item.id} ({what})"
        task = Task(id=0, patient_id=patient.id, kind="quarantined", disposition=Disposition.URGENT, at=now, detail=detail)
        uow.tasks.add(task)
