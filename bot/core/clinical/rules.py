"""The clinical content as frozen data: rules that raise, the milder forms that a row names, modifiers, one allowance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.core.clinical.conditions import Condition, Present, Trigger, narrowest
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.facts import Facts, Measured, Numbers, Scored
from bot.core.clinical.patient import Risk
from bot.core.errors import InvalidValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Where ``when`` holds, the disposition is at least ``disposition``.

    ``window_hours`` above 0: what earlier messages of that many hours said counts too (combinations). ``symptom`` is the
    symptom that the reason speaks of. ``source`` is the part of the clinical content, ``where`` the file and line.
    """

    id: str
    disposition: Disposition
    when: Condition
    reason: str
    where: str
    source: str = ""
    symptom: str | None = None
    window_hours: float = 0.0
    symptoms: frozenset[str] = field(init=False, repr=False, compare=False)
    """The symptoms whose words explain why the rule fired."""
    measures: frozenset[str] = field(init=False, repr=False, compare=False)
    """The measures whose words explain why the rule fired."""

    def __post_init__(self) -> None:
        triggers = self.when.triggers()
        put = object.__setattr__
        put(self, "symptoms", frozenset(t.lstrip("~") for t in triggers if not t.startswith("#")))
        put(self, "measures", frozenset(t[1:] for t in triggers if t.startswith("#")))


@dataclass(frozen=True, kw_only=True, slots=True)
class MilderForm:
    """A form of a symptom that its own row puts below the symptom's floor: known old breathlessness, unchanged.

    It needs one of ``any_of`` and every one of ``all_of`` (empty: none needed), none of ``unless_qualities``, ``when`` (None:
    always), and not ``unless``. Of several that fit a finding the first in the file counts: the most specific stands first.
    """

    id: str
    disposition: Disposition
    reason: str
    where: str
    source: str = ""
    any_of: frozenset[str] = frozenset()
    all_of: frozenset[str] = frozenset()
    unless_qualities: frozenset[str] = frozenset()
    when: Condition | None = None
    unless: Condition | None = None

    def fits(self, qualities: frozenset[str], facts: Facts, symptom: str) -> bool:
        """Whether this finding is of that form."""
        if (self.any_of and self.any_of.isdisjoint(qualities)) or not self.all_of <= qualities:
            return False
        if not self.unless_qualities.isdisjoint(qualities):
            return False
        if self.when is not None and not self.when.holds(facts, symptom):
            return False
        return self.unless is None or not self.unless.holds(facts, symptom)


