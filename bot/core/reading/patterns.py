"""The small language in which vocabularies are written, compiled into one trie for all languages.

A phrase is words in order; each may be
    ``word``      that word          ``word*``     a word that begins so
    ``a|b_c``     one of them: a_b is two words        ``<name>``    one of a named class of words (``words:`` in vocabulary.yaml)
    ``[x]``       x or nothing       ``..``        at most MAX_GAP other words, within the same clause
    ``<n>``       a number        ``<year>``  1920 to 2049
A phrase ends up as one or more paths of symbols. A token of a message stands for several symbols (itself, its classes,
its beginnings), so a message is matched by walking the trie from each of its tokens: the cost depends on the message, not on
how many phrases there are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from bot.core.errors import InvalidValue
from bot.core.reading.normalise import fold
from bot.core.reading.tokens import Break, Tokens, canonical_words

MAX_GAP: Final = 3
SHORTEST_STEM: Final = 3
"""Letters that a beginning needs for what follows it to be an ending."""
MAX_PATHS: Final = 400
"""A phrase that multiplies out to more paths is written too cleverly: use a class."""
NUMBER: Final = "<n>"
GAP: Final = ".."
YEAR: Final = "<year>"
_BUILT_IN: Final = frozenset({GAP, NUMBER, YEAR})


class PatternInvalid(InvalidValue):
    """A phrase that is not of the vocabulary's language."""

    remedy = "See the head of bot/core/reading/patterns.py for what a phrase may hold."


@dataclass(slots=True)
class Node:
    """One state of the trie: the next symbols, a gap that may follow, and the ids of the entries that end here."""

    next: dict[str, Node] = field(default_factory=dict)
    gap: Node | None = None
    ends: list[int] = field(default_factory=list)


class Match(NamedTuple):
    """Entry ``entry`` matched tokens ``first``..``last``; ``mask`` has a bit set for each token that a word of it stands on."""

    entry: int
    first: int
    last: int
    mask: int


