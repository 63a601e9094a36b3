"""What comes of one attempt to send: by outcome, lane and kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from bot.core.delivery import (
    COPIES,
    GIVE_UP_COPIES,
    LONGEST_WAIT,
    REPEAT_MARK,
    TABLE,
    Consequence,
    DeliveryState,
    Kind,
    Lane,
    Outcome,
    OutgoingMessage,
    Receipt,
    after,
    backoff,
)
from bot.core.errors import IllegalTransition

T0 = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def sending(lane: Lane = Lane.REPLY, **changes: Any) -> OutgoingMessage:
    message = OutgoingMessage(
        id=7,
        channel="telegram",
        address="42",
        text="<b>Hello</b>",
        lane=lane,
        state=DeliveryState.SENDING,
        attempt=1,
        due_at=T0 + 30 * SECOND,
        patient_id=1,
    )
    return replace(message, **changes)


def page(**changes: Any) -> OutgoingMessage:
    return sending(Lane.ALERT, clinician="dr-ada", purpose="alert:4", **changes)


def outcome(message: OutgoingMessage, outcome: Outcome, **receipt: Any) -> tuple[OutgoingMessage, tuple[Consequence, ...]]:
    return after(message, Receipt(outcome=outcome, **receipt), T0)


# --- sent, and surely not sent -------------------------------------------------------------------------------------------


def test_a_sent_message_keeps_the_provider_s_id_and_rests() -> None:
    message, consequences = outcome(sending(), Outcome.SENT, provider_id="99")
    assert (message.state, message.provider_id, message.due_at, consequences) == (DeliveryState.SENT, "99", None, ())


@pytest.mark.parametrize("lane", Lane)
def test_what_was_surely_not_sent_is_tried_again_in_every_lane(lane: Lane) -> None:
    message, _ = outcome(sending(lane), Outcome.NOT_SENT)
    assert (message.state, message.due_at) == (DeliveryState.PENDING, T0 + SECOND)
    assert message.text == "<b>Hello</b>"


def test_the_wait_doubles_up_to_the_lane_s_longest() -> None:
    waits = [backoff(attempt, Lane.REPLY, 0.0).total_seconds() for attempt in range(1, 10)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 120, 120]


@pytest.mark.parametrize("lane", Lane)
def test_after_a_thousand_attempts_the_wait_is_still_the_longest(lane: Lane) -> None:
    assert backoff(1000, lane, 0.0) == LONGEST_WAIT[lane]


def test_jitter_takes_away_up_to_half_of_the_wait() -> None:
    assert backoff(5, Lane.REPLY, 1.0) == 8 * SECOND
    assert backoff(5, Lane.REPLY, 0.5) == 12 * SECOND


def test_an_alert_never_waits_longer_than_half_a_minute() -> None:
    assert LONGEST_WAIT[Lane.ALERT] <= 30 * SECOND
    assert LONGEST_WAIT[Lane.SAFETY] <= 30 * SECOND


def test_a_page_that_keeps_failing_makes_the_alert_climb_and_is_tried_on() -> None:
    assert outcome(page(attempt=2), Outcome.NOT_SENT)[1] == ()
    message, consequences = outcome(page(attempt=3), Outcome.NOT_SENT)
    assert (message.state, consequences) == (DeliveryState.PENDING, (Consequence.PAGE_FAILED,))


# --- rate limits ---------------------------------------------------------------------------------------------------------


def test_a_rate_limited_message_waits_as_long_as_it_is_told() -> None:
    message, consequences = outcome(sending(), Outcome.RATE_LIMITED, retry_after=17.0)
    assert (message.state, message.due_at, consequences) == (DeliveryState.PENDING, T0 + 17 * SECOND, ())


def test_a_page_that_is_halted_for_five_minutes_makes_the_alert_climb_now() -> None:
    message, consequences = outcome(page(), Outcome.RATE_LIMITED, retry_after=300.0)
    assert consequences == (Consequence.PAGE_FAILED,)
    assert message.due_at == T0 + 300 * SECOND


def test_a_page_that_is_halted_for_a_moment_waits_for_it() -> None:
    assert outcome(page(), Outcome.RATE_LIMITED, retry_after=5.0)[1] == ()


def test_a_rate_limit_that_names_no_time_waits_a_second() -> None:
    assert outcome(sending(), Outcome.RATE_LIMITED)[0].due_at == T0 + SECOND


# --- perhaps delivered ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lane", [Lane.ALERT, Lane.SAFETY, Lane.REPLY])
def test_what_matters_is_repeated_within_thirty_seconds_and_marked_once(lane: Lane) -> None:
    message, _ = outcome(sending(lane), Outcome.AMBIGUOUS)
    assert message.due_at is not None
    assert message.state is DeliveryState.PENDING
    assert T0 < message.due_at <= T0 + 30 * SECOND
    assert message.text == REPEAT_MARK + "<b>Hello</b>"
    again, _ = outcome(replace(message, state=DeliveryState.SENDING, attempt=2), Outcome.AMBIGUOUS)
    assert again.text == message.text


def test_a_check_in_that_may_have_arrived_is_not_repeated() -> None:
    message, consequences = outcome(sending(Lane.ROUTINE), Outcome.AMBIGUOUS)
    assert (message.state, consequences) == (DeliveryState.AMBIGUOUS, ())


def test_a_page_has_at_most_three_copies_and_then_counts_as_failed() -> None:
    message, copies = page(), 0
    while True:
        copies += 1
        message, consequences = outcome(message, Outcome.AMBIGUOUS)
        if message.state is not DeliveryState.PENDING:
            break
        message = replace(message, state=DeliveryState.SENDING, attempt=message.attempt + 1)
    assert (copies, message.state, consequences) == (3, DeliveryState.AMBIGUOUS, (Consequence.PAGE_FAILED,))


def test_a_clinician_who_had_enough_pages_gets_no_repeat() -> None:
    message, consequences = after(page(), Receipt(outcome=Outcome.AMBIGUOUS), T0, sated=True)
    assert (message.state, consequences) == (DeliveryState.AMBIGUOUS, (Consequence.PAGE_FAILED,))


def test_advice_to_a_patient_has_at_most_three_copies_in_ten_minutes_and_goes_on_slowly() -> None:
    message, now, sent_at = sending(Lane.SAFETY), T0, []
    while message.state is DeliveryState.SENDING:
        sent_at.append(now)
        message, consequences = after(message, Receipt(outcome=Outcome.AMBIGUOUS), now)
        if message.due_at is not None and message.state is DeliveryState.PENDING:
            now = message.due_at
            message = replace(message, state=DeliveryState.SENDING, attempt=message.attempt + 1)
    assert len(sent_at) == GIVE_UP_COPIES
    assert consequences == (Consequence.UNDELIVERED,)
    assert sent_at[-1] - T0 > timedelta(hours=2)
    for first, fourth in zip(sent_at, sent_at[COPIES:], strict=False):
        assert fourth - first >= timedelta(minutes=10)


def test_editing_twice_does_no_harm_and_is_not_marked() -> None:
    message, _ = outcome(sending(kind=Kind.EDIT, edits="5"), Outcome.AMBIGUOUS)
    assert (message.state, message.text, message.repeats) == (DeliveryState.PENDING, "<b>Hello</b>", 0)


# --- dead, moved, refused ------------------------------------------------------------------------------------------------


def test_a_patient_who_blocked_us_is_unreachable() -> None:
    message, consequences = outcome(sending(), Outcome.BLOCKED)
    assert (message.state, consequences) == (DeliveryState.DEAD, (Consequence.UNREACHABLE,))


def test_a_clinician_who_blocked_us_fails_the_page_too() -> None:
    assert outcome(page(), Outcome.BLOCKED)[1] == (Consequence.UNREACHABLE, Consequence.PAGE_FAILED)


def test_a_migrated_chat_gets_it_once_more_at_once() -> None:
    message, consequences = outcome(sending(), Outcome.MIGRATED, new_address="-100")
    assert (message.address, message.due_at, consequences) == ("-100", T0, (Consequence.MIGRATED,))


@pytest.mark.parametrize("address", [None, "", "42"])
def test_a_chat_that_moved_nowhere_is_dead(address: str | None) -> None:
    assert outcome(sending(), Outcome.MIGRATED, new_address=address)[0].state is DeliveryState.DEAD


def test_a_chat_that_keeps_moving_is_followed_ever_more_slowly() -> None:
    message, _ = outcome(sending(attempt=6), Outcome.MIGRATED, new_address="-100")
    assert message.due_at == T0 + 32 * SECOND


def test_refused_formatting_is_sent_again_as_plain_text_at_once() -> None:
    message, consequences = outcome(sending(), Outcome.BAD_FORMAT)
    assert (message.as_plain_text, message.state, message.due_at) == (True, DeliveryState.PENDING, T0)
    assert consequences == ()


def test_refused_plain_text_is_dead_and_the_operator_told() -> None:
    message, consequences = outcome(sending(as_plain_text=True), Outcome.BAD_FORMAT)
    assert message.state is DeliveryState.DEAD
    assert Consequence.OPERATOR in consequences
    assert Consequence.UNDELIVERED in consequences


def test_a_rejected_page_is_failed() -> None:
    assert outcome(page(), Outcome.REJECTED)[1] == (Consequence.OPERATOR, Consequence.PAGE_FAILED)


def test_a_refused_edit_is_no_news() -> None:
    message, consequences = outcome(sending(kind=Kind.EDIT, edits="5"), Outcome.REJECTED)
    assert (message.state, consequences) == (DeliveryState.DEAD, ())


@pytest.mark.parametrize("result", [o for o in Outcome if o is not Outcome.SENT])
def test_the_answer_to_a_press_is_never_tried_again(result: Outcome) -> None:
    if result in {Outcome.MIGRATED, Outcome.BAD_FORMAT}:
        return
    message, consequences = outcome(sending(kind=Kind.BUTTON_ANSWER, edits="cb"), result)
    assert (message.state, consequences) == (DeliveryState.DEAD, ())


# --- the table -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.AMBIGUOUS])
def test_a_late_sent_is_believed(state: DeliveryState) -> None:
    assert outcome(sending(state=state), Outcome.SENT, provider_id="9")[0].state is DeliveryState.SENT


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("result", Outcome)
def test_every_other_receipt_of_a_message_that_is_not_being_sent_is_illegal(state: DeliveryState, result: Outcome) -> None:
    if result in TABLE[state]:
        return
    with pytest.raises(IllegalTransition):
        outcome(sending(state=state), result)


@pytest.mark.parametrize("lane", Lane)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("result", Outcome)
def test_a_receipt_leads_where_the_table_says_and_leaves_no_message_behind(lane: Lane, kind: Kind, result: Outcome) -> None:
    for attempt, repeats in product((1, 2, 3, 50), (0, 1, 2, GIVE_UP_COPIES)):
        before = sending(lane, kind=kind, attempt=attempt, repeats=repeats)
        message, _ = outcome(before, result, new_address="-100")
        assert message.state in TABLE[DeliveryState.SENDING][result].to
        assert (message.due_at is not None) == (message.state is DeliveryState.PENDING)


def test_every_outcome_of_an_attempt_is_in_the_table() -> None:
    assert set(TABLE[DeliveryState.SENDING]) == set(Outcome)
    assert set(TABLE) == set(DeliveryState)
