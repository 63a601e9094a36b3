"""Repositories of what watches over the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.clinical.baseline import Baseline
from bot.core.escalation.drill import Canary, DrillPage
from bot.core.escalation.takeover import Takeover


class Takeovers(Protocol):
    def add(self, takeover: Takeover) -> Takeover:
        """Stores it under a new id."""
        ...

    def get(self, takeover_id: int) -> Takeover: ...
    def since(self, now: datetime) -> Sequence[Takeover]:
        """Those that end after ``now`` and were not given back, in the order in which they were decided."""
        ...

    def save(self, takeover: Takeover) -> None: ...


class Baselines(Protocol):
    def add(self, baseline: Baseline) -> Baseline:
        """Stores it under a new id."""
        ...

    def get(self, baseline_id: int) -> Baseline: ...
    def of_patient(self, patient_id: int) -> Sequence[Baseline]:
        """Oldest first, ended ones too."""
        ...

    def over(self, now: datetime) -> Sequence[Baseline]:
        """Those that have ended, or been ended, and whose patient has not been told."""
        ...

    def save(self, baseline: Baseline) -> None: ...


class Canaries(Protocol):
    def add(self, canary: Canary) -> Canary: ...
    def newest(self) -> Canary | None: ...
    def get(self, canary_id: int) -> Canary: ...
    def save(self, canary: Canary) -> None: ...
    def older(self, before: datetime) -> Sequence[Canary]:
        """Those that set out before it, oldest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Removes older ones; how many."""
        ...


class Drills(Protocol):
    def add(self, page: DrillPage) -> DrillPage: ...
    def newest(self) -> int:
        """The number of the newest drill; 0: there was none."""
        ...

    def pages(self, drill: int) -> Sequence[DrillPage]:
        """In the order in which they were paged."""
        ...

    def get(self, page_id: int) -> DrillPage: ...
    def save(self, page: DrillPage) -> None: ...
