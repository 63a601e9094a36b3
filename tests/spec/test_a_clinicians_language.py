"""A clinician reads in the language that they choose: alerts, their shift, a drill. Nobody is given a draft translation unasked."""

from __future__ import annotations

from bot.services import drills
from tests.support.course import FIRST_CLINICIAN, Course, library
from tests.support.transcript import plain

NURSE = "nurse-cem"


def last(course: Course) -> str:
    address = FIRST_CLINICIAN + list(library().clinic.clinicians).index(NURSE)
    return plain(next(m for m in reversed(course.sent) if m.address == str(address) and m.text).text)


def test_from_then_on_everything_is_in_their_language() -> None:
    course = Course().clinician_writes(NURSE, "/language").clinician_presses("Türkçe", who=NURSE)
    assert last(course) == plain(library().text("tr", "language.changed"))
    assert last(course.clinician_writes(NURSE, "/oncall")).startswith("Şu an nöbetçi")
    course.lets(lambda uow: drills.begin(uow, [course.world], course.now, by="operator"))
    assert last(course).startswith("TATBİKAT, hasta yok")
    course.later(hours=2).says("my left calf is swollen and sore")
    assert last(course).startswith("İVEDİ")


def test_a_language_that_nobody_speaks_here_changes_nothing() -> None:
    course = Course().clinician_writes(NURSE, "/language Klingon")
    assert "Which language" in last(course)
    assert course.read(lambda uow: uow.clinicians.get(NURSE)).language == "en"  # type: ignore[union-attr]


def test_nobody_is_asked_about_it_and_english_is_where_they_begin() -> None:
    course = Course()
    assert {c.language for c in course.read(lambda uow: list(uow.clinicians.all()))} == {"en"}
