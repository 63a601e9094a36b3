"""Whether somebody who can be reached is on call at every hour to come: names in a file are not yet people with a telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.escalation.policy import Rota
from bot.core.escalation.rota import Span, uncovered_hours

DAYS_AHEAD = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Hole:
    """Some hours in which nobody of that rota can be reached."""

    rota: str
    span: Span

    def holds(self, now: datetime) -> bool:
        """Whether it is now."""
        return self.span.holds(now)


def holes(rotas: Iterable[Rota], reachable: frozenset[str], now: datetime, days: int = DAYS_AHEAD) -> tuple[Hole, ...]:
    """Every hole of the coming ``days`` days, the nearest first. Only clinicians in ``reachable`` count as people."""
    found = [Hole(rota=rota.id, span=span) for rota in rotas for span in uncovered_hours(rota, now, days, reachable=reachable)]
    return tuple(sorted(found, key=lambda hole: (hole.span.start, hole.rota)))
