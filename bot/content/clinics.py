"""The clinics of one installation: that of clinic.yaml, and one more for each file in clinics/, called by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.clinic import FOLDER, load_clinic
from bot.content.problems import Problem, ProblemsFound
from bot.core.escalation.policy import MAIN, Clinic

CLINIC = "clinic.yaml"


@dataclass
class Clinics:
    """``read`` goes through the files, clinic.yaml first; a file with a problem gives no clinic, and the others are read on."""

    directory: Path
    main: Path
    found: dict[str, Clinic] = field(default_factory=dict)
    """By id, in the order of their files."""
    sound: bool = True
    _shown: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, directory: Path, main: Path | None = None) -> Clinics:
        """Those of a folder of schedules; ``main`` stands in for its clinic.yaml, with the clinics beside that."""
        return cls(directory=main.parent if main else directory, main=main or directory / CLINIC)

    def read(self) -> Iterator[tuple[Path, list[Problem]]]:
        """Each file with its problems."""
        yield self.main, self._read(self.main, MAIN)
        for file in clinic_files(self.directory):
            yield file, self._read(file, file.stem)

    def _read(self, file: Path, clinic_id: str) -> list[Problem]:
        beside = {self._shown[name]: clinic for name, clinic in self.found.items()}
        try:
            self.found[clinic_id] = load_clinic(file, clinic_id=clinic_id, beside=beside)
        except ProblemsFound as error:
            self.sound = False
            return error.problems
        self._shown[clinic_id] = file.name if clinic_id == MAIN else f"{FOLDER}/{file.name}"
        return []


def load_clinics(directory: Path) -> Mapping[str, Clinic]:
    """Every clinic of a folder of schedules by its id, the main one first. Raises ProblemsFound with the problems of all of them."""
    clinics = Clinics.of(directory)
    problems = [problem for _, found in clinics.read() for problem in found]
    if problems:
        raise ProblemsFound(problems)
    return clinics.found


def clinic_files(directory: Path) -> list[Path]:
    """What stands in clinics/ and was meant for a clinic, sorted. What is called wrongly, or is no file, is among it: a clinic that
    is left out unsaid would leave its patients to another."""
    return sorted(path for path in (directory / FOLDER).glob("*") if _meant(path) and not path.name.startswith("."))


def _meant(path: Path) -> bool:
    return path.suffix.lower() in {".yaml", ".yml"} or (path.is_dir() and any(path.glob("*.y*ml")))


def is_clinic_file(path: Path) -> bool:
    """Whether a file of that path is a clinic's."""
    return path.name == CLINIC or path.parent.name == FOLDER
