"""The pacer's law under any load, with a clock that jumps to the next event."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.pacing import Pacer
from bot.channels.slots import BURST, Slots
from bot.core.delivery import Lane

EPSILON = 1e-6


@dataclass
class Departure:
    at: float
    address: str
    lane: Lane
    number: int


def run(
    arrivals: list[tuple[float, str, Lane]], *, late: float | Sequence[float] = 0.0, hold: tuple[str, float] | None = None
) -> list[Departure]:
    """Plays arrivals; each wake-up comes ``late`` seconds (in turn, where they are several) after it was asked for."""
    lateness = cycle([late] if isinstance(late, float) else late)
    slots: Slots[int] = Slots(30, 1.0)
    if hold is not None:
        slots.hold(*hold)
    gone: list[Departure] = []
    queue = sorted(enumerate(arrivals), key=lambda item: item[1][0])
    now = 0.0
    while (wake := slots.wake_at()) is not None or queue:
        coming = queue[0][1][0] if queue else None
        now = max(now, min(at for at in (None if wake is None else wake + next(lateness), coming) if at is not None))
        while queue and queue[0][1][0] <= now:
            number, (_, address, lane) = queue.pop(0)
            slots.add(address, lane, number)
        while (ticket := slots.take(now)) is not None:
            gone.append(Departure(now, ticket.address, Lane(ticket.lane), ticket.load))
    return gone


_arrivals = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=4, allow_nan=False),
        st.integers(min_value=0, max_value=30).map(str),
        st.sampled_from(list(Lane)),
    ),
    max_size=120,
)


def most_in_a_second(times: list[float]) -> int:
    return max((sum(start <= at < start + 1.0 - EPSILON for at in times) for start in times), default=0)


@settings(max_examples=60, deadline=None)
@given(_arrivals, st.lists(st.floats(min_value=0, max_value=0.3), min_size=1, max_size=5))
def test_whatever_arrives_the_limits_hold_and_everything_leaves(
    arrivals: list[tuple[float, str, Lane]], late: list[float]
) -> None:
    gone = run(arrivals, late=late)
    assert sorted(one.number for one in gone) == list(range(len(arrivals)))
    assert most_in_a_second([one.at for one in gone]) <= 31
    assert most_in_a_second([one.at for one in gone if one.lane is not Lane.ALERT]) <= 30
    chats: dict[str, list[Departure]] = defaultdict(list)
    for one in gone:
        chats[one.address].append(one)
    for departures in chats.values():
        times = [one.at for one in departures]
        for first in range(len(times)):
            for last in range(first, len(times)):  # one a second, and the burst on top
                assert last - first + 1 <= times[last] - times[first] + BURST + EPSILON
        for before, after in pairwise(departures):
            if after.lane is Lane.ROUTINE:
                assert after.at - before.at >= 1.0 - EPSILON


@settings(max_examples=40, deadline=None)
@given(_arrivals)
def test_within_one_chat_and_lane_order_is_kept(arrivals: list[tuple[float, str, Lane]]) -> None:
    by_queue: dict[tuple[str, Lane], list[float]] = defaultdict(list)
    for one in run(arrivals):
        by_queue[one.address, one.lane].append(arrivals[one.number][0])
    assert all(moments == sorted(moments) for moments in by_queue.values())


def test_an_alert_overtakes_ten_thousand_check_ins_and_waits_for_no_slot() -> None:
    arrivals = [(0.0, str(chat), Lane.ROUTINE) for chat in range(10_000)]
    alerts = [(10.0 + 1.501 * number, f"clinician {number % 3}", Lane.ALERT) for number in range(20)]
    gone = run([*arrivals, *alerts])
    waits = [one.at - alerts[one.number - len(arrivals)][0] for one in gone if one.lane is Lane.ALERT]
    assert len(waits) == 20
    assert max(waits) <= EPSILON
    assert most_in_a_second([one.at for one in gone]) == 31


def test_alerts_that_come_together_leave_together_and_the_others_make_room() -> None:
    alerts = [(5.001, f"clinician {number}", Lane.ALERT) for number in range(12)]
    gone = run([*((0.0, str(chat), Lane.ROUTINE) for chat in range(300)), *alerts])
    assert most_in_a_second([one.at for one in gone]) == 31
    last = max(one.at for one in gone if one.lane is Lane.ALERT)
    assert last - 5.001 <= 11 / 30 + EPSILON
    quiet = run(alerts)
    assert {one.at for one in quiet} == {5.001}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(min_value=0, max_value=4), max_size=60),
    st.lists(st.floats(min_value=0, max_value=0.3), min_size=1, max_size=5),
)
def test_alerts_under_full_load_never_make_a_second_hold_more_than_thirty_one(moments: list[float], late: list[float]) -> None:
    load = [(0.0, str(chat), Lane.ROUTINE) for chat in range(150)]
    gone = run([*load, *((at, f"clinician {number}", Lane.ALERT) for number, at in enumerate(moments))], late=late)
    assert len(gone) == len(load) + len(moments)
    assert most_in_a_second([one.at for one in gone]) <= 31


@pytest.mark.parametrize("late", [0.0, 0.001, 0.005])
def test_thirty_a_second_are_sustained_even_by_a_loop_that_is_a_little_late(late: float) -> None:
    gone = run([(0.0, str(chat), Lane.ROUTINE) for chat in range(1801)], late=late)
    assert (len(gone) - 1) / (gone[-1].at - gone[0].at) >= 29.5


def test_a_loop_that_is_late_once_lets_no_second_hold_more_than_thirty() -> None:
    times = [one.at for one in run([(0.0, str(chat), Lane.ROUTINE) for chat in range(200)], late=[0.03, *[0.0] * 40])]
    assert most_in_a_second(times) == 30


@pytest.mark.parametrize("late", [0.0, 0.001, 0.005])
def test_messages_leave_one_by_one_and_never_in_a_burst(late: float) -> None:
    times = [one.at for one in run([(number // 200 * 3.0, str(number), Lane.ROUTINE) for number in range(600)], late=late)]
    assert min(after - before for before, after in pairwise(times)) >= 1 / 30 - late - EPSILON


def test_a_held_chat_waits_and_the_others_flow() -> None:
    gone = run([(0.0, chat, Lane.ALERT) for chat in ("held", "a", "b", "c")], hold=("held", 300.0))
    assert {one.address for one in gone if one.at < 1.0} == {"a", "b", "c"}
    assert [one.at for one in gone if one.address == "held"] == [300.0]


def test_many_addresses_are_forgotten_again() -> None:
    slots: Slots[int] = Slots(1_000_000, 0.001)
    for number in range(30_000):
        slots.free(str(number), Lane.ROUTINE, float(number))
    assert len(slots._chats) <= 10_001


async def test_the_real_pacer_keeps_the_pace_on_the_real_clock() -> None:
    pacer = Pacer(rate=100)
    started = time.monotonic()
    times: list[float] = []

    async def one(number: int) -> None:
        await pacer.acquire(str(number), Lane.ROUTINE)
        times.append(time.monotonic() - started)

    await asyncio.gather(*(one(number) for number in range(60)))
    assert 0.55 <= times[-1] <= 5.0
    assert most_in_a_second(times) <= 100


async def test_a_cancelled_wait_uses_no_slot_and_stops_nobody() -> None:
    pacer = Pacer(rate=30)
    await pacer.acquire("a", Lane.ROUTINE)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pacer.acquire("a", Lane.ROUTINE), 0.1)
    await asyncio.wait_for(pacer.acquire("b", Lane.ROUTINE), 2)
    started = time.monotonic()
    await pacer.acquire("a", Lane.ROUTINE)
    assert time.monotonic() - started < 1.6  # two seconds, if the cancelled wait had kept its place


async def test_without_a_rate_nothing_waits_but_a_held_chat_does() -> None:
    pacer = Pacer(rate=None)
    for _ in range(1000):
        await asyncio.wait_for(pacer.acquire("a", Lane.ROUTINE), 0.1)
    pacer.hold("a", 0.5)
    started = time.monotonic()
    await pacer.acquire("b", Lane.ROUTINE)
    assert time.monotonic() - started < 0.4
    await pacer.acquire("a", Lane.ROUTINE)
    assert time.monotonic() - started >= 0.49
