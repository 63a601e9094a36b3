"""The messages that an alert sends to clinicians: pages with their buttons, the reminder, questions.

``alert:<id>`` is the purpose of every page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.core.delivery import Button, DeliveryState, Lane, OutgoingMessage
from bot.core.escalation.actions import Cause, Page
from bot.core.escalation.alert import Alert
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.entries import EntryKind
from bot.ports import UnitOfWork
from bot.services.alert_buttons import alert_buttons, rows_of
from bot.services.alert_desk import Desk
from bot.services.alert_text import disposition_word, local_time, name_of
from bot.services.alert_trend import span_text


def page(desk: Desk, action: Page) -> None:
    """Queues the alert for each of them in the alerts' own lane, with fresh buttons, and notes it in the history.

    A page of theirs that has not left yet is withdrawn: the new one says more.
    """
    for clinician in desk.known(action.clinicians):
        withdraw_pages_of(desk.uow, desk.alert, clinician.id)
        status = _status_for_page(desk, clinician, action)
        desk.uow.outbox.add(to_clinician(desk, clinician, desk.text(clinician.language, status)))
        desk.log(EntryKind.PAGED, clinician.id, f"step {action.step}")


def to_clinician(desk: Desk, clinician: Clinician, text: str) -> OutgoingMessage:
    """A page: a message about this alert in the alerts' own lane, with its buttons."""
    return OutgoingMessage(
        id=0,
        channel=clinician.channel,
        address=clinician.address or "",
        text=text,
        lane=Lane.ALERT,
        buttons=rows_of(alert_buttons(desk, clinician)),
        purpose=desk.purpose,
        patient_id=desk.alert.patient_id,
        clinician=clinician.id,
        due_at=desk.now,
    )


def show(desk: Desk, clinician: Clinician) -> OutgoingMessage:
    """The alert as it stands, for somebody who asked to see it; not yet in the outbox."""
    return to_clinician(desk, clinician, desk.text(clinician.language, desk.standing(clinician.language)))


def withdraw_pages(desk: Desk) -> None:
    """Pages that have not left yet are not sent any more: the alert has somebody, or newer pages follow."""
    cancel(desk.uow, desk.uow.outbox.pending_pages(desk.purpose))


def withdraw_pages_of(uow: UnitOfWork, alert: Alert, clinician: str) -> None:
    """The same for one clinician: a newer page follows, or they have left."""
    pages = uow.outbox.pending_pages(f"alert:{alert.id}")
    cancel(uow, [m for m in pages if m.clinician == clinician])


def remind_holder(desk: Desk, clinician_id: str) -> None:
    """Tells the one who acknowledged that it is still unresolved. It counts as a page: where it bounces, the alert reopens."""
    content, alert = desk.world.content, desk.alert
    for clinician in desk.known([clinician_id]):
        if alert.call_by:
            until = local_time(content, alert.call_by)
            text = content.text(clinician.language, "alert.reminder_call", code=desk.code(), until=until)
        else:
            since = local_time(content, alert.acknowledged_at or desk.now)
            text = content.text(clinician.language, "alert.reminder", code=desk.code(), time=since)
        desk.uow.outbox.add(to_clinician(desk, clinician, text))


def tell_former(desk: Desk, clinician_id: str, by: str) -> None:
    """Somebody took it from them. Their copy says so too; but what they might be doing about it must stop in words."""
    content = desk.world.content
    for clinician in desk.known([clinician_id]):
        text = content.text(clinician.language, "alert.taken_over", code=desk.code(), name=name_of(content, by))
        ask(desk, clinician, text, ())


def ask(desk: Desk, clinician: Clinician, text: str, buttons: Iterable[Button]) -> None:
    """A question (without buttons: a word) about the alert to this clinician, one button a row."""
    desk.uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=clinician.channel,
            address=clinician.address or "",
            text=text,
            lane=Lane.REPLY,
            buttons=tuple((button,) for button in buttons),
            purpose=f"alert_question:{desk.alert.id}",
            patient_id=desk.alert.patient_id,
            clinician=clinician.id,
            due_at=desk.now,
        )
    )


def cancel(uow: UnitOfWork, messages: Iterable[OutgoingMessage]) -> None:
    """They are not sent."""
    uow.outbox.save_many(replace(m, state=DeliveryState.CANCELLED, due_at=None) for m in messages)


def _status_for_page(desk: Desk, clinician: Clinician, action: Page) -> str:
    if action.cause is Cause.OPENED:
        return ""
    key = f"alert.status.{action.cause}"
    if action.cause is Cause.REOPENED:
        key = "alert.status.reopened_nobody"
    content, language = desk.world.content, clinician.language
    lasted = span_text(desk.now - desk.alert.opened_at, content, language)
    return content.text(language, key, lasted=lasted, name=name_of(content, action.by))


def alert_label(desk: Desk, clinician: Clinician) -> str:
    """How a list names this alert."""
    word = disposition_word(desk.world.content, clinician.language, desk.alert.disposition)
    return desk.world.content.label(clinician.language, "alert.button.show", word=word, code=desk.code())
