"""Files that are refused, and what their authors are told: the line, a caret, a hint. Each case changes one thing in a sound file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.clinic import load_clinic
from bot.content.problems import ProblemsFound
from bot.content.questions import load_questions
from bot.content.schedules import load_schedule
from tests.support.careplan import assert_golden, message_keys, messages, questions, rule_book

GOLDEN = Path(__file__).parent / "problems"

SCHEDULE = """\
schedule: small
title: "Small"
for: {role: recipient, routes: [iv]}
languages: [en]
quiet_hours: {from: "22:00", until: "07:00"}
late_enrolment: catch_up
lateness: {window: 12h}
phases:
  immediate: {from: 0h, until: 3d}
  short_term: {from: 3d, until: 31d}
  long_term: {from: 31d}
check_ins:
  - id: h2
    at: 2h
    quiet_hours: false
    asks: [red_flags, temperature]
  - id: d3
    at: 3d 10:00
    asks: [red_flags, {ask: glucose, only: {risks: [diabetes]}}]
  - id: y1
    at: 1y
    asks: [red_flags, lumps]
escalation: default
examples:
  - at: 3d
    says: "all fine"
    expect: {disposition: none, alert: false}
"""

CLINIC = """\
clinic:
  name: "Small clinic"
  phone: "+44 20 7946 0000"
  country: GB
  emergency_number: "999"
  crisis_number: "116 123"
  timezone: Europe/London
clinicians:
  ada: "Dr Ada"
  bo: "Dr Bo"
last_resort: [ada]
rotas:
  day:
    shifts:
      - {days: [mon, tue, wed, thu, fri, sat, sun], from: "08:00", until: "20:00", clinicians: [ada]}
      - {days: [mon, tue, wed, thu, fri, sat, sun], from: "20:00", until: "08:00", clinicians: [bo]}
escalations:
  default:
    emergency: {steps: [{page: [rota day], wait: 3min}]}
    urgent: {steps: [{page: [rota day], wait: 10min}, {page: [ada, bo], wait: 15min}]}
"""

QUESTIONS = """\
questions:
  temperature:
    code: QT
    topic: temperature
    covers: [fever]
    if_no: no_fever
    options:
      no_fever: {denies: [fever]}
      feverish: {says: {fever: [high]}, follow_up: heart}
  heart:
    code: QH
    topic: heart
    covers: [palpitations]
    options:
      fine: {denies: [palpitations]}
