"""No dead rule: for every rule a message is built from its own condition, and the rule fires on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.core.clinical.assess import assess
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
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import Observation, PatientContext, Risk, Role, Route
from bot.core.clinical.rules import MilderForm, Rule
from tests.support.clinical import book, finding, fired, measure


@dataclass
class Message:
    """A message being built so that a condition holds."""

    present: dict[str, set[str]] = field(default_factory=dict)
    over: dict[str, set[str]] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    earlier: list[Observation] = field(default_factory=list)
    role: Role = Role.RECIPIENT
    route: Route | None = None
    risks: set[Risk] = field(default_factory=set)
    hours: float = 120.0

    def satisfy(self, condition: Condition) -> None:
        match condition:
            case All(of=parts):
                for part in parts:
                    self.satisfy(part)
            case AnyOf(of=parts):
                self.satisfy(parts[0])
            case Present(symptoms=symptoms, any_of=any_of, all_of=all_of):
                self.present.setdefault(symptoms[0], set()).update(all_of | set(sorted(any_of)[:1]))
            case Resolved(symptoms=symptoms, any_of=any_of):
                self.over.setdefault(symptoms[0], set()).update({"resolved", *sorted(any_of)[:1]})
            case Lasting(hours=hours, symptoms=symptoms):
                self.present.setdefault(symptoms[0], set())
                self.numbers["duration"] = hours
            case _:
                self._set_scene(condition)

    def _set_scene(self, condition: Condition) -> None:
        match condition:
            case Reading(measure=kind):
                self.numbers[kind] = _inside(condition)
            case Change(measure=kind, fall=fall):
                now = self.numbers.setdefault(kind, 100.0 if kind == "systolic" else 95.0)
                self.earlier.append(_said(measure(kind, now + (fall or 0))))
            case Before(symptoms=symptoms, hours=hours):
                self.earlier.append(Observation(hours_ago=hours, disposition=Disposition.NONE, findings=(finding(symptoms[0]),)))
            case SinceTreatment(after=after, until=until):
                self.hours = until if until is not None else (after or 0) + 1
            case AtRisk(risks=risks):
                self.risks.add(min(risks))
            case InRole(role=role):
                self.role = role
            case ByRoute(routes=routes):
                self.route = min(routes)
            case Running():
                raise AssertionError("modifiers are tested by hand")

    def patient(self) -> PatientContext:
        return PatientContext(
            role=self.role,
            route=self.route,
            risks=frozenset(self.risks),
            hours_since_treatment=self.hours,
            recent=tuple(self.earlier),
        )

    def stated(self) -> list[Finding | Measure]:
        present = [finding(symptom, *qualities) for symptom, qualities in self.present.items()]
        over = [finding(symptom, *qualities, status=Status.PAST) for symptom, qualities in self.over.items()]
        return [*present, *over, *(measure(kind, value) for kind, value in self.numbers.items())]


def _inside(reading: Reading) -> float:
    kind = book().measures[reading.measure]
    edges = [reading.at_least, reading.at_most, kind.lowest, kind.highest]
    edges += [None if reading.above is None else reading.above + 0.1, None if reading.below is None else reading.below - 0.1]
    return next(edge for edge in edges if edge is not None and reading.fits(edge))


def _said(value: Measure) -> Observation:
    return Observation(hours_ago=12, disposition=Disposition.NONE, measures=(value,))


@pytest.mark.parametrize("rule", book().rules(), ids=lambda rule: rule.id)
def test_every_rule_can_fire(rule: Rule) -> None:
    message = Message()
    message.satisfy(rule.when)
    assert rule.id in fired(message.patient(), *message.stated())


MILDER = [(symptom.id, form) for symptom in book().symptoms.values() for form in symptom.milder]


@pytest.mark.parametrize(("symptom", "form"), MILDER, ids=[form.id for _, form in MILDER])
def test_every_milder_form_can_be_met_and_lies_below_its_floor(symptom: str, form: MilderForm) -> None:
    message = Message()
    if form.when is not None:
        message.satisfy(form.when)
    present = finding(symptom, *form.all_of, *sorted(form.any_of)[:1])
    found = assess([present], [], message.patient(), book())
    assert form.id in {reason.rule for reason in found.reasons}
    assert form.disposition < book().symptoms[symptom].floor.disposition


@pytest.mark.parametrize(("symptom", "form"), MILDER, ids=[form.id for _, form in MILDER])
def test_what_speaks_against_a_milder_form_restores_the_floor(symptom: str, form: MilderForm) -> None:
    message = Message()
    if form.when is not None:
        message.satisfy(form.when)
    for against in form.unless_qualities:
        present = finding(symptom, *form.all_of, *sorted(form.any_of)[:1], against)
        found = {reason.rule for reason in assess([present], [], message.patient(), book()).reasons}
        assert form.id not in found


def test_a_message_looks_at_few_of_the_rules() -> None:
    looked_at = [rule.id for key in ("fever", "diarrhoea", "dyspnea", "#temperature") for rule in book().by_trigger[key]]
    assert len(looked_at) < len(book().rules()) / 4
