"""A long message says the same thing many times: what is weighed in detail is bounded, and nothing that raises is dropped.

Two mentions of a symptom differ for the rules only in status and qualities. The first few of a kind are kept as they are; of
the others only those that add a quality, or that lack one which every mention before them had (a milder form may hang on it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from bot.core.clinical.finding import Finding, Status

ALIKE: Final = 3
"""Mentions alike in symptom, status and qualities that are kept."""
FEW: Final = 12
"""Mentions of one symptom and status that are kept with all their qualities."""


@dataclass(slots=True)
class _Kind:
    """What is kept of one symptom and status."""

    seen: set[str] = field(default_factory=set)
    sets: dict[frozenset[str], int] = field(default_factory=dict)
    kept: int = 0


def thinned(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """At most FEW + 1 findings and one more for each quality, of each symptom and status; in the order of mention.

    The level that the rules come to is the same or higher: every quality said stays, and so does a mention without any.
    """
    kinds: dict[tuple[str, Status], _Kind] = {}
    kept = (_kept(finding, kinds.setdefault((finding.symptom, finding.status), _Kind())) for finding in findings)
    return tuple(finding for finding in kept if finding is not None)


def _kept(finding: Finding, kind: _Kind) -> Finding | None:
    """The finding, the part of it that is new, or None where there is nothing new."""
    own = finding.qualities
    count = kind.sets.get(own, 0)
    if kind.kept >= FEW:
        own -= kind.seen
        if not own and frozenset() in kind.sets:
            return None
    elif count >= ALIKE:
        return None
    kind.kept += 1
    kind.seen |= own
    kind.sets[own] = count + 1
    return finding if own == finding.qualities else replace(finding, qualities=own)
