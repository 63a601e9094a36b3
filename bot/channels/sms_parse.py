"""A Twilio webhook's form to one ``Inbound``. Source: https://www.twilio.com/docs/messaging/guides/webhook-request"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from bot.core.events import Inbound, InboundKind

CHANNEL = "sms"


def parse_form(raw: bytes) -> Inbound:
    """Pure. Raises ValueError for what is no incoming SMS: no MessageSid or no sender."""
    fields = form_fields(raw)
    external_id, address = fields.get("MessageSid") or fields.get("SmsSid"), fields.get("From", "").strip()
    if not external_id or not address:
        raise ValueError("this is no incoming SMS: MessageSid or From is missing")
    text = fields.get("Body", "")
    if fields.get("NumMedia", "0") not in {"", "0"}:
        return Inbound(
            channel=CHANNEL, external_id=external_id, address=address, kind=InboundKind.UNREADABLE, text="photo", caption=text
        )
    return Inbound(channel=CHANNEL, external_id=external_id, address=address, kind=InboundKind.TEXT, text=text)


def form_fields(raw: bytes) -> dict[str, str]:
    """The form's fields. Raises ValueError for a body that is no form."""
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=200))
    except UnicodeDecodeError:
        raise ValueError("a form is ASCII") from None


def as_form(listed: Mapping[str, object]) -> bytes:
    """A message from Twilio's list, as its webhook would have brought it."""
    names = {"sid": "MessageSid", "from": "From", "to": "To", "body": "Body", "num_media": "NumMedia"}
    return urlencode({name: str(listed.get(key) or "") for key, name in names.items()}).encode()
