"""Buttons where there are none (SMS): each choice has a mark in front of it, and the reply is that mark."""

from __future__ import annotations

from collections.abc import Sequence

_LETTERS = "ABCDEFGHIJ"
_LIKE_LATIN = str.maketrans("АБВГДЕСабвгдес", "ABBGDECABBGDEC")
"""Cyrillic keys for Latin letters, by look or by sound."""
_AROUND = " \t\n.)(:;-!\"'*"
CARRIER_YES = frozenset({"yes", "unstop"})
"""Phone companies take these for "send me messages again". On SMS they are never an answer (promises.md, fault 60)."""


def marks(text: str, labels: Sequence[str]) -> tuple[str, ...]:
    """A mark for each label: digits, or letters where a digit could be meant as a reading ("pain from 0 to 10"): where a label or
    the last line of the text, which is the question, has one.

    Raises ValueError for more choices than there are marks.
    """
    if len(labels) > len(_LETTERS):
        raise ValueError(f"{len(labels)} choices are too many to write")
    question = text.rstrip().rpartition("\n")[2]
    with_digits = any(character.isdigit() for character in "".join([question, *labels]))
    return tuple(_LETTERS[: len(labels)]) if with_digits or len(labels) > 9 else tuple("123456789"[: len(labels)])


def chosen(reply: str, text: str, labels: Sequence[str]) -> int | None:
    """The index of the choice that this reply names by its mark or its very words; None for anything else."""
    said = reply.strip(_AROUND)
    if said.casefold() in CARRIER_YES:
        return None
    for index, label in enumerate(labels):
        if said.casefold() == label.strip(_AROUND).casefold():
            return index
    mark = str(int(said)) if len(said) == 1 and said.isdecimal() else said.translate(_LIKE_LATIN).upper()
    offered = marks(text, labels)
    return offered.index(mark) if mark in offered else None


def is_carrier_yes(reply: str) -> bool:
    """Whether the whole reply is a word that phone companies take for themselves."""
    return reply.strip(_AROUND).casefold() in CARRIER_YES
