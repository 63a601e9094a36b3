"""What each method takes: name -> type, required ones marked with ``!``. Bot API 10.1; a test compares it with the published description.

Types: int, str, bool, chat (an integer or @name), file (an upload, or a string), and json (an object or a list).
"""

from __future__ import annotations

_SENDING = (
    "business_connection_id:str chat_id:chat! message_thread_id:int direct_messages_topic_id:int disable_notification:bool "
    "protect_content:bool allow_paid_broadcast:bool message_effect_id:str suggested_post_parameters:json reply_parameters:json "
    "reply_markup:json "
)
_CAPTION = "caption:str parse_mode:str caption_entities:json "
_EDITING = "business_connection_id:str chat_id:chat message_id:int inline_message_id:str reply_markup:json "


def _fields(text: str) -> dict[str, str]:
    return dict(field.split(":") for field in text.split())


METHODS: dict[str, dict[str, str]] = {
    "getUpdates": _fields("offset:int limit:int timeout:int allowed_updates:json"),
    "setWebhook": _fields(
        "url:str! certificate:file ip_address:str max_connections:int allowed_updates:json drop_pending_updates:bool secret_token:str"
    ),
    "deleteWebhook": _fields("drop_pending_updates:bool"),
    "getWebhookInfo": {},
    "getMe": {},
    "sendMessage": _fields(_SENDING + "text:str! parse_mode:str entities:json link_preview_options:json"),
    "sendPhoto": _fields(_SENDING + _CAPTION + "photo:file! show_caption_above_media:bool has_spoiler:bool"),
    "sendDocument": _fields(_SENDING + _CAPTION + "document:file! thumbnail:file disable_content_type_detection:bool"),
    "editMessageText": _fields(_EDITING + "text:str parse_mode:str entities:json link_preview_options:json rich_message:json"),
    "editMessageReplyMarkup": _fields(_EDITING),
    "answerCallbackQuery": _fields("callback_query_id:str! text:str show_alert:bool url:str cache_time:int"),
    "leaveChat": _fields("chat_id:chat!"),
    "getFile": _fields("file_id:str!"),
    "sendChatAction": _fields("business_connection_id:str chat_id:chat! message_thread_id:int action:str!"),
    "setMyCommands": _fields("commands:json! scope:json language_code:str"),
}
BY_LOWER_CASE = {name.lower(): name for name in METHODS}
