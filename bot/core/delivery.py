"""The life of an outgoing message as a transition table, with back-off.

Delivery is at least once with bounded repeats: an alert prefers a repeat to a loss, a check-in prefers a loss (its reminder
covers it) to a repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.core.clinical.trend import Chart
from bot.core.errors import IllegalTransition


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
    UNDELIVERED = "undelivered"
    """The provider took it, and says later that it did not arrive (SMS)."""


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
    PHOTO = "photo"
    """A picture that the channel draws of ``chart``; ``text`` is what stands under it. Private chats only."""
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
    chart: Chart | None = None
    """The figures of a PHOTO."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What came of one attempt. ``retry_after`` in seconds goes with RATE_LIMITED, ``new_address`` with MIGRATED."""

    outcome: Outcome
    provider_id: str | None = None
    retry_after: float | None = None
    new_address: str | None = None
    detail: str = ""
    """The provider's words, without token or patient text."""


# --- what comes of an attempt --------------------------------------------------------------------------------------------


class Consequence(StrEnum):
    """What must happen besides the message itself."""

    PAGE_FAILED = "page_failed"
    """A page is not with its clinician: the alert takes its next step now."""
    UNREACHABLE = "unreachable"
    """This address is dead: stop sending to it, and tell the clinic."""
    MIGRATED = "migrated"
    """Whoever this was meant for has the message's new address from now on."""
    UNDELIVERED = "undelivered"
    """The patient will not get this: a person must know."""
    OPERATOR = "operator"
    """The provider refuses what we send: a fault of ours."""


Decision = tuple[OutgoingMessage, tuple[Consequence, ...]]

REPEAT_MARK = "🔁 "
"""In front of a message that may have been delivered already. It reads the same in every language."""
COPIES = 3
COPIES_WINDOW = timedelta(minutes=10)
"""At most COPIES of one message (all that may have been delivered) in COPIES_WINDOW."""
REPEAT_AFTER = timedelta(seconds=10)
GIVE_UP_COPIES = 12
"""With waits that double from COPIES_WINDOW to an hour, advice to a patient is tried for about nine hours."""
PATIENCE = timedelta(seconds=30)
"""A page that must wait longer than this counts as failed: the alert climbs, the page is sent all the same."""
PAGE_TRIES = 3
"""Failed attempts after which a page counts as failed (three seconds of back-off, and as many time-outs)."""
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT: Mapping[Lane, timedelta] = {
    Lane.ALERT: timedelta(seconds=20),
    Lane.SAFETY: timedelta(seconds=20),
    Lane.REPLY: timedelta(minutes=2),
    Lane.ROUTINE: timedelta(minutes=5),
}


def backoff(attempt: int, lane: Lane, jitter: float) -> timedelta:
    """The wait after the attempt of that number (from 1): doubles from FIRST_WAIT up to the lane's longest.

    ``jitter`` in 0..1 takes away up to half of it, so that what failed together does not come back together.
    """
    doubled = FIRST_WAIT * (1 << min(max(attempt, 1) - 1, 20))
    return min(doubled, LONGEST_WAIT[lane]) * (1 - 0.5 * jitter)


def after(message: OutgoingMessage, receipt: Receipt, now: datetime, *, jitter: float = 0.0, sated: bool = False) -> Decision:
    """The message after an attempt, and what else must happen. ``sated``: this clinician has had enough pages of this alert for
    the moment, so that a page that may have arrived is not repeated.

    A late SENT is believed in any state that it can correct, and so is a provider's word that what it took did not arrive. Raises IllegalTransition for any other receipt of a message that is
    not being sent: somebody else has dealt with the attempt.
    """
    transition = TABLE[message.state].get(receipt.outcome)
    if transition is None:
        raise IllegalTransition(f"a {message.state} message takes no receipt {receipt.outcome}")
    if sated and receipt.outcome is Outcome.AMBIGUOUS and is_page(message):
        return replace(message, state=DeliveryState.AMBIGUOUS, due_at=None), (Consequence.PAGE_FAILED,)
    return transition.handler(message, receipt, now, jitter)