@dataclass(frozen=True, kw_only=True, slots=True)
class Symptom:
    """One symptom's file. ``floor`` is the least disposition of a finding that says no more than that it is there."""

    id: str
    term: str
    floor: Rule
    qualities: Mapping[str, str]
    advice: str
    counts_when_over: bool = False
    """Whether a finding that is over counts as well: resolved is not safe (direction rule 6)."""
    phases: tuple[str, ...] = ()
    window: str = ""
    source_lines: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    measured: tuple[Measured, ...] = ()
    scored: Scored | None = None
    milder: tuple[MilderForm, ...] = ()
    rules: tuple[Rule, ...] = ()
    where: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Modifier:
    """One level more for these symptoms (at least same_day, at most ``up_to``) where ``when`` holds (B12, B20-B31)."""

    id: str
    symptoms: tuple[str, ...]
    when: Condition
    reason: str
    where: str
    source: str = ""
    up_to: Disposition = Disposition.EMERGENCY

    def raised(self, level: Disposition) -> Disposition:
        """The level that ``level`` becomes; never lower than it was."""
        higher = max(min(Disposition(min(level + 1, 4)), self.up_to), Disposition.SAME_DAY)
        return max(level, higher)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """The single rule that may lower (B01): the first-24-hours fever. It waives the named rules to ``disposition``.

    It needs a known time since treatment of at most ``until_hours``, readings of ``measure`` all below ``below``, no risk at
    all, none of ``unless``, and nothing else above ``disposition``. A clinic may switch it off.
    """

    id: str
    waives: frozenset[str]
    disposition: Disposition
    until_hours: float
    measure: str
    below: float
    unless: Condition
    reason: str
    where: str
    source: str = ""
    unless_risks: frozenset[Risk] = frozenset(Risk)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """So many different symptoms at exactly this level at once ask for more (B32, direction rule 7).

    A reason that rests on a measure of ``unplaced`` alone counts only where its own symptom was found: "pain 5" beside a
    headache speaks of the headache.
    """

    id: str
    of: Disposition
    at_least: int
    disposition: Disposition
    window_hours: float
    reason: str
    where: str
    source: str = ""
    unplaced: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """One parameter of NEWS2: (highest value of the band, points), ascending; the last band has no upper end (A5)."""

    measure: str
    bands: tuple[tuple[float, int], ...]

    def points(self, value: float) -> int:
        """The points of this value."""
        return next(points for highest, points in self.bands if value <= highest)


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyWarning:
    """A partial NEWS2 sum: a lower bound that may raise and never reassures (direction rule 8)."""

    scales: tuple[Scale, ...]
    single: tuple[int, Disposition]
    totals: tuple[tuple[int, Disposition], ...]
    unless_risks: frozenset[Risk]
    reason: str
    where: str
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureKind:
    """A measure that rules may name: its UCUM unit and what is possible at all. A value outside must be asked again."""

    id: str
    unit: str
    lowest: float
    highest: float
    words: str
    add: Mapping[str, float] = field(default_factory=dict)
    """Added to a reading that bears the quality, before rules look at it: an armpit reads 0.5 degrees low."""

    def plausible(self, value: float) -> bool:
        """Whether a living adult can have this value."""
        return self.lowest <= value <= self.highest


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """The whole clinical content. ``version`` is the hash of its files."""

    symptoms: Mapping[str, Symptom]
    combinations: tuple[Rule, ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    allowance: Allowance | None = None
    tally: Tally | None = None
    early_warning: EarlyWarning | None = None
    measures: Mapping[str, MeasureKind] = field(default_factory=dict)
    version: str = ""
    by_trigger: Mapping[Trigger, tuple[Rule, ...]] = field(init=False, repr=False)
    """Rules by what must be in the message for them to hold on it alone."""
    completed_by: Mapping[Trigger, tuple[Rule, ...]] = field(init=False, repr=False)
    """Rules that look back, by everything that may complete what earlier messages began."""
    modifiers_of: Mapping[str, tuple[Modifier, ...]] = field(init=False, repr=False)
    unplaced: frozenset[str] = field(init=False, repr=False)
    """Ids of the rules that rest on a measure which some finding has to place (see Tally)."""
    numbers: Numbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ids = [rule.id for rule in self.rules()]
        if len(ids) != len(set(ids)):
            raise InvalidValue(f"rule ids must be unique, doubled: {sorted({i for i in ids if ids.count(i) > 1})}")
        modifiers: dict[str, list[Modifier]] = defaultdict(list)
        for modifier in self.modifiers:
            for symptom in modifier.symptoms:
                modifiers[symptom].append(modifier)
        put = object.__setattr__
        every = (*self._symptom_rules(), *self.combinations)
        placed = self.tally.unplaced if self.tally else frozenset[str]()
        put(self, "unplaced", frozenset(rule.id for rule in every if not placed.isdisjoint(rule.measures)))
        put(self, "by_trigger", _index((rule, _needed(rule)) for rule in every))
        put(self, "completed_by", _index((rule, rule.when.triggers()) for rule in every if rule.window_hours))
        put(self, "modifiers_of", {symptom: tuple(found) for symptom, found in modifiers.items()})
        decide = {s.id: s.measured for s in self.symptoms.values() if s.measured}
        scored = {s.id: s.scored for s in self.symptoms.values() if s.scored}
        put(
            self,
            "numbers",
            Numbers(decide=decide, scored=scored, add={kind.id: kind.add for kind in self.measures.values() if kind.add}),
        )

    def _symptom_rules(self) -> Iterable[Rule]:
        for symptom in self.symptoms.values():
            yield from symptom.rules

    def rules(self) -> tuple[Rule, ...]:
        """Every rule that raises: floors, symptom rules, combinations."""
        return (*(s.floor for s in self.symptoms.values()), *self._symptom_rules(), *self.combinations)

    def rule(self, rule_id: str) -> Rule | MilderForm | Modifier | Allowance | Tally | None:
        """Whatever bears this id, or None."""
        milder = (form for s in self.symptoms.values() for form in s.milder)
        others = (x for x in (self.allowance, self.tally) if x is not None)
        return next((x for x in (*self.rules(), *milder, *self.modifiers, *others) if x.id == rule_id), None)

    def about(self, symptom: str) -> tuple[Rule, ...]:
        """Every rule in which the symptom can play a part: `aftercare explain`."""
        return tuple(r for r in self.rules() if r.symptom == symptom or symptom in r.symptoms)


def _needed(rule: Rule) -> frozenset[Trigger]:
    needed = narrowest(rule.when)
    if not needed:
        raise InvalidValue(f"rule {rule.id} can never be reached: its condition names no symptom and no measure")
    return needed


def _index(rules: Iterable[tuple[Rule, frozenset[Trigger]]]) -> dict[Trigger, tuple[Rule, ...]]:
    index: dict[Trigger, list[Rule]] = defaultdict(list)
    for rule, triggers in rules:
        for trigger in triggers:
            index[trigger].append(rule)
    return {trigger: tuple(found) for trigger, found in index.items()}


def floor_rule(symptom: str, disposition: Disposition, reason: str, where: str, source: str = "A1") -> Rule:
    """The rule of a finding that says no more than that the symptom is there."""
    return Rule(
        id=f"{symptom}.floor",
        disposition=disposition,
        when=Present(symptoms=(symptom,)),
        reason=reason,
        where=where,
        source=source,
        symptom=symptom,
    )
