"""Patients, their courses, invitations and sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.careplan.enrolment import Patient, PatientState
from bot.core.careplan.invitation import Invitation
from bot.core.conversation.session import Session, SessionState
from bot.core.errors import AlreadyThere, NotFound, SettingsInvalid
from bot.ports import Store
from bot.storage import open_store
from tests.support.storing import MINUTE, T0, enrolled, enrolment, patient


def test_a_patient_comes_back_with_an_id_of_the_store(store: Store) -> None:
    added = store.transact(lambda uow: uow.patients.add(patient()))
    assert added == replace(patient(), id=added.id)
    assert added.id > 0
    assert store.transact(lambda uow: uow.patients.get(added.id)) == added


def test_a_patient_is_found_by_address_and_by_code(store: Store) -> None:
    added = store.transact(lambda uow: uow.patients.add(patient("K7-42", "55")))
    store.transact(lambda uow: uow.patients.add(patient("K7-43", None)))

    def look(call: str, *arguments: str) -> Patient | None:
        found: Patient | None = store.transact(lambda uow: getattr(uow.patients, call)(*arguments))
        return found

    assert look("by_address", "telegram", "55") == added
    assert look("by_address", "sms", "55") is None
    assert look("by_address", "telegram", "nobody\x00\ud800") is None
    assert look("by_code", "K7-42") == added
    assert look("by_code", "none") is None


def test_the_patients_of_each_clinic_are_counted(store: Store) -> None:
    assert store.transact(lambda uow: uow.patients.by_clinic()) == {}
    for number, clinic in enumerate(("main", "north", "main")):
        added = store.transact(lambda uow, n=number, c=clinic: uow.patients.add(replace(patient(f"K7-{n}", None), clinic=c)))  # type: ignore[misc]
        assert store.transact(lambda uow, of=added: uow.patients.get(of.id)).clinic == clinic  # type: ignore[misc]
    assert store.transact(lambda uow: uow.patients.by_clinic()) == {"main": 2, "north": 1}


def test_a_saved_patient_is_changed_whole(store: Store) -> None:
    added = store.transact(lambda uow: uow.patients.add(patient()))
    changed = replace(
        added, name="Zoë O'Hara ✓", birth_year=1999, language="de", state=PatientState.STOPPED, address=None, timezone="UTC"
    )
    store.transact(lambda uow: uow.patients.save(changed))
    assert store.transact(lambda uow: uow.patients.get(added.id)) == changed
    assert store.transact(lambda uow: uow.patients.all()) == [changed]


def test_a_taken_code_is_refused(store: Store) -> None:
    store.transact(lambda uow: uow.patients.add(patient("K7-42")))
    with pytest.raises(AlreadyThere):
        store.transact(lambda uow: uow.patients.add(patient("K7-42")))


def test_an_unknown_patient_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.patients.get(9))
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.patients.save(replace(patient(), id=9)))
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.patients.erase(9))


def test_another_key_is_refused_when_the_store_is_opened(store: Store, url: str) -> None:
    store.transact(lambda uow: uow.patients.add(patient()))
    with pytest.raises(SettingsInvalid):
        open_store(url, key=bytes(32))


def test_courses_come_newest_first(store: Store) -> None:
    first = store.transact(enrolled)
    second = store.transact(lambda uow: uow.enrolments.add(replace(enrolment(first.patient_id), route=None, enrolled_at=None)))
    assert first == replace(enrolment(first.patient_id), id=first.id)
    assert store.transact(lambda uow: uow.enrolments.of_patient(first.patient_id)) == [second, first]
    assert store.transact(lambda uow: uow.enrolments.of_patient(99)) == []


def test_a_course_is_saved_whole(store: Store) -> None:
    course = store.transact(enrolled)
    changed = replace(course, active=False, schedule_version="def", risks=frozenset())
    store.transact(lambda uow: uow.enrolments.save(changed))
    assert store.transact(lambda uow: uow.enrolments.get(course.id)) == changed
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.enrolments.get(99))
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.enrolments.save(replace(course, id=99)))


def test_a_course_without_a_patient_is_refused(store: Store) -> None:
    with pytest.raises(AlreadyThere):
        store.transact(lambda uow: uow.enrolments.add(enrolment(99)))


def test_an_invitation_is_found_by_its_hash_and_by_its_subject(store: Store) -> None:
    fresh = Invitation(id=0, token_hash="h1", subject="patient:7", expires_at=T0)
    first = store.transact(lambda uow: uow.invitations.add(fresh))
    second = store.transact(lambda uow: uow.invitations.add(replace(fresh, token_hash="h2")))
    used = replace(first, used_at=T0 + MINUTE, used_by="55", tries=3)
    store.transact(lambda uow: uow.invitations.save(used))
    assert store.transact(lambda uow: uow.invitations.by_hash("h1")) == used
    assert store.transact(lambda uow: uow.invitations.by_hash("h3")) is None
    assert store.transact(lambda uow: uow.invitations.of_subject("patient:7")) == [second, used]
    with pytest.raises(AlreadyThere):
        store.transact(lambda uow: uow.invitations.add(fresh))
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.invitations.save(replace(first, id=99)))


def test_a_session_is_fresh_until_it_is_put(store: Store) -> None:
    patient_id = store.transact(enrolled).patient_id
    assert store.transact(lambda uow: uow.sessions.get(patient_id)) == Session()
    every: dict[str, Any] = {
        "state": SessionState.CLARIFYING,
        "check_in_id": 4,
        "questions": ("legs", "pain"),
        "position": 1,
        "round": 9,
        "clarifying": "fever",
        "tries": 2,
        "resume": SessionState.CHECK_IN,
        "worst": "urgent",
    }
    for session in (Session(**every), Session(state=SessionState.IDLE)):
        store.transact(lambda uow, session=session: uow.sessions.put(patient_id, session))  # type: ignore[misc]
        assert store.transact(lambda uow: uow.sessions.get(patient_id)) == session
