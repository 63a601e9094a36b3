from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.reading.commands import Command, command_of
from tests.support.reading import ask


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop", "End", "QUIT", "please stop texting me", "unsubscribe", "Stop please", "/stop", "dur", "СТОП", "توقف", "stopp",
        "no me escriban más", "не пишите мне больше", "bana mesaj atmayın", "keine Nachrichten mehr", "STOP my chest is bleeding",
        "stop. my chest is bleeding",
    ],
)  # fmt: skip
def test_a_wish_to_stop_is_understood_in_every_language(text: str) -> None:
    assert command_of(text) is Command.STOP


@pytest.mark.parametrize(
    "text",
    ["YES", "yes", "it wont stop bleeding", "the pain doesn't stop", "Can I stop my tablets?", "help me I cant breathe", ""],
)
def test_what_only_contains_such_a_word_is_no_command(text: str) -> None:
    assert command_of(text) is None


@pytest.mark.parametrize(("text", "command"), [("HELP", Command.HELP), ("yardım", Command.HELP), ("/start", Command.START)])
def test_help_and_start_are_commands(text: str, command: Command) -> None:
    assert command_of(text) is command


def test_stop_together_with_a_symptom_is_both() -> None:
    text = "STOP. my chest hurts and I cant breathe"
    assert command_of(text) is Command.STOP
    assert ask(text).disposition is Disposition.EMERGENCY