def is_page(message: OutgoingMessage) -> bool:
    """Whether this tells a clinician of an alert (an edit of an older page does not)."""
    return message.lane is Lane.ALERT and message.kind is Kind.MESSAGE and message.clinician is not None


def _sent(message: OutgoingMessage, receipt: Receipt, _now: datetime, _jitter: float) -> Decision:
    provider_id = receipt.provider_id or message.provider_id
    return replace(message, state=DeliveryState.SENT, due_at=None, provider_id=provider_id), ()


def _not_sent(message: OutgoingMessage, _receipt: Receipt, now: datetime, jitter: float) -> Decision:
    if message.kind is Kind.BUTTON_ANSWER:
        return _dead(message), ()
    waiting = _pending(message, now + backoff(message.attempt, message.lane, jitter))
    return waiting, _page_failed(message, when=message.attempt >= PAGE_TRIES)


def _rate_limited(message: OutgoingMessage, receipt: Receipt, now: datetime, jitter: float) -> Decision:
    """This chat waits as long as it is told, and up to a second more."""
    if message.kind is Kind.BUTTON_ANSWER:
        return _dead(message), ()
    wait = timedelta(seconds=max(receipt.retry_after or 1.0, 0.0) + jitter)
    return _pending(message, now + wait), _page_failed(message, when=wait > PATIENCE)


def _ambiguous(message: OutgoingMessage, _receipt: Receipt, now: datetime, jitter: float) -> Decision:
    """Perhaps delivered. Editing or leaving twice does no harm; a second copy of a message is bounded and marked.

    Whoever asked for a picture asks again where none has come.
    """
    if message.kind is Kind.BUTTON_ANSWER:
        return _dead(message), ()
    if message.kind in {Kind.EDIT, Kind.LEAVE}:
        return _pending(message, now + backoff(message.attempt, message.lane, jitter)), ()
    if message.lane is Lane.ROUTINE or message.kind is Kind.PHOTO:
        return replace(message, state=DeliveryState.AMBIGUOUS, due_at=None), ()
    return _repeated(message, now, jitter)


def _repeated(message: OutgoingMessage, now: datetime, jitter: float) -> Decision:
    """Soon and marked, COPIES at most; then an alert goes its own way, and a patient's message goes on, slowly."""
    copies = message.repeats + 1
    if copies >= COPIES and message.lane is Lane.ALERT:
        return replace(message, state=DeliveryState.AMBIGUOUS, due_at=None), _page_failed(message, when=True)
    if copies >= GIVE_UP_COPIES:
        return replace(message, state=DeliveryState.AMBIGUOUS, due_at=None), _undelivered(message)
    slow = min(COPIES_WINDOW * (1 << min(max(copies - COPIES, 0), 10)), timedelta(hours=1))
    wait = slow if copies >= COPIES else REPEAT_AFTER * (1 - 0.5 * jitter)
    return replace(_pending(message, now + wait), text=_marked(message.text), repeats=copies), ()


def _blocked(message: OutgoingMessage, _receipt: Receipt, _now: datetime, _jitter: float) -> Decision:
    if message.kind not in {Kind.MESSAGE, Kind.EDIT}:
        return _dead(message), ()
    return _dead(message), (Consequence.UNREACHABLE, *_page_failed(message, when=True))


def _migrated(message: OutgoingMessage, receipt: Receipt, now: datetime, jitter: float) -> Decision:
    """Once more, to the new address. A chat that moves to where it is has no address at all."""
    if not receipt.new_address or receipt.new_address == message.address:
        return _blocked(message, receipt, now, jitter)
    moved = replace(message, address=receipt.new_address)
    wait = timedelta() if message.attempt <= 1 else backoff(message.attempt, message.lane, jitter)
    return _pending(moved, now + wait), (Consequence.MIGRATED,)


def _bad_format(message: OutgoingMessage, receipt: Receipt, now: datetime, jitter: float) -> Decision:
    if message.as_plain_text:
        return _rejected(message, receipt, now, jitter)
    return replace(_pending(message, now), as_plain_text=True), ()