@dataclass
class Trie:
    """Phrases of all languages. Filled once by ``add``, closed by ``seal``, then only read."""

    root: Node = field(default_factory=Node)
    classes: dict[str, set[str]] = field(default_factory=dict)
    """Class name -> its members: words, or ``stem*``."""
    _exact: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _stems: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _literals: set[str] = field(default_factory=set, repr=False)
    _prefixes: set[str] = field(default_factory=set, repr=False)
    _seen: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _last: dict[str, set[int]] = field(default_factory=dict, repr=False)
    """Whole word or class -> the entries of which a phrase ends in it."""

    def define(self, name: str, members: Iterable[str]) -> None:
        """Names a class of words (``en.leg``); members are single words or stems. A class may be added to."""
        for member in members:
            word = member.removesuffix("*")
            words = canonical_words(fold(word))
            if len(words) != 1:
                raise PatternInvalid(f"{member!r} in <{name}> must be one word: write longer ones as phrases")
            self.classes.setdefault(name, set()).add(words[0] + ("*" if member.endswith("*") else ""))

    def add(self, phrase: str, entry: int, language: str) -> None:
        """Adds a phrase that yields ``entry``; its ``<name>`` is the language's own class. Raises PatternInvalid."""
        for path in self._paths(phrase, language):
            self._insert(path, entry)
            self._last.setdefault(path[-1], set()).add(entry)

    def seal(self) -> None:
        """Works out which symbols each known word stands for."""
        symbols: dict[str, set[str]] = {word: {word} for word in self._literals}
        stems: dict[str, set[str]] = {stem: {stem + "*"} for stem in self._prefixes}
        for name, members in self.classes.items():
            for member in members:
                into = stems.setdefault(member[:-1], set()) if member.endswith("*") else symbols.setdefault(member, set())
                into.add(f"<{name}>")
        self._stems = {stem: tuple(sorted(found)) for stem, found in stems.items()}
        self._exact = {word: (*_numeric(word), *sorted(found | self._by_stem(word))) for word, found in symbols.items()}

    def known(self, word: str) -> bool:
        """Whether a phrase uses this word, whole or by its beginning."""
        return bool(self.symbols(word))

    def stems_of(self, word: str, entry: int) -> list[str]:
        """The longest beginning of the word, none or one, that a phrase of this entry ends in as ``stem*``, itself or by a class.

        Of the entry alone: ``uyan*`` elsewhere must not make a denial of ``uyanm*`` ("cannot be woken").
        """
        sizes = range(len(word), SHORTEST_STEM - 1, -1)
        found = (word[:size] for size in sizes if word[:size] in self._stems and self._ends_in_stem(word[:size], entry))
        return list(itertools.islice(found, 1))

    def _ends_in_stem(self, stem: str, entry: int) -> bool:
        return any(entry in self._last.get(symbol, ()) for symbol in self._stems[stem])

    def ends_with(self, entry: int, word: str) -> bool:
        """Whether a phrase of this entry ends in exactly this word, not merely in its beginning."""
        names = (word, *(f"<{name}>" for name, members in self.classes.items() if word in members))
        return any(entry in self._last.get(name, ()) for name in names)

    def vocabulary(self) -> frozenset[str]:
        """Every whole word of every phrase and class."""
        return frozenset(self._exact)

    def words_of(self, entries: set[int]) -> set[str]:
        """Every whole word on a path that ends in one of these entries."""
        words: set[str] = set()
        _collect(self.root, (), entries, words, self.classes)
        return words

    def symbols(self, word: str) -> tuple[str, ...]:
        """What this word of a message may stand for in a phrase."""
        found = self._exact.get(word)
        if found is None:
            found = self._seen.get(word)
        if found is None:
            found = (*_numeric(word), *sorted(self._by_stem(word)))
            if len(self._seen) < 50_000:  # words of strangers must not fill the memory
                self._seen[word] = found
        return found

    def _by_stem(self, word: str) -> set[str]:
        return {symbol for size in range(1, len(word) + 1) for symbol in self._stems.get(word[:size], ())}

    def _paths(self, phrase: str, language: str) -> list[tuple[str, ...]]:
        alternatives = [self._element(raw, language) for raw in phrase.split()]
        count = 1
        for options in alternatives:
            count *= len(options)
        if count > MAX_PATHS:
            raise PatternInvalid(f"{phrase!r} multiplies out to {count} paths; name a class for its longest alternatives")
        paths = {tuple(itertools.chain.from_iterable(choice)) for choice in itertools.product(*alternatives)}
        if not all(any(symbol != GAP for symbol in path) for path in paths):
            raise PatternInvalid(f"{phrase!r} may match nothing at all")
        return sorted(path for path in paths if path[0] != GAP and path[-1] != GAP)

    def _element(self, raw: str, language: str) -> list[tuple[str, ...]]:
        if raw.startswith("[") and raw.endswith("]"):
            return [(), *self._element(raw[1:-1], language)]
        return [self._symbol(part, language) for part in raw.split("|")]

    def _symbol(self, raw: str, language: str) -> tuple[str, ...]:
        if raw in _BUILT_IN:
            return (raw,)
        if raw.startswith("<") and raw.endswith(">"):
            name = f"{language}.{raw[1:-1]}"
            if name not in self.classes:
                raise PatternInvalid(f"no class of words is called {raw}")
            return (f"<{name}>",)
        stem = raw.endswith("*")
        words = _cut(raw[:-1] if stem else raw)
        if not words:
            raise PatternInvalid(f"{raw!r} is no word")
        if not stem:
            self._literals.update(words)
            return words
        self._literals.update(words[:-1])
        self._prefixes.add(words[-1])
        return (*words[:-1], words[-1] + "*")

    def _insert(self, path: Sequence[str], entry: int) -> None:
        node = self.root
        for symbol in path:
            if symbol == GAP:
                node.gap = node.gap or Node()
                node = node.gap
            else:
                node = node.next.setdefault(symbol, Node())
        if entry not in node.ends:
            node.ends.append(entry)


