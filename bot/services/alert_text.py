"""What a clinician reads about an alert: at most eight lines, the most urgent word first, the patient's code and never their name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.enrolment import Enrolment, Patient
from bot.core.clinical.assessment import Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Role
from bot.core.escalation.alert import Alert
from bot.core.escalation.visible import make_visible
from bot.ports import Content, StoredAssessment, UnitOfWork
from bot.services.world import World

WORDS_SHOWN = 300
NEWEST_WORDS_SHOWN = 160
REASON_SHOWN = 160
OTHER_REASONS_SHOWN = 2
OTHER_REASON_SHOWN = 100
HOURS_SHOWN_UNTIL = timedelta(hours=72)
CRISIS_SYMPTOM = "self_harm_crisis"


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertView:
    """Everything that the text of one alert is made of. ``findings`` are the assessments since it opened, oldest first."""

    alert: Alert
    patient: Patient
    enrolment: Enrolment | None
    stored: StoredAssessment
    newest_at: datetime
    newest: StoredAssessment | None = None
    """The newest one that reached the clinic; None where it is ``stored`` itself."""

    def since_treatment(self, now: datetime) -> timedelta | None:
        """Time since treatment ended; None where no course is known."""
        return None if self.enrolment is None else max(now - self.enrolment.treated_at, timedelta())


def load_view(uow: UnitOfWork, alert: Alert) -> AlertView:
    """Reads what the text needs. Raises NotFound where a row of it was erased."""
    stored = uow.assessments.get(alert.assessment_id)
    enrolments = uow.enrolments.of_patient(alert.patient_id)
    joined = [] if alert.findings == 1 else uow.assessments.newest(alert.patient_id, stored.at, Disposition.SAME_DAY, 1)
    newest = next((other for other in joined if other.id != stored.id), None)
    return AlertView(
        alert=alert,
        patient=uow.patients.get(alert.patient_id),
        enrolment=next((e for e in enrolments if e.active), next(iter(enrolments), None)),
        stored=stored,
        newest_at=stored.at if newest is None else newest.at,
        newest=newest,
    )


def alert_text(view: AlertView, world: World, language: str, status: str = "") -> str:
    """The whole text in Telegram HTML. ``status`` is the last line: why they are paged, who has it, how it ended."""
    content = world.content
    lines = [
        _head(view, content, language),
        _who(view, content, language),
        _words(view.stored, WORDS_SHOWN, content, language),
        *_reasons(view.stored.assessment.reasons, content, language),
        content.text(language, "alert.told", what=_told(view, content, language)),
    ]
    if view.alert.findings > 1:
        lines.append(_joined(view, content, language))
    return "\n".join([*lines, status] if status else lines)


def minimal_text(alert: Alert, code: str, world: World, language: str) -> str:
    """For when the full text cannot be made: somebody is paged all the same."""
    word = disposition_word(world.content, language, alert.disposition)
    return world.content.text(language, "alert.minimal", word=word, code=code)


def acknowledged_text(alert: Alert, content: Content, language: str) -> str:
    """Who has the alert, since when."""
    time = local_time(content, alert.acknowledged_at or alert.opened_at)
    return content.text(language, "alert.status.acknowledged", name=name_of(content, alert.acknowledged_by), time=time)


def resolved_text(alert: Alert, content: Content, language: str, at: datetime) -> str:
    """Who closed the alert, when and how."""
    return content.text(
        language,
        "alert.status.resolved",
        name=name_of(content, alert.resolved_by),
        time=local_time(content, at),
        outcome=outcome_label(content, language, alert.outcome),
    )


def disposition_word(content: Content, language: str, disposition: Disposition) -> str:
    """The word that an alert begins with."""
    return content.label(language, f"alert.word.{disposition.word}")


def outcome_label(content: Content, language: str, outcome: str | None) -> str:
    """An outcome in words; one that the messages do not have, as it is."""
    key = f"alert.outcome.{outcome}"
    return content.label(language, key) if content.has(key) else (outcome or "")


def name_of(content: Content, clinician: str | None) -> str:
    """The name that patients may read (clinic.yaml); one who is gone from there keeps their id."""
    return content.clinic.clinicians.get(clinician or "", clinician or "")


def local_time(content: Content, moment: datetime) -> str:
    """Hours and minutes in the clinic's zone."""
    return moment.astimezone(ZoneInfo(content.clinic.timezone)).strftime("%H:%M")


