"""What holds for every schedule, patient, zone and moment of enrolment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.careplan.enrolment import CheckInState, Enrolment
from bot.core.careplan.moments import falls_at, to_utc
from bot.core.careplan.occurrences import APART, CATCH_UP, plan, replan
from bot.core.careplan.quiet import after_quiet, is_quiet
from bot.core.careplan.schedule import CheckIn, Late, Offset, QuietHours, Schedule
from bot.core.clinical.patient import Risk, Role, Route
from tests.support.careplan import asking, enrolment, shipped, small_schedule

ZONES = [
    "Europe/Istanbul",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "UTC",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware right here
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
quiet_hours = st.none() | st.builds(QuietHours, start=clock_times, end=clock_times).filter(lambda q: q.start != q.end)
calendar_offsets = st.builds(
    Offset,
    days=st.integers(0, 120),
    months=st.integers(0, 18),
    years=st.integers(0, 15),
    at=st.none() | clock_times,
)
offsets = st.builds(Offset, hours=st.integers(1, 96)) | calendar_offsets
QUESTIONS = ["red_flags", "temperature", "legs", "pain"]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    drawn = draw(st.lists(st.tuples(offsets, st.booleans(), st.sampled_from(QUESTIONS)), min_size=1, max_size=12))
    check_ins: list[CheckIn] = []
    for number, (offset, quiet, question) in enumerate(drawn):
        check_in = (
            asking(f"c{number}", offset, "red_flags", question) if question != "red_flags" else asking(f"c{number}", offset)
        )
        check_ins.append(replace(check_in, quiet_hours=quiet, bedtime=draw(st.none() | clock_times)))
    return small_schedule(*check_ins, quiet=draw(quiet_hours), late=draw(st.sampled_from(Late)))


enrolments = st.builds(lambda treated, risks: enrolment(treated, risks=risks), moments, st.frozensets(st.sampled_from(Risk)))
delays = st.timedeltas(timedelta(), timedelta(days=4000)) | st.just(timedelta())


@given(schedules(), enrolments, zones, delays)
@settings(max_examples=300, deadline=None)
def test_a_plan_is_sorted_unique_apart_and_all_ahead(
    schedule: Schedule, course: Enrolment, zone: ZoneInfo, delay: timedelta
) -> None:
    now = course.treated_at + delay
    rows = plan(schedule, course, zone, now)
    dues = [row.due_at for row in rows]
    assert dues == sorted(dues)
    assert all(
        later - earlier >= APART for earlier, later in pairwise(dues) if earlier != dues[0] or rows[0].check_in != CATCH_UP
    )
    assert len({row.check_in for row in rows}) == len(rows) == len(set(dues))
    assert all(due > now >= course.treated_at for due in dues)
    assert all(due.tzinfo is UTC for due in dues)
    if schedule.late_enrolment is Late.SKIP:
        assert CATCH_UP not in {row.check_in for row in rows}


@given(schedules(), enrolments, zones, delays)
@settings(max_examples=300, deadline=None)
def test_nothing_routine_falls_in_quiet_hours(schedule: Schedule, course: Enrolment, zone: ZoneInfo, delay: timedelta) -> None:
    for row in plan(schedule, course, zone, course.treated_at + delay):
        check_in = schedule.check_in(row.check_in)
        if (check_in is not None and check_in.quiet_hours) or (
            check_in is None and all(check_in.quiet_hours for check_in in schedule.check_ins)
        ):
            assert not is_quiet(row.due_at, schedule.quiet_hours, zone)


@given(schedules(), enrolments, zones)
@settings(max_examples=200, deadline=None)
def test_who_enrols_in_time_is_asked_every_question(schedule: Schedule, course: Enrolment, zone: ZoneInfo) -> None:
    rows = plan(schedule, course, zone, course.treated_at)
    asked = {question for row in rows for question in row.questions}
    for row in rows:
        check_in = schedule.check_in(row.check_in)
        asked |= {ask.question for ask in check_in.asks} if check_in else set()
    assert asked == {ask.question for check_in in schedule.check_ins for ask in check_in.asks}


@given(schedules(), enrolments, zones, zones, delays)
@settings(max_examples=200, deadline=None)
def test_a_new_zone_sends_nothing_twice_and_settles_at_once(
    schedule: Schedule, course: Enrolment, old: ZoneInfo, new: ZoneInfo, delay: timedelta
) -> None:
    rows = [replace(row, id=number) for number, row in enumerate(plan(schedule, course, old, course.treated_at), start=1)]
    now = course.treated_at + delay
    rows = [replace(row, state=CheckInState.SENT) if row.due_at <= now else row for row in rows]
    moved = {row.id: row for row in replan(schedule, course, new, now, rows)}
    assert set(moved) <= {row.id for row in rows if row.state is CheckInState.PLANNED}
    assert all(row.due_at >= now for row in moved.values())
    after = [moved.get(row.id, row) for row in rows]
    ahead = sorted(row.due_at for row in after if row.state is CheckInState.PLANNED)
    assert all(later - earlier >= APART for earlier, later in pairwise(ahead))


@given(
    st.sampled_from(["msc-recipient", "msc-donor"]), moments, zones, st.frozensets(st.sampled_from(Risk)), st.sampled_from(Route)
)
@settings(max_examples=100, deadline=None)
def test_the_shipped_schedules_start_within_two_hours_and_keep_their_order(
    name: str, treated: datetime, zone: ZoneInfo, risks: frozenset[Risk], route: Route
) -> None:
    schedule = shipped(name)
    role = Role.RECIPIENT if name == "msc-recipient" else Role.DONOR
    rows = plan(schedule, enrolment(treated, role=role, route=route, risks=risks), zone, treated)
    assert rows[0].due_at == treated + timedelta(hours=2)
    order = [check_in.id for check_in in schedule.check_ins]
    assert [row.check_in for row in rows] == sorted((row.check_in for row in rows), key=order.index)


@given(offsets, moments, zones)
@settings(max_examples=500, deadline=None)
def test_an_offset_never_falls_before_treatment(offset: Offset, treated: datetime, zone: ZoneInfo) -> None:
    assert falls_at(offset, treated, zone) >= treated


@given(st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1)), zones)  # noqa: DTZ001 - local times are naive
@settings(max_examples=500, deadline=None)
def test_a_local_time_becomes_a_moment_that_reads_the_same_or_the_first_one_after_a_gap(wanted: datetime, zone: ZoneInfo) -> None:
    moment = to_utc(wanted, zone)
    back = moment.astimezone(zone).replace(tzinfo=None)
    assert back >= wanted
    if back > wanted:
        just_before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert just_before < wanted


@given(moments, quiet_hours, zones)
@settings(max_examples=500, deadline=None)
def test_quiet_hours_only_postpone_and_by_less_than_a_day_and_an_hour(
    moment: datetime, quiet: QuietHours | None, zone: ZoneInfo
) -> None:
    waited = after_quiet(moment, quiet, zone)
    assert moment <= waited < moment + timedelta(hours=25)
    assert not is_quiet(waited, quiet, zone)
