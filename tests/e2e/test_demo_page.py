"""The demo page in a real browser, with a host that has real stand-in chats and no bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import launched
from tests.support.demo_host import ScriptedHost, served

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
def host() -> ScriptedHost:
    return ScriptedHost()


async def opened(browser: Browser, url: str, size: dict[str, int]) -> Page:
    page = await browser.new_page(viewport={"width": size["width"], "height": size["height"]})
    problems: list[str] = []
    page.on("console", lambda line: problems.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(url)
    await page.wait_for_selector("body[data-ready]")
    assert problems == []
    return page


async def test_writing_pressing_and_turning_the_clock(browser: Browser, host: ScriptedHost) -> None:
    async with served(host) as url:
        page = await opened(browser, url, WIDE)
        await expect(page.get_by_test_id("clock")).to_contain_text("10:30")
        await page.get_by_test_id("advance-next").click()
        await expect(page.get_by_test_id("clock")).to_contain_text("12:30")
        await expect(page.get_by_test_id("patient-messages")).to_contain_text("How are you feeling?")
        await page.get_by_test_id("patient-button").get_by_text("Not well").click()
        await expect(page.get_by_test_id("patient-messages")).to_contain_text("Pressed Not well")
        await expect(page.get_by_test_id("patient-button")).to_have_count(0)
        await page.get_by_test_id("patient-input").fill("38.6 <script>alert(1)</script>")
        await page.get_by_test_id("patient-send").click()
        await expect(page.get_by_test_id("patient-messages")).to_contain_text("I have noted: 38.6 <script>alert(1)</script>")
        await page.get_by_test_id("advance-hour").click()
        await expect(page.get_by_test_id("clock")).to_contain_text("13:30")
        await page.get_by_test_id("advance-day").click()
        await expect(page.get_by_test_id("clock")).to_contain_text("Tue 3 Mar 2026")
        await expect(page.get_by_test_id("timeline").locator("[data-state=sent]")).to_have_count(4)


async def test_enter_sends_and_shift_enter_breaks_the_line(browser: Browser, host: ScriptedHost) -> None:
    async with served(host) as url:
        page = await opened(browser, url, WIDE)
        box = page.get_by_test_id("patient-input")
        await box.press_sequentially("one")
        await box.press("Shift+Enter")
        await box.press_sequentially("two")
        await box.press("Enter")
        await expect(page.get_by_test_id("patient-messages")).to_contain_text("I have noted: one\ntwo")
        await expect(box).to_have_value("")


async def test_a_command_in_the_bots_words_can_be_tapped(browser: Browser, host: ScriptedHost) -> None:
    host.says(host.people["maya"], "<b>/report</b> tells the clinic; 37/38 and a/b are no commands\n/help shows more")
    async with served(host) as url:
        page = await opened(browser, url, WIDE)
        commands = page.get_by_test_id("patient-messages").locator(".command")
        await expect(commands).to_have_text(["/report", "/help"])
        await commands.first.click()
        await expect(page.get_by_test_id("patient-messages")).to_contain_text("I have noted: /report")


async def test_arabic_runs_from_right_to_left_and_numbers_stay_whole(browser: Browser, host: ScriptedHost) -> None:
    host.says(host.people["omar"], "كيف تشعر اليوم؟ 37.2 \u2066/report\u2069", ["بخير", "لست بخير"])
    async with served(host) as url:
        page = await opened(browser, url, WIDE)
        await page.get_by_test_id("patient-picker").select_option("omar")
        words = page.get_by_test_id("patient-messages").locator(".words")
        await expect(words).to_have_count(1)
        assert await words.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert await page.get_by_test_id("patient-button").first.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert await words.locator(".command").evaluate("node => getComputedStyle(node).direction") == "ltr"


async def test_the_phones_fill_the_window_before_anything_is_said(browser: Browser, host: ScriptedHost) -> None:
    async with served(host) as url:
        page = await opened(browser, url, WIDE)
        phone = await page.locator(".phone").first.bounding_box()
        assert phone is not None
        assert phone["height"] > WIDE["height"] * 0.8


async def test_the_fault_picker_shows_what_is_broken(browser: Browser, host: ScriptedHost) -> None:
    async with served(host) as url:
        page = await opened(browser, url, WIDE)
        await page.get_by_test_id("fault-picker").select_option("slow")
        await expect(page.get_by_test_id("fault-picker")).to_have_class("active")
        assert host.active == "slow"


async def test_a_narrow_window_shows_one_phone_at_a_time_and_counts_what_is_unread(browser: Browser, host: ScriptedHost) -> None:
    async with served(host) as url:
        page = await opened(browser, url, PHONE)
        await expect(page.get_by_test_id("clinician-messages")).to_be_hidden()
        host.says(host.clinician, "<b>URGENT</b> A-17", ["Acknowledge"])
        await expect(page.locator("#badge-clinician")).to_have_text("1")
        await page.get_by_role("button", name="Clinician").click()
        await expect(page.get_by_test_id("clinician-button")).to_be_visible()
        await expect(page.get_by_test_id("patient-messages")).to_be_hidden()
        await expect(page.locator("#badge-clinician")).to_be_hidden()
        await page.get_by_role("button", name="Timeline").click()
        await expect(page.get_by_test_id("timeline")).to_contain_text("Six months")


@pytest.mark.parametrize("size", [WIDE, PHONE, {"width": 820, "height": 1100}, {"width": 320, "height": 640}])
async def test_nothing_sticks_out_of_the_window(browser: Browser, host: ScriptedHost, size: dict[str, int]) -> None:
    host.says(
        host.people["maya"],
        "a_very_long_word_without_any_break" * 12,
        ["A label that is rather long for its button", "Another long label"],
    )
    async with served(host) as url:
        page = await opened(browser, url, size)
        await expect(page.get_by_test_id("patient-button")).to_have_count(2)
        sticking_out = """() => [...document.querySelectorAll("body *")].filter((node) => {
            const box = node.getBoundingClientRect();
            return box.width && !node.closest(".suggestions, .visually-hidden, .progress") && (box.right > innerWidth + 1 || box.left < -1);
        }).map((node) => node.outerHTML.slice(0, 80))"""
        assert await page.evaluate(sticking_out) == []
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


async def test_an_old_place_in_the_conversation_is_kept_when_something_new_comes(browser: Browser, host: ScriptedHost) -> None:
    for number in range(40):
        host.says(host.people["maya"], f"message {number}")
    async with served(host) as url:
        page = await opened(browser, url, WIDE)
        box = page.get_by_test_id("patient-messages")
        at_end = "node => node.scrollHeight - node.scrollTop - node.clientHeight < 2"
        assert await box.evaluate(at_end)
        await box.evaluate("node => (node.scrollTop = 0)")
        host.says(host.people["maya"], "the newest")
        await expect(box).to_contain_text("the newest")
        assert await box.evaluate("node => node.scrollTop") == 0
        await page.get_by_test_id("patient-input").fill("mine")
        await page.get_by_test_id("patient-send").click()
        await expect(box).to_contain_text("I have noted: mine")
        await page.wait_for_timeout(100)
        assert await box.evaluate(at_end)
