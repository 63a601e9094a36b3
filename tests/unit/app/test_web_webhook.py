from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest

from bot.core.errors import StorageBusy
from bot.web.app import build_app
from bot.web.metrics import Metrics
from bot.web.webhooks import MAX_BODY

SECRET = "a-long-enough-secret"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


class Kept:
    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.fails: Exception | None = None

    async def __call__(self, raw: bytes) -> None:
        if self.fails:
            raise self.fails
        self.bodies.append(raw)


async def fine() -> Sequence[str]:
    return []


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def client(kept: Kept) -> httpx.AsyncClient:
    app = build_app(alive=fine, ready=fine, metrics=Metrics(), telegram=(SECRET, kept))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")


async def test_an_update_with_the_secret_is_kept_and_then_answered(client: httpx.AsyncClient, kept: Kept) -> None:
    response = await client.post("/telegram/webhook", headers=HEADERS, content=b'{"update_id": 1}')
    assert response.status_code == 200
    assert kept.bodies == [b'{"update_id": 1}']


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}])
async def test_a_wrong_or_absent_secret_is_refused_before_the_body_is_read(kept: Kept, headers: dict[str, str]) -> None:
    app = build_app(alive=fine, ready=fine, metrics=Metrics(), telegram=(SECRET, kept))
    sent = []

    async def receive() -> dict[str, object]:
        raise AssertionError("the body was read")

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    raw = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
    await app({"type": "http", "method": "POST", "path": "/telegram/webhook", "headers": raw}, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 403
    assert kept.bodies == []


async def test_what_is_no_update_is_a_bad_request(client: httpx.AsyncClient, kept: Kept) -> None:
    kept.fails = ValueError("no JSON")
    assert (await client.post("/telegram/webhook", headers=HEADERS, content=b"{")).status_code == 400


async def test_an_update_that_cannot_be_committed_is_not_confirmed(client: httpx.AsyncClient, kept: Kept) -> None:
    kept.fails = StorageBusy("locked")
    assert (await client.post("/telegram/webhook", headers=HEADERS, content=b"{}")).status_code == 503


async def test_an_announced_giant_is_refused(client: httpx.AsyncClient, kept: Kept) -> None:
    response = await client.post("/telegram/webhook", headers=HEADERS, content=b"x" * (MAX_BODY + 1))
    assert response.status_code == 413
    assert kept.bodies == []


async def test_a_giant_that_comes_in_pieces_is_refused(client: httpx.AsyncClient, kept: Kept) -> None:
    async def pieces() -> object:
        for _ in range(60):
            yield b"x" * 20_000

    response = await client.post("/telegram/webhook", headers=HEADERS, content=pieces())  # type: ignore[arg-type]
    assert response.status_code == 413
    assert kept.bodies == []


async def test_only_post_is_taken(client: httpx.AsyncClient) -> None:
    assert (await client.get("/telegram/webhook", headers=HEADERS)).status_code == 405


async def test_in_polling_mode_the_webhook_does_not_exist() -> None:
    app = build_app(alive=fine, ready=fine, metrics=Metrics())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        assert (await client.post("/telegram/webhook", headers=HEADERS, content=b"{}")).status_code == 404
