"""A look back at an answer: 4 hours after a fever or a rash that is managed at home, 24 hours after anything else, and the next
morning after a same-day answer, even if the clinic has not spoken (clinical content, part C1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.core.careplan.enrolment import Enrolment, PlannedCheckIn
from bot.core.careplan.moments import to_utc
from bot.core.careplan.occurrences import CATCH_UP, RECHECK
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Ask, CheckIn, Offset, Schedule, Silence
from bot.core.clinical.disposition import Disposition
from bot.core.errors import InvalidValue, NotFound

SOON = timedelta(hours=4)
LATER = timedelta(hours=24)
MORNING = time(9, 0)
RED_FLAGS = "red_flags"
"""The question that every conversation starts with (QR)."""

SOON_SYMPTOMS = frozenset({"fever", "chills_rigors", "flu_like_symptoms", "allergic_reaction", "infusion_related_reaction"})


def recheck(
    enrolment: Enrolment,
    patient_zone: ZoneInfo,
    now: datetime,
    *,
    disposition: Disposition,
    symptoms: Collection[str],
    questions: tuple[str, ...],
) -> PlannedCheckIn | None:
    """The re-check that an answer asks for, with id 0; None where it asks for none: nothing found, or a person has it already.

    ``questions`` are what it will ask (see ``questions_about``). Quiet hours do not move it. Its ``occurrence`` is the minute
    after treatment in which it is due, so the same answer handled twice plans it once. Raises InvalidValue for no questions.
    """
    if not questions:
        raise InvalidValue("a re-check asks something")
    if disposition is Disposition.SELF_MANAGE:
        due = now + (SOON if SOON_SYMPTOMS & set(symptoms) else LATER)
    elif disposition is Disposition.SAME_DAY:
        due = next_morning(now, patient_zone)
    else:
        return None
    return PlannedCheckIn(
        id=0,
        enrolment_id=enrolment.id,
        patient_id=enrolment.patient_id,
        check_in=RECHECK,
        occurrence=int((due - enrolment.treated_at).total_seconds() // 60),
        due_at=due.astimezone(UTC),
        questions=questions,
    )


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """The first nine o'clock, local time, that is at least four hours away. In UTC."""
    day = now.astimezone(zone).date()
    mornings = (to_utc(datetime.combine(day + timedelta(days=ahead), MORNING), zone) for ahead in range(4))
    return next(morning for morning in mornings if morning - now >= SOON)


def questions_about(symptoms: Collection[str], questions: Mapping[str, Question]) -> tuple[str, ...]:
    """What to ask in a re-check of these symptoms: the red flags, then for each symptom the first question that covers it."""
    covering = _covering(_Catalogue(questions))
    asked = [RED_FLAGS] if RED_FLAGS in questions else []
    asked += [covering[symptom] for symptom in symptoms if symptom in covering]
    return tuple(dict.fromkeys(asked))


class _Catalogue:
    """A catalogue of questions as a key: itself, not what is in it. It is replaced whole, never changed."""

    __slots__ = ("questions",)

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self.questions = questions

    def __hash__(self) -> int:
        return id(self.questions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Catalogue) and other.questions is self.questions


@lru_cache(maxsize=8)
def _covering(catalogue: _Catalogue) -> Mapping[str, str]:
    """Symptom to the first question that covers it, worked out once for a catalogue."""
    questions = catalogue.questions.values()
    screens = {RED_FLAGS, *(option.follow_up for question in questions for option in question.options)}
    covering: dict[str, str] = {}
    for question in questions:
        if question.id not in screens:
            for symptom in question.covers:
                covering.setdefault(symptom, question.id)
    return covering


def describe(schedule: Schedule, planned: PlannedCheckIn) -> CheckIn:
    """The check-in that a planned one is an occurrence of: the schedule's own, or what a catch-up or a re-check amounts to.

    Raises NotFound where the schedule has none of that id (a row of a version that is not pinned any more).
    """
    found = schedule.check_in(planned.check_in)
    if found is not None:
        return found
    if planned.check_in not in {CATCH_UP, RECHECK}:
        raise NotFound(f"the schedule {schedule.id!r} has no check-in {planned.check_in!r}")
    return CheckIn(
        id=planned.check_in,
        at=Offset(),
        asks=tuple(Ask(question=question) for question in planned.questions),
        window=timedelta(hours=12),
        quiet_hours=False,
        silence=Silence(),
    )