def _head(view: AlertView, content: Content, language: str) -> str:
    word = disposition_word(content, language, view.alert.disposition)
    return content.text(language, "alert.head", word=word, code=view.patient.code, day=_day(view, content, language))


def _day(view: AlertView, content: Content, language: str) -> str:
    since = view.since_treatment(view.stored.at)
    if since is None:
        return content.label(language, "alert.day_unknown")
    if since < HOURS_SHOWN_UNTIL:
        hours = int(since.total_seconds() // 3600)
        return content.label(language, "alert.day_hours", day=str(since.days), hours=str(hours))
    return content.label(language, "alert.day", day=str(since.days))


def _who(view: AlertView, content: Content, language: str) -> str:
    enrolment = view.enrolment
    if enrolment is None:
        return content.text(language, "alert.who_unknown")
    listed = ", ".join(content.label(language, f"alert.risk.{risk}") for risk in sorted(enrolment.risks))
    risks = listed or content.label(language, "alert.risk.none")
    role = content.label(language, f"alert.role.{enrolment.role}")
    if enrolment.role is Role.DONOR:
        return content.text(language, "alert.who_donor", role=role, risks=risks)
    route = content.label(language, f"alert.route.{enrolment.route or 'unknown'}")
    return content.text(language, "alert.who", role=role, route=route, risks=risks)


def _words(stored: StoredAssessment, most: int, content: Content, language: str) -> str:
    shown = make_visible(_telling_part(stored, most), most, content.label(language, "alert.cut"))
    return content.text(language, "alert.words", words=shown or content.label(language, "alert.no_words"))


def _telling_part(stored: StoredAssessment, most: int) -> str:
    """A long message from shortly before the words that decided: they must not be what is cut off."""
    text, reasons = stored.text, sorted(stored.assessment.reasons, key=_telling)
    found = next((at for r in reasons for words in r.words if words and (at := text.find(words)) >= 0), 0)
    if len(text) <= most or found <= most // 2:
        return text
    start = found - most // 4
    return f"…{text[start:]}"


def _joined(view: AlertView, content: Content, language: str) -> str:
    """How many findings by now, and the newest in the patient's words: what is told later must not stay unseen."""
    count, time = str(view.alert.findings), local_time(content, view.newest_at)
    line = content.text(language, "alert.findings", count=count, time=time)
    return f"{line} · {_words(view.newest, NEWEST_WORDS_SHOWN, content, language)}" if view.newest else line


def _reasons(reasons: tuple[Reason, ...], content: Content, language: str) -> list[str]:
    """The gravest reason in full with its rule; of the other findings the next two in words. One reason for each symptom."""
    if not reasons:
        return [content.text(language, "alert.why_unclear")]
    gravest: dict[str, Reason] = {}
    for reason in sorted(reasons, key=_telling):
        gravest.setdefault(reason.symptom or reason.rule, reason)
    first, *others = gravest.values()
    cut = content.label(language, "alert.cut")
    lines = [content.text(language, "alert.why", text=make_visible(first.text, REASON_SHOWN, cut), rule=first.rule)]
    texts = [text for text in dict.fromkeys(r.text for r in others) if text != first.text]
    if texts:
        shown = "; ".join(make_visible(text, OTHER_REASON_SHOWN, cut) for text in texts[:OTHER_REASONS_SHOWN])
        more = f" +{len(texts) - OTHER_REASONS_SHOWN}" if len(texts) > OTHER_REASONS_SHOWN else ""
        lines.append(content.text(language, "alert.also", reasons=shown + more))
    return lines


def _telling(reason: Reason) -> tuple[int, bool]:
    """The gravest first; of equals, one that names what was found before one that counts findings."""
    return -reason.disposition, reason.symptom is None and not reason.words


def _told(view: AlertView, content: Content, language: str) -> str:
    clinic = content.clinic
    level = view.stored.assessment.disposition
    crisis = level is Disposition.EMERGENCY and any(r.symptom == CRISIS_SYMPTOM for r in view.stored.assessment.reasons)
    return content.label(
        language,
        f"alert.advice.{'crisis' if crisis else level.word}",
        emergency_number=clinic.emergency_number,
        crisis_number=clinic.crisis_number,
        phone=clinic.phone,
    )
