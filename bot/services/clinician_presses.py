"""What clinicians press. A button need not exist to be pressed: each press is checked against its stored row, its owner, and the
clinician's standing at the clinic that it is about, each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.errors import NotFound
from bot.core.escalation.policy import MAIN
from bot.core.events import Inbound
from bot.ports import StoredButton
from bot.services import (
    alert_presses,
    baseline_presses,
    clinician_enrol,
    clinician_language,
    clinician_shifts,
    clinician_tasks,
    clinics,
    drills,
)
from bot.services.clinician_chat import Chat
from bot.services.world import World


def press(chat: Chat, inbound: Inbound) -> None:
    """Does what the button says, or refuses: unknown, somebody else's, expired, or about something that is gone."""
    stored = chat.uow.buttons.get(inbound.button or "")
    handler = _PRESSES.get(stored.action) if stored else None
    owner = f"clinician:{chat.clinician.id}"
    if stored is None or handler is None or stored.owner != owner or stored.expires_at <= chat.now:
        chat.audit("button.refused", f"button:{_safe_id(inbound)}")
        chat.toast("clinician.press.refused")
        return
    world = _clinic_of(chat, stored)
    if not chat.enters(world):
        chat.audit("button.refused", f"button:{stored.id}", f"not of the clinic {world.content.clinic.id}")
        chat.toast("clinician.press.refused")
        return
    handler(chat, stored)


def _clinic_of(chat: Chat, stored: StoredButton) -> World:
    """The world of the clinic that the button is about; of what is gone, or about none, the one that speaks already."""
    payload = stored.payload
    try:
        if "alert" in payload:
            return clinics.of_alert(chat.uow, chat.world, chat.uow.alerts.get(int(payload["alert"])))
        if "task" in payload:
            return clinics.of_task(chat.uow, chat.world, chat.uow.tasks.get(int(payload["task"])))
    except NotFound:
        return chat.world
    if "rota" in payload or "clinic" in payload:
        return chat.world.at(payload.get("clinic", MAIN))
    return chat.world


def _safe_id(inbound: Inbound) -> str:
    """What was pressed, as far as it can be one of our ids: forged data may hold anything."""
    return "".join(c for c in (inbound.button or "") if c.isascii() and (c.isalnum() or c in "-_"))[:32]


_PRESSES: Mapping[str, Callable[[Chat, StoredButton], None]] = {
    **alert_presses.PRESSES,
    **baseline_presses.PRESSES,
    **clinician_shifts.PRESSES,
    drills.BUTTON: drills.pressed,
    clinician_enrol.CLINIC: clinician_enrol.clinic_chosen,
    clinician_enrol.SCHEDULE: clinician_enrol.schedule_chosen,
    clinician_enrol.ROUTE: clinician_enrol.route_chosen,
    clinician_tasks.DONE: clinician_tasks.done,
    clinician_language.CHOOSE: clinician_language.chosen,
}
