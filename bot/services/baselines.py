"""What is usual for one patient: set by a clinician with a reason and an end, told to the patient, ended by itself or before.

The core decides what it covers (core/clinical/baseline.py): nothing urgent, nothing worse, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.actions import Part
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.baseline import MOST_URGENT, Baseline
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane, OutgoingMessage
from bot.core.errors import InvalidValue
from bot.ports import Content, UnitOfWork
from bot.services import clinics
from bot.services.alert_text import name_of
from bot.services.wording import Wording
from bot.services.world import World

REASON_LONGEST = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What could be set as usual: a symptom of the assessment whose level is at most same-day, with its figure where one was told."""

    symptom: str
    level: Disposition
    measure: str | None = None
    value: float | None = None


def active(uow: UnitOfWork, patient_id: int, now: datetime) -> tuple[Baseline, ...]:
    """The baselines that count for them now."""
    return tuple(b for b in uow.baselines.of_patient(patient_id) if b.holds(now))


def candidates(assessment: Assessment, content: Content) -> tuple[Candidate, ...]:
    """Of each symptom that made a same-day or milder reason, the highest such level and the highest figure told of it.

    A symptom that a measured number decides (fever, oxygen, blood pressure) is none: a number needs no baseline but a limit.
    """
    levels: dict[str, Disposition] = {}
    for reason in assessment.reasons:
        if reason.symptom is not None and Disposition.NONE < reason.disposition <= MOST_URGENT:
            levels[reason.symptom] = max(reason.disposition, levels.get(reason.symptom, Disposition.NONE))
    symptoms = content.knowledge.rules.symptoms
    usable = {symptom: level for symptom, level in levels.items() if symptom in symptoms and not symptoms[symptom].measured}
    return tuple(_candidate(symptom, level, assessment, content) for symptom, level in usable.items())


def _candidate(symptom: str, level: Disposition, assessment: Assessment, content: Content) -> Candidate:
    known = content.knowledge.rules.symptoms.get(symptom)
    scored = known.scored.measure if known is not None and known.scored is not None else None
    figures = [m.value for m in assessment.measures if m.kind == scored]
    if scored is None or not figures:
        return Candidate(symptom=symptom, level=level)
    return Candidate(symptom=symptom, level=level, measure=scored, value=max(figures))


def set_baseline(
    uow: UnitOfWork,
    world: World,
    now: datetime,
    patient_id: int,
    candidate: Candidate,
    *,
    reason: str,
    days: int,
    by: str,
    name: str,
) -> Baseline:
    """Sets it, instead of an earlier one of the same symptom, and tells the patient. ``by`` goes into the audit chain, ``name`` is what
    the patient reads. Raises InvalidValue for more than 30 days, no reason, a level that no baseline covers, an unknown symptom."""
    symptom = world.content.knowledge.rules.symptoms.get(candidate.symptom)
    if symptom is None:
        raise InvalidValue(f"the catalogue has no symptom {candidate.symptom!r}")
    if symptom.measured:
        raise InvalidValue(f"{candidate.symptom!r} is decided by a measured number, for which there is no usual")
    baseline = Baseline(
        id=0,
        patient_id=patient_id,
        symptom=candidate.symptom,
        level=candidate.level,
        measure=candidate.measure,
        value=candidate.value,
        reason=" ".join(reason.split())[:REASON_LONGEST],
        set_by=by,
        set_at=now,
        until=now + timedelta(days=days),
    )
    for earlier in active(uow, patient_id, now):
        if earlier.symptom == candidate.symptom:
            uow.baselines.save(replace(earlier, ended_at=now, told_end=True))
    baseline = uow.baselines.add(baseline)
    uow.audit.append(now, by, "baseline.set", f"patient:{patient_id}", _skeleton(baseline))
    _tell(uow, world, now, baseline, "baseline.set", name=name)
    return baseline


def end(uow: UnitOfWork, world: World, now: datetime, baseline: Baseline, *, by: str) -> None:
    """Ends it now; the patient is told in the same transaction. Nothing happens where it has ended."""
    if baseline.ended_at is not None:
        return
    uow.audit.append(now, by, "baseline.ended", f"patient:{baseline.patient_id}", _skeleton(baseline))
    _tell(uow, world, now, baseline, "baseline.ended")
    uow.baselines.save(replace(baseline, ended_at=now, told_end=True))


def end_due(uow: UnitOfWork, world: World, now: datetime) -> int:
    """Those whose end has come (they have not counted since) are told to their patients; how many."""
    over = uow.baselines.over(now)
    for baseline in over:
        end(uow, world, now, baseline, by="system")
    return len(over)


def in_words(baseline: Baseline, content: Content, language: str) -> str:
    """``pain up to 6``: the symptom's plain name, with the figure where one was set."""
    key = f"symptom.{baseline.symptom}"
    what = content.label(language, key) if content.has(key) else baseline.symptom
    if baseline.value is None:
        return what
    return content.label(language, "baseline.up_to", what=what, value=f"{baseline.value:g}")


def _tell(uow: UnitOfWork, world: World, now: datetime, baseline: Baseline, key: str, *, name: str = "") -> None:
    patient = uow.patients.get(baseline.patient_id)
    if patient.address is None:
        return
    world = clinics.of_patient(world, patient)
    wording = Wording(content=world.content, language=patient.language, zone=patient.zone(), now=now)
    params: dict[str, str | datetime] = {
        "name": name_of(world.content, name) or world.content.clinic.name,
        "what": in_words(baseline, world.content, patient.language),
        "until": baseline.until,
    }
    for text in wording.texts((Part(keys=(key,), params=params),)):
        uow.outbox.add(
            OutgoingMessage(
                id=0,
                channel=patient.channel,
                address=patient.address,
                text=text,
                lane=Lane.REPLY,
                purpose=f"baseline:{baseline.id}",
                patient_id=patient.id,
                due_at=now,
            )
        )


def _skeleton(baseline: Baseline) -> str:
    """What the audit chain may hold: no word of the reason."""
    figure = "" if baseline.value is None else f" up to {baseline.measure} {baseline.value:g}"
    return f"{baseline.symptom}{figure}, at most {baseline.level.word}, until {baseline.until.isoformat(timespec='minutes')}"
