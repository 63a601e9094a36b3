"""Everything that triage knows, read from the catalogue, the vocabularies and the recogniser's weights, and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bot.content.catalogue import load_rule_book
from bot.content.kept import kept
from bot.content.recogniser import CARD, load_recogniser, load_thresholds
from bot.content.undisturbed import undisturbed
from bot.content.vocabulary import load_lexicon, vocabulary_files
from bot.core.triage import Knowledge

_last: tuple[str, Knowledge] | None = None
"""What was read last, under the hash of all its files: whoever edits a schedule need not wait for the vocabularies again."""


def load_knowledge(catalogue: Path, messages: Path) -> Knowledge:
    """The rule book and recogniser of ``bot/catalogue``, the vocabularies of ``messages``; ``version`` changes with any byte.

    A catalogue without a recogniser (no card) is read by the rules alone. Files that are as they were last time are not read
    again.

    Raises ProblemsFound where a file is not as it must be.
    """
    global _last  # noqa: PLW0603 - one process has one content
    files = _hash_of(catalogue, messages)
    if _last is None or _last[0] != files:
        with undisturbed():
            _last = files, _read(catalogue, messages)
    return _last[1]


def _hash_of(catalogue: Path, messages: Path) -> str:
    digest = hashlib.sha256()
    for path in (*sorted(catalogue.rglob("*")), *vocabulary_files(messages)):
        if path.is_file():
            digest.update(path.resolve().as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(messages: Path, declared: Mapping[str, frozenset[str]]) -> Iterator[bytes]:
    """Everything that the lexicon is made of; where a file lies is part of it, for its entries name it."""
    yield repr(sorted((symptom, sorted(qualities)) for symptom, qualities in declared.items())).encode()
    for path in vocabulary_files(messages):
        yield f"{messages.name}/{path.parent.name}".encode()
        yield path.read_bytes()


def load_rules(catalogue: Path, messages: Path) -> Knowledge:
    """The same without the recogniser, which need not be there yet. Raises ProblemsFound where a file is not as it must be."""
    rules = load_rule_book(catalogue)
    declared = {symptom.id: frozenset(symptom.qualities) for symptom in rules.symptoms.values()}
    lexicon = kept("lexicon", _sources(messages, declared), lambda: load_lexicon(messages, declared))
    digest = hashlib.sha256(rules.version.encode())
    for path in vocabulary_files(messages):
        digest.update(path.parent.name.encode() + b"\0" + path.read_bytes())
    return Knowledge(rules=rules, lexicon=lexicon, version=digest.hexdigest()[:16])


def _read(catalogue: Path, messages: Path) -> Knowledge:
    known = load_rules(catalogue, messages)
    if not (catalogue / CARD).is_file():
        return known
    recogniser, thresholds = load_recogniser(catalogue), load_thresholds(catalogue)
    digest = hashlib.sha256(known.version.encode() + recogniser.version.encode() + repr(thresholds).encode())
    return replace(known, recogniser=recogniser, thresholds=thresholds, version=digest.hexdigest()[:16])
