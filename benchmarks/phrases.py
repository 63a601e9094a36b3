"""What the rows on reading measure with: messages of about 100 characters, the vocabulary's phrases as plain words, and more of them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.subjects import ROOT
from bot.core.reading.lexicon import Kind, Lexicon
from bot.core.reading.normalise import normalise
from bot.core.reading.patterns import Node, Trie
from bot.core.reading.tokens import canonical_words

LANGUAGES = ("en", "tr", "es", "ru", "ar", "de")
SHORTEST, LONGEST = 85, 115
"""Characters of a message "of 100 characters"."""
PER_PATH = 30
"""Ways to write one phrase of the vocabulary that the peers are given; ours holds them all."""
_PLAIN = re.compile(r"[^\W\d_]{2,}\Z")


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a subject gets: phrases to find, messages to find them in, and the phrase that was put into each (or "")."""

    phrases: list[str]
    messages: list[str]
    planted: list[str]

    def write(self, path: Path) -> Path:
        """As a file for another process."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
        return path


def messages(language: str, count: int) -> list[str]:
    """Replies of the corpus of about 100 characters, in the file's order."""
    found = []
    with (ROOT / "corpus" / f"{language}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            if SHORTEST <= len(text) <= LONGEST:
                found.append(text)
            if len(found) == count:
                break
    return found


def folded(texts: list[str]) -> list[str]:
    """As our matcher sees them: what a peer is given has been folded for it already."""
    return [normalise(text).text for text in texts]


def spelled_out(lexicon: Lexicon) -> list[str]:
    """The phrases of the vocabulary for symptoms in plain words; gaps closed, classes and alternatives written out."""
    wanted = {at for at, e in enumerate(lexicon.entries) if e.kind in {Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION, Kind.QUALITY}}
    found: set[str] = set()
    for path in _paths(lexicon.trie.root, (), wanted):
        found.update(_written(path, lexicon.trie))
    return sorted(found)


def generated(count: int, lexicon: Lexicon, seed: int = 1) -> list[str]:
    """That many phrases of two to four of the vocabulary's own words, all languages mixed; the same at each call."""
    words = sorted(word for word in lexicon.trie.vocabulary() if _PLAIN.match(word) and canonical_words(word) == (word,))
    choose = random.Random(seed)  # noqa: S311 - the same phrases in each run
    found: dict[str, None] = {}
    while len(found) < count:
        found[" ".join(choose.choices(words, k=choose.choice((2, 2, 3, 4))))] = None
    return list(found)


def planted(phrases: list[str], texts: list[str], seed: int = 2) -> Task:
    """Messages of about 100 characters that each hold one of the phrases somewhere."""
    choose = random.Random(seed)  # noqa: S311 - as above
    chosen = [choose.choice(phrases) for _ in texts]
    made = []
    for phrase, text in zip(chosen, texts, strict=True):
        words = text.split()
        while len(" ".join(words)) + len(phrase) > LONGEST and words:
            words.pop()
        words.insert(choose.randint(0, len(words)), f". {phrase} .")
        made.append(" ".join(words))
    return Task(phrases=phrases, messages=made, planted=chosen)


def _paths(node: Node, path: tuple[str, ...], wanted: set[int]) -> Iterator[tuple[str, ...]]:
    if path and not wanted.isdisjoint(node.ends):
        yield path
    for symbol, step in node.next.items():
        yield from _paths(step, (*path, symbol), wanted)
    if node.gap is not None:
        yield from _paths(node.gap, path, wanted)


def _written(path: tuple[str, ...], trie: Trie) -> list[str]:
    ways = [""]
    for symbol in path:
        members = sorted(trie.classes.get(symbol[1:-1], ())) if symbol.startswith("<") else [symbol]
        ways = [f"{way} {member.rstrip('*')}".strip() for way in ways for member in members or [symbol]][:PER_PATH]
    return [way for way in ways if "<" not in way]
