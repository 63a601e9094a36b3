"""The ground truth of a run: what was said, what fell due, what reached whom. The verdict compares it with what the store holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.delivery import REPEAT_MARK, Kind, Lane, Outcome, OutgoingMessage, Receipt
from bot.simulator.simulation.sayings import Saying

ON_TIME = timedelta(minutes=15)
COPIES = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A patient wrote this at that true moment; ``update`` is its id on the channel."""

    patient_id: int
    at: datetime
    saying: Saying
    update: str
    in_course: bool
    """Before their first check-in only what is red need be kept: they may not have agreed yet."""


@dataclass(slots=True)
class Ledger:
    """Grows while the simulation runs."""

    said: list[Said] = field(default_factory=list)
    due: set[int] = field(default_factory=set)
    sent_check_ins: Counter[int] = field(default_factory=Counter)
    prompts: Counter[str] = field(default_factory=Counter)
    """Routine messages that reached the patient, by check-in: the prompt and its one reminder."""
    pressed: set[tuple[str, str]] = field(default_factory=set)
    """Which clinician truly did something about which alert, while they worked here."""
    opened: dict[str, datetime] = field(default_factory=dict)
    """By alert: the true moment of the red flag that it was opened for."""
    paged: dict[str, datetime] = field(default_factory=dict)
    """By alert: when its first page reached somebody."""
    advised: dict[int, list[datetime]] = field(default_factory=dict)
    """By patient: when safety advice reached them."""
    shut_out: set[int] = field(default_factory=set)
    """Patients who have blocked the bot at some time."""
    late: int = 0
    missed_system: int = 0
    sent: int = 0
    ambiguous: int = 0
    repeated: int = 0
    crashes: int = 0
    violations: list[str] = field(default_factory=list)

    def arrived(self, message: OutgoingMessage, at: datetime) -> None:
        """A message has reached a telephone."""
        kind, _, about = message.purpose.partition(":")
        if message.kind is Kind.MESSAGE and message.lane is Lane.ROUTINE and kind == "check_in":
            self.prompts[message.purpose] += 1
        if kind == "alert":
            self.paged.setdefault(about, at)
        if message.lane is Lane.SAFETY and message.patient_id is not None:
            self.advised.setdefault(message.patient_id, []).append(at)
        self.repeated += message.text.startswith(REPEAT_MARK)

    def heard(self, receipt: Receipt) -> None:
        """What the bot hears of an attempt."""
        self.ambiguous += receipt.outcome is Outcome.AMBIGUOUS

    def doubled(self) -> list[str]:
        """Check-ins that a patient was asked more often than once and one reminder, or that were sent twice."""
        often = [f"{purpose} reached the patient {count} times" for purpose, count in self.prompts.items() if count > COPIES]
        return often + [f"check_in:{row} was sent {count} times" for row, count in self.sent_check_ins.items() if count > 1]

    def fell_due(self, before: PlannedCheckIn, after: PlannedCheckIn, now: datetime) -> None:
        """A planned check-in was due, and this is what the tick made of it."""
        self.due.add(before.id)
        if after.state is CheckInState.SENT:
            self.sent_check_ins[before.id] += 1
            self.late += now - before.due_at > ON_TIME
        elif after.state is CheckInState.MISSED_SYSTEM:
            self.missed_system += 1
