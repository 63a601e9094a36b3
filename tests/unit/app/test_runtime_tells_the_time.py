"""The running bot compares its clock with the time that has passed, and says when it hears; a clock that is turned on purpose is left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app.bootstrap import build
from bot.app.clock import SystemClock, time_passed
from bot.app.runtime import poller as polling
from bot.app.runtime.poller import Poller
from bot.app.runtime.pulses import Pulses
from bot.app.runtime.works import Works
from bot.app.secret import Secret
from bot.app.settings import Settings
from bot.services import clock_watch
from bot.simulator.clock import VirtualClock
from tests.support.course import ROOT, T0, Course

DAY = timedelta(days=1)


@pytest.fixture
def course() -> Course:
    return Course()


def works(course: Course, clock: VirtualClock, passed: list[timedelta] | None) -> Works:
    return Works(course.store, clock, lambda: course.world, passed=None if passed is None else lambda: passed[0])


async def test_a_tick_finds_that_the_clock_was_set_a_day_ahead_and_does_nothing_routine(course: Course) -> None:
    clock, passed = VirtualClock(T0 + timedelta(hours=1)), [timedelta()]
    running = works(course, clock, passed)
    await running.tick()
    clock.turn_to(T0 + DAY)
    passed[0] += timedelta(seconds=1)
    assert not await running.tick()
    assert course.read(clock_watch.held)
    assert await running.watch() == 0
    course.read(lambda uow: clock_watch.confirm(uow, "operator", clock.now()))
    await running.tick()
    assert not course.read(clock_watch.held)


async def test_a_tick_that_fails_has_not_looked(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the jump that it found, and could not write down, would never be found again."""
    clock, passed = VirtualClock(T0 + timedelta(hours=1)), [timedelta()]
    running = works(course, clock, passed)
    await running.tick()
    clock.turn_to(T0 + DAY)

    def fails(*_: Any) -> int:
        raise ValueError("a fault in the middle")

    with monkeypatch.context() as broken:
        broken.setattr("bot.services.check_ins.tick", fails)
        with pytest.raises(ValueError, match="in the middle"):
            await running.tick()
    assert not course.read(clock_watch.held)
    await running.tick()
    assert course.read(clock_watch.held)


async def test_a_clock_that_is_turned_on_purpose_holds_nothing(course: Course) -> None:
    clock = VirtualClock(T0)
    running = works(course, clock, None)
    await running.tick()
    clock.turn_to(T0 + 30 * DAY)
    await running.tick()
    assert not course.read(clock_watch.held)


async def test_production_knows_what_has_passed_and_a_demo_does_not(tmp_path: Path) -> None:
    settings = Settings(
        database_url=Secret(f"sqlite:///{tmp_path / 'a.db'}"),
        telegram_token=Secret("123456:token"),
        schedules=ROOT / "schedules",
        messages=ROOT / "messages",
    )
    real, turned = build(settings), build(settings, clock=VirtualClock(T0))
    assert real.passed is time_passed
    assert turned.passed is None
    assert isinstance(real.clock, SystemClock)
    before = time_passed()
    assert timedelta() <= time_passed() - before < timedelta(minutes=1)
    await real.close()
    await turned.close()


class Line:
    """A provider whose line is cut when told."""

    name = "telegram"
    cut = False

    async def updates(self, offset: int | None, timeout: int = 30) -> list[Any]:  # noqa: ASYNC109, ARG002 - the port's own
        if self.cut:
            raise ConnectionError
        return []


async def test_the_poller_says_how_long_nothing_could_come_and_not_each_time_that_something_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, told = [1000.0], []

    class Time:
        monotonic = staticmethod(lambda: now[0])

    async def heard(gap: timedelta) -> None:
        told.append(gap.total_seconds())

    monkeypatch.setattr(polling, "time", Time)
    line = Line()
    fetching = Poller(line, receiver=None, pulses=Pulses(), offset=None, heard=heard)  # type: ignore[arg-type]
    for seconds in (5, 10, 25, 5):
        now[0] += seconds
        await fetching.poll_once(0)
    assert told == [40.0]
    line.cut = True
    for _ in range(20):
        now[0] += 60
        with pytest.raises(ConnectionError):
            await fetching.poll_once(0)
    assert told == [40.0]
    line.cut = False
    await fetching.poll_once(0)
    assert told == [40.0, 1205.0]
