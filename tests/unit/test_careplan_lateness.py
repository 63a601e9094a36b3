from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.core.careplan.enrolment import CheckInState
from bot.core.careplan.lateness import Due, Lateness, choose, decide
from bot.core.careplan.schedule import Offset
from bot.core.errors import InvalidValue
from tests.support.careplan import TREATED, asking, planned

HOUR = timedelta(hours=1)
CHECK_IN = asking("d3", Offset(days=3), window=4 * HOUR)


def due(name: str, at: datetime, *questions: str, row: int, enrolment_id: int = 1, window: timedelta = 4 * HOUR) -> Due:
    return Due(
        planned=planned(name, at, row=row, enrolment_id=enrolment_id),
        check_in=asking(name, Offset(days=1), window=window),
        questions=questions or ("red_flags",),
    )


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (-timedelta(seconds=1), Lateness.WAIT),
        (timedelta(), Lateness.SEND),
        (4 * HOUR, Lateness.SEND),
        (4 * HOUR + timedelta(seconds=1), Lateness.MISSED_SYSTEM),
    ],
)
def test_a_check_in_is_sent_from_its_moment_until_its_window_has_passed(late: timedelta, expected: Lateness) -> None:
    assert decide(CHECK_IN, planned("d3", TREATED), TREATED + late) is expected


def test_it_is_our_fault_only_where_we_did_not_run_since_it_was_due() -> None:
    row, now = planned("d3", TREATED), TREATED + 5 * HOUR
    assert decide(CHECK_IN, row, now, last_run=TREATED - HOUR) is Lateness.MISSED_SYSTEM
    assert decide(CHECK_IN, row, now, last_run=TREATED) is Lateness.SKIP
    assert decide(CHECK_IN, row, now, last_run=TREATED + HOUR) is Lateness.SKIP


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(InvalidValue, match="time zone"):
        decide(CHECK_IN, planned("d3", TREATED), datetime(2026, 3, 2))  # noqa: DTZ001 - what is refused


def test_after_a_day_down_one_current_check_in_goes_out_and_nothing_stale() -> None:
    now = TREATED + 24 * HOUR
    waiting = [
        due("h2", TREATED + 2 * HOUR, "red_flags", "rash", row=1),
        due("h6", TREATED + 6 * HOUR, "red_flags", "temperature", row=2),
        due("h21", TREATED + 21 * HOUR, "red_flags", "legs", row=3),
        due("h23", TREATED + 23 * HOUR, "red_flags", "pain", row=4),
        due("h30", TREATED + 30 * HOUR, row=5),
    ]
    choice = choose(waiting, now, last_run=TREATED)
    assert choice.send is not None
    assert (choice.send.id, choice.send.questions) == (4, ("red_flags", "legs", "pain"))
    assert [(row.id, row.state) for row in choice.settled] == [
        (1, CheckInState.MISSED_SYSTEM),
        (2, CheckInState.MISSED_SYSTEM),
        (3, CheckInState.MISSED_SYSTEM),
    ]


def test_two_courses_due_together_are_one_conversation() -> None:
    recipient = due("h2", TREATED, "red_flags", "rash", row=1)
    donor = due("h2", TREATED, "red_flags", "donor_bleeding", row=2, enrolment_id=2)
    choice = choose([donor, recipient], TREATED + timedelta(seconds=20), last_run=TREATED - timedelta(seconds=10))
    assert choice.send is not None
    assert choice.send.questions == ("red_flags", "rash", "donor_bleeding")
    assert [(row.id, row.state) for row in choice.settled] == [(1, CheckInState.SKIPPED)]


def test_a_merged_check_in_counts_as_missed_only_where_we_were_down_when_it_was_due() -> None:
    older, newer = due("h2", TREATED, row=1), due("h3", TREATED + HOUR, row=2, enrolment_id=2)
    down = choose([older, newer], TREATED + 2 * HOUR, last_run=TREATED - HOUR)
    running = choose([older, newer], TREATED + 2 * HOUR, last_run=TREATED + HOUR)
    assert [row.state for row in down.settled] == [CheckInState.MISSED_SYSTEM]
    assert [row.state for row in running.settled] == [CheckInState.SKIPPED]


def test_a_single_check_in_in_time_is_sent_as_it_is() -> None:
    choice = choose([due("h2", TREATED, row=1)], TREATED, last_run=TREATED - timedelta(seconds=10))
    assert choice.send == planned("h2", TREATED)
    assert choice.settled == ()


def test_nothing_goes_out_when_everything_is_stale_or_still_ahead() -> None:
    choice = choose([due("h2", TREATED, row=1), due("d9", TREATED + 90 * HOUR, row=2)], TREATED + 20 * HOUR)
    assert choice.send is None
    assert [(row.id, row.state) for row in choice.settled] == [(1, CheckInState.MISSED_SYSTEM)]
