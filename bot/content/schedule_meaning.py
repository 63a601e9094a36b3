"""Whether a schedule that reads well also makes sense: order, phases, names, texts. Problems point at the line to change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import pairwise

from bot.content.messages import Messages
from bot.content.problems import did_you_mean
from bot.content.schedule_languages import check_languages
from bot.content.schedule_reach import check_example_answers, check_reach
from bot.content.yaml_source import Fields, Node, field_of
from bot.core.careplan.occurrences import CATCH_UP, RECHECK
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import CheckIn, Phase, PhaseSpan, Schedule

OPENINGS = tuple(f"check_in.opening.{name}" for name in (*(phase.value for phase in Phase), CATCH_UP, RECHECK))
FIRST_QUESTION = "red_flags"
REMIND_AT_LEAST = timedelta(minutes=5)


def check_meaning(
    schedule: Schedule,
    fields: Fields,
    questions: Mapping[str, Question],
    *,
    escalations: Collection[str] | None,
    message_keys: Collection[str] | None,
    messages: Messages | None = None,
) -> None:
    """Records every problem of meaning. What could not even be read has its problem already and is passed over."""
    readable = not fields.node.source.problems
    sound = fields.has("phases") and _check_phases(schedule.phases, fields.at("phases"))
    nodes = _check_in_nodes(fields)
    if nodes is not None and len(nodes) == len(schedule.check_ins):
        _check_check_ins(schedule, nodes, questions, phases=schedule.phases if sound else ())
        if readable:
            check_reach(schedule, nodes)
    if any(question.options for question in questions.values()):
        follow_ups = frozenset(o.follow_up for question in questions.values() for o in question.options if o.follow_up)
        check_example_answers(schedule, fields.found.get("examples"), follow_ups)
    if escalations is not None and fields.has("escalation") and schedule.escalation not in escalations:
        fields.at("escalation").fail(
            f"clinic.yaml has no escalation {schedule.escalation!r}",
            did_you_mean(schedule.escalation, escalations),
            "unknown-escalation",
        )
    if messages is not None:
        check_languages(schedule, fields, questions, messages)
    if message_keys is not None:
        _check_texts(schedule, fields, questions, message_keys)


def _check_in_nodes(fields: Fields) -> tuple[Node, ...] | None:
    if not fields.has("check_ins") or not fields.at("check_ins").is_list():
        return None
    return fields.at("check_ins").items(lambda node: node)


def _check_phases(phases: tuple[PhaseSpan, ...], node: Node) -> bool:
    """Whether the phases follow one another from treatment on without a gap; what is wrong is recorded."""
    before = len(node.source.problems)
    missing = [phase.value for phase in Phase if phase not in {span.phase for span in phases}]
    if missing:
        node.fail(f"the phase {missing[0]!r} is missing", "all three phases are needed", "phases")
        return False
    for earlier, later in pairwise(phases):
        if earlier.until is None or earlier.until != later.start:
            node.fail(
                f"{later.phase.value} does not start where {earlier.phase.value} ends",
                "each phase starts at the last one's end",
                "phases",
            )
    if phases[0].start:
        node.fail(f"{phases[0].phase.value} does not start at treatment", "write `from: 0h`", "phases")
    return len(node.source.problems) == before


def _check_check_ins(
    schedule: Schedule, nodes: tuple[Node, ...], questions: Mapping[str, Question], *, phases: tuple[PhaseSpan, ...]
) -> None:
    seen: set[str] = set()
    for check_in, node in zip(schedule.check_ins, nodes, strict=True):
        _check_one(check_in, node, seen, questions, phases=phases)
        seen.add(check_in.id)
    readable = [node for check_in, node in zip(schedule.check_ins, nodes, strict=True) if _placed(check_in)]
    placed = [check_in for check_in in schedule.check_ins if _placed(check_in)]
    for (earlier, later), node in zip(pairwise(placed), readable[1:], strict=True):
        if _when(later) < _when(earlier):
            _at(node).fail(
                f"{later.id!r} comes before {earlier.id!r}, which stands above it", "put them in order of time", "order"
            )
        elif _when(later) == _when(earlier):
            _at(node).fail(f"{later.id!r} comes at the same moment as {earlier.id!r}", "merge them, or move one", "order")


def _check_one(
    check_in: CheckIn, node: Node, seen: set[str], questions: Mapping[str, Question], *, phases: tuple[PhaseSpan, ...]
) -> None:
    if check_in.id in seen:
        node.fail(f"the id {check_in.id!r} stands here twice", "give each check-in its own id", "duplicate-id")
    if check_in.id in {CATCH_UP, RECHECK}:
        node.fail(f"the id {check_in.id!r} is the bot's own", "choose another id", "duplicate-id")
    if phases and _placed(check_in) and not _in_phase(check_in.at.roughly(), phases):
        _at(node).fail(f"{check_in.id!r} lies in no phase", "let the last phase be open-ended (no `until`)", "no-phase")
    asked = [ask.question for ask in check_in.asks]
    for question in {q for q in asked if asked.count(q) > 1}:
        node.fail(f"{check_in.id!r} asks {question!r} twice", "keep one of them", "duplicate-ask")
    if FIRST_QUESTION in questions and asked[0] != FIRST_QUESTION:
        node.fail(
            f"{check_in.id!r} does not start with the red flags", f"let `asks` begin with {FIRST_QUESTION}", "red-flags-first"
        )
    if check_in.silence.remind_after < REMIND_AT_LEAST:
        field_of(field_of(node, "silence"), "remind_after").fail(
            f"{check_in.id!r} reminds before anybody can answer", "remind after 5min or more", "silence"
        )


def _check_texts(schedule: Schedule, fields: Fields, questions: Mapping[str, Question], message_keys: Collection[str]) -> None:
    for key in OPENINGS:
        if key not in message_keys:
            fields.node.fail(f"there is no text {key!r}", "add it to messages/en/questions.yaml", "missing-text")
    for question in dict.fromkeys(ask.question for check_in in schedule.check_ins for ask in check_in.asks):
        if question in questions and f"question.{question}.text" not in message_keys:
            _asking(fields, question).fail(
                f"the question {question!r} has no text",
                f"add question.{question}.text to messages/en/questions.yaml",
                "missing-text",
            )
    examples = fields.at("examples").items(lambda child: child) if schedule.examples else ()
    for example, place in zip(schedule.examples, examples, strict=False):
        for key in example.messages:
            if key not in message_keys:
                field_of(field_of(place, "expect"), "messages").fail(
                    f"the example expects the unknown text {key!r}", did_you_mean(key, message_keys), "unknown-text"
                )


def _asking(fields: Fields, question: str) -> Node:
    """The first place that asks this question."""
    asks = (ask for node in _check_in_nodes(fields) or () for ask in field_of(node, "asks").items(lambda child: child))
    names = (field_of(ask, "ask") if ask.is_mapping() else ask for ask in asks)
    return next((name for name in names if name.string() == question), fields.at("check_ins"))


def _placed(check_in: CheckIn) -> bool:
    """Whether its time could be read: an unreadable one falls back to an empty offset."""
    return bool(check_in.at.roughly()) or check_in.at.at is not None


def _when(check_in: CheckIn) -> timedelta:
    clock = check_in.at.at
    return check_in.at.roughly() + (timedelta(hours=clock.hour, minutes=clock.minute) if clock else timedelta())


def _in_phase(when: timedelta, phases: tuple[PhaseSpan, ...]) -> bool:
    return any(span.start <= when and (span.until is None or when < span.until) for span in phases)


def _at(node: Node) -> Node:
    """The line of the check-in's ``at``."""
    return field_of(node, "at")
