"""Floor 1: what the services need of the world, as Protocols. Storage, channels and content implement them.

All moments are aware datetimes in UTC. One ``UnitOfWork`` is one transaction: what a service does in it is kept whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.core.careplan.enrolment import CheckInState, Enrolment, Patient, PlannedCheckIn
from bot.core.careplan.invitation import Invitation
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.session import Session
from bot.core.delivery import OutgoingMessage, Receipt
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.policy import Clinic
from bot.core.events import Inbound
from bot.core.triage import Knowledge

T = TypeVar("T")


class Clock(Protocol):
    """Now, as an aware UTC datetime. The simulator's clock and the production clock are the same port."""

    def now(self) -> datetime: ...


class Ids(Protocol):
    """Randomness: the simulation seeds it."""

    def token(self) -> str:
        """128 random bits, URL-safe, at most 32 characters: invitations and button ids."""
        ...

    def code(self) -> str:
        """A short code for a patient that a person can read aloud: ``K7-42``; it may collide, the caller asks again."""
        ...


# --- storage -----------------------------------------------------------------------------------------------------------


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


class Inbox(Protocol):
    """Raw updates. Committed here before anybody is told that we have them."""

    def add(
        self, channel: str, external_id: str, address: str, raw: bytes, received_at: datetime, *, handled: bool = False
    ) -> int | None:
        """The new row's id, or None where (channel, external_id) is there already. ``handled``: this very transaction handles
        it, and calls ``retry`` or ``quarantine`` where that fails."""
        ...

    def free(self, channel: str, address: str) -> bool:
        """Whether what comes now from this address may be handled at once: nothing older of it waits, and nobody else can be
        at work for it (False wherever that cannot be known without a lock: ``take`` decides then)."""
        ...

    def take(self, now: datetime) -> InboxItem | None:
        """The oldest waiting item that is due, for this transaction alone; never two of one address at once, never a newer
        one of an address before its older one. None: nothing waits."""
        ...

    def get(self, inbox_id: int) -> InboxItem: ...
    def done(self, inbox_id: int, at: datetime) -> None: ...
    def retry(self, inbox_id: int, error: str, due_at: datetime) -> None:
        """Counts an attempt and waits until then."""
        ...

    def quarantine(self, inbox_id: int, error: str, at: datetime) -> None: ...
    def quarantined(self, since: datetime) -> Sequence[InboxItem]:
        """Those quarantined at or after ``since``, oldest first: a person must look at them."""
        ...

    def waiting(self) -> int:
        """How many are not yet done or quarantined."""
        ...

    def oldest_waiting(self) -> datetime | None: ...
    def cursor(self, channel: str) -> int | None: ...
    def set_cursor(self, channel: str, value: int) -> None: ...


class Patients(Protocol):
    def add(self, patient: Patient) -> Patient:
        """Stores it under a new id (``patient.id`` is ignored)."""
        ...

    def get(self, patient_id: int) -> Patient: ...
    def by_address(self, channel: str, address: str) -> Patient | None: ...
    def by_code(self, code: str) -> Patient | None: ...
    def save(self, patient: Patient) -> None: ...
    def all(self) -> Sequence[Patient]: ...
    def erase(self, patient_id: int) -> None:
        """Removes every row of theirs but the audit skeleton; on SQLite no byte stays in the file or its WAL."""
        ...


class Enrolments(Protocol):
    def add(self, enrolment: Enrolment) -> Enrolment: ...
    def get(self, enrolment_id: int) -> Enrolment: ...
    def of_patient(self, patient_id: int) -> Sequence[Enrolment]:
        """Newest first."""
        ...

    def save(self, enrolment: Enrolment) -> None: ...


class Invitations(Protocol):
    def add(self, invitation: Invitation) -> Invitation: ...
    def by_hash(self, token_hash: str) -> Invitation | None: ...
    def of_subject(self, subject: str) -> Sequence[Invitation]: ...
    def save(self, invitation: Invitation) -> None: ...


class Sessions(Protocol):
    def get(self, patient_id: int) -> Session:
        """Their session; a fresh one where there is none."""
        ...

    def put(self, patient_id: int, session: Session) -> None: ...


