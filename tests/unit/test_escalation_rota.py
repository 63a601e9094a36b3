"""Who is on call: past midnight, over DST changes, under overrides; and the hours that nobody covers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.core.errors import InvalidValue
from bot.core.escalation.policy import Override, Rota, Shift
from bot.core.escalation.rota import Span, on_call, uncovered_hours

ALL_DAYS = frozenset(range(7))
BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)


def shift(start: str, end: str, *names: str, days: frozenset[int] = ALL_DAYS) -> Shift:
    return Shift(weekdays=days, start=time.fromisoformat(start), end=time.fromisoformat(end), clinicians=names)


def rota(*shifts: Shift, zone: str = BERLIN, overrides: tuple[Override, ...] = ()) -> Rota:
    return Rota(id="doctors", timezone=zone, shifts=shifts, overrides=overrides)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DAY_AND_NIGHT = rota(shift("08:00", "20:00", "day"), shift("20:00", "08:00", "night"))


def test_the_shift_of_this_hour_is_on_call_in_the_rota_s_own_zone() -> None:
    assert on_call(DAY_AND_NIGHT, utc("2026-11-25T07:30")) == ("day",)
    assert on_call(DAY_AND_NIGHT, utc("2026-11-25T06:30")) == ("night",)


def test_a_shift_begins_on_its_minute_and_is_over_on_the_next_one_s() -> None:
    assert on_call(DAY_AND_NIGHT, utc("2026-11-25T07:00")) == ("day",)
    assert on_call(DAY_AND_NIGHT, utc("2026-11-25T18:59:59")) == ("day",)
    assert on_call(DAY_AND_NIGHT, utc("2026-11-25T19:00")) == ("night",)


def test_a_night_shift_goes_on_past_midnight() -> None:
    assert on_call(DAY_AND_NIGHT, utc("2026-11-26T01:00")) == ("night",)


def test_the_night_after_sunday_belongs_to_sunday() -> None:
    sunday = rota(shift("20:00", "08:00", "ada", days=frozenset({6})))
    assert on_call(sunday, utc("2026-11-30T06:00")) == ("ada",)
    assert on_call(sunday, utc("2026-11-29T06:00")) == ()


def test_a_shift_that_ends_when_it_begins_lasts_a_whole_day() -> None:
    saturday = rota(shift("08:00", "08:00", "bora", days=frozenset({5})))
    assert on_call(saturday, utc("2026-11-28T07:00")) == ("bora",)
    assert on_call(saturday, utc("2026-11-29T06:59")) == ("bora",)
    assert on_call(saturday, utc("2026-11-29T07:00")) == ()


def test_everybody_of_overlapping_shifts_is_on_call_once_in_the_order_of_the_file() -> None:
    both = rota(shift("08:00", "16:00", "ada", "bora"), shift("12:00", "20:00", "bora", "cem"))
    assert on_call(both, utc("2026-11-25T12:00")) == ("ada", "bora", "cem")


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(InvalidValue):
        on_call(DAY_AND_NIGHT, utc("2026-11-25T07:30").replace(tzinfo=None))


# --- overrides -----------------------------------------------------------------------------------------------------------


def override(start: str, end: str, *names: str) -> Override:
    return Override(start=utc(start), end=utc(end), clinicians=names)


def test_an_override_replaces_the_shifts_while_it_lasts() -> None:
    covered = rota(*DAY_AND_NIGHT.shifts, overrides=(override("2026-12-24T12:00", "2026-12-26T12:00", "holiday"),))
    assert on_call(covered, utc("2026-12-25T03:00")) == ("holiday",)
    assert on_call(covered, utc("2026-12-26T12:00")) == ("day",)


def test_an_override_without_a_zone_is_in_the_rota_s_own() -> None:
    local = Override(
        start=utc("2026-07-01T08:00").replace(tzinfo=None),
        end=utc("2026-07-01T09:00").replace(tzinfo=None),
        clinicians=("stand-in",),
    )
    assert on_call(rota(shift("00:00", "00:00", "usual"), overrides=(local,)), utc("2026-07-01T06:30")) == ("stand-in",)


def test_an_override_that_names_nobody_leaves_nobody() -> None:
    nobody = rota(*DAY_AND_NIGHT.shifts, overrides=(override("2026-12-24T12:00", "2026-12-24T13:00"),))
    assert on_call(nobody, utc("2026-12-24T12:30")) == ()
    assert uncovered_hours(nobody, utc("2026-12-24T00:00"), 1) == (
        Span(start=utc("2026-12-24T12:00"), end=utc("2026-12-24T13:00")),
    )


# --- summer time ---------------------------------------------------------------------------------------------------------
# Berlin 2026: 29 March 02:00 -> 03:00 (01:00 UTC); 25 October 03:00 -> 02:00 (01:00 UTC).


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"], ids=["the night with a gap", "the night with a repeated hour"])
@pytest.mark.parametrize("hand_over", ["02:00", "02:30", "03:00"])
def test_a_change_of_clocks_opens_no_hole_and_doubles_nobody(day: str, hand_over: str) -> None:
    split = rota(shift("20:00", hand_over, "early"), shift(hand_over, "08:00", "late"), shift("08:00", "20:00", "day"))
    assert uncovered_hours(split, utc(f"{day}T12:00"), 2) == ()
    moment = utc(f"{day}T12:00")
    while moment < utc(f"{day}T12:00") + 48 * HOUR:
        assert len(on_call(split, moment)) == 1, moment
        moment += timedelta(minutes=15)


def test_a_hand_over_in_the_skipped_hour_happens_once_at_the_same_instant() -> None:
    split = rota(shift("20:00", "02:30", "early"), shift("02:30", "08:00", "late"))
    assert on_call(split, utc("2026-03-29T01:29")) == ("early",)
    assert on_call(split, utc("2026-03-29T01:30")) == ("late",)


def test_a_hand_over_in_the_repeated_hour_happens_the_first_time() -> None:
    split = rota(shift("20:00", "02:30", "early"), shift("02:30", "08:00", "late"))
    assert on_call(split, utc("2026-10-25T00:29")) == ("early",)
    assert on_call(split, utc("2026-10-25T00:30")) == ("late",)
    assert on_call(split, utc("2026-10-25T01:30")) == ("late",)


def test_the_day_shift_follows_the_wall_clock_into_summer() -> None:
    assert on_call(DAY_AND_NIGHT, utc("2026-03-28T06:30")) == ("night",)
    assert on_call(DAY_AND_NIGHT, utc("2026-03-30T06:30")) == ("day",)


# --- uncovered hours -----------------------------------------------------------------------------------------------------


def test_a_rota_without_holes_has_no_uncovered_hours() -> None:
    assert uncovered_hours(DAY_AND_NIGHT, utc("2026-11-25T00:00"), 14) == ()


def test_the_hours_between_two_shifts_are_named_to_the_minute() -> None:
    gappy = rota(shift("08:00", "12:00", "ada"), shift("13:30", "08:00", "bora"))
    assert uncovered_hours(gappy, utc("2026-11-25T00:00"), 1) == (
        Span(start=utc("2026-11-25T11:00"), end=utc("2026-11-25T12:30")),
    )


def test_a_rota_without_shifts_covers_nothing() -> None:
    start = utc("2026-11-25T00:00")
    assert uncovered_hours(rota(), start, 3) == (Span(start=start, end=start + 72 * HOUR),)


def test_a_weekend_without_anybody_is_one_span() -> None:
    weekdays = rota(shift("00:00", "00:00", "ada", days=frozenset(range(5))), zone="UTC")
    assert uncovered_hours(weekdays, utc("2026-11-23T00:00"), 14) == (
        Span(start=utc("2026-11-28T00:00"), end=utc("2026-11-30T00:00")),
        Span(start=utc("2026-12-05T00:00"), end=utc("2026-12-07T00:00")),
    )


def test_a_shift_that_began_the_day_before_covers_the_beginning() -> None:
    nights = rota(shift("20:00", "08:00", "ada"), zone="UTC")
    assert uncovered_hours(nights, utc("2026-11-25T02:00"), 1)[0].start == utc("2026-11-25T08:00")
