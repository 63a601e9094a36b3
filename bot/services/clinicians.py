"""Clinicians: whose chat is whose, who may do anything there, and where what they send goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.errors import NotFound
from bot.core.escalation.clinician import Clinician
from bot.core.events import Inbound, InboundKind
from bot.ports import UnitOfWork
from bot.services import (
    baseline_presses,
    clinician_enrol,
    clinician_language,
    clinician_lists,
    clinician_presses,
    clinician_shifts,
    clinician_tasks,
    clinics,
    escalations,
    relay,
)
from bot.services.alert_text import name_of
from bot.services.clinician_chat import Chat
from bot.services.world import World

_HEARD = frozenset({InboundKind.BUTTON, InboundKind.TEXT, InboundKind.EDITED, InboundKind.UNREADABLE, InboundKind.UNBLOCKED})
_ANSWERED = _HEARD - {InboundKind.UNBLOCKED}
"""An edited command was carried out when it was sent: it must not enrol a second patient. Of an edited answer to an alert they
hear that the patient has what was sent first."""


def handle(uow: UnitOfWork, inbound: Inbound, clinician: Clinician, world: World, now: datetime) -> None:
    """Answers one message or press of a clinician. One who has been revoked is refused at once, whatever they send."""
    at = next(iter(clinics.where(clinician, world)), None)
    chat = Chat(uow=uow, world=at or world, now=now, clinician=clinician, inbound=inbound)
    if inbound.kind is InboundKind.BLOCKED:
        _blocked(chat)
    elif at is None:
        _refuse_revoked(chat)
    elif inbound.kind in _HEARD:
        _reachable_again(chat)
        _answer(chat)


def bind(uow: UnitOfWork, clinician_id: str, world: World, now: datetime, *, channel: str, address: str) -> Clinician:
    """Gives the clinician of a clinic this chat (they opened their invitation). A chat that they had before is told.

    Raises NotFound for an id that no clinic has, or that was revoked.
    """
    known = uow.clinicians.get(clinician_id)
    if clinician_id not in clinics.everybody(world.content) or (known is not None and not known.active):
        raise NotFound(f"no clinic has a clinician {clinician_id!r}, or their access was revoked")
    world = clinics.of_subject(uow, world, f"clinician:{clinician_id}")
    name = name_of(world.content, clinician_id)
    fresh = known or Clinician(id=clinician_id, name=name)
    bound = replace(fresh, name=name, channel=channel, address=address, reachable=True)
    if known is not None and known.address not in {None, address}:
        Chat(uow=uow, world=world, now=now, clinician=known).say("clinician.rebound", name=name)
    uow.clinicians.put(bound)
    uow.audit.append(now, f"clinician:{clinician_id}", "clinician.bound", f"clinician:{clinician_id}")
    Chat(uow=uow, world=world, now=now, clinician=bound).say("clinician.welcome", name=name)
    return bound


def revoke(uow: UnitOfWork, clinician_id: str, by: str, now: datetime) -> None:
    """Takes all access away at once; alerts that waited for them, or that they held, go on. Raises NotFound."""
    clinician = uow.clinicians.get(clinician_id)
    if clinician is None:
        raise NotFound(f"there is no clinician {clinician_id!r}")
    uow.clinicians.put(replace(clinician, active=False))
    uow.audit.append(now, by, "clinician.revoked", f"clinician:{clinician_id}")
    escalations.clinician_lost(uow, clinician_id, now)


def notice_leavers(uow: UnitOfWork, world: World, now: datetime) -> int:
    """Called when the files have changed: whoever stands in a clinic's file no more is shut out there already; what waited for them, or
    what they held, goes on at once. Nobody is revoked: back in the file, they are who they were. How many have left somewhere."""
    leavers = 0
    for clinician in (c for c in uow.clinicians.all() if c.active):
        at = tuple(where.content.clinic.id for where in clinics.where(clinician, world))
        left = not at if clinician.at is None else bool(set(clinician.at) - set(at))
        if at != clinician.at:
            uow.clinicians.put(replace(clinician, at=at))
        if left:
            uow.audit.append(
                now, "system", "clinician.left", f"clinician:{clinician.id}", f"now in: {', '.join(at) or 'no file'}"
            )
            escalations.clinician_left(uow, clinician, world, now)
            leavers += 1
    return leavers


def _blocked(chat: Chat) -> None:
    chat.uow.clinicians.put(replace(chat.clinician, reachable=False))
    chat.audit("clinician.unreachable", chat.subject)
    escalations.clinician_lost(chat.uow, chat.clinician.id, chat.now)


def _reachable_again(chat: Chat) -> None:
    if not chat.clinician.reachable:
        chat.clinician = replace(chat.clinician, reachable=True)
        chat.uow.clinicians.put(chat.clinician)


def _refuse_revoked(chat: Chat) -> None:
    chat.audit("clinician.refused", chat.subject, "revoked")
    if chat.inbound is not None and chat.inbound.kind is InboundKind.BUTTON:
        chat.toast("clinician.press.refused")
    else:
        chat.say("clinician.revoked")


# --- words ---------------------------------------------------------------------------------------------------------------


def _answer(chat: Chat) -> None:
    inbound = chat.inbound
    if inbound is None or inbound.kind not in _ANSWERED:
        return
    if inbound.kind is InboundKind.BUTTON:
        clinician_presses.press(chat, inbound)
        return
    if inbound.kind is InboundKind.EDITED:
        if inbound.reply_to:
            relay.write(chat, inbound)
        return
    words = inbound.text.split()
    command = words[0].partition("@")[0].lower() if words and inbound.kind is not InboundKind.UNREADABLE else ""
    if command in _AT_EACH_CLINIC:
        for one in chat.at_each_clinic():
            _AT_EACH_CLINIC[command](one)
        return
    _COMMANDS.get(command, _free_text)(chat)


def _free_text(chat: Chat) -> None:
    inbound = chat.inbound
    if inbound is None or not (baseline_presses.reason_given(chat, inbound) or relay.write(chat, inbound)):
        chat.say("clinician.free_text")


def _cancel(chat: Chat) -> None:
    baseline_presses.drop(chat)
    relay.cancel(chat)


def _help(chat: Chat) -> None:
    chat.say("clinician.help")


_COMMANDS: Mapping[str, Callable[[Chat], None]] = {
    "/help": _help,
    "/start": _help,
    "/cancel": _cancel,
    "/enrol": clinician_enrol.command,
    "/language": clinician_language.command,
}
_AT_EACH_CLINIC: Mapping[str, Callable[[Chat], None]] = {
    "/oncall": clinician_shifts.command,
    "/open": clinician_lists.open_alerts,
    "/tasks": clinician_tasks.command,
}
"""What is asked of a clinic: somebody who works in two gets an answer for each."""
