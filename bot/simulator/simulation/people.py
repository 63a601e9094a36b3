"""Who takes part, and how they behave: seeded delays, ways of answering, and what befalls them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.clinical.patient import Risk, Role, Route
from bot.core.delivery import OutgoingMessage
from bot.simulator.simulation.sayings import FINE, MILD, RED, Saying

ZONES = ("Europe/Istanbul", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Riyadh")
FIRST_ADDRESS = 100_000
UNASKED_A_MONTH = 1.2
"""Messages that nobody asked for, per patient in thirty days."""
UNASKED_IN_TROUBLE = 4
"""So many times as often where everything goes wrong: it is red flags that must get through."""
RED_SHARE = 0.3
"""Of the unasked ones."""
WORDS_SHARE = 0.15
"""Of the answers that are written instead of pressed."""
SILENT_SHARE = 0.06
"""Of the check-ins that are never answered."""


@dataclass(slots=True)
class SimPatient:
    """One patient: what will befall them is decided before the run, so that no order of events can change it."""

    number: int
    random: random.Random
    treated_at: datetime
    joins_at: datetime
    timezone: str
    route: Route | None
    risks: frozenset[Risk]
    unasked: list[tuple[datetime, Saying]]
    patient_id: int = 0
    last: OutgoingMessage | None = None
    """Their newest message with buttons."""
    answering: bool = False
    """Whether a move of theirs is planned."""
    chat: str = ""
    """Their chat, where it is not the one that they began with."""
    heard: bool = False
    """Whether the bot has ever answered them."""
    in_course: bool = False
    """Whether a check-in has ever reached them."""
    pressed: set[str] = field(default_factory=set)
    """Nobody presses the same button again and again."""

    @property
    def address(self) -> str:
        """Their chat."""
        return self.chat or str(FIRST_ADDRESS + self.number)

    @property
    def birth_year(self) -> int:
        """Between 1940 and 2000."""
        return 1940 + (self.number * 7) % 60

    def first_delay(self) -> timedelta | None:
        """From a question to the first answer; None: they will not answer this time."""
        if self.random.random() < SILENT_SHARE:
            return None
        return timedelta(seconds=self.random.randrange(30, 3600))

    def next_delay(self) -> timedelta:
        """Between two answers of one check-in."""
        return timedelta(seconds=self.random.randrange(5, 60))

    def words(self) -> Saying | None:
        """What they write instead of pressing a button, if they do."""
        return self.random.choice(FINE + MILD) if self.random.random() < WORDS_SHARE else None


def make_patients(number: int, seed: int, start: datetime, days: int, role: Role, *, trouble: bool = False) -> list[SimPatient]:
    """The cast of one run."""
    often = UNASKED_A_MONTH * (UNASKED_IN_TROUBLE if trouble else 1) / 30
    return [_patient(n, random.Random(f"patient {seed} {n}"), start, days, role, often) for n in range(number)]  # noqa: S311 - repeatable


def _patient(number: int, chance: random.Random, start: datetime, days: int, role: Role, often: float) -> SimPatient:  # noqa: PLR0917 - one call
    treated_at = start + timedelta(minutes=chance.randrange(24 * 60))
    late = timedelta(hours=chance.randrange(24, 72)) if chance.random() < 0.05 else timedelta(minutes=chance.randrange(5, 90))
    joins_at = treated_at + late
    return SimPatient(
        number=number,
        random=chance,
        treated_at=treated_at,
        joins_at=joins_at,
        timezone=chance.choice(ZONES),
        route=chance.choice(list(Route)) if role is Role.RECIPIENT else None,
        risks=frozenset({chance.choice(list(Risk))} if chance.random() < 0.3 else ()),
        unasked=_unasked(chance, joins_at + timedelta(hours=1), start + timedelta(days=days), often),
    )


def _unasked(chance: random.Random, first: datetime, end: datetime, often: float) -> list[tuple[datetime, Saying]]:
    found: list[tuple[datetime, Saying]] = []
    at = first
    while True:
        at += timedelta(days=chance.expovariate(often))
        if at >= end - timedelta(hours=1):
            return found
        found.append((at, chance.choice(RED if chance.random() < RED_SHARE else MILD + FINE)))
