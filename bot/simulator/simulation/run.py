"""`aftercare simulate`: makes the cast and the store, runs, judges."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

from bot.core.careplan.schedule import Schedule
from bot.ports import Content
from bot.simulator.simulation.driver import FIRST_CLINICIAN, Simulation
from bot.simulator.simulation.people import SimClinician, make_patients
from bot.simulator.simulation.verdict import verdict
from bot.storage.store import open_store

STARTS = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday before the spring change of clocks: thirty days cross it in every zone of the cast."""


def simulate(content: Content, schedule: Schedule, *, patients: int, days: int, seed: int) -> dict[str, Any]:
    """One run on a store of its own; the figures, and every violation found."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="aftercare-simulation-") as folder:
        store = open_store(f"sqlite:///{folder}/simulation.db")
        try:
            simulation = Simulation(
                store=store,
                content=content,
                schedule=schedule.id,
                patients=make_patients(patients, seed, STARTS, days, schedule.role),
                clinicians=_clinicians(content, seed),
                start=STARTS,
                days=days,
                seed=seed,
            )
            simulation.run()
            return verdict(simulation, time.perf_counter() - started)
        finally:
            store.close()


def _clinicians(content: Content, seed: int) -> list[SimClinician]:
    return [
        SimClinician(id=name, address=str(FIRST_CLINICIAN + n), random=random.Random(f"clinician {seed} {name}"))  # noqa: S311 - repeatable
        for n, name in enumerate(content.clinic.clinicians)
    ]
