"""What the tests of schedules, check-ins and occurrences share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.content.catalogue import load_rule_book
from bot.content.messages import Messages, load_messages
from bot.content.questions import load_questions
from bot.content.schedules import load_schedule
from bot.core.careplan.enrolment import Enrolment, PlannedCheckIn
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import (
    Ask,
    CheckIn,
    Late,
    Offset,
    Phase,
    PhaseSpan,
    QuietHours,
    Schedule,
)
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.clinical.rules import RuleBook

ROOT = Path(__file__).parents[2]
SCHEDULES = ROOT / "schedules"
MESSAGES = ROOT / "messages"
CATALOGUE = ROOT / "bot" / "catalogue"
TREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, noon in Istanbul."""


@cache
def messages() -> Messages:
    return load_messages(MESSAGES)


def message_keys() -> frozenset[str]:
    return messages().keys


@cache
def rule_book() -> RuleBook:
    return load_rule_book(CATALOGUE)


@cache
def questions() -> Mapping[str, Question]:
    return load_questions(CATALOGUE / "questions.yaml", message_keys=message_keys())


@cache
def shipped(name: str) -> Schedule:
    return load_schedule(SCHEDULES / f"{name}.yaml", questions(), message_keys=message_keys())


def shipped_names() -> list[str]:
    return sorted(path.stem for path in SCHEDULES.glob("*.yaml") if path.name != "clinic.yaml")


def small_schedule(
    *check_ins: CheckIn, quiet: QuietHours | None = None, late: Late = Late.CATCH_UP, role: Role = Role.RECIPIENT
) -> Schedule:
    """A schedule of these check-ins alone."""
    three_days, month = timedelta(days=3), timedelta(days=31)
    return Schedule(
        id="small",
        title="Small",
        role=role,
        routes=frozenset(Route),
        languages=("en",),
        quiet_hours=quiet,
        late_enrolment=late,
        phases=(
            PhaseSpan(phase=Phase.IMMEDIATE, start=timedelta(), until=three_days),
            PhaseSpan(phase=Phase.SHORT_TERM, start=three_days, until=month),
            PhaseSpan(phase=Phase.LONG_TERM, start=month, until=None),
        ),
        check_ins=check_ins,
        version="v1",
    )


def asking(
    check_in_id: str, at: Offset, *question_ids: str, window: timedelta = timedelta(hours=12), quiet: bool = True
) -> CheckIn:
    """A check-in that asks these (by default the red flags)."""
    asks = tuple(Ask(question=question) for question in question_ids or ("red_flags",))
    return CheckIn(id=check_in_id, at=at, asks=asks, window=window, quiet_hours=quiet)


def enrolment(
    treated_at: datetime = TREATED,
    *,
    role: Role = Role.RECIPIENT,
    route: Route | None = Route.IV,
    risks: frozenset[Risk] = frozenset(),
    enrolment_id: int = 1,
) -> Enrolment:
    return Enrolment(
        id=enrolment_id,
        patient_id=7,
        schedule="small",
        schedule_version="v1",
        role=role,
        route=route,
        risks=risks,
        treated_at=treated_at,
    )


def planned(
    check_in: str, due_at: datetime, *, row: int = 1, enrolment_id: int = 1, asks: tuple[str, ...] = ()
) -> PlannedCheckIn:
    return PlannedCheckIn(
        id=row, enrolment_id=enrolment_id, patient_id=7, check_in=check_in, occurrence=0, due_at=due_at, questions=asks
    )


def assert_golden(path: Path, actual: str) -> None:
    """Compares with the file; AFTERCARE_UPDATE_GOLDEN=1 rewrites it, for a person to review the difference."""
    if os.environ.get("AFTERCARE_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(actual, encoding="utf-8")
    assert path.exists(), f"{path} is missing: run with AFTERCARE_UPDATE_GOLDEN=1 and review it"
    assert actual == path.read_text(encoding="utf-8")
