"""The outbox: hands out what is due, and records what came of it. What an attempt means is decided by bot/core/delivery.py.

A receipt counts for the attempt that it belongs to: a worker that comes back after its lease has passed changes nothing, but a late
"sent" is believed, so that no further copy goes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.careplan.enrolment import PatientState
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import (
    Consequence,
    DeliveryState,
    Kind,
    Lane,
    Outcome,
    OutgoingMessage,
    Receipt,
    after,
    is_page,
)
from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.roster import PAGE_WINDOW
from bot.ports import LEASE, AlertEntry, Task, UnitOfWork
from bot.services import clinics, escalations, relay
from bot.services.alert_copies import LOOKED_AT
from bot.services.world import World

RECOVERED_AT_ONCE = 200
_LOST = frozenset({Consequence.UNREACHABLE, Consequence.UNDELIVERED, Consequence.OPERATOR})
_FINAL = frozenset({DeliveryState.DEAD, DeliveryState.AMBIGUOUS, DeliveryState.CANCELLED})


def claim(uow: UnitOfWork, now: datetime, limit: int, *, world: World) -> list[OutgoingMessage]:
    """Up to ``limit`` messages to send now, alerts first; each must be recorded within LEASE.

    Attempts that were lost in a crash are settled before. A prompt that is not worth sending any more is cancelled, and so is whatever
    was meant for a clinician who has left: revoked, or in no file of that clinic any more.
    """
    recover(uow, now)
    while claimed := uow.outbox.claim(now, limit, now + LEASE):
        wanted = [_as_it_may_go(uow, world, message, now) for message in claimed]
        uow.outbox.save_many(after for before, after in zip(claimed, wanted, strict=True) if after is not before)
        worth_it = [message for message in wanted if message.state is DeliveryState.SENDING]
        if worth_it:
            return worth_it
    return []


def _as_it_may_go(uow: UnitOfWork, world: World, message: OutgoingMessage, now: datetime) -> OutgoingMessage:
    """Cancelled where it is not worth sending any more, or its reader may not read it any more; else to the chat that they have now.

    What a clinician is told in answer goes whatever they are: also that they have no access.
    """
    stale = message.lane is Lane.ROUTINE and message.expires_at is not None and message.expires_at <= now
    if not stale and (message.clinician is None or message.purpose == f"clinician:{message.clinician}"):
        return message
    reader = None if stale else uow.clinicians.get(message.clinician or "")
    if reader is not None and _may_read(uow, world, message, reader):
        if reader.address == message.address:
            return message
        if reader.address and message.kind in {Kind.MESSAGE, Kind.PHOTO}:
            return replace(message, channel=reader.channel, address=reader.address)
    return replace(message, state=DeliveryState.CANCELLED, due_at=None)


def _may_read(uow: UnitOfWork, world: World, message: OutgoingMessage, reader: Clinician) -> bool:
    """About a patient: whoever may act at that patient's clinic; else whoever may at any."""
    if message.patient_id is None:
        return bool(clinics.where(reader, world))
    return clinics.may_act(reader, clinics.of_patient_id(uow, world, message.patient_id))


def record(uow: UnitOfWork, results: Sequence[tuple[OutgoingMessage, Receipt]], now: datetime) -> None:
    """What came of these attempts: the messages' next states, and whatever follows for alerts, patients and clinicians."""
    decided = []
    for message, receipt in results:
        if _plainly_sent(uow, message, receipt):
            continue
        current = _current(uow, message, receipt)
        if current is None:
            continue
        changed, consequences = after(current, receipt, now, jitter=_jitter(current), sated=_sated(uow, current, receipt, now))
        decided.append((_still_wanted(uow, changed), receipt, consequences))
    uow.outbox.save_many(changed for changed, _, _ in decided)
    for changed, receipt, consequences in decided:
        if is_page(changed):
            _follow_page(uow, changed, receipt, now)
        for consequence in consequences:
            _carry_out(uow, consequence, changed, receipt, now)


def _plainly_sent(uow: UnitOfWork, message: OutgoingMessage, receipt: Receipt) -> bool:
    """Whether this is what nearly every attempt comes to: it was sent, nobody else has touched its row, and nothing follows."""
    return receipt.outcome is Outcome.SENT and not is_page(message) and uow.outbox.sent(message, receipt.provider_id)


def recover(uow: UnitOfWork, now: datetime, limit: int = RECOVERED_AT_ONCE) -> int:
    """Settles attempts whose lease has passed: a worker died while sending, so they may have been delivered. How many."""
    lost = uow.outbox.overdue(now, limit)
    if lost:
        record(uow, [(m, Receipt(outcome=Outcome.AMBIGUOUS, detail="lost while sending")) for m in lost], now)
    return len(lost)


def _current(uow: UnitOfWork, message: OutgoingMessage, receipt: Receipt) -> OutgoingMessage | None:
    """The stored message, where this receipt still has a say in it."""
    try:
        stored = uow.outbox.get(message.id)
    except NotFound:
        return None
    if stored.state is DeliveryState.SENDING:
        return stored if stored.attempt == message.attempt else None
    late = receipt.outcome is Outcome.SENT and stored.state in {DeliveryState.PENDING, DeliveryState.AMBIGUOUS}
    failed_later = receipt.outcome in {Outcome.UNDELIVERED, Outcome.BLOCKED} and stored.state is DeliveryState.SENT
    return stored if late or failed_later else None


