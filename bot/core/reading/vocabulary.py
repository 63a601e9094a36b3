"""The vocabulary reader: phrases of all languages in a message, each in its context, as findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from bot.core.clinical.finding import Finding, Reader, Status
from bot.core.reading.context import Context, Spot
from bot.core.reading.lexicon import Kind, Lexicon
from bot.core.reading.patterns import NUMBER, Match, match
from bot.core.reading.standing import standing
from bot.core.reading.tokens import Tokens

_READ = {Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION}
_ALL_LANGUAGES = {
    Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION, Kind.QUALITY, Kind.STOP, Kind.HELP, Kind.START, Kind.IDIOM, Kind.NEUTRAL, Kind.MEDICINE,
    Kind.YES, Kind.NO, Kind.FUNCTION,
}  # fmt: skip
"""What is read in every language at once. What only steers (negators, persons) or says that all is well is read in those that the
message is in: a word of one language is the beginning of another's."""
_COVERS = {Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION, Kind.IDIOM, Kind.NEUTRAL, Kind.FINE, Kind.LOGISTICS, Kind.NOT_A_NEGATOR}
_COVERED = _COVERS | {Kind.NEGATOR, Kind.NEGATOR_NEAR, Kind.NEGATOR_AFTER, Kind.HEALTH, Kind.ALARM, Kind.YES, Kind.NO, Kind.ENDS}
SAME_CLAUSE_ONLY = frozenset({
    "improving", "resolved", "brief", "small", "mild", "usual", "clear_ooze", "cool", "end_of_day", "cold_weather", "stable_bruise", "stable_scar",
    "slight", "walking", "settled", "over_24_h_ago", "over_7_d_ago", "unchanged", "gradual", "slow_onset", "localised", "muscular", "corrected",
    "harmless_extra", "known_epilepsy", "usual_flare", "strenuous", "streaks", "at_site", "on_standing",
})  # fmt: skip
"""Qualities that can lower a level: they describe only what stands in their own sentence."""

_NEGATORS = {Kind.NEGATOR, Kind.NEGATOR_NEAR, Kind.NEGATOR_AFTER}
_NOT_NEGATING = {Kind.NOT_A_NEGATOR, Kind.IDIOM, Kind.NEUTRAL}
_REPEATABLE = {
    Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION, Kind.QUALITY, Kind.NEGATOR, Kind.NEGATOR_NEAR, Kind.NEGATOR_AFTER, Kind.NONE_OF_IT,
}  # fmt: skip
MENTIONS = 30
"""Times that one list of phrases is heard in one message."""
STRAY = 3
"""Letters up to which one word alone is not heard in a language that the message is not in."""
REMEMBERED = 50_000
"""Words of messages whose symbols are kept."""
SINGULAR_FROM = 5
"""Letters from which a word that ends in s also stands for the word without it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. ``fine``: it says that all is well; ``logistics``: it speaks of appointments or thanks.

    ``missed`` are words of the body or of illness that nothing explains, ``alarmed`` those of danger.
    """

    findings: tuple[Finding, ...] = ()
    fine: bool = False
    fine_words: int = 0
    """How many words say so."""
    logistics: bool = False
    figurative: bool = False
    """Whether a figure of speech was heard that might be a report."""
    yes: bool = False
    no: bool = False
    missed: tuple[str, ...] = ()
    alarmed: tuple[str, ...] = ()
    commands: frozenset[Kind] = frozenset()
    languages: frozenset[str] = frozenset()
    unknown: int = 0
    """How many words no phrase knows."""
    words: int = 0
    content: int = 0
    """How many words are more than "the", "and", "is"."""
    explained: int = 0
    """How many of them a phrase of any kind gives a meaning to; words of the body that nothing explains are not among them."""
    friendly: int = 0
    """How many speak of well-being, thanks, appointments, small talk."""
    context: Context | None = field(default=None, repr=False, compare=False)

    @property
    def all_explained(self) -> bool:
        """Whether every word that means anything means something to a phrase, and none was a figure of speech."""
        return 0 < self.content <= self.explained and not self.unknown and not self.figurative


def read_vocabulary(tokens: Tokens, lexicon: Lexicon) -> Reading:
    """Findings of all languages, with how the message speaks of each. Never fails."""
    symbols, languages, context = _heard(tokens, lexicon)
    return _reading(context, _findings(context, lexicon), symbols, languages)


