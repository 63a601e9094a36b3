"""Assessments, alerts, tasks, clinicians and buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.errors import AlreadyThere, NotFound, StaleVersion
from bot.core.escalation.alert import AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.takeover import Takeover
from bot.ports import AlertEntry, Store, StoredButton, Task
from tests.support.storing import MINUTE, T0, alert, alerted, assessment, enrolled


def test_an_assessment_comes_back_with_every_reason(store: Store) -> None:
    patient_id = store.transact(enrolled).patient_id
    given = replace(assessment(patient_id), inbox_id=5)
    new = store.transact(lambda uow: uow.assessments.add(given))
    assert store.transact(lambda uow: uow.assessments.get(new)) == replace(given, id=new)
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.assessments.get(99))


def test_recent_assessments_are_the_patients_own_oldest_first(store: Store) -> None:
    mine = store.transact(enrolled).patient_id
    theirs = store.transact(lambda uow: enrolled(uow, "K7-43")).patient_id
    for who, minutes in ((mine, 3), (mine, 1), (mine, 2), (theirs, 2)):
        store.transact(lambda uow, w=who, m=minutes: uow.assessments.add(assessment(w, T0 + m * MINUTE)))  # type: ignore[misc]
    found = store.transact(lambda uow: uow.assessments.recent(mine, T0 + 2 * MINUTE))
    assert [(a.patient_id, a.at) for a in found] == [(mine, T0 + 2 * MINUTE), (mine, T0 + 3 * MINUTE)]


def test_the_newest_assessments_of_a_level_are_few_however_many_there_are(store: Store) -> None:
    who = store.transact(enrolled).patient_id
    levels = (Disposition.URGENT, Disposition.NONE, Disposition.SAME_DAY, Disposition.NONE, Disposition.SAME_DAY)
    for nth, disposition in enumerate(levels):
        stored = assessment(who, T0 + nth * MINUTE, disposition)
        store.transact(lambda uow, s=stored: uow.assessments.add(s))  # type: ignore[misc]
    newest = store.transact(lambda uow: uow.assessments.newest(who, T0, Disposition.NONE, 2))
    assert [a.at for a in newest] == [T0 + 3 * MINUTE, T0 + 4 * MINUTE]
    grave = store.transact(lambda uow: uow.assessments.newest(who, T0 + MINUTE, Disposition.SAME_DAY, 5))
    assert [a.at for a in grave] == [T0 + 2 * MINUTE, T0 + 4 * MINUTE]


def test_red_assessments_of_everybody_are_found(store: Store) -> None:
    who = store.transact(enrolled).patient_id
    for nth, disposition in enumerate(Disposition):
        stored = assessment(who, T0 + nth * MINUTE, disposition)
        store.transact(lambda uow, s=stored: uow.assessments.add(s))  # type: ignore[misc]
    red = store.transact(lambda uow: uow.assessments.red_since(T0))
    assert [a.assessment.disposition for a in red] == [Disposition.URGENT, Disposition.EMERGENCY]
    assert store.transact(lambda uow: uow.assessments.red_since(T0 + 10 * MINUTE)) == []


def test_an_alert_comes_back_with_its_policy_snapshot(store: Store) -> None:
    opened = store.transact(alerted)
    assert opened == replace(alert(opened.patient_id, opened.assessment_id), id=opened.id)
    assert store.transact(lambda uow: uow.alerts.get(opened.id)) == opened
    assert store.transact(lambda uow: uow.alerts.unresolved_of(opened.patient_id)) == opened
    assert store.transact(lambda uow: uow.alerts.unresolved_of(99)) is None
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.alerts.get(99))


def test_an_alert_without_its_assessment_is_refused(store: Store) -> None:
    patient_id = store.transact(enrolled).patient_id
    with pytest.raises(AlreadyThere):
        store.transact(lambda uow: uow.alerts.add(alert(patient_id, 99)))


def test_saving_raises_the_version_by_one_in_the_row_too(store: Store) -> None:
    opened = store.transact(alerted)
    climbed = replace(opened, step=2, state=AlertState.ACKNOWLEDGED, acknowledged_at=T0, resolved_by="ann", fence=3)
    saved = store.transact(lambda uow: uow.alerts.save(climbed, expected_version=1))
    assert saved == replace(climbed, version=2)
    assert store.transact(lambda uow: uow.alerts.get(opened.id)) == saved


def test_a_stale_version_is_refused_and_changes_nothing(store: Store) -> None:
    opened = store.transact(alerted)
    saved = store.transact(lambda uow: uow.alerts.save(opened, expected_version=1))
    with pytest.raises(StaleVersion):
        store.transact(lambda uow: uow.alerts.save(replace(opened, step=9), expected_version=1))
    assert store.transact(lambda uow: uow.alerts.get(opened.id)) == saved
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.alerts.save(replace(opened, id=99), expected_version=1))


def test_due_alerts_come_most_urgent_first(store: Store) -> None:
    urgent = store.transact(lambda uow: alerted(uow, "K7-1"))
    emergency = store.transact(lambda uow: alerted(uow, "K7-2", Disposition.EMERGENCY))
    closed = store.transact(lambda uow: alerted(uow, "K7-3"))
    store.transact(lambda uow: uow.alerts.save(replace(closed, state=AlertState.RESOLVED, next_step_at=None), expected_version=1))
    step = urgent.next_step_at
    assert step is not None
    assert store.transact(lambda uow: uow.alerts.due(step, 9)) == [emergency, urgent]
    assert store.transact(lambda uow: uow.alerts.due(step, 1)) == [emergency]
    assert store.transact(lambda uow: uow.alerts.due(step - timedelta(microseconds=1), 9)) == []
    assert store.transact(lambda uow: uow.alerts.unresolved()) == [emergency, urgent]
    assert [a.state for a in store.transact(lambda uow: uow.alerts.of_patient(closed.patient_id))] == [AlertState.RESOLVED]


def test_an_alerts_history_is_kept_in_order(store: Store) -> None:
    opened = store.transact(alerted)
    lines = [
        AlertEntry(alert_id=opened.id, at=T0, event=EntryKind(e), by="ann", detail="d") for e in ("opened", "paged", "climbed")
    ]
    for line in lines:
        store.transact(lambda uow, line=line: uow.alerts.log(line))  # type: ignore[misc]
    assert store.transact(lambda uow: uow.alerts.history(opened.id)) == lines


def test_a_task_of_no_patient_keeps_its_clinic_and_a_done_one_can_still_be_looked_up(store: Store) -> None:
    task = Task(id=0, patient_id=None, kind="offline", disposition=Disposition.SAME_DAY, at=T0, clinic="north")
    number = store.transact(lambda uow: uow.tasks.add(task))
    store.transact(lambda uow: uow.tasks.done(number, T0 + MINUTE))
    assert store.transact(lambda uow: uow.tasks.get(number)) == replace(task, id=number, done_at=T0 + MINUTE)
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.tasks.get(number + 1))


def test_a_takeover_keeps_its_clinic(store: Store) -> None:
    taken = Takeover(id=0, rota="nurses", clinician="dr-both", start=T0, end=T0 + 5 * MINUTE, clinic="north")
    added = store.transact(lambda uow: uow.takeovers.add(taken))
    assert store.transact(lambda uow: uow.takeovers.since(T0)) == [replace(taken, id=added.id)]


def test_open_tasks_come_most_urgent_first_until_they_are_done(store: Store) -> None:
    who = store.transact(enrolled).patient_id
    silence = Task(id=0, patient_id=who, kind="silence", disposition=Disposition.NONE, at=T0, detail="day 2")
    gap = Task(id=0, patient_id=None, kind="gap", disposition=Disposition.SAME_DAY, at=T0)
    ids = [store.transact(lambda uow, t=t: uow.tasks.add(t)) for t in (silence, gap)]  # type: ignore[misc]
    expected = [replace(gap, id=ids[1]), replace(silence, id=ids[0])]
    assert store.transact(lambda uow: uow.tasks.open()) == expected
    assert store.transact(lambda uow: uow.tasks.open_of(who, "silence")) == expected[1]
    assert store.transact(lambda uow: uow.tasks.open_of(who, "gap")) is None
    store.transact(lambda uow: uow.tasks.done(ids[0], T0))
    store.transact(lambda uow: uow.tasks.done(ids[0], T0))
    assert store.transact(lambda uow: uow.tasks.open()) == expected[:1]
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.tasks.done(99, T0))


def test_a_clinician_is_put_replaced_and_found(store: Store) -> None:
    ann = Clinician(id="ann", name="Dr Ann", address="9", language="de", reachable=False)
    ben = Clinician(id="ben", name="Dr Ben", address="9", active=False)
    for clinician in (ben, replace(ann, address=None), ann):
        store.transact(lambda uow, c=clinician: uow.clinicians.put(c))  # type: ignore[misc]
    assert store.transact(lambda uow: uow.clinicians.get("ann")) == ann
    assert store.transact(lambda uow: uow.clinicians.by_address("telegram", "9")) == ann
    assert store.transact(lambda uow: uow.clinicians.by_address("sms", "9")) is None
    assert store.transact(lambda uow: uow.clinicians.get("eve")) is None
    assert store.transact(lambda uow: uow.clinicians.all()) == [ann, ben]


def test_a_button_is_used(store: Store) -> None:
    button = StoredButton(id="b1", owner="patient:1", action="answer", payload={"question": "legs"}, expires_at=T0)
    store.transact(lambda uow: uow.buttons.add(button))
    assert store.transact(lambda uow: uow.buttons.get("b1")) == button
    store.transact(lambda uow: uow.buttons.use("b1", T0 + MINUTE))
    assert store.transact(lambda uow: uow.buttons.get("b1")) == replace(button, used_at=T0 + MINUTE)
    assert store.transact(lambda uow: uow.buttons.get("forged\x00\ud800")) is None
    with pytest.raises(AlreadyThere):
        store.transact(lambda uow: uow.buttons.add(button))
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.buttons.use("forged", T0))