"""

SYMPTOMS = {"fever": frozenset({"high", "masked"}), "palpitations": frozenset({"brief"})}


def _threshold(*lines: str) -> tuple[str, str]:
    return "examples:", "thresholds:\n" + "".join(f"  - {line}\n" for line in lines) + "examples:"


def _when_silent(*rows: str) -> tuple[str, str]:
    return "examples:", "when_silent:\n" + "".join(f"  - {row}\n" for row in rows) + "examples:"


SCHEDULE_CASES = {
    "check-ins-out-of-order": ("at: 2h", "at: 4d"),
    "two-check-ins-at-one-moment": ("at: 1y", "at: 3d 10:00"),
    "in-no-phase": ("long_term: {from: 31d}", "long_term: {from: 31d, until: 90d}"),
    "phase-missing": ("  long_term: {from: 31d}\n", ""),
    "gap-between-phases": ("short_term: {from: 3d,", "short_term: {from: 4d,"),
    "phases-do-not-start-at-treatment": ("immediate: {from: 0h,", "immediate: {from: 1h,"),
    "unknown-question": ("lumps]", "lumpz]"),
    "unknown-risk": ("risks: [diabetes]", "risks: [diabetis]"),
    "unknown-route": ("routes: [iv]", "routes: [intravenous]"),
    "nobody-meant": ("only: {risks: [diabetes]}", "only: {}"),
    "no-late-enrolment": ("late_enrolment: catch_up\n", ""),
    "unknown-late-enrolment": ("late_enrolment: catch_up", "late_enrolment: everything"),
    "unknown-field": ("    quiet_hours: false", "    quiet_hour: false"),
    "bare-no-is-no-false": ("quiet_hours: false", "quiet_hours: no"),
    "doubled-field": ("    at: 2h\n", "    at: 2h\n    at: 3h\n"),
    "doubled-id": ("id: y1", "id: h2"),
    "the-bots-own-id": ("id: y1", "id: catch_up"),
    "asked-twice": ("[red_flags, lumps]", "[red_flags, lumps, lumps]"),
    "asks-nothing": ("asks: [red_flags, lumps]", "asks: []"),
    "does-not-start-with-the-red-flags": ("[red_flags, lumps]", "[lumps]"),
    "time-that-is-none": ("at: 1y", "at: 1 year"),
    "time-of-day-with-hours": ("at: 2h", "at: 2h 10:00"),
    "hour-24": ("at: 3d 10:00", "at: 3d 24:00"),
    "quiet-hours-all-day": ('until: "07:00"', 'until: "22:00"'),
    "quiet-hours-unreadable": ('"22:00"', "22.00"),
    "unknown-escalation": ("escalation: default", "escalation: defaults"),
    "example-without-words": ('    says: "all fine"\n', ""),
    "example-with-an-unknown-disposition": ("disposition: none", "disposition: normal"),
    "example-answers-an-unknown-question": ('says: "all fine"', "answers: {temprature: no_fever}"),
    "empty-window": ("window: 12h", "window: 0h"),
    "several-at-once": (
        "late_enrolment: catch_up\nlateness: {window: 12h}\n",
        'late_enrolment: perhaps\nlateness: {window: soon}\nsilence: {remind_after: "2", task_after: 4h}\n',
    ),
    "unknown-language": ("languages: [en]", "languages: [en, tr, fr]"),
    "no-language": ("languages: [en]", "languages: []"),
    "question-for-a-route-of-others": ("only: {risks: [diabetes]}", "only: {routes: [facial]}"),
    "question-for-nobody": ("only: {risks: [diabetes]}", "only: {risks: [diabetes]}, skip: {risks: [diabetes]}"),
    "check-in-for-nobody": ("    at: 1y\n", "    at: 1y\n    skip: {routes: [iv]}\n"),
    "example-of-an-unknown-check-in": ('says: "all fine"', "check_in: d4\n    answers: {red_flags: none}"),
    "example-answers-what-is-not-asked": ('says: "all fine"', "check_in: y1\n    answers: {temperature: no_fever}"),
    "example-in-another-language": ('says: "all fine"', 'says: "all fine"\n    language: de'),
    "example-expects-an-unknown-text": ("alert: false}", "alert: false, messages: [advice.fevr]}"),
    "silence-row-for-nobody": _when_silent("{remind_after: 1h}"),
    "silence-row-that-changes-nothing": _when_silent("{phases: [immediate]}"),
    "silence-row-with-unknown-words": _when_silent(
        "{phases: [imediate], remind_after: 1h}",
        "{only: {risks: [clot]}, alert_after: soon}",
        "{last: bad, task_after: 1h}",
        "{phases: [], alert_after: 1h}",
        "{phases: [immediate], alert_in: 1h}",
    ),
    "silence-row-at-once": _when_silent("{phases: [immediate], remind_after: 1min}"),
    "reminder-at-once": ("    at: 2h\n", "    at: 2h\n    silence: {remind_after: 0min}\n"),
    "unknown-role": ("role: recipient", "role: receiver"),
    "number-with-a-comma": _threshold('{measure: temperature, at_least: "38,5", disposition: urgent}'),
    "threshold-that-loosens": _threshold("{measure: temperature, at_least: 39.5, disposition: urgent}"),
    "threshold-that-no-reading-reaches": _threshold("{measure: temperature, at_least: 385, disposition: urgent}"),
    "threshold-behind-another": _threshold(
        "{measure: temperature, at_least: 38.2, disposition: urgent}",
        "{measure: temperature, at_least: 38.5, disposition: urgent}",
    ),
    "threshold-on-an-unknown-measure": _threshold("{measure: tempreature, at_least: 38, disposition: urgent}"),
    "threshold-with-two-limits": _threshold("{measure: pain, at_least: 3, at_most: 5, disposition: urgent}"),
    "quote-not-closed": ('title: "Small"', 'title: "Small'),
    "bracket-not-closed": ("languages: [en]", "languages: [en"),
    "colon-in-a-text": ('title: "Small"', "title: Small: the first"),
    "wrong-indentation": ("    at: 1y", "   at: 1y"),
    "python-object": ('title: "Small"', "title: !!python/object/apply:os.system [ls]"),
    "alias": ("[red_flags, lumps]", "*asks"),
    "second-document": ("phases:", "---\nphases:"),
    "list-where-fields-belong": ("for: {role: recipient, routes: [iv]}", "for: [recipient]"),
    "fields-where-a-list-belongs": ("languages: [en]", "languages: {en: true}"),
    "anchors": ('title: "Small"', 'title: &name "Small"'),
    "a-tab": ("  - id: y1", "\t- id: y1"),
}

CLINIC_CASES = {
    "unknown-rota": ("emergency: {steps: [{page: [rota day]", "emergency: {steps: [{page: [rota days]"),
    "unknown-clinician": ("page: [ada, bo]", "page: [ada, bob]"),
    "rota-hour-uncovered": ('"20:00", until: "08:00"', '"20:00", until: "07:00"'),
    "weekend-uncovered": ('sat, sun], from: "20:00"', 'sat], from: "20:00"'),
    "shift-without-anybody": ("clinicians: [bo]", "clinicians: []"),
    "unknown-day": ('[mon, tue, wed, thu, fri, sat, sun], from: "20:00"', '[monday], from: "20:00"'),
    "unknown-time-zone": ("Europe/London", "Europe/Londn"),
    "no-emergency-chain": ("    emergency: {steps: [{page: [rota day], wait: 3min}]}\n", ""),
    "chain-without-steps": (
        "urgent: {steps: [{page: [rota day], wait: 10min}, {page: [ada, bo], wait: 15min}]}",
        "urgent: {steps: []}",
    ),
    "step-that-pages-nobody": ("page: [ada, bo]", "page: []"),
    "emergency-that-waits": ("wait: 3min", "wait: 2h"),
    "step-that-does-not-wait": ("wait: 3min", "wait: 0min"),
    "nobody-at-last": ("last_resort: [ada]", "last_resort: []"),
    "no-phone-number": ('"999"', '"call us"'),
    "no-country-code": ("country: GB", "country: Great Britain"),
    "no-crisis-number": ('  crisis_number: "116 123"\n', ""),
    "self-manage-pages-nobody": ("    urgent:", "    self_manage:"),
    "no-default": ("  default:", "  other:"),
}

QUESTION_CASES = {
    "unknown-symptom": ("covers: [fever]", "covers: [fevr]"),
    "unknown-quality": ("{fever: [high]}", "{fever: [hihg]}"),
    "unknown-symptom-said": ("says: {fever: [high]}", "says: {feever: []}"),
    "unknown-follow-up": ("follow_up: heart", "follow_up: hart"),
    "follow-up-circle": ("fine: {denies: [palpitations]}", "fine: {follow_up: temperature}"),
    "said-and-denied": ("{says: {fever: [high]}, follow_up: heart}", "{says: {fever: []}, denies: [fever]}"),
    "no-button": ("    options:\n      fine: {denies: [palpitations]}", "    options: {}"),
    "unknown-option-for-no": ("if_no: no_fever", "if_no: none"),
    "no-text": ("  heart:", "  hearts:"),
    "too-many-buttons": ("      no_fever: {denies: [fever]}", "\n".join(f"      no_fever{n}: {{}}" for n in ["", *range(6)])),
}


def refused(base: str, change: tuple[str, str], path: Path, load: Callable[[Path], object]) -> str:
    old, new = change
    assert base.count(old) >= 1
    load(written(path, base))
    with pytest.raises(ProblemsFound) as found:
        load(written(path, base.replace(old, new, 1)))
    return "\n".join(str(problem).rstrip() for problem in found.value.problems) + "\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", SCHEDULE_CASES)
def test_a_schedule_that_makes_no_sense_is_refused_at_its_line(case: str, tmp_path: Path) -> None:
    def load(path: Path) -> object:
        return load_schedule(
            path, questions(), escalations={"default"}, messages=messages(), rules=rule_book(), shown="small.yaml"
        )

    told = refused(SCHEDULE, SCHEDULE_CASES[case], tmp_path / "small.yaml", load)
    assert_golden(GOLDEN / f"schedule.{case}.txt", told)


@pytest.mark.parametrize("case", CLINIC_CASES)
def test_a_clinic_that_could_leave_an_alert_alone_is_refused_at_its_line(case: str, tmp_path: Path) -> None:
    told = refused(CLINIC, CLINIC_CASES[case], tmp_path / "clinic.yaml", lambda path: load_clinic(path, shown="clinic.yaml"))
    assert_golden(GOLDEN / f"clinic.{case}.txt", told)


@pytest.mark.parametrize("case", QUESTION_CASES)
def test_questions_that_do_not_hold_together_are_refused_at_their_line(case: str, tmp_path: Path) -> None:
    keys = {"question.temperature.text", "question.temperature.option.no_fever", "question.temperature.option.feverish"}
    keys |= {"question.heart.text", "question.heart.option.fine"}
    keys |= {f"question.temperature.option.no_fever{n}" for n in range(6)}

    def load(path: Path) -> object:
        return load_questions(path, symptoms=SYMPTOMS, message_keys=keys, shown="questions.yaml")

    told = refused(QUESTIONS, QUESTION_CASES[case], tmp_path / "questions.yaml", load)
    assert_golden(GOLDEN / f"questions.{case}.txt", told)


def test_a_schedule_that_asks_what_has_no_text_is_refused(tmp_path: Path) -> None:
    keys = message_keys() - {"question.lumps.text", "check_in.opening.catch_up"}
    path = written(tmp_path / "small.yaml", SCHEDULE)
    with pytest.raises(ProblemsFound) as found:
        load_schedule(path, questions(), message_keys=keys, shown="small.yaml")
    assert_golden(GOLDEN / "schedule.no-text.txt", "\n".join(map(str, found.value.problems)) + "\n")


def test_every_golden_message_belongs_to_a_case() -> None:
    expected = {f"schedule.{case}.txt" for case in [*SCHEDULE_CASES, "no-text"]}
    expected |= {f"clinic.{case}.txt" for case in CLINIC_CASES} | {f"questions.{case}.txt" for case in QUESTION_CASES}
    assert {path.name for path in GOLDEN.glob("*.txt")} == expected
