"""What a visitor of the demo lives through, without the page: the host drives the real bot over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app.demo.host import Demo
from bot.simulator.demo.state import Bubble

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    opened = await Demo.open(0, today=MONDAY)
    try:
        yield opened
    finally:
        await opened.close()


def now(demo: Demo) -> datetime:
    return datetime.fromisoformat(demo.state()["now"])


def newest(messages: list[Bubble]) -> Bubble:
    return messages[-1]


def check_ins(demo: Demo, state: str) -> list[str]:
    return [item["id"] for item in demo.state()["timeline"] if item["state"] == state]


async def test_everybody_is_enrolled_through_their_invitation(demo: Demo) -> None:
    state = demo.state()
    assert [choice["id"] for choice in state["patients"]] == ["well", "fever", "clot", "donor", "you"]
    assert state["now"] == "2026-03-02T10:00:00+03:00"
    first, last = state["patient_messages"][0], state["patient_messages"][-1]
    assert first["mine"]
    assert first["html"].startswith("/start")
    assert "Your follow-up has started" in last["html"]
    assert "Welcome, Nurse Cem" in newest(state["clinician_messages"])["html"]
    assert len(state["timeline"]) > 25, "the whole course lies ahead"


async def test_the_well_patient_goes_from_check_in_to_check_in(demo: Demo) -> None:
    for expected in ("h2", "h6", "h12", "h24", "d2", "d3"):
        await demo.advance(to_next=True)
        assert check_ins(demo, "sent") == [expected]
        assert newest(demo.state()["patient_messages"])["buttons"][0][0]["label"] == "No, none of these"
    assert check_ins(demo, "answered") == ["h2", "h6", "h12", "h24", "d2"]
    assert not any("URGENT" in bubble["html"] and "Felix" in bubble["html"] for bubble in demo.state()["clinician_messages"])


async def test_an_answer_by_hand_is_taken_like_any_other(demo: Demo) -> None:
    await demo.advance(to_next=True)
    asked = newest(demo.state()["patient_messages"])
    await demo.press("patient", asked["id"], asked["buttons"][0][0]["data"])
    following = newest(demo.state()["patient_messages"])
    assert following["id"] != asked["id"]
    assert following["buttons"]
    with pytest.raises(LookupError):
        await demo.press("patient", asked["id"], "forged")


@pytest.mark.parametrize(("patient", "days", "words"), [("fever", 2, "39.2"), ("clot", 12, "my left calf is swollen")])
async def test_time_stops_where_the_watched_patient_raises_an_alert(demo: Demo, patient: str, days: int, words: str) -> None:
    await demo.pick(patient)
    started = now(demo)
    await demo.advance(days=20)
    assert timedelta(days=days - 1) < now(demo) - started < timedelta(days=days + 1)
    page = next(b for b in reversed(demo.state()["clinician_messages"]) if b["buttons"])
    assert page["html"].startswith("<b>URGENT</b>")
    assert words in page["html"]
    assert [button["label"] for row in page["buttons"] for button in row][:2] == ["Acknowledge", "I’m calling"]
    assert any("+90 212 555 01 00" in bubble["html"] for bubble in demo.state()["patient_messages"][-8:])

    await demo.press("clinician", page["id"], page["buttons"][0][0]["data"])
    assert any("Nurse Cem saw this at" in bubble["html"] for bubble in demo.state()["patient_messages"][-8:])
    assert any("Seen by Nurse Cem" in bubble["html"] for bubble in demo.state()["clinician_messages"])


async def test_a_visitor_begins_with_their_own_invitation_even_weeks_later(demo: Demo) -> None:
    await demo.advance(days=10)
    await demo.pick("you")
    (link,) = demo.state()["suggestions"]
    await demo.write("patient", link)
    await demo.write("patient", "1980")
    for _ in range(2):
        asked = newest(demo.state()["patient_messages"])
        await demo.press("patient", asked["id"], asked["buttons"][0][0]["data"])
    assert "Your follow-up has started" in newest(demo.state()["patient_messages"])["html"]
    await demo.advance(to_next=True)
    assert check_ins(demo, "sent") == ["h2"]


async def test_faults_can_be_switched_on_and_the_message_arrives_all_the_same(demo: Demo) -> None:
    await demo.fault("busy")
    assert [fault["id"] for fault in demo.state()["faults"] if fault["active"]] == ["busy"]
    await demo.advance(hours=1)
    before = len(demo.state()["patient_messages"])
    await demo.write("patient", "/help")
    assert len(demo.state()["patient_messages"]) == before + 1, "nothing but their own message: Telegram refuses ours"
    await demo.fault("none")
    await demo.advance(hours=1)
    assert any("/stop" in bubble["html"] for bubble in demo.state()["patient_messages"][before:])
    with pytest.raises(LookupError):
        await demo.fault("earthquake")


async def test_every_change_is_news_for_the_page(demo: Demo) -> None:
    seen = demo.revision
    await demo.write("patient", "hello")
    assert demo.revision > seen
    await demo.changed(seen)
    with pytest.raises(LookupError):
        await demo.pick("nobody")
