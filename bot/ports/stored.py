"""What repositories hold that is no type of the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.escalation.alert import AlertState
from bot.core.escalation.entries import EntryKind


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxItem:
    """One raw update as it arrived."""

    id: int
    channel: str
    external_id: str
    address: str
    raw: bytes
    received_at: datetime
    attempts: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredButton:
    """What a button does when its owner presses it. ``owner`` is ``patient:<id>`` or ``clinician:<id>``."""

    id: str
    owner: str
    action: str
    payload: Mapping[str, str]
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAssessment:
    """An assessment with when and about whom. ``text`` is what the patient wrote or pressed."""

    id: int
    patient_id: int
    inbox_id: int | None
    at: datetime
    text: str
    assessment: Assessment
    schedule_version: str = ""
    """The version of the schedule that they lived by then."""
    asked: str | None = None
    """What a bare answer spoke of: the open question's topic, or the symptom of an open clarification."""
    pressed: bool = False
    """A button's answer: nobody read it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Work for the clinic that is no page: silence, unreachable, unreadable message, request for a person."""

    id: int
    patient_id: int | None
    kind: str
    disposition: Disposition
    at: datetime
    detail: str = ""
    done_at: datetime | None = None
    clinic: str = ""
    """Whose work it is where it is about no patient; empty: that of the patient's clinic."""


class PublicationState(StrEnum):
    """Whether a version is in force, or waits for somebody else's approval."""

    PENDING = "pending"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    """Another version went live before it was approved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """One version of a schedule, made live (or proposed) by somebody. Of a schedule's published ones the highest ``number`` is live.

    ``version`` is the hash of ``text``, and of ``questions`` where it asks own ones; ``file`` is the name of its file.
    """

    id: int
    schedule: str
    version: str
    file: str
    text: str
    questions: str
    """The text of questions.yaml beside it; empty where the schedule asks no own question."""
    at: datetime
    by: str
    state: PublicationState = PublicationState.PENDING
    number: int | None = None
    """1, 2, 3... in the order in which they went live; None while it waits."""
    moves: str = ""
    """Who is on it from their next check-in on: ``""`` nobody who is mid-course, ``*`` everybody, a version: those on that one."""
    note: str = ""
    base: str = ""
    """The version that was live when it was proposed; empty: none was."""
    loosens: tuple[str, ...] = ()
    """What it loosens, in words."""
    approved_by: str = ""
    approved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertEntry:
    """One line of an alert's history."""

    alert_id: int
    at: datetime
    event: EntryKind
    by: str = ""
    detail: str = ""
    from_state: AlertState | None = None
    """The state that the event found the alert in, and the one it left it in; None for what is no transition (a page)."""
    to_state: AlertState | None = None
