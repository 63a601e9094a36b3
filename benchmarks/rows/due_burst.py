"""Check-ins due at one moment: none missed, none doubled, and the event loop never away for long."""

from __future__ import annotations

import asyncio
import json
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.inside import Wire, moment, plan_due, running
from benchmarks.ours import seed
from benchmarks.still import sleeper
from benchmarks.subjects import FIRST_CHAT, PEERS, ROOT
from benchmarks.table import Row


async def measure(*, quick: bool = False) -> list[Row]:
    """Ours through storage and the real channel, without a pace; theirs only call a function."""
    rows = []
    for count in (1_000,) if quick else (10_000, 100_000):
        ours = await _ours(count)
        peers = {name: await asyncio.to_thread(_peer, name, count) for name in ("apscheduler", "jobqueue")}
        rows.append(
            Row(
                name=f"{count:,} check-ins due at once",
                against="a job per check-in: APScheduler; PTB JobQueue",
                ours=f"{_cell(ours)}; {count / ours['seconds']:.0f}/s",
                note=f"a process that only slept was kept waiting up to {ours['machine_ms']:.0f} ms by the machine itself",
                theirs="; ".join(f"{name}: {_cell(found)}" for name, found in peers.items()),
                aim="0 missed, 0 doubled, loop blocked ≤ 50 ms",
                met=not ours["missed"] and not ours["doubled"] and ours["blocked_ms"] <= 50,
            )
        )
    return rows


def _cell(found: dict[str, Any]) -> str:
    return f"{found['missed']} missed, {found['doubled']} doubled, loop blocked {found['blocked_ms']:.0f} ms"


async def _ours(count: int) -> dict[str, Any]:
    wire = Wire()
    url = await wire.open()
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        async with running(Path(folder), rate=None, url=url) as (_, parts, _channel):
            for begin in range(0, count, 500):
                size = min(500, count - begin)
                await parts.store.run(lambda uow, size=size, begin=begin: seed(uow, size, FIRST_CHAT + begin, moment()))  # type: ignore[misc]
            wire.arrived.clear()
            gaps: list[float] = []
            beating = asyncio.ensure_future(_heartbeat(gaps))
            await parts.store.run(lambda uow: plan_due(uow, count, moment()))
            with sleeper() as machine:
                began, last = time.perf_counter(), -1
                while last != len(wire.arrived) or not last:
                    last = len(wire.arrived)
                    await asyncio.sleep(2)
                beating.cancel()
    sent = Counter(chat for _, chat in wire.arrived)
    return {
        "missed": count - len(sent),
        "doubled": sum(times - 1 for times in sent.values()),
        "blocked_ms": 1000 * max(gaps, default=0.0),
        "machine_ms": machine.worst_ms,
        "seconds": max(at for at, _ in wire.arrived) - began,
    }


async def _heartbeat(gaps: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        gaps.append(time.perf_counter() - began - 0.005)


def _peer(name: str, count: int) -> dict[str, Any]:
    command = [str(PEERS), "-W", "ignore", str(ROOT / "benchmarks/peers/due_burst.py"), name, str(count)]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own command
    return dict(json.loads(done.stdout.splitlines()[-1]))
