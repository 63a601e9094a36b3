"""What repositories hold that is no type of the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