def _jitter(message: OutgoingMessage) -> float:
    """In 0..1, spread over messages and attempts, the same in every run (Knuth's multiplicative hash)."""
    return ((message.id * 2654435761 + message.attempt * 40503) % 2**32) / 2**32


def _sated(uow: UnitOfWork, message: OutgoingMessage, receipt: Receipt, now: datetime) -> bool:
    alert_id = escalations.alert_of(message)
    if receipt.outcome is not Outcome.AMBIGUOUS or alert_id is None:
        return False
    return message.clinician in escalations.sated(uow.alerts.history(alert_id, since=now - PAGE_WINDOW), now)


def _still_wanted(uow: UnitOfWork, message: OutgoingMessage) -> OutgoingMessage:
    """A page is not tried again when the alert has been closed, or somebody else has it, meanwhile."""
    alert = _alert(uow, message) if message.state is DeliveryState.PENDING else None
    if alert is None or alert.state is AlertState.OPEN:
        return message
    if alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_by == message.clinician:
        return message
    return replace(message, state=DeliveryState.CANCELLED, due_at=None)


def _alert(uow: UnitOfWork, message: OutgoingMessage) -> Alert | None:
    alert_id = escalations.alert_of(message) if is_page(message) else None
    return None if alert_id is None else uow.alerts.get(alert_id)


def _follow_page(uow: UnitOfWork, message: OutgoingMessage, receipt: Receipt, now: datetime) -> None:
    """A repeat is noted, for it counts towards the limit; edits that waited for this message's id go out, or are dropped."""
    alert_id = escalations.alert_of(message)
    if alert_id is None:
        return
    if receipt.outcome is Outcome.AMBIGUOUS and message.state is DeliveryState.PENDING:
        uow.alerts.log(AlertEntry(alert_id=alert_id, at=now, event=EntryKind.REPEATED, by=message.clinician or ""))
    if message.state is not DeliveryState.SENT and message.state not in _FINAL:
        return
    edits = uow.outbox.of_purpose(f"alert_edit:{alert_id}", newest=LOOKED_AT)
    waiting = [m for m in edits if m.state is DeliveryState.WAITING]
    for edit in (m for m in waiting if m.edits == f"outbox:{message.id}"):
        if message.state is DeliveryState.SENT and message.provider_id:
            uow.outbox.save(replace(edit, state=DeliveryState.PENDING, edits=message.provider_id, due_at=now))
        else:
            uow.outbox.save(replace(edit, state=DeliveryState.CANCELLED))


def _carry_out(uow: UnitOfWork, consequence: Consequence, message: OutgoingMessage, receipt: Receipt, now: datetime) -> None:
    if message.purpose.startswith("relay:") and consequence in _LOST:
        relay.release_notes(uow, message)
    match consequence:
        case Consequence.PAGE_FAILED:
            escalations.page_failed(uow, message, now)
        case Consequence.UNREACHABLE if message.clinician is not None:
            _lose_clinician(uow, message, now)
        case Consequence.UNREACHABLE:
            _lose_patient(uow, message, now)
        case Consequence.MIGRATED:
            _move(uow, message, now)
        case Consequence.UNDELIVERED:
            _leave_task(uow, message, "undelivered", now)
        case Consequence.OPERATOR:
            uow.audit.append(now, "system", "outbox.refused", f"message:{message.id}", receipt.detail)
            _leave_task(uow, message, "message_refused", now)


def _lose_clinician(uow: UnitOfWork, message: OutgoingMessage, now: datetime) -> None:
    clinician = uow.clinicians.get(message.clinician or "")
    if clinician is None or clinician.address != message.address:
        return
    uow.clinicians.put(replace(clinician, reachable=False))
    uow.audit.append(now, "system", "clinician.unreachable", f"clinician:{clinician.id}")
    escalations.clinician_lost(uow, clinician.id, now)


def _lose_patient(uow: UnitOfWork, message: OutgoingMessage, now: datetime) -> None:
    """They blocked the bot: nothing routine is sent any more, and the clinic must reach them another way."""
    if message.patient_id is None:
        return
    patient = uow.patients.get(message.patient_id)
    if patient.address != message.address:
        return
    if patient.state is PatientState.ACTIVE:
        uow.patients.save(replace(patient, state=PatientState.UNREACHABLE))
    uow.outbox.cancel_of_patient(patient.id)
    uow.audit.append(now, "system", "patient.unreachable", f"patient:{patient.id}")
    _leave_task(uow, message, "unreachable", now)


def _move(uow: UnitOfWork, message: OutgoingMessage, now: datetime) -> None:
    """The chat has a new id: ``message`` has it already."""
    if message.clinician is not None:
        clinician = uow.clinicians.get(message.clinician)
        if clinician is not None:
            uow.clinicians.put(replace(clinician, address=message.address))
    elif message.patient_id is not None:
        uow.patients.save(replace(uow.patients.get(message.patient_id), address=message.address))
    uow.audit.append(now, "system", "address.migrated", f"message:{message.id}")


def _leave_task(uow: UnitOfWork, message: OutgoingMessage, kind: str, now: datetime) -> None:
    if message.patient_id is None or uow.tasks.open_of(message.patient_id, kind) is not None:
        return
    level = Disposition.URGENT if message.lane in {Lane.ALERT, Lane.SAFETY} else Disposition.SAME_DAY
    uow.tasks.add(Task(id=0, patient_id=message.patient_id, kind=kind, disposition=level, at=now, detail=message.purpose))
