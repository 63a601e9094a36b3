"""Invitations by SMS: we write first, and whoever answers from that number has opened it. The year of birth is asked all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.actions import Part
from bot.core.careplan.invitation import INVITATION_LIFE, Invitation
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane, OutgoingMessage
from bot.core.errors import InvalidValue
from bot.core.events import Inbound, InboundKind
from bot.core.phone import is_e164
from bot.ports import Task, UnitOfWork
from bot.services import clinics
from bot.services.enrolments import hash_of
from bot.services.wording import Wording
from bot.services.world import World

CHANNEL = "sms"


def invite_by_sms(uow: UnitOfWork, world: World, now: datetime, subject: str, number: str, *, by: str = "system") -> None:
    """Writes to that number; an answer within 72 hours binds it to ``subject``. Raises InvalidValue for what is no number,
    for one that is in use, and where SMS is not set up."""
    _check(uow, world, subject, number)
    known = uow.invitations.by_hash(hash_of(token_of(number)))
    expires = now + INVITATION_LIFE
    if known is None:
        uow.invitations.add(Invitation(id=0, token_hash=hash_of(token_of(number)), subject=subject, expires_at=expires))
    else:
        uow.invitations.save(replace(known, used_at=None, used_by=None, tries=0, subject=subject, expires_at=expires))
    uow.audit.append(now, by, "invitation.sent", subject, CHANNEL)
    _write(uow, world, now, subject, number)


def token_of(number: str) -> str:
    """What stands for the token of a link: the number itself, which only its owner can write from."""
    return f"{CHANNEL}:{number}"


def is_answer(uow: UnitOfWork, inbound: Inbound, now: datetime) -> bool:
    """Whether this message answers an invitation that is open."""
    return inbound.kind in {InboundKind.TEXT, InboundKind.BUTTON} and _open(uow, inbound, now) is not None


def decline(uow: UnitOfWork, inbound: Inbound, now: datetime) -> None:
    """They want no messages: the invitation is worth nothing from now on, and the clinic follows them in another way."""
    invitation = _open(uow, inbound, now)
    if invitation is None:
        return
    uow.invitations.save(replace(invitation, expires_at=now))
    uow.audit.append(now, f"address:{CHANNEL}", "invitation.declined", invitation.subject)
    kind, _, name = invitation.subject.partition(":")
    if kind == "patient":
        detail = "answered STOP to the first SMS"
        uow.tasks.add(Task(id=0, patient_id=int(name), kind="declined", disposition=Disposition.SAME_DAY, at=now, detail=detail))


def _open(uow: UnitOfWork, inbound: Inbound, now: datetime) -> Invitation | None:
    invitation = uow.invitations.by_hash(hash_of(token_of(inbound.address))) if inbound.channel == CHANNEL else None
    return invitation if invitation is not None and invitation.used_at is None and invitation.expires_at > now else None


def _check(uow: UnitOfWork, world: World, subject: str, number: str) -> None:
    if CHANNEL not in world.channels:
        raise InvalidValue("SMS is not set up: the settings AFTERCARE_TWILIO_... are missing")
    if not is_e164(number):
        raise InvalidValue(f"{number!r} is no phone number: write it with + and the country code, such as +436641234567")
    holder = uow.patients.by_address(CHANNEL, number)
    if holder is not None and subject != f"patient:{holder.id}":
        raise InvalidValue("this number already belongs to somebody's follow-up")


def _write(uow: UnitOfWork, world: World, now: datetime, subject: str, number: str) -> None:
    kind, _, name = subject.partition(":")
    patient = uow.patients.get(int(name)) if kind == "patient" else None
    language = patient.language if patient else "en"
    world = clinics.of_subject(uow, world, subject)
    wording = Wording(content=world.content, language=language, zone=ZoneInfo(world.content.clinic.timezone), now=now)
    for text in wording.texts([Part(keys=("invitation.sms" if patient else "clinician.invited_by_sms",))]):
        uow.outbox.add(
            OutgoingMessage(
                id=0,
                channel=CHANNEL,
                address=number,
                text=text,
                lane=Lane.REPLY,
                purpose=f"invitation:{subject}",
                patient_id=patient.id if patient else None,
                due_at=now,
            )
        )
