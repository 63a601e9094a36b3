"""`aftercare simulate`: makes the cast and the store, runs, judges."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.careplan.schedule import Schedule
from bot.ports import Content, Store
from bot.services.clinics import everybody
from bot.simulator.simulation.driver import Simulation
from bot.simulator.simulation.people import make_patients
from bot.simulator.simulation.staff import SimClinician
from bot.simulator.simulation.verdict import verdict
from bot.storage.store import open_store

STARTS = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday before the spring change of clocks: thirty days cross it in every zone of the cast."""
FIRST_CLINICIAN = 900
PLENTY = 2 * 1024**3
"""Bytes: a run of a thousand patients over a month stays far below."""


def simulate(
    content: Content, schedule: Schedule, *, patients: int, days: int, seed: int, faults: bool = False
) -> dict[str, Any]:
    """One run on a store of its own; the figures, and every violation found. ``faults``: everything goes wrong that can."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="aftercare-simulation-", dir=_quick_folder()) as folder:
        simulation = Simulation(
            store=_open(folder),
            content=content,
            schedule=schedule.id,
            patients=make_patients(patients, seed, STARTS, days, schedule.role, trouble=faults),
            clinicians=_clinicians(content, seed, careless=faults),
            start=STARTS,
            days=days,
            seed=seed,
            faulty=faults,
            reopen=lambda store: _reopened(store, folder),
        )
        try:
            simulation.run()
            return verdict(simulation, time.perf_counter() - started)
        finally:
            simulation.store.close()


def _open(folder: str) -> Store:
    return open_store(f"sqlite:///{folder}/simulation.db", check=False)


def _reopened(store: Store, folder: str) -> Store:
    store.close()
    return _open(folder)


def _quick_folder() -> str | None:
    """Memory where there is plenty: the store syncs as ever, and nobody waits for a disk. None: the usual place."""
    memory = Path("/dev/shm")  # noqa: S108 - a fresh private folder is made in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > PLENTY else None


def _clinicians(content: Content, seed: int, *, careless: bool) -> list[SimClinician]:
    zones = {name: ZoneInfo(clinic.timezone) for clinic in content.clinics.values() for name in clinic.clinicians}
    return [
        SimClinician(
            id=name,
            address=str(FIRST_CLINICIAN + n),
            random=random.Random(f"clinician {seed} {name}"),  # noqa: S311 - repeatable
            careless=careless,
            zone=zones[name],
        )
        for n, name in enumerate(everybody(content))
    ]
