from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.careplan.occurrences import CATCH_UP, plan, replan
from bot.core.careplan.schedule import Applies, Ask, CheckIn, Late, Offset, QuietHours
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.errors import InvalidValue
from tests.support.careplan import TREATED, asking, enrolment, planned, shipped, small_schedule

ISTANBUL = ZoneInfo("Europe/Istanbul")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
NIGHT = QuietHours(start=time(22), end=time(7))
H2 = asking("h2", Offset(hours=2), "red_flags", "rash", window=timedelta(hours=3), quiet=False)
H6 = asking("h6", Offset(hours=6), "red_flags", "temperature", quiet=False)
D2 = asking("d2", Offset(days=2, at=time(10)), "red_flags", "temperature", "legs")
D5 = asking("d5", Offset(days=5, at=time(10)), "red_flags", "bowels")
D30 = asking("d30", Offset(days=30, at=time(10)), "red_flags", "events")


def local(rows: Iterable[PlannedCheckIn], zone: ZoneInfo = ISTANBUL) -> list[tuple[str, str]]:
    return [(row.check_in, row.due_at.astimezone(zone).strftime("%d %b %H:%M")) for row in rows]


def test_who_enrols_in_time_gets_every_check_in_at_its_moment() -> None:
    rows = plan(small_schedule(H2, H6, D2, quiet=NIGHT), enrolment(), ISTANBUL, TREATED)
    assert local(rows) == [("h2", "02 Mar 14:00"), ("h6", "02 Mar 18:00"), ("d2", "04 Mar 10:00")]
    assert {row.due_at.tzinfo for row in rows} == {UTC}
    assert {(row.id, row.enrolment_id, row.patient_id, row.questions) for row in rows} == {(0, 1, 7, ())}


def test_quiet_hours_postpone_a_routine_prompt_and_leave_the_first_hours_alone() -> None:
    at_night = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
    h24 = asking("h24", Offset(hours=26))
    rows = plan(small_schedule(H2, h24, quiet=NIGHT), enrolment(at_night), ISTANBUL, at_night)
    assert local(rows) == [("h2", "03 Mar 00:30"), ("h24", "04 Mar 07:00")]


def test_a_late_enrolment_gets_one_catch_up_with_every_question_once_in_the_schedules_order() -> None:
    now = TREATED + timedelta(days=3)
    rows = plan(small_schedule(H2, H6, D2, D5, quiet=NIGHT), enrolment(), ISTANBUL, now)
    assert local(rows) == [(CATCH_UP, "05 Mar 12:05"), ("d5", "07 Mar 10:00")]
    assert rows[0].questions == ("red_flags", "rash", "temperature", "legs")


def test_a_catch_up_leaves_out_what_is_too_long_ago_to_ask() -> None:
    now = TREATED + timedelta(days=31)
    rows = plan(small_schedule(H2, H6, D2, D5, D30), enrolment(), ISTANBUL, now)
    assert [(row.check_in, row.questions) for row in rows] == [(CATCH_UP, ("red_flags", "events"))]


def test_nobody_is_asked_anything_when_everything_is_too_long_ago() -> None:
    assert plan(small_schedule(H2, D5), enrolment(), ISTANBUL, TREATED + timedelta(days=40)) == ()


def test_a_schedule_that_skips_what_is_late_has_no_catch_up() -> None:
    rows = plan(small_schedule(H2, D2, D5, late=Late.SKIP), enrolment(), ISTANBUL, TREATED + timedelta(days=3))
    assert [row.check_in for row in rows] == ["d5"]


def test_a_catch_up_takes_along_the_check_in_that_would_follow_within_the_hour() -> None:
    now = TREATED + timedelta(hours=5, minutes=30)
    rows = plan(small_schedule(H2, H6, D2, quiet=NIGHT), enrolment(), ISTANBUL, now)
    assert local(rows) == [(CATCH_UP, "02 Mar 17:35"), ("d2", "04 Mar 10:00")]
    assert rows[0].questions == ("red_flags", "rash", "temperature")


def test_a_routine_catch_up_waits_for_the_morning_but_one_about_the_first_hours_does_not() -> None:
    late_evening = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
    routine = plan(small_schedule(D2, D5, quiet=NIGHT), enrolment(), ISTANBUL, late_evening)
    first_hours = plan(small_schedule(H2, D2, D5, quiet=NIGHT), enrolment(), ISTANBUL, late_evening)
    assert local(routine)[0] == (CATCH_UP, "05 Mar 07:00")
    assert local(first_hours)[0] == (CATCH_UP, "04 Mar 23:05")


