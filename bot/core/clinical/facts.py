"""What one message (and, where a rule looks back, the messages before it) states, arranged for the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import Observation, PatientContext

OVER = frozenset({"resolved", "over_24_h_ago", "over_7_d_ago"})
"""The qualities of a finding that was there and is over: within the last 7 days unless it says otherwise."""
NEAR = 16
"""Characters between a symptom and a length of time within which they belong together."""
APART_HOURS = 12.0
"""Two reports of a symptom count as two check-ins when they lie at least this far apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A symptom that a number decides: it counts as present at or beyond a limit, and its bare word does not when the
    number contradicts it (direction rule 3). A finding with the quality ``masked`` still counts."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None

    def shown_by(self, value: float) -> bool:
        """Whether this value amounts to the symptom."""
        high = self.at_least is not None and value >= self.at_least
        return high or (self.at_most is not None and value <= self.at_most)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """Words that a score decides: "killing me, 4/10" is 4 (direction rule 3). Below ``at_least`` they do not count."""

    measure: str
    qualities: frozenset[str]
    at_least: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """How numbers are read: the symptoms that they decide, the words that a score decides, and what is added to a reading."""

    decide: Mapping[str, tuple[Measured, ...]] = field(default_factory=dict)
    scored: Mapping[str, Scored] = field(default_factory=dict)
    add: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def value(self, measure: Measure) -> float:
        """The value that rules look at: an armpit temperature counts 0.5 degrees more."""
        extra = self.add.get(measure.kind)
        if not extra or not measure.qualities:
            return measure.value
        return measure.value + sum(extra.get(quality, 0.0) for quality in measure.qualities)


@dataclass(slots=True)
class Facts:
    """``qualities``: each symptom that is present, with all its qualities. ``counted``: those of them, and those that a number
    shows, which bare mentions in rules look at. ``resolved``: those that are over. ``readings``: every value of each measure."""

    patient: PatientContext
    qualities: dict[str, frozenset[str]]
    resolved: dict[str, frozenset[str]]
    counted: set[str]
    readings: dict[str, list[float]]
    durations: dict[str, float]
    newest_first: list[Observation] = field(default_factory=list)
    """The earlier messages, sorted once for every rule that looks back."""

    @classmethod
    def of(
        cls,
        findings: Sequence[Finding],
        measures: Sequence[Measure],
        patient: PatientContext,
        numbers: Numbers,
    ) -> Facts:
        """The facts of one message. Only present findings and those marked as resolved are facts."""
        qualities: dict[str, frozenset[str]] = {}
        resolved: dict[str, frozenset[str]] = {}
        for finding in findings:
            over = is_over(finding)
            if over or finding.status is Status.PRESENT:
                place = resolved if over else qualities
                place[finding.symptom] = place.get(finding.symptom, frozenset()) | finding.qualities
        readings: dict[str, list[float]] = {}
        for measure in measures:
            readings.setdefault(measure.kind, []).append(numbers.value(measure))
        facts = cls(patient, qualities, resolved, set(qualities), readings, {})
        if patient.recent:
            facts.newest_first = sorted(patient.recent, key=lambda earlier: earlier.hours_ago)
        if readings:
            facts._let_numbers_decide(numbers)
            if "duration" in readings:
                facts.durations = _durations(findings, measures)
        return facts

    def _let_numbers_decide(self, numbers: Numbers) -> None:
        for symptom, limits in numbers.decide.items():
            shown = [limit.shown_by(value) for limit in limits for value in self.readings.get(limit.measure, ())]
            if any(shown):
                self.counted.add(symptom)
            elif shown and "masked" not in self.qualities.get(symptom, frozenset()):
                self.counted.discard(symptom)

        self._let_scores_decide(numbers.scored)

    def _let_scores_decide(self, scored: Mapping[str, Scored]) -> None:
        """Only where one scored symptom is present: of two pains nobody can tell which one the score speaks of."""
        present = [symptom for symptom in self.qualities if symptom in scored]
        if len(present) != 1:
            return
        score = scored[present[0]]
        values = self.readings.get(score.measure)
        if values and max(values) < score.at_least:
            self.qualities[present[0]] -= score.qualities

    def number_contradicts(self, symptom: str) -> bool:
        """Whether the word is there but its own number speaks against it."""
        return symptom in self.qualities and symptom not in self.counted

    def merged(self, hours: float, numbers: Numbers) -> Facts:
        """These facts and those of the messages at most ``hours`` ago."""
        near = [earlier for earlier in self.patient.recent if earlier.hours_ago <= hours]
        if not near:
            return self
        whole = Facts(
            self.patient,
            dict(self.qualities),
            dict(self.resolved),
            set(self.counted),
            dict(self.readings),
            self.durations,
            self.newest_first,
        )
        alone = replace(self.patient, recent=())
        for earlier in near:
            whole._add(Facts.of(earlier.findings, earlier.measures, alone, numbers))
        return whole

    def said_before(self, hours: float, numbers: Numbers) -> set[str]:
        """The symptoms and the measures of the messages at most ``hours`` ago, and the symptoms that those may have shown."""
        near = [earlier for earlier in self.patient.recent if earlier.hours_ago <= hours]
        kinds = {m.kind for earlier in near for m in earlier.measures}
        shown = {symptom for symptom, limits in numbers.decide.items() if any(limit.measure in kinds for limit in limits)}
        return {f.symptom for earlier in near for f in earlier.findings} | kinds | shown

    def _add(self, other: Facts) -> None:
        for mine, theirs in ((self.qualities, other.qualities), (self.resolved, other.resolved)):
            for symptom, found in theirs.items():
                mine[symptom] = mine.get(symptom, frozenset()) | found
        self.counted |= other.counted
        for kind, values in other.readings.items():
            self.readings[kind] = [*self.readings.get(kind, ()), *values]

    def earlier_readings(self, kind: str) -> list[list[float]]:
        """The values of the measure in each earlier message that has any, the newest message first."""
        of_each = ([m.value for m in earlier.measures if m.kind == kind] for earlier in self.newest_first)
        return [values for values in of_each if values]

    def lasting(self, symptom: str) -> float:
        """Hours for which the symptom has been there: as said, or since the first of the unbroken reports before."""
        longest = self.durations.get(symptom, 0.0)
        for earlier in self.newest_first:
            if _denied(symptom, earlier):
                break
            if _reported(symptom, earlier):
                longest = max(longest, earlier.hours_ago)
        return longest

    def reports_in_a_row(self, symptom: str, quality: str | None) -> int:
        """How many earlier messages in a row, at least 12 hours apart, reported the symptom (with the quality)."""
        count, last = 0, 0.0
        for earlier in self.newest_first:
            if _denied(symptom, earlier):
                break
            if earlier.hours_ago - last >= APART_HOURS and _reported(symptom, earlier, quality):
                count, last = count + 1, earlier.hours_ago
        return count

    def was_reported(self, symptom: str, hours: float) -> bool:
        """Whether an earlier message at most ``hours`` ago held the symptom, present or over."""
        return any(
            earlier.hours_ago <= hours and any(f.symptom == symptom and (_present(f) or is_over(f)) for f in earlier.findings)
            for earlier in self.patient.recent
        )


