"""What `publish`, `rollback` and `approve` do around the one transaction: check, test, plan before it, move courses after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.app.cli.examples import example_problems, run_folder
from bot.app.comparing import Compared, Comparing
from bot.app.live_content import LiveContent
from bot.app.opening import open_settings_store
from bot.app.settings import Settings
from bot.content.check import Checking
from bot.content.problems import ProblemsFound, Severity
from bot.content.versions import Version
from bot.core.errors import InvalidValue
from bot.ports import Content, Publication, Store, UnitOfWork
from bot.services import publishing

AT_ONCE = 25
"""Courses that move in one transaction: an alert must not wait for long."""


@dataclass(frozen=True, kw_only=True)
class Press:
    """The live database and what is live in it, opened for one act of publishing."""

    settings: Settings
    store: Store
    live: LiveContent

    @classmethod
    def open(cls, settings: Settings) -> Press:
        """Raises what opening a store or reading the files raises."""
        store = open_settings_store(settings)
        try:
            return cls(settings=settings, store=store, live=LiveContent(settings.schedules, settings.messages, store))
        except BaseException:
            store.close()
            raise

    @property
    def content(self) -> Content:
        """What is live now."""
        return self.live.current

    def comparing(self) -> Comparing:
        """With everything that was ever published."""
        return Comparing(self.settings, [p for p in self.store.transact(lambda uow: uow.publications.all()) if p.number])

    def plan_of(self, version: Version) -> tuple[Compared, Publication | None]:
        """The difference to what is live, and the live publication."""
        live = self.store.transact(lambda uow: uow.publications.live(version.schedule.id))
        comparing = self.comparing()
        return comparing.compare(version.schedule.id, comparing.load(live) if live else None, version), live

    def go(self, proposal: Publication, approver: str = "", *, undo: bool = False) -> Publication:
        """The one transaction."""
        return self.store.transact(
            lambda uow: publishing.publish(uow, self.content, proposal, datetime.now(UTC), approver=approver, undo=undo)
        )

    def approve(self, publication_id: int, by: str) -> Publication:
        """The same for one that waits."""
        return self.store.transact(lambda uow: publishing.approve(uow, self.content, publication_id, datetime.now(UTC), by=by))

    def move(self, seen: Callable[[int], None]) -> int:
        """Courses that go with what is published now; what is left undone here the running bot does."""
        self.live.reload()
        total = 0

        def work(uow: UnitOfWork) -> int:
            return publishing.move_courses(uow, self.content, datetime.now(UTC), AT_ONCE)

        while moved := self.store.transact(work):
            total += moved
            seen(moved)
        return total


def sound_version(path: Path, settings: Settings) -> Version:
    """The file as it is now, checked, and its examples lived through. Raises ProblemsFound with everything that is wrong."""
    checking = Checking([path], schedules=settings.schedules, messages=settings.messages)
    problems = [problem for _, found in checking.run() for problem in found]
    folder = checking.folders[0]
    errors = [problem for problem in (*problems, *folder.problems) if problem.severity is Severity.ERROR]
    if errors or not folder.versions:
        raise ProblemsFound(sorted(set(errors)))
    failing = example_problems(run_folder(checking, folder))
    if failing:
        raise ProblemsFound(failing)
    return next(iter(folder.versions.values()))


def proposal_of(version: Version, compared: Compared, live: Publication | None, *, by: str, note: str, moves: str) -> Publication:
    """What is handed to the transaction."""
    return Publication(
        id=0,
        schedule=version.schedule.id,
        version=version.schedule.version,
        file=version.file,
        text=version.text,
        questions=version.questions_text,
        at=datetime.now(UTC),
        by=by,
        note=note,
        moves=moves if live else "",
        base=live.version if live else "",
        loosens=compared.loosens if live else (),
    )


def version_before(press: Press, live: Publication, named: str | None) -> tuple[Publication, Publication | None]:
    """The publication to go back to, and the one right before the live one. Raises InvalidValue where there is none."""
    found = press.store.transact(lambda uow: uow.publications.of_schedule(live.schedule))
    earlier = sorted((p for p in found if p.number and p.version != live.version), key=lambda p: -(p.number or 0))
    before = earlier[0] if earlier else None
    target = next((p for p in earlier if named is None or p.version.startswith(named)), None)
    if target is None:
        what = f"no earlier version begins with {named!r}" if named else "there is no earlier version"
        raise InvalidValue(f"{live.schedule}: {what}; `aftercare versions {live.schedule}` lists them")
    return target, before
