"""Phone numbers as every network knows them. Source: ITU-T E.164: a plus, the country code, fifteen digits at most."""

from __future__ import annotations

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")


def is_e164(number: str) -> bool:
    """Whether it is a whole international number without spaces."""
    return _E164.match(number) is not None
