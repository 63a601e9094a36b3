"""A vocabulary: the entries that phrases of all languages stand for, compiled into one trie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.reading.numbers import NumberWords
from bot.core.reading.patterns import Trie
from bot.core.reading.spelling import Speller


class Kind(StrEnum):
    """What a phrase does. The values are the names of the lists in ``messages/<language>/vocabulary.yaml``."""

    __hash__ = str.__hash__  # every phrase of every message is sorted by its kind; Enum's own hash is no C function

    SYMPTOM = "symptoms"
    """The symptom is there."""
    DENIAL = "denials"
    """The symptom is not there, said in the positive: "breathing is fine"."""
    MENTION = "mentions"
    """An illness called by its name, which alone reports nothing: "stroke", "sepsis". Asked about; a report in so short a
    message that it can be nothing else."""
    QUALITY = "qualities"
    """Describes the findings around it that know this quality."""

    NEGATOR = "negators"
    """Negates what follows, at most FAR words on: "no", "no sign of"."""
    NEGATOR_NEAR = "negators_near"
    """Negates only what follows almost at once: "isn't", "not"."""
    NEGATOR_AFTER = "negators_after"
    """Negates what it follows: "yok", "nil"."""
    NONE_OF_IT = "none_of_it"
    """Negates everything that was listed just before it: "none of that", "hiçbiri yok"."""
    NOT_A_NEGATOR = "not_negators"
    """Holds a negator's words without negating: "not only", "no better"."""
    WITHOUT = "without"
    """Denies what follows, unless something cannot be done without it."""
    UNABLE = "unable"
    """Says that something cannot be done: "can't climb a step without gasping" reports the gasping."""
    JOINS = "joins"
    """Carries a negation on to the next of a list: "or", "nor"."""
    ENDS = "ends"
    """Ends every scope: "but", "because"."""
    PAST = "past"
    NOW = "now"
    """What is said here is not history, whatever year stands beside it."""
    RESOLVED = "resolved"
    OTHER = "others"
    """Another person becomes the subject."""
    PRONOUN = "pronouns"
    """Someone who was named before; in a message that names nobody else, the patient, of whom a carer writes."""
    SELF = "self"
    """The writer becomes the subject again."""
    NOT_ME = "not_me"
    """What was told before it befell somebody else: "ben değilim", "that wasn't me"."""
    THEIRS = "theirs"
    """What happens to persons, said of a third one: "bayıldı". Of whom, MYSELF tells."""
    MYSELF = "myself"
    """How the writer is, set against that: "ben iyiyim", "benden yana sorun yok"."""
    REPORTS = "reports"
    """The other person only says or notices it: the writer stays the subject."""
    CARER = "carer"
    """The writer writes for the patient."""
    TREATED = "treated"
    """Speaks of the treatment: with another person as subject, that person is the patient."""
    MEDICINE = "medicines"
    """A medicine or illness that counts as a risk where the writer has it: "on warfarin". In the file they stand by risk."""
    HYPOTHETICAL = "hypothetical"
    QUESTION = "questions"
    """Begins a question; one that names nothing of the writer's own is hypothetical: "is chest pain common?"."""
    SUPPOSED = "supposed"
    """A condition: hypothetical even where the writer's own body is named ("what if my leg swells")."""
    EXERTION = "exertion"
    """Sport and hard work: who is out of breath from it, and well again, reports no symptom but is asked."""
    GROUNDED = "grounded"
    """Makes a question a report: "I have", "since yesterday"."""
    FIGURE = "figures"
    """A phrase that is a figure of speech as often as a report ("dying", "had me gasping"): in a sentence that also speaks of a
    scene it is asked about; everywhere else it is a report."""
    SCENE = "scenes"
    """What figures of speech are said of: matches, films, bills, bosses, traffic."""
    IDIOM = "idioms"
    """Means nothing clinical; hides what its words would mean alone."""
    NEUTRAL = "neutral"
    """A term of its own: hides what lies wholly inside it ("blood" in "blood pressure"), no more."""
    FINE = "fine"
    LOGISTICS = "logistics"
    """Thanks, appointments, forms, small talk."""
    YES = "yes"
    NO = "no"
    HEALTH = "health"
    """A word of the body or of illness: where nothing explains it, the message was not understood."""
    ALARM = "alarm"
    """A word of distress or danger: where nothing explains it, the message was not understood, whatever else it says."""
    FUNCTION = "function_words"
    """Common words that tell the language."""
    STOP = "stop"
    HELP = "help"
    START = "start"


