"""Publications: which version of each schedule is live, which were, and which wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select

from bot.ports import Publication
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import changed, count, found, getting, inserting, new_id, saving
from bot.storage.rows import PublicationRow, table
from bot.storage.statements import Prepared, const, first, param

_T = table(PublicationRow)
_MAPPER = Mapper(Publication, _T)

_ADD = inserting(_T)
_GET = getting(_MAPPER, _T)
_SAVE = saving(_T)
_every = select(*_MAPPER.columns)
_LIVE = Prepared(
    first(_every.where(_T.c.schedule == param("schedule"), _T.c.number.is_not(None)).order_by(_T.c.number.desc()), const(1))
)
_OF_SCHEDULE = Prepared(_every.where(_T.c.schedule == param("schedule")).order_by(_T.c.id.desc()))
_ALL = Prepared(_every.order_by(_T.c.id.desc()))
_PUBLISHED = Prepared(select(func.count()).select_from(_T).where(_T.c.number.is_not(None)))


class Publications:
    """``bot.ports.Publications``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, publication: Publication) -> Publication:
        """Stores it under a new id. Raises AlreadyThere where its number is taken."""
        return replace(publication, id=new_id(self._database, _ADD, _MAPPER.params(publication)))

    def get(self, publication_id: int) -> Publication:
        """Raises NotFound."""
        return found(_MAPPER.maybe(self._database.one(_GET, {"id": publication_id})), "publication", publication_id)

    def save(self, publication: Publication) -> None:
        """Writes all of it. Raises NotFound, and AlreadyThere where its number is taken."""
        params = _MAPPER.params(publication, row_id=publication.id)
        changed(self._database.run(_SAVE, params), "publication", publication.id)

    def live(self, schedule: str) -> Publication | None:
        """The one with the highest number; None where it was never published."""
        return _MAPPER.maybe(self._database.one(_LIVE, {"schedule": schedule}))

    def of_schedule(self, schedule: str) -> Sequence[Publication]:
        """All of them, newest first."""
        return [_MAPPER.core(row) for row in self._database.all(_OF_SCHEDULE, {"schedule": schedule})]

    def all(self) -> Sequence[Publication]:
        """Every schedule's, newest first."""
        return [_MAPPER.core(row) for row in self._database.all(_ALL)]

    def published(self) -> int:
        """How many have gone live so far."""
        return count(self._database, _PUBLISHED)
