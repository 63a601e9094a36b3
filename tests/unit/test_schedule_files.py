from __future__ import annotations

import hashlib
import itertools
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.content.problems import ProblemsFound
from bot.content.schedules import load_schedule, read_offset
from bot.content.yaml_source import FlawedError, Source
from bot.core.careplan.schedule import Late, Offset, Phase
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Role, Route
from tests.support.careplan import SCHEDULES, questions, shipped, shipped_names


def test_a_recipients_schedule_runs_from_two_hours_to_fifteen_years() -> None:
    schedule = shipped("msc-recipient")
    assert (schedule.role, schedule.routes, schedule.late_enrolment) == (Role.RECIPIENT, frozenset(Route), Late.CATCH_UP)
    assert [c.id for c in schedule.check_ins if not c.id.startswith("weekly")] == [
        *("h2", "h6", "h12", "h24", "d2", "d3", "d5", "d7", "d10", "d14", "d21", "d30", "d45", "d60", "d90"),
        *("m6", "m9", "m12", "m18", "y2", *(f"y{year}" for year in range(3, 16))),
    ]
    assert schedule.check_ins[-1].at == Offset(years=15, at=time(10))


@pytest.mark.parametrize(
    ("check_in_id", "phase"),
    [
        ("h2", Phase.IMMEDIATE),
        ("d2", Phase.IMMEDIATE),
        ("d3", Phase.SHORT_TERM),
        ("d30", Phase.SHORT_TERM),
        ("d45", Phase.LONG_TERM),
        ("y15", Phase.LONG_TERM),
    ],
)
def test_each_check_in_lies_in_the_documents_phase(check_in_id: str, phase: Phase) -> None:
    check_in = shipped("msc-recipient").check_in(check_in_id)
    assert check_in is not None
    assert shipped("msc-recipient").phase_at(check_in.at.roughly()) is phase


@pytest.mark.parametrize("name", shipped_names())
def test_quiet_hours_never_hold_back_the_first_twelve_hours(name: str) -> None:
    first = [check_in for check_in in shipped(name).check_ins if check_in.at.hours and check_in.at.hours <= 12]
    assert first
    assert not any(check_in.quiet_hours for check_in in first)
    assert all(check_in.quiet_hours for check_in in shipped(name).check_ins if check_in not in first)


@pytest.mark.parametrize("name", shipped_names())
def test_a_window_closes_before_the_next_check_in_of_everybody_opens(name: str) -> None:
    everybody = [check_in for check_in in shipped(name).check_ins if not check_in.applies.risks]
    for earlier, later in itertools.pairwise(everybody):
        clock = timedelta(hours=later.at.at.hour if later.at.at else 0) - timedelta(
            hours=earlier.at.at.hour if earlier.at.at else 0
        )
        assert earlier.window <= later.at.roughly() - earlier.at.roughly() + clock, earlier.id


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_schedule_points_editors_at_its_schema_and_carries_examples(name: str) -> None:
    text = (SCHEDULES / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=")
    assert shipped(name).examples
    assert shipped(name).version == hashlib.sha256(text.encode()).hexdigest()[:12]


def test_examples_are_kept_as_they_were_written() -> None:
    examples = shipped("msc-recipient").examples
    answered = next(example for example in examples if example.check_in == "d2")
    assert answered.answers == (("red_flags", "none"), ("temperature", "39.4"))
    assert (answered.at, answered.disposition, answered.alert) == (timedelta(hours=48), Disposition.URGENT, True)
    assert next(example for example in examples if example.risks).risks == {Risk.DIABETES}
    assert examples[0].where.startswith((SCHEDULES / "msc-recipient.yaml").as_posix() + ":")


FULL = """\
schedule: full
title: "Everything that a schedule may say"
for: {role: recipient}
languages: [en, tr]
late_enrolment: skip
silence: {remind_after: 1h}
phases:
  immediate: {from: 0h, until: 72h}
  short_term: {from: 3d, until: 5w}
  long_term: {from: 35d}
check_ins:
  - id: h12
    at: 12h
    bedtime: "21:30"
    skip: {routes: [facial], risks: [pregnancy]}
    silence: {task_after: 30min, disposition: urgent}
    asks: [red_flags, {ask: rash, skip: {routes: [iv]}}]
  - {id: w2, at: 2w, window: 3d, asks: [red_flags]}
escalation: default
thresholds:
  - {measure: temperature, at_least: 37.8, disposition: urgent}
  - {measure: systolic, at_most: 95, disposition: same_day}
examples:
  - at: 8h
    route: iv
    answers: {red_flags: _}
    expect: {disposition: unclear, messages: [check_in.opening.immediate]}
"""


def test_everything_that_a_schedule_may_say_is_read(tmp_path: Path) -> None:
    path = tmp_path / "full.yaml"
    path.write_text(FULL, encoding="utf-8")
    schedule = load_schedule(path, questions())
    h12, w2 = schedule.check_ins
    assert (schedule.languages, schedule.late_enrolment, schedule.quiet_hours) == (("en", "tr"), Late.SKIP, None)
    assert schedule.phases[1].until == timedelta(days=35)
    assert (h12.bedtime, h12.window) == (time(21, 30), timedelta(hours=12))
    assert (h12.applies.not_routes, h12.applies.not_risks) == (frozenset({Route.FACIAL}), frozenset({Risk.PREGNANCY}))
    assert (h12.silence.remind_after, h12.silence.task_after) == (timedelta(hours=1), timedelta(minutes=30))
    assert h12.silence.disposition is Disposition.URGENT
    assert h12.asks[1].applies.not_routes == {Route.IV}
    assert (w2.at, w2.window) == (Offset(days=14), timedelta(days=3))
    assert [(t.measure, t.at_least, t.at_most, t.disposition) for t in schedule.thresholds] == [
        ("temperature", 37.8, None, Disposition.URGENT),
        ("systolic", None, 95.0, Disposition.SAME_DAY),
    ]
    (example,) = schedule.examples
    assert (example.unclear, example.disposition, example.messages) == (True, None, ("check_in.opening.immediate",))


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2h", Offset(hours=2)),
        ("3d", Offset(days=3)),
        ("3d 09:30", Offset(days=3, at=time(9, 30))),
        ("2w", Offset(days=14)),
        ("6mo", Offset(months=6)),
        ("15y 10:00", Offset(years=15, at=time(10))),
    ],
)
def test_times_after_treatment(text: str, offset: Offset) -> None:
    assert read_offset(Source("x.yaml", text).root()) == offset


@pytest.mark.parametrize(
    "text", ["2", "h2", "-2h", "2.5h", "2h 10:00", "3d 25:00", "3d 9:30", "1y6mo", "99999d", "101y", "two hours"]
)
def test_what_is_no_time_after_treatment_is_refused(text: str) -> None:
    source = Source("x.yaml", f'"{text}"')
    with pytest.raises(FlawedError):
        read_offset(source.root())
    assert len(source.problems) == 1


def test_a_missing_file_is_a_problem_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match=r"gone\.yaml:1:1: cannot be read"):
        load_schedule(tmp_path / "gone.yaml", questions())


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list\n", "schedule: [a, b]\n"])
def test_what_is_no_schedule_at_all_is_refused_without_a_crash(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsFound):
        load_schedule(path, questions())
