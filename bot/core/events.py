"""Everything that can happen, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition


class InboundKind(StrEnum):
    """What somebody sent us."""

    TEXT = "text"
    EDITED = "edited"
    BUTTON = "button"
    UNREADABLE = "unreadable"
    """Voice, photo, sticker ...: a person must look; ``text`` then holds the kind, ``caption`` what was written under it."""
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    GROUP = "group"
    """Anything from a chat that is not private: the bot leaves, health content stays in private chats."""
    MIGRATED = "migrated"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """One parsed update. ``external_id`` is the provider's own id: unique with ``channel``."""

    channel: str
    external_id: str
    address: str
    kind: InboundKind
    text: str = ""
    caption: str = ""
    button: str | None = None
    """The opaque id of the pressed button."""
    callback_id: str | None = None
    message_id: str | None = None
    reply_to: str | None = None
    """The provider's id of the message in this chat that it answers."""
    language: str | None = None
    """What the sender's app says of their language (BCP 47), a hint only."""
    sent_at: datetime | None = None


class Command(StrEnum):
    """What a patient may ask of the bot itself, by slash command or in their own words ("please stop texting me")."""

    START = "start"
    STOP = "stop"
    HELP = "help"
    REPORT = "report"
    LANGUAGE = "language"


class Closed(StrEnum):
    """The answers to a closed question."""

    YES = "yes"
    NO = "no"
    OTHER = "other"


# --- what happens in one patient's conversation -----------------------------------------------------------------------
# A text comes with its assessment: the conversation decides what to do about it, never what it means.


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationOpened:
    """The deep link was opened for the first time (or a new invitation was)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageReceived:
    """They wrote something. ``closed`` is set where the whole message is a bare yes or no.

    ``suspected`` is what it would mean if the symptom that is being clarified were present.
    """

    text: str
    assessment: Assessment
    closed: Closed | None = None
    suspected: Assessment | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageEdited:
    """They changed an earlier message. ``before`` is the worst that their messages of the last day came to."""

    text: str
    assessment: Assessment
    before: Disposition = Disposition.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableReceived:
    """A voice message, photo, sticker. ``assessment`` is that of its caption, where it has one."""

    kind: str
    text: str = ""
    assessment: Assessment | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandGiven:
    """They asked something of the bot. The rest of the message is assessed all the same: STOP may come with a red flag.

    ``suspected`` is what a yes to the closed question that is open would mean.
    """

    command: Command
    text: str = ""
    assessment: Assessment | None = None
    suspected: Assessment | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionChosen:
    """They pressed a question's button. ``round`` binds it to the asking of that question; ``follow_up`` is asked next."""

    question: str
    option: str
    round: int
    text: str
    assessment: Assessment
    follow_up: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClarificationAnswered:
    """They pressed a button of the closed question. ``suspected`` is what a yes would mean."""

    round: int
    answer: Closed
    suspected: Assessment


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutPatientConfirmed:
    """The "other person" of their message is the patient (a carer writes). ``assessment`` takes those symptoms as present."""

    text: str
    assessment: Assessment


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageChosen:
    """They chose a language that we speak."""

    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentAnswered:
    """They read what the bot is and is not, and agreed or not."""

    agreed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckInFellDue:
    """It is time to ask these questions. ``intro`` is the message key that opens the check-in."""

    check_in_id: int
    questions: tuple[str, ...]
    intro: str = "check_in.intro"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderFellDue:
    """The running check-in has had no answer for a while. ``after_outage``: we were out of order since it was sent."""

    check_in_id: int
    after_outage: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceLasted:
    """Reminded, and still no answer. ``disposition`` is how soon the clinic should call."""

    check_in_id: int
    disposition: Disposition


@dataclass(frozen=True, kw_only=True, slots=True)
class ClarificationTimedOut:
    """The closed question of ``round`` had no answer in its time. ``suspected`` is what a yes would have meant."""

    round: int
    suspected: Assessment


ConversationEvent = (
    InvitationOpened
    | MessageReceived
    | MessageEdited
    | UnreadableReceived
    | CommandGiven
    | OptionChosen
    | ClarificationAnswered
    | AboutPatientConfirmed
    | LanguageChosen
    | ConsentAnswered
    | CheckInFellDue
    | ReminderFellDue
    | SilenceLasted
    | ClarificationTimedOut
)
