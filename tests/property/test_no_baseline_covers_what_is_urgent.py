"""Whatever is set as usual, for whatever symptoms: an urgent or emergency assessment of the whole catalogue comes out as it went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from bot.core.clinical.assess import assess
from bot.core.clinical.baseline import Baseline, without_usual
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Reader, Status
from bot.core.clinical.patient import PatientContext, Risk, Route
from bot.core.clinical.rules import RuleBook
from tests.support.course import library

NOW = datetime(2026, 3, 6, 10, tzinfo=UTC)


@cache
def rules() -> RuleBook:
    return library().knowledge.rules


@cache
def everything() -> tuple[Baseline, ...]:
    """Every symptom of the catalogue is usual, at the highest level that can be set, and pain up to 10."""
    return tuple(
        Baseline(
            id=number,
            patient_id=1,
            symptom=symptom,
            level=Disposition.SAME_DAY,
            reason="a property",
            set_by="test",
            set_at=NOW - timedelta(hours=1),
            until=NOW + timedelta(days=20),
        )
        for number, symptom in enumerate(sorted(rules().symptoms))
    )


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    symptom = draw(st.sampled_from(sorted(rules().symptoms)))
    qualities = draw(st.frozensets(st.sampled_from([*sorted(rules().symptoms[symptom].qualities), "sudden"]), max_size=4))
    reader = draw(st.sampled_from(list(Reader)))
    return Finding(symptom=symptom, status=Status.PRESENT, reader=reader, qualities=qualities)


patients = st.builds(
    PatientContext,
    route=st.sampled_from(list(Route)),
    risks=st.frozensets(st.sampled_from(list(Risk)), max_size=3),
    hours_since_treatment=st.floats(0, 5000),
)
pains = st.lists(st.builds(Measure, kind=st.just("pain"), value=st.integers(0, 10).map(float), unit=st.just("")), max_size=1)


@given(st.lists(findings(), min_size=1, max_size=5), pains, patients)
def test_nothing_urgent_is_ever_suppressed(found: list[Finding], measures: list[Measure], patient: PatientContext) -> None:
    before = assess(found, measures, patient, rules())
    after = without_usual(before, everything(), NOW)
    if before.disposition.red:
        assert after == before
    else:
        assert after.disposition <= before.disposition
        assert {*after.reasons, *after.usual} == set(before.reasons)
        assert all(reason.disposition <= Disposition.SAME_DAY for reason in after.usual)


@given(st.sampled_from(sorted(rules().symptoms)), patients)
def test_every_symptom_alone_with_every_word_at_its_worst(symptom: str, patient: PatientContext) -> None:
    worst = Finding(
        symptom=symptom, status=Status.PRESENT, reader=Reader.ANSWER, qualities=frozenset(rules().symptoms[symptom].qualities)
    )
    before = assess([worst], [], patient, rules())
    if before.disposition.red:
        assert without_usual(before, everything(), NOW) == before
