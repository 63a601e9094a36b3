"""The content that is live: read at start, read again when a file changes or somebody publishes, replaced whole or not at all."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

from bot.content.live import Live, load_live
from bot.core.errors import AftercareError, ContentInvalid
from bot.ports import Content, Publication, Store, UnitOfWork

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
            return False
        self._seen = seen
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
