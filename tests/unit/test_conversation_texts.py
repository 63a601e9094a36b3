"""Every text that the conversation can name is there, and none says what the bot must never say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content.messages import load_messages

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "bot/core/conversation").glob("*.py"), *(ROOT / "bot/services").glob("*.py"), ROOT / "bot/core/actions.py"]
OWN_FILES = ("conversation.yaml", "onboarding.yaml", "commands.yaml")
TEXTS = load_messages(ROOT / "messages").texts["en"]
_PART = re.compile(
    r"""(?:part\(|else |key=|key: str = |tell\(uow, inbound, world, now, )"([a-z_]+\.[a-z_.]+)"((?:, "[a-z_]+\.[a-z_.]+")*)"""
)
_FORBIDDEN = re.compile(
    r"\b(?:normal|harmless|not a clot|not cancer|not serious|nothing serious|you are fine|all is well|don'?t worry|do not worry|no need to worry|side effect)\b",
    re.IGNORECASE,
)


def named_keys() -> set[str]:
    keys: set[str] = set()
    for source in SOURCES:
        for first, more in _PART.findall(source.read_text(encoding="utf-8")):
            keys |= {first, *re.findall(r"[a-z_.]+", more)}
    return keys


def test_the_code_names_keys_at_all() -> None:
    assert {"onboarding.hello", "emergency.call", "onboarding.language", "stranger.hello", "stranger.emergency"} <= named_keys()


@pytest.mark.parametrize("key", sorted(named_keys()))
def test_every_key_that_the_code_names_has_a_text(key: str) -> None:
    assert key in TEXTS


@pytest.mark.parametrize("symptom", sorted(path.stem for path in (ROOT / "bot/catalogue/symptoms").glob("*.yaml")))
def test_every_symptom_can_be_asked_about_in_one_closed_question(symptom: str) -> None:
    question = TEXTS.get(f"clarify.{symptom}")
    assert question is not None
    assert question.endswith("?")


@pytest.mark.parametrize("name", OWN_FILES)
def test_no_text_calls_anything_normal_or_harmless(name: str) -> None:
    lines = (ROOT / "messages/en" / name).read_text(encoding="utf-8").splitlines()
    spoken = [line for line in lines if not line.lstrip().startswith("#")]
    assert [line for line in spoken if _FORBIDDEN.search(line)] == []


@pytest.mark.parametrize("key", sorted(key for key in TEXTS if key.startswith("emergency.call")))
def test_an_emergency_begins_with_the_number_to_call(key: str) -> None:
    assert TEXTS[key].startswith("<b>Call {emergency_number} now")


@pytest.mark.parametrize(
    "key", sorted(key for key in TEXTS if key.split(".")[0] in {"emergency", "urgent", "same_day", "consent"})
)
def test_what_matters_is_said_in_short_sentences(key: str) -> None:
    sentences = re.split(r"(?<=[.?!:;])\s", re.sub(r"</?b>", "", TEXTS[key]))
    assert [s for s in sentences if len(s.split()) > 34] == []
