from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.app.runtime import poller as module
from bot.app.runtime.measures import declare_metrics
from bot.app.runtime.poller import Poller
from bot.app.runtime.pulses import STALLED_AFTER, Pulses
from bot.app.runtime.receiver import Arrival, Receiver
from bot.core.errors import PollingConflict, StorageBusy, TokenRejected
from bot.web.metrics import Metrics


@dataclass(frozen=True)
class Update:
    update_id: int
    address: str
    raw: bytes


class Provider:
    """Like getUpdates: an offset confirms what is below it, for good."""

    name = "telegram"

    def __init__(self, *numbers: int) -> None:
        self.waiting = [Update(n, "7", b"{}") for n in numbers]
        self.refusals: list[Exception] = []
        self.asked: list[int | None] = []

    async def updates(self, offset: int | None, timeout: int = 30) -> Sequence[Update]:  # noqa: ASYNC109, ARG002 - the port's own
        await asyncio.sleep(0)
        self.asked.append(offset)
        if self.refusals:
            raise self.refusals.pop(0)
        if offset is not None:
            self.waiting = [u for u in self.waiting if u.update_id >= offset]
        return self.waiting[:100]


class Desk:
    def __init__(self) -> None:
        self.kept: list[str] = []
        self.handled = 0
        self.failures: list[Exception] = []

    async def accept(self, arrival: Arrival) -> bool:
        if self.failures:
            raise self.failures.pop(0)
        if arrival.external_id in self.kept:
            return False
        self.kept.append(arrival.external_id)
        return True

    async def accept_and_handle(self, arrival: Arrival) -> bool:
        new = await self.accept(arrival)
        return new and await self.handle_next()

    async def handle_next(self) -> bool:
        if self.handled == len(self.kept):
            return False
        self.handled += 1
        return True


def poller(provider: Provider, desk: Desk, offset: int | None = None) -> Poller:
    metrics = Metrics()
    declare_metrics(metrics)
    return Poller(provider, Receiver(desk, metrics), Pulses(), offset)


async def test_the_offset_moves_only_after_everything_below_it_is_kept() -> None:
    provider, desk = Provider(5, 6, 7), Desk()
    desk.failures = [StorageBusy("disk full"), StorageBusy("disk full")]
    polling = poller(provider, desk)
    polling._backoff.first = 0.001
    await polling.poll_once(0)
    assert len(provider.waiting) == 3
    await polling.poll_once(0)
    await polling.poll_once(0)
    assert provider.asked == [None, None, 8]
    assert sorted(desk.kept) == ["5", "6", "7"]
    assert provider.waiting == []


async def test_what_could_not_be_kept_has_not_been_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, desk, told = Provider(5, 6), Desk(), []

    async def heard(gap: timedelta) -> None:
        told.append(gap)

    monkeypatch.setattr(module, "HEARD_EVERY", 0.0)
    desk.failures = [StorageBusy("disk full"), StorageBusy("disk full")]
    metrics = Metrics()
    declare_metrics(metrics)
    polling = Poller(provider, Receiver(desk, metrics), Pulses(), None, heard)
    polling._backoff.first = 0.001
    await polling.poll_once(0)
    assert told == []
    await polling.poll_once(0)
    assert len(told) == 1


async def test_a_note_that_cannot_be_written_stops_no_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, desk = Provider(5), Desk()

    async def heard(_gap: timedelta) -> None:
        raise StorageBusy("disk full")

    monkeypatch.setattr(module, "HEARD_EVERY", 0.0)
    metrics = Metrics()
    declare_metrics(metrics)
    await Poller(provider, Receiver(desk, metrics), Pulses(), None, heard).poll_once(0)
    assert desk.kept == ["5"]


async def test_an_update_whose_handling_fails_as_a_whole_is_kept_all_the_same() -> None:
    provider, desk = Provider(5), Desk()
    desk.failures = [StorageBusy("the handling")]
    polling = poller(provider, desk)
    await polling.poll_once(0)
    await polling.poll_once(0)
    assert desk.kept == ["5"]
    assert provider.waiting == []


async def test_a_repeated_update_is_kept_once() -> None:
    provider, desk = Provider(5, 5), Desk()
    await poller(provider, desk).poll_once(0)
    assert desk.kept == ["5"]
    assert desk.handled == 1


async def test_a_rejected_token_ends_the_loop_with_a_clear_error() -> None:
    provider = Provider()
    provider.refusals = [TokenRejected("Telegram does not accept the bot's token")]
    with pytest.raises(TokenRejected):
        await poller(provider, Desk()).run(0)


async def test_a_second_poller_raises_an_alarm_and_we_try_again(caplog: pytest.LogCaptureFixture) -> None:
    provider, desk = Provider(5), Desk()
    provider.refusals = [PollingConflict("another poller"), ConnectionError("no network")]
    polling = poller(provider, desk)
    polling._backoff.first = 0.001
    task = asyncio.create_task(polling.run(0))
    async with asyncio.timeout(5):
        while not desk.kept:  # noqa: ASYNC110 - another task's doing is waited for
            await asyncio.sleep(0.001)
    task.cancel()
    assert [r.levelname for r in caplog.records][:2] == ["ERROR", "WARNING"]
    assert "another poller or a webhook holds our token" in caplog.text


async def test_stopping_gives_up_a_waiting_fetch_but_keeps_what_was_fetched() -> None:
    class Patient(Provider):
        async def updates(self, offset: int | None, timeout: int = 30) -> Sequence[Update]:  # noqa: ASYNC109 - the port's own
            if offset is None:
                return await super().updates(offset, timeout)
            await asyncio.sleep(3600)
            return []

    desk = Desk()
    polling = poller(Patient(5, 6), desk)
    task = asyncio.create_task(polling.run(30))
    async with asyncio.timeout(5):
        while not desk.kept:  # noqa: ASYNC110 - another task's doing is waited for
            await asyncio.sleep(0.001)
        polling.stop()
        await task
    assert desk.kept == ["5", "6"]


def test_a_loop_that_stands_still_is_named() -> None:
    now = 0.0
    pulses = Pulses(lambda: now)
    pulses.beat("poller")
    assert pulses.problems() == []
    now = STALLED_AFTER + 1
    assert pulses.problems() == ["the poller has not turned for 91 s"]