LONG_ENOUGH = 8
"""Letters that a word of a language with many endings needs before another is taken for its misspelling."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase stands for. ``symptom`` is set for SYMPTOM and DENIAL; ``qualities`` for SYMPTOM and QUALITY; ``risk`` for MEDICINE."""

    kind: Kind
    language: str
    symptom: str = ""
    qualities: frozenset[str] = frozenset()
    risk: str = ""
    where: str = ""
    """``messages/en/vocabulary.yaml:12``"""


@dataclass
class Lexicon:
    """All vocabularies together. Filled by the loader, sealed once, then only read."""

    trie: Trie = field(default_factory=Trie)
    entries: list[Entry] = field(default_factory=list)
    spellings: dict[str, str] = field(default_factory=dict)
    """A word as typed -> the word that is meant: ``cannot`` -> ``cant``."""
    languages: set[str] = field(default_factory=set)
    negated_endings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By language, what, right after a stem, turns a verb round: ``kus-muyor``, but not ``alam-iyor`` (cannot)."""
    conditional_endings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By language, how a verb ends that only supposes: ``agri-rsa``."""
    own_endings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By language, how a word ends that speaks of the writer's own body: Turkish ``bacag-im``, ``titriyor-um``."""
    prefixes: tuple[str, ...] = ()
    """What is written together with the next word: Arabic "and", "the", "with"."""
    no_typos: set[str] = field(default_factory=set)
    """Words that only look like a typo of a symptom's."""
    things: set[str] = field(default_factory=set)
    """Words for what is numbered or counted: a bare number right beside one is no reading."""
    thing_stems: tuple[str, ...] = ()
    """Their beginnings, where the language has many endings (``word*`` in the vocabulary)."""
    counted_endings: tuple[str, ...] = ()
    """How many things end right behind their number, where a language has such an ending: "39 camisas"."""
    uncounted: set[str] = field(default_factory=set)
    """Words that only end so, or are the unit of a reading: "39 grados"."""
    declared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Symptom id -> the qualities that the catalogue knows for it."""
    numbers: NumberWords = field(default_factory=NumberWords)
    speller: Speller = field(default_factory=Speller)
    negators: frozenset[str] = frozenset()
    """Every word of what denies: "not", "kein", "yok"."""
    heard: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    """What words of messages stood for, so far."""

    def add(self, entry: Entry, phrases: Iterable[str]) -> None:
        """Adds an entry with its phrases. Raises PatternInvalid."""
        self.entries.append(entry)
        self.languages.add(entry.language)
        for phrase in phrases:
            self.trie.add(phrase, len(self.entries) - 1, entry.language)

    def thing(self, word: str) -> bool:
        """Whether the (folded) word names something that is numbered or counted: "crane 39", "39 loaves"."""
        return word in self.things or any(word.startswith(stem) for stem in self.thing_stems)

    def plural(self, word: str) -> bool:
        """Whether the (folded) word behind a number says by its ending that it is what is counted: "104 hectareas"."""
        return word.endswith(self.counted_endings) and word not in self.uncounted

    def seal(self) -> Lexicon:
        """Closes it: symbols worked out, spelling repair prepared."""
        self.trie.seal()
        denying = {Kind.NEGATOR, Kind.NEGATOR_NEAR, Kind.NEGATOR_AFTER}
        self.negators = frozenset(self.trie.words_of({at for at, e in enumerate(self.entries) if e.kind in denying}))
        self.speller = Speller.of(self._symptom_words(), self.trie.vocabulary() | self.no_typos)
        return self

    def _symptom_words(self) -> set[str]:
        kinds = {Kind.SYMPTOM, Kind.QUALITY}
        english = {at for at, e in enumerate(self.entries) if e.kind in kinds and e.language == "en"}
        others = {at for at, e in enumerate(self.entries) if e.kind in kinds and e.language != "en"}
        return self.trie.words_of(english) | {w for w in self.trie.words_of(others) if len(w) >= LONG_ENOUGH}
