"""Short ways to say what a patient has: the rule book as shipped, findings as words, measures with their units."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from bot.content.catalogue import load_rule_book
from bot.core.clinical.assess import assess
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import Observation, PatientContext, Risk, Role, Route
from bot.core.clinical.rules import RuleBook

CATALOGUE = Path(__file__).parents[2] / "bot" / "catalogue"
H, D = 1.0, 24.0


@cache
def book() -> RuleBook:
    """The catalogue as shipped."""
    return load_rule_book(CATALOGUE)


def finding(symptom: str, *qualities: str, status: Status = Status.PRESENT, **more: Any) -> Finding:
    """A finding of the symptom with these qualities."""
    return Finding(symptom=symptom, qualities=frozenset(qualities), status=status, **more)


def over(symptom: str, *qualities: str) -> Finding:
    """A finding that is over since at most 7 days."""
    return finding(symptom, "resolved", *qualities, status=Status.PAST)


def measure(kind: str, value: float, *qualities: str) -> Measure:
    """A measure in the catalogue's unit."""
    return Measure(kind=kind, value=value, unit=book().measures[kind].unit, qualities=frozenset(qualities))


def recipient(
    hours: float | None = 72.0, *risks: str, route: str | None = "iv", recent: tuple[Observation, ...] = ()
) -> PatientContext:
    """A recipient so many hours after treatment."""
    return PatientContext(
        role=Role.RECIPIENT,
        route=Route(route) if route else None,
        hours_since_treatment=hours,
        risks=frozenset(Risk(risk) for risk in risks),
        recent=recent,
    )


def donor(hours: float | None = 72.0, *risks: str) -> PatientContext:
    """A donor so many hours after the harvest."""
    return PatientContext(role=Role.DONOR, hours_since_treatment=hours, risks=frozenset(Risk(risk) for risk in risks))


def earlier(hours_ago: float, *stated: Finding | Measure, disposition: Disposition = Disposition.SELF_MANAGE) -> Observation:
    """An earlier message."""
    return Observation(
        hours_ago=hours_ago,
        disposition=disposition,
        findings=tuple(s for s in stated if isinstance(s, Finding)),
        measures=tuple(s for s in stated if isinstance(s, Measure)),
    )


def judge(patient: PatientContext, *stated: Finding | Measure, rules: RuleBook | None = None) -> Assessment:
    """What the engine says to these findings and measures."""
    findings = [s for s in stated if isinstance(s, Finding)]
    measures = [s for s in stated if isinstance(s, Measure)]
    return assess(findings, measures, patient, rules or book())


def level(patient: PatientContext, *stated: Finding | Measure) -> str:
    """The word of the disposition."""
    return judge(patient, *stated).disposition.word


def fired(patient: PatientContext, *stated: Finding | Measure) -> set[str]:
    """The ids of the rules that fired."""
    return {reason.rule for reason in judge(patient, *stated).reasons}