def findings_of(tokens: Tokens, lexicon: Lexicon) -> list[Finding]:
    """The findings alone: all that is asked of a piece of a very long message."""
    return _findings(_heard(tokens, lexicon, repeated=MENTIONS)[2], lexicon)


def _heard(
    tokens: Tokens, lexicon: Lexicon, *, repeated: int | None = None
) -> tuple[list[tuple[str, ...]], frozenset[str], Context]:
    """The symbols of each token, the languages of the message, and what its phrases say of each other.

    One picture is heard ``repeated`` times: a word of one character, it would cost most of all.
    """
    symbols = [_symbols(word, lexicon) for word in tokens.words]
    if repeated is not None:
        _silence(tokens, symbols, repeated)
    spots = [Spot(m, lexicon.entries[m.entry]) for m in match(lexicon.trie, tokens, symbols)]
    languages = _languages(spots, lexicon)
    spots = [s for s in spots if s.entry.kind in _ALL_LANGUAGES or s.entry.language in languages or _picture(s, tokens)]
    spots = [s for s in spots if s.entry.language in languages or not _stray(s, tokens)]
    spots = _uncovered(_without_repetition(spots))
    return symbols, languages, Context.of(tokens, spots)


def _picture(spot: Spot, tokens: Tokens) -> bool:
    """Whether it is an emoji, which is of no language."""
    return not tokens.words[spot.match.first].isalnum()


def _silence(tokens: Tokens, symbols: list[tuple[str, ...]], repeated: int) -> None:
    """Takes the meaning from pictures that were there so many times before."""
    seen: dict[str, int] = {}
    for at, word in enumerate(tokens.words):
        if len(word) == 1 and not word.isalnum():
            seen[word] = seen.get(word, 0) + 1
            if seen[word] > repeated:
                symbols[at] = ()


