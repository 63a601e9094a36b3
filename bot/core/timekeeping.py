"""Two ways to tell the time: what the machine's clock shows, which anybody may set, and what has truly passed, which nobody can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

JUMP = timedelta(hours=12)
"""A clock that goes ahead by so much at once was set: no leap second, no summer time, no time server corrects so much."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """A look at both: the clock showed ``shown`` when ``passed`` had passed since some moment that stays the same.

    ``held``: the clock has jumped since, and whoever made it waits for a person or for the right time.
    """

    shown: datetime
    passed: timedelta
    held: bool = False

    def ahead(self, now: datetime, passed: timedelta) -> timedelta:
        """By how much the clock has gone further than the time since; negative where it was set back."""
        return now - self.shown - (passed - self.passed)
