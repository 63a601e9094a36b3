"""The stand-in against the published description of the Bot API, and against python-telegram-bot's types."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import telegram

from bot.simulator.telegram import Person, StandIn
from bot.simulator.telegram.fields import METHODS
from bot.simulator.telegram.person import CONTENT
from tests.support.pictures import png
from tests.support.require import require_or_skip

DESCRIPTION = Path(__file__).parents[2] / "../shared/data/telegram-bot-api.json"
_TYPE_NAMES = {
    "int": {"Integer"},
    "str": {"String"},
    "bool": {"Boolean"},
    "chat": {"Integer", "String"},
    "file": {"InputFile", "String"},
}

Json = dict[str, Any]


@cache
def description() -> Json:
    require_or_skip(
        DESCRIPTION.is_file(), "the published description of the Telegram Bot API (../shared/data/telegram-bot-api.json)"
    )
    loaded: Json = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("method", METHODS)
def test_each_method_takes_what_the_description_says(method: str) -> None:
    published = {field["name"]: field for field in description()["methods"][method].get("fields", [])}
    assert set(METHODS[method]) == set(published)
    for name, kind in METHODS[method].items():
        assert kind.endswith("!") == published[name]["required"], name
        expected = _TYPE_NAMES.get(kind.rstrip("!"))
        if expected is None:  # json: any object or array
            assert not set(published[name]["types"]) & {"Integer", "String", "Boolean"}, name
        else:
            assert set(published[name]["types"]) <= expected, name


async def _answers() -> dict[str, Json | list[Json]]:
    """One answer of each kind, as JSON from the wire."""
    async with StandIn() as standin, aiohttp.ClientSession() as session:

        async def call(method: str, **params: Any) -> Any:
            async with session.post(f"{standin.url}/bot{standin.token}/{method}", json=params) as response:
                body = await response.json()
            assert body["ok"], body
            return body["result"]

        ann = standin.person("Ann", "en")
        _does_everything(ann, standin)
        keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "1"}]]}
        html = {"chat_id": ann.id, "parse_mode": "HTML", "text": '<b>x</b> <a href="https://example.org">y</a> <code>z</code>'}
        sent = await call("sendMessage", **html, reply_markup=keyboard, protect_content=True)
        ann.presses("Yes")
        edited = await call("editMessageText", chat_id=ann.id, message_id=sent["message_id"], text="z", reply_markup=keyboard)
        form = aiohttp.FormData({"chat_id": str(ann.id), "caption": "trend"})
        form.add_field("photo", png(), filename="trend.png")
        async with session.post(f"{standin.url}/bot{standin.token}/sendPhoto", data=form) as response:
            photo = (await response.json())["result"]
        file_id = photo["photo"][0]["file_id"]
        return {
            "User": await call("getMe"),
            "Message": [sent, edited, photo, await call("sendDocument", chat_id=ann.id, document=file_id)],
            "File": await call("getFile", file_id=file_id),
            "WebhookInfo": await call("getWebhookInfo"),
            "Update": await call("getUpdates"),
        }


def _does_everything(ann: Person, standin: StandIn) -> None:
    ann.opens("token")
    for kind in CONTENT:
        ann.sends(kind, "look")
    ann.edits(ann.writes("39"), "39.5")
    ann.blocks()
    ann.unblocks()
    group = standin.group()
    group.adds_bot(ann)
    group.says(ann, "hi")
    group.migrates(ann)


async def test_each_answer_is_of_the_described_form() -> None:
    known = description()["types"]
    for name, answer in (await _answers()).items():
        for one in answer if isinstance(answer, list) else [answer]:
            _check(one, [name], known, name)


async def test_each_answer_is_one_that_the_library_knows_whole() -> None:
    bot = telegram.Bot("1:x")
    for name, answer in (await _answers()).items():
        for one in answer if isinstance(answer, list) else [answer]:
            parsed = getattr(telegram, name).de_json(one, bot)
            assert _leftovers(parsed) == []


def _check(value: Any, types: list[str], known: Json, path: str) -> None:
    """Fails unless ``value`` is one of ``types`` of the description."""
    if isinstance(value, list):
        assert types[0].startswith("Array of "), path
        for part in value:
            _check(part, [types[0].removeprefix("Array of ")], known, f"{path}[]")
    elif isinstance(value, dict):
        names = [sub for name in types for sub in known[name].get("subtypes", [name])]
        fits = [name for name in names if _fits(value, known[name])]
        assert fits, f"{path}: {sorted(value)} is none of {names}"
        fields = {field["name"]: field["types"] for field in known[fits[0]]["fields"]}
        for name, part in value.items():
            _check(part, fields[name], known, f"{path}.{name}")
    else:
        simple = {bool: "Boolean", int: "Integer", float: "Float", str: "String"}[type(value)]
        assert simple in types or (simple == "Integer" and "Float" in types), f"{path}: {value!r} is none of {types}"


def _fits(value: Json, described: Json) -> bool:
    fields = described.get("fields", [])
    required = {field["name"] for field in fields if field["required"]}
    return required <= set(value) <= {field["name"] for field in fields}


def _leftovers(parsed: Any) -> list[str]:
    """Names that the library's types did not take, at any depth."""
    if isinstance(parsed, list | tuple):
        return [name for part in parsed for name in _leftovers(part)]
    if not isinstance(parsed, telegram.TelegramObject):
        return []
    inner = [getattr(parsed, name) for name in parsed._get_attrs_names(include_private=False) if name != "api_kwargs"]
    return [*parsed.api_kwargs, *_leftovers(inner)]