def _symbols(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    found = lexicon.heard.get(word)
    if found is None:
        found = _looked_up(word, lexicon)
        if len(lexicon.heard) < REMEMBERED:  # words of strangers must not fill the memory
            lexicon.heard[word] = found
    return found


def _looked_up(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    found = lexicon.trie.symbols(word)
    meant = lexicon.spellings.get(word)
    if meant is not None:  # a misspelling in one language is a word of another: "de", "mi"
        found += tuple(symbol for symbol in lexicon.trie.symbols(meant) if symbol not in found)
        word = meant
    if word in lexicon.numbers.values:
        found = (*found, NUMBER)
    if len(word) >= SINGULAR_FROM and word.endswith("s"):  # "calf's", "clots"
        single = lexicon.trie.symbols(lexicon.spellings.get(word[:-1], word[:-1]))
        found += tuple(symbol for symbol in single if symbol not in found)
    if "\u0621" <= word[0] <= "\u064a":
        found += tuple(s for p in lexicon.prefixes if word.startswith(p) for s in lexicon.trie.symbols(word[len(p) :] or p))
    if found or word in lexicon.no_typos:
        return found
    if word[0].isdigit() and not word.isdigit():  # a number and a word grown together: "3paracetamol"
        grown = _looked_up(word[1:], lexicon)
        return (NUMBER, *grown) if grown else ()
    repaired = lexicon.speller.repair(word)
    return lexicon.trie.symbols(repaired) if repaired else ()


def _languages(spots: Iterable[Spot], lexicon: Lexicon) -> frozenset[str]:
    """The languages that the message seems to be written in; all of them where nothing tells."""
    votes: dict[str, int] = {}
    for spot in spots:
        weight = 1 if spot.entry.kind is Kind.FUNCTION else 2 if spot.entry.kind in _READ else 0
        votes[spot.entry.language] = votes.get(spot.entry.language, 0) + weight
    best = max(votes.values(), default=0)
    if not best:
        return frozenset(lexicon.languages)
    return frozenset(language for language, count in votes.items() if 2 * count >= best)


def _stray(spot: Spot, tokens: Tokens) -> bool:
    """Whether a word so short that every language has it is all that another language heard: Turkish blood in "ich kan"."""
    word = tokens.words[spot.match.first]
    return spot.entry.kind in _READ and spot.match.mask.bit_count() == 1 and len(word) <= STRAY and word.isascii()


def _without_repetition(spots: Sequence[Spot]) -> list[Spot]:
    """Drops what a message says for the hundredth time: each mention is weighed against all others."""
    said: dict[int, int] = {}
    kept = []
    for spot in spots:
        if spot.entry.kind in _REPEATABLE:
            count = said[spot.match.entry] = said.get(spot.match.entry, 0) + 1
            if count > MENTIONS:
                continue
        kept.append(spot)
    return kept


def _uncovered(spots: Sequence[Spot]) -> list[Spot]:
    """Drops what lies wholly inside a longer phrase ("blood" in "blood pressure"); an idiom of equal length wins too.

    Idioms go first: a phrase that one of them breaks up hides nothing shorter ("fingers white in cold" in "cold weather").
    """
    idioms = [s for s in spots if s.entry.kind is Kind.IDIOM]
    if idioms:
        spots = _outside(spots, idioms)
    return _outside(spots, spots)


def _outside(spots: Sequence[Spot], covers: Sequence[Spot]) -> list[Spot]:
    """The places that none of the others covers."""
    covering: dict[int, list[Spot]] = {}
    for cover in covers:
        if cover.entry.kind in _COVERS:
            for at in range(cover.match.first, cover.match.last + 1):
                covering.setdefault(at, []).append(cover)
    kept = []
    for spot in spots:
        ends = {spot.match.first, spot.match.last}
        near = [c for at in ends for c in covering.get(at, ())] if spot.entry.kind in _COVERED else []
        if not any(_covers(c, spot) for c in near):
            kept.append(spot)
    return kept


def _covers(cover: Spot, spot: Spot) -> bool:
    shared = cover.match.mask & spot.match.mask
    if not shared or cover is spot:
        return False
    if cover.entry.kind is Kind.IDIOM and spot.entry.kind is not Kind.IDIOM:
        return spot.match.mask == shared or shared != cover.match.mask  # only a phrase that holds the whole idiom survives
    if shared != spot.match.mask or (spot.entry.kind in _NEGATORS and cover.entry.kind not in _NOT_NEGATING):
        return False
    return cover.match.mask != spot.match.mask or spot.entry.kind not in _COVERS


def _findings(context: Context, lexicon: Lexicon) -> list[Finding]:
    spots = context.of_kind(Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION)
    qualities = context.of_kind(Kind.QUALITY)
    negated = context.negated([s.match for s in [*spots, *qualities]])
    found: dict[tuple[str, int, int, Status], set[str]] = {}
    denials = [d for d in context.of_kind(Kind.DENIAL) if d.match not in negated]
    for spot in spots:
        if spot.entry.kind is Kind.SYMPTOM and any(_denied_by(d, spot) for d in denials):
            continue
        status = standing(spot, context, lexicon, negated=spot.match in negated)
        key = (spot.entry.symptom, spot.match.first, spot.match.last, status)
        found.setdefault(key, set()).update(spot.entry.qualities)
    denied = [d.match.mask for d in context.of_kind(Kind.DENIAL)]
    said = [q for q in qualities if not any(q.match.mask & mask == q.match.mask for mask in denied)]
    live = [q for q in said if q.match not in negated and context.status(q.match) is Status.PRESENT]
    present = [key for key in found if key[3] is Status.PRESENT]
    alone = len({symptom for symptom, *_ in present}) == 1
    described: dict[tuple[str, int], set[str]] = {}
    for key in present:
        place = (key[0], context.tokens.sentence[key[1]])
        if place not in described:
            described[place] = _described(*place, live, context, lexicon, alone=alone)
        found[key] |= described[place]
    return [_finding(key, own, context) for key, own in sorted(found.items(), key=lambda item: item[0][1:3])]


def _denied_by(denial: Spot, spot: Spot) -> bool:
    """Whether the denial is the same words ("göğüs ağrısız"), or takes up the last of them and goes on ("walked, breath fine")."""
    if denial.entry.symptom != spot.entry.symptom:
        return False
    own, its = spot.match, denial.match
    return own.mask == its.mask or (own.first < its.first == own.last < its.last)


def _described(symptom: str, sentence: int, live: Sequence[Spot], context: Context, lexicon: Lexicon, *, alone: bool) -> set[str]:
    """The qualities that the message gives to this symptom in this sentence."""
    known = lexicon.declared.get(symptom, frozenset())
    own: set[str] = set()
    for spot in live:
        here = context.tokens.sentence[spot.match.first] == sentence
        near = here or (alone and abs(context.tokens.sentence[spot.match.first] - sentence) <= 2)
        for quality in spot.entry.qualities & known:
            if near and (here or quality not in SAME_CLAUSE_ONLY or quality == "resolved"):
                own.add(quality)
    return own


def _finding(key: tuple[str, int, int, Status], qualities: set[str], context: Context) -> Finding:
    symptom, first, last, status = key
    tokens = context.tokens
    start, end = tokens.source.span(tokens.start[first], tokens.end[last])
    return Finding(
        symptom=symptom,
        status=status,
        text=tokens.source.original[start:end],
        start=start,
        end=end,
        qualities=frozenset(qualities),
        reader=Reader.VOCABULARY,
    )


def _reading(
    context: Context, findings: Sequence[Finding], symbols: Sequence[tuple[str, ...]], languages: frozenset[str]
) -> Reading:
    tokens = context.tokens
    covered = 0
    for spot in context.of_kind(Kind.SYMPTOM, Kind.DENIAL, Kind.MENTION, Kind.IDIOM, Kind.NEUTRAL, Kind.FINE, Kind.LOGISTICS):
        covered |= spot.match.mask
    fine = [s for s in context.of_kind(Kind.FINE) if not context.other_person(s.match)]
    negated_fine = context.negated([s.match for s in fine], (Kind.NEGATOR_NEAR,))
    explained = _mask(context, _EXPLAINS)
    return Reading(
        findings=tuple(findings),
        fine=any(s.match not in negated_fine for s in fine),
        fine_words=sum(s.match.mask.bit_count() for s in fine if s.match not in negated_fine),
        logistics=bool(context.of_kind(Kind.LOGISTICS)),
        figurative=any(context.figurative(s.match) for s in context.of_kind(Kind.SYMPTOM, Kind.MENTION)),
        yes=_answers(context, Kind.YES),
        no=_answers(context, Kind.NO),
        missed=_left(context, Kind.HEALTH, covered) + _unfine(fine, negated_fine, context),
        alarmed=_left(context, Kind.ALARM, covered),
        commands=frozenset(k for k in (Kind.STOP, Kind.HELP, Kind.START) if context.of_kind(k)),
        languages=languages,
        unknown=sum(1 for at, own in enumerate(symbols) if not own and not tokens.words[at].isdigit()),
        words=len(tokens),
        content=len(tokens) - (_mask(context, {Kind.FUNCTION}) & ~explained).bit_count(),
        explained=explained.bit_count(),
        friendly=_mask(context, _FRIENDLY).bit_count(),
        context=context,
    )


_EXPLAINS = set(Kind) - {Kind.FUNCTION, Kind.HEALTH, Kind.ALARM, Kind.QUALITY, Kind.FIGURE}
_FRIENDLY = {
    Kind.FINE, Kind.IDIOM, Kind.LOGISTICS, Kind.NEUTRAL, Kind.NONE_OF_IT, Kind.STOP, Kind.HELP,
}  # fmt: skip


def _mask(context: Context, kinds: Collection[Kind]) -> int:
    mask = 0
    for kind, spots in context.spots.items():
        if kind in kinds:
            for spot in spots:
                mask |= spot.match.mask
    return mask


def _answers(context: Context, kind: Kind) -> bool:
    """Whether the message begins with such a word."""
    return any(spot.match.first <= 1 for spot in context.of_kind(kind))


def _unfine(fine: Sequence[Spot], negated: set[Match], context: Context) -> tuple[str, ...]:
    return tuple(_words(s.match, context) for s in fine if s.match in negated)


def _left(context: Context, kind: Kind, covered: int) -> tuple[str, ...]:
    spots = [s for s in context.of_kind(kind) if not s.match.mask & covered and not context.other_person(s.match)]
    spots = [s for s in spots if context.status(s.match) is not Status.PAST]
    negated = context.negated([s.match for s in spots])
    return tuple(_words(s.match, context) for s in spots if s.match not in negated)


def _words(match: Match, context: Context) -> str:
    return " ".join(context.tokens.words[match.first : match.last + 1])
