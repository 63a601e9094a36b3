"""Raw updates to Inbound: what Telegram sends, and what it should never send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram_parse import address_of, parse_update
from bot.core.events import Inbound, InboundKind

ANN = {"id": 42, "is_bot": False, "first_name": "Ann", "language_code": "de"}
PRIVATE = {"id": 42, "type": "private", "first_name": "Ann"}
GROUP = {"id": -77, "type": "supergroup", "title": "Family"}


def parse(**update: Any) -> Inbound:
    return parse_update(json.dumps({"update_id": 9, **update}).encode())


def private(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "from": ANN, "chat": PRIVATE, "date": 1_700_000_000, **content}


def in_group(**content: Any) -> dict[str, Any]:
    return {**private(**content), "chat": GROUP}


def test_a_text_keeps_who_wrote_it_when_and_in_which_language() -> None:
    inbound = parse(message=private(text="hello"))
    assert inbound == Inbound(
        channel="telegram",
        external_id="9",
        address="42",
        kind=InboundKind.TEXT,
        text="hello",
        message_id="5",
        language="de",
        sent_at=datetime.fromtimestamp(1_700_000_000, UTC),
    )


def test_an_edited_text_carries_the_moment_of_the_edit() -> None:
    inbound = parse(edited_message=private(text="39.5", edit_date=1_700_000_060))
    assert (inbound.kind, inbound.text) == (InboundKind.EDITED, "39.5")
    assert inbound.sent_at == datetime.fromtimestamp(1_700_000_060, UTC)


def test_a_pressed_button_keeps_its_opaque_id_and_the_question_it_stood_under() -> None:
    inbound = parse(
        callback_query={"id": "777", "from": ANN, "chat_instance": "1", "data": "opaque", "message": private(text="?")}
    )
    assert (inbound.kind, inbound.button, inbound.callback_id, inbound.message_id) == (InboundKind.BUTTON, "opaque", "777", "5")
    assert (inbound.address, inbound.language) == ("42", "de")


def test_a_button_without_its_message_or_data_is_still_a_button() -> None:
    inbound = parse(callback_query={"id": "777", "from": ANN, "chat_instance": "1"})
    assert (inbound.kind, inbound.button, inbound.address) == (InboundKind.BUTTON, "", "42")


@pytest.mark.parametrize(
    "kind",
    [
        "voice",
        "photo",
        "sticker",
        "document",
        "location",
        "contact",
        "video",
        "video_note",
        "audio",
        "poll",
        "dice",
        "venue",
        "animation",
    ],
)
def test_what_is_no_text_is_unreadable_and_keeps_its_caption(kind: str) -> None:
    content: object = [{"file_id": "x"}] if kind == "photo" else {"file_id": "x"}
    inbound = parse(message=private(caption="my leg", **{kind: content}))
    assert (inbound.kind, inbound.text, inbound.caption) == (InboundKind.UNREADABLE, kind, "my leg")


def test_a_kind_of_message_that_nobody_knows_yet_goes_to_a_person() -> None:
    assert parse(message=private(hologram={})).kind is InboundKind.UNREADABLE
    assert parse(message=private(text=5)).kind is InboundKind.UNREADABLE


def test_messages_that_telegram_writes_itself_are_ignored() -> None:
    assert parse(message=private(pinned_message={"message_id": 1})).kind is InboundKind.IGNORED


def test_a_moving_live_location_is_ignored_but_an_edited_caption_is_not() -> None:
    assert parse(edited_message=private(location={"latitude": 1.0, "longitude": 2.0})).kind is InboundKind.IGNORED
    edited = parse(edited_message=private(photo=[], caption="it bleeds"))
    assert (edited.kind, edited.caption) == (InboundKind.UNREADABLE, "it bleeds")


@pytest.mark.parametrize(("status", "kind"), [("kicked", InboundKind.BLOCKED), ("member", InboundKind.UNBLOCKED)])
def test_blocking_and_unblocking(status: str, kind: InboundKind) -> None:
    assert parse(my_chat_member={"chat": PRIVATE, "from": ANN, "date": 1, "new_chat_member": {"status": status}}).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"), [("member", InboundKind.GROUP), ("administrator", InboundKind.GROUP), ("left", InboundKind.IGNORED)]
)
def test_being_added_to_a_group_is_told_and_leaving_it_is_not(status: str, kind: InboundKind) -> None:
    inbound = parse(my_chat_member={"chat": GROUP, "from": ANN, "date": 1, "new_chat_member": {"status": status}})
    assert (inbound.kind, inbound.address) == (kind, "-77")


def test_anything_from_a_group_is_group_and_its_text_is_not_read() -> None:
    for update in ({"message": in_group(text="hi")}, {"edited_message": in_group(text="hi")}, {"message": in_group(voice={})}):
        inbound = parse(**update)
        assert (inbound.kind, inbound.address, inbound.text) == (InboundKind.GROUP, "-77", "")


def test_a_button_pressed_in_a_group_is_group() -> None:
    inbound = parse(callback_query={"id": "7", "from": ANN, "data": "x", "message": in_group(text="?")})
    assert (inbound.kind, inbound.address) == (InboundKind.GROUP, "-77")


def test_a_migrated_group_names_its_new_id() -> None:
    inbound = parse(message=in_group(migrate_to_chat_id=-10077))
    assert (inbound.kind, inbound.address, inbound.text) == (InboundKind.MIGRATED, "-77", "-10077")
    assert parse(message=in_group(migrate_from_chat_id=-77)).kind is InboundKind.IGNORED


@pytest.mark.parametrize("name", ["channel_post", "inline_query", "poll", "business_message", "an_invention_of_next_year"])
def test_other_updates_are_ignored_but_keep_their_number(name: str) -> None:
    inbound = parse(**{name: {"from": ANN, "text": "x"}})
    assert (inbound.kind, inbound.external_id, inbound.address) == (InboundKind.IGNORED, "9", "42")


@pytest.mark.parametrize("content", [None, [], "text", 5, {}, {"chat": None}, {"chat": "x", "from": 3, "text": {"a": 1}}])
@pytest.mark.parametrize("name", ["message", "edited_message", "callback_query", "my_chat_member"])
def test_a_deformed_update_never_raises(name: str, content: object) -> None:
    assert parse(**{name: content}).external_id == "9"


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b"5", b"{", b"{}", b'{"update_id": "x"}', b'{"update_id": true}', b"\xff\xfe"]
)
def test_what_is_no_update_at_all_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no Telegram update"):
        parse_update(raw)


def test_lone_surrogates_and_nul_survive() -> None:
    raw = b'{"update_id":9,"message":{"message_id":5,"date":1,"chat":{"id":42,"type":"private"},"text":"a\\ud800b\\u0000c"}}'
    assert parse_update(raw).text == "a\ud800b\0c"


def test_broken_utf8_is_read_with_marks_in_its_place() -> None:
    raw = b'{"update_id":9,"message":{"message_id":5,"date":1,"chat":{"id":42,"type":"private"},"text":"a\xffb"}}'
    assert parse_update(raw).text == "a\ufffdb"


@pytest.mark.parametrize("date", [10**30, -(10**30), "soon", None, 1e999])
def test_an_impossible_date_is_no_date(date: object) -> None:
    assert parse(message=private(text="x", date=date)).sent_at is None


def test_the_address_of_a_raw_update_is_the_parsed_one() -> None:
    for update in (
        {"update_id": 1, "message": private(text="x")},
        {"update_id": 1, "callback_query": {"from": ANN, "message": private(text="x")}},
        {"update_id": 1, "callback_query": {"from": ANN}},
        {"update_id": 1, "my_chat_member": {"chat": GROUP, "from": ANN}},
    ):
        assert address_of(update) == parse_update(json.dumps(update).encode()).address
    assert address_of({"update_id": 1}) == ""
