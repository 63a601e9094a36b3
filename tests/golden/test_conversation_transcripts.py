"""Whole courses as a clinician can read them. ``--update-golden`` rewrites the files; their differences are reviewed clinically."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.core.clinical.patient import Risk
from tests.support.course import Course

STRANGER = 6001
PENGUIN = "I couldn't breathe, my grandson does such a penguin"
RABBIT = "The crowd nearly fainted when the rabbit bit me. The rabbit lives. So do I"
Golden = Callable[[str, str], None]


def well_first_week() -> Course:
    course = Course()
    for _ in range(8):
        course.to_next_check_in().all_well()
    return course


def fever_on_day_2() -> Course:
    course = Course()
    for hours in (2, 6, 12, 24):
        course.at(hours=hours).all_well()
    course.at(days=2).asks("temperature").replies("38.4, otherwise I feel ok")
    course.all_well()
    return course.later(hours=3).says("now it is 39.2").later(minutes=2).clinician_presses("Acknowledge")


def clot_on_day_12() -> Course:
    course = Course()
    for _ in range(9):
        course.to_next_check_in().all_well()
    course.at(days=12, hours=5).says("left calf swollen and sore since yesterday")
    course.later(minutes=3).clinician_presses("Acknowledge")
    course.later(minutes=2).says("and now a sharp pain when I breathe in")
    return course.later(minutes=1).clinician_presses("Acknowledge")


def donor() -> Course:
    course = Course(schedule="msc-donor", route=None)
    course.to_next_check_in().all_well()
    course.to_next_check_in().all_well()
    course.at(hours=24).asks("donor_pain").says("5/10 where they took the marrow, but I can walk")
    return course.all_well()


def stop_with_bleeding() -> Course:
    course = Course().at(hours=2).all_well()
    course.at(hours=3).says("STOP. My drip site is bleeding and it won't stop")
    course.later(minutes=1).clinician_presses("Acknowledge").clinician_presses("Resolve")
    course.clinician_presses("Sent to emergency care")
    return course.at(days=3).says("/start")


def clarified_to_a_person() -> Course:
    course = Course().at(hours=2).all_well()
    course.at(hours=4).says("qwertz uiop")
    return course.later(minutes=31)


def clarified_in_a_check_in() -> Course:
    course = Course().at(hours=2)
    course.says("qwertz uiop").presses("No")
    return course.all_well()


def only_suspected() -> Course:
    """A phrase of danger among words that no rule knows: asked about; no ends it, silence does not, and a yes counts for the phrase."""
    course = Course().at(hours=2).all_well()
    course.at(hours=3).says(PENGUIN).later(minutes=1).presses("No")
    course.at(hours=4).says(PENGUIN)
    course.later(minutes=31).clinician_presses("Acknowledge")
    return course.at(hours=5).says(RABBIT).later(minutes=1).presses("Yes")


def how_ill() -> Course:
    """What they say is mild, and feared to be graver: asked how ill they are; a no brings the advice for what they said."""
    return Course().at(hours=2).all_well().at(hours=3).says("mir ist schwindelig").later(minutes=1).presses("No")


def silence() -> Course:
    return Course().at(hours=12)


def clot_history_and_silent() -> Course:
    course = Course(risks=frozenset({Risk.PREVIOUS_CLOT}))
    for hours in (2, 6, 12.1):
        course.at(hours=hours).all_well()
    return course.at(hours=26, minutes=5).clinician_presses("I’m calling").later(minutes=9).says("I was asleep, I feel well")


def usual_for_them() -> Course:
    course = Course().at(days=4).all_well().says("pain in my back 6/10")
    course.later(minutes=5).clinician_presses("Usual for them").clinician_presses("7 days")
    course.says("Known arthritis of the spine", address=course.clinician_address or 0).later(minutes=1)
    course.clinician_presses("Resolve").clinician_presses("Advised by phone")
    course.later(hours=2).says("pain in my back 6/10")
    return course.later(hours=1).says("pain in my back 8/10 now")


def stranger() -> Course:
    course = Course()
    for text in ("hello", "who is Alex Example?", "is this the clinic?", "please answer", "I have crushing chest pain"):
        course.later(minutes=1).says(text, address=STRANGER)
    return course


def stolen_link() -> Course:
    course = Course(onboarded=False)
    course.opens().replies("1961")
    return course.opens(address=STRANGER).later(minutes=1).says("1961", address=STRANGER)


def wrong_birth_year() -> Course:
    course = Course(onboarded=False).opens()
    for year in ("61", "1960", "1962", "1963", "1964", "1965"):
        course.replies(year)
    return course.replies("1961")


def voice() -> Course:
    course = Course().at(hours=2).sends_voice().sends_voice(caption="this is how short of breath I am")
    return course.later(minutes=1)


def edited_message() -> Course:
    course = Course().at(hours=2).all_well()
    course.at(hours=3).says("temperature 37.2")
    course.later(minutes=1).edits("temperature 39.2")
    return course.later(minutes=1).edits("temperature 37.2")


def old_button() -> Course:
    course = Course().at(hours=2)
    first = course.button("No, none of these")
    course.presses_best()
    return course.later(minutes=5).presses_button(first)


def red_flag_button() -> Course:
    course = Course().at(hours=2).presses("Yes").presses("Chest pain")
    return course.later(minutes=1).clinician_presses("Acknowledge")


def impossible_number() -> Course:
    return Course().at(hours=2).asks("temperature").replies("388").replies("3888")


def a_day_down() -> Course:
    course = Course().at(hours=2).all_well()
    return course.sleeps(hours=26).all_well()


def other_commands() -> Course:
    course = Course().says("/help").says("/language").presses("English").says("/report").all_well()
    return course.says("/stop").says("/stop").says("/start")


def declined() -> Course:
    course = Course(onboarded=False).opens().replies("1961").presses("English").presses("No thanks")
    return course.later(hours=5).says("/start").presses("I agree")


def fever_in_turkish() -> Course:
    course = Course(onboarded=False, language="tr", timezone="Europe/Istanbul")
    course.opens().replies("1961").presses("Türkçe").presses("Kabul ediyorum")
    course.at(hours=2).all_well()
    course.at(hours=6).asks("temperature").replies("38,6 ama kendimi iyi hissediyorum").all_well()
    course.at(hours=9).says("nefes alamıyorum")
    return course.later(minutes=1).clinician_presses("Acknowledge")


def fever_in_arabic() -> Course:
    course = Course(onboarded=False, language="ar", timezone="Asia/Riyadh")
    course.opens().replies("١٩٦١").presses("العربية").presses("أوافق")
    course.at(hours=2).all_well()
    course.at(hours=6).asks("temperature").replies("٣٨٫٦").all_well()
    for hours in (11, 12, 20, 24, 48):
        course.at(hours=hours).all_well()
    course.at(hours=50).says("ساقي اليسرى متورمة ومؤلمة منذ أمس")
    return course.later(minutes=1).clinician_presses("Acknowledge")


def emergency_that_nobody_answers() -> Course:
    """Five minutes before a check-in: what they write, what they are told by itself, and when the check-in comes at last."""
    course = Course()
    for hours in (2, 6, 12):
        course.at(hours=hours).all_well()
    course.at(hours=23, minutes=55).says("I cannot breathe and my chest hurts")
    course.later(minutes=2).says("I feel ill")
    course.later(minutes=7).says("my ankles are a bit swollen too")
    course.later(minutes=5).clinician_presses("I’m calling", who="dr-ada")
    return course.later(minutes=1).says("I have called them, they are coming").later(minutes=5)


def emergency_in_turkish_that_nobody_answers() -> Course:
    course = Course(onboarded=False, language="tr", timezone="Europe/Istanbul")
    course.opens().replies("1961").presses("Türkçe").presses("Kabul ediyorum")
    course.at(hours=2).says("nefes alamıyorum")
    course.later(minutes=2).says("kendimi kötü hissediyorum")
    return course.later(minutes=7)


COURSES = (
    well_first_week,
    fever_on_day_2,
    clot_on_day_12,
    donor,
    stop_with_bleeding,
    clarified_to_a_person,
    clarified_in_a_check_in,
    only_suspected,
    how_ill,
    silence,
    clot_history_and_silent,
    usual_for_them,
    stranger,
    stolen_link,
    wrong_birth_year,
    voice,
    edited_message,
    old_button,
    red_flag_button,
    impossible_number,
    a_day_down,
    other_commands,
    declined,
    emergency_that_nobody_answers,
    emergency_in_turkish_that_nobody_answers,
    fever_in_turkish,
    fever_in_arabic,
)


@pytest.mark.parametrize("live", COURSES, ids=lambda live: live.__name__)
def test_a_course_reads_as_it_was_reviewed(live: Callable[[], Course], golden: Golden) -> None:
    course = live()
    tasks = [f"task: {task.kind}, {task.disposition.word}" for task in course.tasks]
    alerts = [f"alert: {alert.disposition.word}, {alert.state.value}" for alert in course.alerts]
    text = course.transcript(live.__name__.replace("_", " ")) + "\n".join(["", "--- at the end", *alerts, *tasks, ""])
    golden(f"transcripts/{live.__name__}.txt", text)
