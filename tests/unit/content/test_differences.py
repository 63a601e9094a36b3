"""What changes between two versions, in clinical words, and how each change weighs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.content.differences import Difference, Weight, differences
from bot.content.limits import catalogue_limit
from bot.content.own_questions import OwnQuestions
from bot.content.versions import Version, version_of
from bot.core.careplan.question import Option, Question
from bot.core.careplan.schedule import Applies, CheckIn, Late, Offset, Phase, QuietHours, Schedule, Silence, SilenceRow, Threshold
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Reader, Status
from bot.core.clinical.patient import Risk
from tests.support.careplan import asking, rule_book, small_schedule

HOUR = timedelta(hours=1)
D3 = asking("d3", Offset(days=3, at=time(10)), "red_flags", "pain")
D7 = asking("d7", Offset(days=7, at=time(10)), "red_flags", "legs")
BASE = small_schedule(D3, D7)
Change = Callable[[Schedule], Schedule]


def version(schedule: Schedule, own: OwnQuestions | None = None) -> Version:
    return Version(schedule=schedule, own=own or OwnQuestions(), file="small.yaml", text="")


def between(old: Schedule, new: Schedule) -> list[Difference]:
    return differences(version(old), version(new), rule_book())


def limits(*thresholds: Threshold) -> Schedule:
    return replace(BASE, thresholds=thresholds)


def hot(value: float, level: Disposition = Disposition.URGENT) -> Threshold:
    return Threshold(measure="temperature", disposition=level, at_least=value)


def first(check_in: CheckIn) -> Schedule:
    return replace(BASE, check_ins=(check_in, D7))


def table(*rows: SilenceRow) -> Schedule:
    return replace(BASE, when_silent=rows)


CLOT = SilenceRow(applies=Applies(risks=frozenset({Risk.PREVIOUS_CLOT})), task_after=HOUR)


@pytest.mark.parametrize(
    ("old", "new", "text", "weight"),
    [
        (limits(hot(38.5)), limits(hot(38.0)), "fever now alerts at 38.0 degC, was 38.5", Weight.PLAIN),
        (limits(hot(38.0)), limits(hot(38.5)), "fever now alerts at 38.5 degC, was 38.0", Weight.LOOSENS),
        (BASE, limits(hot(38.5)), "fever now alerts at 38.5 degC, was 39.0", Weight.PLAIN),
        (limits(hot(38.5)), BASE, "fever now alerts at 39.0 degC, was 38.5", Weight.LOOSENS),
        (
            limits(Threshold(measure="spo2", disposition=Disposition.URGENT, at_most=95)),
            limits(Threshold(measure="spo2", disposition=Disposition.URGENT, at_most=94)),
            "94",
            Weight.LOOSENS,
        ),
        (
            BASE,
            first(replace(D3, at=Offset(days=4, at=time(10)))),
            "day 3 at 10:00 (d3): the check-in moves to day 4 at 10:00",
            Weight.PLAIN,
        ),
        (BASE, replace(BASE, check_ins=(D3,)), "day 7 at 10:00: the check-in d7 is gone; it asked about legs", Weight.LESS),
        (replace(BASE, check_ins=(D3,)), BASE, "day 7 at 10:00: a new check-in (d7) asks about legs", Weight.PLAIN),
        (BASE, first(asking("d3", D3.at, "red_flags", "pain", "sleep")), "also asks about sleep", Weight.PLAIN),
        (BASE, first(asking("d3", D3.at, "red_flags")), "asks no more about pain", Weight.LESS),
        (
            BASE,
            first(replace(D3, applies=Applies(risks=frozenset({Risk.DIABETES})))),
            "only diabetes, was for everybody",
            Weight.LESS,
        ),
        (BASE, first(replace(D3, window=HOUR)), "worth sending for 1 h, was 12 h", Weight.LESS),
        (BASE, first(replace(D3, silence=Silence(remind_after=9 * HOUR))), "reminder after 9 h", Weight.LOOSENS),
        (BASE, first(replace(D3, silence=Silence(remind_after=HOUR))), "reminder after 1 h", Weight.PLAIN),
        (BASE, first(replace(D3, silence=Silence(disposition=Disposition.NONE))), "as none", Weight.LOOSENS),
        (table(CLOT), BASE, "no more when silent: only previous clot: task after 1 h", Weight.LOOSENS),
        (BASE, table(CLOT), "new when silent: only previous clot: task after 1 h", Weight.PLAIN),
        (BASE, replace(BASE, escalation="night"), "alerts go by the chain 'night', was 'default'", Weight.LOOSENS),
        (BASE, replace(BASE, quiet_hours=QuietHours(start=time(22), end=time(7))), "22:00 to 07:00, was none", Weight.PLAIN),
        (BASE, replace(BASE, late_enrolment=Late.SKIP), "who joins late: skip, was catch up", Weight.PLAIN),
        (replace(BASE, languages=("en", "tr")), BASE, "languages: en, was en and tr", Weight.LESS),
        (BASE, replace(BASE, title="Other"), "called 'Other', was 'Small'", Weight.PLAIN),
    ],
)
def test_a_change_is_said_in_clinical_words_and_weighed(old: Schedule, new: Schedule, text: str, weight: Weight) -> None:
    (found,) = between(old, new)
    assert text in found.text
    assert found.weight is weight


def test_a_row_of_silence_that_only_hastens_loosens_nothing() -> None:
    sooner = replace(CLOT, task_after=HOUR / 2)
    assert {found.weight for found in between(table(CLOT), table(sooner))} == {Weight.PLAIN}
    assert Weight.LOOSENS in {found.weight for found in between(table(sooner), table(CLOT))}


def test_comments_examples_and_places_change_nothing() -> None:
    assert between(BASE, replace(BASE, version="other", examples=(), phases=BASE.phases)) == []
    moved = replace(D3, silence=replace(D3.silence, where="small.yaml:99"))
    assert between(BASE, first(moved)) == []


def test_a_limit_that_the_catalogue_holds_anyway_loosens_nothing() -> None:
    assert between(limits(hot(39.0)), BASE) == []


def test_the_catalogue_s_own_limits_are_found() -> None:
    assert catalogue_limit(rule_book(), "temperature", Disposition.URGENT, high=True) == 39.0
    low = catalogue_limit(rule_book(), "temperature", Disposition.SAME_DAY, high=False)
    assert low is not None
    assert 35.0 <= low < 36.0


def own(says: str | None, words: str) -> OwnQuestions:
    found = Finding(symptom=says, status=Status.PRESENT, reader=Reader.ANSWER) if says else None
    question = Question(id="own_x", topic="own_x", options=(Option(id="bad", findings=(found,) if found else ()),))
    return OwnQuestions(questions={"own_x": question}, texts={"en": {"question.own_x.text": words}}, text=words)


def test_a_button_that_reports_less_loosens_and_other_words_do_not() -> None:
    old, less = version(BASE, own("chest_pain", "Does it hurt?")), version(BASE, own(None, "Does it hurt?"))
    (found,) = differences(old, less, rule_book())
    assert (found.what, found.weight, "chest pain" in found.text) == ("own.meaning", Weight.LOOSENS, True)
    (found,) = differences(old, version(BASE, own("chest_pain", "Hurts?")), rule_book())
    assert (found.what, found.weight) == ("own.words", Weight.PLAIN)


def test_a_version_is_the_hash_of_both_texts() -> None:
    assert version_of("a", "") != version_of("a", "b") != version_of("ab", "")
    assert len(version_of("a", "")) == 12


def test_phases_are_said() -> None:
    spans = tuple(replace(span, start=span.start + HOUR) if span.phase is Phase.LONG_TERM else span for span in BASE.phases)
    (found,) = between(BASE, replace(BASE, phases=spans))
    assert "long term from" in found.text
