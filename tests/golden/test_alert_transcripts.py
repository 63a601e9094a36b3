"""Alerts as both telephones show them. ``--update-golden`` rewrites the files; their differences are reviewed clinically."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.delivery import OutgoingMessage
from bot.ports import UnitOfWork
from bot.services import alert_review, digest_text, drills
from tests.support.chat import chatting
from tests.support.course import Course

Golden = Callable[[str, str], None]
NURSE, ADA, BORA = "nurse-cem", "dr-ada", "dr-bora"


def day_one() -> Course:
    """The morning after the infusion, ten o'clock in London."""
    return chatting(Course().at(hours=2).all_well().at(hours=22))


def handed_over() -> Course:
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=1).clinician_presses("Acknowledge", who=NURSE)
    course.later(minutes=3).clinician_presses("Hand over", who=NURSE).clinician_presses("Dr Ada", who=NURSE)
    course.later(minutes=2).clinician_presses("Acknowledge", who=ADA)
    course.later(minutes=20).clinician_presses("Resolve", who=ADA)
    return course.clinician_presses("Seen at the clinic", who=ADA)


def handed_over_and_not_answered() -> Course:
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=1).clinician_presses("Hand over", who=NURSE).clinician_presses("Dr Bora", who=NURSE)
    return course.later(minutes=11).clinician_presses("Acknowledge", who=ADA)


def calling() -> Course:
    course = chatting(Course().at(hours=2).all_well().at(hours=22))
    for hours, temperature in ((22, "36.9"), (26, "37.4")):
        course.at(hours=hours).says(f"my temperature is {temperature}")
    course = chatting(course.at(hours=30)).says("now it is 39.2 and I am shaking with cold")
    course.later(minutes=1).clinician_presses("Trend", who=NURSE).clinician_presses("I’m calling", who=NURSE)
    course.later(minutes=30).clinician_presses("I have called", who=NURSE)
    course.later(minutes=40).clinician_presses("Resolve", who=NURSE)
    return course.clinician_presses("Sent to emergency care", who=NURSE)


def a_call_that_was_forgotten() -> Course:
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=1).clinician_presses("I’m calling", who=NURSE)
    course.later(minutes=61)
    return course.later(minutes=1).clinician_presses("Acknowledge", who=NURSE)


def relay() -> Course:
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=1).clinician_presses("Reply", who=NURSE).clinician_says("Can you come to the clinic at four?")
    course.later(minutes=2).says("yes I can do that")
    course.later(minutes=1).clinician_presses("Reply", who=NURSE).clinician_says("Good. Do not walk, take a taxi <3")
    course.later(minutes=5).says("now I cannot breathe")
    course.later(minutes=1).clinician_presses("Acknowledge", who=ADA)
    course.later(minutes=9).clinician_presses("Resolve", who=ADA)
    return course.clinician_presses("Sent to emergency care", who=ADA)


def nobody_acknowledges() -> Course:
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=25).says("and now I have a sharp pain when I breathe in")
    return course.later(minutes=20)


def not_clinical() -> Course:
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=4).clinician_presses("Not clinical", who=NURSE).clinician_presses("Yes, not clinical", who=NURSE)
    monday = course.now + timedelta(days=6, hours=1)

    def weekly(uow: UnitOfWork) -> list[OutgoingMessage]:
        alert_review.send_weekly(uow, course.world, monday)
        return list(uow.outbox.of_purpose(f"weekly_review:{monday:%G-W%V}"))

    for message in course.store.transact(weekly):
        course.script.sent(monday, message)
    return course


def a_shift_taken_over() -> Course:
    """Eleven o'clock at the clinic: Dr Bora takes Dr Ada's shift for the day, is paged for it, and gives it back."""
    course = day_one().clinician_writes(BORA, "/oncall").clinician_presses("Take over doctors until 20:00", who=BORA)
    course.later(minutes=5).says("my left calf is swollen and sore since last night")
    course.later(minutes=10).clinician_presses("Acknowledge", who=BORA)
    course.later(minutes=30).clinician_presses("Resolve", who=BORA).clinician_presses("Seen at the clinic", who=BORA)
    course.later(minutes=5).clinician_writes(BORA, "/oncall").clinician_presses("Give doctors back", who=BORA)
    return course.later(minutes=1).clinician_writes(NURSE, "/oncall")


def a_shift_begins() -> Course:
    """Eight in the evening at the clinic: Dr Bora comes on call, and reads how it stands."""
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=4).clinician_presses("Acknowledge", who=NURSE)
    course.later(minutes=2).clinician_presses("Resolve", who=NURSE).clinician_presses("Seen at the clinic", who=NURSE)
    course = chatting(course.at(hours=24).all_well().at(hours=30, minutes=55))
    course.says("my temperature is 38.2 and my back hurts 6/10").at(hours=31, minutes=1)
    return course.lets(lambda uow: digest_text.send_due(uow, course.world, course.now))


def a_drill() -> Course:
    """Every telephone once; Dr Bora's is not heard."""
    course = day_one()
    course.lets(lambda uow: drills.begin(uow, [course.world], course.now, by="operator"))
    course.later(seconds=42).clinician_presses("I have it (DRILL)", who=NURSE)
    return course.later(minutes=3).clinician_presses("I have it (DRILL)", who=ADA)


def a_colleague_takes_over() -> Course:
    course = day_one().says("my left calf is swollen and sore since last night")
    course.later(minutes=1).clinician_presses("I’m calling", who=NURSE)
    course.later(minutes=4).says("now I cannot breathe")
    course.later(minutes=1).clinician_presses("I’m calling", who=NURSE)
    course.later(minutes=2).clinician_presses("Take over", who=ADA)
    return course.later(minutes=5).clinician_presses("I have called", who=ADA)


CHATS: dict[str, Callable[[], Course]] = {
    "handed_over": handed_over,
    "handed_over_and_not_answered": handed_over_and_not_answered,
    "calling": calling,
    "a_call_that_was_forgotten": a_call_that_was_forgotten,
    "relay": relay,
    "nobody_acknowledges": nobody_acknowledges,
    "not_clinical": not_clinical,
    "a_shift_taken_over": a_shift_taken_over,
    "a_shift_begins": a_shift_begins,
    "a_drill": a_drill,
    "a_colleague_takes_over": a_colleague_takes_over,
}


@pytest.mark.parametrize("name", CHATS)
def test_the_chat_reads_as_it_was_reviewed(name: str, golden: Golden) -> None:
    golden(f"chats/{name}.txt", CHATS[name]().transcript(name.replace("_", " ")))


def test_no_page_in_any_chat_is_longer_than_eight_lines_or_names_the_patient() -> None:
    for build in CHATS.values():
        course = build()
        for message in course.sent:
            if message.clinician is None:
                continue
            assert "Alex" not in message.text
            if message.purpose.startswith("alert:"):
                assert len(message.text.splitlines()) <= 8
