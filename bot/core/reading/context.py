"""How a message speaks of what it mentions: negated, past, someone else's, hypothetical, or there now.

Every scope is narrow. A negation reaches only what follows it closely in its own clause, a list only where "or" carries it
on; a question is hypothetical only while the writer names nothing of their own; another person's illness is theirs only
until the writer speaks of themselves. When in doubt the finding is present.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.core.clinical.finding import Status
from bot.core.reading.lexicon import Entry, Kind
from bot.core.reading.patterns import Match
from bot.core.reading.punctuation import announces_list, filled_in, quotations
from bot.core.reading.tokens import Break, Tokens

FAR = 4
"""Words between a negator and what it negates: "no sign of any further chest pain"."""
NEAR = 1
"""The same for "not", "isn't": "not very dizzy"."""
AFTER = 2
"""Words between a finding and the negator behind it: "ateşim hiç yok"."""
LONGEST_LIST = 40
"""Matches that one negator may reach through a list."""
LIST_LEAD = 2
"""Words before a finding in a further item of a negated list: "or any rash"."""
DISOWNS = 2
"""Sentences back that "that was not me" reaches."""
_NOTHING_LEFT = (Kind.FINE, Kind.NO, Kind.NEGATOR, Kind.RESOLVED)
"""What, right before a word of now, says that nothing is left."""
_NOT_THEIRS = (Kind.NOT_ME, Kind.MYSELF)
"""What sets the writer against somebody who was not named: any story, or one told in the third person."""
AND = frozenset({"and", "y", "e", "und", "и", "ve"})
"""Between a negator and the first thing found behind it: the negator spoke of what stands before ("no paso la comida y me ahogo")."""
BEFORE = (Kind.NEGATOR, Kind.NEGATOR_NEAR)
"""Negators that stand before what they negate."""


class Spot(NamedTuple):
    """One place of the message that a phrase matched, with its entry."""

    match: Match
    entry: Entry


@dataclass
class Context:
    """One message's tokens and what its phrases say of each other. ``carer``: the writer writes for the patient."""

    tokens: Tokens
    spots: dict[Kind, list[Spot]] = field(default_factory=dict)
    carer: bool = False
    person: list[bool] = field(default_factory=list)
    """For each token whether another person is its subject."""

    @classmethod
    def of(cls, tokens: Tokens, spots: Sequence[Spot]) -> Context:
        """Sorts the places by what they do, and works out whose voice this is."""
        context = cls(tokens)
        for spot in spots:
            context.spots.setdefault(spot.entry.kind, []).append(spot)
        context.person = context._subjects()
        context.carer = context._writes_for_the_patient() or context._unnamed_other() or context._treated_other()
        return context

    def of_kind(self, *kinds: Kind) -> list[Spot]:
        """The places of these kinds, in the order of the kinds."""
        if len(kinds) == 1:
            return self.spots.get(kinds[0], [])
        return [spot for kind in kinds for spot in self.spots.get(kind, ())]

    def status(self, match: Match) -> Status:
        """How the message speaks of what this match found."""
        if self._past(match):
            return Status.PAST
        if self.other_person(match):
            return Status.OTHER_PERSON
        if self._hypothetical(match) or self.quoted(match):
            return Status.HYPOTHETICAL
        return Status.PRESENT

    def quoted(self, match: Match) -> bool:
        """Whether it stands in another's words: a stretch of several words between quotation marks."""
        start, end = self.tokens.start[match.first], self.tokens.end[match.last]
        return any(first <= start and end <= last for first, last in self._quotations)

    @cached_property
    def _quotations(self) -> tuple[tuple[int, int], ...]:
        """Those of this stretch of the text alone: a very long message is read in many."""
        return quotations(self.tokens)

    def other_person(self, match: Match) -> bool:
        """Whether the subject is somebody who is not the patient."""
        if self._disowned(match):
            return True
        if self.carer or not self.person or not self.person[match.last]:
            return False
        if any(match.first < s.match.first and s.match.last <= match.last for s in self.of_kind(Kind.OTHER)):
            return False  # a word of the finding itself: "charley horse"
        return not any(self._beside(s.match, match) for s in self.of_kind(Kind.SELF))

    def _disowned(self, match: Match) -> bool:
        """Whether the message goes on to say that this was not the writer: "bir yolcu bayıldı, ben değilim"."""
        if self.spots.keys().isdisjoint(_NOT_THEIRS) or self._writes_for_the_patient():
            return False
        deeds = [s for s in self.of_kind(Kind.THEIRS) if s.match.mask & match.mask]
        sentence = self.tokens.sentence
        behind = [s for s in self.of_kind(*(_NOT_THEIRS if deeds else _NOT_THEIRS[:1])) if match.last < s.match.first]
        behind = [s for s in behind if not self._broken(s.match)]
        return any(sentence[s.match.first] - sentence[match.first] <= DISOWNS for s in behind)

    def _broken(self, match: Match) -> bool:
        """Whether a comma stands inside it: "wirklich nicht, ich wollte" is no "nicht ich"."""
        return any(self.tokens.breaks[at] is not Break.NONE for at in range(match.first + 1, match.last + 1))

    def _beside(self, own: Match, match: Match) -> bool:
        """Whether a word of the writer's own stands in the match or follows it: "a fever I think"; not "a fever, I'm fine".

        What begins the next sentence counts: it may go on about the same.
        """
        if own.first == match.last + 1:
            return self.tokens.breaks[own.first] is not Break.SOFT and not self._spared(own)
        return own.first <= match.last and match.first <= own.last

    def _spared(self, own: Match) -> bool:
        """Whether a new sentence says at once that nothing ails the writer: "a fever. I'm fine", "температура. Я нет"."""
        if self.tokens.breaks[own.first] is not Break.HARD:
            return False
        return any(s.match.first == own.last + 1 for s in self.of_kind(Kind.FINE, Kind.NO, Kind.NEGATOR_AFTER))

    def negated(self, matches: Sequence[Match], kinds: Sequence[Kind] = BEFORE) -> set[Match]:
        """Which of these a negator of the message reaches. Words inside a match negate nothing outside it."""
        inside = 0
        for spot in self.of_kind(Kind.SYMPTOM):
            inside |= spot.match.mask
        symptoms = inside
        done: set[Match] = set()
        ordered = sorted(matches, key=lambda m: m.first)
        for spot in self.of_kind(*kinds):
            if not spot.match.mask & inside and not self.needed(spot.match):
                done |= self._forward(spot, ordered)
        for spot in self.of_kind(Kind.DENIAL):
            inside |= spot.match.mask  # "боли нет" denies the pain, not what was listed before it
        for spot in self.of_kind(Kind.NEGATOR_AFTER) if kinds is BEFORE else ():
            if not spot.match.mask & inside and self._closes(spot):
                done |= self._backward(spot, ordered)
            elif not spot.match.mask & symptoms:
                done |= {m for m in self._backward(spot, ordered) if self._denied_along(m, spot)}
        for spot in self.of_kind(Kind.NONE_OF_IT) if kinds is BEFORE else ():
            done |= self._listed_before(spot, ordered)
        return done

    def needed(self, negator: Match) -> bool:
        """Whether it negates nothing, as something cannot be done without what follows: "can't climb a step without gasping"."""
        without, unable = self.of_kind(Kind.WITHOUT), self.of_kind(Kind.UNABLE)
        if any(s.match.mask & negator.mask for s in without):
            return any(self._one_clause(s.match, negator) for s in unable)
        holding = (s.match for s in unable if s.match.mask & negator.mask == negator.mask)
        return any(self._one_clause(own, s.match) for own in holding for s in without)

    def _one_clause(self, one: Match, other: Match) -> bool:
        apart = self._breaks_between(one, other) or self._ended_between(one, other)
        return self.same_sentence(one.first, other.first) and not one.mask & other.mask and not apart

    def _denied_along(self, match: Match, negator: Spot) -> bool:
        """Whether it ends inside the denial that this negator closes: in "göğüste ağrı yok" the pain's denial is the chest's too."""
        holding = [d.match for d in self.of_kind(Kind.DENIAL) if d.match.mask & negator.match.mask]
        return bool(holding) and match.last >= max(d.first for d in holding)

    def _listed_before(self, negator: Spot, ordered: Sequence[Match]) -> set[Match]:
        """What "none of that" speaks of: the list in its own sentence or, where there is none, in the one before.

        A sentence before it counts only if it reports nothing of the writer's own.
        """
        sentence = self.tokens.sentence
        here = sentence[negator.match.first]
        own = {m for m in ordered if sentence[m.first] == here and m.last < negator.match.first}
        if own:
            return {m for m in own if not self._ended(m.last, negator.match.first)}
        before = [m for m in ordered if sentence[m.first] == here - 1]
        return set(before) if before and not self._in_sentence(before[0], Kind.SELF, Kind.NOW) else set()

    def _closes(self, negator: Spot) -> bool:
        """Whether a word that can also negate what follows ("no", "нет") ends its clause, and so speaks of what it follows."""
        both = any(s.match.first == negator.match.first for s in self.of_kind(*BEFORE))
        following = negator.match.last + 1
        if not both or following >= len(self.tokens) or self.tokens.breaks[following] is not Break.NONE:
            return not both or self.tokens.breaks[negator.match.first] is not Break.SOFT or filled_in(self.tokens, negator.match)
        return any(s.match.first == following for s in self.of_kind(Kind.ENDS))

    def _forward(self, negator: Spot, ordered: Sequence[Match]) -> set[Match]:
        reach = FAR if negator.entry.kind is Kind.NEGATOR else NEAR
        done: set[Match] = set()
        listing = False
        end = negator.match.last
        for match in ordered:
            if match.first <= negator.match.last:
                continue
            if not done:
                if match.first - end - 1 > reach:
                    break
                listing = announces_list(self.tokens, negator.match, match.first)
                if listing or self._open(end, match.first):
                    done.add(match)
                    end = match.last
            elif len(done) > LONGEST_LIST:
                break
            elif match.first <= end or self._listed(end, match.first) or (listing and self._goes_on(end, match.first)):
                done.add(match)
                end = max(end, match.last)
            else:
                break
        return done

    def _goes_on(self, left: int, right: int) -> bool:
        """Whether the list of a negator and a colon goes on: nothing but commas and LIST_LEAD words between its items."""
        return right - left - 1 <= LIST_LEAD and self.same_sentence(left, right) and not self._ended(left, right)

    def _backward(self, negator: Spot, ordered: Sequence[Match]) -> set[Match]:
        done: set[Match] = set()
        start = negator.match.first
        for match in reversed(ordered):
            if match.last >= negator.match.first:
                continue
            reach = AFTER if not done else 1
            if not done and self._of_its_own(match.last, start):
                break
            if start - match.last - 1 <= reach and self.same_sentence(match.last, start) and not self._ended(match.last, start):
                done.add(match)
                start = match.first
            else:
                break
        return done

    def _of_its_own(self, found: int, negator: int) -> bool:
        """Whether a comma and a word between the two say that the negator speaks of something else: "karnım sert, gaz yok"."""
        return any(self.tokens.breaks[at] is Break.SOFT for at in range(found + 1, negator))

    def from_exertion(self, match: Match) -> bool:
        """Whether what was found follows sport or hard work, in the same sentence or the one beside it."""
        sentence = self.tokens.sentence
        return any(abs(sentence[s.match.first] - sentence[match.first]) <= 1 for s in self.of_kind(Kind.EXERTION))

    def _open(self, left: int, right: int) -> bool:
        """Whether nothing between the two tokens ends a negation's reach."""
        if not self.same_sentence(left, right) or self._ended(left, right):
            return False
        if any(self.tokens.breaks[at] is not Break.NONE for at in range(left + 1, right + 1)):
            return False
        if not AND.isdisjoint(self.tokens.words[left + 1 : right]):
            return False
        subjects = self.of_kind(Kind.SELF, Kind.OTHER, Kind.WITHOUT)
        return not any(left < s.match.first < right and s.match.last < right for s in subjects)

    def _listed(self, left: int, right: int) -> bool:
        """Whether the token ``right`` goes on a negated list that has come as far as ``left``."""
        if right - left - 1 > LIST_LEAD or not self.same_sentence(left, right) or self._ended(left, right):
            return False
        if any(left < s.match.first <= right for s in self.of_kind(Kind.JOINS)):
            return True
        comma = any(self.tokens.breaks[at] is Break.SOFT for at in range(left + 1, right + 1))
        sentence = self.tokens.sentence[right]
        later = [s for s in self.of_kind(Kind.JOINS) if s.match.first > right and self.tokens.sentence[s.match.first] == sentence]
        return comma and bool(later) and not any(right < s.match.first < later[0].match.first for s in self.of_kind(Kind.ENDS))

    def same_sentence(self, left: int, right: int) -> bool:
        """Whether the two tokens stand in one sentence."""
        return self.tokens.sentence[left] == self.tokens.sentence[right]

    def _ended(self, left: int, right: int) -> bool:
        return any(left < s.match.first < right for s in self.of_kind(Kind.ENDS))

    def _in_sentence(self, match: Match, *kinds: Kind) -> list[Spot]:
        if self.spots.keys().isdisjoint(kinds):
            return []
        sentence = self.tokens.sentence[match.first]
        return [s for s in self.of_kind(*kinds) if self.tokens.sentence[s.match.first] == sentence]

    def _past(self, match: Match) -> bool:
        cues = [s for s in self._in_sentence(match, Kind.PAST) if not self._ended_between(s.match, match)]
        cues = [s for s in cues if not self._dates_another(s.match, match)]
        far = max([1, *(self._breaks_between(s.match, match) for s in cues)])
        now = [s for s in self._in_sentence(match, Kind.NOW) if not self._ended_between(s.match, match)] if cues else []
        now = [s for s in now if self._breaks_between(s.match, match) <= far]  # of another clause than the story's
        return bool(cues) and all(self._over_by_now(s) for s in now)

    def _dates_another(self, cue: Match, match: Match) -> bool:
        """Whether the cue stands behind a comma with a finding of its own: "calf hard and warm, had a clot years ago"."""
        commas = [at for at in range(match.last + 1, cue.first + 1) if self.tokens.breaks[at] is Break.SOFT]
        if not commas:
            return False
        there = self.of_kind(Kind.SYMPTOM, Kind.MENTION)
        return any(commas[0] <= s.match.first and s.match.last != cue.last and s.match != match for s in there)

    def _over_by_now(self, now: Spot) -> bool:
        """Whether what is said of now is that nothing is left: "nothing now", "fine now", "şimdi hiç yok"."""
        before, after = now.match.first - 1, now.match.last + 1
        if any(s.match.last == before and s.match.first != now.match.first for s in self.of_kind(*_NOTHING_LEFT)):
            return True
        left = [s for s in self.of_kind(Kind.NEGATOR_AFTER, Kind.RESOLVED) if after <= s.match.first <= after + 1]
        return any(not self._of_its_own(now.match.last, s.match.first + 1) for s in left)

    def _breaks_between(self, one: Match, other: Match) -> int:
        left, right = (one.last, other.first) if one.first < other.first else (other.last, one.first)
        return sum(self.tokens.breaks[at] is Break.SOFT for at in range(left + 1, right + 1))

    def _ended_between(self, one: Match, other: Match) -> bool:
        left, right = (one.last, other.first) if one.first < other.first else (other.last, one.first)
        return self._ended(left, right)

    def _hypothetical(self, match: Match) -> bool:
        supposed = [s.match for s in self._in_sentence(match, Kind.SUPPOSED)]
        if any(s.first <= match.first for s in supposed):
            dates = {s.last + 1 for s in supposed} | {at for s in supposed for at in range(s.first, s.last + 1)}
            return all(s.match.first in dates for s in self._in_sentence(match, Kind.NOW))  # "if tonight" is not now
        if self._echoed(match):
            return True
        asks = self._in_sentence(match, Kind.HYPOTHETICAL)
        if not asks:
            return self._asked_in_general(match)
        grounded = self._in_sentence(match, Kind.GROUNDED, Kind.NOW)
        outside = [s for s in grounded if not any(s.match.mask & a.match.mask for a in asks)]
        return not outside

    def figurative(self, match: Match) -> bool:
        """Whether it is a figure of speech, and its sentence speaks of a match, a film, a bill: then one asks."""
        inside = any(s.match.first <= match.first and match.last <= s.match.last for s in self.of_kind(Kind.FIGURE))
        scenes = [s.match for s in self._in_sentence(match, Kind.SCENE) if not s.match.mask & match.mask] if inside else []
        return bool(scenes) and len(self.negated(scenes)) < len(scenes)  # "no beetroot" explains nothing

    def _echoed(self, match: Match) -> bool:
        """Whether it is all that a question asks, and more follows: "Confused? Only by your car park"."""
        sentence = self.tokens.sentence
        here = sentence[match.first]
        first, last = match.first - 1, match.last + 1
        alone = (first < 0 or sentence[first] != here) and (last >= len(sentence) or sentence[last] != here)
        return alone and here in self.tokens.asks and last < len(sentence)

    def _asked_in_general(self, match: Match) -> bool:
        """Whether a question begins the sentence, and it names nothing of the writer's own and nothing of now."""
        sentence = self.tokens.sentence[match.first]
        first = self.tokens.sentence.index(sentence)
        if sentence not in self.tokens.asks or not any(s.match.first == first for s in self.of_kind(Kind.QUESTION)):
            return False
        return not self._in_sentence(match, Kind.SELF, Kind.NOW, Kind.GROUNDED)

    def _subjects(self) -> list[bool]:
        turns: dict[int, bool] = {}
        named = [s for s in self.of_kind(Kind.OTHER) if not self._addressed(s.match) and not self._excluded(s.match)]
        others = [*named, *self.of_kind(Kind.PRONOUN)] if named else []
        for spot in others:
            turns[spot.match.first] = True
        for spot in self.of_kind(Kind.SELF, Kind.REPORTS):
            if not any(o.match.first <= spot.match.first and spot.match.last <= o.match.last for o in others):
                turns[spot.match.first] = False
        other, subjects = False, []
        for at in range(len(self.tokens)):
            if at and self.tokens.breaks[at] is Break.HARD:
                other = False
            other = turns.get(at, other)
            subjects.append(other)
        return subjects

    def _addressed(self, match: Match) -> bool:
        """Whether the message begins by addressing somebody: "Brother, my back ..."."""
        following = match.last + 1
        return not match.first and following < len(self.tokens) and self.tokens.breaks[following] is Break.SOFT

    def _excluded(self, match: Match) -> bool:
        """Whether it is said not to be this one: "it's me, not the dog"."""
        return any(match.first - NEAR - 1 <= n.match.last < match.first for n in self.of_kind(Kind.NEGATOR_NEAR))

    def _unnamed_other(self) -> bool:
        """Whether somebody is spoken of who is never named: "he won't wake up"."""
        return bool(self.of_kind(Kind.PRONOUN)) and not self.of_kind(Kind.OTHER)

    def _treated_other(self) -> bool:
        """Whether another person is said to have had the treatment: then they are the patient.

        What they had of the writer's own makes the writer the donor, and the patient: "my brother got my cells".
        """
        own = [s.match for s in self.of_kind(Kind.SELF)]
        treated = [s.match for s in self.of_kind(Kind.TREATED) if self.person[s.match.first] and not self._untreated(s.match)]
        return any(not any(t.first < o.first and o.last <= t.last for o in own) for t in treated)

    def _untreated(self, treated: Match) -> bool:
        """Whether it is said of somebody that they had no treatment: "he never had your cells"."""
        negators = [n.match for n in self.of_kind(*BEFORE)]
        return any(treated.first - NEAR - 1 <= n.last <= treated.last and n.first <= treated.last for n in negators)

    def _writes_for_the_patient(self) -> bool:
        """Whether the writer says so, and does not deny it: "he is not your patient"."""
        denied = {s.match.last + 1 for s in self.of_kind(*BEFORE)}
        denied |= {s.match.last for s in self.of_kind(Kind.NOT_ME)}
        denied |= {s.match.first for s in self.of_kind(Kind.NOT_ME)}
        return any(s.match.first not in denied for s in self.of_kind(Kind.CARER))
