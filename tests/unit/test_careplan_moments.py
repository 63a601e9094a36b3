from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.careplan.moments import falls_at, to_utc
from bot.core.careplan.quiet import after_quiet, is_quiet
from bot.core.careplan.schedule import Offset, QuietHours
from bot.core.errors import InvalidValue

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
ISTANBUL = ZoneInfo("Europe/Istanbul")
NIGHT = QuietHours(start=time(22), end=time(7))


def local(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def shown(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")


@pytest.mark.parametrize(
    ("zone", "skipped", "first_valid"),
    [
        (BERLIN, "2026-03-29T02:30", "2026-03-29 03:00 +0200"),
        (BERLIN, "2026-03-29T02:00", "2026-03-29 03:00 +0200"),
        (NEW_YORK, "2026-03-08T02:59", "2026-03-08 03:00 -0400"),
        (LORD_HOWE, "2026-10-04T02:15", "2026-10-04 02:30 +1100"),
        (APIA, "2011-12-30T10:00", "2011-12-31 00:00 +1400"),
    ],
)
def test_a_time_that_the_clocks_skip_stands_for_the_first_moment_after_the_gap(
    zone: ZoneInfo, skipped: str, first_valid: str
) -> None:
    assert shown(to_utc(datetime.fromisoformat(skipped), zone), zone) == first_valid


@pytest.mark.parametrize(
    ("zone", "doubled", "first"),
    [
        (BERLIN, "2026-10-25T02:30", "2026-10-25 02:30 +0200"),
        (NEW_YORK, "2026-11-01T01:15", "2026-11-01 01:15 -0400"),
        (LORD_HOWE, "2026-04-05T01:45", "2026-04-05 01:45 +1100"),
    ],
)
def test_a_time_that_comes_twice_stands_for_the_first(zone: ZoneInfo, doubled: str, first: str) -> None:
    assert shown(to_utc(datetime.fromisoformat(doubled), zone), zone) == first


def test_twelve_hours_are_twelve_hours_across_a_change_of_clocks() -> None:
    treated = local("2026-03-28T20:00", BERLIN)
    assert shown(falls_at(Offset(hours=12), treated, BERLIN), BERLIN) == "2026-03-29 09:00 +0200"


def test_a_day_at_ten_is_ten_oclock_on_both_sides_of_a_change_of_clocks() -> None:
    treated = local("2026-03-27T15:00", BERLIN)
    at_ten = [falls_at(Offset(days=day, at=time(10)), treated, BERLIN) for day in (1, 2, 3)]
    assert [shown(moment, BERLIN) for moment in at_ten] == [
        "2026-03-28 10:00 +0100",
        "2026-03-29 10:00 +0200",
        "2026-03-30 10:00 +0200",
    ]


@pytest.mark.parametrize(
    ("treated", "offset", "expected"),
    [
        ("2026-01-31T12:00", Offset(months=1), "2026-02-28"),
        ("2028-01-31T12:00", Offset(months=1), "2028-02-29"),
        ("2028-02-29T12:00", Offset(years=1), "2029-02-28"),
        ("2028-02-29T12:00", Offset(years=4), "2032-02-29"),
        ("2026-08-31T12:00", Offset(months=6), "2027-02-28"),
        ("2026-12-31T12:00", Offset(months=18), "2028-06-30"),
        ("2026-05-15T12:00", Offset(years=15), "2041-05-15"),
        ("2026-01-31T12:00", Offset(months=1, days=1), "2026-03-01"),
    ],
)
def test_calendar_steps_land_on_the_days_that_a_person_would_name(treated: str, offset: Offset, expected: str) -> None:
    moment = falls_at(offset, local(treated, ISTANBUL), ISTANBUL)
    assert shown(moment, ISTANBUL).startswith(f"{expected} 12:00")


def test_the_patients_zone_decides_which_day_it_is() -> None:
    treated = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    offset = Offset(days=2, at=time(10))
    assert shown(falls_at(offset, treated, ISTANBUL), ISTANBUL) == "2026-06-04 10:00 +0300"
    assert shown(falls_at(offset, treated, NEW_YORK), NEW_YORK) == "2026-06-03 10:00 -0400"


def test_an_evening_time_that_is_past_on_the_day_of_treatment_is_taken_on_the_next_day() -> None:
    treated = local("2026-06-01T21:45", ISTANBUL)
    assert shown(falls_at(Offset(at=time(21, 30)), treated, ISTANBUL), ISTANBUL) == "2026-06-02 21:30 +0300"


def test_a_naive_time_of_treatment_is_refused() -> None:
    with pytest.raises(InvalidValue, match="time zone"):
        falls_at(Offset(hours=2), datetime(2026, 1, 1, 12), ISTANBUL)  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-01T21:59", "2026-06-01 21:59 +0300"),
        ("2026-06-01T22:00", "2026-06-02 07:00 +0300"),
        ("2026-06-02T00:00", "2026-06-02 07:00 +0300"),
        ("2026-06-02T06:59", "2026-06-02 07:00 +0300"),
        ("2026-06-02T07:00", "2026-06-02 07:00 +0300"),
    ],
)
def test_quiet_hours_past_midnight_end_in_the_morning_that_follows(moment: str, expected: str) -> None:
    assert shown(after_quiet(local(moment, ISTANBUL), NIGHT, ISTANBUL), ISTANBUL) == expected


def test_quiet_hours_within_one_day_end_on_that_day() -> None:
    siesta = QuietHours(start=time(13), end=time(15, 30))
    assert shown(after_quiet(local("2026-06-01T14:00", ISTANBUL), siesta, ISTANBUL), ISTANBUL) == "2026-06-01 15:30 +0300"
    assert not is_quiet(local("2026-06-01T15:30", ISTANBUL), siesta, ISTANBUL)


def test_quiet_hours_that_end_inside_a_gap_end_at_its_far_side() -> None:
    until_half_past_two = QuietHours(start=time(22), end=time(2, 30))
    waited = after_quiet(local("2026-03-29T01:00", BERLIN), until_half_past_two, BERLIN)
    assert shown(waited, BERLIN) == "2026-03-29 03:00 +0200"


def test_between_the_two_ends_of_quiet_hours_that_come_twice_the_second_counts() -> None:
    until_half_past_two = QuietHours(start=time(22), end=time(2, 30))
    second_quarter_past = local("2026-10-25T02:15", BERLIN).replace(fold=1)
    waited = after_quiet(second_quarter_past, until_half_past_two, BERLIN)
    assert shown(waited, BERLIN) == "2026-10-25 02:30 +0100"


def test_quiet_hours_across_a_day_that_does_not_exist_end_on_the_next_real_morning() -> None:
    waited = after_quiet(local("2011-12-29T23:00", APIA), NIGHT, APIA)
    assert shown(waited, APIA) == "2011-12-31 07:00 +1400"
    assert waited - local("2011-12-29T23:00", APIA).astimezone(UTC) == timedelta(hours=8)
