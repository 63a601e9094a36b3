"""Request bodies (JSON, form, multipart) to typed parameters, as Telegram takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.channels.aiohttp_request import decode_json
from bot.simulator.telegram.answers import Json, bad_request
from bot.simulator.telegram.fields import METHODS


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content: bytes
    mime: str


async def read_params(request: web.BaseRequest) -> Json:
    """Query and body together, untyped. Raises ApiError for a body that is none."""
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        body = decode_json(await request.read())
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object")
        return {**params, **body}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            params[name] = Upload(value.filename, value.file.read(), value.content_type)
        else:
            params[name] = value
    return params


def typed(method: str, params: Json) -> tuple[Json, list[str]]:
    """The parameters that the method knows, in their types, and the names of those that it does not know.

    Raises ApiError for a value that is not of its type. None counts as absent.
    """
    known = METHODS[method]
    given = {name: value for name, value in params.items() if value is not None}
    if not all(map(_is_utf8, given.values())):
        raise bad_request("strings must be encoded in UTF-8")
    values = {name: _TYPES[known[name].rstrip("!")](name, value) for name, value in given.items() if name in known}
    uploads = {name for name, value in given.items() if isinstance(value, Upload)}
    attached = {name: given[name] for name in uploads - set(known)}
    return {**values, **attached}, sorted(set(given) - set(known) - uploads)


def _int(name: str, value: Any) -> int:  # noqa: ANN401 - JSON
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    raise bad_request(f"invalid {name} specified")


def _is_utf8(value: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return all(_is_utf8(part) for pair in value.items() for part in pair)
    return all(map(_is_utf8, value)) if isinstance(value, list) else True


def _str(name: str, value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, bool | float | dict | list | Upload):
        raise bad_request(f'parameter "{name}" must be a string')
    return str(value)


def _bool(name: str, value: Any) -> bool:  # noqa: ANN401, ARG001 - JSON; one signature for all types
    return value is True or str(value).lower() in {"true", "yes", "1", "t", "y"}


def _chat(name: str, value: Any) -> int | str:  # noqa: ANN401 - JSON
    if isinstance(value, str) and value.startswith("@"):
        return value
    if value == "":
        raise bad_request("chat_id is empty")
    try:
        return _int(name, value)
    except Exception:  # noqa: BLE001 - whatever is no number is no chat
        raise bad_request("chat not found") from None


def _file(name: str, value: Any) -> Upload | str:  # noqa: ANN401 - JSON
    if isinstance(value, Upload):
        return value
    return _str(name, value)


def _json(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        value = decode_json(value.encode("utf-8", "replace"))
    if not isinstance(value, dict | list):
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object")
    return value


_TYPES = {"int": _int, "str": _str, "bool": _bool, "chat": _chat, "file": _file, "json": _json}
