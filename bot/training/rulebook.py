"""What the rules make of the corpus: the clues that the recogniser learns with, and the base that it raises from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.content.knowledge import load_rules
from bot.content.library import CATALOGUE
from bot.core.reading.recogniser_join import clues_of
from bot.core.triage import Knowledge, Ruled, by_rules
from bot.training.corpus import Reply

MESSAGES = Path(__file__).parents[2] / "messages"


def rules_alone() -> Knowledge:
    """The shipped rule book and vocabularies, without the learned reader."""
    return load_rules(CATALOGUE, MESSAGES)


def judged(replies: Sequence[Reply], knowledge: Knowledge) -> list[Ruled]:
    """The rules' assessment of every reply, each in its own context."""
    return [by_rules(reply.text, asked=reply.asked, patient=reply.patient, knowledge=knowledge) for reply in replies]


def clues_from(replies: Sequence[Reply], judgements: Sequence[Ruled]) -> list[frozenset[str]]:
    """The clues of every reply."""
    return [clues_of(one.said, reply.asked) for reply, one in zip(replies, judgements, strict=True)]
