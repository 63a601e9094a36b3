"""A rule's condition as plain words, every threshold in them: what the engine looks for, readable without the YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.clinical.conditions import (
    All,
    AnyOf,
    AtRisk,
    Before,
    ByRoute,
    Change,
    Condition,
    InRole,
    Lasting,
    Present,
    Reading,
    Resolved,
    Running,
    SinceTreatment,
)
from bot.core.clinical.rules import RuleBook

HOURS_A_DAY = 24
DAYS_FROM = 72
"""Hours from which a length of time is given in days."""
UNITS = {"Cel": "°C", "mm[Hg]": "mmHg", "/min": "/min", "/d": "a day", "{score}": "/10"}


@dataclass(frozen=True)
class Phrasing:
    """Puts conditions of this book into words; ``names`` are the plain names of the symptoms."""

    book: RuleBook
    names: Mapping[str, str]

    def of(self, condition: Condition, subject: str = "") -> str:
        """The condition in words. ``subject`` is the symptom at hand, of which a rule may speak without naming it."""
        match condition:
            case All():
                return " **and** ".join(self._bracketed(part, subject) for part in condition.of)
            case AnyOf():
                return " or ".join(self._bracketed(part, subject) for part in condition.of)
            case Reading() | Change():
                return self.number(condition)
            case _:
                return self._leaf(condition, subject)

    def number(self, condition: Reading | Change) -> str:
        """A limit with its sign and unit: ``body temperature ≥ 38 °C``."""
        kind = self.book.measures[condition.measure]
        unit = UNITS.get(kind.unit, kind.unit)
        if isinstance(condition, Change):
            way, by = ("fallen below an earlier value", condition.fall) if condition.rise is None else ("risen", condition.rise)
            return f"{kind.words} {way} by {by:g} {unit} or more"
        limits = (("≥", condition.at_least), (">", condition.above), ("≤", condition.at_most), ("<", condition.below))
        return f"{kind.words} " + " and ".join(f"{sign} {limit:g}" for sign, limit in limits if limit is not None) + f" {unit}"

    def qualities(self, symptoms: Iterable[str], any_of: frozenset[str], all_of: frozenset[str] = frozenset()) -> str:
        """What makes a finding milder or worse, in the catalogue's words."""
        said: dict[str, str] = {}
        for symptom in symptoms:
            said |= {q: text for q, text in self.book.symptoms[symptom].qualities.items() if q not in said}
        one = " / ".join(said.get(quality, quality) for quality in sorted(any_of))
        every = " + ".join(said.get(quality, quality) for quality in sorted(all_of))
        return "; ".join(part for part in (one, every) if part)

    def _bracketed(self, condition: Condition, subject: str) -> str:
        words = self.of(condition, subject)
        return f"({words})" if isinstance(condition, All | AnyOf) and len(condition.of) > 1 else words

    def _leaf(self, condition: Condition, subject: str) -> str:
        match condition:
            case Present():
                return self._finding(condition.symptoms, condition.any_of, condition.all_of)
            case Resolved():
                return f"over now, within 7 days: {self._finding(condition.symptoms, condition.any_of)}"
            case Lasting():
                return f"{self._named(condition.symptoms or (subject,))} for {duration(condition.hours)} or more"
            case Running():
                worse = f", each time {condition.quality}" if condition.quality else ""
                return f"reported on {condition.earlier} earlier check-in(s) in a row too{worse}"
            case Before():
                return f"{self._named(condition.symptoms)} reported in the {duration(condition.hours)} before"
            case _:
                return _about_the_patient(condition)

    def _finding(self, symptoms: tuple[str, ...], any_of: frozenset[str], all_of: frozenset[str] = frozenset()) -> str:
        detail = self.qualities(symptoms, any_of, all_of)
        return self._named(symptoms) + (f": {detail}" if detail else "")

    def _named(self, symptoms: Iterable[str]) -> str:
        return " / ".join(self.names.get(symptom, symptom) for symptom in symptoms)


def _about_the_patient(condition: Condition) -> str:
    match condition:
        case SinceTreatment():
            limits = (("later than", condition.after), ("at most", condition.until))
            told = " and ".join(f"{word} {duration(limit)}" for word, limit in limits if limit is not None)
            return f"{told} after treatment"
        case AtRisk():
            return f"risk: {listed(condition.risks)}"
        case InRole():
            return f"the patient is the {condition.role.value}"
        case ByRoute():
            return f"route: {listed(condition.routes)}"
        case _:
            raise TypeError(f"no words for {type(condition).__name__}")


def listed(words: Iterable[str]) -> str:
    """Ids as words, in alphabetical order."""
    return " / ".join(sorted(word.replace("_", " ") for word in words))


def duration(hours: float) -> str:
    """A length of time as people say it: ``24 h``, ``7 days``."""
    return f"{hours / HOURS_A_DAY:g} days" if hours >= DAYS_FROM and hours % HOURS_A_DAY == 0 else f"{hours:g} h"
