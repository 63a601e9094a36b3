"""The audit: an append-only hash chain."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.storage.database import Database
from bot.storage.rows import AuditRow, table
from bot.storage.statements import Dialect, Prepared, adding, const, first, param
from bot.storage.values import micros, storable

_T = table(AuditRow)
_LOCK_KEY = 5_134_208_813
"""One advisory lock for the whole chain, taken last of all: nobody waits for another lock while holding it."""

_ADD = Prepared(adding(_T))
_LAST = Prepared(first(select(_T.c.seq, _T.c.hash).order_by(_T.c.seq.desc()), const(1)))
_PAGE = Prepared(first(select(*_T.columns).where(_T.c.seq > param("after")).order_by(_T.c.seq), const(1000)))
_LOCK = Prepared(select(func.pg_advisory_xact_lock(const(_LOCK_KEY))))


class Audit:
    """``bot.ports.Audit``. Rows are kept until ``flush``, which the store calls just before the transaction ends."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: list[dict[str, Any]] = []

    def append(self, at: datetime, actor: str, action: str, subject: str, detail: str = "") -> None:
        """Adds a row to the chain."""
        texts = {"actor": actor, "action": action, "subject": subject, "detail": detail}
        self._kept.append({"at": micros(at), **{name: storable(text) for name, text in texts.items()}})

    def mark(self) -> int:
        """How many rows are kept: a savepoint goes back to it."""
        return len(self._kept)

    def back_to(self, mark: int) -> None:
        """Forgets what was appended since."""
        del self._kept[mark:]

    def flush(self) -> None:
        """Writes the kept rows, each with the hash over itself and its predecessor's hash."""
        if not self._kept:
            return
        if self._database.dialect is Dialect.POSTGRESQL:
            self._database.one(_LOCK)
        seq, previous = self._database.one(_LAST) or (0, "")
        rows = []
        for row in self._kept:
            seq += 1
            previous = _hash(previous, seq, row)
            rows.append({**row, "seq": seq, "hash": previous})
        self._kept.clear()
        self._database.many(_ADD, rows)

    def verify(self) -> int | None:
        """The sequence number of the first broken row, or None when the chain holds.

        Rows of this very transaction are not in it yet. A tail that was cut off cannot be seen from the inside: compare the last hash with one written down elsewhere.
        """
        expected, previous = 1, ""
        while page := self._database.all(_PAGE, {"after": expected - 1}):
            for seq, at, actor, action, subject, detail, held in page:
                row = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": detail}
                if seq != expected or held != _hash(previous, seq, row):
                    return expected
                expected, previous = expected + 1, held
        return None


def _hash(previous: str, seq: int, row: dict[str, Any]) -> str:
    text = json.dumps([previous, seq, row["at"], row["actor"], row["action"], row["subject"], row["detail"]])
    return hashlib.sha256(text.encode("ascii")).hexdigest()
