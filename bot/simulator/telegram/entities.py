"""Telegram's HTML, as strictly as Telegram reads it: the visible text, its entities, and a canonical HTML for a page to show."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from bot.simulator.telegram.answers import ApiError, Json, bad_request

_TYPES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_SHOWN_AS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "text_link": "a",
    "blockquote": "blockquote",
    "spoiler": "span",
}
_TOKEN = re.compile(r"<(?P<tag>[^>]*)(?P<end>>?)|(?P<entity>&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);)|[^<&]+|.", re.DOTALL)
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")


@dataclass(frozen=True, slots=True)
class Parsed:
    """``text`` is what a person sees, ``entities`` are in UTF-16 units, ``shown`` is the same as safe HTML."""

    text: str
    entities: list[Json]
    shown: str


def utf16(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain(text: str) -> Parsed:
    """Text without a parse mode."""
    text = text.strip()
    return Parsed(text, [], html.escape(text, quote=False))


def parse_html(source: str) -> Parsed:
    """Raises ApiError 400 "can't parse entities: ..." in Telegram's words."""
    reader = _Reader()
    for match in _TOKEN.finditer(source.strip()):
        if match["tag"] is not None:
            reader.tag(match["tag"], closed=bool(match["end"]), at=len(source[: match.start()].encode("utf-8", "replace")))
        else:
            reader.text(html.unescape(match.group()) if match["entity"] else match.group())
    return reader.finished()


@dataclass(slots=True)
class _Open:
    name: str
    type: str
    offset: int
    href: str = ""


@dataclass(slots=True)
class _Reader:
    parts: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    length: int = 0

    def text(self, text: str) -> None:
        self.parts.append(text)
        self.shown.append(html.escape(text, quote=False))
        self.length += utf16(text)

    def tag(self, inside: str, *, closed: bool, at: int) -> None:
        if inside.startswith("/"):
            self._end(inside[1:].strip().lower(), closed=closed, at=at)
        else:
            self._start(inside, closed=closed, at=at)

    def _start(self, inside: str, *, closed: bool, at: int) -> None:
        found = _NAME.match(inside)
        name = found.group().lower() if found else ""
        type_ = _TYPES.get(name)
        if type_ is None or (name == "span" and "tg-spoiler" not in inside):
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {at}')
        if not closed:
            raise _unparsable(f"Unclosed start tag at byte offset {at}")
        link = _HREF.search(inside)
        href = html.unescape(next((part for part in link.groups() if part is not None), "")) if link else ""
        self.stack.append(_Open(name, type_, self.length, href))
        shown = _SHOWN_AS[type_]
        extra = (
            f' href="{html.escape(href)}"' if href.startswith(("http://", "https://", "tg://", "tel:")) and shown == "a" else ""
        )
        self.shown.append(f"<{shown}{extra}>")

    def _end(self, name: str, *, closed: bool, at: int) -> None:
        if not self.stack:
            raise _unparsable(f"Unexpected end tag at byte offset {at}")
        if not closed:
            raise _unparsable(f"Unclosed end tag at byte offset {at}")
        opened = self.stack.pop()
        if name and name != opened.name:
            raise _unparsable(f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{name}>"')
        self.shown.append(f"</{_SHOWN_AS[opened.type]}>")
        if self.length > opened.offset and not (opened.type == "text_link" and not opened.href):
            entity: Json = {"type": opened.type, "offset": opened.offset, "length": self.length - opened.offset}
            if opened.type == "text_link":
                entity["url"] = opened.href
            self.entities.append(entity)

    def finished(self) -> Parsed:
        if self.stack:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')
        text = "".join(self.parts)
        lead = utf16(text) - utf16(text.lstrip())
        text = text.strip()
        return Parsed(text, _within(self.entities, lead, utf16(text)), "".join(self.shown).strip())


def _within(entities: list[Json], lead: int, length: int) -> list[Json]:
    """Entities moved and cut to the trimmed text, in Telegram's order."""
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(length, entity["offset"] - lead + entity["length"])
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def _unparsable(what: str) -> ApiError:
    return bad_request(f"can't parse entities: {what}")
