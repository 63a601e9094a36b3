"""A backup is worth what its restoration is: a drill in a folder of its own, with the key that is in use."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.app.settings import Settings
from bot.core.errors import AftercareError, SettingsInvalid
from bot.ports import UnitOfWork
from bot.storage.backup import backup
from bot.storage.cipher import key_from_text
from bot.storage.store import open_store
from bot.storage.url import parse_url


@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """What a restored copy held. ``problem`` says what stood in the way; empty where it can take over."""

    backup: str = ""
    seconds: float = 0.0
    patients: int = 0
    open_alerts: int = 0
    waiting_inbound: int = 0
    waiting_outbound: int = 0
    audit_chain: str = ""
    problem: str = ""
    remedy: str = ""

    @property
    def well(self) -> bool:
        """Whether it could take over."""
        return not self.problem

    def lines(self) -> Iterator[str]:
        """For the person at the terminal."""
        yield f"{'ok     ' if self.well else 'PROBLEM'}  {self.backup}, restored in {self.seconds:.1f} s"
        if self.problem:
            yield f"         {self.problem}"
            yield f"         {self.remedy}"
            return
        yield f"         {self.patients} patients, each with a name that the key opens; audit chain {self.audit_chain}"
        yield f"         {self.open_alerts} open alerts, {self.waiting_inbound} messages to read, {self.waiting_outbound} to send"


def drill(settings: Settings, copy: Path | None) -> Drill:
    """Restores ``copy`` (by default a fresh backup) beside the live database and looks at everything in it.

    Raises SettingsInvalid for PostgreSQL, which has tools of its own.
    """
    url = settings.database_url.reveal()
    live = parse_url(url).path
    if live is None and copy is None:
        raise SettingsInvalid("this drills SQLite backups; for PostgreSQL restore a pg_dump into a database of its own")
    started = time.perf_counter()
    name = str(copy) if copy else f"a fresh backup of {live}"
    with tempfile.TemporaryDirectory(prefix="restore-drill-") as folder:
        restored = Path(folder) / "restored.db"
        try:
            _restore(url, live, copy, restored)
            found = _look(settings, restored)
        except AftercareError as error:
            return Drill(backup=name, seconds=time.perf_counter() - started, problem=str(error), remedy=error.remedy)
    return replace(found, backup=name, seconds=time.perf_counter() - started)


def _restore(url: str, live: Path | None, copy: Path | None, restored: Path) -> None:
    if copy is None:
        backup(url, restored)
    else:
        shutil.copyfile(copy, restored)
    key_file = live.with_name(live.name + ".key") if live else None
    if key_file is not None and key_file.is_file():
        shutil.copyfile(key_file, restored.with_name(restored.name + ".key"))


def _look(settings: Settings, restored: Path) -> Drill:
    """Counts, and reads every name: a backup whose key is lost is none. Raises what opening a database raises."""
    key = settings.encryption_key
    store = open_store(f"sqlite:///{restored}", key=key_from_text(key.reveal()) if key else None)
    try:
        return store.transact(_everything)
    finally:
        store.close()


def _everything(uow: UnitOfWork) -> Drill:
    broken = uow.audit.verify()
    return Drill(
        patients=len(uow.patients.all()),
        open_alerts=len(uow.alerts.unresolved()),
        waiting_inbound=uow.inbox.waiting(),
        waiting_outbound=uow.outbox.pending(),
        audit_chain="whole" if broken is None else f"broken at row {broken}",
        problem="" if broken is None else f"the audit chain is broken at row {broken}",
        remedy="" if broken is None else "take an older backup, and find out who changed this one",
    )
