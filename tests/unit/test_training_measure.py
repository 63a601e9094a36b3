"""What is counted, and how sure the shares are."""

from __future__ import annotations

import pytest

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status
from bot.training.corpus import Reply
from bot.training.measure import BARS, Outcome, Share, confusion, denied_as_present, present_as_denied
from bot.training.report import report


def outcome(
    expected: Disposition,
    given: Disposition,
    *,
    unclear: bool = False,
    symptoms: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> Outcome:
    reply = Reply(id="x", language="en", text="...", expected=expected, symptoms=symptoms, absent=absent)
    return Outcome(reply, Assessment(disposition=given, unclear=unclear, findings=findings))


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)]
)
def test_wilsons_interval(hits: int, total: int, low: float, high: float) -> None:
    assert Share(hits, total).interval == pytest.approx((low, high), abs=1e-4)


def test_a_red_flag_is_missed_only_where_nobody_is_told_and_nothing_asked() -> None:
    red = Disposition.EMERGENCY
    assert outcome(red, Disposition.SELF_MANAGE).missed
    assert not outcome(red, Disposition.NONE, unclear=True).missed
    assert not outcome(red, Disposition.SAME_DAY).missed
    assert not outcome(Disposition.NONE, Disposition.NONE).missed


def test_a_question_over_a_level_that_tells_somebody_is_not_asked_back() -> None:
    assert outcome(Disposition.NONE, Disposition.SELF_MANAGE, unclear=True).given == "unclear"
    assert outcome(Disposition.NONE, Disposition.SAME_DAY, unclear=True).given == "same_day"


def test_bars_count_what_they_say() -> None:
    outcomes = [
        outcome(Disposition.EMERGENCY, Disposition.EMERGENCY),
        outcome(Disposition.EMERGENCY, Disposition.URGENT),
        outcome(Disposition.URGENT, Disposition.NONE),
        outcome(Disposition.NONE, Disposition.URGENT),
        outcome(Disposition.NONE, Disposition.NONE, unclear=True),
        outcome(Disposition.SELF_MANAGE, Disposition.SELF_MANAGE),
    ]
    shares = {bar.name: (bar.share(outcomes).hits, bar.share(outcomes).total) for bar in BARS}
    assert shares == {
        "red flags escalated, told or asked about": (2, 3),
        "red flags escalated at once": (2, 3),
        "emergencies given as emergency": (1, 2),
        "ordinary replies falsely escalated": (1, 2),
        "ordinary replies told to the clinic": (1, 2),
        "mild replies falsely escalated": (0, 1),
        "ordinary replies asked back": (1, 2),
    }
    assert confusion(outcomes)["emergency", "urgent"] == 1


def test_what_is_denied_and_what_is_there_are_told_apart() -> None:
    fever, denied = Finding(symptom="fever"), Finding(symptom="fever", status=Status.NEGATED)
    wrong = outcome(Disposition.NONE, Disposition.SAME_DAY, absent=("fever",), findings=(fever,))
    right = outcome(Disposition.NONE, Disposition.NONE, absent=("fever",), findings=(denied,))
    assert denied_as_present([wrong, right]) == Share(1, 2)
    lost = outcome(Disposition.SAME_DAY, Disposition.NONE, symptoms=("fever",), findings=(denied,))
    both = outcome(Disposition.SAME_DAY, Disposition.NONE, symptoms=("fever",), findings=(denied, fever))
    assert present_as_denied([lost, both]) == Share(1, 2)


def test_the_report_lists_what_was_missed() -> None:
    lines = list(report([outcome(Disposition.EMERGENCY, Disposition.NONE, symptoms=("chest_pain",))]))
    assert lines[-2] == "missed red flags (1):"
    assert "chest_pain" in lines[-1]
