"""What an assessment becomes where its open question has been answered, or cannot be asked (again)."""

from __future__ import annotations

from dataclasses import replace

from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status

WHERE = "bot/core/conversation/doubts.py"


def at_least(assessment: Assessment, floor: Disposition, rule: str, why: str) -> Assessment:
    """Nothing is open any more, and it calls for no less than ``floor``."""
    reason = Reason(rule=rule, disposition=floor, where=WHERE, text=why)
    disposition = max(assessment.disposition, floor)
    return replace(
        assessment,
        disposition=disposition,
        reasons=(*assessment.reasons, reason),
        unclear=False,
        question=None,
        at_stake=Disposition.NONE,
    )


def taken_at_its_word(assessment: Assessment) -> Assessment:
    """Where nothing can be asked, a red flag that is suspected is a person's to judge at once: nobody said that it is none."""
    if not assessment.at_stake.red:
        return assessment
    findings = tuple(_meant(finding, assessment.question) for finding in assessment.findings)
    why = "a red flag is suspected, and could not be asked about"
    return at_least(replace(assessment, findings=findings), Disposition.URGENT, "clarification.unasked", why)


def _meant(finding: Finding, symptom: str | None) -> Finding:
    suspected = finding.symptom == symptom and finding.status is Status.HYPOTHETICAL
    return replace(finding, status=Status.PRESENT) if suspected else finding
