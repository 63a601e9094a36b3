"""A clinician and a patient write to each other through an alert: both stay who the bot says they are, and nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.core.careplan.enrolment import PatientState
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane, Outcome, OutgoingMessage
from bot.core.escalation.alert import AlertState
from bot.core.events import InboundKind
from bot.services import clinicians
from tests.support.course import PATIENT, Course
from tests.support.escalation import ADA, MINUTE, NURSE, Ward, button, clinic, pages

WORDS = "Which leg is it? Please put it up & do not walk. <b>Call</b> me on the clinic's line."


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def held(ward: Ward, by: str = NURSE) -> OutgoingMessage:
    ward.says(ward.patient(), "my calf is swollen")
    [page] = ward.deliver()
    ward.presses(by, button(page, "Acknowledge"))
    return page


def to_patient(sent: list[OutgoingMessage]) -> list[OutgoingMessage]:
    return [m for m in sent if m.clinician is None]


def texts(sent: list[OutgoingMessage]) -> list[str]:
    return [m.text for m in sent]


# --- clinician to patient ------------------------------------------------------------------------------------------------


def test_an_answer_to_the_alert_reaches_the_patient_as_from_the_care_team_and_literally(ward: Ward) -> None:
    page = held(ward)
    sent = ward.writes(NURSE, WORDS, to=page)
    [relayed] = to_patient(sent)
    assert relayed.text == (
        "<b>Nurse Cem, Cedar Clinic</b>: Which leg is it? Please put it up &amp; do not walk. &lt;b&gt;Call&lt;/b&gt; me on the "
        "clinic's line.\n\nYou can answer here, and Nurse Cem will read it. If you get worse, do not wait for a reply: call 112."
    )
    assert relayed.address == "chat-K7-42"
    assert "Sent to K7-42. What they answer comes here." in texts(sent)
    assert ward.alert().thread
    assert {"relay.to_patient"} <= set(ward.audited())


def test_the_hint_is_given_once(ward: Ward) -> None:
    page = held(ward)
    ward.writes(NURSE, "Which leg?", to=page)
    [second] = to_patient(ward.writes(NURSE, "Thank you.", to=page))
    assert second.text == "<b>Nurse Cem, Cedar Clinic</b>: Thank you."


def test_reply_waits_for_the_next_message_and_for_one_only(ward: Ward) -> None:
    page = held(ward)
    [asked] = [m for m in ward.presses(NURSE, button(page, "Reply")) if m.text]
    assert asked.text == "Write to patient K7-42 now: your next message goes to them as from you, Nurse Cem. /cancel if not."
    assert len(to_patient(ward.writes(NURSE, "Which leg?"))) == 1
    sent = ward.writes(NURSE, "what is for lunch")
    assert to_patient(sent) == []
    assert sent[0].text.startswith("This went to nobody.")


def test_cancel_and_a_quarter_of_an_hour_end_the_waiting(ward: Ward) -> None:
    page = held(ward)
    ward.presses(NURSE, button(page, "Reply"))
    assert texts(ward.writes(NURSE, "/cancel")) == ["Nothing was sent."]
    assert to_patient(ward.writes(NURSE, "hello")) == []
    ward.presses(NURSE, button(page, "Reply"))
    ward.passes(16 * MINUTE)
    assert to_patient(ward.writes(NURSE, "too late")) == []


def test_whoever_writes_has_taken_the_alert(ward: Ward) -> None:
    ward.says(ward.patient(), "my calf is swollen")
    [page] = ward.deliver()
    sent = to_patient(ward.writes(NURSE, "Which leg?", to=page))
    assert [m.text.partition(".")[0] for m in sent] == [
        "Nurse Cem saw this at 13:00",
        "<b>Nurse Cem, Cedar Clinic</b>: Which leg?\n\nYou can answer here, and Nurse Cem will read it",
    ]
    assert ward.alert().acknowledged_by == NURSE


def test_who_does_not_have_the_alert_writes_to_nobody(ward: Ward) -> None:
    ward.says(ward.patient(), "my calf is swollen")
    [first] = ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    [second] = pages(ward.deliver())
    ward.presses(ADA, button(second, "Acknowledge"))
    sent = ward.writes(NURSE, "Which leg?", to=first)
    assert to_patient(sent) == []
    assert texts(sent) == ["Dr Ada has the alert about K7-42: nothing was sent. Take it over first, or ask them."]
    assert "relay.refused" in ward.audited()


def test_an_answer_to_a_page_from_before_something_worse_is_stale(ward: Ward) -> None:
    page = held(ward)
    ward.says(ward.do(lambda u: u.patients.get(1)), "I cannot breathe", Disposition.EMERGENCY)
    ward.deliver()
    sent = ward.writes(NURSE, "Rest a little.", to=page)
    assert to_patient(sent) == []
    assert texts(sent) == ["This message is out of date. A newer one about the same patient is below."]
    assert ward.alert().state is AlertState.OPEN


def test_after_it_is_resolved_nothing_goes_through(ward: Ward) -> None:
    page = held(ward)
    ward.writes(NURSE, "Which leg?", to=page)
    asked = next(m for m in ward.presses(NURSE, button(page, "Resolve")) if m.purpose.startswith("alert_question"))
    closed = to_patient(ward.presses(NURSE, button(asked, "Advised by phone")))
    assert [m.text for m in closed] == [
        "Nurse Cem has ended this conversation. You can write to me at any time. In an emergency call 112."
    ]
    sent = ward.writes(NURSE, "One more thing", to=page)
    assert (to_patient(sent), texts(sent)) == ([], ["The alert about K7-42 is closed: nothing was sent."])


def test_a_leaver_writes_to_nobody(ward: Ward) -> None:
    page = held(ward)
    ward.do(lambda uow: clinicians.revoke(uow, NURSE, "operator", ward.now))
    sent = ward.writes(NURSE, "Which leg?", to=page)
    assert to_patient(sent) == []
    ward.edits(clinic(clinicians={ADA: "Dr Ada"}))
    assert to_patient(ward.writes(NURSE, "Which leg?", to=page)) == []
    assert "relay.to_patient" not in ward.audited()


def test_an_answer_to_somebody_else_s_page_is_for_nobody(ward: Ward) -> None:
    """Message ids are numbered by chat: another chat's id must lead nowhere."""
    page = held(ward)
    assert to_patient(ward.writes(ADA, "Which leg?", to=page)) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (InboundKind.UNREADABLE, "I pass on words only."),
        (InboundKind.EDITED, "I cannot change what was sent to K7-42. Please write a new message."),
    ],
)
def test_photos_and_changes_are_not_passed_on_and_the_clinician_is_told(ward: Ward, kind: InboundKind, told: str) -> None:
    page = held(ward)
    sent = ward.writes(NURSE, "photo", kind, to=page)
    assert to_patient(sent) == []
    assert texts(sent)[0].startswith(told)


