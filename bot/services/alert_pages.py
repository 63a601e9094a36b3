"""The messages that an alert sends: pages with their buttons, edits of pages that are out, the reminder, and the word to the patient.

``alert:<id>`` is the purpose of every page, ``alert_edit:<id>`` of every edit of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Button, DeliveryState, Kind, Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.actions import Cause
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.ports import AlertEntry, StoredButton, UnitOfWork
from bot.services.alert_text import (
    alert_text,
    disposition_word,
    load_view,
    local_time,
    minimal_text,
    name_of,
    resolved_text,
    standing_text,
)
from bot.services.world import World

BUTTON_LIFE = timedelta(days=30)
"""An alert loops until a person closes it; its buttons live long enough for the slowest."""
COPIES_EDITED = 3
"""How many of a clinician's copies follow the alert's state: the newest. An alert that looped all night has many."""

ACKNOWLEDGE = "alert.acknowledge"
RESOLVE = "alert.resolve"
OUTCOME = "alert.outcome"
SHOW = "alert.show"
NOT_YET = "not_yet"
_ACTIONS = {
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
        status = _status_for_copy(self, clinician.language, stale=False)
        return to_clinician(self, clinician, _text(self, clinician.language, status))

    def log(self, event: str, by: str = "", detail: str = "") -> None:
        """A line in the alert's history."""
        self.uow.alerts.log(AlertEntry(alert_id=self.alert.id, at=self.now, event=event, by=by, detail=detail))


def page(desk: Desk, clinicians: Iterable[str], step: int, cause: Cause) -> None:
    """Queues the alert for each of them in the alerts' own lane, with fresh buttons, and notes it in the history.

    A page of theirs that has not left yet is withdrawn: the new one says more.
    """
    for clinician in _known(desk, clinicians):
        withdraw_pages_of(desk.uow, desk.alert, clinician.id)
        status = _status_for_page(desk, clinician, cause)
        desk.uow.outbox.add(to_clinician(desk, clinician, _text(desk, clinician.language, status)))
        desk.log("paged", clinician.id, f"step {step}")


def to_clinician(desk: Desk, clinician: Clinician, text: str) -> OutgoingMessage:
    """A page: a message about this alert in the alerts' own lane, with its buttons."""
    return OutgoingMessage(
        id=0,
        channel=clinician.channel,
        address=clinician.address or "",
        text=text,
        lane=Lane.ALERT,
        buttons=_row(alert_buttons(desk, clinician)),
        purpose=desk.purpose,
        patient_id=desk.alert.patient_id,
        clinician=clinician.id,
        due_at=desk.now,
    )


def alert_buttons(desk: Desk, clinician: Clinician) -> list[Button]:
    """What can be done about the alert in its state; only this clinician may press them."""
    actions = _ACTIONS[desk.alert.state]
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
    _cancel(desk.uow, [m for m in desk.uow.outbox.of_purpose(desk.purpose) if m.state is DeliveryState.PENDING])


def withdraw_pages_of(uow: UnitOfWork, alert: Alert, clinician: str) -> None:
    """The same for one clinician: a newer page follows, or they have left."""
    pages = uow.outbox.of_purpose(f"alert:{alert.id}")
    _cancel(uow, [m for m in pages if m.state is DeliveryState.PENDING and m.clinician == clinician])


def update_copies(desk: Desk) -> None:
    """Edits the newest copies of everybody who was paged; a copy that is on its way is edited as soon as it has arrived.

    Somebody who has left, or has another chat now, reads no more about the patient.
    """
    edit_purpose = f"alert_edit:{desk.alert.id}"
    older = desk.uow.outbox.of_purpose(edit_purpose)
    _cancel(desk.uow, [m for m in older if m.state in {DeliveryState.PENDING, DeliveryState.WAITING}])
    for copy in _newest_copies(desk.uow.outbox.of_purpose(desk.purpose)):
        clinician = desk.uow.clinicians.get(copy.clinician or "")
        if clinician is not None and may_act(clinician, desk.world) and clinician.address == copy.address:
            desk.uow.outbox.add(_edit(desk, copy, clinician, edit_purpose))


