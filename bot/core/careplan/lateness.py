"""What to do with check-ins that are due, perhaps long due: at most one current one goes out, and nothing stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.careplan.schedule import CheckIn
from bot.core.errors import InvalidValue


class Lateness(StrEnum):
    """The verdict on one planned check-in whose moment may have come."""

    WAIT = "wait"
    """Its moment has not come."""
    SEND = "send"
    SKIP = "skip"
    """Older than its window, though we were running: something else held it back."""
    MISSED_SYSTEM = "missed_system"
    """Older than its window because we were down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A planned check-in with the check-in that it is an occurrence of, and what it would ask."""

    planned: PlannedCheckIn
    check_in: CheckIn
    questions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """``send`` carries the questions of everything that it stands for; ``settled`` are the others, in their final state."""

    send: PlannedCheckIn | None
    settled: tuple[PlannedCheckIn, ...]


def decide(check_in: CheckIn, planned: PlannedCheckIn, now: datetime, *, last_run: datetime | None = None) -> Lateness:
    """Whether a check-in in state PLANNED goes out now.

    It is worth sending until its window after ``due_at`` (after its first one, where it was put off) has passed. ``last_run`` is when the system last looked for due work
    before ``now``; where it did so after ``due_at`` the check-in was held back by something else than a system that was down.
    None: nobody knows, so it counts as ours. Raises InvalidValue for a naive ``now``.
    """
    if now.tzinfo is None:
        raise InvalidValue("now must carry a time zone")
    if now < planned.due_at:
        return Lateness.WAIT
    if now <= planned.first_due + check_in.window:
        return Lateness.SEND
    return Lateness.MISSED_SYSTEM if _down_since(planned, last_run) else Lateness.SKIP


def choose(due: Sequence[Due], now: datetime, *, last_run: datetime | None = None) -> Choice:
    """What of one patient's due check-ins (of all their courses) goes out now: the newest of those still worth sending.

    It asks what the others worth sending would have asked too, theirs first, nothing twice. They and the stale ones are
    settled: MISSED_SYSTEM where we were down when they were due, else SKIPPED. Those whose moment has not come are left alone.
    """
    verdicts = [(item, decide(item.check_in, item.planned, now, last_run=last_run)) for item in due]
    current = sorted(
        (item for item, verdict in verdicts if verdict is Lateness.SEND),
        key=lambda item: (item.planned.first_due, item.planned.id),
    )
    settled = [
        replace(item.planned, state=CheckInState.MISSED_SYSTEM if verdict is Lateness.MISSED_SYSTEM else CheckInState.SKIPPED)
        for item, verdict in verdicts
        if verdict in {Lateness.MISSED_SYSTEM, Lateness.SKIP}
    ]
    if not current:
        return Choice(send=None, settled=tuple(settled))
    newest, others = current[-1], current[:-1]
    settled += [replace(item.planned, state=_merged_state(item, newest, last_run)) for item in others]
    questions = tuple(dict.fromkeys(question for item in current for question in item.questions))
    send = replace(newest.planned, questions=questions) if others else newest.planned
    return Choice(send=send, settled=tuple(settled))


def _merged_state(item: Due, newest: Due, last_run: datetime | None) -> CheckInState:
    """One that came due earlier, while we were down, was missed; one due at the same moment was merged on purpose."""
    missed = item.planned.first_due < newest.planned.first_due and _down_since(item.planned, last_run)
    return CheckInState.MISSED_SYSTEM if missed else CheckInState.SKIPPED


def _down_since(planned: PlannedCheckIn, last_run: datetime | None) -> bool:
    return last_run is None or last_run < planned.first_due