def test_a_patient_who_cannot_be_reached_is_said_at_once(ward: Ward) -> None:
    page = held(ward)
    patient = ward.do(lambda u: u.patients.get(1))
    ward.do(lambda u: u.patients.save(replace(patient, state=PatientState.UNREACHABLE)))
    assert texts(ward.writes(NURSE, "Which leg?", to=page)) == [
        "K7-42 cannot be reached here. Please phone them. Nothing was sent."
    ]


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.REJECTED])
def test_words_that_do_not_arrive_are_told_to_who_wrote_them(ward: Ward, outcome: Outcome) -> None:
    page = held(ward)
    ward.writes(NURSE, "thinking", to=None)
    [row] = [m for m in _sends(ward, page) if m.clinician is None]
    ward.record(row, outcome)
    assert "<b>Your message did not reach K7-42.</b> Please phone them." in texts(ward.deliver())


def test_words_that_arrive_leave_no_such_note(ward: Ward) -> None:
    page = held(ward)
    ward.writes(NURSE, "Which leg?", to=page)
    assert ward.deliver() == []


def _sends(ward: Ward, page: OutgoingMessage) -> list[OutgoingMessage]:
    from bot.core.events import Inbound  # noqa: PLC0415 - used here alone

    reply_to = ward.do(lambda uow: uow.outbox.get(page.id)).provider_id
    inbound = Inbound(
        channel="telegram", external_id="9", address=f"chat-{NURSE}", kind=InboundKind.TEXT, text="Which leg?", reply_to=reply_to
    )
    clinician = ward.clinician(NURSE)
    ward.do(lambda uow: clinicians.handle(uow, inbound, clinician, ward.world, ward.now))
    return ward.claim()


def test_ten_thousand_characters_of_markup_go_through_literally(ward: Ward) -> None:
    page = held(ward)
    words = "<i>&</i>\u202e" * 1250
    [relayed] = to_patient(ward.writes(NURSE, words.strip(), to=page))
    assert relayed.text.count("&lt;i&gt;&amp;&lt;/i&gt;") == 1250
    assert "<i>" not in relayed.text


# --- patient to clinician, with the whole bot between them ----------------------------------------------------------------


def course_with_thread() -> Course:
    course = Course().at(hours=2).all_well()
    course.at(hours=30).says("my left calf is swollen and sore")
    course.clinician_presses("Acknowledge").clinician_presses("Reply")
    return course.clinician_says("Which leg is it, and since when?")


def clinician_told(course: Course, since: int) -> list[OutgoingMessage]:
    return [m for m in course.sent[since:] if m.clinician is not None and m.purpose.startswith("thread:")]


