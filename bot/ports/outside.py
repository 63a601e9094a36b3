"""What services need of the world outside: time, randomness, channels, content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule
from bot.core.delivery import OutgoingMessage, Receipt
from bot.core.escalation.policy import Clinic
from bot.core.events import Inbound
from bot.core.triage import Knowledge


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


class Channel(Protocol):
    """One way to reach people (telegram, sms)."""

    name: str

    def parse(self, raw: bytes) -> Inbound:
        """Pure. Raises ValueError for what is no update at all; what it does not know becomes IGNORED."""
        ...

    async def send(self, message: OutgoingMessage) -> Receipt:
        """One attempt. Never raises for what the provider or the network does: that is the Receipt."""
        ...


class Content(Protocol):
    """Everything people wrote in files, loaded and checked. Replaced whole, never half."""

    @property
    def clinic(self) -> Clinic:
        """The clinic that this content speaks for: that of clinic.yaml, unless ``at`` chose another."""
        ...

    @property
    def clinics(self) -> Mapping[str, Clinic]:
        """Every clinic by its id, that of clinic.yaml (``main``) first."""
        ...

    def at(self, clinic: str) -> Content:
        """The same, speaking for that clinic; for the main one where there is none of that id (any more)."""
        ...

    @property
    def knowledge(self) -> Knowledge: ...
    @property
    def questions(self) -> Mapping[str, Question]: ...
    @property
    def schedules(self) -> Mapping[str, Schedule]: ...
    def course(self, schedule: str, version: str) -> Schedule | None:
        """The schedule as that version says, where it is kept; else the live one. None: there is none of that name."""
        ...

    def for_courses(self, courses: Sequence[tuple[str, str]]) -> Content:
        """The same with the questions and words of these (schedule, version), where they differ from the live ones."""
        ...

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
