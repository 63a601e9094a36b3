"""The messages that an alert sends: pages with their buttons, the reminder, the outcome question, and the word to the patient.

``alert:<id>`` is the purpose of every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Button, DeliveryState, Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.actions import Cause
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.entries import EntryKind
from bot.ports import AlertEntry, StoredButton, UnitOfWork
from bot.services.alert_text import (
    acknowledged_text,
    alert_text,
    disposition_word,
    load_view,
    local_time,
    minimal_text,
    name_of,
    resolved_text,
)
from bot.services.world import World

BUTTON_LIFE = timedelta(days=30)
"""An alert loops until a person closes it; its buttons live long enough for the slowest."""

ACKNOWLEDGE = "alert.acknowledge"
RESOLVE = "alert.resolve"
OUTCOME = "alert.outcome"
SHOW = "alert.show"
NOT_YET = "not_yet"
ACTIONS: Mapping[AlertState, tuple[str, ...]] = {
    AlertState.OPEN: (ACKNOWLEDGE, RESOLVE),
    AlertState.ACKNOWLEDGED: (RESOLVE,),
    AlertState.RESOLVED: (),
}
OUTCOMES = ("emergency_care", "seen", "advised", "no_problem")


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """One alert in one transaction, and what is needed to speak of it."""

    uow: UnitOfWork
    world: World
    alert: Alert
    now: datetime

    @property
    def purpose(self) -> str:
        """The purpose of this alert's pages."""
        return f"alert:{self.alert.id}"

    def show(self, clinician: Clinician) -> OutgoingMessage:
        """The alert as it stands, for somebody who asked to see it; not yet in the outbox."""
        return to_clinician(self, clinician, self.text(clinician.language, self.standing(clinician.language)))

    def standing(self, language: str) -> str:
        """The line that says who has the alert, or how it ended; empty while it is open."""
        content, alert = self.world.content, self.alert
        if alert.state is AlertState.ACKNOWLEDGED:
            return acknowledged_text(alert, content, language)
        if alert.state is AlertState.RESOLVED:
            times = [entry.at for entry in self.uow.alerts.history(alert.id) if entry.event is EntryKind.RESOLVED]
            return resolved_text(alert, content, language, times[-1] if times else self.now)
        return ""

    def text(self, language: str, status: str) -> str:
        """The whole text; where a row that it needs is gone, the shortest one that still gets somebody to act."""
        try:
            return alert_text(load_view(self.uow, self.alert), self.world, language, status)
        except NotFound:
            return minimal_text(self.alert, self.code(), self.world, language)

    def code(self) -> str:
        """The patient's code."""
        try:
            return self.uow.patients.get(self.alert.patient_id).code
        except NotFound:
            return "?"

    def log(self, event: EntryKind, by: str = "", detail: str = "", *, before: AlertState | None = None) -> None:
        """A line in the alert's history; ``before`` is the state that a transition found it in."""
        entry = AlertEntry(alert_id=self.alert.id, at=self.now, event=event, by=by, detail=detail)
        if before is not None:
            entry = replace(entry, from_state=before, to_state=self.alert.state)
        self.uow.alerts.log(entry)


def page(desk: Desk, clinicians: Iterable[str], step: int, cause: Cause) -> None:
    """Queues the alert for each of them in the alerts' own lane, with fresh buttons, and notes it in the history.

    A page of theirs that has not left yet is withdrawn: the new one says more.
    """
    for clinician in _known(desk, clinicians):
        withdraw_pages_of(desk.uow, desk.alert, clinician.id)
        status = _status_for_page(desk, clinician, cause)
        desk.uow.outbox.add(to_clinician(desk, clinician, desk.text(clinician.language, status)))
        desk.log(EntryKind.PAGED, clinician.id, f"step {step}")


def to_clinician(desk: Desk, clinician: Clinician, text: str) -> OutgoingMessage:
    """A page: a message about this alert in the alerts' own lane, with its buttons."""
    return OutgoingMessage(
        id=0,
        channel=clinician.channel,
        address=clinician.address or "",
        text=text,
        lane=Lane.ALERT,
        buttons=buttons_row(alert_buttons(desk, clinician)),
        purpose=desk.purpose,
        patient_id=desk.alert.patient_id,
        clinician=clinician.id,
        due_at=desk.now,
    )


def alert_buttons(desk: Desk, clinician: Clinician) -> list[Button]:
    """What can be done about the alert in its state; only this clinician may press them."""
    actions = ACTIONS[desk.alert.state]
    label = desk.world.content.label
    return [
        add_button(desk, clinician, action, label(clinician.language, f"alert.button.{action.removeprefix('alert.')}"))
        for action in actions
    ]


