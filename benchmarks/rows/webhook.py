"""Webhook to durable inbox, triage and reply; against bare echo bots that store nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.replies import replies
from benchmarks.subjects import SUBJECTS, Subject, cpu_seconds, memory_mib, start
from benchmarks.table import Row, percentile


@dataclass(frozen=True, kw_only=True)
class Round:
    """One subject at one number in flight, once."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    """Milliseconds of CPU time per update."""


async def measure(*, quick: bool = False) -> list[Row]:
    """Every subject in turn, several rounds; the middle of the rounds, and the middle of each round's own ratios."""
    rounds, updates = (3, 600) if quick else (7, 1_600)
    subjects = [await start(name, replies()) for name in SUBJECTS]
    try:
        rest = {subject.name: memory_mib(subject.process.pid) for subject in subjects}
        starts = {subject.name: subject.seconds_to_start for subject in subjects}
        results: dict[tuple[str, int], list[Round]] = defaultdict(list)
        for _ in range(rounds):
            for in_flight in (1, 64):
                for subject in subjects:
                    results[subject.name, in_flight].append(
                        await _round(subject, in_flight, updates if in_flight > 1 else updates // 4)
                    )
    finally:
        for subject in subjects:
            subject.stop()
    return [*_rows(results), _at_rest(starts, rest)]


async def _round(subject: Subject, in_flight: int, updates: int) -> Round:
    await subject.load.run(in_flight, updates // 10)
    await asyncio.sleep(0.2)
    before = cpu_seconds(subject.process.pid)
    seconds = await subject.load.run(in_flight, updates)
    cpu = cpu_seconds(subject.process.pid) - before
    times = [1000 * value for value in subject.load.seconds]
    return Round(per_second=updates / seconds, p50=median(times), p99=percentile(times, 0.99), cpu=1000 * cpu / updates)


def _middle(rounds: Sequence[Round]) -> Round:
    return Round(
        per_second=median(r.per_second for r in rounds),
        p50=median(r.p50 for r in rounds),
        p99=median(r.p99 for r in rounds),
        cpu=median(r.cpu for r in rounds),
    )


def _rows(results: Mapping[tuple[str, int], Sequence[Round]]) -> list[Row]:
    rows = []
    for name, in_flight, at_least in [
        ("ptb", 1, 0.9),
        ("ptb", 64, 3.0),
        ("ptb concurrent", 64, 3.0),
        ("aiogram", 1, 0.0),
        ("aiogram", 64, 1.0),
    ]:
        ours, theirs = results["ours", in_flight], results[name, in_flight]
        pairs = list(zip(ours, theirs, strict=True))
        speed = median(mine.per_second / other.per_second for mine, other in pairs)
        tail = median(mine.p99 / other.p99 for mine, other in pairs)
        cpu = median(mine.cpu / other.cpu for mine, other in pairs)
        strict = name.startswith("ptb") and in_flight == 64
        met = speed >= at_least and (not strict or (tail <= 0.25 and cpu <= 0.4))
        rows.append(
            Row(
                name=f"webhook → durable inbox → triage → reply, {in_flight} in flight",
                against=f"bare echo bot, nothing stored: {name}",
                ours=_cell(_middle(ours)),
                theirs=_cell(_middle(theirs)),
                ratio=f"{speed:.2f}x updates/s, {tail:.2f}x p99, {cpu:.2f}x CPU",
                aim=(f"≥ {at_least:g}x" + (", p99 ≤ 0.25x, CPU ≤ 0.4x" if strict else "")) if at_least else "reported",
                met=met if at_least else None,
            )
        )
    return rows


def _cell(found: Round) -> str:
    return f"{found.per_second:.0f}/s, p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms, {found.cpu:.2f} ms CPU"


def _at_rest(starts: Mapping[str, float], rest: Mapping[str, float]) -> Row:
    others = "; ".join(f"{name}: {starts[name]:.2f} s, {rest[name]:.0f} MiB" for name in ("ptb", "aiogram"))
    return Row(
        name="start-up to listening, memory at rest",
        against="bare echo bots",
        ours=f"{starts['ours']:.2f} s, {rest['ours']:.0f} MiB",
        theirs=others,
        aim="reported",
        note="ours includes creating and seeding a database of 2,000 patients and loading all content.",
    )
