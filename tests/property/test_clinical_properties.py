"""What must hold for every message: findings and numbers only raise, modifiers only raise, context switches no red flag off."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.clinical.assess import assess
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.facts import OVER, Facts
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import Observation, PatientContext, Risk, Role, Route
from tests.support.clinical import D, book, judge

BOOK = book()
# what a row itself names as the milder form of its symptom, or as over
MILDER = {
    symptom.id: frozenset().union(*(form.any_of | form.all_of for form in symptom.milder)) | OVER
    for symptom in BOOK.symptoms.values()
}
MEASURED = {limit.measure for symptom in BOOK.symptoms.values() for limit in symptom.measured} | {"pain"}


@st.composite
def finding_strategy(draw: st.DrawFn, *, mild: bool = True, statuses: tuple[Status, ...] = tuple(Status)) -> Finding:
    symptom = BOOK.symptoms[draw(st.sampled_from(sorted(BOOK.symptoms)))]
    words = sorted(q for q in symptom.qualities if mild or q not in MILDER[symptom.id])
    qualities = draw(st.frozensets(st.sampled_from(words), max_size=3)) if words else frozenset()
    return Finding(symptom=symptom.id, status=draw(st.sampled_from(statuses)), qualities=qualities)


@st.composite
def measure_strategy(draw: st.DrawFn) -> Measure:
    kind = BOOK.measures[draw(st.sampled_from(sorted(BOOK.measures)))]
    value = draw(st.floats(kind.lowest, kind.highest).map(lambda v: round(v, 1)))
    return Measure(kind=kind.id, value=min(max(value, kind.lowest), kind.highest), unit=kind.unit)


observations = st.builds(
    Observation,
    hours_ago=st.floats(0, 200),
    disposition=st.sampled_from(Disposition),
    findings=st.lists(finding_strategy(), max_size=2).map(tuple),
    measures=st.lists(measure_strategy(), max_size=1).map(tuple),
)
contexts = st.builds(
    PatientContext,
    role=st.sampled_from(Role),
    route=st.none() | st.sampled_from(Route),
    risks=st.frozensets(st.sampled_from(Risk), max_size=3),
    hours_since_treatment=st.none() | st.floats(0, 20000),
    recent=st.lists(observations, max_size=2).map(tuple),
)
messages = st.lists(finding_strategy(), max_size=4)
numbers = st.lists(measure_strategy(), max_size=3)


@given(messages, numbers, contexts, finding_strategy())
def test_one_more_finding_never_lowers(
    findings: list[Finding], measures: list[Measure], patient: PatientContext, extra: Finding
) -> None:
    before = assess(findings, measures, patient, BOOK).disposition
    assert assess([*findings, extra], measures, patient, BOOK).disposition >= before


@given(messages, numbers, contexts, measure_strategy())
def test_one_more_number_never_lowers_unless_it_decides_the_symptom_itself(
    findings: list[Finding], measures: list[Measure], patient: PatientContext, extra: Measure
) -> None:
    before = assess(findings, measures, patient, BOOK).disposition
    if extra.kind not in MEASURED:
        assert assess(findings, [*measures, extra], patient, BOOK).disposition >= before


@given(messages, numbers, contexts, measure_strategy())
def test_a_reassuring_number_never_lowers_another_symptom(
    findings: list[Finding], measures: list[Measure], patient: PatientContext, extra: Measure
) -> None:
    decided = {symptom.id for symptom in BOOK.symptoms.values() if symptom.measured or symptom.scored}
    others = [finding for finding in findings if finding.symptom not in decided]
    before = assess(others, measures, patient, BOOK).disposition
    assert assess(others, [*measures, extra], patient, BOOK).disposition >= before


@given(messages, numbers, contexts, st.sampled_from(Risk))
def test_one_more_risk_never_lowers_but_for_what_rows_say(
    findings: list[Finding], measures: list[Measure], patient: PatientContext, risk: Risk
) -> None:
    # B29 says so: NEWS2 is not used in pregnancy
    before = assess(findings, measures, patient, BOOK)
    risky = replace(patient, risks=patient.risks | {risk})
    without_score = [reason.disposition for reason in before.reasons if reason.rule != "NEWS2"]
    least = max(without_score, default=Disposition.NONE) if risk is Risk.PREGNANCY else before.disposition
    assert assess(findings, measures, risky, BOOK).disposition >= least


@given(messages, numbers, contexts)
def test_modifiers_only_raise_and_never_beyond_emergency(
    findings: list[Finding], measures: list[Measure], patient: PatientContext
) -> None:
    bare = replace(BOOK, modifiers=(), allowance=None)
    modified = replace(BOOK, allowance=None)
    before = assess(findings, measures, patient, bare).disposition
    assert before <= assess(findings, measures, patient, modified).disposition <= Disposition.EMERGENCY


@given(messages, numbers, contexts)
def test_the_allowance_lowers_nothing_but_the_first_day_fever(
    findings: list[Finding], measures: list[Measure], patient: PatientContext
) -> None:
    allowed = assess(findings, measures, patient, BOOK)
    strict = assess(findings, measures, patient, replace(BOOK, allowance=None))
    if allowed.disposition < strict.disposition:
        assert strict.disposition is Disposition.SAME_DAY
        assert {r.symptom for r in strict.reasons if r.disposition is Disposition.SAME_DAY} == {"fever"}
        assert not patient.risks
        assert patient.hours_since_treatment is not None
        assert patient.hours_since_treatment <= 24


@given(messages, numbers, contexts)
def test_the_disposition_is_the_highest_reason_and_each_reason_says_where_it_stands(
    findings: list[Finding], measures: list[Measure], patient: PatientContext
) -> None:
    found = assess(findings, measures, patient, BOOK)
    assert found.disposition == max((r.disposition for r in found.reasons), default=Disposition.NONE)
    assert all(r.where.startswith("bot/catalogue/") and r.text for r in found.reasons)
    assert found.content == BOOK.version


@given(messages, numbers, contexts)
def test_the_same_input_gives_the_same_assessment(
    findings: list[Finding], measures: list[Measure], patient: PatientContext
) -> None:
    assert assess(findings, measures, patient, BOOK) == assess(findings, measures, patient, BOOK)


@given(finding_strategy(statuses=(Status.PRESENT,)), contexts)
def test_a_present_symptom_is_never_none(finding: Finding, patient: PatientContext) -> None:
    if OVER.isdisjoint(finding.qualities):
        assert judge(patient, finding).disposition > Disposition.NONE


silent = (Status.NEGATED, Status.OTHER_PERSON, Status.HYPOTHETICAL)


@given(st.lists(finding_strategy(statuses=silent), max_size=4), contexts)
def test_what_is_denied_of_others_or_supposed_never_alerts_and_is_kept(findings: list[Finding], patient: PatientContext) -> None:
    found = assess(findings, [], patient, BOOK)
    assert found.disposition is Disposition.NONE
    assert found.findings == tuple(findings)


NAMED_IN_THEIR_ROWS = {
    # within 24 hours of the infusion any rash can grow worse; later the row itself says same day
    "allergic_reaction",
    # worse on or after day 3 than the day before (B19)
    "injection_site_reaction",
    # "goes on for days" can only be said after days (B03)
    "fever",
    # upper back pain within 90 days (B10), severe belly pain of a donor within 7 days (B41)
    "pain_other",
    "abdominal_pain",
    # nerves after a spinal procedure, sight after an injection near the eye (B34, B36)
    "neuro_deficit",
    "vision_change",
    "headache",
    # a hot joint after an injection into it (B35)
    "localized_tissue_reaction",
    # a vein's cord in its first days
    "superficial_thrombophlebitis",
}


@given(finding_strategy(mild=False, statuses=(Status.PRESENT,)), contexts)
def test_neither_day_nor_role_nor_route_switches_a_red_flag_off(finding: Finding, patient: PatientContext) -> None:
    here = judge(replace(patient, recent=()), finding).disposition
    plain = judge(PatientContext(role=Role.RECIPIENT, route=Route.IV, risks=patient.risks, hours_since_treatment=5 * D), finding)
    if finding.symptom not in NAMED_IN_THEIR_ROWS:
        assert here.red or not plain.disposition.red
        assert here == plain.disposition or not plain.disposition.red


@given(messages, numbers, contexts)
def test_looking_back_by_index_finds_what_looking_at_every_rule_finds(
    findings: list[Finding], measures: list[Measure], patient: PatientContext
) -> None:
    facts = Facts.of(findings, measures, patient, BOOK.numbers)
    now = {*facts.counted, *facts.qualities, *(f"~{s}" for s in facts.resolved), *(f"#{k}" for k in facts.readings)}
    expected = set()
    for rule in (*BOOK.combinations, *(r for s in BOOK.symptoms.values() for r in s.rules)):
        whole = facts.merged(rule.window_hours, BOOK.numbers) if rule.window_hours else facts
        alone = rule.when.holds(facts, rule.symptom or "")
        completed = not now.isdisjoint(rule.when.triggers()) and rule.when.holds(whole, rule.symptom or "")
        if alone or completed:
            expected.add(rule.id)
    fired = {reason.rule for reason in assess(findings, measures, patient, replace(BOOK, allowance=None)).reasons}
    assert expected == {rule_id for rule_id in fired if rule_id in EVERY_RULE}


EVERY_RULE = {rule.id for rule in BOOK.rules() if not rule.id.endswith(".floor")}
