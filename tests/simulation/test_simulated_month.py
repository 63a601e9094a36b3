"""Seeded patients on the real services and the real store: repeatable, and strict about what it finds."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.content.library import Library
from bot.core.careplan.enrolment import CheckInState
from bot.services import check_ins, escalations
from bot.simulator.simulation import people
from bot.simulator.simulation.run import simulate

ROOT = Path(__file__).parents[2]


@cache
def content() -> Library:
    return Library.load(ROOT / "schedules", ROOT / "messages")


def run(*, patients: int, days: int, seed: int, schedule: str = "msc-recipient") -> dict[str, Any]:
    return simulate(content(), content().schedules[schedule], patients=patients, days=days, seed=seed)


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    first, again, other = (run(patients=6, days=4, seed=seed) for seed in (5, 5, 6))
    assert {**first, "seconds": 0} == {**again, "seconds": 0}
    assert first["trace"] != other["trace"]


@pytest.mark.parametrize("schedule", ["msc-recipient", "msc-donor"])
def test_a_fortnight_loses_no_red_flag_and_doubles_no_check_in(schedule: str) -> None:
    result = run(patients=15, days=14, seed=11, schedule=schedule)
    assert result["violations"] == []
    assert result["check_ins"]["due"] >= 15 * 5
    assert result["check_ins"]["missed_system"] == result["check_ins"]["duplicated"] == 0
    flags = result["red_flags"]
    assert flags["said"] == flags["alerted"] > 0
    assert flags["lost"] == 0
    assert flags["acknowledged"] + flags["escalating"] == flags["said"]


def test_alerts_that_are_never_opened_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hole put in on purpose: the assessment is stored, nobody is told."""
    monkeypatch.setattr(escalations, "open_alert", lambda *_: None)
    monkeypatch.setattr(people, "UNASKED_A_MONTH", 30)
    monkeypatch.setattr(people, "RED_SHARE", 1.0)
    result = run(patients=5, days=2, seed=11)
    flags = result["red_flags"]
    assert flags["lost"] == flags["said"] > 0
    assert sum("lost red flag" in violation for violation in result["violations"]) == flags["lost"]
    assert sum("is red and has no alert" in violation for violation in result["violations"]) >= flags["lost"]


def test_a_check_in_that_is_sent_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hole put in on purpose: a check-in that was sent is planned again."""

    def forgetful(row: Any, **changes: Any) -> Any:
        if changes.get("state") is CheckInState.SENT and row.occurrence == 0 and row.check_in == "h6":
            changes = {"due_at": changes["sent_at"] + timedelta(minutes=1)}
        return dataclasses.replace(row, **changes)

    monkeypatch.setattr(check_ins, "replace", forgetful)
    result = run(patients=2, days=1, seed=1)
    assert result["check_ins"]["duplicated"] >= 1
    assert any("reached the patient" in violation for violation in result["violations"])
