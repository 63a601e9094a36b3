"""A raw Telegram update to one ``Inbound``, by plain dict access: an update of a kind that no library knows must block nothing.

What a person sent and we cannot read becomes UNREADABLE, not IGNORED: a person looks. Sources: core.telegram.org/bots/api#update.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels.aiohttp_request import decode_json
from bot.core.events import Inbound, InboundKind

CHANNEL = "telegram"
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

Json = Mapping[str, Any]

_CONTENT = (
    *("voice", "audio", "video_note", "video", "animation", "photo", "live_photo", "sticker", "document", "location", "venue"),
    *("contact", "poll", "dice", "game", "story", "checklist", "paid_media", "invoice"),
)
"""What a person can send that is no text, the more telling name first (an animation is a document too, a venue a location)."""
_SERVICE = frozenset(
    {
        *("pinned_message", "message_auto_delete_timer_changed", "new_chat_title", "new_chat_photo", "delete_chat_photo"),
        *("chat_background_set", "write_access_allowed", "connected_website", "users_shared", "chat_shared", "boost_added"),
        *("successful_payment", "refunded_payment", "forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
        *("proximity_alert_triggered", "gift", "unique_gift", "web_app_data", "chat_owner_changed", "chat_owner_left"),
    }
)
"""Messages that Telegram writes itself."""


def parse_update(raw: bytes) -> Inbound:
    """Pure. Raises ValueError for what is no update at all (no JSON object, no ``update_id``)."""
    return parse_decoded(_decoded(raw))


def parse_decoded(update: Json) -> Inbound:
    """The same for an update that is decoded already. Raises ValueError where ``update_id`` is missing."""
    number = update_id_of(update)
    external_id = str(number)
    for name, parse in _PARSERS.items():
        content = update.get(name)
        if isinstance(content, dict):
            return parse(content, external_id)
    return _ignored(update, external_id)


def update_id_of(update: Json) -> int:
    """Raises ValueError where the update has none."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError("this is no Telegram update: it has no update_id")  # noqa: TRY004 - the port promises ValueError
    return number


def address_of(update: Json) -> str:
    """Whose message this is: the chat's id (for a pressed button the presser's, which is the same in a private chat).

    Updates of one address are handled in their order. Empty where the update names nobody.
    """
    for content in update.values():
        if isinstance(content, dict):
            chat = _id(_part(content, "chat")) or _id(_part(_part(content, "message"), "chat"))
            address = chat or _id(_part(content, "from")) or _id(_part(content, "user"))
            if address:
                return address
    return ""


def _decoded(raw: bytes) -> Json:
    update = decode_json(raw)
    if not isinstance(update, dict):
        raise ValueError("this is no Telegram update: not a JSON object")  # noqa: TRY004 - the port promises ValueError
    return update


def _message(message: Json, external_id: str) -> Inbound:
    if not _is_private(message):
        return _group_message(message, external_id)
    text = message.get("text")
    if isinstance(text, str):
        return _from_message(message, external_id, InboundKind.TEXT, text=text)
    return _without_text(message, external_id)


def _edited(message: Json, external_id: str) -> Inbound:
    if not _is_private(message):
        return _group_message(message, external_id)
    text = message.get("text")
    if isinstance(text, str):
        return _from_message(message, external_id, InboundKind.EDITED, text=text)
    if "location" in message:  # a live location moves every few seconds; its first message was already shown to a person
        return _from_message(message, external_id, InboundKind.IGNORED)
    return _without_text(message, external_id)


def _without_text(message: Json, external_id: str) -> Inbound:
    kind = next((name for name in _CONTENT if name in message), None)
    if kind is None and not _SERVICE.isdisjoint(message):
        return _from_message(message, external_id, InboundKind.IGNORED)
    return _from_message(message, external_id, InboundKind.UNREADABLE, text=kind or "unknown", caption=_text(message, "caption"))


def _group_message(message: Json, external_id: str) -> Inbound:
    moved_to = message.get("migrate_to_chat_id")
    if isinstance(moved_to, int):
        return _from_message(message, external_id, InboundKind.MIGRATED, text=str(moved_to))
    if "migrate_from_chat_id" in message or "left_chat_member" in message or not _id(_part(message, "chat")):
        return _from_message(message, external_id, InboundKind.IGNORED)
    return _from_message(message, external_id, InboundKind.GROUP)


def _callback(query: Json, external_id: str) -> Inbound:
    presser, message = _part(query, "from"), _part(query, "message")
    in_group = bool(message) and not _is_private(message)
    data, callback_id = query.get("data"), query.get("id")
    return Inbound(
        channel=CHANNEL,
        external_id=external_id,
        address=_id(_part(message, "chat")) or _id(presser),
        kind=InboundKind.GROUP if in_group else InboundKind.BUTTON,
        button=data if isinstance(data, str) else "",
        callback_id=str(callback_id) if isinstance(callback_id, str | int) else None,
        message_id=_number(message, "message_id"),
        language=_text(presser, "language_code") or None,
    )


def _membership(change: Json, external_id: str) -> Inbound:
    status = _part(change, "new_chat_member").get("status")
    gone = status in {"kicked", "left"}
    if _is_private(change):
        kind = InboundKind.BLOCKED if gone else InboundKind.UNBLOCKED
    else:
        kind = InboundKind.IGNORED if gone else InboundKind.GROUP
    return _from_message(change, external_id, kind)


_PARSERS = {"message": _message, "edited_message": _edited, "callback_query": _callback, "my_chat_member": _membership}


def _ignored(update: Json, external_id: str) -> Inbound:
    return Inbound(channel=CHANNEL, external_id=external_id, address=address_of(update), kind=InboundKind.IGNORED)


def _from_message(message: Json, external_id: str, kind: InboundKind, *, text: str = "", caption: str = "") -> Inbound:
    sender = _part(message, "from")
    return Inbound(
        channel=CHANNEL,
        external_id=external_id,
        address=_id(_part(message, "chat")) or _id(sender),
        kind=kind,
        text=text,
        caption=caption,
        message_id=_number(message, "message_id"),
        reply_to=_number(_part(message, "reply_to_message"), "message_id"),
        language=_text(sender, "language_code") or None,
        sent_at=_moment(message.get("edit_date") or message.get("date")),
    )


def _is_private(message: Json) -> bool:
    return _part(message, "chat").get("type") == "private"


def _part(container: Json, name: str) -> Json:
    part = container.get(name)
    return part if isinstance(part, dict) else {}


def _text(container: Json, name: str) -> str:
    text = container.get(name)
    return text if isinstance(text, str) else ""


def _id(container: Json) -> str:
    return _number(container, "id") or ""


def _number(container: Json, name: str) -> str | None:
    number = container.get(name)
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else None


def _moment(seconds: object) -> datetime | None:
    if not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
