"""Every limit of time, number, window, role, route and risk that a rule has: it holds there, and not one step before.

The limits themselves stand in tests/support/clinical_limits.py, taken from the clinical content and not from the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.clinical.conditions import AtRisk, Before, Change, Condition, InRole, Lasting, SinceTreatment, leaves
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.clinical.rules import Modifier, Rule
from tests.support.clinical import D, book, earlier, fired, level, over, recipient
from tests.support.clinical_limits import (
    AFTER,
    CHANGES,
    CLOT_RISKS,
    LASTS,
    LOOKS_BACK,
    MODIFIED,
    NUMBERS,
    RISKS,
    RISKY,
    ROUTES,
    UNTIL,
    WEAKENED,
    R,
    Stated,
    f,
    m,
)


def at(patient: PatientContext, hours: float | None) -> PatientContext:
    return replace(patient, hours_since_treatment=hours)


def risky(*risks: str) -> PatientContext:
    return recipient(5 * D, *risks)


@pytest.mark.parametrize("rule", LASTS)
def test_a_length_of_time_counts_from_its_limit(rule: str) -> None:
    present, hours = LASTS[rule]
    patient = risky(*([RISKY[rule]] if rule in RISKY else []))
    assert rule in fired(patient, present, m("duration", hours))
    assert rule not in fired(patient, present, m("duration", hours - 0.01))


@pytest.mark.parametrize("rule", AFTER)
def test_a_rule_for_later_begins_right_after_its_hour(rule: str) -> None:
    stated, patient, hours = AFTER[rule]
    assert rule in fired(at(patient, hours + 0.1), *stated)
    assert rule not in fired(at(patient, hours), *stated)


@pytest.mark.parametrize("rule", UNTIL)
def test_a_rule_for_the_first_time_ends_with_its_hour(rule: str) -> None:
    stated, patient, hours = UNTIL[rule]
    assert rule in fired(at(patient, hours), *stated)
    assert rule not in fired(at(patient, hours + 0.1), *stated)


@pytest.mark.parametrize("rule", [*AFTER, *UNTIL])
def test_an_unknown_time_counts_against_the_patient_never_for(rule: str) -> None:
    stated, patient, _ = AFTER.get(rule) or UNTIL[rule]
    lowers = rule in {form.id for symptom in book().symptoms.values() for form in symptom.milder}
    assert (rule in fired(at(patient, None), *stated)) is not lowers


@pytest.mark.parametrize(("rule", "patient", "stated", "kind", "short", "reached"), NUMBERS)
def test_a_number_beside_something_else_counts_from_its_limit(
    rule: str, patient: PatientContext, stated: Stated, kind: str, short: float, reached: float
) -> None:
    patient = at(patient, patient.hours_since_treatment if patient.hours_since_treatment == 9 else 5 * D)
    assert rule in fired(patient, *stated, m(kind, reached))
    assert rule not in fired(patient, *stated, m(kind, short))


@pytest.mark.parametrize("rule", CHANGES)
def test_a_change_counts_from_its_limit_and_from_any_value_before(rule: str) -> None:
    now, near, far, stated = CHANGES[rule]
    for before, expected in ((near, False), (far, True)):
        patient = replace(R(5 * D), recent=(earlier(20, m(now.kind, before)),))
        assert (rule in fired(patient, *stated, now)) is expected


def test_a_fall_is_from_the_best_value_before_and_a_rise_from_the_last() -> None:
    readings = (earlier(10, m("systolic", 120)), earlier(40, m("systolic", 150)))
    assert "hypotension.urgent.fall" in fired(replace(R(5 * D), recent=readings), m("systolic", 108))
    pains = (earlier(10, m("pain", 3)), earlier(40, m("pain", 1)))
    assert "B31.points" not in fired(replace(R(5 * D), recent=pains), f("headache"), m("pain", 4))
    assert "B31.points" in fired(replace(R(5 * D), recent=pains), f("headache"), m("pain", 1), m("pain", 5))


@pytest.mark.parametrize("rule", LOOKS_BACK)
def test_a_combination_looks_back_as_far_as_it_says(rule: str) -> None:
    before, now, hours = LOOKS_BACK[rule]
    assert rule in fired(replace(R(9 * D), recent=(earlier(hours, *before, disposition=Disposition.SAME_DAY),)), *now)
    assert rule not in fired(replace(R(9 * D), recent=(earlier(hours + 0.1, *before, disposition=Disposition.SAME_DAY),)), *now)


@pytest.mark.parametrize("combination", [rule for rule in book().combinations if rule.id not in {"B09", "B10", "B16", "B20.infection"}], ids=lambda r: r.id)  # fmt: skip
def test_every_other_combination_looks_back_a_day(combination: Rule) -> None:
    assert combination.window_hours == 24


@pytest.mark.parametrize("rule", RISKS)
def test_exactly_the_risks_of_the_content_ask_for_it(rule: str) -> None:
    stated, risks = RISKS[rule]
    assert {risk.value for risk in Risk if rule in fired(risky(risk.value), *stated)} == risks
    assert rule not in fired(risky(), *stated)


@pytest.mark.parametrize("rule", ROUTES)
def test_exactly_the_route_of_the_content_asks_for_it(rule: str) -> None:
    stated, route = ROUTES[rule]
    found = [r.value for r in Route if rule in fired(recipient(5 * D, route=r.value), *stated)]
    assert found == [route]


@pytest.mark.parametrize("modifier", book().modifiers, ids=lambda modifier: modifier.id)
def test_a_modifier_raises_exactly_the_symptoms_of_the_content(modifier: Modifier) -> None:
    assert sorted(modifier.symptoms) == MODIFIED.get(modifier.id, sorted(book().symptoms))


@pytest.mark.parametrize(
    ("symptom", "form", "risks"),
    [
        ("bleeding_bruising", f("bleeding_bruising", "small"), {"anticoagulant"}),
        (
            "chest_pain",
            f("chest_pain", "muscular", "over_24_h_ago"),
            {"heart_disease", "previous_clot", "pregnancy", "high_dose"},
        ),
        ("donor_site_infection", f("donor_site_infection", "slight"), {"diabetes", "age_65_plus", *WEAKENED}),
        ("injection_site_infection", f("injection_site_infection", "clear_ooze"), {"diabetes", "age_65_plus", *WEAKENED}),
        ("dyspnea", f("dyspnea", "slow_onset", "strenuous"), CLOT_RISKS),
    ],
)
def test_a_risk_takes_the_milder_form_away(symptom: str, form: Finding, risks: set[str]) -> None:
    floor = f"{symptom}.floor"
    taken = {risk.value for risk in Risk if floor in fired(recipient(100 * D, risk.value), form)}
    assert taken == risks
    assert floor not in fired(recipient(100 * D), form)


@pytest.mark.parametrize("risk", Risk)
def test_no_risk_at_all_goes_with_the_fever_allowance(risk: Risk) -> None:
    assert level(recipient(8), m("temperature", 38.0)) == "self_manage"
    assert level(recipient(8, risk.value), m("temperature", 38.0)) in {"same_day", "urgent"}


@pytest.mark.parametrize("hours", [24.01, 24.5, 25.0, None])
def test_the_fever_allowance_ends_with_hour_24_to_the_minute(hours: float | None) -> None:
    assert level(recipient(24.0), m("temperature", 38.0)) == "self_manage"
    assert level(recipient(hours), m("temperature", 38.0)) == "same_day"


@pytest.mark.parametrize(
    "against",
    [
        f("chills_rigors", "rigor"),
        f("injection_site_reaction"),
        f("respiratory_infection"),
        f("urinary_symptoms", "burning"),
        f("superficial_thrombophlebitis"),
        over("fever", "masked"),
        *(f("fever", q) for q in ("masked", "high", "persistent", "returned", "stiff_neck", "non_fading_rash", "worsening")),
    ],
    ids=lambda found: f"{found.symptom}-{'-'.join(sorted(found.qualities))}",
)
def test_anything_beside_a_plain_fever_takes_the_allowance_away(against: Finding) -> None:
    assert "B01" in fired(recipient(8), f("fever"), m("temperature", 38.0))
    assert "B01" not in fired(recipient(8), f("fever"), m("temperature", 38.0), against)


@pytest.mark.parametrize(("apart", "expected"), [(11.9, False), (12.0, True)])
def test_two_check_ins_are_those_that_lie_12_hours_apart(apart: float, *, expected: bool) -> None:
    patient = replace(R(9 * D), recent=(earlier(apart, f("fatigue", "worsening")),))
    assert ("B31.worse_twice" in fired(patient, f("fatigue", "worsening"))) is expected
    twice = replace(R(9 * D), recent=(earlier(apart, f("fatigue")), earlier(2 * apart, f("fatigue"))))
    assert ("B31.three_running" in fired(twice, f("fatigue"))) is expected
    once = replace(R(9 * D), recent=(earlier(apart, f("fatigue")),))
    assert "B31.three_running" not in fired(once, f("fatigue"))


def test_two_findings_of_the_same_day_are_enough_and_one_is_not() -> None:
    assert "B32" in fired(R(9 * D), f("edema"), f("insomnia", "persistent"))
    assert "B32" not in fired(R(9 * D), f("edema"))
    assert "B32" not in fired(R(9 * D), f("edema"), f("insomnia"))


@pytest.mark.parametrize("risk", [risk for risk in Risk if risk is not Risk.PREGNANCY])
def test_the_early_warning_score_counts_with_every_risk_but_pregnancy(risk: Risk) -> None:
    ones = [
        m(kind, value) for kind, value in (("systolic", 105), ("heart_rate", 95), ("respiratory_rate", 10), ("temperature", 36.0))
    ]
    fifth = m("spo2", 95)
    assert "NEWS2" in fired(risky(risk.value), *ones, fifth)
    assert "NEWS2" not in fired(risky(risk.value), *ones)
    assert "NEWS2" not in fired(risky("pregnancy"), *ones, fifth)


def _asking(kind: type[Condition]) -> set[str]:
    return {rule.id for rule in book().rules() if any(isinstance(leaf, kind) for leaf in leaves(rule.when))}


def test_every_rule_with_a_limit_of_time_change_or_risk_has_it_tested_here() -> None:
    assert _asking(Lasting) == set(LASTS)
    assert _asking(SinceTreatment) <= set(AFTER) | set(UNTIL)
    assert _asking(Change) == set(CHANGES) - {"B31.points"}
    assert _asking(Before) == {"B16"}
    assert _asking(AtRisk) == set(RISKS) - {modifier.id for modifier in book().modifiers}


@pytest.mark.parametrize("rule", sorted(_asking(InRole)))
def test_a_donor_s_rule_is_the_donor_s_and_a_recipient_s_the_recipient_s(rule: str) -> None:
    roles = {leaf.role for leaf in leaves(_of(rule)) if isinstance(leaf, InRole)}
    assert roles == ({Role.RECIPIENT} if rule == "pain_other.same_day.5" else {Role.DONOR})


def _of(rule_id: str) -> Condition:
    return next(rule.when for rule in book().rules() if rule.id == rule_id)


def test_the_rules_and_their_levels_are_those_that_were_reviewed(golden: Callable[[str, str], None]) -> None:
    rules = [(rule.id, rule.disposition.word, rule.source) for rule in book().rules()]
    milder = [
        (form.id, f"{form.disposition.word} (milder form)", form.source) for s in book().symptoms.values() for form in s.milder
    ]
    raising = [(mod.id, f"one level more, to {mod.up_to.word}", mod.source) for mod in book().modifiers]
    over_too = [(s.id, "counts when it is over", "0.2 rule 6") for s in book().symptoms.values() if s.counts_when_over]
    lines = sorted(" | ".join(row) for row in (*rules, *milder, *raising, *over_too))
    golden("rules/levels.txt", "\n".join(lines) + "\n")
