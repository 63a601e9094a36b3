"""How moments and texts become column values, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC. Raises TypeError for a naive moment: nobody knows which one it is."""
    return (moment - EPOCH) // _MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    """The same where there may be none."""
    return None if moment is None else (moment - EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC moment of that many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


def moment_or_none(value: int | None) -> datetime | None:
    """The same where there may be none."""
    return None if value is None else EPOCH + timedelta(microseconds=value)


def storable(text: str) -> str:
    """The text with NUL (PostgreSQL refuses it) and lone surrogates (SQLite cannot encode them) as U+FFFD.

    What truly arrived stays, byte for byte, in ``inbox.raw``.
    """
    if text.isascii() and "\x00" not in text:
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def storable_params(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters with every text storable: done in one place, so that no repository can forget it."""
    for value in params.values():
        if type(value) is str and not (value.isascii() and "\x00" not in value):
            return {name: storable(v) if type(v) is str else v for name, v in params.items()}
    return params
