from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from typing import NoReturn

import pytest

from bot.app.redaction import Redaction, describe, log_loop_errors
from bot.core.errors import StorageBusy

TOKEN = "987654321:AAcanary-token_canary-token"
WORDS = "my calf is canaryswollen"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redaction(["canary-webhook-secret"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def fail(error: Exception) -> NoReturn:
    raise error


def test_a_token_is_cut_out_of_our_own_lines(log: io.StringIO) -> None:
    logging.getLogger("bot.app").warning("calling https://api.telegram.org/bot%s/getMe with %s", TOKEN, "canary-webhook-secret")
    assert "calling https://api.telegram.org/bot***/getMe with ***" in log.getvalue()


def test_a_database_password_is_cut_out(log: io.StringIO) -> None:
    logging.getLogger("bot.storage").error("cannot reach postgresql+psycopg://clinic:canary@db/aftercare")
    assert "postgresql+psycopg://***@db/aftercare" in log.getvalue()


def test_debug_lines_of_libraries_are_dropped(log: io.StringIO) -> None:
    logging.getLogger("telegram.Bot").debug("update: %s", WORDS)
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)
    assert log.getvalue() == ""


def test_warnings_of_libraries_keep_their_template_but_not_what_it_quotes(log: io.StringIO) -> None:
    logging.getLogger("sqlalchemy.pool").warning("could not insert %r\nparameters: canary", WORDS)
    assert log.getvalue() == "could not insert %r\n"


def test_the_text_of_a_foreign_error_is_left_out_and_its_place_is_kept(log: io.StringIO) -> None:
    try:
        fail(ValueError(WORDS))
    except ValueError:
        logging.getLogger("bot.app").exception("update 17 failed")
    assert "canary" not in log.getvalue()
    assert "update 17 failed" in log.getvalue()
    assert "builtins.ValueError\n  at " in log.getvalue()
    assert "test_redaction.py" in log.getvalue()


def test_the_text_of_our_own_error_is_kept_and_its_cause_described() -> None:
    try:
        try:
            fail(OSError(WORDS))
        except OSError as error:
            raise StorageBusy("locked for 5 s") from error
    except StorageBusy as error:
        text = describe(error)
    assert "StorageBusy: locked for 5 s" in text
    assert "builtins.OSError\n" in text
    assert "canary" not in text


async def test_a_failed_background_task_is_logged_without_its_words(log: io.StringIO) -> None:
    async def fail_later() -> None:
        fail(ValueError(WORDS))

    loop = asyncio.get_running_loop()
    log_loop_errors(loop)
    task = asyncio.create_task(fail_later())
    await asyncio.wait([task])
    del task
    await asyncio.sleep(0)
    assert "error in a background task" in log.getvalue()
    assert "canary" not in log.getvalue()
