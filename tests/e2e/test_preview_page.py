"""The preview as a page: it stands alone, shows the phone in every language, and fits a phone's width."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser, Page, expect

from bot.app.cli.root import aftercare
from tests.support.browser import launched
from tests.support.careplan import MESSAGES, SCHEDULES

LATE = (
    "--treated-at",
    "2026-03-27T23:30",
    "--timezone",
    "Europe/Berlin",
    "--enrolled-at",
    "2026-03-31T11:00",
    "--risk",
    "diabetes",
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AFTERCARE_SCHEDULES", str(SCHEDULES))
    monkeypatch.setenv("AFTERCARE_MESSAGES", str(MESSAGES))
    path = tmp_path / "preview.html"
    result = CliRunner().invoke(aftercare, ["preview", "msc-recipient", *LATE, "--html", str(path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "open it in a browser" in result.stdout
    return path


async def opened(browser: Browser, path: Path, width: int) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 844})
    problems: list[str] = []
    page.on("console", lambda line: problems.append(line.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(path.as_uri())
    await expect(page.get_by_test_id("preview-row").first).to_be_visible()
    assert problems == []
    return page


def test_the_page_loads_nothing_from_elsewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.findall(r"(?:src|href)=", text) == []
    assert set(re.findall(r"https?://[^\"' ]+", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("width", [390, 1280])
async def test_each_check_in_shows_the_patients_phone_in_each_language(browser: Browser, file: Path, width: int) -> None:
    page = await opened(browser, file, width)
    rows = page.get_by_test_id("preview-row")
    await expect(rows.first).to_contain_text("joined late: stands for what was missed")
    await rows.nth(1).click()
    phone = page.get_by_test_id("preview-phone")
    await expect(phone).to_contain_text("Do you have any of these right now")
    await page.get_by_test_id("preview-language").get_by_text("العربية").click()
    await expect(phone.locator(".pv-wall")).to_have_attribute("dir", "rtl")
    await expect(phone).to_contain_text("تورم ساق واحدة")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_on_a_phone_the_conversation_opens_below_its_check_in(browser: Browser, file: Path) -> None:
    page = await opened(browser, file, 390)
    await expect(page.get_by_test_id("preview-phone")).to_have_count(0)
    row = page.get_by_test_id("preview-row").nth(2)
    await row.click()
    box, phone = await row.bounding_box(), await page.get_by_test_id("preview-phone").bounding_box()
    assert box is not None
    assert phone is not None
    assert 0 <= phone["y"] - (box["y"] + box["height"]) < 20
    await row.click()
    await expect(page.get_by_test_id("preview-phone")).to_have_count(0)
