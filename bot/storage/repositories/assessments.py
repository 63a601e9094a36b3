"""Assessments: what each message came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.ports import StoredAssessment
from bot.storage.codec import text_pair
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import count, found, getting, inserting, new_id
from bot.storage.rows import AssessmentRow, table
from bot.storage.statements import Prepared, const, first, param
from bot.storage.values import micros

_T = table(AssessmentRow)
_WRITE, _READ = text_pair(Assessment)
# A patient's last days are read with each of their messages. Most rows say what many others say (a button's answer), and an
# assessment never changes: each text is decoded once.
_MAPPER = Mapper(StoredAssessment, _T, special={"assessment": (_WRITE, lru_cache(maxsize=8192)(_READ))})

_ADD = inserting(_T)
_GET = getting(_MAPPER, _T)
_RECENT = Prepared(
    select(*_MAPPER.columns).where(_T.c.patient_id == param("patient_id"), _T.c.at >= param("since")).order_by(_T.c.at, _T.c.id)
)
_NEWEST = Prepared(
    first(
        select(*_MAPPER.columns)
        # "+ 0" keeps SQLite from weighing the index of red ones: it would compile the statement anew for each parameter
        .where(
            _T.c.patient_id == param("patient_id"), _T.c.at >= param("since"), _T.c.disposition + const(0) >= param("at_least")
        )
        .order_by(_T.c.at.desc(), _T.c.id.desc()),
        param("limit"),
    )
)
_RED = Prepared(
    select(*_MAPPER.columns)
    .where(_T.c.disposition >= const(int(Disposition.URGENT)), _T.c.at >= param("since"))
    .order_by(_T.c.at, _T.c.id)
)
_SINCE = Prepared(
    first(
        select(*_MAPPER.columns).where(_T.c.id > param("after"), _T.c.at >= param("since")).order_by(_T.c.id),
        param("limit"),
    )
)
_COUNT = Prepared(select(func.count()).select_from(_T).where(_T.c.at >= param("since")))


class Assessments:
    """``bot.ports.Assessments``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, stored: StoredAssessment) -> int:
        """The new id. Raises AlreadyThere where there is no such patient."""
        params = _MAPPER.params(stored, disposition=int(stored.assessment.disposition))
        return new_id(self._database, _ADD, params)

    def get(self, assessment_id: int) -> StoredAssessment:
        """Raises NotFound."""
        return found(_MAPPER.maybe(self._database.one(_GET, {"id": assessment_id})), "assessment", assessment_id)

    def recent(self, patient_id: int, since: datetime) -> Sequence[StoredAssessment]:
        """Theirs at or after ``since``, oldest first."""
        rows = self._database.all(_RECENT, {"patient_id": patient_id, "since": micros(since)})
        return [_MAPPER.core(row) for row in rows]

    def newest(self, patient_id: int, since: datetime, at_least: Disposition, limit: int) -> Sequence[StoredAssessment]:
        """The newest ``limit`` of theirs at this level or above, oldest first."""
        params = {"patient_id": patient_id, "since": micros(since), "at_least": int(at_least), "limit": limit}
        return [_MAPPER.core(row) for row in self._database.all(_NEWEST, params)][::-1]

    def since(self, since: datetime, after: int, limit: int) -> Sequence[StoredAssessment]:
        """Every patient's at or after ``since`` with an id above ``after``, in the order of their ids."""
        params = {"since": micros(since), "after": after, "limit": limit}
        return [_MAPPER.core(row) for row in self._database.all(_SINCE, params)]

    def count_since(self, since: datetime) -> int:
        """How many those are in all."""
        return count(self._database, _COUNT, {"since": micros(since)})

    def red_since(self, since: datetime) -> Sequence[StoredAssessment]:
        """Every patient's with a red disposition, at or after ``since``, oldest first."""
        return [_MAPPER.core(row) for row in self._database.all(_RED, {"since": micros(since)})]
