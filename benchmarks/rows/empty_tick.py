"""A tick that finds nothing due must cost the same however much lies in the future."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.table import Row
from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.ports import Store
from bot.storage import open_store

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def measure(*, quick: bool = False) -> list[Row]:
    """Each size in turn, round by round; the paired median against the smallest."""
    sizes = (10_000, 100_000) if quick else (10_000, 1_000_000, 10_000_000)
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        stores = {size: _filled(Path(folder) / f"{size}.db", size) for size in sizes}
        rounds: dict[int, list[float]] = {size: [] for size in sizes}
        for _ in range(16):
            for size, store in stores.items():
                rounds[size].append(_ticks(store))
        for store in stores.values():
            store.close()
    first, *others = sizes
    return [_row(first, size, rounds[first][1:], rounds[size][1:]) for size in others]


def _row(small: int, large: int, base: list[float], times: list[float]) -> Row:
    ratio = median(b / a for a, b in zip(base, times, strict=True))
    return Row(
        name=f"empty tick with {large:,} future check-ins",
        against=f"itself with {small:,}",
        ours=f"{median(times):.1f} µs",
        theirs=f"{median(base):.1f} µs",
        ratio=f"{ratio:.2f}x (paired median of {len(times)} rounds)",
        aim="≤ 1.2x",
        met=ratio <= 1.2,
    )


def _enrol(path: Path, count: int) -> None:
    """That many patients and enrolments, written by SQL: they are only what the check-ins belong to."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "  # noqa: S608 - a number of ours
    with sqlite3.connect(path) as connection:
        for table in ("patient", "enrolment"):
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            names = [name for _, name, _, needed, _, key in columns if needed or key]
            values = ["i" if name in {"id", "patient_id"} else "1" for name in names]
            if "code" in names:
                values[names.index("code")] = "'C' || i"
            connection.execute(f"{numbers}INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM n")  # noqa: S608 - names of ours


def _ticks(store: Store, times: int = 2_000) -> float:
    """Microseconds of one look for due check-ins, among many in one transaction."""

    def work(uow: object) -> float:
        began = time.perf_counter()
        for _ in range(times):
            if uow.check_ins.due(NOW, 200):  # type: ignore[attr-defined]
                raise AssertionError("nothing may be due")
        return 1e6 * (time.perf_counter() - began) / times

    return store.transact(work)


def _filled(path: Path, size: int) -> Store:
    """A store with that many planned check-ins, 30 to an enrolment."""
    store = open_store(f"sqlite:///{path}", check=False)
    _enrol(path, size // 30 + 1)
    batch = 50_000
    for begin in range(0, size, batch):
        rows = [
            PlannedCheckIn(
                id=0,
                enrolment_id=number // 30 + 1,
                patient_id=number // 30 + 1,
                check_in=f"c{number % 30}",
                occurrence=0,
                due_at=NOW + timedelta(hours=1, seconds=(number * 7919) % 500_000_000),
                state=CheckInState.PLANNED,
            )
            for number in range(begin, min(begin + batch, size))
        ]
        store.transact(lambda uow, rows=rows: uow.check_ins.plan(rows))  # type: ignore[misc]
    return store
