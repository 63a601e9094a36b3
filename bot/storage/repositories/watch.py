"""Taken-over shifts, baselines, canaries and drills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, or_, select

from bot.core.clinical.baseline import Baseline
from bot.core.escalation.drill import Canary, DrillPage
from bot.core.escalation.takeover import Takeover
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import changed, count, found, getting, inserting, new_id, saving
from bot.storage.rows import BaselineRow, CanaryRow, DrillPageRow, TakeoverRow, table
from bot.storage.statements import Prepared, const, first, param
from bot.storage.values import micros

_TAKEOVER, _BASELINE, _CANARY, _DRILL = table(TakeoverRow), table(BaselineRow), table(CanaryRow), table(DrillPageRow)
_TAKEOVERS, _BASELINES = Mapper(Takeover, _TAKEOVER), Mapper(Baseline, _BASELINE, special={"told_end": (int, bool)})
_CANARIES, _DRILLS = Mapper(Canary, _CANARY), Mapper(DrillPage, _DRILL)

_ADD_TAKEOVER, _GET_TAKEOVER, _SAVE_TAKEOVER = inserting(_TAKEOVER), getting(_TAKEOVERS, _TAKEOVER), saving(_TAKEOVER)
_TAKEOVERS_SINCE = Prepared(
    select(*_TAKEOVERS.columns).where(_TAKEOVER.c.end > param("now"), _TAKEOVER.c.ended_at.is_(None)).order_by(_TAKEOVER.c.id)
)
_ADD_BASELINE, _GET_BASELINE, _SAVE_BASELINE = inserting(_BASELINE), getting(_BASELINES, _BASELINE), saving(_BASELINE)
_BASELINES_OF = Prepared(
    select(*_BASELINES.columns).where(_BASELINE.c.patient_id == param("patient_id")).order_by(_BASELINE.c.id)
)
_BASELINES_OVER = Prepared(
    select(*_BASELINES.columns)
    .where(_BASELINE.c.told_end == const(0), or_(_BASELINE.c.until <= param("now"), _BASELINE.c.ended_at.is_not(None)))
    .order_by(_BASELINE.c.id)
)
_ADD_CANARY, _GET_CANARY, _SAVE_CANARY = inserting(_CANARY), getting(_CANARIES, _CANARY), saving(_CANARY)
_NEWEST_CANARY = Prepared(first(select(*_CANARIES.columns).order_by(_CANARY.c.id.desc()), const(1)))
_OLDER_CANARIES = Prepared(select(*_CANARIES.columns).where(_CANARY.c.opened_at < param("before")).order_by(_CANARY.c.id))
_FORGET_CANARIES = Prepared(delete(_CANARY).where(_CANARY.c.opened_at < param("before")))
_ADD_DRILL, _GET_DRILL, _SAVE_DRILL = inserting(_DRILL), getting(_DRILLS, _DRILL), saving(_DRILL)
_NEWEST_DRILL = Prepared(select(func.coalesce(func.max(_DRILL.c.drill), const(0))))
_DRILL_PAGES = Prepared(select(*_DRILLS.columns).where(_DRILL.c.drill == param("drill")).order_by(_DRILL.c.id))


class Takeovers:
    """``bot.ports.Takeovers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, takeover: Takeover) -> Takeover:
        """Stores it under a new id."""
        return replace(takeover, id=new_id(self._database, _ADD_TAKEOVER, _TAKEOVERS.params(takeover)))

    def get(self, takeover_id: int) -> Takeover:
        """Raises NotFound."""
        return found(_TAKEOVERS.maybe(self._database.one(_GET_TAKEOVER, {"id": takeover_id})), "takeover", takeover_id)

    def since(self, now: datetime) -> Sequence[Takeover]:
        """Those that end after ``now`` and were not given back, in the order in which they were decided."""
        return [_TAKEOVERS.core(row) for row in self._database.all(_TAKEOVERS_SINCE, {"now": micros(now)})]

    def save(self, takeover: Takeover) -> None:
        """Writes all of it. Raises NotFound."""
        params = _TAKEOVERS.params(takeover, row_id=takeover.id)
        changed(self._database.run(_SAVE_TAKEOVER, params), "takeover", takeover.id)


class Baselines:
    """``bot.ports.Baselines``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, baseline: Baseline) -> Baseline:
        """Stores it under a new id."""
        return replace(baseline, id=new_id(self._database, _ADD_BASELINE, _BASELINES.params(baseline)))

    def get(self, baseline_id: int) -> Baseline:
        """Raises NotFound."""
        return found(_BASELINES.maybe(self._database.one(_GET_BASELINE, {"id": baseline_id})), "baseline", baseline_id)

    def of_patient(self, patient_id: int) -> Sequence[Baseline]:
        """Oldest first, ended ones too."""
        return [_BASELINES.core(row) for row in self._database.all(_BASELINES_OF, {"patient_id": patient_id})]

    def over(self, now: datetime) -> Sequence[Baseline]:
        """Those that have ended, or been ended, and whose patient has not been told."""
        return [_BASELINES.core(row) for row in self._database.all(_BASELINES_OVER, {"now": micros(now)})]

    def save(self, baseline: Baseline) -> None:
        """Writes all of it. Raises NotFound."""
        params = _BASELINES.params(baseline, row_id=baseline.id)
        changed(self._database.run(_SAVE_BASELINE, params), "baseline", baseline.id)


class Canaries:
    """``bot.ports.Canaries``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, canary: Canary) -> Canary:
        """Stores it under a new id."""
        return replace(canary, id=new_id(self._database, _ADD_CANARY, _CANARIES.params(canary)))

    def newest(self) -> Canary | None:
        """The one that set out last."""
        return _CANARIES.maybe(self._database.one(_NEWEST_CANARY, {}))

    def get(self, canary_id: int) -> Canary:
        """Raises NotFound."""
        return found(_CANARIES.maybe(self._database.one(_GET_CANARY, {"id": canary_id})), "canary", canary_id)

    def save(self, canary: Canary) -> None:
        """Writes all of it. Raises NotFound."""
        changed(self._database.run(_SAVE_CANARY, _CANARIES.params(canary, row_id=canary.id)), "canary", canary.id)

    def older(self, before: datetime) -> Sequence[Canary]:
        """Those that set out before it, oldest first."""
        return [_CANARIES.core(row) for row in self._database.all(_OLDER_CANARIES, {"before": micros(before)})]

    def forget(self, before: datetime) -> int:
        """Removes older ones; how many."""
        return self._database.run(_FORGET_CANARIES, {"before": micros(before)})


class Drills:
    """``bot.ports.Drills``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, page: DrillPage) -> DrillPage:
        """Stores it under a new id."""
        return replace(page, id=new_id(self._database, _ADD_DRILL, _DRILLS.params(page)))

    def newest(self) -> int:
        """The number of the newest drill; 0: there was none."""
        return count(self._database, _NEWEST_DRILL)

    def pages(self, drill: int) -> Sequence[DrillPage]:
        """In the order in which they were paged."""
        return [_DRILLS.core(row) for row in self._database.all(_DRILL_PAGES, {"drill": drill})]

    def get(self, page_id: int) -> DrillPage:
        """Raises NotFound."""
        return found(_DRILLS.maybe(self._database.one(_GET_DRILL, {"id": page_id})), "drill page", page_id)

    def save(self, page: DrillPage) -> None:
        """Writes all of it. Raises NotFound."""
        changed(self._database.run(_SAVE_DRILL, _DRILLS.params(page, row_id=page.id)), "drill page", page.id)
