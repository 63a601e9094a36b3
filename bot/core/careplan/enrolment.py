"""A patient and the course they are on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.errors import InvalidValue
from bot.core.escalation.policy import MAIN


class PatientState(StrEnum):
    """Where a patient stands with us."""

    INVITED = "invited"
    ACTIVE = "active"
    STOPPED = "stopped"
    """They said STOP: no more check-ins; what they write is still read."""
    UNREACHABLE = "unreachable"
    """They blocked the bot, or the address is dead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient:
    """A person. ``code`` is what alerts show (never the name); ``address`` is the chat id once the invitation is used.

    ``clinic`` is the one that follows them: its people alone are told of them, and its numbers are what they read.
    """

    id: int
    code: str
    name: str
    birth_year: int
    language: str
    timezone: str
    state: PatientState
    channel: str = "telegram"
    address: str | None = None
    clinic: str = MAIN

    def zone(self) -> ZoneInfo:
        """Their time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolment:
    """One course: which schedule (pinned by version), role, route, risks and the moment treatment ended (H0, aware)."""

    id: int
    patient_id: int
    schedule: str
    schedule_version: str
    role: Role
    route: Route | None
    risks: frozenset[Risk]
    treated_at: datetime
    enrolled_at: datetime | None = None
    active: bool = True

    def __post_init__(self) -> None:
        if self.treated_at.tzinfo is None:
            raise InvalidValue("treated_at must carry a time zone")

    def context(self, now: datetime) -> PatientContext:
        """The enrolment as the rules see it at ``now``."""
        hours = max(0.0, (now - self.treated_at).total_seconds() / 3600)
        return PatientContext(role=self.role, route=self.route, risks=self.risks, hours_since_treatment=hours)


class CheckInState(StrEnum):
    """The life of one planned check-in."""

    PLANNED = "planned"
    SENT = "sent"
    REMINDED = "reminded"
    ANSWERED = "answered"
    SILENT = "silent"
    """Reminded, and still no answer: the clinic has a task."""
    SKIPPED = "skipped"
    """Not worth sending any more, or merged into a catch-up."""
    MISSED_SYSTEM = "missed_system"
    """We were down when it was due."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedCheckIn:
    """One occurrence of a check-in, unique on (enrolment, check_in, occurrence).

    ``questions`` is empty for a check-in of the schedule (its ``asks`` apply) and lists question ids for a catch-up or
    re-check. ``due_at`` moves: first when to send, then (state SENT) when to remind, then (REMINDED) when to give up.
    """

    id: int
    enrolment_id: int
    patient_id: int
    check_in: str
    occurrence: int
    due_at: datetime
    state: CheckInState = CheckInState.PLANNED
    questions: tuple[str, ...] = ()
    sent_at: datetime | None = None
    version: str = ""
    put_off_from: datetime | None = None
    """When it was first due, where something more pressing has put it off."""

    @property
    def first_due(self) -> datetime:
        """From when on it counts how long it is worth sending."""
        return self.put_off_from or self.due_at

    """The version of the schedule by which it was sent; empty until then."""
