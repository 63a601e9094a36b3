"""The demo page's server, with a host that has real stand-in chats and no bot."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.support.demo_host import ScriptedHost, served


@pytest.fixture
async def host() -> ScriptedHost:
    return ScriptedHost()


@pytest.fixture
async def http(host: ScriptedHost) -> AsyncIterator[aiohttp.ClientSession]:
    async with served(host) as url, aiohttp.ClientSession(url) as session:
        yield session


async def post(http: aiohttp.ClientSession, action: str, **body: Any) -> int:
    async with http.post(f"/demo/{action}", json=body) as response:
        return response.status


async def test_the_page_and_its_parts_are_served_and_need_no_other_host(http: aiohttp.ClientSession) -> None:
    for path in (
        "/",
        "/demo/page/app.js",
        "/demo/page/chat.js",
        "/demo/page/timeline.js",
        "/demo/page/base.css",
        "/demo/page/icon.svg",
    ):
        async with http.get(path) as response:
            assert response.status == 200
            text = (await response.text()).replace("http://www.w3.org/2000/svg", "")
            assert "http://" not in text
            assert "https://" not in text


async def test_the_page_may_run_no_foreign_script(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")


async def next_state(events: aiohttp.ClientResponse) -> dict[str, Any]:
    while True:
        line = await events.content.readline()
        if line.startswith(b"data: "):
            state: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
            return state


async def test_each_change_is_pushed(http: aiohttp.ClientSession, host: ScriptedHost) -> None:
    async with http.get("/demo/events") as events:
        assert (await next_state(events))["patient_messages"] == []
        assert await post(http, "write", who="patient", text=" 38.6 <b> ") == 200
        state = await next_state(events)
        assert [(bubble["mine"], bubble["html"]) for bubble in state["patient_messages"]] == [
            (True, "38.6 &lt;b&gt;"),
            (False, "<b>Thank you.</b> I have noted: <i>38.6 &lt;b&gt;</i>"),
        ]
        assert await post(http, "advance", to_next=True) == 200
        state = await next_state(events)
        assert [item["state"] for item in state["timeline"]][:2] == ["sent", "planned"]


async def test_a_press_reaches_the_message_it_was_under(http: aiohttp.ClientSession, host: ScriptedHost) -> None:
    message_id = host.says(host.clinician, "A page", ["Acknowledge"])
    assert await post(http, "press", who="clinician", message_id=message_id, data="Acknowledge") == 200
    assert host.clinician.messages[-1].text == "Pressed Acknowledge"
    assert await post(http, "press", who="clinician", message_id=message_id, data="Acknowledge") == 400


async def test_patients_and_faults_are_picked(http: aiohttp.ClientSession, host: ScriptedHost) -> None:
    assert await post(http, "pick", patient="omar") == 200
    assert await post(http, "fault", fault="slow") == 200
    async with http.get("/demo/state") as response:
        state = await response.json()
    assert state["current"] == "omar"
    assert [fault["id"] for fault in state["faults"] if fault["active"]] == ["slow"]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("write", {"who": "nurse", "text": "x"}),
        ("write", {"text": "x"}),
        ("press", {"who": "patient", "message_id": "x", "data": "y"}),
        ("press", {"who": "patient", "message_id": 9, "data": "y"}),
        ("advance", {"hours": -1}),
        ("advance", {"days": 10_000}),
        ("pick", {"patient": "nobody"}),
        ("pick", {}),
    ],
)
async def test_what_can_not_be_done_is_refused(http: aiohttp.ClientSession, action: str, body: dict[str, Any]) -> None:
    assert await post(http, action, **body) == 400


async def test_only_json_of_this_page_is_taken(http: aiohttp.ClientSession) -> None:
    async with http.post("/demo/write", data={"who": "patient", "text": "x"}) as response:
        assert response.status == 415
    async with http.post("/demo/write", data=b"[1]", headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
    assert await post(http, "erase") == 404
