"""Several clinics' files read together: what each must be called, what two of them may not share, and where that is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.check import check
from bot.content.clinics import load_clinics
from bot.content.library import Library
from bot.content.problems import Problem, ProblemsFound, Severity
from tests.golden.test_schedule_problems import CLINIC, SCHEDULE
from tests.support.careplan import MESSAGES

NORTH = (
    CLINIC.replace('name: "Small clinic"', 'name: "North"').replace("Europe/London", "America/New_York").replace('"999"', '"911"')
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clinics").mkdir()
    (tmp_path / "clinic.yaml").write_text(CLINIC, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SCHEDULE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def north(folder: Path) -> Callable[..., Path]:
    """Writes clinics/north.yaml (or ``name``) with these words replaced."""

    def write(*changes: tuple[str, str], name: str = "north.yaml") -> Path:
        text = NORTH
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = folder / "clinics" / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems(*paths: Path, folder: Path) -> list[Problem]:
    return check(paths or (folder,), schedules=folder, messages=MESSAGES)


def test_each_file_is_a_clinic_called_by_its_name_and_clinic_yaml_is_the_main_one(
    folder: Path, north: Callable[..., Path]
) -> None:
    north()
    found = load_clinics(folder)
    assert {name: (clinic.id, clinic.name, clinic.timezone) for name, clinic in found.items()} == {
        "main": ("main", "Small clinic", "Europe/London"),
        "north": ("north", "North", "America/New_York"),
    }
    assert problems(folder=folder) == []


def test_without_that_folder_all_is_as_it_was(folder: Path) -> None:
    (folder / "clinics").rmdir()
    assert list(load_clinics(folder)) == ["main"]
    assert problems(folder=folder) == []


@pytest.mark.parametrize("name", ["North.yaml", "north.yml", "9.yaml", "no rth.yaml", "north.YAML", "größe.yaml"])
def test_a_file_that_cannot_be_a_clinics_name_is_said_and_not_left_out(
    folder: Path, north: Callable[..., Path], name: str
) -> None:
    north(name=name)
    [problem] = problems(folder=folder)
    assert (problem.rule, problem.line, problem.path) == ("file-name", 1, f"{folder.as_posix()}/clinics/{name}")
    assert str(problem).splitlines()[2].strip() == "^"
    assert "clinics/north.yaml" in problem.hint


def test_main_is_taken(folder: Path, north: Callable[..., Path]) -> None:
    north(name="main.yaml")
    [problem] = problems(folder=folder)
    assert (problem.rule, problem.message) == ("duplicate-id", "'main' is how the clinic of clinic.yaml is called")


@pytest.mark.parametrize("made", ["folder", "link to nowhere", "folder of its own"])
def test_what_is_no_file_is_said_and_not_left_out(folder: Path, made: str) -> None:
    path = folder / "clinics" / "north.yaml"
    if made == "folder":
        path.mkdir()
    elif made == "link to nowhere":
        path.symlink_to(folder / "nowhere.yaml")
    else:
        (folder / "clinics" / "north").mkdir()
        (folder / "clinics" / "north" / "clinic.yaml").write_text(NORTH, encoding="utf-8")
    assert [problem.rule for problem in problems(folder=folder)] == ["file"]
    with pytest.raises(ProblemsFound):
        load_clinics(folder)


def test_two_clinics_have_two_names(folder: Path, north: Callable[..., Path]) -> None:
    north(('"North"', '"SMALL  Clinic"'))
    [problem] = problems(folder=folder)
    assert problem.rule == "duplicate-id"
    assert problem.message == "clinic.yaml has the name 'Small clinic' already"
    assert (problem.line, problem.col) == (2, 9)


def test_one_short_name_is_one_person(folder: Path, north: Callable[..., Path]) -> None:
    line = next(line for line in CLINIC.splitlines() if line.startswith("  ada:"))
    assert problems(folder=folder) == []
    path = north((line, '  ada: "Dr Adam"'))
    [problem] = problems(folder=folder)
    assert problem.rule == "duplicate-id"
    assert problem.message.startswith("'ada' is ")
    assert problem.message.endswith(" in clinic.yaml")
    assert path.read_text(encoding="utf-8").splitlines()[problem.line - 1][problem.col - 1 :].startswith("ada:")
    north()
    other = folder / "clinics" / "south.yaml"
    other.write_text(NORTH.replace('"North"', '"South"').replace(line, '  ada: "Dr Adam"'), encoding="utf-8")
    assert {problem.path for problem in problems(folder=folder)} == {other.as_posix()}


def test_one_clinics_file_is_checked_alone_and_beside_the_others(folder: Path, north: Callable[..., Path]) -> None:
    path = north(("America/New_York", "America/New_Yrk"))
    assert [(p.path, p.rule) for p in problems(path, folder=folder)] == [(path.as_posix(), "time-zone")]
    assert problems(folder / "small.yaml", folder=folder) == []
    assert problems(folder / "clinic.yaml", folder=folder) == []


def test_a_clinic_without_the_chains_that_a_schedule_names_is_warned_of(folder: Path, north: Callable[..., Path]) -> None:
    night = CLINIC[CLINIC.index("  default:") :].replace("default", "night")
    (folder / "clinic.yaml").write_text(CLINIC + night, encoding="utf-8")
    (folder / "small.yaml").write_text(SCHEDULE.replace("escalation: default", "escalation: night"), encoding="utf-8")
    north()
    [problem] = problems(folder=folder)
    assert (problem.severity, problem.rule) == (Severity.WARNING, "unknown-escalation")
    assert problem.source_line == "escalation: night"
    assert problem.message == "north.yaml has no escalation 'night': alerts there take the default chains"


def test_content_speaks_for_one_clinic_at_a_time(folder: Path, north: Callable[..., Path]) -> None:
    north()
    library = Library.load(folder, MESSAGES)
    there = library.at("north")
    assert (library.clinic.name, there.clinic.name, there.at("main").clinic.name) == ("Small clinic", "North", "Small clinic")
    assert list(library.clinics) == list(there.clinics) == ["main", "north"]
    assert library.at("main") is library
    assert library.at("gone") is library
    assert there.at("gone").clinic.name == "Small clinic"
    assert library.at("north") is there
    assert there.schedules is library.schedules
