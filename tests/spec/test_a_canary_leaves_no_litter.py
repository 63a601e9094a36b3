"""Every quarter of an hour a canary: after a week nothing of it is left anywhere, and nothing else is lost with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.canary import CanaryChannel
from bot.core.delivery import Outcome
from bot.core.escalation.drill import CANARY
from bot.services import canaries, intake
from tests.support.escalation import Ward

QUARTER = timedelta(minutes=15)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    opened.world = replace(opened.world, channels={CANARY: CanaryChannel()})
    yield opened
    opened.store.close()


def flies(ward: Ward) -> int:
    """One there and back; the id of its outbox row."""
    assert ward.do(lambda uow: canaries.send(uow, ward.world, ward.now))
    message = next(m for m in ward.claim() if m.channel == CANARY)
    raw = f'{{"message": "{message.id}", "button": "{message.buttons[0][0].id}"}}'.encode()
    channel = ward.world.channels[CANARY]
    assert ward.do(lambda uow: intake.accept_and_handle(uow, channel, raw, ward.world, ward.now))
    ward.record(message, Outcome.SENT, provider_id=str(message.id))
    return message.id


def rows(ward: Ward, table: str) -> int:
    with sqlite3.connect(ward.path) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a table's name of ours


def test_after_a_week_a_canary_is_gone_from_every_table(ward: Ward) -> None:
    flies(ward)
    kept = [rows(ward, table) for table in ("canary", "outbox", "inbox")]
    assert kept == [1, 1, 1]
    ward.passes(canaries.KEPT + QUARTER)
    flies(ward)
    assert [rows(ward, table) for table in ("canary", "outbox", "inbox")] == [1, 1, 1]


def test_a_younger_one_stays_and_so_does_everything_else(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.deliver()
    before = rows(ward, "outbox")
    for _ in range(4):
        flies(ward)
        ward.passes(QUARTER)
    ward.passes(canaries.KEPT - 2 * QUARTER)
    flies(ward)
    assert rows(ward, "canary") == 3
    assert rows(ward, "outbox") == before + 3
    assert rows(ward, "inbox") == 3


def test_one_that_never_came_back_is_removed_too(ward: Ward) -> None:
    assert ward.do(lambda uow: canaries.send(uow, ward.world, ward.now))
    ward.passes(canaries.KEPT + QUARTER)
    flies(ward)
    assert [rows(ward, table) for table in ("canary", "outbox", "inbox")] == [1, 1, 1]
