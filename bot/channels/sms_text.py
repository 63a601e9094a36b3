"""A message of ours as plain SMS: no markup, no pictures, choices with a mark in front, and cheap letters where they do."""

from __future__ import annotations

import unicodedata

from bot.channels.telegram_text import split_html, to_plain
from bot.core.delivery import REPEAT_MARK, OutgoingMessage
from bot.core.segments import is_gsm7
from bot.core.written_choices import marks

PART_LIMIT = 1500
"""UTF-16 units of one request; Twilio refuses more than 1600, and the choices need room."""
_REPEATED = "[2x] "
"""REPEAT_MARK without its picture."""
_CHEAP = str.maketrans(
    {
        **dict.fromkeys("‘’‚′´`", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("–—−‑", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009", " "),
        "…": "...",
        "•": "-",
        "°": "",
        "≥": ">=",
        "≤": "<=",
        "×": "x",
        "→": "->",
    }
)
_PICTURES = frozenset({"So", "Sk", "Cs"})
_FIRST_PICTURE = "\u2190"
"""Signs below it (degree, number, euro) belong to the text."""
_JOINERS = frozenset("\ufe0f\u200d\u20e3")


def written(message: OutgoingMessage) -> list[str]:
    """The texts to send, in order; the choices stand at the end of the last. Empty where nothing is left to say."""
    marked = message.text.startswith(REPEAT_MARK)
    source = message.text.removeprefix(REPEAT_MARK).replace("\0", "")
    parts = [_plain(to_plain(part)) for part in split_html(source, PART_LIMIT)]
    parts = [part for part in parts if part]
    if not parts:
        return []
    if marked:
        parts[0] = _REPEATED + parts[0]
    parts[-1] = "\n".join([parts[-1], *_choices(message)])
    return [_cheap(part) for part in parts]


def _choices(message: OutgoingMessage) -> list[str]:
    labels = [button.label for row in message.buttons for button in row]
    return [f"{mark} = {_plain(label)}" for mark, label in zip(marks(message.text, labels), labels, strict=True)]


def _plain(text: str) -> str:
    """Without pictures, which old phones show as boxes and which double the price."""
    kept = (c for c in text if c not in _JOINERS and (c < _FIRST_PICTURE or unicodedata.category(c) not in _PICTURES))
    lines = (" ".join(line.split(" ")).strip() for line in "".join(kept).split("\n"))
    return "\n".join(lines).strip()


def _cheap(text: str) -> str:
    """With plain quotes and dashes, where that alone lets it go in GSM's own alphabet."""
    simpler = text.translate(_CHEAP)
    return simpler if is_gsm7(simpler) else text
