"""The sender's pace for a minute against python-telegram-bot's AIORateLimiter."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from bisect import bisect_left

from benchmarks.subjects import PEERS, ROOT
from benchmarks.table import Row
from bot.channels.pacing import Pacer
from bot.core.delivery import Lane


async def measure(*, quick: bool = False) -> list[Row]:
    """Both let go what waits, each for the same time."""
    seconds = 10.0 if quick else 60.0
    times, cpu = await _ours(seconds)
    peer = subprocess.run([str(PEERS), str(ROOT / "benchmarks/peers/pace.py"), str(seconds)], capture_output=True, check=True)  # noqa: S603, ASYNC221 - our own command, and nothing else runs
    theirs = json.loads(peer.stdout)
    rate, burst, share = _rate(times), _burst(times), cpu / seconds
    return [
        Row(
            name=f"sender at 30/s for {seconds:.0f} s",
            against="AIORateLimiter",
            ours=f"{rate:.2f}/s, at most {burst} in any second, {100 * share:.1f} % of a core",
            theirs=f"{_rate(theirs['times']):.2f}/s, at most {_burst(theirs['times'])} in any second, {100 * theirs['cpu'] / seconds:.1f} % of a core",
            aim="≥ 29.5/s, ≤ 31 in any second, < 15 % of a core",
            met=rate >= 29.5 and burst <= 31 and share < 0.15,
        )
    ]


async def _ours(seconds: float) -> tuple[list[float], float]:
    pacer = Pacer(rate=30)
    times: list[float] = []
    began = time.perf_counter()

    async def one(chat: int) -> None:
        await pacer.acquire(str(chat), Lane.ROUTINE)
        times.append(time.perf_counter() - began)

    cpu = time.process_time()
    await asyncio.gather(*(one(number) for number in range(int(seconds * 30))))
    return times, time.process_time() - cpu


def _rate(times: list[float]) -> float:
    """Sustained: between the first and the last departure."""
    return (len(times) - 1) / (max(times) - min(times))


def _burst(times: list[float]) -> int:
    """The most departures in any window of one second."""
    ordered = sorted(times)
    return max(bisect_left(ordered, at + 1.0) - index for index, at in enumerate(ordered))
