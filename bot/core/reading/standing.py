"""How a message speaks of one thing that was found in it: it is there, denied, past, another's, or only asked about."""

from __future__ import annotations

from bot.core.clinical.finding import Status
from bot.core.reading.context import BEFORE, Context, Spot
from bot.core.reading.lexicon import Kind, Lexicon
from bot.core.reading.patterns import Match
from bot.core.reading.tokens import Break

NAMED_ALONE = 3
"""Words up to which the mere name of an illness reports it."""
_AND_WRITTEN_ON = "و"
_EFFORT = frozenset({"dyspnea", "palpitations", "neuro_deficit", "deep_vein_thrombosis", "fatigue", "fever", "edema"})
"""What sport does to anybody. Chest pain, faints and the like never are."""


def standing(spot: Spot, context: Context, lexicon: Lexicon, *, negated: bool) -> Status:
    """The status of this finding. ``negated``: a negator of the message reaches it."""
    around = context.status(spot.match)
    if around is Status.OTHER_PERSON and _says_own(spot, context, lexicon):
        around = Status.PRESENT
    inner = _negated_within(spot.match, context)
    if spot.entry.kind is Kind.DENIAL:
        return around if _undone(spot, context, lexicon, negated=negated or inner) else _denied(around)
    if _turned_round(spot, context, lexicon):
        negated = not negated
    if around is Status.PAST and spot.entry.symptom == "self_harm_crisis" and context.of_kind(Kind.NOW):
        return Status.PRESENT  # "not now" is for a clinician to hear
    if around in {Status.PAST, Status.OTHER_PERSON}:
        return around
    if _conditional(spot, context, lexicon):
        return Status.HYPOTHETICAL
    if negated or inner or _zero_follows(spot.match, context):
        return Status.NEGATED
    asked = _only_named(spot, context) or _of_effort(spot, context) or context.figurative(spot.match)
    return Status.HYPOTHETICAL if asked else around


def _denied(around: Status) -> Status:
    return around if around is Status.OTHER_PERSON else Status.NEGATED


def _undone(denial: Spot, context: Context, lexicon: Lexicon, *, negated: bool) -> bool:
    """Whether a denial denies nothing, as it is denied itself: then it reports."""
    if context.needed(denial.match) or _not_well(denial.match, context, lexicon):
        return True
    return negated and not _negative_itself(denial, context) and not _goes_on(denial.match, context)


def _says_own(spot: Spot, context: Context, lexicon: Lexicon) -> bool:
    """Whether the grammar of its words says that the body is the writer's."""
    endings = lexicon.own_endings.get(spot.entry.language)
    if not endings:
        return False
    own = (at for at in range(spot.match.first, spot.match.last + 1) if spot.match.mask >> at & 1)
    return any(context.tokens.words[at].endswith(endings) for at in own)


def _negative_itself(spot: Spot, context: Context) -> bool:
    """Whether the denial is made with a negator of its own: another one beside it only stresses it ("ateşim hiç çıkmadı"), or
    goes on a list ("sin fiebre ni tos")."""
    return any(n.match.mask & spot.match.mask == n.match.mask for n in context.of_kind(Kind.NEGATOR_AFTER, *BEFORE))


def _not_well(denial: Match, context: Context, lexicon: Lexicon) -> bool:
    """Whether the well-being in it is itself denied, which is a report: "nefesim iyi" in "nefesim iyi değil" (my breath is not good)."""
    words = context.tokens.words
    turned = (s.match for s in context.of_kind(Kind.NOT_A_NEGATOR) if s.match.mask & denial.mask)
    return any(
        words[at] in lexicon.negators for m in turned for at in range(m.first, m.last + 1) if m.mask & ~denial.mask & 1 << at
    )


def _goes_on(match: Match, context: Context) -> bool:
    """Whether it begins with the "and" that Arabic writes together with its word: "no pain and-my-breath is fine" denies both."""
    word = context.tokens.words[match.first]
    return match.first > 0 and len(word) > len(_AND_WRITTEN_ON) + 1 and word.startswith(_AND_WRITTEN_ON)


def _zero_follows(match: Match, context: Context) -> bool:
    """Whether the symptom is scored nought: "fever 0, headache 0/10"."""
    words, following = context.tokens.words, match.last + 1
    return following < len(words) and words[following] == "0" and context.tokens.breaks[following] is Break.NONE


def _only_named(spot: Spot, context: Context) -> bool:
    return spot.entry.kind is Kind.MENTION and len(context.tokens) > NAMED_ALONE


def _of_effort(spot: Spot, context: Context) -> bool:
    """Whether this is what sport does to anybody, and it passed, or aches in both legs alike: then it is asked about."""
    if spot.entry.symptom not in _EFFORT or not context.from_exertion(spot.match):
        return False
    if spot.entry.symptom == "deep_vein_thrombosis":
        return "swollen" not in spot.entry.qualities and _of_both(context)
    return bool(context.of_kind(Kind.FINE, Kind.RESOLVED))


def _of_both(context: Context) -> bool:
    """Whether both legs are spoken of: a clot swells one."""
    return any("both_legs" in quality.entry.qualities for quality in context.of_kind(Kind.QUALITY))


def _negated_within(match: Match, context: Context) -> bool:
    """Whether a negator stands in a gap of the phrase: "leg not swollen"."""
    negators = [n for n in context.of_kind(Kind.NEGATOR_NEAR, Kind.NEGATOR) if not context.needed(n.match)]
    return any(match.first < n.match.first < match.last and not n.match.mask & match.mask for n in negators)


def _turned_round(spot: Spot, context: Context, lexicon: Lexicon) -> bool:
    """Whether the verb itself says "not": Turkish bulanmıyor; not where nothing can be done "without" it: kalmadan ... çıkamıyorum."""
    endings = lexicon.negated_endings.get(spot.entry.language)
    if not endings or context.needed(spot.match):
        return False
    word = context.tokens.words[spot.match.last]
    if lexicon.trie.ends_with(spot.match.entry, word):
        return False
    return any(_negative(word[len(stem) :], endings) for stem in lexicon.trie.stems_of(word, spot.match.entry))


def _negative(rest: str, endings: tuple[str, ...]) -> bool:
    """Whether such an ending begins what follows the stem, or follows a consonant of it: eğri-lmedi; not al-amadı ("could not")."""
    if rest.startswith(endings):
        return True
    return any(rest[at - 1] not in "aeiou" and rest.startswith(endings, at) for at in range(1, len(rest)))


def _conditional(spot: Spot, context: Context, lexicon: Lexicon) -> bool:
    """Whether the verb itself says "if": Turkish ağrırsa."""
    endings = lexicon.conditional_endings.get(spot.entry.language)
    return bool(endings) and context.tokens.words[spot.match.last].endswith(endings or ())
