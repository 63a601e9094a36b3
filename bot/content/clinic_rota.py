"""One rota of clinic.yaml: weekly shifts that leave no hour uncovered, and overrides for single days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from bot.content.problems import did_you_mean
from bot.content.yaml_source import FlawedError, Node
from bot.core.escalation.policy import Override, Rota, Shift

DAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY
_NO_SHIFTS: tuple[Shift, ...] = ()
_NO_OVERRIDES: tuple[Override, ...] = ()
_NO_PEOPLE: tuple[str, ...] = ()
_NO_DAYS: frozenset[int] = frozenset()


def read_rota(rota_id: str, node: Node, timezone: str, people: Mapping[str, str]) -> Rota:
    """The rota; its time zone is the clinic's unless it names its own. A gap in the week is a problem at its ``shifts``."""
    fields = node.fields(required=["shifts"], optional=["timezone", "overrides"])
    zone = fields.get("timezone", Node.zone, timezone)
    before = len(node.source.problems)
    shifts = fields.get("shifts", lambda n: n.items(lambda child: _shift(child, people)), _NO_SHIFTS)
    if fields.has("shifts") and len(node.source.problems) == before:
        gap = uncovered(shifts)
        if gap:
            fields.at("shifts").fail(f"nobody is on call in {rota_id!r} {gap}", "add or lengthen a shift", "uncovered")
    overrides = fields.get("overrides", lambda n: n.items(lambda child: _override(child, zone, people)), _NO_OVERRIDES)
    return Rota(id=rota_id, timezone=zone, shifts=shifts, overrides=overrides)


def uncovered(shifts: tuple[Shift, ...]) -> str | None:
    """The first stretch of the week that no shift covers, in words; None where every minute is covered."""
    covered = bytearray(MINUTES_A_WEEK)
    for shift in shifts:
        start, end = _minute(shift.start), _minute(shift.end)
        length = (end - start) % MINUTES_A_DAY or MINUTES_A_DAY
        for day in shift.weekdays:
            for minute in range(day * MINUTES_A_DAY + start, day * MINUTES_A_DAY + start + length):
                covered[minute % MINUTES_A_WEEK] = 1
    if all(covered):
        return None
    # A gap may run across Sunday midnight: start looking where somebody is on call.
    start = max(covered.find(1), 0)
    turned = covered[start:] + covered[:start]
    first = turned.find(0)
    last = turned.find(1, first)
    return f"from {_clock(start + first)} until {_clock(start + (last if last >= 0 else MINUTES_A_WEEK))}"


def _shift(node: Node, people: Mapping[str, str]) -> Shift:
    fields = node.fields(required=["days", "from", "until", "clinicians"])
    days = fields.get("days", lambda n: frozenset(n.items(lambda child: child.choice(DAYS))), _NO_DAYS)
    if fields.has("days") and fields.at("days").is_empty():
        raise fields.at("days").fail("a shift needs a day", f"known here: {', '.join(DAYS)}", "no-day")
    return Shift(
        weekdays=days,
        start=fields.get("from", Node.time_of_day, time()),
        end=fields.get("until", Node.time_of_day, time()),
        clinicians=fields.get("clinicians", lambda n: _on_call(n, people), _NO_PEOPLE),
    )


def _override(node: Node, zone: str, people: Mapping[str, str]) -> Override:
    fields = node.fields(required=["from", "until", "clinicians"])
    start = fields.get("from", lambda n: n.moment(ZoneInfo(zone)), None)
    end = fields.get("until", lambda n: n.moment(ZoneInfo(zone)), None)
    if start is None or end is None:
        raise FlawedError
    if end <= start:
        raise fields.at("until").fail("the override ends before it starts", "give the later moment here", "order")
    return Override(start=start, end=end, clinicians=fields.get("clinicians", lambda n: _on_call(n, people), _NO_PEOPLE))


def _on_call(node: Node, people: Mapping[str, str]) -> tuple[str, ...]:
    if node.is_empty():
        raise node.fail("nobody is on call in this shift", f"known here: {', '.join(people)}", "nobody")
    return node.items(lambda child: read_person(child, people))


def read_person(node: Node, people: Mapping[str, str]) -> str:
    """The id of a clinician of this clinic."""
    name = node.words()
    if name not in people:
        raise node.fail(f"the clinician {name!r} is not known", did_you_mean(name, people), "unknown-clinician")
    return name


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minute: int) -> str:
    day, rest = divmod(minute % MINUTES_A_WEEK, MINUTES_A_DAY)
    return f"{DAY_NAMES[day]} {rest // 60:02d}:{rest % 60:02d}"
