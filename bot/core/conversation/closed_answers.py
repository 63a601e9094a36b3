"""A bare yes or no, in the languages that we write in: the whole message, nothing else in it."""

from __future__ import annotations

import re

from bot.core.events import Closed

_YES = frozenset(["yes", "yeah", "yep", "yup", "y", "evet", "si", "sí", "да", "ja", "نعم", "ايوه", "أجل"])
_NO = frozenset(["no", "nope", "nah", "n", "hayir", "hayır", "нет", "nein", "لا", "كلا"])
_POLITE = frozenset(["please", "thanks", "thank", "you", "danke", "bitte", "gracias", "спасибо", "teşekkürler", "شكرا"])
_WORD = re.compile(r"[^\W\d_]+")
LONGEST = 4
"""Words: "no thank you" is bare, "no but my leg hurts" is not."""


def closed_answer(text: str) -> Closed | None:
    """Yes or no where the message says that and nothing more; else None."""
    words = _WORD.findall(text.casefold())
    meant = [word for word in words if word not in _POLITE]
    if len(words) > LONGEST or len(meant) != 1:
        return None
    if meant[0] in _YES:
        return Closed.YES
    return Closed.NO if meant[0] in _NO else None
