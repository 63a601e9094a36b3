"""Production time. The simulator's clock implements the same port."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """This moment, aware."""
        return datetime.now(UTC)


def time_passed() -> timedelta:
    """Since the machine started, by a clock that nobody can set. It counts on while the machine sleeps, where the system knows how long
    that was (Linux)."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))
    return timedelta(seconds=time.monotonic())
