"""What stands behind the demo's editor: a folder of its own, the checker, the preview, and the running bot that takes changes over."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app.demo.stage import Stage
from bot.content.clinics import CLINIC
from bot.content.folder import Folder, Known, schedule_files
from bot.content.own_questions import FILE as OWN_QUESTIONS
from bot.content.preview import preview
from bot.content.preview_page import Preview
from bot.content.problems import Problem, Severity
from bot.core.careplan.moving import move
from bot.core.clinical.patient import Risk, Role, Route
from bot.ports import UnitOfWork
from bot.simulator.demo.editor import Checked, EditedFile, Patient, ShownProblem

NO_QUESTIONS = """\
# Questions of your own, with their words in each language; docs/operators.md shows one. Ids begin with own_.
questions: {}
"""
"""What the editor offers where the clinic has none yet."""
NOBODY: Patient = {"route": None, "risk": None, "late_days": 0}


class Editing:
    """Implements ``bot.simulator.demo.editor.EditorHost``. ``known`` is what files are held against; ``saved`` hears of changes."""

    def __init__(self, stage: Stage, known: Known, saved: Callable[[], Awaitable[None]]) -> None:
        self._saved = saved
        self._stage = stage
        self._known = known
        self._folder = stage.parts.settings.schedules

    def files(self) -> list[EditedFile]:
        """Schedules first, then the rest."""
        found = sorted(schedule_files(self._folder), key=lambda path: (path.name in {CLINIC, OWN_QUESTIONS}, path.name))
        files: list[EditedFile] = [
            {"name": path.name, "text": path.read_text(encoding="utf-8", errors="replace")} for path in found
        ]
        if not any(path.name == OWN_QUESTIONS for path in found):
            files.append({"name": OWN_QUESTIONS, "text": NO_QUESTIONS})
        return files

    async def check(self, name: str, text: str, patient: Patient) -> Checked:
        """Off the event loop: the bot goes on meanwhile."""
        self._path(name)
        return await asyncio.to_thread(self._checked, name, text, patient)

    async def save(self, name: str, text: str) -> Checked:
        """Checked once more, then replaced whole; courses that run already are planned anew from now on."""
        path = self._path(name)
        checked = await asyncio.to_thread(self._checked, name, text, NOBODY)
        if any(problem["severity"] == Severity.ERROR for problem in checked["problems"]):
            return checked
        await asyncio.to_thread(_replace, path, text)
        await self._stage.runtime.jobs.reload()
        await self._stage.work(self._plan_anew)
        await self._saved()
        return checked

    def _path(self, name: str) -> Path:
        may_be = [*schedule_files(self._folder), self._folder / OWN_QUESTIONS]
        path = next((path for path in may_be if path.name == name), None)
        if path is None:
            raise LookupError(f"the demo has no file {name}")
        return path

    def _checked(self, name: str, text: str, patient: Patient) -> Checked:
        with tempfile.TemporaryDirectory(prefix="aftercare-edit-") as directory:
            copy = Path(directory)
            for path in schedule_files(self._folder):
                shutil.copy(path, copy / path.name)
            (copy / name).write_text(text, encoding="utf-8", errors="surrogatepass")
            folder = Folder.whole(copy, self._known)
            problems = [problem for _, found in folder.read() for problem in found]
        shown = [_shown(problem, name) for problem in sorted(set(problems))]
        sound = not any(problem.severity is Severity.ERROR for problem in problems)
        return {"problems": shown, "preview": self._preview(folder, name, patient) if sound else None}

    def _preview(self, folder: Folder, name: str, patient: Patient) -> dict[str, object] | None:
        stem = name.removesuffix(".yaml")
        schedule = folder.schedules.get(stem) or next(
            (found for found in folder.schedules.values() if name == f"{found.id}.yaml"),
            next(iter(folder.schedules.values()), None),
        )
        if schedule is None or folder.clinic is None or folder.messages is None:
            return None
        zone = folder.clinic.timezone
        treated = self._stage.clock.now().astimezone(ZoneInfo(zone))
        joined = treated + timedelta(days=patient["late_days"]) if patient["late_days"] else None
        donor = schedule.role is Role.DONOR
        route = Route(patient["route"]) if patient["route"] and not donor else None
        risks = frozenset({Risk(patient["risk"])} if patient["risk"] else ())
        rows = preview(schedule, treated, zone, enrolled_at=joined, route=route, risks=risks)
        page = Preview(
            schedule=schedule,
            rows=rows,
            treated_at=treated,
            timezone=zone,
            enrolled_at=joined,
            questions=folder.questions,
            messages=folder.messages,
            route=route,
            risks=risks,
        )
        return page.data()

    def _plan_anew(self, uow: UnitOfWork) -> None:
        """As `aftercare publish --migrate` does: what is ahead moves, what is new is added, what is gone is cancelled."""
        now, schedules = self._stage.clock.now(), self._stage.parts.content.current.schedules
        for player in self._stage.players.values():
            zone = uow.patients.get(player.patient_id).zone()
            for enrolment in uow.enrolments.of_patient(player.patient_id):
                schedule = schedules.get(enrolment.schedule)
                if schedule is None or enrolment.enrolled_at is None:
                    continue
                moved = move(schedule, enrolment, zone, now, uow.check_ins.of_enrolment(enrolment.id))
                for row in moved.changed:
                    uow.check_ins.save(row)
                uow.check_ins.plan(moved.added)
                uow.enrolments.save(replace(enrolment, schedule_version=schedule.version))


def _shown(problem: Problem, name: str) -> ShownProblem:
    here = Path(problem.path).name == name
    return {
        "line": problem.line,
        "col": problem.col,
        "message": problem.message if here else f"{Path(problem.path).name}, line {problem.line}: {problem.message}",
        "hint": problem.hint,
        "rule": problem.rule,
        "page": problem.page,
        "severity": problem.severity.value,
        "excerpt": list(problem.excerpt()),
        "here": here,
    }


def _replace(path: Path, text: str) -> None:
    """Whole or not at all."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
