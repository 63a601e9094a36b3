"""Everything that the conversation may ask for, in the imperative. The services carry actions out, in order, in one transaction.

Texts are named by key and rendered by the services; a parameter that is a datetime is shown in the patient's own zone and words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One paragraph: the first of ``keys`` that the content has. ``optional``: nothing is said where it has none of them."""

    keys: tuple[str, ...]
    params: Mapping[str, str | datetime] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One button: what it does, with which payload, and what it says (a message key, or ``literal`` words)."""

    action: str
    payload: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    literal: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """Send these paragraphs to the patient, with these rows of buttons under them."""

    parts: tuple[Part, ...]
    lane: Lane = Lane.REPLY
    choices: tuple[tuple[Choice, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AskQuestion:
    """Send a question of the catalogue with its buttons, bound to ``round``. ``intro`` is said before it."""

    question: str
    round: int
    check_in_id: int | None = None
    lane: Lane = Lane.REPLY
    intro: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferLanguages:
    """Send the language buttons; each language by its own name."""

    key: str = "onboarding.language"


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordAssessment:
    """Store what was said and what it means, before anything that depends on it."""

    text: str
    assessment: Assessment


@dataclass(frozen=True, kw_only=True, slots=True)
class TellClinic:
    """Open an alert (or join the one that is open) for the assessment recorded last, as the clinic's policy says;
    where no policy serves its level, leave a task."""

    assessment: Assessment


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateTask:
    """Leave work for the clinic that is no page. ``detail`` holds no words of the patient."""

    kind: str
    disposition: Disposition
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRecheck:
    """Ask again about what was found; a re-check that is planned already joins this one, at the earlier of the two times."""

    check_in: PlannedCheckIn


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawQuestion:
    """Take the buttons of the question of ``round`` away, wherever it was asked; what has not left yet of it is not sent."""

    round: int
    check_in_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishCheckIn:
    """The running check-in has come to this."""

    check_in_id: int
    state: CheckInState


@dataclass(frozen=True, kw_only=True, slots=True)
class AwaitClarification:
    """Wake up at ``until`` if the closed question of ``round`` is still open then."""

    round: int
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SetLanguage:
    """Speak this language from the next message on."""

    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StartCourse:
    """They consented: the patient is active and their check-ins are planned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopCourse:
    """They said STOP: no more check-ins, nothing routine leaves the outbox; the clinic is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResumeCourse:
    """They came back: what is still ahead is planned again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockInvitation:
    """Too many wrong tries: the invitation is spent and the chat no longer belongs to the patient."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """Note it in the audit chain; never the patient's words."""

    action: str
    detail: str = ""


Action = (
    Say
    | AskQuestion
    | OfferLanguages
    | RecordAssessment
    | TellClinic
    | CreateTask
    | PlanRecheck
    | WithdrawQuestion
    | FinishCheckIn
    | AwaitClarification
    | SetLanguage
    | StartCourse
    | StopCourse
    | ResumeCourse
    | LockInvitation
    | Audit
)