@lru_cache(maxsize=50_000)  # a vocabulary has each of its words three times over
def _cut(raw: str) -> tuple[str, ...]:
    return canonical_words(fold(raw))


def _numeric(word: str) -> tuple[str, ...]:
    if not word[0].isdigit() or word[-1].isalpha():  # "7arara" is a word
        return ()
    year = len(word) == 4 and word.isdigit() and "1920" <= word <= "2049"
    return (NUMBER, YEAR) if year else (NUMBER,)


def match(trie: Trie, tokens: Tokens, symbols: Sequence[tuple[str, ...]]) -> list[Match]:
    """Every match of every phrase, overlapping ones too. ``symbols[i]`` are those of token i (perhaps after repair)."""
    found: list[Match] = []
    first_steps = trie.root.next
    for first, own in enumerate(symbols):
        for symbol in own:
            node = first_steps.get(symbol)
            if node is None:
                continue
            for entry in node.ends:
                found.append(Match(entry, first, first, 1 << first))  # noqa: PERF401 - the hot loop: most nodes end nothing
            if node.next or node.gap is not None:
                _walk(node, first, tokens, symbols, found)
    return found


def _walk(node: Node, first: int, tokens: Tokens, symbols: Sequence[tuple[str, ...]], found: list[Match]) -> None:
    """Every match that begins at token ``first`` and goes on from ``node``, whose own ends are noted already."""
    sentence, count, at, mask = tokens.sentence, len(symbols), first, 1 << first
    pending: list[tuple[Node, int, int]] = []
    while True:
        following = at + 1
        if following < count and sentence[following] == sentence[first] and not _counted_off(tokens, at):
            steps = node.next
            for symbol in symbols[following]:
                step = steps.get(symbol)
                if step is not None:
                    pending.append((step, following, mask | 1 << following))
            if node.gap is not None:
                pending += _leap(node.gap, following, tokens, symbols, mask)
        if not pending:
            return
        node, at, mask = pending.pop()
        for entry in node.ends:
            found.append(Match(entry, first, at, mask))  # noqa: PERF401 - as above


def _counted_off(tokens: Tokens, at: int) -> bool:
    """Whether token ``at`` is a number that a comma parts from what follows: "37.0, paracetamol" is no count of it."""
    return tokens.breaks[at + 1] is Break.SOFT and tokens.words[at][0].isdigit()


def _leap(
    gap: Node, following: int, tokens: Tokens, symbols: Sequence[tuple[str, ...]], mask: int
) -> list[tuple[Node, int, int]]:
    """Where a gap that begins at token ``following`` may lead."""
    steps, sentence = gap.next, tokens.sentence[following]
    found: list[tuple[Node, int, int]] = []
    for at in range(following, min(following + MAX_GAP + 1, len(symbols))):
        if tokens.sentence[at] != sentence or tokens.breaks[at] is not Break.NONE:
            break
        found.extend((steps[symbol], at, mask | (1 << at)) for symbol in symbols[at] if symbol in steps)
    return found


def _collect(node: Node, path: tuple[str, ...], entries: set[int], words: set[str], classes: Mapping[str, set[str]]) -> None:
    if node.ends and not entries.isdisjoint(node.ends):
        for symbol in path:
            if symbol in _BUILT_IN:
                continue
            if symbol.startswith("<"):
                words.update(member for member in classes[symbol[1:-1]] if not member.endswith("*"))
            elif not symbol.endswith("*"):
                words.add(symbol)
    for symbol, step in node.next.items():
        _collect(step, (*path, symbol), entries, words, classes)
    if node.gap is not None:
        _collect(node.gap, path, entries, words, classes)
