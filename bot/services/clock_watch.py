"""The machine's clock jumps ahead by half a day or more while we run: check-ins pause, the heartbeat is withheld, each clinic has a task.

It ends when the clock is right again, or when the operator confirms the time (`aftercare clock --confirm`): then the clock was wrong
before, or the machine was asleep, and what was missed is handled as after any gap. Alerts and what patients write wait for no clock.

A clock that had been set back, or that a machine without a battery began with, is put right without further ado.

A jump while no process runs looks like an outage of ours, and is handled as one (offline.py). A clock that is set back leaves closed
questions waiting for an answer until a moment that lies far ahead: they are asked about now.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.clinical.disposition import Disposition
from bot.core.conversation.times import CLARIFICATION_WAIT
from bot.core.timekeeping import JUMP, Anchor
from bot.ports import UnitOfWork
from bot.services import offline
from bot.services.performing import CLARIFICATION
from bot.services.world import World

JUMPED_BY = "clock.jumped_by"
"""The cursor that holds by how many seconds the clock has jumped ahead; 0: it has not, or it is settled."""
JUMPED_TO = "clock.jumped_to"
"""The cursor that holds what it showed when that was found out, in seconds since 1970."""
TASK = "clock_jumped"


def held(uow: UnitOfWork) -> bool:
    """Whether nothing routine is done because the time is in doubt."""
    return bool(uow.inbox.cursor(JUMPED_BY))


def in_words(uow: UnitOfWork) -> str:
    """By how much, and since when by that clock."""
    since = datetime.fromtimestamp(uow.inbox.cursor(JUMPED_TO) or 0, UTC)
    hours = (uow.inbox.cursor(JUMPED_BY) or 0) / 3600
    return f"the clock went ahead by {hours:.1f} h at once, to {since.isoformat(timespec='minutes')}"


def look(uow: UnitOfWork, world: World, now: datetime, anchor: Anchor | None, passed: timedelta) -> Anchor:
    """Compares the clock with the time that has ``passed``; the anchor for the next look. None: this process has not looked before.

    Call it in the transaction of a tick, and keep what it gives only once that is committed.
    """
    if anchor is None:
        return _first_look(uow, now, passed)
    ahead = anchor.ahead(now, passed)
    if ahead <= -CLARIFICATION_WAIT:
        _bring_questions_forward(uow, now)
    if anchor.held:
        if held(uow) and ahead >= JUMP:
            return anchor
        if held(uow):
            _settle(uow, "system", "clock.right_again", now)
            _bring_questions_forward(uow, now)
        return Anchor(shown=now, passed=passed)
    if ahead < JUMP or anchor.puts_right(now):
        return anchor.later(now, passed)
    _hold(uow, world, now, ahead)
    return replace(anchor, held=True)


def confirm(uow: UnitOfWork, by: str, now: datetime) -> bool:
    """A person says that the clock shows the right time; whether that was in doubt."""
    if not held(uow):
        return False
    _settle(uow, by, "clock.confirmed", now)
    return True


def _first_look(uow: UnitOfWork, now: datetime, passed: timedelta) -> Anchor:
    """A new process: of a jump that the one before found, it knows how far it went; a clock that is behind that is right again."""
    last = offline.last_look(uow)
    if last is not None and last - now >= CLARIFICATION_WAIT:
        _bring_questions_forward(uow, now)
    by = timedelta(seconds=uow.inbox.cursor(JUMPED_BY) or 0)
    if not by:
        behind = last is not None and last - now >= JUMP
        return Anchor(shown=now, passed=passed, seen=last if behind else None, booted_behind=behind)
    if now < datetime.fromtimestamp(uow.inbox.cursor(JUMPED_TO) or 0, UTC):
        _settle(uow, "system", "clock.right_again", now)
        _bring_questions_forward(uow, now)
        return Anchor(shown=now, passed=passed)
    return Anchor(shown=now - by, passed=passed, held=True)


def _hold(uow: UnitOfWork, world: World, now: datetime, ahead: timedelta) -> None:
    if held(uow):
        return  # another worker on this machine was faster
    uow.inbox.set_cursor(JUMPED_BY, int(ahead.total_seconds()))
    uow.inbox.set_cursor(JUMPED_TO, int(now.timestamp()))
    detail = in_words(uow)
    offline.leave_tasks(uow, world, now, detail, kind=TASK, level=Disposition.URGENT)
    uow.audit.append(now, "system", "clock.jumped", "system", detail)


def _bring_questions_forward(uow: UnitOfWork, now: datetime) -> None:
    """Walks every check-in ahead: done when a clock was set back, never by the tick."""
    found = uow.check_ins.bring_forward(CLARIFICATION, now + CLARIFICATION_WAIT, now)
    if found:
        uow.audit.append(now, "system", "clock.questions_brought_forward", "system", str(found))


def _settle(uow: UnitOfWork, by: str, action: str, now: datetime) -> None:
    uow.audit.append(now, by, action, "system", in_words(uow))
    uow.inbox.set_cursor(JUMPED_BY, 0)
    for task in uow.tasks.open():
        if task.kind == TASK:
            uow.tasks.done(task.id, now)
