from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from bot.content.preview import as_json, as_table, preview
from bot.core.careplan.schedule import Phase
from bot.core.clinical.patient import Risk, Route
from bot.core.errors import InvalidValue
from tests.support.careplan import shipped

RECIPIENT = shipped("msc-recipient")
ISTANBUL = "Europe/Istanbul"
NOON = datetime.fromisoformat("2026-03-02T12:00+03:00")


def test_a_preview_shows_only_so_many_days() -> None:
    rows = preview(RECIPIENT, NOON, ISTANBUL, days=3)
    assert [row.check_in for row in rows] == ["h2", "h6", "h12", "h24", "d2", "d3"]
    assert rows[0].after == timedelta(hours=2)
    assert rows[-1].phase is Phase.SHORT_TERM


def test_json_has_each_occurrence_with_its_iso_time_check_in_phase_and_questions() -> None:
    whole = json.loads(as_json(RECIPIENT, ISTANBUL, preview(RECIPIENT, NOON, ISTANBUL, days=1)))
    assert (whole["schedule"], whole["version"], whole["timezone"]) == ("msc-recipient", RECIPIENT.version, ISTANBUL)
    assert whole["occurrences"][0] == {
        "time": "2026-03-02T14:00:00+03:00",
        "check_in": "h2",
        "phase": "immediate",
        "questions": ["red_flags", "rash", "breathing", "temperature", "heart", "blood_pressure"],
        "silence": {"remind_after": 30, "task_after": 60, "alert_after": None, "disposition": "same_day"},
        "notes": [],
    }


@pytest.mark.parametrize(
    ("route", "question"),
    [
        (None, "route_vein"),
        (Route.IV, "route_vein"),
        (Route.INTRA_ARTICULAR, "route_joint"),
        (Route.INTRATHECAL, "route_spine"),
        (Route.FACIAL, "route_face"),
        (Route.LOCAL_INJECTION, "route_tissue"),
    ],
)
def test_each_route_has_its_own_question_and_no_other(route: Route | None, question: str) -> None:
    rows = preview(RECIPIENT, NOON, ISTANBUL, route=route)
    assert {name for row in rows for name in row.questions if name.startswith("route_")} == {question}


def test_a_risk_adds_what_it_calls_for() -> None:
    diabetic = preview(RECIPIENT, NOON, ISTANBUL, risks=frozenset({Risk.DIABETES}))
    assert [row.check_in for row in diabetic if "glucose" in row.questions] == ["d3", "d5", "d7", "d14"]
    assert not [row for row in preview(RECIPIENT, NOON, ISTANBUL) if "glucose" in row.questions]


def test_a_late_enrolment_shows_its_catch_up_in_the_phase_that_the_patient_is_in() -> None:
    first = preview(RECIPIENT, NOON, ISTANBUL, enrolled_at=NOON + timedelta(days=40))[0]
    assert (first.check_in, first.phase) == ("catch_up", Phase.LONG_TERM)


def test_an_empty_preview_is_a_table_too() -> None:
    assert as_table(RECIPIENT, ISTANBUL, ()).endswith("\n0 check-ins\n")


@pytest.mark.parametrize("zone", ["Europe/Londn", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(InvalidValue, match="no time zone"):
        preview(RECIPIENT, NOON, zone)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(InvalidValue, match="time zone"):
        preview(RECIPIENT, datetime(2026, 3, 2, 12), ISTANBUL)  # noqa: DTZ001 - what is refused


def notes(treated: str, zone: str, enrolled: str | None = None) -> dict[str, tuple[str, ...]]:
    moment = datetime.fromisoformat(treated)
    joined = datetime.fromisoformat(enrolled) if enrolled else None
    return {row.check_in: row.notes for row in preview(RECIPIENT, moment, zone, enrolled_at=joined)}


def test_a_check_in_that_quiet_hours_or_bedtime_moved_says_so() -> None:
    found = notes("2026-03-02T23:30+03:00", ISTANBUL)
    assert found["h24"] == ("quiet hours: instead of 23:30",)
    assert found["d3"] == ()
    assert notes("2026-03-02T14:00+03:00", ISTANBUL)["h12"] == ("bedtime: instead of 02:00",)


def test_the_first_check_in_after_the_clocks_changed_says_so() -> None:
    found = notes("2026-03-28T12:00+01:00", "Europe/Berlin")
    assert [name for name, said in found.items() if "the clocks have gone forward" in said] == ["h24"]
    autumn = notes("2026-10-24T12:00+02:00", "Europe/Berlin")
    assert [name for name, said in autumn.items() if "the clocks have gone back" in said] == ["h24"]


def test_a_catch_up_says_what_it_stands_for() -> None:
    assert notes("2026-03-02T12:00+03:00", ISTANBUL, "2026-03-06T11:00+03:00")["catch_up"] == (
        "joined late: stands for what was missed",
    )