def _rejected(message: OutgoingMessage, _receipt: Receipt, _now: datetime, _jitter: float) -> Decision:
    """A refused edit or spinner is none: the message is gone, too old, or says the same already."""
    if message.kind is not Kind.MESSAGE:
        return _dead(message), ()
    return _dead(message), (Consequence.OPERATOR, *_page_failed(message, when=True), *_undelivered(message))


def _not_delivered(message: OutgoingMessage, _receipt: Receipt, _now: datetime, _jitter: float) -> Decision:
    """The provider gave up: a page climbs, and a person hears that the patient did not get this."""
    if message.kind is not Kind.MESSAGE:
        return _dead(message), ()
    return _dead(message), (*_page_failed(message, when=True), *_undelivered(message))


def _late_sent(message: OutgoingMessage, receipt: Receipt, now: datetime, jitter: float) -> Decision:
    """The receipt of an attempt that we had given up: believed, so that no further copy goes out."""
    return _sent(message, receipt, now, jitter)


def _dead(message: OutgoingMessage) -> OutgoingMessage:
    return replace(message, state=DeliveryState.DEAD, due_at=None)


def _pending(message: OutgoingMessage, due_at: datetime) -> OutgoingMessage:
    return replace(message, state=DeliveryState.PENDING, due_at=due_at)


def _marked(text: str) -> str:
    return text if text.startswith(REPEAT_MARK) else REPEAT_MARK + text


def _page_failed(message: OutgoingMessage, *, when: bool) -> tuple[Consequence, ...]:
    return (Consequence.PAGE_FAILED,) if when and is_page(message) else ()


def _undelivered(message: OutgoingMessage) -> tuple[Consequence, ...]:
    return (Consequence.UNDELIVERED,) if message.patient_id is not None and message.clinician is None else ()


Handler = Callable[[OutgoingMessage, Receipt, datetime, float], Decision]


@dataclass(frozen=True, slots=True)
class Transition:
    """Who handles the receipt, and the states that it may lead to."""

    handler: Handler
    to: frozenset[DeliveryState]


def _go(handler: Handler, *to: DeliveryState) -> Transition:
    return Transition(handler, frozenset(to))


TABLE: Mapping[DeliveryState, Mapping[Outcome, Transition]] = {
    DeliveryState.SENDING: {
        Outcome.SENT: _go(_sent, DeliveryState.SENT),
        Outcome.NOT_SENT: _go(_not_sent, DeliveryState.PENDING, DeliveryState.DEAD),
        Outcome.RATE_LIMITED: _go(_rate_limited, DeliveryState.PENDING, DeliveryState.DEAD),
        Outcome.AMBIGUOUS: _go(_ambiguous, DeliveryState.PENDING, DeliveryState.AMBIGUOUS, DeliveryState.DEAD),
        Outcome.BLOCKED: _go(_blocked, DeliveryState.DEAD),
        Outcome.MIGRATED: _go(_migrated, DeliveryState.PENDING, DeliveryState.DEAD),
        Outcome.BAD_FORMAT: _go(_bad_format, DeliveryState.PENDING, DeliveryState.DEAD),
        Outcome.REJECTED: _go(_rejected, DeliveryState.DEAD),
        Outcome.UNDELIVERED: _go(_not_delivered, DeliveryState.DEAD),
    },
    DeliveryState.PENDING: {Outcome.SENT: _go(_late_sent, DeliveryState.SENT)},
    DeliveryState.AMBIGUOUS: {Outcome.SENT: _go(_late_sent, DeliveryState.SENT)},
    DeliveryState.SENT: {
        Outcome.UNDELIVERED: _go(_not_delivered, DeliveryState.DEAD),
        Outcome.BLOCKED: _go(_blocked, DeliveryState.DEAD),
    },
    DeliveryState.DEAD: {},
    DeliveryState.CANCELLED: {},
    DeliveryState.WAITING: {},
}
