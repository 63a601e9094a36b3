"""Thresholds over many replies at once: the same as one by one, and what is only suspected is paged from `believe` on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser import Recogniser, Recognition, Suspicion
from bot.core.triage import Ruled, joined
from bot.training.corpus import Reply
from bot.training.table import Table
from bot.training.thresholds import believing, choose, cost, described
from tests.support.recogniser import THRESHOLDS

NONE, MILD, DAY, URGENT, EMERGENCY = Disposition
LIMITS = replace(THRESHOLDS, red=0.8, believe=0.4, settled=0.9, ask=0.3, at_ease=0.3, emergency=0.5)
Row = tuple[Disposition, Ruled, float]


def found(level: Disposition, *, unclear: bool = False) -> Assessment:
    return Assessment(disposition=level, unclear=unclear)


def sure(level: Disposition, *, unclear: bool = False, may_rest: bool = False, explained: bool = False) -> Ruled:
    return Ruled(found(level, unclear=unclear), may_rest=may_rest, explained=explained)


def suspected(level: Disposition, *, beside: Disposition = NONE) -> Ruled:
    return Ruled(found(beside, unclear=True), may_rest=False, explained=False, suspected=found(level))


def table(*rows: Row) -> Table:
    replies = [Reply(id=str(at), language="en", text="...", expected=row[0]) for at, row in enumerate(rows)]
    unseen = np.array([[red, red, 1 - red] for _, _, red in rows], np.float32)
    return Table.of(replies, [row[1] for row in rows], unseen)


SUSPICIONS = table(
    (EMERGENCY, suspected(EMERGENCY), 0.5),
    (NONE, suspected(EMERGENCY), 0.1),
    (URGENT, suspected(URGENT, beside=DAY), 0.2),
    (URGENT, sure(URGENT), 0.0),
    (EMERGENCY, sure(NONE, unclear=True), 0.85),
    (NONE, sure(NONE), 0.2),
)


def test_a_suspected_red_flag_is_paged_from_believe_on_and_else_asked_about() -> None:
    assert SUSPICIONS.suspected.tolist() == [True, True, True, False, False, False]
    assert SUSPICIONS.escalated(LIMITS).tolist() == [True, False, False, True, True, False]
    assert SUSPICIONS.asked(LIMITS).tolist() == [False, True, False, False, False, False], "the third is the clinic's already"
    assert SUSPICIONS.escalated(replace(LIMITS, believe=0.0)).tolist() == [True, True, True, True, True, False]
    assert SUSPICIONS.escalated(replace(LIMITS, believe=0.9)).tolist() == [False, False, False, True, True, False]


def test_whatever_is_believed_no_suspicion_is_lost() -> None:
    for believe in (0.0, 0.15, 0.4, 1.0):
        assert SUSPICIONS.reached(replace(LIMITS, believe=believe)) == 1.0


def test_a_believed_emergency_is_one() -> None:
    assert SUSPICIONS.emergencies(LIMITS).tolist() == [True, False, False, False, True, False]
    assert not SUSPICIONS.emergencies(replace(LIMITS, believe=0.9))[0]


@pytest.mark.parametrize(
    ("ruled", "red", "paged", "asked"),
    [
        (sure(MILD), 0.85, False, True),
        (sure(MILD), 0.95, True, False),
        (sure(DAY), 0.85, False, False),
        (sure(NONE, explained=True), 0.85, False, True),
        (sure(NONE, unclear=True, explained=True), 0.85, True, False),
        (sure(NONE), 0.85, True, False),
        (sure(NONE), 0.35, False, False),
        (sure(NONE, unclear=True), 0.0, False, True),
        (sure(NONE, unclear=True, may_rest=True), 0.0, False, False),
        (sure(NONE, unclear=True, may_rest=True), 0.3, False, True),
    ],
)
def test_each_kind_of_reply_has_its_own_threshold(ruled: Ruled, red: float, paged: bool, asked: bool) -> None:  # noqa: FBT001
    one = table((NONE, ruled, red))
    assert (bool(one.escalated(LIMITS)[0]), bool(one.asked(LIMITS)[0])) == (paged, asked)


class Fixed(Recogniser):
    """Reads the same in every message."""

    def __init__(self, red: float) -> None:
        suspicion = Suspicion(symptom="chest_pain", present=0.9, denied=0.0)
        self.found = Recognition(suspicions=(suspicion,), red=red, emergency=red, nothing=1 - red)

    def glance(self, *_: object, **__: object) -> Recognition:
        return self.found

    def with_words(self, *_: object, **__: object) -> Recognition:
        return self.found


@st.composite
def rulings(draw: st.DrawFn) -> Ruled:
    unclear, explained = draw(st.booleans()), draw(st.booleans())
    if draw(st.booleans()):
        return suspected(draw(st.sampled_from((URGENT, EMERGENCY))), beside=draw(st.sampled_from((NONE, MILD, DAY))))
    level = draw(st.sampled_from(Disposition))
    open_ = unclear and not level.red
    return sure(level, unclear=open_, may_rest=open_ and draw(st.booleans()), explained=explained)


@given(rulings(), st.floats(0, 1, width=32))
def test_the_table_does_what_reading_one_message_does(ruled: Ruled, red: float) -> None:
    one, read = table((NONE, ruled, red)), joined("a message", ruled, Fixed(red), LIMITS)
    assert bool(one.escalated(LIMITS)[0]) == read.disposition.red
    assert bool(one.asked(LIMITS)[0]) == (read.unclear and read.disposition < DAY)
    assert bool(one.emergencies(LIMITS)[0]) == (read.disposition is EMERGENCY)


def test_the_cheapest_believe_pages_the_true_and_asks_about_the_false_suspicions() -> None:
    true = [(EMERGENCY, suspected(EMERGENCY), 0.3)] * 3
    false = [(NONE, suspected(EMERGENCY), 0.12)] * 3
    plain = [(URGENT, sure(NONE, unclear=True), 0.6), (NONE, sure(NONE), 0.05)]
    chosen = choose(table(*true, *false, *plain), LIMITS)
    assert (chosen.red, chosen.believe) == (0.6, 0.3)
    assert chosen.settled == LIMITS.settled, "what is not chosen stays as released"
    assert cost(table(*true, *false, *plain), chosen) == 0


def test_suspicions_that_are_all_true_are_always_believed() -> None:
    assert choose(table((URGENT, suspected(URGENT), 0.0), (URGENT, sure(NONE), 0.5)), LIMITS).believe == 0.0


def test_suspicions_never_move_the_threshold_for_the_rest() -> None:
    plain = [(URGENT, sure(NONE, unclear=True), 0.6), (NONE, sure(NONE), 0.5)]
    doubtful = [(NONE, suspected(URGENT), 0.7)] * 9
    with_them, without = (choose(table(*rows), LIMITS) for rows in ((*plain, *doubtful), plain))
    assert with_them.red == without.red == 0.6
    assert with_them.believe <= with_them.red


def test_both_look_only_where_the_first_is_in_doubt() -> None:
    first, second = (table(*((NONE, sure(NONE), red) for red in reds)) for reds in ((0.1, 0.4, 0.9), (0.7, 0.7, 0.7)))
    assert first.seen_again(second, 0.4, 0.9).red.tolist() == pytest.approx([0.1, 0.7, 0.9])


@pytest.mark.parametrize(
    ("ruled", "again"),
    [
        (sure(MILD), False),
        (sure(DAY), False),
        (sure(NONE, explained=True), False),
        (sure(NONE), True),
        (sure(MILD, unclear=True), True),
        (sure(URGENT), True),
        (suspected(URGENT, beside=MILD), True),
    ],
)
def test_what_the_rules_settled_is_looked_at_again_from_a_higher_doubt_on(ruled: Ruled, again: bool) -> None:  # noqa: FBT001
    first, second = table((NONE, ruled, 0.2)), table((NONE, ruled, 0.7))
    assert bool(first.seen_again(second, 0.1, 0.9, low_if_settled=0.3).red[0] > 0.5) is again
    assert _settled(ruled) is not again, "as one message is read"


def _settled(ruled: Ruled) -> bool:
    seen: list[bool] = []

    class Asked(Fixed):
        def glance(self, *_: object, **given: object) -> Recognition:
            seen.append(bool(given["settled"]))
            return self.found

    joined("a message", ruled, Asked(0.2), LIMITS)
    return seen[0]


def test_the_page_for_the_person_who_chooses() -> None:
    shown = list(believing(SUSPICIONS, LIMITS))
    assert shown[0] == "suspected only: 50.0% of the red flags, 50.0% of the ordinary replies"
    assert shown[2].split() == ["0.00", "100.0%", "100.0%", "50.0%", "10"]
    assert shown[-1].split() == ["0.50", "75.0%", "100.0%", "0.0%", "6"]
    lines = list(described("both", SUSPICIONS, np.array(["first"] * 3 + ["second"] * 3), LIMITS))
    assert any(line.startswith("chosen: red ") and "believe" in line for line in lines)
    assert lines[-1].startswith("released reached 100.0%")
