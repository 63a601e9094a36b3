"""/oncall: who is on call now and next, and shifts that change hands in Telegram; hours to come without anybody are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.delivery import Kind, Outcome, OutgoingMessage
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import Rota, Shift
from bot.services import auditor, clinicians, rotas
from tests.support.escalation import ADA, BORA, CHIEF, DAY_AND_NIGHT, MINUTE, NURSE, T0, Ward, button, clinic, paged

HOUR = timedelta(hours=1)


def day_and_night() -> Rota:
    """The nurse from 08:00 to 20:00, Dr Ada at night; Berlin."""
    day = Shift(weekdays=DAY_AND_NIGHT, start=time(8), end=time(20), clinicians=(NURSE,))
    night = Shift(weekdays=DAY_AND_NIGHT, start=time(20), end=time(8), clinicians=(ADA,))
    return Rota(id="nurses", timezone="Europe/Berlin", shifts=(day, night))


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path, clinic(rotas=(day_and_night(),)))
    yield opened
    opened.store.close()


def listing(ward: Ward, who: str = BORA) -> OutgoingMessage:
    [message] = ward.writes(who, "/oncall")
    return message


def labels(message: OutgoingMessage) -> list[str]:
    return [b.label for row in message.buttons for b in row]


def lines(sent: list[OutgoingMessage], who: str) -> list[str]:
    return [m.text for m in sent if m.clinician == who and m.kind is Kind.MESSAGE]


def test_oncall_shows_now_and_next_and_offers_the_shift(ward: Ward) -> None:
    message = listing(ward)
    assert message.text.splitlines() == [
        "<b>On call now</b> (13:00, Europe/Berlin)",
        "nurses: Nurse Cem",
        "nurses: from 20:00 Dr Ada",
    ]
    assert labels(message) == ["Take over nurses until 20:00", "Take over nurses for 4 h", "Take over nurses for 12 h"]


def test_whoever_is_on_call_alone_is_offered_nothing(ward: Ward) -> None:
    assert labels(listing(ward, NURSE)) == []


def test_a_shift_taken_over_counts_at_once_and_until_its_end_and_both_are_told(ward: Ward) -> None:
    sent = ward.presses(BORA, button(listing(ward), "Take over nurses until 20:00"))
    assert lines(sent, NURSE) == ["Dr Bora has taken over nurses until 20:00. You are not paged for it meanwhile."]
    assert [m.text for m in sent if m.kind is Kind.EDIT] == ["You are on call in nurses until 20:00."]
    ward.says(ward.patient(), "I have 39.2")
    assert paged(ward.deliver()) == [BORA]
    assert "shift.taken_over" in ward.audited()
    ward.passes(7 * HOUR)
    ward.says(ward.patient("K7-43"), "I have 39.2")
    assert paged(ward.deliver())[0] == ADA


def test_it_can_be_given_back_and_whoever_is_on_call_again_is_told(ward: Ward) -> None:
    ward.presses(BORA, button(listing(ward), "Take over nurses for 4 h"))
    sent = ward.presses(BORA, button(listing(ward), "Give nurses back"))
    assert lines(sent, NURSE) == ["Dr Bora has given nurses back. You are on call now."]
    ward.says(ward.patient(), "I have 39.2")
    assert paged(ward.deliver()) == [NURSE]


def test_the_last_who_takes_it_has_it(ward: Ward) -> None:
    ward.presses(BORA, button(listing(ward), "Take over nurses for 12 h"))
    ward.presses(CHIEF, button(listing(ward, CHIEF), "Take over nurses for 4 h"))
    ward.says(ward.patient(), "I have 39.2")
    assert paged(ward.deliver()) == [CHIEF]


def test_a_revoked_clinician_takes_over_nothing_and_what_they_had_taken_falls_away(ward: Ward) -> None:
    pressed = button(listing(ward), "Take over nurses for 12 h")
    ward.presses(BORA, pressed)
    ward.do(lambda uow: clinicians.revoke(uow, BORA, "operator", ward.now))
    ward.says(ward.patient(), "I have 39.2")
    assert paged(ward.deliver()) == [NURSE]


def test_somebody_else_s_button_is_refused(ward: Ward) -> None:
    pressed = button(listing(ward), "Take over nurses for 12 h")
    ward.presses(ADA, pressed)
    assert ward.do(lambda uow: uow.takeovers.since(ward.now)) == []


def test_an_old_button_of_a_shift_that_is_over_takes_nothing(ward: Ward) -> None:
    pressed = button(listing(ward), "Take over nurses until 20:00")
    ward.passes(9 * HOUR)
    ward.presses(BORA, pressed)
    assert ward.do(lambda uow: uow.takeovers.since(ward.now)) == []


# --- hours without anybody -----------------------------------------------------------------------------------------------


def holes(ward: Ward) -> str:
    found = ward.do(lambda uow: rotas.uncovered(uow, ward.world, ward.now))
    return rotas.in_words(found[:1], ward.now)


def kinds(ward: Ward) -> list[tuple[str, bool]]:
    report = ward.do(lambda uow: auditor.inspect(uow, ward.world, ward.now))
    return [(problem.kind, problem.alarming) for problem in report.problems]


def test_where_everybody_can_be_reached_nothing_is_found(ward: Ward) -> None:
    assert holes(ward) == ""
    assert ward.do(lambda uow: rotas.watch(uow, ward.world, ward.now)) == 0
    assert kinds(ward) == []


def put(ward: Ward, changed: Clinician) -> None:
    ward.do(lambda uow: uow.clinicians.put(changed))


@pytest.mark.parametrize("change", [{"reachable": False}, {"active": False}, {"address": None}])
def test_somebody_who_cannot_be_reached_is_nobody_on_call(ward: Ward, change: dict[str, Any]) -> None:
    ada = ward.clinician(ADA)
    put(ward, replace(ada, **change))
    assert holes(ward) == "nurses: 2026-11-25T19:00+00:00 to 2026-11-26T07:00+00:00"
    put(ward, ada)
    assert holes(ward) == ""


def test_a_hole_to_come_is_one_task_and_no_alarm_and_the_hole_of_this_hour_withholds_the_heartbeat(ward: Ward) -> None:
    put(ward, replace(ward.clinician(ADA), reachable=False))
    for _ in range(3):
        ward.do(lambda uow: rotas.watch(uow, ward.world, ward.now))
        ward.passes(10 * MINUTE)
    tasks = [task for task in ward.do(lambda uow: uow.tasks.open()) if task.kind == rotas.UNCOVERED]
    assert len(tasks) == 1
    assert kinds(ward) == [("rota_uncovered", False)]
    ward.passes(T0 + 8 * HOUR - ward.now)
    ward.do(lambda uow: rotas.watch(uow, ward.world, ward.now))
    assert kinds(ward) == [("rota_uncovered", True)]
    nurse_takes = button(listing(ward, NURSE), "Take over nurses for 4 h")
    ward.presses(NURSE, nurse_takes)
    assert kinds(ward) == [("rota_uncovered", False)], "somebody is there now; the nights to come are still open"


def test_a_page_that_bounces_opens_the_hole(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.claim()
    ward.record(page, Outcome.BLOCKED)
    assert "nurses: now" in holes(ward)
