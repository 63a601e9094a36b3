"""A lexicon that was kept reads as the one that was built."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from bot.content.knowledge import load_knowledge
from bot.content.library import CATALOGUE
from bot.core.reading.reader import read

MESSAGES = Path(__file__).parents[2] / "messages"


@pytest.mark.parametrize(
    "text",
    [
        "my left calf is swollen, hot and sore since yesterday",
        "göğsüm ağrıyor ama ateşim yok",
        "нет боли, температура 38,4",
        "بطني يوجعني",
        "terrible hedache since noon",
    ],
)
def test_kept_and_built_read_alike(text: str) -> None:
    lexicon = load_knowledge(CATALOGUE, MESSAGES).lexicon
    again = pickle.loads(pickle.dumps(lexicon))  # noqa: S301 - our own bytes, made one call before
    assert read(text, again) == read(text, lexicon)
    assert read(text, again).findings or read(text, again).measures
