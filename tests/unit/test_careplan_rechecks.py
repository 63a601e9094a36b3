from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.careplan.occurrences import CATCH_UP, RECHECK
from bot.core.careplan.rechecks import describe, next_morning, questions_about, recheck
from bot.core.clinical.disposition import Disposition
from bot.core.errors import InvalidValue, NotFound
from tests.support.careplan import TREATED, enrolment, planned, questions, shipped

ISTANBUL = ZoneInfo("Europe/Istanbul")
NOW = TREATED + timedelta(days=2, hours=3)
ASKS = ("red_flags", "temperature")


@pytest.mark.parametrize(
    ("disposition", "symptoms", "expected"),
    [
        (Disposition.SELF_MANAGE, ["fever"], NOW + timedelta(hours=4)),
        (Disposition.SELF_MANAGE, ["fatigue", "allergic_reaction"], NOW + timedelta(hours=4)),
        (Disposition.SELF_MANAGE, ["constipation"], NOW + timedelta(hours=24)),
        (Disposition.SAME_DAY, ["constipation"], datetime(2026, 3, 5, 6, 0, tzinfo=UTC)),
        (Disposition.NONE, [], None),
        (Disposition.URGENT, ["fever"], None),
        (Disposition.EMERGENCY, ["chest_pain"], None),
    ],
)
def test_when_an_answer_is_looked_at_again(disposition: Disposition, symptoms: list[str], expected: datetime | None) -> None:
    row = recheck(enrolment(), ISTANBUL, NOW, disposition=disposition, symptoms=symptoms, questions=ASKS)
    assert (row.due_at if row else None) == expected
    if row is not None:
        assert (row.check_in, row.questions, row.enrolment_id, row.patient_id) == (RECHECK, ASKS, 1, 7)


def test_the_same_answer_handled_twice_plans_one_re_check() -> None:
    first, again = (
        recheck(enrolment(), ISTANBUL, NOW, disposition=Disposition.SELF_MANAGE, symptoms=["fever"], questions=ASKS) for _ in "12"
    )
    later = recheck(
        enrolment(), ISTANBUL, NOW + timedelta(hours=1), disposition=Disposition.SELF_MANAGE, symptoms=["fever"], questions=ASKS
    )
    assert first is not None
    assert later is not None
    assert first == again
    assert first.occurrence != later.occurrence


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-04T15:00", "2026-03-05T09:00"),
        ("2026-03-04T23:30", "2026-03-05T09:00"),
        ("2026-03-05T02:00", "2026-03-05T09:00"),
        ("2026-03-05T05:30", "2026-03-06T09:00"),
    ],
)
def test_the_next_morning_is_nine_oclock_and_not_within_four_hours(now: str, expected: str) -> None:
    moment = next_morning(datetime.fromisoformat(now).replace(tzinfo=ISTANBUL), ISTANBUL)
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=ISTANBUL)


def test_a_re_check_without_a_question_is_refused() -> None:
    with pytest.raises(InvalidValue, match="asks something"):
        recheck(enrolment(), ISTANBUL, NOW, disposition=Disposition.SELF_MANAGE, symptoms=["fever"], questions=())


def test_a_re_check_starts_with_the_red_flags_and_asks_about_each_symptom_once() -> None:
    asked = questions_about(["fever", "chills_rigors", "constipation", "donor_site_pain"], questions())
    assert asked == ("red_flags", "temperature", "bowels", "donor_pain")


def test_a_re_check_of_a_red_flag_symptom_asks_its_own_question_and_not_only_the_screen() -> None:
    assert questions_about(["dyspnea", "deep_vein_thrombosis"], questions()) == ("red_flags", "breathing", "legs")


def test_a_re_check_never_starts_in_the_middle_of_a_follow_up() -> None:
    follow_ups = {option.follow_up for question in questions().values() for option in question.options}
    for question in questions().values():
        assert not follow_ups & set(questions_about(question.covers, questions()))


def test_a_catch_up_and_a_re_check_are_check_ins_too() -> None:
    schedule = shipped("msc-recipient")
    for name in (CATCH_UP, RECHECK):
        check_in = describe(schedule, planned(name, NOW, asks=ASKS))
        assert tuple(ask.question for ask in check_in.asks) == ASKS
        assert not check_in.quiet_hours
    assert describe(schedule, planned("d3", NOW)).id == "d3"


def test_a_row_of_a_check_in_that_the_schedule_has_not_is_no_check_in() -> None:
    with pytest.raises(NotFound, match="'gone'"):
        describe(shipped("msc-recipient"), planned("gone", NOW))
