"""How the rows on reading time a call: either each message several times, the middle one counting, or each message once.

The middle of several shows less of a noisy machine; once is how a patient's message is read, words never seen before and all.

The peers import this file too (they run in an environment of their own): standard library only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

REPEATS = 5
WARM = 10


def microseconds(work: Callable[[str], object], messages: Sequence[str]) -> list[float]:
    """The middle time of each message, after one round that warms up."""
    for message in messages:
        work(message)
    found = []
    for message in messages:
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter_ns()
            work(message)
            times.append(time.perf_counter_ns() - began)
        found.append(sorted(times)[REPEATS // 2] / 1000)
    return found


def once(work: Callable[[str], object], messages: Sequence[str]) -> list[float]:
    """The time of each message, as new to the reader as a patient's is; one in WARM of them warms up before."""
    for message in messages[::WARM]:
        work(message)
    found = []
    for message in messages:
        began = time.perf_counter_ns()
        work(message)
        found.append((time.perf_counter_ns() - began) / 1000)
    return found


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    ordered = sorted(times)
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]}


def resident_mib() -> float:
    """Resident memory of this process."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