def test_a_catch_up_that_waits_for_the_morning_holds_back_no_check_in_of_the_night() -> None:
    at_night = asking("night", Offset(days=2, hours=17), "heart", quiet=False)
    now = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
    rows = plan(small_schedule(D2, at_night, quiet=NIGHT), enrolment(), ISTANBUL, now)
    assert local(rows) == [("night", "05 Mar 05:00"), (CATCH_UP, "05 Mar 07:00")]


def test_two_check_ins_that_quiet_hours_push_together_become_one_that_asks_both() -> None:
    late, early = (
        asking("late", Offset(days=1, at=time(23)), "pain"),
        asking("early", Offset(days=2, at=time(7, 30)), "legs", "pain"),
    )
    rows = plan(small_schedule(late, early, quiet=NIGHT), enrolment(), ISTANBUL, TREATED)
    assert local(rows) == [("early", "04 Mar 07:30")]
    assert rows[0].questions == ("pain", "legs")


def test_risks_and_routes_decide_who_is_asked_what() -> None:
    clot_risk, joint = Applies(risks=frozenset({Risk.PREVIOUS_CLOT})), Applies(routes=frozenset({Route.INTRA_ARTICULAR}))
    weekly = replace(asking("weekly", Offset(days=28)), applies=clot_risk)
    only_joints = CheckIn(id="joints", at=Offset(days=3), asks=(Ask(question="route_joint", applies=joint),))
    schedule = small_schedule(only_joints, weekly)
    assert plan(schedule, enrolment(), ISTANBUL, TREATED) == ()
    at_risk = enrolment(route=Route.INTRA_ARTICULAR, risks=frozenset({Risk.PREVIOUS_CLOT}))
    assert [row.check_in for row in plan(schedule, at_risk, ISTANBUL, TREATED)] == ["joints", "weekly"]


@pytest.mark.parametrize(
    ("treated", "expected"),
    [
        ("2026-03-02T08:00", "02 Mar 20:00"),
        ("2026-03-02T12:00", "02 Mar 22:00"),
        ("2026-03-02T15:00", "02 Mar 22:00"),
        ("2026-03-02T17:00", "03 Mar 05:00"),
        ("2026-03-02T22:30", "03 Mar 10:30"),
    ],
)
def test_twelve_hours_or_bedtime_if_sooner_but_not_right_after_the_check_in_before(treated: str, expected: str) -> None:
    moment = datetime.fromisoformat(treated).replace(tzinfo=ISTANBUL)
    h12 = replace(asking("h12", Offset(hours=12), quiet=False), bedtime=time(22))
    rows = plan(small_schedule(H2, H6, h12, quiet=NIGHT), enrolment(moment), ISTANBUL, moment)
    assert dict(local(rows))["h12"] == expected


def test_a_slot_in_a_gap_runs_once_and_a_slot_in_a_fold_runs_once() -> None:
    daily = [asking(f"d{day}", Offset(days=day, at=time(2, 30))) for day in (1, 2, 3)]
    spring, autumn = datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)
    in_spring = plan(small_schedule(*daily), enrolment(spring), BERLIN, spring)
    in_autumn = plan(small_schedule(*daily), enrolment(autumn), BERLIN, autumn)
    assert local(in_spring, BERLIN) == [("d1", "28 Mar 02:30"), ("d2", "29 Mar 03:00"), ("d3", "30 Mar 02:30")]
    assert local(in_autumn, BERLIN) == [("d1", "24 Oct 02:30"), ("d2", "25 Oct 02:30"), ("d3", "26 Oct 02:30")]


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(InvalidValue, match="time zone"):
        plan(small_schedule(H2), enrolment(), ISTANBUL, datetime(2026, 3, 2))  # noqa: DTZ001 - what is refused


def test_a_clot_risk_is_asked_about_legs_and_breathing_at_least_weekly_until_day_90() -> None:
    at_risk = enrolment(risks=frozenset({Risk.PREVIOUS_CLOT}))
    schedule = shipped("msc-recipient")
    asked_legs = [
        row.due_at
        for row in plan(schedule, at_risk, ISTANBUL, TREATED)
        if {"legs", "breathing"} <= {ask.question for ask in schedule_asks(row.check_in)}
    ]
    to_day_90 = [moment for moment in asked_legs if moment <= TREATED + timedelta(days=91)]
    gaps = [later - earlier for earlier, later in pairwise(to_day_90)]
    assert max(gaps) <= timedelta(days=7)
    assert to_day_90[-1] >= TREATED + timedelta(days=89)


