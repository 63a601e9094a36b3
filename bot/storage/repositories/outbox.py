"""Outgoing messages: claimed by lane, saved with what came of each attempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, union_all, update

from bot.core.delivery import DeliveryState, Kind, Lane, OutgoingMessage
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import changed, count, found, getting, inserting, new_id, saving
from bot.storage.rows import OutboxRow, table
from bot.storage.statements import Prepared, const, first, param
from bot.storage.values import micros, moment, moment_or_none

_T = table(OutboxRow)


def _due_value(due_at: datetime | None) -> int:
    return 0 if due_at is None else micros(due_at)


def _due_core(value: int) -> datetime | None:
    return moment(value) if value else None


_MAPPER = Mapper(OutgoingMessage, _T, special={"due_at": (_due_value, _due_core)})
_pending = _T.c.state == const(DeliveryState.PENDING)
_sending = _T.c.state == const(DeliveryState.SENDING)

_ADD = inserting(_T)
_DUE = {
    lane: Prepared(
        first(
            select(*_MAPPER.columns)
            .where(_pending, _T.c.lane == const(int(lane)), _T.c.due_at <= param("now"))
            .order_by(_T.c.due_at, _T.c.id),
            param("limit"),
        ).with_for_update(skip_locked=True)
    )
    for lane in Lane
}
_CLAIM = Prepared(
    update(_T)
    .where(_T.c.id == param("row_id"))
    .values(state=const(DeliveryState.SENDING), attempt=_T.c.attempt + const(1), due_at=param("deadline"))
)
_GET = getting(_MAPPER, _T)
_SAVE = saving(_T, "channel", "lane", "kind", "buttons", "purpose", "patient_id", "clinician", "expires_at")
_SENT = Prepared(
    update(_T)
    .where(_T.c.id == param("row_id"), _sending, _T.c.attempt == param("of_attempt"))
    .values(state=const(DeliveryState.SENT), due_at=const(0), provider_id=func.coalesce(param("given"), _T.c.provider_id))
)
_OVERDUE = Prepared(
    first(
        select(*_MAPPER.columns).where(_sending, _T.c.due_at <= param("now")).order_by(_T.c.due_at, _T.c.id), param("limit")
    ).with_for_update(skip_locked=True)
)
_FORWARD = (
    *(
        Prepared(
            update(_T)
            .where(_pending, _T.c.lane == const(int(lane)), _T.c.due_at > param("pending_after"))
            .values(due_at=param("now"))
        )
        for lane in Lane
    ),
    Prepared(update(_T).where(_sending, _T.c.due_at > param("sending_after")).values(due_at=param("now"))),
)
_OF_PURPOSE = Prepared(
    select(*_MAPPER.columns).where(_T.c.purpose == param("purpose"), _T.c.purpose != const("")).order_by(_T.c.id)
)
_NEWEST_OF_PURPOSE = Prepared(
    first(
        select(*_MAPPER.columns).where(_T.c.purpose == param("purpose"), _T.c.purpose != const("")).order_by(_T.c.id.desc()),
        param("limit"),
    )
)
_NEWEST_CHOICES = Prepared(
    first(
        select(*_MAPPER.columns)
        .where(
            _T.c.channel == const("sms"),
            _T.c.buttons != const("[]"),
            _T.c.address == param("address"),
            _T.c.kind == const(Kind.MESSAGE),
        )
        .order_by(_T.c.id.desc()),
        const(1),
    )
)
_PENDING_PAGES = Prepared(
    select(*_MAPPER.columns)
    # "|| ''" keeps SQLite from walking every page that the alert ever sent
    .where(_pending, _T.c.lane == const(int(Lane.ALERT)), _T.c.purpose + const("") == param("purpose"))
    .order_by(_T.c.id)
)
_TO_CLINICIAN = Prepared(
    first(
        select(*_MAPPER.columns)
        .where(
            _T.c.clinician == param("clinician"),
            _T.c.provider_id == param("provider_id"),
            _T.c.clinician.is_not(None),
            _T.c.provider_id.is_not(None),
        )
        .order_by(_T.c.id.desc()),
        const(1),
    )
)
_CANCEL = Prepared(
    update(_T)
    # "+ 0" keeps SQLite from walking every pending routine prompt instead of this patient's few messages
    .where(_T.c.patient_id == param("patient"), _pending, _T.c.lane + const(0) == const(int(Lane.ROUTINE)))
    .values(state=const(DeliveryState.CANCELLED))
)
_FORGET = Prepared(
    delete(_T).where(
        _T.c.purpose == param("purpose"), _T.c.purpose != const(""), _T.c.patient_id.is_(None), _T.c.clinician.is_(None)
    )
)
_PENDING = Prepared(select(func.count()).select_from(_T).where(_pending))
_NEXT_OF_LANE: Any = union_all(
    *(select(func.min(_T.c.due_at).label("due_at")).where(_pending, _T.c.lane == const(int(lane))) for lane in Lane)
).subquery("lanes")
_NEXT = Prepared(select(func.min(_NEXT_OF_LANE.c.due_at)))


class Outbox:
    """``bot.ports.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: OutgoingMessage) -> int:
        """Stores it as given; the new id. Raises AlreadyThere where it names a patient who is not there."""
        return new_id(self._database, _ADD, _MAPPER.params(message))

    def claim(self, now: datetime, limit: int, deadline: datetime) -> Sequence[OutgoingMessage]:
        """Due ones become SENDING until ``deadline``, best lane first, then the longest due; those without ``due_at`` at once."""
        at = micros(now)
        claimed: list[OutgoingMessage] = []
        for statement in _DUE.values():
            rows = self._database.all(statement, {"now": at, "limit": limit - len(claimed)})
            claimed.extend(_MAPPER.core(row) for row in rows)
            if len(claimed) >= limit:
                break
        if claimed:
            until = micros(deadline)
            self._database.many(_CLAIM, [{"row_id": m.id, "deadline": until} for m in claimed])
        return [replace(m, state=DeliveryState.SENDING, attempt=m.attempt + 1, due_at=deadline) for m in claimed]

    def get(self, message_id: int) -> OutgoingMessage:
        """Raises NotFound."""
        return found(_MAPPER.maybe(self._database.one(_GET, {"id": message_id})), "outgoing message", message_id)

    def save(self, message: OutgoingMessage) -> None:
        """Writes what an attempt may change: what it is and whom it concerns stays as added. Raises NotFound."""
        changed(self._database.run(_SAVE, _MAPPER.params(message, row_id=message.id)), "outgoing message", message.id)

    def save_many(self, messages: Iterable[OutgoingMessage]) -> None:
        """Writes each; those that were erased meanwhile stay away."""
        params = [_MAPPER.params(message, row_id=message.id) for message in messages]
        if params:
            self._database.many(_SAVE, params)

    def sent(self, message: OutgoingMessage, provider_id: str | None) -> bool:
        """This very attempt succeeded: the row becomes SENT. False where it is not being sent, or by another attempt."""
        params = {"row_id": message.id, "of_attempt": message.attempt, "given": provider_id}
        return self._database.run(_SENT, params) > 0

    def overdue(self, now: datetime, limit: int) -> Sequence[OutgoingMessage]:
        """SENDING ones whose deadline has passed, each for this transaction alone."""
        return [_MAPPER.core(row) for row in self._database.all(_OVERDUE, {"now": micros(now), "limit": limit})]

    def bring_forward(self, *, pending_after: datetime, sending_after: datetime, now: datetime) -> int:
        """What is due, or under way, until later than that is due now; how many."""
        moments = {"pending_after": micros(pending_after), "sending_after": micros(sending_after), "now": micros(now)}
        return sum(self._database.run(statement, moments) for statement in _FORWARD)

    def of_purpose(self, purpose: str, newest: int | None = None) -> Sequence[OutgoingMessage]:
        """Oldest first; with ``newest`` no more than so many, the newest."""
        if newest is None:
            return [_MAPPER.core(row) for row in self._database.all(_OF_PURPOSE, {"purpose": purpose})]
        rows = self._database.all(_NEWEST_OF_PURPOSE, {"purpose": purpose, "limit": newest})
        return [_MAPPER.core(row) for row in reversed(rows)]

    def newest_choices(self, channel: str, address: str) -> OutgoingMessage | None:
        """The newest new message with buttons to this address. Only SMS is indexed: elsewhere buttons are pressed."""
        if channel != "sms":
            return None
        return _MAPPER.maybe(self._database.one(_NEWEST_CHOICES, {"address": address}))

    def pending_pages(self, purpose: str) -> Sequence[OutgoingMessage]:
        """PENDING ones of that purpose in the alerts' lane, oldest first."""
        return [_MAPPER.core(row) for row in self._database.all(_PENDING_PAGES, {"purpose": purpose})]

    def to_clinician(self, clinician: str, provider_id: str) -> OutgoingMessage | None:
        """The message of that id in this clinician's chat; the newest, should the chat have changed."""
        return _MAPPER.maybe(self._database.one(_TO_CLINICIAN, {"clinician": clinician, "provider_id": provider_id}))

    def forget(self, purpose: str) -> int:
        """Removes the rows of that purpose that are to nobody and about nobody; how many."""
        return self._database.run(_FORGET, {"purpose": purpose})

    def cancel_of_patient(self, patient_id: int) -> int:
        """Their PENDING routine prompts become CANCELLED; how many."""
        return self._database.run(_CANCEL, {"patient": patient_id})

    def pending(self) -> int:
        """How many wait to be sent."""
        return count(self._database, _PENDING)

    def next_due(self) -> datetime | None:
        """When the next one is due; 1970 for one that is due at once."""
        row = self._database.one(_NEXT)
        return moment_or_none(row[0] if row else None)
