"""A patient's session: where the conversation stands. Stored as JSON, one row a patient."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SessionState(StrEnum):
    """What the next message from this patient answers, if anything."""

    CONFIRMING_IDENTITY = "confirming_identity"
    CHOOSING_LANGUAGE = "choosing_language"
    CONSENTING = "consenting"
    IDLE = "idle"
    CHECK_IN = "check_in"
    CLARIFYING = "clarifying"
    """One closed question about one symptom is open; yes, or a second unreadable answer, goes to a person."""
    STOPPED = "stopped"
    LOCKED = "locked"
    """Five wrong birth years: a person at the clinic must look; only a new invitation opens it again."""
    DECLINED = "declined"
    """They read what the bot is and said no; /start asks again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """``questions`` are those of the running check-in, ``position`` the one that is open. ``asked`` is that question's id,
    and ``round`` a number that every new question raises: a button of another round is expired, never misread."""

    state: SessionState = SessionState.CONFIRMING_IDENTITY
    check_in_id: int | None = None
    questions: tuple[str, ...] = ()
    position: int = 0
    round: int = 0
    clarifying: str | None = None
    """The symptom that the open closed question is about."""
    at_stake: str | None = None
    """The disposition that a yes to it calls for, where a red flag is suspected: "do you have a headache?" may stand for the worst of a life."""
    about_other: bool = False
    """Whether it asks if somebody else, of whom they wrote, is the patient."""
    tries: int = 0
    """Failed identity tries, or failed understandings in a row."""
    resume: SessionState | None = None
    """Where to go on after a language choice or a clarification."""
    worst: str | None = None
    """The worst disposition of the running check-in, or of the message that is being clarified."""
    found: tuple[str, ...] = ()
    """Symptoms that it has found: the closing, or a no, gives the advice for each."""

    @property
    def asked(self) -> str | None:
        """The id of the question that is open, or None."""
        if self.state is SessionState.CHECK_IN and self.position < len(self.questions):
            return self.questions[self.position]
        return None

    @property
    def standing(self) -> SessionState:
        """The state that a clarification will go back to; outside a clarification, the state itself."""
        return (self.resume or SessionState.IDLE) if self.state is SessionState.CLARIFYING else self.state
