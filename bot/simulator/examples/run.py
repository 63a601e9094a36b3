"""Runs examples: each in a transaction of its own that is undone at the end, so that one store serves them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.library import Library
from bot.core.careplan.schedule import Example, Schedule
from bot.core.clinical.assessment import Reason
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.session import SessionState
from bot.ports import Store, UnitOfWork
from bot.services.world import World
from bot.simulator.examples.patient import ExamplePatient, plain
from bot.simulator.moves import Write
from bot.simulator.simulation.channel import MemoryChannel
from bot.simulator.simulation.ids import SeededIds
from bot.storage.store import open_store

NO_REPLY = "_"
UNCLEAR = "unclear"
MOST_ANSWERS = 60
"""More than any check-in asks, follow-ups and closed questions included."""
SILENT_FOR = timedelta(days=30)
"""Longer than any reminder and the wait after it."""
TREATED = (2026, 3, 2, 10, 0)
"""A Monday at ten in the clinic's zone: ``3d 10:00`` is three whole days after it, and the clocks change within the month."""
_PARAMETER = re.compile(r"\{\w+\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of one example. ``failures`` is empty where it holds; ``read`` is what the patient saw in reply."""

    schedule: str
    example: Example
    failures: tuple[tuple[str, str, str], ...]
    """(what, expected, got)"""
    disposition: str
    alert: bool
    reasons: tuple[Reason, ...]
    read: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.failures


class _UndoneError(Exception):
    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class _CannotError(Exception):
    """The example asks for what cannot happen: (what, expected, got)."""


def run_examples(content: Library, schedules: Sequence[Schedule]) -> list[Result]:
    """Every example of these schedules, which must be those of ``content``. One that cannot be lived through fails."""
    if not any(schedule.examples for schedule in schedules):
        return []
    store = open_store(":memory:")
    try:
        return [_run(store, content, schedule, example) for schedule in schedules for example in schedule.examples]
    finally:
        store.close()


def _run(store: Store, content: Library, schedule: Schedule, example: Example) -> Result:
    try:
        store.transact(_living(content, schedule, example))
    except _UndoneError as undone:
        return undone.result
    raise AssertionError("an example's transaction is always undone")


def _living(content: Library, schedule: Schedule, example: Example) -> Callable[[UnitOfWork], None]:
    def work(uow: UnitOfWork) -> None:
        channel = MemoryChannel(told=lambda _: None)
        world = World(content=content, ids=SeededIds(1), channels={channel.name: channel}, bot_username="example_bot")
        treated_at = datetime(*TREATED, tzinfo=ZoneInfo(content.clinic.timezone)).astimezone(UTC)
        patient = ExamplePatient(uow=uow, world=world, channel=channel, schedule=schedule, treated_at=treated_at)
        raise _UndoneError(_judged(patient, example, content))

    return work


def _judged(patient: ExamplePatient, example: Example, content: Library) -> Result:
    failures: list[tuple[str, str, str]] = []
    patient.joins(example)
    before = len(patient.read)
    silent = False
    try:
        if example.says is not None:
            patient.has_answered_until(patient.treated_at + example.at)
            patient.waits_until(patient.treated_at + example.at)
            before = len(patient.read)
            patient.does(Write(example.says))
        else:
            before = _asked(patient, example)
            silent = _answer(patient, example)
    except _CannotError as cannot:
        failures.append(cannot.args[0])
    seen = tuple(plain(message.text) for message in patient.read[before:])
    stored = patient.uow.assessments.recent(patient.patient_id, patient.treated_at)
    worst = max((found.assessment.disposition for found in stored), default=Disposition.NONE)
    if silent:
        worst = max([worst, *(task.disposition for task in patient.uow.tasks.open() if task.kind == "silence")])
    asks_back = patient.session.state is SessionState.CLARIFYING
    alert = bool(patient.uow.alerts.of_patient(patient.patient_id))
    disposition = UNCLEAR if asks_back else worst.word
    failures += _compared(example, disposition, seen, content, alert=alert)
    return Result(
        schedule=patient.schedule.id,
        example=example,
        failures=tuple(failures),
        disposition=disposition,
        alert=alert,
        reasons=tuple(reason for found in stored for reason in found.assessment.reasons),
        read=seen,
    )


def _asked(patient: ExamplePatient, example: Example) -> int:
    """Lives on to the check-in that is answered; how many messages had been read before it."""
    moment = patient.treated_at + example.at
    rows = [row for row in patient.planned if row.check_in == example.check_in or (not example.check_in and row.due_at <= moment)]
    if not rows:
        there = ", ".join(row.check_in for row in patient.planned)
        raise _CannotError(("check-in", example.check_in or f"one by {_ago(example.at)}", f"this patient has {there}"))
    row = rows[-1]
    patient.has_answered_until(max(moment, row.due_at), keeps=row.check_in)
    before = len(patient.read)
    patient.waits_until(row.due_at)
    if patient.session.asked is None:
        raise _CannotError(("check-in", row.check_in, "it asks this patient nothing"))
    patient.waits_until(moment)
    return before


def _answer(patient: ExamplePatient, example: Example) -> bool:
    """Answers what the example lists, the rest as somebody who is well; whether the patient fell silent."""
    waiting = dict(example.answers)
    for _ in range(MOST_ANSWERS):
        session = patient.session
        if session.asked in waiting:
            reply = waiting.pop(session.asked)
            if reply == NO_REPLY:
                patient.falls_silent(SILENT_FOR)
                return True
            patient.answers(reply)
        elif session.asked is not None or (session.state is SessionState.CLARIFYING and waiting):
            patient.answers_best()
        else:
            break
    if waiting:
        raise _CannotError(("question", f"{next(iter(waiting))} is asked", "it was not"))
    return False


def _compared(
    example: Example, disposition: str, seen: Sequence[str], content: Library, *, alert: bool
) -> list[tuple[str, str, str]]:
    found = []
    wanted = UNCLEAR if example.unclear else example.disposition.word if example.disposition is not None else None
    if wanted is not None and wanted != disposition:
        found.append(("disposition", wanted, disposition))
    if example.alert is not None and example.alert != alert:
        found.append(("alert", "an alert" if example.alert else "no alert", "an alert" if alert else "no alert"))
    read = "\n".join(seen)
    found += [
        ("message", key, "the patient did not read it")
        for key in example.messages
        if not _pattern(content.messages.template(example.language, key)).search(read)
    ]
    for words in example.told:
        shown = _named(words, content)
        if shown.casefold() not in read.casefold():
            found.append(("told", shown if shown == words else f"{words} ({shown})", "the patient did not read it"))
    return found


def _pattern(template: str) -> re.Pattern[str]:
    """The sentence with anything in the place of its parameters."""
    return re.compile(".*".join(re.escape(part) for part in _PARAMETER.split(plain(template))), re.DOTALL)


def _named(words: str, content: Library) -> str:
    clinic = content.clinic
    known = {
        "clinic_phone": clinic.phone,
        "emergency_number": clinic.emergency_number,
        "crisis_number": clinic.crisis_number,
    }
    return known.get(words, words)


def _ago(at: timedelta) -> str:
    hours = at.total_seconds() / 3600
    return f"{hours:g} hours" if hours < 48 or hours % 24 else f"day {hours / 24:g}"
