"""The stand-in refuses what Telegram refuses, in Telegram's words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.simulator.telegram import Limits, StandIn


class HandClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn(clock=HandClock()) as standin:
        yield standin


async def call(standin: StandIn, method: str, *, token: str | None = None, form: bool = False, **params: Any) -> tuple[int, Any]:
    url = f"{standin.url}/bot{token or standin.token}/{method}"
    body: Any = {"data": params} if form else {"json": params}
    async with aiohttp.ClientSession() as session, session.post(url, **body) as response:
        answer = await response.json()
    return response.status, answer["result"] if answer["ok"] else answer["description"]


async def test_a_wrong_token_and_an_unknown_method(standin: StandIn) -> None:
    assert await call(standin, "getMe", token="110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDXXX") == (401, "Unauthorized")
    assert await call(standin, "getMe", token="nonsense") == (404, "Not Found")
    assert await call(standin, "sendPigeon") == (404, "Not Found")


@pytest.mark.parametrize("method", ["getMe", "getme", "GETME"])
async def test_method_names_are_case_insensitive(standin: StandIn, method: str) -> None:
    assert (await call(standin, method))[0] == 200


async def test_json_form_and_query_are_all_understood(standin: StandIn) -> None:
    ann = standin.person(started=True)
    assert (await call(standin, "sendMessage", chat_id=ann.id, text="json"))[0] == 200
    markup = '{"inline_keyboard": [[{"text": "Yes", "callback_data": "1"}]]}'
    assert (await call(standin, "sendMessage", form=True, chat_id=str(ann.id), text="form", reply_markup=markup))[0] == 200
    assert (await call(standin, f"sendMessage?chat_id={ann.id}&text=query"))[0] == 200
    assert [(seen.text, seen.labels) for seen in ann.messages] == [("json", []), ("form", ["Yes"]), ("query", [])]


BAD_SENDS: list[tuple[dict[str, Any], str]] = [
    ({"text": "x", "chat_id": 999}, "chat not found"),
    ({"text": "x", "chat_id": "nobody"}, "chat not found"),
    ({"text": "x", "chat_id": None}, "chat_id is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "a\ud800"}, "strings must be encoded in UTF-8"),
    ({"text": "x", "parse_mode": "Pigeon"}, "unsupported parse_mode"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "x" * 65}]]}}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "ü" * 33}]]}}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "A"}]]}}, "text buttons are unallowed in the inline keyboard"),
    (
        {"text": "x", "reply_markup": {"inline_keyboard": [{"text": "A"}]}},
        "can't parse inline keyboard: expected an Array of Array",
    ),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ({"text": "<x>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "x" at byte offset 0'),
    ({"text": "1 < 2", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
    ({"text": "é<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    ({"text": "x</b>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag at byte offset 1"),
    (
        {"text": "é<b>x</i>", "parse_mode": "HTML"},
        'can\'t parse entities: Unmatched end tag at byte offset 6, expected "</b>", found "</i>"',
    ),
]


@pytest.mark.parametrize(("params", "why"), BAD_SENDS)
async def test_a_message_that_telegram_refuses(standin: StandIn, params: dict[str, Any], why: str) -> None:
    ann = standin.person(started=True)
    assert await call(standin, "sendMessage", **{"chat_id": ann.id, **params}) == (400, f"Bad Request: {why}")
    assert ann.messages == []


async def test_4096_characters_are_not_too_many(standin: StandIn) -> None:
    ann = standin.person(started=True)
    assert (await call(standin, "sendMessage", chat_id=ann.id, text="<b>" + "&lt;" * 4096 + "</b>", parse_mode="HTML"))[0] == 200


async def test_a_person_who_never_wrote_can_not_be_written_to(standin: StandIn) -> None:
    ann = standin.person()
    assert (await call(standin, "sendMessage", chat_id=ann.id, text="x")) == (400, "Bad Request: chat not found")
    ann.opens("token")
    assert (await call(standin, "sendMessage", chat_id=ann.id, text="x"))[0] == 200


async def test_a_person_who_blocked_the_bot(standin: StandIn) -> None:
    ann = standin.person(started=True)
    ann.blocks()
    assert await call(standin, "sendMessage", chat_id=ann.id, text="x") == (403, "Forbidden: bot was blocked by the user")
    ann.writes("I am back")
    assert (await call(standin, "sendMessage", chat_id=ann.id, text="x"))[0] == 200


async def test_edits_that_telegram_refuses(standin: StandIn) -> None:
    ann = standin.person(started=True)
    mine = ann.writes("mine")
    _, sent = await call(standin, "sendMessage", chat_id=ann.id, text="x")
    edit = {"chat_id": ann.id, "message_id": sent["message_id"]}
    assert "message is not modified" in (await call(standin, "editMessageText", **edit, text="x"))[1]
    assert "message is not modified" in (await call(standin, "editMessageReplyMarkup", **edit))[1]
    assert "to edit not found" in (await call(standin, "editMessageText", chat_id=ann.id, message_id=99, text="y"))[1]
    assert "can't be edited" in (await call(standin, "editMessageText", chat_id=ann.id, message_id=mine.message_id, text="y"))[1]
    assert (await call(standin, "editMessageText", **edit, text="y"))[0] == 200


async def test_a_callback_query_is_answered_once_and_not_too_late(standin: StandIn) -> None:
    ann = standin.person(started=True)
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "1"}]]}
    await call(standin, "sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    first, late = ann.presses("Yes"), ann.presses("Yes")
    assert (await call(standin, "answerCallbackQuery", callback_query_id=first))[0] == 200
    assert (await call(standin, "answerCallbackQuery", callback_query_id=first))[0] == 400
    clock = standin.world.clock
    assert isinstance(clock, HandClock)
    clock.moment += timedelta(minutes=16)
    assert "query is too old" in (await call(standin, "answerCallbackQuery", callback_query_id=late))[1]


async def test_a_private_chat_can_not_be_left_and_a_left_group_not_be_written_to(standin: StandIn) -> None:
    ann, group = standin.person(started=True), standin.group()
    group.adds_bot(ann)
    assert (await call(standin, "leaveChat", chat_id=ann.id))[0] == 400
    assert (await call(standin, "leaveChat", chat_id=group.chat.id)) == (200, True)
    assert (await call(standin, "sendMessage", chat_id=group.chat.id, text="x"))[0] == 403


async def test_unknown_fields_are_ignored_as_telegram_does_and_noted(standin: StandIn) -> None:
    ann = standin.person(started=True)
    assert (await call(standin, "sendMessage", chat_id=ann.id, text="x", colour="red"))[0] == 200
    assert standin.violations == ["sendMessage: unknown field colour"]


async def test_wrong_commands_actions_files_and_webhooks(standin: StandIn) -> None:
    ann = standin.person(started=True)
    assert (await call(standin, "setMyCommands", commands=[{"command": "Help!", "description": "x"}]))[
        1
    ] == "Bad Request: BOT_COMMAND_INVALID"
    assert (await call(standin, "sendChatAction", chat_id=ann.id, action="sleeping"))[0] == 400
    assert (await call(standin, "sendChatAction", chat_id=ann.id, action="typing")) == (200, True)
    assert (await call(standin, "getFile", file_id="none")) == (400, "Bad Request: invalid file_id")
    assert (await call(standin, "sendPhoto", chat_id=ann.id, photo="none"))[0] == 400
    assert "HTTPS" in (await call(standin, "setWebhook", url="http://example.org/x"))[1]
    assert "unallowed characters" in (await call(standin, "setWebhook", url="https://example.org/x", secret_token="a b"))[1]


async def test_flood_limits_ask_for_a_pause_and_only_of_that_chat() -> None:
    async with StandIn(limits=Limits()) as standin:
        ann, bea = standin.person(started=True), standin.person("Bea", started=True)
        statuses = [(await call(standin, "sendMessage", chat_id=ann.id, text="x"))[0] for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert (await call(standin, "sendMessage", chat_id=ann.id, text="x"))[1].startswith("Too Many Requests: retry after ")
        assert (await call(standin, "sendMessage", chat_id=bea.id, text="x"))[0] == 200


async def test_a_sent_file_can_be_fetched(standin: StandIn) -> None:
    ann = standin.person(started=True)
    form = aiohttp.FormData({"chat_id": str(ann.id)})
    form.add_field("document", b"content", filename="export.csv")
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{standin.url}/bot{standin.token}/sendDocument", data=form) as response:
            document = (await response.json())["result"]["document"]
        _, file = await call(standin, "getFile", file_id=document["file_id"])
        async with session.get(f"{standin.url}/file/bot{standin.token}/{file['file_path']}") as response:
            assert await response.read() == b"content"
