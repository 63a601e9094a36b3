"""Arabic as a browser lays it out: what must be dialled or typed is read from left to right, whatever stands around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from string import Formatter

import pytest
from playwright.async_api import Page

from bot.content.messages import load_messages
from tests.support.browser import launched
from tests.support.careplan import MESSAGES

PHONE = "+90 212 555 01 00"
PLACES_OF = """(wanted) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const start = walker.currentNode.data.indexOf(wanted);
        if (start < 0) continue;
        return [...wanted].map((_, at) => {
            const range = document.createRange();
            range.setStart(walker.currentNode, start + at);
            range.setEnd(walker.currentNode, start + at + 1);
            return range.getBoundingClientRect().left;
        });
    }
    return null;
}"""


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with launched() as browser:
        yield await browser.new_page(viewport={"width": 4000, "height": 600})


async def places(page: Page, html: str, wanted: str) -> list[float]:
    """How far from the left edge each character of ``wanted`` stands, in pixels."""
    await page.set_content(f'<p style="white-space: pre; unicode-bidi: plaintext" dir="auto">{html}</p>')
    found = await page.evaluate(PLACES_OF, wanted)
    assert found is not None, f"{wanted} is not in {html}"
    return list(found)


async def test_a_phone_number_in_an_arabic_sentence_is_read_from_left_to_right(page: Page) -> None:
    messages = load_messages(MESSAGES)
    with_phone = [key for key, text in messages.texts["ar"].items() if "{phone}" in text and "." in key]
    assert len(with_phone) > 10
    for key in with_phone:
        others = {field: "" for _, field, _, _ in Formatter().parse(messages.texts["ar"][key]) if field}
        known = {**others, "phone": PHONE, "emergency_number": "112", "crisis_number": "112", "clinic": "Cedar"}
        placed = await places(page, messages.text("ar", key, **known), PHONE)
        assert placed == sorted(placed), key


async def test_without_the_shield_the_parts_of_a_phone_number_change_places(page: Page) -> None:
    placed = await places(page, f"اتصلوا بالرقم {PHONE} الآن", PHONE)
    assert placed != sorted(placed)


async def test_a_command_in_an_arabic_line_keeps_its_slash_in_front(page: Page) -> None:
    commands = load_messages(MESSAGES).text("ar", "onboarding.commands")
    for command in ("/report", "/help", "/language", "/stop"):
        placed = await places(page, commands, command)
        assert placed == sorted(placed), command
