"""An alert and the states it goes through. Its transitions are in transitions.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.clinical.disposition import Disposition
from bot.core.escalation.policy import EscalationPolicy


class AlertState(StrEnum):
    """open climbs; acknowledged has a person; resolved is closed with an outcome."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One alert. ``policy`` is the snapshot taken when it opened; ``version`` fences stale buttons and second workers.

    ``step`` counts from 0 and does not stop at the chain's end (it loops: step modulo length). ``next_step_at`` is when it
    climbs while open, when it is reminded or reopened while acknowledged, and None when resolved.
    """

    id: int
    patient_id: int
    assessment_id: int
    disposition: Disposition
    state: AlertState
    policy: EscalationPolicy
    opened_at: datetime
    step: int = -1
    next_step_at: datetime | None = None
    version: int = 1
    findings: int = 1
    """How many findings joined it."""
    acknowledged_by: str | None = None
    outcome: str | None = None
    fence: int = 1
    """The version at which it last asked for a person anew (opened, reopened, a worse finding): older buttons are stale."""
    acknowledged_at: datetime | None = None
    reminded_at: datetime | None = None
    """When the one who acknowledged was reminded that it is still unresolved."""
    resolved_by: str | None = None
    asked_at: datetime | None = None
    """When it last asked for a person anew."""
    assigned_to: str | None = None
    """Whom a colleague handed it over to; until they acknowledge, anybody else may, and it climbs as before."""
    call_by: datetime | None = None
    """When the one who has it said that they would have called by."""
    told_waiting: Disposition | None = None
    """The level at which the patient was told that nobody has answered yet, since somebody last did."""
    told_again: bool = False
    """Whether they were told so once more at that level, when the whole chain had been tried."""
    thread: bool = False
    """Whether a clinician writes with the patient: what the patient writes goes to whoever has the alert."""
    merged_into: int | None = None
    """The alert of the same patient that goes on in its place."""

    def resolve_by(self, now: datetime) -> datetime:
        """Until when whoever has it has time. A clock that was ahead when they took it gives them no more than the policy does."""
        return min(self.acknowledged_at or now, now) + self.policy.resolve_within

    def not_ahead(self, now: datetime) -> Alert:
        """The same alert without a moment that lies ahead where none can: a clock was ahead when it was written."""
        return replace(
            self,
            acknowledged_at=self.acknowledged_at and min(self.acknowledged_at, now),
            reminded_at=self.reminded_at and min(self.reminded_at, now),
            asked_at=self.asked_at and min(self.asked_at, now),
            call_by=self.call_by and min(self.call_by, now + self.policy.call_within),
        )
