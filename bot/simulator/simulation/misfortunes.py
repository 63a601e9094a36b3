"""What befalls single people in a run with faults: they block the bot, say stop, get a new chat, leave the clinic."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.simulator.simulation.crowd import Crowd
from bot.simulator.simulation.sayings import STOP

BLOCKS, STOPS, MOVES = 0.08, 0.05, 0.05
"""Shares of the patients, in a whole run."""
LEAVES = 0.5
"""Of the runs: one of the clinicians leaves."""
DAYS_BETWEEN_BLOCKS = 6


def plan_misfortunes(crowd: Crowd) -> None:
    """Writes them into the crowd's agenda; each is over before the calm."""
    if crowd.faults.on:
        _patients(crowd)
        _clinicians(crowd)


def _patients(crowd: Crowd) -> None:
    chance = crowd.faults.random
    for who in crowd.patients:
        first = who.joins_at + timedelta(hours=2)
        if first >= crowd.faults.until:
            continue
        if chance.random() < BLOCKS:
            at, lasts = _spell(crowd, first, timedelta(hours=72))
            crowd.plan(at, crowd.blocks(who, lasts, tells=chance.random() < 0.5))
        if chance.random() < MOVES:
            crowd.plan(_moment(crowd, first), crowd.moves(who))
        if chance.random() < STOPS:
            crowd.plan(_moment(crowd, first), crowd.saying(who, STOP))


def _clinicians(crowd: Crowd) -> None:
    chance = crowd.faults.random
    start = crowd.faults.start
    days = max(1, (crowd.faults.until - start).days)
    for who in crowd.clinicians:
        for _ in range(days):
            if chance.random() < 1 / DAYS_BETWEEN_BLOCKS:
                at, lasts = _spell(crowd, start, timedelta(hours=20))
                crowd.plan(at, crowd.blocks(who, lasts, tells=chance.random() < 0.5))
        if chance.random() < 0.4:
            crowd.plan(_moment(crowd, start), crowd.moves(who))
    if chance.random() < LEAVES:
        late = start + (crowd.faults.until - start) * chance.uniform(0.6, 0.95)
        crowd.plan(late, crowd.leaves(chance.choice(list(crowd.clinicians))))


def _moment(crowd: Crowd, first: datetime) -> datetime:
    at = first + (crowd.faults.until - first) * crowd.faults.random.random()
    return at.replace(microsecond=0)


def _spell(crowd: Crowd, first: datetime, longest: timedelta) -> tuple[datetime, timedelta]:
    at = _moment(crowd, first)
    room = min(longest, crowd.faults.until - at)
    return at, timedelta(seconds=int(room.total_seconds() * crowd.faults.random.random()))
