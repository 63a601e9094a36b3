"""Everything that can happen to an alert, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.clinical.disposition import Disposition
from bot.core.escalation.policy import EscalationPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The alert's row exists; nobody is paged yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepElapsed:
    """The step's wait is over and nobody has acknowledged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolveElapsed:
    """It was acknowledged, and the time in which it should be resolved (or resolved after the reminder) is over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledged:
    """A clinician took it on. ``version`` is the alert's at the time their button was made."""

    by: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A clinician closed it with an outcome. ``version`` is the alert's at the time their button was made."""

    by: str
    version: int
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallPromised:
    """A clinician takes it on and calls the patient now. ``version`` is the alert's at the time their button was made."""

    by: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """The one who promised has called, and it is not over yet."""

    by: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver:
    """A clinician gives it to a colleague by name: ``to`` is paged at once."""

    by: str
    to: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenOver:
    """A colleague takes it from ``holder``, who had it when their button was made (at ``version``)."""

    by: str
    holder: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrote:
    """The one who has it wrote to the patient. ``message`` is the outbox row that carries their words."""

    by: str
    message: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """Two alerts of one patient were open: this one ends, ``into`` goes on with what it said."""

    into: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingJoined:
    """The same patient said something more. ``policy`` is the clinic's for this disposition; None: it would page nobody."""

    assessment_id: int
    disposition: Disposition
    policy: EscalationPolicy | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFailed:
    """A page of this step did not reach ``clinician``: blocked, dead, or halted for too long."""

    clinician: str
    step: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reopened:
    """Whoever had acknowledged cannot see to it any more (revoked, unreachable). ``why`` goes into the history."""

    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundStuck:
    """The auditor found that its next step lies further ahead than its policy allows (a clock went backwards)."""


AlertEvent = (
    Opened
    | StepElapsed
    | ResolveElapsed
    | Acknowledged
    | CallPromised
    | Called
    | HandedOver
    | TakenOver
    | Wrote
    | Resolved
    | Merged
    | FindingJoined
    | PageFailed
    | Reopened
    | FoundStuck
)
