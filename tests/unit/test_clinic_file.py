from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.content.clinic import load_clinic
from bot.content.clinic_rota import uncovered
from bot.content.problems import ProblemsFound
from bot.core.clinical.disposition import Disposition
from bot.core.escalation.policy import Shift
from tests.support.careplan import SCHEDULES, shipped, shipped_names

CLINIC = load_clinic(SCHEDULES / "clinic.yaml")
EVERY_DAY = frozenset(range(7))


def test_the_demo_clinic_has_a_chain_for_every_level_that_pages() -> None:
    assert [(policy.id, policy.disposition) for policy in CLINIC.policies] == [
        ("emergency", Disposition.EMERGENCY),
        ("urgent", Disposition.URGENT),
        ("same_day", Disposition.SAME_DAY),
    ]
    assert CLINIC.policy_for(Disposition.SELF_MANAGE) is None
    urgent = CLINIC.policy_for(Disposition.URGENT)
    assert urgent is not None
    assert [(step.rotas, step.clinicians, step.wait) for step in urgent.steps] == [
        (("nurses",), (), timedelta(minutes=10)),
        (("doctors",), (), timedelta(minutes=10)),
        ((), ("dr-ada", "dr-bora"), timedelta(minutes=15)),
    ]


def test_every_schedule_names_an_escalation_that_the_clinic_has() -> None:
    assert {shipped(name).escalation for name in shipped_names()} <= {policy.escalation for policy in CLINIC.policies}


def test_a_set_of_policies_serves_only_the_schedules_that_name_it() -> None:
    assert CLINIC.policy_for(Disposition.EMERGENCY, "research") is None


def test_the_version_is_the_content_and_nothing_else() -> None:
    assert CLINIC.version == load_clinic(SCHEDULES / "clinic.yaml", shown="elsewhere.yaml").version
    assert len(CLINIC.version) == 12


def test_the_demo_clinics_people_and_numbers() -> None:
    assert CLINIC.clinicians == {"dr-ada": "Dr Ada", "dr-bora": "Dr Bora", "nurse-cem": "Nurse Cem"}
    assert (CLINIC.emergency_number, CLINIC.country, CLINIC.timezone) == ("112", "TR", "Europe/Istanbul")
    assert CLINIC.last_resort == ("dr-ada", "dr-bora")


def shift(start: str, end: str, days: frozenset[int] = EVERY_DAY) -> Shift:
    return Shift(weekdays=days, start=time.fromisoformat(start), end=time.fromisoformat(end), clinicians=("ada",))


def test_a_shift_that_ends_when_it_starts_lasts_a_whole_day() -> None:
    assert uncovered((shift("08:00", "08:00"),)) is None
    assert uncovered((shift("00:00", "00:00"),)) is None


def test_a_gap_of_one_minute_is_a_gap() -> None:
    gap = uncovered((shift("00:00", "12:00"), shift("12:01", "00:00")))
    assert gap == "from Monday 12:00 until Monday 12:01"


def test_a_gap_across_the_end_of_the_week_is_told_as_one() -> None:
    weekdays = frozenset(range(5))
    assert uncovered((shift("00:00", "00:00", weekdays),)) == "from Saturday 00:00 until Monday 00:00"


def test_an_empty_rota_covers_nothing() -> None:
    assert uncovered(()) == "from Monday 00:00 until Monday 00:00"


def test_overrides_are_moments_in_the_rotas_own_zone(tmp_path: Path) -> None:
    text = (SCHEDULES / "clinic.yaml").read_text(encoding="utf-8")
    days_off = '    overrides:\n      - {from: "2026-12-25T08:00", until: "2026-12-26T08:00", clinicians: [dr-ada]}'
    path = tmp_path / "clinic.yaml"
    path.write_text(text.replace("    overrides: []", days_off), encoding="utf-8")
    (override,) = load_clinic(path).rotas[1].overrides
    assert override.start == datetime(2026, 12, 25, 5, 0, tzinfo=UTC)
    assert override.end == datetime(2026, 12, 26, 5, 0, tzinfo=UTC)
    assert override.clinicians == ("dr-ada",)


def test_a_promised_call_has_its_time_by_level_and_the_file_may_say_another(tmp_path: Path) -> None:
    text = (SCHEDULES / "clinic.yaml").read_text(encoding="utf-8")
    path = tmp_path / "clinic.yaml"
    path.write_text(
        text.replace("      call_within: 10min\n", "").replace("call_within: 30min", "call_within: 45min"), encoding="utf-8"
    )
    within = {policy.id: policy.call_within for policy in load_clinic(path).policies}
    assert within == {"emergency": timedelta(minutes=10), "urgent": timedelta(minutes=45), "same_day": timedelta(hours=1)}


@pytest.mark.parametrize("promise", ["20min", "0min"])
def test_an_emergency_promises_no_call_that_is_late_or_at_once(tmp_path: Path, promise: str) -> None:
    text = (SCHEDULES / "clinic.yaml").read_text(encoding="utf-8")
    path = tmp_path / "clinic.yaml"
    path.write_text(text.replace("call_within: 10min", f"call_within: {promise}"), encoding="utf-8")
    with pytest.raises(ProblemsFound, match="call"):
        load_clinic(path)
