"""Two clinics in one installation: each one's alerts reach its own people, and nobody else sees, takes or answers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.content.messages import load_messages
from bot.core.clinical.disposition import Disposition
from bot.core.errors import InvalidValue
from bot.core.escalation.alert import AlertState
from bot.core.events import Inbound, InboundKind
from bot.services import alert_review, auditor, digest_text, drills, enrolments, offline, rotas, strangers
from bot.services.clinics import each
from bot.services.digest import digest
from tests.support.careplan import MESSAGES
from tests.support.escalation import ADA, BORA, CHIEF, MINUTE, NURSE, Ward, button, paged, pages
from tests.support.two_clinics import BOTH, DAY, HEAD, NIGHT, NORTH, NORTH_NAMES, open_ward, patient_of, texts

MAIN_ALERT, NORTH_ALERT = 1, 2


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = open_ward(tmp_path)
    yield opened
    opened.store.close()


@pytest.fixture
def both(ward: Ward) -> Ward:
    """Two red flags at the same moment, one at each clinic. It is noon in Greenwich, 07:00 in New York."""
    ours, theirs = patient_of(ward, "main", "K1-11"), patient_of(ward, NORTH, "N2-22")
    ward.says(ours, "my calf is swollen")
    ward.says(theirs, "my calf is swollen")
    return ward


def test_two_red_flags_at_once_each_climb_their_own_chain_to_its_own_last_resort(both: Ward) -> None:
    first = both.deliver()
    assert sorted(paged(first)) == [NURSE, NIGHT]  # 07:00 in New York is still the night shift
    seen: dict[int, set[str]] = {MAIN_ALERT: set(), NORTH_ALERT: set()}
    for sent in [first, *[_after(both, 5 * MINUTE) for _ in range(14)]]:
        for one in pages(sent):
            seen[int(one.purpose.partition(":")[2])].add(one.clinician or "")
    assert seen[MAIN_ALERT] == {NURSE, ADA, BORA, CHIEF}
    assert seen[NORTH_ALERT] == {NIGHT, DAY, BOTH, HEAD}  # the day shift began at 08:00 in New York


def _after(ward: Ward, time: timedelta) -> list:  # type: ignore[type-arg]
    ward.passes(time)
    ward.tick()
    return ward.deliver()


def test_a_patient_reads_the_numbers_of_their_own_clinic(both: Ward) -> None:
    sent = [m for _ in range(6) for m in _after(both, 5 * MINUTE)]
    ours = texts([m for m in sent if m.address == "chat-K1-11"])
    theirs = texts([m for m in sent if m.address == "chat-N2-22"])
    assert "+49 30 5550100" in ours
    assert "+1 212 5550100" in theirs
    assert "5550100" not in theirs.replace("+1 212 5550100", "")


def test_a_clinician_reads_the_clock_of_the_alerts_clinic(both: Ward) -> None:
    both.deliver()
    page = both.do(lambda uow: uow.outbox.of_purpose(f"alert:{NORTH_ALERT}"))
    sent = [m for m in both.presses(NIGHT, button(page[-1], "Acknowledge")) if m.clinician == NIGHT]
    assert "07:00" in texts(sent)
    assert "13:00" not in texts(sent)


@pytest.mark.parametrize(("presser", "owner", "alert_id"), [(ADA, NIGHT, NORTH_ALERT), (HEAD, NURSE, MAIN_ALERT)])
def test_a_button_of_the_other_clinic_is_refused_and_audited(both: Ward, presser: str, owner: str, alert_id: int) -> None:
    page = next(m for m in pages(both.deliver()) if m.clinician == owner)
    for row in page.buttons:
        for one in row:
            sent = both.presses(presser, one.id)
            assert texts(sent) == "This button is not yours or has expired."
    assert both.alert(alert_id).state is AlertState.OPEN
    assert both.audited().count("button.refused") == sum(len(row) for row in page.buttons)


def leaves_north_for_cedar(ward: Ward, name: str) -> None:
    """In both files they have the same chat, and what they had on their screen is still there."""
    content = ward.world.content
    north = replace(content.clinics[NORTH], clinicians={n: s for n, s in NORTH_NAMES.items() if n != name})
    main = replace(content.clinic, clinicians={**content.clinic.clinicians, name: NORTH_NAMES[name]})
    ward.world = replace(ward.world, content=replace(content, clinic=main, further={NORTH: north}))  # type: ignore[type-var]


def test_a_page_that_waits_is_not_sent_to_who_works_elsewhere_by_then(both: Ward) -> None:
    leaves_north_for_cedar(both, NIGHT)
    assert paged(both.deliver()) == [NURSE]


def test_their_own_old_button_does_nothing_once_they_work_elsewhere(both: Ward) -> None:
    page = next(m for m in pages(both.deliver()) if m.clinician == NIGHT)
    leaves_north_for_cedar(both, NIGHT)
    for row in page.buttons:
        for one in row:
            assert texts(both.presses(NIGHT, one.id)) == "This button is not yours or has expired."
    assert both.alert(NORTH_ALERT).state is AlertState.OPEN
    answered = texts(both.writes(NIGHT, "how are you?", to=page))
    assert answered == "This button is not yours or has expired."
    assert "relay.refused" in both.audited()
    assert "N2-22" not in texts(both.writes(NIGHT, "/open"))
    _after(both, 5 * MINUTE)
    assert NIGHT not in paged(_after(both, 15 * MINUTE))


def test_an_alert_is_handed_over_within_its_clinic_only(both: Ward) -> None:
    page = next(m for m in pages(both.deliver()) if m.clinician == NIGHT)
    asked = both.presses(NIGHT, button(page, "Hand over"))
    offered = {b.label for m in asked for row in m.buttons for b in row}
    assert offered >= {"Dr Both", "Dr North"}
    assert not offered & {"Dr Ada", "Dr Bora", "Nurse Cem", "Professor Dide"}


def test_lists_hold_what_is_their_clinics_and_for_who_works_in_both_one_for_each(both: Ward) -> None:
    both.deliver()
    assert "K1-11" in texts(both.writes(ADA, "/open"))
    assert "N2-22" not in texts(both.writes(ADA, "/open"))
    assert "K1-11" not in texts(both.writes(HEAD, "/open"))
    first, second = both.writes(BOTH, "/open")
    assert first.text.startswith("<b>Cedar Clinic</b>\n")
    assert "K1-11" in first.text
    assert second.text.startswith("<b>North &lt;Clinic&gt;</b>\n")
    assert "N2-22" in second.text
    assert "N2-22" not in first.text
    ours, theirs = both.writes(BOTH, "/oncall")
    assert ours.text.startswith("<b>Cedar Clinic</b>\n")
    assert "Europe/Berlin" in ours.text
    assert "America/New_York" in theirs.text


def test_tasks_are_their_clinics(ward: Ward) -> None:
    for clinic_id, code in (("main", "K1-11"), (NORTH, "N2-22")):
        patient = patient_of(ward, clinic_id, code)
        ward.says(patient, "a little tired", Disposition.SAME_DAY)
    assert "N2-22" not in texts(ward.writes(ADA, "/tasks"))
    listed = ward.writes(HEAD, "/tasks")
    assert "N2-22" in texts(listed)
    assert "K1-11" not in texts(listed)
    done = listed[0].buttons[0][0].id
    assert texts(ward.presses(ADA, done)) == "This button is not yours or has expired."
    assert len(ward.do(lambda uow: uow.tasks.open())) == 2
    ward.presses(HEAD, done)
    [left] = ward.do(lambda uow: uow.tasks.open())
    assert ward.do(lambda uow: uow.patients.get(left.patient_id or 0)).code == "K1-11"


def test_a_task_goes_with_its_patient_and_the_old_clinics_button_does_nothing(ward: Ward) -> None:
    patient = patient_of(ward, NORTH, "N2-22")
    ward.says(patient, "a little tired", Disposition.SAME_DAY)
    [listed] = ward.writes(HEAD, "/tasks")
    ward.do(lambda uow: enrolments.change_clinic(uow, ward.world, ward.now, patient.id, "main"))
    assert texts(ward.presses(HEAD, listed.buttons[0][0].id)) == "This button is not yours or has expired."
    assert len(ward.do(lambda uow: uow.tasks.open())) == 1
    [listed] = ward.writes(ADA, "/tasks")
    ward.presses(ADA, listed.buttons[0][0].id)
    assert not ward.do(lambda uow: uow.tasks.open())


def test_a_shift_of_the_same_name_is_taken_over_at_one_clinic_only(ward: Ward) -> None:
    """Dr Both is of both clinics, whose rotas are both called nurses."""

    def on_call() -> dict[str, tuple[str, ...]]:
        return {at.content.clinic.id: ward.do(lambda u, a=at: rotas.on_call_now(u, a, ward.now)) for at in each(ward.world)}  # type: ignore[misc]

    _, north = ward.writes(BOTH, "/oncall")
    ward.presses(BOTH, north.buttons[0][0].id)
    assert on_call() == {"main": (NURSE,), NORTH: (BOTH,)}
    main, north = ward.writes(BOTH, "/oncall")
    ward.presses(BOTH, main.buttons[0][0].id)
    assert on_call() == {"main": (BOTH,), NORTH: (BOTH,)}
    ward.presses(BOTH, north.buttons[0][0].id)
    assert on_call() == {"main": (BOTH,), NORTH: (NIGHT,)}
    assert ward.audited().count("shift.given_back") == 1


def test_each_clinic_answers_for_its_own_hours(ward: Ward) -> None:
    ward.do(lambda uow: rotas.watch(uow, ward.world, ward.now))
    assert not ward.do(lambda uow: uow.tasks.open())
    for name in (NIGHT, DAY):
        gone = replace(ward.clinician(name), reachable=False)
        ward.do(lambda uow, g=gone: uow.clinicians.put(g))  # type: ignore[misc]
    ward.do(lambda uow: rotas.watch(uow, ward.world, ward.now))
    [task] = ward.do(lambda uow: uow.tasks.open())
    assert task.clinic == NORTH
    assert set(ward.do(lambda uow: rotas.uncovered_anywhere(ward.world.content, uow, ward.now))) == {NORTH}
    assert "nurses" not in texts(ward.writes(ADA, "/tasks"))
    report = ward.do(lambda uow: auditor.inspect(uow, ward.world, ward.now))
    [problem] = [p for p in report.problems if p.kind == rotas.UNCOVERED]
    assert problem.detail.startswith("north/")
    assert not problem.alarming  # North follows nobody yet
    patient_of(ward, NORTH, "N2-22")
    report = ward.do(lambda uow: auditor.inspect(uow, ward.world, ward.now))
    assert [p.alarming for p in report.problems if p.kind == rotas.UNCOVERED] == [True]
    ward.world = replace(ward.world, content=replace(ward.world.content, further={}))  # type: ignore[type-var]
    ward.do(lambda uow: rotas.watch(uow, ward.world, ward.now))
    assert not ward.do(lambda uow: uow.tasks.open())


def test_a_clinic_where_nobody_can_be_reached_withholds_the_heartbeat_though_the_other_is_well(both: Ward) -> None:
    for name in NORTH_NAMES:
        gone = replace(both.clinician(name), reachable=False)
        both.do(lambda uow, g=gone: uow.clinicians.put(g))  # type: ignore[misc]
    report = both.do(lambda uow: auditor.inspect(uow, both.world, both.now))
    assert [(p.kind, p.detail) for p in report.problems if p.kind == "nobody_reachable"] == [("nobody_reachable", "2")]
    assert not report.heartbeat


def test_the_digest_and_the_weekly_list_tell_of_one_clinic(both: Ward) -> None:
    at = {world.content.clinic.id: world for world in each(both.world)}
    assert [code for code, _ in both.do(lambda uow: digest(uow, both.now, at[NORTH])).alerts] == ["N2-22"]
    assert [code for code, _ in both.do(lambda uow: digest(uow, both.now, at["main"])).alerts] == ["K1-11"]
    assert len(both.do(lambda uow: digest(uow, both.now)).alerts) == 2
    both.deliver()
    both.now = datetime(2026, 11, 25, 13, 5, tzinfo=UTC)  # 08:05 in New York: the day shift begins
    assert both.do(lambda uow: digest_text.send_due(uow, both.world, both.now)) == 1
    [page] = [m for m in both.deliver() if m.purpose.startswith("digest:")]
    assert page.clinician == DAY
    assert "N2-22" in page.text
    assert "K1-11" not in page.text
    for number, closer in ((MAIN_ALERT, ADA), (NORTH_ALERT, HEAD)):
        _resolve(both, number, closer)
    both.now = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)  # Monday 15:00 in Berlin, 09:00 in New York
    assert both.do(lambda uow: alert_review.send_weekly(uow, both.world, both.now)) == 2
    lists = {m.clinician: m.text for m in both.deliver() if m.purpose.startswith("weekly_review:")}
    assert set(lists) == {CHIEF, HEAD}
    assert all("fever.urgent.39" in text for text in lists.values())
    assert both.do(lambda uow: alert_review.review(uow, both.now - timedelta(days=7), both.now, at[NORTH])).alerts == 1
    assert both.do(lambda uow: alert_review.send_weekly(uow, both.world, both.now)) == 0


def _resolve(ward: Ward, number: int, closer: str) -> None:
    ward.writes(closer, "/open")
    shown = ward.do(lambda uow: [m for m in uow.outbox.of_purpose(f"clinician:{closer}") if m.buttons][-1])
    ward.presses(closer, shown.buttons[0][0].id)
    page = ward.do(lambda uow: [m for m in uow.outbox.of_purpose(f"alert:{number}") if m.clinician == closer][-1])
    asked = ward.presses(closer, button(page, "Resolve"))
    outcome = next(b.id for m in asked for row in m.buttons for b in row if b.label == "False alarm")
    ward.presses(closer, outcome)
    assert ward.alert(number).state is AlertState.RESOLVED


def test_a_drill_pages_one_clinic_or_everybody_once(ward: Ward) -> None:
    ward.do(lambda uow: drills.begin(uow, [ward.world.at(NORTH)], ward.now, by="test"))
    first = {m.clinician: m.text for m in ward.deliver()}
    assert set(first) == set(NORTH_NAMES)
    assert all("North &lt;Clinic&gt;" in text for text in first.values())
    ward.do(lambda uow: drills.begin(uow, each(ward.world), ward.now, by="test"))
    everybody = [m.clinician for m in ward.deliver()]
    assert len(everybody) == len(set(everybody)) == 8


def test_each_clinic_hears_of_an_outage_and_marks_it_done_for_itself(ward: Ward) -> None:
    ward.do(lambda uow: offline.leave_tasks(uow, ward.world, ward.now, "all night"))
    listed = ward.writes(HEAD, "/tasks")
    ward.presses(HEAD, listed[0].buttons[0][0].id)
    assert len(listed[0].buttons) == 1
    assert [task.clinic for task in ward.do(lambda uow: uow.tasks.open())] == ["main"]


def test_who_works_in_both_says_whose_the_new_patient_is(ward: Ward) -> None:
    line = "msc-recipient 2026-11-25T05:00 1958 iv First Last"
    refused = texts(ward.writes(BOTH, f"/enrol {line}"))
    assert "You work in several clinics" in refused
    assert "/enrol main msc-recipient" in refused
    asked = ward.writes(BOTH, "/enrol")
    assert [b.label for row in asked[0].buttons for b in row] == ["Cedar Clinic", "North <Clinic>"]
    course = ward.presses(BOTH, asked[0].buttons[1][0].id)
    guided = ward.presses(BOTH, next(b.id for m in course for row in m.buttons for b in row if "donating" in b.label))
    assert "/enrol north msc-donor" in texts(guided)
    ward.writes(BOTH, f"/enrol north {line}")
    ward.writes(HEAD, f"/enrol {line}")
    ward.writes(ADA, f"/enrol {line.replace('05:00', '11:00')}")
    found = ward.do(lambda uow: uow.patients.all())
    assert [(p.clinic, p.timezone) for p in found] == [
        (NORTH, "America/New_York"),
        (NORTH, "America/New_York"),
        ("main", "Europe/Berlin"),
    ]
    assert "I know no course" in texts(ward.writes(ADA, f"/enrol north {line}"))


def test_a_patient_changes_clinic_between_alerts_only(both: Ward) -> None:
    with pytest.raises(InvalidValue, match="is open"):
        both.do(lambda uow: enrolments.change_clinic(uow, both.world, both.now, 1, NORTH))
    both.deliver()
    _resolve(both, MAIN_ALERT, ADA)
    with pytest.raises(InvalidValue, match="no clinic 'south'"):
        both.do(lambda uow: enrolments.change_clinic(uow, both.world, both.now, 1, "south"))
    moved = both.do(lambda uow: enrolments.change_clinic(uow, both.world, both.now, 1, NORTH))
    both.says(moved, "it is worse")
    assert paged(both.deliver()) == [NIGHT]
    assert "K1-11" not in texts(both.writes(ADA, "/open"))


def test_the_patients_of_a_clinic_whose_file_is_gone_still_page_somebody_and_the_alarm_goes_off(both: Ward) -> None:
    both.deliver()
    content = both.world.content
    both.world = replace(both.world, content=replace(content, further={}))  # type: ignore[type-var]
    sent = [m for _ in range(8) for m in pages(_after(both, 10 * MINUTE)) if m.purpose == f"alert:{NORTH_ALERT}"]
    assert {m.clinician for m in sent} == {NURSE, BOTH}  # its chain, as far as it names people and rotas of the main clinic
    report = both.do(lambda uow: auditor.inspect(uow, both.world, both.now))
    assert [(p.count, p.detail) for p in report.problems if p.kind == "clinic_gone"] == [(1, "clinics/north.yaml")]
    assert not report.heartbeat


def test_a_stranger_reads_the_emergency_numbers_of_all_clinics(ward: Ward) -> None:
    world = replace(ward.world, content=replace(ward.world.content, messages=load_messages(MESSAGES)))  # type: ignore[type-var]
    inbound = Inbound(channel="telegram", external_id="1", address="stranger", kind=InboundKind.TEXT, text="hello")
    ward.do(lambda uow: strangers.answer(uow, inbound, world, ward.now))
    assert "112 / 911" in texts(ward.deliver())
