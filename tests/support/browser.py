"""The browser of the tests: the machine's own Chromium or Chrome."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tests.support.require import require_or_skip

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A headless browser; skipped by name where the machine has none."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    require_or_skip(found is not None, "Chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()
