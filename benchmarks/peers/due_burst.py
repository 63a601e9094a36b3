"""N reminders due at one moment, one job each, as APScheduler's and python-telegram-bot's users schedule them. Prints one JSON object."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

DONE: Counter[int] = Counter()
GAPS: list[float] = []


async def heartbeat() -> None:
    """Notes how long the event loop was away."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        GAPS.append(time.perf_counter() - began - 0.005)


async def job(number: int) -> None:
    """What a check-in would be: here only counted."""
    DONE[number] += 1


async def queued(context: Any) -> None:  # noqa: ANN401 - the library's own type
    """The same for a JobQueue."""
    DONE[context.job.data] += 1


def with_apscheduler(count: int, due: datetime) -> None:
    """A job per check-in, defaults as shipped."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 - only the chosen peer is loaded

    scheduler = AsyncIOScheduler(timezone=UTC)
    for number in range(count):
        scheduler.add_job(job, "date", run_date=due, args=[number])
    scheduler.start()


def with_job_queue(count: int, due: datetime) -> None:
    """A run_once per check-in, defaults as shipped."""
    from telegram.ext import Application  # noqa: PLC0415 - only the chosen peer is loaded

    queue = Application.builder().token("1:A").build().job_queue
    assert queue is not None
    for number in range(count):
        queue.run_once(queued, due, data=number)
    queue.scheduler.start()


async def main(peer: str, count: int) -> None:
    """Schedules, waits until all is quiet, reports."""
    due = datetime.now(UTC) + timedelta(seconds=2 + count / 2_000)
    {"apscheduler": with_apscheduler, "jobqueue": with_job_queue}[peer](count, due)
    beating = asyncio.ensure_future(heartbeat())
    GAPS.clear()
    await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
    began, last = time.perf_counter(), -1
    while last != sum(DONE.values()) or time.perf_counter() - began < 5:
        last = sum(DONE.values())
        await asyncio.sleep(2)
    beating.cancel()
    doubled = sum(times - 1 for times in DONE.values())
    print(json.dumps({"missed": count - len(DONE), "doubled": doubled, "blocked_ms": 1000 * max(GAPS, default=0.0)}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
