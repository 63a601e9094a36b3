"""The evaluation as text: bars with their intervals, by language and by symptom, the confusion table, what was missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bot.core.clinical.disposition import Disposition
from bot.training.corpus import LANGUAGES
from bot.training.measure import BARS, Outcome, confusion, denied_as_present, present_as_denied

GIVEN = ("none", "self_manage", "same_day", "urgent", "emergency", "unclear")


def report(outcomes: Sequence[Outcome], *, missed: bool = True) -> Iterator[str]:
    """The lines of the report, for people and for terminals."""
    yield f"{len(outcomes)} replies, {sum(o.reply.red for o in outcomes)} red flags"
    yield ""
    yield from _bars(outcomes)
    yield ""
    yield from _grouped("source", sorted({o.reply.source for o in outcomes}), outcomes, lambda o: o.reply.source)
    yield ""
    yield from _grouped("language", LANGUAGES, outcomes, lambda o: o.reply.language)
    yield ""
    yield from _confusion(outcomes)
    yield ""
    yield from _by_symptom(outcomes)
    yield ""
    yield from _by_hardness(outcomes)
    if missed:
        yield ""
        yield from _missed(outcomes)


def _bars(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for bar in BARS:
        share = bar.share(outcomes)
        sign = ">=" if bar.least else "<="
        yield f"{bar.name:42} {share}  bar {sign} {bar.limit:.1%}  {'met' if bar.met(share) else 'NOT met'}"
    for name, share, limit in (
        ("denied findings read as present", denied_as_present(outcomes), 0.05),
        ("present findings read as denied", present_as_denied(outcomes), 0.02),
    ):
        yield f"{name:42} {share}  bar <= {limit:.1%}  {'met' if share.value <= limit else 'NOT met'}"


def _grouped(name: str, groups: Sequence[str], outcomes: Sequence[Outcome], group_of: Callable[[Outcome], str]) -> Iterator[str]:
    yield f"{name:8} " + " ".join(f"{bar.name[:26]:>26}" for bar in BARS)
    for group in groups:
        own = [o for o in outcomes if group_of(o) == group]
        shares = [bar.share(own) for bar in BARS]
        cells = [f"{s.value:.1%} ({s.interval[0]:.0%}-{s.interval[1]:.0%})" for s in shares]
        yield f"{group:8} " + " ".join(f"{cell:>26}" for cell in cells)


def _confusion(outcomes: Sequence[Outcome]) -> Iterator[str]:
    table = confusion(outcomes)
    yield f"{'expected':12} " + " ".join(f"{given:>11}" for given in GIVEN)
    for expected in Disposition:
        yield f"{expected.word:12} " + " ".join(f"{table.get((expected.word, given), 0):>11}" for given in GIVEN)


def _by_symptom(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield f"{'red flags with':34} {'n':>5} {'at once':>9} {'asked':>7} {'missed':>7}"
    symptoms = sorted({s for o in outcomes for s in o.reply.symptoms})
    for symptom in symptoms:
        own = [o for o in outcomes if o.reply.red and symptom in o.reply.symptoms]
        if own:
            counts = [sum(o.escalated for o in own), sum(o.asked for o in own), sum(o.missed for o in own)]
            yield f"{symptom:34} {len(own):>5} {counts[0] / len(own):>9.0%} {counts[1] / len(own):>7.0%} {counts[2]:>7}"


def _by_hardness(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield f"{'hard':18} {'red':>5} {'at once':>9} {'ordinary':>9} {'escalated':>10} {'asked':>7}"
    for hard, _ in Counter(o.reply.hard for o in outcomes).most_common():
        own = [o for o in outcomes if o.reply.hard == hard]
        red = [o for o in own if o.reply.red]
        ordinary = [o for o in own if o.reply.expected is Disposition.NONE]
        shares = (
            sum(o.escalated for o in red) / max(1, len(red)),
            sum(o.escalated for o in ordinary) / max(1, len(ordinary)),
            sum(o.asked for o in ordinary) / max(1, len(ordinary)),
        )
        yield f"{hard:18} {len(red):>5} {shares[0]:>9.0%} {len(ordinary):>9} {shares[1]:>10.0%} {shares[2]:>7.0%}"


def _missed(outcomes: Sequence[Outcome]) -> Iterator[str]:
    lost = [o for o in outcomes if o.missed]
    yield f"missed red flags ({len(lost)}):"
    for outcome in lost:
        reply = outcome.reply
        yield f"  {reply.id} {reply.language} {reply.expected.word} -> {outcome.given} [{', '.join(reply.symptoms)}] {reply.text}"
