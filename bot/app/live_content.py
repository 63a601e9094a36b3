"""The content that is live: read at start, read again when a file changes or somebody publishes, replaced whole or not at all."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bot.app.clock import SystemClock
from bot.content.live import Live, load_live
from bot.core.errors import AftercareError, ContentInvalid
from bot.ports import Content, Publication, Store, UnitOfWork
from bot.services.clinics import file_of, gone, without_file
from bot.services.rotas import in_words, open_time, uncovered_of

logger = logging.getLogger(__name__)
Seen = tuple[frozenset[tuple[str, int, int]], int]


class LiveContent:
    """``current`` is the last good content. Raises ContentInvalid where the very first reading fails.

    Published versions come from the ``store``; without one the files alone are live.
    """

    def __init__(self, schedules: Path, messages: Path, store: Store | None = None) -> None:
        self._schedules = schedules
        self._messages = messages
        self._store = store
        self._seen: Seen = self._look()
        first = self._loaded()
        self.current: Content = first.library
        self._held: Live | None = None
        self.problem: str | None = _problem_of(first)
        """Why the files as they are now cannot go live; None: they can, or are."""
        self.drafts: tuple[str, ...] = first.drafts
        """Schedules whose file says something else than their published version."""

    def reload(self) -> bool:
        """Reads what changed; True where new content is live. A flawed file replaces nothing and is logged once."""
        try:
            seen = self._look()
        except AftercareError as error:
            logger.warning("what is published cannot be read just now: %s", type(error).__name__)
            return False
        if seen == self._seen:
            return self._held is not None and self._go_live(self._held)
        self._seen, self._held = seen, None
        try:
            live = self._loaded()
        except ContentInvalid as error:
            self.problem = str(error)
            logger.exception("changed files are not valid; the last good ones stay live")
            return False
        except Exception as error:  # whatever a file makes of us, the bot goes on with the last good ones
            self.problem = f"the files cannot be read: {type(error).__name__}"
            logger.exception("changed files could not be read; the last good ones stay live")
            return False
        return self._go_live(live)

    def _go_live(self, live: Live) -> bool:
        """False, and nothing changed, while a clinic's file would leave more hours without anybody than the live one, or is gone with
        patients left: it is held, and goes live by itself as soon as its people can be reached."""
        worse = self._store.transact(partial(_worse, live.library, self.current)) if self._store else ""
        if worse:
            if self._held is None:
                logger.error("the clinics' files are not live: %s", worse)
            self._held, self.problem = live, worse
            return False
        self._held = None
        self.current, self.drafts, self.problem = live.library, live.drafts, _problem_of(live)
        if self.problem:
            logger.error("a published schedule's file is not valid; the published version stays live: %s", self.problem)
        elif self.drafts:
            logger.info("files differ from what is published: %s", ", ".join(self.drafts))
        logger.info("changed files are live")
        return True

    def _look(self) -> Seen:
        """What tells that something changed: the files' stamps, and how often somebody has published."""
        files = frozenset(_stamps(self._schedules)) | frozenset(_stamps(self._messages))
        return files, self._store.transact(lambda uow: uow.publications.published()) if self._store else 0

    def _loaded(self) -> Live:
        """The content, out of the garbage collector's sight: it is a million small objects that stay, and each look through them
        would stop every thread for a large part of a second."""
        published, pinned = self._store.transact(_published) if self._store else ([], frozenset[tuple[str, str]]())
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            return load_live(self._schedules, self._messages, published, pinned)
        finally:
            gc.freeze()
            if was_enabled:
                gc.enable()


def _published(uow: UnitOfWork) -> tuple[list[Publication], frozenset[tuple[str, str]]]:
    publications = [found for found in uow.publications.all() if found.number is not None]
    return publications, frozenset(uow.enrolments.versions()) if publications else frozenset()


def _problem_of(live: Live) -> str | None:
    return "\n".join(str(problem) for problem in live.problems) or None


def _stamps(directory: Path) -> Iterator[tuple[str, int, int]]:
    for path in directory.rglob("*"):
        try:
            stat = path.stat()
        except OSError:  # gone since it was listed: the next look sees it
            continue
        yield str(path), stat.st_mtime_ns, stat.st_size


def _worse(new: Content, live: Content, uow: UnitOfWork) -> str:
    """What is wrong with the new clinics that is not wrong with the live ones, in words; empty: nothing.

    A new clinic without people who can be reached may go live: it has no patients yet, and its people need it to be bound.
    """
    left = {clinic: count for clinic, count in gone(uow, new).items() if clinic in live.clinics}
    if left:
        return f"{without_file(left)}. Put it back, or move them first (`aftercare patient move`)"
    said = "; ".join(
        filter(None, (_leaves_hours_open(clinic, new, live, uow) for clinic in new.clinics if clinic in live.clinics))
    )
    return f"in the coming 30 days nobody who can be reached would be on call: {said}. Bind these people first" if said else ""


def _leaves_hours_open(clinic: str, new: Content, live: Content, uow: UnitOfWork) -> str:
    """The holes of that clinic's new rotas, where they are more than those of the live ones."""
    after, before = new.clinics[clinic], live.clinics[clinic]
    if (after.rotas, after.clinicians) == (before.rotas, before.clinicians):
        return ""
    now = SystemClock().now()
    found = uncovered_of(after, uow, now)
    if open_time(found) <= open_time(uncovered_of(before, uow, now)):
        return ""
    several = len(new.clinics) > 1
    return f"{file_of(clinic)}: {in_words(found, now)}" if several else in_words(found, now)
