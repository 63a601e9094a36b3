"""Erasing a patient leaves the audit skeleton and everybody else; on SQLite not a byte of theirs stays in any file."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.careplan.invitation import Invitation
from bot.core.conversation.session import Session
from bot.core.delivery import Lane
from bot.core.errors import NotFound
from bot.core.escalation.entries import EntryKind
from bot.ports import AlertEntry, Store, StoredButton, Task, UnitOfWork
from bot.storage import open_store
from tests.support.stores import KEY, dump, sqlite_store
from tests.support.storing import SAYS, T0, alert, assessment, check_in, enrolment, message, patient

WORDS = ("swollen, Wilhelmina", "700155512", "Quarterstone", "Wilhelmina")


def everything_of(uow: UnitOfWork, code: str, chat: str, says: str) -> int:
    """A patient with rows in every table that can hold something of theirs."""
    who = uow.patients.add(patient(code, chat)).id
    course = uow.enrolments.add(enrolment(who))
    uow.check_ins.plan(check_in(course, n) for n in range(3))
    uow.invitations.add(Invitation(id=0, token_hash=f"hash {code}", subject=f"patient:{who}", expires_at=T0, used_by=chat))
    uow.sessions.put(who, Session(questions=(says,)))
    raw = uow.inbox.add("telegram", f"of {chat}", chat, says.encode() * 400, T0)
    uow.inbox.add("telegram", f"second of {chat}", chat, says.encode(), T0)
    found = uow.assessments.add(replace(assessment(who), inbox_id=raw, text=says * 300))
    opened = uow.alerts.add(alert(who, found))
    uow.alerts.log(AlertEntry(alert_id=opened.id, at=T0, event=EntryKind.OPENED, detail=says))
    uow.tasks.add(Task(id=0, patient_id=who, kind="silence", disposition=opened.disposition, at=T0, detail=says))
    uow.buttons.add(StoredButton(id=f"b {code}", owner=f"patient:{who}", action="answer", payload={"says": says}, expires_at=T0))
    uow.outbox.add(replace(message(says, Lane.ALERT), patient_id=who, address="clinician chat"))
    uow.outbox.add(replace(message(says), address=chat, clinician=None))
    uow.audit.append(T0, "system", "enrolled", f"patient:{who}")
    return who


def test_every_row_of_the_erased_patient_is_gone_and_no_other(store: Store, url: str) -> None:
    mine = store.transact(lambda uow: everything_of(uow, "K7-42", "700155512", SAYS))
    theirs = store.transact(lambda uow: everything_of(uow, "K7-43", "811", "an unrelated sentence"))
    assert all(word in dump(url) for word in WORDS[:2])
    before = store.transact(lambda uow: everything_seen(uow, theirs))
    store.transact(lambda uow: uow.patients.erase(mine))
    text = dump(url)
    assert not [word for word in (*WORDS, "K7-42", "hash K7-42") if word in text]
    assert f"patient:{mine}" in text, "the audit skeleton stays"
    assert store.transact(lambda uow: uow.audit.verify()) is None
    assert store.transact(lambda uow: everything_seen(uow, theirs)) == before
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.patients.get(mine))


def everything_seen(uow: UnitOfWork, who: int) -> list[object]:
    """What the store still says of a patient."""
    course = uow.enrolments.of_patient(who)[0]
    alerts = uow.alerts.of_patient(who)
    return [
        uow.patients.get(who),
        course,
        uow.check_ins.of_enrolment(course.id),
        uow.invitations.of_subject(f"patient:{who}"),
        uow.sessions.get(who),
        uow.inbox.waiting() >= 2,
        uow.assessments.recent(who, T0),
        alerts,
        uow.alerts.history(alerts[0].id),
        uow.tasks.open_of(who, "silence"),
        uow.buttons.get("b K7-43"),
        [m for m in uow.outbox.of_purpose("check_in:17") if m.patient_id == who or m.address == "811"],
    ]


def test_an_id_of_an_erased_patient_is_never_used_again(store: Store) -> None:
    first = store.transact(lambda uow: uow.patients.add(patient()).id)
    store.transact(lambda uow: uow.patients.erase(first))
    assert store.transact(lambda uow: uow.patients.add(patient()).id) > first


def found_in_files(directory: Path) -> set[str]:
    held = b"".join(file.read_bytes() for file in directory.iterdir())
    return {word for word in WORDS if word.encode() in held}


def test_names_are_never_on_disk_in_clear(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    store.transact(lambda uow: uow.patients.add(patient()))
    assert "Quarterstone" not in found_in_files(tmp_path)
    store.close()


def test_no_byte_of_an_erased_patient_stays_in_database_or_wal(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    who = store.transact(lambda uow: everything_of(uow, "K7-42", "700155512", SAYS))
    store.transact(lambda uow: everything_of(uow, "K7-43", "811", "an unrelated sentence"))
    store.transact(lambda uow: uow.sessions.put(who, Session(questions=("swollen, Wilhelmina again",))))
    assert found_in_files(tmp_path) >= {"swollen, Wilhelmina", "700155512"}
    store.transact(lambda uow: uow.patients.erase(who))
    assert found_in_files(tmp_path) == set()
    store.close()


def test_an_erasure_while_somebody_reads_is_finished_when_they_are_done(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    who = store.transact(lambda uow: everything_of(uow, "K7-42", "700155512", SAYS))
    with closing(sqlite3.connect(tmp_path / "aftercare.db")) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM patient").fetchone() == (1,)
        started = time.monotonic()
        store.transact(lambda uow: uow.patients.erase(who))
        store.transact(lambda uow: uow.inbox.add("telegram", "next", "811", b"", T0))
        assert time.monotonic() - started < 2, "nobody waits for the reader"
        assert found_in_files(tmp_path) != set()
    end = time.monotonic() + 10
    while found_in_files(tmp_path) and time.monotonic() < end:
        time.sleep(0.1)
    assert found_in_files(tmp_path) == set()
    store.close()


def test_an_erasure_cut_off_before_its_bytes_left_the_wal_is_finished_at_the_next_start(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    who = store.transact(lambda uow: everything_of(uow, "K7-42", "700155512", SAYS))
    reader = sqlite3.connect(tmp_path / "aftercare.db")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM patient").fetchone()
    store.transact(lambda uow: uow.patients.erase(who))
    after = tmp_path / "after"
    after.mkdir()
    for file in tmp_path.glob("aftercare.db*"):
        (after / file.name).write_bytes(file.read_bytes())
    assert found_in_files(after) != set()
    again = sqlite_store(after)
    again.transact(lambda uow: uow.inbox.waiting())
    assert found_in_files(after) == set()
    for opened in (again, store, reader):
        opened.close()


def test_another_patient_with_the_same_code_may_come_later(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "aftercare.db"), key=KEY)
    who = store.transact(lambda uow: everything_of(uow, "K7-42", "700155512", SAYS))
    store.transact(lambda uow: uow.patients.erase(who))
    store.transact(lambda uow: everything_of(uow, "K7-42", "700155512", SAYS))
    store.close()