class CheckIns(Protocol):
    def plan(self, check_ins: Iterable[PlannedCheckIn]) -> int:
        """Adds those that are not there yet (unique on enrolment, check-in, occurrence); how many were new."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[PlannedCheckIn]:
        """PLANNED, SENT and REMINDED ones whose ``due_at`` has come, oldest first, each for this transaction alone.
        Costs what is due, not what is stored (partial index)."""
        ...

    def get(self, check_in_id: int) -> PlannedCheckIn: ...
    def save(self, check_in: PlannedCheckIn) -> None: ...
    def of_enrolment(self, enrolment_id: int) -> Sequence[PlannedCheckIn]:
        """In the order of ``due_at``."""
        ...

    def planned(self, enrolment_id: int, check_in: str) -> Sequence[PlannedCheckIn]:
        """The PLANNED occurrences of that check-in, in the order of ``due_at``: costs those, not the whole course."""
        ...

    def cancel_planned(self, patient_id: int) -> int:
        """Everything not yet finished becomes CANCELLED (consent withdrawn, STOP)."""
        ...

    def next_due(self) -> datetime | None: ...
    def count(self, state: CheckInState) -> int: ...


class Assessments(Protocol):
    def add(self, stored: StoredAssessment) -> int: ...
    def get(self, assessment_id: int) -> StoredAssessment: ...
    def recent(self, patient_id: int, since: datetime) -> Sequence[StoredAssessment]:
        """Oldest first."""
        ...

    def newest(self, patient_id: int, since: datetime, at_least: Disposition, limit: int) -> Sequence[StoredAssessment]:
        """The newest ``limit`` of those at this level or above, oldest first: whoever writes without end costs no more."""
        ...

    def red_since(self, since: datetime) -> Sequence[StoredAssessment]:
        """Every patient's with a red disposition, at or after ``since``, oldest first: the auditor looks for their alerts."""
        ...


class Alerts(Protocol):
    def add(self, alert: Alert) -> Alert: ...
    def get(self, alert_id: int) -> Alert: ...
    def unresolved_of(self, patient_id: int) -> Alert | None: ...
    def of_patient(self, patient_id: int) -> Sequence[Alert]:
        """Resolved ones too, newest first."""
        ...

    def unresolved(self) -> Sequence[Alert]: ...
    def opened_between(self, start: datetime, end: datetime) -> Sequence[Alert]:
        """Every patient's, opened at or after ``start`` and before ``end``, oldest first."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[Alert]:
        """Those whose ``next_step_at`` has come, most urgent first, each for this transaction alone."""
        ...

    def save(self, alert: Alert, *, expected_version: int) -> Alert:
        """Raises StaleVersion where the row's version is another; the row's version is raised by one and returned with it."""
        ...

    def log(self, entry: AlertEntry) -> None: ...
    def history(self, alert_id: int, since: datetime | None = None) -> Sequence[AlertEntry]:
        """In the order in which it was written; with ``since`` only what was written after it."""
        ...

    def paged(self, alert_id: int) -> tuple[str, ...]:
        """The clinicians who were paged for it at some time, in the order of their first page."""
        ...


class Tasks(Protocol):
    def add(self, task: Task) -> int: ...
    def open(self) -> Sequence[Task]: ...
    def open_of(self, patient_id: int, kind: str) -> Task | None: ...
    def done(self, task_id: int, at: datetime) -> None: ...


class Clinicians(Protocol):
    def put(self, clinician: Clinician) -> None:
        """Adds or replaces."""
        ...

    def get(self, clinician_id: str) -> Clinician | None: ...
    def by_address(self, channel: str, address: str) -> Clinician | None: ...
    def all(self) -> Sequence[Clinician]: ...


class Buttons(Protocol):
    def add(self, button: StoredButton) -> None: ...
    def get(self, button_id: str) -> StoredButton | None: ...
    def use(self, button_id: str, at: datetime) -> None: ...


class Outbox(Protocol):
    def add(self, message: OutgoingMessage) -> int:
        """Stores it as given (its ``id`` is ignored); the new id."""
        ...

    def claim(self, now: datetime, limit: int, deadline: datetime) -> Sequence[OutgoingMessage]:
        """PENDING ones that are due become SENDING (attempt + 1, ``due_at`` = deadline), best lane first, oldest first."""
        ...

    def get(self, message_id: int) -> OutgoingMessage: ...
    def save(self, message: OutgoingMessage) -> None: ...
    def save_many(self, messages: Iterable[OutgoingMessage]) -> None: ...
    def sent(self, message: OutgoingMessage, provider_id: str | None) -> bool:
        """This very attempt succeeded: SENDING becomes SENT. False, and nothing changed, where the row is not being sent, or by
        another attempt."""
        ...

    def overdue(self, now: datetime, limit: int) -> Sequence[OutgoingMessage]:
        """SENDING ones whose deadline has passed: a crash while sending."""
        ...

    def of_purpose(self, purpose: str, newest: int | None = None) -> Sequence[OutgoingMessage]:
        """Oldest first; with ``newest`` no more than so many, the newest."""
        ...

    def newest_choices(self, channel: str, address: str) -> OutgoingMessage | None:
        """The newest new message with buttons to this address: what a written choice (SMS) answers."""
        ...

    def pending_pages(self, purpose: str) -> Sequence[OutgoingMessage]:
        """The PENDING ones of that purpose in the alerts' lane, oldest first: costs what waits there, not what was ever sent."""
        ...

    def to_clinician(self, clinician: str, provider_id: str) -> OutgoingMessage | None:
        """The message that this clinician sees under that provider's id: what they answered to."""
        ...

    def cancel_of_patient(self, patient_id: int) -> int:
        """PENDING routine prompts become CANCELLED; safety advice and alerts stay."""
        ...

    def pending(self) -> int: ...
    def next_due(self) -> datetime | None: ...