def add_button(desk: Desk, clinician: Clinician, action: str, label: str, **payload: str) -> Button:
    """A button for this alert in its present version."""
    button_id = desk.world.ids.token()
    desk.uow.buttons.add(
        StoredButton(
            id=button_id,
            owner=f"clinician:{clinician.id}",
            action=action,
            payload={"alert": str(desk.alert.id), "version": str(desk.alert.version), **payload},
            expires_at=desk.now + BUTTON_LIFE,
        )
    )
    return Button(id=button_id, label=label)


def withdraw_pages(desk: Desk) -> None:
    """Pages that have not left yet are not sent any more: the alert has somebody, or newer pages follow."""
    cancel(desk.uow, desk.uow.outbox.pending_pages(desk.purpose))


def withdraw_pages_of(uow: UnitOfWork, alert: Alert, clinician: str) -> None:
    """The same for one clinician: a newer page follows, or they have left."""
    pages = uow.outbox.pending_pages(f"alert:{alert.id}")
    cancel(uow, [m for m in pages if m.clinician == clinician])


def remind_holder(desk: Desk, clinician_id: str) -> None:
    """Tells the one who acknowledged that it is still unresolved. It counts as a page: where it bounces, the alert reopens."""
    since = desk.alert.acknowledged_at or desk.now
    for clinician in _known(desk, [clinician_id]):
        text = desk.world.content.text(
            clinician.language, "alert.reminder", code=desk.code(), time=local_time(desk.world.content, since)
        )
        desk.uow.outbox.add(to_clinician(desk, clinician, text))


def tell_patient_seen(desk: Desk, clinician_id: str) -> None:
    """Tells the patient who has seen their message, and never that all is well."""
    patient = desk.uow.patients.get(desk.alert.patient_id)
    if patient.address is None:
        return
    clinic = desk.world.content.clinic
    emergency = desk.alert.disposition is Disposition.EMERGENCY
    text = desk.world.content.text(
        patient.language,
        "alert.patient.seen_emergency" if emergency else "alert.patient.seen",
        name=name_of(desk.world.content, clinician_id),
        emergency_number=clinic.emergency_number,
    )
    desk.uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=patient.channel,
            address=patient.address,
            text=text,
            lane=Lane.REPLY,
            purpose=f"alert_seen:{desk.alert.id}",
            patient_id=patient.id,
            due_at=desk.now,
        )
    )


def ask_outcome(desk: Desk, clinician: Clinician) -> OutgoingMessage:
    """The question that Resolve asks, one button per outcome and one to keep it open. Not yet in the outbox."""
    content = desk.world.content
    rows = [
        (add_button(desk, clinician, OUTCOME, content.label(clinician.language, f"alert.outcome.{outcome}"), outcome=outcome),)
        for outcome in (*OUTCOMES, NOT_YET)
    ]
    return OutgoingMessage(
        id=0,
        channel=clinician.channel,
        address=clinician.address or "",
        text=content.text(clinician.language, "alert.ask_outcome", code=desk.code()),
        lane=Lane.REPLY,
        buttons=tuple(rows),
        purpose=f"alert_outcome:{desk.alert.id}",
        patient_id=desk.alert.patient_id,
        clinician=clinician.id,
        due_at=desk.now,
    )


def may_act(clinician: Clinician | None, world: World) -> bool:
    """Whether they may see and do anything: not revoked, and still in clinic.yaml. Asked each time."""
    return clinician is not None and clinician.active and clinician.id in world.content.clinic.clinicians


def cancel(uow: UnitOfWork, messages: Iterable[OutgoingMessage]) -> None:
    """They are not sent."""
    uow.outbox.save_many(replace(m, state=DeliveryState.CANCELLED, due_at=None) for m in messages)


def _known(desk: Desk, clinicians: Iterable[str]) -> list[Clinician]:
    found = [desk.uow.clinicians.get(name) for name in clinicians]
    return [c for c in found if c is not None and c.address]


def _status_for_page(desk: Desk, clinician: Clinician, cause: Cause) -> str:
    if cause is Cause.OPENED:
        return ""
    key = f"alert.status.{cause}"
    if cause is Cause.REOPENED:
        key = "alert.status.reopened_nobody"
    minutes = str(int((desk.now - desk.alert.opened_at).total_seconds() // 60))
    return desk.world.content.text(clinician.language, key, minutes=minutes)


def alert_label(desk: Desk, clinician: Clinician) -> str:
    """How a list names this alert."""
    word = disposition_word(desk.world.content, clinician.language, desk.alert.disposition)
    return desk.world.content.label(clinician.language, "alert.button.show", word=word, code=desk.code())


def buttons_row(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """All in one row; no row for none."""
    return (tuple(buttons),) if buttons else ()
