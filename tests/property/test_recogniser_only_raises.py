"""Whatever the learned reader thinks: it lowers nothing that a rule found, and it never fails."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status
from bot.core.reading.recogniser_join import join
from bot.core.reading.recogniser_verdict import Thresholds
from tests.support.recogniser import RED, SYMPTOMS, recogniser

shares = st.floats(0, 1)
strengths = st.floats(-12, 12)
findings = st.builds(Finding, symptom=st.sampled_from(SYMPTOMS), status=st.sampled_from(Status))
texts = st.lists(st.sampled_from(["elephant", "bus", "warm", "no"]), max_size=6).map(" ".join)


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    disposition = draw(st.sampled_from(Disposition))
    reason = Reason(rule="fever.urgent.39", disposition=disposition, where="fever.yaml:31", text="39.0 or more")
    return Assessment(
        disposition=disposition,
        reasons=(reason,) if disposition else (),
        findings=tuple(draw(st.lists(findings, max_size=3))),
        unclear=not disposition.red and draw(st.booleans()),
    )


@st.composite
def thresholds(draw: st.DrawFn) -> Thresholds:
    ask, red, settled = sorted((draw(shares), draw(shares), draw(shares)))
    drawn = ("vague", "believe", "doubt", "mild", "explained", "emergency", "upgrade", "symptom", "denied", "at_ease", "nothing")
    return Thresholds(red=red, settled=settled, ask=ask, **{name: draw(shares) for name in drawn})


@given(texts, assessments(), thresholds(), st.lists(strengths, min_size=8, max_size=8), st.booleans(), st.booleans())
def test_nothing_that_a_rule_found_is_lowered(
    text: str,
    assessment: Assessment,
    limits: Thresholds,
    weights: list[float],
    may_rest: bool,  # noqa: FBT001 - drawn
    explained: bool,  # noqa: FBT001 - drawn
) -> None:
    reader = recogniser(
        {"elephant": {0: weights[0], RED: weights[1]}, "warm": {1: weights[2], RED + 1: weights[3]}, "no": {2: weights[4]}}
    )
    joined = join(text, assessment, reader, limits, may_rest=may_rest, explained=explained)
    assert joined.disposition >= assessment.disposition
    assert set(assessment.reasons) <= set(joined.reasons)
    assert set(assessment.findings) <= set(joined.findings)
    assert joined.measures == assessment.measures
    if joined.disposition > assessment.disposition:
        assert joined.disposition.red
        assert joined.reasons[0].rule.startswith("recogniser.")
    if assessment.unclear and not joined.unclear and joined.disposition == assessment.disposition:
        assert may_rest
        assert not assessment.disposition.red


@given(texts, assessments(), assessments(), thresholds(), st.lists(strengths, min_size=2, max_size=2))
def test_what_is_suspected_is_at_least_asked_about(
    text: str, one: Assessment, other: Assessment, limits: Thresholds, weights: list[float]
) -> None:
    sure = replace(one, disposition=min(one.disposition, Disposition.SAME_DAY), unclear=True, at_stake=Disposition.EMERGENCY)
    suspected = replace(other, disposition=Disposition.EMERGENCY, unclear=False)
    reader = recogniser({"elephant": {RED: weights[0]}, "warm": {RED: weights[1]}})
    joined = join(text, sure, reader, limits, suspected=suspected)
    assert joined.disposition >= sure.disposition
    assert joined.unclear or joined.disposition.red


@given(st.text(max_size=300))
def test_no_text_makes_the_recogniser_fail(text: str) -> None:
    found = recogniser({"elephant": {0: 6.0, RED: 6.0}}).read(text)
    assert 0 <= found.red <= 1
    assert 0 <= found.start <= found.end <= len(text)
    assert text[found.start : found.end] == found.words
    for suspicion in found.suspicions:
        assert text[suspicion.start : suspicion.end] == suspicion.words
