"""Each loop says that it turns. Whoever stands still for too long makes the auditor unhappy, and the heartbeat is withheld."""

from __future__ import annotations

import time
from collections.abc import Callable

STALLED_AFTER = 90.0
"""Seconds. With the auditor's own period this keeps the external alarm under three minutes."""


class Pulses:
    """When each loop last turned, by a clock that nobody can set back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}

    def beat(self, loop: str) -> None:
        """This loop turns."""
        self._last[loop] = self._clock()

    def forget(self, loop: str) -> None:
        """This loop has ended as it should."""
        self._last.pop(loop, None)

    def ages(self) -> dict[str, float]:
        """Seconds since each loop last turned."""
        now = self._clock()
        return {loop: now - last for loop, last in self._last.items()}

    def problems(self) -> list[str]:
        """A sentence for each loop that stands still."""
        return [f"the {loop} has not turned for {age:.0f} s" for loop, age in sorted(self.ages().items()) if age > STALLED_AFTER]
