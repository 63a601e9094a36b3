"""Whether what patients write reaches us, where we fetch it ourselves. A channel that brings nothing while we send as ever is an outage
of ours: whoever seems silent may have answered.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.ports import UnitOfWork
from bot.services import offline
from bot.services.world import World

OUTAGE = timedelta(minutes=15)
"""Not having looked, or not having heard, for so long is being out of order: no patient's answer could be heard."""
OUTAGE_END = "outage_end"
"""The cursor that holds when we were last back from being out of order, in seconds since 1970."""


def begin(uow: UnitOfWork, channel: str, now: datetime, *, polled: bool) -> None:
    """A process starts: it counts from now. Where nothing is ``polled`` (a webhook), nobody can tell whether anything should have come."""
    uow.inbox.set_cursor(_cursor(channel), int(now.timestamp()) if polled else 0)


def heard(uow: UnitOfWork, world: World, channel: str, now: datetime, gap: timedelta) -> bool:
    """The channel was asked what came in, and has answered, for the first time in ``gap``, whatever the clock shows. Whether that was
    the end of an outage: it is noted, and each clinic has a task that says so."""
    uow.inbox.set_cursor(_cursor(channel), int(now.timestamp()))
    if gap < OUTAGE:
        return False
    note_outage(uow, now)
    span = f"nothing came in by {channel} {span_of(now - gap, now)}"
    offline.leave_tasks(uow, world, now, span)
    uow.audit.append(now, "system", "outage.over", "system", span)
    return True


def deaf(uow: UnitOfWork, channel: str, now: datetime) -> bool:
    """Whether nothing can have come by this channel for so long that no silence counts."""
    last = _last(uow, channel)
    return last is not None and now - last >= OUTAGE


def note_outage(uow: UnitOfWork, now: datetime) -> None:
    """We are back from being out of order."""
    uow.inbox.set_cursor(OUTAGE_END, int(now.timestamp()))


def outage_end(uow: UnitOfWork, now: datetime) -> datetime | None:
    """When we were last back from being out of order. A moment ahead was noted by a clock that was."""
    seconds = uow.inbox.cursor(OUTAGE_END)
    back = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return back if back is not None and back <= now else None


def span_of(start: datetime, end: datetime) -> str:
    """``from ... until ...``, for a task."""
    return f"from {start.isoformat(timespec='minutes')} until {end.isoformat(timespec='minutes')}"


def _cursor(channel: str) -> str:
    return f"heard.{channel}"


def _last(uow: UnitOfWork, channel: str) -> datetime | None:
    seconds = uow.inbox.cursor(_cursor(channel))
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
