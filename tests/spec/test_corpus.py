"""corpus/: labelled by the rule book, spans in place, near-duplicates on one side, and enough of every language in every part."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.catalogue import load_rule_book
from bot.content.library import CATALOGUE
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import RuleBook
from bot.training.check import problems
from bot.training.corpus import CORPUS, LANGUAGES, Part, Reply, Span, load, save
from bot.training.labels import mended


@pytest.fixture(scope="module")
def replies() -> list[Reply]:
    return load()


@pytest.fixture(scope="module")
def rules() -> RuleBook:
    return load_rule_book(CATALOGUE)


def test_nothing_is_wrong_with_it(replies: list[Reply], rules: RuleBook) -> None:
    assert list(problems(replies, rules)) == []


def test_every_language_has_every_part_and_every_disposition(replies: list[Reply]) -> None:
    counts = Counter((r.language, r.part, r.expected) for r in replies)
    for language in LANGUAGES:
        for part in Part:
            for disposition in Disposition:
                assert counts[language, part, disposition] >= 3, (language, part, disposition)


def test_more_than_ten_thousand_were_written_since_the_first(replies: list[Reply]) -> None:
    sources = Counter(r.source for r in replies)
    assert sources["first"] == 10_400
    assert sources["second"] + sources["third"] + sources["fourth"] > 40_000


def test_the_test_part_is_about_a_seventh_and_holds_nothing_that_rules_were_tuned_on(replies: list[Reply]) -> None:
    test = [r for r in replies if r.part is Part.TEST]
    assert 0.12 < len(test) / len(replies) < 0.18
    assert {r.source for r in test} == {"second", "third", "fourth", "fifth", "sixth"}


def test_every_symptom_is_reported_somewhere(replies: list[Reply], rules: RuleBook) -> None:
    seen = Counter(symptom for r in replies for symptom in r.symptoms)
    assert {symptom for symptom in rules.symptoms if seen[symptom] < 20} == set()


def test_saving_what_was_loaded_changes_no_byte(replies: list[Reply], tmp_path: Path) -> None:
    save(replies, tmp_path)
    for language in LANGUAGES:
        assert (tmp_path / f"{language}.jsonl").read_bytes() == (CORPUS / f"{language}.jsonl").read_bytes()


def reply(**changes: object) -> Reply:
    base = Reply(
        id="x", language="en", text="my chest is tight", expected=Disposition.EMERGENCY, symptoms=("chest_pain",), unit="u"
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the test names real fields


@pytest.mark.parametrize(
    ("flawed", "message"),
    [
        (reply(text=" "), "empty"),
        (reply(symptoms=("chest_payn",)), "no symptom"),
        (reply(absent=("chest_pain",)), "both there and denied"),
        (reply(spans=(Span(symptom="chest_pain", start=3, end=99),)), "outside"),
        (reply(spans=(Span(symptom="fever", start=0, end=2),)), "no label"),
        (reply(acceptable=(Disposition.EMERGENCY,)), "acceptable too"),
        (reply(expected=Disposition.SELF_MANAGE), "the rule book gives at least"),
    ],
)
def test_each_kind_of_flaw_is_named(flawed: Reply, message: str, rules: RuleBook) -> None:
    assert any(message in line for line in problems([flawed], rules))


def test_a_near_duplicate_in_another_part_is_named(rules: RuleBook) -> None:
    one, other = reply(), reply(id="y", unit="v", part=Part.TEST)
    assert any("near-duplicate of x" in line for line in problems([one, other], rules))


def test_a_label_below_what_the_rule_book_can_give_is_raised_to_it(rules: RuleBook) -> None:
    fixed = mended(reply(expected=Disposition.NONE, acceptable=(Disposition.SELF_MANAGE,)), rules)
    assert fixed.expected > Disposition.SELF_MANAGE
    assert fixed.acceptable == ()
    assert mended(fixed, rules) is fixed
