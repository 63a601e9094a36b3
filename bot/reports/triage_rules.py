"""The part of the triage page on what holds for several symptoms: combinations, modifiers, and the little that may lower."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import Modifier, RuleBook
from bot.reports.condition_words import Phrasing, duration, listed
from bot.reports.triage_text import MILDER


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *lines])


def word(disposition: Disposition) -> str:
    """The level as the page writes it; red ones stand out."""
    plain = disposition.word.replace("_", " ")
    return f"**{plain}**" if disposition.red else plain


def combinations(book: RuleBook, phrasing: Phrasing) -> str:
    """Every combination with what it looks for and how far it looks back; then the tally."""
    rows = [
        (
            f"`{rule.id}`",
            word(rule.disposition),
            rule.reason,
            phrasing.of(rule.when, rule.symptom or ""),
            duration(rule.window_hours) if rule.window_hours else "this message",
            rule.source,
        )
        for rule in sorted(book.combinations, key=lambda rule: (-rule.disposition, rule.id))
    ]
    parts = ["## Combinations", table(("rule", "level", "in plain words", "looks for", "looks back", "source"), rows)]
    if book.tally is not None:
        tally = book.tally
        parts.append(
            f"**`{tally.id}`** {tally.reason}: {tally.at_least} different findings at {word(tally.of)} within "
            f"{duration(tally.window_hours)} give {word(tally.disposition)} (source {tally.source})."
        )
    return "\n\n".join(parts)


def modifiers(book: RuleBook, phrasing: Phrasing) -> str:
    """What raises a symptom by one level."""
    rows = [
        (f"`{m.id}`", phrasing.of(m.when), _raised(m, book, phrasing), word(m.up_to), m.reason, m.source) for m in book.modifiers
    ]
    head = ("rule", "when", "one level more for", "at most to", "in plain words", "source")
    return f"## Modifiers: they only raise\n\n{table(head, rows)}"


def lowering(book: RuleBook, phrasing: Phrasing) -> str:
    """The single rule that lowers, exactly as wide as it is."""
    allowance = book.allowance
    if allowance is None:
        return "## The one allowance\n\nSwitched off: nothing lowers a level."
    measure = book.measures[allowance.measure]
    waived = ", ".join(f"`{rule}`" for rule in sorted(allowance.waives))
    exact = (
        f"**`{allowance.id}`** {allowance.reason} (source {allowance.source}). It turns {waived} into {word(allowance.disposition)}, "
        f"and only if the time since treatment is known and at most {duration(allowance.until_hours)}, every reading of "
        f"{measure.words} is below {allowance.below:g}, nothing else in the message asks for more, there is none of these risks "
        f"({listed(allowance.unless_risks)}), and there is none of these: {phrasing.of(allowance.unless)}."
    )
    return f"## The one allowance\n\n{exact}\n\n{MILDER}"


def _raised(modifier: Modifier, book: RuleBook, phrasing: Phrasing) -> str:
    if set(modifier.symptoms) == set(book.symptoms):
        return "every symptom"
    return ", ".join(phrasing.names.get(symptom, symptom) for symptom in modifier.symptoms)
