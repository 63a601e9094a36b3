"""The machine showed tomorrow for a while: nothing of what was written then may wait until tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.delivery import Lane, Outcome, OutgoingMessage
from bot.services import auditor
from tests.support.escalation import MINUTE, Ward

DAY = timedelta(days=1)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def advice(ward: Ward) -> int:
    message = OutgoingMessage(
        id=0, channel="telegram", address="chat-K7-42", text="Call 112", lane=Lane.SAFETY, patient_id=1, due_at=ward.now
    )
    return ward.do(lambda uow: uow.outbox.add(message))


def audited(ward: Ward) -> tuple[str, ...]:
    return ward.do(lambda uow: auditor.inspect(uow, ward.world, ward.now)).repaired


def test_advice_that_waits_to_be_tried_again_goes_out_when_the_clock_is_right_again(ward: Ward) -> None:
    ward.patient()
    ward.now += DAY
    advice(ward)
    [message] = ward.claim()
    ward.record(message, Outcome.NOT_SENT)
    ward.now -= DAY
    assert ward.claim() == []
    assert audited(ward) == ("1 messages waited for a moment far ahead",)
    assert [m.text for m in ward.claim()] == ["Call 112"]


def test_advice_that_was_being_sent_in_a_crash_is_settled_when_the_clock_is_right_again(ward: Ward) -> None:
    ward.patient()
    ward.now += DAY
    advice(ward)
    assert len(ward.claim()) == 1
    ward.now -= DAY
    assert "1 messages waited for a moment far ahead" in audited(ward)
    ward.passes(MINUTE)
    assert [m.text for m in ward.claim()] == ["🔁 Call 112"]


def test_an_update_that_was_kept_and_not_handled_is_handled_when_the_clock_is_right_again(ward: Ward) -> None:
    ward.do(lambda uow: uow.inbox.add("telegram", "1", "chat-K7-42", b"{}", ward.now + DAY))
    assert ward.do(lambda uow: uow.inbox.take(ward.now)) is None
    assert audited(ward) == ("1 updates waited for a moment far ahead",)
    assert ward.do(lambda uow: uow.inbox.take(ward.now)) is not None


def test_what_waits_as_long_as_it_was_told_to_is_left_alone(ward: Ward) -> None:
    ward.patient()
    advice(ward)
    [message] = ward.claim()
    ward.record(message, Outcome.RATE_LIMITED, retry_after=3600.0)
    assert audited(ward) == ()
    assert ward.claim() == []
