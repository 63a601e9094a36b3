"""messages/<language>/vocabulary.yaml, how patients write, become one lexicon of all languages.

Each list item holds phrases parted by semicolons, in the language of bot/core/reading/patterns.py:

    symptoms:
      fever:
        - fever; running a temperature
        - qualities: [persistent]
          phrases: [fever wont break; cant shake .. fever]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields, FlawedError, Node, Source
from bot.core.clinical.patient import Risk
from bot.core.reading.lexicon import Entry, Kind, Lexicon
from bot.core.reading.normalise import fold
from bot.core.reading.numbers import NumberWords
from bot.core.reading.patterns import GAP, PatternInvalid

FILE = "vocabulary.yaml"
_BY_SYMPTOM = (Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION)
_PLAIN = tuple(kind for kind in Kind if kind not in {*_BY_SYMPTOM, Kind.QUALITY, Kind.MEDICINE})
_SLIP_REMEDY = "Join such words with _ (back|the_gym); where they are meant one by one, name the short word first (the|one side)."
_FIELDS = (
    "words",
    "numbers",
    "points",
    "ands",
    "spellings",
    "negated_endings",
    "conditional_endings",
    "own_endings",
    "prefixes",
    "no_typos",
    "things",
    "counted_endings",
    "uncounted",
    *(kind.value for kind in Kind),
)


@dataclass
class _Building:
    """What is gathered over all files before the lexicon is closed."""

    declared: Mapping[str, frozenset[str]]
    lexicon: Lexicon = field(default_factory=Lexicon)
    values: dict[str, int] = field(default_factory=dict)
    points: set[str] = field(default_factory=set)
    ands: set[str] = field(default_factory=set)


def load_lexicon(messages: Path, declared: Mapping[str, frozenset[str]]) -> Lexicon:
    """The lexicon of every language folder that has a vocabulary. ``declared``: symptom id -> its qualities.

    Raises ProblemsFound with file, line and column for anything that is not as it must be.
    """
    building = _Building(declared, Lexicon(declared=declared))
    for path in sorted(messages.glob(f"*/{FILE}")):
        source = Source.read(path, f"{messages.name}/{path.parent.name}/{FILE}")
        _read(source.root(), building)
        source.check()
    building.lexicon.numbers = NumberWords(building.values, frozenset(building.points), frozenset(building.ands))
    return building.lexicon.seal()


def vocabulary_files(messages: Path) -> tuple[Path, ...]:
    """The files that a lexicon is made of, in order: the content hash covers them."""
    return tuple(sorted(messages.glob(f"*/{FILE}")))


def _read(root: Node, building: _Building) -> None:
    fields = root.fields(required=("language",), optional=_FIELDS)
    language = fields.get("language", Node.words, "en")
    lexicon = building.lexicon
    if fields.has("words"):
        _classes(fields.at("words"), language, lexicon)
    if fields.has("numbers"):
        building.values.update((fold(word), value) for word, value in fields.at("numbers").mapping(Node.integer).items())
    building.points.update(_folded(fields, "points"))
    building.ands.update(_folded(fields, "ands"))
    if fields.has("spellings"):
        lexicon.spellings.update(_spellings(fields.at("spellings").mapping(_phrases)))
    lexicon.negated_endings[language] = _folded(fields, "negated_endings")
    lexicon.conditional_endings[language] = _folded(fields, "conditional_endings")
    lexicon.own_endings[language] = _folded(fields, "own_endings")
    lexicon.prefixes += _folded(fields, "prefixes")
    lexicon.no_typos.update(_folded(fields, "no_typos"))
    things = _folded(fields, "things")
    lexicon.things.update(word for word in things if not word.endswith("*"))
    lexicon.thing_stems += tuple(word[:-1] for word in things if word.endswith("*"))
    lexicon.counted_endings += _folded(fields, "counted_endings")
    lexicon.uncounted.update(_folded(fields, "uncounted"))
    for kind in _BY_SYMPTOM:
        if fields.has(kind.value):
            _by_symptom(fields.at(kind.value), kind, language, building)
    if fields.has(Kind.QUALITY.value):
        _qualities(fields.at(Kind.QUALITY.value), language, building)
    if fields.has(Kind.MEDICINE.value):
        _medicines(fields.at(Kind.MEDICINE.value), language, building)
    for kind in _PLAIN:
        if fields.has(kind.value):
            _add(fields.at(kind.value), Entry(kind=kind, language=language, where=fields.at(kind.value).where), lexicon)


def _folded(fields: Fields, key: str) -> tuple[str, ...]:
    nothing: tuple[str, ...] = ()
    return tuple(map(fold, fields.get(key, _phrases, nothing)))


def _classes(node: Node, language: str, lexicon: Lexicon) -> None:
    for name, value in node.pairs():
        try:
            lexicon.trie.define(f"{language}.{name}", _phrases(value))
        except PatternInvalid as error:
            value.fail(str(error), PatternInvalid.remedy, "phrase")


def _by_symptom(node: Node, kind: Kind, language: str, building: _Building) -> None:
    for symptom, value in node.pairs():
        if symptom not in building.declared:
            value.fail(f"no symptom is called {symptom!r}", did_you_mean(symptom, building.declared), "unknown-symptom")
            continue
        for item in value.items(lambda n: n):
            _item(item, Entry(kind=kind, language=language, symptom=symptom, where=item.where), building)


def _item(item: Node, entry: Entry, building: _Building) -> None:
    if not item.is_mapping():
        _add(item, entry, building.lexicon)
        return
    fields = item.fields(required=("qualities", "phrases"))
    nothing: tuple[str, ...] = ()
    qualities = frozenset(fields.get("qualities", Node.strings, nothing))
    for quality in sorted(qualities - building.declared[entry.symptom]):
        hint = did_you_mean(quality, building.declared[entry.symptom])
        fields.at("qualities").fail(f"{entry.symptom} has no quality {quality!r}", hint, "unknown-quality")
    described = Entry(kind=entry.kind, language=entry.language, symptom=entry.symptom, qualities=qualities, where=item.where)
    _add(fields.at("phrases"), described, building.lexicon)


def _qualities(node: Node, language: str, building: _Building) -> None:
    known = frozenset().union(*building.declared.values()) if building.declared else frozenset()
    for quality, value in node.pairs():
        if quality not in known:
            value.fail(f"no symptom has a quality {quality!r}", did_you_mean(quality, known), "unknown-quality")
            continue
        entry = Entry(kind=Kind.QUALITY, language=language, qualities=frozenset({quality}), where=value.where)
        _add(value, entry, building.lexicon)


def _medicines(node: Node, language: str, building: _Building) -> None:
    known = [risk.value for risk in Risk]
    for risk, value in node.pairs():
        if risk not in known:
            value.fail(f"no risk is called {risk!r}", did_you_mean(risk, known), "unknown-risk")
            continue
        _add(value, Entry(kind=Kind.MEDICINE, language=language, risk=risk, where=value.where), building.lexicon)


_JOINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "of",
        "be",
        "is",
        "some",
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "y",
        "ve",
        "и",
        "und",
        "der",
        "die",
        "das",
        "den",
        "ein",
        "eine",
        "einen",
        "و",
    ]
)
"""Words that never end a phrase of several words: as the last of some alternatives they show that a ``_`` was forgotten."""


def _slip(phrase: str) -> str | None:
    """The first alternative of several words that lacks its ``_``: ``day|the night`` means ``day night`` or ``the night``."""
    words = phrase.split()
    for group, following in pairwise(words):
        options = group.strip("[]").split("|")
        if len(options) > 1 and options[-1] in _JOINERS and options[0] not in _JOINERS and following != GAP:
            return f"{group} {following}"
    return None


def _add(node: Node, entry: Entry, lexicon: Lexicon) -> None:
    try:
        phrases = _phrases(node)
        for slip in filter(None, map(_slip, phrases)):
            node.fail(f"{slip!r} reads as if its last alternative were several words", _SLIP_REMEDY, "alternative")
        lexicon.add(entry, phrases)
    except FlawedError:
        return  # recorded where it was found
    except PatternInvalid as error:
        node.fail(str(error), PatternInvalid.remedy, "phrase")


def _phrases(node: Node) -> tuple[str, ...]:
    texts: Iterable[str] = node.strings() if node.is_list() else (node.words(),)
    return tuple(phrase.strip() for text in texts for phrase in text.split(";") if phrase.strip())


def _spellings(written: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {
        fold(variant).replace("'", ""): fold(word).replace("'", "") for word, variants in written.items() for variant in variants
    }
