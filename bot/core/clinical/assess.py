"""The one function that decides: from findings, measures and the patient to a disposition with every reason."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.early_warning import early_warning
from bot.core.clinical.facts import Facts, is_over
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import Observation, PatientContext
from bot.core.clinical.rules import Allowance, MilderForm, Modifier, Rule, RuleBook, Tally
from bot.core.errors import UnknownSymptom


def assess(
    findings: Sequence[Finding],
    measures: Sequence[Measure],
    patient: PatientContext,
    rules: RuleBook,
    tighter: Sequence[Threshold] = (),
) -> Assessment:
    """The highest disposition that any rule asks for, with every reason, the most urgent first.

    Temperatures are in degrees Celsius, durations in hours. Only present findings count, and those that are over since at most
    7 days where a rule names them; other people's and hypothetical ones are kept and never alert. Rules only raise: the single
    rule that may lower (the first-24-hours fever allowance) says so itself. ``tighter`` are a schedule's own limits.
    Raises UnknownSymptom for a finding outside the rule book.
    """
    for finding in findings:
        if finding.symptom not in rules.symptoms:
            raise UnknownSymptom(f"no symptom {finding.symptom!r} in the rule book")
    facts = Facts.of(findings, measures, patient, rules.numbers)
    words = _Words(findings, measures)
    reasons = _base(findings, facts, rules, words)
    reasons += _raised(reasons, facts, rules, words)
    if rules.allowance is not None:
        reasons = _allow(rules.allowance, reasons, facts, words)
    if rules.tally is not None:
        reasons += _tallied(rules.tally, reasons, facts, rules)
    if rules.early_warning is not None and facts.readings:
        reasons += early_warning(rules.early_warning, facts)
    reasons += _tightened(tighter, measures)
    reasons.sort(key=lambda reason: (-reason.disposition, reason.rule))
    return Assessment(
        disposition=reasons[0].disposition if reasons else Disposition.NONE,
        reasons=tuple(reasons),
        findings=tuple(findings),
        measures=tuple(measures),
        content=rules.version,
    )


class _Words:
    """The patient's own words behind each symptom and measure."""

    def __init__(self, findings: Sequence[Finding], measures: Sequence[Measure]) -> None:
        self.findings = [f for f in findings if f.text and (f.status is Status.PRESENT or is_over(f))]
        self.by_symptom: dict[str, dict[str, None]] = {}
        for finding in self.findings:
            self.by_symptom.setdefault(finding.symptom, {})[finding.text] = None
        self.measures = [m for m in measures if m.text]

    def of(self, rule: Rule) -> tuple[str, ...]:
        symptoms, kinds = rule.symptoms, rule.measures
        said = [f.text for f in self.findings if f.symptom in symptoms]
        return tuple(dict.fromkeys(said + [m.text for m in self.measures if m.kind in kinds]))

    def of_symptom(self, symptom: str) -> tuple[str, ...]:
        return tuple(self.by_symptom.get(symptom, ()))


def _base(findings: Sequence[Finding], facts: Facts, rules: RuleBook, words: _Words) -> list[Reason]:
    """The floors of all present findings, and every rule that holds."""
    reasons: dict[str, Reason] = {}
    for finding in findings:
        if rules.symptoms[finding.symptom].counts_when_over if is_over(finding) else finding.status is Status.PRESENT:
            floor = _floor(finding, facts, rules, words)
            reasons[floor.rule] = floor
    for rule in _held(facts, rules):
        if rule.id not in reasons:
            reasons[rule.id] = Reason(
                rule=rule.id,
                disposition=rule.disposition,
                where=rule.where,
                text=rule.reason,
                symptom=rule.symptom,
                words=words.of(rule),
            )
    return list(reasons.values())


def _held(facts: Facts, rules: RuleBook) -> Iterable[Rule]:
    """Every rule that holds on this message alone, or that this message completes with the ones before it."""
    triggers = list(_triggers(facts))
    for trigger in triggers:
        for rule in rules.by_trigger.get(trigger, ()):
            if rule.when.holds(facts, rule.symptom or ""):
                yield rule
    if facts.patient.recent:
        yield from _completed(triggers, facts, rules)


def _completed(triggers: Sequence[str], facts: Facts, rules: RuleBook) -> Iterable[Rule]:
    """Every rule that this message completes: a part of it was said before, within the rule's own window."""
    said: dict[float, set[str]] = {}
    windows: dict[float, Facts] = {}
    for trigger in triggers:
        for rule in rules.completed_by.get(trigger, ()):
            hours = rule.window_hours
            if hours not in said:
                said[hours] = facts.said_before(hours, rules.numbers)
            if said[hours].isdisjoint(rule.symptoms) and said[hours].isdisjoint(rule.measures):
                continue
            if hours not in windows:
                windows[hours] = facts.merged(hours, rules.numbers)
            if rule.when.holds(windows[hours], rule.symptom or ""):
                yield rule


def _triggers(facts: Facts) -> Iterable[str]:
    yield from facts.counted.union(facts.qualities)
    for symptom in facts.resolved:
        yield f"~{symptom}"
    for kind in facts.readings:
        yield f"#{kind}"


