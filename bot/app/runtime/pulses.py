"""Each loop says that it turns. Whoever stands still for too long makes the auditor unhappy, and the heartbeat is withheld."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

STALLED_AFTER = 90.0
"""Seconds. A loop that stands still for longer makes the process worth replacing (`/livez`)."""


class Pulses:
    """When each loop last turned, by a clock that nobody can set back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}

    def beat(self, loop: str) -> None:
        """This loop turns."""
        self._last[loop] = self._clock()

    def last(self, now: datetime) -> dict[str, datetime]:
        """When each loop last turned, told by the wall clock that says ``now``."""
        return {loop: now - timedelta(seconds=age) for loop, age in self._ages().items()}

    def problems(self) -> list[str]:
        """A sentence for each loop that stands still."""
        return [f"the {loop} has not turned for {age:.0f} s" for loop, age in sorted(self._ages().items()) if age > STALLED_AFTER]

    def _ages(self) -> dict[str, float]:
        now = self._clock()
        return {loop: now - last for loop, last in self._last.items()}
