"""What the patient reads about their alert: who saw it, who calls by when, that nobody has answered yet. Never that all is well.

None of it waits for quiet hours: an alert is no routine prompt.
"""

from __future__ import annotations

from datetime import datetime

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import DeliveryState, Lane, OutgoingMessage
from bot.core.escalation.entries import EntryKind
from bot.services.alert_desk import Desk
from bot.services.alert_pages import cancel
from bot.services.alert_text import name_of
from bot.services.wording import Wording

_LEVEL = {Disposition.EMERGENCY: "_emergency", Disposition.URGENT: ""}


def tell_seen(desk: Desk, clinician: str, call_by: datetime | None) -> None:
    """Who has seen their message, and by when they call where they promised to; times are on the patient's clock.

    Word that nobody has answered, where it has not left yet, is not true any more.
    """
    waiting = desk.uow.outbox.of_purpose(f"alert_waits:{desk.alert.id}", newest=1)
    cancel(desk.uow, [m for m in waiting if m.state is DeliveryState.PENDING])
    key = "alert.patient.calling" if call_by else "alert.patient.seen"
    if desk.alert.disposition is Disposition.EMERGENCY:
        key += "_emergency"
    tell(desk, key, "alert_seen", clinician=clinician, until=call_by)


def tell_waits(desk: Desk, uncalled: str, *, again: bool = False) -> None:
    """Nobody has answered, or whoever promised to call has not: the number to call comes again, before all else that waits.

    ``again``: of a red flag, and the last time that they hear so without anything new.
    """
    level = _LEVEL.get(desk.alert.disposition, "_same_day")
    key = f"alert.patient.waits{'_again' if again else ''}{level}"
    if uncalled:
        key = "alert.patient.uncalled" + ("_emergency" if desk.alert.disposition is Disposition.EMERGENCY else "")
    lane = Lane.SAFETY if desk.alert.disposition.red else Lane.REPLY
    tell(desk, key, "alert_waits", clinician=uncalled, lane=lane)


def tell_closed(desk: Desk, clinician: str) -> None:
    """The conversation with this clinician is over."""
    tell(desk, "alert.patient.closed", "relay_closed", clinician=clinician)


def relay(desk: Desk, clinician: str, words: str) -> int | None:
    """A clinician's words, as from the care team; the outbox row, or None where the patient has no chat.

    The name is the one of clinic.yaml: nothing of the clinician's own account goes along.
    """
    wrote_before = any(e.event is EntryKind.RELAYED for e in desk.uow.alerts.history(desk.alert.id))
    hint = None if wrote_before else "alert.patient.relay_hint"
    return tell(desk, "alert.patient.relay", "relay", hint, clinician=clinician, words=words)


def tell(
    desk: Desk,
    key: str,
    purpose: str,
    *more: str | None,
    clinician: str = "",
    until: datetime | None = None,
    words: str = "",
    lane: Lane = Lane.REPLY,
) -> int | None:
    """One message of these paragraphs in the patient's language; its outbox row, or None where they have no chat."""
    patient = desk.uow.patients.get(desk.alert.patient_id)
    if patient.address is None:
        return None
    content = desk.world.content
    wording = Wording(content=content, language=patient.language, zone=patient.zone(), now=desk.now)
    params = {
        "name": name_of(content, clinician),
        "clinic": content.clinic.name,
        "phone": content.clinic.phone,
        "emergency_number": content.clinic.emergency_number,
        "time": _clock(wording, desk.now),
        "until": "" if until is None else _clock(wording, until),
        "words": words,
    }
    text = "\n\n".join(content.text(patient.language, one, **params) for one in (key, *more) if one)
    return desk.uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=patient.channel,
            address=patient.address,
            text=text,
            lane=lane,
            purpose=f"{purpose}:{desk.alert.id}",
            patient_id=patient.id,
            due_at=desk.now,
        )
    )


def _clock(wording: Wording, moment: datetime) -> str:
    """The time of day; with the day where it is not today."""
    local, today = moment.astimezone(wording.zone), wording.now.astimezone(wording.zone)
    return f"{local:%H:%M}" if local.date() == today.date() else wording.moment(moment)