def remind_holder(desk: Desk, clinician_id: str) -> None:
    """Tells the one who acknowledged that it is still unresolved. It counts as a page: where it bounces, the alert reopens."""
    since = desk.alert.acknowledged_at or desk.now
    for clinician in _known(desk, [clinician_id]):
        text = desk.world.content.text(
            clinician.language, "alert.reminder", code=_code(desk), time=local_time(desk.world.content, since)
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
        text=content.text(clinician.language, "alert.ask_outcome", code=_code(desk)),
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


def _cancel(uow: UnitOfWork, messages: Iterable[OutgoingMessage]) -> None:
    uow.outbox.save_many(replace(m, state=DeliveryState.CANCELLED, due_at=None) for m in messages)


def _known(desk: Desk, clinicians: Iterable[str]) -> list[Clinician]:
    found = [desk.uow.clinicians.get(name) for name in clinicians]
    return [c for c in found if c is not None and c.address]


def _text(desk: Desk, language: str, status: str) -> str:
    """The full text; where a row that it needs is gone, the shortest one that still gets somebody to act."""
    try:
        return alert_text(load_view(desk.uow, desk.alert), desk.world, language, status)
    except NotFound:
        return minimal_text(desk.alert, _code(desk), desk.world, language)


def _code(desk: Desk) -> str:
    try:
        return desk.uow.patients.get(desk.alert.patient_id).code
    except NotFound:
        return "?"


def _status_for_page(desk: Desk, clinician: Clinician, cause: Cause) -> str:
    if cause is Cause.OPENED:
        return ""
    key = f"alert.status.{cause}"
    if cause is Cause.REOPENED:
        key = "alert.status.reopened_nobody"
    minutes = str(int((desk.now - desk.alert.opened_at).total_seconds() // 60))
    return desk.world.content.text(clinician.language, key, minutes=minutes)


def _newest_copies(pages: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    seen: Counter[str] = Counter()
    copies: list[OutgoingMessage] = []
    for message in sorted(pages, key=lambda m: -m.id):
        on_screen = message.state is DeliveryState.SENT and message.provider_id is not None
        if not on_screen and message.state is not DeliveryState.SENDING:
            continue
        seen[message.clinician or ""] += 1
        if seen[message.clinician or ""] <= COPIES_EDITED:
            copies.append(message)
    return copies


def _edit(desk: Desk, copy: OutgoingMessage, clinician: Clinician, purpose: str) -> OutgoingMessage:
    language = clinician.language
    live, stale = _live_buttons(desk, copy)
    arrived = copy.provider_id is not None
    return OutgoingMessage(
        id=0,
        channel=copy.channel,
        address=copy.address,
        text=_text(desk, language, _status_for_copy(desk, language, stale=stale)),
        lane=Lane.ALERT,
        kind=Kind.EDIT,
        buttons=_row(live),
        edits=copy.provider_id if arrived else f"outbox:{copy.id}",
        purpose=purpose,
        patient_id=copy.patient_id,
        clinician=copy.clinician,
        state=DeliveryState.PENDING if arrived else DeliveryState.WAITING,
        due_at=desk.now if arrived else None,
    )


def _live_buttons(desk: Desk, copy: OutgoingMessage) -> tuple[tuple[Button, ...], bool]:
    """Those of the copy's own buttons that still do something, and whether they are older than the alert's fence."""
    wanted = _ACTIONS[desk.alert.state]
    live: list[Button] = []
    for button in (button for row in copy.buttons for button in row):
        stored = desk.uow.buttons.get(button.id)
        if stored is None:
            continue
        if int(stored.payload["version"]) < desk.alert.fence:
            return (), True
        if stored.action in wanted:
            live.append(button)
    return tuple(live), False


def _row(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return (tuple(buttons),) if buttons else ()


def _status_for_copy(desk: Desk, language: str, *, stale: bool) -> str:
    if desk.alert.state is AlertState.RESOLVED:
        return resolved_text(desk.alert, desk.world, language, desk.now)
    if stale:
        return desk.world.content.text(language, "alert.status.superseded")
    return standing_text(desk.alert, desk.world, language)


def alert_label(desk: Desk, clinician: Clinician) -> str:
    """How a list names this alert."""
    word = disposition_word(desk.world.content, clinician.language, desk.alert.disposition)
    return desk.world.content.label(clinician.language, "alert.button.show", word=word, code=_code(desk))
