"""The Bot API's methods on the world: each takes typed parameters and gives its ``result``, or raises ApiError."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image

from bot.simulator.telegram.answers import BLOCKED, KICKED, Json, bad_request
from bot.simulator.telegram.chats import Chat, Seen, SeenButton
from bot.simulator.telegram.entities import Parsed, parse_html, plain, utf16
from bot.simulator.telegram.params import Upload
from bot.simulator.telegram.world import World

_BLANK = {code: " " for code in range(32) if code != 10}
"""Telegram shows control characters as spaces."""
CALLBACK_LIFE = timedelta(minutes=15)
_ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
        *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)


def get_me(world: World, params: Json) -> Json:  # noqa: ARG001 - one signature for all methods
    """The bot's account, with what only getMe tells."""
    return {**world.me, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


def send_message(world: World, params: Json) -> Json:
    """A new text message."""
    chat = _chat(world, params)
    parsed = _text(params, "text", limit=4096)
    if not parsed.text:
        raise bad_request("message text is empty")
    return _show_new(world, chat, params, parsed, kind="text", content={})


def send_photo(world: World, params: Json) -> Json:
    """A photo with a caption: a picture that can be read, of sides that Telegram takes."""
    chat = _chat(world, params)
    file_id = _stored(world, params.get("photo"), params)
    content = world.files[file_id].content
    width, height = _photo_size(content)
    size = {"file_id": file_id, "file_unique_id": file_id[:16], "width": width, "height": height, "file_size": len(content)}
    return _show_new(world, chat, params, _text(params, "caption", limit=1024), kind="photo", content={"photo": [size]})


def send_document(world: World, params: Json) -> Json:
    """A file with a caption."""
    chat = _chat(world, params)
    file_id = _stored(world, params.get("document"), params)
    upload = world.files[file_id]
    document = {"file_id": file_id, "file_unique_id": file_id[:16], "file_name": upload.name, "mime_type": upload.mime}
    content = {"document": {**document, "file_size": len(upload.content)}}
    return _show_new(world, chat, params, _text(params, "caption", limit=1024), kind="document", content=content)


def edit_message_text(world: World, params: Json) -> Json:
    """New text and buttons for a message of the bot's own."""
    chat, seen = _own_message(world, params)
    parsed = _text(params, "text", limit=4096)
    if not parsed.text:
        raise bad_request("message text is empty")
    rows = _rows(params.get("reply_markup"))
    if (seen.text, seen.entities, seen.rows) == (parsed.text, parsed.entities, rows):
        raise _not_modified()
    seen.text, seen.shown, seen.entities, seen.rows = parsed.text, parsed.shown, parsed.entities, rows
    return _edited(world, chat, seen)


def edit_message_reply_markup(world: World, params: Json) -> Json:
    """New buttons, or none."""
    chat, seen = _own_message(world, params)
    rows = _rows(params.get("reply_markup"))
    if rows == seen.rows:
        raise _not_modified()
    seen.rows = rows
    return _edited(world, chat, seen)


def answer_callback_query(world: World, params: Json) -> bool:
    """Once for each pressed button, and not too late."""
    known = world.callbacks.pop(params.get("callback_query_id", ""), None)
    if known is None or world.clock.now() - known[1] > CALLBACK_LIFE:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if utf16(params.get("text", "")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if params.get("text"):
        world.chats[known[0]].notices.append(params["text"])
    world.touch()
    return True


def leave_chat(world: World, params: Json) -> bool:
    """Leaves a group."""
    chat = _chat(world, params)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.open = False
    world.touch()
    return True


def get_file(world: World, params: Json) -> Json:
    """Where a file can be fetched."""
    file_id = params.get("file_id", "")
    if file_id not in world.files:
        raise bad_request("invalid file_id")
    size = len(world.files[file_id].content)
    return {"file_id": file_id, "file_unique_id": file_id[:16], "file_size": size, "file_path": f"files/{file_id}"}


def send_chat_action(world: World, params: Json) -> bool:
    """Shows that the bot is writing."""
    _chat(world, params)
    if params.get("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def set_my_commands(world: World, params: Json) -> bool:
    """The command menu."""
    commands = params.get("commands")
    for command in commands if isinstance(commands, list) else [{}]:
        if not isinstance(command, dict) or not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands = commands or []
    return True


HANDLERS: dict[str, Callable[[World, Json], Any]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "answerCallbackQuery": answer_callback_query,
    "leaveChat": leave_chat,
    "getFile": get_file,
    "sendChatAction": send_chat_action,
    "setMyCommands": set_my_commands,
}
"""All but those that wait or deliver: server.py has getUpdates and the webhook's."""


def _chat(world: World, params: Json) -> Chat:
    chat_id = params.get("chat_id")
    if chat_id is None:
        raise bad_request("chat_id is empty")
    chat = world.chats.get(chat_id)
    if chat is None:
        raise bad_request("chat not found")
    if chat.blocked:
        raise BLOCKED
    if chat.moved_to is not None:
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
    if not chat.open:
        raise bad_request("chat not found") if chat.type == "private" else KICKED
    return chat


def _own_message(world: World, params: Json) -> tuple[Chat, Seen]:
    chat = _chat(world, params)
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    seen = chat.message(params["message_id"])
    if seen is None:
        raise bad_request("message to edit not found")
    if seen.mine:
        raise bad_request("message can't be edited")
    return chat, seen


def _text(params: Json, name: str, *, limit: int) -> Parsed:
    mode = str(params.get("parse_mode", "")).lower()
    source = params.get(name, "").translate(_BLANK)
    if mode not in {"", "html", "none"}:
        raise bad_request("unsupported parse_mode")  # Telegram knows Markdown too; our bot has no use for it
    parsed = parse_html(source) if mode == "html" else plain(source)
    if utf16(parsed.text) > limit:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    return parsed


def _rows(markup: Any) -> list[list[SeenButton]]:  # noqa: ANN401 - JSON
    if markup is None or (isinstance(markup, dict) and "inline_keyboard" not in markup):
        return []
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: expected an Array of Array")
    if sum(len(row) for row in rows) > 100:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return [[_button(button) for button in row] for row in rows if row]


def _button(button: Any) -> SeenButton:  # noqa: ANN401 - JSON
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    data = button.get("callback_data")
    if data is None:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    return SeenButton(str(button["text"]), data)


def _show_new(world: World, chat: Chat, params: Json, parsed: Parsed, *, kind: str, content: Json) -> Json:
    seen = Seen(
        message_id=world.new_id(),
        mine=False,
        at=world.clock.now(),
        text=parsed.text,
        shown=parsed.shown,
        entities=parsed.entities,
        rows=_rows(params.get("reply_markup")),
        kind=kind,
        protected=params.get("protect_content", False),
        content=content,
    )
    return world.message_json(chat, world.show(chat, seen))


def _edited(world: World, chat: Chat, seen: Seen) -> Json:
    seen.edited_at = world.clock.now()
    return world.message_json(chat, world.show(chat, seen))


def _stored(world: World, given: Upload | str | None, params: Json) -> str:
    if isinstance(given, str) and given.startswith("attach://"):
        given = params.get(given.removeprefix("attach://"))
    if isinstance(given, Upload):
        file_id = sha256(given.content).hexdigest()[:40]
        world.files[file_id] = given
        return file_id
    if given in world.files:
        return str(given)
    raise bad_request("wrong file identifier/HTTP URL specified")


def _photo_size(content: bytes) -> tuple[int, int]:
    """Width and height. Raises ApiError for what is no picture, or one that Telegram refuses as a photo."""
    if len(content) > 10 * 1024 * 1024:
        raise bad_request("file is too big")
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.load()
            width, height = picture.size
    except OSError:
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def _not_modified() -> Exception:
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same as a current content "
        "and reply markup of the message"
    )
