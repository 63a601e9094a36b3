"""Python's garbage collector, told what kind of process this is: many short-lived objects, hardly any cycles, nothing may pause.

As shipped it looks through the youngest after every 700 new objects, several times in one patient's message, and through all of
them so often that a burst of check-ins pauses every thread for longer than an alert may wait. Here it looks through all of them
seldom, and at a quiet moment.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

YOUNG = 20_000
"""New objects between two looks at the youngest: a few milliseconds each."""
MIDDLE, NEVER = 20, 1_000_000_000
EVERY = 600.0
"""Seconds between two looks through everything, at the first quiet moment after that ..."""
AT_LATEST = 3_600.0
"""... or after so many, quiet or not."""


def calm() -> None:
    """For the whole process; content that stays is out of its sight already (bot/app/live_content.py)."""
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


class Sweeper:
    """Looks through everything now and then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, collect: Callable[[], object] = gc.collect) -> None:
        self._clock = clock
        self._collect = collect
        self._last = clock()

    def sweep(self, *, quiet: bool) -> bool:
        """Whether it was time. ``quiet``: nothing is on its way."""
        age = self._clock() - self._last
        if age < EVERY or not (quiet or age >= AT_LATEST):
            return False
        self._collect()
        self._last = self._clock()
        return True
