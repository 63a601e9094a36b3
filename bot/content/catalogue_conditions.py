"""How a rule's ``when:`` is written in YAML.

One mapping is one condition; all its keys must hold:

- ``has: fever`` or a list (any of them) is there now; ``had:`` it is over since at most 7 days; ``quality:`` (any of) and
  ``qualities:`` (all of) narrow it. In a symptom's own file ``quality`` alone speaks of that symptom.
- ``measure: temperature`` with ``at_least``, ``above``, ``at_most``, ``below``; or ``rise:`` / ``fall:`` since an earlier message.
- ``lasts: 3d``; ``running: 2`` (earlier reports in a row, with ``quality``); ``before: 72h`` with ``reported: anaphylaxis``.
- ``after: 24h``, ``until: 90d`` since treatment; ``risk:``, ``role:``, ``route:``.
- ``is: infection`` (a group of combinations.yaml); ``all: [...]``, ``any: [...]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.content.catalogue_fields import (
    RISKS,
    ROLES,
    ROUTES,
    hours,
    listed,
    one_or_more,
    optional_hours,
    optional_number,
    word_of,
)
from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields, Node
from bot.core.clinical.conditions import (
    All,
    AnyOf,
    AtRisk,
    Before,
    ByRoute,
    Change,
    Condition,
    InRole,
    Lasting,
    Present,
    Reading,
    Resolved,
    Running,
    SinceTreatment,
)
from bot.core.clinical.patient import Role
from bot.core.clinical.rules import MeasureKind

LIMITS = ("at_least", "above", "at_most", "below")
SYMPTOM_KEYS = ("has", "had", "quality", "qualities")
MEASURE_KEYS = ("measure", *LIMITS, "rise", "fall")
TIME_KEYS = ("lasts", "running", "before", "reported", "after", "until")
KEYS = (*SYMPTOM_KEYS, *MEASURE_KEYS, *TIME_KEYS, "risk", "role", "route", "is", "all", "any")


@dataclass(frozen=True)
class Names:
    """What rules may name: every symptom with its qualities, and every measure."""

    qualities: Mapping[str, Mapping[str, str]]
    measures: Mapping[str, MeasureKind]


@dataclass
class ConditionReader:
    """Reads conditions; records a problem for every name that does not exist."""

    names: Names
    groups: dict[str, Condition] = field(default_factory=dict)

    def symptom(self, node: Node) -> str:
        """The id of a known symptom."""
        return node.choice({symptom: symptom for symptom in self.names.qualities})

    def symptoms(self, fields: Fields, key: str) -> tuple[str, ...]:
        """One or several known symptoms under that key."""
        return one_or_more(fields, key, self.symptom)

    def read(self, node: Node, own: str | None) -> Condition:
        """The condition written at this node. ``own``: the symptom of whose file it is part."""
        fields = node.fields(optional=KEYS)
        parts = [
            *self._symptom_parts(fields, own),
            *self._measure_parts(fields),
            *self._time_parts(fields, own),
            *self._patient_parts(fields),
            *self._nested_parts(fields, own),
        ]
        if not parts:
            raise node.fail("this condition says nothing", f"use one of: {', '.join(KEYS)}", "empty-condition")
        return parts[0] if len(parts) == 1 else All(of=tuple(parts))

    def _symptom_parts(self, fields: Fields, own: str | None) -> list[Condition]:
        parts: list[Condition] = []
        has, had = self.symptoms(fields, "has"), self.symptoms(fields, "had")
        if fields.has("running"):
            return parts
        if not has and not had and own is not None and (fields.has("quality") or fields.has("qualities")):
            has = (own,)
        any_of = self._qualities(fields, "quality", has or had)
        all_of = self._qualities(fields, "qualities", has or had)
        if has:
            parts.append(Present(symptoms=has, any_of=any_of, all_of=all_of))
        if had:
            parts.append(Resolved(symptoms=had, any_of=any_of))
        if not has and not had and (any_of or all_of):
            raise fields.node.fail("a quality needs its symptom", "add `has:` with the symptom", "missing-field")
        return parts

    def _qualities(self, fields: Fields, key: str, symptoms: tuple[str, ...]) -> frozenset[str]:
        known = {q for symptom in symptoms for q in self.names.qualities.get(symptom, ())}
        words = {q: q for q in (known or {q for found in self.names.qualities.values() for q in found})}
        return frozenset(one_or_more(fields, key, word_of(words)))

    def _measure_parts(self, fields: Fields) -> list[Condition]:
        if not fields.has("measure"):
            for key in (*LIMITS, "rise", "fall"):
                if fields.has(key):
                    raise fields.at(key).fail(f"{key!r} needs a measure", "add `measure:` beside it", "missing-field")
            return []
        nothing: MeasureKind | None = None
        kind = fields.get("measure", word_of(self.names.measures), nothing)
        if kind is None:
            return []
        limits = {key: _limit_of(fields, key, kind) for key in LIMITS if fields.has(key)}
        if fields.has("rise") or fields.has("fall"):
            return [Change(measure=kind.id, rise=optional_number(fields, "rise"), fall=optional_number(fields, "fall"))]
        if not limits:
            raise fields.node.fail(f"the measure {kind.id!r} needs a limit", "add `at_least:` or `at_most:`", "missing-field")
        reading = Reading(measure=kind.id, **limits)
        if _empty(reading):
            raise fields.node.fail("no value can lie within these limits", "check which is the lower one", "threshold-gap")
        return [reading]

    def _time_parts(self, fields: Fields, own: str | None) -> list[Condition]:
        parts: list[Condition] = []
        if fields.has("lasts"):
            named = self.symptoms(fields, "has") or ((own,) if own else ())
            parts.append(Lasting(hours=fields.get("lasts", hours, 0.0), symptoms=named))
        if fields.has("running"):
            words = {q: q for found in self.names.qualities.values() for q in found}
            quality = fields.get("quality", word_of(words), "") or None
            parts.append(Running(earlier=fields.get("running", Node.integer, 1), quality=quality))
        if fields.has("before") or fields.has("reported"):
            reported = self.symptoms(fields, "reported")
            if not reported or not fields.has("before"):
                raise fields.node.fail("`before:` and `reported:` belong together", rule="missing-field")
            parts.append(Before(symptoms=reported, hours=fields.get("before", hours, 0.0)))
        if fields.has("after") or fields.has("until"):
            parts.append(SinceTreatment(after=optional_hours(fields, "after"), until=optional_hours(fields, "until")))
        return parts

    def _patient_parts(self, fields: Fields) -> list[Condition]:
        parts: list[Condition] = []
        if fields.has("risk"):
            parts.append(AtRisk(risks=frozenset(one_or_more(fields, "risk", word_of(RISKS)))))
        if fields.has("role"):
            parts.append(InRole(role=fields.get("role", word_of(ROLES), Role.RECIPIENT)))
        if fields.has("route"):
            parts.append(ByRoute(routes=frozenset(one_or_more(fields, "route", word_of(ROUTES)))))
        return parts

    def _nested_parts(self, fields: Fields, own: str | None) -> list[Condition]:
        parts: list[Condition] = []
        if fields.has("is"):
            parts += one_or_more(fields, "is", self._group)
        if fields.has("all"):
            parts.append(All(of=listed(fields, "all", lambda item: self.read(item, own))))
        if fields.has("any"):
            parts.append(AnyOf(of=listed(fields, "any", lambda item: self.read(item, own))))
        return parts

    def _group(self, node: Node) -> Condition:
        name = node.string()
        if name not in self.groups:
            raise node.fail(f"{name!r} is no group above this line", did_you_mean(name, self.groups), "unknown-value")
        return self.groups[name]


def _limit_of(fields: Fields, key: str, kind: MeasureKind) -> float | None:
    nothing: float | None = None
    return fields.get(key, lambda node: _limit(node, kind), nothing)


def _limit(node: Node, kind: MeasureKind) -> float:
    value = node.number()
    if not kind.plausible(value):
        raise node.fail(
            f"{value} {kind.unit} is impossible for {kind.words}: this rule could never fire",
            f"possible: {kind.lowest} to {kind.highest} {kind.unit}",
            "unreachable",
        )
    return value


def _empty(reading: Reading) -> bool:
    low = max((x for x in (reading.at_least, reading.above) if x is not None), default=None)
    high = min((x for x in (reading.at_most, reading.below) if x is not None), default=None)
    if low is None or high is None:
        return False
    return low > high or (low == high and not reading.fits(low))
