"""The work that a message makes is bounded, whatever its length; counted, not timed."""

from __future__ import annotations

import random

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status
from bot.core.reading import reader as reader_module
from bot.core.reading import vocabulary
from bot.core.reading.normalise import READ_AT_ALL
from bot.core.reading.spelling import Speller
from bot.core.reading.thinning import ALIKE, FEW, thinned
from bot.core.reading.tokens import Tokens
from tests.support.reading import ask, knowledge

WORDS = [
    "pain",
    "fever",
    "swollen",
    "leg",
    "chest",
    "breath",
    "blood",
    "dizzy",
    "rash",
    "tired",
    "cough",
    "vomit",
    "headache",
    "heart",
    "numb",
    "weak",
    "red",
    "hot",
    "cold",
    "days",
    "no",
]


def _health_words(length: int) -> str:
    rng = random.Random(7)  # noqa: S311 - a text that is the same on every run
    return " ".join(rng.choice(WORDS) for _ in range(length // 4))[:length]


def _most() -> int:
    """What one symptom and status may come to, over all of them."""
    return sum(len(Status) * (FEW + 1 + len(s.qualities)) for s in knowledge().rules.symptoms.values())


@pytest.mark.parametrize(
    "text", [_health_words(READ_AT_ALL), "fever. " * 14_000, "\U0001f912" * READ_AT_ALL], ids=["words", "one", "picture"]
)
def test_the_findings_handed_to_the_rules_do_not_grow_with_the_message(text: str) -> None:
    found, short = ask(text).findings, ask(text[:16_000]).findings
    assert 0 < len(found) <= min(_most(), 2 * len(short))


def test_every_piece_of_a_long_message_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    heard = vocabulary.findings_of

    def counting(tokens: Tokens, lexicon: object) -> list[Finding]:
        read.append(len(tokens))
        return heard(tokens, lexicon)  # type: ignore[arg-type]

    monkeypatch.setattr(reader_module, "findings_of", counting)
    text = _health_words(READ_AT_ALL)
    ask(text)
    assert sum(read) <= 1.2 * len(text.split())


@pytest.mark.parametrize("filling", ["pain ", "xxxxx ", "fever but no rash. ", "\U0001f912 "])
def test_a_red_flag_at_the_end_of_a_very_long_message_is_heard(filling: str) -> None:
    text = filling * (90_000 // len(filling)) + ". my chest feels tight and crushing"
    assert ask(text).disposition is Disposition.EMERGENCY


def test_a_word_longer_than_any_that_may_be_meant_is_not_repaired() -> None:
    speller = Speller.of(["breathing"], [])
    assert speller.repair("braething") == "breathing"
    assert speller.repair("breathing" * 1_000) is None
    assert not speller._seen.keys() & {"breathing" * 1_000}


def _said(*qualities: str) -> Finding:
    return Finding(symptom="fever", qualities=frozenset(qualities))


def test_of_mentions_alike_the_first_few_are_kept() -> None:
    assert len(thinned([_said("high")] * 50)) == ALIKE


def test_a_quality_that_is_said_late_is_kept() -> None:
    mentions = [_said("high", f"q{at}") for at in range(30)]
    assert frozenset().union(*(f.qualities for f in thinned(mentions))) == frozenset().union(*(f.qualities for f in mentions))


def test_a_mention_without_the_quality_that_makes_it_milder_is_kept_however_late() -> None:
    mentions = [_said("mild", f"q{at}") for at in range(30)] + [_said()]
    assert _said() in thinned(mentions)
