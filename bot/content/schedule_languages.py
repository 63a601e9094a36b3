"""The languages that a schedule promises: each must be there, with every sentence that its check-ins need.

A sentence that was changed after its translation is no reason to stop: English stands in until somebody translates it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.content.messages import LANGUAGES, SOURCE_LANGUAGE, Messages
from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields, Node
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule

SHOWN = 3
"""As many keys are named; the rest is counted."""


def check_languages(schedule: Schedule, fields: Fields, questions: Mapping[str, Question], messages: Messages) -> None:
    """Records each language that is unknown, has no texts, or lacks some that this schedule's check-ins need."""
    if not fields.has("languages") or not fields.at("languages").is_list():
        return
    place = fields.at("languages")
    if place.is_empty():
        place.fail("no language is named", "write `languages: [en]`", "languages")
        return
    needed = tuple(needed_keys(schedule, questions, messages))
    for node in place.items(lambda child: child):
        _check_one(node.string(), node, needed, messages)
    for example, node in zip(schedule.examples, _examples(fields), strict=False):
        if example.language not in schedule.languages:
            node.fail(
                f"the example speaks {example.language!r}, which this schedule does not",
                f"this schedule speaks {', '.join(schedule.languages)}",
                "languages",
            )


def needed_keys(schedule: Schedule, questions: Mapping[str, Question], messages: Messages) -> Iterator[str]:
    """Every sentence that a check-in of this schedule may say, as far as English has it."""
    waiting = list(dict.fromkeys(ask.question for check_in in schedule.check_ins for ask in check_in.asks))
    seen: set[str] = set()
    yield from (key for key in messages.keys if key.startswith("check_in."))
    while waiting:
        name = waiting.pop()
        if name in seen or name not in questions:
            continue
        seen.add(name)
        keys = [f"question.{name}.text", *(f"question.{name}.option.{option.id}" for option in questions[name].options)]
        yield from (key for key in keys if messages.has(key))
        waiting += [option.follow_up for option in questions[name].options if option.follow_up]


def _check_one(language: str, node: Node, needed: tuple[str, ...], messages: Messages) -> None:
    if language not in LANGUAGES:
        node.fail(f"{language!r} is no language of Aftercare", did_you_mean(language, LANGUAGES), "languages")
        return
    if language not in messages.texts:
        node.fail(
            f"there are no texts in {LANGUAGES[language]} ({language})", f"add messages/{language}/messages.po", "languages"
        )
        return
    if language == SOURCE_LANGUAGE:
        return
    stale = {key for found, key in messages.stale if found == language}
    missing = sorted(key for key in needed if key not in messages.texts[language] and key not in stale)
    if missing:
        node.fail(
            f"{LANGUAGES[language]} lacks {_listed(missing)}",
            f"add them {_where(missing[0], language)}, or leave {language} out here",
            "missing-text",
        )
    late = sorted(key for key in needed if key in stale)
    if late:
        node.source.warn(
            node.node,
            f"the English of {_listed(late)} changed after it was translated: patients who read {LANGUAGES[language]} get English",
            f"translate it again in messages/{language}/messages.po",
            "late-translation",
        )


def _where(key: str, language: str) -> str:
    own = key.startswith("question.own_")
    return f"under `{language}:` in questions.yaml of this folder" if own else f"in messages/{language}/messages.po"


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more


def _examples(fields: Fields) -> tuple[Node, ...]:
    if not fields.has("examples") or not fields.at("examples").is_list():
        return ()
    return fields.at("examples").items(lambda child: child)
