"""Raw updates: added once, taken in order, finished or quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, select, update

from bot.core.errors import NotFound
from bot.ports import InboxItem
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.rows import CursorRow, InboxRow, table
from bot.storage.rows.inbox import DONE, QUARANTINED, WAITING
from bot.storage.statements import Dialect, Prepared, adding_if_new, address_key, const, first, param, putting, text_param
from bot.storage.values import micros, moment_or_none

_T = table(InboxRow)
_MAPPER = Mapper(InboxItem, _T)
_OLDER = _T.alias("older")
_CURSOR = table(CursorRow)
_WORKING, _ADDING = 0, 1
"""Two spaces of advisory locks: whoever works for an address does not keep its next update from being stored."""


def _due() -> Select[Any]:
    """What waits and is due, but for what has an older one of its address before it."""
    older = exists().where(
        _OLDER.c.state == const(WAITING),
        _OLDER.c.channel == _T.c.channel,
        _OLDER.c.address == _T.c.address,
        _OLDER.c.id < _T.c.id,
    )
    return select(*_MAPPER.columns).where(and_(_T.c.state == const(WAITING), _T.c.due_at <= param("now"), ~older))


_ADD = adding_if_new(_T, "id", returning="id")
_TAKE = Prepared(first(_due().order_by(_T.c.received_at, _T.c.id), const(1)))
_HEADS = first(_due().order_by(_T.c.received_at, _T.c.id), const(64)).cte("heads").prefix_with("MATERIALIZED")
_TRY = Prepared(
    first(
        select(_HEADS.c.id).where(
            func.pg_try_advisory_xact_lock(address_key(_HEADS.c.channel, _HEADS.c.address, space=_WORKING))
        ),
        const(1),
    )
)
_TAKE_LOCKED = Prepared(_due().where(_T.c.id == param("id")).with_for_update(skip_locked=True, of=_T))
_GET = Prepared(select(*_MAPPER.columns).where(_T.c.id == param("id")))
_FINISH = Prepared(
    update(_T)
    .where(_T.c.id == param("item"))
    .values(state=param("state"), finished_at=param("finished_at"), error=param("error"))
)
_RETRY = Prepared(
    update(_T)
    .where(_T.c.id == param("item"))
    .values(
        attempts=_T.c.attempts + const(1),
        error=param("error"),
        due_at=param("due_at"),
        state=const(WAITING),
        finished_at=param("finished_at"),
    )
)
_FORWARD = Prepared(update(_T).where(_T.c.state == const(WAITING), _T.c.due_at > param("after")).values(due_at=param("now")))
_WAITING_OF = Prepared(
    first(
        select(_T.c.id).where(_T.c.state == const(WAITING), _T.c.channel == param("channel"), _T.c.address == param("address")),
        const(1),
    )
)
_FORGET = Prepared(delete(_T).where(_T.c.channel == param("channel"), _T.c.external_id == param("external_id")))
_QUARANTINED = Prepared(
    select(*_MAPPER.columns)
    .where(_T.c.state == const(QUARANTINED), _T.c.finished_at >= param("since"))
    .order_by(_T.c.finished_at, _T.c.id)
)
_WAITING = Prepared(select(func.count()).select_from(_T).where(_T.c.state == const(WAITING)))
_OLDEST = Prepared(select(func.min(_T.c.received_at)).where(_T.c.state == const(WAITING)))
_CURSOR_GET = Prepared(select(_CURSOR.c.value).where(_CURSOR.c.channel == param("channel")))
_CURSOR_PUT = putting(_CURSOR, "channel")
_LOCK = {
    space: Prepared(select(func.pg_advisory_xact_lock(address_key(text_param("channel"), text_param("address"), space=space))))
    for space in (_WORKING, _ADDING)
}
_TRIES = 8


class Inbox:
    """``bot.ports.Inbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, channel: str, external_id: str, address: str, raw: bytes, received_at: datetime, *, handled: bool = False
    ) -> int | None:
        """The new row's id, or None where it is there already. ``handled``: it is being handled in this very transaction."""
        if self._database.dialect is Dialect.POSTGRESQL:
            # Ids of one address become visible in their order: nobody can take a newer one while an older is still uncommitted.
            self._database.one(_LOCK[_ADDING], {"channel": channel, "address": address})
        at = micros(received_at)
        params = {
            "channel": channel,
            "external_id": external_id,
            "address": address,
            "raw": raw,
            "received_at": at,
            "attempts": 0,
            "due_at": at,
            "state": DONE if handled else WAITING,
            "error": "",
            "finished_at": at if handled else None,
        }
        row = self._database.one(_ADD, params)
        return None if row is None else int(row[0])

    def take(self, now: datetime) -> InboxItem | None:
        """The oldest due item of an address for which nobody works."""
        if self._database.dialect is Dialect.SQLITE:
            return _MAPPER.maybe(self._database.one(_TAKE, {"now": micros(now)}))
        return self._take_locked(micros(now))

    def _take_locked(self, now: int) -> InboxItem | None:
        """Locks an address, then looks again: whoever held it before may have finished its item meanwhile."""
        for _ in range(_TRIES):
            head = self._database.one(_TRY, {"now": now})
            if head is None:
                return None
            row = self._database.one(_TAKE_LOCKED, {"now": now, "id": head[0]})
            if row is not None:
                return _MAPPER.core(row)
        return None

    def free(self, channel: str, address: str) -> bool:
        """Whether what comes now from this address may be handled at once: nothing older waits, nobody else can be at it."""
        if self._database.dialect is not Dialect.SQLITE:
            return False
        return self._database.one(_WAITING_OF, {"channel": channel, "address": address}) is None

    def get(self, inbox_id: int) -> InboxItem:
        """Raises NotFound."""
        item = _MAPPER.maybe(self._database.one(_GET, {"id": inbox_id}))
        if item is None:
            raise NotFound(f"no inbox item {inbox_id}")
        return item

    def done(self, inbox_id: int, at: datetime) -> None:
        """It has been handled."""
        self._finish(inbox_id, DONE, "", at)

    def quarantine(self, inbox_id: int, error: str, at: datetime) -> None:
        """It is put aside for a person."""
        self._finish(inbox_id, QUARANTINED, error, at)

    def _finish(self, inbox_id: int, state: str, error: str, at: datetime) -> None:
        params = {"item": inbox_id, "state": state, "error": error, "finished_at": micros(at)}
        if not self._database.run(_FINISH, params):
            raise NotFound(f"no inbox item {inbox_id}")

    def retry(self, inbox_id: int, error: str, due_at: datetime) -> None:
        """Counts an attempt and waits until ``due_at``."""
        params = {"item": inbox_id, "error": error, "due_at": micros(due_at), "finished_at": None}
        if not self._database.run(_RETRY, params):
            raise NotFound(f"no inbox item {inbox_id}")

    def forget(self, channel: str, external_id: str) -> int:
        """Removes one update, whatever became of it; how many there were."""
        return self._database.run(_FORGET, {"channel": channel, "external_id": external_id})

    def quarantined(self, since: datetime) -> Sequence[InboxItem]:
        """Put aside at or after ``since``, oldest first."""
        return [_MAPPER.core(row) for row in self._database.all(_QUARANTINED, {"since": micros(since)})]

    def waiting(self) -> int:
        """How many are not yet done or quarantined."""
        row = self._database.one(_WAITING)
        return int(row[0]) if row else 0

    def bring_forward(self, after: datetime, now: datetime) -> int:
        """What waits until later than that is due now; how many."""
        return self._database.run(_FORWARD, {"after": micros(after), "now": micros(now)})

    def oldest_waiting(self) -> datetime | None:
        """When the oldest of them arrived."""
        row = self._database.one(_OLDEST)
        return moment_or_none(row[0] if row else None)

    def cursor(self, channel: str) -> int | None:
        """How far the channel has been read."""
        row = self._database.one(_CURSOR_GET, {"channel": channel})
        return None if row is None else int(row[0])

    def set_cursor(self, channel: str, value: int) -> None:
        """Everything before ``value`` is in the inbox."""
        self._database.run(_CURSOR_PUT, {"channel": channel, "value": value})

    def lock_address(self, channel: str, address: str) -> None:
        """Until the transaction ends nobody else works for this address."""
        if self._database.dialect is Dialect.POSTGRESQL:
            self._database.one(_LOCK[_WORKING], {"channel": channel, "address": address})