def is_over(finding: Finding) -> bool:
    """Whether the finding speaks of the patient's own symptom that is over but recent enough to count (direction rule 6)."""
    return finding.status in _OWN and not OVER.isdisjoint(finding.qualities)


_OWN = frozenset({Status.PRESENT, Status.PAST})


def _present(finding: Finding) -> bool:
    return finding.status is Status.PRESENT and OVER.isdisjoint(finding.qualities)


def _reported(symptom: str, earlier: Observation, quality: str | None = None) -> bool:
    return any(f.symptom == symptom and _present(f) and (quality is None or quality in f.qualities) for f in earlier.findings)


def _denied(symptom: str, earlier: Observation) -> bool:
    return any(f.symptom == symptom and f.status is Status.NEGATED for f in earlier.findings)


def _durations(findings: Sequence[Finding], measures: Sequence[Measure]) -> dict[str, float]:
    """Which symptom each stated length of time speaks of: the nearest, and any that stands close by.

    A measure that names symptoms among its qualities is bound to those. Where no offsets are known (buttons), to all.
    """
    present = [f for f in findings if _present(f)]
    longest: dict[str, float] = {}
    for measure in measures:
        if measure.kind == "duration":
            for finding in _spoken_of(measure, present):
                longest[finding.symptom] = max(measure.value, longest.get(finding.symptom, 0.0))
    return longest


def _spoken_of(measure: Measure, present: Sequence[Finding]) -> Sequence[Finding]:
    bound = [f for f in present if f.symptom in measure.qualities]
    if bound or not present or measure.end == 0:
        return bound or present
    nearest = min(_gap(measure, f) for f in present)
    return [f for f in present if _gap(measure, f) <= max(nearest, NEAR)]


def _gap(measure: Measure, finding: Finding) -> int:
    return max(finding.start - measure.end, measure.start - finding.end, 0)
