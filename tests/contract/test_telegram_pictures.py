"""A trend chart on its way: multipart, protected, to private chats alone; and what Telegram refuses of pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import aiohttp
import pytest
from PIL import Image

from bot.channels.telegram import TelegramChannel
from bot.core.clinical.trend import Chart, Reading, Series
from bot.core.delivery import Kind, Outcome
from bot.reports.trend_chart import draw_chart
from bot.simulator.telegram import StandIn
from tests.support.pictures import png
from tests.support.telegram import message

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FEVER = Series(
    kind="temperature",
    unit="Cel",
    readings=(Reading(at=NOW - timedelta(hours=6), value=37.4), Reading(at=NOW, value=39.2)),
)
CHART = Chart(code="K7-42", series=(FEVER,), treated_at=NOW - timedelta(hours=31), timezone="Europe/Berlin", now=NOW)


async def test_a_chart_arrives_as_a_protected_photo_that_is_a_picture() -> None:
    async with StandIn() as standin:
        ann = standin.person(started=True)
        channel = TelegramChannel(standin.token, standin.url, draw=draw_chart)
        receipt = await channel.send(message(ann.address, "Patient K7-42: <b>temperature</b>", kind=Kind.PHOTO, chart=CHART))
        await channel.close()
        assert receipt.outcome is Outcome.SENT
        [seen] = ann.messages
        assert (seen.kind, seen.text, seen.protected) == ("photo", "Patient K7-42: temperature", True)
        upload = standin.world.files[seen.content["photo"][0]["file_id"]]
        with Image.open(BytesIO(upload.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (720, 396))
        assert (upload.name, seen.content["photo"][0]["width"]) == ("trend.png", 720)
        assert standin.violations == []


async def test_no_chart_goes_to_a_group_or_without_somebody_to_draw_it() -> None:
    async with StandIn() as standin:
        drawing, drawless = (
            TelegramChannel(standin.token, standin.url, draw=draw_chart),
            TelegramChannel(standin.token, standin.url),
        )
        group = message("-100123", kind=Kind.PHOTO, chart=CHART)
        assert (await drawing.send(group)).outcome is Outcome.REJECTED
        assert (await drawless.send(message("5", kind=Kind.PHOTO, chart=CHART))).outcome is Outcome.REJECTED
        assert (await drawing.send(message("5", kind=Kind.PHOTO))).outcome is Outcome.REJECTED
        await drawing.close()
        await drawless.close()
        assert not standin.calls


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"PNG", "IMAGE_PROCESS_FAILED"),
        (png()[:40], "IMAGE_PROCESS_FAILED"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
    ],
    ids=["no picture", "cut off", "too long", "too large"],
)
async def test_the_stand_in_refuses_what_telegram_refuses_of_a_photo(content: bytes, refusal: str) -> None:
    async with StandIn() as standin, aiohttp.ClientSession() as session:
        ann = standin.person(started=True)
        form = aiohttp.FormData({"chat_id": str(ann.id)})
        form.add_field("photo", content, filename="trend.png")
        async with session.post(f"{standin.url}/bot{standin.token}/sendPhoto", data=form) as response:
            assert (response.status, (await response.json())["description"]) == (400, f"Bad Request: {refusal}")


async def test_a_photo_that_is_named_but_not_uploaded_is_refused() -> None:
    async with StandIn() as standin, aiohttp.ClientSession() as session:
        ann = standin.person(started=True)
        url = f"{standin.url}/bot{standin.token}/sendPhoto"
        async with session.post(url, json={"chat_id": ann.id, "photo": "trend.png"}) as response:
            assert response.status == 400