def schedule_asks(check_in_id: str) -> tuple[Ask, ...]:
    check_in = shipped("msc-recipient").check_in(check_in_id)
    assert check_in is not None
    return check_in.asks


def test_without_a_clot_risk_there_are_no_weekly_extras() -> None:
    rows = plan(shipped("msc-recipient"), enrolment(), ISTANBUL, TREATED)
    assert not [row for row in rows if row.check_in.startswith("weekly")]
    assert len(rows) == 33


def test_a_donors_course_is_the_donors() -> None:
    rows = plan(shipped("msc-donor"), enrolment(role=Role.DONOR, route=None), ISTANBUL, TREATED)
    assert [row.check_in for row in rows] == [
        *("h2", "h6", "h24", "d2", "d3", "d5", "d7", "d14", "d21", "d30", "m3", "m6", "y1", "y2", "y3", "y4", "y5", "y10")
    ]


# --- the patient's clock changes ---------------------------------------------------------------------------------------


def stored(rows: Iterable[PlannedCheckIn]) -> list[PlannedCheckIn]:
    return [replace(row, id=number) for number, row in enumerate(rows, start=1)]


def test_a_move_to_another_zone_moves_what_is_ahead_and_leaves_what_was_sent() -> None:
    schedule = small_schedule(H2, D2, D5, quiet=NIGHT)
    rows = stored(plan(schedule, enrolment(), ISTANBUL, TREATED))
    rows[1] = replace(rows[1], state=CheckInState.SENT)
    moved = replan(schedule, enrolment(), NEW_YORK, TREATED + timedelta(days=3), rows)
    assert [(row.id, row.check_in) for row in moved] == [(3, "d5")]
    assert local(moved, NEW_YORK) == [("d5", "07 Mar 10:00")]


def test_a_sent_check_in_that_waits_for_its_reminder_is_not_moved_by_a_new_zone() -> None:
    schedule = small_schedule(D2, D5)
    waiting = replace(planned("d2", TREATED + timedelta(days=2)), state=CheckInState.SENT)
    assert replan(schedule, enrolment(), NEW_YORK, TREATED + timedelta(days=1), [waiting]) == ()


def test_a_move_east_past_a_slots_new_moment_sends_it_once_now() -> None:
    schedule = small_schedule(D2, D5, quiet=NIGHT)
    rows = stored(plan(schedule, enrolment(), NEW_YORK, TREATED))
    now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    moved = replan(schedule, enrolment(), ISTANBUL, now, rows)
    assert local(moved) == [("d2", "04 Mar 15:00"), ("d5", "07 Mar 10:00")]
    assert replan(schedule, enrolment(), ISTANBUL, now + timedelta(minutes=1), list(moved)) == ()


def test_elapsed_hours_do_not_move_with_the_patient() -> None:
    schedule = small_schedule(H6, D2)
    rows = stored(plan(schedule, enrolment(), ISTANBUL, TREATED))
    assert [row.check_in for row in replan(schedule, enrolment(), BERLIN, TREATED, rows)] == ["d2"]


def test_re_checks_and_catch_ups_stay_where_they_are_when_the_zone_changes() -> None:
    soon = TREATED + timedelta(days=1)
    rows = [planned(name, soon, row=number, asks=("red_flags",)) for number, name in enumerate(("recheck", CATCH_UP), start=1)]
    assert replan(small_schedule(D2), enrolment(), NEW_YORK, TREATED, rows) == ()


def test_slots_that_a_new_zone_pushes_together_are_merged_and_the_earlier_one_is_skipped() -> None:
    late, early = asking("late", Offset(hours=35), "pain"), asking("early", Offset(days=2, at=time(7, 30)), "legs")
    schedule = small_schedule(late, early, quiet=NIGHT)
    rows = stored(plan(schedule, enrolment(), ZoneInfo("Europe/London"), TREATED))
    assert [row.check_in for row in rows] == ["late", "early"]
    moved = replan(schedule, enrolment(), ISTANBUL, TREATED, rows)
    assert [(row.check_in, row.state, row.questions) for row in moved] == [
        ("late", CheckInState.SKIPPED, ()),
        ("early", CheckInState.PLANNED, ("pain", "legs")),
    ]
