"""What a clinician reads about an alert: at most eight lines, the most urgent word first, the patient's code and never their name.

The order is SBAR: what happens (level, code, day, the patient's words), why it is an alert, what came before (trend, course, risks),
what the patient was told, what to do now; the last line says who has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.enrolment import Enrolment, Patient
from bot.core.clinical.assessment import Reason
from bot.core.clinical.baseline import MOST_URGENT, Baseline
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Role
from bot.core.clinical.rules import RuleBook
from bot.core.clinical.trend import Series
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.handing import MERGED
from bot.core.escalation.visible import make_visible
from bot.ports import Content, StoredAssessment, UnitOfWork
from bot.services.alert_trend import trend_line, trend_of
from bot.services.world import World

WORDS_SHOWN = 300
JOINED_WORDS_SHOWN = 200
NEWEST_WORDS_SHOWN = 160
REASON_SHOWN = 160
OTHER_REASONS_SHOWN = 2
OTHER_REASON_SHOWN = 100
HOURS_SHOWN_UNTIL = timedelta(hours=72)
LEARNED = "recogniser."
"""How the rules of the learned reader begin."""
CRISIS_SYMPTOM = "self_harm_crisis"


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertView:
    """Everything that the text of one alert is made of. ``findings`` are the assessments since it opened, oldest first."""

    alert: Alert
    patient: Patient
    enrolment: Enrolment | None
    stored: StoredAssessment
    newest_at: datetime
    """When the newest of them that reached the clinic came."""
    since: StoredAssessment | None = None
    """The gravest one after ``stored``, of equals the newest: what is milder, told later, must not hide it; None where there is none."""
    trend: Series | None = None
    """The figures that the reason is about; None where there are not two."""
    usual: tuple[Baseline, ...] = ()
    """What a clinician has set as usual for this patient."""
    may_be_usual: bool = False
    """Whether some symptom of it could be usual for this patient: it made a reason that is at most same-day."""

    def since_treatment(self, now: datetime) -> timedelta | None:
        """Time since treatment ended; None where no course is known."""
        return None if self.enrolment is None else max(now - self.enrolment.treated_at, timedelta())


def load_view(uow: UnitOfWork, alert: Alert, rules: RuleBook) -> AlertView:
    """Reads what the text needs. Raises NotFound where a row of it was erased."""
    stored = uow.assessments.get(alert.assessment_id)
    enrolments = uow.enrolments.of_patient(alert.patient_id)
    joined = [] if alert.findings == 1 else _joined(uow, stored)
    newest_at = max((other.at for other in joined), default=stored.at)
    since = max(joined, key=lambda other: (other.assessment.disposition, other.at, other.id), default=None)
    return AlertView(
        alert=alert,
        patient=uow.patients.get(alert.patient_id),
        enrolment=next((e for e in enrolments if e.active), next(iter(enrolments), None)),
        stored=stored,
        newest_at=newest_at,
        since=since,
        trend=trend_of(uow, stored, rules, newest_at),
        may_be_usual=not alert.disposition.red and any(_may_be_usual(one, rules) for one in (stored, since) if one is not None),
        usual=tuple(b for b in uow.baselines.of_patient(alert.patient_id) if b.holds(stored.at)),
    )


def _joined(uow: UnitOfWork, stored: StoredAssessment) -> list[StoredAssessment]:
    """The newest that joined it at each level that reaches the clinic."""
    levels = (Disposition.EMERGENCY, Disposition.URGENT, Disposition.SAME_DAY)
    found = (uow.assessments.newest(stored.patient_id, stored.at, level, 1) for level in levels)
    return [other for one in found for other in one if other.id != stored.id]


def _may_be_usual(stored: StoredAssessment, rules: RuleBook) -> bool:
    """No symptom that a measured number decides: for that there is no usual."""
    found = [rules.symptoms.get(r.symptom) for r in stored.assessment.reasons if r.symptom and 0 < r.disposition <= MOST_URGENT]
    return any(symptom is not None and not symptom.measured for symptom in found)


def alert_text(view: AlertView, world: World, language: str, status: str = "") -> str:
    """The whole text in Telegram HTML. ``status`` is the last line: why they are paged, who has it, how it ended."""
    content = world.content
    lines = [
        _head(view, content, language),
        _said(view, content, language),
        _why(_reasons(view), content, language),
        *([trend_line(view.trend, content, language)] if view.trend else []),
        " · ".join([_who(view, content, language), *_usual(view, content, language)]),
        content.text(language, "alert.told", what=_told(view, content, language)),
        content.text(language, f"alert.do.{'silence' if _absence(view) else _advice(view)}"),
    ]
    return "\n".join([*lines, status] if status else lines)


def minimal_text(alert: Alert, code: str, world: World, language: str) -> str:
    """For when the full text cannot be made: somebody is paged all the same."""
    word = disposition_word(world.content, language, alert.disposition)
    return world.content.text(language, "alert.minimal", word=word, code=code)


def standing_text(alert: Alert, content: Content, language: str, at: datetime) -> str:
    """Who has the alert, or whom it was given to, or how it ended (at ``at``); empty while it is open."""
    if alert.state is AlertState.ACKNOWLEDGED:
        return _acknowledged(alert, content, language)
    if alert.state is AlertState.OPEN:
        given = alert.assigned_to
        return content.text(language, "alert.status.given", name=name_of(content, given)) if given else ""
    if alert.outcome == MERGED:
        return content.text(language, "alert.status.merged")
    return content.text(
        language,
        "alert.status.resolved",
        name=name_of(content, alert.resolved_by),
        time=local_time(content, at),
        outcome=outcome_label(content, language, alert.outcome),
    )


def _acknowledged(alert: Alert, content: Content, language: str) -> str:
    name = name_of(content, alert.acknowledged_by)
    if alert.call_by:
        return content.text(language, "alert.status.calling", name=name, until=local_time(content, alert.call_by))
    time = local_time(content, alert.acknowledged_at or alert.opened_at)
    return content.text(language, "alert.status.acknowledged", name=name, time=time)


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


def _usual(view: AlertView, content: Content, language: str) -> list[str]:
    """What is usual for them, until when, and why: on the line of their risks, for it is weighed with these."""
    zone, cut = ZoneInfo(content.clinic.timezone), content.label(language, "alert.cut")
    found = []
    for baseline in view.usual:
        key = f"symptom.{baseline.symptom}"
        what = content.label(language, key) if content.has(key) else baseline.symptom
        figure = "" if baseline.value is None else f" {baseline.value:g}"
        until = f"{baseline.until.astimezone(zone):%Y-%m-%d}"
        why = make_visible(baseline.reason, OTHER_REASON_SHOWN, cut)
        found.append(content.text(language, "alert.usual", what=what + figure, until=until, why=why))
    return found


def _said(view: AlertView, content: Content, language: str) -> str:
    """The patient's words; with those told since, how many findings by now: what is told later must not stay unseen."""
    words = _words(view.stored, WORDS_SHOWN if view.since is None else JOINED_WORDS_SHOWN, content, language)
    if view.alert.findings == 1:
        return content.text(language, "alert.words", words=words)
    count = str(view.alert.findings)
    if view.since is None:
        return content.text(language, "alert.joined", words=words, count=count, time=local_time(content, view.newest_at))
    time, newest = local_time(content, view.since.at), _words(view.since, NEWEST_WORDS_SHOWN, content, language)
    return content.text(language, "alert.words_joined", words=words, count=count, time=time, newest=newest)


