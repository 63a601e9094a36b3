"""Two rehearsals: the canary, an alert about nobody that acknowledges itself, and the drill, which measures people's telephones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.clinical.disposition import Disposition
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.policy import EscalationPolicy, PolicyStep

CANARY = "canary"
"""Its channel, its only clinician, and the beginning of its messages' purpose. No patient and no member of a clinic has this name."""
CANARY_WAIT = timedelta(minutes=1)
"""How long the way there and back may take before the heartbeat is withheld."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Canary:
    """One rehearsal of the whole path. ``alert`` is no row of any clinic's alerts: it has no patient and no assessment."""

    id: int
    opened_at: datetime
    alert: Alert
    button: str = ""
    """The button of its page: whoever acknowledges must bring it back."""
    acknowledged_at: datetime | None = None

    @property
    def took(self) -> timedelta | None:
        """From the alert's opening until its acknowledgement; None while it is on its way."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.opened_at

    def late(self, now: datetime) -> bool:
        """Whether it should be back by now and is not."""
        return self.acknowledged_at is None and now - self.opened_at > CANARY_WAIT


def canary_alert(now: datetime) -> Alert:
    """An urgent alert about nobody, whose chain is the canary alone."""
    policy = EscalationPolicy(
        id=CANARY,
        disposition=Disposition.URGENT,
        steps=(PolicyStep(wait=CANARY_WAIT, clinicians=(CANARY,)),),
        last_resort=(CANARY,),
    )
    return Alert(
        id=0,
        patient_id=0,
        assessment_id=0,
        disposition=Disposition.URGENT,
        state=AlertState.OPEN,
        policy=policy,
        opened_at=now,
        next_step_at=now,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillPage:
    """One clinician in one drill (``drill`` is its number). ``paged_at`` None: there was no chat to page."""

    id: int
    drill: int
    clinician: str
    paged_at: datetime | None
    acknowledged_at: datetime | None = None

    @property
    def took(self) -> timedelta | None:
        """How long their telephone took; None: not acknowledged."""
        if self.paged_at is None or self.acknowledged_at is None:
            return None
        return self.acknowledged_at - self.paged_at


def percentile(values: Sequence[timedelta], share: float) -> timedelta | None:
    """The nearest-rank percentile (``share`` in 0..1); None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = max(1, -(-round(share * 1000) * len(ordered) // 1000))
    return ordered[min(rank, len(ordered)) - 1]
