"""What clinicians do in their own chat: acknowledge and resolve alerts, ask who is on call, invite patients.

A button need not exist to be pressed: each press is checked against its stored row, its owner and the clinician's standing, each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.events import Acknowledged, Resolved
from bot.core.escalation.rota import on_call
from bot.core.escalation.transitions import StaleButton
from bot.core.events import Inbound, InboundKind
from bot.ports import StoredButton, UnitOfWork
from bot.services import clinician_enrol, escalations
from bot.services.alert_pages import (
    ACKNOWLEDGE,
    NOT_YET,
    OUTCOME,
    OUTCOMES,
    RESOLVE,
    SHOW,
    Desk,
    add_button,
    alert_label,
    ask_outcome,
    may_act,
)
from bot.services.alert_text import disposition_word, local_time, name_of
from bot.services.clinician_chat import Chat
from bot.services.world import World

LISTED = 10


def handle(uow: UnitOfWork, inbound: Inbound, clinician: Clinician, world: World, now: datetime) -> None:
    """Answers one message or press of a clinician. One who has been revoked is refused at once, whatever they send."""
    chat = Chat(uow=uow, world=world, now=now, clinician=clinician, inbound=inbound)
    if inbound.kind is InboundKind.BLOCKED:
        _blocked(chat)
    elif not may_act(clinician, world):
        _refuse_revoked(chat)
    elif inbound.kind in {
        InboundKind.BUTTON,
        InboundKind.TEXT,
        InboundKind.EDITED,
        InboundKind.UNREADABLE,
        InboundKind.UNBLOCKED,
    }:
        _reachable_again(chat)
        _answer(chat)


def bind(uow: UnitOfWork, clinician_id: str, world: World, now: datetime, *, channel: str, address: str) -> Clinician:
    """Gives the clinician of clinic.yaml this chat (they opened their invitation). A chat that they had before is told.

    Raises NotFound for an id that clinic.yaml does not have, or that was revoked.
    """
    known = uow.clinicians.get(clinician_id)
    if clinician_id not in world.content.clinic.clinicians or (known is not None and not known.active):
        raise NotFound(f"clinic.yaml has no clinician {clinician_id!r}, or their access was revoked")
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
    if inbound is None or inbound.kind is InboundKind.UNBLOCKED:
        return
    if inbound.kind is InboundKind.BUTTON:
        _press(chat, inbound)
        return
    words = inbound.text.split()
    command = words[0].partition("@")[0].lower() if words and inbound.kind is not InboundKind.UNREADABLE else ""
    _COMMANDS.get(command, _free_text)(chat)


def _free_text(chat: Chat) -> None:
    chat.say("clinician.free_text")


def _help(chat: Chat) -> None:
    chat.say("clinician.help")


def _on_call(chat: Chat) -> None:
    clinic = chat.world.content.clinic
    lines = [chat.text("clinician.on_call.head", time=local_time(chat.world.content, chat.now), zone=clinic.timezone)]
    reached = escalations.reachable(chat.uow, chat.world)
    for rota in clinic.rotas:
        names = [_shown(chat, name, reached) for name in on_call(rota, chat.now)]
        shown = ", ".join(names) or chat.label("clinician.on_call.nobody")
        lines.append(chat.text("clinician.on_call.line", rota=rota.id, names=shown))
    chat.send("\n".join(lines))


def _shown(chat: Chat, clinician: str, reached: frozenset[str]) -> str:
    name = name_of(chat.world.content, clinician)
    return name if clinician in reached else chat.label("clinician.on_call.unreachable", name=name)


def _open_alerts(chat: Chat) -> None:
    alerts = chat.uow.alerts.unresolved()
    if not alerts:
        chat.say("clinician.open.none")
        return
    lines = [chat.text("clinician.open.head", count=str(len(alerts)))]
    lines += [_line(chat, alert) for alert in alerts[:LISTED]]
    if len(alerts) > LISTED:
        lines.append(chat.text("clinician.open.more", count=str(len(alerts) - LISTED)))
    desks = [_desk(chat, alert) for alert in alerts[:LISTED]]
    rows = tuple((add_button(desk, chat.clinician, SHOW, alert_label(desk, chat.clinician)),) for desk in desks)
    chat.send("\n".join(lines), rows)


def _line(chat: Chat, alert: Alert) -> str:
    minutes = int((chat.now - alert.opened_at).total_seconds() // 60)
    unit, count = ("minutes", minutes) if minutes < 120 else ("hours", minutes // 60)
    name = name_of(chat.world.content, alert.acknowledged_by)
    return chat.text(
        "clinician.open.line",
        word=disposition_word(chat.world.content, chat.clinician.language, alert.disposition),
        code=chat.uow.patients.get(alert.patient_id).code,
        state=chat.label(f"clinician.open.state_{alert.state}", name=name),
        age=chat.label(f"clinician.open.{unit}", count=str(count)),
    )


_COMMANDS: Mapping[str, Callable[[Chat], None]] = {
    "/help": _help,
    "/start": _help,
    "/oncall": _on_call,
    "/open": _open_alerts,
    "/enrol": clinician_enrol.command,
}


# --- presses -------------------------------------------------------------------------------------------------------------


def _press(chat: Chat, inbound: Inbound) -> None:
    stored = chat.uow.buttons.get(inbound.button or "")
    handler = _PRESSES.get(stored.action) if stored else None
    owner = f"clinician:{chat.clinician.id}"
    if stored is None or handler is None or stored.owner != owner or stored.expires_at <= chat.now:
        chat.audit("button.refused", f"button:{_safe_id(inbound)}")
        chat.toast("clinician.press.refused")
        return
    handler(chat, stored)


def _safe_id(inbound: Inbound) -> str:
    """What was pressed, as far as it can be one of our ids: forged data may hold anything."""
    return "".join(c for c in (inbound.button or "") if c.isascii() and (c.isalnum() or c in "-_"))[:32]


def _on_alert(work: Callable[[Chat, StoredButton, Alert], None]) -> Callable[[Chat, StoredButton], None]:
    """A press about an alert: loaded, and refused where the press is stale or the alert is gone."""

    def press(chat: Chat, stored: StoredButton) -> None:
        try:
            alert = chat.uow.alerts.get(int(stored.payload["alert"]))
            work(chat, stored, alert)
        except StaleButton:
            chat.audit("button.stale", f"alert:{stored.payload['alert']}")
            chat.toast("clinician.press.stale")
        except NotFound:
            chat.audit("button.refused", f"alert:{stored.payload['alert']}", "gone")
            chat.toast("clinician.press.refused")

    return press


@_on_alert
def _acknowledge(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    if _told_who_was_first(chat, alert):
        return
    version = int(stored.payload["version"])
    escalations.apply(chat.uow, alert, Acknowledged(by=chat.clinician.id, version=version), chat.world, chat.now)
    chat.uow.buttons.use(stored.id, chat.now)
    chat.audit("alert.acknowledged", f"alert:{alert.id}")
    chat.toast("clinician.press.acknowledged")


def _told_who_was_first(chat: Chat, alert: Alert) -> bool:
    if alert.state is AlertState.OPEN:
        return False
    if alert.state is AlertState.RESOLVED:
        chat.toast_and_say("clinician.press.resolved_before", name=name_of(chat.world.content, alert.resolved_by))
    elif alert.acknowledged_by == chat.clinician.id:
        chat.toast("clinician.press.already")
    else:
        chat.toast_and_say("clinician.press.first", name=name_of(chat.world.content, alert.acknowledged_by))
    return True


@_on_alert
def _resolve(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """Resolving asks for an outcome first; nothing changes until one is pressed."""
    if alert.state is AlertState.RESOLVED:
        _told_who_was_first(chat, alert)
        return
    if int(stored.payload["version"]) < alert.fence:
        raise StaleButton("the alert has asked anew since")
    chat.uow.outbox.add(ask_outcome(_desk(chat, alert), chat.clinician))
    chat.toast("")


@_on_alert
def _outcome(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    outcome = stored.payload.get("outcome", "")
    if outcome == NOT_YET:
        chat.uow.buttons.use(stored.id, chat.now)
        chat.toast("clinician.press.kept")
        chat.edit_pressed("clinician.press.kept")
        return
    if outcome not in OUTCOMES:
        raise NotFound("an outcome that is not offered")
    if alert.state is AlertState.RESOLVED:
        _told_who_was_first(chat, alert)
        return
    event = Resolved(by=chat.clinician.id, version=int(stored.payload["version"]), outcome=outcome)
    escalations.apply(chat.uow, alert, event, chat.world, chat.now)
    chat.uow.buttons.use(stored.id, chat.now)
    chat.audit("alert.resolved", f"alert:{alert.id}", outcome)
    chat.toast("clinician.press.resolved")
    chat.edit_pressed("clinician.press.resolved")


@_on_alert
def _show(chat: Chat, _stored: StoredButton, alert: Alert) -> None:
    chat.uow.outbox.add(_desk(chat, alert).show(chat.clinician))
    chat.toast("")


_PRESSES: Mapping[str, Callable[[Chat, StoredButton], None]] = {
    ACKNOWLEDGE: _acknowledge,
    RESOLVE: _resolve,
    OUTCOME: _outcome,
    SHOW: _show,
    clinician_enrol.SCHEDULE: clinician_enrol.schedule_chosen,
    clinician_enrol.ROUTE: clinician_enrol.route_chosen,
}


def _desk(chat: Chat, alert: Alert) -> Desk:
    return Desk(uow=chat.uow, world=chat.world, alert=alert, now=chat.now)
