"""What goes wrong, and when. All of it comes from the seed, so that a run can be lived through again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CALM_AT_THE_END = timedelta(days=1)
"""So long nothing goes wrong at the end of a run: by then everything must have come right."""
KILLED_AT_A_MOMENT = 0.01
KILLED_WHILE_SENDING = 0.02
KILLED_WHILE_PAGING = 0.1
RESTARTS_WITHIN = 90
"""Seconds."""
DUPLICATED, DELAYED, UNCONFIRMED = 0.03, 0.03, 0.02
"""Shares of the updates that come twice, that come late (and so out of order), of the confirmations that are lost."""


class Kill(StrEnum):
    """Where the process dies. Whatever its memory held is gone."""

    BEFORE_COMMIT = "before commit"
    """Mid transaction: all of it is undone."""
    AFTER_COMMIT = "after commit"
    """Committed, and nobody was told."""
    BEFORE_HANDLING = "before handling"
    """The updates are in the inbox, and that is all."""
    BETWEEN_SEND_AND_MARK = "between send and mark"
    """Some of what it had claimed has gone out."""


class Trouble(StrEnum):
    """What befalls the bot for a while."""

    DOWN = "down"
    """Its process does not run."""
    CUT_OFF = "cut off"
    """It runs, and reaches nobody."""
    STORM = "storm"
    """The provider answers 5xx, or not at all, most of the time."""
    CLOCK_AHEAD = "clock ahead"
    CLOCK_BEHIND = "clock behind"


@dataclass(frozen=True, kw_only=True, slots=True)
class Spell:
    """One trouble, from ``at``, for ``lasts``. ``skew`` is how wrong the clock is meanwhile."""

    trouble: Trouble
    at: datetime
    lasts: timedelta
    skew: timedelta = timedelta()


class Faults:
    """The plan of one run. ``until`` is when the calm begins; ``on`` False: nothing ever goes wrong."""

    def __init__(self, seed: int, start: datetime, end: datetime, *, on: bool) -> None:
        self.on = on
        self.start = start
        self.until = max(end - CALM_AT_THE_END, start + (end - start) / 2) if on else start
        self.random = random.Random(f"faults {seed}")  # noqa: S311 - made to be repeatable

    def at(self, moment: datetime) -> bool:
        """Whether anything may go wrong at this true moment."""
        return self.on and moment < self.until

    def spells(self) -> Sequence[Spell]:
        """The troubles of the run, each over before the calm."""
        if not self.on:
            return ()
        days = max(1, round((self.until - self.start) / timedelta(days=1)))
        found = [self._spell(trouble, *hours) for trouble, *hours in _SPELLS for _ in range(self._times(days))]
        if days > LONG_OUTAGE_FROM:
            found.append(self._spell(Trouble.DOWN, 26, 26))
        return [s for s in found if s.at + s.lasts < self.until]

    def _times(self, days: int) -> int:
        """About once in eight days."""
        return sum(self.random.random() < 1 / 8 for _ in range(days)) or int(self.random.random() < 1 / 2)

    def _spell(self, trouble: Trouble, shortest: float, longest: float) -> Spell:
        at = self.start + (self.until - self.start) * self.random.random()
        skew = {Trouble.CLOCK_AHEAD: timedelta(days=1), Trouble.CLOCK_BEHIND: timedelta(hours=-1)}.get(trouble, timedelta())
        lasts = timedelta(hours=self.random.uniform(shortest, longest))
        return Spell(
            trouble=trouble, at=at.replace(microsecond=0), lasts=timedelta(seconds=int(lasts.total_seconds())), skew=skew
        )

    # --- the process -----------------------------------------------------------------------------------------------------

    def kill(self, moment: datetime) -> Kill | None:
        """Whether and where the process dies now."""
        if not self.at(moment) or self.random.random() >= KILLED_AT_A_MOMENT:
            return None
        return self.random.choice([Kill.BEFORE_COMMIT, Kill.AFTER_COMMIT, Kill.BEFORE_HANDLING])

    def killed_sending(self, moment: datetime, *, paging: bool) -> bool:
        """Whether it dies among the messages that it has claimed."""
        return self.at(moment) and self.random.random() < (KILLED_WHILE_PAGING if paging else KILLED_WHILE_SENDING)

    def of(self, count: int) -> int:
        """Between none and all of so many."""
        return self.random.randint(0, count)

    def restarts_after(self) -> timedelta:
        """How long until the process runs again."""
        return timedelta(seconds=self.random.randint(1, RESTARTS_WITHIN))

    # --- what arrives ----------------------------------------------------------------------------------------------------

    def arrivals(self, moment: datetime) -> tuple[timedelta, ...]:
        """After how long an update arrives: once and at once, as a rule."""
        if not self.at(moment):
            return (timedelta(),)
        chance = self.random.random()
        late = timedelta(seconds=self.random.randint(1, 600))
        if chance < DUPLICATED:
            return (timedelta(), late)
        return (late,) if chance < DUPLICATED + DELAYED else (timedelta(),)

    def confirmation_lost(self, moment: datetime) -> bool:
        """Whether the channel never hears that we have what it brought, and brings it again."""
        return self.at(moment) and self.random.random() < UNCONFIRMED

    def handles_at_once(self) -> bool:
        """Whether an update is kept and handled in one transaction, or kept first."""
        return not self.on or self.random.random() < 1 / 2


LONG_OUTAGE_FROM = 5
"""Days without calm that a run must have for an outage of 26 hours."""
_SPELLS: tuple[tuple[Trouble, float, float], ...] = (
    (Trouble.DOWN, 0.02, 2),
    (Trouble.CUT_OFF, 0.02, 2),
    (Trouble.STORM, 0.1, 2),
    (Trouble.CLOCK_AHEAD, 0.05, 1),
    (Trouble.CLOCK_BEHIND, 0.05, 3),
)
