"""Red flags that rest on a phrase among words that the rules do not know are asked about; numbers and cries for help are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Reader, Status
from bot.core.suspicion import without_the_suspected

BREATH = Finding(symptom="dyspnea", text="couldn't breathe")
RASH = Finding(symptom="allergic_reaction", text="rash")
LEVELS = {"dyspnea": Disposition.EMERGENCY, "allergic_reaction": Disposition.SAME_DAY, "self_harm_crisis": Disposition.EMERGENCY}


def weigh(findings: Sequence[Finding], also: tuple[Reason, ...] = ()) -> Assessment:
    """Each present symptom calls for its level; ``also`` fires whatever is found."""
    fired = [_reason(f.symptom, LEVELS[f.symptom]) for f in findings if f.status is Status.PRESENT]
    reasons = (*fired, *also)
    return Assessment(
        disposition=max((r.disposition for r in reasons), default=Disposition.NONE), reasons=reasons, findings=tuple(findings)
    )


def _reason(symptom: str | None, level: Disposition) -> Reason:
    return Reason(rule=f"{symptom}.rule", disposition=level, where="x.yaml:1", text="", symptom=symptom)


def test_a_phrase_becomes_a_question_about_its_symptom_that_says_what_is_at_stake() -> None:
    sure = without_the_suspected(weigh([BREATH]), weigh)
    assert sure is not None
    assert (sure.disposition, sure.unclear, sure.question) == (Disposition.NONE, True, "dyspnea")
    assert sure.at_stake is Disposition.EMERGENCY
    assert [f.status for f in sure.findings] == [Status.HYPOTHETICAL]


def test_what_is_less_than_a_red_flag_stays_as_it_was() -> None:
    sure = without_the_suspected(weigh([RASH, BREATH]), weigh)
    assert sure is not None
    assert (sure.disposition, sure.present, sure.question) == (Disposition.SAME_DAY, ("allergic_reaction",), "dyspnea")


def test_a_reading_is_sure_whatever_the_words_around_it() -> None:
    fever = _reason("fever", Disposition.URGENT)
    assert without_the_suspected(weigh([BREATH], (fever,)), lambda findings: weigh(findings, (fever,))) is None


@pytest.mark.parametrize("reader", [Reader.MEASURES, Reader.ANSWER])
def test_a_measured_limb_and_a_pressed_button_are_sure(reader: Reader) -> None:
    assert without_the_suspected(weigh([Finding(symptom="dyspnea", reader=reader)]), weigh) is None


def test_a_cry_for_help_is_taken_at_its_word() -> None:
    assert without_the_suspected(weigh([BREATH, Finding(symptom="self_harm_crisis")]), weigh) is None


def weigh_qualities(findings: Sequence[Finding]) -> Assessment:
    """A headache is nothing grave, the worst of a life is; so is chest pain."""
    present = [f for f in findings if f.status is Status.PRESENT]
    worst = any("worst" in f.qualities or f.symptom == "chest_pain" for f in present)
    level = Disposition.URGENT if worst else Disposition.SELF_MANAGE
    reasons = tuple(_reason(f.symptom, level) for f in present)
    return Assessment(disposition=level, reasons=reasons, findings=tuple(findings))


WORST = Finding(symptom="headache", qualities=frozenset({"worst"}))


def test_a_question_that_says_less_than_the_phrase_keeps_what_is_at_stake() -> None:
    sure = without_the_suspected(weigh_qualities([WORST]), weigh_qualities)
    assert sure is not None
    assert (sure.question, sure.at_stake) == ("headache", Disposition.URGENT)


def test_a_question_that_says_as_much_as_the_phrase_is_preferred() -> None:
    sure = without_the_suspected(weigh_qualities([WORST, Finding(symptom="chest_pain")]), weigh_qualities)
    assert sure is not None
    assert sure.question == "chest_pain"


def test_where_only_all_of_it_together_is_red_all_of_it_is_asked_about() -> None:
    def together(findings: Sequence[Finding]) -> Assessment:
        present = [f for f in findings if f.status is Status.PRESENT]
        level = Disposition.URGENT if present else Disposition.NONE
        return Assessment(disposition=level, reasons=(_reason(None, level),) if present else (), findings=tuple(findings))

    sure = without_the_suspected(together([RASH, BREATH]), together)
    assert sure is not None
    assert {f.status for f in sure.findings} == {Status.HYPOTHETICAL}
    assert sure.question == "allergic_reaction"