def _words(stored: StoredAssessment, most: int, content: Content, language: str) -> str:
    shown = make_visible(_telling_part(stored, most), most, content.label(language, "alert.cut"))
    return shown or content.label(language, "alert.no_words")


def _telling_part(stored: StoredAssessment, most: int) -> str:
    """A long message from shortly before the words that decided: they must not be what is cut off."""
    text, reasons = stored.text, sorted(stored.assessment.reasons, key=_telling)
    found = next((at for r in reasons for words in r.words if words and (at := text.find(words)) >= 0), 0)
    if len(text) <= most or found <= most // 2:
        return text
    start = found - most // 4
    return f"…{text[start:]}"


def _reasons(view: AlertView) -> tuple[Reason, ...]:
    """Why it opened, and why what joined it did: somebody who reads only this line must not miss what was told later."""
    return (*view.stored.assessment.reasons, *(view.since.assessment.reasons if view.since else ()))


def _why(reasons: tuple[Reason, ...], content: Content, language: str) -> str:
    """The gravest reason in full with its rule; of the other findings the next two in words. One reason for each symptom."""
    if not reasons:
        return content.text(language, "alert.why_unclear")
    gravest: dict[str, Reason] = {}
    for reason in sorted(reasons, key=_telling):
        gravest.setdefault(reason.symptom or reason.rule, reason)
    first, *others = gravest.values()
    cut = content.label(language, "alert.cut")
    because = make_visible(first.text, REASON_SHOWN, cut)
    texts = [text for text in dict.fromkeys(r.text for r in others) if text != first.text]
    if not texts:
        return content.text(language, "alert.why", text=because, rule=first.rule)
    shown = "; ".join(make_visible(text, OTHER_REASON_SHOWN, cut) for text in texts[:OTHER_REASONS_SHOWN])
    more = f" +{len(texts) - OTHER_REASONS_SHOWN}" if len(texts) > OTHER_REASONS_SHOWN else ""
    return content.text(language, "alert.why_also", text=because, rule=first.rule, reasons=shown + more)


def _telling(reason: Reason) -> tuple[int, bool, bool]:
    """The gravest first; of equals, one that names what was found before a learned guess, and before one that counts findings."""
    return -reason.disposition, reason.rule.startswith(LEARNED), reason.symptom is None and not reason.words


def _advice(view: AlertView) -> str:
    """Whose advice fits: the level's, or that for a crisis."""
    level = view.stored.assessment.disposition
    if (rule := _absence(view)) is not None:
        return rule
    crisis = level is Disposition.EMERGENCY and any(r.symptom == CRISIS_SYMPTOM for r in view.stored.assessment.reasons)
    return "crisis" if crisis else level.word


def _absence(view: AlertView) -> str | None:
    """``silence`` or ``unreachable`` where the alert is about nothing that they said; None where they said something, then or since."""
    first = next(iter(view.stored.assessment.reasons), None)
    kind = "" if first is None or view.since is not None else first.rule.partition(".")[0]
    return kind if kind in {"silence", "unreachable"} else None


def _told(view: AlertView, content: Content, language: str) -> str:
    clinic = content.clinic
    return content.label(
        language,
        f"alert.advice.{_advice(view)}",
        emergency_number=clinic.emergency_number,
        crisis_number=clinic.crisis_number,
        phone=clinic.phone,
    )
