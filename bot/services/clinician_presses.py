"""What clinicians press: acknowledge, resolve, how it ended, show.

A button need not exist to be pressed: each press is checked against its stored row, its owner and the clinician's standing, each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.events import Acknowledged, Resolved
from bot.core.escalation.transitions import StaleButton
from bot.core.events import Inbound
from bot.ports import StoredButton
from bot.services import clinician_enrol, clinician_tasks, escalations
from bot.services.alert_pages import ACKNOWLEDGE, NOT_YET, OUTCOME, OUTCOMES, RESOLVE, SHOW, ask_outcome
from bot.services.alert_text import name_of
from bot.services.clinician_chat import Chat
from bot.services.clinician_lists import desk_of


def press(chat: Chat, inbound: Inbound) -> None:
    """Does what the button says, or refuses: unknown, somebody else's, expired, or about something that is gone."""
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

    def pressed(chat: Chat, stored: StoredButton) -> None:
        try:
            alert = chat.uow.alerts.get(int(stored.payload["alert"]))
            work(chat, stored, alert)
        except StaleButton:
            chat.audit("button.stale", f"alert:{stored.payload['alert']}")
            chat.toast("clinician.press.stale")
        except NotFound:
            chat.audit("button.refused", f"alert:{stored.payload['alert']}", "gone")
            chat.toast("clinician.press.refused")

    return pressed


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
    chat.uow.outbox.add(ask_outcome(desk_of(chat, alert), chat.clinician))
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
    chat.uow.outbox.add(desk_of(chat, alert).show(chat.clinician))
    chat.toast("")


_PRESSES: Mapping[str, Callable[[Chat, StoredButton], None]] = {
    ACKNOWLEDGE: _acknowledge,
    RESOLVE: _resolve,
    OUTCOME: _outcome,
    SHOW: _show,
    clinician_enrol.SCHEDULE: clinician_enrol.schedule_chosen,
    clinician_enrol.ROUTE: clinician_enrol.route_chosen,
    clinician_tasks.DONE: clinician_tasks.done,
}