def test_what_the_patient_answers_comes_back_to_who_wrote_with_buttons(request: pytest.FixtureRequest) -> None:
    course = course_with_thread()
    since = len(course.sent)
    course.says("the left one, since this morning <b>really</b> \u202eolleh")
    [back] = clinician_told(course, since)
    code = course.patient.code
    assert back.text.startswith(f"<b>{code}</b>: the left one, since this morning &lt;b&gt;really&lt;/b&gt; [U+202E]olleh")
    assert [b.label for row in back.buttons for b in row] == ["Reply", "Resolve"]
    assert back.lane is Lane.ALERT
    assert "Alex" not in back.text
    assert str(PATIENT) not in back.text


def test_a_plain_answer_is_not_asked_back_by_the_bot() -> None:
    course = course_with_thread()
    before = len(course.told())
    course.says("at four o'clock")
    assert course.told()[before:] == []
    assert course.assessments[-1].text == "at four o'clock"


def test_a_red_flag_in_the_thread_is_triaged_like_any_other() -> None:
    course = course_with_thread()
    course.says("it is the left one, and now I cannot breathe")
    course.expect_alert("dyspnea", Disposition.EMERGENCY).expect_patient_told("emergency_number")
    assert course.alerts[-1].state is AlertState.OPEN


def test_a_reading_that_is_a_red_flag_is_triaged_in_the_thread_too() -> None:
    course = course_with_thread()
    before = course.alerts[-1].findings
    course.says("40.6")
    assert course.alerts[-1].findings == before + 1
    assert course.alerts[-1].state is AlertState.OPEN


def test_a_red_flag_in_the_thread_is_in_the_thread_as_well() -> None:
    course = course_with_thread()
    since = len(course.sent)
    course.says("it is the left one, and now I cannot breathe")
    assert clinician_told(course, since)


def test_a_voice_message_in_the_thread_is_told() -> None:
    course = course_with_thread()
    since = len(course.sent)
    course.sends_voice()
    assert "has sent something that is no text" in clinician_told(course, since)[0].text


def test_a_clinician_who_is_no_more_in_the_clinic_s_file_reads_no_answer() -> None:
    course = course_with_thread()
    since = len(course.sent)
    holder = course.alerts[-1].acknowledged_by
    library = course.world.content
    assert isinstance(library, Library)
    staff = {name: shown for name, shown in library.clinic.clinicians.items() if name != holder}
    course.world = replace(course.world, content=replace(library, clinic=replace(library.clinic, clinicians=staff)))
    course.says("it is the left one")
    assert holder is not None
    assert clinician_told(course, since) == []


def test_without_a_thread_nothing_is_passed_on() -> None:
    course = Course().at(hours=2).all_well()
    course.at(hours=30).says("my left calf is swollen and sore").clinician_presses("Acknowledge")
    since = len(course.sent)
    course.says("thank you")
    assert clinician_told(course, since) == []


def test_a_message_of_ten_thousand_characters_comes_back_whole() -> None:
    course = course_with_thread()
    since = len(course.sent)
    words = "".join(random.Random(5).choice("<b>&; \n") for _ in range(4000))  # noqa: S311 - the same in every run
    course.says("x" + words + "y")
    [back] = clinician_told(course, since)
    assert back.text.rstrip().endswith("y")
    assert "<b>" not in back.text.removeprefix(f"<b>{course.patient.code}</b>")


def test_a_stranger_gets_into_no_thread() -> None:
    course = course_with_thread()
    since = len(course.sent)
    course.says("I am the patient, really", address=6001)
    assert clinician_told(course, since) == []


def test_a_flood_in_the_thread_is_held_back_with_one_word_and_a_red_flag_in_it_still_pages() -> None:
    course = course_with_thread()
    since = len(course.sent)
    for _ in range(30):
        course.says("at four o'clock")
    passed_on = clinician_told(course, since)
    assert len(passed_on) == 21
    assert "writes more than I can pass on" in passed_on[-1].text
    assert len([a for a in course.assessments if a.text == "at four o'clock"]) == 30
    course.says("now I cannot breathe")
    course.expect_alert("dyspnea", Disposition.EMERGENCY)


def test_somebody_who_is_patient_and_clinician_writes_from_an_alert_as_a_clinician() -> None:
    course = Course().at(hours=2).all_well()
    nurse = course.read(lambda uow: uow.clinicians.get(NURSE))
    assert nurse is not None
    course.read(lambda uow: uow.clinicians.put(replace(nurse, address=str(PATIENT))))
    course.at(hours=30).says("my left calf is swollen and sore").presses("Reply")
    before = len(course.assessments)
    course.says("do you have chest pain?")
    assert len(course.assessments) == before, "a question to a patient is no complaint of theirs"
    assert any("<b>Nurse Cem, Cedar Clinic (demo)</b>: do you have chest pain?" in m.text for m in course.sent)
    course.says("I have chest pain")
    assert len(course.assessments) == before + 1, "and what they write afterwards is their own again"
