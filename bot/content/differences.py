"""What changes between two versions of a schedule, in clinical words, and which of it loosens what guards patients.

LOOSENS needs a second person: a limit farther out, a milder or later answer to silence, another chain of paging, a button that
reports less. LESS is said and marked, and needs nobody: a check-in fewer, a question fewer, fewer people asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.content import difference_words as words
from bot.content.limits import limits_that_differ
from bot.content.versions import Version
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Applies, CheckIn, Schedule, Silence, SilenceRow
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.clinical.rules import RuleBook

SHOWN = 3
"""Check-ins that change alike are named up to here."""


class Weight(StrEnum):
    """How a difference weighs."""

    PLAIN = "plain"
    LESS = "less"
    LOOSENS = "loosens"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that changes. ``what`` names the kind for programs."""

    what: str
    text: str
    weight: Weight = Weight.PLAIN


def differences(old: Version, new: Version, rules: RuleBook) -> list[Difference]:
    """Everything that changes for patients or clinicians; examples, comments and the order of lines do not count."""
    return [
        *_limits(old.schedule, new.schedule, rules),
        *_check_ins(old.schedule, new.schedule),
        *_silence_table(old.schedule, new.schedule),
        *_whole(old.schedule, new.schedule),
        *_questions(old, new),
    ]


def _limits(old: Schedule, new: Schedule, rules: RuleBook) -> Iterator[Difference]:
    for found in limits_that_differ(old.thresholds, new.thresholds, rules):
        unit = f" {words.unit(found.kind)}" if found.after is not None and words.unit(found.kind) else ""
        was = words.number(found.before, found.kind)
        text = f"{found.name} now {words.LEVELS[found.level]} at {words.number(found.after, found.kind)}{unit}, was {was}"
        yield Difference(what="threshold", text=text, weight=Weight.LOOSENS if found.looser else Weight.PLAIN)


def _check_ins(old: Schedule, new: Schedule) -> Iterator[Difference]:
    before, after = {c.id: c for c in old.check_ins}, {c.id: c for c in new.check_ins}
    for check_in in new.check_ins:
        if check_in.id not in before:
            text = f"{words.when(check_in.at)}: a new check-in ({check_in.id}) asks about {_asked(check_in)}"
            yield Difference(what="check_in.added", text=text + _for_whom(check_in.applies))
    for name, was in before.items():
        if name not in after:
            text = f"{words.when(was.at)}: the check-in {name} is gone; it asked about {_asked(was)}"
            yield Difference(what="check_in.removed", text=text, weight=Weight.LESS)
        else:
            yield from _check_in(was, after[name])
    yield from _silences([(before[name], after[name]) for name in before if name in after])


def _check_in(old: CheckIn, new: CheckIn) -> Iterator[Difference]:
    where = f"{words.when(old.at)} ({old.id})"
    if old.at != new.at:
        yield Difference(what="check_in.moved", text=f"{where}: the check-in moves to {words.when(new.at)}")
    before, after = {ask.question: ask.applies for ask in old.asks}, {ask.question: ask.applies for ask in new.asks}
    added, gone = [q for q in after if q not in before], [q for q in before if q not in after]
    if added:
        yield Difference(what="question.added", text=f"{where}: also asks about {words.listed(map(words.topic, added))}")
    if gone:
        text = f"{where}: asks no more about {words.listed(map(words.topic, gone))}"
        yield Difference(what="question.removed", text=text, weight=Weight.LESS)
    for question in before.keys() & after.keys():
        yield from _applies(f"{where}: {words.topic(question)}", before[question], after[question])
    yield from _applies(where, old.applies, new.applies)
    if old.window != new.window:
        less = Weight.LESS if new.window < old.window else Weight.PLAIN
        text = f"{where}: worth sending for {words.lasting(new.window)}, was {words.lasting(old.window)}"
        yield Difference(what="check_in.window", text=text, weight=less)
    if (old.quiet_hours, old.bedtime) != (new.quiet_hours, new.bedtime):
        said = "waits for the morning in quiet hours" if new.quiet_hours else "does not wait for quiet hours to end"
        bed = f", goes out at {new.bedtime:%H:%M} where that comes sooner" if new.bedtime else ""
        yield Difference(what="check_in.quiet", text=f"{where}: {said}{bed}")


def _applies(where: str, old: Applies, new: Applies) -> Iterator[Difference]:
    if old != new:
        text = f"{where}: for {words.whom(new)}, was for {words.whom(old)}"
        yield Difference(what="who", text=text, weight=Weight.PLAIN if _wider(old, new) else Weight.LESS)


def _wider(old: Applies, new: Applies) -> bool:
    """Whether everybody who was meant still is."""
    risks = not new.risks or (bool(old.risks) and old.risks <= new.risks)
    routes = not new.routes or (bool(old.routes) and old.routes <= new.routes)
    return risks and routes and new.not_risks <= old.not_risks and new.not_routes <= old.not_routes


def _bare(silence: Silence) -> tuple[object, ...]:
    """What counts of it: not where it stands in the file."""
    return silence.remind_after, silence.task_after, silence.alert_after, silence.disposition


def _silences(pairs: Iterable[tuple[CheckIn, CheckIn]]) -> Iterator[Difference]:
    """Check-ins whose silence changes in the same way are said together: mostly it is the file's own default."""
    alike: dict[tuple[object, ...], list[tuple[CheckIn, CheckIn]]] = {}
    for old, new in pairs:
        if _bare(old.silence) != _bare(new.silence):
            alike.setdefault((_bare(old.silence), _bare(new.silence)), []).append((old, new))
    for group in alike.values():
        old, new = group[0]
        named = [check_in.id for check_in, _ in group]
        shown = named if len(named) <= SHOWN else [*named[:SHOWN], f"{len(named) - SHOWN} more"]
        yield _silence(words.listed(shown), old.silence, new.silence)


