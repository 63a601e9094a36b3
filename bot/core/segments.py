"""How many SMS a text costs. Sources: 3GPP TS 23.038 (the alphabet), TS 23.040 (the parts of a long message)."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each takes two places: an escape and itself."""
SEPTETS, SEPTETS_OF_A_PART = 160, 153
UNITS, UNITS_OF_A_PART = 70, 67
"""One character outside the alphabet makes the whole message UCS-2: UTF-16 units instead of septets."""


def is_gsm7(text: str) -> bool:
    """Whether the text needs nothing beyond the default alphabet of GSM, which makes it cost less than half."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def segments(text: str) -> int:
    """The SMS that this text is sent and paid as; 0 for an empty one."""
    if is_gsm7(text):
        return _parts(sum(2 if character in _EXTENDED else 1 for character in text), SEPTETS, SEPTETS_OF_A_PART)
    return _parts(len(text.encode("utf-16-le", "surrogatepass")) // 2, UNITS, UNITS_OF_A_PART)


def _parts(length: int, alone: int, of_a_part: int) -> int:
    if length <= alone:
        return min(length, 1)
    return -(-length // of_a_part)
