"""The languages that a schedule promises, and what SMS may cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.message_budget import over_budget
from bot.content.messages import Messages, load_messages
from bot.content.problems import Problem, ProblemsFound, Severity
from bot.content.schedules import load_schedule
from tests.golden.test_schedule_problems import SCHEDULE
from tests.support.careplan import messages, questions

TURKISH = SCHEDULE.replace("languages: [en]", "languages: [en, tr]")


def without(shipped: Messages, language: str, *keys: str, stale: bool = False) -> Messages:
    kept = {key: text for key, text in shipped.texts[language].items() if key not in keys}
    texts = {**shipped.texts, language: kept}
    return replace(shipped, texts=texts, stale=tuple((language, key) for key in keys) if stale else ())


def found(tmp_path: Path, known: Messages) -> list[Problem]:
    path = tmp_path / "small.yaml"
    path.write_text(TURKISH, encoding="utf-8")
    warnings: list[Problem] = []
    try:
        load_schedule(path, questions(), messages=known, warnings=warnings)
    except ProblemsFound as refused:
        return refused.problems
    return warnings


def test_a_language_that_lacks_a_question_of_this_schedule_is_refused_at_its_name(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, without(messages(), "tr", "question.lumps.text"))
    assert (problem.line, problem.col, problem.rule, problem.severity) == (4, 17, "missing-text", Severity.ERROR)
    assert problem.message == "Türkçe lacks question.lumps.text"


def test_so_is_one_that_lacks_a_follow_up_or_an_opening(tmp_path: Path) -> None:
    keys = ("question.red_flags_which.option.chest_pain", "check_in.opening.immediate")
    (problem,) = found(tmp_path, without(messages(), "tr", *keys))
    assert problem.message == "Türkçe lacks check_in.opening.immediate, question.red_flags_which.option.chest_pain"


def test_a_question_that_this_schedule_does_not_ask_may_wait(tmp_path: Path) -> None:
    assert found(tmp_path, without(messages(), "tr", "question.donor_pain.text", "advice.fever")) == []


def test_a_translation_that_came_too_late_is_a_warning_and_stops_nothing(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, without(messages(), "tr", "question.lumps.text", stale=True))
    assert (problem.rule, problem.severity) == ("late-translation", Severity.WARNING)
    assert "patients who read Türkçe get English" in problem.message
    assert str(problem).startswith(f"{tmp_path.as_posix()}/small.yaml:4:17: warning: ")


def test_a_language_without_a_folder_is_refused(tmp_path: Path) -> None:
    texts = {language: known for language, known in messages().texts.items() if language != "tr"}
    (problem,) = found(tmp_path, replace(messages(), texts=texts))
    assert (problem.rule, problem.message) == ("languages", "there are no texts in Türkçe (tr)")


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("question.a.option.yes", "x" * 160, None),
        ("question.a.option.yes", "x" * 161, "costs 2 SMS; a button may cost 1"),
        ("question.a.option.yes", "ş" * 70, None),
        ("question.a.option.yes", "ş" * 71, "costs 2 SMS; a button may cost 1 (the letter 'ş' is not in the SMS alphabet"),
        ("question.a.text", "x" * 5 * 153, None),
        ("question.a.text", "x" * (5 * 153 + 1), "costs 6 SMS; a question may cost 5"),
        ("question.a.text", "я" * (5 * 67 + 1), "costs 6 SMS; a question may cost 5 (the letter 'я'"),
        ("advice.fever", "<b>" + "x" * 6 * 153 + "</b>", None),
        ("alert.page", "{phone}" + "x" * (4 * 153 - 18), None),
        ("alert.page", "{phone}" + "x" * (4 * 153 - 17), "costs 5 SMS; an alert may cost 4"),
        ("check_in.opening.late", "€" * 240, "costs 4 SMS; an opening may cost 3"),
    ],
)
def test_a_text_may_cost_what_its_kind_may(key: str, text: str, told: str | None) -> None:
    said = over_budget(key, text)
    assert (said is None) == (told is None)
    assert said is None or (told is not None and said.startswith(told))


def test_a_text_over_its_budget_is_refused_at_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    (folder / "a.yaml").write_text('question:\n  a:\n    option:\n      yes: "' + "word " * 40 + '"\n', encoding="utf-8")
    with pytest.raises(ProblemsFound) as refused:
        load_messages(tmp_path)
    (problem,) = refused.value.problems
    assert (problem.line, problem.col, problem.rule) == (4, 12, "sms-budget")


def test_every_shipped_text_keeps_its_budget() -> None:
    assert [
        (language, key) for language, texts in messages().texts.items() for key, text in texts.items() if over_budget(key, text)
    ] == []
