"""`python -m bot.training.evaluate [dev|test]`: what the shipped reader does with replies that it did not learn from.

Rules, recogniser and thresholds together, exactly as triage runs them.
TEST is for the end: figures on it choose nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.content.library import CATALOGUE
from bot.content.recogniser import load_recogniser, load_thresholds
from bot.core.reading.recogniser import Recogniser
from bot.core.reading.recogniser_second import SecondLook
from bot.core.reading.recogniser_verdict import Thresholds
from bot.core.triage import Ruled, joined
from bot.training.corpus import CORPUS, Part, Reply, load
from bot.training.measure import Outcome
from bot.training.report import report
from bot.training.rulebook import judged, rules_alone


def outcomes_of(
    replies: Sequence[Reply], judgements: Sequence[Ruled], recogniser: Recogniser | SecondLook, thresholds: Thresholds
) -> list[Outcome]:
    """Every reply read with rules and recogniser together."""
    return [
        Outcome(reply, joined(reply.text, one, recogniser, thresholds, asked=reply.asked))
        for reply, one in zip(replies, judgements, strict=True)
    ]


def main(arguments: Sequence[str], corpus: Path = CORPUS) -> None:
    """Prints the report of one part, dev where none is named."""
    parts = [Part(argument) for argument in arguments] or [Part.DEV]
    replies = load(corpus, *parts)
    recogniser, thresholds = load_recogniser(CATALOGUE), load_thresholds(CATALOGUE)
    outcomes = outcomes_of(replies, judged(replies, rules_alone()), recogniser, thresholds)
    sys.stdout.write("".join(f"{line}\n" for line in report(outcomes)))


if __name__ == "__main__":
    main(sys.argv[1:])
