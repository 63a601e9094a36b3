"""The calendars that patients live through. A change here is a change of care: review each moved line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.content.preview import as_table, preview
from bot.core.clinical.patient import Risk, Route
from tests.support.careplan import assert_golden, shipped, shipped_names

GOLDEN = Path(__file__).parent / "calendars"

CASES: dict[str, dict[str, str]] = {
    "istanbul-noon": {"treated": "2026-03-02T12:00+03:00", "zone": "Europe/Istanbul"},
    "istanbul-clot-risk": {"treated": "2026-03-02T12:00+03:00", "zone": "Europe/Istanbul", "risk": "previous_clot"},
    "istanbul-joint": {"treated": "2026-03-02T16:30+03:00", "zone": "Europe/Istanbul", "route": "intra_articular"},
    "berlin-evening-before-spring-change": {"treated": "2026-03-27T23:30+01:00", "zone": "Europe/Berlin"},
    "new-york-before-autumn-change": {"treated": "2026-10-31T18:00-04:00", "zone": "America/New_York"},
    "lord-howe-leap-day": {"treated": "2028-02-29T09:15+11:00", "zone": "Australia/Lord_Howe"},
    "istanbul-enrolled-on-day-4": {
        "treated": "2026-03-02T12:00+03:00",
        "zone": "Europe/Istanbul",
        "enrolled": "2026-03-06T11:00+03:00",
    },
    "istanbul-enrolled-in-year-8": {
        "treated": "2026-03-02T12:00+03:00",
        "zone": "Europe/Istanbul",
        "enrolled": "2034-05-01T23:00+03:00",
    },
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", shipped_names())
def test_the_calendar_is_the_one_that_was_reviewed(name: str, case: str) -> None:
    wanted = CASES[case]
    schedule = shipped(name)
    rows = preview(
        schedule,
        datetime.fromisoformat(wanted["treated"]),
        wanted["zone"],
        enrolled_at=datetime.fromisoformat(wanted.get("enrolled", wanted["treated"])),
        route=Route(wanted["route"]) if "route" in wanted else None,
        risks=frozenset({Risk(wanted["risk"])}) if "risk" in wanted else frozenset(),
    )
    table = as_table(schedule, wanted["zone"], rows).replace(f" {schedule.version})", ")")
    assert_golden(GOLDEN / f"{name}.{case}.txt", table)


def test_every_calendar_on_file_belongs_to_a_case() -> None:
    expected = {f"{name}.{case}.txt" for name in shipped_names() for case in CASES}
    assert {path.name for path in GOLDEN.glob("*.txt")} == expected
