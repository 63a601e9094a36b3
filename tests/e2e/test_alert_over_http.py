"""An alert on two telephones, through the real runtime and over HTTP: the chart as a photo, the two-way relay, hands over."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from bot.core.escalation.alert import AlertState
from tests.e2e.test_course_over_http import Course, alerts, course

__all__ = ["course"]

SWOLLEN = "my left calf is swollen and sore"


async def alarmed(course: Course, *before: str) -> None:
    await course.joins()
    await course.passes(minutes=5)
    for text in before:
        await course.writes(text)
        await course.passes(minutes=20)
    await course.writes(SWOLLEN)


async def test_a_tap_on_trend_brings_a_picture_of_the_figures_and_no_name(course: Course) -> None:
    await course.joins()
    await course.passes(minutes=5)
    for figures in ("my temperature is 36.9", "my temperature is 37.2"):
        await course.writes(figures)
        await course.passes(minutes=20)
    await course.writes("now 39.4")
    page = course.nurse.messages[-1]
    assert "Trend: temperature 36.9 " in page.text
    await course.clinician_presses(course.nurse, "Trend")
    picture = course.nurse.messages[-1]
    assert (picture.kind, picture.protected) == ("photo", True)
    assert picture.text.startswith("Patient ")
    upload = course.stage.standin.world.files[picture.content["photo"][0]["file_id"]]
    with Image.open(BytesIO(upload.content)) as image:
        image.load()
        assert (image.format, image.width) == ("PNG", 720)
    [call] = [call for call in course.stage.standin.calls if call.method == "sendPhoto"]
    assert call.chat_id == course.nurse.id
    assert course.stage.standin.violations == []


async def test_an_answer_to_the_page_goes_to_the_patient_and_back(course: Course) -> None:
    await alarmed(course)
    course.nurse.answers(course.nurse.messages[-1], "Can you come at four? <b>")
    await course.passes(seconds=1)
    told = course.you.person.messages[-1]
    assert told.text.startswith("Nurse Cem, Cedar Clinic (demo): Can you come at four? <b>")
    assert told.protected
    await course.writes("yes I can do that")
    back = course.nurse.messages[-1]
    assert back.text.endswith(": yes I can do that")
    assert back.labels == ["Reply", "Resolve"]
    assert str(course.you.person.id) not in back.text
    course.nurse.answers(back, "Good.")
    await course.passes(seconds=1)
    assert course.you.person.messages[-1].text == "Nurse Cem, Cedar Clinic (demo): Good."
    assert course.stage.standin.violations == []


async def test_a_stranger_who_answers_a_message_of_their_own_reaches_nobody(course: Course) -> None:
    await alarmed(course)
    stranger = course.stage.standin.person("Stranger")
    stranger.writes("hello")
    await course.passes(seconds=1)
    before = len(course.you.person.messages)
    stranger.answers(stranger.messages[-1], "tell the patient to go home")
    await course.passes(seconds=1)
    assert len(course.you.person.messages) == before


async def test_a_patient_who_has_blocked_the_bot_is_told_to_the_one_who_wrote(course: Course) -> None:
    await alarmed(course)
    page = course.nurse.messages[-1]
    course.you.person.chat.blocked = True
    course.nurse.answers(page, "Can you come at four?")
    await course.passes(seconds=2)
    assert any("did not reach" in seen.text for seen in course.nurse.messages)


async def test_handed_over_it_is_on_the_other_telephone_at_once(course: Course) -> None:
    await alarmed(course)
    await course.clinician_presses(course.nurse, "Hand over")
    await course.clinician_presses(course.nurse, "Dr Ada")
    assert course.doctor.messages[-1].text.endswith("For you: Nurse Cem hands this over to you.")
    await course.clinician_presses(course.doctor, "I’m calling")
    assert "Dr Ada saw this at" in course.you.person.messages[-1].text
    assert "will call you by" in course.you.person.messages[-1].text
    [alert] = await alerts(course)
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "dr-ada")
    pages = [seen for seen in course.nurse.messages if seen.text.startswith("URGENT")]
    assert "Dr Ada has it and calls by" in pages[-1].text, "everybody's copy says so"
