"""What a rule asks of a message, as data: leaves and their combinations.

Every condition is monotone: one more finding, a worse number or one more risk can only make it true. What may lower a level
(the milder forms that a row itself names, and the first-24-hours fever allowance) stands in rules.py and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.core.clinical.facts import Facts
from bot.core.clinical.patient import Risk, Role, Route

Trigger: TypeAlias = str
"""What must be in the message before a rule is even looked at: ``fever`` (a symptom), ``#temperature`` (a measure),
``~syncope`` (a symptom that is over)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """One of these symptoms is there now; with at least one quality of ``any_of`` and every quality of ``all_of``.

    Without qualities, a finding that its own number contradicts ("fever", 37.1) does not count: numbers beat words.
    """

    symptoms: tuple[str, ...]
    any_of: frozenset[str] = frozenset()
    all_of: frozenset[str] = frozenset()

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether it is so."""
        if not (self.any_of or self.all_of):
            return not facts.counted.isdisjoint(self.symptoms)
        for symptom in self.symptoms:
            if symptom in facts.qualities and _fits(facts.qualities[symptom], self.any_of, self.all_of):
                return True
        return False

    def triggers(self) -> frozenset[Trigger]:
        """The symptoms themselves."""
        return frozenset(self.symptoms)


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """One of these symptoms was there in the last 7 days and is over (direction rule 6, B17)."""

    symptoms: tuple[str, ...]
    any_of: frozenset[str] = frozenset()

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether it is so."""
        return any(s in facts.resolved and _fits(facts.resolved[s], self.any_of, frozenset()) for s in self.symptoms)

    def triggers(self) -> frozenset[Trigger]:
        """Each symptom as one that is over."""
        return frozenset(f"~{symptom}" for symptom in self.symptoms)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A measured value within a half-line: ``at_least``/``above`` or ``at_most``/``below``. Units are fixed by the kind.

    With both ends it must lie between them. Any reading of the message counts, not only the last one.
    """

    measure: str
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether one reading fits."""
        values = facts.readings.get(self.measure)
        return values is not None and any(map(self.fits, values))

    def fits(self, value: float) -> bool:
        """Whether this value lies within the limits."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )

    def triggers(self) -> frozenset[Trigger]:
        """The measure."""
        return frozenset({f"#{self.measure}"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A measure has risen by at least ``rise`` since it was last given, or fallen by ``fall`` below any earlier value of it.

    A fall is measured from the patient's own best value (blood pressure, oxygen), a rise from the last check-in (pain).
    """

    measure: str
    rise: float | None = None
    fall: float | None = None

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether now and then lie that far apart."""
        values, before = facts.readings.get(self.measure, ()), facts.earlier_readings(self.measure)
        if not values or not before:
            return False
        if self.rise is not None and max(values) - max(before[0]) >= self.rise:
            return True
        return self.fall is not None and max(map(max, before)) - min(values) >= self.fall

    def triggers(self) -> frozenset[Trigger]:
        """The measure."""
        return frozenset({f"#{self.measure}"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Lasting:
    """The symptom (of ``symptoms``, or the one at hand) has lasted at least these hours, said or seen in earlier messages."""

    hours: float
    symptoms: tuple[str, ...] = ()

    def holds(self, facts: Facts, subject: str) -> bool:
        """Whether it has."""
        return any(s in facts.qualities and facts.lasting(s) >= self.hours for s in self.symptoms or (subject,))

    def triggers(self) -> frozenset[Trigger]:
        """The symptoms named; none where it speaks of the one at hand."""
        return frozenset(self.symptoms)


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """The symptom at hand was reported in this many earlier messages in a row, at least 12 hours apart.

    With ``quality`` each of those reports, and this one, bore the quality (``worsening``).
    """

    earlier: int
    quality: str | None = None

    def holds(self, facts: Facts, subject: str) -> bool:
        """Whether it was."""
        if self.quality is not None and self.quality not in facts.qualities.get(subject, frozenset()):
            return False
        return facts.reports_in_a_row(subject, self.quality) >= self.earlier

    def triggers(self) -> frozenset[Trigger]:
        """None: it speaks of the symptom at hand."""
        return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """One of these symptoms was reported within ``hours`` before this message, whether or not it is over (B16)."""

    symptoms: tuple[str, ...]
    hours: float

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether an earlier message held it."""
        return any(facts.was_reported(symptom, self.hours) for symptom in self.symptoms)

    def triggers(self) -> frozenset[Trigger]:
        """None: it does not speak of this message."""
        return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class SinceTreatment:
    """Hours since treatment: later than ``after``, at most ``until``. An unknown time counts as inside for a rule that raises."""

    after: float | None = None
    until: float | None = None
    if_unknown: bool = True

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether the message falls in it."""
        hours = facts.patient.hours_since_treatment
        if hours is None:
            return self.if_unknown
        return (self.after is None or hours > self.after) and (self.until is None or hours <= self.until)

    def triggers(self) -> frozenset[Trigger]:
        """None."""
        return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class AtRisk:
    """The patient has one of these risks."""

    risks: frozenset[Risk]

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether they do."""
        return not self.risks.isdisjoint(facts.patient.risks)

    def triggers(self) -> frozenset[Trigger]:
        """None."""
        return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class InRole:
    """The patient is the recipient, or the donor."""

    role: Role

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether they are."""
        return facts.patient.role is self.role

    def triggers(self) -> frozenset[Trigger]:
        """None."""
        return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class ByRoute:
    """The cells were given by one of these routes."""

    routes: frozenset[Route]

    def holds(self, facts: Facts, subject: str) -> bool:  # noqa: ARG002 - every condition answers the same question
        """Whether they were."""
        return facts.patient.route in self.routes

    def triggers(self) -> frozenset[Trigger]:
        """None."""
        return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class All:
    """Every one of these holds."""

    of: tuple[Condition, ...]

    def holds(self, facts: Facts, subject: str) -> bool:
        """Whether all do."""
        for condition in self.of:  # noqa: SIM110 - the hot path: a generator costs more than the conditions
            if not condition.holds(facts, subject):
                return False
        return True

    def triggers(self) -> frozenset[Trigger]:
        """The triggers of all of them: what came in an earlier message may be completed by any of them."""
        return frozenset[Trigger]().union(*(condition.triggers() for condition in self.of))


@dataclass(frozen=True, kw_only=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    of: tuple[Condition, ...]

    def holds(self, facts: Facts, subject: str) -> bool:
        """Whether one does."""
        for condition in self.of:  # noqa: SIM110 - the hot path: a generator costs more than the conditions
            if condition.holds(facts, subject):
                return True
        return False

    def triggers(self) -> frozenset[Trigger]:
        """The triggers of all of them."""
        return frozenset[Trigger]().union(*(condition.triggers() for condition in self.of))


Condition: TypeAlias = (
    Present | Resolved | Reading | Change | Lasting | Running | Before | SinceTreatment | AtRisk | InRole | ByRoute | All | AnyOf
)


def narrowest(condition: Condition) -> frozenset[Trigger]:
    """The smallest set of triggers of which at least one must be in the message itself for the condition to hold there."""
    if isinstance(condition, All):
        found = [needed for part in condition.of if (needed := narrowest(part))]
        return min(found, key=len, default=frozenset())
    if isinstance(condition, AnyOf):
        needs = [narrowest(part) for part in condition.of]
        return frozenset[Trigger]().union(*needs) if all(needs) else frozenset()
    return condition.triggers()


def with_known_time(condition: Condition) -> Condition:
    """The same condition, false where the time since treatment is unknown: what may lower needs to know it."""
    if isinstance(condition, SinceTreatment):
        return replace(condition, if_unknown=False)
    if isinstance(condition, All | AnyOf):
        return replace(condition, of=tuple(with_known_time(part) for part in condition.of))
    return condition


def leaves(condition: Condition) -> Iterable[Condition]:
    """Every leaf of the condition, in the order written."""
    if isinstance(condition, All | AnyOf):
        for part in condition.of:
            yield from leaves(part)
    else:
        yield condition


def _fits(found: frozenset[str], any_of: frozenset[str], all_of: frozenset[str]) -> bool:
    return (not any_of or not any_of.isdisjoint(found)) and all_of <= found
