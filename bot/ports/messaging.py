"""Repositories of what comes in and goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.delivery import OutgoingMessage
from bot.ports.stored import InboxItem, StoredButton


class Inbox(Protocol):
    """Raw updates. Committed here before anybody is told that we have them."""

    def add(
        self, channel: str, external_id: str, address: str, raw: bytes, received_at: datetime, *, handled: bool = False
    ) -> int | None:
        """The new row's id, or None where (channel, external_id) is there already. ``handled``: this very transaction handles
        it, and calls ``retry`` or ``quarantine`` where that fails."""
        ...

    def forget(self, channel: str, external_id: str) -> int:
        """Removes one update, whatever became of it: only for what is about nobody; how many there were."""
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

    def bring_forward(self, after: datetime, now: datetime) -> int:
        """Waiting items that are due later than ``after`` are due ``now`` (a clock was ahead of the time); how many."""
        ...

    def oldest_waiting(self) -> datetime | None: ...
    def cursor(self, channel: str) -> int | None: ...
    def set_cursor(self, channel: str, value: int) -> None: ...


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

    def bring_forward(self, *, pending_after: datetime, sending_after: datetime, now: datetime) -> int:
        """PENDING ones that are due, and SENDING ones whose deadline lies, later than that are due ``now`` (a clock was ahead of
        the time); how many."""
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

    def forget(self, purpose: str) -> int:
        """Removes the rows of that purpose: only for what is about nobody; how many."""
        ...

    def cancel_of_patient(self, patient_id: int) -> int:
        """PENDING routine prompts become CANCELLED; safety advice and alerts stay."""
        ...

    def pending(self) -> int: ...
    def next_due(self) -> datetime | None: ...
