"""FHIR R4 resources of a patient's course: Patient, CarePlan, Communication, Observation, Flag. Source: hl7.org/fhir/R4

The patient is named by the code alone unless names are asked for. Ids are ours and stable, so that a second export replaces.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.core.careplan.enrolment import CheckInState, Enrolment, PlannedCheckIn
from bot.core.clinical.finding import Measure, Status
from bot.core.escalation.alert import Alert, AlertState
from bot.ports import StoredAssessment
from bot.reports.fhir_codes import LOINC, MEASURES, UCUM, VITAL_SIGNS
from bot.reports.record import Record

Resource = dict[str, Any]
SYSTEM = "urn:aftercare"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_STATUS = {
    CheckInState.PLANNED: "scheduled",
    CheckInState.SENT: "in-progress",
    CheckInState.REMINDED: "in-progress",
    CheckInState.ANSWERED: "completed",
    CheckInState.SILENT: "stopped",
    CheckInState.SKIPPED: "cancelled",
    CheckInState.MISSED_SYSTEM: "stopped",
    CheckInState.CANCELLED: "cancelled",
}


def bundle_lines(records: Iterator[Record], now: datetime, *, names: bool = False) -> Iterator[str]:
    """One Bundle of type collection as JSON text, entry by entry: a large clinic is never held in memory at once."""
    yield f'{{"resourceType": "Bundle", "type": "collection", "timestamp": "{_time(now)}", "entry": [\n'
    first = True
    for record in records:
        for resource in resources(record, names=names):
            entry = {"fullUrl": f"{SYSTEM}:{resource['resourceType']}:{resource['id']}", "resource": resource}
            yield ("" if first else ",\n") + json.dumps(entry, ensure_ascii=True)
            first = False
    yield "\n]}\n"


def resources(record: Record, *, names: bool = False) -> Iterator[Resource]:
    """Every resource of one patient."""
    yield _patient(record, names=names)
    for course in record.courses:
        yield _care_plan(record, course)
    for stored in record.messages:
        yield _communication(record, stored)
        yield from _observations(record, stored)
    for alert in record.alerts:
        yield _flag(record, alert)


def _patient(record: Record, *, names: bool) -> Resource:
    patient = record.patient
    resource: Resource = {
        "resourceType": "Patient",
        "id": f"p{patient.id}",
        "identifier": [{"system": SYSTEM, "value": patient.code}],
        "active": patient.state.value == "active",
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": patient.language}]}, "preferred": True}],
    }
    if names:
        resource |= {"name": [{"text": patient.name}], "birthDate": str(patient.birth_year)}
    return resource


def _care_plan(record: Record, course: Enrolment) -> Resource:
    activities = [_activity(row) for row in record.check_ins if row.enrolment_id == course.id]
    return {
        "resourceType": "CarePlan",
        "id": f"c{course.id}",
        "status": "active" if course.active else "completed",
        "intent": "plan",
        "title": f"{course.schedule} ({course.schedule_version})",
        "subject": _subject(record),
        "period": {"start": _time(course.treated_at)},
        **({"activity": activities} if activities else {}),
    }


def _activity(row: PlannedCheckIn) -> Resource:
    return {
        "detail": {
            "kind": "CommunicationRequest",
            "code": {"text": row.check_in},
            "status": _STATUS[row.state],
            "scheduledString": _time(row.due_at),
        }
    }


def _communication(record: Record, stored: StoredAssessment) -> Resource:
    reasons = [{"text": f"{r.rule}: {r.text}"} for r in stored.assessment.reasons]
    return {
        "resourceType": "Communication",
        "id": f"m{stored.id}",
        "status": "completed",
        "subject": _subject(record),
        "sender": _subject(record),
        "sent": _time(stored.at),
        "payload": [{"contentString": stored.text or "-"}],
        **({"reasonCode": reasons} if reasons else {}),
        "note": [{"text": f"Read as {stored.assessment.disposition.word}; content {stored.assessment.content}"}],
    }


def _observations(record: Record, stored: StoredAssessment) -> Iterator[Resource]:
    for number, measure in enumerate(stored.assessment.measures):
        yield {**_observation(record, stored, f"m{stored.id}-v{number}"), **_measured(measure)}
    for number, finding in enumerate(stored.assessment.findings):
        if finding.status in {Status.PRESENT, Status.NEGATED}:
            yield {
                **_observation(record, stored, f"m{stored.id}-f{number}"),
                "category": _category("survey"),
                "code": {"coding": [{"system": f"{SYSTEM}:symptom", "code": finding.symptom}], "text": finding.symptom},
                "valueBoolean": finding.status is Status.PRESENT,
                **({"note": [{"text": finding.text}]} if finding.text else {}),
            }


def _observation(record: Record, stored: StoredAssessment, identity: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": identity,
        "status": "preliminary",
        "subject": _subject(record),
        "effectiveDateTime": _time(stored.at),
        "derivedFrom": [{"display": f"Communication/m{stored.id}"}],
    }


def _measured(measure: Measure) -> Resource:
    code, display = MEASURES.get(measure.kind, (None, measure.kind))
    coding = {"coding": [{"system": LOINC, "code": code, "display": display}]} if code else {}
    quantity = {"value": measure.value, "unit": measure.unit or "1", "system": UCUM, "code": measure.unit or "1"}
    return {
        "category": _category("vital-signs" if measure.kind in VITAL_SIGNS else "survey"),
        "code": {**coding, "text": display},
        "valueQuantity": quantity,
    }


def _flag(record: Record, alert: Alert) -> Resource:
    closed = alert.state is AlertState.RESOLVED
    outcome = f"; {alert.outcome}" if alert.outcome else ""
    return {
        "resourceType": "Flag",
        "id": f"a{alert.id}",
        "status": "inactive" if closed else "active",
        "code": {"text": f"{alert.disposition.word} alert, {alert.state.value}{outcome}"},
        "subject": _subject(record),
        "period": {"start": _time(alert.opened_at)},
    }


def _category(code: str) -> list[Resource]:
    return [{"coding": [{"system": _CATEGORY, "code": code}]}]


def _subject(record: Record) -> Resource:
    return {"reference": f"Patient/p{record.patient.id}", "identifier": {"system": SYSTEM, "value": record.patient.code}}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
