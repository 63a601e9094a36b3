"""Every repository over one open transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import select

from bot import ports
from bot.storage.cipher import Cipher
from bot.storage.database import Database
from bot.storage.repositories.alerts import Alerts
from bot.storage.repositories.assessments import Assessments
from bot.storage.repositories.audit import Audit
from bot.storage.repositories.check_ins import CheckIns
from bot.storage.repositories.clinic import Buttons, Clinicians, Tasks
from bot.storage.repositories.enrolments import Enrolments, Invitations, Sessions
from bot.storage.repositories.inbox import Inbox
from bot.storage.repositories.outbox import Outbox
from bot.storage.repositories.patients import Patients
from bot.storage.repositories.publications import Publications
from bot.storage.repositories.watch import Baselines, Canaries, Drills, Takeovers
from bot.storage.rows import MetaRow, table
from bot.storage.statements import Prepared, adding_if_new, param

_META = table(MetaRow)
_KEEP = adding_if_new(_META)
_KEPT = Prepared(select(_META.c.value).where(_META.c.name == param("name")))


class UnitOfWork:
    """``bot.ports.UnitOfWork``. One lives as long as its connection; the store begins and ends each transaction."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._inbox = Inbox(database)
        self._patients = Patients(database, cipher)
        self._audit = Audit(database)
        self.inbox: ports.Inbox = self._inbox
        self.patients: ports.Patients = self._patients
        self.audit: ports.Audit = self._audit
        self.enrolments: ports.Enrolments = Enrolments(database)
        self.invitations: ports.Invitations = Invitations(database)
        self.sessions: ports.Sessions = Sessions(database)
        self.check_ins: ports.CheckIns = CheckIns(database)
        self.assessments: ports.Assessments = Assessments(database)
        self.alerts: ports.Alerts = Alerts(database)
        self.tasks: ports.Tasks = Tasks(database)
        self.clinicians: ports.Clinicians = Clinicians(database)
        self.publications: ports.Publications = Publications(database)
        self.buttons: ports.Buttons = Buttons(database)
        self.outbox: ports.Outbox = Outbox(database)
        self.takeovers: ports.Takeovers = Takeovers(database)
        self.baselines: ports.Baselines = Baselines(database)
        self.canaries: ports.Canaries = Canaries(database)
        self.drills: ports.Drills = Drills(database)

    def savepoint(self) -> AbstractContextManager[None]:
        """An exception inside undoes what was done inside, audit rows too, and is raised on."""
        return self._savepoint()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        mark = self._audit.mark()
        try:
            with self._database.savepoint():
                yield
        except BaseException:
            self._audit.back_to(mark)
            raise

    def lock_address(self, channel: str, address: str) -> None:
        """Until the transaction ends nobody else works for this address."""
        self._inbox.lock_address(channel, address)

    def check_word(self, new: bytes) -> bytes:
        """The sealed word that tells whether a key is this database's own; ``new`` is kept where there is none yet."""
        self._database.run(_KEEP, {"name": "key_check", "value": new})
        row = self._database.one(_KEPT, {"name": "key_check"})
        return new if row is None else bytes(row[0])

    def begin(self) -> None:
        """A new transaction: forgets what an earlier one left behind."""
        self._audit.back_to(0)
        self._patients.erased = False

    def mark(self) -> int:
        """Where the transaction stands now; ``back_to`` forgets what came after."""
        return self._audit.mark()

    def back_to(self, mark: int) -> None:
        """What was done since is undone in the database: nothing that waits for the end may tell of it."""
        self._audit.back_to(mark)

    @property
    def erased(self) -> bool:
        """Whether this piece of work erased somebody."""
        return self._patients.erased

    def finish(self) -> None:
        """Writes what waits for the transaction's end."""
        self._audit.flush()
