"""Nobody is enrolled in a language that their schedule is not written in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.clinical.patient import Route
from bot.core.errors import InvalidValue
from bot.services import enrolments
from tests.support.course import Course, library


def test_a_language_that_the_schedule_does_not_name_is_refused_at_enrolment() -> None:
    course = Course(onboarded=False)
    only_two = replace(library().schedules["msc-recipient"], languages=("en", "tr"))
    world = replace(course.world, content=replace(library(), schedules={"msc-recipient": only_two}))

    def enrol(language: str) -> int:
        return course.store.transact(
            lambda uow: (
                enrolments.enrol(
                    uow,
                    world,
                    course.now,
                    name="Sam Example",
                    birth_year=1970,
                    schedule="msc-recipient",
                    treated_at=course.treated_at,
                    route=Route.IV,
                    language=language,
                )[0].id
            )
        )

    assert enrol("tr") > 0
    with pytest.raises(InvalidValue, match="msc-recipient is not written in 'de'; it is in en, tr"):
        enrol("de")
