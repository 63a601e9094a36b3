"""How a difference between two versions is said: times, groups, questions and limits in clinical words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.core.careplan.schedule import Applies, Offset, QuietHours, Silence, SilenceRow
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import MeasureKind

_UNITS = {"Cel": "degC", "mm[Hg]": "mmHg", "/min": "a minute", "{score}": ""}
_FINE = 50
"""A measure whose possible values span less than this is read to a tenth."""
LEVELS = {
    Disposition.EMERGENCY: "is an emergency",
    Disposition.URGENT: "alerts",
    Disposition.SAME_DAY: "is looked at the same day",
    Disposition.SELF_MANAGE: "gets advice for home",
    Disposition.NONE: "means nothing",
}


def when(offset: Offset) -> str:
    """``day 4 at 10:00``, ``2 h after treatment``, ``month 6``."""
    parts = [
        f"{name} {count}" for name, count in (("year", offset.years), ("month", offset.months), ("day", offset.days)) if count
    ]
    if not parts:
        return f"{offset.hours} h after treatment" if offset.at is None else f"the day of treatment at {offset.at:%H:%M}"
    return ", ".join(parts) + (f" at {offset.at:%H:%M}" if offset.at else "")


def lasting(length: timedelta | None) -> str:
    """``90 min``, ``12 h``, ``3 days``; ``never`` for none."""
    if length is None:
        return "never"
    minutes = round(length.total_seconds() / 60)
    if minutes % 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours // 24} days" if hours >= 48 and not hours % 24 else f"{hours} h"


def topic(question: str) -> str:
    """What the question is about, as one says it: ``own_sleep`` is sleep."""
    return question.removeprefix("own_").replace("_", " ")


def listed(words: Iterable[str]) -> str:
    """``a, b and c``."""
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else "nobody"


def whom(applies: Applies) -> str:
    """``everybody``, or who is meant and who is left out."""
    only = [_plain(word) for word in (*sorted(applies.risks), *sorted(applies.routes))]
    without = [_plain(word) for word in (*sorted(applies.not_risks), *sorted(applies.not_routes))]
    said = f"only {listed(only)}" if only else "everybody"
    return f"{said} but {listed(without)}" if without else said


def hours(quiet: QuietHours | None) -> str:
    """``22:00 to 07:00``, or ``none``."""
    return f"{quiet.start:%H:%M} to {quiet.end:%H:%M}" if quiet else "none"


def silence(found: Silence) -> str:
    """A silence's times in a line."""
    said = f"reminder after {lasting(found.remind_after)}, task {lasting(found.task_after)} later as {found.disposition.word}"
    return said if found.alert_after is None else f"{said}, alert {lasting(found.alert_after)} after that"


def silence_row(row: SilenceRow) -> str:
    """For whom, and what comes sooner."""
    who = [_plain(phase) for phase in sorted(row.phases)] + [whom(row.applies)]
    if row.last:
        who.append(f"last heard {row.last.word}")
    times = (("reminder", row.remind_after), ("task", row.task_after), ("alert", row.alert_after))
    said = [f"{name} after {lasting(time)}" for name, time in times if time is not None]
    return f"{', '.join(who)}: {', '.join([*said, *([row.disposition.word] if row.disposition else [])])}"


def number(value: float | None, kind: MeasureKind) -> str:
    """The value as it is read: ``38.0``, ``120``; ``no limit`` for none."""
    if value is None:
        return "no limit"
    return f"{value:.1f}" if kind.highest - kind.lowest < _FINE else f"{value:g}"


def unit(kind: MeasureKind) -> str:
    """The unit as clinicians write it."""
    return _UNITS.get(kind.unit, kind.unit)


def _plain(word: str) -> str:
    return str(word).replace("_", " ")