class Audit(Protocol):
    def append(self, at: datetime, actor: str, action: str, subject: str, detail: str = "") -> None:
        """Adds a row to the hash chain. ``detail`` never holds a patient's words or name."""
        ...

    def verify(self) -> int | None:
        """The sequence number of the first broken row, or None when the chain holds."""
        ...


class UnitOfWork(Protocol):
    """One transaction over every repository."""

    inbox: Inbox
    patients: Patients
    enrolments: Enrolments
    invitations: Invitations
    sessions: Sessions
    check_ins: CheckIns
    assessments: Assessments
    alerts: Alerts
    tasks: Tasks
    clinicians: Clinicians
    buttons: Buttons
    outbox: Outbox
    audit: Audit

    def savepoint(self) -> AbstractContextManager[None]:
        """An exception inside undoes what was done inside, and is raised on."""
        ...

    def lock_address(self, channel: str, address: str) -> None:
        """Until the transaction ends nobody else works for this address (a no-op where there is one writer)."""
        ...


class Store(Protocol):
    """Runs work in transactions. Work may be called again after a conflict: it must not touch the world outside ``uow``."""

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Runs it in one transaction, committed (durably: an fsync) before this returns."""
        ...

    async def run(self, work: Callable[[UnitOfWork], T], *, background: bool = False) -> T:
        """The same from the event loop, without blocking it. On SQLite one writer thread groups what waits into one commit,
        each piece of work in a savepoint of its own: one that raises takes nothing else with it. ``background`` work lets
        everything else go first, and nothing waits for the commit of more than one piece of it."""
        ...

    def close(self) -> None: ...


# --- channels ----------------------------------------------------------------------------------------------------------


class Channel(Protocol):
    """One way to reach people (telegram, sms)."""

    name: str

    def parse(self, raw: bytes) -> Inbound:
        """Pure. Raises ValueError for what is no update at all; what it does not know becomes IGNORED."""
        ...

    async def send(self, message: OutgoingMessage) -> Receipt:
        """One attempt. Never raises for what the provider or the network does: that is the Receipt."""
        ...


# --- content -----------------------------------------------------------------------------------------------------------


class Content(Protocol):
    """Everything people wrote in files, loaded and checked. Replaced whole, never half."""

    @property
    def clinic(self) -> Clinic: ...
    @property
    def knowledge(self) -> Knowledge: ...
    @property
    def questions(self) -> Mapping[str, Question]: ...
    @property
    def schedules(self) -> Mapping[str, Schedule]: ...
    @property
    def languages(self) -> Mapping[str, str]:
        """Code to the language's own name, English first."""
        ...

    def text(self, language: str, key: str, **params: str) -> str:
        """The message as Telegram HTML, its parameters escaped. Falls back to English for a missing translation.
        Raises KeyError for a key that no file has."""
        ...

    def label(self, language: str, key: str, **params: str) -> str:
        """The same as plain text: button labels."""
        ...

    def has(self, key: str) -> bool: ...


LEASE = timedelta(seconds=30)
"""How long one attempt to send may take before it counts as lost in a crash."""
