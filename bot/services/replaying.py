"""Stored replies through other rules: each is judged again as it was then, with the patient's own last days before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.core.careplan.enrolment import Enrolment
from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assessment import ENGINE_VERSION, Assessment
from bot.core.clinical.finding import Reader
from bot.core.clinical.patient import Observation
from bot.core.triage import Knowledge, triage, triage_findings
from bot.ports import StoredAssessment, UnitOfWork
from bot.services.assessing import LOOK_BACK

PAGE: Final = 200
"""Replies read in one transaction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """One reply, before and after."""

    stored: StoredAssessment
    enrolment: Enrolment
    before: Assessment
    after: Assessment

    @property
    def missed(self) -> bool:
        """It alerted, and would not any more."""
        return self.before.disposition.red and not self.after.disposition.red

    @property
    def added(self) -> bool:
        """It would alert, and did not."""
        return self.after.disposition.red and not self.before.disposition.red

    @property
    def read_otherwise(self) -> bool:
        """The stored assessment is of another content or engine than today's."""
        held = self.stored.assessment
        return (held.content, held.engine) != (self.after.content, ENGINE_VERSION)


class Judge:
    """Today's knowledge with one schedule's thresholds. Replies must come in the order in which they were written."""

    def __init__(self, knowledge: Knowledge, tighter: Sequence[Threshold]) -> None:
        self._knowledge = knowledge
        self._tighter = tuple(tighter)
        self._said: dict[int, list[tuple[StoredAssessment, Assessment]]] = {}

    def judge(self, stored: StoredAssessment, enrolment: Enrolment) -> Assessment:
        """What the reply comes to."""
        earlier = [(old, found) for old, found in self._said.get(stored.patient_id, ()) if stored.at - old.at <= LOOK_BACK]
        recent = tuple(_observation(stored, old, found) for old, found in earlier)
        patient = replace(enrolment.context(stored.at), recent=recent)
        if pressed(stored):
            held = stored.assessment
            found = triage_findings(held.findings, held.measures, patient, self._knowledge, self._tighter)
        else:
            found = triage(stored.text, asked=stored.asked, patient=patient, knowledge=self._knowledge, tighter=self._tighter)
        self._said[stored.patient_id] = [*earlier, (stored, found)]
        return found


def courses_of(uow: UnitOfWork, schedule: str, page: Sequence[StoredAssessment]) -> list[Enrolment | None]:
    """The course on this schedule that each reply of the page belongs to; None where its patient has none."""
    found: dict[int, Enrolment | None] = {}
    for stored in page:
        if stored.patient_id not in found:
            courses = uow.enrolments.of_patient(stored.patient_id)
            found[stored.patient_id] = next((course for course in courses if course.schedule == schedule), None)
    return [found[stored.patient_id] for stored in page]


def pressed(stored: StoredAssessment) -> bool:
    """A button's answer; of older rows what shows it is that nothing was read."""
    findings = stored.assessment.findings
    return stored.pressed or (bool(findings) and all(f.reader is Reader.ANSWER and not f.text for f in findings))


def _observation(stored: StoredAssessment, old: StoredAssessment, found: Assessment) -> Observation:
    hours = max(0.0, (stored.at - old.at).total_seconds() / 3600)
    return Observation(hours_ago=hours, disposition=found.disposition, findings=found.findings, measures=found.measures)
