"""One transaction over every repository, and what runs it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from bot.ports.care import Assessments, CheckIns, Enrolments, Invitations, Patients, Sessions
from bot.ports.clinic import Alerts, Audit, Clinicians, Publications, Tasks
from bot.ports.messaging import Buttons, Inbox, Outbox
from bot.ports.watch import Baselines, Canaries, Drills, Takeovers

T = TypeVar("T")


class UnitOfWork(Protocol):
    """One transaction over every repository."""

    inbox: Inbox
    patients: Patients
    enrolments: Enrolments
    invitations: Invitations
    sessions: Sessions
    check_ins: CheckIns
    assessments: Assessments
    alerts: Alerts
    tasks: Tasks
    clinicians: Clinicians
    publications: Publications
    buttons: Buttons
    outbox: Outbox
    audit: Audit
    takeovers: Takeovers
    baselines: Baselines
    canaries: Canaries
    drills: Drills

    def savepoint(self) -> AbstractContextManager[None]:
        """An exception inside undoes what was done inside, and is raised on."""
        ...

    def lock_address(self, channel: str, address: str) -> None:
        """Until the transaction ends nobody else works for this address (a no-op where there is one writer)."""
        ...


class Store(Protocol):
    """Runs work in transactions. Work may be called again after a conflict: it must not touch the world outside ``uow``."""

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Runs it in one transaction, committed (durably: an fsync) before this returns."""
        ...

    async def run(self, work: Callable[[UnitOfWork], T], *, background: bool = False) -> T:
        """The same from the event loop, without blocking it. On SQLite one writer thread groups what waits into one commit,
        each piece of work in a savepoint of its own: one that raises takes nothing else with it. ``background`` work lets
        everything else go first, and nothing waits for the commit of more than one piece of it."""
        ...

    def close(self) -> None: ...
