"""The auditor: what it repairs, what it reports, and when it withholds the heartbeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane, OutgoingMessage
from bot.core.escalation.alert import AlertState
from bot.ports import LEASE, StoredAssessment
from bot.services import auditor
from bot.services.auditor import Report
from tests.support.escalation import ADA, MINUTE, NURSE, Ward, assessment, button, clinic, paged

SECOND = timedelta(seconds=1)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def inspect(ward: Ward, **ages: timedelta) -> Report:
    """``ages``: how long ago each worker last came round."""
    beats = {name: ward.now - age for name, age in ages.items()}
    return ward.do(lambda uow: auditor.inspect(uow, ward.world, ward.now, beats))


def kinds(report: Report) -> list[str]:
    return [problem.kind for problem in report.problems]


def test_where_all_is_well_the_heartbeat_goes_out(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.deliver()
    report = inspect(ward, ticker=SECOND, poller=SECOND)
    assert (report.heartbeat, report.problems, report.repaired) == (True, (), ())


def test_an_overdue_alert_is_stepped_on(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.deliver()
    ward.passes(5 * MINUTE + 16 * SECOND)
    report = inspect(ward)
    assert report.repaired == ("1 alerts were overdue",)
    assert paged(ward.deliver()) == [ADA]
    assert report.heartbeat


def test_an_alert_that_is_due_this_very_moment_is_left_to_the_ticker(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.deliver()
    ward.passes(5 * MINUTE + 10 * SECOND)
    assert inspect(ward).repaired == ()


def test_a_red_assessment_without_an_alert_gets_one(ward: Ward) -> None:
    patient = ward.patient()
    forgotten = StoredAssessment(
        id=0, patient_id=patient.id, inbox_id=None, at=ward.now, text="chest pain", assessment=assessment(Disposition.EMERGENCY)
    )
    ward.do(lambda uow: uow.assessments.add(forgotten))
    report = inspect(ward)
    assert report.repaired == ("assessment:1 had no alert",)
    assert paged(ward.deliver()) == [NURSE]
    assert inspect(ward).repaired == ()


def test_a_finding_that_joined_an_alert_is_no_orphan(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    ward.says(patient, "39.4 now")
    [page] = ward.deliver()[:1]
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.says(patient, "39.6 now")
    assert inspect(ward).repaired == ()


def test_a_clock_that_went_back_does_not_stop_the_climb(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.deliver()
    ward.passes(-timedelta(hours=1))
    assert inspect(ward).repaired == ("alert:1 was stuck",)
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [ADA]


def test_an_alert_whose_holder_is_gone_from_the_clinic_is_paged_again(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.edits(clinic(clinicians={ADA: "Dr Ada"}))
    assert inspect(ward).repaired == ("alert:1 had lost its holder",)
    assert (ward.alert().state, paged(ward.deliver())) == (AlertState.OPEN, [ADA])


def test_attempts_lost_in_a_crash_are_settled(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.claim()
    ward.passes(LEASE + SECOND)
    assert inspect(ward).repaired == ("1 attempts were lost while sending",)


def test_repairs_are_audited(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.passes(6 * MINUTE)
    inspect(ward)
    assert "repaired" in ward.audited()


def test_an_inbox_that_waits_a_minute_withholds_the_heartbeat(ward: Ward) -> None:
    ward.do(lambda uow: uow.inbox.add("telegram", "1", "chat", b"{}", ward.now))
    assert inspect(ward).heartbeat
    ward.passes(61 * SECOND)
    report = inspect(ward)
    assert (kinds(report), report.heartbeat) == (["inbox_waiting"], False)


def test_a_page_that_nobody_sends_withholds_the_heartbeat(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.passes(61 * SECOND)
    report = inspect(ward)
    assert (kinds(report), report.heartbeat) == (["pages_waiting"], False)


def test_a_backlog_of_prompts_is_no_standstill_until_it_has_lasted(ward: Ward) -> None:
    prompt = OutgoingMessage(id=0, channel="telegram", address="x", text="how are you?", lane=Lane.ROUTINE, due_at=ward.now)
    ward.do(lambda uow: uow.outbox.add(prompt))
    ward.passes(10 * MINUTE)
    assert inspect(ward).heartbeat
    ward.passes(6 * MINUTE)
    report = inspect(ward)
    assert (kinds(report), report.heartbeat) == (["outbox_waiting"], False)


def test_a_message_for_later_is_no_standstill(ward: Ward) -> None:
    later = OutgoingMessage(
        id=0, channel="telegram", address="x", text="later", lane=Lane.REPLY, due_at=ward.now + timedelta(hours=1)
    )
    at_once = replace(later, due_at=None)
    ward.do(lambda uow: uow.outbox.add(later))
    ward.do(lambda uow: uow.outbox.add(at_once))
    ward.passes(20 * MINUTE)
    assert inspect(ward).heartbeat


def test_an_open_alert_that_can_reach_nobody_withholds_the_heartbeat(tmp_path: Path) -> None:
    ward = Ward.open(tmp_path, clinic(clinicians={}))
    ward.says(ward.patient(), "I have 39.2")
    report = inspect(ward)
    assert (kinds(report), report.heartbeat) == (["nobody_reachable"], False)
    ward.store.close()


def test_a_quarantined_message_is_reported_and_the_heartbeat_goes_on(ward: Ward) -> None:
    item = ward.do(lambda uow: uow.inbox.add("telegram", "1", "chat", b"{}", ward.now))
    assert item is not None
    ward.do(lambda uow: uow.inbox.quarantine(item, "ValueError", ward.now))
    report = inspect(ward)
    assert (kinds(report), report.problems[0].detail, report.heartbeat) == (["quarantined"], str(item), True)


@pytest.mark.parametrize("worker", ["poller", "ticker", "sender"])
def test_a_worker_that_stands_still_withholds_the_heartbeat_while_the_others_live(ward: Ward, worker: str) -> None:
    ages = dict.fromkeys(("poller", "ticker", "sender"), SECOND) | {worker: 61 * SECOND}
    report = inspect(ward, **ages)
    assert ([p.detail for p in report.problems], report.heartbeat) == ([worker], False)


def test_a_standstill_is_noticed_well_within_the_three_minutes_that_are_promised() -> None:
    assert timedelta(minutes=2) >= auditor.STANDSTILL
