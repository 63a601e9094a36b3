"""What arrives is kept, handled once, and never lost: also when it cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from bot.core.careplan.enrolment import CheckInState, PatientState
from bot.core.delivery import Button, Kind
from bot.core.events import Inbound
from bot.ports import StoredButton
from bot.services import check_ins, intake
from bot.services.world import World
from tests.support.course import PATIENT, Course
from tests.support.paper import PaperChannel

STRANGER = 6001


class TornChannel(PaperChannel):
    """Cannot read one update, whatever it does."""

    def parse(self, raw: bytes) -> Inbound:
        if b"poison" in raw:
            raise RuntimeError("torn")
        return super().parse(raw)


def update(number: int, text: str, address: int = PATIENT) -> bytes:
    chat = {"id": address, "type": "private", "first_name": "A"}
    person = {"id": address, "is_bot": False, "first_name": "A"}
    return json.dumps(
        {"update_id": number, "message": {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text}}
    ).encode()


def accept(course: Course, raw: bytes) -> int | None:
    return course.store.transact(lambda uow: intake.accept(uow, PaperChannel(), raw, course.now))


def test_the_same_update_twice_has_one_effect() -> None:
    course = Course()
    assert accept(course, update(900, "/help")) is not None
    assert accept(course, update(900, "/help")) is None
    before = len(course.told())
    course.later(minutes=1)
    assert len(course.told()) == before + 1


def test_what_is_no_update_at_all_is_quarantined_and_not_lost() -> None:
    course = Course()
    course.expects_poison = True
    inbox_id = accept(course, b"\xff\x00 not json")
    assert inbox_id is not None
    kept = course.read(lambda uow: uow.inbox.quarantined(course.now - timedelta(hours=1)))
    assert [(item.id, item.raw) for item in kept] == [(inbox_id, b"\xff\x00 not json")]
    assert course.read(lambda uow: uow.inbox.waiting()) == 0


def test_a_poison_message_is_tried_three_times_quarantined_and_given_to_a_person_while_others_flow() -> None:
    course = Course()
    course.expects_poison = True
    course.world = replace(course.world, channels={"telegram": TornChannel()})
    accept(course, update(900, "poison"))
    accept(course, update(901, "who are you", STRANGER))
    course.later(seconds=1)
    assert len(course.told(STRANGER)) == 1
    course.later(seconds=29)
    (item,) = course.read(lambda uow: uow.inbox.quarantined(course.now - timedelta(minutes=5)))
    assert item.external_id == "900"
    course.expect_task("quarantined")
    assert course.read(lambda uow: uow.inbox.waiting()) == 0


def at_once(course: Course, raw: bytes) -> bool:
    channel = course.world.channels["telegram"]
    return course.store.transact(lambda uow: intake.accept_and_handle(uow, channel, raw, course.world, course.now))


def test_an_update_is_handled_in_the_transaction_that_keeps_it_and_only_once() -> None:
    course = Course()
    before = len(course.told())
    assert at_once(course, update(900, "/help"))
    assert not at_once(course, update(900, "/help"))
    assert course.read(lambda uow: uow.inbox.waiting()) == 0
    course.later(minutes=1)
    assert len(course.told()) == before + 1


def test_what_fails_as_it_arrives_waits_and_what_comes_after_it_waits_behind_it() -> None:
    course = Course()
    course.expects_poison = True
    course.world = replace(course.world, channels={"telegram": TornChannel()})
    torn = course.world.channels["telegram"]
    parsed = PaperChannel().parse(update(900, "poison"))
    course.store.transact(
        lambda uow: intake.accept_and_handle(uow, torn, update(900, "poison"), broken(course), course.now, parsed=parsed)
    )
    assert course.read(lambda uow: uow.inbox.waiting()) == 1
    before = len(course.told())
    assert at_once(course, update(901, "/help")), "kept, and the older one was tried in its place"
    assert course.read(lambda uow: uow.inbox.waiting()) == 2
    assert len(course.told()) == before
    course.later(seconds=29)
    assert course.read(lambda uow: uow.inbox.waiting()) == 0
    assert len(course.told()) == before + 1
    course.expect_task("quarantined")


def broken(course: Course) -> World:
    """A world in which nothing can be said."""
    return replace(course.world, content=None)  # type: ignore[arg-type]


def test_the_bot_leaves_a_group() -> None:
    course = Course()
    chat = {"id": -77, "type": "group", "title": "Family"}
    person = {"id": STRANGER, "is_bot": False, "first_name": "A"}
    raw = json.dumps(
        {"update_id": 900, "message": {"message_id": 5, "date": 1, "chat": chat, "from": person, "text": "hello bot"}}
    ).encode()
    accept(course, raw)
    course.later(minutes=1)
    (left,) = [message for message in course.sent if message.address == "-77"]
    assert left.kind is Kind.LEAVE


def test_a_patient_who_blocks_the_bot_is_a_task_and_gets_nothing_more_until_they_write_again() -> None:
    course = Course().blocks()
    assert course.patient_state() is PatientState.UNREACHABLE
    course.expect_task("unreachable")
    before = len(course.told())
    course.at(hours=3)
    assert len(course.told()) == before
    rows = course.planned
    assert rows[0].state is CheckInState.SKIPPED
    course.says("/help")
    assert course.patient_state() is PatientState.ACTIVE
    assert course.at(hours=6).session.asked == "red_flags"


def test_a_stopped_patient_who_unblocks_the_bot_is_still_stopped() -> None:
    course = Course().says("/stop").blocks().says("/help")
    assert course.patient_state() is PatientState.STOPPED


def test_a_forged_button_is_refused_and_changes_nothing() -> None:
    course = Course().at(hours=2)
    before = course.session
    course.presses_button(Button(id="forged", label="?"))
    assert course.session == before
    assert course.sent[-1].kind is Kind.BUTTON_ANSWER
    assert "does not work" in course.sent[-1].text


def test_a_button_works_for_its_owner_alone_once_and_not_for_ever() -> None:
    course = Course().at(hours=2)
    button = course.button("No, none of these")
    course.presses_button(button, address=STRANGER)
    assert course.session.position == 0
    course.presses_button(button)
    assert course.session.position == 1
    told = len(course.told())
    course.presses_button(button)
    assert course.session.position == 1
    assert len(course.told()) == told
    course.later(minutes=1).presses_button(button)
    assert course.session.position == 1
    assert "That question has passed" in course.last


def test_an_expired_button_is_refused() -> None:
    course = Course().at(hours=2)
    fresh = course.read(lambda uow: uow.buttons.get(course.button("No, none of these").id))
    assert fresh is not None
    old = StoredButton(id="old", owner=fresh.owner, action=fresh.action, payload=fresh.payload, expires_at=course.now)
    course.read(lambda uow: uow.buttons.add(old))
    course.presses_button(Button(id="old", label="No, none of these"))
    assert course.session.position == 0
    assert "That question has passed" in course.last


def test_a_patient_cannot_press_a_clinicians_button() -> None:
    course = Course().at(hours=2).presses("Yes")
    (alert,) = course.alerts
    pages = [message for message in course.sent if message.clinician and message.buttons]
    course.presses_button(pages[0].buttons[0][0])
    assert course.alerts == [alert]
    assert course.alerts[0].acknowledged_by is None


def test_one_patient_whose_row_cannot_be_handled_is_put_off_and_stops_nobody() -> None:
    course = Course()
    broken = replace(course.patient, timezone="Mars/Olympus")
    course.read(lambda uow: uow.patients.save(broken))
    due = course.treated_at + timedelta(hours=2)
    assert course.store.transact(lambda uow: check_ins.tick(uow, course.world, due)) == 1
    rows = course.planned
    assert rows[0].state is CheckInState.PLANNED
    assert rows[0].due_at == due + timedelta(minutes=10)
