"""Time that somebody turns: the same port as the production clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class VirtualClock:
    """Stands at ``start`` and moves when it is turned; with ``speed`` it also runs by itself, that many times as fast as real time."""

    def __init__(self, start: datetime, speed: float = 0.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock shows a moment with a time zone")
        self._speed = speed
        self._monotonic = monotonic
        self._base = start
        self._since = monotonic()

    def now(self) -> datetime:
        """What it shows."""
        if not self._speed:
            return self._base
        return self._base + timedelta(seconds=(self._monotonic() - self._since) * self._speed)

    def turn_to(self, moment: datetime) -> None:
        """Forward to this moment; a moment that has passed changes nothing."""
        now = self.now()
        self._base, self._since = max(now, moment), self._monotonic()
