"""Two times: the true one, in which people live, and the one that the bot's machine shows, which somebody may set wrongly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class SkewedClock:
    """``bot.ports.Clock``: shows ``true`` plus ``skew``."""

    true: datetime
    skew: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """What the machine shows."""
        return self.true + self.skew

    def turn_to(self, true: datetime) -> None:
        """Time passes; it never goes back."""
        self.true = max(self.true, true)

    def truly(self, shown: datetime) -> datetime:
        """The true moment at which the machine will show this, if nobody sets it again."""
        return shown - self.skew
