"""The weekly list of rules whose alerts were for nothing: counted rightly, told once, to the clinic's leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane, OutgoingMessage
from bot.services import clinicians
from bot.services.alert_review import Review, review, send_weekly
from tests.support.escalation import CHIEF, NURSE, T0, Ward, button

MONDAY = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)
"""08:30 in Berlin, in the week after T0."""


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def ends(ward: Ward, code: str, outcome: str, *rules: str, level: Disposition = Disposition.URGENT) -> None:
    """An alert of these rules that a nurse closes so."""
    ward.says(ward.patient(code), "it hurts", level, *rules)
    page = next(m for m in ward.deliver() if m.clinician == NURSE)
    wolf = outcome == "Yes, not clinical"
    asked = next(
        m for m in ward.presses(NURSE, button(page, "Not clinical" if wolf else "Resolve")) if m.purpose.startswith("alert_q")
    )
    ward.presses(NURSE, button(asked, outcome))


def week(ward: Ward) -> Review:
    return ward.do(lambda uow: review(uow, T0 - timedelta(days=1), T0 + timedelta(days=6)))


def send(ward: Ward) -> list[OutgoingMessage]:
    ward.do(lambda uow: send_weekly(uow, ward.world, ward.now))
    return [m for m in ward.deliver() if m.purpose.startswith("weekly_review:")]


def a_week(ward: Ward) -> None:
    ends(ward, "K1-11", "Yes, not clinical", "rash.urgent.hives")
    ends(ward, "K2-22", "Yes, not clinical", "rash.urgent.hives", "fever.urgent.39")
    ends(ward, "K3-33", "False alarm", "fever.urgent.39")
    ends(ward, "K4-44", "Seen at the clinic", "fever.urgent.39")
    ward.says(ward.patient("K5-55"), "hot", Disposition.URGENT, "fever.urgent.39")


def test_each_deciding_rule_counts_its_alerts_and_how_many_were_for_nothing(ward: Ward) -> None:
    a_week(ward)
    found = week(ward)
    assert (found.alerts, found.wolf) == (5, 3)
    assert [(r.rule, r.alerts, r.not_clinical, r.false_alarm, r.share) for r in found.rules] == [
        ("rash.urgent.hives", 2, 2, 0, 1.0),
        ("fever.urgent.39", 4, 1, 1, 0.5),
    ]


def test_an_alert_outside_the_week_does_not_count(ward: Ward) -> None:
    a_week(ward)
    before = ward.do(lambda uow: review(uow, T0 - timedelta(days=9), T0))
    after = ward.do(lambda uow: review(uow, T0 + timedelta(seconds=1), T0 + timedelta(days=6)))
    assert (before.alerts, after.alerts, before.rules) == (0, 0, ())


def test_on_monday_morning_the_leads_have_the_list_of_the_week_before_once(ward: Ward) -> None:
    a_week(ward)
    ward.now = MONDAY
    [told] = send(ward)
    assert (told.clinician, told.lane) == (CHIEF, Lane.ROUTINE)
    assert told.text == (
        "<b>Rules that cried wolf</b>, 2026-11-23 to 2026-11-29: 5 alerts, 3 of them not clinical or false.\n"
        "rash.urgent.hives: 2 of 2 (100 %)\n"
        "fever.urgent.39: 2 of 4 (50 %)"
    )
    assert send(ward) == []
    ward.now += timedelta(days=3)
    assert send(ward) == []
    ward.now += timedelta(days=4)
    [next_one] = send(ward)
    assert "none of 0 alerts" in next_one.text


@pytest.mark.parametrize("moment", [MONDAY - timedelta(minutes=31), MONDAY - timedelta(hours=8)])
def test_not_before_eight_on_the_clinic_s_clock(ward: Ward, moment: datetime) -> None:
    ward.now = moment
    assert send(ward) == []


def test_a_week_of_right_alerts_is_told_too(ward: Ward) -> None:
    ends(ward, "K4-44", "Seen at the clinic", "fever.urgent.39")
    ward.now = MONDAY
    [told] = send(ward)
    assert told.text.endswith("none of 1 alerts was not clinical or false.")


def test_a_lead_who_has_left_is_told_nothing(ward: Ward) -> None:
    ward.do(lambda uow: clinicians.revoke(uow, CHIEF, "operator", ward.now))
    ward.now = MONDAY
    assert send(ward) == []
