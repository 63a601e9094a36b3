"""Telegram HTML: its visible length, parts of at most 4096, and the same text without markup."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

LIMIT = 4096
"""Visible characters of one message, counted in UTF-16 units: the strictest reading of Telegram's limit."""
_TAG = r"</?(?:b|strong|i|em|u|ins|s|strike|del|code|pre|a|blockquote|tg-spoiler|tg-emoji|span)(?:\s[^<>]*)?>"
_ATOM = re.compile(
    rf"(?P<tag>{_TAG})|(?P<entity>&(?:#\d+|#x[0-9a-fA-F]+|\w+);)|\n|[^\S\n]+|[^\s<&]+|.", re.IGNORECASE | re.DOTALL
)
_ANY_TAG = re.compile(_TAG, re.IGNORECASE)


def to_plain(text: str) -> str:
    """What a person sees of this HTML. Only Telegram's own tags go: a stray ``<`` in a patient's words stays."""
    return html.unescape(_ANY_TAG.sub("", text))


def width(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def split_html(text: str, limit: int = LIMIT) -> list[str]:
    """The text in parts of at most ``limit`` visible units, in its order, so its header comes first.

    Parts end at line ends where there is one, else between words, else anywhere but inside an entity or a tag; a tag open at the
    end of a part is closed there and opened again in the next.
    """
    if len(text) * 2 <= limit or width(text) <= limit:
        return [text]
    part = _Part()
    parts: list[str] = []
    for atom in _atoms(text, limit):
        while part.used + atom.width > limit:
            finished, part = part.cut()
            parts.append(finished)
        part.add(atom)
    parts.append(part.whole())
    return [finished for finished in parts if to_plain(finished).strip()] or [text]


@dataclass(frozen=True, slots=True)
class _Atom:
    source: str
    width: int
    tag: bool = False


def _atoms(text: str, limit: int) -> Iterator[_Atom]:
    for match in _ATOM.finditer(text):
        source = match.group()
        if match["tag"]:
            yield _Atom(source, 0, tag=True)
        elif match["entity"]:
            yield _Atom(source, width(html.unescape(source)))
        elif width(source) > limit // 2:
            yield from (_Atom(character, width(character)) for character in source)
        else:
            yield _Atom(source, width(source))


@dataclass(slots=True)
class _Part:
    atoms: list[_Atom] = field(default_factory=list)
    used: int = 0

    def add(self, atom: _Atom) -> None:
        self.atoms.append(atom)
        self.used += atom.width

    def whole(self) -> str:
        return "".join(atom.source for atom in self.atoms)

    def cut(self) -> tuple[str, _Part]:
        """This part up to its last good place, closed; and a new one with the rest, opened."""
        at = self._last(lambda source: source == "\n") or self._last(str.isspace) or len(self.atoms)
        kept, rest = self.atoms[:at], self.atoms[at:]
        still_open = _open_tags(kept)
        closing = "".join(f"</{_name(tag)}>" for tag in reversed(still_open))
        following = _Part()
        for atom in [*(_Atom(tag, 0, tag=True) for tag in still_open), *rest]:
            following.add(atom)
        return "".join(atom.source for atom in kept).rstrip("\n") + closing, following

    def _last(self, fits: Callable[[str], bool]) -> int:
        return next((at for at in range(len(self.atoms), 0, -1) if fits(self.atoms[at - 1].source)), 0)


def _open_tags(atoms: list[_Atom]) -> list[str]:
    stack: list[str] = []
    for atom in atoms:
        if not atom.tag:
            continue
        if not atom.source.startswith("</"):
            stack.append(atom.source)
        elif stack:
            stack.pop()
    return stack


def _name(tag: str) -> str:
    match = re.match(r"</?([\w-]+)", tag)
    return match[1] if match else ""
