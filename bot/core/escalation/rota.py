"""Who is on call. Shifts are wall-clock times in the rota's zone; a moment belongs to a shift by its instant, so DST opens no hole.

A wall-clock time that a DST change skips stands for the instant just as far after the change; one that happens twice stands for the
first. One shift's end and the next one's start are therefore always the same instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.core.errors import InvalidValue
from bot.core.escalation.policy import Override, Rota, Shift


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From ``start`` (inclusive) until ``end`` (exclusive), both UTC."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.start <= moment < self.end


def on_call(rota: Rota, now: datetime) -> tuple[str, ...]:
    """Ids of the clinicians on call at ``now`` (aware), in the order of the file, each once; empty when nobody is.

    An override replaces every shift while it lasts, even one that names nobody. Raises InvalidValue for a naive ``now``.
    """
    if now.tzinfo is None:
        raise InvalidValue("the moment must carry a time zone")
    zone = ZoneInfo(rota.timezone)
    overriding = [o for o in rota.overrides if _span(o, zone).holds(now)]
    if overriding:
        taken = [o for o in overriding if o.taken]
        return _once(name for o in (taken[-1:] or overriding) for name in o.clinicians)
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=1), today)
    return _once(
        name for shift in rota.shifts for day in days if _works(shift, day, zone).holds(now) for name in shift.clinicians
    )


def uncovered_hours(rota: Rota, start: datetime, days: int, *, reachable: frozenset[str] | None = None) -> tuple[Span, ...]:
    """The spans within ``days`` days of 24 hours from ``start`` (aware) in which nobody is on call, adjoining ones joined.

    With ``reachable`` only these clinicians count as somebody.
    """
    first, last = start.astimezone(UTC), start.astimezone(UTC) + timedelta(days=days)
    holes: list[Span] = []
    for span in _segments(rota, first, last):
        people = on_call(rota, span.start)
        if any(reachable is None or name in reachable for name in people):
            continue
        if holes and holes[-1].end == span.start:
            holes[-1] = Span(start=holes[-1].start, end=span.end)
        else:
            holes.append(span)
    return tuple(holes)


def present_shift(rota: Rota, now: datetime, days: int = 8) -> tuple[Span, tuple[str, ...]]:
    """From ``now`` until other people are on call (at most ``days`` days), and who is on call then."""
    first, last = now.astimezone(UTC), now.astimezone(UTC) + timedelta(days=days)
    people = on_call(rota, first)
    for span in _segments(rota, first, last):
        then = on_call(rota, span.start)
        if then != people:
            return Span(start=first, end=span.start), then
    return Span(start=first, end=last), people


def _segments(rota: Rota, first: datetime, last: datetime) -> Iterator[Span]:
    """Cuts the time from first to last wherever the people on call may change."""
    zone = ZoneInfo(rota.timezone)
    day = first.astimezone(zone).date() - timedelta(days=1)
    spans = [_span(o, zone) for o in rota.overrides]
    while day <= last.astimezone(zone).date():
        spans += [_works(shift, day, zone) for shift in rota.shifts]
        day += timedelta(days=1)
    inside = {edge for span in spans for edge in (span.start, span.end) if first < edge < last}
    edges = [first, *sorted(inside), last]
    for begin, end in pairwise(edges):
        yield Span(start=begin, end=end)


def _works(shift: Shift, day: date, zone: ZoneInfo) -> Span:
    """The shift that begins on that local day; an empty span where it does not work that day."""
    start = _instant(day, shift.start, zone)
    if day.weekday() not in shift.weekdays:
        return Span(start=start, end=start)
    last_day = day if shift.end > shift.start else day + timedelta(days=1)
    return Span(start=start, end=_instant(last_day, shift.end, zone))


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, zone).astimezone(UTC)


def _span(override: Override, zone: ZoneInfo) -> Span:
    """An override written without a zone means the rota's own."""
    start, end = (m if m.tzinfo else m.replace(tzinfo=zone) for m in (override.start, override.end))
    return Span(start=start.astimezone(UTC), end=end.astimezone(UTC))


def _once(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
