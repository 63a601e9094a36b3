from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.app.runtime.measures import declare_metrics
from bot.app.runtime.sender import Result, Route, Sender
from bot.channels.pacing import Pacer
from bot.core.delivery import DeliveryState, Lane, Outcome, OutgoingMessage, Receipt
from bot.core.errors import TokenRejected
from bot.core.events import Inbound
from bot.ports import LEASE
from bot.web.metrics import Metrics

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class Wire:
    """A channel in memory: notes what it is given, and how many attempts overlap in one chat."""

    name = "telegram"

    def __init__(self, answer: Callable[[OutgoingMessage], Receipt] | None = None) -> None:
        self.sent: list[int] = []
        self.lanes: list[Lane] = []
        self.busy: dict[str, int] = {}
        self.most_at_once_in_a_chat = 0
        self.most_at_once = 0
        self._answer = answer or (lambda message: Receipt(outcome=Outcome.SENT, provider_id=str(message.id)))

    def parse(self, raw: bytes) -> Inbound:  # noqa: ARG002 - the port's own
        raise AssertionError("nothing arrives here")

    async def send(self, message: OutgoingMessage) -> Receipt:
        self.busy[message.address] = self.busy.get(message.address, 0) + 1
        self.most_at_once_in_a_chat = max(self.most_at_once_in_a_chat, *self.busy.values())
        self.most_at_once = max(self.most_at_once, sum(self.busy.values()))
        await asyncio.sleep(0.002)
        self.busy[message.address] -= 1
        self.sent.append(message.id)
        self.lanes.append(message.lane)
        return self._answer(message)


class Book:
    """A ledger in memory."""

    def __init__(self, waiting: list[OutgoingMessage] | None = None) -> None:
        self.waiting = waiting or []
        self.results: list[Result] = []
        self.groups: list[int] = []

    async def claim(self, limit: int) -> list[OutgoingMessage]:
        self.waiting.sort(key=lambda m: (m.lane, m.id))
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return [replace(m, state=DeliveryState.SENDING, attempt=1, due_at=NOW + LEASE) for m in taken]

    async def record(self, results: list[Result]) -> None:
        await asyncio.sleep(0.005)
        self.results += results
        self.groups.append(len(results))


def message(number: int, *, address: str | None = None, lane: Lane = Lane.REPLY) -> OutgoingMessage:
    return OutgoingMessage(
        id=number,
        channel="telegram",
        address=address or str(number),
        text="Hello",
        lane=lane,
        state=DeliveryState.SENDING,
        attempt=1,
        due_at=NOW + LEASE,
    )


def sender(
    wire: Wire,
    book: Book,
    *,
    clock: Clock | None = None,
    rate: float | None = None,
    window: int = 60,
    give_up: Callable[[Exception], None] | None = None,
) -> Sender:
    routes = {"telegram": Route(channel=wire, pace=Pacer(rate, 1.0))}
    metrics = Metrics()
    declare_metrics(metrics)
    given_up = give_up or list[Exception]().append
    return Sender(routes=routes, ledger=book, clock=clock or Clock(), metrics=metrics, give_up=given_up, window=window)


async def test_one_chat_is_written_to_in_order_and_chats_side_by_side() -> None:
    wire, book = Wire(), Book()
    sending = sender(wire, book)
    sending.hand_over([message(n, address=str(n % 3)) for n in range(1, 31)])
    await sending.settle()
    for chat in range(3):
        assert [n for n in wire.sent if n % 3 == chat] == [n for n in range(1, 31) if n % 3 == chat]
    assert wire.most_at_once_in_a_chat == 1
    assert wire.most_at_once == 3
    assert len(book.results) == 30


async def test_results_are_recorded_in_groups() -> None:
    wire, book = Wire(), Book()
    sending = sender(wire, book, window=200)
    sending.hand_over(message(n) for n in range(100))
    await sending.settle()
    assert sum(book.groups) == 100
    assert len(book.groups) < 30


async def test_no_more_is_held_than_the_window() -> None:
    wire, book = Wire(), Book([message(n, lane=Lane.ROUTINE) for n in range(500)])
    sending = sender(wire, book, window=40)
    assert await sending.claim() == 40
    assert sending.room == 0
    assert await sending.claim() == 0
    await sending.settle()
    assert sending.room == 40


async def test_an_alert_overtakes_what_waits_for_its_slot() -> None:
    wire, book = Wire(), Book()
    sending = sender(wire, book, rate=50)
    sending.hand_over(message(n, lane=Lane.ROUTINE) for n in range(1, 41))
    await asyncio.sleep(0.05)
    before = len(wire.sent)
    sending.hand_over([message(99, lane=Lane.ALERT)])
    await asyncio.sleep(0.1)
    assert 99 in wire.sent[before : before + 4]
    await sending.settle()


async def test_a_message_whose_lease_is_nearly_over_goes_back_untried_with_those_behind_it() -> None:
    clock, wire, book = Clock(), Wire(), Book()
    sending = sender(wire, book, clock=clock)
    clock.at = NOW + LEASE - timedelta(seconds=1)
    sending.hand_over([message(1, address="7"), message(2, address="7")])
    await sending.settle()
    assert wire.sent == []
    assert [(r.message.id, r.receipt) for r in book.results] == [(1, None), (2, None)]


async def test_a_chat_that_asks_for_a_pause_delays_no_other() -> None:
    def answer(sent: OutgoingMessage) -> Receipt:
        if sent.id == 1:
            return Receipt(outcome=Outcome.RATE_LIMITED, retry_after=300.0)
        return Receipt(outcome=Outcome.SENT)

    wire, book = Wire(answer), Book()
    sending = sender(wire, book)
    sending.hand_over([message(1, address="7")])
    await sending.settle()
    sending.hand_over([message(2, address="7"), message(3, address="8")])
    await asyncio.sleep(0.05)
    assert wire.sent == [1, 3]


async def test_a_channel_that_raises_puts_its_message_back_and_the_others_go_on() -> None:
    def answer(sent: OutgoingMessage) -> Receipt:
        if sent.id == 1:
            raise RuntimeError("a fault of ours")
        return Receipt(outcome=Outcome.SENT)

    wire, book = Wire(answer), Book()
    sending = sender(wire, book)
    sending.hand_over([message(1, address="7"), message(2, address="8")])
    await sending.settle()
    assert {r.message.id: r.receipt is None for r in book.results} == {1: True, 2: False}


async def test_a_rejected_token_is_told_and_loses_no_message() -> None:
    def answer(_: OutgoingMessage) -> Receipt:
        raise TokenRejected("Telegram does not accept the bot's token")

    book, told = Book(), list[Exception]()
    sending = sender(Wire(answer), book, give_up=told.append)
    sending.hand_over([message(1)])
    await sending.settle()
    assert [r.receipt for r in book.results] == [None]
    assert [type(error) for error in told] == [TokenRejected]
