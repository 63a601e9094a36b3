"""Everything that triage knows, read from the catalogue and the vocabularies and hashed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.content.catalogue import load_rule_book
from bot.content.vocabulary import load_lexicon, vocabulary_files
from bot.core.triage import Knowledge


def load_knowledge(catalogue: Path, messages: Path) -> Knowledge:
    """The rule book of ``bot/catalogue`` and the vocabularies of ``messages``; ``version`` changes with any byte of either.

    Raises ProblemsFound where a file is not as it must be.
    """
    rules = load_rule_book(catalogue)
    declared = {symptom.id: frozenset(symptom.qualities) for symptom in rules.symptoms.values()}
    lexicon = load_lexicon(messages, declared)
    digest = hashlib.sha256(rules.version.encode())
    for path in vocabulary_files(messages):
        digest.update(path.parent.name.encode() + b"\0" + path.read_bytes())
    return Knowledge(rules=rules, lexicon=lexicon, version=digest.hexdigest()[:16])
