"""A stand-in's chat as the page shows it."""

from __future__ import annotations

from datetime import tzinfo

from bot.simulator.demo.state import Bubble
from bot.simulator.telegram import Person, Seen

_ICONS = {"voice": "🎤", "photo": "🖼", "sticker": "🙂", "document": "📄", "location": "📍", "contact": "👤"}


def bubbles_of(person: Person, zone: tzinfo, *, newest: int = 200) -> list[Bubble]:
    """The newest messages of both sides, oldest first, dated in this zone."""
    return [_bubble(seen, zone) for seen in person.conversation[-newest:]]


def _bubble(seen: Seen, zone: tzinfo) -> Bubble:
    icon = _ICONS.get(seen.kind)
    return {
        "id": seen.message_id,
        "mine": seen.mine,
        "html": f"{icon} {seen.shown}".strip() if icon else seen.shown,
        "at": seen.at.astimezone(zone).isoformat(timespec="seconds"),
        "edited": seen.edited_at is not None,
        "kind": seen.kind,
        "buttons": [[{"label": button.label, "data": button.data} for button in row] for row in seen.rows],
    }
