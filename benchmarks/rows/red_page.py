"""A red reply while ten and a hundred thousand check-ins are due: how long until the page is handed to the channel, and accepted."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson

from benchmarks.inside import TimedChannel, Wire, add_clinicians, moment, plan_due, running
from benchmarks.ours import seed
from benchmarks.subjects import FIRST_CHAT
from benchmarks.table import Row, percentile
from bot.app.runtime.runtime import Runtime

CLINICIANS = 900_000_000
RED = "my left calf is swollen, hot and sore since yesterday"


async def measure(*, quick: bool = False) -> list[Row]:
    """The same replies without and with the loads, at Telegram's 30 messages a second."""
    samples, loads = (20, (2_000,)) if quick else (100, (10_000, 100_000))
    idle_handed, idle_accepted = await _run(samples // 2, 0)
    rows: list[Row] = []
    for load in loads:
        handed, accepted = await _run(samples, load)
        rows += [
            _row("handed to the channel", load, idle_handed, handed, 25.0),
            _row("accepted at 30 messages/s", load, idle_accepted, accepted, 60.0),
        ]
    return rows


def _row(name: str, load: int, idle: Sequence[float], loaded: Sequence[float], aim: float) -> Row:
    p99 = percentile(loaded, 0.99)
    return Row(
        name=f"red reply → page {name}, {load:,} due",
        against="the same without load",
        ours=f"p50 {percentile(loaded, 0.5):.1f} ms, p99 {p99:.1f} ms",
        theirs=f"p50 {percentile(idle, 0.5):.1f} ms, p99 {percentile(idle, 0.99):.1f} ms",
        ratio=f"{p99 / percentile(idle, 0.99):.2f}x p99",
        aim=f"p99 < {aim:.0f} ms",
        met=p99 < aim,
    )


async def _run(samples: int, load: int) -> tuple[list[float], list[float]]:
    wire = Wire()
    url = await wire.open()
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        async with running(Path(folder), rate=30, url=url) as (runtime, parts, channel):
            total = load + samples
            for begin in range(0, total, 500):
                size = min(500, total - begin)
                await parts.store.run(lambda uow, size=size, begin=begin: seed(uow, size, FIRST_CHAT + begin, moment()))  # type: ignore[misc]
            await parts.store.run(lambda uow: add_clinicians(uow, CLINICIANS))
            if load:
                await parts.store.run(lambda uow: plan_due(uow, load, moment()))
                await asyncio.sleep(3)
            return await _replies(runtime, channel, wire, range(FIRST_CHAT + load, FIRST_CHAT + total))


async def _replies(runtime: Runtime, channel: TimedChannel, wire: Wire, chats: range) -> tuple[list[float], list[float]]:
    """One red reply a second and a half (each pages one clinician, whose chat takes one message a second)."""
    handed, accepted = [], []
    for number, chat in enumerate(chats):
        before = len(wire.arrived)
        channel.handed.clear()
        began = time.perf_counter()
        await runtime.keep_telegram(_update(number + 1, chat))
        page = await _until(channel.news, lambda: (at for at, purpose, _ in channel.handed if purpose.startswith("alert:")))
        arrival = await _until(wire.news, lambda before=before: (at for at, to in wire.arrived[before:] if to >= CLINICIANS))  # type: ignore[misc]
        handed.append(1000 * (page - began))
        accepted.append(1000 * (arrival - began))
        await asyncio.sleep(1.5)
    return handed, accepted


async def _until(news: asyncio.Event, found: Callable[[], Iterator[float]]) -> float:
    """The first moment found. It sleeps between events: a loop that spins would take the interpreter from what is measured."""
    async with asyncio.timeout(20):
        while True:
            value = next(found(), None)
            if value is not None:
                return value
            news.clear()
            await news.wait()


def _update(number: int, chat: int) -> bytes:
    person = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "en"}
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": chat, "type": "private"},
        "from": person,
        "text": RED,
    }
    return orjson.dumps({"update_id": number, "message": message})
