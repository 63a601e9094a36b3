"""Who is paged, in what order, after how long (clinic.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.core.clinical.disposition import Disposition
from bot.core.errors import InvalidValue

MAIN = "main"
"""The id of the clinic of clinic.yaml: of most installations the only one. The others are named by their files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyStep:
    """Page these for ``wait``; nobody acknowledges: the next step. ``rotas`` and ``clinicians`` are ids of clinic.yaml."""

    wait: timedelta
    rotas: tuple[str, ...] = ()
    clinicians: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationPolicy:
    """The chain for one level of alert. After the last step it loops, and the last-resort contact is paged too."""

    id: str
    disposition: Disposition
    """The least disposition that this policy serves."""
    steps: tuple[PolicyStep, ...]
    last_resort: tuple[str, ...]
    resolve_within: timedelta = timedelta(hours=4)
    call_within: timedelta = timedelta(minutes=30)
    """How soon somebody who presses "I'm calling" promises to have called; never beyond ``resolve_within``."""
    escalation: str = "default"
    """The set of policies that it belongs to: what a schedule's ``escalation`` names."""

    def __post_init__(self) -> None:
        if not self.steps:
            raise InvalidValue(f"policy {self.id!r} has no step: an alert would reach nobody")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """Who is on call on these weekdays (0 = Monday) from ``start`` until ``end`` local time; past midnight if end <= start."""

    weekdays: frozenset[int]
    start: time
    end: time
    clinicians: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """For these hours the rota's shifts do not count: these people are on call instead."""

    start: datetime
    end: datetime
    clinicians: tuple[str, ...]
    taken: bool = False
    """Somebody took the shift over by themselves (takeover.py): the last of these counts alone, before those of the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rota:
    """A weekly rota in the clinic's time zone, with overrides."""

    id: str
    timezone: str
    shifts: tuple[Shift, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Clinic:
    """The whole of one clinic's file. Phone numbers are shown as written. ``clinicians`` maps id to the name patients may read."""

    name: str
    phone: str
    country: str
    emergency_number: str
    crisis_number: str
    timezone: str
    policies: tuple[EscalationPolicy, ...]
    rotas: tuple[Rota, ...]
    clinicians: dict[str, str]
    last_resort: tuple[str, ...]
    version: str = ""
    id: str = MAIN

    def policy_for(self, disposition: Disposition, escalation: str = "default") -> EscalationPolicy | None:
        """The policy of that set with the highest level at or below this disposition; None: no page, a task at most."""
        fitting = [p for p in self.policies if p.disposition <= disposition and p.escalation == escalation]
        return max(fitting, key=lambda p: p.disposition, default=None)
