"""Who can be paged right now for a step: the rotas, who has a chat that works, and who has been paged enough for the moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.escalation.policy import PolicyStep, Rota
from bot.core.escalation.rota import on_call

PAGE_LIMIT = 3
PAGE_WINDOW = timedelta(minutes=10)
"""Repeats of one alert to one clinician: at most PAGE_LIMIT messages in PAGE_WINDOW (promise 5)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Callees:
    """The people of one step. ``uncovered``: a rota that it names has nobody on call."""

    reachable: tuple[str, ...]
    uncovered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """``reachable`` are ids of clinicians that are active and have a chat. ``paged`` have been paged for this alert at some time.
    ``sated`` were paged PAGE_LIMIT times for it within PAGE_WINDOW: they count as reached, and are left in peace."""

    rotas: Mapping[str, Rota] = field(default_factory=dict)
    reachable: frozenset[str] = frozenset()
    paged: tuple[str, ...] = ()
    sated: frozenset[str] = frozenset()

    def callees(self, step: PolicyStep, now: datetime) -> Callees:
        """Whom this step pages at ``now``: those on call in its rotas, then those it names, each once."""
        called = {rota: self._on_call(rota, now) for rota in step.rotas}
        names = [name for people in called.values() for name in people]
        return Callees(reachable=self.of([*names, *step.clinicians]), uncovered=not all(called.values()))

    def of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of them who can be reached, in order, each once."""
        return tuple(name for name in dict.fromkeys(names) if name in self.reachable)

    def _on_call(self, rota: str, now: datetime) -> tuple[str, ...]:
        """A rota that a snapshot names and that is gone from clinic.yaml is an empty one: the alert climbs past it."""
        return on_call(self.rotas[rota], now) if rota in self.rotas else ()
