"""What somebody is told whom we do not know: nothing about anybody, a few times an hour; the emergency number where it is needed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.actions import Part
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext
from bot.core.delivery import Kind, Lane, OutgoingMessage
from bot.core.events import Inbound, InboundKind
from bot.core.triage import triage
from bot.ports import UnitOfWork
from bot.services.wording import Wording
from bot.services.world import World

REPLIES_AN_HOUR = 3
EMERGENCY_REPLIES_AN_HOUR = 10


def answer(uow: UnitOfWork, inbound: Inbound, world: World, now: datetime) -> None:
    """A generic reply to a message; a press is refused; the rest is left unanswered."""
    if inbound.kind is InboundKind.BUTTON:
        refuse_press(uow, inbound, world, now)
        return
    if inbound.kind not in {InboundKind.TEXT, InboundKind.EDITED, InboundKind.UNREADABLE}:
        return
    if level_of(inbound, world) >= Disposition.EMERGENCY:
        tell(uow, inbound, world, now, "stranger.call_now", limit=EMERGENCY_REPLIES_AN_HOUR, lane=Lane.SAFETY)
        return
    tell(uow, inbound, world, now, "stranger.hello", "stranger.emergency")


def tell(
    uow: UnitOfWork,
    inbound: Inbound,
    world: World,
    now: datetime,
    *keys: str,
    limit: int = REPLIES_AN_HOUR,
    lane: Lane = Lane.REPLY,
) -> bool:
    """Says this to an address that is nobody's yet; False where it has been told enough within this hour."""
    purpose = f"{keys[0]}:{inbound.channel}:{inbound.address}:{now:%Y%m%d%H}"
    if len(uow.outbox.of_purpose(purpose)) >= limit:
        return False
    wording = Wording(
        content=world.content,
        language=language_of(inbound, world),
        zone=ZoneInfo(world.content.clinic.timezone),
        now=now,
        emergency_numbers=_numbers(world),
    )
    for text in wording.texts(Part(keys=(key,)) for key in keys):
        uow.outbox.add(
            OutgoingMessage(
                id=0,
                channel=inbound.channel,
                address=inbound.address,
                text=text,
                lane=lane,
                purpose=purpose,
                due_at=now,
            )
        )
    return True


def _numbers(world: World) -> str:
    """The emergency numbers of all clinics, each once: they may be a patient of any."""
    return " / ".join(dict.fromkeys(clinic.emergency_number for clinic in world.content.clinics.values()))


def refuse_press(uow: UnitOfWork, inbound: Inbound, world: World, now: datetime) -> None:
    """A button that is not theirs: the spinner stops, nothing is said of anybody, and it is audited."""
    uow.audit.append(now, f"address:{inbound.channel}", "button.refused", "stranger", "unknown presser")
    if inbound.callback_id is None:
        return
    uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=inbound.channel,
            address=inbound.address,
            text=world.content.label(language_of(inbound, world), "button.refused"),
            lane=Lane.REPLY,
            kind=Kind.BUTTON_ANSWER,
            edits=inbound.callback_id,
            purpose="press:0",
            due_at=now,
        )
    )


def language_of(inbound: Inbound, world: World) -> str:
    """The language of their app where we speak it, else English."""
    code = (inbound.language or "").split("-")[0].lower()
    return code if code in world.content.languages else "en"


def level_of(inbound: Inbound, world: World) -> Disposition:
    """What their words come to, with nothing known about them."""
    text = inbound.caption if inbound.kind is InboundKind.UNREADABLE else inbound.text
    if not text.strip():
        return Disposition.NONE
    found = triage(text, asked=None, patient=PatientContext(), knowledge=world.content.knowledge)
    return found.disposition
