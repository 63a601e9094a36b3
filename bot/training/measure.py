"""What is counted of the whole reader (rules and recogniser together) on labelled replies, and how sure the shares are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.training.corpus import Reply

Z = 1.959964
"""95 % confidence."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reply and what the reader made of it."""

    reply: Reply
    assessment: Assessment

    @property
    def escalated(self) -> bool:
        """Whether a clinician is paged at once."""
        return self.assessment.disposition.red

    @property
    def emergency(self) -> bool:
        """Whether the emergency number is shown first."""
        return self.assessment.disposition is Disposition.EMERGENCY

    @property
    def told(self) -> bool:
        """Whether somebody of the clinic is told, by a page or a task of the same day."""
        return self.assessment.disposition >= Disposition.SAME_DAY

    @property
    def asked(self) -> bool:
        """Whether the reader asks back before anybody is told."""
        open_question = self.assessment.unclear or self.assessment.reading_asked_again is not None
        return open_question and not self.told

    @property
    def given(self) -> str:
        """The disposition in words, or ``unclear`` while a question is open."""
        return "unclear" if self.asked else self.assessment.disposition.word

    @property
    def missed(self) -> bool:
        """A red flag that reaches nobody and is not asked about."""
        return self.reply.red and not self.told and not self.asked


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``total``, with Wilson's interval."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 where there is nothing to count."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies with 95 % confidence (Wilson 1927); everything where nothing was counted."""
        if not self.total:
            return 0.0, 1.0
        n, p, spread = self.total, self.value, Z * Z
        middle = (p + spread / (2 * n)) / (1 + spread / n)
        half = Z * math.sqrt(p * (1 - p) / n + spread / (4 * n * n)) / (1 + spread / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:6.1%} ({low:.1%} to {high:.1%}; {self.hits} of {self.total})"


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure that issue and clinic agreed on: at least (``least``) or at most ``limit`` of ``among`` are ``hit``."""

    name: str
    limit: float
    _: KW_ONLY
    among: Callable[[Outcome], bool]
    hit: Callable[[Outcome], bool]
    least: bool = True

    def share(self, outcomes: Sequence[Outcome]) -> Share:
        """The share of these outcomes."""
        among = [outcome for outcome in outcomes if self.among(outcome)]
        return Share(sum(map(self.hit, among)), len(among))

    def met(self, share: Share) -> bool:
        """Whether the bar is reached."""
        return share.value >= self.limit if self.least else share.value <= self.limit


def _expected(disposition: Disposition) -> Callable[[Outcome], bool]:
    return lambda outcome: outcome.reply.expected is disposition


def _red(outcome: Outcome) -> bool:
    return outcome.reply.red


BARS = (
    Bar("red flags escalated, told or asked about", 0.995, among=_red, hit=lambda o: not o.missed),
    Bar("red flags escalated at once", 0.92, among=_red, hit=lambda o: o.escalated),
    Bar("emergencies given as emergency", 0.90, among=_expected(Disposition.EMERGENCY), hit=lambda o: o.emergency),
    Bar("ordinary replies falsely escalated", 0.04, least=False, among=_expected(Disposition.NONE), hit=lambda o: o.escalated),
    Bar("ordinary replies told to the clinic", 0.04, least=False, among=_expected(Disposition.NONE), hit=lambda o: o.told),
    Bar("mild replies falsely escalated", 0.10, least=False, among=_expected(Disposition.SELF_MANAGE), hit=lambda o: o.escalated),
    Bar("ordinary replies asked back", 0.20, least=False, among=_expected(Disposition.NONE), hit=lambda o: o.asked),
)
"""The bars by whole replies; "escalated at once" is 95 % in English."""


def denied_as_present(outcomes: Sequence[Outcome]) -> Share:
    """Of the symptoms that replies deny, how many are read as there."""
    denied = [(o, s) for o in outcomes for s in o.reply.absent if s not in o.reply.symptoms]
    return Share(sum(s in o.assessment.present for o, s in denied), len(denied))


def present_as_denied(outcomes: Sequence[Outcome]) -> Share:
    """Of the symptoms that replies report, how many are read as denied."""
    present = [(o, s) for o in outcomes for s in o.reply.symptoms]
    return Share(sum(s in _negated(o.assessment) for o, s in present), len(present))


def _negated(assessment: Assessment) -> set[str]:
    return {f.symptom for f in assessment.findings if f.status is Status.NEGATED} - set(assessment.present)


def confusion(outcomes: Sequence[Outcome]) -> dict[tuple[str, str], int]:
    """(expected, given) -> replies."""
    table: dict[tuple[str, str], int] = {}
    for outcome in outcomes:
        cell = (outcome.reply.expected.word, outcome.given)
        table[cell] = table.get(cell, 0) + 1
    return table
