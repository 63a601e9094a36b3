"""Two clinics under everything that goes wrong: no page ever ends on a telephone of the other one."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.content.library import Library
from bot.services import clinics
from bot.services.world import World
from bot.simulator.simulation.run import simulate
from tests.support.careplan import MESSAGES, SCHEDULES
from tests.support.two_clinics import NORTH_OF_SHIPPED

ONE_OF_BOTH = ("dr-bora:", "dr-both: Dr Both\n  dr-bora:")


@cache
def content() -> Library:
    """The shipped clinic in Istanbul, and another in New York; Dr Both is of both."""
    with TemporaryDirectory() as folder:
        schedules = Path(folder) / "schedules"
        shutil.copytree(SCHEDULES, schedules)
        main = schedules / "clinic.yaml"
        text = main.read_text(encoding="utf-8").replace(*ONE_OF_BOTH, 1).replace("[dr-ada, dr-bora]", "[dr-ada, dr-both]")
        main.write_text(text, encoding="utf-8")
        for old, new in NORTH_OF_SHIPPED.items():
            assert old in text
            text = text.replace(old, new)
        (schedules / "clinics").mkdir()
        (schedules / "clinics" / "north.yaml").write_text(text, encoding="utf-8")
        return Library.load(schedules, MESSAGES)


def run(seed: int, *, patients: int = 10, days: int = 7) -> dict[str, Any]:
    return simulate(content(), content().schedules["msc-recipient"], patients=patients, days=days, seed=seed, faults=True)


@pytest.mark.parametrize("seed", [3, 7])  # both clinics have red flags
def test_whatever_goes_wrong_each_clinic_hears_of_its_own_patients_alone(seed: int) -> None:
    result = run(seed)
    assert result["violations"] == []
    flags = result["red_flags"]
    assert flags["said"] > 0
    assert flags["said"] == flags["alerted"] == flags["acknowledged"] + flags["escalating"]
    assert flags["lost"] == 0


def test_alerts_that_climb_the_main_clinics_chain_whosever_they_are_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(world: World, patient: object) -> World:
        del patient
        return world

    monkeypatch.setattr(clinics, "of_patient", forgetful)
    assert any("works at another clinic" in violation for violation in run(7)["violations"])
