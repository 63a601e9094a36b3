"""schedules/*.yaml -> Schedule: what an operator wrote, read strictly. What it means is checked in schedule_meaning.py."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path

from bot.content.messages import Messages
from bot.content.problems import Problem, did_you_mean
from bot.content.schedule_examples import read_example
from bot.content.schedule_meaning import check_meaning
from bot.content.schedule_silence import read_silence, read_silence_row
from bot.content.schedule_thresholds import check_thresholds
from bot.content.schedule_who import read_applies, read_routes
from bot.content.yaml_source import Fields, FlawedError, Node, Source
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import (
    Ask,
    CheckIn,
    Example,
    Late,
    Offset,
    Phase,
    PhaseSpan,
    QuietHours,
    Schedule,
    Silence,
    SilenceRow,
    Threshold,
)
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Role, Route
from bot.core.clinical.rules import RuleBook

DEFAULT_WINDOW = timedelta(hours=12)
LONGEST = timedelta(days=36525)
ROLES = {role.value: role for role in Role}
PHASES = {phase.value: phase for phase in Phase}
LATE = {late.value: late for late in Late}
DISPOSITIONS = {disposition.word: disposition for disposition in Disposition}
_OFFSET = re.compile(r"(\d{1,4})(h|d|w|mo|y)(?: +(\d{2}:\d{2}))?\Z")
_NO_PHASES: tuple[PhaseSpan, ...] = ()
_NO_CHECK_INS: tuple[CheckIn, ...] = ()
_NO_ASKS: tuple[Ask, ...] = ()
_NO_THRESHOLDS: tuple[Threshold, ...] = ()
_NO_EXAMPLES: tuple[Example, ...] = ()
_NO_ROWS: tuple[SilenceRow, ...] = ()


def load_schedule(
    path: Path | Source,
    questions: Mapping[str, Question],
    *,
    escalations: Collection[str] | None = None,
    message_keys: Collection[str] | None = None,
    messages: Messages | None = None,
    rules: RuleBook | None = None,
    shown: str | None = None,
    warnings: list[Problem] | None = None,
) -> Schedule:
    """Reads one schedule, or what was read of its file. ``version`` is the first 12 hex digits of the SHA-256 of the file.

    ``escalations`` are the names in clinic.yaml, ``message_keys`` the keys of messages/en; where they are given, an unknown one
    is a problem. So is a language without its texts where ``messages`` are given (their keys are the known ones then), and a
    threshold that does not tighten ``rules``. What should be put right but stops nothing is added to ``warnings``.
    Raises ProblemsFound with everything that is wrong with the file.
    """
    source = path if isinstance(path, Source) else Source.read(path, shown)
    version = hashlib.sha256(source.text.encode()).hexdigest()[:12]
    try:
        root = source.root()
        fields = root.fields(
            required=["schedule", "title", "for", "languages", "late_enrolment", "phases", "check_ins", "escalation"],
            optional=["quiet_hours", "lateness", "silence", "when_silent", "thresholds", "examples"],
        )
    except FlawedError:
        source.check()
        raise
    schedule = replace(_schedule(fields, questions), version=version)
    keys = messages.keys if messages is not None else message_keys
    check_meaning(schedule, fields, questions, escalations=escalations, message_keys=keys, messages=messages)
    if rules is not None:
        check_thresholds(schedule.thresholds, fields, rules)
    source.check()
    if warnings is not None:
        warnings += source.warnings
    return schedule


def _schedule(fields: Fields, questions: Mapping[str, Question]) -> Schedule:
    defaults = _Defaults(
        window=fields.get("lateness", _lateness, DEFAULT_WINDOW),
        silence=fields.get("silence", lambda n: read_silence(n, Silence()), Silence()),
        questions=questions,
    )
    role, routes = fields.get("for", _audience, (Role.RECIPIENT, frozenset(Route)))
    return Schedule(
        id=fields.get("schedule", _name, "?"),
        title=fields.get("title", Node.words, ""),
        role=role,
        routes=routes,
        languages=fields.get("languages", Node.strings, ()),
        quiet_hours=fields.get("quiet_hours", _quiet_hours, None),
        late_enrolment=fields.get("late_enrolment", lambda n: n.choice(LATE), Late.CATCH_UP),
        phases=fields.get("phases", _phases, _NO_PHASES),
        check_ins=fields.get("check_ins", lambda n: n.items(defaults.check_in), _NO_CHECK_INS),
        thresholds=fields.get("thresholds", lambda n: n.items(_threshold), _NO_THRESHOLDS),
        escalation=fields.get("escalation", Node.words, "default"),
        when_silent=fields.get("when_silent", lambda n: n.items(read_silence_row), _NO_ROWS),
        examples=fields.get("examples", lambda n: n.items(lambda child: read_example(child, questions)), _NO_EXAMPLES),
    )


@dataclass(frozen=True)
class _Defaults:
    """What a check-in takes from the whole file where it says nothing itself."""

    window: timedelta
    silence: Silence
    questions: Mapping[str, Question]

    def check_in(self, node: Node) -> CheckIn:
        fields = node.fields(
            required=["id", "at", "asks"],
            optional=["only", "skip", "window", "quiet_hours", "bedtime", "silence"],
        )
        asks = fields.get("asks", lambda n: n.items(self._ask), _NO_ASKS)
        if fields.has("asks") and fields.at("asks").is_empty():
            raise fields.at("asks").fail("this check-in asks nothing", "add `asks: [red_flags]`", "asks-nothing")
        if not asks:
            raise FlawedError
        return CheckIn(
            id=fields.get("id", _name, "?"),
            at=fields.get("at", read_offset, Offset()),
            asks=asks,
            applies=read_applies(fields),
            window=fields.get("window", _window, self.window),
            quiet_hours=fields.get("quiet_hours", Node.boolean, True),
            silence=fields.get("silence", lambda n: read_silence(n, self.silence), self.silence),
            bedtime=fields.get("bedtime", Node.time_of_day, None),
        )

    def _ask(self, node: Node) -> Ask:
        if not node.is_mapping():
            return Ask(question=self._question(node))
        fields = node.fields(required=["ask"], optional=["only", "skip"])
        return Ask(question=fields.get("ask", self._question, "?"), applies=read_applies(fields))

    def _question(self, node: Node) -> str:
        question = node.words()
        if question not in self.questions:
            raise node.fail(f"the question {question!r} is not known", did_you_mean(question, self.questions), "unknown-question")
        return question


def read_offset(node: Node) -> Offset:
    """``2h``, ``3d``, ``2w``, ``6mo`` or ``15y``; all but hours may have a local time of day: ``3d 10:00``."""
    text = node.string()
    match = _OFFSET.match(text)
    if not match:
        raise node.fail(
            f"expected a time after treatment, found {text!r}", "write 2h, 3d, 6mo, 15y, or a day with a time: 3d 10:00", "type"
        )
    count, unit, clock = int(match[1]), match[2], match[3]
    if clock and unit == "h":
        raise node.fail("a time of day goes with days, months or years, not with hours", "write 1d 10:00", "type")
    if clock and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
        raise node.fail(f"{clock!r} is no time of day", "hours 00 to 23, a colon, minutes", "type")
    offset = Offset(
        hours=count if unit == "h" else 0,
        days={"d": count, "w": 7 * count}.get(unit, 0),
        months=count if unit == "mo" else 0,
        years=count if unit == "y" else 0,
        at=time.fromisoformat(clock) if clock else None,
    )
    if offset.roughly() > LONGEST:
        raise node.fail(f"{text!r} is longer than a life", "at most 100y", "type")
    return offset


def _name(node: Node) -> str:
    text = node.words()
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", text):
        raise node.fail(f"{text!r} is no id", "small letters, digits, - and _, a letter first", "type")
    return text


def _audience(node: Node) -> tuple[Role, frozenset[Route]]:
    fields = node.fields(required=["role"], optional=["routes"])
    routes = fields.get("routes", read_routes, frozenset(Route))
    return fields.get("role", lambda n: n.choice(ROLES), Role.RECIPIENT), routes


def _quiet_hours(node: Node) -> QuietHours | None:
    fields = node.fields(required=["from", "until"])
    start = fields.get("from", Node.time_of_day, None)
    end = fields.get("until", Node.time_of_day, None)
    if start is None or end is None:
        return None
    if start == end:
        raise node.fail("quiet hours that end when they start would last all day", "leave the field out for none", "quiet-hours")
    return QuietHours(start=start, end=end)


def _lateness(node: Node) -> timedelta:
    return node.fields(required=["window"]).get("window", _window, DEFAULT_WINDOW)


def _window(node: Node) -> timedelta:
    window = node.duration()
    if not window:
        raise node.fail("this window is empty: nothing would ever be sent", "write a window such as 12h", "window")
    return window


def _phases(node: Node) -> tuple[PhaseSpan, ...]:
    spans = []
    for name, child in node.pairs():
        if name not in PHASES:
            node.key(name).fail(f"{name!r} is no phase", f"known here: {', '.join(PHASES)}", "unknown-value")
            continue
        fields = child.fields(required=["from"], optional=["until"])
        start = fields.get("from", Node.duration, timedelta())
        spans.append(PhaseSpan(phase=PHASES[name], start=start, until=fields.get("until", Node.duration, None)))
    return tuple(spans)


def _threshold(node: Node) -> Threshold:
    fields = node.fields(required=["measure", "disposition"], optional=["at_least", "at_most"])
    at_least = fields.get("at_least", Node.number, None)
    at_most = fields.get("at_most", Node.number, None)
    if fields.has("at_least") == fields.has("at_most"):
        raise node.fail("a threshold has one limit", "write either `at_least:` or `at_most:`", "threshold")
    return Threshold(
        measure=fields.get("measure", _name, ""),
        disposition=fields.get("disposition", lambda n: n.choice(DISPOSITIONS), Disposition.EMERGENCY),
        at_least=at_least,
        at_most=at_most,
        where=node.where,
    )
