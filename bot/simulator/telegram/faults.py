"""Failing on purpose: what to do with which call, and what was really done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.simulator.telegram.answers import Json


class FaultKind(StrEnum):
    """What goes wrong with one call."""

    OK = "ok"
    DELAY = "delay"
    """Applied at once, answered ``seconds`` later."""
    DROP_BEFORE = "drop_before"
    """The connection closes, nothing is applied."""
    DROP_AFTER = "drop_after"
    """Applied, then the connection closes without an answer."""
    TRUNCATED = "truncated"
    """Applied, 200, but only half of the answer comes."""
    TOO_MANY = "too_many"
    """429 with ``seconds``; not applied."""
    SERVER_ERROR = "server_error"
    """``status`` with an HTML body, as a gateway answers; not applied."""
    FORBIDDEN = "forbidden"
    """403 as if the person had blocked the bot; not applied."""
    DUPLICATE = "duplicate"
    """getUpdates and webhook: updates come twice."""
    REORDER = "reorder"
    """getUpdates and webhook: updates come in another order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One planned fault."""

    kind: FaultKind
    seconds: float = 0.0
    status: int = 502

    @classmethod
    def delay(cls, seconds: float) -> Fault:
        """Applied at once, answered that many seconds later."""
        return cls(kind=FaultKind.DELAY, seconds=seconds)

    @classmethod
    def too_many(cls, seconds: int) -> Fault:
        """429 that asks for a pause of so many seconds."""
        return cls(kind=FaultKind.TOO_MANY, seconds=seconds)

    @classmethod
    def server_error(cls, status: int = 502) -> Fault:
        """A gateway's 5xx."""
        return cls(kind=FaultKind.SERVER_ERROR, status=status)


OK = Fault(kind=FaultKind.OK)
DROP_BEFORE = Fault(kind=FaultKind.DROP_BEFORE)
DROP_AFTER = Fault(kind=FaultKind.DROP_AFTER)
TRUNCATED = Fault(kind=FaultKind.TRUNCATED)
FORBIDDEN = Fault(kind=FaultKind.FORBIDDEN)
DUPLICATE = Fault(kind=FaultKind.DUPLICATE)
REORDER = Fault(kind=FaultKind.REORDER)


@dataclass(slots=True)
class Call:
    """One call as the stand-in saw it: the ground truth. ``at`` is in seconds of the monotonic clock."""

    method: str
    params: Json
    at: float
    fault: FaultKind = FaultKind.OK
    applied: bool = False
    status: int = 0

    @property
    def chat_id(self) -> int | None:
        """The chat that it was about."""
        chat_id = self.params.get("chat_id")
        return chat_id if isinstance(chat_id, int) else None


@dataclass(slots=True)
class _Planned:
    fault: Fault
    method: str | None
    chat_id: int | None
    left: int | None

    def fits(self, call: Call) -> bool:
        return self.method in {None, call.method} and self.chat_id in {None, call.chat_id}


@dataclass(slots=True)
class Faults:
    """The plan. ``decide``, where set, is asked first (seeded simulations)."""

    decide: Callable[[Call], Fault | None] | None = None
    _plan: list[_Planned] = field(default_factory=list)

    def plan(self, fault: Fault, *, method: str | None = None, chat_id: int | None = None, times: int | None = 1) -> None:
        """The next ``times`` calls (None: all until ``clear``) of this method and chat (None: any) meet this fault.

        The method of a webhook delivery is ``webhook``.
        """
        self._plan.append(_Planned(fault, method, chat_id, times))

    def clear(self) -> None:
        """From now on all is well."""
        self._plan.clear()
        self.decide = None

    def for_call(self, call: Call) -> Fault:
        """What this call meets; a planned fault is used up."""
        decided = self.decide(call) if self.decide is not None else None
        if decided is not None:
            return decided
        for planned in self._plan:
            if planned.fits(call):
                if planned.left is not None:
                    planned.left -= 1
                    if planned.left <= 0:
                        self._plan.remove(planned)
                return planned.fault
        return OK
