"""How long to wait after a failure: longer each time, with jitter so that many waiters do not come back together."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST = 0.5
LONGEST = 60.0


@dataclass(slots=True)
class Backoff:
    """Seconds to wait, doubling from ``first`` to ``longest``, each between half and whole."""

    first: float = FIRST
    longest: float = LONGEST
    failures: int = 0

    def next(self) -> float:
        """After one more failure."""
        whole = min(self.longest, self.first * 2.0**self.failures)
        self.failures = min(self.failures + 1, 32)
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - jitter is no secret

    def reset(self) -> None:
        """It worked."""
        self.failures = 0
