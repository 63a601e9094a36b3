"""What clinicians can look up: which alerts are open."""

from __future__ import annotations

from datetime import datetime

from bot.core.escalation.alert import Alert
from bot.services.alert_buttons import SHOW, add_button
from bot.services.alert_desk import Desk
from bot.services.alert_pages import alert_label
from bot.services.alert_text import disposition_word, name_of
from bot.services.clinician_chat import Chat
from bot.services.clinics import here

LISTED = 10


def open_alerts(chat: Chat) -> None:
    """/open: what is open at this clinic, most urgent first, with a button each that shows it."""
    is_here = here(chat.uow, chat.world)
    alerts = [alert for alert in chat.uow.alerts.unresolved() if is_here(alert.patient_id)]
    if not alerts:
        chat.say("clinician.open.none")
        return
    lines = [chat.text("clinician.open.head", count=str(len(alerts)))]
    lines += [_line(chat, alert) for alert in alerts[:LISTED]]
    if len(alerts) > LISTED:
        lines.append(chat.text("clinician.open.more", count=str(len(alerts) - LISTED)))
    desks = [desk_of(chat, alert) for alert in alerts[:LISTED]]
    rows = tuple((add_button(desk, chat.clinician, SHOW, alert_label(desk, chat.clinician)),) for desk in desks)
    chat.send("\n".join(lines), rows)


def _line(chat: Chat, alert: Alert) -> str:
    name = name_of(chat.world.content, alert.acknowledged_by)
    return chat.text(
        "clinician.open.line",
        word=disposition_word(chat.world.content, chat.clinician.language, alert.disposition),
        code=chat.uow.patients.get(alert.patient_id).code,
        state=chat.label(f"clinician.open.state_{alert.state}", name=name),
        age=age_of(chat, alert.opened_at),
    )


def age_of(chat: Chat, since: datetime) -> str:
    """How long ago, in words: minutes for two hours, hours for two days, days."""
    minutes = max(0, int((chat.now - since).total_seconds() // 60))
    unit, count = ("minutes", minutes) if minutes < 120 else ("hours", minutes // 60)
    if minutes >= 48 * 60:
        unit, count = "days", minutes // (24 * 60)
    return chat.label(f"clinician.open.{unit}", count=str(count))


def desk_of(chat: Chat, alert: Alert) -> Desk:
    """The alert on this clinician's desk."""
    return Desk(uow=chat.uow, world=chat.world, alert=alert, now=chat.now)
