"""The examples that stand in the shipped schedules, one test each: what operators wrote is what the bot does."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bot.app.cli.examples import told
from bot.content.library import Library
from bot.simulator.examples import Result, run_examples
from tests.support.careplan import MESSAGES, SCHEDULES, shipped, shipped_names


@cache
def library() -> Library:
    return Library.load(SCHEDULES, MESSAGES)


@cache
def results(name: str) -> list[Result]:
    return run_examples(library(), [library().schedules[name]])


CASES = [
    pytest.param(name, position, id=f"{name}:{Path(example.where).name.rpartition(':')[2]}: {told(example)}")
    for name in shipped_names()
    for position, example in enumerate(shipped(name).examples)
]


@pytest.mark.parametrize(("name", "position"), CASES)
def test_an_example_of_a_shipped_schedule_holds(name: str, position: int) -> None:
    result = results(name)[position]
    assert result.failures == (), result.read


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_schedule_shows_a_red_flag_a_quiet_day_and_a_silence(name: str) -> None:
    examples = shipped(name).examples
    assert any(example.alert for example in examples)
    assert any(example.alert is False for example in examples)
    assert any(reply == "_" for example in examples for _, reply in example.answers)
