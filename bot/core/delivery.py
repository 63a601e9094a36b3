"""The life of an outgoing message as a transition table, with back-off.

Delivery is at least once with bounded repeats: an alert prefers a repeat to a loss, a check-in prefers a loss (its reminder
covers it) to a repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Lane(IntEnum):
    """Who goes first: alerts have their own lane, then safety advice to patients, then replies, then routine prompts."""

    ALERT = 0
    SAFETY = 1
    REPLY = 2
    ROUTINE = 3


class DeliveryState(StrEnum):
    """pending -> sending -> sent | not_sent (retried) | ambiguous | dead."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    AMBIGUOUS = "ambiguous"
    DEAD = "dead"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    """An edit of a message that has no provider's id yet: PENDING as soon as that message is SENT."""


class Outcome(StrEnum):
    """What one attempt came to, as the channel reports it."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    """Surely not delivered: connect or pool timeout, DNS. Tried again with back-off."""
    RATE_LIMITED = "rate_limited"
    """429: this chat waits as long as the provider says, the others flow."""
    AMBIGUOUS = "ambiguous"
    """Perhaps delivered: read or write timeout, 5xx, a cut-off answer, a crash while sending."""
    BLOCKED = "blocked"
    """403 or chat not found: dead."""
    MIGRATED = "migrated"
    """The chat has a new id: update it, send once more."""
    BAD_FORMAT = "bad_format"
    """400 on entities: send again as plain text."""
    REJECTED = "rejected"
    """Any other 4xx: dead, and the operator must look."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """``id`` is opaque (at most 64 bytes on the wire) and names a server-side row; the label is already translated."""

    id: str
    label: str


class Kind(StrEnum):
    """What the channel does with it."""

    MESSAGE = "message"
    EDIT = "edit"
    """Replace the text and buttons of ``edits`` (a provider's message id)."""
    BUTTON_ANSWER = "button_answer"
    """Stop the spinner of a pressed button (``edits`` is the callback id); never retried."""
    LEAVE = "leave"
    """Leave a group that the bot was added to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingMessage:
    """One row of the outbox. ``text`` is Telegram HTML, already escaped; ``plain`` is derived from it when HTML is refused.

    ``purpose`` says what it is about (``check_in:17``, ``alert:4``, ``reply:33``), for receipts and bounded repeats.
    """

    id: int
    channel: str
    address: str
    text: str
    lane: Lane
    kind: Kind = Kind.MESSAGE
    buttons: tuple[tuple[Button, ...], ...] = ()
    edits: str | None = None
    purpose: str = ""
    patient_id: int | None = None
    clinician: str | None = None
    state: DeliveryState = DeliveryState.PENDING
    attempt: int = 0
    due_at: datetime | None = None
    """When the next attempt may start (PENDING), or when an attempt counts as lost (SENDING)."""
    provider_id: str | None = None
    as_plain_text: bool = False
    repeats: int = 0
    """How many earlier attempts may have been delivered, unknown to us."""
    expires_at: datetime | None = None
    """Not worth sending from then on (a check-in whose window has closed); None: always worth it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What came of one attempt. ``retry_after`` in seconds goes with RATE_LIMITED, ``new_address`` with MIGRATED."""

    outcome: Outcome
    provider_id: str | None = None
    retry_after: float | None = None
    new_address: str | None = None
    detail: str = ""
    """The provider's words, without token or patient text."""
