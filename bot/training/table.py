"""Replies as columns, and what thresholds would do with all of them at once: what bot/core/reading/recogniser_join.py does with one.

Two things are left out, for the columns do not hold them: which symptom the learned reader would name, and so `vague` and whether
the rules heard that very symptom denied. Both turn some pages into questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser_verdict import NEVER, Thresholds
from bot.core.triage import Ruled
from bot.training.corpus import Reply
from bot.training.matrix import Floats

GRID = np.round(np.arange(0.01, 1.0, 0.01), 2)
"""The thresholds that are tried for paging ..."""
FINE = np.round(np.geomspace(0.001, 0.3, 160), 4)
"""... and for asking, which begins far lower."""

Bools = NDArray[np.bool_]
Levels = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is true of each reply, what the rules made of it, and the learned reader's probabilities."""

    expected: Levels
    ruled: Levels
    """What the rules are sure of."""
    said: Levels
    """What they make of it taken at its word: more, where they suspect a red flag."""
    unclear: Bools
    may_rest: Bools
    explained: Bools
    red: Floats
    emergency: Floats
    nothing: Floats

    @classmethod
    def of(cls, replies: Sequence[Reply], judgements: Sequence[Ruled], unseen: Floats) -> Table:
        """``unseen``: the probabilities of LEVELS, a row a reply."""
        assessments = [judgement.assessment for judgement in judgements]
        return cls(
            expected=np.array([int(reply.expected) for reply in replies]),
            ruled=np.array([int(a.disposition) for a in assessments]),
            said=np.array([int(judgement.said.disposition) for judgement in judgements]),
            unclear=np.array([a.unclear or a.reading_asked_again is not None for a in assessments]),
            may_rest=np.array([judgement.may_rest for judgement in judgements]),
            explained=np.array([judgement.explained for judgement in judgements]),
            red=unseen[:, 0],
            emergency=unseen[:, 1],
            nothing=unseen[:, 2],
        )

    def where(self, chosen: Bools) -> Table:
        """Some of the rows."""
        return replace(self, **{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def seen_again(self, second: Table, low: float, high: float, low_if_settled: float | None = None) -> Table:
        """Both look where this one's probability of a red flag lies from ``low`` to below ``high``: there ``second`` counts.

        ``low_if_settled``: where the rules settled the reply (None: ``low`` there too).
        """
        own = low if low_if_settled is None else low_if_settled
        again = (self.red >= np.where(self.settled, own, low)) & (self.red < high)
        names = ("red", "emergency", "nothing")
        return replace(self, **{name: np.where(again, getattr(second, name), getattr(self, name)) for name in names})

    @property
    def flags(self) -> Bools:
        """The replies that are red flags."""
        found: Bools = self.expected >= Disposition.URGENT
        return found

    @property
    def ordinary(self) -> Bools:
        """The replies that call for nothing."""
        found: Bools = self.expected == Disposition.NONE
        return found

    @property
    def suspected(self) -> Bools:
        """Where the rules suspect a red flag, for a phrase among words that they do not know, and are not sure."""
        found: Bools = (self.said >= Disposition.URGENT) & (self.ruled < Disposition.URGENT)
        return found

    @property
    def settled(self) -> Bools:
        """Where the rules understood a reply as mild or for the same day, or explained every word as less than a red flag."""
        milder = (self.ruled == Disposition.SELF_MANAGE) | (self.ruled == Disposition.SAME_DAY)
        found: Bools = ~self.unclear & (milder | (self.explained & (self.ruled < Disposition.URGENT)))
        return found

    def counted(self, limits: Thresholds) -> Levels:
        """The rules' levels: what they suspect counts from ``believe`` on."""
        return np.where(self.red >= limits.believe, self.said, self.ruled)

    def escalated(self, limits: Thresholds) -> Bools:
        """Which replies page a clinician."""
        found: Bools = self.counted(limits) >= Disposition.URGENT
        return found | (self.red >= np.where(self.settled, limits.settled, limits.red))

    def asked(self, limits: Thresholds) -> Bools:
        """Which replies are asked back, where nobody of the clinic is told: suspicious ones, and those that are open."""
        at_ease = self.may_rest & (self.red < limits.at_ease) & (self.nothing >= limits.nothing)
        found: Bools = (self.red >= self._asked_from(limits)) | (self.unclear & ~at_ease)
        return found & ~self.escalated(limits) & (self.ruled < Disposition.SAME_DAY)

    def _asked_from(self, limits: Thresholds) -> Floats:
        kinds = [self.unclear, self.explained, self.ruled == Disposition.NONE, self.ruled == Disposition.SELF_MANAGE]
        found: Floats = np.select(kinds, [limits.ask, limits.explained, limits.doubt, limits.mild], NEVER)
        return found

    def emergencies(self, limits: Thresholds) -> Bools:
        """Which replies show the emergency number first."""
        counted = self.counted(limits)
        own = (counted < Disposition.URGENT) & self.escalated(limits) & (self.emergency >= limits.emergency)
        upgraded = ~self.explained & (self.red >= limits.red) & (self.emergency >= limits.upgrade)
        found: Bools = (counted == Disposition.EMERGENCY) | own | ((counted == Disposition.URGENT) & upgraded)
        return found

    def reached(self, limits: Thresholds) -> float:
        """The share of red flags that reach a person or are asked about."""
        told = self.escalated(limits) | (self.ruled >= Disposition.SAME_DAY)
        return share(told | self.asked(limits), self.flags)


def share(found: Bools, among: Bools) -> float:
    """The share of those among which are found; 0 where there are none."""
    return float(found[among].mean()) if among.any() else 0.0


def asking_from(limits: Thresholds, ask: float) -> Thresholds:
    """What is not asked about is at ease: one threshold for both."""
    return replace(limits, ask=ask, at_ease=ask)
