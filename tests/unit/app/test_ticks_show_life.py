"""Working off a hundred thousand check-ins takes minutes; the loop that does it turns all the while."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from bot.app.runtime.jobs import Jobs
from bot.app.runtime.pulses import STALLED_AFTER, Pulses

MINUTE = 60.0


async def test_each_batch_of_a_long_tick_shows_life() -> None:
    time = [0.0]
    pulses = Pulses(clock=lambda: time[0])
    pulses.beat("ticker")
    seen: list[list[str]] = []

    async def tick() -> bool:
        time[0] += MINUTE
        seen.append(pulses.problems())
        return len(seen) < 5

    assert MINUTE < STALLED_AFTER < 5 * MINUTE
    parts: dict[str, Any] = dict.fromkeys(("receiver", "content", "clock", "metrics"))
    works, sender = SimpleNamespace(tick=tick), SimpleNamespace(wake=lambda: None)
    await Jobs(works=cast("Any", works), sender=cast("Any", sender), pulses=pulses, **parts).tick()
    assert seen == [[]] * 5
