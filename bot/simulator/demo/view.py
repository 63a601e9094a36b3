"""A stand-in's chat as the page shows it."""

from __future__ import annotations

from base64 import b64encode
from datetime import tzinfo

from bot.simulator.demo.state import Bubble
from bot.simulator.telegram import Person, Seen

_ICONS = {"voice": "🎤", "photo": "🖼", "sticker": "🙂", "document": "📄", "location": "📍", "contact": "👤"}


def bubbles_of(person: Person, zone: tzinfo, *, newest: int = 200) -> list[Bubble]:
    """The newest messages of both sides, oldest first, dated in this zone."""
    return [_bubble(person, seen, zone) for seen in person.conversation[-newest:]]


def _bubble(person: Person, seen: Seen, zone: tzinfo) -> Bubble:
    image = _image(person, seen)
    icon = None if image else _ICONS.get(seen.kind)
    bubble: Bubble = {
        "id": seen.message_id,
        "mine": seen.mine,
        "html": f"{icon} {seen.shown}".strip() if icon else seen.shown,
        "at": seen.at.astimezone(zone).isoformat(timespec="seconds"),
        "edited": seen.edited_at is not None,
        "kind": seen.kind,
        "buttons": [[{"label": button.label, "data": button.data} for button in row] for row in seen.rows],
    }
    if image:
        bubble["image"] = image
    return bubble


def _image(person: Person, seen: Seen) -> str:
    """A photo of the bot's own; what people send has no content here."""
    if seen.kind != "photo" or seen.mine:
        return ""
    upload = person.world.files.get(seen.content["photo"][-1]["file_id"])
    return f"data:image/png;base64,{b64encode(upload.content).decode()}" if upload else ""
