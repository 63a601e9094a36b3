"""What clinicians read when they are paged, one file a case in alerts/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from bot.core.careplan.enrolment import Enrolment, Patient, PatientState
from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.clinical.trend import Reading, Series
from bot.core.escalation.alert import Alert, AlertState
from bot.ports import StoredAssessment
from bot.services.alert_text import AlertView, alert_text, minimal_text, standing_text
from bot.services.world import World
from tests.support.escalation import ADA, BORA, MINUTE, T0, alert, assessment, world

GOLDEN = Path(__file__).parent / "alerts"
WORLD = world()
PATIENT = Patient(
    id=1,
    code="K7-42",
    name="Marta Secretname",
    birth_year=1958,
    language="en",
    timezone="Europe/Berlin",
    state=PatientState.ACTIVE,
)
COURSE = Enrolment(
    id=1,
    patient_id=1,
    schedule="msc-recipient",
    schedule_version="v1",
    role=Role.RECIPIENT,
    route=Route.IV,
    risks=frozenset({Risk.DIABETES, Risk.ANTICOAGULANT}),
    treated_at=T0 - timedelta(hours=31),
)


def reason(rule: str, level: Disposition, text: str) -> Reason:
    return Reason(rule=rule, disposition=level, where="x.yaml:1", text=text, symptom=rule.partition(".")[0])


CLOT = Assessment(
    disposition=Disposition.EMERGENCY,
    reasons=(
        reason("deep_vein_thrombosis.urgent.one_sided", Disposition.URGENT, "Swelling or pain of one leg or arm"),
        reason("pulmonary_embolism.emergency.breathless", Disposition.EMERGENCY, "Sudden breathlessness with chest pain"),
        reason("risk.previous_clot", Disposition.URGENT, "A clot before"),
        reason("trend.worse", Disposition.SAME_DAY, "Worse than yesterday"),
    ),
)
FEVER_AND_SHIVERING = Assessment(
    disposition=Disposition.URGENT,
    reasons=(
        Reason(rule="B32", disposition=Disposition.URGENT, where="x.yaml:1", text="Two or more findings for the same day"),
        reason("fever.urgent.39", Disposition.URGENT, "Temperature of 39.0 or more"),
        reason("fever.same_day.38", Disposition.SAME_DAY, "Temperature of 38.0 or more"),
        reason("chills_rigors.same_day.late", Disposition.SAME_DAY, "Chills later than 24 hours after treatment"),
    ),
)
BREATHLESS = Assessment(
    disposition=Disposition.EMERGENCY,
    reasons=(replace(reason("dyspnea.floor", Disposition.EMERGENCY, "Short of breath"), words=("cannot breathe",)),),
)
GUESSED = Assessment(
    disposition=Disposition.EMERGENCY,
    reasons=(
        Reason(
            rule="recogniser.emergency",
            disposition=Disposition.EMERGENCY,
            where="x.yaml:1",
            text="The learned reader takes these words for an emergency (45% sure)",
            words=("feels odd",),
        ),
    ),
)
CRISIS = Assessment(
    disposition=Disposition.EMERGENCY,
    reasons=(reason("self_harm_crisis.emergency.any", Disposition.EMERGENCY, "Speaks of wanting to die"),),
)


TOLD_TO_PATIENTS = (
    "seen",
    "seen_emergency",
    "calling",
    "calling_emergency",
    "waits",
    "waits_emergency",
    "waits_same_day",
    "uncalled",
    "uncalled_emergency",
    "relay_hint",
    "closed",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    text: str = "I have 39.2, shivering since noon"
    said: Assessment = field(default_factory=assessment)
    course: Enrolment | None = COURSE
    changes: dict[str, Any] = field(default_factory=dict)
    then: str = ""
    then_said: Assessment | None = None
    trend: Series | None = None
    status: Callable[[World, Alert], str] = lambda _world, _alert: ""

    def render(self) -> str:
        stored = StoredAssessment(id=1, patient_id=1, inbox_id=None, at=T0, text=self.text, assessment=self.said)
        about = alert(**{"disposition": self.said.disposition, **self.changes})
        newest = (
            replace(stored, id=2, at=T0 + 7 * MINUTE, text=self.then, assessment=self.then_said or self.said)
            if self.then
            else None
        )
        view = AlertView(
            alert=about,
            patient=PATIENT,
            enrolment=self.course,
            stored=stored,
            newest_at=T0 + 7 * MINUTE,
            since=newest,
            trend=self.trend,
        )
        return alert_text(view, WORLD, "en", self.status(WORLD, about))


def series(kind: str, unit: str, *values: float, hours: float = 6) -> Series:
    """One reading every so many hours, the last one now."""
    first = T0 - timedelta(hours=hours) * (len(values) - 1)
    readings = (Reading(at=first + timedelta(hours=hours) * n, value=value) for n, value in enumerate(values))
    return Series(kind=kind, unit=unit, readings=tuple(readings))


def standing(used: World, about: Alert) -> str:
    return standing_text(about, used.content, "en", T0 + 40 * MINUTE)


def climbed(used: World, _alert: Alert) -> str:
    return used.content.text("en", "alert.status.climbed", lasted="5 min")


CASES = {
    "urgent_fever_on_day_1": Case(),
    "emergency_with_many_reasons": Case(text="my calf is swollen and now I can't breathe", said=CLOT),
    "self_harm_names_the_crisis_line": Case(text="I want to die, this pain wont stop", said=CRISIS),
    "donor_without_risks": Case(course=replace(COURSE, role=Role.DONOR, route=None, risks=frozenset())),
    "day_12_counts_in_days": Case(course=replace(COURSE, treated_at=T0 - timedelta(days=12, hours=5))),
    "no_course_is_known": Case(course=None),
    "markup_stays_literal": Case(text='<b>fine</b> & <a href="tg://user">click</a> {phone}'),
    "bidi_and_zero_width_are_visible": Case(text="no\u200bfever \u202ereverof 93\u202c"),
    "several_lines_become_one": Case(text="fever\nsince noon\n\n\nand shivering"),
    "long_words_are_cut": Case(text="it hurts " * 200),
    "the_words_that_decided_are_never_cut_off": Case(
        text="it was a long week and " * 60 + "now I cannot breathe" + " and I am so tired" * 40, said=BREATHLESS
    ),
    "a_photo_without_words": Case(text="", said=Assessment(disposition=Disposition.URGENT)),
    "a_joined_finding_and_a_climb_fill_eight_lines": Case(
        said=CLOT,
        changes={"findings": 3},
        then="and my gums bleed",
        status=climbed,
        trend=series("heart_rate", "/min", 72, 88, 121),
    ),
    "a_learned_guess_gives_way_to_what_was_said_later": Case(
        text="it feels odd again", said=GUESSED, changes={"findings": 3}, then="I cannot breathe", then_said=BREATHLESS
    ),
    "a_fever_that_climbs_shows_its_trend": Case(trend=series("temperature", "Cel", 36.9, 37.4, 38.1, 38.6, 39.2)),
    "small_changes_are_a_flat_line": Case(trend=series("temperature", "Cel", 36.6, 36.8, 36.7, 36.8, hours=24)),
    "ten_thousand_characters_of_markup": Case(text='<b onclick="x">&amp;</b>' * 420),
    "somebody_is_calling": Case(
        changes={
            "state": AlertState.ACKNOWLEDGED,
            "acknowledged_by": ADA,
            "acknowledged_at": T0 + 2 * MINUTE,
            "call_by": T0 + 32 * MINUTE,
        },
        status=standing,
    ),
    "handed_over": Case(changes={"assigned_to": BORA}, status=standing),
    "what_names_a_finding_stands_before_what_counts_findings": Case(said=FEVER_AND_SHIVERING),
    "acknowledged": Case(
        changes={"state": AlertState.ACKNOWLEDGED, "acknowledged_by": ADA, "acknowledged_at": T0 + 2 * MINUTE},
        status=standing,
    ),
    "resolved": Case(
        changes={"state": AlertState.RESOLVED, "resolved_by": BORA, "outcome": "advised"},
        status=standing,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_alert_reads_as_it_was_reviewed(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"alerts/{name}.txt", CASES[name].render() + "\n")


@pytest.mark.parametrize("name", CASES)
def test_every_alert_is_short_begins_with_its_word_and_names_nobody(name: str) -> None:
    text = CASES[name].render()
    assert len(text.splitlines()) <= 8
    assert text.startswith(("<b>EMERGENCY</b> · patient K7-42", "<b>URGENT</b> · patient K7-42"))
    assert "Secretname" not in text
    assert len(unescape(text)) < 1500


def test_every_case_has_its_file_and_every_file_its_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_the_shortest_text_still_says_how_urgent_it_is_and_about_whom() -> None:
    text = minimal_text(alert(disposition=Disposition.EMERGENCY), "K7-42", WORLD, "en")
    assert text.startswith("<b>EMERGENCY</b> · patient K7-42")


def test_no_alert_text_calls_anything_harmless() -> None:
    content = WORLD.content
    for level in Disposition:
        params = {"emergency_number": "112", "crisis_number": "1", "phone": "2"}
        told = content.text("en", f"alert.advice.{level.word}", **params).lower()
        assert not any(word in told for word in ("normal", "harmless", "not a clot", "nothing serious"))
    said = {
        "name": "Dr Ada",
        "clinic": "Cedar Clinic",
        "time": "14:02",
        "until": "14:30",
        "emergency_number": "112",
        "phone": "2",
    }
    for key in TOLD_TO_PATIENTS:
        text = content.text("en", f"alert.patient.{key}", **said).lower()
        assert "112" in text
        assert not any(word in text for word in ("normal", "harmless", "do not worry", "fine"))


def test_every_risk_route_and_role_has_its_words() -> None:
    for key in [*(f"risk.{r}" for r in Risk), *(f"route.{r}" for r in Route), *(f"role.{r}" for r in Role)]:
        assert WORLD.content.has(f"alert.{key}")
