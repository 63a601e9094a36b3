"""`python -m bot.training.check`: everything that can be wrong with corpus/, in lines that name the reply."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.content.catalogue import load_rule_book
from bot.content.library import CATALOGUE
from bot.core.clinical.rules import RuleBook
from bot.training.clusters import near_duplicates
from bot.training.corpus import CORPUS, LANGUAGES, Part, Reply, load
from bot.training.labels import contradiction


def problems(replies: Sequence[Reply], rules: RuleBook) -> Iterator[str]:
    """One line for each thing that is wrong."""
    for ident, count in Counter(reply.id for reply in replies).items():
        if count > 1:
            yield f"{ident}: {count} replies have this id"
    for reply in replies:
        yield from _of(reply, rules)
    yield from _across_parts(replies)


def _of(reply: Reply, rules: RuleBook) -> Iterator[str]:
    if not reply.text.strip():
        yield f"{reply.id}: the text is empty"
    if reply.language not in LANGUAGES:
        yield f"{reply.id}: no language {reply.language!r}"
    for symptom in (*reply.symptoms, *reply.absent):
        if symptom not in rules.symptoms:
            yield f"{reply.id}: no symptom {symptom!r} in the rule book"
    if both := set(reply.symptoms) & set(reply.absent):
        yield f"{reply.id}: {', '.join(sorted(both))} both there and denied"
    yield from _spans(reply)
    if reply.expected in reply.acceptable:
        yield f"{reply.id}: the expected disposition is listed as acceptable too"
    least = contradiction(reply, rules)
    if least is not None:
        yield f"{reply.id}: labelled {reply.expected.word}, but the rule book gives at least {least.word} for {', '.join(reply.symptoms)}"


def _spans(reply: Reply) -> Iterator[str]:
    for span in reply.spans:
        if not 0 <= span.start < span.end <= len(reply.text):
            yield f"{reply.id}: the span of {span.symptom} lies outside the text"
        if span.symptom not in (*reply.symptoms, *reply.absent):
            yield f"{reply.id}: {span.symptom} has a span and no label"


def _across_parts(replies: Sequence[Reply]) -> Iterator[str]:
    parts: dict[str, Part] = {}
    for reply in replies:
        if parts.setdefault(reply.unit, reply.part) is not reply.part:
            yield f"{reply.id}: unit {reply.unit} lies in two parts"
    for one, other in near_duplicates([reply.text for reply in replies]):
        if replies[one].part is not replies[other].part:
            yield f"{replies[other].id}: {replies[other].part} holds a near-duplicate of {replies[one].id} in {replies[one].part}"


def main(corpus: Path = CORPUS) -> int:
    """Prints every problem; 1 where there is one."""
    replies = load(corpus)
    found = list(problems(replies, load_rule_book(CATALOGUE)))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"{len(replies)} replies, {len(found)} problems\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
