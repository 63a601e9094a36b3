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
    seen: datetime | None = None
    """The furthest that the clock is known to have shown, while it shows less: going back there is putting it right."""
    booted_behind: bool = False
    """It showed less than that when the process began (a machine without a battery): whatever it is set to then is the time."""

    def ahead(self, now: datetime, passed: timedelta) -> timedelta:
        """By how much the clock has gone further than the time since; negative where it was set back."""
        return now - self.shown - (passed - self.passed)

    def puts_right(self, now: datetime) -> bool:
        """Whether a clock that went ahead to ``now`` has only gone back to where it was before somebody set it back."""
        return self.seen is not None and (self.booted_behind or now - self.seen < JUMP)

    def later(self, now: datetime, passed: timedelta) -> Anchor:
        """The next look, where nothing is in doubt."""
        seen = self.seen
        if self.ahead(now, passed) <= -JUMP and not self.held:
            seen = max(self.shown, seen or self.shown)
        if seen is None or now >= seen:
            return Anchor(shown=now, passed=passed)
        return Anchor(shown=now, passed=passed, seen=seen, booted_behind=self.booted_behind and seen == self.seen)
