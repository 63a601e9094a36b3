"""The content that is live: read at start, read again when a file changes, replaced whole or not at all."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

from bot.content.library import Library
from bot.core.errors import ContentInvalid
from bot.ports import Content

logger = logging.getLogger(__name__)


class LiveContent:
    """``current`` is the last good content. Raises ContentInvalid where the very first reading fails."""

    def __init__(self, schedules: Path, messages: Path) -> None:
        self._schedules = schedules
        self._messages = messages
        self._seen = self._fingerprint()
        self.current: Content = _loaded(schedules, messages)
        self.problem: str | None = None
        """Why the files as they are now are not live; None: they are."""

    def reload(self) -> bool:
        """Reads changed files; True where new content is live. A flawed file replaces nothing and is logged once."""
        seen = self._fingerprint()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self.current = _loaded(self._schedules, self._messages)
        except ContentInvalid as error:
            self.problem = str(error)
            logger.exception("changed files are not valid; the last good ones stay live")
            return False
        except Exception as error:  # whatever a file makes of us, the bot goes on with the last good ones
            self.problem = f"the files cannot be read: {type(error).__name__}"
            logger.exception("changed files could not be read; the last good ones stay live")
            return False
        self.problem = None
        logger.info("changed files are live")
        return True

    def _fingerprint(self) -> frozenset[tuple[str, int, int]]:
        return frozenset(_stamps(self._schedules)) | frozenset(_stamps(self._messages))


def _loaded(schedules: Path, messages: Path) -> Library:
    """The content, out of the garbage collector's sight: it is a million small objects that stay, and each look through them
    would stop every thread for a large part of a second."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return Library.load(schedules, messages)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _stamps(directory: Path) -> Iterator[tuple[str, int, int]]:
    for path in directory.rglob("*"):
        try:
            stat = path.stat()
        except OSError:  # gone since it was listed: the next look sees it
            continue
        yield str(path), stat.st_mtime_ns, stat.st_size
