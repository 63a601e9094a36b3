"""What clinicians do in their own chat, and what nobody else may do there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.delivery import Kind, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.alert import AlertState
from bot.core.events import InboundKind
from bot.ports import StoredButton, Task
from bot.services import clinicians, enrolments
from tests.support.escalation import ADA, BORA, MINUTE, NURSE, ROOT, Ward, button, clinic, messages, paged, pages, rota


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def texts(sent: list[OutgoingMessage]) -> list[str]:
    return [m.text for m in sent]


def page_of(ward: Ward) -> OutgoingMessage:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    return page


REFUSED = "This button is not yours or has expired."

# --- presses that are refused --------------------------------------------------------------------------------------------


def test_a_colleague_s_button_is_refused_and_audited(ward: Ward) -> None:
    page = page_of(ward)
    assert texts(ward.presses(BORA, button(page, "Acknowledge"))) == [REFUSED]
    assert ward.alert().state is AlertState.OPEN
    assert "button.refused" in ward.audited()


def test_a_forged_button_is_refused_and_what_it_says_is_not_kept(ward: Ward) -> None:
    page_of(ward)
    assert texts(ward.presses(NURSE, "'; DROP TABLE alert; --\u202e" + "x" * 500)) == [REFUSED]
    assert ward.alert().state is AlertState.OPEN


def test_an_expired_button_is_refused(ward: Ward) -> None:
    page = page_of(ward)
    ward.passes(timedelta(days=31))
    assert texts(ward.presses(NURSE, button(page, "Acknowledge"))) == [REFUSED]


def test_a_button_of_a_kind_that_clinicians_do_not_have_is_refused(ward: Ward) -> None:
    page_of(ward)
    foreign = StoredButton(id="b1", owner=f"clinician:{NURSE}", action="answer", payload={}, expires_at=ward.now + MINUTE)
    ward.do(lambda uow: uow.buttons.add(foreign))
    assert texts(ward.presses(NURSE, "b1")) == [REFUSED]


def test_a_button_about_an_alert_that_is_gone_is_refused(ward: Ward) -> None:
    orphan = StoredButton(
        id="b1",
        owner=f"clinician:{NURSE}",
        action="alert.acknowledge",
        payload={"alert": "99", "version": "1"},
        expires_at=ward.now + MINUTE,
    )
    ward.do(lambda uow: uow.buttons.add(orphan))
    assert texts(ward.presses(NURSE, "b1")) == [REFUSED]


def test_an_outcome_that_is_not_offered_is_refused(ward: Ward) -> None:
    page_of(ward)
    forged = StoredButton(
        id="b1",
        owner=f"clinician:{NURSE}",
        action="alert.outcome",
        payload={"alert": "1", "version": "2", "outcome": "deleted"},
        expires_at=ward.now + MINUTE,
    )
    ward.do(lambda uow: uow.buttons.add(forged))
    assert texts(ward.presses(NURSE, "b1")) == [REFUSED]
    assert ward.alert().state is AlertState.OPEN


# --- leavers -------------------------------------------------------------------------------------------------------------


def test_a_revoked_clinician_is_refused_at_once_and_paged_no_more(ward: Ward) -> None:
    page = page_of(ward)
    ward.do(lambda uow: clinicians.revoke(uow, NURSE, "operator", ward.now))
    assert texts(ward.presses(NURSE, button(page, "Acknowledge"))) == [REFUSED]
    assert texts(ward.writes(NURSE, "/open")) == ["This chat has no access any more. Please ask the clinic."]
    assert ward.alert().state is AlertState.OPEN
    assert "clinician.refused" in ward.audited()
    assert ward.tick() == 1, "what waited for them goes on at once"
    assert paged(ward.deliver()) == [ADA]


def test_what_a_leaver_had_acknowledged_is_paged_again_at_once(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.do(lambda uow: clinicians.revoke(uow, NURSE, "operator", ward.now))
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [ADA]


def test_a_page_on_its_way_to_a_leaver_is_withdrawn(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.do(lambda uow: clinicians.revoke(uow, NURSE, "operator", ward.now))
    assert paged(ward.deliver()) == []


def test_a_leaver_s_copies_tell_no_more_about_the_patient(ward: Ward) -> None:
    page_of(ward)
    ward.passes(5 * MINUTE)
    ward.tick()
    [page] = pages(ward.deliver())
    ward.do(lambda uow: clinicians.revoke(uow, NURSE, "operator", ward.now))
    sent = ward.presses(ADA, button(page, "Acknowledge"))
    assert {m.clinician for m in sent if m.kind is Kind.EDIT} == {ADA}


def test_who_is_taken_out_of_the_clinic_s_file_is_refused_as_well(ward: Ward) -> None:
    page = page_of(ward)
    ward.edits(clinic(clinicians={ADA: "Dr Ada"}))
    assert texts(ward.presses(NURSE, button(page, "Acknowledge"))) == [REFUSED]


def test_revoking_somebody_unknown_says_so(ward: Ward) -> None:
    with pytest.raises(NotFound):
        ward.do(lambda uow: clinicians.revoke(uow, "nobody", "operator", ward.now))


def test_a_clinician_who_blocks_the_bot_lets_the_alert_climb(ward: Ward) -> None:
    page_of(ward)
    ward.writes(NURSE, "", InboundKind.BLOCKED)
    assert not ward.clinician(NURSE).reachable
    assert ward.tick() == 1


# --- binding a chat ------------------------------------------------------------------------------------------------------


def test_an_invitation_binds_a_chat_and_welcomes_by_name(ward: Ward) -> None:
    bound = ward.do(lambda uow: clinicians.bind(uow, ADA, ward.world, ward.now, channel="telegram", address="a-new-chat"))
    assert (bound.address, bound.name) == ("a-new-chat", "Dr Ada")
    old, new = ward.deliver()
    assert (old.address, new.address) == (f"chat-{ADA}", "a-new-chat")
    assert "go to another chat" in old.text
    assert new.text.startswith("Welcome, Dr Ada.")


def test_nobody_is_bound_who_is_not_in_the_clinic_s_file_or_was_revoked(ward: Ward) -> None:
    ward.do(lambda uow: clinicians.revoke(uow, ADA, "operator", ward.now))
    for name in ("dr-who", ADA):
        with pytest.raises(NotFound):
            ward.do(lambda uow, n=name: clinicians.bind(uow, n, ward.world, ward.now, channel="telegram", address="x"))  # type: ignore[misc]


# --- commands ------------------------------------------------------------------------------------------------------------


def test_oncall_tells_who_is_on_call_now_and_who_cannot_be_reached(ward: Ward) -> None:
    ward.edits(clinic(rotas=(rota(NURSE), rota(ADA, BORA, rota_id="doctors"), rota(rota_id="weekend"))))
    unbound = replace(ward.clinician(BORA), address=None)
    ward.do(lambda uow: uow.clinicians.put(unbound))
    [reply] = ward.writes(NURSE, "/oncall@aftercare_bot")
    assert reply.text.splitlines() == [
        "<b>On call now</b> (13:00, Europe/Berlin)",
        "nurses: Nurse Cem",
        "doctors: Dr Ada, Dr Bora (cannot be reached here)",
        "weekend: NOBODY",
    ]


def test_open_lists_what_is_open_most_urgent_first_with_a_button_each(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.passes(3 * timedelta(hours=1))
    ward.says(ward.patient("L2-11"), "chest pain", Disposition.EMERGENCY)
    ward.deliver()
    [reply] = ward.writes(ADA, "/open")
    assert reply.text.splitlines() == [
        "<b>Open alerts: 2</b>",
        "EMERGENCY · L2-11 · nobody has answered, 0 min",
        "URGENT · K7-42 · with Nurse Cem, 3 h",
    ]
    assert [b.label for row in reply.buttons for b in row] == ["EMERGENCY · L2-11", "URGENT · K7-42"]


def test_a_listed_alert_can_be_shown_and_acknowledged(ward: Ward) -> None:
    page_of(ward)
    [listing] = ward.writes(BORA, "/open")
    shown = next(m for m in ward.presses(BORA, button(listing, "URGENT · K7-42")) if m.kind is Kind.MESSAGE)
    assert "I have 39.2" in shown.text
    ward.presses(BORA, button(shown, "Acknowledge"))
    assert ward.alert().acknowledged_by == BORA


def test_a_closed_alert_that_is_shown_again_says_when_it_was_closed(ward: Ward) -> None:
    page = page_of(ward)
    [listing] = ward.writes(BORA, "/open")
    question = next(m for m in ward.presses(NURSE, button(page, "Resolve")) if m.kind is Kind.MESSAGE)
    ward.presses(NURSE, button(question, "Seen at the clinic"))
    ward.passes(timedelta(hours=1))
    shown = next(m for m in ward.presses(BORA, button(listing, "URGENT · K7-42")) if m.kind is Kind.MESSAGE)
    assert shown.text.endswith("Resolved by Nurse Cem at 13:00: Seen at the clinic.")
    assert shown.buttons == ()


def test_a_long_list_is_cut(ward: Ward) -> None:
    for number in range(12):
        ward.says(ward.patient(f"K{number}-10"), "I have 39.2")
    [reply] = [m for m in ward.writes(ADA, "/open") if m.clinician == ADA]
    assert len(reply.buttons) == 10
    assert reply.text.endswith("and 2 more")


def test_nothing_open_is_said_in_a_word(ward: Ward) -> None:
    assert texts(ward.writes(NURSE, "/open")) == ["There is no open alert."]


@pytest.mark.parametrize("command", ["/help", "/start", "/HELP"])
def test_help_says_what_there_is(ward: Ward, command: str) -> None:
    [reply] = ward.writes(NURSE, command)
    for known in ("/open", "/oncall", "/enrol"):
        assert known in reply.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [("thanks", InboundKind.TEXT), ("photo", InboundKind.UNREADABLE), ("", InboundKind.TEXT), ("/what", InboundKind.TEXT)],
)
def test_anything_else_is_kindly_answered_and_goes_to_no_patient(ward: Ward, text: str, kind: InboundKind) -> None:
    page_of(ward)
    [reply] = ward.writes(NURSE, text, kind)
    assert reply.clinician == NURSE
    assert reply.text.startswith("This went to nobody.")


# --- tasks ---------------------------------------------------------------------------------------------------------------


def leave_task(ward: Ward, kind: str, level: Disposition = Disposition.SAME_DAY, patient: int | None = 1) -> None:
    task = Task(id=0, patient_id=patient, kind=kind, disposition=level, at=ward.now)
    ward.do(lambda uow: uow.tasks.add(task))


def test_tasks_are_listed_most_urgent_first_and_never_by_name(ward: Ward) -> None:
    ward.patient()
    leave_task(ward, "silence")
    ward.passes(timedelta(days=3))
    leave_task(ward, "undelivered", Disposition.URGENT)
    leave_task(ward, "something_new", patient=None)
    [reply] = ward.writes(NURSE, "/tasks")
    assert reply.text.splitlines() == [
        "<b>Tasks: 3</b>",
        "URGENT · K7-42 · did not get our message, phone them, 0 min",
        "SAME DAY · K7-42 · has not answered, 3 days",
        "SAME DAY · - · something_new, 0 min",
    ]


def test_a_task_is_done_once(ward: Ward) -> None:
    ward.patient()
    leave_task(ward, "silence")
    [reply] = ward.writes(NURSE, "/tasks")
    [other] = ward.writes(ADA, "/tasks")
    label = "Done: K7-42 · has not answered"
    assert texts(ward.presses(NURSE, button(reply, label))) == ["Done. Thank you."]
    assert ward.do(lambda uow: uow.tasks.open()) == []
    ward.presses(ADA, button(other, label))
    assert ward.audited().count("task.done") == 1
    assert texts(ward.writes(NURSE, "/tasks")) == ["There is nothing to do."]


def test_every_kind_of_task_that_the_code_leaves_has_its_words() -> None:
    sources = [*(ROOT / "bot" / "core").rglob("*.py"), *(ROOT / "bot" / "services").rglob("*.py")]
    written = re.compile(r'Task\((?:[^()]|\([^()]*\))*?kind="([a-z_]+)"')
    kinds = {kind for path in sources for kind in written.findall(path.read_text(encoding="utf-8"))}
    assert {"silence", "nobody_reachable"} <= kinds
    assert {kind for kind in kinds if not messages().keys >= {f"clinician.tasks.kind.{kind}"}} == set()


# --- inviting a patient --------------------------------------------------------------------------------------------------

LINE = "/enrol msc-recipient 2026-11-25T10:00 1958 iv"


def test_one_line_makes_an_invitation(ward: Ward) -> None:
    [reply] = ward.writes(NURSE, f"{LINE} diabetes,anticoagulant Marta Secretname")
    patient = ward.do(lambda uow: uow.patients.get(1))
    [course] = ward.do(lambda uow: uow.enrolments.of_patient(1))
    assert (patient.name, patient.birth_year, patient.timezone) == ("Marta Secretname", 1958, "Europe/Berlin")
    assert (course.schedule, course.role, course.route) == ("msc-recipient", Role.RECIPIENT, Route.IV)
    assert {Risk.DIABETES, Risk.ANTICOAGULANT} <= course.risks
    assert course.treated_at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC), "the clinic's wall clock"
    assert f"patient {patient.code}" in reply.text
    assert "Secretname" not in reply.text
    token = reply.text.split("start=")[1].split()[0]
    invitation = ward.do(lambda uow: uow.invitations.by_hash(enrolments.hash_of(token)))
    assert invitation is not None
    assert invitation.subject == "patient:1"


def test_an_edited_line_enrols_nobody_a_second_time(ward: Ward) -> None:
    ward.writes(NURSE, f"{LINE} Marta Secretname")
    assert ward.writes(NURSE, f"{LINE} Marta Secretnam", InboundKind.EDITED) == []
    assert len(ward.do(lambda uow: uow.patients.all())) == 1


def test_a_donor_s_line_has_no_route(ward: Ward) -> None:
    ward.writes(NURSE, "/enrol msc-donor 2026-11-25T10:00 1990 Jan Donor")
    [course] = ward.do(lambda uow: uow.enrolments.of_patient(1))
    assert (course.role, course.route) == (Role.DONOR, None)
    assert ward.do(lambda uow: uow.patients.get(1)).name == "Jan Donor"


def test_a_time_with_an_offset_is_taken_as_it_is(ward: Ward) -> None:
    ward.writes(NURSE, "/enrol msc-recipient 2026-11-25T10:00+02:00 1958 iv Marta")
    [course] = ward.do(lambda uow: uow.enrolments.of_patient(1))
    assert course.treated_at == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/enrol nonsense 2026-11-25T10:00 1958 iv Marta", "I know no course “nonsense”"),
        ("/enrol msc-recipient", "is no date and time"),
        ("/enrol msc-recipient 25.11.2026 1958 iv Marta", "is no date and time"),
        ("/enrol msc-recipient 2026-11-25 1958 iv Marta", "is no date and time"),
        ("/enrol msc-recipient 2026-03-29T02:30 1958 iv Marta", "is no date and time"),
        ("/enrol msc-recipient 0001-01-01T00:00 1958 iv Marta", "is no date and time"),
        ("/enrol msc-recipient 2026-11-25T23:00 1958 iv Marta", "is still ahead"),
        ("/enrol msc-recipient 1999-11-25T10:00 1958 iv Marta", "too far back"),
        ("/enrol msc-recipient 2026-11-25T10:00 58 iv Marta", "no year of birth"),
        ("/enrol msc-recipient 2026-11-25T10:00 2020 iv Marta", "no year of birth"),
        ("/enrol msc-recipient 2026-11-25T10:00 ١٩٥٨ iv Marta", "no year of birth"),
        ("/enrol msc-recipient 2026-11-25T10:00 1958 oral Marta", "no route of this course"),
        ("/enrol msc-recipient 2026-11-25T10:00 1958 iv", "The name is missing"),
        ("/enrol msc-recipient 2026-11-25T10:00 1958 iv diabetes", "The name is missing"),
    ],
)
def test_a_line_that_does_not_fit_is_explained_and_enrols_nobody(ward: Ward, line: str, problem: str) -> None:
    said, usage = texts(ward.writes(NURSE, line))
    assert problem in said
    assert "/enrol msc-" in usage
    assert ward.do(lambda uow: uow.patients.all()) == []


def test_the_guided_form_asks_course_and_route_and_writes_the_line(ward: Ward) -> None:
    [courses] = ward.writes(NURSE, "/enrol")
    schedules = ward.world.content.schedules
    assert [b.label for row in courses.buttons for b in row] == [s.title for s in schedules.values()]
    recipient = schedules["msc-recipient"].title
    routes = next(m for m in ward.presses(NURSE, button(courses, recipient)) if m.kind is Kind.MESSAGE)
    line = next(m for m in ward.presses(NURSE, button(routes, "into a joint")) if m.kind is Kind.MESSAGE)
    assert "/enrol msc-recipient 2026-11-25T12:00 1958 intra_articular First Last" in line.text
    ward.writes(NURSE, line.text.splitlines()[1])
    [course] = ward.do(lambda uow: uow.enrolments.of_patient(1))
    assert course.route is Route.INTRA_ARTICULAR


def test_the_guided_form_for_a_donor_asks_no_route(ward: Ward) -> None:
    [courses] = ward.writes(NURSE, "/enrol")
    donor = ward.world.content.schedules["msc-donor"].title
    line = next(m for m in ward.presses(NURSE, button(courses, donor)) if m.kind is Kind.MESSAGE)
    assert "/enrol msc-donor 2026-11-25T12:00 1958 First Last" in line.text
