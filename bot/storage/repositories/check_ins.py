"""Planned check-ins: once each, and cheap to ask which are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import changed, count, found, getting, saving
from bot.storage.rows import CheckInRow, table
from bot.storage.statements import Prepared, adding_if_new, const, first, param
from bot.storage.values import micros, moment_or_none

_T = table(CheckInRow)
_MAPPER = Mapper(PlannedCheckIn, _T)
_open = _T.c.state.in_([const(s) for s in (CheckInState.PLANNED, CheckInState.SENT, CheckInState.REMINDED)])

_PLAN = adding_if_new(_T, "id")
_DUE = Prepared(
    first(
        select(*_MAPPER.columns).where(_open, _T.c.due_at <= param("now")).order_by(_T.c.due_at, _T.c.id), param("limit")
    ).with_for_update(skip_locked=True)
)
_GET = getting(_MAPPER, _T)
_SAVE = saving(_T, "enrolment_id", "patient_id", "check_in", "occurrence")
_OF_ENROLMENT = Prepared(
    select(*_MAPPER.columns).where(_T.c.enrolment_id == param("enrolment_id")).order_by(_T.c.due_at, _T.c.id)
)
_PLANNED = Prepared(
    select(*_MAPPER.columns)
    .where(
        _T.c.enrolment_id == param("enrolment_id"),
        _T.c.check_in == param("check_in"),
        _T.c.state == const(CheckInState.PLANNED),
    )
    .order_by(_T.c.due_at, _T.c.id)
)
_FORWARD = Prepared(
    update(_T)
    .where(
        _T.c.state == const(CheckInState.PLANNED),
        _open,  # the index that it uses is of open rows
        _T.c.check_in == param("name"),
        _T.c.due_at > param("after"),
    )
    .values(due_at=param("now"))
)
_CANCEL = Prepared(update(_T).where(_open, _T.c.patient_id == param("patient")).values(state=const(CheckInState.CANCELLED)))
_NEXT = Prepared(select(func.min(_T.c.due_at)).where(_open))
_COUNT = Prepared(select(func.count()).select_from(_T).where(_T.c.state == param("state")))


class CheckIns:
    """``bot.ports.CheckIns``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, check_ins: Iterable[PlannedCheckIn]) -> int:
        """Adds those that are not there yet; how many were new."""
        return self._database.many(_PLAN, [_MAPPER.params(check_in) for check_in in check_ins])

    def due(self, now: datetime, limit: int) -> Sequence[PlannedCheckIn]:
        """Open ones whose time has come, oldest first, each for this transaction alone."""
        return [_MAPPER.core(row) for row in self._database.all(_DUE, {"now": micros(now), "limit": limit})]

    def get(self, check_in_id: int) -> PlannedCheckIn:
        """Raises NotFound."""
        return found(_MAPPER.maybe(self._database.one(_GET, {"id": check_in_id})), "check-in", check_in_id)

    def save(self, check_in: PlannedCheckIn) -> None:
        """Writes all but whose and which it is. Raises NotFound."""
        changed(self._database.run(_SAVE, _MAPPER.params(check_in, row_id=check_in.id)), "check-in", check_in.id)

    def of_enrolment(self, enrolment_id: int) -> Sequence[PlannedCheckIn]:
        """In the order of ``due_at``."""
        return [_MAPPER.core(row) for row in self._database.all(_OF_ENROLMENT, {"enrolment_id": enrolment_id})]

    def planned(self, enrolment_id: int, check_in: str) -> Sequence[PlannedCheckIn]:
        """The PLANNED occurrences of that check-in, in the order of ``due_at``."""
        params = {"enrolment_id": enrolment_id, "check_in": check_in}
        return [_MAPPER.core(row) for row in self._database.all(_PLANNED, params)]

    def bring_forward(self, check_in: str, after: datetime, now: datetime) -> int:
        """PLANNED rows of that name that are due later than ``after`` are due ``now``; how many."""
        return self._database.run(_FORWARD, {"name": check_in, "after": micros(after), "now": micros(now)})

    def cancel_planned(self, patient_id: int) -> int:
        """Everything of theirs that is not finished becomes CANCELLED; how many."""
        return self._database.run(_CANCEL, {"patient": patient_id})

    def next_due(self) -> datetime | None:
        """When the next open one is due."""
        row = self._database.one(_NEXT)
        return moment_or_none(row[0] if row else None)

    def count(self, state: CheckInState) -> int:
        """How many are in that state. Costs what is stored: for screens and tests, never for a tick."""
        return count(self._database, _COUNT, {"state": state.value})
