"""Somebody takes over a shift: until its end or for some hours they are on call instead of whoever the rota names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import InvalidValue
from bot.core.escalation.policy import MAIN, Override, Rota

LONGEST_TAKEOVER = timedelta(hours=72)
"""Nobody is on call alone for longer by a press of a button: that belongs into clinic.yaml."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Takeover:
    """``clinician`` is on call in that ``clinic``'s ``rota`` from ``start`` until ``end`` instead of its shift. ``ended_at``: given
    back before."""

    id: int
    rota: str
    clinician: str
    start: datetime
    end: datetime
    ended_at: datetime | None = None
    clinic: str = MAIN

    def __post_init__(self) -> None:
        if not timedelta() < self.end - self.start <= LONGEST_TAKEOVER:
            raise InvalidValue(
                f"a shift is taken over for at most {LONGEST_TAKEOVER // timedelta(hours=1)} hours, and not backwards"
            )

    def holds(self, now: datetime) -> bool:
        """Whether it counts at ``now``."""
        return self.ended_at is None and self.start <= now < self.end


def with_takeovers(rota: Rota, takeovers: Iterable[Takeover], reachable: frozenset[str]) -> Rota:
    """The rota with the takeovers of its shifts, the one decided last before all others.

    One by somebody who cannot be reached (any more) does not count: the shift is then again as the file says.
    """
    taken = [
        Override(start=t.start, end=t.end, clinicians=(t.clinician,), taken=True)
        for t in sorted(takeovers, key=lambda t: t.id)
        if t.rota == rota.id and t.ended_at is None and t.clinician in reachable
    ]
    return replace(rota, overrides=(*rota.overrides, *taken)) if taken else rota
