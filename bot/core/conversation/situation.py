"""What the conversation may know beside its session and the event: facts that the caller loaded, none of which it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.actions import Action
from bot.core.careplan.enrolment import Enrolment
from bot.core.careplan.question import Question
from bot.core.conversation.session import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """Time and facts for one step. ``zone`` is the patient's, ``clinic_zone`` the clinic's; ``enrolment`` their newest course."""

    now: datetime
    birth_year: int
    enrolment: Enrolment
    zone: ZoneInfo
    clinic_zone: ZoneInfo
    questions: Mapping[str, Question]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A session on its way through one step, with what is to be done so far. Every method gives a new turn."""

    session: Session
    actions: tuple[Action, ...] = ()

    def do(self, *actions: Action) -> Turn:
        """The same session, with these actions after the others."""
        return Turn(self.session, self.actions + actions)

    def to(self, session: Session) -> Turn:
        """Another session, with the same actions."""
        return Turn(session, self.actions)

    def become(self, **changes: object) -> Turn:
        """The session with these fields changed."""
        return Turn(replace(self.session, **changes), self.actions)  # type: ignore[arg-type]