def _floor(finding: Finding, facts: Facts, rules: RuleBook, words: _Words) -> Reason:
    """The finding's own least level: the symptom's floor, or the milder form that its row names for these qualities."""
    symptom = rules.symptoms[finding.symptom]
    floor: Rule | MilderForm = symptom.floor
    disposition = floor.disposition
    if facts.number_contradicts(symptom.id):
        disposition = min(disposition, Disposition.SELF_MANAGE)
    else:
        fitting = (form for form in symptom.milder if form.fits(finding.qualities, facts, symptom.id))
        floor = next(fitting, symptom.floor)
        disposition = floor.disposition
    return Reason(
        rule=floor.id,
        disposition=disposition,
        where=floor.where,
        text=floor.reason,
        symptom=symptom.id,
        words=words.of_symptom(symptom.id),
    )


def _levels(reasons: Iterable[Reason]) -> dict[str, Disposition]:
    """The level of each symptom by its own file's rules."""
    levels: dict[str, Disposition] = {}
    for reason in reasons:
        if reason.symptom is not None and reason.rule.startswith(f"{reason.symptom}."):
            levels[reason.symptom] = max(reason.disposition, levels.get(reason.symptom, Disposition.NONE))
    return levels


def _raised(reasons: Sequence[Reason], facts: Facts, rules: RuleBook, words: _Words) -> list[Reason]:
    raised = []
    for symptom, level in _levels(reasons).items():
        for modifier in rules.modifiers_of.get(symptom, ()):
            higher = modifier.raised(level)
            if higher > level and modifier.when.holds(facts, symptom):
                raised.append(_reason(modifier, higher, symptom, words.of_symptom(symptom)))
    return raised


def _allow(allowance: Allowance, reasons: list[Reason], facts: Facts, words: _Words) -> list[Reason]:
    """B01, as narrow as it is written: everything else must be at most self_manage."""
    waived = [r for r in reasons if r.rule in allowance.waives and r.disposition > allowance.disposition]
    if not waived or not _allowed(allowance, facts):
        return reasons
    others = [r for r in reasons if r not in waived]
    if any(r.disposition > allowance.disposition for r in others):
        return reasons
    said = tuple(dict.fromkeys(w for r in waived for w in r.words))
    return [*others, _reason(allowance, allowance.disposition, waived[0].symptom, said or words.of_symptom("fever"))]


def _allowed(allowance: Allowance, facts: Facts) -> bool:
    hours = facts.patient.hours_since_treatment
    return (
        hours is not None
        and hours <= allowance.until_hours
        and all(value < allowance.below for value in facts.readings.get(allowance.measure, ()))
        and allowance.unless_risks.isdisjoint(facts.patient.risks)
        and not allowance.unless.holds(facts, "")
    )


def _tallied(tally: Tally, reasons: Sequence[Reason], facts: Facts, rules: RuleBook) -> list[Reason]:
    now = _counted(tally, reasons, facts.qualities, rules)
    if not now:
        return []
    for earlier in facts.patient.recent:
        if earlier.hours_ago <= tally.window_hours and earlier.disposition >= tally.of and len(now) < tally.at_least:
            now |= _counted_then(tally, earlier, facts.patient, rules)
    return [_reason(tally, tally.disposition, None, ())] if len(now) >= tally.at_least else []


def _counted(tally: Tally, reasons: Iterable[Reason], found: Container[str], rules: RuleBook) -> set[str]:
    return {
        reason.symptom or reason.rule
        for reason in reasons
        if reason.disposition == tally.of and not (reason.rule in rules.unplaced and reason.symptom not in found)
    }


def _counted_then(tally: Tally, earlier: Observation, patient: PatientContext, rules: RuleBook) -> set[str]:
    """The symptoms that an earlier message put at the tally's level, judged as of then and without what came before it."""
    hours = patient.hours_since_treatment
    then = replace(patient, recent=(), hours_since_treatment=None if hours is None else max(hours - earlier.hours_ago, 0.0))
    known = [f for f in earlier.findings if f.symptom in rules.symptoms]
    assessed = assess(known, earlier.measures, then, rules)
    return _counted(tally, assessed.reasons, {finding.symptom for finding in known}, rules)


def _tightened(tighter: Sequence[Threshold], measures: Sequence[Measure]) -> list[Reason]:
    return [
        Reason(
            rule=f"schedule.{limit.measure}.{limit.disposition.word}",
            disposition=limit.disposition,
            where=limit.where,
            text=f"{limit.measure.replace('_', ' ')} is beyond the clinic's own limit",
            words=(measure.text,) if measure.text else (),
        )
        for limit in tighter
        for measure in measures
        if limit.measure == measure.kind and _beyond(limit, measure.value)
    ]


def _beyond(limit: Threshold, value: float) -> bool:
    high = limit.at_least is not None and value >= limit.at_least
    return high or (limit.at_most is not None and value <= limit.at_most)


def _reason(rule: Modifier | Allowance | Tally, disposition: Disposition, symptom: str | None, words: tuple[str, ...]) -> Reason:
    return Reason(rule=rule.id, disposition=disposition, where=rule.where, text=rule.reason, symptom=symptom, words=words)
