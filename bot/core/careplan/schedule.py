"""A schedule as an operator wrote it: phases, check-ins, questions, and the policies for lateness and silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.errors import InvalidValue


class Phase(StrEnum):
    """The source document's three phases."""

    IMMEDIATE = "immediate"
    SHORT_TERM = "short_term"
    LONG_TERM = "long_term"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offset:
    """How long after treatment: hours are elapsed time; days, months and years are calendar steps in the patient's zone.

    ``at`` is a local time of day for calendar steps; None keeps the treatment's own time of day.
    """

    hours: int = 0
    days: int = 0
    months: int = 0
    years: int = 0
    at: time | None = None

    def __post_init__(self) -> None:
        if min(self.hours, self.days, self.months, self.years) < 0:
            raise InvalidValue("a check-in comes after treatment, not before it")
        if self.at is not None and self.hours:
            raise InvalidValue("a time of day goes with days, months or years, not with hours")

    def roughly(self) -> timedelta:
        """Its length, a month taken as 30.4375 days: for ordering and phases, never for sending."""
        return timedelta(hours=self.hours, days=self.days + 30.4375 * self.months + 365.25 * self.years)


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseSpan:
    """One phase: from (inclusive) until (exclusive; None is open-ended)."""

    phase: Phase
    start: timedelta
    until: timedelta | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Applies:
    """For whom: empty sets mean everyone. ``not_*`` exclude."""

    risks: frozenset[Risk] = frozenset()
    routes: frozenset[Route] = frozenset()
    not_risks: frozenset[Risk] = frozenset()
    not_routes: frozenset[Route] = frozenset()

    def to(self, patient: PatientContext) -> bool:
        """Whether the patient is meant."""
        if self.risks and not self.risks & patient.risks:
            return False
        if self.routes and patient.route not in self.routes:
            return False
        return not (self.not_risks & patient.risks) and patient.route not in self.not_routes


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One question of a check-in (a question id of bot/catalogue/questions.yaml), perhaps only for some patients."""

    question: str
    applies: Applies = Applies()


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """What no reply means: reminded once after ``remind_after``, a clinic task ``task_after`` the reminder."""

    remind_after: timedelta = timedelta(hours=2)
    task_after: timedelta = timedelta(hours=4)
    disposition: Disposition = Disposition.SAME_DAY
    alert_after: timedelta | None = None
    """How long after the task somebody is paged; None: it stays a task."""
    where: str = ""
    """The line of the file that asks for the alert."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceRow:
    """One row of the schedule's table of silence: for these phases (empty: all), these patients, and whoever's last answers came to
    at least ``last``, these times instead of longer ones. See silence.py."""

    phases: frozenset[Phase] = frozenset()
    applies: Applies = Applies()
    last: Disposition = Disposition.NONE
    remind_after: timedelta | None = None
    task_after: timedelta | None = None
    alert_after: timedelta | None = None
    disposition: Disposition | None = None
    where: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckIn:
    """One planned conversation. ``window``: how long after its time it is still worth sending; later it is skipped."""

    id: str
    at: Offset
    asks: tuple[Ask, ...]
    applies: Applies = Applies()
    window: timedelta = timedelta(hours=12)
    quiet_hours: bool = True
    """Whether quiet hours postpone it (false for H2-H12: part C1)."""
    silence: Silence = Silence()
    bedtime: time | None = None
    """A local time at which it goes out where that comes sooner (C1: "H12, bedtime if sooner")."""

    def __post_init__(self) -> None:
        if not self.asks:
            raise InvalidValue(f"check-in {self.id!r} asks nothing")


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """Local times between which routine prompts wait; red flags, answers and re-checks never do."""

    start: time
    end: time


class Late(StrEnum):
    """What a late enrolment does with check-ins whose time has passed."""

    CATCH_UP = "catch_up"
    """One catch-up check-in with the union of the questions still worth asking."""
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """A clinic's own, tighter limit: ``measure`` at or beyond ``value`` is at least ``disposition``."""

    measure: str
    disposition: Disposition
    at_least: float | None = None
    at_most: float | None = None
    where: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A worked example that the operator wrote into the file; `aftercare test` runs it.

    ``at`` is the time since treatment. The patient either ``says`` a message nobody asked for, or ``answers`` a check-in:
    question id to option id, free text, or ``_`` for no reply. ``alert`` None: not judged. ``messages`` are message keys.
    """

    at: timedelta
    where: str
    says: str | None = None
    answers: tuple[tuple[str, str], ...] = ()
    check_in: str | None = None
    risks: frozenset[Risk] = frozenset()
    route: Route | None = None
    disposition: Disposition | None = None
    """The disposition expected; None where the bot must ask back (``unclear``) or where it is not judged."""
    unclear: bool = False
    alert: bool | None = None
    messages: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    """Words that the patient must read in reply; ``clinic_phone``, ``emergency_number`` and ``crisis_number`` are the clinic's."""
    language: str = "en"
    """In which the patient is spoken to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A whole schedule file. ``version`` is the hash of its content."""

    id: str
    title: str
    role: Role
    routes: frozenset[Route]
    languages: tuple[str, ...]
    quiet_hours: QuietHours | None
    late_enrolment: Late
    phases: tuple[PhaseSpan, ...]
    check_ins: tuple[CheckIn, ...]
    thresholds: tuple[Threshold, ...] = ()
    escalation: str = "default"
    examples: tuple[Example, ...] = ()
    when_silent: tuple[SilenceRow, ...] = ()
    """Who is silent in which phase is missed sooner."""
    version: str = ""

    def check_in(self, check_in_id: str) -> CheckIn | None:
        """The check-in of that id, or None."""
        return next((c for c in self.check_ins if c.id == check_in_id), None)

    def phase_at(self, since_treatment: timedelta) -> Phase:
        """The phase that this moment belongs to; the last phase is open-ended."""
        for span in self.phases:
            if span.start <= since_treatment and (span.until is None or since_treatment < span.until):
                return span.phase
        return self.phases[-1].phase
