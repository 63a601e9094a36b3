"""How a chat comes to belong to somebody: the deep link of a single-use invitation. A link that is no good is refused kindly."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot.core.careplan.invitation import Invitation
from bot.core.clinical.disposition import Disposition
from bot.core.errors import NotFound
from bot.core.events import Command, CommandGiven, Inbound, InboundKind, InvitationOpened
from bot.ports import Task, UnitOfWork
from bot.services import clinicians, strangers
from bot.services.conversations import advance
from bot.services.enrolments import hash_of
from bot.services.talk import open_talk
from bot.services.world import World

_DEEP_LINK = re.compile(r"\s*/start(?:@\w+)?\s+(?P<token>[A-Za-z0-9_-]{8,64})\s*")


def token_in(inbound: Inbound) -> str | None:
    """The token of a deep link that was opened (``/start <token>``), or None."""
    found = _DEEP_LINK.fullmatch(inbound.text) if inbound.kind is InboundKind.TEXT else None
    return found["token"] if found else None


def open_invitation(
    uow: UnitOfWork, inbound: Inbound, token: str, world: World, now: datetime, *, inbox_id: int | None = None
) -> None:
    """Binds the chat to the invitation's subject; a link that is unknown, old or used is refused kindly."""
    invitation = uow.invitations.by_hash(hash_of(token))
    if invitation is None:
        strangers.tell(uow, inbound, world, now, "invitation.unknown", "stranger.emergency")
    elif invitation.used_at is not None:
        _opened_again(uow, inbound, invitation, world, now, inbox_id=inbox_id)
    elif invitation.expires_at <= now:
        strangers.tell(uow, inbound, world, now, "invitation.expired", "stranger.emergency")
    else:
        _bind(uow, inbound, invitation, world, now, inbox_id=inbox_id)


def _bind(
    uow: UnitOfWork, inbound: Inbound, invitation: Invitation, world: World, now: datetime, *, inbox_id: int | None
) -> None:
    kind, _, name = invitation.subject.partition(":")
    holder = uow.patients.by_address(inbound.channel, inbound.address)
    if kind == "patient" and holder is not None and holder.id != int(name):
        _chat_in_use(uow, inbound, int(name), world, now)
        return
    uow.invitations.save(replace(invitation, used_at=now, used_by=inbound.address))
    if kind == "clinician":
        _bind_clinician(uow, inbound, name, world, now)
        return
    patient = uow.patients.get(int(name))
    suggested = strangers.language_of(inbound, world) if patient.language == "en" else patient.language
    bound = replace(patient, channel=inbound.channel, address=inbound.address, language=suggested)
    uow.patients.save(bound)
    uow.audit.append(now, invitation.subject, "invitation.opened", invitation.subject)
    advance(open_talk(uow, bound, world, now, inbox_id), InvitationOpened())


def _bind_clinician(uow: UnitOfWork, inbound: Inbound, clinician_id: str, world: World, now: datetime) -> None:
    try:
        clinicians.bind(uow, clinician_id, world, now, channel=inbound.channel, address=inbound.address)
    except NotFound:
        strangers.tell(uow, inbound, world, now, "invitation.unknown", "stranger.emergency")


def _opened_again(
    uow: UnitOfWork, inbound: Inbound, invitation: Invitation, world: World, now: datetime, *, inbox_id: int | None
) -> None:
    """The same chat opened its link again: that is a /start. Another chat: refused, and the clinic is told."""
    holder = uow.patients.by_address(inbound.channel, inbound.address)
    if invitation.used_by == inbound.address and holder is not None and invitation.subject == f"patient:{holder.id}":
        advance(open_talk(uow, holder, world, now, inbox_id), CommandGiven(command=Command.START))
        return
    strangers.tell(uow, inbound, world, now, "invitation.used", "stranger.emergency")
    uow.audit.append(now, f"address:{inbound.channel}", "invitation.refused", invitation.subject, "opened from a second chat")
    kind, _, name = invitation.subject.partition(":")
    if kind == "patient" and uow.tasks.open_of(int(name), "stolen_link") is None:
        detail = "the invitation was opened again from another chat"
        uow.tasks.add(
            Task(id=0, patient_id=int(name), kind="stolen_link", disposition=Disposition.SAME_DAY, at=now, detail=detail)
        )


def _chat_in_use(uow: UnitOfWork, inbound: Inbound, patient_id: int, world: World, now: datetime) -> None:
    """One chat follows one patient: a second one's link is left unused, and the clinic sorts it out."""
    strangers.tell(uow, inbound, world, now, "invitation.chat_in_use", "stranger.emergency")
    detail = "the invitation was opened from a chat that follows another patient"
    uow.tasks.add(Task(id=0, patient_id=patient_id, kind="chat_in_use", disposition=Disposition.SAME_DAY, at=now, detail=detail))
