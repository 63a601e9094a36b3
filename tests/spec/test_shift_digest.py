"""The shift digest: one page at the beginning of a shift, once; one line where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Measure
from bot.ports import StoredAssessment, Task
from bot.services import digest_text
from bot.services.digest import ResponseTimes, digest
from tests.spec.test_shifts_in_telegram import day_and_night
from tests.support.escalation import ADA, MINUTE, NURSE, T0, Ward, button, clinic, pages

HOUR = timedelta(hours=1)
HANDOVER = T0 + 7 * HOUR
"""20:00 in Berlin: Dr Ada's night begins."""


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path, clinic(rotas=(day_and_night(),)))
    yield opened
    opened.store.close()


def handover(ward: Ward) -> list[tuple[str, str]]:
    ward.do(lambda uow: digest_text.send_due(uow, ward.world, ward.now))
    return [(m.clinician or "", m.text) for m in ward.deliver() if m.purpose.startswith("digest:")]


def test_a_quiet_clinic_is_one_line_to_whoever_comes_on_call(ward: Ward) -> None:
    ward.passes(HANDOVER - ward.now + MINUTE)
    assert handover(ward) == [(ADA, "<b>You are on call</b> (nurses, until Thu 08:00). Nothing is open.")]


def test_it_comes_once_for_each_shift_and_not_in_its_middle(ward: Ward) -> None:
    assert handover(ward) == []
    ward.passes(HANDOVER - ward.now)
    assert len(handover(ward)) == 1
    for _ in range(35):
        ward.passes(MINUTE)
        assert handover(ward) == []
    ward.passes(T0 + 19 * HOUR + 2 * MINUTE - ward.now)
    assert [name for name, _ in handover(ward)] == [NURSE]


def told(ward: Ward, patient: int, ago: timedelta, temperature: float, level: Disposition) -> None:
    measures = (Measure(kind="temperature", value=temperature, unit="Cel"),)
    found = Assessment(disposition=level, measures=measures)
    stored = StoredAssessment(id=0, patient_id=patient, inbox_id=None, at=ward.now - ago, text="x", assessment=found)
    ward.do(lambda uow: uow.assessments.add(stored))


def test_the_page_says_what_is_open_who_is_absent_who_is_worse_and_how_fast_alerts_were_taken(ward: Ward) -> None:
    first = ward.patient()
    ward.says(first, "I have 39.2")
    [page] = pages(ward.deliver())
    ward.passes(4 * MINUTE)
    ward.presses(NURSE, button(page, "Acknowledge"))
    second = ward.patient("K7-43")
    task = Task(id=0, patient_id=second.id, kind="silence", disposition=Disposition.SAME_DAY, at=ward.now)
    ward.do(lambda uow: uow.tasks.add(task))
    ward.passes(HANDOVER - ward.now - 90 * MINUTE)
    third = ward.patient("K7-44")
    told(ward, third.id, 10 * HOUR, 36.9, Disposition.NONE)
    told(ward, third.id, HOUR, 37.8, Disposition.SELF_MANAGE)
    ward.passes(90 * MINUTE)
    [(name, text)] = handover(ward)
    assert name == ADA
    assert text.splitlines() == [
        "<b>You are on call</b> (nurses, until Thu 08:00)",
        "<b>Open alerts: 1</b>",
        "URGENT · K7-42 · with Nurse Cem, 7 h",
        "<b>Not answered or not reached: 1</b>",
        "K7-43 · has not answered, 6 h",
        "<b>Getting worse: 1</b>",
        "K7-44 · temperature 36.9 → 37.8 °C",
        "<b>Answered in the last 7 days</b>",
        "URGENT: median 4 min, slowest tenth 4 min; target 5 min · 1 of 1 in time",
    ]
    assert "Secretname" not in text


def test_an_alert_that_nobody_has_taken_counts_against_the_target_once_it_is_late(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.passes(4 * MINUTE)
    assert ward.do(lambda uow: digest(uow, ward.now)).times == ()
    ward.passes(20 * MINUTE)
    [times] = ward.do(lambda uow: digest(uow, ward.now)).times
    assert times == ResponseTimes(
        level=Disposition.URGENT, count=1, in_time=0, target=5 * MINUTE, median=24 * MINUTE, p90=24 * MINUTE
    )
