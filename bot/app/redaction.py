"""The law of the log: no token and no word of a patient ever stands in it, at any level.

Our own log lines hold ids, never texts. What libraries log cannot be trusted with that (they log updates, parameters and URLs with
the token in them), so below WARNING it is dropped, and from WARNING on only the template is kept. An exception's text is kept
where the error is one of ours; of any other only its type and where it was raised.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from bot.core.errors import AftercareError

_TOKEN = re.compile(r"\d{4,}:[A-Za-z0-9_-]{8,}")
_AUTHORITY = re.compile(r"://[^/\s:@]+:[^/\s@]+@")
_OURS = ("bot", "__main__")
logger = logging.getLogger(__name__)


class Redaction(logging.Filter):
    """Sits on the root handler, so that every record of every library passes it last."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        """Makes the record harmless; False where it is dropped."""
        ours = record.name.split(".", 1)[0] in _OURS
        if not ours and record.levelno < logging.WARNING:
            return False
        text = record.getMessage() if ours else str(record.msg).split("\n", 1)[0]
        record.msg, record.args = self.clean(text), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = self.clean(describe(record.exc_info[1]))
            record.exc_info = None
        record.stack_info = None
        return True

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _AUTHORITY.sub("://***@", _TOKEN.sub("***", text))


def describe(error: BaseException) -> str:
    """The error with its causes and where each was raised; the texts of foreign errors are left out, they may quote a patient."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        text = f": {current}" if isinstance(current, AftercareError) else ""
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}{text}")
        lines += [f"  at {f.filename}:{f.lineno} in {f.name}" for f in traceback.extract_tb(current.__traceback__, limit=-12)]
        current = current.__cause__ or current.__context__
    return "\n".join(lines)


class _UtcFormatter(logging.Formatter):
    converter = staticmethod(time.gmtime)


def configure_logging(level: str, secrets: Iterable[str]) -> None:
    """One handler on the root, to standard error, behind the filter; whatever else prints errors is led there too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Redaction(secrets))
    handler.setFormatter(_UtcFormatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    sys.excepthook = _unhandled
    threading.excepthook = lambda args: _unhandled(args.exc_type, args.exc_value, args.exc_traceback)


def _unhandled(_: type[BaseException], error: BaseException | None, __: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logger.critical("unhandled error", exc_info=error)


def log_loop_errors(loop: asyncio.AbstractEventLoop) -> None:
    """Left alone, asyncio would log a failed task with its repr, which may quote a patient: this logs the error alone."""

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        logger.error("error in a background task", exc_info=context.get("exception"))

    loop.set_exception_handler(handle)