def _silence(where: str, old: Silence, new: Silence) -> Difference:
    later = new.remind_after + new.task_after > old.remind_after + old.task_after
    alert = old.alert_after is not None and (new.alert_after is None or new.alert_after > old.alert_after)
    loosens = alert or later or new.disposition < old.disposition
    text = f"{where}: silence: {words.silence(new)}; was {words.silence(old)}"
    return Difference(what="silence", text=text, weight=Weight.LOOSENS if loosens else Weight.PLAIN)


def _silence_table(old: Schedule, new: Schedule) -> Iterator[Difference]:
    """Rows only hasten: one that is gone, and that no new one covers, makes somebody wait longer."""
    kept = {_key(row) for row in old.when_silent} & {_key(row) for row in new.when_silent}
    for row in old.when_silent:
        if _key(row) not in kept:
            covered = any(_covers(other, row) for other in new.when_silent)
            weight = Weight.PLAIN if covered else Weight.LOOSENS
            yield Difference(what="silence.row_removed", text=f"no more when silent: {words.silence_row(row)}", weight=weight)
    for row in new.when_silent:
        if _key(row) not in kept:
            yield Difference(what="silence.row_added", text=f"new when silent: {words.silence_row(row)}")


def _key(row: SilenceRow) -> tuple[object, ...]:
    return row.phases, row.applies, row.last, row.remind_after, row.task_after, row.alert_after, row.disposition


def _covers(new: SilenceRow, old: SilenceRow) -> bool:
    if (new.phases, new.applies, new.last) != (old.phases, old.applies, old.last):
        return False
    pairs = ((new.remind_after, old.remind_after), (new.task_after, old.task_after), (new.alert_after, old.alert_after))
    sooner = all(was is None or (now is not None and now <= was) for now, was in pairs)
    return sooner and (new.disposition or Disposition.NONE) >= (old.disposition or Disposition.NONE)


def _whole(old: Schedule, new: Schedule) -> Iterator[Difference]:
    if old.escalation != new.escalation:
        text = f"alerts go by the chain {new.escalation!r}, was {old.escalation!r}"
        yield Difference(what="escalation", text=text, weight=Weight.LOOSENS)
    if old.quiet_hours != new.quiet_hours:
        text = f"quiet hours: {words.hours(new.quiet_hours)}, was {words.hours(old.quiet_hours)}"
        yield Difference(what="quiet_hours", text=text)
    if old.late_enrolment != new.late_enrolment:
        text = f"who joins late: {words.topic(new.late_enrolment)}, was {words.topic(old.late_enrolment)}"
        yield Difference(what="late_enrolment", text=text)
    if set(old.languages) != set(new.languages):
        text = f"languages: {words.listed(new.languages)}, was {words.listed(old.languages)}"
        gone = set(old.languages) - set(new.languages)
        yield Difference(what="languages", text=text, weight=Weight.LESS if gone else Weight.PLAIN)
    if (old.role, old.routes) != (new.role, new.routes):
        text = f"for {new.role} by {words.listed(map(words.topic, sorted(new.routes)))}"
        yield Difference(what="for", text=text)
    if old.phases != new.phases:
        spans = words.listed(f"{words.topic(span.phase)} from {words.lasting(span.start)}" for span in new.phases)
        yield Difference(what="phases", text=f"phases: {spans}")
    if old.title != new.title:
        yield Difference(what="title", text=f"called {new.title!r}, was {old.title!r}")


def _questions(old: Version, new: Version) -> Iterator[Difference]:
    for name in old.own.questions.keys() & new.own.questions.keys():
        was, now = old.own.questions[name], new.own.questions[name]
        changed = [
            language
            for language in sorted(old.own.texts.keys() | new.own.texts.keys())
            if _said(old.own.texts, language, name) != _said(new.own.texts, language, name)
        ]
        if changed:
            yield Difference(what="own.words", text=f"{name}: other words in {words.listed(changed)}")
        yield from _meaning(name, was, now)


def _said(texts: Mapping[str, Mapping[str, str]], language: str, name: str) -> dict[str, str]:
    return {key: text for key, text in texts.get(language, {}).items() if key.startswith(f"question.{name}.")}


def _meaning(name: str, old: Question, new: Question) -> Iterator[Difference]:
    before = {option.id: {(f.symptom, f.status) for f in option.findings} for option in old.options}
    after = {option.id: {(f.symptom, f.status) for f in option.findings} for option in new.options}
    for option in before.keys() | after.keys():
        was, now = before.get(option, set()), after.get(option, set())
        unsaid = sorted(symptom for symptom, status in was - now if status is Status.PRESENT)
        if unsaid:
            text = f"{name}: the button {option!r} reports no more {words.listed(map(words.topic, unsaid))}"
            yield Difference(what="own.meaning", text=text, weight=Weight.LOOSENS)
        elif was != now or (option in before) != (option in after):
            yield Difference(what="own.meaning", text=f"{name}: the button {option!r} says something else")


def _asked(check_in: CheckIn) -> str:
    others = [words.topic(ask.question) for ask in check_in.asks if ask.question != "red_flags"]
    return words.listed(others or ["the red flags"])


def _for_whom(applies: Applies) -> str:
    return "" if applies == Applies() else f", for {words.whom(applies)}"
