"""The demo's schedule editor: the checker marks the line as one types, the preview stands beside it, the running demo follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from bot.app.demo.host import Demo
from bot.app.runtime.server import WebServer
from bot.simulator.demo import demo_app
from tests.support.browser import launched
from tests.support.careplan import MESSAGES, SCHEDULES

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
RECIPIENT = "msc-recipient.yaml"
NOBODY = {"route": None, "risk": None, "late_days": 0}
SLEEP = "  - id: d4\n    at: 4d 10:00\n    asks: [red_flags, sleep]\n"


def with_day_4(text: str) -> str:
    return text.replace("  - id: d5\n", SLEEP + "  - id: d5\n", 1)


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    opened = await Demo.open(0, today=MONDAY)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def url(demo: Demo) -> AsyncIterator[str]:
    web = WebServer(demo_app(demo, demo.editor), "127.0.0.1", 0, patience=1)
    await web.start()
    yield f"http://127.0.0.1:{web.port}"
    await web.stop()


def text_of(demo: Demo, name: str = RECIPIENT) -> str:
    return next(file["text"] for file in demo.editor.files() if file["name"] == name)


def upcoming(demo: Demo) -> list[str]:
    return [item["id"] for item in demo.state()["timeline"]]


async def test_a_saved_check_in_comes_in_the_running_demo(demo: Demo) -> None:
    assert "d4" not in upcoming(demo)
    saved = await demo.editor.save(RECIPIENT, with_day_4(text_of(demo)))
    assert saved["problems"] == []
    assert upcoming(demo).count("d4") == 1
    await demo.advance(days=3)
    while demo.state()["timeline"][upcoming(demo).index("d4")]["state"] == "planned":
        await demo.advance(to_next=True)
    assert "Do you have any of these right now" in demo.state()["patient_messages"][-1]["html"]


async def test_a_changed_time_moves_what_is_planned_and_leaves_what_was_sent(demo: Demo) -> None:
    await demo.advance(to_next=True)
    before = {item["id"]: item["at"] for item in demo.state()["timeline"]}
    changed = text_of(demo).replace("at: 3d 10:00", "at: 3d 12:00").replace("    at: 2h\n", "    at: 3h\n")
    await demo.editor.save(RECIPIENT, changed)
    after = {item["id"]: item["at"] for item in demo.state()["timeline"]}
    assert after["d3"] == before["d3"].replace("T10:", "T12:")
    assert after["h2"] == before["h2"]


async def test_a_question_of_ones_own_is_asked_in_the_running_demo(demo: Demo) -> None:
    empty = await demo.editor.check(
        "questions.yaml", text_of(demo, "questions.yaml"), {"route": None, "risk": None, "late_days": 0}
    )
    assert empty["problems"] == []
    words = ", ".join(f'{language}: "Slept well?"' for language in ("en", "tr", "es", "ru", "ar", "de"))
    own = f"questions:\n  own_sleep:\n    text: {{{words}}}\n    options:\n      well: {{label: {{{words}}}}}\n"
    saved = await demo.editor.save("questions.yaml", own)
    assert [problem["rule"] for problem in saved["problems"]] == ["never-asked"], "a warning, for now"
    asks = text_of(demo).replace(
        "asks: [red_flags, temperature, rash, breathing, injection_site]", "asks: [red_flags, own_sleep]"
    )
    assert (await demo.editor.save(RECIPIENT, asks))["problems"] == []
    await demo.advance(to_next=True)
    await demo.advance(to_next=True)
    await demo.press("patient", *_best(demo))
    assert "Slept well?" in demo.state()["patient_messages"][-1]["html"]


def _best(demo: Demo) -> tuple[int, str]:
    message = demo.state()["patient_messages"][-1]
    return message["id"], message["buttons"][0][0]["data"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("- rash\n", "- rahs\n", 1),
        lambda text: "\t" + text,
        lambda _: "",
        lambda text: text.replace("title:", "title: !!python/object/apply:os.system"),
        lambda text: text.replace("schedule: msc-recipient", "schedule: msc-donor"),
    ],
)
async def test_a_broken_text_never_replaces_what_runs(demo: Demo, spoil: Callable[[str], str]) -> None:
    before = demo._stage.parts.content.current
    text = text_of(demo)
    refused = await demo.editor.save(RECIPIENT, spoil(text))
    assert [problem for problem in refused["problems"] if problem["severity"] == "error"]
    assert refused["preview"] is None
    assert text_of(demo) == text
    assert demo._stage.parts.content.current is before


async def test_what_is_saved_is_the_demos_own_copy(demo: Demo) -> None:
    shipped = (SCHEDULES / RECIPIENT).read_text(encoding="utf-8")
    await demo.editor.save(RECIPIENT, with_day_4(text_of(demo)))
    assert (SCHEDULES / RECIPIENT).read_text(encoding="utf-8") == shipped


async def test_a_clinic_that_leaves_a_schedule_alone_is_refused_at_the_schedule(demo: Demo) -> None:
    text = text_of(demo, "clinic.yaml").replace("  default:", "  standard:")
    found = await demo.editor.check("clinic.yaml", text, {"route": None, "risk": None, "late_days": 0})
    assert any(problem["here"] for problem in found["problems"])


async def test_a_file_that_is_not_there_and_what_is_no_request_are_refused(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        path = "/demo/editor/check"
        elsewhere = await client.post(path, json={"name": "../../README.md", "text": "", **NOBODY})
        assert (elsewhere.status_code, elsewhere.json()["problem"]) == (404, "the demo has no file ../../README.md")
        assert (await client.post(path, json={"name": RECIPIENT})).status_code == 404
        assert (await client.post(path, content=b"x", headers={"Content-Type": "application/json"})).status_code == 400
        assert (await client.post(path, content=b"{}", headers={"Content-Type": "text/plain"})).status_code == 415
        large = b'{"name": "' + b"x" * 3_000_000 + b'"}'
        assert (await client.post(path, content=large, headers={"Content-Type": "application/json"})).status_code == 413


async def test_a_new_clinic_runs_in_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner  # noqa: PLC0415 - for this test alone

    from bot.app.cli.root import aftercare  # noqa: PLC0415

    made = CliRunner().invoke(aftercare, ["init", str(tmp_path), "--name", "Linden", "--language", "de"], catch_exceptions=False)
    assert made.exit_code == 0
    monkeypatch.setenv("AFTERCARE_SCHEDULES", str(tmp_path / "schedules"))
    monkeypatch.setenv("AFTERCARE_MESSAGES", str(MESSAGES))
    demo = await Demo.open(0, today=MONDAY)
    try:
        assert [choice["id"] for choice in demo.state()["patients"]] == ["well", "fever", "clot", "you"], "nobody donates here"
        assert upcoming(demo) == ["h2", "h24", "d3", "d7", "d30", "m6", "y1"]
        await demo.advance(to_next=True)
        assert "Do you have any of these right now" in demo.state()["patient_messages"][-1]["html"]
        assert "Nurse One" in demo.state()["clinician_messages"][-1]["html"]
    finally:
        await demo.close()


# --- in a browser ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


async def opened(browser: Browser, url: str, width: int) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 860})
    problems: list[str] = []
    page.on("console", lambda line: problems.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(url)
    await page.wait_for_selector("body[data-ready]")
    await page.get_by_test_id("open-editor").click()
    await page.get_by_test_id("editor-file").select_option(RECIPIENT)
    await expect(page.get_by_test_id("editor-state")).to_have_text("No problems")
    await asyncio.sleep(0)
    assert problems == []
    return page


async def edited(page: Page, old: str, new: str) -> None:
    area = page.get_by_test_id("editor-text")
    text = await area.input_value()
    assert old in text
    await area.fill(text.replace(old, new, 1))


async def test_a_flaw_is_marked_at_its_line_as_one_types_and_cannot_be_saved(browser: Browser, url: str) -> None:
    page = await opened(browser, url, 1280)
    await edited(page, "      - rash\n", "      - rahs\n")
    await expect(page.get_by_test_id("editor-state")).to_have_text("1 problem")
    problem = page.get_by_test_id("editor-problem")
    await expect(problem).to_contain_text("the question 'rahs' is not known")
    await expect(problem).to_contain_text("did you mean 'rash'?")
    await expect(problem).to_contain_text("docs/operators.md#unknown-question")
    await expect(problem.locator("pre")).to_have_text("      - rahs\n        ^")
    await expect(page.get_by_test_id("editor-caret")).to_have_text("rahs")
    await expect(page.get_by_test_id("editor-save")).to_be_disabled()
    mark, area = await page.get_by_test_id("editor-caret").bounding_box(), await page.get_by_test_id("editor-text").bounding_box()
    assert mark is not None
    assert area is not None
    line = int((await problem.locator("b").inner_text()).split()[1].rstrip(","))
    assert abs(mark["y"] - (area["y"] + 12 + 20 * (line - 1))) < 6, "the mark lies under its own line"
    await page.get_by_test_id("editor-revert").click()
    await expect(page.get_by_test_id("editor-state")).to_have_text("No problems")


async def test_the_preview_beside_it_follows_and_the_demo_takes_it_over(browser: Browser, url: str, demo: Demo) -> None:
    page = await opened(browser, url, 1280)
    await edited(page, "  - id: d5\n", SLEEP + "  - id: d5\n")
    preview = page.get_by_test_id("editor-preview")
    row = preview.get_by_test_id("preview-row").filter(has_text="d4red")
    await expect(row).to_contain_text("red flags, sleep")
    await row.click()
    await preview.get_by_test_id("preview-language").get_by_text("Türkçe").click()
    await expect(preview.get_by_test_id("preview-phone")).to_contain_text("uyu")
    await page.get_by_test_id("editor-save").click()
    await expect(page.get_by_test_id("editor-state")).to_have_text("Saved: the running demo follows it")
    await page.get_by_test_id("editor-close").click()
    await expect(page.get_by_test_id("timeline").get_by_text("4 days", exact=True)).to_have_count(1)
    assert "d4" in upcoming(demo)


async def test_the_preview_is_for_the_patient_that_is_chosen(browser: Browser, url: str) -> None:
    page = await opened(browser, url, 1280)
    preview = page.get_by_test_id("editor-preview")
    await page.get_by_test_id("editor-risk").select_option("diabetes")
    await expect(preview.get_by_test_id("preview-row").filter(has_text="d3red")).to_contain_text("glucose")
    await page.get_by_test_id("editor-late").select_option("4")
    await expect(preview).to_contain_text("joined late: stands for what was missed")


@pytest.mark.parametrize("width", [390, 820, 1280])
async def test_the_editor_fits_the_window(browser: Browser, url: str, width: int) -> None:
    page = await opened(browser, url, width)
    assert await page.evaluate("document.querySelector('.editor').scrollWidth <= innerWidth")
    if width < 860:
        await expect(page.get_by_test_id("editor-preview")).to_be_hidden()
        await page.get_by_role("button", name="Preview").click()
        await expect(page.get_by_test_id("editor-text")).to_be_hidden()
    await expect(page.get_by_test_id("editor-preview").get_by_test_id("preview-row").first).to_be_visible()
    await page.get_by_test_id("editor-close").click()
    await expect(page.get_by_test_id("open-editor")).to_be_in_viewport(ratio=1)
