"""Alerts, fenced by their version, with their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select, update

from bot.core.errors import StaleVersion
from bot.core.escalation.alert import Alert, AlertState
from bot.ports import AlertEntry
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import found, getting, inserting, new_id
from bot.storage.rows import AlertEntryRow, AlertRow, table
from bot.storage.statements import Prepared, adding, const, first, param
from bot.storage.values import micros

_T, _ENTRY = table(AlertRow), table(AlertEntryRow)
_MAPPER, _ENTRIES = Mapper(Alert, _T), Mapper(AlertEntry, _ENTRY)
_unresolved = select(*_MAPPER.columns).where(_T.c.state != const(AlertState.RESOLVED))

_ADD = inserting(_T)
_GET = getting(_MAPPER, _T)
_OF_PATIENT = Prepared(select(*_MAPPER.columns).where(_T.c.patient_id == param("patient_id")).order_by(_T.c.id.desc()))
_UNRESOLVED_OF = Prepared(
    first(_unresolved.where(_T.c.patient_id == param("patient_id")).order_by(_T.c.disposition.desc(), _T.c.id), const(1))
)
_UNRESOLVED = Prepared(_unresolved.order_by(_T.c.disposition.desc(), _T.c.id))
_OPENED = Prepared(
    select(*_MAPPER.columns).where(_T.c.opened_at >= param("start"), _T.c.opened_at < param("end")).order_by(_T.c.id)
)
_DUE = Prepared(
    first(
        select(*_MAPPER.columns)
        .where(_T.c.next_step_at.is_not(None), _T.c.next_step_at <= param("now"))
        .order_by(_T.c.disposition.desc(), _T.c.next_step_at, _T.c.id),
        param("limit"),
    ).with_for_update(skip_locked=True)
)
_SAVE = Prepared(
    update(_T)
    .where(_T.c.id == param("row_id"), _T.c.version == param("expected"))
    .values({c.name: param(c.name) for c in _T.columns if c.name != "id"})
)
_LOG = Prepared(adding(_ENTRY, "id"))
_HISTORY = Prepared(select(*_ENTRIES.columns).where(_ENTRY.c.alert_id == param("alert_id")).order_by(_ENTRY.c.id))
_NEWEST_ENTRIES = Prepared(
    first(select(*_ENTRIES.columns).where(_ENTRY.c.alert_id == param("alert_id")).order_by(_ENTRY.c.id.desc()), param("limit"))
)
_PAGED = Prepared(
    select(_ENTRY.c.by)
    .where(_ENTRY.c.alert_id == param("alert_id"), _ENTRY.c.event == const("paged"))
    .group_by(_ENTRY.c.by)
    .order_by(func.min(_ENTRY.c.id))
)
_LOOK = 50
"""Entries read at a time, from the newest on."""


class Alerts:
    """``bot.ports.Alerts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, alert: Alert) -> Alert:
        """Stores it under a new id. Raises AlreadyThere where there is no such patient or assessment."""
        return replace(alert, id=new_id(self._database, _ADD, _MAPPER.params(alert)))

    def get(self, alert_id: int) -> Alert:
        """Raises NotFound."""
        return found(_MAPPER.maybe(self._database.one(_GET, {"id": alert_id})), "alert", alert_id)

    def unresolved_of(self, patient_id: int) -> Alert | None:
        """Their open or acknowledged alert: the most urgent, then the oldest."""
        return _MAPPER.maybe(self._database.one(_UNRESOLVED_OF, {"patient_id": patient_id}))

    def of_patient(self, patient_id: int) -> Sequence[Alert]:
        """Resolved ones too, newest first."""
        return [_MAPPER.core(row) for row in self._database.all(_OF_PATIENT, {"patient_id": patient_id})]

    def unresolved(self) -> Sequence[Alert]:
        """Every open or acknowledged one, most urgent first."""
        return [_MAPPER.core(row) for row in self._database.all(_UNRESOLVED)]

    def opened_between(self, start: datetime, end: datetime) -> Sequence[Alert]:
        """Opened at or after ``start`` and before ``end``, oldest first. It walks the whole table: once a week is often enough."""
        rows = self._database.all(_OPENED, {"start": micros(start), "end": micros(end)})
        return [_MAPPER.core(row) for row in rows]

    def due(self, now: datetime, limit: int) -> Sequence[Alert]:
        """Those whose next step has come, most urgent first, each for this transaction alone."""
        return [_MAPPER.core(row) for row in self._database.all(_DUE, {"now": micros(now), "limit": limit})]

    def save(self, alert: Alert, *, expected_version: int) -> Alert:
        """Writes all of it with the next version. Raises StaleVersion, or NotFound where the alert is gone."""
        saved = replace(alert, version=expected_version + 1)
        params = _MAPPER.params(saved, row_id=alert.id, expected=expected_version)
        if not self._database.run(_SAVE, params):
            held = self.get(alert.id).version
            raise StaleVersion(f"alert {alert.id} has version {held}, not {expected_version}")
        return saved

    def log(self, entry: AlertEntry) -> None:
        """Adds a line to the alert's history."""
        self._database.run(_LOG, _ENTRIES.params(entry))

    def history(self, alert_id: int, since: datetime | None = None) -> Sequence[AlertEntry]:
        """In the order in which it was written; with ``since`` only what was written after it."""
        if since is None:
            return [_ENTRIES.core(row) for row in self._database.all(_HISTORY, {"alert_id": alert_id})]
        limit = _LOOK
        while True:
            rows = self._database.all(_NEWEST_ENTRIES, {"alert_id": alert_id, "limit": limit})
            entries = [_ENTRIES.core(row) for row in reversed(rows)]
            if len(rows) < limit or entries[0].at <= since:
                return [entry for entry in entries if entry.at > since]
            limit *= 4

    def paged(self, alert_id: int) -> tuple[str, ...]:
        """The clinicians who were ever paged for it, in the order of their first page."""
        return tuple(row[0] for row in self._database.all(_PAGED, {"alert_id": alert_id}))
