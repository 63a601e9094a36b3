"""Which length of time speaks of which symptom, and what earlier messages add."""

from __future__ import annotations

import pytest

from bot.core.clinical.conditions import (
    All,
    AnyOf,
    AtRisk,
    InRole,
    Lasting,
    Present,
    Reading,
    SinceTreatment,
    narrowest,
    with_known_time,
)
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.facts import Facts, Measured, Numbers
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import PatientContext, Risk, Role
from bot.core.clinical.rules import Modifier, Rule, RuleBook, Symptom, floor_rule
from bot.core.errors import InvalidValue
from tests.support.clinical import earlier, finding, measure, recipient

NUMBERS = Numbers(decide={"fever": (Measured(measure="temperature", at_least=38.0),)})


def facts(*stated: Finding | Measure, patient: PatientContext | None = None) -> Facts:
    found = [s for s in stated if isinstance(s, Finding)]
    return Facts.of(found, [s for s in stated if isinstance(s, Measure)], patient or recipient(), NUMBERS)


def at(symptom: str, start: int, end: int, status: Status = Status.PRESENT) -> Finding:
    return finding(symptom, status=status, text="x" * (end - start), start=start, end=end)


def lasted(hours: float, start: int, end: int, *qualities: str) -> Measure:
    return Measure(kind="duration", value=hours, unit="h", start=start, end=end, qualities=frozenset(qualities))


def test_a_length_of_time_belongs_to_the_nearest_symptom() -> None:
    # "tired for 10 days. And since this morning, suddenly, a slight fever"
    found = facts(at("fatigue", 0, 5), lasted(240, 10, 17), at("fever", 60, 65))
    assert found.durations == {"fatigue": 240}


def test_symptoms_that_stand_together_share_it() -> None:
    # "feverish and tired for 4 days"
    assert facts(at("fever", 0, 8), at("fatigue", 13, 18), lasted(96, 23, 29)).durations == {"fever": 96, "fatigue": 96}


def test_without_offsets_it_speaks_of_everything() -> None:
    assert facts(finding("fever"), finding("fatigue"), measure("duration", 96)).durations == {"fever": 96, "fatigue": 96}


def test_a_reader_may_bind_it_to_a_symptom() -> None:
    assert facts(at("fever", 0, 8), at("fatigue", 13, 18), lasted(96, 23, 29, "fatigue")).durations == {"fatigue": 96}


def test_a_denied_symptom_has_no_length() -> None:
    assert facts(at("fever", 0, 8, Status.NEGATED), at("fatigue", 40, 45), lasted(96, 10, 16)).durations == {"fatigue": 96}


def test_a_number_counts_as_the_symptom_and_a_contradicted_word_does_not() -> None:
    assert "fever" in facts(measure("temperature", 38.0)).counted
    assert "fever" not in facts(finding("fever"), measure("temperature", 37.9)).counted
    assert "fever" in facts(finding("fever", "masked"), measure("temperature", 37.0)).counted
    assert "fever" in facts(finding("fever"), measure("heart_rate", 60)).counted


def test_the_highest_reading_of_several_decides() -> None:
    assert "fever" in facts(measure("temperature", 37.0), measure("temperature", 38.6)).counted


def test_lasting_reaches_back_over_unbroken_reports() -> None:
    patient = recipient(recent=(earlier(20, finding("fever")), earlier(70, finding("fever"))))
    assert facts(finding("fever"), patient=patient).lasting("fever") == 70
    broken = recipient(recent=(*patient.recent, earlier(40, finding("fever", status=Status.NEGATED))))
    assert facts(finding("fever"), patient=broken).lasting("fever") == 20


def test_facts_of_earlier_messages_are_added_and_not_mixed_into_the_message_itself() -> None:
    patient = recipient(recent=(earlier(5, finding("edema"), measure("systolic", 99)), earlier(50, finding("fatigue"))))
    now = facts(finding("fever"), patient=patient)
    whole = now.merged(24, NUMBERS)
    assert set(whole.qualities) == {"fever", "edema"}
    assert whole.readings == {"systolic": [99]}
    assert set(now.qualities) == {"fever"}
    assert now.merged(1, NUMBERS) is now


def test_a_conjunction_is_indexed_under_its_rarest_part() -> None:
    condition = All(of=(Present(symptoms=("a", "b")), Reading(measure="spo2", at_most=90), AtRisk(risks=frozenset(Risk))))
    assert narrowest(condition) == {"#spo2"}


def test_a_choice_that_needs_nothing_has_no_trigger() -> None:
    assert narrowest(AnyOf(of=(Present(symptoms=("a",)), InRole(role=Role.DONOR)))) == frozenset()


def test_a_rule_that_can_never_be_reached_cannot_be_in_a_book() -> None:
    rule = Rule(id="x", disposition=Disposition.URGENT, when=InRole(role=Role.DONOR), reason="r", where="f:1")
    with pytest.raises(InvalidValue, match="never be reached"):
        RuleBook(symptoms={}, combinations=(rule,))


def test_two_rules_of_one_id_cannot_be_in_a_book() -> None:
    rule = Rule(id="x", disposition=Disposition.URGENT, when=Present(symptoms=("a",)), reason="r", where="f:1")
    with pytest.raises(InvalidValue, match="unique"):
        RuleBook(symptoms={}, combinations=(rule, rule))


@pytest.mark.parametrize(
    ("level", "up_to", "raised"),
    [
        ("self_manage", "emergency", "same_day"),
        ("same_day", "emergency", "urgent"),
        ("urgent", "emergency", "emergency"),
        ("emergency", "emergency", "emergency"),
        ("urgent", "urgent", "urgent"),
        ("emergency", "urgent", "emergency"),
        ("same_day", "same_day", "same_day"),
    ],
)
def test_a_modifier_raises_by_one_level_within_its_bounds(level: str, up_to: str, raised: str) -> None:
    modifier = Modifier(
        id="m", symptoms=("a",), when=AtRisk(risks=frozenset()), reason="r", where="f:1", up_to=Disposition.of(up_to)
    )
    assert modifier.raised(Disposition.of(level)).word == raised


def test_what_may_lower_needs_a_known_time() -> None:
    unknown = facts(patient=recipient(None))
    condition = AnyOf(of=(All(of=(SinceTreatment(after=24),)),))
    assert condition.holds(unknown, "")
    assert not with_known_time(condition).holds(unknown, "")


def test_lasting_speaks_of_the_symptom_at_hand() -> None:
    found = facts(finding("fatigue"), measure("duration", 200))
    assert Lasting(hours=168).holds(found, "fatigue")
    assert not Lasting(hours=168).holds(found, "edema")


def test_a_book_of_one_symptom_works() -> None:
    floor = floor_rule("a", Disposition.SELF_MANAGE, "a", "f:1")
    assert RuleBook(symptoms={"a": Symptom(id="a", term="A", floor=floor, qualities={}, advice="rest")}).rules() == (floor,)
